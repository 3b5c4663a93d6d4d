"""What was left unread beside a number keeps it from being trusted."""

import pytest

from orchestration.extraction.gate import Rule, announces_scale, rules, unscaled_money
from orchestration.extraction.gate import _meets as meets  # one rule at a time
from orchestration.extraction.model import Candidate
from orchestration.extraction.pipeline import extract_text

CASES = [(rule, text, True) for rule in rules() for text in rule.withheld]
CASES += [(rule, text, False) for rule in rules() for text in rule.passes]


@pytest.mark.parametrize(("rule", "text", "withheld"), CASES, ids=lambda value: value if isinstance(value, str) else "")
def test_every_rule_withholds_its_examples_and_lets_the_others_pass(rule: Rule, text: str, withheld: bool) -> None:
    before, rest = text.split("«")
    printed, behind = rest.split("»")
    if rule.label is not None:
        met = rule.label.search(before) is not None and (
            rule.printed is None or rule.printed.search(printed) is not None
        )
    else:
        met = meets(rule, before, behind, "".join(printed.split()), before + printed + behind)
    assert met == withheld


@pytest.mark.parametrize(
    "text",
    [
        "The lab budgeted CHF 3’150’000 for servers.",
        "Imports rose to 612 000 units in 2023.",
        "The phase costs ₹2,300 crore in all.",
        "截至2024年底，累计投资为2,182亿6,500万元。",
        "该平台报价13万5千元。",
        "The training used 4.1M H800 GPU hours.",
    ],
)
def test_no_part_of_a_number_is_trusted(text: str) -> None:
    """Either the whole number is read, or the row says why it is not."""
    whole = {3.15e6, 612e3, 23e9, 2182.65e8, 1.35e5, 4.1e6 * 3600}
    for figure in extract_text(text):
        assert figure.withheld or any(abs(figure.value - value) <= 1e-9 * value for value in whole), figure


def test_money_of_a_table_without_its_announced_scale_is_withheld() -> None:
    cell = Candidate(0, 7, "$41,200", 41200.0, 41199.5, 41200.5, "USD", "", "", "$")
    assert announces_scale("Amounts are ($ in millions, except per share data)")
    assert not announces_scale("We sold 3 million units in 2024")
    assert unscaled_money(cell, "Revenue", "2024")
    assert not unscaled_money(cell, "Earnings per share", "2024")


def test_a_sign_of_a_currency_in_a_cell_does_not_cancel_the_scale() -> None:
    table = """## Results

| ($ in millions, except earnings per share) | 2024 | 2023 |
|:--|--:|--:|
| Revenue | $41,200 | $33,500 |
| Operating income | 9,800 | 7,000 |
| Earnings per share | $1.25 | $0.90 |
"""
    read = {figure.printed: (figure.value, figure.unit) for figure in extract_text(table) if not figure.withheld}
    assert read.get("$41,200") == (41.2e9, "USD")
    assert read.get("9,800") == (9.8e9, "USD")
    assert read.get("$1.25") == (1.25, "USD")


@pytest.mark.parametrize(
    ("text", "unit", "trusted"),
    [
        ("Spending in Japan came to ¥12 billion, against 9 trillion yen in all.", "JPY", True),
        ("公司营收¥12亿，成本3亿元。", "CNY", True),
        ("The firm paid ¥12 billion.", "CNY", True),
        ("It paid ¥12 billion; the yen fell while the yuan rose.", "CNY", False),
    ],
)
def test_whose_sign_it_is_that_two_currencies_share(text: str, unit: str, trusted: bool) -> None:
    figure = extract_text(text)[0]
    assert (figure.unit, not figure.withheld) == (unit, trusted)


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("The survey covers 12.304 firms.", True),
        ("Households own 2.4 devices on average.", False),
        ("It shipped 2.4 million devices.", False),
    ],
)
def test_things_are_counted_whole(text: str, held: bool) -> None:
    assert [bool(figure.withheld) for figure in extract_text(text)] == [held]


def test_units_that_labels_do_not_say() -> None:
    letters = "| Programme | 2025 (A) | 2026 (B) |\n|--|--:|--:|\n| Chips | 4,600 | 5,200 |\n"
    assert not [f for f in extract_text(letters) if f.unit == "A" and not f.withheld]
    groups = "Low-income countries     8     18     74\nOther countries         12     25     61\n"
    assert not [f for f in extract_text(groups) if not f.withheld]
    name = "（单位：亿元）\n\n| 公司 | 2024 | 2025 |\n|--|--:|--:|\n| 百度 | 8.1 | 9.5 |\n"
    assert not [f for f in extract_text(name) if f.unit == "Wh" and not f.withheld]
