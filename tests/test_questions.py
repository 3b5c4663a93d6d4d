"""The answers printed in docs/questions.md and docs/analyses.md are those of the warehouse, and the tool is honest."""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.settings import PROJECT, Settings
from tests.sql_blocks import (
    MAX_ROWS,
    Block,
    QueryError,
    cell,
    check,
    check_block,
    find_blocks,
    render,
    run_block,
    write,
)

TWENTY = PROJECT / "docs" / "questions.md"
QUESTIONS = PROJECT / "docs" / "analyses.md"
LINES = QUESTIONS.read_text(encoding="utf-8").splitlines()
BLOCKS = list(find_blocks(LINES))
FIRST_LINES = TWENTY.read_text(encoding="utf-8").splitlines()
ALL = [(QUESTIONS, block) for block in BLOCKS] + [(TWENTY, block) for block in find_blocks(FIRST_LINES)]


def identify(value: object) -> str:
    return f"line-{value.line}" if isinstance(value, Block) else Path(str(value)).stem


@pytest.fixture(scope="module")
def warehouse(shipped_build: Settings) -> Path:
    """A database built from raw/ as it is now; the published one may be older."""
    return shipped_build.published_file


@pytest.mark.parametrize(("path", "block"), ALL, ids=identify)
def test_the_printed_answer_is_what_the_warehouse_says(path: Path, block: Block, warehouse: Path) -> None:
    assert not (message := check_block(path, block, warehouse)), message


@pytest.mark.parametrize(("path", "block"), ALL, ids=identify)
def test_an_answer_is_not_empty_and_does_not_depend_on_threads(path: Path, block: Block, warehouse: Path) -> None:
    """A query whose order is not total would print its rows in another order on another machine."""
    alone = run_block(block, warehouse, {"threads": 1})
    together = run_block(block, warehouse, {"threads": 4, "preserve_insertion_order": False})
    assert len(alone.table) > 2, (
        f"{path.name}, line {block.line}: no rows; has an indicator, segment or basis been renamed?"
    )
    assert alone.table == together.table


def tables_with(column: str) -> Iterator[tuple[Block, list[str]]]:
    """Blocks whose result has a column, with that column's cells."""
    for block in BLOCKS:
        rows = [[text.strip() for text in row.strip("|").split(" | ")] for row in block.table]
        if rows and column in rows[0]:
            yield block, [row[rows[0].index(column)] for row in rows[2:]]


def test_the_build_ups_of_the_bank_are_reproduced_from_their_parts() -> None:
    checked = dict(tables_with("holds"))
    assert len(checked) >= 2, "the return build-up and the software build-up each have a column `holds`"
    for block, cells in checked.items():
        assert cells and set(cells) == {"yes"}, f"docs/analyses.md:{block.line}: {cells}"


def test_every_question_of_the_list_is_answered() -> None:
    """The contents list promises sections; each has at least one query."""
    promised = [line for line in LINES if re.match(r"\d+\. \[", line)]
    sections = [line for line in LINES if re.match(r"## \d+\. ", line)]
    assert [re.findall(r"\[(.+)\]", line)[0] for line in promised] == [line.split(". ", 1)[1] for line in sections]
    for section in sections:
        start = LINES.index(section)
        end = next((i for i, line in enumerate(LINES) if i > start and line.startswith("## ")), len(LINES))
        assert any(start < block.line < end for block in BLOCKS), f"{section} has no query"


def test_twenty_questions_are_short() -> None:
    """In two languages, each with one query of ten lines at the most."""
    headings = [line for line in FIRST_LINES if line.startswith("## ")]
    assert len(headings) == 20 and all(" · " in line for line in headings)
    blocks = list(find_blocks(FIRST_LINES))
    assert len(blocks) == 20 and all(block.sql.strip().count("\n") < 10 for block in blocks)


