"""The cells of tables that a rate of the text may be over: of the lines that its words name, and of those that print a
figure of its sentence."""

from collections.abc import Iterator

from orchestration.audit.arithmetic import MULTIPLES, RATES, interval
from orchestration.audit.binding_features import Level
from orchestration.audit.indexes import by_unit
from orchestration.audit.model import Document, Spot, Text
from orchestration.audit.naming import Context, Lines, context, headings

CELLS = 24  # that are tried
NAMED = 0.4  # of a label that the words must have


class CellLevels:
    """The cells of a document's tables that a rate of its text may be over."""

    def __init__(self, document: Document) -> None:
        self._tables = document.tables
        self._lines = Lines(document.tables)
        self._headings = headings(document.texts)
        self._by_unit = by_unit(
            cell for table in document.tables for row in table.cells for cell in row
            if cell and cell.unit and cell.value and cell.unit not in (*RATES, *MULTIPLES) and len(cell.digits) >= 3
        )  # fmt: skip

    def near(self, stated: Spot, n: int, text: Text, rule: str, said: list[Level], at: int) -> list[Level]:
        """Cells of the lines that the words name, and of the lines that hold a figure of the sentence."""
        if not self._tables:
            return []
        about = context(text, n, self._headings[text.number])
        twins: dict[int, int] = {}
        held: set[int] = set()
        for level in said:
            if len(level.spot.digits) >= 3 and level.spot.unit in self._by_unit:
                for cell in self._by_unit[level.spot.unit].like(interval(level.spot)):
                    twins[id(cell)] = min(abs(level.order - at), twins.get(id(cell), 9))
                    held.add(cell.grid)
        found: list[Level] = []
        for grid, (rows, columns) in enumerate(self._lines.said(about)):
            if grid in held or max((*rows.values(), *columns.values()), default=0.0) >= NAMED:
                found += self._of_table(grid, rows, columns, about, rule, twins)
        found.sort(key=lambda x: (-(x.twin > 0), -x.fit))
        return found[:CELLS]

    def _of_table(
        self,
        grid: int,
        said_rows: dict[int, float],
        said_columns: dict[int, float],
        about: Context,
        rule: str,
        twins: dict[int, int],
    ) -> Iterator[Level]:
        table, rows, columns = self._tables[grid], self._lines.rows[grid], self._lines.columns[grid]
        row_fits = [said_rows.get(r, 0.0) for r in range(len(table.rows))]
        column_fits = [said_columns.get(c, 0.0) for c in range(len(table.columns))]
        held_rows = {s.row for row in table.cells for s in row if s and id(s) in twins}
        held_columns = {s.column for row in table.cells for s in row if s and id(s) in twins}
        best_row, best_column = max(row_fits, default=0.0), max(column_fits, default=0.0)
        for r, row in enumerate(table.cells):
            for c, cell in enumerate(row):
                if cell is None or not cell.value or (cell.unit in (*RATES, *MULTIPLES)) != (rule == "difference"):
                    continue
                named = (row_fits[r] >= NAMED and row_fits[r] > 0.6 * best_row) or (
                    column_fits[c] >= NAMED and column_fits[c] > 0.6 * best_column
                )
                total = rows.totals[r] or columns.totals[c]
                beside = r in held_rows or (total and c in held_columns)
                if not named and not beside and not (total and max(best_row, best_column) >= NAMED):
                    continue
                twin = twins.get(id(cell), -1 if beside else 0)
                year = self._lines.year(cell)
                years = (year, year) if year else cell.years
                beyond = bool(rows.labels[r]) and set(rows.labels[r]) <= about.behind
                fit = max(row_fits[r], 0.5 * column_fits[c]) if not columns.dated else row_fits[r]
                name = frozenset(rows.labels[r]) | frozenset(columns.labels[c])
                yield Level(cell, 0, "", "", None, name, years, fit, total, beyond, twin)
