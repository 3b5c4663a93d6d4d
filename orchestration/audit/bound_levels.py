"""The levels of a document from which a statement with one bound input takes the free one, and what holds with it."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from orchestration.audit.arithmetic import MULTIPLES, RATES, chance, interval, judge, overlap, slip
from orchestration.audit.indexes import cells_by_unit
from orchestration.audit.model import Comparison, Document, Interval, Spot, Text
from orchestration.audit.spots import counts_fit
from orchestration.audit.text_operators import signed
from orchestration.audit.words import words

_STOP = re.compile(r"[。；;!?！？]|\.\s")
LUCK = 0.25


class BoundLevels:
    """One document with its levels by unit and the table cells that print a level once more."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.all = [
            s for t in document.texts for s in t.spots if s.unit and s.unit not in (*RATES, *MULTIPLES) and s.value
        ]
        self._cells = cells_by_unit(document)
        self._by_unit: dict[str, list[Spot]] = defaultdict(list)
        for s in self.all:
            self._by_unit[s.unit].append(s)
        self._first = self.all[:4]

    def twins(self, level: Spot) -> list[Spot]:
        """Cells that print the level once more."""
        return [
            c
            for c in self._cells.get(level.unit, ())
            if min(len(c.digits), len(level.digits)) >= 3 and overlap(interval(c), interval(level))
        ][:3]

    def around(self, bound: Spot, stated: Spot) -> list[tuple[int, Spot]]:
        """Levels of the bound one's unit, by how near a sentence would take them.

        0 is the same sentence, 1 one of the two before or the table cell's own row and total, 2 the paragraph and the
        first levels, 3 the rest of the document.
        """
        found = [
            (self._distance(s, stated), s) for s in self._by_unit[bound.unit] if s is not bound and counts_fit(s, bound)
        ]
        found += self._beside_twins(bound)
        found.sort(key=lambda x: (x[0], abs(x[1].block - stated.block), abs(x[1].start - stated.start)))
        return found

    def _distance(self, level: Spot, stated: Spot) -> int:
        if level.sentence == stated.sentence:
            return 0
        if level.block == stated.block:
            behind = level.sentence == stated.sentence + 1
            if 0 < stated.sentence - level.sentence <= 2 or (behind and self._is_former(level)):
                return 1
            if level.start < stated.start:
                return 2
        return 2 if level in self._first else 3

    def _is_former(self, level: Spot) -> bool:
        return words("before").search(lead(self._document.texts[level.block], level)) is not None

    def _beside_twins(self, bound: Spot) -> Iterator[tuple[int, Spot]]:
        """The cells in the rows and columns of those that print the bound level once more."""
        for twin in self.twins(bound):
            table = self._document.tables[twin.grid]
            for cell in table.cells[twin.row]:
                if cell and cell is not twin and cell.unit == bound.unit:
                    yield 1, cell
            for r, row in enumerate(table.cells):
                column = row[twin.column]
                if column and column is not twin and column.unit == bound.unit:
                    total = table.total_row(r) or r == len(table.cells) - 1
                    yield 1 if total else 3, column

    def fits(
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

    def slipped(
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
            reason, exact = _reason(rule, stated, pair)
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


def _reason(rule: str, stated: Spot, pair: Sequence[Spot]) -> tuple[tuple[str, str] | None, Interval]:
    """The slip that explains a statement over two levels, if one does; what would be right."""
    said = signed(rule, stated, pair[-1].value - pair[0].value)
    reason, exact = slip(rule, said, pair), judge(rule, said, pair)[1]
    if reason is None and rule == "share" and overlap(interval(stated), (100 - exact[1], 100 - exact[0])):
        reason = ("complement", "it is the share of the rest")
    return reason, exact


def beside(text: Text, n: int, step: int, reach: int) -> Spot | None:
    """The figure right before (or behind) figure ``n``, in its sentence and within ``reach`` letters."""
    if not 0 <= n + step < len(text.spots):
        return None
    other, stated = text.spots[n + step], text.spots[n]
    between = text.text[other.end : stated.start] if step < 0 else text.text[stated.end : other.start]
    return other if len(between) <= reach and not _STOP.search(between) and other.value else None


def lead(text: Text, level: Spot) -> str:
    """What is said right before a level."""
    return text.text[max(0, level.start - 20) : level.start]
