"""Which two levels a rate of the text is over: every pair near it, weighed by how such sentences are built.

The weights (`data/binding.yml`) are fitted on documents whose statements hold: there the pair that the arithmetic
confirms is the pair that was meant, and where none fits, none was printed. So no label is needed, and the probability
says how often the best pair of such a sentence is the one. A rate that does not follow from a pair of which that is
nearly certain, and from no other pair around, is told.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import yaml

from orchestration.audit.arithmetic import RATES, interval, overlap
from orchestration.audit.model import Document, Spot, Table, Text
from orchestration.audit.naming import Context, Lines, context, headings, tokens
from orchestration.audit.words import DATA, words

MULTIPLES = ("times", "ratio", "multiple")
NEAREST = 16  # levels that are tried
CELLS = 24  # and cells
_CUT = re.compile(r"[，,；;。：:（(）)！？!?]|\.\s")


@dataclass(slots=True)
class Level:
    """A level of the text with the words right about it."""

    spot: Spot
    order: int  # among the figures of the document
    before: str
    behind: str
    behind_all: str  # the same with the next figure
    name: frozenset[str]
    years: tuple[int, int] | None
    fit: float = 0.0  # of a cell: how much of its row's and column's labels the words about the rate have
    total: bool = False  # of a cell: its line is a total
    named_behind: bool = False  # of a cell: its row is named right behind the rate
    twin: int = 0  # of a cell: steps from the rate to the figure that prints it or another one of its row


@dataclass(slots=True)
class Candidate:
    """Levels in the order of the rule, what speaks for them, and how likely they are the ones."""

    rule: str
    inputs: list[Spot]
    features: dict[str, float] = field(default_factory=dict)
    chance: float = 0.0
    periods: float = 1.0

    @property
    def rise(self) -> float:
        """What the last level has more than the first."""
        return self.inputs[-1].value - self.inputs[0].value


@lru_cache(maxsize=1)
def weights() -> dict[str, dict[str, float]]:
    """Weights of the features, by rule."""
    loaded: dict[str, Any] = yaml.safe_load((DATA / "binding.yml").read_text(encoding="utf-8")) or {}
    return {rule: {str(k): float(v) for k, v in found.items()} for rule, found in loaded.items()}


def weighed(found: list[Candidate]) -> list[Candidate]:
    """The candidates of one statement with their probabilities, the likeliest first."""
    scores = []
    for c in found:
        known = weights().get(c.rule, {})
        scores.append(math.exp(min(30.0, sum(known.get(k, 0.0) * v for k, v in c.features.items()))))
    total = 1.0 + sum(scores)
    for c, score in zip(found, scores, strict=True):
        c.chance = score / total
    return sorted(found, key=lambda c: -c.chance)


class Binder:
    """The levels of a document's text, and the candidates for each of its rates."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.levels: list[Level] = []
        self.rates: list[Level] = []
        self._orders: dict[int, int] = {}
        order = 0
        for text in document.texts:
            merged = sorted((*text.spots, *text.numerals), key=lambda s: s.start)
            for n, s in enumerate(merged):
                order += 1
                self._orders[id(s)] = order
                if s.value > 0 and s.unit not in (*RATES, *MULTIPLES):
                    self.levels.append(_level(text, merged, n, order))
                elif s.unit == "percent" and s.scaled and s.statistic not in ("yoy", "cagr", "change"):
                    self.rates.append(_level(text, merged, n, order))
        self._first = {id(level.spot) for level in [x for x in self.levels if x.spot.unit][:4]}
        self._cells = CellLevels(document)

    def candidates(self, stated: Spot, n: int, text: Text, rule: str) -> list[Candidate]:
        """Pairs for a rate, with their probabilities; they add up to less than one: it may be over none of them."""
        near = self._near(stated, self.rates if rule == "difference" else self.levels)
        found = []
        about = _Said(stated, n, text, self._orders[id(stated)])
        direction = _direction(stated, n, text)
        said = [x for x in near if x.spot.sentence == stated.sentence]
        near += self._cells.near(stated, n, text, rule, said, about.order)
        for i, a in enumerate(near):
            for b in near[i + 1 :]:
                if a.spot.value != b.spot.value and _may_meet(a.spot, b.spot):
                    for first, last in _orders(rule, a, b, stated, direction):
                        features = _features(rule, about, first, last, self._first, near)
                        candidate = Candidate(rule, [first.spot, last.spot], features)
                        if rule != "cagr" or _dated(candidate, first, last, stated):
                            found.append(candidate)
        return weighed(found)

    def _near(self, stated: Spot, levels: list[Level]) -> list[Level]:
        at = self._orders[id(stated)]
        ranked = []
        for level in levels:
            if level.spot is stated:
                continue
            apart = abs(level.spot.block - stated.block)
            if apart > 3 and id(level.spot) not in self._first:
                continue
            ranked.append((min(apart, 4), abs(level.order - at), level))
        ranked.sort(key=lambda x: (x[0] > 0, x[1]))
        return [level for *_, level in ranked[:NEAREST]]


