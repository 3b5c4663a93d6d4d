"""Ties that nothing but arithmetic and nearness propose.

For every stated rate, multiple or level: near figures of the right kind are tried, nearest first. A pair is taken when
it fits and chance would hardly have given it, after so many tries. These ties only confirm and explain; an alarm needs
a binding (`text_operators`, `table_formulas`, or a row that the text names).
"""

import math
from collections.abc import Iterator
from itertools import combinations

from orchestration.audit.arithmetic import (
    MULTIPLES,
    RATES,
    chance,
    interval,
    judge,
    least_chance,
    overlap,
    slip,
)
from orchestration.audit.model import Comparison, Document, Spot, Text
from orchestration.audit.near_figures import NearFigures
from orchestration.audit.near_levels import LUCK, NearLevels, near_sum
from orchestration.audit.text_operators import prose, signed, span, turned
from orchestration.audit.words import words

STRONG = ("periods", "total_growth", "simple_average", "increase_by_vs_to", "share_of_rest")


class Solver:
    """One document; ``near`` gives the figures around a stated one with their distance."""

    def __init__(self, document: Document) -> None:
        self._texts = document.texts
        self._figures = NearFigures(document)
        self._levels = NearLevels(document, self._figures)

    def comparisons(self) -> Iterator[Comparison]:
        for text in self._texts:
            for stated in text.spots:
                if stated.unit in RATES:
                    yield from self._points(stated, text)
                if stated.unit in ("percent", *MULTIPLES):
                    yield from self._rate(stated, text)
                    yield from self._levels.same(stated, text)
                elif stated.value and stated.unit:
                    yield from self._levels.level(stated)
                    yield from self._levels.same(stated, text)

    def _rate(self, stated: Spot, text: Text) -> Iterator[Comparison]:
        around = text.text[max(0, stated.start - 60) : stated.end + 40]
        rules = self._rules(stated, around)
        pairs = self._figures.pairs(stated, text)
        found = self._fit(stated, text, rules, pairs)
        # a near pair that a slip explains outranks a far one that fits
        for slipped in self._slips(stated, text, rules, pairs):
            if found is None or slipped[0] + 1.5 < found[0]:
                yield slipped[1]
                return
        if found is not None:
            yield found[1]
            first, last = found[1].inputs
            yield from self._level_of_other_year(stated, first, last, found[1].rule, text)

    def _fit(
        self, stated: Spot, text: Text, rules: list[str], pairs: list[tuple[float, Spot, Spot]]
    ) -> tuple[float, Comparison] | None:
        tried, least = 0.0, least_chance(stated)
        for cost, a, b in pairs:
            if least * (1 + tried) >= 2 * LUCK:
                return None  # after so many tries nothing fits beyond chance
            for rule, (x, y) in _readings(rules, a, b):
                for n in _spans(rule, stated, x, y, text):
                    verdict, exact = judge(rule, signed(rule, stated, y.value - x.value), [x, y], n)
                    luck = chance(stated, exact) if verdict == "agree" else 1.0
                    if luck * (1 + tried) < (LUCK if cost > 2 else 2 * LUCK):
                        return cost, Comparison(
                            rule, "text" if max(x.grid, y.grid) < 0 else "table", stated, [x, y], "agree", exact,
                            confidence=round(1 - luck * (1 + tried), 3), operator=f"near_{rule}", periods=n,
                        )  # fmt: skip
                    tried += 1
        return None

    def _slips(
        self, stated: Spot, text: Text, rules: list[str], pairs: list[tuple[float, Spot, Spot]]
    ) -> Iterator[tuple[float, Comparison]]:
        """Nothing explains the rate: a recognisable slip over two levels of its own sentence, or of a row it names."""
        if stated.open or not prose(stated, text):
            return
        # the cue stands between the rate and its neighbours
        start = max((s.end for s in text.spots if s.end <= stated.start), default=0)
        end = min((s.start for s in text.spots if s.start >= stated.end), default=len(text.text))
        beside = text.text[start : stated.start][-60:] + " " + text.text[stated.end : end][:30]
        rules = [
            r
            for r in rules
            if (r in ("cagr", "growth", "share") and words(r).search(beside))
            or (r == "share" and stated.statistic == "share")
        ]
        close = [
            (c, a, b)
            for c, a, b in pairs
            if c <= 2.2 and (self._one_sentence(stated, a, b, rules) or self._one_row(a, b))
        ]
        if rules == ["cagr"]:
            close += [(c, a, b) for c, a, b in pairs if _spans_years(stated, a, b)]
        tried = 0.0
        if rules == ["share"] or rules == ["growth", "share"]:
            close += [(c, a, b) for c, a, b in pairs if self._part_before(stated, a, b) or self._part_of_total(a, b)]
        close.sort(key=lambda p: (p[1].grid >= 0 or p[2].grid >= 0, p[0]))  # its own sentence before a row
        for cost, a, b in close[:8]:
            if a.open or b.open or not a.unit or not b.unit:
                continue  # a vague figure or a numeral without a unit proves nothing
            for rule, (x, y) in list(_readings(rules, a, b))[:2]:
                if rule == "cagr" and x.value >= y.value:
                    continue
                for n in _spans(rule, stated, x, y, text)[:1]:
                    said = signed(rule, stated, y.value - x.value)
                    reason = slip(rule, said, [x, y], n)
                    exact = judge(rule, said, [x, y], n)[1]
                    tried += 2
                    if reason is None or reason[0] not in STRONG or chance(stated, exact) * tried > 0.15:
                        continue
                    if not math.isfinite(exact[0]) or not _worth(rule, reason[0], x, y):
                        continue
                    yield cost, Comparison(
                        rule, "text" if max(x.grid, y.grid) < 0 else "table", stated, [x, y], "disagree", exact,
                        reason[0], reason[1], 0.7, f"sentence_{rule}",
                    )  # fmt: skip
                    return

    @staticmethod
    def _one_sentence(stated: Spot, a: Spot, b: Spot, rules: list[str]) -> bool:
        # the two levels of a compound rate may stand in the clause before
        reach = 1 if rules == ["cagr"] else 0
        return a.block == b.block == stated.block and all(0 <= stated.sentence - s.sentence <= reach for s in (a, b))

    def _part_before(self, stated: Spot, a: Spot, b: Spot) -> bool:
        """A part right before its share, and one of the document's first levels as the whole."""
        part, whole = (a, b) if a.value <= b.value else (b, a)
        return (
            id(whole) in self._figures.salient
            and part.block == stated.block
            and 0 <= stated.start - part.end < 15
            and part.sentence == stated.sentence
        )

    def _part_of_total(self, a: Spot, b: Spot) -> bool:
        """A named row and the total of its column."""
        return a.grid >= 0 and a.grid == b.grid and a.column == b.column and self._figures.is_total(b)

    @staticmethod
    def _one_row(a: Spot, b: Spot) -> bool:
        return a.grid >= 0 and a.grid == b.grid and a.row == b.row

    def _level_of_other_year(self, rate: Spot, x: Spot, y: Spot, rule: str, text: Text) -> Iterator[Comparison]:
        """A level with its growth behind it is the last of the two levels, not the first."""
        if rule != "growth" or not self._one_row(x, y) or x.value == y.value:
            return
        before = [s for s in text.spots if s.end <= rate.start]
        if not before or before[-1].sentence != rate.sentence:
            return
        level = before[-1]
        between = text.text[level.end : rate.start]
        lead = text.text[max(0, level.start - 12) : level.start]
        if (
            level.unit == x.unit
            and len(between) < 30
            and words("growth").search(between)
            and not words("before").search(lead + between)
            and overlap(interval(level), interval(x))
            and not overlap(interval(level), interval(y))
        ):
            yield Comparison(
                "text_vs_table", "text", level, [y, x], "disagree", interval(y), "other_year",
                "the growth leads to the other value of the row; this is the value it started from", 0.85,
                "level_with_growth", True,
            )  # fmt: skip

    def _points(self, stated: Spot, text: Text) -> Iterator[Comparison]:
        """A difference of two rates in points, or a rate as the sum of rates beside it."""
        rates = [
            s for s in text.spots if s.unit in RATES and s is not stated and abs(s.sentence - stated.sentence) <= 1
        ]
        rates.sort(key=lambda s: abs(s.start - stated.start))
        tried = 0.0
        if stated.unit == "pp":
            named = [[s for s in self._figures.row(n) if s.unit == "percent"] for n in self._figures.named_rows(text)]
            levels = [s for s in rates if s.unit == "percent"][:5]
            options = [*combinations(levels, 2)] + [p for row in named for p in combinations(row, 2)]
            for a, b in options:
                x, y = (a, b) if a.value >= b.value else (b, a)
                positive = signed("growth", stated, 1.0) if stated.value >= 0 else turned(stated)
                verdict, exact = judge("difference", positive, [x, y])
                tried += 1
                if verdict == "agree" and chance(stated, exact) * tried < LUCK:
                    yield Comparison(
                        "difference", "text", stated, [x, y], "agree", exact, confidence=0.8, operator="points"
                    )
                    return
            return
        # rates add up only as parts of one whole, and where the sentence says so
        sentence = [s for s in rates if s.sentence == stated.sentence] + [stated]
        said = text.text[
            min(s.start for s in sentence) - 60 if stated.start > 60 else 0 : max(s.end for s in sentence) + 20
        ]
        if stated.statistic in ("yoy", "cagr", "change") or not words("sum").search(said):
            return
        parts = [s for s in rates if s.unit == "percent" and s.value < stated.value][:6]
        found, _ = near_sum(stated, parts, once=False)
        if found is not None:
            yield found

    def _rules(self, stated: Spot, around: str) -> list[str]:
        if stated.unit in MULTIPLES:
            return ["ratio", "fold"]
        rules = []
        if words("cagr").search(around) or stated.statistic == "cagr":
            return ["cagr"]
        if stated.statistic in ("yoy", "change") or words("growth").search(around):
            rules.append("growth")
        if stated.statistic == "share" or words("share").search(around) or not rules:
            rules.append("share")
        return rules


