"""Tables without rules: lines whose parts stand in columns, found by where the parts begin and end.

A line is a list of spans (start, end, text) in widths of a character; a Chinese character is two wide. Text gives them
by its spaces, PDF by the boxes of its words. Rows with numbers fix the columns; the lines right above are the head.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from unicodedata import east_asian_width

from orchestration.extraction.heads import EMPTY, UNIT_LINE, is_header_row, is_period, numeric
from orchestration.extraction.line_kinds import NOTE, TITLE
from orchestration.extraction.model import Grid, Line

_GAP = re.compile(r"[ \u3000]{2,}|\s*(?:\.\s?){4,}\s*|\s*…{2,}\s*|\t+")
_RULE = re.compile(r"^[\s\-=_─━—–+|]{5,}$")
_QUANTITY = re.compile(r"^(?:约|超|近|over |about |[><~≥≤(（+−–-])?\s?(?:[A-Z]{1,3})?[$¥€£₹]?\s?\d")
_WORDS_END = re.compile(r"[。；;！？!?]$|[a-z)]\.$")
_MOST_LINES = 400
_LONGEST_LABEL = 64  # widths; a longer line without columns is running text
_REACH = 6.0  # widths between a head and the column that it belongs to


@dataclass(slots=True)
class Span:
    """A part of a line between two gaps."""

    start: float
    end: float
    text: str


@dataclass(slots=True)
class Row:
    """A line as spans; ``line`` is its number, ``gap`` whether it is blank or a drawn rule."""

    line: int
    spans: list[Span]
    rule: bool = False
    lines: frozenset[int] = frozenset()  # where a drawn line takes in several lines of text

    @property
    def blank(self) -> bool:
        return not self.spans and not self.rule


@dataclass(slots=True)
class Found:
    """A table: its grid, and the positions of its lines among the rows that were looked at."""

    grid: Grid
    used: set[int] = field(default_factory=set)


def spans_of(text: str) -> list[Span]:
    """The parts of a line of text between its gaps, a sign of a currency with its number."""
    spans: list[Span] = []
    cursor, at = 0.0, 0
    for gap in [*_GAP.finditer(text), None]:
        stop = gap.start() if gap else len(text)
        part = text[at:stop]
        width = _width(part)
        if part.strip():
            lead = len(part) - len(part.lstrip())
            spans.append(Span(cursor + lead, cursor + width, part.strip()))
        cursor += width + (_width(gap[0]) if gap else 0)
        at = gap.end() if gap else stop
    return _with_signs(spans)


def _width(text: str) -> float:
    return float(len(text)) if text.isascii() else float(sum(2 if east_asian_width(c) in "WF" else 1 for c in text))


_SIGN = re.compile(r"^[(（]?(?:US|HK|NT|RMB|[ACS])?[$¥€£₹]$")
_TAIL = re.compile(r"^(?:[)）]?[%％]|[)）])$")


def _with_signs(spans: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in spans:
        last = joined[-1] if joined else None
        if last and (_SIGN.match(last.text) or (_TAIL.match(span.text) and re.search(r"\d$", last.text))):
            joined[-1] = Span(last.start, span.end, f"{last.text}{span.text}")
        else:
            joined.append(span)
    return joined


def row_of(line: Line) -> Row:
    """A line of text as spans."""
    if _RULE.match(line.text) and line.text.strip():
        return Row(line.number, [], rule=True)
    return Row(line.number, spans_of(line.text))


def tabular(elements: Iterable[Line | Grid]) -> Iterator[Line | Grid]:
    """Lines of a text, those of tables by columns as grids. Holds one table at most."""
    held: list[Line] = []
    rows: list[Row] = []

    def release() -> Iterator[Line | Grid]:
        yield from _with_tables(held, rows)
        held.clear()
        rows.clear()

    for element in elements:
        if isinstance(element, Grid) or element.joined or element.style or "\t" in element.text:
            yield from release()
            yield element
            continue
        row = row_of(element)
        if held and not _belongs(element, row, held, rows):
            yield from release()
        if not held and len(row.spans) < 2 and not (row.spans and _may_head(row)):
            yield element
            continue
        held.append(element)
        rows.append(row)
    yield from release()


def _may_head(row: Row) -> bool:
    """Whether a line of one part may stand over columns: it begins far from the margin."""
    return row.spans[0].start >= 12


def _belongs(line: Line, row: Row, held: list[Line], rows: list[Row]) -> bool:
    """Whether a line goes on with the lines that are held."""
    if line.page != held[0].page or len(held) >= _MOST_LINES:
        return False
    if row.blank:
        return not (len(rows) > 1 and rows[-1].blank)
    if row.rule:
        return True
    text = row.spans[0].text
    if NOTE.match(text) or TITLE.match(text):
        return False
    if len(row.spans) >= 2:
        return True
    if UNIT_LINE.search(text) and any(_is_data(earlier) for earlier in rows):
        return False
    if rows[-1].blank and not _may_head(row) and not (len(rows) > 1 and _LABEL.match(text)):
        return False
    return row.spans[0].end - row.spans[0].start <= _LONGEST_LABEL and not _WORDS_END.search(text)


_UNIT_ALONE = re.compile(r"^[(（][^()（）]{1,40}[)）]$")
_LABEL = re.compile(r"^[^\d。.，,]{2,40}[:：]?$")


def _with_tables(lines: list[Line], rows: list[Row]) -> Iterator[Line | Grid]:
    cut = _another(rows)
    found = table_of(rows[:cut]) if sum(1 for row in rows[:cut] if len(row.spans) >= 2) >= 2 else None
    for at, line in enumerate(lines[:cut]):
        if found is not None and at == min(found.used):
            found.grid.page = line.page
            yield found.grid
        if found is None or at not in found.used:
            yield line
    if cut < len(rows):
        yield from _with_tables(lines[cut:], rows[cut:])


def _another(rows: list[Row]) -> int:
    """Where another table begins: behind a blank line, a head, perhaps under its name; the end where none does."""
    data = [_is_data(row) for row in rows]
    for at in range(1, len(rows)):
        if not rows[at - 1].blank or rows[at].blank or sum(data[:at]) < 2:
            continue
        head = at
        while head < len(rows) and head < at + 3 and len(rows[head].spans) == 1:
            head += 1
        if head < len(rows) and len(rows[head].spans) >= 2 and not data[head] and any(data[head:]):
            return at
    return len(rows)


# --- the table among lines --------------------------------------------------------------------------------------------


def _quantity(text: str) -> bool:
    return numeric(text) or bool(EMPTY.match(text)) or (len(text) <= 24 and bool(_QUANTITY.match(text)))


def _is_data(row: Row) -> bool:
    """Whether a line has numbers behind its label, and not years only."""
    cells = [span.text for span in row.spans[1:]] or [""]
    numbers = [cell for cell in cells if _quantity(cell) and not EMPTY.match(cell)]
    if all(_quantity(span.text) for span in row.spans) and not (row.spans and is_period(row.spans[0].text)):
        return False  # no label: the axis of a chart
    return bool(numbers) and not is_header_row(numbers) and len(numbers) >= 0.4 * len(cells)


def table_of(rows: list[Row]) -> Found | None:
    """The table that stands in these lines; none where fewer than two rows of numbers share columns."""
    data = [at for at, row in enumerate(rows) if _is_data(row)]
    # a row of counts that look like years goes on where a table has begun
    if data:
        data = [at for at in range(data[0], len(rows)) if at in data or _years_as_data(rows[at])]
    columns = _columns([rows[at] for at in data])
    if len(data) < 2 or not columns:
        return None
    placed = {at: cells for at in data if (cells := _place(rows[at], columns)) is not None}
    if len(placed) < 2:
        return None
    labelled = [at for at in placed if placed[at][0]]
    if len(labelled) > 1:  # what stands above the first label is the head, numbers (1-3 years) or not
        placed = {at: cells for at, cells in placed.items() if at >= labelled[0]}
    first, last = min(placed), max(placed)
    header, head_lines = _head(rows, first, columns)
    begin = max(head_lines) + 1 if head_lines else first
    grid_rows, numbers, used = _body(rows, begin, last, placed, columns)
    if header:
        grid_rows.insert(0, header)
        numbers.insert(0, rows[max(head_lines)].line)
    used |= head_lines
    if head_lines:
        used |= {at for at in range(min(head_lines), first) if rows[at].rule or rows[at].blank}
    return Found(Grid(grid_rows, numbers), used)


def _years_as_data(row: Row) -> bool:
    cells = [span.text for span in row.spans[1:]]
    return bool(cells) and not is_period(row.spans[0].text) and all(is_period(c) or EMPTY.match(c) for c in cells)


def _columns(rows: list[Row]) -> list[Span]:
    """The extent of every column, the first of labels; empty where the rows do not stand in columns."""
    rows = [row for row in rows if len(row.spans) >= 2]
    if len(rows) < 2:
        return []
    counts = Counter(len(row.spans) for row in rows)
    most = max(counts, key=lambda n: (counts[n], n))
    if counts[most] == len(rows):
        return _by_order(rows)
    margin = min(row.spans[0].start for row in rows)
    labels = [row.spans[0] for row in rows if row.spans[0].start <= margin + 8]
    cells = [span for row in rows for span in row.spans[0 if row.spans[0].start > margin + 8 else 1 :]]
    merged = _merged(cells)
    if any(len({_over(span, merged) for span in row.spans[1:]}) < len(row.spans) - 1 for row in rows):
        # a wide cell bridges two columns: those of the commonest kind of row decide
        merged = _by_order([row for row in rows if len(row.spans) == most])[1:]
    label = Span(min(s.start for s in labels), max(s.end for s in labels), "")
    label.end = min(label.end, merged[0].start - 1) if merged else label.end
    return [label, *merged]


def _by_order(rows: list[Row]) -> list[Span]:
    width = len(rows[0].spans)
    return [
        Span(min(row.spans[i].start for row in rows), max(row.spans[i].end for row in rows), "") for i in range(width)
    ]


def _merged(spans: list[Span]) -> list[Span]:
    """Overlapping extents as one."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda s: s.start):
        if merged and span.start < merged[-1].end:
            merged[-1].end = max(merged[-1].end, span.end)
        else:
            merged.append(Span(span.start, span.end, ""))
    return merged


