"""Numbers in digits: amounts, fractions, powers of ten."""

# expressions stay on one line
# ruff: noqa: E501

import re

from orchestration.extraction.lexicon import Lexicon
from orchestration.extraction.printed_number import PrintedNumber, skip_spaces
from orchestration.extraction.qualifiers import qualifier_before, read_range, read_tail

_FRACTION = re.compile(r"(?<![\d./A-Za-z])(\d{1,2})/(\d{1,3})(?![\d/.A-Za-z年月%])")

_NUMERIC_RATIO = re.compile(
    r"(?<![\d.,])(\d{1,2}) (?:out of|in|of) (?:every )?(10|20|100|[3-9])(?= [a-zA-Z])(?! (?:million|billion|percent|years|months|days|countries|cities))"
)

# 3社に1社: one of three
_JAPANESE_RATIO = re.compile(r"(?P<of>\d{1,2})(?P<each>[社人件校台]|世帯|か国|カ国)に(?P<n>\d{1,2})(?P=each)")

# 2.1 x 10^25, 10²⁶, 3.8e24; the raised exponent that a PDF put on the line (2.1 x 1025 FLOP) only before operations
POWER = re.compile(
    r"(?<![\w.,^])(?:(?:(?P<times>\d{1,3}(?:\.\d{1,6})?)[ \t]?[x×*·⋅][ \t]?)?10[ \t]?(?:\^[ \t]?[{(]?(?P<power>\d{1,2})[})]?|(?P<raised>[⁰¹²³⁴-⁹]{1,2}))"
    r"|(?P<of>\d{1,3}(?:\.\d{1,6})?)[ \t]?[x×][ \t]?10(?P<lost>[12]\d)(?=[ \t]?(?:FLOP|次浮点|operations))"
    r"|(?P<mantissa>\d{1,3}(?:\.\d{1,6})?)[eE]\+?(?P<exponent>\d{1,2}))(?![\w^])"
)

_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")

_TRAINING = re.compile(r"train|训练", re.I)


def read_power(text: str, match: re.Match[str], lexicon: Lexicon) -> PrintedNumber:
    exponent = match["power"] or (match["raised"] or "").translate(_RAISED) or match["lost"] or match["exponent"]
    number = PrintedNumber(
        match.start(), match.end(), f"{match['times'] or match['of'] or match['mantissa'] or '1'}e{exponent}"
    )
    number.number_end = match.end()
    read_tail(text, number, match.end(), lexicon)
    if (
        number.symbol is not None and number.symbol.symbol in ("FLOPs", "FLOPS") and int(exponent) >= 19
        and not re.match(r"\s?(?:/|per |a )s", text[number.end :])
        and _TRAINING.search(text[max(0, number.start - 120) : number.end + 60])
    ):  # fmt: skip
        number.symbol = lexicon.units.get("FLOP")  # what a training took, not what a machine does in a second
    number.qualifier = number.qualifier or qualifier_before(text, number.start, lexicon.units)
    return number


