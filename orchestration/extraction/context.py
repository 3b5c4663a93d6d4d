"""What a number is about: period, geography, status, statistic, indicator, entity, from the words around it.

Every field carries a confidence and the words it was read from; a field that nothing supports stays blank.
Structure decides before grammar: lists with 分别/respectively, from-to pairs, then the nearest mention in the
sentence, the paragraph, the heading, the exhibit title.
"""

# expressions stay on one line
# ruff: noqa: E501

import re
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from orchestration.extraction.dates import Now
from orchestration.extraction.frames import Frame, rules
from orchestration.extraction.gazetteer import Gazetteer, Hit
from orchestration.extraction.model import EMPTY, Candidate, ExtractedFigure, Field, Mention
from orchestration.figures import PeriodError, is_fiscal, parse_period

_DATA = Path(__file__).parent / "data"

_SENTENCE = re.compile(
    r"[。！？!?；;]+[”\"’」）)]?|(?<![A-Z])(?<!\b[A-Z][a-z])(?<!\bvs)(?<!\bNo)(?<!\bapprox)(?<!\betc)(?<!\bInc)(?<!\bCorp)(?<!\bLtd)\.[”\"’)]?(?=\s+[A-Z\"“(0-9$¥€])|\n"
)
_LIST_GAP = re.compile(
    r"[ \t]*(?:[、,/，;；]|和|及|与|以及|至|到|and|to|, and)?[ \t]*(?:about|约|近|超|approximately|the)?[ \t]*"
)
_RESPECTIVELY = re.compile(r"分别|依次|respectively|in turn|各自", re.I)
_POST = re.compile(
    r"[^,，;；。.\d]{0,36}?(?:\b(?:in|by|for|during|as of|as at|at|on|over|since|through|throughout|from|between)\s+(?:the\s+)?(?:end of\s+|fiscal\s+|full[- ]year\s+|calendar\s+)?|[（(]\s?)",
    re.I,
)
_OF = re.compile(r"\s?of (?:early |late |the )?", re.I)
_POST_STOP = re.compile(
    r"\b(?:and|while|but|whereas|to|before|after|against|compared|versus|than|with|which|that|reach\w*|hit)\b|[，、]",
    re.I,
)
_FROM_BEFORE = re.compile(r"(?:从|由|自|\bfrom)[^，。；,;]{0,16}$", re.I)
_TO_BEFORE = re.compile(r"(?:至|到|为|\bto|\breach(?:ing|es|ed)?|\bhit(?:ting)?)[^，。；,;\d]{0,10}$", re.I)
_WHOLE_BEFORE = re.compile(r"(?:占|拥有|约占|达到|相当于|贡献了?|仅占)?(?:了|据|到)?$")


_LONGEST_SENTENCE = 700
# from these probabilities on an inferred frame governs
_SURE_PERIOD = 0.35
_SURE_PLACE = 0.4
# "this year" of these is the year that they report on
_REPORTS = ("filing", "statistics")
_OF_PLACES = ("plan", "statistics", "survey")


_OPENING = re.compile(
    r"\s*(?:[-*•·]\s?)?(?:(?:In|By|During|For|At|Throughout|Over|From)(?: the)?(?: end of)? ?|到|至|截至|截止|在|自|预计到?|力争到?)?\s*",
    re.I,
)


@lru_cache(maxsize=1)
def _cues() -> dict[str, dict[str, re.Pattern[str]]]:
    tables = yaml.safe_load((_DATA / "cues.yml").read_text(encoding="utf-8"))
    return {
        name: {kind: re.compile("|".join(words), re.I) for kind, words in kinds.items()}
        for name, kinds in tables.items()
    }


@dataclass(slots=True)
class Surroundings:
    """What the document says above the text at hand; updated block by block."""

    published: date | None = None
    heading_periods: list[Mention] = field(default_factory=list)
    title_periods: list[Mention] = field(default_factory=list)
    last_periods: list[Mention] = field(default_factory=list)
    heading_text: str = ""
    title_text: str = ""
    document_title: str = ""
    heading_hits: list[Hit] = field(default_factory=list)
    title_hits: list[Hit] = field(default_factory=list)
    document_hits: list[Hit] = field(default_factory=list)
    last_hits: list[Hit] = field(default_factory=list)
    exhibit: str = ""
    frame: Frame = field(default_factory=Frame)
    # how often the document named each place so far
    places: dict[str, int] = field(default_factory=dict)
    # the block before broke off without a full stop, as on slides and after page breaks
    unfinished: bool = False

    def now(self) -> Now:
        """What relative periods of the text count from."""
        main = self.frame.period
        known = "period" in self.frame.told or main.confidence >= _SURE_PERIOD
        return Now(self.published, main.value if known else "", self.frame.kind.value in _REPORTS)


@dataclass(slots=True)
class Facts:
    """The context of one candidate."""

    period: Field = EMPTY
    first: date | None = None
    last: date | None = None
    geography: Field = EMPTY
    status: Field = EMPTY
    statistic: Field = EMPTY
    indicator: Field = EMPTY
    entity: Field = EMPTY
    segment: Field = EMPTY
    sentence: tuple[int, int] = (0, 0)


def sentences(text: str) -> list[int]:
    """Offsets at which sentences start."""
    starts = [0]
    for end in [*(match.end() for match in _SENTENCE.finditer(text) if match.end() < len(text)), len(text)]:
        # an endless sentence is cut, so that the work for one figure stays bounded
        while end - starts[-1] > _LONGEST_SENTENCE:
            cut = max(text.rfind(mark, starts[-1] + 1, starts[-1] + _LONGEST_SENTENCE) for mark in "，,、 ")
            starts.append(cut + 1 if cut > starts[-1] else starts[-1] + _LONGEST_SENTENCE)
        if end < len(text):
            starts.append(end)
    return starts


