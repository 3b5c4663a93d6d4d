"""The queues of contradictions and ties: what is shown, what each answer writes, what is refused."""

import json

import pytest

from orchestration.desk import decisions, issues, journal, labels, ties, views
from orchestration.desk.app import build
from orchestration.desk.evidence import around
from orchestration.loading.decisions import read_decisions
from orchestration.loading.reference import load_reference
from tests.conftest import PROJECT
from tests.desk.published import FIGURES, FINDINGS, TEXT, publish


def _ask(desk, what, name="issue:a/1", **more):
    shown = {issue.name: issue for issue in desk.board().issues} | {tie.name: tie for tie in desk.ties()}
    asked = {"item": name, "hash": shown[name].hash, "what": what, "seen": None, "queue": name.partition(":")[0]}
    return decisions.decide(desk, asked | more)


def _queue(desk):
    return [issue.name for issue in issues.waiting(desk.board(), journal.standing(journal.read(desk.raw)))]


def test_the_gravest_comes_first_and_a_decided_one_goes(desk):
    assert _queue(desk) == ["issue:a/1", "issue:a/4"]
    _ask(desk, "same")
    assert _queue(desk) == ["issue:a/4"]
    decisions.decide(desk, {"what": "undo", "queue": "issue"})
    assert _queue(desk) == ["issue:a/1", "issue:a/4"]


@pytest.mark.parametrize("what", ["unsure", "our_error"])
def test_what_stays_open_comes_last(desk, what):
    _ask(desk, what)
    assert _queue(desk) == ["issue:a/4", "issue:a/1"]


@pytest.mark.parametrize(
    ("what", "new", "decision"),
    [
        ("same", None, "accepted"),
        ("different", {"field": "basis"}, "not_comparable"),
        ("their_error", {"figure": "a/1", "value": "81.2"}, "corrected"),
    ],
)
def test_an_answer_is_what_the_build_reads(desk, what, new, decision):
    _ask(desk, what, new=new)
    read = read_decisions(desk.raw, {figure[0] for figure in FIGURES})
    assert read.problems == []
    (row,) = read.rows
    assert row[:2] == ("cagr:a/1", decision)
    assert row[3:6] == ("unexplained", "0.9341", "0.8119")
    assert row[6:9] == (("a/1", "81.2", "percent") if what == "their_error" else (None, None, None))


@pytest.mark.parametrize(
    ("what", "new", "message"),
    [
        ("different", {}, "in which field"),
        ("different", {"field": "colour"}, "in which field"),
        ("their_error", {"figure": "a/9", "value": "81.2"}, "choose the figure"),
        ("their_error", {"figure": "a/4", "value": "81.2"}, "choose the figure"),
        ("their_error", {"figure": "a/1", "value": "much"}, "plain number in percent"),
        ("their_error", {"figure": "a/2", "value": "170"}, "factor of ten"),
        ("accept", None, "`what` is one of same"),
    ],
)
def test_what_cannot_be_a_decision_is_refused_with_the_reason(desk, what, new, message):
    with pytest.raises(decisions.RefusedError, match=message):
        _ask(desk, what, new=new)
    assert journal.read(desk.raw) == []


def test_a_rebuild_reopens_an_answer_only_if_its_inputs_changed(desk):
    _ask(desk, "same")
    publish(desk.published, FINDINGS[::-1])
    assert _queue(desk) == ["issue:a/4"]
    changed = [FINDINGS[0], (*FINDINGS[1][:6], 0.95, *FINDINGS[1][7:])]
    publish(desk.published, changed)
    assert _queue(desk) == ["issue:a/1", "issue:a/4"]


def test_a_stale_tab_is_refused_with_what_changed(desk):
    _ask(desk, "same")
    with pytest.raises(journal.StaleError, match="is same by now, not open"):
        _ask(desk, "different", new={"field": "basis"})
    with pytest.raises(decisions.RefusedError, match="changed since"):
        _ask(desk, "same", name="issue:a/4", hash="another")
    assert len(journal.read(desk.raw)) == 1


