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

CASH = """| € million | Q3 2025 | Q3 2024 |
|---|---:|---:|
| Cash from operations | 241.3 | 118.0 |
| Capital expenditure | (98.4) | (72.7) |
| Free cash flow | 142.9 | 45.3 |

"""

CHIPS = """| Item | A1 | A2 | B7 | C3 |
|---|---:|---:|---:|---:|
| BF16 dense, TFLOPS | 640 | 1,600 | 980 | 512 |
| BF16 relative to A1, x | 1.00 | 2.50 | 1.53 | 0.80 |

"""

SPEND = """| Size class | Users | Spend per user ($) | Total ($ thousand) |
|---|---:|---:|---:|
| 1-4 | 412 | 48 | 19.8 |
| 5-19 | 338 | 115 | 38.9 |
| 20-99 | 218 | 390 | 85.0 |
| 100+ | 96 | 1,240 | 119.0 |

"""

FIRMS = """| 廠商 | 第二季營收（新台幣億元） | AI 伺服器占比 |
|---|---:|---:|
| 鴻遠 | 7,120 | 38% |
| 廣碩 | 4,230 | 60% |
| 緯成 | 2,480 | 55% |
| 合計 | 13,830 | |

"""

GRANTS = """| Line | £m | Places |
|---|---:|---:|
| Start-up vouchers | 97.2 | 2,400 |
| Clusters | 180 | 12 |

"""

OWNERS = """| Owner group | Units, thousand | H100 equivalents, thousand |
|---|---:|---:|
| Hyperscalers | 6,840 | 5,190 |
| Chinese groups | 2,310 | 860 |
| Neoclouds | 1,480 | 1,210 |
| Enterprises | 4,170 | 2,140 |
| All | 14,800 | 9,400 |

"""

MARKETS = """| End market, $ billion | 2023 | 2024 | 2025 |
|---|---:|---:|---:|
| Hyperscale | 31.2 | 68.4 | 108.5 |
| Enterprise | 6.8 | 11.9 | 18.2 |
| Sovereign | 0.9 | 4.2 | 11.8 |
| Edge | 4.1 | 5.0 | 6.5 |

"""

CAPEX = """| 项目 | 2024 | 2025E | 2026E |
|---|---:|---:|---:|
| 资本开支（亿元） | 176 | 260 | 310 |

"""

PARK = """按类别分：

  算力运营      34家
  模型与算法    78家
  行业应用     121家
  芯片与硬件    38家
  服务机构      15家

"""

SURVEY = """| 学段 | 问卷数 |
|---|---:|
| 小学 | 4,300 |
| 初中 | 3,600 |
| 高中 | 2,900 |
| 中职 | 1,800 |

"""

PRICES = """| 指标 | 2023A | 2024A | 2025E | 2027E |
|---|---:|---:|---:|---:|
| 均价（元） | 7,400 | 6,850 | 6,300 | 5,600 |
| 市场规模（亿元） | 109.5 | 419.2 | 743.4 | 1,484.0 |

"""

JOBS = """| Group, thousand workers | 2019 | 2024 |
|---|---:|---:|
| High | 7,230 | 7,900 |
| Medium | 5,870 | 6,340 |
| Low | 5,900 | 6,360 |
| All | 19,000 | 20,600 |

"""

MODELS = """| 厂商 | 调价前输入价 | 调价后输入价 | 调价后输出价 |
|---|---:|---:|---:|
| 甲云 | 40.00 | 2.40 | 9.60 |
| 乙云 | 5.00 | 0.80 | 2.00 |
| 丙云 | 4.00 | 3.20 | 12.80 |
| 丁云 | 8.00 | 2.00 | 8.00 |
| 戊云 | 19.80 | 5.00 | 5.00 |
| 平均 | 15.36 | 2.68 | 7.48 |

"""

PARTS = """| 项目 | 2025H1 | 2024全年 |
|---|---:|---:|
| 算力租赁 | 21.36 | 26.40 |
| 智算设备 | 17.54 | 33.15 |
| 运维及其他 | 7.92 | 13.07 |
| 合计 | 46.82 | 72.62 |

"""

