"""Where in a document something is to be looked for, without asking every line of every table: by the names of lines,
or by value."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, chain

from orchestration.audit.arithmetic import interval, overlap
from orchestration.audit.model import Document, Interval, Spot, Table

SLACK = 1e-8  # more than equality of intervals allows


class Names:
    """Which places have a key that stands in a text, letter by letter; keys of less than two letters stand nowhere."""

    def __init__(self, keys: Iterable[tuple[str, int]]) -> None:
        self._starts: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        for key, place in keys:
            if len(key) >= 2:
                self._starts[key[:2]][key].add(place)
        self._asked: dict[str, list[int]] = {}

    def within(self, said: str) -> list[int]:
        """The places, in their order, of all keys that the text has."""
        if said not in self._asked:
            found: set[int] = set()
            for i in range(len(said) - 1):
                for key, places in self._starts.get(said[i : i + 2], {}).items():
                    if said.startswith(key, i):
                        found |= places
            self._asked[said] = sorted(found)
        return self._asked[said]


def names_of_tables(
    tables: Sequence[Table], keys: Callable[[str], Iterable[str]], columns: bool = False, rows: bool = True
) -> Names:
    """The numbers of the tables by the keys of the labels of their rows, and of their ``columns``, and their parts."""

    def pairs() -> Iterator[tuple[str, int]]:
        for number, table in enumerate(tables):
            labels = [*table.rows, *chain.from_iterable(table.row_names)] if rows else []
            if columns:
                labels += [*table.columns, *chain.from_iterable(table.column_names)]
            for label in labels:
                for key in keys(label):
                    yield key, number

    return Names(pairs())


class Values:
    """Figures by the interval that their printed precision allows."""

    def __init__(self, spots: Iterable[Spot]) -> None:
        self._spots = list(spots)
        self._order = sorted(range(len(self._spots)), key=lambda i: self._spots[i].low)
        self._lows = [self._spots[i].low for i in self._order]
        self._highest = list(accumulate((self._spots[i].high for i in self._order), max))

    def like(self, *wanted: Interval) -> list[Spot]:
        """Those whose interval meets a wanted one, in the order in which they were given."""
        return [self._spots[i] for i in sorted({i for one in wanted for i in self._meeting(one)})]

    def _meeting(self, wanted: Interval) -> Iterator[int]:
        low, high = wanted
        slack = SLACK * max(abs(low), abs(high)) + 1e-12
        for at in range(bisect_right(self._lows, high + slack) - 1, -1, -1):
            if self._highest[at] < low - slack:
                break
            i = self._order[at]
            if overlap(interval(self._spots[i]), wanted):
                yield i


def cells_by_unit(document: Document) -> dict[str, list[Spot]]:
    """The figures of all tables whose value is known whole, by their unit."""
    found: dict[str, list[Spot]] = defaultdict(list)
    for cell in (cell for table in document.tables for row in table.cells for cell in row):
        if cell and cell.scaled and cell.unit and cell.value:
            found[cell.unit].append(cell)
    return found


def by_unit(spots: Iterable[Spot]) -> dict[str, Values]:
    """An index of values for every unit."""
    units: dict[str, list[Spot]] = defaultdict(list)
    for spot in spots:
        units[spot.unit].append(spot)
    return {unit: Values(found) for unit, found in units.items()}
