"""Totals whose words say of how many: the three together, the first nine months, these two items."""

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from orchestration.audit.arithmetic import (
    MULTIPLES,
    RATES,
    apart,
    chance,
    exchanged,
    expected,
    interval,
    judge,
    neighbours_exchanged,
    overlap,
    slip,
    tens,
)
from orchestration.audit.indexes import by_unit
from orchestration.audit.model import Comparison, Document, Spot, Text
from orchestration.audit.naming import years_in
from orchestration.audit.words import counts_of_parts, words

NEAR = 8  # like figures around the total that are tried
LUCK = 0.1
ALIKE = 30  # times: the parts of one total are of one size
NAMES = {"sum": "sum", "mean": "average"}
LINES = 25  # between a table and the sentence about it
ITEM = 80  # letters of an item of a list
LEAD = 90  # letters before a total
SLIPS = ("digit", "part_left_out", "counted_twice", "scale")


def counted_comparisons(document: Document) -> Iterator[Comparison]:
    """Every level or percentage of the text that is said to be the total or the average of so many, over as many
    figures around it; and what brings a total of two to a level."""
    flat = [s for t in document.texts for s in t.spots]
    place = {id(s): i for i, s in enumerate(flat)}
    cells = by_unit(s for t in document.tables for row in t.cells for s in row if s and s.scaled)
    for text in document.texts:
        for n, stated in enumerate(text.spots):
            bare = not stated.unit and "." in stated.printed  # a score
            if not (bare or (stated.unit and stated.scaled)) or stated.value <= 0 or stated.unit in MULTIPLES:
                continue
            if stated.open:
                continue
            if stated.unit in RATES and stated.statistic in ("yoy", "cagr", "change"):
                continue
            lead = text.text[text.spots[n - 1].end if n else 0 : stated.start][-50:]
            rule = "mean" if words("mean").search(lead) else "sum"
            if bare and rule == "sum":
                continue
            many = parts_said(text.text[text.spots[n - 1].end if n else 0 : stated.start][-LEAD:])
            sides = _around(stated, flat, place[id(stated)], rule, max(2, many))
            sides = [
                [s for s in side if _is_near(s, stated, document) and not _is_former(s, document)] for side in sides
            ]
            if many:
                above = _items_above(stated, text, document, many, rule)
                sides[0] = sides[0] if len(sides[0]) >= many else above
                sides += [above] if above and above != sides[0] else []
                # a total that a table prints itself is not that of its other lines
                if stated.unit not in cells or not cells[stated.unit].like(interval(stated)):
                    sides += _columns(stated, document, many, rule)
                adding = words("adding").search(lead) is not None
                first = words("first_so_many").search(lead) is not None
                found = list(_judged(rule, stated, many, sides, adding, first))
                yield from found or _exchanged_run(rule, stated, many, document)
            elif rule == "sum" and words("brings_to").search(lead) and len(sides[0]) == 2:
                alarms = _slipped(rule, stated, sorted(sides[0], key=_place), 1, True, False)
                yield from (c for _, c in alarms if c.code == "digit" and len(stated.digits) >= 3)


def parts_said(lead: str) -> int:
    """How many parts the words right before a total say that it has; 0 where they say none."""
    said = [(m.end(), m[0].lower()) for m in words("of_so_many").finditer(lead)]
    if not said:
        return 0
    return next((many for word, many in counts_of_parts().items() if word in said[-1][1]), 0)


def _is_former(s: Spot, document: Document) -> bool:
    """Whether a level is said to be of a former time: no part of a total of now."""
    return words("former").search(document.texts[s.block].text[max(0, s.start - 8) : s.start]) is not None


def _is_near(s: Spot, stated: Spot, document: Document) -> bool:
    """In the paragraph or the one before, or an item of a list before it."""
    return s.block >= stated.block - 1 or len(document.texts[s.block].text) <= ITEM


def _around(stated: Spot, flat: list[Spot], at: int, rule: str, sentences: int) -> list[list[Spot]]:
    """The like figures of its sentence and of those before, the nearest first; those right behind it."""
    before = [s for s in reversed(flat[max(0, at - 24) : at]) if _like(s, stated, rule)]
    before = [s for s in before if stated.block - s.block <= sentences]
    before = [s for s in before if stated.sentence - s.sentence - (stated.block - s.block) <= sentences]
    behind = [s for s in flat[at + 1 : at + 16] if _like(s, stated, rule) and s.block == stated.block]
    behind = [s for s in behind if s.sentence - stated.sentence <= 2]
    return [side[:NEAR] for side in (before, behind)]


