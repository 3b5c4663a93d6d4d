"""All engines over one document; what is reported, and what is kept quiet."""

from orchestration.audit.model import Comparison, Document
from orchestration.audit.named_cells import named_comparisons, repeated_comparisons
from orchestration.audit.solver import Solver
from orchestration.audit.table_formulas import table_comparisons
from orchestration.audit.text_operators import text_comparisons


def compare(document: Document) -> list[Comparison]:
    """Every comparison of the document, in order of the statements."""
    found: list[Comparison] = []
    for number, table in enumerate(document.tables):
        found += table_comparisons(table, number)
    for text in document.texts:
        found += text_comparisons(text)
    found += named_comparisons(document)
    found += repeated_comparisons(document)
    found += Solver(document).comparisons()
    kept = _once(_explained(found))
    return sorted(kept, key=lambda c: (c.stated.page or 0, c.stated.line, c.stated.start, c.stated.column))


def _explained(found: list[Comparison]) -> list[Comparison]:
    """Without the alarms about a figure that another tie explains as well."""
    explained = {}
    for c in found:
        if c.verdict == "agree" and c.rule not in ("repeat", "text_vs_table"):
            explained[id(c.stated)] = max(c.confidence + c.bound, explained.get(id(c.stated), 0.0))
    return [
        c
        for c in found
        if c.verdict not in ("disagree", "strained") or explained.get(id(c.stated), 0.0) < (0.97 if c.bound else 0.8)
    ]


def _once(found: list[Comparison]) -> list[Comparison]:
    """One comparison for a statement and its inputs: the best bound first."""
    kept: dict[object, Comparison] = {}
    for c in sorted(found, key=lambda c: (not c.bound, -c.confidence)):
        kept.setdefault((c.key, c.rule if c.rule in ("repeat", "text_vs_table") else ""), c)
    return list(kept.values())
