"""The context of a figure in a table, from its row, its column and what stands around the table."""

import re
from dataclasses import replace

from orchestration.extraction.context import describe
from orchestration.extraction.dates import find_periods
from orchestration.extraction.fiscal import is_year_pair
from orchestration.extraction.gazetteer import Gazetteer
from orchestration.extraction.indicator import choose_indicator
from orchestration.extraction.mention_spans import is_span
from orchestration.extraction.model import EMPTY, Candidate, Field, Mention
from orchestration.extraction.scene import Facts, Surroundings, load_cues
from orchestration.extraction.statistic import own_rate
from orchestration.extraction.tables import CellFigure
from orchestration.extraction.words import words
from orchestration.figures.numerals import simplified


def cell_facts(cell: CellFigure, around: Surroundings, gazetteer: Gazetteer) -> Facts:
    """The context of the figure of a cell: what its row and column say, else what stands around the table."""
    hits = gazetteer.find(cell.text)
    width = cell.candidate.end - cell.candidate.start
    candidate = replace(cell.candidate, start=cell.at, end=cell.at + width)
    text = cell.text if cell.at < len(cell.text) else cell.text + "\u25a1" * width
    # a place named in the paragraph before is not the place of a table
    last, around.last_hits = around.last_hits, []
    facts = describe(text, [candidate], [], hits, gazetteer, around)[0]
    around.last_hits = last
    axes = f"{cell.row} {cell.column}"
    facts.statistic = _axis_statistic(axes, candidate, facts.statistic)
    if facts.statistic.value == "cagr":
        spans = [
            pair for pair in cell.periods if pair[0].first and pair[0].last and pair[0].last.year > pair[0].first.year
        ]
        cell.periods = spans or cell.periods
    pool: list[tuple[Mention, float]] = cell.periods or [(m, 0.4) for m in around.heading_periods[:1]]
    if pool:
        mention, sure = pool[0]
        if facts.status.evidence == facts.period.value != mention.label:
            facts.status = EMPTY  # read from a period that is not the cell's
        facts.period, facts.first, facts.last = Field(mention.label, sure, "axis"), mention.first, mention.last
        facts.status = _axis_status(axes, facts, mention, around)
        if facts.statistic.value == "yoy" and is_span(mention) and not is_year_pair(mention.label):
            facts.statistic = replace(facts.statistic, value="change")
    axis_hits = gazetteer.find(axes)
    places = [hit for hit in axis_hits if hit.kind == "geography"]
    if places:
        facts.geography = Field(places[-1].value, 0.9, places[-1].word)
    entities = [hit for hit in axis_hits if hit.kind == "entity"]
    if entities:
        facts.entity = Field(entities[-1].value, 0.9, entities[-1].word)
    own = [hit for hit in axis_hits if hit.kind == "indicator"]
    if own:
        shifted = replace(candidate, start=len(axes), end=len(axes) + 1)
        better = choose_indicator(shifted, facts.statistic.value, own, gazetteer, axes + " ", around)
        facts.indicator = better if better.value and better.confidence >= 0.5 else facts.indicator
    facts.statistic = own_rate(facts.statistic, facts.indicator.value)
    return facts


def _plan_begins(around: Surroundings) -> int:
    """The year in which a plan begins: that of its title, else that of publication; 0 where nothing says it."""
    title = around.frame.name
    years = [m.first.year for m in find_periods(simplified(title)) if m.first is not None]
    published = around.published
    return min(years) if years else published.year if published else 0


def _axis_status(axes: str, facts: Facts, mention: Mention, around: Surroundings) -> Field:
    if around.frame.kind.value == "plan" or re.search("预期性|约束性", axes):
        # what a plan prints for the years before it is known, the rest are its goals
        first = _plan_begins(around)
        if mention.last is not None and first and not mention.forecast:
            return Field("target" if mention.last.year >= first else "actual", 0.8, "plan")
    if load_cues()["heading"]["budget"].search(around.frame.name):
        # and what a budget prints for its year, whatever it calls it
        first = _plan_begins(around)
        if mention.first is not None and first and mention.first.year >= first:
            return Field("target", 0.8, "budget")
    if mention.label.startswith("T+"):
        return Field("forecast", 0.8, mention.label)
    if mention.forecast or re.search(r"预测|预计|forecast|projected|\d\s?[EF]\b|预期", axes, re.I):
        return Field("forecast", 0.9, "axis")
    if re.search(r"目标|target|goal", axes, re.I) and not re.search("目标价|target price", axes, re.I):
        return Field("target", 0.85, "axis")
    if re.search(r"估计|estimate", axes, re.I):
        return Field("estimate", 0.8, "axis")
    published = around.published
    if mention.last is not None and (
        (published and mention.last > published and mention.last.year > published.year)
        or (not published and mention.last.year >= 2027)
    ):
        return Field("forecast", 0.8, mention.label)
    return (
        facts.status
        if facts.status.value in ("forecast", "target")
        and facts.status.confidence > 0.8
        and not published
        and mention.last
        and mention.last.year >= 2025
        else Field("actual", 0.7, "")
    )


# in the order in which they are looked for
_AXIS_WORDS = {
    "cagr": "axis_cagr", "change": "axis_change", "yoy": "change_column", "share": "axis_share", "level": "axis_level",
}  # fmt: skip


def _axis_statistic(axes: str, candidate: Candidate, found: Field) -> Field:
    """What row and column headers say decides before the caption."""
    if candidate.unit in ("percent", "pp"):
        for kind, name in _AXIS_WORDS.items():
            if words()[name].search(axes):
                return Field(kind, 0.9, "axis")
        return found
    if candidate.unit in ("times", "ratio", "multiple"):
        return found if found.value in ("ratio", "change", "level") else Field("ratio", 0.6, "axis")
    return Field("level", 0.9, "axis")
