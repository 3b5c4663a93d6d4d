"""Words of tables and numbers: the expressions of ``data/tables.yml`` and ``data/numbers.yml``, read once."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from orchestration.figures.magnitudes import powers

_DATA = Path(__file__).parent / "data"
_FILES = ("tables.yml", "numbers.yml")


@lru_cache(maxsize=1)
def rows() -> dict[str, dict[str, Any]]:
    """The rows of both files by name: ``pattern``, its examples and what belongs to it."""
    return {
        name: row for file in _FILES for name, row in yaml.safe_load((_DATA / file).read_text(encoding="utf-8")).items()
    }


@lru_cache(maxsize=1)
def words() -> dict[str, re.Pattern[str]]:
    """The patterns by name."""
    small, part = _longest_first(small_numbers()), _longest_first(word for word in parts() if word != "half")
    return {
        name: re.compile(row["pattern"].replace("{small}", small).replace("{part}", part), re.I)
        for name, row in rows().items()
    }


@lru_cache(maxsize=1)
def small_numbers() -> dict[str, int]:
    """English words of whole numbers from 1 to 20 and of the tens, and the numbers."""
    return {word: n for name in ("ones", "teens", "tens") for word, n in powers(name).items() if n}


@lru_cache(maxsize=1)
def parts() -> dict[str, int]:
    """English words of parts (half, thirds), and of how many parts each is one."""
    return dict(rows()["english_number"]["parts"])


@lru_cache(maxsize=1)
def folds() -> dict[str, int]:
    """The stems of English words of multiplication (doubl), and the multiple."""
    return dict(rows()["english_number"]["folds"])


@lru_cache(maxsize=1)
def dozens() -> dict[str, int]:
    """The first word of what is said of dozens, and how many things those are."""
    return dict(rows()["english_number"]["dozens"])


@lru_cache(maxsize=1)
def counted_subjects() -> dict[str, str]:
    """Words before a number without a unit that the registry of counted nouns has not, and what is counted."""
    return {word: code for code, said in rows()["count_subject_zh"]["counted"].items() for word in said}


_HAN_DIGITS = "一二三四五六七八九十"


def count_of(text: str) -> int:
    """A small number in digits or in a word: 3, three, 三; 两 is 2. 0 where the text is none."""
    word = text.strip().lower().replace("两", "二")
    if word.isdecimal():
        return int(word)
    return small_numbers().get(word, 0) or (_HAN_DIGITS.find(word) + 1 if len(word) == 1 else 0)


def _longest_first(said: Any) -> str:
    return "|".join(sorted(said, key=len, reverse=True))
