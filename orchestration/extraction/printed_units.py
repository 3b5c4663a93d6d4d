"""The unit that stands beside a number: symbol, counted thing, price per something."""

# expressions stay on one line
# ruff: noqa: E501

import re
from dataclasses import replace

from orchestration.extraction.lexicon import Lexicon
from orchestration.extraction.printed_number import PrintedNumber, skip_spaces
from orchestration.extraction.words import words
from orchestration.figures import Unit

_ADJECTIVE = r"(?!(?:of|in|to|by|for|and|or|from|with|at|on|as|is|are|was|were|has|have|had|than|the|per|a|an|that|which|this|these|their|its|times|years?|months?|days?|will|would|can|could|may|compared)\b)[A-Za-z][A-Za-z\-]{1,20}"

_WITH_MAGNITUDE = re.compile(
    r"[ \t](?:(?!(?:of|in|to|by|for|and|or|from|with|at|on|as|is|are|was|were|has|had|than|the|per|a|an)\b)[A-Za-z][A-Za-z0-9\-]{1,20}[ \t]){0,2}?(?P<noun>[a-z]{3,18}s)\b(?!-)"
)

_ANY_PLURAL = re.compile(
    rf"[ \t](?:{_ADJECTIVE}[ \t]){{0,2}}?(?!(?:millones|milioni|millions|milliards|comprises|includes|contains|provides|performs|stores|receives|generates|consists|executes|supports|uses|determines|outputs|sends|offers|delivers|means|equals|remains|seems|was|has|is|as|this|its|does|plus|versus|always|perhaps|thus|less|across|basis|times|respectively|years|ways|reasons|steps|points|types|kinds|things|parts|stages|aspects|factors|trends|thanks|sales|results|series)\b)(?P<noun>[a-z]{{2,18}}[a-rt-z]s)\b(?!-)"
)


def read_unit(text: str, number: PrintedNumber, position: int, lexicon: Lexicon) -> None:
    """Read the unit behind a number, with what it is divided by."""
    _read_unit(text, number, position, lexicon)
    if number.symbol is not None and "/" not in number.symbol.unit:
        _divided(text, number, lexicon)


def _divided(text: str, number: PrintedNumber, lexicon: Lexicon) -> None:
    """A unit over another one, as one unit of the registry: $78/MWh, 4.6 TFLOPS per watt. What the registry does not
    know stays unread, and the gate withholds it."""
    over = words()["divided_by"].match(text, number.end)
    match = lexicon.unit.match(text, over.end()) if over else None
    if match is None or number.symbol is None:
        return
    below = lexicon.symbols["".join(match[0].split())]
    known = lexicon.units.quotients.get((number.symbol.unit, below.unit))
    if known is not None:
        unit, worth = known
        number.symbol = replace(unit, factor=number.symbol.factor * worth / below.factor)
        number.end = match.end()


def _of_another(symbol: str, lexicon: Lexicon) -> bool:
    """Whether a symbol behind an amount of money is not its own: a time, or the sign of the next amount."""
    unit = lexicon.symbols["".join(symbol.split())]
    return unit.dimension == "time" or (len(symbol) == 1 and unit.dimension == "money" and not symbol.isalpha())


def _read_unit(text: str, number: PrintedNumber, position: int, lexicon: Lexicon) -> None:
    """The unit by the first reading that finds one; each is given where the number ends, and where the space behind it
    does."""
    gap = skip_spaces(text, position)
    kind = words()["kind_of_computing"].match(text, gap)
    after = lexicon.unit.match(text, kind.end()) if kind else None
    if kind and after and lexicon.symbols["".join(after[0].split())].dimension == "compute":
        position = gap = kind.end()  # 14 AI exaflops
    for reading in _READINGS:
        if reading(text, number, position, gap, lexicon):
            return


def _accelerator_hours(text: str, number: PrintedNumber, _: int, gap: int, lexicon: Lexicon) -> bool:
    hours = words()["accelerator_hours"].match(text, gap)
    if hours:
        number.symbol, number.end = lexicon.units.get("GPU hours"), hours.end()
    return hours is not None


