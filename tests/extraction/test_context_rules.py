"""Status, statistic, place and period by the rules of ``data/context.yml``, and what they say of whole documents."""

from pathlib import Path

import pytest

from orchestration.extraction import extract_document
from orchestration.extraction.context_rules import context_rules, home_money
from orchestration.extraction.frame import Told
from orchestration.extraction.pipeline import extract_text

EXAMPLES = [
    (name, text, kind == "finds")
    for name, rule in context_rules().items()
    for kind in ("finds", "passes")
    for text in getattr(rule, kind)
]


def fields(text: str, field: str, told: Told | None = None) -> dict[str, str]:
    return {figure.printed: getattr(figure, field) for figure in extract_text(text, told=told)}


@pytest.mark.parametrize(("name", "text", "found"), EXAMPLES)
def test_a_rule_finds_and_passes_its_examples(name: str, text: str, found: bool) -> None:
    rule = context_rules()[name]
    before, mark, rest = text.partition("«")
    assert (rule.around(before, rest.partition("»")[2]) if mark else rule.pattern.search(text) is not None) == found


def test_every_rule_has_both_kinds_of_examples() -> None:
    assert all(rule.finds and rule.passes for rule in context_rules().values())


# --- status -----------------------------------------------------------------------------------------------------------

PLAN = "临川省数字工坊行动方案（2026—2030年）\n\n一、发展基础\n\n全省建成工坊320家。\n\n二、重点任务\n\n{}\n"


def test_what_a_plan_gives_no_time_is_its_goal() -> None:
    found = fields(PLAN.format("建设示范工坊80家，绿电占比不低于60%。"), "status")
    assert found == {"320家": "actual", "80家": "target", "60%": "target"}


def test_what_a_plan_says_of_the_present_is_no_goal() -> None:
    assert fields(PLAN.format("目前已有工坊210家。"), "status")["210家"] == "actual"


def test_a_company_s_plan_tells_what_it_has() -> None:
    text = "株式会社サンプル 中期経営計画 行動計画\n\n利用企業は310社です。\n"
    assert fields(text, "status") == {"310社": "actual"}


def test_a_target_price_is_a_forecast() -> None:
    text = "Results of 2024\n\nWe keep our target price of $48. Revenue was $310 million.\n"
    assert fields(text, "status") == {"$48": "forecast", "$310million": "actual"}


def test_an_effect_that_nobody_measured_is_a_claim() -> None:
    text = "Clerks see up to 35% fewer errors. Sales fell 12%.\n"
    assert fields(text, "status") == {"35%": "claim", "12%": "actual"}


def test_words_of_expectation_in_korean() -> None:
    text = "2024년 수출은 4조 원이었다. 올해 수출은 25% 늘어날 것으로 보인다.\n"
    assert fields(text, "status", Told(published="2025-04-02")) == {"4조원": "actual", "25%": "forecast"}


# --- statistic --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # written with a plus
        ("Tolls brought $38,000 in 2024 and $32,000 the year before (+19%).", "yoy"),
        # two amounts of the sentence make it
        ("In 2024 deliveries of 48,000 units met 40,000 units of orders, 20.0% in all.", "change"),
        ("Prices are 23% more than those of the rival.", "change"),
        ("Output runs to 4 GW by 2031, or 14.5% per annum.", "cagr"),
        ("Das sind 11,2 Prozent mehr als im Vorjahr.", "yoy"),
        # a part beside its amount
        ("Of $640 million, $288 million (45%) is due next year.", "share"),
    ],
)
def test_growth_that_no_verb_tells(text: str, expected: str) -> None:
    assert [f.statistic for f in extract_text(text) if f.unit == "percent"] == [expected]


def test_a_rate_of_its_own_is_a_level(tmp_path: Path) -> None:
    document = tmp_path / "a.csv"
    document.write_text("Model,GPQA (%),Share of votes (%)\nArl,61.5,40.5\nBrun,58.2,59.5\n", encoding="utf-8")
    found = {f.printed: f.statistic for f in extract_document(document)}
    assert found == {"61.5": "level", "58.2": "level", "40.5": "share", "59.5": "share"}


# --- place ------------------------------------------------------------------------------------------------------------


def test_a_document_is_of_the_place_that_it_says_it_is_of_as_a_whole() -> None:
    text = "港口岸电若干措施\n\n立足合肥市实际，提出三条。\n\n建设机架2万架。\n"
    assert fields(text, "geography")["2万架"].startswith("CN-AH")
    text = "Robots in bakeries\n\nA survey of 4,100 bakeries in Belgium in May.\n\nRobots knead in 31%.\n"
    assert fields(text, "geography")["31%"] == "BEL"


def test_a_plan_that_counts_in_the_money_of_one_country_is_of_it() -> None:
    text = "Action plan for ports\n\nThe plan adds £420 million.\n\nIt builds 12 MW of capacity.\n"
    assert fields(text, "geography") == {"£420million": "GBR", "12MW": "GBR"}
    # two kinds of money tell nothing, and neither does money in a text of another kind
    assert fields(text.replace("12 MW of capacity", "₹30 million of piers"), "geography")["£420million"] == ""
    assert fields("Harbour news\n\nThe firm adds £420 million.\n", "geography") == {"£420million": ""}


@pytest.mark.parametrize(
    ("place", "text"), [("IND", "Rs. 40 crore"), ("TWN", "新臺幣30億元"), ("CAN", "C$4.2 million")]
)
def test_money_of_one_country(place: str, text: str) -> None:
    assert [code for code, words in home_money().items() if words.search(text)] == [place]


def test_a_told_place_is_not_that_of_a_specification() -> None:
    text = "Chips\n\nThe chip has a memory of 80 GB.\n"
    assert set(fields(text, "geography", Told(place="CHN")).values()) == {""}


# --- period -----------------------------------------------------------------------------------------------------------


def test_what_a_plan_gives_to_all_its_years_is_of_their_span() -> None:
    found = fields(PLAN.format("五年培训6万人，其中县域2万人。三年培训1万人。"), "period")
    assert found["6万人"] == found["2万人"] == "2026-2030"
    assert found["1万人"] == ""


def test_this_year_of_a_document_without_a_day_is_that_of_its_month() -> None:
    text = "# Funding\n\nThe firm expects sales of $65 million this year.\n"
    assert fields(text, "period", Told(period="2025-09")) == {"$65million": "2025"}
    # of a year that a document is about nobody knows whether it is the present one
    assert fields(text, "period", Told(period="2024")) != {"$65million": "2025"}


def test_the_same_time_of_last_year_names_no_year_for_what_follows() -> None:
    text = "发布日期：2025年10月30日\n\n前三季度收入21.5亿元，去年同期14.2亿元，单三季度收入8.4亿元。\n"
    assert fields(text, "period")["8.4亿元"] == "2025Q3"


def test_a_growth_a_year_up_to_a_later_year_begins_with_the_year_of_the_document() -> None:
    text = "By 2030 the market will grow at a compound annual rate of 12.2%.\n"
    assert fields(text, "period", Told(period="2024")) == {"12.2%": "2024-2030"}


def test_a_korean_sentence_ends_behind_its_stop() -> None:
    text = "직원은 57명이다. 2026년 매출은 31% 증가했다.\n"
    assert fields(text, "period")["57명"] == ""
