"""An amount for each of several things: what all of them cost or use, over their number."""

from collections.abc import Iterator

from orchestration.audit.arithmetic import MULTIPLES, RATES, chance, judge, tens
from orchestration.audit.model import Comparison, Document, Spot, Text
from orchestration.audit.words import words

NEAR = 3  # amounts and counts that are tried, the nearest first
LUCK = 0.2
SPANS = {12: "months in a year", 4: "quarters", 52: "weeks"}
EXACT = 1e-3  # how near a power of ten must come


def per_thing_comparisons(document: Document) -> Iterator[Comparison]:
    """Every amount of the text that is said of each, over the amounts and counts beside it."""
    for text in document.texts:
        for n, stated in enumerate(text.spots):
            if not stated.unit or not stated.scaled or stated.value <= 0 or stated.unit in (*RATES, *MULTIPLES):
                continue
            lead = text.text[text.spots[n - 1].end if n else 0 : stated.start][-14:]
            if words("each_before").search(lead) or words("each_behind").match(text.text[stated.end : stated.end + 14]):
                yield from _judged(stated, text)


def _judged(stated: Spot, text: Text) -> Iterator[Comparison]:
    near = sorted((*text.spots, *text.numerals), key=lambda s: abs(s.start - stated.start))
    near = [s for s in near if s is not stated and s.value > 0 and 0 <= stated.sentence - s.sentence <= 1]
    amounts = [s for s in near if s.unit == stated.unit.partition("/")[0]][:NEAR]
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
            found = tens(stated, (middle := amount.value / count.value, middle), EXACT)
            open_ones = [s.open for s in (stated, amount, count) if s.open]
            if alarm is None and together and found and set(open_ones) <= {"about"}:
                alarm = Comparison(
                    "ratio", "text", stated, [amount, count], "disagree", exact, *found, 0.8, "amount_per_thing", True
                )
    # fewer digits meet some power of ten by chance
    if alarm is not None and len(stated.digits) >= 3:
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
