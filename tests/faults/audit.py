"""Is what is installed what the lock file says, and is anything of it known to be vulnerable? `make audit`.

Exit code 1 and a line for each difference and each known vulnerability.

Checks that every requirement of the lock has a version and a SHA-256 and that the lock names no host; that exactly the
locked versions are installed; and that every installed file is the one that its package recorded (nothing changed after
installation). The hashes of the lock themselves are checked by the installer (`--require-hashes`). Known
vulnerabilities are looked up by `pip-audit`, if an advisory service answers; if none does, that is said and is no
failure: it says nothing about the packages.
"""

import base64
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

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


def recorded_files(installed: Iterable[Distribution]) -> dict[Path, set[str]]:
    """The digests recorded for each installed file: packages that share a namespace write some of the same files."""
    recorded: dict[Path, set[str]] = {}
    for distribution in installed:
        for file in distribution.files or []:
            if file.hash is not None:
                recorded.setdefault(Path(str(distribution.locate_file(file))), set()).add(file.hash.value)
    return recorded


def changed_files(distribution: Distribution, recorded: dict[Path, set[str]]) -> Iterator[str]:
    """Files that differ from what was recorded at their installation. Compiled bytecode is not recorded."""
    for file in distribution.files or []:
        if file.hash is None or file.suffix == ".pyc":
            continue
        path = Path(str(distribution.locate_file(file)))
        if not path.is_file():
            yield f"{distribution.name}: {file} is missing"
            continue
        digest = hashlib.new(file.hash.mode, path.read_bytes()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() not in recorded[path]:
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
    installed = list(installed)
    recorded = recorded_files(installed)
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
        problems += changed_files(distribution, recorded)
    # a locked package may be for another platform or Python version
    missing = [name for name in wanted if name not in here]
    return problems + [f"{name} is locked and not installed; run `make env`" for name in missing]


def pip_audit(lock: Path, service: str) -> dict[str, Any]:
    """What `pip-audit` says of a lock file (its JSON report); empty when it could not be run or got no answer."""
    command = [str(Path(sys.executable).with_name("uv")), "tool", "run", "--quiet", "--from", "pip-audit>=2.7,<3"]
    command += ["pip-audit", "--requirement", str(lock), "--no-deps", "--disable-pip", "--progress-spinner", "off"]
    command += ["--vulnerability-service", service, "--format", "json"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=600)
        report = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return {}
    return report if isinstance(report, dict) else {}


def vulnerabilities(report: dict[str, Any]) -> tuple[list[str], list[str]]:
    """What is known to be vulnerable, one line each; and the packages that could not be looked up.

    `pip-audit` itself says "No known vulnerabilities" when it could look up nothing.
    """
    found, skipped = [], []
    for package in report.get("dependencies", []):
        if "skip_reason" in package:
            skipped.append(str(package["name"]))
        for entry in package.get("vulns", []):
            mended = ", ".join(entry.get("fix_versions") or []) or "no version yet"
            found.append(f"{package['name']} {package['version']}: {entry['id']}; mended in {mended}; run `make lock`")
    return found, skipped


def look_up(lock: Path) -> list[str]:
    """The known vulnerabilities of a lock file; prints how many packages were looked up."""
    total = len(locked(lock.read_text(encoding="utf-8"))[0])
    for service in ("pypi", "osv"):
        report = pip_audit(lock, service)
        found, skipped = vulnerabilities(report)
        looked_up = len(report.get("dependencies", [])) - len(skipped)
        if looked_up:
            print(f"{lock.name}: {looked_up} of {total} packages looked up, {len(found)} known vulnerabilities")
            return found
    print(
        f"{lock.name}: known vulnerabilities could NOT be looked up, no advisory service answered for any of {total} "
        "packages; run `make audit` where one can be reached"
    )
    return []


def main() -> int:
    """Audit this environment against the lock files of the project, and the lock against the known vulnerabilities."""
    development = PROJECT / "requirements-dev.lock"
    optional = sorted(set(PROJECT.glob("requirements-*.lock")) - {development})
    installed = list(distributions())
    problems = audit([PROJECT / "requirements.lock", development], installed, optional=optional)
    for problem in problems:
        print(problem)
    print(f"{len(installed)} installed packages, {len(problems)} differences from the lock")
    known = [line for lock in sorted(PROJECT.glob("requirements*.lock")) for line in look_up(lock)]
    for line in known:
        print(line)
    return 1 if problems or known else 0


if __name__ == "__main__":
    sys.exit(main())
