"""Units of bare cells: captions that name several, labels that contradict each other, changes, names of fields, formats."""

# ruff: noqa: E501

import zipfile
from pathlib import Path

import pytest

from orchestration.extraction.pipeline import extract_document, extract_text
from orchestration.extraction.read.number_formats import behind_number
from orchestration.extraction.scale import spelled_name


def table(caption: str, *rows: str) -> dict[str, tuple[float, str]]:
    """Value and unit of the figures that are to be trusted of a table in Markdown, by their printed text."""
    head, *body = rows
    text = "\n".join(
        [caption, "", f"| {head} |", "|" + "---|" * (head.count("|") + 1), *(f"| {row} |" for row in body)]
    )
    return {f.printed: (f.value, f.unit) for f in extract_text(text + "\n") if not f.withheld}


def test_units_that_a_caption_gives_to_things_reach_only_labels_that_name_them() -> None:
    caption = (
        "**Table 3. Towns** (network load in MW; vacancy in % of stock; rent in US$ per kW per month for small deals)"
    )
    found = table(
        caption, "Town | Stock 2024 | Vacancy | Asking rent", "Aport | 2,600 | 1.9 | 210", "Betaville | 640 | 3.4 | 175"
    )
    assert found == {"1.9": (1.9, "percent"), "210": (210, "USD"), "3.4": (3.4, "percent"), "175": (175, "USD")}
    found = table("Table 1. Makers (revenue in US$ million; shipments in thousand units)", "Maker | Revenue | Shipments", "A | 1,200 | 35", "B | 800 | 21")  # fmt: skip
    assert found["35"] == (35000, "count")
    assert found["1,200"] == (1.2e9, "USD")


def test_a_unit_for_a_named_thing_is_no_unit_of_the_table() -> None:
    caption = "表1 机房情况（机架单位：万架；用电量单位：亿千瓦时）"
    found = table(
        caption, "片区 | 机架 | 用电量 | 平均PUE | 面积", "东 | 24.3 | 27.9 | 1.31 | 45", "西 | 2.9 | 2.2 | 1.36 | 12"
    )
    assert found["24.3"] == (243000, "count")
    assert found["1.31"] == (1.31, "ratio")
    assert "45" not in found
    # of the only unit the caption calls the whole table, unless a label names its thing
    assert table("表2 产能（产能单位：万台）", "厂 | 2023年 | 2024年", "甲 | 12 | 15", "乙 | 8 | 9")["12"] == (
        120000,
        "count",
    )
    assert "45" not in table("Sites (load in MW)", "Site | Load | Water", "A | 120 | 45", "B | 80 | 30")


def test_the_unit_line_keeps_its_unit_beside_those_of_things() -> None:
    text = "表5 机器人市场\n\n单位：亿元（出货量：万台；均价：万元/台）"
    found = table(
        text, "项目 | 2023A | 2024A", "人形机器人 | 4.2 | 38.0", "人形出货量 | 0.05 | 0.24", "人形均价 | 84.0 | 48.3"
    )
    assert found["38.0"] == (3.8e9, "CNY")
    assert found["0.24"] == (2400, "count")
    assert found["48.3"] == (483000, "CNY")


def test_two_units_of_which_none_is_said_to_be_of_a_thing_give_no_cell_a_unit() -> None:
    found = table("表1 各省（单位：EFLOPS，亿元）", "省份 | 规模 | 产值情况", "甲 | 12.5 | 310", "乙 | 8.1 | 205")
    assert found == {}
    assert table("表1 预测（单位：亿元，倍）", "公司 | 营收", "甲 | 48.1", "乙 | 66.1")["48.1"] == (4.81e9, "CNY")


def test_a_word_of_another_column_of_names_is_no_label_of_the_row() -> None:
    head = "Company | Round | Raised (USD m) | Value"
    found = table("Rounds closed in June", head, "Aster | Growth | 120 | 1.5", "Boreal | Seed | 30 | 2.5")
    assert found == {"120": (1.2e8, "USD"), "30": (3e7, "USD")}
    # where its head says that it names what is measured, it is
    found = table("Results", "Region | Metric | 2024", "North | Gross margin | 45", "South | Gross margin | 47")
    assert found["45"] == (45, "percent")


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("amount_usd_m", "amount (USD million)"),
        ("value_bn_eur", "value (EUR billion)"),
        ("step_up_x", "step up (x)"),
        ("lead_share_pct", "lead share (%)"),
        ("load_mw", "load (MW)"),
        ("name_of_x_model", "name_of_x_model"),
    ],
)
def test_the_name_of_a_field_is_spelled_with_its_unit(name: str, label: str) -> None:
    assert spelled_name(name) == label


