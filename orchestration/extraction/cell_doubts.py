"""Why the unit of a bare cell is doubtful: two labels contradict each other, or only the caption speaks for it."""

import re
from collections.abc import Sequence

from orchestration.extraction.model import Candidate
from orchestration.extraction.scale import Scale, words
from orchestration.extraction.scale_choice import Scope
from orchestration.figures import FigureError, Units, parse_value

_WHOLE = 100.0  # percent
_FRACTION = re.compile(r"\d\.\d*[1-9]\d*$")
_DECIMALS = re.compile(r"\d\.\d+$")


def doubt_of_unit(
    candidate: Candidate, labels: tuple[str, str], scope: Scope, cells: Sequence[str], units: Units
) -> str:
    """Why the unit that the labels (row, column) and the table gave a bare cell is doubtful; empty where it is not.

    ``cells`` are all of its row.
    """
    row, column = labels
    if not candidate.scale:
        return ""  # it prints its unit itself
    own = [scale for scale in scope.near if scale is not None and scale.text and not scale.bare]
    if len(own) > 1 and _differ(own[0], own[1], column, units):
        return "its row and its column name two units"
    if candidate.unit == "percent" and not own:
        if abs(candidate.number) > _WHOLE and not any(words()["change_label"].search(label) for label in labels):
            return "more than the whole, and only the caption says that it is a percentage"
        if words()["change_label"].search(column) and not words()["change_label"].search(row):
            return "the change of a rate, in percent or in points"
    by_row = candidate.scale == "count" and not own  # the noun of its label alone
    if by_row and _DECIMALS.search(candidate.printed) and any(_FRACTION.search(cell) for cell in cells):
        return "things are counted whole, and its row has decimals"
    return ""


def _differ(column: Scale, row: Scale, label: str, units: Units) -> bool:
    """Whether two units are of different kinds; a column of changes or shares has its own whatever the row counts."""
    if column.text == "%":
        return False
    kinds = [_kind(scale, units) for scale in (column, row)]
    return kinds[0] != kinds[1] and not words()["change_label"].search(label)


def _kind(scale: Scale, units: Units) -> str:
    try:
        unit = units.get(parse_value("1", units, scale=scale.text)[0].symbol)
    except FigureError:
        return scale.text
    return unit.dimension if unit is not None else scale.text
