"""What a number is about: period, geography, status, statistic, indicator, entity, from the words around it.

Every field carries a confidence and the words it was read from; a field that nothing supports stays blank.
Structure decides before grammar: lists with 分别/respectively, from-to pairs, then the nearest mention in the
sentence, the paragraph, the heading, the exhibit title.
"""

from bisect import bisect_right
from dataclasses import replace

from orchestration.extraction.compared_periods import with_asides
from orchestration.extraction.figure_period import (
    bound_periods,
    mention_of,
    paired_periods,
    span_of_growth,
    year_earlier,
)
from orchestration.extraction.gazetteer import Gazetteer, Hit
from orchestration.extraction.indicator import (
    carried_topics,
    entity_of,
    indicator_of,
    is_rate_of,
    is_specification,
    nearest_name,
)
from orchestration.extraction.mention_spans import SPLIT_YEAR, as_field, as_fiscal, has_split_years, year_that_ends
from orchestration.extraction.model import Candidate, Field, Mention
from orchestration.extraction.place import place_of
from orchestration.extraction.plan_span import span_of_plan
from orchestration.extraction.scene import Facts, Scene, Surroundings, sentences
from orchestration.extraction.signs import sign_fall
from orchestration.extraction.statistic import growth_or_change, own_rate, statistic_of
from orchestration.extraction.status import status_of


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
    if any(SPLIT_YEAR.fullmatch(text, m.start, m.end) for m in labelled) and has_split_years(text, hits, around):
        labelled = [as_fiscal(text, m) for m in labelled]
    by_sentence: dict[int, list[int]] = {}
    for index, candidate in enumerate(candidates):
        by_sentence.setdefault(bisect_right(starts, candidate.start) - 1, []).append(index)
    facts = [Facts() for _ in candidates]
    before: list[Mention] = []
    hits_before: list[Hit] = []
    topics: dict[str, Field] = {}
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(text)
        here = [mention for mention in labelled if start <= mention.start < end]
        named = [hit for hit in hits if start <= hit.start < end]
        members = by_sentence.get(number, [])
        if members:
            here = with_asides(text, here, [candidates[i] for i in members], around.main())
            scene = Scene(text, start, end, [candidates[i] for i in members], here, named, gazetteer, around)
            for index, found in zip(members, _facts_of_scene(scene, before, hits_before), strict=True):
                facts[index] = found
            topics = carried_topics([candidates[i] for i in members], [facts[i] for i in members], topics)
        if here:
            # what stands in brackets or is compared with governs no sentence behind it
            open_ones = [m for m in here if not m.role and text[m.start - 1 : m.start] not in ("(", "（")]
            # what is only compared with ends no period, but those that a heading tells anew
            before = open_ones or (before if all(m.role for m in here) and not around.heading_periods else [])
        if any(hit.kind == "geography" for hit in named):
            hits_before = named
    if before:
        around.last_periods = before
    return facts


def _facts_of_scene(scene: Scene, before: list[Mention], hits_before: list[Hit]) -> list[Facts]:
    paired = paired_periods(scene)
    bound = bound_periods(scene)
    found: list[Facts] = []
    for index, candidate in enumerate(scene.candidates):
        facts = Facts(sentence=(scene.start, scene.end))
        facts.statistic = statistic_of(scene, candidate)
        mention, sure = mention_of(scene, index, candidate, facts.statistic.value, paired, bound, before)
        earlier = year_earlier(scene, candidate, before)
        mention, sure = (earlier, 0.85) if earlier is not None else (mention, sure)
        mention = span_of_growth(scene, candidate, facts.statistic.value, mention) or mention
        facts.entity = entity_of(scene, candidate)
        facts.indicator = indicator_of(scene, candidate, facts.statistic.value)
        if index and is_rate_of(scene, scene.candidates[index - 1], candidate, facts.indicator):
            facts.indicator = found[-1].indicator if found[-1].indicator.value else facts.indicator
        if mention is not None and mention not in scene.mentions and earlier is None:
            mention = None if is_specification(scene, facts.indicator) else mention
        mention = span_of_plan(scene, candidate, facts.statistic.value) or mention
        facts.period, facts.first, facts.last = as_field(mention, sure)
        facts.geography = place_of(scene, candidate, hits_before, facts.indicator)
        facts.segment = nearest_name(scene, "segment", candidate)
        facts.statistic = own_rate(growth_or_change(scene, candidate, facts), facts.indicator.value)
        if facts.statistic.value in ("yoy", "change") and (whole := year_that_ends(facts.period.value)):
            # what a stock at the end of a year has grown by, it has grown by in that year
            facts.period, facts.first, facts.last = replace(facts.period, value=whole.label), whole.first, whole.last
        facts.status = status_of(scene, index, candidate, facts, mention)
        sign_fall(scene.text, candidate, facts.statistic.value)
        found.append(facts)
    return found
