"""Magnitude words and letters behind a number (亿, bn, K), and what each is worth; all words of `number_words.yml`."""

from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml


@lru_cache(maxsize=1)
def number_words() -> dict[str, dict[str, Any]]:
    """The sections of `number_words.yml`: ``words``, and for those that are parsed alone ``examples`` of both kinds."""
    return dict(yaml.safe_load(Path(__file__).with_name("number_words.yml").read_text(encoding="utf-8")))


def powers(section: str) -> dict[str, int]:
    """Words and the powers of ten that they stand for, in their order."""
    return dict(number_words()[section]["words"])


MAGNITUDES = {word: Decimal(10) ** power for word, power in powers("magnitudes").items()}
# single Latin letters count as a magnitude only at the end of the text (7B, 128K) or before a word
LETTERS = {letter: Decimal(10) ** power for letter, power in powers("letters").items()}
_BY_LENGTH = sorted(MAGNITUDES, key=len, reverse=True)


def order_of(text: str) -> Decimal:
    """十万 as 10^5: the product of its characters."""
    order = Decimal(1)
    for character in text:
        order *= MAGNITUDES.get(character, Decimal(10))
    return order


def leading_magnitude(text: str) -> tuple[Decimal | None, str]:
    """What the magnitude word at the start of ``text`` is worth (None without one), and the text behind it."""
    lowered = text.lower()
    for word in _BY_LENGTH:
        if lowered.startswith(word):
            return MAGNITUDES[word], text[len(word) :]
    if text[:1] in LETTERS and not text[1:2].isalpha():
        return LETTERS[text[0]], text[1:]
    return None, text