def describe(
    text: str,
    candidates: list[Candidate],
    mentions: list[Mention],
    hits: list[Hit],
    gazetteer: Gazetteer,
    around: Surroundings,
) -> list[Facts]:
    """The context of every candidate of a text, in their order."""
    starts = sentences(text)
    labelled = [mention for mention in mentions if mention.label]
    if any(_SPLIT_YEAR.fullmatch(text, m.start, m.end) for m in labelled) and _has_split_years(text, hits, around):
        labelled = [_fiscal(text, m) for m in labelled]
    by_sentence: dict[int, list[int]] = {}
    for index, candidate in enumerate(candidates):
        by_sentence.setdefault(bisect_right(starts, candidate.start) - 1, []).append(index)
    facts = [Facts() for _ in candidates]
    before: list[Mention] = []
    hits_before: list[Hit] = []
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(text)
        here = [mention for mention in labelled if start <= mention.start < end]
        named = [hit for hit in hits if start <= hit.start < end]
        members = by_sentence.get(number, [])
        if members:
            scene = _Scene(text, start, end, [candidates[i] for i in members], here, named, gazetteer, around)
            for index, found in zip(members, scene.facts(before, hits_before), strict=True):
                facts[index] = found
        if here:
            # what stands in brackets or is compared with governs no sentence behind it
            open_ones = [m for m in here if not m.role and text[m.start - 1 : m.start] not in ("(", "（")]
            before = open_ones or ([] if before else here)
        if any(hit.kind == "geography" for hit in named):
            hits_before = named
    if before:
        around.last_periods = before
    return facts


