"""What has digits and is no figure: names, versions, references, codes, addresses, ranks, ordinals.

Each expression is linear: no nested repeats, every repeat bounded or over a class that cannot match its follower.
"""

# expressions stay on one line
# ruff: noqa: E501

import re
from collections.abc import Iterator, Sequence

# a number after a name is its version unless a magnitude or a unit follows
_NOT_QUANTITY = r"(?![\d,]*\d)(?!\.\d)(?![ \t]?(?:万|亿|千|百|%|％|[个家款名元台辆篇项种张颗片座支起笔件套米人次成倍余多层卡位所条枚例户株]|美元|港元|欧元|小时|分钟|天|年|秒|[+＋]|GW|MW|kW|TWh|GWh|PFLOPS|EFLOPS|TFLOPS|TOPS|TB|GB|PB|nm\b|percentage|people|users|customers|countries|companies|million|billion|trillion|bn\b|mn\b|percent|times\b|x\b))"
_ZH_NUM = "零〇一二两三四五六七八九十百千万"
_COUNTRY_CODE = r"(?:SS|SZ|SH|BJ|HK|TW|KS|KQ|US|O|N|T|L|PA|DE|AS|OQ|SI|NS|BO|AX)"

_FORMS = (
    # addresses of the net
    r"(?:https?|ftp)://[^\s，。；）》]{1,400}",
    r"(?<![\w.])www\.[^\s，。；）》]{1,400}",
    r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}\.[\w.]{1,64}",
    r"(?<![\w/.-])(?:[a-z0-9-]{1,40}\.){1,4}(?:com|cn|org|net|gov|edu|io|ai)(?![a-z])(?:/[^\s，。；）]{0,300})?",
    r"(?i:\bdoi:?\s?10\.\d{4,9}/[^\s，。；）]{1,200})|\barXiv:\s?\d{4}\.\d{4,5}(?:v\d+)?",
    # footnotes and references
    r"\[\^?\d{1,3}(?:\s?[,，、\-–]\s?\d{1,3}){0,12}\]",
    r"\^\{?\d{1,3}\}?",
    r"[〔\[【(（]\s?(?:19|20)\d\d\s?[〕\]】)）]\s?(?:第\s?)?\d{1,5}\s?号",
    # books, telephones, postcodes
    r"(?i:\bISBN(?:-1[03])?)[:：\s]{0,3}[\dXx-]{9,20}|(?i:\bISSN)[:：\s]{0,3}\d{4}-\d{3}[\dXx]",
    r"(?<![\d.,])1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}(?![\d.,])(?!\s?[万亿%元])",
    r"(?<![\w.,])\+\s?\d{1,3}[\s\-.()]{1,3}\d{1,4}(?:[\s\-.()]{1,2}\d{2,5}){1,4}(?![\d%])",
    r"(?<![\d.,])\(?0?\d{2,4}\)?-\d{7,8}(?:-\d{1,5})?(?!\d)",
    r"(?<![\d.,])\(?\d{3}\)?[-.\s]\d{3}[-.]\d{4}(?!\d)|(?<![\d.,])(?:400|800)[\s-]?\d{3,4}[\s-]?\d{3,4}(?![\d,])(?=\s|$|[^\d\s%万亿])(?<=[\d]{3})(?<!\d{9})",
    r"(?i:(?:tel|phone|fax|mobile|电话|传真|手机|邮编|热线|QQ|postcode|zip code))[:：.\s]{0,4}[+()\d][\d\s\-()+]{3,24}",
    # listed companies
    rf"(?<![A-Za-z\d.])\d{{3,6}}\s?[.\-]\s?{_COUNTRY_CODE}(?![A-Za-z])|(?<![A-Za-z])(?:SH|SZ|HK|BJ)\s?[:：.]?\s?\d{{4,6}}(?!\d)",
    r"(?i:(?:NYSE|NASDAQ|HKEX|SEHK|SSE|SZSE|TSE|TYO|KRX|LSE|HKG|SHA|SHE|TPE|EPA))\s?[:：]\s?[A-Z0-9.]{1,8}",
    r"(?:股票代码|证券代码|代码|统一社会信用代码|资格号|咨询号|证书编号|许可证号?|备案号|注册号|合同编?号|文号|编号|CAS)\s?[:：为]?\s?[A-Z]{0,4}\d[\dA-Z\-.]{2,24}",
    r"[(（]\s?\d{6}\s?[)）]",
    # references inside the document, laws, documents
    r"第\s?[\d" + _ZH_NUM + r"]{1,6}(?:[.\-–、至到]\s?\d{1,3}){0,3}\s?(?:章|节|页|部分|条|款|项|届|期|次|代|阶段|步|季度|名|位|类|批|轮|号|版|级|层|梯队|大|个|家|辑|卷|集|天|年|财季|产业|曲线|一)?",
    r"\d{1,5}\s?号(?:文|令|公告|线|楼|院|通知|机)?(?!\s?[码召])",
    r"\d{1,4}\s?(?:条款|法案|调查)(?=[^\d]|$)",
    r"(?i:\b(?:no|nos|num|pp?|para|paras|eq|ref|refs|sec|ch|cl)\.)\s?\d{1,5}(?:\s?[-–,.]\s?\d{1,5}){0,6}" + _NOT_QUANTITY,
    r"\b(?:Executive Order|EO|Section|Article|Public Law|H\.R\.|Regulation|Directive)\s(?:\(?[A-Z]{2}\)?\s)?(?:No\.?\s)?\d[\d/.\-()a-z]{0,16}",
    r"权利要求(?:书)?\s?\d{1,3}(?:\s?[-–至或和、]\s?\d{1,3}){0,6}",
    # one unit of a currency whose rate follows: 1美元兑7.1元, 1ドル＝150円, one dollar bought 1.37
    r"(?<![\d.,])1\s?[^\s\d]{1,5}?(?=\s?(?:[=＝≈兑兌]|可兑|折合))|(?i:\bone [a-z]{3,8}(?= (?:buys|bought)\b))",
    # ... and one whose rate stands before it: 以31.2元兌1美元折算
    r"(?<=[兑兌])\s?1\s?[美港日欧歐]?[元圆圓鎊镑]",
    # two years of a century between which something grew: 25—30年CAGR
    r"(?<!\d)\d\d\s?[-—–~～至]\s?\d\d年(?=\s?(?:CAGR|复合|年均|年化|複合))",
    # tiers of a service, and places in a long row
    r"(?i:\btier)[\s-]?\d\b|(?<![\d.,])\d[\d,.]{0,8}\s(?:hundred|thousand|million|billion)th\b",
    # published patents
    r"\b(?:US|EP|WO|CN|JP|KR|DE)[ -]?(?:\d{4}/\d{5,7}|\d{1,2},\d{3},\d{3}|\d{6,12})(?: ?[ABCUT]\d?)\b|\b(?:US|WO|JP) ?\d{4}/\d{5,7}",
    # parts of a drawing: the accelerator 300 comprises, cores 310 and
    r"(?<=FIG\. )\d{1,3}[A-Z]?|\b(?:the|an?|said) [a-z]{3,16} \d{2,4}[a-z]?(?= (?:comprises|includes|is|are|has|may|can|and the|further|receives|stores|sends|performs)\b)",
    # ranks
    r"(?i:\btop|tier|#|rank(?:ed|s|ing)?(?:\s(?:as|at))?)[\s-]?(?:no\.\s?)?\d{1,4}(?:\s?[-–/]\s?\d{1,4})?" + _NOT_QUANTITY,
    r"(?:前|Top|TOP)\s?(?:\d{1,4}|[" + _ZH_NUM + r"]{1,4})(?:\s?[大强名位]|(?=\s?[家个款的，。,.;；]|$))(?:家|个)?",
    r"(?:排名|位列|位居|名列|居|列)(?:全球|世界|中国|全国|行业|国内|国际)?\s?第?\s?(?:\d{1,4}|[" + _ZH_NUM + r"]{1,4})(?:\s?[名位])?(?!\s?[\d.万亿%])",
    r"(?:\d{1,4}|[百十])\s?强(?:企业|榜)?",
    r"\b\d{1,3}(?:st|nd|rd|th)\b(?:[ -](?:largest|biggest|highest|place|percentile|Five-Year Plan|century|edition|anniversary|generation|annual))?",
    # plans and policies
    r"[“\"‘「]?十[一二三四五六]五[”\"’」]?|[一二三四五六七八九十]{1,3}届[一二三四五六七八九]中全会|[一二三四五六七八九十]{2,3}大(?=报告|以来|精神)",
    r"(?<![\d.])\d{2,3}\s?计划|(?:中国制造|愿景|行动计划|规划|议程|战略|纲要)\s?(?:19|20)\d\d|(?:19|20)\d\d\s?(?:议程|愿景|规划|行动计划|战略)",
    r"[“\"‘「](?:[\d一二三四五六七八九十]{1,3}\s?[+＋]\s?[\dNnXx一二三四五六七八九十]{1,3}(?:\s?[+＋]\s?[\dNnXx]{1,3}){0,3})[”\"’」]?|(?<![\d.])\d{1,2}\s?[+＋]\s?(?:\d{1,2}\s?[+＋]\s?)?[NnXxYM](?![a-z\d])",
    r"[“\"‘「][一二三四五六七八九十两]{1,3}[^\d”\"’」\s成倍亿万]{1,5}[”\"’」]",
    r"[一二两三四五六七八九十]{1,2}步走|[一二两三四五六七八九十]{1,2}部[门委](?:联合)?",
    # ways of speaking
    r"(?<![\d.])24\s?/\s?7(?!\d)|(?<![\d.])7\s?[×xX*]\s?24(?:\s?小时)?|(?<!\d)24\s?小时(?:不间断|在线|全天候|运行|服务)|\b360[- ]degree|(?<!\d)(?:996|365天)(?!\d)|360\s?度|180\s?度(?:转)",
    r"(?<![\d.])\d{1,2}:\d{1,2}(?!\d)",
    r"成千上万|千千万万|千家万户|千行百业|千行万业|万物|万一|万能|百般|三农|一带一路|双碳|万元户",
    # grades and dimensions with a letter: 5G, 4K, 3D, 2B, L4, 1080p
    r"(?<![\d.,A-Za-z])(?:[1-6]\.?5?[GDgd]|[248]K|[23][CcBb]|2[BCGbcg]|[12]to[12nN])(?![\w])(?!\s?(?:参数|tokens?|parameters|模型))|(?<![\w.])(?:480|720|1080|1440|2160|4320)[pPiI](?![\w])",
    r"(?<![A-Za-z\d])[LI][0-5](?:\s?\+|\.\d)?(?:\s?[-–至/~]\s?L?[0-5]\+?)?(?![A-Za-z\d])(?:\s?级)?",
    r"\d{1,2}(?:\.\d)?\s?(?:版本?|代)(?![元理表码金人])",
    r"\d{1,2}\s?(?:纳米)?[级層层](?:别)?(?=自动驾驶|智能|架构|以上自动)",
    r"(?<![\d.])[1-9]\.0(?=\s?(?:时代|阶段|版|战略|行动|模式|计划|架构|系统|平台|[A-Z](?![A-Z]?(?:W|Wh|B|b|ps|bps|it/s|b/s|B/s|Hz|FLOPS|OPS|P)\b)))",
    # the extent of a publication, and the statement that shares add up
    r"\b\d{1,4} (?:pages?|pp)(?=,? (?:and )?(?:with )?\d{1,4} (?:tables|charts|figures|exhibits|illustrations))|\b\d{1,4} (?:tables|charts|figures|exhibits|illustrations)(?=,? (?:and )?\d{1,4} (?:tables|charts|figures|exhibits|illustrations|pages))|(?<=pages, )\d{1,4} (?:tables|charts|figures|exhibits)|(?<=tables, )\d{1,4} (?:charts|figures|exhibits)",
    r"(?:(?:sum|add|total|amount)s? (?:up )?(?:to )?(?:more|less|over|under|exactly)?(?: than)? ?|之和[^，。；\d]{0,6}|合计[^，。；\d元]{0,3}(?:不|大于|超过))100 ?%",
    # a power of ten of a currency in brackets is a unit
    r"[(（\[](?:(?i:units?|in|单位|單位|単位) ?[:：]? ?){0,2}(?:[A-Z]{3}|US\$|HK\$|[$€£¥₩])? ?(?:1|10|100|1,000) ?(?:thousand|million|billion|万|亿|億|萬)? ?(?:yen|won|yuan|rupees|dollars|euros|[万亿]?[元円])?[)）\]]",
    # flats
    r"\d{1,4}\s?(?:室|层(?:楼)?|楼|栋|幢|弄|单元)(?![^\s，。,、）)]{0,1}[高地])",
    r"(?<![\d.$])\d{1,5}\s(?:[A-Z][a-z]{1,20}\s){1,3}(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Way|Plaza|Square|Court|Floor|Parkway|Pkwy)\b",
)  # fmt: skip

