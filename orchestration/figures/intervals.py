"""The interval that a printed number stands for.

It is what the printed precision allows: ``5.7`` is [5.65, 5.75], widened by a qualifier (``超5.7`` is [5.7, inf)).
"""

import math
from dataclasses import dataclass
from decimal import Decimal

from orchestration.figures.units import Units


class FigureError(ValueError):
    """A printed text that is no readable figure; the message says what was found and what would be right."""


@dataclass(frozen=True, slots=True)
class ParsedValue:
    """One number as printed.

    ``number``, ``low``, ``high`` are in units of ``symbol`` (a row of the unit reference; empty when the text
    gives none), magnitude words applied. ``end`` is ``low`` or ``high`` for the ends of a printed range, else empty.
    """

    number: float
    low: float
    high: float
    symbol: str
    qualifier: str = ""
    end: str = ""


def interval(number: Decimal, ulp: Decimal, symbol: str, qualifier: str, units: Units) -> ParsedValue:
    """``number`` with the interval that its last digit (``ulp``) and ``qualifier`` allow."""
    low, high = number - ulp / 2, number + ulp / 2
    value = as_float(number)
    if not qualifier:
        return ParsedValue(value, as_float(low), as_float(high), symbol)
    rule = units.qualifiers[qualifier]
    # about 73 means one unit of its last significant digit, [72, 74]; for round numbers (about 100) the reference
    # file says how wide that may become at most
    step = Decimal(1).scaleb(int(number.normalize().as_tuple().exponent)) if number else ulp
    ends = []
    for factor, plain, sign in ((rule.low_factor, low, -1), (rule.high_factor, high, 1)):
        if math.isinf(factor):
            # "under 30 %" of something that cannot be negative starts at 0
            ends.append(0.0 if factor < 0 and number > 0 else factor)
        elif factor == 1:
            ends.append(value)  # over 3: strictly from 3
        else:
            widest = abs(number * (Decimal(str(factor)) - 1))
            widened = number + sign * max(min(step, widest), ulp / 2)
            ends.append(as_float(min(widened, plain) if sign < 0 else max(widened, plain)))
    return ParsedValue(value, min(ends[0], ends[1], value), max(ends[0], ends[1], value), symbol, qualifier)


def as_float(number: Decimal) -> float:
    """The number as a float. Raises ``FigureError`` where it is too large for one."""
    value = float(number)
    if math.isinf(value):
        raise FigureError(f"{number} is too large for a figure")
    return value
