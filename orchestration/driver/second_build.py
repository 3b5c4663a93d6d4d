"""A second build file: the raw rows of the build with a few others, on which the same models run once more.

What rows mean is said once, in the dbt models; what would follow from other rows is found by running them on a copy.
The copy is made anew each time, read for what is wanted of it, and removed.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.settings import Settings
from orchestration.store.build import open_build
from orchestration.transform import again
from orchestration.transform.models import project_signature, run_models

if TYPE_CHECKING:
    import duckdb

# what is decided or counted about the rows of the build says nothing about others
_LEFT_OUT = ("decision", "known_findings", "quarantine", "load_counts", "inbox_", "candidate_", "corrected_")


def run(
    settings: Settings,
    name: str,
    alter: Callable[["duckdb.DuckDBPyConnection"], None],
    models: Sequence[str],
    take_over: Callable[["duckdb.DuckDBPyConnection"], None],
) -> None:
    """Copy the raw rows into a build in the folder ``name`` beside the build, ``alter`` them, run ``models`` there,
    ``take_over`` what they give.

    ``alter`` and ``take_over`` get the build with the copy attached as ``second``. The caller holds the build lock.
    Raises ``TransformError`` and ``duckdb.Error``; nothing is taken over then.
    """
    # of the same name: it is the name of the database in what dbt has parsed
    file = settings.build_file.parent / name / settings.build_file.name
    _remove(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        open_build(file).close()
        with open_build(settings.build_file) as build:
            build.execute(f"attach {_quoted(file)} as second")
            _copy(build)
            alter(build)
            build.execute("detach second")
        if not again.run_in(settings, project_signature(settings), file, [name.strip("+") for name in models]):
            run_models(settings, ["--select", *models], file)
        with open_build(settings.build_file) as build:
            build.execute(f"attach {_quoted(file)} as second (read_only)")
            build.execute("begin")
            try:
                take_over(build)
                build.execute("commit")
            except BaseException:
                build.execute("rollback")
                raise
    finally:
        _remove(file)


def _copy(build: "duckdb.DuckDBPyConnection") -> None:
    tables = build.execute(
        "select table_name from duckdb_tables() where schema_name = 'raw' and database_name = current_database()"
    ).fetchall()
    for (table,) in tables:
        if not table.startswith(_LEFT_OUT):
            build.execute(f"insert into second.raw.{table} by name select * from raw.{table}")


def _remove(file: Path) -> None:
    for path in (file, Path(f"{file}.wal")):
        with suppress(FileNotFoundError):
            path.unlink()


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
