"""Which period a figure has: its clause before its sentence, its sentence before the frames around it."""

import pytest

from orchestration.extraction.frame import Told
from orchestration.extraction.pipeline import extract_text


def _periods(text: str, told: Told | None = None) -> list[str]:
    return [figure.period for figure in extract_text(text, told=told)]


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        # a period in brackets governs nothing behind them
        ("公司2024年营收11亿元（2023年：7亿元），同比增长57%。", ["2024", "2023", "2024"]),
        # the same period a year before
        ("2024年三季度融资214亿元，较上年同期的163亿元增长31%。", ["2024Q3", "2023Q3", "2024Q3"]),
        ("In 2025Q2 sales were $5 million, compared with $4 million a year earlier.", ["2025Q2", "2024Q2"]),
        # a clause behind a semicolon belongs to the sentence that names the period
        ("到2027年产业营收达到2500亿元；智能算力规模达到25 EFLOPS。", ["2027", "2027"]),
        # the start of a change has its own year, the end has not
        ("2024年，平均PUE由2023年的1.48降至1.46。", ["2023", "2024"]),
        ("2013年至2023年三季度，全球申请129万件。", ["2013-01/2023-09"]),
    ],
)
def test_period_of_a_clause(text: str, periods: list[str]) -> None:
    assert _periods(text) == periods


def test_split_years_of_india_and_britain_are_fiscal() -> None:
    told = Told(place="IND")
    assert _periods("The Budget Estimate for 2025-26 is Rs. 2,000 crore.", told) == ["FY2026"]
    assert _periods("The Budget Estimate for 2025-26 is $2,000 million.") == ["2025-2026"]
    # rupees in a budget tell the country
    assert _periods("The budget for 2025-26 is Rs. 2,000 crore.") == ["FY2026"]


def test_the_head_of_a_section_is_nearer_than_a_told_document() -> None:
    text = "# Report\n\n## Results of 2023\n\nThe firm employed 6,200 people.\n"
    assert _periods(text, Told(period="2024")) == ["2023"]
    assert _periods("# Report\n\nThe firm employed 6,200 people.\n", Told(period="2024")) == ["2024"]
