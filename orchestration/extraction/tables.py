"""Tables to figures: cells inherit row, column, unit and scale headers.

A grid of a document (CSV, Excel, HTML, Markdown, Word, a ruled PDF table) and a run of number rows in plain text are
read by the same function. A bare number without a unit anywhere is left out: it may be an axis.
"""

# expressions stay on one line
# ruff: noqa: E501

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from orchestration.extraction.dates import find_periods
from orchestration.extraction.finding import find_candidates
from orchestration.extraction.heads import (
    BARE,
    EMPTY,
    header_depth,
    is_period,
    label_columns,
    merge_header,
    new_header,
    spelled_year,
    titles_of,
)
from orchestration.extraction.model import Candidate, Grid, Mention
from orchestration.extraction.scales import CURRENCY_SIGNS, PER_UNIT, Scale, choose_scale, corner_scale, scale_in
from orchestration.figures import FigureError, Units, parse_value
from orchestration.figures.numerals import canonical
from orchestration.figures.text import plain

_SKIP_HEADER = re.compile(
    r"^(?:no\.?|#|id|rank(?:ing)?|序号|排名|编号|名次|代码|code|ticker|股票代码|证券代码|symbol|phone|tel|电话|邮编|zip|日期|date|time|时间|version|版本|型号|model|page|页码|year|年份|年度|url|link|isbn|founded|成立(?:时间|年份)?|成立于|备注|notes?)$",
    re.I,
)


@dataclass(slots=True)
class CellFigure:
    """A figure of a cell: the candidate, its line, and the words of its axes as one text for the context.

    ``text`` ends where the cell would stand, ``periods`` are those of the axes (cell, column, row, caption in turn).
    """

    candidate: Candidate
    line: int
    text: str
    at: int  # where the figure stands in ``text``
    column: str
    row: str
    periods: list[tuple[Mention, float]] = field(default_factory=list)


def read_grid(grid: Grid, units: Units, caption: str = "", lead: str = "") -> Iterator[CellFigure]:
    """All figures of a grid. ``caption`` is the exhibit title, ``lead`` the heading or unit line above."""
    rows = [[plain(cell).strip() for cell in row] for row in grid.rows]
    width = max((len(row) for row in rows), default=0)
    rows = [row + [""] * (width - len(row)) for row in rows]
    lines = list(grid.numbers)
    head_rows = [[plain(cell).strip() for cell in row] + [""] * (width - len(row)) for row in grid.header]
    if head_rows:
        rows, lines = head_rows + rows, [0] * len(head_rows) + lines
    titles, rows, lines = titles_of(rows, lines)
    caption = " ".join([caption, *titles]).strip()
    if not rows:
        return
    depth = header_depth(rows)
    header = merge_header(rows[:depth], width)
    labels = label_columns(rows[depth:], header, width)
    if len(labels) == width:
        labels = {0}
    years = [m for text in header for m in find_periods(spelled_year(text)) if m.label and m.first is not None]
    # a single wide row under a header of metrics is fine; a grid without any text is an axis or a matrix
    overall = scale_in(caption, units) or scale_in(plain(lead), units)
    column_scales = [scale_in(text, units, header=True) for text in header]
    unit_column = next(
        (i for i, text in enumerate(header) if re.fullmatch(r"(?:单位|unit|units|计量单位)", text.strip(), re.I)), None
    )
    corner = corner_scale(header[0], units) if header and labels and 0 in labels else None
    group = ""
    body = list(zip(rows[depth:], lines[depth:], strict=True))
    for position, (row, line) in enumerate(body):
        if not line:
            continue
        if new_header(row, body[position + 1][0] if position + 1 < len(body) else None, labels):
            header = list(row)
            column_scales = [scale_in(text, units, header=True) for text in header]
            continue
        names = [
            i
            for i in sorted(labels)
            if row[i]
            and i != unit_column
            and (i == min(labels) or (len(row[i]) <= 24 and (not re.search(r"\d", row[i]) or is_period(row[i]))))
        ]
        label = " ".join(row[i] for i in names)
        if not any(row[i] for i in range(width) if i not in labels):
            group = label  # a row that only names the rows below it
            continue
        row_scale = scale_in(row[unit_column], units, header=True, whole=True) if unit_column is not None else None
        row_scale = (
            row_scale or scale_in(label, units, header=True) or (scale_in(group, units, header=True) if group else None)
        )
        for column in range(width):
            cell = row[column]
            if column == unit_column or EMPTY.match(cell) or not re.search(r"[\d一二两三四五六七八九十百半]", cell):
                continue
            if column in labels and (is_period(cell) or not _has_quantity(cell, units)):
                continue
            if _SKIP_HEADER.match(header[column].strip()) and BARE.match(cell):
                continue
            scales = (column_scales[column], row_scale, overall, corner)
            row_text = f"{group} {' '.join(row[i] for i in names if i != column)}".strip()
            for figure in _cell(cell, line, header[column], row_text, caption, scales, units):
                if not figure.periods and len(years) >= 2 and re.search(r"CAGR|复合|年均", header[column], re.I):
                    figure.periods = [(_span_of(years), 0.7)]
                yield figure


def _span_of(years: list[Mention]) -> Mention:
    """From the first to the last year that the header names."""
    first, last = min(years, key=lambda m: m.first or date.max), max(years, key=lambda m: m.last or date.min)
    label = f"{first.label[:4]}-{last.label[:4]}"
    return Mention(first.start, last.end, label, first.first, last.last, last.forecast)


def _has_quantity(cell: str, units: Units) -> bool:
    return bool(find_candidates(cell, units, find_periods(cell)))


