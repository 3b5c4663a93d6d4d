"""The pages of the site: which template, which data."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from orchestration.figures.shown import quantity
from orchestration.site.charts import PAGE_CHARTS
from orchestration.site.dictionary import dictionary
from orchestration.site.findings import Card, Issue, finding_filters, gravest, issues_of
from orchestration.site.questions import QUESTIONS, answers, compared
from orchestration.site.warehouse import MARTS
from orchestration.site.words import MART, Label, label, two_names

if TYPE_CHECKING:
    from orchestration.site.downloads import Files
    from orchestration.site.drawing import Chart
    from orchestration.site.warehouse import Row, Table, Warehouse
    from orchestration.site.words import Registry


@dataclass(frozen=True, slots=True)
class Page:
    """One HTML file: its name, its template, its title and what the template is given."""

    file: str
    template: str
    title: Label
    context: dict[str, Any] = field(default_factory=dict)
    scripts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guide:
    """A Markdown document of the repository as a page."""

    name: str
    title: str
    html: str

    @property
    def file(self) -> str:
        return f"guide-{self.name}.html"


NAVIGATION = (
    ("index.html", label("Overview", "概览")),
    ("market.html", MART["market"]),
    ("hardware.html", MART["hardware"]),
    ("adoption.html", MART["adoption"]),
    ("investment.html", MART["investment"]),
    (QUESTIONS[0].file, label("Compare", "比较")),
    ("figures.html", label("Figures", "数字检索")),
    ("findings.html", label("Findings", "矛盾")),
    ("reports.html", label("Reports", "报告")),
    ("tables.html", label("Tables", "数据表")),
    ("downloads.html", label("Downloads", "下载")),
    ("dictionary.html", label("Dictionary", "数据字典")),
    ("how-to.html", label("How to", "使用指南")),
)

MART_LEAD = {
    "market": label(
        "How large reports say the markets are, how fast they grow, and what a million tokens costs.",
        "各报告给出的市场规模、增速，以及每百万 token 的价格。",
    ),
    "hardware": label(
        "What chips can do, how much compute is installed, and the electricity that it takes.",
        "芯片性能、算力规模与所需电力。",
    ),
    "adoption": label(
        "Who uses AI and how much: surveys, penetration, models, companies, research.",
        "AI 的使用情况：问卷、渗透率、模型、企业与研究产出。",
    ),
    "investment": label(
        "Money that goes into AI, what companies are valued at, and the return that a bank expects.",
        "投入 AI 的资金、企业估值与预期回报。",
    ),
}

VALUATION_COLUMNS = (
    ("market_cap", None, label("Market value, USD bn", "市值（十亿美元）"), 1e9),
    ("share_price", "current", label("Price", "股价"), 1.0),
    ("share_price", "target", label("Target", "目标价"), 1.0),
    ("price_upside", None, label("Upside, %", "上涨空间 %"), 1.0),
    ("valuation_multiple", "pe_ratio", label("P/E", "市盈率"), 1.0),
    ("valuation_multiple", "pb_ratio", label("P/B", "市净率"), 1.0),
    ("valuation_multiple", "ev_ebitda", label("EV/EBITDA", "EV/EBITDA"), 1.0),
    ("financial_forecast", "return_on_equity", label("ROE, %", "净资产收益率 %"), 1.0),
    ("financial_forecast", "dividend_yield", label("Dividend, %", "股息率 %"), 1.0),
)


def explorer_link(**filters: str) -> str:
    """The explorer with filters set; names are those of the page's controls."""
    return "figures.html#" + urlencode({name: value for name, value in filters.items() if value}, quote_via=quote)


def report_file(source_id: str) -> str:
    return f"report-{source_id}.html"


