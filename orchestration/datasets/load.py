"""The figures of a dataset: every version of every fact, through the same door as the rows of a report."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.datasets.spec import SPEC_FILE, Spec, read_spec
from orchestration.datasets.things import place_of
from orchestration.datasets.vintages import Version, read_history
from orchestration.loading.problems import Problem, RawError
from orchestration.loading.reference import Reference
from orchestration.loading.registry import Source
from orchestration.loading.rows import PROSE_COLUMNS, Place, RowError, read_figure

if TYPE_CHECKING:
    from orchestration.loading.load import SourceLoad


def load_dataset(raw: Path, source: Source, reference: Reference, load: "SourceLoad") -> None:
    """Fill ``load`` with the versions of a dataset. Bad rows, columns and snapshots stand in its problems."""
    folder = raw / source.source_id
    try:
        spec = read_spec(folder, raw, reference)
    except RawError as error:
        load.rows_in += 1
        load.problems.append(error.problem)
        return
    history = read_history(folder, raw, spec, reference)
    load.rows_in += len(history.problems)
    load.problems.extend(history.problems)
    strangers: dict[str, Version] = {}
    for version in history.versions:
        row = _row(version, spec, reference)
        if row["entity"] and row["entity"] not in reference.entities:
            strangers.setdefault(row["entity"], version)
            continue
        load.rows_in += 1
        place = Place(source.source_id, version.cell.file, version.cell.line)
        try:
            figures = read_figure(row, place, reference)
        except RowError as error:
            text = version.cell.text
            load.problems.append(Problem(place.file, place.file_line, version.key, str(error), error.remedy, text))
            continue
        load.rows_loaded += 1
        load.figures.extend(
            replace(
                figure,
                figure_id=f"{source.source_id}/{version.key}",
                key=version.key,
                known_from=version.known_from,
                known_until=version.known_until,
            )
            for figure in figures
        )
    if strangers:
        load.rows_in += 1
        load.problems.append(_strangers(strangers, spec))


def _strangers(named: Mapping[str, Version], spec: Spec) -> Problem:
    """Rows whose entity nobody registered, told once: nothing of them is loaded."""
    name, first = next(iter(named.items()))
    message = f"{name!r} is no entity that is known, nor are {len(named) - 1} other names: their rows are left out"
    remedy = (
        "Write `entities: {kind: …}` into the spec, which makes entities of them; for another name of a registered one "
        "`words: {name here: registered name}` of `entity`"
    )
    return Problem(first.cell.file, first.cell.line, spec.file, message, remedy, name)


def _row(version: Version, spec: Spec, reference: Reference) -> dict[str, str]:
    row = dict.fromkeys(PROSE_COLUMNS, "")
    row |= {"status": "actual", "statistic": "level"}
    row |= {name: value for name, value in version.cell.fields if value}
    basis = row["basis"]
    row |= version.column.fields
    plain = _PLAIN.fullmatch(version.cell.printed) and not version.column.factor
    row["basis"] = "; ".join(part for part in (basis, version.column.fields.get("basis", "")) if part)
    row["entity"] = reference.names.get(row["entity"].lower(), row["entity"])
    row["geography"] = place_of(row["geography"], reference)
    return row | {
        "key": version.fact,
        "line": str(version.cell.line),
        "printed": version.cell.printed,
        # percent signs, grouped digits and factors are read by the spec
        "reading": "" if plain else version.cell.text,
        "note": "; ".join(part for part in (version.column.fields.get("note", ""), version.cell.note) if part),
        "scale": version.cell.unit,
    }


_PLAIN = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


def dataset_entities(raw: Path, known: Mapping[str, str], reference: Reference) -> list[list[str]]:
    """Rows for `entities` that datasets bring: the names of their rows that the registry has not, of the spec's kind.

    ``known`` are names and aliases of the registry in lower case. A dataset without `entities:` brings none: its rows
    must be named as the registry names them (`rows:` renames).
    """
    found: dict[str, list[str]] = {}
    columns, rows = reference.tables["geographies"]
    at, kind = columns.index("geography"), columns.index("kind")
    countries = {row[at] for row in rows if row[kind] == "country"}
    for path in sorted(raw.glob(f"*/{SPEC_FILE}")):
        try:
            spec = read_spec(path.parent, raw, reference)
        except RawError:
            continue  # loading the dataset says what is wrong
        if not spec.kind:
            continue
        for version in read_history(path.parent, raw, spec, reference).versions:
            name = dict(version.cell.fields).get("entity", "")
            if name and name.lower() not in known and name not in found:
                about = dict(version.cell.about)
                country = place_of(about.get("country", ""), reference)
                maker = reference.names.get(about.get("maker", "").lower(), "")
                found[name] = [name, spec.kind, "", country if country in countries else "", "", maker, "", ""]
    return list(found.values())
