"""Every type of expectation that a suite may use passes on good rows, fails on bad ones, and names the bad ones."""

from typing import Any

import pytest

from orchestration.quality.suites import KINDS, PYTHON
from tests.quality.tiny import Tiny, entry

# type, arguments, a statement that breaks the rule, the keys of the rows that then fail
BROKEN: list[tuple[str, dict[str, Any], str, tuple[str, ...]]] = [
    ("expect_column_values_to_not_be_null", {"column": "part"},
     "update core.items set part = null where id in ('a', 'c')",
     ("a", "c")),
    ("expect_column_values_to_be_null", {"column": "note"}, "update core.items set note = 'n' where id = 'b'", ("b",)),
    ("expect_column_values_to_be_unique", {"column": "id"}, "insert into core.items (id) values ('a'), ('b')",
     ("a", "a", "b", "b")),
    ("expect_compound_columns_to_be_unique", {"column_list": ["part", "order"]},
     "update core.items set \"order\" = 1 where id = 'b'", ("a", "b")),
    ("expect_column_values_to_be_between", {"column": "low", "min_value": -1, "max_value": 2},
     "update core.items set low = 3 where id = 'a'", ("a",)),
    ("expect_column_values_to_be_in_set", {"column": "kind", "value_set": ["x", "y"]},
     "update core.items set kind = 'z''s' where id = 'b'", ("b",)),
    ("expect_column_values_to_not_be_in_set", {"column": "kind", "value_set": ["it's"]},
     "update core.items set kind = 'it''s' where id = 'c'", ("c",)),
    ("expect_column_pair_values_a_to_be_greater_than_b", {"column_A": "high", "column_B": "low", "or_equal": True},
     "update core.items set high = 0 where id = 'a'", ("a",)),
    ("expect_column_value_lengths_to_be_between", {"column": "id", "min_value": 1, "max_value": 1},
     "update core.items set id = 'dd' where id = 'd'", ("dd",)),
    ("expect_column_distinct_values_to_contain_set", {"column": "kind", "value_set": ["x", "y"]},
     "update core.items set kind = 'x'", ()),
    ("expect_column_min_to_be_between", {"column": "high", "min_value": 2}, "update core.items set high = 1", ()),
    ("expect_column_max_to_be_between", {"column": "high", "max_value": 7}, "update core.items set high = 8", ()),
    ("expect_table_row_count_to_be_between", {"min_value": 1, "max_value": 4},
     "insert into core.items (id) values ('e')", ()),
    ("expect_table_columns_to_match_set", {"column_set": ["id", "kind"], "exact_match": False},
     "alter table core.items rename column kind to sort", ()),
]  # fmt: skip


def test_every_kind_is_broken_here() -> None:
    assert {kind for kind, *_ in BROKEN} == KINDS.keys() - {"unexpected_rows", PYTHON}


@pytest.mark.parametrize(("kind", "arguments", "statement", "keys"), BROKEN, ids=[kind for kind, *_ in BROKEN])
def test_kind(tiny: Tiny, kind: str, arguments: dict[str, Any], statement: str, keys: tuple[str, ...]) -> None:
    tiny.sql("alter table core.items add column note varchar")
    tiny.suite(entry("rule", kind, kwargs=arguments))
    good = tiny.run()["rule"]
    assert good.success and good.ran and not good.sample, good

    tiny.sql(statement)
    bad = tiny.run()["rule"]
    assert not bad.success and bad.blocking
    assert tuple(sorted(bad.sample)) == keys
    assert bad.unexpected_count == max(len(keys), 1)


