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

from orchestration.figures.text import leading_sign, readable, squeeze
from orchestration.figures.units import Qualifier, Unit, Units


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
    "兆": Decimal(10) ** 12,  # of money; as a prefix of units it is a million, and stands in their symbols
    "lakh crore": Decimal(10) ** 12,
    "lakhcrore": Decimal(10) ** 12,
    "crores": Decimal(10) ** 7,
    "crore": Decimal(10) ** 7,
    "cr": Decimal(10) ** 7,
    "lakhs": Decimal(10) ** 5,
    "lakh": Decimal(10) ** 5,
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
_SIGN = re.compile(r"^(?:[-+]|负|minus)", re.I)
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
# words that bound a number instead of giving one: from, to below, unit
_BETWEEN_WORDS = {
    "两位数": ("10", "100", "%"),
    "双位数": ("10", "100", "%"),
    "double-digit": ("10", "100", "%"),
    "doubledigit": ("10", "100", "%"),
    "个位数": ("1", "10", "%"),
    "single-digit": ("1", "10", "%"),
    "singledigit": ("1", "10", "%"),
}
_SEVERAL = re.compile(
    r"^(?:(?:数|几|上|成)(?P<order>万亿|千亿|百亿|十亿|千万|百万|十万|[十百千万亿])|(?P<teens>十几)(?P<by>[万亿])?)"
)
# digits that NFKC would glue to the number: raised, lowered, circled, vulgar fractions; m² is a unit
_MARK = re.compile(r"(?<![A-Za-z])[⁰¹²³⁴-⁹₀-₉①-⒛㉑-㉟㊱-㊿¼-¾⅐-⅟↉⓪]")
_RAISED_POWER = re.compile(r"(?<=10)[⁰¹²³⁴-⁹]+")
_TIMES = re.compile(r"\d\s*(?<!\*)\*(?!\*)\s*\d")
_OVER_WORDS = {"过半": "over"}
_MAX_LENGTH = 200
_MAX_NUMERAL = 40
_SIMPLE_FRACTION = Decimal("0.05")


@lru_cache(maxsize=65536)
def parse_value(printed: str, units: Units, *, scale: str = "", qualifier: str = "") -> tuple[ParsedValue, ...]:
    """Read one printed figure: one value, or two (low and high end) for a printed range.

    ``scale`` is a scale or unit that stands elsewhere (a table header: ``亿元``, ``%``, ``US$bn``) and is used where
    the text itself gives none. ``qualifier`` is a code of ``qualifiers.csv``; words in the text count as well.

    Raises ``FigureError`` when no number is found, the unit is unknown, or text is left over.
    """
    if len(printed) > _MAX_LENGTH:
        raise FigureError(
            f"{printed[:30]!r}… is {len(printed)} characters long; a printed figure is a number and a unit"
        )
    if qualifier and qualifier not in units.qualifiers:
        raise FigureError(f"unknown qualifier {qualifier!r}; one of {', '.join(units.qualifiers)}")
    text = leading_sign(squeeze(_without_marks(readable(printed))))
    if not text:
        raise FigureError("the printed text is empty")
    text, found = _strip_qualifiers(text, units)
    text = _per_hundred(_without_between(text))
    for word in found:
        other = qualifier or found[0]
        if _are_contrary(units.qualifiers[word], units.qualifiers[other]):
            raise FigureError(
                f"{printed!r} says {word!r} itself, against the qualifier {other!r}; delete the wrong one"
            )
    qualifier = qualifier or (found[0] if found else "")
    word = text.lower()
    if word in _WORDS:
        written, symbol, precision = _WORDS[word]
        qualifier = qualifier or _OVER_WORDS.get(word, "")
        return (_finish(Decimal(written), Decimal(precision), symbol, qualifier, units),)
    if word in _BETWEEN_WORDS:
        low, high, symbol = _BETWEEN_WORDS[word]
        return (ParsedValue(float(low), float(low), float(high), symbol, qualifier or "at_least"),)
    rank = re.match(r"^(?:第|No\.?|#)(\d+|[一二三四五六七八九十百]+)[位名]?$", text)
    if rank:
        place = Decimal(rank[1]) if rank[1].isdigit() else _chinese(rank[1])[0]
        return (ParsedValue(_as_float(place), _as_float(place), _as_float(place), "rank"),)
    several = _SEVERAL.match(text)
    if several:
        return (_several(several, text, scale, qualifier, units, printed),)
    currency, text = _leading_currency(text, units)
    numbers, inner, rest = _numbers(text, printed, units)
    magnitude, symbol = _magnitude_and_unit(rest, currency, units, printed)
    if inner:
        numbers[0], symbol = _first_end(numbers[0], inner, symbol, units, printed)
    magnitude, symbol = _with_scale(
        magnitude, symbol, bare=not rest and not inner, scale=scale, units=units, printed=printed
    )
    if _is_fraction(text) and scale and symbol == _read_scale(scale, units)[1] and not rest:
        symbol = ""  # 1/3 in a column of percentages is a third, not a third of a percent
    factor = magnitude or Decimal(1)
    if len(numbers) == 2 and _first_end_is_plain(numbers, factor):
        numbers[0] = (*numbers[0][:2], Decimal(1))
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


