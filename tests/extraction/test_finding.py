"""What belongs to a number in running text: powers, hours of chips, bounds, labels, heads that are left out."""

import re
from typing import Any

import pytest

from orchestration.extraction.masks import rows
from orchestration.extraction.pipeline import extract_text


def _found(text: str) -> list[tuple[float, str]]:
    return [(figure.value, figure.unit) for figure in extract_text(text) if not figure.withheld]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["masks"][0])
def test_what_has_digits_and_is_no_figure_is_found_in_its_examples_and_nowhere_else(row: dict[str, Any]) -> None:
    pattern = re.compile(row["pattern"])
    assert row["masks"] and row["passes"]
    assert [text for text in row["masks"] if not pattern.search(text)] == []
    assert [text for text in row["passes"] if pattern.search(text)] == []


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("The run took 3.1 × 10^25 FLOP.", [(3.1e25, "FLOP")]),
        ("Training used 4e24 FLOPs in all.", [(4e24, "FLOP")]),
        ("The cluster reaches 5e19 FLOPS.", [(5e19, "FLOPS")]),
        ("They took 2.2e25 and 6.4e24 FLOP respectively.", [(2.2e25, "FLOP"), (6.4e24, "FLOP")]),
        ("It took 10²⁶ FLOP.", [(1e26, "FLOP")]),
        ("It took 1.9M H800 GPU hours.", [(1.9e6 * 3600, "s")]),
        ("训练消耗120万GPU小时。", [(1.2e6 * 3600, "s")]),
        ("It grew by a factor of 3.2 a year (90% CI: 2.9 to 3.6).", [(3.2, "times"), (2.9, "times"), (3.6, "times")]),
        ("It bought 35,500 chips in 2026 and will own 61,000 by 2028.", [(35500, "count"), (61000, "count")]),
        ("日均Token消耗量为900亿，到今年3月底已突破8万亿。", [(9e10, "count"), (8e12, "count")]),
        ("基本每股收益（元/股）：-1.12（上年同期-2.31）。", [(-1.12, "CNY"), (-2.31, "CNY")]),
        ("平均PUE由2023年的1.51降至1.47。", [(1.51, "ratio"), (1.47, "ratio")]),
        ("手机渗透率71%，大盘11.8亿部。", [(71, "percent"), (1.18e9, "count")]),
        ("利用率は18.2ポイント上がり、有効回答は国内企業480社である。", [(18.2, "pp"), (480, "count")]),
        ("市場規模は95億ドル。", [(9.5e9, "USD")]),
        ("個人用戶3,000萬個。", [(3e7, "count")]),
        ("带宽：4.0 TB/s，高于3.2 TB/s。", [(4e12, "B/s"), (3.2e12, "B/s")]),
        ("Answers of a survey (n=1,640).", [(1640, "count")]),
        # a list of a sentence is no row of a table; the lesser part of one duration is less than one of the greater
        ("- Hardware: 64 nodes (80 GB), 18.5 days, 113,664 GPU hours", [(80e9, "B"), (113664 * 3600, "s")]),
        ("It used 64 nodes, 3.5 weeks and 12,000 GPU hours.", [(12000 * 3600, "s")]),
        # a count and its rate are no list of rates
        ("It rose by 774 or 24.8%, after 5 or 6% before.", [(24.8, "percent"), (5, "percent"), (6, "percent")]),
        # every currency of the registry stands before or behind its number, and is that number's alone
        ("Power cost NOK 412 million.", [(4.12e8, "NOK")]),
        ("It raised SEK 3.2bn, CHF 40m and R$ 12 million.", [(3.2e9, "SEK"), (4e7, "CHF"), (1.2e7, "BRL")]),
        ("The sum of XPF 3.2bn, CHF 40m was paid.", [(4e7, "CHF")]),
        ("投資500億韓元，300億日圓，20億歐元。", [(5e10, "KRW"), (3e10, "JPY"), (2e9, "EUR")]),
        ("預算為韓元3兆。", [(3e12, "KRW")]),
        ("In Hong Kong SAR 7.5 million people paid SAR 5 billion.", [(7.5e6, "count"), (5e9, "SAR")]),
        # a sentence full of numbers is no row of a table
        ("- 某厂在 32 条产线上线 17 个模型，每年节电 2,140 万千瓦时，按 0.65 元/千瓦时计。", [(32, "count"), (17, "count"), (2.14e10, "Wh"), (0.65, "CNY/kWh")]),  # noqa: E501
    ],
)  # fmt: skip
def test_what_belongs_to_a_number(text: str, figures: list[tuple[float, str]]) -> None:
    assert _found(text) == figures


@pytest.mark.parametrize(
    "text",
    [
        "Get the sample (312 pages, 146 tables, 88 charts).",
        "Shares do not add up to 100% because of rounding.",
        "因可多选，各项之和大于100%。",
        "Budget (unit: KRW 100 million)",
    ],
)
def test_what_is_no_figure(text: str) -> None:
    assert _found(text) == []


def test_points_group_in_a_table_that_writes_decimal_commas() -> None:
    head = "Leistung der Rechenzentren\n\n| Region | Leistung 2024 (MW) | Anteil (%) |\n|---|---:|---:|\n"
    found = _found(head + "| Nord | 1.050 | 45,1 |\n| Süd | 1.280 | 54,9 |\n")
    assert found == [(1.05e9, "W"), (45.1, "percent"), (1.28e9, "W"), (54.9, "percent")]
