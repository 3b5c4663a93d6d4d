"""What a workbook shows behind the numbers of its cells: the reader gives 0.16 without its %, 3.4 without its x."""

import re
import zipfile
from pathlib import Path

_QUOTED = re.compile(r'"([^"]*)"|\\(.)')
# what takes no part in the shown number: colours and conditions, space of the width of a letter, fill
_UNSHOWN = re.compile(r"\[[^\]]*\]|_.|\*.")
_PLACES = re.compile(r"[0#?]")
_LONGEST = 8
_PERCENT = ("9", "10")  # the formats of every workbook that show percentages


def behind_number(code: str) -> str:
    """What a number format prints behind a number: % multiplies by a hundred, a text in quotes does not.

    Empty where it prints nothing, and where it divides by thousands before it prints a word for them.
    """
    literals: list[str] = []

    def keep(match: re.Match[str]) -> str:
        literals.append(match[1] if match[1] is not None else match[2])
        return "\x00"

    positive = _UNSHOWN.sub("", _QUOTED.sub(keep, code)).split(";")[0]
    if "%" in positive:
        return "%"
    places = list(_PLACES.finditer(positive))
    if not places or re.search(r"[ymdhsYMDHSE@]", positive):
        return ""
    tail = positive[places[-1].end() :]
    if tail.startswith(",") or "[$" in code or re.search(r"[^\s#0?.,(+-]", positive[: places[0].start()]):
        return ""  # divided by thousands, or its unit stands in front of it
    shown = " ".join(re.sub("\x00", lambda _: literals.pop(0), tail).split())
    if not shown or len(shown) > _LONGEST or not re.search(r"[^\W\d_]|[%×]", shown):
        return ""
    # a percent sign in quotes multiplies nothing: the blank keeps it from being taken for one that does
    return f" {shown}" if shown == "%" or re.match(r"[A-Za-z]{2}", shown) else shown


def shown_behind(path: Path) -> dict[int, dict[tuple[int, int], str]]:
    """What stands behind the numbers of cells (row, column), by sheet; cells with bare numbers are left out."""
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        return {}
    from lxml import etree

    found: dict[int, dict[tuple[int, int], str]] = {}
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
            shown = {
                str(index): "%"
                if node.get("numFmtId") in _PERCENT
                else behind_number(custom.get(node.get("numFmtId"), ""))
                for index, node in enumerate(cells if cells is not None else [])
            }
            wanted = {index: text for index, text in shown.items() if text}
            if not wanted:
                return {}
            for page, name in enumerate(_sheet_parts(archive, parser), 1):
                if name not in names:
                    continue
                with archive.open(name) as handle:
                    places: dict[tuple[int, int], str] = {}
                    for _, node in etree.iterparse(handle, tag=f"{space}c", resolve_entities=False, no_network=True):
                        text = wanted.get(node.get("s") or "")
                        if text:
                            match = re.fullmatch(r"([A-Z]{1,3})(\d{1,7})", node.get("r") or "")
                            if match:
                                places[int(match[2]), _column(match[1])] = text
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
