"""Periods that count from another: this year, the quarter before, a part without its year."""

import re
from dataclasses import dataclass, replace
from datetime import date

from orchestration.extraction.date_forms import SPAN_MONTHS, ZH_NUMBERS, month_named
from orchestration.extraction.model import Mention
from orchestration.figures import PeriodError, parse_period

_OFFSETS = {"今": 0, "本": 0, "去": -1, "上": -1, "前": -2, "明": 1, "this": 0, "last": -1, "next": 1}


@dataclass(frozen=True, slots=True)
class Now:
    """What relative periods count from: the day of publication, and the label of the document's main period.

    ``reported`` says that "this year" is the year reported on (annual reports, statistics), not that of publication;
    ``republic`` that the document counts years by the Republic.
    """

    published: date | None = None
    main: str = ""
    reported: bool = False
    republic: bool = False

    @property
    def fiscal(self) -> bool:
        return self.main.startswith("FY")

    def year(self, *, of_report: bool = False) -> int | None:
        """The year that is "this year"; ``of_report`` asks for the year that the document is about."""
        main = _YEAR_OF.match(self.main)
        if main is not None and (of_report or self.reported or self.fiscal):
            return int(main[1])
        if self.published is not None:
            return self.published.year
        # without a day, the month or quarter that the document is about is the present one
        return int(main[1]) if main is not None and main.end() < len(self.main) else None

    def label(self, year: int) -> str:
        return f"FY{year}" if self.fiscal else f"{year}"


_NO_DIGIT = re.compile(r"\D")
_PART = re.compile(r"(?:19|20)\d\d(?=[QH]\d$)")

_YEAR_OF = re.compile(r"(?:FY)?((?:19|20)\d\d)(?![\d]|-(?:19|20)\d\d|/)")

QUARTER_OF = re.compile(r"((?:FY)?(?:19|20)\d\d)Q([1-4])$")


def year_of_part(part: str, now: Now) -> str | None:
    """The year of a quarter or half without one: that in which it lies nearest to the main or the published one."""
    year = now.year(of_report=True)
    if year is None:
        return None
    main = QUARTER_OF.match(now.main)
    if not re.fullmatch("Q[1-4]", part) or (main is None and now.published is None):
        return now.label(year)
    if main is not None:
        at = int(main[1][-4:]) * 4 + int(main[2]) - 1
    else:
        assert now.published is not None
        at = now.published.year * 4 + (now.published.month - 1) // 3
    nearest = min((at // 4 + step for step in (-1, 0, 1)), key=lambda y: abs(y * 4 + int(part[1]) - 1 - at))
    return now.label(nearest)


def with_label(mention: Mention, label: str) -> Mention:
    if not label:
        return mention
    try:
        period = parse_period(label)
    except PeriodError:
        return mention
    return replace(mention, label=period.label, first=period.start, last=period.end)


def resolve_relative(mention: Mention, text: str, now: Now, named: str | None) -> Mention:
    """The period that a relative expression names; only its place where nothing says what it counts from.

    ``named`` is the calendar year last named in the text.
    """
    if text[0] == "q":
        return with_label(mention, _quarter(int(text[1:]), now))
    if text[0] == "m":
        return with_label(mention, _month(int(text[1:]), now, named))
    if text[0] == "f":  # of the fiscal year: its half, the whole, the one before
        base = now.year(of_report=True)
        part = text[1:] if text[1:] != "-1" else ""
        return with_label(mention, f"FY{base - (text == 'f-1')}{part}" if base else "")
    if text in ("0", "-1"):  # the full year, the year before
        reported = now.year(of_report=True) if now.reported and not now.fiscal and now.main else None
        named = None if reported else named  # 全年 of a report on a year is that year, whatever it compares with
        base = int(named) if named else now.year(of_report=True)
        return with_label(
            mention, now.label(base + int(text)) if base and not named else f"{base + int(text)}" if base else ""
        )
    if text == "末":  # the end of the year that is reported on
        base = now.year(of_report=True) if now.reported and not now.fiscal else None
        return with_label(mention, f"{base}-12" if base else "")
    if text[0] == "s":  # the same quarter or half of another year
        return with_label(mention, f"{text[1:]}{_PART.sub('', now.main)}" if _PART.match(now.main) else text[1:])
    if text[0] == "n" and text[1:] in SPAN_MONTHS:
        base = now.year(of_report=True)
        span = f"{now.label(base)}Q1/{now.label(base)}Q{SPAN_MONTHS[text[1:]] // 3}" if base else ""
        return with_label(mention, span.replace("/", "-") if now.fiscal else span)
    year = now.year()
    if year is None:
        return mention
    key = text if text in _OFFSETS else text[0]
    rest = "" if text in _OFFSETS else text[1:]
    label = now.label(year + _OFFSETS[key])
    if "上半年" in rest:
        label += "H1"
    elif "下半年" in rest:
        label += "H2"
    elif rest.endswith("季度"):
        label += f"Q{ZH_NUMBERS[rest[0]]}"
    elif rest.endswith("月"):
        label += f"-01/{year + _OFFSETS[key]}-{int(re.sub(_NO_DIGIT, '', rest)):02d}"
    elif rest.startswith("前"):
        span = f"{label}Q1/{label}Q{ZH_NUMBERS[rest[1]]}"
        label = span.replace("/", "-") if now.fiscal else span
    elif rest.endswith("底"):
        label = f"{year + _OFFSETS[key]}-12"
    return with_label(mention, label)


def in_nearest_year(mention: Mention, text: str, day: date | None) -> Mention:
    """A day without a year (4 May, 5月4日) as its month in the year nearest to ``day``; any other period as it is."""
    month = 0 if mention.label or day is None else month_named(text[mention.start : mention.end])
    return with_label(mention, _month(month, Now(day), None)) if month else mention


def _quarter(step: int, now: Now) -> str:
    """The quarter that lies ``step`` quarters from the main one."""
    main = QUARTER_OF.match(now.main)
    if main is None:
        return ""
    count = int(main[1][-4:]) * 4 + int(main[2]) - 1 + step
    return f"{now.label(count // 4)}Q{count % 4 + 1}"


def _month(month: int, now: Now, named: str | None) -> str:
    """A month without a year: of the year named in the text, else the one nearest to the day of publication."""
    if not 1 <= month <= 12:
        return ""
    if named is not None:
        return f"{named}-{month:02d}"
    if now.published is not None:
        nearest = min(
            (now.published.year + offset for offset in (-1, 0, 1)),
            key=lambda year: abs((year - now.published.year) * 12 + month - now.published.month),  # type: ignore[union-attr]
        )
        return f"{nearest}-{month:02d}"
    year = now.year(of_report=True)
    return f"{year}-{month:02d}" if year and not now.fiscal else ""
