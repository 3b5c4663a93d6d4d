"""Figures that extraction missed and a person adds: printed at their place, read by the parser, with known codes.

Nobody types a value: the parser reads it from the words that the line prints, with the scale of its column where the
words have none. An added figure that its line no longer prints, or that is read otherwise by now, is an orphan.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from orchestration.desk import journal
from orchestration.desk.places import Anchored, Span
from orchestration.desk.queue import EDITABLE, Document, Shown, added_name, is_open, item_name, load, plain, queue
from orchestration.desk.rows import check, corrected, decided
from orchestration.desk.words import SpokenError
from orchestration.extraction.model import ExtractedFigure
from orchestration.extraction.promotion import figure_key
from orchestration.extraction.worth import times
from orchestration.figures import FigureError, ParsedValue, Units, parse_value
from orchestration.loading.reference import Reference

_BEFORE, _BEHIND = 12, 16  # characters beside the words in which a number, its unit or its qualifier may go on
_CELL = re.compile(r"[|\t\n]|\s{2,}")
_TWO_NUMBERS = re.compile(r"\d\s\d")
_WORD = re.compile(r"[A-Za-z0-9_^]")
_LONGEST = 120  # characters of what a person gives
_MOST_TEXT = 400


class AddError(SpokenError):
    """The words at the place are no figure that can be added; says why. ``field`` is the cell to blame, if one is."""

    def __init__(self, key: str, blamed: str = "", /, **values: Any) -> None:
        super().__init__(key, **values)
        self.field = blamed


@dataclass(frozen=True, slots=True)
class Place:
    """What a person points at: the words of a line, and what its column or table says about them."""

    page: int | None
    line: int
    printed: str
    scale: str = ""
    qualifier: str = ""

    @classmethod
    def told(cls, said: dict[str, Any]) -> "Place":
        """From what a page sends. Raises ``AddError`` where it names no line."""
        page, line = (str(said.get(name) or "").strip() for name in ("page", "line"))
        if not line.isdecimal() or not (page.isdecimal() or not page) or len(line + page) > _LONGEST:
            raise AddError("error.no_line", "line")
        words = [" ".join(str(said.get(name) or "").split()) for name in ("printed", "scale", "qualifier")]
        if max(map(len, words)) > _LONGEST:
            raise AddError("error.unread", "printed", message=words[0][:_LONGEST])
        return cls(int(page) if page else None, int(line), *words)


def read(document: Document, place: Place, reference: Reference, rejected: Iterable[str] = ()) -> list[ExtractedFigure]:
    """What the parser reads at a place: one figure, or both ends of a range; without context and without a key.

    ``rejected`` are keys of figures that do not keep their place. Raises ``AddError`` where the line does not print the
    words, where a figure stands there already, and where the parser cannot read them or reads more than them.
    """
    anchored, gone = document.anchored, set(rejected)
    places = anchored.places(place.page, place.line, place.printed) if place.printed else []
    if not places:
        raise AddError("error.not_printed", "printed", line=place.line, printed=place.printed)
    free = _free(document, place, places, gone)
    units = reference.units
    values = _parsed(place.printed, place, units)
    qualifier = _whole(anchored, free[0], place, values, units)
    if not values:
        raise AddError("error.unread", "printed", message=_why(place, units))
    return [
        _figure(document, place, replace(value, qualifier=value.qualifier or qualifier), units, anchored, free[0])
        for value in _parsed(place.printed, replace(place, qualifier=place.qualifier or qualifier), units) or values
    ]


def _free(document: Document, place: Place, places: list[Span], gone: set[str]) -> list[Span]:
    """The places that no other figure has. Raises ``AddError`` where there is none."""
    words, same, others = "".join(place.printed.split()), set(), []
    for figure in document.figures:
        spans = document.anchored.spans[figure_key(figure)]
        if figure_key(figure) in gone:
            continue
        if figure.printed == words and (figure.page, figure.line) == (place.page, place.line):
            same.add(figure.key)
        else:
            others += [(span, figure.printed) for span in spans]
    free = [span for span in places if not any(_meet(span, other) for other, _ in others)]
    if len(free) <= len(same):
        near = next((printed for span, printed in others if any(_meet(span, one) for one in places)), words)
        raise AddError("error.taken", "printed", printed=near)
    return free


def _meet(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _parsed(words: str, place: Place, units: Units) -> tuple[ParsedValue, ...]:
    try:
        return parse_value(words, units, scale=place.scale, qualifier=place.qualifier)
    except (FigureError, ValueError):
        return ()


def _why(place: Place, units: Units) -> str:
    try:
        parse_value(place.printed, units, scale=place.scale, qualifier=place.qualifier)
    except (FigureError, ValueError) as error:
        return str(error)
    return ""


def _whole(anchored: Anchored, span: Span, place: Place, values: tuple[ParsedValue, ...], units: Units) -> str:
    """The qualifier that stands beside the words; empty where none does.

    Raises ``AddError`` where the words are a part of a longer number, amount or name.
    """
    low, high = span
    text = anchored.searched
    before, behind = text[max(0, low - 1) : low], text[high : high + 1]
    if (_WORD.match(before) and _WORD.match(text[low])) or (_WORD.match(behind) and _WORD.match(text[high - 1])):
        raise AddError("error.longer", "printed", longer=_word_at(text, low, high))
    qualifier = ""
    for longer in _longer(text, low, high):
        found = _parsed(longer, place, units)
        if len(found) != 1 or (len(values) == 2 and found[0].end):
            continue
        if len(values) == 2 or not values or _worth(found[0], units) != _worth(values[0], units):
            raise AddError("error.longer", "printed", longer=longer)
        qualifier = qualifier or found[0].qualifier
    return qualifier


def _word_at(text: str, low: int, high: int) -> str:
    while low and not text[low - 1].isspace():
        low -= 1
    while high < len(text) and not text[high].isspace():
        high += 1
    return text[low:high]


def _longer(text: str, low: int, high: int) -> Iterator[str]:
    """The words with what stands beside them in their cell, the nearest first; not with another number."""
    left, right = text[max(0, low - _BEFORE) : low], text[high : high + _BEHIND]
    left, right = _CELL.split(left)[-1], _CELL.split(right)[0]
    for more in range(len(left) + 1):
        for after in range(len(right) + 1):
            longer = text[low - more : high + after]
            edges = (text[low - more : low + 1], text[high - 1 : high + after])
            if (more or after) and longer.strip() == longer and not any(_TWO_NUMBERS.search(e) for e in edges):
                yield longer


def _worth(value: ParsedValue, units: Units) -> tuple[float, str]:
    known = units.get(value.symbol) if value.symbol else None
    return (times(value.number, known.factor), known.unit) if known else (value.number, value.symbol)


def _figure(
    document: Document, place: Place, value: ParsedValue, units: Units, anchored: Anchored, span: Span
) -> ExtractedFigure:
    unit = units.get(value.symbol) if value.symbol else None
    if unit is None:
        raise AddError("error.no_unit", "scale", printed=place.printed)
    index = max(i for i, start in enumerate(anchored.starts) if start <= span[0])
    return ExtractedFigure(
        file=document.path.name, line=place.line, page=place.page, printed="".join(place.printed.split()),
        value=times(value.number, unit.factor), value_low=times(value.low, unit.factor),
        value_high=times(value.high, unit.factor), unit=unit.unit,
        counted=unit.counted if unit.dimension == "count" else "", indicator="", entity="", geography="", period="",
        period_start=None, period_end=None, status="", statistic="", qualifier=value.qualifier, confidence=1.0,
        scale=place.scale, symbol=unit.symbol, range_end=value.end, added=True,
        text=anchored.lines[index].text[:_MOST_TEXT],
    )  # fmt: skip


# what a person says about an added figure; value and unit are read
CONTEXT = tuple(name for name in EDITABLE if name not in ("value", "unit"))


def filled(
    figures: list[ExtractedFigure], said: dict[str, str], key: str, reference: Reference
) -> list[ExtractedFigure]:
    """The figures with their context. Raises ``AddError`` or ``EditError`` for what the loader would refuse."""
    for name in ("status", "statistic"):
        if not said.get(name):
            raise AddError("error.blank", name, field=name)
    context = {name: said.get(name, "") for name in CONTEXT}
    context["counted"] = context["counted"] or figures[0].counted
    done = [replace(corrected(figure, context, reference), key=key) for figure in figures]
    for figure in done:
        check(figure, reference)
    return done


def next_key(document: str, place: Place, entries: list[dict[str, Any]]) -> str:
    """The key of a new figure of a line: never one that was used before, undone ones included."""
    key = f"x{f'{place.page}-' if place.page is not None else ''}{place.line}-d"
    items = {entry["item"] for entry in entries}
    return next(f"{key}{n}" for n in range(1, len(items) + 2) if added_name(document, f"{key}{n}") not in items)


def kept(place: Place, figures: list[ExtractedFigure], said: dict[str, str]) -> dict[str, str]:
    """What the journal keeps: the place, what was read there, and the context."""
    first = figures[0]
    where = {"page": "" if place.page is None else str(place.page), "line": str(place.line)}
    how = {"printed": place.printed, "scale": place.scale, "qualifier": place.qualifier}
    context = {name: said.get(name, "") for name in CONTEXT} | {"counted": first.counted}
    return where | how | {"value": plain(first.value), "unit": first.unit} | context


def standing(document: Path, decided: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """By item, the figures of a document that were added and not taken back."""
    prefix = added_name(document.name, "")
    return {name: e for name, e in decided.items() if name.startswith(prefix) and e["what"] == "add" and e.get("new")}


def facts(document: Path, decided: dict[str, dict[str, Any]]) -> list[tuple[str, str]]:
    """What an added figure depends on beside the files: the additions, and the rejections that freed a place."""
    mine = (added_name(document.name, ""), item_name(document, ""))
    what = [(name, str(e.get("when"))) for name, e in decided.items() if e["what"] in ("add", "reject")]
    return [w for w in what if w[0].startswith(mine)] if standing(document, decided) else []


def with_added(document: Document, decided: dict[str, dict[str, Any]], reference: Reference) -> Document:
    """The document with what was added to it; ``decided`` are the standing lines of the journal."""
    entries = standing(document.path, decided)
    if not entries:
        return document
    found, lost = list(document.figures), []
    rejected = {s.key for s in queue(document, list(decided.values())) if _is_rejected(s)}
    for item, entry in entries.items():
        key, new = item.rpartition("#")[2], entry["new"]
        try:
            figures = filled(read(document, Place.told(new), reference, rejected), new, key, reference)
            if (plain(figures[0].value), figures[0].unit) != (new.get("value"), new.get("unit")):
                raise AddError("error.changed")
        except SpokenError:
            figures = [_as_it_was(document, key, new)]
            lost += figures
        found += figures
    full = load(document.path, found)
    full.anchored.spans.update({figure_key(figure): () for figure in lost})
    hashes = {figure_key(f): entries[added_name(document.path.name, f.key)]["hash"] for f in found if f.added}
    return replace(full, hashes=full.hashes | hashes)


def of_people(
    raw: Path, document: Path, figures: list[ExtractedFigure], reference: Reference
) -> dict[str, ExtractedFigure]:
    """By key, the figures of a document that a person corrected or added at the desk, as they stand."""
    entries = journal.read(raw)
    if not any(e["item"].startswith((item_name(document, ""), added_name(document.name, ""))) for e in entries):
        return {}
    full = with_added(load(document, figures), journal.standing(entries), reference)
    shown = [s for s in queue(full, entries) if s.decision and s.decision["what"] in ("edit", "add")]
    return {figure_key(figure): figure for figure in decided(shown, reference)[0]}


def _is_rejected(shown: Shown) -> bool:
    return shown.decision is not None and shown.decision["what"] == "reject" and not is_open(shown)


def _as_it_was(document: Document, key: str, new: dict[str, Any]) -> ExtractedFigure:
    """A figure that can no longer be read, as the journal has it: it is listed as an orphan."""
    value = float(new.get("value") or "nan")
    return ExtractedFigure(
        file=document.path.name, line=int(new.get("line") or 0), page=int(new["page"]) if new.get("page") else None,
        printed=str(new.get("printed")), value=value, value_low=value, value_high=value, unit=str(new.get("unit")),
        counted="", indicator="", entity="", geography="", period="", period_start=None, period_end=None, status="",
        statistic="", qualifier="", confidence=0.0, key=key, added=True,
    )  # fmt: skip


def seen(document: Document, place: Place) -> str:
    """A hash of the line as it is shown: what changed since is refused."""
    lines = [line.text for line in document.anchored.lines if (line.page, line.number) == (place.page, place.line)]
    return hashlib.sha256(repr(lines).encode()).hexdigest()
