"""Words and operators of the audit: data files beside this module, read once."""

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from orchestration.figures.numerals import simplified

DATA = Path(__file__).parent / "data"
STOP = re.compile(r"[。；;!?！？]|\.\s")  # where a sentence ends


def folded(said: str) -> str:
    """Small letters and Simplified characters, in which names are compared; every character at its place."""
    return simplified(said.lower())


@lru_cache(maxsize=1)
def _lists() -> dict[str, Any]:
    return dict(yaml.safe_load((DATA / "words.yml").read_text(encoding="utf-8")))


@cache
def words(name: str) -> re.Pattern[str]:
    """The expression for a list of ``words.yml``."""
    return re.compile("|".join(_lists()[name]), re.I)


@lru_cache(maxsize=1)
def operators() -> list[dict[str, Any]]:
    """The operators of ``operators.yml``."""
    return list(yaml.safe_load((DATA / "operators.yml").read_text(encoding="utf-8")))


@lru_cache(maxsize=1)
def multiples() -> dict[str, float]:
    """Words for a multiple (doubled, 翻一番), as expressions, and the multiple."""
    return {str(w): float(f) for w, f in _lists()["multiples"].items()}


@lru_cache(maxsize=1)
def ordinals() -> dict[str, int]:
    """Words for a rank, and the rank."""
    return {str(w): int(n) for w, n in _lists()["ordinals"].items()}


@lru_cache(maxsize=1)
def counts_of_parts() -> dict[str, int]:
    """Words in what is said before a total, the longest first, and of how many parts it is then."""
    return {str(w): int(n) for w, n in sorted(_lists()["counts_of_parts"].items(), key=lambda x: -len(str(x[0])))}


@lru_cache(maxsize=1)
def magnitudes() -> dict[str, float]:
    """Words of magnitude, longest first, and what they multiply by."""
    return {str(w): float(f) for w, f in sorted(_lists()["magnitudes"].items(), key=lambda x: -len(str(x[0])))}


@lru_cache(maxsize=1)
def priors() -> dict[str, float]:
    """How often a tie of an operator is more than chance, where that was measured below certainty."""
    return dict(yaml.safe_load((DATA / "priors.yml").read_text(encoding="utf-8")))
