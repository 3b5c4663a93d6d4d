"""Our own reading error: the row of `raw/` is edited in its place, after the loader took it."""

import csv

import pytest

from orchestration.desk import issues, journal, raw_rows
from orchestration.loading import load_reference
from orchestration.loading.rows import PROSE_COLUMNS


@pytest.fixture
def prose(raw):
    path = raw / "a" / "figures" / "prose.csv"
    path.parent.mkdir(parents=True)
    row = dict.fromkeys(PROSE_COLUMNS, "") | {
        "key": "3a", "line": "3", "printed": "170亿元", "indicator": "market_size", "period": "2023",
        "status": "actual", "statistic": "level",
    }  # fmt: skip
    with path.open("w", newline="", encoding="utf-8") as handle:
        rows = csv.DictWriter(handle, PROSE_COLUMNS, lineterminator="\n")
        rows.writeheader()
        rows.writerows([row, row | {"key": "3b", "printed": "1.09万亿元"}])
    return path


def test_a_row_is_edited_in_its_place_and_nothing_else(raw, prose):
    before = prose.read_text(encoding="utf-8").split("\n")
    found = raw_rows.find(raw, "a/3b")
    assert (found.file, found.line, found.columns["printed"]) == ("a/figures/prose.csv", 3, "1.09万亿元")
    reference = load_reference(raw)
    raw_rows.edit(raw, "a/3b", {"period": "2030", "status": "forecast", "key": "other"}, found.hash, reference)
    after = prose.read_text(encoding="utf-8").split("\n")
    assert before[:2] + before[3:] == after[:2] + after[3:]
    assert raw_rows.find(raw, "a/3b").columns | {"period": "2030", "status": "forecast", "key": "3b"} == (
        raw_rows.find(raw, "a/3b").columns
    )
    with pytest.raises(raw_rows.RowChangedError, match="changed since"):
        raw_rows.edit(raw, "a/3b", {"period": "2029"}, found.hash, reference)


@pytest.mark.parametrize("new", [{"indicator": "luck"}, {"period": "soon"}, {"printed": "much"}, {"line": "x"}])
def test_a_row_that_the_loader_refuses_is_not_written(raw, prose, new):
    before = prose.read_bytes()
    with pytest.raises(raw_rows.RowChangedError):
        raw_rows.edit(raw, "a/3a", new, raw_rows.find(raw, "a/3a").hash, load_reference(raw))
    assert prose.read_bytes() == before


def test_figures_without_a_row_of_their_own_are_told(raw, prose):
    assert raw_rows.find(raw, "../a/3a") is None
    assert raw_rows.find(raw, "b/3a") is None
    assert raw_rows.find(raw, "a/99").columns == {}


def test_an_earlier_verdict_on_the_same_figure_is_shown(desk):
    board = desk.board()
    gravest, other = board.issues
    assert issues.earlier(board, {}, gravest) == []
    shared = other.findings[0] | {"figure_ids": ["a/1", "a/4"]}
    board.verdicts[:] = [row if row["finding_id"] != "repeat:a/4" else row | shared for row in board.verdicts]
    line = {"item": other.name, "hash": other.hash, "what": "same", "who": "somebody", "reason": "seen"}
    journal.append(desk.raw, line | {"findings": [{"finding": "repeat:a/4"}]}, None)
    (verdict,) = issues.earlier(board, journal.standing(journal.read(desk.raw)), gravest)
    assert (verdict.decision, verdict.who, verdict.finding["finding_id"]) == ("same", "somebody", "repeat:a/4")
