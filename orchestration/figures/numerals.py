"""Spellings of numbers that other conventions print, put into the one that the parser reads, character for character.

Grouping by apostrophes, thin spaces, points or in pairs of digits (lakh), decimal commas, Traditional characters, and
chains of magnitudes (2亿7,500万) become plain numbers of the same length, so that places in the text stay what they
are. What can be read in two ways (1.234, 612 000) is left as printed.
"""

import re
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from orchestration.figures.magnitudes import powers

_CHARACTERS = Path(__file__).parent / "characters.txt"
_JAPANESE_FRACTION = re.compile(r"(?<=[\d一二三四五六七八九十])分の(?=[\d一二三])")
# in chains 万亿 is two of them
_WORTH = {word: power for word, power in powers("magnitudes").items() if not word.isascii() and word != "万亿"}
_ORDER = "|".join(_WORTH)
_N = r"(?:\d{1,3}(?:,\d{3})+|\d{1,6})"

_START = r"(?<![\d.,’'´])"
# 1'250'000 and 1 250 000 with the spaces of typesetters; with plain spaces only behind the sign of a currency
_GROUPED = re.compile(_START + r"\d{1,3}(?:(?P<by>[’'´\u00a0\u2009\u202f])\d{3})(?:(?P=by)\d{3})*(?![\d’'´])")
_SPACED_MONEY = re.compile(r"(?<=[$€£₹])\d{1,3}(?: \d{3})+(?![\d,.]?\d)")
# 1 234,5: behind plain spaces a decimal comma says that they group
_SPACED_COMMA = re.compile(_START + r"(?<!\d )[1-9]\d{0,2}(?: \d{3})+,\d{1,2}(?![\d,])")
# 16.000.000,50 and 1.234,5: the last sign is the decimal one; two points in a number group it
_POINTS = re.compile(_START + r"(?:\d{1,3}(?:\.\d{3})+,\d{1,2}|\d{1,3}(?:\.\d{3}){2,})(?![\d.,]?\d)")
# a comma before one or two digits is no group of thousands
_DECIMAL_COMMA = re.compile(_START + r"\d{1,6},\d{1,2}(?= ?[%€A-Za-zµ°])(?! ?(?:and|or|to|und|et)\b)")
# ... with no unit behind it only where the document writes decimals so
_BARE_DECIMAL_COMMA = re.compile(_START + r"\d{1,3},\d{1,2}(?![\d,.]|\.\d)(?= ?[;:)(]|[.]?$|\. | [a-zäöü])")
# 15.286 companies: where the same text has decimal commas and no decimal points, points group thousands
_COMMAS = re.compile(
    _START + r"(?:\d{1,6},\d{1,2} ?(?:[%€µ°]|[A-Za-z]{1,12}\b(?<!and)(?<!or))|\d{1,6}(?:[.,]\d{1,3})? (?:Mio|Mrd)\b)"
)
_POINT_DECIMAL = re.compile(_START + r"\d+\.(?:\d{1,2}|\d{4,})(?![\d.])")
_POINT_QUANTITY = re.compile(r"(?<![\w.,’'´-])\d+\.(?:\d{1,2}|\d{4,})(?![\d.])")  # no version of a program
_POINT_GROUP = re.compile(_START + r"[1-9]\d{0,2}(?:\.\d{3})+(?![\d.,]?\d)")
# 1,25,000: pairs of digits before the last three
_INDIAN = re.compile(_START + r"\d{1,2}(?:,\d{2})+,\d{3}(?![\d,]*\d)")
_CHAIN = re.compile(
    rf"{_START}(?P<a>{_N})(?P<x>{_ORDER})(?P<b>{_N})(?P<y>千万|百万|十万|亿|万|千|百)(?:(?P<c>{_N})(?P<z>万))?(?![\d万亿])"
)
# 1万2000个: what stands behind 万 without a magnitude of its own are ones
_ONES = re.compile(rf"{_START}(?P<a>\d{{1,4}})万(?P<b>[1-9]\d{{2,3}}|[1-9],\d{{3}})(?![\d,.万亿千百:])")
# 18조 4,200억 원, 3만 2,150명: behind such a chain stands its unit, or a particle of it, or nothing
_KOREAN = re.compile(
    rf"{_START}(?P<a>(?:{_N})(?:\.\d{{1,4}})?) ?(?P<x>[천백십]?[조억만]|천)(?: ?(?P<b>{_N})(?P<y>[천백십]?[억만]|천))?"
    rf"(?: ?(?P<c>{_N})(?P<z>[천백십]?만|천)?)?(?![\d.,]?\d)(?= ?(?:원|달러|명|장|개|건|곳))"
)
_HANGUL = re.compile("[조억만천]")
_KOREAN_CHARACTERS = str.maketrans("조억만천백십", "兆亿万千百十")
_TENTHS = re.compile(r"(?<!\d)(?P<a>[1-9一二两三四五六七八九])成(?P<b>[1-9一二三四五六七八九半])")
_DIGIT = {character: str(number) for number, character in enumerate("〇一二三四五六七八九")} | {"半": "5", "两": "2"}


