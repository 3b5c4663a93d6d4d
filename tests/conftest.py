"""Shared by all tests: where the project stands, the shipped vocabularies, how much is fuzzed."""

import fcntl
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from orchestration.figures import Units, load_units
from orchestration.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# with the optional group spark installed, Great Expectations imports pyspark.sql.connect, which takes a worker of
# pytest-xdist for a doctest and exits; the tests of Spark run without workers
if "PYTEST_XDIST_WORKER" in os.environ:
    sys.modules["pyspark.sql.connect"] = None  # type: ignore[assignment]


PROJECT = Path(__file__).resolve().parent.parent

# Two shared cores make single examples slow now and then: no deadline. The same examples every time, unless the number
# of examples is asked for: then every run draws new ones.
settings.register_profile(
    "steady", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("fuzz", parent=settings.get_profile("steady"), derandomize=False)
settings.load_profile("fuzz" if os.environ.get("AI_FIGURES_FUZZ") else "steady")


def fuzz_runs(default: int, *, share: float = 1.0, most: int = 10**9) -> int:
    """How many fuzzed inputs to run: ``share`` of ``AI_FIGURES_FUZZ`` but ``most`` at most, or the default."""
    asked = os.environ.get("AI_FIGURES_FUZZ")
    return min(max(int(int(asked) * share), 1), most) if asked else default


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """One Chromium for all browser tests: two of Playwright's loops cannot run in one process."""
    from orchestration.site.pictures import find_chromium

    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="browser tests need Playwright: `make test-browser` installs it"
    )
    executable = find_chromium()
    if executable is None:
        pytest.skip("browser tests need a Chromium: `apt-get install chromium`, or name one in AI_FIGURES_CHROMIUM")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield browser
        browser.close()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Parse the dbt project once, before the workers start: each would do it, and read what another is writing."""
    if getattr(session.config.option, "numprocesses", None):  # of a worker it is none
        from orchestration.settings import load_settings
        from orchestration.transform.models import TransformError, ensure_manifest

        with suppress(TransformError):  # the tests say what is wrong with it
            ensure_manifest(load_settings())


# the files that take the longest, longest first: a long one that is begun last keeps the other worker waiting
LONGEST = (
    "orchestration/test_driver.py",
    "orchestration/test_documents.py",
    "faults/test_publication.py",
    "reconciliation/test_reload.py",
    "quality/test_counted.py",
    "loading/test_mutations.py",
    "orchestration/test_full_refresh.py",
    "test_dbt.py",
    "orchestration/test_alerts.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; xdist hands out files in this order (`--no-loadscope-reorder`)."""
    places = {PROJECT / "tests" / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


@pytest.fixture(scope="session")
def project() -> Path:
    return PROJECT


@pytest.fixture(scope="session")
def units() -> Units:
    """The unit and qualifier vocabularies that ship with the project."""
    return load_units(PROJECT / "raw" / "reference")


@pytest.fixture(scope="session")
def shipped_build(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The shipped reports, loaded, transformed and published without checks and with an empty inbox.

    Built once for all workers, since it costs most of what a test costs. Not to be changed: see ``copy_of``.
    """
    base = tmp_path_factory.getbasetemp()
    base = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shipped_build"
    base = Path(os.environ.get("AI_FIGURES_SHIPPED_BUILD") or base)  # one for all suites that CI runs on one checkout
    settings = settings_below(base)
    base.mkdir(parents=True, exist_ok=True)
    with (base / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)  # the other workers wait, and find it done
        if not (base / "done").exists():
            from orchestration.driver import pipeline

            shutil.copytree(PROJECT / "raw", settings.raw, ignore=shutil.ignore_patterns("inbox"))
            (settings.raw / "inbox").mkdir()
            pipeline.run(settings, check=False)
            (base / "done").touch()
    return settings


def settings_below(base: Path) -> Settings:
    """A warehouse with a raw folder of its own, and the models and checks of this project."""
    return Settings(project=PROJECT, raw=base / "raw", state=base / "state", published=base / "warehouse")


def begun_from(build: Settings, settings: Settings) -> Settings:
    """``settings`` with the build file of ``build``: its first run makes anew what its raw rows change, without dbt.

    For tests of what comes out of some raw rows. That it is what a build from nothing gives, and the rows of ``build``
    leave no trace, is held by tests/reconciliation/test_reload.py.
    """
    shutil.copytree(build.build_file.parent, settings.build_file.parent)
    shutil.copytree(build.state / "dbt", settings.state / "dbt")
    return settings


def copy_of(build: Settings, folder: Path) -> Settings:
    """A copy of ``build`` (raw, state, published) that a test may change."""
    copy = settings_below(folder)
    shutil.copytree(build.raw, copy.raw)
    shutil.copytree(build.state, copy.state)
    shutil.copytree(build.published, copy.published, symlinks=True)
    return copy
