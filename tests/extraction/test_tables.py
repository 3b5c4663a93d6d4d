"""Tables: what heads, signs and notes say about the unit of a cell; what is left open is withheld or left out."""

# ruff: noqa: E501

import re
from math import cos, pi, sin
from pathlib import Path

import pytest
import yaml

from orchestration.cli import main
from orchestration.extraction.pipeline import extract_document, extract_text
from orchestration.extraction.scale import as_scale
from orchestration.extraction.scales import scale_in
from orchestration.extraction.words import counted_subjects, dozens, folds, parts, rows, words
from orchestration.figures import Units, load_units
from orchestration.loading.reference import read_reference_rows
from tests.conftest import PROJECT

FILES = [
    yaml.safe_load((PROJECT / "orchestration/extraction/data" / f).read_text()) for f in ("tables.yml", "numbers.yml")
]


@pytest.fixture(scope="module")
def units() -> Units:
    return load_units(PROJECT / "raw" / "reference")


def trusted(text: str) -> list[tuple[str, float, str]]:
    """Printed text, value and unit of the figures that are to be trusted."""
    return [(f.printed, f.value, f.unit) for f in extract_text(text) if not f.withheld]


@pytest.mark.parametrize("name", rows())
def test_words_of_tables_and_numbers_find_their_examples_and_nothing_else(name: str) -> None:
    row, pattern = rows()[name], words()[name]
    found = {"start": pattern.match, "whole": pattern.fullmatch, "": pattern.search}[row.get("at", "")]
    assert row["finds"] and row["passes"]
    assert [text for text in row["finds"] if not found(text)] == []
    assert [text for text in row["passes"] if found(text)] == []


def test_no_words_stand_in_both_files() -> None:
    assert len(rows()) == sum(map(len, FILES))


def test_what_a_subject_counts_is_a_word_of_it() -> None:
    codes = {row["counted"] for row in read_reference_rows(PROJECT / "raw" / "reference", "counted_nouns")}
    for word, code in counted_subjects().items():
        subject = words()["count_subject_zh"].search(word) or words()["count_subject_en"].search(f"{word} of ")
        assert subject or word in ("base", "window", "length"), word
        assert code in codes, code


def test_words_of_parts_folds_and_dozens_are_read() -> None:
    said = words()["english_number"]
    for part in set(parts()) - {"half"}:
        match = said.search(f"{'two' if part.endswith('s') else 'a'} {part} of firms")
        assert match and match["part"] == part
    for stem in folds():
        match = said.search({"doubl": "doubled"}.get(stem, f"{stem}pled" if stem[-1] == "u" else f"{stem}ed"))
        assert match and match["fold"].startswith(stem)
    for word in dozens():
        match = said.search(f"{'half a' if word == 'half' else word} dozen firms")
        assert match and match["dozen"].split()[0] == word


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("KRW 100 million", "KRW亿"),
        ("10 million yen", "千万yen"),
        ("Rs. crore", "₹crore"),
        ("Mio. EUR", "millionEUR"),
        ("億円", "亿円"),
        ("’000", "thousand"),
        ("S$ million", "S$ million"),
    ],
)
def test_a_unit_is_read_whole_with_its_power_of_ten_and_its_currency(units: Units, printed: str, read: str) -> None:
    scale = as_scale(printed, units)
    assert scale is not None
    assert scale.text == read
    # as the head of a column it is never read in part, which would be another money or a tenth of it
    head = scale_in(printed, units, header=True)
    assert head is not None
    assert head.text == read


def test_a_number_with_a_unit_in_a_label_is_no_unit_of_its_cells(units: Units) -> None:
    assert scale_in("Battery pack (2.3 kWh)", units, header=True) is None


def test_a_sign_on_the_first_row_is_the_money_of_the_rows_below_and_the_caption_says_how_much() -> None:
    text = (
        "# Results\n\nTable 1: Statement (in millions, except per share data)\n\n"
        "| | FY2025 | FY2024 |\n|---|---|---|\n"
        "| Revenue | $ 1,284.6 | $ 980.3 |\n| Cost of revenue | 535.7 | 431.5 |\n"
        "| Loss of associates | (12.7) | (19.4) |\n| Net income | $ 251.5 | $ 117.0 |\n"
        "| Net income per share | $ 0.44 | $ 0.21 |\n"
    )
    found = {printed: (value, unit) for printed, value, unit in trusted(text)}
    assert found["$1,284.6"] == (1_284_600_000, "USD")
    assert found["535.7"] == (535_700_000, "USD")
    assert found["(12.7)"] == (-12_700_000, "USD")
    assert found["$0.44"] == (0.44, "USD")


