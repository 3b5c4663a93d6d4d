"""Units that a document gives away by its own words: Taiwan dollars, points, counters of Japanese, parted cells."""

from pathlib import Path

import pytest

from orchestration.extraction.pipeline import extract_document, extract_text


def read(text: str) -> list[tuple[str, float, str]]:
    """Printed text, value and unit of the figures that are to be trusted."""
    return [(f.printed, f.value, f.unit) for f in extract_text(text) if not f.withheld]


def test_a_bare_yuan_is_the_taiwan_dollar_once_the_document_has_named_it() -> None:
    text = "第三季營收新台幣3,420億元，其中伺服器1,984億元。\n\n每股純益3.42元。\n"
    assert [(value, unit) for _, value, unit in read(text)] == [(3.42e11, "TWD"), (1.984e11, "TWD"), (3.42, "TWD")]


@pytest.mark.parametrize(
    "text",
    [
        "營收新台幣3,420億元。若以美元計算，營收為268.8億元。",
        "營收新台幣3,420億元，人民幣部分為68.8億元，另有12.5億元。",
        "营收新台币3,420亿元，其中服务器1,984亿元。",
    ],
    ids=["counted in dollars", "names the yuan as well", "simplified characters"],
)
def test_it_is_withheld_where_another_currency_may_be_meant(text: str) -> None:
    assert not any(figure.unit == "TWD" and not figure.withheld for figure in extract_text(text)[1:])


def test_points_beside_percentages_are_percentage_points() -> None:
    assert read("The share rose by 21.6 points to 42%.") == [("21.6points", 21.6, "pp"), ("42%", 42, "percent")]
    assert read("The index lost 120 points, or 3%.") == [("3%", 3, "percent")]
    assert read("The study makes three points, and 40% agree.") == [("40%", 40, "percent")]
    assert read("An increase of 100 basis points in the rate.") == [("100basispoints", 1, "pp")]


def test_counters_of_japanese_and_swedish_money_are_read() -> None:
    assert read("自治体は279団体、GPUは4,096基、処理量は3.2兆トークン。") == [
        ("279団体", 279, "count"),
        ("4,096基", 4096, "count"),
        ("3.2兆トークン", 3.2e12, "count"),
    ]
    assert read("Phase one costs 23 billion kronor.") == [("23billionkronor", 2.3e10, "SEK")]


def test_a_cell_is_parted_as_its_label_is() -> None:
    price = "| Price in / out, US$ per million tokens | 0.28 / 1.12 |\n"
    table = f"| | A |\n|---|---|\n| Weights, GB | 140 |\n{price}| Ratio | 3/4 |\n"
    assert read(table)[1:] == [("0.28", 0.28, "USD/Mtoken"), ("1.12", 1.12, "USD/Mtoken"), ("3/4", 0.75, "ratio")]


def test_a_part_of_a_caption_in_front_of_a_remark_gives_the_unit() -> None:
    page = (
        "Revenue by line, US$ in millions, unaudited\n\n| Line | 2025 | 2024 |\n|---|---|---|\n| A | 612.4 | 402.9 |\n"
    )
    assert [(value, unit) for _, value, unit in read(page)] == [(6.124e8, "USD"), (4.029e8, "USD")]


def test_a_row_of_a_list_that_was_not_parted_keeps_its_figures() -> None:
    text = "　　・製造業　　　744社（40.0％）\n　　・金融・保険　446社（24.0％）\n　　・自治体　　　279団体（15.0％）\n"
    assert [printed for printed, _, _ in read(text)] == ["744社", "40.0%", "446社", "24.0%", "279団体", "15.0%"]


def test_a_number_behind_a_number_is_part_of_a_name() -> None:
    assert read("They hold 90,000 910B cards.") == [] or all(
        v < 1e8 for _, v, _ in read("They hold 90,000 910B cards.")
    )
    assert read("They use 100K cards.") == [("100Kcards", 1e5, "count")]


def test_days_that_something_ran_for_are_a_duration() -> None:
    assert read("We used 2,048 H800 cards for 39 days.") == [
        ("2,048H800cards", 2048, "count"),
        ("39days", 39 * 86400, "s"),
    ]


def test_a_level_of_confidence_and_the_base_of_a_rate_are_no_figures() -> None:
    assert read("A margin of 5 points at most (95% level); 40% agree.")[-1:] == [("40%", 40, "percent")]
    assert [printed for printed, _, _ in read("between 3% and 5% (90 % CI)")] == ["3%", "5%"]
    assert read("the share reached a level of 95%.") == [("95%", 95, "percent")]
    assert [printed for printed, _, _ in read("料金は100万トークンあたり入力60円、出力180円")] == ["60円", "180円"]


def test_a_number_over_several_columns_is_one_figure(tmp_path: Path) -> None:
    page = tmp_path / "cases.html"
    page.write_text(
        "<table><tr><th></th><th colspan=2>Bull</th><th colspan=2>Bear</th></tr>"
        "<tr><th></th><th>2025</th><th>2026</th><th>2025</th><th>2026</th></tr>"
        "<tr><td>Revenue ($m)</td><td>161</td><td>219</td><td>129</td><td>131</td></tr>"
        "<tr><td>Value per share ($)</td><td colspan=2>310</td><td colspan=2>120</td></tr></table>",
        encoding="utf-8",
    )
    printed = [figure.printed for figure in extract_document(page)]
    assert printed == ["161", "219", "129", "131", "310", "120"]
