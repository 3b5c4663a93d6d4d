"""What a document is about, in its own words: days of publication, times of surveys, budgets, sections, calendars."""

import re

import pytest

from orchestration.extraction.compared_periods import comparisons
from orchestration.extraction.dates import find_periods, publication_date
from orchestration.extraction.frame import rules
from orchestration.extraction.pipeline import extract_text
from orchestration.extraction.relative_periods import Now
from orchestration.figures.numerals import simplified

COMPARED = [(rule, text, name == "finds") for _, rule in comparisons() for name in ("finds", "passes") for text in getattr(rule, name)]  # fmt: skip  # noqa: E501

TAKEN = [
    (where, text, name == "finds")
    for where in rules()["taken"]
    for name in ("finds", "passes")
    for text in rules()["taken"][where][name]
]


def periods(text: str) -> dict[str, str]:
    return {figure.printed: figure.period for figure in extract_text(text)}


def places(text: str) -> dict[str, str]:
    return {figure.printed: figure.geography for figure in extract_text(text)}


@pytest.mark.parametrize(("row", "text", "compared"), COMPARED)
def test_what_is_compared_with_is_told_from_what_is_measured(row, text: str, compared: bool) -> None:  # type: ignore[no-untyped-def]
    before, rest = text.split("«")
    assert row.around(before, rest.split("»")[1]) == compared


@pytest.mark.parametrize(("where", "text", "found"), TAKEN)
def test_words_before_the_time_of_data(where: str, text: str, found: bool) -> None:
    pattern = re.compile(rules()["taken"][where]["pattern"], re.I)
    assert any(pattern.search(text[: m.start]) for m in find_periods(text) if m.label) == found


def test_the_period_of_a_comparison_governs_no_figure_behind_it() -> None:
    text = "Use rose to 42% in 2025, after 35% in the wave of 2024. Small firms stand at 34%.\n"
    assert periods(text) == {"42%": "2025", "35%": "2024", "34%": "2025"}


def test_a_year_named_from_another_is_that_of_one_amount() -> None:
    text = "2024年收入为186.4亿元，而2023年的上年只有71.2亿元。\n"
    assert periods(text)["186.4亿元"] == "2024"
    text = "发布日期：2025年4月2日\n\n2024年收入规模为186.4亿元，而前年只有71.2亿元，一年之间多了115.2亿元。\n"
    assert periods(text) == {"186.4亿元": "2024", "71.2亿元": "2023", "115.2亿元": "2024"}


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("13–19 October 2025", "2025-10"),
        ("between 2 and 29 June 2025", "2025-06"),
        ("2025年6月3日—6月20日", "2025-06"),
        ("4. November 2025", "2025-11-04"),
        ("im März 2025", "2025-03"),
        ("中华民国114年9月18日", "2025-09-18"),
        ("令和7年度の予算", "FY2025"),
        ("令和7年11月28日に", "2025-11-28"),
        ("2024年度の市場", "FY2024"),
        ("24年度は", "FY2024"),
        ("2025年度上期の業績", "FY2025H1"),
        ("2024年度财务", "2024"),
    ],
)
def test_days_of_a_month_and_calendars(text: str, label: str) -> None:
    assert [m.label for m in find_periods(simplified(text))] == [label]


def test_a_docket_number_is_no_year() -> None:
    assert find_periods("Docket No. E-2025-3318") == []


def test_years_of_the_republic_count_only_where_the_document_says_so() -> None:
    assert [m.label for m in find_periods("113年产值", Now(republic=True))] == ["2024"]
    assert find_periods("113年产值") == []
    plain = "113年產值864億元。\n"
    assert set(periods(f"產業方案\n中華民國114年9月18日\n\n{plain}").values()) == {"2024"}
    assert "2024" not in periods(plain).values()


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("江浦省统计局 2025年3月14日", "2025-03-14"),
        ("記者林育安／桃園報導　2025-11-06 16:42", "2025-11-06"),
        ("FRANKFURT, 4. November 2025. Der Boom", "2025-11-04"),
        ("数据截至 2025年3月14日", None),
        ("Balance sheet 30 June 2025", None),
    ],
)
def test_a_short_line_that_ends_with_a_day_says_when_a_document_appeared(line: str, day: str | None) -> None:
    found = publication_date(simplified(line), position=2)
    assert (str(found[0]) if found else None) == day


def test_the_day_on_which_a_document_appeared_governs_no_figure() -> None:
    text = "# 江浦省2024年产业统计公报\n\n江浦省统计局 2025年3月14日\n\n规模以上企业571家。\n"
    assert periods(text) == {"571家": "2024"}


def test_a_document_is_not_about_a_year_ahead_of_its_publication() -> None:
    text = (
        "Load forecast, June 12, 2025\n\nThe base case for 2030 has 13.8 TWh.\n\nBy the end of 2030 it is 12 GW.\n\n"
        "In 2030 it costs $5 million.\n\nThe largest project asks for 289 MW.\n"
    )
    assert periods(text)["289MW"] != "2030"


