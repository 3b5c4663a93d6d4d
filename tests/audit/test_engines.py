"""Engines that bind one input, add up lists, follow named cells and compare two prints of one amount."""

import json
from pathlib import Path

import pytest

from orchestration.audit.words import multiples
from orchestration.cli import main


def audit(tmp_path: Path, capsys, text: str, name: str = "a.txt", *options: str):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    code = main(["audit", str(path), "--format", "json", *options])
    captured = capsys.readouterr()
    return code, json.loads(captured.out or "[]"), captured.err


def told(rows, verdict):
    return {
        (r["rule"], r["stated_printed"], r["explanation_code"])
        if verdict == "disagree"
        else (r["rule"], r["stated_printed"])
        for r in rows
        if r["verdict"] == verdict
    }


WATER = """Revenue for the year came to $480.0 million.

Pumps brought $132 million, or 27.5% of the total. Filters brought $96 million, or 20.0% of the total.
"""


def test_a_share_beside_its_part(tmp_path, capsys):
    _, rows, _ = audit(tmp_path, capsys, WATER)
    assert {("share", "27.5%"), ("share", "20.0%")} <= told(rows, "agree") and not told(rows, "disagree")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("全市专利共200件。外地申请50件，占33.3%；本地申请150件，占75%。", ("share", "33.3%", "share_of_rest")),
        (
            "2023年水泵产能为10万台。2026年水泵产能达到25万台，比2023年增长2.5倍。",
            ("fold", "2.5倍", "increase_by_vs_to"),
        ),
        (
            "Orders grew to $2.4 billion from $100 million two years before, a 240-fold jump.",
            ("fold", "240-fold", "scale"),
        ),
        (
            "截至2023年底，全市水泵企业4,731家。\n\n小结：截至2022年底，全市水泵企业共4,731家。",
            ("field_conflict", "4,731家", "field_conflict"),
        ),
        # three shares of a list prove the whole of the fourth; a colon and "of which" open the list of a total
        (
            "全市水泵出货52.3万台。甲厂21.4万台，市占率40.9%；乙厂14.1万台，市占率27.0%；丙厂6.9万台，占比19.2%。",
            ("share", "19.2%", "digit"),
        ),
        (
            "The four mills used 21.4 GWh: Ash 6.3 GWh, Birch 4.1 GWh, Cedar 4.4 GWh and Elm 5.6 GWh.",
            ("sum", "21.4GWh", "digit"),
        ),
        (
            "总投资856亿元。其中，水厂12个，投资478亿元；管网9个，投资165亿元；泵站7个，投资113亿元。",
            ("sum", "856亿元", "digit"),
        ),
        ("Sales were $4.4 million, against $3.1 million a year earlier (+24%).", ("growth", "24%", "unexplained")),
        (
            "Cash was $1.21 billion and debt $750 million, a net position of $640 million.",
            ("sum", "$640million", "digit"),
        ),
    ],
)
def test_a_slip_beside_a_bound_figure_is_named(tmp_path, capsys, text, found):
    _, rows, _ = audit(tmp_path, capsys, text + "\n")
    assert found in told(rows, "disagree")


@pytest.mark.parametrize(
    "text",
    [
        "全市专利共200件。外地申请50件，占25%；本地申请150件，占75%。",
        "2023年水泵产能为10万台。2026年水泵产能达到25万台，比2023年增长1.5倍。",
        "Orders grew to $2.4 billion from $100 million two years before, a 24-fold jump.",
        "截至2023年底，全市水泵企业4,731家。\n\n小结：截至2023年底，全市水泵企业共4,731家。",
        "They sold 45% of units in the north, 35% in the south and the remaining 20% abroad.",
        "全市水泵出货52.3万台。甲厂21.4万台，市占率40.9%；乙厂14.1万台，市占率27.0%；丙厂6.9万台，占比13.2%。",
        "Sales were $4.4 million, against $3.1 million a year earlier (+42%).",
        "Land took $30 million of the $120 million, or 25%, tools $24 million (20%), rent $6 million (8% of cost).",
        "Cash was $1.21 billion and debt $750 million, a net position of $460 million.",
        "The loan is $200 million (about 1.45 billion yuan).",
    ],
)
def test_what_holds_beside_a_bound_figure_is_quiet(tmp_path, capsys, text):
    _, rows, _ = audit(tmp_path, capsys, text + "\n")
    assert not told(rows, "disagree") and not told(rows, "strained")


TABLE = """| City | 2023 | 2024E |
|---|---|---|
| Aville | 412.5 | 530.4 |
| Bville | 287.3 | 309.6 |
| Cville | 151.2 | 187.5 |
| Total | 851.0 | 1,027.5 |
"""


def test_named_rows_and_columns(tmp_path, capsys):
    text = f"Water sales (million $)\n\n{TABLE}\nIn 2024 Aville had a share of 51.6%. Sales of Bville grew 7.8%.\n"
    _, rows, _ = audit(tmp_path, capsys, text, "a.md")
    assert {("share", "51.6%"), ("growth", "7.8%")} <= told(rows, "agree") and not told(rows, "disagree")


def test_the_share_of_the_other_rows(tmp_path, capsys):
    text = f"Water sales (million $)\n\n{TABLE}\nIn 2024 Aville had a share of 48.4%.\n"
    _, rows, _ = audit(tmp_path, capsys, text, "a.md")
    assert ("share", "48.4%", "complement") in told(rows, "disagree")


