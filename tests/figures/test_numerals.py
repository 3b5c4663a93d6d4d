"""Conventions of writing numbers: read as what they are worth, or left alone; never as another number."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.extraction.pipeline import extract_text
from orchestration.figures.numerals import canonical, writes_decimal_commas


@pytest.mark.parametrize(
    ("printed", "value", "unit"),
    [
        ("CHF 1’350’000", 1_350_000, "CHF"),
        ("€26.000.000,50", 26_000_000.5, "EUR"),
        ("$1 843 million", 1_843_000_000, "USD"),
        ("3,382亿6,500万元", 338_265_000_000, "CNY"),
        ("1亿3千万元", 130_000_000, "CNY"),
        ("2兆4,433億6,200万円", 2_443_362_000_000, "JPY"),
        ("₹3,700 crore", 37_000_000_000, "INR"),
        ("₹2.25 lakh crore", 2_250_000_000_000, "INR"),
        ("₹1,25,000", 125_000, "INR"),
        ("新台幣7,684.6億元", 768_460_000_000, "TWD"),
        ("1,5 TWh", 1.5e12, "Wh"),
    ],
)
def test_conventions_are_read(printed: str, value: float, unit: str) -> None:
    figures = [f for f in extract_text(f"2023年合计 {printed}。") if not f.withheld]
    assert [(f.value, f.unit) for f in figures] == [(value, unit)]
    # as printed, for the place to be found again
    assert figures[0].printed == "".join(printed.split())


@pytest.mark.parametrize("printed", ["1.234", "2024, 12", "3,50 3", "items 1,5 and 7", "1,234", "v2.1.3"])
def test_what_can_be_read_in_two_ways_is_left_alone(printed: str) -> None:
    assert canonical(printed) == printed


@given(st.text(alphabet="0123456789.,’ 亿万千兆元成半lakhcrore€$ ", max_size=40))
def test_every_character_stays_at_its_place(text: str) -> None:
    assert len(canonical(text)) == len(text)


@given(st.integers(1, 999), st.integers(1, 9999))
def test_a_chain_of_magnitudes_is_worth_its_parts(hundreds: int, tens: int) -> None:
    """Each part is worth its magnitude, whatever room the plain number would need."""
    read = canonical(f"{hundreds}亿{tens}万元")
    plain = re.fullmatch(r"0*(\d+(?:\.\d+)?)亿元", read)
    if plain is not None:  # else as printed, and withheld
        assert Decimal(plain[1]) * 10**8 == hundreds * 10**8 + tens * 10**4


@given(st.integers(1000, 10**12), st.sampled_from("’\u2009\u202f\u00a0"))
def test_grouped_numbers_are_worth_their_digits(value: int, by: str) -> None:
    assert canonical(f"{value:,}".replace(",", by)) == f"{value:,}"


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("1万2000个", "012000个"),
        ("1万20个", "1万20个"),  # ones have three or four digits
        ("1 234,5 millions", "1,234.5 millions"),
        ("两成半", "25%"),
        ("較去年成長", "较去年成长"),
    ],
)
def test_spellings_that_a_text_of_its_own_explains(printed: str, read: str) -> None:
    assert canonical(printed) == read


def test_points_group_where_the_document_writes_decimal_commas() -> None:
    german = "Der Umsatz stieg um 12,4 % auf 3,2 Mrd. €. Die Marge lag bei 9,8 %. Python 3.12 läuft."
    assert writes_decimal_commas(german)
    assert not writes_decimal_commas("Margin 9.8 %, up from 9,4 % and 9,1 %; revenue 3.2 bn.")
    assert canonical("1.200 MW", commas=True) == "1,200 MW"
    assert canonical("1.200 MW") == "1.200 MW"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("GPU 26만 장을 확보", [(260_000, "count")]),
        ("GPU 26만 마리를 확보", []),  # a counter of a script that is not read
        ("выручка 3,5 млн", []),  # nor its magnitudes
        ("a quarter of a million dollars", [(250_000, "USD")]),
        ("fell by £140m to £2.9bn", [(140e6, "GBP"), (2.9e9, "GBP")]),
        ("集成电路产量4,514亿块", [(4514e8, "count")]),
        ("净额(1.12)亿元", [(-1.12e8, "CNY")]),
        ("Rs.4,250.75 cr", [(4250.75e7, "INR")]),
        ("営業損失は△56百万円", [(-56e6, "JPY")]),
        ("1.250 millones de euros, un 8,4% más", [(1250e6, "EUR"), (8.4, "percent")]),
        ("net loss was RMB1,234.5 million (US$169.1 million)", [(-1234.5e6, "CNY"), (-169.1e6, "USD")]),
        ("net loss was RMB1.2 million (2023: US$0.3 million)", [(-1.2e6, "CNY"), (0.3e6, "USD")]),
        ("企業の約6割が導入", [(60, "percent")]),
        ("3社に1社が導入", [(33.33, "percent")]),
        ("热阻降低至0.05℃/W", []),  # withheld: half of a unit is another unit
        ("The 5.000 units shipped", []),  # withheld: the point may group thousands
    ],
)
def test_nothing_beside_a_number_is_left_unread(text: str, read: list[tuple[float, str]]) -> None:
    figures = [f for f in extract_text(text) if not f.withheld]
    assert [(f.value, f.unit) for f in figures] == read
    assert not any(f.range_end for f in figures)
