"""Statements of which the sentence binds one input; the other is looked for where such a sentence takes it from.

A share stands beside its part (or beside "of" its whole), a growth rate behind the level that grew, a multiple between
the two levels, a change beside the level that it leads to. The free input is tried in a fixed order: the same sentence,
the sentences before, the row and the total of the table cell that prints the bound level once more, the first levels of
the document. With one slot bound there are few pairs, so chance explains little.

An alarm needs a recognisable slip, exact figures, a free input from the same or the sentence before (or from the row or
the total of the bound level's own table cell), and no level of the whole document that would explain the statement.
"""

import re
from collections.abc import Iterator
from itertools import chain

from orchestration.audit.arithmetic import MULTIPLES, RATES
from orchestration.audit.bound_levels import BoundLevels, beside, lead
from orchestration.audit.bound_multiples import level_and_change, multiple_of_level, value_per_thing
from orchestration.audit.levels_of_years import LevelsOfYears
from orchestration.audit.model import Comparison, Document, Spot, Text
from orchestration.audit.text_operators import direction_of
from orchestration.audit.words import words

SHARE_SLIPS = ("share_of_rest", "complement")
GROWTH_SLIPS = ("increase_by_vs_to",)


class Bound:
    """The statements of one document over its levels."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._levels = BoundLevels(document)
        self._of_years = LevelsOfYears(document, self._levels.all, self._levels.twins)

    def comparisons(self) -> Iterator[Comparison]:
        """What the levels say of every rate, multiple and level of the text."""
        for text in self._document.texts:
            for n, stated in enumerate(text.spots):
                before = text.text[text.spots[n - 1].end if n else 0 : stated.start]
                after = text.text[stated.end : text.spots[n + 1].start if n + 1 < len(text.spots) else len(text.text)]
                if stated.unit == "percent" and stated.value:
                    yield from self._share(stated, n, text, before, after)
                    yield from self._growth(stated, n, text, before, after)
                    yield from self._of_years.comparisons(stated, text, before, after)
                elif stated.unit in MULTIPLES and stated.value:
                    yield from multiple_of_level(self._levels, stated, n, text, before, after)
                elif stated.unit and stated.unit not in RATES and stated.value:
                    yield from level_and_change(self._levels, stated, n, text, before)
                    yield from value_per_thing(self._levels, stated, text, before)

    # --- shares -------------------------------------------------------------------------------------------------------

    def _share(self, stated: Spot, n: int, text: Text, before: str, after: str) -> Iterator[Comparison]:
        if stated.statistic in ("yoy", "cagr", "change") or words("growth").search(
            before[-25:] + " " + re.split(r"[，,。；;]", after[:12])[0]
        ):
            return
        part = beside(text, n, -1, 30)
        tail = re.match(r"\s*(?:of|占)\b", after) or re.match(r"\s*占", after)
        cue = words("share").search(before[-25:]) or tail
        glossed = re.fullmatch(r"\s*[（(]\s*(?:约|about|or|即)?\s*", before)
        if part is not None and part.unit not in (*RATES, *MULTIPLES) and (cue or glossed or _apposed(before)):
            free = [(r, s) for r, s in self._levels.around(part, stated) if s.value >= part.value]
            found = self._levels.fits("share", stated, part, free, 0, "part_beside_share")
            if found is not None:
                yield found
                return
            slipped = self._levels.slipped("share", stated, part, free, 0, "part_beside_share", SHARE_SLIPS)
            if slipped is not None and (cue or stated.statistic == "share"):
                yield slipped
                return
        # the whole stands beside it: x % of B, 占B的x%
        whole = None
        if re.match(r"\s*of\b[^⟦]{0,30}$", after) and n + 1 < len(text.spots):
            whole = text.spots[n + 1]
        elif part is not None and re.search(r"占[^⟦。；;，,]{0,20}$", text.text[max(0, part.start - 20) : part.start]):
            whole = part
        if whole is not None and whole.unit not in (*RATES, *MULTIPLES) and whole.unit and whole.value:
            free = [(r, s) for r, s in self._levels.around(whole, stated) if s.value <= whole.value]
            found = self._levels.fits("share", stated, whole, free, 1, "whole_beside_share")
            if found is not None:
                yield found

    # --- growth -------------------------------------------------------------------------------------------------------

    def _growth(self, stated: Spot, n: int, text: Text, before: str, after: str) -> Iterator[Comparison]:
        cue = words("growth").search(before[-30:]) or re.match(
            r"\s*(?:increase|rise|growth|jump|gain|higher|lower|more|decline|drop|fall|year[- ]on[- ]year|YoY)", after
        )
        if not cue or words("cagr").search(before[-40:] + " " + after[:25]):
            return
        last = beside(text, n, -1, 45)
        forward = None
        if re.match(
            r"\s*(?:[a-z\- ]{0,25})?\b(?:to|from)\b[^⟦]{0,30}$|^[^⟦。；;，,]{0,8}[至到][^⟦。；;，,]{0,6}$", after
        ):
            forward = text.spots[n + 1] if n + 1 < len(text.spots) else None
        bound = [s for s in (last, forward) if s is not None and s.unit and s.unit not in (*RATES, *MULTIPLES)]
        way = direction_of(stated, n, text)
        bound = [s for s in bound if s.value]
        fitting = (self._growth_fit(stated, level, level is last, way, text) for level in bound)
        slipped = (self._growth_slip(stated, level, level is last, text) for level in bound)
        found = next(filter(None, chain(fitting, slipped)), None)
        if found is not None:
            yield found

    def _growth_fit(self, stated: Spot, level: Spot, is_last: bool, way: int, text: Text) -> Comparison | None:
        """The level that grew, with a former one; or the former one itself, where the words say so."""
        around = self._levels.around(level, stated)
        free = [(r, s) for r, s in around if _before(s, level)]
        found = self._levels.fits("growth", stated, level, free, 1, "level_beside_growth", direction=way)
        former = bool(words("before").search(lead(text, level)))
        if found is not None or not is_last or not (former or way):
            return found
        later = [(r, s) for r, s in around if (r == 0 or former) and (not _before(s, level) or not s.years)]
        return self._levels.fits("growth", stated, level, later, 0, "former_level_beside_growth", direction=way)

    def _growth_slip(self, stated: Spot, level: Spot, is_last: bool, text: Text) -> Comparison | None:
        """Grown by what it grew to, over a former level that is named as such or stands in the row of its cell."""
        around = self._levels.around(level, stated)
        free = [(r, s) for r, s in around if _before(s, level)]
        said = text.text[max(0, level.start - 60) : stated.end + 60]
        named = [(r, s) for r, s in free if r <= 1 and (s.grid >= 0 or words("before").search(said))]
        slipped = self._levels.slipped("growth", stated, level, named, 1, "level_beside_growth", GROWTH_SLIPS)
        if slipped is not None and not self._levels.fits("growth", stated, level, free, 1, ""):
            return slipped
        if not is_last or not words("before").search(lead(text, level)):
            return None
        later = [(r, s) for r, s in around if r == 0 and (not s.years or _before(level, s))]
        return self._levels.slipped("growth", stated, level, later, 0, "former_level", GROWTH_SLIPS, 0)


def _apposed(between: str) -> bool:
    return bool(re.fullmatch(r"\s*[,，]\s*(?:or|or about|some|约|即|为)?\s*", between))


def _before(first: Spot, last: Spot) -> bool:
    """Whether nothing speaks against the one being the earlier."""
    return not (first.years and last.years) or first.years <= last.years or first.period == last.period
