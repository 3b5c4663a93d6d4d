"""Every public table as an Excel workbook: its rows on one sheet, what its columns mean on another."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.site.cells import plain

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from orchestration.site.warehouse import Table

CELL_LIMIT = 32_767  # characters; Excel calls a file with a longer cell damaged
ROW_LIMIT = 1_048_576 - 1  # and below the heading there is no room for more
CUT = " […]"
EXACT = 2**53  # above, Excel would round a whole number in silence
FIRST_DAY = date(1900, 3, 1)  # Excel counts a 29 February 1900, so earlier days would be shown one off


def write_workbook(path: Path, table: "Table", rows: list[tuple[Any, ...]], about: list[tuple[str, str]]) -> None:
    """Write ``rows`` of ``table``; ``about`` are lines (what, text) such as version. At most ``ROW_LIMIT`` rows."""
    import xlsxwriter

    # text that begins like a formula or an address stays text
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(path, options) as book:
        # the same publication gives the same bytes
        book.set_properties({"title": table.full_name, "created": datetime(2000, 1, 1)})
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        data = book.add_worksheet("data")
        data.write_row(0, 0, [column.name for column in table.columns], bold)
        cut = 0
        for at, row in enumerate(rows, 1):
            for place, cell in enumerate(row):
                cut += _write(data, at, place, cell, day, moment)
        data.freeze_panes(1, 0)
        if table.columns:
            data.autofilter(0, 0, len(rows), len(table.columns) - 1)
            data.set_column(0, len(table.columns) - 1, 16)
        notes = [*about, ("About", table.description)]
        if cut:
            notes.append(
                ("Cut", f"{cut} cells end in {CUT.strip()}: Excel has no room; CSV and Parquet have them whole")
            )
        sheet = book.add_worksheet("about")
        sheet.set_column(0, 1, 28)
        sheet.set_column(2, 2, 100)
        for at, (what, text) in enumerate(notes):
            sheet.write_string(at, 0, what, bold)
            sheet.write_string(at, 1, text or "")
        top = len(notes) + 1
        sheet.write_row(top, 0, ["Column", "Type", "Description"], bold)
        for at, column in enumerate(table.columns, top + 1):
            for place, text in enumerate((column.name, column.kind, column.description)):
                sheet.write_string(at, place, text or "")


def _write(sheet: "Worksheet", row: int, place: int, cell: Any, day: "Format", moment: "Format") -> bool:
    """Write one cell as what it is; says whether its text had to be cut."""
    if cell is None:
        return False
    if isinstance(cell, bool):
        sheet.write_boolean(row, place, cell)
    elif isinstance(cell, datetime) and cell.date() >= FIRST_DAY:
        sheet.write_datetime(row, place, cell.replace(tzinfo=None), moment)
    elif isinstance(cell, date) and not isinstance(cell, datetime) and cell >= FIRST_DAY:
        sheet.write_datetime(row, place, datetime(cell.year, cell.month, cell.day), day)
    elif (isinstance(cell, int) and abs(cell) <= EXACT) or (isinstance(cell, float) and abs(cell) <= 1e308):
        sheet.write_number(row, place, cell)
    else:
        text = str(plain(cell))
        if len(text) > CELL_LIMIT:
            sheet.write_string(row, place, text[: CELL_LIMIT - len(CUT)] + CUT)
            return True
        sheet.write_string(row, place, text)
    return False