def all_pages(
    warehouse: "Warehouse",
    registry: "Registry",
    charts: dict[str, "Chart"],
    cards: list[Card],
    guides: list[Guide],
    files: "Files",
) -> Iterator[Page]:
    """Every page of the site, the front page first."""
    scorecards = {row["source_id"]: row for row in warehouse.rows("select * from reconciliation.source_scorecard")}
    contested = contested_figures(warehouse)
    issues = issues_of(warehouse, registry, cards)
    yield Page(
        "index.html",
        "index.html.j2",
        label("Overview", "概览"),
        {
            "tiles": _tiles(warehouse, cards, contested),
            "charts": _of_page(charts, "index"),
            "top": gravest(issues, 5),
            "marts": [(mart, MART[mart], MART_LEAD[mart], _figures_in(warehouse, mart)) for mart in MARTS],
        },
        ("charts",),
    )
    for mart in MARTS:
        yield Page(
            f"{mart}.html",
            "mart.html.j2",
            MART[mart],
            {
                "mart": mart,
                "lead": MART_LEAD[mart],
                "charts": _of_page(charts, mart),
                "tables": _mart_tables(warehouse, registry, mart),
                "valuation": valuation_table(warehouse) if mart == "investment" else [],
                "valuation_columns": VALUATION_COLUMNS,
            },
            ("charts", "tables"),
        )
    yield from _questions(warehouse, registry, {issue.issue_id: issue for issue in issues})
    yield Page("figures.html", "figures.html.j2", label("Figures", "数字检索"), {"source": ""}, ("explorer",))
    yield Page(
        "findings.html",
        "findings.html.j2",
        label("Findings", "矛盾"),
        {
            "cards": cards,
            "issues": issues,
            "charts": _of_page(charts, "findings"),
            "filters": finding_filters(cards),
            "counts": Counter(card.severity for card in cards),
        },
        ("charts", "findings"),
    )
    yield Page(
        "reports.html",
        "reports.html.j2",
        label("Reports", "报告"),
        {"sources": warehouse.sources.values(), "scorecards": scorecards, "verdicts": _verdicts(warehouse)},
    )
    for source_id, source in warehouse.sources.items():
        yield Page(
            report_file(source_id),
            "report.html.j2",
            two_names(source["title"] or source_id),
            {
                "report": source,
                "source": source_id,
                "scorecard": scorecards.get(source_id, {}),
                "verdicts": _verdicts(warehouse).get(source_id, Counter()),
                "indicators": _indicators_of(warehouse, source_id),
                "cards": [card for card in cards if source_id in card.source_ids],
                "contested": sum(1 for key in contested if warehouse.figures[key]["source_id"] == source_id),
            },
            ("explorer",),
        )
    for chart in charts.values():
        version = warehouse.published.get("version") or ""
        yield Page(
            f"chart-{chart.chart_id}.html",
            "chart.html.j2",
            chart.title,
            {"item": chart, "version": version},
            ("charts",),
        )
    schemas = dictionary(warehouse)["schemas"]
    yield Page("tables.html", "tables.html.j2", label("Tables", "数据表"), {"schemas": schemas}, ("browse",))
    downloads = {"schemas": schemas, "files": files}
    yield Page("downloads.html", "downloads.html.j2", label("Downloads", "下载"), downloads)
    yield Page("dictionary.html", "dictionary.html.j2", label("Dictionary", "数据字典"), dictionary(warehouse))
    yield Page("how-to.html", "how-to.html.j2", label("How to", "使用指南"), {"guides": guides})
    for guide in guides:
        yield Page(guide.file, "guide.html.j2", label(guide.title), {"guide": guide})


def _questions(warehouse: "Warehouse", registry: "Registry", issues: dict[str, Issue]) -> Iterator[Page]:
    """A page for each question that some report answers."""
    for question in QUESTIONS:
        rows = answers(warehouse, registry, question, issues)
        places = {row.place: row.place_label for row in rows if row.place}
        named = {issue.issue_id: issue for row in rows for issue in row.issues}
        yield Page(
            question.file,
            "compare.html.j2",
            question.title,
            {
                "question": question,
                "questions": QUESTIONS,
                "answers": rows,
                "places": sorted(places.items(), key=lambda item: item[1].en),
                "years": sorted({row.year for row in rows if row.year}),
                "issues": sorted(named.values(), key=lambda issue: (-issue.importance, issue.issue_id)),
                "compared": compared(warehouse, registry, rows),
            },
            ("compare",),
        )


def contested_figures(warehouse: "Warehouse") -> set[str]:
    """Figures in an open finding that is an error or a warning; a note names a difference of basis or date."""
    rows = warehouse.rows(
        "select distinct unnest(c.figure_ids) as figure_id from reconciliation.comparisons as c "
        "inner join reconciliation.findings as f using (comparison_id) "
        "where f.decision = 'open' and f.severity in ('error', 'warn')"
    )
    return {row["figure_id"] for row in rows} & set(warehouse.figures)


