"""The audit of the environment notices what it is there to notice."""

from importlib.metadata import Distribution, PathDistribution
from pathlib import Path

import pytest

from orchestration.settings import PROJECT
from tests.faults.audit import audit, locked

HASH = "--hash=sha256:" + "0" * 64


@pytest.fixture
def package(tmp_path: Path) -> Distribution:
    """An installed package `thing` 1.0 of one module."""
    (tmp_path / "thing.py").write_text("x = 1\n", encoding="utf-8")
    info = tmp_path / "thing-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n", encoding="utf-8")
    # the digest of the module's text above
    (info / "RECORD").write_text("thing.py,sha256=nia_NpkRxFwkPGhBR7I_yeHc_PJX0pmhxjIBam_NM_Q,6\n", encoding="utf-8")
    return PathDistribution(info)


def _lock(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "requirements.lock"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_lock_files_have_hashes_and_no_hosts() -> None:
    for path in sorted(PROJECT.glob("requirements*.lock")):
        versions, problems = locked(path.read_text(encoding="utf-8"))
        assert problems == []
        assert len(versions) > 5


def test_the_locked_package_passes(tmp_path: Path, package: Distribution) -> None:
    assert audit([_lock(tmp_path, f"thing==1.0 \\\n    {HASH}\n")], [package]) == []


def test_a_changed_file_is_found(tmp_path: Path, package: Distribution) -> None:
    (tmp_path / "thing.py").write_text("x = 2\n", encoding="utf-8")
    (problem,) = audit([_lock(tmp_path, f"thing==1.0 \\\n    {HASH}\n")], [package])
    assert problem == "thing: thing.py was changed after its installation"


@pytest.mark.parametrize(
    ("lock", "message"),
    [
        (f"thing==1.1 {HASH}\n", "thing 1.0 is installed, locked is 1.1"),
        (f"other==1.0 {HASH}\n", "thing 1.0 is installed and in no lock"),
        (f"thing==1.0 {HASH}\nother==2 {HASH}\n", "other is locked and not installed"),
        ("thing==1.0\n", "thing has no SHA-256"),
        (f"thing==1.0 {HASH}\n--index-url https://example.org\n", "the lock names a host"),
        (f"thing==1.0 {HASH}\nother>=2 {HASH}\n", "a line without a version"),
    ],
)
def test_differences_are_named(tmp_path: Path, package: Distribution, lock: str, message: str) -> None:
    assert any(message in problem for problem in audit([_lock(tmp_path, lock)], [package]))
