"""Units that only a caption gives: what confirms them, what contradicts them, and what captions say beside them."""

# ruff: noqa: E501

import pytest

from orchestration.extraction.column_proofs import ColumnProofs, sums_of
from orchestration.extraction.pipeline import extract_text
from tests.extraction.test_units_of_cells import table


def reasons(caption: str, *rows: str) -> dict[str, str]:
    """Why figures of a table in Markdown are withheld, by their printed text."""
    head, *body = rows
    text = "\n".join([caption, "", f"| {head} |", "|" + "---|" * (head.count("|") + 1), *(f"| {r} |" for r in body)])
    return {f.printed: f.withheld for f in extract_text(text + "\n") if f.withheld}


# --- what numbers prove -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "column", "kind"),
    [
        ([["80", "100", "25.0"], ["50", "60", "20.0"], ["40", "30", "25.0"], ["20", "31", "55.0"]], 2, "growth"),
        ([["60", "50.0"], ["36", "30.0"], ["24", "20.0"], ["120", "100.0"]], 1, "share"),
        ([["7", "41.0"], ["9", "33.5"], ["4", "25.5"]], 1, "hundred"),
        ([["12", "2.5", "30.0"], ["8", "4.5", "36.0"], ["5", "3.4", "17.0"]], 2, "product"),
        ([["12", "2.7", "30.0"], ["8", "4.5", "31.0"], ["5", "3.4", "11.0"]], 2, ""),
        ([["80", "100", "25.0"], ["50", "60", "20.0"]], 2, ""),  # two rows prove nothing
    ],
)
def test_numbers_prove_what_a_column_is(rows: list[list[str]], column: int, kind: str) -> None:
    assert ColumnProofs(rows).kind(column) == kind


def test_neighbours_that_add_up_are_of_one_unit() -> None:
    lines = [[(4.0, 1.0), (9.0, 1.0)], [(6.0, 1.0), (2.0, 1.0)], [(10.0, 1.0), (11.0, 1.0)], [(3.0, 1.0), (5.0, 1.0)]]
    lines = [[(n * 10, step) for n, step in line] for line in lines]
    assert sums_of(lines) == {0, 1, 2}
    assert sums_of(lines[1:]) == set()


def test_shares_and_growth_under_a_caption_of_money_are_percentages() -> None:
    found = table(
        "表2 农机出口（单位：亿元；%）",
        "品种 | 2023年 | 2024年 | 分量 | 快慢",
        "拖拉机 | 72.0 | 90.0 | 45.0 | 25.0",
        "收割机 | 50.0 | 70.0 | 35.0 | 40.0",
        "水泵 | 25.0 | 40.0 | 20.0 | 60.0",
    )
    assert found["60.0"] == (60, "percent")
    assert found["35.0"] == (35, "percent")
    assert found["90.0"] == (9e9, "CNY")


def test_a_second_unit_of_a_caption_that_no_line_shows_leaves_the_cells_open() -> None:
    rows = ("品种 | 甲类 | 乙类", "拖拉机 | 81.0 | 44.0", "收割机 | 52.0 | 37.5")
    assert table("表2 农机（单位：亿元；%）", *rows) == {}
    assert table("表2 农机（单位：亿元）", *rows)["81.0"] == (8.1e9, "CNY")


# --- what labels contradict ---------------------------------------------------------------------------------------


def test_columns_beside_others_of_another_unit_need_a_word_or_a_sum() -> None:
    head = "Bakery chain | Sales | Ovens (t) | Queue | Branches"
    found = table("Table 4. Chains, EUR million", head, "Aster | 412 | 88 | 31 | 290", "Birch | 230 | 61 | 17 | 143")
    assert found["412"] == (4.12e8, "EUR")
    assert not {"31", "290", "143"} & found.keys()
    head = "Year | Rolls | Cakes | Both | Queue (min)"
    found = table(
        "Sales of bakeries, EUR million", head, "2021 | 40.5 | 12.0 | 52.5 | 4", "2022 | 44.1 | 13.7 | 57.8 | 3"
    )
    assert found["12.0"] == (1.2e7, "EUR")


