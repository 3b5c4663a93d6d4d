"""What one snapshot says: its wanted cells by row and column, and what it cannot tell.

A cell is a value, nothing, or unknown: the column is not in the snapshot, or its value cannot be trusted.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from orchestration.datasets.snapshots import Table
from orchestration.datasets.spec import Column, Filler, Spec, measure_of, unit_of_header
from orchestration.datasets.things import (
    PLACES,
    Thing,
    identity,
    indistinct,
    is_nowhere,
    mark,
    nowhere_problems,
    places_problems,
)
from orchestration.figures import PeriodError, parse_period
from orchestration.loading.problems import Problem
from orchestration.loading.reference import Reference

# one thing under many names: nothing is known
_NOTHING = frozenset({"", "-", "–", "n/a", "na", "nan", "none", "null", "#n/a"})
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


Unknown = set[str | tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Said:
    """What a snapshot says by itself: its wanted cells by row and column, what is wrong, what it does not tell.

    ``absent`` are the columns (their keys) that it has not; whether that is wrong depends on the snapshot before it.
    """

    cells: Mapping[tuple[str, str], Cell]
    wrong: Sequence[Problem]
    unknown: Unknown
    absent: frozenset[str] = frozenset()


def read_cells(table: Table, spec: Spec, reference: Reference) -> Said:
    """What a snapshot says, without regard to any other."""
    wrong: list[Problem] = []
    unknown: Unknown = set()
    gone: set[str] = set()
    at = {header: index for index, header in enumerate(table.headers)}

    def place(names: Iterable[str]) -> int | None:
        return next((at[name] for name in names if name in at), None)

    keys = [place(names) for names in spec.key]
    if None in keys:
        wanted = " or ".join(repr(name) for name in spec.key[keys.index(None)])
        remedy = f"Its headers: {', '.join(table.headers[:12])}. Name the column in `key`, with `aliases` for old names"
        wrong.append(Problem(table.file, 1, "", f"there is no column {wanted}, which names the rows", remedy))
        return Said({}, wrong, {column.key for column in spec.columns})
    shared_fields = [*spec.fillers.items(), *spec.about.items()]
    if lost := [_lost(table, name, filler) for name, filler in shared_fields if _is_absent(filler, at)]:
        # without the period or the place nobody knows what the values are of
        if any(_is_absent(filler, at) for filler in spec.fillers.values()):
            return Said({}, lost, {column.key for column in spec.columns})
        wrong += lost
    units: dict[str, tuple[str, str]] = {}
    places: dict[str, int] = {}
    for column in spec.columns:
        index = place(column.headers)
        unit, basis = column.unit, ""
        if index is None:
            unknown.add(column.key)
            gone.add(column.key)
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
    things: dict[tuple[str, str], Thing] = {}
    nowhere: dict[str, list[tuple[int, str]]] = defaultdict(list)
    measures: dict[str, tuple[str, Decimal]] = {}
    refused: dict[str, list[Problem]] = defaultdict(list)
    of_rows = {row: {"entity": row, **_fields(spec.fillers, row, texts, at, spec)} for row, (_, texts) in names.items()}
    # only rows that say the same of themselves can be of one thing, unless a column says another
    identities = {row: identity(fields, reference) for row, fields in of_rows.items()}
    often = Counter(identities.values())
    said_of_rows = spec.fillers.keys() | {"entity"}
    others = {column.key for column in spec.columns if said_of_rows & (column.fields.keys() | column.fillers.keys())}
    for row, (line, texts) in names.items():
        shared = of_rows[row]
        is_one = often[identities[row]] == 1 and bool(shared["entity"])
        about = tuple(_fields(spec.about, row, texts, at, spec).items())
        for column in spec.columns:
            if column.key not in places:
                continue
            text = texts[places[column.key]]
            symbol, basis = units[column.key]
            own = _fields(column.fillers, row, texts, at, spec)
            note = own.pop("note", "")
            if "unit" in column.fillers:
                symbol = own.pop("unit")
                symbol = spec.units.get(symbol, symbol)
            fields = shared | own
            if basis:
                fields["basis"] = "; ".join(part for part in (fields.get("basis"), basis) if part)
            told = tuple(sorted(fields.items()))
            number, problem = _number(text, column)
            if number and not problem:
                problem = _unit_problem(symbol, reference) if "unit" in column.fillers else None
            if number and not problem:
                problem = _period_problem(fields.get("period", ""))
            if doubtful := not is_one or column.key in others:
                said = {**fields, **column.fields}
            if doubtful and number and not problem and is_nowhere(said, reference):
                unknown.add((row, column.key))
                nowhere[said["geography"]].append((line, mark(row, column.key, text, symbol, told)))
                continue
            if problem:
                unknown.add((row, column.key))
                about_it = (mark(row, column.key, text, symbol, told),)
                refused[column.key].append(
                    Problem(table.file, line, f"{row}: {column.key}", *problem, text[:200], about_it)
                )
                continue
            if symbol not in measures:
                measures[symbol] = _measure(symbol, reference)
            measure, factor = measures[symbol]
            if number and doubtful:
                things[row, column.key] = (said, Decimal(number) * factor, measure, line)
            cells[row, column.key] = Cell(number, text, symbol, measure, factor, line, table.file, told, note, about)
    blurred, problems = indistinct(table.file, things, {column.key: column for column in spec.columns}, reference)
    unknown |= blurred
    cells = {cell: said for cell, said in cells.items() if cell not in blurred}
    wrong += [*problems, *nowhere_problems(table.file, nowhere)]
    told_of = ((row, cell.line, (*cell.fields, *cell.about)) for (row, _), cell in cells.items() if cell.text)
    wrong += places_problems(table.file, told_of, reference)
    for key, problems in refused.items():
        wrong += problems[:_SHOWN]
        if more := problems[_SHOWN:]:
            message = f"{len(more)} more cells of this column cannot be read, from line {more[0].line} on"
            marks = tuple(each for problem in more for each in problem.about)
            wrong.append(Problem(table.file, more[0].line, key, message, problems[0].remedy, about=marks))
    return Said(cells, wrong, unknown, frozenset(gone))


def absent_problems(file: str, absent: frozenset[str], spec: Spec, before: frozenset[str]) -> list[Problem]:
    """The wanted columns that a snapshot has not and should have: ``before`` are the headers of the one before it."""
    found = []
    for column in spec.columns:
        had = bool(before & set(column.headers))
        if column.key in absent and (column.required or (had and column.required is None)):
            message = f"there is no column {column.headers[0]!r}{_AS_BEFORE if had else ''}"
            remedy = "Add its new name to `aliases`; `required: false` says that it may be absent"
            found.append(Problem(file, 1, column.key, message, remedy))
    return found


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
            remedy = "Tell the publisher; the row is left out"
            wrong.append(Problem(table.file, line, "", "the row has no name", remedy, about=(mark("", *texts),)))
            continue
        found[name].append((line, texts))
    # the registry knows names without regard to capitals: two that differ in them alone are one name
    spelled: dict[str, list[str]] = defaultdict(list)
    for name in found:
        spelled[name.lower()].append(name)
    doubled: list[str] = []
    for names in spelled.values():
        lines = [line for name in names for line, _ in found[name]]
        if len(lines) > 1:
            doubled += names
            message = f"{' or '.join(map(repr, names))} stands twice (lines {', '.join(map(str, lines))})"
            remedy = "Give `key` a second column that tells them apart"
            marks = (mark(*sorted((name, texts) for name in names for _, texts in found[name])),)
            wrong.append(Problem(table.file, lines[0], names[0], message, remedy, about=marks))
    gone = set(doubled)
    return {name: rows[0] for name, rows in found.items() if name not in gone}, doubled


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


_TIME_OF_DAY = re.compile(r"(?<=\d{4}-\d\d-\d\d)[T ]\d\d:\d\d.*$")


def _period_problem(period: str) -> tuple[str, str] | None:
    try:
        parse_period(period)
    except PeriodError as error:
        return (
            f"the row's period cannot be read: {error}",
            "Translate it in `words:` of `period`, or tell the publisher",
        )
    return None


def _measure(symbol: str, reference: Reference) -> tuple[str, Decimal]:
    """The canonical unit of a symbol and the factor that leads to it."""
    known = measure_of(symbol, reference)
    return (known[0].unit, Decimal(str(known[0].factor)) * known[1]) if known else ("", Decimal(1))


def _unit_problem(symbol: str, reference: Reference) -> tuple[str, str] | None:
    if measure_of(symbol, reference) is not None:
        return None
    message = f"the row's unit {symbol!r} is none that is known" if symbol else "the row prints no unit"
    return message, "Translate it in `words:` of `unit`, or in `units:` of the spec"


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
        return "", (f"{text[:40]!r} is no number", "This cell is left out: tell the publisher, or leave the column out")
    if not number.is_finite():
        return "", (f"{text[:40]!r} is no finite number", "Something was divided by zero: tell the publisher")
    for limit, beyond in ((column.low, "below"), (column.high, "above")):
        if limit is not None and (number < Decimal(limit) if beyond == "below" else number > Decimal(limit)):
            remedy = "Is the unit right? Else widen `range` in the spec"
            return "", (f"{number:.4g} is {beyond} {limit:g}, the range of {column.headers[0]!r}", remedy)
    return format(number.normalize(), "f"), None
