"""The queue of contradictions: open issues of the published file, the gravest first, with all that decides them."""

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.desk.evidence import TextLine, around, raw_place
from orchestration.desk.words import say
from orchestration.figures.shown import interval, interval_zh, number, quantity, quantity_zh, stated_unit
from orchestration.loading.decisions import ANSWERS
from orchestration.loading.provenance import sources_folder
from orchestration.store.published import PublicationError, open_published

FIELDS = (
    "indicator", "entity", "segment", "whole", "geography", "basis", "period_label", "status", "statistic", "unit",
    "counted",
)  # fmt: skip
# by rule, the sentence of `words.yml` that says what would fit
_WHAT_FITS = {
    "bounds": "limit", "part_exceeds_whole": "limit", "currency_pair": "rate", "repeat": "place",
    "text_vs_table": "place", "cross_source": "place", "reference": "reference",
}  # fmt: skip
_FINDINGS = """
    select
        issues.issue_id, issues.importance,
        findings.finding_id, findings.rule, findings.severity, findings.explanation_code, findings.explanation,
        findings.explanation_zh, findings.decision, findings.reason,
        comparisons.figure_ids, comparisons.stated, comparisons.stated_low,
        comparisons.stated_high, comparisons.expected, comparisons.expected_low, comparisons.expected_high,
        guards.problem, guards.who as decided_by, guards.decision as decided_as
    from reconciliation.issues as issues
    inner join reconciliation.findings as findings on list_contains(issues.finding_ids, findings.finding_id)
    inner join reconciliation.comparisons as comparisons using (comparison_id)
    left join reconciliation.decision_guards as guards on findings.finding_id = guards.finding_id
    where issues.decision = 'open'
    order by
        issues.importance desc, issues.issue_id, findings.decision <> 'open',
        case findings.severity when 'error' then 1 when 'warn' then 2 else 3 end, findings.finding_id
"""
_VERDICTS = """
    select
        findings.finding_id, comparisons.figure_ids, findings.explanation, findings.explanation_zh, findings.decision,
        findings.reason, guards.who
    from reconciliation.findings as findings
    inner join reconciliation.comparisons as comparisons using (comparison_id)
    left join reconciliation.decision_guards as guards on findings.finding_id = guards.finding_id
    order by findings.finding_id
"""


# what the build has of proposed ties: those that a person, or equal keys, tie in any case are not among them
_TIES = """
    select comparison_id, explanation, explanation_zh
    from reconciliation.comparisons
    where contains(comparison_id, '/found.')
"""


class NoWarehouseError(ValueError):
    """There is no published file, or it is not what this version writes; says what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """One figure of a finding, at its place."""

    figure: dict[str, Any]
    title: str
    lines: list[TextLine]
    row: str
    means: str


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue; ``findings`` are rows of the query, open ones first; ``hash`` changes when one of its inputs does."""

    name: str
    title: str
    importance: float
    hash: str
    findings: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Board:
    """All open issues, the gravest first, the figures and sources that they are about, and every finding's verdict.

    ``ties``: by comparison, what the build says of a proposed tie.
    """

    issues: list[Issue]
    figures: dict[str, dict[str, Any]]
    sources: dict[str, dict[str, Any]]
    verdicts: list[dict[str, Any]]
    ties: dict[str, dict[str, Any]]


def read_board(published: Path, more_figures: list[str] | None = None) -> Board:
    """Read the published file; ``more_figures`` are figures wanted beside those of the issues."""
    if not published.is_file():
        raise NoWarehouseError(f"{published} does not exist; build it with `make warehouse`")
    try:
        with open_published(published) as warehouse:
            rows = _rows(warehouse, _FINDINGS)
            wanted = sorted({name for row in rows for name in row["figure_ids"] or []} | set(more_figures or []))
            figures = _rows(warehouse, "select * from core.figures where figure_id in (select unnest(?))", [wanted])
            sources = _rows(warehouse, "select * from core.sources")
            verdicts = _rows(warehouse, _VERDICTS)
            ties = {row["comparison_id"]: row for row in _rows(warehouse, _TIES)}
    except (duckdb.Error, PublicationError) as error:
        raise NoWarehouseError(f"{published} cannot be read ({str(error).splitlines()[0]}); build it again") from error
    grouped: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        grouped.setdefault(row["issue_id"], []).append(row)
    issues = [
        # the title of an issue may be about a finding that is decided; what waits is the first open one
        Issue(name, found[0]["explanation"], found[0]["importance"] or 0.0, _hash(found), found)
        for name, found in grouped.items()
    ]
    return Board(
        issues, {row["figure_id"]: row for row in figures}, {row["source_id"]: row for row in sources}, verdicts, ties
    )


