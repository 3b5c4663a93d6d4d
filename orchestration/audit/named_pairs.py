"""Rates and multiples of the text over two cells of one row or column: the row that the clause names in two years, two
columns that it names, or a rate with three digits over a cell and the first or total line of its column."""

import re
from collections.abc import Iterator, Sequence

from orchestration.audit.arithmetic import MULTIPLES, RATES, chance, judge, least_chance, slip
from orchestration.audit.model import Comparison, Document, Spot, Table
from orchestration.audit.named_lines import NamedTables, named
from orchestration.audit.naming import sentence_of
from orchestration.audit.text_operators import signed
from orchestration.audit.words import STOP, folded, words

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")


def named_pair_comparisons(document: Document) -> Iterator[Comparison]:
    """All of them, over every table of the document."""
    if not document.tables:
        return
    tables = NamedTables(document.tables)
    columns = list(_columns(document.tables))
    for text in document.texts:
        for n, stated in enumerate(text.spots):
            if not stated.value or stated.unit not in ("percent", *MULTIPLES):
                continue
            lead = text.text[text.spots[n - 1].end if n else 0 : stated.start]
            clause = STOP.split(lead)[-1]
            sentence = sentence_of(stated, text)
            cue = clause[-40:] + " " + re.split(r"[，,。；;]", text.text[stated.end :][:25])[0]
            if stated.unit == "percent":
                if words("cagr").search(cue) or stated.statistic == "cagr":
                    yield from _row_cagr(stated, tables.or_with_sums(sentence), sentence)
                    continue
                if words("growth").search(cue) or stated.statistic in ("yoy", "change"):
                    yield from _row_growth(stated, clause, sentence, tables.or_with_sums(sentence))
                else:
                    yield from _two_columns(stated, sentence, tables.of(sentence))
                    yield from _of_first_line(stated, sentence, columns, tables)
            else:
                yield from _two_columns(stated, sentence, tables.of(sentence))
                yield from _row_multiple(stated, sentence, tables.of(sentence))


def _rows(table: Table, said: str) -> list[int]:
    lengths = [
        max((named(part, said) for part in (label, *names)), default=0)
        for label, names in zip(table.rows, table.row_names, strict=True)
    ]
    best = max(lengths, default=0)
    return [r for r, length in enumerate(lengths) if length and length == best]


def _values(cells: Sequence[Spot | None], rates: bool = False) -> list[Spot]:
    """Cells with a value; rates only where they are asked for (a multiple of two shares)."""
    return [
        s
        for s in cells
        if s and s.value and (rates or s.unit not in RATES) and not re.fullmatch(r"(?:19|20)\d\d", s.printed)
    ]


def _row_growth(stated: Spot, clause: str, sentence: str, tables: Sequence[Table]) -> Iterator[Comparison]:
    """The growth of the named row between two neighbouring columns, or between the years of the sentence."""
    alarms: list[Comparison] = []
    for table in tables:
        rows = _rows(table, folded(clause)) or _rows(table, sentence)
        rows = rows or [r for r in range(len(table.rows)) if table.total_row(r)]
        years = [next(iter(found)) if len(found := set(_YEAR.findall(c))) == 1 else "" for c in table.columns]
        tried = 0.0
        for row in rows[:4]:
            cells = _values(table.cells[row])
            pairs = []
            for a in cells:
                for b in cells:
                    if a is b or a.unit != b.unit:
                        continue
                    x, y = years[a.column], years[b.column]
                    if x and y and x >= y:
                        continue
                    gap = abs(a.column - b.column)
                    said = x in sentence and y in sentence if x and y else False
                    pairs.append(((0 if said else 1, gap), a, b))
            pairs.sort(key=lambda p: p[0])
            for _, first, last in pairs[:12]:
                verdict, exact = judge("growth", signed("growth", stated, last.value - first.value), [first, last])
                tried += 1
                luck = chance(stated, exact) * tried
                if verdict == "agree" and luck < 0.2:
                    yield Comparison(
                        "growth", "table", stated, [first, last], "agree", exact, confidence=round(0.95 - luck, 3),
                        operator="row_in_two_years", bound=tried < 3,
                    )  # fmt: skip
                    return
            # the clause names this row alone, and it holds two periods
            named_alone = len(_rows(table, folded(clause))) == 1 and len(cells) == 2 and len(pairs) <= 2
            if named_alone and pairs and not stated.open and cells[0].value > 0:
                first, last = pairs[0][1:]
                if len(pairs) == 1 or first.column < last.column:
                    reason = slip("growth", stated, [first, last])
                    if reason and reason[0] in ("increase_by_vs_to", "inverse") and last.value > first.value:
                        alarms.append(
                            Comparison(
                                "growth", "table", stated, [first, last], "disagree",
                                judge("growth", stated, [first, last])[1], *reason, 0.75, "row_in_two_years", True,
                            )
                        )  # fmt: skip
    yield from alarms[:1]


