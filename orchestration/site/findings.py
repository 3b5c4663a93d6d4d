"""The findings board: each contradiction as two intervals on one axis."""

import math
import sys
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestration.figures.shown import natural_base, stated_unit
from orchestration.site.words import (
    CODE,
    DECISION,
    RULE,
    SCOPE,
    SEVERITY,
    Label,
    label,
    qualified,
    said,
    said_interval,
    spoken,
)

if TYPE_CHECKING:
    from orchestration.site.warehouse import Row, Warehouse
    from orchestration.site.words import Registry

# Rules that set two printed values side by side; the others compute the second value.
PRINTED_TWICE = ("repeat", "text_vs_table", "cross_source")
SEVERITIES = tuple(SEVERITY)


@dataclass(frozen=True, slots=True)
class Lane:
    """One value on the axis: positions in percent of its width; ``open_low`` and ``open_high`` draw an arrow."""

    name: Label
    value: Label
    interval: Label
    left: float
    width: float
    dot: float
    kind: str
    open_low: bool
    open_high: bool


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    text: Label


@dataclass(frozen=True, slots=True)
class Card:
    """One finding as the board shows it."""

    finding_id: str
    rule: str
    severity: str
    decision: str
    code: str
    rule_label: Label
    severity_label: Label
    decision_label: Label
    code_label: Label
    explanation: Label
    reason: str
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    log: bool
    figures: tuple["Row", ...]
    source_ids: tuple[str, ...]

    @property
    def scope(self) -> str:
        """What disagrees: one report with itself, reports with each other, a report with an outside reference."""
        if self.rule == "reference":
            return "outside"
        return "reports" if len(self.source_ids) > 1 else "itself"

    @property
    def scope_label(self) -> Label:
        return SCOPE[self.scope]


@dataclass(frozen=True, slots=True)
class Issue:
    """One cause with its findings, the gravest first."""

    issue_id: str
    title: Label
    severity: str
    severity_label: Label
    decision: str
    decision_label: Label
    code_label: Label
    cards: tuple[Card, ...]
    importance: float


def issues_of(warehouse: "Warehouse", registry: "Registry", cards: list[Card]) -> list[Issue]:
    """Issues by importance; where a publication has none, each finding is its own."""
    if not warehouse.has("reconciliation.issues"):
        return [
            Issue(
                f"issue:{card.finding_id}", card.rule_label, card.severity, card.severity_label, card.decision,
                card.decision_label, card.code_label, (card,), 0.0,
            )
            for card in cards
        ]  # fmt: skip
    place = {card.finding_id: at for at, card in enumerate(cards)}
    found = []
    for row in warehouse.rows("select * from reconciliation.issues order by importance desc, issue_id"):
        own = tuple(cards[at] for at in sorted(place[name] for name in row["finding_ids"] or () if name in place))
        # the title is that of the gravest, which the cause names
        first = next((card for card in own if card.code == row["cause"]), own[0] if own else None)
        if first is None:
            continue
        found.append(
            Issue(
                row["issue_id"],
                label(row["title"], registry.chinese(row["title_zh"] or row["title"])),
                row["severity"],
                spoken(row["severity"], SEVERITY),
                row["decision"],
                spoken(row["decision"], DECISION),
                spoken(row["cause"], CODE),
                (first, *(card for card in own if card is not first)),
                row["importance"] or 0.0,
            )
        )
    return found


def finding_cards(warehouse: "Warehouse", registry: "Registry") -> list[Card]:
    """All findings: errors first, open ones first among them, then by the size of the gap."""
    rows = warehouse.rows(
        "select f.*, c.stated, c.stated_low, c.stated_high, c.expected, c.expected_low, c.expected_high, c.gap, "
        "c.figure_ids, c.source_ids from reconciliation.findings as f "
        "inner join reconciliation.comparisons as c using (comparison_id)"
    )

    def order(row: "Row") -> tuple[int, bool, float, str]:
        rank = SEVERITIES.index(row["severity"]) if row["severity"] in SEVERITIES else len(SEVERITIES)
        gap = abs(row["gap"]) if row["gap"] is not None and math.isfinite(row["gap"]) else 0.0
        return rank, row["decision"] != "open", -gap, row["finding_id"]

    return [_card(warehouse, registry, row) for row in sorted(rows, key=order)]


def gravest(issues: list[Issue], count: int) -> list[Issue]:
    """The most important issues; what a date, a bound or a definition may explain comes after what nothing explains."""
    contradictions = [issue for issue in issues if issue.decision != "not_comparable"]
    return sorted(contradictions, key=lambda issue: issue.severity != "error")[:count]


def _card(warehouse: "Warehouse", registry: "Registry", row: "Row") -> Card:
    figures = tuple(warehouse.figures[key] for key in row["figure_ids"] or [] if key in warehouse.figures)
    lanes, ticks, log = axis(row, figures)
    return Card(
        row["finding_id"],
        row["rule"],
        row["severity"],
        row["decision"],
        row["explanation_code"] or "unexplained",
        spoken(row["rule"], RULE),
        spoken(row["severity"], SEVERITY),
        spoken(row["decision"], DECISION),
        spoken(row["explanation_code"] or "unexplained", CODE),
        label(
            registry.named(row["explanation"] or "", "en"),
            registry.named(registry.chinese(row.get("explanation_zh") or row["explanation"] or ""), "zh"),
        ),
        row["reason"] or "",
        lanes,
        ticks,
        log,
        figures,
        tuple(row["source_ids"] or ()),
    )


