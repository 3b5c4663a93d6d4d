"""Periods and dates in running text: where they stand, and what they are.

Every match is also a mask: digits inside it are no figure. Labels are handed to ``parse_period``.
"""

# expressions stay on one line
# ruff: noqa: E501

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from orchestration.extraction.compared_periods import compared_role
from orchestration.extraction.date_forms import FORMS, MONTH, YEAR
from orchestration.extraction.era_years import JAPANESE, KANA, NAMED_REPUBLIC, REPUBLIC
from orchestration.extraction.frame import rules
from orchestration.extraction.model import Mention
from orchestration.extraction.relative_periods import QUARTER_OF, Now, resolve_relative, with_label, year_of_part

_FORMS = [*NAMED_REPUBLIC, *FORMS, *JAPANESE, *REPUBLIC]
_BASE = range(len(NAMED_REPUBLIC) + len(FORMS))
_JAPANESE = range(_BASE.stop, _BASE.stop + len(JAPANESE))


def _compiled(*runs: range) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<_{number}>{_FORMS[number][0]})" for run in runs for number in run))


FORM = _compiled(_BASE)
_JAPANESE_FORM = _compiled(_JAPANESE, _BASE)
_REPUBLIC_FORM = _compiled(range(_JAPANESE.stop, len(_FORMS)), _BASE)

_BORROWS = re.compile(r"^([HQ][1-4])(?:/Q3)?$")

# 2000–4000元: neither end is a year
_RANGE_OF_AMOUNTS = re.compile(
    rf"{YEAR} ?(?:-|–|—|~|～|〜|至|到|to) ?(?:[3-9]\d{{3}}|1[0-8]\d\d|2[1-9]\d\d|\d{{5,}})(?!\d)"
)

_QUICK = re.compile(
    rf"[0-9年]|月[份底末初]|quarter|half|year|[Jj]ahr|二[〇零○]|Q[1-4]|季度|[本上下]一?个?季|months|{MONTH}"
)

_FORECAST_MARK = re.compile(r"\d\s*年?[\s(（]*(?:[EF](?![A-Za-z])|e(?![A-Za-z])|预计|预测|估计)")

_BASE_BEFORE = re.compile(
    r"(?:较|比|相比|相较于?|对比|较之|自|compared (?:with|to)|versus|vs\.?|relative to|against|over|\bon|\bsince|than(?: in)?|from(?: the)?(?: level)?(?: in)?)\s*(?:于|上|the )?$",
    re.I,
)

_BASE_AFTER = re.compile(r"^(?:相比|(?:同期)?比|から|同期|的?水平|水平|levels?\b)")

_OVER = re.compile(r"(?:^|[.;:] )Over (?:the )?$")  # Over fiscal 2025 revenue came to …

_ON = re.compile(r"\bon\s(?:the )?$")  # on 2 January is a day, on 2023 a comparison

_A_YEAR = re.compile(r"(?:FY)?\d{4}")

# from 2022's 8.5 to 5, 由上年的: governs the first amount behind it and no other
# $2.8 billion of August 2024: the period of that amount alone
_START_BEFORE = re.compile(r"(?:从|由|[Ff]rom(?: the)?|(?:\d|illion|bn|tn|\dm|%) of(?: early| late)?)\s?$")


def find_periods(text: str, now: Now | date | None = None) -> list[Mention]:
    """All periods, dates and clock times of a text, in order.

    A mention without label only masks its digits. ``now`` (the day of publication, or more) gives relative periods
    (this year, 去年, the quarter before) their number. Half years and quarters without a year borrow the last year named
    before them in the same text, months as well.
    """
    if not _QUICK.search(text):
        return []
    return list(_resolve(text, now if isinstance(now, Now) else Now(now)))


