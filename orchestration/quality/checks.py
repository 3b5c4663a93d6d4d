"""Running the suites of `expectations/` against a DuckDB file, and what follows from the results.

Belongs here: from expectations to ``CheckResult`` rows, blocking, Data Docs. What an expectation is: suites.py. How
Great Expectations reads DuckDB: dialect.py. What needs Python instead of SQL: python_checks.py.
"""

import logging
import os
import re
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.quality import history
from orchestration.quality.counted import can_be_counted, count
from orchestration.quality.failing import failing_rows_query
from orchestration.quality.history import CheckResult
from orchestration.quality.lazily import import_when_asked
from orchestration.quality.suites import PYTHON, UNEXPECTED_ROWS, Expectation, load_suites
from orchestration.settings import Settings

if TYPE_CHECKING:
    import duckdb

SAMPLE = 1000
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


class CheckError(RuntimeError):
    """The checks could not be run at all."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What evaluating one expectation gave; ``error`` says why it could not be evaluated.

    ``sample`` is None where the failing rows have to be queried; ``message`` is empty where counts say enough.
    """

    success: bool
    unexpected_count: int
    element_count: int | None
    error: str = ""
    message: str = ""
    sample: tuple[str, ...] | None = None
    ran: bool = True


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
        outcomes.update(_validate(database, connection, todo, pages))
        results = [_result(connection, item, outcomes[item.suite, item.name], tables) for item in expectations]
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
            return _rows(connection, query, limit)
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


def _validate(
    database: Path, connection: "duckdb.DuckDBPyConnection", expectations: Sequence[Expectation], pages: Path | None
) -> dict[tuple[str, str], Outcome]:
    """Great Expectations on every table; outcomes by suite and name."""
    if not expectations:
        return {}
    # read when the package is imported
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import_when_asked("scipy.stats")  # for one expectation that nobody uses here, and half a second
    import great_expectations as gx
    import sqlalchemy
    from great_expectations.data_context.types.base import ProgressBarsConfig

    from orchestration.quality import dialect
    from orchestration.quality.data_docs import page_name, write_pages

    # it tells of temporary folders and defaults; dbt, in the same process, has given the root logger a handler for INFO
    logging.getLogger("great_expectations").propagate = False
    dialect.register()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    sources: Any = context.data_sources  # its stub knows no `kwargs`
    source = sources.add_sql(
        name="warehouse",
        connection_string=dialect.connection_string(database),
        # a pool would keep the file open after validation
        kwargs={"poolclass": sqlalchemy.NullPool},
        # all at once: with each that is added later, the context writes all of them down
        assets=[_asset(table) for table in sorted({item.table for item in expectations})],
    )
    groups: dict[tuple[str, str], list[Expectation]] = {}
    for item in expectations:
        groups.setdefault((item.suite, item.table), []).append(item)
    outcomes: dict[tuple[str, str], Outcome] = {}
    with dialect.lent(database, connection):
        for (suite, table), items in groups.items():
            gx_suite = gx.ExpectationSuite(
                name=page_name(suite, table), expectations=[_gx_configuration(item) for item in items]
            )
            asset = source.get_asset(table)
            if pages is None:
                # leaner than a validation definition, which the context writes down four times
                batch = asset.get_batch(asset.build_batch_request())
                validation = batch.validate(gx_suite, result_format="BASIC")
            else:
                validation = _validate_and_keep(context, asset, gx_suite)
            outcomes.update(_outcomes(suite, items, validation.results))
        if pages is not None:
            write_pages(context, pages)
    return outcomes


def _asset(table: str) -> dict[str, str]:
    schema, name = table.split(".")
    return {"name": table, "type": "table", "table_name": name, "schema_name": schema}


def _validate_and_keep(context: Any, asset: Any, suite: Any) -> Any:
    """Validate with a stored result, from which Data Docs are rendered."""
    import great_expectations as gx

    definition = gx.ValidationDefinition(
        name=suite.name, data=asset.add_batch_definition_whole_table(suite.name), suite=context.suites.add(suite)
    )
    return context.validation_definitions.add(definition).run(result_format="BASIC")


def _gx_configuration(item: Expectation) -> dict[str, Any]:
    kwargs = dict(item.kwargs)
    kind = item.type
    if item.type == UNEXPECTED_ROWS:
        kind = "unexpected_rows_expectation"
        kwargs = {"unexpected_rows_query": _gx_query(item.query or "")}
    return {
        "type": kind,
        "kwargs": kwargs,
        "severity": item.severity,
        "description": item.description,
        "meta": {"check": item.name, "place": item.place},
    }


