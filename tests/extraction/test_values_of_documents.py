"""Values and units of stranger documents: Korean and Japanese numbers, units that stand once, what is no quantity."""

# tables stay on one line
# ruff: noqa: E501

import pytest

from orchestration.extraction.frame import Told
from orchestration.extraction.pipeline import extract_text
from tests.extraction.test_units_of_documents import read


def values(text: str) -> list[tuple[float, str]]:
    """Value and unit of the figures that are to be trusted."""
    return [(value, unit) for _, value, unit in read(text)]


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("매출 18조 4,200억원, 영업이익 6조 1,050억원을 기록했다.", [(1.842e13, "KRW"), (6.105e12, "KRW")]),
        ("HBM 매출은 7조 6천억원으로, 시설투자는 약 24조원이다.", [(7.6e12, "KRW"), (2.4e13, "KRW")]),
        ("직원 수는 3만2,150명이다. GPU 3만 7천 장, 20만 장 이상.", [(32150, "count"), (37000, "count"), (2e5, "count")]),
        ("210億キロワット時と980万キロワット、約60エクサフロップス。", [(2.1e13, "Wh"), (9.8e9, "W"), (6e19, "FLOPS")]),
        ("導入は3社に1社。12万4,000人が不足する。", [(33.33, "percent"), (124000, "count")]),
        ("In rich economies it is six in ten.", [(60, "percent")]),
        ("It took 310 H100-hours.", [(310 * 3600, "s")]),
        ("平均审批时长11个工作日。", [(11 * 86400, "s")]),
        ("资料中心用电约43亿度，2030年将增至165亿度。", [(4.3e12, "Wh"), (1.65e13, "Wh")]),
        ("系统备用费每千瓦时减收1.5分。", [(0.015, "CNY/kWh")]),
        ("若木以77.5分居首，平均分高6.2分，用了5分钟。", [(77.5, "score"), (6.2, "score"), (300, "s")]),
        ("均价由每百万Token 3.2元降至1.9元。", [(3.2, "CNY/Mtoken"), (1.9, "CNY/Mtoken")]),
        ("It went from $3.00 per million tokens to $20 a seat.", [(3, "USD/Mtoken")]),  # the second is withheld
        ("WUE was 0.31 L/kWh; a prompt took 0.31 mL and 0.09 gCO2e.", [(0.31, "L/kWh"), (3.1e-7, "m3"), (9e-8, "t")]),
        ("It used 212 million litres, against 187 million a year earlier.", [(212e3, "m3"), (187e3, "m3")]),
        ("Der Strom kostet 16,8 ct/kWh.", [(0.168, "EUR/kWh")]),
        ("Es stieg 2024 um 5,7 % auf 20,3 Mrd. kWh. Der PUE-Wert liegt bei 1,41; 2,9 Mrd. Euro.",
         [(5.7, "percent"), (2.03e13, "Wh"), (1.41, "ratio"), (2.9e9, "EUR")]),
    ],
)  # fmt: skip
def test_numbers_and_units_that_strangers_print(text: str, figures: list[tuple[float, str]]) -> None:
    assert values(text) == figures


@pytest.mark.parametrize(
    "text",
    [
        "智慧產業方案(115至119年)，其中118-119年。",  # years of the Minguo calendar are no durations
        "The answer `HTTP 429` means slow down.",
        "용인 1공장은 2025년 3분기에, 30대 남성 3만 개월, 26만 마리.",  # no counters, or none that is read
        "제3장과 2장 요약, 3곳.",  # chapters, and small counts
        "上万度的高温，30道防线，分布在3分公司。",
        "It was built twelve months earlier.",
    ],
)
def test_what_is_no_quantity_is_left_out(text: str) -> None:
    assert values(text) == []


def test_a_duration_of_so_many_years_is_read_where_something_lasts_so_long() -> None:
    assert [unit for _, unit in values("该结构的设计寿命为100至120年。")] == ["s", "s"]


def test_a_size_beside_a_count_is_no_thousand() -> None:
    table = "| List size | Sample | Users |\n|:--|--:|--:|\n| under 5,000 | 310 | 164 |\n| over 20,000 | 125 | 106 |\n"
    assert values(table) == [(310, "count"), (164, "count"), (125, "count"), (106, "count")]


def test_a_unit_of_the_row_is_that_of_its_quantity_not_of_what_is_paid_for_it() -> None:
    head = "| 商品 | 计量单位 | 8月数量 | 8月金额 |\n|---|---|---|---|\n| 集成电路 | 亿个 | 312.4 | 1,684,520 |\n| 部件 | 吨 | 27.9 | 295,870 |\n"
    assert values(head) == [(3.124e10, "count"), (27900, "kg")]
    keyed = "表1 出口情况（单位：数量见表，金额为万美元）\n\n" + head
    assert values(keyed) == [(3.124e10, "count"), (1.68452e10, "USD"), (27900, "kg"), (2.9587e9, "USD")]


