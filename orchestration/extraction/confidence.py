"""How probable it is that value and unit of an extracted figure are right.

A logistic regression over traits of the figure and of its text. It ranks what was read, for review; it chooses nothing.
The weights are data (``data/confidence.yml``): `benchmarks/confidence.py` learns them from labelled documents and says
how well they do on folders that were left out.
"""

import math
import re
from functools import lru_cache
from pathlib import Path

import yaml

from orchestration.extraction.model import ExtractedFigure

_MODEL = Path(__file__).parent / "data" / "confidence.yml"
_DIGITS = re.compile(r"\d")
_LETTERS = re.compile(r"[^\W\d_]")
_NUMBER = re.compile(r"\d[\d,.]*")


def traits(figure: ExtractedFigure, sure: float, table: bool) -> dict[str, float]:
    """What the probability is reckoned from, each between 0 and 1.

    Args:
        sure: how directly the unit was found (1: printed beside the number).
        table: whether the figure is a cell.
    """
    printed, text = figure.printed, figure.text
    plain_number = not _LETTERS.search(printed) and not re.search(r"[%％$¥￥€£₹‰]", printed)
    size = abs(figure.value)
    money = figure.unit.split("/")[0].isupper() and len(figure.unit.split("/")[0]) == 3
    at = text.find(printed[:6]) if printed else -1
    before = text[max(0, at - 1) : at] if at > 0 else " "
    behind = text[at + len(printed) : at + len(printed) + 1] if at >= 0 else " "
    numbers = len(_NUMBER.findall(text))
    found: dict[str, bool | float] = {
        "sure": sure,
        "cell": table,
        "cell without its unit": table and plain_number,
        "text without its unit": not table and plain_number,
        "scale from elsewhere": bool(figure.scale),
        "page": figure.page is not None,
        "written out": not _DIGITS.search(printed),
        "percent": figure.unit in ("percent", "pp"),
        "money": money,
        "money with a symbol": money and bool(re.search(r"[$¥￥€£₹]", printed)),
        "price": "/" in figure.unit,
        "count": figure.unit == "count",
        "count of no known noun": figure.unit == "count" and figure.counted in ("", "item", "unit"),
        "ratio": figure.unit in ("times", "ratio", "multiple"),
        "duration": figure.unit == "s",
        "small count": figure.unit == "count" and size < 10,
        "small number": size < 10 and plain_number,
        "like a year": plain_number and 1900 <= size <= 2100 and float(size).is_integer(),
        "huge": size >= 1e12,
        "percent above 100": figure.unit == "percent" and size > 100,
        "decimals": "." in printed,
        "grouped": "," in printed,
        "zero": size == 0,
        "end of a range": bool(figure.range_end),
        "qualifier": bool(figure.qualifier),
        "read, not printed": bool(figure.reading) and not table,
        "indicator": bool(figure.indicator),
        "sure indicator": figure.confidences.get("indicator", 0.0),
        "entity": bool(figure.entity),
        "period": bool(figure.period),
        "period in the clause": figure.confidences.get("period", 0.0),
        "place": figure.confidences.get("geography", 0.0),
        "statistic": figure.confidences.get("statistic", 0.0),
        "status": figure.confidences.get("status", 0.0),
        "letter before": bool(_LETTERS.match(before)),
        "letter behind": bool(_LETTERS.match(behind)),
        "sign beside": before in tuple("-–—/(（") or behind in tuple("-–—/"),
        "place in its text not found": at < 0,
        "many numbers": min(numbers, 12) / 12,
        "long text": min(len(text), 400) / 400,
        "withheld": bool(figure.withheld),
    }
    return {name: float(value) for name, value in found.items()}


@lru_cache(maxsize=1)
def _model() -> dict[str, float]:
    return {str(name): float(weight) for name, weight in yaml.safe_load(_MODEL.read_text(encoding="utf-8")).items()}


def probability(figure: ExtractedFigure, sure: float, table: bool) -> float:
    """Probability (0-1) that value and unit of ``figure`` are right."""
    weights = _model()
    odds = weights["intercept"] + sum(
        weights.get(name, 0.0) * value for name, value in traits(figure, sure, table).items()
    )
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))


__all__ = ["probability", "traits"]
