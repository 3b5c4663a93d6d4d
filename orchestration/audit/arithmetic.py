"""Rule and intervals give the expected interval; interval against interval gives a verdict; a slip mends it.

The warehouse judges its comparisons in dbt SQL. The arithmetic of one document's ties stands here once more because
the command must work without a warehouse, on a document that nobody loaded. Rates are in percent, as everywhere.
"""

import math
import re
from collections.abc import Callable, Sequence

from orchestration.audit.model import Interval, Spot, significant

# how far a reader lets a qualifier reach: over 5.7 may be 6.2, hardly 9
REACH = {"over": (0.0, 0.10), "at_least": (0.0, 0.10), "under": (0.10, 0.0), "at_most": (0.10, 0.0),
         "about": (0.05, 0.05), "nearly": (0.05, 0.01)}  # fmt: skip
OPEN = {"over": (0.0, math.inf), "at_least": (0.0, math.inf), "under": (math.inf, 0.0), "at_most": (math.inf, 0.0),
        "about": (0.10, 0.10), "nearly": (0.10, 0.01)}  # fmt: skip
WIDE = 1.5  # times: a rest that is known no better proves nothing
RATES = ("percent", "pp")
MULTIPLES = ("times", "ratio", "multiple")


def interval(spot: Spot, reach: dict[str, tuple[float, float]] | None = None) -> Interval:
    """What the printed precision allows, widened by the qualifier as ``reach`` says."""
    if reach is None or not spot.open:
        return spot.low, spot.high
    down, up = reach.get(spot.open, (0.0, 0.0))
    size = abs(spot.value)
    # infinity times zero is no number
    return spot.low - (down * size if down else 0.0), spot.high + (up * size if up else 0.0)


def _quotient(a: Interval, b: Interval) -> Interval:
    if a[0] >= 0 and b[0] > 0 and a[1] < math.inf and b[1] < math.inf:
        return a[0] / b[1], a[1] / b[0]
    if b[0] <= 0 <= b[1]:
        return -math.inf, math.inf
    ends = [x / y if math.isfinite(y) else 0.0 for x in a for y in b]
    return min(ends), max(ends)


def _product(a: Interval, b: Interval) -> Interval:
    ends = [0.0 if 0.0 in (x, y) else x * y for x in a for y in b]
    return min(ends), max(ends)


def expected(rule: str, inputs: Sequence[Interval], periods: float = 1.0) -> Interval:
    """The interval that the inputs give the statement. Inputs of growth, cagr, fold are first and last, of share and
    ratio part and whole, of difference minuend and subtrahend."""
    if rule == "sum":
        return sum(i[0] for i in inputs), sum(i[1] for i in inputs)
    if rule == "mean":
        low, high = expected("sum", inputs)
        return low / len(inputs), high / len(inputs)
    a, b = inputs[0], inputs[-1]
    if rule == "order":  # the stated one leads
        return a[0], math.inf
    if rule in ("repeat", "text_vs_table"):
        return a
    if rule == "difference":
        return a[0] - b[1], a[1] - b[0]
    if rule == "product":
        low, high = a
        for other in inputs[1:]:
            low, high = _product((low, high), other)
        return low, high
    if rule == "rate_of":
        low, high = _product(a, b)
        return low / 100, high / 100
    if rule == "share":
        low, high = _quotient(a, b)
        return 100 * low, 100 * high
    if rule in ("ratio", "currency_pair"):
        return _quotient(a, b)
    low, high = _quotient(b, a)
    if rule == "fold":
        return low, high
    if rule == "growth":
        return 100 * (low - 1), 100 * (high - 1)
    if rule == "cagr":
        if low <= 0 or periods <= 0:
            return -math.inf, math.inf
        try:
            return 100 * (low ** (1 / periods) - 1), 100 * (high ** (1 / periods) - 1)
        except OverflowError:
            return -math.inf, math.inf
    raise ValueError(f"no rule {rule}")


def overlap(a: Interval, b: Interval) -> bool:
    if a[0] <= b[1] and b[0] <= a[1]:
        return True
    largest = max(-a[0], a[1], -b[0], b[1], 1e-12)
    if largest == math.inf:
        largest = max((abs(x) for x in (*a, *b) if abs(x) < math.inf), default=1e-12)
    slack = 1e-9 * largest
    return a[0] <= b[1] + slack and b[0] <= a[1] + slack


def bare(spot: Spot) -> str:
    """Its digits without noughts at the end."""
    return spot.digits.rstrip("0")


def same(a: Spot, b: Spot) -> bool:
    """Whether two figures may be one number by their printed precision."""
    return overlap(interval(a), interval(b))


def apart(stated: Spot, exact: Interval) -> bool:
    """More than one unit of the last printed digit between them: rates are now and then cut, not rounded."""
    low, high = interval(stated)
    return max(exact[0] - high, low - exact[1]) > 0.5 * (high - low)


