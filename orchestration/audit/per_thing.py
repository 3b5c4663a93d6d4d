"""An amount for each of several things: what all of them cost or use, over their number."""

import re
from collections.abc import Iterator
from dataclasses import replace

from orchestration.audit.arithmetic import (
    MULTIPLES,
    RATES,
    chance,
    interval,
    judge,
    neighbours_exchanged,
    overlap,
    tens,
)
from orchestration.audit.model import Comparison, Document, Interval, Spot, Text
from orchestration.audit.spots import noun_behind
from orchestration.audit.words import STOP, per_units, words

NEAR = 3  # amounts and counts that are tried, the nearest first
LUCK = 0.2
SPANS = {12: "months in a year", 4: "quarters", 52: "weeks"}
EXACT = 1e-3  # how near a power of ten or another span must come
WIDE = 0.03  # of what follows, beyond which a power of ten proves nothing
LEAD = 45  # letters before an amount
FAR, SURE = 12, 25  # amounts and counts of the document that are tried; pairs up to which a power of ten is no chance
FIRST = 3  # pairs of which a power of ten goes before what fits later


def per_thing_comparisons(document: Document) -> Iterator[Comparison]:
    """Every amount of the text that is said of each, over the amounts and counts beside it, else of the document."""
    far: _Far | None = None
    for text in document.texts:
        for n, stated in enumerate(text.spots):
            if not stated.unit or stated.value <= 0 or stated.unit in (*RATES, *MULTIPLES):
                continue
            lead = STOP.split(text.text[text.spots[n - 1].end if n else 0 : stated.start])[-1][-LEAD:]
            tail = text.text[stated.end : stated.end + 14]
            close = words("each_before").search(lead[-14:]) or words("each_behind").match(tail)
            if not close and not words("each_ahead").search(lead):
                continue
            found = list(_judged(stated, text)) if close else []
            if not found:
                far = far or _Far(document)
                found = list(far.judged(stated, f"{lead} {stated.printed}{tail}"))
            yield from found


class _Far:
    """Amounts and counts of a whole document, for what is said of each far from them."""

    def __init__(self, document: Document) -> None:
        self.spots = [
            s
            for t in document.texts
            for s in (*t.spots, *(n for n in t.numerals if n.unit))
            if s.scaled and s.value > 0
        ]
        self.cells = [s for t in document.tables for row in t.cells for s in row if s and s.scaled and s.value > 0]

    def judged(self, stated: Spot, said: str) -> Iterator[Comparison]:
        """The first amount and count that give it, those first that the words name; else a power of ten, or exchanged
        digits, between it and what the counts give that the words name."""
        unit, per, named = _thing(said)
        counts = [s for s in (*self.spots, *self.cells) if s.unit == unit and s.value > per and s is not stated]
        if unit == "count":
            same = [c for c in counts if _is_named(c, said)]
            counts, named = same or counts, bool(same)
        counts = sorted(counts, key=lambda s: _distance(s, stated))[:FAR]
        amounts, alike = self._amounts(stated)
        alarm: Comparison | None = None
        pairs = [(c, a) for c in counts for a in amounts if _of_one_line(c, a)]
        for tried, (count, amount) in enumerate(pairs, 1):
            verdict, exact = judge("ratio", stated, [amount, over := _over(count, per)])
            if verdict == "agree" and overlap(interval(stated), exact):
                if alarm and alike and tried > FIRST:
                    break
                if chance(stated, exact) * tried < (LUCK if named else LUCK / 2):
                    yield _far_tie(stated, amount, count, exact)
                    return
            whole = not any(s.open for s in (stated, amount, over)) and len(stated.digits) >= 3 and named
            if alarm is None and whole and tried <= SURE:
                known = _power_of_ten(stated, exact) or neighbours_exchanged(stated, exact)
                alarm = _far_tie(stated, amount, count, exact, *known) if known else None
        if alarm:
            yield alarm

    def _amounts(self, stated: Spot) -> tuple[list[Spot], bool]:
        """Amounts of its unit, the nearest first, and whether they measure what it does."""
        stem = stated.unit.partition("/")[0]
        amounts = [s for s in (*self.spots, *self.cells) if s.unit == stem and s.value > stated.value]
        like = [s for s in amounts if stated.indicator and s.indicator == stated.indicator]
        return sorted(like or amounts, key=lambda s: _distance(s, stated))[:FAR], bool(like)


def _of_one_line(count: Spot, amount: Spot) -> bool:
    """Two cells stand in one line of one table."""
    if amount.grid < 0 or count.grid < 0:
        return True
    return amount.grid == count.grid and (amount.row == count.row or amount.column == count.column)


