"""The schema `raw` of the build file, which dbt reads as sources: its tables, and how rows come into them."""

from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration.extraction.raw_rows import InboxFigure
from orchestration.loading.decision_entry import DECISION_COLUMNS
from orchestration.loading.files import read_yaml
from orchestration.loading.reference import REFERENCE_COLUMNS
from orchestration.loading.relations import Term
from orchestration.loading.rows import RawFigure
from orchestration.settings import PROJECT

if TYPE_CHECKING:
    import polars as pl

_TYPES = {"str": "varchar", "int": "integer", "float": "double", "date": "date"}


def _field_types(row: type) -> dict[str, str]:
    import typing

    hints = typing.get_type_hints(row)
    kinds = {}
    for name, hint in hints.items():
        args = [a for a in typing.get_args(hint) if a is not type(None)] or [hint]
        kinds[name] = args[0].__name__
    return kinds


def raw_tables() -> dict[str, list[tuple[str, str]]]:
    """Columns and types of the tables of the schema `raw`."""
    tables = {
        table: [(name, _TYPES[kind]) for name, kind in _field_types(row).items()]
        for table, row in (("figures", RawFigure), ("relations", Term), ("inbox_figures", InboxFigure))
    }
    tables |= {table: _columns(text) for table, text in _RAW_COLUMNS.items()}
    # unreviewed rows have tables of their own: nothing that reads `figures` and `sources` can meet one
    tables["inbox_sources"] = tables["sources"]
    tables |= candidate_tables()
    tables["decisions"] = [(column, "varchar") for column in DECISION_COLUMNS]
    tables |= {
        f"ref_{name}": [(column, "varchar") for column in columns] for name, columns in REFERENCE_COLUMNS.items()
    }
    return tables


_RAW_COLUMNS = {
    "quarantine": "source_id varchar, file varchar, line integer, key varchar, message varchar, remedy varchar, "
    "row_text varchar",
    "load_counts": "source_id varchar, rows_in integer, rows_loaded integer, rows_quarantined integer, "
    "figures integer, relations integer, loaded_at timestamp, fingerprint varchar",
    "sources": "source_id varchar, position integer, title varchar, publisher varchar, published_on date, "
    "published_label varchar, language varchar, kind varchar, source_file varchar, sha256 varchar, licence varchar, "
    "notes varchar, vintage_on date",
    "source_rates": "source_id varchar, currency varchar, cny_per_unit double, note varchar",
    "decision_figures": "finding_id varchar, figure_id varchar, preference varchar",
    "known_findings": "finding_id varchar, explanation_code varchar",
    "corrected_verdicts": "comparison_id varchar, verdict varchar",
}


@cache
def candidate_tables() -> dict[str, list[tuple[str, str]]]:
    """The raw tables behind the schema `candidates`: their columns are the contract of the models that select them."""
    models = read_yaml(PROJECT / "dbt_project" / "models" / "candidates" / "_candidates.yml", PROJECT)["models"]
    return {model["name"]: [(column["name"], column["data_type"]) for column in model["columns"]] for model in models}


def _columns(text: str) -> list[tuple[str, str]]:
    return [(name, kind) for name, kind in (column.split() for column in text.split(", "))]


def create_raw(connection: duckdb.DuckDBPyConnection) -> None:
    """The raw tables, empty where they are new. A build of another version of this code loses its raw rows: they are
    read again from `raw/`."""
    tables = raw_tables()
    found: dict[str, list[tuple[str, str]]] = {}
    for table, name, kind in connection.execute(
        "select table_name, column_name, lower(data_type) from duckdb_columns() "
        "where schema_name = 'raw' and database_name = current_database() order by column_index"
    ).fetchall():
        found.setdefault(table, []).append((name, kind))
    if any(found[table] != columns for table, columns in tables.items() if table in found):
        for table in found:
            connection.execute(f'drop table raw."{table}"')
        found.clear()
    connection.execute("create schema if not exists raw")
    for table, columns in tables.items():
        if table in found:
            continue
        listed = ", ".join(f'"{name}" {kind}' for name, kind in columns)
        connection.execute(f"create table if not exists raw.{table} ({listed})")


class ArrowStream:
    """A polars frame that DuckDB reads through the Arrow C stream: the plain frame would need pyarrow (165 MB)."""

    def __init__(self, frame: "pl.DataFrame") -> None:
        self._frame = frame

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._frame.__arrow_c_stream__(requested_schema)


def frame_of(rows: Sequence[Any], row: type, without: Sequence[str] = ()) -> "pl.DataFrame":
    """Rows of the dataclass ``row`` as a frame with its fields as columns, but those of ``without``."""
    import polars as pl

    kinds = {"str": pl.String, "int": pl.Int64, "float": pl.Float64, "date": pl.Date}
    schema = {name: kinds[kind] for name, kind in _field_types(row).items() if name not in without}
    columns = zip(*map(attrgetter(*schema), rows), strict=True) if rows else ((),) * len(schema)
    series = [_series(name, column, schema[name]) for name, column in zip(schema, columns, strict=True)]
    return pl.DataFrame(series)


def _series(name: str, values: Sequence[Any], kind: "type[pl.DataType]") -> "pl.Series":
    import polars as pl

    empty = values.count(None) == len(values)  # polars would ask each value
    return pl.repeat(None, len(values), dtype=kind, eager=True).alias(name) if empty else pl.Series(name, values, kind)


def roll_back(connection: duckdb.DuckDBPyConnection) -> None:
    """Give up the transaction after an error."""
    with suppress(duckdb.Error):  # a failed commit has rolled back already; the first error is the one to see
        connection.execute("rollback")


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence[Any]]) -> None:
    """Rows into ``raw.<table>``, in one statement: DuckDB's ``executemany`` runs one a row."""
    import polars as pl

    kinds = {"varchar": pl.String, "integer": pl.Int64, "double": pl.Float64, "date": pl.Date}
    schema = {name: kinds[kind] for name, kind in raw_tables()[table]}
    connection.register("new_rows", ArrowStream(pl.DataFrame(list(rows), schema=schema, orient="row")))
    connection.execute(f"insert into raw.{table} select * from new_rows")
    connection.unregister("new_rows")
