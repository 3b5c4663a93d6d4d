"""Periods of what another number is compared with: they govern one amount, or none."""

import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import yaml

from orchestration.extraction.context_rules import Rule, rule_of
from orchestration.extraction.model import Candidate, Mention

_DATA = Path(__file__).parent / "data" / "compared.yml"
_BEFORE, _AFTER = 100, 40  # characters beside a period that are looked at


@lru_cache(maxsize=1)
def comparisons() -> tuple[tuple[str, Rule], ...]:
    """The rows of ``data/compared.yml``: the role of a period and the words around it; in examples it is in «»."""
    return tuple((row["role"], rule_of(row)) for row in yaml.safe_load(_DATA.read_text(encoding="utf-8")))


def compared_role(text: str, start: int, end: int) -> str:
    """``base`` or ``start`` where the period from ``start`` to ``end`` is that of a comparison, else ""."""
    before, after = text[max(0, start - _BEFORE) : start], text[end : end + _AFTER]
    return next((role for role, rule in comparisons() if rule.around(before, after)), "")


def with_asides(text: str, mentions: list[Mention], candidates: list[Candidate], main: Mention | None) -> list[Mention]:
    """The periods of a sentence; an earlier one that only tells its own amount behind a later one governs no other.

    2023年营收57.3亿元，2022年为41.9亿元，同比增长…: the growth, and what follows, is of 2023. ``main`` is the period
    that governs where the sentence names none.
    """
    starts = sorted(c.start for c in candidates)
    found: list[Mention] = []
    for mention in mentions:
        if (
            main is not None
            and not mention.role
            and _is_before(mention, main)
            and any(start < mention.start for start in starts)
            and any(tells_amount(text, mention, start) for start in starts)
        ):
            mention = replace(mention, role="aside")
        elif not mention.role and (main is None or not _is_before(mention, main)):
            main = mention
        found.append(mention)
    return found


def tells_amount(text: str, mention: Mention, start: int) -> bool:
    """Whether nothing but a copula stands between a period and the figure at ``start``: 2022年为41.9亿元."""
    return start >= mention.end and _ASIDE.fullmatch(text, mention.end, start) is not None


_ASIDE = re.compile(r"\s?(?:[为是:：]|则为|仅为|只有|was|were)?\s?(?:约|仅|近|about|only)?\s?")


def _is_before(mention: Mention, other: Mention) -> bool:
    return mention.last is not None and other.last is not None and mention.last < other.last
