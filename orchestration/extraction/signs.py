"""Amounts that the text says are losses, rates that it says fall: negative although no minus is printed."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from orchestration.extraction.model import Candidate

_RULES = Path(__file__).parent / "data" / "signs.yml"
_BEFORE = 110  # characters before an amount that can name it
_BESIDE = 40  # characters beside a rate that can say that it falls
_CHANGES = ("yoy", "change", "cagr")
_ANY = re.compile("亏|负|损失|loss|verlust|minus|negative", re.I)


@dataclass(frozen=True, slots=True)
class Loss:
    """``before`` matches the text that ends where the amount begins."""

    before: re.Pattern[str]
    negative: tuple[str, ...]
    positive: tuple[str, ...]


@lru_cache(maxsize=1)
def losses() -> tuple[tuple[Loss, ...], re.Pattern[str]]:
    """The rules, and what may stand between a loss and the amount that it is compared with."""
    loaded = yaml.safe_load(_RULES.read_text(encoding="utf-8"))
    rows = tuple(
        Loss(
            re.compile(row["before"].replace("\n", ""), re.I),
            tuple(row["negative"]),
            tuple(row["positive"]),
        )
        for row in loaded["losses"]
    )
    return rows, re.compile(loaded["comparand"], re.I)


@lru_cache(maxsize=1)
def minuses() -> tuple[Loss, ...]:
    """Words that are a minus sign."""
    loaded = yaml.safe_load(_RULES.read_text(encoding="utf-8"))["minus"]
    return tuple(Loss(re.compile(r["before"], re.I), tuple(r["negative"]), tuple(r["positive"])) for r in loaded)


@lru_cache(maxsize=1)
def _between() -> dict[str, re.Pattern[str]]:
    """What may stand between a loss and another amount, by the name of the row."""
    loaded = yaml.safe_load(_RULES.read_text(encoding="utf-8"))
    return {name: re.compile(loaded[name], re.I) for name in ("converted", "listed", "goes_on", "named_last")}


def _same_loss(text: str, last: Candidate, candidate: Candidate) -> bool:
    """A loss of RMB 1,234 million (US$169 million), one of the same unit that it is compared with or listed beside."""
    between = text[last.end : candidate.start]
    if last.unit == candidate.unit:
        return losses()[1].search(between) is not None or _listed(text, last, candidate)
    return _between()["converted"].search(between) is not None and text[candidate.end : candidate.end + 1] in (
        ")",
        "）",
    )


def is_minus(text: str, start: int) -> bool:
    """Whether the word before a number is its minus sign."""
    before = text[max(0, start - _BESIDE) : start]
    return any(rule.before.search(before) for rule in minuses())


def _listed(text: str, last: Candidate, candidate: Candidate) -> bool:
    """Whether two amounts are members of one list, of which the second says nothing of its own (5亿元的现金)."""
    between, behind = text[last.end : candidate.start], text[candidate.end : candidate.end + 12]
    if between == ", ":
        return _between()["goes_on"].search(behind) is not None
    return _between()["listed"].search(between) is not None and not behind.startswith("的")


def is_loss(text: str, start: int) -> bool:
    """Whether the amount that begins at ``start`` is named a loss."""
    before = text[max(0, start - _BEFORE) : start]
    return _ANY.search(before) is not None and any(rule.before.search(before) for rule in losses()[0])


def sign_losses(text: str, candidates: list[Candidate]) -> None:
    """Make amounts negative that are losses, those a loss is compared with, and the same in another currency."""
    if _ANY.search(text) is None:
        return
    last: Candidate | None = None
    for candidate in candidates:
        unit = candidate.unit
        if candidate.number > 0 and is_minus(text, candidate.start):
            negate(candidate)
        if len(unit) != 3 or not unit.isupper() or candidate.number <= 0:
            continue
        if (last is not None and _same_loss(text, last, candidate)) or is_loss(text, candidate.start):
            if _one_of_several(text, candidate, last):
                candidate.withheld = candidate.withheld or "one of several amounts is a loss, which one is not read"
            else:
                negate(candidate)
            last = candidate


def _one_of_several(text: str, candidate: Candidate, last: Candidate | None) -> bool:
    """Revenue and net loss were $5 million and $3 million: which of the amounts is the loss."""
    if last is not None and last.withheld and _listed(text, last, candidate):
        return True
    return _between()["named_last"].search(text[max(0, candidate.start - _BEFORE) : candidate.start]) is not None


@dataclass(frozen=True, slots=True)
class Fall:
    """Words beside a rate of change that falls; ``falls`` and ``rises`` hold texts with the rate in «»."""

    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    falls: tuple[str, ...]
    rises: tuple[str, ...]

    def matches(self, before: str, after: str) -> bool:
        if self.before is not None:
            return self.before.search(before) is not None
        return self.after is not None and self.after.search(after) is not None


@lru_cache(maxsize=1)
def falls() -> tuple[Fall, ...]:
    """The rows of ``falls`` in ``data/signs.yml``."""

    def compiled(row: dict[str, Any], name: str) -> re.Pattern[str] | None:
        return re.compile(row[name], re.I) if name in row else None

    rows = yaml.safe_load(_RULES.read_text(encoding="utf-8"))["falls"]
    return tuple(
        Fall(compiled(row, "before"), compiled(row, "after"), tuple(row["falls"]), tuple(row["rises"])) for row in rows
    )


def is_fall(text: str, start: int, end: int) -> bool:
    """Whether the rate of change from ``start`` to ``end`` is said to fall."""
    before, after = text[max(0, start - _BESIDE) : start], text[end : end + _BESIDE]
    return any(row.matches(before, after) for row in falls())


def sign_fall(text: str, candidate: Candidate, statistic: str) -> None:
    """Make a rate of change negative where the words beside it say that it falls and no sign is printed."""
    if statistic not in _CHANGES or candidate.unit not in ("percent", "pp") or candidate.number <= 0:
        return
    if is_fall(text, candidate.start, candidate.end):
        negate(candidate)


def negate(candidate: Candidate) -> None:
    candidate.number, candidate.low, candidate.high = -candidate.number, -candidate.high, -candidate.low
    candidate.reading = f"-{candidate.reading}" if candidate.reading else ""
    candidate.range_end = {"low": "high", "high": "low"}.get(candidate.range_end, "")


__all__ = ["Fall", "Loss", "falls", "is_fall", "is_loss", "losses", "sign_fall", "sign_losses"]
