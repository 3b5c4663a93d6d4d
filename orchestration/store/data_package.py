"""Parquet copies of the public tables, and the two documents that describe them (Frictionless, Croissant)."""

import hashlib
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.settings import limit_memory
from orchestration.store.catalog import columns_by_table, quoted_path
from orchestration.store.croissant import croissant
from orchestration.store.disk import make_folder, sync, sync_folder
from orchestration.store.unchanged import Copies, writer


def write_package(database: Path, folder: Path, version: str, copies: Copies | None = None) -> None:
    """Parquet copies of all public tables, a Frictionless ``datapackage.json`` and a Croissant document beside them.

    What ``copies`` has of the version before is not written again.
    """
    shutil.rmtree(folder, ignore_errors=True)
    make_folder(folder)
    resources: list[dict[str, Any]] = []
    with duckdb.connect(str(database), read_only=True) as connection:
        limit_memory(connection)
        database_name = connection.execute("select current_database()").fetchall()[0][0]
        for (schema, table), columns in columns_by_table(connection, database_name).items():
            path = folder / f"{schema}.{table}.parquet"
            kept = copies.take(f"{schema}.{table}", columns, path) if copies else None
            if kept is not None:
                resources.append(kept)
                continue
            connection.execute(f'copy {schema}."{table}" to {quoted_path(path)} (format parquet, compression zstd)')
            path.chmod(0o444)
            sync(path)
            resources.append(_resource(connection, schema, table, columns, path))
        found = connection.execute("select * from core.sources")
        names = [column[0] for column in found.description or ()]
        sources = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        for resource in resources:
            resource["rights"] = _rights(connection, resource, {row["source_id"]: row.get("rights") for row in sources})
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "ai-figures",
        "title": "AI Figures: the numbers that reports print about the AI industry",
        "version": version,
        "writer": writer(),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        # nothing is granted that is not ours: what may be done with printed figures is for their sources to say
        "rights": _RIGHTS,
        "sources": [
            {
                "title": f"{row['title']} ({row['publisher']})",
                "source_id": row["source_id"],
                "rights": row.get("rights"),
            }
            for row in sources
        ],
        "resources": resources,
    }
    for name, document in (("datapackage.json", package), ("croissant.json", croissant(package))):
        (folder / name).write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
        (folder / name).chmod(0o444)
        sync(folder / name)
    sync_folder(folder)


_RIGHTS = (
    "This package grants no licence. The figures were printed by the sources named here, whose rights stand with each "
    "of them and, by source, with each table; the reports themselves are not included."
)


def _rights(
    connection: duckdb.DuckDBPyConnection, resource: dict[str, Any], known: dict[str, str | None]
) -> list[dict[str, str | None]]:
    """The sources that a table has rows of, with the rights of each; empty for tables without a source."""
    fields = {field["name"] for field in resource["schema"]["fields"]}
    column = "source_id" if "source_id" in fields else "unnest(source_ids)" if "source_ids" in fields else None
    if column is None:
        return []
    schema, table = resource["name"].split(".", 1)
    found = connection.execute(f'select distinct {column} as s from {schema}."{table}" order by s').fetchall()
    return [{"source_id": source, "rights": known.get(source) or "not stated"} for (source,) in found if source]


def _has_nulls(connection: duckdb.DuckDBPyConnection, schema: str, table: str, column: str) -> bool:
    query = f'select count(*) > count("{column}") from {schema}."{table}"'
    return bool(connection.execute(query).fetchall()[0][0])


# the columns that name a row, where a table has all of them: the first that does
_KEYS = (
    ("finding_id",), ("comparison_id",), ("issue_id",), ("chip", "source_id"), ("figure_id",), ("table_name",),
)  # fmt: skip
_OWN_KEYS = {
    "core.sources": ("source_id",),
    "quality.publication": ("version",),
    "reconciliation.source_scorecard": ("source_id",),
    "reconciliation.consensus": ("series", "period_label"),
    "reconciliation.operator_precision": ("rule", "origin", "is_proposed"),
    "reference.exchange_rates": ("currency", "year"),
}


def _key(connection: duckdb.DuckDBPyConnection, schema: str, table: str, columns: list[str]) -> list[str]:
    """The columns of the primary key: those of ``_KEYS`` that are unique in the table; empty when there are none."""
    wanted = [_OWN_KEYS[f"{schema}.{table}"]] if f"{schema}.{table}" in _OWN_KEYS else [*_KEYS, (columns[0],)]
    for key in wanted:
        if set(key) <= set(columns):
            names = ", ".join(f'"{name}"' for name in key)
            filled = " and ".join(f'"{name}" is not null' for name in key)
            rows, distinct = connection.execute(
                f'select count(*), count(distinct ({names})) filter (where {filled}) from {schema}."{table}"'
            ).fetchall()[0]
            if rows == distinct:
                return list(key)
    return []


_FRICTIONLESS = {
    "VARCHAR": "string", "DOUBLE": "number", "INTEGER": "integer", "BIGINT": "integer", "DATE": "date",
    "TIMESTAMP": "datetime", "TIMESTAMP WITH TIME ZONE": "datetime", "BOOLEAN": "boolean",
}  # fmt: skip


def _resource(
    connection: duckdb.DuckDBPyConnection,
    schema: str,
    table: str,
    columns: list[tuple[str, str, str | None]],
    path: Path,
) -> dict[str, Any]:
    fields = []
    for column, kind, comment in columns:
        field = {"name": column, "type": _FRICTIONLESS.get(kind, "any")}
        if field["type"] == "integer" and _has_nulls(connection, schema, table, column):
            field["type"] = "number"  # readers of Parquet give 3.0 where other rows have nothing
        if comment:
            field["description"] = comment
        unit = {"value_usd": "USD", "value_cny": "CNY", "fx_rate": "CNY per USD"}.get(column)
        if unit:
            field["unit"] = unit
        elif column in ("value", "value_low", "value_high"):
            field["unit"] = "see column unit"
        fields.append(field)
    data = path.read_bytes()
    described: dict[str, Any] = {"fields": fields}
    if key := _key(connection, schema, table, [column for column, _, _ in columns]):
        described["primaryKey"] = key
    return {
        "name": f"{schema}.{table}",
        "path": f"parquet/{path.name}",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        # of the file: `bytes` and `hash` of the standard are of what a reader of the format has read
        "file_bytes": len(data),
        "file_sha256": hashlib.sha256(data).hexdigest(),
        "schema": described,
    }
