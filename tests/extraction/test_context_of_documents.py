"""Which frame a figure has: the head of a document, comparisons that govern nothing, spans of growth, its home."""

import re

import pytest

from orchestration.extraction.dates import find_periods
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
        ("2023年营收57.3亿元，2022年为41.9亿元，同比增长36.8%。毛利率27.5%。", ["2023", "2022", "2023", "2023"]),
        # the amounts of the year before, said in other words
        ("2022年营收57.3亿元，上年41.9亿元。", ["2022", "2021"]),
        ("截至2023年9月末商标37.2万件，一年前为31.5万件。", ["2023-09", "2022-09"]),
        ("2023年9月末药店2,415家，比上年末的2,268家净增147家。", ["2023-09", "2022-12", "2023-09"]),
        ("At the end of 2023 demand was 2,370 MW. Three years earlier it had been 1,690 MW.", ["2023-12", "2020-12"]),
        # what a multiple multiplies is of then, the multiple of now
        ("单台水泵功率2023年升到35kW，是三年前的1.4倍。", ["2023", "2023"]),
        # what is compared with "on the quarter of"
        ("Results of the second quarter of 2023\n\nTurnover rose 17.2% on the second quarter of 2022.\n", ["2023Q2"]),
        # in brackets with an amount of its own
        ("2023年上半年收入53.4亿元，同比增长9%（上年同期为49.0亿元）。", ["2023H1", "2023H1", "2022H1"]),
    ],
)
def test_what_is_compared_with_governs_no_figure_of_today(text: str, expected: list[str]) -> None:
    assert periods(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("到2029年装机规模比2026年增长87%。", ["2026-2029"]),
        ("到2026年茶叶产值达到735亿元，三年年均增长8.3%。", ["2026", "2023-2026"]),
        ("均价由2022年的6,900元回落至2025年的5,100元，累计下降26.1%。", ["2022", "2025", "2022-2025"]),
        # one year is growth on the year before
        ("2023年营收84亿元，比2022年增长5%。", ["2023", "2023"]),
    ],
)
def test_a_growth_over_several_years_is_of_their_span(text: str, expected: list[str]) -> None:
    assert periods(text) == expected


def test_growth_of_a_stock_at_the_end_of_a_year_is_of_the_year() -> None:
    text = "某市2023年统计公报\n\n年末全市药店3,162家，增长6.4%。\n"
    assert periods(text) == ["2023-12", "2023"]


def test_the_short_lines_above_the_first_sentence_stand_apart() -> None:
    text = (
        "Drones over hill farms\nFindings of the 2023 Dunmore Shepherd Survey\n\n"
        "Among the flocks that were counted, 428 farms fly a drone above their pastures twice a month, and not more.\n"
        "The typical owner spends $61 per ewe and season, and a farm in the top tenth spends a good deal more on it.\n"
    )
    assert periods(text) == ["2023", "2023"]


def test_the_days_of_a_test_have_the_year_of_their_document() -> None:
    text = "家用投影仪评测（2023年9月版）\n\n测试窗口：9月4日—9月22日\n\n松影Max花费318元。\n"
    assert periods(text)[-1] == "2023-09"


@pytest.mark.parametrize("name", ["finds", "passes"])
def test_the_month_in_which_a_survey_was_held(name: str) -> None:
    held = rules()["held"]
    for text in held[name]:
        assert bool(re.search(held["pattern"], text.split("»")[1])) == (name == "finds")


def test_korean_periods_and_places_are_read() -> None:
    text = "수산업 투자 보고 (2023년 2분기)\n\n국내 양식장이 모은 투자금은 1,930억 원이다.\n"
    assert periods(text) == ["2023Q2"]
    assert places(text) == ["KOR"]


def test_a_plan_is_of_the_country_whose_years_it_counts() -> None:
    text = "茶業振興計畫(113至116年)\n中華民國112年11月6日\n\n培訓茶農2.3萬人。\n"
    assert places(text) == ["TWN"]


def test_a_rate_of_exchange_has_no_place() -> None:
    text = "2023年国内市场规模64亿元。按1欧元兑7.63元折算。"
    assert places(text) == ["CHN", ""]


def test_a_byline_is_no_place_of_a_figure() -> None:
    text = (
        "# Cork growers feel the drought\n\nBy Ines Falk in Denmark | 14 May 2023\n\n"
        "The four growers of the valley sold $2.7 billion of it.\n"
    )
    assert places(text) == [""]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("2022 Q1-Q3", "2022Q1/2022Q3"),
        ("2021Q4–2022Q2", "2021Q4/2022Q2"),
        ("2022年一至三季度", "2022Q1/2022Q3"),
        ("2022年第二至第四季度", "2022Q2/2022Q4"),
        ("Feb-Jun 2022", "2022-02/2022-06"),
        ("November to January 2022", "2021-11/2022-01"),
        ("the first two quarters of 2022", "2022Q1/2022Q2"),
        ("the first six months of 2022", "2022H1"),
        ("the first 10 months of 2022", "2022-01/2022-10"),
        ("the first thirty months of 2022", ""),
    ],
)
def test_quarters_and_months_that_span_are_one_period(text: str, label: str) -> None:
    assert [mention.label for mention in find_periods(text)] == [label]
