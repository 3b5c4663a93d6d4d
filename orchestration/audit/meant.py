"""The cell that a figure of the text is about, by all its words: a level against that cell, without a known slip.

A stale copy differs by anything. It is told where the words name one row better than every other, one column (by year,
by name, or because it is the only one of the unit), where the value is of the cell's size, stands nowhere in the
tables, and no other figure of the paragraph is the print of that cell.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from orchestration.audit.arithmetic import MULTIPLES, RATES, apart, bare, interval, overlap, wrong_digit
from orchestration.audit.binder import rule_of
from orchestration.audit.indexes import cells_by_unit
from orchestration.audit.model import Comparison, Document, Spot, Text
from orchestration.audit.naming import Axis, Context, Lines, context, headings

NAMED = 0.36  # how much of the labels of row and column the words must have, as a product
AHEAD = 0.3  # the next best has less by that part
UNNAMED = 0.6  # what is the only line, or the total where no line is named, needs no name
NAMED_ROW = 0.55  # of the label of a row that the words must have
AHEAD_ROW = 0.7  # no other row has so much of that
SAID = 0.3  # of a label that the words must have to name it at all
UNSAID = 0.2  # a row of whose label the words have no more is not what they speak of
SIZE = (0.6, 1.67)  # a stale copy is of the cell's size
GOALS = ("target", "forecast", "claim")
MISPRINTED = {"exchanged": 0.55, "digit": 0.6}  # how well a cell must be named of whose digits the text misprints some


@dataclass(slots=True)
class Meant:
    """A cell with how well the words name it."""

    cell: Spot
    named: float
    ahead: float


class Cells:
    """The cells of all tables by unit, and the labels of their lines."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.lines = Lines(document.tables)
        self.by_unit = cells_by_unit(document)

    def meant(self, stated: Spot, about: Context) -> Meant | None:
        """The one cell of the figure's unit that its words name, or none where several would do."""
        like = [c for c in self.by_unit.get(stated.unit, ()) if _one_kind(c, stated)]
        year = about.own_years[0] if len(about.own_years) == 1 else _only_year(stated)
        ranked: list[tuple[float, Spot]] = []
        for grid in {c.grid for c in like}:
            cells = [c for c in like if c.grid == grid]
            ranked += self._ranked(cells, stated, about, year)
        ranked.sort(key=lambda x: -x[0])
        if not ranked or not ranked[0][0]:
            return None
        best, cell = ranked[0]
        rival = next((f for f, c in ranked[1:] if c.grid == cell.grid or not overlap(interval(c), interval(cell))), 0.0)
        return Meant(cell, best, best - rival)

    def _ranked(
        self, cells: list[Spot], stated: Spot, about: Context, year: int | None
    ) -> Iterator[tuple[float, Spot]]:
        """Cells of one table with how well the words name them: the product over row and column."""
        grid = cells[0].grid
        rows = self._side(self.lines.rows[grid], {c.row: c for c in cells}, stated, about, year)
        columns = self._side(self.lines.columns[grid], {c.column: c for c in cells}, stated, about, year)
        named = max(rows.values()) > 0 and max(columns.values()) > 0
        for cell in cells:
            yield (rows[cell.row] * columns[cell.column] if named else 0.0), cell

    def _side(
        self, side: Axis, at: dict[int, Spot], stated: Spot, about: Context, year: int | None
    ) -> dict[int, float]:
        """How well each line is named: by its period, by its words, or as the only one or the total of all."""
        if side.dated:
            same = {i: bool(stated.period) and c.period == stated.period for i, c in at.items()}
            if sum(same.values()) == 1:
                return {i: 1.0 if same[i] else 0.0 for i in at}
            return {i: (side.fit(i, about) or 0.5) if side.years[i] == year else 0.0 for i in at}
        fits = {i: side.fit(i, about) for i in at}
        if max(fits.values()) >= SAID:
            return fits
        if len(at) == 1:
            return dict.fromkeys(at, UNNAMED)
        return {i: UNNAMED if side.totals[i] else 0.0 for i in at}


def stale_comparisons(document: Document) -> Iterator[Comparison]:
    """Every level of the text that is not what the cell says which its words name."""
    if not document.tables:
        return
    cells = Cells(document)
    for text, heading in zip(document.texts, headings(document.texts), strict=True):
        for n, stated in enumerate(text.spots):
            if not _comparable(stated) or (stated.unit in RATES and rule_of(stated, n, text) == "growth"):
                continue
            about = context(text, n, heading)
            meant = cells.meant(stated, about)
            if meant is None or meant.named < NAMED or meant.ahead < AHEAD * meant.named:
                continue
            if overlap(interval(stated), interval(meant.cell)) or _printed_elsewhere(meant.cell, text):
                continue
            code, why = _reason(stated, meant, about, cells)
            if code:
                yield Comparison(
                    "text_vs_table", "text", stated, [meant.cell], "disagree", interval(meant.cell), code, why,
                    0.6 + 0.2 * meant.named, "cell_named_by_words", True,
                )  # fmt: skip


