"""Periods and dates in running text: where they stand, and what they are.

Every match is also a mask: digits inside it are no figure. Labels are handed to ``parse_period``.
"""

# expressions stay on one line
# ruff: noqa: E501

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from orchestration.extraction.model import Mention
from orchestration.figures import PeriodError, parse_period

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"), ("february", "feb"), ("march", "mar"), ("april", "apr"), ("may",), ("june", "jun"),
            ("july", "jul"), ("august", "aug"), ("september", "sept", "sep"), ("october", "oct"),
            ("november", "nov"), ("december", "dec"),
        ),
        1,
    )
    for name in names
}  # fmt: skip
_MONTH = r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
_Y = r"(?:19|20)\d\d"
_S = r"[ \t]{0,2}"
_RANGE = rf"{_S}(?:-|–|—|~|～|〜|至|到|to|through){_S}"
_ENDED = rf"{_S}(?i:(?:period{_S})?(?:end(?:ed|ing)|to)(?:{_S}on)?){_S}"
_ORD = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_ZH = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_ZH_MONTH = {
    c: n for n, c in enumerate(("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"), 1)
}
_NO = r"(?<!\d[,.])(?<![\dA-Za-z$¥￥€£+\-])"  # nothing before that would make the digits part of a number
_END = r"(?![\d])(?!,\d{3})(?!\.\d)"


def _LENGTH(name: str) -> str:
    """How long an interim span is, in words or numbers: nine months, 39 weeks, quarter."""
    words = "three|six|nine|twelve|thirteen|fourteen|twenty-six|thirty-nine|fifty-two|fifty-three"
    return rf"(?P<{name}>(?i:(?:{words}|(?<![\d.,])(?:3|6|9|12|13|14|26|39|52|53))[- ](?:months?|weeks?)|quarters?|years?))"


Build = Callable[[re.Match[str]], str]


def _year(text: str) -> int:
    number = int(text)
    return number + 2000 if number < 100 else number


def _month_of(word: str) -> int:
    return _MONTHS[word.rstrip(".").lower()]


def _ymd(y: str, m: str, d: str) -> str:
    return f"{y}-{int(m):02d}-{int(d):02d}"


def _ord(text: str) -> int:
    return _ORD.get(text.lower()) or _ZH[text]


_ANY_MONTH = re.compile(rf"\b(?P<word>(?i:{_MONTH}))|(?<!\d)(?P<number>1[0-2]|0?[1-9]){_S}月")


def month_named(text: str) -> int:
    """The first month that a text names (1 to 12), 0 where it names none before its first full stop."""
    match = _ANY_MONTH.search(re.split(r"(?<!\b[A-Z][a-z][a-z])[.;](?=\s|$)|[。；\n]", text, maxsplit=1)[0])
    return 0 if match is None else _month_of(match["word"]) if match["word"] else int(match["number"])


_AWAITS_DATE = re.compile(
    rf"(?i:(?:.{{0,60}}\b)?(?:months?|weeks?|quarters?|years?){_S}end(?:ed|ing)(?:{_S}{_MONTH}(?:{_S}\d{{1,2}})?,?)?{_S})"
)


def awaits_date(text: str) -> bool:
    """Whether a head begins a span whose day or year stands below it: Three Months Ended June 30, over 2025 and 2024."""
    return _AWAITS_DATE.fullmatch(text) is not None


