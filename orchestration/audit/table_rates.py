"""Lines of a table that are shares, ratios, products or growth of others."""

import math
import re
from collections.abc import Iterable, Iterator
from itertools import permutations

from orchestration.audit.arithmetic import MULTIPLES, RATES, expected, overlap, slip
from orchestration.audit.model import Comparison, Spot
from orchestration.audit.table_lines import Line, as_raw, comparison, in_points, percent, raw, settled
from orchestration.audit.words import words

LINES = 40  # that are tried
POWERS = (3, 4, 6, 8)  # of ten, by which printed numbers are scaled
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")


def ratios_of_lines(lines: list[Line], names: list[str]) -> Iterator[Comparison]:
    """A line of rates is, place by place, the share, growth, difference or ratio of two other lines."""
    filled = [i for i, line in enumerate(lines) if sum(1 for s in line if s) >= 2][:LINES]
    rates = {i: percent(lines[i], names[i]) for i in filled}
    for target in filled:
        tried: list[list[Comparison]] = []
        for a, b in permutations([i for i in filled if i != target], 2):
            if rates[target] and (rates[a] or rates[b]):
                continue
            for rule in ("share", "growth") if rates[target] else ("ratio", "product") if a < b else ("ratio",):
                places = _places(rule, lines[target], lines[a], lines[b])
                size = 1.0 if rates[target] else _size_of(rule, places)
                if len(places) < 2 or (rule == "share" and any(abs(p[0].raw) > abs(p[1].raw) for _, p in places)):
                    continue
                alone = 0.002 if rates[target] else 1e-5 if size == 1 else 1e-6
                tried.append(list(settled(rule, places, rule, 2, alone, sure=0.02 / len(filled) ** 2, size=size)))
        yield from _most_held(tried)


def _most_held(tried: Iterable[list[Comparison]]) -> list[Comparison]:
    """Of the lines that were tried the ties over the one that most of them hold over; none where none holds."""
    best = max(tried, key=_held, default=[])
    return best if _held(best) else []


def _held(found: list[Comparison]) -> int:
    return sum(c.verdict == "agree" for c in found)


def _rates_and_others(lines: list[Line], names: list[str]) -> Iterator[tuple[Line, list[Line]]]:
    """Every line of rates, and the lines that are none."""
    others = [line for line, name in zip(lines, names, strict=True) if not percent(line, name)]
    return ((line, others) for line, name in zip(lines, names, strict=True) if percent(line, name))


def _places(rule: str, target: Line, first: Line, second: Line) -> list[tuple[Spot, list[Spot]]]:
    return [
        (t, [x, y])
        for t, x, y in zip(target, first, second, strict=True)
        if t and x and y and x.raw and y.raw and (t.raw or rule == "growth") and not in_points(t)
        # two prints of one value are no part and whole
        and not (rule == "share" and overlap(raw(x), raw(y)))
    ]  # fmt: skip


def _size_of(rule: str, places: list[tuple[Spot, list[Spot]]]) -> float:
    """The power of ten between a line and what two others give: thousands for units, millions for thousands; one where
    the places do not agree on another."""
    powers = set()
    for stated, (x, y) in places[:3]:
        ratio = stated.raw / (x.raw / y.raw if rule == "ratio" else x.raw * y.raw)
        powers.add(round(math.log10(ratio)) if ratio > 0 else 0)
    power = powers.pop() if len(powers) == 1 else 0
    return 10.0**power if abs(power) in POWERS else 1.0


def indexed(lines: list[Line], names: list[str]) -> Iterator[Comparison]:
    """A line is another one over one of its own places, where it is itself 1 or 100: an index, a multiple of the first
    model."""
    for target, line in enumerate(lines):
        bases = [i for i, t in enumerate(line) if t and t.raw in (1, 100)]
        units = {t.unit for t in line if t}
        said = units <= set(MULTIPLES) or (units <= {"", *MULTIPLES} and words("indexed").search(names[target]))
        if len(bases) != 1 or not said or percent(line, names[target]):
            continue  # a price of 1.00 is no base
        base, tried = bases[0], list[list[Comparison]]()
        size = line[base].raw  # type: ignore[union-attr]
        for other in lines:
            whole = other[base]
            one_kind = len({s.unit for s in other if s}) == 1
            if other is line or whole is None or whole.raw <= 0 or whole.raw == size or not one_kind:
                continue
            places = [
                (t, [x, whole]) for i, (t, x) in enumerate(zip(line, other, strict=True))
                if t and x and i != base and t.raw and x.raw
            ]  # fmt: skip
            if len(places) > 1:
                tried.append(list(settled("ratio", places, "ratio", 2, 1e-3, sure=1e-4, size=size)))
        yield from _most_held(tried)


