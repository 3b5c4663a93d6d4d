"""Extracted figures as rows of `raw/`: the prose format, the shape of the loader, and back."""

# expressions stay on one line
# ruff: noqa: E501

import re
from collections import Counter
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.extraction.model import ExtractedFigure
from orchestration.figures import FigureError, Units, parse_value
from orchestration.loading.problems import Problem
from orchestration.loading.rows import PROSE_COLUMNS, Place, RawFigure, RowError, read_figure

if TYPE_CHECKING:
    from orchestration.loading.load import SourceLoad
    from orchestration.loading.reference import Reference
    from orchestration.loading.registry import Source

# What an indicator must be for a row to load when the text named none: the catch-all of its dimension.
_CATCH_ALL = {"money": "macro_amount", "percent": "macro_rate", "count": "general_count", "time": "duration"}


@dataclass(slots=True)
class InboxFigure(RawFigure):
    """A raw figure that nobody has reviewed: one row of ``raw.inbox_figures``.

    ``page`` is 1-based where the format has pages. ``confidence`` (0-1) is that of the whole figure, the others of one
    field; null where the extraction gives none. ``withheld`` says why a row is not to be trusted.
    """

    page: int | None = None
    confidence: float | None = None
    confidence_period: float | None = None
    confidence_geography: float | None = None
    confidence_status: float | None = None
    confidence_statistic: float | None = None
    withheld: str | None = None


def _inbox_figure(raw: RawFigure, figure: ExtractedFigure, figure_id: str, key: str) -> InboxFigure:
    parsed = {field.name: getattr(raw, field.name) for field in fields(RawFigure)}
    return InboxFigure(
        **(parsed | {"figure_id": figure_id, "key": key}),
        page=figure.page,
        confidence=figure.confidence,
        confidence_period=figure.confidences.get("period") or None,
        confidence_geography=figure.confidences.get("geography") or None,
        confidence_status=figure.confidences.get("status") or None,
        confidence_statistic=figure.confidences.get("statistic") or None,
        withheld=figure.withheld or None,
    )


def source_id_of(path: Path) -> str:
    """The source id of a document: its file name in lower case, other characters as underscores.

    A name without Latin letters or digits gets ``document_`` and eight digits of its hash.
    """
    import hashlib

    slug = re.sub(r"_+", "_", re.sub(r"[^a-z0-9]+", "_", path.stem.lower())).strip("_")[:60]
    if len(slug) >= 3:
        return slug if not slug[0].isdigit() else f"d_{slug}"
    return "document_" + hashlib.sha256(path.stem.encode()).hexdigest()[:8]


def prose_row(figure: ExtractedFigure, reference: "Reference") -> dict[str, str]:
    """The 18 columns of the prose format for one figure; `reading` and `unit` only where the printed text needs them."""
    row = dict.fromkeys(PROSE_COLUMNS, "")
    unit = reference.units.get(figure.symbol) if figure.symbol else None
    percent_words = unit is not None and unit.unit == "percent" and figure.reading.endswith("%")
    row |= {
        "key": figure.key,
        "line": str(figure.line),
        "exhibit": figure.exhibit[:40],
        "printed": figure.printed,
        "scale": figure.scale,
        "qualifier": figure.qualifier,
        "counted": figure.counted if figure.unit == "count" else "",
        "indicator": figure.indicator or _catch_all(figure, reference),
        "entity": figure.entity if figure.entity in reference.entities else "",
        "segment": figure.segment if figure.segment in reference.segments else "",
        "geography": figure.geography if figure.geography in reference.geographies else "",
        "period": figure.period,
        "status": figure.status or "actual",
        "statistic": figure.statistic or "level",
        "note": "added at the desk"
        if figure.added
        else f"extracted, confidence {figure.confidence:.2f}{_said(figure.proposed)}{_given(figure.given)}",
    }
    if not _reads_alike(figure, row, reference.units):
        row["reading"] = figure.reading or f"{figure.value:.15g}{figure.unit}"
        row["scale"] = ""
        if not _reads_alike(figure, row, reference.units, reading=True):
            row["reading"] = f"{_number(figure.value)}"
            row["unit"] = figure.unit
            if percent_words:
                row["reading"], row["unit"] = f"{_number(figure.value)}%", ""
    return row


def _said(proposed: str) -> str:
    return f"; proposed by a model: {', '.join(proposed.split('|'))}" if proposed else ""


def _given(fields_: str) -> str:
    return f"; given at the desk, not printed: {', '.join(fields_.split('|'))}" if fields_ else ""


def _number(value: float) -> str:
    from decimal import Decimal

    return (
        format(Decimal(repr(value)), "f").rstrip("0").rstrip(".")
        if "." in format(Decimal(repr(value)), "f")
        else format(Decimal(repr(value)), "f")
    )


