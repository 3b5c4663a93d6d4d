"""A unit with its magnitude as a label prints it: $ million, 亿元, '000 units."""

# expressions stay on one line
# ruff: noqa: E501

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from orchestration.extraction.heads import BRACKET, without_periods
from orchestration.extraction.lexicon import load_lexicon
from orchestration.extraction.words import words
from orchestration.figures import FigureError, Units, parse_value


@dataclass(frozen=True, slots=True)
class Scale:
    """A unit that stands in a header: what ``parse_value`` takes as ``scale``, and what is counted."""

    text: str = ""
    counted: str = ""
    money: bool = False
    bare: bool = False  # a magnitude without a unit: million


_UNREAD = re.compile(r"(?:(?<![A-Za-z\d.,])\d[\d.,]*|[$€£¥₹]|(?<![A-Za-z])[A-Z]{2,4}|[币幣台臺]|(?<![A-Za-z])per)\s*$")


def is_whole(text: str, option: str) -> bool:
    """Whether the last words of a label are a unit by themselves: nothing of a number or currency stands before them."""
    before = text[: max(0, text.rfind(option))]
    if _MAGNITUDE_WORD.search(before):
        return False
    return not (_UNREAD.search(before) and not re.search(r"[A-Z]{2,4}\s*$", before)) and not (
        _MAGNITUDE_ONLY.match(option) and _UNREAD.search(before)
    )


_MAGNITUDE_WORD = re.compile(r"\b(?:thousand|million|billion|trillion|lakh|crore)s?\b|'000|[百千万亿]$", re.I)

# powers of ten that are not one word: 100 million, 10 thousand
_TENS = {
    "10 thousand": "万", "100 thousand": "lakh", "10 million": "千万", "100 million": "亿", "10 billion": "百亿",
    "100 billion": "千亿",
}  # fmt: skip

_TEN = re.compile(r"\b(10{1,2}) (thousand|million|billion)s?\b", re.I)

_HANGUL = str.maketrans("천백십만억", "千百十万亿")

_SPELLED: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = ((r"[’‘`´]", "'"), (r"億", "亿"), (r"萬", "万"), (r"兆(?=[元円圆圓]|$)", "万亿"), (r"\bRs\b\.? ?", "₹"), (r"\bMio\.? ", "million "),
            (r"\bMrd\.? ", "billion "), (r"(?<=[千万亿])圓", "元"), (r"(?<![가-힣])(천|백|십)?(만|억)(?= ?(?:원|달러)$)", lambda m: m[0].translate(_HANGUL)), (r"(?<=[百千万]|[/MK ])[Tt][Oo][Kk][Ee][Nn](?=[Ss]?$)", "token"), (r"조(?= ?(?:원|달러)$)", "万亿"), (r"新[台臺][币幣](?=[百千万亿]*元)", "新台币"))  # fmt: skip


def _spelled(text: str) -> str:
    """The words of a unit in the one spelling that the registry has."""
    for expression, plain_word in _SPELLED:
        text = re.sub(expression, plain_word, text)
    text = re.sub(r"^(?:19|20)\d\d (?=[A-Z]{3}\b)", "", text)  # 2023 USD, millions
    text = re.sub(r"^(?:(?:US|U\.S\.) )?[Dd]ollars in (thousand|million|billion)s?$", r"\1 dollars", text)
    text = re.sub(r"^([A-Z]{3}|US\$), (?=(?:thousand|million|billion)s?$)", r"\1 ", text)
    text = re.sub(r"(?<=[A-Za-z$]) (?:19|20)\d\d (?=US|EU|[A-Z]{3}\b|[$€£¥]|dollars)", " ", text)  # billion 2024 USD
    text = _TEN.sub(lambda m: _TENS[f"{m[1]} {m[2].lower()}"], text)
    return re.sub(r"^(lakh|crore) (?=[A-Z₹])|(?<=[A-Z₹]) (?=[百千]?[万亿])", lambda m: m[1] or "", text)


_LETTERS = {"B": "billion", "T": "trillion", "M": "million", "K": "thousand", "k": "thousand"}


def scale_in_letters(text: str, units: Units) -> Scale | None:
    """A single letter in brackets behind a name: watts, or a magnitude (Parameters (B))."""
    match = BRACKET.search(text)
    if match is None or len(match[1].strip()) != 1 or not without_periods(text[: match.start()]):
        return None
    letter = match[1].strip()
    unit = units.get(letter)
    if unit is not None and unit.dimension == "power":
        return Scale(letter)
    return Scale(_LETTERS[letter], bare=True) if letter in _LETTERS else None


def is_unit(text: str) -> bool:
    """Whether the words in a bracket are a unit, whether or not the registry has it."""
    return "/" in text or any(words()[name].search(text) for name in ("unit_words", "unit_parts"))