# letters glued to digits: GPT-4o, H100, i7-13700, MI300X, A100/H100, Qwen2.5-72B, COVID-19, FP16
_TOKEN = (
    r"(?<![A-Za-z0-9_.])(?!(?:US\$|HK\$|NT\$|USD|RMB|Rmb|CNY|HKD|EUR|JPY|GBP|KRW|INR|TWD|SGD|AUD|CAD|CHF|FY|[HQ][1-4](?![A-Za-z\d])|NT|US|HK|approx|ca|c\.)\s?\$?\d)"
    r"[A-Za-z][A-Za-z]{0,24}(?:[-‑‐]|(?<=[A-Z]{2})/)?(?:[A-Za-z]{1,12}-)?\d[A-Za-z0-9_]{0,24}(?:[.\-‑/][A-Za-z0-9_]{1,24}){0,6}(?:\+)?"
)
_LEADING_LETTER = r"(?<![A-Za-z0-9_.,$¥￥€£])\d{1,4}(?:[.]\d)?[A-Z](?:[a-z]?\d|[A-Z]?-[A-Za-z0-9]|\d[A-Za-z0-9]{0,8})[A-Za-z0-9]{0,12}"


def _names(words: Sequence[str]) -> str:
    """Names that a version or model number follows; matched before digits, case as written."""
    latin = "|".join(re.escape(w) for w in sorted((w for w in words if w.isascii()), key=len, reverse=True))
    other = "|".join(re.escape(w) for w in sorted((w for w in words if not w.isascii()), key=len, reverse=True))
    # Llama 3.1 405B, Claude 3.5 Sonnet, Figure 12, 图 3-2, 文心一言4.0
    return (
        rf"(?<![A-Za-z])(?=[A-Za-z][A-Za-z&+./ \-‑‐]{{0,26}}\d)(?:{latin})s?[\s\-‑‐.]{{0,2}}[vV]?\d{{1,6}}(?:[.\-–]\d{{1,4}}){{0,3}}{_NOT_QUANTITY}[A-Za-z]{{0,4}}(?![A-Za-z])"
        rf"(?:[\s-]\d{{1,4}}(?:\.\d)?[BM](?![A-Za-z]))?"
        rf"|(?:{other})\s?[-V]?\d{{1,6}}(?:[.\-–:：]\d{{1,4}}){{0,3}}{_NOT_QUANTITY}(?:[A-Z](?![A-Za-z]))?(?!\s?[年月家个名])"
    )


