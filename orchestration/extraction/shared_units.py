"""Numbers that take their unit from a neighbour: lists, brackets, bounds, ends of a change."""

# expressions stay on one line
# ruff: noqa: E501

import itertools
import re

from orchestration.extraction.lexicon import Lexicon
from orchestration.extraction.printed_number import PrintedNumber, bare_number, is_over_hundred
from orchestration.extraction.qualifiers import FROM

_LIST_GAP = re.compile(
    r"[ \t]{0,2}(?:[、,/，]|和|及|与|以及|或|and|or|&|,[ \t]?and|,[ \t]?or)[ \t]{0,2}(?:约|近|超|about|nearly)?[ \t]{0,2}"
)

_TO_GAP = re.compile(
    r"[ \t]*(?:增长到|增长至|提升到|提升至|上升到|上升至|增加到|增加至|下降到|下降至|降至|增至|升至|涨至|跌至|扩大到|扩大至|扩张至|跃升至|飙升至|缩减至|减少到|减少至|提高到|提高至|到|至|to)[^\d。；]{0,16}$"
)

_CONFIDENCE = re.compile(
    r"\d\d(?:\.\d)? ?% ?-?(?:CI|UI|confidence interval|credible interval|prediction interval|置信区间)[^\d.;。；]{0,12}",
    re.I,
)

_BOUND_GAP = re.compile(r"[ \t]?(?:to|至|到|,|，|-|–|—|~|and)[ \t]?")

# the head of a second count is left out: 35,000 chips in 2026 and 52,000 by 2028; to 8,400 robots from 6,000
_HEAD_LEFT_OUT = re.compile(
    r"(?=[ \t]?(?:[,.;)，。；](?!\d)|$|(?:by|in|at|from|to|as of|a year|last|this|before|respectively)\b))"
)

_SET_AGAINST = re.compile(r"[^\d.;。；]*")


def share_bounds(text: str, numbers: list[PrintedNumber]) -> None:
    """Bounds of an interval of confidence have the unit of what they bound: 4.4x (90% CI: 3.9 to 5.0)."""
    for index in range(1, len(numbers) - 1):
        level, bounded = numbers[index], numbers[index - 1]
        match = _CONFIDENCE.match(text, level.start)
        if match is None or bounded.symbol is None or level.start - bounded.end > 40:
            continue
        end = match.end()
        for bound in numbers[index + 1 : index + 3]:
            near = bound.start == end or (end > match.end() and _BOUND_GAP.fullmatch(text[end : bound.start]))
            if not near or bound.symbol is not None or bound.magnitude:
                break
            bound.symbol, bound.counted, bound.inherited = bounded.symbol, bounded.counted, True
            end = bound.end


def mend_left_out_heads(text: str, numbers: list[PrintedNumber]) -> None:
    for before, number in itertools.pairwise(numbers):
        if (
            number.symbol is None
            and not number.currency
            and (number.magnitude or "," in number.digits)
            and before.symbol is not None
            and before.symbol.dimension in ("count", "volume")
            and number.start - before.end <= 70
            and _SET_AGAINST.fullmatch(text[before.end : number.start])
            and _HEAD_LEFT_OUT.match(text, number.end)
        ):
            number.symbol, number.counted, number.inherited, number.sure = before.symbol, before.counted, True, 0.6


_BRACKETED_PERIOD = re.compile(
    r"[^（(。；;]{0,20}[（(](?:[^（()）]{2,16}[:：]|(?:上年|去年)?同期(?:为)?|上年(?:为)?|去年(?:为)?)[ \t]?"
)


def share_with_brackets(text: str, numbers: list[PrintedNumber]) -> None:
    """2.3m units in 2026 (2024: 1.4m)."""
    for before, number in itertools.pairwise(numbers):
        if (
            number.symbol is None
            and before.symbol is not None
            and _BRACKETED_PERIOD.fullmatch(text[before.end : number.start])
        ):
            number.symbol, number.counted, number.inherited = before.symbol, before.counted, True


