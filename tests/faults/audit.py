"""Is what is installed what the lock file says? `python -m tests.faults.audit`; exit code 1 and a line a difference.

Checks that every requirement of the lock has a version and a SHA-256 and that the lock names no host; that exactly the
locked versions are installed; and that every installed file is the one that its package recorded (nothing changed after
installation). The hashes of the lock themselves are checked by the installer (`--require-hashes`). Known
vulnerabilities are another matter: `pip-audit` needs its advisory service for them.
"""

import base64
import hashlib
import re
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path

from orchestration.settings import PROJECT

# installs the others, or is this project
UNLOCKED = {"pip", "setuptools", "wheel", "uv", "ai-figures"}
_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^]]*\])?==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}\b")


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(lock: str) -> tuple[dict[str, str], list[str]]:
    """Versions by name, and what is wrong with the lock."""
    versions: dict[str, str] = {}
    problems = []
    for block in re.split(r"\n(?=[A-Za-z0-9])", lock.replace("\\\n", " ")):
        lines = [line for line in block.splitlines() if line.strip() and not line.lstrip().startswith("#")]
        if not lines:
            continue
        pin = _PIN.match(lines[0])
        if pin is None:
            problems.append(f"the lock has a line without a version: {lines[0][:80]}")
            continue
        if not _HASH.search(block):
            problems.append(f"{pin[1]} has no SHA-256 in the lock; run `make lock`")
        versions[canonical(pin[1])] = pin[2]
    if re.search(r"https?://|--(?:extra-)?index-url|--find-links", lock):
        problems.append("the lock names a host; run `make lock`")
    return versions, problems


def changed_files(distribution: Distribution) -> Iterator[str]:
    """Files that differ from what the package recorded at its installation. Compiled bytecode is not recorded."""
    for file in distribution.files or []:
        if file.hash is None or file.suffix == ".pyc":
            continue
        path = Path(str(distribution.locate_file(file)))
        if not path.is_file():
            yield f"{distribution.name}: {file} is missing"
            continue
        digest = hashlib.new(file.hash.mode, path.read_bytes()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != file.hash.value:
            yield f"{distribution.name}: {file} was changed after its installation"


def audit(locks: Iterable[Path], installed: Iterable[Distribution], *, optional: Iterable[Path] = ()) -> list[str]:
    """Differences between lock files and installation; what is in ``optional`` may be installed and need not be."""
    wanted: dict[str, str] = {}
    allowed: dict[str, str] = {}
    problems: list[str] = []
    for files, versions in ((locks, wanted), (optional, allowed)):
        for lock in files:
            found, wrong = locked(lock.read_text(encoding="utf-8"))
            versions |= found
            problems += [f"{lock.name}: {problem}" for problem in wrong]
    here: dict[str, str] = {}
    for distribution in installed:
        name = canonical(distribution.name)
        here[name] = distribution.version
        if name in UNLOCKED:
            continue
        expected = wanted.get(name) or allowed.get(name)
        if expected is None:
            problems.append(f"{name} {distribution.version} is installed and in no lock; `rm -rf .venv && make env`")
        elif distribution.version not in (expected, allowed.get(name)):
            problems.append(f"{name} {distribution.version} is installed, locked is {expected}; run `make env`")
        problems += changed_files(distribution)
    # a locked package may be for another platform or Python version
    missing = [name for name in wanted if name not in here]
    return problems + [f"{name} is locked and not installed; run `make env`" for name in missing]


def main() -> int:
    """Audit this environment against the lock files of the project."""
    optional = sorted(set(PROJECT.glob("requirements-*.lock")))
    installed = list(distributions())
    problems = audit([PROJECT / "requirements.lock"], installed, optional=optional)
    for problem in problems:
        print(problem)
    print(f"{len(installed)} installed packages, {len(problems)} differences from the lock")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
