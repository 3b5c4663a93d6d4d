"""Multiples, changes and values per thing, of which the sentence binds one level; the other is looked for around it."""

import re
from collections.abc import Iterator
from dataclasses import replace

from orchestration.audit.arithmetic import MULTIPLES, RATES, chance, interval, judge, overlap
from orchestration.audit.bound_levels import LUCK, BoundLevels, beside, lead
from orchestration.audit.model import Comparison, Spot, Text
from orchestration.audit.words import words


def risen(stated: Spot, by: float = 1.0) -> Spot:
    """Grown by x times is x + 1 times."""
    return replace(stated, value=stated.value + by, low=stated.low + by, high=stated.high + by) if by else stated


def multiple_of_level(
    levels: BoundLevels, stated: Spot, n: int, text: Text, before: str, after: str
) -> Iterator[Comparison]:
    """A multiple between two levels, of which one stands beside it."""
    bound: list[tuple[Spot | None, int]] = []
    if re.match(r"\s*(?:of\s|the\s|that\s|as\s|what\s|more\s|larger\s|higher\s)?[^⟦。；;.]{0,40}$", after):
        bound.append((text.spots[n + 1] if n + 1 < len(text.spots) else None, 1))
    bound.append((beside(text, n, -1, 60), 0))
    if n > 1:
        bound.append((text.spots[n - 2], 0))
    usable = [
        (level, order)
        for level, order in bound
        if level is not None and level.unit and level.unit not in (*RATES, *MULTIPLES) and level.value
        if level.sentence == stated.sentence
    ]
    grew_by = bool(words("grew_by").search(before))
    said = risen(stated) if grew_by else stated
    for level, order in usable:
        free = levels.around(level, stated)
        for turn in (order,) if grew_by else (order, 1 - order):
            found = levels.fits("ratio", said, level, free, turn, "level_beside_multiple")
            if found is not None:
                found.stated = stated
                yield found
                return
    for level, _ in usable:
        slipped = _multiple_slip(levels, stated, level, text, grew_by)
        if slipped is not None:
            yield slipped
            return


def _multiple_slip(levels: BoundLevels, stated: Spot, level: Spot, text: Text, grew_by: bool) -> Comparison | None:
    """Grown by x times where it grew to x times; or a power of ten between two levels that the sentence joins."""
    for rank, other in levels.around(level, stated):
        if rank > 2 or not level.scaled or not other.scaled or other.value >= level.value:
            continue
        vague = bool(stated.open or level.open or other.open)
        exact = judge("ratio", stated, [level, other])[1]
        dated = bool(level.years and other.years and other.years < level.years)
        if grew_by and not vague and dated and overlap(interval(stated), exact) and chance(stated, exact) < 0.1:
            return Comparison(
                "fold", "text", stated, [other, level], "disagree", exact, "increase_by_vs_to",
                "it grew to that multiple, not by it", 0.75, "grew_by_multiple", True,
            )  # fmt: skip
        between = text.text[min(level.end, other.end) : max(level.start, other.start)]
        if rank == 0 and len(stated.digits) >= 2 and re.search(r"\bfrom\b|[从由]", between + lead(text, level)):
            middle = (exact[0] + exact[1]) / 2
            for power in (1, 2, 3):
                for factor in (10.0**power, 10.0**-power):
                    if abs(stated.value / (middle * factor) - 1) < (0.1 if vague else 0.02) + 0.5 * stated.width:
                        return Comparison(
                            "fold", "text", stated, [other, level], "disagree", exact, "scale",
                            f"it is off by a factor of 10^{power}", 0.75, "from_level_multiple", True,
                        )  # fmt: skip
    return None


def level_and_change(levels: BoundLevels, stated: Spot, n: int, text: Text, before: str) -> Iterator[Comparison]:
    """A level, a word of growth, and the change as a level of the same unit: the former level is free."""
    last = beside(text, n, -1, 30)
    if last is None or last.unit != stated.unit or not words("growth").search(before):
        return
    if re.search(r"[至到为]$|\bto\s*$", before.rstrip()):
        return
    for former_rank, former in levels.around(last, stated):
        if former is stated:
            continue
        verdict, exact = judge("sum", last, [former, stated])
        inputs = [former, stated]
        if verdict != "agree":
            verdict, exact = judge("difference", last, [former, stated])
        if verdict == "agree" and former_rank < 3 and chance(last, exact, 2.0) < 0.1:
            yield Comparison(
                "sum", "text", last, inputs, "agree", exact, confidence=0.85, operator="level_and_change",
                bound=former_rank < 2,
            )  # fmt: skip
            return


def value_per_thing(levels: BoundLevels, stated: Spot, text: Text, before: str) -> Iterator[Comparison]:
    """An average or a value per thing: a level over a count, both near."""
    cue = words("mean").search(before[-40:]) or words("per").search(stated.printed + text.text[stated.end :][:14])
    if not cue:
        return
    near = [s for s in levels.all if s.block == stated.block and abs(s.sentence - stated.sentence) <= 2]
    counts = [s for s in near if s.unit == "count" and s is not stated]
    tried = 0.0
    for count in counts[:6]:
        for level in near[:12]:
            if level is stated or level.unit != stated.unit or level is count:
                continue
            verdict, exact = judge("product", level, [stated, count])
            if verdict == "agree" and chance(level, exact, 4.0) * (1 + tried) < LUCK:
                quotient = (level.low / count.high, level.high / max(count.low, 1e-300))
                yield Comparison(
                    "ratio", "text", stated, [level, count], "agree", quotient, confidence=0.8,
                    operator="value_per_thing",
                )  # fmt: skip
                return
            tried += 1
