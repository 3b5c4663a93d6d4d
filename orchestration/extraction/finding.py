"""Numbers with magnitude and unit in running text, in Chinese and English.

The finder decides what belongs to a number (currency, magnitude, unit, qualifier, range); what the number is worth is
read by ``parse_value``. Whatever gets no unit from its text, its list or its subject is no figure.
"""

# expressions stay on one line
# ruff: noqa: E501

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from orchestration.extraction.lexicon import MAGNITUDE, Lexicon, load_lexicon
from orchestration.extraction.masks import find_masks
from orchestration.extraction.model import Candidate, Mention
from orchestration.extraction.signs import sign_losses
from orchestration.figures import FigureError, ParsedValue, Unit, Units, parse_value
from orchestration.figures.numerals import canonical
from orchestration.figures.text import TEAR
from orchestration.figures.words import number_words

_NUMBER = re.compile(
    rf"(?:(?<![\d.])|(?<=Rs\.))(?<!\d,)(?<!\d{TEAR})(?:\d{{1,3}}(?:,\d{{3}})+(?![\d])|\d{{1,18}})(?:\.\d{{1,12}})?(?!\d|\.?{TEAR})"
)
_SPACED_DECIMAL = re.compile(r"(?<=\d)\. (?=\d)")
_FRACTION = re.compile(r"(?<![\d./A-Za-z])(\d{1,2})/(\d{1,3})(?![\d/.A-Za-z年月%])")
_RANGE = re.compile(r"[ \t]{0,2}(?:--?|–|—|~|～|至|到|to(?![A-Za-z]))[ \t]{0,2}")
_MAGNITUDE = re.compile(MAGNITUDE)
# of money it is 10^12 wherever the character is printed; 10^6 stands before units only
_TRILLION = re.compile("兆")
_MORE = re.compile(r"[ \t]?(?:余|多(?![于样元模媒轮])|来(?=[万亿家个款种项名])|\+(?!\s?\d)|plus\b)")
_SPACES = re.compile(r"[ \t\n]{0,3}")
_SUFFIX = re.compile(
    r"[ \t]{0,2}(?:以上|以下|以内|之内|左右|上下|或以上|or more|or less|or so|at most|and above|or above|及以上|不到|不等|\+)"
)
_SUFFIX_CODES = {
    "以上": "at_least", "或以上": "at_least", "及以上": "at_least", "or more": "at_least", "and above": "at_least",
    "or above": "at_least", "+": "over", "以下": "at_most", "以内": "at_most", "之内": "at_most", "or less": "at_most",
    "at most": "at_most", "左右": "about", "上下": "about", "or so": "about",
}  # fmt: skip
_PER_TOKEN = re.compile(
    r"[ \t]?(?:/|per|每|for every)[ \t]?(?:1[ \t]?)?(?P<n>百万|million|Million|M|mn|千|K|k|thousand|1,000|1000|1,000,000)?[ \t]?个?[ \t]?(?:(?:input|output|cached|输入|输出|cache hit)[ \t]?)?(?:tokens?|Tokens?|TOKENS?|令牌|词元)(?![A-Za-z])"
)
_PER_TOKEN_BEFORE = re.compile(
    r"每(?:1)?(?P<n>百万|千|M|K)?个?(?:输入|输出)?[ \t]?(?:tokens?|Tokens?|令牌|词元)[^\d。；，,]{0,12}$"
)
_PER_KWH = re.compile(r"[ \t]?(?:/|per|每|a)[ \t]?(?:kWh|KWh|kwh|千瓦时|度(?:电)?|kilowatt[- ]hour)(?![A-Za-z])")
_PER_KWH_BEFORE = re.compile(r"每(?:度电?|千瓦时)[^\d。；，,]{0,10}$")
_LIST_GAP = re.compile(
    r"[ \t]{0,2}(?:[、,/，]|和|及|与|以及|或|and|or|&|,[ \t]?and|,[ \t]?or)[ \t]{0,2}(?:约|近|超|about|nearly)?[ \t]{0,2}"
)
_TO_GAP = re.compile(
    r"[ \t]*(?:增长到|增长至|提升到|提升至|上升到|上升至|增加到|增加至|下降到|下降至|降至|增至|升至|涨至|跌至|扩大到|扩大至|扩张至|跃升至|飙升至|缩减至|减少到|减少至|提高到|提高至|到|至|to)[^\d。；]{0,16}$"
)

# written-out numbers
_ZH_DIGITS = "零〇一二两三四五六七八九十百千万亿"
_ZH_NUMBER = re.compile(
    rf"百分之[{_ZH_DIGITS}点]{{1,9}}"
    rf"|[{_ZH_DIGITS}\d]{{1,4}}分之[一二两三四五六七八九十\d]{{1,3}}"
    r"|(?:一半|过半|半数|大半(?!年))(?!径|导|自|成|路|天|年)"
    r"|翻(?:了)?(?:一|两|三)?番|翻(?:了)?(?:[一两二三四五六七八九十]|\d{1,3})?倍|成倍(?!增)"
    rf"|(?:[数几上成](?=[十百千万亿]))?[{_ZH_DIGITS}]{{1,12}}(?:点[零〇一二三四五六七八九]{{1,6}})?(?:[余多来几])?(?:万亿|[万亿])?"
)
_EN_SMALL = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
}  # fmt: skip
_EN_PARTS = {
    "half": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourth": 4, "fourths": 4, "fifth": 5, "fifths": 5,
    "sixth": 6, "sixths": 6, "seventh": 7, "sevenths": 7, "eighth": 8, "eighths": 8, "ninth": 9, "ninths": 9, "tenth": 10, "tenths": 10,
}  # fmt: skip
_SMALL = "|".join(sorted(_EN_SMALL, key=len, reverse=True))
_PART = "|".join(sorted((p for p in _EN_PARTS if p != "half"), key=len, reverse=True))
_EN_NUMBER = re.compile(
    rf"\b(?:(?P<top>{_SMALL}|a)[ -](?P<part>{_PART})(?=[ ,.;)]|$)(?! (?:of )?(?:an? (?:hour|century|mile)|year|quarter|phase|stage|generation|time\b|place|party|place|largest|biggest|edition|round|day))"
    rf"|(?P<x>{_SMALL}) (?:in|out of) (?:every )?(?P<y>{_SMALL})(?= [a-z])"
    rf"|(?<!first )(?<!second )(?<!latter )(?<!other )(?<!better )(?<!and a )(?<!first-)(?<!second-)(?P<half>(?:about |nearly |almost |over |roughly |around |more than |less than |just over |just under )?half)(?= (?:of|the (?!time|battle|story|year|day|week|night|way|fun)[a-z]+)\b|[,.;)]| (?:that|as much(?! again)))"
    rf"|(?P<fold>doubled?|tripled?|trebled?|quadrupled?|quintupled?|doubling|tripling|quadrupling|doubles|triples|quadruples)(?! (?:digit|check|down|counting|standard|whammy|edged|blind|bottom|figure|A\b|precision|time\b|sided))"
    rf"|(?P<nfold>{_SMALL})[- ]?fold|(?P<nfold2>two|three|four|five|six|ten)fold"
    rf"|(?P<dozen>(?:a|two|three|several|half a) dozen)(?= ))\b",
    re.I,
)
_EN_FOLD = {"doubl": 2, "tripl": 3, "trebl": 3, "quadru": 4, "quintu": 5}
_ADJECTIVE = r"(?!(?:of|in|to|by|for|and|or|from|with|at|on|as|is|are|was|were|has|have|had|than|the|per|a|an|that|which|this|these|their|its|times|years?|months?|days?|will|would|can|could|may|compared)\b)[A-Za-z][A-Za-z\-]{1,20}"
_WITH_MAGNITUDE = re.compile(
    r"[ \t](?:(?!(?:of|in|to|by|for|and|or|from|with|at|on|as|is|are|was|were|has|had|than|the|per|a|an)\b)[A-Za-z][A-Za-z0-9\-]{1,20}[ \t]){0,2}?(?P<noun>[a-z]{3,18}s)\b(?!-)"
)
_ANY_PLURAL = re.compile(
    rf"[ \t](?:{_ADJECTIVE}[ \t]){{0,2}}?(?!(?:millones|milioni|millions|milliards|comprises|includes|contains|provides|performs|stores|receives|generates|consists|executes|supports|uses|determines|outputs|sends|offers|delivers|was|has|is|as|this|its|does|plus|versus|always|perhaps|thus|less|across|basis|times|respectively|years|ways|reasons|steps|points|types|kinds|things|parts|stages|aspects|factors|trends|thanks|sales|results|series)\b)(?P<noun>[a-z]{{2,18}}[a-rt-z]s)\b(?!-)"
)

