"""How values are written, and where a finding's values stand on its axis."""

import math
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orchestration.figures.shown import interval, interval_zh, number, quantity, quantity_zh, stated_unit
from orchestration.site.explorer import script_json
from orchestration.site.findings import axis

POSITIVE = st.floats(min_value=1e-9, max_value=1e21)


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (36.06e9, "USD", "36.06 bn USD"),
        (1.09e12, "CNY", "1.09 tn CNY"),
        (7.253e20, "FLOPS", "725.3 EFLOPS"),
        (76.0, "percent", "76 %"),
        (-0.5, "pp", "−0.5 pp"),
        (2.3, "times", "2.3×"),
        (1156.0, "count", "1,156"),
        (0.8, "CNY/Mtoken", "0.8 CNY/Mtoken"),
        (7200.0, "s", "2 hours"),
        (1.8e14, "Wh", "180 TWh"),
        (5e26, "FLOP", "5e26 FLOP"),
        (9.99999e25, "FLOP", "1e26 FLOP"),
        (-2.1e25, "FLOP", "−2.1e25 FLOP"),
        (math.inf, "USD", "∞"),
        (None, "USD", ""),
    ],
)
def test_values_read_as_people_write_them(value: float | None, unit: str, shown: str) -> None:
    assert quantity(value, unit) == shown


@pytest.mark.parametrize(
    ("value", "counted", "shown"),
    [
        (1, "company", "1 company"),
        (71, "company", "71 companies"),
        (2, "person", "2 people"),
        (3, "key", "3 keys"),
        (4, "index", "4 indexes"),
        (5, "process", "5 processes"),
        (6, "branch", "6 branches"),
        (2.5e9, "chip", "2.5 bn chips"),
    ],
)
def test_what_is_counted_stands_in_the_plural(value: float, counted: str, shown: str) -> None:
    assert quantity(value, "count", counted) == shown


@given(POSITIVE)
def test_a_number_keeps_four_significant_digits(value: float) -> None:
    back = float(number(value).replace(",", ""))
    assert math.isclose(back, value, rel_tol=5.1e-4, abs_tol=1e-12)


@given(POSITIVE, st.sampled_from(["USD", "FLOPS", "W", "B/s", "count"]))
def test_prefixes_never_change_the_value(value: float, unit: str) -> None:
    text, _, rest = quantity(value, unit).partition(" ")
    factors = {"E": 1e18, "P": 1e15, "T": 1e12, "G": 1e9, "M": 1e6, "k": 1e3, "tn": 1e12, "bn": 1e9, "m": 1e6}
    prefix = re.fullmatch(rf"(tn|bn|m|[EPTGMk])? ?(?:{re.escape(unit)})?", rest) if unit != "count" else None
    factor = factors.get((prefix.group(1) if prefix else rest) or "", 1.0)
    assert math.isclose(float(text.replace(",", "")) * factor, value, rel_tol=5.1e-4, abs_tol=1e-12)


def test_open_intervals_read_as_limits() -> None:
    assert interval(5.7, math.inf, "USD") == "> 5.7 USD"
    assert interval(-math.inf, 3.0, "percent") == "< 3 %"
    assert interval(93.405, 93.415, "percent") == "93.405 … 93.415 %"
    assert interval(None, None, "USD") == ""


def test_a_unit_stands_once_behind_an_interval_and_twice_where_the_ends_differ_in_it() -> None:
    assert interval(230.15e9, 230.25e9, "CNY") == "230.15 … 230.25 bn CNY"
    assert interval(-0.5, 0.5, "percent") == "−0.5 … 0.5 %"
    assert interval(999.5e6, 1.5e9, "USD") == "999.5 m USD … 1.5 bn USD"
    assert interval_zh(6.5 * 31_556_952, 7.5 * 31_556_952, "s") == "6.5 … 7.5 年"


