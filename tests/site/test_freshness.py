"""Pages are of the publication that stands beside them, or a check says that they are not."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from orchestration.definitions import defs
from orchestration.quality import checks
from orchestration.quality.history import CheckResult
from orchestration.quality.python_checks import pages
from orchestration.settings import Settings
from orchestration.site import SiteReport, build_site
from tests.quality.tiny import entry, make_tiny


@pytest.fixture
def published(tiny_file: Path, tmp_path: Path) -> Settings:
    """The tiny publication with its site and its Data Docs."""
    import shutil

    folder = tmp_path / "warehouse"
    folder.mkdir()
    shutil.copyfile(tiny_file, folder / "ai_figures.duckdb")
    settings = Settings(project=tmp_path, raw=tmp_path, state=tmp_path / "state", published=folder)
    (folder / "data_docs").mkdir()
    (folder / "data_docs" / "index.html").write_text(_head(_version(settings)), encoding="utf-8")
    build_site(settings.published_file, settings.site, docs=tmp_path, data_docs=folder / "data_docs", dbt_docs=tmp_path)
    return settings


def _head(version: str) -> str:
    return f'<meta name="ai-figures-version" content="{version}">'


def _version(settings: Settings) -> str:
    import duckdb

    with duckdb.connect(str(settings.published_file), read_only=True) as connection:
        return str(connection.execute("select version from quality.publication").fetchall()[0][0])


def _found(settings: Settings) -> tuple[str, ...]:
    import duckdb

    with duckdb.connect(str(settings.published_file), read_only=True) as connection:
        return pages(settings, connection, settings.published_file).failing


def _attributes(page: str) -> set[str]:
    """Names of all attributes; text of others that stands inside an attribute's value is none."""
    names: set[str] = set()
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: names.update(name for name, _ in attributes)  # type: ignore[method-assign]
    parser.feed(page)
    return names


def test_every_page_says_of_which_publication_it_is_and_forbids_foreign_code(tiny_site: SiteReport) -> None:
    files = list(tiny_site.target.glob("*.html"))
    assert files
    version = json.loads((tiny_site.target / "version.json").read_text(encoding="utf-8"))["version"]
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert f'name="ai-figures-version" content="{version}"' in text, file.name
        policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
        assert policy, file.name
        assert "default-src 'none'" in policy[1].replace("&#39;", "'")
        scripts = policy[1].replace("&#39;", "'").split("script-src ")[1].split(";")[0]
        assert scripts == "'self'", "no inline script, no eval"
        assert not any(name.startswith("on") for name in _attributes(text)), (
            f"{file.name}: a handler in an attribute would be blocked"
        )


def test_pages_of_this_publication_pass(published: Settings) -> None:
    assert _found(published) == ()


def test_a_stale_or_missing_page_is_told(published: Settings) -> None:
    index = published.site / "index.html"
    index.write_text(index.read_text(encoding="utf-8").replace(_version(published), "20200101"), encoding="utf-8")
    (published.published / "data_docs" / "index.html").unlink()
    site, docs = _found(published)
    assert site == f"site: of version 20200101, published is {_version(published)}"
    assert docs.startswith("Data Docs: ") and docs.endswith("index.html is missing")


@pytest.mark.parametrize("job", ["full_refresh", "reload_report"])
def test_whatever_publishes_builds_the_pages_and_then_looks_at_them(job: str) -> None:
    layer = defs.resolve_job_def(job).asset_layer
    assets = {key.to_user_string() for key in layer.executable_asset_keys}
    assert {"published/warehouse", "published/data_docs", "published/site"} <= assets
    names = {(key.asset_key.to_user_string(), key.name) for key in layer.asset_graph.asset_check_keys}
    assert ("published/site", "pages_show_what_is_published") in names


def test_data_docs_carry_the_version_and_ask_for_nothing(tmp_path: Path) -> None:
    tiny = make_tiny(tmp_path)
    tiny.suite(entry("id", "expect_column_values_to_not_be_null", kwargs={"column": "id"}))
    tiny.settings.published.mkdir(exist_ok=True)
    index = checks.build_data_docs(tiny.settings, tiny.database)
    for page in index.parent.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "ai-figures-version" in text and "Content-Security-Policy" in text
        assert "newsletter" not in text.lower()


def test_the_check_of_pages_waits_until_they_are_made(copy_of_results: list[CheckResult]) -> None:
    (result,) = [result for result in copy_of_results if result.expectation == "pages_show_what_is_published"]
    assert not result.ran and "finished pages" in result.message


@pytest.fixture
def copy_of_results(shipped_file: Path, tmp_path: Path) -> list[CheckResult]:
    from orchestration.settings import load_settings

    return checks.run_checks(load_settings(), shipped_file, ["publication"], data_docs=tmp_path / "data_docs")