def _over(span: Span, columns: list[Span]) -> int:
    """The column that a span overlaps most, else the nearest."""
    return min(
        range(len(columns)),
        key=lambda i: (-max(0.0, _shared(span, columns[i])), _distance(span, columns[i])),
    )


def _shared(one: Span, other: Span) -> float:
    return min(one.end, other.end) - max(one.start, other.start)


def _distance(one: Span, other: Span) -> float:
    return max(0.0, other.start - one.end, one.start - other.end)


def _place(row: Row, columns: list[Span]) -> list[str] | None:
    """The cells of a row under the columns; none where two would share one."""
    cells = [""] * len(columns)
    if len(row.spans) == len(columns):
        return [span.text for span in row.spans]
    for at, span in enumerate(row.spans):
        column = (
            0 if at == 0 and span.start < columns[1].start - 1 and not _quantity(span.text) else _over(span, columns)
        )
        if cells[column]:
            return None
        cells[column] = span.text
    return cells


def _body(
    rows: list[Row], first: int, last: int, placed: dict[int, list[str]], columns: list[Span]
) -> tuple[list[list[str]], list[int], set[int]]:
    """Rows of cells, their line numbers, and the positions of the lines that they take."""
    cells: list[list[str]] = []
    numbers: list[int] = []
    used: set[int] = set()
    for at in range(first, last + 1):
        row = rows[at]
        used.add(at)
        if row.rule or row.blank:
            continue
        here = placed.get(at) or _place(row, columns)
        if here is None:
            used.discard(at)
            continue
        alone = cells and not any(cells[-1][1:]) and cells[-1][0]
        if alone and at in placed and (not here[0] or here[0][:1].islower()):
            # the label stands on two lines, the numbers beside the second
            here = [f"{cells.pop()[0]} {here[0]}".strip(), *here[1:]]
            numbers.pop()
        cells.append(here)
        numbers.append(row.line)
    return cells, numbers, used


