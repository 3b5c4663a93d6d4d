"""What the text computes from the cells of rows that it names: how far two cells lie apart, a percentage of an amount,
an amount over a count. These ties only confirm, but for a power of ten in an amount of each."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations, product

from orchestration.audit.arithmetic import MULTIPLES, RATES, chance, expected, interval, judge, overlap, tens
from orchestration.audit.model import Comparison, Document, Interval, Spot, Table
from orchestration.audit.named_lines import NamedTables, named
from orchestration.audit.naming import sentence_of, tokens
from orchestration.audit.words import STOP, words

LUCK = 0.1
ROWS = 4  # of a table that a sentence names
NEAREST = 6  # tables whose totals need no name
WHOLES = 4  # levels of the text that a percentage of a row may be of
LEAD, BEHIND = 40, 16  # letters around a figure that say what it is


class _Rows:
    """The rows of a document's tables by the words of their labels."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self._tables = tables
        self._letters = NamedTables(tables)
        self._places: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._sizes: dict[tuple[int, int], int] = {}
        self._totals: dict[int, list[int]] = {}
        # where the tables with a total begin
        self._lines: dict[int, int] = {}
        for grid, table in enumerate(tables):
            self._totals[grid] = [r for r in range(len(table.rows)) if table.total_row(r)]
            if self._totals[grid]:
                self._lines[grid] = min(s.line for row in table.cells for s in row if s)
            for row, label in enumerate(table.rows):
                name = tokens(re.sub(r"[（(].*?[)）]", "", label) or label)
                self._sizes[grid, row] = len(name)
                for token in name:
                    self._places[token].append((grid, row))

    def named(self, said: str, line: int) -> list[list[Spot]]:
        """The cells of the rows of which the words have the whole label, else of the totals of the nearest tables; none
        of a table of which they name too many."""
        counted = Counter(place for token in tokens(said) for place in self._places.get(token, ()))
        told = {place for place, n in counted.items() if n == self._sizes[place]} | set(self._by_letter(said))
        found: dict[int, list[int]] = defaultdict(list)
        for grid, row in sorted(told):
            found[grid].append(row)
        unnamed = sorted((g for g in self._lines if g not in found), key=lambda g: (abs(self._lines[g] - line), g))
        rows = {**found, **{grid: self._totals[grid] for grid in unnamed[:NEAREST]}}
        return [
            [s for s in self._tables[grid].cells[r] if s and s.value and s.scaled]
            for grid, numbers in sorted(rows.items())
            if len(numbers) <= ROWS
            for r in numbers
        ]

    def _by_letter(self, said: str) -> Iterator[tuple[int, int]]:
        for grid in self._letters.within(said):
            for row, parts in enumerate(self._tables[grid].row_names):
                if any(named(part, said) for part in (self._tables[grid].rows[row], *parts)):
                    yield grid, row


def over_cell_comparisons(document: Document) -> Iterator[Comparison]:
    """Every level of the text, and every difference in points, over the cells of the rows that its sentence names."""
    table_rows = _Rows(document.tables)
    wholes = [s for t in document.texts for s in t.spots if s.unit and s.unit not in (*RATES, *MULTIPLES)][:WHOLES]
    for text in document.texts:
        for n, stated in enumerate(text.spots):
            if not stated.unit or not stated.scaled or not stated.value or stated.unit in ("percent", *MULTIPLES):
                continue
            lead = STOP.split(text.text[text.spots[n - 1].end if n else 0 : stated.start])[-1][-LEAD:]
            behind = STOP.split(text.text[stated.end : stated.end + BEHIND])[0]
            rows = table_rows.named(sentence_of(stated, text), stated.line)
            near = [s for s in text.spots if s is not stated and abs(s.sentence - stated.sentence) <= 1]
            if words("apart").search(lead) or words("apart").search(behind):
                yield from _apart(stated, rows, [s for s in near if s.sentence == stated.sentence])
            if stated.unit != "pp":
                yield from _of_amount(stated, rows, [*near, *wholes])
            if words("each_before").search(lead[-14:]) or words("each_behind").match(behind):
                yield from _of_each(stated, rows)


def _apart(stated: Spot, rows: list[list[Spot]], beside: list[Spot]) -> Iterator[Comparison]:
    """What two cells of a row lie apart, or two of a column in two rows; first where the sentence prints one."""
    unit = "percent" if stated.unit == "pp" else stated.unit
    tables: dict[int, list[list[Spot]]] = defaultdict(list)
    for row in rows:
        if row:
            tables[row[0].grid].append(row)
    pairs = [
        (a, b)
        for found in tables.values()
        for x, y in combinations(found, 2)
        for a, b in product(x, y)
        if a.column == b.column
    ]
    pairs += [p for row in rows for p in combinations(row, 2)]
    pairs = [(a, b) for a, b in pairs if a.unit == b.unit == unit and a.value != b.value]
    told = {
        id(c) for p in pairs for c in p if any(s.unit == c.unit and overlap(interval(s), interval(c)) for s in beside)
    }
    pairs.sort(key=lambda p: id(p[0]) not in told and id(p[1]) not in told)
    for tried, (a, b) in enumerate(pairs, 1):
        inputs = [a, b] if a.value > b.value else [b, a]
        exact = expected("difference", [interval(s) for s in inputs])
        if _holds(stated, exact, tried):
            yield _tie("difference", stated, inputs, exact, "cells_apart")
            return


def _of_amount(stated: Spot, rows: list[list[Spot]], levels: list[Spot]) -> Iterator[Comparison]:
    """A percentage of a row, of an amount of that row or of the text."""
    tried = 0
    for row in rows:
        amounts = [s for s in (*row, *levels) if s.unit == stated.unit and s is not stated and s.value > stated.value]
        for rate in (s for s in row if s.unit == "percent" and s.statistic not in ("yoy", "cagr", "change")):
            for amount in dict.fromkeys(amounts):
                tried += 1
                exact = expected("rate_of", [interval(amount), interval(rate)])
                if len(stated.digits) >= 2 and _holds(stated, exact, tried):
                    yield _tie("rate_of", stated, [amount, rate], exact, "percentage_of_row", False)
                    return


def _of_each(stated: Spot, rows: list[list[Spot]]) -> Iterator[Comparison]:
    """An amount of a row over a count of it."""
    pairs = [
        (a, b) for row in rows for a in row for b in row
        if a.unit == stated.unit.partition("/")[0] and a.unit != "count" and b.unit == "count" and b.value > 1
    ]  # fmt: skip
    alarms = []
    for tried, inputs in enumerate(pairs, 1):
        verdict, exact = judge("ratio", stated, inputs)
        if verdict == "agree" and chance(stated, exact) * tried < LUCK:
            yield _tie("ratio", stated, [*inputs], exact, "row_per_thing")
            return
        reason = tens(stated, exact, 1e-3) if len(stated.digits.rstrip("0")) >= 2 and not stated.open else None
        if reason:
            alarms.append(
                Comparison("ratio", "table", stated, [*inputs], "disagree", exact, *reason, 0.7, "row_per_thing", True)
            )
    if len(alarms) == len(pairs) == 1:
        yield alarms[0]


def _holds(stated: Spot, exact: Interval, tried: int) -> bool:
    return overlap(interval(stated), exact) and chance(stated, exact, 2.0) * tried < LUCK


def _tie(rule: str, stated: Spot, inputs: list[Spot], exact: Interval, operator: str, bound: bool = True) -> Comparison:
    return Comparison(rule, "table", stated, inputs, "agree", exact, confidence=0.8, operator=operator, bound=bound)
