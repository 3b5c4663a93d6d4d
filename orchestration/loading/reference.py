"""The registries of `raw/`: sources and reference data."""

import csv
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from orchestration.figures import Units, load_units
from orchestration.loading.files import LINE, read_csv, read_yaml
from orchestration.loading.problems import RawError

STATUSES = ("actual", "estimate", "forecast", "target", "claim")
STATISTICS = ("level", "yoy", "cagr", "share", "ratio", "change", "rank")
MARTS = ("market", "hardware", "adoption", "investment", "context")

# the reference files and the columns that each must have
REFERENCE_COLUMNS: dict[str, tuple[str, ...]] = {
    "indicators": ("indicator", "dimension", "mart", "mart_table", "label_en", "label_zh", "aliases", "definition"),
    "segments": ("segment", "label_en", "label_zh", "aliases"),
    "entities": ("entity", "kind", "label_zh", "aliases"),
    "geographies": ("geography", "label_en", "label_zh", "kind", "aliases"),
    "units": ("symbol", "unit", "factor", "dimension", "counted", "note"),
    "qualifiers": ("qualifier", "label_en", "label_zh", "low_factor", "high_factor", "words"),
    "exchange_rates": ("currency", "year", "cny_per_unit", "usd_per_unit", "citation"),
    "reference_values": (
        "reference_id", "indicator", "entity", "segment", "geography", "basis", "period", "value", "unit", "tolerance",
        "citation", "note",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of `raw/sources.yml`."""

    source_id: str
    title: str
    publisher: str
    published_on: str | None
    published_label: str | None
    language: str
    kind: str
    file: str
    sha256: str
    lines: int | None
    licence: str
    notes: str
    rates: tuple[tuple[str, float, str], ...] = ()


@dataclass(frozen=True)
class Reference:
    """Everything that a raw row may refer to."""

    directory: Path
    indicators: dict[str, dict[str, str]]
    segments: frozenset[str]
    entities: frozenset[str]
    geographies: frozenset[str]
    tables: dict[str, tuple[list[str], list[list[str]]]] = field(repr=False, default_factory=dict)

    @cached_property
    def units(self) -> Units:
        return load_units(self.directory)


def load_reference(raw: Path) -> Reference:
    """Read `raw/reference/`. Raises ``RawError`` when a file, a column or the uniqueness of a key is missing."""
    directory = raw / "reference"
    tables: dict[str, tuple[list[str], list[list[str]]]] = {}
    for name, columns in REFERENCE_COLUMNS.items():
        path = directory / f"{name}.csv"
        where = f"reference/{name}.csv"
        if not path.exists():
            raise RawError(where, 0, "the file does not exist", f"Restore it with the columns {', '.join(columns)}")
        header, rows = read_csv(path, raw)
        missing = [column for column in columns if column not in header]
        if missing:
            raise RawError(where, 1, f"missing column {', '.join(missing)}", f"The header is {','.join(columns)}")
        records: list[list[str]] = []
        seen: set[str] = set()
        for row in rows:
            if len(row.cells) != len(header):
                raise RawError(
                    where, row.line, f"{len(row.cells)} cells, the header has {len(header)}", "Quote cells with commas"
                )
            record = [row.cells[header.index(column)].strip() for column in columns]
            key = "|".join(record[:2]) if name == "exchange_rates" else record[0]
            if key in seen:
                raise RawError(where, row.line, f"{key!r} stands twice", "Delete one of the two rows")
            seen.add(key)
            records.append(record)
        tables[name] = (list(columns), records)
    columns, records = tables["indicators"]
    indicators = {record[0]: dict(zip(columns, record, strict=True)) for record in records}
    for row_number, entry in enumerate(indicators.values(), 2):
        if entry["mart"] not in MARTS:
            raise RawError("reference/indicators.csv", row_number, f"unknown mart {entry['mart']!r}", f"One of {MARTS}")
    return Reference(
        directory,
        indicators,
        *(frozenset(record[0] for record in tables[name][1]) for name in ("segments", "entities", "geographies")),
        tables=tables,
    )


def load_sources(raw: Path) -> dict[str, Source]:
    """Read `raw/sources.yml`, in its order. Raises ``RawError`` naming the line of a broken entry."""
    entries = read_yaml(raw / "sources.yml", raw)
    if not isinstance(entries, list):
        raise RawError("sources.yml", 1, "the registry is not a list", "Write one `- source_id: …` entry a report")
    sources: dict[str, Source] = {}
    for entry in entries:
        if not isinstance(entry, dict):
            raise RawError("sources.yml", 1, f"{entry!r} is not a mapping", "Write `- source_id: …`")
        source = _source(entry)
        if source.source_id in sources:
            raise RawError("sources.yml", entry[LINE], f"{source.source_id!r} stands twice", "Rename one")
        sources[source.source_id] = source
    return sources


def _source(entry: dict[str, Any]) -> Source:
    line = entry[LINE]
    for name in ("source_id", "title", "publisher", "language", "kind", "file"):
        if not entry.get(name):
            raise RawError("sources.yml", line, f"the entry has no `{name}`", "Every source states it")
    source_id = str(entry["source_id"])
    if not source_id.replace("_", "a").isalnum() or not source_id.isascii():
        raise RawError("sources.yml", line, f"{source_id!r} is no identifier", "Use letters, digits and _ only")

    def text(name: str) -> str:
        return str(entry.get(name) or "")

    rates = tuple(
        (str(rate["currency"]), float(rate["cny"]), str(rate.get("note") or ""))
        for rate in entry.get("reports_rate") or []
    )
    return Source(
        source_id=source_id,
        title=text("title"),
        publisher=text("publisher"),
        published_on=text("published_on") or None,
        published_label=text("published_label") or None,
        language=text("language"),
        kind=text("kind"),
        file=text("file"),
        sha256=text("sha256"),
        lines=int(entry["lines"]) if entry.get("lines") else None,
        licence=text("licence"),
        notes=text("notes"),
        rates=rates,
    )


def aliases_of(row: dict[str, str]) -> list[str]:
    """The alias list of a reference row."""
    return [alias for alias in row.get("aliases", "").split("|") if alias]


def read_reference_rows(directory: Path, name: str) -> list[dict[str, str]]:
    """All rows of one reference file as mappings (for look-ups outside the load)."""
    with (directory / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))
