"""Units and scales of the cells of a table: from the figures that were read, from their column, from the text."""

import re
from collections import Counter, defaultdict

from orchestration.audit.grids import DATED
from orchestration.audit.model import Document, Spot, Table
from orchestration.audit.spots import first_number, years_of
from orchestration.audit.words import words
from orchestration.extraction.model import ExtractedFigure

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_FISCAL = re.compile(r"FY ?'?\d\d|Q[1-4]|\d\dA|\d\dE")


def give_units(table: Table, by_line: dict[tuple[int | None, int], list[ExtractedFigure]]) -> None:
    """Units and factors from the figures that the extraction read; what it did not read follows its column or table."""
    votes: dict[int, Counter[tuple[str, str, float]]] = defaultdict(Counter)
    read_cells: set[int] = set()
    for cells in table.cells:
        for spot in filter(None, cells):
            for figure in by_line.get((spot.page, spot.line), ()):
                if first_number(figure.printed) != abs(spot.raw) or not spot.raw:
                    continue
                spot.years = years_of(figure)
                spot.period, spot.status, spot.statistic = figure.period, figure.status, figure.statistic
                spot.indicator, spot.entity, spot.segment = figure.indicator, figure.entity, figure.segment
                spot.geography, spot.counted = figure.geography, figure.counted
                if not figure.unit or figure.withheld:
                    continue
                factor = abs(figure.value / spot.raw)
                _scale(spot, figure.unit, factor)
                spot.open = spot.open or figure.qualifier
                if figure.unit not in ("percent", "pp"):
                    votes[spot.column][figure.unit, figure.counted, factor] += 1
                read_cells.add(id(spot))
                break
    _mend_scales(table)
    for cells in table.cells:
        for spot in filter(None, cells):
            if id(spot) in read_cells or spot.unit:
                continue
            row_votes = Counter(
                (s.unit, s.counted, abs(s.value / s.raw))
                for s in cells
                if s and s.scaled and s.raw and s.unit != "percent"
            )
            # a unit goes down a column; along a row only where the columns are periods
            along = all(_YEAR.search(c) or _FISCAL.search(c) for c in table.columns if c and c != table.columns[0])
            chosen = votes.get(spot.column) or (row_votes if along else None)
            if chosen:
                (unit, counted, factor), n = chosen.most_common(1)[0]
                if 2 * n >= sum(chosen.values()):
                    spot.counted = counted
                    _scale(spot, unit, factor)


def _mend_scales(table: Table) -> None:
    """Some cells of a table in millions, others of the same size in ones: the reading lost the scale of the latter, but
    for a line in ones throughout whose label ends with a unit of its own."""
    spots = [s for row in table.cells for s in row if s and s.scaled and s.raw and s.unit not in ("percent", "pp")]
    for unit in {s.unit for s in spots}:
        factors = Counter(abs(s.value / s.raw) for s in spots if s.unit == unit)
        common = [f for f, n in factors.most_common() if f > 1 and n >= 2][:1]
        for s in spots:
            if common and s.unit == unit and s.value == s.raw and abs(s.raw) >= 100 and not _in_ones(s, table):
                _scale(s, unit, common[0])


_OWN_UNIT = re.compile(r"[（(][^()（）]+[)）]\s*$")


def _in_ones(spot: Spot, table: Table) -> bool:
    """Whether the row or the column of a cell names its unit and has no number in another scale."""
    lines = (
        (table.rows[spot.row], table.cells[spot.row]),
        (table.columns[spot.column], [row[spot.column] for row in table.cells]),
    )
    return any(
        _OWN_UNIT.search(label) and all(s.value == s.raw for s in line if s and s.scaled and s.unit == spot.unit)
        for label, line in lines
    )


def _scale(spot: Spot, unit: str, factor: float) -> None:
    spot.unit, spot.scaled = unit, True
    spot.value, spot.low, spot.high = (x * factor for x in (spot.raw, spot.raw - spot.half, spot.raw + spot.half))


_FACTORS = (1.0, 1e3, 1e4, 1e6, 1e8, 1e9, 1e12)


