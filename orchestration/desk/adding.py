"""The page on which a missed figure is added: what the parser reads at its place, and the context to fill in."""

from typing import Any

from starlette.requests import Request

from orchestration.desk import added, blind, journal
from orchestration.desk.alternatives import alternatives
from orchestration.desk.desk import Desk
from orchestration.desk.queue import EDITABLE, TAKEN, Shown, added_name, is_open, told
from orchestration.desk.words import SpokenError
from orchestration.extraction.model import ExtractedFigure
from orchestration.figures.shown import interval, quantity

_MOST = 4  # runners-up of a field


def page(desk: Desk, request: Request, name: str, frame: dict[str, str], language: str) -> dict[str, Any]:
    """What the page shows beside what every page of a document shows.

    ``frame`` holds period and geography of the document. Without words at a place, or where they cannot be read, only
    the place is asked, with what is wrong.
    """
    said, document, items = dict(request.query_params), desk.document(name), desk.shown(name)
    where = {field: said.get(field, "") for field in ("page", "line", "printed", "scale", "qualifier")}
    context: dict[str, Any] = {"kind": "add", "where": where, "wrong": "", "read": [], "fields": []}
    if not where["printed"]:
        return context
    try:
        place = added.Place.told(where)
        figures = added.read(document, place, desk.reference(), rejected(items))
    except SpokenError as error:
        return context | {"wrong": error.text(language)}
    first = figures[0]
    start = document.anchored.places(place.page, place.line, place.printed)[0][0]
    decided = journal.standing(journal.read(desk.raw))
    # what is still to be read blind does not show what the machine read
    beside = [s for s in _beside(items, first) if not blind.waits(s, decided)]
    near = document.anchored.text[:start]
    others = alternatives(first, near, items, frame, desk.reference())
    judged = next((told(s.figure) | ((s.decision or {}).get("new") or {}) for s in beside if _is_taken(s)), {})
    fields = []
    for field in added.CONTEXT:
        # the nearest figure of the line is likely about the same: one key away, unless a person has judged it
        near_by = filter(None, (told(s.figure)[field] for s in beside))
        value = first.counted if field == "counted" else "" if field == "indicator" else str(judged.get(field) or "")
        options = [option for option in dict.fromkeys([*near_by, *others[field]]) if option != value]
        fields.append((str((EDITABLE.index(field) + 1) % 10), field, value, options[:_MOST]))
    return context | {
        "read": [(f.qualifier, _value(f), interval(f.value_low, f.value_high, f.unit)) for f in figures],
        "fields": fields,
        "text": first.text,
        "hash": added.seen(document, place),
    }


def _value(figure: ExtractedFigure) -> str:
    return quantity(figure.value, figure.unit, figure.counted, significant=7)


def rejected(items: list[Shown]) -> set[str]:
    """Keys of the figures whose place is free again."""
    return {s.key for s in items if s.decision and s.decision["what"] == "reject" and not is_open(s)}


def entry(desk: Desk, asked: dict[str, Any], entries: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The line of the journal for an addition, or for one that is taken back; None where the page is out of date.

    Raises ``AddError`` and ``EditError``.
    """
    item = str(asked.get("item") or "")
    name = item.partition(":")[2].rpartition("#")[0]
    document, items = desk.document(name), desk.shown(name)
    if asked["what"] == "reject":
        mine = next((s for s in items if s.name == item and s.hash == asked.get("hash")), None)
        return None if mine is None else {"item": item, "hash": mine.hash, "old": "add", "new": None}
    said = {str(k): str(v).strip() for k, v in (asked.get("new") or {}).items()}
    place = added.Place.told(said)
    if asked.get("hash") != added.seen(document, place):
        return None
    read = added.read(document, place, desk.reference(), rejected(items))
    key = added.next_key(name, place, entries)
    figures = added.filled(read, said, key, desk.reference())
    return {
        "item": added_name(name, key), "hash": str(asked["hash"]), "old": None,
        "new": added.kept(place, figures, said),
    }  # fmt: skip


def _beside(items: list[Shown], figure: ExtractedFigure) -> list[Shown]:
    """The other figures of the same line, those first that a person has judged."""
    same = [s for s in items if (s.figure.page, s.figure.line) == (figure.page, figure.line) and not s.orphan]
    return sorted((s for s in same if s.key not in rejected(items)), key=lambda s: (not _is_taken(s), s.key))


def _is_taken(shown: Shown) -> bool:
    return shown.decision is not None and shown.decision["what"] in TAKEN and not is_open(shown)