def test_the_page_says_what_differs_and_how_far_apart(desk):
    board = desk.board()
    found = issues.places(board, desk.raw, ["a/4", "a/5", "a/4"])
    assert [place.figure["figure_id"] for place in found] == ["a/4", "a/5"]
    assert issues.arithmetic(board.issues[1].findings[0], found) == [
        "As printed it can mean 20 %: anything in 19.5 … 20.5 %.",
        "But the other place prints 30 %: anything in 29.5 … 30.5 %.",
        "The two ranges do not meet: 9 pp lie between them.",
    ]
    assert issues.arithmetic(board.issues[1].findings[0], found, "zh")[2] == "两个区间不相交，相距 9 个百分点。"
    by_field = {name: differ for name, _, differ in issues.differences(issues.places(board, desk.raw, ["a/1", "a/2"]))}
    assert by_field == {"unit": True, "period_label": True, "indicator": False}
    assert issues.places(board, desk.raw, ["a/1"])[0].row == "raw/a/prose.csv:2"


def test_codes_are_called_by_their_labels_and_bases_are_chinese_in_chinese():
    registry = labels.read(
        load_reference(PROJECT / "raw"), {"ms_2025": {"source_id": "ms_2025", "title": "T", "publisher": "Bank (银行)"}}
    )
    assert labels.label_of(registry, "en", "indicator", "company_count") == "number of companies"
    assert labels.label_of(registry, "zh", "geography", "CHN") == "中国"
    assert labels.label_of(registry, "en", "unit", "s") == ""  # is called as it is written
    finding = {"explanation": "ms_2025 says it", "explanation_zh": "企业（to USA）"}
    assert labels.told(registry, "en", finding) == "Bank says it"
    assert labels.told(registry, "zh", finding) == "企业（与美国之比）"
    years = {"value_low": 6.5 * 31_556_952, "value_high": 7.5 * 31_556_952, "unit": "s"}
    assert labels.range_of(registry, "zh", years) == "6.5 … 7.5 年"


def test_without_registries_a_code_reads_as_itself_and_all_can_be_decided(desk):
    assert (
        labels.label_of(desk.labels(), "en", "indicator", "market_size") == "market size"
        or not (desk.raw / "reference").exists()
    )
    assert labels.told(desk.labels(), "en", {"explanation": "It holds."}) == "It holds."


def test_only_what_is_printed_is_marked(tmp_path):
    (tmp_path / "a.txt").write_text(TEXT)

    def marked(line, printed):
        return [shown.marked for shown in around(tmp_path, "a.txt", line, printed) if shown.marked]

    assert marked(3, "93.41%") == ["93.41**%"]
    assert marked(3, "93.4%") == marked(3, "3.41%") == marked(5, "93.41%") == marked(99, "20%") == []
    assert around(None, "a.txt", 3, "20%") == []


def test_ties_that_disagree_come_first_and_are_kept_as_read(desk):
    names = [tie.name for tie in desk.ties()]
    assert names == ["tie:repeat:a/4<a/5", "tie:cagr:a/1<a/2|a/3"]
    _ask(desk, "reject", name=names[0])
    (line,) = journal.read(desk.raw)
    assert (line["what"], line["tie"]["stated"], line["tie"]["inputs"]) == ("reject", "a/4", "a/5")
    assert [tie.name for tie in ties.waiting(desk.ties(), journal.standing([line]))] == names[1:]
    assert read_decisions(desk.raw).rows == []


def test_a_tie_that_the_build_has_from_elsewhere_is_not_asked(desk):
    """A person has tied the same figures, or equal keys tie them: an answer would change nothing."""
    used = desk.board().ties
    assert len(ties.waiting(desk.ties(), {}, used)) == 2
    assert [tie.name for tie in ties.waiting(desk.ties(), {}, [*used][:1])] == ["tie:cagr:a/1<a/2|a/3"]
    assert views.start(desk, None)["n_ties"] == 2


def test_why_it_was_decided_so_is_kept_and_read_by_the_build(desk):
    _ask(desk, "same", reason="The sample is smaller.")
    assert journal.read(desk.raw)[-1]["reason"] == "The sample is smaller."
    assert [row[2] for row in read_decisions(desk.raw).rows] == ["The sample is smaller."]


def test_without_a_warehouse_the_start_page_says_what_to_do(desk):
    desk.published.unlink()
    assert "make warehouse" in views.start(desk, None)["missing"]
    build(desk, "secret", 80)


def test_a_bad_line_of_the_journal_is_told_and_kept(desk):
    path = desk.raw / "decisions.jsonl"
    path.write_text("nonsense\n")
    _ask(desk, "same")
    (problem,) = views.start(desk, None)["problems"]
    assert "raw/decisions.jsonl:1" in str(problem)
    assert path.read_text().startswith("nonsense\n")
    assert json.loads(path.read_text().split("\n")[1])["what"] == "same"
