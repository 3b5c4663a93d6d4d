"""What is bound by how sentences are usually built and lines of tables usually named, and slips told without a cue."""

import pytest

from orchestration.audit.binder import weights
from orchestration.audit.naming import tokens, years_in
from tests.audit.test_engines import audit, told

SITES = """Average draw over the quarter, in megawatts:
    Site A   84
    Site B   61
    Site C   47
    Site D   38
    Site E   20
"""

FORECAST = """| 亿元 | 2024A | 2025E | 2026E | 2027E |
|:-|-:|-:|-:|-:|
| 营业收入 | 24.0 | 36.0 | 50.4 | 65.5 |
| 归母净利润 | 3.6 | 6.1 | 9.3 | 12.4 |

"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # the pair of levels is all but certain, no slip is known
        ("截至年底，全国累计备案水泵302款，其中北京123款，占54.1%。", ("share", "54.1%", "unexplained")),
        (
            "First-quarter revenue was $4.82 million, up 41% from $3.15 million a year earlier.",
            ("growth", "41%", "unexplained"),
        ),
        # a change over the later value
        ("Shipments came to 94,400 racks, down from 118,000. That is a 25% decline.", ("growth", "25%", "inverse")),
        # points are no per cent
        ("每周使用一次的员工占65%；去年这一比例为52%。也就是说，使用率提高了13%。", ("growth", "13%", "unit_basis")),
        # nor where the words say that something lies apart or moved
        ("再生水供水占全部用水的61.0%。市里提出明年达到79%，还差18%。", ("growth", "18%", "unit_basis")),
        # a sign of its own, and the verb behind it, make a rate a change
        (
            "Ferries took $31.5 million of fares in the winter, after $19.8 million in the winter before (+37%).",
            ("growth", "37%", "inverse"),
        ),
        ("올해 관람객은 4,680명으로 전년 3,900명보다 16.7% 불어났다.", ("growth", "16.7%", "inverse")),
        # what grows by more than all of it went to that many per cent
        (
            "The mills drew 810 kW in May; in March they had drawn 540 kW, which makes an increase of 150%.",
            ("growth", "150%", "increase_by_vs_to"),
        ),
        # no compound rate is over one year where the words tell two
        ("2025年预计销售自行车320万辆，2027年达到980万辆，两年复合增长率206.3%。", ("cagr", "206.3%", "total_growth")),
        # what is told to follow the largest is larger
        ("業種別では図書館が52.0%と最も高く、博物館が57.4%で続いた。", ("order", "52.0%", "swapped")),
        # a cell that row and column name, of which one digit is another
        (
            "| 项目 | 2024年 | 2025年 | 2026年 |\n|---|---|---|---|\n| 村镇污水处理率 | 41% | 52% | 63% |\n"
            "| 城区绿地率 | 33% | 35% | 38% |\n\n村镇污水处理率到2025年达到58%。",
            ("text_vs_table", "58%", "digit"),
        ),
        # the document's own rate of exchange
        (
            "At our rate of USD 1.15 to the euro, the contract over USD 460 million is worth EUR 529 million to us.",
            ("currency_pair", "EUR529million", "currency"),
        ),
        # an average over one item less
        (
            SITES + "The five draw 250 MW between them, which makes 62.5 MW on average.",
            ("mean", "62.5MW", "part_left_out"),
        ),
        # two prints of one quantity
        (
            "走廊首期投产，年供水3,600兆瓦\n\n昨日，走廊首期正式投产，按满负荷计，走廊首期年供水6,300兆瓦。",
            ("repeat", "6,300兆瓦", "digit"),
        ),
    ],
)
def test_a_slip_that_no_cue_binds_is_told(tmp_path, capsys, text, found):
    _, rows, _ = audit(tmp_path, capsys, text + "\n")
    assert found in told(rows, "disagree")


@pytest.mark.parametrize(
    "text",
    [
        # in the order that the words say, the largest or the smallest first
        "Use was highest in the north with 46% of farms, followed by the coast at 41%.",
        "The lowest rate is that of the coast with 41% of farms, followed by the north at 46%.",
        # shares of one whole lie as far apart as the third by chance
        "三类读者的比重分别为50%、30%和20%。",
        "截至年底，全国累计备案水泵302款，其中北京123款，占40.7%。",
        "Shipments came to 94,400 racks, down from 118,000. That is a 20% decline.",
        "每周使用一次的员工占65%；去年这一比例为52%。也就是说，使用率提高了25%。",
        "At our rate of USD 1.15 to the euro, the contract over USD 460 million is worth EUR 400 million to us.",
        SITES + "The five draw 250 MW between them, which makes 50 MW on average.",
        # two levels of two things
        "Revenue of $5.2 million was up 12%, and a profit of $1.1 million was up 20%.",
    ],
)
def test_what_holds_or_is_of_other_things_is_quiet(tmp_path, capsys, text):
    _, rows, _ = audit(tmp_path, capsys, text + "\n")
    assert not told(rows, "disagree")


def test_values_in_the_order_of_their_years(tmp_path, capsys):
    text = "预计2025年、2026年归母净利润分别为6.1亿元和12.4亿元。\n"
    _, rows, _ = audit(tmp_path, capsys, FORECAST + text, "a.md")
    assert told(rows, "disagree") == {("text_vs_table", "12.4亿元", "other_year")}
    _, rows, _ = audit(tmp_path, capsys, FORECAST + text.replace("12.4", "9.3"), "a.md")
    assert not told(rows, "disagree")


def test_a_total_of_one_column_that_misses_its_parts(tmp_path, capsys):
    table = "Region,Pumps\nNorth,412\nSouth,398\nEast,287\nWest,151\nTotal,{}\n"
    _, rows, _ = audit(tmp_path, capsys, table.format("1,248"), "a.csv")
    assert not told(rows, "disagree")
    _, rows, _ = audit(tmp_path, capsys, table.format('"1,317"'), "a.csv")
    assert ("sum", "1,317", "unexplained") in told(rows, "disagree")


def test_rates_of_full_width_are_told_as_printed(tmp_path, capsys):
    _, rows, _ = audit(tmp_path, capsys, "会員企業3,100社に調査票を送り、1,250社から回答を得た（回収率40.3％）。\n")
    assert "40.3％" in {r["stated_printed"] for r in rows}


def test_names_are_words_without_grammar_and_pairs_of_characters():
    assert tokens("Sales of the pumps") == {"sale", "pump"}
    assert tokens("云业务") == {"云业", "业务"}
    assert years_in("FY25 against 2023") == (2025, 2023)


def test_every_rule_has_weights():
    assert set(weights()) == {"growth", "share", "ratio", "difference", "cagr"}
    assert all(w["any"] < 0 for w in weights().values())


def test_exchanged_digits_of_a_named_row_are_told(tmp_path, capsys):
    table = (
        "| Test (%) | Blue | Green |\n|---|---:|---:|\n| Pump repair | 54.6 | 29.8 |\n| Valve care | 71.7 | 33.3 |\n\n"
    )
    _, rows, _ = audit(tmp_path, capsys, table + "The team solves 56.4% of pump repair by itself.\n", "a.md")
    assert ("text_vs_table", "56.4%", "digit") in told(rows, "disagree")
    _, rows, _ = audit(tmp_path, capsys, table + "The team solves 56.4% of all cases by itself.\n", "a.md")
    assert not told(rows, "disagree")
