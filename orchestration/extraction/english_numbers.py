"""Numbers written out in English: fractions, folds, parts of large numbers."""

import re
from collections.abc import Iterator

from orchestration.extraction.digit_numbers import percent_reading
from orchestration.extraction.lexicon import Lexicon
from orchestration.extraction.printed_number import PrintedNumber
from orchestration.extraction.printed_units import read_unit
from orchestration.extraction.qualifiers import qualifier_before
from orchestration.extraction.words import dozens, folds, parts, small_numbers, words
from orchestration.figures.words import number_words


def read_english(text: str, match: re.Match[str], lexicon: Lexicon) -> PrintedNumber | None:
    """The number that a match of the words ``english_number`` says; None where they are a way of speaking."""
    start, end = match.span()
    number = PrintedNumber(start, end, match[0], number_end=end)
    number.qualifier = qualifier_before(text, start, lexicon.units)
    if match["part"] or match["x"]:
        share = _part(match, text[end:]) if match["part"] else _out_of(match)
        if share is None:
            return None
        number.reading, number.symbol = percent_reading(*share), lexicon.symbols["%"]
    elif match["half"]:
        *bound, half = match["half"].lower().split()
        code = next((c for w, c in lexicon.units.qualifier_words if w == "".join(bound)), "")
        number.qualifier = code or number.qualifier
        number.start = end - len(half)
        number.reading, number.symbol = "50%", lexicon.symbols["%"]
    elif match["fold"]:
        word = match["fold"].lower()
        fold = next(n for stem, n in folds().items() if word.startswith(stem))
        number.reading, number.symbol, number.statistic = f"{fold}倍", lexicon.units.get("倍"), "ratio"
    elif match["nfold"] or match["nfold2"]:
        fold = small_numbers()[(match["nfold"] or match["nfold2"]).lower()]
        number.reading, number.symbol = f"{fold}倍", lexicon.units.get("倍")
    elif match["dozen"]:
        count = dozens().get(match["dozen"].lower().split()[0])
        noun = lexicon.noun.match(text, end) if count else None
        if noun is None:
            return None
        number.reading, number.symbol, number.end = f"{count}", lexicon.units.get("count"), noun.end()
        number.counted = lexicon.nouns[noun["noun"]]
    return number


def _part(match: re.Match[str], behind: str) -> tuple[int, int] | None:
    """Two thirds as 2 and 3; none where a quarter or a third is no share of what is said ``behind`` it."""
    part, one = match["part"].lower(), match["top"].lower() in ("a", "one")
    top, bottom = small_numbers().get(match["top"].lower(), 1), parts()[part]
    if part == "quarters" and top == 2:
        return None  # half a year: nobody says half so
    if one and part in ("quarter", "third", "fourth", "fifth") and not words()["part_said"].match(behind):
        return None
    return (top, bottom) if top < bottom and (top > 1) == part.endswith("s") else None


def _out_of(match: re.Match[str]) -> tuple[int, int] | None:
    """Three out of ten as 3 and 10."""
    top, bottom = (small_numbers()[match[name].lower()] for name in ("x", "y"))
    return (top, bottom) if top < bottom else None


def _part_of_large(text: str, match: re.Match[str], lexicon: Lexicon) -> PrintedNumber | None:
    top = small_numbers().get((match["top"] or "").lower(), 1)
    bottom = parts()[(match["part"] or "half").lower()]
    if top >= bottom:
        return None
    number = PrintedNumber(
        match.start(), match.end(), f"{top / bottom:.4g}", match["large"].lower(), number_end=match.end()
    )
    read_unit(text, number, match.end(), lexicon)
    number.qualifier = qualifier_before(text, number.start, lexicon.units)
    return number if number.symbol is not None else None


def numbers_in_words(text: str, lexicon: Lexicon, mask: bytearray) -> Iterator[PrintedNumber]:
    """Numbers in English words with their unit; small counts (three vendors) are ways of speaking."""
    done = 0
    for match in words()["part_of_large"].finditer(text):
        part = None if mask[match.start()] else _part_of_large(text, match, lexicon)
        if part is not None:
            done = part.end
            yield part
    done = 0
    for match in words()["number_starts"].finditer(text):
        start = match.start()
        said = number_words(text, start) if start >= done and not mask[start] else None
        if said is None:
            continue
        done = said.end
        number = PrintedNumber(start, said.end, said.digits, said.magnitude, number_end=said.end)
        read_unit(text, number, said.end, lexicon)
        number.qualifier = qualifier_before(text, start, lexicon.units)
        unit, small = number.symbol, float(said.digits) < 13 and not said.magnitude
        if unit is None:
            if not words()["number_listed"].match(text, said.end):
                continue
        elif (unit.dimension == "count" and small) or (unit.dimension == "ratio" and said.digits == "1"):
            continue
        elif unit.dimension == "time" and unit.factor >= 86400 * 28 and said.digits == "1":
            continue  # one year is a way of speaking
        elif unit.dimension == "ratio":
            number.reading = f"{said.digits}{said.magnitude}{unit.symbol}"  # nothing before it is such a multiple too
        done = number.end
        yield number
