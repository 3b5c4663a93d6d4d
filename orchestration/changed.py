"""One report changed: the models run on its figures and on the series that it shares, not on the whole warehouse.

A small build holds the changed reports and, from all others, the figures of the series in which the changed ones have a
place. The dbt models run there as they are; what they give for those reports, comparisons and series then takes the
place of the old rows. What a model's rows belong to stands in `dbt_project.yml` (``meta: {belongs_to: …}``):

- ``source``: rows of the changed reports;
- ``comparison``: comparisons with a figure of a changed report, or between reports in a touched series;
- ``series``: touched series (indicator, entity, segment, geography);
- ``registry``: reference data and registry; when those change, everything is rebuilt;
- ``whole``: small results over everything (decisions, findings, scorecards), computed anew on the whole build.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration import transform
from orchestration.build import open_build, registry_tables, with_build
from orchestration.settings import Settings

if TYPE_CHECKING:
    import duckdb

_SERIES = ("indicator", "entity", "segment", "geography")


def transform_changed(settings: Settings) -> transform.TransformResult:
    """Bring every model up to date with the raw rows of the build, the small way where that will do.

    Everything is rebuilt when the registry, the reference data, the decisions or the models themselves are others than
    at the last run, and when that run did not end. The caller holds the build lock. Raises as ``transform`` does.
    """
    models = _models(settings)

    def prepare(build: "duckdb.DuckDBPyConnection") -> bool:
        changed = _changed_sources(settings, build, models)
        if changed is None:
            return False
        _write_small_build(build, small_build(settings), _tied(build, changed))
        return True

    if not with_build(settings.build_file, prepare):
        return transform.transform(settings)
    small = transform.run_models(settings, ["--exclude", *_named(models, "whole")], small_build(settings))
    with_build(settings.build_file, lambda build: _merge(build, small_build(settings), models))
    whole = transform.run_models(settings, ["--select", *_named(models, "whole")])
    transform.describe_tables(settings)
    transform.remember(settings)
    return transform.TransformResult(True, small.nodes + whole.nodes)


def _changed_sources(
    settings: Settings, build: "duckdb.DuckDBPyConnection", models: dict[str, tuple[str, str]]
) -> list[str] | None:
    """Sources whose rows are others than the models saw; None when everything has to be rebuilt."""
    before, now = transform.remembered(build), transform.state_of(settings, build)
    if before is None or not _is_complete(build, models):
        return None
    parts = {part for part in before.keys() | now.keys() if before.get(part) != now.get(part)}
    if not all(part.startswith(transform.SOURCE) for part in parts) or 2 * len(parts) > len(now):
        return None
    return sorted({part.removeprefix(transform.SOURCE) for part in parts})


def small_build(settings: Settings) -> Path:
    """The file in which the models of a changed report run; it can be deleted at any time."""
    return settings.build_file.with_name("changed.duckdb")


def _models(settings: Settings) -> dict[str, tuple[str, str]]:
    """Table models: name to schema and what its rows belong to."""
    manifest = json.loads(transform.ensure_manifest(settings).read_text(encoding="utf-8"))
    return {
        node["name"]: (node["schema"], node["config"]["meta"]["belongs_to"])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["config"]["materialized"] == "table"
    }


def _named(models: dict[str, tuple[str, str]], belongs_to: str) -> list[str]:
    return [name for name, (_, kind) in models.items() if kind == belongs_to]


def _is_complete(build: "duckdb.DuckDBPyConnection", models: dict[str, tuple[str, str]]) -> bool:
    tables = set(build.execute("select schema_name, table_name from duckdb_tables()").fetchall())
    return all((schema, name) in tables for name, (schema, kind) in models.items() if kind != "whole")


def _tied(build: "duckdb.DuckDBPyConnection", source_ids: Iterable[str]) -> list[str]:
    """The sources and all others that relations tie to them, however far: a tie needs the figures of both."""
    rows = build.execute(
        """
        with recursive ties as (
            select distinct source_id as one, split_part(figure_id, '/', 1) as other
            from raw.relations
            where figure_id is not null and not starts_with(figure_id, source_id || '/')
        ),
        both_ways as (select one, other from ties union select other, one from ties),
        reached as (
            select unnest(?) as source_id
            union
            select both_ways.other from reached inner join both_ways on reached.source_id = both_ways.one
        )
        select source_id from reached
        """,
        [list(source_ids)],
    ).fetchall()
    return [name for (name,) in rows]


def _key() -> str:
    return ", ".join(f"coalesce({column}, '')" for column in _SERIES)


def _write_small_build(build: "duckdb.DuckDBPyConnection", file: Path, changed: Sequence[str]) -> None:
    for old in (file, Path(f"{file}.wal")):
        old.unlink(missing_ok=True)
    open_build(file).close()
    build.execute("create or replace temp table changed as select unnest(?) as source_id", [list(changed)])
    columns = ", ".join(f"coalesce({column}, '') as {column}" for column in _SERIES)
    # the series in which the changed sources stand, and those in which they stood
    build.execute(
        f"create or replace temp table touched as select {columns} from raw.figures where source_id in (from changed) "
        f"union select {columns} from intermediate.int_figures__comparable where source_id in (from changed)"
    )
    build.execute(f"attach '{str(file).replace(chr(39), chr(39) * 2)}' as small")
    try:
        for table in registry_tables(build):
            build.execute(f"insert into small.raw.{table} select * from raw.{table}")
        build.execute(
            "insert into small.raw.figures select figures.* from raw.figures as figures "
            f"where source_id in (from changed) or ({_key()}) in (from touched)"
        )
        # ties of other reports within a touched series say which pairs are compared already
        build.execute(
            """
            insert into small.raw.relations
            select * from raw.relations
            where source_id in (from changed) or relation_id in (
                select relation_id from raw.relations
                where rule in ('repeat', 'text_vs_table') and figure_id in (select figure_id from small.raw.figures)
            )
            """
        )
        build.execute("create or replace table small.raw.changed as from changed")
        build.execute("create or replace table small.raw.touched as from touched")
    finally:
        build.execute("detach small")


def _merge(build: "duckdb.DuckDBPyConnection", file: Path, models: dict[str, tuple[str, str]]) -> None:
    """Rows of the small build in place of the old ones, in one transaction."""
    build.execute(f"attach '{str(file).replace(chr(39), chr(39) * 2)}' as small (read_only)")
    try:
        for place, catalog in (("old", _catalog(build)), ("new", "small")):
            build.execute(
                f"create or replace temp table {place}_figures as select figure_id "
                f"from {catalog}.intermediate.int_figures__comparable where ({_key()}) in (from small.raw.touched)"
            )
            build.execute(
                f"create or replace temp table {place}_comparisons as select distinct comparison_id "
                "from (select comparison_id, unnest(source_ids) as source_id, unnest(figure_ids) as figure_id "
                f"from {catalog}.reconciliation.comparisons) "
                "where source_id in (from small.raw.changed) or (starts_with(comparison_id, 'cross_source:') "
                f"and figure_id in (from {place}_figures))"
            )
        build.execute("begin")
        try:
            for name, (schema, belongs_to) in models.items():
                condition = _CONDITIONS.get(belongs_to)
                if condition is None:
                    continue
                columns = {
                    column
                    for (column,) in build.execute(
                        "select column_name from duckdb_columns() where database_name = 'small' and schema_name = ? "
                        "and table_name = ?",
                        [schema, name],
                    ).fetchall()
                }
                table = f'{schema}."{name}"'
                build.execute(f"delete from {table} where {condition(columns, 'old')}")
                build.execute(
                    f"insert into {table} by name select * from small.{table} where {condition(columns, 'new')}"
                )
            build.execute("commit")
        except BaseException:
            build.execute("rollback")
            raise
    finally:
        build.execute("detach small")


def _catalog(build: "duckdb.DuckDBPyConnection") -> str:
    row = build.execute("select current_database()").fetchone()
    assert row is not None
    return f'"{row[0]}"'


def _of_sources(columns: set[str], place: str) -> str:
    column = "relation_source" if "relation_source" in columns else "source_id"
    return f"{column} in (from small.raw.changed)"


def _of_comparisons(columns: set[str], place: str) -> str:
    return f"comparison_id in (from {place}_comparisons)"


def _of_series(columns: set[str], place: str) -> str:
    if "figure_id" in columns:
        return f"figure_id in (from {place}_figures)"
    return f"({_key()}) in (from small.raw.touched)"


_CONDITIONS: dict[str, Callable[[set[str], str], str]] = {
    "source": _of_sources,
    "comparison": _of_comparisons,
    "series": _of_series,
}
