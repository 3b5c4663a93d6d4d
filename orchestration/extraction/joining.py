"""Lines to blocks: sentences that a page broke are glued, headings, exhibit titles and number rows stay apart."""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain, islice, pairwise

from orchestration.extraction.columns import tabular
from orchestration.extraction.gluing import BROKEN_DECIMAL, block_of
from orchestration.extraction.line_kinds import CELL, NOTE, YEAR_CELL
from orchestration.extraction.line_shapes import (
    BULLET,
    NUMBERED,
    ZH,
    is_row,
    is_title,
    kind_of_line,
    kind_of_lines,
    width_of,
)
from orchestration.extraction.model import Block, Grid, Line

_LONGEST_BLOCK = 6_000

_LOOK_AHEAD = 400

_END = re.compile(r"[。！？!?]['”\"’」）)】\]]{0,3}\s*$|[.:：；;]['”\"’)\]]{0,2}\s*$")

_OPEN_END = re.compile(
    r"(?:[，、,（(“《/\-–—~和与及的由至到约超达为是在对从将]|[^\d\s]\d{1,3}|人民币|[A-Za-z]-)\s*$|\b(?:of|the|a|an|to|in|and|or|by|for|from|with|at|than|over|about|US|RMB|USD|\$)\s*$"
)

_UNIT_START = re.compile(
    r"^\s*(?:[%％]|个?百分点|[万亿千百]+(?:[个家人辆台次件款元美港]|$|\s)|亿|万[^\s]|美元|元[，。、；）)人]|倍|[，。；、）)”》]|billion|million|trillion|percent|bn\b)"
)


def join(elements: Iterable[Line | Grid]) -> Iterator[Block | Grid]:
    """Blocks of the document in order; tables pass through. Streams: looks at most a few lines ahead."""
    iterator = _tabular(tabular(elements))
    head = list(islice(iterator, _LOOK_AHEAD))
    spaced = _double_spaced(head)
    joiner = _Joiner(spaced, _full_width(head))
    for element in chain(head, iterator):
        yield from joiner.feed(element)
    yield from joiner.finish()


_COLUMN_GAP = re.compile(r"\t+|(?<=\S)[ \u3000]{3,}(?=\S)|(?<=\S)[ \u3000]{2}(?=[\d$¥€(\-+<>~])")

_MOST_ROWS = 400


def _columns(line: Line) -> list[str]:
    """Cells of a line whose columns are parted by tabs or by wide spaces; one cell when it is ordinary text."""
    if line.joined or line.style or ("\t" not in line.text and "  " not in line.text):
        return [line.text]
    text = line.text.rstrip()
    if "\t" in text.strip():
        return [cell.strip() for cell in text.split("\t")]
    cells = [cell.strip() for cell in _COLUMN_GAP.split(text.strip())]
    # a header over the columns starts with the width of the label column
    return ["", *cells] if len(cells) >= 2 and text.startswith("    ") else cells


def _words(line: Line) -> list[str]:
    """Cells of a short row whose columns are parted by single spaces: a name and at least two numbers."""
    cells = line.text.split()
    if (
        line.joined
        or line.style
        or "...." in line.text
        or not 3 <= len(cells) <= 9
        or not re.search(r"[^\W\d_]", cells[0])
    ):
        return []
    return cells if all(CELL.match(cell) for cell in cells[1:]) else []


def _is_word_header(line: Line, count: int) -> bool:
    cells = line.text.split()
    return (
        not line.joined
        and len(cells) == count
        and not any(
            re.search(r"[，。；,;:：]", cell) or (CELL.match(cell) and not YEAR_CELL.match(cell)) for cell in cells
        )
        and not NUMBERED.match(line.text)
    )


def _tabular(elements: Iterable[Line | Grid]) -> Iterator[Line | Grid]:
    """Runs of lines with the same columns become grids. Holds a run and one line before it."""
    run = _Run()
    for element in elements:
        if isinstance(element, Line):
            if not element.text.strip() and (run.rows or run.before) and len(run.blanks) < 1:
                run.blanks.append(element)
                continue
            if run.take(element):
                continue
            yield from run.release()
            if run.take(element):
                continue
            if element.text.strip() and not element.joined:
                run.before = element
                continue
        yield from run.release()
        yield element
    yield from run.release()


class _Run:
    """Lines that may be the rows of one table, and the line before them, which may be its header."""

    def __init__(self) -> None:
        self.before: Line | None = None
        self.rows: list[tuple[Line, list[str]]] = []
        self.blanks: list[Line] = []

    def take(self, line: Line) -> bool:
        """Add a line to the run if it has the same columns, or begins one."""
        cells = _columns(line)
        words = _words(line) if len(cells) < 2 else []
        cells = words or cells
        if len(cells) < 2:
            return False
        if self.rows:
            first, known = self.rows[0]
            if len(known) != len(cells) or first.page != line.page or len(self.rows) >= _MOST_ROWS:
                return False
        elif words:
            if self.before is None or not _is_word_header(self.before, len(words)):
                return False
            self.rows.append((self.before, self.before.text.split()))
            self.before = None
        elif self.before is not None:
            return False
        self.blanks = []
        self.rows.append((line, cells))
        return True

    def release(self) -> Iterator[Line | Grid]:
        """The table, or its lines as they came."""
        if self.before is not None:
            yield self.before
        rows = self.rows
        wide = bool(rows) and (len(rows[0][1]) >= 3 or len(rows) >= 3)
        if len(rows) >= 2 and wide and any(re.search(r"\d", cell) for _, cells in rows for cell in cells):
            yield Grid([cells for _, cells in rows], [line.number for line, _ in rows], rows[0][0].page)
        else:
            yield from (line for line, _ in rows)
        yield from self.blanks
        self.before, self.rows, self.blanks = None, [], []