class CellLevels:
    """The cells of a document's tables that a rate of its text may be over."""

    def __init__(self, document: Document) -> None:
        self._tables = document.tables
        self._lines = Lines(document.tables)
        self._headings = headings(document.texts)
        self._by_unit: dict[str, list[Spot]] = {}
        for table in document.tables:
            for row in table.cells:
                for cell in row:
                    if cell and cell.unit and cell.value and cell.unit not in (*RATES, *MULTIPLES):
                        self._by_unit.setdefault(cell.unit, []).append(cell)

    def near(self, stated: Spot, n: int, text: Text, rule: str, said: list[Level], at: int) -> list[Level]:
        """Cells of the lines that the words name, and of the lines that hold a figure of the sentence."""
        if not self._tables:
            return []
        about = context(text, n, self._headings[text.number])
        twins = {}
        for level in said:
            for cell in self._by_unit.get(level.spot.unit, ()):
                if min(len(cell.digits), len(level.spot.digits)) >= 3 and overlap(interval(cell), interval(level.spot)):
                    twins[id(cell)] = min(abs(level.order - at), twins.get(id(cell), 9))
        found: list[Level] = []
        for grid, table in enumerate(self._tables):
            found += self._of_table(grid, table, about, rule, twins)
        found.sort(key=lambda x: (-(x.twin > 0), -x.fit))
        return found[:CELLS]

    def _of_table(self, grid: int, table: Table, about: Context, rule: str, twins: dict[int, int]) -> Iterator[Level]:
        rows, columns = self._lines.rows[grid], self._lines.columns[grid]
        row_fits = [rows.fit(r, about) for r in range(len(table.rows))]
        column_fits = [columns.fit(c, about) for c in range(len(table.columns))]
        held_rows = {s.row for row in table.cells for s in row if s and id(s) in twins}
        held_columns = {s.column for row in table.cells for s in row if s and id(s) in twins}
        best_row, best_column = max(row_fits, default=0.0), max(column_fits, default=0.0)
        for r, row in enumerate(table.cells):
            for c, cell in enumerate(row):
                if cell is None or not cell.value or (cell.unit in (*RATES, *MULTIPLES)) != (rule == "difference"):
                    continue
                named = (row_fits[r] >= 0.4 and row_fits[r] > 0.6 * best_row) or (
                    column_fits[c] >= 0.4 and column_fits[c] > 0.6 * best_column
                )
                total = rows.totals[r] or columns.totals[c]
                beside = r in held_rows or (total and c in held_columns)
                if not named and not beside and not (total and max(best_row, best_column) >= 0.4):
                    continue
                twin = twins.get(id(cell), -1 if beside else 0)
                year = self._lines.year(cell)
                years = (year, year) if year else cell.years
                beyond = bool(rows.labels[r]) and set(rows.labels[r]) <= about.behind
                fit = max(row_fits[r], 0.5 * column_fits[c]) if not columns.dated else row_fits[r]
                name = frozenset(rows.labels[r]) | frozenset(columns.labels[c])
                yield Level(cell, 0, "", "", "", name, years, fit, total, beyond, twin)


def rule_of(stated: Spot, n: int, text: Text) -> str:
    """What kind of statement a rate is by the words about it, or nothing."""
    before = text.text[text.spots[n - 1].end if n else 0 : stated.start][-45:]
    following = text.spots[n + 1].start if n + 1 < len(text.spots) else len(text.text)
    after = re.split(r"[。；;]|\.\s", text.text[stated.end : min(following, stated.end + 30)])[0]
    close = after[:14]
    if stated.unit in MULTIPLES:
        return "" if stated.statistic == "level" else "ratio"  # a PUE, a price to earnings
    if stated.unit == "pp":
        return "difference"
    if stated.unit != "percent":
        return ""
    if stated.statistic == "cagr" or words("cagr").search(before + " " + after):
        return "cagr"
    if (
        stated.statistic in ("yoy", "change")
        or words("growth").search(before[-30:] + " " + close)
        or words("compared").match(after)
    ):
        return "growth"
    if stated.statistic in ("share", "ratio") or words("share").search(before[-30:] + " " + close):
        return "share"
    return "share" if words("gloss").search(before) else ""


