"""Workbooks: each sheet as a page of grids."""

# expressions stay on one line

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from orchestration.extraction.model import ExtractionError, Grid, Line
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
    formats = _percent_cells(path)
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
        percent = formats.get(page, set())
        records = (
            (number, [_cell(value, (number, column) in percent) for column, value in enumerate(cells[:512], 1)])
            for number, cells in enumerate(raw, 1)
        )
        yield from grids(records, page)


def _cell(value: object, percent: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float):
        if percent:
            return f"{round(value * 100, 10):g}%" if abs(value) < 1e6 else f"{value}"
        if value == int(value) and abs(value) < 1e18:
            return str(int(value))
        return repr(round(value, 12)) if "e" not in repr(value) else f"{value:.12f}".rstrip("0").rstrip(".")
    return " ".join(str(value).split())


def _percent_cells(path: Path) -> dict[int, set[tuple[int, int]]]:
    """Cells that the workbook shows as percent, by sheet: calamine gives 0.36 without its format 0 %."""
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        return {}
    from lxml import etree

    found: dict[int, set[tuple[int, int]]] = {}
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "xl/styles.xml" not in names:
                return {}
            parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
            styles = etree.fromstring(archive.read("xl/styles.xml"), parser)
            custom = {node.get("numFmtId"): node.get("formatCode") or "" for node in styles.iter(f"{space}numFmt")}
            cells = styles.find(f"{space}cellXfs")
            wanted = {
                str(index)
                for index, node in enumerate(cells if cells is not None else [])
                if node.get("numFmtId") in ("9", "10") or "%" in custom.get(node.get("numFmtId"), "")
            }
            if not wanted:
                return {}
            for page, name in enumerate(_sheet_parts(archive, parser), 1):
                if name not in names:
                    continue
                with archive.open(name) as handle:
                    places: set[tuple[int, int]] = set()
                    for _, node in etree.iterparse(handle, tag=f"{space}c", resolve_entities=False, no_network=True):
                        if node.get("s") in wanted:
                            match = re.fullmatch(r"([A-Z]{1,3})(\d{1,7})", node.get("r") or "")
                            if match:
                                places.add((int(match[2]), _column(match[1])))
                        node.clear()
                    found[page] = places
    except (etree.LxmlError, zipfile.BadZipFile, KeyError, ValueError, OSError, NotImplementedError):
        return {}
    return found


def _sheet_parts(archive: zipfile.ZipFile, parser: object) -> list[str]:
    """The parts of the sheets in the order of the workbook."""
    from lxml import etree

    relations = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), parser)
    targets = {node.get("Id"): node.get("Target") or "" for node in relations}
    book = etree.fromstring(archive.read("xl/workbook.xml"), parser)
    key = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    parts = []
    for node in book.iter("{http://schemas.openxmlformats.org/spreadsheetml/2006/main}sheet"):
        target = targets.get(node.get(key), "").lstrip("/")
        parts.append(target if target.startswith("xl/") else f"xl/{target}")
    return parts


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
