"""What the words call the rest: it makes a hundred with the shares before it, or the whole with the parts."""

import re
from collections.abc import Iterator

from orchestration.audit.arithmetic import MULTIPLES, RATES, apart, chance, exchanged, interval, overlap, wrong_digit
from orchestration.audit.model import Comparison, Document, Interval, Spot, Text
from orchestration.audit.spots import counts_fit
from orchestration.audit.words import words

LUCK = 0.15
REACH = 14  # letters between the word and its figure
MOST = 6  # shares before it


def rest_comparisons(document: Document) -> Iterator[Comparison]:
    """Every share and level that is called the rest."""
    for text in document.texts:
        for n, stated in enumerate(text.spots):
            if stated.open or not stated.scaled or stated.value <= 0 or not _called(stated, n, text):
                continue
            if stated.unit == "percent" and stated.statistic not in ("yoy", "cagr", "change"):
                yield from _share(stated, n, text)
            elif stated.unit and stated.unit not in (*RATES, *MULTIPLES):
                yield from _level(stated, n, text)


def _called(stated: Spot, n: int, text: Text) -> bool:
    lead = re.split(r"[。；;!?！？]|\.\s", text.text[text.spots[n - 1].end if n else 0 : stated.start])[-1]
    return bool(words("rest").search(lead[-REACH - 8 :])) and not words("no_rest").search(lead)


def _share(stated: Spot, n: int, text: Text) -> Iterator[Comparison]:
    """The shares right before it make a hundred with it; more than that nothing can."""
    before = [
        s for s in reversed(text.spots[:n])
        if s.unit == "percent" and s.statistic not in ("yoy", "cagr", "change") and stated.sentence - s.sentence <= 1
    ][:MOST]  # fmt: skip
    for size in range(1, len(before) + 1):
        parts = before[:size][::-1]
        exact = 100 - sum(s.high for s in parts), 100 - sum(s.low for s in parts)
        if overlap(interval(stated), exact):
            yield _tie(stated, parts, exact)
            return
    own = [s for s in before if s.sentence == stated.sentence and not s.open]
    if not own:
        return
    exact = 100 - own[0].high, 100 - own[0].low
    known = wrong_digit(stated, exact) or exchanged(stated, exact)
    if len(own) == 1 and apart(stated, exact) and (known or stated.value > exact[1]):
        code = "digit" if known else "unexplained"
        yield _tie(stated, own, exact, code, "it does not make a hundred with what it is the rest of")


def _level(stated: Spot, n: int, text: Text) -> Iterator[Comparison]:
    """A whole told before, without the part or parts that were told behind it."""
    before = [
        s for s in text.spots[max(0, n - 8) : n]
        if s.unit == stated.unit and counts_fit(s, stated) and 0 <= stated.sentence - s.sentence <= 2 and s.value > 0
    ]  # fmt: skip
    tried = 0
    for i, whole in reversed(list(enumerate(before))):
        parts = before[i + 1 :]
        for chosen in ([parts] if len(parts) > 1 else []) + [[p] for p in reversed(parts)]:
            exact = whole.low - sum(s.high for s in chosen), whole.high - sum(s.low for s in chosen)
            tried += 1
            if exact[0] > 0 and overlap(interval(stated), exact) and chance(stated, exact) * tried < LUCK:
                yield _tie(stated, [whole, *chosen], exact)
                return


def _tie(stated: Spot, inputs: list[Spot], exact: Interval, code: str = "", why: str = "") -> Comparison:
    rule = "bounds" if code else "sum"  # beside shares that are told it cannot be that much
    return Comparison(
        rule, "text", stated, inputs, "disagree" if code else "agree", exact, code, why, 0.8, "the_rest", True
    )
