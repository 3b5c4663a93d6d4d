"""Running the suites of `expectations/` against a DuckDB file, and what follows from the results.

Belongs here: which rules run, blocking, failing rows, Data Docs. What an expectation is: suites.py. What Great
Expectations says: validation.py. The row of a result: outcomes.py. What needs Python instead of SQL: python_checks.py.
"""

import os
import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.quality import history
from orchestration.quality.counted import can_be_counted, count
from orchestration.quality.failing import failing_rows_query
from orchestration.quality.history import CheckResult
from orchestration.quality.outcomes import SAMPLE, CheckError, Outcome, result_of, rows_of
from orchestration.quality.suites import PYTHON, Expectation, load_suites
from orchestration.quality.validation import validate
from orchestration.settings import Settings

if TYPE_CHECKING:
    import duckdb

# keys of failing rows that an error message names
_SHOWN = 5


class BlockingCheckFailed(RuntimeError):
    """A check that must hold before publication does not; the published file stays as it is."""

    def __init__(self, failed: Sequence[CheckResult]) -> None:
        self.failed = tuple(failed)
        super().__init__(
            f"{len(failed)} blocking check{'s' if len(failed) > 1 else ''} failed, nothing is published:\n"
            + "\n".join(_describe(result) for result in failed)
        )


def run_checks(
    settings: Settings,
    database: Path,
    suites: Sequence[str] | None = None,
    *,
    wanted: Collection[tuple[str, str]] | None = None,
    data_docs: Path | None = None,
    counted: Collection[tuple[str, str]] = (),
) -> list[CheckResult]:
    """Evaluate all suites (or those named) against ``database``, opened read-only; one result an expectation.

    ``wanted`` (suite and name) are the only ones that are evaluated.

    Works on the build file and on the published file: an expectation that needs the other one is reported as not run.
    Those of ``counted`` DuckDB decides by a count of rows, see counted.py.
    With ``data_docs`` the pages of Great Expectations are written to that folder. Raises ``SuiteError`` for a broken
    suite and ``CheckError`` when the file cannot be opened; failing checks do not raise, see ``raise_for_blocking``.
    """
    suites = suites if wanted is None else sorted({suite for suite, _ in wanted})
    expectations = [
        item
        for items in load_suites(settings.expectations, suites).values()
        for item in items
        if wanted is None or (item.suite, item.name) in wanted
    ]
    connection = _open(database)
    try:
        tables = _tables(connection)
        place = "published" if "quality.publication" in tables else "build"
        registered = _registered(connection) if "core.sources" in tables else set()
        outcomes: dict[tuple[str, str], Outcome] = {}
        todo: list[Expectation] = []
        for item in expectations:
            # the pages are made from the published file; while they are made, they say nothing yet
            where = "published" if item.where == "pages" and data_docs is None else item.where
            if where not in ("both", place):
                needed = "finished pages" if item.where == "pages" else f"{item.where} file"
                message = f"Did not run: it needs the {needed}, this is the {place} file."
                outcomes[item.suite, item.name] = Outcome(True, 0, None, message=message, ran=False)
            elif missing := sorted(set(item.sources) - registered):
                message = f"Did not run: it is about {', '.join(missing)}, not registered here."
                outcomes[item.suite, item.name] = Outcome(True, 0, None, message=message, ran=False)
            elif item.type == PYTHON:
                outcomes[item.suite, item.name] = _run_python(settings, connection, database, item)
            elif gone := [table for table in (item.table, *item.united) if table not in tables]:
                outcomes[item.suite, item.name] = Outcome(False, 1, None, error=f"{', '.join(gone)} does not exist")
            elif (item.suite, item.name) in counted and can_be_counted(item):
                outcomes[item.suite, item.name] = _count(connection, item)
            else:
                todo.append(item)
        pages = data_docs and data_docs.with_name(f".{data_docs.name}.{os.getpid()}.tmp")
        outcomes.update(validate(database, connection, todo, pages))
        results = [result_of(connection, item, outcomes[item.suite, item.name], tables) for item in expectations]
        if data_docs and pages:
            from orchestration.quality import data_docs as docs

            docs.finish(pages, data_docs, results, *_version(connection, place))
        return results
    finally:
        connection.close()


def counting(settings: Settings, database: Path, results: Sequence[CheckResult]) -> set[tuple[str, str]]:
    """Suite and name of the rules for which a count of rows by DuckDB gives the same as these results."""
    found = {(result.suite, result.name): result for result in results if result.ran}
    agreeing = set()
    with _open(database) as connection:
        for item in (item for items in load_suites(settings.expectations).values() for item in items):
            result = found.get((item.suite, item.name))
            if result is not None and item.type != PYTHON and can_be_counted(item):
                outcome = _count(connection, item)
                same = (outcome.success, outcome.unexpected_count) == (result.success, result.unexpected_count)
                if same and not outcome.error:
                    agreeing.add((item.suite, item.name))
    return agreeing


