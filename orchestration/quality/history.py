"""The append-only history of check runs; it outlives rebuilds and is published as ``quality.check_results``."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

CHECK_RESULTS_DDL = """
create table if not exists {table} (
    run_id varchar,
    checked_at timestamp,
    suite varchar,
    expectation varchar,
    table_name varchar,
    column_name varchar,
    success boolean,
    severity varchar,
    unexpected_count bigint,
    element_count bigint,
    sample varchar,
    description varchar,
    blocking boolean,
    ran boolean,
    message varchar
)
"""
# columns that came later; an older history gets them when it is next written
_ADDED = (("blocking", "boolean"), ("ran", "boolean"), ("message", "varchar"))


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One expectation evaluated once.

    ``sample`` holds the keys of failing rows (all of them up to 1,000). ``message`` says in one sentence what was
    found, or why the check did not run (``ran`` is false, ``success`` true: nothing failed, nothing was looked at).
    """

    suite: str
    expectation: str
    table_name: str
    column_name: str | None
    success: bool
    severity: str
    unexpected_count: int
    element_count: int | None
    sample: tuple[str, ...]
    description: str
    blocking: bool = False
    ran: bool = True
    message: str = ""
    remedy: str = ""

    @property
    def name(self) -> str:
        """Unique in a suite; the name of the asset check."""
        return self.expectation


def append(history_file: Path, run_id: str, checked_at: datetime, results: Sequence[CheckResult]) -> None:
    """Add one run's results in one transaction. Waits up to 30 s for another writer of the history."""
    history_file.parent.mkdir(parents=True, exist_ok=True)
    connection = _open(history_file)
    try:
        connection.execute(CHECK_RESULTS_DDL.format(table="check_results"))
        for column, kind in _ADDED:
            connection.execute(f"alter table check_results add column if not exists {column} {kind}")
        if not results:
            return
        connection.execute("begin")
        connection.executemany(
            "insert into check_results values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                [run_id, checked_at, r.suite, r.expectation, r.table_name, r.column_name, r.success, r.severity,
                 r.unexpected_count, r.element_count, json.dumps(r.sample[:1000], ensure_ascii=False), r.description,
                 r.blocking, r.ran, r.message]
                for r in results
            ],
        )  # fmt: skip
        connection.execute("commit")
    finally:
        connection.close()


def _open(history_file: Path) -> duckdb.DuckDBPyConnection:
    for attempt in range(60):
        try:
            return duckdb.connect(str(history_file))
        except duckdb.IOException as error:
            if "lock" not in str(error).lower() or attempt == 59:
                raise
            time.sleep(0.5)
    raise AssertionError("unreachable")
