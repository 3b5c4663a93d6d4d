"""Totals, averages and amounts of each thing: lists without units, columns that a text adds up, tables of averages."""

import pytest

from tests.audit.test_engines import audit, told

OFFICES = """| Office | Permits |
|---|---:|
| North | 73,185 |
| South | 18,165 |
| East | 8,424 |
| West | 6,176 |
| Isles | 3,162 |

"""

SCORES = """| Test | Blue | Green | Red |
|---|---:|---:|---:|
| Alpha score | 76.4 | 69.8 | 75.1 |
| Beta score | 58.9 | 49.2 | 60.3 |
| Gamma score | 91.2 | 84.7 | 89.6 |
| Average score | 75.5 | {green} | 75.0 |
"""

SPENDING = """| $bn | Q2 25 | Q3 25 |
|:--|--:|--:|
| Ash | 31.4 | 34.2 |
| Birch | 24.2 | 25.9 |
| Cedar | 22.4 | 24.0 |
| Four | 78.0 | 84.1 |

"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # parts without a unit of their own
        (
            "Of 670 pumps bought, 212 are in service, 263 are being tested and 165 were returned.",
            ("sum", "670pumps", "digit"),
        ),
        # a column that the text adds up
        (OFFICES + "The five named offices together gave 139,112 permits.", ("sum", "139,112permits", "digit")),
        # an average of a list above, of a sentence whose words stand far from it, and beside the total of the list
        (
            "各水泵满负荷测试的效率：\n\n- 小型：52%\n- 中型：46%\n- 大型：37%\n\n三项平均为49%。",
            ("mean", "49%", "part_left_out"),
        ),
        (
            "設備費は2026年度540億円、2027年度620億円、2028年度730億円の計1,890億円、年平均では580億円です。",
            ("mean", "580億円", "part_left_out"),
        ),
        # a table of averages
        (SCORES.format(green="77.9"), ("mean", "77.9", "digit")),
        # an amount of each of many
        ("全年发放水费补贴1.2亿元，惠及620家用户，平均每家193.5万元。", ("ratio", "193.5万元", "scale")),
        # the row at the bottom is the sum of the others, whatever it is called
        (SPENDING + "Ash alone is 69% of the four.", ("share", "69%", "share_of_rest")),
        # nothing falls by more than all of it
        (
            "In 2023 a pump cost $36.00. Today it costs $3.00: prices have fallen by 1,200%.",
            ("growth", "1,200%", "increase_by_vs_to"),
        ),
    ],
)  # fmt: skip
def test_a_total_or_average_that_does_not_follow_is_told(tmp_path, capsys, text, found):
    _, rows, _ = audit(tmp_path, capsys, text + "\n", "a.md")
    assert found in told(rows, "disagree")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Of 640 pumps bought, 212 are in service, 263 are being tested and 165 were returned.", ("sum", "640pumps")),
        (OFFICES + "The five named offices together gave 109,112 permits.", ("sum", "109,112permits")),
        ("- 小型：52%\n- 中型：46%\n- 大型：37%\n\n三项平均为45%。", ("mean", "45%")),
        (SCORES.format(green="67.9"), ("mean", "67.9")),
        ("全年发放水费补贴1.2亿元，惠及620家用户，平均每家19.35万元。", ("ratio", "19.35万元")),
    ],
)
def test_one_that_follows_is_a_tie(tmp_path, capsys, text, found):
    _, rows, _ = audit(tmp_path, capsys, text + "\n", "a.md")
    assert found in told(rows, "agree") and not told(rows, "disagree")


@pytest.mark.parametrize(
    "text",
    [
        # without one row it is the sum of the others, which may be meant
        OFFICES + "The four offices of the mainland together gave 105,950 permits.",
        # the smaller number is the change
        "年末全市水泵1,284家，比上年末的1,067家净增217家，增长20.3%。",
        # the pair fits as growth, whatever the words were taken for
        "全年出貨213萬台，比去年的171.4萬台多出24.3%。",
        # a number of another thing than the row's, with one digit off
        OFFICES + "North Harbour, a company, sold 73,985 permits of its own.",
    ],
)
def test_what_is_said_of_something_else_is_no_slip(tmp_path, capsys, text):
    _, rows, _ = audit(tmp_path, capsys, text + "\n", "a.md")
    assert not told(rows, "disagree")


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("At the company's rate of 1,400 won to the dollar the site costs 350 billion won ($350 million).", "disagree"),
        ("At the company's rate of 1,400 won to the dollar the site costs 350 billion won ($250 million).", "agree"),
        ("首轮融资62亿元（约8.7亿美元）。全文按1美元=7.13元换算。", "agree"),
    ],
)
def test_two_currencies_meet_at_the_rate_that_the_document_tells(tmp_path, capsys, text, verdict):
    _, rows, _ = audit(tmp_path, capsys, text + "\n")
    assert [r["verdict"] for r in rows if r["rule"] == "currency_pair"] == [verdict]


def test_a_part_left_out_by_chance_does_not_hide_a_wrong_digit(tmp_path, capsys):
    table = "| 项目 | 数量 | 功率（MW） |\n|---|--:|--:|\n"
    cells = [(168, 128.6), (212, 176.3), (124, 98.4), (78, 61.2), (96, 118.7), (32, 36.1)]
    table += "".join(f"| 站{n} | {a} | {b} |\n" for n, (a, b) in enumerate(cells))
    _, rows, _ = audit(tmp_path, capsys, table + "| 合计 | 740 | 619.3 |\n", "a.md")
    assert ("sum", "740", "digit") in told(rows, "disagree")
