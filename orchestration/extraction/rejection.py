"""Numbers that have a unit and are no figure all the same: ages, windows of time, names, bases of rates."""

# expressions stay on one line
# ruff: noqa: E501

import re

from orchestration.extraction.printed_number import PrintedNumber
from orchestration.extraction.scale import words

WINDOW_STRICT = re.compile(
    r"(?:未来|今后|过去|近|最近|此前|往后|前|接下来的?|下一个?|第|next|past|last|previous|coming|following|prior|recent|first|preceding|another)[ \t]{0,2}(?:the[ \t])?(?:约|about)?[ \t]?$",
    re.I,
)

DURATION_SUBJECT = re.compile(
    r"(?:周期|天数|日数|存续期?|时长|耗时|用时|时间|寿命|工期|期限|历时|续航|回收期|账期|帧长|延迟|时延|训练|折旧|交付|有效期|年限|窗口期?|需要?|需时|用了|花了|耗了|缩短|延长|takes?|took|taking|last(?:s|ed|ing)|duration|lead times?|payback|lifetime|life|cycle|period|horizon|shorten\w*|training|trained|latency|depreciat\w+|within|average of|averag\w+|delays?|wait\w*|maturity|tenor|doubling|doubles|拉长|延至|压缩|缩至)[^，。；,;]{0,24}$",
    re.I,
)

_HANGUL = re.compile(r"[가-힣]+")

_CALENDAR = re.compile(r"(?:9\d|1[0-4]\d) (?:9\d|1[0-4]\d)")

_LEVEL_AFTER = re.compile(
    r"[ -]?(?:level of confidence|confidence|level\b(?=[).,;])|CIs?\b|的?置信|的?信賴|の?信頼(?:区間|水準|度))", re.I
)

BEFORE_NOW = re.compile(r"\s(?:ago|earlier|later|old|before|ahead)\b|前(?!后)")

_FOR = re.compile(r"\bfor (?:about |some |nearly |almost |over |more than )?$", re.I)

_AGE_AFTER = re.compile(r"[ \t-]?(?:old|of age|history|tradition|anniversary|olds)\b", re.I)

CONTACT = re.compile(r"(?:电话|手机|传真|邮编|邮箱|QQ|微信|tel|fax|phone)[^。]{0,12}$", re.I)

_GROUP_BY_SIZE = re.compile(
    r"\b(?:enterprises|companies|firms|businesses|employers|organi[sz]ations|establishments)\b[^,.;\d]{0,24}\b(?:with|of|having|employing) (?:at least |more than |fewer than |less than |under |over |\d{1,3}(?: ?[-–] ?| to ))?$"
)


def is_rejected(text: str, number: PrintedNumber) -> bool:
    unit = number.symbol
    assert unit is not None
    before, after = text[max(0, number.start - 16) : number.start], text[number.end : number.end + 16]
    if unit.symbol == "P" and not words()["computing_power"].search(text):
        return True  # 1080P
    if unit.dimension == "time":
        if (
            unit.factor >= 86400
            and not number.high
            and not (
                DURATION_SUBJECT.search(text[max(0, number.start - 40) : number.start])
                or (unit.factor < 86400 * 28 and _FOR.search(before) and number.digits not in ("1", "2", "3"))
                or re.match(
                    r"[ -]?(?:payback|lead time|cycle|depreciation|of training|useful|的?(?:周期|窗口期?|工期|训练|寿命|折旧|时间))",
                    after,
                )
            )
        ):
            return True
        if (
            unit.symbol == "年" and number.high and _CALENDAR.fullmatch(f"{number.digits} {number.high}")
            and not DURATION_SUBJECT.search(text[max(0, number.start - 40) : number.start])
        ):  # fmt: skip
            return True  # 115至119年: years of the calendar of Taiwan, no duration unless something lasts so long
        if BEFORE_NOW.match(after):
            return True
        if unit.factor >= 86400 and (WINDOW_STRICT.search(before) and not number.high):
            return True
        if _AGE_AFTER.match(after) or ("." not in number.digits and unit.symbol == "天" and before.endswith("第")):
            return True
        if unit.symbol == "年" and not number.high and re.match(r"[一二三四五六七八九十\d]|版|款", after):
            return True
    if unit.symbol == "岁" or (unit.symbol == "points" and text[number.start].isalpha()):
        return True  # three points are counted
    if unit.symbol in ("x", "X", "×") and "." not in number.digits and len(number.digits) >= 4:
        return True  # 7950X
    if unit.unit == "percent" and unit.symbol != "成" and before.endswith(("第",)):
        return True
    if unit.unit == "percent" and _LEVEL_AFTER.match(text[number.end : number.end + 24]):
        return True  # 95% confidence: how sure, not how much
    if unit.dimension == "count":
        if re.match(r"[ \u3000]?(?:あたり|当たり|当り|につき|ごと)", after):
            return True  # the base of a rate
        if (
            unit.counted in ("", "person", "employee")
            and number.counted in ("person", "employee")
            and _GROUP_BY_SIZE.search(text[max(0, number.start - 60) : number.start])
        ):
            return True  # firms with at least 10 employees: who was asked, not how many
        if re.search(r"(?:\bper |\bevery |每)$", before, re.I):
            return True  # robots per 10,000 workers: the base of a rate
        if number.magnitude in ("B", "T") and re.search(r"\d ?$", before):
            return True  # 90,000 910B cards: a number behind a number is part of a name
        if _HANGUL.fullmatch(unit.symbol) and not number.magnitude and len(number.digits) == 1:
            return True  # 3곳, 2장: small counts, and numbers of chapters
        if before.endswith(("第", "之", "제")) or re.search(r"(?:前|Top|TOP)\s?$", before):
            return True
        if unit.symbol == "次" and re.match(r"工业革命|世界大战|浪潮|会议|全会", after):
            return True
    # 手机1.2亿部, 手机渗透率71%: only a long plain number can be a telephone's
    plain = unit.dimension == "count" and not number.magnitude and len(number.digits) >= 5
    return plain and CONTACT.search(before) is not None