_LETTER_WORDS = {"m": "million", "mn": "million", "mm": "million", "mln": "million", "bn": "billion", "b": "billion",
                 "k": "thousand", "tn": "trillion", "pct": "%", "percent": "%", "perc": "%"}  # fmt: skip
_AS_PRINTED = {"kw": "kW", "kwh": "kWh", "nm": "nm", "x": "x", "bps": "bps", "pp": "pp", "tflops": "TFLOPS", "pflops": "PFLOPS",
               "eflops": "EFLOPS", "mwh": "MWh", "gwh": "GWh", "twh": "TWh"}  # fmt: skip


def magnitude_word(printed: str) -> str:
    """A magnitude that a label prints short, as a word: m is million."""
    return _LETTER_WORDS.get(printed.lower(), printed.lower())


def spelled_name(text: str) -> str:
    """The name of a field as a label with its unit in brackets: loan_usd_m is loan (USD million)."""
    match = words()["name_of_unit"].match(text.strip())
    if match is None:
        return text
    thing = match["thing"].replace("_", " ")
    other = (match["other"] or "").lower()
    if other:
        return f"{thing} ({_LETTER_WORDS.get(other) or _AS_PRINTED.get(other) or other.upper()})"
    magnitude = (match["magnitude"] or match["first"] or "").lower()
    money = f"{(match['money'] or match['behind']).upper()} {_LETTER_WORDS.get(magnitude, magnitude.rstrip('s'))}"
    return f"{thing} ({money.strip()})"


_UNITS_IN = re.compile(r"^(?:units?|figures|numbers|volumes?|counts?) in (?P<m>thousand|million|billion)s?$", re.I)

_SCALE_WORDS = ((r"\bin\b|\bof\b|\bthe\b|单位[:：]?|\byoy\b|\by/y\b|同比|\bconstant\b|\bexpressed\b|\bamounts?\b|\bfigures\b|\bJapanese\b|\bcurrent\b|\bprices\b|\bcagr\b|\bshare\b|[:：]", " "), (r"\bmillions\b", "million"), (r"\bbillions\b", "billion"),
                (r"\btrillions\b", "trillion"), (r"\bthousands\b|'000|(?<![\d,.])000s?\b(?![,\d])", "thousand"), (r"\bmm\b", "million"), (r"\bU\.S\.", "US"))  # fmt: skip

_EXCEPTED = re.compile(r"[,，;；]?\s*\b(?:except|excluding|unless|other than)\b|[,，;；]\s*(?:除|另有)", re.I)

_SIGN_FIRST = re.compile(
    r"^(?P<sign>US\$|\$|€|£|¥|RMB|USD|CNY|EUR)\s?(?P<magnitude>trillion|billion|million|thousand)$", re.I
)

_MAGNITUDE_ONLY = re.compile(
    r"^(?:万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千|trillion|billion|million|thousand|lakh|crore|bn|mn|tn|trn|mln|m|k|b)$",
    re.I,
)

_NOT_SCALE = re.compile(r"^(?:\d+|[a-z]|e|f|a|no|number|item|unit|units|年|月|日|度|名|位|个百|[A-Z])$")

# a number with a unit specifies the thing (2.3 kWh, 80GB); a unit for many cells has no number before it
_SPECIFIED = re.compile(r"^\d[\d.,]* ?[A-Za-z%μµ]")


@lru_cache(maxsize=8192)  # the words of labels come again in every row
def as_scale(option: str, units: Units) -> Scale | None:
    """The unit that a text is, whole; none where it is anything else."""
    # what is excepted (per share, percentages) has a unit of its own in its row or none
    text = _spelled(_EXCEPTED.split(option.strip())[0].strip())
    if words()["of_whole"].match(text.strip()):
        return Scale("%")
    if not text or len(text) > 40 or _SPECIFIED.match(text):
        return None
    if text.strip().rstrip(".").lower() in ("nos", "no", "number", "units", "pcs"):
        return Scale("count", "item")
    if text.strip() in ("x", "X"):
        return Scale("times")
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
        return _price(text, units)
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


_PRICE = re.compile(
    r"^(?P<money>[^/\d]{1,12}?)\.?\s?(?:/|\bper )\s?(?P<each>[A-Za-z\u4e00-\u9fff][A-Za-z\u4e00-\u9fff -]{0,14})$"
)


def _price(text: str, units: Units) -> Scale | None:
    """Money per hour, month or thing is money; per million of them it is not."""
    match = _PRICE.match(text)
    if match is None or re.match(r"[百千万亿]|million|thousand|M\b|K\b", match["each"], re.I):
        return None
    scale = as_scale(match["money"], units)
    return scale if scale is not None and scale.money else None


def _symbol(word: str, units: Units) -> str:
    unit = units.get(word) or units.get(word.upper())
    return unit.symbol if unit is not None else word


def _counted_of(symbol: str) -> str:
    return {"家": "company", "人": "person", "名": "person", "辆": "vehicle", "台": "unit", "件": "item"}.get(
        symbol, "item"
    )
