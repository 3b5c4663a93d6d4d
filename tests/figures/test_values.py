"""Printed figures that people read without thinking, and what the parser must make of them."""

from math import inf, isclose

import pytest

from orchestration.figures import FigureError, ParsedValue, Units, parse_value
from orchestration.figures.values import squeeze


def canonical(value: ParsedValue, units: Units) -> tuple[float, str]:
    """Value and unit as `core.figures` has them: the factor of the unit symbol applied."""
    if not value.symbol:
        return value.number, ""
    unit = units.get(value.symbol)
    assert unit is not None, f"{value.symbol!r} is not in units.csv"
    return value.number * unit.factor, unit.unit


SINGLE = [
    # money: magnitudes in Chinese and English, currency before and after
    ("360.6亿美元", 3.606e10, "USD"),
    ("1.09万亿元", 1.09e12, "CNY"),
    ("人民币 5560 亿元", 5.56e11, "CNY"),
    ("人民币5560亿", 5.56e11, "CNY"),
    ("5560亿元人民币", 5.56e11, "CNY"),
    ("USD 36.06 bn", 3.606e10, "USD"),
    ("RMB 806bn", 8.06e11, "CNY"),
    ("Rmb806bn", 8.06e11, "CNY"),
    ("$1.4 trillion", 1.4e12, "USD"),
    ("US$1.4tn", 1.4e12, "USD"),
    ("US$ 5.2亿", 5.2e8, "USD"),
    ("￥100亿元", 1e10, "CNY"),
    ("HK$5.5bn", 5.5e9, "HKD"),
    ("NT$20", 20, "TWD"),
    ("€3.4m", 3.4e6, "EUR"),
    ("£5", 5, "GBP"),
    ("港元5亿", 5e8, "HKD"),
    ("5.2 billion yuan", 5.2e9, "CNY"),
    ("1.3bn美元", 1.3e9, "USD"),
    ("3百万美元", 3e6, "USD"),
    ("3千万元", 3e7, "CNY"),
    ("5个亿", 5e8, ""),
    ("1亿2000万元", 1.2e8, "CNY"),
    ("3亿5千万元", 3.5e8, "CNY"),
    ("1万2000元", 12_000, "CNY"),
    ("人民币3元", 3, "CNY"),
    # prices
    ("0.14美元/百万tokens", 0.14, "USD/Mtoken"),
    ("US$0.14/Mtoken", 0.14, "USD/Mtoken"),
    ("$2.5 per million tokens", 2.5, "USD/Mtoken"),
    ("RMB 2 per million tokens", 2, "CNY/Mtoken"),
    ("0.008元/千tokens", 8, "CNY/Mtoken"),
    ("0.4元/度", 0.4, "CNY/kWh"),
    ("$0.08/kWh", 0.08, "USD/kWh"),
    # counts
    ("28.4 万台", 284_000, "count"),
    ("1,234家", 1234, "count"),
    ("1,234万家", 12_340_000, "count"),
    ("1,234,567", 1_234_567, ""),
    ("12,345.6万家", 123_456_000, "count"),
    ("1.5M users", 1.5e6, "count"),
    ("70B参数", 7e10, "count"),
    ("7B", 7e9, ""),
    ("128K", 128_000, ""),
    ("一千二百三十四家", 1234, "count"),
    ("十二亿三千万元", 1.23e9, "CNY"),
    ("两万三千家", 23_000, "count"),
    ("二〇二四", 2024, ""),
    # shares and changes
    ("36%", 36, "percent"),
    ("１２３．５％", 123.5, "percent"),
    ("5.2个百分点", 5.2, "pp"),
    ("50bp", 0.5, "pp"),
    ("7成", 70, "percent"),
    ("七成", 70, "percent"),
    ("三成", 30, "percent"),
    ("百分之五十", 50, "percent"),
    ("百分之三点五", 3.5, "percent"),
    ("负百分之五", -5, "percent"),
    ("一半", 50, "percent"),
    ("半数", 50, "percent"),
    ("Half", 50, "percent"),
    ("2.3 倍", 2.3, "times"),
    ("两倍", 2, "times"),
    ("2.5x", 2.5, "times"),
    ("翻倍", 2, "times"),
    ("翻两番", 4, "times"),
    ("Doubled", 2, "times"),
    ("tripled", 3, "times"),
    # fractions
    ("1/70", 1 / 70, ""),
    ("三分之一", 1 / 3, ""),
    ("十分之一", 0.1, ""),
    # negative numbers
    ("(6,858)", -6858, ""),
    ("（6,858）百万元", -6.858e9, "CNY"),
    ("(5%)", -5, "percent"),
    ("($5bn)", -5e9, "USD"),
    ("US$ (5.2) bn", -5.2e9, "USD"),
    ("-5%", -5, "percent"),
    ("−5%", -5, "percent"),
    ("-$5bn", -5e9, "USD"),
    ("负5%", -5, "percent"),
    ("负三成", -30, "percent"),
    ("minus 5%", -5, "percent"),
    # technical units
    ("725.3 EFLOPS", 7.253e20, "FLOPS"),
    ("256TOPS (INT8)", 2.56e14, "OPS"),
    ("256TOPS（INT8）", 2.56e14, "OPS"),
    ("2.83 TFLOPS/W", 2.83e12, "FLOPS/W"),
    ("80GB", 8e10, "B"),
    ("3350 GB/s", 3.35e12, "B/s"),
    ("7nm", 7, "nm"),
    ("1.5 TWh", 1.5e12, "Wh"),
    ("350W", 350, "W"),
    ("5公里/小时", 5 / 3.6, "m/s"),
    ("815mm²", 815e-6, "m2"),
    ("10^26 FLOPs", 1e26, "FLOPS"),
    ("10²⁶ FLOPs", 1e26, "FLOPS"),
    ("5×10^25 FLOPs", 5e25, "FLOPS"),
    ("2.1e25 FLOPs", 2.1e25, "FLOPS"),
    # small things
    ("0", 0, ""),
    (".5%", 0.5, "percent"),
    ("+23%", 23, "percent"),
    ("**5,000** 亿美元", 5e11, "USD"),
    ("36**0.6**亿美元", 3.606e10, "USD"),
    ("5 . 7 %", 5.7, "percent"),
]


