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
from decimal import Decimal, InvalidOperation
from pathlib import Path
from statistics import median

from orchestration.datasets.snapshots import Table, changed_since, read_table, snapshot_files
from orchestration.datasets.spec import Column, Filler, Spec, unit_of_header
from orchestration.figures import PeriodError, parse_period
from orchestration.loading.problems import Problem, RawError
from orchestration.loading.reference import Reference

# one thing under many names: nothing is known
_NOTHING = frozenset({"", "-", "–", "n/a", "na", "nan", "none", "null", "#n/a"})
# doubles that went through arithmetic differ in their last digits
NOISE = 1e-9
# a column whose values all changed by more than this between two snapshots changed its unit, not its values
_LEAP = 3.0
_FEW = 4
# so many cells of one column are told one by one
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Cell:
    """What one snapshot says of one fact: ``text`` in ``unit`` (empty: nothing), and the fields beside it.

    ``text`` is a plain number, ``printed`` what stands in the file.

    ``measure`` is the canonical unit and ``factor`` leads to it: 80 GB and 8e10 bytes are one value.
    """

    text: str
    printed: str
    unit: str
    measure: str
    factor: Decimal
    line: int
    file: str
    fields: tuple[tuple[str, str], ...]
    # a remark beside the value: it may change without the value
    note: str = ""
    # of the row's entity: country, maker
    about: tuple[tuple[str, str], ...] = ()

    @property
    def amount(self) -> Decimal:
        """The value in the canonical unit; there must be one."""
        return Decimal(self.text) * self.factor


@dataclass(frozen=True, slots=True)
class Version:
    """A value of a fact with the first day on which it was known and the first on which it no longer stood."""

    row: str
    column: Column
    cell: Cell
    known_from: date
    known_until: date | None = None

    @property
    def key(self) -> str:
        """The key of the figure: row, column and the day, in letters that a figure id may have."""
        return f"{self.fact}@{self.known_from}"

    @property
    def fact(self) -> str:
        """The key without the day: what all versions of the fact share."""
        return f"{slug(self.row)}.{self.column.key}"


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
        cells, wrong, unknown = _cells(table, spec, reference, present_before)
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
    versions = sorted([*done, *standing.values()], key=lambda v: (v.row, v.column.key, v.known_from))
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


_Unknown = set[str | tuple[str, str]]


