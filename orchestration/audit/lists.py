"""Totals and what they are the total of: figures listed beside a word for a total, rows that the text names, columns of
a table whose total stands in the text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise

from orchestration.audit.arithmetic import MULTIPLES, RATES, chance, interval, judge, least_chance, overlap, slip, tens, wrong_digit
from orchestration.audit.model import Comparison, Document, Spot, Table, Text
from orchestration.audit.words import STOP, words

SUM_SLIPS = ("digit", "part_left_out", "counted_twice", "scale")


def list_comparisons(document: Document) -> Iterator[Comparison]:
    """All comparisons of totals in the document's text."""
    flat = [s for t in document.texts for s in t.spots]
    place = {id(s): i for i, s in enumerate(flat)}
    columns = summable(document.tables)
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
            named = list(_named_sum(stated, text, before, document.tables)) if cued else []
            yield from named
            if not named:
                yield from _runs(stated, flat, place[id(stated)], cued, text)
                yield from _column(stated, columns, cued)


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


# --- rows and columns -------------------------------------------------------------------------------------------------


def _named_sum(stated: Spot, text: Text, before: str, tables: Sequence[Table]) -> Iterator[Comparison]:
    """The rows that the clause names before a word for a total, in the column of the total's unit."""
    clause = STOP.split(before)[-1].lower()
    for table in tables:
        rows = [r for r, label in enumerate(table.rows) if _label(label) and _label(label) in clause]
        if len(rows) < 2:
            continue
        for column in range(len(table.columns)):
            parts = [table.cells[r][column] for r in rows]
            if not all(p is not None and p.value for p in parts):
                continue
            cells = [p for p in parts if p is not None]
            if any(not p.scaled or p.unit != stated.unit for p in cells):
                continue
            verdict, exact = judge("sum", stated, cells)
            if verdict == "agree":
                yield Comparison(
                    "sum", "table", stated, cells, "agree", exact, confidence=0.9, operator="named_rows", bound=True
                )
                return
            reason = slip("sum", stated, cells)
            if reason and reason[0] in SUM_SLIPS and not stated.open and len(stated.digits) >= 3:
                fits_other = any(
                    overlap(interval(stated), interval(s)) for row in table.cells for s in row if s and s.scaled
                )
                if not fits_other:
                    yield Comparison(
                        "sum", "table", stated, cells, "disagree", exact, reason[0], reason[1], 0.8, "named_rows", True
                    )
                    return


@dataclass(frozen=True, slots=True)
class Column:
    """A column of two cells at least, without its totals: its largest size, the units that its cells are sure of."""

    cells: list[Spot]
    largest: float
    units: frozenset[str]


def summable(tables: Sequence[Table]) -> list[Column]:
    """The columns of all tables, made once: every figure of the text is held against each."""
    found = []
    for table in tables:
        totals = [table.total_row(r) for r in range(len(table.rows))]
        for column in range(len(table.columns)):
            cells = [s for row in table.cells if (s := row[column]) and s.value and not (s.row >= 0 and totals[s.row])]
            if len(cells) >= 2:
                units = frozenset(s.unit for s in cells if s.scaled and s.unit)
                found.append(Column(cells, max(abs(s.value) for s in cells), units))
    return found


def _column(stated: Spot, columns: Sequence[Column], cued: bool) -> Iterator[Comparison]:
    """A column of a table, or the first or last rows of it, whose total stands in the text."""
    tried, least = 0.0, least_chance(stated, 2.0)
    long = len(stated.digits) >= 3
    for column in columns:
        if column.largest > stated.value or column.units - {stated.unit}:
            continue
        if stated.unit in RATES and not cued and not long and any(s.unit != stated.unit for s in column.cells):
            continue
        for parts in islice(_additions(column.cells, long), 12):
            tried += 1
            if least * (1 + tried) >= 0.3:
                return  # after so many tries nothing fits beyond chance
            verdict, exact = judge("sum", stated, parts)
            luck = chance(stated, exact, 2.0) * (1 + tried)
            if verdict == "agree" and luck < (0.3 if parts is column.cells or cued else 0.12):
                yield Comparison(
                    "sum", "table", stated, parts, "agree", exact, confidence=round(0.95 - luck, 3),
                    operator="column_total_in_text",
                )  # fmt: skip
                return


def _additions(cells: list[Spot], pairs: bool) -> Iterator[list[Spot]]:
    """The whole column, neighbours if ``pairs``, and its first rows."""
    if len(cells) > 2:
        yield cells
    if pairs:
        yield from (cells[i : i + 2] for i in range(len(cells) - 1))
    yield from (cells[:k] for k in range(3, len(cells)))


@lru_cache(maxsize=4096)  # every clause of a document asks for the labels of every table
def _label(label: str) -> str:
    name = re.sub(r"[（(].*?[)）]", "", label).strip(" .:：*•-").lower()
    return name if len(name) >= 2 and any(c.isalpha() for c in name) and not words("total").search(name) else ""


# --- shares of table cells --------------------------------------------------------------------------------------------


