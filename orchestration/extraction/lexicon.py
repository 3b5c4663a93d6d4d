"""Words of units, magnitudes and counted things, as expressions. Built once per unit reference."""

# expressions stay on one line
# ruff: noqa: E501

import csv
import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from orchestration.figures import Unit, Units

_DATA = Path(__file__).parent / "data"

# Symbols of the unit reference that are too ambiguous in running text; they still count in table headers.
_NOT_IN_TEXT = {
    "第", "届", "代", "层", "道", "步", "行", "处", "批", "门", "点", "分", "月", "日", "轮", "员", "对", "组", "级", "股",
    "位", "字", "词", "单", "度", "号", "场", "档", "册", "幅", "成", "tr", "b", "day", "year", "month", "count", "ratio",
    "multiple", "score", "percent", "rank", "times", "fold", "hour", "minute", "项目", "省", "岁", "节点", "卡", "种", "类",
    "V", "A", "m", "h", "t", "s", "°", "min", "unit", "units", "model", "models", "items", "cases", "case", "deal", "chip",
    "patent", "project", "firm", "company", "user", "token", "card", "张", "人民币计", "人民币",
    "分值", "套/年", "D",
    "户", "标记", "部",
}  # fmt: skip
# ... which count all the same directly after a number (no space) or after a magnitude
_WITH_CARE = {"位": "(?![于列居数次])", "张": "(?!力|扬|开)", "户": "(?!外|型)", "部": "(?![分门署委])", "种": "(?!植)", "类": "",
              "场": "(?!景|所|地)", "项目": "", "节点": "", "卡": "", "岁": "", "级": "(?!别|以上|自动)(?=[^A-Za-z])",
              "字": "(?!节)", "股": "(?!东|份|权|价|市|票)", "词": "", "层": "(?!面|级|次|楼)", "轮": "", "组": "(?!织|成|件)", "省": "", "标记": "",
              "人民币": "(?!计价|汇率)", "A": "(?![A-Za-z])", "V": "(?![A-Za-z])", "h": "(?![A-Za-z])", "s": "(?![A-Za-z])", "m": "(?![A-Za-z])", "°": ""}  # fmt: skip
_NOT_AFTER = {
    "个": "(?!月|性|体(?!户)|别|案(?!例)|股|百分点|年|世纪|季度|小时|星期|人(?!工)|方面|阶段|问题|特[征点]|步骤|层[面次]|维度|原因|方向|要素|环节|部分|角度|趋势|领域|部门|字)",
    "家": "(?!电|居|庭|用|具(?!身)|族|长|乡|中国(?=人))",
    "件": "(?!事|套)",
    "次": "(?!于|要|日|年|新|高|级|世代|元)",
    "人": "(?!工|类|形|民币|均|机|脸|才(?!引)|格|气|生|物)",
    "台": "(?!湾|阶|积|式|账|风|北|州|词)",
    "项": "(?!目经理)",
    "名": "(?!为|称|单|列|义|片)",
    "条": "(?!件|款)",
    "套": "(?!件|餐|装|利)",
    "所": "(?!有|在|谓|需|以|示|属|得|产生)",
    "座": "(?!椅|位|谈)",
    "篇": "(?!幅)",
    "片": "(?!面|段|区)",
    "支": "(?!持|出|付|撑|柱|线)",
    "只": "(?!有|是|能|要|需|在|会)",
    "笔": "(?!记)",
    "起": "(?!到|来|步|草|源|点|始|码|飞|伏|见)",
    "款": "(?!项|式)",
    "颗": "",
    "枚": "",
    "亩": "",
    "年": "(?![度末底初份代级报会龄轻以]|月|[前后]的|来|间|以来|均|化|[上下]半)",
    "天": "(?![然猫津气空线河使秤数])",
    "周": "(?![期边转围年一二三四五六])",
    "周岁": "",
    "户": "(?!外|型)",
    "成": "(?![为立功本员果熟长都分交型绩就效人形品套群像])",
    "倍": "(?!增器|率|频)",
    "元": "(?!器件|宇宙|素|年|旦|数据|组|学习|认知|知识|老|首|气)",
    "米": "(?!兰|粒|线|饭)",
    "吨": "",
    "瓦": "(?!斯|片|特兰|楞|格纳|解)",
    "秒": "(?!级|杀|开)",
    "美金": "",
    "块": "(?!状|链)",
    "例": "(?!如|子|外|行)",
    "宗": "(?!旨|教|商品)",
    "架": "(?!构|设)",
    "处": "(?!理|于)",
    "亿元": "",
}

