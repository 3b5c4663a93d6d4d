"""What the cells of a column show: texts, numbers, dates, flags; for the draft of a spec."""

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from orchestration.datasets.snapshots import Table

DAY = re.compile(r"\d{4}(-\d\d){0,2}([T ]\d\d:\d\d.*)?")
_YEAR = re.compile(r"(?:1[89]|20)\d\d(?:\.0)?")
FLAGS = frozenset({"true", "false", "yes", "no", "y", "n", "checked", "x", "0", "1"})
# names are short
LONGEST_NAME = 80


def filled(table: Table, index: int) -> list[str]:
    return [cells[index] for _, cells in table.rows if cells[index]]


def are_days(cells: Sequence[str]) -> bool:
    """Whether there are cells, and all are dates of any precision."""
    return bool(cells) and all(DAY.fullmatch(cell) for cell in cells)


def is_name(cells: Sequence[str]) -> bool:
    return (
        max(map(len, cells)) <= LONGEST_NAME
        and not any(cell.startswith(("http://", "https://")) for cell in cells[:50])
        and not all(DAY.fullmatch(cell) for cell in cells)
    )


def numbers_of(table: Table, index: int) -> list[Decimal]:
    """The numbers of a column; empty when most of its cells are none, or when they are flags or years."""
    cells = filled(table, index)
    if not cells or {cell.lower() for cell in cells} <= FLAGS or all(_YEAR.fullmatch(cell) for cell in cells):
        return []
    found = []
    for text in cells:
        try:
            number = Decimal(text.replace(",", "").rstrip("%"))
        except InvalidOperation:
            continue
        if number.is_finite():
            found.append(number)
    return found if len(found) * 10 >= len(cells) * 7 else []


def quoted(text: str) -> str:
    return '"' + " ".join(text.replace("\\", "\\\\").replace('"', '\\"').split()) + '"'
