"""Rates and multiples said of lines that the words name: growth of a row between two periods, its share of the total,
one row over another.

The line is the one that the words name best, the periods are those of the sentence. What holds is a tie; what does not
is told where nothing else could be meant: one line well ahead of the others, one pair of periods, one whole.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from orchestration.audit.arithmetic import RATES, apart, chance, interval, judge, overlap, slip
from orchestration.audit.meant import AHEAD, UNNAMED, Cells
from orchestration.audit.model import Comparison, Document, Spot, Text
from orchestration.audit.naming import Axis, Context, context
from orchestration.audit.text_operators import prose, signed
from orchestration.audit.words import words

LINE = 0.55  # how much of a line's label the words must have for a rate that does not hold to be told
LUCK = 0.15


@dataclass(slots=True)
class Pair:
    """Two cells that a rate may be over, in the rule's order; ``sure`` where nothing else could be meant."""

    rule: str
    inputs: list[Spot]
    named: float
    sure: bool


def meant_rate_comparisons(document: Document) -> Iterator[Comparison]:
    """Every rate of the text over the cells that its words name."""
    if not document.tables:
        return
    cells = Cells(document)
    grids = _Grids(document, cells)
    for text in document.texts:
        for n, stated in enumerate(text.spots):
            if stated.unit not in ("percent", "pp") or not stated.value or not stated.scaled:
                continue
            about = context(text, n)
            pairs = list(_pairs(grids, stated, n, text, about))
            yield from _judged(stated, text, pairs)


def _judged(stated: Spot, text: Text, pairs: list[Pair]) -> Iterator[Comparison]:
    pairs.sort(key=lambda p: -p.named)
    tried = 0.0
    for pair in pairs[:12]:
        said = signed(pair.rule, stated, pair.inputs[-1].value - pair.inputs[0].value)
        verdict, exact = judge(pair.rule, said, pair.inputs)
        if verdict == "agree" and chance(stated, exact) * (1 + tried) < LUCK:
            yield Comparison(
                pair.rule, "table", stated, pair.inputs, "agree", exact, confidence=0.85, operator="rate_of_named_line",
                bound=pair.named >= LINE,
            )  # fmt: skip
            return
        tried += 0.5
    best = pairs[0] if pairs else None
    if best is None or not best.sure or best.named < LINE or stated.open or not prose(stated, text):
        return
    if any(p is not best and p.sure and p.named > best.named * (1 - AHEAD) for p in pairs):
        return
    said = signed(best.rule, stated, best.inputs[-1].value - best.inputs[0].value)
    verdict, exact = judge(best.rule, said, best.inputs)
    if verdict != "disagree" or not apart(said, exact):
        return
    code, why = slip(best.rule, said, best.inputs) or ("unexplained", "the words name these cells, and no known slip fits")
    yield Comparison(
        best.rule, "table", stated, best.inputs, "disagree", exact, code, why, 0.5 + 0.3 * best.named,
        "rate_of_named_line", True,
    )  # fmt: skip


def _pairs(grids: "_Grids", stated: Spot, n: int, text: Text, about: Context) -> Iterator[Pair]:
    before = text.text[text.spots[n - 1].end if n else 0 : stated.start][-45:]
    after = re.split(r"[，,。；;]", text.text[stated.end :][:25])[0]
    cue = before + " " + after
    if words("cagr").search(cue) or stated.statistic == "cagr":
        return
    level = _level_beside(text, n)
    if stated.unit == "pp":
        yield from grids.growth("difference", about, stated, level)
    elif stated.statistic in ("yoy", "change") or words("growth").search(cue):
        yield from grids.growth("growth", about, stated, level)
    elif stated.statistic == "share" or words("share").search(cue):
        yield from grids.share(about, stated, level)


def _level_beside(text: Text, n: int) -> Spot | None:
    """The level right before or behind the rate in its sentence: the rate is said of it."""
    for m in (n - 1, n + 1):
        if 0 <= m < len(text.spots):
            s = text.spots[m]
            between = text.text[min(s.end, text.spots[n].end) : max(s.start, text.spots[n].start)]
            if s.sentence == text.spots[n].sentence and s.unit not in ("", *RATES) and len(between) < 40:
                return s
    return None


