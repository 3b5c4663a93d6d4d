"""The unit of a bare cell where its labels leave it open: settled by its row, or withheld with the reason."""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from orchestration.extraction.column_proofs import is_number, number_of
from orchestration.extraction.heads import BARE
from orchestration.extraction.model import Candidate
from orchestration.extraction.scale import Scale
from orchestration.extraction.scale_choice import Scope, names_rate
from orchestration.extraction.table_unit import TableEvidence
from orchestration.extraction.words import words
from orchestration.figures import FigureError, Units, parse_value

_WHOLE = 100.0  # percent
_MOST_NUMBERS = 5  # of a row that are tried as what a change is between
_MOST_ROWS = 40  # of a column that say what its changes are
_PARTED = re.compile(r"[（(\[【,，/:：]")  # what parts a label from its unit
_FRACTION = re.compile(r"\d\.\d*[1-9]\d*$")
_DECIMALS = re.compile(r"\d\.\d+$")


def settle_unit(
    candidate: Candidate,
    labels: tuple[str, str],
    scope: Scope,
    table: TableEvidence,
    place: tuple[int, int],
    units: Units,
) -> None:
    """Settle or withhold the unit that the labels (row, column) and the table gave the bare cell at a ``place``.

    ``table`` holds its rows. A cell that prints its unit itself is left as it is.
    """
    if not candidate.scale or candidate.withheld or not BARE.match(candidate.printed):
        return
    if is_change(labels, scope):
        _settle_change(candidate, table.rows, place)
    else:
        candidate.withheld = _doubt(candidate, labels, scope, table.rows[place[0]], units)
        far = [scale.text for scale in scope.table if scale is not None and scale.text]
        if not candidate.withheld and not _own(scope) and any(candidate.scale.startswith(text) for text in far):
            candidate.withheld = table.against(candidate, labels, place)


def is_change(labels: tuple[str, str], scope: Scope) -> bool:
    """Whether a cell stands in a column of changes that leaves open whether they are amounts, points or percent."""
    row, column = labels
    if scope.column is not None or not any(words()[name].search(column) for name in ("change_label", "compared_head")):
        return False
    rate = names_rate(row) or (scope.row is not None and scope.row.text == "%")
    return not words()["change_label"].search(row) and (rate or not names_rate(column))


def _settle_change(candidate: Candidate, body: Sequence[Sequence[str]], place: tuple[int, int]) -> None:
    """A change that is the difference of two cells of its row is in their unit, percent in points; one that is the
    rate between them is a percentage; any other is what most of its column are, or open."""
    at, column = place
    amount, rate = _kinds(candidate.printed, body[at], column)
    if amount == rate and candidate.unit != "percent":
        found = [_kinds(row[column], row, column) for row in body[:_MOST_ROWS]]
        amounts, rates = found.count((True, False)), found.count((False, True))
        amount, rate = amounts > max(1, 2 * rates), rates > max(1, 2 * amounts)
    if amount and not rate:
        candidate.unit = candidate.symbol = "pp" if candidate.unit == "percent" else candidate.unit
    elif rate and not amount and candidate.unit not in ("percent", "pp"):
        _as_percent(candidate)
    elif amount == rate:
        candidate.withheld = "a change, and nothing says whether it is an amount, points or percent"


def _kinds(cell: str, row: Sequence[str], column: int) -> tuple[bool, bool]:
    """Whether a cell is the difference of two numbers of its row, and whether it is the rate between them."""
    if not is_number(cell):
        return False, False
    number, step = number_of(cell)
    pairs = list(_pairs([other for at, other in enumerate(row) if at != column]))
    amount = any(abs(abs(a - b) - number) <= step * 0.51 + slack + 1e-9 for a, b, slack in pairs)
    rate = any(
        first and abs(abs(second / first - 1) * _WHOLE - number) <= step * 0.51 + _WHOLE * slack / first
        for a, b, slack in pairs
        for first, second in ((a, b), (b, a))
    )
    return amount, rate


def _as_percent(candidate: Candidate) -> None:
    number = number_of(candidate.printed)[0]
    sign = -1.0 if candidate.number < 0 else 1.0
    candidate.number = candidate.low = candidate.high = sign * number
    candidate.unit, candidate.symbol, candidate.scale, candidate.counted = "percent", "%", "%", ""


def _pairs(cells: Sequence[str]) -> Iterator[tuple[float, float, float]]:
    """Every two numbers of some cells, and how far their roundings can move a difference."""
    numbers = [number_of(cell) for cell in cells if is_number(cell)]
    for (a, one), (b, other) in combinations(numbers[:_MOST_NUMBERS], 2):
        yield a, b, (one + other) / 2


def _own(scope: Scope) -> list[Scale]:
    """The units that the labels of a cell name themselves."""
    return [scale for scale in scope.near if scale is not None and scale.text and not scale.bare]


def _doubt(candidate: Candidate, labels: tuple[str, str], scope: Scope, cells: Sequence[str], units: Units) -> str:
    row, column = labels
    own = _own(scope)
    # the last word of a row's label may be a name that looks like a unit
    if len(own) > 1 and _PARTED.search(row) and _differ(own[0], own[1], column, units):
        return "its row and its column name two units"
    grows = any(words()["change_label"].search(label) or names_rate(label) for label in labels)
    if candidate.unit == "percent" and not own and not grows and abs(candidate.number) > _WHOLE:
        return "more than the whole, and only the caption says that it is a percentage"
    money = units.dimensions.get(candidate.unit) == "money"
    if money and not own and _magnified(candidate.scale, units) and words()["per_unit"].search(f"{row} {column}"):
        return "money for one of something, under the magnitude of the whole table"
    by_noun = candidate.scale == "count" and not own
    if by_noun and _DECIMALS.search(candidate.printed) and any(_FRACTION.search(cell) for cell in cells):
        return "things are counted whole, and its row has decimals"
    return ""


def _differ(column: Scale, row: Scale, label: str, units: Units) -> bool:
    """Whether two units are of different kinds; a column of changes, shares or amounts has its own whatever the row
    counts."""
    if column.text == "%" or any(words()[name].search(label) for name in ("change_label", "money_column")):
        return False
    return _kind(column, units) != _kind(row, units)


def _magnified(scale: str, units: Units) -> bool:
    """Whether a unit has a magnitude of its own: million USD."""
    try:
        return parse_value("1", units, scale=scale)[0].number != 1
    except FigureError:
        return False


def _kind(scale: Scale, units: Units) -> str:
    try:
        unit = units.get(parse_value("1", units, scale=scale.text)[0].symbol)
    except FigureError:
        return scale.text
    return unit.dimension if unit is not None else scale.text
