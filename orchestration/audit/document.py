"""A document as the audit needs it: running text with its figures in place, and every numeric cell of its tables.

Figures come from the extraction. Cells are read raw as well: a formula over a table needs no unit, and where the
extraction gave a unit to some cells of a column, the others of that column have it too.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from orchestration.audit.bare_numbers import bare_numbers, whole_numbers
from orchestration.audit.cell_units import give_units, infer_scales
from orchestration.audit.grids import MERGED, row_of, table_of, with_text_tables
from orchestration.audit.model import Document, Spot, Text
from orchestration.audit.spots import find, spot_of
from orchestration.audit.words import words
from orchestration.extraction.joining import join
from orchestration.extraction.model import Block, ExtractedFigure, Grid, Line
from orchestration.extraction.read import read
from orchestration.figures.numerals import writes_decimal_commas
from orchestration.figures.text import plain

_SENTENCE = re.compile(r"(?<=[。！？!?；;])\s*|(?<=[a-z0-9%)”\"’]\.)\s+(?=[A-Z“\"•(\-])|\s*\n|\s[•·]\s?")
_LETTER = re.compile(r"[^\W\d_]")


def load(path: Path, figures: Sequence[ExtractedFigure], read_already: Iterable[Line | Grid] | None = None) -> Document:
    """Put the figures of a document in place: in its lines and tables as they were read for the extraction, or are read
    now. Raises ``ExtractionError``."""
    elements = list(join(iter(read_already) if read_already is not None else read(path)))
    by_line: dict[tuple[int | None, int], list[ExtractedFigure]] = defaultdict(list)
    for figure in figures:
        by_line[figure.page, figure.line].append(figure)
    document = Document(path.name, [], [])
    commas = writes_decimal_commas("\n".join(e.text for e in elements if isinstance(e, Block)))
    arranged = list(with_text_tables(elements))
    merged = {line for e in arranged if isinstance(e, Grid) and e.caption == MERGED for line in e.numbers}
    for element in arranged:
        if isinstance(element, Grid) and not (element.caption != MERGED and set(element.numbers) <= merged):
            table = table_of(element, len(document.tables), commas)
            if table is not None:
                give_units(table, by_line)
                document.tables.append(table)
        if not (isinstance(element, Grid) and element.caption == MERGED):
            document.texts += _texts(element, by_line, len(document.texts), commas)
    _as_printed(document, path)
    _number_sentences(document)
    _one_yen_or_yuan(document)
    infer_scales(document)
    placed = sum(len(t.spots) for t in document.texts)
    document.unplaced = max(0, len(figures) - placed - sum(1 for t in document.tables for r in t.cells for c in r if c))
    return document


# --- running text -----------------------------------------------------------------------------------------------------


def _texts(
    element: Block | Grid, by_line: dict[tuple[int | None, int], list[ExtractedFigure]], number: int, commas: bool
) -> Iterator[Text]:
    if isinstance(element, Block):
        if row_of(element) is not None:
            return
        yield _text(plain(element.text), sorted(set(element.lines)), element.page, by_line, number, commas, element)
        return
    # rows of a grid that are sentences: bullets, notes under a sheet
    for row, line in zip(element.rows, element.numbers, strict=False):
        said = [plain(cell) for cell in row if len(cell) > 30 and len(_LETTER.findall(cell)) > 12]
        if said:
            yield _text(" ".join(said), [line], element.page, by_line, number, commas)
            number += 1


def _text(
    text: str,
    lines: list[int],
    page: int | None,
    by_line: dict[tuple[int | None, int], list[ExtractedFigure]],
    number: int,
    commas: bool,
    block: Block | None = None,
) -> Text:
    spots: list[Spot] = []
    cursor = 0
    for line in lines:
        for figure in by_line.get((page, line), ()):
            place = find(text, figure.printed, cursor)
            if place is None:
                continue
            start, end = place
            cursor = end
            spots.append(spot_of(figure, number, start, end))
            if spots[-1].open == "at_most" and words("adds_up_to").search(text[max(0, start - 20) : start + 6]):
                spots[-1].open = ""  # it comes to that, and not to less
    spots += bare_numbers(text, spots, lines, page, number, commas)
    numerals = whole_numbers(text, spots, lines, page, number, commas)
    if block is not None:  # what the reading left out has its line from its place
        read = {(f.line, f.printed) for line in lines for f in by_line.get((page, line), ())}
        for s in (*spots, *numerals):
            if (s.line, s.printed) not in read:
                s.line = block.line_at(round(s.start * len(block.text) / max(1, len(text))))
    spots.sort(key=lambda s: s.start)
    pieces, at = [], 0
    for i, spot in enumerate(spots):
        pieces += [text[at : spot.start], f"⟦{i}⟧"]
        at = spot.end
    return Text(text, number, spots, "".join(pieces) + text[at:], lines, numerals)


_NUMBER = re.compile(r"\d[\d.,]*\d|\d")
_OTHER_MARKS = str.maketrans(",.", ".,")
_WIDE = str.maketrans({"%": "％", "(": "（", ")": "）"} | {c: chr(ord(c) + 0xFEE0) for c in "0123456789."})


def _as_printed(document: Document, path: Path) -> None:
    """Numbers with a decimal comma or with points between thousands, which the reading turned around, as the file
    prints them."""
    if path.suffix.lower() not in (".txt", ".md", ".csv", ".tsv", ".html", ".htm"):
        return
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return
    for s in (*document.spots, *(c for t in document.tables for row in t.cells for c in row if c)):
        if not 0 < s.line <= len(lines):
            continue
        for wide in (s.printed.replace("%", "％"), s.printed.translate(_WIDE)):
            if s.printed not in lines[s.line - 1] and wide in lines[s.line - 1]:
                s.printed = wide
        number = _NUMBER.search(s.printed)
        if number is not None and number[0] not in lines[s.line - 1]:
            other = number[0].translate(_OTHER_MARKS)
            if other in lines[s.line - 1]:
                s.printed = s.printed.replace(number[0], other)


def _one_yen_or_yuan(document: Document) -> None:
    """The sign ¥ is one currency in one document: yen where the document says yen and nowhere yuan."""
    spots = [*document.spots, *(c for t in document.tables for row in t.cells for c in row if c)]
    signed = [s for s in spots if s.unit == "CNY" and re.match(r"[¥￥]", s.printed)]
    said = [s for s in spots if s.unit == "CNY" and not re.match(r"[¥￥]", s.printed)]
    if signed and not said and any(s.unit == "JPY" for s in spots):
        for s in signed:
            s.unit = "JPY"


def _number_sentences(document: Document) -> None:
    number = 0
    for text in document.texts:
        ends = [m.start() for m in _SENTENCE.finditer(text.text)]
        for spot in (*text.spots, *text.numerals):
            spot.sentence = number + sum(1 for e in ends if e <= spot.start)
        number += len(ends) + 1