def _without_marks(printed: str) -> str:
    """Raised powers of ten as ``10^26``; refuses footnote marks and products, which would change the number."""
    text = _RAISED_POWER.sub(lambda match: "^" + unicodedata.normalize("NFKC", match[0]), printed)
    mark = _MARK.search(text)
    if mark:
        raise FigureError(
            f"{printed!r} has {mark[0]!r} at the number: leave a footnote mark out, write a fraction as 1/2"
        )
    if _TIMES.search(unicodedata.normalize("NFKC", text)):
        raise FigureError(f"{printed!r} is a product of two numbers; give the one that is meant")
    return text


def _without_between(text: str) -> str:
    """``between 5 and 10%`` and ``5%和10%之间`` as ``5至10%``."""
    bare = re.sub(r"^(?:between|介于|在)(?=.)|(?<=.)之间$", "", text, flags=re.I)
    return text if bare == text else re.sub(r"(?:and|和|与)(?=[-\d$¥])", "至", bare, count=1)


def _per_hundred(text: str) -> str:
    match = re.fullmatch(r"(负?)百分之([零〇一二两三四五六七八九十百点\d.至到\-]+)", text)
    return f"{match[1]}{match[2]}%" if match else text


def _several(match: re.Match[str], text: str, scale: str, qualifier: str, units: Units, printed: str) -> ParsedValue:
    """数千, 上百, 十几: the order of magnitude is all that is printed."""
    if match["teens"]:
        base = Decimal(10) * _MAGNITUDES.get(match["by"] or "", Decimal(1))
        top = base * 2
    else:
        base = _MAGNITUDES.get(match["order"], Decimal(10))
        top = base * 10
    rest = text[match.end() :]
    magnitude, symbol = _magnitude_and_unit(rest, "", units, printed)
    magnitude, symbol = _with_scale(magnitude, symbol, bare=not rest, scale=scale, units=units, printed=printed)
    low, high = base * (magnitude or 1), top * (magnitude or 1)
    return ParsedValue(_as_float(low), _as_float(low), _as_float(high), symbol, qualifier or "at_least")


def _first_end(first: "_Number", inner: str, symbol: str, units: Units, printed: str) -> tuple["_Number", str]:
    """The first end of a range with the magnitude it carries itself, and the unit of the range."""
    own, first_symbol = _magnitude_and_unit(inner, "", units, printed)
    if first_symbol and symbol:
        one, other = units.get(first_symbol), units.get(symbol)
        if one and other and (one.unit, one.factor) != (other.unit, other.factor):
            raise FigureError(f"{printed!r}: the ends of the range have two units; write two rows")
    # 500元-2万元: a first end with a unit of its own takes no magnitude from the second
    by = first[2] if first[2] is not None else (own or Decimal(1))
    return (first[0], first[1], by), symbol or first_symbol


def _first_end_is_plain(numbers: "list[_Number]", factor: Decimal) -> bool:
    """8000-1万元 is 8,000 to 10,000: the magnitude belongs to the second end alone, or the range would fall."""
    (low, _, own), (high, _, _) = numbers
    return own is None and factor > 1 and 0 < high < low <= high * factor and high * factor <= low * 100


