"""The main place of a document: by its names, by the letterhead."""

import re
from collections import Counter

from orchestration.extraction.context_rules import context_rules, home_money
from orchestration.extraction.dates import find_periods
from orchestration.extraction.era_years import KANA
from orchestration.extraction.frame import Frame, rules
from orchestration.extraction.gazetteer import Gazetteer, Hit
from orchestration.extraction.model import Block, Field, Mention

OF_PUBLIC = ("plan", "statistics", "survey")  # kinds in which a government or a population is spoken of
OF_COMPANIES = ("filing", "release", "model card", "data page")  # kinds in which a company speaks of itself


def take_place(frame: Frame, counts: Counter[str], entities: Counter[str], gazetteer: Gazetteer) -> None:
    total = sum(counts.values())
    if entities:
        name, count = entities.most_common(1)[0]
        if gazetteer.entity_kinds.get(name) == "company":
            frame.issuer = Field(name, round(count / (sum(entities.values()) + 2), 2), name)
    if total:
        place, count = counts.most_common(1)[0]
        # that the world is named beside it makes a country no less the place of a document
        sure = count / (total + 2 - (counts["WLD"] if place != "WLD" else 0))
        if frame.kind.value in OF_COMPANIES or frame.issuer.confidence > 0.4:
            sure /= 2  # what a company says about itself has no place
        frame.place = Field(place, round(sure, 2), "title, headings, frequency")


def home_of(text: str, frame: Frame) -> str:
    """The country that a document without a named place is at home in, as its calendar or script says, else ""."""
    if frame.republic:
        return "TWN"
    if re.search(rules()["of_company"], text[:_OPENING]):
        return ""
    letters = len(_LETTER.findall(text)) or 1
    if len(_HANGUL.findall(text)) > letters / 3:
        return "KOR"
    if len(KANA.findall(text)) > letters / 6:
        return "JPN"
    money = [place for place, words in home_money().items() if words.search(text)]
    return money[0] if len(money) == 1 else ""


def scope_of(texts: list[str], gazetteer: Gazetteer) -> str:
    """The place that a document says it is of as a whole (全国口径, a survey of clinics in Belgium), else ""."""
    named = [context_rules()[name] for name in ("scope", "scope_zh")]
    places: set[str] = set()
    for text in texts:
        for hit in gazetteer.find(text[:_SEARCHED]):
            before, after = text[max(0, hit.start - _BEFORE) : hit.start], text[hit.end : hit.end + _AFTER]
            if hit.kind == "geography" and hit.value and any(rule.around(before, after) for rule in named):
                places.add(hit.value)
    return places.pop() if len(places) == 1 else ""


_SEARCHED = 4_000  # characters of a block
_BEFORE, _AFTER = 80, 8  # characters beside a place


_OPENING = 1_000  # characters in which a company names itself
_LETTER = re.compile(r"[^\W\d_]")
_HANGUL = re.compile("[가-힣]")


def is_dateline(text: str, gazetteer: Gazetteer) -> bool:
    """London, 6 November 2025: nothing but a place and a day, or who wrote; where somebody wrote."""
    day = next((m for m in find_periods(text) if m.first is not None and m.first == m.last), None)
    place = text[: day.start].strip(" ,(") if day else ""
    signed = day is not None and _BYLINE.match(text) is not None
    return signed or any(hit.kind == "geography" and hit.word == place for hit in gazetteer.find(place))


# By Ines Falk in Denmark | 14 May 2023
_BYLINE = re.compile(r"By [A-Z][\w.-]+ [A-Z]")
_CAPITALS = re.compile(r"\b[A-Z]{4,}\b")


def cased(text: str) -> str:
    """A line with its words in capitals as names are written: COMMISSION OF OHIO, Case 12."""
    return _CAPITALS.sub(lambda word: word[0].title(), text)


def section_frame(block: Block, text: str, periods: list[Mention], hits: list[Hit]) -> Frame:
    """What a heading or the title of a table says about the text below it."""
    frame = Frame("table" if block.kind == "title" else "section", text)
    if len({m.label for m in periods}) == 1:
        frame.period = Field(periods[0].label, 0.8, "heading")
    places = {hit.value for hit in hits if hit.kind == "geography"}
    if len(places) == 1:
        frame.place = Field(places.pop(), 0.8, "heading")
    return frame