@pytest.mark.parametrize(("printed", "expected", "unit"), SINGLE, ids=[row[0] for row in SINGLE])
def test_single_value(printed: str, expected: float, unit: str, units: Units) -> None:
    (value,) = parse_value(printed, units)
    number, found = canonical(value, units)
    assert isclose(number, expected, rel_tol=1e-12)
    assert found == unit
    assert value.end == ""
    assert value.qualifier == ""


INTERVALS = [
    ("5.7", 5.65, 5.75),
    ("5.70", 5.695, 5.705),
    ("360.6亿美元", 360.55e8, 360.65e8),
    ("3000亿", 2999.5e8, 3000.5e8),
    ("-5%", -5.5, -4.5),
    ("(6,858)", -6858.5, -6857.5),
    ("三千万", 2.5e7, 3.5e7),
    ("一千二百", 1150, 1250),
    ("1亿2000万", 119_995_000, 120_005_000),
    ("2.1e25", 2.05e25, 2.15e25),
]


@pytest.mark.parametrize(("printed", "low", "high"), INTERVALS, ids=[row[0] for row in INTERVALS])
def test_interval_is_half_a_unit_of_the_last_printed_digit(printed: str, low: float, high: float, units: Units) -> None:
    (value,) = parse_value(printed, units)
    assert (value.low, value.high) == pytest.approx((low, high), rel=1e-12)


QUALIFIED = [
    # both sides, both languages
    ("超360.6亿美元", "over", 360.6e8, inf),
    ("超过100%", "over", 100, inf),
    ("逾3万家", "over", 30_000, inf),
    ("突破1万亿", "over", 1e12, inf),
    ("over 30%", "over", 30, inf),
    ("More than 50%", "over", 50, inf),
    (">5%", "over", 5, inf),
    ("5%+", "over", 5, inf),
    ("60余款", "over", 60, inf),
    ("300多家", "over", 300, inf),
    ("100多万台", "over", 1_000_000, inf),
    ("十余家", "over", 10, inf),
    ("过半", "over", 50, inf),
    ("more than half", "over", 50, inf),
    ("至少10个", "at_least", 10, inf),
    ("不低于5%", "at_least", 5, inf),
    ("30%以上", "at_least", 30, inf),
    ("at least 20%", "at_least", 20, inf),
    ("≥5%", "at_least", 5, inf),
    ("三分之二以上", "at_least", 2 / 3, inf),
    ("不足5%", "under", 0, 5),
    ("低于5%", "under", 0, 5),
    ("不到一半", "under", 0, 50),
    ("under 5%", "under", 0, 5),
    ("<5%", "under", 0, 5),
    ("under -5%", "under", -inf, -5),
    ("不超过10%", "at_most", 0, 10),
    ("10%以内", "at_most", 0, 10),
    ("up to 40%", "at_most", 0, 40),
    ("≤5%", "at_most", 0, 5),
    ("约73", "about", 72, 74),
    ("30%左右", "about", 27, 33),
    ("about 100", "about", 90, 110),
    ("~5.7%", "about", 5.6, 5.8),
    ("近7成", "nearly", 6.3, 7),
    ("近三成", "nearly", 2.5, 3),
    ("nearly 70%", "nearly", 63, 70),
    ("接近100", "nearly", 90, 100),
    # the order of magnitude is all that is printed
    ("数千家", "at_least", 1000, 10_000),
    ("上百亿元", "at_least", 1e10, 1e11),
    ("几百万", "at_least", 1e6, 1e7),
    ("十几家", "at_least", 10, 20),
    ("十几万台", "at_least", 100_000, 200_000),
]


