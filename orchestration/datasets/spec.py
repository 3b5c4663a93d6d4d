"""The spec of a dataset, `raw/<source_id>/dataset.yml`: what its rows and columns mean.

The spec says which column names a row, which gives the entity, the period and the place, and what each wanted column
measures. It is data: a new dataset needs no code.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from orchestration.datasets.long import Long
from orchestration.figures import FigureError, parse_value
from orchestration.figures.units import Unit
from orchestration.loading.fields import LINE, Field, Wrong, unknown, wrong_fields
from orchestration.loading.files import read_yaml
from orchestration.loading.problems import RawError
from orchestration.loading.reference import Reference

SPEC_FILE = "dataset.yml"
FORMATS = ("csv", "tsv", "json", "xlsx", "parquet")
# an entry that fills a field of every figure: a constant, or the column that holds it
_FILLERS = ("entity", "period", "geography", "segment", "status", "basis", "qualifier")
# of these, what one column may take from another column of its row
_OF_COLUMN = ("unit", "period", "geography", "segment", "status", "basis", "qualifier", "note")

_DATASET = (
    Field("format", required=True, choices=FORMATS),
    Field("origin", remedy="Write the address or the file that `ai-figures fetch` reads"),
    Field("encoding"),
    Field("sheet"),
    Field("cadence"),
    Field("citation", required=True, remedy="Write how the dataset wants to be cited"),
    Field("publish", choices=("by hand", "when clean"), remedy="Write `by hand` or `when clean`"),
    Field("columns", "list", required=True, remedy="Write `columns:` and one `- {column: …}` a line"),
    Field("rows", "mapping", remedy="Write `rows: {old name: new name}`"),
    Field("units", "mapping", remedy="Write `units: {FLOP/s: FLOPS}`: what a header prints, and the unit it means"),
    Field("entities", "mapping", remedy="Write `entities: {kind: chip}`"),
    Field("long", "mapping", remedy="Write `long: {names: column, values: column, unit: column}`"),
    Field("left_out", "mapping", remedy="Write `left_out: {column: why}`"),
)
_COLUMN = (
    Field("column", required=True, remedy="Write the header of the column"),
    Field("key", required=True, pattern=r"[a-z][a-z0-9_]{0,39}", remedy="Use small letters, digits and _"),
    Field("aliases", "list", remedy="Write `aliases: [the header in other snapshots]`"),
    Field("indicator", required=True),
    Field("unit", remedy="Write a symbol of raw/reference/units.csv, or `header` when the header prints it"),
    Field("factor", "number", low=1e-30, high=1e30, remedy="Write a number, like 100 for fractions that mean percent"),
    Field("range", "list", remedy="Write `range: [least, most]`, in the unit of the column"),
    Field("required", "flag", remedy="Write true or false"),
    *(
        Field(name)
        for name in (
            "basis",
            "statistic",
            "status",
            "counted",
            "segment",
            "geography",
            "entity",
            "period",
            "qualifier",
            "note",
        )
    ),
)
_KEYS = ("key", *_FILLERS)


@dataclass(frozen=True, slots=True)
class Filler:
    """Where a field of the figures comes from: a ``constant``, or a column (``columns``: its spellings)."""

    constant: str = ""
    columns: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    # what a word stands for that `words` has not; None: for itself
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One wanted column: its headers, and what its figures are. ``low`` and ``high`` are in the printed unit."""

    key: str
    headers: tuple[str, ...]
    fields: Mapping[str, str]
    unit: str = ""
    factor: str = ""
    low: float | None = None
    high: float | None = None
    # whether every snapshot must have it; None: each that follows one that has it
    required: bool | None = None
    line: int = 0
    fillers: Mapping[str, Filler] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spec:
    """A dataset's spec as read. ``key`` are the columns that name a row."""

    file: str
    format: str
    origin: str
    citation: str
    publish: str
    key: tuple[tuple[str, ...], ...]
    fillers: Mapping[str, Filler]
    columns: tuple[Column, ...]
    renamed: Mapping[str, str]
    units: Mapping[str, str]
    kind: str
    left_out: Mapping[str, str]
    encoding: str = "utf-8"
    sheet: str = ""
    # fields of the entities that the rows bring: country, maker
    about: Mapping[str, Filler] = field(default_factory=dict)
    # of a table in long form: the columns that are turned into one a series
    long: Long | None = None

    def wanted_headers(self) -> frozenset[str]:
        """Every header that the spec reads."""
        keys = {name for each in self.key for name in each}
        keys |= set(self.long.columns()) if self.long else set()
        return frozenset(keys | {name for _, names, _ in self.reads() for name in names})

    def reads(self) -> list[tuple[str, tuple[str, ...], int]]:
        """The columns beside the key that it reads: what for, their spellings, the line of the spec."""
        found = [(name, filler.columns, 1) for name, filler in (*self.fillers.items(), *self.about.items())]
        for column in self.columns:
            found.append((column.key, column.headers, column.line))
            found += [(f"{column.key}: {name}", each.columns, column.line) for name, each in column.fillers.items()]
        return [each for each in found if each[1]]


