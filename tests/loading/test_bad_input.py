"""One test for each kind of bad input: it is set aside with file, line and remedy, and the rest loads."""

from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.loading import load_reference, load_sources
from orchestration.loading.fields import RESERVED
from orchestration.loading.problems import RawError
from orchestration.loading.rows import PROSE_COLUMNS
from orchestration.store.build import open_build
from orchestration.store.registry_rows import write_registry
from orchestration.store.source_rows import write_source
from tests.loading.rawfolder import PROSE, SOURCES, RawFolder, check_balance, check_only, prose_text

# the row 5a stands in line 4 of a.csv; the relation `growth` needs it, so that two rows are lost and two problems told
BAD_CELLS = [
    ({"printed": "300.5亿xyz"}, "unknown unit 'xyz'", "reading"),
    ({"printed": "a lot"}, "no number in 'a lot'", "`printed`"),
    ({"printed": ""}, "`printed` is empty", "as it stands in the source"),
    ({"printed": "300.5亿"}, "has no unit", "`scale`"),
    ({"printed": "3-2亿元"}, "falls from", "`printed`"),
    ({"printed": "300", "scale": "zillions"}, "unknown scale 'zillions'; write it like 亿元", "`printed`"),
    ({"unit": "furlong"}, "unknown unit 'furlong'", "units.csv"),
    ({"printed": "300TFLOPS"}, "unit 'TFLOPS' (compute) does not fit indicator market_size (money)", "another"),
    ({"qualifier": "perhaps"}, "unknown qualifier 'perhaps'; one of over, about", "`printed`"),
    ({"period": "2024-13"}, "'2024-13': there is no such date", "`period`"),
    ({"period": "soon"}, "'soon' is no period; write it like 2024", "`period`"),
    ({"period": "2030-2020"}, "ends before it starts", "`period`"),
    ({"line": "101"}, "line 101 does not exist, the source has 100", "`line`"),
    ({"line": "0"}, "'0' is no line number", "1-based"),
    ({"line": ""}, "'' is no line number", "1-based"),
    ({"line": "²"}, "'²' is no line number", "1-based"),
    ({"line": "9" * 5000}, "is no line number", "1-based"),
    ({"indicator": "happiness"}, "unknown indicator 'happiness'", "raw/reference/indicators.csv"),
    ({"indicator": ""}, "the indicator is missing", "raw/reference/indicators.csv"),
    ({"entity": "Chip Z"}, "unknown entity 'Chip Z'", "raw/reference/entities.csv"),
    ({"segment": "cheese"}, "unknown segment 'cheese'", "raw/reference/segments.csv"),
    ({"geography": "ATL"}, "unknown geography 'ATL'", "raw/reference/geographies.csv"),
    ({"status": "rumour"}, "unknown status 'rumour'", "actual, estimate, forecast, target, claim"),
    ({"statistic": "mean"}, "unknown statistic 'mean'", "level, yoy, cagr, share, ratio, change, rank"),
    ({"key": ""}, "the row has no key", "31a"),
    ({"key": "5 a"}, "characters outside", "Rename"),
    ({"key": "5a:low"}, "characters outside", "Rename"),
]


@pytest.mark.parametrize(
    ("cells", "message", "remedy"),
    BAD_CELLS,
    ids=["-".join(f"{k}={v[:12]}" for k, v in c.items()) for c, *_ in BAD_CELLS],
)
def test_bad_cell_of_a_prose_row(raw: RawFolder, cells: dict[str, str], message: str, remedy: str) -> None:
    raw.write("relations/ties.yml", "")
    raw.change("5a", **cells)
    problem = check_only(raw.load(), "figures/a.csv", 4, message, remedy, lost=1 + 3)
    assert cells.get("printed", "300.5亿元") in problem.row


def test_count_of_something_unnamed(raw: RawFolder) -> None:
    raw.change("90a", printed="500", unit="count")
    raw.write("relations/ties.yml", "")
    check_only(raw.load(), "figures/b.csv", 2, "counts something unnamed", "`counted`", lost=4)


def test_relation_to_a_quarantined_figure_is_told_too(raw: RawFolder) -> None:
    raw.change("5a", printed="a lot")
    load = raw.load()
    check_balance(load)
    assert [(p.file, p.line, p.key) for p in load.problems] == [
        ("sample_2025/figures/a.csv", 4, "5a"),
        ("sample_2025/relations/ties.yml", 1, "growth"),
    ]
    assert "there is no figure '5a' (it may be quarantined itself)" in load.problems[1].message


def test_duplicate_key_in_another_file(raw: RawFolder) -> None:
    raw.write("figures/c.csv", prose_text([PROSE["a.csv"][0]]))
    load = raw.load()
    check_only(load, "figures/c.csv", 2, "the key '3a' stands twice in this source", "next letter", lost=0)