def _registered(text: str, number: PrintedNumber, position: int, gap: int, lexicon: Lexicon) -> bool:
    """A symbol of the registry."""
    places = (position, gap, *([position + 1] if text[position : position + 1] == "-" else ()))  # a 400-megawatt campus
    match = next(filter(None, (lexicon.unit.match(text, place) for place in places)), None)
    if match is None or (number.currency and _of_another(match[0], lexicon)):
        return False  # a $17 billion quarter; $ 264 $ 231
    unit = lexicon.symbols["".join(match[0].split())]
    if match[0] == "块" and words()["pieces_subject"].search(text[max(0, number.start - 24) : number.start]):
        unit = replace(lexicon.units.get("片") or unit, symbol="块", counted="")
    if unit.dimension == "money" and number.currency and unit.unit == "CNY" and match[0] == "块":
        return False
    if match[0].strip() == "pct" and not text.isascii():
        unit = lexicon.symbols["个百分点"]  # the usage of Chinese brokers: 同比+2.1pct
    number.symbol, number.end = unit, match.end()
    operations = words()["operations_behind"].match(text, match.end()) if unit.symbol == "次" else None
    if operations and number.magnitude:  # 256万亿次浮点运算: operations a second
        number.symbol = lexicon.units.get("FLOPS" if "浮点" in operations[0] else "OPS")
        number.end = operations.end()
    elif unit.dimension == "count":
        number.counted = unit.counted or _counted_zh(text, match.end(), unit.symbol, lexicon)
        if unit.counted == "token" and _is_each_second(text, number):
            number.symbol = lexicon.units.get("token/s")
    elif unit.dimension == "money":
        named = lexicon.units.get(number.currency) if match[0] == "元" and number.currency else None
        if named is not None and named.dimension == "money":
            number.symbol = named  # 新台币80亿元: the name says whose 元
        _money_tail(text, number, lexicon)
    return True


def _is_each_second(text: str, number: PrintedNumber) -> bool:
    return re.search(r"每秒[^\d，。]{0,6}$", text[max(0, number.start - 10) : number.start]) is not None


def _money(text: str, number: PrintedNumber, _: int, __: int, lexicon: Lexicon) -> bool:
    """The currency before the number."""
    if not number.currency:
        return False
    number.symbol = lexicon.units.get(number.currency)
    _money_tail(text, number, lexicon)
    return True


def _points(text: str, number: PrintedNumber, _: int, gap: int, lexicon: Lexicon) -> bool:
    """分 of a price of electricity, or marks."""
    if text[gap : gap + 1] != "分" or words()["no_points"].match(text, gap + 1):
        return False
    before = text[max(0, number.start - 30) : number.start]
    money = words()["price_of_energy_before"].search(before)
    marks = words()["scores_said"].search(text) and not re.search("[元角]", before[-12:])
    if money or marks:
        number.symbol, number.end = lexicon.units.get("分/千瓦时" if money else "score"), gap + 1
    return bool(money or marks)


def _electricity(text: str, number: PrintedNumber, _: int, gap: int, lexicon: Lexicon) -> bool:
    """度 of electricity."""
    before = text[max(0, number.start - 24) : number.start]
    if text[gap : gap + 1] != "度" or not (number.magnitude == "亿" or words()["electricity_subject"].search(before)):
        return False
    number.symbol, number.end = lexicon.units.get("度"), gap + 1
    return True


def _computing(text: str, number: PrintedNumber, _: int, gap: int, lexicon: Lexicon) -> bool:
    """5000P算力"""
    flops = words()["computing_in_letters"].match(text, gap)
    if flops:
        number.symbol, number.end = lexicon.units.get(f"{flops[1]}FLOPS"), flops.end()
    return flops is not None


def _counted_at_once(text: str, number: PrintedNumber, _: int, gap: int, lexicon: Lexicon) -> bool:
    direct = words()["counted_at_once"].match(text, gap)
    if direct is None:
        return False
    said = direct[1].lower()
    tokens = said.startswith("tok") and _is_each_second(text, number)
    number.symbol, number.end = lexicon.units.get("token/s" if tokens else "count"), direct.end()
    number.counted = "token" if said.startswith(("tok", "令", "词")) else "chip" if "pu" in said else "parameter"
    return True


def _activated(text: str, number: PrintedNumber, position: int, _: int, lexicon: Lexicon) -> bool:
    """22B activated per token: parameters"""
    if number.magnitude not in ("B", "M", "T") or not words()["activated_behind"].match(text, position):
        return False
    if not words()["parameters_said"].search(text):
        return False
    number.symbol, number.counted = lexicon.units.get("count"), "parameter"
    return True


def _noun(text: str, number: PrintedNumber, position: int, _: int, lexicon: Lexicon) -> bool:
    """A counted thing of the registry."""
    noun = lexicon.noun.match(text, position)
    if noun is None:
        return False
    number.symbol, number.end = lexicon.units.get("count"), noun.end()
    number.counted = lexicon.nouns[noun["noun"]] or noun["noun"]
    if noun["noun"].lower().startswith("model") and number.magnitude in ("B", "M", "T", "K", "b"):
        number.symbol = None  # a 70B model: its size is its name
    return True


