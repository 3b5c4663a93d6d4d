"""The registries of `raw/`: sources and reference data. Broken entries and rows are set aside, the rest is read."""

import csv
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import isinf
from pathlib import Path
from statistics import median_low
from typing import Any

from orchestration.figures import Qualifier, Unit, Units
from orchestration.figures.text import readable
from orchestration.loading.fields import (
    MARTS,
    OPEN_ABOVE,
    OPEN_BELOW,
    RATE,
    REFERENCE,
    RELATIVE,
    RESERVED,
    SOURCE,
    STATISTICS,
    STATUSES,
    WIDEST,
    Wrong,
    number,
    unknown,
    wrong_fields,
)
from orchestration.loading.files import LINE, read_csv, read_yaml
from orchestration.loading.problems import Problem, RawError
from orchestration.settings import leaves_out_restricted

# the reference files and the columns that each must have
REFERENCE_COLUMNS: dict[str, tuple[str, ...]] = {
    "indicators": (
        "indicator", "dimension", "mart", "mart_table", "label_en", "label_zh", "aliases", "part_of", "flow",
        "definition",
    ),
    "segments": ("segment", "label_en", "label_zh", "kind", "parent", "aliases"),
    "entities": ("entity", "kind", "label_zh", "country", "parent", "maker", "fiscal_year_end", "aliases"),
    "geographies": ("geography", "label_en", "label_zh", "kind", "parent", "aliases"),
    "units": ("symbol", "unit", "factor", "dimension", "counted", "note"),
    "counted_nouns": ("counted", "words"),
    "marts": ("mart_table", "mart", "grain", "description", "description_zh"),
    "rules": ("rule", "label_en", "label_zh", "meaning"),
    "explanations": ("explanation_code", "label_en", "label_zh", "severity", "meaning"),
    "terms": ("term", "field", "code", "label_en", "label_zh"),
    "qualifiers": ("qualifier", "label_en", "label_zh", "low_factor", "high_factor", "words"),
    "exchange_rates": ("currency", "year", "cny_per_unit", "usd_per_unit", "citation"),
    "reference_values": (
        "reference_id", "indicator", "entity", "segment", "geography", "basis", "period", "value", "unit", "tolerance",
        "citation", "note",
    ),
}  # fmt: skip