def _double_spaced(head: list[Line | Grid]) -> bool:
    """Whether every line is followed by a blank one, so that blank lines do not separate paragraphs."""
    lines = [element for element in head if isinstance(element, Line) and not element.joined]
    texts = [bool(line.text.strip()) for line in lines]
    filled = sum(texts)
    if filled < 6:
        return False
    followed = sum(1 for here, there in pairwise(texts) if here and not there)
    if followed <= 0.8 * filled:
        return False
    # wrapped lines: most of the text does not end a sentence at the end of the line
    wrapped = sum(1 for line in lines if len(line.text) > 15 and not _END.search(line.text))
    long = sum(1 for line in lines if len(line.text) > 15)
    return wrapped > 0.3 * long


_HEAD_LINES = 3  # short lines that a document begins with: title, subtitle, who wrote it when


def _full_width(head: list[Line | Grid]) -> int:
    """The width from which a line of this text is full; 0 where too few lines tell it."""
    widths = sorted(width_of(e.text.strip()) for e in head if isinstance(e, Line) and not e.joined and e.text.strip())
    return int(0.6 * widths[int(0.9 * (len(widths) - 1))]) if len(widths) >= 4 else 0


class _Joiner:
    """Holds the paragraph under way."""

    def __init__(self, spaced: bool, full_width: int) -> None:
        self._spaced = spaced
        self._full_width = full_width
        self._seen = 0  # lines of text so far
        self._open: list[Line] = []
        self._size = 0
        self._blank = False
        self._widths: deque[int] = deque(maxlen=60)

    def feed(self, element: Line | Grid) -> Iterator[Block | Grid]:
        if isinstance(element, Grid):
            yield from self._flush()
            yield element
            return
        text = element.text.strip()
        if not text:
            self._blank = True
            return
        if element.joined or element.style in ("heading", "caption"):
            yield from self._flush()
            yield block_of(kind_of_line(element), [element])
            self._blank = False
            return
        if is_row(text):
            yield from self._flush()
            yield block_of("row", [element])
            self._blank = False
            return
        if self._open and not self._continues(element, text):
            yield from self._flush()
        self._seen += 1
        self._open.append(element)
        self._size += len(text)
        self._widths.append(width_of(text))
        self._blank = False
        if self._size > _LONGEST_BLOCK:
            yield from self._flush()

    def finish(self) -> Iterator[Block | Grid]:
        yield from self._flush()

    def _flush(self) -> Iterator[Block]:
        if self._open:
            yield block_of(kind_of_lines(self._open), self._open)
        self._open, self._size = [], 0

    def _full(self) -> int:
        """The width from which a line counts as full: most of the widest recent line."""
        return int(0.7 * sorted(self._widths)[int(0.9 * (len(self._widths) - 1))]) if self._widths else 60

    def _continues(self, element: Line, text: str) -> bool:
        last = self._open[-1]
        before = last.text.strip()
        if last.page != element.page and _END.search(before):
            return False
        if (
            BULLET.match(text)
            or is_title(text)
            or NOTE.match(text)
            or (is_title(self._open[0].text) and len(self._open) > 1)
        ):
            return False
        if is_title(before):
            return width_of(before) >= self._full() and not _END.search(before) and not self._blank
        if NOTE.match(self._open[0].text):
            return not self._blank and not _END.search(before) and width_of(before) >= self._full()
        if BULLET.fullmatch(before):
            return True
        if _UNIT_START.match(text) and not _END.search(before):
            return True
        if self._seen <= _HEAD_LINES and self._is_head(before):
            return False
        if NUMBERED.match(text) and not _OPEN_END.search(before):
            return False
        ended = bool(_END.search(before))
        chinese = bool(ZH.search(before))
        if chinese and text[0].isdigit() and not self._blank and BROKEN_DECIMAL.search(before):
            return True  # Chinese sentences do not end in a point: 27. | 55
        if self._blank and not self._spaced:
            # a page break or a figure may stand in the middle of a sentence
            return not ended and _OPEN_END.search(before) is not None and width_of(before) >= self._full() // 2
        full = width_of(before) >= self._full()
        if chinese:
            if ended:
                # a paragraph goes on after a sentence that happens to end at the margin
                return full and not self._spaced and width_of(text) > 30
            return (
                full
                or _OPEN_END.search(before) is not None
                or (width_of(before) >= 24 and not self._heading_like(before))
            )
        if ended:
            return full and not self._spaced
        if full or _OPEN_END.search(before):
            return True
        return text[:1].islower() and width_of(before) >= 20

    def _is_head(self, before: str) -> bool:
        """Whether the line before is of the head of the document: too short to have been broken at the margin."""
        return width_of(before) < self._full_width and len(self._open) == 1 and not _OPEN_END.search(before)

    @staticmethod
    def _heading_like(text: str) -> bool:
        return bool(NUMBERED.match(text)) and len(text) < 40 and "，" not in text