def _direction(stated: Spot, n: int, text: Text) -> int:
    """1 for a rise, -1 for a fall by the words beside a rate, 0 where they say neither or both."""
    start = text.spots[n - 1].end if n else 0
    beside = (
        text.text[start : stated.start][-25:]
        + " "
        + stated.printed
        + re.split(r"[，,。；;]", text.text[stated.end :][:14])[0]
    )
    rise, fall = bool(words("rise").search(beside)), bool(words("fall").search(beside))
    return int(rise) - int(fall)


# --- what speaks for a pair -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Said:
    stated: Spot
    n: int
    text: Text
    order: int


def _level(text: Text, spots: list[Spot], n: int, order: int) -> Level:
    spot = spots[n]
    start = spots[n - 1].end if n else 0
    end = spots[n + 1].start if n + 1 < len(spots) else len(text.text)
    lead = text.text[start : spot.start]
    tail = text.text[spot.end : min(end, spot.end + 30)]
    name = tokens(_CUT.split(lead[-60:])[-1]) | tokens(_CUT.split(tail)[0])
    return Level(spot, order, lead[-24:], tail, text.text[spot.end : spot.end + 24], name, spot.years)


def _may_meet(a: Spot, b: Spot) -> bool:
    """One counted thing; of two cells, one line of one table."""
    if a.grid >= 0 and b.grid >= 0:
        return a.unit == b.unit and a.grid == b.grid and (a.row == b.row or a.column == b.column)
    if not a.unit or not b.unit:  # a numeral without a unit goes with its neighbour
        return a.block == b.block and abs(a.sentence - b.sentence) <= 1
    return a.unit == b.unit and _counts(a, b)


def _counts(a: Spot, b: Spot) -> bool:
    return a.unit != "count" or not a.counted or not b.counted or a.counted == b.counted


def _dated(candidate: Candidate, first: Level, last: Level, stated: Spot) -> bool:
    """Give a compound rate its periods: the years of the levels, else the span of the rate."""
    a, b = first.years, last.years
    own = stated.years[1] - stated.years[0] if stated.years else 0
    between = b[1] - a[1] if a and b else 0
    candidate.periods = float(between if between > 0 else own)
    candidate.features["its span"] = float(own == between > 0)
    candidate.features["another span"] = float(own > 0 and between > 0 and own != between)
    return candidate.periods >= 1


def _orders(rule: str, a: Level, b: Level, stated: Spot, direction: int) -> Iterator[tuple[Level, Level]]:
    small, large = (a, b) if a.spot.value < b.spot.value else (b, a)
    if rule == "share":
        yield (small, large) if stated.value <= 100 else (large, small)
    elif rule in ("ratio", "difference"):
        yield large, small
    elif a.years and b.years and a.years != b.years:
        yield (a, b) if a.years < b.years else (b, a)
    elif direction and rule == "growth":
        yield (small, large) if direction > 0 else (large, small)
    else:
        yield a, b
        yield b, a


def _features(
    rule: str, about: _Said, first: Level, last: Level, salient: set[int], near: list[Level]
) -> dict[str, float]:
    subject, base = (last, first) if rule in ("growth", "cagr") else (first, last)
    out = {"any": 1.0}
    for role, level in (("subject", subject), ("base", base)):
        for name, value in _role(about, level, salient).items():
            out[f"{role} {name}"] = value
    a = subject.spot
    out |= _joint(rule, about, subject, base)
    rivals = sum(1 for x in near if x.spot.unit == a.unit and a.unit and x.spot.sentence == about.stated.sentence)
    out["rivals in the sentence"] = math.log(max(1, rivals - 1))
    out["no unit"] = float(not a.unit and not base.spot.unit)
    out["one without a unit"] = float(bool(a.unit) != bool(base.spot.unit))
    out["vague"] = float(bool(a.open or base.spot.open))
    return out