def exchanged_comparisons(document: Document) -> Iterator[Comparison]:
    """A number of the text that stands in no table, and has the digits of one cell of the row that its words name, two
    neighbours exchanged."""
    cells = Cells(document)
    held = [c for like in cells.by_unit.values() for c in like]
    for text, heading in zip(document.texts, headings(document.texts), strict=True):
        for n, stated in enumerate(text.spots):
            if len(stated.digits) < 3 or stated.open or stated.statistic in ("yoy", "cagr", "change"):
                continue
            like = [c for c in cells.by_unit.get(stated.unit, ()) if _exchanged(stated, c)]
            if not like or any(overlap(interval(stated), interval(c)) for c in held):
                continue
            about = context(text, n, heading)
            for cell in like:
                rows = cells.lines.rows[cell.grid]
                fits = [rows.fit(r, about) for r in range(len(rows.labels))]
                alone = fits[cell.row] >= NAMED_ROW and sum(f > AHEAD_ROW * fits[cell.row] for f in fits) == 1
                if alone and len(like) == 1 and not _printed_elsewhere(cell, text):
                    yield Comparison(
                        "text_vs_table", "text", stated, [cell], "disagree", interval(cell), "digit",
                        "two neighbouring digits are exchanged between text and table", 0.7, "cell_exchanged", True,
                    )  # fmt: skip


def _exchanged(stated: Spot, cell: Spot) -> bool:
    return sorted(stated.digits) == sorted(cell.digits) and wrong_digit(stated, interval(cell))


def _reason(stated: Spot, meant: Meant, about: Context, cells: Cells) -> tuple[str, str]:
    """Why the value is not the cell's; none where it is that of a cell which the words may mean as well."""
    ratio = abs(stated.value / meant.cell.value)
    power = next(
        (p for p in (1, 2, 3, 4, 6, 8) for k in (p, -p) if overlap(_times(stated, 10.0**k), interval(meant.cell))), 0
    )
    if power and len(stated.digits) >= 3 and stated.unit not in RATES:
        return "scale", f"equal digits, and a factor of 10^{power} between text and table"
    if not SIZE[0] < ratio < SIZE[1]:
        return "", ""
    holders = [c for c in cells.by_unit[stated.unit] if overlap(interval(stated), interval(c))]
    if not holders:
        # a value that stands nowhere in the table is another thing's more often than a slip (7 of 10 on documents of
        # strangers), but for one with the cell's digits
        slip = misprint(stated, meant.cell)
        said = cells.lines.rows[meant.cell.grid].fit(meant.cell.row, about) >= SAID
        named = slip and said and meant.named >= MISPRINTED[slip]
        return ("digit", "one digit differs, or two neighbours are exchanged") if named else ("", "")
    if stated.unit in RATES:
        return "", ""
    cell = meant.cell
    dated = len(about.own_years) == 1 and cells.lines.year(cell) == about.own_years[0]
    dated = dated or (bool(stated.period) and stated.period == cell.period)
    if dated and len(stated.digits) >= 3 and all(c.grid == cell.grid and c.row == cell.row for c in holders):
        return "other_year", "it is the value of another column of that row"
    rows = cells.lines.rows[cell.grid]
    elsewhere = all(c.grid == cell.grid and c.column == cell.column for c in holders)
    if elsewhere and len(stated.digits) >= 3 and all(rows.fit(c.row, about) < UNSAID for c in holders):
        return "copied", "it is the value of another row of that column"
    return "", ""


def misprint(stated: Spot, cell: Spot) -> str:
    """``exchanged`` where two neighbouring digits have changed places, ``digit`` where one is another one and the two
    are farther apart than rounding; else empty."""
    a, b = bare(stated), bare(cell)
    if len(a) != len(b) or len(a) < 2 or not apart(stated, interval(cell)):
        return ""
    off = [i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
    if len(off) == 2 and off[1] - off[0] == 1 and a[off[0]] == b[off[1]] and a[off[1]] == b[off[0]]:
        return "exchanged"
    return "digit" if len(off) == 1 else ""


def _times(spot: Spot, factor: float) -> tuple[float, float]:
    low, high = interval(spot)
    return low * factor, high * factor


def _comparable(stated: Spot) -> bool:
    if not stated.unit or not stated.scaled or stated.open or not stated.value or stated.unit in ("pp", *MULTIPLES):
        return False
    if stated.statistic in ("yoy", "cagr", "change"):
        return False
    return len(stated.digits) >= 2


def _one_kind(cell: Spot, stated: Spot) -> bool:
    if (cell.status in GOALS) != (stated.status in GOALS) and cell.period != stated.period:
        return False
    if cell.statistic in ("yoy", "cagr", "change"):
        return False
    if cell.entity and stated.entity and cell.entity != stated.entity:
        return False
    return not (cell.unit == "count" and cell.counted and stated.counted and cell.counted != stated.counted)


def _only_year(stated: Spot) -> int | None:
    return stated.years[0] if stated.years and stated.years[0] == stated.years[1] else None


def _printed_elsewhere(cell: Spot, text: Text) -> bool:
    """Another figure of the paragraph is the print of that cell."""
    return any(s.unit == cell.unit and overlap(interval(s), interval(cell)) for s in text.spots)
