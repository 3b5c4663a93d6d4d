"""Charts of surveys, penetration, models, companies and patents."""

from typing import TYPE_CHECKING

from orchestration.site.drawing import NO_NOTE, ChartDefinition, Drawing, Say, distinct, year
from orchestration.site.shapes import bars, dots, levels, year_lines
from orchestration.site.words import label

if TYPE_CHECKING:
    from orchestration.site.warehouse import Row, Warehouse


def survey_answers(warehouse: "Warehouse", say: Say) -> Drawing | None:
    """Answers of surveys; one answer printed with several values shows as several points."""
    if not warehouse.has("adoption.survey"):
        return None
    rows = warehouse.rows(
        "select * from adoption.survey where value is not null and unit = 'percent' order by source_id, line"
    )
    rows = distinct(rows, "entity", "segment", "period_label", "value")

    def name(row: "Row") -> str:
        return say.join(say.segment(row["segment"]).removeprefix("answer: "), row["period_label"] or "")

    return dots(
        say, rows, name, "value", 1, say("% of respondents", "受访者 %"), color=lambda row: say.entity(row["entity"])
    )


def workload(warehouse: "Warehouse", say: Say) -> Drawing | None:
    if not warehouse.has("adoption.penetration"):
        return None
    rows = warehouse.rows(
        "select * from adoption.penetration where value is not null and indicator = 'penetration_rate' "
        "and unit = 'percent' and period_end is not null order by source_id, line"
    )
    rows = distinct(rows, "entity", "segment", "geography", "basis", "period_label", "value")
    by_series: dict[str, list[Row]] = {}
    for row in rows:
        by_series.setdefault(say.join(say.segment(row["segment"]), say.geography(row["geography"])), []).append(row)
    kept = {name: series for name, series in by_series.items() if len({year(row) for row in series}) > 1}
    largest = sorted(kept, key=lambda name: -max(row["value"] for row in kept[name]))[:8]
    rows = [row for name in largest for row in kept[name]]
    return year_lines(
        say, rows, lambda row: say.join(say.segment(row["segment"]), say.geography(row["geography"])), "value", 1, "%"
    )


def model_counts(warehouse: "Warehouse", say: Say) -> Drawing | None:
    rows = levels(warehouse, "adoption.model_count", "unit = 'count' and geography is not null and value > 9")

    def name(row: "Row") -> str:
        return say.join(
            say.segment(row["segment"]),
            say.geography(row["geography"]),
            say.basis(row["basis"]),
            row["period_label"] or "",
        )

    return dots(
        say, rows, name, "value", 1, say("models", "个模型"), log=True, color=lambda row: say.source(row["source_id"])
    )


def companies(warehouse: "Warehouse", say: Say) -> Drawing | None:
    rows = levels(
        warehouse,
        "adoption.company_count",
        "indicator in ('company_count', 'unicorn_count') and segment = 'ai' and geography in ('CHN', 'USA', 'WLD') "
        "and period_end is not null",
    )
    rows = distinct(rows, "source_id", "indicator", "geography", "period_label", "value")

    def name(row: "Row") -> str:
        return say.join(say.indicator(row["indicator"]), say.geography(row["geography"]), row["period_label"])

    return dots(
        say,
        rows,
        name,
        "value",
        1,
        say("companies (log scale)", "企业数（对数）"),
        log=True,
        color=lambda row: say.source(row["source_id"]),
    )


def patents(warehouse: "Warehouse", say: Say) -> Drawing | None:
    rows = levels(
        warehouse,
        "adoption.research_output",
        "indicator = 'patent_count' and unit = 'count' and segment = 'ai' and basis is null and geography is not null",
    )
    rows = distinct(rows, "geography", "period_label", "value")
    return bars(
        say,
        rows,
        lambda row: say.geography(row["geography"]),
        "value",
        1,
        say("patents", "专利数"),
    )


DEFINITIONS = (
    ChartDefinition(
        "survey-answers",
        label("What surveys found", "问卷调查结果"),
        label("percent of respondents", "受访者百分比"),
        label(
            "Several points on one line: one answer is printed with several values.",
            "同一行多点：同一答案在原文中有多个数值。",
        ),
        survey_answers,
    ),
    ChartDefinition(
        "workload",
        label("Penetration over time", "渗透率变化"),
        label("percent", "百分比"),
        NO_NOTE,
        workload,
    ),
    ChartDefinition(
        "model-counts",
        label("How many AI models, by source and definition", "模型数量：按来源与定义"),
        label("models, log scale", "个，对数"),
        label(
            "Registered, released, approved and cumulative counts are different things.",
            "备案、发布、获批与累计数量含义不同。",
        ),
        model_counts,
    ),
    ChartDefinition(
        "companies",
        label("AI companies and unicorns, by source", "AI 企业与独角兽：按来源"),
        label("companies, log scale", "家，对数"),
        NO_NOTE,
        companies,
    ),
    ChartDefinition(
        "patents",
        label("AI patents by country", "AI 专利：按国家"),
        label("patents", "件"),
        NO_NOTE,
        patents,
    ),
)
