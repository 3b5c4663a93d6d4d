"""The one or two numbers that a printed text starts with: digits, fractions, powers of ten, numerals, ranges."""

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from orchestration.figures.intervals import FigureError
from orchestration.figures.magnitudes import MAGNITUDES, order_of
from orchestration.figures.text import SIGN
from orchestration.figures.units import Units, leading_currency

_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?|\.\d+")
_FRACTION = re.compile(r"^(\d+)/(\d+)(?=$|[^\d/])")
_ZH_FRACTION = re.compile(r"^([一二两三四五六七八九十百千万\d]+)分之([一二两三四五六七八九十\d]+(?:\.\d+)?)")
_ZH_NUMERAL = re.compile(r"^[零〇一二两三四五六七八九十百千万亿]+(?:点[零〇一二三四五六七八九]+)?半?")
_POWER_OF_TEN = re.compile(
    r"^(?:(?P<times>\d+(?:\.\d+)?)[x×])?10(?:\^|的)(?P<power>\d{1,3})(?:次方)?"
    r"|^(?P<mantissa>\d+(?:\.\d+)?)[eE]\+?(?P<exponent>\d{1,3})(?!\d)"
)
# 两三年, 三四十万: neighbouring digits are the two ends of a range
_ZH_PAIR = re.compile(
    r"^([一二两三四五六七八])([二两三四五六七八九])(?![零〇一二两三四五六七八九点])([十百千]?(?:万亿|万|亿)?)"
)
# 1亿2000万元, 3亿5千万, 1万2000元
_COMPOUND = re.compile(r"^(万亿|亿|万)(?:(\d+(?:\.\d+)?)(千万|百万|万|千|百)|(?<=万)(\d{4}))(?![\d.,:])")


# what stands between the two ends of a range: perhaps magnitude and unit of the first end, then a dash
@lru_cache(maxsize=8)
def _between_ends(currencies: tuple[str, ...]) -> re.Pattern[str]:
    currency = "|".join(map(re.escape, currencies)) or "(?!)"
    return re.compile(
        rf"^([^\d\-–—~～至到]{{0,24}}?)(?:-|–|—|~|～|至|到|to|and)(?=[-+]?(?:{currency})?(?:[-+]|负)?\.?\d)"
    )


_BETWEEN_ZH_ENDS = re.compile(r"^([^\d\-–—~～至到]{0,8}?)(?:-|–|—|~|～|至|到)(?=[一二两三四五六七八九十百])")
_MAX_NUMERAL = 40
_SIMPLE_FRACTION = Decimal("0.05")


def first_end_is_plain(numbers: "list[Number]", factor: Decimal) -> bool:
    """8000-1万元 is 8,000 to 10,000: the magnitude belongs to the second end alone, or the range would fall."""
    (low, _, own), (high, _, _) = numbers
    return own is None and factor > 1 and 0 < high < low <= high * factor and high * factor <= low * 100


def is_fraction(text: str) -> bool:
    """Whether the text starts with a printed fraction: 1/3, 三分之一."""
    return bool(_FRACTION.match(text) or _ZH_FRACTION.match(text))


Number = tuple[Decimal, Decimal, Decimal | None]


def numbers_of(text: str, printed: str, units: Units) -> tuple[list[Number], str, str]:
    """The one or two numbers that ``text`` starts with, each with its ulp and own magnitude; what stands behind the
    first end of a range (``万`` in 1.3万-1.5万, else empty); the rest."""
    fraction = _FRACTION.match(text) or _ZH_FRACTION.match(text)
    if fraction:
        return [_fraction(fraction, chinese=fraction.re is _ZH_FRACTION)], "", text[fraction.end() :]
    if text.startswith("(") and ")" in text:
        inside, after = text[1:].split(")", 1)
        negative = _NUMBER.match(inside)
        if negative:
            number, ulp = _decimal(negative[0])
            return [(-number, ulp, None)], "", inside[negative.end() :] + after
    pair = _ZH_PAIR.match(text)
    if pair and _ZH_DIGITS[pair[2]] == _ZH_DIGITS[pair[1]] + 1:
        by = order_of(pair[3])
        ends = [(Decimal(_ZH_DIGITS[pair[n]]), Decimal(1), by) for n in (1, 2)]
        return [*ends], "", text[pair.end() :]
    first, rest = _one_number(text, printed)
    compound = _COMPOUND.match(rest) if first[1] == 1 else None
    if compound:
        by, lesser = MAGNITUDES[compound[1]], MAGNITUDES.get(compound[3] or "", Decimal(1))
        more, ulp = _decimal(compound[2] or compound[4])
        if more * lesser < by:
            total = first[0] * by + (more * lesser if first[0] >= 0 else -more * lesser)
            return [(total, ulp * lesser, Decimal(1))], "", rest[compound.end() :]
    between = _between_ends(units.leading_currencies).match(rest)
    if between is None and _ZH_NUMERAL.match(text):
        between = _BETWEEN_ZH_ENDS.match(rest)
    if between is None:
        return [(*first, None)], "", rest
    second, after = _one_number(leading_currency(rest[between.end() :], units)[1], printed)
    return [(*first, None), (*second, None)], between[1], after


