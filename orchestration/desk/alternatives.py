"""The runner-up of each field: what was last typed for it, what its sentence names, what stands above it, its frame.

Nothing is chosen here: a person takes a runner-up by one key, or leaves it.
"""

from typing import Any

from orchestration.desk.queue import EDITABLE, Shown, is_open, plain, told
from orchestration.extraction.dates import find_periods
from orchestration.extraction.gazetteer import load_gazetteer
from orchestration.extraction.model import ExtractedFigure
from orchestration.loading.fields import STATISTICS, STATUSES
from orchestration.loading.reference import Reference

_MAY_BE_BLANK = ("counted", "period", "geography", "indicator", "entity", "segment")
_MOST = 4
_ABOVE = 500  # characters


def alternatives(
    figure: ExtractedFigure, above: str, shown: list[Shown], frame: dict[str, str], reference: Reference
) -> dict[str, list[str]]:
    """By field, what it might be instead, the likeliest first.

    ``above`` is the text before the figure, ``frame`` holds period and geography of the document.
    """
    read, mended = told(figure), _mended(shown)
    found: dict[str, list[str]] = {name: [] for name in EDITABLE}
    for name in EDITABLE:
        # a mistake repeats itself: what was put in the place of the same reading the last time comes first
        found[name] += mended.get((name, read[name]), [])
    gazetteer = load_gazetteer(reference.directory)
    for text in (figure.text, above[-_ABOVE:]):
        order = 1 if text is figure.text else -1  # above, what is nearest comes first
        found["period"] += [mention.label for mention in find_periods(text)][::order]
        for hit in gazetteer.find(text)[::order]:
            if hit.kind in found and hit.value:
                found[hit.kind].append(hit.value)
    for name, value in frame.items():
        found[name].append(value)
    found["value"].append(plain(-figure.value))
    found["status"] += STATUSES
    found["statistic"] += STATISTICS
    for name in _MAY_BE_BLANK:
        found[name].append("")
    return {name: _few(values, read[name]) for name, values in found.items()}


def _few(values: list[str], chosen: str) -> list[str]:
    others = [value for value in dict.fromkeys(values) if value != chosen]
    return others[:_MOST]


def _mended(shown: list[Shown]) -> dict[tuple[str, str], list[str]]:
    """By field and reading, what people of this document put in its place, the latest first."""
    edits: list[dict[str, Any]] = [
        {"read": told(s.figure), **s.decision} for s in shown if s.decision and s.decision["what"] == "edit"
        and not is_open(s)
    ]  # fmt: skip
    found: dict[tuple[str, str], list[str]] = {}
    for edit in sorted(edits, key=lambda edit: str(edit.get("when")), reverse=True):
        for name, value in (edit.get("new") or {}).items():
            if name in EDITABLE and name != "value" and edit["read"][name] != value:
                found.setdefault((name, edit["read"][name]), []).append(value)
    return found
