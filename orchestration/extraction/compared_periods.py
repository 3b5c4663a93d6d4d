"""Periods of what another number is compared with: they govern one amount, or none."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

_DATA = Path(__file__).parent / "data" / "compared.yml"
_BEFORE, _AFTER = 100, 40  # characters beside a period that are looked at


@dataclass(frozen=True, slots=True)
class Comparison:
    """Words around a period that is compared with; ``finds`` and ``passes`` hold texts with a period in «»."""

    role: str
    before: re.Pattern[str]
    after: re.Pattern[str]
    finds: tuple[str, ...]
    passes: tuple[str, ...]

    def matches(self, before: str, after: str) -> bool:
        return self.before.search(before) is not None and self.after.search(after) is not None


@lru_cache(maxsize=1)
def comparisons() -> tuple[Comparison, ...]:
    """The rows of ``data/compared.yml``."""
    return tuple(
        Comparison(
            row["role"],
            re.compile(row["before"].replace("\n", ""), re.I),
            re.compile(row["after"], re.I),
            tuple(row["finds"]),
            tuple(row["passes"]),
        )
        for row in yaml.safe_load(_DATA.read_text(encoding="utf-8"))
    )


def compared_role(text: str, start: int, end: int) -> str:
    """``base`` or ``start`` where the period from ``start`` to ``end`` is that of a comparison, else ""."""
    before, after = text[max(0, start - _BEFORE) : start], text[end : end + _AFTER]
    return next((row.role for row in comparisons() if row.matches(before, after)), "")
