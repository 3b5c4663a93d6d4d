"""Ties that nothing but arithmetic and nearness propose.

For every stated rate, multiple or level: near figures of the right kind are tried, nearest first. A pair is taken when
it fits and chance would hardly have given it, after so many tries. These ties only confirm and explain; an alarm needs
a binding (`text_operators`, `table_formulas`, or a row that the text names).
"""

import math
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations, islice

from orchestration.audit.arithmetic import MULTIPLES, RATES, chance, interval, judge, least_chance, overlap, slip
from orchestration.audit.indexes import Names, by_unit
from orchestration.audit.model import Comparison, Document, Spot, Text
from orchestration.audit.text_operators import prose, signed, span, turned
from orchestration.audit.words import words

LUCK = 0.2
TRIES = 400
ROWS = 60  # of tables, those that the text names first
NEAREST = 24  # levels that are tried
WHOLE = 5  # paragraphs on either side that are no farther than the other end of a long one
STRONG = ("periods", "total_growth", "simple_average", "increase_by_vs_to", "share_of_rest")


class Solver:
    """One document; ``near`` gives the figures around a stated one with their distance."""

    def __init__(self, document: Document) -> None:
        self._texts = document.texts
        self._levels = [s for t in document.texts for s in t.spots if s.unit not in RATES and s.value]
        self._tables = document.tables
        self._by_unit = by_unit(self._levels)
        self._cells = by_unit(s for t in document.tables for row in t.cells for s in row if s and s.scaled and s.value)
        self._blocks: dict[int, list[int]] = defaultdict(list)
        for n, s in enumerate(self._levels):
            self._blocks[s.block].append(n)
        self._with_unit = [n for n, s in enumerate(self._levels) if s.unit]
        # a document's first levels are what its shares are of
        self._salient = {id(s) for s in self._levels[:3]}
        rows = [
            (label, [s for s in row if s and s.value])
            for table in document.tables
            for label, row in zip(table.rows, table.cells, strict=True)
        ]
        self._rows = [row for _, row in rows]
        self._names = Names((key, n) for n, (label, _) in enumerate(rows) for key in _keys(label.lower()))
        # pairs of a row's cells, with the distance of their columns
        self._row_pairs: dict[int, list[tuple[float, Spot, Spot]]] = {}

    def comparisons(self) -> Iterator[Comparison]:
        for text in self._texts:
            for stated in text.spots:
                if stated.unit in RATES:
                    yield from self._points(stated, text)
                if stated.unit in ("percent", *MULTIPLES):
                    yield from self._rate(stated, text)
                    yield from self._same(stated, text)
                elif stated.value and stated.unit:
                    yield from self._level(stated, text)
                    yield from self._same(stated, text)

    # --- distance -----------------------------------------------------------------------------------------------------

    def _near(self, stated: Spot, text: Text) -> list[tuple[float, Spot]]:
        found = []
        for n in self._around(stated.block):
            spot = self._levels[n]
            if spot is stated or (not spot.unit and abs(spot.block - stated.block) > 1):
                continue
            if spot.block == stated.block:
                gap = abs(spot.sentence - stated.sentence)
                cost = min(gap, 3) + min(abs(spot.start - stated.start), 200) / 400
            else:
                cost = 2.5 + min(abs(spot.block - stated.block), 10) / 5
                if id(spot) in self._salient:
                    cost = min(cost, 1.6)
            found.append((cost, spot))
        found.sort(key=lambda x: x[0])
        del text
        return found[:NEAREST]

    def _around(self, block: int) -> list[int]:
        """The numbers of the levels among which the nearest ones are, in their order: of the paragraphs around, as many
        as are needed, and the document's first."""
        found = set(range(min(3, len(self._levels))))
        with_unit = 0
        for apart in range(10):
            for b in {block - apart, block + apart}:
                for n in self._blocks.get(b, ()):
                    found.add(n)
                    with_unit += bool(self._levels[n].unit)
            if apart >= WHOLE and with_unit > NEAREST:
                return sorted(found)
        # those farther away are equally far, in the order of the document
        return sorted(found | set(islice((n for n in self._with_unit if n not in found), NEAREST + 1)))

    def _named_rows(self, text: Text) -> list[int]:
        """The numbers of the rows that a text names."""
        return self._names.within(text.text.lower())

    def _pairs_of_row(self, n: int) -> list[tuple[float, Spot, Spot]]:
        if n not in self._row_pairs:  # every rate asks
            levels = [s for s in self._rows[n] if s.unit not in RATES]
            self._row_pairs[n] = [
                (abs(a.column - b.column) / 10, a, b)
                for a, b in combinations(levels, 2)
                if abs(a.column - b.column) <= 6
            ]
        return self._row_pairs[n]

    def _pairs(self, stated: Spot, text: Text) -> list[tuple[float, Spot, Spot]]:
        near = self._near(stated, text)
        pairs = [
            (c1 + c2, a, b)
            for (c1, a), (c2, b) in combinations(near, 2)
            if _same_unit(a, b) and a.block >= 0 and b.block >= 0
        ]
        named = self._named_rows(text)[:ROWS]
        told = set(named)
        others = islice((n for n in range(len(self._rows)) if n not in told), ROWS - len(named))
        for n, known in (*((n, True) for n in named), *((n, False) for n in others)):
            row, cost = self._rows[n], 1.0 if known else 5.0
            pairs += [(cost + apart, a, b) for apart, a, b in self._pairs_of_row(n)]
            if known:
                for a in row[:6]:
                    if a.unit in RATES:
                        continue
                    for b in self._column(a):
                        if b.unit not in RATES:
                            pairs.append((1.5 + (0 if b.row >= 0 and self._is_total(b) else 1), a, b))
            # one from the sentence, one from the row
            for c, a in near[:6]:
                if c < 1.5:
                    for b in row[:6]:
                        if b.scaled and b.unit == a.unit:
                            pairs.append((cost + c + 0.5, a, b))
        pairs.sort(key=lambda x: x[0])
        return pairs[:TRIES]

    def _column(self, cell: Spot) -> list[Spot]:
        table = self._tables[cell.grid]
        return [s for r in table.cells if (s := r[cell.column]) and s is not cell and s.value]

    def _is_total(self, cell: Spot) -> bool:
        return self._tables[cell.grid].total_row(cell.row)

    # --- rules --------------------------------------------------------------------------------------------------------

    def _rate(self, stated: Spot, text: Text) -> Iterator[Comparison]:
        around = text.text[max(0, stated.start - 60) : stated.end + 40]
        rules = self._rules(stated, around)
        pairs = self._pairs(stated, text)
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
            id(whole) in self._salient
            and part.block == stated.block
            and 0 <= stated.start - part.end < 15
            and part.sentence == stated.sentence
        )

    def _part_of_total(self, a: Spot, b: Spot) -> bool:
        """A named row and the total of its column."""
        return a.grid >= 0 and a.grid == b.grid and a.column == b.column and self._is_total(b)

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
            named = [[s for s in self._rows[n] if s.unit == "percent"] for n in self._named_rows(text)]
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
        for size in (2, 3, 4):
            parts_of = [s for s in rates if s.unit == "percent" and s.value < stated.value][:6]
            for parts in combinations(sorted(parts_of, key=lambda s: s.start), size):
                verdict, exact = judge("sum", stated, parts)
                luck = chance(stated, exact, 2.0)
                tried += 1
                if verdict == "agree" and luck * tried < LUCK:
                    yield Comparison(
                        "sum", "text", stated, list(parts), "agree", exact,
                        confidence=round(1 - luck * tried, 3), operator="near_sum",
                    )  # fmt: skip
                    return

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

    def _level(self, stated: Spot, text: Text) -> Iterator[Comparison]:
        """A level as the sum of its neighbours, or as a product."""
        near = [(c, s) for c, s in self._near(stated, text) if c < 2.2]
        same = [s for _, s in near if _same_unit(s, stated) and s.value < stated.value][:8]
        tried = 0.0
        for size in (2, 3, 4):
            for parts in combinations(sorted(same, key=lambda s: (s.block, s.start)), size):
                if len({s.value for s in parts}) < size:
                    continue  # one quantity twice is no sum
                verdict, exact = judge("sum", stated, parts)
                luck = chance(stated, exact, 2.0)
                tried += 1
                if verdict == "agree" and luck * tried < LUCK:
                    yield Comparison(
                        "sum", "text", stated, list(parts), "agree", exact,
                        confidence=round(1 - luck * tried, 3), operator="near_sum",
                    )  # fmt: skip
                    return
        everything = [s for _, s in near if s.value not in (0, 1)]
        for a, b in combinations(everything, 2):
            counts = [s for s in (a, b) if s.unit in ("count", *MULTIPLES)]
            if not counts or not any(s.unit == stated.unit for s in (a, b)):
                continue
            verdict, exact = judge("product", stated, [a, b])
            luck = chance(stated, exact, 4.0)
            tried += 1
            if verdict == "agree" and luck * tried < LUCK:
                yield Comparison(
                    "product", "text", stated, [a, b], "agree", exact,
                    confidence=round(1 - luck * tried, 3), operator="near_product",
                )  # fmt: skip
                return

    def _same(self, stated: Spot, text: Text) -> Iterator[Comparison]:
        """The same value in another place of the text or in a table."""
        said = text.text.lower()
        rows: set[tuple[int, int]] = set()
        for cell in self._cells_like(stated):
            if (cell.grid, cell.row) in rows:
                continue
            digits = min(len(stated.digits), len(cell.digits))
            # a loss may be told without its sign
            same = _one_value(stated, cell) or (cell.value < 0 < stated.value and _one_value(stated, turned(cell)))
            label = self._tables[cell.grid].rows[cell.row].lower()
            if same and (digits >= 3 or (digits >= 2 and _label_in(label, said))):
                rows.add((cell.grid, cell.row))
                yield Comparison(
                    "text_vs_table", "cluster", stated, [cell], "agree", interval(cell),
                    confidence=0.9, operator="same_value_table",
                )  # fmt: skip
        for other in self._by_unit[stated.unit].like(interval(stated)) if stated.unit in self._by_unit else ():
            if (
                other.block < stated.block
                and _same_unit(other, stated)
                and min(len(other.digits), len(stated.digits)) >= 2
                and _one_value(stated, other)
            ):
                yield Comparison(
                    "repeat", "cluster", stated, [other], "agree", interval(other),
                    confidence=0.8, operator="same_value_text",
                )  # fmt: skip
                break

    def _cells_like(self, stated: Spot) -> list[Spot]:
        """The cells that print the value, with whatever sign, in their order."""
        cells = self._cells.get(stated.unit)
        if cells is None:
            return []
        low, high = interval(stated)
        return cells.like((low, high), (-high, -low))


