"""Numbers written out in English: fractions, folds, parts of large numbers."""

# expressions stay on one line
# ruff: noqa: E501

import re
from collections.abc import Iterator

from orchestration.extraction.digit_numbers import percent_reading
from orchestration.extraction.lexicon import Lexicon
from orchestration.extraction.printed_number import PrintedNumber
from orchestration.extraction.printed_units import read_unit
from orchestration.extraction.qualifiers import qualifier_before
from orchestration.figures.words import number_words

_EN_SMALL = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
}  # fmt: skip

_EN_PARTS = {
    "half": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourth": 4, "fourths": 4, "fifth": 5, "fifths": 5,
    "sixth": 6, "sixths": 6, "seventh": 7, "sevenths": 7, "eighth": 8, "eighths": 8, "ninth": 9, "ninths": 9, "tenth": 10, "tenths": 10,
}  # fmt: skip

_SMALL = "|".join(sorted(_EN_SMALL, key=len, reverse=True))

_PART = "|".join(sorted((p for p in _EN_PARTS if p != "half"), key=len, reverse=True))

EN_NUMBER = re.compile(
    rf"\b(?:(?P<top>{_SMALL}|a)[ -](?P<part>{_PART})(?=[ ,.;)]|$)(?! (?:of )?(?:an? (?:hour|century|mile)|year|quarter|phase|stage|generation|time\b|place|party|place|largest|biggest|edition|round|day))"
    rf"|(?P<x>{_SMALL}) (?:in|out of) (?:every )?(?P<y>{_SMALL})(?= [a-z]|[,.;:)]|$)"
    rf"|(?<!first )(?<!second )(?<!latter )(?<!other )(?<!better )(?<!and a )(?<!first-)(?<!second-)(?P<half>(?:about |nearly |almost |over |roughly |around |more than |less than |just over |just under )?half)(?= (?:of|the (?!time|battle|story|year|day|week|night|way|fun)[a-z]+)\b|[,.;)]| (?:that|as much(?! again)))"
    rf"|(?P<fold>doubled?|tripled?|trebled?|quadrupled?|quintupled?|doubling|tripling|quadrupling|doubles|triples|quadruples)(?![ -](?:digit|check|down|counting|standard|whammy|edged|blind|bottom|figure|A\b|precision|time\b|sided))"
    rf"|(?P<nfold>{_SMALL})[- ]?fold|(?P<nfold2>two|three|four|five|six|ten)fold"
    rf"|(?P<dozen>(?:a|two|three|several|half a) dozen)(?= ))\b",
    re.I,
)

_EN_FOLD = {"doubl": 2, "tripl": 3, "trebl": 3, "quadru": 4, "quintu": 5}


def read_english(text: str, match: re.Match[str], lexicon: Lexicon) -> PrintedNumber | None:
    start, end = match.span()
    number = PrintedNumber(start, end, match[0], number_end=end)
    number.qualifier = qualifier_before(text, start, lexicon.units)
    percent, folds = lexicon.symbols["%"], lexicon.units.get("倍")
    if match["part"]:
        top = _EN_SMALL.get(match["top"].lower(), 1)
        bottom = _EN_PARTS[match["part"].lower()]
        part = match["part"].lower()
        if top >= bottom or (
            part in ("quarter", "third", "fourth", "fifth")
            and match["top"].lower() in ("a", "one")
            and not re.match(
                r" of\b| the\b|,|\.|;| (?:have|has|had|said|say|expect|use|used|are|were|plan|report|reported|believe|lack|did|do)\b",
                text[end:],
            )
        ):
            return None
        if (top > 1) != part.endswith("s"):
            return None
        number.reading, number.symbol = percent_reading(top, bottom), percent
    elif match["x"]:
        top, bottom = _EN_SMALL[match["x"].lower()], _EN_SMALL[match["y"].lower()]
        if top >= bottom:
            return None
        number.reading, number.symbol = percent_reading(top, bottom), percent
    elif match["half"]:
        words = match["half"].lower().split()
        code = next((c for w, c in lexicon.units.qualifier_words if w == "".join(words[:-1])), "")
        number.qualifier = code or number.qualifier
        number.start = end - len(words[-1])
        number.reading, number.symbol = "50%", percent
    elif match["fold"]:
        word = match["fold"].lower()
        fold = next(n for stem, n in _EN_FOLD.items() if word.startswith(stem))
        number.reading, number.symbol, number.statistic = f"{fold}倍", folds, "ratio"
    elif match["nfold"] or match["nfold2"]:
        fold = _EN_SMALL[(match["nfold"] or match["nfold2"]).lower()]
        number.reading, number.symbol = f"{fold}倍", folds
    elif match["dozen"]:
        kind = match["dozen"].lower().split()[0]
        if kind in ("several",):
            return None
        count = {"a": 12, "two": 24, "three": 36, "half": 6}[kind]
        noun = lexicon.noun.match(text, end)
        if noun is None:
            return None
        number.reading, number.symbol, number.end = f"{count}", lexicon.units.get("count"), noun.end()
        number.counted = lexicon.nouns[noun["noun"]]
    return number


_WORDS_START = re.compile(
    rf"\b(?:(?:{_SMALL})\b|(?:half )?a (?=(?:hundred|thousand|million|billion|trillion)\b))", re.I
)

_LISTED = re.compile(rf" (?:to|or|and|against|versus) (?:about |nearly )?(?:{_SMALL}|a hundred)\b", re.I)

# a quarter of a million dollars, three quarters of a billion
_PART_OF_LARGE = re.compile(
    rf"\b(?:(?P<top>{_SMALL}|an?)[ -](?P<part>{_PART})|half) (?:of )?an? (?P<large>hundred|thousand|million|billion|trillion)\b",
    re.I,
)


def _part_of_large(text: str, match: re.Match[str], lexicon: Lexicon) -> PrintedNumber | None:
    top = _EN_SMALL.get((match["top"] or "").lower(), 1)
    bottom = _EN_PARTS[(match["part"] or "half").lower()]
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
    for match in _PART_OF_LARGE.finditer(text):
        part = None if mask[match.start()] else _part_of_large(text, match, lexicon)
        if part is not None:
            done = part.end
            yield part
    done = 0
    for match in _WORDS_START.finditer(text):
        start = match.start()
        words = number_words(text, start) if start >= done and not mask[start] else None
        if words is None:
            continue
        done = words.end
        number = PrintedNumber(start, words.end, words.digits, words.magnitude, number_end=words.end)
        read_unit(text, number, words.end, lexicon)
        number.qualifier = qualifier_before(text, start, lexicon.units)
        unit, small = number.symbol, float(words.digits) < 13 and not words.magnitude
        if unit is None:
            if not _LISTED.match(text, words.end):
                continue
        elif (unit.dimension == "count" and small) or (unit.dimension == "ratio" and words.digits == "1"):
            continue
        elif unit.dimension == "time" and unit.factor >= 86400 * 28 and words.digits == "1":
            continue  # one year is a way of speaking
        elif unit.dimension == "ratio":
            number.reading = f"{words.digits}{words.magnitude}{unit.symbol}"  # nothing before it is such a multiple too
        done = number.end
        yield number
