"""Ties by equal keys: prints of one quantity, and a rate with the levels of its own series.

Keys that a machine read are doubtful, so these ties only confirm: what differs may be two things under one key.
"""

from collections import defaultdict
from collections.abc import Iterator

from orchestration.audit.arithmetic import chance, interval, judge, overlap
from orchestration.audit.model import Comparison, Document, Spot
from orchestration.audit.text_operators import signed

Thing = tuple[str, str, str, str, str]


def keyed_comparisons(document: Document) -> Iterator[Comparison]:
    """Repeats, growth and compound growth of figures with the same indicator, entity, segment and place."""
    spots = [s for s in document.spots if s.scaled and s.unit and s.indicator]
    spots += [c for t in document.tables for row in t.cells for c in row if c and c.scaled and c.unit and c.indicator]
    spots = [s for s in spots if s.entity or s.segment]
    yield from _repeats(spots)
    yield from _series(spots)


def _thing(s: Spot) -> Thing:
    return s.indicator, s.entity, s.segment, s.geography, s.counted


def _repeats(spots: list[Spot]) -> Iterator[Comparison]:
    prints: dict[tuple[Thing, str, str, str], list[Spot]] = defaultdict(list)
    for s in spots:
        if s.period:
            prints[_thing(s), s.period, s.statistic, s.unit].append(s)
    for same in prints.values():
        for i, later in enumerate(same[1:], 1):
            first = next(
                (s for s in same[:i] if overlap(interval(s), interval(later)) and not _one_place(s, later)), None
            )
            if first is not None:
                rule = "repeat" if (first.grid >= 0) == (later.grid >= 0) else "text_vs_table"
                yield Comparison(
                    rule, "cluster", later, [first], "agree", interval(first), confidence=0.8, operator="equal_keys"
                )


def _one_place(a: Spot, b: Spot) -> bool:
    """Two figures of one sentence or one row are two things."""
    return (a.block == b.block >= 0 and a.sentence == b.sentence) or (a.grid == b.grid >= 0 and a.row == b.row)


def _series(spots: list[Spot]) -> Iterator[Comparison]:
    levels: dict[tuple[Thing, int], list[Spot]] = defaultdict(list)
    for s in spots:
        if s.statistic == "level" and s.years and s.years[0] == s.years[1] and s.value > 0 and s.unit != "percent":
            levels[_thing(s), s.years[0]].append(s)
    starts: dict[tuple[tuple[str, ...], int], list[tuple[Thing, list[Spot]]]] = defaultdict(list)
    for (key, year), found in levels.items():
        starts[key[:4], year].append((key, found))
    for s in spots:
        if s.unit != "percent" or not s.years or s.statistic not in ("yoy", "cagr"):
            continue
        first, last = (s.years[0] - 1, s.years[1]) if s.statistic == "yoy" else s.years
        if last <= first or (s.statistic == "yoy" and s.years[0] != s.years[1]):
            continue
        rule = "growth" if s.statistic == "yoy" else "cagr"
        ends = [
            (a, b)
            for key, found in starts.get((_thing(s)[:4], first), ())
            for a in found
            for b in levels.get((key, last), ())
            if a.unit == b.unit and a.period[4:] == b.period[4:]
        ]
        for a, b in ends[:6]:
            verdict, exact = judge(rule, signed(rule, s, b.value - a.value), [a, b], last - first)
            if verdict == "agree" and chance(s, exact) * len(ends) < 0.25:
                yield Comparison(
                    rule, "cluster", s, [a, b], "agree", exact, confidence=0.85, operator="own_series",
                    periods=float(last - first),
                )  # fmt: skip
                break