def test_a_section_about_one_year_says_which_year_is_the_whole_one() -> None:
    text = "# 政府工作报告\n\n发布日期：2026年1月22日\n\n## 2025年工作回顾\n\n全年用电96.4亿千瓦时。\n"
    assert periods(text) == {"96.4亿千瓦时": "2025"}


def test_a_survey_is_of_the_time_and_the_place_where_it_was_taken() -> None:
    text = "# What managers told us\n\nFieldwork 3–28 March 2025, England, Scotland and Wales.\n\nUse stands at 70%.\n"
    (figure,) = (f for f in extract_text(text) if f.printed == "70%")
    assert (figure.period, figure.geography) == ("2025-03", "GBR")
    text = "落地企业占23.6%。\n\n（问卷时间：2025年9月；范围：江苏省制造业企业）\n"
    (figure,) = (f for f in extract_text(text) if f.printed == "23.6%")
    assert (figure.period, figure.geography) == ("2025-09", "CN-JS")


def test_the_issuing_body_in_capitals_names_the_place() -> None:
    text = "BEFORE THE PUBLIC UTILITIES COMMISSION OF OHIO\nCase 25-0417, June 12, 2025\n\nThe queue held 11 GW.\n"
    assert places(text)["11GW"] == "US-OH"


def test_a_part_of_the_place_of_a_document_does_not_govern_the_sentences_behind_it() -> None:
    text = "# 湖北省2025年产业统计公报\n\n其中武汉978亿元。规模以上企业1,870家。\n"
    assert places(text) == {"978亿元": "CN-HB-WUH", "1,870家": "CN-HB"}


def test_the_name_of_a_sheet_is_no_title() -> None:
    head = "# Appropriation\n\n| Programme, budget 2026-27 | | |\n|---|---|---|\n"
    rows = "| (millions of Canadian dollars) | | |\n| Line | 2024-25 Actual | 2026-27 Estimate |\n"
    rows += "| Compute | 41.2 | 112.0 |\n"
    status = {figure.printed: figure.status for figure in extract_text(head + rows)}
    assert status == {"41.2": "actual", "112.0": "target"}


@pytest.mark.parametrize(
    ("head", "cells", "period"),
    [
        ("| Country | 2023 (MW) | 2024 (MW) | Change on year (%) |", "| Ireland | 980 | 1,085 | 10.7 |", "2024"),
        ("| Vendor | Sales 1Q26 ($m) | Sales 1Q25 ($m) | YoY |", "| Northgate | 412.6 | 301.2 | 37.0% |", "2026Q1"),
        ("| Group | 2019 (MW) | 2024 (MW) | Change, % |", "| High | 3,540 | 4,320 | 22.0 |", "2019-2024"),
        ("| Group | 2023 (MW) | 2024 (MW) | 2025 (MW) | Share, % |", "| High | 1 | 2 | 3 | 22.0 |", "2025"),
    ],
)
def test_a_percentage_without_a_period_takes_that_of_the_columns_to_its_left(
    head: str, cells: str, period: str
) -> None:
    rule = "|---" * (head.count("|") - 1) + "|"
    figures = extract_text(f"{head}\n{rule}\n{cells}\n{cells}\n")
    assert {figure.period for figure in figures if figure.unit == "percent"} == {period}


def test_a_change_over_years_in_a_table_is_not_yoy() -> None:
    table = "| Group | 2019 (MW) | 2024 (MW) | Change, % |\n|---|---|---|---|\n| High | 3,540 | 4,320 | 22.0 |\n"
    (figure,) = (f for f in extract_text(table) if f.unit == "percent")
    assert figure.statistic == "change"


def test_a_change_from_the_same_period_a_year_ago_is_yoy() -> None:
    text = "Operating income was $214.8 million in 2025, 35% above the $159.4 million of a year earlier.\n"
    assert {f.printed: f.statistic for f in extract_text(text)}["35%"] == "yoy"


def test_power_and_electricity_of_data_centres_are_not_those_of_an_economy() -> None:
    def indicators(text: str) -> list[str]:
        return [figure.indicator for figure in extract_text(text)]

    assert indicators("The data centers drew 4.6 TWh and asked for 289 MW.") == [
        "datacenter_electricity",
        "datacenter_power",
    ]
    assert indicators("The wind park has 289 MW.") == ["power_capacity"]


def test_a_fiscal_year_of_japan_has_no_days_reckoned_by_the_year_in_which_it_ends() -> None:
    (figure,) = extract_text("決算期は3月です。2024年度の売上高は412億円でした。\n")[:1]
    assert (figure.period, figure.period_start, figure.period_end) == ("FY2024", None, None)
