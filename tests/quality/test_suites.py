"""A broken suite is refused with its file, its line and what to write instead."""

from pathlib import Path

import pytest

from orchestration.quality.suites import KINDS, SuiteError, load_suites
from orchestration.settings import PROJECT

GOOD = """\
expectations:
  - name: first
    table: core.items
    type: expect_column_values_to_not_be_null
    kwargs: {column: id}
    severity: critical
    blocking: true
    description: Every item has an id.

  - name: second
    table: core.items
    type: unexpected_rows
    query: select id from {table}
    severity: warning
    blocking: false
    description: There are no items.
"""

# what is changed, by what, the line that is named, words of the message
BROKEN = [
    ("name: second", "name: first", 10, "the name 'first' stands twice (first on line 2)"),
    ("name: second", "name: Second one", 10, "bad name 'Second one'"),
    ("name: second", "title: second", 10, "unknown key title"),
    ("    severity: warning\n", "", 10, "no `severity`"),
    ("severity: warning", "severity: grave", 10, "One of critical, warning, info"),
    ("blocking: false", "blocking: perhaps", 10, "Write true or false"),
    ("blocking: false", "blocking: true", 10, "a warning cannot block"),
    ("    description: There are no items.\n", "", 10, "no `description`"),
    ("unexpected_rows", "expect_nothing", 10, "unknown type 'expect_nothing'"),
    ("    query: select id from {table}\n", "", 10, "`query` does not go with the type"),
    ("kwargs: {column: id}", "query: select 1", 2, "has no argument column"),
    ("{column: id}", "{column: id, colum: x}", 2, "unknown argument colum"),
    ("{column: id}", "[id]", 2, "Write a mapping"),
    ("table: core.items\n    type: unexpected", "table: items\n    type: unexpected", 10, "Write schema.table"),
    ("table: core.items\n    type: unexpected", "type: unexpected", 10, "needs `table` or `tables`"),
    ("table: core.items\n    type: unexpected", "table: core.items\n    tables: [core.a]\n    type: unexpected", 10,
     "does not go with `table` and `tables`"),
    ("query: select id from {table}", "query: select id from {tables}", 10, "does not go with `table` and `tables`"),
    ("table: core.items\n    type: unexpected", "tables: []\n    type: unexpected", 10, "Write a list of tables"),
    ("    blocking: false", "    where: everywhere\n    blocking: false", 10, "One of both, build, published"),
    ("    blocking: false", "    keys: id\n    blocking: false", 10, "Write a list of column names"),
    ("    blocking: false", "    each: [a, a]\n    blocking: false", 10, "Name each word once"),
    ("    blocking: false", "    blocking: false\n    blocking: true", 16, "stands twice"),
    ("_to_not_be_null", "_to_be_between", 2, "without one the check always passes"),
    ("query: select id", "query: [select id", 13, "broken YAML"),
    (GOOD, "expectations: []\n", 1, "has no list `expectations`"),
    (GOOD, "- just\n- a list\n", 1, "has no list `expectations`"),
    (GOOD, "", 1, "has no list `expectations`"),
    (GOOD, "expectations:\n  - words\n", 1, "entry 1 is 'words', no mapping"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "words"), BROKEN, ids=[words for *_, words in BROKEN])
def test_broken_suite(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    (tmp_path / "core.yml").write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SuiteError) as caught:
        load_suites(tmp_path)
    assert str(caught.value).startswith(f"expectations/core.yml:{line}: "), caught.value
    assert words in str(caught.value)


def test_good_suite(tmp_path: Path) -> None:
    (tmp_path / "core.yml").write_text(GOOD, encoding="utf-8")
    first, second = load_suites(tmp_path)["core"]
    assert (first.name, first.blocking, first.column, first.place) == ("first", True, "id", "expectations/core.yml:2")
    assert (second.query, second.severity, second.where) == ("select id from core.items", "warning", "both")


def test_a_changed_suite_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "core.yml"
    path.write_text(GOOD, encoding="utf-8")
    load_suites(tmp_path)
    path.write_text(GOOD.replace("name: second", "name: third_rule"), encoding="utf-8")
    assert [item.name for item in load_suites(tmp_path)["core"]] == ["first", "third_rule"]


def test_unknown_suite_and_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="no suites in"):
        load_suites(tmp_path)
    (tmp_path / "core.yml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(SuiteError, match=r"there is no such suite. One of core"):
        load_suites(tmp_path, ["cores"])


def test_reading_suites_does_not_import_great_expectations() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from pathlib import Path; from orchestration.quality import checks, suites; "
        f"suites.load_suites(Path({str(PROJECT / 'expectations')!r})); "
        "sys.exit('great_expectations' in sys.modules or 'sqlalchemy' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, cwd=PROJECT)


def test_shipped_suites_name_keys_and_end_their_sentences() -> None:
    for items in load_suites(PROJECT / "expectations").values():
        for item in items:
            assert item.description.endswith("."), item.place
            rows = item.type in KINDS and ("column" in item.type or item.query) and "_match_set" not in item.type
            assert item.keys or not rows, f"{item.place}: without keys nobody finds the failing rows"
