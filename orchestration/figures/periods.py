"""Printed periods to first and last day.

The canonical labels of ``raw/`` (``2024``, ``2024H1``, ``2024Q3``, ``2024-07``, ``2024-07-31``, ``FY2025``,
``FY2025Q4``, ``FY2025Q1-FY2025Q3``, ``2023-2030``, ``2023-06/2024-08``, ``T+5``) and the forms that reports print
(``1H25``, ``2024E``, ``2024年上半年``, ``2023至2030年``) are read by the same function.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from orchestration.figures.text import squeeze

_FIRST_YEAR, _LAST_YEAR = 1800, 2200


class PeriodError(ValueError):
    """A label that is no period; the message says what would be right."""


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day (both inclusive; None for relative periods such as T+5) and the canonical label."""

    label: str
    start: date | None
    end: date | None
    forecast: bool = False


_Z = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_YEAR = r"(?P<y>\d{4}|\d{2})"
# printed suffixes that say nothing about the dates
_FORECAST = re.compile(r"(?<=\d)(年?[EeFP]|\(?[EeFP]\)|年?(预计|预测|估计|预期|\([EeFP]\)))$")
_ACTUAL = re.compile(r"(?<=\d)A$")


@lru_cache(maxsize=16384)
def parse_period(label: str) -> Period:
    """Read a period label. An empty label is the unknown period ``Period("", None, None)``.

    Raises ``PeriodError`` when the label is not of a known form or a date does not exist.
    """
    text = squeeze(label)
    if not text:
        return Period("", None, None)
    if len(text) > 40:
        raise PeriodError(f"{label[:40]!r}… is no period; write it like 2024, 2024H1, 2024-07 or 2023-2030")
    if re.fullmatch(r"T(\+\d{1,2})?", text):
        return Period(text, None, None)
    forecast = bool(_FORECAST.search(text))
    text = _ACTUAL.sub("", _FORECAST.sub("", text))
    text = re.sub(r"^(截至|截止|到|asof|by|in)(?=\w)", "", text, flags=re.I)
    text = re.sub(r"(年)?(间|期间|以来|全年|(?<=年)度)$", lambda m: m[1] or "", text)
    fiscal = _fiscal_span(text, label)
    if fiscal is not None:
        return fiscal
    span = _span(text)
    if span is not None:
        first, last = span
        start, end = _single(first, label), _single(last, label)
        forecast = forecast or bool(re.search(r"\dE(?![a-z])", text))
        if start.start is None or end.end is None or end.end < start.start:
            raise PeriodError(f"{label!r}: the period ends before it starts")
        joined = (
            f"{start.label}-{end.label}"
            if start.label.isdigit() and end.label.isdigit()
            else f"{start.label}/{end.label}"
        )
        return Period(joined, start.start, end.end, forecast)
    single = _single(text, label)
    return Period(single.label, single.start, single.end, forecast)


_FISCAL_LABEL = re.compile(r"FY(?P<y>\d{4})(?P<part>[QH][1-4])?")


def is_fiscal(label: str) -> bool:
    """Whether a canonical label names a fiscal year or a part of one (or a span of them)."""
    return label.startswith("FY")


def _fiscal_span(text: str, label: str) -> Period | None:
    """Quarters of fiscal years, from the first to the last; their days hang on the issuer's calendar."""
    months = re.fullmatch(r"9MFY'?(\d{4}|\d{2})", text)
    if months:
        year = months[1] if len(months[1]) == 4 else f"20{months[1]}"
        text = f"FY{year}Q1-FY{year}Q3"
    ends = _FISCAL_SPAN.fullmatch(text)
    if ends is None:
        return None
    if ends["first"] >= ends["last"]:
        raise PeriodError(f"{label!r}: the period ends before it starts")
    return Period(text, None, None)


_FISCAL_SPAN = re.compile(r"(?P<first>FY\d{4}Q[1-4])-(?P<last>FY\d{4}Q[1-4])")