MAGNITUDE = (
    r"(?:万亿|千亿|百亿|十亿|亿|千万|百万|十万|万(?!物|能|一|科|兴|向|达)|千(?![瓦米克伏字卡])|百(?!分|度|货|姓|川)"
    r"|(?:trillion|billion|million|thousand|hundred|trn|tn|bn|mln|mn|Trillion|Billion|Million|Thousand|Bn|Mn|Tn|MM)(?![A-Za-z])"
    r"|(?<=\d)[BMKTk](?![A-Za-z0-9/])(?!\+\+)|(?<=\d) [BMT](?![A-Za-z0-9/.&\-'’])(?= |$|[，。,)])|(?<=\d)[bm](?![A-Za-z0-9²³/]))"
)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Expressions over the unit reference.

    ``unit`` matches a unit symbol after a number; ``symbol_of`` maps what was matched (white space removed) to it.
    ``noun`` matches a counted thing in English after at most three adjectives; ``zh_noun`` in Chinese, anywhere.
    """

    units: Units
    unit: re.Pattern[str]
    symbols: dict[str, Unit]
    noun: re.Pattern[str]
    nouns: dict[str, str]
    zh_noun: re.Pattern[str]


def _flexible(symbol: str) -> str:
    """The symbol with optional white space where the PDF may have put some, and word boundaries where it is Latin."""
    body = r"[ \t]{0,2}".join(re.escape(part) for part in symbol.split())
    if symbol[-1].isascii() and symbol[-1].isalpha():
        body += r"(?![A-Za-z])"
    if symbol[-1].isascii() and symbol[-1].isdigit():
        body += r"(?!\d)"
    return body + _NOT_AFTER.get(symbol, "")


@lru_cache(maxsize=4)
def load_lexicon(units: Units) -> Lexicon:
    """Build the expressions for a unit reference."""
    symbols: dict[str, Unit] = {}
    parts: list[tuple[str, str]] = []
    for printed in units.symbols():
        unit = replace(printed, symbol=unicodedata.normalize("NFKC", printed.symbol))
        symbols["".join(unit.symbol.split())] = unit
        for plain, other in (("m2", "m²"), ("°C", "℃")):
            if unit.symbol.endswith(plain):
                variant = unit.symbol.replace(plain, other)
                symbols[variant] = unit
                parts.append((variant, re.escape(variant)))
        if unit.symbol in _WITH_CARE:
            parts.append((unit.symbol, rf"(?<=[\d万亿千百]){re.escape(unit.symbol)}{_WITH_CARE[unit.symbol]}"))
        elif unit.symbol not in _NOT_IN_TEXT and unit.dimension != "rank" and not _english_count(unit):
            parts.append((unit.symbol, _flexible(unit.symbol)))
    with (_DATA / "unit_words.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            known = units.get(row["symbol"])
            if known is not None:
                symbols["".join(row["word"].split())] = known
                parts.append((row["word"], _flexible(row["word"])))
    parts.append(("成", "成" + _NOT_AFTER["成"]))
    person = units.get("人")
    if person is not None:  # in the registry both are ranks: 第3名
        symbols["名"] = symbols["位"] = replace(person, symbol="名", counted="")
        parts += [("名", "名" + _NOT_AFTER["名"]), ("位", r"(?<=[\d万千百十余多亿])位(?![于列居数次元])")]
    parts.sort(key=lambda part: len(part[0]), reverse=True)
    nouns: dict[str, str] = {}
    with (_DATA / "count_nouns.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            nouns[row["noun"]] = row["counted"]
    english = sorted((n for n in nouns if n.isascii()), key=len, reverse=True)
    chinese = sorted((n for n in nouns if not n.isascii()), key=len, reverse=True)
    adjective = r"(?!(?:of|in|to|by|for|and|or|from|with|at|on|as|is|are|was|were|has|have|had|than|the|per|a|an|that|which|this|their|its|times|percent|million|billion|years?|months?|days?|hours?|will|would|can|could|may|compared|year)\b)[A-Za-z][A-Za-z0-9'’\-/]{0,24}"
    noun = rf"(?: or (?:more|fewer|less))?[ \t]{{1,2}}(?:{adjective},?[ \t]{{1,2}}){{0,3}}?(?P<noun>{'|'.join(map(re.escape, english))})(?![A-Za-z\-])"
    return Lexicon(
        units,
        re.compile("|".join(expression for _, expression in parts)),
        symbols,
        re.compile(noun),
        nouns,
        re.compile("|".join(map(re.escape, chinese))),
    )


def _english_count(unit: Unit) -> bool:
    return unit.dimension == "count" and unit.symbol.isascii()
