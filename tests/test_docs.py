"""The documents: every link leads somewhere, the index names them all, and what they print is what is said."""

import re

import pytest

from orchestration import cli
from tests import reference_page
from tests.conftest import PROJECT

DOCS = PROJECT / "docs"
PAGES = [*sorted(PROJECT.glob("*.md")), *sorted(DOCS.glob("*.md"))]
LINK = re.compile(r"\]\((?!https?://|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)")


def anchors(text: str) -> set[str]:
    """The names of headings as links write them."""
    found = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", words.lower()).strip().replace(" ", "-") for words in found}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page) -> None:  # type: ignore[no-untyped-def]
    text = page.read_text(encoding="utf-8")
    for name, anchor in LINK.findall(text):
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), f"{page.name}: {name}"
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target.read_text(encoding="utf-8")), f"{page.name}: {name}#{anchor}"


def test_the_index_names_every_document() -> None:
    named = {name for name, _ in LINK.findall((DOCS / "index.md").read_text(encoding="utf-8"))}
    assert {path.name for path in DOCS.glob("*.md")} - {"index.md"} <= named


def test_the_reference_is_what_commands_and_registries_say() -> None:
    assert reference_page.PAGE.read_text(encoding="utf-8") == reference_page.render(), "run `make readme`"


def test_the_codes_of_explanations_are_those_of_the_registry() -> None:
    page = reference_page.EXPLANATIONS.read_text(encoding="utf-8")
    assert page == reference_page.with_codes(page), "run `make readme`"


def test_the_tutorial_prints_what_the_audit_says(
    tmp_path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],  # type: ignore[no-untyped-def]
) -> None:
    note, said = re.findall(r"```text\n(.*?)```", (DOCS / "tutorial.md").read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "note.txt").write_text(note, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert cli.main(["audit", "note.txt"]) == 0
    assert capsys.readouterr().out == said
