"""The charts of the site and the pages they stand on.

A chart is a function that reads rows of marts and returns an Altair chart, or None when it has no rows; its definition
says what it is called, its unit, and what a reader must know. Marks lead to their figure. Colours are never alone in
carrying a meaning: shape, dash, position or a label says the same.
"""

from typing import TYPE_CHECKING

from orchestration.site import charts_adoption, charts_hardware, charts_holds, charts_investment, charts_market
from orchestration.site.drawing import Chart, Say
from orchestration.site.words import LANGUAGES, Registry

if TYPE_CHECKING:
    from orchestration.site.warehouse import Warehouse

DEFINITIONS = (
    *charts_market.DEFINITIONS,
    *charts_hardware.DEFINITIONS,
    *charts_adoption.DEFINITIONS,
    *charts_investment.DEFINITIONS,
    *charts_holds.DEFINITIONS,
)

PAGE_CHARTS = {
    "index": (
        "market-fan-china", "model-prices", "datacenter-electricity", "return-bridge", "funding", "holds-by-source",
    ),
    "market": (
        "market-fan-china", "market-fan-world", "market-segments", "growth-checked", "model-prices",
        "software-spending",
    ),
    "hardware": (
        "chip-compute", "chip-bandwidth", "chip-efficiency", "compute-capacity", "datacenter-power",
        "datacenter-electricity", "electricity-share", "localization", "tariffs",
    ),
    "adoption": ("survey-answers", "workload", "model-counts", "companies", "patents"),
    "investment": ("funding", "capex", "return-bridge", "return-years", "upside-multiple"),
    "findings": ("holds-by-rule",),
}  # fmt: skip


def build_charts(warehouse: "Warehouse", registry: Registry, *, validated: bool = False) -> dict[str, Chart]:
    """All charts that have data, by id; labels in both languages.

    With ``validated`` every part is held against the schema of Vega-Lite, which takes most of the time of drawing: the
    shapes of charts are code, and tests do it.
    """
    from altair.utils.schemapi import debug_mode

    with debug_mode(validated):
        return _charts(warehouse, registry, validated)


def _charts(warehouse: "Warehouse", registry: Registry, validated: bool) -> dict[str, Chart]:
    charts = {}
    as_of = str(warehouse.published.get("published_on") or "")
    for definition in DEFINITIONS:
        drawings = {}
        for language in LANGUAGES:
            drawing = definition.draw(warehouse, Say(language, registry))
            if drawing is not None:
                drawings[language] = drawing
        if len(drawings) < len(LANGUAGES):
            continue
        figure_ids = drawings["en"].figure_ids
        source_ids = list(dict.fromkeys(warehouse.figures[key]["source_id"] for key in figure_ids)) or list(
            warehouse.sources
        )
        charts[definition.chart_id] = Chart(
            definition.chart_id,
            definition.title,
            definition.unit,
            definition.note,
            {language: drawing.chart.to_dict(validate=validated) for language, drawing in drawings.items()},
            figure_ids,
            {language: drawing.table for language, drawing in drawings.items() if drawing.table},
            tuple(registry.source(source_id) for source_id in source_ids),
            as_of,
        )
    return charts
