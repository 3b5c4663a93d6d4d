"""Tables: what heads, signs and notes say about the unit of a cell; what is left open is withheld or left out."""

import re
from pathlib import Path

import pytest
import yaml

from orchestration.extraction.pipeline import extract_text
from orchestration.extraction.scales import as_scale, scale_in, words
from orchestration.figures import Units, load_units
from tests.conftest import PROJECT

RULES = yaml.safe_load((PROJECT / "orchestration/extraction/data/tables.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def units() -> Units:
    return load_units(PROJECT / "raw" / "reference")


def trusted(text: str) -> list[tuple[str, float, str]]:
    """Printed text, value and unit of the figures that are to be trusted."""
    return [(f.printed, f.value, f.unit) for f in extract_text(text) if not f.withheld]


@pytest.mark.parametrize("name", RULES)
def test_words_of_tables_find_their_examples_and_nothing_else(name: str) -> None:
    pattern = words()[name]
    assert all(pattern.search(text) for text in RULES[name]["finds"])
    assert not any(pattern.search(text) for text in RULES[name]["passes"])


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
    from orchestration.extraction.pipeline import extract_document

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


def test_words_are_patterns() -> None:
    assert all(isinstance(pattern, re.Pattern) for pattern in words().values())