def test_the_marts_are_used(warehouse: Path) -> None:
    """Nearly every mart answers a question; a mart that answers none is named here with the reason."""
    without = {
        "memory_requirement": "one table, read as it stands",
        "rating": "a disclosure",
        "deployment": "unrelated counts",
        "cost": "unrelated costs and prices",
        "power_supply": "background of data-centre power",
        "model_count": "among the twenty questions",
    }
    text = "\n".join(block.sql for block in BLOCKS)
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        marts = connection.execute(
            "select schema_name, table_name from duckdb_tables() "
            "where schema_name in ('market', 'hardware', 'adoption', 'investment')"
        ).fetchall()
    unused = {table for schema, table in marts if f"{schema}.{table}" not in text}
    assert unused <= set(without), f"add a question for {sorted(unused - set(without))}"


# The tool itself.


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("blocks") / "small.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table numbers as select i, i / 3 as third from range(200) as numbers(i)")
    return path


BLOCK = "# Title\n\nBefore.\n\n```sql\n{sql}\n```\n\nAfter.\n"


def document(folder: Path, sql: str) -> Path:
    path = folder / "document.md"
    path.write_text(BLOCK.format(sql=sql), encoding="utf-8")
    return path


def test_writing_adds_the_result_and_leaves_the_prose(tmp_path: Path, database: Path) -> None:
    path = document(tmp_path, "select i, third from numbers where i < 2 order by i")
    assert write(path, database) == 1
    assert path.read_text(encoding="utf-8") == (
        "# Title\n\nBefore.\n\n```sql\nselect i, third from numbers where i < 2 order by i\n```\n\n"
        "| i | third |\n| ---: | ---: |\n| 0 | 0 |\n| 1 | 0.333333 |\n\nAfter.\n"
    )
    assert check(path, database) == []
    assert write(path, database) == 0


def test_a_changed_number_is_named_with_its_line_and_the_remedy(tmp_path: Path, database: Path) -> None:
    path = document(tmp_path, "select sum(i) as total from numbers")
    write(path, database)
    path.write_text(path.read_text(encoding="utf-8").replace("19900", "19901"), encoding="utf-8")
    (message,) = check(path, database)
    assert "document.md:5" in message and "19901" in message and "19900" in message and "--write" in message


@pytest.mark.parametrize(
    ("sql", "complaint"),
    [("select i from numbers", "no result table"), ("select missing from numbers", "the query fails")],
)
def test_a_block_without_a_result_or_with_an_error_is_a_problem(
    sql: str, complaint: str, tmp_path: Path, database: Path
) -> None:
    (message,) = check(document(tmp_path, sql), database)
    assert complaint in message


def test_a_failing_query_leaves_the_document_alone(tmp_path: Path, database: Path) -> None:
    path = document(tmp_path, "select missing from numbers")
    before = path.read_bytes()
    with pytest.raises(QueryError, match=r"document\.md:5.*missing"):
        write(path, database)
    assert path.read_bytes() == before


def test_long_results_are_cut_and_say_so(tmp_path: Path, database: Path) -> None:
    path = document(tmp_path, "select i from numbers order by i")
    write(path, database)
    text = path.read_text(encoding="utf-8")
    assert "200 rows in all" in text and text.count("\n| ") == MAX_ROWS + 3


def test_an_open_fence_is_refused() -> None:
    with pytest.raises(ValueError, match="never closed"):
        list(find_blocks(["```sql", "select 1"]))


def test_other_fences_and_ignored_blocks_are_not_run() -> None:
    text = ["```bash", "```sql", "```", "```sql ignore", "drop table numbers", "```", "```", "text", "```"]
    assert list(find_blocks(text)) == []


@given(
    st.lists(
        st.lists(st.one_of(st.none(), st.text(), st.integers(), st.floats(allow_nan=False)), min_size=2, max_size=2)
    )
)
def test_every_rendered_row_has_the_same_number_of_cells(rows: list[list[object]]) -> None:
    for line in render(["a", "b"], rows):
        assert len(re.split(r"(?<!\\)\|", line)) == 4 and "\n" not in line


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_shown_to_six_digits(value: float) -> None:
    assert float(cell(value)) == pytest.approx(value, rel=5e-6, abs=1e-300)
