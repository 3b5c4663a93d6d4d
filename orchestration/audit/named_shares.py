"""Shares over the cells of a table: of a row that the clause names, of a whole that only the text prints."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from orchestration.audit.arithmetic import RATES, apart, chance, judge, overlap, slip, wrong_digit
from orchestration.audit.column_totals import names_of_rows
from orchestration.audit.model import Comparison, Document, Spot, Table, Text
from orchestration.audit.naming import Lines, context, label_of, years_in
from orchestration.audit.words import STOP, folded, words


def named_share_comparisons(document: Document) -> Iterator[Comparison]:
    """A share in the text whose clause names a row (and a year): that cell over its column's total."""
    rows = names_of_rows(document.tables)
    for text in document.texts:
        for n, stated in enumerate(text.spots):
            if stated.unit != "percent" or not stated.value or stated.statistic in ("yoy", "cagr", "change"):
                continue
            lead = text.text[text.spots[n - 1].end if n else 0 : stated.start]
            # a level right before the share is its part
            if n and text.spots[n - 1].unit not in RATES and len(lead) < 12 and not STOP.search(lead):
                continue
            clause = STOP.split(lead)[-1]
            if not words("share").search(clause[-30:] + text.text[stated.end :][:6]) and stated.statistic != "share":
                continue
            sentence = STOP.split(text.text[: stated.start])[-1]
            said = folded(clause if any(c.isalpha() for c in clause) else sentence)
            years = set(re.findall(r"(?<!\d)((?:19|20)\d\d)(?!\d)", clause)) or set(
                re.findall(r"(?<!\d)((?:19|20)\d\d)(?!\d)", sentence)
            )
            numbers = sorted({*rows.within(said), *rows.within(folded(sentence))})
            tables = [document.tables[i] for i in numbers]
            yield from _named_share(stated, said, folded(sentence), years, tables)


def _named_share(
    stated: Spot, said: str, sentence: str, years: set[str], tables: Sequence[Table]
) -> Iterator[Comparison]:
    for table in tables:
        totals = [r for r in range(len(table.rows)) if table.total_row(r)]
        rows = [r for r, label in enumerate(table.rows) if label_of(label) and label_of(label) in said]
        if not rows:
            rows = [r for r, label in enumerate(table.rows) if label_of(label) and label_of(label) in sentence]
        if len(rows) > 2:  # of several the one whose share the words say
            rows = [r for r in rows if words("share_of_named").match(said.partition(label_of(table.rows[r]))[2])]
        if not totals or not rows or len(rows) > 2:
            continue
        heads = [set(re.findall(r"(?<!\d)((?:19|20)\d\d)(?!\d)", c)) for c in table.columns]
        dated = sum(bool(h) for h in heads) > 1
        if dated and len(years) != 1:
            continue
        broken: list[tuple[Spot, Spot]] = []
        for row in rows:
            for column, head in enumerate(heads):
                part, whole = table.cells[row][column], table.cells[totals[-1]][column]
                if part is None or whole is None or not part.value or not whole.value or part.unit in RATES:
                    continue
                if (dated and head != years) or abs(part.raw) >= abs(whole.raw):
                    continue
                verdict, exact = judge("share", stated, [part, whole])
                if verdict == "agree" and chance(stated, exact) < 0.05:
                    yield Comparison(
                        "share", "table", stated, [part, whole], "agree", exact, confidence=0.9,
                        operator="named_row_of_total", bound=True,
                    )  # fmt: skip
                    return
                broken.append((part, whole))
        wholes = [w for c, name in enumerate(table.columns) if years_in(name) and (w := table.cells[totals[-1]][c])]
        if whole_of_other := _whole_of_other_year(stated, broken, wholes):
            yield whole_of_other
            return
        rest = [b for b in broken if (slip("share", stated, [*b]) or ("",))[0] == "share_of_rest"]
        if len(broken) > 1 and rest:
            luck = chance(stated, judge("share", stated, [*rest[-1]])[1])
            broken = rest[-1:] if luck * len(broken) < 0.05 else []
        if len(broken) == 1 and not stated.open and len(stated.digits) >= 2:
            part, whole = broken[0]
            reason = slip("share", stated, [part, whole])
            if reason and reason[0] in ("share_of_rest", "complement", "digit"):
                exact = judge("share", stated, [part, whole])[1]
                yield Comparison(
                    "share", "table", stated, [part, whole], "disagree", exact, reason[0], reason[1], 0.8,
                    "named_row_of_total", True,
                )  # fmt: skip


def _whole_of_other_year(stated: Spot, broken: list[tuple[Spot, Spot]], wholes: Sequence[Spot]) -> Comparison | None:
    """A part over the total of another period: the share of a quarter in the year before."""
    if stated.open or len(stated.digits) < 2 or len({p.row for p, _ in broken}) != 1:
        return None
    crossed = [
        (a, w, own) for a, own in broken for w in wholes
        if w is not own and w.unit == own.unit == a.unit and a.raw < w.raw
    ]  # fmt: skip
    held = [c for c in crossed if judge("share", stated, [c[0], c[1]])[0] == "agree"]
    if len(held) != 1 or not apart(stated, judge("share", stated, [held[0][0], held[0][2]])[1]):
        return None
    part, other, whole = held[0]
    if chance(stated, judge("share", stated, [part, other])[1]) * len(crossed) > CROSSED:
        return None
    return Comparison(
        "share", "table", stated, [part, whole], "disagree", judge("share", stated, [part, whole])[1], "other_year",
        f"it is the part over the {other.printed} of another period", 0.7, "whole_of_other_period", True,
    )  # fmt: skip


