"""Shares whose words name their whole: 19 % of the pledges, 占读者的19%.

The whole is the level that bears the name. Where the share does not follow from it, and is what the part is of another
level around, it is the share of that one: the usual slip is the headline's whole in place of the named one. And a
part over its sibling, where both add up to a level beside them, is a share of the rest.
"""

import re
from collections.abc import Iterator, Sequence

from orchestration.audit.arithmetic import MULTIPLES, RATES, apart, chance, interval, judge, overlap
from orchestration.audit.model import Comparison, Document, Spot, Text
from orchestration.audit.naming import tokens
from orchestration.audit.spots import counts_fit
from orchestration.audit.words import STOP, words

LUCK = 0.12
STEM = 5  # letters by which pledges are what was pledged
NAME = 40  # letters about a level that may be its name
BARE = 100  # a whole number without a unit from which on it may be a count
PARAGRAPHS = 6  # between a whole and the share of it
_CUT = re.compile(r"[，,；;。、:：（(）)！？!?]|\.\s|\s[–—-]\s")
GOALS = ("target", "forecast")


def named_whole_comparisons(document: Document) -> Iterator[Comparison]:
    """Every share of the text that names its whole, and every one of two parts of a whole that stands beside them."""
    levels = [(s, t) for t in document.texts for s in t.spots if _is_level(s)]
    names: dict[int, frozenset[str]] = {}
    for text in document.texts:
        for n, stated in enumerate(text.spots):
            if stated.unit != "percent" or stated.open or not 0 < stated.value < 100 or not stated.scaled:
                continue
            noun = _noun(stated, n, text)
            if not noun or not any(c.isdigit() for c in stated.printed):
                continue
            parts = _parts(stated, n, text)
            near = [(s, t) for s, t in levels if 0 <= stated.block - s.block <= PARAGRAPHS]
            for s, t in near:
                if id(s) not in names:
                    names[id(s)] = _stems(_name(s, t))
            wholes = [s for s, _ in near if names[id(s)] & noun and s.status not in GOALS and [s] != parts]
            if not wholes:  # what the sentence is about, where its own words name none
                topics = [(s, t) for s, t in near if _stems(_topic(s, t)) & noun and [s] != parts]
                wholes = [s for s, t in topics if not words("before").search(t.text[max(0, s.start - 8) : s.start])]
            if not wholes and words("all_of_it").search(text.text[max(0, stated.start - NAME) : stated.end + NAME]):
                wholes = [s for s, t in near if words("sum").search(t.text[max(0, s.start - 10) : s.start])]
            others = [s for s, _ in near if not names[id(s)] & noun and not any(s is w for w in wholes)]
            others = [s for s in others if not _is_whole_of_another(s, stated, text)]
            rest = list(_of_the_rest(stated, parts, wholes, [s for s, _ in near if not any(s is w for w in wholes)]))
            yield from rest or _judged(stated, parts, wholes, others)


def _is_level(s: Spot) -> bool:
    """A level, or a whole number without a unit that may be a count."""
    if not s.unit:
        return s.value >= BARE and s.printed.replace(",", "").isdigit()
    return s.unit not in (*RATES, *MULTIPLES) and s.value > 0


def _is_whole_of_another(whole: Spot, stated: Spot, text: Text) -> bool:
    """Whether a neighbouring share holds over it, with the level right before that: it may be meant here as well."""
    for k in range(1, len(text.spots)):
        part, s = text.spots[k - 1], text.spots[k]
        if s is stated or s.unit != "percent" or part.unit != whole.unit or not 0 < part.value < whole.value:
            continue
        if part is not whole and overlap(interval(s), judge("share", s, [part, whole])[1]):
            return True
    return False


def _noun(stated: Spot, n: int, text: Text) -> frozenset[str]:
    """What the words right at a share call its whole."""
    lead = text.text[text.spots[n - 1].end if n else 0 : stated.start][-NAME:]
    tail = STOP.split(text.text[stated.end : text.spots[n + 1].start if n + 1 < len(text.spots) else len(text.text)])[0]
    match = words("whole_named_before").search(lead) or words("whole_named_behind").match(tail[:NAME])
    return _stems(next((g for g in match.groups() if g), "")) if match else frozenset()


