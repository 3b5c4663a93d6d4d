"""Fiscal calendars: from words and spans of months to the issuer's quarters."""

import pytest

from orchestration.extraction.fiscal import fiscal_label, rules, stated_year_end, year_end_of_quarter, year_of_pair
from tests.extraction.test_frames import extract_text

EARNINGS = """Third Quarter Fiscal 2026 Results

CONDENSED STATEMENTS OF OPERATIONS (In millions)

                    Three Months Ended              Nine Months Ended
                 Oct. 26,      Oct. 27,         Oct. 26,      Oct. 27,
                     2025          2024             2025          2024
Revenue         $ 1,284.6     $   980.3        $ 3,561.9     $ 2,744.0
Gross profit        748.9         548.8          2,059.5       1,515.1
"""


@pytest.mark.parametrize("row", rules(), ids=[row["word"][:40] for row in rules()])
def test_a_stated_end_of_the_fiscal_year_is_read_and_other_months_are_not(row: dict[str, str]) -> None:
    assert stated_year_end(row["example"]) == row["is"]
    assert stated_year_end(row["not"]) == ""


def test_two_year_ends_say_nothing() -> None:
    assert stated_year_end("Our fiscal year ends in June. The parent's fiscal year ends in March.") == ""


@pytest.mark.parametrize(
    ("span", "year_end", "label"),
    [
        ("2025-08/2025-10", "01-31", "FY2026Q3"),
        ("2024-11/2025-01", "01-31", "FY2025Q4"),
        ("2025-04/2025-06", "03-31", "FY2026Q1"),
        ("2024-07/2025-06", "06-30", "FY2025"),
        ("2025-02/2025-10", "01-31", "2025-02/2025-10"),  # nine months keep their months
        ("2025-07/2025-09", "12-31", "2025-07/2025-09"),  # the calendar's own quarters
        ("2025-07/2025-09", "01-31", "2025-07/2025-09"),  # no quarter of this calendar
        ("2025-08/2025-10", "", "2025-08/2025-10"),
        ("2025", "01-31", "2025"),
    ],
)
def test_three_or_twelve_months_are_a_period_of_the_issuers_calendar(span: str, year_end: str, label: str) -> None:
    assert fiscal_label(span, year_end) == label


@pytest.mark.parametrize(
    ("span", "quarter", "year_end"),
    [
        ("2025-08/2025-10", "FY2026Q3", "01-31"),
        ("2025-05/2025-07", "FY2026Q3", ""),  # the quarter before: its year would be another
        ("2025-02/2025-10", "FY2026Q3", ""),
        ("2025-08/2025-10", "FY2026", ""),
    ],
)
def test_three_months_of_the_main_quarter_tell_the_calendar(span: str, quarter: str, year_end: str) -> None:
    assert year_end_of_quarter(span, quarter) == year_end


def test_the_quarters_of_a_statement_of_operations_have_the_issuers_names() -> None:
    periods = {figure.printed: figure.period for figure in extract_text(EARNINGS)}
    assert periods["$1,284.6"] == "FY2026Q3"
    assert periods["548.8"] == "FY2025Q3"
    assert periods["$3,561.9"] == "2025-02/2025-10"
    assert periods["1,515.1"] == "2024-02/2024-10"


def test_two_years_are_a_fiscal_year_only_where_the_document_says_when_its_year_ends() -> None:
    assert year_of_pair("2024-2025", "03-31") == "FY2025"
    assert year_of_pair("2024-2025", "12-31") == "2024-2025"
    assert fiscal_label("2024-2025", "01-31") == "2024-2025"  # of an issuer that is known, it may be a span
