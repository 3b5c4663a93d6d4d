"""Which frame a figure has: the head of a document, comparisons that govern nothing, spans of growth, its home."""

import re

import pytest

from orchestration.extraction.frame import rules
from orchestration.extraction.pipeline import extract_text


def periods(text: str) -> list[str]:
    return [figure.period for figure in extract_text(text)]


def places(text: str) -> list[str]:
    return [figure.geography for figure in extract_text(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # an earlier year that only tells its own amount governs no growth, and no sentence behind it
        ("2025年营收118.6亿元，2024年为82.4亿元，同比增长43.9%。毛利率31.0%。", ["2025", "2024", "2025", "2025"]),
        # the amounts of the year before, said in other words
        ("2024年营收118.6亿元，上年82.4亿元。", ["2024", "2023"]),
        ("截至2025年6月末专利58.4万件，一年前为46.7万件。", ["2025-06", "2024-06"]),
        ("2025年6月末企业1,286家，比上年末的1,112家净增174家。", ["2025-06", "2024-12", "2025-06"]),
        ("At the end of 2024 load was 1,840 MW. Two years earlier it had been 1,150 MW.", ["2024-12", "2022-12"]),
        # what a multiple multiplies is of then, the multiple of now
        ("单机柜功率2024年升到20kW，是四年前的2.5倍。", ["2024", "2024"]),
        # what is compared with "on the quarter of"
        ("Results of the third quarter of 2025\n\nRevenue rose 34.5% on the third quarter of 2024.\n", ["2025Q3"]),
        # in brackets with an amount of its own
        ("2025年上半年收入36.8亿元，同比增长12%（上年同期为32.9亿元）。", ["2025H1", "2025H1", "2024H1"]),
    ],
)
def test_what_is_compared_with_governs_no_figure_of_today(text: str, expected: list[str]) -> None:
    assert periods(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("到2027年算力规模比2024年增长122%。", ["2024-2027"]),
        ("到2028年产业规模达到1070亿元，三年年均增长14.6%。", ["2028", "2025-2028"]),
        ("均价由2024年的7,400元回落至2027年的5,600元，累计下降24.3%。", ["2024", "2027", "2024-2027"]),
        # one year is growth on the year before
        ("2025年营收120亿元，比2024年增长20%。", ["2025", "2025"]),
    ],
)
def test_a_growth_over_several_years_is_of_their_span(text: str, expected: list[str]) -> None:
    assert periods(text) == expected


def test_growth_of_a_stock_at_the_end_of_a_year_is_of_the_year() -> None:
    text = "某省2025年统计公报\n\n年末全省企业1,284家，增长20.3%。\n"
    assert periods(text) == ["2025-12", "2025"]


def test_the_short_lines_above_the_first_sentence_stand_apart() -> None:
    text = (
        "Generative AI in small law firms\nResults of the 2025 Bramley Bar Survey\n\n"
        "Of those who answered, 713 firms use a generative tool for client work at least once a week, and not more.\n"
        "The median user pays $96 per lawyer and month, and a firm in the top tenth pays a good deal more than that.\n"
    )
    assert periods(text) == ["2025", "2025"]


def test_the_days_of_a_test_have_the_year_of_their_document() -> None:
    text = "国产大模型横评（2025年6月版）\n\n测试窗口：6月3日—6月20日\n\n若木Pro花费242元。\n"
    assert periods(text)[-1] == "2025-06"


@pytest.mark.parametrize("name", ["finds", "passes"])
def test_the_month_in_which_a_survey_was_held(name: str) -> None:
    held = rules()["held"]
    for text in held[name]:
        assert bool(re.search(held["pattern"], text.split("»")[1])) == (name == "finds")


def test_korean_periods_and_places_are_read() -> None:
    text = "AI 투자 동향 (2025년 3분기)\n\n국내 스타트업이 유치한 투자금은 4,620억 원이다.\n"
    assert periods(text) == ["2025Q3"]
    assert places(text) == ["KOR"]


def test_a_plan_is_of_the_country_whose_years_it_counts() -> None:
    text = "智慧產業躍升方案(115至119年)\n中華民國114年9月18日\n\n培訓人才8.5萬人。\n"
    assert places(text) == ["TWN"]


def test_a_rate_of_exchange_has_no_place() -> None:
    text = "2024年国内市场规模180亿元。按1美元兑7.12元折算。"
    assert places(text) == ["CHN", ""]


def test_a_byline_is_no_place_of_a_figure() -> None:
    text = (
        "# Memory makers ride the AI wave\n\nBy Imogen Tarr in Singapore | 1 August 2025\n\n"
        "The three makers of the memory sold $9.8 billion of it.\n"
    )
    assert places(text) == [""]