def _stems(said: str) -> frozenset[str]:
    return frozenset(t[:STEM] if t.isascii() else t for t in tokens(said) if len(t) > 1)


def _name(s: Spot, text: Text) -> str:
    """The words right about a level, back to the figure before it and on to the next one."""
    before = max((x.end for x in text.spots if x.end <= s.start), default=0)
    after = min((x.start for x in text.spots if x.start >= s.end), default=len(text.text))
    lead = text.text[before : s.start][-NAME:]
    return f"{_CUT.split(lead)[-1]} {s.printed} {_CUT.split(text.text[s.end : after][:NAME])[0]}"


def _topic(s: Spot, text: Text) -> str:
    """The words that the sentence of a level begins with, up to its first figure."""
    start = max((m.end() for m in STOP.finditer(text.text, 0, s.start)), default=0)
    first = min((x.start for x in text.spots if x.start >= start), default=s.start)
    return text.text[start:first][:NAME]


def _parts(stated: Spot, n: int, text: Text) -> list[Spot]:
    """The level right before a share, in its sentence; else those of the sentence before."""
    own = [s for s in text.spots[:n] if s.sentence == stated.sentence and _is_level(s)]
    if own:
        return own[-1:]
    return [s for s in text.spots[:n] if s.sentence == stated.sentence - 1 and _is_level(s)]


def _like(a: Spot, b: Spot) -> bool:
    return _kind(a) == _kind(b) and counts_fit(a, b) and a is not b


def _kind(s: Spot) -> str:
    return s.unit or "count"


def _judged(
    stated: Spot, parts: Sequence[Spot], wholes: Sequence[Spot], others: Sequence[Spot]
) -> Iterator[Comparison]:
    alarm: Comparison | None = None
    tried = 0
    for part in parts:
        named = [w for w in wholes if _like(w, part) and w.value > part.value]
        for whole in named:
            verdict, exact = judge("share", stated, [part, whole])
            if verdict == "agree" and overlap(interval(stated), exact) and chance(stated, exact) * len(named) < LUCK:
                yield Comparison(
                    "share", "text", stated, [part, whole], "agree", exact, confidence=0.85, operator="named_whole",
                    bound=True,
                )  # fmt: skip
                return
        if len({w.value for w in named}) != 1 or part.open or named[0].open:
            continue
        verdict, exact = judge("share", stated, [part, named[0]])
        for other in others:
            if _kind(other) != _kind(part) or other is part or other.value <= part.value:
                continue
            if overlap(interval(other), interval(named[0])):
                continue
            tried += 1
            fits = overlap(interval(stated), judge("share", stated, [part, other])[1])
            if alarm is None and fits and verdict == "disagree" and apart(stated, exact):
                alarm = Comparison(
                    "share", "text", stated, [part, named[0]], "disagree", exact, "other_whole",
                    f"the words name this whole, and it is the share of {other.printed}", 0.8, "named_whole", True,
                )  # fmt: skip
    if alarm and chance(stated, alarm.expected) * tried < LUCK:
        yield alarm


def _of_the_rest(
    stated: Spot, parts: Sequence[Spot], wholes: Sequence[Spot], others: Sequence[Spot]
) -> Iterator[Comparison]:
    """A part over its sibling, where the sum of the two is printed beside them."""
    near = [s for s in (*wholes, *others) if s.block == stated.block and 0 <= stated.sentence - s.sentence <= 1]
    named = {id(s) for s in wholes}
    for part in parts:
        like = [s for s in near if _like(s, part) and not s.open]
        for sibling in like:
            if not overlap(interval(stated), judge("share", stated, [part, sibling])[1]):
                continue
            for whole in like:
                verdict, exact = judge("share", stated, [part, whole])
                both = part.low + sibling.low, part.high + sibling.high
                meant = id(whole) in named or id(sibling) not in named
                if meant and overlap(interval(whole), both) and verdict == "disagree" and apart(stated, exact):
                    yield Comparison(
                        "share", "text", stated, [part, whole], "disagree", exact, "share_of_rest",
                        "it is the part over the other part, not over the whole", 0.8, "named_whole", True,
                    )  # fmt: skip
                    return