def share_units(text: str, numbers: list[PrintedNumber], lexicon: Lexicon) -> None:
    """30、40和50亿元: members of a list take unit and magnitude from the last one; 120亿 至 360亿元 takes the unit."""
    for index in range(len(numbers) - 2, -1, -1):
        number, after = numbers[index], numbers[index + 1]
        if number.symbol is not None or after.symbol is None or after.reading or after.currency:
            continue  # a currency before its number is that number's alone
        gap = text[number.end : after.start]
        if len(gap) > 24:
            continue
        to = _TO_GAP.fullmatch(gap) or re.fullmatch(
            r"[ \t]?(?:to|至|到|and|–|-)[ \t]?(?:about |nearly |约|近|超)?", gap
        )
        if not (_LIST_GAP.fullmatch(gap) or (to and (number.magnitude or len(gap) < 16))):
            continue
        if after.symbol.dimension == "time" or (
            after.symbol.dimension == "count"
            and after.symbol.symbol in ("个", "次")
            and not number.magnitude
            and len(number.digits) == 1
        ):
            continue
        if number.magnitude and after.symbol.dimension in ("percent", "ratio"):
            continue  # 6.1 bn, about 30 %
        if (
            after.symbol.dimension in ("percent", "ratio")
            and is_over_hundred(number.digits)
            and not is_over_hundred(after.digits)
        ):
            continue  # 774 or 24.8 %, 50,000, 6.25 times as many: a count and its rate, no list of rates
        number.symbol, number.counted, number.inherited = after.symbol, after.counted, True
        if not number.magnitude:
            number.magnitude = after.magnitude
    share_with_brackets(text, numbers)
    # ... and forwards: US$3 billion in 2023 to 4.5 billion; 从120亿元增长至360亿
    for index in range(1, len(numbers)):
        number, before = numbers[index], numbers[index - 1]
        if number.symbol is not None or not number.magnitude or before.symbol is None:
            continue
        if before.symbol.dimension not in ("money", "count", "power", "energy", "compute", "data"):
            continue
        gap = text[before.end : number.start]
        if "/" in gap and before.symbol.dimension == "money":
            continue  # $0.30/1M: what an amount is paid for
        if len(gap) <= 40 and not re.search(r"[。；;]", gap) and (_TO_GAP.search(gap) or _LIST_GAP.fullmatch(gap)):
            number.symbol, number.counted, number.inherited = before.symbol, before.counted, True


_BETWEEN = re.compile(r"\bbetween (?:about |some |roughly )?$", re.I)


def share_magnitudes(text: str, numbers: list[PrintedNumber]) -> None:
    """Between $2.50 and $2.70 billion: a lower bound without a magnitude has that of the upper one."""
    for number, after in itertools.pairwise(numbers):
        if (
            number.symbol is not None and after.symbol is not None and number.symbol.unit == after.symbol.unit
            and number.symbol.dimension == "money" and after.magnitude and not (number.magnitude or number.reading)
            and text[number.end : after.start] == " and " and _BETWEEN.search(text[: number.start])
            and bare_number(number.digits) < bare_number(after.digits)
        ):  # fmt: skip
            number.magnitude = after.magnitude


_OWN_TAIL = re.compile(r"/|每|\b(?:per|an?|for)\b| ?(?:a|an|per|for|each) ")

_CARRY = re.compile(r"[ \t]?(?:to|至|到|增至|升至|降至|增长至|and|、|和)[ \t]?(?:about |nearly |over |约|近|超)?")


def carry_units(text: str, numbers: list[PrintedNumber]) -> None:
    """from 1,200 to 7,950; from $36 to $2 per million tokens: both ends have one unit."""
    for number, after in itertools.pairwise(numbers):
        gap = text[number.end : after.start]
        if number.symbol is None:
            continue
        near = _CARRY.fullmatch(gap) or (
            FROM.search(text[max(0, number.start - 14) : number.start])
            and re.fullmatch(r"[^,，。；;.\d]{0,12}(?:in|年)?[^,，。；;.]{0,10}(?:to|至|到)[^\d]{0,3}", gap)
        )
        if not near:
            continue
        if (
            after.symbol is None
            and not after.magnitude
            and number.symbol.dimension == "count"
            and len(after.digits) > 1
        ):
            after.symbol, after.counted, after.sure = number.symbol, number.counted, 0.7
        elif (
            after.symbol is not None
            and number.symbol.dimension.startswith("price_")
            and after.symbol.unit == number.symbol.unit.split("/")[0]
            and after.symbol.factor == 1
            # what both are paid for stands before them
            and not _OWN_TAIL.search(text[number.start : number.end])
            and not _OWN_TAIL.match(text[after.end : after.end + 5])
            and not after.magnitude
        ):
            after.symbol = number.symbol
        elif (
            after.symbol is not None
            and after.symbol.dimension.startswith("price_")
            and number.symbol.unit == after.symbol.unit.split("/")[0]
        ):
            number.symbol = after.symbol


def counts_with_shares(text: str, numbers: list[PrintedNumber]) -> None:
    """Of 1,004 respondents, 412 (41%) said yes: a bare number whose share stands in brackets counts the same."""
    counted: PrintedNumber | None = None
    for number, after in itertools.pairwise(numbers):
        if number.symbol is not None and number.symbol.dimension == "count" and not number.inherited:
            counted = number
        if (
            number.symbol is None and counted is not None and number.digits.replace(",", "").isdigit()
            and not (number.magnitude or number.currency)
            and after.symbol is not None and after.symbol.unit == "percent"
            and re.fullmatch(r" ?[(（] ?", text[number.end : after.start]) and text[after.end : after.end + 1] in (")", "）")
            and not re.search(r"[。；;]|\. ", text[counted.end : number.start])
            and bare_number(number.digits) < bare_number(counted.digits)
        ):  # fmt: skip
            number.symbol, number.counted, number.inherited = counted.symbol, counted.counted, True
