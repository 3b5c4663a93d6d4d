"""Tables: lines computed from others, what the text computes from their cells, where names and values are looked up."""

# texts stay on one line
# ruff: noqa: E501

import random
import re

import pytest

from orchestration.audit.arithmetic import interval, overlap
from orchestration.audit.document import load
from orchestration.audit.indexes import Names, Values
from orchestration.extraction import extract_document
from tests.audit.test_engines import audit, told

STATES = """Electricity use in GWh

| State | 2022 | 2023 | 2024 | Share of 2024 (%) |
|---|---:|---:|---:|---:|
| Hesse | 5,840 | 6,310 | 7,020 | 35.1 |
| Bavaria | 2,410 | 2,580 | 2,790 | 14.0 |
| Saxony | 2,230 | 2,390 | 2,650 | 13.3 |
| Other states | 6,920 | 7,180 | 7,540 | 37.7 |
| Germany | 17,400 | 18,460 | 20,000 | 100.0 |
| Change on year (%) | | 6.1 | 8.3 | |

"""

CASH = """| € million | Q2 2023 | Q2 2022 |
|---|---:|---:|
| Rents received | 312.6 | 164.5 |
| Repairs and upkeep | (127.9) | (88.2) |
| Net rents | 184.7 | 76.3 |

"""

CHIPS = """| Item | K2 | K4 | M9 | R5 |
|---|---:|---:|---:|---:|
| INT8 dense, TOPS | 720 | 1,980 | 1,130 | 456 |
| INT8 relative to K2, x | 1.00 | 2.75 | 1.57 | 0.63 |

"""

SPEND = """| Age band | Members | Fee per member ($) | Total ($ thousand) |
|---|---:|---:|---:|
| 16-24 | 428 | 52 | 22.3 |
| 25-39 | 355 | 134 | 47.6 |
| 40-59 | 241 | 370 | 89.2 |
| 60+ | 83 | 1,260 | 104.6 |

"""

FIRMS = """| 車廠 | 第三季營收（新台幣億元） | 電動車占比 |
|---|---:|---:|
| 和陽 | 6,350 | 42% |
| 嘉駿 | 3,880 | 55% |
| 立岡 | 2,170 | 60% |
| 合計 | 12,400 | |

"""

GRANTS = """| Line | £m | Places |
|---|---:|---:|
| Apprentice grants | 88.2 | 2,800 |
| Schools | 165 | 15 |

"""

OWNERS = """| Landlord | Flats, thousand | Family-size equivalents, thousand |
|---|---:|---:|
| Town councils | 5,320 | 3,880 |
| Housing trusts | 2,460 | 920 |
| Pension funds | 1,370 | 1,150 |
| Private owners | 3,850 | 2,050 |
| All | 13,000 | 8,000 |

"""

MARKETS = """| Kind of clinic, $ billion | 2023 | 2024 | 2025 |
|---|---:|---:|---:|
| Public | 27.4 | 59.6 | 96.3 |
| Private | 5.7 | 10.8 | 16.9 |
| Mobile | 0.8 | 3.6 | 12.4 |
| Dental | 3.9 | 4.7 | 6.2 |

"""

CAPEX = """| 科目 | 2022 | 2023E | 2024E |
|---|---:|---:|---:|
| 绿化支出（亿元） | 184 | 237 | 326 |

"""

PARK = """按业态分：

  生鲜超市      63家
  餐饮与茶座    94家
  便利店       128家
  文具与书报    29家
  洗衣店        17家

"""

SURVEY = """| 茶类 | 问卷数 |
|---|---:|
| 绿茶 | 3,900 |
| 红茶 | 3,200 |
| 白茶 | 2,700 |
| 黑茶 | 1,600 |

"""

PRICES = """| 科目 | 2020A | 2021A | 2022E | 2024E |
|---|---:|---:|---:|---:|
| 票价（元） | 3,860 | 3,540 | 3,180 | 2,750 |
| 客运收入（亿元） | 86.3 | 314.7 | 592.5 | 1,215.0 |

"""

JOBS = """| Coast, thousand residents | 2016 | 2022 |
|---|---:|---:|
| East | 6,480 | 7,060 |
| South | 5,340 | 5,810 |
| West | 5,180 | 5,690 |
| All | 17,000 | 18,560 |

"""

MODELS = """| 公园 | 翻修前票价 | 翻修后票价 | 翻修后租船价 |
|---|---:|---:|---:|
| 翠园 | 30.00 | 2.60 | 10.20 |
| 枫园 | 6.00 | 0.90 | 2.40 |
| 梅园 | 5.00 | 3.10 | 11.60 |
| 竹园 | 9.00 | 2.20 | 7.80 |
| 松园 | 18.50 | 4.70 | 5.20 |
| 平均 | 13.70 | 2.70 | 7.44 |

"""

