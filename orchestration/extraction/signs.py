"""Amounts that the text says are losses: their value is negative although no minus is printed."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from orchestration.extraction.model import Candidate

_RULES = Path(__file__).parent / "data" / "signs.yml"
_BEFORE = 110  # characters before an amount that can name it
_ANY = re.compile("亏|负|loss", re.I)


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
def _converted() -> re.Pattern[str]:
    loaded = yaml.safe_load(_RULES.read_text(encoding="utf-8"))
    return re.compile(loaded["converted"], re.I)


def _same_loss(text: str, last: Candidate, candidate: Candidate) -> bool:
    """A loss of RMB 1,234 million (US$169 million), or one of the same unit that it is compared with."""
    between = text[last.end : candidate.start]
    if last.unit == candidate.unit:
        return losses()[1].search(between) is not None
    return _converted().search(between) is not None and text[candidate.end : candidate.end + 1] in (")", "）")


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
        if len(unit) != 3 or not unit.isupper() or candidate.number <= 0:
            continue
        if (last is not None and _same_loss(text, last, candidate)) or is_loss(text, candidate.start):
            candidate.number, candidate.low, candidate.high = -candidate.number, -candidate.high, -candidate.low
            candidate.reading = f"-{candidate.reading}" if candidate.reading else ""
            candidate.range_end = {"low": "high", "high": "low"}.get(candidate.range_end, "")
            last = candidate


__all__ = ["Loss", "is_loss", "losses", "sign_losses"]