_COUNT_SUBJECT_ZH = re.compile(
    r"(?P<noun>用户|企业|公司|专利|论文|模型|大模型|客户|开发者|人才|从业人员|员工|机器人|汽车|门店|机架|机柜|下载|调用|活跃用户|月活|日活|人口|项目|基站|服务器|芯片|GPU|独角兽|备案|数据集|参数|高校|订单|出货|销售|销|产|保有|装机|申请|授权|Token|token|tokens|订阅|付费用户|注册用户|智能体|卡|日均活跃|活跃|上下文|上下文窗口|上下文长度)"
    r"(?:[（(][^（）()]{1,12}[)）])?(?:总?数(?:量|目)?|人数|\s?(?:消耗|调用|处理|使用|生成)(?:总|数)?量|总量|总计|规模|量|存量|台数|次数|件数|家数|长度|窗口)?(?:[（(][^（）()]{1,12}[)）])?"
    r"(?:已经|已|将|约|近|超过|超|突破|达到了|达到|达|为|增长至|增长到|增至|升至|增加至|增加到|提升至|合计|共计|累计|共有|有|到|至|是|高达|仅为|仅|分别|接近|逾|由|从|[:： ]|[12]\d{3}年的?){0,5}$"
)
_COUNT_SUBJECT_EN = re.compile(
    r"(?P<noun>users|subscribers|headcount|workforce|downloads|patents|papers|employees|companies|firms|models|robots|vehicles|shipments|customers|developers|installations|filings|publications|number of [A-Za-z][A-Za-z\- ]{2,40}?|tokens|parameters|population|members|installed base|context (?:window|length))"
    r"(?: (?:worldwide|globally|on the platform|last year|(?:filed|in|on|at|using|of|sold|shipped|employed|registered|published|granted|across)[^,.;]{0,44}?))?,?(?: |(?=:))(?:has |have |had |is |are |will |could |would |should )?(?:already |since |now |about |roughly )?(?:been )?"
    r"(?:(?:rose|grew|fell|climbed|jumped|dropped|declined|increased|decreased|surged|went|shrank|expanded) from|reached|reach|hit|totall?ed|total|totall?ing|rose to|rise to|grew to|grow to|climbed to|jumped to|fell to|stood at|stand at|increased to|exceeded|exceed|surpassed|surpass|numbered|was|were|is|are|of|to|from|at|came to|be|expanded to|:)"
    r"(?: (?:about|around|approximately|nearly|almost|over|more than|some|roughly|just over|an estimated|only|just|at least|up to))? ?$",
    re.I,
)
_SCORE_SUBJECT = re.compile(
    r"(?:得分|评分|分数|总分|成绩|Elo|ELO|MMLU|HumanEval|SWE-bench|GPQA|AIME|C-Eval|MATH|score[ds]?|scoring|指数)(?:[（(][^（）()]{1,20}[)）])?(?: ?(?:为|达到|达|是|高达|约|of|at|reached|was|is|[:：]|from|to|a)){0,3} ?$"
)
_PUE_SUBJECT = re.compile(
    r"(?:PUE|电能利用效率|power usage effectiveness)(?:值)?(?:[（(][^（）()]{1,10}[)）])?[^\d。；;\n]{0,14}(?:(?:19|20)\d\d年?[^\d。；;\n]{0,8})?$",
    re.I,
)
_MULTIPLE_SUBJECT = re.compile(r"(?:市盈率|市净率|市销率|P/E|PE|P/B|EV/EBITDA|P/S)(?: ratio)?[^\d。；;,，\n]{0,10}$")
_FACTOR_SUBJECT = re.compile(r"\bfactor of (?:about |around |roughly |nearly |over |more than )?$", re.I)
_NEVER_BARE = re.compile(r"(?:第|编号|代码|版本|No\.|#|version|page|page\.)\s?$", re.I)
_WINDOW_BEFORE = re.compile(
    r"(?:未来|今后|过去|近|最近|此前|往后|前|接下来的?|接下来|下一个?|第|每隔?|连续|持续|长达|next|past|last|previous|coming|following|prior|every|within|recent|first|preceding|another)[ \t]{0,2}(?:the[ \t])?$",
    re.I,
)
_WINDOW_STRICT = re.compile(
    r"(?:未来|今后|过去|近|最近|此前|往后|前|接下来的?|下一个?|第|next|past|last|previous|coming|following|prior|recent|first|preceding|another)[ \t]{0,2}(?:the[ \t])?(?:约|about)?[ \t]?$",
    re.I,
)
_NUMERIC_RATIO = re.compile(
    r"(?<![\d.,])(\d{1,2}) (?:out of|in|of) (?:every )?(10|20|100|[3-9])(?= [a-zA-Z])(?! (?:million|billion|percent|years|months|days|countries|cities))"
)
_DURATION_SUBJECT = re.compile(
    r"(?:周期|天数|日数|存续期?|时长|耗时|用时|时间|寿命|工期|期限|历时|续航|回收期|账期|帧长|延迟|时延|训练|折旧|交付|有效期|年限|窗口期?|需要?|需时|缩短|延长|takes?|took|taking|last(?:s|ed|ing)|duration|lead times?|payback|lifetime|life|cycle|period|horizon|shorten\w*|training|trained|latency|depreciat\w+|within|average of|averag\w+|delays?|wait\w*|maturity|tenor|doubling|doubles|拉长|延至|压缩|缩至)[^，。；,;]{0,24}$",
    re.I,
)
_LEVEL_AFTER = re.compile(
    r"[ -]?(?:level of confidence|confidence|level\b(?=[).,;])|CIs?\b|的?置信|的?信賴|の?信頼(?:区間|水準|度))", re.I
)
_FOR = re.compile(r"\bfor (?:about |some |nearly |almost |over |more than )?$", re.I)
_AGE_AFTER = re.compile(r"[ \t-]?(?:old|of age|history|tradition|anniversary|olds)\b", re.I)
_CONTACT = re.compile(r"(?:电话|手机|传真|邮编|邮箱|QQ|微信|tel|fax|phone)[^。]{0,12}$", re.I)


@dataclass(slots=True)
class _Number:
    """A number on its way to a candidate. Offsets are into the plain text."""

    start: int
    end: int  # end of the figure with its unit
    digits: str  # what parse_value is given for the number alone
    magnitude: str = ""
    symbol: Unit | None = None
    counted: str = ""
    qualifier: str = ""
    currency: str = ""
    high: str = ""  # second number of a range
    high_magnitude: str = ""
    number_end: int = 0
    statistic: str = ""
    reading: str = ""
    negative: bool = False
    inherited: bool = False
    sure: float = 1.0


def find_candidates(text: str, units: Units, periods: list[Mention], commas: bool = False) -> list[Candidate]:
    """All figures of a text (already ``plain``), in order of their place; a range gives two.

    ``commas`` says that the document writes decimals with a comma.
    """
    as_printed, text = text, canonical(text, commas)
    found = _find(text, units, periods)
    if text != as_printed:
        for candidate in found:
            candidate.printed = _printed(as_printed, candidate.start, candidate.end)
    return found


