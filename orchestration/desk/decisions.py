"""One decision, checked against what was shown, then written as one line of the journal."""

import getpass
from collections.abc import Callable
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from orchestration.datasets.fetch import FOLDER, FetchError, publish_draft
from orchestration.desk import adding, blind, frames, issues, journal, printed, rows
from orchestration.desk.desk import Desk
from orchestration.desk.queue import EDITABLE, Shown, keep, told
from orchestration.desk.words import SpokenError
from orchestration.extraction.model import ExtractionError
from orchestration.loading.decisions import ANSWERS

_QUEUES = {
    "frame": ("accept", "reject", "edit", "unsure", "undo"),
    "blind": ("read", "unsure", "undo"),
    "figure": ("accept", "reject", "edit", "unsure", "undo"),
    "added": ("add", "reject", "undo"),
    "draft": ("publish", "hold", "undo"),
    "tie": ("accept", "reject", "unsure", "undo"),
    "issue": (*ANSWERS, "undo"),
}
# of a document: they are undone one after the other, whatever they were about
_OF_A_DOCUMENT = ("frame", "blind", "figure", "added")


class RefusedError(SpokenError):
    """The request cannot be a decision; says why."""

    def __init__(self, key: str, status: int = 400, **values: Any) -> None:
        super().__init__(key, **values)
        self.status = status


def _changed() -> RefusedError:
    return RefusedError("error.changed", 409)


def decide(desk: Desk, asked: dict[str, Any]) -> dict[str, Any]:
    """Write what was asked; answers item and what.

    ``asked``: item, hash, what, seen (the decision that the page showed, None for none), new, reason; ``others`` (each
    with item, hash, seen) are decided in the same way or none is; ``sure`` when it was asked for before and shall be
    written although the document does not print it; for an undo the ``queue`` (``figure:<document>``,
    ``tie``, ``issue``) whose last decision goes. Raises ``RefusedError``, ``StaleError`` and ``EditError``.
    """
    what, item = asked.get("what"), str(asked.get("queue" if asked.get("what") == "undo" else "item") or "")
    kind, _, rest = item.partition(":")
    if kind not in _QUEUES:
        raise RefusedError("error.no_queue")
    if what not in _QUEUES[kind]:
        raise RefusedError("error.what", known=", ".join(_QUEUES[kind]))
    document = rest if what == "undo" else rest.rpartition("#")[0]
    if kind in _OF_A_DOCUMENT and document not in desk.documents:
        raise RefusedError("error.document", 404, name=repr(document))
    if what == "undo":
        written: list[tuple[dict[str, Any], str | None]] = _undone(desk, kind, document)
    else:
        entry = _ENTRIES[kind](desk, asked)
        written = [(entry, asked.get("seen") or None), *_others(desk, kind, str(what), asked)]
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    stamp = {"what": what, "who": getpass.getuser(), "when": now, "reason": str(asked.get("reason") or "")}
    if len(written) > 1 and what != "undo":
        stamp["batch"] = now
    journal.append_all(desk.raw, [(stamp | entry, seen) for entry, seen in written])
    if kind in _OF_A_DOCUMENT:
        _follow(desk, document)
    elif what == "publish":
        _publish(desk, str(written[0][0]["item"]))
    return {"item": written[0][0]["item"], "what": what, "count": len(written)}


def _follow(desk: Desk, document: str) -> None:
    """Write what others read of the decisions: the frame file, the lists of `promote`, the labels, the agreement."""
    entries = journal.read(desk.raw)
    path = desk.documents[document]
    frames.write(path, entries, desk.questions(document))
    keep(path, desk.shown(document))
    if any(entry["item"].startswith("blind:") for entry in entries):
        blind.publish(desk.raw, entries)


def _publish(desk: Desk, item: str) -> None:
    """Make a draft a snapshot, after its line stands in the journal: else nobody would know who published it."""
    draft = next(draft for draft in desk.drafts() if draft.name == item)
    opened = draft.opened
    if opened is not None:
        try:
            publish_draft(opened.folder, opened.raw, opened.spec, draft.path, opened.spec.origin)
        except FetchError as error:
            raise RefusedError("error.loader", 409, message=str(error)) from None


