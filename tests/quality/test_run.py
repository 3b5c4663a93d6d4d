"""Running checks: results find their rule, the file stays as it was, blocking, history, one file or the other."""

import hashlib
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.quality import checks, history
from orchestration.quality.history import CheckResult
from orchestration.quality.outcomes import CheckError
from orchestration.quality.validation import _outcomes
from tests.quality.tiny import Tiny, entry

NOT_NULL = "expect_column_values_to_not_be_null"
UNIQUE = "expect_column_values_to_be_unique"


def test_results_find_their_rule_whatever_their_order(tiny: Tiny) -> None:
    """Great Expectations returns rules that raised first: by position the duplicate would pass."""
    tiny.sql("insert into core.items (id, part) values ('a', 'p')")
    tiny.suite(
        entry("no_duplicate", UNIQUE, kwargs={"column": "id"})
        + entry("id", NOT_NULL, kwargs={"column": "id"})
        + entry("unknown_column", NOT_NULL, kwargs={"column": "nothing"})
        + entry("part", NOT_NULL, kwargs={"column": "part"})
        + entry("unknown_function", "unexpected_rows", query="select nothing(id) from {table}")
        + entry("low", NOT_NULL, kwargs={"column": "low"})
    )
    results = tiny.run()
    assert list(results) == ["no_duplicate", "id", "unknown_column", "part", "unknown_function", "low"]
    assert [name for name, result in results.items() if not result.success] == [
        "no_duplicate", "unknown_column", "unknown_function", "low",
    ]  # fmt: skip
    assert results["no_duplicate"].sample == ("a", "a")
    assert results["low"].sample == ("d", "a")


def test_a_missing_result_is_an_error_not_a_pass() -> None:
    class Nothing:
        suite, name = "s", "forgotten"

    with pytest.raises(CheckError, match=r"no result for s\.forgotten"):
        _outcomes("s", [Nothing()], [])  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"table": "core.nothing", "kwargs": {"column": "id"}}, "core.nothing does not exist"),
        ({"kwargs": {"column": "nothing"}}, "nothing"),
    ],
)
def test_a_rule_that_cannot_be_evaluated_fails_and_says_where(
    tiny: Tiny, fields: dict[str, object], found: str
) -> None:
    tiny.suite(entry("fine", NOT_NULL, kwargs={"column": "id"}) + entry("rule", NOT_NULL, **fields))
    result = tiny.run()["rule"]
    assert not result.success
    assert "Could not be evaluated (expectations/tiny.yml:10)" in result.message
    assert found in result.message
    assert checks.failing_rows(tiny.settings, tiny.database, result) == []
    with pytest.raises(checks.BlockingCheckFailed):
        checks.raise_for_blocking([result])


def test_a_broken_query_says_what_is_wrong(tiny: Tiny) -> None:
    tiny.suite(entry("rule", "unexpected_rows", query="select id form {table}"))
    result = tiny.run()["rule"]
    assert not result.success
    assert "expectations/tiny.yml:2" in result.message and "core.items" in result.message


def test_the_file_is_only_read_and_free_afterwards(tiny: Tiny) -> None:
    tiny.suite(entry("id", NOT_NULL, kwargs={"column": "id"}) + entry("low", NOT_NULL, kwargs={"column": "low"}))
    before = hashlib.sha256(tiny.database.read_bytes()).hexdigest()
    results = tiny.run()
    assert not results["low"].success
    assert hashlib.sha256(tiny.database.read_bytes()).hexdigest() == before
    # a writer in this process (DuckDB refuses another configuration while a connection is open) and in another one
    duckdb.connect(str(tiny.database)).close()
    write = f"import duckdb; duckdb.connect({str(tiny.database)!r}).execute('create table t (i integer)')"
    subprocess.run([sys.executable, "-c", write], check=True, timeout=60)


def test_checks_run_beside_another_reader(tiny: Tiny) -> None:
    tiny.suite(entry("id", NOT_NULL, kwargs={"column": "id"}))
    with duckdb.connect(str(tiny.database), read_only=True) as reader:
        assert tiny.run()["id"].success
        assert reader.execute("select count(*) from core.items").fetchall() == [(4,)]


def test_a_missing_or_foreign_file_is_named(tiny: Tiny, tmp_path: Path) -> None:
    tiny.suite(entry("id", NOT_NULL, kwargs={"column": "id"}))
    with pytest.raises(CheckError, match=r"nowhere\.duckdb does not exist; run `make warehouse`"):
        checks.run_checks(tiny.settings, tmp_path / "nowhere.duckdb")
    (tmp_path / "text.duckdb").write_text("no database", encoding="utf-8")
    with pytest.raises(CheckError, match=r"text\.duckdb cannot be opened"):
        checks.run_checks(tiny.settings, tmp_path / "text.duckdb")


