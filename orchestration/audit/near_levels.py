"""Levels of the text that are the sum or the product of those around them, or stand in another place as well."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from orchestration.audit.arithmetic import MULTIPLES, RATES, chance, interval, judge
from orchestration.audit.indexes import by_unit
from orchestration.audit.model import Comparison, Document, Spot, Text
from orchestration.audit.near_figures import NearFigures, label_in, same_unit
from orchestration.audit.text_operators import turned
from orchestration.audit.words import folded

LUCK = 0.2


def near_sum(stated: Spot, parts: Sequence[Spot], *, once: bool) -> tuple[Comparison | None, int]:
    """The first two to four of ``parts`` that add up beyond chance, and how many sums were tried; ``once`` says that
    one value is one quantity, which cannot be a part twice."""
    tried = 0
    ordered = sorted(parts, key=lambda s: (s.block, s.start))
    for size in (2, 3, 4):
        for chosen in combinations(ordered, size):
            if once and len({s.value for s in chosen}) < size:
                continue
            verdict, exact = judge("sum", stated, chosen)
            luck = chance(stated, exact, 2.0)
            tried += 1
            if verdict == "agree" and luck * tried < LUCK:
                confidence = round(1 - luck * tried, 3)
                sum_of = Comparison("sum", "text", stated, list(chosen), "agree", exact, confidence=confidence)
                sum_of.operator = "near_sum"
                return sum_of, tried
    return None, tried


class NearLevels:
    """The levels of a document's text, its cells by value."""

    def __init__(self, document: Document, figures: NearFigures) -> None:
        self._figures = figures
        self._tables = document.tables
        self._by_unit = by_unit(s for t in document.texts for s in t.spots if s.unit not in RATES and s.value)
        self._cells = by_unit(s for t in document.tables for row in t.cells for s in row if s and s.scaled and s.value)

    def level(self, stated: Spot) -> Iterator[Comparison]:
        """A level as the sum of its neighbours, or as a product."""
        near = [(c, s) for c, s in self._figures.near(stated) if c < 2.2]
        same = [s for _, s in near if same_unit(s, stated) and s.value < stated.value][:8]
        found, tried = near_sum(stated, same, once=True)
        if found is not None:
            yield found
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

    def same(self, stated: Spot, text: Text) -> Iterator[Comparison]:
        """The same value in another place of the text or in a table."""
        said = folded(text.text)
        rows: set[tuple[int, int]] = set()
        for cell in self._cells_like(stated):
            if (cell.grid, cell.row) in rows:
                continue
            digits = min(len(stated.digits), len(cell.digits))
            # a loss may be told without its sign
            same = _one_value(stated, cell) or (cell.value < 0 < stated.value and _one_value(stated, turned(cell)))
            label = self._tables[cell.grid].rows[cell.row].lower()
            if same and (digits >= 3 or (digits >= 2 and label_in(label, said))):
                rows.add((cell.grid, cell.row))
                yield Comparison(
                    "text_vs_table", "cluster", stated, [cell], "agree", interval(cell),
                    confidence=0.9, operator="same_value_table",
                )  # fmt: skip
        for other in self._by_unit[stated.unit].like(interval(stated)) if stated.unit in self._by_unit else ():
            if (
                other.block < stated.block
                and same_unit(other, stated)
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


def _one_value(a: Spot, b: Spot) -> bool:
    """The coarser print holds the finer one."""
    (low, high), fine = (interval(a), b.value) if a.high - a.low >= b.high - b.low else (interval(b), a.value)
    slack = 1e-9 * abs(fine)
    return low - slack <= fine <= high + slack