# a rate further from the others of its currency than this factor is a slip of a digit, not a market
_APART = 2.0
# CNY for one USD since 1949
_CNY_FOR_USD = (1.4, 12.0)


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
    # exhibits, or ids of tables, that this build leaves out (settings.leaves_out_restricted)
    left_out: tuple[str, ...] = ()
    # of the entry in sources.yml
    line: int = field(default=0, compare=False)


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
    rows: dict[str, list[_Row]] = {}
    for name in REFERENCE_COLUMNS:
        try:
            rows[name] = _read_rows(directory / f"{name}.csv", name, raw, problems)
        except RawError as error:
            rows[name] = []
            unreadable.append(error.problem)
    if not unreadable:
        _refuse_strangers(rows, problems)
        _refuse_absurd_rates(rows, problems)
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


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a reference file."""

    file: str
    line: int
    key: str
    record: dict[str, str]

    def problem(self, *found: Wrong) -> Problem:
        return Problem(self.file, self.line, self.key, *Wrong.together(list(found)), ",".join(self.record.values()))


def _read_rows(path: Path, name: str, raw: Path, problems: list[Problem]) -> list[_Row]:
    columns, where = REFERENCE_COLUMNS[name], f"reference/{name}.csv"
    if not path.exists():
        raise RawError(where, 0, "the file does not exist", f"Restore it with the columns {', '.join(columns)}")
    header, lines = read_csv(path, raw)
    missing = [column for column in columns if column not in header]
    if missing:
        raise RawError(where, 1, f"missing column {', '.join(missing)}", f"The header is {','.join(columns)}")
    double = sorted({column for column in columns if header.count(column) > 1})
    if double:
        raise RawError(where, 1, f"repeated column {', '.join(double)}", f"The header is {','.join(columns)}")
    kept: dict[str, _Row] = {}
    for line in lines:
        if len(line.cells) != len(header):
            message = f"{len(line.cells)} cells, the header has {len(header)}"
            text = ",".join(line.cells)
            problems.append(Problem(where, line.line, line.cells[0], message, "Quote cells with commas", text))
            continue
        record = {column: readable(line.cells[header.index(column)]).strip() for column in columns}
        first = record[columns[0]]
        row = _Row(where, line.line, f"{first}|{record['year']}" if name == "exchange_rates" else first, record)
        found = wrong_fields(record, REFERENCE.get(name, ()))
        if not first:
            found.insert(0, Wrong(f"the column {columns[0]!r} is empty", "It is the key; fill it in"))
        elif row.key in kept:
            found.append(Wrong(f"{row.key!r} stands twice", "Delete one of the two rows"))
        if name == "qualifiers" and not found:
            found += _wrong_factors(record)
        if name == "exchange_rates" and record["currency"] == "USD" and not record["usd_per_unit"]:
            found.append(Wrong("the row has no `usd_per_unit`", "Write 1"))  # of other currencies it may be unknown
        if found:
            problems.append(row.problem(*found))
        else:
            kept[row.key] = row
    return list(kept.values())


def _wrong_factors(record: dict[str, str]) -> list[Wrong]:
    """A qualifier that is open on another side than its code says, or that makes of a number almost any other."""
    code, found = record["qualifier"], []
    for name, codes, low, high in (
        ("low_factor", OPEN_BELOW, WIDEST[0], 1.0),
        ("high_factor", OPEN_ABOVE, 1.0, WIDEST[1]),
    ):
        factor = float(record[name])
        if isinf(factor) != (code in codes):
            message = f"`{name}` of {code!r} is {record[name]}"
            found.append(Wrong(message, f"{' and '.join(codes)} are open on that side, no others"))
        elif not isinf(factor) and not low <= factor <= high:
            found.append(Wrong(f"`{name}` is {record[name]!r}", f"Write a factor from {low:g} to {high:g}"))
    return found


def _refuse_strangers(rows: dict[str, list[_Row]], problems: list[Problem]) -> None:
    """Rows that name what no other reference file holds."""
    keys = {name: {row.key for row in found} for name, found in rows.items()}
    dimensions = {row.record["unit"]: row.record["dimension"] for row in rows["units"]}
    known = {*dimensions.values(), "any"}
    indicators = {row.key: row.record["dimension"] for row in rows["indicators"]}
    marts = {row.key: row.record["mart"] for row in rows["marts"]}

    def wrong(name: str, row: _Row) -> list[Wrong]:
        found = [
            unknown(field.name, value, keys[field.table])
            for field in REFERENCE.get(name, ())
            if field.table
            for value in (row.record[field.name].split("|") if field.several else [row.record[field.name]])
            if value and value not in keys[field.table]
        ]
        if name == "indicators" and row.record["dimension"] not in known:
            found.append(unknown("dimension", row.record["dimension"], known))
        if name == "indicators" and row.record["mart_table"] and row.record["mart"] != "context":
            mart, table = row.record["mart"], row.record["mart_table"]
            if marts.get(table) != mart:
                found.append(unknown("mart_table", table, [key for key, other in marts.items() if other == mart]))
        if name == "reference_values":
            unit, indicator = row.record["unit"], row.record["indicator"]
            if not number(row.record["value"]):
                found.append(Wrong("`value` is 0: a deviation from it has no size", "Write the printed value"))
            if unit not in dimensions:
                found.append(unknown("unit", unit, dimensions))
            elif indicators.get(indicator, "any") not in ("any", dimensions[unit]) and dimensions[unit] not in RELATIVE:
                message = f"the unit {unit!r} ({dimensions[unit]}) does not fit {indicator} ({indicators[indicator]})"
                found.append(Wrong(message, "Correct the unit or the indicator"))
        if name == "exchange_rates" and dimensions.get(row.record["currency"]) != "money":
            found.append(Wrong(f"no unit of money is {row.record['currency']!r}", "Add it to units.csv, or correct it"))
        return found

    symbols = {row.key for row in rows["units"]}
    written = Counter(row.record["unit"] for row in rows["units"])
    usual = {
        unit: Counter(row.record["dimension"] for row in rows["units"] if row.record["unit"] == unit).most_common(1)[0][
            0
        ]
        for unit in written
    }

    def wrong_unit(row: _Row) -> list[Wrong]:
        found, unit, dimension = [], row.record["unit"], row.record["dimension"]
        if written[unit] == 1 and unit not in symbols:
            found.append(unknown("canonical unit", unit, [other for other in written if other != unit]))
        if dimension != usual[unit]:
            found.append(Wrong(f"the dimension of {unit} is {dimension!r}, elsewhere {usual[unit]!r}", "Correct one"))
        return found

    _keep(rows, "units", wrong_unit, problems)
    for name in ("indicators", "segments", "entities", "geographies", "reference_values", "exchange_rates"):
        _keep(rows, name, lambda row, name=name: wrong(name, row), problems)  # type: ignore[misc]


def _refuse_absurd_rates(rows: dict[str, list[_Row]], problems: list[Problem]) -> None:
    """Rates that contradict themselves, or lie far from all others: a slip of a digit turns billions into millions."""
    own = {"CNY": "cny_per_unit", "USD": "usd_per_unit"}

    def crosses(row: _Row) -> float | None:
        """CNY for one USD, by this row."""
        cny, usd = (number(row.record[name]) for name in ("cny_per_unit", "usd_per_unit"))
        return cny / usd if cny and usd else None

    columns = {
        (row.record["currency"], name): [value for other in rows["exchange_rates"]
        if other.record["currency"] == row.record["currency"] and (value := number(other.record[name]))]
        for row in rows["exchange_rates"] for name in own.values()
    }  # fmt: skip

    def wrong(row: _Row) -> list[Wrong]:
        found = []
        column = own.get(row.record["currency"])
        if column and row.record[column] and number(row.record[column]) != 1:
            found.append(Wrong(f"one {row.record['currency']} costs {row.record[column]} of itself", "Write 1"))
        cross = crosses(row)
        if cross and not _CNY_FOR_USD[0] <= cross <= _CNY_FOR_USD[1]:
            found.append(Wrong(f"the two rates make {cross:.4g} CNY for one USD", "Correct the digit that slipped"))
        for name in own.values():
            value, usual = number(row.record[name]), columns[row.record["currency"], name]
            if value and not median_low(usual) / _APART <= value <= median_low(usual) * _APART:
                message = f"`{name}` is {value:.4g}, the middle of this currency is {median_low(usual):.4g}"
                found.append(Wrong(message, "Correct the digit that slipped"))
        return found

    _keep(rows, "exchange_rates", wrong, problems)


def _keep(rows: dict[str, list[_Row]], name: str, wrong: Any, problems: list[Problem]) -> None:
    """Keep the rows of a file with which nothing is wrong."""
    found = [(row, wrong(row)) for row in rows[name]]
    problems.extend(row.problem(*what) for row, what in found if what)
    rows[name] = [row for row, what in found if not what]


class Registry(dict[str, Source]):
    """The sources that can be loaded, by id, in the order of `raw/sources.yml`; broken entries are ``problems``."""

    def __init__(self) -> None:
        super().__init__()
        self.problems: list[Problem] = []

    def __missing__(self, source_id: str) -> Source:
        for problem in self.problems:
            if problem.key == source_id:
                raise RawError(problem.file, problem.line, problem.message, problem.remedy)
        near = unknown("source", source_id, self)
        raise RawError("sources.yml", 0, f"{source_id!r} is not registered", near.remedy or "Add it")


def load_sources(raw: Path) -> Registry:
    """Read `raw/sources.yml`. A broken entry is set aside with its source, the others stay.

    Raises ``RawError`` when the file cannot be read as a list.
    """
    entries = read_yaml(raw / "sources.yml", raw)
    if not isinstance(entries, list):
        raise RawError("sources.yml", 1, "the registry is not a list", "Write one `- source_id: …` entry a report")
    sources = Registry()
    seen: set[str] = set()
    for entry in entries:
        if not isinstance(entry, dict):
            message = f"{str(entry)[:60]!r} is not a mapping"
            sources.problems.append(Problem("sources.yml", 1, "", message, "Write `- source_id: …`"))
            continue
        source_id = entry.get("source_id")
        found = _wrong_source(entry, seen)
        if isinstance(source_id, str):
            seen.add(source_id.lower())
        if found:
            key = source_id if isinstance(source_id, str) else ""
            text = ", ".join(f"{name}: {str(value)[:80]}" for name, value in entry.items() if name != LINE)
            sources.problems.append(Problem("sources.yml", entry[LINE], key, *Wrong.together(found), text[:2000]))
        else:
            sources[str(source_id)] = _source(entry)
    return sources


def _wrong_source(entry: dict[str, Any], seen: set[str]) -> list[Wrong]:
    found = wrong_fields(entry, SOURCE, [field.name for field in SOURCE])
    if entry.get("kind") != "dataset" and not entry.get("file"):
        found.append(Wrong("the entry has no `file`", "Write the bare file name"))
    source_id = str(entry.get("source_id") or "")
    if source_id.lower() in RESERVED or source_id.lower().startswith("ref_"):
        found.append(Wrong(f"{source_id!r} is a reserved name", "Choose another source_id"))
    elif source_id and source_id.lower() in seen:
        # folders and tables of some systems do not know large letters from small ones
        found.append(Wrong(f"{source_id!r} stands twice", "Rename one"))
    rates = entry.get("reports_rate")
    for rate in rates if isinstance(rates, list) else []:
        if isinstance(rate, dict):
            found += wrong_fields(rate, RATE, [field.name for field in RATE])
        else:
            found.append(Wrong(f"the rate {str(rate)[:60]!r} is no mapping", "Write `- {currency: USD, cny: 7.2}`"))
    currencies = [rate.get("currency") for rate in rates if isinstance(rate, dict)] if isinstance(rates, list) else []
    if len({str(currency) for currency in currencies}) < len(currencies):
        found.append(Wrong("`reports_rate` names a currency twice", "Keep the rate that the report uses"))
    return found


def _source(entry: dict[str, Any]) -> Source:
    def text(name: str) -> str:
        return str(entry.get(name) or "").strip()

    return Source(
        source_id=text("source_id"),
        title=text("title"),
        publisher=text("publisher"),
        published_on=text("published_on") or None,
        published_label=text("published_label") or None,
        language=text("language"),
        kind=text("kind"),
        file=text("file"),
        sha256=text("sha256"),
        lines=int(text("lines")) if text("lines") else None,
        licence=text("licence"),
        notes=text("notes"),
        rates=tuple(
            (str(rate["currency"]).strip(), float(rate["cny"]), str(rate.get("note") or ""))
            for rate in entry.get("reports_rate") or []
        ),
        left_out=tuple(str(name) for name in entry.get("restricted") or []) if leaves_out_restricted() else (),
        line=entry[LINE],
    )


def report_rates(
    sources: Mapping[str, Source], reference: Reference
) -> tuple[list[tuple[str, str, float, str]], list[Problem]]:
    """Rates that reports state (source, currency, CNY for one unit, note), and those far from all reference rates."""
    columns, records = reference.tables["exchange_rates"]
    usual: dict[str, list[float]] = {}
    for record in records:
        row = dict(zip(columns, record, strict=True))
        value = number(row["cny_per_unit"])
        if value:
            usual.setdefault(row["currency"], []).append(value)
    kept, problems = [], []
    for source in sources.values():
        for currency, cny, note in source.rates:
            known = usual.get(currency, [cny])
            low, high = min(known), max(known)
            if low / _APART <= cny <= high * _APART:
                kept.append((source.source_id, currency, cny, note))
                continue
            message = f"`reports_rate`: {cny:g} CNY for one {currency} is far from the {low:g} to {high:g} of the years"
            remedy = "Correct `cny`, or the row of raw/reference/exchange_rates.csv"
            problems.append(Problem("sources.yml", source.line, source.source_id, message, remedy, f"{currency} {cny}"))
    return kept, problems


def aliases_of(row: dict[str, str]) -> list[str]:
    """The alias list of a reference row."""
    return [alias for alias in row.get("aliases", "").split("|") if alias]


def read_reference_rows(directory: Path, name: str) -> list[dict[str, str]]:
    """All rows of one reference file as mappings (for look-ups outside the load)."""
    with (directory / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


__all__ = [
    "MARTS",
    "REFERENCE_COLUMNS",
    "STATISTICS",
    "STATUSES",
    "Reference",
    "Registry",
    "Source",
    "aliases_of",
    "load_reference",
    "load_sources",
    "read_reference",
    "read_reference_rows",
    "report_rates",
]
