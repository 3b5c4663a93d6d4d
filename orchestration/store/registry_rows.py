"""The registry, the reference data and the decisions of `raw/`, into the raw tables."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from orchestration.figures import PeriodError, parse_period
from orchestration.loading.decisions import read_decisions
from orchestration.loading.known import read_known_findings
from orchestration.loading.problems import Problem
from orchestration.loading.reference import Reference
from orchestration.loading.registry import Source, report_rates
from orchestration.store.raw_tables import insert, roll_back


def insert_sources(
    connection: duckdb.DuckDBPyConnection, sources: Sequence[Source], position: int, table: str = "sources"
) -> None:
    """The entries of ``sources``; the first one has the place ``position`` in the registry."""
    rows = [
        (source.source_id, position + offset, source.title, source.publisher, _day(source.published_on),
         source.published_label, source.language, source.kind, source.file, source.sha256, source.licence,
         source.notes, _vintage(source))
        for offset, source in enumerate(sources)
    ]  # fmt: skip
    insert(connection, table, rows)


def write_registry(
    connection: duckdb.DuckDBPyConnection, sources: dict[str, Source], reference: Reference, raw: Path
) -> list[Problem]:
    """Replace the registry, the reference tables and the decisions; rows of sources no longer registered go.

    Returns the decisions that could not be read; they are quarantined under the source id ``decisions``.
    """
    connection.execute("begin")
    try:
        connection.execute("delete from raw.sources")
        connection.execute("delete from raw.source_rates")
        insert_sources(connection, list(sources.values()), 0)
        rates, absurd = report_rates(sources, reference)
        insert(connection, "source_rates", rates)
        for name, (_, records) in reference.tables.items():
            connection.execute(f"delete from raw.ref_{name}")
            insert(connection, f"ref_{name}", records)
        registered = [*sources, "decisions", "registry"]
        for table in ("figures", "relations", "quarantine", "load_counts"):
            # what is no longer registered goes; the inbox is looked after by `write_documents`
            connection.execute(
                f"delete from raw.{table} where source_id not in (select unnest(?)) "
                "and not starts_with(source_id, 'inbox/')",
                [registered],
            )
        problems = _write_decisions(connection, raw)
        known, unknown = read_known_findings(raw)
        connection.execute("delete from raw.known_findings")
        insert(connection, "known_findings", known)
        broken = [*getattr(sources, "problems", ()), *absurd, *reference.problems, *unknown]
        _write_registry_counts(connection, broken, len(sources) + len(rates) + reference.rows_loaded + len(known))
        connection.execute("commit")
    except BaseException:
        roll_back(connection)
        raise
    return problems


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _vintage(source: Source) -> date | None:
    """The day from which a source's figures were known: its publication day, else the last day of its printed label."""
    try:
        return parse_period(source.published_on or source.published_label or "").end
    except PeriodError:
        return None


def _write_decisions(connection: duckdb.DuckDBPyConnection, raw: Path) -> list[Problem]:
    connection.execute("delete from raw.decisions")
    connection.execute("delete from raw.decision_figures")
    connection.execute("delete from raw.quarantine where source_id = 'decisions'")
    connection.execute("delete from raw.load_counts where source_id = 'decisions'")
    read = read_decisions(raw)
    insert(connection, "decisions", read.rows)
    insert(connection, "decision_figures", read.figures)
    for problem in read.problems:
        connection.execute(
            "insert into raw.quarantine values ('decisions', ?, ?, ?, ?, ?, ?)",
            [problem.file, problem.line, problem.key, problem.message, problem.remedy, problem.row],
        )
    rows_in = len(read.rows) + len(read.problems)
    connection.execute(
        "insert into raw.load_counts values ('decisions', ?, ?, ?, 0, 0, ?, null)",
        [rows_in, len(read.rows), len(read.problems), datetime.now(UTC).replace(tzinfo=None)],
    )
    return read.problems


def _write_registry_counts(connection: duckdb.DuckDBPyConnection, problems: list[Problem], loaded: int) -> None:
    """Entries and rows of the registries that were set aside, under the source id ``registry``."""
    connection.execute("delete from raw.quarantine where source_id = 'registry'")
    connection.execute("delete from raw.load_counts where source_id = 'registry'")
    rows = [("registry", p.file, p.line, p.key, p.message, p.remedy, p.row) for p in problems]
    insert(connection, "quarantine", rows)
    connection.execute(
        "insert into raw.load_counts values ('registry', ?, ?, ?, 0, 0, ?, null)",
        [loaded + len(problems), loaded, len(problems), datetime.now(UTC).replace(tzinfo=None)],
    )
