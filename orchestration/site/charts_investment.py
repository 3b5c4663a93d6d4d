"""Charts of funding, capital expenditure, the return build-up and valuation."""

from typing import TYPE_CHECKING

from orchestration.figures.shown import number
from orchestration.site.drawing import (
    NO_NOTE,
    ChartDefinition,
    Drawing,
    Say,
    chart_of,
    distinct,
    domain_of,
    point,
    tooltips,
    year,
)
from orchestration.site.shapes import dots, levels, room_scale, stepped, year_lines
from orchestration.site.words import label

if TYPE_CHECKING:
    from orchestration.site.warehouse import Row, Warehouse


def funding(warehouse: "Warehouse", say: Say) -> Drawing | None:
    rows = levels(
        warehouse,
        "investment.funding",
        "indicator = 'funding_amount' and value_usd is not null and length(geography) = 3 and entity is null "
        "and period_end is not null",
    )
    rows = distinct(rows, "source_id", "segment", "geography", "period_label", "basis", "value")

    def name(row: "Row") -> str:
        return say.join(
            say.geography(row["geography"]), say.segment(row["segment"]), row["period_label"], say.basis(row["basis"])
        )

    return dots(
        say,
        rows,
        name,
        "value_usd",
        1e9,
        say("USD bn (log scale)", "十亿美元（对数）"),
        log=True,
        color=lambda row: say.source(row["source_id"]),
    )


def capex(warehouse: "Warehouse", say: Say) -> Drawing | None:
    where = "unit = 'CNY' and period_end is not null and entity is not null"
    rows = levels(warehouse, "investment.capex", "indicator = 'capex' and " + where)
    rows += levels(warehouse, "investment.return_on_ai", "indicator = 'ai_capex' and " + where)
    rows = distinct(rows, "indicator", "entity", "segment", "period_label", "value")
    return year_lines(
        say,
        rows,
        lambda row: say.join(say.entity(row["entity"]), say.indicator(row["indicator"])),
        "value",
        1e9,
        say("CNY bn", "十亿元"),
    )


def return_bridge(warehouse: "Warehouse", say: Say) -> Drawing | None:
    """The last year of the return build-up: parts of the gross return, the costs, and what is left."""
    import altair as alt

    rows = _build_up(warehouse)
    if not rows:
        return None
    last = max(year(row) for row in rows)
    steps: list[tuple[str, float, Row, str]] = []
    for row in (row for row in rows if year(row) == last):
        kind = _bridge_kind(row)
        if kind:
            steps.append((kind, row["value"] / 1e9, row, ""))
    order = {"plus": 0, "gross": 1, "minus": 2, "net": 3}
    steps.sort(key=lambda step: (order[step[0]], -step[1]))
    if not {"plus", "gross"} <= {step[0] for step in steps}:
        return None
    kinds = {
        "plus": say("adds", "增加"),
        "minus": say("takes away", "扣减"),
        "gross": say("total", "合计"),
        "net": say("total", "合计"),
    }
    points, level = [], 0.0
    for kind, value, row, _ in steps:
        total = kind in ("gross", "net")
        start = 0.0 if total else level
        end = value if total else level + (value if kind == "plus" else -value)
        level = end
        name = {"gross": say("Gross return", "总回报"), "net": say("Net return", "净回报")}.get(kind) or say.segment(
            row["segment"]
        )
        if row["indicator"] == "ai_depreciation":
            name = say.indicator("ai_depreciation")
        points.append(
            point(
                say,
                row,
                name=name,
                start=start,
                end=end,
                kind=kinds[kind],
                text=("−" if kind == "minus" else "") + number(value),
            )
        )
    names = [item["name"] for item in points]
    base = chart_of(points).encode(y=alt.Y("name:N", title=None, sort=names))
    bars = base.mark_bar(height=15).encode(
        x=alt.X(
            "start:Q",
            title=say(f"CNY bn, {last}", f"十亿元，{last} 年"),
            scale=room_scale(max(item["start"], item["end"]) for item in points),
        ),
        x2="end:Q",
        color=alt.Color("kind:N", title=None, scale=alt.Scale(domain=[kinds["plus"], kinds["minus"], kinds["gross"]])),
        tooltip=tooltips(say),
    )
    text = base.mark_text(align="left", dx=5).encode(x=alt.X("right:Q"), text="text:N")
    text = text.transform_calculate(right="max(datum.start, datum.end)")
    return stepped(bars + text, len(names), [step[2] for step in steps], step=26)


def return_years(warehouse: "Warehouse", say: Say) -> Drawing | None:
    """Gross return, operating cost and net return by year."""
    rows = [
        row for row in _build_up(warehouse) if row["segment"] == "ai" and row["indicator"] in ("ai_profit", "ai_cost")
    ]

    def name(row: "Row") -> str:
        if row["indicator"] == "ai_cost":
            return say("cost including depreciation", "成本（含折旧）")
        return say("gross return", "总回报") if row["basis"] == "gross" else say("net return", "净回报")

    return year_lines(say, rows, name, "value", 1e9, say("CNY bn", "十亿元"))


