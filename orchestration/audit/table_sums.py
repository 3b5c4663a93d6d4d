"""Lines of a table that are sums, averages or differences of others; addition tables."""

from collections.abc import Iterator
from itertools import combinations, permutations

from orchestration.audit.arithmetic import expected, overlap, slip
from orchestration.audit.model import Comparison, Spot, Table
from orchestration.audit.table_lines import (
    Line,
    as_raw,
    comparison,
    in_points,
    percent,
    raw,
    same_kind,
    settled,
    told_total,
)
from orchestration.audit.words import words

MEAN_OF = 12  # lines that an average of a table is taken of


def sums_of_lines(lines: list[Line], names: list[str], cross: list[str], turned: bool) -> Iterator[Comparison]:
    """A line is the sum of lines beside it, or of one and another with its sign, place by place."""
    taken: set[int] = set()
    # across a line of rates (change, margin) nothing adds up, except shares
    rates = {i for i, name in enumerate(cross) if percent([line[i] for line in lines], name)}
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
            places = [(t, ps) for t, ps in places if len(ps) >= 2 and t.raw and same_kind(t, ps)]
            places = [(t, ps) for t, ps in places if (t.row if turned else t.column) not in rates or _holds(t, ps)]
            if not places:
                continue
            found = list(settled("sum", places, "sum", 1 if named else 2, 0.02 if named else 1e-6, named))
            if not found and named and len(places) == 1 and len(parts) == sum(any(line) for line in lines) - 1:
                found = list(_named_total(*places[0]))
            if found:
                yield from found
                taken.add(total)
                break
        else:
            yield from _differences(total, lines, names)


def means_of_lines(lines: list[Line], names: list[str]) -> Iterator[Comparison]:
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
                and same_kind(t, parts) and all(s.unit in ("", t.unit) for s in parts)
            ]  # fmt: skip
            found = list(settled("mean", places, "mean", 2, 1e-3, True)) if places else []
            if sum(c.verdict == "agree" for c in found) > sum(c.verdict == "agree" for c in best):
                best = found
        yield from best


def _holds(total: Spot, parts: list[Spot]) -> bool:
    return overlap(raw(total), expected("sum", [raw(p) for p in parts]))


def _named_total(stated: Spot, inputs: list[Spot]) -> Iterator[Comparison]:
    """One column only, and the total is called so: a recognisable slip, or a total of the size of its parts' sum."""
    if len(inputs) < 3:
        return
    reason = slip("sum", as_raw(stated), [as_raw(s) for s in inputs])
    exact = expected("sum", [raw(s) for s in inputs])
    if (
        reason is None
        and told_total(stated, exact)
        and stated.unit not in ("percent", "pp")
        and not _nested([*inputs, stated])
    ):
        reason = "unexplained", "its parts add up to another number"
    if reason is not None and reason[0] in ("digit", "unexplained"):
        yield comparison("sum", stated, inputs, exact, False, reason, 0.6)


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
    points = bool(words("points").search(names[total])) or any(in_points(s) for s in lines[total] if s)
    near = [i for i in range(max(0, total - 4), total) if any(lines[i])]
    for a, b in permutations(near, 2):
        places = [
            (t, [x, y])
            for t, x, y in zip(lines[total], lines[a], lines[b], strict=True)
            if t and x and y and t.raw and x.raw and y.raw and (points or same_kind(t, [x, y]))
        ]
        # what is taken away may be printed as negative: cash flow and capital expenditure
        rule = "sum" if places and all(y.raw < 0 < x.raw for _, (x, y) in places) else "difference"
        found = list(settled("sum", places, rule, 2, 1e-4))
        if found:
            yield from found
            return


def additive(table: Table) -> Iterator[Comparison]:
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
            and same_kind(t, [x, y])
        ]  # fmt: skip
        judged = [(t, xs, exact, overlap(raw(t), exact)) for t, xs in places
                  for exact in [expected("sum", [raw(s) for s in xs])]]  # fmt: skip
        held = sum(holds for *_, holds in judged)
        if held < 6 or held < 0.8 * len(judged):
            continue
        for stated, inputs, exact, holds in judged:
            reason = None if holds else slip("sum", as_raw(stated), [as_raw(s) for s in inputs])
            if holds or (reason and reason[0] == "digit" and held >= 0.95 * len(judged)):
                yield comparison("sum", stated, inputs, exact, holds, reason, 0.9)
        return
