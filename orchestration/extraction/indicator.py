"""The indicator of a figure, and the names that stand nearest to it."""

import re
from dataclasses import replace

from orchestration.extraction.frame import rules
from orchestration.extraction.gazetteer import Gazetteer, Hit
from orchestration.extraction.model import EMPTY, Candidate, ExtractedFigure, Field
from orchestration.extraction.scene import Facts, Scene, Surroundings
from orchestration.figures.numerals import simplified


def is_specification(scene: Scene, indicator: Field) -> bool:
    """What a product is holds at any time: only its own sentence dates it."""
    return indicator.confidence >= 0.6 and scene.gazetteer.tables.get(indicator.value) in rules()["timeless"]


def entity_of(scene: Scene, candidate: Candidate) -> Field:
    found = nearest_name(scene, "entity", candidate)
    return found


def nearest_name(scene: Scene, kind: str, candidate: Candidate) -> Field:
    hits = [hit for hit in scene.hits if hit.kind == kind and hit.value]
    ahead = [hit for hit in hits if hit.end <= candidate.start]
    if ahead:
        near = ahead[-1]
        distance = candidate.start - near.end
        return Field(near.value, 0.8 if distance < 30 else 0.6, near.word)
    after = [hit for hit in hits if candidate.end <= hit.start <= candidate.end + 24]
    if after and not re.search(r"[，。；,;]", scene.text[candidate.end : after[0].start]):
        return Field(after[0].value, 0.5, after[0].word)
    return EMPTY


def indicator_of(scene: Scene, candidate: Candidate, statistic: str) -> Field:
    words = [hit for hit in scene.hits if hit.kind == "indicator"]
    return choose_indicator(candidate, statistic, words, scene.gazetteer, scene.text, scene.around)


def is_placeless(gazetteer: Gazetteer, indicator: str, told: bool = False) -> bool:
    """Whether an indicator is of a company, a product or a model, which has no place of its own.

    Where a person has ``told`` the place of the document only what a thing is or costs has none.
    """
    known = rules()["placeless"]
    table = gazetteer.tables.get(indicator)
    if told:
        return table in known["things"]
    return indicator in known["indicators"] or table in known["things"] or table in known["companies"]


def choose_indicator(
    candidate: Candidate, statistic: str, words: list[Hit], gazetteer: Gazetteer, text: str, around: Surroundings
) -> Field:
    """The indicator whose name stands nearest and whose dimension fits the unit."""
    found = _nearest_indicator(candidate, statistic, words, gazetteer, text, around)
    size = rules()["one_chip"]
    if found.value in (size["one"], size["many"]) and gazetteer.unit_dimensions.get(candidate.unit) == "compute":
        return replace(found, value=size["one"] if abs(candidate.number) < size["most"] else size["many"])
    instead = rules()["data_centres"]["instead"].get(found.value)
    if instead is None:
        return found
    if simplified(found.evidence) in rules()["data_centres"]["whole"]:
        return found
    if around.frame.data_centres:
        return replace(found, value=instead)
    table = rules()["data_centres"]["table"]
    pools = (words, around.heading_hits, around.title_hits, around.document_hits)
    named = any(hit.kind == "indicator" and gazetteer.tables.get(hit.value) == table for pool in pools for hit in pool)
    return replace(found, value=instead) if named else found


def _nearest_indicator(
    candidate: Candidate, statistic: str, words: list[Hit], gazetteer: Gazetteer, text: str, around: Surroundings
) -> Field:

    def fits(name: str) -> bool:
        if shared and name in rules()["populations"]:
            return False
        return fits_dimension(gazetteer, gazetteer.dimensions[name], candidate, statistic)

    grown = statistic in ("yoy", "cagr", "change") and candidate.unit != "pp"
    shared = candidate.unit in RATES and not grown
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
    survey = rules()["survey"]
    asked = around.frame.kind.value == survey["kind"] and around.frame.kind.confidence >= survey["sure"]
    if asked and candidate.unit in ("percent", "pp") and shared:
        return Field(survey["indicator"], 0.4, survey["kind"])
    fallback = gazetteer.default_indicators.get(candidate.counted if candidate.unit == "count" else candidate.unit)
    if fallback:
        return Field(fallback, 0.4, candidate.counted or candidate.unit)
    return EMPTY


def is_rate_of(scene: Scene, before: Candidate, candidate: Candidate, own: Field) -> bool:
    """Whether a rate is one of the amount right before it: 214家，占38.6%; $7 billion (up 9 %)."""
    if candidate.unit not in RATES or before.unit in (*RATES, "s") or candidate.start < before.end:
        return False
    if scene.gazetteer.dimensions.get(own.value) in RATES:
        return False  # 收入158.2亿元、毛利率11.4%
    gap = scene.text[before.end : candidate.start]
    named = any(hit.kind == "indicator" and before.end < hit.start < candidate.end for hit in scene.hits)
    return len(gap) <= _BESIDE and not named and not re.search(r"[。；;]|\. ", gap)


def carried_topics(candidates: list[Candidate], facts: list[Facts], before: dict[str, Field]) -> dict[str, Field]:
    """Fill amounts of a sentence that no words name with what the one before speaks of; what it does, by unit.

    Only where the sentence before names one indicator for the unit, and no price: another thing has another price.
    """
    named: dict[str, dict[str, Field]] = {}
    for candidate, found in zip(candidates, facts, strict=True):
        if found.indicator.confidence >= _NAMED and candidate.unit not in RATES:
            named.setdefault(candidate.unit, {})[found.indicator.value] = found.indicator
    own = {unit: next(iter(known.values())) if len(known) == 1 else EMPTY for unit, known in named.items()}
    for candidate, found in zip(candidates, facts, strict=True):
        topic = before.get(candidate.unit, EMPTY)
        lends = topic.value and topic.value not in rules()["of_one_thing"] and candidate.unit not in named
        if lends and not found.indicator.value:
            found.indicator = replace(topic, confidence=0.4)
    return {**before, **own} if not named else own


_NAMED = 0.6  # from this confidence on a sentence names an indicator

_BESIDE = 14  # characters between an amount and a rate of it

RATES = ("percent", "pp", "times", "ratio", "multiple")


def fits_dimension(
    gazetteer: Gazetteer, dimension: str, candidate: Candidate | ExtractedFigure, statistic: str
) -> bool:
    """Whether an indicator of ``dimension`` can have this unit, as `loading.rows` will check it."""
    own = gazetteer.unit_dimensions.get(candidate.unit, "")
    if dimension in ("any", own):
        return True
    return own in ("percent", "ratio", "multiple") and statistic in ("yoy", "cagr", "share", "ratio", "change")
