"""Forms in which published documents print numbers: signs, magnitudes, products, codes, rows without a head."""

# tables stay on one line
# ruff: noqa: E501

from pathlib import Path

import pytest

from orchestration.extraction.model import Grid
from orchestration.extraction.pipeline import extract_document, extract_text
from orchestration.extraction.read import read as read_parts
from orchestration.extraction.scales import scale_in
from orchestration.figures import load_units
from tests.conftest import PROJECT
from tests.extraction.test_units_of_documents import read
from tests.extraction.test_values_of_documents import values


def of_file(folder: Path, name: str, text: str) -> list[tuple[str, float, str]]:
    """Printed text, value and unit of the trusted figures of a document of this format."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return [(f.printed, f.value, f.unit) for f in extract_document(path) if not f.withheld]


def withheld(text: str) -> list[str]:
    """Why the figures of a text are withheld, those that are."""
    return [figure.withheld for figure in extract_text(text) if figure.withheld]


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("营收升18﹒4%至36﹒7亿元。", [(18.4, "percent"), (3.67e9, "CNY")]),  # small-form points
        ("The pilot costs $12K/month and €4k/seat.", [(12e3, "USD"), (4e3, "EUR")]),
        ("It raised $48 m in March, and £3 b.", [(48e6, "USD"), (3e9, "GBP")]),
        ("A figure in the low $70 billions.", [(70e9, "USD")]),
        ("It was a near-$28 billion quarter.", [(28e9, "USD")]),
        ("Cost of sales was $-3,120 million.", [(-3.12e9, "USD")]),
        ("6,200\n$90.0B", [(90e9, "USD")]),  # the sign belongs to the number behind it
        ("You pay $4/MTok, then 1,200 tok per second.", [(4, "USD/Mtoken"), (1200, "token/s")]),
        ("It is 2–4× faster at 3.5× the price.", [(2, "times"), (4, "times"), (3.5, "times")]),
        ("存储总量达12.6泽字节，增长9%。", [(1.26e22, "B"), (9, "percent")]),
        ("消費電力量は3.1ワットアワー、計510テラワットアワー。", [(3.1, "Wh"), (5.1e14, "Wh")]),
        ("月活跃用户就突破2800万。", [(28e6, "count")]),
        ("US$ 1.7 tr, $600 bln, $55mm, R$ 6 bi.", [(1.7e12, "USD"), (6e11, "USD"), (55e6, "USD"), (6e9, "BRL")]),
        ("A $2.7-billion plan for AUD$38m.", [(2.7e9, "USD"), (38e6, "AUD")]),
        ("$0.31/1M input, $1.20/1M output", [(0.31, "USD/Mtoken"), (1.2, "USD/Mtoken")]),
        ("The margin was negative 14%, the flow minus $6 million.", [(-14, "percent"), (-6e6, "USD")]),
        ("The margin was 9%, plus or minus 2%.", [(9, "percent"), (2, "percent")]),
        ("利差扩大120个BP。", [(1.2, "pp")]),
        ("It has 2 GiB, then 410 410 ~520 TFLOPS.", [(2147483648, "B"), (5.2e14, "FLOPS")]),
        ("毛利率46.8%,同比-2.3pct,环比-0.7%。", [(46.8, "percent"), (-2.3, "pp"), (-0.7, "percent")]),
    ],
)
def test_signs_and_magnitudes_beside_a_number(text: str, figures: list[tuple[float, str]]) -> None:
    assert values(text) == [(pytest.approx(value), unit) for value, unit in figures]


@pytest.mark.parametrize(
    "text",
    [
        "a box with 8x H200, 4× A30 and 2x NVIDIA cards",  # pieces, no multiples
        "a list of 700 × $0.02",
        "double-digit growth",  # nothing doubles
        "The weights of the models take 540B on disk.",  # how large they are, not how many
    ],
)
def test_what_is_no_multiple_and_no_count_is_left_out(text: str) -> None:
    assert not {unit for _, unit in values(text)} & {"times", "count"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a peak of 3,600 × 48 TFLOPS", "it may be a count in a product"),
        ("a rise of 17·3%", "a dot before the number"),
        ("NT$512 milljörðum", "the word behind an amount"),
        ("指数基金00652所列", "a number that begins with a nought"),
        ("Sales $ 1,905 $ 1,744 9 %", "amounts beside each other"),
        ("a budget of BZ$38m", "letters before the sign"),
        ("共13 600台。", "the digits before the number"),
    ],
)
def test_what_may_be_another_number_is_withheld(text: str, why: str) -> None:
    assert any(reason.startswith(why) for reason in withheld(text))


def test_a_lesser_factor_is_a_count_of_the_quantity_behind_it() -> None:
    assert values("The pod gives 210 PFLOPS (256 × 820 TFLOPS).") == [(2.1e17, "FLOPS"), (8.2e14, "FLOPS")]


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("三年分别亏损12.1亿元、15.4亿元及9.8亿元。", [-12.1e8, -15.4e8, -9.8e8]),
        ("Net losses of $4 million, $6 million and $9 million, on revenue of $11 million.", [-4e6, -6e6, -9e6, 11e6]),
        ("A net loss of $4 million, $6 million less than before.", [-4e6, 6e6]),
        ("Net losses widened from $4 million in the comparable half before to $7 million.", [-4e6, -7e6]),
        ("净亏损4亿元和6亿元的现金。", [-4e8, 6e8]),
        ("营收、净亏损分别为7亿元、2亿元。", []),  # which of them is the loss is withheld
        ("Revenue and net loss were $7 million and $2 million.", []),
    ],
)
def test_a_list_behind_a_loss(text: str, amounts: list[float]) -> None:
    assert [value for value, _ in values(text)] == [pytest.approx(amount) for amount in amounts]


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("已有268款语音服务在国家平台完成登记。", "service"),
        ("销往海外58个国家及地区的家电卖场。", "country"),
        ("用户占比为31%。建成分拣中心147个。", "item"),
        ("Number of Parameters: 21.5B", "parameter"),
        ("Es gibt 14 Rechenzentren und 320 weitere Firmen.", "data centre"),
    ],
)
def test_what_is_counted_stands_in_the_same_phrase(text: str, counted: str) -> None:
    assert next(figure for figure in extract_text(text) if figure.unit == "count").counted == counted


@pytest.mark.parametrize(
    ("label", "unit"),
    [
        ("$/day", "$"),
        ("tokens/s/user", ""),
        ("Revenue/employee", ""),
        ("MW/month", ""),
        ("TTFT/ms", "ms"),
        ("时延/毫秒", "毫秒"),
        ("营收/亿元", "亿元"),
        ("用户/人", "count"),
        ("Q3 2025 % of sales", "%"),
        ("Rent at 40%", None),
        ("B.2 % of firms", "%"),
    ],
)
def test_what_divides_a_quantity_is_not_the_unit_of_its_column(label: str, unit: str | None) -> None:
    scale = scale_in(label, load_units(PROJECT / "raw" / "reference"), header=True)
    assert (scale.text if scale else None) == unit


def test_a_table_that_says_per_how_many_tokens_it_prices() -> None:
    head = "| Model | Input (per 1K tokens) | Output per 1M tokens | Context |\n|---|---|---|---|\n"
    assert read(f"{head}| Ada | $0.02 | $6 | 64K |") == [
        ("$0.02", 20, "USD/Mtoken"), ("$6", 6, "USD/Mtoken"), ("64K", 64000, "count"),
    ]  # fmt: skip
    lead = "Prices per 1,000,000 tokens:\n\n| Model | Input | Output |\n|---|---|---|\n| Ada | $0.3 | $1.2 |"
    assert read(lead) == [("$0.3", 0.3, "USD/Mtoken"), ("$1.2", 1.2, "USD/Mtoken")]


def test_amounts_under_a_table_of_token_prices_are_withheld(tmp_path: Path) -> None:
    rows = "费率（单位：元/百万tokens）,,\n型号,旧输入价,新输入价\n丙,14.0,6.5\n丁,5.0,2.8\n备注：丙的输入价由14元降至6.5元。,,\n"
    trusted = of_file(tmp_path, "prices.csv", rows)
    assert [(value, unit) for _, value, unit in trusted] == [(v, "CNY/Mtoken") for v in (14, 6.5, 5, 2.8)]


def test_a_cell_in_thousands_or_millions_has_the_factor_of_its_unit() -> None:
    table = "| Model | Training (GPU hours) | Energy (MWh) |\n|---|---|---|\n| Ada | 2.5M | 1.2K |"
    assert [(value, unit) for _, value, unit in read(table)] == [(9e9, "s"), (1.2e9, "Wh")]


def test_nobody_employs_millions_of_millions() -> None:
    table = "(In millions, except per share amounts)\n\n| | 2025 | 2024 |\n|---|---|---|\n| Revenue | $51 | $44 |\n| Employees | 21,000 | 19,500 |"
    assert [value for _, value, unit in read(table) if unit == "count"] == []


def test_an_x_between_numbers_says_that_there_is_none() -> None:
    assert values("ada-2b 10.4 22 51 63 x 141 177") == []


def test_numbers_with_a_letter_and_no_unit_are_said_to_be_left_out() -> None:
    table = "| Chip | Dies | Links |\n|---|---|---|\n| A1 | 190B | 3K |\n| A2 | 130B | 2K |"
    assert any("4 numbers" in reason for reason in withheld(table))


def test_tags_in_markdown_are_no_figures_and_tables_in_them_are_read(tmp_path: Path) -> None:
    page = (
        '<p align="center">\n<img\n  width="70%"\n  src="a.png">\n</p>\n\nSales rose 11% to <b>$6 million</b>.\n\n'
        "<table>\n<tr><td>Chip</td><td>Power (W)</td></tr>\n<tr><td>Ada</td><td>640</td></tr>\n"
        "<tr><td>Bob</td><td>410</td></tr>\n</table>\n"
    )
    assert of_file(tmp_path, "card.md", page) == [
        ("11%", 11, "percent"), ("$6million", 6e6, "USD"), ("640", 640, "W"), ("410", 410, "W"),
    ]  # fmt: skip
    grid = next(part for part in read_parts(tmp_path / "card.md") if isinstance(part, Grid))
    assert grid.numbers == [10, 11, 12]


def test_a_table_within_a_table_of_html_is_read_with_its_parted_signs(tmp_path: Path) -> None:
    page = (
        "<html><body><p>All sums in millions of US dollars, except dividends per share.</p><table><tr><td><table>"
        "<tr><td></td><td colspan=3>2025</td><td colspan=2>Change</td></tr>"
        "<tr><td>Sales</td><td>$</td><td>2,140</td><td></td><td>8</td><td>%</td></tr>"
        "<tr><td>Charges</td><td></td><td>(37</td><td>)</td><td>12</td><td>%</td></tr>"
        "<tr><td>Margin</td><td></td><td>10.4</td><td>%</td><td>60</td><td>bps</td></tr>"
        "</table></td></tr></table><p>The mill needs 3&#8239;470&nbsp;MW.</p></body></html>"
    )
    assert [(value, unit) for _, value, unit in of_file(tmp_path, "filing.html", page)] == [
        (2.14e9, "USD"), (8, "percent"), (-37e6, "USD"), (12, "percent"), (10.4, "percent"), (0.6, "pp"), (3.47e9, "W"),
    ]  # fmt: skip


def test_words_of_a_cell_that_divide_its_unit_withhold_it() -> None:
    table = "| | A | B |\n|---|---|---|\n| Rent | $4/kW | $2.10/hr |\n| Peak | 2,900 × 36 TFLOPS | 310 TFLOPS |"
    assert [(value, unit) for _, value, unit in read(table)] == [(2.1, "USD"), (3.1e14, "FLOPS")]


def test_ranges_with_a_hyphen_and_points_of_brokers_in_cells() -> None:
    table = "| Year | Capex (US$ bn) | Season |\n|---|---|---|\n| 2024 | 130 | 2024-25 |\n| 2025 | 310-350 | 2025-26 |"
    assert [value for _, value, _ in read(table)] == [1.3e11, 3.1e11, 3.5e11]
    assert read("| 指标 | 2024年 | 同比(%) |\n|---|---|---|\n| 毛利率 | 41.2% | +0.7pct |\n| 费用率 | 8.1% | +0.2pct |")[1] == (
        "+0.7pct", 0.7, "pp",
    )  # fmt: skip


def test_points_group_and_commas_are_decimal_in_one_cell_of_a_csv(tmp_path: Path) -> None:
    rows = "Firma;Umsatz in Mio. €;Marge in %\nA;144,5;11,5\nB;1.334,1;7,1\n"
    assert [value for _, value, _ in of_file(tmp_path, "de.csv", rows)] == [1.445e8, 11.5, 1.3341e9, 7.1]


def test_a_plus_before_another_number_adds_and_an_amount_with_its_magnitude_needs_no_scale() -> None:
    assert [f.qualifier for f in extract_text("It joins 64 B300 GPUs + 32 CPUs.")] == ["", ""]
    table = "营收为8亿元。\n\n| 项目 | 本期 | 上年同期 |\n|---|---|---|\n| 营业收入 | 8.12亿元 | 5510.20万元 |"
    assert (55102000.0, "CNY") in [(value, unit) for _, value, unit in read(table)]


def test_four_digits_of_a_range_that_ends_in_no_year_are_no_year() -> None:
    found = extract_text("价位在2000–4000元的书架占17%。A shelf costs 1900 to 2600 yuan.")
    assert [f.value for f in found] == [2000, 4000, 17, 1900, 2600] and not any(f.period for f in found)
    (kept,) = extract_text("2021–2024年卖出书架31万个。")
    assert kept.period == "2021-2024"


def test_classes_by_which_rows_and_firms_are_grouped_are_no_figures(tmp_path: Path) -> None:
    rows = (
        "| 价位 | 2021 | 2022 |\n|---|---|---|\n| 3000元以上 | 31万个 | 40万个 |\n| 1500–3000元 | 17万个 | 34万个 |\n"
    )
    assert {unit for _, _, unit in of_file(tmp_path, "a.md", rows)} == {"count"}
    assert [f.value for f in extract_text("Shops with 10-49 staff sell 1.4 times as much.")] == [1.4]
    assert [f.value for f in extract_text("The shop will hire 30-40 staff.")] == [30, 40]


def test_two_quarters_are_half_a_year_and_no_share() -> None:
    assert extract_text("It was $12.5bn, then the two quarters above.")[-1].unit == "USD"
    assert extract_text("Three quarters of the shops have one.")[0].value == 75


def test_an_amount_in_a_sentence_of_a_cell_is_withheld_where_its_column_has_a_magnitude(tmp_path: Path) -> None:
    rows = 'place,shelves sold (thousand)\nHill,412\nDale,455\nnote,"On the hill a shelf cost USD 107,600 on average, by far the most"\n'
    assert "USD107,600" not in [printed for printed, *_ in of_file(tmp_path, "a.csv", rows)]
    assert of_file(tmp_path, "a.csv", rows.replace(" (thousand)", ""))[-1] == ("USD107,600", 107600, "USD")