def test_a_percentage_in_brackets_is_a_fall_where_its_column_tells_of_changes() -> None:
    table = "| Scope | FY23 | FY24 | {} |\n|---|---|---|---|\n| One (t) | 18,400 | 16,950 | (7.9%) |\n| Two (t) | 1,204 | 1,538 | 27.7% |\n"
    assert [v for v, unit in values(table.format("Change")) if unit == "percent"] == [-7.9, 27.7]
    assert [v for v, unit in values(table.format("Share")) if unit == "percent"] == [7.9, 27.7]


def test_a_triangle_is_a_minus_in_japanese_and_korean_tables_only() -> None:
    table = "| {} | 2025 | 증감률 |\n|---|---|---|\n| A | 3 | △8.0% |\n| B | 4 | 25.0% |\n"
    assert [v for v, unit in values(table.format("구분")) if unit == "percent"] == [-8, 25]
    assert -8 not in [v for v, _ in values(table.format("项目").replace("증감률", "上升"))]


def test_the_sign_of_a_currency_stands_before_the_brackets_of_a_loss() -> None:
    table = "(in thousands, except per share data)\n\n| | 2025 | 2024 |\n|---|---|---|\n| Revenue | $ 214,806 | $ 131,590 |\n| Net income (loss) | $ 22,318 | $ (4,655) |\n"
    assert values(table)[-1] == (-4655e3, "USD")


@pytest.mark.parametrize(
    ("above", "unit"),
    [
        ("All rates in US dollars per GPU per hour, billed by the second.", "USD"),
        ("Prices in US dollars, valid from March.", "USD"),
        ("Rates rose in most places.", ""),
        ("Prices in US dollars and euros.", ""),
    ],
)
def test_a_line_above_a_table_says_its_money(above: str, unit: str) -> None:
    table = "\n\n| Instance | Memory | Oslo | Dallas |\n|---|---|---|---|\n| h1 | 80 GB | 2.19 | 1.95 |\n| h2 | 141 GB | 2.85 | 2.60 |\n"
    assert {u for _, u in values(above + table)} == {"B", unit} - {""}


def test_a_caption_gives_its_amounts_a_unit_by_name() -> None:
    table = "{}\n\n| 厂商 | 收入 | 份额(%) |\n|---|---|---|\n| 甲 | 9.41 | 37.3 |\n| 乙 | 6.83 | 27.1 |\n"
    assert values(table.format("表2 平台市场（金额：亿元人民币）"))[0] == (9.41e8, "CNY")
    assert values(table.format("AI 투자 계획 (단위: 억원)").replace("收入", "GPU 확보"))[0] == (9.41e8, "KRW")
    assert values(table.format("表2 平台市场（数据：某机构）")) == [(37.3, "percent"), (27.1, "percent")]


def test_a_unit_with_its_kind_a_letter_behind_a_comma_and_a_quotient_are_units_of_labels() -> None:
    table = "| 指标 | 甲 | 乙 |\n|---|---|---|\n| 算力规模（EFLOPS，FP16） | 315 | 598 |\n| TDP, W | 700 | 1,200 |\n| BF16 TFLOPS per W | 0.91 | 1.33 |\n"
    found = values(table)
    assert found == [(3.15e20, "FLOPS"), (5.98e20, "FLOPS"), (700, "W"), (1200, "W"), (9.1e11, "FLOPS/W"), (1.33e12, "FLOPS/W")]  # fmt: skip


def test_a_number_and_its_unit_are_all_of_a_cell() -> None:
    table = "| | T2 | Lite |\n|---|---|---|\n| Bandwidth | 4.9 TB/s | 1.6 TB/s |\n| Heading | 1.2 Water | 1.3 Power |\n"
    assert values(table) == [(4.9e12, "B/s"), (1.6e12, "B/s")]


def test_a_title_names_marks_or_people() -> None:
    marks = "# {}\n\n| 模型 | 数学 | 代码 | 平均 |\n|---|---|---|---|\n| 甲 | 78.4 | 71.2 | 74.8 |\n| 乙 | 84.1 | 76.9 | 80.5 |\n"
    assert [unit for _, unit in values(marks.format("大模型能力横评"))] == ["score"] * 6
    # a column that is no part of the mean may be anything: seconds, prices
    assert values(marks.format("大模型能力横评").replace("74.8", "7.5")) == []
    assert values(marks.format("大模型市场观察")) == []
    people = "Table 1. {} by group, thousands\n\n| Group | 2019 | 2024 |\n|---|---|---|\n| High | 3,540 | 4,320 |\n| Low | 5,900 | 6,360 |\n"
    assert values(people.format("Employment"))[0] == (3540e3, "count")
    assert values(people.format("Employment costs")) == []
    assert values(people.format("Shipments").replace("2019", "Revenue 2019").replace("2024", "Revenue 2024")) == []


