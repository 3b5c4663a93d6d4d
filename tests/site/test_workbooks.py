"""Workbooks: figures are numbers, dates are dates, and nothing is rounded, cut or run as a formula in silence."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from python_calamine import CalamineWorkbook

from orchestration.site import SiteReport
from orchestration.site.warehouse import Column, Table
from orchestration.site.workbooks import CELL_LIMIT, write_workbook

TABLE = Table("core", "one", "What it is.", 1, (Column("cell", "varchar", "What the cell says."),))


def read_back(folder: Path, cell: Any) -> tuple[Any, list[list[Any]]]:
    path = folder / "one.xlsx"
    write_workbook(path, TABLE, [(cell,)], [("Version", "v1")])
    book = CalamineWorkbook.from_path(path)
    return book.get_sheet_by_name("data").to_python()[1][0], book.get_sheet_by_name("about").to_python()


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (36.06e9, 36.06e9),
        (2641, 2641.0),
        (True, True),
        (date(2024, 1, 31), date(2024, 1, 31)),
        (datetime(2024, 1, 31, 12, 30), datetime(2024, 1, 31, 12, 30)),
        (date(1899, 1, 1), "1899-01-01"),
        (2**53 + 1, "9007199254740993"),
        (float("inf"), "inf"),
        (["a", "乙"], '["a", "乙"]'),
        ("=1+1", "=1+1"),
        ("00123", "00123"),
        ("https://example.org", "https://example.org"),
    ],
)
def test_a_cell_is_what_it_is(tmp_path: Path, cell: Any, shown: Any) -> None:
    found, _ = read_back(tmp_path, cell)
    assert found == shown
    assert type(found) is type(shown)


def test_a_text_too_long_for_excel_is_cut_and_the_workbook_says_so(tmp_path: Path) -> None:
    found, about = read_back(tmp_path, "x" * (CELL_LIMIT + 1))
    assert len(found) == CELL_LIMIT
    assert found.endswith("[…]")
    assert any(line[0] == "Cut" and line[1].startswith("1 cells") for line in about)


def test_a_workbook_says_version_and_what_its_columns_mean(tmp_path: Path) -> None:
    _, about = read_back(tmp_path, "x")
    assert ["Version", "v1", ""] in about
    assert ["cell", "varchar", "What the cell says."] in about
    assert not any(line[0] == "Cut" for line in about)


def test_the_same_publication_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_workbook(tmp_path / name, TABLE, [("x",)], [])
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_every_public_table_is_a_workbook_with_all_rows(shipped_site: SiteReport, shipped_file: Path) -> None:
    page = (shipped_site.target / "downloads.html").read_text("utf-8")
    paths = sorted((shipped_site.target / "data" / "excel").glob("*.xlsx"))
    assert {path.stem for path in paths} == {path.stem for path in (shipped_site.target / "data" / "csv").glob("*.csv")}
    with duckdb.connect(str(shipped_file), read_only=True) as connection:
        for path in paths:
            assert f"data/excel/{path.name}" in page
            schema, _, name = path.stem.partition(".")
            cells = connection.execute(f'select count(*) from {schema}."{name}"').fetchone()
            book = CalamineWorkbook.from_path(path)
            assert cells is not None
            assert book.get_sheet_by_name("data").height == cells[0] + 1, path.stem
