"""The registries of `raw/`: sources and reference data."""

import csv
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from math import isnan
from pathlib import Path
from typing import Any

from orchestration.figures import Qualifier, Unit, Units
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

# columns that hold numbers, and whether a cell may be empty
_NUMBERS: dict[str, tuple[tuple[str, bool], ...]] = {
    "units": (("factor", False),),
    "qualifiers": (("low_factor", False), ("high_factor", False)),
    "exchange_rates": (("year", False), ("cny_per_unit", True), ("usd_per_unit", True)),
    "reference_values": (("value", False), ("tolerance", True)),
}
# source ids that mean something else in `raw/` or in the quarantine
_RESERVED = {"decisions", "inbox", "reference"}


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
        """Units and qualifiers as they stood when the reference was read."""
        units = [Unit(row[0], row[1], float(row[2]), row[3], row[4]) for row in self.tables["units"][1]]
        qualifiers = [
            Qualifier(row[0], float(row[3]), float(row[4]), tuple(word for word in row[5].split("|") if word))
            for row in self.tables["qualifiers"][1]
        ]
        return Units(units, qualifiers)


def load_reference(raw: Path) -> Reference:
    """Read `raw/reference/`.

    Raises ``RawError`` naming the line when a file, a column or a key is missing, a key stands twice, or a number
    cannot be read.
    """
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
            if not record[0]:
                raise RawError(where, row.line, f"the column {columns[0]!r} is empty", "It is the key; fill it in")
            seen.add(key)
            _check_record(dict(zip(columns, record, strict=True)), name, where, row.line)
            records.append(record)
        tables[name] = (list(columns), records)
    names, entries = tables["indicators"]

    def keys(table: str) -> frozenset[str]:
        return frozenset(record[0] for record in tables[table][1])

    return Reference(
        directory=directory,
        indicators={record[0]: dict(zip(names, record, strict=True)) for record in entries},
        segments=keys("segments"),
        entities=keys("entities"),
        geographies=keys("geographies"),
        tables=tables,
    )


def _check_record(record: dict[str, str], name: str, where: str, line: int) -> None:
    if name == "indicators" and record["mart"] not in MARTS:
        raise RawError(where, line, f"unknown mart {record['mart']!r}", f"One of {', '.join(MARTS)}")
    for column, may_be_empty in _NUMBERS.get(name, ()):
        if may_be_empty and not record[column]:
            continue
        try:
            readable = not isnan(float(record[column]))
        except ValueError:
            readable = False
        if not readable:
            raise RawError(where, line, f"{column} {record[column]!r} is no number", "Write it like 1000, 0.25 or 1e15")


def load_sources(raw: Path) -> dict[str, Source]:
    """Read `raw/sources.yml`, in its order. Raises ``RawError`` naming the line of a broken entry."""
    entries = read_yaml(raw / "sources.yml", raw)
    if not isinstance(entries, list):
        raise RawError("sources.yml", 1, "the registry is not a list", "Write one `- source_id: …` entry a report")
    sources: dict[str, Source] = {}
    for entry in entries:
        if not isinstance(entry, dict):
            raise RawError("sources.yml", 1, f"{str(entry)[:60]!r} is not a mapping", "Write `- source_id: …`")
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
    if source_id in _RESERVED:
        raise RawError("sources.yml", line, f"{source_id!r} is a reserved name", "Choose another source_id")

    if Path(str(entry["file"])).name != str(entry["file"]) or "\\" in str(entry["file"]):
        raise RawError("sources.yml", line, f"`file` is {entry['file']!r}, a path", "Write the bare file name")

    def text(name: str) -> str:
        return str(entry.get(name) or "")

    lines = text("lines")
    if lines and not (lines.isascii() and lines.isdigit()):
        raise RawError("sources.yml", line, f"`lines` is {lines!r}", "Write the number of lines of the source text")
    if text("published_on"):
        try:
            date.fromisoformat(text("published_on"))
        except ValueError as error:
            message = f"`published_on` is {text('published_on')!r}"
            raise RawError("sources.yml", line, message, "Write a day like 2025-05-13, or null") from error
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
        lines=int(lines) if lines else None,
        licence=text("licence"),
        notes=text("notes"),
        rates=_rates(entry.get("reports_rate") or [], line),
    )


def _rates(entries: Any, line: int) -> tuple[tuple[str, float, str], ...]:
    """The exchange rates a report states: currency, CNY for one unit, note."""
    remedy = "Write `- {currency: USD, cny: 7.2, note: …}`"
    if not isinstance(entries, list):
        raise RawError("sources.yml", line, "`reports_rate` is no list", remedy)
    rates = []
    for rate in entries:
        try:
            rates.append((str(rate["currency"]), float(rate["cny"]), str(rate.get("note") or "")))
        except (TypeError, KeyError, ValueError, AttributeError) as error:
            raise RawError("sources.yml", line, f"the rate {str(rate)[:60]!r} cannot be read", remedy) from error
    return tuple(rates)


def aliases_of(row: dict[str, str]) -> list[str]:
    """The alias list of a reference row."""
    return [alias for alias in row.get("aliases", "").split("|") if alias]


def read_reference_rows(directory: Path, name: str) -> list[dict[str, str]]:
    """All rows of one reference file as mappings (for look-ups outside the load)."""
    with (directory / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))