# Each pattern gives a canonical label of parse_period; "" masks without naming a period (a day without its year).
# Order matters: the first alternative that matches at a place wins.
_FORMS: list[tuple[str, Build]] = [
    # days
    (rf"(?P<a1>{_Y}){_S}年{_S}(?P<a2>\d{{1,2}}){_S}月{_S}(?P<a3>\d{{1,2}}){_S}[日号]", lambda m: _ymd(m["a1"], m["a2"], m["a3"])),
    (rf"{_NO}(?P<b1>{_Y})(?P<bs>[-/.])(?P<b2>\d{{1,2}})(?P=bs)(?P<b3>\d{{1,2}})(?!\d)", lambda m: _ymd(m["b1"], m["b2"], m["b3"])),
    (rf"\b(?P<c1>{_MONTH}){_S}(?P<c2>\d{{1,2}})(?:st|nd|rd|th)?,?{_S}(?P<c3>{_Y})\b", lambda m: _ymd(m["c3"], str(_month_of(m["c1"])), m["c2"])),
    (rf"\b(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?{_S}(?P<d2>{_MONTH}),?{_S}(?P<d3>{_Y})\b", lambda m: _ymd(m["d3"], str(_month_of(m["d2"])), m["d1"])),
    (rf"(?<![\d.])(?P<f1>\d{{1,2}})\.(?P<f2>0[1-9]|1[0-2])\.(?P<f3>{_Y})(?!\d)", lambda m: _ymd(m["f3"], m["f2"], m["f1"])),
    (rf"\b(?P<e1>\d{{1,2}})/(?P<e2>\d{{1,2}})/(?P<e3>{_Y})\b", lambda m: _ymd(m["e3"], m["e1"], m["e2"])),
    # spans
    (rf"(?P<sa1>{_Y}){_S}年{_S}(?P<sa2>\d{{1,2}}){_S}月?{_RANGE}(?P<sa3>{_Y}){_S}年{_S}(?P<sa4>\d{{1,2}}){_S}月", lambda m: f"{m['sa1']}-{int(m['sa2']):02d}/{m['sa3']}-{int(m['sa4']):02d}"),
    (rf"(?P<sg1>{_Y}){_S}年{_S}(?P<sg2>\d{{1,2}}){_S}月?{_RANGE}(?P<sg3>\d{{1,2}}){_S}月(?!\d)", lambda m: f"{m['sg1']}-{int(m['sg2']):02d}/{m['sg1']}-{int(m['sg3']):02d}"),
    (rf"(?P<sq1>{_Y}){_S}年?{_RANGE}(?P<sq2>{_Y}){_S}年{_S}第?(?P<sq3>[一二三四1-4]){_S}季度?", lambda m: f"{m['sq1']}-01/{m['sq2']}-{_ZH[m['sq3']] * 3:02d}"),
    (rf"(?P<sb1>{_Y}){_S}年{_S}前{_S}(?P<sb2>[二三23])个?季度?(?:度)?", lambda m: f"{m['sb1']}Q1/{m['sb1']}Q{_ZH[m['sb2']]}"),
    (rf"(?P<sc1>{_Y}){_S}年{_S}前{_S}(?P<sc2>\d{{1,2}}){_S}个?月", lambda m: f"{m['sc1']}-01/{m['sc1']}-{int(m['sc2']):02d}"),
    (rf"{_NO}(?P<sd1>{_Y}){_S}[EeFA]?{_S}年?(?:底|末)?{_RANGE}(?P<sd2>{_Y}){_S}(?P<sdf>[EeF](?![A-Za-z]))?{_S}(?:年|财年)?(?:间|期间)?{_END}", lambda m: f"{m['sd1']}-{m['sd2']}"),
    (rf"{_NO}(?P<se1>{_Y})[-–—~](?P<se2>\d\d)(?P<sef>[EeF](?![A-Za-z]))?{_S}年?(?![\d\-/.])(?!{_S}(?:%|％|[万亿百千]))", lambda m: _short_span(m["se1"], m["se2"])),
    (rf"\b[Bb]etween{_S}(?P<sf1>{_Y}){_S}and{_S}(?P<sf2>{_Y})\b", lambda m: f"{m['sf1']}-{m['sf2']}"),
    (rf"\bQ(?P<sh1>[1-4])(?:-|–|{_S}to{_S})Q(?P<sh2>[1-4]){_S}(?P<sh3>{_Y})\b", lambda m: f"{m['sh3']}Q{m['sh1']}/{m['sh3']}Q{m['sh2']}"),
    (rf"\b(?:first|1st){_S}nine{_S}months{_S}of{_S}(?P<si1>{_Y})\b", lambda m: f"{m['si1']}Q1/{m['si1']}Q3"),
    (rf"(?<!\d)(?P<sk1>[12]\d){_S}[-~–至]{_S}(?P<sk2>[1-4]\d){_S}年(?![期级限])(?!以)", lambda m: f"20{m['sk1']}-20{m['sk2']}"),
    (r"\bFY'?(?:20)?(?P<sl1>\d\d)(?:[-–—~]|\s?to\s?)FY'?(?:20)?(?P<sl2>\d\d)[EF]?(?!\d)", lambda m: f"20{m['sl1']}-20{m['sl2']}"),
    # interim spans: the months up to a day
    (rf"\b{_LENGTH('na1')}{_ENDED}(?P<na2>(?i:{_MONTH})){_S}(?P<na3>\d{{1,2}})(?:st|nd|rd|th)?,?{_S}(?P<na4>{_Y})\b", lambda m: _months_to(m["na1"], m["na4"], m["na2"], m["na3"])),
    (rf"\b{_LENGTH('nb1')}{_ENDED}(?:(?P<nb4>\d{{1,2}})(?:st|nd|rd|th)?{_S})?(?P<nb2>(?i:{_MONTH})),?{_S}(?P<nb3>{_Y})\b", lambda m: _months_to(m["nb1"], m["nb3"], m["nb2"], m["nb4"])),
    (rf"\b(?i:fiscal|financial){_S}(?i:years?{_S}end(?:ed|ing)){_S}(?P<ne1>(?i:{_MONTH})){_S}(?P<ne3>\d{{1,2}}),?{_S}(?P<ne2>{_Y})\b", lambda m: _year_ended(m["ne1"], m["ne2"], m["ne3"])),
    (rf"\b(?i:fiscal|financial){_S}(?i:years?{_S}end(?:ed|ing)){_S}(?:(?P<nf3>\d{{1,2}}){_S})?(?P<nf1>(?i:{_MONTH})),?{_S}(?P<nf2>{_Y})\b", lambda m: _year_ended(m["nf1"], m["nf2"], m["nf3"])),
    # their Chinese: the months (the year) up to a day, which stands before or after the year
    (rf"截[至止]{_S}(?P<ng1>{_Y}){_S}年{_S}(?P<ng2>\d{{1,2}}){_S}月{_S}(?P<ng3>\d{{1,2}}){_S}日{_S}止?{_S}的?(?P<ng4>[三六九369]|十二|12){_S}个?月", lambda m: _months_to(m["ng4"], m["ng1"], m["ng2"], m["ng3"])),
    (rf"截[至止]{_S}(?P<nh1>{_Y}){_S}年{_S}(?P<nh2>\d{{1,2}}){_S}月{_S}(?P<nh3>\d{{1,2}}){_S}日{_S}止{_S}(?:的?财政|会计)?年度", lambda m: _months_to("year", m["nh1"], m["nh2"], m["nh3"])),
    # 9M FY25 and H1 FY25 are parts of a fiscal year, 6M 2025 of a calendar year
    (rf"(?<![\w.])(?P<ni1>[369]|12)M{_S}FY{_S}'?(?P<ni2>{_Y}|\d\d)(?!\d)", lambda m: _part(f"FY{_year(m['ni2'])}", m["ni1"])),
    (rf"(?<![\w.])(?P<nj1>[369]|12)M{_S}'?(?P<nj2>{_Y}|(?<=M)\d\d|(?<=')\d\d)(?![\dA-Za-z])", lambda m: _part(f"{_year(m['nj2'])}", m["nj1"])),
    (rf"\bH(?P<nk1>[12]){_S}FY{_S}'?(?P<nk2>{_Y}|\d\d)(?![\d/-])", lambda m: f"FY{_year(m['nk2'])}H{m['nk1']}"),
    (rf"\b(?:YTD|(?i:year[ -]to[ -]date)){_S}(?P<nl1>{_MONTH}),?{_S}(?P<nl2>{_Y})\b", lambda m: f"{m['nl2']}-01/{m['nl2']}-{_month_of(m['nl1']):02d}"),
    # Japanese: the fiscal year up to a month, and its quarters
    (rf"(?P<nm1>{_Y}){_S}年{_S}(?P<nm2>\d{{1,2}}){_S}月期{_S}第?{_S}(?P<nm3>[1-4一二三四])四半期", lambda m: f"FY{m['nm1']}Q{_ZH[m['nm3']]}" if m["nm2"] != "12" else f"{m['nm1']}Q{_ZH[m['nm3']]}"),
    (rf"(?P<nn1>{_Y}){_S}年{_S}(?P<nn2>\d{{1,2}}){_S}月期(?!间)", lambda m: f"FY{m['nn1']}" if m["nn2"] != "12" else m["nn1"]),
    (rf"(?P<no1>{_Y}){_S}年{_S}第?{_S}(?P<no2>[1-4一二三四])四半期", lambda m: f"{m['no1']}Q{_ZH[m['no2']]}"),
    # Korean
    (rf"(?P<np1>{_Y}){_S}년{_S}(?P<np2>[1-4]){_S}분기", lambda m: f"{m['np1']}Q{m['np2']}"),
    (rf"(?P<nq1>{_Y}){_S}년{_S}(?P<nq2>상|하)반기", lambda m: f"{m['nq1']}H{1 if m['nq2'] == '상' else 2}"),
    (rf"(?P<nr1>{_Y}){_S}년{_S}(?P<nr2>\d{{1,2}}){_S}월(?!{_S}\d)", lambda m: f"{m['nr1']}-{int(m['nr2']):02d}"),
    # fiscal quarters keep their fiscal name
    (rf"(?P<ga1>{_Y}){_S}财年{_S}第?{_S}(?P<ga2>[一二三四1-4]){_S}(?:财季|季度?)", lambda m: f"FY{m['ga1']}Q{_ZH[m['ga2']]}"),
    (rf"\b(?:Q(?P<gb1>[1-4])|(?P<gb2>[Ff]irst|[Ss]econd|[Tt]hird|[Ff]ourth)[ -](?:[Ff]iscal[ -])?[Qq]uarter),?{_S}(?:of{_S})?(?:the{_S})?(?:FY|[Ff]iscal(?:[ -][Yy]ear)?){_S}'?(?P<gb3>{_Y}|\d\d)(?!\d)", lambda m: f"FY{_year(m['gb3'])}Q{m['gb1'] or _ord(m['gb2'])}"),
    (rf"\bFY{_S}'?(?P<gc1>{_Y}|\d\d){_S}[-/]?{_S}Q(?P<gc2>[1-4])(?!\d)", lambda m: f"FY{_year(m['gc1'])}Q{m['gc2']}"),
    (rf"\bH(?P<gf1>[12]){_S}FY{_S}'?(?:{_Y}|\d\d)[/-](?P<gf2>\d\d)(?!\d)", lambda m: f"FY{_year(m['gf2'])}H{m['gf1']}"),
    (rf"\bQ(?P<gg1>[1-4]){_S}FY{_S}'?(?:{_Y}|\d\d)[/-](?P<gg2>\d\d)(?!\d)", lambda m: f"FY{_year(m['gg2'])}Q{m['gg1']}"),
    (rf"\bFQ(?P<ge1>[1-4])[ \t]?[-'’]?{_S}(?P<ge2>{_Y}|\d\d)(?!\d)", lambda m: f"FY{_year(m['ge2'])}Q{m['ge1']}"),
    (rf"\b(?P<gd1>[1-4])Q{_S}FY{_S}'?(?P<gd2>{_Y}|\d\d)(?!\d)", lambda m: f"FY{_year(m['gd2'])}Q{m['gd1']}"),
    # halves, quarters, fiscal years
    (rf"(?P<ha1>{_Y}){_S}年{_S}(?P<ha2>[上下]){_S}半年", lambda m: f"{m['ha1']}H{1 if m['ha2'] == '上' else 2}"),
    (rf"{_NO}(?P<hb1>{_Y}|[12]\d){_S}年?{_S}-?H(?P<hb2>[12])(?![\dA-Za-z])", lambda m: f"{_year(m['hb1'])}H{m['hb2']}"),
    (rf"\b(?P<hc1>[12])H{_S}'?(?P<hc2>{_Y}|\d\d)[EeFA]?(?![\dA-Za-z])", lambda m: f"{_year(m['hc2'])}H{m['hc1']}"),
    (rf"\bH(?P<hd1>[12])(?:(?:,?[ \t]{{1,2}}(?:of{_S})?|,)'?(?P<hd2>{_Y}|[012]\d)|(?:FY)?'?(?P<hd3>{_Y}))[EeFA]?(?![\dA-Za-z])", lambda m: f"{_year(m['hd2'] or m['hd3'])}H{m['hd1']}"),
    (rf"\b(?P<he1>[Ff]irst|[Ss]econd|1st|2nd)[ -][Hh]alf{_S}(?:of|in)?{_S}(?P<he2>{_Y})\b", lambda m: f"{m['he2']}H{_ord(m['he1'])}"),
    (rf"(?P<qa1>{_Y}){_S}年{_S}第?{_S}(?P<qa2>[一二三四1-4]){_S}季度?(?:度)?", lambda m: f"{m['qa1']}Q{_ZH[m['qa2']]}"),
    (rf"{_NO}(?P<qb1>{_Y}|[12]\d){_S}年?{_S}-?Q(?P<qb2>[1-4])(?![\dA-Za-z])", lambda m: f"{_year(m['qb1'])}Q{m['qb2']}"),
    (rf"\b(?P<qc1>[1-4])Q{_S}'?(?P<qc2>{_Y}|\d\d)[EeFA]?(?![\dA-Za-z])", lambda m: f"{_year(m['qc2'])}Q{m['qc1']}"),
    (rf"\bQuarter{_S}(?P<qf1>[1-4]),?{_S}(?:of{_S})?(?P<qf2>{_Y})\b", lambda m: f"{m['qf2']}Q{m['qf1']}"),
    (rf"\bQ(?P<qd1>[1-4])(?:(?:,?[ \t]{{1,2}}(?:of{_S})?|,|'|(?=20))'?(?P<qd2>{_Y}|[012]\d))[EeFA]?(?![\dA-Za-z])", lambda m: f"{_year(m['qd2'])}Q{m['qd1']}"),
    (rf"\b(?P<qe1>[Ff]irst|[Ss]econd|[Tt]hird|[Ff]ourth|1st|2nd|3rd|4th)[ -][Qq]uarter{_S}(?:of|in)?{_S}(?P<qe2>{_Y})\b", lambda m: f"{m['qe2']}Q{_ord(m['qe1'])}"),
    (rf"\b(?:FY|fiscal(?:[ -]year)?|financial year){_S}'?(?:{_Y}|\d\d)/(?P<fc1>\d\d)(?![\dA-Za-z])", lambda m: f"FY{_year(m['fc1'])}"),
    (rf"\b(?:FY|fiscal(?:[ -]year)?|financial year){_S}'?(?P<fa1>{_Y}|\d\d)[EeFA]?(?![\dA-Za-z])", lambda m: f"FY{_year(m['fa1'])}"),
    (rf"{_NO}(?P<fb1>{_Y}){_S}财年|财年{_S}(?P<fb2>{_Y})", lambda m: f"FY{m['fb1'] or m['fb2']}"),
    # months and year ends
    (rf"(?P<ma1>{_Y}){_S}年{_S}(?P<ma2>\d{{1,2}}){_S}月(?:份|底|末|初|中旬|上旬|下旬)?", lambda m: f"{m['ma1']}-{int(m['ma2']):02d}"),
    (rf"(?P<mg1>{_Y}){_S}年{_S}(?P<mg2>十[一二]?|[一二三四五六七八九]){_S}月(?:份|底|末|初|中旬|上旬|下旬)?", lambda m: f"{m['mg1']}-{_ZH_MONTH[m['mg2']]:02d}"),
    (r"(?<![十一二三四五六七八九个第])(?P<mh1>十[一二]?|[一二三四五六七八九])月(?:份|底|末|初)", lambda m: f"@m{_ZH_MONTH[m['mh1']]}"),
    (rf"\b(?:mid-|late |early )?(?P<mb1>{_MONTH}),?{_S}(?:of{_S})?(?P<mb2>{_Y})\b", lambda m: f"{m['mb2']}-{_month_of(m['mb1']):02d}"),
    (rf"{_NO}(?P<mc1>{_Y})[-/](?P<mc2>0[1-9]|1[0-2])(?![\d\-/])", lambda m: f"{m['mc1']}-{m['mc2']}"),
    (rf"{_NO}(?P<md1>{_Y}){_S}年?{_S}(?:底|末)(?!端)", lambda m: f"{m['md1']}-12"),
    (rf"{_NO}(?P<me1>{_Y}){_S}年?{_S}初", lambda m: f"{m['me1']}-01"),
    (rf"\b(?:year[- ]end|end[- ]of[- ](?:the[- ]year[- ])?|(?:the )?end of|end[- ])(?:{_S}(?:fiscal|in))?{_S}(?P<mf1>{_Y})\b", lambda m: f"{m['mf1']}-12"),
    # English "mid-2024" is a year here: the month is a guess
    # the year of the prices in which money is counted is no period of it: constant 2015 US$, (2023 USD), 2015年不变价
    (rf"{_NO}{_Y}{_S}(?:USD|US\$|U\.?S\.? dollars|dollars|EUR|euros|GBP|RMB|CNY)(?=[)\],;]|{_S}(?:bn|billions?|millions?|mn|m|thousands?|prices|terms)\b|$)", lambda m: ""),
    (rf"(?:(?<=\bconstant )|(?<=\breal )){_Y}(?={_S}(?:prices|US|dollars|euros|[A-Z]))", lambda m: ""),
    (rf"{_NO}{_Y}{_S}年?(?:不变价格?|可比价格?|价格计算)", lambda m: ""),
    # years
    (rf"{_NO}(?P<ya1>{_Y}){_S}(?:年度?|E(?![A-Za-z])|e(?![A-Za-z])|F(?![A-Za-z])|A(?![A-Za-z])|年?\(E\)|年?[（(](?:预计|预测|估计)[)）])(?:间|期间)?", lambda m: m["ya1"]),
    (r"(?P<yz1>[二两][〇零○Ｏ0O][一二三四][〇零○一二三四五六七八九])年", lambda m: _chinese_year(m["yz1"])),
    # the ordinary case; what follows decides whether it is a year or a quantity
    (rf"(?<!\d[,.])(?<![\d$¥￥€£+])(?P<yb1>{_Y})s?(?![\d%％])(?!/\d{{3,}})(?!,\d{{3}})(?!\.\d)(?![A-Za-z])(?!{_S}(?:万|亿|千|百|余|多|家|个|款|件|名|人|台|辆|篇|起|笔|项|座|所|支|颗|张|片|元|美元|港元|倍|套|部|种|种类|次|吨|瓦|兆|W|MW|GW|kW|TWh|GWh|kWh|MWh|GB|TB|MB|PB|W\b|nm|mm|km|TFLOPS|PFLOPS|EFLOPS|TOPS|billion|million|trillion|bn\b|percent|times|people|users|hours|minutes|tokens|yuan|dollars|GPUs?|chips|companies|firms|employees|units))", lambda m: m["yb1"]),
    (rf"(?<!\d[,.])(?<![\d年])(?P<yc1>[12]\d){_S}年(?={_S}(?:底|末|初|全年|[一二三四]季|中报|年报|前|Q|H|[上下]半年|营收|营业|收入|归母|净利|同比|预计|[EF]))", lambda m: f"20{m['yc1']}"),
    (r"(?<![\d.,A-Za-z])(?P<yd1>[12]\d)(?:[EF])(?![A-Za-z\d])", lambda m: f"20{m['yd1']}"),
    # days and months without a year, clock times: masks only
    (rf"(?<![\d.])\d{{1,2}}{_S}月{_S}\d{{1,2}}{_S}[日号]", lambda m: ""),
    (rf"(?<![\d.])(?:(?P<wm1>\d{{1,2}})|\d{{1,2}}{_S}[-–~至]{_S}\d{{1,2}}){_S}月(?:份|底|末|初|中旬|上旬|下旬)?(?!{_S}(?:活|均|薪|租))", lambda m: f"@m{m['wm1']}" if m["wm1"] else ""),
    (rf"\b{_MONTH}{_S}\d{{1,2}}(?:st|nd|rd|th)?(?![\d%.])(?:{_S}[-–]{_S}\d{{1,2}})?(?!{_S}(?:percent|million|billion|bn))", lambda m: ""),
    (rf"\b\d{{1,2}}(?:st|nd|rd|th)?{_S}{_MONTH}(?![a-z])", lambda m: ""),
    (r"(?<![\d.:])\d{1,2}:\d{2}(?::\d{2})?(?:\s?[AaPp]\.?[Mm]\.?)?(?![\d:])", lambda m: ""),
    (r"\b\d{1,2}\s?[AaPp]\.?[Mm]\b\.?", lambda m: ""),
    (r"(?:上午|下午|凌晨|晚上?|早上?|中午)\s?\d{1,2}\s?[点时](?:\d{1,2}分?|半)?", lambda m: ""),
    (r"(?<!\d)\d{1,2}\s?时\s?\d{1,2}\s?分", lambda m: ""),
    # halves and quarters that borrow the year of the sentence
    (r"(?<![上下前])(?P<ra1>[上下])半年(?!度?报)", lambda m: "H1" if m["ra1"] == "上" else "H2"),
    (r"第?(?P<rb1>[一二三四])季度|第(?P<rb2>[一二三四])季(?!节)", lambda m: f"Q{_ZH[m['rb1'] or m['rb2']]}"),
    (r"前三季度", lambda m: "Q1/Q3"),
    (r"(?<![A-Za-z\d])Q(?P<rc1>[1-4])(?![A-Za-z\d])", lambda m: f"Q{m['rc1']}"),
    (r"(?<![A-Za-z\d])H(?P<rd1>[12])(?![A-Za-z\d])", lambda m: f"H{m['rd1']}"),
    (r"\b(?P<re1>first|second) half(?! of (?!the year))(?: of the year)?\b", lambda m: f"H{_ord(m['re1'])}"),
    (r"\b(?P<rf1>first|second|third|fourth)[ -]quarter\b", lambda m: f"Q{_ord(m['rf1'])}"),
    # T+1 of a calculation stays as it is
    (r"(?<![A-Za-z])T\+(?P<wt1>\d)(?!\d)(?!\s?(?:交易|结算|交收|settle))", lambda m: f"T+{m['wt1']}"),
    # relative periods count from the day of publication or from the main period of the document
    (r"前年度?(?=[度比のに末]|同期|[（(]\d)", lambda m: "@-1"),
    (r"(?P<va1>今年|本年度?(?!会)|去年|上年同期|前年|明年)(?P<va2>上半年|下半年|年?底|[一二三四]季度)?", lambda m: f"@{m['va1'][0]}{m['va2'] or ''}"),
    (r"\b(?P<vb1>[Tt]his|[Ll]ast|[Nn]ext) year\b", lambda m: f"@{m['vb1'].lower()}"),
    (r"上一?年度?(?=[的为是末底，,：:（( ])|前一年|\b(?:the|in the) (?:previous|prior|preceding) (?:fiscal |financial )?year\b|\bthe year (?:before|earlier)\b", lambda m: "@-1"),
    (r"全财?年度?(?!龄|级|代)|\b(?:[Ff]or |[Oo]ver )?(?:the )?(?:full|whole)[- ](?:fiscal |financial |calendar )?year\b(?!,? (?:FY|fiscal )?['’]?\d)|\b[Tt]he year as a whole\b|(?<=\bin )the year\b(?! (?:to|ended|ending|before|earlier|ago|of|that|when|(?:19|20)\d\d))", lambda m: "@0"),
    (r"\b(?:[Ff]irst|1st) (?P<vm1>three|six|nine) months of (?:the|this) (?:fiscal |financial )?year\b", lambda m: f"@n{m['vm1']}"),
    (r"(?:本|上一?个?|下一?个?)季度?(?![节军风])|\b(?:[Tt]his|(?:[Tt]he )?(?:[Pp]revious|[Pp]rior|[Pp]receding|[Ll]ast|[Nn]ext)) quarter\b|\bthe quarter before\b", lambda m: f"@q{_step(m[0])}"),
    (rf"(?:(?<=\b[Ii]n )|(?<=\b[Bb]y )|(?<=\b[Uu]ntil )|(?<=\b[Ss]ince )|(?<=\b[Dd]uring )|(?<=\b[Ll]ate )|(?<=\b[Ee]arly )|(?<=\b[Mm]id-))(?P<wn1>{_MONTH})(?![a-z\d])(?!{_S}\d)", lambda m: f"@m{_month_of(m['wn1'])}"),
]  # fmt: skip

