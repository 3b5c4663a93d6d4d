"""Formulas over tables: lines of a grid that are sums, shares, growth, ratios of other lines.

A formula is taken when it holds in all places but one or two; the place that breaks it is named. Everything is done on
rows and, turned around, on columns. Raw numbers: no unit is needed, one scale per line cancels or is a power of ten.
"""

import re
from collections.abc import Iterator
from itertools import combinations, permutations

from orchestration.audit.arithmetic import chance, expected, overlap, slip
from orchestration.audit.model import Comparison, Interval, Spot, Table
from orchestration.audit.words import words

Line = list[Spot | None]
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
MEAN_OF = 12  # lines that an average of a table is taken of


def table_comparisons(table: Table, whole: int) -> list[Comparison]:
    """All comparisons within one table; ``whole`` is its number, for the origin of the spots."""
    del whole
    found: list[Comparison] = []
    turned = [list(column) for column in zip(*table.cells, strict=True)]
    for lines, names, cross in ((table.cells, table.rows, table.columns), (turned, table.columns, table.rows)):
        found += list(_sums(lines, names, cross, lines is turned))
        found += list(_means(lines, names))
        found += list(_ratios(lines, names, cross))
        found += list(_parts_of_total(lines, names, cross))
        found += list(_lags(lines, names))
        found += list(_headed_growth(lines, names))
    found += list(_additive(table))
    return found


def _additive(table: Table) -> Iterator[Comparison]:
    """An addition table: every cell is the first of its row and the first of its column together."""
    for corner_row, corner in enumerate(table.cells[:2]):
        columns = [c for c, s in enumerate(corner) if s]
        if len(columns) < 3:
            continue
        first = columns[0]
        places = [
            (t, [x, y])
            for row in table.cells[corner_row + 1 :]
            for c in columns[1:]
            if (t := row[c]) and (x := row[first]) and (y := corner[c]) and t.raw and x.raw and y.raw
            and _same_kind(t, [x, y])
        ]  # fmt: skip
        judged = [(t, xs, exact, overlap(raw(t), exact)) for t, xs in places
                  for exact in [expected("sum", [raw(s) for s in xs])]]  # fmt: skip
        held = sum(holds for *_, holds in judged)
        if held < 6 or held < 0.8 * len(judged):
            continue
        for stated, inputs, exact, holds in judged:
            reason = None if holds else slip("sum", as_raw(stated), [as_raw(s) for s in inputs])
            if holds or (reason and reason[0] == "digit" and held >= 0.95 * len(judged)):
                yield _comparison("sum", stated, inputs, exact, holds, reason, 0.9)
        return


def raw(spot: Spot) -> Interval:
    return spot.raw - spot.half, spot.raw + spot.half


def as_raw(spot: Spot) -> Spot:
    """The same place with its raw number as value: what the slips are looked for on."""
    return Spot(
        spot.line, spot.page, spot.printed, spot.raw, spot.raw - spot.half, spot.raw + spot.half, open=spot.open
    )


def _follows(before: Spot, now: Spot, step: int) -> bool:
    """Whether nothing speaks against the one being the place before the other in time."""
    del step
    return not (before.years and now.years) or before.years < now.years or before.period == now.period


def _points(spot: Spot) -> bool:
    """Whether it is a difference of percentages by its print."""
    return spot.unit == "pp" or bool(words("points").search(spot.printed))


def _percent(line: Line, name: str) -> bool:
    """Whether a line holds rates: a sign in its cells or in its name."""
    spots = [s for s in line if s]
    return bool(spots) and (
        sum(s.unit in ("percent", "pp") or "%" in s.printed for s in spots) * 2 > len(spots)
        or bool(words("rate").search(name))
    )


