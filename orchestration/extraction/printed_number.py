"""A number on its way from the text to a candidate, and what is asked of its digits."""

import re
from dataclasses import dataclass

from orchestration.figures import Unit
from orchestration.figures.text import TEAR

NUMBER = re.compile(
    rf"(?:(?<![\d.])|(?<=Rs\.))(?<!\d,)(?<!\d{TEAR})(?:\d{{1,3}}(?:,\d{{3}})+(?![\d])|\d{{1,18}})(?:\.\d{{1,12}})?(?!\d|\.?{TEAR})"
)

_SPACES = re.compile(r"[ \t\n]{0,3}")


@dataclass(slots=True)
class PrintedNumber:
    """A number on its way to a candidate. Offsets are into the plain text."""

    start: int
    end: int  # end of the figure with its unit
    digits: str  # what parse_value is given for the number alone
    magnitude: str = ""
    symbol: Unit | None = None
    counted: str = ""
    qualifier: str = ""
    currency: str = ""
    high: str = ""  # second number of a range
    high_magnitude: str = ""
    number_end: int = 0
    statistic: str = ""
    reading: str = ""
    negative: bool = False
    inherited: bool = False
    sure: float = 1.0


def skip_spaces(text: str, at: int) -> int:
    match = _SPACES.match(text, at)
    return match.end() if match else at


def bare_number(digits: str) -> float:
    return float(digits.replace(",", ""))


def is_over_hundred(digits: str) -> bool:
    """At least three digits before the point; numbers in words are below."""
    return bool(re.match(r"\d,?\d,?\d", digits))
