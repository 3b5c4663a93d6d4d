"""The main place of a document: by its names, by the letterhead, by what its opening names."""

import re
from collections import Counter
from collections.abc import Sequence

from orchestration.extraction.dates import find_periods
from orchestration.extraction.frame import Frame, rules
from orchestration.extraction.gazetteer import Gazetteer, Hit
from orchestration.extraction.model import Block, Field, Grid

OF_COMPANIES = ("filing", "release", "model card", "data page")  # kinds in which a company speaks of itself
_OPENING = 3  # paragraphs, behind the title, and letters of each
_LETTERS = 400
_OTHERS = 2  # places that are named once further on
# AUSTIN, Texas, May 5, 2026 -- : where a release was sent from
_DATELINE = re.compile(r"[A-Z][^。\n]{2,60}?\s?(?:--|—|–|-)\s|[A-Z]{3,}[A-Z ]*, [^。\n]{4,40}?\d{4}\.")
_BYLINE = re.compile(r"^\s*(?:by\b|[（(]?(?:本报)?记者|来源|文[／/:：])", re.I)


def take_place(frame: Frame, counts: Counter[str], entities: Counter[str], gazetteer: Gazetteer) -> None:
    total = sum(counts.values())
    if entities:
        name, count = entities.most_common(1)[0]
        if gazetteer.entity_kinds.get(name) == "company":
            frame.issuer = Field(name, round(count / (sum(entities.values()) + 2), 2), name)
    if total:
        place, count = counts.most_common(1)[0]
        sure = count / (total + 2)
        if frame.kind.value in OF_COMPANIES or frame.issuer.confidence > 0.4:
            sure /= 2  # what a company says about itself has no place
        frame.place = Field(place, round(sure, 2), "title, headings, frequency")


def is_dateline(text: str, gazetteer: Gazetteer) -> bool:
    """London, 6 November 2025: nothing but a place and a day; where somebody wrote."""
    day = next((m for m in find_periods(text) if m.first is not None and m.first == m.last), None)
    place = text[: day.start].strip(" ,(") if day else ""
    return any(hit.kind == "geography" and hit.word == place for hit in gazetteer.find(place))


_CAPITALS = re.compile(r"\b[A-Z]{4,}\b")


def cased(text: str) -> str:
    """A line with its words in capitals as names are written: COMMISSION OF OHIO, Case 12."""
    return _CAPITALS.sub(lambda word: word[0].title(), text)


def _own(hit: Hit, text: str) -> bool:
    """Whether a place is told as such: not in brackets behind the name of a thing, nor of a currency or one site."""
    in_brackets = text[: hit.start].rstrip().endswith(("(", "（"))
    return not in_brackets and not re.match(rules()["place_of_another"], text[hit.end :], re.I)


def take_place_of_opening(
    frame: Frame, blocks: Sequence[Block | Grid], texts: Sequence[str], gazetteer: Gazetteer
) -> None:
    """The one place that the first paragraphs name, of a document that names no other more than once: said there, it
    holds for what follows. Not of what a company says about itself, nor where somebody wrote."""
    if frame.kind.value in OF_COMPANIES or frame.issuer.confidence > 0.4:
        return
    prose = [t for b, t in zip(blocks, texts, strict=True) if isinstance(b, Block) and t.strip()]
    everywhere = Counter(h.value for t in prose for h in gazetteer.find(t) if h.kind == "geography" and h.value)
    named: Counter[str] = Counter()
    for text in prose[: _OPENING + 1]:
        if _BYLINE.match(text) or is_dateline(text[:80], gazetteer):
            continue
        dateline = _DATELINE.match(text)
        text = text[dateline.end() if dateline else 0 :][:_LETTERS]
        named.update(h.value for h in gazetteer.find(text) if h.kind == "geography" and h.value and _own(h, text))
    others = [n for value, n in everywhere.items() if value not in named]
    if len(named) == 1 and "WLD" not in named and max(others, default=0) <= 1 and len(others) <= _OTHERS:
        frame.place = Field(next(iter(named)), 0.5, "opening")