def sibling_share_comparisons(document: Document, found: Sequence[Comparison]) -> Iterator[Comparison]:
    """A second share of a sentence of which another one holds over a named row and its total: the same row in the other
    column that the words name (41 % of the flats and 49 % of the space)."""
    held = {id(c.stated): c for c in found if c.operator == "named_row_of_total" and c.verdict == "agree"}
    if not held:
        return
    lines = Lines(document.tables)
    for text in document.texts:
        for (_, first), (n, stated) in pairwise(enumerate(text.spots)):
            tie = held.get(id(first))
            if tie is None or id(stated) in held or stated.unit != "percent" or first.sentence != stated.sentence:
                continue
            if stated.statistic in ("yoy", "cagr", "change") or stated.open or not stated.value:
                continue
            yield from _in_other_column(stated, n, text, tie, document.tables[tie.inputs[0].grid], lines)


def _in_other_column(
    stated: Spot, n: int, text: Text, tie: Comparison, table: Table, lines: Lines
) -> Iterator[Comparison]:
    part, whole = tie.inputs
    between = folded(text.text[tie.stated.end : stated.start])
    if any(r != part.row and label_of(label) and label_of(label) in between for r, label in enumerate(table.rows)):
        return  # it is another row's
    columns, about = lines.columns[part.grid], context(text, n)
    # the words right behind it, else those of its clause
    for said in (dict.fromkeys(about.behind, 1.0), {t: w for t, w in about.weights.items() if w >= OWN}):
        own_words = replace(about, weights=said)
        fits = {c: columns.fit(c, own_words) for c in range(len(table.columns)) if table.cells[part.row][c]}
        if max(fits.values()) >= NAMED:
            break
    best = max(fits, key=lambda c: fits[c])
    if best == part.column or [c for c in fits if fits[c] >= fits[best]] != [best] or fits[best] < NAMED:
        return
    own, total = table.cells[part.row][best], table.cells[whole.row][best]
    if own is None or total is None or own.unit in RATES or not 0 < own.raw < total.raw:
        return
    verdict, exact = judge("share", stated, [own, total])
    if verdict == "agree":
        yield Comparison(
            "share", "table", stated, [own, total], "agree", exact, confidence=0.9, operator="row_in_other_column",
            bound=True,
        )  # fmt: skip
    elif verdict == "disagree" and len(stated.digits) >= 2 and apart(stated, exact):
        reason = slip("share", stated, [own, total]) or ("unexplained", "the other share of that row holds")
        yield Comparison(
            "share", "table", stated, [own, total], "disagree", exact, *reason, 0.75, "row_in_other_column", True
        )


def shares_of_text_whole(document: Document) -> Iterator[Comparison]:
    """A column of shares beside a column of amounts, of a whole that only the text prints: three places at least."""
    wholes = [s for t in document.texts for s in t.spots if s.unit and s.unit not in RATES and s.value and s.scaled]
    for table in document.tables:
        columns = [[row[c] for row in table.cells] for c in range(len(table.columns))]
        for shares in columns:
            if sum(1 for s in shares if s and s.unit == "percent") < 3:
                continue
            best: list[tuple[Spot, list[Spot], tuple[float, float], bool]] = []
            for amounts in columns:
                if amounts is shares:
                    continue
                places = [
                    (s, a) for s, a in zip(shares, amounts, strict=True)
                    if s and a and s.unit == "percent" and s.raw and a.raw > 0 and a.unit not in RATES
                ]  # fmt: skip
                if len(places) < 3:
                    continue
                for whole in wholes:
                    if any(a.scaled and a.unit not in ("", whole.unit) for _, a in places):
                        continue
                    size = next((f for f in _SIZES if 0.5 < _whole_of(places) * f / whole.value < 2), None)
                    if size is None:
                        continue
                    exact = []
                    for _, a in places:
                        low, high = (a.raw - a.half) * size, (a.raw + a.half) * size
                        exact.append((100 * low / whole.high, 100 * high / whole.low))
                    judged = [
                        (s, [a, whole], e, overlap((s.raw - s.half, s.raw + s.half), e))
                        for (s, a), e in zip(places, exact, strict=True)
                    ]
                    held = sum(j[3] for j in judged)
                    if held >= 3 and held >= len(judged) - 1 and held > sum(j[3] for j in best):
                        best = judged
            for stated, inputs, expected_share, holds in best:
                if holds:
                    yield Comparison(
                        "share", "table", stated, inputs, "agree", expected_share, confidence=0.9,
                        operator="shares_of_text_whole", bound=True,
                    )  # fmt: skip
                elif reason := _share_slip(stated, expected_share):
                    yield Comparison(
                        "share", "table", stated, inputs, "disagree", expected_share, *reason, 0.8,
                        "shares_of_text_whole", True,
                    )  # fmt: skip


def _share_slip(stated: Spot, exact: tuple[float, float]) -> tuple[str, str] | None:
    """Why a share of a column whose others hold does not: a digit, or the part over the rest."""
    if wrong_digit(stated, exact):
        return "digit", "one digit differs, and the other shares of the column hold"
    rest = tuple(100 * e / (100 - e) for e in exact)
    if exact[1] < 95 and overlap((stated.raw - stated.half, stated.raw + stated.half), (rest[0], rest[1])):
        return "share_of_rest", "it is the part over the rest, and the other shares of the column hold"
    return None


OWN = 0.8  # nearness of the words of a figure's own clause
CROSSED = 0.05  # how lucky a share over the total of another column may be
NAMED = 0.3  # of the label of a column that the words must have
_SIZES = (1.0, 1e3, 1e4, 1e6, 1e8, 1e9)


def _whole_of(places: Sequence[tuple[Spot, Spot]]) -> float:
    """The whole that the first amount and its share give."""
    share, amount = max(places, key=lambda p: p[0].raw)
    return 100 * amount.raw / share.raw
