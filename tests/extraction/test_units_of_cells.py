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
    caption = "**Table 3. Marinas** (shore power in MW; vacancy in % of berths; rent in US$ per metre per month for short boats)"
    found = table(
        caption,
        "Marina | Berths 2023 | Vacancy | Asking rent",
        "Aport | 2,870 | 5.3 | 340",
        "Betaville | 760 | 8.6 | 285",
    )
    assert found == {"5.3": (5.3, "percent"), "340": (340, "USD"), "8.6": (8.6, "percent"), "285": (285, "USD")}
    found = table("Table 1. Makers (revenue in US$ million; shipments in thousand units)", "Maker | Revenue | Shipments", "A | 1,200 | 35", "B | 800 | 21")  # fmt: skip
    assert found["35"] == (35000, "count")
    assert found["1,200"] == (1.2e9, "USD")


def test_a_unit_for_a_named_thing_is_no_unit_of_the_table() -> None:
    caption = "表4 集群概况（芯片单位：万片；耗电量单位：亿千瓦时）"
    found = table(
        caption, "集群 | 芯片 | 耗电量 | 平均PUE | 面积", "北 | 31.7 | 18.2 | 1.24 | 58", "南 | 5.6 | 3.1 | 1.19 | 17"
    )
    assert found["31.7"] == (317000, "count")
    assert found["1.24"] == (1.24, "ratio")
    assert "58" not in found
    # of the only unit the caption calls the whole table, unless a label names its thing
    assert table("表2 产能（产能单位：万台）", "厂 | 2023年 | 2024年", "甲 | 12 | 15", "乙 | 8 | 9")["12"] == (
        120000,
        "count",
    )
    assert "45" not in table("Sites (load in MW)", "Site | Load | Water", "A | 120 | 45", "B | 80 | 30")


def test_the_unit_line_keeps_its_unit_beside_those_of_things() -> None:
    text = "表7 叉车市场\n\n单位：亿元（销量：万辆；单价：万元/辆）"
    found = table(
        text, "产品 | 2021A | 2022A", "电动叉车 | 5.7 | 22.4", "电动销量 | 0.08 | 0.36", "电动单价 | 71.5 | 62.2"
    )
    assert found["22.4"] == (2.24e9, "CNY")
    assert found["0.36"] == (3600, "count")
    assert found["62.2"] == (622000, "CNY")


def test_two_units_of_which_none_is_said_to_be_of_a_thing_give_no_cell_a_unit() -> None:
    found = table("表1 各省（单位：EFLOPS，亿元）", "省份 | 规模 | 产值情况", "甲 | 12.5 | 310", "乙 | 8.1 | 205")
    assert found == {}
    assert table("表6 估值（单位：亿元，倍）", "企业 | 收入", "丙 | 27.4", "丁 | 93.2")["27.4"] == (2.74e9, "CNY")


def test_a_word_of_another_column_of_names_is_no_label_of_the_row() -> None:
    head = "Brewery | Round | Borrowed (USD m) | Value"
    found = table("Rounds signed in March", head, "Tarn | Growth | 145 | 1.8", "Fell | Seed | 27 | 3.2")
    assert found == {"145": (1.45e8, "USD"), "27": (2.7e7, "USD")}
    # where its head says that it names what is measured, it is
    found = table("Results", "Region | Metric | 2024", "North | Gross margin | 45", "South | Gross margin | 47")
    assert found["45"] == (45, "percent")


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("loan_usd_m", "loan (USD million)"),
        ("value_bn_eur", "value (EUR billion)"),
        ("pay_back_x", "pay back (x)"),
        ("top_farm_pct", "top farm (%)"),
        ("load_mw", "load (MW)"),
        ("name_of_x_model", "name_of_x_model"),
    ],
)
def test_the_name_of_a_field_is_spelled_with_its_unit(name: str, label: str) -> None:
    assert spelled_name(name) == label