# Great Expectations or SQLAlchemy would read these as their own syntax
QUERIES = {
    "braces": "select id from {table} where id = '{' or id like '%}%' or kind = '{{x}}' or id = 'a'",
    "a colon": "select id from {table} where id in (':a', 'b:c', ':low') or id = 'a'",
    "a cast": "select id from {table} where low::integer::varchar = '1' and day::date = date '2024-01-01'",
    "per cent": "select id from {table} where id like 'a%' and '%s' <> '%(x)s'",
    "a backslash": r"select id from {table} where regexp_matches(id, '^\w$') and id = 'a'",
    "a dollar": "select id from {table} where id = 'a' and '$1' <> '$x'",
    "a comment": "-- the first one\nselect id from {table} /* not { these } */ where id = 'a' -- end",
    "a semicolon": "select id from {table} where id = 'a';",
    "an order": "select id from {table} where id = 'a' order by id limit 1",
    "another table": "with w as (from other.kinds) select id from {table} where kind in (from w) and id = 'a'",
    "a list": "select id, tags from {table} where list_contains(tags, 'u') and id = 'a'",
    "a lambda": "select id from {table} where list_transform(tags, lambda t: t || 'w') = ['uw']",
    "our own letters": "select id, '算力' as \"列\" from {table} where id = 'a' and '亿' <> '万'",
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=list(QUERIES))
def test_query_finds_the_row_it_selects(tiny: Tiny, query: str) -> None:
    tiny.suite(entry("rule", "unexpected_rows", query=query))
    result = tiny.run()["rule"]
    assert (result.success, result.unexpected_count, result.sample) == (False, 1, ("a",)), result.message

    tiny.sql("delete from core.items where id = 'a'")
    result = tiny.run()["rule"]
    assert (result.success, result.unexpected_count, result.sample) == (True, 0, ()), result.message


def test_more_failing_rows_than_great_expectations_shows(tiny: Tiny) -> None:
    from orchestration.quality import checks

    tiny.sql("insert into core.items (id, kind) select 'n' || i, 'bad' from range(1500) as numbers (i)")
    tiny.suite(entry("rule", "expect_column_values_to_be_in_set", kwargs={"column": "kind", "value_set": ["x", "y"]}))
    result = tiny.run()["rule"]
    assert result.unexpected_count == 1500
    assert len(result.sample) == 1000
    rows = checks.failing_rows(tiny.settings, tiny.database, result, limit=1200)
    assert len(rows) == 1200
    assert {"id", "kind", "tags", "order"} <= rows[0].keys()
    assert {row["kind"] for row in rows} == {"bad"}


def test_tables_and_each_expand(tiny: Tiny) -> None:
    tiny.sql("create table other.items as from core.items")
    tiny.sql("insert into other.items (id) values (null)")
    tiny.suite("""
        - name: id_not_null
          tables: [core.items, other.items]
          type: expect_column_values_to_not_be_null
          kwargs: {column: id}
          severity: critical
          blocking: true
          description: "{table} has ids."
        - name: kind
          table: core.items
          each: [x, y, z]
          type: unexpected_rows
          query: select id from {table} where kind = '{each}'
          severity: warning
          blocking: false
          description: No {each}.
    """)
    results = tiny.run()
    assert {name: result.unexpected_count for name, result in results.items()} == {
        "id_not_null_core_items": 0, "id_not_null_other_items": 1, "kind_x": 2, "kind_y": 1, "kind_z": 0,
    }  # fmt: skip
    assert results["kind_y"].description == "No y."
    assert results["id_not_null_other_items"].description == "other.items has ids."


def test_one_rule_over_the_rows_of_several_tables(tiny: Tiny) -> None:
    """One check, whose failing rows say their table; a table that is gone fails it."""
    tiny.sql("create table other.items as select id, kind from core.items where id <> 'd'")
    tiny.suite("""
        - name: kind_is_known
          table: other.kinds
          tables: [core.items, other.items]
          type: unexpected_rows
          query: |
            select items.* from {tables} as items
            where not exists (select 1 from {table} as kinds where kinds.kind = items.kind)
          keys: [table_name, id]
          severity: critical
          blocking: true
          description: Kinds are in {table}.
    """)
    (result,) = tiny.run().values()
    assert (result.expectation, result.table_name, result.sample) == (
        "kind_is_known",
        "other.kinds",
        ("core.items / d",),
    )
    tiny.sql("update other.items set kind = 'z' where id = 'a'")
    assert set(tiny.run()["kind_is_known"].sample) == {"core.items / d", "other.items / a"}
    tiny.sql("drop table other.items")
    result = tiny.run()["kind_is_known"]
    assert not result.success and "other.items does not exist" in result.message