_FORM = re.compile("|".join(f"(?P<_{number}>{pattern})" for number, (pattern, _) in enumerate(_FORMS)))
_BORROWS = re.compile(r"^([HQ][1-4])(?:/Q3)?$")
_QUICK = re.compile(rf"[0-9年]|月[份底末初]|quarter|half|year|二[〇零○]|Q[1-4]|季度|[本上下]一?个?季|months|{_MONTH}")
_FORECAST_MARK = re.compile(r"\d\s*年?[\s(（]*(?:[EF](?![A-Za-z])|e(?![A-Za-z])|预计|预测|估计)")
_BASE_BEFORE = re.compile(
    r"(?:较|比|相比|相较于?|对比|较之|自|compared (?:with|to)|versus|vs\.?|relative to|against|over|\bon|\bsince|than(?: in)?|from(?: the)?(?: level)?(?: in)?)\s*(?:于|上|the )?$",
    re.I,
)
_BASE_AFTER = re.compile(r"^(?:相比|(?:同期)?比|から|同期|的?水平|水平|levels?\b)")
_OVER = re.compile(r"(?:^|[.;:] )Over (?:the )?$")  # Over fiscal 2025 revenue came to …
_ON = re.compile(r"\bon\s(?:the )?$")  # on 2 January is a day, on 2023 a comparison
_A_YEAR = re.compile(r"(?:FY)?\d{4}")
# from 2022's 8.5 to 5, 由上年的: governs the first amount behind it and no other
# $2.8 billion of August 2024: the period of that amount alone
_START_BEFORE = re.compile(r"(?:从|由|[Ff]rom(?: the)?|(?:\d|illion|bn|tn|\dm|%) of(?: early| late)?)\s?$")
_OFFSETS = {"今": 0, "本": 0, "去": -1, "上": -1, "前": -2, "明": 1, "this": 0, "last": -1, "next": 1}