_SCALE_WORDS = (
    (r"\bin thousands\b|(?:\$|€|£|USD|EUR|RMB|CNY) ?(?:k|thousand|'?000)\b|千[美欧]?元", 1e3),
    (r"\bin millions\b|(?:\$|€|£|USD|EUR|RMB|CNY) ?(?:m|mn|mm|million)s?\b|百万[美欧]?元", 1e6),
    (r"\bin billions\b|(?:\$|€|£|USD|EUR|RMB|CNY) ?(?:b|bn|billion)s?\b|十亿[美欧]?元", 1e9),
    (r"\b100 million\b|(?<![万千百十])亿", 1e8),
    (r"(?<!百)万[美欧]?[元个台家人件篇次]", 1e4),
)


def _told_scales(table: Table, document: Document) -> set[float]:
    """Scales that the heading of a table says: its caption, its columns, the lines right above."""
    first = min((s.line for row in table.cells for s in row if s), default=0)
    above = [t.text for t in document.texts if t.lines and 0 < first - t.lines[-1] <= 8 and len(t.text) < 160]
    said = " ".join([table.caption, *table.columns, *above])
    return {factor for words_, factor in _SCALE_WORDS if re.search(words_, said, re.I)}


def _told_currency(table: Table, document: Document) -> str:
    """The one currency that the heading of a table says, or nothing."""
    first = min((s.line for row in table.cells for s in row if s), default=0)
    above = [t.text for t in document.texts if t.lines and 0 < first - t.lines[-1] <= 4 and len(t.text) < 80]
    said = " ".join([table.caption, *table.columns, *above])
    found = {
        code
        for code, pattern in (
            ("USD", r"美元|US\$|\bUSD\b"),
            ("EUR", r"欧元|€|\bEUR\b"),
            ("KRW", r"\bKRW\b"),
            ("CNY", r"(?<![美欧日港韩])[万亿]元|\bRMB\b|\bCNY\b|人民币"),
        )
        if re.search(pattern, said)
    }
    return found.pop() if len(found) == 1 else ""


def infer_scales(document: Document) -> None:
    """The scale of a table without one, from the figures of the text that stand in it: at least two must meet."""
    levels = [s for s in document.spots if s.unit and s.unit not in ("percent", "pp") and len(s.digits) >= 3]
    for table in document.tables:
        cells = [s for row in table.cells for s in row if s and s.raw and s.unit not in ("percent", "pp")]
        cells = [s for s in cells if not s.scaled or s.value == s.raw]
        votes: Counter[tuple[str, float]] = Counter()
        met: set[int] = set()
        for text in levels:
            for unit, factor in {
                (text.unit, f)
                for s in cells
                if len(s.digits) >= 3 and (s.unit in ("", text.unit) or (s.unit == "count" and not s.scaled))
                for f in _FACTORS
                if text.low <= abs(s.raw) * f <= text.high
            }:
                # five equal digits are hardly chance
                votes[unit, factor] += 2 if len(text.digits.rstrip("0")) >= 5 else 1
            met |= {id(s) for s in cells if text.low <= abs(s.raw) <= text.high}
        # a heading's own word for the scale is one voice more
        for unit_factor in list(votes):
            if unit_factor[1] in _told_scales(table, document):
                votes[unit_factor] += 1
        best = votes.most_common(2)
        if best and best[0][1] >= 2 and (len(best) == 1 or best[1][1] < best[0][1]):
            unit, factor = best[0][0]
        else:
            told = _told_scales(table, document)
            unit, factor = _told_currency(table, document), next(iter(told), 1.0)
            # the heading alone: one scale, one currency, and nothing in the table that has been read otherwise
            if len(told) != 1 or not unit or any(s.scaled and s.value != s.raw for s in cells):
                continue
            cells = [
                s
                for s in cells
                if not s.scaled
                and s.unit in ("", "count")
                and not words("rate").search(table.columns[s.column] + " " + table.rows[s.row])
                and not DATED.fullmatch(s.printed)
            ]
            if not cells:
                continue
        largest = max(abs(s.raw) for s in cells)
        for s in cells:
            # a price or an amount per share in a table of millions keeps its own unit
            if (s.unit in ("", unit) or (s.unit == "count" and not s.scaled)) and not (
                s.scaled and (id(s) in met or abs(s.raw) * 1000 < largest)
            ):
                _scale(s, unit, factor)
