"""Charts of chips, compute and electricity."""

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
)
from orchestration.site.shapes import bars, dots, levels, log_scale, named, stepped, year_lines
from orchestration.site.sparsity import told_bases
from orchestration.site.words import label

if TYPE_CHECKING:
    from orchestration.site.warehouse import Row, Warehouse


# one for each basis: a shape used twice would make two bases look alike
SHAPES_OF_BASES = [
    "circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right", "triangle-left", "wedge",
    "arrow", "stroke",
]  # fmt: skip


def chip_compute(warehouse: "Warehouse", say: Say) -> Drawing | None:
    """Operations per second of chips; one shape and colour a precision, so that no two bases are read as one."""
    import altair as alt

    rows = levels(
        warehouse,
        "hardware.chip_attribute",
        "indicator = 'chip_performance' and entity is not null and unit in ('FLOPS', 'OPS')",
    )
    rows = distinct(rows, "entity", "basis", "value", "source_id")
    if not rows:
        return None
    told = told_bases(warehouse)
    basis_of = {row["figure_id"]: told.get(row["figure_id"], row["basis"]) for row in rows}
    unknown = say("not stated", "未说明")
    points = [
        point(
            say,
            row,
            chip=row["entity"],
            tera=row["value"] / 1e12,
            basis=say.basis(basis_of[row["figure_id"]]) or unknown,
        )
        for row in rows
    ]
    best: dict[str, float] = {}
    for item in points:
        best[item["chip"]] = max(best.get(item["chip"], 0), item["tera"])
    order = sorted(best, key=lambda chip: -best[chip])
    # in order of the codes, which is that of no language: a basis has one shape and colour in both
    bases = domain_of(
        [say.basis(code or None) or unknown for code in sorted({code or "" for code in basis_of.values()})]
    )
    if len(bases) > len(SHAPES_OF_BASES):
        raise ValueError(
            f"chip-compute has {len(bases)} bases and {len(SHAPES_OF_BASES)} shapes: add shapes to SHAPES_OF_BASES"
        )
    base = chart_of(points).encode(
        y=alt.Y("chip:N", title=None, sort=order),
        x=log_scale(alt.X, "tera", say("tera-operations a second (log scale)", "每秒万亿次运算（对数）"), points),
    )
    marks = base.mark_point(filled=True, size=95, opacity=1).encode(
        color=alt.Color("basis:N", title=say("basis", "口径"), scale=alt.Scale(domain=bases)),
        shape=alt.Shape(
            "basis:N", title=say("basis", "口径"), scale=alt.Scale(domain=bases, range=SHAPES_OF_BASES[: len(bases)])
        ),
        tooltip=tooltips(say, alt.Tooltip("basis:N", title=say("basis", "口径"))),
    )
    return stepped(marks, len(order), rows)


def chip_bandwidth(warehouse: "Warehouse", say: Say) -> Drawing | None:
    import altair as alt

    rows = levels(
        warehouse,
        "hardware.chip_attribute",
        "indicator in ('memory_bandwidth', 'interconnect_bandwidth') and entity is not null",
    )
    rows = distinct(rows, "entity", "indicator", "value")
    if not rows:
        return None
    points = [
        point(say, row, chip=row["entity"], giga=row["value"] / 1e9, what=say.indicator(row["indicator"]))
        for row in rows
    ]
    return stepped(
        chart_of(points)
        .mark_bar()
        .encode(
            y=alt.Y("chip:N", title=None, sort="-x"),
            yOffset=alt.YOffset("what:N"),
            x=alt.X("giga:Q", title=say("GB a second", "GB/秒")),
            color=alt.Color("what:N", title=None, scale=alt.Scale(domain=domain_of([item["what"] for item in points]))),
            tooltip=tooltips(say, alt.Tooltip("what:N", title=say("indicator", "指标"))),
        ),
        len({item["chip"] for item in points}),
        rows,
        step=40,
    )


def chip_efficiency(warehouse: "Warehouse", say: Say) -> Drawing | None:
    """Printed efficiency beside FP16 compute over power, as the warehouse computes it."""
    import altair as alt

    rows = levels(warehouse, "hardware.chip_attribute", "indicator = 'energy_efficiency' and entity is not null")
    rows = distinct(rows, "entity", "value")
    if not rows or not warehouse.has("hardware.chip_spec"):
        return None
    computed = {
        row["chip"]: row["computed"]
        for row in warehouse.rows(
            "select chip, max(computed_fp16_flops_per_watt) as computed from hardware.chip_spec "
            "where computed_fp16_flops_per_watt is not null group by chip"
        )
    }
    points = []
    for row in rows:
        points.append(point(say, row, chip=row["entity"], tera=row["value"] / 1e12, what=say("printed", "原文")))
        if row["entity"] in computed:
            what = say("compute over power", "算力除以功耗")
            value = computed[row["entity"]] / 1e12
            points.append(point(say, row, chip=row["entity"], tera=value, what=what, shown=f"{number(value)} TFLOPS/W"))
    base = chart_of(points).encode(
        y=alt.Y("chip:N", title=None, sort="-x"),
        yOffset="what:N",
        x=alt.X("tera:Q", title=say("TFLOPS per watt, FP16 as printed", "TFLOPS/瓦，FP16")),
        color=alt.Color("what:N", title=None, scale=alt.Scale(domain=domain_of([item["what"] for item in points]))),
        tooltip=tooltips(say, alt.Tooltip("what:N", title=say("value", "数值"))),
    )
    return stepped(base.mark_bar(), len({item["chip"] for item in points}), rows, step=40)


