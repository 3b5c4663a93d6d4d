"""What keeps a figure from being trusted: something beside the number, or in its labels, was left unread.

A figure that does not pass is withheld with the reason, never mended here. The rules are data (``data/gate.yml``), each
with texts that it must withhold and texts that it must let pass.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from orchestration.extraction.model import Candidate
from orchestration.extraction.printed_number import bare_number
from orchestration.extraction.words import words
from orchestration.figures import Units

_RULES = Path(__file__).parent / "data" / "gate.yml"
_NEAR = 60  # characters on each side that can belong to a number
_LINE = 400  # characters on each side that say what sort of line it stands in
_RATES = ("percent", "pp")
_ANNOUNCED = re.compile(
    r"\bin (?:US |NT |HK )?\$?(?:thousand|million|billion)s\b|\$ ?(?:000s|millions|bn|mm?|b)\b|[百千]?[万亿]元", re.I
)
_WITH_MAGNITUDE = re.compile(r"[a-z]$|[万萬亿億](?:[美港日欧]?[元円圓])?$", re.I)
_SCALED = re.compile("[千万亿兆]|thousand|million|billion|trillion|[bmt]n|[kmb]$", re.I)
_ENERGY = ("Wh", "W", "B", "s")


@dataclass(frozen=True, slots=True)
class Rule:
    """All patterns that a rule has must match; ``label`` rules are for cells, the others for running text."""

    why: str
    before: re.Pattern[str] | None
    behind: re.Pattern[str] | None
    printed: re.Pattern[str] | None
    text: re.Pattern[str] | None
    label: re.Pattern[str] | None
    units: str
    withheld: tuple[str, ...]
    passes: tuple[str, ...]
    cells: bool = False  # a rule of running text that holds within a cell, too


_MONEY = Rule("", None, None, None, None, None, "money", (), ())


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    loaded = yaml.safe_load(_RULES.read_text(encoding="utf-8"))
    parts = ("before", "behind", "printed", "text", "label")
    return tuple(
        Rule(
            why=row["why"],
            **{part: re.compile(row[part], re.I) if part in row else None for part in parts},
            units=row.get("units", ""),
            withheld=tuple(row["withheld"]),
            passes=tuple(row["passes"]),
            cells=row.get("cells", False),
        )
        for row in loaded
    )


def doubt_in_text(candidate: Candidate, text: str, earlier: str = "", *, yuan: bool = False) -> str:
    """Why a figure of running text is not to be trusted; empty when nothing speaks against it.

    ``earlier`` holds the currencies that the document has named before; ``yuan`` says that its amounts are in yuan
    wherever it says nothing else.
    """
    before = text[max(0, candidate.start - _NEAR) : candidate.start]
    behind = text[candidate.end : candidate.end + _NEAR]
    around = text[max(0, candidate.start - _LINE) : candidate.end + _LINE] + earlier
    if counts_in_parts(candidate) and not _AVERAGE.search(before + behind):
        return "things are counted whole, and this number has decimals"
    if _counts_in_product(candidate.printed, before):
        return _PRODUCT
    # a magnitude that was read for it behind its other end: between $2.50 and $2.70 billion
    shared = _SIGNED.fullmatch(candidate.printed) and _MAGNIFIED.fullmatch(candidate.reading)
    printed = candidate.reading if shared else candidate.printed
    for rule in rules():
        if yuan and rule.units == "CNY":
            continue
        if rule.label is None and _fits(rule, candidate.unit) and _meets(rule, before, behind, printed, around):
            return rule.why
    return ""


_PRODUCT = "it may be a count in a product, and its unit that of the factor before it"
_FACTOR = re.compile(r"(?<![\d.,])(\d[\d,]*(?:\.\d+)?)\s?[×x*]\s?$")
_LEADING = re.compile(r"\d[\d,]*(?:\.\d+)?")


def _counts_in_product(printed: str, before: str) -> bool:
    """Whether a greater number without a unit is multiplied with this one: 3,600 × 48 TFLOPS, not 48 × 3,600 TFLOPS."""
    factor, number = _FACTOR.search(before), _LEADING.search(printed)
    return factor is not None and number is not None and bare_number(factor[1]) > bare_number(number[0])


def doubt_within(candidate: Candidate, cell: str) -> str:
    """Why a figure among the words of a ``cell`` is not to be trusted; empty when nothing there speaks against it."""
    before, behind = (
        cell[max(0, candidate.start - _NEAR) : candidate.start],
        cell[candidate.end : candidate.end + _NEAR],
    )
    if _counts_in_product(candidate.printed, before):
        return _PRODUCT
    for rule in rules():
        if rule.cells and _fits(rule, candidate.unit) and _meets(rule, before, behind, candidate.printed, cell):
            return rule.why
    return ""


def doubt_in_cell(candidate: Candidate, row: str, column: str, units: Units) -> str:
    """Why a cell under its labels is not to be trusted; empty when nothing speaks against it."""
    if not row.strip() and not column.strip() and candidate.scale:
        return "neither its row nor its column has a label"
    if counts_in_parts(candidate) and not _AVERAGE.search(f"{row} {column}"):
        return "things are counted whole, and this number has decimals"
    for rule in rules():
        if rule.label is None or not _fits(rule, candidate.unit):
            continue
        label = rule.label.search(column) or rule.label.search(row)
        if label is None or (rule.printed is not None and not rule.printed.search(candidate.printed)):
            continue
        if rule.units == "whole" and units.get("".join(label[0].strip("()（）[]").split())) is not None:
            continue  # the registry knows it as one unit
        return rule.why
    return ""


_SIGNED = re.compile(r"(?:US|HK|NT)?[$€£¥₹]\d[\d.,]*")
_MAGNIFIED = re.compile(r"\d[\d.,]*(?:thousand|million|billion|trillion|[bmt]n)\D{1,4}", re.I)
_PLAIN = re.compile(r"[\d.,]+")
_AVERAGE = re.compile(r"average|mean|median|\bper\b|/|每|人均|平均|均", re.I)


def bare_count(candidate: Candidate, column: str) -> bool:
    """Whether a cell without a label of its column has its unit from its row alone."""
    return candidate.unit == "count" and not column.strip() and _PLAIN.fullmatch(candidate.printed) is not None


def counts_in_parts(candidate: Candidate) -> bool:
    """Whether a count has decimals and no magnitude: its unit or its decimal sign was misread."""
    return candidate.unit == "count" and not float(candidate.number).is_integer()


_YEN = re.compile(r"\byen\b|\bJPY\b|日[元圆圓]|円|[Jj]apanese currency")
_YUAN = re.compile(r"\byuan\b|\bRMB\b|\bCNY\b|renminbi|人民[币幣]|[万亿萬億\d]\s?元")


def yen_or_yuan(text: str) -> str:
    """Which of the two currencies that are written ¥ a text names: JPY, CNY, `both`, or empty."""
    yen, yuan = _YEN.search(text) is not None, _YUAN.search(text) is not None
    return "both" if yen and yuan else "JPY" if yen else "CNY" if yuan else ""


def settle_yen(candidate: Candidate, named: str, place: str) -> None:
    """Say whose ¥ an amount is: of the currency that the document names, else of its main place; in doubt withheld.

    ``named`` is what ``yen_or_yuan`` found in the document so far. Without a sign of Japan it stays the yuan.
    """
    if candidate.symbol not in ("¥", "￥") or candidate.unit != "CNY":
        return
    if named == "both" and place not in ("JPN", "CHN"):
        candidate.withheld = candidate.withheld or "¥ is the yen or the yuan, and the document names both"
    elif named == "JPY" or (place == "JPN" and named != "CNY"):
        candidate.unit, candidate.symbol = "JPY", "円"


def announces_scale(text: str) -> bool:
    """Whether a text says that amounts stand in thousands, millions or billions."""
    return _ANNOUNCED.search(text) is not None


def unscaled_money(candidate: Candidate, row: str, column: str, title: str = "") -> str:
    """Why a cell of money without a magnitude is doubtful in a document that announces one for its tables.

    Not where the ``title`` of its table says money for one of something (US$ per GPU hour).
    """
    if words()["priced_title"].search(title):
        return ""
    if not _fits(_MONEY, candidate.unit) or "/" in candidate.unit or abs(candidate.number) >= 1e8:
        return ""
    if _SCALED.search(candidate.scale):
        return ""  # a scale was found, in its labels or its table, and applied
    if _bracketed(candidate.scale, column) or _bracketed(candidate.scale, row):
        return ""  # its own label says that it stands in whole units of money
    if _WITH_MAGNITUDE.search(candidate.printed) or words()["per_unit_or_price"].search(f"{row} {column}"):
        return ""
    return "the document announces a scale for amounts, and none was found for this table"


def _bracketed(unit: str, label: str) -> bool:
    """Whether a label names just this unit in brackets."""
    return bool(unit) and re.search(rf"[(（]\s*{re.escape(unit)}\s*[)）]", label) is not None


def _meets(rule: Rule, before: str, behind: str, printed: str, text: str) -> bool:
    return (
        (rule.before is None or rule.before.search(before) is not None)
        and (rule.behind is None or rule.behind.match(behind) is not None)
        and (rule.printed is None or rule.printed.search(printed) is not None)
        and (rule.text is None or rule.text.search(text) is not None)
    )


def _fits(rule: Rule, unit: str) -> bool:
    money = len(unit.split("/")[0]) == 3 and unit.split("/")[0].isupper()
    return {
        "": True,
        "money": money,
        "percent": unit in _RATES,
        "whole": "/" not in unit and unit not in _RATES,
        "energy": unit in _ENERGY,
        "letter": len(unit) == 1 and unit.isalpha(),
    }.get(rule.units, unit == rule.units)


__all__ = [
    "announces_scale",
    "bare_count",
    "doubt_in_cell",
    "doubt_in_text",
    "doubt_within",
    "rules",
    "settle_yen",
    "unscaled_money",
    "yen_or_yuan",
]