def parts_of_total(lines: list[Line], names: list[str], cross: list[str], sums: list[bool]) -> Iterator[Comparison]:
    """A line of rates is the share of each place of another line in that line's total: where it is called so, else in
    the one that adds up or in the last that is no rate."""
    totals = [i for i, name in enumerate(cross) if words("total").search(name)]
    for line, others in _rates_and_others(lines, names):
        yield from _most_held(
            list(settled("share", _parts(line, other, whole), "share", 2, 0.002))
            for other in others
            for whole in totals or _likely_totals(other, sums)
        )


def _likely_totals(line: Line, sums: list[bool]) -> Iterable[int]:
    """The places that add up, and the last one that is no rate."""
    last = [i for i, s in enumerate(line) if s and s.unit not in RATES][-1:]
    return dict.fromkeys([*(i for i, adds in enumerate(sums) if adds), *last])


def _parts(rates: Line, line: Line, whole: int) -> list[tuple[Spot, list[Spot]]]:
    """Each rate with the part at its place and the total; none where there is no total."""
    total = line[whole]
    if total is None or not total.raw:
        return []
    return [
        (t, [x, total])
        for i, (t, x) in enumerate(zip(rates, line, strict=True))
        if t and x and i != whole and t.raw and x.raw and x.unit not in RATES
    ]


def lags(lines: list[Line], names: list[str]) -> Iterator[Comparison]:
    """A line of rates is the growth of another line against its own former place."""
    for line, others in _rates_and_others(lines, names):
        yield from _most_held(
            list(settled("growth", _steps(line, other, step), "growth", 2, 0.002))
            for other in others
            for step in (1, -1)
        )


def _steps(rates: Line, line: Line, step: int) -> list[tuple[Spot, list[Spot]]]:
    """Each rate with the former place and its own place of another line."""
    places = []
    for i, t in enumerate(rates):
        if t is None or not 0 <= i - step < len(rates):
            continue
        now, before = line[i], line[i - step]
        if now and before and now.raw and before.raw and not in_points(t) and _follows(before, now):
            places.append((t, [before, now]))
    return places


def headed_growth(lines: list[Line], names: list[str]) -> Iterator[Comparison]:
    """A line whose name says growth, beside lines of two following years: the rates are theirs, one by one."""
    dated: dict[int, int] = {}
    for i, name in enumerate(names):
        years = set(_YEAR.findall(name))
        if len(years) == 1 and not words("growth").search(name) and not percent(lines[i], name):
            dated.setdefault(int(next(iter(years))), i)
    if len(dated) < 2:
        return
    for target, name in enumerate(names):
        if not (words("growth").search(name) and percent(lines[target], name)):
            continue
        said = [int(y) for y in _YEAR.findall(name)]
        last = said[-1] if said and said[-1] in dated else max(dated)
        if last - 1 not in dated:
            continue
        judged = []
        for t, x, y in zip(lines[target], lines[dated[last - 1]], lines[dated[last]], strict=True):
            if not (t and x and y) or min(x.raw, y.raw) <= 0 or in_points(t):
                continue
            exact = expected("growth", [raw(x), raw(y)])
            holds = overlap(raw(t), exact) or (y.raw < x.raw and overlap((-t.raw - t.half, t.half - t.raw), exact))
            judged.append((t, [x, y], exact, holds))
        broken = [j for j in judged if not j[3]]
        held = len(judged) - len(broken)
        if not held or len(broken) > max(1, held // 3):
            continue
        for stated, inputs, exact, holds in judged:
            if holds:
                yield comparison("growth", stated, inputs, exact, True, None, 0.95)
                continue
            reason = slip("growth", as_raw(stated), [as_raw(s) for s in inputs])
            if reason is not None and reason[0] in ("increase_by_vs_to", "digit", "scale"):
                yield comparison("growth", stated, inputs, exact, False, reason, 0.85)


def _follows(before: Spot, now: Spot) -> bool:
    """Whether nothing speaks against the one being the place before the other in time."""
    return not (before.years and now.years) or before.years < now.years or before.period == now.period
