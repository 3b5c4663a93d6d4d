"""Numbers of running text that the reading left out and a statement near by may rest on."""

import re
from collections.abc import Sequence

from orchestration.audit.model import Spot
from orchestration.audit.spots import first_number, half_of
from orchestration.audit.words import currencies, magnitudes, multiples, words
from orchestration.figures.magnitudes import powers
from orchestration.figures.numerals import canonical

_NUMERAL = re.compile(
    r"(?<![A-Za-z\d_.,\-–/#:$€£¥])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![A-Za-z\d_/:%\-–]|,\d|\.\d)"
    r"|(?<![A-Za-z\d_.,\-–/#:$€£¥])\d+\.\d+(?![A-Za-z\d_/:%\-–]|[.,]\d)"
    r"|(?<![A-Za-z\d.,\-–/#:$€£¥_(（第])(?!(?:19|20)\d\d(?!\d))\d{2,6}(?=[\u4e00-\u9fff])(?![年月日号条章页届])"
)
_WHOLE = re.compile(
    r"(?<![A-Za-z\d_.,\-–/#:$€£¥])(?!(?:19|20)\d\d(?!\d|,\d))(?:\d{1,3}(?:,\d{3})+|\d{2,6})(?![A-Za-z\d_/:%％\-–.]\d?[\d%]|[A-Za-z\d_/:%％]|,\d)"
)
NEAR = 60  # letters between a number without a unit and the figure that has it
_NUMBER = re.compile(r"\D{0,4}(\d[\d,.]*)")


def bare_numbers(
    text: str, spots: list[Spot], lines: list[int], page: int | None, block: int, commas: bool = False
) -> list[Spot]:
    """What the extraction left out and a neighbouring rate may rest on: rates and amounts with their sign or unit,
    words for multiples, and numerals without a unit. ``commas`` says that the document writes decimals with a comma."""
    found: list[Spot] = []
    said = canonical(text, commas)

    def free(start: int, end: int) -> bool:
        return not any(s.start < end and start < s.end for s in (*spots, *found))

    def add(match: re.Match[str], value: float, half: float, unit: str, vague: str = "") -> None:
        start, end = match.span()
        line = max((s.line for s in spots if s.start < start), default=lines[0])
        spot = Spot(line, page, text[start:end], value, value - half, value + half, unit, open=vague, block=block,
                    start=start, end=end, scaled=bool(unit))  # fmt: skip
        found.append(spot)

    for match in words("bare_rate").finditer(said):
        if free(*match.span()):
            number = match["number"].replace(",", ".")
            unit = "times" if match["unit"] in ("times", "倍") else "percent"
            add(match, float(number), half_of(number), unit)
    for match in words("bare_amount").finditer(said):
        if (match["sign"] or match["unit"]) and (match["scale"] or match["sign"]) and free(*match.span()):
            if match["sign"] and match["unit"] and match["unit"] not in ("dollars", "US dollars"):
                continue
            factor = _scale(match["scale"])
            currency = currencies()[(match["sign"] or match["unit"]).strip()]
            add(match, first_number(match["number"]) * factor, half_of(match["number"]) * factor, currency)
    for match in words("multiples").finditer(text):
        if free(*match.span()):
            value = next(v for word, v in multiples().items() if re.fullmatch(word, match[0], re.I))
            add(match, value, 0.0, "times", "about")
    for match in _NUMERAL.finditer(said):
        if free(*match.span()):
            factor = _magnitude(said, match.end())
            add(match, first_number(match[0]) * factor, half_of(match[0]) * factor, "")
    _like_neighbours(text, found, spots)
    return found


def _scale(word: str | None) -> float:
    """What a word or a letter of magnitude multiplies an amount by."""
    return float(10 ** (powers("magnitudes") | powers("letters"))[word]) if word else 1.0


def _magnitude(text: str, end: int) -> float:
    """What the word of magnitude right behind a number multiplies it by."""
    match = re.match(rf"\s?({'|'.join(magnitudes())})(?![a-z])", text[end : end + 16])
    return magnitudes()[match[1]] if match else 1.0


def _like_neighbours(text: str, numerals: Sequence[Spot], read: Sequence[Spot]) -> None:
    """A numeral has the unit of the nearest figure of its text whose number has the same words behind it."""
    tails = []
    for s in read:
        match = _NUMBER.match(s.printed)
        if match and s.unit and s.scaled and (number := first_number(match[0])):
            tails.append((s.printed[match.end() :].strip(), abs(s.value / number), s))
    _like_the_magnitude_before(text, numerals, read)
    for numeral in numerals:
        behind = text[numeral.end : numeral.end + 24].lstrip()
        fitting = [
            (abs(s.start - numeral.start), factor, s)
            for tail, factor, s in tails
            if tail and behind.startswith(tail) and not (tail[-1].isascii() and behind[len(tail) :][:1].isalnum())
        ]
        if numeral.unit or not fitting:
            continue
        _, factor, s = min(fitting, key=lambda x: x[0])
        number, half = first_number(numeral.printed), half_of(numeral.printed)
        numeral.unit, numeral.counted, numeral.scaled = s.unit, s.counted, True
        numeral.value, numeral.low, numeral.high = (x * factor for x in (number, number - half, number + half))


def _like_the_magnitude_before(text: str, numerals: Sequence[Spot], read: Sequence[Spot]) -> None:
    """A number with a word of magnitude and no unit has the unit of the figure before it with the same word: 230
    billion parcels a year ago, now 310 billion."""
    for numeral in numerals:
        match = re.match(rf"\s?({'|'.join(magnitudes())})(?![a-z])", text[numeral.end : numeral.end + 16])
        if numeral.unit or match is None:
            continue
        same = [s for s in read if s.scaled and s.unit and s.end <= numeral.start <= s.end + NEAR]
        same = [s for s in same if re.search(rf"\d\s?{match[1]}", s.printed)]
        if same:
            before = max(same, key=lambda s: s.end)
            numeral.unit, numeral.counted, numeral.scaled = before.unit, before.counted, True


def whole_numbers(
    text: str, spots: list[Spot], lines: list[int], page: int | None, block: int, commas: bool = False
) -> list[Spot]:
    """Whole numbers of two to six digits in running words: counts whose noun stands elsewhere. No dates, no pages."""
    found = []
    said = canonical(text, commas)
    for match in _WHOLE.finditer(said):
        start, end = match.span()
        if any(s.start < end and start < s.end for s in spots) or words("no_quantity_before").search(
            text[:start][-16:]
        ):
            continue
        if words("no_quantity_behind").match(text[end : end + 14]):
            continue
        line = max((s.line for s in spots if s.start < start), default=lines[0])
        factor = _magnitude(said, end)
        value, half = first_number(match[0]) * factor, 0.5 * factor
        found.append(Spot(line, page, text[start:end], value, value - half, value + half, "", block=block, start=start,
                          end=end, scaled=False))  # fmt: skip
    _like_neighbours(text, found, spots)
    return found
