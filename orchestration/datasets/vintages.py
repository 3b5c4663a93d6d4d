"""From snapshots to facts and their vintages.

A fact is one wanted column of one row. Its history is what the snapshots say of it, in the order of their days: a
value, nothing, or that nobody knows (the column is not in that snapshot, or its value cannot be trusted). Only a change
makes a new version; a value that no snapshot changed is the same, however often it was published, and noise of binary
fractions is no change.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from orchestration.datasets.cells import Cell, absent_problems
from orchestration.datasets.readings import Reading, Readings, Step, kept_of, leap, reading_of, step
from orchestration.datasets.snapshots import Table, changed_since, snapshot_files
from orchestration.datasets.spec import Column, Spec
from orchestration.loading.problems import Problem, RawError
from orchestration.loading.reference import Reference

# doubles that went through arithmetic differ in their last digits
NOISE = 1e-9


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
    intact = {day: path for day, path in files.items() if str(path.relative_to(raw)) not in changed}
    readings = Readings(raw, spec, reference, kept_of(folder, raw))
    told = history_of_files(intact, readings, spec, wrong)
    readings.kept.forget_the_rest()
    return replace(told, problems=(*(error.problem for error in wrong), *told.problems))


def history_of_files(files: Mapping[date, Path], readings: Readings, spec: Spec, wrong: list[RawError]) -> History:
    """The same from the given files; those that are no tables are added to ``wrong``."""

    def read() -> Iterator[Reading]:
        for day, path in sorted(files.items()):
            try:
                yield readings.read(path, day)
            except RawError as error:
                wrong.append(error)

    return _history(read(), readings.step, spec)


def history_of(tables: Sequence[Table], spec: Spec, reference: Reference) -> History:
    """The same from tables that were read, in any order."""
    ordered = sorted(tables, key=lambda table: table.day)
    return _history((reading_of(table, spec, reference) for table in ordered), step, spec)


class _Standing:
    """The facts as they stand after each snapshot, and the versions that have ended."""

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self._columns = columns
        self._now: dict[tuple[str, str], Version] = {}
        self._done: list[Version] = []

    def take(self, place: tuple[str, str], cell: Cell | None, day: date) -> None:
        """What the snapshot of a day says of a fact; None for nothing."""
        last = self._now.get(place)
        if last is not None and cell is not None and same(last.cell, cell):
            return
        if last is not None:
            self._done.append(replace(self._now.pop(place), known_until=day))
        if cell is not None:
            self._now[place] = Version(place[0], self._columns[place[1]], cell, day)

    def versions(self) -> list[Version]:
        return [*self._done, *self._now.values()]


def _history(readings: Iterable[Reading], steps: Callable[[Reading | None, Reading], Step], spec: Spec) -> History:
    """One reading at a time: memory holds the versions and two snapshots at most, whatever their number.

    Where the snapshot before tells a column, only what changed since then is looked at. What stood in a column that it
    does not tell is older: then all rows are compared with what stands.
    """
    told: list[Problem] = []
    days: list[date] = []
    columns = {column.key: column for column in spec.columns}
    standing = _Standing(columns)
    rows: dict[str, None] = {}
    # the last values of columns that the snapshot before does not tell
    earlier: dict[str, dict[str, Decimal]] = {}
    open_columns = set(columns)
    headers: set[str] = set()
    before: Reading | None = None
    refused = 0
    for now in readings:
        days.append(now.day)
        headers.update(now.headers)
        wrong = absent_problems(now.file, now.absent, spec, frozenset(before.headers if before else ()))
        since = steps(before, now)
        leaps = _leaps(now, since, earlier, columns)
        told += [*wrong, *now.problems, *leaps.values()]
        refused += len(wrong) + len(now.problems) + len(leaps)
        rows |= dict.fromkeys(since.rows)
        blind = {key for key in columns if key in now.unknown or key in leaps}
        for place, cell in since.changed.items():
            if place[1] not in blind and place[1] not in open_columns:
                standing.take(place, cell, now.day)
        for key in (key for key in columns if key in open_columns - blind):
            for row in rows:
                if (row, key) not in now.unknown:
                    cell = now.cells.get((row, key))
                    standing.take((row, key), cell if cell and cell.text else None, now.day)
        tells = now.valued - leaps.keys()
        if before is not None:
            earlier |= {key: before.numbers(key) for key in before.valued - tells - earlier.keys()}
        earlier = {key: numbers for key, numbers in earlier.items() if key not in tells}
        open_columns, before = blind, now
    if days:
        told += _never_there(spec, headers)
    slugs = _slugs(rows)
    found = (replace(version, slug=slugs[version.row]) for version in standing.versions())
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
    now: Reading, since: Step, earlier: Mapping[str, Mapping[str, Decimal]], columns: Mapping[str, Column]
) -> dict[str, Problem]:
    """Columns whose values have left all together since the last snapshot: another unit under the same header."""
    leaps = {}
    for key, column in columns.items():
        times = leap(earlier[key], now.numbers(key)) if key in earlier else since.leaps.get(key)
        if times is not None:
            message = f"the values of {column.headers[0]!r} are {times:.3g} times what they were, all together"
            remedy = "Has its unit changed? Tell it in the spec; until then the values before stand"
            leaps[key] = Problem(now.file, 1, key, message, remedy)
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