def _undone(desk: Desk, kind: str, document: str) -> list[tuple[dict[str, Any], str | None]]:
    """The last decision that stands in the queue; with it, those that were made by the same key."""
    prefixes = tuple(f"{name}:{document}#" for name in _OF_A_DOCUMENT) if kind in _OF_A_DOCUMENT else (f"{kind}:",)
    standing = journal.standing([e for e in journal.read(desk.raw) if e["item"].startswith(prefixes)])
    if kind == "draft":
        # a snapshot may have been read by now: it is never taken back
        standing = {name: entry for name, entry in standing.items() if entry["what"] == "hold"}
    if not standing:
        raise RefusedError("error.nothing", 409)
    last = max(standing.values(), key=lambda entry: str(entry.get("when")))
    batch = last.get("batch")
    gone = [last, *(e for e in standing.values() if batch and e.get("batch") == batch and e is not last)]
    return [({"item": e["item"], "hash": e["hash"], "old": e["what"]}, e["what"]) for e in gone]


def _others(desk: Desk, kind: str, what: str, asked: dict[str, Any]) -> list[tuple[dict[str, Any], str | None]]:
    """The other rows that one key decides: figures of the same document that agree with the first.

    What was mended in the first, its value aside, is mended in each whose field was read the same.
    """
    others = asked.get("others") or []
    if not others:
        return []
    if kind != "figure" or what not in ("accept", "edit") or not isinstance(others, list):
        raise RefusedError("error.bulk")
    first = _find(desk, asked)
    read, typed = told(first.figure), asked.get("new") or {}
    mended = {k: v for k, v in typed.items() if k in EDITABLE and v != read[k]} if what == "edit" else {}
    if "value" in mended or "unit" in mended:
        raise RefusedError("error.bulk_value")
    written: list[tuple[dict[str, Any], str | None]] = []
    for other in others:
        shown = _find(desk, other)
        if not agrees(first, shown):
            raise RefusedError("error.disagree", printed=shown.figure.printed)
        new = {k: v for k, v in mended.items() if told(shown.figure)[k] == read[k]}
        entry = _figure(desk, other | {"what": "edit" if new else "accept", "new": new})
        written.append((entry | {"what": "edit" if new else "accept"}, other.get("seen") or None))
    return written


# what the rows have in common that one key accepts; each shows its number, period and entity beside it
_ALIKE = ("unit", "counted", "geography", "status", "statistic", "indicator", "segment", "qualifier", "withheld")


def agrees(one: Shown, other: Shown) -> bool:
    """May both be accepted by one key? What is not seen beside each of them is the same, and nothing is withheld."""
    alike = all(getattr(one.figure, name) == getattr(other.figure, name) for name in _ALIKE)
    return alike and not (one.orphan or other.orphan or one.figure.withheld)


def _find(desk: Desk, asked: dict[str, Any], kind: str = "figure") -> Shown:
    """The figure that is asked about, as it was shown."""
    rest = str(asked.get("item") or "").partition(":")[2]
    document = rest.rpartition("#")[0]
    if document not in desk.documents:
        raise RefusedError("error.document", 404, name=repr(document))
    name = f"figure:{rest}"
    item = next((s for s in desk.shown(document) if s.name == name and not s.orphan), None)
    if item is None or item.hash != asked.get("hash") or not str(asked.get("item")).startswith(f"{kind}:"):
        raise _changed()
    return item


def _frame(desk: Desk, asked: dict[str, Any]) -> dict[str, Any]:
    document = asked["item"].partition(":")[2].rpartition("#")[0]
    question = next((q for q in desk.questions(document) if q.name == asked["item"]), None)
    if question is None or question.hash != asked.get("hash"):
        raise _changed()
    try:
        value = frames.answer(question, asked["what"], str((asked.get("new") or {}).get(question.field) or ""))
    except ExtractionError as error:
        raise RefusedError("error.loader", message=str(error)) from None
    return {"item": question.name, "hash": question.hash, "old": question.value, "new": value}


def _blind(desk: Desk, asked: dict[str, Any]) -> dict[str, Any]:
    item = _find(desk, asked, "blind")
    new = None
    if asked["what"] == "read":
        typed = {k: str(v).strip() for k, v in (asked.get("new") or {}).items() if k in EDITABLE}
        read = rows.corrected(item.figure, typed, desk.reference())
        new = rows.values(read)
    return {"item": blind.item_name(item), "hash": item.hash, "old": None, "new": new}


