"""`raw/decisions.yml`: every wrong entry is a problem that names its line, what is wrong and what would be right."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.loading.decision_entry import decision_problem
from orchestration.loading.decisions import read_decisions
from orchestration.settings import PROJECT

GOOD = {
    "finding": "cagr:a/1",
    "decision": "corrected",
    "reason": "One digit is wrong.",
    "expect": {"code": "digit", "stated": "0.1"},
    "corrected": {"figure": "a/1", "value": "64.6"},
    "deprecate": ["a/1"],
    "decided_on": "2026-11-21",
    "__line__": 7,
}

WRONG = {
    "a misspelt decision": ({"decision": "acepted", "corrected": None}, "unknown decision 'acepted'", "accepted"),
    "a misspelt field": ({"reasn": "x"}, "unknown field of the decision 'reasn'", "reason"),
    "a misspelt field of expect": ({"expect": {"code": "digit", "statd": "1"}}, "'statd'", "stated"),
    "a misspelt field of corrected": ({"corrected": {"figure": "a/1", "valeu": "1"}}, "'valeu'", "value"),
    "no reason": ({"reason": ""}, "no `reason`", "docs/decisions.md"),
    "no value": ({"corrected": {"figure": "a/1"}}, "`corrected` has no `value`", "value: …"),
    "no correction": ({"corrected": None}, "no corrected value stands in it", "decision: accepted"),
    "a correction of an accepted finding": ({"decision": "accepted"}, "a corrected value", "decision: corrected"),
    "not a number": ({"corrected": {"figure": "a/1", "value": "nan"}}, "no finite number", "canonical unit"),
    "not a finite number": ({"corrected": {"figure": "a/1", "value": "1e999"}}, "no finite number", "canonical unit"),
    "words for a number": ({"corrected": {"figure": "a/1", "value": "7 nm"}}, "no finite number", "canonical unit"),
    "full-width digits": ({"corrected": {"figure": "a/1", "value": "７"}}, "no finite number", "canonical unit"),
    "an expectation in words": ({"expect": {"code": "digit", "stated": "much"}}, "no finite number", "plain number"),
    "a figure without its source": ({"corrected": {"figure": "272b", "value": "7"}}, "no figure", "<source_id>/<key>"),
    "both ranks": ({"prefer": "a/1"}, "preferred and deprecated", "one of the two"),
    "no such day": ({"decided_on": "2026-02-30"}, "no day", "2026-11-21"),
    "a list for a text": ({"finding": ["a"]}, "no text", "docs/decisions.md"),
}


def test_a_right_entry_is_no_problem() -> None:
    assert decision_problem(GOOD) is None


@pytest.mark.parametrize(("change", "message", "remedy"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_entry_says_what_is_wrong_and_what_is_right(
    change: dict[str, object], message: str, remedy: str
) -> None:
    problem = decision_problem({name: value for name, value in (GOOD | change).items() if value is not None})
    assert problem is not None
    assert (problem.file, problem.line) == ("decisions.yml", 7)
    assert message in problem.message
    assert remedy in problem.remedy


def test_a_finding_is_decided_once() -> None:
    problem = decision_problem(GOOD, seen={"cagr:a/1"})
    assert problem is not None and "decided twice" in problem.message


def test_a_figure_that_does_not_exist_is_told_with_the_nearest() -> None:
    assert decision_problem(GOOD, figure_ids={"a/1", "a/2"}) is None
    problem = decision_problem(GOOD, figure_ids={"a/10", "b/2"})
    assert problem is not None and problem.remedy == "Write a/10"


@given(st.recursive(st.none() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
    st.sampled_from([*GOOD, "code", "figure", "value"]), inner, max_size=6)))  # fmt: skip
def test_any_entry_is_used_or_set_aside(entry: object) -> None:
    """Whatever YAML can hold: a problem, never an exception."""
    if isinstance(entry, dict):
        entry["__line__"] = 1
    decision_problem(entry)
    for name in GOOD:
        if isinstance(entry, dict) and name in entry and name != "__line__":
            changed = GOOD | {name: entry[name]}
            decision_problem(changed)


def test_the_lines_and_counts_of_a_file_add_up(tmp_path: Path) -> None:
    (tmp_path / "decisions.yml").write_text(
        "- {finding: f, decision: accepted, reason: r, expect: {code: c}, prefer: [a/1, a/2]}\n"
        "- {finding: g, decision: acepted, reason: r, expect: {code: c}}\n"
        "- {finding: f, decision: accepted, reason: r, expect: {code: c}}\n",
        encoding="utf-8",
    )
    read = read_decisions(tmp_path)
    assert [row[0] for row in read.rows] == ["f"]
    assert read.figures == [("f", "a/1", "preferred"), ("f", "a/2", "preferred")]
    assert [problem.line for problem in read.problems] == [2, 3]


ISSUE = """\
- issue: a/1
  decision: corrected
  reason: One digit is wrong.
  corrected: {figure: a/1, value: 64.6}
  deprecate: a/1
  findings:
  - {finding: f, code: digit, stated: 0.9}
  - {finding: g, code: unexplained}
"""


def test_a_decision_about_an_issue_decides_the_findings_that_it_names(tmp_path: Path) -> None:
    (tmp_path / "decisions.yml").write_text(ISSUE, encoding="utf-8")
    read = read_decisions(tmp_path)
    assert read.problems == []
    assert [row[:5] for row in read.rows] == [
        ("f", "corrected", "One digit is wrong.", "digit", "0.9"),
        ("g", "accepted", "One digit is wrong. Same cause as f.", "unexplained", None),
    ]
    assert [row[6:8] for row in read.rows] == [("a/1", "64.6"), (None, None)]
    assert read.figures == [("f", "a/1", "deprecated")]
    assert [row[-1] for row in read.rows] == ["7", "8"]  # a guard that fails names the finding's own line


@pytest.mark.parametrize(
    ("old", "new", "message", "line"),
    [
        ("issue: a/1", "issue: ", "`issue` is empty", 1),
        ("issue: a/1", "issue: a/1\n  finding: f", "an `issue` and a `finding`", 1),
        ("findings:", "finding_ids:", "unknown field of the decision 'finding_ids'", 1),
        ("finding: g, code", "finding: g, codes", "unknown field of `findings` 'codes'", 1),
        ("  - {finding: g, code: unexplained}\n", "  - {code: unexplained}\n", "names no `finding`", 1),
        (", code: unexplained", "", "names no `code`", 8),
        ("  corrected: {figure: a/1, value: 64.6}\n", "", "no corrected value", 6),
        ("finding: g", "finding: f", "decided twice", 8),
    ],
)
def test_a_wrong_decision_about_an_issue_is_told(tmp_path: Path, old: str, new: str, message: str, line: int) -> None:
    assert old in ISSUE
    (tmp_path / "decisions.yml").write_text(ISSUE.replace(old, new, 1), encoding="utf-8")
    (problem,) = read_decisions(tmp_path).problems
    assert message in problem.message
    assert problem.line == line


def test_the_shipped_decisions_can_be_used() -> None:
    assert read_decisions(PROJECT / "raw").problems == []