RACKS = """| 集群 | 机架（万架） | 上架率（%） |
|---|---:|---:|
| 深圳 | 6.8 | 74.5 |
| 韶关 | 11.3 | 61.8 |
| 广州 | 5.7 | 70.2 |

"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # a table's own total is the whole of a column of shares, whatever rates stand below it
        (STATES, ("share", "35.1")),
        # what is taken away is printed as negative
        (CASH, ("sum", "142.9")),
        # an index, and a multiple of the first model
        (CHIPS, ("ratio", "2.50")),
        # units times dollars are thousands of dollars
        (SPEND, ("product", "38.9")),
        # what two cells of named rows lie apart, whatever characters the name is written in
        (FIRMS + "廣碩的營收比鴻遠少了新台幣2,890億元。", ("sum", "新台幣2,890億元")),
        (FIRMS + "廣碩的 AI 伺服器營收約新台幣2,538億元。", ("product", "新台幣2,538億元")),
        ("| CAD million | 2025-26 | 2026-27 |\n|---|---:|---:|\n| Public compute | 68.5 | 112.0 |\n| Chairs | 31.4 | 36.1 |\n\nPublic compute goes up by CAD 43.5 million.", ("sum", "CAD43.5million")),
        # an amount of a row for each of its things
        (GRANTS + "A start-up voucher is worth £40,500 on average.", ("ratio", "£40,500")),
        # the same row in the column that the words name
        (OWNERS + "Hyperscalers hold 46.2% of the units and 55.2% of the equivalents.", ("share", "55.2%")),
        # a total of a column whose numbers have no unit
        ("有效问卷12,600份。\n\n" + SURVEY, ("sum", "12,600份")),
        # three years of one row
        (CAPEX + "三年合计746亿元。", ("sum", "746亿元")),
    ],
)  # fmt: skip
def test_holds(text, found, tmp_path, capsys):
    _, rows, _ = audit(tmp_path, capsys, text, "a.md")
    assert found in told(rows, "agree") and not told(rows, "disagree")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (STATES.replace("14.0", "41.0"), ("share", "41.0", "digit")),
        (SPEND.replace("38.9", "39.8"), ("product", "39.8", "digit")),
        (GRANTS + "A start-up voucher is worth £4,050 on average.", ("ratio", "£4,050", "scale")),
        (OWNERS + "Hyperscalers hold 46.2% of the units and 72.8% of the equivalents.", ("share", "72.8%", "unexplained")),
        (MARKETS + "Sovereign programmes, a rounding error two years ago, are worth $18.2 billion in 2025.", ("text_vs_table", "$18.2billion", "copied")),
        # of several rows that the words name the one whose share they say
        (SURVEY.replace("中职 | 1,800", "合计 | 10,800") + "高中的占比不高，小学和初中合起来要高得多，高中的占比因小学、初中的规模而只有36.7%。", ("share", "36.7%", "share_of_rest")),
        (CAPEX + "三年合计570亿元。", ("sum", "570亿元", "part_left_out")),
        # a row in its own unit beside rows in hundreds of millions; the year before the value, not the next one's
        (PRICES + "均价由2024年的7,400元回落至2027年的5,600元。", ("text_vs_table", "7,400元", "other_year")),
        # growth over the whole span, told as a rate a year
        (JOBS + "Overall employment grew by 8.4% per year over the period.", ("cagr", "8.4%", "total_growth")),
        # an average of a table over one row less
        (MODELS.replace("7.48", "9.35"), ("mean", "9.35", "part_left_out")),
        # the part of one year over the whole of another
        (JOBS + "In 2024 the high group had a share of 41.6%.", ("share", "41.6%", "other_year")),
        (PARK + "前四类企业共217家。", ("sum", "217家", "digit")),
        # the name right before the value, behind the last comma
        (RACKS + "上架率方面，深圳最高，广州为61.8%。", ("text_vs_table", "61.8%", "copied")),
    ],
)  # fmt: skip
def test_told(text, found, tmp_path, capsys):
    assert found in told(audit(tmp_path, capsys, text, "a.md")[1], "disagree")


@pytest.mark.parametrize(
    "text",
    [
        # a price of 1.00 is no base of an index
        "| Model | Input ($) | Cached ($) |\n|---|---:|---:|\n| Large | 4.00 | 1.00 |\n| Small | 0.50 | 0.125 |\n| Mini | 0.30 | 0.075 |\n",
        # numbers of things in two years are not added up
        "| 指标 | 2024 | 2025 | 2026 |\n|---|---:|---:|---:|\n| 备案大模型（款） | 120 | 210 | 405 |\n\n三年累计推出615款应用。",
        OWNERS + "Hyperscalers hold 46.2% of the units; neoclouds have 12.9% of the equivalents.",
        OWNERS + "Hyperscalers hold 46.2% of the units and 72.8% of their power is green.",
        RACKS + "上架率方面，韶关不高，为61.8%。",
        MARKETS + "Enterprise programmes are worth $18.2 billion in 2025.",
        CAPEX + "三年合计约750亿元。",
        PARK + "前四类企业共271家。",
        PRICES + "均价由2024年的6,850元回落至2027年的5,600元。",
        JOBS + "Overall employment grew by 1.6% per year over the period.",
        MODELS,
        # what a table prints as a total is not held against its other lines
        PARTS + "上半年收入46.82亿元。",
    ],
)
def test_not_told(text, tmp_path, capsys):
    assert not told(audit(tmp_path, capsys, text, "a.md")[1], "disagree")


def test_what_random_numbers_give_is_hardly_ever_a_tie(tmp_path, capsys):
    """The numbers of the tables and of the sentences about them replaced by random ones of as many digits."""
    texts = [re.sub(".*合計.*\n", "", FIRMS) + "廣碩的營收比鴻遠少了新台幣2,890億元。廣碩的 AI 伺服器營收約新台幣2,538億元。", SPEND, CHIPS, CASH,
             GRANTS + "A start-up voucher is worth £40,500 on average.",
             MARKETS + "Sovereign rose by $7.63 billion and enterprise was $6.42 billion above it.",
             OWNERS + "Hyperscalers hold 46.2% of the units and 55.2% of the equivalents."]  # fmt: skip
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
    assert kept >= 18 and ties <= 0.1 * 4 * kept and alarms <= 1


def test_cells_are_told_as_the_file_prints_them(tmp_path, capsys):
    table = "Region;2023 (MW);2024 (MW);Änderung (%)\nHessen;1.090;1.210;11,0\nBerlin;320;416;30,0\nSachsen;250;285;14,0\nBund;1.660;1.911;15,1\n"
    _, rows, _ = audit(tmp_path, capsys, table, "a.csv")
    printed = {p for r in rows for p in (r["stated_printed"], *r["input_printed"])}
    assert {"1.090", "1.660", "11,0"} <= printed and not {"1,090", "11.0"} & printed


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
    said = "hesse and other states, all enterprises of germany"
    assert names.within(said) == [n for n, label in enumerate(labels) if label in said]
