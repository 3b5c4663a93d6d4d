"""The forms in which periods and dates are printed, and the label that each stands for."""

# expressions stay on one line
# ruff: noqa: E501

import re
from collections.abc import Callable

from orchestration.extraction.words import count_of, small_numbers, words

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan", "januar"), ("february", "feb", "februar"), ("march", "mar", "märz"), ("april", "apr"),
            ("may", "mai"), ("june", "jun", "juni"), ("july", "jul", "juli"), ("august", "aug"),
            ("september", "sept", "sep"), ("october", "oct", "oktober"), ("november", "nov"),
            ("december", "dec", "dezember"),
        ),
        1,
    )
    for name in names
}  # fmt: skip

# English and German
MONTH = r"(?:Jan(?:uary?)?|Feb(?:ruary?)?|Mar(?:ch)?|März|Apr(?:il)?|May|Mai|Jun[ei]?|Jul[yi]?|Aug(?:ust)?|Sept?(?:ember)?|O[ck]t(?:ober)?|Nov(?:ember)?|De[cz](?:ember)?)\.?"

YEAR = r"(?:19|20)\d\d"

_S = r"[ \t]{0,2}"

_RANGE = rf"{_S}(?:-|–|—|~|～|〜|至|到|to|through){_S}"

_ENDED = rf"{_S}(?i:(?:period{_S})?(?:end(?:ed|ing)|to)(?:{_S}on)?){_S}"

_ORD = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}

ZH_NUMBERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}

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


def _quarters(year: str, first: str, other: str | None, last: str) -> str:
    return f"{year}Q{ZH_NUMBERS[first]}/{other or year}Q{ZH_NUMBERS[last]}"


def _month_span(first: str, last: str, year: str) -> str:
    """Nov-Feb 2025 begins in the year before."""
    start, end = month_number(first), month_number(last)
    return f"{int(year) - (start > end)}-{start:02d}/{year}-{end:02d}"


def _first_months(count: str, year: str) -> str:
    months = count_of(count)
    whole = {3: f"{year}Q1", 6: f"{year}H1", 9: f"{year}Q1/{year}Q3", 12: year}
    return whole.get(months, f"{year}-01/{year}-{months:02d}" if 0 < months < 12 else "")


def month_number(word: str) -> int:
    return _MONTHS[word.rstrip(".").lower()]


def _ymd(y: str, m: str, d: str) -> str:
    return f"{y}-{int(m):02d}-{int(d):02d}"


def _ord(text: str) -> int:
    return _ORD.get(text.lower()) or ZH_NUMBERS[text]


_ANY_MONTH = re.compile(rf"\b(?P<word>(?i:{MONTH}))|(?<!\d)(?P<number>1[0-2]|0?[1-9]){_S}月")


def month_named(text: str) -> int:
    """The first month that a text names (1 to 12), 0 where it names none before its first full stop."""
    match = _ANY_MONTH.search(re.split(r"(?<!\b[A-Z][a-z][a-z])[.;](?=\s|$)|[。；\n]", text, maxsplit=1)[0])
    return 0 if match is None else month_number(match["word"]) if match["word"] else int(match["number"])


_AWAITS_DATE = re.compile(
    rf"(?i:(?:.{{0,60}}\b)?(?:months?|weeks?|quarters?|years?){_S}end(?:ed|ing)(?:{_S}{MONTH}(?:{_S}\d{{1,2}})?,?)?{_S})"
)


def awaits_date(text: str) -> bool:
    """Whether a head begins a span whose day or year stands below it: Three Months Ended June 30, over 2025 and 2024."""
    return _AWAITS_DATE.fullmatch(text) is not None