def read_digits(text: str, match: re.Match[str], lexicon: Lexicon, mask: bytearray) -> PrintedNumber | None:
    start, end = match.span()
    digits = match[0]
    currency = ""
    before = text[max(0, start - 12) : start]
    signed = before.endswith("-") and lexicon.currency_before.search(before[:-1])
    money = signed or lexicon.currency_before.search(before)
    if money:
        currency = money[0].strip()
        start -= len(money[0]) + bool(signed)
    elif before and before[-1].isascii() and (before[-1].isalpha() or before[-1] == "_"):
        return None
    if _UNREAD_SCRIPT.match(text, end) and not lexicon.unit.match(text, skip_spaces(text, end)):
        return None
    negative = bool(signed)  # $-3,120 million
    bracketed = _BRACKETED_LOSS.match(text, end) if text[start - 1 : start] in ("(", "（") else None
    if bracketed:
        # 净额(1.12)亿元: accountants print a minus as brackets
        number = PrintedNumber(
            start - 1, bracketed.end(), digits, currency=currency, number_end=bracketed.end(), negative=True
        )
        read_tail(text, number, bracketed.end(), lexicon)
        return number if number.symbol is not None else None
    loss = _loss_in_brackets(text, match, lexicon)
    if loss is not None:
        return loss
    if text[start - 1 : start] in ("△", "▲") and _YEN.search(text):
        negative = True  # 営業損失△56百万円: Japanese accounts print a minus as a triangle
        start -= 1
    if text[start - 1 : start] == "-" and not _JOINS.search(text, max(0, start - 8), start - 1):
        negative = True
        start -= 1
    number = PrintedNumber(start, end, digits, currency=currency, number_end=end, negative=negative)
    ratio = _NUMERIC_RATIO.match(text, match.start())
    if ratio and 0 < int(ratio[1]) < int(ratio[2]):
        number.reading, number.symbol = percent_reading(int(ratio[1]), int(ratio[2])), lexicon.symbols["%"]
        number.end = number.number_end = ratio.end()
        number.qualifier = qualifier_before(text, number.start, lexicon.units)
        return number
    one_of = _JAPANESE_RATIO.match(text, match.start())
    if one_of and 0 < int(one_of["n"]) < int(one_of["of"]):
        number.reading, number.symbol = percent_reading(int(one_of["n"]), int(one_of["of"])), lexicon.symbols["%"]
        number.end = number.number_end = one_of.end()
        return number
    fraction = _FRACTION.match(text, match.start())
    if fraction:
        return _numeric_fraction(text, number, fraction, lexicon)
    read_tail(text, number, end, lexicon)
    read_range(text, number, lexicon, mask)
    if number.symbol is None and number.end < len(text):
        after = text[number.end]
        if after.isascii() and (after.isalpha() or after == "_") and not number.magnitude:
            return None  # 910b, 4o, 3rd: letters that are neither magnitude nor unit make it a name
    number.qualifier = number.qualifier or qualifier_before(text, number.start, lexicon.units)
    return number


def _loss_in_brackets(text: str, match: re.Match[str], lexicon: Lexicon) -> PrintedNumber | None:
    """US$(38.2) million, $(0.03), (12.4)%: brackets around the digits alone are a minus where the sign of a currency
    stands before them, or where they part the digits from their percent sign or magnitude."""
    start, end = match.span()
    if text[start - 1 : start] != "(" or text[end : end + 1] != ")":
        return None
    money = lexicon.currency_before.search(text[max(0, start - 13) : start - 1])
    if money is None and _LOSS_TAIL.match(text, end + 1) is None:
        return None
    first = start - 1 - (len(money[0]) if money else 0)
    number = PrintedNumber(
        first, end + 1, match[0], currency=money[0].strip() if money else "", number_end=end + 1, negative=True
    )
    read_tail(text, number, end + 1, lexicon)
    return number if number.symbol is not None else None


_LOSS_TAIL = re.compile(r" ?(?:[%％]|per ?cent\b)")

_YEN = re.compile("[円ぁ-んァ-ヶ가-힣]")

_BRACKETED_LOSS = re.compile(r"[)）](?=[万亿千百])")

# letters of a script whose magnitudes and units nobody here reads: 26만, 3,5 млн
_UNREAD_SCRIPT = re.compile(r" ?[\u0370-\u038f\u0391-\u03bb\u03bd-\u0fff\u1100-\u11ff\uac00-\ud7af]")

# a dash behind these joins two things; behind a Chinese word that ends no number it is a minus: 净利润-4.5亿元
_JOINS = re.compile(r"(?:[A-Za-z\d)）%]|\d[^\s，。；、:：（(,;]{1,6})$")


def _numeric_fraction(text: str, number: PrintedNumber, match: re.Match[str], lexicon: Lexicon) -> PrintedNumber | None:
    top, bottom = int(match[1]), int(match[2])
    number.end = number.number_end = match.end()
    if not 0 < top < bottom or (bottom > 12 and top != 1):
        return number
    number.digits = match[0]
    number.symbol, number.reading = lexicon.units.get("ratio"), match[0]
    number.qualifier = qualifier_before(text, number.start, lexicon.units)
    return number


def percent_reading(top: int, bottom: int) -> str:
    share = 100 * top / bottom
    return f"{share:.0f}%" if share == int(share) else f"{share:.2f}%"
