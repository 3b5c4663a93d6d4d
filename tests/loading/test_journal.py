"""`raw/decisions.jsonl` decides what `decisions.yml` would; a bad line is named and costs no other."""

import json
from pathlib import Path

import pytest

from orchestration.loading.decisions import read_decisions
from orchestration.loading.journal import read_journal

FINDINGS = [
    {"finding": "cagr:a/1", "code": "digit", "stated": 0.1, "expected": 0.2},
    {"finding": "share:a/2", "code": "near", "stated": 7.253e20},
]
LINE = {"item": "issue:a/1", "hash": "h", "what": "same", "who": "me", "when": "2026-11-27T01:00:00+00:00", "old": None,
        "new": None, "reason": "", "findings": FINDINGS}  # fmt: skip


def _write(raw: Path, *lines: object, by_hand: str = "[]\n") -> None:
    (raw / "decisions.yml").write_text(by_hand)
    text = "".join((line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)) + "\n" for line in lines)
    (raw / "decisions.jsonl").write_text(text)


def _decided(raw: Path) -> dict[str | None, str | None]:
    read = read_decisions(raw)
    assert read.problems == []
    return {row[0]: row[1] for row in read.rows}


@pytest.mark.parametrize(
    ("what", "new", "decisions"),
    [
        ("same", None, ["accepted", "accepted"]),
        ("different", {"field": "basis"}, ["not_comparable", "not_comparable"]),
        ("their_error", {"figure": "a/1", "value": "81.2", "unit": "percent"}, ["corrected", "accepted"]),
        ("our_error", None, []),
        ("unsure", None, []),
    ],
)
def test_an_answer_is_a_decision_about_each_finding_of_the_issue(tmp_path, what, new, decisions):
    _write(tmp_path, LINE | {"what": what, "new": new})
    assert list(_decided(tmp_path).values()) == decisions


def test_the_row_carries_guard_person_and_correction(tmp_path):
    new = {"figure": "a/1", "value": "81.2", "unit": "percent"}
    _write(tmp_path, LINE | {"what": "their_error", "new": new, "reason": "One digit."})
    assert read_decisions(tmp_path).rows[0] == (
        "cagr:a/1", "corrected", "One digit.", "digit", "0.1", "0.2", "a/1", "81.2", "percent", "me", "2026-11-27", "1",
    )  # fmt: skip


def test_an_undo_takes_the_last_line_away(tmp_path):
    _write(tmp_path, LINE, LINE | {"what": "different"}, LINE | {"what": "undo"})
    assert set(_decided(tmp_path).values()) == {"accepted"}
    _write(tmp_path, LINE, LINE | {"what": "undo"})
    assert _decided(tmp_path) == {}


def test_of_two_issues_about_one_finding_the_later_line_holds(tmp_path):
    _write(tmp_path, LINE, LINE | {"item": "issue:a/9", "what": "different", "findings": FINDINGS[:1]})
    assert _decided(tmp_path) == {"cagr:a/1": "not_comparable", "share:a/2": "accepted"}


def test_figures_and_ties_decide_no_finding(tmp_path):
    _write(tmp_path, LINE | {"item": "figure:a#b", "what": "accept"}, LINE | {"item": "tie:a/b", "what": "reject"})
    assert _decided(tmp_path) == {}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "the line is no decision"),
        ("[]", "no JSON object"),
        ({"item": "issue:x"}, "`hash`, `what` is missing"),
        (LINE | {"item": "issue:x", "what": "smae"}, "unknown answer 'smae'"),
        (LINE | {"item": "issue:x", "findings": []}, "names no `findings`"),
        (LINE | {"item": "issue:x", "findings": [{"finding": 3}]}, "names no `finding`"),
        (LINE | {"item": "issue:x", "findings": [{"finding": "sum:x"}]}, "names no `code`"),
        (LINE | {"item": "issue:x", "what": "their_error", "findings": [{"finding": "sum:x", "code": "c"}]},
         "`corrected` has no `figure`"),
        (LINE | {"item": "issue:x", "when": "2026-99-01T", "findings": [{"finding": "sum:x", "code": "c"}]}, "no day"),
    ],
)  # fmt: skip
def test_a_bad_line_is_named_and_costs_no_other(tmp_path, line, message):
    _write(tmp_path, LINE, line, LINE | {"item": "issue:a/9", "findings": [{"finding": "sum:y", "code": "c"}]})
    read = read_decisions(tmp_path)
    (problem,) = read.problems
    assert (problem.file, problem.line) == ("decisions.jsonl", 2)
    assert message in problem.message and problem.remedy
    assert {row[0] for row in read.rows} == {"cagr:a/1", "share:a/2", "sum:y"}


def test_a_line_that_was_never_finished_does_not_count(tmp_path):
    _write(tmp_path, LINE)
    with (tmp_path / "decisions.jsonl").open("a") as handle:
        handle.write('{"item": "iss')
    assert len(_decided(tmp_path)) == 2
    assert read_journal(tmp_path)[1] == []


BY_HAND = "- finding: cagr:a/1\n  decision: {}\n  reason: r\n  expect: {{code: digit}}\n{}"


def test_the_two_files_may_say_the_same(tmp_path):
    _write(tmp_path, LINE, by_hand=BY_HAND.format("accepted", ""))
    read = read_decisions(tmp_path)
    assert read.problems == [] and [row[0] for row in read.rows] == ["cagr:a/1", "share:a/2"]


@pytest.mark.parametrize("what", ["different", "unsure"])
def test_where_the_two_files_contradict_each_other_the_line_is_refused(tmp_path, what):
    _write(tmp_path, LINE | {"what": what}, by_hand=BY_HAND.format("accepted", ""))
    read = read_decisions(tmp_path)
    (problem,) = read.problems
    assert "decisions.yml:1 says accepted" in problem.message and "undo" in problem.remedy
    assert ("cagr:a/1", "accepted") in [row[:2] for row in read.rows]


def test_two_corrected_values_contradict_each_other(tmp_path):
    new = {"figure": "a/1", "value": "81.20"}
    for value, problems in (("81.2", 0), ("81.3", 1)):
        _write(tmp_path, LINE | {"what": "their_error", "new": new},
               by_hand=BY_HAND.format("corrected", f"  corrected: {{figure: a/1, value: {value}}}\n"))  # fmt: skip
        assert len(read_decisions(tmp_path).problems) == problems
