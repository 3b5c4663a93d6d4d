"""What is known around a figure: the document above it, its sentence, and the facts to be found."""

import re
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from orchestration.extraction.frame import Frame
from orchestration.extraction.gazetteer import Gazetteer, Hit
from orchestration.extraction.model import EMPTY, Candidate, Field, Mention
from orchestration.extraction.relative_periods import Now

_DATA = Path(__file__).parent / "data"

SENTENCE = re.compile(
    r"[。！？!?；;]+[”\"’」）)]?|(?<![A-Z])(?<!\b[A-Z][a-z])(?<!\bvs)(?<!\bNo)(?<!\bapprox)(?<!\betc)(?<!\bInc)(?<!\bCorp)(?<!\bLtd)\.[”\"’)]?(?=\s+[A-Z\"“(0-9$¥€])|(?<=[가-힣])\.(?=\s)|\n"
)

_LIST_GAP = re.compile(
    r"[ \t]*(?:[、,/，;；]|和|及|与|以及|至|到|and|to|, and)?[ \t]*(?:about|约|近|超|approximately|the)?[ \t]*"
)

RESPECTIVELY = re.compile(r"分别|依次|respectively|in turn|各自", re.I)

_LONGEST_SENTENCE = 700

# from these probabilities on an inferred frame governs
SURE_PERIOD = 0.35

# "this year" of these is the year that they report on
_REPORTS = ("filing", "statistics")


@lru_cache(maxsize=1)
def load_cues() -> dict[str, dict[str, re.Pattern[str]]]:
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

    def main(self) -> Mention | None:
        """The one period of the heading, else that of the document, where it is sure enough to govern."""
        headed = [m for m in self.heading_periods if not m.role and m.label]
        if headed:
            return headed[0] if len({m.label for m in headed}) == 1 else None
        return self.frame.mention() if self.frame.period.confidence >= SURE_PERIOD else None

    def now(self) -> Now:
        """What relative periods of the text count from."""
        main = self.frame.period
        known = "period" in self.frame.told or main.confidence >= SURE_PERIOD
        years = {m.label for m in self.heading_periods if not m.role and re.fullmatch(r"\d{4}", m.label)}
        of = main.value if known else ""
        if len(years) == 1 and not of.startswith("FY"):
            of = years.pop()  # a section about one year is nearer than the document
        return Now(self.published, of, self.frame.kind.value in _REPORTS, self.frame.republic)


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
    for end in [*(match.end() for match in SENTENCE.finditer(text) if match.end() < len(text)), len(text)]:
        # an endless sentence is cut, so that the work for one figure stays bounded
        while end - starts[-1] > _LONGEST_SENTENCE:
            cut = max(text.rfind(mark, starts[-1] + 1, starts[-1] + _LONGEST_SENTENCE) for mark in "，,、 ")
            starts.append(cut + 1 if cut > starts[-1] else starts[-1] + _LONGEST_SENTENCE)
        if end < len(text):
            starts.append(end)
    return starts


@dataclass(slots=True)
class Scene:
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


def nearest_cue(cues: dict[str, re.Pattern[str]], text: str) -> tuple[str, str] | None:
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


def first_cue(cues: dict[str, re.Pattern[str]], text: str) -> tuple[str, str] | None:
    best: tuple[int, str, str] | None = None
    for kind, expression in cues.items():
        match = expression.search(text)
        if match and (best is None or match.start() < best[0]):
            best = (match.start(), kind, match[0])
    return None if best is None else (best[1], best[2])


def cues_between(found: dict[str, tuple[int, str]], kind: str) -> set[str]:
    """Cues that stand nearer to the figure than ``kind``."""
    return {name for name, (at, _) in found.items() if at > found[kind][0]}


def one_a_place(candidates: list[Candidate]) -> list[Candidate]:
    return [c for c in candidates if c.range_end != "high"]


def list_runs(text: str, items: list[Mention] | list[Candidate] | list[Hit], gap: int) -> list[list[Any]]:
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