@pytest.mark.parametrize("column", PROSE_COLUMNS)
def test_missing_column(raw: RawFolder, column: str) -> None:
    columns = tuple(name for name in PROSE_COLUMNS if name != column)
    raw.write("figures/b.csv", prose_text(PROSE["b.csv"], columns))
    raw.write("relations/ties.yml", "")
    problem = check_only(raw.load(), "figures/b.csv", 2, f"missing column {column}", "The header is key,line", lost=4)
    assert "company_count" in problem.row or column == "indicator"


def test_unknown_column(raw: RawFolder) -> None:
    raw.write("figures/b.csv", prose_text(PROSE["b.csv"], (*PROSE_COLUMNS, "colour")))
    raw.write("relations/ties.yml", "")
    check_only(raw.load(), "figures/b.csv", 2, "unknown column colour", "The header is key,line", lost=4)


def test_repeated_column(raw: RawFolder) -> None:
    raw.write("figures/b.csv", prose_text(PROSE["b.csv"], (*PROSE_COLUMNS, "note")))
    raw.write("relations/ties.yml", "")
    check_only(raw.load(), "figures/b.csv", 2, "repeated column note", "The header is key,line", lost=4)


@pytest.mark.parametrize(("spoil", "count"), [(lambda row: row + ",", 19), (lambda row: row.rsplit(",", 1)[0], 17)])
def test_row_with_too_many_or_too_few_cells(raw: RawFolder, spoil: Callable[[str], str], count: int) -> None:
    header, row = raw.read("figures/b.csv").splitlines()
    raw.write("figures/b.csv", f"{header}\n{spoil(row)}\n")
    raw.write("relations/ties.yml", "")
    problem = check_only(raw.load(), "figures/b.csv", 2, f"{count} cells, the header has 18", "Quote cells", lost=4)
    assert problem.key == "90a"


def test_file_that_is_not_utf8(raw: RawFolder) -> None:
    raw.write("figures/b.csv", raw.read("figures/b.csv").encode("gb18030"))
    raw.write("relations/ties.yml", "")
    check_only(raw.load(), "figures/b.csv", 2, "not UTF-8", "Save it as UTF-8", lost=4)


@pytest.mark.parametrize("text", ["", "\n\n", " , ,\n"])
def test_empty_file(raw: RawFolder, text: str) -> None:
    raw.write("figures/c.csv", text)
    check_only(raw.load(), "figures/c.csv", 1, "the file is empty", "header row", lost=0)


def test_open_quote_names_the_row_that_opens_it(raw: RawFolder) -> None:
    raw.write("relations/ties.yml", "")
    raw.replace("figures/a.csv", "20%", '"20%')
    # the row 5a has quotes of its own: the quote of 3b ends there, in the middle of a cell
    load = raw.load()
    check_balance(load)
    assert [(p.file, p.line) for p in load.problems] == [("sample_2025/figures/a.csv", 3)]
    assert "broken CSV" in load.problems[0].message and "Close the quotes" in load.problems[0].remedy


def test_file_that_cannot_be_opened(raw: RawFolder) -> None:
    (raw.source / "figures" / "c.csv").mkdir()
    (raw.source / "relations" / "gone.yml").symlink_to(raw.source / "nowhere.yml")
    load = raw.load()
    check_balance(load)
    assert ["cannot be read" in problem.message for problem in load.problems] == [True, True]
    assert load.rows_loaded == 16


@pytest.mark.parametrize("name", ["figures/c.xlsx", "figures/c.CSV", "relations/more.yaml", "tables/t2.tsv"])
def test_file_that_nobody_would_read(raw: RawFolder, name: str) -> None:
    raw.write(name, "x")
    check_only(raw.load(), name, 0, "not read by anything", "Files here end in", lost=0)


def test_notes_and_hidden_files_are_passed_over(raw: RawFolder) -> None:
    raw.write("figures/README.md", "x")
    raw.write("figures/.DS_Store", "x")
    assert raw.load().problems == []


def test_source_without_a_folder(raw: RawFolder) -> None:
    raw.source.rename(raw.path / "elsewhere")
    load = raw.load()
    check_balance(load)
    assert [str(problem) for problem in load.problems] == [
        "raw/sample_2025:0: (no key): the source has no folder. Add it, or delete it from sources.yml"
    ]


# --- tables -----------------------------------------------------------------------------------------------------------


def test_table_without_a_spec(raw: RawFolder) -> None:
    (raw.source / "tables" / "t1.yml").unlink()
    raw.write("relations/ties.yml", "")
    check_only(raw.load(), "tables/t1.csv", 0, "the table has no spec t1.yml", "docs/raw-format.md", lost=11)