def _with_scale(
    magnitude: Decimal | None, symbol: str, *, bare: bool, scale: str, units: Units, printed: str
) -> tuple[Decimal | None, str]:
    """What the scale of a table header adds to the magnitude and unit of the text itself."""
    scale_magnitude, scale_symbol = _read_scale(scale, units)
    if not symbol:
        return (scale_magnitude if magnitude is None else magnitude), scale_symbol
    own, header = units.get(symbol), units.get(scale_symbol)
    if own is None or own.dimension != "money":
        return magnitude, symbol
    if header is not None and magnitude is None and header.unit.startswith(f"{own.unit}/"):
        return None, header.symbol  # $0.14 below "美元/百万tokens"
    if header is not None and header.dimension == "money" and header.unit != own.unit:
        raise FigureError(
            f"{printed!r} and its scale {scale!r} name two currencies; correct `scale`, or leave it empty"
        )
    if bare and scale_magnitude is not None:  # $5 below "US$bn" or "百万美元"
        return scale_magnitude, symbol
    return magnitude, symbol


def _is_fraction(text: str) -> bool:
    return bool(_FRACTION.match(text) or _ZH_FRACTION.match(text))


def _are_contrary(one: Qualifier, other: Qualifier) -> bool:
    """Whether no number but the printed one fits both: over and under, over and nearly."""
    return max(one.low_factor, other.low_factor) >= min(one.high_factor, other.high_factor)


def _strip_qualifiers(text: str, units: Units) -> tuple[str, list[str]]:
    """Take qualifier words off both ends; the first one found counts."""
    found: list[str] = []
    changed = True
    while changed:
        changed = False
        lowered = text.lower()
        if len(lowered) != len(text):
            break
        for word, code in units.qualifier_words:
            if len(text) <= len(word):
                continue
            if word == "+" and lowered[:1] == "+":
                continue  # +5% is a sign, 5%+ is "over"
            if lowered.startswith(word) and not (word == "近" and text.startswith("近年")):
                text, changed = text[len(word) :], True
                found.append(code)
                break
            if word in "以上以下以内左右上下+余" and lowered.endswith(word):
                text, changed = text[: -len(word)], True
                found.append(code)
                break
    # 60余款, 300多家: the word stands between number and unit
    inner = re.match(r"^([^余多]*[\d十百千万亿])([余多])(?!少)(.*)$", text)
    if inner:
        text = inner[1] + inner[3]
        found.append("over")
    return text, found


def _leading_currency(text: str, units: Units) -> tuple[str, str]:
    """A currency before the number (also behind a sign or an opening bracket: -$5, ($5)) and the text without it."""
    sign = _SIGN.match(text)
    bare = text[sign.end() :] if sign else text
    for symbol in units.leading_currencies:
        if bare.startswith(symbol) and len(bare) > len(symbol):
            return symbol, ("-" if sign and sign[0] != "+" else "") + bare[len(symbol) :]
        if text.startswith(f"({symbol}"):
            return symbol, "(" + text[len(symbol) + 1 :]
    return "", text


_Number = tuple[Decimal, Decimal, Decimal | None]


def _numbers(text: str, printed: str, units: Units) -> tuple[list[_Number], str, str]:
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
        by = _order(pair[3])
        ends = [(Decimal(_ZH_DIGITS[pair[n]]), Decimal(1), by) for n in (1, 2)]
        return [*ends], "", text[pair.end() :]
    first, rest = _one_number(text, printed)
    compound = _COMPOUND.match(rest) if first[1] == 1 else None
    if compound:
        by, lesser = _MAGNITUDES[compound[1]], _MAGNITUDES.get(compound[3] or "", Decimal(1))
        more, ulp = _decimal(compound[2] or compound[4])
        if more * lesser < by:
            total = first[0] * by + (more * lesser if first[0] >= 0 else -more * lesser)
            return [(total, ulp * lesser, Decimal(1))], "", rest[compound.end() :]
    between = _between_ends(units.leading_currencies).match(rest)
    if between is None and _ZH_NUMERAL.match(text):
        between = _BETWEEN_ZH_ENDS.match(rest)
    if between is None:
        return [(*first, None)], "", rest
    second, after = _one_number(_leading_currency(rest[between.end() :], units)[1], printed)
    return [(*first, None), (*second, None)], between[1], after


_ZH_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}


def _order(text: str) -> Decimal:
    """十万 as 10^5: the product of its characters."""
    order = Decimal(1)
    for character in text:
        order *= _MAGNITUDES.get(character, Decimal(10))
    return order


