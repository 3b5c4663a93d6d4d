"""The unit that a table prints once for many cells: in brackets of a head, a unit column, a corner, a caption."""

# expressions stay on one line
# ruff: noqa: E501

import re
from dataclasses import dataclass

from orchestration.extraction.heads import BRACKET, without_periods
from orchestration.extraction.lexicon import load_lexicon
from orchestration.figures import FigureError, Units, parse_value

_UNIT_CELL = re.compile(
    r"(?:(?<!编制)(?<!填报)(?<!发布)单位|(?<![a-z])(?:units?|currency|in))\s*[:：]\s*(?P<unit>[^，。；;)）]{1,30}?)(?=[，。；;)）]|\s+(?:币种|货币|currency)|$)"
    r"|(?:in\s)(?P<in>(?:US\$|USD|RMB|CNY|EUR|HK\$)\s?(?:millions?|billions?|bn|mn|trillions?)|(?:millions?|billions?) of [a-zA-Z ]{3,20}|%)"
    r"|(?P<money>(?:US\$|USD|RMB|CNY|EUR|HK\$|[$€£])\s?(?:millions?|billions?|bn|mn|m|trillions?)\b)(?!\s?\d)",
    re.I,
)

_COUNT_HEADER = re.compile(
    r"^(?:number of |no\. of |# of |total )?(?P<noun>[A-Za-z][A-Za-z \-]{2,40}?)(?: \(?number\)?| count)?$", re.I
)
_COUNT_HEADER_ZH = re.compile(r"(?P<noun>[\u4e00-\u9fff]{1,10}?)(?:总?数量?|家数|个数|台数|件数|人数|总量)$")


@dataclass(frozen=True, slots=True)
class Scale:
    """A unit that stands in a header: what ``parse_value`` takes as ``scale``, and what is counted."""

    text: str = ""
    counted: str = ""
    money: bool = False
    bare: bool = False  # a magnitude without a unit: million


def corner_scale(text: str, units: Units) -> Scale | None:
    """The unit in the top left cell: 人民币百万元 AI 需求, US$ million."""
    found = scale_in(text, units, header=True)
    for word in () if found else text.split():
        found = as_scale(word, units)
        if found is not None and found.money and not found.bare:
            return found
    return found if found is not None and not found.counted else None


def scale_in(text: str, units: Units, *, header: bool = False, whole: bool = False) -> Scale | None:
    """The unit that a header names: in brackets, after a comma or a stroke, after 单位, or as the whole text."""
    if not text:
        return None
    marked = _UNIT_CELL.search(text)
    options = [marked["unit"] or marked["in"] or marked["money"]] if marked else []
    weak: set[str] = set()
    options += [match[1] for match in reversed(list(BRACKET.finditer(text)))]
    if header:
        if re.search(r"[,，/|]", text):
            options.append(re.split(r"[,，|]|(?<!\w)/|/(?=[\u4e00-\u9fff%])", text)[-1])
            options.append(text.rsplit("/", 1)[-1])
        options.append(text)
        words = text.split()
        if len(words) > 1:
            options += [" ".join(words[-2:]), words[-1]]
        weak = {text, *([" ".join(words[-2:]), words[-1]] if len(words) > 1 else [])}
        tail = re.search(
            r"(?:[百千万亿]+(?:美元|港元|欧元|人民币|元|台|辆|人|家|个|件|片|千瓦时?|吨)|%|美元|EFLOPS|PFLOPS|TFLOPS|GW|MW|TWh|GWh)$",
            text,
        )
        if tail:
            options.append(tail[0])
    else:
        # the last word of a title, behind a comma: Demand of data centres, TWh
        tail_of_title = re.split(r"[,，]", BRACKET.sub("", text))
        if len(tail_of_title) > 1:
            options.append(tail_of_title[-1])
    if whole:
        options = [text]
    for option in options:
        scale = as_scale(option, units)
        # a label that merely is a counted thing (United States, AI companies) is no unit
        if scale is not None and not (
            option in weak
            and scale.counted
            and not whole
            and not re.match(r"^(?:[百千万亿]|million|thousand|billion)", option, re.I)
        ):
            return scale
    if header and re.search(r"[%％]", text):
        return Scale("%")
    return None


