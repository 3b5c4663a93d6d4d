"""Money whose unit the page says once: prices per token, amounts in many currencies, the 元 of Traditional text."""

from pathlib import Path

import pytest

from orchestration.extraction.pipeline import extract_document, extract_text
from tests.extraction.test_units_of_documents import read

PRICES = """Prices in US dollars {basis}, valid from 15 October 2025.

| Model | Input | Output | Seat per month |
|---|---|---|---|
| Large | $3.00 | $15.00 | $20 |
| Small | $0.16 | $0.64 | $8 |

Jobs at night run at half price: $1.50 for input and $7.50 for output. A talk costs $0.0036.
"""


@pytest.mark.parametrize("basis", ["per million tokens", "for one million tokens", "per 1M tokens", "a million tokens"])
def test_a_table_of_prices_has_the_unit_that_the_page_says(basis: str) -> None:
    found = read(PRICES.format(basis=basis))
    assert [(value, unit) for _, value, unit in found if unit.startswith("USD/M")] == [
        (3, "USD/Mtoken"), (15, "USD/Mtoken"), (0.16, "USD/Mtoken"), (0.64, "USD/Mtoken"),
    ]  # fmt: skip
    assert [value for _, value, unit in found if unit == "USD"] == [20, 8, 0.0036]


def test_another_table_of_the_page_is_withheld_unless_its_columns_say_what_is_priced() -> None:
    more = "\n| Package | Price |\n|---|---|\n| Pro | $20 |\n\n| Model | Output |\n|---|---|\n| Old | $4.00 |\n"
    page = PRICES.format(basis="per million tokens").partition("Jobs")[0]
    figures = extract_text(page + more)
    # of the seat, whose head says another unit, and of the package, whose head says none
    assert [(f.unit, bool(f.withheld)) for f in figures if f.printed == "$20"] == [("USD", False), ("USD", True)]
    assert [(f.unit, bool(f.withheld)) for f in figures if f.printed == "$4.00"] == [("USD/Mtoken", False)]


def test_a_price_that_may_be_per_token_is_withheld() -> None:
    held = {f.printed: f.withheld for f in extract_text(PRICES.format(basis="per million tokens")) if f.withheld}
    assert {"$1.50", "$7.50"} <= set(held) and "per token" in held["$1.50"]


def test_a_price_for_a_million_tokens_has_its_unit_in_the_text() -> None:
    charged = read("Our best model charged $36 for a million input tokens.")
    assert charged == [("$36foramillioninputtokens", 36, "USD/Mtoken")]
    # what shares its sentence with such a price may be one
    assert [unit for *_, unit in read("Small costs ¥1.14 for a million input tokens, Medium ¥5.70.")] == ["CNY/Mtoken"]


def test_a_page_without_such_words_keeps_its_amounts() -> None:
    page = "| Plan | Input device | Price |\n|---|---|---|\n| A | mouse | $20 |\n| B | pen | $8 |\n"
    assert [unit for *_, unit in read(page)] == ["USD", "USD"]


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("電子代工廠公布10月營收2,184.6億元。\n\n新廠投入約新台幣152億元。", ["TWD", "TWD"]),
        ("電子代工廠公布10月營收2,184.6億元，員工福利為8元。", []),
        ("每股招股價28.8元，集資額為17.99億元。\n\n收入8.42億元人民幣（約9.09億港元）。", ["CNY", "HKD"]),
        ("電子代工廠公布10月營收2,184.6億元。\n\n以人民幣列示。", ["CNY"]),
        ("公司公布10月营收2,184.6亿元。", ["CNY"]),
    ],
    ids=["named further down", "named nowhere", "two are named", "the yuan is named", "simplified characters"],
)
def test_a_bare_yuan_in_traditional_characters(text: str, units: list[str]) -> None:
    assert [unit for *_, unit in read(text)] == units


def test_a_column_says_the_magnitude_of_amounts_in_several_currencies() -> None:
    table = "| Country | Own currency bn |\n|---|---|\n| Canada | CAD 2.40 |\n| Japan | JPY 890 |\n"
    assert [(value, unit) for _, value, unit in read(table)] == [(2.4e9, "CAD"), (8.9e11, "JPY")]


def test_dollars_of_countries_and_pence() -> None:
    assert read("It cost 12 million Canadian dollars and a dividend of 4.2 pence.") == [
        ("12millionCanadiandollars", 1.2e7, "CAD"),
        ("4.2pence", 0.042, "GBP"),
    ]


def test_an_amount_beside_a_rate_takes_no_unit_of_it() -> None:
    assert [unit for *_, unit in read("HBM lines took 6.1 bn, about 30% of the total.")] == ["percent"]
    assert "times" not in [f.unit for f in extract_text("There are to be 50,000, 6.25 times as many.") if f.value > 100]


def test_one_unit_of_a_currency_before_its_rate_is_no_figure() -> None:
    assert [value for _, value, _ in read("以1美元兌新台幣30.4元換算。")] == [30.4]
    assert [value for _, value, _ in read("One dollar bought 1.37 Canadian dollars.")] == [1.37]


def test_german_words_for_units_are_read() -> None:
    said = "Die Leistung lag bei 3.280 Megawatt, 18,0 Prozent mehr; der Verbrauch bei 21,3 Milliarden Kilowattstunden."
    assert read(said) == [
        ("3.280Megawatt", 3.28e9, "W"),
        ("18,0Prozent", 18, "percent"),
        ("21,3MilliardenKilowattstunden", 2.13e13, "Wh"),
    ]  # fmt: skip


def test_sentences_of_a_sheet_before_its_table_are_read(tmp_path: Path) -> None:
    sheet = tmp_path / "notes.csv"
    sheet.write_text(
        "Notes to the estimate,,\nCompute goes up by CAD 43.5 million and takes CAD 112.0 million in all.,,\n"
        "(millions of Canadian dollars; fiscal year ends 31 March),,\nLine,2027,2028\nTotal,268.0,281.0\n"
        "Less,12.5,13.0\n",
        encoding="utf-8",
    )
    found = [(f.value, f.unit) for f in extract_document(sheet) if not f.withheld]
    assert found == [
        (4.35e7, "CAD"),
        (1.12e8, "CAD"),
        (2.68e8, "CAD"),
        (2.81e8, "CAD"),
        (1.25e7, "CAD"),
        (1.3e7, "CAD"),
    ]


def test_what_stands_beside_the_names_of_tests_are_scores() -> None:
    table = "| Benchmark | Blue | Green |\n|---|---:|---:|\n| ZEBRA-500 | 91.2 | 84.7 |\n| Average | 72.0 | 67.6 |\n"
    assert {unit for *_, unit in read(table)} == {"score"}
    assert read(table.replace("Benchmark", "Item")) == []


def test_an_amount_of_a_clause_on_input_and_output_is_withheld_unless_it_counts_the_tokens() -> None:
    page = (
        "Prices are per million tokens.\n\n"
        "Input of the large model drops to $2.00 and output to $8.00. A seat costs $20.\n\n"
        "A talk with 6,000 input tokens costs $0.024 for the input. "
        "It began at $5.00 per million tokens; then came $2.50.\n"
    )
    figures = {f.printed.split("per")[0]: bool(f.withheld) for f in extract_text(page)}
    assert figures["$2.00"] and figures["$8.00"] and figures["$2.50"]
    assert not figures["$20"] and not figures["$0.024"] and not figures["$5.00"]
