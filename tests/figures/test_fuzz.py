"""A great many printed figures; `AI_FIGURES_FUZZ=1000000` runs a million of them."""

import os
from collections.abc import Callable
from random import Random

from orchestration.figures import FigureError, PeriodError, Units, parse_period, parse_value
from tests.conftest import fuzz_runs
from tests.figures.printed import random_garbage, random_printed

Record = Callable[[str, object], None]
SEED = int(os.environ.get("AI_FIGURES_SEED", "20250513"))


def test_printed_figures_are_read_as_they_were_written(units: Units, record_property: Record) -> None:
    random = Random(SEED)
    wrong = []
    runs = fuzz_runs(5_000, share=0.5)
    for _ in range(runs):
        printed = random_printed(random)
        try:
            (value,) = parse_value.__wrapped__(printed.text, units)
        except (FigureError, ValueError) as error:
            wrong.append(f"{printed}: {error}")
            continue
        if value.number != float(printed.number) or value.qualifier != printed.qualifier:
            wrong.append(f"{printed}: read as {value}")
        if not value.low <= value.number <= value.high:
            wrong.append(f"{printed}: outside {value}")
    assert wrong[:20] == []
    record_property("tried", f"{runs} printed values")
    record_property("lost", "nothing: each read as it was written")


def test_pieces_in_any_order_raise_nothing_but_their_own_errors(units: Units, record_property: Record) -> None:
    random = Random(SEED + 1)
    runs, refused = fuzz_runs(5_000, share=0.5), 0
    scales = ("", "", "", "亿元", "%", "US$bn", "百万美元", "千万", "美元/百万tokens", "（亿元）", "??")
    qualifiers = ("", "", "", *units.qualifiers)
    for _ in range(runs):
        text = random_garbage(random)
        try:
            values = parse_value.__wrapped__(
                text, units, scale=random.choice(scales), qualifier=random.choice(qualifiers)
            )
        except FigureError:
            values, refused = (), refused + 1
        for value in values:
            assert value.low <= value.number <= value.high, text
        if len(values) == 2:
            assert values[0].number <= values[1].number, text
        try:
            period = parse_period.__wrapped__(text)
        except PeriodError:
            continue
        assert period.start is None or (period.end is not None and period.start <= period.end), text
    record_property("tried", f"{runs} values of pieces in any order")
    record_property("lost", f"nothing: {runs - refused} read, {refused} refused with a reason")
