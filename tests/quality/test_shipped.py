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
import yaml

from orchestration.driver import pipeline
from orchestration.quality import checks
from orchestration.quality.failing import failing_rows_query
from orchestration.quality.history import CheckResult
from orchestration.quality.suites import PYTHON, UNEXPECTED_ROWS, Expectation, load_suites
from orchestration.settings import PROJECT, Settings

SUITES = {
    f"{item.suite}.{item.name}": item for items in load_suites(PROJECT / "expectations").values() for item in items
}

ONE = "figure_id = (select min(figure_id) from core.figures)"
# expectation -> statements after which it must fail
SPOIL: dict[str, str] = {
    key: statement.replace("{one}", ONE)
    for key, statement in yaml.safe_load(Path(__file__).with_name("spoil.yml").read_text(encoding="utf-8")).items()
}
COLUMNS = (
    "source_id", "line", "printed", "value", "value_low", "value_high", "unit", "indicator", "status", "statistic",
    "mart", "review", "preference",
)  # fmt: skip
SPOIL |= {
    f"core.required_column_{column}": f"update core.figures set {column} = null where {ONE}" for column in COLUMNS
}
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
# a rule that reads several tables, and the statement that breaks it in any of them
OVER_TABLES = {key: SPOIL[key] for key, item in SUITES.items() if item.united}
SPOIL |= {key: statement.replace("{table}", SUITES[key].united[0]) for key, statement in OVER_TABLES.items()}
# rules about a whole table have no failing rows to select: Great Expectations itself must say that they fail
WHOLE = {
    "shipped.chip_spec_not_empty": "delete from hardware.chip_spec",
    "shipped.comparisons_not_empty": "delete from reconciliation.comparisons",
    "publication.published_once": "insert into quality.publication from quality.publication",
    "publication.history_table_exists": "alter table quality.check_results drop column sample",
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


@pytest.mark.parametrize("key", sorted(OVER_TABLES))
def test_a_rule_over_tables_names_the_table_that_breaks_it(
    files: dict[str, duckdb.DuckDBPyConnection], key: str
) -> None:
    item, connection = SUITES[key], files["build"]
    assert len(item.united) > 30 and _failing(connection, item) == 0
    for table in item.united:
        connection.execute("begin")
        try:
            connection.execute(OVER_TABLES[key].replace("{table}", table))
            rows = connection.execute(failing_rows_query(item) or "")
            names = [column[0] for column in rows.description]
            found = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
        finally:
            connection.execute("rollback")
        schema, name = table.split(".")
        where = {row.get("table_name") or row.get("mart_table") or row["mart"] for row in found}
        assert where in ({table}, {name}, {schema}), (key, table, where)


def test_shipped_figures_pass_every_blocking_check(shipped: Settings) -> None:
    for database in (shipped.build_file, shipped.published_file):
        results = checks.run_checks(shipped, database)
        assert {f"{result.suite}.{result.name}" for result in results} == SUITES.keys()
        checks.raise_for_blocking(results)
        assert not [result for result in results if "Could not be evaluated" in result.message]
        not_run = {f"{result.suite}.{result.name}" for result in results if not result.ran}
        elsewhere = "published" if database == shipped.build_file else "build"
        places = {elsewhere, "pages"} if elsewhere == "published" else {elsewhere}  # pages: of the published file
        assert not_run == {k for k, i in SUITES.items() if i.where in places or i.suite == "provenance"}


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
    assert sum(count > 0 for count in expected.values()) > 35
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
            for r in checks.run_checks(copy, database, ["marts", "shipped", "reconciliation", "publication"])
        }
        assert [key for key in keys if results[key].success] == []


def test_a_dropped_table_fails_every_rule_about_it(copy: Settings) -> None:
    with duckdb.connect(str(copy.build_file)) as connection:
        connection.execute("drop table adoption.survey")
    results: list[CheckResult] = checks.run_checks(copy, copy.build_file, ["marts"])
    about = [result for result in results if "adoption.survey" in SUITES[f"marts.{result.expectation}"].united]
    assert len(about) == 3 and not any(result.success for result in about)
    assert all("adoption.survey does not exist" in result.message for result in about)
    with pytest.raises(checks.BlockingCheckFailed, match=r"adoption\.survey"):
        checks.raise_for_blocking(results)


def test_a_failed_blocking_check_leaves_the_published_file(shipped: Settings, copy: Settings, tmp_path: Path) -> None:
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
    shutil.copytree(shipped.state / "dbt", settings.state / "dbt")  # parsed, so that dbt has nothing to run
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
            named = item.united or (item.table,)
            assert all(table in (item.query or "") for table in named) or "carried_over" in item.name, item.place