def test_a_sign_in_a_cell_of_its_own_belongs_to_the_number_beside_it() -> None:
    text = (
        "Table 2: Revenue (in thousands)\n\n| | | 2025 | | 2024 |\n|---|---|---|---|---|\n"
        "| Cloud | $ | 33,112 | $ | 28,627 |\n| Devices | | 29,878 | | 23,785 |\n"
    )
    assert {value for _, value, unit in trusted(text) if unit == "USD"} == {
        33_112_000,
        28_627_000,
        29_878_000,
        23_785_000,
    }


def test_rows_that_count_take_no_money_from_their_column() -> None:
    text = (
        "Table 3: Company data (in millions)\n\n| | 2025 | 2024 |\n|---|---|---|\n"
        "| Revenue | $ 900 | $ 800 |\n| Gross margin | 58.3 | 56.0 |\n| Days sales outstanding | 45 | 44 |\n"
    )
    found = {printed: unit for printed, _, unit in trusted(text)}
    assert found["58.3"] == "percent"
    assert found.get("45") != "USD"


def test_points_and_percentages_in_accounting_brackets_are_negative() -> None:
    text = (
        "| | FY2025 | Y/Y |\n|---|---|---|\n| Gross margin | 60.5% | (12.5) pts |\n| Profit | $2.0 billion | (10)% |\n"
    )
    found = {printed: (value, unit) for printed, value, unit in trusted(text)}
    assert found["(12.5)pts"] == (-12.5, "pp")
    assert found["(10)%"] == (-10, "percent")


def test_letters_in_brackets_name_columns_and_are_no_amperes() -> None:
    text = (
        "## Table: budget (KRW 100 million)\n\n| Item | 2025 (A) | 2026 (B) | Change (B−A) |\n|---|---|---|---|\n"
        "| Chips | 14,600 | 21,087 | 6,487 |\n"
    )
    assert ("14,600", 1.46e12, "KRW") in trusted(text)


def test_a_caption_gives_its_units_to_columns_by_name(tmp_path: Path) -> None:
    page = tmp_path / "cities.html"
    page.write_text(
        "<html><body><table><caption>Cities (compute: EFLOPS; output: US$ million)</caption>"
        "<tr><th>City</th><th>Compute</th><th>Output</th></tr>"
        "<tr><td>A-town</td><td>33.0</td><td>3,500</td></tr><tr><td>B-town</td><td>28.5</td><td>4,500</td></tr>"
        "</table></body></html>",
        encoding="utf-8",
    )
    found = {(f.value, f.unit) for f in extract_document(page) if not f.withheld}
    assert (3.3e19, "FLOPS") in found
    assert (3.5e9, "USD") in found


def test_multiples_take_no_money_from_a_caption() -> None:
    text = "表1 预测（单位：亿元，倍）\n\n| 公司 | 营收 2025E | PE 2025E |\n|---|---|---|\n| 甲公司 | 48.1 | 225.4 |\n"
    found = {printed: unit for printed, _, unit in trusted(text)}
    assert found["48.1"] == "CNY"
    assert found["225.4"] == "multiple"


def test_columns_of_a_text_are_found_by_where_they_stand() -> None:
    text = (
        "CONSOLIDATED STATEMENTS\n(In thousands, except per share data)\n\n"
        "                                Three Months Ended        Nine Months Ended\n"
        "                               Oct. 26,   Oct. 27,      Oct. 26,   Oct. 27,\n"
        "                                   2025       2024          2025       2024\n"
        "Revenue:\n"
        "  Cloud ..................   $ 1,284.6   $  980.3     $ 3,561.9  $ 2,744.0\n"
        "  Devices ................       535.7      431.5       1,502.4    1,228.9\n"
        "  Other, net .............       (12.7)       --          (41.0)     (60.2)\n"
        "Total ....................   $ 1,807.6   $1,411.8     $ 5,023.3  $ 3,912.7\n"
    )
    found = {printed: value for printed, value, unit in trusted(text) if unit == "USD"}
    assert found["$1,284.6"] == 1_284_600
    assert found["431.5"] == 431_500
    assert found["(41.0)"] == -41_000
    periods = {f.printed: f.text for f in extract_text(text)}
    assert "Nine Months Ended" in periods["1,502.4"]
    assert "2025" in periods["1,502.4"]


def test_groups_of_columns_repeat_their_lower_head() -> None:
    text = (
        "Table 1: Forecasts (US$ million, x)\n"
        "Company      Sales                   Net profit               PE\n"
        "             2024   2025E   2026E    2024   2025E   2026E    2025E\n"
        "Alpha        11.7    48.1    66.1    (4.5)   11.6    16.4    25.4\n"
        "Beta         91.6   127.5   169.2    19.3    28.1    38.9    18.6\n"
    )
    texts = {f.printed: (f.text, f.unit) for f in extract_text(text) if not f.withheld}
    assert "Sales" in texts["66.1"][0]
    assert "Net profit" in texts["11.6"][0]
    assert texts["25.4"][1] == "multiple"


