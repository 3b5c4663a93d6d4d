"""The passages of our own: value and unit, and the four fields of context. A regression test, not a measurement."""

from pathlib import Path

import pytest

from orchestration.extraction import extract_document
from orchestration.extraction.pipeline import extract_text
from tests.extraction.passage_set import FOLDER, Passage, Result, compare, passages


@pytest.mark.parametrize("passage", list(passages()), ids=lambda passage: passage.name)
def test_the_figures_of_a_passage_are_found_and_nothing_else(passage: Passage, tmp_path: Path) -> None:
    result = _read(passage, tmp_path)
    assert (result.matched, result.found) == (result.expected, result.expected), "\n".join(result.problems)


def test_the_context_of_the_passages_is_right(tmp_path: Path) -> None:
    total = Result()
    for passage in passages():
        total.add(_read(passage, tmp_path))
    assert total.all_four >= 0.97 * total.matched, "\n".join(total.problems)


def _read(passage: Passage, folder: Path) -> Result:
    path = folder / f"{passage.name}.{passage.kind}"
    path.write_text(passage.text, encoding="utf-8")
    return compare(passage, extract_document(path))


@pytest.mark.parametrize("line", (FOLDER / "traps.txt").read_text(encoding="utf-8").splitlines())
def test_names_dates_codes_and_ways_of_speaking_are_no_figures(line: str) -> None:
    assert [figure.printed for figure in extract_text(line)] == []
