"""Great Expectations and our own query of failing rows agree on any table, however odd its values."""

import tempfile
from pathlib import Path
from typing import Any

import duckdb
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from orchestration.quality import checks
from orchestration.quality.history import CheckResult
from tests.quality.tiny import Tiny, entry, make_tiny

WORDS = st.sampled_from(["x", "y", "", "it's", "100%", "a{b}", ":low", "算力", " x", "X", "null", "\\"])
ROW = st.tuples(
    st.none() | WORDS,
    st.none() | WORDS,
    st.none() | st.integers(-3, 3),
    st.none() | st.sampled_from([-2.5, -1.0, 0.0, 0.1, 2.0, 1e300, float("inf"), float("-inf")]),
)
RULES: list[tuple[str, dict[str, Any]]] = [
    ("expect_column_values_to_not_be_null", {"column": "a"}),
    ("expect_column_values_to_be_null", {"column": "b"}),
    ("expect_column_values_to_be_unique", {"column": "a"}),
    ("expect_column_values_to_be_unique", {"column": "n"}),
    ("expect_compound_columns_to_be_unique", {"column_list": ["a", "n"]}),
    ("expect_compound_columns_to_be_unique", {"column_list": ["b", "x", "n"]}),
    ("expect_column_values_to_be_between", {"column": "n", "min_value": -1}),
    ("expect_column_values_to_be_between", {"column": "x", "min_value": 0, "max_value": 2, "strict_max": True}),
    ("expect_column_values_to_be_between", {"column": "x", "min_value": 0.1, "strict_min": True}),
    ("expect_column_values_to_be_in_set", {"column": "a", "value_set": ["x", "it's", "算力", "100%"]}),
    ("expect_column_values_to_be_in_set", {"column": "n", "value_set": [1, 2]}),
    ("expect_column_values_to_not_be_in_set", {"column": "b", "value_set": ["", ":low", "a{b}"]}),
    ("expect_column_pair_values_a_to_be_greater_than_b", {"column_A": "x", "column_B": "n"}),
    ("expect_column_pair_values_a_to_be_greater_than_b", {"column_A": "n", "column_B": "x", "or_equal": True}),
    ("expect_column_value_lengths_to_be_between", {"column": "a", "min_value": 1, "max_value": 2}),
]
SUITE = "".join(entry(f"r{i}", kind, table="core.t", kwargs=kw, keys=["row"]) for i, (kind, kw) in enumerate(RULES))


# an example takes 0.3 s: shrinking one would take minutes
QUICK = [Phase.explicit, Phase.generate]


@settings(max_examples=8, phases=QUICK)
@given(st.lists(ROW, max_size=8))
def test_counts_are_those_of_the_failing_rows(rows: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        tiny = make_tiny(Path(folder))
        results, failing = _check(tiny, rows)
    counts = {name: result.unexpected_count for name, result in results.items()}
    assert counts == {name: len(found) for name, found in failing.items()}, _tell(failing)
    for name, result in results.items():
        assert result.success == (not failing[name]), (name, result)
        assert sorted(result.sample) == sorted(str(row["row"]) for row in failing[name])


def _check(tiny: Tiny, rows: list[tuple[Any, ...]]) -> tuple[dict[str, CheckResult], dict[str, list[dict[str, Any]]]]:
    with duckdb.connect(str(tiny.database)) as connection:
        connection.execute('create table core.t ("row" integer, a varchar, b varchar, n integer, x double)')
        for number, row in enumerate(rows):
            connection.execute("insert into core.t values (?, ?, ?, ?, ?)", [number, *row])
    tiny.suite(SUITE)
    results = tiny.run()
    return results, {name: checks.failing_rows(tiny.settings, tiny.database, r) for name, r in results.items()}


def _tell(failing: dict[str, list[dict[str, Any]]]) -> str:
    return "\n".join(f"{RULES[int(name[1:])]}: {found}" for name, found in failing.items())


@settings(max_examples=10, phases=QUICK)
@given(st.text(alphabet=st.sampled_from("ab:{}%$'\"\\;-/*算 \n?@#"), max_size=12))
def test_any_text_may_stand_in_a_query(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        tiny = make_tiny(Path(folder))
        with duckdb.connect(str(tiny.database)) as connection:
            connection.execute("insert into core.items (id) values (?)", [text])
        quoted = text.replace("'", "''")
        tiny.suite(entry("rule", "unexpected_rows", query=f"select id from {{table}} where id = '{quoted}'"))
        result = tiny.run()["rule"]
        assert (result.unexpected_count, result.sample) == (1, (text,)), result.message
