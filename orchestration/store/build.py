"""The build file: a DuckDB database that only the pipeline opens. Raw rows go in here, dbt works on them here."""

import fcntl
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import duckdb

from orchestration.extraction.raw_rows import InboxFigure
from orchestration.figures import PeriodError, parse_period
from orchestration.loading.decisions import DECISION_COLUMNS, read_decisions
from orchestration.loading.files import read_yaml
from orchestration.loading.known import read_known_findings
from orchestration.loading.load import SourceLoad
from orchestration.loading.problems import Problem
from orchestration.loading.reference import REFERENCE_COLUMNS, Reference, Source, report_rates
from orchestration.loading.relations import Term
from orchestration.loading.rows import RawFigure
from orchestration.settings import PROJECT, limit_memory

if TYPE_CHECKING:
    import polars as pl

# The tables of the schema `raw`, one a kind of row; dbt reads them as sources.
# the name of the inbox as a whole among the sources that are counted; its documents are `inbox/<source_id>`
INBOX = "inbox/*"
_TYPES = {"str": "varchar", "int": "integer", "float": "double", "date": "date"}


def _field_types(row: type) -> dict[str, str]:
    import typing

    hints = typing.get_type_hints(row)
    kinds = {}
    for name, hint in hints.items():
        args = [a for a in typing.get_args(hint) if a is not type(None)] or [hint]
        kinds[name] = args[0].__name__
    return kinds


# what DuckDB says of a file whose content is damaged (its exceptions have no class for that)
_DAMAGED = ("corrupt", "not a valid duckdb", "checksum", "could not read enough bytes", "deserializ", "version number")

T = TypeVar("T")

# builds that this process holds the lock of: the file and the thread
_HELD: dict[Path, int] = {}


class BuildError(RuntimeError):
    """The build file cannot be written; the message says why and what to do. The published file is untouched."""


@contextmanager
def build_lock(build_file: Path) -> Iterator[None]:
    """One writer at a time on this machine. Raises ``BuildError`` at once when another build holds the lock.

    The lock is the kernel's and dies with its process, so that a killed build leaves nothing to clean. The thread that
    holds it may take it again: a whole run holds it around steps that take it themselves.
    """
    if _HELD.get(build_file) == threading.get_ident():
        yield
        return
    with _lock_file(build_file) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            raise BuildError(
                f"another build is writing {build_file} (process {handle.read().strip() or 'unknown'}); "
                "wait for it to finish, or set AI_FIGURES_STATE to build elsewhere"
            ) from None
        with suppress(OSError):  # the number only helps the message above; a full disk is reported by what needs it
            handle.truncate(0)
            handle.write(str(os.getpid()))
            handle.flush()
        _HELD[build_file] = threading.get_ident()
        try:
            yield
        finally:
            del _HELD[build_file]


@contextmanager
def _lock_file(build_file: Path) -> Iterator[TextIO]:
    try:
        build_file.parent.mkdir(parents=True, exist_ok=True)
        handle = (build_file.parent / "build.lock").open("a+")
    except OSError as error:
        raise BuildError(
            f"{build_file.parent} cannot be written ({error}); make it writable, or set AI_FIGURES_STATE to build "
            "elsewhere"
        ) from None
    try:
        yield handle
    finally:
        with suppress(OSError):  # the same number again, on a full disk
            handle.close()


def open_build(build_file: Path) -> duckdb.DuckDBPyConnection:
    """Open (or create) the build file with its raw tables.

    A damaged file is put aside and a new one begun: everything in it can be rebuilt from `raw/`. Raises ``BuildError``
    when the file cannot be opened for another reason (another process, a full disk, missing permissions).
    """
    try:
        build_file.parent.mkdir(parents=True, exist_ok=True)
        connection = _connect(build_file)
    except OSError as error:
        raise BuildError(f"{build_file.parent} cannot be written ({error}); make it writable, then run again") from None
    try:
        limit_memory(connection)
        _create_raw(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _connect(build_file: Path) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(build_file))
    except duckdb.Error as error:
        if not is_damage(error):
            raise BuildError(_refusal(build_file, error)) from None
    put_aside(build_file)
    return duckdb.connect(str(build_file))


def _refusal(build_file: Path, error: duckdb.Error) -> str:
    if "could not set lock" in str(error).lower():
        return f"{build_file} is open in another process; close it and run again ({error})"
    return f"{build_file} cannot be opened ({error}); free disk space or make the folder writable, then run again"


def is_damage(error: duckdb.Error | str) -> bool:
    """Whether DuckDB complains of the content of its file, not of the disk, the lock or the query."""
    text = str(error).lower()
    return any(words in text for words in _DAMAGED)


def put_aside(build_file: Path) -> Path:
    """Move a damaged file out of the way, with its log; returns where it is. An older one put aside is replaced."""
    broken = build_file.with_suffix(".broken")
    with suppress(FileNotFoundError):
        build_file.replace(broken)
    Path(f"{build_file}.wal").unlink(missing_ok=True)
    return broken


