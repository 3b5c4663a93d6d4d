"""What a person types at the desk is compared with what the document prints."""

import dataclasses

import pytest

from orchestration.desk.printed import unprinted
from orchestration.extraction.model import ExtractedFigure
from orchestration.loading.reference import load_reference
from orchestration.settings import PROJECT


@pytest.fixture(scope="module")
def reference():
    return load_reference(PROJECT / "raw")


def _figure(printed, value, unit):
    return ExtractedFigure(
        file="d.txt", line=1, page=None, printed=printed, value=value, value_low=value, value_high=value, unit=unit,
        counted="", indicator="", entity="", geography="", period="", period_start=None, period_end=None, status="",
        statistic="", qualifier="", confidence=1.0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("printed", "read", "unit", "given", "given_unit"),
    [
        ("US$4,250", 4250, "USD", 4_250_000, "USD"),  # a scale that stood elsewhere
        ("4.250", 4.25, "USD", 4250, "USD"),  # a point that parts thousands
        ("1.5万亿元", 15e12, "CNY", 1.5e12, "CNY"),
        ("3.2", 3.2, "percent", -3.2, "percent"),  # a sign that a word says
        ("90minutes", 90, "count", 5400, "s"),
        ("7年", 7, "count", 7 * 31_556_952, "s"),
        ("1/70", 1, "ratio", 1 / 70, "ratio"),
        ("3in5", 3, "count", 60, "percent"),
        ("two-thirds", 66.67, "percent", 200 / 3, "percent"),  # number words say nothing
        ("七成", 7, "percent", 70, "percent"),
        ("3-5年", 3, "count", 5, "count"),
        ("0", 0, "count", 0, "count"),
    ],
)
def test_what_the_words_can_mean_needs_no_second_key(reference, printed, read, unit, given, given_unit):
    figure = _figure(printed, float(read), unit)
    told = dataclasses.replace(figure, value=float(given), unit=given_unit)
    assert unprinted(figure, told, "70 % US$ 元 minutes 年", reference) == []


@pytest.mark.parametrize(
    ("printed", "given", "unit", "text", "fields"),
    [
        ("US$4,250", 4520, "USD", "US$ 4,250", ["value"]),  # two digits exchanged
        ("US$4,250", 999_999, "USD", "US$ 4,250", ["value"]),
        ("US$4,250", 0, "USD", "US$ 4,250", ["value"]),
        ("4,250", 4250, "JPY", "4,250 in US$", ["unit"]),
        ("4,250", 4250, "W", "4,250 Workers", ["unit"]),  # no watt is named by a word that begins with W
        ("4,250", 4205, "JPY", "4,250 in US$", ["value", "unit"]),
    ],
)
def test_a_number_or_a_unit_that_stands_nowhere_is_doubted(reference, printed, given, unit, text, fields):
    figure = _figure(printed, 4250.0, "USD")
    assert unprinted(figure, dataclasses.replace(figure, value=float(given), unit=unit), text, reference) == fields
