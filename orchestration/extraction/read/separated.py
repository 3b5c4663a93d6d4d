"""CSV and the like: records to grids; text streamed."""

# expressions stay on one line

import csv
import itertools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from orchestration.extraction.model import Grid, Line
from orchestration.extraction.read.encoding import decoded

_ROWS_A_CHUNK = 400


def separated(path: Path) -> Iterator[Line | Grid]:
    pieces = decoded(path)
    head = list(itertools.islice(pieces, 40))
    delimiter = _delimiter(head, path)
    csv.field_size_limit(1 << 20)
    reader = csv.reader(_short(itertools.chain(head, pieces)), delimiter=delimiter)
    records = _csv_records(reader)
    if delimiter == ";":  # where semicolons part the cells, commas are decimal points
        pointed = any(_DECIMAL_COMMA.search(cell) for line in head for cell in line.strip().split(delimiter))
        records = ((number, [_with_point(cell, pointed) for cell in cells]) for number, cells in records)
    yield from grids(records, None)


def _with_point(cell: str, pointed: bool) -> str:
    """A number with a decimal point; ``pointed`` says that the file has decimal commas, so that points group digits."""
    if pointed and _POINT_GROUPS.match(cell):
        return cell.replace(".", ",")
    if _GROUPS_AND_COMMA.match(cell):
        cell = cell.replace(".", "")
    return _DECIMAL_COMMA.sub(".", cell)


_POINT_GROUPS = re.compile(r"^-?[1-9]\d{0,2}(?:\.\d{3})+$")
_GROUPS_AND_COMMA = re.compile(r"^-?[1-9]\d{0,2}(?:\.\d{3})+,\d{1,2}(?:\s?%)?$")  # 1.234,5
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d{1,2}(?:\s?%)?$)")


def _csv_records(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """First line and cells of every record; a record that cannot be read is passed over."""
    number = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            number = reader.line_num + 1
            continue
        yield number, [cell.strip() for cell in cells[:512]]
        number = reader.line_num + 1


_SENTENCE = re.compile(r"[。；;，！？]|[.!?]\)?$|[,:] |：|^[*#]|^(?:注|备注|说明|notes?\b)", re.I)
_WHOLE_SENTENCE = re.compile(r".{30,}(?:[a-z\d)%][.!?]|[。！？])\)?$")
_ENUMERATOR = re.compile(r"[(（]?\d{1,2}[.)）、]?|[*•·-]")


def _sentence_of(cells: list[str]) -> str:
    """The text of a row that holds one sentence, alone or behind its number; empty for other rows."""
    filled = [cell for cell in cells if cell]
    if len(filled) == 2 and _ENUMERATOR.fullmatch(filled[0]):
        filled = filled[1:]
    if len(filled) != 1 or len(filled[0]) < 15 or not any(c.isdigit() for c in filled[0]):
        return ""
    return filled[0] if _SENTENCE.search(filled[0]) else ""


def grids(records: Iterable[tuple[int, list[str]]], page: int | None) -> Iterator[Line | Grid]:
    """Grids of at most ``_ROWS_A_CHUNK`` rows; a blank row before a row of words ends a table that has data.

    A row with a sentence in one cell, behind rows of data or numbered, is running text; before the data one that is
    whole is; so is a remark behind a hash at the top, whatever parts it has.
    """
    rows: list[list[str]] = []
    numbers: list[int] = []
    header: list[list[str]] = []
    notes: list[Line] = []
    blank = data = False
    for number, cells in records:
        if not any(cells):
            blank = True
            continue
        if not rows and not header and len(cells) > 1 and cells[0].startswith("# "):
            yield Line(", ".join(cell for cell in cells if cell)[2:], number, page, joined=True)
            continue
        said = _sentence_of(cells) if len(cells) > 1 else ""
        if said and not data and _WHOLE_SENTENCE.search(said):
            yield Line(said, number, page, joined=True)
            continue
        if said and (data or said != next(cell for cell in cells if cell)):
            notes.append(Line(said, number, page, joined=True))
            continue
        data = data or sum(1 for cell in cells if _NUMERIC_CELL.match(cell)) >= 1
        if blank and len(rows) >= 3 and not any(_NUMERIC_CELL.match(cell) for cell in cells):
            yield Grid(rows, numbers, page, header)
            rows, numbers, header = [], [], []
        blank = False
        rows.append(cells)
        numbers.append(number)
        if len(rows) >= _ROWS_A_CHUNK:
            yield Grid(rows, numbers, page, header)
            header = header or rows[:4]
            rows, numbers = [], []
            yield from notes
            notes = []
    if rows:
        yield Grid(rows, numbers, page, header)
    yield from notes


_NUMERIC_CELL = re.compile(r"^[(（+\-–]?[$¥€£]?\d[\d,]*(?:\.\d+)?[)）%％]?$")


def _short(pieces: Iterable[str]) -> Iterator[str]:
    for piece in pieces:
        yield piece.replace("\0", "")


def _delimiter(head: list[str], path: Path) -> str:
    if path.suffix.lower() == ".tsv":
        return "\t"
    counts = {mark: sum(line.count(mark) for line in head) for mark in (",", ";", "\t", "|")}
    best = max(counts, key=lambda mark: counts[mark])
    # decimal commas make a semicolon file look like a comma file
    if counts[";"] >= len(head) and counts[";"] >= counts[","] * 0.7:
        return ";"
    return best if counts[best] else ","
