"""Which two levels a rate of the text is over: every pair near it, weighed by how such sentences are built.

The weights (`data/binding.yml`) are fitted on documents whose statements hold: there the pair that the arithmetic
confirms is the pair that was meant, and where none fits, none was printed. So no label is needed, and the probability
says how often the best pair of such a sentence is the one. A rate that does not follow from a pair of which that is
nearly certain, and from no other pair around, is told.
"""

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import yaml

from orchestration.audit.arithmetic import MULTIPLES, RATES, expected, interval, overlap
from orchestration.audit.binding_features import Level, Said, features_of, level_of, may_meet, name_levels
from orchestration.audit.cell_levels import CellLevels
from orchestration.audit.model import Document, Spot, Text
from orchestration.audit.spots import first_number
from orchestration.audit.text_operators import direction_of, years_told
from orchestration.audit.words import DATA, words

ALIKE = 20  # times
NEAREST = 16  # levels that are tried
FAINT = 0.005  # a pair that may be meant at all
ALONE = 5.0  # how much likelier than the next one
SHARED = 0.6  # how likely a pair is over which the whole growth of the sentence holds
AROUND = 3  # paragraphs on either side
_CLAUSE_END = re.compile(r"[,，、；;]")


@dataclass(slots=True)
class Candidate:
    """Levels in the order of the rule, what speaks for them, and how likely they are the ones."""

    rule: str
    inputs: list[Spot]
    features: dict[str, float] = field(default_factory=dict)
    chance: float = 0.0
    periods: float = 1.0

    @property
    def rise(self) -> float:
        """What the last level has more than the first."""
        return self.inputs[-1].value - self.inputs[0].value


@lru_cache(maxsize=1)
def weights() -> dict[str, dict[str, float]]:
    """Weights of the features, by rule."""
    loaded: dict[str, Any] = yaml.safe_load((DATA / "binding.yml").read_text(encoding="utf-8")) or {}
    return {rule: {str(k): float(v) for k, v in found.items()} for rule, found in loaded.items()}


def weighed(found: list[Candidate]) -> list[Candidate]:
    """The candidates of one statement with their probabilities, the likeliest first."""
    scores = []
    for c in found:
        known = weights().get(c.rule, {})
        scores.append(math.exp(min(30.0, sum(known.get(k, 0.0) * v for k, v in c.features.items()))))
    total = 1.0 + sum(scores)
    for c, score in zip(found, scores, strict=True):
        c.chance = score / total
    return sorted(found, key=lambda c: -c.chance)


