"""What a figure measures: the field's words, whom a share is about, rows and totals of tables, the sentence before."""

import pytest
import yaml

from orchestration.extraction.gazetteer import INDICATOR_WORDS, load_gazetteer
from orchestration.extraction.pipeline import default_reference_dir, extract_text

ROWS = yaml.safe_load((default_reference_dir() / INDICATOR_WORDS).read_text(encoding="utf-8"))


def indicators(text: str) -> list[str]:
    return [figure.indicator for figure in extract_text(text) if not figure.withheld]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["indicator"])
def test_words_of_indicators_find_their_examples_and_nothing_else(row: dict[str, list[str]]) -> None:
    gazetteer = load_gazetteer(default_reference_dir())
    assert row["indicator"] in gazetteer.dimensions
    for name in ("finds", "passes"):
        for text in row[name]:
            named = {hit.value for hit in gazetteer.find(text) if hit.kind == "indicator"}
            assert (row["indicator"] in named) == (name == "finds"), text


def test_whom_a_share_is_about_is_not_what_it_measures() -> None:
    assert indicators("In 2023, 47% of the companies use artificial intelligence.") == ["penetration_rate"]


def test_performance_is_of_one_chip_or_of_many_by_its_size() -> None:
    assert indicators("算力达到6.2 PFLOPS。") == ["chip_performance"]
    assert indicators("算力达到41.3 EFLOPS。") == ["compute_capacity"]


def test_a_rate_right_behind_an_amount_is_of_it() -> None:
    assert indicators("2023年专利21.7万件，占全省的35.4%。") == ["patent_count", "patent_count"]
    assert indicators("2023年收入158.2亿元，毛利率11.4%。") == ["revenue", "profit_margin"]


def test_an_amount_takes_the_one_indicator_of_the_sentence_before() -> None:
    assert indicators("2023年营业收入14亿元。上年为9亿元。") == ["revenue", "revenue"]
    # a price is of another thing
    assert indicators("2023年租金365元。另有9亿元。")[1:] == [""]


def test_rates_of_a_row_and_rows_over_a_total_measure_what_the_table_does() -> None:
    text = (
        "| $ million | 2025 | Change |\n|---|---|---|\n| Europe | 287 | 12% |\n| Asia | 196 | 9% |\n"
        "| Total revenue | 483 | 11% |\n"
    )
    assert indicators(text) == ["revenue"] * 6


def test_power_in_a_document_about_data_centres_is_theirs() -> None:
    text = "Data centres on the plateau\n\nThe pension fund has agreed to 130 MW up to now.\n"
    assert indicators(text) == ["datacenter_power"]
    assert indicators("The pension fund has agreed to 130 MW up to now.\n") == ["power_capacity"]


def test_a_share_of_a_survey_that_no_words_name_is_one_of_its_answers() -> None:
    text = "Survey of bakeries\n\nThe survey was a survey of respondents. Rye ranks third at 22%.\n"
    assert indicators(text)[-1:] == ["survey_share"]
