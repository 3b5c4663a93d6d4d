"""PDF: the lines of each page, with its tables in their place."""

# expressions stay on one line

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from orchestration.extraction.model import ExtractionError, Grid, Line
from orchestration.extraction.read.encoding import NEWLINE
from orchestration.extraction.read.pdf_words import may_have_columns, tables_of, words_of
from orchestration.figures.text import readable


def pdf(path: Path) -> Iterator[Line | Grid]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(str(path))
    except pypdfium2.PdfiumError as error:
        reason = str(error).lower()
        if "password" in reason or "security" in reason:
            raise ExtractionError(f"{path}: encrypted; save a copy without password") from error
        raise ExtractionError(f"{path}: broken PDF ({str(error)[:80]}); export it again") from error
    try:
        yield from _pdf_pages(path, document)
    except pypdfium2.PdfiumError as error:
        raise ExtractionError(f"{path}: broken PDF ({str(error)[:80]}); export it again") from error
    finally:
        document.close()


def _pdf_pages(path: Path, document: object) -> Iterator[Line | Grid]:
    pages = len(document)  # type: ignore[arg-type]
    if not pages:
        raise ExtractionError(f"{path}: the PDF has no pages; export it again")
    characters = 0
    for index in range(pages):
        page = document[index]  # type: ignore[index]
        textpage = page.get_textpage()
        text = textpage.get_text_bounded() or ""
        text = readable(text)  # \ufffe is the hyphenation mark of pdfium; tables are found by these lines
        characters += len(text.strip())
        lines = NEWLINE.split(text)
        grids = _pdf_tables(path, index) if _has_rules(page) and _DIGITS.search(text) else []
        unruled = _unruled(textpage, lines) if not grids else []
        textpage.close()
        page.close()
        yield from _in_place(lines, unruled, index + 1) if unruled else _around_tables(lines, grids, index + 1)
        if index >= 9 and not characters:
            break
    if characters < 8:
        raise ExtractionError(
            f"{path}: {pages} pages without text, probably scanned; run OCR on it first, this program reads text only"
        )


def _unruled(textpage: Any, lines: list[str]) -> list[tuple[Grid, set[int]]]:
    """Tables that show themselves by where their words stand; looked for only on pages with rows of numbers."""
    if not may_have_columns(lines):
        return []
    words, turned = words_of(textpage)
    return [] if turned or (words and words[-1].line > len(lines)) else list(tables_of(words))


def _in_place(lines: list[str], tables: list[tuple[Grid, set[int]]], page: int) -> Iterator[Line | Grid]:
    """Lines of a page, the tables where they begin, without the lines that tables hold."""
    taken = {number for _, used in tables for number in used}
    begin = {min(used): grid for grid, used in tables}
    for number, text in enumerate(lines, 1):
        if number in begin:
            begin[number].page = page
            yield begin[number]
        if number not in taken:
            yield Line(text, number, page)


_DIGITS = re.compile(r"\d")


def _has_rules(page: object) -> bool:
    """Whether a page draws enough lines for a table; looking for tables is thirty times slower than text."""
    from pypdfium2 import raw

    count = 0
    for position, _ in enumerate(page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=2)):  # type: ignore[attr-defined]
        count = position + 1
        if count >= 4:
            return True
    return False


def _pdf_tables(path: Path, index: int) -> list[list[list[str]]]:
    import logging

    import pdfplumber

    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    try:
        with pdfplumber.open(str(path), pages=[index + 1]) as document:
            page = document.pages[0]
            if len(page.edges) > 4000:
                return []
            tables = page.extract_tables()
    except Exception:  # pdfminer raises anything on odd files; the text of the page is there all the same
        return []
    kept = []
    for table in tables:
        rows = [[" ".join((cell or "").split()) for cell in row] for row in table]
        rows = [row for row in rows if any(row)]
        if len(rows) >= 2 and max(map(len, rows)) >= 2:
            kept.append(rows)
    return kept


def _around_tables(lines: list[str], tables: list[list[list[str]]], page: int) -> Iterator[Line | Grid]:
    """Lines of a page with its tables in their place; lines that a table repeats are left out."""
    squeezed = ["".join(line.split()) for line in lines]
    taken: set[int] = set()
    placed: dict[int, list[Grid]] = {}
    for rows in tables:
        numbers, used = _row_lines(rows, squeezed, taken)
        if not used:
            continue
        taken |= used
        placed.setdefault(min(used), []).append(Grid(rows, numbers, page))
    for at, text in enumerate(lines):
        if at in placed:
            yield from placed[at]
        if at not in taken:
            yield Line(text, at + 1, page)


def _row_lines(rows: list[list[str]], squeezed: list[str], taken: set[int]) -> tuple[list[int], set[int]]:
    """The page line of each row, and all lines that the table covers."""
    numbers: list[int] = []
    used: set[int] = set()
    cursor = 0
    for row in rows:
        cells = ["".join(cell.split()) for cell in row if cell]
        if not cells:
            numbers.append(numbers[-1] if numbers else 1)
            continue
        whole = "".join(cells)
        best = -1
        for at in range(cursor, len(squeezed)):
            if at in taken or not squeezed[at]:
                continue
            if squeezed[at] == whole or (
                len(squeezed[at]) > 1
                and (squeezed[at] in whole or any(c and c in squeezed[at] for c in cells[:2] if len(c) > 1))
            ):
                best = at
                break
        if best < 0:
            numbers.append(numbers[-1] if numbers else 1)
            continue
        numbers.append(best + 1)
        at, left = best, len(whole)
        while at < len(squeezed) and left > 0 and (not squeezed[at] or at == best or squeezed[at] in whole):
            if squeezed[at]:
                used.add(at)
                left -= len(squeezed[at])
            at += 1
        cursor = at
    return numbers, used
