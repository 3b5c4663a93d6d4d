"""Formulas over tables: lines of a grid that are sums, shares, growth, ratios of other lines, on rows and, turned
around, on columns."""

from orchestration.audit.model import Comparison, Table
from orchestration.audit.table_rates import headed_growth, indexed, lags, parts_of_total, ratios_of_lines
from orchestration.audit.table_sums import additive, means_of_lines, sums_of_lines


def table_comparisons(table: Table) -> list[Comparison]:
    """All comparisons within one table."""
    found: list[Comparison] = []
    turned = [list(column) for column in zip(*table.cells, strict=True)]
    sums = [
        [table.total_column(c) for c in range(len(table.columns))],
        [table.total_row(r) for r in range(len(table.rows))],
    ]
    for lines, names, cross, adds in (
        (table.cells, table.rows, table.columns, sums[0]),
        (turned, table.columns, table.rows, sums[1]),
    ):
        found += list(sums_of_lines(lines, names, cross, lines is turned))
        found += list(means_of_lines(lines, names))
        found += list(ratios_of_lines(lines, names))
        found += list(parts_of_total(lines, names, cross, adds))
        found += list(indexed(lines, names))
        found += list(lags(lines, names))
        found += list(headed_growth(lines, names))
    found += list(additive(table))
    return found