def record(settings: Settings, results: Sequence[CheckResult], run_id: str | None = None) -> str:
    """Append one run's results to the history; returns the run id."""
    run_id = run_id or uuid.uuid4().hex
    history.append(settings.history_file, run_id, datetime.now(UTC).replace(tzinfo=None), results)
    return run_id


def raise_for_blocking(results: Iterable[CheckResult]) -> None:
    """Raise ``BlockingCheckFailed`` with every failed blocking check, its first failing keys and the remedy."""
    failed = [result for result in results if result.blocking and not result.success]
    if failed:
        raise BlockingCheckFailed(failed)


def failing_rows(settings: Settings, database: Path, result: CheckResult, limit: int = SAMPLE) -> list[dict[str, Any]]:
    """The rows that break a check, all columns, at most ``limit``.

    Empty for rules about a whole table and for a check that could not be evaluated; what a Python check found is in the
    column ``found``.
    """
    import duckdb

    expectation = next(
        (item for item in load_suites(settings.expectations, [result.suite])[result.suite] if item.name == result.name),
        None,
    )
    if expectation is None or expectation.type == PYTHON:
        return [{"found": text} for text in result.sample[:limit]]
    query = failing_rows_query(expectation)
    if query is None:
        return []
    with _open(database) as connection:
        try:
            return rows_of(connection, query, limit)
        except duckdb.Error:
            return []


def provenance(settings: Settings, database: Path | None = None) -> CheckResult:
    """Does every printed value stand at its cited line? Success without a look (``ran`` false) where no texts are."""
    results = run_checks(settings, database or settings.build_file, ["provenance"])
    return next(result for result in results if result.name == "printed_values_stand_at_their_lines")


def build_data_docs(settings: Settings, database: Path | None = None) -> Path:
    """Write Great Expectations' Data Docs of all suites to `data_docs/` beside the published file.

    Checks ``database`` (the published file by default). Returns the index page; it opens without a network.
    """
    folder = settings.published / "data_docs"
    run_checks(settings, database or settings.published_file, data_docs=folder)
    return folder / "index.html"


def _describe(result: CheckResult) -> str:
    rows = f"; first: {', '.join(result.sample[:_SHOWN])}" if result.sample else ""
    remedy = f"\n    {result.remedy}" if result.remedy else ""
    return f"- {result.suite}.{result.name} ({result.table_name}): {result.description} {result.message}{rows}{remedy}"


def _open(database: Path) -> "duckdb.DuckDBPyConnection":
    import duckdb

    from orchestration.store.published import connect_read_only

    if not database.exists():
        raise CheckError(f"{database} does not exist; run `make warehouse`, it builds and publishes the database")
    try:
        return connect_read_only(database)
    except duckdb.Error as error:
        raise CheckError(
            f"{database} cannot be opened for reading: {error}; close its writer, then run again"
        ) from error


def _tables(connection: "duckdb.DuckDBPyConnection") -> dict[str, int]:
    """Rows by ``schema.table``; views count zero."""
    rows = connection.execute(
        "select schema_name || '.' || table_name, estimated_size from duckdb_tables() "
        "union all select schema_name || '.' || view_name, 0 from duckdb_views() where not internal"
    ).fetchall()
    return {name: int(size) for name, size in rows}


def _registered(connection: "duckdb.DuckDBPyConnection") -> set[str]:
    return {source_id for (source_id,) in connection.execute("select source_id from core.sources").fetchall()}


def _version(connection: "duckdb.DuckDBPyConnection", place: str) -> tuple[str, str]:
    """The version that was checked (empty for the build), and a sentence about it."""
    if place == "build":
        return "", "The build file, not published yet."
    version, figures = connection.execute("select version, figures from quality.publication").fetchall()[0]
    return str(version), f"Published version {version}, {figures} figures."


def _run_python(
    settings: Settings, connection: "duckdb.DuckDBPyConnection", database: Path, item: Expectation
) -> Outcome:
    from orchestration.quality.python_checks import PYTHON_CHECKS

    check = PYTHON_CHECKS.get(item.kwargs["check"])
    if check is None:
        known = ", ".join(sorted(PYTHON_CHECKS))
        return Outcome(False, 1, None, error=f"no Python check {item.kwargs['check']!r}; one of {known}")
    found = check(settings, connection, database)
    return Outcome(
        not found.failing,
        len(found.failing),
        found.looked_at,
        message=found.message,
        sample=found.failing,
        ran=found.ran,
    )


def _count(connection: "duckdb.DuckDBPyConnection", item: Expectation) -> Outcome:
    import duckdb

    try:
        success, failing, message = count(connection, item)
    except duckdb.Error as error:
        return Outcome(False, 1, None, error=str(error))
    return Outcome(success, failing, None, message=message)


__all__ = [
    "BlockingCheckFailed", "build_data_docs", "counting", "failing_rows", "provenance", "raise_for_blocking", "record",
    "run_checks",
]  # fmt: skip
