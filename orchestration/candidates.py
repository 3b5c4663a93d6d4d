"""Candidates: the figures of the inbox beside the reviewed ones, compared in a build of their own.

Nobody has confirmed these figures. The models of the warehouse read only reviewed rows; the same models run once more,
in a second file, on the reviewed rows and those of the inbox together. What they give for the inbox comes back as the
raw tables behind the schema `candidates`, and the rest of that file is nobody's business.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.build import candidate_tables, open_build, with_build, write_inbox_problem
from orchestration.loading.problems import Problem
from orchestration.settings import Settings

if TYPE_CHECKING:
    import duckdb

# what the contract's candidates need; dbt adds what these are made from, and no mart or consensus
_MODELS = ("+core.figures", "+reconciliation.findings")
# of the reviewed rows the second build has all but these: decisions say nothing about what nobody has reviewed
_LEFT_OUT = ("decision", "known_findings", "quarantine", "load_counts", "inbox_", "candidate_", "transformed")

_CONFIDENCES = (
    "file", "page", "confidence", "confidence_period", "confidence_geography", "confidence_status",
    "confidence_statistic", "withheld",
)  # fmt: skip
_COMPARISONS = (
    "select distinct comparison_id from (select comparison_id, unnest(figure_ids) as figure_id "
    "from second.reconciliation.comparisons) where figure_id in (select figure_id from raw.inbox_figures)"
)
_FOUND = {
    "candidate_figures": "second.core.figures as found inner join "
    f"(select figure_id, {', '.join(_CONFIDENCES)} from raw.inbox_figures) using (figure_id)",
    "candidate_comparisons": f"second.reconciliation.comparisons where comparison_id in ({_COMPARISONS})",
    "candidate_findings": f"second.reconciliation.findings where comparison_id in ({_COMPARISONS})",
}


def second_build(settings: Settings) -> Path:
    """The file in which inbox and reviewed rows are compared; it is made anew each time and can be deleted."""
    return settings.build_file.with_name("candidates.duckdb")


def refresh(settings: Settings) -> None:
    """Work out the candidates of what the inbox holds now; without documents the tables are emptied and nothing is run.

    Never raises for what the models make of unreviewed figures: the candidates are empty then, one quarantined row says
    why, and the reviewed figures go on. The caller holds the build lock.
    """
    import duckdb

    from orchestration.transform import TransformError, run_models

    if not with_build(settings.build_file, lambda build: _prepare(build, second_build(settings))):
        return
    try:
        run_models(settings, ["--select", *_MODELS], second_build(settings))
        with open_build(settings.build_file) as build:
            _take_over(build, second_build(settings))
    except (TransformError, duckdb.Error) as error:
        message = f"the figures of the inbox could not be compared: {str(error)[:1000]}"
        remedy = "Take the document that was added last out of raw/inbox/, then build again"
        with open_build(settings.build_file) as build:
            write_inbox_problem(build, Problem("inbox/", 0, "", message, remedy))
    finally:
        _remove(second_build(settings))


def _prepare(build: "duckdb.DuckDBPyConnection", file: Path) -> bool:
    """Empty the candidates, and fill the second build where the inbox has figures; returns whether it has."""
    for table in candidate_tables():
        build.execute(f"delete from raw.{table}")
    if not build.execute("select 1 from raw.inbox_figures limit 1").fetchall():
        return False
    _remove(file)
    open_build(file).close()
    tables = build.execute(
        "select table_name from duckdb_tables() where schema_name = 'raw' and database_name = current_database()"
    ).fetchall()
    build.execute(f"attach {_quoted(file)} as second")
    try:
        for (table,) in tables:
            if not table.startswith(_LEFT_OUT):
                build.execute(f"insert into second.raw.{table} by name select * from raw.{table}")
        columns = ", ".join(
            name
            for (name,) in build.execute(
                "select column_name from duckdb_columns() where database_name = 'second' and schema_name = 'raw' "
                "and table_name = 'figures'"
            ).fetchall()
        )
        build.execute(f"insert into second.raw.figures by name select {columns} from raw.inbox_figures")
        build.execute("insert into second.raw.sources by name select * from raw.inbox_sources")
    finally:
        build.execute("detach second")
    return True


def _take_over(build: "duckdb.DuckDBPyConnection", file: Path) -> None:
    """Copy what the second build says about figures of the inbox, in one transaction."""
    build.execute(f"attach {_quoted(file)} as second (read_only)")
    try:
        build.execute("begin")
        try:
            for table, columns in candidate_tables().items():
                names = ", ".join(name for name, _ in columns)
                build.execute(f"insert into raw.{table} by name select {names} from {_FOUND[table]}")
            build.execute("commit")
        except BaseException:
            build.execute("rollback")
            raise
    finally:
        build.execute("detach second")


def _remove(file: Path) -> None:
    for path in (file, Path(f"{file}.wal")):
        path.unlink(missing_ok=True)


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