def with_build(build_file: Path, work: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
    """Do ``work`` on the build; when its blocks turn out to be damaged, do it once more on a new file.

    Raises ``BuildError`` for a full or read-only disk and for memory that does not suffice.
    """
    for attempt in (1, 2):
        try:
            with open_build(build_file) as connection:
                return work(connection)
        except duckdb.Error as error:
            if attempt == 1 and is_damage(error):
                put_aside(build_file)
                continue
            raise BuildError(
                f"{build_file} could not be written: {error}. Free disk space or memory, then run again; "
                "the published file is unchanged"
            ) from None
    raise AssertionError("unreachable")


def _raw_tables() -> dict[str, list[tuple[str, str]]]:
    """Columns and types of the tables of the schema `raw`."""
    tables = {
        table: [(name, _TYPES[kind]) for name, kind in _field_types(row).items()]
        for table, row in (("figures", RawFigure), ("relations", Term), ("inbox_figures", InboxFigure))
    }
    tables |= {table: _columns(text) for table, text in _RAW_COLUMNS.items()}
    # unreviewed rows have tables of their own: nothing that reads `figures` and `sources` can meet one
    tables["inbox_sources"] = tables["sources"]
    tables |= candidate_tables()
    tables["decisions"] = [(column, "varchar") for column in DECISION_COLUMNS]
    tables |= {
        f"ref_{name}": [(column, "varchar") for column in columns] for name, columns in REFERENCE_COLUMNS.items()
    }
    return tables


_RAW_COLUMNS = {
    "quarantine": "source_id varchar, file varchar, line integer, key varchar, message varchar, remedy varchar, "
    "row_text varchar",
    "load_counts": "source_id varchar, rows_in integer, rows_loaded integer, rows_quarantined integer, "
    "figures integer, relations integer, loaded_at timestamp, fingerprint varchar",
    "sources": "source_id varchar, position integer, title varchar, publisher varchar, published_on date, "
    "published_label varchar, language varchar, kind varchar, source_file varchar, sha256 varchar, licence varchar, "
    "notes varchar, vintage_on date",
    "source_rates": "source_id varchar, currency varchar, cny_per_unit double, note varchar",
    "decision_figures": "finding_id varchar, figure_id varchar, preference varchar",
    "known_findings": "finding_id varchar, explanation_code varchar",
    "corrected_verdicts": "comparison_id varchar, verdict varchar",
}


@cache
def candidate_tables() -> dict[str, list[tuple[str, str]]]:
    """The raw tables behind the schema `candidates`: their columns are the contract of the models that select them."""
    models = read_yaml(PROJECT / "dbt_project" / "models" / "candidates" / "_candidates.yml", PROJECT)["models"]
    return {model["name"]: [(column["name"], column["data_type"]) for column in model["columns"]] for model in models}


def _columns(text: str) -> list[tuple[str, str]]:
    return [(name, kind) for name, kind in (column.split() for column in text.split(", "))]


def _create_raw(connection: duckdb.DuckDBPyConnection) -> None:
    """The raw tables, empty where they are new. A build of another version of this code loses its raw rows: they are
    read again from `raw/`."""
    tables = _raw_tables()
    found: dict[str, list[tuple[str, str]]] = {}
    for table, name, kind in connection.execute(
        "select table_name, column_name, lower(data_type) from duckdb_columns() "
        "where schema_name = 'raw' and database_name = current_database() order by column_index"
    ).fetchall():
        found.setdefault(table, []).append((name, kind))
    if any(found[table] != columns for table, columns in tables.items() if table in found):
        for table in found:
            connection.execute(f'drop table raw."{table}"')
    connection.execute("create schema if not exists raw")
    for table, columns in tables.items():
        listed = ", ".join(f'"{name}" {kind}' for name, kind in columns)
        connection.execute(f"create table if not exists raw.{table} ({listed})")


class _ArrowStream:
    """A polars frame that DuckDB reads through the Arrow C stream: the plain frame would need pyarrow (165 MB)."""

    def __init__(self, frame: "pl.DataFrame") -> None:
        self._frame = frame

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._frame.__arrow_c_stream__(requested_schema)


def _frame(rows: Sequence[Any], row: type, without: Sequence[str] = ()) -> "pl.DataFrame":
    import polars as pl

    kinds = {"str": pl.String, "int": pl.Int64, "float": pl.Float64, "date": pl.Date}
    schema = {name: kinds[kind] for name, kind in _field_types(row).items() if name not in without}
    names = list(schema)
    return pl.DataFrame({name: [getattr(item, name) for item in rows] for name in names}, schema=schema)


def _roll_back(connection: duckdb.DuckDBPyConnection) -> None:
    with suppress(duckdb.Error):  # a failed commit has rolled back already; the first error is the one to see
        connection.execute("rollback")


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
        figures, relations = _frame(load.figures, RawFigure), _frame(load.relations, Term)
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
    quarantine = _frame([problem for _, problem in problems], Problem, without=["about"]).insert_column(
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
            connection.register("new_rows", _ArrowStream(frame))
            connection.execute(f"insert into raw.{table} by name select * from new_rows")
        connection.execute("commit")
    except BaseException:
        _roll_back(connection)
        raise
    connection.unregister("new_rows")


def write_documents(
    connection: duckdb.DuckDBPyConnection, loads: list[SourceLoad], sources: list[Source], position: int
) -> None:
    """Replace what is known of the inbox: its figures and documents, in tables of their own, and its counts."""
    connection.execute("begin")
    try:
        connection.execute("delete from raw.inbox_figures")
        connection.execute("delete from raw.inbox_sources")
        connection.execute("delete from raw.quarantine where starts_with(file, 'inbox/')")
        connection.execute("delete from raw.load_counts where starts_with(source_id, 'inbox/')")
        _insert_registry(connection, sources, position, "inbox_sources")
        for load in loads:
            # a reviewed source of the same id has counts and problems of its own
            name = f"inbox/{load.source_id}"
            connection.register("new_figures", _ArrowStream(_frame(load.figures, InboxFigure)))
            connection.execute("insert into raw.inbox_figures by name select * from new_figures")
            connection.unregister("new_figures")
            _write_problems(connection, name, load.problems)
            connection.execute(
                "insert into raw.load_counts values (?, ?, ?, ?, ?, 0, ?, null)",
                [name, load.rows_in, load.rows_loaded, len(load.problems), len(load.figures),
                 datetime.now(UTC).replace(tzinfo=None)],
            )  # fmt: skip
        connection.execute("commit")
    except BaseException:
        _roll_back(connection)
        raise


def write_inbox_problem(connection: duckdb.DuckDBPyConnection, problem: Problem) -> None:
    """Something that concerns all documents at once, as one quarantined row; ``write_documents`` takes it away."""
    _write_problems(connection, INBOX, [problem])
    connection.execute(
        "insert into raw.load_counts values (?, 1, 0, 1, 0, 0, ?, null)",
        [INBOX, datetime.now(UTC).replace(tzinfo=None)],
    )


def _write_problems(connection: duckdb.DuckDBPyConnection, name: str, problems: Sequence[Problem]) -> None:
    for problem in problems:
        file = problem.file if problem.file.startswith("inbox/") else f"inbox/{problem.file}"
        connection.execute(
            "insert into raw.quarantine values (?, ?, ?, ?, ?, ?, ?)",
            [name, file, problem.line, problem.key, problem.message, problem.remedy, problem.row],
        )


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence[Any]]) -> None:
    """Rows into ``raw.<table>``, in one statement: DuckDB's ``executemany`` runs one a row."""
    import polars as pl

    kinds = {"varchar": pl.String, "integer": pl.Int64, "double": pl.Float64, "date": pl.Date}
    schema = {name: kinds[kind] for name, kind in _raw_tables()[table]}
    connection.register("new_rows", _ArrowStream(pl.DataFrame(list(rows), schema=schema, orient="row")))
    connection.execute(f"insert into raw.{table} select * from new_rows")
    connection.unregister("new_rows")


