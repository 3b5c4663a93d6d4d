"""The rows that break an expectation, as one query: Great Expectations shows twenty of them, a steward needs all."""

from collections.abc import Callable, Mapping
from typing import Any

from orchestration.quality.suites import UNEXPECTED_ROWS, Expectation

Arguments = Mapping[str, Any]


def failing_rows_query(expectation: Expectation) -> str | None:
    """A ``select`` that returns the failing rows; None for rules about a whole table (row count, column names).

    The rows are all columns of the table, or what the query of an ``unexpected_rows`` expectation selects.
    """
    if expectation.type == UNEXPECTED_ROWS:
        return expectation.query
    condition = _CONDITIONS.get(expectation.type)
    if condition is None:
        return None
    schema, table = expectation.table.split(".")
    name = f"{identifier(schema)}.{identifier(table)}"
    return f"select * from {name} where {condition(expectation.kwargs, name)}"


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(value: Any) -> str:
    """An SQL literal of a YAML scalar; dates are text there and compare as DuckDB casts them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return "'" + str(value).replace("'", "''") + "'"


def _values(arguments: Arguments) -> str:
    return ", ".join(literal(value) for value in arguments["value_set"])


def _unique(columns: list[str], table: str) -> str:
    """Rows whose values stand twice; as in Great Expectations (and unique keys of SQL) a row with a
    null is passed over: where a key may be null, write the rule as ``unexpected_rows``.
    """
    names = ", ".join(identifier(column) for column in columns)
    present = " and ".join(f"{identifier(column)} is not null" for column in columns)
    return f"{present} and ({names}) in (select ({names}) from {table} group by {names} having count(*) > 1)"


def _outside(value: str, arguments: Arguments) -> str:
    low, high = arguments.get("min_value"), arguments.get("max_value")
    parts = []
    if low is not None:
        parts.append(f"{value} {'<=' if arguments.get('strict_min') else '<'} {literal(low)}")
    if high is not None:
        parts.append(f"{value} {'>=' if arguments.get('strict_max') else '>'} {literal(high)}")
    return "(" + " or ".join(parts) + ")"


def _not_greater(arguments: Arguments, table: str) -> str:
    sign = "<" if arguments.get("or_equal") else "<="
    return f"{identifier(arguments['column_A'])} {sign} {identifier(arguments['column_B'])}"


_CONDITIONS: dict[str, Callable[[Arguments, str], str]] = {
    "expect_column_values_to_not_be_null": lambda a, _: f"{identifier(a['column'])} is null",
    "expect_column_values_to_be_null": lambda a, _: f"{identifier(a['column'])} is not null",
    "expect_column_values_to_be_unique": lambda a, table: _unique([a["column"]], table),
    "expect_compound_columns_to_be_unique": lambda a, table: _unique(a["column_list"], table),
    "expect_column_values_to_be_between": lambda a, _: _outside(identifier(a["column"]), a),
    "expect_column_value_lengths_to_be_between": lambda a, _: _outside(f"length({identifier(a['column'])})", a),
    "expect_column_values_to_be_in_set": lambda a, _: f"{identifier(a['column'])} not in ({_values(a)})",
    "expect_column_values_to_not_be_in_set": lambda a, _: f"{identifier(a['column'])} in ({_values(a)})",
    "expect_column_pair_values_a_to_be_greater_than_b": _not_greater,
}