@dataclass(slots=True)
class _Scene:
    """One sentence with its figures, periods and names."""

    text: str
    start: int
    end: int
    candidates: list[Candidate]
    mentions: list[Mention]
    hits: list[Hit]
    gazetteer: Gazetteer
    around: Surroundings
    cues: list[tuple[str, int, int, str]] | None = None

    def facts(self, before: list[Mention], hits_before: list[Hit]) -> list[Facts]:
        paired = self._pairs()
        bound = self._bound()
        found = []
        for index, candidate in enumerate(self.candidates):
            facts = Facts(sentence=(self.start, self.end))
            facts.statistic = self._statistic(candidate)
            mention, sure = self._mention(index, candidate, facts.statistic.value, paired, bound, before)
            earlier = self._year_earlier(candidate, before)
            mention, sure = (earlier, 0.85) if earlier is not None else (mention, sure)
            facts.entity = self._entity(candidate)
            facts.indicator = self._indicator(candidate, facts.statistic.value)
            if mention is not None and mention not in self.mentions and earlier is None:
                mention = None if self._is_specification(facts.indicator) else mention
            facts.period, facts.first, facts.last = _as_field(mention, sure)
            facts.geography = self._geography(candidate, hits_before, facts.indicator)
            facts.segment = self._nearest("segment", candidate)
            facts.statistic = self._growth_or_change(candidate, facts)
            facts.status = self._status(index, candidate, facts, mention)
            found.append(facts)
        return found

    # --- period -------------------------------------------------------------------------------------------------------

    def _pairs(self) -> dict[int, Mention]:
        """A and B … x and y: lists of periods meet lists of figures of the same length."""
        sentence = self.text[self.start : self.end]
        periods = [run for run in _runs(self.text, self.mentions, 12) if len(run) > 1]
        if not periods:
            return {}
        respectively = bool(_RESPECTIVELY.search(sentence))
        slashes = "/" in sentence
        pairs: dict[int, Mention] = {}
        groups = _runs(self.text, _one_a_place(self.candidates), 8)
        for group in groups:
            lists = [run for run in periods if len(run) == len(group)]
            if len(group) > 1 and lists and (respectively or slashes):
                earlier = [run for run in lists if run[0].start < group[0].start] or lists
                for candidate, mention in zip(group, earlier[-1], strict=True):
                    for index, other in enumerate(self.candidates):
                        if other.start == candidate.start:
                            pairs[index] = mention
        return pairs

    def _bound(self) -> dict[int, Mention]:
        """Periods that stand directly after their figure: $5 billion in 2024, 36%（2024年）."""
        bound: dict[int, Mention] = {}
        starts = [candidate.start for candidate in self.candidates]
        for mention in self.mentions:
            if mention.role == "base" or self.text[mention.end : mention.end + 2].strip()[:1] in (":", "："):
                continue
            earlier = [i for i, c in enumerate(self.candidates) if c.end <= mention.start]
            if not earlier:
                continue
            index = earlier[-1]
            gap = self.text[self.candidates[index].end : mention.start]
            if (_POST.fullmatch(gap) or (mention.role == "start" and _OF.fullmatch(gap))) and not _POST_STOP.search(
                gap
            ):
                for i, start in enumerate(starts):
                    if start == starts[index]:
                        bound.setdefault(i, mention)
        return bound

    def _mention(
        self,
        index: int,
        candidate: Candidate,
        statistic: str,
        paired: dict[int, Mention],
        bound: dict[int, Mention],
        before: list[Mention],
    ) -> tuple[Mention | None, float]:
        if index in paired:
            return paired[index], 0.95
        if statistic == "cagr":
            found = self._span(candidate, before)
            if found is not None:
                return found
        if index in bound:
            mention = bound[index]
            if statistic in ("cagr", "change") or not _is_span(mention):
                return mention, 0.95
            return self._end_of_span(candidate, mention), 0.8
        close = [m for m in self.mentions if m.end <= candidate.start and candidate.start - m.end <= 4]
        if (
            close
            and re.fullmatch(r"\s?(?:的|年的|全年的)?(?:约|近|超)?\s?", self.text[close[-1].end : candidate.start])
            and close[-1].role == "base"
        ):
            return close[-1], 0.9
        taken = {mention.start for mention in bound.values()}
        ahead = [m for m in self.mentions if m.end <= candidate.start and m.role != "base"]
        ahead = [m for m in self._without_start(candidate, ahead) if not self._in_closed_bracket(m, candidate)]
        ahead = [m for m in ahead if m.role != "start" or not self._behind_another(m, candidate)]
        free = [m for m in ahead if m.start not in taken]
        # "in 2024, a, b and c": the period in front governs until the next one
        for pool, sure in ((free, 0.9), (ahead, 0.8)):
            if pool:
                mention = pool[-1]
                return self._end_of_span(candidate, mention) if statistic not in (
                    "cagr",
                    "change",
                    "yoy",
                ) else mention, sure
        later = [m for m in self.mentions if m.start >= candidate.end and not m.role and self._governs(candidate, m)]
        for pool, sure in (([m for m in later if m.start not in taken], 0.7), (later, 0.5)):
            if pool:
                return self._end_of_span(candidate, pool[0]), sure
        return self._inherited(before)

    def _year_earlier(self, candidate: Candidate, before: list[Mention]) -> Mention | None:
        """上年同期的3亿元, $3 billion a year earlier: the period that governs the sentence, one year back."""
        cues = _cues()["year_before"]
        back = 1
        years = cues["years_after"].match(self.text[candidate.end : min(self.end, candidate.end + 40)])
        if years is not None:
            back = _YEARS.get(years[1].lower()) or int(years[1])
        lead_start = max(self.start, candidate.start - 28)
        lead = cues["before"].search(self.text[lead_start : candidate.start])
        if (
            lead is None
            and years is None
            and cues["after"].match(self.text[candidate.end : min(self.end, candidate.end + 60)]) is None
        ):
            return None
        until = lead_start + lead.start() if lead else candidate.start
        own = [m for m in self.mentions if m.end <= until and m.role != "base" and not _is_span(m)]
        governing = own[-1] if own else self._inherited(before)[0]
        if governing is None or _is_span(governing):
            return None
        return _years_back(governing, back)

    def _governs(self, candidate: Candidate, mention: Mention) -> bool:
        """Whether a period that follows can be the figure's: not across a Chinese comma or the start of a forecast."""
        gap = self.text[candidate.end : mention.start]
        if (re.search(r"[，；;]", gap) and not gap.isascii()) or gap.rstrip().endswith(("(", "（")):
            return False
        if max(gap.rfind("("), gap.rfind("（")) > max(gap.rfind(")"), gap.rfind("）")):
            return False  # 12,345 patents (of which 2,310 in 2024)
        if re.search(r", (?:up |down )?from\b|\b(?:vs|versus|against|compared)\b", gap):
            return False
        return not re.search(
            r"预计|有望|将|到$|\b(?:we want|plans?|hopes?|aims?|expected|forecast|projected|will|and is|but|while)\b",
            gap,
        )

    def _behind_another(self, mention: Mention, candidate: Candidate) -> bool:
        """由上年的28.1增至57.2, 12% above the quarter before: the earlier period is that of one amount only."""
        return any(
            (mention.end <= c.start and c.end <= candidate.start)
            or (c.end <= mention.start and not re.search(r"[,，;；。]", self.text[c.end : mention.start]))
            for c in self.candidates
        )

    def _in_closed_bracket(self, mention: Mention, candidate: Candidate) -> bool:
        """营收11亿元(2023年:7亿元),同比…: a period in brackets governs nothing behind them."""
        between = self.text[mention.end : candidate.start]
        closed = min(between.find(mark) for mark in ")）" if mark in between) if re.search("[)）]", between) else -1
        return closed >= 0 and not re.search("[(（]", between[:closed]) and self.text[mention.start - 1] in "(（"

    def _without_start(self, candidate: Candidate, ahead: list[Mention]) -> list[Mention]:
        """2023年…由2022年的8.5万降至5万: the second amount is of 2023, the year of the first is not its own."""
        lead = self.text[max(self.start, candidate.start - 8) : candidate.start]
        earlier = [c for c in self.candidates if c.end <= candidate.start]
        if not earlier or not ahead or not re.search(r"(?:至|到|\bto)\s*(?:about |约|近|超)?\s*$", lead):
            return ahead
        last, mention = earlier[-1], ahead[-1]
        if mention.end <= last.start and re.search(
            r"(?:从|由|\bfrom)\s*$", self.text[max(0, mention.start - 6) : mention.start]
        ):
            return ahead[:-1]
        return ahead

    def _span(self, candidate: Candidate, before: list[Mention]) -> tuple[Mention, float] | None:
        for pool, sure in ((self.mentions, 0.95), (before, 0.8)):
            spans = [m for m in pool if _is_span(m)]
            if spans:
                return min(
                    spans,
                    key=lambda m: (
                        min(abs(m.end - candidate.start), abs(m.start - candidate.end))
                        + (40 if m.start > candidate.end else 0)
                    ),
                ), sure
            years = [m for m in pool if m.first is not None and (m.start < candidate.start or pool is before)]
            if len({m.label for m in years}) < 2:
                years = [m for m in pool if m.first is not None]
            if len({m.label for m in years}) >= 2:
                first, last = years[-2], years[-1]
                distinct = [m for m in years if m.label != last.label]
                first = distinct[-1]
                if first.first and last.first and first.first > last.first:
                    first, last = last, first
                return _joined(first, last), sure - 0.1
        return None

    def _end_of_span(self, candidate: Candidate, mention: Mention) -> Mention:
        """2023-2028, from x to y: the first figure is of 2023, the last of 2028."""
        if not _is_span(mention) or mention.first is None or mention.last is None:
            return mention
        lead = self.text[max(self.start, candidate.start - 24) : candidate.start]
        places = sorted({c.start for c in self.candidates})
        is_to = _TO_BEFORE.search(lead) and any(
            _FROM_BEFORE.search(self.text[max(self.start, place - 24) : place])
            for place in places
            if place < candidate.start
        )
        if _FROM_BEFORE.search(lead) and not is_to:
            return _year_of(mention, mention.first.year)
        if is_to:
            return _year_of(mention, mention.last.year)
        return mention

    def _opens_a_sentence(self, mention: Mention) -> bool:
        """In 2024, …; 到2027年，…: a period that opens a sentence holds for those behind it, until the next one."""
        lead = self.text[max(0, mention.start - 24) : mention.start]
        lead = _SENTENCE.split(lead)[-1]
        return len(lead) <= 12 and bool(_OPENING.fullmatch(lead))

    def _inherited(self, before: list[Mention]) -> tuple[Mention | None, float]:
        around = self.around
        # a clause behind a semicolon belongs to the sentence that names the period
        if before and self.text[: self.start].rstrip()[-1:] in ("；", ";"):
            usable = [m for m in before if not m.role and not _is_span(m)]
            if usable and len({m.label for m in usable}) == 1:
                return usable[-1], 0.7
        opened = [m for m in before if not m.role and m.label]
        if len({m.label for m in opened}) == 1 and self._opens_a_sentence(opened[0]):
            return opened[0], 0.7
        if "period" in around.frame.told:
            # the head of a section or table is nearer than the document
            pools = [around.title_periods]
            if around.heading_text != around.document_title:
                pools.append(around.heading_periods)
            for pool in pools:
                usable = [m for m in pool if m.role != "base" and not (m.first and m.first == m.last)]
                if len({m.label for m in usable}) == 1:
                    return usable[0], 0.7
            return around.frame.mention(), 0.8
        for pool, sure in (
            (before, 0.7),
            (around.heading_periods, 0.5),
            (around.title_periods, 0.5),
            (around.last_periods if around.unfinished else [], 0.3),
        ):
            usable = [m for m in pool if not m.role and m.label]
            labels = {m.label for m in usable}
            if not usable:
                continue
            if len(labels) == 1:
                return usable[-1], sure
            if pool is before:
                # several periods in the sentence before: the text went on from its first subject
                plain = [m for m in usable if not m.forecast and not _is_span(m)]
                if plain:
                    return plain[0] if pool is not before else plain[-1], 0.4
            break
        if around.frame.period.confidence >= _SURE_PERIOD:
            return around.frame.mention(), around.frame.period.confidence
        return None, 0.0

    # --- statistic ----------------------------------------------------------------------------------------------------

    def _statistic(self, candidate: Candidate) -> Field:
        cues = _cues()["statistic"]
        before = self.text[max(self.start, candidate.start - 48) : candidate.start]
        after = self.text[candidate.end : min(self.end, candidate.end + 32)]
        # only the clause of the figure, unless the clause is a member of a list
        clause = re.split(r"[，；;]|,(?!\d)", before)
        near = clause[-1] if len(clause[-1].strip()) > 2 or len(clause) == 1 else before
        tail = re.split(r"[，。；;,]|\.\s", after)[0]
        if candidate.unit not in ("percent", "pp", "times", "ratio"):
            return self._amount(near, tail)
        if candidate.unit == "ratio":
            return Field("level" if re.search(r"PUE|电能", before) else "ratio", 0.7)
        level_verb = re.search(
            r"(?:至|到|达|为|仅|\b(?:to|from|at|of|reach|reached|reaching|hit|hits|stood at|was|is|were|are))(?:了|约|近|超过?|逾)?\s?(?:about |around |nearly |over |more than |some |roughly |just )?$",
            near,
        )
        if level_verb and re.search(
            r"\b(?:up|due|by) to\s*$|(?:幅度?|growth|increase|decline|drop|rise|fall|reduction|savings?|improvement|gains?)(?:率)?(?: in \d{4})?(?:[^，,\d]{0,6})$",
            near,
        ):
            level_verb = None
        pick = {kind: cue for kind, cue in cues.items() if kind != "change"} if level_verb else cues
        whole = self.text[max(self.start, candidate.start - 120) : candidate.start]
        found = (
            _nearest_cue(pick, near)
            or _nearest_cue(pick, before)
            or (_nearest_cue(pick, whole) if level_verb else None)
        )
        if (
            level_verb
            and level_verb[0][:2].strip() not in ("to", "至", "到")
            and found is None
            and not (level_verb[0].lstrip().startswith("from") and re.match(r"\s?to\b", tail))
            and re.search(r"(?:增长|增加|下降|grew|rose|fell|growth)[^，,]{0,12}$", near)
        ):
            found = _nearest_cue(cues, near)
        follow = _first_cue(cues, tail)
        if candidate.unit == "times":
            return self._times(near, tail)
        if candidate.unit == "pp":
            return Field("change", 0.8, found[1] if found else "")
        if re.search(r"^\d+(?:outof|in|of)(?:every)?\d+$", candidate.printed):
            return Field("share", 0.85, candidate.printed)
        if re.match(r"\s?(?:sequential|quarter[- ](?:on|over)|qoq)|\s?环比", tail, re.I):
            return Field("change", 0.9, tail[:16].strip())
        rate = list(
            re.finditer(
                r"环比|\bqoq\b|同比|[较比](?:上年|去年|上一年)|\by/y\b|\byoy\b|year[- ]on[- ]year|year[- ]over[- ]year",
                near,
                re.I,
            )
        )
        if rate and any(cues[kind].search(near, rate[-1].end()) for kind in ("share", "level")):
            near, rate = near[rate[-1].end() :], []
        near = near[max((m.start() for m in re.finditer(r"(?<![上去])年增|[季月]增|同比|环比", near)), default=0) :]
        if re.search(r"环比|\bqoq\b|季增|月增|[较与比](?:上一?|前一?)个?季度?", near, re.I):
            return Field("change", 0.85, "环比")
        if "change" in cues and re.match(r"\s?(?:a|per) year\b|\s?annually\b", tail) and cues["change"].search(near):
            return Field("cagr", 0.7, tail[:8].strip())
        if re.search(
            r"同比|[较比](?:上年|去年|上一年)|\by/y\b|\byoy\b|year[- ]on[- ]year|year[- ]over[- ]year", near, re.I
        ):
            return Field("yoy", 0.9, "同比")
        if re.search(
            r"(?:相当于|仅为|仅是|达到了?|达|[是为]|不到|低于|接近|不及)(?:了)?[^，。；占份率]{2,18}的(?:约|近|超过|不到|大约)?\s?$",
            near,
        ) and not re.search(r"占|份额|比例|比重|率", near[-24:]):
            return Field("ratio", 0.7, near[-8:])
        if re.match(
            r"\s?(?:的)?(?:年均)?(?:复合|CAGR)|\s?(?:compound|CAGR)|[^,，。]{0,12}\bCAGR|[^,，。]{0,10}复合", tail, re.I
        ):
            return Field("cagr", 0.9, "CAGR")
        if re.match(
            r"\s?(?:的)?同比|\s?(?:year[- ]on|year[- ]over|y/y|yoy|from a year|on the year)|\s?(?:growth|increase|rise|decline|jump|drop)\b",
            tail,
            re.I,
        ):
            return Field("cagr" if found and found[0] == "cagr" else "yoy", 0.9, tail[:20].strip())
        if found and found[0] in ("cagr", "yoy"):
            return Field(found[0], 0.9, found[1])
        if found and candidate.unit == "percent":
            lead = before[-6:]
            if found[0] == "share" and not re.search(r"(?:提升|提高|下降|增长|上升|降低)(?:了|约)?$", lead):
                return Field("share", 0.85, found[1])
        if candidate.unit == "pp":
            return Field("change", 0.8, found[1] if found else "")
        if re.match(r"\s?(?:of|的)(?!\s?(?:增长|增速|提升|降幅|同比|复合|年))", tail) and not (
            found and found[0] in ("change", "level") and re.search(r"^\s?的", tail)
        ):
            return Field("share", 0.8, tail[:12].strip())
        if re.search(r"\bby (?:about |nearly |over |more than |some |up to )?$", before, re.I):
            return Field("change", 0.75, "by")
        if found:
            return Field(found[0], 0.75, found[1])
        if follow:
            return Field(follow[0], 0.65, follow[1])
        return Field("share", 0.4)

    @staticmethod
    def _amount(near: str, tail: str) -> Field:
        if re.search(
            r"(?:增加|减少|下降|增长|降低|上升|提升|净增|缩短|节省|节约)了?(?:约|近|超|逾)?\s?$", near
        ) and not re.match(r"\s?(?:到|至)", near[-1:]):
            return Field("change", 0.75, near[-4:])
        if re.search(
            r"\b(?:rose|fell|grew|increased?|decreased?|reduced?|cut|up|down|declined|shortened|lowered|raised) (?:costs? |prices? |spending )?by (?:about |nearly |over |more than |some )?\s?$",
            near,
            re.I,
        ):
            return Field("change", 0.75, "by")
        return Field("level", 0.9)

    @staticmethod
    def _times(near: str, tail: str) -> Field:
        if re.search(
            r"(?:增长|提升|提高|增加|上升|扩大|扩张|上涨|加快|快|降低|下降|减少|高出|多出|翻)[^，。]{0,6}$", near
        ) and not re.search(r"(?:至|到|为)(?:原来的)?[约近超]?\s?$", near):
            return Field("change", 0.75, near[-4:])
        if re.match(r"\s?(?:faster|cheaper|lower|higher|larger|bigger|more)\b", tail, re.I):
            return Field("ratio", 0.7, tail[:10])
        if re.search(
            r"\b(?:increas|improv|grew|grow|rose|ris|expand|jump|multipl|boost|speed|surg|fell|drop|reduc)\w*[^,.]{0,24}$",
            near,
            re.I,
        ) and not re.match(r"\s?(?:the|that|as)\b", tail):
            return Field("change", 0.7, "increase")
        if re.match(
            r"\s?(?:faster|cheaper|lower|higher|improvement|increase|growth|rise|reduction|jump|gain|speed)", tail, re.I
        ):
            return Field(
                "change"
                if re.match(r"\s?(?:improve|increase|growth|rise|reduction|jump|gain)", tail, re.I)
                else "ratio",
                0.7,
                tail[:10],
            )
        return Field("ratio", 0.75)

    def _growth_or_change(self, candidate: Candidate, facts: Facts) -> Field:
        """A plain 'grew 12 %' with one year is growth on the year before; over several years it is a change."""
        statistic = facts.statistic
        if (
            statistic.value == "yoy"
            and statistic.evidence in ("增幅", "同比")
            and facts.first
            and facts.last
            and facts.last.year > facts.first.year
        ) and re.search(r"增幅", self.text[max(self.start, candidate.start - 8) : candidate.start]):
            return Field("change", 0.7, "增幅")
        if statistic.value != "change" or candidate.unit != "percent" or not facts.period.value:
            return statistic
        before = self.text[max(self.start, candidate.start - 24) : candidate.start]
        grew = re.search(
            r"(?:增长|下降|上升|下滑|减少|增加|上涨|下跌)(?:了|约|近|超过?|逾|超)*[\s高达]*$|\b(?:grew|rose|fell|increased|declined|grow|rise|fall|increase|decline|jumped|surged|climbed|dropped|expanded|shrank|up|down|(?:increase|rise|decline|drop|fall|gain|jump) of|growth of|growth at|growth rate of|growth in \d{4} was|growth was)\b(?: by)?(?: about| nearly| over| more than| some| around| an estimated| another)?\s*$",
            before,
            re.I,
        )
        base = [m for m in self.mentions if m.role == "base" and m.first is not None]
        if base and facts.first is not None:
            gap = facts.first.year - base[-1].first.year  # type: ignore[union-attr]
            return Field("yoy", 0.8, "base year") if gap == 1 else statistic
        if re.search(r"环比|qoq|quarter-on", before, re.I) or any(
            re.search(
                r"(?:since|自)\s?(?:early |late |the |mid-)?(?:end of )?$",
                self.text[max(0, m.start - 16) : m.start],
                re.I,
            )
            for m in self.mentions
            if m.start < candidate.start + 24
        ):
            return statistic
        one_year = is_fiscal(facts.period.value) or (
            facts.first is not None and facts.last is not None and facts.last.year - facts.first.year == 0
        )
        if one_year and grew and not re.search(r"[较比][^，。]{2,12}$|sequential", before):
            return Field("yoy", 0.6, grew[0])
        return statistic

    # --- status -------------------------------------------------------------------------------------------------------

    def _status(self, index: int, candidate: Candidate, facts: Facts, mention: Mention | None) -> Field:
        self.text[self.start : candidate.start]
        tail = re.split(
            r"[，。；,;]|\.\s|\b(?:and|but|while|whereas)\b",
            self.text[candidate.end : min(self.end, candidate.end + 60)],
        )[0]
        if (mention is not None and mention.forecast) or facts.indicator.value in rules()["expected"]:
            return Field("forecast", 0.9, facts.period.value)
        found: dict[str, tuple[int, str]] = {}
        for kind, start, end, word in self._status_cues():
            if end <= candidate.start:
                found[kind] = (start, word)
        turned = (
            re.search(
                r"\b(?:but|however|actual(?:ly)?|in fact)\b|实际|而实际",
                self.text[found["forecast"][0] : candidate.start],
                re.I,
            )
            if "forecast" in found
            else None
        )
        if turned:
            del found["forecast"]  # the forecast was another figure
        planned = found.get("target")
        if (
            planned
            and planned[1].lower().startswith(("计划", "plan"))
            and facts.statistic.value == "share"
            and re.search(r"[，；;,]", self.text[planned[0] : candidate.start])
        ):
            del found["target"]  # what some plan is not what others have
        future = self._future(facts)
        past = self._past(facts)
        if not found and not past:
            announced = self._announced()
            if announced.value:
                return announced
        plan = self.around.frame.kind.value == "plan"
        if (
            plan
            and not past
            and (future or "forecast" in found)
            and (candidate.unit not in ("times", "ratio") or facts.statistic.value == "level")
        ):
            return Field("target", 0.7, "plan")
        if past is None and self._is_start(candidate):
            past = True
        dated = "forecast" in found and _BY_YEAR.match(found["forecast"][1])
        if "target" in found and not (past and not future) and (dated or "forecast" not in _between(found, "target")):
            return Field("target", 0.75, found["target"][1])
        if (
            "claim" in found
            and not future
            and "forecast" not in _between(found, "claim")
            and candidate.unit in ("percent", "times", "s", "pp", "ratio")
        ):
            return Field("claim", 0.65, found["claim"][1])
        if "forecast" in found and not past:
            return Field("forecast", 0.85, found["forecast"][1])
        if future:
            return Field("target" if self._budgeted() else "forecast", 0.85, facts.period.value)
        if (
            "claim" in found
            and facts.statistic.value in ("change", "ratio", "share", "level", "yoy")
            and candidate.unit in ("percent", "times", "s", "pp", "ratio")
        ):
            return Field("claim", 0.6, found["claim"][1])
        after = _cues()["status"]["forecast"].search(tail)
        if (
            after
            and not past
            and re.search(r"(?:expected|forecast|projected|predicted|anticipated|预计|预测)", after[0], re.I)
        ):
            return Field("forecast", 0.7, after[0])
        if "target" in found and not past:
            return Field("target", 0.6, found["target"][1])
        if "estimate" in found or re.search(r"estimate|估计|估算", tail, re.I):
            return Field("estimate", 0.6, found.get("estimate", (0, tail))[1])
        return Field("actual", 0.7 if facts.period.value else 0.5)

    def _budgeted(self) -> bool:
        """An amount of a budget for a coming year is a goal."""
        around = self.around
        texts = (self.text[self.start : self.end], around.heading_text, around.frame.name)
        return any(_cues()["heading"]["budget"].search(text) for text in texts if text)

    def _announced(self) -> Field:
        """A heading that announces goals or an outlook governs the text below it."""
        heading = self.around.heading_text
        for kind in ("target", "forecast"):
            cue = _cues()["heading"][kind].search(heading) if heading else None
            if cue:
                return Field(kind, 0.6, cue[0])
        return EMPTY

    def _status_cues(self) -> list[tuple[str, int, int, str]]:
        if self.cues is None:
            self.cues = [
                (kind, match.start(), match.end(), match[0])
                for kind, expression in _cues()["status"].items()
                for match in expression.finditer(self.text, self.start, self.end)
            ]
        return self.cues

    def _is_start(self, candidate: Candidate) -> bool:
        """The first end of a from-to pair: it is given, the other end is forecast."""
        lead = self.text[max(self.start, candidate.start - 20) : candidate.start]
        if re.search(r"[（(]\s?(?:19|20)\d\d[^（()）]{0,6}[:：]\s?$", lead):
            return True
        if re.search(r"(?:从|由)[^，。；至到]{0,18}$|\bfrom (?:[^,;]{0,18})$", lead, re.I):
            return True
        return bool(
            re.search(
                r"\b(?:compared (?:with|to)|versus|vs\.?|against|up from|down from)\s?(?:about |nearly |over |just |some |only )?$|\bup from (?:[^,;]{0,18})$|较[^，。；]{0,12}的$|高于[^，。；]{0,10}的$",
                lead,
                re.I,
            )
        )

    def _future(self, facts: Facts) -> bool:
        published = self.around.published
        if facts.last is None:
            return False
        if published is not None:
            # a year or a half in which a text appears is not ahead of it
            if facts.first is not None and facts.first <= published and (facts.last - facts.first).days > 100:
                return facts.last.year > published.year
            return facts.last > published and (facts.last.year > published.year or facts.last.month > published.month)
        return facts.last.year >= 2027

    def _past(self, facts: Facts) -> bool | None:
        published = self.around.published
        if facts.last is None or facts.first is None:
            return None
        if published is not None:
            return facts.last < published
        # another period of the sentence lies later, and the cue belongs to that one
        return None

    # --- names --------------------------------------------------------------------------------------------------------

    def _geography(self, candidate: Candidate, hits_before: list[Hit], indicator: Field) -> Field:
        own = self._own_place(candidate, hits_before)
        inherited = own.confidence < 0.65 or own is self.around.frame.place
        frame = self.around.frame
        # of the whole place where a government or a survey speaks of it
        whole = "place" in frame.told or (frame.place.evidence == "title" and frame.kind.value in _OF_PLACES)
        if not whole and inherited and indicator.confidence >= 0.6 and is_placeless(self.gazetteer, indicator.value):
            return EMPTY
        return own

    def _is_specification(self, indicator: Field) -> bool:
        """What a product is holds at any time: only its own sentence dates it."""
        return indicator.confidence >= 0.6 and self.gazetteer.tables.get(indicator.value) in rules()["timeless"]

    def _own_place(self, candidate: Candidate, hits_before: list[Hit]) -> Field:
        places = [hit for hit in self.hits if hit.kind == "geography" and not self._idle(hit)]
        paired = self._paired_place(candidate, places)
        if paired is not None:
            return Field(paired.value, 0.9, paired.word)
        people = [
            h for h in places if 0 <= h.start - candidate.end <= 8 and re.fullmatch(r"[A-Z]\w+(?:ans|ons|ards)", h.word)
        ]
        if people:  # 58 % of Americans
            return Field(people[0].value, 0.85, people[0].word)
        whole = {hit.start for hit in places if self._is_whole(hit, candidate)}
        own = [hit for hit in places if hit.start not in whole]
        clause = max(self.text.rfind(mark, self.start, candidate.start) for mark in ("，", "；", ", ", ";"))
        after = [h for h in own if candidate.end <= h.start <= candidate.end + 48]
        for hit in after[:1]:
            gap = self.text[candidate.end : hit.start]
            if re.search(r"\b(?:in|across|within|by|for) (?:the )?$", gap) and not re.search(r"[,;，。]", gap):
                return Field(hit.value, 0.85, hit.word)
        ahead = [h for h in own if h.end <= candidate.start]
        if ahead:
            inner = [h for h in ahead if h.start > clause]
            if candidate.unit in ("times", "ratio") and any(
                0 <= places_after.start - candidate.end <= 10 for places_after in places if places_after.start in whole
            ):
                return Field(ahead[0].value, 0.8, ahead[0].word)
            hit = inner[-1] if inner else ahead[-1]
            return Field(hit.value, 0.9 if inner else 0.8, hit.word)
        if after and not re.search(r"[,;，。]", self.text[candidate.end : after[0].start]):
            return Field(after[0].value, 0.6, after[0].word)
        if places and whole and not own:
            hit = places[-1]
            behind = [h for h in places if 0 <= h.start - candidate.end <= 12]
            if behind:  # 58 % of Americans: the whole is the population itself
                return Field(behind[0].value, 0.7, behind[0].word)
            inherited = self._inherited_place(hits_before)
            return inherited if inherited.value else Field(hit.value, 0.4, hit.word)
        entity = [hit for hit in self.hits if hit.kind == "entity"]
        inherited = self._inherited_place(hits_before)
        if entity and inherited.value == "WLD":
            return EMPTY
        return inherited

    def _paired_place(self, candidate: Candidate, places: list[Hit]) -> Hit | None:
        """Japan, Korea and Singapore … 14 %, 9 % and 3 %, respectively."""
        if len(places) < 2 or not _RESPECTIVELY.search(self.text[self.start : self.end]):
            return None
        runs = [run for run in _runs(self.text, places, 12) if len(run) > 1]
        for group in _runs(self.text, _one_a_place(self.candidates), 8):
            starts = [c.start for c in group]
            if candidate.start in starts:
                fitting = [run for run in runs if len(run) == len(group) and run[0].start < group[0].start]
                if fitting and len(group) > 1:
                    return fitting[-1][starts.index(candidate.start)]
        return None

    def _inherited_place(self, hits_before: list[Hit]) -> Field:
        around = self.around
        if "place" in around.frame.told:
            return around.frame.place
        for pool, sure in (
            (hits_before, 0.6),
            (around.heading_hits, 0.5),
            (around.title_hits, 0.5),
            (around.last_hits if around.unfinished else [], 0.35),
        ):
            places = [hit for hit in pool if hit.kind == "geography" and hit.value]
            if places and self._contains_frame(places[0].value):
                return around.frame.place
            if places and (len({hit.value for hit in places}) == 1 or pool is hits_before):
                return Field(places[0].value, sure, places[0].word)
        if around.frame.place.confidence >= _SURE_PLACE and not self._has_no_place():
            return around.frame.place
        return EMPTY

    def _contains_frame(self, place: str) -> bool:
        """A country named before does not take over from the region that the document is about."""
        frame = self.around.frame.place
        return frame.evidence == "title" and self.gazetteer.contains(place, frame.value)

    def _has_no_place(self) -> bool:
        """What is said of a named company, chip or model has no place, unless the title of the document names one."""
        return self.around.frame.place.evidence != "title" and any(hit.kind == "entity" for hit in self.hits)

    def _idle(self, hit: Hit) -> bool:
        """全球最大, 全球领先, 世界第二: ways of ranking, no place of a figure."""
        after = self.text[hit.end : hit.end + 6]
        before = self.text[max(0, hit.start - 8) : hit.start]
        if (hit.value == "WLD" or hit.word in ("全国", "国内", "我国")) and re.match(
            r"(?:最|领先|第|首|前|顶尖|一流|范围|竞争|格局|人工智能大会|各|其他)|\s?(?:leader|largest|biggest|class|rank|first)|'s (?:largest|biggest|first|most|second)",
            after,
        ):
            return True
        seat_before, seat_after = _seat()
        if seat_after.search(self.text[hit.end : hit.end + 16]) or seat_before.search(
            self.text[max(0, hit.start - 24) : hit.start]
        ):
            return True
        if hit.word in ("US", "U.S.") and re.match(r"\$|\s?dollar", after):
            return True
        return bool(re.search(r"(?:除|除了|不含|不包括|excluding|outside|except)\s?(?:the )?$", before))

    def _is_whole(self, hit: Hit, candidate: Candidate) -> bool:
        """占全球的 36%, 36% of the global total: the place is the whole, not the part."""
        if candidate.unit in ("times", "ratio"):
            # 是美国的6倍; 12 times China's: the place is what something is compared with
            if hit.end <= candidate.start:
                lead = self.text[max(self.start, hit.start - 3) : hit.start]
                return bool(re.search(r"[是为于比较]约?$", lead)) and len(self.text[hit.end : candidate.start]) <= 12
            return len(self.text[candidate.end : hit.start]) <= 10
        if candidate.unit != "percent":
            return False
        between = self.text[hit.end : candidate.start] if hit.end <= candidate.start else ""
        lead = self.text[max(self.start, hit.start - 4) : hit.start]
        if hit.end <= candidate.start and len(between) <= 14 and re.search(r"占|拥有|贡献|相当于", lead):
            return True
        if hit.end <= candidate.start and re.fullmatch(r"(?:的|总量的?|市场的?)?(?:约|近|超过?|逾)?", between):
            return bool(re.search(r"占|拥有|贡献|达|仅|约", lead)) or hit.value == "WLD"
        if hit.start >= candidate.end:
            gap = self.text[candidate.end : hit.start]
            return bool(re.fullmatch(r"\s?of (?:the |all )?(?:total |entire )?(?:firms in |companies in )?", gap))
        return False

    def _entity(self, candidate: Candidate) -> Field:
        found = self._nearest("entity", candidate)
        return found

    def _nearest(self, kind: str, candidate: Candidate) -> Field:
        hits = [hit for hit in self.hits if hit.kind == kind and hit.value]
        ahead = [hit for hit in hits if hit.end <= candidate.start]
        if ahead:
            near = ahead[-1]
            distance = candidate.start - near.end
            return Field(near.value, 0.8 if distance < 30 else 0.6, near.word)
        after = [hit for hit in hits if candidate.end <= hit.start <= candidate.end + 24]
        if after and not re.search(r"[，。；,;]", self.text[candidate.end : after[0].start]):
            return Field(after[0].value, 0.5, after[0].word)
        return EMPTY

    def _indicator(self, candidate: Candidate, statistic: str) -> Field:
        words = [hit for hit in self.hits if hit.kind == "indicator"]
        return choose_indicator(candidate, statistic, words, self.gazetteer, self.text, self.around)


