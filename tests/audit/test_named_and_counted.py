"""Wholes that the words name, rates of exchange that are told, orders by names, so many of one amount, the rest."""

# texts stay on one line
# ruff: noqa: E501

import pytest

from tests.audit.test_engines import audit, told

BRANCHES = """| 类别 | 家数 |
|---|---:|
| 芯片 | 34家 |
| 平台 | 78家 |
| 应用 | 121家 |
| 服务 | 38家 |
| 其他 | 15家 |

"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # the words name the whole, and the share is that of another one
        (
            "The fund holds $2.0 billion. So far $1.24 billion has been committed and $0.46 billion was paid out; thus 23% of the commitments has reached anybody.",
            ("share", "23%", "other_whole"),
        ),
        (
            "全年完成投资418亿元。民间投资171亿元，占全部投资的69.2%，国有企业投资247亿元。",
            ("share", "69.2%", "share_of_rest"),
        ),
        # at the rate of exchange that the document tells
        ("融资6.0亿美元，按1美元兑7.12元折算，约合人民币46.8亿元。", ("currency_pair", "人民币46.8亿元", "currency")),
        ("市场规模1,926亿元，折合276亿美元（全年平均汇率7.20）。", ("currency_pair", "276亿美元", "currency")),
        # an amount of each, far from the amount and the count
        (
            "营业收入418亿元，同比增长37.0%。\n\n研发投入52亿元。\n\n客户4.7万户，户均收入8.89万元。",
            ("ratio", "8.89万元", "scale"),
        ),
        # so many of one amount each
        ("New substations: four, costing $140 million each, $56 million in all.", ("product", "$56million", "scale")),
        # a total of as many as the words say: other places, exchanged digits
        ("云服务32.3亿元；行业软件19.8亿元；其他4.8亿元。后三项合计52.1亿元。", ("sum", "52.1亿元", "part_left_out")),
        (BRANCHES + "前四类企业共217家。", ("sum", "217家", "digit")),
        # what is the rest makes a hundred with what it is beside
        ("前五家合计65.3%，其余厂商加起来为44.7%。", ("bounds", "44.7%", "digit")),
        # the ends of an order have names
        ("资本开支中，甲公司908亿元，乙公司702亿元，丙公司536亿元。乙公司排在丙公司之后。", ("order", "536亿元", "swapped")),
        ("毛利率31.2%，较前年的28.7%改善2.5个百分点；高于行业平均的33.0%。", ("order", "31.2%", "swapped")),
        # the years that words tell, the pair over which the whole growth holds
        (
            "At the end of 2024 the centres drew 1,840 MW. Two years earlier the figure was 1,150 MW. Load has grown by 60%, which works out at 30% a year, compounded.",
            ("cagr", "30%", "simple_average"),
        ),
        # by how many points one score is above another
        ("The large model scores 71.4%, 8.9 points above the old one at 63.5%.", ("sum", "8.9points", "unexplained")),
        # by how much and by what part
        (
            "Revenue was £3,912 million. It had been £3,105 million the year before, so the increase is £807 million or 32%.",
            ("growth", "32%", "unexplained"),
        ),
    ],
)  # fmt: skip
def test_a_slip_is_told(text, found, tmp_path, capsys):
    _, rows, _ = audit(tmp_path, capsys, text, "a.md")
    assert found in told(rows, "disagree")


@pytest.mark.parametrize(
    "text",
    [
        # another share has the nearer whole, and this one is said of the same
        "Of 205 GW in the queue a third is solar. Of 38.0 GW that wait there, 5.7 GW have signed. That's 15%. In the plan the figure is 9.1 GW, 24% of the same queue.",
        # at the rate that is told, either way round
        "公司以1美元兑7.12元折算，现金71.2亿元，约合10.0亿美元。",
        # four of them and two of another kind
        "New substations: four, costing $140 million each, $560 million in all, over six years.",
        # one half is not the rest of another statement
        "前五家合计65.3%，其余厂商加起来为34.7%。",
        "Sales rose 12% in the north, more than in any other region, where they rose 9%.",
        # the order holds, or is of another time
        "甲公司908亿元，乙公司702亿元，丙公司536亿元。丙公司排在乙公司之后。",
        "毛利率31.2%，高于上年的28.7%。",
        # years of another statement
        "In 2019 it was 62 TWh. Within three years 40% of it will be cooled by liquid, and 12% a year is saved.",
        # a margin without its levels
        "Services came to $1.93 billion, products to $3.13 billion. Gross margin was 61.4%, against 63.9%.",
    ],
)  # fmt: skip
def test_what_holds_or_is_of_something_else_is_not_told(text, tmp_path, capsys):
    _, rows, _ = audit(tmp_path, capsys, text, "a.md")
    assert not told(rows, "disagree")


@pytest.mark.parametrize(
    ("text", "rule", "stated", "inputs"),
    [
        # parts told long after their total
        (
            "Revenue came in at €842.6 million. It was a good year.\n\nThe board is content.\n\nCompute brought €511.4 million, storage €214.9 million and services €116.3 million.",
            "sum", "€842.6million", {"€511.4million", "€214.9million", "€116.3million"},
        ),
        # a margin is a share
        ("毛利为13.1亿元，收入为38.4亿元，毛利率34.1%。", "share", "34.1%", {"13.1亿元", "38.4亿元"}),
        # what remains of a whole
        ("今年合计1,284亿元。液冷产品482亿元，气冷则剩802亿元。", "sum", "802亿元", {"1,284亿元", "482亿元"}),
        # the middle of two
        ("We expect between €870 million and €910 million; the midpoint is €890 million.", "mean", "€890million", {"€870million", "€910million"}),
    ],
)  # fmt: skip
def test_a_tie_that_holds_is_found(text, rule, stated, inputs, tmp_path, capsys):
    _, found, _ = audit(tmp_path, capsys, text, "a.md")
    rows = [r for r in found if r["rule"] == rule and r["stated_printed"] == stated]
    assert any(r["verdict"] == "agree" and inputs <= set(r["input_printed"]) for r in rows)
