"""English number words: ``three hundred and eighty billion``, ``five point two trillion``, ``one and a half``."""

import re
from dataclasses import dataclass
from decimal import Decimal

from orchestration.figures import magnitudes

_DATA = magnitudes.number_words()
_ONES, _TEENS, _TENS = (dict[str, int](_DATA[name]["words"]) for name in ("ones", "teens", "tens"))
_LARGE = {
    word: 10**power for word, power in magnitudes.powers("magnitudes").items() if word in _DATA["spoken"]["words"]
}
_SMALL = _ONES | _TEENS | _TENS
_WORD = re.compile(r"(?:[ \t\n]|-(?=[A-Za-z]))?([A-Za-z]+)(?![A-Za-z])")
_HALF = re.compile(r" and a half(?![A-Za-z])", re.I)


@dataclass(frozen=True, slots=True)
class NumberWords:
    """``digits`` and ``magnitude`` as they would be printed (``5.2``, ``trillion``); ``end`` is the offset behind."""

    digits: str
    magnitude: str
    end: int


def number_words(text: str, start: int) -> NumberWords | None:
    """The number whose words begin at ``start``; None where none does. Takes as many words as make one number."""
    group, at = _group(text, start)
    if group is None:
        return None
    total = Decimal(0)
    while True:
        half = _HALF.match(text, at)
        if half:
            group, at = group + Decimal("0.5"), half.end()
        large, behind = _next(text, at)
        worth = _LARGE.get(large)
        if worth is None:
            return NumberWords(_text(total + group), "", at) if total + group else None
        more, end = _group(text, _skip_and(text, behind), leading=False)
        if more is None or more >= worth or large == "trillion" or _is_large(text, end, worth):
            number = total / worth + group
            return NumberWords(_text(number), large, behind) if number else None
        total, group, at = total + group * worth, more, end


def _group(text: str, start: int, *, leading: bool = True) -> tuple[Decimal | None, int]:
    """A number below a thousand, or a decimal one."""
    word, at = _next(text, start)
    if leading and word == "half":
        return _half_a(text, start, at)
    if leading and word == "a":
        after, _ = _next(text, at)
        if after in _LARGE:
            return Decimal(1), at
        if after != "hundred":
            return None, start
        number = Decimal(1)
    elif word in _SMALL:
        number, at = _below_hundred(text, word, at)
    else:
        return None, start
    after, behind = _next(text, at)
    if after == "hundred" and 0 < number < 100:
        return _hundreds(text, number * 100, behind)
    if after == "point":
        return _decimals(text, number, at, behind)
    return number, at


def _half_a(text: str, start: int, at: int) -> tuple[Decimal | None, int]:
    """Half a million: the number before the magnitude, where one follows."""
    article, behind = _next(text, at)
    scale, _ = _next(text, behind)
    return (Decimal("0.5"), behind) if article == "a" and scale in _LARGE else (None, start)


def _below_hundred(text: str, word: str, at: int) -> tuple[Decimal, int]:
    number = Decimal(_SMALL[word])
    ones, behind = _next(text, at)
    return (number + _ONES[ones], behind) if word in _TENS and _ONES.get(ones) else (number, at)


def _hundreds(text: str, number: Decimal, at: int) -> tuple[Decimal, int]:
    """``number`` with what is added to its hundreds."""
    rest, end = _group(text, _skip_and(text, at), leading=False)
    if rest is not None and rest < 100 and rest == rest.to_integral():
        return number + rest, end
    return number, at


def _decimals(text: str, number: Decimal, at: int, behind: int) -> tuple[Decimal, int]:
    """``number`` with the digits that are said behind its point, which ends at ``behind``."""
    decimals = ""
    while (digit := _next(text, behind))[0] in _ONES:
        decimals, behind = decimals + str(_ONES[digit[0]]), digit[1]
    return (Decimal(f"{number}.{decimals}"), behind) if decimals else (number, at)


def _next(text: str, at: int) -> tuple[str, int]:
    match = _WORD.match(text, at)
    return (match[1].lower(), match.end()) if match else ("", at)


def _skip_and(text: str, at: int) -> int:
    word, behind = _next(text, at)
    return behind if word == "and" else at


def _is_large(text: str, at: int, worth: int) -> bool:
    """Whether a magnitude follows that is not smaller: two million and three million are two numbers."""
    return _LARGE.get(_next(text, at)[0], 0) >= worth


def _text(number: Decimal) -> str:
    return f"{number.normalize():f}"


__all__ = ["NumberWords", "number_words"]
