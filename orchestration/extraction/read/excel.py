"""Workbooks: each sheet as a page of grids."""

# expressions stay on one line

import re
from collections.abc import Iterator
from pathlib import Path

from orchestration.extraction.model import ExtractionError, Grid, Line
from orchestration.extraction.read.number_formats import shown_behind
from orchestration.extraction.read.separated import grids
from orchestration.extraction.read.word import refuse_bomb


def excel(path: Path) -> Iterator[Line | Grid]:
    import python_calamine

    if path.suffix.lower() in (".xlsx", ".xlsm", ".xlsb", ".ods"):
        with path.open("rb") as handle:
            if handle.read(4) == b"\xd0\xcf\x11\xe0":
                raise ExtractionError(f"{path}: encrypted; remove the password")
        refuse_bomb(path)
    try:
        workbook = python_calamine.CalamineWorkbook.from_path(str(path))
        names = list(workbook.sheet_names)
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise ExtractionError(
            f"{path}: no readable workbook ({str(error)[:120]}); remove a password or save it again"
        ) from error
    formats = shown_behind(path)
    for page, name in enumerate(names, 1):
        try:
            sheet = workbook.get_sheet_by_name(name)
            raw = sheet.to_python(skip_empty_area=False)
        except BaseException as error:
            if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
                raise
            raise ExtractionError(f"{path}: the sheet {name!r} cannot be read ({str(error)[:120]})") from error
        if not re.fullmatch(r"(?i)(?:sheet|工作表)\s*\d*", name):
            yield Line(name, 1, page, "heading", joined=True)
        behind = formats.get(page, {})
        records = (
            (number, [_cell(value, behind.get((number, column), "")) for column, value in enumerate(cells[:512], 1)])
            for number, cells in enumerate(raw, 1)
        )
        yield from grids(records, page)


def _cell(value: object, behind: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float):
        if behind == "%":
            return f"{round(value * 100, 10):g}%" if abs(value) < 1e6 else f"{value}"
        if value == int(value) and abs(value) < 1e18:
            return f"{int(value)}{behind}"
        number = repr(round(value, 12)) if "e" not in repr(value) else f"{value:.12f}".rstrip("0").rstrip(".")
        return f"{number}{behind}"
    return " ".join(str(value).split())
