"""What speaks against the unit that a table gives to a cell whose labels have none: its column's numbers, its labels."""

import re
from collections.abc import Sequence

from orchestration.extraction.column_proofs import ColumnProofs, is_number, number_of
from orchestration.extraction.heads import is_header_row, without_periods
from orchestration.extraction.lexicon import load_lexicon
from orchestration.extraction.model import Candidate
from orchestration.extraction.scale import words
from orchestration.extraction.scales import noun_of
from orchestration.figures import Units

_WHOLE = 100.0  # percent
_RATES = ("percent", "ratio", "score")
# the names of kinds that a label may have, and the dimensions of the units that go with each
_KINDS = {
    "names_time": ("time",),
    "names_ratio": ("ratio", "score", "multiple", "rank", "percent"),
    "names_physical": ("power", "energy", "compute", "area", "volume", "data", "count"),
    "names_money": ("money", "price_token", "price_energy"),
}
_FEW = 2


class TableEvidence:
    """What the cells and labels of a table say about a unit that only its caption gives.

    ``rows`` are the cells of its body, ``heads`` of its columns, ``labels`` the columns of names.
    """

    def __init__(self, rows: Sequence[Sequence[str]], heads: Sequence[str], labels: set[int], units: Units) -> None:
        self.proofs = ColumnProofs(rows)
        self.rows, self._units = rows, units
        first = min(labels, default=0)
        self._names = [row[first] for row in rows]
        others = [head for at, head in enumerate(heads) if at not in labels]
        # rows, or columns, that name measures of money each: not all of them need be one
        self._measured_rows = any(_is_money(name) for name in self._names)
        self._measured_columns = any(_is_money(head) or words()["names_amount"].search(head) for head in others)
        self._periods = all(not _words_of(head) for head in others)

    def is_rate(self, column: int) -> bool:
        """Whether the numbers of a column prove that they are percentages: rates between others, or shares of one."""
        return self.proofs.kind(column) in ("growth", "share")

    def against(self, candidate: Candidate, labels: tuple[str, str], place: tuple[int, int]) -> str:
        """Why a bare cell at a place (row, column) may have another unit than its table's; empty if nothing says so."""
        dimension = self._units.dimensions.get(candidate.unit, "")
        return (
            self._by_numbers(candidate, labels, place, dimension)
            or self._by_kind(labels, dimension)
            or (self._by_company(labels, place) if dimension == "money" else "")
        )

    def _by_numbers(self, candidate: Candidate, labels: tuple[str, str], place: tuple[int, int], dimension: str) -> str:
        row, column = labels
        kind = self.proofs.kind(place[1])
        if kind in ("hundred", "share", "growth") and dimension not in _RATES:
            return "its column adds up to a hundred or is a rate of others, and its table gives another unit"
        if kind == "factor" and dimension == "money" and not _is_money(f"{row} {column}"):
            return "its column is a factor of another one, and the table gives both the same money"
        grows = any(words()[name].search(label) for name in ("change_label", "rate_label") for label in labels)
        if dimension == "percent" and not grows and candidate.scale == "%":
            cells = self.rows[place[0]] if self._periods else [r[place[1]] for r in self.rows]
            if any(number_of(cell)[0] > _WHOLE for cell in cells if is_number(cell) and not cell.endswith("%")):
                return "numbers beside it are more than the whole, and only the caption says that they are percentages"
        return ""

    @staticmethod
    def _by_kind(labels: tuple[str, str], dimension: str) -> str:
        """Whether a label names a quantity of another kind than the unit's, and none names one of its kind."""
        kinds = {kind for kind in _KINDS for label in labels if words()[kind].search(_words_of(label))}
        if dimension == "percent":
            # answers of a survey speak of time and money; a column does not
            kinds = {kind for kind in ("names_time", "names_ratio") if words()[kind].search(_words_of(labels[1]))}
        if not kinds or any(dimension in _KINDS[kind] for kind in kinds) or dimension in ("multiple", "ratio", "score"):
            return ""
        if dimension == "count" and kinds == {"names_money"}:
            return ""
        return "its label names a quantity of another kind than the unit of its table"

    def _by_company(self, labels: tuple[str, str], place: tuple[int, int]) -> str:
        """Whether a cell among measures of money is none by its own label and is printed unlike them."""
        row, column = labels
        if _is_money(f"{row} {column}"):
            return ""
        cells = [c for c in self.rows[place[0]] if is_number(c)] if self._periods else [r[place[1]] for r in self.rows]
        whole = [c for c in cells if is_number(c)]
        if any(_has_part(cell) for cell in whole) or len(whole) < _FEW:
            return ""
        lexicon = load_lexicon(self._units)
        if self._periods and self._measured_rows:
            others = [c for r, n in zip(self.rows, self._names, strict=True) if _is_money(n) for c in r if is_number(c)]
            if noun_of(row, lexicon) or _mostly_parts(others):
                return "its row stands among measures of money and names none"
        if not self._periods and self._measured_columns and _words_of(column) and not words()["names_amount"].search(column):
            others = [r[at] for r in self.rows for at in range(len(r)) if at != place[1] and is_number(r[at])]
            if noun_of(column, lexicon) or _mostly_parts(others):
                return "its column stands among measures of money and names none"
        return ""


def _is_money(label: str) -> bool:
    return words()["names_money"].search(label) is not None


def _words_of(label: str) -> str:
    """A label without its periods and brackets; empty where it is nothing but a period."""
    left = without_periods(re.sub(r"[（(\[][^（()）\]]*[)）\]]", "", label)).strip(" ,，:：/-–")
    return left if re.search(r"[^\W\d_]{2}", left) and is_header_row([left]) else ""


def _has_part(cell: str) -> bool:
    return re.search(r"\d\.\d*[1-9]", cell) is not None


def _mostly_parts(cells: Sequence[str]) -> bool:
    """Whether most numbers are printed with decimals."""
    return len(cells) >= _FEW and sum("." in cell for cell in cells) > 0.7 * len(cells)  # noqa: PLR2004
