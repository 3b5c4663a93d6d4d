"""PDF: the lines of each page, with its tables in their place."""

# expressions stay on one line

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from orchestration.extraction.heads import header_depth
from orchestration.extraction.model import ExtractionError, Grid, Line
from orchestration.extraction.read.encoding import NEWLINE
from orchestration.extraction.read.pdf_words import (
    Word,
    by_direction,
    has_turned,
    may_have_columns,
    relined,
    tables_of,
    words_of,
)
from orchestration.figures.text import readable

_PAGES_OPEN = 100  # of a PDF, between two openings


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
        with contextlib.closing(_PageTables(path)) as tables:
            yield from _going_on(_pdf_pages(path, document, tables))
    except pypdfium2.PdfiumError as error:
        raise ExtractionError(f"{path}: broken PDF ({str(error)[:80]}); export it again") from error
    finally:
        document.close()


def _pdf_pages(path: Path, document: object, tables: "_PageTables") -> Iterator[Line | Grid]:
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
        ruled = tables.of(index) if _has_rules(page) and _DIGITS.search(text) else []
        words = _words(textpage, lines)
        textpage.close()
        page.close()
        yield from _page(lines, ruled, words, index + 1)
        if index >= 9 and not characters:
            break
    if characters < 8:
        raise ExtractionError(
            f"{path}: {pages} pages without text, probably scanned; run OCR on it first, this program reads text only"
        )


_FURNITURE = 4  # lines at the foot and the head of pages between two parts of a table


def _going_on(elements: Iterator[Line | Grid]) -> Iterator[Line | Grid]:
    """Give a table without a head, first on its page, the head of the one that ended the page before."""
    last: Grid | None = None
    between = 0
    for element in elements:
        if isinstance(element, Grid):
            wide = max(map(len, element.rows))
            if (
                last is not None
                and element.page == (last.page or 0) + 1
                and between <= _FURNITURE
                and wide == max(map(len, last.rows))
                and not header_depth(element.rows)
            ):
                element.header = last.header or last.rows[: header_depth(last.rows)]
                element.goes_on = True
            last, between = element, 0
        else:
            between += bool(element.text.strip())
        yield element


def _words(textpage: Any, lines: list[str]) -> list[Word]:
    """The words of a page with their places, where it has rows of numbers or turned text; else none."""
    turned = has_turned(textpage)
    if not (turned or may_have_columns(lines)):
        return []
    words = words_of(textpage)
    return [] if words and words[-1].line > len(lines) and not turned else words


def _page(lines: list[str], ruled: list[list[list[str]]], words: list[Word], page: int) -> Iterator[Line | Grid]:
    """A page in reading order: its lines, its tables where they begin, slanted text marked as such."""
    directions, slanted = by_direction(words)
    if any(word.angle for word in words):
        lines = relined(directions)  # the text of the page runs lines of other directions together
        if slanted:
            yield Line(" ".join(word.text for word in slanted), 1, page, "turned", joined=True)
    # where text stands across the page, the finder of ruled tables reads it backwards
    placed, taken = _placed(lines, [] if any(word.angle for word in words) else ruled, page)
    for upright in directions:
        for grid, used in tables_of(upright):
            if not used & taken:
                grid.page = page
                placed.setdefault(min(used), []).append(grid)
                taken |= used
    for number, text in enumerate(lines, 1):
        yield from placed.get(number, ())
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


class _PageTables:
    """The tables of one PDF, page by page. It is opened once for many pages, as most of the time goes into the fonts
    that they share, and anew after some, as what was read of it is kept."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open: Any = None
        self._pages = 0

    def of(self, index: int) -> list[list[list[str]]]:
        try:
            if self._pages % _PAGES_OPEN == 0:
                self.close()
                self._open = _open_for_tables(self._path)
            self._pages += 1
            page = self._open.pages[index]
            try:
                return [] if len(page.edges) > 4000 else _kept(page.extract_tables())
            finally:
                page.close()
        except Exception:  # pdfminer raises anything on odd files; the text of the page is there all the same
            self._pages = 0  # whatever state that left, the next page does not see it
            return []

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None


def _open_for_tables(path: Path) -> Any:
    import logging

    import pdfplumber

    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    return pdfplumber.open(str(path))


def _kept(tables: list[list[list[str | None]]]) -> list[list[list[str]]]:
    kept = []
    for table in tables:
        rows = [[" ".join((cell or "").split()) for cell in row] for row in table]
        rows = [row for row in rows if any(row)]
        if len(rows) >= 2 and max(map(len, rows)) >= 2:
            kept.append(rows)
    return kept


def _placed(lines: list[str], tables: list[list[list[str]]], page: int) -> tuple[dict[int, list[Grid]], set[int]]:
    """Ruled tables by the line that they begin at, and all lines that they repeat."""
    squeezed = ["".join(line.split()) for line in lines]
    taken: set[int] = set()
    placed: dict[int, list[Grid]] = {}
    for rows in tables:
        numbers, used = _row_lines(rows, squeezed, taken)
        if used:
            taken |= used
            placed.setdefault(min(used) + 1, []).append(Grid(rows, numbers, page))
    return placed, {at + 1 for at in taken}


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
        free = [at for at in range(cursor, len(squeezed)) if at not in taken and squeezed[at]]
        # the line that is the row, before one that has a part of it
        best = next((at for at in free if squeezed[at] == whole), -1)
        for at in free if best < 0 else ():
            if len(squeezed[at]) > 1 and (
                squeezed[at] in whole or any(c and c in squeezed[at] for c in cells[:2] if len(c) > 1)
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
