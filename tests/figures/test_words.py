"""English number words are read whole or not at all."""

import pytest

from orchestration.extraction.pipeline import extract_text
from orchestration.figures.words import number_words


@pytest.mark.parametrize(
    ("text", "digits", "magnitude", "rest"),
    [
        ("seven", "7", "", ""),
        ("forty-two", "42", "", ""),
        ("three hundred and eighty billion dollars", "380", "billion", " dollars"),
        ("five point two trillion", "5.2", "trillion", ""),
        ("one and a half percent", "1.5", "", " percent"),
        ("three and a half trillion", "3.5", "trillion", ""),
        ("a hundred and fifty megawatts", "150", "", " megawatts"),
        ("half a million people", "0.5", "million", " people"),
        ("two million three hundred thousand", "2300", "thousand", ""),
        ("twenty twenty-four", "20", "", " twenty-four"),
        ("two million and three million", "2", "million", " and three million"),
        ("two thousand and five", "2005", "", ""),
        ("six percent", "6", "", " percent"),
    ],
)
def test_number_words(text: str, digits: str, magnitude: str, rest: str) -> None:
    read = number_words(text, 0)
    assert read is not None
    assert (float(read.digits), text[read.end :]) == (float(digits), rest)
    assert read.magnitude == magnitude


@pytest.mark.parametrize("text", ["a company", "half of it", "hundred", "and", "", "zero"])
def test_what_is_no_number(text: str) -> None:
    assert number_words(text, 0) is None


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("They will spend about six point four trillion dollars on it.", 6.4e12, "USD"),
        ("The site draws two hundred and thirty megawatts.", 230e6, "W"),
        ("It burned three hundred and twelve terawatt hours.", 3.12e14, "Wh"),
        ("Data centres take two and a half percent of power.", 2.5, "percent"),
        ("They employ sixty-three thousand people.", 63000, "count"),
        ("The plan needs half a million workers.", 500000, "count"),
    ],
)
def test_figures_in_words(text: str, value: float, unit: str) -> None:
    assert [(figure.value, figure.unit) for figure in extract_text(text)] == [(value, unit)]


@pytest.mark.parametrize("text", ["Two vendors met.", "One day it will come.", "In twenty twenty-four they met."])
def test_ways_of_speaking(text: str) -> None:
    assert extract_text(text) == []