def _gx_query(query: str) -> str:
    """The query as Great Expectations needs it, for the same rows.

    It runs ``str.format`` on it (braces are doubled) and prints a complaint unless it names ``{batch}`` (a comment
    does); SQLAlchemy takes ``:word`` for a parameter, even inside a string (the colon is escaped).
    """
    escaped = re.sub(r"(?<![:\w\\]):(?=\w)", r"\\:", query.replace("{", "{{").replace("}", "}}"))
    return f"{escaped}\n/* {{batch}} */"


def _outcomes(suite: str, items: Sequence[Expectation], results: Iterable[Any]) -> dict[tuple[str, str], Outcome]:
    """Outcomes by the name in ``meta``: Great Expectations returns results in its own order."""
    found = {(suite, result.expectation_config.meta["check"]): _outcome(result) for result in results}
    missing = {(suite, item.name) for item in items} - found.keys()
    if missing:
        raise CheckError(
            f"Great Expectations returned no result for {', '.join('.'.join(key) for key in sorted(missing))}"
        )
    return found


def _outcome(result: Any) -> Outcome:
    error = _exception(result.exception_info)
    detail = result.result or {}
    observed = detail.get("observed_value")
    count = detail.get("unexpected_count")
    if count is None:
        is_rows = result.expectation_config.type == "unexpected_rows_expectation"
        count = observed if is_rows and isinstance(observed, int) else int(not result.success)
        observed = None if is_rows else observed
    return Outcome(
        success=bool(result.success) and not error,
        unexpected_count=int(count),
        element_count=detail.get("element_count"),
        error=error,
        message="" if observed is None else f"Found {str(observed)[:200]}.",
    )


def _exception(info: Any) -> str:
    """The message of a check that could not be evaluated; Great Expectations nests it by metric."""
    if not isinstance(info, dict):
        return ""
    if "raised_exception" in info:
        return str(info.get("exception_message") or "") if info["raised_exception"] else ""
    return next((text for each in info.values() if (text := _exception(each))), "")


def _result(
    connection: "duckdb.DuckDBPyConnection", item: Expectation, outcome: Outcome, tables: dict[str, int]
) -> CheckResult:
    sample = outcome.sample
    if sample is None:
        sample = () if outcome.success or outcome.error else _sample(connection, item)
    elements = tables.get(item.table) if outcome.element_count is None and outcome.ran else outcome.element_count
    return CheckResult(
        suite=item.suite,
        expectation=item.name,
        table_name=item.table,
        column_name=item.column,
        success=outcome.success,
        severity=item.severity,
        unexpected_count=outcome.unexpected_count,
        element_count=elements,
        sample=sample[:SAMPLE],
        description=item.description,
        blocking=item.blocking,
        ran=outcome.ran,
        message=_message(item, outcome, elements),
        remedy=item.remedy,
    )


def _message(item: Expectation, outcome: Outcome, elements: int | None) -> str:
    if outcome.error:
        return f"Could not be evaluated ({item.place}): {outcome.error.split('[SQL:')[0].strip()[:500]}"
    if outcome.message:
        return outcome.message
    if outcome.success and not outcome.unexpected_count:
        return "Holds."
    rows = f"{outcome.unexpected_count} row{'s' if outcome.unexpected_count != 1 else ''}"
    return f"{rows} of {elements} in {item.table}." if elements else f"{rows}."


def _sample(connection: "duckdb.DuckDBPyConnection", item: Expectation) -> tuple[str, ...]:
    query = failing_rows_query(item)
    if query is None:
        return ()
    rows = _rows(connection, query, SAMPLE)
    keys = [key for key in item.keys if rows and key in rows[0]] or list(rows[0])[:1] if rows else []
    return tuple(" / ".join(str(row[key]) for key in keys) for row in rows)


def _rows(connection: "duckdb.DuckDBPyConnection", query: str, limit: int) -> list[dict[str, Any]]:
    cursor = connection.execute(f"select * from ({query}\n) as failing limit {int(limit)}")
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


__all__ = [
    "BlockingCheckFailed", "CheckError", "CheckResult", "build_data_docs", "failing_rows", "provenance",
    "raise_for_blocking", "record", "run_checks",
]  # fmt: skip