def _row_cagr(stated: Spot, tables: Sequence[Table], sentence: str) -> Iterator[Comparison]:
    """A compound rate of the one row that the sentence names, else of the total, from its first to its last year."""
    found = []
    for table in tables:
        rows = _rows(table, sentence) or [r for r in range(len(table.rows)) if table.total_row(r)]
        years = [int(next(iter(said))) if len(said := set(_YEAR.findall(c))) == 1 else 0 for c in table.columns]
        cells = _values([s for s in table.cells[rows[0]] if s and years[s.column]]) if len(rows) == 1 else []
        if not cells:
            continue
        first, last = min(cells, key=lambda s: years[s.column]), max(cells, key=lambda s: years[s.column])
        if first.unit == last.unit and first.value > 0:
            found.append((first, last, years[last.column] - years[first.column]))
    for first, last, periods in found:
        if periods < 2:
            continue
        rate = signed("cagr", stated, last.value - first.value)
        verdict, exact = judge("cagr", rate, [first, last], periods)
        reason = slip("cagr", rate, [first, last], periods) if verdict == "disagree" else None
        if verdict == "agree" and chance(stated, exact) * len(found) < 0.2:
            yield Comparison(
                "cagr", "table", stated, [first, last], "agree", exact, confidence=0.85, operator="row_cagr",
                bound=True, periods=periods,
            )  # fmt: skip
        elif reason and reason[0] in ("total_growth", "simple_average") and len(stated.digits) >= 2 and not stated.open:
            yield Comparison(
                "cagr", "table", stated, [first, last], "disagree", exact, *reason, 0.75, "row_cagr", True, periods
            )


def _two_columns(stated: Spot, sentence: str, tables: Sequence[Table]) -> Iterator[Comparison]:
    """Two columns (or two rows) that the sentence names, in one row (column)."""
    rule = "share" if stated.unit == "percent" else "ratio"
    for table in tables:
        columns = [
            c
            for c, (whole, names) in enumerate(zip(table.columns, table.column_names, strict=True))
            if any(named(_YEAR.sub("", part).strip("年 -/"), sentence) for part in (whole, *names))
        ]
        rows = [
            r
            for r, (label, names) in enumerate(zip(table.rows, table.row_names, strict=True))
            if any(named(part, sentence) for part in (label, *names))
        ]
        pairs: list[tuple[Spot, Spot]] = []
        if 2 <= len(columns) <= 4:
            for row in table.cells:
                cells = _values([row[c] for c in columns], rule == "ratio")
                pairs += [(a, b) for a in cells for b in cells if a is not b and a.unit == b.unit]
        if 2 <= len(rows) <= 4:
            for c in range(len(table.columns)):
                cells = _values([table.cells[r][c] for r in rows], rule == "ratio")
                pairs += [(a, b) for a in cells for b in cells if a is not b and a.unit == b.unit]
        alarm = _two_rows_slip(stated, rows, table, sentence) if rule == "share" else None
        tried = 0.0
        for a, b in pairs[:60]:
            verdict, exact = judge(rule, stated, [a, b])
            tried += 0.5
            luck = chance(stated, exact) * (1 + tried)
            if verdict == "agree" and luck < 0.2:
                yield Comparison(
                    rule, "table", stated, [a, b], "agree", exact, confidence=round(0.95 - luck, 3),
                    operator="two_named_lines",
                )  # fmt: skip
                return
        if alarm is not None:
            yield alarm
            return


