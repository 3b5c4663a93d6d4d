"""How probable it is that value and unit of an extracted figure are right.

Judged weights over traits of the figure and of its text, and a line that makes them a probability. It ranks what was
read, for review; it chooses nothing. Weights and line are data (``data/confidence.yml``): `benchmarks/confidence.py`
learns the line from labelled documents and says how well both do on folders that were left out.
"""

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from orchestration.extraction.model import ExtractedFigure
from orchestration.extraction.scene import load_cues

_MODEL = Path(__file__).parent / "data" / "confidence.yml"
_DIGITS = re.compile(r"\d")
_LETTERS = re.compile(r"[^\W\d_]")


def traits(figure: ExtractedFigure, sure: float, table: bool, dimension: str) -> dict[str, float]:
    """What the probability is reckoned from, each between 0 and 1.

    Args:
        sure: how directly the unit was found (1: printed beside the number).
        table: whether the figure is a cell.
        dimension: of its unit, by the vocabulary.
    """
    printed, text = figure.printed, figure.text
    plain_number = not _LETTERS.search(printed) and not re.search(r"[%％$¥￥€£₹‰]", printed)
    size = abs(figure.value)
    at = text.find(printed[:6]) if printed else -1
    before = text[max(0, at - 1) : at] if at > 0 else " "
    behind = text[at + len(printed) : at + len(printed) + 1] if at >= 0 else " "
    rate = dimension in ("percent", "ratio", "multiple")
    found: dict[str, bool | float] = {
        "sure": sure,
        "percent": figure.unit in ("percent", "pp") and not (table and plain_number),
        "more than all in a cell": table and plain_number and figure.unit in ("percent", "pp") and size > 100,
        "price": "/" in figure.unit,
        "period": bool(figure.period),
        "end of a range": bool(figure.range_end),
        "cell without its unit": table and plain_number,
        "place in its text not found": at < 0,
        "written out": not _DIGITS.search(printed),
        "count": figure.unit == "count",
        "count in a cell": table and figure.unit == "count",
        "count of no known noun": figure.unit == "count" and figure.counted in ("", "item", "unit"),
        "small count": figure.unit == "count" and size < 10,
        "sign beside": before in tuple("-–—/(（") or behind in tuple("-–—/"),
        "duration": figure.unit == "s",
        "zero": size == 0,
        "bound": bool(figure.qualifier),
        "indicator": figure.confidences.get("indicator", 0.0),
        "entity": bool(figure.entity),
        "money without its sign in a cell": table and plain_number and dimension == "money",
        "decimals": "." in printed,
        "digits": min(6, len(_DIGITS.findall(printed))) / 6,
        "amount called a share": table and not rate and load_cues()["statistic"]["share"].search(text) is not None,
    }
    return {name: float(value) for name, value in found.items()}


@dataclass(frozen=True)
class Model:
    """Judged weights by trait, and the line from their sum to the odds."""

    judged: dict[str, float]
    slope: float
    intercept: float

    def score(self, found: dict[str, float]) -> float:
        return sum(self.judged[name] * value for name, value in found.items())


@lru_cache(maxsize=1)
def model() -> Model:
    loaded = yaml.safe_load(_MODEL.read_text(encoding="utf-8"))
    judged = {str(name): float(weight) for name, weight in loaded["judged"].items()}
    return Model(judged, float(loaded["line"]["slope"]), float(loaded["line"]["intercept"]))


def probability(figure: ExtractedFigure, sure: float, table: bool, dimension: str) -> float:
    """Probability (0-1) that value and unit of ``figure`` are right; the arguments are those of ``traits``."""
    line = model()
    odds = line.intercept + line.slope * line.score(traits(figure, sure, table, dimension))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))


__all__ = ["Model", "model", "probability", "traits"]