def test_fields_of_a_file_give_their_units_under_a_remark(tmp_path: Path) -> None:
    path = tmp_path / "rounds.csv"
    path.write_text(
        "# export of May; rounds, AI; others\nfirm,round,raised_usd_m,step_x\nAster,Growth,500,1.5\nBoreal,Seed,18,2.5\n"
    )
    found = {f.printed: (f.value, f.unit) for f in extract_document(path) if not f.withheld}
    assert found == {"500": (5e8, "USD"), "1.5": (1.5, "times"), "18": (1.8e7, "USD"), "2.5": (2.5, "times")}


def test_a_bare_change_is_what_the_numbers_of_its_row_show() -> None:
    found = table(
        "Key figures (€m unless stated)", "Item | 2023 | 2024 | Change", "Revenue | 500 | 620 | 24", "Gross margin | 41 | 44 | 3",
        "Headcount | 3,100 | 3,420 | 320", "Orders | 910 | 1,150 | 61",
    )  # fmt: skip
    assert found["24"] == (24, "percent")
    assert found["3"] == (3, "pp")
    assert found["320"] == (320, "count")
    assert "61" not in found  # neither


def test_a_change_that_does_not_fit_is_what_most_of_its_column_are() -> None:
    rows = ["Chips | 14,600 | 21,087 | 6,487", "Models | 1,936 | 4,400 | 2,464", "Talent | 4,205 | 6,003 | 1,789"]
    found = table("Budget (KRW 100 million)", "Item | 2025 | 2026 | Change", *rows)
    assert found["1,789"] == (1.789e11, "KRW")


def test_the_growth_of_a_quantity_is_not_in_its_unit() -> None:
    found = table(
        "Sites", "Item | 2023 | 2024 | YoY", "Capacity (MW) | 85 | 120 | 41.2", "Staff (thousand) | 3.1 | 3.4 | 9.7"
    )
    assert found["41.2"] == (41.2, "percent")
    assert found["120"] == (1.2e8, "W")


def test_where_row_and_column_name_two_units_the_cell_is_withheld() -> None:
    head, rows = "Item | 2024 (USD million)", ("Revenue | 120", "Capacity (MW) | 85", "Profit | 20")
    assert table("Results", head, *rows) == {"120": (1.2e8, "USD"), "20": (2e7, "USD")}


def test_a_name_that_ends_like_a_unit_contradicts_no_column() -> None:
    found = table("表2 价格", "厂商 | 输出/输入(倍)", "百度 | 4.0", "甲公司 | 3.3")
    assert found == {"4.0": (4, "times"), "3.3": (3.3, "times")}


def test_a_column_of_units_is_of_the_quantity_beside_columns_with_their_own() -> None:
    head, row = "Service | Quantity | Unit | Unit price (EUR) | Total (EUR)", "Storage | 11,200 | GB | 0.02 | 224.00"
    found = table("Invoice", head, row, "Transfer | 5,300 | GB | 0.10 | 530.00")
    assert found["224.00"] == (224, "EUR")
    assert found["11,200"] == (1.12e13, "B")


def test_what_is_no_amount_takes_no_money_from_the_caption() -> None:
    found = table(
        "Accounts (£m unless stated)", "Item | 2023 | 2024", "Revenue | 612 | 803", "Net debt / EBITDA | 2.3 | 2.8", "Churn | 1.2 | 1.1",
        "Revenue per customer | 3.02 | 3.09", "Diluted shares (millions) | 325 | 318",
    )  # fmt: skip
    assert found["2.8"] == (2.8, "multiple")
    assert found["318"] == (3.18e8, "count")
    assert not {"1.2", "3.02"} & set(found)
    assert "45.2" not in table("单位：万元", "项目 | 本期", "收入 | 3,200", "资产负债率 | 45.2")


def test_a_percentage_of_the_caption_alone_is_no_more_than_the_whole() -> None:
    found = table("Adoption, % of firms", "Country | 2024 | Firms asked", "Spain | 9.2 | 1,240", "Italy | 5.0 | 1,500")
    assert found == {"9.2": (9.2, "percent"), "5.0": (5, "percent")}