def _printed(text: str, start: int, end: int) -> str:
    return "".join(text[start:end].replace("*", "").split())


def _find(text: str, units: Units, periods: list[Mention]) -> list[Candidate]:
    lexicon = load_lexicon(units)
    mask = _mask(text, periods, lexicon)
    numbers = sorted(_scan(text, lexicon, mask), key=lambda number: (number.start, -number.end))
    numbers = _without_overlap(numbers)
    numbers = _compound_times(text, numbers)
    _share_units(text, numbers, lexicon)
    _subjects(text, numbers, lexicon)
    # a comparand in brackets has the unit that its number got from a label: (元/股):-1.09(上年同期-2.04)
    _bracketed(text, numbers)
    _bounds(text, numbers)
    _carry_units(text, numbers)
    _counts_with_shares(text, numbers)
    if any(number.symbol is None and (number.magnitude or "," in number.digits) for number in numbers):
        unmasked = "".join(" " if hidden else char for char, hidden in zip(text, mask, strict=True))
        _left_out_heads(unmasked, numbers)
    found: list[Candidate] = []
    last_time = -100
    for number in numbers:
        if number.symbol is None:
            continue
        is_time = number.symbol.dimension == "time"
        # a second duration beside one that was accepted needs no subject of its own: 210 weeks, from 50 weeks
        beside = (
            is_time
            and number.start - last_time <= 16
            and not _WINDOW_STRICT.search(text[max(0, number.start - 16) : number.start])
        )
        if beside or not _rejected(text, number):
            found.extend(_candidates(text, number, units))
            last_time = number.end if is_time else last_time
    sign_losses(text, found)
    return found


def _mask(text: str, periods: list[Mention], lexicon: Lexicon) -> bytearray:
    mask = bytearray(len(text))
    for mention in periods:
        mask[mention.start : mention.end] = b"\1" * (mention.end - mention.start)
    for start, end in find_masks(text, lexicon.mask):
        mask[start:end] = b"\1" * (end - start)
    return mask


def _without_overlap(numbers: list[_Number]) -> list[_Number]:
    kept: list[_Number] = []
    for number in numbers:
        if not kept or number.start >= kept[-1].end:
            kept.append(number)
    return kept


def _compound_times(text: str, numbers: list[_Number]) -> list[_Number]:
    """5分钟27秒 is one duration."""
    kept: list[_Number] = []
    for number in numbers:
        last = kept[-1] if kept else None
        if (
            last is not None and last.symbol is not None and number.symbol is not None and not last.high and not number.high
            and last.symbol.dimension == number.symbol.dimension == "time" and number.symbol.factor < last.symbol.factor
            and text[last.end : number.start].strip() in ("", "and") and not (last.reading or number.reading)
            # the lesser part is less than one of the greater: 3 weeks and 12,000 GPU hours are two durations
            and _bare(number.digits) * number.symbol.factor < last.symbol.factor
        ):  # fmt: skip
            total = _bare(last.digits) * last.symbol.factor + _bare(number.digits) * number.symbol.factor
            last.digits = last.reading = f"{total:g}"
            last.symbol, last.magnitude, last.end = replace(last.symbol, symbol="秒", factor=1.0), "", number.end
            continue
        kept.append(number)
    return kept


# 2.1 x 10^25, 10²⁶, 3.8e24; the raised exponent that a PDF put on the line (2.1 x 1025 FLOP) only before operations
_POWER = re.compile(
    r"(?<![\w.,^])(?:(?:(?P<times>\d{1,3}(?:\.\d{1,6})?)[ \t]?[x×*·⋅][ \t]?)?10[ \t]?(?:\^[ \t]?[{(]?(?P<power>\d{1,2})[})]?|(?P<raised>[⁰¹²³⁴-⁹]{1,2}))"
    r"|(?P<of>\d{1,3}(?:\.\d{1,6})?)[ \t]?[x×][ \t]?10(?P<lost>[12]\d)(?=[ \t]?(?:FLOP|次浮点|operations))"
    r"|(?P<mantissa>\d{1,3}(?:\.\d{1,6})?)[eE]\+?(?P<exponent>\d{1,2}))(?![\w^])"
)
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_HAS_POWER = re.compile(r"10[ \t]?\^|10[⁰¹²³⁴-⁹]|[x×][ \t]?10|\d[eE]\+?\d")
_TRAINING = re.compile(r"train|训练", re.I)


def _power(text: str, match: re.Match[str], lexicon: Lexicon) -> _Number:
    exponent = match["power"] or (match["raised"] or "").translate(_RAISED) or match["lost"] or match["exponent"]
    number = _Number(
        match.start(), match.end(), f"{match['times'] or match['of'] or match['mantissa'] or '1'}e{exponent}"
    )
    number.number_end = match.end()
    _tail(text, number, match.end(), lexicon)
    if (
        number.symbol is not None and number.symbol.symbol in ("FLOPs", "FLOPS") and int(exponent) >= 19
        and not re.match(r"\s?(?:/|per |a )s", text[number.end :])
        and _TRAINING.search(text[max(0, number.start - 120) : number.end + 60])
    ):  # fmt: skip
        number.symbol = lexicon.units.get("FLOP")  # what a training took, not what a machine does in a second
    number.qualifier = number.qualifier or _qualifier_before(text, number.start, lexicon.units)
    return number


def _scan(text: str, lexicon: Lexicon, mask: bytearray) -> Iterator[_Number]:
    done = 0
    if _HAS_POWER.search(text):
        for match in _POWER.finditer(text):
            power = _power(text, match, lexicon)
            yield power
            mask[power.start : power.end] = b"\1" * (power.end - power.start)
    for match in _NUMBER.finditer(text):
        if match.start() < done or mask[match.start()]:
            continue
        number = _arabic(text, match, lexicon, mask)
        if number is not None:
            done = max(number.end, number.number_end)
            yield number
    if not text.isascii():
        done = 0
        for match in _ZH_NUMBER.finditer(text):
            if match.start() >= done and not mask[match.start()]:
                written = _chinese(text, match, lexicon)
                if written is not None:
                    done = written.end
                    yield written
    if _HAS_LATIN.search(text):
        for match in _EN_NUMBER.finditer(text):
            if not mask[match.start()]:
                spelled = _english(text, match, lexicon)
                if spelled is not None:
                    yield spelled
        yield from _in_words(text, lexicon, mask)


_HAS_LATIN = re.compile(r"[A-Za-z]{3}")


def _spaces(text: str, at: int) -> int:
    match = _SPACES.match(text, at)
    return match.end() if match else at


