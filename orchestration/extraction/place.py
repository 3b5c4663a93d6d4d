"""The place of a figure: its own, a pair of a list, the whole of a share, or inherited."""

# expressions stay on one line
# ruff: noqa: E501

import re
from functools import lru_cache

from orchestration.extraction.frame import OF_THE_WHOLE, rules
from orchestration.extraction.gazetteer import Hit
from orchestration.extraction.indicator import is_placeless
from orchestration.extraction.model import EMPTY, Candidate, Field
from orchestration.extraction.scene import RESPECTIVELY, Scene, list_runs, one_a_place

_SURE_PLACE = 0.4

_OF_PLACES = ("plan", "statistics", "survey")


def place_of(scene: Scene, candidate: Candidate, hits_before: list[Hit], indicator: Field) -> Field:
    if is_exchange_rate(scene, candidate):
        return EMPTY
    own = _own_place(scene, candidate, hits_before)
    inherited = own.confidence < 0.65 or own is scene.around.frame.place
    frame = scene.around.frame
    # of the whole place where a government or a survey speaks of it
    told = "place" in frame.told
    whole = (told or frame.place.evidence in OF_THE_WHOLE) and frame.kind.value in _OF_PLACES
    sure = indicator.confidence >= 0.6 or indicator.evidence == candidate.unit  # the unit itself says what is measured
    if not whole and inherited and sure and is_placeless(scene.gazetteer, indicator.value, told):
        return EMPTY
    return own


def is_exchange_rate(scene: Scene, candidate: Candidate) -> bool:
    """1ドル=143円, KRW 1,275 per dollar: what one money is worth in another has no place."""
    rate = rules()["exchange_rate"]
    behind = scene.text[candidate.end : candidate.end + 24]
    return bool(
        re.search(rate["before"], scene.text[max(scene.start, candidate.start - 24) : candidate.start], re.I)
        or re.match(rate["after"], behind, re.I)
    )


def _own_place(scene: Scene, candidate: Candidate, hits_before: list[Hit]) -> Field:
    places = [hit for hit in scene.hits if hit.kind == "geography" and not _idle(scene, hit)]
    paired = _paired_place(scene, candidate, places)
    if paired is not None:
        return Field(paired.value, 0.9, paired.word)
    people = [
        h for h in places if 0 <= h.start - candidate.end <= 8 and re.fullmatch(r"[A-Z]\w+(?:ans|ons|ards)", h.word)
    ]
    if people:  # 58 % of Americans
        return Field(people[0].value, 0.85, people[0].word)
    whole = {hit.start for hit in places if _is_whole(scene, hit, candidate)}
    own = [hit for hit in places if hit.start not in whole]
    clause = max(scene.text.rfind(mark, scene.start, candidate.start) for mark in ("，", "；", ", ", ";"))
    after = [h for h in own if candidate.end <= h.start <= candidate.end + 48]
    for hit in after[:1]:
        gap = scene.text[candidate.end : hit.start]
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
    if after and not re.search(r"[,;，。]", scene.text[candidate.end : after[0].start]):
        return Field(after[0].value, 0.6, after[0].word)
    if places and whole and not own:
        hit = places[-1]
        behind = [h for h in places if 0 <= h.start - candidate.end <= 12]
        if behind:  # 58 % of Americans: the whole is the population itself
            return Field(behind[0].value, 0.7, behind[0].word)
        inherited = _inherited_place(scene, hits_before)
        return inherited if inherited.value else Field(hit.value, 0.4, hit.word)
    entity = [hit for hit in scene.hits if hit.kind == "entity"]
    inherited = _inherited_place(scene, hits_before)
    if entity and inherited.value == "WLD":
        return EMPTY
    return inherited


def _paired_place(scene: Scene, candidate: Candidate, places: list[Hit]) -> Hit | None:
    """Japan, Korea and Singapore … 14 %, 9 % and 3 %, respectively."""
    if len(places) < 2 or not RESPECTIVELY.search(scene.text[scene.start : scene.end]):
        return None
    runs = [run for run in list_runs(scene.text, places, 12) if len(run) > 1]
    for group in list_runs(scene.text, one_a_place(scene.candidates), 8):
        starts = [c.start for c in group]
        if candidate.start in starts:
            fitting = [run for run in runs if len(run) == len(group) and run[0].start < group[0].start]
            if fitting and len(group) > 1:
                return fitting[-1][starts.index(candidate.start)]
    return None


