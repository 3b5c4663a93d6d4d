"""Charts of comparisons: how many hold."""

from typing import TYPE_CHECKING

from orchestration.site.drawing import NO_NOTE, ChartDefinition, Drawing, Point, Say, chart_of
from orchestration.site.shapes import sized
from orchestration.site.words import RULE, VERDICT, label, spoken

if TYPE_CHECKING:
    from orchestration.site.warehouse import Warehouse


def holds_by_source(warehouse: "Warehouse", say: Say) -> Drawing | None:
    """Comparisons by source and verdict."""
    rows = warehouse.rows(
        "with one as (select unnest(source_ids) as source_id, verdict from reconciliation.comparisons) "
        "select source_id, verdict, count(*) as n from one group by all order by all"
    )
    return _verdict_bars(
        say, [(say.source(row["source_id"]), row["verdict"], row["n"]) for row in rows], say("source", "来源")
    )


def holds_by_rule(warehouse: "Warehouse", say: Say) -> Drawing | None:
    """Comparisons by rule and verdict."""
    rows = warehouse.rows(
        "select rule, verdict, count(*) as n from reconciliation.comparisons group by all order by all"
    )
    return _verdict_bars(
        say, [(say.label(spoken(row["rule"], RULE)), row["verdict"], row["n"]) for row in rows], say("rule", "规则")
    )


def _verdict_bars(say: Say, counts: list[tuple[str, str, int]], what: str) -> Drawing | None:
    import altair as alt

    if not counts:
        return None
    verdicts = [code for code in VERDICT if any(verdict == code for _, verdict, _ in counts)]
    names = [say.label(VERDICT[code]) for code in verdicts]
    totals: dict[str, int] = {}
    for name, _, n in counts:
        totals[name] = totals.get(name, 0) + n
    points: list[Point] = [
        {
            "name": name,
            "verdict": say.label(VERDICT[verdict]),
            "n": n,
            "share": n / totals[name],
            "order": verdicts.index(verdict),
        }
        for name, verdict, n in counts
    ]
    order = sorted(totals, key=lambda name: sum(p["share"] for p in points if p["name"] == name and p["order"] == 0))
    chart = (
        chart_of(points)
        .mark_bar()
        .encode(
            y=alt.Y("name:N", title=None, sort=order),
            x=alt.X("share:Q", title=say("share of comparisons", "占比较的份额"), axis=alt.Axis(format="%")),
            color=alt.Color("verdict:N", title=None, scale=alt.Scale(domain=names)),
            order=alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("name:N", title=what),
                alt.Tooltip("verdict:N", title=say("verdict", "结论")),
                alt.Tooltip("n:Q", title=say("comparisons", "比较数")),
                alt.Tooltip("share:Q", format=".1%", title=say("share", "占比")),
            ],
        )
    )
    table = [(what, *names, say("all", "合计"))]
    for name in order:
        cells = {p["verdict"]: p["n"] for p in points if p["name"] == name}
        table.append((name, *(str(cells.get(verdict, 0)) for verdict in names), str(totals[name])))
    return Drawing(sized(chart, len(order), 26), (), tuple(table))


DEFINITIONS = (
    ChartDefinition(
        "holds-by-source",
        label("How much holds, by source", "有多少成立：按来源"),
        label("share of comparisons", "占比较的份额"),
        label("A comparison of two sources counts for both.", "跨来源的比较对两个来源各计一次。"),
        holds_by_source,
    ),
    ChartDefinition(
        "holds-by-rule",
        label("How much holds, by rule", "有多少成立：按规则"),
        label("share of comparisons", "占比较的份额"),
        NO_NOTE,
        holds_by_rule,
    ),
)
