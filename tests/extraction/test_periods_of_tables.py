"""Periods of tables: heads that begin a span, days of launch, price bases and what a head is compared with."""

from pathlib import Path

import pytest

from orchestration.extraction.frame import Told
from orchestration.extraction.pipeline import extract_document, extract_text

SPECIFICATIONS = """| | Falcon X | Heron Y |
|---|---|---|
| Vendor | A | B |
| Launch | 2022 | 2023 |
| Memory (GB) | 80 | 141 |
| TDP (W) | 700 | 400 |
"""


def periods(path: Path, text: str) -> dict[str, str]:
    """Period by printed text."""
    path.write_text(text, encoding="utf-8")
    return {figure.printed: figure.period for figure in extract_document(path)}


def test_the_year_of_launch_is_no_period_of_the_other_figures() -> None:
    figures = extract_text(SPECIFICATIONS, told=Told(period="none"))
    assert {f.printed: f.period for f in figures} == {"80": "", "141": "", "700": "", "400": ""}


def test_a_row_is_of_its_day_and_a_price_base_is_no_period(tmp_path: Path) -> None:
    table = 'Name,As of,Hardware cost (2025 USD millions)\nNorth,2025-06,"7,000"\nSouth,2025-03,"4,500"\n'
    assert periods(tmp_path / "sites.csv", table) == {"7,000": "2025-06", "4,500": "2025-03"}


def test_what_a_head_is_compared_with_is_not_its_period(tmp_path: Path) -> None:
    table = "Country,2024 (USD bn),Change 2024 on 2023 (%)\nFrance,2.6,52.9\nIndia,1.2,-62.5\n"
    assert set(periods(tmp_path / "deals.csv", table).values()) == {"2024"}


@pytest.mark.parametrize("head", ["Three Months Ended June 30,", "Quarter Ended June 30,"])
def test_a_head_over_years_begins_their_span(head: str, tmp_path: Path) -> None:
    page = (
        f"<table><tr><th></th><th colspan='2'>{head}</th></tr><tr><th></th><th>2025</th><th>2024</th></tr>"
        "<tr><td>Revenue ($m)</td><td>331</td><td>286</td></tr><tr><td>Costs ($m)</td><td>298</td><td>237</td></tr>"
        "</table>"
    )
    found = periods(tmp_path / "results.html", page)
    assert (found["331"], found["286"]) == ("2025-04/2025-06", "2024-04/2024-06")


def test_a_period_that_opens_a_sentence_holds_for_those_behind_it_under_a_told_frame() -> None:
    text = "In 2023 revenue was $12 million. Costs were $8 million.\n\nThe firm employs 40 people.\n"
    found = {f.printed: f.period for f in extract_text(text, told=Told(period="2024"))}
    assert found["$8million"] == "2023"


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("35% and 16% in the fiscal years ended June 30, 2025, 2024 and 2023", ["FY2025", "FY2024", "FY2023"]),
        ("for the three months ended March 31, 2025 and 2024", ["2025-01/2025-03", "2024-01/2024-03"]),
        ("2025财年第四季营收，全财年营收，下季指引", ["FY2025Q4", "FY2025", "FY2026Q1"]),
        ("Cost (2023 USD)", [""]),
        ("in 2024 USD 5 billion", ["2024"]),
        ("constant 2015 US$", [""]),
    ],
)
def test_spans_repeat_fiscal_periods_are_remembered_and_price_bases_are_masks(text: str, labels: list[str]) -> None:
    from orchestration.extraction.dates import find_periods

    assert [m.label for m in find_periods(text)] == labels


def test_two_years_are_one_of_an_issuer_whose_year_is_not_the_calendars(tmp_path: Path) -> None:
    sheet = "Budget,,\n(USD million; fiscal year ends 31 March),,\nLine,2024-25 Actual,2025-26 Revised\n"
    sheet += "Water,41.2,68.5\nTotal,136.3,182.0\n"
    assert periods(tmp_path / "a.csv", sheet)["41.2"] == "FY2025"
    calendar = sheet.replace("31 March", "31 December")
    assert periods(tmp_path / "b.csv", calendar)["41.2"] == "2024-2025"


def test_a_head_of_changes_does_not_give_the_year_they_are_counted_from(tmp_path: Path) -> None:
    table = "Region,2024 (USD bn),Change on 2023 (%)\nNorth,49.6,35.5\nSouth,20.5,3.1\n"
    assert periods(tmp_path / "c.csv", table)["35.5"] != "2023"
