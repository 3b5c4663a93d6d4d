"""The data file of the explorer: every figure, every comparison, and the labels, as one script that sets one variable.

A script and not JSON, because a page opened from a folder may run scripts beside it but not fetch them.
"""

import json
import math
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.site.sparsity import caveat, told_bases
from orchestration.site.words import (
    DECISION,
    MART,
    PREFERENCE,
    QUALIFIER,
    RULE,
    SEVERITY,
    STATISTIC,
    STATUS,
    VERDICT,
    Label,
    Registry,
    said,
    said_interval,
)

if TYPE_CHECKING:
    from orchestration.site.warehouse import Row, Warehouse

COLUMNS = (
    "figure_id", "source_id", "line", "exhibit", "printed", "printed_scale", "qualifier", "value", "value_low",
    "value_high", "unit", "counted", "indicator", "entity", "segment", "geography", "basis", "period_start",
    "period_end", "period_label", "status", "statistic", "value_usd", "value_cny", "fx_rate", "mart", "review",
    "preference", "note", "shown", "interval", "usd", "cny",
)  # fmt: skip


def script_json(content: Any) -> str:
    """JSON that is safe inside a script element and as script source: no `</`, no `<!--`, no line separators."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def explorer_data(warehouse: "Warehouse", registry: Registry) -> dict[str, Any]:
    """Figures in columns' order, comparisons that point at figures by position, labels by kind and code.

    Rows are lists in the order of ``columns``; a null stands for no value, the strings `inf` and `-inf` for an open
    end.
    A comparison is ``[id, rule, verdict, [explanation, in Chinese], positions, finding_id, severity, decision]``.
    """
    position = {figure_id: at for at, figure_id in enumerate(warehouse.figures)}
    findings = {row["comparison_id"]: row for row in warehouse.rows("select * from reconciliation.findings")}
    comparisons = []
    told = warehouse.tables["reconciliation.comparisons"].columns
    chinese = "explanation_zh" if any(column.name == "explanation_zh" for column in told) else "null"

    told_basis = told_bases(warehouse)

    def explanations(row: "Row") -> list[str]:
        english, zh = row["explanation"] or "", row["explanation_zh"] or row["explanation"] or ""
        compared = [warehouse.figures[name] for name in row["figure_ids"] or [] if name in warehouse.figures]
        more = caveat(registry, told_basis, compared if row["rule"] in ("ratio", "growth", "fold") else ())
        return [registry.named(english, "en") + more.en, registry.named(registry.chinese(zh), "zh") + more.zh]

    for row in warehouse.rows(
        f"select comparison_id, rule, verdict, explanation, {chinese} as explanation_zh, figure_ids "
        "from reconciliation.comparisons "
        # a range check that holds says nothing about a figure
        "where not (rule = 'bounds' and verdict = 'agree') order by comparison_id"
    ):
        found = findings.get(row["comparison_id"], {})
        at = [position[figure_id] for figure_id in row["figure_ids"] or [] if figure_id in position]
        comparisons.append(
            [row["comparison_id"], row["rule"], row["verdict"], explanations(row), at]
            + [found.get(name) for name in ("finding_id", "severity", "decision")]
        )
    return {
        "columns": COLUMNS,
        "figures": [_figure(row) for row in warehouse.figures.values()],
        "comparisons": comparisons,
        "labels": _labels(registry, warehouse),
        "aliases": _aliases(warehouse),
        "linking_words": _search()["linking"],
    }


@cache
def _search() -> dict[str, Any]:
    """Words of a typed sentence that tell nothing of a figure (`is`, `the`), and what things are called in a search."""
    import yaml

    told: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "search.yml").read_text(encoding="utf-8"))
    return told


def _aliases(warehouse: "Warehouse") -> dict[str, dict[str, str]]:
    """Other names of the vocabulary, by kind and code: what people type."""
    found = {}
    for kind, table in (
        ("indicator", "indicators"), ("segment", "segments"), ("geography", "geographies"), ("entity", "entities")
    ):  # fmt: skip
        columns = {column.name for column in warehouse.tables[f"reference.{table}"].columns}
        if "aliases" in columns:
            rows = warehouse.rows(f"select {kind} as code, aliases from reference.{table} where aliases is not null")
            found[kind] = {row["code"]: str(row["aliases"]).replace("|", "\n") for row in rows}
    for kind, called in _search()["also_called"].items():
        for code, names in called.items():
            own = found.setdefault(kind, {})
            own[code] = "\n".join(filter(None, [own.get(code), *names]))
    return found


def _figure(row: "Row") -> list[Any]:
    money = row["unit"] not in ("USD",) and row["value_usd"] is not None
    derived = {
        "shown": _both(said(row["value"], row["unit"], row["counted"])),
        "interval": _both(said_interval(row["value_low"], row["value_high"], row["unit"])),
        "usd": _both(said(row["value_usd"], "USD")) if money else None,
        "cny": _both(said(row["value_cny"], "CNY")) if row["value_cny"] is not None and row["unit"] != "CNY" else None,
    }
    return [_plain(derived[name] if name in derived else row.get(name)) for name in COLUMNS]


def _both(text: Label) -> str | list[str]:
    """English and Chinese; one text where they are the same."""
    return text.en if text.en == text.zh else [text.en, text.zh]


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return "inf" if value > 0 else "-inf"
    return value.isoformat() if isinstance(value, date) else value


def _labels(registry: Registry, warehouse: "Warehouse") -> dict[str, dict[str, list[str]]]:
    def pairs(words: dict[str, Label], used: set[str] | None = None) -> dict[str, list[str]]:
        return {code: [text.en, text.zh] for code, text in words.items() if used is None or code in used}

    def used(column: str) -> set[str]:
        return {row[column] for row in warehouse.figures.values() if row[column]}

    return {
        "indicator": pairs(registry.indicators, used("indicator")),
        "segment": pairs(registry.segments, used("segment")),
        "geography": pairs(registry.geographies, used("geography")),
        "entity": pairs(registry.entities, used("entity")),
        "source_id": pairs(registry.sources),
        "basis": pairs({text: registry.basis(text) for text in used("basis")}),
        "status": pairs(STATUS),
        "statistic": pairs(STATISTIC),
        "mart": pairs(MART),
        "qualifier": pairs(QUALIFIER),
        "preference": pairs(PREFERENCE),
        "rule": pairs(RULE),
        "verdict": pairs(VERDICT),
        "severity": pairs(SEVERITY),
        "decision": pairs(DECISION),
    }