def is_placeless(gazetteer: Gazetteer, indicator: str) -> bool:
    """Whether an indicator is of a company, a product or a model, which has no place of its own."""
    known = rules()["placeless"]
    return indicator in known["indicators"] or gazetteer.tables.get(indicator) in known["tables"]


@lru_cache(maxsize=1)
def _seat() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = rules()["seat"]
    return re.compile(words["before"], re.I), re.compile(words["after"], re.I)


def choose_indicator(
    candidate: Candidate, statistic: str, words: list[Hit], gazetteer: Gazetteer, text: str, around: Surroundings
) -> Field:
    """The indicator whose name stands nearest and whose dimension fits the unit."""

    def fits(name: str) -> bool:
        return fits_dimension(gazetteer, gazetteer.dimensions[name], candidate, statistic)

    best: tuple[float, Hit] | None = None
    for hit in words:
        if not fits(hit.value):
            continue
        if hit.start <= candidate.start < hit.end:
            distance = 0.0
        elif hit.end <= candidate.start:
            distance = candidate.start - hit.end
        else:
            distance = (hit.start - candidate.end) * 1.5 + 12
            if re.search(r"[，。；;]", text[candidate.end : hit.start]):
                distance += 60
        distance -= 3 * len(hit.word) if not hit.word.isascii() else len(hit.word)
        if best is None or distance < best[0]:
            best = (distance, hit)
    if best is not None and best[0] < 200:
        return Field(best[1].value, 0.8 if best[0] < 20 else 0.6, best[1].word)
    for pool, sure in ((around.title_hits, 0.4), (around.heading_hits, 0.4)):
        usable = [hit for hit in pool if hit.kind == "indicator" and fits(hit.value)]
        if usable:
            return Field(usable[-1].value, sure, usable[-1].word)
    fallback = gazetteer.default_indicators.get(candidate.counted if candidate.unit == "count" else candidate.unit)
    if fallback:
        return Field(fallback, 0.4, candidate.counted or candidate.unit)
    return EMPTY


