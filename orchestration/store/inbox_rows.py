"""What the inbox holds, into raw tables of its own: nobody has reviewed it."""

from collections.abc import Sequence
from datetime import UTC, datetime

import duckdb

from orchestration.extraction.raw_rows import InboxFigure
from orchestration.loading.load import SourceLoad
from orchestration.loading.problems import Problem
from orchestration.loading.registry import Source
from orchestration.store.raw_tables import ArrowStream, frame_of, roll_back
from orchestration.store.registry_rows import insert_sources

# the name of the inbox as a whole among the sources that are counted; its documents are `inbox/<source_id>`
INBOX = "inbox/*"


def write_documents(
    connection: duckdb.DuckDBPyConnection, loads: list[SourceLoad], sources: list[Source], position: int
) -> None:
    """Replace what is known of the inbox: its figures and documents, in tables of their own, and its counts."""
    connection.execute("begin")
    try:
        connection.execute("delete from raw.inbox_figures")
        connection.execute("delete from raw.inbox_sources")
        connection.execute("delete from raw.quarantine where starts_with(file, 'inbox/')")
        connection.execute("delete from raw.load_counts where starts_with(source_id, 'inbox/')")
        insert_sources(connection, sources, position, "inbox_sources")
        for load in loads:
            # a reviewed source of the same id has counts and problems of its own
            name = f"inbox/{load.source_id}"
            connection.register("new_figures", ArrowStream(frame_of(load.figures, InboxFigure)))
            connection.execute("insert into raw.inbox_figures by name select * from new_figures")
            connection.unregister("new_figures")
            _write_problems(connection, name, load.problems)
            connection.execute(
                "insert into raw.load_counts values (?, ?, ?, ?, ?, 0, ?, null)",
                [name, load.rows_in, load.rows_loaded, len(load.problems), len(load.figures),
                 datetime.now(UTC).replace(tzinfo=None)],
            )  # fmt: skip
        connection.execute("commit")
    except BaseException:
        roll_back(connection)
        raise


def write_inbox_problem(connection: duckdb.DuckDBPyConnection, problem: Problem) -> None:
    """Something that concerns all documents at once, as one quarantined row; ``write_documents`` takes it away."""
    _write_problems(connection, INBOX, [problem])
    connection.execute(
        "insert into raw.load_counts values (?, 1, 0, 1, 0, 0, ?, null)",
        [INBOX, datetime.now(UTC).replace(tzinfo=None)],
    )


def _write_problems(connection: duckdb.DuckDBPyConnection, name: str, problems: Sequence[Problem]) -> None:
    for problem in problems:
        file = problem.file if problem.file.startswith("inbox/") else f"inbox/{problem.file}"
        connection.execute(
            "insert into raw.quarantine values (?, ?, ?, ?, ?, ?, ?)",
            [name, file, problem.line, problem.key, problem.message, problem.remedy, problem.row],
        )
