"""Rules that DuckDB counts give what Great Expectations gives, of the shipped figures and of spoiled ones."""

from dataclasses import replace

import duckdb
import pytest

from orchestration.driver import pipeline
from orchestration.quality import checks
from orchestration.quality.counted import can_be_counted, signature
from orchestration.quality.history import CheckResult
from orchestration.settings import Settings
from orchestration.transform import again
from tests.quality.test_shipped import SPOIL, SUITES, WHOLE

EVERY = {(item.suite, item.name) for item in SUITES.values()}


def _both(settings: Settings) -> list[list[CheckResult]]:
    """Of either the results, but for how many rows Great Expectations looked at, which leaves out those with a null,
    and for the order of a sample, which two threads of DuckDB give as they come."""
    found = [checks.run_checks(settings, settings.build_file, counted=counted) for counted in ((), EVERY)]
    return [
        [replace(r, element_count=None, message="", sample=tuple(sorted(r.sample, key=str))) for r in results]
        for results in found
    ]


def test_shipped_figures(copy: Settings) -> None:
    by_great_expectations, counted = _both(copy)
    assert by_great_expectations == counted


@pytest.mark.parametrize("part", range(3))
def test_spoiled_figures(copy: Settings, part: int) -> None:
    """A third of the statements at once, each of which breaks a rule."""
    keys = [k for k in SPOIL if SUITES[k].where != "published" and not SPOIL[k].startswith(("drop", "create"))]
    with duckdb.connect(str(copy.build_file)) as connection:
        for key in keys[part::3]:
            connection.execute(SPOIL[key])
        if not part:
            connection.execute(WHOLE["shipped.comparisons_not_empty"])
    by_great_expectations, counted = _both(copy)
    assert by_great_expectations == counted
    assert sum(not result.success for result in counted) > 35


def test_a_dropped_table_and_a_query_that_cannot_be_run(copy: Settings) -> None:
    with duckdb.connect(str(copy.build_file)) as connection:
        connection.execute("drop table adoption.survey")
        connection.execute("alter table core.figures rename column printed to told")
    by_great_expectations, counted = _both(copy)
    assert [r.success for r in by_great_expectations] == [r.success for r in counted]
    assert [r.unexpected_count for r in by_great_expectations] == [r.unexpected_count for r in counted]


def test_almost_all_rules_can_be_counted() -> None:
    cannot = {key for key, item in SUITES.items() if item.type != "python" and not can_be_counted(item)}
    assert cannot == {"publication.history_table_exists"}


def test_rules_are_counted_once_they_were_evaluated(copy: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """First by Great Expectations; then counted, failing ones too, until dbt makes all tables or a rule is another."""
    with duckdb.connect(str(copy.build_file)) as connection:
        connection.execute("drop schema if exists made cascade")
        connection.execute("create schema made; create table made.evaluated (signature text, suite text, name text)")
    first = pipeline.check(copy)
    rules = signature(copy.expectations)
    known = again.evaluated(copy.build_file, rules)
    assert len(known) > 140 and again.evaluated(copy.build_file, "others") == set()

    def fail(*_: object) -> None:
        raise AssertionError("Great Expectations was asked")

    with duckdb.connect(str(copy.build_file)) as connection:
        connection.execute(SPOIL["core.required_column_printed"])
    with monkeypatch.context() as patch:
        patch.setattr(checks, "validate", lambda _database, _connection, todo, _pages: fail() if todo else {})
        second = pipeline.check(copy)
    failed = {f"{r.suite}.{r.name}" for r in second if not r.success} - {
        f"{r.suite}.{r.name}" for r in first if not r.success
    }
    assert "core.required_column_printed" in failed
    with pytest.raises(checks.BlockingCheckFailed, match="required_column_printed"):
        checks.raise_for_blocking(second)
    again.forget(copy.build_file)
    assert again.evaluated(copy.build_file, rules) == set()
