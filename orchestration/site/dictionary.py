"""The data dictionary: every public table with its columns, and the words that its codes stand for."""

from collections import Counter
from typing import TYPE_CHECKING, Any

from orchestration.site.warehouse import MARTS
from orchestration.site.words import RULE, SEVERITY, STATISTIC, STATUS, VERDICT, label, spoken

if TYPE_CHECKING:
    from orchestration.site.warehouse import Table, Warehouse


def dictionary(warehouse: "Warehouse") -> dict[str, Any]:
    """What the page of the data dictionary shows: tables by schema, and the vocabularies."""
    schemas: dict[str, list[Table]] = {}
    for table in warehouse.tables.values():
        schemas.setdefault(table.schema, []).append(table)
    order = ["core", *MARTS, "reconciliation", "quality", "reference"]
    counts = Counter(row["indicator"] for row in warehouse.figures.values())
    return {
        "schemas": sorted(schemas.items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order)),
        "indicators": warehouse.rows("select * from reference.indicators order by mart, mart_table, indicator"),
        "figure_counts": counts,
        "vocabularies": [
            (label("Status", "性质"), [(code, spoken(code, STATUS)) for code in STATUS]),
            (label("Statistic", "统计量"), [(code, spoken(code, STATISTIC)) for code in STATISTIC]),
            (label("Rule", "规则"), [(code, spoken(code, RULE)) for code in RULE]),
            (label("Verdict", "结论"), [(code, spoken(code, VERDICT)) for code in VERDICT]),
            (label("Severity", "严重程度"), [(code, spoken(code, SEVERITY)) for code in SEVERITY]),
        ],
        "geographies": warehouse.rows("select * from reference.geographies order by geography"),
        "segments": warehouse.rows("select * from reference.segments order by segment"),
        "entities": warehouse.rows("select * from reference.entities order by entity"),
    }
