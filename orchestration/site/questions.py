"""One question, the answers of all reports: what each counts, for which year, how exactly, and what is in question."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestration.site.sparsity import told_bases
from orchestration.site.words import STATISTIC, VERDICT, Label, label, qualified, said, said_interval, spoken

if TYPE_CHECKING:
    from orchestration.site.findings import Issue
    from orchestration.site.warehouse import Row, Warehouse
    from orchestration.site.words import Registry


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the indicators that answer it."""

    name: str
    title: Label
    lead: Label
    indicators: tuple[str, ...]

    @property
    def file(self) -> str:
        return f"compare-{self.name}.html"


QUESTIONS = (
    Question(
        "market",
        label("How large is the market?", "市场有多大？"),
        label(
            "Answers differ mostly because reports count different things: read the definition before the number.",
            "各报告的差别多因统计对象不同：先看定义，再看数字。",
        ),
        ("market_size", "spending"),
    ),
    Question(
        "compute",
        label("How much compute and power is there?", "算力与电力有多少？"),
        label(
            "Installed compute depends on the precision it is counted in; power on what a data centre is.",
            "算力取决于所用精度，电力取决于数据中心的界定。",
        ),
        ("compute_capacity", "datacenter_power", "datacenter_electricity", "datacenter_count", "racks"),
    ),
    Question(
        "chips",
        label("What can a chip do?", "芯片性能如何？"),
        label(
            "Peak figures double with sparsity and again with each halving of precision: compare one basis only.",
            "计入稀疏性则峰值翻倍，精度减半又翻倍：只能在同一口径下比较。",
        ),
        (
            "chip_performance", "memory_capacity", "memory_bandwidth", "interconnect_bandwidth", "power_draw",
            "process_node", "energy_efficiency", "relative_performance", "chip_relative_performance",
        ),
    ),
    Question(
        "adoption",
        label("How many use, make and build AI?", "有多少用户、企业与模型？"),
        label(
            "Surveys ask different people; counts of companies and models depend on what passes for one.",
            "各调查的对象不同；企业与模型的数量取决于认定标准。",
        ),
        ("penetration", "user_count", "company_count", "unicorn_count", "model_count", "patent_count"),
    ),
    Question(
        "funding",
        label("How much money goes into AI?", "有多少资金投入 AI？"),
        label(
            "Disclosed deals are fewer than all deals, and capital expenditure is no venture funding.",
            "已披露交易少于全部交易，资本开支也不是风险投资。",
        ),
        ("funding_amount", "ai_investment", "capex", "fund_size", "deal_count"),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """What one report, dataset or outside reference says. ``row`` is the figure; None for an outside reference."""

    what: Label
    basis: str
    place: str
    place_label: Label
    year: str
    value: Label
    interval: Label
    usd: Label
    status: str
    source: Label
    row: "Row | None"
    issues: tuple["Issue", ...]


def answers(
    warehouse: "Warehouse", registry: "Registry", question: Question, issues: dict[str, "Issue"]
) -> list[Answer]:
    """The levels of the question's indicators, the broadest subject first, and behind them shares and ratios."""
    told = told_bases(warehouse)
    found = [
        _figure(registry, row | {"basis": told.get(row["figure_id"], row["basis"])}, issues)
        for row in warehouse.figures.values()
        if row["indicator"] in question.indicators
        and row["statistic"] in ("level", "ratio", "share")
        and row["preference"] != "deprecated"
        and row.get("is_first_print") is not False
        and (row.get("role") or "value") == "value"
    ]
    found += _outside(warehouse, registry, question, {(a.what.en, a.place) for a in found})
    depth = _depths(warehouse)

    def order(answer: Answer) -> tuple[object, ...]:
        row = answer.row
        relative = row is not None and (row["statistic"] != "level" or row["unit"] in ("percent", "times", "ratio"))
        broad = depth.get(row["segment"] or ROOT, _DEEPEST) if row is not None and not row["entity"] else _DEEPEST
        return (
            relative,
            broad,
            answer.what.en.lower(),
            answer.place_label.en,
            answer.year,
            answer.basis,
            answer.source.en,
        )

    return sorted(found, key=order)


# what all reports are about: the subject is as broad as it is near to it
ROOT = "ai"
_DEEPEST = 99


def _depths(warehouse: "Warehouse") -> dict[str, int]:
    """By segment, how many steps below AI as a whole it stands; what stands elsewhere is not there."""
    if all(column.name != "parent" for column in warehouse.tables["reference.segments"].columns):
        return {}
    parents = {
        row["segment"]: str(row["parent"] or "").split("|")
        for row in warehouse.rows("select segment, parent from reference.segments")
    }
    depth, level = {ROOT: 0}, 0
    while level < _DEEPEST:
        level += 1
        below = [s for s, own in parents.items() if s not in depth and any(depth.get(p) == level - 1 for p in own)]
        if not below:
            break
        depth |= dict.fromkeys(below, level)
    return depth


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison of two reports that is no finding: what it says, and the figures in it."""

    verdict: Label
    explanation: Label
    rows: tuple["Row", ...]


def compared(warehouse: "Warehouse", registry: "Registry", shown: list[Answer]) -> list[Compared]:
    """Comparisons of the answers of two reports that hold, or that nothing could contradict."""
    told = {column.name for column in warehouse.tables["reconciliation.comparisons"].columns}
    chinese = "explanation_zh" if "explanation_zh" in told else "explanation"
    ids = {a.row["figure_id"] for a in shown if a.row is not None}
    found = []
    for row in warehouse.rows(
        f"select verdict, explanation, {chinese} as explanation_zh, figure_ids from reconciliation.comparisons "
        "where scope = 'across_sources' and verdict not in ('disagree', 'strained') order by comparison_id"
    ):
        figures = [warehouse.figures[name] for name in dict.fromkeys(row["figure_ids"] or ()) if name in ids]
        if len(figures) < 2 or len(figures) < len(set(row["figure_ids"])):
            continue
        text = label(
            registry.named(row["explanation"] or "", "en"),
            registry.named(registry.chinese(row["explanation_zh"] or row["explanation"] or ""), "zh"),
        )
        found.append(Compared(spoken(row["verdict"], VERDICT), text, tuple(figures)))
    return found


def _what(registry: "Registry", row: "Row") -> Label:
    thing = [registry.entity(row["entity"]), registry.segment(row["segment"]), registry.indicator(row["indicator"])]
    text = label(", ".join(part.en for part in thing if part.en), "，".join(part.zh for part in thing if part.zh))
    if row.get("statistic") in (None, "level"):
        return text
    kind = spoken(row["statistic"], STATISTIC)
    return label(f"{text.en} · {kind.en}", f"{text.zh} · {kind.zh}")


def _figure(registry: "Registry", row: "Row", issues: dict[str, "Issue"]) -> Answer:
    named = [issues[key] for key in row.get("issue_ids") or () if key in issues]
    dollars = row["value"] if row["unit"] == "USD" else row["value_usd"]
    return Answer(
        _what(registry, row),
        row["basis"] or "",
        row["geography"] or "",
        registry.geography(row["geography"]),
        str(row["period_label"] or ""),
        qualified(said(row["value"], row["unit"], row["counted"]), row["qualifier"]),
        said_interval(row["value_low"], row["value_high"], row["unit"]),
        qualified(said(dollars, "USD"), row["qualifier"] if dollars is not None else None),
        row["status"] or "",
        registry.source(row["source_id"]),
        row,
        tuple(named),
    )


def _outside(
    warehouse: "Warehouse", registry: "Registry", question: Question, asked: set[tuple[str, str]]
) -> list[Answer]:
    """Outside references to what some report answers: data sheets, statistics offices."""
    if not warehouse.has("reference.reference_values"):
        return []
    found = []
    for row in warehouse.rows("select * from reference.reference_values"):
        what = _what(registry, row)
        dollars = said(row["value"] if row["unit"] == "USD" else None, "USD")
        if row["indicator"] not in question.indicators or (what.en, row["geography"] or "") not in asked:
            continue
        found.append(
            Answer(
                what, row["basis"] or "", row["geography"] or "", registry.geography(row["geography"]),
                str(row["period_label"] or ""),
                said(row["value"], row["unit"]),
                label(""), dollars, "reference", label(str(row["citation"])), None, (),
            )
        )  # fmt: skip
    return found
