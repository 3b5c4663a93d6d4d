"""Wholes that the words name, rates of exchange that are told, orders by names, so many of one amount, the rest."""

# texts stay on one line
# ruff: noqa: E501

import pytest

from tests.audit.test_engines import audit, told

BRANCHES = """| 档次 | 家数 |
|---|---:|
| 豪华 | 52家 |
| 舒适 | 87家 |
| 经济 | 146家 |
| 民宿 | 41家 |
| 其他 | 19家 |

"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # the words name the whole, and the share is that of another one
        (
            "The foundation has $3.0 billion. To date $1.65 billion has been pledged and $0.57 billion was handed over; thus 19% of the pledges has helped a school.",
            ("share", "19%", "other_whole"),
        ),
        (
            "全年发放贷款653亿元。小微贷款238亿元，占全部贷款的57.3%，大型企业贷款415亿元。",
            ("share", "57.3%", "share_of_rest"),
        ),
        # at the rate of exchange that the document tells
        ("货款4.5亿美元，按1美元兑7.08元折算，约合人民币35.1亿元。", ("currency_pair", "人民币35.1亿元", "currency")),
        ("茶叶销售1,668亿元，折合223亿美元（年内平均汇率7.19）。", ("currency_pair", "223亿美元", "currency")),
        # an amount of each, far from the amount and the count
        (
            "保费收入393亿元，同比增长26.0%。\n\n理赔支出71亿元。\n\n客户5.6万户，户均保费7.02万元。",
            ("ratio", "7.02万元", "scale"),
        ),
        # so many of one amount each
        ("New reservoirs: three, costing $230 million each, $69 million in all.", ("product", "$69million", "scale")),
        # a total of as many as the words say: other places, exchanged digits
        ("饲料42.6亿元；种子23.7亿元；农机5.9亿元。后三项合计66.3亿元。", ("sum", "66.3亿元", "part_left_out")),
        (BRANCHES + "前四类酒店共362家。", ("sum", "362家", "digit")),
        # what is the rest makes a hundred with what it is beside
        ("前四名合计58.6%，其余品牌加起来为51.4%。", ("bounds", "51.4%", "digit")),
        # the ends of an order have names
        ("研发费用中，东岳公司873亿元，南屏公司641亿元，北辰公司459亿元。南屏公司排在北辰公司之后。", ("order", "459亿元", "swapped")),
        ("出租率26.8%，较前年的24.5%改善2.3个百分点；高于全国平均的29.0%。", ("order", "26.8%", "swapped")),
        # the years that words tell, the pair over which the whole growth holds
        (
            "At the end of 2023 the smelters drew 2,170 MW. Two years earlier it had been 1,550 MW. Demand has grown by 40%, which comes to 20% a year, compounded.",
            ("cagr", "20%", "simple_average"),
        ),
        # by how many points one score is above another
        ("The new method reaches 68.3%, 7.6 points above the former one at 61.7%.", ("sum", "7.6points", "unexplained")),
        # by how much and by what part
        (
            "Freight income was £2,846 million. It had been £2,213 million a year before, so the increase is £633 million or 35%.",
            ("growth", "35%", "unexplained"),
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
        "Of 164 GW on the list a fifth is wind. Of 45.0 GW that stand in it, 8.1 GW are permitted. That's 18%. In the outlook the figure is 12.6 GW, 28% of the same list.",
        # at the rate that is told, either way round
        "该行以1美元兑7.08元折算，存款56.6亿元，约合8.0亿美元。",
        # four of them and two of another kind
        "New reservoirs: three, costing $230 million each, $690 million in all, over five years.",
        # one half is not the rest of another statement
        "前四名合计58.6%，其余品牌加起来为41.4%。",
        "Sales rose 12% in the north, more than in any other region, where they rose 9%.",
        # the order holds, or is of another time
        "东岳公司873亿元，南屏公司641亿元，北辰公司459亿元。北辰公司排在南屏公司之后。",
        "出租率26.8%，高于上年的24.5%。",
        # years of another statement
        "In 2018 it came to 47 TWh. Within four years 35% of it will be met by wind, and 9% a year is saved.",
        # a margin without its levels
        "Repairs came to $1.46 billion, engines to $2.54 billion. Gross margin stood at 57.2%, against 59.8%.",
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
            "Donations stood at €763.8 million. It was a quiet year.\n\nThe trustees are content.\n\nLegacies brought €438.2 million, lotteries €197.1 million and shops €128.5 million.",
            "sum", "€763.8million", {"€438.2million", "€197.1million", "€128.5million"},
        ),
        # a margin is a share
        ("毛利为11.7亿元，收入为43.2亿元，毛利率27.1%。", "share", "27.1%", {"11.7亿元", "43.2亿元"}),
        # what remains of a whole
        ("今年合计2,157亿元。精装图书864亿元，平装则剩1,293亿元。", "sum", "1,293亿元", {"2,157亿元", "864亿元"}),
        # the middle of two
        ("We plan for between €430 million and €490 million; the midpoint is €460 million.", "mean", "€460million", {"€430million", "€490million"}),
    ],
)  # fmt: skip
def test_a_tie_that_holds_is_found(text, rule, stated, inputs, tmp_path, capsys):
    _, found, _ = audit(tmp_path, capsys, text, "a.md")
    rows = [r for r in found if r["rule"] == rule and r["stated_printed"] == stated]
    assert any(r["verdict"] == "agree" and inputs <= set(r["input_printed"]) for r in rows)
