"""The verdict of every comparison a second time, in plain Python on the published figures, without the project's SQL.

Intervals are ordinary pairs with infinite ends. The relations come from the loader, the members of comparisons that
series keys found from ``figure_ids``.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from orchestration.loading import load_reference, load_source, load_sources
from orchestration.loading.relations import Term
from orchestration.settings import Settings
from tests.reconciliation.warehouse import rows

FX_TOLERANCE = 0.03
SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Interval:
    """A closed interval; ends may be infinite."""

    low: float
    high: float

    def __add__(self, other: "Interval") -> "Interval":
        return Interval(self.low + other.low, self.high + other.high)

    def __neg__(self) -> "Interval":
        return Interval(-self.high, -self.low)

    def __sub__(self, other: "Interval") -> "Interval":
        return self + -other

    def __mul__(self, other: "Interval") -> "Interval":
        ends = [_times(a, b) for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(ends), max(ends))

    def inverse(self) -> "Interval | None":
        """Null when the interval reaches zero."""
        if self.low <= 0 <= self.high:
            return None
        return Interval(_over(self.high), _over(self.low))

    def overlaps(self, other: "Interval") -> bool:
        return _reaches(self.low, other.high) and _reaches(other.low, self.high)

    def touches(self, other: "Interval") -> bool:
        """Nothing but an end point in common, and neither is a point."""
        if self.low == self.high or other.low == other.high:
            return False
        common = min(self.high, other.high) - max(self.low, other.low)
        if common > 1e-3 * min(self.high - self.low, other.high - other.low):
            return False  # a number of ten digits is narrower than the noise of its size
        return _reaches(other.high, self.low) or _reaches(self.high, other.low)


def _times(a: float, b: float) -> float:
    return 0.0 if a == 0 or b == 0 else a * b


def _over(x: float) -> float:
    return 0.0 if math.isinf(x) else 1 / x


def _reaches(low: float, high: float) -> bool:
    """low <= high, but for the noise of binary fractions."""
    if math.isinf(low) or math.isinf(high):
        return low <= high
    return low <= high + SLACK * max(abs(low), abs(high))


@dataclass(slots=True)
class Figures:
    """Published figures by id, with the arithmetic that a comparison needs of them."""

    by_id: dict[str, dict[str, Any]]

    def interval(self, figure_id: str) -> Interval:
        row = self.by_id[figure_id]
        by = 0.01 if row["unit"] in ("percent", "pp") else 1.0
        return Interval(row["value_low"] * by, row["value_high"] * by)

    def usd_per_unit(self, figure_id: str) -> float | None:
        row = self.by_id[figure_id]
        unit = row["unit"].split("/")[0]
        if unit == "USD":
            return 1.0
        if unit == "CNY":
            return 1 / float(row["fx_rate"]) if row["fx_rate"] else None
        return float(row["value_usd"] / row["value"]) if row["value_usd"] is not None and row["value"] else None

    def currency(self, figure_id: str) -> str | None:
        return str(self.by_id[figure_id]["unit"].split("/")[0]) if self.usd_per_unit(figure_id) else None

    def year(self, figure_id: str | None, end: str = "period_end") -> int | None:
        day = self.by_id[figure_id][end] if figure_id else None
        return int(day.year) if day else None


@dataclass(frozen=True, slots=True)
class Part:
    """A term of a relation as numbers."""

    role: str
    position: int
    figure_id: str | None
    interval: Interval


def relation_terms(settings: Settings) -> dict[str, list[Term]]:
    """Terms of every stated relation in ``settings.raw``, by ``<rule>:<relation id>``."""
    reference = load_reference(settings.raw)
    terms: dict[str, list[Term]] = defaultdict(list)
    for source in load_sources(settings.raw).values():
        for term in load_source(settings.raw, source, reference).relations:
            terms[f"{term.rule}:{term.relation_id}"].append(term)
    return terms


def parts_of(terms: Iterable[Term], figures: Figures) -> list[Part]:
    """Intervals of the terms; money of several currencies in dollars, each widened by what a yearly rate may be off."""
    terms = list(terms)
    ids = [term.figure_id for term in terms if term.figure_id]
    currencies = {figures.currency(figure_id) for figure_id in ids} - {None}
    rule = terms[0].rule
    mixed = (
        len(currencies) > 1
        and rule != "currency_pair"
        and not any(figures.by_id[figure_id]["indicator"] == "exchange_rate" for figure_id in ids)
    )
    percentages = all(figures.by_id[figure_id]["unit"] in ("percent", "pp") for figure_id in ids)
    found = []
    for term in terms:
        if term.figure_id is None:
            value = float(term.constant or 0) / (100 if rule == "sum" and percentages else 1)
            found.append(Part(term.role, term.position, None, Interval(value, value)))
            continue
        interval = Interval(
            figures.interval(term.figure_id).low, figures.interval(term.figure_id_high or term.figure_id).high
        )
        rate = figures.usd_per_unit(term.figure_id)
        if mixed and rate is not None and figures.currency(term.figure_id) != "USD":
            ends = (interval.low * rate, interval.high * rate)
            interval = Interval(
                ends[0] * (1 - math.copysign(FX_TOLERANCE, ends[0])),
                ends[1] * (1 + math.copysign(FX_TOLERANCE, ends[1])),
            )
        found.append(Part(term.role, term.position, term.figure_id, interval))
    return found


def one(parts: list[Part], *roles: str) -> Part:
    return next(part for part in parts if part.role in roles)


def quotient_expected(
    rule: str, stated: Part, upper: Part, lower: Part, years: float | None, figures: Figures
) -> Interval | None:
    """What upper and lower give for growth, cagr, fold, share and ratio; null when they bound nothing."""
    row = figures.by_id[stated.figure_id or ""]
    kinds = {figures.by_id[part.figure_id]["unit"] for part in (upper, lower) if part.figure_id}
    same_kind = row["unit"] in kinds or (figures.currency(stated.figure_id or "") is not None and any(
        part.figure_id and figures.currency(part.figure_id) for part in (upper, lower)))  # fmt: skip
    if rule == "growth" and (row["unit"] == "pp" or (same_kind and row["unit"] not in ("percent", "ratio", "times"))):
        return upper.interval - lower.interval
    inverse = lower.interval.inverse()
    if inverse is None:
        return None
    quotient = upper.interval * inverse
    if rule in ("fold", "share", "ratio"):
        return quotient
    unit = Interval(1.0, 1.0)
    if rule == "growth":
        expected = quotient - unit if lower.interval.low > 0 else unit - quotient
    elif quotient.low >= 0 and years:
        expected = Interval(quotient.low ** (1 / years) - 1, quotient.high ** (1 / years) - 1)
    else:
        return None
    # a fall printed without its sign
    falls = row["statistic"] == "change" and row["value"] > 0 and _middle(upper, figures) < _middle(lower, figures)
    return -expected if falls else expected


def _middle(part: Part, figures: Figures) -> float:
    """The printed value itself; of a range or a constant, its middle."""
    if part.figure_id and ":" not in part.figure_id:
        return float(figures.by_id[part.figure_id]["value"])
    return (part.interval.low + part.interval.high) / 2


def verdict(stated: Interval, expected: Interval | None, *, plain: bool = False, comparable: bool = True) -> str:
    if expected is None:
        return "not_comparable"
    if stated.overlaps(expected) and not (plain and stated.touches(expected)):
        return "agree"
    return "disagree" if comparable else "not_comparable"


@dataclass(slots=True)
class Recomputation:
    """Everything that a second verdict needs."""

    figures: Figures
    relations: dict[str, list[Term]]
    references: dict[str, dict[str, str]]

    def verdict(self, comparison: dict[str, Any]) -> str:
        """The verdict of one row of ``reconciliation.comparisons``."""
        rule, name, ids = comparison["rule"], comparison["comparison_id"], comparison["figure_ids"]
        if rule == "reference":
            return self._reference(name, ids[0])
        if rule == "cross_source" and "~" in name:
            return self._two_reports(*name.removeprefix("cross_source:").split("~"))
        if name.endswith(".series"):
            return self._series(rule, ids)
        terms = self._stated(rule, name)
        parts = parts_of(terms, self.figures)
        if rule in ("growth", "cagr", "fold", "share", "ratio"):
            return self._pair(rule, terms, parts)
        if rule == "sum":
            return self._sum(terms, parts)
        if rule == "mean":
            inputs = [part.interval for part in parts if part.role == "part"]
            return verdict(one(parts, "stated").interval, _sum(inputs) * Interval(1 / len(inputs), 1 / len(inputs)))
        if rule == "product":
            return self._product(parts)
        if rule == "bounds":
            total = _sum(part.interval for part in parts)
            return verdict(total, Interval(0.0, 1.0))
        return self._equals(terms[0].rule, name, ids[0], parts)

    def _stated(self, rule: str, name: str) -> list[Term]:
        base = name.split(":", 1)[1]
        rules = ("repeat", "text_vs_table", "currency_pair") if rule == "cross_source" else (rule,)
        for wanted in rules:
            for key in (f"{wanted}:{base}", f"{wanted}:{base.rsplit('.', 1)[0]}"):
                if key in self.relations:
                    return self.relations[key]
        raise KeyError(name)

    def _pair(self, rule: str, terms: list[Term], parts: list[Part]) -> str:
        stated = one(parts, "stated")
        upper, lower = one(parts, "to", "part", "numerator"), one(parts, "from", "whole", "denominator")
        years: float | None = terms[0].years
        if years is None:
            ends = self.figures.year(upper.figure_id), self.figures.year(lower.figure_id)
            years = ends[0] - ends[1] if ends[0] and ends[1] else None
        if not years:
            last = self.figures.year(stated.figure_id)
            first = self.figures.year(stated.figure_id, "period_start")
            years = last - first if last and first else None
        return verdict(stated.interval, quotient_expected(rule, stated, upper, lower, years, self.figures))

    def _sum(self, terms: list[Term], parts: list[Part]) -> str:
        added = _sum(part.interval for part in parts if part.role == "part")
        taken = _sum(part.interval for part in parts if part.role == "minus")
        expected = added - taken
        covers = next((term.covers for term in terms if term.covers), None)
        if covers == "part":
            expected = Interval(expected.low, math.inf)
        elif covers not in (None, "all"):
            expected = Interval(expected.low, expected.high / float(covers or 1))
        return verdict(one(parts, "stated").interval, expected)

    def _product(self, parts: list[Part]) -> str:
        expected: Interval | None = Interval(1.0, 1.0)
        for part in parts:
            factor = part.interval.inverse() if part.role == "divisor" else part.interval
            if part.role == "stated" or expected is None:
                continue
            expected = expected * factor if factor is not None else None
        return verdict(one(parts, "stated").interval, expected)

    def _equals(self, rule: str, name: str, stated_id: str, parts: list[Part]) -> str:
        stated = next(
            part
            for part in parts
            if (part.figure_id == stated_id and part.position > 0) or part.role in ("text", "part", "cny")
        )
        if rule == "repeat":
            tail = name.rsplit(".", 1)[-1]
            stated = next(
                part for part in parts if part.position == (int(tail) if tail.isdigit() and int(tail) > 1 else 1)
            )
        other = next(
            part
            for part in parts
            if part.role in ("table", "whole", "usd") or (rule == "repeat" and part.position == 0)
        )
        if rule == "part_exceeds_whole":
            return verdict(stated.interval, Interval(-math.inf, other.interval.high))
        if rule == "currency_pair":
            inverse = other.interval.inverse()
            rate = next(
                float(self.figures.by_id[part.figure_id]["fx_rate"])
                for part in (stated, other)
                if part.figure_id and self.figures.by_id[part.figure_id]["fx_rate"]
            )
            allowed = Interval(rate * (1 - FX_TOLERANCE), rate * (1 + FX_TOLERANCE))
            return "not_comparable" if inverse is None else verdict(stated.interval * inverse, allowed)
        return verdict(stated.interval, other.interval, plain=self._plain(stated.figure_id, other.figure_id))

    def _plain(self, *ids: str | None) -> bool:
        return all(figure_id and not self.figures.by_id[figure_id]["qualifier"] for figure_id in ids)

    def _converted(self, figure_id: str, into: str) -> Interval:
        """The interval of one figure in the currency of another."""
        interval = self.figures.interval(figure_id)
        own, wanted = self.figures.currency(figure_id), self.figures.currency(into)
        if own is None or wanted is None or own == wanted:
            return interval
        rate = (self.figures.usd_per_unit(figure_id) or 0) / (self.figures.usd_per_unit(into) or 1)
        return Interval(interval.low * rate * (1 - FX_TOLERANCE), interval.high * rate * (1 + FX_TOLERANCE))

    def _series(self, rule: str, ids: list[str]) -> str:
        stated = self.figures.interval(ids[0])
        if rule == "bounds":
            row = self.figures.by_id[ids[0]]
            return verdict(stated, Interval(0.0, 1.0 if row["statistic"] == "share" else math.inf))
        if rule in ("repeat", "text_vs_table"):
            return verdict(stated, self._converted(ids[1], ids[0]), plain=self._plain(*ids[:2]))
        one_part, upper, lower = (Part("", 0, figure_id, self.figures.interval(figure_id)) for figure_id in ids[:3])
        last, first = self.figures.year(ids[1]), self.figures.year(ids[2])
        assert last is not None and first is not None
        return verdict(stated, quotient_expected(rule, one_part, upper, lower, last - first, self.figures))

    def _two_reports(self, later: str, earlier: str) -> str:
        rows = [self.figures.by_id[figure_id] for figure_id in (later, earlier)]
        ahead = [row["status"] in ("forecast", "target") for row in rows]
        comparable = (
            (rows[0]["basis"] or "") == (rows[1]["basis"] or "")
            and rows[0]["period_label"] == rows[1]["period_label"]
            and ahead[0] == ahead[1]
        )
        expected = self._converted(earlier, later)
        return verdict(self.figures.interval(later), expected, plain=self._plain(later, earlier), comparable=comparable)

    def _reference(self, name: str, figure_id: str) -> str:
        outside, said = name.split("~", 1)[1], self.figures.by_id[figure_id]["basis"] or ""
        if " over " in outside:  # so much of another thing: the quotient of two references
            this, other = (self.references[part] for part in outside.split(" over "))
            value = float(this["value"]) / float(other["value"])
            spreads = [float(part["tolerance"]) for part in (this, other)]
            low, high = value * (1 - spreads[0]) / (1 + spreads[1]), value * (1 + spreads[0]) / (1 - spreads[1])
            named = said.rpartition("vs ")[0].strip("; ")
            comparable = bool(named) and named in (this["basis"] or "", (this["basis"] or "").split(";")[0])
            return verdict(self.figures.interval(figure_id), Interval(low, high), comparable=comparable)
        reference = self.references[outside]
        by = 0.01 if reference["unit"] in ("percent", "pp") else 1.0
        value, spread = (
            float(reference["value"]) * by,
            abs(float(reference["value"]) * by) * float(reference["tolerance"]),
        )
        basis = reference["basis"] or ""
        comparable = said in ("", basis, basis.split(";")[0])
        return verdict(
            self.figures.interval(figure_id), Interval(value - spread, value + spread), comparable=comparable
        )


def _sum(intervals: Iterable[Interval]) -> Interval:
    total = Interval(0.0, 0.0)
    for interval in intervals:
        total = total + interval
    return total


def recomputation(settings: Settings) -> Recomputation:
    """Read what a second verdict needs: published figures, relations of ``settings.raw``, reference values."""
    figures = {row["figure_id"]: row for row in rows(settings, "select * from core.figures")}
    references = {row["reference_id"]: row for row in rows(settings, "select * from reference.reference_values")}
    return Recomputation(Figures(figures), relation_terms(settings), references)