class Binder:
    """The levels of a document's text, and the candidates for each of its rates."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.levels: list[Level] = []
        self.rates: list[Level] = []
        self._orders: dict[int, int] = {}
        self._scaled: dict[tuple[int, float], Level] = {}
        order = 0
        for text in document.texts:
            merged = sorted((*text.spots, *text.numerals), key=lambda s: s.start)
            for n, s in enumerate(merged):
                order += 1
                self._orders[id(s)] = order
                if s.value > 0 and s.unit not in (*RATES, *MULTIPLES):
                    self.levels.append(level_of(text, merged, n, order))
                elif s.unit == "percent" and s.scaled:
                    self.rates.append(level_of(text, merged, n, order))
        self._salient = [x for x in self.levels if x.spot.unit][:4]
        self._first = {id(level.spot) for level in self._salient}
        self._cells = CellLevels(document)

    def candidates(self, stated: Spot, n: int, text: Text, rule: str) -> list[Candidate]:
        """Pairs for a rate, with their probabilities; they add up to less than one: it may be over none of them."""
        near = self._near(stated, self.rates if rule == "difference" else self.levels)
        found = []
        about = Said(stated, n, text, self._orders[id(stated)])
        name_levels(about, near)
        direction = direction_of(stated, n, text)
        spanned = stated.years is not None and stated.years[1] > stated.years[0]
        told = years_told(stated, text) if rule == "cagr" and not spanned else 0
        said = [x for x in near if x.spot.sentence == stated.sentence]
        if told:
            near += self._so_many_years_before(stated, near, told)
        near += self._cells.near(stated, n, text, rule, said, about.order)
        for i, a in enumerate(near):
            for b in near[i + 1 :]:
                if a.spot.value != b.spot.value and may_meet(a.spot, b.spot):
                    x, y = self._of_one_scale(a, b)
                    for first, last in _orders(rule, x, y, stated, direction):
                        features = features_of(rule, about, first, last, self._first, near)
                        candidate = Candidate(rule, [first.spot, last.spot], features)
                        if rule != "cagr" or _dated(candidate, first, last, stated, told):
                            found.append(candidate)
        if told and any(_gap(c) == told for c in found):
            found = [c for c in found if _gap(c) in (0, told)]
        if rule == "growth":
            found = _of_its_span(found, about, {id(x.spot): x for x in near})
        ranked = weighed(found)
        return _of_told_years(_held_by_another_rate(ranked, stated, text), told) if rule == "cagr" else ranked

    def _so_many_years_before(self, stated: Spot, near: list[Level], told: int) -> list[Level]:
        """Levels of the document that are as many years before a level of the sentence as the words say."""
        known = {id(x.spot) for x in near}
        found = []
        for last in [x for x in near if x.spot.sentence == stated.sentence and x.years and x.spot.unit]:
            for x in self.levels:
                s, t = x.spot, last.spot
                if id(s) in known or s.unit != t.unit or not x.years or not last.years or s.entity != t.entity:
                    continue
                if x.years == (last.years[1] - told,) * 2 and (not t.indicator or s.indicator in ("", t.indicator)):
                    found.append(x)
        return sorted(found, key=lambda x: not x.spot.indicator)[:2]

    def _of_one_scale(self, a: Level, b: Level) -> tuple[Level, Level]:
        """Two levels of which one is a bare numeral: it has the magnitude of the other where the printed numbers are of
        one size (4.6 TFLOPS per watt, the older one 1.85)."""
        if bool(a.spot.unit) == bool(b.spot.unit) or a.spot.grid >= 0 or b.spot.grid >= 0:
            return a, b
        bare, full = (a, b) if b.spot.unit else (b, a)
        number, printed = first_number(bare.spot.printed), first_number(full.spot.printed)
        factor = abs(full.spot.value) / printed if printed else 1.0
        if factor == 1 or bare.spot.value != number or not 1 / ALIKE < number / printed < ALIKE:
            return a, b
        key = id(bare.spot), factor
        if key not in self._scaled:
            low, high = bare.spot.low * factor, bare.spot.high * factor
            self._scaled[key] = replace(bare, spot=replace(bare.spot, value=number * factor, low=low, high=high))
        scaled = self._scaled[key]
        self._orders[id(scaled.spot)] = self._orders[id(bare.spot)]
        return (scaled, b) if bare is a else (a, scaled)

    def _near(self, stated: Spot, levels: list[Level]) -> list[Level]:
        at = self._orders[id(stated)]
        first = bisect_left(levels, stated.block - AROUND, key=lambda x: x.spot.block)
        last = bisect_right(levels, stated.block + AROUND, key=lambda x: x.spot.block)
        near = [x for x in levels[first:last] if x.spot is not stated]
        if levels is self.levels:
            near += [x for x in self._salient if abs(x.spot.block - stated.block) > AROUND]
        near.sort(key=lambda x: (x.spot.block != stated.block, abs(x.order - at), x.order))
        return near[:NEAREST]


def rule_of(stated: Spot, n: int, text: Text) -> str:
    """What kind of statement a rate is by the words about it, or nothing."""
    before = text.text[text.spots[n - 1].end if n else 0 : stated.start][-45:]
    following = text.spots[n + 1].start if n + 1 < len(text.spots) else len(text.text)
    after = re.split(r"[。；;]|\.\s", text.text[stated.end : min(following, stated.end + 30)])[0]
    if stated.unit in MULTIPLES:
        # a PUE is no multiple of two levels; "grown by x times" is x + 1 times
        return "" if stated.statistic == "level" or words("grew_by").search(before) else "ratio"
    if stated.unit == "pp":
        return "difference"
    if stated.unit != "percent":
        return ""
    if stated.statistic == "cagr" or words("cagr").search(before + " " + after):
        return "cagr"
    if stated.statistic not in ("yoy", "change") and words("ratio_said").search(before):
        return "share"
    return _kind_of_rate(stated, before, after)


def _kind_of_rate(stated: Spot, before: str, after: str) -> str:
    """Share or growth: by the words right at the rate, then by what the reading took it for, then by those around."""
    close = after[:14]
    right_at = marked(stated, before[-20:], close)
    share, growth = bool(words("share_said").search(right_at)), bool(words("growth_said").search(right_at))
    if share != growth:
        return "share" if share else "growth"
    if (
        stated.statistic in ("yoy", "change")
        or words("growth").search(before[-30:] + " " + close)
        or words("compared").match(after)
    ):
        return "growth"
    if stated.statistic in ("share", "ratio") or words("share").search(before[-30:] + " " + close):
        return "share"
    return "share" if words("gloss").search(before) or words("quota").search(before) else ""


def marked(stated: Spot, before: str, behind: str) -> str:
    """The words right at a rate with a mark in its place; a sign of its own stands before the mark."""
    return f"{before}{'+' if stated.printed[:1] in tuple('+＋-−–') else ''}⟦⟧{_CLAUSE_END.split(behind)[0]}"


def _dated(candidate: Candidate, first: Level, last: Level, stated: Spot, told: int) -> bool:
    """Give a compound rate its periods: the years of the levels, else the span of the rate, or how many years the words
    say that it is over."""
    a, b = first.years, last.years
    own = stated.years[1] - stated.years[0] if stated.years else 0
    between = b[1] - a[1] if a and b else 0
    own = own or (told if a == b else 0)
    candidate.periods = float(between if between > 0 else own)
    candidate.features["its span"] = float(own == between > 0)
    candidate.features["another span"] = float(own > 0 and between > 0 and own != between)
    return candidate.periods >= 1


def _gap(c: Candidate) -> int:
    """Years between the two levels, 0 where that is not known."""
    a, b = c.inputs[0].years, c.inputs[-1].years
    return b[1] - a[1] if a and b and b[1] > a[1] else 0


def _of_its_span(found: list[Candidate], about: Said, levels: dict[int, Level]) -> list[Candidate]:
    """Without the pairs of another span: growth year on year is over no level that is said to be of a quarter ago."""
    at, text = about.stated, about.text.text
    said = text[max(0, at.start - 24) : at.end + 24]
    year, quarter = words("against_a_year").search(said), words("against_a_quarter").search(said)
    if bool(year) == bool(quarter):
        return found
    other = words("of_a_quarter_ago" if year else "of_a_year_ago")
    off = set()
    for k, x in levels.items():
        behind = other.match(x.behind.lstrip(" ,，（("))
        # what stands right before the next figure is said of that one
        own = behind and x.behind.lstrip(" ,，（(")[behind.end() :].strip(" ,，）)")
        if other.search(x.before) or own:
            off.add(k)
    return [c for c in found if not any(id(s) in off for s in c.inputs)]


def _held_by_another_rate(ranked: list[Candidate], stated: Spot, text: Text) -> list[Candidate]:
    """A compound rate is over the pair over which the whole growth or the multiple holds that its sentence tells: grown
    by 40 %, that is 18 % a year; 1.8 times today's, or 10 % a year."""
    rates = [s for s in text.spots if s.sentence == stated.sentence and s is not stated and s.value > 0]
    rates = [s for s in rates if (s.unit in MULTIPLES or s.unit == "percent") and s.statistic != "cagr"]
    held = [c for c in ranked if any(_holds(s, c) for s in rates)] if rates else []
    # several pairs that fit tell nothing
    if len({frozenset(id(s) for s in c.inputs) for c in held}) != 1 or held[0].chance < FAINT:
        return ranked
    for c in held[:1]:
        c.chance = max(c.chance, SHARED)
    return sorted(ranked, key=lambda c: -c.chance)