def _comparison(
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


def _settled(
    rule: str,
    places: list[tuple[Spot, list[Spot]]],
    evaluate: str,
    least: int,
    alone: float,
    named: bool = False,
    sure: float = 1.0,
) -> Iterator[Comparison]:
    """The comparisons of one formula when it is accepted: it holds often enough beyond chance, and breaks rarely.

    ``places`` are (stated, inputs); ``least`` the number of places that must hold; ``alone`` the chance that the
    places which hold may have together, ``sure`` the chance beyond which no broken place is told.
    """
    judged = []
    luck = 1.0
    for stated, inputs in places:
        exact = expected(evaluate, [raw(s) for s in inputs])
        holds = overlap(raw(stated), exact)
        if holds:
            luck *= chance(as_raw(stated), exact) if stated.raw else 1.0
        judged.append((stated, inputs, exact, holds))
    held = sum(holds for *_, holds in judged)
    used = {line for _, inputs, _, holds in judged if holds for s in inputs for line in (("r", s.row), ("c", s.column))}
    missed = len(judged) - held
    if held < least or luck > alone or missed > (named if held < 2 else 1 if held < 5 else 2):
        return
    for stated, inputs, exact, holds in judged:
        if holds:
            yield _comparison(rule, stated, inputs, exact, True, None, 1 - luck)
            continue
        if luck > sure:
            continue
        if evaluate == "sum" and _between(stated, inputs):
            continue
        # a line that takes part in no place that holds is of another level
        strange = any(("r", s.row) not in used and ("c", s.column) not in used for s in inputs)
        if evaluate == "growth" and min(s.raw for s in inputs) < 0:
            continue  # the growth of a loss is told in many ways
        reason = slip(evaluate, as_raw(stated), [as_raw(s) for s in inputs])
        if evaluate == "sum" and strange and not (reason and reason[0] == "digit" and len(stated.digits) >= 4):
            continue
        if reason is None and held < (1 if named and _told_total(stated, exact) else 3):
            continue
        # a part that is left out in every place but one is a line of another level
        if reason is not None and reason[0] in ("part_left_out", "counted_twice") and held < 2:
            continue
        yield _comparison(
            rule, stated, inputs, exact, False, reason or ("unexplained", "the other places of the table hold"), 0.9
        )


# --- sums -------------------------------------------------------------------------------------------------------------


def _sums(lines: list[Line], names: list[str], cross: list[str], turned: bool) -> Iterator[Comparison]:
    """A line is the sum of lines beside it, or of one and another with its sign, place by place."""
    taken: set[int] = set()
    # across a line of rates (change, margin) nothing adds up, except shares
    rates = {i for i, name in enumerate(cross) if _percent([line[i] for line in lines], name)}
    for total in range(len(lines)):
        if not any(lines[total]) or total in taken:
            continue
        named = bool(words("total").search(names[total]))
        for parts in _part_sets(total, lines, named):
            places = [
                (t, [p for k in parts if (p := lines[k][i]) is not None])
                for i, t in enumerate(lines[total])
                if t is not None and not (t.unit == "percent" and len(parts) < 3)
            ]
            places = [(t, ps) for t, ps in places if len(ps) >= 2 and t.raw and _same_kind(t, ps)]
            places = [(t, ps) for t, ps in places if (t.row if turned else t.column) not in rates or _holds(t, ps)]
            if not places:
                continue
            found = list(_settled("sum", places, "sum", 1 if named else 2, 0.02 if named else 1e-6, named))
            if not found and named and len(places) == 1 and len(parts) == sum(any(line) for line in lines) - 1:
                found = list(_named_total(*places[0]))
            if found:
                yield from found
                taken.add(total)
                break
        else:
            yield from _differences(total, lines, names)


def _means(lines: list[Line], names: list[str]) -> Iterator[Comparison]:
    """A line that is called an average is that of the lines before it, or of the last of them."""
    for target, name in enumerate(names):
        if not words("mean").search(name):
            continue
        before = [i for i in range(target) if any(lines[i]) and not words("mean").search(names[i])]
        best: list[Comparison] = []
        for first in range(max(0, len(before) - MEAN_OF), len(before) - 1):
            places = [
                (t, parts)
                for i, t in enumerate(lines[target])
                if t and t.raw and len(parts := [s for k in before[first:] if (s := lines[k][i])]) >= 2
                and _same_kind(t, parts) and all(s.unit in ("", t.unit) for s in parts)
            ]  # fmt: skip
            found = list(_settled("mean", places, "mean", 2, 1e-3, True)) if places else []
            if sum(c.verdict == "agree" for c in found) > sum(c.verdict == "agree" for c in best):
                best = found
        yield from best


def _holds(total: Spot, parts: list[Spot]) -> bool:
    return overlap(raw(total), expected("sum", [raw(p) for p in parts]))


def _between(total: Spot, parts: list[Spot]) -> bool:
    """A total among its own parts is an average or a price, no sum."""
    return len(parts) > 1 and min(p.raw for p in parts) > 0 and total.raw < max(p.raw for p in parts)


def _same_kind(total: Spot, parts: list[Spot]) -> bool:
    rate = total.unit in ("percent", "pp")
    return all((p.unit in ("percent", "pp")) == rate for p in parts)


def _named_total(stated: Spot, inputs: list[Spot]) -> Iterator[Comparison]:
    """One column only, and the total is called so: a recognisable slip, or a total of the size of its parts' sum."""
    if len(inputs) < 3:
        return
    reason = slip("sum", as_raw(stated), [as_raw(s) for s in inputs])
    exact = expected("sum", [raw(s) for s in inputs])
    if (
        reason is None
        and _told_total(stated, exact)
        and stated.unit not in ("percent", "pp")
        and not _nested([*inputs, stated])
    ):
        reason = "unexplained", "its parts add up to another number"
    if reason is not None and reason[0] in ("digit", "unexplained"):
        yield _comparison("sum", stated, inputs, exact, False, reason, 0.6)


def _nested(line: list[Spot]) -> bool:
    """Whether a number of a line is the sum of two or more others: then it holds totals of several levels."""
    if len(line) > 11:
        line = [*line[:10], line[-1]]
    for whole in line:
        others = [s for s in line if s is not whole and s.raw < whole.raw]
        for size in range(2, len(others) + 1):
            for parts in combinations(others, size):
                if _holds(whole, list(parts)):
                    return True
    return False


def _told_total(stated: Spot, exact: Interval) -> bool:
    """Whether a total misses its sum by more than rounding and is still of its size."""
    low, high = raw(stated)
    near = max(exact[0] - high, low - exact[1]) > high - low and 0.65 < stated.raw / max(exact[1], 1e-300) < 1.5
    return near and not stated.open


def _part_sets(total: int, lines: list[Line], named: bool) -> Iterator[tuple[int, ...]]:
    filled = [i for i, line in enumerate(lines) if any(line)]
    at = filled.index(total)
    seen = set()
    before, after = filled[:at], filled[at + 1 :]
    options = [tuple(before[i:]) for i in range(len(before) - 1)]
    options += [tuple(after[: i + 1]) for i in range(len(after) - 1, 0, -1)]
    if named:
        options.append(tuple(i for i in filled if i != total))
    for option in options[:24]:
        if len(option) >= 2 and option not in seen:
            seen.add(option)
            yield option


def _differences(total: int, lines: list[Line], names: list[str]) -> Iterator[Comparison]:
    """A line is one of the four lines before it less another (gross profit); of two lines of rates, in points."""
    points = bool(words("points").search(names[total])) or any(_points(s) for s in lines[total] if s)
    near = [i for i in range(max(0, total - 4), total) if any(lines[i])]
    for a, b in permutations(near, 2):
        places = [
            (t, [x, y])
            for t, x, y in zip(lines[total], lines[a], lines[b], strict=True)
            if t and x and y and t.raw and x.raw and y.raw and (points or _same_kind(t, [x, y]))
        ]
        found = list(_settled("sum", places, "difference", 2, 1e-4))
        if found:
            yield from found
            return


# --- shares, ratios, growth of two lines ------------------------------------------------------------------------------


def _ratios(lines: list[Line], names: list[str], cross: list[str]) -> Iterator[Comparison]:
    """A line of rates is, place by place, the share, growth, difference or ratio of two other lines."""
    del cross
    filled = [i for i, line in enumerate(lines) if sum(1 for s in line if s) >= 2]
    rates = {i: _percent(lines[i], names[i]) for i in filled[:40]}
    for target in filled[:40]:
        rate = rates[target]
        points = [t is not None and _points(t) for t in lines[target]]
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
                    found = list(_settled(rule, places, rule, 2, 0.002 if rate else 1e-5, sure=0.02 / len(filled) ** 2))
                    if sum(c.verdict == "agree" for c in found) > sum(c.verdict == "agree" for c in best):
                        best = found
        yield from best


def _parts_of_total(lines: list[Line], names: list[str], cross: list[str]) -> Iterator[Comparison]:
    """A line of rates is the share of each place of another line in that line's total."""
    totals = [i for i, name in enumerate(cross) if words("total").search(name)]
    for target, line in enumerate(lines):
        if not _percent(line, names[target]):
            continue
        best: list[Comparison] = []
        for other in range(len(lines)):
            if other == target or _percent(lines[other], names[other]):
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
                found = list(_settled("share", places, "share", 2, 0.002))
                if sum(c.verdict == "agree" for c in found) > sum(c.verdict == "agree" for c in best):
                    best = found
        yield from best


def _lags(lines: list[Line], names: list[str]) -> Iterator[Comparison]:
    """A line of rates is the growth of another line against its own former place."""
    for target, line in enumerate(lines):
        if not _percent(line, names[target]):
            continue
        best: list[Comparison] = []
        for other in range(len(lines)):
            if other == target or _percent(lines[other], names[other]):
                continue
            for step in (1, -1):
                places = []
                for i, t in enumerate(line):
                    if t is None or not 0 <= i - step < len(line):
                        continue
                    now, before = lines[other][i], lines[other][i - step]
                    if now and before and now.raw and before.raw and not _points(t) and _follows(before, now, step):
                        places.append((t, [before, now]))
                found = list(_settled("growth", places, "growth", 2, 0.002))
                if sum(c.verdict == "agree" for c in found) > sum(c.verdict == "agree" for c in best):
                    best = found
        yield from best


def _headed_growth(lines: list[Line], names: list[str]) -> Iterator[Comparison]:
    """A line whose name says growth, beside lines of two following years: the rates are theirs, one by one."""
    dated: dict[int, int] = {}
    for i, name in enumerate(names):
        years = set(_YEAR.findall(name))
        if len(years) == 1 and not words("growth").search(name) and not _percent(lines[i], name):
            dated.setdefault(int(next(iter(years))), i)
    if len(dated) < 2:
        return
    for target, name in enumerate(names):
        if not (words("growth").search(name) and _percent(lines[target], name)):
            continue
        said = [int(y) for y in _YEAR.findall(name)]
        last = said[-1] if said and said[-1] in dated else max(dated)
        if last - 1 not in dated:
            continue
        judged = []
        for t, x, y in zip(lines[target], lines[dated[last - 1]], lines[dated[last]], strict=True):
            if not (t and x and y) or min(x.raw, y.raw) <= 0 or _points(t):
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
                yield _comparison("growth", stated, inputs, exact, True, None, 0.95)
                continue
            reason = slip("growth", as_raw(stated), [as_raw(s) for s in inputs])
            if reason is not None and reason[0] in ("increase_by_vs_to", "digit", "scale"):
                yield _comparison("growth", stated, inputs, exact, False, reason, 0.85)
