"""What every chart shares: points that carry their figure, tooltips, scales, and the table behind the chart."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from orchestration.site.words import STATUS, Label, Registry, label, said, spoken

if TYPE_CHECKING:
    import altair as alt

    from orchestration.site.warehouse import Row, Warehouse

Point = dict[str, Any]
STATUSES = ("actual", "estimate", "forecast", "target", "claim")
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross")


@dataclass(frozen=True, slots=True)
class Say:
    """Words in one language: ``say("Price", "价格")``, and labels of the registry."""

    language: str
    registry: Registry

    def __call__(self, en: str, zh: str) -> str:
        return zh if self.language == "zh" else en

    def label(self, text: Label) -> str:
        return text.text(self.language)

    def indicator(self, code: str | None) -> str:
        return self.registry.indicator(code).text(self.language)

    def segment(self, code: str | None) -> str:
        return self.registry.segment(code).text(self.language)

    def geography(self, code: str | None) -> str:
        return self.registry.geography(code).text(self.language)

    def entity(self, code: str | None) -> str:
        return self.registry.entity(code).text(self.language)

    def source(self, code: str | None) -> str:
        return self.registry.source(code).text(self.language)

    def basis(self, text: str | None) -> str:
        return self.registry.basis(text).text(self.language)

    def subject(self, row: "Row") -> str:
        return self.registry.subject(row).text(self.language)

    def status(self, code: str | None) -> str:
        return spoken(code, STATUS).text(self.language)

    def statuses(self) -> list[str]:
        return [self.status(code) for code in STATUSES]

    def join(self, *parts: str) -> str:
        return self(", ", "，").join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Drawing:
    """One chart in one language: the Altair chart and the figures it shows."""

    chart: "alt.Chart | alt.LayerChart"
    figure_ids: tuple[str, ...]
    table: tuple[tuple[str, ...], ...] = ()  # header and rows, for charts that show no single figures


Draw = Callable[["Warehouse", Say], Drawing | None]


@dataclass(frozen=True, slots=True)
class ChartDefinition:
    """A chart of the site: its words, its unit, and the function that draws it."""

    chart_id: str
    title: Label
    unit: Label
    note: Label
    draw: Draw


@dataclass(slots=True)
class Chart:
    """A chart as a page needs it: specifications by language, figures, and the names of its sources."""

    chart_id: str
    title: Label
    unit: Label
    note: Label
    specs: dict[str, dict[str, Any]]
    figure_ids: tuple[str, ...]
    tables: dict[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    sources: tuple[Label, ...] = ()
    as_of: str = ""


def figure_link(figure_id: str) -> str:
    """Address of a figure in the explorer; the page reads everything behind the hash."""
    return "figures.html#figure=" + quote(figure_id, safe="/:.~")


def point(say: Say, row: "Row", **fields: Any) -> Point:
    """What a mark knows of its figure: tooltip fields and the link; ``fields`` are what the chart encodes."""
    return {
        "href": figure_link(row["figure_id"]),
        "about": say.subject(row),
        "shown": said(row["value"], row["unit"], row.get("counted")).text(say.language),
        "printed": row["printed"],
        "period": row["period_label"] or say("not stated", "未说明"),
        "status": say.status(row["status"]),
        "source": say.source(row["source_id"]),
        "line": row["line"],
        **fields,
    }


def tooltips(say: Say, *more: "alt.Tooltip") -> list["alt.Tooltip"]:
    import altair as alt

    names = (
        ("about", say("about", "对象")),
        ("shown", say("value", "数值")),
        ("printed", say("printed", "原文")),
        ("period", say("period", "时期")),
        ("status", say("status", "性质")),
        ("source", say("source", "来源")),
        ("line", say("line", "行")),
    )
    return [*more, *(alt.Tooltip(f"{field}:N", title=title) for field, title in names)]


def chart_of(points: Iterable[Point]) -> "alt.Chart":
    import altair as alt

    return alt.Chart(alt.Data(values=list(points)))


def status_shape(say: Say, present: Iterable[str], legend: bool = True) -> "alt.Shape":
    """Shape by status, always the same shape for the same status; the legend shows those present."""
    import altair as alt

    kept = set(present)
    pairs = [(say.status(code), shape) for code, shape in zip(STATUSES, SHAPES, strict=True) if code in kept]
    domain, shapes = [name for name, _ in pairs], [shape for _, shape in pairs]
    return alt.Shape(
        "status:N",
        scale=alt.Scale(domain=domain, range=shapes),
        legend=alt.Legend(title=say("status", "性质")) if legend else None,
    )


def ids(rows: Iterable["Row"]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row["figure_id"] for row in rows))


def year(row: "Row", end: bool = True) -> int:
    return int((row["period_end"] if end else row["period_start"]).year)


def distinct(rows: Iterable["Row"], *columns: str) -> list["Row"]:
    """The first row of each combination: a table printed in two places is one mark, not two on one spot."""
    kept: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        kept.setdefault(tuple(row[column] for column in columns), row)
    return list(kept.values())


def domain_of(values: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(values))


NO_NOTE = label("")
