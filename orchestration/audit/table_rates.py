"""Lines of a table that are shares, ratios, products or growth of others."""

import re
from collections.abc import Iterator

from orchestration.audit.arithmetic import expected, overlap, slip
from orchestration.audit.model import Comparison, Spot
from orchestration.audit.table_lines import Line, as_raw, comparison, in_points, percent, raw, settled
from orchestration.audit.words import words

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")


def ratios_of_lines(lines: list[Line], names: list[str], cross: list[str]) -> Iterator[Comparison]:
    """A line of rates is, place by place, the share, growth, difference or ratio of two other lines."""
    del cross
    filled = [i for i, line in enumerate(lines) if sum(1 for s in line if s) >= 2]
    rates = {i: percent(lines[i], names[i]) for i in filled[:40]}
    for target in filled[:40]:
        rate = rates[target]
        points = [t is not None and in_points(t) for t in lines[target]]
        best: list[Comparison] = []
        for a in filled[:40]:
            for b in filled[:40]:
                if target in (a, b) or a == b:
                    continue
                for rule in ("share", "growth") if rate else ("ratio", "product") if a < b else ("ratio",):
                    if rate and (rates[a] or rates[b]):
                        continue
                    places = [
                        (t, [x, y])
                        for t, x, y, difference in zip(lines[target], lines[a], lines[b], points, strict=True)
                        if t
                        and x
                        and y
                        and x.raw
                        and y.raw
                        and (t.raw or rule == "growth")
                        and not difference
                        # two prints of one value are no part and whole
                        and not (rule == "share" and overlap(raw(x), raw(y)))
                    ]
                    if len(places) < 2 or (rule == "share" and any(abs(p[0].raw) > abs(p[1].raw) for _, p in places)):
                        continue
                    found = list(settled(rule, places, rule, 2, 0.002 if rate else 1e-5, sure=0.02 / len(filled) ** 2))
                    if sum(c.verdict == "agree" for c in found) > sum(c.verdict == "agree" for c in best):
                        best = found
        yield from best


def parts_of_total(lines: list[Line], names: list[str], cross: list[str]) -> Iterator[Comparison]:
    """A line of rates is the share of each place of another line in that line's total."""
    totals = [i for i, name in enumerate(cross) if words("total").search(name)]
    for target, line in enumerate(lines):
        if not percent(line, names[target]):
            continue
        best: list[Comparison] = []
        for other in range(len(lines)):
            if other == target or percent(lines[other], names[other]):
                continue
            for whole in totals or [i for i in range(len(cross)) if lines[other][i]][-1:]:
                total = lines[other][whole]
                if total is None or not total.raw:
                    continue
                places = [
                    (t, [x, total])
                    for i, (t, x) in enumerate(zip(line, lines[other], strict=True))
                    if t and x and i != whole and t.raw and x.raw
                ]
                found = list(settled("share", places, "share", 2, 0.002))
                if sum(c.verdict == "agree" for c in found) > sum(c.verdict == "agree" for c in best):
                    best = found
        yield from best


def lags(lines: list[Line], names: list[str]) -> Iterator[Comparison]:
    """A line of rates is the growth of another line against its own former place."""
    for target, line in enumerate(lines):
        if not percent(line, names[target]):
            continue
        best: list[Comparison] = []
        for other in range(len(lines)):
            if other == target or percent(lines[other], names[other]):
                continue
            for step in (1, -1):
                places = []
                for i, t in enumerate(line):
                    if t is None or not 0 <= i - step < len(line):
                        continue
                    now, before = lines[other][i], lines[other][i - step]
                    if now and before and now.raw and before.raw and not in_points(t) and _follows(before, now, step):
                        places.append((t, [before, now]))
                found = list(settled("growth", places, "growth", 2, 0.002))
                if sum(c.verdict == "agree" for c in found) > sum(c.verdict == "agree" for c in best):
                    best = found
        yield from best


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


def _follows(before: Spot, now: Spot, step: int) -> bool:
    """Whether nothing speaks against the one being the place before the other in time."""
    del step
    return not (before.years and now.years) or before.years < now.years or before.period == now.period
