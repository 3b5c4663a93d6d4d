"""Frames: what governs a document, a section or a table when a sentence says nothing.

A frame is inferred from title, dateline, headings and the most frequent mentions, each with a probability; a person may
tell it (options of `extract`, or ``<document>.frame.yml``). A told frame replaces an inferred one, never a mention in
the figure's own clause.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import lru_cache

from orchestration.extraction.dates import find_periods
from orchestration.extraction.document_head import STOPS, TITLE_LENGTH, head_lines, texts_of, under_sheet_name
from orchestration.extraction.era_years import dated_by_republic, names_fiscal_years_by_their_first
from orchestration.extraction.fiscal import stated_year_end
from orchestration.extraction.frame import NONE, SCOPE, SURVEYED, Frame, Told, rules
from orchestration.extraction.frame_place import (
    OF_COMPANIES,
    OF_PUBLIC,
    cased,
    home_of,
    is_dateline,
    scope_of,
    take_place,
)
from orchestration.extraction.gazetteer import Gazetteer
from orchestration.extraction.model import EMPTY, Block, Field, Grid, Mention
from orchestration.extraction.relative_periods import Now, in_nearest_year
from orchestration.extraction.scene import load_cues
from orchestration.figures import is_fiscal, parse_period
from orchestration.figures.numerals import simplified

_BLOCKS = 2  # a main period or place that no title names stands in at least so many blocks

_OPENING = 2_000  # characters in which a budget says that it is one


@lru_cache(maxsize=1)
def _kinds() -> dict[str, re.Pattern[str]]:
    return {kind: re.compile("|".join(words), re.I) for kind, words in rules()["kind"].items()}


@lru_cache(maxsize=1)
def _editions() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{rule['word']})" for rule in rules()["edition"]), re.I)


@lru_cache(maxsize=1)
def _passing() -> re.Pattern[str]:
    tables = rules()
    return re.compile("(?:" + "|".join(tables["passing"]) + r")\W{0,3}(?:\w+\W{1,2}){0,2}$", re.I)


def infer(
    head: Iterable[Block | Grid], gazetteer: Gazetteer, told: Told, published: date | None, said: bool = True
) -> Frame:
    """The frame of a document from its head (title, dateline, headings, frequencies), told facts first.

    ``said`` tells whether the document says that ``published`` is its day, or merely has a day where one stands.
    """
    blocks = list(head)
    texts = [texts_of(block) for block in blocks]
    if len(blocks) > 1 and isinstance(blocks[0], Block) and isinstance(blocks[1], Grid):
        texts[:2] = under_sheet_name(texts[0], texts[1])
    frame = Frame(name=next((t.strip(" |\n") for t in texts if t.strip()), "").split("\n")[0][:120])
    texts = [simplified(text) for text in texts]
    joined = "\n".join(texts)
    frame.kind = _kind(joined)
    frame.republic, frame.by_first_year = dated_by_republic(joined), names_fiscal_years_by_their_first(joined)
    if published is not None:
        frame.published = Field(published.isoformat(), 0.9, "dateline")
    title = next((line for text in texts for line in text.split("\n") if line.strip()), "")
    title = title if len(title) <= TITLE_LENGTH and not title.rstrip().endswith(STOPS) else ""
    if published is None:
        _take_day(frame, "\n".join(head_lines(blocks, texts)))
    day = published or (date.fromisoformat(frame.published.value) if frame.published.confidence >= 0.6 else None)
    periods, places, entities = Counter[str](), Counter[str](), Counter[str]()
    mentions: dict[str, Mention] = {}
    spread: dict[str, set[int]] = {}
    centres: set[int] = set()
    for number, (block, text) in enumerate(zip(blocks, texts, strict=True)):
        top = number == 0 or (number < 4 and len(text) < 120)
        heading = isinstance(block, Block) and block.kind in ("heading", "title")
        weight = 5.0 if number == 0 else 3.0 if top else 2.0 if heading else 1.0
        editions = [m.span() for m in _editions().finditer(text)] if number < 4 else []
        for mention in find_periods(text, Now(published, republic=frame.republic)):
            if any(a <= mention.start < b for a, b in editions):
                continue
            if not mention.label or mention.role == "base" or _passing().search(text[: mention.start][-40:]):
                continue
            if number < 8 and published is not None and mention.first == mention.last == published:
                continue  # the dateline
            # a day is a date of something more often than the time that figures describe
            periods[mention.label] += weight * (0.3 if _is_day(mention) else 1.0)  # type: ignore[assignment]
            mentions.setdefault(mention.label, mention)
            spread.setdefault(mention.label, set()).add(number)
        for hit in gazetteer.find(text[:4000]):
            if hit.kind == "geography" and hit.value and not _passing().search(text[: hit.start][-40:]):
                places[hit.value] += weight  # type: ignore[assignment]
                spread.setdefault(hit.value, set()).add(number)
            elif hit.kind == "indicator" and hit.value in rules()["data_centres"]["named"]:
                centres.add(number)
            elif hit.kind == "entity" and hit.value:
                entities[hit.value] += weight  # type: ignore[assignment]
    frame.data_centres = 0 in centres or len(centres) >= _BLOCKS
    # one sentence speaks for itself, not for the document
    for counts in (periods, places):
        for name in [name for name in counts if len(spread[name]) < _BLOCKS]:
            del counts[name]
    _take_period(frame, periods, mentions)
    planned = frame.kind.value == "plan" or load_cues()["heading"]["budget"].search(joined[:_OPENING]) is not None
    if not planned and frame.first is not None and day is not None and frame.first.year > day.year:
        # what is expected is not what the document is about
        frame.period, frame.first, frame.last = EMPTY, None, None
    take_place(frame, places, entities, gazetteer)
    # the issuing body stands above or below the title
    letterhead = [line for t in texts[:3] for line in t.lstrip().split("\n")[:1]]
    letterhead = [line for line in letterhead if len(line) <= TITLE_LENGTH and not line.rstrip().endswith(STOPS)]
    letterhead = [line for line in letterhead if not is_dateline(line, gazetteer)]
    titled = [h.value for line in letterhead for h in gazetteer.find(cased(line)) if h.kind == "geography" and h.value]
    if titled and frame.kind.value not in OF_COMPANIES:
        # what a title names, the document is about; the last name is the most specific one
        frame.place = Field(max(titled, key=lambda v: (v != "WLD", len(v))), 0.8, "title")
    elif not titled and (scope := scope_of(texts, gazetteer)):
        frame.place = Field(scope, 0.7, SCOPE)
    for line in (title, *head_lines(blocks, texts)[1:]):
        year_ended = frame.kind.value == "filing" and _YEAR_ENDED.search(line)  # is told in the issuer's own calendar
        if frame.period.evidence != "title" and not year_ended:
            _take_title(frame, simplified(line), published, None if planned else day)
    if frame.period.evidence != "title":
        _take_time_of_data(frame, texts, gazetteer)
    if not frame.period.value or frame.period.confidence < 0.35:
        _take_year_reported(frame, joined)
    year_end = stated_year_end(joined)
    if year_end:
        frame.fiscal_year_end = Field(year_end, 0.8, "stated")
    if said and frame.kind.value in ("news", "") and day is not None and frame.period.confidence < 0.35:
        month = parse_period(f"{day:%Y-%m}")
        frame.period, frame.first, frame.last = Field(month.label, 0.4, "dateline"), month.start, month.end
    public = frame.kind.value in OF_PUBLIC or planned
    if public and not titled and (home := home_of(joined, frame)) and frame.place.confidence < 0.4:
        # a government and a survey speak of their country where they name no other
        frame.place = Field(home, 0.5, "language")
    return _with_told(frame, told)


def _take_day(frame: Frame, title: str) -> None:
    """The day or month of publication that a title names."""
    mentions = [m for m in find_periods(title) if m.label and m.role != "base"]
    days = [m.last for m in mentions if m.last is not None and (_is_day(m) or _is_cover_month(m, title))]
    if days:
        sure = 0.6 if any(_is_day(m) for m in mentions) else 0.5  # of a month the last day
        frame.published = Field(max(days).isoformat(), sure, "title")


def _take_title(frame: Frame, title: str, published: date | None, day: date | None) -> None:
    """The period that a title names: not the year of an edition, nor a day, unless figures are as of it."""
    now = Now(published, republic=frame.republic)
    mentions = [m for m in find_periods(title, now) if m.label and m.role != "base"]
    named = {m.label: m for m in described(mentions, title) if not _is_ahead(m, day)}
    if len(named) == 1 and frame.kind.value != "plan":
        mention = next(iter(named.values()))
        frame.period, frame.first, frame.last = Field(mention.label, 0.8, "title"), mention.first, mention.last


def described(mentions: list[Mention], title: str) -> list[Mention]:
    """The periods of a document's title that its figures are of: no edition, no day or month when it appeared."""
    editions = [match.span() for match in _editions().finditer(title)]
    return [
        m
        for m in mentions
        if (not _is_day(m) or _AS_OF.search(title[: m.start]))
        and not _is_cover_month(m, title)
        and not any(a <= m.start < b for a, b in editions)
    ]