_UNITS_IN = re.compile(r"^(?:units?|figures|numbers|volumes?|counts?) in (?P<m>thousand|million|billion)s?$", re.I)
_SCALE_WORDS = ((r"\bin\b|\bof\b|\bthe\b|单位[:：]?|\byoy\b|\by/y\b|同比|\bconstant\b|\bcurrent\b|\bprices\b|\bcagr\b|\bshare\b|[:：]", " "), (r"\bmillions\b", "million"), (r"\bbillions\b", "billion"),
                (r"\btrillions\b", "trillion"), (r"\bthousands\b|'000|\b000s\b|\b000\b", "thousand"), (r"\bmm\b", "million"), (r"\bU\.S\.", "US"))  # fmt: skip
_EXCEPTED = re.compile(r"[,，;；]?\s*\b(?:except|excluding|unless|other than)\b|[,，;；]\s*(?:除|另有)", re.I)
_SIGN_FIRST = re.compile(
    r"^(?P<sign>US\$|\$|€|£|¥|RMB|USD|CNY|EUR)\s?(?P<magnitude>trillion|billion|million|thousand)$", re.I
)
_MAGNITUDE_ONLY = re.compile(
    r"^(?:万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千|trillion|billion|million|thousand|bn|mn|tn|trn|mln|m|k|b)$", re.I
)
_NOT_SCALE = re.compile(r"^(?:\d+|[a-z]|e|f|a|no|number|item|unit|units|年|月|日|度|名|位|个百|[A-Z])$")


def as_scale(option: str, units: Units) -> Scale | None:
    # what is excepted (per share, percentages) has a unit of its own in its row or none
    text = _EXCEPTED.split(option.strip())[0]
    if not text or len(text) > 40:
        return None
    counts = _UNITS_IN.match(text.strip())
    if counts:
        return (
            Scale(counts["m"].lower() + "count", "unit")
            if text[:1] in "uUvVcC"
            else Scale(counts["m"].lower(), bare=True)
        )
    for expression, plain_word in _SCALE_WORDS:
        text = re.sub(expression, plain_word, text, flags=re.I)
    text = " ".join(text.split()).strip(" ,，;；.")
    if not text or re.match(r"^\d{4}", text) or _NOT_SCALE.match(text):
        return None
    if _MAGNITUDE_ONLY.match(text):
        word = {"m": "million", "k": "thousand", "b": "billion"}.get(
            text.lower(), text.lower() if text.isascii() else text
        )
        return Scale(word, bare=True)
    lexicon = load_lexicon(units)
    turned = _SIGN_FIRST.match(text)
    if turned:
        text = f"{turned['magnitude']} {turned['sign']}"
    # billion US dollars, million units, bn RMB, 万台, US$bn
    match = re.match(
        r"^(?P<m>trillion|billion|million|thousand|bn|mn|tn|[BMKk](?= [a-z])|[百千万亿十]{1,2})?\s?(?P<rest>.*)$",
        text,
        re.I,
    )
    rest = match["rest"].strip() if match else text
    magnitude = (match["m"] or "") if match else ""
    if (
        magnitude
        and rest
        and rest.lower() in ("usd", "us$", "$", "rmb", "cny", "eur", "hkd", "hk$", "yuan", "元", "美元")
    ):
        return Scale(f"{magnitude.lower()}{_symbol(rest, units)}", money=True)
    unit = lexicon.symbols.get("".join(rest.split()))
    noun = lexicon.nouns.get(rest) or lexicon.nouns.get(rest.lower())
    if unit is not None and (
        unit.symbol not in ("第", "位", "名", "点", "分", "月", "日", "级", "号", "代", "A", "V") or magnitude
    ):
        if unit.dimension == "count":
            return Scale(magnitude.lower() + "count", unit.counted or _counted_of(unit.symbol), False)
        return Scale(magnitude.lower() + unit.symbol, money=unit.dimension == "money")
    if noun and (magnitude or rest.lower() not in ("model", "service", "application", "product", "市场", "market")):
        return Scale(magnitude.lower() + "count", noun)
    try:
        values = parse_value("1", units, scale=text)
    except FigureError:
        return None
    symbol = units.get(values[0].symbol)
    if symbol is None or symbol.dimension == "rank":
        return None
    if symbol.dimension == "count":
        return (
            Scale(text, symbol.counted or "item")
            if symbol.symbol in ("家", "人", "台", "辆", "件", "款", "个", "万台", "片") or magnitude
            else None
        )
    return Scale(text, money=symbol.dimension == "money")


def _symbol(word: str, units: Units) -> str:
    unit = units.get(word) or units.get(word.upper())
    return unit.symbol if unit is not None else word


