"""Whether a figure is given, estimated, forecast or a target."""

# expressions stay on one line
# ruff: noqa: E501

import re

from orchestration.extraction.context_rules import context_rules
from orchestration.extraction.frame import rules
from orchestration.extraction.model import EMPTY, Candidate, Field, Mention
from orchestration.extraction.scene import Facts, Scene, cues_between, load_cues
from orchestration.figures.numerals import simplified


def status_of(scene: Scene, index: int, candidate: Candidate, facts: Facts, mention: Mention | None) -> Field:
    lead = scene.text[max(scene.start, candidate.start - _BESIDE) : candidate.start]
    tail = re.split(
        r"[，。；,;]|\.\s|\b(?:and|but|while|whereas)\b",
        scene.text[candidate.end : min(scene.end, candidate.end + 60)],
    )[0]
    if (mention is not None and mention.forecast) or facts.indicator.value in rules()["expected"]:
        return Field("forecast", 0.9, facts.period.value)
    if context_rules()["target_price"].pattern.search(lead):
        return Field("forecast", 0.85, lead.strip()[-8:])
    found: dict[str, tuple[int, str]] = {}
    for kind, start, end, word in _status_cues(scene):
        if end <= candidate.start:
            found[kind] = (start, word)
    turned = (
        re.search(
            r"\b(?:but|however|actual(?:ly)?|in fact)\b|实际|而实际",
            scene.text[found["forecast"][0] : candidate.start],
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
        and re.search(r"[，；;,]", scene.text[planned[0] : candidate.start])
    ):
        del found["target"]  # what some plan is not what others have
    future = _future(scene, facts)
    past = _past(scene, facts)
    if not found and not past:
        announced = _announced(scene)
        if announced.value:
            return announced
    plan = scene.around.frame.kind.value == "plan"
    if plan and not past and (future or "forecast" in found):
        return Field("target", 0.7, "plan")
    if past is None and _is_start(scene, candidate):
        past = True
    dated = "forecast" in found and _BY_YEAR.match(found["forecast"][1])
    if "target" in found and not (past and not future) and (dated or "forecast" not in cues_between(found, "target")):
        return Field("target", 0.75, found["target"][1])
    if (
        "claim" in found
        and not future
        and "forecast" not in cues_between(found, "claim")
        and candidate.unit in ("percent", "times", "s", "pp", "ratio")
    ):
        return Field("claim", 0.65, found["claim"][1])
    if "forecast" in found and not past:
        return Field("forecast", 0.85, found["forecast"][1])
    if future:
        return Field("target" if _budgeted(scene) else "forecast", 0.85, facts.period.value)
    if (
        "claim" in found
        and facts.statistic.value in ("change", "ratio", "share", "level", "yoy")
        and candidate.unit in ("percent", "times", "s", "pp", "ratio")
    ):
        return Field("claim", 0.6, found["claim"][1])
    if not past:
        for name, status in (("aimed_after", "target"), ("expected_after", "forecast")):
            after = context_rules()[name].pattern.search(tail)
            if after:
                return Field(status, 0.7, after[0])
    if "target" in found and not past:
        return Field("target", 0.6, found["target"][1])
    if "estimate" in found or re.search(r"estimate|估计|估算", tail, re.I):
        return Field("estimate", 0.6, found.get("estimate", (0, tail))[1])
    if context_rules()["asserted"].around(lead, scene.text[candidate.end : candidate.end + _BESIDE]):
        return Field("claim", 0.6, tail)
    # what a government's plan gives no time is what it wants; a company's tells what it has
    of_company = re.search(rules()["of_company"], scene.around.frame.name)
    if plan and not of_company and facts.last is None and not facts.period.value and not _is_present(scene):
        return Field("target", 0.6, "plan")
    return Field("actual", 0.7 if facts.period.value else 0.5)


def _is_present(scene: Scene) -> bool:
    """Whether a sentence of a plan, or the heading over it, tells what is, not what is to be."""
    words = context_rules()
    return bool(
        words["present"].pattern.search(scene.text, scene.start, scene.end)
        or words["present_heading"].pattern.search(simplified(scene.around.heading_text))
    )


_BESIDE = 40  # characters beside a figure


def _budgeted(scene: Scene) -> bool:
    """An amount of a budget for a coming year is a goal."""
    around = scene.around
    texts = (scene.text[scene.start : scene.end], around.heading_text, around.frame.name)
    return any(load_cues()["heading"]["budget"].search(text) for text in texts if text)


def _announced(scene: Scene) -> Field:
    """A heading that announces goals or an outlook governs the text below it."""
    heading = scene.around.heading_text
    for kind in ("target", "forecast"):
        cue = load_cues()["heading"][kind].search(heading) if heading else None
        if cue:
            return Field(kind, 0.6, cue[0])
    return EMPTY


def _status_cues(scene: Scene) -> list[tuple[str, int, int, str]]:
    if scene.cues is None:
        scene.cues = [
            (kind, match.start(), match.end(), match[0])
            for kind, expression in load_cues()["status"].items()
            for match in expression.finditer(scene.text, scene.start, scene.end)
        ]
    return scene.cues


def _is_start(scene: Scene, candidate: Candidate) -> bool:
    """The first end of a from-to pair: it is given, the other end is forecast."""
    lead = scene.text[max(scene.start, candidate.start - 20) : candidate.start]
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


def _future(scene: Scene, facts: Facts) -> bool:
    published = scene.around.published
    if facts.last is None:
        return False
    if published is not None:
        # a year or a half in which a text appears is not ahead of it
        if facts.first is not None and facts.first <= published and (facts.last - facts.first).days > 100:
            return facts.last.year > published.year
        return facts.last > published and (facts.last.year > published.year or facts.last.month > published.month)
    return facts.last.year >= 2027


def _past(scene: Scene, facts: Facts) -> bool | None:
    published = scene.around.published
    if facts.last is None or facts.first is None:
        return None
    if published is not None:
        return facts.last < published
    # another period of the sentence lies later, and the cue belongs to that one
    return None


# 到2030年, by 2030: a date, whatever the verb says
_BY_YEAR = re.compile(r"到20|by 20", re.I)
