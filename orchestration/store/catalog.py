"""What a database holds: its public tables, their columns, and a hash of what is in them."""

from pathlib import Path

import duckdb

PUBLIC_SCHEMAS = (
    "core", "market", "hardware", "adoption", "investment", "reconciliation", "quality", "reference",
    "candidates",
)  # fmt: skip


def columns_of(connection: duckdb.DuckDBPyConnection, database: str, schema: str, table: str) -> list[tuple[str, str]]:
    """Names and types, in their order."""
    return connection.execute(
        "select column_name, data_type from duckdb_columns() "
        "where database_name = ? and schema_name = ? and table_name = ? order by column_index",
        [database, schema, table],
    ).fetchall()  # type: ignore[return-value]


def columns_by_table(
    connection: duckdb.DuckDBPyConnection, database: str
) -> dict[tuple[str, str], list[tuple[str, str, str | None]]]:
    """The same and their comments, of every public table by schema and table: asking for each takes longer."""
    found: dict[tuple[str, str], list[tuple[str, str, str | None]]]
    found = {each: [] for each in public_tables(connection, database)}
    for schema, table, *column in connection.execute(
        "select schema_name, table_name, column_name, data_type, comment from duckdb_columns() "
        "where database_name = ? order by column_index",
        [database],
    ).fetchall():
        if (schema, table) in found:
            found[schema, table].append((column[0], column[1], column[2]))
    return found


def content_of(connection: duckdb.DuckDBPyConnection, relation: str, columns: list[tuple[str, str]]) -> tuple[int, str]:
    """Rows, and a hash of what they hold, whatever their order.

    Of the values as text, each with its length before it; not DuckDB's own ``hash``, which may change between versions.
    Values are cast to the types of the table, as Parquet has fewer.
    """
    texts = []
    for name, kind in columns:
        value = 'cast("{}" as {})'.format(name.replace('"', '""'), kind)
        # as text it depends on the time zone of the session
        text = f"epoch_us({value})::varchar" if kind == "TIMESTAMP WITH TIME ZONE" else f"{value}::varchar"
        texts.append(f"coalesce(length({text}) || ':' || {text}, '-')")
    rows, total = connection.execute(
        f"select count(*), coalesce(sum(md5_number_lower({' || '.join(texts)})), 0) from {relation}"
    ).fetchall()[0]
    return int(rows), str(total)


def public_tables(connection: duckdb.DuckDBPyConnection, database: str) -> list[tuple[str, str]]:
    """``(schema, table)`` of every public table of an attached database, sorted."""
    rows = connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = ? "
        "and list_contains(?, schema_name) order by all",
        [database, list(PUBLIC_SCHEMAS)],
    ).fetchall()
    return [(schema, table) for schema, table in rows]


def quoted_path(path: Path) -> str:
    """A path as a literal of SQL."""
    return quoted(str(path))


def quoted(text: str) -> str:
    """A text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"
