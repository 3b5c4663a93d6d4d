"""The head of a table of spaced text: which lines above the numbers name which columns."""

import re
from collections.abc import Iterator

from orchestration.extraction.heads import UNIT_LINE
from orchestration.extraction.line_kinds import NOTE, TITLE
from orchestration.extraction.spans import Row, Span, distance_between, shared_width

WORDS_END = re.compile(r"[。；;！？!?]$|[a-z)]\.$")

_REACH = 6.0  # widths between a head and the column that it belongs to

_UNIT_ALONE = re.compile(r"^[(（][^()（）]{1,40}[)）]$")

LABEL = re.compile(r"^[^\d。.，,]{2,40}[:：]?$")


def column_over(span: Span, columns: list[Span]) -> int:
    """The column that a span overlaps most, else the nearest."""
    return min(
        range(len(columns)),
        key=lambda i: (-max(0.0, shared_width(span, columns[i])), distance_between(span, columns[i])),
    )


def head_of_columns(rows: list[Row], first: int, columns: list[Span]) -> tuple[list[str], set[int]]:
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
    over = sum(1 for column in columns if shared_width(span, column) > 0)
    middle = (columns[1].start + columns[-1].end) / 2
    return over != 1 or (len(columns) > 3 and abs((span.start + span.end) / 2 - middle) <= _REACH)


def _names_rows(row: Row, columns: list[Span]) -> bool:
    """Whether a line holds one label at the left and nothing else, as the name of the rows below it."""
    return (
        len(row.spans) == 1 and row.spans[0].start < columns[1].start - 2 and LABEL.match(row.spans[0].text) is not None
    )


def _is_head(row: Row, columns: list[Span]) -> bool:
    """Whether a line of words stands over the columns: not a title, note or unit line, and not only over the labels."""
    text = " ".join(span.text for span in row.spans)
    if TITLE.match(text) or NOTE.match(text) or UNIT_LINE.search(text) or WORDS_END.search(text):
        return False
    if len(row.spans) == 1:
        return row.spans[0].start > columns[0].end or row.spans[0].start >= columns[1].start - 2
    return all(distance_between(span, columns[column_over(span, columns)]) <= _REACH for span in row.spans)


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
        over_it = max(spans, key=lambda span: shared_width(span, column))
        if shared_width(over_it, column) > 0:
            yield i, over_it.text
    for span in spans:
        if all(shared_width(span, column) <= 0 for column in columns):
            yield column_over(span, columns), span.text


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