# Each pattern gives a canonical label of parse_period; "" masks without naming a period (a day without its year).
# Order matters: the first alternative that matches at a place wins.
FORMS: list[tuple[str, Build]] = [
    # days, and some days of one month: that month
    (rf"(?P<ar1>{YEAR}){_S}年{_S}(?P<ar2>\d{{1,2}}){_S}月{_S}\d{{1,2}}{_S}[日号]?{_RANGE}(?:(?P=ar2){_S}月)?{_S}\d{{1,2}}{_S}[日号]", lambda m: f"{m['ar1']}-{int(m['ar2']):02d}"),
    (rf"(?P<a1>{YEAR}){_S}年{_S}(?P<a2>\d{{1,2}}){_S}月{_S}(?P<a3>\d{{1,2}}){_S}[日号]", lambda m: _ymd(m["a1"], m["a2"], m["a3"])),
    (rf"{_NO}(?P<b1>{YEAR})(?P<bs>[-/.])(?P<b2>\d{{1,2}})(?P=bs)(?P<b3>\d{{1,2}})(?!\d)", lambda m: _ymd(m["b1"], m["b2"], m["b3"])),
    (rf"\b(?P<c1>{MONTH}){_S}(?P<c2>\d{{1,2}})(?:st|nd|rd|th)?,?{_S}(?P<c3>{YEAR})\b", lambda m: _ymd(m["c3"], str(month_number(m["c1"])), m["c2"])),
    (rf"(?:\b[Bb]etween )?\b\d{{1,2}}(?:st|nd|rd|th|\.)?{_S}(?:-|–|—|to|and|bis){_S}\d{{1,2}}(?:st|nd|rd|th|\.)?{_S}(?P<dr1>{MONTH}),?{_S}(?P<dr2>{YEAR})\b", lambda m: f"{m['dr2']}-{month_number(m['dr1']):02d}"),
    (rf"\b(?P<ds1>{MONTH}){_S}\d{{1,2}}(?:st|nd|rd|th)?{_S}(?:-|–|—|to|and){_S}\d{{1,2}}(?:st|nd|rd|th)?,?{_S}(?P<ds2>{YEAR})\b", lambda m: f"{m['ds2']}-{month_number(m['ds1']):02d}"),
    (rf"\b(?P<d1>\d{{1,2}})(?:st|nd|rd|th|\.)?{_S}(?P<d2>{MONTH}),?{_S}(?P<d3>{YEAR})\b", lambda m: _ymd(m["d3"], str(month_number(m["d2"])), m["d1"])),
    (rf"(?<![\d.])(?P<f1>\d{{1,2}})\.(?P<f2>0[1-9]|1[0-2])\.(?P<f3>{YEAR})(?!\d)", lambda m: _ymd(m["f3"], m["f2"], m["f1"])),
    (rf"\b(?P<e1>\d{{1,2}})/(?P<e2>\d{{1,2}})/(?P<e3>{YEAR})\b", lambda m: _ymd(m["e3"], m["e1"], m["e2"])),
    # spans
    (rf"(?P<sa1>{YEAR}){_S}年{_S}(?P<sa2>\d{{1,2}}){_S}月?{_RANGE}(?P<sa3>{YEAR}){_S}年{_S}(?P<sa4>\d{{1,2}}){_S}月", lambda m: f"{m['sa1']}-{int(m['sa2']):02d}/{m['sa3']}-{int(m['sa4']):02d}"),
    (rf"(?P<sg1>{YEAR}){_S}年{_S}(?P<sg2>\d{{1,2}}){_S}月?{_RANGE}(?P<sg3>\d{{1,2}}){_S}月(?!\d)", lambda m: f"{m['sg1']}-{int(m['sg2']):02d}/{m['sg1']}-{int(m['sg3']):02d}"),
    (rf"(?P<sq1>{YEAR}){_S}年?{_RANGE}(?P<sq2>{YEAR}){_S}年{_S}第?(?P<sq3>[一二三四1-4]){_S}季度?", lambda m: f"{m['sq1']}-01/{m['sq2']}-{ZH_NUMBERS[m['sq3']] * 3:02d}"),
    (rf"(?P<sb1>{YEAR}){_S}年{_S}前{_S}(?P<sb2>[二三23])个?季度?(?:度)?", lambda m: f"{m['sb1']}Q1/{m['sb1']}Q{ZH_NUMBERS[m['sb2']]}"),
    (rf"(?P<sc1>{YEAR}){_S}年{_S}前{_S}(?P<sc2>\d{{1,2}}){_S}个?月", lambda m: f"{m['sc1']}-01/{m['sc1']}-{int(m['sc2']):02d}"),
    (rf"{_NO}(?P<sd1>{YEAR}){_S}[EeFA]?{_S}年?(?:底|末)?{_RANGE}(?P<sd2>{YEAR}){_S}(?P<sdf>[EeF](?![A-Za-z]))?{_S}(?:年|财年)?(?:间|期间)?{_END}", lambda m: f"{m['sd1']}-{m['sd2']}"),
    (rf"{_NO}(?P<se1>{YEAR})[-–—~](?P<se2>\d\d)(?P<sef>[EeF](?![A-Za-z]))?{_S}年?(?![\d\-/.])(?!{_S}(?:%|％|[万亿百千]))", lambda m: _short_span(m["se1"], m["se2"])),
    (rf"\b[Bb]etween{_S}(?P<sf1>{YEAR}){_S}and{_S}(?P<sf2>{YEAR})\b", lambda m: f"{m['sf1']}-{m['sf2']}"),
    (rf"\bQ(?P<sh1>[1-4])(?:-|–|{_S}to{_S})Q(?P<sh2>[1-4]){_S}(?P<sh3>{YEAR})\b", lambda m: f"{m['sh3']}Q{m['sh1']}/{m['sh3']}Q{m['sh2']}"),
    (rf"{_NO}(?P<ta1>{YEAR}){_S}年?{_S}-?Q(?P<ta2>[1-4]){_RANGE}(?:(?P<ta3>{YEAR}){_S}年?{_S}-?)?Q(?P<ta4>[1-4])(?![\dA-Za-z])", lambda m: _quarters(m["ta1"], m["ta2"], m["ta3"], m["ta4"])),
    (rf"(?P<tb1>{YEAR}){_S}年{_S}第?(?P<tb2>[一二三1-3])(?:季度?)?{_RANGE}第?(?P<tb3>[二三四2-4]){_S}季度?", lambda m: _quarters(m["tb1"], m["tb2"], None, m["tb3"])),
    (rf"\b(?P<tc1>{MONTH}){_RANGE}(?P<tc2>{MONTH}),?{_S}(?P<tc3>{YEAR})\b", lambda m: _month_span(m["tc1"], m["tc2"], m["tc3"])),
    (rf"\b[Ff]irst{_S}(?P<td1>two|three){_S}quarters{_S}(?:of|in){_S}(?P<td2>{YEAR})\b", lambda m: _quarters(m["td2"], "1", None, str(count_of(m["td1"])))),
    (rf"\b(?:[Ff]irst|1st){_S}(?P<si1>{'|'.join(small_numbers())}|1?\d){_S}months{_S}(?:of|in){_S}(?P<si2>{YEAR})\b", lambda m: _first_months(m["si1"], m["si2"])),
    (rf"(?<!\d)(?P<sk1>[12]\d){_S}[-~–至]{_S}(?P<sk2>[1-4]\d){_S}年(?![期级限])(?!以)", lambda m: f"20{m['sk1']}-20{m['sk2']}"),
    (r"\bFY'?(?:20)?(?P<sl1>\d\d)(?:[-–—~]|\s?to\s?)FY'?(?:20)?(?P<sl2>\d\d)[EF]?(?!\d)", lambda m: f"20{m['sl1']}-20{m['sl2']}"),
    # interim spans: the months up to a day
    (rf"\b{_LENGTH('na1')}{_ENDED}(?P<na2>(?i:{MONTH})){_S}(?P<na3>\d{{1,2}})(?:st|nd|rd|th)?,?{_S}(?P<na4>{YEAR})\b", lambda m: _months_to(m["na1"], m["na4"], m["na2"], m["na3"])),
    (rf"\b{_LENGTH('nb1')}{_ENDED}(?:(?P<nb4>\d{{1,2}})(?:st|nd|rd|th)?{_S})?(?P<nb2>(?i:{MONTH})),?{_S}(?P<nb3>{YEAR})\b", lambda m: _months_to(m["nb1"], m["nb3"], m["nb2"], m["nb4"])),
    (rf"\b(?i:fiscal|financial){_S}(?i:years?{_S}end(?:ed|ing)){_S}(?P<ne1>(?i:{MONTH})){_S}(?P<ne3>\d{{1,2}}),?{_S}(?P<ne2>{YEAR})\b", lambda m: _year_ended(m["ne1"], m["ne2"], m["ne3"])),
    (rf"\b(?i:fiscal|financial){_S}(?i:years?{_S}end(?:ed|ing)){_S}(?:(?P<nf3>\d{{1,2}}){_S})?(?P<nf1>(?i:{MONTH})),?{_S}(?P<nf2>{YEAR})\b", lambda m: _year_ended(m["nf1"], m["nf2"], m["nf3"])),
    # their Chinese: the months (the year) up to a day, which stands before or after the year
    (rf"截[至止]{_S}(?P<ng1>{YEAR}){_S}年{_S}(?P<ng2>\d{{1,2}}){_S}月{_S}(?P<ng3>\d{{1,2}}){_S}日{_S}止?{_S}的?(?P<ng4>[三六九369]|十二|12){_S}个?月", lambda m: _months_to(m["ng4"], m["ng1"], m["ng2"], m["ng3"])),
    (rf"截[至止]{_S}(?P<nh1>{YEAR}){_S}年{_S}(?P<nh2>\d{{1,2}}){_S}月{_S}(?P<nh3>\d{{1,2}}){_S}日{_S}止{_S}(?:的?财政|会计)?年度", lambda m: _months_to("year", m["nh1"], m["nh2"], m["nh3"])),
    # 9M FY25 and H1 FY25 are parts of a fiscal year, 6M 2025 of a calendar year
    (rf"(?<![\w.])(?P<ni1>[369]|12)M{_S}FY{_S}'?(?P<ni2>{YEAR}|\d\d)(?!\d)", lambda m: _part(f"FY{_year(m['ni2'])}", m["ni1"])),
    (rf"(?<![\w.])(?P<nj1>[369]|12)M{_S}'?(?P<nj2>{YEAR}|(?<=M)\d\d|(?<=')\d\d)(?![\dA-Za-z])", lambda m: _part(f"{_year(m['nj2'])}", m["nj1"])),
    (rf"\bH(?P<nk1>[12]){_S}FY{_S}'?(?P<nk2>{YEAR}|\d\d)(?![\d/-])", lambda m: f"FY{_year(m['nk2'])}H{m['nk1']}"),
    (rf"\b(?:YTD|(?i:year[ -]to[ -]date)){_S}(?P<nl1>{MONTH}),?{_S}(?P<nl2>{YEAR})\b", lambda m: f"{m['nl2']}-01/{m['nl2']}-{month_number(m['nl1']):02d}"),
    # Japanese: the fiscal year up to a month, and its quarters
    (rf"(?P<nm1>{YEAR}){_S}年{_S}(?P<nm2>\d{{1,2}}){_S}月期{_S}第?{_S}(?P<nm3>[1-4一二三四])四半期", lambda m: f"FY{m['nm1']}Q{ZH_NUMBERS[m['nm3']]}" if m["nm2"] != "12" else f"{m['nm1']}Q{ZH_NUMBERS[m['nm3']]}"),
    (rf"(?P<nn1>{YEAR}){_S}年{_S}(?P<nn2>\d{{1,2}}){_S}月期(?!间)", lambda m: f"FY{m['nn1']}" if m["nn2"] != "12" else m["nn1"]),
    (rf"(?P<no1>{YEAR}){_S}年{_S}第?{_S}(?P<no2>[1-4一二三四])四半期", lambda m: f"{m['no1']}Q{ZH_NUMBERS[m['no2']]}"),
    # Korean
    (rf"(?P<np1>{YEAR}){_S}년{_S}(?P<np2>[1-4]){_S}분기", lambda m: f"{m['np1']}Q{m['np2']}"),
    (rf"(?P<nq1>{YEAR}){_S}년{_S}(?P<nq2>상|하)반기", lambda m: f"{m['nq1']}H{1 if m['nq2'] == '상' else 2}"),
    (rf"(?P<nr1>{YEAR}){_S}년{_S}(?P<nr2>\d{{1,2}}){_S}월(?!{_S}\d)", lambda m: f"{m['nr1']}-{int(m['nr2']):02d}"),
    # fiscal quarters keep their fiscal name
    (rf"(?P<ga1>{YEAR}){_S}财年{_S}第?{_S}(?P<ga2>[一二三四1-4]){_S}(?:财季|季度?)", lambda m: f"FY{m['ga1']}Q{ZH_NUMBERS[m['ga2']]}"),
    (rf"\b(?:Q(?P<gb1>[1-4])|(?P<gb2>[Ff]irst|[Ss]econd|[Tt]hird|[Ff]ourth)[ -](?:[Ff]iscal[ -])?[Qq]uarter),?{_S}(?:of{_S})?(?:the{_S})?(?:FY|[Ff]iscal(?:[ -][Yy]ear)?){_S}'?(?P<gb3>{YEAR}|\d\d)(?!\d)", lambda m: f"FY{_year(m['gb3'])}Q{m['gb1'] or _ord(m['gb2'])}"),
    (rf"\bFY{_S}'?(?P<gc1>{YEAR}|\d\d){_S}[-/]?{_S}Q(?P<gc2>[1-4])(?!\d)", lambda m: f"FY{_year(m['gc1'])}Q{m['gc2']}"),
    (rf"\bH(?P<gf1>[12]){_S}FY{_S}'?(?:{YEAR}|\d\d)[/-](?P<gf2>\d\d)(?!\d)", lambda m: f"FY{_year(m['gf2'])}H{m['gf1']}"),
    (rf"\bQ(?P<gg1>[1-4]){_S}FY{_S}'?(?:{YEAR}|\d\d)[/-](?P<gg2>\d\d)(?!\d)", lambda m: f"FY{_year(m['gg2'])}Q{m['gg1']}"),
    (rf"\bFQ(?P<ge1>[1-4])[ \t]?[-'’]?{_S}(?P<ge2>{YEAR}|\d\d)(?!\d)", lambda m: f"FY{_year(m['ge2'])}Q{m['ge1']}"),
    (rf"\b(?P<gd1>[1-4])Q{_S}FY{_S}'?(?P<gd2>{YEAR}|\d\d)(?!\d)", lambda m: f"FY{_year(m['gd2'])}Q{m['gd1']}"),
    # halves, quarters, fiscal years
    (rf"(?P<ha1>{YEAR}){_S}年{_S}(?P<ha2>[上下]){_S}半年", lambda m: f"{m['ha1']}H{1 if m['ha2'] == '上' else 2}"),
    (rf"{_NO}(?P<hb1>{YEAR}|[12]\d){_S}年?{_S}-?H(?P<hb2>[12])(?![\dA-Za-z])", lambda m: f"{_year(m['hb1'])}H{m['hb2']}"),
    (rf"\b(?P<hc1>[12])H{_S}'?(?P<hc2>{YEAR}|\d\d)[EeFA]?(?![\dA-Za-z])", lambda m: f"{_year(m['hc2'])}H{m['hc1']}"),
    (rf"\bH(?P<hd1>[12])(?:(?:,?[ \t]{{1,2}}(?:of{_S})?|,)'?(?P<hd2>{YEAR}|[012]\d)|(?:FY)?'?(?P<hd3>{YEAR}))[EeFA]?(?![\dA-Za-z])", lambda m: f"{_year(m['hd2'] or m['hd3'])}H{m['hd1']}"),
    (rf"\b(?P<he1>[Ff]irst|[Ss]econd|1st|2nd)[ -][Hh]alf{_S}(?:of|in)?{_S}(?P<he2>{YEAR})\b", lambda m: f"{m['he2']}H{_ord(m['he1'])}"),
    (rf"(?P<qa1>{YEAR}){_S}年{_S}第?{_S}(?P<qa2>[一二三四1-4]){_S}季度?(?:度)?", lambda m: f"{m['qa1']}Q{ZH_NUMBERS[m['qa2']]}"),
    (rf"{_NO}(?P<qb1>{YEAR}|[12]\d){_S}年?{_S}-?Q(?P<qb2>[1-4])(?![\dA-Za-z])", lambda m: f"{_year(m['qb1'])}Q{m['qb2']}"),
    (rf"\b(?P<qc1>[1-4])Q{_S}'?(?P<qc2>{YEAR}|\d\d)[EeFA]?(?![\dA-Za-z])", lambda m: f"{_year(m['qc2'])}Q{m['qc1']}"),
    (rf"\bQuarter{_S}(?P<qf1>[1-4]),?{_S}(?:of{_S})?(?P<qf2>{YEAR})\b", lambda m: f"{m['qf2']}Q{m['qf1']}"),
    (rf"\bQ(?P<qd1>[1-4])(?:(?:,?[ \t]{{1,2}}(?:of{_S})?|,|'|(?=20))'?(?P<qd2>{YEAR}|[012]\d))[EeFA]?(?![\dA-Za-z])", lambda m: f"{_year(m['qd2'])}Q{m['qd1']}"),
    (rf"\b(?P<qe1>[Ff]irst|[Ss]econd|[Tt]hird|[Ff]ourth|1st|2nd|3rd|4th)[ -][Qq]uarter{_S}(?:of|in)?{_S}(?P<qe2>{YEAR})\b", lambda m: f"{m['qe2']}Q{_ord(m['qe1'])}"),
    (rf"\b(?:FY|fiscal(?:[ -]year)?|financial year){_S}'?(?:{YEAR}|\d\d)/(?P<fc1>\d\d)(?![\dA-Za-z])", lambda m: f"FY{_year(m['fc1'])}"),
    (rf"\b(?:FY|fiscal(?:[ -]year)?|financial year){_S}'?(?P<fa1>{YEAR}|\d\d)[EeFA]?(?![\dA-Za-z])", lambda m: f"FY{_year(m['fa1'])}"),
    (rf"{_NO}(?P<fb1>{YEAR}){_S}财年|财年{_S}(?P<fb2>{YEAR})", lambda m: f"FY{m['fb1'] or m['fb2']}"),
    # months and year ends
    (rf"(?P<ma1>{YEAR}){_S}年{_S}(?P<ma2>\d{{1,2}}){_S}月(?:份|底|末|初|中旬|上旬|下旬)?", lambda m: f"{m['ma1']}-{int(m['ma2']):02d}"),
    (rf"(?P<mg1>{YEAR}){_S}年{_S}(?P<mg2>十[一二]?|[一二三四五六七八九]){_S}月(?:份|底|末|初|中旬|上旬|下旬)?", lambda m: f"{m['mg1']}-{_ZH_MONTH[m['mg2']]:02d}"),
    (r"(?<![十一二三四五六七八九个第])(?P<mh1>十[一二]?|[一二三四五六七八九])月(?:份|底|末|初)", lambda m: f"@m{_ZH_MONTH[m['mh1']]}"),
    (rf"\b(?:mid-|late |early )?(?P<mb1>{MONTH}),?{_S}(?:of{_S})?(?P<mb2>{YEAR})\b", lambda m: f"{m['mb2']}-{month_number(m['mb1']):02d}"),
    (rf"{_NO}(?P<mc1>{YEAR})[-/](?P<mc2>0[1-9]|1[0-2])(?![\d\-/])", lambda m: f"{m['mc1']}-{m['mc2']}"),
    (rf"{_NO}(?P<md1>{YEAR}){_S}年?{_S}(?:底|末)(?!端)", lambda m: f"{m['md1']}-12"),
    (rf"{_NO}(?P<me1>{YEAR}){_S}年?{_S}初", lambda m: f"{m['me1']}-01"),
    (rf"\b(?:year[- ]end|end[- ]of[- ](?:the[- ]year[- ])?|(?:the )?end of|end[- ])(?:{_S}(?:fiscal|in))?{_S}(?P<mf1>{YEAR})\b", lambda m: f"{m['mf1']}-12"),
    # English "mid-2024" is a year here: the month is a guess
    # the year of the prices in which money is counted is no period of it: constant 2015 US$, (2023 USD), 2015年不变价
    (rf"{_NO}{YEAR}{_S}(?:USD|US\$|U\.?S\.? dollars|dollars|EUR|euros|GBP|RMB|CNY)(?=[)\],;]|{_S}(?:bn|billions?|millions?|mn|m|thousands?|prices|terms)\b|$)", lambda m: ""),
    (rf"(?:(?<=\bconstant )|(?<=\breal )){YEAR}(?={_S}(?:prices|US|dollars|euros|[A-Z]))", lambda m: ""),
    (rf"{_NO}{YEAR}{_S}年?(?:不变价格?|可比价格?|价格计算)", lambda m: ""),
    # years
    (rf"{_NO}(?P<ya1>{YEAR}){_S}(?:年度?|E(?![A-Za-z])|e(?![A-Za-z])|F(?![A-Za-z])|A(?![A-Za-z])|年?\(E\)|年?[（(](?:预计|预测|估计)[)）])(?:间|期间)?", lambda m: m["ya1"]),
    (r"(?P<yz1>[二两][〇零○Ｏ0O][一二三四][〇零○一二三四五六七八九])年", lambda m: _chinese_year(m["yz1"])),
    # the ordinary case; what follows decides whether it is a year or a quantity
    (rf"(?<!\d[,.])(?<![\d$¥￥€£+])(?P<yb1>{YEAR})s?(?!(?<=[A-Z]-\d{{4}})-\d{{3}})(?![\d%％])(?!/\d{{3,}})(?!,\d{{3}})(?!\.\d)(?![A-Za-z])(?!{_S}{words()['quantity_behind_year'].pattern})", lambda m: m["yb1"]),
    (rf"(?<!\d[,.])(?<![\d年])(?P<yc1>[12]\d){_S}年(?={_S}(?:底|末|初|全年|[一二三四]季|中报|年报|前|Q|H|[上下]半年|营收|营业|收入|归母|净利|同比|预计|[EF]))", lambda m: f"20{m['yc1']}"),
    (r"(?<![\d.,A-Za-z])(?P<yd1>[12]\d)(?:[EF])(?![A-Za-z\d])", lambda m: f"20{m['yd1']}"),
    # days and months without a year, clock times: masks only
    (rf"(?<![\d.])\d{{1,2}}{_S}月{_S}\d{{1,2}}{_S}[日号]", lambda m: ""),
    (rf"(?<![\d.])(?:(?P<wm1>\d{{1,2}})|\d{{1,2}}{_S}[-–~至]{_S}\d{{1,2}}){_S}月(?:份|底|末|初|中旬|上旬|下旬)?(?!{_S}(?:活|均|薪|租))", lambda m: f"@m{m['wm1']}" if m["wm1"] else ""),
    (rf"\b{MONTH}{_S}\d{{1,2}}(?:st|nd|rd|th)?(?![\d%.])(?:{_S}[-–]{_S}\d{{1,2}})?(?!{_S}(?:percent|million|billion|bn))", lambda m: ""),
    (rf"\b\d{{1,2}}(?:st|nd|rd|th)?{_S}{MONTH}(?![a-z])", lambda m: ""),
    (r"(?<![\d.:])\d{1,2}:\d{2}(?::\d{2})?(?:\s?[AaPp]\.?[Mm]\.?)?(?![\d:])", lambda m: ""),
    (r"\b\d{1,2}\s?[AaPp]\.?[Mm]\b\.?", lambda m: ""),
    (r"(?:上午|下午|凌晨|晚上?|早上?|中午)\s?\d{1,2}\s?[点时](?:\d{1,2}分?|半)?", lambda m: ""),
    (r"(?<!\d)\d{1,2}\s?时\s?\d{1,2}\s?分", lambda m: ""),
    # halves and quarters that borrow the year of the sentence
    (r"(?<![上下前])(?P<ra1>[上下])半年(?!度?报)", lambda m: "H1" if m["ra1"] == "上" else "H2"),
    (r"第?(?P<rb1>[一二三四])季度|第(?P<rb2>[一二三四])季(?!节)", lambda m: f"Q{ZH_NUMBERS[m['rb1'] or m['rb2']]}"),
    (r"前三季度", lambda m: "Q1/Q3"),
    (r"(?<![A-Za-z\d])Q(?P<rc1>[1-4])(?![A-Za-z\d])", lambda m: f"Q{m['rc1']}"),
    (r"(?<![A-Za-z\d])H(?P<rd1>[12])(?![A-Za-z\d])", lambda m: f"H{m['rd1']}"),
    (r"\b(?P<re1>first|second) half(?! of (?!the year))(?: of the year)?\b", lambda m: f"H{_ord(m['re1'])}"),
    (r"\b(?P<rf1>first|second|third|fourth)[ -]quarter\b", lambda m: f"Q{_ord(m['rf1'])}"),
    # T+1 of a calculation stays as it is
    (r"(?<![A-Za-z])T\+(?P<wt1>\d)(?!\d)(?!\s?(?:交易|结算|交收|settle))", lambda m: f"T+{m['wt1']}"),
    # relative periods count from the day of publication or from the main period of the document
    (r"前年度?(?=[度比のに末]|同期|[（(]\d)", lambda m: "@-1"),
    (r"(?P<va1>今年|本年度?(?!会)|去年|上年同期|前年|明年)(?P<va2>上半年|下半年|年?底|[一二三四]季度|前[二三]个?季度?|前\d{1,2}个?月)?", lambda m: f"@{m['va1'][0]}{m['va2'] or ''}"),
    (r"\b(?P<vb1>[Tt]his|[Ll]ast|[Nn]ext) year\b", lambda m: f"@{m['vb1'].lower()}"),
    (r"上一?年度?(?=[的为是末底，,：:（( ])|前一年|\b(?:the|in the) (?:previous|prior|preceding) (?:fiscal |financial )?year\b|\bthe year (?:before|earlier)\b", lambda m: "@-1"),
    (r"全财?年度?(?!龄|级|代)|\b(?:[Ff]or |[Oo]ver )?(?:the )?(?:full|whole)[- ](?:fiscal |financial |calendar )?year\b(?!,? (?:FY|fiscal )?['’]?\d)|\b[Tt]he year as a whole\b|(?<=\bin )the year\b(?! (?:to|ended|ending|before|earlier|ago|of|that|when|(?:19|20)\d\d))", lambda m: "@0"),
    (r"(?:(?<=^)|(?<=[，。；、,\s]))年末", lambda m: "@末"),
    (rf"\b(?:[Tt]he )?(?:same|corresponding) (?:quarter|period|half) (?:of|in) (?P<vs1>{YEAR})\b|(?P<vs2>{YEAR}){_S}年同期(?!比)", lambda m: f"@s{m['vs1'] or m['vs2']}"),
    (r"\b(?:[Ff]irst|1st) (?P<vm1>three|six|nine) months(?: of (?:the|this) (?:fiscal |financial )?year\b|(?! of)\b)", lambda m: f"@n{m['vm1']}"),
    (r"(?:本|上一?个?|下一?个?)季度?(?![节军风])|\b(?:[Tt]his|(?:[Tt]he )?(?:[Pp]revious|[Pp]rior|[Pp]receding|[Ll]ast|[Nn]ext)) quarter\b|\bthe quarter before\b", lambda m: f"@q{_step(m[0])}"),
    # their Korean
    (r"(?P<vk1>올해|지난해|작년)(?:\s?(?P<vk2>[1-4])분기)?", lambda m: ("@今" if m["vk1"] == "올해" else "@去") + (f"{'一二三四'[int(m['vk2']) - 1]}季度" if m["vk2"] else "")),
    (r"(?<!\d)1\s?[~～-]\s?3분기", lambda m: "Q1/Q3"),
    (r"(?<![\d~～-])(?P<vl1>[1-4])분기", lambda m: f"Q{m['vl1']}"),
    # their German
    (r"\b(?:[Ii]n )?[Dd]iese[mns] Jahr(?:es)?\b", lambda m: "@今"),
    (r"\bGesamtjahr\b(?! \d)", lambda m: "@0"),
    (r"\bVorjahr(?:e?s)?\b(?! \d)|\bein Jahr (?:zuvor|davor)\b", lambda m: "@-1"),
    (rf"(?:(?<=\bEnde )|(?<=\bAnfang )|(?<=\b[Ii]m ))(?P<wo1>{MONTH})(?![a-zä\d])(?!{_S}\d)", lambda m: f"@m{month_number(m['wo1'])}"),
    (rf"(?:(?<=\b[Ii]n )|(?<=\b[Bb]y )|(?<=\b[Uu]ntil )|(?<=\b[Ss]ince )|(?<=\b[Dd]uring )|(?<=\b[Ll]ate )|(?<=\b[Ee]arly )|(?<=\b[Mm]id-))(?P<wn1>{MONTH})(?![a-z\d])(?!{_S}\d)", lambda m: f"@m{month_number(m['wn1'])}"),
]  # fmt: skip