def test_a_word_beside_years_is_another_measure_unless_it_names_amounts() -> None:
    rows = ("Region | 2022 | 2023 | Mills", "Coast | 41.2 | 44.0 | 31", "Hills | 20.3 | 21.9 | 18")
    found = table("Flour sales, US$ million", *rows)
    assert found["44.0"] == (4.4e7, "USD")
    assert "31" not in found
    assert table("Flour sales, US$ million", rows[0].replace("Mills", "Average"), *rows[1:])["31"] == (3.1e7, "USD")


def test_rows_of_things_among_rows_of_money_are_no_money() -> None:
    found = reasons(
        "Key figures (EUR million)",
        "Item | 2022 | 2023",
        "Revenue | 412.5 | 530.1",
        "Operating profit | 61.0 | 88.4",
        "Factories | 12 | 17",
    )
    assert set(found) == {"12", "17"}


@pytest.mark.parametrize("label", ["Lead time", "Price index", "Floor space", "Payback period", "景气指数", "用电量"])
def test_a_label_of_another_kind_keeps_the_unit_of_the_table_away(label: str) -> None:
    found = table("Orders (US$ million)", f"Plant | Income | {label}", "A | 120.4 | 17.3", "B | 88.2 | 11.9")
    assert found == {"120.4": (1.204e8, "USD"), "88.2": (8.82e7, "USD")}


def test_a_table_of_percentages_has_means_and_numbers_over_a_hundred_that_are_none() -> None:
    head = "Question | 2022 | 2023 | Sample"
    found = table(
        "Survey of bakers, % of bakers", head, "Owns a van | 41 | 44 | 310", "Average hours of sleep | 6.1 | 6.4 | 310"
    )
    assert found["44"] == (44, "percent")
    assert "6.1" not in found
    assert "88" not in table("Use of ovens, %", "Town | Gas | Visits", "Aport | 31 | 88", "Betaville | 27 | 146")


def test_the_whole_of_the_rows_is_no_count_of_what_they_are() -> None:
    head = "Region | Main obstacle: yeast"
    assert "46" not in table("Bakers asked in May", head, "Coast | 38", "Hills | 51", "All regions | 46")


def test_a_unit_that_the_unit_column_gives_and_nobody_reads_is_not_replaced() -> None:
    head = "Item | UoM | 2022 | 2023"
    found = table("Mills (US$ million)", head, "Turnover | US$ m | 41.2 | 44.0", "Output | bushels | 812 | 790")
    assert found == {"41.2": (4.12e7, "USD"), "44.0": (4.4e7, "USD")}


def test_the_letter_m_of_a_unit_column_is_a_million_of_what_is_counted_or_nothing() -> None:
    found = table("Ferries", "Item | Unit | 2021 | 2022", "Passengers | m | 41.2 | 44.0", "Cargo | m | 3.1 | 3.4")
    assert found == {"41.2": (4.12e7, "count"), "44.0": (4.4e7, "count")}


def test_small_decimals_among_whole_amounts_are_ratios() -> None:
    rows = ("Item | 2022 | 2021", "Revenue | 4,120,331 | 3,900,120", "Net income | 412,300 | 390,111")
    found = table("Results (NT$ thousand)", *rows, "Oven cover | 4.1 | 3.8", "ROE | 12.1 | 11.3")
    assert found.keys() == {"4,120,331", "3,900,120", "412,300", "390,111"}


def test_coarse_numbers_prove_no_shares() -> None:
    rows = [["31", "4.1", "33"], ["18", "2.2", "17"], ["49", "6.3", "50"]]
    assert ColumnProofs(rows).kind(2) != "share"


def test_what_stands_behind_per_divides() -> None:
    found = table("Mills", "Mill | Load, MW | Wage per MW", "A | 12 | 4.4", "B | 17 | 5.1")
    assert found == {"12": (1.2e7, "W"), "17": (1.7e7, "W")}