# Every form starts with one of these; trying sixty forms at every character would be five times slower.
_SEED = re.compile(
    r"(?<!\d)\d|[HQ](?=[12345])|\b(?:J(?=[au])|F(?=[ebYQ])|M(?=[aä])|A(?=[pu])|S(?=e)|O(?=[ck])|N(?=o)|D(?=e))"
    r"|\b(?=(?:[Ff]iscal|financial|[Ff]irst|[Ss]econd|[Tt]hird|[Ff]ourth|(?i:six|nine|three|twelve|thirteen|fourteen|twenty|thirty|fifty|quarters?|years?|fiscal|financial)|YTD|1st|the end|end|same|corresponding|[Bb]etween|mid|late|early|[Tt]his|[Ll]ast|[Nn]ext|Quarter|[Tt]he|[Ff]or|[Oo]ver|full|whole|[Pp]revious|[Pp]rior|[Pp]receding|in|[Ii]n diese[mns]|[Dd]iese[mns]|Gesamtjahr|Vorjahr(?:e?s)?|ein)\b)"
    r"|财年|截|[上下凌晚早中]|第?[一二三四]季|前[三一]|[今本去前明昨]年|年末|[通前]期|올해|지난해|작년|令和|平成|民国|本季|[十一二三四五六七八九](?=[一二]?月)|全[财年]|T(?=\+\d)|[二两][〇零○Ｏ0O]"
)


def _matches(text: str, republic: bool) -> Iterator[re.Match[str]]:
    done = 0
    form = _JAPANESE_FORM if KANA.search(text) else _REPUBLIC_FORM if republic else FORM
    for seed in _SEED.finditer(text):
        if seed.start() >= done:
            match = form.match(text, seed.start())
            if match is not None and match.end() > match.start():
                done = match.end()
                yield match


def _resolve(text: str, now: Now) -> Iterator[Mention]:
    year: str | None = None
    last: tuple[re.Match[str], Mention] | None = None
    fiscal, quarter = "", ""  # the fiscal year and the quarter last named
    said = 0  # where the last period ends that is named in full
    for match in _matches(text, now.republic):
        if _RANGE_OF_AMOUNTS.match(text, match.start()):
            continue
        group = match.lastgroup
        # the outer group closes last, so lastgroup is always the numbered alternative
        assert group is not None
        label = _FORMS[int(group[1:])][1](match)
        mention = Mention(match.start(), match.end(), "")
        again = _again(text, last, match) if last is not None else ""
        if again:
            label = again
            mention = with_label(mention, label)
        elif label.startswith("@"):
            mention = resolve_relative(
                mention, label[1:], replace(now, main=quarter or fiscal) if fiscal else now, year
            )
        elif _BORROWS.match(label):
            own = year if year and not now.fiscal else year_of_part(label, now) or year
            if own:
                mention = with_label(mention, f"{own}Q1/{own}Q3" if "/" in label else f"{own}{label}")
            elif match.group()[0] not in "HQ":
                continue  # "the second half" without a year is ordinary text
        elif label:
            mention = with_label(mention, label)
        if label.startswith(("@m", "@上")) or label == "@-1" or _SAME_TIME.match(text, mention.end):
            pass  # what was reckoned, or is compared with (去年同期), names no year for what follows
        elif mention.label[:2] in ("19", "20"):
            year, fiscal, quarter = mention.label[:4], "", ""
        elif mention.label.startswith("FY"):
            year, fiscal = None, mention.label[:6]
            quarter = mention.label if QUARTER_OF.match(mention.label) else quarter
        if last is None or again or mention.label:
            last = (last[0] if again and last is not None else match, mention)
        forecast = bool(_FORECAST_MARK.search(match.group()))
        role = _role(text, mention, label, said)
        if mention.label and not label.startswith("@"):
            said = mention.end
        yield replace(mention, forecast=forecast, role=role)


def _role(text: str, mention: Mention, label: str, said: int) -> str:
    """What a period is only compared with (base) or counted from (start); ``label`` is as its form built it, ``said``
    where the last period ends that is named in full."""
    before = text[max(0, mention.start - 24) : mention.start]
    after = text[mention.end : mention.end + 8]
    if label == "@上":
        return "base"  # 上年同期 is what something is compared with, as 去年同期 is
    is_base = _BASE_BEFORE.search(before) or _BASE_AFTER.match(after)
    dated = before.endswith("自") or (_ON.search(before) and not _A_YEAR.fullmatch(mention.label))
    if is_base and not dated and not _OVER.search(before):
        return "base"
    if mention.label and (role := compared_role(text, mention.start, mention.end)):
        return role
    if label in ("@-1", "@q-1", "@f-1") or _START_BEFORE.search(before):
        return "start"
    # 2024年186亿元，而前年只有71亿元: the year named from another is that of one amount
    back = said and label[:2] in _YEARS_BACK and not _STOP.search(text, said, mention.start)
    return "start" if back else ""


_AND = re.compile(r"\s?(?:,|，|、|and|und|及|和|与|vs\.?|/){1,2}\s?|,? and ")

