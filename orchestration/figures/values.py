"""Printed text to number, unit symbol and interval.

The interval is what the printed precision allows: ``5.7`` is [5.65, 5.75], widened by a qualifier
(``超5.7`` is [5.7, inf)). Numbers carry their magnitude word (亿, bn) but not the factor of the unit
(EFLOPS, 成): that conversion is one join in dbt.
"""

import math
import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from orchestration.figures.units import Unit, Units


class FigureError(ValueError):
    """A printed text that is no readable figure; the message says what was found and what would be right."""


@dataclass(frozen=True, slots=True)
class ParsedValue:
    """One number as printed.

    ``number``, ``low``, ``high`` are in units of ``symbol`` (a row of the unit reference; empty when the text
    gives none), magnitude words applied. ``end`` is ``low`` or ``high`` for the ends of a printed range, else empty.
    """

    number: float
    low: float
    high: float
    symbol: str
    qualifier: str = ""
    end: str = ""


# Longest first. Single Latin letters count as a magnitude only at the end of the text (7B, 128K) or before a word.
_MAGNITUDES: dict[str, Decimal] = {
    "万亿": Decimal(10) ** 12,
    "千亿": Decimal(10) ** 11,
    "百亿": Decimal(10) ** 10,
    "十亿": Decimal(10) ** 9,
    "亿": Decimal(10) ** 8,
    "千万": Decimal(10) ** 7,
    "百万": Decimal(10) ** 6,
    "十万": Decimal(10) ** 5,
    "万": Decimal(10) ** 4,
    "千": Decimal(10) ** 3,
    "百": Decimal(10) ** 2,
    "trillion": Decimal(10) ** 12,
    "billion": Decimal(10) ** 9,
    "million": Decimal(10) ** 6,
    "thousand": Decimal(10) ** 3,
    "hundred": Decimal(10) ** 2,
    "trn": Decimal(10) ** 12,
    "tn": Decimal(10) ** 12,
    "bn": Decimal(10) ** 9,
    "mln": Decimal(10) ** 6,
    "mn": Decimal(10) ** 6,
    "tr": Decimal(10) ** 12,
}
_LETTERS = {"B": Decimal(10) ** 9, "M": Decimal(10) ** 6, "K": Decimal(10) ** 3, "k": Decimal(10) ** 3}
_LETTERS |= {"T": Decimal(10) ** 12, "b": Decimal(10) ** 9, "m": Decimal(10) ** 6}
_BY_LENGTH = sorted(_MAGNITUDES, key=len, reverse=True)

_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?|\.\d+")
_FRACTION = re.compile(r"^(\d+)/(\d+)(?=$|[^\d/])")
_ZH_FRACTION = re.compile(r"^([一二两三四五六七八九十百千万\d]+)分之([一二两三四五六七八九十\d]+)")
_ZH_NUMERAL = re.compile(r"^[零〇一二两三四五六七八九十百千万亿]+(?:点[零〇一二三四五六七八九]+)?半?")
_RANGE = re.compile(r"^(?:-|–|—|~|～|至|到|to|and(?=\d))")
_CURRENCY_FIRST = (
    "人民币", "US$", "USD", "RMB", "CNY", "HK$", "HKD", "NT$", "TWD", "EUR", "JPY", "KRW", "GBP", "INR", "SGD",
    "Rmb", "S$", "A$", "C$", "$", "¥", "￥", "€", "£", "₹", "美元", "港元", "欧元",
)  # fmt: skip
_WORDS = {
    "一半": ("50", "%", "5"),
    "半数": ("50", "%", "5"),
    "过半": ("50", "%", "5"),
    "half": ("50", "%", "5"),
    "翻倍": ("2", "倍", "0.5"),
    "翻番": ("2", "倍", "0.5"),
    "翻一番": ("2", "倍", "0.5"),
    "翻了一番": ("2", "倍", "0.5"),
    "翻一倍": ("2", "倍", "0.5"),
    "翻两番": ("4", "倍", "0.5"),
    "doubled": ("2", "倍", "0.5"),
    "double": ("2", "倍", "0.5"),
    "tripled": ("3", "倍", "0.5"),
    "triple": ("3", "倍", "0.5"),
    "quadrupled": ("4", "倍", "0.5"),
}
_SEVERAL = re.compile(r"^(数|几|上|成)(万亿|千亿|百亿|十亿|千万|百万|十万|[十百千万亿])")
_OVER_WORDS = {"过半": "over"}
_MAX_LENGTH = 200


