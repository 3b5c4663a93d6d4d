"""What a line or a cell looks like: the title of an exhibit, a note, a number, a year."""

import re

TITLE = re.compile(
    r"^\s*(?:(?:展品|图表|表格|附图|附表|图|表)\s{0,2}(?:\d{1,3}(?:[.\-–]\d{1,3}){0,2}|[一二三四五六七八九十]{1,3})\s{0,2}(?:[:：.、|｜\-–—]|\s)"
    r"|(?:Figure|Fig\.|Table|Exhibit|Chart|Box)\s{0,2}\d{1,3}(?:[.\-–]\d{1,3}){0,2}\s{0,2}(?:[:：.|\-–—]|\s(?=[A-Z])))"
)

NOTE = re.compile(
    r"^\s*(?:来源|资料来源|数据来源|出处|注|备注|说明|Source|Sources|Note|Notes)\s{0,2}(?:[:：]|\d)", re.I
)

CELL = re.compile(
    r"^[(（]?[-–+]?[$¥￥€£]?\d[\d,]*(?:\.\d+)?[)）]?(?:[%％xX倍]|pp|bn|mn|[BMK])?[)）]?[*†]?$|^(?:-|–|—|n\.?[am]\.?|N/?A|NM|不适用|\.\.\.?)$"
)

YEAR_CELL = re.compile(
    r"^(?:FY|Q[1-4]|[1-4]Q|[12]H|H[12])?'?(?:(?:19|20)\d\d|\d\d)(?:[EeFAPp]|\([EF]\)|年[EF]?)?(?:[QH][1-4])?(?:[-–/](?:\d\d|(?:19|20)\d\d)[EeFA]?)?$|^T[+-]\d$|^CAGR$"
)
