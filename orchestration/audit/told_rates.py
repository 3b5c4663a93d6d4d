"""Amounts of two currencies at the rate of exchange that the document itself tells."""

import csv
from collections.abc import Iterator, Sequence
from functools import lru_cache

from orchestration.audit.arithmetic import chance, interval, overlap
from orchestration.audit.model import Comparison, Document, Interval, Spot, Text
from orchestration.audit.words import STOP, words

LUCK = 0.15
USUAL = (0.6, 1.6)  # a rate lies about that of the last years
SLACK = 0.01  # of an amount beside the one that it is the price of
YEAR = 2024
LARGE = ("USD", "EUR", "GBP")


@lru_cache(maxsize=1)
def _rates() -> dict[tuple[str, int], float]:
    """Value of one unit of a currency in CNY, by year; empty where the reference is not at hand."""
    from orchestration.settings import load_settings

    try:
        path = load_settings().raw / "reference" / "exchange_rates.csv"
        with path.open(encoding="utf-8") as file:
            return {(r["currency"], int(r["year"])): float(r["cny_per_unit"]) for r in csv.DictReader(file)}
    except (OSError, ValueError, KeyError):
        return {}


def rate_of_year(currency: str, year: int) -> float | None:
    """What one unit of a currency was in CNY in the known year that is nearest."""
    if currency == "CNY":
        return 1.0
    known = {y: v for (c, y), v in _rates().items() if c == currency}
    return known[min(known, key=lambda y: abs(y - year))] if known else None


def told_rate(document: Document, first: str, second: str) -> tuple[Spot, str] | None:
    """The one rate of the two currencies that the document tells, and the currency that it is in: a small amount of the
    one, or a number without a unit, and words for a rate, of the size that is known of the two."""
    a, b = rate_of_year(first, YEAR), rate_of_year(second, YEAR)
    usual = {first: b / a, second: a / b} if a and b else {}
    found = []
    for text in document.texts:
        for s in (*text.spots, *text.numerals):
            if (s.unit in (first, second) or not s.unit) and 1 < s.value < 2000 and not s.open:
                found += [(s, c) for c in _as_rate(s, text, first, second, usual)]
    return found[0] if len({(s.value, c) for s, c in found}) == 1 else None


def _as_rate(s: Spot, text: Text, first: str, second: str, usual: dict[str, float]) -> Iterator[str]:
    # a rate is printed with more digits than its size: 1.15, 7.2, 150.4, or with three: 1,400
    if not (s.high - s.low < 0.2 or (s.value >= 100 and s.width < 0.01) or (s.value >= 20 and s.high - s.low <= 1)):
        return
    lead = STOP.split(text.text[max(0, s.start - 60) : s.start])[-1]
    around = lead + " " + text.text[s.start : s.end] + STOP.split(text.text[s.end : s.end + 25])[0]
    # where no rate is known, only words that name both currencies make one
    cue = "rate_before" if not s.unit else "exchange_rate" if usual else "rate_of_two"
    if not words(cue).search(lead if not s.unit else around):
        return
    for currency in (s.unit,) if s.unit else (first, second):
        if not s.unit and not usual and (s.value < 1.5 or currency in LARGE or {first, second}.isdisjoint(LARGE)):
            continue  # above one and a half it is not in the currency of which one is worth much
        if USUAL[0] < s.value / usual.get(currency, s.value) < USUAL[1]:
            yield currency


def at_told_rate(first: Spot, second: Spot, told: Spot, currency: str) -> Comparison:
    """Whether two amounts, of which one glosses the other, are the same at the rate that the document tells."""
    exact = _converted(first, second.unit, told, currency)
    slack = SLACK * second.value + (0.05 * second.value if first.vague or second.vague else 0.0)
    a, b = interval(second)
    holds = overlap((a - slack, b + slack), exact)
    code, why = ("", "") if holds else ("currency", f"at the rate of {told.printed} it is another amount")
    return Comparison(
        "currency_pair", "text", second, [first, told], "agree" if holds else "disagree", exact, code, why, 0.85,
        "told_rate", True,
    )  # fmt: skip


