"""The unit that a table prints once for many cells: in brackets of a head, a unit column, a corner, a caption."""

# expressions stay on one line
# ruff: noqa: E501

import re
from collections.abc import Iterator

from orchestration.extraction.heads import BRACKET, is_period, without_periods
from orchestration.extraction.scale import Scale, as_scale, is_unit, is_whole, magnitude_word, scale_in_letters
from orchestration.extraction.words import words
from orchestration.figures import Units, parse_value

_UNIT_CELL = re.compile(
    r"(?:(?<!编制)(?<!填报)(?<!发布)(?:单位|單位|単位|단위|金额|金額)(?=\s*[:：为])|(?<![a-z])(?:units?|currency|in)(?=\s*[:：]))\s*[:：为]\s*(?P<unit>[^，。；;)）]{1,30}?)(?=[，。；;)）]|[（(](?![^)）]{0,12}(?:[币幣元圓]|[A-Z]{2}))|\.(?:\s|$)|\s+(?:币种|货币|currency)|$)"
    r"|(?:in\s)(?P<in>(?:US\$|USD|RMB|CNY|EUR|HK\$)\s?(?:millions?|billions?|bn|mn|trillions?)|(?:millions?|billions?) of [a-zA-Z ]{3,20}|%)"
    r"|(?<![A-Za-z$])(?P<money>(?:US\$|USD|RMB|CNY|EUR|HK\$|[$€£])\s?(?:millions?|billions?|bn|mn|m|trillions?)\b)(?!\s?\d)",
    re.I,
)

# a unit and the kind of it, behind a comma: EFLOPS, FP16
_KIND_BEHIND = re.compile(r"^([A-Za-z万亿][A-Za-z/元台架个千瓦时]{0,11})\s?[,，]\s?[A-Z]{2,5}\d{0,3}$")

# TFLOPS per W
_DIVIDED = re.compile(r"(?:^|\s)([A-Za-z]{2,7}) per ([A-Za-z]{1,3})$")
# TDP, W: a letter behind a comma is a unit of power where a name stands before it
_POWER_BEHIND = re.compile(r"[A-Za-z\u4e00-\u9fff]{2}\s?[,，] ?(W)$")

# money per M over input or output: per million tokens
_PER_M = re.compile(
    r"[(（]\s?(?P<money>US\$|\$|USD|€|EUR|¥|￥|CNY|RMB|元|美元)\s?(?:/|per )\s?(?:1\s?)?(?:M|MM|百万)\s?[)）]"
)

# money for one of something at the end of a label: H200 on demand, US$ per GPU-hour
_PRICE_BEHIND = re.compile(
    r"(?<!\S)(?:(?:US|HK|NT|C|A)?[$€£¥]|[A-Z]{3}|元) ?(?:/|per) ?[A-Za-z][A-Za-z-]*(?: and [a-z]+)?$"
)

_COUNT_HEADER = re.compile(
    r"^(?:number of |no\. of |# of |total )?(?P<noun>[A-Za-z][A-Za-z \-]{2,40}?)(?: \(?number\)?| count)?$", re.I
)


def corner_scale(text: str, units: Units) -> Scale | None:
    """The unit in the top left cell: 人民币百万元 AI 需求, US$ million."""
    if words()["score_corner"].search(text):
        return Scale("score")
    found = scale_in(text, units, header=True)
    if found is None and words()["per_tokens"].search(text):
        return as_scale(f"{text.split()[0]}/Mtoken", units) or Scale()
    divided = re.search(r"/|\bper\b|每", text)  # a currency before it is a part of the unit
    for word in () if found or divided else text.split():
        found = as_scale(word, units)
        if found is not None and found.money and not found.bare:
            return found
    return found if found is not None and (not found.counted or found.text != "count") else None


# a quantity over another one, without spaces around the stroke: Revenue/employee, $/day
_STROKE = re.compile(
    r"^(?P<over>[^/()（）]{1,40})(?:/[A-Za-z\u4e00-\u9fff-]{1,12}){0,2}/(?P<under>[A-Za-z\u4e00-\u9fff-]{1,16})$"
)


def _over_another(text: str, units: Units) -> Scale | None:
    """What a label says of a quantity over another one, as the whole label (Revenue/employee) or as its last word (Price,
    万元/台): a price or a rate that is a unit, whole; else no unit that is read. None where the unit of the quantity may
    stand behind the stroke (TTFT/ms)."""
    *name, last = BRACKET.sub(" ", text).split() or [""]
    stroke = _STROKE.match(text.strip())
    ways = []
    if stroke is not None:
        ways.append((text.strip(), _divides(stroke["over"], stroke["under"], units)))
    if name and "/" in last.strip("/"):
        over = as_scale(last.split("/")[0], units)
        ways.append((last, over is not None and not over.counted and not over.bare))
    for said, is_divided in ways:
        whole = as_scale(said, units)
        if whole is not None or is_divided:
            return whole or Scale()
    return None


