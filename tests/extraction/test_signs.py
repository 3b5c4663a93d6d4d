"""A loss is negative, whether a minus is printed or a word says it; a change of a loss is not."""

import pytest

from orchestration.extraction.pipeline import extract_text
from orchestration.extraction.signs import is_loss, losses

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
