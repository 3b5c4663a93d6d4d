"""The rules that Great Expectations evaluates: table by table, in one context in memory; what it says of each.

How it reads DuckDB: dialect.py.
"""

import logging
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.quality.lazily import import_when_asked
from orchestration.quality.outcomes import CheckError, Outcome
from orchestration.quality.suites import UNEXPECTED_ROWS, Expectation

if TYPE_CHECKING:
    import duckdb


def validate(
    database: Path, connection: "duckdb.DuckDBPyConnection", expectations: Sequence[Expectation], pages: Path | None
) -> dict[tuple[str, str], Outcome]:
    """Great Expectations on every table; outcomes by suite and name.

    With ``pages`` the Data Docs are written to that folder. Raises ``CheckError`` where a rule has no result.
    """
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
