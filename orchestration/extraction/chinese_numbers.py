"""Numbers written out in Chinese, with their unit."""

import re

from orchestration.extraction.lexicon import Lexicon
from orchestration.extraction.printed_number import PrintedNumber
from orchestration.extraction.printed_units import read_unit
from orchestration.extraction.qualifiers import qualifier_before
from orchestration.extraction.worth import parse_one

_ZH_DIGITS = "零〇一二两三四五六七八九十百千万亿"

ZH_NUMBER = re.compile(
    rf"百分之[{_ZH_DIGITS}点]{{1,9}}"
    rf"|[{_ZH_DIGITS}\d]{{1,4}}分之[一二两三四五六七八九十\d]{{1,3}}(?:\.\d{{1,3}})?"
    r"|(?:一半|过半|半数|大半(?!年))(?!径|导|自|成|路|天|年)"
    r"|翻(?:了)?(?:一|两|三)?番|翻(?:了)?(?:[一两二三四五六七八九十]|\d{1,3})?倍|成倍(?!增)"
    rf"|(?:[数几上成](?=[十百千万亿]))?[{_ZH_DIGITS}]{{1,12}}(?:点[零〇一二三四五六七八九]{{1,6}})?(?:[余多来几])?(?:万亿|[万亿])?"
)

# Chinese numerals count as figures only with these units; 一个, 两种, 三大 are ways of speaking
_ZH_COUNTERS = frozenset("家款名座所台辆件起支颗片篇套笔枚户架")


def read_chinese(text: str, match: re.Match[str], lexicon: Lexicon) -> PrintedNumber | None:
    start, end = match.span()
    word = match[0]
    number = PrintedNumber(start, end, word, number_end=end)
    number.qualifier = qualifier_before(text, start, lexicon.units)
    percent = lexicon.symbols["%"]
    if word.startswith("百分之"):
        digits = word[3:].rstrip("点")
        number.reading, number.symbol = f"{digits}%", percent
        return number
    if "分之" in word:
        value = parse_one(word, lexicon.units)
        if value is None or not 0 < value.number < 1:
            return None
        share = value.number * 100
        number.reading = f"{share:.0f}%" if abs(share - round(share)) < 1e-9 else f"{share:.2f}%"
        number.symbol = percent
        return number
    if word in ("一半", "过半", "半数", "大半"):
        if text[end : end + 2] == "以上":
            number.qualifier = "over"
        if word == "大半":
            return None
        number.qualifier = "over" if word == "过半" else number.qualifier
        number.reading, number.symbol = "50%", percent
        return number
    if word.startswith("翻"):
        return _fold_zh(number, word, lexicon)
    if word.startswith("成倍"):
        return None
    if text[start - 1 : start] in ("/", "每") and start:
        return None  # 元/百万tokens: part of a unit
    if text[start - 1 : start] in ("第", "十", "百", "统", "唯", "万", "初", "周") and start:
        return None
    if start and (text[start - 1].isdigit() or text[start - 1] in "余多.几"):
        return None
    return _chinese_with_unit(text, number, word, lexicon)


def _fold_zh(number: PrintedNumber, word: str, lexicon: Lexicon) -> PrintedNumber | None:
    folds = lexicon.units.get("倍")
    core = word.replace("了", "")
    digits = re.search(r"\d+", core)
    table = {"翻番": "2", "翻一番": "2", "翻倍": "2", "翻两番": "4", "翻三番": "8", "翻一倍": "2"}
    count = table.get(core) or (digits[0] if digits else "")
    if not count:
        inner = core[1:-1]
        value = parse_one(inner, lexicon.units) if inner else None
        if value is None:
            return None
        count = f"{value.number:g}"
    number.reading, number.symbol, number.statistic = f"{count}倍", folds, "ratio"
    return number


def _chinese_with_unit(text: str, number: PrintedNumber, word: str, lexicon: Lexicon) -> PrintedNumber | None:
    core = word
    if core.endswith(("余", "多", "来", "几")):
        number.qualifier = "over"
    read_unit(text, number, number.end, lexicon)
    unit = number.symbol
    if unit is None or number.currency:
        return None
    magnitude = any(c in core for c in "百千万亿")
    if unit.symbol == "倍":
        ok = core not in ("成",) and not core.startswith("百")
    elif unit.symbol in ("成", "%") or unit.unit == "pp":
        ok = len(core) == 1 or "十" in core
        if (
            unit.symbol == "成"
            and core in ("一", "十")
            and text[number.end : number.end + 1] not in "以左多，。、的；,."
        ):
            ok = False
    elif unit.dimension == "money":
        ok = magnitude or "十" in core
        if all(c in "十百千万亿" for c in core):
            # 亿元 and 百万美元 alone are units; 超亿元 and 千亿元级 are amounts
            after = text[number.end : number.end + 2]
            ok = (
                bool(number.qualifier)
                or re.search(r"[过超近逾达破]$", text[max(0, number.start - 2) : number.start]) is not None
            )
            ok = ok or (
                (after[:1] in ("级", "的", "以") or after == "规模")
                and not _GROUP_OF_SIZE.match(text, number.end)
                and text[number.start - 1 : number.start] not in ("(", "（", "：", ":", "/")
            )
    elif unit.dimension == "count":
        plural = core[0] in "数几上" or core[-1] in "余多几" or "十" in core or magnitude
        ok = plural and (
            unit.symbol[0] in _ZH_COUNTERS
            or unit.symbol in ("人", "个", "项", "种", "次", "条", "人次")
            or bool(unit.counted)
        )
        ok = ok and not all(c in "百千万亿" for c in core) and core != "十"
    else:
        ok = (
            unit.dimension not in ("time", "current", "voltage", "degree", "angle")
            and (magnitude or "十" in core)
            and core not in ("千", "百", "万", "十")
        )
    if not ok:
        return None
    number.digits = core
    return number


# 亿元级企业, 百亿级产业: how large the members of a group are
_GROUP_OF_SIZE = re.compile(r"级(?!的)[^，。；]{0,4}(?:企业|公司|园区|项目)")
