"""The unit that a table prints once for many cells: in brackets of a head, a unit column, a corner, a caption."""

# expressions stay on one line
# ruff: noqa: E501

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from orchestration.extraction.heads import BRACKET, without_periods
from orchestration.extraction.lexicon import load_lexicon
from orchestration.figures import FigureError, Units, parse_value

_WORDS = Path(__file__).parent / "data" / "tables.yml"


@lru_cache(maxsize=1)
def words() -> dict[str, re.Pattern[str]]:
    """The patterns of ``data/tables.yml`` by name."""
    loaded = yaml.safe_load(_WORDS.read_text(encoding="utf-8"))
    return {name: re.compile(row["pattern"], re.I) for name, row in loaded.items()}


_UNIT_CELL = re.compile(
    r"(?:(?<!编制)(?<!填报)(?<!发布)(?:单位|單位|単位)(?=\s*[:：为])|(?<![a-z])(?:units?|currency|in)(?=\s*[:：]))\s*[:：为]\s*(?P<unit>[^，。；;)）]{1,30}?)(?=[，。；;)）]|\.(?:\s|$)|\s+(?:币种|货币|currency)|$)"
    r"|(?:in\s)(?P<in>(?:US\$|USD|RMB|CNY|EUR|HK\$)\s?(?:millions?|billions?|bn|mn|trillions?)|(?:millions?|billions?) of [a-zA-Z ]{3,20}|%)"
    r"|(?<![A-Za-z$])(?P<money>(?:US\$|USD|RMB|CNY|EUR|HK\$|[$€£])\s?(?:millions?|billions?|bn|mn|m|trillions?)\b)(?!\s?\d)",
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
    lettered = _lettered(text, units) if header and not marked else None
    if lettered is not None:
        return lettered
    if header:
        if re.search(r"[,，/|]", text):
            options.append(re.split(r"[,，|]|(?<!\w)/|/(?=[\u4e00-\u9fff%])", text)[-1])
            options.append(text.rsplit("/", 1)[-1])
        options.append(text)
        parts = BRACKET.sub(" ", text).split()
        last = (
            [option for option in (" ".join(parts[-2:]), parts[-1]) if _whole(text, option)] if len(parts) > 1 else []
        )
        options += last
        weak = {text, *last}
        tail = re.search(
            r"(?:[百千万亿]+(?:美元|港元|欧元|人民币|元|台|辆|人|家|个|件|片|千瓦时?|吨)|%|美元|EFLOPS|PFLOPS|TFLOPS|GW|MW|TWh|GWh)$",
            text,
        )
        if tail and _whole(text, tail[0]):
            options.append(tail[0])
    else:
        # the last word of a title, behind a comma: Demand of data centres, TWh
        tail_of_title = re.split(r"[,，]", BRACKET.sub("", text))
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
    if header and re.search(r"[%％]", text):
        return Scale("%")
    if header and any(_is_unit(match[1]) for match in BRACKET.finditer(text)):
        return Scale()  # a unit that was not read: whatever the table says is not it
    return None


_UNREAD = re.compile(r"(?:(?<![A-Za-z\d.,])\d[\d.,]*|[$€£¥₹]|(?<![A-Za-z])[A-Z]{2,4}|[币幣台臺])\s*$")


def _whole(text: str, option: str) -> bool:
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
_SPELLED = ((r"[’‘`´]", "'"), (r"億", "亿"), (r"萬", "万"), (r"兆(?=[元円圆圓]|$)", "万亿"), (r"\bRs\b\.? ?", "₹"), (r"\bMio\.? ", "million "),
            (r"\bMrd\.? ", "billion "), (r"(?<=[千万亿])圓", "元"), (r"新[台臺][币幣](?=[百千万亿]*元)", "新台币"))  # fmt: skip


def _spelled(text: str) -> str:
    """The words of a unit in the one spelling that the registry has."""
    for expression, plain_word in _SPELLED:
        text = re.sub(expression, plain_word, text)
    text = re.sub(r"(?<=[A-Za-z$]) (?:19|20)\d\d (?=US|EU|[A-Z]{3}\b|[$€£¥]|dollars)", " ", text)  # billion 2024 USD
    text = _TEN.sub(lambda m: _TENS[f"{m[1]} {m[2].lower()}"], text)
    return re.sub(r"^(lakh|crore) (?=[A-Z₹])|(?<=[A-Z₹]) (?=[百千]?[万亿])", lambda m: m[1] or "", text)


_LETTERS = {"B": "billion", "T": "trillion", "M": "million", "K": "thousand", "k": "thousand"}


def _lettered(text: str, units: Units) -> Scale | None:
    """A single letter in brackets behind a name: watts, or a magnitude (Parameters (B))."""
    match = BRACKET.search(text)
    if match is None or len(match[1].strip()) != 1 or not without_periods(text[: match.start()]):
        return None
    letter = match[1].strip()
    unit = units.get(letter)
    if unit is not None and unit.dimension == "power":
        return Scale(letter)
    return Scale(_LETTERS[letter], bare=True) if letter in _LETTERS else None


def _is_unit(text: str) -> bool:
    """Whether the words in a bracket are a unit, whether or not the registry has it."""
    return "/" in text or any(words()[name].search(text) for name in ("unit_words", "unit_parts"))


_UNITS_IN = re.compile(r"^(?:units?|figures|numbers|volumes?|counts?) in (?P<m>thousand|million|billion)s?$", re.I)
_SCALE_WORDS = ((r"\bin\b|\bof\b|\bthe\b|单位[:：]?|\byoy\b|\by/y\b|同比|\bconstant\b|\bexpressed\b|\bamounts?\b|\bfigures\b|\bJapanese\b|\bcurrent\b|\bprices\b|\bcagr\b|\bshare\b|[:：]", " "), (r"\bmillions\b", "million"), (r"\bbillions\b", "billion"),
                (r"\btrillions\b", "trillion"), (r"\bthousands\b|'000|\b000s\b|\b000\b", "thousand"), (r"\bmm\b", "million"), (r"\bU\.S\.", "US"))  # fmt: skip
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
    text = _EXCEPTED.split(_spelled(option.strip()))[0]
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


_PERCENT_LABEL = re.compile(
    r"(?:增速|增长率|同比|占比|比例|份额|渗透率|毛利率|净利率|利润率|CAGR|growth(?: rate)?|share|margin|yoy|penetration|percent(?:age)?)\s*$",
    re.I,
)
CURRENCY_SIGNS = ("$", "US$", "¥", "￥", "€", "£", "HK$", "NT$", "₹")
PER_UNIT = re.compile(r"\bper (?!cent)|/\s?(?:share|unit|token|chip|hour)|每股|每单位|单价|\bEPS\b", re.I)


@dataclass(frozen=True, slots=True)
class Scope:
    """The units that govern a cell, nearest first. ``signed`` is the currency sign that the column prints on other rows."""

    column: Scale | None = None
    row: Scale | None = None
    signed: str = ""
    table: tuple[Scale | None, ...] = ()  # caption, lines above, notes below, corner

    @property
    def near(self) -> tuple[Scale | None, ...]:
        """What the labels of the cell themselves say."""
        return self.column, self.row

    @property
    def money(self) -> Scale | None:
        """The nearest scale that an amount of money has."""
        return next((s for s in (*self.near, *self.table) if s is not None and (s.bare or s.money)), None)


def choose_scale(column: str, row: str, scope: Scope, units: Units) -> Scale | None:
    """The unit of a cell without one of its own; none where the labels leave it open."""
    axes = f"{row} {column}"
    far = [scale for scale in scope.table if scale is not None]
    bare = next((s for s in (*scope.near, *far) if s is not None and s.bare), None)
    money = next((s for s in (*scope.near, *far) if s is not None and s.money), None)
    own = next((s for s in scope.near if s is not None and not s.bare), None)
    if own is not None and own.text in CURRENCY_SIGNS and not PER_UNIT.search(axes):
        # a sign of a currency beside a label says which money, the table says how much of it
        if bare is not None:
            return Scale(bare.text + own.text, money=True)
        return next((scale for scale in far if scale.money), own)
    if own is not None:
        return own
    by_label = _by_label(column, row, money, scope.signed, units)
    if by_label is not None:
        return by_label if by_label.text else None
    if scope.signed:
        return None if _not_money(row, column) else _signed(scope.signed, bare, money)
    lexicon = load_lexicon(units)
    noun = noun_of(column, lexicon) or noun_of(row, lexicon)
    if bare is not None and noun:
        return Scale(bare.text + "count", noun)
    if bare is not None and money is not None and not _not_money(row, column):
        return Scale(bare.text + parse_value("1", units, scale=money.text)[0].symbol, money=True)
    full = next((s for s in far if not s.bare), None)
    if full is not None and full.money and _not_money(row, column):
        return Scale("count", noun) if noun else None
    if full is not None:
        return full
    if re.search(r"(?<![A-Za-z])PUE(?![A-Za-z])", axes):
        return Scale("ratio")
    if re.search(r"得分|评分|分数|\bscores?\b|\bElo\b|MMLU|HumanEval|GSM8K|GPQA|benchmark|index\b|指数", axes, re.I):
        return Scale("score")
    return Scale("count", noun) if noun else None


def _not_money(*labels: str) -> bool:
    """Whether a label is of the rows that stand among amounts of money without being one."""
    kinds = ("not_money", "not_money_zh", "people", "people_zh", "things_moved")
    return any(words()[name].search(text.strip()) for name in kinds for text in labels)


def _signed(sign: str, bare: Scale | None, money: Scale | None) -> Scale:
    if bare is not None:
        return Scale(bare.text + sign, money=True)
    return money or Scale(sign, money=True)


def _by_label(column: str, row: str, money: Scale | None, signed: str, units: Units) -> Scale | None:
    """The unit that the kind of row or column has by itself; a scale without text where it has none to be known."""
    axes = f"{row} {column}"
    if words()["per_share"].search(axes):
        # the money of one share has the currency of the table and never its magnitude
        symbol = signed or (parse_value("1", units, scale=money.text)[0].symbol if money else "")
        return Scale(symbol, money=True)
    if words()["multiple"].search(axes):
        return Scale("multiple")
    lexicon = load_lexicon(units)
    for text in (column.strip(), row.strip()):
        if _PERCENT_LABEL.search(text):
            return Scale("%")
        if words()["counted"].search(text):
            return Scale("count", noun_of(text, lexicon) or "item")
    return None


_KEYED = re.compile(r"(?:^|[（(；;，,])\s*(?P<key>[^（）()；;，,:：]{1,16})[:：]\s*(?P<unit>[^（）()；;，,:：]{1,20})")


def keyed_scales(text: str, units: Units) -> dict[str, Scale]:
    """Units that a caption gives to columns by name: (compute: EFLOPS; revenue: US$ million)."""
    found = {}
    for match in _KEYED.finditer(text):
        key = re.sub("(?:单位|單位|単位)$", "", match["key"].strip().lower())
        scale = None if _UNIT_CELL.match(f"{key}: x") else as_scale(match["unit"], units)
        if scale is not None and len(key) > 1:
            found[key] = scale
    return found


def noun_of(text: str, lexicon: object) -> str:
    """The counted thing that a header names: Number of AI companies, Patents, 企业数量."""
    bare = BRACKET.sub("", text).strip().removeprefix("#").strip()
    if not bare or re.search(r"\b(?:United|Member) States\b", bare):
        return ""
    bare = without_periods(bare).strip(" ,，、:：") or bare
    bare = re.split(r"\s?[,，]", bare)[0].strip() or bare  # Parameters, total
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


_FAMILIES = ({"USD", "HKD", "TWD", "SGD", "AUD", "CAD", "NZD"}, {"CNY", "JPY"})


def same_sign(one: str, other: str) -> bool:
    """Whether two currencies are written with the same sign."""
    return any(one in family and other in family for family in _FAMILIES)
