"""Charts of market size, growth and prices."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from orchestration.figures.shown import stated_unit
from orchestration.site.drawing import (
    NO_NOTE,
    ChartDefinition,
    Drawing,
    Say,
    chart_of,
    distinct,
    domain_of,
    ids,
    point,
    status_shape,
    tooltips,
    year,
)
from orchestration.site.lines import lines
from orchestration.site.shapes import levels, log_scale, series_name, stepped, year_lines
from orchestration.site.words import VERDICT, label

if TYPE_CHECKING:
    from orchestration.site.warehouse import Row, Warehouse

FAN_END = 2035  # a market of 2050 would squeeze the years that people ask about


def market_fan_china(warehouse: "Warehouse", say: Say) -> Drawing | None:
    return _market_fan(warehouse, say, lambda geography: geography == "CHN" or geography.startswith("CN-"))


def market_fan_world(warehouse: "Warehouse", say: Say) -> Drawing | None:
    return _market_fan(warehouse, say, lambda geography: geography != "CHN" and not geography.startswith("CN-"))


def _market_fan(warehouse: "Warehouse", say: Say, place: Callable[[str], bool]) -> Drawing | None:
    """Market sizes of one segment and source over the years, from the last actual into the forecast."""
    import altair as alt

    rows = levels(warehouse, "market.market_size", "value_usd is not null and period_end is not null")
    by_series: dict[str, list[Row]] = {}
    for row in rows:
        if year(row) == year(row, end=False) and place(row["geography"] or ""):
            by_series.setdefault(series_name(say, row), []).append(row)
    points, used = [], []
    for name, series in by_series.items():
        years = {year(row) for row in series}
        # two years apart is a pair of levels, not a path; those stand in the chart of segments
        if max(years) - min(years) < 3 or not any(row["status"] in ("forecast", "target") for row in series):
            continue
        if max(years) > FAN_END:
            continue
        kept = distinct(sorted(series, key=lambda row: (year(row), row["line"])), "period_label", "value")
        used += kept
        points += [
            point(say, row, series=name, start=year(row), year=year(row), y=row["value_usd"] / 1e9) for row in kept
        ]
    if not points:
        return None
    y = log_scale(alt.Y, "y", say("USD bn (log scale)", "十亿美元（对数）"), points)
    return Drawing(lines(say, points, [row["status"] for row in used], y, 360, log=True), ids(used))


def market_segments(warehouse: "Warehouse", say: Say) -> Drawing | None:
    """Two levels of one segment, joined: what the source prints for two near years."""
    import altair as alt

    rows = levels(warehouse, "market.market_size", "value_usd is not null and period_end is not null")
    by_series: dict[str, list[Row]] = {}
    for row in rows:
        by_series.setdefault(series_name(say, row), []).append(row)
    points, used = [], []
    for name, series in by_series.items():
        years = {year(row) for row in series}
        if len(years) == 2 and max(years) - min(years) < 3:
            used += series
            points += [
                point(say, row, series=name.split(" · ")[0], year=str(year(row)), usd=row["value_usd"] / 1e9)
                for row in series
            ]
    if not points:
        return None
    order = [p["series"] for p in sorted(points, key=lambda p: -p["usd"])]
    base = chart_of(points).encode(
        y=alt.Y("series:N", title=None, sort=domain_of(order)),
        x=log_scale(alt.X, "usd", say("USD bn (log scale)", "十亿美元（对数）"), points),
    )
    line = base.mark_line(color="#8a94a0").encode(detail="series:N")
    marks = base.mark_point(filled=True, size=90, opacity=1).encode(
        color=alt.Color(
            "year:N", title=say("year", "年份"), scale=alt.Scale(domain=sorted({item["year"] for item in points}))
        ),
        shape=status_shape(say, {row["status"] for row in used}),
        tooltip=tooltips(say),
    )
    return stepped(line + marks, len(set(order)), used)


def growth_checked(warehouse: "Warehouse", say: Say) -> Drawing | None:
    """Printed compound growth beside the growth that the printed levels give."""
    import altair as alt

    rows = warehouse.rows("select * from reconciliation.comparisons where rule = 'cagr' order by comparison_id")
    points: list[dict[str, Any]] = []
    used = []
    for row in rows:
        first = warehouse.figures.get(row["figure_ids"][0]) if row["figure_ids"] else None
        if first is None or row["stated"] is None or row["expected"] is None:
            continue
        factor, _ = stated_unit(row["rule"], first, row["stated"])
        name = say.join(say.subject(first), first["period_label"] or "", f"{say('line', '行')} {first['line']}")
        used.append(first)
        for kind, value in (("stated", row["stated"]), ("expected", row["expected"])):
            what = say("printed", "原文") if kind == "stated" else say("computed from the levels", "按水平值计算")
            verdict = say.label(VERDICT[row["verdict"]])
            points.append(point(say, first, name=name, percent=value * factor, what=what, verdict=verdict))
    if not points:
        return None
    gaps: dict[str, list[float]] = {}
    for item in points:
        gaps.setdefault(item["name"], []).append(item["percent"])
    order = sorted(gaps, key=lambda name: -abs(gaps[name][0] - gaps[name][-1]))
    base = chart_of(points).encode(
        y=alt.Y("name:N", title=None, sort=order),
        x=alt.X("percent:Q", title=say("percent a year", "每年百分比")),
    )
    line = base.mark_line(color="#8a94a0").encode(detail="name:N")
    kinds = [say("printed", "原文"), say("computed from the levels", "按水平值计算")]
    marks = base.mark_point(filled=True, size=80, opacity=1).encode(
        color=alt.Color("what:N", title=None, scale=alt.Scale(domain=kinds)),
        shape=alt.Shape("what:N", title=None, scale=alt.Scale(domain=kinds, range=["circle", "diamond"])),
        tooltip=tooltips(
            say,
            alt.Tooltip("what:N", title=say("point", "点")),
            alt.Tooltip("percent:Q", title="%", format=".2f"),
            alt.Tooltip("verdict:N", title=say("verdict", "结论")),
        ),
    )
    return stepped(line + marks, len(order), used)


def model_prices(warehouse: "Warehouse", say: Say) -> Drawing | None:
    """Price per million tokens by model, input and output apart, coloured by the maker's country."""
    import altair as alt

    rows = levels(
        warehouse,
        "market.model_price",
        "unit = 'USD/Mtoken' and entity is not null and entity_country is not null and period_end is not null "
        "and (basis like 'input%' or basis like 'output%') and basis not like '%input and%'",
    )
    rows = distinct(rows, "entity", "basis", "value", "period_label")
    if not rows:
        return None
    points = [
        point(
            say,
            row,
            model=row["entity"],
            usd=row["value"],
            country=say.geography(row["entity_country"]),
            side=say("output", "输出") if row["basis"].startswith("output") else say("input", "输入"),
        )
        for row in rows
    ]
    top: dict[str, float] = {}
    for item in points:
        top[item["model"]] = max(top.get(item["model"], 0), item["usd"])
    order = sorted(top, key=lambda model: -top[model])
    sides = [say("input", "输入"), say("output", "输出")]
    countries = [say.geography(code) for code in sorted({row["entity_country"] for row in rows})]
    base = chart_of(points).encode(
        y=alt.Y("model:N", title=None, sort=order),
        x=log_scale(alt.X, "usd", say("USD per million tokens (log scale)", "美元/百万 token（对数）"), points),
        color=alt.Color("country:N", title=say("country", "国家"), scale=alt.Scale(domain=countries)),
    )
    line = base.mark_line(strokeWidth=1.5).encode(detail="model:N")
    marks = base.mark_point(filled=True, size=70, opacity=1).encode(
        shape=alt.Shape(
            "side:N", title=say("price of", "价格"), scale=alt.Scale(domain=sides, range=["circle", "triangle-right"])
        ),
        tooltip=tooltips(say, alt.Tooltip("side:N", title=say("price of", "价格"))),
    )
    return stepped(line + marks, len(order), rows, step=18)


