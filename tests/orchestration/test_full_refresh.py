"""The whole job on the shipped figures: contract tables, metadata, checks, and re-loading one report."""

import json
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from orchestration.settings import Settings

CONTRACT = {
    "core": ["figures", "sources"],
    "market": ["market_size", "growth_rate", "model_price"],
    "hardware": ["chip_spec", "compute_capacity", "datacenter_power", "supply"],
    "adoption": ["penetration", "usage", "model_count", "research_output", "survey", "effect"],
    "investment": ["funding", "capex", "fund", "valuation", "return_on_ai"],
    "reconciliation": ["comparisons", "findings", "consensus", "source_scorecard"],
    "candidates": ["figures", "comparisons", "findings"],
    "quality": ["publication", "publication_tables", "check_results", "quarantine", "load_counts"],
    "reference": ["indicators", "units", "geographies", "entities", "exchange_rates", "reference_values"],
}
FIGURE_COLUMNS = [
    "figure_id",
    "source_id",
    "line",
    "exhibit",
    "printed",
    "printed_scale",
    "qualifier",
    "value",
    "value_low",
    "value_high",
    "unit",
    "direction",
    "display_value",
    "display_unit",
    "counted",
    "role",
    "range_id",
    "range_end",
    "indicator",
    "entity",
    "entity_country",
    "segment",
    "whole",
    "geography",
    "basis",
    "period_start",
    "period_end",
    "period_label",
    "status",
    "statistic",
    "value_usd",
    "value_cny",
    "fx_rate",
    "mart",
    "review",
    "preference",
    "corrected_value",
    "warning",
    "issue_ids",
    "statement_id",
    "is_first_print",
    "note",
    "published_on",
    "known_from",
    "known_until",
]


@pytest.mark.parametrize(
    ("schema", "table"), [(schema, table) for schema, tables in CONTRACT.items() for table in tables]
)
def test_contract_tables_are_published_and_not_empty(published: Path, schema: str, table: str) -> None:
    with duckdb.connect(str(published), read_only=True) as connection:
        count = connection.execute(f'select count(*) from {schema}."{table}"').fetchall()[0][0]
    if schema != "candidates" and table != "quarantine":
        assert count > 0


def test_figures_have_the_columns_of_the_contract(published: Path) -> None:
    with duckdb.connect(str(published), read_only=True) as connection:
        columns = [row[0] for row in connection.execute("describe core.figures").fetchall()]
    assert columns[: len(FIGURE_COLUMNS)] == FIGURE_COLUMNS


def test_public_columns_are_described(published: Path) -> None:
    with duckdb.connect(str(published), read_only=True) as connection:
        bare = connection.execute(
            "select schema_name, table_name, column_name from duckdb_columns() where comment is null and not internal"
        ).fetchall()
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where comment is null"
        ).fetchall()
    assert bare == []
    assert tables == []


def test_a_figure_passes_each_room_once(published: Path) -> None:
    with duckdb.connect(str(published), read_only=True) as connection:
        figure = connection.execute(
            "select value, value_low, value_high, unit, period_label, round(value_cny / value_usd, 4) "
            "from core.figures where printed = '360.6亿美元'"
        ).fetchall()
        mart = connection.execute("select count(*) from market.market_size where printed = '360.6亿美元'").fetchall()
    assert figure == [(36.06e9, pytest.approx(36.05e9), pytest.approx(36.07e9), "USD", "2024", 7.1217)]
    assert mart == [(1,)]


def test_materializations_carry_row_counts_previews_and_lineage(full_refresh: dg.ExecuteInProcessResult) -> None:
    events = {event.asset_key.path[-1]: event for event in full_refresh.get_asset_materialization_events()}
    size = events["market_size"].materialization.metadata
    assert size["dagster/row_count"].value > 50
    assert "figure_id" in size["preview"].md_str
    lineage = size["dagster/column_lineage"].lineage.deps_by_column
    assert any(dep.column_name == "value" for dep in lineage["value"])


