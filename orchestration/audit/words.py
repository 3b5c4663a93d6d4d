"""Words and operators of the audit: data files beside this module, read once."""

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from orchestration.figures.numerals import simplified

DRAWN = 4  # what is told by all weighs like so many of its own
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
def numbers() -> dict[str, int]:
    """Small numbers in words."""
    return {str(w): int(n) for w, n in _lists()["numbers"].items()}


@lru_cache(maxsize=1)
def per_units() -> dict[str, tuple[str, float]]:
    """What an amount may be said of each of, as expressions: the unit and how much of it."""
    return {str(w): (str(unit), float(size)) for w, (unit, size) in _lists()["per_units"].items()}


@lru_cache(maxsize=1)
def currencies() -> dict[str, str]:
    """Signs and names of currencies as printed beside an amount, and their codes."""
    return {str(w): str(code) for w, code in _lists()["currencies"].items()}


@lru_cache(maxsize=1)
def magnitudes() -> dict[str, float]:
    """Words of magnitude, longest first, and what they multiply by."""
    return {str(w): float(f) for w, f in sorted(_lists()["magnitudes"].items(), key=lambda x: -len(str(x[0])))}


@lru_cache(maxsize=1)
def priors() -> dict[str, float]:
    """How often a tie of an operator is more than chance, where that was measured below certainty."""
    return dict(yaml.safe_load((DATA / "priors.yml").read_text(encoding="utf-8")))


@lru_cache(maxsize=1)
def _told() -> dict[str, list[int]]:
    return dict(yaml.safe_load((DATA / "precision.yml").read_text(encoding="utf-8")))


@lru_cache(maxsize=1)
def _told_by_all() -> tuple[int, int]:
    return sum(right for right, _ in _told().values()), sum(told for _, told in _told().values())


def precision(origin: str, operator: str, code: str) -> float:
    """How often what an engine tells with a slip is right: as measured on labelled documents, drawn towards what all
    engines together reach while it was seldom measured."""
    right, told = _told().get(f"{origin} {operator} {code}", (0, 0))
    right_of_all, told_by_all = _told_by_all()
    return (right + DRAWN * right_of_all / told_by_all) / (told + DRAWN)
