"""What a draft says of the rows: the column that names them, entities, periods, how sure the values are."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from orchestration.datasets.draft_cells import DAY, LONGEST_NAME, filled, is_name, numbers_of, quoted
from orchestration.datasets.snapshots import Table
from orchestration.loading.reference import Reference

# names of rows nearly all differ (two rows of one name are told by `check`)
_FEW_WORDS = 8
_DISTINCT, _DISTINCT_IF_CALLED = 0.95, 0.7


def key_of(table: Table, reference: Reference) -> int:
    """The column of short texts that names rows: one that is called so, else the first of nearly all different ones."""
    columns, records = reference.tables["entities"]
    called = {record[columns.index("kind")] for record in records} | {"name"}
    names = [index for index in range(len(table.headers)) if _distinct(table, index) >= _DISTINCT_IF_CALLED]
    for index in names:
        if called & set(re.findall(r"[a-z]+", table.headers[index].lower())):
            return index
    return next((index for index in names if _distinct(table, index) >= _DISTINCT), 0)


def _distinct(table: Table, index: int) -> float:
    """How many of the rows a column of names tells apart, as a share; 0 for one that holds no names."""
    cells = filled(table, index)
    if not cells or not is_name(cells) or numbers_of(table, index):
        return 0.0
    return len(set(cells)) / len(table.rows)


def doubled(table: Table, key: int) -> list[str]:
    cells = [cells[key] for _, cells in table.rows]
    double = sorted(cell for cell, count in Counter(cells).items() if count > 1)
    if not double:
        return []
    names = ", ".join(quoted(name) for name in double[:3])
    told = [f"# TODO: {len(double)} names stand several times or are empty ({names}): such rows are left out"]
    seconds = [header for index, header in enumerate(table.headers) if index != key and _tells_apart(table, key, index)]
    if seconds:
        first = quoted(table.headers[key])
        told += [
            f"# {', '.join(map(quoted, seconds[:4]))} would tell them apart, if it never changes:",
            f"# key: [{{column: {first}}}, {{column: {quoted(seconds[0])}}}] and entity: {{column: {first}}}",
        ]
    return told


def _tells_apart(table: Table, key: int, index: int) -> bool:
    """Whether a short text, filled everywhere, makes every name of a row different. A number may be revised."""
    if numbers_of(table, index):
        return False
    cells = [cells[index] for _, cells in table.rows]
    pairs = {(row[key], row[index]) for _, row in table.rows}
    return len(pairs) == len(table.rows) and all(cells) and max(map(len, cells)) <= LONGEST_NAME


def entities(table: Table, key: int, reference: Reference) -> list[str]:
    columns, records = reference.tables["entities"]
    kinds = {record[columns.index("kind")] for record in records}
    words = re.findall(r"[a-z]+", table.headers[key].lower())
    kind = next((word for word in words if word in kinds), "TODO")
    names = list(dict.fromkeys(filled(table, key)))
    known = sum(cell.lower() in reference.names for cell in names)
    country = _most_known(table, key, reference.places, lambda text: [each.strip() for each in text.split(",")])
    maker = _most_known(table, key, reference.names, lambda text: [text])
    about = ""
    if country:
        strange = {
            part.strip()
            for cell in filled(table, table.headers.index(country))
            for part in cell.split(",")
            if part.strip() and part.strip().lower() not in reference.places
        }
        translated = ", ".join(f"{quoted(name)}: TODO" for name in sorted(strange)[:20])
        about += f", country: {{column: {quoted(country)}{f', words: {{{translated}}}' if translated else ''}}}"
    if maker:
        about += f", maker: {{column: {quoted(maker)}}}"
    return [
        f"# {known} of {len(names)} names stand in raw/reference/entities.csv; this makes entities of the others:",
        f"# entities: {{kind: {kind}{about}}}",
        *_other_names(table.headers[key], names, reference),
    ]


def _most_known(table: Table, key: int, known: Mapping[str, str], parts: Callable[[str], Sequence[str]]) -> str:
    """The column most of whose cells are names that are known; empty when no column has a half of them."""
    best, most = "", 0.5
    for index, header in enumerate(table.headers):
        cells = filled(table, index) if index != key and not numbers_of(table, index) else []
        share = sum(any(part.lower() in known for part in parts(cell)) for cell in cells) / max(len(cells), 1)
        if share > most and len(cells) * 2 > len(table.rows):
            best, most = header, share
    return best


def _other_names(header: str, names: Sequence[str], reference: Reference) -> list[str]:
    """Names that are spelled nearly like a registered one, or without its maker: a person says whether they are it."""
    columns, records = reference.tables["entities"]
    at = {name: columns.index(name) for name in ("entity", "maker", "aliases")}
    spelled: dict[str, set[str]] = {}
    for record in records:
        entity, maker = record[at["entity"]], record[at["maker"]]
        short = entity.removeprefix(f"{maker} ") if maker else entity
        for word in (entity, short, *record[at["aliases"]].split("|")):
            spelled.setdefault(_letters(word), set()).add(entity)
    found = {
        name: spelled[_letters(name)]
        for name in names
        if name.lower() not in reference.names and len(spelled.get(_letters(name), ())) == 1
    }
    if not found:
        return []
    words = ", ".join(f"{quoted(name)}: {quoted(next(iter(entities)))}" for name, entities in found.items())
    return [
        "# spelled nearly like registered names; this says that they are the same things (else they are others):",
        f"# entity: {{column: {quoted(header)}, words: {{{words}}}}}",
    ]


def _letters(name: str) -> str:
    return re.sub(r"[^\w.]|_", "", name.lower())


def periods(table: Table, key: int) -> list[str]:
    found = []
    for index, header in enumerate(table.headers):
        cells = filled(table, index)
        if index != key and cells and sum(bool(DAY.fullmatch(cell)) for cell in cells) * 10 >= len(cells) * 9:
            found.append(f"# period: {{column: {quoted(header)}}}")
    told = [
        "# TODO: the period that the values are of, when a column tells it. They then meet figures of it only:",
        "# right for what changes from year to year, wrong for what a thing has once and for all",
    ]
    return [*told, *found] if found else []


def certainty(table: Table, key: int) -> list[str]:
    """A column of a few words that says how sure the values are: which words mean what, a person says."""
    for index, header in enumerate(table.headers):
        words = sorted(set(filled(table, index)))
        if index != key and re.search(r"confiden|certain", header, re.I) and 1 < len(words) <= _FEW_WORDS:
            told = ", ".join(f"{quoted(word)}: estimate" for word in words)
            return [
                "# TODO: `actual` for the words that mean what was printed by the maker, when the column tells it:",
                f"# status: {{column: {quoted(header)}, words: {{{told}}}, default: estimate}}",
            ]
    return []
