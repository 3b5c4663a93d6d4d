"""Text against the cell that it names: a level whose clause names a row, and a column by its year or by name.

The value should stand in that cell. If it stands in the cell of another year, or differs by a power of ten with equal
digits, or in one digit, that is a slip; any other difference may be a binding of ours that went wrong, and is quiet.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from orchestration.audit.arithmetic import RATES, bare, interval, overlap, same, wrong_digit
from orchestration.audit.indexes import Values, by_unit
from orchestration.audit.model import Comparison, Document, Spot, Table, Text
from orchestration.audit.named_lines import NamedTables, named, without_year, years_of
from orchestration.audit.naming import listed_year
from orchestration.audit.words import folded, words

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")


@dataclass(slots=True)
class _Cell:
    spot: Spot
    year: int | None
    named: int  # letters of the row and column names that the clause has


def named_comparisons(document: Document) -> Iterator[Comparison]:
    """Comparisons of every level of the text with the cell that its sentence names."""
    values = _CellValues(document.tables)
    for text in document.texts:
        for stated in text.spots:
            if not stated.unit or not stated.value or not stated.scaled or stated.unit == "pp":
                continue
            for c in _check(stated, text, values):
                vague = bool(stated.open) and c.code != "scale"
                few = stated.unit in RATES and len(stated.digits) < 3  # a rate of two digits is near many others
                if c.verdict == "agree" or not (vague or few):
                    yield c


class _CellValues:
    """The cells of a document's tables, and where to look for one."""

    def __init__(self, tables: Sequence[Table]) -> None:
        cells = [s for t in tables for row in t.cells for s in row if s]
        self.tables = tables
        self.named = NamedTables(tables)
        self._all, self._by_unit = Values(cells), by_unit(cells)
        self._by_digits: dict[tuple[str, str], list[Spot]] = defaultdict(list)
        self._lines: dict[tuple[str, int, int, int], list[Spot]] = defaultdict(list)
        for s in cells:
            self._by_digits[s.unit, bare(s)].append(s)
            if s.scaled:
                self._lines[s.unit, s.grid, s.row, -1].append(s)
                self._lines[s.unit, s.grid, -1, s.column].append(s)

    def any(self, stated: Spot) -> bool:
        """Whether a cell prints that number, in whatever unit."""
        return bool(self._all.like(interval(stated)))

    def hold(self, stated: Spot) -> bool:
        """Whether a cell prints that number in that unit."""
        return stated.unit in self._by_unit and bool(self._by_unit[stated.unit].like(interval(stated)))

    def with_digits_of(self, stated: Spot) -> list[Spot]:
        """The cells of that unit with the same digits but for noughts."""
        return self._by_digits.get((stated.unit, bare(stated)), [])

    def differ_by(self, stated: Spot) -> bool:
        """Whether it is what two cells of a line lie apart: a change, no level."""
        return any(
            a is not b and a.low - b.high <= stated.value <= a.high - b.low
            for (unit, *_), line in self._lines.items()
            if unit == stated.unit
            for a in line
            for b in line
        )


def _check(stated: Spot, text: Text, values: _CellValues) -> Iterator[Comparison]:
    clause = _clause(stated, text)
    year = _year_of(clause, stated, text)
    cells = [c for c in _cells(values, clause) if _unit_fits(c.spot, stated)]
    if not cells and len(bare(stated)) >= 5:
        # five equal digits need no name
        cells = [_Cell(s, None, 0) for s in values.with_digits_of(stated) if _unit_fits(s, stated)]
        if (off := _digits_at_other_scale(stated, cells, values)) is not None:
            yield off
        return
    if not cells:
        # the paragraph begins with the row's name
        topic = text.text[: min(s.start for s in text.spots)][:40]
        if stated in text.spots[:2]:
            cells = [c for c in _cells(values, topic) if _unit_fits(c.spot, stated)]
            cells = [c for c in cells if same(stated, c.spot)]
        if not cells:
            return
    if (off := _digits_at_other_scale(stated, cells, values)) is not None:
        yield off
        return
    best = max(c.named for c in cells)
    cells = [c for c in cells if c.named == best]
    years = {c.year for c in cells if c.year}
    if len(years) > 1:
        if year is None:
            yield from _any_year(stated, [c.spot for c in cells], values)
            return
        wanted = [c for c in cells if c.year == year]
        others = [c for c in cells if c.year and c.year != year]
    else:
        wanted, others = cells, []
    if len(wanted) > 1:
        # the unit's own word, as in 82.6 万件, may stand in the heading
        noun = re.sub(r"^[^A-Za-z\u4e00-\u9fff]+", "", stated.printed)
        heads = [c for c in wanted if len(noun) >= 2 and noun in values.tables[c.spot.grid].column_names[c.spot.column]]
        wanted = heads or wanted
    if len(wanted) != 1:
        if len(cells) <= 4 and stated.unit not in RATES:
            yield from _any_year(stated, [c.spot for c in cells], values)
        return
    target = wanted[0].spot
    if same(stated, target):
        yield Comparison(
            "text_vs_table", "text", stated, [target], "agree", interval(target), confidence=0.95,
            operator="named_cell", bound=True,
        )  # fmt: skip
        return
    reason = _slip(stated, target, [c.spot for c in others], values)
    if reason is not None:
        yield Comparison(
            "text_vs_table", "text", stated, [target], "disagree", interval(target), reason[0], reason[1], 0.8,
            "named_cell", True,
        )  # fmt: skip


