"""The data that the steps of an extraction hand to each other."""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date


class ExtractionError(ValueError):
    """A document that cannot be read: the message names the file, what was found and what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of running text. ``number`` is 1-based in the file, or on the page when ``page`` is given.

    ``style`` is ``heading``, ``caption``, ``item``, ``turned`` (its letters stand aslant on the page) or empty;
    ``joined`` says that the format itself knows the line to be a whole paragraph (Word, HTML), so that it is never
    glued to its neighbours.
    """

    text: str
    number: int
    page: int | None = None
    style: str = ""
    joined: bool = False
    # where in ``text`` later lines of the document begin, and their numbers (a paragraph over several lines)
    breaks: tuple[tuple[int, int], ...] = ()


@dataclass(slots=True)
class Grid:
    """A table as a grid of cell texts; ``numbers`` holds the line of every row."""

    rows: list[list[str]]
    numbers: list[int]
    page: int | None = None
    # header rows that stand on an earlier chunk of the same table
    header: list[list[str]] = field(default_factory=list)
    caption: str = ""
    goes_on: bool = False  # the table of the page before, without a head of its own


@dataclass(slots=True)
class Block:
    """Text that belongs together: a paragraph, heading, exhibit title, or one row of a text table.

    ``starts`` are the offsets in ``text`` at which a new line of the document begins, ``lines`` their numbers.
    """

    kind: str  # paragraph | heading | title | row | note | turned
    text: str
    starts: list[int]
    lines: list[int]
    page: int | None = None

    def line_at(self, offset: int) -> int:
        return self.lines[max(0, bisect_right(self.starts, offset) - 1)]


@dataclass(frozen=True, slots=True)
class Mention:
    """A period in a text: where it stands and what it is. ``role`` is ``base`` for what something is compared with."""

    start: int
    end: int
    label: str
    first: date | None = None
    last: date | None = None
    forecast: bool = False
    role: str = ""


@dataclass(slots=True)
class Candidate:
    """A number with unit that stands in a text. ``number``, ``low``, ``high`` are in the canonical ``unit``."""

    start: int
    end: int
    printed: str
    number: float
    low: float
    high: float
    unit: str
    counted: str
    qualifier: str
    symbol: str = ""  # row of the unit reference that was read
    reading: str = ""  # the text whose parse gave the number, when the printed text alone does not
    scale: str = ""
    range_end: str = ""  # low | high for the ends of a printed range
    sure: float = 1.0
    withheld: str = ""  # why value or unit are not to be trusted: one sentence


@dataclass(frozen=True, slots=True)
class Field:
    """A piece of context: its value, how sure, and the words it was read from (empty when nothing was found)."""

    value: str = ""
    confidence: float = 0.0
    evidence: str = ""


EMPTY = Field()


@dataclass(slots=True)
class ExtractedFigure:
    """One figure of a document. Blank fields are unknown, never guessed.

    ``line`` is 1-based in the file, or on ``page`` where the format has pages. ``value``, ``value_low`` and
    ``value_high`` are in the canonical unit; the interval is what printed precision and qualifier allow.
    ``confidence`` (0-1) is the product of the parts; ``confidences`` and ``evidence`` hold them by field.
    """

    file: str
    line: int
    page: int | None
    printed: str
    value: float
    value_low: float
    value_high: float
    unit: str
    counted: str
    indicator: str
    entity: str
    geography: str
    period: str
    period_start: date | None
    period_end: date | None
    status: str
    statistic: str
    qualifier: str
    confidence: float
    direction: str = ""  # up | down for growth and changes
    segment: str = ""
    basis: str = ""
    exhibit: str = ""
    reading: str = ""
    scale: str = ""
    symbol: str = ""
    range_end: str = ""
    withheld: str = ""  # why the row is not to be trusted; empty when nothing speaks against it
    text: str = ""  # the sentence or row, for the reviewer
    key: str = ""
    confidences: dict[str, float] = field(default_factory=dict)
    evidence: dict[str, str] = field(default_factory=dict)
    proposed: str = ""  # what a model of the user's choice proposed of this row: fields, parted by |
    added: bool = False  # a person gave its place at the desk; extraction had missed it
    given: str = ""  # what a person gave at the desk that the document does not print: fields, parted by |
