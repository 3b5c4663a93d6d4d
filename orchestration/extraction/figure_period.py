"""The period of a figure: paired, bound to it, a span, the nearest in its sentence."""

# expressions stay on one line
# ruff: noqa: E501

import re

from orchestration.extraction.inherited_period import inherited_period
from orchestration.extraction.mention_spans import end_of_year, is_span, joined_span, year_of, years_back
from orchestration.extraction.model import Candidate, Mention
from orchestration.extraction.scene import RESPECTIVELY, Scene, list_runs, load_cues, one_a_place
from orchestration.extraction.words import count_of

_POST = re.compile(
    r"[^,，;；。.\d]{0,36}?(?:\b(?:in|by|for|during|as of|as at|at|on|over|since|through|throughout|from|between)\s+(?:the\s+)?(?:end of\s+|fiscal\s+|full[- ]year\s+|calendar\s+)?|[（(]\s?)",
    re.I,
)

# 35% in the wave of 2024, $2.6bn it was worth in February 2024: where only one amount can be meant
_OF = re.compile(r"[^,.;:()\d]{0,40}?\b(?:in|of|for|at|during|im) (?:the |Jahr )?(?:[^,.;:()\d\s]+ ){0,2}", re.I)

_POST_STOP = re.compile(
    r"\b(?:and|while|but|whereas|to|before|after|against|compared|versus|than|with|which|that|reach\w*|hit)\b|[，、]",
    re.I,
)

_FROM_BEFORE = re.compile(r"(?:从|由|自|\bfrom)[^，。；,;]{0,16}$", re.I)

_TO_BEFORE = re.compile(r"(?:至|到|为|\bto|\breach(?:ing|es|ed)?|\bhit(?:ting)?)[^，。；,;\d]{0,10}$", re.I)


def paired_periods(scene: Scene) -> dict[int, Mention]:
    """A and B … x and y: lists of periods meet lists of figures of the same length."""
    sentence = scene.text[scene.start : scene.end]
    periods = [run for run in list_runs(scene.text, scene.mentions, 12) if len(run) > 1]
    if not periods:
        return {}
    respectively = bool(RESPECTIVELY.search(sentence))
    slashes = "/" in sentence
    pairs: dict[int, Mention] = {}
    groups = list_runs(scene.text, one_a_place(scene.candidates), 8)
    for group in groups:
        lists = [run for run in periods if len(run) == len(group)]
        if len(group) > 1 and lists and (respectively or slashes):
            earlier = [run for run in lists if run[0].start < group[0].start] or lists
            for candidate, mention in zip(group, earlier[-1], strict=True):
                for index, other in enumerate(scene.candidates):
                    if other.start == candidate.start:
                        pairs[index] = mention
    return pairs


def bound_periods(scene: Scene) -> dict[int, Mention]:
    """Periods that stand directly after their figure: $5 billion in 2024, 36%（2024年）."""
    bound: dict[int, Mention] = {}
    starts = [candidate.start for candidate in scene.candidates]
    for mention in scene.mentions:
        if mention.role == "base" or scene.text[mention.end : mention.end + 2].strip()[:1] in (":", "："):
            continue
        earlier = [i for i, c in enumerate(scene.candidates) if c.end <= mention.start]
        if not earlier:
            continue
        index = earlier[-1]
        gap = scene.text[scene.candidates[index].end : mention.start]
        closed = re.search("[)）]", scene.text[mention.end : scene.end])
        if (
            gap.endswith(("(", "（"))
            and closed
            and any(mention.end <= s < mention.end + closed.start() for s in starts)
        ):
            continue  # 9%（上年同期为49.0亿元）: in brackets with an amount of its own
        behind = _POST.fullmatch(gap) and not _POST_STOP.search(gap)
        if behind or (mention.role == "start" and _OF.fullmatch(gap)):
            for i, start in enumerate(starts):
                if start == starts[index]:
                    bound.setdefault(i, mention)
    return bound