def judge(rule: str, stated: Spot, inputs: Sequence[Spot], periods: float = 1.0) -> tuple[str, Interval]:
    """The verdict and the expected interval (by printed precision)."""
    exact = expected(rule, [interval(s) for s in inputs], periods)
    if overlap(interval(stated), exact):
        return "agree", exact
    if not stated.open and not any(s.open for s in inputs):
        return "disagree", exact  # nothing widens it
    soft = expected(rule, [interval(s, REACH) for s in inputs], periods)
    if overlap(interval(stated, REACH), soft):
        return "agree", exact
    wide = expected(rule, [interval(s, OPEN) for s in inputs], periods)
    if overlap(interval(stated, OPEN), wide):
        return ("undetermined" if stated.open and any(s.open for s in inputs) else "strained"), exact
    return "disagree", exact


def chance(stated: Spot, exact: Interval, spread: float = 3.0) -> float:
    """How often a random pair would fit as well: both widths on a logarithmic scale, over the spread of such ratios."""

    def log_width(low: float, high: float) -> float:
        low, high = sorted((abs(low), abs(high)))
        return math.log(high / low) if low > 0 and math.isfinite(high) else spread

    low, high = interval(stated)
    return min(1.0, (log_width(low, high) + log_width(*exact)) / spread)


def least_chance(stated: Spot, spread: float = 3.0) -> float:
    """What `chance` is at least, whatever the inputs: that of exact ones."""
    return chance(stated, (1.0, 1.0), spread)


# --- slips ------------------------------------------------------------------------------------------------------------

DIGIT = ("digit", "one digit differs, or two neighbours are exchanged")
POWERS = {1: "10", 2: "100", 3: "1,000", 4: "10,000 (万)", 6: "1,000,000", 8: "100,000,000 (亿)"}


def slip(rule: str, stated: Spot, inputs: Sequence[Spot], periods: float = 1.0) -> tuple[str, str] | None:
    """The first recognisable slip that makes the statement true: explanation code and a sentence."""
    parts = [interval(s) for s in inputs]
    if rule == "sum" and len(parts) > 2 and (found := _nearest_part(stated, inputs)):
        return found
    if rule in _SLIPS and (found := _SLIPS[rule](stated, parts, periods)):
        return found
    target = expected(rule, parts, periods)
    if found := _scale(stated, target):
        return found
    return DIGIT if wrong_digit(stated, target) else None


def _slip_of_cagr(stated: Spot, parts: Sequence[Interval], periods: float) -> tuple[str, str] | None:
    said, over_all = interval(stated), expected("growth", parts)
    if periods > 1 and overlap(said, over_all):
        return "total_growth", "it is the growth over the whole span, not a yearly rate"
    for n in (periods - 1, periods + 1, periods - 2, periods + 2):
        if n >= 1 and overlap(said, expected("cagr", parts, n)):
            return "periods", f"it fits {n:g} periods in place of {periods:g}"
    if periods > 1 and overlap(said, (over_all[0] / periods, over_all[1] / periods)):
        return "simple_average", "it is the growth over the span divided by its years"
    return None


def _slip_of_growth(stated: Spot, parts: Sequence[Interval], _: float) -> tuple[str, str] | None:
    said = interval(stated)
    low, high = expected("fold", parts)
    size = min(map(abs, said)), max(map(abs, said))
    if overlap(size, (100 * low, 100 * high)):
        return "increase_by_vs_to", "it went to that many per cent of the former value, not by them"
    if 0 < high < 1 and size[0] > 100 and any(overlap(size, (100 / high - k, 100 / low - k)) for k in (0, 100)):
        return "increase_by_vs_to", "nothing falls by more than all of it: it is the former value over the later"
    low, high = sorted(map(abs, expected("growth", parts[::-1])))
    if high > 5 and overlap(size, (low, high)):
        return "inverse", "it is the change over the later value, not over the former"
    return None


def _slip_of_multiple(
    stated: Spot, parts: Sequence[Interval], rule: str, least: float | None = None
) -> tuple[str, str] | None:
    low, high = expected(rule, parts)
    if (least is None or low > least) and overlap(interval(stated), (low - 1, high - 1)):
        return "increase_by_vs_to", "it grew by that multiple, not to it"
    return None


def _slip_of_share(stated: Spot, parts: Sequence[Interval], _: float) -> tuple[str, str] | None:
    if len(parts) != 2:
        return None
    said, ((a, b), (c, d)) = interval(stated), parts
    rest = c - b, d - a  # of a whole that is hardly more than the part anything may be said
    if rest[0] > 0 and rest[1] < WIDE * rest[0] and overlap(said, expected("share", [(a, b), rest])):
        return "share_of_rest", "it is the part over the rest, not over the whole"
    low, high = expected("share", parts)
    if len(stated.digits) >= 3 and overlap(said, (100 - high, 100 - low)):
        return "complement", "it is the share of the rest"
    return None


_SLIPS: dict[str, Callable[[Spot, Sequence[Interval], float], tuple[str, str] | None]] = {
    "cagr": _slip_of_cagr,
    "growth": _slip_of_growth,
    "fold": lambda stated, parts, _: _slip_of_multiple(stated, parts, "fold"),
    "ratio": lambda stated, parts, _: _slip_of_multiple(stated, parts, "ratio", 1.05),
    "share": _slip_of_share,
}


