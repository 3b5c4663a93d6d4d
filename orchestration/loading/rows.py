"""One raw figure: checked against the registries and parsed. Used by prose files and by tables alike."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from orchestration.figures import FigureError, PeriodError, Units, fiscal_days, is_fiscal, parse_period, parse_value
from orchestration.figures.text import readable, squeeze
from orchestration.loading.fields import COUNTED, LARGEST, RELATIVE, STATISTICS, STATUSES, unknown, wrong_value
from orchestration.loading.reference import Reference

PROSE_COLUMNS = (
    "key", "line", "exhibit", "printed", "reading", "scale", "qualifier", "unit", "counted", "indicator", "entity",
    "segment", "geography", "basis", "period", "status", "statistic", "note",
)  # fmt: skip

# columns that few rows need and a file may leave out: what the figure is in its statement (`role` says in the spec of a
# table what a row or column is), and what a share is a share of
OPTIONAL_COLUMNS = ("figure_role", "whole")
FIGURE_ROLES = ("value", "threshold", "window")

_RELATIVE = {"yoy", "cagr", "share", "ratio", "change"}


class RowError(ValueError):
    """A raw figure that cannot be loaded: ``message`` says what was found, ``remedy`` what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


@dataclass(slots=True)  # to be frozen would take most of the time of reading a row
class RawFigure:
    """A parsed raw figure: one row of the table ``raw.figures``. Numbers are in ``unit_symbol``."""

    figure_id: str
    source_id: str
    key: str
    file: str
    file_line: int
    line: int
    exhibit: str | None
    table_id: str | None
    row_key: str | None
    column_key: str | None
    printed: str
    reading: str | None
    printed_scale: str | None
    qualifier: str | None
    number: float
    number_low: float
    number_high: float
    unit_symbol: str
    counted: str | None
    indicator: str
    entity: str | None
    segment: str | None
    geography: str | None
    basis: str | None
    period_label: str | None
    period_start: date | None
    period_end: date | None
    status: str
    statistic: str
    note: str | None
    review: str
    figure_role: str = "value"
    whole: str | None = None
    # of a dataset's figure: the first day on which it was known, and the first on which it no longer stood
    known_from: date | None = None
    known_until: date | None = None


@dataclass(slots=True)
class Place:
    """Where a raw row stands in the files."""

    source_id: str
    file: str
    file_line: int
    lines: int | None = None
    table_id: str | None = None
    row_key: str | None = None
    column_key: str | None = None


def read_figure(
    row: Mapping[str, str], place: Place, reference: Reference, *, review: str = "reviewed"
) -> list[RawFigure]:
    """Parse one raw row into one figure, or two for a printed range.

    ``row`` has the prose columns. Raises ``RowError`` with the remedy when anything in it cannot be read.
    """

    cell = defaultdict(str, {name: _seen_cell(raw, name) for name, raw in row.items() if raw}).__getitem__
    key = cell("key")
    if not key:
        raise RowError("the row has no key", "Give it the line and a letter, e.g. 31a")
    if not set(key) <= _KEY_CHARACTERS:
        raise RowError(f"the key {key!r} has characters outside a-z A-Z 0-9 . _ -", "Rename it")
    line = _line(cell("line"), place.lines)
    indicator = _member(cell("indicator"), reference.indicators, "indicator", required=True)
    segment = _member(cell("segment"), reference.segments, "segment")
    entity = _member(cell("entity"), reference.entities, "entity")
    geography = _member(cell("geography"), reference.geographies, "geography")
    status = _choice(cell("status"), STATUSES, "status")
    statistic = _choice(cell("statistic"), STATISTICS, "statistic")
    role = _choice(cell("figure_role") or FIGURE_ROLES[0], FIGURE_ROLES, "figure_role")
    try:
        period = parse_period(cell("period"))
    except PeriodError as error:
        raise RowError(str(error), "Correct the column `period`") from error
    start, end = period.start, period.end
    if is_fiscal(period.label):
        start, end = fiscal_days(period.label, reference.fiscal_year_end(entity))
    printed, reading, scale = cell("printed"), cell("reading"), cell("scale")
    if not printed:
        raise RowError("the column `printed` is empty", "Write the figure as it stands in the source")
    try:
        values = parse_value(reading or printed, reference.units, scale=scale, qualifier=cell("qualifier"))
    except FigureError as error:
        raise RowError(str(error), "Correct `printed`, or give the text to parse in `reading`") from error
    if abs(values[-1].number) > LARGEST or abs(values[0].number) > LARGEST:
        raise RowError(f"{printed!r} is no quantity of this world", "Correct the number")
    symbol, counted = _unit(row, values[0].symbol, reference, indicator, statistic)
    basis = cell("basis")
    if ";" in basis:
        basis = "; ".join(token.strip() for token in basis.split(";") if token.strip())
    return [
        RawFigure(
            figure_id=f"{place.source_id}/{key}" + (f":{value.end}" if value.end else ""),
            source_id=place.source_id,
            key=key,
            file=place.file,
            file_line=place.file_line,
            line=line,
            exhibit=cell("exhibit") or None,
            table_id=place.table_id,
            row_key=place.row_key,
            column_key=place.column_key,
            printed=squeeze_printed(printed),
            reading=reading or None,
            printed_scale=scale or None,
            qualifier=value.qualifier or None,
            number=value.number,
            number_low=value.low,
            number_high=value.high,
            unit_symbol=symbol,
            counted=counted or None,
            indicator=indicator,
            entity=entity or None,
            segment=segment or None,
            geography=geography or None,
            basis=basis or None,
            period_label=period.label or None,
            period_start=start,
            period_end=end,
            status=status,
            statistic=statistic,
            note=(row.get("note") or "").strip() or None,
            review=review,
            figure_role=role,
            whole=cell("whole") or None,
        )
        for value in values
    ]