def test_fields_of_a_file_give_their_units_under_a_remark(tmp_path: Path) -> None:
    path = tmp_path / "loans.csv"
    path.write_text(
        "# list of March; breweries, ale; others\nbrewery,round,borrowed_usd_m,gain_x\nTarn,Growth,730,1.8\nFell,Seed,46,3.2\n"
    )
    found = {f.printed: (f.value, f.unit) for f in extract_document(path) if not f.withheld}
    assert found == {"730": (7.3e8, "USD"), "1.8": (1.8, "times"), "46": (4.6e7, "USD"), "3.2": (3.2, "times")}


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
    rows = ["Tractors | 12,300 | 17,945 | 5,645", "Robots | 2,210 | 3,870 | 1,660", "Training | 3,580 | 5,137 | 1,575"]
    found = table("Grants (KRW 100 million)", "Item | 2022 | 2023 | Change", *rows)
    assert found["1,575"] == (1.575e11, "KRW")


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
    found = table("表3 产量", "品牌 | 夜班/日班(倍)", "风度 | 2.6", "乙公司 | 1.7")
    assert found == {"2.6": (2.6, "times"), "1.7": (1.7, "times")}


def test_a_column_of_units_is_of_the_quantity_beside_columns_with_their_own() -> None:
    head, row = "Job | Volume | Unit | Price of one (EUR) | Sum (EUR)", "Backup | 7,400 | GB | 0.05 | 370.00"
    found = table("Offer", head, row, "Restore | 2,600 | GB | 0.15 | 390.00")
    assert found["370.00"] == (370, "EUR")
    assert found["7,400"] == (7.4e12, "B")


def test_what_is_no_amount_takes_no_money_from_the_caption() -> None:
    found = table(
        "Accounts (€m unless stated)", "Item | 2021 | 2022", "Revenue | 274 | 391", "Net debt / EBITDA | 1.7 | 3.4", "Churn | 0.9 | 1.4",
        "Revenue per customer | 4.16 | 4.57", "Diluted shares (millions) | 86 | 91",
    )  # fmt: skip
    assert found["3.4"] == (3.4, "multiple")
    assert found["91"] == (9.1e7, "count")
    assert not {"0.9", "4.16"} & set(found)
    assert "45.2" not in table("单位：万元", "项目 | 本期", "收入 | 3,200", "资产负债率 | 45.2")


def test_a_percentage_of_the_caption_alone_is_no_more_than_the_whole() -> None:
    found = table(
        "Adoption, % of farms", "Country | 2022 | Farms asked", "Portugal | 11.6 | 1,870", "Malta | 7.0 | 1,430"
    )
    assert found == {"11.6": (11.6, "percent"), "7.0": (7, "percent")}


def test_a_group_is_no_count_and_a_row_of_decimals_counts_nothing() -> None:
    assert table("Yearbook", "Town | 2021 | 2022", "Five factories | 3,847 | 4,612", "Aport | 1,934 | 2,275") == {}
    assert "17.0" not in table("Chains of bakeries", "产品 | 2021 | 2022", "门店 | 3.6 | 17.0", "其他 | 1.4 | 2.7")


def test_a_date_under_a_head_does_not_hide_its_unit(tmp_path: Path) -> None:
    path = tmp_path / "sites.html"
    path.write_text(
        "<html><body><table><tr><th>Site</th><th>Live power, MW</th></tr><tr><th></th><th>30 Jun 2025</th></tr>"
        "<tr><td>A</td><td>48</td></tr><tr><td>B</td><td>60</td></tr></table></body></html>"
    )
    assert [(f.value, f.unit) for f in extract_document(path)] == [(4.8e7, "W"), (6e7, "W")]


def test_money_per_m_over_input_and_output_is_per_million_tokens() -> None:
    found = table("Prices", "Model | Input ($/M) | Output ($/M)", "Wren | 0.35 | 0.90", "Osprey | 2.45 | 11.50")
    assert found["11.50"] == (11.5, "USD/Mtoken")
    assert table("Prices", "Item | Hire ($/M)", "Crane | 12", "Lift | 15") == {}
    assert table("成本", "指标 | 云", "单价（元/百万Token） | 4.2", "年成本（万元） | 99.6")["4.2"] == (
        4.2,
        "CNY/Mtoken",
    )