def named_share_comparisons(document: Document) -> Iterator[Comparison]:
    """A share in the text whose clause names a row (and a year): that cell over its column's total."""
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
            said = clause.lower() if any(c.isalpha() for c in clause) else sentence.lower()
            years = set(re.findall(r"(?<!\d)((?:19|20)\d\d)(?!\d)", clause)) or set(
                re.findall(r"(?<!\d)((?:19|20)\d\d)(?!\d)", sentence)
            )
            yield from _named_share(stated, said, sentence.lower(), years, document.tables)


def _named_share(
    stated: Spot, said: str, sentence: str, years: set[str], tables: Sequence[Table]
) -> Iterator[Comparison]:
    for table in tables:
        totals = [r for r in range(len(table.rows)) if table.total_row(r)]
        rows = [r for r, label in enumerate(table.rows) if _label(label) and _label(label) in said]
        if not rows:
            rows = [r for r, label in enumerate(table.rows) if _label(label) and _label(label) in sentence]
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


# --- part and whole ---------------------------------------------------------------------------------------------------

_OF_WHICH = re.compile(r"^\s*[，,（(]\s*(?:其中|of which|including)[^⟦，,。；;]{0,14}$", re.I)


def part_comparisons(document: Document) -> Iterator[Comparison]:
    """A whole, "of which" and its part right behind, in one unit: the part is no more than the whole."""
    for text in document.texts:
        for whole, part in pairwise(text.spots):
            if not whole.unit or whole.unit != part.unit or whole.unit in (*RATES, *MULTIPLES):
                continue
            if whole.open or part.open or not (whole.scaled and part.scaled) or whole.value <= 0:
                continue
            if whole.unit == "count" and whole.counted != part.counted:
                continue
            if not _OF_WHICH.match(text.text[whole.end : part.start]):
                continue
            exceeds = part.low > whole.high
            yield Comparison(
                "part_exceeds_whole", "text", part, [whole], "disagree" if exceeds else "agree", (0.0, whole.high),
                "swapped" if exceeds else "", "the part is larger than its whole" if exceeds else "",
                0.8, "of_which", True,
            )  # fmt: skip


# --- shares of one whole ----------------------------------------------------------------------------------------------

_REST = re.compile(r"其余|余下|其他|其它|剩余|\bthe (?:rest|remainder|others?)\b|\bremaining\b|\bothers\b", re.I)


def whole_comparisons(document: Document) -> Iterator[Comparison]:
    """Shares listed in one sentence that make up one whole; told where they do, or where one of them is the rest."""
    for text in document.texts:
        by_sentence: dict[int, list[Spot]] = {}
        for s in text.spots:
            if s.unit == "percent" and s.value > 0 and s.statistic not in ("yoy", "cagr", "change"):
                by_sentence.setdefault(s.sentence, []).append(s)
        for shares in by_sentence.values():
            if not 2 <= len(shares) <= 8 or any(b.start - a.end > 45 for a, b in pairwise(shares)):
                continue
            total = sum(s.value for s in shares)
            slack = sum(s.high - s.low for s in shares) / 2
            said = text.text[max(0, shares[0].start - 40) : shares[-1].end + 20]
            if abs(total - 100) <= slack + 1e-9 and (len(shares) > 2 or _REST.search(said)):
                yield Comparison(
                    "bounds", "text", shares[0], shares[1:], "agree", (100 - total + shares[0].value,) * 2,
                    confidence=0.85, operator="shares_of_one_whole", bound=True,
                )  # fmt: skip
            elif (
                len(shares) > 2
                and _REST.search(said)
                and total > 100 + slack
                and not any(s.open or not s.scaled for s in shares)
            ):
                for s in shares:
                    wanted = (s.low - (total - 100), s.high - (total - 100))
                    if wrong_digit(s, wanted):
                        yield Comparison(
                            "bounds", "text", s, [x for x in shares if x is not s], "disagree", wanted, "digit",
                            f"the shares of one whole add up to {total:g} %", 0.75, "shares_of_one_whole", True,
                        )  # fmt: skip
                        break


def answer_comparisons(document: Document) -> Iterator[Comparison]:
    """A column of shares of answers of which everybody has given one: they add up to 100 %."""
    for table in document.tables:
        for column in range(len(table.columns)):
            shares = [s for r, row in enumerate(table.cells) if (s := row[column]) and not table.total_row(r)]
            if len(shares) < 3 or any(s.unit != "percent" or s.open or s.raw <= 0 for s in shares):
                continue
            first = min(s.line for s in shares)
            above = [t.text for t in document.texts if t.lines and 0 < first - t.lines[-1] <= 4]
            if not words("one_answer").search(" ".join([table.caption, *above])):
                continue
            total, slack = sum(s.raw for s in shares), sum(s.half for s in shares)
            wanted = (100 - total + shares[-1].raw,) * 2
            holds = abs(total - 100) <= slack
            yield Comparison(
                "bounds", "table", shares[-1], shares[:-1], "agree" if holds else "disagree", wanted,
                "" if holds else "bounds", "" if holds else f"of one answer each, the shares add up to {total:g} %",
                0.8, "one_answer_each", True,
            )  # fmt: skip


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


_SIZES = (1.0, 1e3, 1e4, 1e6, 1e8, 1e9)


def _whole_of(places: Sequence[tuple[Spot, Spot]]) -> float:
    """The whole that the first amount and its share give."""
    share, amount = max(places, key=lambda p: p[0].raw)
    return 100 * amount.raw / share.raw