def _seen_cell(raw: str, name: str) -> str:
    """A cell without what nobody sees. Raises ``RowError`` where that is all that it holds."""
    raw = raw.strip()
    if raw.isascii() and raw.isprintable():
        return raw
    text = readable(raw).strip()
    if raw and not text:
        raise RowError(f"the column `{name}` holds invisible characters only", "Fill it in, or empty it")
    return text


_KEY_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")


def squeeze_printed(text: str) -> str:
    """Printed text without white space and markup asterisks; full-width characters stay as printed."""
    return "".join(text.replace("*", "").split())


def _line(text: str, lines: int | None) -> int:
    # isdigit alone takes ² as well; ten digits and more are no line of any text
    if not (text.isascii() and text.isdigit() and len(text) < 10) or int(text) < 1:
        raise RowError(f"the line {text!r} is no line number", "Write the 1-based line of the source text")
    if lines is not None and int(text) > lines:
        raise RowError(f"line {text} does not exist, the source has {lines}", "Correct the column `line`")
    return int(text)


def _member(value: str, known: Collection[str], name: str, *, required: bool = False) -> str:
    if not value:
        if required:
            raise RowError(f"the {name} is missing", f"Choose one of raw/reference/{_FILES[name]}.csv")
        return ""
    if value not in known:
        near = unknown(name, value, known)
        remedy = f"Correct it or add it to raw/reference/{_FILES[name]}.csv"
        raise RowError(near.message, f"{near.remedy}? {remedy}" if near.remedy.startswith("Write ") else remedy)
    return value


_FILES = {"indicator": "indicators", "segment": "segments", "entity": "entities", "geography": "geographies"}


def _choice(value: str, allowed: tuple[str, ...], name: str) -> str:
    if value not in allowed:
        raise RowError(f"unknown {name} {value!r}", f"One of {', '.join(allowed)}")
    return value


def _unit(row: Mapping[str, str], symbol: str, reference: Reference, indicator: str, statistic: str) -> tuple[str, str]:
    """The unit symbol of a row and what it counts; checks the dimension against the indicator's."""
    counted, override = (row.get("counted") or "").strip(), (row.get("unit") or "").strip()
    dimension = reference.indicators[indicator]["dimension"]
    is_fraction = statistic in ("ratio", "share") and "/" in squeeze(row.get("reading") or row.get("printed") or "")
    said = _Said(symbol, override, counted, statistic, dimension, is_fraction)
    fitting = _fitting_unit(said, reference.units)
    return fitting or _checked_unit(said, reference.units, repr(row.get("printed")), indicator)


class _Said(NamedTuple):
    """What a row says about its unit: read with the number, in the column `unit`, as what is counted."""

    symbol: str
    override: str
    counted: str
    statistic: str
    # of the indicator
    dimension: str
    is_fraction: bool


@lru_cache(maxsize=16384)
def _fitting_unit(said: _Said, units: Units) -> tuple[str, str] | None:
    """The unit and what it counts; None where the row has to be told what is wrong."""
    try:
        return _checked_unit(said, units, "", "")
    except RowError:
        return None


def _checked_unit(said: _Said, units: Units, printed: str, indicator: str) -> tuple[str, str]:
    wrong = wrong_value(COUNTED, said.counted)
    if wrong:
        raise RowError(wrong.message, wrong.remedy)
    if said.override and units.get(said.override) is None:
        raise RowError(f"unknown unit {said.override!r}", "Correct the column `unit` or add it to units.csv")
    symbol = said.override or said.symbol or _unprinted_unit(said, printed)
    unit = units.get(symbol)
    if unit is None:
        raise RowError(f"unknown unit {symbol!r}", "Add it to raw/reference/units.csv")
    if said.statistic == "rank":
        return "rank", ""
    counted = (said.counted or unit.counted) if unit.dimension == "count" else ""
    if unit.dimension == "count" and not counted:
        raise RowError(f"{printed} counts something unnamed", "Say what in the column `counted`")
    if said.dimension not in ("any", unit.dimension) and not _relative(said.statistic, unit.dimension):
        raise RowError(
            f"unit {symbol!r} ({unit.dimension}) does not fit indicator {indicator} ({said.dimension}) as a "
            f"{said.statistic}",
            "Choose another indicator, statistic or unit",
        )
    return symbol, counted


def _unprinted_unit(said: _Said, printed: str) -> str:
    """The unit of a number that is printed without one. Raises ``RowError`` where it must be told."""
    if said.statistic == "rank":
        return "rank"
    if said.counted:
        return "count"
    if said.is_fraction:
        return "ratio"  # a printed fraction: 1/70, 1/3
    if said.statistic == "ratio" or said.dimension == "ratio":
        return "ratio"
    if said.dimension in ("score", "multiple"):
        return said.dimension
    remedy = "Give it in `scale` (a table header) or `unit`, or say what is `counted`"
    raise RowError(f"{printed} has no unit", remedy)


def _relative(statistic: str, dimension: str) -> bool:
    return statistic in _RELATIVE and dimension in RELATIVE
