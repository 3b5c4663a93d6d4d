"""The figures of one document in the order in which a person looks at them, each at its place in the text."""

import csv
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.desk.journal import standing
from orchestration.desk.places import Anchored, anchor
from orchestration.desk.text import document_lines
from orchestration.extraction.model import ExtractedFigure
from orchestration.extraction.promotion import figure_key, load_decisions, save_decisions

LABEL_COLUMNS = (
    "file", "line", "printed", "value", "unit", "period", "geography", "status", "statistic", "indicator", "entity",
    "note",
)  # fmt: skip
EDITABLE = (
    "value", "unit", "counted", "period", "geography", "status", "statistic", "indicator", "entity", "segment",
)  # fmt: skip
# what a person sees of a figure and answers for: a verdict is asked again when one of these changed
_JUDGED = (
    *EDITABLE, "line", "page", "printed", "value_low", "value_high", "qualifier", "range_end", "withheld",
)  # fmt: skip


# decisions by which a figure goes into `raw/` and among the labels
TAKEN = ("accept", "edit", "add")


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure as the page shows it; ``orphan`` when its line does not print it exactly."""

    name: str
    key: str
    hash: str
    figure: ExtractedFigure
    orphan: bool
    decision: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it was read: its figures in reading order, each with the hash of what is judged, at its place."""

    path: Path
    figures: list[ExtractedFigure]
    hashes: dict[str, str]
    anchored: Anchored


def load(path: Path, figures: list[ExtractedFigure]) -> Document:
    """Raises ``ExtractionError`` where the text cannot be shown."""
    hashes = {figure_key(figure): _hash(figure) for figure in figures}
    return Document(path, figures, hashes, anchor(document_lines(path), figures))


def queue(document: Document, entries: list[dict[str, Any]], damage: dict[str, float] | None = None) -> list[Shown]:
    """All figures, those first whose error would do most ``damage``, by key (without it: the least sure)."""
    decided = standing(entries)
    shown = []
    for figure in document.figures:
        key = figure_key(figure)
        name = added_name(document.path.name, figure.key) if figure.added else item_name(document.path, key)
        shown.append(
            Shown(name, key, document.hashes[key], figure, not document.anchored.spans.get(key), decided.get(name))
        )
    weight = damage or {figure_key(figure): 1 - figure.confidence for figure in document.figures}
    return sorted(shown, key=lambda s: (-weight[s.key], s.figure.page or 0, s.figure.line, s.name))


def item_name(document: Path, key: str) -> str:
    """The item of the journal that a figure is."""
    return f"figure:{document.name}#{key}"


def added_name(document: str, key: str) -> str:
    """The item of the journal that a figure is which a person added to a document."""
    return f"added:{document}#{key}"


def is_open(shown: Shown) -> bool:
    return shown.decision is None or shown.decision["what"] == "unsure" or shown.decision["hash"] != shown.hash


def keep(document: Path, shown: list[Shown]) -> None:
    """What `promote` and the labels read, written from the decisions that stand. Orphans are left alone."""
    fit = [s for s in shown if not s.orphan]
    what = {s.key: s.decision["what"] if s.decision and not is_open(s) else "" for s in fit}
    decisions = load_decisions(document)
    # an edited row is not among those that are written as they were read
    decisions.accept = {k for k in decisions.accept if k not in what} | {k for k, w in what.items() if w == "accept"}
    decisions.reject = {k for k in decisions.reject if k not in what} | {k for k, w in what.items() if w == "reject"}
    save_decisions(document, decisions)
    folder = document.parent / "labels" / document.name
    folder.mkdir(parents=True, exist_ok=True)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, LABEL_COLUMNS, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    for s in sorted(fit, key=lambda s: (s.figure.page or 0, s.figure.line, s.name)):
        if what[s.key] in TAKEN:
            writer.writerow(_label(s))
    new = folder / "expected.csv.new"
    new.write_text(text.getvalue(), encoding="utf-8")
    new.replace(folder / "expected.csv")


def _label(shown: Shown) -> dict[str, Any]:
    row = {name: getattr(shown.figure, name, "") for name in LABEL_COLUMNS}
    row |= {"file": Path(shown.figure.file).name, "value": plain(shown.figure.value), "note": ""}
    return row | ((shown.decision or {}).get("new") or {})


def plain(value: float) -> str:
    """A number as a person would type it: no `.0`, no exponent for amounts of money."""
    return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"


def told(figure: ExtractedFigure) -> dict[str, str]:
    """What may be edited of a figure, as text."""
    return {name: plain(figure.value) if name == "value" else getattr(figure, name) or "" for name in EDITABLE}


def _hash(figure: ExtractedFigure) -> str:
    return hashlib.sha256(repr([(name, str(getattr(figure, name))) for name in _JUDGED]).encode()).hexdigest()
