"""Publication: from the build file to the file that readers open, in one atomic step.

Readers never see a half build: a new file is written beside the old one, synced to disk, opened and counted, and only
then renamed over it. A reader that holds the old file keeps the old file.
"""

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

PUBLIC_SCHEMAS = (
    "core", "market", "hardware", "adoption", "investment", "reconciliation", "quality", "reference",
)  # fmt: skip


class PublicationError(RuntimeError):
    """The new file is not fit to be published; the last good one stays in place."""


@dataclass(frozen=True, slots=True)
class Publication:
    """What was published: rows by table (``schema.table``), the file and its version."""

    file: Path
    version: str
    rows: dict[str, int]
    bytes: int


def publish(build_file: Path, history_file: Path, published_file: Path) -> Publication:
    """Copy the public schemas of the build into a new file and put it in place of ``published_file``.

    The file is written in DuckDB's 1.0 storage format, so that older clients open it. Raises ``PublicationError`` when
    the build lacks a table or a copy lost rows, and ``OSError`` when the disk is full or read-only; in each case the
    published file is untouched and the temporary file is removed.
    """
    folder = published_file.parent
    folder.mkdir(parents=True, exist_ok=True)
    clean_leftovers(folder)
    temporary = folder / f".{published_file.name}.{os.getpid()}.tmp"
    version = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    try:
        rows = _copy(build_file, history_file, temporary, version)
        parquet = folder / f".parquet.{os.getpid()}.tmp"
        _write_parquet(temporary, parquet, version)
        _sync(temporary)
        os.replace(temporary, published_file)
        _sync_folder(folder)
        _swap_folder(parquet, folder / "parquet")
        os.replace(folder / "parquet" / "datapackage.json", folder / "datapackage.json")
    except duckdb.Error as error:
        raise PublicationError(
            f"nothing was published, {published_file} is unchanged: {error}. Mend the build (see the failed step) or "
            "free disk space, then run again"
        ) from error
    finally:
        for leftover in folder.glob(f".*.{os.getpid()}.tmp*"):
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink(missing_ok=True)
    return Publication(published_file, version, rows, published_file.stat().st_size)


def clean_leftovers(folder: Path) -> None:
    """Remove temporary files of publications that were killed (their process is gone)."""
    for leftover in folder.glob(".*.tmp*"):
        process = leftover.name.split(".tmp")[0].rsplit(".", 1)[-1]
        if process.isdigit() and not Path(f"/proc/{process}").exists():
            shutil.rmtree(leftover, ignore_errors=True) if leftover.is_dir() else leftover.unlink(missing_ok=True)


def public_tables(connection: duckdb.DuckDBPyConnection, database: str) -> list[tuple[str, str]]:
    """``(schema, table)`` of every public table of an attached database, sorted."""
    rows = connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = ? "
        "and list_contains(?, schema_name) order by all",
        [database, list(PUBLIC_SCHEMAS)],
    ).fetchall()
    return [(schema, table) for schema, table in rows]


def _copy(build_file: Path, history_file: Path, target: Path, version: str) -> dict[str, int]:
    target.unlink(missing_ok=True)
    rows: dict[str, int] = {}
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"attach {_quote(build_file)} as build (read_only)")
        connection.execute(f"attach {_quote(target)} as target (storage_version 'v1.0.0')")
        tables = public_tables(connection, "build")
        missing = {"core.figures", "core.sources", "reconciliation.comparisons"} - {f"{s}.{t}" for s, t in tables}
        if missing:
            raise PublicationError(f"the build has no {', '.join(sorted(missing))}; run the dbt models first")
        for schema in PUBLIC_SCHEMAS:
            connection.execute(f"create schema if not exists target.{schema}")
        for schema, table in tables:
            _copy_table(connection, schema, table)
            rows[f"{schema}.{table}"] = _same_count(connection, schema, table)
        rows["quality.check_results"] = _copy_history(connection, history_file)
        connection.execute(
            "create table target.quality.publication as select ? as version, now() as published_at, "
            "(select count(*) from target.core.figures) as figures",
            [version],
        )
        _comment(connection, target_tables=[(s, t) for s, t in public_tables(connection, "target")])
        connection.execute("checkpoint target")
    return rows


