"""What each page of the desk shows."""

from typing import Any

from starlette.requests import Request

from orchestration.desk import issues, journal, ties
from orchestration.desk.desk import Desk
from orchestration.desk.queue import EDITABLE, is_open
from orchestration.desk.text import document_lines
from orchestration.loading.journal import read_journal
from orchestration.site.words import RULE, spoken


def start(desk: Desk, _: Request) -> dict[str, Any]:
    """The three queues with how much waits in each, and what is wrong with the journal."""
    entries, problems = read_journal(desk.raw)
    decided = journal.standing(entries)
    try:
        board, missing = desk.board(), ""
    except issues.NoWarehouseError as error:  # documents can be read without it
        board, missing = issues.Board([], {}, {}), str(error)
    waiting = issues.waiting(board, decided)
    documents = [(name, _counts(desk, name)) for name, path in desk.documents.items() if path.is_file()]
    return {
        "missing": missing,
        "problems": problems,
        "documents": documents,
        "issues": waiting[:5],
        "n_issues": len(waiting),
        "answered": sum(issues.is_answered(i, decided.get(i.name)) for i in board.issues),
        "n_ties": len(ties.waiting(desk.ties(), decided)),
        "total_ties": len(desk.ties()),
    }


def _counts(desk: Desk, name: str) -> str:
    """How much is open in a document that was read already; reading one takes seconds, the first page does not wait."""
    if not desk.was_read(name):
        return ""
    shown = desk.shown(name)
    return f"{sum(not s.orphan and is_open(s) for s in shown)} open of {len(shown)} figures"


def figures(desk: Desk, request: Request) -> dict[str, Any] | None:
    """One document; None where the desk does not know it."""
    name = request.path_params["name"]
    if name not in desk.documents:
        return None
    items = desk.shown(name)
    waiting = [s for s in items if not s.orphan and is_open(s)]
    waiting.sort(key=lambda s: s.decision is not None and s.decision["what"] == "unsure")  # the next item comes
    return {
        "missing": "",
        "name": name,
        "waiting": waiting,
        "orphans": [s for s in items if s.orphan],
        "total": len(items),
        "lines": document_lines(desk.documents[name]),
        "marked": {(s.figure.page, s.figure.line) for s in items if not s.orphan},
        "current": waiting[0] if waiting else None,
        "words": desk.words,
        "fields": EDITABLE,
    }


def issues_(desk: Desk, request: Request) -> dict[str, Any]:
    """One issue: the one that is asked for while it waits, else the gravest."""
    board, decided = desk.board(), journal.standing(journal.read(desk.raw))
    waiting = issues.waiting(board, decided)
    asked = request.query_params.get("item")
    current = next((issue for issue in waiting if issue.name == asked), waiting[0] if waiting else None)
    if current is None:
        return {"missing": "", "current": None, "waiting": []}
    wanted = request.query_params.get("finding")
    finding = next((f for f in current.findings if f["finding_id"] == wanted), current.findings[0])
    found = issues.places(board, desk.raw, finding["figure_ids"] or [])
    return {
        "missing": "",
        "waiting": waiting,
        "current": current,
        "finding": finding,
        "rule": spoken(finding["rule"], RULE),
        "places": found,
        "fields": issues.differences(found),
        "arithmetic": issues.arithmetic(finding, found),
        "decision": decided.get(current.name),
        "put_off": issues.is_put_off(current, decided.get(current.name)),
        "choices": [name for name, _, _ in issues.differences(found)][:9],
    }


def ties_(desk: Desk, request: Request) -> dict[str, Any]:
    """One proposed tie with its figures at their places."""
    board, decided = desk.board(), journal.standing(journal.read(desk.raw))
    waiting = ties.waiting(desk.ties(), decided)
    asked = request.query_params.get("item")
    current = next((tie for tie in waiting if tie.name == asked), waiting[0] if waiting else None)
    found = issues.places(board, desk.raw, current.figure_ids) if current else []
    return {
        "missing": "",
        "waiting": waiting,
        "total": len(desk.ties()),
        "current": current,
        "rule": spoken(current.row["rule"], RULE) if current else None,
        "places": found,
        "fields": issues.differences(found),
        "decision": decided.get(current.name) if current else None,
    }
