"""A figure as it will stand in `raw/`: with what a person corrected, checked as the loader checks it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from orchestration.desk.queue import EDITABLE, TAKEN, Shown, is_open, plain, told
from orchestration.desk.words import SpokenError
from orchestration.extraction.model import ExtractedFigure, ExtractionError
from orchestration.extraction.promotion import Promoted, figure_key, promote
from orchestration.extraction.raw_rows import prose_row, source_id_of, source_of
from orchestration.figures import FigureError, PeriodError, parse_period, parse_value
from orchestration.loading import load_sources
from orchestration.loading.reference import Reference
from orchestration.loading.rows import Place, RowError, read_figure


class EditError(SpokenError):
    """What was typed is no row of `raw/`; ``field`` and ``value`` say which cell, where one is to blame."""

    field = ""
    # the same once more writes it
    again = False


def corrected(figure: ExtractedFigure, new: dict[str, str], reference: Reference) -> ExtractedFigure:
    """The figure with the fields that a person filled in. Raises ``EditError`` for a value that is no number."""
    changed: dict[str, Any] = {k: v for k, v in new.items() if k in EDITABLE and v != told(figure)[k]}
    if not changed:
        return figure
    unit = changed.get("unit", figure.unit)
    if "value" in changed:
        changed["value"], unit = _quantity(changed["value"], unit, reference)
        changed["unit"] = unit
    if {"value", "unit"} & changed.keys():
        symbol = next((row[0] for row in reference.tables["units"][1] if row[1] == unit), "")
        if not symbol:
            error = EditError("error.unknown", field="unit", value=unit)
            error.field = "unit"
            raise error
        changed |= {"symbol": symbol, "reading": "", "scale": "", "qualifier": figure.qualifier}
    if "period" in changed:
        try:
            period = parse_period(changed["period"])
        except PeriodError as error:
            raise EditError("error.loader", message=str(error)) from None
        changed |= {"period": period.label, "period_start": period.start, "period_end": period.end}
    return replace(figure, **changed)


def _quantity(text: str, unit: str, reference: Reference) -> tuple[float, str]:
    """A plain number is in ``unit``; anything else is read as a printed figure (`534亿元`, `36.5bn USD`)."""
    text = text.strip()
    try:
        if text.isascii() and "_" not in text:
            return float(text), unit
    except ValueError:
        pass
    try:
        (value,) = parse_value(text, reference.units)
    except (FigureError, ValueError):
        raise EditError("error.no_number", text=text) from None
    known = reference.units.get(value.symbol) if value.symbol else None
    return value.number * (known.factor if known else 1.0), known.unit if known else unit


def check(figure: ExtractedFigure, reference: Reference) -> None:
    """Would the loader take the row as it is? Raises ``EditError`` with its remedy."""
    for field, known in (
        ("indicator", reference.indicators), ("entity", reference.entities), ("segment", reference.segments),
        ("geography", reference.geographies),
    ):  # fmt: skip
        value = getattr(figure, field)
        if value and value not in known:
            error = EditError("error.unknown", field=field, value=value)
            error.field = field
            raise error
    try:
        read_figure(prose_row(figure, reference), Place("desk", "desk", figure.line), reference)
    except RowError as wrong:
        raise EditError("error.loader", message=f"{wrong}; {wrong.remedy}") from None


def values(figure: ExtractedFigure) -> dict[str, str]:
    """The editable fields of a figure as the journal keeps them."""
    return told(figure)


def decided(shown: list[Shown], reference: Reference) -> tuple[list[ExtractedFigure], list[str]]:
    """The accepted and edited figures of a document, and why the loader would refuse some of them."""
    fit, refused = [], []
    for item in shown:
        if item.orphan or is_open(item) or not item.decision or item.decision["what"] not in TAKEN:
            continue
        try:
            new = {} if item.figure.added else item.decision.get("new") or {}
            figure = corrected(item.figure, new, reference)
            figure = replace(figure, given="|".join(item.decision.get("unprinted") or ()))
            check(figure, reference)
            fit.append(figure)
        except EditError as error:
            refused.append(f"{item.key} ({item.figure.printed}): {error}")
    return fit, refused


def promoted(raw: Path, document: Path, figures: list[ExtractedFigure], reference: Reference) -> Promoted:
    """Write the figures into `raw/<source_id>/`. Raises ``ExtractionError``, ``RawError``."""
    if not figures:
        raise ExtractionError(f"{document.name}: nothing is accepted yet")
    sources = load_sources(raw)
    source = source_of(document, sources)
    source_id = source.source_id if source else source_id_of(document)
    wanted = {figure_key(figure) for figure in figures}
    return promote(raw, document, figures, wanted, source or sources.get(source_id), source_id, reference)


__all__ = ["EditError", "check", "corrected", "decided", "plain", "promoted", "values"]