def _divides(over: str, under: str, units: Units) -> bool:
    """Whether a time or a thing counted divides the quantity before it, which lasts no time itself."""
    scale, unit = as_scale(under, units), units.get(under)
    timed = unit is not None and unit.dimension == "time"
    if scale is None or not (timed or (scale.counted and under.isascii())):
        return False
    return not (words()["lasts"].search(over) or words()["duration"].search(over))


def _is_one_of_time(scale: Scale, option: str, units: Units) -> bool:
    """Whether the words of a label name one unit of time by its whole word: a period or a rhythm (full year, every
    day), and no unit of the numbers."""
    word = option.split()[-1].rpartition("/")[2].lower()
    one, many = units.get(word), units.get(f"{word}s")
    return scale.text.lower() == word and one is not None and one.dimension == "time" and many is not None


def _magnified(text: str, units: Units) -> Scale | None:
    """A unit at the end of a label with its magnitude in brackets behind it: GPU hours (m)."""
    match = words()["magnitude_behind"].search(text)
    if match is None:
        return None
    scale = as_scale(f"{magnitude_word(match['magnitude'])} {match['unit']}", units)
    return scale if scale is not None and not scale.counted and not scale.money else None


def scale_in(text: str, units: Units, *, header: bool = False, whole: bool = False) -> Scale | None:
    """The unit that a header names: in brackets, after a comma or a stroke, after 单位, or as the whole text."""
    if not text:
        return None
    text = text.replace("／", "/")
    tokens = _PER_M.search(text) if words()["token_kinds"].search(text) else None
    if tokens:
        return as_scale(f"{parse_value('1', units, scale=tokens['money'])[0].symbol}/Mtoken", units)
    marked = _UNIT_CELL.search(text)
    options = [marked["unit"] or marked["in"] or marked["money"]] if marked else []
    stated = None if header or marked else words()["stated_money"].search(text)
    money = as_scale(stated["unit"].strip(), units) if stated else None
    if money is not None and money.money:
        return money
    weak: set[str] = set()
    brackets = [match[1] for match in reversed(list(BRACKET.finditer(text)))]
    options += brackets
    # (millions of dollars; fiscal year ends 31 March)
    # ... and (EFLOPS, FP16): the unit, and what kind of it
    options += [part.strip() for inner in brackets for part in re.split("[;；]", inner) if part != inner]
    options += [kind[1] for inner in brackets if (kind := _KIND_BEHIND.match(inner))]
    options += [part for inner in [*brackets, *options[:1]] if (part := _beside_remarks(inner or "", units))]
    lettered = scale_in_letters(text, units) if header and not marked else None
    if lettered is not None:
        return lettered
    if header:
        magnified = _magnified(text, units)
        if magnified is not None:
            return magnified
        divided = _DIVIDED.search(BRACKET.sub("", text).strip())
        if divided and units.get(f"{divided[1]}/{divided[2]}"):
            options.append(f"{divided[1]}/{divided[2]}")
        power = _POWER_BEHIND.search(text)
        if power and not options:
            return Scale(power[1])
        priced = _PRICE_BEHIND.search(BRACKET.sub("", text).strip())
        price = as_scale(priced[0].strip(), units) if priced else None
        if price is not None and price.money:
            return price
        divided_by = _over_another(text, units)
        if divided_by is not None:
            return divided_by
        if re.search(r"[,，/|]", text):
            options.append(re.split(r"(?<!\d),|,(?!\d{3})|[，|]|(?<!\w)/|/(?=[\u4e00-\u9fff%])", text)[-1])
            options.append(text.rsplit("/", 1)[-1])
        options.append(text)
        parts = BRACKET.sub(" ", text).split()
        last = (
            [option for option in (" ".join(parts[-2:]), parts[-1]) if is_whole(text, option)] if len(parts) > 1 else []
        )
        options += last
        weak = {text, *last}
        tail = words()["unit_at_end"].search(text)
        if tail and is_whole(text, tail[0]):
            options.append(tail[0])
    else:
        # the last word of a title, behind a comma: Demand of data centres, TWh
        tail_of_title = re.split(r"(?<!\d),|,(?!\d{3})|，", BRACKET.sub("", text))
        if len(tail_of_title) > 1:
            options.append(tail_of_title[-1])
            # or a part before it, where that is money or a quantity and no thing counted: sales, US$ in millions, unaudited
            found = (as_scale(part, units) for part in reversed(tail_of_title[1:-1]))
            inner = next((scale for scale in found if scale is not None and not scale.counted), None)
            if inner is not None and as_scale(options[-1], units) is None:
                return inner
    if whole:
        options = [text]
        letter = units.get(text.strip()) if len(text.strip()) == 1 else None
        if letter is not None and text.isascii():
            return Scale(letter.symbol, money=letter.dimension == "money")
    for option in options:
        scale = as_scale(option, units)
        if scale is not None and option not in brackets and _is_one_of_time(scale, option, units):
            continue
        # a label that merely is a counted thing (United States, AI companies) or a ratio is no unit
        if scale is not None and option in weak and not whole and scale.text.lower() in ("ratio", "rate"):
            continue
        if scale is not None and not (
            option in weak
            and scale.counted
            and not whole
            and not re.match(r"^(?:[百千万亿]|million|thousand|billion)", option, re.I)
        ):
            return scale
    if header and re.search(
        r"(?<!\d)(?<!\d )[%％]|[%％](?= of\b)", without_periods(text)
    ):  # at 10%: a share that the label names
        return Scale("%")
    if header and any(is_unit(match[1]) for match in BRACKET.finditer(text)):
        return Scale()  # a unit that was not read: whatever the table says is not it
    return None