def axis(row: "Row", figures: tuple["Row", ...]) -> tuple[tuple[Lane, ...], tuple[Tick, ...], bool]:
    """Lanes and ticks for a comparison's stated and expected values; no lanes when either is missing.

    The axis is logarithmic when the values lie more than thirtyfold apart.
    """
    if row["stated"] is None or row["expected"] is None:
        return (), (), False
    factor, unit = stated_unit(row["rule"], figures[0] if figures else None, row["stated"])
    values = []
    for name in ("stated", "expected"):
        triple = [row[name], row[f"{name}_low"], row[f"{name}_high"]]
        values.append([None if value is None else value * factor for value in triple])
    finite = [value for triple in values for value in triple if value is not None and math.isfinite(value)]
    # an interval that reaches down to nothing would squeeze the rest of a logarithmic axis
    centres = [triple[0] for triple in values if triple[0] is not None]
    log = min(centres) > 0 and max(centres) / min(centres) > 30
    if log:
        finite = [value for value in finite if value > 0 and value >= min(centres) / 10]
    low, high = min(finite), max(finite)
    scale = _Scale.over(low, high, log)
    other = figures[1]["printed"] if row["rule"] in PRINTED_TWICE and len(figures) > 1 else None
    names = (
        label("printed", "原文"),
        label("printed elsewhere", "另处原文") if other else _expected_name(row["rule"]),
    )
    # what is printed is shown as it is printed: nearly 5 times
    printed = (figures[0] if figures else None, figures[1] if other else None)
    lanes = tuple(
        _lane(name, triple, unit, scale, kind, (figure or {}).get("qualifier"))
        for name, triple, kind, figure in zip(names, values, ("stated", "expected"), printed, strict=True)
    )
    return lanes, scale.ticks(unit), log


def _expected_name(rule: str) -> Label:
    if rule in ("bounds", "part_exceeds_whole"):
        return label("limit", "上限")
    if rule == "currency_pair":
        return label("rate of the year", "当年汇率")
    return label("expected", "应为")


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float
    log: bool

    @classmethod
    def over(cls, low: float, high: float, log: bool) -> "_Scale":
        if log:
            reach = (math.log10(high) - math.log10(low)) or 1.0
            margin = 10 ** (reach * 0.12)
            return cls(max(low / margin, sys.float_info.min), min(high * margin, sys.float_info.max), True)
        reach = (high - low) or abs(high) or 1.0
        # zero belongs on the axis when it is near: then lengths can be compared
        start = 0.0 if 0 < low <= reach * 1.5 else low - reach * 0.15
        return cls(start, high + reach * 0.15, False)

    def at(self, value: float) -> float:
        if self.log:
            start = math.log10(self.low)
            part = (math.log10(max(value, self.low)) - start) / (math.log10(self.high) - start)
        else:
            part = (value - self.low) / (self.high - self.low)
        return round(min(1.0, max(0.0, part)) * 100, 3)

    def ticks(self, unit: str) -> tuple[Tick, ...]:
        if self.log:
            powers = range(math.ceil(math.log10(self.low)), math.floor(math.log10(self.high)) + 1)
            every = max(1, math.ceil(len(powers) / 4))
            return tuple(Tick(self.at(10.0**power), said(10.0**power, unit)) for power in list(powers)[::every])
        # round numbers of what people count in: years, not seconds
        base = natural_base(self.high, unit)
        step = _round_step((self.high - self.low) / 4 / base) * base
        first = math.ceil(self.low / step)
        marks = [count * step for count in range(first, first + 8) if count * step <= self.high]
        return tuple(Tick(self.at(mark), said(mark, unit) if mark or base == 1 else label("0")) for mark in marks)


def _round_step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return next(times * power for times in (1, 2, 2.5, 5, 10) if times * power >= rough * 0.999)


def _lane(name: Label, triple: list[float | None], unit: str, scale: _Scale, kind: str, qualifier: str | None) -> Lane:
    centre, low, high = triple
    assert centre is not None
    open_low = low is None or low == -math.inf
    open_high = high is None or high == math.inf
    left = 0.0 if open_low or low is None else scale.at(low)
    right = 100.0 if open_high or high is None else scale.at(high)
    return Lane(
        name,
        qualified(said(centre, unit), qualifier),
        said_interval(low, high, unit),
        left,
        round(max(0.0, right - left), 3),
        scale.at(centre),
        kind,
        open_low,
        open_high,
    )


def finding_filters(cards: list[Card]) -> list[tuple[str, Label, list[tuple[str, Label, int]]]]:
    """Selectors of the board: name, label, and options with their counts."""

    def options(name: str, words: str) -> list[tuple[str, Label, int]]:
        counts = Counter(getattr(card, name) for card in cards)
        labels = {getattr(card, name): getattr(card, words) for card in cards}
        order = sorted(
            counts, key=lambda code: (SEVERITIES.index(code) if code in SEVERITIES else 9, -counts[code], code)
        )
        return [(code, labels[code], counts[code]) for code in order]

    return [
        ("severity", label("severity", "严重程度"), options("severity", "severity_label")),
        ("scope", label("between", "范围"), options("scope", "scope_label")),
        ("rule", label("rule", "规则"), options("rule", "rule_label")),
        ("code", label("reason", "原因"), options("code", "code_label")),
        ("decision", label("decision", "决定"), options("decision", "decision_label")),
    ]