def _step(text: str) -> int:
    return (
        1 if text.startswith("下") or "next" in text.lower() else 0 if text.startswith(("本", "This", "this")) else -1
    )


def _chinese_year(text: str) -> str:
    digits = {"〇": "0", "零": "0", "○": "0", "Ｏ": "0", "O": "0", "0": "0"} | {
        c: str(n) for n, c in enumerate("一二三四五六七八九", 1)
    }
    return "".join({"两": "2"}.get(c) or digits[c] for c in text)


_SPAN_MONTHS = {
    name: months
    for months, names in (
        (3, ("three", "3", "三", "quarter", "thirteen", "13", "fourteen", "14")),
        (6, ("six", "6", "六", "twenty-six", "26")),
        (9, ("nine", "9", "九", "thirty-nine", "39")),
        (12, ("twelve", "12", "十二", "year", "fifty-two", "52", "fifty-three", "53")),
    )
    for name in names
}
# a year of 52 or 53 weeks may end in the first days of the month after
_EARLY = 7


def _last_month(month: int, day: str | None) -> int:
    """The month that a span up to this day ends with, counted from 0; -1 is the December before."""
    return month - 1 - (1 if day is not None and int(day) <= _EARLY else 0)


def _months_to(length: str, year: str, month: str, day: str | None = None) -> str:
    """The span of months that ends with this month."""
    number = int(month) if month.isdigit() else _month_of(month)
    last = int(year) * 12 + _last_month(number, day)
    first = last - _SPAN_MONTHS[re.split(r"[- ](?=[mMwW])", length)[0].lower().removesuffix("s")] + 1
    if first % 12 == 0 and last % 12 == 11:
        return f"{last // 12}"
    return f"{first // 12}-{first % 12 + 1:02d}/{last // 12}-{last % 12 + 1:02d}"