def _of_told_years(ranked: list[Candidate], told: int) -> list[Candidate]:
    """The likeliest pair by far is the one if its years are as far apart as the words say."""
    best = ranked[0] if ranked else None
    rival = next((c.chance for c in ranked[1:] if best and set(map(id, c.inputs)) != set(map(id, best.inputs))), 0.0)
    if best and told and best.chance > ALONE * rival and best.chance > FAINT:
        a, b = best.inputs[0].years, best.inputs[-1].years
        if a and b and b[1] - a[1] == told:
            best.chance = max(best.chance, SHARED)
    return ranked


def _holds(rate: Spot, c: Candidate) -> bool:
    small, large = sorted(c.inputs, key=lambda s: s.value)
    ends = expected("growth" if rate.unit == "percent" else "fold", [interval(small), interval(large)])
    return len(rate.digits) > 1 and overlap(interval(rate), ends)


def _orders(rule: str, a: Level, b: Level, stated: Spot, direction: int) -> Iterator[tuple[Level, Level]]:
    small, large = (a, b) if a.spot.value < b.spot.value else (b, a)
    if rule == "share":
        yield (small, large) if stated.value <= 100 else (large, small)
    elif rule in ("ratio", "difference"):
        yield large, small
    elif a.years and b.years and a.years != b.years:
        yield (a, b) if a.years < b.years else (b, a)
    elif direction and rule == "growth":
        yield (small, large) if direction > 0 else (large, small)
    else:
        yield a, b
        yield b, a