def test_spec_without_a_table(raw: RawFolder) -> None:
    (raw.source / "tables" / "t1.csv").unlink()
    raw.write("relations/ties.yml", "")
    check_only(raw.load(), "tables/t1.yml", 0, "the spec has no table t1.csv", "Add it", lost=11)


def test_spec_names_a_column_that_does_not_exist(raw: RawFolder) -> None:
    raw.write("tables/t1.yml", raw.read("tables/t1.yml").split("checks:")[0])
    raw.replace("tables/t1.yml", "rows:", "  - {header: Chip C, key: c}\nrows:")
    check_only(raw.load(), "tables/t1.yml", 9, "the table has no column 'Chip C'", "指标, Chip A, Chip B", lost=2)


def test_spec_names_a_row_that_does_not_exist(raw: RawFolder) -> None:
    raw.replace("tables/t1.yml", "checks:", "  - {label: 内存, key: memory, indicator: power_draw}\nchecks:")
    check_only(raw.load(), "tables/t1.yml", 14, "the table has no row '内存'", "Correct `label`", lost=0)
    raw.replace("tables/t1.yml", "label: 内存", "line: 77")
    check_only(raw.load(), "tables/t1.yml", 14, "the table has no row of line 77", "`line`", lost=0)


def test_cell_in_a_row_the_spec_does_not_cover(raw: RawFolder) -> None:
    raw.write("tables/t1.csv", raw.read("tables/t1.csv") + "25,价格,100,none\n")
    problem = check_only(raw.load(), "tables/t1.csv", 6, "the spec has no row '价格'", "Add it to `rows`", lost=0)
    assert problem.row == "100"


def test_cell_in_a_column_the_spec_does_not_cover(raw: RawFolder) -> None:
    lines = raw.read("tables/t1.csv").splitlines()
    cells = ["Chip C", "x", "", "50W", ""]
    raw.write("tables/t1.csv", "\n".join(f"{line},{cell}" for line, cell in zip(lines, cells, strict=True)) + "\n")
    check_only(raw.load(), "tables/t1.csv", 4, "the spec has no column 'Chip C'", "Add it to `columns`", lost=0)


def test_exception_for_a_cell_that_does_not_exist(raw: RawFolder) -> None:
    raw.replace("tables/t1.yml", "checks:", "cells:\n  - {row: power, column: z, basis: x}\nchecks:")
    message = "there is no cell at row 'power', column 'z'"
    check_only(raw.load(), "tables/t1.yml", 15, message, "`cells`", lost=0)


def test_printed_part_that_does_not_stand_in_its_cell(raw: RawFolder) -> None:
    raw.write("relations/ties.yml", "")
    raw.replace("tables/t1.yml", "checks:", "cells:\n  - {row: eff, column: b, printed: 9 TFLOPS/W}\nchecks:")
    # the check of that column does not exist either
    check_only(raw.load(), "tables/t1.csv", 5, "'9 TFLOPS/W' does not stand in the cell", "`printed`", lost=5)


def test_unreadable_cell(raw: RawFolder) -> None:
    raw.write("relations/ties.yml", "")
    raw.replace("tables/t1.csv", "1.5 TFLOPS/W", "1.5 TFLOPS/X")
    problem = check_only(raw.load(), "tables/t1.csv", 5, "unknown unit 'TFLOPS/X'", "reading", lost=5)
    assert (problem.key, problem.row) == ("t1.eff.b", "1.5 TFLOPS/X")


def test_row_of_a_table_with_too_many_cells(raw: RawFolder) -> None:
    raw.write("relations/ties.yml", "")
    raw.replace("tables/t1.csv", "1.5 TFLOPS/W", "1,5 TFLOPS/W")
    load = raw.load()
    check_balance(load)
    assert [(p.file, p.line, p.message) for p in load.problems] == [
        ("sample_2025/tables/t1.csv", 5, "5 cells, the header has 4"),
        ("sample_2025/tables/t1.yml", 15, "the check 'ratio' meets no cells"),
    ]


def test_first_column_of_a_table_is_the_line(raw: RawFolder) -> None:
    raw.write("relations/ties.yml", "")
    raw.replace("tables/t1.csv", "line,", "row,")
    check_only(raw.load(), "tables/t1.csv", 1, "the first column is 'row'", "`line`", lost=11)


def test_two_tables_with_one_id(raw: RawFolder) -> None:
    raw.write("tables/t2.csv", raw.read("tables/t1.csv"))
    raw.write("tables/t2.yml", raw.read("tables/t1.yml"))
    check_only(raw.load(), "tables/t2.yml", 1, "the table id 't1' is that of sample_2025/tables/t1.yml", "id", lost=0)


