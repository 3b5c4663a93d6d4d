"""Two sites: a tiny one with hostile text, and the one of the shipped figures."""

from pathlib import Path

import pytest

from orchestration.settings import PROJECT, Settings
from orchestration.site import SiteReport, build_site
from tests.site.tiny import write_tiny


@pytest.fixture(scope="session")
def tiny_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny(tmp_path_factory.mktemp("tiny") / "ai_figures.duckdb")


@pytest.fixture(scope="session")
def tiny_site(tiny_file: Path) -> SiteReport:
    # no neighbours: neither Data Docs nor dbt documentation exist here
    nowhere = tiny_file.parent / "nowhere"
    return build_site(tiny_file, tiny_file.parent / "site", docs=nowhere, data_docs=nowhere, dbt_docs=nowhere)


@pytest.fixture(scope="session")
def shipped_file(shipped_build: Settings) -> Path:
    """The published file of the shipped raw figures (without the checks)."""
    return shipped_build.published_file


@pytest.fixture(scope="session")
def shipped_site(shipped_file: Path, tmp_path_factory: pytest.TempPathFactory) -> SiteReport:
    nowhere = tmp_path_factory.mktemp("nowhere")
    target = tmp_path_factory.mktemp("shipped_site") / "site"
    return build_site(shipped_file, target, docs=PROJECT / "docs", data_docs=nowhere, dbt_docs=nowhere / "none.html")
