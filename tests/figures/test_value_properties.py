"""What holds for every printed figure, whatever its number, unit and words."""

import math
import re
from dataclasses import replace
from decimal import Decimal
from math import inf
from time import perf_counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orchestration.figures import FigureError, ParsedValue, Qualifier, Units, parse_value
from orchestration.figures.values import read_whole
from tests.figures.printed import BEFORE, CURRENCIES, MAGNITUDES, UNITS, Printed, write


@st.composite
def printed_figures(draw: st.DrawFn, *, qualified: bool | None = None) -> Printed:
    qualifiers = st.sampled_from(tuple(BEFORE))
    qualifier = "" if qualified is False else draw(qualifiers if qualified else st.one_of(st.just(""), qualifiers))
    return write(
        draw(st.integers(0, 10**7)),
        draw(st.text("0123456789", max_size=3)),
        draw(st.sampled_from(tuple(MAGNITUDES))),
        draw(st.sampled_from(UNITS)),
        draw(st.sampled_from(CURRENCIES)),
        qualifier,
        negative=draw(st.booleans()),
        grouped=draw(st.booleans()),
        wide=draw(st.booleans()),
        behind=draw(st.booleans()),
        choose=lambda words: draw(st.sampled_from(words)),
    )


@given(number=st.one_of(st.integers(0, 20_000), st.integers(0, 10**13)), unit=st.sampled_from(("家", "元", "%")))
def test_written_out_chinese_numbers(number: int, unit: str, units: Units) -> None:
    """Against an independent writer: 12,034 is 一万二千零三十四, and its precision that of the last word."""
    import cn2an

    text = cn2an.an2cn(str(number), "low")
    for spelling in {text, text.replace("二千", "两千").replace("二百", "两百")}:
        (value,) = parse_value(spelling + unit, units)
        assert value.number == number
        assert value.low < number < value.high


LIKELY = "0123456789.,-~()%万亿千百十一两三半点分之成倍约超近$€ *^/eE至到"


def read(printed: Printed, units: Units) -> ParsedValue:
    (value,) = parse_value(printed.text, units)
    return value


@given(printed=printed_figures())
def test_round_trip(printed: Printed, units: Units) -> None:
    """The number that was written is the number that is read, and lies inside its interval."""
    value = read(printed, units)
    assert value.number == float(printed.number)
    assert value.qualifier == printed.qualifier
    assert value.low <= float(printed.number) <= value.high


@given(printed=printed_figures(qualified=False))
@example(printed=Printed("8388608.102元", Decimal("8388608.102"), Decimal("0.001"), ""))
def test_half_width_is_half_a_unit_of_the_last_digit(printed: Printed, units: Units) -> None:
    value = read(printed, units)
    spacing = 2 * math.ulp(value.number)  # of the doubles there: a long number has little room behind the point
    assert value.high - value.low == pytest.approx(float(printed.ulp), rel=1e-6, abs=spacing)
    assert (value.low + value.high) / 2 == pytest.approx(value.number, abs=float(printed.ulp) * 1e-6 + spacing)


@given(
    number=st.from_regex(r"\A[1-9][0-9]{0,4}(\.[0-9]{1,2})?\Z"),
    magnitude=st.sampled_from(tuple(MAGNITUDES)),
    qualifier=st.sampled_from(("", *BEFORE)),
)
def test_magnitude_word_scales_value_and_interval(number: str, magnitude: str, qualifier: str, units: Units) -> None:
    (plain,) = parse_value(f"{number}元", units, qualifier=qualifier)
    (scaled,) = parse_value(f"{number}{magnitude}元", units, qualifier=qualifier)
    by = 10.0 ** MAGNITUDES[magnitude]
    expected = (plain.number * by, plain.low * by, plain.high * by)
    assert (scaled.number, scaled.low, scaled.high) == pytest.approx(expected, rel=1e-9)


@given(
    number=st.from_regex(r"\A[1-9][0-9]{0,4}(\.[0-9]{1,2})?\Z"),
    magnitude=st.sampled_from(("万", "亿", "百万", "千万", "万亿", "bn", "mn")),
    unit=st.sampled_from(("元", "美元", "家")),
)
def test_scale_of_a_header_reads_like_the_same_words_in_the_cell(
    number: str, magnitude: str, unit: str, units: Units
) -> None:
    assert parse_value(number, units, scale=magnitude + unit) == parse_value(number + magnitude + unit, units)