PARTS = """| 产品 | 2023H1 | 2022全年 |
|---|---:|---:|
| 低温鲜奶 | 23.48 | 29.15 |
| 成人奶粉 | 15.62 | 31.74 |
| 冷饮及其他 | 6.85 | 12.36 |
| 合计 | 45.95 | 73.25 |

"""

RACKS = """| 湖区 | 床位（万张） | 入住率（%） |
|---|---:|---:|
| 临溪 | 7.3 | 82.4 |
| 望山 | 12.6 | 58.9 |
| 柳塘 | 4.9 | 77.1 |

"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # a table's own total is the whole of a column of shares, whatever rates stand below it
        (STATES, ("share", "35.1")),
        # what is taken away is printed as negative
        (CASH, ("sum", "184.7")),
        # an index, and a multiple of the first model
        (CHIPS, ("ratio", "2.75")),
        # units times dollars are thousands of dollars
        (SPEND, ("product", "47.6")),
        # what two cells of named rows lie apart, whatever characters the name is written in
        (FIRMS + "嘉駿的營收比和陽少了新台幣2,470億元。", ("sum", "新台幣2,470億元")),
        (FIRMS + "嘉駿的電動車營收約新台幣2,134億元。", ("product", "新台幣2,134億元")),
        ("| AUD million | 2022-23 | 2023-24 |\n|---|---:|---:|\n| Rural libraries | 54.2 | 91.0 |\n| Museums | 27.3 | 33.8 |\n\nRural libraries goes up by AUD 36.8 million.", ("sum", "AUD36.8million")),
        # an amount of a row for each of its things
        (GRANTS + "An apprentice grant is worth £31,500 on average.", ("ratio", "£31,500")),
        # the same row in the column that the words name
        (OWNERS + "Town councils hold 40.9% of the flats and 48.5% of the equivalents.", ("share", "48.5%")),
        # a total of a column whose numbers have no unit
        ("回收问卷11,400份。\n\n" + SURVEY, ("sum", "11,400份")),
        # three years of one row
        (CAPEX + "三年合计747亿元。", ("sum", "747亿元")),
    ],
)  # fmt: skip
def test_holds(text, found, tmp_path, capsys):
    _, rows, _ = audit(tmp_path, capsys, text, "a.md")
    assert found in told(rows, "agree") and not told(rows, "disagree")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (STATES.replace("14.0", "41.0"), ("share", "41.0", "digit")),
        (SPEND.replace("47.6", "46.7"), ("product", "46.7", "digit")),
        (GRANTS + "An apprentice grant is worth £3,150 on average.", ("ratio", "£3,150", "scale")),
        (OWNERS + "Town councils hold 40.9% of the flats and 66.1% of the equivalents.", ("share", "66.1%", "unexplained")),
        (MARKETS + "Mobile clinics, a mere footnote two years ago, are worth $16.9 billion in 2025.", ("text_vs_table", "$16.9billion", "copied")),
        # of several rows that the words name the one whose share they say
        (SURVEY.replace("黑茶 | 1,600", "合计 | 9,800") + "白茶的占比不高，绿茶和红茶合起来要高得多，白茶的占比因绿茶、红茶的规模而只有38.0%。", ("share", "38.0%", "share_of_rest")),
        (CAPEX + "三年合计563亿元。", ("sum", "563亿元", "part_left_out")),
        # a row in its own unit beside rows in hundreds of millions; the year before the value, not the next one's
        (PRICES + "票价由2021年的3,860元回落至2024年的2,750元。", ("text_vs_table", "3,860元", "other_year")),
        # growth over the whole span, told as a rate a year
        (JOBS + "Overall population grew by 9.2% per year over the period.", ("cagr", "9.2%", "total_growth")),
        # an average of a table over one row less
        (MODELS.replace("7.44", "9.30"), ("mean", "9.30", "part_left_out")),
        # the part of one year over the whole of another
        (JOBS + "In 2022 the east coast had a share of 41.5%.", ("share", "41.5%", "other_year")),
        (PARK + "前四类门店共341家。", ("sum", "341家", "digit")),
        # the name right before the value, behind the last comma
        (RACKS + "入住率方面，临溪最高，柳塘为58.9%。", ("text_vs_table", "58.9%", "copied")),
    ],
)  # fmt: skip
def test_told(text, found, tmp_path, capsys):
    assert found in told(audit(tmp_path, capsys, text, "a.md")[1], "disagree")


@pytest.mark.parametrize(
    "text",
    [
        # a price of 1.00 is no base of an index
        "| Coach | Adult ($) | Child ($) |\n|---|---:|---:|\n| Express | 5.00 | 1.00 |\n| Local | 0.60 | 0.120 |\n| Shuttle | 0.35 | 0.070 |\n",
        # numbers of things in two years are not added up
        "| 指标 | 2021 | 2022 | 2023 |\n|---|---:|---:|---:|\n| 注册游戏（款） | 130 | 240 | 365 |\n\n三年累计推出605款桌布。",
        OWNERS + "Town councils hold 40.9% of the flats; pension funds have 14.4% of the equivalents.",
        OWNERS + "Town councils hold 40.9% of the flats and 66.1% of their heating is green.",
        RACKS + "入住率方面，望山不高，为58.9%。",
        MARKETS + "Private clinics are worth $16.9 billion in 2025.",
        CAPEX + "三年合计约750亿元。",
        PARK + "前四类门店共314家。",
        PRICES + "票价由2021年的3,540元回落至2024年的2,750元。",
        JOBS + "Overall population grew by 1.5% per year over the period.",
        MODELS,
        # what a table prints as a total is not held against its other lines
        PARTS + "上半年收入45.95亿元。",
    ],
)
def test_not_told(text, tmp_path, capsys):
    assert not told(audit(tmp_path, capsys, text, "a.md")[1], "disagree")


def test_what_random_numbers_give_is_hardly_ever_a_tie(tmp_path, capsys):
    """The numbers of the tables and of the sentences about them replaced by random ones of as many digits."""
    texts = [re.sub(".*合計.*\n", "", FIRMS) + "嘉駿的營收比和陽少了新台幣2,470億元。嘉駿的電動車營收約新台幣2,134億元。", SPEND, CHIPS, CASH,
             GRANTS + "An apprentice grant is worth £31,500 on average.",
             MARKETS + "Mobile rose by $8.83 billion and private was $4.52 billion above it.",
             OWNERS + "Town councils hold 40.9% of the flats and 48.5% of the equivalents."]  # fmt: skip
    dice = random.Random(7)

    def other(match: re.Match[str]) -> str:
        digits = [c if c in ",." else dice.choice("123456789") for c in match[0]]
        return "".join(digits)

    kept, ties, alarms = 0, 0, 0
    for text in texts:
        kept += len(told(audit(tmp_path, capsys, text, "a.md")[1], "agree"))
        for _ in range(4):
            changed = re.sub(r"(?<![A-Z\d.,-])(?!20\d\d\b)\d[\d,.]*\d(?!-)", other, text)
            rows = audit(tmp_path, capsys, changed, "a.md")[1]
            ties += len(told(rows, "agree"))
            alarms += len(told(rows, "disagree"))
    # one document in ten, though none of these sentences holds any longer
    assert kept >= 18 and ties <= 0.1 * 4 * kept and alarms <= 0.11 * 4 * len(texts)


def test_cells_are_told_as_the_file_prints_them(tmp_path, capsys):
    table = "Hafen;2021 (MW);2022 (MW);Zuwachs (%)\nBremen;1.240;1.414;14,0\nHamburg;380;475;25,0\nEmden;210;252;20,0\nKüste;1.830;2.141;17,0\n"
    _, rows, _ = audit(tmp_path, capsys, table, "a.csv")
    printed = {p for r in rows for p in (r["stated_printed"], *r["input_printed"])}
    assert {"1.240", "1.830", "14,0"} <= printed and not {"1,240", "14.0"} & printed


def test_an_index_finds_what_looking_at_all_finds(tmp_path):
    path = tmp_path / "a.md"
    path.write_text(STATES + MARKETS + OWNERS, encoding="utf-8")
    document = load(path, extract_document(path))
    cells = [c for t in document.tables for row in t.cells for c in row if c]
    values = Values(cells)
    for wanted in cells:
        assert values.like(interval(wanted)) == [c for c in cells if overlap(interval(c), interval(wanted))]
    labels = [label.lower() for t in document.tables for label in t.rows]
    names = Names((label, n) for n, label in enumerate(labels))
    said = "hesse and other states, all private owners of germany"
    assert names.within(said) == [n for n, label in enumerate(labels) if label in said]


@pytest.mark.parametrize(("last", "verdict"), [("1,213,679", "disagree"), ("1,231,679", "agree")])
def test_a_digit_of_one_year_is_told_where_the_other_holds_to_the_last(tmp_path, capsys, last, verdict):
    text = (
        "| € thousand | 2025 | 2024 |\n|---|---:|---:|\n| Fares | 1,836,412 | 1,512,904 |\n"
        f"| Wages | 604,733 | 523,860 |\n| Result of the year | {last} | 989,044 |\n"
    )
    _, rows, _ = audit(tmp_path, capsys, text, "a.md")
    assert {r["stated_printed"]: r["verdict"] for r in rows}[last] == verdict


def test_another_number_beside_a_year_that_holds_is_no_slip(tmp_path, capsys):
    text = (
        "| € thousand | 2025 | 2024 |\n|---|---:|---:|\n| Fares | 1,836,412 | 1,512,904 |\n"
        "| Wages | 604,733 | 523,860 |\n| Result of the year | 1,107,250 | 989,044 |\n"
    )
    _, rows, _ = audit(tmp_path, capsys, text, "a.md")
    assert not [r for r in rows if r["verdict"] == "disagree"]
