"""Parts of a line that wide gaps set apart, with the place where each stands."""

import re
from dataclasses import dataclass
from unicodedata import east_asian_width

from orchestration.extraction.heads import EMPTY, is_header_row, is_period, numeric
from orchestration.extraction.model import Line

_GAP = re.compile(r"[ \u3000]{2,}|\s*(?:\.\s?){4,}\s*|\s*…{2,}\s*|\t+")

_RULE = re.compile(r"^[\s\-=_─━—–+|]{5,}$")

_QUANTITY = re.compile(r"^(?:约|超|近|over |about |[><~≥≤(（+−–-])?\s?(?:[A-Z]{1,3}[$¥€£₹]|[A-Z]{3}|[$¥€£₹])?\s?\d")


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


def spans_of(text: str) -> list[Span]:
    """The parts of a line of text between its gaps, a sign of a currency with its number."""
    spans: list[Span] = []
    cursor, at = 0.0, 0
    for gap in [*_GAP.finditer(text), None]:
        stop = gap.start() if gap else len(text)
        part = text[at:stop]
        width = width_of(part)
        if part.strip():
            lead = len(part) - len(part.lstrip())
            spans.append(Span(cursor + lead, cursor + width, part.strip()))
        cursor += width + (width_of(gap[0]) if gap else 0)
        at = gap.end() if gap else stop
    return with_signs(spans)


def width_of(text: str) -> float:
    return float(len(text)) if text.isascii() else float(sum(2 if east_asian_width(c) in "WF" else 1 for c in text))


_SIGN = re.compile(r"^[(（]?(?:US|HK|NT|RMB|[ACS])?[$¥€£₹]$")

_TAIL = re.compile(r"^(?:[)）]?[%％]|[)）])$")


def with_signs(spans: list[Span]) -> list[Span]:
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


def is_quantity(text: str) -> bool:
    return numeric(text) or bool(EMPTY.match(text)) or (len(text) <= 24 and bool(_QUANTITY.match(text)))


def is_data(row: Row) -> bool:
    """Whether a line has numbers behind its label, and not years only."""
    cells = [span.text for span in row.spans[1:]] or [""]
    numbers = [cell for cell in cells if is_quantity(cell) and not EMPTY.match(cell)]
    years = bool(row.spans) and (is_period(row.spans[0].text) or row.spans[0].text.endswith("年"))
    if all(is_quantity(span.text) for span in row.spans) and not years:
        return False  # no label: the axis of a chart
    return bool(numbers) and not is_header_row(numbers) and len(numbers) >= 0.4 * len(cells)


def years_as_data(row: Row) -> bool:
    cells = [span.text for span in row.spans[1:]]
    return bool(cells) and not is_period(row.spans[0].text) and all(is_period(c) or EMPTY.match(c) for c in cells)


def shared_width(one: Span, other: Span) -> float:
    return min(one.end, other.end) - max(one.start, other.start)


def distance_between(one: Span, other: Span) -> float:
    return max(0.0, other.start - one.end, one.start - other.end)
