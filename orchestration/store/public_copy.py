"""The public tables of the build in a new file, with the checks' history, views, comments and a record of them all."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import duckdb
import yaml

from orchestration.settings import PROJECT, limit_memory
from orchestration.store.catalog import (
    PUBLIC_SCHEMAS,
    columns_by_table,
    columns_of,
    content_of,
    public_tables,
    quoted,
    quoted_path,
)
from orchestration.store.published import PublicationError
from orchestration.store.unchanged import Copies, same_tables
from orchestration.store.versions import SCHEMA_VERSION
from orchestration.store.write_ahead_logs import LOG_ENDINGS

# descriptions of the tables that are made here and not by dbt
_DESCRIPTIONS = PROJECT / "dbt_project" / "models" / "quality" / "_published.yml"
# how often, half a second apart, a locked history is asked again: another run may be appending to it
_PATIENCE = 60


def copy_public(
    build_file: Path, history_file: Path, published_file: Path, target: Path, version: str
) -> tuple[dict[str, int], Copies]:
    """Make the file ``target``; rows by table, and the Parquet copies of the version before that are still right.

    Raises ``PublicationError`` when any table is missing.
    """
    rows: dict[str, int] = {}
    with duckdb.connect(":memory:") as connection:
        limit_memory(connection)
        connection.execute(f"set temp_directory = {quoted_path(build_file.parent / 'spill')}")
        if not build_file.exists():
            raise PublicationError(f"there is no build {build_file}; run `make warehouse`")
        connection.execute(f"attach {quoted_path(build_file)} as build (read_only)")
        connection.execute(f"attach {quoted_path(target)} as target (storage_version 'v1.0.0')")
        tables = public_tables(connection, "build")
        missing = {"core.figures", "core.sources", "reconciliation.comparisons"} - {f"{s}.{t}" for s, t in tables}
        if missing:
            raise PublicationError(f"the build has no {', '.join(sorted(missing))}; run the dbt models first")
        _refuse_unloaded(connection)
        connection.execute("begin")  # one transaction, one sync to disk; the same below for a thousand comments
        for schema in PUBLIC_SCHEMAS:
            connection.execute(f"create schema if not exists target.{schema}")
        for schema, table in tables:
            _copy_table(connection, schema, table)
            rows[f"{schema}.{table}"] = _same_count(connection, schema, table)
        connection.execute("commit")
        rows["quality.check_results"] = _copy_history(connection, history_file, published_file)
        _create_views(connection)
        connection.execute(
            "create table target.quality.publication as select ? as version, ? as schema_version, "
            "now() as published_at, (select count(*) from target.core.figures) as figures",
            [version, SCHEMA_VERSION],
        )
        same: dict[str, tuple[int, str]] = {}
        before = None
        with suppress(duckdb.Error, IndexError):  # there is none, or it is damaged
            before = connection.execute("select version from previous.quality.publication").fetchall()[0][0]
            same = same_tables(connection)
        _record_tables(connection, same)
        connection.execute("begin")
        _comment(connection, [*public_tables(connection, "target"), *_views(connection)])
        connection.execute("commit")
        connection.execute("checkpoint target")
    if any(os.path.lexists(f"{target}{ending}") for ending in LOG_ENDINGS):
        raise PublicationError(f"{target} is not whole without the log beside it; run again")
    return rows, Copies(published_file.parent, before, same)


def _create_views(connection: duckdb.DuckDBPyConnection) -> None:
    """What was known on a day: a view with the validity of every figure, and the table macro that asks it."""
    if "known_until" not in {name for name, _ in columns_of(connection, "target", "core", "figures")}:
        return  # of an older build
    current = connection.execute("select current_database()").fetchall()[0][0]
    connection.execute("use target")
    try:
        for statement in _VIEWS:
            connection.execute(statement)
    finally:
        connection.execute(f'use "{current}"')


_VIEWS = (
    """
    create view core.figure_versions as
    select split_part(figure_id, '@', 1) as figure, known_from as valid_from, known_until as valid_until, *
    from core.figures
    """,
    """
    comment on view core.figure_versions is 'Every figure with the first day on which it was known (valid_from) and the
    first day on which it no longer was (valid_until, null while it stands); figure names the fact, its versions share
    it. core.figures_as_of(day) asks this view.'
    """,
    """
    create macro core.figures_as_of(day) as table
    select * exclude (figure, valid_from, valid_until)
    from core.figure_versions
    where valid_from <= cast(day as date) and (valid_until is null or cast(day as date) < valid_until)
    """,
)


def _views(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return connection.execute(
        "select schema_name, view_name from duckdb_views() where database_name = 'target' and not internal"
    ).fetchall()  # type: ignore[return-value]


def _record_tables(connection: duckdb.DuckDBPyConnection, same: Mapping[str, tuple[int, str]]) -> None:
    """What every table holds, as it is published: the guarantee that ``verify`` gives rests on it."""
    contents = []
    for (schema, table), columns in columns_by_table(connection, "target").items():
        name = f"{schema}.{table}"
        found = same.get(name) or content_of(
            connection, f'target.{schema}."{table}"', [(column, kind) for column, kind, _ in columns]
        )
        contents.append((name, *found))
    connection.execute(
        "create table target.quality.publication_tables (table_name varchar, rows bigint, content_hash varchar)"
    )
    connection.executemany("insert into target.quality.publication_tables values (?, ?, ?)", contents)


def _refuse_unloaded(connection: duckdb.DuckDBPyConnection) -> None:
    """A registered source that was never loaded into this build would vanish from the published file unseen."""
    tables = connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
    if ("raw.sources",) not in tables or ("raw.load_counts",) not in tables:
        return
    unloaded = connection.execute(
        "select source_id from build.raw.sources "
        "where source_id not in (select source_id from build.raw.load_counts) order by 1"
    ).fetchall()
    if unloaded:
        names = ", ".join(source_id for (source_id,) in unloaded)
        raise PublicationError(f"the build lacks {names}, which raw/sources.yml registers; run `make warehouse`")


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


def _copy_history(connection: duckdb.DuckDBPyConnection, history_file: Path, published_file: Path) -> int:
    from orchestration.quality.history import CHECK_RESULTS_DDL

    connection.execute(CHECK_RESULTS_DDL.format(table="target.quality.check_results"))
    # by name: a history of an older version lacks the columns that came later
    insert = "insert into target.quality.check_results by name select * from {source} as r"
    if history_file.exists():
        _attach_patiently(connection, history_file, "history")
        connection.execute(insert.format(source="history.main.check_results"))
    if published_file.exists():
        # the published file may be damaged: it gives what it can, and is replaced
        with suppress(duckdb.Error):
            connection.execute(f"attach {quoted_path(published_file)} as previous (read_only)")
            connection.execute(
                insert.format(source="previous.quality.check_results")
                + " where r.run_id not in (select run_id from target.quality.check_results)"
            )
    return int(connection.execute("select count(*) from target.quality.check_results").fetchall()[0][0])


def _attach_patiently(connection: duckdb.DuckDBPyConnection, file: Path, name: str) -> None:
    for attempt in range(_PATIENCE):
        try:
            connection.execute(f"attach {quoted_path(file)} as {name} (read_only)")
            return
        except duckdb.IOException as error:
            if "could not set lock" not in str(error).lower() or attempt == _PATIENCE - 1:
                raise
            time.sleep(0.5)


def _comment(connection: duckdb.DuckDBPyConnection, target_tables: list[tuple[str, str]]) -> None:
    """Table and column comments of the build (written by dbt from the model descriptions) into the published file."""
    kept = set(target_tables)
    for schema, table, comment in connection.execute(
        "select schema_name, table_name, comment from duckdb_tables() "
        "where database_name = 'build' and comment is not null"
    ).fetchall():
        if (schema, table) in kept:
            connection.execute(f'comment on table target.{schema}."{table}" is {quoted(comment)}')
    for schema, table, column, comment in connection.execute(
        "select schema_name, table_name, column_name, comment from duckdb_columns() "
        "where database_name = 'build' and comment is not null"
    ).fetchall():
        if (schema, table) in kept:
            connection.execute(f'comment on column target.{schema}."{table}"."{column}" is {quoted(comment)}')
    for table, description in _described():
        connection.execute(f"comment on {table} is {quoted(description)}")


def _described() -> Iterator[tuple[str, str]]:
    """``table target.quality.x`` or ``column target.quality.x.y``, and its description in dbt's file."""
    if not _DESCRIPTIONS.is_file():  # installed without the dbt project
        return
    (source,) = yaml.safe_load(_DESCRIPTIONS.read_text(encoding="utf-8"))["sources"]
    for table in source["tables"]:
        name = f"target.{source['schema']}.{table['name']}"
        yield f"table {name}", table["description"]
        for column in table["columns"]:
            yield f"column {name}.{column['name']}", column["description"]
