"""What seems to be renamed between two snapshots: proposals for a person, who writes them into the spec.

A row or a column that is gone, and one that is new and holds nearly the same cells, are probably one thing.
"""

from collections.abc import Iterable, Mapping

from orchestration.datasets.cells import names_of_rows
from orchestration.datasets.snapshots import Table
from orchestration.datasets.spec import Spec

# of the cells that either of two has, so many stand in both; fewer than the least number show nothing
_ALIKE = 0.8
_LEAST = 3

_Cells = Mapping[str, str]


def renamed_rows(before: Table, now: Table, spec: Spec) -> dict[str, str]:
    """New names of rows by their old names, where each is the only one that is like the other."""
    keys = {name for names in spec.key for name in names}
    common = [header for header in before.headers if header in now.headers and header not in keys]
    old, new = _rows(before, spec, common), _rows(now, spec, common)
    gone, come = old.keys() - new.keys(), new.keys() - old.keys()
    return _pairs({name: old[name] for name in gone}, {name: new[name] for name in come})


def renamed_columns(before: Table, now: Table, spec: Spec) -> dict[str, str]:
    """New headers by their old ones, where the rows that both snapshots have hold the same cells below them."""
    gone = [header for header in before.headers if header not in now.headers]
    come = [header for header in now.headers if header not in before.headers]
    old, new = _rows(before, spec, gone), _rows(now, spec, come)
    common = old.keys() & new.keys()
    return _pairs(
        {header: {row: old[row][header] for row in common} for header in gone},
        {header: {row: new[row][header] for row in common} for header in come},
    )


def _rows(table: Table, spec: Spec, headers: Iterable[str]) -> dict[str, _Cells]:
    at = {header: table.headers.index(header) for header in headers}
    return {
        name: {header: texts[index] for header, index in at.items()}
        for name, texts in names_of_rows(table, spec).items()
    }


def _pairs(gone: Mapping[str, _Cells], come: Mapping[str, _Cells]) -> dict[str, str]:
    """Pairs that are alike and each other's only choice."""
    alike = [(old, new) for old in sorted(gone) for new in sorted(come) if _are_alike(gone[old], come[new])]
    olds, news = [old for old, _ in alike], [new for _, new in alike]
    return {old: new for old, new in alike if olds.count(old) == 1 and news.count(new) == 1}


def _are_alike(one: _Cells, other: _Cells) -> bool:
    filled = [name for name in one.keys() | other.keys() if one.get(name) or other.get(name)]
    same = sum(one.get(name) == other.get(name) for name in filled)
    return same >= _LEAST and same >= _ALIKE * len(filled)
