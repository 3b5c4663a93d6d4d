"""Numbers that have a unit and are no figure all the same: ages, windows of time, names, bases of rates."""

import re

from orchestration.extraction.printed_number import PrintedNumber
from orchestration.extraction.words import words
from orchestration.figures import Unit

_NEAR = 16  # characters on each side that can belong to a number

_HANGUL = re.compile(r"[가-힣]+")

_CALENDAR = re.compile(r"(?:9\d|1[0-4]\d) (?:9\d|1[0-4]\d)")

# from a round number to the one before a round one
_SIZE_CLASS = re.compile(r"(?:[125]|\d*[05]) \d*9")

# 2024年版, 5年3月
_SERIES = re.compile(r"[一二三四五六七八九十\d]|版|款")

_ORDINAL = re.compile(r"[第之제]\Z|(?:前|Top|TOP)\s?$")


def is_rejected(text: str, number: PrintedNumber) -> bool:
    """Whether a number with a unit is no figure all the same."""
    unit = number.symbol
    assert unit is not None
    if unit.symbol == "P" and not words()["computing_power"].search(text):
        return True  # 1080P
    if unit.symbol == "岁" or (unit.symbol == "points" and text[number.start].isalpha()):
        return True  # three points are counted
    if unit.symbol in ("x", "X", "×") and "." not in number.digits and len(number.digits) >= 4:
        return True  # 7950X
    if unit.dimension == "time":
        return _is_no_duration(text, number, unit)
    if unit.dimension == "count":
        return _is_no_count(text, number, unit)
    if unit.unit == "percent":
        if unit.symbol != "成" and text[max(0, number.start - 1) : number.start] == "第":
            return True
        # 95% confidence: how sure, not how much
        return words()["sureness_behind"].match(text[number.end : number.end + 24]) is not None
    return False


def _is_no_duration(text: str, number: PrintedNumber, unit: Unit) -> bool:
    """Whether a stretch of time is a window, an age, a calendar year, anything but what something lasts."""
    before, after = text[max(0, number.start - _NEAR) : number.start], text[number.end : number.end + _NEAR]
    lasts = words()["duration"].search(text[max(0, number.start - 40) : number.start])
    if number.high:
        # 115至119年: years of the calendar of Taiwan, no duration unless something lasts so long
        calendar = unit.symbol == "年" and _CALENDAR.fullmatch(f"{number.digits} {number.high}")
        if calendar and not lasts:
            return True
    else:
        for_long = unit.factor < 86400 * 28 and number.digits not in ("1", "2", "3")
        said = (for_long and words()["for_so_long"].search(before)) or words()["duration_behind"].match(after)
        if unit.factor >= 86400 and (not (lasts or said) or words()["window"].search(before)):
            return True
        if unit.symbol == "年" and _SERIES.match(after):
            return True
    if words()["ago"].match(after) or words()["age_behind"].match(after):
        return True
    return "." not in number.digits and unit.symbol == "天" and before.endswith("第")


def _is_no_count(text: str, number: PrintedNumber, unit: Unit) -> bool:
    """Whether a count is the base of a rate, a group by size, part of a name, an ordinal, a telephone."""
    before, after = text[max(0, number.start - _NEAR) : number.start], text[number.end : number.end + _NEAR]
    if words()["rate_base_behind"].match(after) or words()["rate_base_before"].search(before):
        return True  # robots per 10,000 workers
    if (
        unit.counted in ("", "person", "employee")
        and number.counted in ("person", "employee")
        and words()["group_by_size"].search(text[max(0, number.start - 60) : number.start])
    ):
        return True  # firms with at least 10 employees: who was asked, not how many
    if number.counted in ("person", "employee") and _SIZE_CLASS.fullmatch(f"{number.digits} {number.high}"):
        return True  # 10-49 staff: a class by which firms are grouped
    if number.magnitude in ("B", "T") and re.search(r"\d ?$", before):
        return True  # 90,000 910B cards: a number behind a number is part of a name
    if _HANGUL.fullmatch(unit.symbol) and not number.magnitude and len(number.digits) == 1:
        return True  # 3곳, 2장: small counts, and numbers of chapters
    if _ORDINAL.search(before) or (unit.symbol == "次" and words()["serial_behind"].match(after)):
        return True
    # 手机1.2亿部, 手机渗透率71%: only a long plain number can be a telephone's
    plain = not number.magnitude and len(number.digits) >= 5
    return plain and words()["contact"].search(before) is not None