def test_a_column_of_values_beside_a_column_of_units_keeps_them() -> None:
    table = "| Indicator | Unit | Value |\n|---|---|---|\n| Compute | EFLOPS | 315 |\n| Power | MW | 98 |\n"
    assert values(table) == [(3.15e20, "FLOPS"), (9.8e7, "W")]


def test_an_amount_in_a_title_is_no_unit_of_a_column() -> None:
    table = "## 营收目标为10亿元\n\n| 年份 | 营收目标 | 项目数（个） |\n|---|---|---|\n| 2024年 | 3.5 | 12 |\n| 2025年 | 6.5 | 15 |\n"
    assert [value for value, unit in values(table) if unit == "CNY" and value != 1e9] == []


def test_hong_kong_dollars_of_a_document_that_says_so() -> None:
    text = "（除另有註明外，金額以港元列示）\n\n集團收益為36.8億元，股東應佔溢利4.12億元。\n\n內地業務收益以人民幣計為10.2億元。\n"
    assert values(text) == [(3.68e9, "HKD"), (4.12e8, "HKD")]
    assert values(text.replace("（除另有註明外，金額以港元列示）", "（單位見附註，港元）")) == []


def test_a_name_with_a_traditional_character_makes_no_text_traditional() -> None:
    text = "本周算力租赁报价（单位：元/卡时，含税）\n\n型号　　　　　华东　　西北\nH800 SXM　　　12.6　　11.2\n昇腾910B　　　 4.3　　 3.9\n\n说明：报价取自供应商，剔除最高、最低各一家后求平均，租期三个月以上另有折扣，价格随行就市。\n"
    assert values(text) == [(12.6, "CNY"), (11.2, "CNY"), (4.3, "CNY"), (3.9, "CNY")]


def test_a_long_label_may_touch_its_number() -> None:
    text = "經費(單位:新臺幣億元)\n年度      算力基盤   資料治理\n115年     62.0       14.5\n117年     90.0       18.0\n118-119年 142.5      29.5\n合計      294.5      62.0\n"
    assert [value for value, _ in values(text)][-4:] == [1.425e10, 2.95e9, 2.945e10, 6.2e9]


def test_over_bounds_nothing_that_costs_are_spread_over() -> None:
    text = "Spread over 5.2 million accounts it fell; averaged over 300 customers it rose. Over 5.2 million users came."
    assert [figure.qualifier for figure in extract_text(text)] == ["", "", "over"]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Adoption rose from 38% to 45%.", {"share", "level"}),
        ("Margins improved from 31% a year ago to 35%.", {"level"}),
        ("渗透率从38%提到45%。", {"share"}),
        ("占比从2023年的20%下降到2024年的18%。", {"share"}),
        ("同比增速从38%降到12%。", {"yoy"}),
    ],
)
def test_both_ends_of_a_change_are_no_changes(text: str, kinds: set[str]) -> None:
    assert {figure.statistic for figure in extract_text(text)} <= kinds


@pytest.mark.parametrize("period", ["", "none", "2024", "FY2026Q2"])
@pytest.mark.parametrize("place", ["", "none", "CHN", "US-OH"])
def test_a_told_frame_loses_no_figure(period: str, place: str) -> None:
    text = (
        "# 2024年统计公报\n\n去年营业收入1,284.7亿元，增长23.6%，上年同期为1,039.4亿元。二季度末企业2,316家。\n\n"
        "| 指标 | 2023年 | 2024年 |\n|---|---|---|\n| 收入（亿元） | 512.3 | 655.7 |\n| 占比（%） | 28.0 | 21.1 |\n\n"
        "In fiscal 2026 revenue was $2.4 billion, up 43.1% from a year ago; last year it was $1.7 billion.\n"
    )
    told = extract_text(text, told=Told(period=period, place=place))
    assert [(f.printed, f.value, f.unit, f.withheld) for f in told] == [
        (f.printed, f.value, f.unit, f.withheld) for f in extract_text(text)
    ]
    assert len(told) == 11