# a comma before one or two digits is no group of thousands
_DECIMAL_CELL = re.compile(r"^\(?[-–−]?\d{1,6},\d{1,2}\)?[%％]?$")


def _cell(
    cell: str, line: int, column: str, row: str, caption: str, scales: tuple[Scale | None, ...], units: Units
) -> Iterator[CellFigure]:
    """The figures of a cell, whatever convention its numbers follow."""
    text = canonical(cell)
    if _DECIMAL_CELL.match(text.strip()):
        text = text.replace(",", ".")
    for figure in _read_cell(text, line, column, row, caption, scales, units):
        if text != cell:
            figure.candidate.printed = "".join(
                cell[figure.candidate.start : figure.candidate.end].replace("*", "").split()
            )
        yield figure


def _read_cell(
    cell: str, line: int, column: str, row: str, caption: str, scales: tuple[Scale | None, ...], units: Units
) -> Iterator[CellFigure]:
    text = f"{caption}；{row} {column}："
    periods = _axis_periods(column, row, caption)
    bare = BARE.match("".join(cell.split()))
    found = [] if bare and not re.search(r"[$¥￥€£]", cell) else find_candidates(cell, units, find_periods(cell))
    if bare is not None and not found:
        candidate = _bare_candidate(cell, bare, column, row, scales, units)
        if candidate is not None:
            yield CellFigure(candidate, line, text, len(text), column, row, periods)
        return
    own = [(m, 0.95) for m in find_periods(cell) if m.label]
    if not found:
        candidate = _with_magnitude(cell, column, row, scales, units)
        if candidate is not None:
            yield CellFigure(candidate, line, text, len(text), column, row, periods)
        return
    for candidate in found:
        # a sign of a currency in the cell says which money, never how much of it
        scale = next((s for s in scales if s is not None and (s.bare or s.money)), None)
        if (
            scale is not None
            and candidate.symbol in CURRENCY_SIGNS
            and not re.search(r"[a-zA-Z万亿]", candidate.printed.replace("US$", ""))
            and not PER_UNIT.search(f"{row} {column}")
        ):
            candidate = _rescaled(candidate, scale, units)
        yield CellFigure(candidate, line, text + cell, len(text) + candidate.start, column, row, own or periods)


_NUMBER_AND_MAGNITUDE = re.compile(
    r"^[\d,]{1,16}(?:\.\d+)?\s?(?:[BMKTk]|bn|mn|万亿|[百千]?[万亿]|million|billion|trillion)$"
)


def _with_magnitude(
    cell: str, column: str, row: str, scales: tuple[Scale | None, ...], units: Units
) -> Candidate | None:
    """405B under Parameters, 1.2亿 under 用户数: the cell has its magnitude, the header names the thing."""
    if not _NUMBER_AND_MAGNITUDE.match(cell.strip()):
        return None
    scale = choose_scale(column, row, scales, units)
    if scale is None or scale.bare:
        return None
    symbol = parse_value("1", units, scale=scale.text)[0].symbol
    unit = units.get(symbol)
    if unit is None or unit.dimension not in ("count", "money"):
        return None
    try:
        value = parse_value(cell, units)[0]
    except FigureError:
        return None
    counted = (scale.counted or unit.counted or "item") if unit.dimension == "count" else ""
    return Candidate(0, len(cell), "".join(cell.split()), value.number, value.low, value.high, unit.unit, counted, value.qualifier,
                     unit.symbol, scale=unit.symbol, sure=0.75)  # fmt: skip


def _rescaled(candidate: Candidate, scale: Scale, units: Units) -> Candidate:
    try:
        factor = parse_value("1", units, scale=scale.text)[0].number
    except FigureError:
        return candidate
    candidate.number *= factor
    candidate.low *= factor
    candidate.high *= factor
    candidate.scale = scale.text
    return candidate


def _axis_periods(column: str, row: str, caption: str) -> list[tuple[Mention, float]]:
    found: list[tuple[Mention, float]] = []
    for text, sure in ((column, 0.95), (row, 0.9), (caption, 0.6)):
        mentions = [m for m in find_periods(spelled_year(text)) if m.label]
        if mentions and (text != caption or len({m.label for m in mentions}) == 1):
            found.append((mentions[-1] if text == column else mentions[0], sure))
    return found


def _bare_candidate(
    cell: str, bare: re.Match[str], column: str, row: str, scales: tuple[Scale | None, ...], units: Units
) -> Candidate | None:
    scale = choose_scale(column, row, scales, units)
    if scale is None:
        return None
    sign = "-" if (bare["open"] and bare["close"]) or bare["sign"] in ("-", "–", "−") else ""
    qualifier = {
        "<": "under",
        ">": "over",
        "≥": "at_least",
        "≤": "at_most",
        "~": "about",
        "约": "about",
        "超": "over",
        "近": "nearly",
    }.get(bare["q"], "")
    number = f"{sign}{bare['n']}"
    try:
        value = parse_value(number, units, scale=scale.text, qualifier=qualifier)[0]
    except FigureError:
        return None
    unit = units.get(value.symbol)
    if unit is None:
        return None
    from orchestration.extraction.finding import _times

    counted = (scale.counted or unit.counted or "item") if unit.dimension == "count" else ""
    return Candidate(
        0, len(cell), "".join(cell.replace("*", "").split()), _times(value.number, unit.factor), _times(value.low, unit.factor),
        _times(value.high, unit.factor), unit.unit, counted, value.qualifier, unit.symbol,
        reading=number if sign == "-" and bare["open"] else "", scale=scale.text, sure=0.85,
    )  # fmt: skip
