"""Fiscal calendars: when an issuer's year ends, and which fiscal quarter or year a span of months is."""

import calendar
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from orchestration.extraction.date_forms import month_named
from orchestration.figures import is_fiscal

_MONTHS = re.compile(r"(\d{4})-(\d\d)/(\d{4})-(\d\d)")
_QUARTER = re.compile(r"FY(\d{4})Q([1-4])")
_AFTER = 60  # characters behind "fiscal year ends" in which its month stands


@lru_cache(maxsize=1)
def rules() -> list[dict[str, Any]]:
    """The rows of ``data/fiscal.yml``: words, and a text that each reads and one that it does not."""
    path = Path(__file__).parent / "data" / "fiscal.yml"
    loaded: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))["year_ends"]
    return loaded


@lru_cache(maxsize=1)
def _year_ends() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{row['word']})" for row in rules()), re.I)


def stated_year_end(text: str) -> str:
    """MM-DD, the end of the month in which the text says that the fiscal year ends; "" where it does not.

    Two statements that name different months say nothing.
    """
    months = {month_named(text[found.end() : found.end() + _AFTER]) for found in _year_ends().finditer(text)} - {0}
    return month_end(months.pop()) if len(months) == 1 else ""


def is_year_pair(span: str) -> bool:
    """Whether it is two following years."""
    match = re.fullmatch(r"(\d{4})-(\d{4})", span)
    return match is not None and int(match[2]) == int(match[1]) + 1


def year_of_pair(span: str, year_end: str) -> str:
    """The fiscal year that two following years are where the year is not the calendar's: 2024-25 is FY2025."""
    return f"FY{span[5:]}" if _is_off_calendar(year_end) else span


def _is_off_calendar(year_end: str) -> bool:
    return re.fullmatch(r"\d\d-\d\d", year_end) is not None and not year_end.startswith("12")


def month_end(month: int) -> str:
    """MM-DD of the last day of a month (of a year of 365 days)."""
    return f"{month:02d}-{calendar.monthrange(2023, month)[1]}"


def fiscal_label(span: str, year_end: str) -> str:
    """The fiscal quarter or year that a span of months is for an issuer whose year ends on ``year_end`` (MM-DD).

    ``span`` itself where it is neither, where the calendar is not known, and where the year is the calendar's.
    """
    months = _months(span)
    if months is None or not _is_off_calendar(year_end):
        return span
    length, year, month = months
    behind = (month - int(year_end[:2])) % 12  # months of the fiscal year that have gone by
    name = f"FY{year + (1 if behind and month > int(year_end[:2]) else 0)}"
    if length == 3 and behind % 3 == 0:
        return f"{name}Q{behind // 3 or 4}"
    return name if length == 12 and not behind else span


def year_end_of_quarter(span: str, quarter: str) -> str:
    """The end of the fiscal year (MM-DD) in which ``span``, three months, is the ``quarter``; "" where it cannot be.

    A fiscal year has the number of the calendar year in which it ends: where the two numbers do not meet, the span is
    another quarter.
    """
    months, named = _months(span), _QUARTER.fullmatch(quarter)
    if months is None or named is None or months[0] != 3:
        return ""
    month = (months[2] + (4 - int(named[2])) * 3 - 1) % 12 + 1
    found = month_end(month)
    return found if fiscal_label(span, found) == quarter else ""


def _months(span: str) -> tuple[int, int, int] | None:
    """How many months a span has, and the year and month of its last."""
    match = _MONTHS.fullmatch(span)
    if match is None or is_fiscal(span):
        return None
    first, last = int(match[1]) * 12 + int(match[2]), int(match[3]) * 12 + int(match[4])
    return last - first + 1, int(match[3]), int(match[4])
