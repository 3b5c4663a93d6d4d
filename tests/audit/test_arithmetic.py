"""Verdicts and slips are of intervals: rounding is never a finding."""

from hypothesis import assume, given
from hypothesis import strategies as st

from orchestration.audit.arithmetic import expected, judge, slip
from orchestration.audit.model import Spot


def spot(printed: str, unit: str = "", qualifier: str = "") -> Spot:
    value = float(printed.replace(",", ""))
    half = 0.5 * 10.0 ** -len(printed.partition(".")[2])
    return Spot(1, None, printed, value, value - half, value + half, unit, open=qualifier)


levels = st.decimals(min_value=10, max_value=10**6, places=2)


@given(levels, levels, st.integers(0, 2), st.integers(1, 12))
def test_what_follows_from_exact_levels_agrees_however_it_is_rounded(first, last, places, years):
    inputs = [spot(str(round(first, 1))), spot(str(round(last, 1)))]
    for rule, value in (
        ("growth", 100 * (last / first - 1)),
        ("cagr", 100 * ((float(last) / float(first)) ** (1 / years) - 1)),
        ("share", 100 * first / last),
        ("ratio", first / last),
    ):
        printed = f"{value:.{places}f}"
        assert judge(rule, spot(printed), inputs, years)[0] == "agree", rule


@given(levels, levels)
def test_a_level_that_is_clearly_another_disagrees(first, last):
    assume(0.1 < first / last < 10)
    growth = float(100 * (last / first - 1))
    assert judge("growth", spot(f"{growth + 5:.1f}"), [spot(str(first)), spot(str(last))])[0] == "disagree"


def test_sums_carry_the_rounding_of_every_part():
    assert judge("sum", spot("10.0"), [spot("3.3"), spot("3.3"), spot("3.3")])[0] == "agree"
    assert judge("sum", spot("10.2"), [spot("3.3"), spot("3.3"), spot("3.3")])[0] == "disagree"


def test_open_bounds_are_strained_or_undetermined():
    parts = [spot("100"), spot("133")]
    assert judge("growth", spot("32", qualifier="over"), parts)[0] == "agree"
    assert judge("growth", spot("15", qualifier="over"), parts)[0] == "strained"
    vague = [spot("100"), spot("133", qualifier="over")]
    assert judge("growth", spot("60", qualifier="about"), vague)[0] == "undetermined"


def test_slips_are_named():
    a, b = spot("600"), spot("840")
    assert slip("growth", spot("140"), [a, b])[0] == "increase_by_vs_to"
    assert slip("growth", spot("70.0"), [spot("1200"), spot("840")])[0] == "increase_by_vs_to"
    assert slip("cagr", spot("17.4"), [spot("410.0"), spot("915.0")], 4)[0] == "periods"
    assert slip("cagr", spot("50.0"), [spot("1200"), spot("1800")], 2)[0] == "total_growth"
    assert slip("share", spot("25.0"), [spot("200"), spot("1000")])[0] == "share_of_rest"
    assert slip("sum", spot("300"), [spot("100"), spot("200"), spot("45")])[0] == "part_left_out"
    assert slip("sum", spot("543"), [spot("120"), spot("333")])[0] == "digit"
    assert slip("sum", spot("4530"), [spot("120"), spot("333")])[0] == "scale"
    assert slip("growth", spot("37"), [a, b]) is None


def test_no_slip_from_the_last_digit_or_a_vague_figure():
    assert slip("sum", spot("454"), [spot("120"), spot("330")]) is None
    assert slip("sum", spot("4530", qualifier="about"), [spot("120"), spot("333")]) is None


def test_zero_is_no_divisor():
    low, high = expected("share", [(1.0, 2.0), (-1.0, 1.0)])
    assert low == float("-inf") and high == float("inf")
