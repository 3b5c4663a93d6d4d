"""Printed text to number, unit symbol and interval.

The interval is what the printed precision allows: ``5.7`` is [5.65, 5.75], widened by a qualifier
(``超5.7`` is [5.7, inf)). Numbers carry their magnitude word (亿, bn) but not the factor of the unit
(EFLOPS, 成): that conversion is one join in dbt.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from orchestration.figures.intervals import FigureError, ParsedValue, as_float, interval
from orchestration.figures.magnitudes import MAGNITUDES, number_words
from orchestration.figures.printed_numbers import Number, chinese_number, first_end_is_plain, is_fraction, numbers_of
from orchestration.figures.text import leading_sign, readable, squeeze
from orchestration.figures.units import Qualifier, Units
from orchestration.figures.value_units import leading_currency, magnitude_and_unit, read_scale, with_scale

_VALUES: dict[str, dict[str, str]] = number_words()["values"]["words"]
_SPANS: dict[str, dict[str, Any]] = number_words()["spans"]["words"]
_SEVERAL = re.compile(
    r"^(?:(?:数|几|上|成)(?P<order>万亿|千亿|百亿|十亿|千万|百万|十万|[十百千万亿])|(?P<teens>十几)(?P<by>[万亿])?)"
)
_RANK = re.compile(r"^(?:第|No\.?|#)(\d+|[一二三四五六七八九十百]+)[位名]?$")
# digits that NFKC would glue to the number: raised, lowered, circled, vulgar fractions; m² is a unit
_MARK = re.compile(r"(?<![A-Za-z])[⁰¹²³⁴-⁹₀-₉①-⒛㉑-㉟㊱-㊿¼-¾⅐-⅟↉⓪]")
_RAISED_POWER = re.compile(r"(?<=10)[⁰¹²³⁴-⁹]+")
_TIMES = re.compile(r"\d\s*(?<!\*)\*(?!\*)\s*\d")
_MAX_LENGTH = 200


# a text that holds one number in plain digits, which are all that tells it from others of its form: 约{}亿元
_ONE_NUMBER = re.compile(
    r"(?P<before>\D*?)(?P<number>(?P<groups>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.(?P<decimals>[0-9]+))?)(?P<behind>\D*)"
)
# two numbers that a form is tried with, by whether it groups thousands and has decimals
_TRIED = {
    (False, False): ("3", "47"),
    (False, True): ("3.7", "47.25"),
    (True, False): ("1,234", "56,789"),
    (True, True): ("1,234.5", "56,789.25"),
}


@lru_cache(maxsize=65536)
def parse_value(printed: str, units: Units, *, scale: str = "", qualifier: str = "") -> tuple[ParsedValue, ...]:
    """Read one printed figure: one value, or two (low and high end) for a printed range.

    ``scale`` is a scale or unit that stands elsewhere (a table header: ``亿元``, ``%``, ``US$bn``) and is used where
    the text itself gives none. ``qualifier`` is a code of ``qualifiers.csv``; words in the text count as well.

    Raises ``FigureError`` when no number is found, the unit is unknown, or text is left over.
    """
    is_simple = len(printed) <= _MAX_LENGTH and not units.words_hold_digits
    one = _ONE_NUMBER.fullmatch(printed) if is_simple else None
    if one is not None:
        before, digits, groups, decimals, behind = one.groups()
        form = _form(before, behind, ("," in groups, decimals is not None), scale, qualifier, units)
        number = Decimal(digits.replace(",", ""))
        if form is not None and number:
            ulp = Decimal((0, (1,), -len(decimals or "")))
            return (interval(form.sign * number * form.factor, ulp * form.factor, form.symbol, form.qualifier, units),)
    return read_whole(printed, units, scale, qualifier)


def read_whole(printed: str, units: Units, scale: str = "", qualifier: str = "") -> tuple[ParsedValue, ...]:
    """What ``parse_value`` gives, read without what is known of other texts of the same form."""
    read = _read(printed, units, scale, qualifier)
    return (read,) if isinstance(read, ParsedValue) else _ends(*read, units, printed)


@dataclass(frozen=True, slots=True)
class _Form:
    """What a printed text says besides its digits."""

    sign: int
    factor: Decimal
    symbol: str
    qualifier: str


@lru_cache(maxsize=16384)
def _form(
    before: str, behind: str, written: tuple[bool, bool], scale: str, qualifier: str, units: Units
) -> _Form | None:
    """What all texts of one form have in common, so that only their digits are left to read.

    None where the digits decide more than the number, or the text cannot be read.
    """
    found = set()
    for digits in _TRIED[written]:
        try:
            read = _read(f"{before}{digits}{behind}", units, scale, qualifier)
        except FigureError:
            return None
        if isinstance(read, ParsedValue) or len(read[0]) != 1:
            return None
        ((number, ulp, own),), factor, symbol, meant = read
        plain = Decimal(digits.replace(",", ""))
        if abs(number) != plain or ulp != Decimal(1).scaleb(int(plain.as_tuple().exponent)):
            return None
        found.add(_Form(1 if number > 0 else -1, factor if own is None else own, symbol, meant))
    return found.pop() if len(found) == 1 else None


def _read(
    printed: str, units: Units, scale: str, qualifier: str
) -> ParsedValue | tuple[list[Number], Decimal, str, str]:
    """The value that is said in words; else the numbers, the magnitude of those without one, unit and qualifier."""
    text, qualifier = _text_and_qualifier(printed, units, qualifier)
    said = _said_in_words(text, scale, qualifier, units, printed)
    if said is not None:
        return said
    currency, text = leading_currency(text, units)
    numbers, inner, rest = numbers_of(text, printed, units)
    magnitude, symbol = magnitude_and_unit(rest, currency, units, printed)
    if inner:
        numbers[0], symbol = _first_end(numbers[0], inner, symbol, units, printed)
    magnitude, symbol = with_scale(
        magnitude, symbol, bare=not rest and not inner, scale=scale, units=units, printed=printed
    )
    if is_fraction(text) and scale and symbol == read_scale(scale, units)[1] and not rest:
        symbol = ""  # 1/3 in a column of percentages is a third, not a third of a percent
    return numbers, magnitude or Decimal(1), symbol, qualifier


def _text_and_qualifier(printed: str, units: Units, qualifier: str) -> tuple[str, str]:
    """What is left to parse, and the code of the qualifier that was given or stands in the text."""
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
    qualifier = qualifier or (found[0] if found else "")
    for word in found:
        if _are_contrary(units.qualifiers[word], units.qualifiers[qualifier]):
            raise FigureError(
                f"{printed!r} says {word!r} itself, against the qualifier {qualifier!r}; delete the wrong one"
            )
    return _per_hundred(_without_between(text)), qualifier


def _said_in_words(text: str, scale: str, qualifier: str, units: Units, printed: str) -> ParsedValue | None:
    """Texts that are no number with a unit: 翻倍, double-digit, 第3位, 数千; None for others."""
    word = text.lower()
    if word in _VALUES:
        said = _VALUES[word]
        qualifier = qualifier or said.get("qualifier", "")
        return interval(Decimal(said["number"]), Decimal(said["last"]), said["unit"], qualifier, units)
    if word in _SPANS:
        span = _SPANS[word]
        low = float(span["low"])
        return ParsedValue(low, low, float(span["high"]), span["unit"], qualifier or "at_least")
    rank = _RANK.match(text)
    if rank:
        place = as_float(Decimal(rank[1]) if rank[1].isdigit() else chinese_number(rank[1])[0])
        return ParsedValue(place, place, place, "rank")
    several = _SEVERAL.match(text)
    return _several(several, text, scale, qualifier, units, printed) if several else None


def _ends(
    numbers: list[Number], factor: Decimal, symbol: str, qualifier: str, units: Units, printed: str
) -> tuple[ParsedValue, ...]:
    """The value, or the two of a range, each by its own magnitude or by ``factor``."""
    if len(numbers) == 1:
        ((number, ulp, own),) = numbers
        by = factor if own is None else own
        return (interval(number * by, ulp * by, symbol, qualifier, units),)
    if first_end_is_plain(numbers, factor):
        numbers[0] = (*numbers[0][:2], Decimal(1))
    # 1.3万-1.5万 gives each end its own magnitude; 500-2000万 gives the first end the last one's
    factors = [factor if own is None else own for _, _, own in numbers]
    low, high = (
        interval(number * by, ulp * by, symbol, qualifier, units)
        for (number, ulp, _), by in zip(numbers, factors, strict=True)
    )
    if low.number > high.number:
        if low.number > 0:
            raise FigureError(f"{printed!r}: the range falls from {low.number:g} to {high.number:g}")
        low, high = high, low  # "-3--5%": negative ranges are printed from the smaller loss to the larger
    return replace(low, end="low"), replace(high, end="high")


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
        base = Decimal(10) * MAGNITUDES.get(match["by"] or "", Decimal(1))
        top = base * 2
    else:
        base = MAGNITUDES.get(match["order"], Decimal(10))
        top = base * 10
    rest = text[match.end() :]
    magnitude, symbol = magnitude_and_unit(rest, "", units, printed)
    magnitude, symbol = with_scale(magnitude, symbol, bare=not rest, scale=scale, units=units, printed=printed)
    low, high = base * (magnitude or 1), top * (magnitude or 1)
    return ParsedValue(as_float(low), as_float(low), as_float(high), symbol, qualifier or "at_least")


def _first_end(first: "Number", inner: str, symbol: str, units: Units, printed: str) -> tuple["Number", str]:
    """The first end of a range with the magnitude it carries itself, and the unit of the range."""
    own, first_symbol = magnitude_and_unit(inner, "", units, printed)
    if first_symbol and symbol:
        one, other = units.get(first_symbol), units.get(symbol)
        if one and other and (one.unit, one.factor) != (other.unit, other.factor):
            raise FigureError(f"{printed!r}: the ends of the range have two units; write two rows")
    # 500元-2万元: a first end with a unit of its own takes no magnitude from the second
    by = first[2] if first[2] is not None else (own or Decimal(1))
    return (first[0], first[1], by), symbol or first_symbol


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
