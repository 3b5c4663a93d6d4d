"""A tiny database for single rules; the shipped figures, loaded and transformed once, for the shipped suites."""

import os
import shutil
from pathlib import Path

import pytest

from orchestration.settings import PROJECT, Settings
from tests.quality.tiny import Tiny, make_tiny


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    return make_tiny(tmp_path)


@pytest.fixture(scope="session")
def shipped(shipped_build: Settings) -> Settings:
    """The shipped raw figures, built and published without checks. Not to be changed: copy it."""
    return shipped_build


@pytest.fixture
def copy(shipped: Settings, tmp_path: Path) -> Settings:
    """A copy of the shipped build and publication that a test may spoil."""
    settings = Settings(
        project=PROJECT, raw=PROJECT / "raw", state=tmp_path / "state", published=tmp_path / "warehouse"
    )
    settings.build_file.parent.mkdir(parents=True)
    shutil.copyfile(shipped.build_file, settings.build_file)
    shutil.copytree(shipped.published, settings.published)
    for path in settings.published.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)  # published read-only
    return settings


@pytest.fixture(autouse=True)
def _no_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    """The source texts are not ours to ship: a test that needs some writes its own."""
    monkeypatch.setitem(os.environ, "AI_FIGURES_SOURCES", "/nonexistent")