def upside_multiple(warehouse: "Warehouse", say: Say) -> Drawing | None:
    """The upside to the target price, a row a company, from the lowest price-earnings multiple to the highest."""
    import altair as alt

    rows = levels(
        warehouse, "investment.valuation", "entity is not null and (indicator = 'price_upside' or segment = 'pe_ratio')"
    )
    by_entity: dict[str, dict[str, Row]] = {}
    for row in rows:
        by_entity.setdefault(row["entity"], {}).setdefault(row["indicator"], row)
    points, used = [], []
    for entity, pair in by_entity.items():
        if len(pair) == 2 and 0 < pair["valuation_multiple"]["value"] < 300:
            upside, multiple = pair["price_upside"], pair["valuation_multiple"]
            used += [upside, multiple]
            shown = say(f"{number(multiple['value'])} times", f"{number(multiple['value'])} 倍")
            points.append(
                point(
                    say,
                    upside,
                    pe=multiple["value"],
                    upside=upside["value"],
                    name=say.entity(entity),
                    multiple=shown,
                )
            )
    if not points:
        return None
    # a row a company: a cloud of fifty dots has no room for fifty names
    points.sort(key=lambda item: item["pe"])
    across = alt.X("upside:Q", title=say("upside to target price, %", "目标价上涨空间 %"))
    base = chart_of(points).encode(
        y=alt.Y("name:N", title=None, sort=domain_of([item["name"] for item in points])), x=across
    )
    marks = base.mark_point(filled=True, size=75, opacity=1).encode(
        tooltip=tooltips(say, alt.Tooltip("pe:Q", title=say("P/E", "市盈率")))
    )
    multiples = base.mark_text(align="left", dx=8, fontSize=11).encode(text="multiple:N")
    return stepped(marks + multiples, len(points), used, step=18)


def _build_up(warehouse: "Warehouse") -> list["Row"]:
    """Rows of the exhibit that prints a return on AI year by year (the one with most years), spending included."""
    if not warehouse.has("investment.return_on_ai"):
        return []
    best = warehouse.rows(
        "select source_id, exhibit, count(distinct period_label) as years from core.figures "
        "where indicator = 'ai_profit' and exhibit is not null group by all order by years desc, 1, 2 limit 1"
    )
    if not best or best[0]["years"] < 2:
        return []
    return warehouse.rows(
        "select * from core.figures where source_id = ? and exhibit = ? and statistic = 'level' "
        "and period_end is not null and indicator in ('ai_revenue', 'ai_profit', 'ai_cost', 'ai_depreciation', "
        "'spending') order by line, figure_id",
        [best[0]["source_id"], best[0]["exhibit"]],
    )


def _bridge_kind(row: "Row") -> str | None:
    if row["indicator"] == "ai_profit" and row["segment"] == "ai":
        return "gross" if row["basis"] == "gross" else "net"
    if row["indicator"] in ("ai_revenue", "ai_profit", "spending"):
        return None if row["segment"] == "consumer_ai_use" else "plus"  # the consumer total is the sum of other rows
    if row["indicator"] == "ai_cost":
        return None if row["segment"] == "ai" else "minus"
    return "minus" if row["basis"] == "all years of purchase" else None


DEFINITIONS = (
    ChartDefinition(
        "funding",
        label("Funding of AI by country", "AI 融资：按国家"),
        label("USD bn, log scale", "十亿美元，对数"),
        label(
            "Coverage differs: some sources count disclosed deals only.", "口径不同：部分来源仅统计已披露金额的交易。"
        ),
        funding,
    ),
    ChartDefinition(
        "capex",
        label("Capital expenditure", "资本开支"),
        label("CNY bn", "十亿元"),
        NO_NOTE,
        capex,
    ),
    ChartDefinition(
        "return-bridge",
        label("The return on AI, built up", "AI 回报的构成"),
        label("CNY bn", "十亿元"),
        label(
            "Parts of the gross return are of different kinds (revenue, profit, cost saved). Net is after running cost "
            "and depreciation.",
            "总回报各部分性质不同（收入、利润、节省的成本）；净回报已扣除运营成本与折旧。",
        ),
        return_bridge,
    ),
    ChartDefinition(
        "return-years",
        label("Gross return, cost and net return by year", "历年总回报、成本与净回报"),
        label("CNY bn", "十亿元"),
        NO_NOTE,
        return_years,
    ),
    ChartDefinition(
        "upside-multiple",
        label("Upside to the target price against the earnings multiple", "目标价上涨空间与市盈率"),
        label("percent", "百分比"),
        label(
            "From the lowest price over expected earnings, which stands beside each mark, to the highest.",
            "按预期市盈率由低到高排列，倍数标在点旁。",
        ),
        upside_multiple,
    ),
)
