"""What a cell is about: its place, and whether anything tells it from the other rows of its snapshot.

Two figures of one thing are compared with each other. So a cell whose place nobody knows, and which has no entity, is
left out, as are rows that say different values of the same thing: both would be contradictions that nobody printed.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from orchestration.datasets.spec import Column
from orchestration.loading.problems import Problem
from orchestration.loading.reference import Reference

NOISE = Decimal("1e-9")

# key of a row and a column; the fields of the cell, its value in the canonical unit, that unit, its line
Thing = tuple[Mapping[str, str], Decimal, str, int]


PLACES = ("geography", "country")


def mark(*said: object) -> str:
    """A short sum of a cell's row and column and what is said there, for `Problem.about`."""
    return hashlib.sha256(repr(said).encode(errors="surrogatepass")).hexdigest()[:16]


def place_of(text: str, reference: Reference) -> str:
    """The code of a place that a dataset names; several places have none."""
    if not text or text in reference.geographies:
        return text
    if whole := reference.places.get(text.strip().lower(), ""):
        return whole if whole in reference.geographies else ""  # a name may hold a comma
    codes = {reference.places.get(part.strip().lower(), part.strip()) for part in text.split(",")}
    codes = {code if code in reference.geographies else "" for code in codes}
    return codes.pop() if len(codes) == 1 else ""


def is_nowhere(fields: Mapping[str, str], reference: Reference) -> bool:
    """Whether a place that nobody knows, or several, is all that says what a cell is about."""
    place = fields.get("geography", "")
    return bool(place) and not fields.get("entity") and not place_of(place, reference)


def nowhere_problems(file: str, cells: Mapping[str, list[tuple[int, str]]]) -> list[Problem]:
    """The cells of such places, once a place: the line and the mark of each."""
    return [
        Problem(
            file,
            min(found)[0],
            "geography",
            f"{place!r} is no single place that is known: {len(found)} cells are left out, nothing else says of what",
            f'Translate it in the spec, `geography: {{column: …, words: {{"{place}": …}}}}`',
            place,
            tuple(said for _, said in found),
        )
        for place, found in sorted(cells.items())
    ]


def places_problems(
    file: str, told: Iterable[tuple[str, int, Iterable[tuple[str, str]]]], reference: Reference
) -> list[Problem]:
    """Names of places that nobody knows, once a name: figures stay without the place until the spec translates it.

    ``told``: row, line and fields of each cell.
    """
    rows: dict[tuple[str, str], set[tuple[int, str]]] = defaultdict(set)
    for row, line, fields in told:
        for name, value in fields:
            if name in PLACES and value and not place_of(value, reference):
                for part in value.split(","):
                    if part.strip().lower() not in reference.places:
                        rows[name, part.strip()].add((line, row))
    return [
        Problem(
            file,
            min(found)[0],
            name,
            f"{part!r} is no place that is known ({len(found)} rows, which are left without one)",
            f'Translate it in the spec, `{name}: {{column: …, words: {{"{part}": …}}}}`; "" for no place',
            part,
            tuple(sorted(mark(row, name, part) for _, row in found)),
        )
        for (name, part), found in sorted(rows.items())
        if part
    ]


def identity(fields: Mapping[str, str], reference: Reference) -> tuple[tuple[str, str], ...]:
    """What fields say, with the entity and the place as the registries name them: equal for one thing."""
    said = {**fields, "entity": reference.names.get(fields.get("entity", "").lower(), fields.get("entity", ""))}
    said["geography"] = place_of(said.get("geography", ""), reference)
    return tuple(sorted(said.items()))


def indistinct(
    file: str, things: Mapping[tuple[str, str], Thing], columns: Mapping[str, Column], reference: Reference
) -> tuple[set[tuple[str, str]], list[Problem]]:
    """Cells of different rows that give one thing different values, and what is wrong with them, once a column."""
    groups: dict[tuple[object, ...], list[tuple[str, str]]] = defaultdict(list)
    for (row, key), (fields, _, measure, _) in things.items():
        groups[key, measure, identity(fields, reference)].append((row, key))
    lost: dict[str, list[list[tuple[str, str]]]] = defaultdict(list)
    for group in groups.values():
        values = [things[cell][1] for cell in group]
        if len(group) > 1 and max(values) - min(values) > NOISE * max(abs(value) for value in values):
            lost[group[0][1]].append(group)
    problems = []
    for key, among in lost.items():
        (one, _), (other, _), *_ = among[0]
        count = sum(map(len, among))
        message = f"{count} rows are left out: nothing tells their figures apart, as of {one!r} and {other!r}"
        remedy = "Say in the spec by what they differ: `segment`, `basis`, `period` or `entity` with the column of it"
        marks = (
            mark(*cell, identity(things[cell][0], reference), *things[cell][1:3]) for group in among for cell in group
        )
        problems.append(
            Problem(file, things[among[0][0]][3], columns[key].key, message, remedy, about=tuple(sorted(marks)))
        )
    return {cell for among in lost.values() for group in among for cell in group}, problems