def mask_expression(names: Sequence[str]) -> re.Pattern[str]:
    """What has digits and is no figure, in one expression; ``names`` are those that a version number follows."""
    return re.compile("|".join(f"(?:{form})" for form in (*_FORMS, _names(names), _TOKEN, _LEADING_LETTER)))


# numbers at the start of a paragraph that only number it
_NUMBERING = re.compile(
    r"^[\s>#*•·■◼●▪\-–—]{0,8}(?:"
    r"\d{1,2}(?:\.\d{1,2}){0,4}[、)）](?!\d)"
    r"|\d{1,2}\.(?=\s|[^\d\s])(?!\s?\d+[%.])"
    r"|\d{1,2}(?:\.\d{1,2}){1,4}\.?\s+(?=[^\d\s%万亿千百元美个倍家款人台(（+])(?!(?:billion|million|trillion|percent|bn|mn|times|x|GW|MW|TWh|PFLOPS|EFLOPS|TOPS|kWh|points?|pp)\b)"
    r"|0\d\s*(?=[\u4e00-\u9fffA-Z])"
    r"|[(（]\s?\d{1,2}\s?[)）]|[①-⑳⑴-⒇]|[(（][" + _ZH_NUM + r"]{1,3}[)）]|[" + _ZH_NUM + r"]{1,3}[、.．](?!\d)"
    r")"
)
_INLINE_NUMBERING = re.compile(
    r"(?<=[：:；;。，,、\s])(?:[(（]\s?\d{1,2}\s?[)）](?!\s?[%亿万])|\d{1,2}[)）、](?=[^\d\s]))"
)


def find_masks(text: str, expression: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Spans of ``text`` whose digits are no figures."""
    match = _NUMBERING.match(text)
    if match:
        yield match.span()
    for found in _INLINE_NUMBERING.finditer(text):
        yield found.span()
    for found in expression.finditer(text):
        yield found.span()