def test_a_unit_line_reaches_over_one_paragraph_to_a_table_without_a_unit() -> None:
    page = "# 行情周报\n\n各地租金由采集员于九月十九日上午十时逐家询得，含税，不含带宽与电费，仅供参考，如有出入以合同为准。单位：{}\n\n本期共采集46家供应商的公开报价。\n\n| 卡型 | 公有云 | 平台 |\n|---|---|---|\n| 甲 | 21.60 | 15.90 |\n| 乙 | 10.80 | 7.20 |\n"
    assert values(page.format("元/卡时（含税）"))[1:] == [(21.6, "CNY"), (15.9, "CNY"), (10.8, "CNY"), (7.2, "CNY")]
    # in brackets may stand whose 元 it is, and no other table has the unit
    assert "CNY" not in {unit for _, unit in values(page.format("元/卡时（港币）"))}
    # the amounts of a report stand among counts: their unit line has to stand right above
    assert values(page.format("亿元").replace("公有云", "收入")) == [(46, "count")]
    further = (
        page.format("元/卡时（含税）")
        + "\n再看数量。\n\n| 卡型 | 公有云 | 平台 |\n|---|---|---|\n| 甲 | 33.50 | 44.70 |\n| 乙 | 55.20 | 66.10 |\n"
    )
    assert len(values(further)) == 5


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("Net loss was US$(38.2) million, or $(0.03) a share.", [(-38.2e6, "USD"), (-0.03, "USD")]),
        ("Margin fell (12.4)% and (4.5) per cent.", [(-12.4, "percent"), (-4.5, "percent")]),
        ("It rose by $5 (2024) and by 3% (see 12).", [(5, "USD"), (3, "percent")]),
        ("We look for between $2.50 and $2.70 billion.", [(2.5e9, "USD"), (2.7e9, "USD")]),
        ("It rose from $2.50 to $2.70 billion.", [(2.7e9, "USD")]),
        ("It made $5 million. Rates rise from 6.40 cents to 7.04 cents per kWh.",
         [(5e6, "USD"), (0.064, "USD/kWh"), (0.0704, "USD/kWh")]),
        ("It cost $5. Power is three cents a kilowatt hour, once 4.5 US cents per kWh.",
         [(5, "USD"), (0.03, "USD/kWh"), (0.045, "USD/kWh")]),
        ("It made €5 million. Rates rise to 7.04 cents per kWh.", [(5e6, "EUR")]),
        ("Its context window stays at 64,000.", [(64000, "count")]),
        ("Power costs 26 öre.", [(0.26, "SEK")]),
    ],
)  # fmt: skip
def test_brackets_bounds_and_cents(text: str, figures: list[tuple[float, str]]) -> None:
    assert values(text) == figures


def test_cells_with_a_magnitude_or_a_power_take_the_unit_of_their_head() -> None:
    table = "| Run | Compute (FLOP) | Emissions (tCO2e) | Cost (2023 USD, millions) | Length (m) |\n|---|---|---|---|---|\n| A | 3.1e23 | 3.88 m | 2 | 5 m |\n| B | 2.1e25 | 5.02 m | 40 | 7 m |\n"
    first = [(3.1e23, "FLOP"), (3.88e6, "t"), (2e6, "USD")]
    # five metres are no five millions of metres
    assert values(table) == [*first, (2.1e25, "FLOP"), (5.02e6, "t"), (4e7, "USD")]


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("The contract price is $78/MWh, or €30 per megawatt-hour.", [(0.078, "USD/kWh"), (0.03, "EUR/kWh")]),
        ("It delivers 4.6 TFLOPS per watt at $0.08 per kWh.", [(4.6e12, "FLOPS/W"), (0.08, "USD/kWh")]),
        ("It grows from 14 AI exaflops to 280 AI exaflops.", [(1.4e19, "FLOPS"), (2.8e20, "FLOPS")]),
        ("A subscription costs $20/month, the plant has 3 MW per hall.", [(20, "USD"), (3e6, "W")]),
        ("It cost an increase of 35% over the $139.4 million.", [(35, "percent"), (139.4e6, "USD")]),
    ],
)
def test_a_unit_over_another_one_is_read_whole(text: str, figures: list[tuple[float, str]]) -> None:
    assert values(text) == figures


@pytest.mark.parametrize(
    "text", ["The fee is $3/kW.", "It reaches 540 tokens per joule.", "Rent is $30 per square foot."]
)
def test_what_a_unit_is_divided_by_is_read_or_the_figure_is_withheld(text: str) -> None:
    assert [bool(f.withheld) for f in extract_text(text)] == [True]


def test_a_number_that_is_compared_with_has_no_qualifier_of_its_own() -> None:
    text = "It made $2,835 million, 18% more than the $2.4 billion of last week, and spent more than $5 million."
    assert [f.qualifier for f in extract_text(text)] == ["", "", "", "over"]


def test_a_column_without_a_sign_is_no_money_beside_columns_with_one() -> None:
    table = "Prices in US dollars.\n\n| Model | Price | Fee | Quota |\n|---|---|---|---|\n| A | $4.00 | $0.40 | 400K |\n| B | $1.00 | $0.10 | 128K |\n"
    assert values(table) == [(4.0, "USD"), (0.4, "USD"), (1.0, "USD"), (0.1, "USD")]
    assert [f.printed for f in extract_text(table) if f.withheld][:2] == ["400K", "128K"]
    plain = table.replace("$", "")
    assert "USD" in {unit for _, unit in values(plain)}
