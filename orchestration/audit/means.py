"""An average of figures that stand in a list of the text or in a column of a table near by."""

from collections.abc import Iterator, Sequence

from orchestration.audit.arithmetic import RATES, chance, expected, interval, judge, overlap
from orchestration.audit.indexes import by_unit
from orchestration.audit.model import Comparison, Document, Interval, Spot, Text
from orchestration.audit.words import STOP, words

LONGEST = 12
NEAR = 20  # lines between a table and the sentence about it
LUCK = 0.15
ITEM = 80  # letters of an item of a list


def mean_comparisons(document: Document) -> Iterator[Comparison]:
    """Every average of the text over the lists around it."""
    cells = by_unit(s for t in document.tables for row in t.cells for s in row if s and s.scaled)
    for text in document.texts:
        for n, stated in enumerate(text.spots):
            if not stated.value or stated.statistic in ("yoy", "cagr"):
                continue
            lead = STOP.split(text.text[text.spots[n - 1].end if n else 0 : stated.start])[-1][-70:]
            if words("mean").search(lead) or words("mean").search(text.text[stated.end :][:16]):
                lists = [*_runs(stated, text), *_items_above(stated, text, document)] if stated.unit else []
                # an average that a table prints itself is not that of its other lines
                if stated.unit not in cells or not cells[stated.unit].like(interval(stated)):
                    lists += _columns(stated, document)
                yield from _judged(stated, lists)


def _judged(stated: Spot, lists: Sequence[list[Spot]]) -> Iterator[Comparison]:
    alarm: Comparison | None = None
    for tried, parts in enumerate(lists, 1):
        verdict, exact = judge("mean", stated, parts)
        if verdict == "agree" and chance(stated, exact) * tried < LUCK:
            yield Comparison(
                "mean", "text" if parts[0].grid < 0 else "table", stated, parts, "agree", exact, confidence=0.85,
                operator="mean_of_list", bound=tried < 3,
            )  # fmt: skip
            return
        if alarm is None and not stated.open and chance(stated, exact) * tried * 2 * len(parts) < LUCK:
            alarm = _slip(stated, parts, exact)
    if alarm:
        yield alarm


def mean_slip(stated: Spot, parts: Sequence[Spot]) -> str:
    """Why an average is not that of its parts: it is over one item more or less, or without one of them; or nothing."""
    low, high = expected("sum", [interval(p) for p in parts])
    size = len(parts)
    if size < 3 or any(p.open for p in parts):
        return ""
    why = ""
    for count in (size - 1, size + 1):
        if overlap(interval(stated), (low / count, high / count)):
            why = f"it is their sum over {count}, and there are {size}"
    for p in parts:
        if overlap(interval(stated), ((low - p.low) / (size - 1), (high - p.high) / (size - 1))):
            why = why or f"it is the average without {p.printed}"
    return why


def _slip(stated: Spot, parts: list[Spot], exact: Interval) -> Comparison | None:
    why = mean_slip(stated, parts)
    if not why:
        return None
    return Comparison(
        "mean", "text" if parts[0].grid < 0 else "table", stated, parts, "disagree", exact, "part_left_out", why, 0.75,
        "mean_of_list", True,
    )  # fmt: skip


def _runs(stated: Spot, text: Text) -> Iterator[list[Spot]]:
    """Like figures of the sentence and the one before, the longest list first."""
    own = [
        s for s in text.spots
        if s is not stated and s.unit == stated.unit and 0 <= stated.sentence - s.sentence <= 1 and s.value
        and s.statistic == stated.statistic
    ]  # fmt: skip
    before, behind = [s for s in own if s.start < stated.start], [s for s in own if s.start > stated.start]
    for run in (_items(before)[::-1], _items(behind)):
        for size in range(min(LONGEST, len(run)), 1, -1):
            yield sorted(run[:size], key=lambda s: s.start)


def _items_above(stated: Spot, text: Text, document: Document) -> Iterator[list[Spot]]:
    """The first figures of the items of a list right above the paragraph, alike in unit."""
    found: list[Spot] = []
    for item in reversed(document.texts[: text.number]):
        first = item.spots[0] if item.spots else None
        if first is None or first.unit != stated.unit or len(item.text) > ITEM or len(found) == LONGEST:
            break
        found.append(first)
    if len(found) > 2:
        yield found[::-1]


def _items(run: list[Spot]) -> list[Spot]:
    """The list without its total."""
    for s in run if len(run) > 2 else ():
        low, high = expected("sum", [interval(p) for p in run if p is not s])
        if overlap(interval(s), (low, high)):
            return [p for p in run if p is not s]
    return run


def _columns(stated: Spot, document: Document) -> Iterator[list[Spot]]:
    """Columns and rows of tables near by, without their totals, in the unit of the average or in none; for a number
    without a unit lines in one unit."""
    for table in document.tables:
        spots = [s for row in table.cells for s in row if s]
        if not spots or min(abs(s.line - stated.line) for s in spots) > NEAR:
            continue
        lines = [[row[c] for row in table.cells] for c in range(len(table.columns))] + table.cells
        for line in lines:
            parts = [s for s in line if s and s.value and (not stated.unit or s.unit in ("", stated.unit, "count"))]
            parts = [s for s in parts if not (table.total_row(s.row) or table.total_column(s.column))]
            if not stated.unit and len({s.unit for s in parts}) > 1:
                continue
            if 3 <= len(parts) <= LONGEST and (stated.unit in RATES) == (parts[0].unit in RATES):
                size = next((f for f in (1.0, 1e3, 1e6, 1e9, 1e4, 1e8) if _of_size(stated, parts, f)), None)
                if size and all(p.scaled == parts[0].scaled for p in parts):
                    yield parts if parts[0].scaled and size == 1.0 else [_scaled(p, size) for p in parts]


def _of_size(stated: Spot, parts: list[Spot], factor: float) -> bool:
    values = [abs(p.value if p.scaled else p.raw) * factor for p in parts]
    return min(values) <= abs(stated.value) <= max(values) and (factor == 1.0 or not parts[0].scaled)


def _scaled(cell: Spot, factor: float) -> Spot:
    low, high = (cell.raw - cell.half) * factor, (cell.raw + cell.half) * factor
    return Spot(cell.line, cell.page, cell.printed, cell.raw * factor, low, high, cell.unit, grid=cell.grid,
                row=cell.row, column=cell.column, raw=cell.raw, half=cell.half)  # fmt: skip