def squeeze(text: str) -> str:
    """NFKC (full-width digits, letters and punctuation become plain), no white space, no markup asterisks."""
    return "".join(unicodedata.normalize("NFKC", text).replace("*", "").split()).replace("−", "-").replace("﹣", "-")


@lru_cache(maxsize=65536)
def parse_value(printed: str, units: Units, *, scale: str = "", qualifier: str = "") -> tuple[ParsedValue, ...]:
    """Read one printed figure: one value, or two (low and high end) for a printed range.

    ``scale`` is a scale or unit that stands elsewhere (a table header: ``亿元``, ``%``, ``US$bn``) and is used where
    the text itself gives none. ``qualifier`` is a code of ``qualifiers.csv``; words in the text count as well.

    Raises ``FigureError`` when no number is found, the unit is unknown, or text is left over.
    """
    if len(printed) > _MAX_LENGTH:
        raise FigureError(f"{printed[:30]!r}… is {len(printed)} characters long; a printed figure is a number and a unit")
    if qualifier and qualifier not in units.qualifiers:
        raise FigureError(f"unknown qualifier {qualifier!r}; one of {', '.join(units.qualifiers)}")
    text = squeeze(printed)
    if not text:
        raise FigureError("the printed text is empty")
    text, found = _strip_qualifiers(text, units)
    qualifier = qualifier or found
    if text in _WORDS:
        number, symbol, ulp = _WORDS[text]
        qualifier = qualifier or _OVER_WORDS.get(text, "")
        return (_finish(Decimal(number), Decimal(ulp), symbol, qualifier, units),)
    rank = re.match(r"^(?:第|No\.?|#)(\d+|[一二三四五六七八九十百]+)[位名]?$", text)
    if rank:
        place = Decimal(rank[1]) if rank[1].isdigit() else _chinese(rank[1])[0]
        return (ParsedValue(_as_float(place), _as_float(place), _as_float(place), "rank"),)
    several = _SEVERAL.match(text)
    if several:  # 数千, 上百: the order of magnitude is all that is printed
        base = _MAGNITUDES.get(several[2], Decimal(10))
        symbol = _magnitude_and_unit(text[several.end() :], "", units, printed)[1] or _read_scale(scale, units)[1]
        return (ParsedValue(_as_float(base), _as_float(base), _as_float(base * 10), symbol, qualifier or "at_least"),)
    currency, text = _leading_currency(text)
    numbers, rest = _numbers(text, printed)
    magnitude, symbol = _magnitude_and_unit(rest, currency, units, printed)
    scale_magnitude, scale_symbol = _read_scale(scale, units)
    if not symbol:
        symbol = scale_symbol
        if magnitude is None:
            magnitude = scale_magnitude
    if not symbol and currency:
        symbol = currency
    factor = magnitude or Decimal(1)
    values = []
    for position, (number, ulp, own) in enumerate(numbers):
        # 1.3万-1.5万 gives each end its own magnitude; 500-2000万 gives the first end the last one's
        by = factor if own is None else own
        end = "" if len(numbers) == 1 else ("low" if position == 0 else "high")
        values.append(replace(_finish(number * by, ulp * by, symbol, qualifier, units), end=end))
    if len(values) == 2 and values[0].number > values[1].number:
        if values[0].number <= 0:  # "-3--5%": negative ranges are printed from the smaller loss to the larger
            values = [replace(values[1], end="low"), replace(values[0], end="high")]
        else:
            raise FigureError(f"{printed!r}: the range falls from {values[0].number:g} to {values[1].number:g}")
    return tuple(values)


def _strip_qualifiers(text: str, units: Units) -> tuple[str, str]:
    """Take qualifier words off both ends; the first one found counts."""
    found = ""
    changed = True
    while changed:
        changed = False
        lowered = text.lower()
        if len(lowered) != len(text):
            break
        for word, code in units.qualifier_words:
            if len(text) <= len(word):
                continue
            if lowered.startswith(word) and not (word == "近" and text.startswith("近年")):
                text, found, changed = text[len(word) :], found or code, True
                break
            if word in "以上以下以内左右上下+余" and lowered.endswith(word):
                text, found, changed = text[: -len(word)], found or code, True
                break
    # 60余款, 300多家: the word stands between number and unit
    inner = re.match(r"^([^余多]*[\d十百千万亿])([余多])(?!少)(.*)$", text)
    if inner:
        text, found = inner[1] + inner[3], found or "over"
    return text, found


