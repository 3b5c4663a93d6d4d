"""A published file of a dozen figures, with every table that the site needs and text that tries to break out of it."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb

# Markup, quotes and a closing script tag: none of it may reach a page as markup.
HOSTILE = "</script><img src=x onerror=\"alert('x')\"> & 'quoted' \u2028"

FIGURE_COLUMNS = {
    "figure_id": "varchar", "source_id": "varchar", "line": "integer", "exhibit": "varchar", "printed": "varchar",
    "printed_scale": "varchar", "qualifier": "varchar", "value": "double", "value_low": "double",
    "value_high": "double", "unit": "varchar", "counted": "varchar", "indicator": "varchar", "entity": "varchar",
    "entity_country": "varchar", "segment": "varchar", "geography": "varchar", "basis": "varchar",
    "period_start": "date", "period_end": "date", "period_label": "varchar", "status": "varchar",
    "statistic": "varchar", "value_usd": "double", "value_cny": "double", "fx_rate": "double",
    "mart": "varchar", "review": "varchar", "preference": "varchar",
    "published_on": "date", "note": "varchar",
}  # fmt: skip

TABLES = {
    "core.sources": "source_id varchar, title varchar, publisher varchar, published_on date, published_label varchar, "
    "language varchar, kind varchar, source_file varchar, sha256 varchar, licence varchar, notes varchar",
    "core.figures": ", ".join(f"{name} {kind}" for name, kind in FIGURE_COLUMNS.items()),
    "reconciliation.comparisons": "comparison_id varchar, rule varchar, scope varchar, source_ids varchar[], "
    "figure_ids varchar[], stated double, stated_low double, stated_high double, expected double, "
    "expected_low double, expected_high double, gap double, verdict varchar, explanation varchar",
    "reconciliation.findings": "finding_id varchar, comparison_id varchar, rule varchar, severity varchar, "
    "explanation_code varchar, explanation varchar, decision varchar, reason varchar",
    "reconciliation.source_scorecard": "source_id varchar, figures integer, comparisons integer, share_holding double",
    "reference.indicators": "indicator varchar, dimension varchar, mart varchar, mart_table varchar, "
    "label_en varchar, label_zh varchar, aliases varchar, definition varchar",
    "reference.segments": "segment varchar, label_en varchar, label_zh varchar, aliases varchar",
    "reference.geographies": "geography varchar, label_en varchar, label_zh varchar, kind varchar, aliases varchar",
    "reference.entities": "entity varchar, kind varchar, label_zh varchar, aliases varchar",
}


def figure(key: str, printed: str, value: float, unit: str, **fields: Any) -> dict[str, Any]:
    """One figure; what is not given reads like a level of the Chinese market for one segment in 2024."""
    year = fields.pop("year", 2024)
    row: dict[str, Any] = dict.fromkeys(FIGURE_COLUMNS)
    row |= {
        "figure_id": f"one_2025/{key}", "source_id": "one_2025", "line": 7, "printed": printed, "value": value,
        "value_low": value * 0.99, "value_high": value * 1.01, "unit": unit, "indicator": "market_size",
        "segment": "genai", "geography": "CHN", "period_label": str(year), "period_start": date(year, 1, 1),
        "period_end": date(year, 12, 31), "status": "actual", "statistic": "level", "mart": "market",
        "review": "reviewed", "preference": "normal",
    }  # fmt: skip
    if unit == "USD":
        row["value_usd"] = value
    return row | fields


FIGURES = [
    figure("1a", "10亿美元", 1e9, "USD", year=2023),
    figure("1b", "80亿美元", 8e9, "USD", year=2027, status="forecast"),
    figure("1c", "50%", 50.0, "percent", statistic="cagr", period_label="2023-2027", status="forecast"),
    figure("2a", HOSTILE, 12.0, "USD", note=HOSTILE, basis=HOSTILE, value_high=float("inf"), qualifier="over"),
    figure(
        "3a",
        "7美元",
        7.0,
        "USD/Mtoken",
        indicator="model_price",
        entity="Model <b>X</b>",
        basis="output",
        geography=None,
        entity_country="CHN",
    ),
    figure("4a", "3GW", 3e9, "W", indicator="datacenter_power", segment="datacenter", mart="hardware"),
]
FIGURES[3]["source_id"], FIGURES[3]["figure_id"] = "two_2024", "two_2024/2a#b&c+d e"


ROWS: dict[str, list[list[Any]]] = {
    "core.sources": [
        ["one_2025", "Report", "One Research (一号研究)", None, "2025-03", "zh", "brief", "000.txt", "ab", "none", ""],
        ["two_2024", HOSTILE, "not named in the text", None, None, "zh", "brief", "001.txt", "cd", "", HOSTILE],
    ],
    "reference.indicators": [
        ["market_size", "money", "market", "market_size", "market size", "市场规模", "", "Yearly value"],
        ["model_price", "price", "market", "model_price", "model price", "模型价格", "", ""],
        ["datacenter_power", "power", "hardware", "datacenter_power", "data-centre power", "电力容量", "", HOSTILE],
    ],
    "reference.segments": [
        ["genai", "generative AI", "生成式人工智能", ""],
        ["datacenter", "data centres", "数据中心", ""],
    ],
    "reference.geographies": [["CHN", "China", "中国", "country", ""]],
    "reference.entities": [["Model <b>X</b>", "model", "模型 X", ""]],
    "reconciliation.comparisons": [
        ["cagr:one/1", "cagr", "within_source", ["one_2025"], ["one_2025/1c", "one_2025/1b", "one_2025/1a"],
         0.5, 0.495, 0.505, 0.6818, 0.66, 0.7, -0.27, "disagree", f"Printed 50%, {HOSTILE}"],
        ["repeat:one/2", "repeat", "across_sources", ["one_2025", "two_2024"],
         ["one_2025/1a", "two_2024/2a#b&c+d e"],
         1e9, 0.99e9, 1.01e9, 12.0, 11.0, float("inf"), 1.0, "disagree", "Two places."],
        ["sum:one/3", "sum", "within_source", ["one_2025"], ["one_2025/1a"],
         1e9, None, None, 1e9, None, None, 0.0, "agree", "Holds."],
    ],
    "reconciliation.findings": [
        ["cagr:one/1", "cagr:one/1", "cagr", "error", "unexplained", f"Printed 50%, {HOSTILE}", "open", None],
        ["repeat:one/2", "repeat:one/2", "repeat", "warn", "scale", "Two places.", "accepted", HOSTILE],
    ],
    "reconciliation.source_scorecard": [["one_2025", 5, 3, 0.5], ["two_2024", 1, 1, None]],
}  # fmt: skip


def write_tiny(path: Path, *, without: str | None = None) -> Path:
    """Write the file; ``without`` names a table, or ``table.column``, that is left out."""
    with duckdb.connect(str(path)) as connection:
        for schema in {name.partition(".")[0] for name in TABLES} | {"market", "hardware", "quality"}:
            connection.execute(f"create schema {schema}")
        for name, columns in TABLES.items():
            connection.execute(f"create table {name} ({columns})")
        _insert(connection, "core.figures", [list(row.values()) for row in FIGURES])
        for name, rows in ROWS.items():
            _insert(connection, name, rows)
        connection.execute("create table market.market_size as from core.figures where indicator = 'market_size'")
        connection.execute("create table market.model_price as from core.figures where indicator = 'model_price'")
        connection.execute(
            "create table hardware.datacenter_power as from core.figures where indicator = 'datacenter_power'"
        )
        connection.execute(
            "create table quality.publication as "
            "select 'tiny' as version, timestamp '2025-01-02 03:04:05' as published_at"
        )
        if without:
            schema, table, *column = without.split(".")
            drop = f"alter table {schema}.{table} drop column {column[0]}" if column else f"drop table {schema}.{table}"
            connection.execute(drop)
    return path


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: list[list[Any]]) -> None:
    marks = ", ".join("?" * len(rows[0]))
    connection.executemany(f"insert into {table} values ({marks})", rows)
