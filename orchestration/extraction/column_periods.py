"""Periods that a column of a table takes from the columns beside it."""

import re

from orchestration.extraction.dates import find_periods
from orchestration.extraction.heads import is_period, spelled_year
from orchestration.extraction.mention_spans import is_span, joined_span, years_back
from orchestration.extraction.model import Mention
from orchestration.extraction.words import words


def period_beside(header: list[str], column: str) -> Mention | None:
    """The period of a percentage whose own head names none: what the columns to its left are of.

    It is of the latest of them where the year before stands there too (2023, 2024, change), of their span where it is a
    change and the only two lie further apart (2019, 2024, change), else of the one period that they name. None where
    they name several, a forecast, or one that cannot be read.
    """
    left = _named_left(header, header.index(column) if column in header else 0)
    labels = sorted({m.label for m in left})
    if not labels or len({re.sub(r"\d", "0", label) for label in labels}) > 1:
        return None
    latest = next(m for m in left if m.label == labels[-1])
    before = years_back(latest, 1)
    if len(labels) == 1 or (before is not None and before.label in labels):
        return latest
    changes = words()["change_column"].search(column) is not None
    if len(labels) == 2 and changes and all(m.first for m in left):
        return joined_span(next(m for m in left if m.label == labels[0]), latest)
    return None


def _named_left(header: list[str], at: int) -> list[Mention]:
    """The periods that the heads before a column name; none where one is a forecast, a span or unread."""
    left = []
    for text in header[:at]:
        mentions = [m for m in find_periods(spelled_year(text)) if m.label and m.role != "base"]
        if not mentions and is_period(text):
            return []
        if any(m.forecast or is_span(m) for m in mentions):
            return []
        left += mentions[-1:]
    return left