def _part(year: str, months: str) -> str:
    """The first months of a year, fiscal or not."""
    if months == "12":
        return year
    if months == "6":
        return f"{year}H1"
    if months == "3":
        return f"{year}Q1"
    return f"{year}Q1-{year}Q3" if year.startswith("FY") else f"{year}Q1/{year}Q3"


def _year_ended(month: str, year: str, day: str | None) -> str:
    """A fiscal year has the name of the year in which it ends."""
    last = int(year) * 12 + _last_month(_month_of(month), day)
    return f"{last // 12}" if last % 12 == 11 else f"FY{last // 12}"


def _short_span(first: str, last: str) -> str:
    if int(last) <= int(first[2:]):  # 2024-07 is a month, 2024-03 as well
        return f"{first}-{last}" if 1 <= int(last) <= 12 else ""
    if 1 <= int(last) <= 12 and int(first[2:]) < 10:
        return f"{first}-{first[:2]}{last}"
    return f"{first}-{first[:2]}{last}"


@dataclass(frozen=True, slots=True)
class Now:
    """What relative periods count from: the day of publication, and the label of the document's main period.

    ``reported`` says that "this year" is the year reported on (annual reports, statistics), not that of publication.
    """

    published: date | None = None
    main: str = ""
    reported: bool = False

    @property
    def fiscal(self) -> bool:
        return self.main.startswith("FY")

    def year(self, *, of_report: bool = False) -> int | None:
        """The year that is "this year"; ``of_report`` asks for the year that the document is about."""
        main = _YEAR_OF.match(self.main)
        if main is not None and (of_report or self.reported or self.fiscal):
            return int(main[1])
        return self.published.year if self.published else None

    def label(self, year: int) -> str:
        return f"FY{year}" if self.fiscal else f"{year}"


