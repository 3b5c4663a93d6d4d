"""The audit of the environment notices what it is there to notice."""

import base64
import hashlib
import re
import tomllib
from importlib.metadata import Distribution, PathDistribution
from pathlib import Path

import pytest

from orchestration.settings import PROJECT
from tests.faults import audit as module
from tests.faults.audit import audit, canonical, locked, look_up, vulnerabilities

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
        assert len(versions) > 2


def test_an_add_on_repeats_nothing_of_the_locks_that_it_is_installed_upon() -> None:
    def names(lock: str) -> set[str]:
        return set(locked((PROJECT / lock).read_text(encoding="utf-8"))[0])

    base, development = names("requirements.lock"), names("requirements-dev.lock")
    assert base.isdisjoint(development)
    assert base.isdisjoint({"pytest", "ruff", "playwright", "pyspark"})
    for path in set(PROJECT.glob("requirements-*.lock")) - {PROJECT / "requirements-dev.lock"}:
        assert names(path.name).isdisjoint(base | development), path.name


def test_what_pyproject_asks_for_is_locked() -> None:
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    project = settings["project"]
    asked = {
        "": project["dependencies"] + project["optional-dependencies"]["warehouse"],
        **{f"-{name}": project["optional-dependencies"][name] for name in ("dask", "spark")},
        **{f"-{name}": wanted for name, wanted in settings["dependency-groups"].items()},
    }
    for name, wanted in asked.items():
        locks = {"requirements.lock", *(["requirements-dev.lock"] if name else []), f"requirements{name}.lock"}
        found = {package for lock in locks for package in locked((PROJECT / lock).read_text(encoding="utf-8"))[0]}
        missing = {canonical(re.split(r"[\[<>=]", one)[0]) for one in wanted} - found
        assert not missing, f"requirements{name}.lock lacks {missing}; run `make lock`"


def test_the_locked_package_passes(tmp_path: Path, package: Distribution) -> None:
    assert audit([_lock(tmp_path, f"thing==1.0 \\\n    {HASH}\n")], [package]) == []


def test_a_changed_file_is_found(tmp_path: Path, package: Distribution) -> None:
    (tmp_path / "thing.py").write_text("x = 2\n", encoding="utf-8")
    (problem,) = audit([_lock(tmp_path, f"thing==1.0 \\\n    {HASH}\n")], [package])
    assert problem == "thing: thing.py was changed after its installation"


def test_a_file_that_two_packages_write_is_the_one_or_the_other(tmp_path: Path, package: Distribution) -> None:
    (tmp_path / "thing.py").write_text("x = 2\n", encoding="utf-8")
    info = tmp_path / "twin-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: twin\nVersion: 1.0\n", encoding="utf-8")
    digest = base64.urlsafe_b64encode(hashlib.sha256(b"x = 2\n").digest()).rstrip(b"=").decode()
    (info / "RECORD").write_text(f"thing.py,sha256={digest},6\n", encoding="utf-8")
    lock = _lock(tmp_path, f"thing==1.0 {HASH}\ntwin==1.0 {HASH}\n")
    assert audit([lock], [package, PathDistribution(info)]) == []


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


SKIPPED = {"dependencies": [{"name": "thing", "skip_reason": "not found"}], "fixes": []}
KNOWN = {
    "dependencies": [
        {"name": "thing", "version": "1.0", "vulns": [{"id": "CVE-1", "fix_versions": ["1.1"]}, {"id": "CVE-2"}]},
        {"name": "other", "version": "2", "vulns": []},
    ]
}


def test_known_vulnerabilities_are_named_with_their_remedy() -> None:
    found, skipped = vulnerabilities(KNOWN)
    assert found == [
        "thing 1.0: CVE-1; mended in 1.1; run `make lock`",
        "thing 1.0: CVE-2; mended in no version yet; run `make lock`",
    ]
    assert skipped == []


@pytest.mark.parametrize("report", [{}, SKIPPED, {"dependencies": []}])
def test_packages_that_nobody_looked_up_are_not_called_safe(
    report: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "pip_audit", lambda lock, service: report)
    assert look_up(_lock(tmp_path, f"thing==1.0 {HASH}\n")) == []
    assert "could NOT be looked up, no advisory service answered for any of 1 packages" in capsys.readouterr().out


def test_the_second_service_is_asked_where_the_first_knows_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "pip_audit", lambda lock, service: KNOWN if service == "osv" else SKIPPED)
    found = look_up(_lock(tmp_path, f"thing==1.0 {HASH}\nother==2 {HASH}\n"))
    assert len(found) == 2
    assert "2 of 2 packages looked up, 2 known vulnerabilities" in capsys.readouterr().out
