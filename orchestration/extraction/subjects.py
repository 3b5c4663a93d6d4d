"""Numbers whose unit is named by the subject before them."""

# expressions stay on one line
# ruff: noqa: E501

import re

from orchestration.extraction.lexicon import Lexicon
from orchestration.extraction.printed_number import PrintedNumber, bare_number
from orchestration.extraction.rejection import CONTACT
from orchestration.figures import Unit

_COUNT_SUBJECT_ZH = re.compile(
    r"(?P<noun>用户|企业|公司|专利|论文|模型|大模型|客户|开发者|人才|从业人员|员工|机器人|汽车|门店|机架|机柜|下载|调用|活跃用户|月活|日活|人口|项目|基站|服务器|芯片|GPU|独角兽|备案|数据集|参数|高校|订单|出货|销售|销|产|保有|装机|申请|授权|Token|token|tokens|订阅|付费用户|注册用户|智能体|卡|日均活跃|活跃|上下文|上下文窗口|上下文长度)"
    r"(?:[（(][^（）()]{1,12}[)）])?(?:总?数(?:量|目)?|人数|\s?(?:消耗|调用|处理|使用|生成)(?:总|数)?量|总量|总计|规模|量|存量|台数|次数|件数|家数|长度|窗口)?(?:[（(][^（）()]{1,12}[)）])?"
    r"(?:已经|已|就|便|将|约|近|超过|超|突破|达到了|达到|达|为|增长至|增长到|增至|升至|增加至|增加到|提升至|合计|共计|累计|共有|有|到|至|是|高达|仅为|仅|分别|接近|逾|由|从|[:： ]|[12]\d{3}年的?){0,5}$"
)

_COUNT_SUBJECT_EN = re.compile(
    r"(?P<noun>users|subscribers|headcount|workforce|downloads|patents|papers|employees|companies|firms|models|robots|vehicles|shipments|customers|developers|installations|filings|publications|number of [A-Za-z][A-Za-z\- ]{2,40}?|tokens|parameters|population|members|installed base|context (?:window|length))"
    r"(?: (?:worldwide|globally|on the platform|last year|(?:filed|in|on|at|using|of|sold|shipped|employed|registered|published|granted|across)[^,.;]{0,44}?))?,?(?: |(?=:))(?:has |have |had |is |are |will |could |would |should )?(?:already |since |now |about |roughly )?(?:been )?"
    r"(?:(?:rose|grew|fell|climbed|jumped|dropped|declined|increased|decreased|surged|went|shrank|expanded) from|reached|reach|hit|totall?ed|total|totall?ing|rose to|rise to|grew to|grow to|climbed to|jumped to|fell to|stood at|stand at|stays? at|stayed at|remains? at|remained at|increased to|exceeded|exceed|surpassed|surpass|numbered|was|were|is|are|of|to|from|at|came to|be|expanded to|:)"
    r"(?: (?:about|around|approximately|nearly|almost|over|more than|some|roughly|just over|an estimated|only|just|at least|up to))? ?$",
    re.I,
)

_SCORE_SUBJECT = re.compile(
    r"(?:得分|评分|分数|总分|成绩|Elo|ELO|MMLU|HumanEval|SWE-bench|GPQA|AIME|C-Eval|MATH|score[ds]?|scoring|指数)(?:[（(][^（）()]{1,20}[)）])?(?: ?(?:为|达到|达|是|高达|约|of|at|reached|was|is|[:：]|from|to|a)){0,3} ?$"
)

_PUE_SUBJECT = re.compile(
    r"(?:PUE|电能利用效率|power usage effectiveness)(?:值)?(?:[（(][^（）()]{1,10}[)）])?[^\d。；;\n]{0,18}(?:(?:19|20)\d\d年?[^\d。；;\n]{0,8})?$",
    re.I,
)

_MULTIPLE_SUBJECT = re.compile(r"(?:市盈率|市净率|市销率|P/E|PE|P/B|EV/EBITDA|P/S)(?: ratio)?[^\d。；;,，\n]{0,10}$")

_FACTOR_SUBJECT = re.compile(r"\bfactor of (?:about |around |roughly |nearly |over |more than )?$", re.I)

_NEVER_BARE = re.compile(r"(?:第|编号|代码|版本|No\.|#|version|page|page\.)\s?$", re.I)

_COMPARED = re.compile(
    r"[^\d。；;.]{0,30}(?:against|versus|vs\.?|compared (?:with|to)|than|from|to|高于|低于|超过|优于|而[^，。\d]{0,12}(?:为|是)|和|与|至|到|and)[^\d。；;,，.]{0,24}",
    re.I,
)

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


def take_subjects(text: str, numbers: list[PrintedNumber], lexicon: Lexicon) -> None:
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
        if _NEVER_BARE.search(before) or CONTACT.search(before):
            continue
        after = text[number.end : number.end + 1]
        if after.isascii() and after.isalpha():
            continue
        bare = not number.magnitude
        if bare and (_PUE_SUBJECT.search(before)):
            if 1 <= bare_number(number.digits) < 4:
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
        if subject and (not bare or bare_number(number.digits) >= 2):
            number.symbol = lexicon.units.get("count")
            noun = subject["noun"]
            word = noun.split()[-1]
            if word.lower() in ("models", "模型", "大模型") and number.magnitude in ("B", "T"):
                number.symbol = None
                continue  # parameters, or bytes: how large it is, not how many there are
            number.counted = (
                lexicon.nouns.get(noun)
                or lexicon.nouns.get(word)
                or lexicon.nouns.get(word.lower())
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
