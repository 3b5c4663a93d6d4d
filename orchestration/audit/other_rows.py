"""Text against the row that its clause names: the value of another row, or the same number with another prefix."""

import math
import re
from collections.abc import Iterator
from functools import lru_cache

from orchestration.audit.arithmetic import MULTIPLES, RATES, interval, overlap
from orchestration.audit.model import Comparison, Document, Spot, Table, Text
from orchestration.audit.naming import Lines, context, headings
from orchestration.audit.words import STOP, words

LEAD = 40  # letters before a figure that name its row
NAMED = 0.5  # of the label of a row that the words must have
GROWTH = ("yoy", "cagr", "change")


def other_row_comparisons(document: Document) -> Iterator[Comparison]:
    """Every level or share of the text whose clause names one row and whose value is that of another one."""
    if not document.tables:
        return
    values = [c for t in document.tables for row in t.cells for c in row if c and c.scaled]
    for text in document.texts:
        for n, stated in enumerate(text.spots):
            if _comparable(stated) and len(stated.digits) >= 2:
                holders = [c for c in values if c.unit == stated.unit and overlap(interval(c), interval(stated))]
                if len(holders) == 1:
                    yield from _of_other_row(stated, n, text, document.tables[holders[0].grid], holders[0])


def _of_other_row(stated: Spot, n: int, text: Text, table: Table, holder: Spot) -> Iterator[Comparison]:
    clause = _clause(stated, n, text)
    named = [r for r, label in enumerate(table.rows) if (name := label_of(label)) and name in clause]
    if len(named) != 1 or named[0] == holder.row or table.total_row(holder.row):
        return
    target = table.cells[named[0]][holder.column]
    own = label_of(table.rows[holder.row])
    if target is None or target.unit != holder.unit or not own or own in text.text.lower():
        return
    if any(s.unit == target.unit and overlap(interval(s), interval(target)) for s in text.spots):
        return  # the paragraph has the row's own value as well
    yield Comparison(
        "text_vs_table", "text", stated, [target], "disagree", interval(target), "copied",
        f"it is the value of the row {table.rows[holder.row].strip()}", 0.75, "value_of_another_row", True,
    )  # fmt: skip


def _clause(stated: Spot, n: int, text: Text) -> str:
    lead = text.text[text.spots[n - 1].end if n else 0 : stated.start]
    return STOP.split(lead)[-1][-LEAD:].lower()


def _comparable(s: Spot) -> bool:
    return bool(s.unit) and s.scaled and not s.open and s.value > 0 and s.statistic not in GROWTH and s.unit != "pp"


@lru_cache(maxsize=4096)
def label_of(label: str) -> str:
    """The name of a row without what stands in brackets; empty for totals and for labels without a word."""
    name = re.sub(r"[（(].*?[)）]", "", label).strip(" .:：*•-").lower()
    return name if len(name) >= 2 and any(c.isalpha() for c in name) and not words("total").search(name) else ""


def prefix_comparisons(document: Document) -> Iterator[Comparison]:
    """A level of the text with the number of the one cell like it, a thousand times more or less: 2.4 GB/s and TB/s."""
    lines = Lines(document.tables)
    cells = [c for t in document.tables for row in t.cells for c in row if c and c.scaled and c.unit and c.value]
    for text, heading in zip(document.texts, headings(document.texts), strict=True):
        for n, stated in enumerate(text.spots):
            if not _comparable(stated) or len(stated.digits) < 2 or stated.unit in (*RATES, *MULTIPLES, "count"):
                continue
            like = [c for c in cells if c.unit == stated.unit]
            same = [c for c in like if c.digits == stated.digits and _thousands(c.value / stated.value)]
            if len(same) != 1 or any(overlap(interval(c), interval(stated)) for c in like):
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