def read_spec(folder: Path, raw: Path, reference: Reference) -> Spec:
    """The spec in a dataset's folder. Raises ``RawError`` with all that is wrong with one entry."""
    path = folder / SPEC_FILE
    name = str(path.relative_to(raw))
    if not path.is_file():
        raise RawError(name, 0, "the dataset has no spec", "Write one: `ai-figures new-source <file>` drafts it")
    entry = read_yaml(path, raw)
    if not isinstance(entry, dict):
        raise RawError(name, 1, "the spec is no mapping", "Start it with `format: csv`")
    found = wrong_fields(entry, _DATASET, [*(each.name for each in _DATASET), *_KEYS])
    if "key" not in entry:
        found.append(Wrong("the spec has no `key`", "Name the column that names a row, like `key: {column: Name}`"))
    if found:
        raise RawError(name, entry[LINE], *Wrong.together(found))
    brought = entry.get("entities") or {}
    about = [each for each in brought if each not in ("kind", LINE)]
    if strange := sorted(set(about) - {"country", "maker"}):
        wrong = unknown("field of `entities`", strange[0], ("kind", "country", "maker"))
        raise RawError(name, brought[LINE], wrong.message, wrong.remedy)
    spec = Spec(
        file=name,
        format=str(entry["format"]),
        origin=str(entry.get("origin") or ""),
        citation=str(entry["citation"]),
        publish=str(entry.get("publish") or "by hand"),
        key=_row_key(entry["key"], name, entry[LINE]),
        fillers={each: _filler(entry[each], each, name, entry[LINE]) for each in _FILLERS if entry.get(each)},
        columns=_columns(entry["columns"], name, entry[LINE], reference),
        renamed=_texts(entry.get("rows")),
        units=_texts(entry.get("units")),
        kind=str(brought.get("kind") or ""),
        left_out=_texts(entry.get("left_out")),
        encoding=str(entry.get("encoding") or "utf-8"),
        sheet=str(entry.get("sheet") or ""),
        long=_long(entry.get("long"), name, entry[LINE]),
        about={each: _filler(brought[each], each, name, entry[LINE]) for each in about},
    )
    _told_apart(spec, reference)
    return spec


def _told_apart(spec: Spec, reference: Reference) -> None:
    """Refuse two columns that would give one thing two values: each would be compared with the other."""
    seen: dict[tuple[object, ...], Column] = {}
    for column in spec.columns:
        symbol, basis = column.unit, ""
        if symbol == "header":
            symbol, basis = unit_of_header(column.headers[0], spec, reference)
        measure = measure_of(symbol, reference)
        fields = {name: value for name, value in column.fields.items() if name != "note"}
        fields |= {name: repr(filler) for name, filler in column.fillers.items() if name != "note"}
        thing = (tuple(sorted(fields.items())), measure[0].dimension if measure else symbol, basis)
        other = seen.setdefault(thing, column)
        if other is not column:
            message = (
                f"the columns {other.key!r} and {column.key!r} measure one thing: nothing tells their figures apart"
            )
            remedy = "Give one a `basis` (or a segment, a statistic), or leave it out"
            raise RawError(spec.file, column.line, message, remedy)


def _texts(mapping: Any) -> dict[str, str]:
    return {str(name): str(value) for name, value in (mapping or {}).items() if name != LINE}


def _headers(entry: Any) -> tuple[str, ...]:
    if isinstance(entry, str):
        return (entry,)
    names = [entry.get("column"), *(entry.get("aliases") or [])]
    return tuple(str(each) for each in names if each)


def _row_key(entry: Any, name: str, line: int) -> tuple[tuple[str, ...], ...]:
    parts = entry if isinstance(entry, list) else [entry]
    key = tuple(_headers(part) for part in parts if isinstance(part, (str, dict)))
    if not key or not all(key):
        raise RawError(name, line, "`key` names no column", "Write `key: {column: Name}`, or a list of such columns")
    return key


def _long(entry: Any, name: str, line: int) -> Long | None:
    if entry is None:
        return None
    names = entry.get("names")
    names = [names] if isinstance(names, str) else names
    texts = [entry.get("values"), entry.get("unit") or "", *(names if isinstance(names, list) else [None])]
    if set(entry) - {"names", "values", "unit", LINE} or not all(isinstance(each, str) for each in texts):
        remedy = "Write `long: {names: column, values: column, unit: column}`; `names` may be a list of columns"
        raise RawError(name, line, "`long` does not name its columns", remedy)
    values, unit, *spelled = texts
    return Long(tuple(map(str, spelled)), str(values), str(unit))