def valuation_table(warehouse: "Warehouse") -> list[dict[str, Any]]:
    """One row a company with the columns of ``VALUATION_COLUMNS``: value, printed text and figure of each cell."""
    if not warehouse.has("investment.valuation"):
        return []
    rows = warehouse.rows(
        "select * from investment.valuation where value is not null and entity is not null and statistic = 'level' "
        "and preference <> 'deprecated' order by line, figure_id"
    )
    companies: dict[str, dict[tuple[str, str | None], Row]] = {}
    for row in rows:
        key = (row["indicator"], row["segment"] or row["basis"])
        companies.setdefault(row["entity"], {}).setdefault(key, row)
    table = []
    for entity, cells in companies.items():
        if ("price_upside", None) not in cells:
            continue
        found = [(cells.get((indicator, part)), scale) for indicator, part, _, scale in VALUATION_COLUMNS]
        price = cells.get(("share_price", "current"))
        table.append(
            {
                "entity": entity,
                "currency": price["unit"] if price else "",
                "cells": [(row and row["value"] / scale, row) for row, scale in found],
            }
        )
    return table


def _of_page(charts: dict[str, "Chart"], page: str) -> list["Chart"]:
    return [charts[chart_id] for chart_id in PAGE_CHARTS[page] if chart_id in charts]


def _figures_in(warehouse: "Warehouse", mart: str) -> int:
    return sum(1 for row in warehouse.figures.values() if row["mart"] == mart)


def _tiles(warehouse: "Warehouse", cards: list[Card], contested: set[str]) -> list[tuple[str, Label, Label, str]]:
    verdicts: Counter[str] = Counter()
    for row in warehouse.rows("select verdict, count(*) as n from reconciliation.comparisons group by all"):
        verdicts[row["verdict"]] = row["n"]
    compared = verdicts["agree"] + verdicts["disagree"] + verdicts["strained"]
    holding = quantity(100 * verdicts["agree"] / compared, "percent", significant=3) if compared else "–"
    proposed = sum(1 for card in cards if card.decision == "open" and card.severity == "hint")
    open_cards = [card for card in cards if card.decision == "open" and card.severity != "hint"]
    errors = sum(1 for card in open_cards if card.severity == "error")
    share = 100 * len(contested) / max(len(warehouse.figures), 1)
    return [
        (
            f"{len(warehouse.figures):,}",
            label("figures", "个数字"),
            label(f"from {len(warehouse.sources)} reports", f"来自 {len(warehouse.sources)} 份报告"),
            "figures.html",
        ),
        (
            f"{sum(verdicts.values()):,}",
            label("comparisons", "项比较"),
            label(f"{holding} of those comparable hold", f"可比者中 {holding} 成立"),
            "findings.html#chart-holds-by-rule",
        ),
        (
            f"{len(open_cards)}",
            label("open findings", "项待定矛盾"),
            label(
                f"{errors} of them errors" + (f"; {proposed} more proposed" if proposed else ""),
                f"其中 {errors} 项为错误" + (f"；另有 {proposed} 项为系统提出" if proposed else ""),
            ),
            "findings.html#decision=open",
        ),
        (
            quantity(share, "percent", significant=2),
            label("of figures contested", "的数字有争议"),
            label(
                f"{len(contested)} stand in an open error or warning",
                f"{len(contested)} 个数字出现在待定的错误或警告中",
            ),
            "figures.html#contested=1",
        ),
    ]


def _mart_tables(
    warehouse: "Warehouse", registry: "Registry", mart: str
) -> list[tuple["Table", list[tuple[str, Label, int]]]]:
    """The mart's tables, each with its indicators and how many figures they have."""
    indicators: dict[str, list[str]] = {}
    for row in warehouse.rows("select indicator, mart_table from reference.indicators where mart = ?", [mart]):
        indicators.setdefault(row["mart_table"], []).append(row["indicator"])
    counts = Counter(row["indicator"] for row in warehouse.figures.values())
    return [
        (
            table,
            [(code, registry.indicator(code), counts[code]) for code in indicators.get(table.name, ()) if counts[code]],
        )
        for table in warehouse.tables.values()
        if table.schema == mart
    ]


def _verdicts(warehouse: "Warehouse") -> dict[str, Counter[str]]:
    verdicts: dict[str, Counter[str]] = {}
    for row in warehouse.rows("select source_ids, verdict from reconciliation.comparisons"):
        for source_id in set(row["source_ids"] or ()):
            verdicts.setdefault(source_id, Counter())[row["verdict"]] += 1
    return verdicts


def _indicators_of(warehouse: "Warehouse", source_id: str) -> list[tuple[str, str, int]]:
    counts = Counter(
        (row["mart"], row["indicator"]) for row in warehouse.figures.values() if row["source_id"] == source_id
    )
    return sorted(((mart, code, n) for (mart, code), n in counts.items()), key=lambda item: (-item[2], item[1]))
