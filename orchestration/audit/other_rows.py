"""Text against the row that its clause names: the value of another row or column, a number with another prefix."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from orchestration.audit.arithmetic import MULTIPLES, RATES, interval, overlap
from orchestration.audit.indexes import by_unit
from orchestration.audit.model import Comparison, Document, Spot, Table, Text
from orchestration.audit.naming import Lines, context, headings, label_of, sentence_of
from orchestration.audit.words import STOP, folded, words

LEAD = 40  # letters before a figure that name its row
MOST = 3  # levels of the text in one column for each in another
NAMED = 0.5  # of the label of a row that the words must have
_COMMA = re.compile(r"[，,、]")
GROWTH = ("yoy", "cagr", "change")


def other_row_comparisons(document: Document) -> Iterator[Comparison]:
    """Every level or share of the text whose clause names one row and whose value is that of another one."""
    if not document.tables:
        return
    values = by_unit(c for t in document.tables for row in t.cells for c in row if c and c.scaled)
    for text in document.texts:
        for n, stated in enumerate(text.spots):
            if _comparable(stated) and len(stated.digits) >= 2 and stated.unit in values:
                holders = values[stated.unit].like(interval(stated))
                if len(holders) == 1:
                    yield from _of_other_row(stated, n, text, document.tables[holders[0].grid], holders[0])


def _of_other_row(stated: Spot, n: int, text: Text, table: Table, holder: Spot) -> Iterator[Comparison]:
    clause = _clause(stated, n, text)
    named = [r for r, label in enumerate(table.rows) if (name := label_of(label)) and name in clause]
    if len(named) > 1:  # the name right before it, behind the last comma
        clause = _COMMA.split(clause)[-1]
        named = [r for r in named if label_of(table.rows[r]) in clause]
    if len(named) != 1 or named[0] == holder.row or table.total_row(holder.row):
        return
    target = table.cells[named[0]][holder.column]
    own = label_of(table.rows[holder.row])
    if target is None or target.unit != holder.unit or not own or own in sentence_of(stated, text):
        return
    if any(s.unit == target.unit and overlap(interval(s), interval(target)) for s in text.spots):
        return  # the paragraph has the row's own value as well
    yield Comparison(
        "text_vs_table", "text", stated, [target], "disagree", interval(target), "copied",
        f"it is the value of the row {table.rows[holder.row].strip()}", 0.75, "value_of_another_row", True,
    )  # fmt: skip


def _clause(stated: Spot, n: int, text: Text) -> str:
    lead = text.text[text.spots[n - 1].end if n else 0 : stated.start]
    return folded(STOP.split(lead)[-1][-LEAD:])


def _comparable(s: Spot) -> bool:
    return bool(s.unit) and s.scaled and not s.open and s.value > 0 and s.statistic not in GROWTH and s.unit != "pp"


def other_column_comparisons(document: Document) -> Iterator[Comparison]:
    """A level whose clause names one row and whose value is that row's in another column than the one that the text
    speaks of: the one in which nearly all of its other levels stand."""
    votes: dict[int, Counter[int]] = defaultdict(Counter)
    placed: list[tuple[Spot, int, Text, Spot]] = []
    for stated, n, text, cells in _held(document):
        clause = _clause(stated, n, text)
        for grid in dict.fromkeys(c.grid for c in cells):
            held = [c for c in cells if c.grid == grid]
            named = [c for c in held if _named_by(document.tables[grid].rows[c.row], clause)]
            if len(named) == 1:
                placed.append((stated, n, text, named[0]))
            told = held if len(stated.digits) > 2 else named
            if len(told) == 1:
                votes[grid][told[0].column] += 1
    for stated, n, text, cell in sorted(placed, key=lambda p: p[-1].grid):
        rest = votes[cell.grid].copy()
        rest[cell.column] -= 1
        ((main, most),) = rest.most_common(1)
        if main != cell.column and most >= MOST and most >= MOST * rest[cell.column]:
            yield from _of_other_column(stated, n, text, document.tables[cell.grid], cell.column, main)


def _held(document: Document) -> Iterator[tuple[Spot, int, Text, list[Spot]]]:
    """Every level of the text with the cells that print it."""
    values = by_unit(c for t in document.tables for row in t.cells for c in row if c and c.scaled)
    for text in document.texts:
        for n, stated in enumerate(text.spots):
            if _comparable(stated) and len(stated.digits) >= 2 and stated.unit not in RATES and stated.unit in values:
                yield stated, n, text, values[stated.unit].like(interval(stated))


def _named_by(label: str, clause: str) -> bool:
    """Whether a clause has the label of a row, or the first two words of a longer one."""
    name = label_of(label)
    first = name.split()
    return bool(name) and (name in clause or (len(first) > 2 and " ".join(first[:2]) in clause))


def _of_other_column(stated: Spot, n: int, text: Text, table: Table, column: int, main: int) -> Iterator[Comparison]:
    rows = [r for r, row in enumerate(table.cells) if (c := row[column]) and overlap(interval(c), interval(stated))]
    rows = [r for r in rows if _named_by(table.rows[r], _clause(stated, n, text))]
    target = table.cells[rows[0]][main] if len(rows) == 1 else None
    behind = text.text[stated.end : text.spots[n + 1].start if n + 1 < len(text.spots) else len(text.text)][:40]
    said = f"{_clause(stated, n, text)} {behind}"
    if target is None or target.unit != stated.unit or overlap(interval(target), interval(stated)):
        return
    if words("before").search(said) or words("earlier").search(behind) or words("former").search(said):
        return
    heads = [set(re.findall(r"\w+", table.columns[c].lower())) for c in (column, main)]
    if any(word in said for word in heads[0] - heads[1] if len(word) > 1):
        return  # the words name that column
    if any(s is not stated and s.unit == target.unit and overlap(interval(s), interval(target)) for s in text.spots):
        return  # the paragraph has the row's own value as well
    yield Comparison(
        "text_vs_table", "text", stated, [target], "disagree", interval(target), "other_year",
        f"it is the value of {table.columns[column].strip()}, and the text speaks of {table.columns[main].strip()}",
        0.7, "value_of_another_column", True,
    )  # fmt: skip


def prefix_comparisons(document: Document) -> Iterator[Comparison]:
    """A level of the text with the number of the one cell like it, a thousand times more or less: 2.4 GB/s and TB/s."""
    lines = Lines(document.tables)
    cells = [c for t in document.tables for row in t.cells for c in row if c and c.scaled and c.unit and c.value]
    values = by_unit(cells)
    digits: dict[tuple[str, str], list[Spot]] = defaultdict(list)
    for c in cells:
        digits[c.unit, c.digits].append(c)
    for text, heading in zip(document.texts, headings(document.texts), strict=True):
        for n, stated in enumerate(text.spots):
            if not _comparable(stated) or len(stated.digits) < 2 or stated.unit in (*RATES, *MULTIPLES, "count"):
                continue
            like = digits.get((stated.unit, stated.digits), ())
            same = [c for c in like if _thousands(c.value / stated.value)]
            if len(same) != 1 or values[stated.unit].like(interval(stated)):
                continue
            cell = same[0]
            rows = lines.rows[cell.grid]
            about = context(text, n, heading)
            fits = [rows.fit(r, about) for r in range(len(rows.labels))]
            if fits[cell.row] < NAMED or max(fits) > fits[cell.row]:
                continue
            power = round(math.log10(abs(cell.value / stated.value)))
            yield Comparison(
                "text_vs_table", "text", stated, [cell], "disagree", interval(cell), "scale",
                f"equal digits, and a factor of 10^{abs(power)} between text and table", 0.75, "other_prefix", True,
            )  # fmt: skip


def _thousands(ratio: float) -> bool:
    return any(abs(ratio * factor - 1) < 1e-6 for factor in (1e3, 1e-3, 1e6, 1e-6))