def _nearest_part(stated: Spot, inputs: Sequence[Spot]) -> tuple[str, str] | None:
    """A part left out or twice, or a wrong digit: of those that the rounding allows the one that comes nearest."""
    low, high = expected("sum", [interval(s) for s in inputs])
    middle, said = sum(s.value for s in inputs), interval(stated)
    found: list[tuple[float, str, str]] = []
    for s in inputs:
        if s.value and overlap(said, (low - s.low, high - s.high)):
            found.append((abs(middle - s.value - stated.value), "part_left_out", f"it is the sum without {s.printed}"))
        if s.value and overlap(said, (low + s.low, high + s.high)):
            found.append(
                (abs(middle + s.value - stated.value), "counted_twice", f"it is the sum with {s.printed} twice")
            )
    for s in inputs:
        for power in (3, 4, 6):
            for factor in (10.0**power, 10.0**-power):
                # a part that hardly counts in the total, or is nearly all of it, proves nothing
                if 0.02 < s.value * factor / stated.value < 0.98 and overlap(
                    said, (low + s.low * (factor - 1), high + s.high * (factor - 1))
                ):
                    found.append((0.0, "scale", f"it is the sum with {s.printed} off by a factor of {POWERS[power]}"))
    if wrong_digit(stated, (middle, middle)):
        found.append((0.5 * (said[1] - said[0]), *DIGIT))
    return min(found)[1:] if found else None


def _scale(stated: Spot, target: Interval) -> tuple[str, str] | None:
    """Only exact intervals: a factor of ten times a wide interval fits too much."""
    middle = (target[0] + target[1]) / 2
    if stated.open or not middle or len(stated.digits) < 2 or (target[1] - target[0]) > 0.02 * abs(middle):
        return None
    for power, name in POWERS.items():
        for sign in (1, -1):
            factor = 10.0 ** (sign * power)
            if overlap(interval(stated), (target[0] * factor, target[1] * factor)):
                return "scale", f"it is off by a factor of {name}"
    return None


def tens(stated: Spot, exact: Interval, near: float = 1e-6) -> tuple[str, str] | None:
    """Equal digits, another power of ten: within ``near`` of the middle of what is expected."""
    middle = (exact[0] + exact[1]) / 2
    for power in (1, 2, 3, 4, 8):
        for factor in (10.0**power, 10.0**-power):
            if abs(stated.value / (middle * factor) - 1) < near:
                return "scale", f"it is off by a factor of 10^{power}"
    return None


def wrong_digit(stated: Spot, target: Interval) -> bool:
    """Whether one digit, or two exchanged neighbours, of at least three printed ones make the difference."""
    printed = "".join(c for c in stated.printed if c.isdigit() or c == ".").strip(".")
    if len(stated.digits) < 3 or not math.isfinite(target[0]) or not math.isfinite(target[1]) or not stated.value:
        return False
    try:
        factor = abs(stated.value) / float(printed)
    except (ValueError, ZeroDivisionError):
        return False
    decimals = len(printed.partition(".")[2])
    low, high = sorted((abs(target[0]) / factor, abs(target[1]) / factor))
    middle = (low + high) / 2
    if high - low > 0.3 * middle:
        return False
    steps = {round(middle, decimals)}
    if high - low <= 5 * 10.0**-decimals:
        steps |= {round(low, decimals), round(high, decimals)}
    return any(_near(printed, f"{s:.{decimals}f}") for s in steps)


def exchanged(stated: Spot, target: Interval) -> bool:
    """Whether the two digits of a two-digit number stand in the wrong order: 24 where 42 follows."""
    printed = significant(stated.printed)
    if len(printed) != 2 or printed[0] == printed[1] or not all(map(math.isfinite, target)):
        return False
    size = abs(stated.value) / int(printed)
    low, high = sorted(abs(t) / size for t in target) if size else (0.0, 0.0)
    return high - low < 2 and int(printed[::-1]) in (round(low), round((low + high) / 2), round(high))


def neighbours_exchanged(stated: Spot, exact: Interval) -> tuple[str, str] | None:
    """Two neighbouring digits of three or more are exchanged."""
    middle = (exact[0] + exact[1]) / 2
    number = re.search(r"\d[\d,]*(?:\.(\d+))?", stated.printed)
    size = float(number[0].replace(",", "")) if number else 0.0
    if len(stated.digits) < 3 or not number or not size or exact[1] - exact[0] > stated.high - stated.low:
        return None
    printed = f"{middle * size / stated.value:.{len(number[1] or '')}f}"
    if sorted(significant(printed)) == sorted(stated.digits) and wrong_digit(stated, exact):
        return "digit", "two neighbouring digits are exchanged"
    return None


def _near(a: str, b: str) -> bool:
    if len(a) != len(b):
        return False
    off = [i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
    # the last digit alone is rounding, not a slip
    if len(off) == 1:
        return off[0] < len(a) - 1
    return len(off) == 2 and a[off[0]] == b[off[1]] and a[off[1]] == b[off[0]] and off[1] - off[0] <= 2