def _role(about: _Said, level: Level, salient: set[int]) -> dict[str, float]:
    stated, s = about.stated, level.spot
    if s.grid >= 0:
        return _cell_role(stated, level)
    out: dict[str, float] = {}
    step = level.order - about.order
    together = s.block == stated.block and s.sentence == stated.sentence
    if together:
        between = about.text.text[min(s.end, stated.end) : max(s.start, stated.start)]
        out["right before" if step == -1 else "right behind" if step == 1 else "same sentence"] = 1.0
        if abs(step) == 1:
            out["close"] = float(len(between) <= 12)
            out["in brackets behind"] = float(step == 1 and between.lstrip()[:1] in "（(" and between.strip() != "")
            out["gloss"] = float(step == -1 and bool(words("gloss").search(between)))
            out["of behind"] = float(step == 1 and bool(words("own_whole_behind").search(between)))
            out["clause between"] = float(bool(_CUT.search(between[1:-1])))
        else:
            out["steps"] = math.log(abs(step))
    elif s.block == stated.block:
        gap = stated.sentence - s.sentence
        out["sentence before" if gap == 1 else "two before" if gap == 2 else "behind" if gap < 0 else "earlier"] = 1.0
        out["steps"] = math.log(max(1, abs(step)))
    else:
        out["other block"] = 1.0
        out["block after"] = float(s.block > stated.block)
        out["steps"] = math.log(max(1, abs(step)))
    out["own rate"] = float(abs(step) != 1 and bool(words("own_rate").match(level.behind_all)))
    out["first levels"] = float(id(s) in salient)
    out["former"] = float(bool(words("before").search(level.before) or words("earlier").search(level.behind)))
    out["total"] = float(bool(words("sum").search(level.before) or words("total").search(level.before + level.behind)))
    out["own whole"] = float(bool(words("own_whole_before").search(level.before)))
    out["reached"] = float(bool(words("reached").search(level.before)))
    out["part"] = float(bool(words("part_cue").search(level.before)))
    return out | _year_role(stated, level)


def _cell_role(stated: Spot, level: Level) -> dict[str, float]:
    out = {
        "cell": 1.0, "cell named": level.fit, "cell total": float(level.total),
        "cell named behind": float(level.named_behind), "cell printed": float(level.twin == 1),
        "cell printed near": float(level.twin > 1), "cell beside a printed one": float(level.twin < 0),
    }  # fmt: skip
    return out | {f"cell {k}": v for k, v in _year_role(stated, level).items()}


def _year_role(stated: Spot, level: Level) -> dict[str, float]:
    out: dict[str, float] = {}
    if level.years and stated.years:
        years = level.years
        out["its year"] = float(years[1] == stated.years[1])
        out["year before"] = float(years[1] == stated.years[1] - 1)
        out["other year"] = float(years[1] not in (stated.years[1], stated.years[1] - 1))
    return out


def _joint(rule: str, about: _Said, subject: Level, base: Level) -> dict[str, float]:
    a, b = subject.spot, base.spot
    out: dict[str, float] = {}
    if a.grid >= 0 or b.grid >= 0:
        out |= {
            "two cells": float(a.grid == b.grid),
            "one row": float(a.grid == b.grid and a.row == b.row),
            "cell and its total": float(a.grid == b.grid and a.column == b.column and (subject.total or base.total)),
            "text and cell": float(a.grid != b.grid),
        }
    if subject.years and base.years:
        gap = subject.years[1] - base.years[1]
        out["same year"] = float(gap == 0)
        out["one year on"] = float(gap == 1)
        out["more years on"] = float(gap > 1)
        out["backward"] = float(gap < 0)
    if a.indicator and b.indicator:
        out["one indicator"] = float(a.indicator == b.indicator)
        out["two indicators"] = float(a.indicator != b.indicator)
    if a.entity and b.entity:
        out["two entities"] = float(a.entity != b.entity)
        out["one entity"] = float(a.entity == b.entity)
    shared = len(subject.name & base.name)
    out["shared words"] = shared / max(1, min(len(subject.name), len(base.name)))
    out["from to"] = float(bool(words("before").search(base.before) and words("reached").search(subject.before)))
    out["part of whole"] = float(
        subject.order == about.order - 1 and bool(words("own_whole_behind").search(about.text.text[about.stated.end :]))
    )
    if a.grid < 0 and b.grid < 0:
        out["base first"] = float(b.start < a.start and a.block == b.block)
        out["neighbours"] = float(abs(subject.order - base.order) == 1)
        out["both in the sentence"] = float(a.sentence == b.sentence == about.stated.sentence)
    ratio = max(a.value, b.value) / min(a.value, b.value)
    out["far apart"] = float(ratio > (20 if rule != "ratio" else 1000))
    return out