def _items_above(stated: Spot, text: Text, document: Document, many: int, rule: str) -> list[Spot]:
    """The last figures of the items of a list right above the paragraph, as many as the words say."""
    items = [t for t in document.texts[max(0, text.number - many - 2) : text.number] if t.spots and len(t.text) <= ITEM]
    own = [[s for s in t.spots if s.unit == stated.unit] or t.spots for t in items]
    last = [spots[-1] for spots in own][-many:]
    return last[::-1] if len(last) == many and all(_like(s, stated, rule, True) for s in last) else []


def _columns(stated: Spot, document: Document, many: int, rule: str) -> list[list[Spot]]:
    """The first cells of columns near by, without totals, as many as the words say and one more; rows of so many
    periods."""
    found = []
    for line in _lines_of_tables(document):
        cells = line[: many + 1]
        if len(cells) > 1 and cells[0].row == cells[1].row:
            # along a row only where its columns are that many periods; the numbers of things of two years are not added
            heads = document.tables[cells[0].grid].columns
            if stated.unit == "count" or len(stated.digits) < 3 or len(line) != many:
                continue
            if not all(years_in(heads[s.column]) for s in line):
                continue
        near = cells and abs(cells[0].line - stated.line) <= LINES
        if near and len(cells) >= many and all(c.scaled and _like(c, stated, rule) for c in cells[:many]):
            found.append(cells)
    return found


def _lines_of_tables(document: Document) -> Iterator[list[Spot]]:
    """Columns and rows without their totals."""
    for table in document.tables:
        for column in range(len(table.columns)):
            yield [s for r, row in enumerate(table.cells) if (s := row[column]) and not table.total_row(r)]
        for row in table.cells:
            yield [s for c, s in enumerate(row) if s and not table.total_column(c)]


def _exchanged_run(rule: str, stated: Spot, many: int, document: Document) -> Iterator[Comparison]:
    """Neighbours in a line of a table whose total has two neighbouring digits exchanged, where none adds up."""
    runs = [
        line[i : i + many]
        for line in _lines_of_tables(document)
        for i in range(len(line) - many + 1)
        if abs(line[i].line - stated.line) <= LINES
        and all(c.scaled and _like(c, stated, rule) for c in line[i : i + many])
    ]
    judged = [(run, *judge(rule, stated, run)) for run in runs]
    if any(verdict == "agree" for _, verdict, _ in judged):
        return
    for run, _, exact in judged:
        found = neighbours_exchanged(stated, exact)
        if found and chance(stated, exact, 2.0) * 3 * len(runs) < LUCK:
            yield _alarm(rule, stated, run, exact, found)
            return


def _like(s: Spot, stated: Spot, rule: str, listed: bool = False) -> bool:
    """Whether a figure may be a part; of a list that is complete it may be larger than a total of another scale."""
    alone = s.unit in ("", "score") and stated.unit in ("", "score")
    if (s.unit != stated.unit and not alone) or s.value <= 0 or s.open:
        return False
    if not listed and s.value * ALIKE < stated.value:
        return False
    if not listed and s.value >= stated.value * (3 if rule == "mean" else 1):
        return False
    if s.unit in RATES:
        return s.statistic not in ("yoy", "cagr", "change")
    return not (s.counted and stated.counted) or s.counted == stated.counted or s.unit != "count"


