"""Reading the published file for the site. Nothing here writes, nothing here knows HTML."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from orchestration.store.published import PublicationError, open_published

Row = dict[str, Any]

MARTS = ("market", "hardware", "adoption", "investment")

# What the pages cannot do without. Mart tables are not listed: a chart whose table is missing is left out.
CONTRACT: dict[str, tuple[str, ...]] = {
    "core.sources": ("source_id", "title", "publisher", "published_label", "source_file", "sha256"),
    "core.figures": (
        "figure_id", "source_id", "line", "exhibit", "printed", "printed_scale", "qualifier", "value", "value_low",
        "value_high", "unit", "counted", "indicator", "entity", "entity_country", "segment", "geography", "basis",
        "period_start", "period_end", "period_label", "status", "statistic", "value_usd", "value_cny", "fx_rate",
        "mart", "review", "preference",
    ),
    "reconciliation.comparisons": (
        "comparison_id", "rule", "scope", "source_ids", "figure_ids", "stated", "stated_low", "stated_high",
        "expected", "expected_low", "expected_high", "gap", "verdict", "explanation",
    ),
    "reconciliation.findings": (
        "finding_id", "comparison_id", "rule", "severity", "explanation_code", "explanation", "decision", "reason",
    ),
    "reconciliation.source_scorecard": ("source_id", "figures", "comparisons", "share_holding"),
    "reference.indicators": ("indicator", "dimension", "mart", "mart_table", "label_en", "label_zh", "definition"),
    "reference.segments": ("segment", "label_en", "label_zh"),
    "reference.geographies": ("geography", "label_en", "label_zh"),
    "reference.entities": ("entity", "label_zh"),
}  # fmt: skip


class SiteError(RuntimeError):
    """The site cannot be built; the message says what is missing and what to do. An existing site stays untouched."""


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    kind: str
    description: str


@dataclass(frozen=True, slots=True)
class Table:
    """One public table with its columns, as the data dictionary shows it."""

    schema: str
    name: str
    description: str
    rows: int
    columns: tuple[Column, ...]

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"


@dataclass(slots=True)
class Warehouse:
    """An open published file. ``rows`` runs a query; the other attributes are read once at opening."""

    connection: duckdb.DuckDBPyConnection
    tables: dict[str, Table]
    figures: dict[str, Row]
    sources: dict[str, Row]
    published: Row = field(default_factory=dict)

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """Rows of a query, one mapping of column name to value each."""
        return _rows(self.connection, query, parameters)

    def has(self, table: str) -> bool:
        return table in self.tables


@contextmanager
def open_warehouse(published_file: Path, dbt_project: Path | None = None) -> Iterator[Warehouse]:
    """Open the published file read-only and check the contract.

    Descriptions of tables and columns come from the comments in the file, else from the dbt schema files under
    ``dbt_project``. Raises ``SiteError`` when the file is missing, is no DuckDB file, or lacks a table or column.
    """
    with ExitStack() as stack:
        try:
            connection = stack.enter_context(open_published(published_file))
        except PublicationError as error:
            raise SiteError(str(error)) from error
        tables = _tables(connection, _dbt_descriptions(dbt_project))
        _check_contract(published_file, tables)
        figures = {row["figure_id"]: row for row in _rows(connection, _FIGURES)}
        sources = {
            row["source_id"]: row for row in _rows(connection, "select * from core.sources order by source_file")
        }
        published = _rows(connection, _PUBLISHED) if "quality.publication" in tables else []
        yield Warehouse(connection, tables, figures, sources, published[0] if published else {})


_PUBLISHED = (
    "select version, strftime(published_at::timestamp, '%Y-%m-%d') as published_on from quality.publication "
    "order by published_at desc limit 1"
)
# The reading order of the sources, so that the explorer lists figures as a reader meets them.
_FIGURES = """
    select f.*
    from core.figures as f
    inner join core.sources as s using (source_id)
    order by s.source_file, f.line, f.figure_id
"""


def _rows(connection: duckdb.DuckDBPyConnection, query: str, parameters: Sequence[Any] = ()) -> list[Row]:
    result = connection.execute(query, list(parameters))
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, values, strict=True)) for values in result.fetchall()]


def _tables(connection: duckdb.DuckDBPyConnection, described: dict[str, str]) -> dict[str, Table]:
    columns: dict[str, list[Column]] = {}
    for row in _rows(
        connection,
        "select schema_name, table_name, column_name, data_type, comment from duckdb_columns() "
        "where not internal order by schema_name, table_name, column_index",
    ):
        name = f"{row['schema_name']}.{row['table_name']}"
        text = row["comment"] or described.get(f"{row['table_name']}.{row['column_name']}", "")
        columns.setdefault(name, []).append(Column(row["column_name"], row["data_type"].lower(), text))
    tables = {}
    for row in _rows(connection, "select schema_name, table_name, comment from duckdb_tables() order by all"):
        name = f"{row['schema_name']}.{row['table_name']}"
        count = connection.execute(f'select count(*) from {row["schema_name"]}."{row["table_name"]}"').fetchall()[0][0]
        text = row["comment"] or described.get(row["table_name"], "")
        tables[name] = Table(row["schema_name"], row["table_name"], text, count, tuple(columns.get(name, ())))
    return tables


def _check_contract(published_file: Path, tables: dict[str, Table]) -> None:
    missing = [name for name in CONTRACT if name not in tables]
    for name, columns in CONTRACT.items():
        present = {column.name for column in tables[name].columns} if name in tables else set(columns)
        missing += [f"{name}.{column}" for column in columns if column not in present]
    if missing:
        raise SiteError(
            f"{published_file} lacks {', '.join(missing)}; the site needs the tables of the contract. "
            "Run `make warehouse`, and see dbt_project/models if that does not help"
        )


def _dbt_descriptions(dbt_project: Path | None) -> dict[str, str]:
    """``table`` and ``table.column`` to description, from the schema files of the dbt project."""
    if dbt_project is None or not (dbt_project / "models").is_dir():
        return {}
    import yaml

    found: dict[str, str] = {}
    for path in sorted((dbt_project / "models").rglob("*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for model in content.get("models") or []:
            found[model["name"]] = str(model.get("description") or "").strip()
            for column in model.get("columns") or []:
                found[f"{model['name']}.{column['name']}"] = str(column.get("description") or "").strip()
    return found
