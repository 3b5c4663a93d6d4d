"""Tables in long form, where a row holds one number and other cells say of what: turned into one column a series.

`Japan, 2024-01, Exports, million USD, 5.1` becomes the cell of the row `Japan, 2024-01` below the header
`Exports (million USD)`. So keys, drift and drafts work as they do for other tables, and a unit that changes is a
column that is gone.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from orchestration.loading.problems import RawError

_Row = tuple[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Long:
    """Which columns hold the names of the series, the numbers, and the unit (empty: no column does)."""

    names: tuple[str, ...]
    values: str
    unit: str = ""

    def columns(self) -> tuple[str, ...]:
        return tuple(name for name in (*self.names, self.values, self.unit) if name)


def widened(
    name: str, headers: list[str], rows: Iterable[_Row], keys: Iterable[Iterable[str]], long: Long
) -> tuple[list[str], list[_Row]]:
    """Headers and rows in wide form, each row with the line of its first cell.

    What else stands in a row becomes `Flag: Exports`; where it is the same for all series of each key (a country's
    code) it keeps its header beside that.

    A series that stands twice for one key gives two rows of that key, which are told as such. Raises ``RawError`` when
    a column that ``long`` names is not there.
    """
    at = {header: index for index, header in enumerate(headers)}
    if lost := [column for column in long.columns() if column not in at]:
        remedy = f"Its headers: {', '.join(headers[:12])}. Correct `long` in the spec"
        raise RawError(name, 1, f"there is no column {lost[0]!r}, which `long` reads", remedy)
    key = [next((at[header] for header in spelled if header in at), -1) for spelled in keys]
    if -1 in key:
        # what reads the table says that its key is gone
        return headers, list(rows)
    named = {at[column] for column in long.columns()}
    beside = [index for index in range(len(headers)) if index not in named and index not in key]
    groups = _groups(rows, at, key, long)
    shared = [index for index in beside if all(len({row[index] for _, row in g.values()}) == 1 for _, g in groups)]
    series = list(dict.fromkeys(header for _, group in groups for header, _ in _headers(group)))
    told = [headers[index] for index in (*key, *shared)] + series
    told += [f"{headers[index]}: {each}" for index in beside for each in series]
    wide = []
    for line, group in groups:
        (_, first), *_ = group.values()
        cells = dict(_headers(group))
        row = [first[index] for index in (*key, *shared)]
        row += [cells[each][at[long.values]] if each in cells else "" for each in series]
        row += [cells[each][index] if each in cells else "" for index in beside for each in series]
        wide.append((line, tuple(row)))
    return told, wide


_Group = Mapping[str, _Row]


def _headers(group: _Group) -> list[tuple[str, tuple[str, ...]]]:
    return [(header, row) for header, (_, row) in group.items()]


def _groups(rows: Iterable[_Row], at: Mapping[str, int], key: list[int], long: Long) -> list[tuple[int, _Group]]:
    """The rows of one key together, by series, with the line of the first; a series that is there begins another."""
    found: dict[tuple[str, ...], list[dict[str, _Row]]] = defaultdict(list)
    for line, cells in rows:
        header = ", ".join(cells[at[column]] for column in long.names)
        if long.unit and cells[at[long.unit]]:
            header = f"{header} ({cells[at[long.unit]]})"
        groups = found[tuple(cells[index] for index in key)]
        group = next((group for group in groups if header not in group), None)
        if group is None:
            group = {}
            groups.append(group)
        group[header] = (line, cells)
    return [(next(iter(group.values()))[0], group) for groups in found.values() for group in groups]
