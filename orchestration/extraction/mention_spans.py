"""Periods made from periods: spans, their years, years back, years that begin in April."""

import re
from dataclasses import replace
from datetime import date

from orchestration.extraction.gazetteer import Hit
from orchestration.extraction.model import EMPTY, Field, Mention
from orchestration.extraction.scene import Surroundings
from orchestration.figures import PeriodError, parse_period

# 2025-26 of a country whose fiscal year begins in April is one year
SPLIT_YEAR = re.compile(r"((?:19|20)\d\d)[-–/](\d\d)\s*")

_SPLIT = ("IND", "GBR")


def has_split_years(text: str, hits: list[Hit], around: Surroundings) -> bool:
    named = {hit.value for hit in hits if hit.kind == "geography"}
    return around.frame.place.value.startswith(_SPLIT) or (bool(named) and all(v.startswith(_SPLIT) for v in named))


def as_fiscal(text: str, mention: Mention) -> Mention:
    split = SPLIT_YEAR.fullmatch(text, mention.start, mention.end)
    if split is None:
        return mention
    first, last = int(split[1]), int(split[2])
    if (first + 1) % 100 != last:
        return mention
    return replace(mention, label=f"FY{first + 1}", first=None, last=None)


def years_back(mention: Mention, years: int) -> Mention | None:
    try:
        period = parse_period(re.sub(r"(?:19|20)\d\d", lambda m: str(int(m[0]) - years), mention.label))
    except PeriodError:
        return None
    return replace(mention, label=period.label, first=period.start, last=period.end, role="", forecast=False)


def is_span(mention: Mention) -> bool:
    return mention.first is not None and mention.last is not None and mention.last.year - mention.first.year >= 1


def joined_span(first: Mention, last: Mention) -> Mention:
    assert first.first is not None
    assert last.last is not None
    if first.label[:4].isdigit() and last.label[:4].isdigit():
        label = f"{first.label[:4]}-{last.label[:4]}"
        return Mention(
            first.start, last.end, label, date(first.first.year, 1, 1), date(last.last.year, 12, 31), last.forecast
        )
    return last


def year_of(mention: Mention, year: int) -> Mention:
    return Mention(mention.start, mention.end, str(year), date(year, 1, 1), date(year, 12, 31), mention.forecast)


def year_that_ends(label: str) -> Mention | None:
    """The year whose last month or day a period is."""
    ends = re.fullmatch(r"((?:19|20)\d\d)-12(?:-31)?", label)
    if ends is None:
        return None
    year = int(ends[1])
    return Mention(0, 0, ends[1], date(year, 1, 1), date(year, 12, 31))


def end_of_year(mention: Mention, year: int) -> Mention:
    return replace(
        mention, label=f"{year}-12", first=date(year, 12, 1), last=date(year, 12, 31), role="", forecast=False
    )


def as_field(mention: Mention | None, sure: float) -> tuple[Field, date | None, date | None]:
    if mention is None:
        return EMPTY, None, None
    return Field(mention.label, sure, mention.label), mention.first, mention.last