@pytest.mark.parametrize(
    "text",
    ["That service cost us $27 per million; now less.", "It is $4.50 per million tokens. At $3.60 × 1.4bn we pay.",
     "Prices are $5.00 per million tokens.\n\nThe slowest model of the batch cost $12.40, a model like it is about 85 cents."],
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
    cells = [("Gearing", 3.4, 1), ("Share of Beta", 37.5, 2), ("Margin", 0.16, 3)]
    rows = "".join(
        f'<row r="{at}"><c r="A{at}" t="inlineStr"><is><t>{name}</t></is></c><c r="B{at}" s="{style}"><v>{value}</v></c></row>'
        for at, (name, value, style) in enumerate(cells, 2)
    )
    head = '<row r="1"><c r="A1" t="inlineStr"><is><t>EUR million</t></is></c><c r="B1" t="inlineStr"><is><t>FY2022</t></is></c></row>'
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
    assert found == [(3.4, "times"), (37.5, "percent"), (16, "percent")]


def test_units_over_units_full_years_and_magnitudes_behind_hours(tmp_path: Path) -> None:
    """A unit row or head is read whole: money per thing is money, a year in a head is a period, m are millions."""
    document = tmp_path / "a.html"
    document.write_text(
        "<table><tr><th>Year</th><th colspan=2>Sales</th><th>Price</th></tr>"
        "<tr><td>Unit</td><td>亿元</td><td>%</td><td>万元/台</td></tr>"
        "<tr><td>2020</td><td>236</td><td>9.4</td><td>7.8</td></tr>"
        "<tr><td>2021</td><td>305</td><td>29.2</td><td>8.6</td></tr></table>"
        "<p>All amounts in US$ bn.</p>"
        "<table><tr><th>Mill</th><th>Q3 2022</th><th>Full year 2022</th></tr>"
        "<tr><td>Dorn</td><td>14.2</td><td>58.7</td></tr><tr><td>Elba</td><td>21.3</td><td>91.4</td></tr></table>"
        "<table><tr><th>Model</th><th>GPU hours (m)</th><th>Lifetime (years)</th></tr>"
        "<tr><td>M3</td><td>2.3</td><td>4</td></tr><tr><td>M4</td><td>6.9</td><td>7</td></tr></table>",
        encoding="utf-8",
    )
    units = {f.printed: (f.unit, f.value) for f in extract_document(document) if not f.withheld}
    assert units.get("7.8", ("CNY", 78000.0)) == ("CNY", 78000.0)
    assert units["58.7"] == ("USD", 58.7e9)
    assert units["2.3"] == ("s", pytest.approx(2.3e6 * 3600))
    assert units["4"][0] == "s"


def test_a_fraction_of_a_thousand_keeps_its_decimals(tmp_path: Path) -> None:
    document = tmp_path / "a.txt"
    document.write_text("返修率由千分之21降至千分之4.7。\n", encoding="utf-8")
    assert [(f.printed, f.value) for f in extract_document(document)] == [("千分之21", 2.1), ("千分之4.7", 0.47)]


def test_the_rhythm_of_a_bar_is_no_unit(tmp_path: Path) -> None:
    document = tmp_path / "a.txt"
    document.write_text(
        "Share of allotment holders, %\n\n  each day             46\n  a few times/month    33\n  hardly ever          21\n",
        encoding="utf-8",
    )
    assert all(f.unit != "s" for f in extract_document(document))


def test_a_caption_gives_one_unit_to_two_named_columns() -> None:
    found = table(
        "單位：新台幣千元；季增、年增為百分比",
        "茶廠 | 第二季 | 季增 | 年增",
        "丙 | 52,730 | 8.7 | 41.2",
        "丁 | 23,650 | -4.3 | 19.6",
    )
    assert found["8.7"] == (8.7, "percent") and found["19.6"] == (19.6, "percent")
    assert found["52,730"] == (52_730e3, "TWD")


def test_a_bare_dollar_beside_that_of_another_country_is_withheld() -> None:
    text = "The charter reserves C$3.7 billion for ferries. The first part, $1.9 billion, buys six ships.\n"
    assert [f.unit for f in extract_text(text) if not f.withheld] == ["CAD"]
    glossed = "The trust owns A$5.3 billion ($3.5 billion). It lent $410 million in 2022.\n"
    assert [f.unit for f in extract_text(glossed) if not f.withheld] == ["AUD", "USD", "USD"]
