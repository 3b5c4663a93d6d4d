"""The shipped suites: they hold of the shipped figures, and each of them can fail.

For every expectation there is a statement that breaks it. The statements run one at a time on a copy of the build and
are rolled back; a check added to a suite needs one here, so that no check holds whatever the data are.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration import pipeline
from orchestration.quality import checks
from orchestration.quality.failing import failing_rows_query
from orchestration.quality.history import CheckResult
from orchestration.quality.suites import PYTHON, UNEXPECTED_ROWS, Expectation, load_suites
from orchestration.settings import PROJECT, Settings

SUITES = {
    f"{item.suite}.{item.name}": item for items in load_suites(PROJECT / "expectations").values() for item in items
}

ONE = "figure_id = (select min(figure_id) from core.figures)"
ANY = "rowid = 0"


def _figure(change: str, where: str = ONE) -> str:
    return f"update core.figures set {change} where {where}"


# expectation -> statements after which it must fail
SPOIL: dict[str, str] = {
    "core.figure_id_unique": f"insert into core.figures from core.figures where {ONE}",
    "core.figure_id_not_null": _figure("figure_id = null"),
    "core.source_id_unique": "insert into core.sources from core.sources",
    "core.source_file_not_null": "update core.sources set source_file = null",
    "core.sha256_has_64_digits": f"update core.sources set sha256 = 'abc' where {ANY}",
    "core.figure_id_begins_with_its_source": _figure("figure_id = 'x'"),
    "core.source_is_registered": "delete from core.sources where rowid = 1",
    "core.in_registry_of_indicators": _figure("indicator = 'nothing'"),
    "core.in_registry_of_entities": _figure("entity = 'nothing'"),
    "core.in_registry_of_segments": _figure("segment = 'nothing'"),
    "core.in_registry_of_geographies": _figure("geography = 'nothing'"),
    "core.in_registry_of_units": _figure("unit = 'nothing'"),
    "core.mart_is_the_mart_of_the_indicator": _figure("mart = 'context'", "mart = 'market'"),
    "core.unit_fits_indicator": _figure("unit = 'W'", "unit = 'USD' and statistic = 'level'"),
    "core.status_in_set": _figure("status = 'guess'"),
    "core.statistic_in_set": _figure("statistic = 'mean'"),
    "core.qualifier_in_set": _figure("qualifier = 'perhaps'"),
    "core.mart_in_set": _figure("mart = 'x'"),
    "core.preference_in_set": _figure("preference = 'x'"),
    "core.review_in_set": _figure("review = 'x'"),
    "core.line_is_positive": _figure("line = 0"),
    "core.interval_low_to_high": _figure("value_high = value_low - 1"),
    "core.value_in_its_interval": _figure("value = value_high + 1", "not isinf(value_high)"),
    "core.value_is_a_number": _figure("value_low = 'nan'::double"),
    "core.open_interval_has_a_qualifier": _figure("qualifier = null", "qualifier = 'over'"),
    "core.range_has_both_ends": "delete from core.figures where figure_id like '%:low'",
    "core.range_low_to_high": _figure("value = 1e300", "figure_id like '%:low'"),
    "core.period_from_start_to_end": _figure("period_start = '2020-01-02', period_end = '2020-01-01'"),
    "core.growth_spans_years": _figure("statistic = 'cagr', period_start = '2020-01-01', period_end = '2020-12-31'"),
    "core.actual_is_not_in_the_future": _figure("status = 'actual', period_start = '2199-01-01'"),
    "core.share_within_0_and_100": _figure("value = 101", "statistic = 'share' and unit = 'percent'"),
    "core.count_names_what_is_counted": _figure("counted = null", "unit = 'count'"),
    "core.count_is_not_negative": _figure("value = -1", "unit = 'count'"),
    "core.money_has_usd_and_cny": _figure("value_cny = null", "unit = 'USD'"),
    "core.money_keeps_its_own_currency": _figure("value_usd = value * 2 + 1", "unit = 'USD'"),
    "core.usd_and_cny_agree_with_the_rate": _figure("fx_rate = 2 * fx_rate", "unit = 'USD'"),
    "core.exchange_rate_is_plausible": _figure("fx_rate = 0.14", "unit = 'USD'"),
    "core.only_money_is_converted": _figure("value_usd = 1", "unit = 'count'"),
    "core.money_without_a_rate": _figure("value_usd = null", "unit = 'USD'"),
    "reference.indicator_key": "insert into reference.indicators from reference.indicators limit 1",
    "reference.segment_key": "insert into reference.segments from reference.segments limit 1",
    "reference.entity_key": "insert into reference.entities from reference.entities limit 1",
    "reference.geography_key": "insert into reference.geographies from reference.geographies limit 1",
    "reference.unit_key": "insert into reference.units from reference.units limit 1",
    "reference.qualifier_key": "update reference.qualifiers set qualifier = null",
    "reference.exchange_rate_key": "insert into reference.exchange_rates from reference.exchange_rates limit 1",
    "reference.reference_value_key": "insert into reference.reference_values from reference.reference_values limit 1",
    "reference.indicator_has_a_definition": f"update reference.indicators set definition = 'short' where {ANY}",
    "reference.indicator_dimension_has_units": f"update reference.indicators set dimension = 'x' where {ANY}",
    "reference.indicator_mart_in_set": f"update reference.indicators set mart = 'x' where {ANY}",
    "reference.unit_factor_is_positive": f"update reference.units set factor = 0 where {ANY}",
    "reference.unit_factor_not_null": f"update reference.units set factor = null where {ANY}",
    "reference.unit_has_one_dimension": "insert into reference.units (symbol, unit, factor, dimension) values ('x', 'USD', 1, 'power')",
    "reference.canonical_unit_stands_for_itself": "update reference.units set factor = 1000 where symbol = 'W'",
    "reference.exchange_rate_is_positive": f"update reference.exchange_rates set cny_per_unit = -7 where {ANY}",
    "reference.exchange_rate_has_a_citation": f"update reference.exchange_rates set citation = null where {ANY}",
    "reference.exchange_rates_of_usd_have_no_gap": "delete from reference.exchange_rates where currency = 'USD' and rate_year = 2020",
    "reference.reference_value_has_a_citation": f"update reference.reference_values set citation = '' where {ANY}",
    "reference.reference_value_in_registry": f"update reference.reference_values set entity = 'x' where {ANY}",
    "reference.qualifier_factors_low_to_high": f"update reference.qualifiers set low_factor = 9, high_factor = 1 where {ANY}",
    "layers.rows_in_are_loaded_or_quarantined": "update quality.load_counts set rows_in = rows_in + 1",
    "layers.quarantine_matches_its_count": "update quality.load_counts set rows_quarantined = rows_quarantined + 1",
    "layers.quarantine_is_empty": "insert into quality.quarantine (file, line) values ('a.csv', 3)",
    "layers.registered_source_has_figures": "delete from core.figures where source_id = (select min(source_id) from core.sources)",
    "layers.registered_source_was_loaded": "delete from quality.load_counts",
    "layers.figures_counted_are_in_core": f"delete from core.figures where {ONE}",
    "layers.raw_figure_is_in_core": _figure("printed = 'changed'"),
    "layers.core_figure_is_in_raw": _figure("figure_id = 'a/b'"),
    "layers.value_is_the_printed_number_times_the_factor": _figure("value = value * 1000 + 1"),
    "layers.meaning_is_carried_over": _figure("period_label = '1999'"),
    "layers.source_is_carried_over": f"update core.sources set sha256 = 'x' where {ANY}",
    "layers.relation_is_evaluated": "delete from reconciliation.comparisons where rule = 'ratio'",
    "layers.decision_is_carried_over": "insert into raw.decisions (finding_id) values ('x')",
    "marts.tables_of_the_contract_exist": "drop table adoption.survey",
    "marts.mart_tables_are_those_of_the_indicators": "create table market.surprise (i integer)",
    "marts.growth_rate_is_complete": "delete from market.growth_rate where rowid = 0",
    "marts.growth_rate_holds_growth_only": "update market.growth_rate set statistic = 'level' where rowid = 0",
    "marts.chip_spec_key": "insert into hardware.chip_spec from hardware.chip_spec",
    "marts.chip_spec_figures_exist": "update hardware.chip_spec set figure_id = 'x' where rowid = 0",
    "marts.chip_spec_is_complete": "delete from hardware.chip_spec where rowid = 0",
    "marts.chip_compute_has_a_basis": "update hardware.chip_attribute set basis = null",
    "reconciliation.decision_guard_holds": "insert into reconciliation.decision_guards (finding_id, holds) values ('x', false)",
    "reconciliation.set_of_findings_has_not_drifted": "insert into reconciliation.finding_drift (finding_id, drift) values ('x', 'new')",
    "reconciliation.decided_finding_has_a_reason": "update reconciliation.findings set decision = 'accepted', reason = null",
    "reconciliation.deprecated_figure_has_a_decision": _figure("preference = 'deprecated'"),
    "reconciliation.comparison_id_unique": "insert into reconciliation.comparisons from reconciliation.comparisons limit 1",
    "reconciliation.comparison_id_not_null": "update reconciliation.comparisons set comparison_id = null where rowid = 0",
    "reconciliation.comparison_rule_in_set": "update reconciliation.comparisons set rule = 'x' where rowid = 0",
    "reconciliation.comparison_scope_in_set": "update reconciliation.comparisons set scope = 'x' where rowid = 0",
    "reconciliation.comparison_verdict_in_set": "update reconciliation.comparisons set verdict = 'x' where rowid = 0",
    "reconciliation.comparison_verdict_not_null": "update reconciliation.comparisons set verdict = null where rowid = 0",
    "reconciliation.stated_in_its_interval": "update reconciliation.comparisons set stated_low = 2, stated = 1, stated_high = 3",
    "reconciliation.expected_in_its_interval": "update reconciliation.comparisons set expected = 4, expected_low = 2, expected_high = 3",
    "reconciliation.verdict_follows_from_the_intervals":
        "update reconciliation.comparisons set verdict = 'disagree' where verdict = 'agree'",
    "reconciliation.compared_figures_exist": "update reconciliation.comparisons set figure_ids = ['x'] where rowid = 0",
    "reconciliation.compared_sources_are_those_of_the_figures": "update reconciliation.comparisons set source_ids = ['x']",
    "reconciliation.comparison_has_an_explanation": "update reconciliation.comparisons set explanation = null where rowid = 0",
    "reconciliation.finding_id_unique": "insert into reconciliation.findings from reconciliation.findings limit 1",
    "reconciliation.findings_are_what_does_not_agree": "delete from reconciliation.findings",
    "reconciliation.finding_severity_in_set": "update reconciliation.findings set severity = 'x' where rowid = 0",
    "reconciliation.finding_decision_in_set": "update reconciliation.findings set decision = 'x' where rowid = 0",
    "reconciliation.finding_is_explained": "update reconciliation.findings set explanation = '' where rowid = 0",
    "reconciliation.unexplained_findings": "update reconciliation.findings set explanation_code = 'unexplained', decision = 'open'",
    "reconciliation.consensus_key": "insert into reconciliation.consensus from reconciliation.consensus limit 1",
    "reconciliation.consensus_low_median_high": "update reconciliation.consensus set median = high + 1 where rowid = 0",
    "reconciliation.consensus_preferred_figure_exists": "update reconciliation.consensus set preferred_figure_id = 'x' where rowid = 0",
    "reconciliation.scorecard_adds_up": "update reconciliation.source_scorecard set agreeing = agreeing + 1",
    "reconciliation.scorecard_has_every_source": "delete from reconciliation.source_scorecard where rowid = 0",
    "reconciliation.vintage_known_from_before_until": "update reconciliation.vintages set known_from = '2025-01-02', known_until = '2025-01-01'",
    "reconciliation.vintage_is_a_figure": "update reconciliation.vintages set figure_id = 'x' where rowid = 0",
    "publication.version_not_null": "update quality.publication set version = null",
    "publication.published_figures_are_counted": "update quality.publication set figures = figures + 1",
    "publication.schemas_are_the_public_ones": "create schema secret; create table secret.t (i integer)",
    "publication.last_run_had_no_blocking_failure":
        "insert into quality.check_results (run_id, checked_at, blocking, success) "
        "select 'r', timestamp '2000-01-01', true, false",
}  # fmt: skip
COLUMNS = ("source_id", "line", "printed", "value", "value_low", "value_high", "unit", "indicator", "status", "statistic",
           "mart", "review", "preference")  # fmt: skip
SPOIL |= {f"core.required_column_{column}": _figure(f"{column} = null") for column in COLUMNS}
SPOIL |= {
    key: f"delete from reference.{key.removeprefix('layers.reference_is_carried_over_')} where rowid = 0"
    for key in SUITES
    if key.startswith("layers.reference_is_carried_over_")
}
SPOIL |= {
    key: f"update reconciliation.findings set rule = '{key.removeprefix('reconciliation.no_open_error_')}', "
    "severity = 'error', decision = 'open'"
    for key in SUITES
    if key.startswith("reconciliation.no_open_error_")
}
SPOIL |= {
    key: f"insert into {item.table} from {item.table}" if item.name.startswith("figure_id_unique")
    else f"update {item.table} set value = value + 1" if item.name.startswith("same_as_core")
    else f"delete from {item.table}"
    for key, item in SUITES.items()
    if item.name.startswith(("figure_id_unique_", "same_as_core_", "not_empty_"))
}  # fmt: skip
SPOIL |= {
    f"marts.{mart}_is_complete": f"update core.figures set figure_id = 'x', mart = '{mart}' where {ONE}"
    for mart in ("market", "hardware", "adoption", "investment")
}
# rules about a whole table have no failing rows to select: Great Expectations itself must say that they fail
WHOLE = {
    "marts.chip_spec_not_empty": "delete from hardware.chip_spec",
    "reconciliation.comparisons_not_empty": "delete from reconciliation.comparisons",
    "publication.published_once": "insert into quality.publication from quality.publication",
    "publication.history_table_exists": "alter table quality.check_results drop column sample",
    **{key: SPOIL.pop(key) for key in list(SPOIL) if key.startswith("marts.not_empty_")},
}


def test_every_expectation_can_be_broken() -> None:
    python = {key for key, item in SUITES.items() if item.type == PYTHON}  # test_python_checks.py breaks these
    assert SUITES.keys() - SPOIL.keys() - WHOLE.keys() - python == set(), "add a statement that breaks the new check"
    assert (SPOIL.keys() | WHOLE.keys()) - SUITES.keys() == set(), "these checks are gone"


@pytest.fixture(scope="module")
def files(
    shipped: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, duckdb.DuckDBPyConnection]]:
    """Writable copies of the build and the published file."""
    folder = tmp_path_factory.mktemp("copies")
    shutil.copyfile(shipped.build_file, folder / "build.duckdb")
    shutil.copyfile(shipped.published_file, folder / "published.duckdb")
    connections = {name: duckdb.connect(str(folder / f"{name}.duckdb")) for name in ("build", "published")}
    yield connections
    for connection in connections.values():
        connection.close()


def _failing(connection: duckdb.DuckDBPyConnection, item: Expectation) -> int:
    query = failing_rows_query(item)
    assert query is not None
    return int(connection.execute(f"select count(*) from ({query}\n) as failing").fetchall()[0][0])


@pytest.mark.parametrize("key", sorted(SPOIL))
def test_expectation_fails_on_spoiled_data(files: dict[str, duckdb.DuckDBPyConnection], key: str) -> None:
    item = SUITES[key]
    connection = files["published" if item.where == "published" else "build"]
    before = _failing(connection, item)
    if item.blocking:
        assert before == 0, f"{key} does not hold of the shipped figures"
    connection.execute("begin")
    try:
        connection.execute(SPOIL[key])
        assert _failing(connection, item) > before
    finally:
        connection.execute("rollback")


def test_shipped_figures_pass_every_blocking_check(shipped: Settings) -> None:
    for database in (shipped.build_file, shipped.published_file):
        results = checks.run_checks(shipped, database)
        assert {f"{result.suite}.{result.name}" for result in results} == SUITES.keys()
        checks.raise_for_blocking(results)
        assert not [result for result in results if "Could not be evaluated" in result.message]
        not_run = {f"{result.suite}.{result.name}" for result in results if not result.ran}
        elsewhere = "published" if database == shipped.build_file else "build"
        assert not_run == {k for k, i in SUITES.items() if i.where == elsewhere or i.suite == "provenance"}


def test_great_expectations_counts_what_the_failing_rows_show(copy: Settings) -> None:
    """Many statements at once: for every rule, its count is the number of rows that our own query selects."""
    spoiled = [
        key for key in SPOIL if SUITES[key].where != "published" and not SPOIL[key].startswith(("drop", "create"))
    ]
    with duckdb.connect(str(copy.build_file)) as connection:
        for key in spoiled[::3]:
            connection.execute(SPOIL[key])
        expected = {
            key: _failing(connection, item)
            for key, item in SUITES.items()
            if item.where != "published" and failing_rows_query(item) is not None
        }
    results = {f"{r.suite}.{r.name}": r for r in checks.run_checks(copy, copy.build_file)}
    assert {key: results[key].unexpected_count for key in expected} == expected
    assert sum(count > 0 for count in expected.values()) > 60
    for key, count in expected.items():
        assert len(results[key].sample) == min(count, 1000), key
        assert results[key].success == (count == 0), key


def test_rules_about_whole_tables_fail(copy: Settings) -> None:
    for place, database in (("build", copy.build_file), ("published", copy.published_file)):
        keys = [key for key in WHOLE if (SUITES[key].where == "published") == (place == "published")]
        with duckdb.connect(str(database)) as connection:
            for key in keys:
                connection.execute(WHOLE[key])
        results = {
            f"{r.suite}.{r.name}": r
            for r in checks.run_checks(copy, database, ["marts", "reconciliation", "publication"])
        }
        assert [key for key in keys if results[key].success] == []


def test_a_dropped_table_fails_every_rule_about_it(copy: Settings) -> None:
    with duckdb.connect(str(copy.build_file)) as connection:
        connection.execute("drop table adoption.survey")
    results: list[CheckResult] = checks.run_checks(copy, copy.build_file, ["marts"])
    about = [result for result in results if result.table_name == "adoption.survey"]
    assert about and not any(result.success for result in about)
    assert all("adoption.survey does not exist" in result.message for result in about)
    with pytest.raises(checks.BlockingCheckFailed, match=r"adoption\.survey"):
        checks.raise_for_blocking(results)


def test_a_failed_blocking_check_leaves_the_published_file(copy: Settings, tmp_path: Path) -> None:
    """A source is registered whose folder is missing: nothing is published, the failure is on record."""
    raw = tmp_path / "raw"
    shutil.copytree(PROJECT / "raw", raw)
    with (raw / "sources.yml").open("a", encoding="utf-8") as handle:
        handle.write(
            "\n- source_id: nobody_2025\n  title: A report without figures\n  publisher: Nobody\n  published_on: null\n"
            "  published_label: '2025'\n  language: en\n  kind: brief\n  file: nobody.txt\n"
            f"  sha256: '{'0' * 64}'\n  lines: 10\n"
        )
    settings = Settings(project=PROJECT, raw=raw, state=copy.state, published=copy.published)
    before = {path: _sha256(path) for path in sorted(copy.published.rglob("*")) if path.is_file()}
    with pytest.raises(checks.BlockingCheckFailed) as caught:
        pipeline.run(settings)
    assert [f"{result.suite}.{result.name}" for result in caught.value.failed] == [
        "layers.registered_source_has_figures"
    ]
    assert "first: nobody_2025" in str(caught.value) and "raw/<source_id>/figures/" in str(caught.value)
    assert {path: _sha256(path) for path in sorted(copy.published.rglob("*")) if path.is_file()} == before
    with duckdb.connect(str(settings.history_file), read_only=True) as history:
        failed = history.execute("select suite, expectation, sample from check_results where blocking and not success")
        assert failed.fetchall() == [("layers", "registered_source_has_figures", json.dumps(["nobody_2025"]))]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_shipped_queries_name_the_table_they_are_listed_under() -> None:
    for item in SUITES.values():
        if item.type == UNEXPECTED_ROWS and "duckdb_tables()" not in (item.query or ""):
            assert item.table in (item.query or "") or "reference_is_carried_over" in item.name, item.place
