"""One formula over the places of a table's lines: whether it is accepted, and which place breaks it.

A formula is taken when it holds in all places but one or two; the place that breaks it is named. Raw numbers: no unit
is needed, one scale per line cancels or is a power of ten.
"""

from collections.abc import Iterator

from orchestration.audit.arithmetic import DIGIT, chance, expected, overlap, slip, wrong_digit
from orchestration.audit.means import mean_slip
from orchestration.audit.model import Comparison, Interval, Spot
from orchestration.audit.words import words

Line = list[Spot | None]
MANY = 4  # digits
ONCE = 1e-5  # the chance beyond which one place shows the formula, where one other misses it by a digit


def raw(spot: Spot) -> Interval:
    return spot.raw - spot.half, spot.raw + spot.half


def as_raw(spot: Spot) -> Spot:
    """The same place with its raw number as value: what the slips are looked for on."""
    return Spot(
        spot.line, spot.page, spot.printed, spot.raw, spot.raw - spot.half, spot.raw + spot.half, open=spot.open
    )


def in_points(spot: Spot) -> bool:
    """Whether it is a difference of percentages by its print."""
    return spot.unit == "pp" or bool(words("points").search(spot.printed))


def percent(line: Line, name: str) -> bool:
    """Whether a line holds rates: a sign in its cells or in its name."""
    spots = [s for s in line if s]
    return bool(spots) and (
        sum(s.unit in ("percent", "pp") or "%" in s.printed for s in spots) * 2 > len(spots)
        or bool(words("rate").search(name))
    )


def comparison(
    rule: str,
    stated: Spot,
    inputs: list[Spot],
    exact: Interval,
    holds: bool,
    reason: tuple[str, str] | None,
    sure: float,
) -> Comparison:
    code, said = reason or ("", "")
    return Comparison(
        rule, "table", stated, inputs, "agree" if holds else "disagree", exact, code, said, sure, f"table_{rule}", True
    )


def settled(
    rule: str,
    places: list[tuple[Spot, list[Spot]]],
    evaluate: str,
    least: int,
    alone: float,
    named: bool = False,
    sure: float = 1.0,
    size: float = 1.0,
) -> Iterator[Comparison]:
    """The comparisons of one formula when it is accepted: it holds often enough beyond chance, and breaks rarely.

    ``places`` are (stated, inputs); ``least`` the number of places that must hold; ``alone`` the chance that the
    places which hold may have together, ``sure`` the chance beyond which no broken place is told, ``size`` the power of
    ten that the printed numbers of the whole line are in.
    """
    judged = []
    luck = 1.0
    for stated, inputs in places:
        low, high = expected(evaluate, [raw(s) for s in inputs])
        exact = low * size, high * size
        holds = overlap(raw(stated), exact)
        if holds:
            luck *= chance(as_raw(stated), exact) if stated.raw else 1.0
        judged.append((stated, inputs, exact, holds))
    held = sum(holds for *_, holds in judged)
    used = {line for _, inputs, _, holds in judged if holds for s in inputs for line in (("r", s.row), ("c", s.column))}
    missed = len(judged) - held
    accepted = held >= least and luck <= alone and missed <= (named if held < 2 else 1 if held < 5 else 2)
    if not accepted and not (held == missed == 1 and luck <= ONCE and _misprinted(judged, evaluate)):
        return
    for stated, inputs, exact, holds in judged:
        if holds:
            yield comparison(rule, stated, inputs, exact, True, None, 1 - luck)
            continue
        if luck > sure:
            continue
        if evaluate == "sum" and between(stated, inputs):
            continue
        # a line that takes part in no place that holds is of another level
        strange = any(("r", s.row) not in used and ("c", s.column) not in used for s in inputs)
        if evaluate == "growth" and min(s.raw for s in inputs) < 0:
            continue  # the growth of a loss is told in many ways
        if evaluate == "mean":
            why = mean_slip(as_raw(stated), [as_raw(s) for s in inputs])
            left_out = ("part_left_out", why) if why and len(stated.digits) >= 3 else None
            reason = left_out or slip(evaluate, as_raw(stated), [as_raw(s) for s in inputs])
        elif size == 1:
            reason = slip(evaluate, as_raw(stated), [as_raw(s) for s in inputs])
        else:
            reason = DIGIT if wrong_digit(as_raw(stated), exact) else None
        if evaluate == "sum" and strange and not (reason and reason[0] == "digit" and len(stated.digits) >= 4):
            continue
        if reason is None and held < (1 if named and told_total(stated, exact) else 3):
            continue
        # a part that is left out in every place but one is a line of another level
        if reason is not None and reason[0] in ("part_left_out", "counted_twice") and held < 2 and evaluate == "sum":
            continue
        yield comparison(
            rule, stated, inputs, exact, False, reason or ("unexplained", "the other places of the table hold"), 0.9
        )


def _misprinted(judged: list[tuple[Spot, list[Spot], Interval, bool]], evaluate: str) -> bool:
    """Whether the place that misses, of two (this year and last), does so by a digit."""
    ((stated, inputs),) = [(s, i) for s, i, _, holds in judged if not holds]
    reason = slip(evaluate, as_raw(stated), [as_raw(s) for s in inputs])
    return reason is not None and reason[0] == "digit" and len(stated.digits) >= MANY


def same_kind(total: Spot, parts: list[Spot]) -> bool:
    rate = total.unit in ("percent", "pp")
    return all((p.unit in ("percent", "pp")) == rate for p in parts)


def between(total: Spot, parts: list[Spot]) -> bool:
    """A total among its own parts is an average or a price, no sum."""
    return len(parts) > 1 and min(p.raw for p in parts) > 0 and total.raw < max(p.raw for p in parts)


def told_total(stated: Spot, exact: Interval) -> bool:
    """Whether a total misses its sum by more than rounding and is still of its size."""
    low, high = raw(stated)
    near = max(exact[0] - high, low - exact[1]) > high - low and 0.65 < stated.raw / max(exact[1], 1e-300) < 1.5
    return near and not stated.open
