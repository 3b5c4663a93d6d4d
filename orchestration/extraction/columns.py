"""Tables without rules: lines whose parts stand in columns, found by where the parts begin and end.

A line is a list of spans (start, end, text) in widths of a character; a Chinese character is two wide. Text gives them
by its spaces, PDF by the boxes of its words. Rows with numbers fix the columns; the lines right above are the head.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from orchestration.extraction.column_heads import LABEL, WORDS_END, column_over, head_of_columns
from orchestration.extraction.heads import UNIT_LINE
from orchestration.extraction.line_kinds import NOTE, TITLE
from orchestration.extraction.model import Grid, Line
from orchestration.extraction.spans import Row, Span, is_data, is_quantity, row_of, width_of, years_as_data

_MOST_LINES = 400

_LONGEST_LABEL = 64  # widths; a longer line without columns is running text


@dataclass(slots=True)
class Found:
    """A table: its grid, and the positions of its lines among the rows that were looked at."""

    grid: Grid
    used: set[int] = field(default_factory=set)


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
    if UNIT_LINE.search(text) and any(is_data(earlier) for earlier in rows):
        return False
    if rows[-1].blank and not _may_head(row) and not (len(rows) > 1 and LABEL.match(text)):
        return False
    return row.spans[0].end - row.spans[0].start <= _LONGEST_LABEL and not WORDS_END.search(text)


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
    data = [is_data(row) for row in rows]
    for at in range(1, len(rows)):
        if not rows[at - 1].blank or rows[at].blank or sum(data[:at]) < 2:
            continue
        head = at
        while head < len(rows) and head < at + 3 and len(rows[head].spans) == 1:
            head += 1
        if head < len(rows) and len(rows[head].spans) >= 2 and not data[head] and any(data[head:]):
            return at
    return len(rows)


def table_of(rows: list[Row]) -> Found | None:
    """The table that stands in these lines; none where fewer than two rows of numbers share columns."""
    rows = _parted(rows)
    data = [at for at, row in enumerate(rows) if is_data(row)]
    # a row of counts that look like years goes on where a table has begun
    if data:
        data = [at for at in range(data[0], len(rows)) if at in data or years_as_data(rows[at])]
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
    header, head_lines = head_of_columns(rows, first, columns)
    begin = max(head_lines) + 1 if head_lines else first
    grid_rows, numbers, used = _body(rows, begin, last, placed, columns)
    if header:
        grid_rows.insert(0, header)
        numbers.insert(0, rows[max(head_lines)].line)
    used |= head_lines
    if head_lines:
        used |= {at for at in range(min(head_lines), first) if rows[at].rule or rows[at].blank}
    return Found(Grid(grid_rows, numbers), used)


_TOUCHING = re.compile(r"^(?P<label>.*[^\W\d_]) (?P<number>[-+(]?\d[\d,]*(?:\.\d+)?\)?[%％]?)$")


def _parted(rows: list[Row]) -> list[Row]:
    """The lines; a long label that one space parts from its number is two parts where the number stands as others."""
    counts = Counter(len(row.spans) for row in rows if is_data(row))
    most = max(counts, key=lambda n: (counts[n], n), default=0)
    whole = [row for row in rows if len(row.spans) == most and is_data(row)]
    if most < 3 or len(whole) < 2:
        return rows
    first = Span(min(row.spans[1].start for row in whole), max(row.spans[1].end for row in whole), "")
    below = rows.index(whole[0])
    return [_part(row, first) if at > below and len(row.spans) == most - 1 else row for at, row in enumerate(rows)]


def _part(row: Row, first: Span) -> Row:
    span = row.spans[0]
    match = _TOUCHING.match(span.text)
    begin = span.end - width_of(match["number"]) if match else 0.0
    if match is None or not (begin >= first.start - 1 and span.end <= first.end + 1):
        return row
    label = Span(span.start, begin - 1, match["label"])
    return replace(row, spans=[label, Span(begin, span.end, match["number"]), *row.spans[1:]])


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
    if any(len({column_over(span, merged) for span in row.spans[1:]}) < len(row.spans) - 1 for row in rows):
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


def _place(row: Row, columns: list[Span]) -> list[str] | None:
    """The cells of a row under the columns; none where two would share one."""
    cells = [""] * len(columns)
    if len(row.spans) == len(columns):
        return [span.text for span in row.spans]
    for at, span in enumerate(row.spans):
        column = (
            0
            if at == 0 and span.start < columns[1].start - 1 and not is_quantity(span.text)
            else column_over(span, columns)
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