def test_rows_that_the_text_adds_up(tmp_path, capsys):
    table = (
        "表2 销售额（单位：亿元）\n"
        "\n"
        "| 地区 | 销售额 |\n"
        "|---|---|\n"
        "| 甲市 | 98.4 |\n"
        "| 乙市 | 51.3 |\n"
        "| 丙市 | 21.6 |\n"
        "| 丁市 | 17.9 |\n"
    )
    holds = table + "\n甲市、乙市、丙市、丁市四地合计189.2亿元。\n"
    _, rows, _ = audit(tmp_path, capsys, holds, "a.md")
    assert ("sum", "189.2亿元") in told(rows, "agree") and not told(rows, "disagree")
    _, rows, _ = audit(tmp_path, capsys, holds.replace("189.2亿元。", "171.3亿元。"), "b.md")
    assert ("sum", "171.3亿元", "part_left_out") in told(rows, "disagree")


def test_growth_under_its_own_heading(tmp_path, capsys):
    table = (
        "| Item | 2024 | 2023 | Change (%) |\n"
        "|---|---|---|---|\n"
        "| Sales | 174.46 | 109.38 | 59.50 |\n"
        "| Costs | 80.42 | 64.77 | 24.16 |\n"
    )
    _, rows, _ = audit(tmp_path, capsys, table, "a.md")
    assert {("growth", "59.50"), ("growth", "24.16")} <= told(rows, "agree")
    _, rows, _ = audit(tmp_path, capsys, table.replace("59.50", "159.50"), "b.md")
    assert ("growth", "159.50", "increase_by_vs_to") in told(rows, "disagree")


def test_a_column_less_another_in_either_order(tmp_path, capsys):
    table = (
        "| Item | 2023 | 2024 | Change |\n"
        "|---|---|---|---|\n"
        "| A | 14,600 | 21,087 | 6,487 |\n"
        "| B | 1,936 | 4,400 | 2,464 |\n"
        "| C | 3,510 | 8,922 | 5,142 |\n"
        "| D | 8,310 | 10,588 | 2,278 |\n"
    )
    _, rows, _ = audit(tmp_path, capsys, table, "a.md")
    assert ("sum", "5,142", "digit") in told(rows, "disagree")


def test_an_average_under_sums_is_no_total(tmp_path, capsys):
    table = (
        "| Maker | Round 1 | Round 2 | Price |\n"
        "|---|---|---|---|\n"
        "| A | 9,216 | 1,024 | 92.00 |\n"
        "| B | 1,376 | 1,500 | 109.50 |\n"
        "| C | 4,100 | 6,220 | 118.40 |\n"
        "| Total | 14,692 | 8,744 | 115.85 |\n"
    )
    _, rows, _ = audit(tmp_path, capsys, table, "a.md")
    assert not told(rows, "disagree")


def test_two_currencies_side_by_side(tmp_path, capsys):
    text = "2024年公司投资3,800亿元（约530亿美元）。\n"
    _, rows, _ = audit(tmp_path, capsys, text)
    assert ("currency_pair", "530亿美元") in told(rows, "agree")
    _, rows, _ = audit(tmp_path, capsys, text.replace("530亿", "5,300亿"), "b.txt")
    assert ("currency_pair", "5,300亿美元", "scale") in told(rows, "disagree")


def test_the_frame_is_told_to_the_reading(tmp_path, capsys, monkeypatch):
    from orchestration.extraction.isolation import DocumentReader

    seen = []
    figures = DocumentReader.figures

    def spy(self, path, *args, **options):
        seen.append(options.get("told"))
        return figures(self, path, *args, **options)

    monkeypatch.setattr(DocumentReader, "figures", spy)
    options = ["--period", "2024", "--place", "CHN", "--fiscal-year-end", "03-31", "--published", "2025-02-01"]
    code, _, _ = audit(tmp_path, capsys, WATER, "a.txt", *options)
    assert code == 0
    assert (seen[0].period, seen[0].place, seen[0].fiscal_year_end, seen[0].published) == (
        "2024", "CHN", "03-31", "2025-02-01"
    )  # fmt: skip


def test_a_frame_that_cannot_be_is_refused(tmp_path, capsys):
    code, _, err = audit(tmp_path, capsys, WATER, "a.txt", "--period", "sometime")
    assert code == 1 and "sometime" in err


def test_words_for_multiples_are_expressions():
    import re

    assert all(re.compile(word) and value > 0 for word, value in multiples().items())


def test_a_part_above_its_whole(tmp_path, capsys):
    _, rows, _ = audit(tmp_path, capsys, "2024年总投资120亿元，其中设备130亿元。\n")
    assert ("part_exceeds_whole", "130亿元", "swapped") in told(rows, "disagree")
    _, rows, _ = audit(tmp_path, capsys, "2024年总投资120亿元，其中设备30亿元。\n", "b.txt")
    assert not told(rows, "disagree")


def test_an_addition_table(tmp_path, capsys):
    heads = [0, 12, 25, 47]
    lines = ["| Base | " + " | ".join(f"Step {h}" for h in heads) + " |", "|---|---|---|---|---|"]
    lines += [f"| Row {b} | " + " | ".join(f"{b + h:,}" for h in heads) + " |" for b in (140, 351, 672)]
    grid = "\n".join(["| Base | a | b | c | d |", lines[1], "| First | 100 | 12 | 25 | 47 |", *lines[2:]]) + "\n"
    _, rows, _ = audit(tmp_path, capsys, grid, "a.md")
    assert ("sum", "376") in told(rows, "agree") and not told(rows, "disagree")


def test_a_row_of_numbers_is_no_sentence(tmp_path, capsys):
    text = "12.5 8.1 33% 40.2 160.8 20% 5.1 44.0 13% 16.3 4.9 42% 9.9 31.0\n"
    _, rows, _ = audit(tmp_path, capsys, text)
    assert not told(rows, "disagree")