def test_the_axis_of_a_chart_is_no_table() -> None:
    text = "Shipments (million units)\n0    2    4    6    8    10\n1    3    5    7    9    11\n"
    assert not trusted(text)


@pytest.mark.parametrize("label", ["Average price per GPU hour", "Unit cost per token"])
def test_the_sign_of_one_row_further_down_is_not_the_money_of_others(label: str) -> None:
    text = f"| | Q1 2025 | Q4 2024 |\n|---|---|---|\n| Installed base | 350 | 410 |\n| {label} | $2.1 | $2.3 |\n| Orders | 120 | 90 |\n"
    assert {printed for printed, _, unit in trusted(text) if unit == "USD"} == {"$2.1", "$2.3"}


def test_people_in_a_table_of_money_are_counted() -> None:
    text = "| EUR million | 2024 | 2023 |\n|---|---|---|\n| Revenue | 5,120 | 4,800 |\n| Employees (FTE) | 22,400 | 21,900 |\n"
    found = {printed: (value, unit) for printed, value, unit in trusted(text)}
    assert found["5,120"] == (5.12e9, "EUR")
    assert found["22,400"] == (22_400, "count")


def test_a_unit_that_is_not_known_keeps_the_unit_of_the_table_away() -> None:
    text = "Table 1: Sites, US$ million\n\n| Site | Cost | Area (sq m) |\n|---|---|---|\n| A | 1,200 | 54,000 |\n| B | 900 | 41,000 |\n"
    assert {printed for printed, _, _ in trusted(text)} == {"1,200", "900"}
    holes = [f for f in extract_text(text) if not f.unit]
    assert len(holes) == 1
    assert "2 numbers of this table were left out" in holes[0].withheld


def test_magnitudes_of_one_letter_are_read_and_letters_of_columns_are_not() -> None:
    text = "| Model | Parameters (B) | TDP (W) |\n|---|---|---|\n| One | 7 | 700 |\n| Two | 70 | 400 |\n"
    assert ("7", 7e9, "count") in trusted(text)
    assert ("700", 700, "W") in trusted(text)


def test_the_unit_of_a_heading_is_that_of_the_first_table_under_it() -> None:
    text = (
        "# Spending (US$ billions)\n\n| | 2024 | 2025 |\n|---|---|---|\n| Total | 41.2 | 75.6 |\n\n"
        "Obligations that were known at the end of the year are set out in what follows:\n\n"
        "| | 2024 | 2025 |\n|---|---|---|\n| Leases | 4,120 | 820 |\n"
    )
    assert {printed for printed, _, _ in trusted(text)} == {"41.2", "75.6"}


def test_a_note_gives_the_unit_of_the_table_above_it() -> None:
    text = "Table 3. Use of AI\n\n| Answer | Large | Small |\n|---|---|---|\n| Yes | 24.8 | 11.1 |\n| No | 75.2 | 88.9 |\n\nUnit: %. Rounded.\n"
    assert ("24.8", 24.8, "percent") in trusted(text)


def test_a_note_with_a_mark_names_the_money_of_its_rows() -> None:
    table = "表1 公司\n\n| 公司 | 市值（亿元） |\n|---|---|\n| 甲公司 | 2,877.3 |\n| 乙公司* | 3,419.4 |\n\n"
    found = {p: u for p, _, u in trusted(table + "*乙公司市值以港元计。\n")}
    assert found == {"2,877.3": "CNY", "3,419.4": "HKD"}


def test_a_note_that_contradicts_the_table_withholds_its_amounts() -> None:
    text = "Table 1: Sales (US$ million)\n\n| | 2024 | 2025 |\n|---|---|---|\n| Total | 41.2 | 75.6 |\n\nNote: Amounts are stated in HKD.\n"
    withheld = [f for f in extract_text(text) if f.withheld]
    assert len(withheld) == 2
    assert "another currency" in withheld[0].withheld


def pdf(pages: list[list[tuple[float, float, str, float]]]) -> bytes:
    """A PDF with texts at (x, y) in points, each turned by an angle; Helvetica of ten points."""
    parts = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for page in pages:
        stream = "\n".join(
            f"BT /F1 10 Tf {cos(a):.4f} {sin(a):.4f} {-sin(a):.4f} {cos(a):.4f} {x} {y} Tm "
            f"({text.replace('(', chr(92) + '(').replace(')', chr(92) + ')')}) Tj ET"
            for x, y, text, a in page
        ).encode("latin-1")
        parts.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        parts.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % len(parts)
        )
        kids.append(len(parts))
    parts[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(b"%d 0 R" % k for k in kids), len(kids))
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    tail = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(parts) + 1, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1) + table + tail


