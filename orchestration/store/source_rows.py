"""Figures and ties of the registered sources, with their quarantine and counts, into the raw tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import duckdb

from orchestration.loading.load import SourceLoad
from orchestration.loading.problems import Problem
from orchestration.loading.relations import Term
from orchestration.loading.rows import RawFigure
from orchestration.store.raw_tables import ArrowStream, frame_of, roll_back

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class SourceRows:
    """What one source's folder holds, as tables: small enough to come from another process."""

    source_id: str
    figures: "pl.DataFrame"
    relations: "pl.DataFrame"
    problems: list[Problem]
    rows_in: int
    rows_loaded: int
    n_relations: int

    @classmethod
    def of(cls, load: SourceLoad) -> "SourceRows":
        figures, relations = frame_of(load.figures, RawFigure), frame_of(load.relations, Term)
        return cls(
            load.source_id,
            figures,
            relations,
            load.problems,
            load.rows_in,
            load.rows_loaded,
            len({term.relation_id for term in load.relations}),
        )


def write_source(connection: duckdb.DuckDBPyConnection, load: SourceLoad) -> None:
    """Replace one source's rows in one transaction; other sources stay as they are."""
    write_sources(connection, [SourceRows.of(load)])


def write_sources(
    connection: duckdb.DuckDBPyConnection, sources: Sequence[SourceRows], fingerprints: Mapping[str, str] | None = None
) -> None:
    """Replace the rows of some sources in one transaction; other sources stay as they are.

    ``fingerprints`` (by source id) say what the rows were read from.
    """
    import polars as pl

    ids = [source.source_id for source in sources]
    problems = [(source.source_id, problem) for source in sources for problem in source.problems]
    now = datetime.now(UTC).replace(tzinfo=None)
    quarantine = frame_of([problem for _, problem in problems], Problem, without=["about"]).insert_column(
        0, pl.Series("source_id", [source_id for source_id, _ in problems], dtype=pl.String)
    )
    frames = {
        "figures": pl.concat(source.figures for source in sources),
        "relations": pl.concat(source.relations for source in sources),
        "quarantine": quarantine.rename({"row": "row_text"}),
        "load_counts": pl.DataFrame(
            {
                "source_id": ids,
                "rows_in": [source.rows_in for source in sources],
                "rows_loaded": [source.rows_loaded for source in sources],
                "rows_quarantined": [len(source.problems) for source in sources],
                "figures": [source.figures.height for source in sources],
                "relations": [source.n_relations for source in sources],
                "loaded_at": [now] * len(sources),
                "fingerprint": pl.Series([(fingerprints or {}).get(name) for name in ids], dtype=pl.String),
            }
        ),
    }
    connection.execute("begin")
    try:
        for table, frame in frames.items():
            connection.execute(f"delete from raw.{table} where source_id in (select unnest(?))", [ids])
            connection.register("new_rows", ArrowStream(frame))
            connection.execute(f"insert into raw.{table} by name select * from new_rows")
        connection.execute("commit")
    except BaseException:
        roll_back(connection)
        raise
    connection.unregister("new_rows")
