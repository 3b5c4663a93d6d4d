"""Statements of which the sentence binds one input; the other is looked for where such a sentence takes it from.

A share stands beside its part (or beside "of" its whole), a growth rate behind the level that grew, a multiple between
the two levels, a change beside the level that it leads to. The free input is tried in a fixed order: the same sentence,
the sentences before, the row and the total of the table cell that prints the bound level once more, the first levels of
the document. With one slot bound there are few pairs, so chance explains little.

An alarm needs a recognisable slip, exact figures, a free input from the same or the sentence before (or from the row or
the total of the bound level's own table cell), and no level of the whole document that would explain the statement.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from orchestration.audit.arithmetic import MULTIPLES, RATES, chance, interval, judge, overlap, slip
from orchestration.audit.levels_of_years import LevelsOfYears
from orchestration.audit.model import Comparison, Document, Spot, Text
from orchestration.audit.spots import counts_fit
from orchestration.audit.text_operators import direction_of, signed
from orchestration.audit.words import words

_STOP = re.compile(r"[。；;!?！？]|\.\s")
# Chinese: a word of growth with a multiple right behind it is an increase by it
GREW_BY = re.compile(r"(?:增长|增加|提高|提升|扩大|上升|翻)(?:了|近|约|超|超过|逾)?\s*$")
LUCK = 0.25
SHARE_SLIPS = ("share_of_rest", "complement")


class Bound:
    """One document with its levels by unit and the table cells that print a level once more."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._levels = [
            s for t in document.texts for s in t.spots if s.unit and s.unit not in (*RATES, *MULTIPLES) and s.value
        ]
        self._cells: dict[str, list[Spot]] = defaultdict(list)
        for table in document.tables:
            for row in table.cells:
                for cell in row:
                    if cell and cell.scaled and cell.unit and cell.value:
                        self._cells[cell.unit].append(cell)
        self._by_unit: dict[str, list[Spot]] = defaultdict(list)
        for s in self._levels:
            self._by_unit[s.unit].append(s)
        self._first = self._levels[:4]
        self._of_years = LevelsOfYears(document, self._levels, self._twins)

    def comparisons(self) -> Iterator[Comparison]:
        for text in self._document.texts:
            for n, stated in enumerate(text.spots):
                before = text.text[text.spots[n - 1].end if n else 0 : stated.start]
                after = text.text[stated.end : text.spots[n + 1].start if n + 1 < len(text.spots) else len(text.text)]
                if stated.unit == "percent" and stated.value:
                    yield from self._share(stated, n, text, before, after)
                    yield from self._growth(stated, n, text, before, after)
                    yield from self._of_years.comparisons(stated, text, before, after)
                elif stated.unit in MULTIPLES and stated.value:
                    yield from self._multiple(stated, n, text, before, after)
                elif stated.unit and stated.unit not in RATES and stated.value:
                    yield from self._change(stated, n, text, before, after)
                    yield from self._per_unit(stated, text, before)

    # --- where free inputs come from ----------------------------------------------------------------------------------

    def _twins(self, level: Spot) -> list[Spot]:
        """Cells that print the level once more."""
        return [
            c
            for c in self._cells.get(level.unit, ())
            if min(len(c.digits), len(level.digits)) >= 3 and overlap(interval(c), interval(level))
        ][:3]

    def _around(self, bound: Spot, stated: Spot) -> list[tuple[int, Spot]]:
        """Levels of the bound one's unit, by how near a sentence would take them.

        0 is the same sentence, 1 one of the two before or the table cell's own row and total, 2 the paragraph and the
        first levels, 3 the rest of the document.
        """
        found: list[tuple[int, Spot]] = []
        for s in self._by_unit[bound.unit]:
            if s is bound or not counts_fit(s, bound):
                continue
            if s.sentence == stated.sentence:
                found.append((0, s))
            elif s.block == stated.block and (
                0 < stated.sentence - s.sentence <= 2
                or (s.sentence == stated.sentence + 1 and words("before").search(self._lead_of(s)))
            ):
                found.append((1, s))
            elif (s.block == stated.block and s.start < stated.start) or s in self._first:
                found.append((2, s))
            else:
                found.append((3, s))
        for twin in self._twins(bound):
            table = self._document.tables[twin.grid]
            for cell in table.cells[twin.row]:
                if cell and cell is not twin and cell.unit == bound.unit:
                    found.append((1, cell))
            for r, row in enumerate(table.cells):
                column = row[twin.column]
                if column and column is not twin and column.unit == bound.unit:
                    total = table.total_row(r) or r == len(table.cells) - 1
                    found.append((1 if total else 3, column))
        found.sort(key=lambda x: (x[0], abs(x[1].block - stated.block), abs(x[1].start - stated.start)))
        return found

    def _lead_of(self, level: Spot) -> str:
        return _lead(self._document.texts[level.block], level)

    def _fits(
        self, rule: str, stated: Spot, bound: Spot, free: Sequence[tuple[int, Spot]], order: int, operator: str,
        periods: float = 1.0, direction: int = 0,
    ) -> Comparison | None:  # fmt: skip
        """The first free input with which the statement holds beyond chance; ``order`` 0 puts the bound one first,
        ``direction`` is 1 where the words say a rise, -1 a fall."""
        for soft in (False, True):  # what the prints allow comes before what a qualifier allows
            tried = 0.0
            for rank, other in free[:60]:
                pair = [bound, other] if order == 0 else [other, bound]
                change = pair[-1].value - pair[0].value
                if direction * change < 0:
                    continue
                said = signed(rule, stated, change)
                verdict, exact = judge(rule, said, pair, periods)
                if verdict == "agree" and (soft or overlap(interval(said), exact)):
                    luck = chance(stated, exact) * (1 + tried)
                    if luck < (2 * LUCK if rank == 0 else LUCK if rank < 3 else LUCK / 3):
                        return Comparison(
                            rule, "text" if other.grid < 0 else "table", stated, pair, "agree", exact,
                            confidence=round(0.95 - luck, 3), operator=operator, bound=rank < 2,
                        )  # fmt: skip
                tried += 1 if rank < 3 else 0.5
        return None

    def _slipped(
        self, rule: str, stated: Spot, bound: Spot, free: Sequence[tuple[int, Spot]], order: int, operator: str,
        codes: Sequence[str], reach: int = 1,
    ) -> Comparison | None:  # fmt: skip
        """The nearest free input with which a recognisable slip explains the statement."""
        if stated.open or bound.open not in ("", "about") or not bound.scaled:
            return None
        if not any(c.isdigit() for c in stated.printed):
            return None  # a fraction in words fits one of a few slips by chance
        tried = 0
        digits = len(stated.digits)
        close = sum(1 for rank, s in free if rank <= 1)
        for rank, other in free:
            # four digits that fit a slip are hardly chance, three only where there is little choice
            far = rank <= 2 and digits >= 4
            if (rank > reach and not far) or other.open not in ("", "about") or not other.scaled or tried >= 6:
                continue
            pair = [bound, other] if order == 0 else [other, bound]
            if not pair[0].value < pair[1].value and (rule == "share" or rank > 0 or digits < 3):
                continue  # a part is below its whole; "fell by" for "fell to" is rare, a chance pair is not
            tried += 1
            said = signed(rule, stated, pair[-1].value - pair[0].value)
            reason = slip(rule, said, pair)
            exact = judge(rule, said, pair)[1]
            # a fraction in words fits one of two by chance
            told = rule == "share" and any(c.isdigit() for c in stated.printed)
            if reason is None and told and overlap(interval(stated), (100 - exact[1], 100 - exact[0])):
                reason = ("complement", "it is the share of the rest")
            vague = bool(bound.open or other.open)
            if reason is None or (vague and reason[0] != "increase_by_vs_to"):
                continue
            if reason[0] == "digit" and not (
                (digits >= 4 and chance(stated, exact) * 40 * tried < 0.1)
                or (digits == 3 and rank <= 1 and close <= 2 and chance(stated, exact) * 30 < 0.1)
            ):
                continue
            if reason[0] not in (*codes, "digit") or (rank > reach and reason[0] != "digit"):
                continue
            ratio = max(p.value for p in pair) / min(p.value for p in pair)
            if chance(stated, exact) * tried > 0.1 or not 1.02 < ratio < 30:
                continue
            return Comparison(
                rule, "text" if other.grid < 0 else "table", stated, pair, "disagree", exact, reason[0], reason[1],
                0.8, operator, True,
            )  # fmt: skip
        return None

    # --- shares -------------------------------------------------------------------------------------------------------

    def _share(self, stated: Spot, n: int, text: Text, before: str, after: str) -> Iterator[Comparison]:
        if stated.statistic in ("yoy", "cagr", "change") or words("growth").search(
            before[-25:] + " " + re.split(r"[，,。；;]", after[:12])[0]
        ):
            return
        part = _beside(text, n, -1, 30)
        tail = re.match(r"\s*(?:of|占)\b", after) or re.match(r"\s*占", after)
        cue = words("share").search(before[-25:]) or tail
        glossed = re.fullmatch(r"\s*[（(]\s*(?:约|about|or|即)?\s*", before)
        if part is not None and part.unit not in (*RATES, *MULTIPLES) and (cue or glossed or _apposed(before)):
            free = [(r, s) for r, s in self._around(part, stated) if s.value >= part.value]
            found = self._fits("share", stated, part, free, 0, "part_beside_share")
            if found is not None:
                yield found
                return
            slipped = self._slipped("share", stated, part, free, 0, "part_beside_share", SHARE_SLIPS)
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
            free = [(r, s) for r, s in self._around(whole, stated) if s.value <= whole.value]
            found = self._fits("share", stated, whole, free, 1, "whole_beside_share")
            if found is not None:
                yield found

    # --- growth -------------------------------------------------------------------------------------------------------

    def _growth(self, stated: Spot, n: int, text: Text, before: str, after: str) -> Iterator[Comparison]:
        cue = words("growth").search(before[-30:]) or re.match(
            r"\s*(?:increase|rise|growth|jump|gain|higher|lower|more|decline|drop|fall|year[- ]on[- ]year|YoY)", after
        )
        if not cue or words("cagr").search(before[-40:] + " " + after[:25]):
            return
        last = _beside(text, n, -1, 45)
        forward = None
        if re.match(
            r"\s*(?:[a-z\- ]{0,25})?\b(?:to|from)\b[^⟦]{0,30}$|^[^⟦。；;，,]{0,8}[至到][^⟦。；;，,]{0,6}$", after
        ):
            forward = text.spots[n + 1] if n + 1 < len(text.spots) else None
        bound = [s for s in (last, forward) if s is not None and s.unit and s.unit not in (*RATES, *MULTIPLES)]
        way = direction_of(stated, n, text)
        for level in bound:
            if not level.value:
                continue
            free = [(r, s) for r, s in self._around(level, stated) if _before(s, level)]
            found = self._fits("growth", stated, level, free, 1, "level_beside_growth", direction=way)
            former = bool(words("before").search(_lead(text, level)))
            if found is None and last is level and (former or way):
                later = [
                    (r, s)
                    for r, s in self._around(level, stated)
                    if (r == 0 or former) and (not _before(s, level) or not s.years)
                ]
                found = self._fits("growth", stated, level, later, 0, "former_level_beside_growth", direction=way)
            if found is not None:
                yield found
                return
        for level in bound:
            if not level.value:
                continue
            free = [(r, s) for r, s in self._around(level, stated) if _before(s, level)]
            said = text.text[max(0, level.start - 60) : stated.end + 60]
            # the former level is named as such in the sentence, or stands in the row of the level's cell
            named = [(r, s) for r, s in free if r <= 1 and (s.grid >= 0 or words("before").search(said))]
            slipped = self._slipped("growth", stated, level, named, 1, "level_beside_growth", ("increase_by_vs_to",))
            if slipped is not None and not self._fits("growth", stated, level, free, 1, ""):
                yield slipped
                return
            if level is last and words("before").search(_lead(text, level)):
                later = [
                    (r, s) for r, s in self._around(level, stated) if r == 0 and (not s.years or _before(level, s))
                ]
                slipped = self._slipped("growth", stated, level, later, 0, "former_level", ("increase_by_vs_to",), 0)
                if slipped is not None:
                    yield slipped
                    return

    # --- multiples, changes, per unit ---------------------------------------------------------------------------------

    def _multiple(self, stated: Spot, n: int, text: Text, before: str, after: str) -> Iterator[Comparison]:
        bound: list[tuple[Spot | None, int]] = []
        if re.match(r"\s*(?:of\s|the\s|that\s|as\s|what\s|more\s|larger\s|higher\s)?[^⟦。；;.]{0,40}$", after):
            bound.append((text.spots[n + 1] if n + 1 < len(text.spots) else None, 1))
        bound.append((_beside(text, n, -1, 60), 0))
        if n > 1:
            bound.append((text.spots[n - 2], 0))
        usable = [
            (level, order)
            for level, order in bound
            if level is not None and level.unit and level.unit not in (*RATES, *MULTIPLES) and level.value
            if level.sentence == stated.sentence
        ]
        grew_by = bool(GREW_BY.search(before))
        said = risen(stated) if grew_by else stated
        for level, order in usable:
            free = self._around(level, stated)
            for turn in (order,) if grew_by else (order, 1 - order):
                found = self._fits("ratio", said, level, free, turn, "level_beside_multiple")
                if found is not None:
                    found.stated = stated
                    yield found
                    return
        for level, _ in usable:
            slipped = self._multiple_slip(stated, level, text, grew_by)
            if slipped is not None:
                yield slipped
                return

    def _multiple_slip(self, stated: Spot, level: Spot, text: Text, grew_by: bool) -> Comparison | None:
        """Grown by x times where it grew to x times; or a power of ten between two levels that the sentence joins."""
        for rank, other in self._around(level, stated):
            if rank > 2 or not level.scaled or not other.scaled or other.value >= level.value:
                continue
            vague = bool(stated.open or level.open or other.open)
            exact = judge("ratio", stated, [level, other])[1]
            dated = bool(level.years and other.years and other.years < level.years)
            if grew_by and not vague and dated and overlap(interval(stated), exact) and chance(stated, exact) < 0.1:
                return Comparison(
                    "fold", "text", stated, [other, level], "disagree", exact, "increase_by_vs_to",
                    "it grew to that multiple, not by it", 0.75, "grew_by_multiple", True,
                )  # fmt: skip
            between = text.text[min(level.end, other.end) : max(level.start, other.start)]
            if rank == 0 and len(stated.digits) >= 2 and re.search(r"\bfrom\b|[从由]", between + _lead(text, level)):
                middle = (exact[0] + exact[1]) / 2
                for power in (1, 2, 3):
                    for factor in (10.0**power, 10.0**-power):
                        if abs(stated.value / (middle * factor) - 1) < (0.1 if vague else 0.02) + 0.5 * stated.width:
                            return Comparison(
                                "fold", "text", stated, [other, level], "disagree", exact, "scale",
                                f"it is off by a factor of 10^{power}", 0.75, "from_level_multiple", True,
                            )  # fmt: skip
        return None

    def _change(self, stated: Spot, n: int, text: Text, before: str, after: str) -> Iterator[Comparison]:
        """A level, a word of growth, and the change as a level of the same unit: the former level is free."""
        last = _beside(text, n, -1, 30)
        if last is None or last.unit != stated.unit or not words("growth").search(before):
            return
        if re.search(r"[至到为]$|\bto\s*$", before.rstrip()):
            return
        for former_rank, former in self._around(last, stated):
            if former is stated:
                continue
            verdict, exact = judge("sum", last, [former, stated])
            inputs = [former, stated]
            if verdict != "agree":
                verdict, exact = judge("difference", last, [former, stated])
            if verdict == "agree" and former_rank < 3 and chance(last, exact, 2.0) < 0.1:
                yield Comparison(
                    "sum", "text", last, inputs, "agree", exact, confidence=0.85, operator="level_and_change",
                    bound=former_rank < 2,
                )  # fmt: skip
                return

    def _per_unit(self, stated: Spot, text: Text, before: str) -> Iterator[Comparison]:
        """An average or a value per thing: a level over a count, both near."""
        cue = words("mean").search(before[-40:]) or words("per").search(stated.printed + text.text[stated.end :][:14])
        if not cue:
            return
        near = [s for s in self._levels if s.block == stated.block and abs(s.sentence - stated.sentence) <= 2]
        counts = [s for s in near if s.unit == "count" and s is not stated]
        tried = 0.0
        for count in counts[:6]:
            for level in near[:12]:
                if level is stated or level.unit != stated.unit or level is count:
                    continue
                verdict, exact = judge("product", level, [stated, count])
                if verdict == "agree" and chance(level, exact, 4.0) * (1 + tried) < LUCK:
                    quotient = (level.low / count.high, level.high / max(count.low, 1e-300))
                    yield Comparison(
                        "ratio", "text", stated, [level, count], "agree", quotient, confidence=0.8,
                        operator="value_per_thing",
                    )  # fmt: skip
                    return
                tried += 1


# --- helpers ----------------------------------------------------------------------------------------------------------


def _beside(text: Text, n: int, step: int, reach: int) -> Spot | None:
    """The figure right before (or behind) figure ``n``, in its sentence and within ``reach`` letters."""
    if not 0 <= n + step < len(text.spots):
        return None
    other, stated = text.spots[n + step], text.spots[n]
    between = text.text[other.end : stated.start] if step < 0 else text.text[stated.end : other.start]
    return other if len(between) <= reach and not _STOP.search(between) and other.value else None


def risen(stated: Spot, by: float = 1.0) -> Spot:
    """Grown by x times is x + 1 times."""
    return replace(stated, value=stated.value + by, low=stated.low + by, high=stated.high + by) if by else stated


def _apposed(between: str) -> bool:
    return bool(re.fullmatch(r"\s*[,，]\s*(?:or|or about|some|约|即|为)?\s*", between))


def _lead(text: Text, level: Spot) -> str:
    return text.text[max(0, level.start - 20) : level.start]


def _before(first: Spot, last: Spot) -> bool:
    """Whether nothing speaks against the one being the earlier."""
    return not (first.years and last.years) or first.years <= last.years or first.period == last.period
