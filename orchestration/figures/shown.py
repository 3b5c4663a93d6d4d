"""Values as people read them: `36.06 bn USD`, `725.3 EFLOPS`, `56.33 %`."""

import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import yaml

from orchestration.settings import PROJECT

# Units that take SI prefixes, with the spelling of the prefixed unit.
_PREFIXED = ("FLOPS", "OPS", "FLOPS/W", "W", "Wh", "B", "B/s")
_PREFIXES = ((1e18, "E"), (1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_BEYOND_WORDS = 1e18
_WORDS = ((1e12, "tn"), (1e9, "bn"), (1e6, "m"))
_PLAIN = {
    "percent": " %",
    "times": "×",
    "multiple": "×",
    "ratio": "",
    "pp": " pp",
    "rank": "",
    "count": "",
    "score": "",
}
_YEAR = 31_556_952.0
_DURATIONS = ((_YEAR, "year", "年"), (86400.0, "day", "天"), (3600.0, "hour", "小时"), (60.0, "minute", "分钟"))


def number(value: float, significant: int = 4) -> str:
    """At most four significant digits (or as many as asked), with thousands separators: `1,156`, `0.73`, `5.7`."""
    if value == 0:
        return "0"
    if not math.isfinite(value):
        return "∞" if value > 0 else "−∞"
    digits = max(0, significant - 1 - math.floor(math.log10(abs(value))))
    rounded = round(value, min(digits, 12))
    text = f"{rounded:,.{min(digits, 12)}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "−")


def quantity(value: float | None, unit: str | None, counted: str | None = None, significant: int = 4) -> str:
    """A value with its unit in the prefix people use; empty for a missing value."""
    if value is None:
        return ""
    unit = unit or ""
    if not math.isfinite(value):
        return number(value)
    if unit == "s":
        return _duration(value, significant)
    if unit in _PLAIN:
        text = _with_word(value, significant) if unit == "count" else number(value, significant)
        return f"{text} {_plural(counted, value)}" if unit == "count" and counted else f"{text}{_PLAIN[unit]}"
    if unit in _PREFIXED:
        for factor, prefix in _PREFIXES:
            if abs(value) >= factor:
                return f"{number(value / factor, significant)} {prefix}{unit}"
        return f"{number(value, significant)} {unit}"
    return f"{_with_word(value, significant)} {unit}".rstrip()


def quantity_zh(value: float | None, unit: str | None, counted: str | None = None, significant: int = 4) -> str:
    """The same in Chinese: `360.6 亿美元`, `7 年`; the noun of a count is left to the sentence around it."""
    if value is None or not math.isfinite(value):
        return quantity(value, unit, counted, significant)
    unit = unit or ""
    if unit == "s":
        for length, _, name in (*_DURATIONS, (1.0, "second", "秒")):
            if abs(value) >= length:
                return f"{number(value / length, significant)} {name}"
    if unit in ("times", "multiple"):
        return f"{number(value, significant)} 倍"
    if unit == "pp":
        return f"{number(value, significant)} 个百分点"
    if unit in _PREFIXED or (unit in _PLAIN and unit != "count"):
        return quantity(value, unit, None, significant)
    word = unit
    for code, name in (("/Mtoken", "/百万 token"), ("/kWh", "/千瓦时"), ("USD", "美元"), ("CNY", "元")):
        word = word.replace(code, name)
    if abs(value) >= _BEYOND_WORDS:
        return f"{_scientific(value, significant)}{'' if unit == 'count' else f' {word}'}"
    for factor, name in ((1e12, "万亿"), (1e8, "亿"), (1e4, "万")):
        if abs(value) >= factor and (abs(value) >= 1e6 or value % 100 == 0):
            return f"{number(value / factor, significant)} {name}{'' if unit == 'count' else word}"
    return number(value, significant) if unit == "count" else f"{number(value, significant)} {word}".rstrip()


def _plural(noun: str, value: float) -> str:
    """1 company, 2 companies: by the endings that the macro `plural` of the models goes by."""
    if abs(value) == 1:
        return noun
    return next(noun.removesuffix(one) + many for one, many in _endings() if noun.endswith(one))


@lru_cache(maxsize=1)
def _endings() -> list[tuple[str, str]]:
    """Endings of one and of several, in `dbt_project.yml`; the last one is that of every noun."""
    project = yaml.safe_load((PROJECT / "dbt_project" / "dbt_project.yml").read_text(encoding="utf-8"))
    return [(one, many) for one, many in project["vars"]["plurals"]]


def _with_word(value: float, significant: int) -> str:
    if abs(value) >= _BEYOND_WORDS:
        return _scientific(value, significant)
    for factor, word in _WORDS:
        if abs(value) >= factor:
            return f"{number(value / factor, significant)} {word}"
    return number(value, significant)


def _scientific(value: float, significant: int) -> str:
    """`5e26`: beyond trillions nobody counts noughts."""
    exponent = math.floor(math.log10(abs(value)))
    mantissa = number(value / 10.0**exponent, significant)
    return f"1e{exponent + 1}" if mantissa == "10" else f"{mantissa}e{exponent}"


def _duration(seconds: float, significant: int) -> str:
    for length, name, _ in _DURATIONS:
        if abs(seconds) >= length:
            text = number(seconds / length, significant)
            return f"{text} {name}" if text.lstrip("−") == "1" else f"{text} {name}s"
    return f"{number(seconds, significant)} s"


def natural_base(value: float, unit: str | None) -> float:
    """What one step of an axis up to ``value`` is counted in: of seconds a year, day, hour or minute, else one."""
    if unit != "s":
        return 1.0
    return next((length for length, *_ in _DURATIONS if abs(value) >= length), 1.0)


def interval(low: float | None, high: float | None, unit: str | None) -> str:
    """`35.95 … 36.05 bn USD`; an open end reads `> x` or `< x`. What is counted comes in whole numbers."""
    return _interval(low, high, unit, quantity)


def interval_zh(low: float | None, high: float | None, unit: str | None) -> str:
    """The same in Chinese."""
    return _interval(low, high, unit, quantity_zh)


def _interval(low: float | None, high: float | None, unit: str | None, told: Callable[..., str]) -> str:
    low = None if low is None or low == -math.inf else low
    high = None if high is None or high == math.inf else high
    least, most = ">", "<"
    whole = _whole(low, math.ceil), _whole(high, math.floor)
    # of an average, no whole number may lie between
    if unit == "count" and (low is None or high is None or whole[0] <= whole[1]):
        least, most = "≥" if low != whole[0] else least, "≤" if high != whole[1] else most
        low, high = low and whole[0], high and whole[1]
    if low is None and high is None:
        return ""
    if low is None or high is None:
        return f"{most if low is None else least} {told(high if low is None else low, unit, significant=7)}"
    ends = told(low, unit, significant=7), told(high, unit, significant=7)
    if ends[0] == ends[1]:
        return ends[0]
    (first, of_first), (second, of_second) = (_NUMBER.match(end).groups() for end in ends)  # type: ignore[union-attr]
    return f"{first} … {second}{of_second}" if of_first == of_second else " … ".join(ends)


# a number and what stands behind it
_NUMBER = re.compile(r"([−∞\d.,e]*)(.*)", re.DOTALL)


def _whole(end: float | None, rounded: Callable[[float], int]) -> float:
    """An end of a count: half a company is none."""
    return 0.0 if end is None else float(rounded(end))


def stated_unit(rule: str, first: dict[str, Any] | None, stated: float | None) -> tuple[float, str]:
    """Factor and unit that bring ``stated`` and ``expected`` of a comparison into what a reader expects.

    Comparisons hold percentages as fractions (0.17), an exchange rate for currency pairs, and US dollars where two
    currencies meet; ``first`` is the figure that states the value.
    """
    if rule == "currency_pair":
        return 1.0, "CNY/USD"
    if first is None or stated is None:
        return 1.0, ""
    unit = first["unit"] or ""
    if unit in ("percent", "pp"):
        return 100.0, unit
    value, dollars = first["value"], first.get("value_usd")
    if dollars and value and abs(stated - dollars) < abs(stated - value):
        return 1.0, "USD"
    return 1.0, unit
