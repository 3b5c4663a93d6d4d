"""By how much and by what part: an increase of £633 million or 29 %. The rate is the change over the former level."""

from collections.abc import Iterator

from orchestration.audit.arithmetic import MULTIPLES, RATES, apart, chance, interval, judge, overlap, slip
from orchestration.audit.model import Comparison, Document, Spot, Text
from orchestration.audit.spots import counts_fit
from orchestration.audit.words import words

LUCK = 0.15


def change_comparisons(document: Document) -> Iterator[Comparison]:
    """Every rate right behind the amount of a change, over the levels around."""
    for text in document.texts:
        for n, stated in enumerate(text.spots[1:], 1):
            change = text.spots[n - 1]
            if stated.unit != "percent" or stated.value <= 0 or not change.unit or change.unit in (*RATES, *MULTIPLES):
                continue
            if change.value <= 0 or not words("change_gloss").match(text.text[change.end : stated.start]):
                continue
            lead = text.text[text.spots[n - 2].end if n > 1 else 0 : change.start][-30:]
            if words("change_of").search(lead):
                yield from _judged(stated, change, text, n, document)


def _makes(base: Spot, change: Spot, later: Spot) -> bool:
    ends = (base.low + change.low, base.high + change.high), (base.low - change.high, base.high - change.low)
    return len(later.digits) >= 3 and any(overlap(interval(later), e) for e in ends)


def _judged(stated: Spot, change: Spot, text: Text, n: int, document: Document) -> Iterator[Comparison]:
    like = [
        s for s in reversed(text.spots[: n - 1])
        if s.unit == change.unit and counts_fit(s, change) and s.value > change.value
        and 0 <= stated.sentence - s.sentence <= 2
    ]  # fmt: skip
    for tried, base in enumerate(like, 1):
        verdict, exact = judge("share", stated, [change, base])
        if verdict == "agree" and overlap(interval(stated), exact) and chance(stated, exact) * tried < LUCK:
            yield Comparison(
                "growth", "text", stated, [base, change], "agree", exact, confidence=0.85, operator="change_and_rate",
                bound=True,
            )  # fmt: skip
            return
    # the former level, and the later one that the change makes of it, both stand in the document
    for base in like:
        for later in [s for s in document.spots if s.unit == change.unit and counts_fit(s, change)]:
            made = _makes(base, change, later)
            verdict, exact = judge("share", stated, [change, base])
            if later is base or not made or verdict != "disagree" or not apart(stated, exact):
                continue
            if any(s.open for s in (stated, change, base, later)):
                continue
            said = judge("growth", stated, [base, later])[1]
            known = slip("growth", stated, [base, later]) or (
                "unexplained",
                "both levels and their difference are told",
            )
            yield Comparison(
                "growth", "text", stated, [base, later], "disagree", said, *known, 0.8, "change_and_rate", True,
            )  # fmt: skip
            return
