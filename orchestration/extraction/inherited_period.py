"""The period that a figure takes from what stands before its sentence."""

# expressions stay on one line
# ruff: noqa: E501

import re

from orchestration.extraction.mention_spans import is_span
from orchestration.extraction.model import Mention
from orchestration.extraction.scene import SENTENCE, SURE_PERIOD, Scene

_OPENING = re.compile(
    r"\s*(?:[-*•·]\s?)?(?:(?:In|By|During|For|At|Throughout|Over|From)(?: the)?(?: end of)? ?|到|至|截至|截止|在|自|预计到?|力争到?)?\s*",
    re.I,
)


def _opens_a_sentence(scene: Scene, mention: Mention) -> bool:
    """In 2024, …; 到2027年，…: a period that opens a sentence holds for those behind it, until the next one."""
    lead = scene.text[max(0, mention.start - 24) : mention.start]
    lead = SENTENCE.split(lead)[-1]
    return len(lead) <= 12 and bool(_OPENING.fullmatch(lead))


def _closes_a_sentence(scene: Scene, mention: Mention) -> bool:
    """$2.5 billion, compared with 1.9 in the year 2023. Figures stand before the period, none behind it."""
    start = max((m.end() for m in SENTENCE.finditer(scene.text, 0, mention.start)), default=0)
    ends = SENTENCE.search(scene.text, mention.end)
    end = ends.start() if ends is not None else len(scene.text)
    return bool(_DIGIT.search(scene.text, start, mention.start)) and not _DIGIT.search(scene.text, mention.end, end)


_SURER = 0.5
_DIGIT = re.compile(r"\d")


def inherited_period(scene: Scene, before: list[Mention]) -> tuple[Mention | None, float]:
    around = scene.around
    # the day on which a document appeared governs nothing behind it
    appeared = around.published

    def governing(pool: list[Mention]) -> list[Mention]:
        return [m for m in pool if appeared is None or not m.first == m.last == appeared]

    before = governing(before)
    framed = around.frame.period.confidence >= SURE_PERIOD
    # a clause behind a semicolon belongs to the sentence that names the period
    if before and scene.text[: scene.start].rstrip()[-1:] in ("；", ";"):
        usable = [m for m in before if not m.role and not is_span(m)]
        beside = usable and len(SENTENCE.findall(scene.text, usable[-1].end, scene.start)) == 1
        if beside and len({m.label for m in usable}) == 1:
            return usable[-1], 0.7
    if around.frame.period.confidence >= _SURER:
        # one that stands behind the figures of its sentence is theirs; the document is about another
        before = [m for m in before if not _closes_a_sentence(scene, m)]
    opened = [m for m in before if not m.role and m.label]
    if len({m.label for m in opened}) == 1 and _opens_a_sentence(scene, opened[0]):
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
        (governing(around.heading_periods), 0.5),
        (governing(around.title_periods), 0.5),
        (
            governing(around.last_periods)
            if around.unfinished and (not framed or around.frame.period.evidence == "dateline")
            else [],
            0.3,
        ),
    ):
        usable = [m for m in pool if not m.role and m.label]
        labels = {m.label for m in usable}
        if not usable:
            continue
        if len(labels) == 1:
            return usable[-1], sure
        if pool is before:
            # several periods in the sentence before: the text went on from its first subject
            plain = [m for m in usable if not m.forecast and not is_span(m)]
            if plain:
                return plain[0] if pool is not before else plain[-1], 0.4
        break
    if framed:
        return around.frame.mention(), around.frame.period.confidence
    return None, 0.0
