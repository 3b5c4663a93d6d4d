"""Which sources need not be read again: their rows in the build are what reading them would give."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


def standing(build: "duckdb.DuckDBPyConnection", prints: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    """Rows in and rows loaded of the sources that were read from the same files by the same code (``prints``), whose
    rows are all there, and of which none is in quarantine: that is told at every reading."""
    found = build.execute(
        """
        with figures as (select source_id, count(*) as held from raw.figures group by source_id),
        ties as (select source_id, count(distinct relation_id) as held from raw.relations group by source_id)
        select counts.source_id, counts.fingerprint, counts.rows_in, counts.rows_loaded
        from raw.load_counts as counts
        left join figures on counts.source_id = figures.source_id
        left join ties on counts.source_id = ties.source_id
        where
            counts.rows_quarantined = 0
            and counts.figures = coalesce(figures.held, 0)
            and counts.relations = coalesce(ties.held, 0)
        """
    ).fetchall()
    return {
        source_id: (rows_in, rows_loaded)
        for source_id, fingerprint, rows_in, rows_loaded in found
        if fingerprint is not None and prints.get(source_id) == fingerprint
    }


__all__ = ["standing"]