def mention_of(
    scene: Scene,
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
        found = _span(scene, candidate, before)
        if found is not None:
            return found
    if index in bound:
        mention = bound[index]
        if statistic in ("cagr", "change") or not is_span(mention):
            return mention, 0.95
        return _end_of_span(scene, candidate, mention), 0.8
    close = [m for m in scene.mentions if m.end <= candidate.start and candidate.start - m.end <= 4]
    if (
        close
        and re.fullmatch(r"\s?(?:[的之]|年的|全年的)?(?:约|近|超)?\s?", scene.text[close[-1].end : candidate.start])
        and close[-1].role == "base"
        and candidate.unit not in ("times", "ratio")  # 为2021年的1.8倍
    ):
        return close[-1], 0.9
    taken = {mention.start for mention in bound.values()}
    ahead = [m for m in scene.mentions if m.end <= candidate.start and m.role != "base"]
    ahead = [m for m in _without_start(scene, candidate, ahead) if not _in_closed_bracket(scene, m, candidate)]
    ahead = [m for m in ahead if m.role != "start" or not _behind_another(scene, m, candidate)]
    ahead = [m for m in ahead if m.role != "aside" or _is_next(scene, m, candidate)]
    free = [m for m in ahead if m.start not in taken]
    # "in 2024, a, b and c": the period in front governs until the next one
    for pool, sure in ((free, 0.9), (ahead, 0.8)):
        if pool:
            mention = pool[-1]
            return _end_of_span(scene, candidate, mention) if statistic not in (
                "cagr",
                "change",
                "yoy",
            ) else mention, sure
    later = [m for m in scene.mentions if m.start >= candidate.end and not m.role and _governs(scene, candidate, m)]
    for pool, sure in (([m for m in later if m.start not in taken], 0.7), (later, 0.5)):
        if pool:
            return _end_of_span(scene, candidate, pool[0]), sure
    return inherited_period(scene, before)


def span_of_growth(scene: Scene, candidate: Candidate, statistic: str, mention: Mention | None) -> Mention | None:
    """较2026年增长87%, grown by 31 % since 2019, 三年年均增长8.3%: a growth over several years is of their span.

    ``mention`` is the year that the growth leads to; None where the growth is one on the year before, or no year tells.
    """
    if mention is None or is_span(mention) or statistic not in ("cagr", "change") or mention.first is None:
        return None
    years = _years_over(scene, candidate)
    main = scene.around.frame.mention()
    if years and main is not None and main.first is not None and main.first.year - mention.first.year == years:
        return joined_span(mention, main)  # 2019年为64亿元，两年复合17.5%: up to the year that the document is about
    first = years_back(mention, years) if years else _base_year(scene, candidate)
    if first is None and statistic == "cagr":
        first = _begun_at_main(scene, mention)
    if first is None or first.first is None:
        return None
    years = mention.first.year - first.first.year
    return joined_span(first, mention) if years > (0 if statistic == "cagr" else 1) else None


def _begun_at_main(scene: Scene, mention: Mention) -> Mention | None:
    """The year that a document is about, for a growth a year up to a later one: 2030年…年均增长, told in a report on 2024."""
    main = scene.around.main()
    ahead = main is not None and main.first is not None and mention.first is not None and main.first < mention.first
    return main if ahead and main is not None and not is_span(main) and mention.label.isdigit() else None


def _years_over(scene: Scene, candidate: Candidate) -> int:
    """Over how many years a growth is said to run; 0 where nothing says it."""
    cues = load_cues()["over_years"]
    said = cues["before"].search(scene.text[max(scene.start, candidate.start - 72) : candidate.start]) or cues[
        "after"
    ].match(scene.text[candidate.end : scene.end])
    number = next((group for group in said.groups() if group), "") if said is not None else ""
    return count_of(number)


def _base_year(scene: Scene, candidate: Candidate) -> Mention | None:
    """The year that a growth starts from: the last one compared with before it, or right behind it (since 2022)."""
    ahead = [
        m for m in scene.mentions if m.end <= candidate.start and m.role in ("base", "start") and m.first is not None
    ]
    if ahead:
        between = [c for c in scene.candidates if ahead[-1].end <= c.start and c.end <= candidate.start]
        return ahead[-1] if len(between) <= 2 else None
    behind = [m for m in scene.mentions if m.start >= candidate.end and m.role == "base"]
    gap = scene.text[candidate.end : behind[0].start] if behind else ","
    return None if re.search(r"[,，;；。]|\d", gap) or len(gap) > 24 else behind[0]


def year_earlier(scene: Scene, candidate: Candidate, before: list[Mention]) -> Mention | None:
    """上年同期的3亿元, $3 billion a year earlier: the period that governs the sentence, one year back."""
    cues = load_cues()["year_before"]
    lead_start = max(scene.start, candidate.start - 48)
    ahead = scene.text[lead_start : candidate.start]
    years = cues["years_after"].match(scene.text[candidate.end : min(scene.end, candidate.end + 40)])
    amount = candidate.unit not in ("times", "ratio")  # 三年前的1.4倍 is of today
    lead = cues["years_before"].search(ahead) if amount else None
    named = years or lead
    number = next(group for group in named.groups() if group) if named is not None else ""
    back = count_of(number) if number else 1
    lead = lead or (cues["before"].search(ahead) if amount else None)
    if (
        lead is None
        and years is None
        and cues["after"].match(scene.text[candidate.end : min(scene.end, candidate.end + 60)]) is None
    ):
        return None
    until = lead_start + lead.start() if lead else candidate.start
    own = [m for m in scene.mentions if m.end <= until and m.role not in ("base", "aside") and not is_span(m)]
    governing = own[-1] if own else inherited_period(scene, before)[0]
    if governing is None or is_span(governing):
        return None
    if lead is not None and re.search("[末底]", lead[0]) and governing.first is not None:
        return end_of_year(governing, governing.first.year - back)
    return years_back(governing, back)


def _governs(scene: Scene, candidate: Candidate, mention: Mention) -> bool:
    """Whether a period that follows can be the figure's: not across a Chinese comma or the start of a forecast."""
    gap = scene.text[candidate.end : mention.start]
    if (re.search(r"[，；;]|[ぁ-ん]、", gap) and not gap.isascii()) or gap.rstrip().endswith(("(", "（")):
        return False
    if max(gap.rfind("("), gap.rfind("（")) > max(gap.rfind(")"), gap.rfind("）")):
        return False  # 12,345 patents (of which 2,310 in 2024)
    if re.search(r", (?:up |down )?from\b|\b(?:vs|versus|against|compared)\b", gap):
        return False
    return not re.search(
        r"预计|有望|将|到$|\b(?:we want|plans?|hopes?|aims?|expected|forecast|projected|will|and is|but|while)\b",
        gap,
    )


def _behind_another(scene: Scene, mention: Mention, candidate: Candidate) -> bool:
    """由上年的28.1增至57.2, 12% above the quarter before: the earlier period is that of one amount only."""
    return any(
        (mention.end <= c.start and c.end <= candidate.start)
        or (c.end <= mention.start and not re.search(r"[,，;；。]|[ぁ-ん]、", scene.text[c.end : mention.start]))
        for c in scene.candidates
    )


def _is_next(scene: Scene, mention: Mention, candidate: Candidate) -> bool:
    """Whether no other figure stands between a period and this one; both ends of a range are one."""
    return not any(mention.end <= c.start < candidate.start for c in scene.candidates)


def _in_closed_bracket(scene: Scene, mention: Mention, candidate: Candidate) -> bool:
    """营收11亿元(2023年:7亿元),同比…: a period in brackets governs nothing behind them."""
    between = scene.text[mention.end : candidate.start]
    closed = min(between.find(mark) for mark in ")）" if mark in between) if re.search("[)）]", between) else -1
    return closed >= 0 and not re.search("[(（]", between[:closed]) and scene.text[mention.start - 1] in "(（"


def _without_start(scene: Scene, candidate: Candidate, ahead: list[Mention]) -> list[Mention]:
    """2023年…由2022年的8.5万降至5万: the second amount is of 2023, the year of the first is not its own."""
    lead = scene.text[max(scene.start, candidate.start - 8) : candidate.start]
    earlier = [c for c in scene.candidates if c.end <= candidate.start]
    if not earlier or not ahead or not re.search(r"(?:至|到|\bto)\s*(?:about |约|近|超)?\s*$", lead):
        return ahead
    last, mention = earlier[-1], ahead[-1]
    if mention.end <= last.start and re.search(
        r"(?:从|由|\bfrom)\s*$", scene.text[max(0, mention.start - 6) : mention.start]
    ):
        return ahead[:-1]
    return ahead


def _span(scene: Scene, candidate: Candidate, before: list[Mention]) -> tuple[Mention, float] | None:
    for pool, sure in ((scene.mentions, 0.95), (before, 0.8)):
        spans = [m for m in pool if is_span(m)]
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
            return joined_span(first, last), sure - 0.1
    return None


def _end_of_span(scene: Scene, candidate: Candidate, mention: Mention) -> Mention:
    """2023-2028, from x to y: the first figure is of 2023, the last of 2028."""
    if not is_span(mention) or mention.first is None or mention.last is None:
        return mention
    lead = scene.text[max(scene.start, candidate.start - 24) : candidate.start]
    places = sorted({c.start for c in scene.candidates})
    is_to = _TO_BEFORE.search(lead) and any(
        _FROM_BEFORE.search(scene.text[max(scene.start, place - 24) : place])
        for place in places
        if place < candidate.start
    )
    if _FROM_BEFORE.search(lead) and not is_to:
        return year_of(mention, mention.first.year)
    if is_to:
        return year_of(mention, mention.last.year)
    return mention
