"""The audit's engines over one source text, with the reviewed figures of `raw/` in place of extracted ones."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.audit.arithmetic import expected, overlap
from orchestration.audit.document import load
from orchestration.audit.engine import compare
from orchestration.audit.model import Comparison, Spot
from orchestration.audit.spots import grid_of
from orchestration.extraction.model import ExtractedFigure
from orchestration.figures.text import squeeze
from orchestration.loading.found import ROLES
from orchestration.loading.load import SourceLoad
from orchestration.loading.reference import Reference
from orchestration.loading.relations import Term
from orchestration.loading.rows import RawFigure

COLUMNS = (
    "rule", "stated", "inputs", "origin", "operator", "bound", "periods", "verdict", "explanation_code", "confidence",
    "sha256",
)  # fmt: skip
# rules that say one thing in two ways: a repeat in a table is text_vs_table, x times is fold or ratio
FAMILIES = (
    {"repeat", "text_vs_table"},
    {"share", "ratio", "part_exceeds_whole", "fold"},
    {"sum", "bounds", "difference", "part_exceeds_whole"},
    {"product", "ratio", "rate_of"},
    {"growth", "cagr", "fold", "ratio"},
)
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


# what neither a sentence nor a table binds, and a random pick of figures might fit as well
LEAST = 0.8
# operators that tie whatever stands near and fits, and those that say a tie once more with another print
WEAK = ("near_product", "other_print")


@dataclass(frozen=True, slots=True)
class FoundTie:
    """A tie whose figures are all reviewed: ids of the statement and of its inputs."""

    rule: str
    stated: str
    inputs: tuple[str, ...]
    origin: str
    operator: str
    bound: bool
    periods: float
    verdict: str
    code: str
    confidence: float

    @property
    def figures(self) -> frozenset[str]:
        return frozenset((self.stated, *self.inputs))


def as_extracted(figure: RawFigure, reference: Reference) -> ExtractedFigure:
    """A reviewed figure in the form that the audit reads, its numbers in the canonical unit."""
    unit = reference.units.get(figure.unit_symbol)
    factor, symbol = (unit.factor, unit.unit) if unit else (1.0, figure.unit_symbol)
    return ExtractedFigure(
        file=figure.source_id, line=figure.line, page=None, printed=figure.printed, value=figure.number * factor,
        value_low=figure.number_low * factor, value_high=figure.number_high * factor, unit=symbol,
        counted=figure.counted or (unit.counted if unit else "") or "", indicator=figure.indicator,
        entity=figure.entity or "", geography=figure.geography or "", period=figure.period_label or "",
        period_start=figure.period_start, period_end=figure.period_end, status=figure.status,
        statistic=figure.statistic, qualifier=figure.qualifier or "", confidence=1.0, segment=figure.segment or "",
        key=figure.figure_id,
    )  # fmt: skip


def find_ties(path: Path, loaded: SourceLoad, reference: Reference) -> list[FoundTie]:
    """Ties of the text that hold or fail by a recognisable slip, between reviewed figures only.

    Raises ``ExtractionError`` when the text cannot be read.
    """
    figures = sorted(loaded.figures, key=lambda f: f.line)
    document = load(path, [as_extracted(f, reference) for f in figures])
    places = _Places(figures)
    by_id = {f.figure_id: f for f in figures}
    tables: dict[str, list[RawFigure]] = defaultdict(list)
    for figure in loaded.figures:
        if figure.table_id and figure.row_key and figure.column_key:
            tables[figure.table_id].append(figure)
    for cells in tables.values():
        named = [(f.row_key or "", f.column_key or "", as_extracted(f, reference)) for f in cells]
        table, spots = grid_of(named, len(document.tables))
        document.tables.append(table)
        places.know(zip(spots, cells, strict=True))
    found: dict[tuple[str, str, frozenset[str]], FoundTie] = {}
    for c in compare(document, likely=False):
        if c.verdict not in ("agree", "disagree") or (c.verdict == "disagree" and not c.code):
            continue
        if not c.bound and (c.confidence < LEAST or c.operator in WEAK):
            continue
        tie = _tie(c, places)
        if tie is None or tie.rule not in ROLES:
            continue  # the loader has no roles for it; currencies beside each other meet in the models
        if _is_about(tie, by_id) and not _conflict(tie, by_id) and _judged(tie, by_id, reference):
            found.setdefault((tie.rule, tie.stated, frozenset(tie.inputs)), tie)
    return sorted(found.values(), key=lambda t: (t.rule, t.stated, t.inputs))


def _is_about(tie: FoundTie, by_id: dict[str, RawFigure]) -> bool:
    """Whether a tie that leaves one table is bound by words or series, and is about what its inputs measure.

    A hundred per cent, or any number of two digits, is the share or the sum of some cells of some table.
    """
    if tie.rule in ("repeat", "text_vs_table"):
        return True
    stated, inputs = by_id[tie.stated], [by_id[i] for i in tie.inputs]
    if stated.table_id and all(i.table_id == stated.table_id for i in inputs):
        return True
    indicators = {i.indicator for i in inputs}
    named = stated.indicator in indicators or (tie.rule == "ratio" and len(indicators) == 1)
    return named and (tie.bound or tie.operator == "own_series")


def _conflict(tie: FoundTie, by_id: dict[str, RawFigure]) -> bool:
    """Whether prints that should say one thing name two: equal numbers stand anywhere in a long text."""
    if tie.rule not in ("repeat", "text_vs_table"):
        return False
    one, other = by_id[tie.stated], by_id[tie.inputs[0]]
    if (one.indicator, one.statistic) != (other.indicator, other.statistic):
        return True
    fields = ("entity", "segment", "geography", "period_label", "basis")
    return any(a and b and a != b for a, b in ((getattr(one, f), getattr(other, f)) for f in fields))


def _judged(tie: FoundTie, by_id: dict[str, RawFigure], reference: Reference) -> bool:
    """Whether the reviewed figures give the verdict that the engine gave its places of the text.

    A place that was taken for another figure, or a formula that only looks like its rule, ends here.
    """
    stated, inputs = _interval(by_id[tie.stated], reference), [_interval(by_id[i], reference) for i in tie.inputs]
    if tie.rule in ("repeat", "text_vs_table"):
        return by_id[tie.stated].unit_symbol is not None and overlap(stated, inputs[0])
    if tie.rule == "bounds":
        return all(low >= 0 for low, _ in (stated, *inputs)) and sum(low for low, _ in (stated, *inputs)) <= 1.0
    exact = expected(tie.rule, inputs, tie.periods)
    if tie.rule in ("share", "growth", "cagr"):
        exact = exact[0] / 100, exact[1] / 100
        if not _is_rate(by_id[tie.stated], reference):
            return False
    return overlap(stated, exact) == (tie.verdict == "agree")


def _is_rate(figure: RawFigure, reference: Reference) -> bool:
    unit = reference.units.get(figure.unit_symbol)
    return (unit.unit if unit else figure.unit_symbol) in ("percent", "pp")


def _interval(figure: RawFigure, reference: Reference) -> tuple[float, float]:
    """The ends of a figure in its canonical unit, rates as fractions."""
    unit = reference.units.get(figure.unit_symbol)
    factor = (unit.factor if unit else 1.0) / (100.0 if _is_rate(figure, reference) else 1.0)
    return figure.number_low * factor, figure.number_high * factor


def _tie(c: Comparison, places: "_Places") -> FoundTie | None:
    stated = places.figure(c.stated)
    inputs = [places.figure(s) for s in c.inputs]
    known = [i for i in inputs if i is not None]
    if stated is None or len(known) < len(inputs) or stated in known or len(set(known)) < len(known):
        return None
    rule = {"difference": "sum", "rate_of": "product"}.get(c.rule, c.rule)
    if c.rule == "difference":  # what is stated and what is taken away add up to what there was
        stated, known = known[0], [stated, known[1]]
    return FoundTie(
        rule, stated, tuple(known), c.origin, c.operator, c.bound, c.periods, c.verdict, c.code,
        round(min(1.0, max(0.0, c.confidence)), 3),
    )  # fmt: skip


class _Places:
    """Reviewed figures by line; a spot is the one whose print it is, else the one with its first number."""

    def __init__(self, figures: Iterable[RawFigure]) -> None:
        self._by_line: dict[int, list[RawFigure]] = defaultdict(list)
        for figure in figures:
            self._by_line[figure.line].append(figure)

        self._known: dict[int, str] = {}

    def know(self, cells: Iterable[tuple[Spot, RawFigure]]) -> None:
        """Cells that were built from reviewed figures."""
        self._known |= {id(spot): figure.figure_id for spot, figure in cells}

    def figure(self, spot: Spot) -> str | None:
        """The id of the figure at this place; nothing where several could be meant."""
        if id(spot) in self._known:
            return self._known[id(spot)]
        on_line = self._by_line.get(spot.line, ())
        printed = squeeze(spot.printed)
        exact = [f for f in on_line if squeeze(f.printed) == printed]
        number = _first(spot.printed)
        like = exact or [f for f in on_line if number and _first(f.printed) == number]
        ids = {f.figure_id for f in like}
        if len(ids) > 1:
            ids = {f.figure_id for f in like if f.period_label == (spot.period or None)}
        return ids.pop() if len(ids) == 1 else None


def _first(printed: str) -> str:
    match = _NUMBER.search(printed)
    return match[0].replace(",", "") if match else ""


def returned(terms: Sequence[Term], ties: Sequence[FoundTie]) -> dict[str, tuple[str, bool]]:
    """For each hand-written relation within one source, over figures alone: its rule and whether a tie finds it again.

    Found again means: a tie of the same family of rules over all its figures and at most two more, or for a list of
    prints of one statement ties that join them all.
    """
    relations: dict[str, list[Term]] = defaultdict(list)
    for term in terms:
        if "/found." not in term.relation_id:
            relations[term.relation_id].append(term)
    out: dict[str, tuple[str, bool]] = {}
    for relation, parts in relations.items():
        wanted = {t.figure_id for t in parts if t.figure_id}
        own = {i for i in wanted if i and i.startswith(f"{parts[0].source_id}/")}
        if len(wanted) < 2 or own != wanted:
            continue
        rule = parts[0].rule
        near = [t for t in ties if t.rule == rule or any(rule in f and t.rule in f for f in FAMILIES)]
        hit = any(own <= t.figures and len(t.figures) <= len(own) + 2 for t in near)
        if not hit and rule in ("repeat", "text_vs_table"):
            hit = _joined(own, [t for t in near if t.rule in ("repeat", "text_vs_table")])
        out[relation] = (rule, hit)
    return out


def _joined(figures: set[str], ties: Sequence[FoundTie]) -> bool:
    """Whether ties of two connect all of the figures."""
    reached = {next(iter(sorted(figures)))}
    grew = True
    while grew:
        grew = False
        for tie in ties:
            if tie.figures & reached and not tie.figures <= reached:
                reached |= tie.figures
                grew = True
    return figures <= reached
