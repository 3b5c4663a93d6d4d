"""One decision, checked against what was shown, then written as one line of the journal."""

import getpass
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from orchestration.desk import issues, journal
from orchestration.desk.desk import Desk
from orchestration.desk.queue import EDITABLE, keep
from orchestration.loading.decisions import ANSWERS

_QUEUES = {
    "figure": ("accept", "reject", "edit", "unsure", "undo"),
    "tie": ("accept", "reject", "unsure", "undo"),
    "issue": (*ANSWERS, "undo"),
}
_CHANGED = "it changed since the page was shown; load the page again"


class RefusedError(ValueError):
    """The request cannot be a decision; says why."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def decide(desk: Desk, asked: dict[str, Any]) -> dict[str, Any]:
    """Write what was asked; answers item and what.

    ``asked``: item, hash, what, seen (the decision that the page showed, None for none), new, reason; for an undo the
    ``queue`` (``figure:<document>``, ``tie``, ``issue``) whose last decision goes. Raises ``RefusedError`` and
    ``StaleError``.
    """
    what, item = asked.get("what"), str(asked.get("queue" if asked.get("what") == "undo" else "item") or "")
    kind, _, rest = item.partition(":")
    if what not in _QUEUES.get(kind, ()):
        raise RefusedError(
            f"`what` is one of {', '.join(_QUEUES.get(kind, ()))}" if kind in _QUEUES else "no such queue"
        )
    document = rest.partition("#")[0]
    if kind == "figure" and document not in desk.documents:
        raise RefusedError(f"the desk does not show a document {document!r}", 404)
    seen: str | None
    if what == "undo":
        entry, seen = _undone(desk, f"figure:{document}#" if kind == "figure" else f"{kind}:")
    else:
        entry = {"figure": _figure, "tie": _tie, "issue": _issue}[kind](desk, asked)
        seen = asked.get("seen") or None
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    stamp = {"what": what, "who": getpass.getuser(), "when": now, "reason": str(asked.get("reason") or "")}
    journal.append(desk.raw, entry | stamp, seen)
    if kind == "figure":
        keep(desk.documents[document], desk.shown(document))
    return {"item": entry["item"], "what": what}


def _undone(desk: Desk, prefix: str) -> tuple[dict[str, Any], str]:
    standing = journal.standing([e for e in journal.read(desk.raw) if e["item"].startswith(prefix)])
    if not standing:
        raise RefusedError("nothing to undo", 409)
    last = max(standing.values(), key=lambda entry: str(entry.get("when")))
    return {"item": last["item"], "hash": last["hash"], "old": last["what"]}, last["what"]


def _figure(desk: Desk, asked: dict[str, Any]) -> dict[str, Any]:
    document = asked["item"].partition(":")[2].partition("#")[0]
    item = next((s for s in desk.shown(document) if s.name == asked["item"] and not s.orphan), None)
    if item is None or item.hash != asked.get("hash"):
        raise RefusedError(_CHANGED, 409)
    new = None
    if asked["what"] == "edit":
        new = {k: str(v) for k, v in (asked.get("new") or {}).items() if k in EDITABLE}
        if _number(new.get("value", "0")) is None:
            raise RefusedError("the value is no number")
    old = {name: str(getattr(item.figure, name)) for name in EDITABLE}
    return {"item": item.name, "hash": item.hash, "old": old, "new": new}


def _tie(desk: Desk, asked: dict[str, Any]) -> dict[str, Any]:
    tie = next((tie for tie in desk.ties() if tie.name == asked["item"]), None)
    if tie is None or tie.hash != asked.get("hash"):
        raise RefusedError(_CHANGED, 409)
    return {"item": tie.name, "hash": tie.hash, "old": None, "new": None, "tie": tie.row}


def _issue(desk: Desk, asked: dict[str, Any]) -> dict[str, Any]:
    board = desk.board()
    issue = next((issue for issue in board.issues if issue.name == asked["item"]), None)
    if issue is None or issue.hash != asked.get("hash"):
        raise RefusedError(_CHANGED, 409)
    finding = str(asked.get("finding") or issue.findings[0]["finding_id"])
    found = issues.expectations(issue, finding)
    new = asked.get("new") if isinstance(asked.get("new"), dict) else None
    if asked["what"] == "their_error":
        new = _corrected(board, issue, found[0]["finding"], new or {})
    elif asked["what"] == "different":
        if not new or new.get("field") not in issues.FIELDS:
            raise RefusedError(f"say in which field they differ: {', '.join(issues.FIELDS)}")
        new = {"field": new["field"]}
    else:
        new = None
    return {"item": issue.name, "hash": issue.hash, "old": None, "new": new, "findings": found}


def _corrected(board: issues.Board, issue: issues.Issue, finding: str, new: dict[str, Any]) -> dict[str, Any]:
    """The corrected value, in the figure's canonical unit; what the build would refuse is refused here."""
    facts = next(f for f in issue.findings if f["finding_id"] == finding)
    figure = board.figures.get(str(new.get("figure")))
    if figure is None or figure["figure_id"] not in (facts["figure_ids"] or []):
        raise RefusedError("choose the figure that is wrong, one of this finding")
    value = _number(str(new.get("value") or ""))
    if value is None:
        raise RefusedError(f"the corrected value is a plain number in {figure['unit']}")
    off = value / figure["value"] if figure["value"] else 1.0
    if facts["explanation_code"] not in ("scale", "currency") and not 0.1 <= off <= 10:
        raise RefusedError(
            f"{value:g} {figure['unit']} is not within a factor of ten of the printed {figure['value']:g} "
            f"{figure['unit']}; write the value in {figure['unit']}"
        )
    return {"figure": figure["figure_id"], "value": f"{value:.15g}", "unit": figure["unit"]}


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) and "_" not in text and text.isascii() else None
