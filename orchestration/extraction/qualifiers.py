"""Ranges, and words that say more, less or about, before and behind a number."""

# expressions stay on one line
# ruff: noqa: E501

import re
from functools import lru_cache

from orchestration.extraction.lexicon import MAGNITUDE, Lexicon
from orchestration.extraction.printed_number import NUMBER, PrintedNumber, bare_number, skip_spaces
from orchestration.extraction.printed_units import read_unit
from orchestration.extraction.words import words
from orchestration.figures import Units

# 1,640 ~2,380: with a space on its left alone the sign says about
_RANGE = re.compile(r"[ \t]{0,2}(?:--?|–|—|至|到|to(?![A-Za-z]))[ \t]{0,2}|[~～][ \t]{0,2}|[ \t]{1,2}[~～][ \t]{1,2}")

_MAGNITUDE = re.compile(MAGNITUDE)

# behind an amount of money a letter is its magnitude whatever parts it from the words behind: $12K/month, $48 m in March
_OF_MONEY = re.compile(
    r"[ ]?(?:mm|bln|bi|tr)(?![A-Za-z0-9²³])|[kKmMbB](?=/[A-Za-z])|[ ][kKmMbB](?=[\s,;:)]|\.(?:\s|$)|$)"
)

# of money it is 10^12 wherever the character is printed; 10^6 stands before units only
_TRILLION = re.compile("兆")

_MORE = re.compile(r"[ \t]?(?:余|多(?![于样元模媒轮])|来(?=[万亿家个款种项名])|\+(?!\s?\d)|plus\b)")

_SUFFIX = re.compile(
    r"[ \t]{0,2}(?:以上|以下|以内|之内|左右|上下|或以上|or more|or less|or so|at most|and above|or above|及以上|不到|不等|\+(?!\s?\d))"
)

_SUFFIX_CODES = {
    "以上": "at_least", "或以上": "at_least", "及以上": "at_least", "or more": "at_least", "and above": "at_least",
    "or above": "at_least", "+": "over", "以下": "at_most", "以内": "at_most", "之内": "at_most", "or less": "at_most",
    "at most": "at_most", "左右": "about", "上下": "about", "or so": "about",
}  # fmt: skip


def read_tail(text: str, number: PrintedNumber, at: int, lexicon: Lexicon) -> None:
    """Read what follows the number: 余, magnitude, unit or counted thing, 以上."""
    position = at
    more = _MORE.match(text, position)
    if more:
        number.qualifier, position = "over", more.end()
    for gap in (position, skip_spaces(text, position), (_HYPHENED.match(text, position) and position + 1) or position):
        magnitude = _MAGNITUDE.match(text, gap) or (_magnitude_of_money(text, gap) if number.currency else None)
        if magnitude:
            number.magnitude, position = magnitude[0].strip(), magnitude.end()
            number.end = position
            break
    after = _MORE.match(text, position)
    if after and not more:
        number.qualifier, position = "over", after.end()
    if number.qualifier and number.end < position:
        number.end = position
    read_unit(text, number, position, lexicon)
    suffix = _SUFFIX.match(text, number.end)
    if suffix and (number.symbol or number.magnitude):
        number.qualifier = number.qualifier or _SUFFIX_CODES.get(suffix[0].strip(), "")


# a $2.3-billion project
_HYPHENED = re.compile(r"-(?=(?:thousand|million|billion|trillion)s?\b)")


def _magnitude_of_money(text: str, at: int) -> re.Match[str] | None:
    return _TRILLION.match(text, at) or _OF_MONEY.match(text, at)


def read_range(text: str, number: PrintedNumber, lexicon: Lexicon, mask: bytearray) -> None:
    """A second number that makes a range: 0.2-0.3个百分点, 550万至600万辆, 20%–30%, US$5bn to US$6bn."""
    # 从 10% 至 20% names two figures of two dates
    lead = text[max(0, number.start - 14) : number.start]
    separator = _RANGE.match(text, number.end) or (
        _RANGE.match(text, number.number_end) if not number.magnitude else None
    )
    if separator is None:
        return
    if FROM.search(lead) and not separator[0].strip().startswith(("-", "–", "~", "～")):
        return
    if separator[0].strip() == "to" and _BY.search(lead):
        return  # fell by £140m to £2.9bn: by how much, and to what
    at = separator.end()
    money = lexicon.currency_at.match(text, at)
    if money:
        if number.symbol is None or number.symbol.dimension != "money":
            return
        at = money.end()
    match = NUMBER.match(text, at)
    if match is None or mask[match.start()]:
        return
    second = PrintedNumber(match.start(), match.end(), match[0], currency=number.currency, number_end=match.end())
    read_tail(text, second, match.end(), lexicon)
    if second.symbol is None and number.symbol is None and not second.magnitude:
        return
    if number.symbol is not None and second.symbol is not None and number.symbol.unit != second.symbol.unit:
        return  # 提升2.3个百分点至45.6%
    low, high = bare_number(number.digits), bare_number(second.digits)
    if number.negative or not (low < high or number.magnitude != second.magnitude):
        return
    number.high, number.high_magnitude = second.digits, second.magnitude
    if not number.magnitude:
        number.magnitude = (
            second.magnitude
            if number.symbol is None or (number.symbol.dimension == "money" and not number.end > number.number_end)
            else number.magnitude
        )
    elif not second.magnitude and second.symbol is None:
        number.high_magnitude = ""
    number.symbol = second.symbol or number.symbol
    number.counted = second.counted or number.counted
    number.qualifier = number.qualifier or second.qualifier
    number.end = second.end


_BY = re.compile(r"\bby (?:about |nearly |over |more than |some |up )?$", re.I)

FROM = re.compile(r"(?:从|由|自|from|From)[^，。；,;]{0,10}$")


@lru_cache(maxsize=4)
def _qualifier_expression(units: Units) -> re.Pattern[str]:
    known = sorted(
        {w for q in units.qualifiers.values() for w in q.words if w not in ("+", "余")}, key=len, reverse=True
    )
    zh = "|".join(re.escape(w) for w in known if not w.isascii())
    en = "|".join(re.escape(w) for w in known if w.isascii() and w[0].isalpha())
    signs = "|".join(re.escape(w) for w in known if w.isascii() and not w[0].isalpha())
    return re.compile(
        rf"(?:(?P<zh>{zh}|高达|多达)(?:了|为|是|到|达)?|\b(?P<en>{en}|as (?:much|many|high) as)(?: an?| the)?(?: estimated)?|(?P<sign>{signs}))[ \t]{{0,2}}$",
        re.I,
    )


_FALSE_QUALIFIER = re.compile(r"(?:[合节预条签特制公违]约|[最附临新将靠亲]近|[其剩]余)[ \t]*$")


def qualifier_before(text: str, start: int, units: Units) -> str:
    before = text[max(0, start - 24) : start]
    match = _qualifier_expression(units).search(before)
    if match is None or _FALSE_QUALIFIER.search(before):
        return ""
    if words()["spread_over"].search(before) or words()["compared_with"].search(before):
        return ""
    word = (match["zh"] or match["en"] or match["sign"] or "").lower()
    if word in ("高达", "多达"):
        return ""
    squeezed = "".join(word.split())
    for known, code in units.qualifier_words:
        if known == squeezed:
            return code
    return ""