def _head(rows: list[Row], first: int, columns: list[Span]) -> tuple[list[str], set[int]]:
    """The text over every column, from the lines right above the first row of numbers, and their positions."""
    taken: list[int] = []
    at = first - 1
    while at > 0 and not taken and _names_rows(rows[at], columns) and at > first - 4:
        at -= 1  # groups of rows stand between the head and the first row of numbers
    while at >= 0 and len(taken) < 5:
        row = rows[at]
        if row.blank and (taken or at == 0 or rows[at - 1].blank):
            break
        if not (row.rule or row.blank):
            if not _is_head(row, columns):
                break
            taken.append(at)
        at -= 1
    taken.reverse()
    parts: list[list[str]] = [[] for _ in columns]
    # a unit alone in brackets under or over the heads is that of all columns: it goes to the corner
    units = [at for at in taken if _is_unit_of_all(rows[at], columns)]
    parts[0] += [rows[at].spans[0].text for at in units]
    named = [at for at in taken if at not in units]
    lowest = dict(_spread(rows[named[-1]], columns)) if named else {}
    below = [lowest.get(column, "") for column in range(len(columns))]
    for position in named:
        grouped = _by_group(rows[position], columns, below) if position != named[-1] else []
        for column, text in grouped or _spread(rows[position], columns):
            if text not in parts[column]:
                parts[column].append(text)
    return ([" ".join(texts) for texts in parts] if taken else []), set(taken)


