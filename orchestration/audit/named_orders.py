"""Orders of which the words name one or both ends: 南屏排在北辰之后, above the nation's 29.0 %, the first leads.

The value of a name is the one that the sentence or the one before gives it. Told where one value alone is known by each
name, both are of one kind, and the words say the contrary of what they are.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from orchestration.audit.arithmetic import MULTIPLES
from orchestration.audit.model import Comparison, Document, Spot, Text
from orchestration.audit.spots import counts_fit
from orchestration.audit.words import STOP, words

GROWTH = ("yoy", "cagr", "change")
NAME = 24  # letters before a level that may be its name
_CUT = re.compile(r"[，,；;。、:：（(）)！？!?]|\.\s")
_WORD = re.compile(r"\b[A-Z][\w\-]+|[\u4e00-\u9fff]{2,12}")


@dataclass(slots=True)
class _Named:
    spot: Spot
    names: frozenset[str]


def named_order_comparisons(document: Document) -> Iterator[Comparison]:
    """Every order of the text of which one end at least is a name."""
    for text in document.texts:
        yield from _by_names(text)
        yield from _above_a_named_level(text)


def _names(s: Spot, text: Text) -> frozenset[str]:
    """Pairs of characters and words in capitals right before a level, back to the figure before it."""
    before = max((x.end for x in text.spots if x.end <= s.start), default=0)
    lead = _CUT.split(text.text[before : s.start][-NAME:])[-1]
    return _marks(lead)


def _marks(said: str) -> frozenset[str]:
    found: set[str] = set()
    for run in _WORD.findall(said):
        found |= {run} if run.isascii() else {run[i : i + 2] for i in range(len(run) - 1)}
    return frozenset(x for x in found if not words("no_name").fullmatch(x))


def _by_names(text: Text) -> Iterator[Comparison]:
    """One name, a word for an order, and another name; the levels of both were told before."""
    for match in words("named_order").finditer(text.text):
        ends = [m.end() for m in STOP.finditer(text.text, 0, match.start())]
        name = next((g for g in match.groups() if g), "")
        start = ends[-1] if ends else 0
        clause = _CUT.split(text.text[start : match.start()])[-1]
        if "⟦" in clause or any(c.isdigit() for c in clause + name):
            continue
        earlier = ends[-3] if len(ends) > 2 else 0
        known = [_Named(s, _names(s, text)) for s in text.spots if earlier <= s.start < match.start() and _is_level(s)]
        second = _only(known, _marks(name), None)
        if second is None:
            continue
        own = _marks(clause)
        first = _only(known, own, second) if own else None
        if first is None and words("speaker").search(clause):
            others = [k for k in known if _one_kind(k.spot, second.spot) and k.spot.sentence == second.spot.sentence]
            first = others[-1] if others else None
        if first is None or not _one_kind(first.spot, second.spot):
            continue
        larger, smaller = (second.spot, first.spot) if _is_less(match[0]) else (first.spot, second.spot)
        yield _judged(larger, smaller)


def _only(known: list[_Named], said: frozenset[str], other: _Named | None) -> _Named | None:
    """The one level whose own name, which no other level has, is said; the last one told of several of one name."""
    if not said:
        return None
    like = [k for k in known if k is not other and (other is None or _one_kind(k.spot, other.spot))]
    held = [k for k in like if k.names & said]
    if other is not None:
        held = [k for k in held if (k.names & said) - other.names]
    best = max((len(k.names & said) for k in held), default=0)
    held = [k for k in held if len(k.names & said) == best]
    return held[0] if len(held) == 1 else None


def _is_level(s: Spot) -> bool:
    return bool(s.unit) and s.unit not in MULTIPLES and s.statistic not in GROWTH and s.unit != "pp" and not s.open


def _one_kind(a: Spot, b: Spot) -> bool:
    return a.unit == b.unit and counts_fit(a, b) and a is not b


def _is_less(said: str) -> bool:
    return bool(words("order_less").search(said))


def _judged(larger: Spot, smaller: Spot) -> Comparison:
    """The one that is said to be the larger is stated."""
    holds = smaller.low <= larger.high
    return Comparison(
        "order", "text", larger, [smaller], "agree" if holds else "disagree", (smaller.low, float("inf")),
        "" if holds else "swapped", "" if holds else "it is the other way round", 0.8, "order_by_names", True,
    )  # fmt: skip


def _above_a_named_level(text: Text) -> Iterator[Comparison]:
    """A clause that begins with a word for an order and ends with a level: its subject is the first one of that kind in
    the sentence."""
    for match in words("clause_of_order").finditer(text.text):
        other = next((s for s in text.spots if s.start >= match.end()), None)
        if other is None or not _is_level(other) or other.start - match.end() > NAME:
            continue
        between = text.text[match.end() : other.start]
        if _CUT.search(between) or words("former").search(between):
            continue
        start = max((m.end() for m in re.finditer(r"[。!?！？]|\.\s|\n", text.text[: match.start()])), default=0)
        like = [s for s in text.spots if start <= s.start < match.start() and _is_level(s) and _one_kind(s, other)]
        if not like:
            continue
        stated = like[0]
        if words("former").search(text.text[max(start, stated.start - 8) : stated.start]):
            continue
        pair = (other, stated) if _is_less(match[0]) else (stated, other)
        yield _judged(*pair)
