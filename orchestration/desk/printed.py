"""Does the document print what a person typed? A slip of the keyboard is as wrong as a misreading, and looks surer.

A value must be made of the digits of the words, in some unit and scale; a unit must be named somewhere in the document.
Number words (`two-thirds`, 七) have no digits, and what is counted needs no unit: both say nothing.
"""

import math
import re
import unicodedata

from orchestration.desk.queue import plain
from orchestration.extraction.model import ExtractedFigure
from orchestration.loading.reference import Reference

_NUMBER = re.compile(r"\d+(?:[.,\s]\d+)*")
_WORDLESS = ("count", "ratio", "multiple", "rank", "score", "")  # units that a bare number may have
_CLOSE = 1e-9


def unprinted(figure: ExtractedFigure, given: ExtractedFigure, text: str, reference: Reference) -> list[str]:
    """Which of value and unit a person gave that the document does not print.

    ``figure`` is as the machine read it, ``given`` as it shall stand; ``text`` is the document's.
    """
    found = []
    if plain(given.value) != plain(figure.value) and not _has_value(figure.printed, given, reference):
        found.append("value")
    if given.unit not in (figure.unit, *_WORDLESS) and not _names(text, given.unit, reference):
        found.append("unit")
    return found


def _has_value(printed: str, given: ExtractedFigure, reference: Reference) -> bool:
    """Are the digits of the words those of the value, in some unit and scale and up to the sign?"""
    words = unicodedata.normalize("NFKC", printed)
    numbers = [number for found in _NUMBER.findall(words) for number in _readings(found)]
    if not numbers or not given.value:
        return not numbers or 0.0 in numbers
    quotients = [one / other for one in numbers for other in numbers if other]  # `1/70`, `3 in 5`
    factors = {1.0, *(float(row[2]) for row in reference.tables["units"][1] if row[1] == given.unit)}
    return any(_is_power_of_ten(abs(given.value) / (n * f)) for n in (*numbers, *quotients) for f in factors if n * f)


def _readings(number: str) -> list[float]:
    """`1,234.5` as people write it in the one place or the other."""
    bare = re.sub(r"\s", "", number)
    found = []
    for text in (bare.replace(",", ""), bare.replace(".", "").replace(",", ".")):
        try:
            found.append(float(text))
        except ValueError:
            continue
    return found


def _is_power_of_ten(times: float) -> bool:
    power = math.log10(times)
    return abs(power - round(power)) < _CLOSE


def _names(text: str, unit: str, reference: Reference) -> bool:
    """Does any symbol of the unit stand in the text, by itself where it is a word of letters?"""
    where = unicodedata.normalize("NFKC", text)
    for row in reference.tables["units"][1]:
        if row[1] != unit:
            continue
        symbol = re.escape(unicodedata.normalize("NFKC", row[0]))
        if re.search(rf"(?<![A-Za-z]){symbol}(?![A-Za-z])" if row[0].isascii() else symbol, where):
            return True
    return False


__all__ = ["unprinted"]