SPECS = [
    ("- a list\n", "the spec has no `table`"),
    ("title: x\n", "the spec has no `table`"),
    ("table: t1\ndefaults: actual\n", "`defaults` is no mapping"),
    ("table: t1\ncolumns: {a: b}\n", "`columns` is no list"),
    ("table: t1\nrows: 5\n", "`rows` is no list"),
    ("table: t1\nrows: [power]\n", "'power' is no mapping"),
    ("table: t1\nchecks: [ratio]\n", "'ratio' is no mapping"),
    ("table: t1\ncolour: red\n", "unknown field 'colour'"),
    ("table: t1\nrows:\n  - {label: x, colour: red}\n", "unknown field 'colour'"),
    ("table: t1\ncells:\n  - {row: x, column: y, skip: maybe}\n", "`skip` is no flag"),
    ("table: t1\ncolumns:\n  - {header: x, role: labell}\n", "unknown role 'labell'"),
    ("table: t1\nrows:\n  - {label: x, status: [actual]}\n", "`status` is a list, no text"),
    ("table: t 1\n", "`table` is 't 1'"),
    ("table: t1\n5: x\n? [a]\n: y\n", "the key '5'|the key ['a'] is no text"),
]


@pytest.mark.parametrize(("spec", "message"), SPECS, ids=[message for _, message in SPECS])
def test_spec_of_another_shape(raw: RawFolder, spec: str, message: str) -> None:
    raw.write("relations/ties.yml", "")
    raw.write("tables/t1.yml", spec)
    load = raw.load()
    check_balance(load)
    (problem,) = load.problems
    assert problem.file == "sample_2025/tables/t1.yml"
    assert any(part in problem.message for part in message.split("|"))
    assert load.rows_loaded == 5


# --- YAML -------------------------------------------------------------------------------------------------------------

BROKEN_YAML = [
    ("- {id: a, rule: sum\n- {id: b}\n", 2, "broken YAML"),
    ("- id: a\n  rule: [sum\n", 3, "broken YAML"),
    ("- {id: a, rule: sum, id: b}\n", 1, "the key 'id' stands twice"),
    ("- {id: a}\n- !!bool perhaps\n", 1, "broken YAML"),
    ("- {id: a}\n- [? {a: b} : c]\n", 2, "broken YAML"),
    ("- &a {id: *a}\n", 1, "broken YAML"),
    ("- {id: a}\n- x: \x07\n", 2, "broken YAML"),
    ('- {id: a}\n- {id: b, note: "\\ud800"}\n', 2, "half a character"),
    ("[" * 3000, 1, "broken YAML"),
]


@pytest.mark.parametrize(("text", "line", "message"), BROKEN_YAML, ids=[text[:24] for text, *_ in BROKEN_YAML])
def test_broken_yaml(raw: RawFolder, text: str, line: int, message: str) -> None:
    raw.write("relations/more.yml", text)
    check_only(raw.load(), "relations/more.yml", line, message, "", lost=0)


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system", "!!python/object/apply:subprocess.check_call"])
def test_python_tags_in_yaml_are_not_executed(raw: RawFolder, tag: str) -> None:
    witness = raw.path.parent / "executed"
    raw.write("relations/more.yml", f'- {tag} ["touch {witness}"]\n')
    check_only(raw.load(), "relations/more.yml", 1, "could not determine a constructor", "syntax", lost=0)
    assert not witness.exists()


def test_odd_characters_reach_the_build_file(raw: RawFolder, tmp_path: Path) -> None:
    """What the loader lets through, the database takes: NUL, line separators, direction marks, private characters."""
    odd = "\x00 \u2028 \u202e \ue000 \U0001f600 x"
    raw.change("90a", note=odd)
    raw.change("5a", printed=f"bad {odd}")
    load = raw.load()
    connection = open_build(tmp_path / "build.duckdb")
    try:
        write_source(connection, load)
        counted = connection.execute("select rows_in, rows_loaded, rows_quarantined from raw.load_counts").fetchall()
        assert counted == [(16, 14, 2)]
        assert connection.execute("select note from raw.figures where key = '90a'").fetchall() == [(odd,)]
        assert connection.execute("select count(*) from raw.quarantine").fetchall() == [(2,)]
    finally:
        connection.close()


# --- relations --------------------------------------------------------------------------------------------------------