def undated(title: str) -> str:
    """The title of a document without the dates and years that its figures are not of."""
    simple = simplified(title)
    mentions = [m for m in find_periods(simple) if m.label]
    kept = {m.start for m in described(mentions, simple)}
    for mention in mentions:
        if mention.start not in kept:
            title = title[: mention.start] + " " * (mention.end - mention.start) + title[mention.end :]
    return title


def _is_cover_month(mention: Mention, title: str) -> bool:
    """A month in a title is the date of the document, unless the title says that data are monthly or as of it."""
    month = re.fullmatch(r"\d{4}-\d\d", mention.label) is not None
    days = len(_SHORT_NUMBER.findall(title[mention.start : mention.end])) > 1  # 13–19 October 2025 is what it covers
    return (
        month
        and not days
        and not (
            _MONTHLY.search(title)
            or _AS_OF.search(title[: mention.start])
            or _END_OF.search(title[mention.start : mention.end])
            or _HELD.search(title[mention.end :])
        )
    )


_AS_OF = re.compile(r"(?:截至|截止|截至到|\bas (?:of|at))\s?$", re.I)

_SHORT_NUMBER = re.compile(r"(?<!\d)\d{1,2}(?!\d)")

_MONTHLY = re.compile(rules()["monthly"], re.I)