def _cells(
    table: Table, spec: Spec, reference: Reference, before: frozenset[str]
) -> tuple[dict[tuple[str, str], Cell], list[Problem], _Unknown]:
    """The wanted cells of a snapshot by row and column, what is wrong with it, and what it therefore does not tell.

    ``before`` are the headers of the snapshot before it: a wanted column that it had and this one has not is told.
    """
    wrong: list[Problem] = []
    unknown: _Unknown = set()
    at = {header: index for index, header in enumerate(table.headers)}

    def place(names: Iterable[str]) -> int | None:
        return next((at[name] for name in names if name in at), None)

    keys = [place(names) for names in spec.key]
    if None in keys:
        wanted = " or ".join(repr(name) for name in spec.key[keys.index(None)])
        remedy = f"Its headers: {', '.join(table.headers[:12])}. Name the column in `key`, with `aliases` for old names"
        wrong.append(Problem(table.file, 1, "", f"there is no column {wanted}, which names the rows", remedy))
        return {}, wrong, {column.key for column in spec.columns}
    shared_fields = [*spec.fillers.items(), *spec.about.items()]
    if lost := [_lost(table, name, filler) for name, filler in shared_fields if _is_absent(filler, at)]:
        # without the period or the place nobody knows what the values are of
        if any(_is_absent(filler, at) for filler in spec.fillers.values()):
            return {}, lost, {column.key for column in spec.columns}
        wrong += lost
    units: dict[str, tuple[str, str]] = {}
    places: dict[str, int] = {}
    for column in spec.columns:
        index = place(column.headers)
        unit, basis = column.unit, ""
        if index is None:
            unknown.add(column.key)
            had = bool(before & set(column.headers))
            if column.required or (had and column.required is None):
                message = f"there is no column {column.headers[0]!r}{_AS_BEFORE if had else ''}"
                remedy = "Add its new name to `aliases`; `required: false` says that it may be absent"
                wrong.append(Problem(table.file, 1, column.key, message, remedy))
            continue
        absent = [(name, filler) for name, filler in column.fillers.items() if _is_absent(filler, at)]
        if lost := [_lost(table, name, filler, column.key) for name, filler in absent if name != "note"]:
            unknown.add(column.key)
            wrong += lost
            continue
        if unit == "header":
            unit, basis = unit_of_header(table.headers[index], spec, reference)
            if not unit:
                unknown.add(column.key)
                message = f"the header {table.headers[index]!r} prints no unit that is known"
                wrong.append(
                    Problem(table.file, 1, column.key, message, "Write it into `units:` or `unit:` of the spec")
                )
                continue
        places[column.key], units[column.key] = index, (unit, basis)
    names, doubled = _row_names(table, [index for index in keys if index is not None], spec, wrong)
    unknown |= {(name, column.key) for name in doubled for column in spec.columns}
    cells: dict[tuple[str, str], Cell] = {}
    refused: dict[str, list[Problem]] = defaultdict(list)
    for row, (line, texts) in names.items():
        shared = _fields(spec.fillers, row, texts, at, spec)
        shared.setdefault("entity", row)
        about = tuple(_fields(spec.about, row, texts, at, spec).items())
        for column in spec.columns:
            if column.key not in places:
                continue
            text = texts[places[column.key]]
            symbol, basis = units[column.key]
            own = _fields(column.fillers, row, texts, at, spec)
            note = own.pop("note", "")
            fields = shared | own
            if basis:
                fields["basis"] = "; ".join(part for part in (fields.get("basis"), basis) if part)
            number, problem = _number(text, column)
            if number and not problem:
                problem = _period_problem(fields.get("period", ""))
            if problem:
                unknown.add((row, column.key))
                refused[column.key].append(Problem(table.file, line, f"{row}: {column.key}", *problem, text[:200]))
                continue
            known = reference.units.get(symbol) if symbol else None
            measure, factor = (known.unit, Decimal(str(known.factor))) if known else ("", Decimal(1))
            told = tuple(sorted(fields.items()))
            cells[row, column.key] = Cell(number, text, symbol, measure, factor, line, table.file, told, note, about)
    wrong += _places_problems(table, [cell for (_, key), cell in cells.items()], spec, reference)
    for key, problems in refused.items():
        wrong += problems[:_SHOWN]
        if more := problems[_SHOWN:]:
            message = f"{len(more)} more cells of this column cannot be read, from line {more[0].line} on"
            wrong.append(Problem(table.file, more[0].line, key, message, problems[0].remedy))
    return cells, wrong, unknown


_AS_BEFORE = " any more: its values stand as they were"


def _is_absent(filler: Filler, at: Mapping[str, int]) -> bool:
    return bool(filler.columns) and not any(header in at for header in filler.columns)


def _lost(table: Table, name: str, filler: Filler, column: str = "") -> Problem:
    what = f"`{name}` of {column}" if column else f"`{name}`"
    remedy = f"Add its new name to `aliases` of {what}; until then what stood before stands"
    return Problem(
        table.file, 1, column or name, f"there is no column {filler.columns[0]!r}, which {what} reads", remedy
    )


def names_of_rows(table: Table, spec: Spec) -> dict[str, tuple[str, ...]]:
    """The cells of each row by its name; empty when a column of the key is missing."""
    at = {header: index for index, header in enumerate(table.headers)}
    keys = [next((at[name] for name in names if name in at), None) for names in spec.key]
    if None in keys:
        return {}
    found, _ = _row_names(table, [index for index in keys if index is not None], spec, [])
    return {name: texts for name, (_, texts) in found.items()}


def _row_names(
    table: Table, keys: Sequence[int], spec: Spec, wrong: list[Problem]
) -> tuple[dict[str, tuple[int, tuple[str, ...]]], list[str]]:
    """Rows by name; those that share a name are left out, all of them, and their names come second."""
    found: dict[str, list[tuple[int, tuple[str, ...]]]] = defaultdict(list)
    for line, texts in table.rows:
        parts = [" ".join(texts[index].split()) for index in keys]
        name = " | ".join(spec.renamed.get(part, part) for part in parts)
        if not any(parts):
            wrong.append(
                Problem(table.file, line, "", "the row has no name", "Tell the publisher; the row is left out")
            )
            continue
        found[name].append((line, texts))
    doubled = [name for name, rows in found.items() if len(rows) > 1]
    for name in doubled:
        lines = ", ".join(str(line) for line, _ in found[name])
        remedy = "Give `key` a second column that tells them apart"
        wrong.append(Problem(table.file, found[name][0][0], name, f"{name!r} stands twice (lines {lines})", remedy))
        del found[name]
    return {name: rows[0] for name, rows in found.items()}, doubled


