"""Shapes that several charts have: lines over years, dots, bars, and their scales."""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from orchestration.figures.shown import number
from orchestration.site.drawing import (
    Drawing,
    Point,
    Say,
    chart_of,
    domain_of,
    ids,
    point,
    status_shape,
    tooltips,
    year,
)
from orchestration.site.lines import lines

if TYPE_CHECKING:
    import altair as alt

    from orchestration.site.warehouse import Row, Warehouse

LINE_HEIGHT = 340
STEP = 22  # pixels a row of a dot plot or a bar chart


def levels(warehouse: "Warehouse", table: str, where: str) -> list["Row"]:
    if not warehouse.has(table):
        return []
    return warehouse.rows(
        f"select * from {table} where value is not null and statistic = 'level' and preference <> 'deprecated' "
        f"and ({where}) order by source_id, line, figure_id"
    )


def series_name(say: Say, row: "Row") -> str:
    return (
        say.join(say.segment(row["segment"]), say.geography(row["geography"]), say.basis(row["basis"]))
        + " · "
        + say.source(row["source_id"])
    )


def named(say: Say, row: "Row") -> str:
    about = say.join(
        say.basis(row["basis"]) or say.segment(row["segment"]),
        say.geography(row["geography"]) if row["geography"] != "CHN" else "",
    )
    return about + " · " + say.source(row["source_id"])


def year_lines(
    say: Say, rows: list["Row"], name: Any, column: str, scale: float, title: str, log: bool = False
) -> Drawing | None:
    """Lines over years; a figure for a span of years is a horizontal stroke over that span."""
    import altair as alt

    if not rows:
        return None
    points = [
        point(say, row, series=name(row), start=year(row, end=False), year=year(row), y=row[column] / scale)
        for row in rows
    ]
    y = log_scale(alt.Y, "y", title, points) if log else alt.Y("y:Q", title=title, scale=alt.Scale(zero=True))
    return Drawing(lines(say, points, [row["status"] for row in rows], y, LINE_HEIGHT, log), ids(rows))


def dots(
    say: Say, rows: list["Row"], name: Any, column: str, scale: float, title: str, log: bool = False, color: Any = None
) -> Drawing | None:
    """One row a name, one point a figure."""
    import altair as alt

    rows = [row for row in rows if row[column] is not None and (not log or row[column] > 0)]
    if not rows:
        return None
    points = [
        point(
            say,
            row,
            name=name(row),
            x=row[column] / scale,
            series=color(row) if color else say.source(row["source_id"]),
        )
        for row in rows
    ]
    top: dict[str, float] = {}
    for item in points:
        top[item["name"]] = max(top.get(item["name"], 0), item["x"])
    order = sorted(top, key=lambda key: -top[key])
    series = domain_of([item["series"] for item in points])  # in order of the data: one colour in both languages
    base = chart_of(points).encode(
        y=alt.Y("name:N", title=None, sort=order, axis=alt.Axis(grid=True)),
        x=log_scale(alt.X, "x", title, points) if log else alt.X("x:Q", title=title, scale=alt.Scale(zero=True)),
    )
    # no line between values of one name: they contradict each other, nothing lies between them
    marks = base.mark_point(filled=True, size=95, opacity=1).encode(
        color=alt.Color("series:N", title=None, scale=alt.Scale(domain=series)),
        shape=status_shape(say, {row["status"] for row in rows}),
        tooltip=tooltips(say),
    )
    return stepped(marks, len(order), rows)


def bars(say: Say, rows: list["Row"], name: Any, column: str, scale: float, title: str) -> Drawing | None:
    import altair as alt

    rows = [row for row in rows if row[column] is not None]
    if not rows:
        return None
    points = [point(say, row, name=name(row), x=row[column] / scale, text=number(row[column] / scale)) for row in rows]
    order = [item["name"] for item in sorted(points, key=lambda item: -item["x"])]
    base = chart_of(points).encode(
        y=alt.Y("name:N", title=None, sort=domain_of(order)),
        x=alt.X("x:Q", title=title, scale=room_scale(item["x"] for item in points)),
    )
    bars = base.mark_bar(height=13).encode(tooltip=tooltips(say))
    return stepped(bars + base.mark_text(align="left", dx=4).encode(text="text:N"), len(set(order)), rows)


def room_scale(values: Iterable[float]) -> "alt.Scale":
    """A scale from zero with room for a number behind the longest bar."""
    import altair as alt

    return alt.Scale(domain=[0, max(values) * 1.2], nice=False)


def year_axis() -> "alt.X":
    import altair as alt

    return alt.X(
        "year:Q",
        title=None,
        axis=alt.Axis(format="d", tickMinStep=1),
        scale=alt.Scale(nice=False, padding=14, zero=False),
    )


def log_scale(channel: Any, column: str, title: str, points: list[Point]) -> Any:
    """A logarithmic channel with a tick at each power of ten, or at 1, 2 and 5 when there are few powers."""
    import altair as alt

    low, high = min(item[column] for item in points), max(item[column] for item in points)
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = (1, 2, 5) if math.log10(high / low) < 2.2 else (1,)
    ticks = [step * 10.0**power for power in powers for step in steps if low / 2 <= step * 10.0**power <= high * 2]
    return channel(
        f"{column}:Q",
        title=title,
        axis=alt.Axis(values=ticks, format=",~f"),
        scale=alt.Scale(type="log", nice=False, padding=14),
    )


def stepped(chart: Any, names: int, rows: list["Row"], step: int = STEP) -> Drawing:
    return Drawing(sized(chart, names, step), ids(rows))


def sized(chart: "alt.Chart | alt.LayerChart", names: int, step: int) -> "alt.Chart | alt.LayerChart":
    return chart.properties(width="container", height=max(90, names * step))