def _digits_at_other_scale(stated: Spot, cells: list[_Cell], values: _CellValues) -> Comparison | None:
    """A named row that holds the same four digits or more at another power of ten, and nothing holds the value."""
    if len(bare(stated)) < 4 or not cells or values.hold(stated):
        return None
    for cell in cells:
        if bare(cell.spot)[:4] == bare(stated)[:4]:
            reason = _slip(stated, cell.spot, [], values)
            if reason is not None and reason[0] == "scale":
                return Comparison(
                    "text_vs_table", "text", stated, [cell.spot], "disagree", interval(cell.spot), reason[0], reason[1],
                    0.85, "named_row", True,
                )  # fmt: skip
    return None


def _any_year(stated: Spot, cells: list[Spot], values: _CellValues) -> Iterator[Comparison]:
    """A named row and no year: equal digits at another power of ten, exchanged digits, one of four digits or more."""
    if len(bare(stated)) < 3 or values.any(stated):
        return
    for cell in cells:
        reason = _slip(stated, cell, [], values)
        if reason is not None and (
            reason[0] == "scale"
            or sorted(bare(stated)) == sorted(bare(cell))
            or (len(bare(stated)) >= 4 and len(cells) <= 4)
        ):
            yield Comparison(
                "text_vs_table", "text", stated, [cell], "disagree", interval(cell), reason[0], reason[1], 0.7,
                "named_row", True,
            )  # fmt: skip
            return


def _slip(stated: Spot, target: Spot, others: list[Spot], values: _CellValues) -> tuple[str, str] | None:
    if any(same(stated, s) for s in others) and len(stated.digits) >= 2:
        return "other_year", "it is the value of another year in that row"
    # standing in another place of a table it may be about that place
    if values.hold(stated):
        return None
    digits = bare(stated), bare(target)
    rounded = min(len(digits[0]), len(digits[1])) >= 3
    if (digits[0] == digits[1] or rounded) and target.value:
        # one digit alone says little: then only a slip of a whole unit
        for power in (1, 2, 3, 4, 6, 8) if len(digits[0]) >= 2 else (3, 6):
            for factor in (10.0**power, 10.0**-power):
                low, high = (abs(x) * factor for x in interval(target))
                if abs(stated.value / (target.value * factor) - 1) < 1e-6 or (
                    rounded and overlap(interval(stated), (min(low, high), max(low, high)))
                ):
                    return "scale", f"equal digits, and a factor of 10^{power} between text and table"
    if len(stated.digits) >= 3 and wrong_digit(stated, interval(target)) and not values.differ_by(stated):
        return "digit", "one digit differs, or two neighbours are exchanged"
    return None


def _unit_fits(cell: Spot, stated: Spot) -> bool:
    return cell.scaled and cell.unit == stated.unit and cell.value != 0


def _clause(stated: Spot, text: Text) -> str:
    """The words about the figure: from the figure before it, or the beginning of the sentence, to a little behind."""
    before = [s.end for s in text.spots if s.end <= stated.start and s.sentence == stated.sentence]
    start = max(before, default=0)
    lead = text.text[start : stated.start]
    cut = max((m.end() for m in re.finditer(r"[。；;!?！？]|\.\s", lead)), default=0)
    return lead[cut:][-120:] + _tail(stated, text)


def _tail(stated: Spot, text: Text) -> str:
    return " " + text.text[stated.end : stated.end + 12].split(",")[0].split("，")[0]


def _year_of(clause: str, stated: Spot, text: Text) -> int | None:
    """The year that the clause says, or its place in a list of years, else the only one that its sentence has said so
    far."""
    n = next(i for i, s in enumerate(text.spots) if s is stated)
    start = max((m.end() for m in re.finditer(r"[。；;!?！？]|\.\s", text.text[: stated.start])), default=0)
    behind = re.search(r"[。；;!?！？]|\.\s", text.text[stated.end :])
    listed = listed_year(text, n, start, stated.end + behind.start() if behind else len(text.text))
    if listed:
        return listed
    own = clause[: len(clause) - len(_tail(stated, text))]  # the year behind it may be the next figure's
    said = {int(y) for y in _YEAR.findall(own)} or {int(y) for y in _YEAR.findall(clause)}
    if not said:
        lead = re.split(r"[。；;!?！？]|\.\s", text.text[: stated.start])[-1]
        said = {int(y) for y in _YEAR.findall(lead)}
    return said.pop() if len(said) == 1 else None


def _cells(values: _CellValues, clause: str) -> Iterator[_Cell]:
    said = folded(clause)
    for table in values.named.with_totals(said):
        yield from _cells_of(table, said)


def _cells_of(table: Table, said: str) -> Iterator[_Cell]:
    heads = [years_of(c) for c in table.columns]
    # a year is told apart by itself, not by name
    parts = [[whole, *names] for whole, names in zip(table.columns, table.column_names, strict=True)]
    named_columns = {
        c: max((named(without_year(part), said) for part in names), default=0) for c, names in enumerate(parts)
    }
    any_named = any(n for c, n in named_columns.items() if any(row[c] for row in table.cells))
    total_said = bool(words("total").search(said))
    for label, names, row in zip(table.rows, table.row_names, table.cells, strict=True):
        length = max((named(part, said) for part in (label, *names)), default=0)
        if not length and total_said and words("total").search(label):
            length = 2
        if not length and not any_named:
            continue
        for column, spot in enumerate(row):
            if spot is None:
                continue
            if not length and not (named_columns[column] and _only_of_its_unit(spot, table)):
                continue
            head = heads[column]
            year = int(head[0]) if len(head) == 1 else None
            if any_named and not named_columns[column] and year is None:
                continue
            yield _Cell(spot, year, length + named_columns[column])


def _only_of_its_unit(cell: Spot, table: Table) -> bool:
    return (
        bool(cell.unit)
        and cell.unit not in ("count", "USD", "CNY")
        and (sum(1 for row in table.cells if (s := row[cell.column]) and s.unit == cell.unit) == 1)
    )
