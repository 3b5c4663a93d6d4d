"""Statements made alike: where the others of a list hold, the one that does not is told, with or without a known slip.

A lone share beside its part may be of another whole, so it needs a recognisable slip. In a list of parts with their
shares of one whole, those that hold prove the whole of all.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

from orchestration.audit.arithmetic import apart, judge, slip
from orchestration.audit.model import Comparison, Document, Spot, Text
from orchestration.audit.words import words

SIBLINGS = 2
BOUND_SHARES = ("part_beside_share", "part_or_share_of_level", "whole_of_which_part", "part_of_whole_or_share")


def parallel_shares(document: Document, found: Iterable[Comparison]) -> Iterator[Comparison]:
    """Shares behind their parts in one block of text, of which two at least hold over one whole."""
    held: dict[tuple[int, str, float], list[Comparison]] = defaultdict(list)
    stated = set()
    for c in found:
        if c.rule == "share" and c.verdict == "agree":
            stated.add(id(c.stated))
            if c.operator in BOUND_SHARES and c.stated.grid < 0 and not c.stated.open:
                held[c.stated.block, c.inputs[1].unit, c.inputs[1].value].append(c)
    for (block, _, _), siblings in held.items():
        proven = len({id(c.stated) for c in siblings})
        if proven < SIBLINGS:
            continue
        text, whole = document.texts[block], siblings[0].inputs[1]
        for part, share in _pairs(text):
            if id(share) in stated or part.unit != whole.unit or part.value >= whole.value or part is whole:
                continue
            if not _said_as_share(text, part, share):
                continue
            verdict, exact = judge("share", share, [part, whole])
            if verdict == "disagree" and not (share.open or part.open or whole.open) and apart(share, exact):
                stated.add(id(share))  # told once, of the first whole
                code, why = slip("share", share, [part, whole]) or ("unexplained", "no known slip fits")
                yield Comparison(
                    "share", "text", share, [part, whole], "disagree", exact, code,
                    f"{why}; {proven} shares beside it hold over the same whole", 0.85, "shares_alike", True,
                )  # fmt: skip


def _pairs(text: Text) -> Iterator[tuple[Spot, Spot]]:
    """A level and the percentage right behind it."""
    for part, share in pairwise(text.spots):
        if share.unit == "percent" and share.scaled and part.scaled and part.unit not in ("", "percent", "pp"):
            yield part, share


def _said_as_share(text: Text, part: Spot, share: Spot) -> bool:
    """Brackets, "or", or a word for a share stand between a part and its percentage."""
    between = text.text[part.end : share.start]
    if words("own_whole_behind").search(text.text[share.end :]) or words("own_whole_before").search(between):
        return False
    if words("before").search(between):
        return False  # the share of an earlier time: "from 5 % a year earlier to 8 %"
    glossed = words("gloss").search(between)
    return share.statistic not in ("yoy", "cagr", "change") and bool(
        glossed or (len(between) <= 16 and words("share").search(between))
    )


def parallel_parts(document: Document) -> Iterator[Comparison]:
    """Shares of one whole with their parts in brackets behind them: where all but one hold, that one is told."""
    for text in document.texts:
        pairs = [
            (share, part)
            for share, part in pairwise(text.spots)
            if share.unit == "percent" and share.scaled and part.scaled and part.unit not in ("", "percent", "pp")
            if words("gloss").search(text.text[share.end : part.start]) and not share.open and not part.open
        ]
        wholes = [s for t in document.texts[max(0, text.number - 1) : text.number + 1] for s in t.spots if s.scaled]
        for whole in wholes if len(pairs) > SIBLINGS else ():
            like = [(share, part) for share, part in pairs if part.unit == whole.unit and part.value < whole.value]
            judged = [(share, part, *judge("rate_of", part, [whole, share])) for share, part in like]
            held = [j for j in judged if j[2] == "agree"]
            if len(held) < max(SIBLINGS, len(judged) - 1):
                continue
            for share, part, verdict, exact in judged:
                code, why = "", ""
                if verdict == "disagree" and not apart(part, exact):
                    continue
                if verdict == "disagree":
                    code, why = slip("rate_of", part, [whole, share]) or ("unexplained", "no known slip fits")
                    why = f"{why}; {len(held)} parts beside it hold over the same whole"
                yield Comparison(
                    "rate_of", "text", part, [whole, share], verdict, exact, code, why, 0.85, "parts_alike", True
                )
            break
