"""Numbers with magnitude and unit in running text, in Chinese and English.

The finder decides what belongs to a number (currency, magnitude, unit, qualifier, range); what the number is worth is
read by ``parse_value``. Whatever gets no unit from its text, its list or its subject is no figure.
"""

# expressions stay on one line
# ruff: noqa: E501

import re
from collections.abc import Iterator
from dataclasses import replace

from orchestration.extraction.chinese_numbers import ZH_NUMBER, read_chinese
from orchestration.extraction.digit_numbers import POWER, read_digits, read_power
from orchestration.extraction.english_numbers import numbers_in_words, read_english
from orchestration.extraction.lexicon import Lexicon, load_lexicon
from orchestration.extraction.masks import find_masks
from orchestration.extraction.model import Candidate, Mention
from orchestration.extraction.printed_number import NUMBER, PrintedNumber, bare_number
from orchestration.extraction.rejection import is_rejected
from orchestration.extraction.shared_units import (
    carry_units,
    counts_with_shares,
    mend_left_out_heads,
    share_bounds,
    share_magnitudes,
    share_units,
    share_with_brackets,
)
from orchestration.extraction.signs import sign_losses
from orchestration.extraction.subjects import take_subjects
from orchestration.extraction.words import words
from orchestration.extraction.worth import as_printed_text, candidates_of
from orchestration.figures import Units
from orchestration.figures.numerals import canonical


def find_candidates(text: str, units: Units, periods: list[Mention], commas: bool = False) -> list[Candidate]:
    """All figures of a text (already ``plain``), in order of their place; a range gives two.

    ``commas`` says that the document writes decimals with a comma.
    """
    as_printed, text = text, canonical(text, commas)
    found = _find(text, units, periods)
    if text != as_printed:
        for candidate in found:
            candidate.printed = as_printed_text(as_printed, candidate.start, candidate.end)
    return found


def _find(text: str, units: Units, periods: list[Mention]) -> list[Candidate]:
    lexicon = load_lexicon(units)
    mask = _mask(text, periods, lexicon)
    numbers = sorted(_scan(text, lexicon, mask), key=lambda number: (number.start, -number.end))
    numbers = _without_overlap(numbers)
    numbers = _compound_times(text, numbers)
    share_units(text, numbers, lexicon)
    take_subjects(text, numbers, lexicon)
    # a comparand in brackets has the unit that its number got from a label: (元/股):-1.09(上年同期-2.04)
    share_with_brackets(text, numbers)
    share_bounds(text, numbers)
    carry_units(text, numbers)
    share_magnitudes(text, numbers)
    counts_with_shares(text, numbers)
    if any(number.symbol is None and (number.magnitude or "," in number.digits) for number in numbers):
        unmasked = "".join(" " if hidden else char for char, hidden in zip(text, mask, strict=True))
        mend_left_out_heads(unmasked, numbers)
    found: list[Candidate] = []
    last_time = -100
    for number in numbers:
        if number.symbol is None:
            continue
        is_time = number.symbol.dimension == "time"
        # a second duration beside one that was accepted needs no subject of its own: 210 weeks, from 50 weeks
        beside = (
            is_time
            and number.start - last_time <= 16
            and not words()["ago"].match(text, number.end)
            and not words()["window"].search(text[max(0, number.start - 16) : number.start])
        )
        if beside or not is_rejected(text, number):
            found.extend(candidates_of(text, number, units))
            last_time = number.end if is_time else last_time
    sign_losses(text, found)
    return found


def _mask(text: str, periods: list[Mention], lexicon: Lexicon) -> bytearray:
    mask = bytearray(len(text))
    for mention in periods:
        mask[mention.start : mention.end] = b"\1" * (mention.end - mention.start)
    for start, end in find_masks(text, lexicon.mask):
        mask[start:end] = b"\1" * (end - start)
    return mask


def _without_overlap(numbers: list[PrintedNumber]) -> list[PrintedNumber]:
    kept: list[PrintedNumber] = []
    for number in numbers:
        if not kept or number.start >= kept[-1].end:
            kept.append(number)
    return kept


def _compound_times(text: str, numbers: list[PrintedNumber]) -> list[PrintedNumber]:
    """5分钟27秒 is one duration."""
    kept: list[PrintedNumber] = []
    for number in numbers:
        last = kept[-1] if kept else None
        if (
            last is not None and last.symbol is not None and number.symbol is not None and not last.high and not number.high
            and last.symbol.dimension == number.symbol.dimension == "time" and number.symbol.factor < last.symbol.factor
            and text[last.end : number.start].strip() in ("", "and") and not (last.reading or number.reading)
            # the lesser part is less than one of the greater: 3 weeks and 12,000 GPU hours are two durations
            and bare_number(number.digits) * number.symbol.factor < last.symbol.factor
        ):  # fmt: skip
            total = bare_number(last.digits) * last.symbol.factor + bare_number(number.digits) * number.symbol.factor
            last.digits = last.reading = f"{total:g}"
            last.symbol, last.magnitude, last.end = replace(last.symbol, symbol="秒", factor=1.0), "", number.end
            continue
        kept.append(number)
    return kept


_HAS_POWER = re.compile(r"10[ \t]?\^|10[⁰¹²³⁴-⁹]|[x×][ \t]?10|\d[eE]\+?\d")


def _scan(text: str, lexicon: Lexicon, mask: bytearray) -> Iterator[PrintedNumber]:
    done = 0
    if _HAS_POWER.search(text):
        for match in POWER.finditer(text):
            power = read_power(text, match, lexicon)
            yield power
            mask[power.start : power.end] = b"\1" * (power.end - power.start)
    for match in NUMBER.finditer(text):
        if match.start() < done or mask[match.start()]:
            continue
        number = read_digits(text, match, lexicon, mask)
        if number is not None:
            done = max(number.end, number.number_end)
            yield number
    if not text.isascii():
        done = 0
        for match in ZH_NUMBER.finditer(text):
            if match.start() >= done and not mask[match.start()]:
                written = read_chinese(text, match, lexicon)
                if written is not None:
                    done = written.end
                    yield written
    if _HAS_LATIN.search(text):
        for match in words()["english_number"].finditer(text):
            if not mask[match.start()]:
                spelled = read_english(text, match, lexicon)
                if spelled is not None:
                    yield spelled
        yield from numbers_in_words(text, lexicon, mask)


_HAS_LATIN = re.compile(r"[A-Za-z]{3}")