def _judged(
    rule: str, stated: Spot, many: int, sides: Sequence[list[Spot]], adding: bool, first: bool
) -> Iterator[Comparison]:
    alarms: list[tuple[float, Comparison]] = []
    for side in sides:
        groups = [sorted(g, key=_place) for g in combinations(side, many)]
        for tried, parts in enumerate(groups, 1):
            verdict, exact = judge(rule, stated, parts)
            run = all(abs(side.index(a) - side.index(b)) == 1 for a, b in pairwise(parts))
            if verdict == "agree" and chance(stated, exact, 2.0) * tried < (2 * LUCK if run else LUCK / 5):
                yield Comparison(
                    rule, "text" if parts[0].grid < 0 else "table", stated, parts, "agree", exact, confidence=0.85,
                    operator="total_of_so_many", bound=True,
                )  # fmt: skip
                return
        # the first rows of a table are no choice of it
        named = first and bool(side) and side[0].grid >= 0
        for tried, parts in enumerate(groups[:1] if named or (len(groups) > 1 and len(side) > many + 1) else groups):
            tries = len(groups) if tried or side[0].grid < 0 else 1  # the first lines of a table are meant first
            alone = named or len(side) == many
            alarms += _slipped(rule, stated, parts, tries, alone, adding and side is sides[0])
        alarms += _left_out(rule, stated, many, side)
    if alarms:
        yield min(alarms, key=lambda a: a[0])[1]


def _slipped(
    rule: str, stated: Spot, parts: list[Spot], tried: int, alone: bool, adding: bool
) -> list[tuple[float, Comparison]]:
    """The alarm about these parts with how lucky it would be: ``alone`` says that there are no others, ``adding`` that
    words add up what stands before, so that no slip need be known."""
    verdict, exact = judge(rule, stated, parts)
    found = slip(rule, stated, parts) or tens(stated, exact)
    if found is None and exchanged(stated, exact):
        found = "digit", "its two digits are exchanged"
    together = alone and adding and all(s.sentence == stated.sentence for s in parts) and apart(stated, exact)
    if verdict == "disagree" and found is None and together and len(stated.digits) >= 2:
        why = "unexplained", f"the words say {len(parts)}, and these are all that the sentence has"
        return [(1.0, _alarm(rule, stated, parts, exact, why))]
    cells = parts[0].grid >= 0
    if found and cells and (found[0] == "counted_twice" or parts[0].row == parts[1].row):
        return []  # a cell twice is two of its lines more often, and the cells of a row are seldom parts
    if verdict != "disagree" or found is None or found[0] not in SLIPS or len(stated.digits) < 2:
        return []
    # thirty prints are a digit away, as many as there are parts leave one out
    luck = chance(stated, exact, 2.0) * tried * (10 if found[0] == "digit" else 2 * len(parts))
    if luck > (3 * LUCK if alone else LUCK):
        return []
    return [(luck, _alarm(rule, stated, parts, exact, found))]


def _left_out(rule: str, stated: Spot, many: int, side: list[Spot]) -> list[tuple[float, Comparison]]:
    """The total of all but one of them: of one part less than the words say, the nearest among them."""
    those = _made_into_a_total(side, many) or side[:many]
    for parts in combinations(side, many - 1) if many > 2 else ():
        verdict, exact = judge(rule, stated, parts)
        chosen = {id(p) for p in parts}
        within = chosen <= {id(s) for s in those}
        rest = [s for s in (those if within else side) if id(s) not in chosen]
        if verdict != "agree" or not rest or not (within or id(side[0]) in chosen):
            continue
        luck = chance(stated, exact, 2.0) * (many if within else len(side) * many / 2)
        if luck < LUCK:
            whole = sorted([*parts, rest[0]], key=_place)
            exact = judge(rule, stated, whole)[1]
            why = "part_left_out", f"it is the {NAMES[rule]} of {many - 1}, and the words say {many}"
            return [(luck, _alarm(rule, stated, whole, exact, why))]
    return []


def _made_into_a_total(side: list[Spot], many: int) -> list[Spot]:
    """As many neighbours as the words say, whose total is another figure beside them."""
    for i in range(len(side) - many + 1):
        run = side[i : i + many]
        low, high = expected("sum", [interval(s) for s in run])
        if any(overlap(interval(s), (low, high)) for s in side if s not in run):
            return run
    return []


def _place(s: Spot) -> tuple[int, int, int]:
    return s.block, s.row, s.start


def _alarm(
    rule: str, stated: Spot, parts: list[Spot], exact: tuple[float, float], found: tuple[str, str]
) -> Comparison:
    return Comparison(
        rule,
        "text" if parts[0].grid < 0 else "table",
        stated,
        parts,
        "disagree",
        exact,
        found[0],
        found[1],
        0.75,
        "total_of_so_many",
        True,
    )