def compute_capacity(warehouse: "Warehouse", say: Say) -> Drawing | None:
    rows = levels(
        warehouse,
        "hardware.compute_capacity",
        "indicator = 'compute_capacity' and unit = 'FLOPS' and period_end is not null",
    )
    return year_lines(
        say, rows, lambda row: named(say, row), "value", 1e18, say("EFLOPS (log scale)", "EFLOPS（对数）"), log=True
    )


def datacenter_power(warehouse: "Warehouse", say: Say) -> Drawing | None:
    rows = levels(
        warehouse,
        "hardware.datacenter_power",
        "indicator = 'datacenter_power' and unit = 'W' and period_end is not null",
    )
    return year_lines(say, rows, lambda row: named(say, row), "value", 1e9, "GW")


def datacenter_electricity(warehouse: "Warehouse", say: Say) -> Drawing | None:
    rows = levels(
        warehouse,
        "hardware.datacenter_power",
        "indicator = 'datacenter_electricity' and unit = 'Wh' and period_end is not null",
    )
    return year_lines(say, rows, lambda row: named(say, row), "value", 1e12, say("TWh a year", "太瓦时/年"))


def electricity_share(warehouse: "Warehouse", say: Say) -> Drawing | None:
    rows = (
        warehouse.rows(
            "select * from hardware.datacenter_power where value is not null and indicator = 'datacenter_electricity' "
            "and statistic = 'share' and period_end is not null order by source_id, line"
        )
        if warehouse.has("hardware.datacenter_power")
        else []
    )
    rows = distinct(rows, "source_id", "period_label", "value")
    return year_lines(
        say,
        rows,
        lambda row: say.source(row["source_id"]),
        "value",
        1,
        say("% of China's electricity", "占中国用电量 %"),
    )


def localization(warehouse: "Warehouse", say: Say) -> Drawing | None:
    if not warehouse.has("hardware.supply"):
        return None
    rows = warehouse.rows(
        "select * from hardware.supply where value is not null "
        "and indicator in ('localization_rate', 'import_dependence') and unit = 'percent' "
        "and statistic in ('level', 'share') order by source_id, line"
    )
    rows = distinct(rows, "indicator", "entity", "segment", "period_label", "value")

    def name(row: "Row") -> str:
        return say.join(
            say.indicator(row["indicator"]),
            say.segment(row["segment"]),
            row["period_label"] or say("no date", "无日期"),
        )

    return dots(say, rows, name, "value", 1, "%")


def tariffs(warehouse: "Warehouse", say: Say) -> Drawing | None:
    rows = levels(warehouse, "hardware.power_price", "unit = 'CNY/kWh'")
    return bars(say, rows, lambda row: say.geography(row["geography"]), "value", 1, say("CNY per kWh", "元/千瓦时"))


DEFINITIONS = (
    ChartDefinition(
        "chip-compute",
        label("Compute of chips, by precision", "芯片算力：按精度"),
        label("tera-operations a second, log scale", "每秒万亿次运算，对数"),
        label(
            "Compare only marks of one shape: precision and sparsity change the number. Two marks of one shape on one "
            "line contradict each other. The reports do not say dense or sparse; where a mark does, an outside "
            "reference gives that value for it.",
            "只宜比较同一形状的点：精度与稀疏性会改变数值。同一行同形状的两点互相矛盾。报告未注明稠密或稀疏；标注者系与外部参考值吻合。",
        ),
        chip_compute,
    ),
    ChartDefinition(
        "chip-bandwidth",
        label("Memory and interconnect bandwidth", "显存与互连带宽"),
        label("GB a second", "GB/秒"),
        NO_NOTE,
        chip_bandwidth,
    ),
    ChartDefinition(
        "chip-efficiency",
        label("Energy efficiency: printed, and computed from compute and power", "能效：原文值与按算力、功耗计算值"),
        label("TFLOPS per watt, FP16", "TFLOPS/瓦，FP16"),
        NO_NOTE,
        chip_efficiency,
    ),
    ChartDefinition(
        "compute-capacity",
        label("Installed compute of China", "中国算力规模"),
        label("EFLOPS, log scale", "EFLOPS，对数"),
        label(
            "Scenarios and definitions differ; the precision stands in the name of the line.",
            "情景与定义不同；精度见线名。",
        ),
        compute_capacity,
    ),
    ChartDefinition(
        "datacenter-power",
        label("Data-centre power", "数据中心电力容量"),
        label("GW", "GW"),
        label("A horizontal stroke is one value for a span of years.", "横线表示跨多年的单一数值。"),
        datacenter_power,
    ),
    ChartDefinition(
        "datacenter-electricity",
        label("Electricity used by data centres in China", "中国数据中心用电量"),
        label("TWh a year", "太瓦时/年"),
        NO_NOTE,
        datacenter_electricity,
    ),
    ChartDefinition(
        "electricity-share",
        label("Data centres' share of electricity in China", "数据中心占中国用电量的比重"),
        label("percent", "百分比"),
        NO_NOTE,
        electricity_share,
    ),
    ChartDefinition(
        "localization",
        label("Domestic supply and dependence on imports", "国产化率与进口依赖"),
        label("percent", "百分比"),
        NO_NOTE,
        localization,
    ),
    ChartDefinition(
        "tariffs",
        label("On-grid coal tariffs of provinces", "各省燃煤上网电价"),
        label("CNY per kWh", "元/千瓦时"),
        NO_NOTE,
        tariffs,
    ),
)
