"""Growth said of a level that stands in the row which its clause names: the rate against that cell and another one.

One rate may fit one of several columns by chance. Where the rates said of other rows hold over the same two columns,
these are the two that are meant, and a rate that does not follow from them is told.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from orchestration.audit.arithmetic import apart, exchanged, interval, judge, overlap, slip
from orchestration.audit.model import Comparison, Document, Interval, Spot, Text
from orchestration.audit.named_lines import named
from orchestration.audit.text_operators import signed
from orchestration.audit.words import folded

# rates of other rows that must hold over the two columns; one, where the row has no third value to be confused with and
# a known slip fits
SIBLINGS = 2


@dataclass(slots=True)
class _Said:
    """A rate, the cell that its level stands in, and the other cells of the row by column."""

    rate: Spot
    cell: Spot
    others: dict[int, Spot]

    def judged(self, column: int) -> tuple[str, Interval]:
        other = self.others[column]
        return judge("growth", signed("growth", self.rate, self.cell.value - other.value), [other, self.cell])


def row_growth_comparisons(document: Document) -> Iterator[Comparison]:
    """The rates of a table's columns that hold, and those that do not where others hold over the same two columns."""
    statements = list(_statements(document))
    # a rate between two levels is of one of them; which, is not ours to say
    levels = Counter(id(said.rate) for said in statements)
    by_column: dict[tuple[int, int], list[_Said]] = defaultdict(list)
    for said in statements:
        by_column[said.cell.grid, said.cell.column].append(said)
    for group in by_column.values():
        fits = [[column for column in said.others if said.judged(column)[0] == "agree"] for said in group]
        holding = Counter(column for columns in fits for column in columns)
        if not holding:
            continue
        ((meant, proven),) = holding.most_common(1)
        for said, columns in zip(group, fits, strict=True):
            if columns:
                yield _comparison(said, meant if meant in columns else columns[0], "agree", "", "", 0.9)
            elif meant in said.others and not said.rate.open and levels[id(said.rate)] == 1:
                yield from _broken(said, meant, proven)


def _broken(said: _Said, column: int, proven: int) -> Iterator[Comparison]:
    """A rate that does not follow from its cell and that of ``column``, over which ``proven`` other rates hold."""
    exact = said.judged(column)[1]
    found = slip("growth", said.rate, [said.others[column], said.cell])
    if found is None and exchanged(said.rate, exact):
        found = "digit", "its two digits are exchanged"
    if apart(said.rate, exact) and (proven >= SIBLINGS or (found and len(said.others) == 1)):
        code, why = found or ("unexplained", "no known slip fits")
        why = f"{why}; over these two columns hold the rates of other rows ({proven})"
        yield _comparison(said, column, "disagree", code, why, 0.85)


def _comparison(said: _Said, column: int, verdict: str, code: str, why: str, confidence: float) -> Comparison:
    other = said.others[column]
    return Comparison(
        "growth", "text", said.rate, [other, said.cell], verdict, said.judged(column)[1], code, why, confidence,
        "row_growth", True,
    )  # fmt: skip


def _statements(document: Document) -> Iterator[_Said]:
    for text in document.texts:
        for first, second in pairwise(text.spots):
            for rate, level in ((first, second), (second, first)):
                if _is_rate(rate) and _is_level(level) and rate.sentence == level.sentence:
                    yield from _in_rows(document, text, rate, level)


def _is_rate(spot: Spot) -> bool:
    return spot.unit == "percent" and spot.statistic in ("yoy", "change") and spot.scaled


def _is_level(spot: Spot) -> bool:
    return spot.unit not in ("", "percent", "pp") and spot.scaled and bool(spot.value)


def _in_rows(document: Document, text: Text, rate: Spot, level: Spot) -> Iterator[_Said]:
    """The one cell that holds the level in a row that the words before the two name; none where there are several."""
    before = max((s.end for s in text.spots if s.end <= min(rate.start, level.start)), default=0)
    clause = folded(text.text[before : max(rate.start, level.start)][-160:])
    found: list[_Said] = []
    for table in document.tables:
        for label, names, row in zip(table.rows, table.row_names, table.cells, strict=True):
            if any(named(part, clause) for part in (label, *names)):
                like = [s for s in row if s and s.scaled and s.unit == level.unit and s.value > 0]
                found += [
                    _Said(rate, cell, {s.column: s for s in like if s is not cell})
                    for cell in like
                    if overlap(interval(cell), interval(level))
                ]
    if len(found) == 1 and found[0].others:
        yield found[0]
