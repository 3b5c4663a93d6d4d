"""What each page of the desk shows."""

from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from starlette.requests import Request

from orchestration.desk import (
    adding,
    blind,
    damage,
    decisions,
    drafts,
    frames,
    issues,
    journal,
    raw_rows,
    registry,
    ties,
)
from orchestration.desk.alternatives import alternatives
from orchestration.desk.desk import Desk
from orchestration.desk.queue import EDITABLE, TAKEN, Shown, is_open, told
from orchestration.extraction.model import ExtractedFigure
from orchestration.extraction.raw_rows import prose_row
from orchestration.figures.shown import interval, quantity
from orchestration.loading.journal import read_journal
from orchestration.loading.reference import Reference
from orchestration.site.words import RULE, spoken

_MOST_ALIKE = 12


def start(desk: Desk, _: Request) -> dict[str, Any]:
    """The three queues with how much waits in each, and what is wrong with the journal."""
    entries, problems = read_journal(desk.raw)
    decided = journal.standing(entries)
    try:
        board, missing = desk.board(), ""
    except issues.NoWarehouseError as error:  # documents can be read without it
        board, missing = issues.Board([], {}, {}, [], {}), str(error)
    waiting = issues.waiting(board, decided)
    return {
        "missing": missing,
        "problems": problems,
        "documents": _documents(desk),
        "issues": waiting[:5],
        "n_issues": len(waiting),
        "answered": sum(issues.is_answered(i, decided.get(i.name)) for i in board.issues),
        "n_ties": len(ties.waiting(desk.ties(), decided, None if missing else board.ties)),
        "drafts": sorted({path.parent.parent.name for path in drafts.draft_files(desk.raw) if drafts.is_draft(path)}),
        "agreement": blind.agreement(entries),
        "share": f"{100 * blind.SHARE:g}",
    }


@dataclass(frozen=True, slots=True)
class Waiting:
    """A document of the first page: figures, how many are open (None: nobody opened it), how many likely wrong."""

    name: str
    figures: int
    open: int | None
    wrong: int