def test_a_group_is_no_count_and_a_row_of_decimals_counts_nothing() -> None:
    assert table("Monitor", "Market | 2023 | 2024", "Six markets | 5,289 | 6,539", "Aport | 2,611 | 3,155") == {}
    assert "38.0" not in table("Makers of robots", "项目 | 2023 | 2024", "人形机器人 | 4.2 | 38.0", "其他 | 1.1 | 2.2")


def test_a_date_under_a_head_does_not_hide_its_unit(tmp_path: Path) -> None:
    path = tmp_path / "sites.html"
    path.write_text(
        "<html><body><table><tr><th>Site</th><th>Live power, MW</th></tr><tr><th></th><th>30 Jun 2025</th></tr>"
        "<tr><td>A</td><td>48</td></tr><tr><td>B</td><td>60</td></tr></table></body></html>"
    )
    assert [(f.value, f.unit) for f in extract_document(path)] == [(4.8e7, "W"), (6e7, "W")]


def test_money_per_m_over_input_and_output_is_per_million_tokens() -> None:
    found = table("Prices", "Model | Input ($/M) | Output ($/M)", "Kestrel | 0.15 | 0.60", "Brume | 1.75 | 14.00")
    assert found["14.00"] == (14, "USD/Mtoken")
    assert table("Prices", "Item | Hire ($/M)", "Crane | 12", "Lift | 15") == {}
    assert table("成本", "指标 | 云", "单价（元/百万Token） | 4.2", "年成本（万元） | 99.6")["4.2"] == (
        4.2,
        "CNY/Mtoken",
    )


@pytest.mark.parametrize(
    "text",
    ["Our model cost us $18 per million; later less.", "It is $3.00 per million tokens. At $2.70 × 2.1bn we pay.",
     "Prices are $2.00 per million tokens.\n\nThe cheapest model of that class cost $9.80, a model like it is about 60 cents."],
)  # fmt: skip
def test_a_price_that_does_not_say_of_what_is_withheld(text: str) -> None:
    assert {f.unit for f in extract_text(text) if not f.withheld} <= {"USD/Mtoken", "count"}


@pytest.mark.parametrize(
    ("code", "behind"),
    [
        ('0.0"x"', "x"), ("0.0x", "x"), ("0%", "%"), ("[Red]0.0%", "%"), ('0.0"%"', " %"), ('#,##0 "MW"', " MW"),
        ('0.0 "pp";-0.0 "pp"', " pp"), ('#,##0"亿元"', "亿元"), ('#,##0.0,,"m"', ""), ('"$"#,##0.0"bn"', ""), ("General", ""),
        ('yyyy"年"m"月"', ""), ("_($* #,##0.00_);_($* (#,##0.00)", ""), ("#,##0_);(#,##0)", ""),
    ],
)  # fmt: skip
def test_a_number_format_says_what_stands_behind_the_number(code: str, behind: str) -> None:
    assert behind_number(code) == behind


SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def test_cells_of_a_workbook_are_read_as_it_shows_them(tmp_path: Path) -> None:
    path = tmp_path / "ratios.xlsx"
    formats = ["0.0&quot;x&quot;", "0.0&quot;%&quot;", "0.0%"]
    cells = [("Leverage", 2.8, 1), ("Share of Alpha", 44.5, 2), ("Margin", 0.25, 3)]
    rows = "".join(
        f'<row r="{at}"><c r="A{at}" t="inlineStr"><is><t>{name}</t></is></c><c r="B{at}" s="{style}"><v>{value}</v></c></row>'
        for at, (name, value, style) in enumerate(cells, 2)
    )
    head = '<row r="1"><c r="A1" t="inlineStr"><is><t>GBP million</t></is></c><c r="B1" t="inlineStr"><is><t>FY2024</t></is></c></row>'
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packed = "http://schemas.openxmlformats.org/package/2006"
    with zipfile.ZipFile(path, "w") as book:
        book.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{packed}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/></Types>',
        )
        book.writestr("_rels/.rels", f'<Relationships xmlns="{packed}/relationships"><Relationship Id="r1" Type="{kind}/officeDocument" Target="xl/workbook.xml"/></Relationships>')  # fmt: skip
        book.writestr("xl/workbook.xml", f'<workbook {SPACE} xmlns:r="{kind}"><sheets><sheet name="Ratios" sheetId="1" r:id="r1"/></sheets></workbook>')  # fmt: skip
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{packed}/relationships"><Relationship Id="r1" Type="{kind}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="r2" Type="{kind}/styles" Target="styles.xml"/></Relationships>',
        )
        book.writestr(
            "xl/styles.xml",
            f"<styleSheet {SPACE}><numFmts>"
            + "".join(f'<numFmt numFmtId="{170 + at}" formatCode="{code}"/>' for at, code in enumerate(formats))
            + '</numFmts><cellXfs><xf numFmtId="0"/>'
            + "".join(f'<xf numFmtId="{170 + at}"/>' for at in range(len(formats)))
            + "</cellXfs></styleSheet>",
        )
        book.writestr("xl/worksheets/sheet1.xml", f"<worksheet {SPACE}><sheetData>{head}{rows}</sheetData></worksheet>")
    found = [(f.value, f.unit) for f in extract_document(path) if not f.withheld]
    assert found == [(2.8, "times"), (44.5, "percent"), (25, "percent")]


