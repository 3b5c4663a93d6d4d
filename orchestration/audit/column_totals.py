"""Totals of the text over a table: the rows that the clause names, a column or its first rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from orchestration.audit.arithmetic import RATES, chance, expected, interval, judge, least_chance, overlap, slip
from orchestration.audit.indexes import Names, names_of_tables
from orchestration.audit.model import Comparison, Interval, Spot, Table
from orchestration.audit.naming import label_of
from orchestration.audit.words import STOP, folded

SUM_SLIPS = ("digit", "part_left_out", "counted_twice", "scale")
MOST = 12  # additions of one column


def names_of_rows(tables: Sequence[Table]) -> Names:
    """Which tables have a row that a text names."""
    return names_of_tables(tables, lambda label: (label_of(label),))


def named_sum(stated: Spot, before: str, tables: Sequence[Table], names: Names) -> Iterator[Comparison]:
    """The rows that the clause names before a word for a total, in the column of the total's unit."""
    clause = folded(STOP.split(before)[-1])
    for table in (tables[i] for i in names.within(clause)):
        rows = [r for r, label in enumerate(table.rows) if label_of(label) and label_of(label) in clause]
        if len(rows) < 2:
            continue
        for column in range(len(table.columns)):
            parts = [table.cells[r][column] for r in rows]
            if not all(p is not None and p.value for p in parts):
                continue
            cells = [p for p in parts if p is not None]
            if any(not p.scaled or p.unit != stated.unit for p in cells):
                continue
            verdict, exact = judge("sum", stated, cells)
            if verdict == "agree":
                yield Comparison(
                    "sum", "table", stated, cells, "agree", exact, confidence=0.9, operator="named_rows", bound=True
                )
                return
            reason = slip("sum", stated, cells)
            if reason and reason[0] in SUM_SLIPS and not stated.open and len(stated.digits) >= 3:
                fits_other = any(
                    overlap(interval(stated), interval(s)) for row in table.cells for s in row if s and s.scaled
                )
                if not fits_other:
                    yield Comparison(
                        "sum", "table", stated, cells, "disagree", exact, reason[0], reason[1], 0.8, "named_rows", True
                    )
                    return


@dataclass(frozen=True, slots=True)
class _Addition:
    """Cells of a column and the interval of their sum; ``open`` if a qualifier widens one of them."""

    parts: list[Spot]
    exact: Interval
    open: bool

    def holds(self, stated: Spot) -> bool:
        """Whether it gives that total."""
        if self.open or stated.open:
            return judge("sum", stated, self.parts)[0] == "agree"
        return overlap(interval(stated), self.exact)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of two cells at least, without its totals: the units that its cells are sure of, its largest size,
    whether its cells have several units, what adds up in it for a total of three digits and for a shorter one."""

    cells: list[Spot]
    units: frozenset[str]
    largest: float
    mixed: bool
    long: list[_Addition]
    short: list[_Addition]


class Columns:
    """The columns of all tables, made once: every figure of the text is held against each that may have its unit."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self._columns: list[Column] = []
        for table in tables:
            totals = [table.total_row(r) for r in range(len(table.rows))]
            for column in range(len(table.columns)):
                line = [row[column] for row in table.cells]
                cells = [s for s in line if s and s.value and not (s.row >= 0 and totals[s.row])]
                if len(cells) >= 2:
                    self._columns.append(_column(cells))
        self._of: dict[str, list[Column]] = {}

    def of(self, unit: str) -> list[Column]:
        """Those whose cells are sure of no other unit."""
        if unit not in self._of:
            self._of[unit] = [c for c in self._columns if c.units <= {unit}]
        return self._of[unit]


def _column(cells: list[Spot]) -> Column:
    long, short = (
        [
            _Addition(p, expected("sum", [interval(s) for s in p]), any(s.open for s in p))
            for p in _additions(cells, pairs)
        ]
        for pairs in (True, False)
    )
    units = frozenset(s.unit for s in cells if s.scaled and s.unit)
    return Column(cells, units, max(abs(s.value) for s in cells), len({s.unit for s in cells}) > 1, long, short)


def column_sum(stated: Spot, columns: Columns, cued: bool) -> Iterator[Comparison]:
    """A column of a table, or the first rows of it, whose total stands in the text."""
    tried, least = 0.0, least_chance(stated, 2.0)
    long = len(stated.digits) >= 3
    for column in columns.of(stated.unit):
        if column.largest > stated.value:
            continue
        if stated.unit in RATES and not cued and not long and (column.mixed or column.cells[0].unit != stated.unit):
            continue
        for addition in column.long if long else column.short:
            tried += 1
            if least * (1 + tried) >= 0.3:
                return  # after so many tries nothing fits beyond chance
            if not addition.holds(stated):
                continue
            luck = chance(stated, addition.exact, 2.0) * (1 + tried)
            if luck < (0.3 if addition.parts is column.cells or cued else 0.12):
                yield Comparison(
                    "sum", "table", stated, addition.parts, "agree", addition.exact, confidence=round(0.95 - luck, 3),
                    operator="column_total_in_text",
                )  # fmt: skip
                return


def _additions(cells: list[Spot], pairs: bool) -> list[list[Spot]]:
    """The whole column, neighbours if ``pairs``, and its first rows."""
    found = [cells] if len(cells) > 2 else []
    if pairs:
        found += [cells[i : i + 2] for i in range(len(cells) - 1)]
    return (found + [cells[:k] for k in range(3, len(cells))])[:MOST]
