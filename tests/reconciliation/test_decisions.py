"""A decision never takes away what it is about: printed values are judged whatever was decided."""

import json
import shutil
from pathlib import Path

import duckdb
import pytest
import yaml

from orchestration import pipeline
from orchestration.settings import PROJECT, Settings

_STATE = """
    select comparisons.comparison_id, comparisons.verdict, findings.explanation_code
    from reconciliation.comparisons as comparisons left join reconciliation.findings as findings using (comparison_id)
    order by 1
"""
_FINDINGS = """
    select findings.finding_id, findings.rule, findings.explanation_code, comparisons.figure_ids
    from reconciliation.findings as findings inner join reconciliation.comparisons as comparisons using (comparison_id)
    order by 1
"""


def _settings(base: Path) -> Settings:
    shutil.copytree(PROJECT / "raw", base / "raw", ignore=shutil.ignore_patterns("inbox"))
    return Settings(project=PROJECT, raw=base / "raw", state=base / "state", published=base / "warehouse")


def _ask(settings: Settings, query: str) -> list[tuple]:
    with duckdb.connect(str(settings.build_file), read_only=True) as build:
        return build.execute(query).fetchall()


def _build(settings: Settings, decisions: list[dict[str, object]]) -> None:
    (settings.raw / "decisions.yml").write_text(yaml.safe_dump(decisions, allow_unicode=True), encoding="utf-8")
    pipeline.load(settings)
    pipeline.transform(settings)


@pytest.fixture(scope="module")
def undecided(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = _settings(tmp_path_factory.mktemp("decisions"))
    _build(settings, [])
    return settings


def test_no_decision_takes_away_the_finding_that_it_is_about(undecided: Settings) -> None:
    """Every finding of the shipped reports is decided at once: its figures are put aside in turn, or preferred."""
    before, findings = _ask(undecided, _STATE), _ask(undecided, _FINDINGS)
    assert {rule for _, rule, _, _ in findings} >= {
        "cross_source",
        "repeat",
        "reference",
        "cagr",
        "sum",
        "text_vs_table",
    }
    aside: set[str] = set()
    preferred: set[str] = set()
    decisions = []
    for place, (finding_id, _, code, figure_ids) in enumerate(findings):
        figure_id = figure_ids[place % len(figure_ids)]
        entry: dict[str, object] = {
            "finding": finding_id, "decision": "accepted", "reason": "tried", "expect": {"code": code},
        }  # fmt: skip
        if place % 3 and figure_id not in preferred:
            aside.add(figure_id)
            entry["deprecate"] = figure_id
        elif figure_id not in aside:
            preferred.add(figure_id)
            entry["prefer"] = figure_id
        decisions.append(entry)
    _build(undecided, decisions)
    assert _ask(undecided, _STATE) == before
    assert _ask(undecided, "select finding_id, problem from reconciliation.decision_guards where not holds") == []
    assert _ask(undecided, "select distinct decision from reconciliation.findings") == [("accepted",)]
    touched = _ask(
        undecided,
        "select distinct verdict_corrected from reconciliation.comparisons, unnest(figure_ids) as f(figure_id) "
        "where figure_id in (select figure_id from core.figures where preference = 'deprecated')",
    )
    assert touched == [("not_comparable",)]


def test_a_correction_reaches_the_corrected_verdict_and_a_wrong_one_does_not(undecided: Settings) -> None:
    finding = "text_vs_table:huatai_2025/272-t5-ascend-process"
    decision: dict[str, object] = {
        "finding": finding, "decision": "corrected", "reason": "14 nm in the text is wrong",
        "expect": {"code": {f: c for f, _, c, _ in _ask(undecided, _FINDINGS)}[finding]},
        "deprecate": "huatai_2025/272a",
    }  # fmt: skip
    query = f"""
        select verdict, verdict_corrected, problem, corrected.corrected_value
        from reconciliation.comparisons
        inner join reconciliation.decision_guards as guards on comparison_id = finding_id
        left join core.figures as corrected on corrected.figure_id = guards.corrected_figure
        where finding_id = '{finding}'
    """
    _build(undecided, [decision | {"corrected": {"figure": "huatai_2025/272a", "value": 7}}])
    assert _ask(undecided, query) == [("disagree", "agree", None, 7)]
    _build(undecided, [decision | {"corrected": {"figure": "huatai_2025/272b", "value": 7}}])
    (found,) = _ask(undecided, query)
    assert found[2] == "huatai_2025/272b takes no part in the finding" and found[3] is None
    _build(undecided, [decision | {"corrected": {"figure": "huatai_2025/272a", "value": 10}}])
    (found,) = _ask(undecided, query)
    assert found[:3] == ("disagree", "disagree", "the statement does not hold with the corrected value either")


def test_what_the_desk_decided_is_in_the_findings_after_a_build(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    (settings.raw / "decisions.yml").write_text("[]\n", encoding="utf-8")
    finding = "cagr:bse_genai_2025/41-china-genai-cagr"
    found = {"finding": finding, "code": "unexplained", "stated": 0.9341}
    line = {"item": "issue:x", "hash": "", "what": "same", "who": "w", "when": "2026-11-27", "findings": [found]}
    (settings.raw / "decisions.jsonl").write_text(f"{json.dumps(line)}\n", encoding="utf-8")
    pipeline.load(settings)
    pipeline.transform(settings)
    decided = _ask(settings, "select finding_id, decision from reconciliation.findings where decision <> 'open'")
    assert decided == [(finding, "accepted")]