_SAME_TIME = re.compile("同[期月季]")

_INTERIM = re.compile(r"(?i:end(?:ed|ing)|to)\b|截[至止]")

_BARE_YEAR = re.compile(YEAR)


def _again(text: str, last: tuple[re.Match[str], Mention], match: re.Match[str]) -> str:
    """The span that a bare year behind another span repeats: years ended June 30, 2025, 2024 and 2023."""
    form, before = last
    if (
        not _BARE_YEAR.fullmatch(match.group())
        or not _INTERIM.search(form.group())
        or not _AND.fullmatch(text[before.end : match.start()])
    ):
        return ""
    moved = re.sub(YEAR, match.group(), form.group(), count=1)
    same = FORM.match(moved)
    if same is None or same.lastgroup is None or same.end() != len(moved):
        return ""
    return _FORMS[int(same.lastgroup[1:])][1](same)


# OSLO, 14 May 2025 - and London, 6 November 2025: a place and a day before the news
_DATELINE = re.compile(r"[A-Z][A-Za-zÀ-ÿ.' /]{1,30}(?:, [A-Z][A-Za-z. ]{1,20}){0,2}[,(:]?\s*\(?")

_PUBLISHED = re.compile(
    r"(?:发布(?:日期|时间|于)?|出版(?:日期|时间)?|报告日期|发表于?|日期|Published(?: on)?|Publication date|Date(?: of publication)?|Released(?: on)?|Issued(?: on)?|Dated?|As of)\s*[:：]?\s*",
    re.I,
)


_DATED_DATA = re.compile(rules()["dated_data"], re.I)

_STAMP = re.compile(r"[ \t]\d{1,2}:\d{2}(?!\d)")

_YEARS_BACK = ("@去", "@前", "@上")

_STOP = re.compile(r"[。；;!?！？]|\.\s")

_CLOCK = re.compile(r"[\s,，]{0,3}(?:\d{1,2}:\d{2}(?::\d{2})?)?[\s)）]*$")


def _is_signed(text: str, mentions: list[Mention]) -> bool:
    """Whether a short line ends with its only day: an office or an author, and when it wrote."""
    days = [m for m in mentions if m.first == m.last]
    if len(text) > 80 or len(days) != 1:
        return False
    lead, tail = text[: days[0].start], text[days[0].end :]
    return (
        _CLOCK.fullmatch(tail) is not None
        and not re.search(r"[，。；;]|(?:[-–—~至到]|\b(?:to|on|of|from|at|in))\s*$", lead)
        and _DATED_DATA.search(lead) is None
    )


def publication_date(text: str, *, position: int) -> tuple[date, bool] | None:
    """The publication date that a line near the start of a document states: (date, said to be one), or None.

    A line that is nothing but a date counts as well when it is one of the first ten lines.
    """
    marked = _PUBLISHED.search(text[:80])
    mentions = [m for m in find_periods(text[:120]) if m.label and m.first is not None]
    if not mentions:
        return None
    first = mentions[0]
    assert first.first is not None
    assert first.last is not None
    day = first.last
    precise = (first.last - first.first).days <= 31  # 公布简讯，2023年达到: no day on which anything appeared
    if (
        precise
        and marked
        and marked.end() <= first.start <= marked.end() + 6
        and len(text) < 200
        and marked.start() < 40
    ):
        return day, True
    if _DATED_DATA.search(text[max(0, first.start - 20) : first.start]):
        return None
    if (
        position <= 10
        and first.label.count("-") == 2
        and _DATELINE.fullmatch(text[: first.start])
        and re.match(r"\s*(?:$|[-–—(:/]|\)|\. )", text[first.end :])
    ):
        return day, not text.startswith(".", first.end)
    stamped = next((m for m in mentions if m.first == m.last and _STAMP.match(text, m.end)), None)
    if (
        position <= 10
        and stamped is not None
        and not _DATED_DATA.search(text[max(0, stamped.start - 20) : stamped.start])
    ):
        return stamped.last, True  # type: ignore[return-value]
    if position <= 10 and _is_signed(text, mentions):
        return next(m.last for m in mentions if m.last is not None and m.first == m.last), False
    bare = (text[: first.start] + text[first.end :]).strip(" \t|·,，.。()（）-—*#")
    if position <= 10 and len(bare) <= 2 and (first.label.count("-") == 2 or first.first.month == first.last.month):
        return day, False
    return None
