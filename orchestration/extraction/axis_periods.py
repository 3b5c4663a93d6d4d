"""The periods that the axes of a table give a cell: its column, its row, its caption."""

import re
from datetime import date
from functools import lru_cache

from orchestration.extraction.column_periods import period_beside
from orchestration.extraction.dates import find_periods
from orchestration.extraction.heads import spelled_year
from orchestration.extraction.model import Mention
from orchestration.extraction.words import words


def periods_of_cell(
    cell: str, axes: tuple[str, str, str], header: list[str], years: list[Mention], *, rate: bool
) -> list[tuple[Mention, float]]:
    """The periods of a cell and how sure each is: its own, else those of its axes (column, row, caption).

    ``years`` are those that the head names, ``rate`` says that the cell is a percentage or a difference of some.
    """
    column, row, caption = axes
    periods = [(m, 0.95) for m in find_periods(cell) if m.label] or _axis_periods(column, row, caption)
    own = bool(periods) and periods[0][1] > _CAPTIONED
    if not periods and len(years) > 1 and re.search(r"CAGR|复合|年均", column, re.I):
        return [(_span_of(years), 0.7)]
    if not own and rate and (beside := period_beside(header, column)):
        return [(beside, 0.65)]
    return periods


def _span_of(years: list[Mention]) -> Mention:
    """From the first to the last year that the header names."""
    first, last = min(years, key=lambda m: m.first or date.max), max(years, key=lambda m: m.last or date.min)
    label = f"{first.label[:4]}-{last.label[:4]}"
    return Mention(first.start, last.end, label, first.first, last.last, last.forecast)


@lru_cache(maxsize=4096)  # every cell asks for its column, its row and the caption
def _labelled(text: str) -> tuple[Mention, ...]:
    return tuple(m for m in find_periods(spelled_year(text)) if m.label)


_CAPTIONED = 0.6  # how sure a period is that only the caption names


def _axis_periods(column: str, row: str, caption: str) -> list[tuple[Mention, float]]:
    found: list[tuple[Mention, float]] = []
    for text, sure in ((column, 0.95), (row, 0.9), (caption, _CAPTIONED)):
        mentions = _labelled(text)
        # what a head is compared with (change 2024 on 2023) is not its period
        named = tuple(m for m in mentions if m.role != "base")
        mentions = named or (() if words()["change_head"].search(text) else mentions)
        if mentions and (text != caption or len({m.label for m in mentions}) == 1):
            found.append((mentions[-1] if text == column else mentions[0], sure))
    return found
