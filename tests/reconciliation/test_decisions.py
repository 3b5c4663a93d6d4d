"""A decision never takes away what it is about: printed values are judged whatever was decided."""

import json
import shutil
from pathlib import Path

import duckdb
import pytest
import yaml

from orchestration.driver import pipeline
from orchestration.settings import PROJECT, Settings
from tests.conftest import begun_from

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
# findings of the shipped reports
RIGHT = "text_vs_table:huatai_2025/272-t5-ascend-process"
STRANGER = "cagr:huatai_2025/t2a.check1.sensor"
WRONG = "cagr:huatai_2025/t2a.check1.server"
DESK = "cagr:bse_genai_2025/41-china-genai-cagr"


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
def undecided(shipped_build: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = begun_from(shipped_build, _settings(tmp_path_factory.mktemp("decisions")))
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


@pytest.fixture(scope="module")
def corrected(undecided: Settings) -> Settings:
    """Three corrections by hand, of which one is right, and a decision that the desk wrote."""
    codes = {finding: code for finding, _, code, _ in _ask(undecided, _FINDINGS)}

    def decision(finding: str, aside: str, figure: str, value: float) -> dict[str, object]:
        return {
            "finding": finding, "decision": "corrected", "reason": "the other print is right",
            "expect": {"code": codes[finding]}, "deprecate": aside, "corrected": {"figure": figure, "value": value},
        }  # fmt: skip

    line = {
        "item": "issue:x", "hash": "", "what": "same", "who": "w", "when": "2026-11-27",
        "findings": [{"finding": DESK, "code": codes[DESK], "stated": 0.9341}],
    }  # fmt: skip
    journal = undecided.raw / "decisions.jsonl"
    before = journal.read_text(encoding="utf-8") if journal.exists() else ""
    journal.write_text(f"{before}{json.dumps(line)}\n", encoding="utf-8")
    _build(
        undecided,
        [
            decision(RIGHT, "huatai_2025/272a", "huatai_2025/272a", 7),
            decision(STRANGER, "huatai_2025/t2a.sensor.growth", "huatai_2025/272b", 7),
            decision(WRONG, "huatai_2025/t2a.server.growth", "huatai_2025/t2a.server.growth", 40),
        ],
    )
    return undecided


def test_a_correction_reaches_the_corrected_verdict_and_a_wrong_one_does_not(corrected: Settings) -> None:
    found = {
        finding: rest
        for finding, *rest in _ask(
            corrected,
            """
            select finding_id, verdict, verdict_corrected, problem, corrected.corrected_value
            from reconciliation.comparisons
            inner join reconciliation.decision_guards as guards on comparison_id = finding_id
            left join core.figures as corrected on corrected.figure_id = guards.corrected_figure
            """,
        )
    }
    assert found[RIGHT] == ["disagree", "agree", None, 7]
    assert found[STRANGER][2] == "huatai_2025/272b takes no part in the finding"
    assert found[WRONG][:3] == ["disagree", "disagree", "the statement does not hold with the corrected value either"]


def test_what_the_desk_decided_is_in_the_findings_after_a_build(corrected: Settings) -> None:
    decided = _ask(corrected, f"select decision from reconciliation.findings where finding_id = '{DESK}'")
    assert decided == [("accepted",)]
