"""A compound rate over two levels of its years: of the sentence, of the rows that it names, of the document.

An alarm needs a slip that is known of such rates, and levels of the sentence or of the one before, or of the very years
that the rate names.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from orchestration.audit.arithmetic import RATES, chance, judge, slip
from orchestration.audit.model import Comparison, Document, Interval, Spot, Text
from orchestration.audit.spots import counts_fit
from orchestration.audit.text_operators import signed, span
from orchestration.audit.words import words

LUCK = 0.25
CAGR_SLIPS = ("periods", "total_growth", "simple_average")


class LevelsOfYears:
    """The levels of a document's text, and what finds the cells that print one of them once more."""

    def __init__(self, document: Document, levels: list[Spot], twins: Callable[[Spot], list[Spot]]) -> None:
        self._document, self._levels, self._twins = document, levels, twins

    def comparisons(self, stated: Spot, text: Text, before: str, after: str) -> Iterator[Comparison]:
        """The first pair over which a compound rate holds beyond chance, else the nearest with a known slip."""
        near = before[-45:] + " " + after[:30]
        if not (words("cagr").search(near) or stated.statistic == "cagr"):
            return
        around = text.text[max(0, stated.start - 90) : stated.end + 60]
        ends = stated.years if stated.years and stated.years[0] < stated.years[1] else None
        pairs = self._pairs_over(stated, text, ends, around)
        alarm: Comparison | None = None
        tried = 0.0
        for rank, first, last in pairs[:80]:
            n = _years_between(first, last) or (ends[1] - ends[0] if ends else 0)
            spans = [n] if n > 0 else span(first, last, around)[:2]
            for periods in spans:
                said = signed("cagr", stated, last.value - first.value)
                verdict, exact = judge("cagr", said, [first, last], periods)
                if verdict == "agree":
                    luck = chance(stated, exact) * (1 + tried)
                    if luck < (2 * LUCK if rank < 2 else LUCK):
                        yield Comparison(
                            "cagr", "text" if first.grid < 0 else "table", stated, [first, last], "agree", exact,
                            confidence=round(0.95 - luck, 3), operator="levels_of_years", bound=rank < 2,
                            periods=periods,
                        )  # fmt: skip
                        return
                elif alarm is None and n > 0 and not (stated.vague or first.vague or last.vague):
                    dated = ends is not None and (first.years, last.years) == ((ends[0],) * 2, (ends[1],) * 2)
                    # the paragraph's other level will do where both have the very years that the rate names
                    beside = dated and last.block == stated.block and last.sentence == stated.sentence
                    if rank < 2 or (rank == 2 and beside):
                        codes = (*CAGR_SLIPS, "digit") if dated and rank < 2 else CAGR_SLIPS
                        alarm = _cagr_slip(stated, said, first, last, periods, exact, codes, tried)
                tried += 1
        if alarm is not None:
            yield alarm

    def _pairs_over(
        self, stated: Spot, text: Text, ends: tuple[int, int] | None, around: str
    ) -> list[tuple[int, Spot, Spot]]:
        """(rank, first, last): levels of one unit and thing; rank 0 one sentence, 1 the sentence before or a table row
        that the sentence names, 2 the paragraph, 3 elsewhere."""
        found: list[tuple[int, Spot, Spot]] = []
        near = [s for s in self._levels if s.block == stated.block or abs(s.block - stated.block) <= 2]
        if ends:
            far = [s for s in self._levels if s.years in ((ends[0],) * 2, (ends[1],) * 2) and s.indicator]
            for last in far:
                for first in far:
                    same = (first.indicator, first.entity, first.segment, first.geography, first.unit) == (
                        last.indicator, last.entity, last.segment, last.geography, last.unit
                    )  # fmt: skip
                    if (
                        same
                        and (first.years or ()) < (last.years or ())
                        and last.block == stated.block
                        and first not in near
                    ):
                        found.append((1, first, last))
        sentence = [s for s in self._levels if s.block == stated.block and 0 <= stated.sentence - s.sentence <= 1]
        printed = {(c.grid, c.row) for s in sentence for c in self._twins(s)}
        for i, a in enumerate(near):
            for b in near[i + 1 :]:
                if a.unit != b.unit or not counts_fit(a, b) or a.value == b.value:
                    continue
                first, last = _in_order(a, b)
                if ends and first.years and last.years and (first.years[0], last.years[1]) != ends:
                    if (first.years[0], last.years[1]) == (last.years[1], first.years[0]):
                        continue
                    rank = 3
                else:
                    gap = max(stated.sentence - s.sentence if s.sentence <= stated.sentence else 9 for s in (a, b))
                    rank = 0 if gap == 0 else 1 if gap == 1 and a.block == b.block else 2
                    same = (a.indicator, a.entity, a.segment) == (b.indicator, b.entity, b.segment)
                    rank = rank if same or rank == 0 else max(rank, 2)
                found.append((rank, first, last))
        said = text.text.lower()
        for table in self._document.tables:
            years = [_header_year(c) for c in table.columns]
            for number, (label, row) in enumerate(zip(table.rows, table.cells, strict=True)):
                name = label.strip(" .:：*•-").lower()
                known = len(name) >= 2 and name in said
                known = known or any((s.grid, s.row) in printed for s in row if s)
                total = table.total_row(number)
                dated = [(y, s) for y, s in zip(years, row, strict=True) if y and s and s.value and s.unit not in RATES]
                for i, (y, a) in enumerate(dated):
                    for z, b in dated[i + 1 :]:
                        if y == z or (ends and {y, z} != set(ends)):
                            continue
                        if not ends and not (str(y) in around and str(z) in around):
                            continue
                        first, last = (a, b) if y < z else (b, a)
                        found.append((1 if known else 2 if total else 3, first, last))
        found.sort(key=lambda x: x[0])
        return found


def _cagr_slip(
    stated: Spot, said: Spot, first: Spot, last: Spot, periods: float, exact: Interval, codes: Sequence[str],
    tried: float,
) -> Comparison | None:  # fmt: skip
    """The slip that makes the compound rate follow from two levels, beyond chance."""
    reason = slip("cagr", said, [first, last], periods)
    ratio = max(first.value, last.value) / min(first.value, last.value)
    if reason is None or reason[0] not in codes or ratio <= 1.1:
        return None
    # thirty prints are one digit or an exchange away
    luck = chance(stated, exact) * (1 + tried) * (30 if reason[0] == "digit" else 1)
    if luck >= 0.1:
        return None
    return Comparison(
        "cagr", "text" if first.grid < 0 else "table", stated, [first, last], "disagree", exact, reason[0], reason[1],
        0.8, "levels_of_years", True,
    )  # fmt: skip


def _in_order(a: Spot, b: Spot) -> tuple[Spot, Spot]:
    if a.years and b.years and a.years != b.years:
        return (a, b) if a.years < b.years else (b, a)
    return (a, b) if (a.block, a.start) < (b.block, b.start) else (b, a)


def _years_between(first: Spot, last: Spot) -> int:
    if first.years and last.years and first.years[0] == first.years[1] and last.years[0] == last.years[1]:
        return last.years[1] - first.years[0]
    return 0


def _header_year(head: str) -> int | None:
    found = re.findall(r"(?<!\d)((?:19|20)\d\d)(?!\d)", head)
    return int(found[0]) if len(set(found)) == 1 else None