BAD_RELATIONS = [
    ("{id: x, rule: growth, stated: 3b, from: 5a, to: 999z}", "there is no figure '999z'"),
    ("{id: x, rule: growth, stated: 3b, from: 5a, to: sample_2025/999z}", "there is no figure 'sample_2025/999z'"),
    ("{id: x, rule: magic, stated: 3b}", "unknown rule 'magic'; one of cagr, growth"),
    ("{id: x, stated: 3b}", "unknown rule ''"),
    ("{id: x, rule: growth, stated: 3b, from: 5a}", "growth needs to"),
    ("{id: x, rule: growth, stated: 3b, from: 5a, to: }", "growth needs to"),
    ("{id: x, rule: sum, stated: 3a, parts: []}", "sum needs parts"),
    ("{id: x, rule: sum, stated: 3a, parts: 5a}", "`parts` takes a list"),
    ("{id: x, rule: growth, stated: [3b], from: 5a, to: 3a}", "`stated` takes one figure"),
    ("{id: x, rule: growth, stated: 3b, from: 5a, to: 3a, colour: red}", "growth knows no colour"),
    ("{id: x, rule: product, stated: 3a, factors: [5a, '=twelve']}", "`constant` is 'twelve', no number"),
    ("{id: x, rule: product, stated: 3a, factors: [5a, '=nan']}", "`constant` is 'nan', no number"),
    ("{id: x, rule: cagr, stated: 3b, from: 5a, to: 3a, years: many}", "`years` is 'many'"),
    ("{rule: growth, stated: 3b, from: 5a, to: 3a}", "the relation has no id"),
    ("{id: , rule: growth, stated: 3b, from: 5a, to: 3a}", "the relation has no id"),
    ("{id: x, rule: repeat, figures: [{a: b}]}", "there is no figure"),
    ("{id: x, rule: repeat, figures: [3a]}", "one figure alone is no repeat"),
    ("{id: x, rule: repeat, figures: [3a, 3a]}", "would be compared with itself"),
    ("{id: x, rule: growth, stated: 3b, from: 3b, to: 3a}", "would be compared with itself"),
    ("{id: x, rule: growth, stated: 3b, from: 3a, to: sample_2025/3a}", "would be compared with itself"),
    ("{id: x, rule: sum, stated: 3a, parts: [5a], minus: [3a]}", "would be compared with itself"),
    ("{id: x, rule: sum, stated: '=3', parts: ['=1', '=2']}", "names no figure, only constants"),
    ("{id: x, rule: product, stated: 3a, factors: [5a, '=1e300']}", "`constant` is '1e300', outside"),
    ("{id: x, rule: product, stated: 3a, factors: [5a, '=']}", "`=` has no number behind it"),
    ("{id: x, rule: cagr, stated: 3b, from: 5a, to: 3a, years: 1e300}", "`years` is '1e300', outside 0.01 to 200"),
    ("{id: x, rule: cagr, stated: 3b, from: 5a, to: 3a, years: -1}", "`years` is '-1', outside"),
    ("{id: x, rule: cagr, stated: 3b, from: 5a, to: 3a, years: inf}", "`years` is 'inf', no number"),
    ("{id: x, rule: sum, stated: 3a, parts: [5a], covers: everything}", "`covers` is 'everything'"),
    ("{id: x, rule: sum, stated: 3a, parts: [5a], covers: 1.5}", "`covers` is '1.5'"),
    ("{id: x, rule: cagr, stated: 3b, from: 5a, to: 3a, covers: all}", "`covers` says nothing in a cagr"),
    ("{id: x y, rule: growth, stated: 3b, from: 5a, to: 3a}", "`id` is 'x y'"),
    ("{id: x, rule: growth, stated: 3b, from: 5a, to: 3a, note: [a]}", "`note` is a list, no text"),
    ("{id: x, rule: growth, staetd: 3b, from: 5a, to: 3a}", "growth knows no staetd"),
]


@pytest.mark.parametrize(("relation", "message"), BAD_RELATIONS, ids=[relation for relation, _ in BAD_RELATIONS])
def test_bad_relation(raw: RawFolder, relation: str, message: str) -> None:
    raw.write("relations/ties.yml", raw.read("relations/ties.yml") + f"- {relation}\n")
    problem = check_only(raw.load(), "relations/ties.yml", 4, message, "docs/raw-format.md", lost=0)
    assert "rule" in problem.row or "stated" in problem.row


@pytest.mark.parametrize("other", ["relations/ties.yml", "relations/zz.yml"])
def test_relation_id_twice(raw: RawFolder, other: str) -> None:
    """Also in two files and with other roles: the terms of the two would mix."""
    own = raw.read(other) if other == "relations/ties.yml" else ""
    raw.write(other, own + "- {id: growth, rule: repeat, figures: [3a, 5a]}\n")
    load = raw.load()
    line = 4 if own else 1
    check_only(load, other, line, "the id 'growth' stands twice in this source", "docs/raw-format.md", lost=0)
    roles = {term.role for term in load.relations if term.relation_id == "sample_2025/growth"}
    assert roles == {"stated", "from", "to"}


