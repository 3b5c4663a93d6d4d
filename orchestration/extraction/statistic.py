"""What a figure measures of its quantity: level, share, growth, change, ratio."""

# expressions stay on one line
# ruff: noqa: E501

import re

from orchestration.extraction.frame import rules
from orchestration.extraction.model import Candidate, Field
from orchestration.extraction.scene import Facts, Scene, first_cue, load_cues, nearest_cue
from orchestration.figures import is_fiscal


def statistic_of(scene: Scene, candidate: Candidate) -> Field:
    """What a figure measures; both ends of a change (from 38% to 45%) are levels or shares, and no change themselves."""
    found = _by_cues(scene, candidate)
    if candidate.unit == "percent" and found.value == "share" and _is_signed(scene, candidate):
        return Field("change", 0.7, _PLUS)
    if found.confidence == _UNTOLD and is_rate_between(scene, candidate):
        return Field("change", 0.7, RECKONED)
    if candidate.unit != "percent" or found.value not in ("change", "yoy", "cagr") or not _is_end(scene, candidate):
        return found
    before = scene.text[max(scene.start, candidate.start - 120) : candidate.start]
    if load_cues()["ends"]["of_growth"].search(before):
        return found
    cues = {kind: cue for kind, cue in load_cues()["statistic"].items() if kind in ("share", "level")}
    kind = nearest_cue(cues, before)
    return Field(kind[0], 0.7, kind[1]) if kind else Field("level", 0.6, "from, to")


def _is_signed(scene: Scene, candidate: Candidate) -> bool:
    """Whether a plus is printed before a percentage: what is written so is a change (nach 39,500 Euro, +22 %)."""
    before = scene.text[max(scene.start, candidate.start - 2) : candidate.start].rstrip()
    return candidate.printed.startswith(_PLUS) or before.endswith(_PLUS)


def is_rate_between(scene: Scene, candidate: Candidate) -> bool:
    """Whether a percentage is the rate of change between two amounts of its sentence, and no part of one of them."""
    if candidate.unit != "percent" or len(_SIGNIFICANT.findall(candidate.printed)) < 2:
        return False  # 九成, 5%: too coarse to tell
    if (
        scene.text[candidate.start - 1 : candidate.start] in _OPENS
        or scene.text[candidate.end : candidate.end + 1] in _OPENS
    ):
        return False  # 45% (690 million): the part beside it
    printed = re.search(r"\.(\d+)", candidate.printed)
    off = 0.6 / 10 ** (len(printed[1]) if printed else 0)
    amounts = [c for c in scene.candidates if c.unit not in _RATES and c.number > 0 and not c.range_end]
    pairs = [(a.number, b.number) for a in amounts for b in amounts if a is not b and _alike(a, b)]
    share = any(abs(100 * a / b - candidate.number) <= off for a, b in pairs if a < b)
    return not share and any(abs(abs(100 * (a / b - 1)) - abs(candidate.number)) <= off for a, b in pairs)


def _alike(one: Candidate, other: Candidate) -> bool:
    return (one.unit, one.counted) == (other.unit, other.counted)


RECKONED = "reckoned"  # evidence of a change that two amounts of the sentence make
_PLUS = "+"
_OPENS = ("(", "（")
_SIGNIFICANT = re.compile(r"\d")
_UNTOLD = 0.4  # confidence of a share that no word tells
_RATES = ("percent", "pp", "times", "ratio")


def _is_end(scene: Scene, candidate: Candidate) -> bool:
    """Whether a percentage is what a change began or ended with: another percentage is its other end."""
    ends = load_cues()["ends"]
    before = scene.text[scene.start : candidate.start]
    for other in scene.candidates:
        if other.unit != "percent" or other is candidate:
            continue
        if other.start >= candidate.end:
            between = scene.text[candidate.end : other.start]
            if ends["from"].search(before) and ends["to"].fullmatch(between) and len(between) <= _BETWEEN_ENDS:
                return True
        elif other.end <= candidate.start:
            between = scene.text[other.end : candidate.start]
            began = ends["from"].search(scene.text[scene.start : other.start])
            if began and ends["to"].fullmatch(between) and len(between) <= _BETWEEN_ENDS:
                return True
    return False


_BETWEEN_ENDS = 40


