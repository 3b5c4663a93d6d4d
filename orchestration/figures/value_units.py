"""Currency, magnitude and unit around a printed number, and what the scale of a table header adds to them."""

import re
from decimal import Decimal
from functools import lru_cache

from orchestration.figures.intervals import FigureError
from orchestration.figures.magnitudes import LETTERS, leading_magnitude
from orchestration.figures.text import squeeze
from orchestration.figures.units import Unit, Units, leading_currency


def with_scale(
    magnitude: Decimal | None, symbol: str, *, bare: bool, scale: str, units: Units, printed: str
) -> tuple[Decimal | None, str]:
    """What the scale of a table header adds to the magnitude and unit of the text itself."""
    scale_magnitude, scale_symbol = read_scale(scale, units)
    if not symbol:
        return (scale_magnitude if magnitude is None else magnitude), scale_symbol
    own, header = units.get(symbol), units.get(scale_symbol)
    if own is None or own.dimension != "money":
        return magnitude, symbol
    if header is not None and magnitude is None and header.unit.startswith(f"{own.unit}/"):
        return None, header.symbol  # $0.14 below "美元/百万tokens"
    if header is not None and header.dimension == "money" and header.unit != own.unit:
        raise FigureError(
            f"{printed!r} and its scale {scale!r} name two currencies; correct `scale`, or leave it empty"
        )
    if bare and scale_magnitude is not None:  # $5 below "US$bn" or "百万美元"
        return scale_magnitude, symbol
    return magnitude, symbol


def magnitude_and_unit(rest: str, currency: str, units: Units, printed: str) -> tuple[Decimal | None, str]:
    """Split what follows the number into a magnitude and a unit symbol (empty when there is none)."""
    bracket = re.search(r"\([^()]*\)$", rest)
    if bracket:  # 256TOPS(INT8): the bracket is basis, not unit
        if re.search(r"\d.*(?:[%元$¥€£万亿]|bn|mn)|[$¥€£]\d", bracket[0]):
            raise FigureError(f"{printed!r} holds two figures; write one row for each")
        rest = rest[: bracket.start()]
    if not rest:
        return None, currency
    unit = units.get(rest)
    if unit is not None and rest not in LETTERS:
        return None, _with_currency(unit, currency, units, printed)
    magnitude, tail = leading_magnitude(re.sub(r"^个(?=[十百千]?[万亿])", "", rest))  # 5个亿
    if not tail:
        return magnitude, currency
    found = _unit_at(tail, units) or _price(tail, currency, units)
    if found is None and magnitude is None and tail[0] in LETTERS:
        behind = _unit_at(tail[1:], units)  # 1.5M users, 70B参数
        if behind is not None and behind.dimension in ("count", "money"):
            magnitude, found = LETTERS[tail[0]], behind
    if found is None:
        raise FigureError(
            f"unknown unit {tail!r} in {printed!r}; add it to raw/reference/units.csv or give the text to parse "
            "in the column `reading`"
        )
    return magnitude, _with_currency(found, currency, units, printed)


def _price(tail: str, currency: str, units: Units) -> Unit | None:
    """``/kWh`` behind an amount in ``currency``: the price unit of that currency."""
    money = units.get(currency) if currency else None
    if money is None or not tail.startswith("/"):
        return None
    return units.get(currency + tail) or units.get(money.unit + tail)


def _with_currency(unit: Unit, currency: str, units: Units, printed: str) -> str:
    """The symbol of an amount with a currency before the number and ``unit`` behind it."""
    if not currency or unit.dimension == "money":
        # 人民币5560亿元 names the currency twice; where they differ the unit behind the number wins
        return currency if currency and unit.symbol in ("元", "块") else unit.symbol
    money = units.get(currency)
    if money is not None and "/" in unit.unit:
        own = f"{money.unit}/{unit.unit.split('/', 1)[1]}"
        if unit.unit == own:
            return unit.symbol
        if unit.symbol.startswith("per") and units.get(own) is not None:
            return own  # RMB 2 per million tokens
    raise FigureError(f"{printed!r}: {currency} before the number and {unit.symbol!r} behind it do not go together")


def _unit_at(tail: str, units: Units) -> Unit | None:
    unit = units.get(tail)
    if unit is not None:
        return unit
    prefix = units.longest_prefix(tail)
    if prefix is None:
        return None
    after = tail[len(squeeze(prefix.symbol)) :]
    # a counting word may be followed by its noun (家企业); a physical unit may not be followed by anything
    if prefix.dimension == "count" and re.match(r"^[\u4e00-\u9fff]{1,8}$", after):
        return prefix
    if prefix.dimension == "money" and after in ("人民币", "以上", "RMB", "整"):
        return prefix
    return None


@lru_cache(maxsize=1024)
def read_scale(scale: str, units: Units) -> tuple[Decimal | None, str]:
    """Magnitude and unit symbol of the scale of a table header. Raises ``FigureError`` for an unknown one."""
    # a header prints it as （亿元）, 单位：亿元 or "in US$ bn"
    text = re.sub(r"^(?:单位|unit)s?[:]|^in(?=[A-Z$¥€£])", "", squeeze(scale).strip("()"), flags=0).strip("()")
    if not text:
        return None, ""
    currency, rest = leading_currency(text, units)
    unit = units.get(text)
    if unit is not None:
        return None, unit.symbol
    try:
        return magnitude_and_unit(rest, currency, units, scale)
    except FigureError as error:
        raise FigureError(f"unknown scale {scale!r}; write it like 亿元, US$bn, % or 千万美元") from error