def _two_rows_slip(stated: Spot, rows: list[int], table: Table, sentence: str) -> Comparison | None:
    """The sentence says what part the one row is of the other, and a slip explains the share."""
    if len(rows) != 2 or stated.open or stated.statistic != "share" or len(stated.digits) < 3:
        return None
    names = [
        max((part for part in (table.rows[r], *table.row_names[r]) if named(part, sentence)), key=len) for r in rows
    ]
    if not re.search(
        rf"占\W{{0,2}}{re.escape(names[1].lower())}|of\s(?:the\s|our\s)?{re.escape(names[1].lower())}", sentence
    ):
        rows, names = rows[::-1], names[::-1]
        if not re.search(
            rf"占\W{{0,2}}{re.escape(names[1].lower())}|of\s(?:the\s|our\s)?{re.escape(names[1].lower())}", sentence
        ):
            return None
    found = []
    for column in range(len(table.columns)):
        part, whole = table.cells[rows[0]][column], table.cells[rows[1]][column]
        if part and whole and 0 < part.raw < whole.raw and part.unit not in RATES and whole.unit not in RATES:
            if judge("share", stated, [part, whole])[0] == "agree":
                return None
            found.append((part, whole))
    years = set(_YEAR.findall(sentence))
    found = [
        (p, w) for p, w in found if not years or set(_YEAR.findall(table.columns[p.column])) in (set(), years)
    ] or found
    for part, whole in found[:1]:
        reason = slip("share", stated, [part, whole])
        if reason and reason[0] in ("share_of_rest", "digit"):
            exact = judge("share", stated, [part, whole])[1]
            return Comparison(
                "share", "table", stated, [part, whole], "disagree", exact, *reason, 0.75, "row_of_row", True
            )
    return None


def _columns(tables: Sequence[Table]) -> Iterator[tuple[Table, list[tuple[Spot, Spot]]]]:
    """Each column's cells over the first line and the totals of it, made once: every rate is held against each."""
    for table in tables:
        for column in range(len(table.columns)):
            cells = _values([row[column] for row in table.cells])
            wholes = ([s for s in cells if table.total_row(s.row)] + cells[:1])[:3]
            yield (
                table,
                [
                    (part, whole)
                    for part in cells
                    for whole in wholes
                    if part is not whole and abs(part.value) < abs(whole.value) and part.unit == whole.unit
                ],
            )


def _of_first_line(
    stated: Spot,
    sentence: str,
    columns: Sequence[tuple[Table, list[tuple[Spot, Spot]]]],
    tables: NamedTables,
) -> Iterator[Comparison]:
    """A rate with three digits as a cell over the first line or the total of its column (a margin, a part)."""
    if len(stated.digits) < 3:
        return
    tried, least = 0.0, least_chance(stated)
    named_rows = {id(table): set(_rows(table, sentence)) for table in tables.of(sentence)}
    for table, pairs in columns:
        rows = named_rows.get(id(table), set())
        for part, whole in pairs:
            tried += 0.3 if part.row in rows else 1
            if least * (1 + tried) >= 0.2:
                return  # after so many tries nothing fits beyond chance
            verdict, exact = judge("share", stated, [part, whole])
            luck = chance(stated, exact) * (1 + tried)
            if verdict == "agree" and luck < (0.2 if part.row in rows else 0.1):
                yield Comparison(
                    "share", "table", stated, [part, whole], "agree", exact, confidence=round(0.95 - luck, 3),
                    operator="cell_of_first_line",
                )  # fmt: skip
                return


def _row_multiple(stated: Spot, sentence: str, tables: Sequence[Table]) -> Iterator[Comparison]:
    """A multiple between two years of a named row."""
    tried = 0.0
    for table in tables:
        for row in _rows(table, sentence)[:2]:
            cells = _values(table.cells[row], True)
            for a in cells:
                for b in cells:
                    if a is b or a.unit != b.unit or a.column < b.column:
                        continue
                    verdict, exact = judge("ratio", stated, [a, b])
                    tried += 0.5
                    luck = chance(stated, exact) * (1 + tried)
                    if verdict == "agree" and luck < 0.2:
                        yield Comparison(
                            "ratio", "table", stated, [a, b], "agree", exact, confidence=round(0.95 - luck, 3),
                            operator="row_in_two_years",
                        )  # fmt: skip
                        return
