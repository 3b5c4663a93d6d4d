"""Formats, encodings and bad input."""

# ruff: noqa: E501

import csv
import io
import json
from pathlib import Path

import pytest

from orchestration.cli import main
from orchestration.extraction import ExtractedFigure, ExtractionError, extract_document
from orchestration.extraction.model import Grid
from orchestration.extraction.read import read

DOCUMENTS = Path(__file__).parent / "documents"


def values(figures: list[ExtractedFigure]) -> list[tuple[float, str, str]]:
    return [(figure.value, figure.unit, figure.period) for figure in figures]


def test_a_chinese_pdf_gives_its_text_and_its_ruled_table() -> None:
    figures = extract_document(DOCUMENTS / "zh_report.pdf")
    found = values(figures)
    assert (86.4e18, "FLOPS", "2024") in found
    assert (105e8, "CNY", "2023") in found
    assert (398.2e8, "CNY", "2023") in found
    assert (-3.1e8, "CNY", "2023") in found  # brackets are a loss
    assert (28.6, "percent", "2024") in found
    assert len(found) == 21
    table = next(figure for figure in figures if figure.value == 512e8)
    assert (table.page, table.line, table.status) == (2, 3, "forecast")


def test_a_word_file_gives_paragraphs_and_tables() -> None:
    figures = extract_document(DOCUMENTS / "en_note.docx")
    found = values(figures)
    assert (2.35e9, "USD", "2024") in found
    assert (26.9, "percent", "2024-2028") in found
    assert (97_300, "count", "2024") in found
    assert (24_100, "USD", "2024") in found
    assert len(found) == 15
    assert {figure.geography for figure in figures} == {"SGP"}


def test_a_workbook_gives_units_from_its_title_and_percent_from_its_format() -> None:
    found = values(extract_document(DOCUMENTS / "en_workbook.xlsx"))
    assert (1204.5e6, "USD", "2022") in found
    assert (36.5, "percent", "2024") in found
    assert (1200, "count", "2024") in found
    assert len(found) == 9


@pytest.mark.parametrize(
    ("name", "reason"), [("encrypted.pdf", "encrypted"), ("scanned.pdf", "scanned"), ("truncated.pdf", "broken")]
)
def test_a_pdf_that_cannot_be_read_is_refused_with_its_reason(name: str, reason: str) -> None:
    with pytest.raises(ExtractionError, match=f"{name}.*{reason}"):
        extract_document(DOCUMENTS / name)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("empty.txt", b"", "empty"),
        ("picture.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "binary"),
        ("program.txt", bytes(range(256)) * 40, "binary"),
        ("sheet.xlsx", b"not a workbook", "broken"),
        ("note.docx", b"PK\x03\x04 broken", "broken"),
        ("old.docx", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "encrypted"),
        ("film.mp4", b"\0\0\0\x18ftyp", "not read"),
    ],
)
def test_bad_files_are_refused_by_name(name: str, data: bytes, reason: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(ExtractionError, match=reason) as caught:
        extract_document(path)
    assert name in str(caught.value)


TEXT = "2024年，某地市场规模达到360.6亿元，同比增长12.5%。企业总数达到1,280家，其中三成以上为初创企业。\n第二行：出口额为45亿美元。\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_are_recognised(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes(TEXT.encode(encoding))
    figures = extract_document(path)
    assert [figure.value for figure in figures] == [360.6e8, 12.5, 1280, 30, 45e8]
    assert [figure.line for figure in figures] == [1, 1, 1, 1, 2]


def test_a_sentence_that_a_page_broke_is_read_as_one_and_cited_at_its_line(tmp_path: Path) -> None:
    path = tmp_path / "wrapped.txt"
    path.write_text(
        "据测算，2024年全省人工智能核心产业的市场规模已经达到人民币 360.6\n亿元，较上年增长 21\n%，高于全国平均水平。\n",
        encoding="utf-8",
    )
    assert [(f.line, f.value, f.unit) for f in extract_document(path)] == [(1, 360.6e8, "CNY"), (2, 21, "percent")]


def test_markup_inside_a_number_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "slide.txt"
    path.write_text("预计突破 **5,000** 亿美元\n", encoding="utf-8")
    assert [(f.value, f.unit, f.qualifier) for f in extract_document(path)] == [(5e11, "USD", "over")]


def test_the_command_prints_the_contracts_columns_and_goes_on_after_a_bad_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    good, missing = tmp_path / "good.txt", tmp_path / "missing.pdf"
    good.write_text("Revenue was $5.2 billion in 2024, up 20-25%.\n")
    assert main(["extract", str(missing), str(good)]) == 1
    printed = capsys.readouterr()
    rows = list(csv.DictReader(io.StringIO(printed.out)))
    assert list(rows[0]) == [
        "file", "line", "page", "printed", "value", "value_low", "value_high", "unit", "counted", "indicator", "entity",
        "segment", "basis", "geography", "period", "period_start", "period_end", "status", "statistic", "qualifier",
        "direction", "confidence", "confidence_period", "confidence_geography", "confidence_status",
        "confidence_statistic", "withheld",
    ]  # fmt: skip
    assert [row["value"] for row in rows] == ["5200000000", "20", "25"]
    assert "missing.pdf" in printed.err
    assert main(["extract", "--format", "json", str(good)]) == 0
    assert [row["unit"] for row in json.loads(capsys.readouterr().out)] == ["USD", "percent", "percent"]


def _html(tmp_path: Path, body: str) -> Path:
    path = tmp_path / "spans.html"
    path.write_text(f"<html><body>{body}</body></html>", encoding="utf-8")
    return path


def _cells(path: Path) -> int:
    return sum(len(row) for part in read(path) if isinstance(part, Grid) for row in part.rows)


SPANNED = "<td rowspan=64 colspan=64>5%</td>"
BOMBS = {
    "spans in spans": "<table>" + f"<tr>{SPANNED * 3}</tr>" * 800 + "</table>",
    "one endless row": "<table><tr><td>a</td></tr><tr>" + SPANNED * 3_000 + "</tr></table>",
    "one wide row, many short ones": "<table><tr>" + "<td colspan=64>1</td>" * 90 + "</tr>" + "<tr><td>1" * 4_000 + "</table>",
    "many tables": f"<table><tr><td>a</td></tr><tr>{SPANNED * 100}</tr></table>" * 60,
}  # fmt: skip


@pytest.mark.parametrize("body", BOMBS.values(), ids=BOMBS)
def test_a_table_that_its_spans_blow_up_is_refused(tmp_path: Path, body: str) -> None:
    path = _html(tmp_path, body)
    with pytest.raises(ExtractionError, match=r"spans\.html: rowspan and colspan make a table of .*; write the cells"):
        list(read(path))


@pytest.mark.parametrize("copies", [1, 5, 20])
def test_the_cells_of_a_document_are_linear_in_what_it_holds(tmp_path: Path, copies: int) -> None:
    """No cell is made beyond eight a written one, nor is a plain table refused for its size."""
    body = ("<table>" + ("<tr>" + "<td colspan=2 rowspan=2>1</td>" * 20 + "</tr>") * 50 + "</table>") * copies
    path = _html(tmp_path, body)
    assert _cells(path) <= 8 * 20 * 50 * copies
    plain = _html(tmp_path, "<table>" + ("<tr>" + "<td>1</td>" * 40 + "</tr>") * 700 + "</table>")
    assert _cells(plain) == 40 * 700
