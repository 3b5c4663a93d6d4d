"""The driver: load, transform, check, publish. Dagster's assets, the command line and the tests call these steps.

Each step can be run again at any time and takes the build lock. A build that turns out to be damaged or incomplete is
begun anew: all of `raw/` is read again, the steps before are run again, and then the step itself, once.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from orchestration.driver import corrections, freshness, interrupts
from orchestration.driver.standing import standing
from orchestration.inbox.documents import load_documents
from orchestration.loading import load_reference, load_sources
from orchestration.loading.inputs import fingerprints
from orchestration.loading.many import read_sources
from orchestration.loading.problems import Problem, RawError
from orchestration.settings import Settings, kept_versions
from orchestration.store import object_store, publication
from orchestration.store.build import BuildError, build_lock, is_damage, put_aside, with_build
from orchestration.store.registry_rows import write_registry
from orchestration.store.source_rows import SourceRows, write_sources
from orchestration.transform import again
from orchestration.transform import models as dbt

if TYPE_CHECKING:
    import duckdb

    from orchestration.quality.history import CheckResult

# rows that are written in one transaction; a source is never split
BATCH_ROWS = 200_000

T = TypeVar("T")


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


def load(settings: Settings, source_ids: Collection[str] = ()) -> list[LoadSummary]:
    """Registry, reference data, decisions, sources and documents into the build; returns what was read.

    Those whose files, registry entry or reference data are others than at their last reading are read, and those of
    ``source_ids`` in any case: the build is always what reading everything gives. Raises ``BuildError`` for an id that
    is not registered, ``RawError`` for a registry that cannot be read.
    """
    return _mended(settings, lambda: _load(settings, source_ids), lambda: None, lambda _: True)


def transform(settings: Settings, select: Collection[str] = ()) -> dbt.TransformResult:
    """The models (all, or those named) from the raw rows. Raises ``TransformError`` when one fails."""

    def work() -> dbt.TransformResult:
        if not _holds_reports(settings):
            _load(settings)
        # models that were not asked for, but that those stand on
        result = dbt.transform(settings, [] if _lacking_models(settings) else sorted(select))
        if lacking := _lacking_models(settings):  # the file was taken away under dbt
            raise dbt.DamagedBuild(f"{settings.build_file} lacks {', '.join(lacking[:5])} after dbt made it")
        return result

    return _mended(settings, work, lambda: None, _holds_reports)


def check(
    settings: Settings, wanted: Collection[tuple[str, str]] | None = None, run_id: str | None = None
) -> list["CheckResult"]:
    """The checks of the build (all, or those whose suite and name are ``wanted``), recorded in the history.

    Failing checks do not raise; see ``quality.checks.raise_for_blocking``.
    """

    from orchestration.quality.checks import counting
    from orchestration.quality.counted import signature

    def work() -> list["CheckResult"]:
        _require_models(settings)
        rules = signature(settings.expectations)
        counted = again.evaluated(settings.build_file, rules)
        results = _results(settings, settings.build_file, wanted, counted=counted)
        for result in results:
            if not result.success and result.message.startswith("Could not be evaluated") and is_damage(result.message):
                raise dbt.DamagedBuild(result.message)
        new = [result for result in results if (result.suite, result.name) not in counted]
        again.remember_evaluated(settings.build_file, rules, counting(settings, settings.build_file, new))
        return _recorded(settings, results, run_id)

    return _mended(settings, work, lambda: dbt.transform(settings), _holds_models)


def check_all(settings: Settings) -> None:
    """All checks of the build; raises ``BlockingCheckFailed`` when one fails that must hold before publication."""
    from orchestration.quality.checks import raise_for_blocking

    raise_for_blocking(check(settings))


def check_published(
    settings: Settings, wanted: Collection[tuple[str, str]] | None = None, run_id: str | None = None
) -> list["CheckResult"]:
    """The same checks of the published file, which nothing here changes."""
    interrupts.raise_if_stopped()
    return _recorded(settings, _results(settings, settings.published_file, wanted), run_id)


def _results(
    settings: Settings,
    database: Path,
    wanted: Collection[tuple[str, str]] | None,
    counted: Collection[tuple[str, str]] = (),
) -> list["CheckResult"]:
    from orchestration.quality import checks
    from orchestration.quality.outcomes import CheckError

    results = checks.run_checks(settings, database, wanted=wanted, counted=counted)
    if missing := sorted(set(wanted or ()) - {(result.suite, result.expectation) for result in results}):
        raise CheckError(f"no result of {', '.join('.'.join(key) for key in missing[:5])}; nothing is published")
    return results


def _recorded(settings: Settings, results: list["CheckResult"], run_id: str | None) -> list["CheckResult"]:
    from orchestration.quality import checks

    checks.record(settings, results, run_id=run_id)
    if any(not result.success and result.severity == "critical" for result in results):
        freshness.forget(settings)
    return results


def publish(settings: Settings) -> publication.Publication:
    """Put the build in place of the published file, and of what readers find in object storage where that is set.

    A build that had to be begun anew is checked before.
    """
    remote = object_store.open_remote(settings)
    before = remote.latest() if remote else None  # a store that cannot be reached is told before anything is written

    def work() -> publication.Publication:
        _require_models(settings)
        return publication.publish(
            settings.build_file, settings.history_file, settings.published_file, before.version if before else None
        )

    def again() -> None:
        dbt.transform(settings)
        check_all(settings)

    with build_lock(settings.build_file):
        if remote and before and not settings.published_file.exists():
            remote.fetch(settings.published_file)  # a new machine: the history of checks is in there
        published = _mended(settings, work, again, _holds_models)
        if remote is None:
            return published
        return replace(published, messages=(*published.messages, *remote.publish(published, kept_versions())))


def run(settings: Settings, *, check: bool = True, say: Callable[[str], None] = lambda _: None) -> RunSummary:
    """All four steps, without Dagster; a step that fails raises and nothing is published."""
    summary = RunSummary()
    with build_lock(settings.build_file):
        say("reading raw/")
        summary.loads = load(settings)
        say("transforming (dbt)")
        transform(settings)
        if check:
            say("checking (Great Expectations)")
            check_all(settings)
        say("publishing")
        summary.published = publish(settings)
    return summary


def _mended(
    settings: Settings, work: Callable[[], T], before: Callable[[], object], needs: Callable[[Settings], bool]
) -> T:
    """Do ``work``; when it fails on a build that is damaged or lacks what it ``needs``, begin the build anew, do what
    comes ``before`` the work, and the work once more."""
    with build_lock(settings.build_file):
        interrupts.raise_if_stopped()
        try:
            return work()
        except Exception as error:  # DuckDB's complaint comes wrapped in the errors of every layer above it
            interrupts.raise_if_stopped()
            damaged = is_damage(str(error)) and not isinstance(error, RawError)
            if not (damaged or isinstance(error, dbt.DamagedBuild) or not needs(settings)):
                raise
        if damaged:
            put_aside(settings.build_file)
        _load(settings)
        before()
        interrupts.raise_if_stopped()
        return work()


def _load(settings: Settings, source_ids: Collection[str] = ()) -> list[LoadSummary]:
    """All sources (or those named and those that changed), then the documents, which leave out what sources print.

    Over one connection and some sources at a time: memory does not grow with their number.
    """
    mend_history(settings)
    reference, sources = load_reference(settings.raw), load_sources(settings.raw)
    if unknown := sorted(set(source_ids) - sources.keys()):
        raise BuildError(
            f"{', '.join(unknown)} is not in raw/sources.yml; registered are {', '.join(sources) or 'none'}. "
            "Register it, or name one of those"
        )
    # before the files are read: one that changes meanwhile is read again by the next reload
    prints = fingerprints(settings.raw, sources)
    loads: list[LoadSummary] = []

    def write(build: "duckdb.DuckDBPyConnection") -> None:
        loads.clear()
        write_registry(build, sources, reference, settings.raw)
        stand = standing(build, prints)
        wanted = [source for source_id, source in sources.items() if source_id in source_ids or source_id not in stand]
        for rows in _batches(read_sources(settings.raw, wanted, reference)):
            interrupts.raise_if_stopped()
            write_sources(build, rows, prints)
            loads.extend(LoadSummary(r.source_id, r.rows_in, r.rows_loaded, r.problems) for r in rows)
        if not source_ids:
            read = {loaded.source_id for loaded in loads}
            loads.extend(LoadSummary(name, *stand[name], []) for name in sources if name not in read)

    with_build(settings.build_file, write)
    documents = load_documents(settings)
    corrections.refresh(settings)
    return loads + [LoadSummary(d.source_id, d.rows_in, d.rows_loaded, d.problems) for d in documents]


def forget(settings: Settings) -> None:
    """The next run reads all of `raw/`, and dbt and Great Expectations do all of their work, whatever has changed."""

    def work(build: "duckdb.DuckDBPyConnection") -> None:
        again.forget_in(build)
        build.execute("update raw.load_counts set fingerprint = null")

    if settings.build_file.exists():
        with_build(settings.build_file, work)


def _batches(sources: Iterable[SourceRows]) -> Iterator[list[SourceRows]]:
    batch: list[SourceRows] = []
    for source in sources:
        batch.append(source)
        if sum(rows.figures.height + rows.relations.height for rows in batch) > BATCH_ROWS:
            yield batch
            batch = []
    if batch:
        yield batch


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


def _holds_reports(settings: Settings) -> bool:
    """Whether every registered report was loaded into this build; not when it is new, or was put aside meanwhile."""
    loaded = with_build(
        settings.build_file,
        lambda build: {name for (name,) in build.execute("select source_id from raw.load_counts").fetchall()},
    )
    return bool(loaded) and load_sources(settings.raw).keys() <= loaded


def _lacking_models(settings: Settings) -> list[str]:
    """Models that the build does not hold, as ``schema.name``."""
    manifest = json.loads(dbt.ensure_manifest(settings).read_text(encoding="utf-8"))
    wanted = {
        f"{node['schema']}.{node['alias']}"
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["config"]["materialized"] in ("table", "view")
    }
    found = with_build(
        settings.build_file,
        lambda build: build.execute(
            "select schema_name || '.' || table_name from duckdb_tables() "
            "union all select schema_name || '.' || view_name from duckdb_views()"
        ).fetchall(),
    )
    return sorted(wanted - {name for (name,) in found})


def _holds_models(settings: Settings) -> bool:
    return _holds_reports(settings) and not _lacking_models(settings)


def _require_models(settings: Settings) -> None:
    if not _holds_models(settings):
        raise dbt.DamagedBuild(f"{settings.build_file} is incomplete: a run before this one did not end")