def _arabic(text: str, match: re.Match[str], lexicon: Lexicon, mask: bytearray) -> _Number | None:
    start, end = match.span()
    digits = match[0]
    currency = ""
    before = text[max(0, start - 12) : start]
    money = lexicon.currency_before.search(before)
    if money:
        currency = money[0].strip()
        start -= len(money[0])
    elif before and before[-1].isascii() and (before[-1].isalpha() or before[-1] == "_"):
        return None
    if _UNREAD_SCRIPT.match(text, end):
        return None
    negative = False
    bracketed = _BRACKETED_LOSS.match(text, end) if text[start - 1 : start] in ("(", "（") else None
    if bracketed:
        # 净额(1.12)亿元: accountants print a minus as brackets
        number = _Number(
            start - 1, bracketed.end(), digits, currency=currency, number_end=bracketed.end(), negative=True
        )
        _tail(text, number, bracketed.end(), lexicon)
        return number if number.symbol is not None else None
    if text[start - 1 : start] in ("△", "▲") and _YEN.search(text):
        negative = True  # 営業損失△56百万円: Japanese accounts print a minus as a triangle
        start -= 1
    if text[start - 1 : start] == "-" and not _JOINS.search(text, max(0, start - 8), start - 1):
        negative = True
        start -= 1
    number = _Number(start, end, digits, currency=currency, number_end=end, negative=negative)
    ratio = _NUMERIC_RATIO.match(text, match.start())
    if ratio and 0 < int(ratio[1]) < int(ratio[2]):
        number.reading, number.symbol = _percent_reading(int(ratio[1]), int(ratio[2])), lexicon.symbols["%"]
        number.end = number.number_end = ratio.end()
        number.qualifier = _qualifier_before(text, number.start, lexicon.units)
        return number
    fraction = _FRACTION.match(text, match.start())
    if fraction:
        return _numeric_fraction(text, number, fraction, lexicon)
    _tail(text, number, end, lexicon)
    _range(text, number, lexicon, mask)
    if number.symbol is None and number.end < len(text):
        after = text[number.end]
        if after.isascii() and (after.isalpha() or after == "_") and not number.magnitude:
            return None  # 910b, 4o, 3rd: letters that are neither magnitude nor unit make it a name
    number.qualifier = number.qualifier or _qualifier_before(text, number.start, lexicon.units)
    return number


_YEN = re.compile("[円ぁ-んァ-ヶ]")
_BRACKETED_LOSS = re.compile(r"[)）](?=[万亿千百])")
# letters of a script whose magnitudes and units nobody here reads: 26만, 3,5 млн
_UNREAD_SCRIPT = re.compile(r" ?[\u0370-\u038f\u0391-\u03bb\u03bd-\u0fff\u1100-\u11ff\uac00-\ud7af]")
# a dash behind these joins two things; behind a Chinese word that ends no number it is a minus: 净利润-4.5亿元
_JOINS = re.compile(r"(?:[A-Za-z\d)）%]|\d[^\s，。；、:：（(]{1,6})$")


def _numeric_fraction(text: str, number: _Number, match: re.Match[str], lexicon: Lexicon) -> _Number | None:
    top, bottom = int(match[1]), int(match[2])
    number.end = number.number_end = match.end()
    if not 0 < top < bottom or (bottom > 12 and top != 1):
        return number
    number.digits = match[0]
    number.symbol, number.reading = lexicon.units.get("ratio"), match[0]
    number.qualifier = _qualifier_before(text, number.start, lexicon.units)
    return number


def _percent_reading(top: int, bottom: int) -> str:
    share = 100 * top / bottom
    return f"{share:.0f}%" if share == int(share) else f"{share:.2f}%"


def _tail(text: str, number: _Number, at: int, lexicon: Lexicon) -> None:
    """Read what follows the number: 余, magnitude, unit or counted thing, 以上."""
    position = at
    more = _MORE.match(text, position)
    if more:
        number.qualifier, position = "over", more.end()
    for gap in (position, _spaces(text, position)):
        magnitude = _MAGNITUDE.match(text, gap) or (_TRILLION.match(text, gap) if number.currency else None)
        if magnitude:
            number.magnitude, position = magnitude[0].strip(), magnitude.end()
            number.end = position
            break
    after = _MORE.match(text, position)
    if after and not more:
        number.qualifier, position = "over", after.end()
    if number.qualifier and number.end < position:
        number.end = position
    _unit(text, number, position, lexicon)
    suffix = _SUFFIX.match(text, number.end)
    if suffix and (number.symbol or number.magnitude):
        number.qualifier = number.qualifier or _SUFFIX_CODES.get(suffix[0].strip(), "")


# 3.7M H800 GPU hours, 5万GPU小时: the hours of one chip each
_CHIP_HOURS = re.compile(
    r"-?(?:[A-Z][A-Za-z0-9]{0,9}(?:[- ][A-Z0-9][A-Za-z0-9]{0,6})?[ -])?(?:[GTNC]PU|[Aa]ccelerator|[Cc]hip|[Cc]ore|[Dd]evice|[Nn]ode)s?[- ]?(?:hours?|hrs?)(?![A-Za-z])"
    r"|个?(?:[A-Z0-9]{2,6} ?)?(?:[GTNC]PU|加速卡|卡|核) ?(?:小时|时(?![代间长候刻期下]))"
)


def _unit(text: str, number: _Number, position: int, lexicon: Lexicon) -> None:
    gap = _spaces(text, position)
    if text[gap : gap + 1] == "个" and text[gap + 1 : gap + 3].lower() in ("to", "百分", "gp"):
        gap += 0
    hours = _CHIP_HOURS.match(text, gap)
    if hours:
        number.symbol, number.end = lexicon.units.get("GPU hours"), hours.end()
        return
    match = lexicon.unit.match(text, position) or (lexicon.unit.match(text, gap) if gap > position else None)
    if text[position : position + 1] == "-" and match is None:
        # a 400-megawatt campus, a 20-percent stake
        match = lexicon.unit.match(text, position + 1)
    if match is not None:
        unit = lexicon.symbols["".join(match[0].split())]
        if match[0] == "块" and _PIECES.search(text[max(0, number.start - 24) : number.start]):
            unit = replace(lexicon.units.get("片") or unit, symbol="块", counted="")
        if not (unit.dimension == "money" and number.currency and unit.unit == "CNY" and match[0] == "块"):
            if match[0].strip() == "pct" and not text.isascii():
                unit = lexicon.symbols["个百分点"]  # the usage of Chinese brokers: 同比+2.1pct
            number.symbol, number.end = unit, match.end()
            named = lexicon.units.get(number.currency) if match[0] == "元" and number.currency else None
            if named is not None and named.dimension == "money":
                number.symbol = named  # 新台币80亿元: the name says whose 元
            if unit.symbol == "次" and number.magnitude:
                operations = _OPERATIONS.match(text, match.end())
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
    if text[gap : gap + 1] == "度" and _ELECTRICITY.search(text[max(0, number.start - 24) : number.start]):
        number.symbol, number.end = lexicon.units.get("度"), gap + 1
        return
    flops = _LETTER_FLOPS.match(text, gap)
    if flops:  # 5000P算力
        number.symbol, number.end = lexicon.units.get(f"{flops[1]}FLOPS"), flops.end()
        return
    direct = _DIRECT_NOUN.match(text, gap)
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
    if number.magnitude in ("B", "M", "T") and _ACTIVATED.match(text, position) and _PARAMETERS.search(text):
        number.symbol, number.counted = lexicon.units.get("count"), "parameter"
        return
    noun = lexicon.noun.match(text, position)
    if noun:
        number.symbol, number.end = lexicon.units.get("count"), noun.end()
        number.counted = lexicon.nouns[noun["noun"]] or noun["noun"]
        if number.counted == "model" and number.magnitude in ("B", "M", "T", "K", "b"):
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


# 22B activated per token, 37B active
_ACTIVATED = re.compile(r" (?:are )?(?:activated|active|trainable)\b(?! (?:users|customers|accounts))")
_PARAMETERS = re.compile(r"parameters\b|参数")
_ELECTRICITY = re.compile(r"(?:电量?|能耗)[^，。；]{0,10}$")
# 产量4,514亿块: what is produced is counted in pieces, colloquial money is not produced
_PIECES = re.compile(r"(?:产量|销量|出货量?|装机|生产|集成电路|电池|硬盘|面板)[^，。；]{0,12}$")
_LETTER_FLOPS = re.compile(
    r"([PE])(?:F(?= (?:of )?(?:[a-z]+ ){0,2}(?:compute|computing)\b)|(?=\s?的?(?:智能|通用|超级?|人工智能|AI)?(?:算力|计算能力)))"
)
_OPERATIONS = re.compile(r"\s?(?:浮点(?:运算|计算)|(?:整数)?运算|定点运算)(?:每秒|/秒|/s)?")
_DIRECT_NOUN = re.compile(
    r"个?(tokens?|Tokens?|令牌|词元|GPUs?|CPUs?|NPUs?|参数|parameters?|个?参数)(?![A-Za-z])(?!\s?(?:小时|hours))"
)