def _one_number(text: str, printed: str) -> tuple[tuple[Decimal, Decimal], str]:
    sign = 1
    signed = _SIGN.match(text)
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
    if not half and (core in _MAGNITUDES or core == "十"):
        value = _MAGNITUDES.get(core, Decimal(10))
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


def _fraction(match: re.Match[str], *, chinese: bool) -> _Number:
    def number(text: str) -> Decimal:
        return Decimal(text) if text.isdigit() else _chinese(text)[0]

    top, bottom = (number(match[2]), number(match[1])) if chinese else (number(match[1]), number(match[2]))
    if bottom == 0:
        raise FigureError(f"{match[0]!r} divides by zero")
    # 1/70 could round from 1/69.5 to 1/70.5: the ulp of the quotient; a half or a third is as narrow as 一半
    ulp = top / (bottom - Decimal("0.5")) - top / (bottom + Decimal("0.5"))
    return top / bottom, min(ulp, _SIMPLE_FRACTION), None


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
    bracket = re.search(r"\([^()]*\)$", rest)
    if bracket:  # 256TOPS(INT8): the bracket is basis, not unit
        if re.search(r"\d.*(?:[%元$¥€£万亿]|bn|mn)|[$¥€£]\d", bracket[0]):
            raise FigureError(f"{printed!r} holds two figures; write one row for each")
        rest = rest[: bracket.start()]
    if not rest:
        return None, currency
    unit = units.get(rest)
    if unit is not None and rest not in _LETTERS:
        return None, _with_currency(unit, currency, units, printed)
    magnitude, tail = _leading_magnitude(re.sub(r"^个(?=[十百千]?[万亿])", "", rest))  # 5个亿
    if not tail:
        return magnitude, currency
    found = _unit_at(tail, units) or _price(tail, currency, units)
    if found is None and magnitude is None and tail[0] in _LETTERS:
        behind = _unit_at(tail[1:], units)  # 1.5M users, 70B参数
        if behind is not None and behind.dimension in ("count", "money"):
            magnitude, found = _LETTERS[tail[0]], behind
    if found is None:
        raise FigureError(
            f"unknown unit {tail!r} in {printed!r}; add it to raw/reference/units.csv or give the text to parse "
            "in the column `reading`"
        )
    return magnitude, _with_currency(found, currency, units, printed)


def _price(tail: str, currency: str, units: Units) -> Unit | None:
    """``/kWh`` behind an amount in ``currency``: the price unit of that currency."""
    money = units.get(currency) if currency else None
    if money is None or not tail.startswith("/"):
        return None
    return units.get(currency + tail) or units.get(money.unit + tail)


def _with_currency(unit: Unit, currency: str, units: Units, printed: str) -> str:
    """The symbol of an amount with a currency before the number and ``unit`` behind it."""
    if not currency or unit.dimension == "money":
        # 人民币5560亿元 names the currency twice; where they differ the unit behind the number wins
        return currency if currency and unit.symbol in ("元", "块") else unit.symbol
    money = units.get(currency)
    if money is not None and "/" in unit.unit:
        own = f"{money.unit}/{unit.unit.split('/', 1)[1]}"
        if unit.unit == own:
            return unit.symbol
        if unit.symbol.startswith("per") and units.get(own) is not None:
            return own  # RMB 2 per million tokens
    raise FigureError(f"{printed!r}: {currency} before the number and {unit.symbol!r} behind it do not go together")


def _unit_at(tail: str, units: Units) -> Unit | None:
    unit = units.get(tail)
    if unit is not None:
        return unit
    prefix = units.longest_prefix(tail)
    if prefix is None:
        return None
    after = tail[len(squeeze(prefix.symbol)) :]
    # a counting word may be followed by its noun (家企业); a physical unit may not be followed by anything
    if prefix.dimension == "count" and re.match(r"^[\u4e00-\u9fff]{1,8}$", after):
        return prefix
    if prefix.dimension == "money" and after in ("人民币", "以上", "RMB", "整"):
        return prefix
    return None


@lru_cache(maxsize=1024)
def _read_scale(scale: str, units: Units) -> tuple[Decimal | None, str]:
    # a header prints it as （亿元）, 单位：亿元 or "in US$ bn"
    text = re.sub(r"^(?:单位|unit)s?[:]|^in(?=[A-Z$¥€£])", "", squeeze(scale).strip("()"), flags=0).strip("()")
    if not text:
        return None, ""
    currency, rest = _leading_currency(text, units)
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