def _spans_years(stated: Spot, a: Spot, b: Spot) -> bool:
    """Whether the levels are those of the first and the last year that the rate names."""
    if not (stated.years and a.years and b.years) or stated.years[0] == stated.years[1] or not a.unit:
        return False
    same = a.indicator == b.indicator and a.entity == b.entity and a.geography == b.geography
    return same and {a.years, b.years} == {(stated.years[0],) * 2, (stated.years[1],) * 2}


def _one_value(a: Spot, b: Spot) -> bool:
    """The coarser print holds the finer one."""
    (low, high), fine = (interval(a), b.value) if a.high - a.low >= b.high - b.low else (interval(b), a.value)
    slack = 1e-9 * abs(fine)
    return low - slack <= fine <= high + slack


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


def _same_unit(a: Spot, b: Spot) -> bool:
    if not a.unit or not b.unit:  # a numeral without a unit goes with its neighbour
        return a.block == b.block and a.block >= 0 and (a.unit or b.unit) not in MULTIPLES
    return a.unit == b.unit and (not a.counted or not b.counted or a.counted == b.counted)


def _label_in(label: str, said: str) -> bool:
    """Whether the text names the row: its label, or the first two words of it."""
    return any(key in said for key in _keys(label))


def _keys(label: str) -> list[str]:
    label = label.strip(" .:：*•-")
    if len(label) < 2 or not any(c.isalpha() for c in label):
        return []
    return [label, " ".join(label.split()[:2])] if len(label) > 12 and len(label.split()) > 1 else [label]