def _is_unit_of_all(row: Row, columns: list[Span]) -> bool:
    """Whether a line is a unit in brackets that stands over more than one column, or in the middle of all."""
    if len(row.spans) != 1 or not _UNIT_ALONE.match(row.spans[0].text):
        return False
    span = row.spans[0]
    over = sum(1 for column in columns if _shared(span, column) > 0)
    middle = (columns[1].start + columns[-1].end) / 2
    return over != 1 or (len(columns) > 3 and abs((span.start + span.end) / 2 - middle) <= _REACH)


def _names_rows(row: Row, columns: list[Span]) -> bool:
    """Whether a line holds one label at the left and nothing else, as the name of the rows below it."""
    return (
        len(row.spans) == 1
        and row.spans[0].start < columns[1].start - 2
        and _LABEL.match(row.spans[0].text) is not None
    )


def _is_head(row: Row, columns: list[Span]) -> bool:
    """Whether a line of words stands over the columns: not a title, note or unit line, and not only over the labels."""
    text = " ".join(span.text for span in row.spans)
    if TITLE.match(text) or NOTE.match(text) or UNIT_LINE.search(text) or _WORDS_END.search(text):
        return False
    if len(row.spans) == 1:
        return row.spans[0].start > columns[0].end or row.spans[0].start >= columns[1].start - 2
    return all(_distance(span, columns[_over(span, columns)]) <= _REACH for span in row.spans)


def _spread(row: Row, columns: list[Span]) -> Iterator[tuple[int, str]]:
    """Which columns each part of a line of a head names."""
    spans = row.spans
    if len(spans) == len(columns):
        yield from ((i, span.text) for i, span in enumerate(spans))
        return
    if len(spans) == len(columns) - 1 and spans[0].start > columns[0].start + 3 and len(columns) > 2:
        yield from ((i, span.text) for i, span in enumerate(spans, 1))
        return
    for i, column in enumerate(columns):
        over_it = max(spans, key=lambda span: _shared(span, column))
        if _shared(over_it, column) > 0:
            yield i, over_it.text
    for span in spans:
        if all(_shared(span, column) <= 0 for column in columns):
            yield _over(span, columns), span.text


def _by_group(row: Row, columns: list[Span], below: list[str]) -> list[tuple[int, str]]:
    """An upper line of a head over a lower one that starts again for each of its parts: 2024 2025 | 2024 2025."""
    spans = [span for span in row.spans if span.end > columns[0].end and span.start > columns[0].start + 3]
    groups: list[list[int]] = []
    seen: set[str] = set()
    for i in range(1, len(columns)):
        if not groups or below[i] in seen or not below[i]:
            groups.append([])
            seen = set()
        groups[-1].append(i)
        seen.add(below[i])
    first = {below[i] for i in groups[0]} if groups else set()
    again = all(below[i] in first for group in groups for i in group)
    if len(groups) != len(spans) or len(groups) < 2 or len(first) < 2 or not again:
        return []
    corner = [(0, span.text) for span in row.spans if span not in spans]
    return corner + [(i, span.text) for span, group in zip(spans, groups, strict=True) for i in group]


__all__ = ["Found", "Row", "Span", "spans_of", "table_of", "tabular"]