_YEAR_OF = re.compile(r"(?:FY)?((?:19|20)\d\d)(?![\d]|-(?:19|20)\d\d|/)")
_QUARTER_OF = re.compile(r"((?:FY)?(?:19|20)\d\d)Q([1-4])$")


def find_periods(text: str, now: Now | date | None = None) -> list[Mention]:
    """All periods, dates and clock times of a text, in order.

    A mention without label only masks its digits. ``now`` (the day of publication, or more) gives relative periods
    (this year, 去年, the quarter before) their number. Half years and quarters without a year borrow the last year named
    before them in the same text, months as well.
    """
    if not _QUICK.search(text):
        return []
    return list(_resolve(text, now if isinstance(now, Now) else Now(now)))


# Every form starts with one of these; trying sixty forms at every character would be five times slower.
_SEED = re.compile(
    r"(?<!\d)\d|[HQ](?=[12345])|\b(?:J(?=[au])|F(?=[ebYQ])|M(?=[a])|A(?=[pu])|S(?=e)|O(?=c)|N(?=o)|D(?=e))"
    r"|\b(?=(?:[Ff]iscal|financial|[Ff]irst|[Ss]econd|[Tt]hird|[Ff]ourth|(?i:six|nine|three|twelve|thirteen|fourteen|twenty|thirty|fifty|quarters?|years?|fiscal|financial)|YTD|1st|the end|end|[Bb]etween|mid|late|early|[Tt]his|[Ll]ast|[Nn]ext|Quarter|[Tt]he|[Ff]or|[Oo]ver|full|whole|[Pp]revious|[Pp]rior|[Pp]receding|in)\b)"
    r"|财年|截|[上下凌晚早中]|第?[一二三四]季|前[三一]|[今本去前明]年|本季|[十一二三四五六七八九](?=[一二]?月)|全[财年]|T(?=\+\d)|[二两][〇零○Ｏ0O]"
)