@lru_cache(maxsize=1)
def _simple_forms() -> dict[int, str]:
    lines = [line for line in _CHARACTERS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {
        ord(a): b for own, other in zip(lines[::2], lines[1::2], strict=True) for a, b in zip(own, other, strict=True)
    }


def simplified(text: str) -> str:
    """``text`` with Simplified characters, in which rules and words are written; every character at its place."""
    return text if text.isascii() else text.translate(_simple_forms())


def decimal_commas(text: str) -> bool:
    """Whether a text writes decimals with a comma and none with a point, so that a point groups thousands."""
    return _COMMAS.search(text) is not None and _POINT_DECIMAL.search(text) is None


def writes_decimal_commas(text: str) -> bool:
    """Whether a whole document does so by a wide margin; versions of programs have points everywhere."""
    commas = sum(1 for _ in _COMMAS.finditer(text))
    return commas >= 2 and commas > 2 * sum(1 for _ in _POINT_QUANTITY.finditer(text))


def canonical(text: str, commas: bool = False) -> str:
    """``text`` with numbers as the parser reads them; every character stays at its place.

    ``commas`` says that the document writes decimals with a comma.
    """
    if not text.isascii():
        text = _JAPANESE_FRACTION.sub("分之", simplified(text))
    if not any(character.isdigit() for character in text) and "成" not in text:
        return text
    text = _GROUPED.sub(lambda m: m[0].replace(m["by"], ","), text)
    text = _SPACED_MONEY.sub(lambda m: m[0].replace(" ", ","), text)
    text = _SPACED_COMMA.sub(lambda m: m[0].replace(",", ".").replace(" ", ","), text)
    text = _POINTS.sub(lambda m: m[0].replace(",", ";").replace(".", ",").replace(";", "."), text)
    if commas or decimal_commas(text):
        text = _POINT_GROUP.sub(lambda m: m[0].replace(".", ","), text)
    if commas:
        text = _BARE_DECIMAL_COMMA.sub(lambda m: m[0].replace(",", "."), text)
    text = _DECIMAL_COMMA.sub(lambda m: m[0].replace(",", "."), text)
    text = _INDIAN.sub(lambda m: m[0].replace(",", "").zfill(len(m[0])), text)
    if not text.isascii() and _HANGUL.search(text):
        text = _KOREAN.sub(_korean, text)
    text = _CHAIN.sub(_chain, text)
    text = _ONES.sub(lambda m: str(int(m["a"]) * 10_000 + int(m["b"].replace(",", ""))).rjust(len(m[0]), "0"), text)
    return _TENTHS.sub(lambda m: f"{_DIGIT.get(m['a'], m['a'])}{_DIGIT.get(m['b'], m['b'])}%", text)


def _chain(match: re.Match[str]) -> str:
    """2亿7,500万 as 02.7500亿; as printed when the parts overlap or the number would need more room."""
    printed = match[0]
    first = _WORTH[match["x"]]
    number = Decimal(match["a"].replace(",", "")).scaleb(first)
    last, room = first, first
    for digits, order in ((match["b"], match["y"]), (match["c"], match["z"])):
        if digits is None:
            continue
        part = Decimal(digits.replace(",", "")).scaleb(_WORTH[order])
        if part >= Decimal(10) ** room:
            return printed
        number, last, room = number + part, _WORTH[order], _WORTH[order]
    text = f"{number.scaleb(-first):.{first - last}f}{match['x']}"
    return text.rjust(len(printed), "0") if len(text) <= len(printed) else printed


def _korean(match: re.Match[str]) -> str:
    """A number with Korean magnitudes in the characters of Chinese, its parts in one; as printed where they overlap."""
    printed = match[0]
    first = match["x"].translate(_KOREAN_CHARACTERS)
    number, room = Decimal(match["a"].replace(",", "")).scaleb(_WORTH[first]), _WORTH[first]
    for digits, order in ((match["b"], match["y"]), (match["c"], match["z"])):
        if digits is None:
            continue
        worth = _WORTH[order.translate(_KOREAN_CHARACTERS)] if order else 0
        part = Decimal(digits.replace(",", "")).scaleb(worth)
        if "." in match["a"] or part >= Decimal(10) ** room:
            return printed
        number, room = number + part, worth
    shown = f"{number.scaleb(-_WORTH[first]).normalize():f}{first}"
    return shown.rjust(len(printed), "0") if len(shown) <= len(printed) else printed


__all__ = ["canonical", "decimal_commas", "simplified", "writes_decimal_commas"]