def fits_dimension(
    gazetteer: Gazetteer, dimension: str, candidate: Candidate | ExtractedFigure, statistic: str
) -> bool:
    """Whether an indicator of ``dimension`` can have this unit, as `loading.rows` will check it."""
    own = gazetteer.unit_dimensions.get(candidate.unit, "")
    if dimension in ("any", own):
        return True
    return own in ("percent", "ratio", "multiple") and statistic in ("yoy", "cagr", "share", "ratio", "change")


def _nearest_cue(cues: dict[str, re.Pattern[str]], text: str) -> tuple[str, str] | None:
    best: tuple[int, int, str, str] | None = None
    for kind, expression in cues.items():
        for match in expression.finditer(text):
            place = (match.end(), len(match[0]))
            if best is None or place > best[:2]:
                best = (*place, kind, match[0])
    compound = list(cues["cagr"].finditer(text)) if "cagr" in cues else []
    if (
        best is not None
        and compound
        and best[0] - compound[-1].end() <= 14
        and best[2] != "cagr"
        and not re.search(r"[，,；;]", text[compound[-1].end() : best[0]])
    ):
        return "cagr", compound[-1][0]  # 复合增长率: the growth rate is the compound one
    return None if best is None else (best[2], best[3])


def _first_cue(cues: dict[str, re.Pattern[str]], text: str) -> tuple[str, str] | None:
    best: tuple[int, str, str] | None = None
    for kind, expression in cues.items():
        match = expression.search(text)
        if match and (best is None or match.start() < best[0]):
            best = (match.start(), kind, match[0])
    return None if best is None else (best[1], best[2])


