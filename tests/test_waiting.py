"""The checks of `make bench` see a wrong result: each is held against what it must accept and a change of it."""

import json
from pathlib import Path

import duckdb
import pytest

from benchmarks import report, waiting
from benchmarks.refresh import different_tables
from benchmarks.waiting import WrongResultError

SAID = "   0.1 s  nothing has changed since 20260101T000000.000000Z was published"


def database(path: Path, *statements: str) -> Path:
    with duckdb.connect(str(path)) as connection:
        for statement in (
            "create schema core; create schema quality",
            "create table core.figures (source_id varchar, printed varchar, value double)",
            "insert into core.figures values ('s', '5.7', 1.5), ('s', '6', 2.5)",
            "create table quality.publication as select 'v1' as version",
            *statements,
        ):
            connection.execute(statement)
    return path


@pytest.mark.parametrize(
    "statement",
    [
        "update core.figures set value = 1.5000001 where printed = '5.7'",
        "update core.figures set printed = null where printed = '6'",
        "delete from core.figures where printed = '6'",
        "insert into core.figures select * from core.figures limit 1",
        "create table core.sources as select 1 as x",
        "drop table core.figures",
    ],
)
def test_a_table_that_differs_is_seen(tmp_path: Path, statement: str) -> None:
    one, same = database(tmp_path / "one.duckdb"), database(tmp_path / "same.duckdb")
    assert different_tables(one, same) == []
    waiting.require_same(one, same)
    other = database(tmp_path / "other.duckdb", statement)
    with pytest.raises(WrongResultError, match=r"core\."):
        waiting.require_same(one, other)


def test_versions_and_times_are_no_difference(tmp_path: Path) -> None:
    one = database(tmp_path / "one.duckdb")
    waiting.require_same(one, database(tmp_path / "other.duckdb", "update quality.publication set version = 'v2'"))


def test_a_build_of_nothing_must_say_so_and_publish_nothing() -> None:
    waiting.require_nothing(SAID, "v1", "v1")
    for output, after in (("finished", "v1"), (SAID, "v2")):
        with pytest.raises(WrongResultError):
            waiting.require_nothing(output, "v1", after)


def test_an_edit_must_stand_before_a_reader(tmp_path: Path) -> None:
    file = database(tmp_path / "one.duckdb")
    waiting.require_edit(file, "s", "5.6", "5.7")
    for source, old, new in (("s", "5.7", "5.8"), ("s", "6", "5.7"), ("other", "5.6", "5.7")):
        with pytest.raises(WrongResultError):
            waiting.require_edit(file, source, old, new)


def test_an_audit_must_have_found_something() -> None:
    output = json.dumps([{"verdict": "agree"}, {"verdict": "disagree"}])
    waiting.require_rows(output + "\n", {"agree", "disagree"})
    for wrong in ("[]", json.dumps([{"verdict": "agree"}])):
        with pytest.raises(WrongResultError):
            waiting.require_rows(wrong, {"agree", "disagree"})


def test_a_build_that_publishes_nothing_has_no_time() -> None:
    assert waiting.require_published(7.5, "") == 7.5
    with pytest.raises(WrongResultError):
        waiting.require_published(None, "   7.5 s  done: models")


def test_the_ratios_stand_beside_each_other() -> None:
    names = ("imports", *waiting.LIMITS)
    result = {"facts": report.facts(), "seconds": {name: [4.0 + number] for number, name in enumerate(names)}}
    page = report.measurements({"waiting": result}, {})
    assert "| nothing changed | 5.0 | 1.25 | 1 x |" in page
    assert "1.25 to find that nothing has changed" in report.ratios({"waiting": result})
