"""What speaks against the unit that a table gives to a cell whose labels have none: its column's numbers, its labels,
and units of another kind in the columns or rows beside it."""

import re
from collections.abc import Iterable, Sequence

from orchestration.extraction.column_proofs import ColumnProofs, is_number, number_of
from orchestration.extraction.heads import without_periods
from orchestration.extraction.lexicon import load_lexicon
from orchestration.extraction.model import Candidate
from orchestration.extraction.scale import Scale
from orchestration.extraction.scales import noun_of
from orchestration.extraction.words import words
from orchestration.figures import FigureError, Units, parse_value

_WHOLE = 100.0  # percent
_RATES = ("percent", "ratio", "score", "multiple")
# the names of kinds that a label may have, and the dimensions of the units that go with each
_KINDS = {
    "names_time": ("time",),
    "names_ratio": ("ratio", "score", "multiple", "rank", "percent"),
    "names_physical": ("power", "energy", "compute", "area", "volume", "data", "bandwidth", "count"),
    "names_money": ("money", "price_token", "price_energy"),
}
_OF_OTHERS = ("counted", "multiple", "names_time", "names_ratio")
_FEW = 2
_CENTS = 2  # decimals of money
_APART = 100.0  # times, that amounts are more than a ratio beside them
_RULED = 0.7  # of the numbers


