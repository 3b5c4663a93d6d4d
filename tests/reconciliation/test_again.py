"""Models that are made again without dbt: what decides which, and when dbt runs after all.

That the result is that of a build from nothing is held in test_reload.py, for edits of every kind.
"""

import os
import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.driver import pipeline
from orchestration.settings import Settings
from orchestration.transform import again, models
from tests.conftest import begun_from, settings_below
from tests.orchestration.tiny_project import make_project
from tests.reconciliation.test_reload import make_raw, published_rows


@pytest.fixture(scope="module")
def built(shipped_build: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A small build with the statements that dbt ran for the shipped reports. Not to be changed: copy it."""
    base = tmp_path_factory.mktemp("again")
    make_raw(base / "raw", random.Random(3))
    settings = begun_from(shipped_build, settings_below(base))
    pipeline.load(settings)
    pipeline.transform(settings)
    return settings


@pytest.fixture
def settings(built: Settings, tmp_path: Path) -> Settings:
    """The same project with a state and raw files that a test may change."""
    return changeable(built, tmp_path)


@pytest.fixture(scope="module")
def few_models(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A build of a project of its own, of few models: dbt makes them in a second."""
    settings = make_project(tmp_path_factory.mktemp("few"))
    pipeline.load(settings)
    pipeline.transform(settings)
    return settings


@pytest.fixture
def few(few_models: Settings, tmp_path: Path) -> Settings:
    """The same with a state and raw files that a test may change, and models that it puts back."""
    return changeable(few_models, tmp_path)


def changeable(build: Settings, base: Path) -> Settings:
    shutil.copytree(build.raw, base / "raw")
    shutil.copytree(build.state, base / "state")
    return Settings(build.project, base / "raw", base / "state", base / "warehouse")


@contextmanager
def edited(path: Path, old: str, new: str) -> Iterator[None]:
    """A file with other text for a while; then as it was, its time too."""
    text, before = path.read_text(encoding="utf-8"), path.stat()
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(text, encoding="utf-8")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def edit(settings: Settings) -> None:
    path = settings.raw / "two" / "figures" / "prose.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[1] = lines[1].replace(",,", ",,9", 1)  # another first digit
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def made(settings: Settings) -> dict[str, bool]:
    """Models of a run, and whether they were made anew."""
    return {node.name: not node.message.startswith("unchanged") for node in pipeline.transform(settings).nodes}


def without_dbt(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise AssertionError("dbt was run")

    monkeypatch.setattr(models, "invoke_dbt", fail)


def dbt_runs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    runs: list[str] = []
    invoke = models.invoke_dbt

    def counted(settings: Settings, arguments: Any, *more: Any, **named: Any) -> Any:
        runs.append(arguments[0])
        return invoke(settings, arguments, *more, **named)

    monkeypatch.setattr(models, "invoke_dbt", counted)
    return runs


def test_nothing_is_made_where_nothing_has_changed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    without_dbt(monkeypatch)
    pipeline.load(settings)
    found = made(settings)
    # which tells when a report was read, if one of them was
    assert len(found) > 90 and {name for name, is_new in found.items() if is_new} <= {"load_counts"}


def test_an_edit_makes_what_reads_it_and_no_more(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    without_dbt(monkeypatch)
    before = published_rows(settings)
    edit(settings)
    pipeline.load(settings)
    found = made(settings)
    assert found["stg_figures"] and found["figures"] and not found["units"] and not found["geographies"]
    assert published_rows(settings) != before
    with duckdb.connect(str(settings.build_file), read_only=True) as build:
        lost = build.execute(
            "select table_name from duckdb_tables() where schema_name = 'core' and comment is null"
        ).fetchall()
        assert lost == []


@pytest.mark.parametrize("change", ["a model", "a variable", "a description"])
def test_another_project_is_run_by_dbt(few: Settings, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    file, old, new = {
        "a model": ("models/core/sources.sql", "select", "select -- again\n"),
        "a variable": ("dbt_project.yml", "config-version: 2", "config-version: 2\nvars: {fx_tolerance: 0.04}"),
        "a description": ("models/candidates/_candidates.yml", "description: ", "description: Of all things, "),
    }[change]
    runs = dbt_runs(monkeypatch)
    assert not any(made(few).values()) and runs == []
    with edited(few.dbt_project / file, old, new):
        assert all(made(few).values()) and "run" in runs
        runs.clear()
        assert not any(made(few).values()) and runs == []


def test_a_table_that_is_gone_is_made(settings: Settings) -> None:
    before = published_rows(settings)
    with duckdb.connect(str(settings.build_file)) as build:
        build.execute("drop table core.figures")
    made(settings)
    assert published_rows(settings) == before


def test_a_run_of_some_models_or_one_that_failed_leaves_the_next_to_dbt(
    few: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    models.run_models(few, ["--select", "sources"])
    runs = dbt_runs(monkeypatch)
    assert all(made(few).values()) and "run" in runs


def test_a_statement_that_fails_leaves_the_run_to_dbt(few: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with duckdb.connect(str(few.build_file)) as build:
        build.execute("update made.models set statement = 'select 1 / nothing', inputs = '' where name = 'figures'")
    before = published_rows(few)
    assert before["core.figures"]
    runs = dbt_runs(monkeypatch)
    assert all(made(few).values()) and "run" in runs
    assert published_rows(few) == before


def test_a_run_that_is_killed_is_taken_up_where_it_ended(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(settings)
    pipeline.load(settings)
    make, left = again._make, iter(range(20))

    def killed(build: Any, model: Any) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        make(build, model)

    with monkeypatch.context() as patch:
        patch.setattr(again, "_make", killed)
        with pytest.raises(KeyboardInterrupt):
            pipeline.transform(settings)
    without_dbt(monkeypatch)
    pipeline.transform(settings)
    found = published_rows(settings)
    monkeypatch.undo()
    pipeline.forget(settings)
    pipeline.load(settings)
    pipeline.transform(settings)
    assert published_rows(settings) == found


def test_every_table_that_a_statement_reads_is_known(built: Settings) -> None:
    """What a statement read and nobody knew of would be stale in silence."""
    with duckdb.connect(str(built.build_file), read_only=True) as build:
        rows = build.execute("select relation, statement, depends, kind from made.models").fetchall()
        assert len(rows) > 90
        views = {relation: set(depends) for relation, _, depends, kind in rows if kind == "view"}
        for relation, statement, depends, kind in rows:
            query = statement
            if kind == "table":  # with a contract, the columns come first
                query = statement.partition("as (\n")[2].rpartition(")")[0]
                if "insert into" in statement:
                    query = statement.partition("insert into")[2].partition(")")[2]
            # with aliases; names of subqueries have no schema
            found = [
                name.partition(" AS ")[0].replace('"', "") for name in build.get_table_names(query, qualified=True)
            ]
            names = {name.removeprefix("ai_figures_build.") for name in found if "." in name}
            # of a view DuckDB names what it reads as well
            known = {*depends}.union(*(views.get(name, set()) for name in depends))
            assert names and names <= known, (relation, names - known)


def test_models_of_another_file_are_named_as_dbt_names_them(settings: Settings, tmp_path: Path) -> None:
    """By name or by schema and table; one that is not known leaves all of them to dbt."""
    signature = models.project_signature(settings)
    second = tmp_path / "second" / settings.build_file.name
    second.parent.mkdir()
    with duckdb.connect(str(second)) as connection:
        connection.execute(f"attach '{settings.build_file}' as build (read_only); create schema raw")
        tables = connection.execute(
            "select table_name from duckdb_tables() where database_name = 'build' and schema_name = 'raw'"
        ).fetchall()
        for (table,) in tables:
            connection.execute(f"create table raw.{table} as from build.raw.{table}")
    assert not again.run_in(settings, signature, second, ["core.figures", "no_such_model"])
    assert not again.run_in(settings, "of another project", second, ["core.figures"])
    assert again.run_in(settings, signature, second, ["core.figures", "int_comparisons"])
    count = "select count(*) from core.figures"
    with duckdb.connect(str(second)) as one, duckdb.connect(str(settings.build_file), read_only=True) as other:
        assert one.execute(count).fetchall() == other.execute(count).fetchall() != [(0,)]
