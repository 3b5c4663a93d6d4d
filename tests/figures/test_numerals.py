"""Conventions of writing numbers: read as what they are worth, or left alone; never as another number."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.extraction.pipeline import extract_text
from orchestration.figures.numerals import canonical


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
