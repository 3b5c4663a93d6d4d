"""A loss and a fall are negative, whether a minus is printed or a word says it; a change of a loss is not."""

import pytest

from orchestration.extraction.pipeline import extract_text
from orchestration.extraction.signs import Fall, falls, is_loss, is_minus, losses, minuses

CASES = [(text, True) for rule in losses()[0] for text in rule.negative]
CASES += [(text, False) for rule in losses()[0] for text in rule.positive]


@pytest.mark.parametrize(("text", "negative"), CASES)
def test_every_rule_holds_for_its_examples(text: str, negative: bool) -> None:
    before, rest = text.split("«")
    assert is_loss(before + rest.replace("»", ""), len(before)) == negative


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("The net loss narrowed to $93 million from $141 million.", [-93e6, -141e6]),
        ("Revenue was $5 million and the net loss was $3 million.", [5e6, -3e6]),
        ("年内亏损2.4亿元，较上年的亏损3.1亿元收窄。", [-2.4e8, -3.1e8]),
        ("归母净利润-2.4亿元，营收-3.5%。", [-2.4e8, -3.5]),
        ("经营现金流量净额为-31,783.52万元。", [-317835200.0]),
        ("投资10万-20万元。", [1e5, 2e5]),
    ],
)
def test_losses_and_minus_signs(text: str, values: list[float]) -> None:
    assert [figure.value for figure in extract_text(text)] == values


MINUSES = [
    (text, name == "negative")
    for rule in minuses()
    for name in ("negative", "positive")
    for text in getattr(rule, name)
]


@pytest.mark.parametrize(("text", "minus"), MINUSES)
def test_every_word_for_a_minus_holds_for_its_examples(text: str, minus: bool) -> None:
    before, rest = text.split("«")
    assert is_minus(before + rest.replace("»", ""), len(before)) == minus


FALLS = [
    (rule, text, name == "falls") for rule in falls() for name in ("falls", "rises") for text in getattr(rule, name)
]


@pytest.mark.parametrize(("rule", "text", "fall"), FALLS)
def test_every_rule_of_falls_holds_for_its_examples(rule: Fall, text: str, fall: bool) -> None:
    before, rest = text.split("«")
    assert rule.matches(before, rest.split("»")[1]) == fall


@pytest.mark.parametrize(
    ("text", "value", "direction"),
    [
        ("Revenue fell 12% in 2024.", -12, "down"),
        ("2024年收入同比下降12%。", -12, "down"),
        ("毛利率较上年下降2.1个百分点。", -2.1, "down"),
        ("Power use was 20% lower than in 2023.", -20, "down"),
        ("Revenue rose 12% in 2024.", 12, "up"),
        ("占比降至12%。", 12, ""),
        ("Postings went from 90,000 in 2022 to 72,000 in 2024, minus 20%.", -20, "down"),
        ("The margin was 59%, plus or minus 50 basis points.", 0.5, "up"),
    ],
)
def test_a_fall_is_negative_and_goes_down(text: str, value: float, direction: str) -> None:
    figure = extract_text(text)[-1]
    assert (figure.value, figure.direction) == (pytest.approx(value), direction)


def test_the_ends_of_a_range_that_falls_change_places() -> None:
    low, high = sorted(extract_text("能耗减少30%~50%。"), key=lambda figure: figure.value)
    assert (low.value, low.range_end, high.value, high.range_end) == (-50, "low", -30, "high")