def row(y: float, label: str, *cells: str) -> list[tuple[float, float, str, float]]:
    """A label at the left and cells that end below each other."""
    return [(60, y, label, 0), *((300 + 100 * at - 5.3 * len(cell), y, cell, 0) for at, cell in enumerate(cells))]


FIRST_PAGE = [
    (60, 765, "Consolidated balance sheets", 0),
    (60, 750, "(in millions, except per share data)", 0),
    *row(720, "", "December 31,", "December 31,"),
    *row(708, "", "2024", "2023"),
    *row(692, "Cash and cash equivalents", "$ 1,204.3", "$ 998.1"),
    *row(678, "Accounts receivable", "411.0", "380.4"),
    *row(664, "Total current assets", "1,615.3", "1,378.5"),
    (60, 60, "Annual report", 0),
]


def test_a_table_of_a_pdf_without_rules_is_found_by_its_words(tmp_path: Path) -> None:
    path = tmp_path / "sheet.pdf"
    path.write_bytes(pdf([FIRST_PAGE]))
    figures = {f.printed: f for f in extract_document(path) if not f.withheld}
    assert figures["411.0"].value == 411e6
    assert figures["411.0"].period == "2024-12-31"
    assert figures["998.1" if "998.1" in figures else "$998.1"].value == 998.1e6


def test_a_table_that_goes_on_over_the_page_keeps_its_head(tmp_path: Path) -> None:
    path = tmp_path / "sheet.pdf"
    second = [
        *row(780, "Property and equipment, net", "9,812.0", "8,100.2"),
        *row(766, "Total assets", "$11,427.3", "$9,478.7"),
        (60, 700, "The accompanying notes are part of these statements.", 0),
    ]
    path.write_bytes(pdf([FIRST_PAGE, second]))
    figures = {f.printed: f for f in extract_document(path) if not f.withheld}
    assert figures["$11,427.3"].value == 11_427.3e6
    assert figures["$9,478.7"].period == "2023-12-31"


def test_a_table_across_the_page_is_read_along_its_lines_and_not_backwards(tmp_path: Path) -> None:
    path = tmp_path / "turned.pdf"
    block = [(842 - y, x, text, pi / 2) for x, y, text, _ in FIRST_PAGE[:-1]]
    path.write_bytes(pdf([[(60, 810, "Power of data centres, with 12 GW in 2024", 0), *block]]))
    figures = {f.printed: f.value for f in extract_document(path) if not f.withheld}
    assert figures["12GW"] == 12e9
    assert figures["411.0"] == 411e6


def test_slanted_text_is_left_out_and_said(tmp_path: Path) -> None:
    path = tmp_path / "stamp.pdf"
    path.write_bytes(
        pdf([[(60, 780, "Power in 2024", 0), (200, 400, "Copy 12% of 90", 0.8), (60, 200, "In all 950 TWh.", 0)]])
    )
    figures = extract_document(path)
    assert [f.printed for f in figures if not f.withheld] == ["950TWh"]
    assert any("aslant" in f.withheld for f in figures)


def test_a_page_that_is_turned_whole_is_read_along_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "sideways.pdf"
    path.write_bytes(pdf([[(842 - y, x, text, pi / 2) for x, y, text, _ in FIRST_PAGE[:-1]]]))
    figures = {f.printed: f.value for f in extract_document(path) if not f.withheld}
    assert figures["411.0"] == 411e6
    assert figures["1,378.5"] == 1_378.5e6


def test_a_long_table_keeps_its_head_in_every_part() -> None:
    rows = "".join(f"| Item {n} | {n},100 |\n" for n in range(1, 900))
    text = f"Table 1 (US$ million)\n\n| Item | 2024 |\n|---|---|\n{rows}"
    found = trusted(text)
    assert len(found) == 899
    assert found[-1] == ("899,100", 899_100e6, "USD")


def test_review_shows_what_a_table_left_out_and_accepts_it_with_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "sites.md"
    path.write_text(
        "Sites, US$ million\n\n| Site | Cost | Area (sq m) |\n|---|---|---|\n| A | 1,200 | 54,000 |\n| B | 900 | 41,000 |\n",
        encoding="utf-8",
    )
    assert main(["review", str(path)]) == 0
    assert "withheld: 2 numbers of this table were left out" in capsys.readouterr().out
    assert main(["review", str(path), "--accept", "all"]) == 0
    assert "2 accepted, 0 rejected, 1 open" in capsys.readouterr().out


def test_words_are_patterns() -> None:
    assert all(isinstance(pattern, re.Pattern) for pattern in words().values())
