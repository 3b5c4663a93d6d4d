"""Is a table in long form? Its columns by what their cells do, for the draft of a spec; a person confirms it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from orchestration.datasets.draft_cells import are_days, filled, numbers_of, quoted
from orchestration.datasets.long import Long
from orchestration.datasets.snapshots import Table
from orchestration.datasets.spec import Spec, measure_of
from orchestration.datasets.things import place_of
from orchestration.loading.reference import Reference

# series have names, which are few against the rows
_MOST_SERIES = 0.5
# a unit of so many letters is a word
_WORD = 4


@dataclass(frozen=True, slots=True)
class LongDraft:
    """``spec`` reads the table in wide form, ``lines`` say of the rows, ``named`` are columns that need no entry.

    ``beside`` are the columns of which each series has its own.
    """

    spec: Spec
    lines: tuple[str, ...]
    named: frozenset[str]
    beside: tuple[str, ...]


def long_draft(table: Table, spec: Spec, reference: Reference) -> LongDraft | None:
    """What the draft of a table in long form says of its rows; None for a table that shows no such form."""
    count = range(len(table.headers))
    days = [index for index in count if are_days(filled(table, index))]
    shape = long_shape(table, [index for index in count if numbers_of(table, index)], days, reference)
    if shape is None:
        return None
    names, values, unit = (table.headers[index] for index in (shape.names, shape.values, shape.unit))
    key = [table.headers[index] for index in shape.key]
    told = ", ".join(f"{{column: {quoted(header)}}}" for header in key)
    lines = [
        "# one number a row, as it seems: each series becomes a column, with its unit in brackets",
        f"long: {{names: {quoted(names)}, values: {quoted(values)}, unit: {quoted(unit)}}}",
        f"key: [{told}]",
    ]
    places = [index for index in shape.key if _are_places(filled(table, index), reference)]
    if places:
        lines.append("entity: none")
    else:
        lines.append("# TODO: what the rows are; `entity: none` where they are no things, else as here:")
        lines.append("# entity: {column: …} and entities: {kind: …}")
    for index in shape.key:
        if index in days:
            lines.append(f"period: {{column: {quoted(table.headers[index])}}}")
        elif index in places:
            words = _unknown(filled(table, index), reference)
            lines.append(f"geography: {{column: {quoted(table.headers[index])}{words}}}")
    beside = [header for header in table.headers if header not in (names, values, unit, *key)]
    if beside:
        told = ", ".join(quoted(f"{header}: …") for header in beside)
        lines.append(f"# each series has its own of these, headed {told}")
    spelled = _spelled(filled(table, shape.unit), reference)
    if spelled:
        lines.append(f"units: {{{', '.join(f'{quoted(word)}: {quoted(each)}' for word, each in spelled.items())}}}")
    wide = replace(spec, units=spelled, long=Long((names,), values, unit), key=tuple((header,) for header in key))
    return LongDraft(wide, tuple(lines), frozenset({*key, *beside}), tuple(beside))


def _are_places(cells: Sequence[str], reference: Reference) -> bool:
    kinds = set(cells)
    return 2 * sum(bool(place_of(each, reference)) for each in kinds) > len(kinds)


def _spelled(units: Sequence[str], reference: Reference) -> dict[str, str]:
    """Units that are known in small letters only, as far as they are words: `Percent`. `MW` is no `mw`."""
    words = [word for word in dict.fromkeys(units) if word.isalpha() and len(word) >= _WORD]
    known = {word: measure_of(word.lower(), reference) for word in words if measure_of(word, reference) is None}
    return {word: word.lower() for word, measure in known.items() if measure is not None}


def _unknown(cells: Sequence[str], reference: Reference) -> str:
    """Places that nobody knows: a person says which they are. What stands as TODO is told by `check`."""
    strange = [each for each in dict.fromkeys(cells) if not place_of(each, reference)]
    return f", words: {{{', '.join(f'{quoted(each)}: TODO' for each in strange[:20])}}}" if strange else ""


@dataclass(frozen=True, slots=True)
class Shape:
    """Indices of the columns: of the series' names, the numbers, the units, and those that together name a row."""

    names: int
    values: int
    unit: int
    key: tuple[int, ...]


def long_shape(table: Table, numbers: Sequence[int], days: Sequence[int], reference: Reference) -> Shape | None:
    """The shape of a table in long form, or None where its cells do not show one without doubt.

    ``numbers`` and ``days`` are the columns of numbers and of dates. One column of numbers; another whose cells are
    units, one for each series; and one or two that, with the names of the series, tell all rows apart.
    """
    if len(numbers) != 1:
        return None
    columns = [_cells(table, index) for index in range(len(table.headers))]
    words = [index for index in range(len(columns)) if index not in numbers and all(columns[index])]
    units = [index for index in words if _are_units(columns[index], reference)]
    if len(units) != 1:
        return None
    unit = columns[units[0]]
    series = [
        index
        for index in words
        if index not in (*units, *days) and _is_function(columns[index], unit) and _are_few(columns[index])
    ]
    found = []
    for names in series:
        others = [index for index in words if index not in (names, *units)]
        keys = [(index,) for index in others] + list(combinations(others, 2))
        key = next((key for key in keys if _tell_apart(columns, (names, *key))), None)
        if key is not None and len(set(columns[names])) > 1:
            found.append(Shape(names, numbers[0], units[0], key))
    # a shorter key is no choice between two readings: which column names the series must be clear
    return found[0] if len(found) == 1 else None


def _cells(table: Table, index: int) -> list[str]:
    return [cells[index] for _, cells in table.rows]


def _are_units(cells: Sequence[str], reference: Reference) -> bool:
    """Whether there are several words, and one of them is a unit; one letter is more likely a mark."""
    kinds = set(cells)
    return len(kinds) > 1 and any(len(each) > 1 and measure_of(each, reference) is not None for each in kinds)


def _is_function(cells: Sequence[str], of: Sequence[str]) -> bool:
    """Whether each word of ``cells`` stands with one word of ``of`` only."""
    return len(set(zip(cells, of, strict=True))) == len(set(cells))


def _are_few(cells: Sequence[str]) -> bool:
    return len(set(cells)) <= _MOST_SERIES * len(cells)


def _tell_apart(columns: Sequence[Sequence[str]], indices: Sequence[int]) -> bool:
    return len(set(zip(*(columns[index] for index in indices), strict=True))) == len(columns[0])
