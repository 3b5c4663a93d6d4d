"""Make the virtual environment: built beside, renamed into place when it is complete, one process at a time.

Run by `make env` with the system's Python, before anything is installed: standard library only. An install that is
interrupted leaves the environment as it was; a second one waits for the first. The stamp `.installed` holds a digest
of what the environment was made from, and is written last.
"""

import argparse
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

_STAMP = ".installed"
_LOCKS = ("requirements.lock", "requirements-dev.lock")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--project", type=Path, default=Path(__file__).resolve().parent.parent)
    parser.add_argument("--venv", type=Path, default=Path(".venv"), help="relative to the project")
    parser.add_argument(
        "--lock", type=Path, action="append", help=f"relative to the project; repeatable; default: {', '.join(_LOCKS)}"
    )
    arguments = parser.parse_args()
    if sys.version_info < (3, 11):  # noqa: UP036 - run by whatever `python3` is
        print(f"Python 3.11 or newer is needed, {sys.executable} is older: make PYTHON=python3.11", file=sys.stderr)
        return 1
    project = arguments.project.resolve()
    try:
        make(project, project / arguments.venv, [project / lock for lock in arguments.lock or _LOCKS])
    except (subprocess.CalledProcessError, OSError) as error:
        print(
            f"The environment is not complete: {error}\n"
            "What was there before is unchanged; mend the cause and run make again.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def make(project: Path, venv: Path, locks: "list[Path]") -> None:
    """Have a complete environment at ``venv``: of ``locks`` (requirements files with hashes) and ``project``."""
    digest = _digest(project, venv, locks)
    with venv.with_name(f"{venv.name}.lock").open("a") as handle:
        # inherited by the installers: when we are killed they go on writing, and hold the lock until they end
        os.set_inheritable(handle.fileno(), True)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if _is_complete(venv, digest):
                return  # whoever holds it makes something else, or asks the same
            print(f"Another process is making {venv}; waiting for it ...", flush=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        if _is_complete(venv, digest):
            return
        new, old = venv.with_name(f"{venv.name}.new"), venv.with_name(f"{venv.name}.old")
        if not _is_complete(new, digest):  # else the last one was stopped just before the rename
            shutil.rmtree(new, ignore_errors=True)
            print(f"Installing the locked environment into {venv} ...", flush=True)
            _install(project, new, venv, locks, handle.fileno())
            (new / _STAMP).write_text(digest, encoding="utf-8")
        shutil.rmtree(old, ignore_errors=True)
        if venv.exists():
            venv.replace(old)
        new.replace(venv)
        shutil.rmtree(old, ignore_errors=True)


def _digest(project: Path, venv: Path, locks: "list[Path]") -> str:
    """Of the locks, of what an editable install takes from pyproject.toml, of the place and the Python."""
    import tomllib  # here, so that an older Python gets as far as its message

    settings = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    taken = [settings.get("build-system"), settings.get("project"), settings.get("tool", {}).get("hatch")]
    parts = (*(lock.read_text(encoding="utf-8") for lock in locks), repr(taken), str(venv), sys.version)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _is_complete(venv: Path, digest: str) -> bool:
    stamp = venv / _STAMP
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == digest and (venv / "bin" / "python").exists()


def _install(project: Path, new: Path, venv: Path, locks: "list[Path]", lock_fd: int) -> None:
    def run(*command: "str | Path") -> None:
        subprocess.run(command, check=True, pass_fds=[lock_fd])

    python, uv = new / "bin" / "python", new / "bin" / "uv"
    install = (uv, "pip", "install", "--quiet", "--python", python)
    run(sys.executable, "-m", "venv", "--prompt", venv.name, new)
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv>=0.5,<1")
    run(*install, "--require-hashes", "--compile-bytecode", *(f"--requirements={lock}" for lock in locks))
    run(*install, "--no-deps", "--no-build-isolation-package", "none", "-e", project)
    _move_scripts(new, venv)


def _move_scripts(new: Path, venv: Path) -> None:
    """Scripts name their interpreter, and `activate` its folder: make them name the place they are going to."""
    for path in (*(new / "bin").iterdir(), new / "pyvenv.cfg"):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            if b"\0" not in content[:8000] and os.fsencode(new) in content:
                path.write_bytes(content.replace(os.fsencode(new), os.fsencode(venv)))


if __name__ == "__main__":
    sys.exit(main())