def _spans_years(stated: Spot, a: Spot, b: Spot) -> bool:
    """Whether the levels are those of the first and the last year that the rate names."""
    if not (stated.years and a.years and b.years) or stated.years[0] == stated.years[1] or not a.unit:
        return False
    same = a.indicator == b.indicator and a.entity == b.entity and a.geography == b.geography
    return same and {a.years, b.years} == {(stated.years[0],) * 2, (stated.years[1],) * 2}


def _spans(rule: str, stated: Spot, x: Spot, y: Spot, text: Text) -> list[float]:
    own = stated.years[1] - stated.years[0] if stated.years else 0
    if rule == "cagr" and own > 0 and not (x.years and y.years):
        return [float(own)]  # the rate's own span, where the levels have no year
    return [float(n) for n in span(x, y, text.text)][:4] if rule == "cagr" else [1.0]


def _worth(rule: str, code: str, x: Spot, y: Spot) -> bool:
    """Whether two levels are far enough apart for the slip to be told from the statement."""
    if code == "increase_by_vs_to" and rule == "growth" and y.value < x.value:
        return False  # "fell by" for "fell to" is rare, a chance pair is not
    ratio = max(x.value, y.value) / max(1e-300, min(x.value, y.value))
    return 1.1 < ratio < (20 if rule != "cagr" else 1000) or (code == "increase_by_vs_to" and ratio > 1.02)


def _readings(rules: list[str], a: Spot, b: Spot) -> Iterator[tuple[str, tuple[Spot, Spot]]]:
    small, large = (a, b) if a.value <= b.value else (b, a)
    for rule in rules:
        if rule == "share":
            yield rule, (small, large)
        elif rule == "ratio":
            yield rule, (large, small)
            yield rule, (small, large)
        elif rule == "growth":
            first, last = _in_time(a, b)
            yield rule, (first, last)
            if a.years == b.years or not a.years or not b.years:
                yield rule, (last, first)
        elif rule == "cagr":
            yield rule, _in_time(a, b)


def _in_time(a: Spot, b: Spot) -> tuple[Spot, Spot]:
    if a.years and b.years and a.years != b.years:
        return (a, b) if a.years < b.years else (b, a)
    return (a, b) if a.value <= b.value else (b, a)
