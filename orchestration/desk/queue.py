"""The figures of one document in the order in which a person looks at them, each at its place in the text."""

import csv
import hashlib
import io
import re
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from orchestration.desk.journal import standing
from orchestration.desk.text import DocumentLine, document_lines
from orchestration.extraction.model import ExtractedFigure
from orchestration.extraction.promotion import figure_key, load_decisions, save_decisions

LABEL_COLUMNS = (
    "file", "line", "printed", "value", "unit", "period", "geography", "status", "statistic", "indicator", "entity",
    "note",
)  # fmt: skip
EDITABLE = LABEL_COLUMNS[3:11]
_MARKUP = re.compile(r"\s|\*\*")


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure as the page shows it; ``orphan`` when its line does not print it exactly."""

    name: str
    hash: str
    figure: ExtractedFigure
    orphan: bool
    decision: dict[str, Any] | None


def queue(document: Path, figures: list[ExtractedFigure], entries: list[dict[str, Any]]) -> list[Shown]:
    """All figures, the least sure first. A decision on other content than today's does not count."""
    places = _places(document_lines(document))
    decided = standing(entries)
    shown = []
    for figure in figures:
        name, digest = f"figure:{document.name}#{figure_key(figure)}", _hash(figure)
        decision = decided.get(name)
        shown.append(Shown(name, digest, figure, not _fits(figure, places), decision))
    return sorted(shown, key=lambda s: (s.figure.confidence, s.figure.page or 0, s.figure.line, s.name))


def is_open(shown: Shown) -> bool:
    return shown.decision is None or shown.decision["what"] == "unsure" or shown.decision["hash"] != shown.hash


def keep(document: Path, shown: list[Shown]) -> None:
    """What `promote` and the labels read, written from the decisions that stand. Orphans are left alone."""
    fit = [s for s in shown if not s.orphan]
    what = {figure_key(s.figure): s.decision["what"] if s.decision and not is_open(s) else "" for s in fit}
    decisions = load_decisions(document)
    # an edited row is a label, not accepted: `promote` would write what was read, not what was corrected
    decisions.accept = {k for k in decisions.accept if k not in what} | {k for k, w in what.items() if w == "accept"}
    decisions.reject = {k for k in decisions.reject if k not in what} | {k for k, w in what.items() if w == "reject"}
    save_decisions(document, decisions)
    folder = document.parent / "labels" / document.name
    folder.mkdir(parents=True, exist_ok=True)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, LABEL_COLUMNS, lineterminator="\n")
    writer.writeheader()
    for s in sorted(fit, key=lambda s: (s.figure.line, s.name)):
        if what[figure_key(s.figure)] in ("accept", "edit"):
            writer.writerow(_label(s))
    new = folder / "expected.csv.new"
    new.write_text(text.getvalue(), encoding="utf-8")
    new.replace(folder / "expected.csv")


def _label(shown: Shown) -> dict[str, Any]:
    row = {name: getattr(shown.figure, name, "") for name in LABEL_COLUMNS}
    return row | {"file": Path(shown.figure.file).name, "note": ""} | ((shown.decision or {}).get("new") or {})


def _hash(figure: ExtractedFigure) -> str:
    return hashlib.sha256(
        repr(sorted((k, str(v)) for k, v in asdict(figure).items() if k != "file")).encode()
    ).hexdigest()


def _places(lines: list[DocumentLine]) -> dict[tuple[int | None, int], tuple[str, str]]:
    """Each line with the one after it on its page, without white space and markup; rows of a number stand together."""
    found: dict[tuple[int | None, int], str] = {}
    for line in lines:
        at = (line.page, line.number)
        # a sign between them, so that two cells never make one number
        found[at] = f"{found[at]}|{_MARKUP.sub('', line.text)}" if at in found else _MARKUP.sub("", line.text)
    following = dict(pairwise(found))
    return {
        at: (text, found[following[at]] if at in following and following[at][0] == at[0] else "")
        for at, text in found.items()
    }


def _fits(figure: ExtractedFigure, places: dict[tuple[int | None, int], tuple[str, str]]) -> bool:
    """Does the printed text stand at its line (it may wrap into the next one)? A similar place is none."""
    first, following = places.get((figure.page, figure.line), ("", ""))
    printed = _MARKUP.sub("", figure.printed)
    if not printed:
        return False
    # it begins in its own line, and is no part of a longer number: 36 is not 136
    exact = re.compile(rf"(?<![0-9.,]){re.escape(printed)}(?![0-9]|[.,][0-9])")
    return any(match.start() < len(first) for match in exact.finditer(first + following))
