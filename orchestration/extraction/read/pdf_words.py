"""Words of a PDF page with their boxes, and the tables that they stand in."""

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import cos, pi, sin
from statistics import median
from typing import Any

from orchestration.extraction.columns import table_of
from orchestration.extraction.heads import numeric
from orchestration.extraction.model import Grid
from orchestration.extraction.spans import Row, Span
from orchestration.figures.text import readable

_MOST_CHARACTERS = 30_000
_COLUMN_GAP = 1.6  # widths of a character between two cells; words are about half a width apart
_LINE_GAP = 2.6  # heights of a line between two lines of one table


@dataclass(slots=True)
class Word:
    """A word of a page: its box in points from the left and the bottom, and the line of text that it begins in."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    line: int
    angle: float = 0.0  # of its letters against the page, in radians


def has_turned(textpage: Any) -> bool:
    """Whether some text of a page seems not to stand upright: asked of some of its letters."""
    from pypdfium2 import raw

    return any(_angle(raw.FPDFText_GetCharAngle(textpage, at)) for at in range(0, textpage.count_chars(), 7))


def _angle(radians: float) -> float:
    return round(radians, 1) % 6.3 if radians > 0 else 0.0


def by_direction(words: list[Word]) -> tuple[list[list[Word]], list[Word]]:
    """The words of each direction, upright ones first, boxes turned so that all are upright; and slanted words."""
    groups: dict[int, list[Word]] = {}
    slanted: list[Word] = []
    for word in words:
        quarter = round(word.angle / (pi / 2)) % 4
        if abs(word.angle - round(word.angle / (pi / 2)) * pi / 2) > 0.1:
            slanted.append(word)
        else:
            groups.setdefault(quarter, []).append(_turned_back(word, quarter) if quarter else word)
    return [groups[quarter] for quarter in sorted(groups)], slanted


def _turned_back(word: Word, quarter: int) -> Word:
    """A word whose box stands as on a page that is read along its lines; quarters count with the clock."""
    across, along = round(cos(quarter * pi / 2)), -round(sin(quarter * pi / 2))
    corners = [(x, y) for x in (word.left, word.right) for y in (word.bottom, word.top)]
    xs = [x * across + y * along for x, y in corners]
    ys = [y * across - x * along for x, y in corners]
    return replace(word, left=min(xs), right=max(xs), bottom=min(ys), top=max(ys))


def words_of(textpage: Any) -> list[Word]:
    """The words of a page in the order of its text."""
    from pypdfium2 import raw

    count = min(textpage.count_chars(), _MOST_CHARACTERS)
    box = [ctypes.c_double() for _ in range(4)]
    words: list[Word] = []
    letters: list[str] = []
    area = [0.0, 0.0, 0.0, 0.0]
    line = 1
    angle = 0.0

    def close() -> None:
        if letters:
            left, bottom, right, top = area
            words.append(Word(readable("".join(letters)), left, bottom, right, top, line, angle))
            letters.clear()

    for at in range(count):
        code = raw.FPDFText_GetUnicode(textpage, at)
        character = chr(code) if 0 < code < 0x110000 else " "
        if character in "\r\n":
            close()
            line += character == "\n"
            continue
        if character.isspace():
            close()
            continue
        raw.FPDFText_GetCharBox(textpage, at, *box)
        left, right, bottom, top = (value.value for value in box)
        if not letters:
            angle = _angle(raw.FPDFText_GetCharAngle(textpage, at))
            area[:] = [left, bottom, right, top]
        else:
            area[:] = [min(area[0], left), min(area[1], bottom), max(area[2], right), max(area[3], top)]
        letters.append(character)
    close()
    return words


def page_rows(words: list[Word]) -> list[Row]:
    """The words of a page as lines from top to bottom, their parts in widths of a character."""
    wide = [word for word in words if word.right > word.left and word.text]
    if not wide:
        return []
    unit = max(median((word.right - word.left) / len(word.text) for word in wide), 0.5)
    height = max(median(word.top - word.bottom for word in wide), 1.0)
    lines = _drawn_lines(wide, height)
    rows: list[Row] = []
    below: float | None = None
    for line in lines:
        if below is not None and below - _middle(line) > _LINE_GAP * height:
            rows.append(Row(0, []))
        rows.append(_row(line, unit))
        below = _middle(line)
    return rows


def _drawn_lines(words: list[Word], height: float) -> list[list[Word]]:
    """Words that stand on one line, lines from top to bottom."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda w: -(w.top + w.bottom)):
        if lines and abs(_middle(lines[-1]) - (word.top + word.bottom) / 2) <= 0.5 * height:
            lines[-1].append(word)
        else:
            lines.append([word])
    return lines


def relined(directions: list[list[Word]]) -> list[str]:
    """The lines of a page with text in several directions, one direction after the other; words get their numbers."""
    texts: list[str] = []
    for words in directions:
        for line in _drawn_lines(words, max(median(word.top - word.bottom for word in words), 1.0)):
            texts.append(" ".join(word.text for word in sorted(line, key=lambda w: w.left)))
            for word in line:
                word.line = len(texts)
    return texts


def _middle(line: list[Word]) -> float:
    return sum(word.top + word.bottom for word in line) / 2 / len(line)


def _row(line: list[Word], unit: float) -> Row:
    spans: list[Span] = []
    for word in sorted(line, key=lambda w: w.left):
        left, right = word.left / unit, word.right / unit
        last = spans[-1] if spans else None
        joined = last is not None and (left - last.end < _COLUMN_GAP or re.fullmatch(r"[A-Z]{0,3}[$¥€£]", last.text))
        if last is not None and joined:
            glue = "" if left - last.end < 0.15 else " "
            spans[-1] = Span(last.start, right, f"{last.text}{glue}{word.text}")
        else:
            spans.append(Span(left, right, word.text))
    lines = frozenset(word.line for word in line)
    return Row(min(lines), spans, lines=lines)


def tables_of(words: list[Word]) -> Iterator[tuple[Grid, set[int]]]:
    """Tables without rules on a page, each with the lines of text that it takes."""
    rows = page_rows(words)
    at = 0
    while at < len(rows):
        stop = at
        while stop < len(rows) and not (rows[stop].blank and stop > at):
            stop += 1
        yield from _within(rows[at:stop])
        at = max(stop, at + 1)


def _within(rows: list[Row]) -> Iterator[tuple[Grid, set[int]]]:
    """Tables among lines that stand close together; running text above and below them is cut off."""
    wide = [len(row.spans) >= 2 for row in rows]
    start = 0
    while start < len(rows):
        if not wide[start]:
            start += 1
            continue
        stop = start
        while stop < len(rows) and (wide[stop] or (stop + 1 < len(rows) and wide[stop + 1] and _short(rows[stop]))):
            stop += 1
        found = table_of(rows[start:stop])
        if found is not None:
            yield found.grid, {n for at in found.used for n in rows[start + at].lines}
        start = stop + 1


def _short(row: Row) -> bool:
    return sum(span.end - span.start for span in row.spans) <= 40


def may_have_columns(lines: list[str]) -> bool:
    """Whether a page has two lines that end in numbers, or lines that are nothing but a number."""
    ends = sum(1 for line in lines if len(parts := line.split()) >= 2 and numeric(parts[-1]) and numeric(parts[-2]))
    alone = sum(1 for line in lines if (text := line.strip()) and numeric(text))
    labelled = sum(1 for line in lines if len(parts := line.split()) >= 2 and numeric(parts[-1]))
    return ends >= 2 or alone >= 4 or labelled >= 3
