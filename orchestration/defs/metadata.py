"""Metadata for the UI: previews, row counts, schemas and column lineage."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import dagster as dg

from orchestration.store.published import connect_read_only

Key = TypeVar("Key")


def cell(value: object) -> str:
    if value is None:
        return ""
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return (text if len(text) <= 80 else text[:77] + "…").replace("|", "\\|").replace("\n", " ")


def markdown(rows: list[dict[str, Any]]) -> dg.MarkdownMetadataValue:
    """Rows (all with the same columns) as a Markdown table."""
    names = list(rows[0]) if rows else []
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    lines += ["| " + " | ".join(cell(row.get(name)) for name in names) + " |" for row in rows]
    return dg.MetadataValue.md("\n".join(lines))


def preview(database: Path, query: str) -> dg.MarkdownMetadataValue:
    """The result of a query as a Markdown table."""
    return preview_all(database, {"": query})[""]


def preview_all(database: Path, queries: Mapping[Key, str]) -> dict[Key, dg.MarkdownMetadataValue]:
    """The results of queries; the file is opened once, which takes longer than a query."""
    shown = {}
    with connect_read_only(database) as connection:
        for key, query in queries.items():
            result = connection.execute(query)
            names = [column[0] for column in result.description or []]
            rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
            shown[key] = markdown(rows) if rows else dg.MetadataValue.md("no rows")
    return shown


def table(database: Path, query: str) -> dg.TableMetadataValue:
    """The result of a query as a table that the UI can sort."""
    with connect_read_only(database) as connection:
        result = connection.execute(query)
        names = [column[0] for column in result.description or []]
        records = [dg.TableRecord(dict(zip(names, row, strict=True))) for row in result.fetchall()]
    return dg.MetadataValue.table(records, dg.TableSchema([dg.TableColumn(name) for name in names]))


def row_count(database: Path, table: str) -> int:
    with connect_read_only(database) as connection:
        return int(connection.execute(f"select count(*) from {table}").fetchall()[0][0])


def table_schema(database: Path, schema: str, table: str) -> dg.TableSchema:
    """Columns with their types and comments."""
    with connect_read_only(database) as connection:
        rows = connection.execute(
            "select column_name, data_type, comment from duckdb_columns() where schema_name = ? and table_name = ? "
            "order by column_index",
            [schema, table],
        ).fetchall()
    return dg.TableSchema([dg.TableColumn(name, type=kind, description=comment) for name, kind, comment in rows])
