"""Years that are counted otherwise: Japanese fiscal years and eras, years of the Republic (民国)."""

import re
from collections.abc import Callable
from dataclasses import replace

from orchestration.extraction.model import Grid

Form = tuple[str, Callable[[re.Match[str]], str]]

KANA = re.compile("[ぁ-んァ-ヶ]")

_S = r"[ \t]{0,2}"

_PARTS = {"上": "H1", "下": "H2"}

_ERAS = {"令和": 2018, "平成": 1988}

_REPUBLIC = 1911  # the year before its first


def _era(name: str, number: str) -> int:
    return _ERAS[name] + (1 if number == "元" else int(number))


def _fiscal(year: int, half: str | None, quarter: str | None) -> str:
    return f"FY{year}{_PARTS[half] if half else f'Q{quarter}' if quarter else ''}"


# In a text with kana 年度 is a fiscal year that has the number of the year in which it begins; simplified characters.
JAPANESE: list[Form] = [
    (
        rf"(?P<xja1>令和|平成){_S}(?P<xja2>\d{{1,2}}|元){_S}年度(?:{_S}(?P<xja3>[上下])(?:半)?期|{_S}第?(?P<xja4>[1-4])四半期)?",
        lambda m: _fiscal(_era(m["xja1"], m["xja2"]), m["xja3"], m["xja4"]),
    ),
    (
        rf"(?P<xjb1>令和|平成){_S}(?P<xjb2>\d{{1,2}}|元){_S}年{_S}(?P<xjb3>\d{{1,2}}){_S}月{_S}(?P<xjb4>\d{{1,2}}){_S}日",
        lambda m: f"{_era(m['xjb1'], m['xjb2'])}-{int(m['xjb3']):02d}-{int(m['xjb4']):02d}",
    ),
    (
        rf"(?P<xjc1>令和|平成){_S}(?P<xjc2>\d{{1,2}}|元){_S}年{_S}(?P<xjc3>\d{{1,2}}){_S}月",
        lambda m: f"{_era(m['xjc1'], m['xjc2'])}-{int(m['xjc3']):02d}",
    ),
    (rf"(?P<xjd1>令和|平成){_S}(?P<xjd2>\d{{1,2}}|元){_S}年", lambda m: f"{_era(m['xjd1'], m['xjd2'])}"),
    (
        rf"(?<!\d)(?P<xje1>(?:20)?[0-4]\d){_S}年度(?:{_S}(?P<xje3>[上下])(?:半)?期|{_S}第?(?P<xje4>[1-4])四半期)?",
        lambda m: _fiscal(2000 + int(m["xje1"]) % 100, m["xje3"], m["xje4"]),
    ),
    (r"(?<![以\d])(?P<xjf1>[上下])期(?!待|限)", lambda m: f"@f{_PARTS[m['xjf1']]}"),
    (r"前年(?:同期|同月)?(?![度比])", lambda m: "@-1"),  # the year before; in Chinese it is two years back
    (r"昨年", lambda m: "@去"),
    (r"通期", lambda m: "@f"),
    (r"前期(?!比|末)", lambda m: "@f-1"),
]

# 中華民國114年9月18日: named in full, in any text
NAMED_REPUBLIC: list[Form] = [
    (
        rf"(?:中华)?民国{_S}(?P<xra1>\d{{2,3}}){_S}年{_S}(?P<xra2>\d{{1,2}}){_S}月{_S}(?P<xra3>\d{{1,2}}){_S}日",
        lambda m: f"{_REPUBLIC + int(m['xra1'])}-{int(m['xra2']):02d}-{int(m['xra3']):02d}",
    ),
    (rf"(?:中华)?民国{_S}(?P<xrb1>\d{{2,3}}){_S}年度?", lambda m: f"{_REPUBLIC + int(m['xrb1'])}"),
]

# in a document that dates itself by the Republic: 113年, 115至119年
REPUBLIC: list[Form] = [
    (
        rf"(?<![\d.,])(?P<xrc1>1\d\d){_S}[-–~至]{_S}(?P<xrc2>1\d\d){_S}年(?!期)度?",
        lambda m: f"{_REPUBLIC + int(m['xrc1'])}-{_REPUBLIC + int(m['xrc2'])}",
    ),
    (
        rf"(?<![\d.,])(?P<xrd1>1\d\d){_S}年{_S}(?P<xrd2>1[0-2]|[1-9]){_S}月(?:底|末)?",
        lambda m: f"{_REPUBLIC + int(m['xrd1'])}-{int(m['xrd2']):02d}",
    ),
    (rf"(?<![\d.,])(?P<xre11>1\d\d){_S}年(?![期来间])度?", lambda m: f"{_REPUBLIC + int(m['xre11'])}"),
]

_DATED_BY_REPUBLIC = re.compile(r"民国\s?\d{2,3}\s?年")


def dated_by_republic(text: str) -> bool:
    """Whether a text in simplified characters dates itself by the years of the Republic."""
    return _DATED_BY_REPUBLIC.search(text) is not None


def names_fiscal_years_by_their_first(text: str) -> bool:
    """Whether a text has fiscal years of Japan (2024年度), which have the number of the year in which they begin."""
    return KANA.search(text) is not None and re.search(r"[\d元]\s?年度", text) is not None


_BARE_YEARS = re.compile(r"\s*(1\d\d)(?:\s?[-–~至]\s?(1\d\d))?\s?年度?\s*")


def common_years(cell: str) -> str:
    """A cell that is nothing but years of the Republic (115年, 118-119年) as common years; others as they are."""
    match = _BARE_YEARS.fullmatch(cell)
    if match is None:
        return cell
    first = str(_REPUBLIC + int(match[1]))
    return f"{first}-{_REPUBLIC + int(match[2])}" if match[2] else f"{first}年"


def in_common_years(grid: Grid) -> Grid:
    """The table with such cells as common years."""
    rows = [[common_years(cell) for cell in row] for row in grid.rows]
    return replace(grid, rows=rows, header=[[common_years(cell) for cell in row] for row in grid.header])