# 到2030年, by 2030: a date, whatever the verb says
_BY_YEAR = re.compile(r"到20|by 20", re.I)


def _between(found: dict[str, tuple[int, str]], kind: str) -> set[str]:
    """Cues that stand nearer to the figure than ``kind``."""
    return {name for name, (at, _) in found.items() if at > found[kind][0]}


def _one_a_place(candidates: list[Candidate]) -> list[Candidate]:
    return [c for c in candidates if c.range_end != "high"]


def _runs(text: str, items: list[Mention] | list[Candidate] | list[Hit], gap: int) -> list[list[Any]]:
    """Neighbours that only list marks part."""
    runs: list[list[Any]] = []
    for item in items:
        if runs:
            between = text[runs[-1][-1].end : item.start]
            if len(between) <= gap and _LIST_GAP.fullmatch(between):
                runs[-1].append(item)
                continue
        runs.append([item])
    return runs


# 2025-26 of a country whose fiscal year begins in April is one year
_SPLIT_YEAR = re.compile(r"((?:19|20)\d\d)[-–/](\d\d)\s*")
_SPLIT = ("IND", "GBR")


def _has_split_years(text: str, hits: list[Hit], around: Surroundings) -> bool:
    named = {hit.value for hit in hits if hit.kind == "geography"}
    return around.frame.place.value.startswith(_SPLIT) or (bool(named) and all(v.startswith(_SPLIT) for v in named))