def _documents(desk: Desk) -> list[Waiting]:
    """The documents, those first whose errors would do most damage; one that is all decided comes last.

    Reading a document takes seconds and the first page does not wait: what is not read yet stands as in the last build.
    """
    weights, found = desk.weights(), []
    for name in desk.documents:
        weight = weights.get(name, damage.Weight(0, 0.0, 0.0))
        waits, total = None, weight.figures
        if desk.was_read(name):
            shown = desk.shown(name)
            waits, total = sum(not s.orphan and is_open(s) for s in shown), len(shown)
        found.append((waits == 0, -weight.damage, name, Waiting(name, total, waits, round(weight.wrong))))
    return [waiting for *_, waiting in sorted(found, key=lambda row: row[:3])]


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of the form: its key, what it holds, what else it might hold, and what a blank is written as."""

    key: str
    name: str
    value: str
    others: list[str]
    blank: str


def figures(desk: Desk, request: Request) -> dict[str, Any] | None:
    """One document; None where the desk does not know it."""
    name = request.path_params["name"]
    if name not in desk.documents:
        return None
    items, document = desk.shown(name), desk.document(name)
    asked, decided = desk.questions(name), journal.standing(journal.read(desk.raw))
    waiting = _waiting(items)
    context = {
        "missing": "",
        "name": name,
        "waiting": waiting,
        "orphans": [s for s in items if s.orphan],
        "total": len(items),
        "frame": {q.field: _answer(q) for q in asked},
        "taken": _decided(items, *TAKEN),
        "rejected": _decided(items, "reject"),
        "lines": [] if "part" in request.query_params else document.anchored.parts(),
        "pdf": document.path.suffix.lower() == ".pdf",
        "known": {} if "part" in request.query_params else _known(desk.reference()),
        "registries": {field: registry.columns(field) for field in registry.REGISTRIES},
        "digests": {field: registry.digest(desk.raw, field) for field in registry.REGISTRIES},
        "added": [s for s in items if s.figure.added and not s.orphan],
        "paged": any(line.page for line in document.anchored.lines),
        "kind": "none",
        "alike": [],
    }
    if frames.waiting(asked):
        return context | {"kind": "frame", "question": frames.waiting(asked)[0]}
    frame = {"geography" if q.field == "place" else q.field: _answer(q) for q in asked}
    if "add" in request.query_params:
        return context | adding.page(desk, request, name, frame, language(request))
    wanted = request.query_params.get("item")
    shown = [*waiting, *(s for s in items if not s.orphan and not is_open(s))]  # what is decided may be looked at again
    current = next((s for s in shown if wanted in (s.name, blind.item_name(s))), waiting[0] if waiting else None)
    if current is None:
        return context
    unread = blind.waits(current, decided) and wanted != current.name
    places = document.anchored.spans[current.key]
    above = document.anchored.text[: places[0][0]]
    others = {} if unread else alternatives(current.figure, above, items, frame, desk.reference())
    read = dict.fromkeys(EDITABLE, "") if unread else told(current.figure)
    held = current.decision is not None and not is_open(current)
    # the loader wants an indicator, a status and a statistic of every row: nobody accepts them unseen
    blanks = {} if unread else _blanks(current.figure, desk.reference())
    if not unread and current.decision and not current.figure.added and (held or current.decision["what"] == "unsure"):
        read |= current.decision.get("new") or {}
    return context | {
        "kind": "blind" if unread else "added" if current.figure.added else "figure",
        "current": current,
        "item": blind.item_name(current) if unread else current.name,
        "seen": None if unread else current.decision["what"] if current.decision else None,
        "cells": [
            Cell(str((n + 1) % 10), f, read[f], others.get(f, []), blanks.get(f, "")) for n, f in enumerate(EDITABLE)
        ],
        "value": quantity(current.figure.value, current.figure.unit, current.figure.counted, significant=7),
        "means": interval(current.figure.value_low, current.figure.value_high, current.figure.unit),
        "chance": f"{100 * damage.chance(current.figure):.0f}",
        "hangs": desk.hangs().get(name, {}).get(current.key.replace(".", ":"), 0),
        "places": len(places),
        "alike": [] if unread or held else _alike(current, waiting, decided),
        "decided": current.decision["what"] if held and current.decision else "",
        "who": (current.decision or {}).get("who", ""),
        "words": document.anchored.text[slice(*places[0])],
    }


def _blanks(figure: ExtractedFigure, reference: Reference) -> dict[str, str]:
    """What the row has where these fields are left blank."""
    fields = ("indicator", "status", "statistic")
    row = prose_row(replace(figure, indicator="", status="", statistic=""), reference)
    return {name: row[name] for name in fields}


def _waiting(items: list[Shown]) -> list[Shown]:
    """What is open, in order; unsure ones last."""
    waiting = [s for s in items if not s.orphan and is_open(s)]
    return sorted(waiting, key=lambda s: bool(s.decision and s.decision["hash"] == s.hash))


def _decided(items: list[Shown], *what: str) -> int:
    return sum(s.decision is not None and s.decision["what"] in what and not is_open(s) for s in items)


def _alike(current: Shown, waiting: list[Shown], decided: dict[str, dict[str, Any]]) -> list[Shown]:
    """Open figures that one key may accept with the current one; those to be read blind first are not among them."""
    fit = (s for s in waiting if s is not current and not s.decision and not blind.waits(s, decided))
    return list(islice((s for s in fit if decisions.agrees(current, s)), _MOST_ALIKE))


def _answer(question: frames.Question) -> str:
    said = (question.decision or {}).get("new")
    return (question.value if said is None else str(said)).replace(frames.NONE, "")


def _known(reference: Reference) -> dict[str, list[tuple[str, str]]]:
    """What the registries hold for each field: code, and what it is called in both languages."""

    def labelled(table: str, *labels: str) -> list[tuple[str, str]]:
        columns, records = reference.tables[table]
        found: dict[str, str] = {}
        for record in records:
            row = dict(zip(columns, record, strict=True))
            found.setdefault(record[0], " ".join(row[label] for label in labels if row.get(label)))
        return sorted(found.items())

    return {
        "unit": sorted({(row[1], "") for row in reference.tables["units"][1]}),
        "scale": sorted({(row[0], row[1]) for row in reference.tables["units"][1]}),
        "qualifier": [(code, "") for code in reference.units.qualifiers],
        "counted": [(code, "") for code, _ in labelled("counted_nouns")],
        "geography": labelled("geographies", "label_en", "label_zh"),
        "status": _terms(reference, "status"),
        "statistic": _terms(reference, "statistic"),
        "indicator": labelled("indicators", "label_en", "label_zh"),
        "entity": labelled("entities", "label_zh", "aliases"),
        "segment": labelled("segments", "label_en", "label_zh"),
    }


def _terms(reference: Reference, field: str) -> list[tuple[str, str]]:
    columns, records = reference.tables["terms"]
    found = [dict(zip(columns, record, strict=True)) for record in records]
    return [(row["code"], row["label_zh"]) for row in found if row["field"] == field]


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
        "arithmetic": issues.arithmetic(finding, found, language(request)),
        "decision": decided.get(current.name),
        "put_off": issues.is_put_off(current, decided.get(current.name)),
        "earlier": issues.earlier(board, decided, current),
        "choices": [name for name, _, _ in issues.differences(found)][:9],
    }


def ties_(desk: Desk, request: Request) -> dict[str, Any]:
    """One proposed tie with its figures at their places."""
    board, decided = desk.board(), journal.standing(journal.read(desk.raw))
    waiting = ties.waiting(desk.ties(), decided, board.ties)
    asked = request.query_params.get("item")
    current = next((tie for tie in waiting if tie.name == asked), waiting[0] if waiting else None)
    found = issues.places(board, desk.raw, current.figure_ids) if current else []
    return {
        "missing": "",
        "waiting": waiting,
        "total": len(desk.ties()),
        "current": current,
        "rule": spoken(current.row["rule"], RULE) if current else None,
        "found": board.ties[current.comparison_id] if current else {},
        "places": found,
        "fields": issues.differences(found),
        "decision": decided.get(current.name) if current else None,
    }


def drafts_(desk: Desk, request: Request) -> dict[str, Any]:
    """One draft of a dataset: what speaks against it, and what it would change."""
    decided = journal.standing(journal.read(desk.raw))
    waiting = drafts.waiting(desk.drafts(), decided)
    asked = request.query_params.get("item")
    current = next((draft for draft in waiting if draft.name == asked), waiting[0] if waiting else None)
    decision = decided.get(current.name) if current else None
    return {
        "missing": "",
        "waiting": waiting,
        "current": current,
        "file": f"raw/{current.path.relative_to(desk.raw)}" if current else "",
        "held": current is not None and drafts.is_held(current, decision),
        "decision": decision,
    }


def row(desk: Desk, request: Request) -> dict[str, Any] | None:
    """The row of `raw/` that a figure comes from, at its place; None where the source has no such figure."""
    figure = request.query_params.get("figure", "")
    found = raw_rows.find(desk.raw, figure)
    if found is None:
        return None
    return {"missing": "", "figure": figure, "found": found, "places": issues.places(desk.board(), desk.raw, [figure])}


def language(request: Request) -> str:
    """The language of the page, as the cookie keeps it."""
    return "zh" if request.cookies.get("desk-language") == "zh" else "en"


__all__ = ["drafts_", "figures", "issues_", "language", "row", "start", "ties_"]
