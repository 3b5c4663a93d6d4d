"""What the engines of the audit hand to each other."""

from dataclasses import dataclass, field
from functools import lru_cache

from orchestration.audit.words import words

Interval = tuple[float, float]
MOST_LINES = 40  # of a table that are added up


@dataclass(slots=True, eq=False)
class Spot:
    """A printed number at its place. ``value``, ``low``, ``high`` are in the canonical ``unit``, by printed precision.

    ``open`` is the qualifier (over, about, …) or empty. Text spots have ``block``, ``start``, ``end``; cells have
    ``grid``, ``row``, ``column`` and ``raw`` as printed, without unit. ``scaled`` says that the unit is known.
    """

    line: int
    page: int | None
    printed: str
    value: float
    low: float
    high: float
    unit: str = ""
    counted: str = ""
    open: str = ""
    years: tuple[int, int] | None = None
    period: str = ""
    statistic: str = ""
    block: int = -1
    sentence: int = -1
    start: int = 0
    end: int = 0
    grid: int = -1
    row: int = -1
    column: int = -1
    raw: float = 0.0
    half: float = 0.0  # half a unit of the last printed digit, in raw numbers
    scaled: bool = True
    status: str = ""
    indicator: str = ""
    entity: str = ""
    segment: str = ""
    geography: str = ""

    @property
    def digits(self) -> str:
        return significant(self.printed)

    @property
    def vague(self) -> bool:
        """Whether the qualifier leaves more open than the digits do: about 1,425 is rounded, about 1,400 vague."""
        return bool(self.open) and not (self.open == "about" and len(self.digits.rstrip("0")) >= 3)

    @property
    def width(self) -> float:
        return (self.high - self.low) / max(abs(self.value), 1e-300)


# asked of every pair of figures of a document
@lru_cache(maxsize=65536)
def significant(printed: str) -> str:
    """Its digits without leading zeros."""
    return "".join(c for c in printed if c.isdigit()).lstrip("0")


@dataclass(slots=True)
class Table:
    """A grid of numbers: ``cells[r][c]`` is a spot or None; labels of rows and columns as printed."""

    cells: list[list[Spot | None]]
    rows: list[str]
    columns: list[str]
    caption: str = ""
    row_names: list[list[str]] = field(default_factory=list)  # the parts of each row's label
    column_names: list[list[str]] = field(default_factory=list)  # the parts of each column's heading
    _totals: tuple[list[bool], list[bool]] | None = None

    def total_row(self, row: int) -> bool:
        """Whether a row is a total: it is called so, or it is the sum of the rows above it in every column."""
        return self._sides()[0][row]

    def total_column(self, column: int) -> bool:
        """Whether a column is a total: it is called so, or it is the sum of the columns left of it in every row."""
        return self._sides()[1][column]

    def _sides(self) -> tuple[list[bool], list[bool]]:
        if self._totals is None:
            turned = [list(line) for line in zip(*self.cells, strict=True)]
            self._totals = _sums_of(self.rows, self.cells), _sums_of(self.columns, turned)
        return self._totals


def _sums_of(names: list[str], lines: list[list[Spot | None]]) -> list[bool]:
    named = [bool(words("total").search(name)) for name in names]
    if any(named) or len(lines) > MOST_LINES:
        return named
    return [len(lines) > 2 and _adds_up(lines, i) for i in range(len(lines))]


def _adds_up(lines: list[list[Spot | None]], at: int) -> bool:
    """Whether a line is the sum of all lines before it at two places at least, and at none another number."""
    held = 0
    for i, total in enumerate(lines[at]):
        parts = [s for line in lines[:at] if (s := line[i])]
        if total is None or len(parts) < 3 or total.unit in ("percent", "pp", "times", "ratio"):
            continue
        if abs(sum(s.raw for s in parts) - total.raw) > total.half + sum(s.half for s in parts):
            if len(parts) == at:
                return False
            continue
        held += 1
    return held >= 2


@dataclass(slots=True)
class Text:
    """A joined block of running text with its figures in order; ``marked`` has ⟦n⟧ where figure n of it stands."""

    text: str
    number: int
    spots: list[Spot]
    marked: str
    lines: list[int] = field(default_factory=list)
    numerals: list[Spot] = field(default_factory=list)  # whole numbers without a unit that the reading left out


@dataclass(slots=True)
class Document:
    file: str
    texts: list[Text]
    tables: list[Table]
    unplaced: int = 0  # figures that were read and could not be found again in the text

    @property
    def spots(self) -> list[Spot]:
        return [s for t in self.texts for s in t.spots]


@dataclass(slots=True)
class Comparison:
    """One evaluated statement about figures of one document."""

    rule: str
    origin: str  # text | table | hierarchy | cluster | reference
    stated: Spot
    inputs: list[Spot]
    verdict: str
    expected: Interval
    code: str = ""
    explanation: str = ""
    confidence: float = 0.5
    operator: str = ""
    bound: bool = False
    periods: float = 1.0

    @property
    def key(self) -> tuple[int, frozenset[int]]:
        return id(self.stated), frozenset(id(s) for s in self.inputs)