def test_what_is_counted_is_counted_in_whole_numbers() -> None:
    assert interval(9622.5, 9623.5, "count") == "9,623"
    assert interval(None, 1034.5, "count") == "≤ 1,034"
    assert interval(4300, math.inf, "count") == "> 4,300"
    assert interval(0.0, 14.5, "count") == "0 … 14"
    assert interval(1.45, 1.55, "count") == "1.45 … 1.55"  # an average
    assert quantity(31_556_952.0, "s") == "1 year" and quantity(2 * 31_556_952.0, "s") == "2 years"


def test_comparisons_are_shown_in_the_unit_that_is_printed() -> None:
    share = {"unit": "percent", "value": 17.0, "value_usd": None}
    yuan = {"unit": "CNY", "value": 85e9, "value_usd": 11.9e9}
    assert stated_unit("cagr", share, 0.17) == (100.0, "percent")
    assert stated_unit("currency_pair", yuan, 2.26) == (1.0, "CNY/USD")
    # two currencies meet in dollars
    assert stated_unit("cross_source", yuan, 11.9e9) == (1.0, "USD")
    assert stated_unit("sum", yuan, 85e9) == (1.0, "CNY")


VALUES = st.floats(min_value=-1e15, max_value=1e15, allow_nan=False)


@given(VALUES, VALUES, st.floats(min_value=0, max_value=1e12), st.booleans(), st.booleans())
@example(1.0, 1.0261342003245941e-289, 0.0, False, False)
@example(1e15, 5e-324, 0.0, False, False)
def test_an_axis_holds_both_values(stated: float, expected: float, reach: float, below: bool, above: bool) -> None:
    row = {
        "rule": "sum",
        "stated": stated,
        "stated_low": stated - reach,
        "stated_high": stated + reach,
        "expected": expected,
        "expected_low": -math.inf if below else expected - reach,
        "expected_high": math.inf if above else expected + reach,
    }
    lanes, ticks, _ = axis(row, ())
    assert len(lanes) == 2
    for lane in lanes:
        assert 0 <= lane.left <= lane.dot + 0.01 and lane.dot <= lane.left + lane.width + 0.01 <= 100.02
    assert all(0 <= tick.at <= 100 for tick in ticks)
    assert (lanes[1].open_low, lanes[1].open_high) == (below, above)
    if stated < expected:
        assert lanes[0].dot <= lanes[1].dot


def test_a_thousandfold_slip_gets_a_logarithmic_axis() -> None:
    row = {"rule": "product", "stated": 367e9, "stated_low": 366e9, "stated_high": 368e9,
           "expected": 367e6, "expected_low": 366e6, "expected_high": 368e6}  # fmt: skip
    lanes, ticks, log = axis(row, ())
    assert log and lanes[0].dot - lanes[1].dot > 50 and len(ticks) >= 2


def test_a_comparison_without_values_is_not_drawn() -> None:
    empty = dict.fromkeys(("stated", "stated_low", "stated_high", "expected", "expected_low", "expected_high"))
    assert axis({"rule": "sum", **empty}, ()) == ((), (), False)


@given(
    st.recursive(
        st.text() | st.integers() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_embedded_json_cannot_close_its_script(content: object) -> None:
    import json

    text = script_json(content)
    assert "<" not in text and "\u2028" not in text and "\u2029" not in text
    assert json.loads(text) == content


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (3.606e10, "USD", "360.6 亿美元"), (1.09e12, "CNY", "1.09 万亿元"), (157784760, "s", "5 年"),
        (5734, "count", "5,734"), (252000, "count", "25.2 万"), (2.19, "USD/Mtoken", "2.19 美元/百万 token"),
        (7.253e20, "FLOPS", "725.3 EFLOPS"), (93.41, "percent", "93.41 %"), (None, "USD", ""),
    ],
)  # fmt: skip
def test_a_value_is_said_in_chinese(value: float | None, unit: str, text: str) -> None:
    assert quantity_zh(value, unit) == text
