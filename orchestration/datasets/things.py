"""What a cell is about: its place, and whether anything tells it from the other rows of its snapshot.

Two figures of one thing are compared with each other. So a cell whose place nobody knows, and which has no entity, is
left out, as are rows that say different values of the same thing: both would be contradictions that nobody printed.
"""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from orchestration.datasets.spec import Column
from orchestration.loading.problems import Problem
from orchestration.loading.reference import Reference

NOISE = Decimal("1e-9")

# key of a row and a column; the fields of the cell, its value in the canonical unit, that unit, its line
Thing = tuple[Mapping[str, str], Decimal, str, int]


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


def nowhere_problems(file: str, lines: Mapping[str, list[int]]) -> list[Problem]:
    """The cells of such places, once a place: ``lines`` are those of its cells."""
    return [
        Problem(
            file,
            min(found),
            "geography",
            f"{place!r} is no single place that is known: {len(found)} cells are left out, nothing else says of what",
            f'Translate it in the spec, `geography: {{column: …, words: {{"{place}": …}}}}`',
            place,
        )
        for place, found in sorted(lines.items())
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
        problems.append(Problem(file, things[among[0][0]][3], columns[key].key, message, remedy))
    return {cell for among in lost.values() for group in among for cell in group}, problems