def _beside_remarks(inner: str, units: Units) -> str:
    """The one unit in a bracket whose other parts are none: in millions, unaudited; MW, as at 30 June; 个，累计."""
    inner = re.sub(r"^(?:单位|單位|単位|단위|units?)\s?[:：]\s*", "", inner, flags=re.I)
    parts = [part.strip() for part in re.split(r"[，,、]\s*(?!\d{3}(?!\d))", inner)]
    found = [part for part in parts if as_scale(part, units) is not None and not re.match(r"\d", part)]
    rates = [part for part in found if part in ("%", "％", "倍", "x")]
    if len(found) == 2 and len(rates) == 1:
        return next(part for part in found if part not in rates)  # 亿元、%: labels name rates by themselves
    if len(parts) < 2 or len(found) != 1:
        return ""
    rest = [part for part in parts if part != found[0]]
    if found == rates and not all(words()["status_words"].search(part) or is_period(part) for part in rest):
        return ""  # what stands beside a percent sign may be the other unit
    # what a remark says may be a date, how sure the numbers are, or of what they are: none may divide or name a unit
    return "" if any(is_unit(part) or "每" in part or re.search(r"\bper\b", part) for part in rest) else found[0]


_KEYED = re.compile(
    r"(?:单位[:：]|單位[:：]|^|[（(；;，,])\s*(?P<key>[^（）()；;，,:：]{1,16}?)\s?[:：为為]\s*(?P<unit>[^（）()；;，,:：]{1,20})"
)


def keyed_scales(text: str, units: Units) -> Iterator[tuple[str, Scale, int, int]]:
    """Units that a caption gives to columns by name (compute: EFLOPS; revenue: US$ million), and where they stand."""
    for match in _KEYED.finditer(text):
        key = re.sub("(?:单位|單位|単位)$", "", match["key"].strip().lower())
        if re.search("[为為]", match[0]) and any(char.isdigit() for char in match["unit"]):
            continue  # 目标为10亿元: an amount
        scale = (
            None if _UNIT_CELL.match(f"{key}: x") and key not in ("金额", "金額") else as_scale(match["unit"], units)
        )
        # 年增、月增為%: two things of one unit
        for thing in re.split("[、和及]", key):
            if scale is not None and len(thing) > 1:
                yield thing, scale, match.start("key"), match.end()


def noun_of(text: str, lexicon: object) -> str:
    """The counted thing that a header names: Number of AI companies, Patents, 企业数量."""
    bare = BRACKET.sub("", text).strip().removeprefix("#").strip()
    if not bare or words()["group_label"].search(bare) or re.search(r"\b(?:United|Member) States\b", bare):
        return ""
    bare = without_periods(bare).strip(" ,，、:：") or bare
    bare = re.split(r"\s?[,，]", bare)[0].strip() or bare  # Parameters, total
    bare = re.sub(r" (?:thousand|million|billion)s?$", "", bare)  # Inhabitants million
    match = _COUNT_HEADER.match(bare)
    nouns = lexicon.nouns  # type: ignore[attr-defined]
    if match:
        parts = match["noun"].split()
        for size in (2, 1):
            key = " ".join(parts[-size:])
            for form in (key, key.lower()):
                if form in nouns and (
                    form.endswith("s")
                    or words()["counted_singular"].search(form)
                    or words()["number_said"].search(bare.lower())
                ):
                    return str(nouns[form] or "")
        for word in parts:
            if words()["counted_in_head"].search(word):
                return str(nouns[word.lower()])
    chinese = list(lexicon.zh_noun.finditer(bare))  # type: ignore[attr-defined]
    if chinese and words()["number_said_zh"].search(bare):
        return str(nouns[chinese[-1][0]])
    if chinese and chinese[-1].end() == len(bare) and chinese[-1].start() == 0:
        return str(nouns[bare])
    return ""
