"""Ties that nothing but arithmetic and nearness propose.

For every stated rate, multiple or level: near figures of the right kind are tried, nearest first. A pair is taken when
it fits and chance would hardly have given it, after so many tries. These ties only confirm and explain; an alarm needs
a binding (`text_operators`, `table_formulas`, or a row that the text names).
"""

from collections.abc import Iterator
from itertools import combinations

from orchestration.audit.arithmetic import RATES, chance, interval, judge, overlap
from orchestration.audit.model import Comparison, Document, Spot, Text
from orchestration.audit.text_operators import span
from orchestration.audit.words import words

MULTIPLES = ("times", "ratio", "multiple")
LUCK = 0.2
TRIES = 400


class Solver:
    """One document; ``near`` gives the figures around a stated one with their distance."""

    def __init__(self, document: Document) -> None:
        self._texts = document.texts
        self._levels = [s for t in document.texts for s in t.spots if s.unit and s.unit not in RATES and s.value]
        self._tables = document.tables
        self._rows = [
            (label.lower(), [s for s in row if s and s.value], table)
            for table in document.tables
            for label, row in zip(table.rows, table.cells, strict=True)
        ]

    def comparisons(self) -> Iterator[Comparison]:
        for text in self._texts:
            for stated in text.spots:
                if stated.unit in ("percent", *MULTIPLES):
                    yield from self._rate(stated, text)
                elif stated.value:
                    yield from self._level(stated, text)
                    yield from self._same(stated, text)

    # --- distance -----------------------------------------------------------------------------------------------------

    def _near(self, stated: Spot, text: Text) -> list[tuple[float, Spot]]:
        found = []
        for spot in self._levels:
            if spot is stated:
                continue
            if spot.block == stated.block:
                gap = abs(spot.sentence - stated.sentence)
                cost = min(gap, 3) + min(abs(spot.start - stated.start), 200) / 400
            else:
                cost = 2.5 + min(abs(spot.block - stated.block), 10) / 5
            found.append((cost, spot))
        found.sort(key=lambda x: x[0])
        del text
        return found[:24]

    def _named_rows(self, text: Text) -> list[tuple[list[Spot], bool]]:
        said = text.text.lower()
        named = []
        for label, row, _ in self._rows:
            known = bool(label) and _label_in(label, said)
            named.append((row, known))
        return sorted(named, key=lambda x: not x[1])

    def _pairs(self, stated: Spot, text: Text) -> list[tuple[float, Spot, Spot]]:
        near = self._near(stated, text)
        pairs = [
            (c1 + c2, a, b)
            for (c1, a), (c2, b) in combinations(near, 2)
            if _same_unit(a, b) and a.block >= 0 and b.block >= 0
        ]
        for row, known in self._named_rows(text)[:60]:
            cost = 1.0 if known else 5.0
            for a, b in combinations(row, 2):
                if abs(a.column - b.column) <= 6 and (a.unit in RATES) == (b.unit in RATES) == False:  # noqa: E712
                    pairs.append((cost + abs(a.column - b.column) / 10, a, b))
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
        return bool(words("total").search(self._tables[cell.grid].rows[cell.row]))

    # --- rules --------------------------------------------------------------------------------------------------------

    def _rate(self, stated: Spot, text: Text) -> Iterator[Comparison]:
        around = text.text[max(0, stated.start - 60) : stated.end + 40]
        rules = self._rules(stated, around)
        tried = 0.0
        for cost, a, b in self._pairs(stated, text):
            for rule, (x, y) in _readings(rules, a, b):
                spans: list[float] = [1.0]
                if rule == "cagr":
                    spans = [float(n) for n in span(x, y, text.text)][:2]
                for n in spans:
                    verdict, exact = judge(rule, _signed(rule, stated, exact_of(x, y)), [x, y], n)
                    luck = chance(stated, exact)
                    if verdict == "agree" and luck * (1 + tried) < LUCK:
                        yield Comparison(
                            rule, "text" if max(x.grid, y.grid) < 0 else "table", stated, [x, y], "agree", exact,
                            confidence=round(1 - luck * (1 + tried), 3), operator=f"near_{rule}",
                        )  # fmt: skip
                        return
                    tried += 1
            del cost

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
        for table in self._tables:
            for label, row in zip(table.rows, table.cells, strict=True):
                for cell in row:
                    if cell is None or not cell.scaled or cell.unit != stated.unit or not cell.value:
                        continue
                    digits = min(len(stated.digits), len(cell.digits))
                    if overlap(interval(stated), interval(cell)) and (
                        digits >= 3 or (digits >= 2 and _label_in(label.lower(), said))
                    ):
                        yield Comparison(
                            "text_vs_table", "cluster", stated, [cell], "agree", interval(cell),
                            confidence=0.9, operator="same_value_table",
                        )  # fmt: skip
                        break
        for other in self._levels:
            if other.block < stated.block and _same_unit(other, stated) and min(len(other.digits), len(stated.digits)) >= 2:
                if overlap(interval(stated), interval(other)):
                    yield Comparison(
                        "repeat", "cluster", stated, [other], "agree", interval(other),
                        confidence=0.8, operator="same_value_text",
                    )  # fmt: skip
                    break


def exact_of(x: Spot, y: Spot) -> float:
    return y.value - x.value


def _signed(rule: str, stated: Spot, change: float) -> Spot:
    """A fall is printed without its sign: the stated rate takes the sign of the change."""
    if rule != "growth" or (stated.value < 0) == (change < 0):
        return stated
    if not stated.value or change > 0:
        return stated
    turned = Spot(stated.line, stated.page, stated.printed, -stated.value, -stated.high, -stated.low, stated.unit)
    turned.open = stated.open
    return turned


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
    return a.unit == b.unit and (not a.counted or not b.counted or a.counted == b.counted)


def _label_in(label: str, said: str) -> bool:
    """Whether the text names the row: its label, or the first two words of it."""
    label = label.strip(" .:：*•-")
    if len(label) < 2 or not any(c.isalpha() for c in label):
        return False
    return label in said or (len(label) > 12 and " ".join(label.split()[:2]) in said and len(label.split()) > 1)