def _leading_currency(text: str) -> tuple[str, str]:
    for symbol in _CURRENCY_FIRST:
        if text.startswith(symbol) and len(text) > len(symbol):
            return symbol, text[len(symbol) :]
    return "", text


_Number = tuple[Decimal, Decimal, Decimal | None]


def _numbers(text: str, printed: str) -> tuple[list[_Number], str]:
    """The one or two numbers that ``text`` starts with, each with its ulp and own magnitude, and the rest."""
    fraction = _FRACTION.match(text) or _ZH_FRACTION.match(text)
    if fraction:
        return [_fraction(fraction, chinese=fraction.re is _ZH_FRACTION)], text[fraction.end() :]
    if text.startswith("(") and ")" in text:
        inside, after = text[1:].split(")", 1)
        negative = _NUMBER.match(inside)
        if negative:
            number, ulp = _decimal(negative[0])
            return [(-number, ulp, None)], inside[negative.end() :] + after
    first, rest = _one_number(text, printed)
    separator = _RANGE.match(rest)
    own: Decimal | None = None
    tail = rest
    if separator is None:
        # the first end carries its own magnitude or unit: 1.3万-1.5万, 20%-30%, 550万至600万辆
        inner = re.match(r"^([^\d\-–—~～至到]{1,8}?)(?:-|–|—|~|～|至|到|to)(?=[\d$¥])", rest)
        if inner:
            own = _leading_magnitude(inner[1])[0]
            tail = rest[inner.end() :]
            second, after = _one_number(_leading_currency(tail)[1], printed)
            if own is None and _leading_magnitude(after)[0] is None:
                own = None
            elif own is None:
                own = Decimal(1) if inner[1] not in ("%",) else None
            return [(first[0], first[1], own), (second[0], second[1], None)], after
        return [(*first, None)], rest
    tail = _leading_currency(rest[separator.end() :])[1]
    if not re.match(r"^[-(]?[\d.]", tail):
        return [(*first, None)], rest
    second, after = _one_number(tail, printed)
    return [(*first, None), (*second, None)], after


def _one_number(text: str, printed: str) -> tuple[tuple[Decimal, Decimal], str]:
    sign = 1
    if text[:1] in "-+" and text[1:2].isdigit():
        sign, text = (-1 if text[0] == "-" else 1), text[1:]
    elif text.startswith("负"):
        sign, text = -1, text[1:]
    match = _NUMBER.match(text)
    if match:
        number, ulp = _decimal(match[0])
        return (sign * number, ulp), text[match.end() :]
    numeral = _ZH_NUMERAL.match(text)
    if numeral:
        number, ulp, used = _chinese(numeral[0])
        return (sign * number, ulp), text[used:]
    raise FigureError(f"no number in {printed!r}; expected something like 360.6亿美元, 36%, 3-4GW or US$1.4bn")


def _decimal(text: str) -> tuple[Decimal, Decimal]:
    try:
        number = Decimal(text.replace(",", ""))
    except InvalidOperation as error:  # unreachable by the expression, kept for its message
        raise FigureError(f"{text!r} is no number") from error
    exponent = number.as_tuple().exponent
    return number, Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)


def _chinese(text: str) -> tuple[Decimal, Decimal, int]:
    """A written-out Chinese number, its ulp (the last named unit) and how many characters it took."""
    import cn2an

    bare = text.replace("〇", "零")
    half = bare.endswith("半") and len(bare) > 1
    core = bare[:-1] if half else bare
    if core in _MAGNITUDES and core not in ("万", "亿", "千", "百"):
        value = _MAGNITUDES[core]
        return value, value, len(text)
    if core in ("万", "亿", "千", "百", "十"):
        value = _MAGNITUDES.get(core, Decimal(10))
        return value, value, len(text)
    try:
        value = Decimal(str(cn2an.cn2an(core.replace("两", "二"), "smart")))
    except (ValueError, TypeError) as error:
        raise FigureError(f"{text!r} is no readable Chinese numeral") from error
    ulp = Decimal(1)
    while value and value % (ulp * 10) == 0 and value == value.to_integral_value():
        ulp *= 10
    if half:
        value += ulp / 2
        ulp /= 2
    if value != value.to_integral_value():
        ulp = Decimal(1).scaleb(int(value.as_tuple().exponent))
    return value, ulp, len(text)


