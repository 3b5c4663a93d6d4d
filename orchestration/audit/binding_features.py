"""What speaks for a pair of levels as the ones that a rate is over: place, words, years, labels."""

import math
import re
from collections import Counter
from dataclasses import dataclass, field

from orchestration.audit.model import Spot, Text
from orchestration.audit.naming import context, tokens
from orchestration.audit.words import words

ALIKE = 20  # times
CLAUSE = 0.8  # nearness of the words of a figure's own clause
_CUT = re.compile(r"[，,；;。：:（(）)！？!?]|\.\s")


@dataclass(slots=True)
class Level:
    """A level of the text with the words right about it."""

    spot: Spot
    order: int  # among the figures of the document
    before: str
    behind: str
    rate: Spot | None  # the percentage that is the next figure of its sentence
    name: frozenset[str]
    years: tuple[int, int] | None
    fit: float = 0.0  # of a cell: how much of its row's and column's labels the words about the rate have
    total: bool = False  # of a cell: its line is a total
    named_behind: bool = False  # of a cell: its row is named right behind the rate
    twin: int = 0  # of a cell: steps from the rate to the figure that prints it or another one of its row


@dataclass(slots=True)
class Said:
    stated: Spot
    n: int
    text: Text
    order: int
    roles: dict[tuple[str, int], dict[str, float]] = field(default_factory=dict)
    rivals: dict[str, int] = field(default_factory=dict)  # levels of its sentence by unit
    named: dict[int, float] = field(default_factory=dict)  # how much of a level's name the words about the rate say


def name_levels(about: Said, near: list[Level]) -> None:
    """Weigh the names of the levels around a rate by the words of its clause; a word of many names tells little."""
    said = {t for t, weight in context(about.text, about.n).weights.items() if weight >= CLAUSE}
    common = Counter(t for level in near for t in level.name)
    for level in near:
        weights = {t: 1 / common[t] ** 0.5 for t in level.name}
        if level.spot.grid < 0 and weights:
            about.named[id(level.spot)] = sum(w for t, w in weights.items() if t in said) / sum(weights.values())


def level_of(text: Text, spots: list[Spot], n: int, order: int) -> Level:
    spot = spots[n]
    start = spots[n - 1].end if n else 0
    end = spots[n + 1].start if n + 1 < len(spots) else len(text.text)
    lead = text.text[start : spot.start]
    tail = text.text[spot.end : min(end, spot.end + 30)]
    name = tokens(_CUT.split(lead[-60:])[-1]) | tokens(_CUT.split(tail)[0])
    return Level(spot, order, lead[-24:], tail, _rate_behind(spots, n), name, spot.years)


def _rate_behind(spots: list[Spot], n: int) -> Spot | None:
    following = spots[n + 1] if n + 1 < len(spots) else None
    if following is None or following.unit != "percent" or following.sentence != spots[n].sentence:
        return None
    return following if following.start - spots[n].end <= 60 else None


def may_meet(a: Spot, b: Spot) -> bool:
    """One unit; of two cells, one line of one table."""
    if a.grid >= 0 and b.grid >= 0:
        return a.unit == b.unit and a.grid == b.grid and (a.row == b.row or a.column == b.column)
    if not a.unit or not b.unit:  # a numeral without a unit goes with its neighbour
        return a.block == b.block and abs(a.sentence - b.sentence) <= 1
    return a.unit == b.unit or _one_price(a, b)


def _one_price(a: Spot, b: Spot) -> bool:
    """Two prices of one size of which one does not say once more what it is per: 11.7 cents per kWh, then 12.9."""
    (stem, _, per), (other, _, also) = a.unit.partition("/"), b.unit.partition("/")
    return stem == other and bool(per) != bool(also) and 1 / ALIKE < a.value / b.value < ALIKE and a.grid == b.grid < 0


def _two_nouns(a: Spot, b: Spot) -> bool:
    """Whether two counts are of things that have different names: subscribers and users, chips and firms."""
    return a.unit == b.unit == "count" and bool(a.counted and b.counted) and a.counted != b.counted


def features_of(
    rule: str, about: Said, first: Level, last: Level, salient: set[int], near: list[Level]
) -> dict[str, float]:
    subject, base = (last, first) if rule in ("growth", "cagr") else (first, last)
    out = {"any": 1.0}
    for role, level in (("subject", subject), ("base", base)):
        key = role, id(level.spot)
        if key not in about.roles:  # every level is in many pairs
            found = _role(about, level, salient)
            about.roles[key] = {f"{role} {name}": value for name, value in found.items() if value}
        out |= about.roles[key]
    a = subject.spot
    out |= {name: value for name, value in _joint(rule, about, subject, base, near).items() if value}
    if a.unit not in about.rivals:
        about.rivals[a.unit] = sum(
            1 for x in near if x.spot.unit == a.unit and a.unit and x.spot.sentence == about.stated.sentence
        )
    rivals = about.rivals[a.unit]
    out["rivals in the sentence"] = math.log(max(1, rivals - 1))
    out["no unit"] = float(not a.unit and not base.spot.unit)
    out["one without a unit"] = float(bool(a.unit) != bool(base.spot.unit))
    out["vague"] = float(bool(a.open or base.spot.open))
    out["two nouns"] = float(_two_nouns(a, base.spot))
    return out