_HELD = re.compile(rules()["held"]["pattern"])

_END_OF = re.compile("末|底|end", re.I)

_YEAR_ENDED = re.compile(
    r"\b(?:for the )?(?:fiscal |financial )?year ended (?P<day>[A-Z][a-z]+ \d{1,2}, \d{4}|\d{1,2} [A-Z][a-z]+ \d{4})"
)


def _take_time_of_data(frame: Frame, texts: list[str], gazetteer: Gazetteer) -> None:
    """When the data were taken: said of a survey anywhere, of other data in a short line of the head."""
    found: dict[str, tuple[Mention, str]] = {}
    day = date.fromisoformat(frame.published.value) if frame.published.value else None
    for number, text in enumerate(texts):
        for mention in find_periods(text) if _TAKEN.search(text) else ():
            mention = in_nearest_year(mention, text, day)
            lead = text[max(0, mention.start - 40) : mention.start]
            surveyed = _SURVEYED.search(lead) is not None
            short = number < _HEAD_LINES and len(text) <= TITLE_LENGTH and frame.kind.value in _OF_DATA
            if mention.label and (surveyed or (short and _TAKEN_AT.search(lead))):
                behind = re.split(r"[。.\n）)]", text[mention.end : mention.end + 80])[0] if surveyed else ""
                found.setdefault(mention.label, (mention, behind))
    if len(found) != 1:
        return
    mention, behind = next(iter(found.values()))
    frame.period, frame.first, frame.last = Field(mention.label, 0.7, "time of data"), mention.first, mention.last
    asked = {hit.value for hit in gazetteer.find(behind) if hit.kind == "geography" and hit.value}
    whole = asked.pop() if len(asked) == 1 else gazetteer.whole(asked)
    if whole and frame.place.evidence != "title":
        frame.place = Field(whole, 0.7, SURVEYED)


_OF_DATA = ("", "data page", "statistics", "survey")  # kinds of which one day can govern all figures

_HEAD_LINES = 6  # blocks that are the head of a document

_SURVEYED, _TAKEN_AT = (re.compile(rules()["taken"][where]["pattern"], re.I) for where in ("anywhere", "head"))

_TAKEN = re.compile("|".join(f"(?:{p.pattern.removesuffix('$')})" for p in (_SURVEYED, _TAKEN_AT)), re.I)


def _take_year_reported(frame: Frame, text: str) -> None:
    """An annual report is about the fiscal year that it says has ended."""
    found = _YEAR_ENDED.search(text) if frame.kind.value == "filing" else None
    days = [m.last for m in find_periods(found["day"]) if m.last is not None] if found else []
    if not days:
        return
    end = days[0]
    period = parse_period(f"{end.year}" if (end.month, end.day) == (12, 31) else f"FY{end.year}")
    frame.period, frame.first, frame.last = Field(period.label, 0.7, "year ended"), period.start, period.end
    if is_fiscal(period.label):
        frame.fiscal_year_end = Field(f"{end:%m-%d}", 0.7, "year ended")


def _is_ahead(mention: Mention, published: date | None) -> bool:
    """Whether a period begins after the year of publication."""
    return published is not None and mention.first is not None and mention.first.year > published.year


def _is_day(mention: Mention) -> bool:
    return mention.first is not None and mention.first == mention.last


def _kind(text: str) -> Field:
    found = Counter({kind: len(words.findall(text[:6000])) for kind, words in _kinds().items()})
    best, count = found.most_common(1)[0]
    total = sum(found.values())
    return Field(best, round(count / (total + 1), 2), "words") if count else EMPTY


def _take_period(frame: Frame, counts: Counter[str], mentions: dict[str, Mention]) -> None:
    total = sum(counts.values())
    if not total:
        return
    label, count = counts.most_common(1)[0]
    share = (count + 0.0) / (total + 2)
    if frame.kind.value == "plan":
        share /= 3  # the goals of a plan have years of their own
    frame.period = Field(label, round(share, 2), "title, headings, frequency")
    frame.first, frame.last = mentions[label].first, mentions[label].last


def _with_told(frame: Frame, told: Told) -> Frame:
    known = {name for name, value in told.values().items() if value}
    for name in known:
        value = getattr(told, name)
        setattr(frame, name, Field("" if value == NONE else value, 1.0, "told"))
    if told.period:
        period = parse_period(told.period) if told.period != NONE else None
        frame.first, frame.last = (period.start, period.end) if period else (None, None)
        if period is not None:
            frame.period = replace(frame.period, value=period.label)
    frame.told = frozenset(known)
    return frame