def _singular(noun: str) -> str:
    if noun.endswith("ies"):
        return noun[:-3] + "y"
    return noun[:-2] if noun.endswith(("ses", "xes", "ches", "shes")) else noun[:-1]


_STOP = re.compile(r"[，。；、,.;:：（）()\s]")
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
        return lexicon.nouns[nouns[-1][0]]
    latin = lexicon.noun.match(" " + ahead.lstrip())
    if latin:
        return lexicon.nouns[latin["noun"]]
    behind = text[max(0, at - 40) : at]
    subject = list(lexicon.zh_noun.finditer(behind))
    if symbol in ("件", "项", "个", "款", "台", "万", "片") and subject:
        return lexicon.nouns[subject[-1][0]]
    return _DEFAULT_COUNTED.get(symbol, "item")


def _money_tail(text: str, number: _Number, lexicon: Lexicon) -> None:
    """元/百万tokens, per million tokens, /kWh make another unit of an amount."""
    currency = number.symbol.unit if number.symbol else ""
    if currency not in ("USD", "CNY"):
        return
    token = _PER_TOKEN.match(text, number.end)
    before = text[max(0, number.start - 30) : number.start]
    earlier = None if token else _PER_TOKEN_BEFORE.search(before)
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
            number.symbol = unit
            number.end = token.end() if token else number.end
        return
    energy = _PER_KWH.match(text, number.end)
    if energy or _PER_KWH_BEFORE.search(before):
        unit = lexicon.units.get(f"{currency}/kWh")
        if unit is not None:
            number.symbol = unit
            number.end = energy.end() if energy else number.end


def _range(text: str, number: _Number, lexicon: Lexicon, mask: bytearray) -> None:
    """A second number that makes a range: 0.2-0.3个百分点, 550万至600万辆, 20%–30%, US$5bn to US$6bn."""
    # 从 10% 至 20% names two figures of two dates
    lead = text[max(0, number.start - 14) : number.start]
    separator = _RANGE.match(text, number.end) or (
        _RANGE.match(text, number.number_end) if not number.magnitude else None
    )
    if separator is None:
        return
    if _FROM.search(lead) and not separator[0].strip().startswith(("-", "–", "~", "～")):
        return
    if separator[0].strip() == "to" and _BY.search(lead):
        return  # fell by £140m to £2.9bn: by how much, and to what
    at = separator.end()
    money = lexicon.currency_at.match(text, at)
    if money:
        if number.symbol is None or number.symbol.dimension != "money":
            return
        at = money.end()
    match = _NUMBER.match(text, at)
    if match is None or mask[match.start()]:
        return
    second = _Number(match.start(), match.end(), match[0], currency=number.currency, number_end=match.end())
    _tail(text, second, match.end(), lexicon)
    if second.symbol is None and number.symbol is None and not second.magnitude:
        return
    if number.symbol is not None and second.symbol is not None and number.symbol.unit != second.symbol.unit:
        return  # 提升2.3个百分点至45.6%
    low, high = _bare(number.digits), _bare(second.digits)
    if number.negative or not (low < high or number.magnitude != second.magnitude):
        return
    number.high, number.high_magnitude = second.digits, second.magnitude
    if not number.magnitude:
        number.magnitude = (
            second.magnitude
            if number.symbol is None or (number.symbol.dimension == "money" and not number.end > number.number_end)
            else number.magnitude
        )
    elif not second.magnitude and second.symbol is None:
        number.high_magnitude = ""
    number.symbol = second.symbol or number.symbol
    number.counted = second.counted or number.counted
    number.qualifier = number.qualifier or second.qualifier
    number.end = second.end


_BY = re.compile(r"\bby (?:about |nearly |over |more than |some |up )?$", re.I)
_FROM = re.compile(r"(?:从|由|自|from|From)[^，。；,;]{0,10}$")


def _bare(digits: str) -> float:
    return float(digits.replace(",", ""))


@lru_cache(maxsize=4)
def _qualifier_expression(units: Units) -> re.Pattern[str]:
    words = sorted(
        {w for q in units.qualifiers.values() for w in q.words if w not in ("+", "余")}, key=len, reverse=True
    )
    zh = "|".join(re.escape(w) for w in words if not w.isascii())
    en = "|".join(re.escape(w) for w in words if w.isascii() and w[0].isalpha())
    signs = "|".join(re.escape(w) for w in words if w.isascii() and not w[0].isalpha())
    return re.compile(
        rf"(?:(?P<zh>{zh}|高达|多达)(?:了|为|是|到|达)?|\b(?P<en>{en}|as (?:much|many|high) as)(?: an?| the)?(?: estimated)?|(?P<sign>{signs}))[ \t]{{0,2}}$",
        re.I,
    )


_FALSE_QUALIFIER = re.compile(r"(?:[合节预条签特制公违]约|[最附临新将靠亲]近|[其剩]余)[ \t]*$")


def _qualifier_before(text: str, start: int, units: Units) -> str:
    before = text[max(0, start - 24) : start]
    match = _qualifier_expression(units).search(before)
    if match is None or _FALSE_QUALIFIER.search(before):
        return ""
    word = (match["zh"] or match["en"] or match["sign"] or "").lower()
    if word in ("高达", "多达"):
        return ""
    squeezed = "".join(word.split())
    for known, code in units.qualifier_words:
        if known == squeezed:
            return code
    return ""


# Chinese numerals count as figures only with these units; 一个, 两种, 三大 are ways of speaking
_ZH_COUNTERS = frozenset("家款名座所台辆件起支颗片篇套笔枚户架")


def _chinese(text: str, match: re.Match[str], lexicon: Lexicon) -> _Number | None:
    start, end = match.span()
    word = match[0]
    number = _Number(start, end, word, number_end=end)
    number.qualifier = _qualifier_before(text, start, lexicon.units)
    percent = lexicon.symbols["%"]
    if word.startswith("百分之"):
        digits = word[3:].rstrip("点")
        number.reading, number.symbol = f"{digits}%", percent
        return number
    if "分之" in word:
        value = _parse(word, lexicon.units)
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


def _fold_zh(number: _Number, word: str, lexicon: Lexicon) -> _Number | None:
    folds = lexicon.units.get("倍")
    core = word.replace("了", "")
    digits = re.search(r"\d+", core)
    table = {"翻番": "2", "翻一番": "2", "翻倍": "2", "翻两番": "4", "翻三番": "8", "翻一倍": "2"}
    count = table.get(core) or (digits[0] if digits else "")
    if not count:
        inner = core[1:-1]
        value = _parse(inner, lexicon.units) if inner else None
        if value is None:
            return None
        count = f"{value.number:g}"
    number.reading, number.symbol, number.statistic = f"{count}倍", folds, "ratio"
    return number


def _chinese_with_unit(text: str, number: _Number, word: str, lexicon: Lexicon) -> _Number | None:
    core = word
    if core.endswith(("余", "多", "来", "几")):
        number.qualifier = "over"
    _unit(text, number, number.end, lexicon)
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