@pytest.mark.parametrize(("text", "message"), [("a: b\n", "the file is no list"), ("- a\n", "'a' is no mapping")])
def test_relation_file_of_another_shape(raw: RawFolder, text: str, message: str) -> None:
    raw.write("relations/more.yml", text)
    check_only(raw.load(), "relations/more.yml", 1, message, "Write `- {id:", lost=0)


BAD_CHECKS = [
    ("{rule: ratio, stated: eff, numerator: flops, denominator: power}", "`along` is None", 1),
    (
        "{rule: ratio, stated: eff, numerator: speed, denominator: power, along: columns}",
        "the table has no row speed",
        1,
    ),
    ("{rule: ratio, stated: a, numerator: c, denominator: b, along: rows}", "the table has no column c", 1),
    ("{rule: magic, stated: eff, along: columns}", "unknown rule 'magic'", 1),
    ("{rule: ratio, stated: eff, numerator: flops, along: columns}", "ratio needs denominator", 2),
    ("{rule: growth, stated: eff.x, levels: power, along: columns}", "meets no cells", 1),
]


@pytest.mark.parametrize(("check", "message", "count"), BAD_CHECKS, ids=[message for _, message, _ in BAD_CHECKS])
def test_bad_check_of_a_table(raw: RawFolder, check: str, message: str, count: int) -> None:
    raw.write("tables/t1.yml", raw.read("tables/t1.yml") + f"  - {check}\n")
    load = raw.load()
    check_balance(load)
    assert [(p.file, p.line) for p in load.problems] == [("sample_2025/tables/t1.yml", 16)] * count
    assert all(message in problem.message and problem.remedy for problem in load.problems)
    assert load.rows_loaded == 16


# --- registries: broken entries and rows are set aside, the others are read -------------------------------------------

ENTRY = "title: x, publisher: x, language: en, kind: x, file: x"
UNREADABLE_REGISTRIES = [
    ("a: b\n", 1, "the registry is not a list"),
    ("", 1, "the registry is not a list"),
    ("- {source_id: x\n", 2, "broken YAML"),
]


@pytest.mark.parametrize(("text", "line", "message"), UNREADABLE_REGISTRIES)
def test_unreadable_registry(raw: RawFolder, text: str, line: int, message: str) -> None:
    raw.write("/sources.yml", text)
    with pytest.raises(RawError) as caught:
        load_sources(raw.path)
    problem = caught.value.problem
    assert (problem.file, problem.line) == ("sources.yml", line)
    assert message in problem.message and problem.remedy
    assert str(caught.value).startswith(f"raw/sources.yml:{line}: ")


def entry(**changed: str) -> str:
    fields = dict(pair.split(": ") for pair in f"source_id: x, {ENTRY}".split(", ")) | changed
    return "- {" + ", ".join(f"{name}: {value}" for name, value in fields.items()) + "}\n"


BAD_SOURCES = [
    ("- a\n", "'a' is not a mapping"),
    ("- title: x\n", "the entry has no `source_id`"),
    ("- {source_id: x, title: x}\n", "the entry has no `publisher`"),
    (entry(source_id="../x"), "is '../x', no identifier"),
    (entry(source_id="x" * 61), "no identifier"),
    (entry(source_id="[a]"), "`source_id` is a list, no text"),
    (entry(lines="many"), "`lines` is 'many', no whole number"),
    (entry(lines="0"), "`lines` is '0', outside 1 to 1e+07"),
    (entry(published_on="May"), "`published_on` is 'May', no day"),
    (entry(published_on="20250513"), "`published_on` is '20250513', no day"),
    (entry(published_on="1025-05-13"), "no day"),
    (entry(published_label="summer"), "`published_label` is 'summer', no period"),
    (entry(language="no"), "`language` is a bool, no text"),
    (entry(language="Chinese"), "`language` is 'Chinese'"),
    (entry(sha256="abc"), "`sha256` is 'abc'"),
    (entry(file="a/b"), "`file` is 'a/b', no file name"),
    (entry(pubisher="x"), "unknown field 'pubisher'"),
    (entry(reports_rate="[7]"), "the rate '7' is no mapping"),
    (entry(reports_rate="7"), "`reports_rate` is no list"),
    *(
        (entry(reports_rate=f"[{{currency: USD, cny: {rate}}}]"), f"`cny` is '{rate}'")
        for rate in ("-7", "0", "720", "nan", "inf", "1e300", "7_2", "seven")
    ),
    (entry(reports_rate="[{currency: dollar, cny: 7}]"), "`currency` is 'dollar', no currency"),
    (entry(reports_rate="[{currency: USD, rate: 7}]"), "unknown field 'rate'; the entry has no `cny`"),
    (entry(reports_rate="[{currency: USD, cny: 7}, {currency: USD, cny: 8}]"), "names a currency twice"),
    (entry(source_id="SAMPLE_2025"), "'SAMPLE_2025' stands twice"),
    *((entry(source_id=name), f"{name!r} is a reserved name") for name in ("reference", "Figures", "ref_units", "raw")),
]