def _reads_alike(figure: ExtractedFigure, row: dict[str, str], units: Units, *, reading: bool = False) -> bool:
    """Whether the loader will read this row as the same value and unit."""
    text = row["reading"] if reading else row["printed"]
    try:
        values = parse_value(text, units, scale=row["scale"], qualifier=row["qualifier"])
    except FigureError:
        return False
    if len(values) != 1:
        return False
    unit = units.get(values[0].symbol) if values[0].symbol else None
    if unit is None or unit.unit != figure.unit:
        return False
    value = values[0].number * unit.factor
    return abs(value - figure.value) <= 1e-9 * max(abs(value), abs(figure.value), 1e-12)


def _catch_all(figure: ExtractedFigure, reference: "Reference") -> str:
    unit = reference.units.get(figure.symbol) if figure.symbol else None
    dimension = unit.dimension if unit is not None else "any"
    name = _CATCH_ALL.get(dimension, "company_fact")
    return name if name in reference.indicators else "company_fact"


def to_source_load(
    figures: list[ExtractedFigure],
    path: Path,
    source_id: str,
    reference: "Reference",
    known: "SourceLoad | None" = None,
) -> "SourceLoad":
    """The figures as a ``SourceLoad``; those that ``known`` holds already (line and value) are left out."""
    from orchestration.loading.load import SourceLoad

    load = SourceLoad(source_id)
    left = _known_places(known, reference) if known is not None else Counter()
    # a promoted row keeps its key, also where a person has corrected its value or line
    reviewed = {figure.key for figure in known.figures} if known is not None else set()
    seen: set[str] = set()
    for figure in figures:
        place_key = _place_key(figure.line, figure.value, figure.unit)
        if left[place_key] > 0:
            left[place_key] -= 1
            continue
        if _promoted_key(figure.key, figure.range_end) in reviewed:
            continue
        row = prose_row(figure, reference)
        place = Place(source_id, path.name, figure.line)
        try:
            rows = read_figure(row, place, reference, review="extracted")
        except RowError as error:
            if figure.withheld:  # half read, so no row of any kind; `extract --withheld` and the desk show it
                continue
            load.rows_in += 1
            load.problems.append(Problem(path.name, figure.line, figure.key, str(error), error.remedy, figure.text))
            continue
        load.rows_in += 1
        load.rows_loaded += 1
        for raw in rows:
            end = f":{figure.range_end}" if figure.range_end else ""
            figure_id = f"{source_id}/{figure.key}{end}"
            if figure_id in seen:
                continue
            seen.add(figure_id)
            load.figures.append(_inbox_figure(raw, figure, figure_id, figure.key + end))
    return load


def without_known(load: "SourceLoad", known: "SourceLoad", reference: "Reference") -> "SourceLoad":
    """``load`` without the figures that ``known`` holds (same line and value), for an extraction kept from earlier."""
    left = _known_places(known, reference)
    reviewed = {figure.key for figure in known.figures}
    kept = []
    for raw in load.figures:
        unit = reference.units.get(raw.unit_symbol)
        place = _place_key(
            raw.line, raw.number * (unit.factor if unit else 1.0), unit.unit if unit else raw.unit_symbol
        )
        if left[place] > 0:
            left[place] -= 1
        elif _promoted_key(*raw.key.split(":")) not in reviewed:
            kept.append(raw)
    gone = len({raw.figure_id for raw in load.figures}) - len({raw.figure_id for raw in kept})
    return replace(load, figures=kept, rows_in=load.rows_in - gone, rows_loaded=load.rows_loaded - gone)


def _promoted_key(key: str, range_end: str = "") -> str:
    """The key under which promotion writes a figure into `raw/<source_id>/figures/`."""
    return f"{key}.{range_end}" if range_end else key


def _place_key(line: int, value: float, unit: str) -> tuple[int, str, str]:
    return line, f"{value:.8g}", unit


def _known_places(known: "SourceLoad", reference: "Reference") -> Counter[tuple[int, str, str]]:
    places: Counter[tuple[int, str, str]] = Counter()
    for raw in known.figures:
        unit = reference.units.get(raw.unit_symbol)
        if unit is not None:
            places[_place_key(raw.line, raw.number * unit.factor, unit.unit)] += 1
    return places


def source_of(path: Path, sources: dict[str, "Source"]) -> "Source | None":
    """The registered source that a document is: the same sha256, else the same file name."""
    from orchestration.loading.provenance import sha256

    digest = sha256(path)
    by_hash = next((source for source in sources.values() if source.sha256 == digest), None)
    return by_hash or next((source for source in sources.values() if source.file == path.name), None)