def _fields(
    fillers: Mapping[str, Filler], row: str, texts: tuple[str, ...], at: Mapping[str, int], spec: Spec
) -> dict[str, str]:
    """What the row says of entity, period, place and so on; a word that the spec translates is translated."""
    values = {}
    for name, filler in fillers.items():
        value = filler.constant
        if filler.columns:
            index = next((at[header] for header in filler.columns if header in at), None)
            value = " ".join(texts[index].split()) if index is not None else ""
            # a renamed row is one thing under both names
            value = spec.renamed.get(value, value) if name == "entity" else value
            if name in PLACES and value not in filler.words:
                value = ", ".join(filler.words.get(part.strip(), part.strip()) for part in value.split(","))
            value = filler.words.get(value, value if filler.default is None else filler.default)
        # a time of day says nothing of a period
        values[name] = _TIME_OF_DAY.sub("", value) if name == "period" else value
    return values


PLACES = ("geography", "country")
_TIME_OF_DAY = re.compile(r"(?<=\d{4}-\d\d-\d\d)[T ]\d\d:\d\d.*$")


def _places_problems(table: Table, cells: Iterable[Cell], spec: Spec, reference: Reference) -> list[Problem]:
    """Names of places that nobody knows, once a name: figures stay without the place until the spec translates it."""
    lines: dict[tuple[str, str], set[int]] = defaultdict(set)
    for cell in cells:
        for name, value in (*cell.fields, *cell.about):
            if name in PLACES and value and value not in reference.geographies:
                for part in value.split(","):
                    if part.strip().lower() not in reference.places:
                        lines[name, part.strip()].add(cell.line)
    return [
        Problem(
            table.file,
            min(found),
            name,
            f"{part!r} is no place that is known ({len(found)} rows, which are left without one)",
            f'Translate it in the spec, `{name}: {{column: …, words: {{"{part}": …}}}}`; "" for no place',
            part,
        )
        for (name, part), found in sorted(lines.items())
        if part
    ]


def _period_problem(period: str) -> tuple[str, str] | None:
    try:
        parse_period(period)
    except PeriodError as error:
        return (
            f"the row's period cannot be read: {error}",
            "Translate it in `words:` of `period`, or tell the publisher",
        )
    return None


def _number(text: str, column: Column) -> tuple[str, tuple[str, str] | None]:
    """The number of a cell in the unit of its column as plain text (empty for nothing), or why it has none."""
    bare = text.strip().replace("\u00a0", "").replace(",", "").replace(" ", "")
    if bare.lower() in _NOTHING:
        return "", None
    factor = Decimal(column.factor or 1)
    if bare.endswith("%") and column.unit == "%":
        bare, factor = bare[:-1], Decimal(1)
    if re.search(r",(?!\d{3}(?:\D|$))", text.strip()):
        return "", (f"{text[:40]!r} has a comma that groups no thousands", "Is it a decimal comma? Tell the publisher")
    try:
        number = Decimal(bare) * factor
    except InvalidOperation:
        return "", (f"{text[:40]!r} is no number", "Leave the column out, or tell the publisher")
    if not number.is_finite():
        return "", (f"{text[:40]!r} is no finite number", "Something was divided by zero: tell the publisher")
    for limit, beyond in ((column.low, "below"), (column.high, "above")):
        if limit is not None and (number < Decimal(limit) if beyond == "below" else number > Decimal(limit)):
            remedy = "Is the unit right? Else widen `range` in the spec"
            return "", (f"{number:.4g} is {beyond} {limit:g}, the range of {column.headers[0]!r}", remedy)
    return format(number.normalize(), "f"), None


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


def slug(name: str) -> str:
    """A row's name in the letters of a key, with a few digits of its hash where letters were lost."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    again = re.sub(r"[^a-z0-9]+", " ", plain)
    if plain and again == re.sub(r"[ ()/_\-]+", " ", name.lower()).strip() and len(plain) <= 60:
        return plain
    return f"{plain[:50]}-{hashlib.sha256(name.encode()).hexdigest()[:6]}".lstrip("-")
