"""What figures of a table measure where no head names it: the amount beside, the total below, the line above."""

from collections.abc import Iterable

from orchestration.extraction.frame import rules
from orchestration.extraction.gazetteer import Gazetteer, Hit
from orchestration.extraction.indicator import RATES, fits_dimension
from orchestration.extraction.model import EMPTY, Field
from orchestration.extraction.scene import Facts
from orchestration.extraction.tables import CellFigure
from orchestration.extraction.words import words

_OWN_PLACE = 0.65  # from this confidence on a place is named by the figure's own row or column


class TableTopics:
    """The indicators that the rows of one table lend each other."""

    def __init__(self, cells: Iterable[CellFigure], lead: str, gazetteer: Gazetteer) -> None:
        """``lead`` is the line above the table."""
        self._gazetteer = gazetteer
        self._amounts: dict[int, Facts] = {}
        labels = {cell.line: cell.row for cell in cells}
        totals = ((line, row) for line, row in labels.items() if words()["total_row"].search(row))
        self._totals = [(line, hits) for line, row in totals if (hits := self._named(row))]
        self._lead = self._named(lead)

    def _named(self, text: str) -> list[Hit]:
        counts = rules()["populations"]
        return [hit for hit in self._gazetteer.find(text) if hit.kind == "indicator" and hit.value not in counts]

    def settle(self, cell: CellFigure, facts: Facts) -> None:
        """Fill the indicator of a figure that has none; note it for the rates of its row."""
        rate = cell.candidate.unit in RATES
        amount = self._amounts.get(cell.line)
        if not facts.indicator.value and rate and amount is not None:
            facts.indicator = amount.indicator
            if not amount.geography.value and facts.geography.confidence < _OWN_PLACE:
                facts.geography = EMPTY  # a price has no place, nor has its change
        if not facts.indicator.value:
            lead = self._lead if cell.candidate.unit != "count" else []
            below = next((hits for line, hits in self._totals if line > cell.line), lead)
            facts.indicator = self._one(below, cell, facts) or facts.indicator
        if facts.indicator.value and not rate:
            self._amounts[cell.line] = facts

    def _one(self, hits: list[Hit], cell: CellFigure, facts: Facts) -> Field | None:
        dimensions, statistic = self._gazetteer.dimensions, facts.statistic.value
        fitting = [h for h in hits if fits_dimension(self._gazetteer, dimensions[h.value], cell.candidate, statistic)]
        if len({hit.value for hit in fitting}) != 1:
            return None
        return Field(fitting[0].value, 0.5, fitting[0].word)
