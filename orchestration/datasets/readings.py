"""What each snapshot says by itself, and what changes from one to the next: each worked out once, and kept.

A reading follows from the file, the spec, the vocabulary and the code; a step from two readings. So a vintage that is
new, or comes late, costs its own reading and the steps to its neighbours.
"""

import hashlib
import platform
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from orchestration.datasets.cells import Cell, Said, read_cells
from orchestration.datasets.snapshots import Table, read_table, sha256
from orchestration.datasets.spec import Spec
from orchestration.loading.inputs import code_digest
from orchestration.loading.problems import Problem
from orchestration.loading.reference import Reference
from orchestration.settings import load_settings
from orchestration.store.kept import Kept

# a column whose values all changed by more than this between two snapshots changed its unit, not its values
_LEAP = 3.0
_FEW = 4

Place = tuple[str, str]  # a row and the key of a column


@dataclass(frozen=True)
class Reading:
    """One snapshot as the spec reads it. ``valued`` are the columns with a value in any row.

    ``cells`` is read from what is kept when it is asked for: a history needs the cells of few snapshots.
    """

    day: date
    file: str
    headers: tuple[str, ...]
    problems: tuple[Problem, ...]
    unknown: frozenset[str | Place]
    absent: frozenset[str]
    valued: frozenset[str]
    sum: str
    _cells: Callable[[], Mapping[Place, Cell]]

    @cached_property
    def cells(self) -> Mapping[Place, Cell]:
        return self._cells()

    def numbers(self, key: str) -> dict[str, Decimal]:
        """The values of a column by row, in the canonical unit."""
        return {row: cell.amount for (row, column), cell in self.cells.items() if column == key and cell.text}


@dataclass(frozen=True, slots=True)
class Step:
    """What a snapshot says otherwise than the one before it, of columns that both tell.

    ``changed``: cells that are not the same to the letter (None: nothing), or that the snapshot before does not tell.
    ``rows``: those that the snapshot before has not. ``leaps``: columns whose values left together, and how far.
    """

    changed: Mapping[Place, Cell | None]
    rows: tuple[str, ...]
    leaps: Mapping[str, float]


def reading_of(table: Table, spec: Spec, reference: Reference) -> Reading:
    """The reading of a table, which is not kept."""
    return _reading(table, read_cells(table, spec, reference), "")


def _reading(table: Table, said: Said, total: str) -> Reading:
    valued = frozenset(key for (_, key), cell in said.cells.items() if cell.text)
    return Reading(
        table.day, table.file, tuple(table.headers), tuple(said.wrong), frozenset(said.unknown), said.absent, valued,
        total, lambda: said.cells,
    )  # fmt: skip


def leap(before: Mapping[str, Decimal], now: Mapping[str, Decimal]) -> float | None:
    """How many times the values of a column are what they were, where they left all together."""
    ratios = [float(now[row] / old) for row, old in before.items() if old and row in now]
    middle = median(ratios) if len(ratios) >= _FEW else 1.0
    return None if 1 / _LEAP <= middle <= _LEAP else middle


def step(before: Reading | None, now: Reading) -> Step:
    """What changes from one reading to the next; of the first one only its rows are told."""
    rows = {row for row, _ in now.cells}
    if before is None:
        return Step({}, tuple(sorted(rows)), {})
    known = {row for row, _ in before.cells}
    doubtful = {place for place in before.unknown if isinstance(place, tuple)}
    changed: dict[Place, Cell | None] = {}
    for place in before.cells.keys() | now.cells.keys() | doubtful:
        if place in now.unknown or place[1] in now.unknown or place[1] in before.unknown:
            continue
        then, told = _valued(before.cells.get(place)), _valued(now.cells.get(place))
        if place in doubtful or not _is_same(then, told):
            changed[place] = told
    both = sorted(before.valued & now.valued)
    old, new = _by_column(before), _by_column(now)
    leaps = {key: found for key in both if (found := leap(old[key], new[key])) is not None}
    return Step(changed, tuple(sorted(rows - known)), leaps)


def _valued(cell: Cell | None) -> Cell | None:
    return cell if cell and cell.text else None


def _is_same(one: Cell | None, other: Cell | None) -> bool:
    """To the letter: what differs is compared as values are."""
    if one is None or other is None:
        return one is other
    parts = ("text", "factor", "measure", "fields")
    return all(getattr(one, part) == getattr(other, part) for part in parts)


def _by_column(reading: Reading) -> dict[str, dict[str, Decimal]]:
    found: dict[str, dict[str, Decimal]] = {}
    for (row, key), cell in reading.cells.items():
        if cell.text:
            found.setdefault(key, {})[row] = cell.amount
    return found


def kept_of(folder: Path, raw: Path) -> Kept:
    """Where the history of a dataset's folder is kept: beside the build of the project's own `raw/`, else nowhere."""
    settings = load_settings()
    return Kept(settings.state / "vintages" / folder.name if raw.resolve() == settings.raw else None)


