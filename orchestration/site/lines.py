"""Lines over years: what is measured apart from what is foreseen, and no path where the source contradicts itself."""

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from orchestration.site.drawing import Point, Say, chart_of, domain_of, status_shape, tooltips

if TYPE_CHECKING:
    import altair as alt

AHEAD = ("forecast", "target")
LABELLED = 8  # more names than these would cover the lines
LABEL_HEIGHT = 15  # pixels
# fields that place lines and names; they are no data of the figure
PLACING = ("from_year", "from_y", "ahead", "label", "label_y", "label_align", "label_room")

# where a name stands beside the end of its line, and how far from it
_SIDES: tuple[tuple[Literal["right", "left"], int], ...] = (("right", -8), ("left", 8))


def lines(say: Say, points: list[Point], statuses: list[str], y: "alt.Y", height: int, log: bool) -> Any:
    """A layered chart of ``points`` (series, start, year, y), with the status code of each in ``statuses``."""
    import altair as alt

    from orchestration.site.shapes import year_axis

    join(points, statuses)
    name_ends(points, height, log)
    series = domain_of([item["series"] for item in points])
    base = chart_of(points).encode(
        x=year_axis(), y=y,
        # in order of the data, which is that of no language: a series has one colour in both
        color=alt.Color("series:N", title=None, scale=alt.Scale(domain=series), legend=alt.Legend(symbolType="stroke")),
    )  # fmt: skip
    path = base.encode(x="from_year:Q", y="from_y:Q", x2="year:Q", y2="y:Q").transform_filter("isValid(datum.from_y)")
    layers: list[Any] = shade(say, base, points, statuses)
    # a layer without a mark would be reported by Vega as one without extent
    if any(item.get("ahead") is False for item in points):
        layers.append(path.mark_rule(strokeWidth=2, aria=False).transform_filter("!datum.ahead"))
    if any(item.get("ahead") for item in points):
        layers.append(path.mark_rule(strokeWidth=2, strokeDash=[5, 3], aria=False).transform_filter("datum.ahead"))
    if any(item["start"] != item["year"] for item in points):
        span = base.mark_rule(strokeWidth=3, opacity=0.7).encode(x="start:Q", x2="year:Q")
        layers.append(span.transform_filter("datum.start !== datum.year"))
    layers.append(
        base.mark_point(filled=True, size=80, opacity=1).encode(
            shape=status_shape(say, statuses), tooltip=tooltips(say)
        )
    )
    for align, dx in _SIDES:
        if any(item.get("label_align") == align for item in points):
            # `name` is how charts.js finds the names, which a phone has no room for
            names = base.mark_text(align=align, dx=dx).encode(y="label_y:Q", text="label:N")
            fits = f"isValid(datum.label) && datum.label_align === '{align}'"
            layers.append(names.transform_filter(fits).properties(name=f"names-{align}"))
    return alt.layer(*layers).properties(width="container", height=height)


def join(points: list[Point], statuses: list[str]) -> None:
    """Tell each point where the line to it begins: at the year before, unless a year has two values."""
    paths: dict[str, dict[int, list[int]]] = {}
    for index, item in enumerate(points):
        if item["start"] == item["year"]:
            paths.setdefault(item["series"], {}).setdefault(item["year"], []).append(index)
    for path in paths.values():
        years = sorted(path)
        for before, after in pairwise(years):
            if all(len({points[index]["y"] for index in path[which]}) == 1 for which in (before, after)):
                here, there = path[after][0], path[before][0]
                ahead = statuses[here] in AHEAD
                points[here].update(from_year=before, from_y=points[there]["y"], ahead=ahead)


def name_ends(points: list[Point], height: int, log: bool) -> None:
    """Put the name of each series over its last point, moved up where two would cover each other.

    It goes to the side on which the chart is wider, ``label_room`` of its width; charts.js leaves out what is longer.
    """
    last: dict[str, Point] = {}
    for item in points:
        if item["series"] not in last or item["year"] >= last[item["series"]]["year"]:
            last[item["series"]] = item
    if not 1 < len(last) <= LABELLED:
        return
    short = [name.partition(" · ")[0] for name in last]
    alone = {name for name in last if short.count(name.partition(" · ")[0]) == 1}
    first = min(item["start"] for item in points)
    years = max(item["year"] for item in points) - first or 1
    to, back = (math.log, math.exp) if log else (float, float)
    values = [to(item["y"]) for item in points]
    low = min(values) if log else min(0.0, *values)
    step = (max(values) - low or 1.0) / height * LABEL_HEIGHT
    taken = [
        (item["year"], to(item["y"])) for item in last.values()
    ]  # neither on another name nor on the end of a line
    for name, item in sorted(last.items(), key=lambda pair: pair[1]["y"]):
        at = to(item["y"]) + step
        near = [other for year, other in taken if abs(year - item["year"]) < 3]
        while any(abs(at - other) < step * 0.95 for other in near):
            at += step / 2
        taken.append((item["year"], at))
        part = (item["year"] - first) / years
        item.update(
            label=name.partition(" · ")[0] if name in alone else name, label_y=back(at),
            label_align="right" if part >= 0.5 else "left", label_room=max(part, 1 - part),
        )  # fmt: skip


def shade(say: Say, base: "alt.Chart", points: list[Point], statuses: list[str]) -> list[Any]:
    """A band behind the years of which nothing but forecasts and targets is printed, and its name."""
    import altair as alt

    ahead = [item["year"] for item, status in zip(points, statuses, strict=True) if status in AHEAD]
    known = [item["year"] for item, status in zip(points, statuses, strict=True) if status not in AHEAD]
    start = max(known) + 0.5 if known else min(ahead, default=0) - 0.5
    if not ahead or max(ahead) < start:
        return []
    # one mark of the data that all layers share; no image to a screen reader, which hears the status of each point
    once = base.transform_window(row="row_number()").transform_filter("datum.row === 1")
    band = once.mark_rect(color="#8a94a0", opacity=0.16, aria=False).encode(
        x=alt.datum(start), x2=alt.datum(max(ahead) + 0.3),
        y=alt.value(0), y2=alt.value("height"), color=alt.value("#8a94a0"),
    )  # fmt: skip
    name = once.mark_text(align="left", baseline="top", dx=4, dy=4, fontStyle="italic").encode(
        x=alt.datum(start), y=alt.value(0), text=alt.value(say("forecasts", "预测")), color=alt.value("#6f7a86"),
    )  # fmt: skip
    return [band, name]