@pytest.mark.parametrize(("printed", "qualifier", "low", "high"), QUALIFIED, ids=[row[0] for row in QUALIFIED])
def test_qualifier_words(printed: str, qualifier: str, low: float, high: float, units: Units) -> None:
    (value,) = parse_value(printed, units)
    assert value.qualifier == qualifier
    assert (value.low, value.high) == pytest.approx((low, high), rel=1e-12)


def test_qualifier_of_the_column_wins_over_the_words(units: Units) -> None:
    (value,) = parse_value("约5%", units, qualifier="over")
    assert (value.qualifier, value.low, value.high) == ("over", 5, inf)


RANGES = [
    ("0.2-0.3 个百分点", 0.2, 0.3, "pp"),
    ("3-4GW", 3e9, 4e9, "W"),
    ("3–4GW", 3e9, 4e9, "W"),
    ("3—4GW", 3e9, 4e9, "W"),
    ("3～4GW", 3e9, 4e9, "W"),
    ("3至5年", 3 * 31_556_952, 5 * 31_556_952, "s"),
    ("5 to 10%", 5, 10, "percent"),
    ("between 5 and 10%", 5, 10, "percent"),
    ("介于5%和10%之间", 5, 10, "percent"),
    ("3%-5%之间", 3, 5, "percent"),
    ("20%-30%", 20, 30, "percent"),
    ("20%-30", 20, 30, "percent"),
    ("500-2000万元", 5e6, 2e7, "CNY"),
    ("500元-2万元", 500, 20_000, "CNY"),
    ("8000-1万元", 8000, 10_000, "CNY"),
    ("9000万-1.2亿元", 9e7, 1.2e8, "CNY"),
    ("1.3万-1.5万家", 13_000, 15_000, "count"),
    ("550万至600万辆", 5.5e6, 6e6, "count"),
    ("1.2-1.5万亿元", 1.2e12, 1.5e12, "CNY"),
    ("$1.2bn-$1.5bn", 1.2e9, 1.5e9, "USD"),
    ("US$1.2bn-US$1.5bn", 1.2e9, 1.5e9, "USD"),
    ("US$1.2-1.5bn", 1.2e9, 1.5e9, "USD"),
    ("3B-7B", 3e9, 7e9, ""),
    ("500 MW-2 GW", None, None, ""),
    ("-5~3%", -5, 3, "percent"),
    ("-5%至-3%", -5, -3, "percent"),
    ("-3--5%", -5, -3, "percent"),
    ("-3%--5%", -5, -3, "percent"),
    ("三至五年", 3 * 31_556_952, 5 * 31_556_952, "s"),
    ("七到八成", 70, 80, "percent"),
    ("两三年", 2 * 31_556_952, 3 * 31_556_952, "s"),
    ("三四十万台", 300_000, 400_000, "count"),
    ("3家企业至5家企业", 3, 5, "count"),
]


@pytest.mark.parametrize(("printed", "low", "high", "unit"), RANGES, ids=[row[0] for row in RANGES])
def test_range_is_two_values(printed: str, low: float | None, high: float, unit: str, units: Units) -> None:
    if low is None:  # MW and GW are two units: written as two rows
        with pytest.raises(FigureError, match="two units"):
            parse_value(printed, units)
        return
    first, second = parse_value(printed, units)
    assert (first.end, second.end) == ("low", "high")
    assert canonical(first, units) == (pytest.approx(low, rel=1e-12), unit)
    assert canonical(second, units) == (pytest.approx(high, rel=1e-12), unit)
    assert first.number <= second.number


def test_qualifier_of_a_range_holds_for_both_ends(units: Units) -> None:
    first, second = parse_value("约3-4GW", units)
    assert first.qualifier == second.qualifier == "about"


