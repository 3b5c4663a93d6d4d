"""What a found number is worth: candidates with value, interval and unit."""

# expressions stay on one line
# ruff: noqa: E501

import re
from collections.abc import Iterator

from orchestration.extraction.model import Candidate
from orchestration.extraction.printed_number import PrintedNumber
from orchestration.figures import FigureError, ParsedValue, Units, parse_value


def as_printed_text(text: str, start: int, end: int) -> str:
    return "".join(text[start:end].replace("*", "").split())


def parse_one(text: str, units: Units, qualifier: str = "") -> ParsedValue | None:
    try:
        values = parse_value(text, units, qualifier=qualifier)
    except FigureError:
        return None
    return values[0] if len(values) == 1 else None


def candidates_of(text: str, number: PrintedNumber, units: Units) -> Iterator[Candidate]:
    unit = number.symbol
    assert unit is not None
    printed = as_printed_text(text, number.start, number.end)
    parts = [(number.digits, number.magnitude, "")]
    if number.high:
        parts = [(number.digits, number.magnitude, "low"), (number.high, number.high_magnitude, "high")]
    for digits, magnitude, end in parts:
        sign = "-" if number.negative else ""
        own = number.reading or f"{sign}{digits}{magnitude}"
        # the unit is multiplied below: the number alone is what has to be read
        bare = own if number.reading else _plain_magnitude(own)
        value = parse_one(bare, units, number.qualifier)
        if value is None and number.reading == "":
            value = parse_one(bare + unit.symbol, units, number.qualifier)
        if value is None:
            return
        factor = unit.factor if not number.reading or unit.unit != "percent" else 1.0
        grouped = unit.dimension == "count" and not magnitude and _THREE_DECIMALS.fullmatch(digits)
        qualifier = value.qualifier or number.qualifier
        yield Candidate(
            number.start, number.end, printed, times(value.number, factor), times(value.low, factor), times(value.high, factor),
            unit.unit, number.counted if unit.dimension == "count" else "", qualifier, unit.symbol,
            reading=own + (unit.symbol if not number.reading else ""), range_end=end, sure=number.sure,
            withheld=_doubt(text, number, bool(grouped)),
        )  # fmt: skip


# 0.05℃/W, 0.21 kg CO2/kWh: half of a unit is another unit
_UNREAD_PART = re.compile(r"\s?(?:CO2(?:eq?)?|CO₂)?\s?/\s?[A-Za-zµ]")


def _doubt(text: str, number: PrintedNumber, grouped: bool) -> str:
    if grouped:
        return "its point may group thousands"
    per = number.symbol is not None and number.symbol.dimension in ("temperature", "mass")
    return "a part of its unit is not read" if per and _UNREAD_PART.match(text, number.end) else ""


# 5.000 units: nobody counts things to three decimals
_THREE_DECIMALS = re.compile(r"[1-9]\d{0,2}\.\d{3}")

_LETTER_MAGNITUDE = re.compile(
    r"(?<=\d)(?:MM|mm|Mio\.?|Millionen|millions d['’e] ?|(?:millones|milhões|milioni) ?d[ei] ?)$"
)

_LONG_SCALE = re.compile(
    r"(?<=\d)(?:bln|bi|Mrd\.?|Milliarden|milliards? ?d['’e] ?|mil ?(?:millones|milhões) ?d[ei] ?|miliardi ?d[ei] ?)$"
)

_WORD_MAGNITUDE = re.compile(r"(?<=\d)(trillion|billion|million|thousand|hundred|trn|tn|bn|mln|mn)s?$", re.I)


def _plain_magnitude(text: str) -> str:
    text = _LONG_SCALE.sub("billion", _LETTER_MAGNITUDE.sub("million", text))
    return _WORD_MAGNITUDE.sub(lambda m: m[1].lower(), text)


def times(number: float, factor: float) -> float:
    """Product without the noise of binary fractions: 725.3 x 1e18 is 7.253e20."""
    from decimal import Decimal

    if factor == 1.0:
        return number
    if number in (float("inf"), float("-inf")):
        return number
    return float(Decimal(repr(number)) * Decimal(repr(factor)))
