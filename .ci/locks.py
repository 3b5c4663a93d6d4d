"""Resolve pyproject.toml into lock files: names, versions and hashes, no hosts. Run by `make lock`.

`requirements.lock` is what a warehouse needs. Each other file is an add-on: what one group needs besides, resolved
against the locks that it is installed upon, so that no version of those changes. Pins that stand stay; `--upgrade`
takes the newest that pyproject.toml admits.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
BASE = "requirements.lock"
DEV = "requirements-dev.lock"
# file: what of pyproject.toml it locks, and the locks that it is installed upon
LOCKS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    BASE: (("pyproject.toml", "--extra", "warehouse"), ()),
    DEV: (("--group", "dev"), (BASE,)),
    "requirements-browser.lock": (("--group", "browser"), (BASE, DEV)),
    "requirements-standards.lock": (("--group", "standards"), (BASE, DEV)),
    "requirements-bench.lock": (("--group", "bench"), (BASE, DEV)),
    "requirements-dask.lock": (("pyproject.toml", "--extra", "warehouse", "--extra", "dask"), (BASE, DEV)),
    "requirements-serve.lock": (
        ("pyproject.toml", "--extra", "warehouse", "--extra", "serve", "--group", "serve"),
        (BASE, DEV),
    ),
    "requirements-spark.lock": (("pyproject.toml", "--extra", "warehouse", "--extra", "spark"), (BASE, DEV)),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="the newest versions instead of those that stand")
    upgrade = parser.parse_args().upgrade
    for name, (wanted, below) in LOCKS.items():
        try:
            resolve(PROJECT / name, wanted, [PROJECT / lock for lock in below], upgrade)
        except subprocess.CalledProcessError:
            print(f"{name} stays as it was: uv says above why it cannot be resolved", file=sys.stderr)
            return 1
    return 0


def resolve(lock: Path, wanted: tuple[str, ...], below: list[Path], upgrade: bool) -> None:
    """Write ``lock`` without the packages that ``below`` has. Raises ``CalledProcessError``; the file then stays."""
    known = {package: block for path in below for package, block in blocks(path.read_text(encoding="utf-8")).items()}
    with tempfile.TemporaryDirectory() as folder:
        out, constraints = Path(folder, lock.name), Path(folder, "constraints.txt")
        if lock.exists() and not upgrade:
            out.write_bytes(lock.read_bytes())  # uv prefers the pins that it finds there
        constraints.write_text("\n".join(pin(block) for block in known.values()), encoding="utf-8")
        subprocess.run(
            [Path(sys.executable).with_name("uv"), "pip", "compile", "--quiet", "--generate-hashes", "--no-header",
             "--no-emit-index-url", *([] if not below else ["--no-annotate", "--constraints", constraints]),
             *wanted, "--output-file", out],
            cwd=PROJECT, check=True,
        )  # fmt: skip
        found = blocks(out.read_text(encoding="utf-8"))
    lock.write_text("".join(block for package, block in found.items() if package not in known), encoding="utf-8")


def blocks(text: str) -> dict[str, str]:
    """Each package's lines, its hashes and comments with it, by its name."""
    parts = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.M)
    return {re.split(r"[=\[ ]", part, maxsplit=1)[0]: part for part in parts if part.strip()}


def pin(block: str) -> str:
    """``name==version`` with its marker; extras cannot stand in a constraint."""
    return re.sub(r"\[[^]]*\]", "", block.splitlines()[0].rstrip("\\ "))


if __name__ == "__main__":
    sys.exit(main())