def fiscal_days(label: str, year_end: str) -> tuple[date | None, date | None]:
    """First and last day of the fiscal period ``label`` of an issuer whose fiscal year ends on ``year_end`` (MM-DD).

    A fiscal year has the number of the calendar year in which it ends. Both are None where ``year_end`` is empty or the
    label is no fiscal period: the days are not known then.
    """
    ends = _FISCAL_SPAN.fullmatch(label)
    if ends is not None:
        return fiscal_days(ends["first"], year_end)[0], fiscal_days(ends["last"], year_end)[1]
    match = _FISCAL_LABEL.fullmatch(label)
    if match is None or not re.fullmatch(r"\d\d-\d\d", year_end):
        return None, None
    year, month = int(match["y"]), int(year_end[:2])
    part = match["part"] or "Y1"
    months = {"Y": 12, "H": 6, "Q": 3}[part[0]]
    # months of the fiscal year before the part, and with it
    return (
        _months_on(year - 1, month, (int(part[1]) - 1) * months + 1),
        _month_end(*_shifted(year - 1, month, int(part[1]) * months)),
    )


def _shifted(year: int, month: int, by: int) -> tuple[int, int]:
    return year + (month - 1 + by) // 12, (month - 1 + by) % 12 + 1


def _months_on(year: int, month: int, by: int) -> date:
    year, month = _shifted(year, month, by)
    return date(year, month, 1)


_DASH = r"(?:-|–|—|~|至|到|to)"


def _span(text: str) -> tuple[str, str] | None:
    """The labels of both ends when ``text`` is a span, else None."""
    if text.count("/") == 1:
        first, last = text.split("/")
        if re.fullmatch(r"\d{4}", first) and re.fullmatch(r"\d{2}", last) and int(last) > 12:
            last = first[:2] + last  # 2023/24
        return (_plain(first), _plain(last)) if len(first) >= 4 and len(last) >= 4 else None
    years = re.fullmatch(rf"(\d{{4}})年?[EeAF]?{_DASH}(\d{{4}}|\d{{2}})年?[EeAF]?", text)
    if years:
        first, last = years[1], years[2]
        if len(last) == 4:
            return first, last
        # 2023-30 ends in 2030; 2024-07 is a month, 2024-13 and 2024-00 are nothing
        return (first, first[:2] + last) if int(last) > 13 or "年" in text else None
    months = re.fullmatch(rf"(\d{{4}}年)(\d{{1,2}})月?{_DASH}(\d{{4}}年)?(\d{{1,2}})月", text)
    if months:
        return f"{months[1]}{months[2]}月", f"{months[3] or months[1]}{months[4]}月"
    first_months = re.fullmatch(r"(\d{4})年前(?:三|3)(?:个)?季度|9M(\d{2}|\d{4})", text)
    if first_months:
        year = first_months[1] or first_months[2]
        year = year if len(year) == 4 else f"20{year}"
        return f"{year}-01", f"{year}-09"
    parts = re.fullmatch(rf"(\d{{4}}年?)([QH]\d){_DASH}(\d{{4}}年?)?([QH]\d)", text)
    if parts:
        return parts[1] + parts[2], (parts[3] or parts[1]) + parts[4]
    return None


def _plain(end: str) -> str:
    """An end of a span without its own E, F or A."""
    return _ACTUAL.sub("", _FORECAST.sub("", end))