def _figure(desk: Desk, asked: dict[str, Any]) -> dict[str, Any]:
    item = _find(desk, asked)
    new, more = None, {}
    if asked["what"] == "edit":
        typed = {k: str(v).strip() for k, v in (asked.get("new") or {}).items() if k in EDITABLE}
        figure = rows.corrected(item.figure, typed, desk.reference())
        rows.check(figure, desk.reference())
        new = rows.values(figure)
        text = desk.document(item.name.partition(":")[2].rpartition("#")[0]).anchored.text
        if fields := printed.unprinted(item.figure, figure, text, desk.reference()):
            _ask_again(fields[0], item, new, sure=bool(asked.get("sure")))
            more = {"unprinted": fields}
    elif asked["what"] == "accept":
        rows.check(item.figure, desk.reference())  # else it would be refused when all is written, far from its place
    return {"item": item.name, "hash": item.hash, "old": told(item.figure), "new": new} | more


def _ask_again(field: str, item: Shown, new: dict[str, str], *, sure: bool) -> None:
    """A value or unit that the document does not print is written only when it was asked for twice."""
    if sure:
        return
    key = {"value": "error.unprinted_value", "unit": "error.unprinted_unit"}[field]
    error = rows.EditError(key, value=new[field], printed=item.figure.printed)
    error.field, error.again = field, True
    raise error


def _added(desk: Desk, asked: dict[str, Any]) -> dict[str, Any]:
    entry = adding.entry(desk, asked, journal.read(desk.raw))
    if entry is None:
        raise _changed()
    return entry


def _tie(desk: Desk, asked: dict[str, Any]) -> dict[str, Any]:
    tie = next((tie for tie in desk.ties() if tie.name == asked["item"]), None)
    if tie is None or tie.hash != asked.get("hash"):
        raise _changed()
    return {"item": tie.name, "hash": tie.hash, "old": None, "new": None, "tie": tie.row}


def _draft(desk: Desk, asked: dict[str, Any]) -> dict[str, Any]:
    draft = next((draft for draft in desk.drafts() if draft.name == asked["item"]), None)
    if draft is None or draft.hash != asked.get("hash"):
        raise _changed()
    if asked["what"] == "publish":
        if draft.opened is None:
            raise RefusedError("error.loader", message=draft.refused)
        if (draft.opened.folder / FOLDER / draft.path.name).exists():
            raise RefusedError("error.published", 409, day=draft.day)
    return {"item": draft.name, "hash": draft.hash, "old": None, "new": None, "against": draft.problems}


def _issue(desk: Desk, asked: dict[str, Any]) -> dict[str, Any]:
    board = desk.board()
    issue = next((issue for issue in board.issues if issue.name == asked["item"]), None)
    if issue is None or issue.hash != asked.get("hash"):
        raise _changed()
    finding = str(asked.get("finding") or issue.findings[0]["finding_id"])
    found = issues.expectations(issue, finding)
    new = asked.get("new") if isinstance(asked.get("new"), dict) else None
    if asked["what"] == "their_error":
        new = _corrected(board, issue, found[0]["finding"], new or {})
    elif asked["what"] == "different":
        if not new or new.get("field") not in issues.FIELDS:
            raise RefusedError("error.field", known=", ".join(issues.FIELDS))
        new = {"field": new["field"]}
    else:
        new = None
    return {"item": issue.name, "hash": issue.hash, "old": None, "new": new, "findings": found}


_ENTRIES: dict[str, Callable[[Desk, dict[str, Any]], dict[str, Any]]] = {
    "draft": _draft, "frame": _frame, "blind": _blind, "figure": _figure, "added": _added, "tie": _tie, "issue": _issue,
}  # fmt: skip


def _corrected(board: issues.Board, issue: issues.Issue, finding: str, new: dict[str, Any]) -> dict[str, Any]:
    """The corrected value, in the figure's canonical unit; what the build would refuse is refused here."""
    facts = next(f for f in issue.findings if f["finding_id"] == finding)
    figure = board.figures.get(str(new.get("figure")))
    if figure is None or figure["figure_id"] not in (facts["figure_ids"] or []):
        raise RefusedError("error.which_figure")
    value = _number(str(new.get("value") or ""))
    if value is None:
        raise RefusedError("error.plain_number", unit=figure["unit"])
    off = value / figure["value"] if figure["value"] else 1.0
    if facts["explanation_code"] not in ("scale", "currency") and not 0.1 <= off <= 10:
        raise RefusedError("error.factor", value=f"{value:g}", unit=figure["unit"], printed=f"{figure['value']:g}")
    return {"figure": figure["figure_id"], "value": f"{value:.15g}", "unit": figure["unit"]}


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) and "_" not in text and text.isascii() else None