def _copy_table(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> None:
    connection.execute(f'create table target.{schema}."{table}" as select * from build.{schema}."{table}"')


def _same_count(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> int:
    counts = [
        connection.execute(f'select count(*) from {database}.{schema}."{table}"').fetchall()[0][0]
        for database in ("build", "target")
    ]
    if counts[0] != counts[1]:
        raise PublicationError(f"{schema}.{table}: {counts[0]} rows in the build, {counts[1]} in the copy")
    return int(counts[0])


def _copy_history(connection: duckdb.DuckDBPyConnection, history_file: Path) -> int:
    from orchestration.quality.history import CHECK_RESULTS_DDL

    connection.execute(CHECK_RESULTS_DDL.format(table="target.quality.check_results"))
    if history_file.exists():
        connection.execute(f"attach {_quote(history_file)} as history (read_only)")
        connection.execute("insert into target.quality.check_results select * from history.main.check_results")
    return int(connection.execute("select count(*) from target.quality.check_results").fetchall()[0][0])


def _comment(connection: duckdb.DuckDBPyConnection, target_tables: list[tuple[str, str]]) -> None:
    """Table and column comments of the build (written by dbt from the model descriptions) into the published file."""
    kept = set(target_tables)
    for schema, table, comment in connection.execute(
        "select schema_name, table_name, comment from duckdb_tables() where database_name = 'build' and comment is not null"
    ).fetchall():
        if (schema, table) in kept:
            connection.execute(f'comment on table target.{schema}."{table}" is {_text(comment)}')
    for schema, table, column, comment in connection.execute(
        "select schema_name, table_name, column_name, comment from duckdb_columns() "
        "where database_name = 'build' and comment is not null"
    ).fetchall():
        if (schema, table) in kept:
            connection.execute(f'comment on column target.{schema}."{table}"."{column}" is {_text(comment)}')


def _write_parquet(database: Path, folder: Path, version: str) -> None:
    """Parquet copies of all public tables and a Frictionless ``datapackage.json`` beside them."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    resources: list[dict[str, Any]] = []
    with duckdb.connect(str(database), read_only=True) as connection:
        name = database.name
        database_name = connection.execute("select current_database()").fetchall()[0][0]
        del name
        for schema, table in public_tables(connection, database_name):
            path = folder / f"{schema}.{table}.parquet"
            connection.execute(f'copy {schema}."{table}" to {_quote(path)} (format parquet, compression zstd)')
            resources.append(_resource(connection, database_name, schema, table, path))
        sources = connection.execute(
            "select title, publisher, source_file, licence from core.sources"
        ).fetchall()
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "ai-figures",
        "title": "AI Figures: the numbers that reports print about the AI industry",
        "version": version,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "licenses": [{"name": "CC-BY-4.0", "title": "The compilation; the reports themselves are not included"}],
        "sources": [
            {"title": f"{title} ({publisher})", "path": file, "licence": licence}
            for title, publisher, file, licence in sources
        ],
        "resources": resources,
    }
    (folder / "datapackage.json").write_text(json.dumps(package, ensure_ascii=False, indent=1), encoding="utf-8")


_FRICTIONLESS = {
    "VARCHAR": "string", "DOUBLE": "number", "INTEGER": "integer", "BIGINT": "integer", "DATE": "date",
    "TIMESTAMP": "datetime", "TIMESTAMP WITH TIME ZONE": "datetime", "BOOLEAN": "boolean", "VARCHAR[]": "array",
}  # fmt: skip


def _resource(
    connection: duckdb.DuckDBPyConnection, database: str, schema: str, table: str, path: Path
) -> dict[str, Any]:
    columns = connection.execute(
        "select column_name, data_type, comment from duckdb_columns() "
        "where database_name = ? and schema_name = ? and table_name = ? order by column_index",
        [database, schema, table],
    ).fetchall()
    fields = []
    for column, kind, comment in columns:
        field = {"name": column, "type": _FRICTIONLESS.get(kind, "any")}
        if comment:
            field["description"] = comment
        unit = {"value_usd": "USD", "value_cny": "CNY", "fx_rate": "CNY per USD"}.get(column)
        if unit:
            field["unit"] = unit
        elif column in ("value", "value_low", "value_high"):
            field["unit"] = "see column unit"
        fields.append(field)
    data = path.read_bytes()
    return {
        "name": f"{schema}.{table}",
        "path": f"parquet/{path.name}",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "schema": {"fields": fields},
    }


def _swap_folder(new: Path, place: Path) -> None:
    """Put a folder in the place of another. Readers of single Parquet files hold theirs open."""
    old = place.with_name(f".{place.name}.old.{os.getpid()}.tmp")
    if place.exists():
        os.replace(place, old)
    os.replace(new, place)
    shutil.rmtree(old, ignore_errors=True)


def _sync(path: Path) -> None:
    with path.open("rb") as handle:
        os.fsync(handle.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _quote(path: Path) -> str:
    return _text(str(path))


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