def _english(text: str, match: re.Match[str], lexicon: Lexicon) -> _Number | None:
    start, end = match.span()
    number = _Number(start, end, match[0], number_end=end)
    number.qualifier = _qualifier_before(text, start, lexicon.units)
    percent, folds = lexicon.symbols["%"], lexicon.units.get("倍")
    if match["part"]:
        top = _EN_SMALL.get(match["top"].lower(), 1)
        bottom = _EN_PARTS[match["part"].lower()]
        part = match["part"].lower()
        if top >= bottom or (
            part in ("quarter", "third", "fourth", "fifth")
            and match["top"].lower() in ("a", "one")
            and not re.match(
                r" of\b| the\b|,|\.|;| (?:have|has|had|said|say|expect|use|used|are|were|plan|report|reported|believe|lack|did|do)\b",
                text[end:],
            )
        ):
            return None
        if (top > 1) != part.endswith("s"):
            return None
        number.reading, number.symbol = _percent_reading(top, bottom), percent
    elif match["x"]:
        top, bottom = _EN_SMALL[match["x"].lower()], _EN_SMALL[match["y"].lower()]
        if top >= bottom:
            return None
        number.reading, number.symbol = _percent_reading(top, bottom), percent
    elif match["half"]:
        words = match["half"].lower().split()
        code = next((c for w, c in lexicon.units.qualifier_words if w == "".join(words[:-1])), "")
        number.qualifier = code or number.qualifier
        number.start = end - len(words[-1])
        number.reading, number.symbol = "50%", percent
    elif match["fold"]:
        word = match["fold"].lower()
        fold = next(n for stem, n in _EN_FOLD.items() if word.startswith(stem))
        number.reading, number.symbol, number.statistic = f"{fold}倍", folds, "ratio"
    elif match["nfold"] or match["nfold2"]:
        fold = _EN_SMALL[(match["nfold"] or match["nfold2"]).lower()]
        number.reading, number.symbol = f"{fold}倍", folds
    elif match["dozen"]:
        kind = match["dozen"].lower().split()[0]
        if kind in ("several",):
            return None
        count = {"a": 12, "two": 24, "three": 36, "half": 6}[kind]
        noun = lexicon.noun.match(text, end)
        if noun is None:
            return None
        number.reading, number.symbol, number.end = f"{count}", lexicon.units.get("count"), noun.end()
        number.counted = lexicon.nouns[noun["noun"]]
    return number


_WORDS_START = re.compile(
    rf"\b(?:(?:{_SMALL})\b|(?:half )?a (?=(?:hundred|thousand|million|billion|trillion)\b))", re.I
)
_LISTED = re.compile(rf" (?:to|or|and|against|versus) (?:about |nearly )?(?:{_SMALL}|a hundred)\b", re.I)


# a quarter of a million dollars, three quarters of a billion
_PART_OF_LARGE = re.compile(
    rf"\b(?:(?P<top>{_SMALL}|an?)[ -](?P<part>{_PART})|half) (?:of )?an? (?P<large>hundred|thousand|million|billion|trillion)\b",
    re.I,
)


def _part_of_large(text: str, match: re.Match[str], lexicon: Lexicon) -> _Number | None:
    top = _EN_SMALL.get((match["top"] or "").lower(), 1)
    bottom = _EN_PARTS[(match["part"] or "half").lower()]
    if top >= bottom:
        return None
    number = _Number(match.start(), match.end(), f"{top / bottom:.4g}", match["large"].lower(), number_end=match.end())
    _unit(text, number, match.end(), lexicon)
    number.qualifier = _qualifier_before(text, number.start, lexicon.units)
    return number if number.symbol is not None else None


def _in_words(text: str, lexicon: Lexicon, mask: bytearray) -> Iterator[_Number]:
    """Numbers in English words with their unit; small counts (three vendors) are ways of speaking."""
    done = 0
    for match in _PART_OF_LARGE.finditer(text):
        part = None if mask[match.start()] else _part_of_large(text, match, lexicon)
        if part is not None:
            done = part.end
            yield part
    done = 0
    for match in _WORDS_START.finditer(text):
        start = match.start()
        words = number_words(text, start) if start >= done and not mask[start] else None
        if words is None:
            continue
        done = words.end
        number = _Number(start, words.end, words.digits, words.magnitude, number_end=words.end)
        _unit(text, number, words.end, lexicon)
        number.qualifier = _qualifier_before(text, start, lexicon.units)
        unit, small = number.symbol, float(words.digits) < 13 and not words.magnitude
        if unit is None:
            if not _LISTED.match(text, words.end):
                continue
        elif (unit.dimension == "count" and small) or (unit.dimension == "ratio" and words.digits == "1"):
            continue
        elif unit.dimension == "time" and unit.factor >= 86400 * 28 and words.digits == "1":
            continue  # one year is a way of speaking
        elif unit.dimension == "ratio":
            number.reading = f"{words.digits}{words.magnitude}{unit.symbol}"  # nothing before it is such a multiple too
        done = number.end
        yield number


_CONFIDENCE = re.compile(
    r"\d\d(?:\.\d)? ?% ?-?(?:CI|UI|confidence interval|credible interval|prediction interval|置信区间)[^\d.;。；]{0,12}",
    re.I,
)
_BOUND_GAP = re.compile(r"[ \t]?(?:to|至|到|,|，|-|–|—|~|and)[ \t]?")
# the head of a second count is left out: 35,000 chips in 2026 and 52,000 by 2028; to 8,400 robots from 6,000
_HEAD_LEFT_OUT = re.compile(
    r"(?=[ \t]?(?:[,.;)，。；](?!\d)|$|(?:by|in|at|from|to|as of|a year|last|this|before|respectively)\b))"
)
_SET_AGAINST = re.compile(r"[^\d.;。；]*")


def _bounds(text: str, numbers: list[_Number]) -> None:
    """Bounds of an interval of confidence have the unit of what they bound: 4.4x (90% CI: 3.9 to 5.0)."""
    for index in range(1, len(numbers) - 1):
        level, bounded = numbers[index], numbers[index - 1]
        match = _CONFIDENCE.match(text, level.start)
        if match is None or bounded.symbol is None or level.start - bounded.end > 40:
            continue
        end = match.end()
        for bound in numbers[index + 1 : index + 3]:
            near = bound.start == end or (end > match.end() and _BOUND_GAP.fullmatch(text[end : bound.start]))
            if not near or bound.symbol is not None or bound.magnitude:
                break
            bound.symbol, bound.counted, bound.inherited = bounded.symbol, bounded.counted, True
            end = bound.end


def _left_out_heads(text: str, numbers: list[_Number]) -> None:
    for before, number in itertools.pairwise(numbers):
        if (
            number.symbol is None
            and not number.currency
            and (number.magnitude or "," in number.digits)
            and before.symbol is not None
            and before.symbol.dimension == "count"
            and number.start - before.end <= 70
            and _SET_AGAINST.fullmatch(text[before.end : number.start])
            and _HEAD_LEFT_OUT.match(text, number.end)
        ):
            number.symbol, number.counted, number.inherited, number.sure = before.symbol, before.counted, True, 0.6


_BRACKETED_PERIOD = re.compile(
    r"[^（(。；;]{0,20}[（(](?:[^（()）]{2,16}[:：]|(?:上年|去年)?同期(?:为)?|上年(?:为)?|去年(?:为)?)[ \t]?"
)


def _bracketed(text: str, numbers: list[_Number]) -> None:
    """2.3m units in 2026 (2024: 1.4m)."""
    for before, number in itertools.pairwise(numbers):
        if (
            number.symbol is None
            and before.symbol is not None
            and _BRACKETED_PERIOD.fullmatch(text[before.end : number.start])
        ):
            number.symbol, number.counted, number.inherited = before.symbol, before.counted, True


def _over_hundred(digits: str) -> bool:
    """At least three digits before the point; numbers in words are below."""
    return bool(re.match(r"\d,?\d,?\d", digits))