def _fiscal(text: str, mention: Mention) -> Mention:
    split = _SPLIT_YEAR.fullmatch(text, mention.start, mention.end)
    if split is None:
        return mention
    first, last = int(split[1]), int(split[2])
    if (first + 1) % 100 != last:
        return mention
    return replace(mention, label=f"FY{first + 1}", first=None, last=None)


_YEARS = {"two": 2, "three": 3, "four": 4, "five": 5, "两": 2, "三": 3, "四": 4, "五": 5}


def _years_back(mention: Mention, years: int) -> Mention | None:
    try:
        period = parse_period(re.sub(r"(?:19|20)\d\d", lambda m: str(int(m[0]) - years), mention.label))
    except PeriodError:
        return None
    return replace(mention, label=period.label, first=period.start, last=period.end, role="", forecast=False)


def _is_span(mention: Mention) -> bool:
    return mention.first is not None and mention.last is not None and mention.last.year - mention.first.year >= 1


def _joined(first: Mention, last: Mention) -> Mention:
    assert first.first is not None
    assert last.last is not None
    if first.label[:4].isdigit() and last.label[:4].isdigit():
        label = f"{first.label[:4]}-{last.label[:4]}"
        return Mention(
            first.start, last.end, label, date(first.first.year, 1, 1), date(last.last.year, 12, 31), last.forecast
        )
    return last


def _year_of(mention: Mention, year: int) -> Mention:
    return Mention(mention.start, mention.end, str(year), date(year, 1, 1), date(year, 12, 31), mention.forecast)


def _as_field(mention: Mention | None, sure: float) -> tuple[Field, date | None, date | None]:
    if mention is None:
        return EMPTY, None, None
    return Field(mention.label, sure, mention.label), mention.first, mention.last
