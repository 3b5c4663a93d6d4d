"""What the numbers of a table prove about a column: growth between two others, shares of one, factors of a product.

Where a column has no unit of its own, its numbers may say what its head and the caption leave open: no word is needed
for a column that holds the rate between two others in every row.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import permutations

from orchestration.extraction.heads import BARE

_WHOLE = 100.0  # percent
_LEAST = 3  # rows that prove something
_MOST_ROWS = 40
_MOST_COLUMNS = 8
_EXACT = 0.8  # points of a share that roundings may move it, so that it proves something
_CLOSE = 0.02  # of a quotient: rounder numbers prove nothing
_SLIPS = 3  # sums that hold for each that does not
_MOST_PARTS = 12  # of a sum
_DIGITS = 2  # of a quotient that are no accident

Cell = tuple[float, float]  # a number and the size of its last place
Numbers = list[Cell | None]


def number_of(printed: str) -> tuple[float, float]:
    """A printed number without its sign, and the size of its last place."""
    digits = re.sub(r"[^\d.]", "", printed).strip(".")
    decimals = len(digits.partition(".")[2])
    return float(digits or 0), 10.0**-decimals


def is_number(cell: str) -> bool:
    """Whether a cell holds a bare number, or one with nothing but a percent sign."""
    return BARE.match("".join(cell.split()).rstrip("%％")) is not None


class ColumnProofs:
    """The columns of a table whose kind their numbers prove. ``rows`` are the cells of its body."""

    def __init__(self, rows: Sequence[Sequence[str]]) -> None:
        self.rows = rows
        few = [row for row in rows[:_MOST_ROWS] if sum(map(is_number, row)) > 1]
        width = len(rows[0]) if rows else 0
        columns = [[number_of(row[at]) if is_number(row[at]) else None for row in few] for at in range(width)]
        self._columns = {at: cells for at, cells in enumerate(columns) if sum(c is not None for c in cells) >= _LEAST}
        self._kinds: dict[int, str] = {}
        lines = [[number_of(cell) if is_number(cell) else None for cell in row] for row in rows[:_MOST_ROWS]]
        self.summed_rows = sums_of(lines)
        self.summed_columns = sums_of([list(column) for column in zip(*lines, strict=True)]) if lines else set()

    def kind(self, column: int) -> str:
        """``growth`` (rates between two other columns), ``share`` (of the sum of another one), ``hundred`` (its parts
        add up to a hundred), ``product`` (of two others), ``factor`` (of another column, with a third), or empty."""
        if column not in self._kinds:
            self._kinds[column] = self._kind(column) if column in self._columns else ""
        return self._kinds[column]

    def _kind(self, column: int) -> str:
        cells = self._columns[column]
        values = {cell[0] for cell in cells if cell is not None}
        if len(values) < _LEAST:
            return ""
        others = [at for at in self._columns if at != column][:_MOST_COLUMNS]
        pairs = [(self._columns[a], self._columns[b]) for a, b in permutations(others, 2)]
        if any(_all_match(cells, (a, b), _is_growth) for a, b in pairs):
            return "growth"
        if any(_is_share(cells, self._columns[at]) for at in others):
            return "share"
        if _adds_to_hundred(cells):
            return "hundred"
        if any(_all_match(cells, pair, _is_product) for pair in pairs):
            return "product"
        return "factor" if any(_all_match(cells, pair, _is_quotient) for pair in pairs) else ""


def sums_of(rows: Sequence[Numbers]) -> set[int]:
    """The lines of numbers that are parts or the whole of a sum: neighbours that add up to the line beside them.

    ``rows`` are lines of equally many cells (rows of a table, or its columns). A sum must hold in every place that all
    of its lines fill, and in two at least.
    """
    found: set[int] = set()
    for whole in range(len(rows)):
        for step in (-1, 1):
            parts: list[int] = []
            at = whole + step
            while 0 <= at < len(rows) and len(parts) < _MOST_PARTS:
                parts.append(at)
                if len(parts) > 1 and _adds_up(rows, whole, parts):
                    found |= {whole, *parts}
                at += step
    return found


def _adds_up(rows: Sequence[Numbers], whole: int, parts: list[int]) -> bool:
    held = failed = 0
    for place, total in enumerate(rows[whole]):
        cells = [rows[part][place] for part in parts]
        filled = [cell for cell in cells if cell is not None]
        if total is None or len(filled) < len(cells) or not total[0]:
            continue
        slack = (total[1] + sum(step for _, step in filled)) * 0.51
        right = abs(sum(n for n, _ in filled) - total[0]) <= slack <= total[0] / 10
        held, failed = held + right, failed + (not right)
    return held > 1 and failed * _SLIPS <= held  # one of them may be a slip of the document


def _all_match(cells: Numbers, pair: tuple[Numbers, Numbers], test: Callable[[Cell, Cell, Cell], bool]) -> bool:
    """Whether the test holds in every row that has all three numbers, and in enough of them."""
    rows = [
        (c, a, b) for c, a, b in zip(cells, *pair, strict=True) if c is not None and a is not None and b is not None
    ]
    filled = sum(cell is not None for cell in cells)
    return len(rows) >= max(_LEAST, filled - 1) and all(test(*row) for row in rows)


def _is_growth(cell: Cell, a: Cell, b: Cell) -> bool:
    """Whether a number is the rate in percent from the second number to the third."""
    if not a[0]:
        return False
    slack = _WHOLE * (a[1] * b[0] / a[0] + b[1]) / a[0] / 2
    return abs(abs(b[0] / a[0] - 1) * _WHOLE - cell[0]) <= cell[1] * 0.51 + slack and slack <= max(1.0, cell[0] / 4)


def _is_quotient(cell: Cell, a: Cell, b: Cell) -> bool:
    """Whether a number is the second one over the third, whatever the power of ten."""
    if not a[0] or not b[0] or cell[0] / cell[1] < 10**_DIGITS / 2:
        return False
    exact = a[0] / b[0]
    slack = 0.51 * cell[1] / cell[0] + (a[1] / a[0] + b[1] / b[0]) / 2
    return slack < _CLOSE and any(abs(exact * 10.0**power / cell[0] - 1) <= slack for power in range(-9, 10))


def _is_product(cell: Cell, a: Cell, b: Cell) -> bool:
    """Whether a number is the product of the second and the third."""
    exact = a[0] * b[0]
    step_a, step_b = (step if step < 1 else 0.0 for _, step in (a, b))  # whole numbers are counts or exact prices
    return exact > 0 and abs(exact - cell[0]) <= 0.51 * (cell[1] + a[0] * step_b + b[0] * step_a) <= 0.05 * exact


def _is_share(cells: Numbers, other: Numbers) -> bool:
    """Whether every number is that of another column in percent of this one's sum, which stands in a row or not."""
    pairs = [(c, o) for c, o in zip(cells, other, strict=True) if c is not None and o is not None]
    if len(pairs) < _LEAST or len(pairs) < sum(c is not None for c in cells):
        return False
    top, total = max(o[0] for _, o in pairs), sum(o[0] for _, o in pairs)
    # the whole stands in a row only where the other rows add up to it
    wholes = (top, total) if abs(total - 2 * top) <= len(pairs) * max(o[1] for _, o in pairs) else (total,)
    step = max(o[1] for _, o in pairs)
    return any(
        whole > 0
        and max(c[1] for c, _ in pairs) / 2 + _WHOLE * step / whole / 2 <= _EXACT
        and all(abs(o[0] / whole * _WHOLE - c[0]) <= 0.51 * (c[1] + _WHOLE * step / whole) for c, o in pairs)
        for whole in wholes
    )


def _adds_to_hundred(cells: Numbers) -> bool:
    """Whether numbers add up to a hundred, with a total that prints it or without."""
    numbers = [cell for cell in cells if cell is not None]
    return any(
        len(parts) >= _LEAST and abs(sum(n for n, _ in parts) - _WHOLE) <= len(parts) * parts[0][1] * 0.51
        for parts in _without_total(numbers)
    )


def _without_total(numbers: list[Cell]) -> Iterator[list[Cell]]:
    yield numbers
    for at in (0, -1):
        if numbers[at][0] == _WHOLE:
            yield numbers[1:] if at == 0 else numbers[:-1]
