"""From snapshots to facts and their vintages.

A fact is one wanted column of one row. Its history is what the snapshots say of it, in the order of their days: a
value, nothing, or that nobody knows (the column is not in that snapshot, or its value cannot be trusted). Only a change
makes a new version; a value that no snapshot changed is the same, however often it was published, and noise of binary
fractions is no change.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from statistics import median

from orchestration.datasets.cells import Cell, read_cells
from orchestration.datasets.snapshots import Table, changed_since, read_table, snapshot_files
from orchestration.datasets.spec import Column, Spec
from orchestration.loading.problems import Problem, RawError
from orchestration.loading.reference import Reference

# doubles that went through arithmetic differ in their last digits
NOISE = 1e-9
# a column whose values all changed by more than this between two snapshots changed its unit, not its values
_LEAP = 3.0
_FEW = 4


@dataclass(frozen=True, slots=True)
class Version:
    """A value of a fact with the first day on which it was known and the first on which it no longer stood."""

    row: str
    column: Column
    cell: Cell
    known_from: date
    known_until: date | None = None
    # the row's name in letters of a key; no other row of the dataset has it
    slug: str = ""

    @property
    def key(self) -> str:
        """The key of the figure: row, column and the day, in letters that a figure id may have."""
        return f"{self.fact}@{self.known_from}"

    @property
    def fact(self) -> str:
        """The key without the day: what all versions of the fact share."""
        return f"{self.slug}.{self.column.key}"


@dataclass(frozen=True, slots=True)
class History:
    """All versions of all facts, the days of the snapshots that could be read, and what was wrong."""

    versions: tuple[Version, ...]
    days: tuple[date, ...]
    problems: tuple[Problem, ...]
    # cells with a value, in all snapshots, that were refused
    refused: int


def read_history(folder: Path, raw: Path, spec: Spec, reference: Reference) -> History:
    """The history that all snapshots of the folder give together. Never raises for what one of them holds."""
    files, wrong = snapshot_files(folder, raw, spec)
    wrong += changed_since(folder, raw, files)
    if not files:
        wrong.append(RawError(spec.file, 0, "there is no snapshot", "`ai-figures fetch` gets one, or put it there"))
    changed = {error.problem.file for error in wrong}

    def tables() -> Iterator[Table]:
        for day, path in files.items():
            if str(path.relative_to(raw)) not in changed:
                try:
                    yield read_table(path, raw, spec, day)
                except RawError as error:
                    wrong.append(error)

    told = _history(tables(), spec, reference)
    return replace(told, problems=(*(error.problem for error in wrong), *told.problems))


def history_of(tables: Sequence[Table], spec: Spec, reference: Reference) -> History:
    """The same from tables that were read, in any order."""
    return _history(sorted(tables, key=lambda table: table.day), spec, reference)


def _history(ordered: Iterable[Table], spec: Spec, reference: Reference) -> History:
    """One table at a time: memory holds the versions and the last snapshot, whatever the number of snapshots."""
    told: list[Problem] = []
    days: list[date] = []
    done: list[Version] = []
    standing: dict[tuple[str, str], Version] = {}
    rows: dict[str, None] = {}
    columns = {column.key: column for column in spec.columns}
    before: dict[str, dict[str, Decimal]] = {}
    headers: set[str] = set()
    present_before: frozenset[str] = frozenset()
    refused = 0
    for table in ordered:
        days.append(table.day)
        headers.update(table.headers)
        cells, wrong, unknown = read_cells(table, spec, reference, present_before)
        present_before = frozenset(table.headers)
        leaps = _leaps(table, cells, before, columns)
        told += [*wrong, *leaps.values()]
        refused += len(wrong) + len(leaps)
        numbers: dict[str, dict[str, Decimal]] = defaultdict(dict)
        present = {row for row, _ in cells}
        rows |= dict.fromkeys(sorted(present))
        for row in rows:
            for key in columns:
                if key in unknown or key in leaps or (row, key) in unknown:
                    continue  # nobody knows: what stood before stands
                cell = cells.get((row, key))
                now = cell if cell and cell.text else None
                if now is not None:
                    numbers[key][row] = now.amount
                last = standing.get((row, key))
                if last is not None and now is not None and same(last.cell, now):
                    continue
                if last is not None:
                    done.append(replace(standing.pop((row, key)), known_until=table.day))
                if now is not None:
                    standing[row, key] = Version(row, columns[key], now, table.day)
        before |= numbers
    if days:
        told += _never_there(spec, headers)
    slugs = _slugs(rows)
    found = (replace(version, slug=slugs[version.row]) for version in (*done, *standing.values()))
    versions = sorted(found, key=lambda v: (v.row, v.column.key, v.known_from))
    return History(tuple(versions), tuple(days), tuple(_told_once(told)), refused)


def _never_there(spec: Spec, headers: set[str]) -> list[Problem]:
    """Columns that the spec reads and no snapshot has: a slip of the spec, which would load nothing and say nothing."""
    optional = {column.key for column in spec.columns if column.required is False}
    return [
        Problem(spec.file, line, what, f"no snapshot has a column {names[0]!r}", _CORRECT)
        for what, names, line in spec.reads()
        if not headers & set(names) and what not in optional
    ]


_CORRECT = "Correct its name in the spec, or take the entry out"
_IN_BRACKETS = re.compile(r" \([^()]*\)")


def _told_once(problems: Sequence[Problem]) -> list[Problem]:
    """What is wrong in several snapshots in the same way is told of the last of them, with their number."""

    def thing(problem: Problem) -> tuple[str, str]:
        return problem.key, _IN_BRACKETS.sub("", problem.message)

    files: dict[tuple[str, str], list[str]] = defaultdict(list)
    for problem in problems:
        if problem.file not in files[thing(problem)]:
            files[thing(problem)].append(problem.file)
    return [
        replace(problem, message=f"{problem.message}, in {len(among)} snapshots") if len(among) > 1 else problem
        for problem in problems
        if problem.file == (among := files[thing(problem)])[-1]
    ]


def same(one: Cell, other: Cell) -> bool:
    """Whether two cells say one thing: the same fields, and values apart by noise at most."""
    if one.measure != other.measure or one.fields != other.fields:
        return False
    first, second = one.amount, other.amount
    return abs(first - second) <= Decimal(NOISE) * max(abs(first), abs(second))


def _leaps(
    table: Table,
    cells: Mapping[tuple[str, str], Cell],
    before: Mapping[str, Mapping[str, Decimal]],
    columns: Mapping[str, Column],
) -> dict[str, Problem]:
    """Columns whose values have left all together since the last snapshot: another unit under the same header."""
    leaps = {}
    for key, column in columns.items():
        ratios = [
            float(cell.amount / old)
            for row, old in before.get(key, {}).items()
            if old and (cell := cells.get((row, key))) is not None and cell.text
        ]
        middle = median(ratios) if len(ratios) >= _FEW else 1.0
        if not 1 / _LEAP <= middle <= _LEAP:
            message = f"the values of {column.headers[0]!r} are {middle:.3g} times what they were, all together"
            remedy = "Has its unit changed? Tell it in the spec; until then the values before stand"
            leaps[key] = Problem(table.file, 1, key, message, remedy)
    return leaps


def _slugs(rows: Iterable[str]) -> dict[str, str]:
    """A key of its own for each row; of two that differ in marks only the one known first keeps the plain one."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in rows:
        plain = slug(name)
        found[name] = _hashed(name) if plain in taken else plain
        taken.add(found[name])
    return found


def slug(name: str) -> str:
    """A row's name in the letters of a key, with a few digits of its hash where letters were lost."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    again = re.sub(r"[^a-z0-9]+", " ", plain)
    if plain and again == re.sub(r"[ ()/_\-]+", " ", name.lower()).strip() and len(plain) <= 60:
        return plain
    return _hashed(name)


def _hashed(name: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return f"{plain[:50]}-{hashlib.sha256(name.encode()).hexdigest()[:6]}".lstrip("-")
