"""Totals over lists whose numbers carry no unit of their own, and totals of the text that miss the column of a table by
a recognisable slip."""

from collections.abc import Iterator, Sequence

from orchestration.audit.arithmetic import MULTIPLES, RATES, chance, interval, judge, slip
from orchestration.audit.column_totals import Columns
from orchestration.audit.indexes import Values
from orchestration.audit.model import Comparison, Document, Spot, Text
from orchestration.audit.words import words

LONGEST = 12
GAP = 70  # letters between the numbers of a list
NEAR = 30  # lines between a table and the total of its column
SLIPS = ("digit", "part_left_out")


def total_comparisons(document: Document) -> Iterator[Comparison]:
    """Every level of the text over the list beside it, and over the columns of the tables near by."""
    columns = Columns(document.tables)
    held = Values(s for t in document.tables for row in t.cells for s in row if s and s.value)
    for text in document.texts:
        numbers = sorted((*text.spots, *text.numerals), key=lambda s: s.start)
        for n, stated in enumerate(numbers):
            if stated.value <= 0 or stated.unit in (*RATES, *MULTIPLES):
                continue
            found = list(_listed(stated, n, numbers, text))
            yield from found
            if not found and stated.unit and stated.scaled:
                yield from _missed_column(stated, text, columns, held)
            elif not found and not stated.unit:
                yield from _whole_column(stated, columns)


# --- lists of bare numbers --------------------------------------------------------------------------------------------


def _listed(stated: Spot, n: int, numbers: Sequence[Spot], text: Text) -> Iterator[Comparison]:
    """The numbers right behind a total, or right before it, in its sentence, of which at least one has no unit."""
    behind = _run(stated, numbers[n + 1 :], 1)
    before = _run(stated, numbers[:n][::-1], -1)
    tried = 0
    for run in (behind, before):
        for size in range(len(run), 1, -1):
            parts = sorted(run[:size], key=lambda s: s.start)
            if all(p.unit for p in parts):
                continue
            tried += 1
            verdict, exact = judge("sum", stated, parts)
            luck = chance(stated, exact, 2.0) * (1 + tried)
            if verdict == "agree" and luck < (0.2 if size > 2 else 0.02):
                yield _sum(stated, parts, "agree", exact, "", "", 0.9 - luck, "list_of_numbers")
                return
    if behind and _opens_list(stated, behind[0], text):
        yield from _broken(stated, behind, "list_of_numbers")


def _run(stated: Spot, others: Sequence[Spot], step: int) -> list[Spot]:
    """The unbroken run of numbers without a unit or in the total's own, each below the total."""
    run: list[Spot] = []
    last = stated
    for s in others[:LONGEST]:
        a, b = (last, s) if step > 0 else (s, last)
        if s.sentence != stated.sentence or s.unit not in ("", stated.unit) or b.start - a.end > GAP:
            break
        if not 0 < s.value < stated.value or (s.unit == "count" and s.counted != stated.counted):
            break
        run.append(s)
        last = s
    return run


def _opens_list(stated: Spot, first: Spot, text: Text) -> bool:
    """Whether the sentence says that what follows are the parts: "of 640 pilots, 212 …", a colon, brackets."""
    return bool(
        words("of_before").search(text.text[: stated.start][-8:])
        or words("list_mark").search(text.text[stated.end : first.start])
    )


def _broken(stated: Spot, parts: Sequence[Spot], operator: str, tried: int = 1) -> Iterator[Comparison]:
    """A total that its parts miss by a recognisable slip, beyond chance."""
    parts = sorted(parts, key=lambda s: (s.block, s.start, s.row, s.column))
    if len(parts) < 3 or stated.open or any(p.open for p in parts) or len(stated.digits) < 3:
        return
    verdict, exact = judge("sum", stated, parts)
    reason = slip("sum", stated, parts)
    if verdict != "disagree" or reason is None or reason[0] not in SLIPS:
        return
    if chance(stated, exact, 2.0) * 2 * len(parts) * tried < 0.1:
        yield _sum(stated, parts, "disagree", exact, *reason, 0.75, operator)


def _sum(
    stated: Spot, parts: Sequence[Spot], verdict: str, exact: tuple[float, float], code: str, why: str, sure: float,
    operator: str,
) -> Comparison:  # fmt: skip
    origin = "text" if parts[0].grid < 0 else "table"
    return Comparison(
        "sum", origin, stated, list(parts), verdict, exact, code, why, round(sure, 3), operator, verdict == "disagree"
    )


# --- columns of tables ------------------------------------------------------------------------------------------------


def _whole_column(stated: Spot, columns: Columns) -> Iterator[Comparison]:
    """A number without a unit that a whole column of counts, or of numbers without one, adds up to."""
    like = [c for c in columns.of("count") if 3 <= len(c.cells) <= LONGEST]
    for tried, column in enumerate(like if len(stated.digits) >= 3 else (), 1):
        verdict, exact = judge("sum", stated, column.cells)
        luck = chance(stated, exact, 2.0) * tried
        if verdict == "agree" and luck < 0.1:
            yield _sum(stated, column.cells, "agree", exact, "", "", 0.9 - luck, "column_total_in_text")
            return


def _missed_column(stated: Spot, text: Text, columns: Columns, held: Values) -> Iterator[Comparison]:
    """A total that the text says of all, and one column of its unit near by that misses it by a slip; none where the
    number stands in a table or another column adds up to it."""
    around = text.text[max(0, stated.start - 45) : stated.start] + " " + text.text[stated.end :][:24]
    of_all = words("sum").search(around) or words("of_all").search(around)
    if not of_all or held.like(interval(stated)):
        return
    like = [
        c
        for c in columns.of(stated.unit)
        if 3 <= len(c.cells) <= LONGEST and (c.units or stated.unit == "count")
        and min(abs(s.line - stated.line) for s in c.cells) <= NEAR
        and 0.4 < sum(s.value for s in c.cells) / stated.value < 2.5
    ]  # fmt: skip
    if any(judge("sum", stated, c.cells)[0] != "disagree" for c in like):
        return
    # without one row it is the sum of the others, which is a thing to say
    alarms = [a for c in like for a in _broken(stated, c.cells, "column_total_in_text", len(like)) if a.code == "digit"]
    if len(alarms) == 1:
        yield alarms[0]