def test_each_file_runs_what_it_can(tiny: Tiny) -> None:
    tiny.suite(
        entry("both", NOT_NULL, kwargs={"column": "id"})
        + entry("build", NOT_NULL, kwargs={"column": "low"}, where="build")
        + entry("published", NOT_NULL, kwargs={"column": "low"}, where="published")
    )
    build = tiny.run()
    assert {name: (r.ran, r.success) for name, r in build.items()} == {
        "both": (True, True), "build": (True, False), "published": (False, True),
    }  # fmt: skip
    assert build["published"].message == "Did not run: it needs the published file, this is the build file."
    tiny.sql("create schema quality; create table quality.publication as select 'v' as version, 4 as figures")
    published = tiny.run()
    assert {name: (r.ran, r.success) for name, r in published.items()} == {
        "both": (True, True), "build": (False, True), "published": (True, False),
    }  # fmt: skip


def test_named_suites_only(tiny: Tiny) -> None:
    tiny.suite(entry("one", NOT_NULL, kwargs={"column": "id"}), "first")
    tiny.suite(entry("one", NOT_NULL, kwargs={"column": "low"}), "second")
    results = checks.run_checks(tiny.settings, tiny.database)
    assert [(r.suite, r.name, r.success) for r in results] == [("first", "one", True), ("second", "one", False)]
    results = checks.run_checks(tiny.settings, tiny.database, ["second"])
    assert [(r.suite, r.name) for r in results] == [("second", "one")]


def _result(**fields: object) -> CheckResult:
    usual: dict[str, object] = {
        "suite": "core", "expectation": "rule", "table_name": "core.items", "column_name": "id", "success": False,
        "severity": "critical", "unexpected_count": 7, "element_count": 9, "sample": tuple("abcdefg"),
        "description": "A rule.", "blocking": True, "message": "7 rows of 9.", "remedy": "Mend it.",
    }  # fmt: skip
    return CheckResult(**{**usual, **fields})  # type: ignore[arg-type]


def test_blocking_failures_are_told_with_keys_and_remedy() -> None:
    with pytest.raises(checks.BlockingCheckFailed) as caught:
        checks.raise_for_blocking([_result(), _result(expectation="good", success=True), _result(suite="marts")])
    text = str(caught.value)
    assert text.startswith("2 blocking checks failed, nothing is published:")
    assert "core.rule (core.items): A rule. 7 rows of 9.; first: a, b, c, d, e\n    Mend it." in text
    assert "marts.rule" in text and "core.good" not in text
    assert len(caught.value.failed) == 2


def test_what_does_not_block_does_not_raise() -> None:
    checks.raise_for_blocking([_result(blocking=False), _result(success=True), _result(success=True, ran=False)])


def test_history_appends_and_survives(tiny: Tiny) -> None:
    tiny.suite(entry("id", NOT_NULL, kwargs={"column": "id"}) + entry("low", NOT_NULL, kwargs={"column": "low"}))
    for run in ("one", "two"):
        assert checks.record(tiny.settings, list(tiny.run().values()), run_id=run) == run
    checks.record(tiny.settings, list(tiny.run().values()))
    tiny.database.unlink()
    with duckdb.connect(str(tiny.settings.history_file), read_only=True) as connection:
        rows = connection.execute(
            "select run_id, expectation, success, unexpected_count, sample, blocking, ran, message "
            "from check_results where run_id in ('one', 'two') order by all"
        ).fetchall()
        assert connection.execute("select count(*), count(distinct run_id) from check_results").fetchall() == [(6, 3)]
    assert rows == [
        (run, *row)
        for run in ("one", "two")
        for row in (
            ("id", True, 0, "[]", True, True, "Holds."),
            ("low", False, 1, '["d"]', True, True, "1 row of 4 in core.items."),
        )
    ]


def test_a_history_of_an_older_version_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "history.duckdb"
    old = history.CHECK_RESULTS_DDL.format(table="check_results").split("    description varchar,")[0]
    with duckdb.connect(str(file)) as connection:
        connection.execute(f"{old} description varchar)")
        connection.execute("insert into check_results (run_id, expectation) values ('old', 'rule')")
    history.append(file, "new", datetime(2025, 1, 1), [_result()])
    with duckdb.connect(str(file), read_only=True) as connection:
        rows = connection.execute("select run_id, blocking, message from check_results order by 1 desc").fetchall()
    assert rows == [("old", None, None), ("new", True, "7 rows of 9.")]


def test_what_great_expectations_imports_for_others_is_read_by_nobody_and_works_when_it_is_asked() -> None:
    code = (
        "import sys; from orchestration.quality.lazily import import_when_asked as lazily; "
        "lazily('scipy.stats'); lazily('no_such_package'); lazily('no_such_package.part'); "
        "import great_expectations; print('scipy.stats._stats_py' in sys.modules); "
        "import scipy.stats; print(scipy.stats.norm.cdf(0.0), 'no_such_package' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-2:] == ["False", "0.5 False"]
