"""The whole pipeline as plain functions, one a step. The Dagster assets call the same steps; tests call ``run``."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from orchestration import publication, transform
from orchestration.build import build_lock, open_build, write_registry, write_source
from orchestration.documents import load_documents
from orchestration.loading import SourceLoad, load_reference, load_source, load_sources
from orchestration.settings import Settings


@dataclass(slots=True)
class RunSummary:
    """What one run did."""

    loads: list[SourceLoad] = field(default_factory=list)
    published: publication.Publication | None = None


def load_registry(settings: Settings) -> list[str]:
    """Write the registry, reference data and decisions into the build; returns the registered source ids."""
    reference, sources = load_reference(settings.raw), load_sources(settings.raw)
    with open_build(settings.build_file) as connection:
        write_registry(connection, sources, reference, settings.raw)
    return list(sources)


def load_one(settings: Settings, source_id: str) -> SourceLoad:
    """Read one source's folder and replace its rows in the build."""
    reference, sources = load_reference(settings.raw), load_sources(settings.raw)
    load = load_source(settings.raw, sources[source_id], reference)
    with open_build(settings.build_file) as connection:
        write_source(connection, load)
    return load


def load_all(settings: Settings, source_ids: Iterable[str] = ()) -> list[SourceLoad]:
    """Registry and sources (all, or those named) in one pass over one connection."""
    reference, sources = load_reference(settings.raw), load_sources(settings.raw)
    wanted = list(source_ids) or list(sources)
    loads = [load_source(settings.raw, sources[source_id], reference) for source_id in wanted]
    with open_build(settings.build_file) as connection:
        write_registry(connection, sources, reference, settings.raw)
        for load in loads:
            write_source(connection, load)
    return loads


def publish(settings: Settings) -> publication.Publication:
    """Put the build in place of the published file."""
    return publication.publish(settings.build_file, settings.history_file, settings.published_file)


def run(settings: Settings, *, check: bool = True, say: Callable[[str], None] = lambda _: None) -> RunSummary:
    """Load, transform, check, publish, without Dagster; a step that fails raises and nothing is published."""
    summary = RunSummary()
    with build_lock(settings.build_file):
        say("reading raw/")
        summary.loads = load_all(settings)
        summary.loads += load_documents(settings)
        say("transforming (dbt)")
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