def _matches(text: str) -> Iterator[re.Match[str]]:
    done = 0
    for seed in _SEED.finditer(text):
        if seed.start() >= done:
            match = _FORM.match(text, seed.start())
            if match is not None and match.end() > match.start():
                done = match.end()
                yield match


def _resolve(text: str, now: Now) -> Iterator[Mention]:
    year: str | None = None
    last: tuple[re.Match[str], Mention] | None = None
    fiscal, quarter = "", ""  # the fiscal year and the quarter last named
    for match in _matches(text):
        group = match.lastgroup
        # the outer group closes last, so lastgroup is always the numbered alternative
        assert group is not None
        label = _FORMS[int(group[1:])][1](match)
        mention = Mention(match.start(), match.end(), "")
        again = _again(text, last, match) if last is not None else ""
        if again:
            label = again
            mention = _labelled(mention, label)
        elif label.startswith("@"):
            mention = _relative(mention, label[1:], replace(now, main=quarter or fiscal) if fiscal else now, year)
        elif _BORROWS.match(label):
            own = year if year and not now.fiscal else _year_of_part(label, now) or year
            if own:
                mention = _labelled(mention, f"{own}Q1/{own}Q3" if "/" in label else f"{own}{label}")
            elif match.group()[0] not in "HQ":
                continue  # "the second half" without a year is ordinary text
        elif label:
            mention = _labelled(mention, label)
        if label.startswith("@m") or label == "@-1":
            pass  # what was reckoned names no year for what follows
        elif mention.label[:2] in ("19", "20"):
            year, fiscal, quarter = mention.label[:4], "", ""
        elif mention.label.startswith("FY"):
            year, fiscal = None, mention.label[:6]
            quarter = mention.label if _QUARTER_OF.match(mention.label) else quarter
        if last is None or again or mention.label:
            last = (last[0] if again and last is not None else match, mention)
        before = text[max(0, mention.start - 24) : mention.start]
        after = text[mention.end : mention.end + 8]
        forecast = bool(_FORECAST_MARK.search(match.group()))
        role = "base" if _BASE_BEFORE.search(before) or _BASE_AFTER.match(after) else ""
        if role and (before.endswith("自") or (_ON.search(before) and not _A_YEAR.fullmatch(mention.label))):
            role = ""
        if role and _OVER.search(before):
            role = ""
        if not role and (label in ("@-1", "@q-1") or _START_BEFORE.search(before)):
            role = "start"
        yield replace(mention, forecast=forecast, role=role)


_AND = re.compile(r"\s?(?:,|，|、|and|und|及|和|与|vs\.?|/){1,2}\s?|,? and ")
_INTERIM = re.compile(r"(?i:end(?:ed|ing)|to)\b|截[至止]")
_BARE_YEAR = re.compile(_Y)