def _by_cues(scene: Scene, candidate: Candidate) -> Field:
    cues = load_cues()["statistic"]
    before = scene.text[max(scene.start, candidate.start - 48) : candidate.start]
    after = scene.text[candidate.end : min(scene.end, candidate.end + 32)]
    # only the clause of the figure, unless the clause is a member of a list
    clause = re.split(r"[，；;]|,(?!\d)", before)
    near = clause[-1] if len(clause[-1].strip()) > 2 or len(clause) == 1 else before
    tail = re.split(r"[，。；;,]|\.\s", after)[0]
    if candidate.unit not in ("percent", "pp", "times", "ratio"):
        return _amount(near, tail)
    if candidate.unit == "ratio":
        return Field("level" if re.search(r"PUE|电能", before) else "ratio", 0.7)
    level_verb = re.search(
        r"(?:至|到|达|为|仅|\b(?:to|from|at|of|reach|reached|reaching|hit|hits|stood at|was|is|were|are))(?:了|约|近|超过?|逾)?\s?(?:about |around |nearly |over |more than |some |roughly |just )?$",
        near,
    )
    if level_verb and re.search(
        r"\b(?:up|due|by) to\s*$|(?:幅度?|growth|increase|decline|drop|rise|fall|reduction|savings?|improvement|gains?)(?:率)?(?: in \d{4})?(?: (?:amounts|comes|came|works out))?(?:[^，,\d]{0,6})$",
        near,
    ):
        level_verb = None
    pick = {kind: cue for kind, cue in cues.items() if kind != "change"} if level_verb else cues
    whole = scene.text[max(scene.start, candidate.start - 120) : candidate.start]
    found = nearest_cue(pick, near) or nearest_cue(pick, before) or (nearest_cue(pick, whole) if level_verb else None)
    if (
        level_verb
        and level_verb[0][:2].strip() not in ("to", "至", "到")
        and found is None
        and not (level_verb[0].lstrip().startswith("from") and re.match(r"\s?to\b", tail))
        and re.search(r"(?:增长|增加|下降|grew|rose|fell|growth)[^，,]{0,12}$", near)
    ):
        found = nearest_cue(cues, near)
    follow = first_cue(cues, tail)
    if candidate.unit == "times":
        return _times(near, tail)
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
    return Field("share", _UNTOLD)


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
            "change" if re.match(r"\s?(?:improve|increase|growth|rise|reduction|jump|gain)", tail, re.I) else "ratio",
            0.7,
            tail[:10],
        )
    return Field("ratio", 0.75)


def _is_from_year_before(scene: Scene, candidate: Candidate, period: str) -> bool:
    """Whether the sentence compares with the same period one year back, and nothing beside the figure with another."""
    cues = load_cues()["year_before"]
    back = re.sub(r"(?:19|20)\d\d", lambda year: str(int(year[0]) - 1), period)
    named = any(m.role and m.label == back for m in scene.mentions) and not re.search(r"\d{4}-\d{4}", period)
    if not named and not cues["anywhere"].search(scene.text, scene.start, scene.end):
        return False
    return cues["not_beside"].search(scene.text, max(scene.start, candidate.start - 24), candidate.end + 48) is None


def _names_year_before(scene: Scene, period: str) -> bool:
    """Whether the sentence names the same period one year back, as one that an amount is of."""
    back = re.sub(r"(?:19|20)\d\d", lambda year: str(int(year[0]) - 1), period)
    return any(m.label == back for m in scene.mentions) and not re.search(r"\d{4}-\d{4}", period)


def own_rate(statistic: Field, indicator: str) -> Field:
    """A percentage of an indicator that is a rate itself (margin, benchmark score) is its level, unless words say else."""
    if statistic.value == "share" and statistic.confidence == _UNTOLD and indicator in rules()["own_rates"]:
        return Field("level", 0.6, indicator)
    return statistic


def growth_or_change(scene: Scene, candidate: Candidate, facts: Facts) -> Field:
    """A plain 'grew 12 %' with one year is growth on the year before; over several years it is a change."""
    statistic = facts.statistic
    if (
        statistic.value == "yoy"
        and statistic.evidence in ("增幅", "同比")
        and facts.first
        and facts.last
        and facts.last.year > facts.first.year
    ) and re.search(r"增幅", scene.text[max(scene.start, candidate.start - 8) : candidate.start]):
        return Field("change", 0.7, "增幅")
    if statistic.value != "change" or candidate.unit != "percent" or not facts.period.value:
        return statistic
    before = scene.text[max(scene.start, candidate.start - 24) : candidate.start]
    grew = re.search(
        r"(?:增长|下降|上升|下滑|减少|增加|上涨|下跌)(?:了|约|近|超过?|逾|超)*[\s高达]*$|\b(?:grew|rose|fell|increased|declined|grow|rise|fall|increase|decline|jumped|surged|climbed|dropped|expanded|shrank|up|down|(?:increase|rise|decline|drop|fall|gain|jump) of|growth of|growth at|growth rate of|growth in \d{4} was|growth was)\b(?: by)?(?: about| nearly| over| more than| some| around| an estimated| another)?\s*$",
        before,
        re.I,
    )
    if _is_from_year_before(scene, candidate, facts.period.value):
        return Field("yoy", 0.8, "a year before")
    base = [m for m in scene.mentions if m.role == "base" and m.first is not None]
    if base and facts.first is not None:
        gap = facts.first.year - base[-1].first.year  # type: ignore[union-attr]
        return Field("yoy", 0.8, "base year") if gap == 1 else statistic
    if re.search(r"环比|qoq|quarter-on", before, re.I) or any(
        re.search(
            r"(?:since|自)\s?(?:early |late |the |mid-)?(?:end of )?$",
            scene.text[max(0, m.start - 16) : m.start],
            re.I,
        )
        for m in scene.mentions
        if m.start < candidate.start + 24
    ):
        return statistic
    if statistic.evidence in (RECKONED, _PLUS) and _names_year_before(scene, facts.period.value):
        return Field("yoy", 0.7, statistic.evidence)
    one_year = is_fiscal(facts.period.value) or (
        facts.first is not None and facts.last is not None and facts.last.year - facts.first.year == 0
    )
    if one_year and grew and not re.search(r"[较比][^，。]{2,12}$|sequential", before):
        return Field("yoy", 0.6, grew[0])
    return statistic