def software_spending(warehouse: "Warehouse", say: Say) -> Drawing | None:
    """Potential and expected spending on generative AI enterprise software, China beside the United States."""
    where = "segment = 'genai_enterprise_software' and value_usd is not null and period_end is not null"
    rows = levels(warehouse, "market.market_size", where) + levels(warehouse, "market.spending", where)
    # the same exhibit prints spending in billions and in millions; one of the two is drawn
    rows = distinct(rows, "indicator", "geography", "period_label")

    def name(row: "Row") -> str:
        what = say("potential", "潜在市场") if row["indicator"] == "market_size" else say("spending", "支出")
        return say.join(say.geography(row["geography"]), what)

    return year_lines(say, rows, name, "value_usd", 1e9, say("USD bn", "十亿美元"))


DEFINITIONS = (
    ChartDefinition(
        "market-fan-china",
        label("Market size in China: from the last actual into the forecasts", "中国市场规模：从最近的实际值到预测"),
        label("USD bn, log scale", "十亿美元，对数"),
        label(
            "One line a market and source. Definitions differ, so lines are no rivals for one truth. Yuan are "
            "converted at the rate of the year or of the report.",
            "每条线为一个市场和一个来源；定义不同，不宜直接比高低。人民币按当年汇率或报告汇率换算。",
        ),
        market_fan_china,
    ),
    ChartDefinition(
        "market-fan-world",
        label("Market size in the world and the United States", "全球与美国市场规模"),
        label("USD bn, log scale", "十亿美元，对数"),
        label("One line a market and source.", "每条线为一个市场和一个来源。"),
        market_fan_world,
    ),
    ChartDefinition(
        "market-segments",
        label("Market size of segments in two near years", "细分市场规模：相近两年"),
        label("USD bn, log scale", "十亿美元，对数"),
        label("The two levels a source prints for one segment.", "同一来源对同一细分市场给出的两个数值。"),
        market_segments,
    ),
    ChartDefinition(
        "growth-checked",
        label("Printed growth against the growth that the printed levels give", "原文增速与按水平值计算的增速"),
        label("percent a year", "每年百分比"),
        label("Sorted by the gap. A wide gap is a finding.", "按差距排序；差距大者为发现。"),
        growth_checked,
    ),
    ChartDefinition(
        "model-prices",
        label("Price per million tokens by model and country", "每百万 token 价格：按模型与国家"),
        label("USD per million tokens, log scale", "美元/百万 token，对数"),
        label(
            "Input prices are blended with cached input where the source does so.",
            "来源对缓存输入做了混合的，输入价为混合价。",
        ),
        model_prices,
    ),
    ChartDefinition(
        "software-spending",
        label("Generative AI enterprise software: potential and spending", "生成式 AI 企业软件：潜在市场与支出"),
        label("USD bn", "十亿美元"),
        NO_NOTE,
        software_spending,
    ),
)