def _share_units(text: str, numbers: list[_Number], lexicon: Lexicon) -> None:
    """30、40和50亿元: members of a list take unit and magnitude from the last one; 120亿 至 360亿元 takes the unit."""
    for index in range(len(numbers) - 2, -1, -1):
        number, after = numbers[index], numbers[index + 1]
        if number.symbol is not None or after.symbol is None or after.reading or after.currency:
            continue  # a currency before its number is that number's alone
        gap = text[number.end : after.start]
        if len(gap) > 24:
            continue
        to = _TO_GAP.fullmatch(gap) or re.fullmatch(
            r"[ \t]?(?:to|至|到|and|–|-)[ \t]?(?:about |nearly |约|近|超)?", gap
        )
        if not (_LIST_GAP.fullmatch(gap) or (to and (number.magnitude or len(gap) < 16))):
            continue
        if after.symbol.dimension == "time" or (
            after.symbol.dimension == "count"
            and after.symbol.symbol in ("个", "次")
            and not number.magnitude
            and len(number.digits) == 1
        ):
            continue
        if after.symbol.dimension == "percent" and _over_hundred(number.digits) and not _over_hundred(after.digits):
            continue  # 774 or 24.8 %: a count and its rate, no list of rates
        number.symbol, number.counted, number.inherited = after.symbol, after.counted, True
        if not number.magnitude:
            number.magnitude = after.magnitude
    _bracketed(text, numbers)
    # ... and forwards: US$3 billion in 2023 to 4.5 billion; 从120亿元增长至360亿
    for index in range(1, len(numbers)):
        number, before = numbers[index], numbers[index - 1]
        if number.symbol is not None or not number.magnitude or before.symbol is None:
            continue
        if before.symbol.dimension not in ("money", "count", "power", "energy", "compute", "data"):
            continue
        gap = text[before.end : number.start]
        if len(gap) <= 40 and not re.search(r"[。；;]", gap) and (_TO_GAP.search(gap) or _LIST_GAP.fullmatch(gap)):
            number.symbol, number.counted, number.inherited = before.symbol, before.counted, True


_COMPARED = re.compile(
    r"[^\d。；;.]{0,30}(?:against|versus|vs\.?|compared (?:with|to)|than|from|to|高于|低于|超过|优于|而[^，。\d]{0,12}(?:为|是)|和|与|至|到|and)[^\d。；;,，.]{0,24}",
    re.I,
)

_CARRY = re.compile(r"[ \t]?(?:to|至|到|增至|升至|降至|增长至|and|、|和)[ \t]?(?:about |nearly |over |约|近|超)?")


def _carry_units(text: str, numbers: list[_Number]) -> None:
    """from 1,200 to 7,950; from $36 to $2 per million tokens: both ends have one unit."""
    for number, after in itertools.pairwise(numbers):
        gap = text[number.end : after.start]
        if number.symbol is None:
            continue
        near = _CARRY.fullmatch(gap) or (
            _FROM.search(text[max(0, number.start - 14) : number.start])
            and re.fullmatch(r"[^,，。；;.\d]{0,12}(?:in|年)?[^,，。；;.]{0,10}(?:to|至|到)[^\d]{0,3}", gap)
        )
        if not near:
            continue
        if (
            after.symbol is None
            and not after.magnitude
            and number.symbol.dimension == "count"
            and len(after.digits) > 1
        ):
            after.symbol, after.counted, after.sure = number.symbol, number.counted, 0.7
        elif (
            after.symbol is not None
            and after.symbol.dimension.startswith("price_")
            and number.symbol.unit == after.symbol.unit.split("/")[0]
        ):
            number.symbol = after.symbol


def _counts_with_shares(text: str, numbers: list[_Number]) -> None:
    """Of 1,004 respondents, 412 (41%) said yes: a bare number whose share stands in brackets counts the same."""
    counted: _Number | None = None
    for number, after in itertools.pairwise(numbers):
        if number.symbol is not None and number.symbol.dimension == "count" and not number.inherited:
            counted = number
        if (
            number.symbol is None and counted is not None and number.digits.replace(",", "").isdigit()
            and not (number.magnitude or number.currency)
            and after.symbol is not None and after.symbol.unit == "percent"
            and re.fullmatch(r" ?[(（] ?", text[number.end : after.start]) and text[after.end : after.end + 1] in (")", "）")
            and not re.search(r"[。；;]|\. ", text[counted.end : number.start])
            and _bare(number.digits) < _bare(counted.digits)
        ):  # fmt: skip
            number.symbol, number.counted, number.inherited = counted.symbol, counted.counted, True


_MONEY_SUBJECT = re.compile(
    r"(?:规模|收入|营收|产值|投资额?|融资额?|支出|市值|估值|金额|利润|资金|成本|价值|GDP|总值)[^，。；,;\d]{0,12}$"
)


_SAMPLE = re.compile(r"(?<![A-Za-z])[nN] ?[=＝] ?$")
# 基本每股收益(元/股):-1.09 — the label ends with its unit in brackets
_LABELLED = re.compile(r"[（(](?:单位[:：])?(?P<unit>[^（()）\d]{1,10})[)）][ \t]?[:：为][ \t]?$")


def _unit_of_label(before: str, lexicon: Lexicon) -> Unit | None:
    label = _LABELLED.search(before)
    if label is None:
        return None
    printed = "".join(label["unit"].split()).replace("／", "/")
    money, _, share = printed.partition("/")
    unit = lexicon.units.get(money if share in ("股", "share") else printed)
    return unit if unit is not None and (not share or unit.symbol == money or "/" in unit.symbol) else None


def _subjects(text: str, numbers: list[_Number], lexicon: Lexicon) -> None:
    """Numbers whose unit stands before them: 用户数达到3.5亿, companies rose to 4,500, PUE 1.25."""
    for index, number in enumerate(numbers):
        last = numbers[index - 1] if index else None
        if (
            number.symbol is None
            and not number.magnitude
            and last is not None
            and last.symbol is not None
            and last.symbol.dimension in ("score", "multiple", "ratio")
            and not last.reading
            and "." in number.digits
            and _COMPARED.fullmatch(text[last.end : number.start])
        ):
            number.symbol, number.sure = last.symbol, 0.7
        if number.symbol is not None or number.inherited:
            continue
        before = text[max(0, number.start - 70) : number.start]
        for qualifier in (number.qualifier,):
            if qualifier:
                before = re.sub(r"[^\d。；，,]{0,10}$", lambda m: m[0], before)
        if _NEVER_BARE.search(before) or _CONTACT.search(before):
            continue
        after = text[number.end : number.end + 1]
        if after.isascii() and after.isalpha():
            continue
        bare = not number.magnitude
        if bare and (_PUE_SUBJECT.search(before)):
            if 1 <= _bare(number.digits) < 4:
                number.symbol = lexicon.units.get("ratio")
                number.sure = 0.9
            continue
        if bare and _SAMPLE.search(before):
            number.symbol, number.counted = lexicon.units.get("count"), "respondent"
            continue
        labelled = _unit_of_label(before, lexicon)
        if labelled is not None:
            number.symbol, number.sure = labelled, 0.8
            number.counted = labelled.counted if labelled.dimension == "count" else ""
            continue
        if bare and _FACTOR_SUBJECT.search(before):
            number.symbol = lexicon.units.get("倍")
            continue
        if bare and _SCORE_SUBJECT.search(before):
            number.symbol = lexicon.units.get("score")
            number.sure = 0.8
            continue
        if bare and _MULTIPLE_SUBJECT.search(before):
            number.symbol = lexicon.units.get("multiple")
            continue
        subject = _COUNT_SUBJECT_ZH.search(before) or _COUNT_SUBJECT_EN.search(before)
        if subject and (not bare or _bare(number.digits) >= 2):
            number.symbol = lexicon.units.get("count")
            noun = subject["noun"]
            word = noun.split()[-1]
            number.counted = (
                lexicon.nouns.get(noun)
                or lexicon.nouns.get(word)
                or _SUBJECTS.get(noun)
                or _SUBJECTS.get(word.lower(), "item")
            )
            number.sure = 0.8
        elif (
            number.magnitude
            and number.magnitude[0] in "万亿千百十"
            and _MONEY_SUBJECT.search(before)
            and "亿" in number.magnitude
        ):
            number.symbol = lexicon.units.get("元")
            number.sure = 0.5