def _counted_of(symbol: str) -> str:
    return {"家": "company", "人": "person", "名": "person", "辆": "vehicle", "台": "unit", "件": "item"}.get(
        symbol, "item"
    )


CURRENCY_SIGNS = ("$", "US$", "¥", "￥", "€", "£", "HK$", "NT$", "₹")
PER_UNIT = re.compile(r"\bper (?!cent)|/\s?(?:share|unit|token|chip|hour)|每股|每单位|单价|\bEPS\b", re.I)


_PERCENT_LABEL = re.compile(
    r"(?:增速|增长率|同比|占比|比例|份额|渗透率|毛利率|净利率|利润率|CAGR|growth(?: rate)?|share|margin|yoy|penetration|percent(?:age)?)\s*$",
    re.I,
)


def choose_scale(column: str, row: str, scales: tuple[Scale | None, ...], units: Units) -> Scale | None:
    full = [scale for scale in scales if scale is not None and not scale.bare]
    bare = next((scale for scale in scales if scale is not None and scale.bare), None)
    own = [scale for scale in scales[:2] if scale is not None and not scale.bare]
    if own and own[0].text in CURRENCY_SIGNS and not PER_UNIT.search(f"{row} {column}"):
        # a sign of a currency beside a label says which money, the table says how much of it
        if bare is not None:
            return Scale(bare.text + own[0].text, money=True)
        return next((scale for scale in scales[2:] if scale is not None and scale.money), own[0])
    if own:
        return own[0]
    lexicon = load_lexicon(units)
    if bare is not None:
        money = next((scale for scale in full if scale.money), None)
        noun = noun_of(column, lexicon) or noun_of(row, lexicon)
        if noun:
            return Scale(bare.text + "count", noun)
        if money is not None:
            symbol = parse_value("1", units, scale=money.text)[0].symbol
            return Scale(bare.text + symbol, money=True)
    for text in (column, row):
        # a row of growth rates or of counts does not take the money unit of the table
        if _PERCENT_LABEL.search(text.strip()):
            return Scale("%")
        if re.match(r"(?:number of|no\. of|# of)\b", text.strip(), re.I) or _COUNT_HEADER_ZH.search(text.strip()):
            noun = noun_of(text, lexicon)
            return Scale("count", noun or "item")
    if full:
        return full[0]
    if re.search(r"(?<![A-Za-z])PUE(?![A-Za-z])", f"{column} {row}"):
        return Scale("ratio")
    if re.search(
        r"得分|评分|分数|\bscores?\b|\bElo\b|MMLU|HumanEval|GSM8K|GPQA|benchmark|index\b|指数", f"{column} {row}", re.I
    ):
        return Scale("score")
    if re.search(r"P/E|P/B|EV/EBITDA|市盈率|市净率", f"{column} {row}"):
        return Scale("multiple")
    for text in (column, row):
        noun = noun_of(text, lexicon)
        if noun:
            return Scale("count", noun)
    return None


def noun_of(text: str, lexicon: object) -> str:
    """The counted thing that a header names: Number of AI companies, Patents, 企业数量."""
    bare = BRACKET.sub("", text).strip().removeprefix("#").strip()
    if not bare or re.search(r"\b(?:United|Member) States\b", bare):
        return ""
    bare = without_periods(bare).strip(" ,，、:：") or bare
    match = _COUNT_HEADER.match(bare)
    nouns = lexicon.nouns  # type: ignore[attr-defined]
    if match:
        words = match["noun"].split()
        for size in (2, 1):
            key = " ".join(words[-size:])
            for form in (key, key.lower()):
                if form in nouns and (
                    form.endswith("s")
                    or form in ("people", "staff", "headcount")
                    or bare.lower().startswith(("number", "no.", "#"))
                ):
                    return str(nouns[form] or "")
        for word in words:
            if word.lower() in (
                "patents",
                "papers",
                "companies",
                "users",
                "employees",
                "models",
                "downloads",
                "shipments",
                "firms",
            ):
                return str(nouns[word.lower()])
    chinese = list(lexicon.zh_noun.finditer(bare))  # type: ignore[attr-defined]
    if chinese and re.search(r"(?:数|数量|总数|家数|量|总量)$", bare):
        return str(nouns[chinese[-1][0]])
    if chinese and chinese[-1].end() == len(bare) and chinese[-1].start() == 0:
        return str(nouns[bare])
    return ""