@pytest.mark.parametrize(
    ("text", "message"), BAD_SOURCES, ids=[f"{message} {text[:40]}" for text, message in BAD_SOURCES]
)
def test_bad_entry_of_the_registry(raw: RawFolder, text: str, message: str) -> None:
    """It is set aside with its line; the source beside it loads as if it were not there."""
    before = raw.load()
    line = SOURCES.count("\n") + 1
    raw.write("/sources.yml", SOURCES + text)
    sources = load_sources(raw.path)
    (problem,) = sources.problems
    assert (problem.file, problem.line) == ("sources.yml", 1 if text == "- a\n" else line)
    assert message in problem.message and problem.remedy
    assert list(sources) == ["sample_2025"] and raw.load() == before


def test_the_source_of_a_broken_entry_says_so_when_it_is_asked_for(raw: RawFolder) -> None:
    raw.write("/sources.yml", SOURCES + entry(lines="many"))
    sources = load_sources(raw.path)
    with pytest.raises(RawError, match=r"raw/sources.yml:14: `lines` is 'many', no whole number. Write the number"):
        sources["x"]
    with pytest.raises(RawError, match=r"'sample_2024' is not registered. Write sample_2025"):
        sources["sample_2024"]


def test_no_source_can_take_the_name_of_a_table_or_an_asset() -> None:
    from orchestration.defs.raw_assets import REGISTRY, TABLES
    from orchestration.store.raw_tables import raw_tables

    names = {*raw_tables(), *TABLES, REGISTRY.path[-1]}
    assert {name for name in names if name not in RESERVED and not name.startswith("ref_")} == set()


def test_broken_entries_and_rows_are_quarantined_in_a_build(raw: RawFolder, tmp_path: Path) -> None:
    """And counted: rows in are rows loaded and rows quarantined. The absurd rate of a report is not used."""
    raw.write("/sources.yml", SOURCES.replace("cny: 7.2", "cny: 72") + entry(lines="many"))
    with (raw.path / "reference" / "units.csv").open("a", encoding="utf-8") as file:
        file.write("间,count,many,count,company,\n")
    raw.write("/known_findings.csv", "finding_id,explanation_code\ncagr:a/b,unexplained\ncagr:a/b,unexplained\nx\n")
    raw.write("/decisions.yml", "[]\n")
    with open_build(tmp_path / "build.duckdb") as connection:
        write_registry(connection, load_sources(raw.path), load_reference(raw.path), raw.path)
        rows = "select file, line, key from raw.quarantine where source_id = 'registry' order by all"
        assert connection.execute(rows).fetchall() == [
            ("known_findings.csv", 3, "cagr:a/b"),
            ("known_findings.csv", 4, "x"),
            ("reference/units.csv", 19, "间"),
            ("sources.yml", 2, "sample_2025"),
            ("sources.yml", 14, "x"),
        ]
        (counts,) = connection.execute(
            "select rows_in - rows_loaded, rows_quarantined from raw.load_counts where source_id = 'registry'"
        ).fetchall()
        assert counts == (5, 5)
        assert connection.execute("select count(*) from raw.source_rates").fetchall() == [(0,)]
        assert connection.execute("select count(*) from raw.known_findings").fetchall() == [(1,)]
        # mended: the quarantine is empty again
        raw.write("/sources.yml", SOURCES)
        write_registry(connection, load_sources(raw.path), load_reference(raw.path), raw.path)
        assert connection.execute("select count(*) from raw.source_rates").fetchall() == [(1,)]
        assert connection.execute(rows).fetchall()[-1][0] == "reference/units.csv"


def test_absent_registry(raw: RawFolder) -> None:
    (raw.path / "sources.yml").unlink()
    with pytest.raises(RawError, match=r"raw/sources.yml:0: the file cannot be read"):
        load_sources(raw.path)