_SUBJECTS = {
    "月活": "user", "活跃": "user", "日均活跃": "user", "日活": "user", "人口": "person", "headcount": "person", "workforce": "person", "出货": "unit", "销售": "unit",
    "销": "unit", "产": "unit", "保有": "unit", "装机": "unit", "申请": "patent", "授权": "patent", "下载": "download", "population": "person",
    "GPU": "chip", "卡": "chip", "备案": "model", "shipments": "unit", "installed base": "unit", "base": "unit", "installations": "unit", "订阅": "subscriber",
    "上下文": "token", "上下文窗口": "token", "上下文长度": "token", "window": "token", "length": "token",
}  # fmt: skip


_GROUP_BY_SIZE = re.compile(
    r"\b(?:enterprises|companies|firms|businesses|employers|organi[sz]ations|establishments)\b[^,.;\d]{0,24}\b(?:with|of|having|employing) (?:at least |more than |fewer than |less than |under |over |\d{1,3}(?: ?[-–] ?| to ))?$"
)


def _rejected(text: str, number: _Number) -> bool:
    unit = number.symbol
    assert unit is not None
    before, after = text[max(0, number.start - 16) : number.start], text[number.end : number.end + 16]
    if unit.dimension == "time":
        if (
            unit.factor >= 86400
            and not number.high
            and not (
                _DURATION_SUBJECT.search(text[max(0, number.start - 40) : number.start])
                or (unit.factor < 86400 * 28 and _FOR.search(before) and number.digits not in ("1", "2", "3"))
                or re.match(
                    r"[ -]?(?:payback|lead time|cycle|depreciation|of training|useful|的?(?:周期|窗口期?|工期|训练|寿命|折旧|时间))",
                    after,
                )
            )
        ):
            return True
        if re.match(r"\s(?:ago|earlier|later|old|before|ahead)\b|前(?!后)", after):
            return True
        if unit.factor >= 86400 and (_WINDOW_STRICT.search(before) and not number.high):
            return True
        if _AGE_AFTER.match(after) or ("." not in number.digits and unit.symbol == "天" and before.endswith("第")):
            return True
        if unit.symbol == "年" and not number.high and re.match(r"[一二三四五六七八九十\d]|版|款", after):
            return True
    if unit.symbol == "岁" or (unit.symbol == "points" and text[number.start].isalpha()):
        return True  # three points are counted
    if unit.symbol in ("x", "X") and "." not in number.digits and len(number.digits) >= 4:
        return True  # 7950X
    if unit.unit == "percent" and unit.symbol != "成" and before.endswith(("第",)):
        return True
    if unit.unit == "percent" and _LEVEL_AFTER.match(text[number.end : number.end + 24]):
        return True  # 95% confidence: how sure, not how much
    if unit.dimension == "count":
        if re.match(r"[ \u3000]?(?:あたり|当たり|当り|につき|ごと)", after):
            return True  # the base of a rate
        if (
            unit.counted in ("", "person", "employee")
            and number.counted in ("person", "employee")
            and _GROUP_BY_SIZE.search(text[max(0, number.start - 60) : number.start])
        ):
            return True  # firms with at least 10 employees: who was asked, not how many
        if re.search(r"(?:\bper |\bevery |每)$", before, re.I):
            return True  # robots per 10,000 workers: the base of a rate
        if number.magnitude in ("B", "T") and re.search(r"\d ?$", before):
            return True  # 90,000 910B cards: a number behind a number is part of a name
        if before.endswith(("第", "之")) or re.search(r"(?:前|Top|TOP)\s?$", before):
            return True
        if unit.symbol == "次" and re.match(r"工业革命|世界大战|浪潮|会议|全会", after):
            return True
    # 手机1.2亿部, 手机渗透率71%: only a long plain number can be a telephone's
    plain = unit.dimension == "count" and not number.magnitude and len(number.digits) >= 5
    return plain and _CONTACT.search(before) is not None


def _parse(text: str, units: Units, qualifier: str = "") -> ParsedValue | None:
    try:
        values = parse_value(text, units, qualifier=qualifier)
    except FigureError:
        return None
    return values[0] if len(values) == 1 else None


def _candidates(text: str, number: _Number, units: Units) -> Iterator[Candidate]:
    unit = number.symbol
    assert unit is not None
    printed = _printed(text, number.start, number.end)
    parts = [(number.digits, number.magnitude, "")]
    if number.high:
        parts = [(number.digits, number.magnitude, "low"), (number.high, number.high_magnitude, "high")]
    for digits, magnitude, end in parts:
        sign = "-" if number.negative else ""
        own = number.reading or f"{sign}{digits}{magnitude}"
        # the unit is multiplied below: the number alone is what has to be read
        bare = own if number.reading else _plain_magnitude(own)
        value = _parse(bare, units, number.qualifier)
        if value is None and number.reading == "":
            value = _parse(bare + unit.symbol, units, number.qualifier)
        if value is None:
            return
        factor = unit.factor if not number.reading or unit.unit != "percent" else 1.0
        grouped = unit.dimension == "count" and not magnitude and _THREE_DECIMALS.fullmatch(digits)
        qualifier = value.qualifier or number.qualifier
        yield Candidate(
            number.start, number.end, printed, _times(value.number, factor), _times(value.low, factor), _times(value.high, factor),
            unit.unit, number.counted if unit.dimension == "count" else "", qualifier, unit.symbol,
            reading=own + (unit.symbol if not number.reading else ""), range_end=end, sure=number.sure,
            withheld=_doubt(text, number, bool(grouped)),
        )  # fmt: skip


# 0.05℃/W, 0.21 kg CO2/kWh: half of a unit is another unit
_UNREAD_PART = re.compile(r"\s?(?:CO2(?:eq?)?|CO₂)?\s?/\s?[A-Za-zµ]")


def _doubt(text: str, number: _Number, grouped: bool) -> str:
    if grouped:
        return "its point may group thousands"
    per = number.symbol is not None and number.symbol.dimension in ("temperature", "mass")
    return "a part of its unit is not read" if per and _UNREAD_PART.match(text, number.end) else ""


# 5.000 units: nobody counts things to three decimals
_THREE_DECIMALS = re.compile(r"[1-9]\d{0,2}\.\d{3}")
_LETTER_MAGNITUDE = re.compile(
    r"(?<=\d)(?:MM|Mio\.?|Millionen|millions d['’e] ?|(?:millones|milhões|milioni) ?d[ei] ?)$"
)
_LONG_SCALE = re.compile(
    r"(?<=\d)(?:Mrd\.?|Milliarden|milliards? ?d['’e] ?|mil ?(?:millones|milhões) ?d[ei] ?|miliardi ?d[ei] ?)$"
)
_WORD_MAGNITUDE = re.compile(r"(?<=\d)(trillion|billion|million|thousand|hundred|trn|tn|bn|mln|mn)$", re.I)


def _plain_magnitude(text: str) -> str:
    text = _LONG_SCALE.sub("billion", _LETTER_MAGNITUDE.sub("million", text))
    return _WORD_MAGNITUDE.sub(lambda m: m[0].lower(), text)


def _times(number: float, factor: float) -> float:
    """Product without the noise of binary fractions: 725.3 x 1e18 is 7.253e20."""
    from decimal import Decimal

    if factor == 1.0:
        return number
    if number in (float("inf"), float("-inf")):
        return number
    return float(Decimal(repr(number)) * Decimal(repr(factor)))


def as_range(candidates: list[Candidate]) -> list[list[Candidate]]:
    """Candidates grouped by place: the two ends of a range together."""
    groups: list[list[Candidate]] = []
    for candidate in candidates:
        if groups and candidate.range_end == "high" and groups[-1][0].start == candidate.start:
            groups[-1].append(candidate)
        else:
            groups.append([replace(candidate)])
    return groups
