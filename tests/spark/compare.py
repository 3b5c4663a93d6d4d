"""Two builds of the same tables, row by row: DuckDB's build file beside the Parquet files of Spark's warehouse."""

import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from orchestration.store.catalog import PUBLIC_SCHEMAS

# of one number computed by two engines: another order of addition, another logarithm
RELATIVE = 1e-9
Row = tuple[Any, ...]


def tables(build: duckdb.DuckDBPyConnection, schema: str) -> list[str]:
    """Tables of a schema in DuckDB's build."""
    found = build.execute("select table_name from duckdb_tables() where schema_name = ? order by 1", [schema])
    return [name for (name,) in found.fetchall()]


def spark_tables(warehouse: Path, schema: str) -> list[str]:
    """Tables of a schema in Spark's warehouse."""
    return sorted(path.name for path in (warehouse / f"{schema}.db").glob("*") if path.is_dir())


def same_number(a: float | None, b: float | None) -> bool:
    if a is None or b is None:
        return a is b
    return a == b or math.isclose(a, b, rel_tol=RELATIVE) or (math.isnan(a) and math.isnan(b))


def differences(build: duckdb.DuckDBPyConnection, warehouse: Path, schema: str, table: str) -> list[str]:
    """What differs: names of columns (and types, where a contract names them), rows, numbers beyond ``RELATIVE``.

    Everything but fractional numbers must be equal: text, dates, integers, truth values, lists in their order, nulls.
    Fractional numbers are compared with the row of the same other columns, by size where several rows share those.
    """
    ours = build.execute(f'select * from {schema}."{table}"')
    columns = [(column[0], str(column[1])) for column in ours.description]
    rows = ours.fetchall()
    with duckdb.connect() as reader:
        theirs = reader.execute(f"select * from read_parquet('{warehouse}/{schema}.db/{table}/*.parquet')")
        their_columns = [(column[0], str(column[1])) for column in theirs.description]
        their_rows = theirs.fetchall()
    names, their_names = [name for name, _ in columns], [name for name, _ in their_columns]
    if names != their_names:
        return [f"columns {names}, on Spark {their_names}"]
    if schema in PUBLIC_SCHEMAS and columns != their_columns:
        only, their_only = sorted(set(columns) - set(their_columns)), sorted(set(their_columns) - set(columns))
        return [f"types {only}, on Spark {their_only}"]
    fractions = [
        place
        for place, (kind, their_kind) in enumerate(zip(columns, their_columns, strict=True))
        if (kind[1] + their_kind[1]).count("DOUBLE") or (kind[1] + their_kind[1]).count("DECIMAL")
    ]
    one, other = _split(rows, fractions), _split(their_rows, fractions)
    counts, their_counts = Counter(key for key, _ in one), Counter(key for key, _ in other)
    found = [f"only DuckDB has {key}" for key in (counts - their_counts).elements()]
    found += [f"only Spark has {key}" for key in (their_counts - counts).elements()]
    if not found:
        for (key, numbers), (_, their_numbers) in zip(one, other, strict=True):
            for place, a, b in zip(fractions, numbers, their_numbers, strict=True):
                if not same_number(a, b):
                    found.append(f"{names[place]}: DuckDB {a!r}, Spark {b!r} in {key}")
    return found


def _split(rows: Sequence[Row], fractions: Sequence[int]) -> list[tuple[str, list[float | None]]]:
    """Rows as (text of the exact columns, fractional numbers), sorted."""
    split = [
        (
            repr([value for place, value in enumerate(row) if place not in fractions]),
            [None if row[place] is None else float(row[place]) for place in fractions],
        )
        for row in rows
    ]
    return sorted(split, key=lambda row: (row[0], [math.inf if number is None else number for number in row[1]]))