def _any_plural(text: str, number: PrintedNumber, position: int, _: int, lexicon: Lexicon) -> bool:
    """Any other plural, behind a number that is hardly anything but a count."""
    long = number.magnitude or "," in number.digits or (len(number.digits) >= 3 and number.digits.isdigit())
    if not long or number.magnitude in ("B", "T", "b", "M", "K"):
        return False
    large = number.magnitude.lower() in ("million", "billion", "thousand", "trillion")
    plural = _ANY_PLURAL.match(text, position) or (_WITH_MAGNITUDE.match(text, position) if large else None)
    if plural:
        number.symbol, number.end = lexicon.units.get("count"), plural.end()
        number.counted, number.sure = _singular(plural["noun"]), 0.7
    return plural is not None


# in this order
_READINGS = (
    _accelerator_hours, _registered, _money, _points, _electricity, _computing, _counted_at_once, _activated, _noun,
    _any_plural,
)  # fmt: skip


def _singular(noun: str) -> str:
    if noun.endswith("ies"):
        return noun[:-3] + "y"
    return noun[:-2] if noun.endswith(("ses", "xes", "ches", "shes")) else noun[:-1]


_STOP = re.compile(r"[，。；、,.;:：（）()\s]")

_PARTS = re.compile("[在于被把将由及和与或并以已是为有]")

_CLAUSE = re.compile("[。；;！？!?]")

_DEFAULT_COUNTED = {
    "家": "company",
    "人": "person",
    "名": "person",
    "位": "person",
    "辆": "vehicle",
    "件": "item",
    "篇": "paper",
}


def _counted_zh(text: str, at: int, symbol: str, lexicon: Lexicon) -> str:
    ahead = text[at : at + 14].lstrip()
    stop = _STOP.search(ahead)
    ahead = ahead[: stop.start()] if stop else ahead
    nouns = list(lexicon.zh_noun.finditer(ahead))
    if nouns:
        # the last noun of its phrase: not what stands behind a preposition, a verb or a second noun's 和
        ends = next(
            (at for at in range(1, len(nouns)) if _PARTS.search(ahead, nouns[at - 1].end(), nouns[at].start())), 0
        )
        return lexicon.nouns[nouns[ends - 1][0]]
    latin = lexicon.noun.match(" " + ahead.lstrip())
    if latin:
        return lexicon.nouns[latin["noun"]]
    behind = _CLAUSE.split(text[max(0, at - 40) : at])[-1]
    subject = list(lexicon.zh_noun.finditer(behind))
    if symbol in ("件", "项", "个", "款", "台", "万", "片") and subject:
        return lexicon.nouns[subject[-1][0]]
    return _DEFAULT_COUNTED.get(symbol, "item")


def _parted(unit: Unit, part: float) -> Unit:
    """A price in a part of its currency: three cents a kilowatt-hour."""
    return unit if part == 1 else replace(unit, factor=unit.factor * part)


def _money_tail(text: str, number: PrintedNumber, lexicon: Lexicon) -> None:
    """元/百万tokens, per million tokens, /kWh make another unit of an amount."""
    currency = number.symbol.unit if number.symbol else ""
    if number.symbol is None or currency not in ("USD", "CNY"):
        return
    part = number.symbol.factor  # of cents
    token = words()["price_of_tokens"].match(text, number.end) or words()["price_of_million"].match(text, number.end)
    before = text[max(0, number.start - 30) : number.start]
    earlier = None if token else words()["price_of_tokens_before"].search(before)
    hit = token or earlier
    if hit:
        thousand = (hit["n"] or "") in ("千", "K", "k", "thousand", "1,000", "1000")
        name = {
            ("USD", False): "USD/Mtoken",
            ("CNY", False): "CNY/Mtoken",
            ("USD", True): "USD/Ktoken",
            ("CNY", True): "RMB/Ktoken",
        }[currency, thousand]
        unit = lexicon.units.get(name)
        if unit is not None and (hit["n"] or earlier):
            number.symbol = _parted(unit, part)
            number.end = token.end() if token else number.end
        return
    energy = words()["price_of_energy"].match(text, number.end)
    if energy or words()["price_of_energy_before"].search(before):
        unit = lexicon.units.get(f"{number.symbol.symbol} per kWh") or lexicon.units.get(f"{currency}/kWh")
        if unit is not None:
            number.symbol = _parted(unit, part) if unit.factor == 1 else unit
            number.end = energy.end() if energy else number.end