def _step(text: str) -> int:
    return (
        1 if text.startswith("下") or "next" in text.lower() else 0 if text.startswith(("本", "This", "this")) else -1
    )


def _chinese_year(text: str) -> str:
    digits = {"〇": "0", "零": "0", "○": "0", "Ｏ": "0", "O": "0", "0": "0"} | {
        c: str(n) for n, c in enumerate("一二三四五六七八九", 1)
    }
    return "".join({"两": "2"}.get(c) or digits[c] for c in text)


SPAN_MONTHS = {
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
    number = int(month) if month.isdigit() else month_number(month)
    last = int(year) * 12 + _last_month(number, day)
    first = last - SPAN_MONTHS[re.split(r"[- ](?=[mMwW])", length)[0].lower().removesuffix("s")] + 1
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
    last = int(year) * 12 + _last_month(month_number(month), day)
    return f"{last // 12}" if last % 12 == 11 else f"FY{last // 12}"


def _short_span(first: str, last: str) -> str:
    if int(last) <= int(first[2:]):  # 2024-07 is a month, 2024-03 as well
        return f"{first}-{last}" if 1 <= int(last) <= 12 else ""
    if 1 <= int(last) <= 12 and int(first[2:]) < 10:
        return f"{first}-{first[:2]}{last}"
    return f"{first}-{first[:2]}{last}"