def _rows(warehouse: duckdb.DuckDBPyConnection, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
    cursor = warehouse.execute(query, values or [])
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _hash(findings: list[dict[str, Any]]) -> str:
    """Of what is claimed and why it does not fit; a decision about it is no input."""
    facts = sorted(
        (f["finding_id"], f["explanation_code"] or "", *map(_significant, (f["stated"], f["expected"])))
        for f in findings
    )
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def _significant(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"


def is_answered(issue: Issue, decision: dict[str, Any] | None) -> bool:
    """Was it answered as it stands today, in a way that closes it?"""
    return bool(decision and decision["hash"] == issue.hash and ANSWERS.get(decision["what"]))


def is_put_off(issue: Issue, decision: dict[str, Any] | None) -> bool:
    """Unsure, or waiting until our row is edited: it comes after all others."""
    return bool(decision and decision["hash"] == issue.hash and not ANSWERS.get(decision["what"]))


def waiting(board: Board, decided: dict[str, dict[str, Any]]) -> list[Issue]:
    """What a person still has to look at, in order."""
    open_ = [issue for issue in board.issues if not is_answered(issue, decided.get(issue.name))]
    return sorted(open_, key=lambda issue: (is_put_off(issue, decided.get(issue.name)), -issue.importance, issue.name))


def expectations(issue: Issue, first: str) -> list[dict[str, Any]]:
    """The open findings of an issue as the journal keeps them, ``first`` before the others."""
    found = sorted(
        (f for f in issue.findings if f["decision"] == "open"),
        key=lambda f: (f["finding_id"] != first, f["finding_id"]),
    )
    return [
        {"finding": f["finding_id"], "code": f["explanation_code"]}
        | {name: f[name] for name in ("stated", "expected") if f[name] is not None and math.isfinite(f[name])}
        for f in found
    ]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided before about a finding on one of the same figures."""

    finding: dict[str, Any]
    decision: str
    who: str
    reason: str


def earlier(board: Board, decided: dict[str, dict[str, Any]], issue: Issue) -> list[Verdict]:
    """Verdicts on other issues that share a figure with this one: those of the build, then those of the journal."""
    own = {finding["finding_id"] for finding in issue.findings}
    figures = {name for finding in issue.findings for name in finding["figure_ids"] or []}
    near = {
        row["finding_id"]: row
        for row in board.verdicts
        if row["finding_id"] not in own and figures & set(row["figure_ids"] or [])
    }
    found = [
        Verdict(row, row["decision"], row["who"] or "", row["reason"] or "")
        for row in near.values()
        if row["decision"] != "open"
    ]
    for name, entry in decided.items():
        if name == issue.name or not name.startswith("issue:"):
            continue
        for facts in entry.get("findings") or []:
            row = near.get(facts.get("finding"))
            if row is not None and row["decision"] == "open":
                found.append(Verdict(row, entry["what"], entry.get("who") or "", entry.get("reason") or ""))
    return found


def places(board: Board, raw: Path, figure_ids: list[str]) -> list[Place]:
    """The figures of a finding, each at its place; those that take part twice stand once."""
    folder, found = sources_folder(raw), []
    for name in dict.fromkeys(figure_ids):
        figure = board.figures.get(name)
        if figure is None:
            continue
        source = board.sources.get(figure["source_id"], {})
        found.append(
            Place(
                figure,
                source.get("title") or figure["source_id"],
                around(folder, source.get("source_file"), figure["line"], figure["printed"] or ""),
                raw_place(raw, name),
                interval(figure["value_low"], figure["value_high"], figure["unit"]),
            )
        )
    return found


def differences(found: list[Place]) -> list[tuple[str, list[str], bool]]:
    """Field, its value in each place, and whether they differ; those that differ come first."""
    rows = []
    for name in FIELDS:
        values = ["" if p.figure[name] is None else str(p.figure[name]) for p in found]
        if any(values):
            rows.append((name, values, len(set(values)) > 1))
    return sorted(rows, key=lambda row: not row[2])


def arithmetic(finding: dict[str, Any], found: list[Place], language: str = "en") -> list[str]:
    """The comparison in words: what the printed number can mean, what must hold, and how far they lie apart."""
    if finding["stated"] is None or finding["expected"] is None or not found:
        return []
    factor, unit = stated_unit(finding["rule"], found[0].figure, finding["stated"])
    said, ranged = (quantity_zh, interval_zh) if language == "zh" else (quantity, interval)

    def scaled(name: str) -> float | None:
        return None if finding[name] is None else finding[name] * factor

    def told(name: str) -> str:
        value, range_ = said(scaled(name), unit), ranged(scaled(f"{name}_low"), scaled(f"{name}_high"), unit)
        if not range_ or range_ == value:
            return value
        key = "issues.anything" if range_[0] in "<>≤≥" else "issues.anything_in"
        return say(language, key, value=value, range=range_)

    fits = _WHAT_FITS.get(finding["rule"], "numbers")
    ends = [scaled(name) for name in ("stated_low", "stated_high", "expected_low", "expected_high")]
    return [
        say(language, "issues.as_printed", range=told("stated")),
        say(language, f"issues.but.{fits}", range=told("expected")),
        _apart(ends, unit, language),
    ]


def _apart(ends: list[float | None], unit: str, language: str) -> str:
    low, high, least, most = ends
    over = low - most if low is not None and most is not None else None
    under = least - high if least is not None and high is not None else None
    distance = max((d for d in (over, under) if d is not None and math.isfinite(d)), default=0.0)
    if distance <= 0 and any(end is None or not math.isfinite(end) for end in ends):
        return say(language, "issues.open_end")
    if distance <= 0:
        return say(language, "issues.meet")
    # between two percentages lie points
    said = quantity_zh if language == "zh" else quantity
    return say(language, "issues.apart", distance=said(distance, "pp" if unit == "percent" else unit))


__all__ = [
    "Board", "Issue", "NoWarehouseError", "Place", "Verdict", "arithmetic", "differences", "earlier", "expectations",
    "is_answered", "is_put_off", "number", "places", "read_board", "waiting",
]  # fmt: skip
