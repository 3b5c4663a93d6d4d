"""The reference data of `raw/reference/`: everything that a raw row may refer to. Broken rows are set aside."""

import csv
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from orchestration.figures import Qualifier, Unit, Units
from orchestration.loading.problems import Problem, RawError
from orchestration.loading.reference_rows import (
    REFERENCE_COLUMNS,
    Row,
    read_rows,
    refuse_absurd_rates,
    refuse_strangers,
)


@dataclass(frozen=True)
class Reference:
    """Everything that a raw row may refer to."""

    directory: Path
    indicators: dict[str, dict[str, str]]
    segments: frozenset[str]
    entities: frozenset[str]
    geographies: frozenset[str]
    tables: dict[str, tuple[list[str], list[list[str]]]] = field(repr=False, default_factory=dict)
    # rows that were set aside, and files that cannot be read at all (`load_reference` raises for those)
    problems: tuple[Problem, ...] = ()
    unreadable: tuple[Problem, ...] = ()

    @property
    def rows_loaded(self) -> int:
        return sum(len(records) for _, records in self.tables.values())

    def fiscal_year_end(self, entity: str) -> str:
        """Last day (MM-DD) of the fiscal year of an entity, else of whoever makes or owns it; empty when not known."""
        for _ in range(4):  # a brand of a product line of a subsidiary; and a loop ends
            own = self._organisations.get(entity)
            if own is None or own["fiscal_year_end"]:
                return own["fiscal_year_end"] if own else ""
            entity = own["maker"] or own["parent"]
        return ""

    @cached_property
    def places(self) -> dict[str, str]:
        """Codes of places by what they are called, in lower case: codes, labels and aliases."""
        columns, rows = self.tables["geographies"]
        found: dict[str, str] = {}
        for row in rows:
            record = dict(zip(columns, row, strict=True))
            words = [record["geography"], record["label_en"], record["label_zh"], *record["aliases"].split("|")]
            for word in words:
                found.setdefault(word.strip().lower(), record["geography"])
        found.pop("", None)
        return found

    @cached_property
    def names(self) -> dict[str, str]:
        """Registered entities by what they are called, in lower case: names and aliases."""
        found: dict[str, str] = {}
        for name, record in self._organisations.items():
            for word in (name, record["label_zh"], *record["aliases"].split("|")):
                if word.strip():
                    found.setdefault(word.strip().lower(), name)
        return found

    @cached_property
    def _organisations(self) -> dict[str, dict[str, str]]:
        columns, rows = self.tables["entities"]
        return {row[0]: dict(zip(columns, row, strict=True)) for row in rows}

    @cached_property
    def units(self) -> Units:
        """Units and qualifiers as they stood when the reference was read."""
        units = [Unit(row[0], row[1], float(row[2]), row[3], row[4]) for row in self.tables["units"][1]]
        qualifiers = [
            Qualifier(row[0], float(row[3]), float(row[4]), tuple(word for word in row[5].split("|") if word))
            for row in self.tables["qualifiers"][1]
        ]
        return Units(units, qualifiers)


def load_reference(raw: Path) -> Reference:
    """Read `raw/reference/`; rows that cannot be used stand in ``problems``.

    Raises ``RawError`` when a file or a column is missing, or a file cannot be read: nothing can be loaded then.
    """
    reference = read_reference(raw)
    for problem in reference.unreadable:
        raise RawError(problem.file, problem.line, problem.message, problem.remedy)
    return reference


def read_reference(raw: Path) -> Reference:
    """The same without raising: files that cannot be read are empty and stand in ``unreadable``."""
    directory = raw / "reference"
    problems: list[Problem] = []
    unreadable: list[Problem] = []
    rows: dict[str, list[Row]] = {}
    for name in REFERENCE_COLUMNS:
        try:
            rows[name] = read_rows(directory / f"{name}.csv", name, raw, problems)
        except RawError as error:
            rows[name] = []
            unreadable.append(error.problem)
    if not unreadable:
        refuse_strangers(rows, problems)
        refuse_absurd_rates(rows, problems)
    tables = {
        name: (list(columns), [list(row.record.values()) for row in rows[name]])
        for name, columns in REFERENCE_COLUMNS.items()
    }

    def keys(table: str) -> frozenset[str]:
        return frozenset(record[0] for record in tables[table][1])

    return _with_datasets(
        Reference(
            directory=directory,
            indicators={row.key: row.record for row in rows["indicators"]},
            segments=keys("segments"),
            entities=keys("entities"),
            geographies=keys("geographies"),
            tables=tables,
            problems=tuple(sorted(problems, key=lambda problem: (problem.file, problem.line))),
            unreadable=tuple(unreadable),
        ),
        raw,
    )


def _with_datasets(reference: Reference, raw: Path) -> Reference:
    """The reference with the entities that datasets bring (the names of their rows)."""
    if reference.unreadable or not any(raw.glob("*/dataset.yml")):
        return reference
    from orchestration.datasets.load import dataset_entities

    brought = dataset_entities(raw, reference.names, reference)
    columns, records = reference.tables["entities"]
    return replace(
        reference,
        entities=reference.entities | {row[0] for row in brought},
        tables={**reference.tables, "entities": (columns, [*records, *brought])},
    )


def aliases_of(row: dict[str, str]) -> list[str]:
    """The alias list of a reference row."""
    return [alias for alias in row.get("aliases", "").split("|") if alias]


def read_reference_rows(directory: Path, name: str) -> list[dict[str, str]]:
    """All rows of one reference file as mappings (for look-ups outside the load)."""
    with (directory / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))