def _role(about: Said, level: Level, salient: set[int]) -> dict[str, float]:
    stated, s = about.stated, level.spot
    if s.grid >= 0:
        return _cell_role(stated, level)
    out: dict[str, float] = {}
    step = level.order - about.order
    together = s.block == stated.block and s.sentence == stated.sentence
    if together:
        between = about.text.text[min(s.end, stated.end) : max(s.start, stated.start)]
        out["right before" if step == -1 else "right behind" if step == 1 else "same sentence"] = 1.0
        if abs(step) == 1:
            out["close"] = float(len(between) <= 12)
            out["in brackets behind"] = float(step == 1 and between.lstrip()[:1] in "（(" and between.strip() != "")
            out["gloss"] = float(step == -1 and bool(words("gloss").search(between)))
            out["of behind"] = float(step == 1 and bool(words("own_whole_behind").search(between)))
            out["linked before"] = float(step == -1 and bool(words("whole_linked").fullmatch(between)))
            out["clause between"] = float(bool(_CUT.search(between[1:-1])))
        else:
            out["steps"] = math.log(abs(step))
    elif s.block == stated.block:
        gap = stated.sentence - s.sentence
        out["sentence before" if gap == 1 else "two before" if gap == 2 else "behind" if gap < 0 else "earlier"] = 1.0
        out["steps"] = math.log(max(1, abs(step)))
    else:
        out["other block"] = 1.0
        out["block after"] = float(s.block > stated.block)
        out["steps"] = math.log(max(1, abs(step)))
    if not (together and abs(step) == 1):  # the neighbours' words are the rate's own
        out["named"] = about.named.get(id(s), 0.0)
    out["own rate"] = float(level.rate is not None and level.rate is not stated)
    out["first levels"] = float(id(s) in salient)
    out["former"] = float(bool(words("before").search(level.before) or words("earlier").search(level.behind)))
    out["total"] = float(bool(words("sum").search(level.before) or words("total").search(level.before + level.behind)))
    out["own whole"] = float(bool(words("own_whole_before").search(level.before)))
    out["reached"] = float(bool(words("reached").search(level.before)))
    out["part"] = float(bool(words("part_cue").search(level.before)))
    return out | _year_role(stated, level)


def _cell_role(stated: Spot, level: Level) -> dict[str, float]:
    out = {
        "cell": 1.0, "cell named": level.fit, "cell total": float(level.total),
        "cell named behind": float(level.named_behind), "cell printed": float(level.twin == 1),
        "cell printed near": float(level.twin > 1), "cell beside a printed one": float(level.twin < 0),
    }  # fmt: skip
    return out | {f"cell {k}": v for k, v in _year_role(stated, level).items()}


def _year_role(stated: Spot, level: Level) -> dict[str, float]:
    out: dict[str, float] = {}
    if level.years and stated.years:
        years = level.years
        out["its year"] = float(years[1] == stated.years[1])
        out["year before"] = float(years[1] == stated.years[1] - 1)
        out["other year"] = float(years[1] not in (stated.years[1], stated.years[1] - 1))
    return out


def _joint(rule: str, about: Said, subject: Level, base: Level, near: list[Level]) -> dict[str, float]:
    a, b = subject.spot, base.spot
    out: dict[str, float] = {}
    if a.grid >= 0 or b.grid >= 0:
        out |= {
            "two cells": float(a.grid == b.grid),
            "one row": float(a.grid == b.grid and a.row == b.row),
            "cell and its total": float(a.grid == b.grid and a.column == b.column and (subject.total or base.total)),
            "text and cell": float(a.grid != b.grid),
        }
    if subject.years and base.years:
        gap = subject.years[1] - base.years[1]
        out["same year"] = float(gap == 0)
        out["one year on"] = float(gap == 1)
        out["more years on"] = float(gap > 1)
        out["backward"] = float(gap < 0)
    if a.indicator and b.indicator:
        out["one indicator"] = float(a.indicator == b.indicator)
        out["two indicators"] = float(a.indicator != b.indicator)
    if a.entity and b.entity:
        out["two entities"] = float(a.entity != b.entity)
        out["one entity"] = float(a.entity == b.entity)
    shared = len(subject.name & base.name)
    out["shared words"] = shared / max(1, min(len(subject.name), len(base.name)))
    out["from to"] = float(bool(words("before").search(base.before) and words("reached").search(subject.before)))
    out["part of whole"] = float(
        subject.order == about.order - 1 and bool(words("own_whole_behind").search(about.text.text[about.stated.end :]))
    )
    if a.grid < 0 and b.grid < 0:
        before = about.stated.sentence - 1
        alone = not any(x.spot.sentence == about.stated.sentence for x in near)
        out["both in the sentence before"] = float(a.sentence == b.sentence == before)
        out["both before, none beside"] = float(alone and a.sentence == b.sentence == before)
        out["base first"] = float(b.start < a.start and a.block == b.block)
        out["neighbours"] = float(abs(subject.order - base.order) == 1)
        out["both in the sentence"] = float(a.sentence == b.sentence == about.stated.sentence)
    ratio = max(a.value, b.value) / min(a.value, b.value)
    out["far apart"] = float(ratio > (20 if rule != "ratio" else 1000))
    return out
