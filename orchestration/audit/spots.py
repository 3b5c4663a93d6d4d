"""Figures of the reading as spots of the audit: value, and the interval that the printed digits allow."""

import re
from collections.abc import Sequence
from dataclasses import replace

from orchestration.audit.model import Spot, Table
from orchestration.extraction.model import ExtractedFigure
from orchestration.figures.text import squeeze

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_TO_NOUN = re.compile(r"^.*[\d,.]\s*(?:thousand|million|billion|[十百千万亿]+)?\s*")
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def years_of(figure: ExtractedFigure) -> tuple[int, int] | None:
    if figure.period_start and figure.period_end:
        return figure.period_start.year, figure.period_end.year
    found = [int(y) for y in _YEAR.findall(figure.period)]
    return (found[0], found[-1]) if found else None


def find(text: str, printed: str, after: int) -> tuple[int, int] | None:
    """Where the printed text (white space and ** left out) stands, from ``after`` on."""
    wanted = squeeze(printed)
    if not wanted:
        return None
    match = re.compile(r"[\s*]*".join(re.escape(c) for c in wanted)).search(text, after)
    return match.span() if match else None


_PRINTED_SIGN = re.compile(r"[-−–(（▲△▼]|负|minus", re.I)


def _without_said_sign(figure: ExtractedFigure) -> ExtractedFigure:
    """A fall without the sign that only the words beside it gave: statements are judged by what is printed."""
    if figure.direction != "down" or _PRINTED_SIGN.search(figure.printed):
        return figure
    low, high = -figure.value_high, -figure.value_low
    return replace(figure, value=-figure.value, value_low=low, value_high=high)


def spot_of(figure: ExtractedFigure, block: int, start: int, end: int) -> Spot:
    figure = _without_said_sign(figure)
    low, high = figure.value_low, figure.value_high
    half = half_of(figure.printed)
    number = first_number(figure.printed)
    if number and half and len(NUMBER.findall(figure.printed)) == 1:  # precision alone: the qualifier is kept apart
        factor = abs(figure.value / number)
        low, high = figure.value - half * factor, figure.value + half * factor
    elif figure.qualifier:
        low = high = figure.value
    return Spot(
        figure.line, figure.page, figure.printed, figure.value, low, high, figure.unit, figure.counted,
        figure.qualifier, years_of(figure), figure.period, figure.statistic, block=block, start=start, end=end,
        status=figure.status, indicator=figure.indicator, entity=figure.entity, segment=figure.segment,
        geography=figure.geography, scaled=bool(figure.unit) and not figure.withheld,
    )  # fmt: skip


def grid_of(figures: Sequence[tuple[str, str, ExtractedFigure]], number: int) -> tuple[Table, list[Spot]]:
    """A table from cells that are known by the names of their row and column; ``number`` is its place among the tables.

    Returns the table and its spots in the order of the figures. Of two figures in one cell the first stands in the
    grid. Values are in the canonical unit, and so are the raw numbers.
    """
    rows = list(dict.fromkeys(row for row, _, _ in figures))
    columns = list(dict.fromkeys(column for _, column, _ in figures))
    table = Table([[None] * len(columns) for _ in rows], rows, columns)
    table.row_names, table.column_names = [[r] for r in rows], [[c] for c in columns]
    spots = []
    for row, column, figure in figures:
        spot = spot_of(figure, -1, 0, 0)
        spot.grid, spot.row, spot.column = number, rows.index(row), columns.index(column)
        spot.raw, spot.half = spot.value, (spot.high - spot.low) / 2
        if table.cells[spot.row][spot.column] is None:
            table.cells[spot.row][spot.column] = spot
        spots.append(spot)
    return table, spots


def noun_behind(printed: str) -> str:
    """The word behind a number and its magnitude, in small letters: 129万件 counts 件."""
    return _TO_NOUN.sub("", printed).strip().lower()


def counts_fit(a: Spot, b: Spot) -> bool:
    """One counted thing, or one word behind both numbers: 137万件, 68.4万件."""
    if not a.counted or not b.counted or a.counted == b.counted:
        return True
    nouns = [noun_behind(s.printed) for s in (a, b)]
    return nouns[0] == nouns[1] != "" or not all(nouns)


def first_number(printed: str) -> float:
    match = NUMBER.search(printed)
    return float(match[0].replace(",", "")) if match else 0.0


def half_of(printed: str) -> float:
    """Half a unit of the last printed digit."""
    match = re.search(r"\d[\d,]*(?:\.(\d+))?", printed)
    return 0.5 * 10.0 ** -len(match[1] or "") if match else 0.0