_ZH_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}


def _one_number(text: str, printed: str) -> tuple[tuple[Decimal, Decimal], str]:
    sign = 1
    signed = SIGN.match(text)
    if signed:
        sign, text = (1 if signed[0] == "+" else -1), text[signed.end() :]
    power = _POWER_OF_TEN.match(text)
    if power:
        number, ulp = _decimal(power["times"] or power["mantissa"] or "1")
        by = Decimal(10) ** int(power["power"] or power["exponent"])
        return (sign * number * by, ulp * by), text[power.end() :]
    match = _NUMBER.match(text)
    if match:
        number, ulp = _decimal(match[0])
        if re.match(r"[,^]\d", text[match.end() :]):
            raise FigureError(f"{printed!r}: the digits behind {match[0]} are no thousands group; give it in `reading`")
        return (sign * number, ulp), text[match.end() :]
    numeral = _ZH_NUMERAL.match(text)
    if numeral:
        number, ulp, used = chinese_number(numeral[0])
        return (sign * number, ulp), text[used:]
    raise FigureError(f"no number in {printed!r}; expected something like 360.6亿美元, 36%, 3-4GW or US$1.4bn")


def _decimal(text: str) -> tuple[Decimal, Decimal]:
    try:
        number = Decimal(text.replace(",", ""))
    except InvalidOperation as error:  # unreachable by the expression, kept for its message
        raise FigureError(f"{text!r} is no number") from error
    exponent = number.as_tuple().exponent
    return number, Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)


def chinese_number(text: str) -> tuple[Decimal, Decimal, int]:
    """A written-out Chinese number, its ulp (the last named unit) and how many characters it took."""
    import cn2an

    bare = text.replace("〇", "零")
    half = bare.endswith("半") and len(bare) > 1
    core = bare[:-1] if half else bare
    if not half and (core in MAGNITUDES or core == "十"):
        value = MAGNITUDES.get(core, Decimal(10))
        return value, value, len(text)
    if len(core) > _MAX_NUMERAL:
        raise FigureError(
            f"{text[:_MAX_NUMERAL]!r}… is too long for a written-out number; give it in digits in `reading`"
        )
    if re.search(r"[一二两三四五六七八九]{2}", core) and not re.fullmatch(r"[零一二三四五六七八九]{3,}", core):
        # 三五年 and 十二三家 are ranges; a written-out year (二零二四) is not
        raise FigureError(f"{text!r} may be one number or two; give it in digits in `reading`")
    try:
        value = Decimal(str(cn2an.cn2an(core.replace("两", "二"), "smart")))
    except (ValueError, TypeError, LookupError, ArithmeticError) as error:  # cn2an stumbles over 万亿五
        raise FigureError(f"{text!r} is no readable Chinese numeral") from error
    ulp = Decimal(1).scaleb(max(int(value.normalize().as_tuple().exponent), 0))
    if half:
        value += ulp / 2
        ulp /= 2
    if value != value.to_integral_value():
        ulp = Decimal(1).scaleb(int(value.as_tuple().exponent))
    return value, ulp, len(text)


def _fraction(match: re.Match[str], *, chinese: bool) -> Number:
    def number(text: str) -> Decimal:
        return Decimal(text) if text.isdigit() else chinese_number(text)[0]

    top, bottom = (number(match[2]), number(match[1])) if chinese else (number(match[1]), number(match[2]))
    if bottom == 0:
        raise FigureError(f"{match[0]!r} divides by zero")
    # 1/70 could round from 1/69.5 to 1/70.5: the ulp of the quotient; a half or a third is as narrow as 一半
    ulp = top / (bottom - Decimal("0.5")) - top / (bottom + Decimal("0.5"))
    return top / bottom, min(ulp, _SIMPLE_FRACTION), None
