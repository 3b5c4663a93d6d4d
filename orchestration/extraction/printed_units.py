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
    gap = skip_spaces(text, position)
    kind = words()["kind_of_computing"].match(text, gap)
    after = lexicon.unit.match(text, kind.end()) if kind else None
    if kind and after and lexicon.symbols["".join(after[0].split())].dimension == "compute":
        position = gap = kind.end()  # 14 AI exaflops
    if text[gap : gap + 1] == "个" and text[gap + 1 : gap + 3].lower() in ("to", "百分", "gp"):
        gap += 0
    hours = words()["accelerator_hours"].match(text, gap)
    if hours:
        number.symbol, number.end = lexicon.units.get("GPU hours"), hours.end()
        return
    match = lexicon.unit.match(text, position) or (lexicon.unit.match(text, gap) if gap > position else None)
    if text[position : position + 1] == "-" and match is None:
        # a 400-megawatt campus, a 20-percent stake
        match = lexicon.unit.match(text, position + 1)
    if match is not None and number.currency and _of_another(match[0], lexicon):
        match = None  # a $17 billion quarter; $ 264 $ 231
    if match is not None:
        unit = lexicon.symbols["".join(match[0].split())]
        if match[0] == "块" and words()["pieces_subject"].search(text[max(0, number.start - 24) : number.start]):
            unit = replace(lexicon.units.get("片") or unit, symbol="块", counted="")
        if not (unit.dimension == "money" and number.currency and unit.unit == "CNY" and match[0] == "块"):
            if match[0].strip() == "pct" and not text.isascii():
                unit = lexicon.symbols["个百分点"]  # the usage of Chinese brokers: 同比+2.1pct
            number.symbol, number.end = unit, match.end()
            named = lexicon.units.get(number.currency) if match[0] == "元" and number.currency else None
            if named is not None and named.dimension == "money":
                number.symbol = named  # 新台币80亿元: the name says whose 元
            if unit.symbol == "次" and number.magnitude:
                operations = words()["operations_behind"].match(text, match.end())
                if operations:  # 256万亿次浮点运算: operations a second
                    number.symbol = lexicon.units.get("FLOPS" if "浮点" in operations[0] else "OPS")
                    number.end = operations.end()
                    return
            if unit.dimension == "count":
                number.counted = unit.counted or _counted_zh(text, match.end(), unit.symbol, lexicon)
                before = text[max(0, number.start - 10) : number.start]
                if unit.counted == "token" and re.search(r"每秒[^\d，。]{0,6}$", before):
                    number.symbol = lexicon.units.get("token/s")
            if unit.dimension == "money":
                _money_tail(text, number, lexicon)
            return
    if number.currency:
        number.symbol = lexicon.units.get(number.currency)
        _money_tail(text, number, lexicon)
        return
    if text[gap : gap + 1] == "分" and not words()["no_points"].match(text, gap + 1):
        before = text[max(0, number.start - 30) : number.start]
        money = words()["price_of_energy_before"].search(before)
        marks = words()["scores_said"].search(text) and not re.search("[元角]", before[-12:])
        if money or marks:
            number.symbol, number.end = lexicon.units.get("分/千瓦时" if money else "score"), gap + 1
            return
    if text[gap : gap + 1] == "度" and (
        number.magnitude == "亿"
        or words()["electricity_subject"].search(text[max(0, number.start - 24) : number.start])
    ):
        number.symbol, number.end = lexicon.units.get("度"), gap + 1
        return
    flops = words()["computing_in_letters"].match(text, gap)
    if flops:  # 5000P算力
        number.symbol, number.end = lexicon.units.get(f"{flops[1]}FLOPS"), flops.end()
        return
    direct = words()["counted_at_once"].match(text, gap)
    if direct:
        number.symbol, number.end = lexicon.units.get("count"), direct.end()
        if direct[1].lower().startswith("tok") and re.search(
            r"每秒[^\d，。]{0,6}$", text[max(0, number.start - 10) : number.start]
        ):
            number.symbol = lexicon.units.get("token/s")
        number.counted = (
            "token"
            if direct[1].lower().startswith(("tok", "令", "词"))
            else "chip"
            if "PU" in direct[1]
            else "parameter"
        )
        return
    if (
        number.magnitude in ("B", "M", "T")
        and words()["activated_behind"].match(text, position)
        and words()["parameters_said"].search(text)
    ):
        number.symbol, number.counted = lexicon.units.get("count"), "parameter"
        return
    noun = lexicon.noun.match(text, position)
    if noun:
        number.symbol, number.end = lexicon.units.get("count"), noun.end()
        number.counted = lexicon.nouns[noun["noun"]] or noun["noun"]
        if noun["noun"].lower().startswith("model") and number.magnitude in ("B", "M", "T", "K", "b"):
            number.symbol = None  # a 70B model: its size is its name
        return
    if number.magnitude or "," in number.digits or (len(number.digits) >= 3 and number.digits.isdigit()):
        plural = _ANY_PLURAL.match(text, position) or (
            _WITH_MAGNITUDE.match(text, position)
            if number.magnitude.lower() in ("million", "billion", "thousand", "trillion")
            else None
        )
        if plural and number.magnitude not in ("B", "T", "b", "M", "K"):
            number.symbol, number.end = lexicon.units.get("count"), plural.end()
            number.counted = _singular(plural["noun"])
            number.sure = 0.7


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