def _inherited_place(scene: Scene, hits_before: list[Hit]) -> Field:
    around = scene.around
    if "place" in around.frame.told:
        return around.frame.place
    for pool, sure in (
        (hits_before, 0.6),
        (around.heading_hits, 0.5),
        (around.title_hits, 0.5),
    ):
        places = [hit for hit in pool if hit.kind == "geography" and hit.value]
        if places and _contains_frame(scene, places[0].value):
            return around.frame.place
        if places and (len({hit.value for hit in places}) == 1 or pool is hits_before):
            return Field(places[0].value, sure, places[0].word)
    if around.frame.place.confidence >= _SURE_PLACE and not _has_no_place(scene):
        return around.frame.place
    broken = [hit for hit in around.last_hits if hit.kind == "geography" and hit.value] if around.unfinished else []
    if len({hit.value for hit in broken}) == 1:
        return Field(broken[0].value, 0.35, broken[0].word)
    return EMPTY


def _contains_frame(scene: Scene, place: str) -> bool:
    """A place named before does not take over from the one that the document is about: its country, a part of it."""
    frame = scene.around.frame.place
    contains = scene.gazetteer.contains
    return frame.evidence in OF_THE_WHOLE and (
        contains(place, frame.value) or (frame.value != "WLD" and contains(frame.value, place))
    )


def _has_no_place(scene: Scene) -> bool:
    """What is said of a named company, chip or model has no place, unless the title of the document names one."""
    return scene.around.frame.place.evidence not in OF_THE_WHOLE and any(hit.kind == "entity" for hit in scene.hits)


def _idle(scene: Scene, hit: Hit) -> bool:
    """全球最大, 全球领先, 世界第二: ways of ranking, no place of a figure."""
    after = scene.text[hit.end : hit.end + 6]
    before = scene.text[max(0, hit.start - 8) : hit.start]
    if (hit.value == "WLD" or hit.word in ("全国", "国内", "我国")) and re.match(
        r"(?:最|领先|第|首|前|顶尖|一流|范围|竞争|格局|人工智能大会|各|其他)|\s?(?:leader|largest|biggest|class|rank|first)|'s (?:largest|biggest|first|most|second)",
        after,
    ):
        return True
    seat_before, seat_after = _seat()
    if seat_after.search(scene.text[hit.end : hit.end + 16]) or seat_before.search(
        scene.text[max(0, hit.start - 24) : hit.start]
    ):
        return True
    if hit.word in ("US", "U.S.") and re.match(r"\$|\s?dollar", after):
        return True
    return bool(re.search(r"(?:除|除了|不含|不包括|excluding|outside|except)\s?(?:the )?$", before))


def _is_whole(scene: Scene, hit: Hit, candidate: Candidate) -> bool:
    """占全球的 36%, 36% of the global total: the place is the whole, not the part."""
    if candidate.unit in ("times", "ratio"):
        # 是美国的6倍; 12 times China's: the place is what something is compared with
        if hit.end <= candidate.start:
            lead = scene.text[max(scene.start, hit.start - 3) : hit.start]
            return bool(re.search(r"[是为于比较]约?$", lead)) and len(scene.text[hit.end : candidate.start]) <= 12
        return len(scene.text[candidate.end : hit.start]) <= 10
    if candidate.unit != "percent":
        return False
    between = scene.text[hit.end : candidate.start] if hit.end <= candidate.start else ""
    lead = scene.text[max(scene.start, hit.start - 4) : hit.start]
    if hit.end <= candidate.start and len(between) <= 14 and re.search(r"占|拥有|贡献|相当于", lead):
        return True
    if hit.end <= candidate.start and re.fullmatch(r"(?:的|总量的?|市场的?)?(?:约|近|超过?|逾)?", between):
        return bool(re.search(r"占|拥有|贡献|达|仅|约", lead)) or hit.value == "WLD"
    if hit.start >= candidate.end:
        gap = scene.text[candidate.end : hit.start]
        return bool(re.fullmatch(r"\s?of (?:the |all )?(?:total |entire )?(?:firms in |companies in )?", gap))
    return False


@lru_cache(maxsize=1)
def _seat() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = rules()["seat"]
    return re.compile(words["before"], re.I), re.compile(words["after"], re.I)
