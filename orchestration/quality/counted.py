"""Rules whose failing rows are counted by DuckDB, one query each, without Great Expectations.

The query is the one that names the failing rows of a failed check (failing.py); for every kind of rule, and for every
shipped rule on spoiled data, tests hold its count against Great Expectations. It decides where Great Expectations has
evaluated the same rules by the same code before, on another state of the same tables (``signature``): then what it
would add is two seconds of imports. What it alone can decide (``mostly``, rules about a whole table) stays with it.
"""

import hashlib
import math
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.quality.failing import failing_rows_query
from orchestration.quality.suites import UNEXPECTED_ROWS, Expectation

if TYPE_CHECKING:
    import duckdb

_ROW_COUNT = "expect_table_row_count_to_be_between"


def can_be_counted(item: Expectation) -> bool:
    """Whether a count of rows decides the rule."""
    if item.type == _ROW_COUNT:
        return True
    return not item.kwargs.get("mostly") and failing_rows_query(item) is not None


def count(connection: "duckdb.DuckDBPyConnection", item: Expectation) -> tuple[bool, int, str]:
    """Whether the rule holds, how many rows break it, and a message where the number of them does not say enough.

    Raises ``duckdb.Error`` for a query that cannot be run.
    """
    if item.type == _ROW_COUNT:
        schema, table = item.table.split(".")
        rows = _number(connection, f'select * from "{schema}"."{table}"')
        # numbers of a suite are texts, as they stand in YAML
        low, high = float(item.kwargs.get("min_value", 0)), float(item.kwargs.get("max_value", math.inf))
        holds = low <= rows <= high
        return holds, int(not holds), f"Found {rows}."
    query = item.query if item.type == UNEXPECTED_ROWS else failing_rows_query(item)
    rows = _number(connection, query or "")
    return rows == 0, rows, ""


def _number(connection: "duckdb.DuckDBPyConnection", query: str) -> int:
    return int(connection.execute(f"select count(*) from ({query}\n) as failing").fetchall()[0][0])


def signature(expectations: Path) -> str:
    """Of the suites and of what evaluates them."""
    return hashlib.sha256(repr((sorted(_read(expectations.glob("*.yml"))), _code())).encode()).hexdigest()


@cache
def _code() -> list[Any]:
    tools = ("great-expectations", "sqlalchemy", "duckdb")
    return [*sorted(_read(Path(__file__).parent.glob("*.py"))), *(version(name) for name in tools)]


def _read(files: Iterable[Path]) -> list[tuple[str, str]]:
    return [(file.name, hashlib.sha256(file.read_bytes()).hexdigest()) for file in files]


__all__ = ["can_be_counted", "count", "signature"]
