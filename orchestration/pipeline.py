"""The whole pipeline as plain functions, one a step. The Dagster assets call the same steps; tests call ``run``."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestration import publication, transform
from orchestration.build import (
    SourceRows,
    build_lock,
    is_damage,
    put_aside,
    with_build,
    write_registry,
    write_source,
    write_sources,
)
from orchestration.documents import load_documents
from orchestration.loading import SourceLoad, load_reference, load_source, load_sources
from orchestration.loading.many import read_sources
from orchestration.loading.problems import Problem
from orchestration.settings import Settings

if TYPE_CHECKING:
    import duckdb


# rows that are written in one transaction; a source is never split
BATCH_ROWS = 200_000


@dataclass(frozen=True, slots=True)
class LoadSummary:
    """What became of one source's rows: ``rows_in`` are loaded, or stand in ``problems``."""

    source_id: str
    rows_in: int
    rows_loaded: int
    problems: list[Problem]


@dataclass(slots=True)
class RunSummary:
    """What one run did."""

    loads: list[LoadSummary] = field(default_factory=list)
    published: publication.Publication | None = None


def load_registry(settings: Settings) -> list[str]:
    """Write the registry, reference data and decisions into the build; returns the registered source ids."""
    mend_history(settings)
    reference, sources = load_reference(settings.raw), load_sources(settings.raw)
    with_build(settings.build_file, lambda build: write_registry(build, sources, reference, settings.raw))
    return list(sources)


def load_one(settings: Settings, source_id: str) -> SourceLoad:
    """Read one source's folder and replace its rows in the build.

    Other sources are read only where the build lacks them (it is new, or was damaged and begun anew): a warehouse
    without them would be published otherwise.
    """
    reference, sources = load_reference(settings.raw), load_sources(settings.raw)
    load = load_source(settings.raw, sources[source_id], reference)

    def write(build: "duckdb.DuckDBPyConnection") -> None:
        known = {name for (name,) in build.execute("select source_id from raw.load_counts").fetchall()}
        if not build.execute("select 1 from raw.sources limit 1").fetchall():
            write_registry(build, sources, reference, settings.raw)
        for other in sources.values():
            if other.source_id != source_id and other.source_id not in known:
                write_source(build, load_source(settings.raw, other, reference))
        write_source(build, load)

    with_build(settings.build_file, write)
    return load


def load_all(settings: Settings, source_ids: Iterable[str] = ()) -> list[LoadSummary]:
    """Registry and sources (all, or those named) over one connection, some sources at a time: memory does not grow
    with their number."""
    mend_history(settings)
    reference, sources = load_reference(settings.raw), load_sources(settings.raw)
    wanted = [sources[source_id] for source_id in source_ids] or list(sources.values())
    loads: list[LoadSummary] = []

    def write(build: "duckdb.DuckDBPyConnection") -> None:
        loads.clear()
        write_registry(build, sources, reference, settings.raw)
        for rows in _batches(read_sources(settings.raw, wanted, reference)):
            write_sources(build, rows)
            loads.extend(LoadSummary(r.source_id, r.rows_in, r.rows_loaded, r.problems) for r in rows)

    with_build(settings.build_file, write)
    return loads


def _batches(sources: Iterable[SourceRows]) -> Iterator[list[SourceRows]]:
    batch: list[SourceRows] = []
    for source in sources:
        batch.append(source)
        if sum(rows.figures.height + rows.relations.height for rows in batch) > BATCH_ROWS:
            yield batch
            batch = []
    if batch:
        yield batch


def _load(settings: Settings) -> list[LoadSummary]:
    """All sources, then the documents of the inbox, which leave out what the sources print already."""
    loads = load_all(settings)
    documents = load_documents(settings)
    return loads + [LoadSummary(d.source_id, d.rows_in, d.rows_loaded, d.problems) for d in documents]


def mend_history(settings: Settings) -> None:
    """Put a damaged check history aside and begin a new one from the copy in the published file."""
    import duckdb

    from orchestration.quality.history import CHECK_RESULTS_DDL

    history, published = settings.history_file, settings.published_file
    if not history.exists():
        return
    try:
        with duckdb.connect(str(history), read_only=True) as connection:
            # reads every block, so that DuckDB checks its checksum
            connection.execute("select bit_xor(hash(r)) from check_results as r").fetchall()
        return
    except duckdb.Error as error:
        if not is_damage(error):
            return  # another run is writing it, or it has no rows yet
    put_aside(history)
    with duckdb.connect(str(history)) as connection:
        connection.execute(CHECK_RESULTS_DDL.format(table="check_results"))
        with suppress(duckdb.Error):  # no published file, or a damaged one: there is nothing to begin from
            connection.execute(f"attach '{str(published).replace(chr(39), chr(39) * 2)}' as published (read_only)")
            connection.execute("insert into check_results by name select * from published.quality.check_results")


def publish(settings: Settings) -> publication.Publication:
    """Put the build in place of the published file."""
    return publication.publish(settings.build_file, settings.history_file, settings.published_file)


def run(settings: Settings, *, check: bool = True, say: Callable[[str], None] = lambda _: None) -> RunSummary:
    """Load, transform, check, publish, without Dagster; a step that fails raises and nothing is published."""
    summary = RunSummary()
    with build_lock(settings.build_file):
        say("reading raw/")
        summary.loads = _load(settings)
        say("transforming (dbt)")
        try:
            transform.transform(settings)
        except transform.DamagedBuild as error:
            say(f"beginning anew: {error}")
            summary.loads = _load(settings)
            transform.transform(settings)
        if check:
            from orchestration.quality import checks

            say("checking (Great Expectations)")
            results = checks.run_checks(settings, settings.build_file)
            checks.record(settings, results)
            checks.raise_for_blocking(results)
        say("publishing")
        summary.published = publish(settings)
    return summary
