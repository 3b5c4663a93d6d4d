"""A comparison in words for people: what is said where, what the inputs give, and the likely slip."""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import yaml

from orchestration.audit.model import Comparison, Document, Spot, Table
from orchestration.audit.spots import NUMBER, first_number
from orchestration.audit.words import DATA, STOP
from orchestration.figures.shown import number, quantity

_SHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_AROUND = 80  # characters of its sentence that are quoted before the figure, and behind it
_MOST = 6  # inputs that are written out
_DIGITS = 8  # of a sum
_EXACT = 0.002  # an interval narrower than this is told as one number


@lru_cache(maxsize=1)
def _said() -> dict[str, Any]:
    return dict(yaml.safe_load((DATA / "sentences.yml").read_text(encoding="utf-8")))


class Teller:
    """Words for the comparisons of one document, whose figures it quotes as they are written there."""

    def __init__(self, document: Document) -> None:
        self._texts = {id(s): t.text for t in document.texts for s in (*t.spots, *t.numerals)}
        self._tables: dict[int, Table] = {
            id(s): table for table in document.tables for row in table.cells for s in row if s
        }
        self._is_sheet = document.file.lower().endswith(_SHEETS)

    def written(self, spot: Spot) -> str:
        """The figure with the spaces that it has in its text; a cell as it is printed."""
        text = self._texts.get(id(spot))
        if text is None or not spot.end:
            return spot.printed
        return " ".join(text[spot.start : spot.end].replace("*", "").split()) or spot.printed

    def place(self, spot: Spot) -> str:
        words = _said()["places"]
        line = f"{words['row' if self._is_sheet else 'line']} {spot.line}"
        return f"{words['sheet' if self._is_sheet else 'page']} {spot.page}, {line}" if spot.page else line

    def sentence(self, c: Comparison) -> str:
        """Both places, the recomputation and the likely reason; a place is named where it changes."""
        said = _said()
        told, place = [], self.place(c.stated)
        for spot in c.inputs:
            there = self.place(spot)
            names = self._names(spot) if c.rule == "text_vs_table" else ""
            at = ", ".join(x for x in (there if there != place else "", names) if x)
            told.append(self.written(spot) + (f" ({at})" if at else ""))
            place = there
        result = self.result(c)
        known = c.rule in said["rules"] and (math.isfinite(sum(c.expected)) or c.rule == "order")
        rule = "rate" if c.rule == "cagr" and c.periods == 1 else c.rule if known else "other"
        between = said["between"].get(rule, said["between"]["other"])
        shown = told if len(told) <= _MOST else [*told[: _MOST - 2], "…", told[-1]]
        follows = said["rules"][rule].format(
            first=told[0], last=told[-1], all=between.join(shown), result=result, periods=f"{c.periods:.4g}"
        )
        why = said["reasons"].get(c.code, said["reasons"]["other"])
        reason = f" {why.format(explanation=c.explanation, code=c.code)}" if c.explanation else ""
        return f"{self.written(c.stated)} ({self.place(c.stated)}) {said['verdicts'][c.verdict]}: {follows}.{reason}"

    def quote(self, spot: Spot) -> str:
        """The sentence around a figure; of a cell its row and column. Empty where neither is known."""
        if id(spot) in self._tables:
            return self._names(spot)
        text = self._texts.get(id(spot))
        if text is None or not spot.end:
            return ""
        before, behind = text[: spot.start], text[spot.end :]
        started = [m.end() for m in STOP.finditer(before)]
        ended = STOP.search(behind)
        before, behind = before[started[-1] if started else 0 :], behind[: ended.end() if ended else None]
        if len(before) > _AROUND:
            before = "…" + before[-_AROUND:].split(" ", 1)[-1]
        if len(behind) > _AROUND:
            behind = behind[:_AROUND].rsplit(" ", 1)[0] + "…"
        return " ".join(f"{before}{text[spot.start : spot.end]}{behind}".replace("**", "").split())

    def _names(self, spot: Spot) -> str:
        table = self._tables.get(id(spot))
        return " | ".join(n for n in (table.rows[spot.row], table.columns[spot.column]) if n) if table else ""

    def result(self, c: Comparison) -> str:
        """What the inputs give, in the scale and with the unit of the statement."""
        low, high = sorted(c.expected)
        if not (math.isfinite(low) and math.isfinite(high)):
            return "–"
        stated, units = c.stated, _said()["units"]
        if stated.unit in units and c.rule != "sum":
            return f"{_range(low, high)} {units[stated.unit]}".rstrip()
        printed = self.written(stated)
        scale = _scale(stated, (low + high) / 2, first_number(printed))
        if scale is None:
            return quantity((low + high) / 2, stated.unit)
        # people add up what is printed
        adds_up = c.rule in ("sum", "difference")
        told = number((low + high) / 2 / scale, _DIGITS) if adds_up else _range(low / scale, high / scale)
        match = NUMBER.search(printed)
        if match is None or stated.grid >= 0:
            return told
        return printed[: match.start()].lstrip("-−") + told + printed[match.end() :]


def _scale(stated: Spot, result: float, number: float) -> float | None:
    """What the printed number is multiplied by: cells are added up as printed, amounts in their unit."""
    if not number or not stated.value:
        return None
    scale = abs(stated.value) / number
    if (
        stated.grid >= 0
        and result
        and abs(math.log(abs(result) / number)) < abs(math.log(abs(result) / abs(stated.value)))
    ):
        return 1.0
    return scale


def _range(low: float, high: float) -> str:
    middle = (low + high) / 2
    if abs(high - low) <= _EXACT * abs(middle):
        return number(middle)
    one, other = number(low, 3), number(high, 3)
    return one if one == other else f"{one} to {other}"


def count(n: int, one: str, many: str) -> str:
    return f"{n:,} {one if n == 1 else many}"


def shown(alarms: Sequence[Comparison], teller: Teller, sure: float) -> list[str]:
    """Numbered lines: the sentence, and below it its surroundings; a heading before those less ``sure``."""
    lines = []
    for i, c in enumerate(alarms, 1):
        if c.confidence < sure and (i == 1 or alarms[i - 2].confidence >= sure):
            lines.append(f"  {_said()['less_sure']}")
        lines.append(f"  {i}. {teller.sentence(c)}")
        quote = teller.quote(c.stated)
        if quote:
            lines.append(f"     > {quote}")
    return lines