class Readings:
    """The readings and steps of one dataset; what is kept is taken, what is not is worked out and kept."""

    def __init__(self, raw: Path, spec: Spec, reference: Reference, kept: Kept) -> None:
        self._raw, self._spec, self._reference, self.kept = raw, spec, reference, kept
        self._last: dict[tuple[Path, date], Reading] = {}
        vocabulary = [reference.tables[name] for name in ("units", "qualifiers", "geographies")]
        # what else stands in a spec changes no reading
        read = replace(spec, origin="", citation="", publish="", left_out={})
        tools = [platform.python_version(), version("polars"), version("python-calamine")]
        self._shared = repr((code_digest(), vocabulary, read, tools)).encode(errors="surrogatepass")

    def read(self, path: Path, day: date) -> Reading:
        """A snapshot. Raises ``RawError`` when it is no table. The last two that were asked for are at hand."""
        if (path, day) not in self._last:
            found = self._read(path, day)
            self._last = {**dict(list(self._last.items())[-1:]), (path, day): found}
        return self._last[path, day]

    def _read(self, path: Path, day: date) -> Reading:
        if self.kept.folder is None:
            return reading_of(read_table(path, self._raw, self._spec, day), self._spec, self._reference)
        place = path.relative_to(self._raw) if path.is_relative_to(self._raw) else path.name
        asked = f"{day}\0{str(place)!a}\0{sha256(path)}\0".encode()
        name = hashlib.sha256(asked + self._shared).hexdigest()
        found = self._known(name, path, day)
        return found if found is not None else self._read_anew(name, path, day)

    def _known(self, name: str, path: Path, day: date) -> Reading | None:
        head = self.kept.get(f"{name}.head")
        if head is None or head["sum"] != self._sum(name, head["entities"]):
            return None  # the registry calls a thing of it otherwise now
        total = head["sum"]

        def cells() -> Mapping[Place, Cell]:
            found = self.kept.get(f"{total}.cells")
            return dict(_unpacked(found)) if found is not None else self._read_anew(name, path, day).cells

        self.kept.ask(f"{total}.cells")
        return Reading(
            day, head["file"], tuple(head["headers"]), tuple(map(_problem, head["problems"])),
            frozenset(tuple(each) if isinstance(each, list) else each for each in head["unknown"]),
            frozenset(head["absent"]), frozenset(head["valued"]), total, cells,
        )  # fmt: skip

    def _read_anew(self, name: str, path: Path, day: date) -> Reading:
        table = read_table(path, self._raw, self._spec, day)
        said = read_cells(table, self._spec, self._reference)
        entities = sorted(
            {dict(cell.fields).get("entity", "") for cell in said.cells.values()}
            | {column.fields.get("entity", "") for column in self._spec.columns}
        )
        found = _reading(table, said, self._sum(name, entities))
        head = {
            "file": found.file, "headers": found.headers, "problems": [asdict(each) for each in found.problems],
            "unknown": sorted(found.unknown, key=str), "absent": sorted(found.absent), "valued": sorted(found.valued),
            "entities": entities, "sum": found.sum,
        }  # fmt: skip
        self.kept.put(f"{found.sum}.cells", _packed(found.cells))
        self.kept.put(f"{name}.head", head)
        return found

    def _sum(self, name: str, entities: Iterable[str]) -> str:
        """The sum of a reading: of its inputs, and of what the registry calls the things in it."""
        called = [self._reference.names.get(entity.lower(), entity) for entity in entities]
        return hashlib.sha256(f"{name}\0{called!a}".encode()).hexdigest()

    def step(self, before: Reading | None, now: Reading) -> Step:
        """The step between two readings."""
        if before is None or self.kept.folder is None:
            return step(before, now)
        name = f"{before.sum[:32]}{now.sum[:32]}.step"
        kept = self.kept.get(name)
        if kept is not None:
            changed: dict[Place, Cell | None] = dict.fromkeys((row, key) for row, key in kept["nothing"])
            return Step(changed | dict(_unpacked(kept["cells"])), tuple(kept["rows"]), kept["leaps"])
        found = step(before, now)
        nothing = [place for place, cell in found.changed.items() if cell is None]
        cells = {place: cell for place, cell in found.changed.items() if cell is not None}
        value = {"nothing": nothing, "cells": _packed(cells), "rows": found.rows, "leaps": found.leaps}
        self.kept.put(name, value)
        return found


def _packed(cells: Mapping[Place, Cell]) -> dict[str, Any]:
    """Cells as JSON; what many of them share stands once."""
    shared: dict[tuple[Any, ...], int] = {}
    rows = []
    for (row, key), cell in cells.items():
        same = (cell.unit, cell.measure, str(cell.factor), cell.file, cell.fields, cell.about)
        rows.append([row, key, cell.text, cell.printed, cell.line, cell.note, shared.setdefault(same, len(shared))])
    return {"shared": list(shared), "cells": rows}


def _unpacked(packed: Mapping[str, Any]) -> Iterable[tuple[Place, Cell]]:
    shared = [
        (unit, measure, Decimal(factor), file, _pairs(fields), _pairs(about))
        for unit, measure, factor, file, fields, about in packed["shared"]
    ]
    for row, key, text, printed, line, note, at in packed["cells"]:
        unit, measure, factor, file, fields, about = shared[at]
        yield (row, key), Cell(text, printed, unit, measure, factor, line, file, fields, note, about)


def _problem(kept: Mapping[str, Any]) -> Problem:
    return Problem(**{**kept, "about": tuple(kept["about"])})


def _pairs(found: Iterable[Iterable[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in found)
