"""Data Docs open without a network and lead from every check to its page."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from orchestration.quality import checks
from tests.quality.tiny import Tiny, entry


@pytest.fixture
def docs(tiny: Tiny) -> Path:
    tiny.suite(
        entry("id", "expect_column_values_to_not_be_null", kwargs={"column": "id"})
        + entry("low", "expect_column_values_to_not_be_null", kwargs={"column": "low"}, remedy="Fill <it>.")
        + entry(
            "kinds",
            "unexpected_rows",
            query="select id from {table} where kind = 'x'",
            severity="warning",
            blocking=False,
        )
        + entry("later", "expect_column_values_to_not_be_null", kwargs={"column": "id"}, where="published")
    )
    tiny.settings.published.mkdir()
    index = checks.build_data_docs(tiny.settings, tiny.database)
    assert index == tiny.settings.published / "data_docs" / "index.html"
    return index.parent


def test_nothing_is_loaded_from_elsewhere(docs: Path) -> None:
    pages = list(docs.rglob("*.html"))
    assert len(pages) == 3  # index, suite, validation
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"""(src|href)=["']?(https?:)?//""", text), page
        assert "<script" not in text and "@import" not in text
        for link in re.findall(r"""href=["']([^"'#]+)["']""", text):
            assert (page.parent / unquote(link)).exists(), f"{page}: {link}"


def test_index_tells_every_check(docs: Path) -> None:
    text = (docs / "index.html").read_text(encoding="utf-8")
    assert "3 checks ran, 1 hold, 2 fail (1 of them block publication); 1 did not run here." in text
    for words in ("✗ blocks", "! warning", "✓ holds", "not run", "<li>d</li>", "The rule low.", "Fill &lt;it&gt;."):
        assert words in text
    assert text.index("The rule low.") < text.index("The rule kinds.") < text.index("<h2 id='tiny'>")


def test_a_second_build_replaces_the_first(docs: Path, tiny: Tiny) -> None:
    (docs / "leftover.html").write_text("old", encoding="utf-8")
    tiny.sql("update core.items set low = 0")
    checks.build_data_docs(tiny.settings, tiny.database)
    assert not (docs / "leftover.html").exists()
    assert "3 checks ran, 2 hold, 1 fail" in (docs / "index.html").read_text(encoding="utf-8")
    assert [path.name for path in docs.parent.iterdir()] == ["data_docs"]
