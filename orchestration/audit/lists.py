"""Totals and what they are the total of: figures listed beside a word for a total, rows that the text names, columns of
a table whose total stands in the text."""

import re
from collections.abc import Iterator
from itertools import pairwise

from orchestration.audit.arithmetic import MULTIPLES, RATES, chance, judge, slip, tens
from orchestration.audit.column_totals import SUM_SLIPS, Columns, column_sum, named_sum, names_of_rows
from orchestration.audit.model import Comparison, Document, Spot, Text
from orchestration.audit.words import words


def list_comparisons(document: Document) -> Iterator[Comparison]:
    """All comparisons of totals in the document's text."""
    flat = [s for t in document.texts for s in t.spots]
    place = {id(s): i for i, s in enumerate(flat)}
    columns, rows = Columns(document.tables), names_of_rows(document.tables)
    for text in document.texts:
        for n, stated in enumerate(text.spots):
            if not stated.unit or not stated.value or stated.unit in MULTIPLES:
                continue
            if stated.unit in RATES and stated.statistic in ("yoy", "cagr", "change"):
                continue
            before = text.text[text.spots[n - 1].end if n else 0 : stated.start]
            after = text.text[stated.end : stated.end + 16]
            cued = bool(words("sum").search(before[-30:]) or words("sum").match(after.strip()[:14]))
            cued = cued or bool(words("of_all").search(before[-45:]))
            # a colon opens the list of what it is the total of
            following = text.spots[n + 1] if n + 1 < len(text.spots) else None
            if following is not None and re.search(r"[:：]", text.text[stated.end : following.start]):
                cued = following.sentence == stated.sentence
            named = list(named_sum(stated, before, document.tables, rows)) if cued else []
            yield from named
            if not named:
                yield from _runs(stated, flat, place[id(stated)], cued, text)
                yield from column_sum(stated, columns, cued)


# --- figures listed in the text ---------------------------------------------------------------------------------------


def _runs(stated: Spot, flat: list[Spot], at: int, cued: bool, text: Text) -> Iterator[Comparison]:
    """The total of a run of like figures that ends before it or begins behind it."""
    before = [s for s in reversed(flat[max(0, at - 24) : at]) if _like(s, stated) and stated.block - s.block <= 6]
    after = [s for s in flat[at + 1 : at + 25] if _like(s, stated) and s.block - stated.block <= 6]
    tried = 0.0
    for side in (after, before):
        for size in range(2, min(9, len(side)) + 1):
            parts = side[:size]
            gaps = [abs(a.block - b.block) for a, b in pairwise([stated, *parts])]
            if max(gaps) > 2:
                break
            if len({(s.value, s.block, s.start) for s in parts}) < size or any(s.value >= stated.value for s in parts):
                break
            verdict, exact = judge("sum", stated, parts)
            tried += 1
            luck = chance(stated, exact, 2.0) * (1 + tried)
            close = max(abs(s.sentence - stated.sentence) for s in parts) <= (1 if size < 4 else 2)
            if verdict == "agree" and luck < (0.9 if cued and close else 0.45 if cued else 0.2 if close else 0.05):
                ordered = sorted(parts, key=lambda s: (s.block, s.start))
                yield Comparison(
                    "sum", "text", stated, ordered, "agree", exact, confidence=round(max(0.3, 0.95 - luck), 3),
                    operator="run_adds_up", bound=cued and close,
                )  # fmt: skip
                return
    if cued and stated.scaled and not stated.open:
        broken = list(_broken_run(stated, text)) or list(_run_without_one(stated, before))
        yield from broken


def _broken_run(stated: Spot, text: Text) -> Iterator[Comparison]:
    """A list in the sentence of its total, of three parts at least, that misses it by a recognisable slip."""
    own = [s for s in text.spots if s.sentence == stated.sentence and s is not stated and _like(s, stated)]
    before, after = [s for s in own if s.start < stated.start], [s for s in own if s.start > stated.start]
    for parts in (before, after or _list_behind(stated, text)):
        if len(parts) < 2 or any(s.open or not s.scaled for s in parts) or any(s.value >= stated.value for s in parts):
            continue
        # a list: hardly anything but names between its figures
        if any(b.start - a.end > 30 for a, b in pairwise(parts)):
            continue
        verdict, exact = judge("sum", stated, parts)
        reason = slip("sum", stated, parts) or tens(stated, exact)
        if len(parts) == 2 and (reason is None or reason[0] != "scale"):
            continue
        if verdict != "disagree" or reason is None or reason[0] not in SUM_SLIPS or len(stated.digits) < 2:
            continue
        if chance(stated, exact, 2.0) * (2 * len(parts)) < 0.25:
            yield Comparison(
                "sum", "text", stated, parts, "disagree", exact, reason[0], reason[1], 0.75, "run_adds_up", True
            )
            return


def _run_without_one(stated: Spot, before: list[Spot]) -> Iterator[Comparison]:
    """A total behind a run of the two sentences before it, of which it is the sum without one."""
    near = [s for s in before if s.block >= stated.block - 1 and stated.sentence - s.sentence <= 2]
    for size in range(3, min(6, len(near)) + 1):
        parts = sorted(near[:size], key=lambda s: (s.block, s.start))
        reason = slip("sum", stated, parts)
        if any(s.open or s.value >= stated.value for s in parts) or reason is None or reason[0] != "part_left_out":
            continue
        verdict, exact = judge("sum", stated, parts)
        if verdict == "disagree" and chance(stated, exact, 2.0) * 4 * size < 0.1:
            yield Comparison(
                "sum", "text", stated, parts, "disagree", exact, reason[0], reason[1], 0.65, "run_without_one", True
            )
            return


def _list_behind(stated: Spot, text: Text) -> list[Spot]:
    """A list in a sentence of its own right behind the total's, opened by "of which": one item a clause, each with one
    figure like the total, all told in the same words; the counts that stand between are the items' own."""
    behind = [s for s in text.spots if s.start > stated.start]
    if not behind or not words("list_opens").match(text.text[stated.end : behind[0].start]):
        return []
    words_before = [
        text.text[a.end : b.start].strip(" ,，、；;") for a, b in pairwise([stated, *behind]) if _like(b, stated)
    ]
    parts: list[Spot] = []
    for s in behind:
        if "。" in text.text[(parts or [stated])[-1].end : s.start] and parts:
            break
        if _like(s, stated):
            parts.append(s)
    return parts if len(set(words_before[: len(parts)])) == 1 and len(parts) >= 3 else []


def _like(s: Spot, stated: Spot) -> bool:
    if s.unit != stated.unit or not s.value or (s.unit in RATES and s.statistic in ("yoy", "cagr", "change")):
        return False
    return not s.counted or not stated.counted or s.counted == stated.counted or s.unit != "count"