def _insert_registry(
    connection: duckdb.DuckDBPyConnection, sources: Sequence[Source], position: int, table: str = "sources"
) -> None:
    """The entries of ``sources``; the first one has the place ``position`` in the registry."""
    rows = [
        (source.source_id, position + offset, source.title, source.publisher, _day(source.published_on),
         source.published_label, source.language, source.kind, source.file, source.sha256, source.licence,
         source.notes, _vintage(source))
        for offset, source in enumerate(sources)
    ]  # fmt: skip
    _insert(connection, table, rows)


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
        _insert_registry(connection, list(sources.values()), 0)
        rates, absurd = report_rates(sources, reference)
        _insert(connection, "source_rates", rates)
        for name, (_, records) in reference.tables.items():
            connection.execute(f"delete from raw.ref_{name}")
            _insert(connection, f"ref_{name}", records)
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
        _insert(connection, "known_findings", known)
        broken = [*getattr(sources, "problems", ()), *absurd, *reference.problems, *unknown]
        _write_registry_counts(connection, broken, len(sources) + len(rates) + reference.rows_loaded + len(known))
        connection.execute("commit")
    except BaseException:
        _roll_back(connection)
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
    _insert(connection, "decisions", read.rows)
    _insert(connection, "decision_figures", read.figures)
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
    _insert(connection, "quarantine", rows)
    connection.execute(
        "insert into raw.load_counts values ('registry', ?, ?, ?, 0, 0, ?, null)",
        [loaded + len(problems), loaded, len(problems), datetime.now(UTC).replace(tzinfo=None)],
    )


__all__ = [
    "BuildError",
    "SourceRows",
    "build_lock",
    "is_damage",
    "open_build",
    "put_aside",
    "with_build",
    "write_registry",
    "write_source",
    "write_sources",
]