@pytest.mark.parametrize("table", ["comparisons", "findings", "consensus", "source_scorecard"])
def test_two_builds_give_the_same_rows(published: Path, shipped_build: Settings, table: str) -> None:
    """The job and the driver, each in a folder of its own, to the last bit: json writes each double so that no other
    one reads the same, and sums do not depend on which thread adds first."""

    def written(file: Path) -> list[str]:
        with duckdb.connect(str(file), read_only=True) as connection:
            rows = connection.execute(f"from reconciliation.{table} order by all").fetchall()
        return [json.dumps(row, default=str) for row in rows]

    first, second = written(published), written(shipped_build.published_file)
    assert len(first) > 4
    assert first == second


def test_every_check_reported_and_no_blocking_one_failed(full_refresh: dg.ExecuteInProcessResult) -> None:
    evaluations = full_refresh.get_asset_check_evaluations()
    assert len(evaluations) > 30
    for evaluation in evaluations:
        if not evaluation.passed:
            assert evaluation.severity is not None
            assert evaluation.metadata["unexpected rows"].value > 0


def test_datapackage_describes_every_parquet_file(published: Path) -> None:
    package = json.loads((published.parent / "datapackage.json").read_text(encoding="utf-8"))
    names = {resource["name"] for resource in package["resources"]}
    files = {path.stem for path in (published.parent / "parquet").glob("*.parquet")}
    assert names == files
    assert {f"{s}.{t}" for s, tables in CONTRACT.items() for t in tables} <= names


def test_one_report_can_be_reloaded_alone(full_refresh: dg.ExecuteInProcessResult, run_settings: Settings) -> None:
    from orchestration.driver import pipeline

    with duckdb.connect(str(run_settings.build_file), read_only=True) as connection:
        before = connection.execute("select source_id, loaded_at from raw.load_counts").fetchall()
    (load,) = pipeline.load(run_settings, ["bse_genai_2025"])
    with duckdb.connect(str(run_settings.build_file), read_only=True) as connection:
        after = connection.execute("select source_id, loaded_at from raw.load_counts").fetchall()
    changed = {source for source, _ in set(after) - set(before)}
    assert changed - {"decisions", "registry"} == {"bse_genai_2025"}  # the registry is always read
    assert load.rows_in == load.rows_loaded


def test_the_quality_job_checks_the_published_file_and_keeps_its_history(
    full_refresh: dg.ExecuteInProcessResult, run_settings: Settings
) -> None:
    from orchestration.definitions import build_defs
    from orchestration.defs.resources import Warehouse

    def runs() -> int:
        with duckdb.connect(str(run_settings.history_file), read_only=True) as connection:
            return int(connection.execute("select count(distinct run_id) from check_results").fetchall()[0][0])

    warehouse = Warehouse(
        raw=str(run_settings.raw), state=str(run_settings.state), published=str(run_settings.published)
    )
    job = build_defs({"warehouse": warehouse}).resolve_job_def("quality_checks")
    before = runs()
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(instance=instance, raise_on_error=False)
    assert result.success
    assert runs() > before
    evaluations = {evaluation.check_name: evaluation for evaluation in result.get_asset_check_evaluations()}
    # raw tables are not published: such a check says that it did not run
    assert any(not evaluation.metadata["ran"].value for evaluation in evaluations.values())
    assert any(evaluation.metadata["ran"].value for evaluation in evaluations.values())


def test_the_reports_show_what_became_of_their_rows(full_refresh: dg.ExecuteInProcessResult) -> None:
    events = {event.asset_key.path[-1]: event for event in full_refresh.get_asset_materialization_events()}
    metadata = events["reports"].materialization.metadata
    rows = {record.data["report"]: record.data for record in metadata["reports"].records}
    assert len(rows) == 5
    assert rows["huatai_2025"]["rows_in"] == rows["huatai_2025"]["rows_loaded"] > 0
    assert {row["state"] for row in rows.values()} == {"loaded"}