def test_the_corner_of_prices_per_token_is_read_whole() -> None:
    head = "US$ per 1M tokens | Input | Output"
    assert table("Rates of the two models", head, "Wren | 2.40 | 9.60", "Finch | 0.35 | 1.05")["2.40"] == (
        2.4,
        "USD/Mtoken",
    )
    assert (
        table("Rates", "US$ per 1,000 sheets of paper | Rye | Oat", "Wren | 2.40 | 9.60", "Finch | 0.35 | 1.05") == {}
    )


def test_a_bare_magnitude_of_amounts_counts_no_customers() -> None:
    rows = ("Item | 2023 | 2022", "Revenue | $ 8,412 | $ 7,150", "Paying customers | 1,204 | 980")
    found = table("(in thousands)", *rows)
    assert found["$8,412"] == (8.412e6, "USD")
    assert "1,204" not in found


def test_a_head_that_only_compares_is_one_of_changes() -> None:
    rows = ("环节 | 全部 | 较2022年", "烘焙 | 52.4 | 9.6", "配送 | 41.0 | 4.2")
    assert table("表3 使用情况（%）", *rows).keys() == {"52.4", "41.0"}
    assert table("表3 使用情况（%，末列为个百分点）", *rows)["9.6"] == (9.6, "pp")


# --- what captions and notes say ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("caption", "value", "unit"),
    [
        ("(Dollars in millions, except per-share data; year ended May 3, 2022)", 41.2e6, "USD"),
        ("Figures in £000 unless otherwise indicated", 41200, "GBP"),
        ("Mills of the coast (MW, as at 3 May 2022)", 41.2e6, "W"),
        ("每家投入（单店，万元）", 412000, "CNY"),
        ("表1 规模（单位：億円、％）", 41.2e8, "JPY"),
    ],
)
def test_one_unit_beside_remarks_is_that_of_the_table(caption: str, value: float, unit: str) -> None:
    found = table(caption, "Mill | 2021 | 2022 | 前年比", "A | 41.2 | 44.0 | 106.8", "B | 20.3 | 21.1 | 103.9")
    assert found["41.2"] == (pytest.approx(value), unit)


def test_a_default_that_says_what_it_is_not_about_is_that_of_all_else() -> None:
    head = "Region | Bakers asked (n) | Own a van | Change (pp)"
    found = table(
        "Survey of bakers; weighted; % unless stated", head, "Coast | 310 | 41.2 | 3.1", "Hills | 280 | 38.7 | 1.9"
    )
    assert found["41.2"] == (41.2, "percent")
    assert found["310"] == (310, "count")


def test_the_unit_line_of_a_document_reaches_tables_of_amounts() -> None:
    lines = ["单位：人民币万元（另有注明的除外）", "", "## 一、经营", "", "| 项目 | 本期 | 上期 |", "|---|---|---|"]
    amounts = ["| 营业收入 | 8,642.5 | 7,428.3 |", "| 净利润 | 1,304.9 | 932.1 |"]
    found = {f.printed: f.value for f in extract_text("\n".join([*lines, *amounts, ""])) if not f.withheld}
    assert found["8,642.5"] == pytest.approx(86425000)
    others = ["| 门店 | 312 | 280 |", "| 烤炉 | 940 | 870 |"]
    assert [f for f in extract_text("\n".join([*lines, *others, ""])) if not f.withheld and f.unit == "CNY"] == []


def test_a_magnitude_alone_takes_the_only_money_of_the_document() -> None:
    rows = [
        "*(in thousands, except per share amounts)*",
        "",
        "| | 2022 | 2021 |",
        "|---|---|---|",
        "| Net revenue | 418,604 | 304,933 |",
        "| Cost of revenue | 223,907 | 134,608 |",
    ]
    for lead, unit in (
        ("Sales reached $418.6 million.", {"USD"}),
        ("Sales reached $418.6 million, or €390.2 million.", set()),
    ):
        found = [f for f in extract_text("\n".join([lead, "", *rows, ""])) if not f.withheld and f.line > 2]
        assert {f.unit for f in found} == unit


