"""Orders, totals of so many, values of another row or column, kinds of statement that the words leave no doubt of."""

# texts stay on one line
# ruff: noqa: E501

import pytest

from orchestration.cli import main
from tests.audit.test_engines import audit, told

LINES = """| Product, $m | Q2 FY26 | Q2 FY25 |
|---|---:|---:|
| Rack pumps | 1,310 | 742 |
| Valves | 563 | 541 |
| Services | 273 | 257 |
| Total | 2,146 | 1,540 |

Revenue was $2,146 million. Rack pumps sold for $1,310 million and valves for $563 million.

"""

OFFICES = """| 地区 | 收入（亿元） |
|---|---:|
| 东区 | 165.2 |
| 西区 | 118.6 |
| 南区 | 92.7 |
| 合计 | 376.5 |

"""

CARD = """| 参数 | LX-1 | LX-2 |
|---|---:|---:|
| 显存带宽（TB/s） | 0.9 | 2.4 |
| 互联带宽（GB/s） | 200 | 448 |

"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # a level is ahead of another one that is larger
        ("前三名中，宁川以6.4万台的成绩超过海岳（9.8万台），升至第二位。", ("order", "6.4万台", "swapped")),
        ("Europe ($120 million) came second, ahead of Asia Pacific ($150 million).", ("order", "$120million", "swapped")),
        ("Pumps come second at 37% of firms and valves third with 41%.", ("order", "37%", "swapped")),
        ("份额最大的是霞浦；第二名石桥17.4%，第三名柳溪18.9%。", ("order", "17.4%", "swapped")),
        # the words say of how many it is the total
        ("前五家合计拿走71.5%。依次是31.6%、19.8%、11.2%、8.9%和6.8%。", ("sum", "71.5%", "part_left_out")),
        (
            "三季度支出318亿元。一季度和二季度分别是246亿元和287亿元，前三季度累计605亿元。",
            ("sum", "605亿元", "part_left_out"),
        ),
        (
            "£750 million goes to the north, £500 million to the south and £225 million to the isles. "
            "These three items absorb £1,575 million.",
            ("sum", "£1,575million", "digit"),
        ),
        ("校內算力350 PFLOPS，校外750 PFLOPS，兩者相加1.32 EFLOPS。", ("sum", "1.32EFLOPS", "unexplained")),
        # everybody has given one answer
        (
            "Asked what they used it for (one answer only), they split:\n\n  plans       34%\n  marks       19%\n"
            "  letters     12%\n  not used    41%\n",
            ("bounds", "41%", "bounds"),
        ),
        # by how much it went from one to the other
        ("平均PUE由1.31降到1.22，下降0.19。", ("sum", "0.19", "unexplained")),
        # another row, another column, another prefix
        (OFFICES + "东区依旧最大；南区118.6亿元，客户众多。", ("text_vs_table", "118.6亿元", "copied")),
        (LINES + "Services brought in $257 million.", ("text_vs_table", "$257million", "other_year")),
        (CARD + "显存带宽为2.4GB/s。", ("text_vs_table", "2.4GB/s", "scale")),
        # the words leave no doubt of the kind of statement
        ("The median went from £325 to £410 a month: a rise of 21%.", ("growth", "21%", "inverse")),
        ("市区的用电由9.4亿度增至28.6亿度，增长了3.04倍。", ("ratio", "3.04倍", "increase_by_vs_to")),
        ("Use went from 38% to 45% of firms, a rise of 7%.", ("growth", "7%", "unit_basis")),
        # parts in brackets behind their shares
        (
            "净额15.33亿元。当中45%（6.90亿元）投入研发，25%（3.83亿元）建厂，18%（2.67亿元）拓展市场，12%（1.84亿元）留作运营。",
            ("product", "2.67亿元", "digit"),
        ),
        # an amount of each year that is that of each month
        ("The plan costs $938 million. For 5.2 million accounts that is $15.03 per account.", ("ratio", "$15.03", "unit_basis")),
    ],
)  # fmt: skip
def test_told(text, found, tmp_path, capsys):
    assert found in told(audit(tmp_path, capsys, text)[1], "disagree")


@pytest.mark.parametrize(
    "text",
    [
        "前三名中，宁川以9.8万台的成绩超过海岳（6.4万台），升至第二位。",
        "Europe ($150 million) came first, ahead of Asia Pacific ($120 million).",
        "Pumps come second at 41% of firms and valves third with 37%.",
        "It fell in the second quarter to 37% of firms, and third parties hold 41%.",
        "The first smelter draws 130 MW, the second 250 MW and the third 310 MW.",
        "Its first fund raised $1.2 billion, its second $1.5 billion.",
        "第一座机房用电1.2亿度，第二座1.5亿度。",
        "前五家合计拿走78.3%。依次是31.6%、19.8%、11.2%、8.9%和6.8%。",
        "Of several answers, plans had 34%:\n\n  plans       34%\n  marks       19%\n  letters     12%\n  not used    41%\n",
        "平均PUE由1.31降到1.22，下降0.09。",
        # half a year is two quarters, and these are two lines of business
        "上半年实现收入45.18亿元，其中乳制品21.36亿元，饮料14.07亿元。",
        "All three segments grew; services reached $5.0 billion, after $4.1 billion, $3.2 billion and $2.6 billion.",
        OFFICES + "东区依旧最大；南区92.7亿元，客户众多。",
        OFFICES + "东区依旧最大；南区和西区之差不大，西区118.6亿元。",
        LINES + "Services brought in $273 million, against $257 million a year ago.",
        LINES + "A year ago services had brought in $257 million.",
        CARD + "显存带宽为2.4TB/s，互联带宽为448GB/s。",
        "The median went from £325 to £410 a month: a rise of 26%.",
        "市区的用电由9.4亿度增至28.6亿度，增长了2.04倍。",
        "Use went from 38% to 45% of firms, a rise of 18%.",
        # over the levels as such it would be a fall, and the words say a rise
        "We counted 3,410 people after 3,180 at the turn of the year, 7% more.",
        # half in words is about half
        "They made 21.4 of 42 billion pumps, about half.",
    ],
)
def test_not_told(text, tmp_path, capsys):
    assert not told(audit(tmp_path, capsys, text)[1], "disagree")


def test_what_does_not_hold_is_shown_once_though_an_input_is_printed_twice(tmp_path, capsys):
    text = LINES + "The Americas were $895 million of the $2,146 million, or 71.5%.\n"
    _, rows, _ = audit(tmp_path, capsys, text)
    wrong = [r for r in rows if r["verdict"] == "disagree" and r["stated_printed"] == "71.5%"]
    main(["audit", str(tmp_path / "a.txt")])
    assert len(wrong) > 1 and capsys.readouterr().out.count("71.5% (line") == 1