SCALED = [
    ("5", "亿元", 5e8, "CNY"),
    ("5", "（亿元）", 5e8, "CNY"),
    ("5", "单位：亿元", 5e8, "CNY"),
    ("5", "人民币亿元", 5e8, "CNY"),
    ("5", "%", 5, "percent"),
    ("5", "US$bn", 5e9, "USD"),
    ("5", "in US$ bn", 5e9, "USD"),
    ("5", "USD mn", 5e6, "USD"),
    ("5", "千万美元", 5e7, "USD"),
    ("5.2", "bn", 5.2e9, ""),
    ("(6,858)", "百万元", -6.858e9, "CNY"),
    # what the text says itself is not said twice
    ("5亿", "亿元", 5e8, "CNY"),
    ("5%", "亿元", 5, "percent"),
    ("5倍", "%", 5, "times"),
    ("一半", "亿元", 50, "percent"),
    # a bare amount with its currency takes the magnitude of the header
    ("$5", "bn", 5e9, "USD"),
    ("$5", "百万美元", 5e6, "USD"),
    ("$0.14", "美元/百万tokens", 0.14, "USD/Mtoken"),
    ("数千", "亿元", 1e11, "CNY"),
    # a third, not a third of a percent
    ("1/3", "%", 1 / 3, ""),
]


@pytest.mark.parametrize(("printed", "scale", "expected", "unit"), SCALED)
def test_scale_of_a_table_header(printed: str, scale: str, expected: float, unit: str, units: Units) -> None:
    (value,) = parse_value(printed, units, scale=scale)
    assert canonical(value, units) == (pytest.approx(expected, rel=1e-12), unit)


@pytest.mark.parametrize("printed", ["第3", "第三名", "No.3", "#3", "第三位"])
def test_rank(printed: str, units: Units) -> None:
    (value,) = parse_value(printed, units)
    assert (value.number, value.symbol) == (3, "rank")


REFUSED = [
    ("", "empty"),
    ("   ", "empty"),
    ("abc", "no number in 'abc'"),
    ("元", "no number"),
    ("5 xyz", "unknown unit 'xyz'.*units.csv.*reading"),
    ("5G", "unknown unit 'G'"),
    ("80GB HBM3", "unknown unit"),
    ("1.2.3", "unknown unit"),
    ("1,23", "no thousands group"),
    ("1,2345", "no thousands group"),
    ("12,34,567", "no thousands group"),
    ("5/0", "divides by zero"),
    ("5-3%", "falls from 5 to 3"),
    ("3个月-2年", "two units"),
    ("5元-10美元", "two units"),
    ("$5%", "do not go together"),
    ("360.6¹亿", "footnote"),
    ("①360亿", "footnote"),
    ("CO 5₂", "footnote"),
    ("½", "1/2"),
    ("8*80GB", "product"),
    ("8 ＊ 80GB", "product"),
    ("360亿美元(2590亿元)", "two figures"),
    ("三五年", "one number or two"),
    ("万亿五", "no readable Chinese numeral"),
    ("一" * 60, "too long for a written-out number"),
    ("9" * 150 + "万亿" * 20, "unknown unit|too large|no readable"),
    ("1" * 400, "400 characters long"),
    ("1e999", "too large"),
]


@pytest.mark.parametrize(("printed", "message"), REFUSED, ids=[row[0][:20] for row in REFUSED])
def test_refused_with_a_message(printed: str, message: str, units: Units) -> None:
    with pytest.raises(FigureError, match=message):
        parse_value(printed, units)


def test_unknown_scale_and_qualifier_are_named(units: Units) -> None:
    with pytest.raises(FigureError, match="unknown scale 'xyz'; write it like 亿元"):
        parse_value("5", units, scale="xyz")
    with pytest.raises(FigureError, match="unknown qualifier 'foo'; one of over, at_least"):
        parse_value("5", units, qualifier="foo")
    for printed, scale in (("$5", "亿元"), ("$5亿", "元"), ("5亿元", "万美元"), ("5亿美元", "亿元")):
        with pytest.raises(FigureError, match="two currencies; correct `scale`"):
            parse_value(printed, units, scale=scale)


def test_every_unit_of_the_reference_can_be_printed(units: Units) -> None:
    """A unit that is in the reference but cannot be read would quarantine rows for no visible reason."""
    unread = []
    for unit in units.symbols():
        if unit.symbol == "m":  # 1.5m is a million and a half wherever money is printed
            continue
        forms = [f"5{unit.symbol}", f"5 {unit.symbol}", f"3-5{unit.symbol}"]
        if not set("0123456789-~至到") & set(unit.symbol):  # nobody prints 3元/1K tokens-5元/1K tokens
            forms.append(f"3{unit.symbol}-5{unit.symbol}")
        for printed in forms:
            try:
                value = parse_value(printed, units)[-1]
            except FigureError as error:
                unread.append(f"{printed}: {error}")
                continue
            found = units.get(value.symbol)
            if found is None or (value.number, found.unit, found.factor) != (5, unit.unit, unit.factor):
                unread.append(f"{printed}: read as {value}")
    assert unread == []


def test_squeeze_is_what_provenance_compares() -> None:
    assert squeeze(" １ ２**３**．５ ％\n") == "123.5%"
    assert squeeze("−5") == "-5"