def test_a_title_right_behind_a_table_is_not_that_of_the_next() -> None:
    first = ["| Town | Rye | Oat |", "|---|---|---|", "| Aport | 12 | 14 |", "| Betaville | 9 | 11 |", ""]
    title = "Exhibit 2. Flour sold in two towns, EUR billion"
    text = "The year was dry, and the mills of the two towns closed with less grain than they had in the year before."
    second = ["| Mill | Size | Crew |", "|---|---|---|", "| North | 640 | 14 |", "| South | 275 | 9 |", ""]
    found = extract_text("\n".join([*first, title, "", text, "", *second]))
    assert [f.printed for f in found if f.unit == "EUR" and not f.withheld and f.line > 8] == []


def test_a_note_with_the_mark_of_a_column_gives_it_its_unit() -> None:
    rows = (
        "Scheme | 2021 outturn [a] | 2022 plan",
        "Ovens | 18,400 | 21.0",
        "Vans | 6,500 | 8.3",
        "[a] £ thousand. | | ",
    )
    found = table("Table 5: Schemes for bakers, £ million", *rows)
    assert found["18,400"] == (1.84e7, "GBP")
    assert found["21.0"] == (2.1e7, "GBP")


def test_an_amount_in_a_name_is_whole() -> None:
    rows = ("Item | 2023 | 2022", "Revenue | $ 8,412 | $ 7,150", "Bakers above $7,000 | 12 | 9")
    assert "$7,000" not in table("(in thousands)", *rows) or table("(in thousands)", *rows)["$7,000"] == (7000, "USD")


# --- running text -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("全市已建成智能算力3,200P，明年达到1.1万P。", [(3.2e18, "FLOPS"), (1.1e19, "FLOPS")]),
        ("视频为1080P。", []),
        ("Latency fell from 2.4 s to 0.55 s.", [(2.4, "s"), (0.55, "s")]),
        ("待ち時間は7.5時間だった。", [(27000, "s")]),
        ("以31.5元兌1美元折算，約新臺幣3兆元。", [(31.5, "TWD"), (3e12, "TWD")]),
        ("A tier 3 customer gets more.", []),
        ("It baked its 40 millionth roll.", []),
        ("24—29年CAGR为12.5%", [(12.5, "percent")]),
        ("約合1.85兆港元", [(1.85e12, "HKD")]),
    ],
)
def test_numbers_of_running_text(text: str, figures: list[tuple[float, str]]) -> None:
    assert [(pytest.approx(f.value), f.unit) for f in extract_text(text + "\n") if not f.withheld] == figures


def test_yuan_that_a_document_states_stay_yuan_beside_another_currency() -> None:
    text = "纪要　口径：除注明外为人民币\n\n三季度收入38亿元，约合41亿港元。\n"
    assert [(f.value, f.unit) for f in extract_text(text) if not f.withheld] == [(3.8e9, "CNY"), (4.1e9, "HKD")]
    other = text.replace("口径：除注明外为人民币", "")
    assert [f.unit for f in extract_text(other) if not f.withheld] == ["HKD"]


def test_a_price_of_the_list_above_is_one_per_token_and_a_thousand_dollars_are_none() -> None:
    text = "Prices in US dollars per million tokens\n\n| Model | Input | Output |\n|---|---|---|\n| Wren | $2.40 | $9.60 |\n\nThe output of Wren costs $9.60. Our bill for output came to $23,740. It was sold at $3.10 before.\n"
    found = {f.printed: (f.value, f.unit) for f in extract_text(text) if not f.withheld and f.line > 6}
    assert found == {"$9.60": (9.6, "USD/Mtoken"), "$23,740": (23740, "USD")}


def test_a_dollar_in_the_unit_of_a_table_is_as_doubtful_as_one_beside_a_number() -> None:
    text = "Budget of A$40 million.\n\n**Costs ($ million)**\n\n| Item | 2022 | 2023 |\n|---|---|---|\n| Wages | 41.2 | 44.0 |\n| Rent | 20.3 | 21.1 |\n"
    assert [f.printed for f in extract_text(text) if f.unit == "USD" and not f.withheld] == []