BAD_REFERENCE = [
    ("units", "间,count,many,count,company,", "`factor` is 'many', no number"),
    ("units", "间,count,0,count,company,", "`factor` is '0', outside"),
    ("units", "间,count,-1,count,company,", "`factor` is '-1', outside"),
    ("units", "间,count,inf,count,company,", "`factor` is 'inf', no number"),
    ("units", "间,count,１,count,company,", "`factor` is '１', no number"),
    ("units", "元,CNY,1,money,,", "'元' stands twice"),
    ("units", "间,count,1,count", "4 cells, the header has 6"),
    ("units", ",count,1,count,company,", "the column 'symbol' is empty"),
    ("qualifiers", "near,near,近,low,1,近", "`low_factor` is 'low', no number"),
    ("qualifiers", "near,near,近,nan,1,近", "`low_factor` is 'nan', no number"),
    ("qualifiers", "near,near,近,0.9,inf,近", "`high_factor` of 'near' is inf"),
    ("qualifiers", "near,near,近,0.1,1,近", "`low_factor` is '0.1'"),
    ("units", "间,hous,1,count,,", "unknown canonical unit 'hous'"),
    ("units", "间,CNY,1,count,,", "the dimension of CNY is 'count', elsewhere 'money'"),
    ("reference_values", "y,power_draw,Chip A,,,,,0,W,,A data sheet,", "`value` is 0"),
    ("qualifiers", "near,near,近,1.1,1.2,近", "`low_factor` is '1.1', outside -inf to 1"),
    ("indicators", "x,money,garage,x,x,x,,,x", "unknown mart 'garage'"),
    ("indicators", "x,monny,market,x,x,x,,,x", "unknown dimension 'monny'"),
    ("indicators", "x,money,market,x,x,x,,nothing,x", "unknown part_of 'nothing'"),
    ("exchange_rates", "USD,2024,7.1,1,again", "'USD|2024' stands twice"),
    ("exchange_rates", "USD,2023,about 8,1,A bank", "`cny_per_unit` is 'about 8', no number"),
    ("exchange_rates", "USD,2023,-7.1,1,A bank", "`cny_per_unit` is '-7.1', outside"),
    ("exchange_rates", "USD,2023,71,1,A bank", "make 71 CNY for one USD"),
    ("exchange_rates", "USD,2023,7.1,7.1,A bank", "one USD costs 7.1 of itself"),
    ("exchange_rates", "USD,20233,7.1,1,A bank", "`year` is '20233', outside 1949 to 2100"),
    ("exchange_rates", "USD,2023,7.1,1,", "no `citation`"),
    ("exchange_rates", "USD,2023,7.1,,A bank", "no `usd_per_unit`"),
    ("exchange_rates", "XYZ,2023,7.1,1,A bank", "no unit of money is 'XYZ'"),
    ("reference_values", "y,power_draw,Chip A,,,,,lots,W,,A data sheet,", "`value` is 'lots', no number"),
    ("reference_values", "y,power_draw,Chip A,,,,,nan,W,,A data sheet,", "`value` is 'nan', no number"),
    ("reference_values", "y,power_draw,Chip A,,,,,3,W,,,", "no `citation`"),
    ("reference_values", "y,power_draw,Chip A,,,,,3,W,-1,A data sheet,", "`tolerance` is '-1', outside 0 to 1"),
    ("reference_values", "y,power_draw,Chip C,,,,,3,W,,A data sheet,", "unknown entity 'Chip C'"),
    ("reference_values", "y,power_drew,Chip A,,,,,3,W,,A data sheet,", "unknown indicator 'power_drew'"),
    (
        "reference_values",
        "y,power_draw,Chip A,,,,,3,CNY,,A data sheet,",
        "'CNY' (money) does not fit power_draw (power)",
    ),
    ("reference_values", "y,power_draw,Chip A,,,,soon,3,W,,A data sheet,", "`period` is 'soon', no period"),
]


@pytest.mark.parametrize(("name", "row", "message"), BAD_REFERENCE, ids=[row[2] for row in BAD_REFERENCE])
def test_bad_row_of_the_reference(raw: RawFolder, name: str, row: str, message: str) -> None:
    before = load_reference(raw.path)
    path = raw.path / "reference" / f"{name}.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + row + "\n", encoding="utf-8")
    reference = load_reference(raw.path)
    (problem,) = reference.problems
    assert (problem.file, problem.line) == (f"reference/{name}.csv", text.count("\n") + 1)
    assert message in problem.message and problem.remedy
    assert reference.tables == before.tables


def test_reference_file_absent_or_without_a_column(raw: RawFolder) -> None:
    path = raw.path / "reference" / "segments.csv"
    path.write_text("segment,label_en\nai,x\n", encoding="utf-8")
    with pytest.raises(
        RawError, match=r"raw/reference/segments.csv:1: missing column label_zh, kind, parent, aliases. The header is"
    ):
        load_reference(raw.path)
    path.unlink()
    with pytest.raises(RawError, match=r"raw/reference/segments.csv:0: the file does not exist. Restore it"):
        load_reference(raw.path)