def _again(text: str, last: tuple[re.Match[str], Mention], match: re.Match[str]) -> str:
    """The span that a bare year behind another span repeats: years ended June 30, 2025, 2024 and 2023."""
    form, before = last
    if (
        not _BARE_YEAR.fullmatch(match.group())
        or not _INTERIM.search(form.group())
        or not _AND.fullmatch(text[before.end : match.start()])
    ):
        return ""
    moved = re.sub(_Y, match.group(), form.group(), count=1)
    same = _FORM.match(moved)
    if same is None or same.lastgroup is None or same.end() != len(moved):
        return ""
    return _FORMS[int(same.lastgroup[1:])][1](same)


def _year_of_part(part: str, now: Now) -> str | None:
    """The year of a quarter or half without one: that in which it lies nearest to the main or the published one."""
    year = now.year(of_report=True)
    if year is None:
        return None
    main = _QUARTER_OF.match(now.main)
    if not re.fullmatch("Q[1-4]", part) or (main is None and now.published is None):
        return now.label(year)
    if main is not None:
        at = int(main[1][-4:]) * 4 + int(main[2]) - 1
    else:
        assert now.published is not None
        at = now.published.year * 4 + (now.published.month - 1) // 3
    nearest = min((at // 4 + step for step in (-1, 0, 1)), key=lambda y: abs(y * 4 + int(part[1]) - 1 - at))
    return now.label(nearest)


def _labelled(mention: Mention, label: str) -> Mention:
    if not label:
        return mention
    try:
        period = parse_period(label)
    except PeriodError:
        return mention
    return replace(mention, label=period.label, first=period.start, last=period.end)


def _relative(mention: Mention, text: str, now: Now, named: str | None) -> Mention:
    """The period that a relative expression names; only its place where nothing says what it counts from.

    ``named`` is the calendar year last named in the text.
    """
    if text[0] == "q":
        return _labelled(mention, _quarter(int(text[1:]), now))
    if text[0] == "m":
        return _labelled(mention, _month(int(text[1:]), now, named))
    if text in ("0", "-1"):  # the full year, the year before
        base = int(named) if named else now.year(of_report=True)
        return _labelled(
            mention, now.label(base + int(text)) if base and not named else f"{base + int(text)}" if base else ""
        )
    if text[0] == "n" and text[1:] in _SPAN_MONTHS:
        base = now.year(of_report=True)
        span = f"{now.label(base)}Q1/{now.label(base)}Q{_SPAN_MONTHS[text[1:]] // 3}" if base else ""
        return _labelled(mention, span.replace("/", "-") if now.fiscal else span)
    year = now.year()
    if year is None:
        return mention
    key = text if text in _OFFSETS else text[0]
    rest = "" if text in _OFFSETS else text[1:]
    label = now.label(year + _OFFSETS[key])
    if "上半年" in rest:
        label += "H1"
    elif "下半年" in rest:
        label += "H2"
    elif rest.endswith("季度"):
        label += f"Q{_ZH[rest[0]]}"
    elif rest.endswith("底"):
        label = f"{year + _OFFSETS[key]}-12"
    return _labelled(mention, label)


def _quarter(step: int, now: Now) -> str:
    """The quarter that lies ``step`` quarters from the main one."""
    main = _QUARTER_OF.match(now.main)
    if main is None:
        return ""
    count = int(main[1][-4:]) * 4 + int(main[2]) - 1 + step
    return f"{now.label(count // 4)}Q{count % 4 + 1}"


def _month(month: int, now: Now, named: str | None) -> str:
    """A month without a year: of the year named in the text, else the one nearest to the day of publication."""
    if not 1 <= month <= 12:
        return ""
    if named is not None:
        return f"{named}-{month:02d}"
    if now.published is not None:
        nearest = min(
            (now.published.year + offset for offset in (-1, 0, 1)),
            key=lambda year: abs((year - now.published.year) * 12 + month - now.published.month),  # type: ignore[union-attr]
        )
        return f"{nearest}-{month:02d}"
    year = now.year(of_report=True)
    return f"{year}-{month:02d}" if year and not now.fiscal else ""


# OSLO, 14 May 2025 - and London, 6 November 2025: a place and a day before the news
_DATELINE = re.compile(r"[A-Z][A-Za-zÀ-ÿ.' /]{1,30}(?:, [A-Z][A-Za-z. ]{1,20}){0,2}[,(:]?\s*\(?")
_PUBLISHED = re.compile(
    r"(?:发布(?:日期|时间|于)?|出版(?:日期|时间)?|报告日期|发表于?|日期|Published(?: on)?|Publication date|Date(?: of publication)?|Released(?: on)?|Issued(?: on)?|Dated?|As of)\s*[:：]?\s*",
    re.I,
)


def publication_date(text: str, *, position: int) -> tuple[date, bool] | None:
    """The publication date that a line near the start of a document states: (date, said to be one), or None.

    A line that is nothing but a date counts as well when it is one of the first ten lines.
    """
    marked = _PUBLISHED.search(text[:80])
    mentions = [m for m in find_periods(text[:120]) if m.label and m.first is not None]
    if not mentions:
        return None
    first = mentions[0]
    assert first.first is not None
    assert first.last is not None
    day = first.last
    if marked and marked.end() <= first.start <= marked.end() + 6 and len(text) < 200 and marked.start() < 40:
        return day, True
    if (
        position <= 10
        and first.label.count("-") == 2
        and _DATELINE.fullmatch(text[: first.start])
        and re.match(r"\s*(?:$|[-–—(:/]|\))", text[first.end :])
    ):
        return day, True
    bare = (text[: first.start] + text[first.end :]).strip(" \t|·,，.。()（）-—*#")
    if position <= 10 and len(bare) <= 2 and (first.label.count("-") == 2 or first.first.month == first.last.month):
        return day, False
    return None
