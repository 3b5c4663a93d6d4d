"""Numbers that have a unit and are no figure all the same: ages, windows of time, names, bases of rates."""

import re

from orchestration.extraction.printed_number import PrintedNumber
from orchestration.extraction.words import words

_HANGUL = re.compile(r"[가-힣]+")

_CALENDAR = re.compile(r"(?:9\d|1[0-4]\d) (?:9\d|1[0-4]\d)")


def is_rejected(text: str, number: PrintedNumber) -> bool:
    unit = number.symbol
    assert unit is not None
    before, after = text[max(0, number.start - 16) : number.start], text[number.end : number.end + 16]
    if unit.dimension == "time":
        if (
            unit.factor >= 86400
            and not number.high
            and not (
                words()["duration"].search(text[max(0, number.start - 40) : number.start])
                or (
                    unit.factor < 86400 * 28
                    and words()["for_so_long"].search(before)
                    and number.digits not in ("1", "2", "3")
                )
                or words()["duration_behind"].match(after)
            )
        ):
            return True
        if (
            unit.symbol == "年" and number.high and _CALENDAR.fullmatch(f"{number.digits} {number.high}")
            and not words()["duration"].search(text[max(0, number.start - 40) : number.start])
        ):  # fmt: skip
            return True  # 115至119年: years of the calendar of Taiwan, no duration unless something lasts so long
        if words()["ago"].match(after):
            return True
        if unit.factor >= 86400 and (words()["window"].search(before) and not number.high):
            return True
        if words()["age_behind"].match(after) or (
            "." not in number.digits and unit.symbol == "天" and before.endswith("第")
        ):
            return True
        if unit.symbol == "年" and not number.high and re.match(r"[一二三四五六七八九十\d]|版|款", after):
            return True
    if unit.symbol == "岁" or (unit.symbol == "points" and text[number.start].isalpha()):
        return True  # three points are counted
    if unit.symbol in ("x", "X", "×") and "." not in number.digits and len(number.digits) >= 4:
        return True  # 7950X
    if unit.unit == "percent" and unit.symbol != "成" and before.endswith(("第",)):
        return True
    if unit.unit == "percent" and words()["sureness_behind"].match(text[number.end : number.end + 24]):
        return True  # 95% confidence: how sure, not how much
    if unit.dimension == "count":
        if words()["rate_base_behind"].match(after):
            return True  # the base of a rate
        if (
            unit.counted in ("", "person", "employee")
            and number.counted in ("person", "employee")
            and words()["group_by_size"].search(text[max(0, number.start - 60) : number.start])
        ):
            return True  # firms with at least 10 employees: who was asked, not how many
        if words()["rate_base_before"].search(before):
            return True  # robots per 10,000 workers: the base of a rate
        if number.magnitude in ("B", "T") and re.search(r"\d ?$", before):
            return True  # 90,000 910B cards: a number behind a number is part of a name
        if _HANGUL.fullmatch(unit.symbol) and not number.magnitude and len(number.digits) == 1:
            return True  # 3곳, 2장: small counts, and numbers of chapters
        if before.endswith(("第", "之", "제")) or re.search(r"(?:前|Top|TOP)\s?$", before):
            return True
        if unit.symbol == "次" and words()["serial_behind"].match(after):
            return True
    # 手机1.2亿部, 手机渗透率71%: only a long plain number can be a telephone's
    plain = unit.dimension == "count" and not number.magnitude and len(number.digits) >= 5
    return plain and words()["contact"].search(before) is not None