def _far_tie(stated: Spot, amount: Spot, count: Spot, exact: Interval, code: str = "", why: str = "") -> Comparison:
    return Comparison(
        "ratio", "text" if max(amount.grid, count.grid) < 0 else "table", stated, [amount, count],
        "disagree" if code else "agree", exact, code, why, 0.75, "amount_per_thing_far", bool(code),
    )  # fmt: skip


def _over(count: Spot, per: float) -> Spot:
    """A count in lots of so many."""
    return replace(count, value=count.value / per, low=count.low / per, high=count.high / per) if per != 1 else count


def _power_of_ten(stated: Spot, exact: Interval, wide: float = WIDE) -> tuple[str, str] | None:
    """Equal digits, as far as they are printed, and another power of ten."""
    middle = (exact[0] + exact[1]) / 2
    if found := tens(stated, (middle, middle), EXACT):
        return found
    if exact[1] - exact[0] > wide * exact[1]:
        return None
    for power in (1, 2, 3, 4, 8):
        for factor in (10.0**power, 10.0**-power):
            if overlap(interval(stated), (exact[0] * factor, exact[1] * factor)):
                return "scale", f"it is off by a factor of 10^{power}"
    return None


def _distance(s: Spot, stated: Spot) -> tuple[bool, bool, int, int]:
    """The text before cells, what was told before goes before what comes, the nearest first."""
    behind = (s.block, s.start) > (stated.block, stated.start)
    return s.grid >= 0, behind, abs(s.block - stated.block), abs(s.start - stated.start)


def _thing(said: str) -> tuple[str, float, bool]:
    """Of what one it is an amount of: the unit, how many of it, and whether the words name a thing that is counted."""
    for word, (unit, size) in per_units().items():
        if re.search(word, said, re.I):
            return unit, size, True
    return "count", 1.0, False


def _is_named(count: Spot, said: str) -> bool:
    """Whether the word behind a count, or its first letter in Chinese, is said of each: 5.6万户, 户均."""
    noun = noun_behind(count.printed)
    return bool(noun) and (noun[0] in said if not noun.isascii() else noun.rstrip("s") in said.lower())


def _judged(stated: Spot, text: Text) -> Iterator[Comparison]:
    near = sorted((*text.spots, *text.numerals), key=lambda s: abs(s.start - stated.start))
    near = [s for s in near if s is not stated and s.value > 0 and 0 <= stated.sentence - s.sentence <= 1]
    amounts = [s for s in near if s.unit == stated.unit.partition("/")[0]][:NEAR]
    unit, per, named = _thing(f"{stated.printed}{text.text[stated.end : stated.end + 24]}")
    if named and unit != "count":
        counts = [_over(s, per) for s in near if s.unit == unit][:NEAR]
    else:
        counts = [s for s in near if s.unit in ("", "count") and s.value > 1 and s not in amounts][:NEAR]
    alarm: Comparison | None = None
    tried = 0
    for amount in amounts:
        for count in counts:
            tried += 1
            verdict, exact = judge("ratio", stated, [amount, count])
            if verdict == "agree" and chance(stated, exact) * tried < LUCK:
                yield Comparison(
                    "ratio", "text", stated, [amount, count], "agree", exact, confidence=0.85,
                    operator="amount_per_thing", bound=True,
                )  # fmt: skip
                return
            if alarm is None and not any(s.open for s in (stated, amount, count)) and len(stated.digits) >= 3:
                alarm = _of_another_span(stated, amount, count)
            together = amount.sentence == count.sentence == stated.sentence
            found = _power_of_ten(stated, exact, 2 * WIDE)
            open_ones = [s.open for s in (stated, amount, count) if s.open]
            if alarm is None and together and found and set(open_ones) <= {"about"}:
                alarm = Comparison(
                    "ratio", "text", stated, [amount, count], "disagree", exact, *found, 0.8, "amount_per_thing", True
                )
    # fewer digits meet some power of ten by chance
    if alarm is not None and (len(stated.digits) >= 3 or (named and len(stated.digits) >= 2)):
        yield alarm


def _of_another_span(stated: Spot, amount: Spot, count: Spot) -> Comparison | None:
    """An amount for each month or quarter that is told for each year, or the other way round."""
    middle = amount.value / count.value
    for many, name in SPANS.items():
        for factor in (many, 1 / many):
            if abs(stated.value / (middle * factor) - 1) < EXACT:
                exact = (middle, middle)
                return Comparison(
                    "ratio", "text", stated, [amount, count], "disagree", exact, "unit_basis",
                    f"it is that of another span: a factor of {many} ({name})", 0.75, "amount_per_thing", True,
                )  # fmt: skip
    return None