def test_units_over_units_full_years_and_magnitudes_behind_hours(tmp_path: Path) -> None:
    """A unit row or head is read whole: money per thing is money, a year in a head is a period, m are millions."""
    document = tmp_path / "a.html"
    document.write_text(
        "<table><tr><th>Year</th><th colspan=2>Market</th><th>Price</th></tr>"
        "<tr><td>Unit</td><td>亿元</td><td>%</td><td>万元/台</td></tr>"
        "<tr><td>2022</td><td>418</td><td>11.2</td><td>15.3</td></tr>"
        "<tr><td>2023</td><td>651</td><td>52.1</td><td>19.5</td></tr></table>"
        "<p>All amounts in US$ bn.</p>"
        "<table><tr><th>Firm</th><th>Q2 2024</th><th>Full year 2024</th></tr>"
        "<tr><td>Alba</td><td>17.6</td><td>83.0</td></tr><tr><td>Bora</td><td>19.0</td><td>75.6</td></tr></table>"
        "<table><tr><th>Model</th><th>GPU hours (m)</th><th>Lifetime (years)</th></tr>"
        "<tr><td>A1</td><td>1.1</td><td>5</td></tr><tr><td>B1</td><td>7.5</td><td>6</td></tr></table>",
        encoding="utf-8",
    )
    units = {f.printed: (f.unit, f.value) for f in extract_document(document) if not f.withheld}
    assert units.get("15.3", ("CNY", 153000.0)) == ("CNY", 153000.0)
    assert units["83.0"] == ("USD", 83e9)
    assert units["1.1"] == ("s", pytest.approx(1.1e6 * 3600))
    assert units["5"][0] == "s"


def test_a_fraction_of_a_thousand_keeps_its_decimals(tmp_path: Path) -> None:
    document = tmp_path / "a.txt"
    document.write_text("漏检率由千分之12降至千分之3.2。\n", encoding="utf-8")
    assert [(f.printed, f.value) for f in extract_document(document)] == [("千分之12", 1.2), ("千分之3.2", 0.32)]


def test_the_rhythm_of_a_bar_is_no_unit(tmp_path: Path) -> None:
    document = tmp_path / "a.txt"
    document.write_text(
        "Share of active users, %\n\n  every day           34\n  several times/week  41\n  less often          25\n",
        encoding="utf-8",
    )
    assert all(f.unit != "s" for f in extract_document(document))


def test_a_caption_gives_one_unit_to_two_named_columns() -> None:
    found = table(
        "單位：新台幣百萬元；年增、月增為百分比",
        "公司 | 9月 | 月增 | 年增",
        "甲 | 184,320 | 13.3 | 55.4",
        "乙 | 96,480 | -2.8 | 35.5",
    )
    assert found["13.3"] == (13.3, "percent") and found["35.5"] == (35.5, "percent")
    assert found["184,320"] == (184_320e6, "TWD")


def test_a_bare_dollar_beside_that_of_another_country_is_withheld() -> None:
    text = "The budget sets aside C$2.4 billion for compute. The largest part, $1.2 billion, pays for one machine.\n"
    assert [f.unit for f in extract_text(text) if not f.withheld] == ["CAD"]
    glossed = "The fund holds A$2.4 billion ($1.6 billion). It lent $300 million in 2024.\n"
    assert [f.unit for f in extract_text(glossed) if not f.withheld] == ["AUD", "USD", "USD"]