def _fraction(match: re.Match[str], *, chinese: bool) -> _Number:
    def number(text: str) -> Decimal:
        return Decimal(text) if text.isdigit() else _chinese(text)[0]

    top, bottom = (number(match[2]), number(match[1])) if chinese else (number(match[1]), number(match[2]))
    if bottom == 0:
        raise FigureError(f"{match[0]!r} divides by zero")
    # 1/70 could round from 1/69.5 to 1/70.5: the ulp of the quotient
    return top / bottom, top / (bottom - Decimal("0.5")) - top / (bottom + Decimal("0.5")), None


def _leading_magnitude(text: str) -> tuple[Decimal | None, str]:
    lowered = text.lower()
    total: Decimal | None = None
    for word in _BY_LENGTH:
        if lowered.startswith(word):
            total, text = _MAGNITUDES[word], text[len(word) :]
            return total, text
    if text[:1] in _LETTERS and not text[1:2].isalpha():
        return _LETTERS[text[0]], text[1:]
    return None, text


def _magnitude_and_unit(rest: str, currency: str, units: Units, printed: str) -> tuple[Decimal | None, str]:
    """Split what follows the number into a magnitude and a unit symbol (empty when there is none)."""
    rest = re.sub(r"\((?:[^()]*)\)$", "", rest)  # 256TOPS(INT8): the bracket is basis, not unit
    if not rest:
        return None, currency
    unit = units.get(rest)
    if unit is not None and rest not in _LETTERS:
        return None, _with_currency(unit, currency)
    magnitude, tail = _leading_magnitude(rest)
    if not tail:
        return magnitude, currency
    found = _unit_at(tail, units)
    if found is None:
        raise FigureError(
            f"unknown unit {tail!r} in {printed!r}; add it to raw/reference/units.csv or give the text to parse "
            "in the column `reading`"
        )
    return magnitude, _with_currency(found, currency)


def _with_currency(unit: Unit, currency: str) -> str:
    # 人民币5560亿元 names the currency twice; 港元 after 人民币 would be a contradiction, the unit after the number wins
    return unit.symbol if unit.symbol not in ("元", "块") or not currency else currency


def _unit_at(tail: str, units: Units) -> Unit | None:
    unit = units.get(tail)
    if unit is not None:
        return unit
    prefix = units.longest_prefix(tail)
    if prefix is None:
        return None
    after = tail[len("".join(prefix.symbol.split())) :]
    # a counting word may be followed by its noun (家企业); a physical unit may not be followed by anything
    if prefix.dimension == "count" and re.match(r"^[\u4e00-\u9fff]{1,8}$", after):
        return prefix
    if prefix.dimension == "money" and after in ("人民币", "以上", "RMB", "整"):
        return prefix
    return None


@lru_cache(maxsize=1024)
def _read_scale(scale: str, units: Units) -> tuple[Decimal | None, str]:
    text = squeeze(scale)
    if not text:
        return None, ""
    currency, rest = _leading_currency(text)
    unit = units.get(text)
    if unit is not None:
        return None, unit.symbol
    try:
        return _magnitude_and_unit(rest, currency, units, scale)
    except FigureError as error:
        raise FigureError(f"unknown scale {scale!r}; write it like 亿元, US$bn, % or 千万美元") from error


def _finish(number: Decimal, ulp: Decimal, symbol: str, qualifier: str, units: Units) -> ParsedValue:
    low, high = number - ulp / 2, number + ulp / 2
    value = _as_float(number)
    if not qualifier:
        return ParsedValue(value, _as_float(low), _as_float(high), symbol)
    rule = units.qualifiers[qualifier]
    # about 73 means one unit of its last significant digit, [72, 74]; for round numbers (about 100) the reference
    # file says how wide that may become at most
    step = Decimal(1).scaleb(int(number.normalize().as_tuple().exponent)) if number else ulp
    ends = []
    for factor, plain, sign in ((rule.low_factor, low, -1), (rule.high_factor, high, 1)):
        if math.isinf(factor):
            # "under 30 %" of something that cannot be negative starts at 0
            ends.append(0.0 if factor < 0 and number > 0 else factor)
        elif factor == 1:
            ends.append(value)  # over 3: strictly from 3
        else:
            widest = abs(number * (Decimal(str(factor)) - 1))
            widened = number + sign * max(min(step, widest), ulp / 2)
            ends.append(_as_float(min(widened, plain) if sign < 0 else max(widened, plain)))
    return ParsedValue(value, min(ends[0], ends[1], value), max(ends[0], ends[1], value), symbol, qualifier)


def _as_float(number: Decimal) -> float:
    value = float(number)
    if math.isinf(value):
        raise FigureError(f"{number} is too large for a figure")
    return value