def _filler(entry: Any, what: str, name: str, line: int) -> Filler:
    if isinstance(entry, str):
        return Filler(constant="" if (what, entry) == ("entity", "none") else entry)
    if isinstance(entry, dict) and entry.get("column"):
        default = entry.get("default")
        return Filler("", _headers(entry), _texts(entry.get("words")), None if default is None else str(default))
    raise RawError(
        name,
        line,
        f"`{what}` is neither a constant nor a column",
        f"Write `{what}: 2024` or `{what}: {{column: Year}}`",
    )


def _columns(entries: list[Any], name: str, line: int, reference: Reference) -> tuple[Column, ...]:
    columns: list[Column] = []
    for entry in entries:
        if not isinstance(entry, dict):
            raise RawError(name, line, f"`columns`: {str(entry)[:60]!r} is no mapping", "Write `- {column: …, key: …}`")
        fillers = {
            each: _filler(entry[each], each, name, entry[LINE])
            for each in _OF_COLUMN
            if isinstance(entry.get(each), dict)
        }
        entry = {each: value for each, value in entry.items() if each not in fillers}
        found = wrong_fields(entry, _COLUMN, [each.name for each in _COLUMN])
        indicator = str(entry.get("indicator") or "")
        if indicator and indicator not in reference.indicators:
            found.append(unknown("indicator", indicator, reference.indicators))
        unit = str(entry.get("unit") or "")
        if unit and unit != "header" and measure_of(unit, reference) is None:
            message = f"unknown unit {unit!r}"
            found.append(Wrong(message, "Write a symbol of raw/reference/units.csv, or `header`"))
        limits = entry.get("range") or []
        try:
            bounds = [float(each) for each in limits]
        except (TypeError, ValueError):
            bounds = [1.0, 0.0]
        if limits and (len(bounds) != 2 or not bounds[0] <= bounds[1]):
            found.append(Wrong("`range` is no pair of numbers", "Write `range: [least, most]`"))
        if str(entry.get("key")) in {column.key for column in columns}:
            found.append(Wrong(f"the key {entry['key']!r} stands twice", "Give each column a key of its own"))
        if found:
            raise RawError(name, entry[LINE], *Wrong.together(found))
        columns.append(
            Column(
                key=str(entry["key"]),
                headers=_headers(entry),
                fields={
                    each: str(entry[each])
                    for each in ("indicator", "basis", "statistic", "status", "counted", "segment", "geography",
                                 "entity", "period", "qualifier", "note")
                    if entry.get(each)
                },
                unit=unit,
                factor=str(entry.get("factor") or ""),
                low=bounds[0] if limits else None,
                high=bounds[1] if limits else None,
                required=None if entry.get("required") is None else str(entry["required"]).lower() == "true",
                line=int(entry[LINE]),
                fillers=fillers,
            )
        )  # fmt: skip
    return tuple(columns)


def measure_of(symbol: str, reference: Reference) -> tuple[Unit, Decimal] | None:
    """The unit that a header or a cell prints, and what its numbers are multiplied by; None where none is known.

    Amounts of money may have a magnitude (`million USD`, `亿元`). Other units may not: `mW` is no million watts.
    """
    unit = reference.units.get(symbol) if symbol else None
    if unit is not None:
        return unit, Decimal(1)
    try:
        (one,) = parse_value("1", reference.units, scale=symbol)
    except (FigureError, ValueError):
        return None
    unit = reference.units.get(one.symbol) if one.symbol else None
    return (unit, Decimal(repr(one.number))) if unit is not None and unit.dimension == "money" else None


_IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]{1,40})[)\]]\s*$")


# the year of the prices of an amount: (2023 USD), (constant 2015 US$), (USD, 2023), (USD in 2023 prices)
_BASE_YEAR = re.compile(
    r"\b(?:in |constant |real )*(?:prices of )?((?:19|20)\d\d)(?: prices)?\b|\bconstant\b|\breal\b", re.I
)


def unit_of_header(header: str, spec: Spec, reference: Reference) -> tuple[str, str]:
    """The symbol of the unit that a header prints in brackets at its end, and the basis that stands with it.

    The unit is empty when the header prints none that is known. A basis is the year of the prices of an amount of
    money: `(2023 USD)` is ``("USD", "2023 prices")``.
    """
    match = _IN_BRACKETS.search(header)
    if match is None:
        return "", ""
    printed = match[1].strip()
    symbol = spec.units.get(printed, printed)
    if measure_of(symbol, reference) is not None:
        return symbol, ""
    year = _BASE_YEAR.search(printed)
    if year is None or not year[1]:
        return "", ""
    bare = " ".join(_BASE_YEAR.sub(" ", printed).replace(",", " ").split())
    symbol = spec.units.get(bare, bare)
    measure = measure_of(symbol, reference)
    return (symbol, f"{year[1]} prices") if measure and measure[0].dimension == "money" else ("", "")
