"""Rows of the reference files, one by one and against each other; those that cannot be used become problems."""

from collections import Counter
from dataclasses import dataclass
from math import isinf
from pathlib import Path
from statistics import median_low
from typing import Any

from orchestration.figures.text import readable
from orchestration.loading.fields import (
    OPEN_ABOVE,
    OPEN_BELOW,
    REFERENCE,
    RELATIVE,
    WIDEST,
    Wrong,
    number,
    unknown,
    wrong_fields,
)
from orchestration.loading.files import read_csv
from orchestration.loading.problems import Problem, RawError

# the reference files and the columns that each must have
REFERENCE_COLUMNS: dict[str, tuple[str, ...]] = {
    "indicators": (
        "indicator", "dimension", "mart", "mart_table", "label_en", "label_zh", "aliases", "part_of", "definition",
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
RATES_APART = 2.0
# CNY for one USD since 1949
_CNY_FOR_USD = (1.4, 12.0)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a reference file."""

    file: str
    line: int
    key: str
    record: dict[str, str]

    def problem(self, *found: Wrong) -> Problem:
        return Problem(self.file, self.line, self.key, *Wrong.together(list(found)), ",".join(self.record.values()))


def read_rows(path: Path, name: str, raw: Path, problems: list[Problem]) -> list[Row]:
    """The rows of one file that can be used by themselves; the others become ``problems``.

    Raises ``RawError`` when the file or a column is missing, or stands twice.
    """
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
    kept: dict[str, Row] = {}
    for line in lines:
        if len(line.cells) != len(header):
            message = f"{len(line.cells)} cells, the header has {len(header)}"
            text = ",".join(line.cells)
            problems.append(Problem(where, line.line, line.cells[0], message, "Quote cells with commas", text))
            continue
        record = {column: readable(line.cells[header.index(column)]).strip() for column in columns}
        first = record[columns[0]]
        row = Row(where, line.line, f"{first}|{record['year']}" if name == "exchange_rates" else first, record)
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


def refuse_strangers(rows: dict[str, list[Row]], problems: list[Problem]) -> None:
    """Rows that name what no other reference file holds."""
    keys = {name: {row.key for row in found} for name, found in rows.items()}
    dimensions = {row.record["unit"]: row.record["dimension"] for row in rows["units"]}
    known = {*dimensions.values(), "any"}
    indicators = {row.key: row.record["dimension"] for row in rows["indicators"]}
    marts = {row.key: row.record["mart"] for row in rows["marts"]}

    def wrong(name: str, row: Row) -> list[Wrong]:
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

    def wrong_unit(row: Row) -> list[Wrong]:
        found, unit, dimension = [], row.record["unit"], row.record["dimension"]
        if written[unit] == 1 and unit not in symbols:
            found.append(unknown("canonical unit", unit, [other for other in written if other != unit]))
        if dimension != usual[unit]:
            found.append(Wrong(f"the dimension of {unit} is {dimension!r}, elsewhere {usual[unit]!r}", "Correct one"))
        return found

    keep(rows, "units", wrong_unit, problems)
    for name in ("indicators", "segments", "entities", "geographies", "reference_values", "exchange_rates"):
        keep(rows, name, lambda row, name=name: wrong(name, row), problems)  # type: ignore[misc]


def refuse_absurd_rates(rows: dict[str, list[Row]], problems: list[Problem]) -> None:
    """Rates that contradict themselves, or lie far from all others: a slip of a digit turns billions into millions."""
    own = {"CNY": "cny_per_unit", "USD": "usd_per_unit"}

    def crosses(row: Row) -> float | None:
        """CNY for one USD, by this row."""
        cny, usd = (number(row.record[name]) for name in ("cny_per_unit", "usd_per_unit"))
        return cny / usd if cny and usd else None

    columns = {
        (row.record["currency"], name): [value for other in rows["exchange_rates"]
        if other.record["currency"] == row.record["currency"] and (value := number(other.record[name]))]
        for row in rows["exchange_rates"] for name in own.values()
    }  # fmt: skip

    def wrong(row: Row) -> list[Wrong]:
        found = []
        column = own.get(row.record["currency"])
        if column and row.record[column] and number(row.record[column]) != 1:
            found.append(Wrong(f"one {row.record['currency']} costs {row.record[column]} of itself", "Write 1"))
        cross = crosses(row)
        if cross and not _CNY_FOR_USD[0] <= cross <= _CNY_FOR_USD[1]:
            found.append(Wrong(f"the two rates make {cross:.4g} CNY for one USD", "Correct the digit that slipped"))
        for name in own.values():
            value, usual = number(row.record[name]), columns[row.record["currency"], name]
            if value and not median_low(usual) / RATES_APART <= value <= median_low(usual) * RATES_APART:
                message = f"`{name}` is {value:.4g}, the middle of this currency is {median_low(usual):.4g}"
                found.append(Wrong(message, "Correct the digit that slipped"))
        return found

    keep(rows, "exchange_rates", wrong, problems)


def keep(rows: dict[str, list[Row]], name: str, wrong: Any, problems: list[Problem]) -> None:
    """Keep the rows of a file with which nothing is wrong."""
    found = [(row, wrong(row)) for row in rows[name]]
    problems.extend(row.problem(*what) for row, what in found if what)
    rows[name] = [row for row, what in found if not what]
