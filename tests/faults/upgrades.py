"""The suite on the oldest and the newest versions that `pyproject.toml` admits: `make upgrades`.

Two environments below `.state/upgrades/`, beside the locked one: `oldest` has the lowest version of every direct
dependency on the oldest Python, `newest` the highest of everything on the newest Python that is on this machine. Prints
what was tried and how it ended; the output of pytest stands in `.state/upgrades/<name>.log`. Arguments after the names
go to pytest: `python -m tests.faults.upgrades oldest tests/figures`.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from orchestration.settings import PROJECT

FOLDER = PROJECT / ".state" / "upgrades"
SHOWN = ("dagster", "dbt-core", "dbt-duckdb", "duckdb", "polars", "great-expectations", "sqlalchemy")
_UV = str(Path(sys.executable).with_name("uv"))


@dataclass(frozen=True)
class Environment:
    name: str
    resolution: str
    pythons: tuple[str, ...]  # the first that is here is taken


def environments() -> list[Environment]:
    """Oldest and newest, with the Python versions that `requires-python` admits."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    bounds = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", project["requires-python"])
    assert bounds, "requires-python is not of the form >=3.x,<3.y"
    versions = [f"3.{minor}" for minor in range(int(bounds[1]), int(bounds[2]))]
    return [
        Environment("oldest", "lowest-direct", tuple(versions)),
        Environment("newest", "highest", tuple(reversed(versions))),
    ]


def interpreter(version: str) -> Path | None:
    """A Python of that version: this one, on the path, or among those of pyenv."""
    names = [sys.executable, shutil.which(f"python{version}") or ""]
    names += map(str, sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python")))
    for name in filter(None, names):
        told = subprocess.run(
            [name, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True, text=True
        )
        if told.stdout.strip() == version:
            return Path(name)
    return None


def build(environment: Environment) -> tuple[Path, str]:
    """Resolve and install; returns the environment's Python and its version. Raises ``SystemExit`` with the reason."""
    found = [(version, python) for version in environment.pythons if (python := interpreter(version))]
    if not found:
        raise SystemExit(f"{environment.name}: no Python {' or '.join(environment.pythons)} on this machine")
    version, base = found[0]
    folder = FOLDER / environment.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    requirements = folder / "requirements.txt"
    _uv("pip", "compile", "pyproject.toml", "--extra", "warehouse", "--group", "dev",
        "--resolution", environment.resolution, "--python-version", version,
        "--no-emit-index-url", "--no-header", "-o", str(requirements))  # fmt: skip
    subprocess.run([str(base), "-m", "venv", "--without-pip", str(folder / "venv")], check=True)
    python = folder / "venv" / "bin" / "python"
    _uv("pip", "install", "--python", str(python), "--compile-bytecode", "-r", str(requirements))
    _uv("pip", "install", "--python", str(python), "--no-deps", "-e", ".")
    # the tests call the tools of the environment that they run in
    _uv("pip", "install", "--python", str(python), "uv>=0.5,<1")
    return python, version


def _uv(*arguments: str) -> None:
    done = subprocess.run([_UV, *arguments, "--quiet"], cwd=PROJECT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"uv {' '.join(arguments[:2])} failed:\n{done.stderr[-2000:]}")


def run(environment: Environment, python: Path, arguments: list[str]) -> str:
    """Run the suite; returns pytest's last line."""
    log = FOLDER / f"{environment.name}.log"
    command = [str(python), "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile"]
    command += ["-m", "not browser and not spark and not dask and not serve and not slow", *(arguments or ["tests"])]
    home = {"DAGSTER_HOME": str(FOLDER / environment.name / "dagster")}
    Path(home["DAGSTER_HOME"]).mkdir(exist_ok=True)
    with log.open("w", encoding="utf-8") as handle:
        subprocess.run(command, cwd=PROJECT, env=os.environ | home, stdout=handle, stderr=subprocess.STDOUT)
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    for line in lines:
        if line.startswith(("FAILED", "ERROR")):
            print(f"    {line[:160]}")
    return next((line.strip("= ") for line in reversed(lines) if re.search(r"\d+ (passed|failed|error)", line)), "?")


def main(arguments: list[str]) -> int:
    known = {environment.name: environment for environment in environments()}
    names = [name for name in arguments if name in known] or list(known)
    rest = [argument for argument in arguments if argument not in known]
    results = []
    for name in names:
        print(f"{name}: resolving and installing", flush=True)
        python, version = build(known[name])
        pins = dict(
            line.split(" ")[0].split("==")
            for line in (FOLDER / name / "requirements.txt").read_text(encoding="utf-8").splitlines()
            if re.match(r"[A-Za-z0-9._-]+==", line)
        )
        print(f"{name}: running the suite on Python {version}", flush=True)
        results.append((name, version, pins, run(known[name], python, rest)))
    print(f"\n| environment | Python | {' | '.join(SHOWN)} | result |")
    print("|---" * (len(SHOWN) + 3) + "|")
    for name, version, pins, result in results:
        print(f"| {name} | {version} | {' | '.join(pins.get(package, '?') for package in SHOWN)} | {result} |")
    return (
        0
        if all("failed" not in result and "error" not in result and "passed" in result for *_, result in results)
        else 1
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
