"""What evaluating a rule gave, and the row of results that follows: counts, the failing keys, a sentence."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestration.quality.failing import failing_rows_query
from orchestration.quality.history import CheckResult
from orchestration.quality.suites import Expectation

if TYPE_CHECKING:
    import duckdb

SAMPLE = 1000  # failing keys that a result keeps


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


def result_of(
    connection: "duckdb.DuckDBPyConnection", item: Expectation, outcome: Outcome, tables: dict[str, int]
) -> CheckResult:
    """The row of a rule; ``tables`` are the rows by table, counted where Great Expectations did not."""
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
    rows = rows_of(connection, query, SAMPLE)
    keys = [key for key in item.keys if rows and key in rows[0]] or list(rows[0])[:1] if rows else []
    return tuple(" / ".join(str(row[key]) for key in keys) for row in rows)


def rows_of(connection: "duckdb.DuckDBPyConnection", query: str, limit: int) -> list[dict[str, Any]]:
    """The first rows of a query, by column."""
    cursor = connection.execute(f"select * from ({query}\n) as failing limit {int(limit)}")
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