def _single(text: str, label: str) -> Period:
    patterns = (
        (rf"(?:FY|fy|财年){_YEAR}|{_YEAR}财年", _fiscal),
        (rf"(?:FY|fy){_YEAR}(?P<part>[QH][1-4])", _fiscal_part),
        (rf"{_YEAR}年?", _year),
        (rf"{_YEAR}年?H(?P<n>[12])|{_YEAR}年(?P<zh>上|下)半年|(?P<m>[12])H{_YEAR}|H(?P<k>[12]){_YEAR}", _half),
        (rf"{_YEAR}年?Q(?P<n>[1-4])|{_YEAR}年第?(?P<zh>[一二三四1-4])季度", _quarter),
        (rf"(?P<m>[1-4])Q{_YEAR}|Q(?P<k>[1-4]){_YEAR}", _quarter),
        (r"(?P<y>\d{4})(?:-|年|/|\.)(?P<n>\d{1,2})月?(?:底|末|初)?", _month),
        (r"(?P<y>\d{4})(?:-|年|/|\.)(?P<n>\d{1,2})(?:-|月|/|\.)(?P<d>\d{1,2})日?", _day),
        (r"(?P<y>\d{4})年?(?:底|末|年底|年末)", _year_end),
    )  # fmt: skip
    for pattern, build in patterns:
        # one expression may name the year in several branches; number the repeats
        match = re.fullmatch(_unique_groups(pattern), text)
        if match:
            groups = {key.rstrip("_"): value for key, value in match.groupdict().items() if value is not None}
            year = int(groups["y"])
            year = year + 2000 if len(groups["y"]) == 2 else year  # 0024 is no year, 24 is one
            if not _FIRST_YEAR <= year <= _LAST_YEAR:
                raise PeriodError(f"{label!r}: {year} is no year of this project ({_FIRST_YEAR}-{_LAST_YEAR})")
            try:
                return build(year, groups)
            except ValueError as error:
                raise PeriodError(f"{label!r}: there is no such date") from error
    raise PeriodError(
        f"{label!r} is no period; write it like 2024, 2024H1, 2024Q3, 2024-07, 2024-07-31, FY2025, 2023-2030, "
        "2023-06/2024-08 or T+5"
    )


@lru_cache(maxsize=64)
def _unique_groups(pattern: str) -> str:
    seen: dict[str, int] = {}

    def rename(match: re.Match[str]) -> str:
        name = match[1]
        seen[name] = seen.get(name, -1) + 1
        return f"(?P<{name}{'_' * seen[name]}>"

    return re.sub(r"\(\?P<(\w+)>", rename, pattern)


def _year(year: int, _: dict[str, str]) -> Period:
    return Period(f"{year}", date(year, 1, 1), date(year, 12, 31))


def _fiscal(year: int, _: dict[str, str]) -> Period:
    # kept under its own label; its days hang on the issuer's calendar (`fiscal_days`), the calendar year stands in
    return Period(f"FY{year}", date(year, 1, 1), date(year, 12, 31))


def _fiscal_part(year: int, groups: dict[str, str]) -> Period:
    """A fiscal quarter or half year: its days hang on the issuer's year-end, which the label does not hold."""
    if groups["part"] in ("H3", "H4"):
        raise ValueError(groups["part"])
    return Period(f"FY{year}{groups['part']}", None, None)


def _half(year: int, groups: dict[str, str]) -> Period:
    half = 1 if groups.get("zh") == "上" else 2 if groups.get("zh") == "下" else int(_first(groups, "n", "m", "k"))
    months = (1, 6) if half == 1 else (7, 12)
    return Period(f"{year}H{half}", date(year, months[0], 1), _month_end(year, months[1]))


def _quarter(year: int, groups: dict[str, str]) -> Period:
    quarter = _Z[_first(groups, "n", "zh", "m", "k")]
    return Period(f"{year}Q{quarter}", date(year, 3 * quarter - 2, 1), _month_end(year, 3 * quarter))


def _month(year: int, groups: dict[str, str]) -> Period:
    month = int(groups["n"])
    return Period(f"{year}-{month:02d}", date(year, month, 1), _month_end(year, month))


def _day(year: int, groups: dict[str, str]) -> Period:
    day = date(year, int(groups["n"]), int(groups["d"]))
    return Period(day.isoformat(), day, day)


def _year_end(year: int, _: dict[str, str]) -> Period:
    return Period(f"{year}-12", date(year, 12, 1), date(year, 12, 31))


def _first(groups: dict[str, str], *names: str) -> str:
    return next(groups[name] for name in names if name in groups)


def _month_end(year: int, month: int) -> date:
    if not 1 <= month <= 12:
        raise ValueError(month)
    return date(year, month, calendar.monthrange(year, month)[1])