class _Grids:
    def __init__(self, document: Document, cells: Cells) -> None:
        self._tables = document.tables
        self._cells = cells

    def _sides(self) -> Iterator[tuple[int, Axis, Axis, list[list[Spot | None]]]]:
        """(grid, the lines' labels, the labels across, the lines' cells): rows, then columns."""
        for grid, table in enumerate(self._tables):
            rows, columns = self._cells.lines.rows[grid], self._cells.lines.columns[grid]
            yield grid, rows, columns, table.cells
            yield grid, columns, rows, [list(column) for column in zip(*table.cells, strict=True)]

    def growth(self, rule: str, about: Context, stated: Spot, level: Spot | None) -> Iterator[Pair]:
        for _, side, across, lines in self._sides():
            if not across.dated or side.dated:
                continue
            for line, named in self._named(side, lines, about):
                cells = [
                    (y, s)
                    for y, s in zip(across.years, lines[line], strict=True)
                    if s and y and s.value and (s.unit in RATES) == (rule == "difference")
                ]
                if level is not None and not any(overlap(interval(s), interval(level)) for _, s in cells if s.unit == level.unit):
                    continue
                for first, last, sure in _periods(cells, about, stated, level):
                    inputs = [first, last] if rule == "growth" else [last, first]
                    if rule == "difference" and last.value < first.value:
                        inputs.reverse()
                    yield Pair(rule, inputs, named, sure)

    def share(self, about: Context, stated: Spot, level: Spot | None) -> Iterator[Pair]:
        year = about.own_years[0] if len(about.own_years) == 1 else None
        for _, side, across, lines in self._sides():
            totals = [i for i, total in enumerate(side.totals) if total and any(lines[i])]
            if len(totals) != 1 or side.dated:
                continue
            for line, named in self._named(side, lines, about):
                if line == totals[0]:
                    continue
                places = [
                    (i, part, whole)
                    for i, (part, whole) in enumerate(zip(lines[line], lines[totals[0]], strict=True))
                    if part and whole and 0 < part.raw < whole.raw and part.unit not in RATES and part.unit == whole.unit
                ]
                if level is not None:
                    places = [p for p in places if p[1].unit == level.unit and overlap(interval(p[1]), interval(level))]
                dated = across.dated
                if dated and year is not None:
                    places = [p for p in places if across.years[p[0]] == year]
                for _, part, whole in places:
                    yield Pair("share", [part, whole], named, len(places) == 1)

    def _named(self, side: Axis, lines: list[list[Spot | None]], about: Context) -> list[tuple[int, float]]:
        """The lines that the words name best; the total where they name none."""
        fits = {i: side.fit(i, about) for i, line in enumerate(lines) if sum(1 for s in line if s) >= 1}
        best = max(fits.values(), default=0.0)
        if best < 0.3:
            return [(i, UNNAMED / 2) for i in fits if side.totals[i]] if len(fits) > 1 else []
        return [(i, f if f == best and sum(g >= best * (1 - AHEAD) for g in fits.values()) == 1 else f / 2)
                for i, f in fits.items() if f >= best * (1 - AHEAD)]  # fmt: skip


def _periods(
    cells: list[tuple[int, Spot]], about: Context, stated: Spot, level: Spot | None
) -> Iterator[tuple[Spot, Spot, bool]]:
    """First and last of a line, the ones that the sentence means first; sure where it leaves no choice."""
    by_year: dict[int, list[Spot]] = {}
    for year, spot in cells:
        by_year.setdefault(year, []).append(spot)
    single = {y: s[0] for y, s in by_year.items() if len(s) == 1}
    years = sorted(single)
    said = [y for y in about.years if y in single]
    wanted: list[tuple[int, int]] = []
    own = stated.years[1] if stated.years else None
    if len(set(said)) == 2:
        wanted.append((min(said), max(said)))
    last = said[0] if len(said) == 1 else own if own in single else None
    if last is not None and last - 1 in single and not wanted:
        wanted.append((last - 1, last))
    if len(years) == 2 and not wanted and not (said and said[0] == years[0]):
        wanted.append((years[0], years[1]))
    for a, b in wanted:
        yield single[a], single[b], level is None or overlap(interval(single[b]), interval(level))
    for a in years:
        for b in years:
            if a < b and (a, b) not in wanted:
                yield single[a], single[b], False