class TableEvidence:
    """What the cells and labels of a table say about a unit that only its caption gives.

    ``rows`` are the cells of its body, ``heads`` of its columns, ``labels`` the columns of names, ``own`` the units
    that the heads of columns and the labels of rows name themselves. ``rates`` says that the caption gives a unit of
    rates, too, without saying to what.
    """

    def __init__(
        self,
        rows: Sequence[Sequence[str]],
        heads: Sequence[str],
        labels: set[int],
        own: tuple[Sequence[Scale | None], Sequence[Scale | None]],
        units: Units,
        *,
        rates: bool = False,
    ) -> None:
        self._rates = rates
        self.proofs = ColumnProofs(rows)
        self.rows, self._units = rows, units
        self._heads, self._own = heads, own
        self._names = [" ".join(row[at] for at in sorted(labels)) for row in rows]
        self._others = [at for at in range(len(heads)) if at not in labels]
        self._periods = all(not words_of(heads[at]) for at in self._others)
        self._mixed: dict[tuple[str, str], set[str]] = {}

    def is_rate(self, column: int) -> bool:
        """Whether the numbers of a column prove that they are percentages: rates between others, or shares of one."""
        return self.proofs.kind(column) in ("growth", "share")

    def against(self, candidate: Candidate, labels: tuple[str, str], place: tuple[int, int]) -> str:
        """Why a bare cell at a place (row, column) may have another unit than its table's; empty if nothing says so."""
        dimension = self._units.dimensions.get(candidate.unit, "")
        if dimension in _RATES:
            return self._no_percentage(candidate, labels, place) if dimension == "percent" else ""
        if self._rates and not self._shows_rates(dimension):
            return "its caption gives two units, and nothing says what the second one is of"
        return (
            self._by_numbers(labels, place, dimension)
            or self._by_kind(labels, dimension)
            or self._by_company(labels, place, dimension)
        )

    def _shows_rates(self, dimension: str) -> bool:
        """Whether some line of the table is of rates: by its words, its numbers or the signs in its cells."""
        lines = self._others_of("columns", dimension) | self._others_of("rows", dimension)
        return "percent" in lines or any(cell.rstrip().endswith(("%", "％")) for row in self.rows for cell in row)

    def _by_numbers(self, labels: tuple[str, str], place: tuple[int, int], dimension: str) -> str:
        kind = self.proofs.kind(place[1])
        if kind in ("hundred", "share", "growth"):
            return "its column adds up to a hundred or is a rate of others, and its table gives another unit"
        if (
            kind == "factor"
            and dimension == "money"
            and words_of(labels[1])
            and not self._says(" ".join(labels), dimension)
        ):
            return "its column is a factor of another one, and the table gives both the same money"
        return ""

    def _no_percentage(self, candidate: Candidate, labels: tuple[str, str], place: tuple[int, int]) -> str:
        if candidate.scale != "%" or any(words()[n].search(x) for n in ("change_label", "rate_label") for x in labels):
            return ""
        cells = self.rows[place[0]] if self._periods else [row[place[1]] for row in self.rows]
        if any(number_of(cell)[0] > _WHOLE for cell in cells if is_number(cell) and not cell.endswith("%")):
            return "numbers beside it are more than the whole, and only the caption says that they are percentages"
        column = words_of(labels[1])
        if any(words()[name].search(column) for name in ("names_time", "names_ratio")) or any(
            words()["names_mean"].search(label.strip()) for label in labels
        ):
            return "its label names a quantity that is no share, and only the caption says that it is a percentage"
        return ""

    def _by_kind(self, labels: tuple[str, str], dimension: str) -> str:
        """Whether a label names a quantity of another kind than the unit's, and none names one of its kind."""
        kinds = {kind for label in labels for kind in kinds_of(words_of(label))}
        if not kinds or any(dimension in _KINDS[kind] for kind in kinds):
            return ""
        return "its label names a quantity of another kind than the unit of its table"

    def _by_company(self, labels: tuple[str, str], place: tuple[int, int], dimension: str) -> str:
        """Whether its line is among others of other kinds, and neither its label nor a sum says that it is of the
        table's unit."""
        row, column = labels
        named = [label for label in (row, column) if self._says(label, dimension)]
        if named:
            return ""
        if words_of(column) and place[1] not in self.proofs.summed_columns and self.proofs.kind(place[1]) != "product":
            kinds = self._others_of("columns", dimension)
            if kinds and self._is_printed_alike(place[1], dimension):
                return ""
            if self._is_beside_periods(place[1], dimension):
                return "columns beside it are named after periods, its own after something else than amounts"
            if kinds - {"percent"} or (kinds and self._is_unlike("columns", place[1], column, dimension)):
                return "columns beside it are of other units, and nothing says that its own is that of the table"
        if not words_of(column) and place[0] not in self.proofs.summed_rows:
            measured = self._others_of("rows", dimension) or any(self._names_kind(n, dimension) for n in self._names)
            if measured and self._is_unlike("rows", place[0], row, dimension):
                return "rows beside it are of other units, and nothing says that its own is that of the table"
        return ""

    def _says(self, label: str, dimension: str) -> bool:
        """Whether a label names a quantity of a dimension, or the amounts of a table."""
        if self._names_kind(label, dimension):
            return True
        if dimension == "count" and noun_of(label, load_lexicon(self._units)):
            return True
        return words()["names_amount"].search(label) is not None

    @staticmethod
    def _names_kind(label: str, dimension: str) -> bool:
        """Whether a label names a quantity of a dimension."""
        return any(dimension in _KINDS[kind] for kind in kinds_of(label))

    def _others_of(self, axis: str, dimension: str) -> set[str]:
        """The dimensions of the columns, or rows, that are by their own words or numbers not of one dimension."""
        if (axis, dimension) not in self._mixed:
            places = self._others if axis == "columns" else range(len(self.rows))
            self._mixed[axis, dimension] = {self._other(axis, at, dimension) for at in places} - {""}
        return self._mixed[axis, dimension]

    def _other(self, axis: str, at: int, dimension: str) -> str:
        """The dimension of a line, where it is another one or unknown; empty where it may be the same."""
        label, own = (self._heads[at], self._own[0][at]) if axis == "columns" else (self._names[at], self._own[1][at])
        if own is not None and not own.bare:
            said = self._dimension(own) or "unread"
            return said if said != dimension else ""
        if axis == "columns" and self.proofs.kind(at) in ("growth", "share", "hundred"):
            return "percent"
        left = words_of(label)
        if any(words()[name].search(text) for name in ("rate_label", "change_label") for text in (left, label.strip())):
            return "percent"
        if any(words()[name].search(left) for name in _OF_OTHERS):
            return "another"
        return "another" if left and self._by_kind((left, ""), dimension) else ""

    def _dimension(self, scale: Scale) -> str:
        try:
            unit = self._units.get(parse_value("1", self._units, scale=scale.text)[0].symbol)
        except FigureError:
            return ""
        return unit.dimension if unit is not None else ""

    def _is_beside_periods(self, column: int, dimension: str) -> bool:
        """Whether the other columns of the table are of periods, or name quantities of a dimension."""
        others = [self._heads[at] for at in self._others if at != column]
        others = [head for head in others if head and not words()["part_label"].search(head)]
        return any(not words_of(head) or self._says(head, dimension) for head in others)

    def _is_printed_alike(self, column: int, dimension: str) -> bool:
        """Whether a column has the same two decimals or more as one that names the dimension of the table;
        columns of money have two, all alike."""
        places = _places(row[column] for row in self.rows)
        alike = [at for at in self._others if at != column and _places(row[at] for row in self.rows) == places]
        if dimension == "money" and places == _CENTS and any(self._own[0][at] is None for at in alike):
            return True  # prices, of one place or kind each
        return places >= _FEW and any(self._says(self._heads[at], dimension) for at in alike)

    def _is_unlike(self, axis: str, at: int, label: str, dimension: str) -> bool:
        """Whether a line is of whole numbers and is named after things that are counted, or is printed otherwise
        than the lines that name its table's dimension: whole among decimals, small decimals among whole ones."""
        lines = self.rows if axis == "rows" else [list(column) for column in zip(*self.rows, strict=True)]
        mine = [cell for cell in lines[at] if is_number(cell)]
        broken = sum("." in cell for cell in mine)
        names = self._names if axis == "rows" else self._heads
        named = [
            cell
            for other, (line, name) in enumerate(zip(lines, names, strict=True))
            if other != at and (self._says(name, dimension) or (axis == "columns" and not words_of(name)))
            for cell in line
            if is_number(cell)
        ]
        parts = sum("." in cell for cell in named)
        if broken:
            # amounts in thousands and a ratio beside them: 4,120,331 and 4.1
            small = max(number_of(cell)[0] for cell in mine) * _APART <= min(
                [number_of(c)[0] for c in named], default=0
            )
            return axis == "rows" and broken == len(mine) and not parts and small
        counted = noun_of(label, load_lexicon(self._units))
        return bool(counted) or (len(named) >= _FEW and parts > _RULED * len(named))


def _places(cells: Iterable[str]) -> int:
    """How many decimals all numbers of some cells have; -1 where they differ."""
    found = {len(cell.partition(".")[2].rstrip(" )）")) for cell in cells if is_number(cell)}
    return found.pop() if len(found) == 1 else -1


def kinds_of(label: str) -> set[str]:
    """The kinds of quantity that a label names; a price index is an index and no price."""
    found = {kind for kind in _KINDS if words()[kind].search(label)}
    return found - {"names_money"} if len(found) > 1 else found


def words_of(label: str) -> str:
    """A label without its periods and brackets; empty where it is nothing but a period."""
    left = without_periods(re.sub(r"[（(\[][^（()）\]]*[)）\]]", "", label))
    left = words()["status_words"].sub("", left).strip(" ,，:：/-–")
    return left if re.search(r"[^\W\d_]{2}", left) else ""
