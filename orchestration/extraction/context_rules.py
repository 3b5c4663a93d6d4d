"""The rules of ``data/context.yml``: words that settle status and statistic where no other cue does."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

_DATA = Path(__file__).parent / "data" / "context.yml"


@dataclass(frozen=True, slots=True)
class Rule:
    """Words in a text (``pattern``), or before and after a figure; ``finds`` and ``passes`` are its examples.

    An example of a rule with ``before`` and ``after`` has its figure in «».
    """

    pattern: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    finds: tuple[str, ...]
    passes: tuple[str, ...]

    def around(self, before: str, after: str) -> bool:
        """Whether the rule holds of a figure between ``before`` and ``after``."""
        return self.before.search(before) is not None and self.after.search(after) is not None


@lru_cache(maxsize=1)
def context_rules() -> dict[str, Rule]:
    """Every rule by its name."""
    return {name: rule_of(row) for name, row in _loaded().items() if name != _MONEY}


def rule_of(row: dict[str, Any]) -> Rule:
    """A row of a file of rules: its expressions, case ignored, and its examples."""
    pattern, before, after = (
        re.compile(row.get(part, "").replace("\n", ""), re.I) for part in ("pattern", "before", "after")
    )
    return Rule(pattern, before, after, tuple(row["finds"]), tuple(row["passes"]))


@lru_cache(maxsize=1)
def home_money() -> dict[str, re.Pattern[str]]:
    """How the money is written that one country alone has, by the country."""
    return {place: re.compile(words, re.I) for place, words in _loaded()[_MONEY].items()}


@lru_cache(maxsize=1)
def _loaded() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(_DATA.read_text(encoding="utf-8"))
    return loaded


_MONEY = "home_money"