@given(printed=printed_figures(qualified=False), qualifier=st.sampled_from(tuple(BEFORE)))
def test_qualifier_only_widens_on_its_side(printed: Printed, qualifier: str, units: Units) -> None:
    """The side a qualifier points to never shrinks; the other ends at the number (over 3 is not 2.6)."""
    plain = read(printed, units)
    (value,) = parse_value(printed.text, units, qualifier=qualifier)
    assert value.number == plain.number
    if qualifier in ("over", "at_least"):
        assert (value.low, value.high) == (plain.number, inf)
    elif qualifier in ("under", "at_most"):
        assert value.high == plain.number
        assert value.low == (0 if plain.number > 0 else -inf)
    elif qualifier == "about":
        assert value.low <= plain.low and value.high >= plain.high
    else:
        assert value.low <= plain.low and value.high == plain.number


@given(
    first=st.integers(-999, 999),
    second=st.integers(-999, 999),
    decimals=st.integers(0, 2),
    separator=st.sampled_from(("-", "–", "—", "~", "至", "到", " to ")),
    unit=st.sampled_from(("%", "亿元", "GW", "倍")),
    each=st.booleans(),
)
def test_range_has_both_ends_in_order(
    first: int, second: int, decimals: int, separator: str, unit: str, each: bool, units: Units
) -> None:
    low, high = sorted((first, second))

    def shown(number: int) -> str:
        return f"{number / 10**decimals:.{decimals}f}" if number else "0"

    text = shown(low) + (unit if each else "") + separator + shown(high) + unit
    one, two = parse_value(text, units)
    (alone,) = parse_value(shown(low) + unit, units)
    (other,) = parse_value(shown(high) + unit, units)
    assert (one, two) == (replace(alone, end="low"), replace(other, end="high"))


@given(
    text=st.one_of(st.text(max_size=60), st.text(LIKELY, max_size=40)),
    scale=st.one_of(st.just(""), st.text("亿元%$bn万()", max_size=6)),
    qualifier=st.sampled_from(("", *BEFORE)),
)
def test_any_text_is_read_or_refused(text: str, scale: str, qualifier: str, units: Units) -> None:
    try:
        values = parse_value(text, units, scale=scale, qualifier=qualifier)
    except FigureError as error:
        assert str(error)
        return
    assert [value.end for value in values] in ([""], ["low", "high"])
    for value in values:
        assert value.low <= value.number <= value.high
        assert value.symbol == "" or units.get(value.symbol) is not None


@given(
    text=st.one_of(
        printed_figures().map(lambda printed: printed.text),
        st.text(LIKELY, max_size=12),
        st.tuples(st.text(LIKELY[10:], max_size=4), st.integers(0, 10**9), st.text(LIKELY[10:], max_size=4)).map(
            lambda parts: "".join(map(str, parts))
        ),
    ),
    scale=st.sampled_from(("", "亿元", "%", "US$bn")),
    qualifier=st.sampled_from(("", *BEFORE)),
)
@example(text="1分之一", scale="", qualifier="")
@example(text="10²家", scale="", qualifier="")
@example(text="第3位", scale="", qualifier="")
@example(text="(0)", scale="%", qualifier="")
@example(text=".5%", scale="", qualifier="")
@example(text="1,234.50万元", scale="", qualifier="over")
def test_a_known_form_is_read_like_an_unknown_one(text: str, scale: str, qualifier: str, units: Units) -> None:
    """Texts that differ by their digits only are read by what is known of the first: the same numbers, or refused."""
    try:
        whole = read_whole(text, units, scale, qualifier)
    except FigureError as refused:
        with pytest.raises(FigureError, match=re.escape(str(refused))):
            parse_value(text, units, scale=scale, qualifier=qualifier)
        return
    assert parse_value(text, units, scale=scale, qualifier=qualifier) == whole


def test_words_with_digits_of_their_own_have_no_forms(units: Units) -> None:
    """A qualifier "5 or more" would be torn apart."""
    qualifiers = [*units.qualifiers.values(), Qualifier("more", 1.0, inf, ("3 for",))]
    strange = Units(units.symbols(), qualifiers)
    assert strange.words_hold_digits
    assert not units.words_hold_digits
    assert parse_value("3 for 7%", strange)[0].number == 7


HOSTILE = [
    "1",
    "1,",
    "1,234",
    "9万",
    "万亿",
    "一",
    "(",
    "((1)",
    "1-",
    "1至",
    "约",
    "超约",
    "+",
    "百分之",
    "1/",
    "10^",
    "1e",
    "to1",
    "*",
    "1*",
    "＊",
    "余",
    "几",
    "元-",
    "$",
    "-$",
]


@pytest.mark.parametrize("piece", [*HOSTILE, " ", "1 *", "＊ "])
def test_time_grows_with_the_length_at_most(piece: str, units: Units) -> None:
    """A text of a million characters is refused as fast as it can be looked at; one of 200 in no time."""
    for length in (200, 1_000_000):
        text = (piece * length)[:length]
        started = perf_counter()
        try:
            parse_value(text, units)
            parse_value("5", units, scale=text[:2000])
        except FigureError:
            pass
        assert perf_counter() - started < 0.5, f"{length} characters"