def _converted(amount: Spot, to: str, told: Spot, currency: str) -> Interval:
    """The amount in the other currency: the rate is in ``currency`` for one unit of the other one."""
    low, high = interval(amount)
    if currency == to.partition("/")[0]:
        return low * told.low, high * told.high
    return low / told.high, high / told.low


def rate_between_comparisons(document: Document) -> Iterator[Comparison]:
    """An amount, the rate of the two currencies, and what words call the other: 4.5亿美元，按7.08元，约合31.9亿元.

    The first amount may stand in the sentence before.
    """
    for text in document.texts:
        for n, stated in enumerate(text.spots[1:], 1):
            told = text.spots[n - 1]
            small = not told.unit or (_money(told) and told.value < 2000)
            if not _money(stated) or not small or told.sentence != stated.sentence:
                continue
            before = [s for s in text.spots[: n - 1] if _money(s) and s.unit != stated.unit and "/" not in s.unit]
            before = [s for s in before if 0 <= stated.sentence - s.sentence <= 1]
            between = text.text[told.end : stated.start]
            if not before or not words("worth").match(between):
                continue
            known = told_rate(document, before[-1].unit, stated.unit)
            lead = text.text[before[-1].end : told.start][-30:]
            if known is None and told.unit in (before[-1].unit, stated.unit) and words("exchange_rate").search(lead):
                known = told, told.unit  # the sentence says that it is one
            if known is None or known[0] is not told:
                continue
            tie = at_told_rate(before[-1], stated, *known)
            if tie.verdict == "agree" or _certain(before[-1], stated, tie):
                yield tie


def _certain(first: Spot, stated: Spot, tie: Comparison) -> bool:
    """Both exact, and the first amount in the sentence, or what is printed is the rate taken the other way round."""
    if first.vague or stated.vague:
        return False
    told = tie.inputs[1]
    turned = [(first.low / told.high, first.high / told.low), (first.low * told.low, first.high * told.high)]
    return first.sentence == stated.sentence or any(overlap(interval(stated), ends) for ends in turned)


def converted_comparisons(document: Document) -> Iterator[Comparison]:
    """Amounts of the text that are another amount of the document, text or table, at the rate that it tells; what holds
    beyond chance only, for no words join the two."""
    amounts = [s for s in document.spots if _money(s)]
    cells = [s for t in document.tables for row in t.cells for s in row if s and _money(s)]
    units = sorted({s.unit.partition("/")[0] for s in (*amounts, *cells)})
    for i, first in enumerate(units):
        for second in units[i + 1 :]:
            told = told_rate(document, first, second)
            if told is None:
                continue
            pairs: set[frozenset[int]] = set()
            for stated in amounts:
                if stated is not told[0] and stated.unit.partition("/")[0] in (first, second):
                    others = {first, second} - {stated.unit.partition("/")[0]}
                    like = [s for s in (*amounts, *cells) if s.unit.partition("/")[0] in others and s is not told[0]]
                    for tie in _held(stated, like, *told):
                        if tie.key[1] | {id(stated)} not in pairs:
                            yield tie
                        pairs.add(tie.key[1] | {id(stated)})


def _held(stated: Spot, others: Sequence[Spot], told: Spot, currency: str) -> Iterator[Comparison]:
    """The nearest amount that the rate turns into the stated one."""
    per = stated.unit.partition("/")[2]
    like = [s for s in others if s.unit.partition("/")[2] == per or not (per and s.unit.partition("/")[2])]
    # the text converts what it has told before
    like = [s for s in like if s.grid >= 0 or (s.block, s.start) < (stated.block, stated.start)]
    like.sort(key=lambda s: (s.grid >= 0, abs(s.block - stated.block), abs(s.start - stated.start)))
    for tried, other in enumerate(like, 1):
        exact = _converted(other, stated.unit, told, currency)
        if overlap(interval(stated), exact):
            if chance(stated, exact) * tried < LUCK:
                yield Comparison(
                    "currency_pair", "text" if other.grid < 0 else "table", stated, [other, told], "agree", exact,
                    confidence=0.75, operator="converted",
                )  # fmt: skip
            return


def _money(s: Spot) -> bool:
    currency = s.unit.partition("/")[0]
    return len(currency) == 3 and currency.isalpha() and currency.isupper() and s.value > 0
