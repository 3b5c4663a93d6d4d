"""Command line of the pipeline: run its jobs, tell what is to be looked at."""

import argparse
import gc
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from orchestration.defs.home import HomeError, prepare_home
from orchestration.settings import (
    Execution,
    Settings,
    SettingsError,
    load_execution,
    load_settings,
)
from orchestration.store.commands import print_summary

if TYPE_CHECKING:
    from orchestration.quality import alerts

EXTRACT_INBOX = "extract_inbox"
FULL_REFRESH = "full_refresh"
RELOAD_REPORT = "reload_report"
# progress is told by the hook; the full event log is in the UI
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def add_parsers(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Register `build`."""
    build = subparsers.add_parser("build", help="run the whole pipeline and publish (what `make warehouse` does)")
    build.add_argument(
        "--job",
        action="append",
        help="full_refresh (default), reload_report, site, quality_checks, extract_inbox; repeatable",
    )
    build.add_argument(
        "--source",
        action="append",
        metavar="SOURCE_ID",
        help="read only this report again (job reload_report); repeatable",
    )
    build.add_argument(
        "--force", action="store_true", help="build although nothing has changed (so does naming a job or a source)"
    )
    build.set_defaults(run=_build)


def tune_collector() -> None:
    """Let the garbage collector walk through four thousand modules less often: the process ends after one run."""
    gc.set_threshold(50_000, 20, 100)


def _build(arguments: argparse.Namespace) -> int:
    """Run the jobs; a stop by Ctrl-C or SIGTERM gives the exit code that a shell gives it (130, 143)."""
    from orchestration.driver import interrupts

    with interrupts.stoppable():
        settings = load_settings()
        before = _inode(settings.published_file)
        code = 1
        try:
            code = _run_jobs(arguments, settings)
        except BaseException as error:
            if not interrupts.stopped() and not isinstance(error, KeyboardInterrupt):
                raise
        stop = interrupts.stopped()
        if stop is None:
            return code
        unchanged = _inode(settings.published_file) == before
        state = "nothing was published" if unchanged else "the new version had been published by then"
        print(f"\nstopped by {stop.name}: {state}; there is nothing to clean up", file=sys.stderr)
        interrupts.leave()


def _inode(path: Path) -> int | None:
    return path.stat().st_ino if path.exists() else None


def _run_jobs(arguments: argparse.Namespace, settings: Settings) -> int:
    from orchestration.driver import freshness

    started = time.monotonic()
    tune_collector()

    def say(text: str) -> None:
        print(f"{time.monotonic() - started:6.1f} s  {text}", flush=True)

    try:
        readers_find = _reach_readers(settings)
        read = freshness.inputs(settings)  # before anything is read: what changes meanwhile is read by the next build
        changed = _changes(settings, read, readers_find)
        if not (arguments.force or arguments.job or arguments.source) and _is_fresh(settings, changed, say):
            return print_summary() or _tell_again(settings)
        prepare_home(settings)
    except HomeError as error:
        print(error, file=sys.stderr)
        return 1
    import dagster as dg

    from orchestration.defs.errors import DefinitionsError
    from orchestration.driver import pipeline
    from orchestration.driver.recovery import sole_run
    from orchestration.quality import alerts
    from orchestration.store.build import BuildError

    try:
        jobs = arguments.job or _usual_jobs(settings, load_execution(), bool(arguments.source))
        if arguments.source and RELOAD_REPORT not in jobs:
            print(f"--source goes with the job {RELOAD_REPORT}; leave --job out, or name that job", file=sys.stderr)
            return 2
        from orchestration.definitions import defs
    except (DefinitionsError, SettingsError) as error:
        print(error, file=sys.stderr)
        return 1

    found: list[alerts.Item] = []
    with dg.DagsterInstance.get() as instance:
        for name in jobs:
            try:
                job = None if name == EXTRACT_INBOX else defs.resolve_job_def(name)
            except dg.DagsterInvariantViolationError:
                print(f"there is no job {name!r}; see `ai-figures build --help`", file=sys.stderr)
                return 2
            say(f"running {name}")
            before = _inode(settings.published_file)
            sources = (arguments.source or []) if name == RELOAD_REPORT else []
            try:
                with sole_run(instance, settings.build_file) as tags:
                    if _begins_anew(arguments, name, changed):
                        pipeline.forget(settings)
                    if job is None:
                        succeeded, items, run_id, version = _run_extraction(settings, instance, tags)
                    else:
                        succeeded, items, run_id, version = _run_job(job, instance, say, tags, sources)
                    if succeeded and version and not _critical(items):
                        freshness.remember(settings, read, version, _to_look_at(items))
            except BuildError as error:
                print(f"\n{error}", file=sys.stderr)
                return 1
            alerts.announce(name, run_id, items, lambda text: print(text, file=sys.stderr))
            found += items
            if not succeeded and name == EXTRACT_INBOX:
                return 1
            if not succeeded:
                kept = "Nothing was published; the last good file stays"
                if _inode(settings.published_file) != before:
                    kept = "The new version is published; what failed came after that"
                print(f"\n{kept}: {settings.published_file}", file=sys.stderr)
                return 1
    say("finished")
    code = 0 if arguments.job == [EXTRACT_INBOX] else print_summary()
    return _tell(found) or code


def _changes(settings: Settings, read: dict[str, str], readers_find: str | None) -> list[str] | None:
    """What has changed since the last build; None where that is not known."""
    from orchestration.driver import freshness

    last = freshness.last_build(settings)
    if last is None:
        return None
    changed = freshness.changes(settings, read, last)
    if settings.remote and readers_find != last.version:
        changed.append(f"what readers find at {settings.remote}")
    return changed


def _is_fresh(settings: Settings, changed: list[str] | None, say: Callable[[str], None]) -> bool:
    """Whether a build would give what readers have already; says so, or what has changed since the last one."""
    from orchestration.driver import freshness

    last = freshness.last_build(settings)
    if last is None or changed is None:
        return False
    if changed:
        say(f"changed since {last.version} was published: {'; '.join(changed)}")
    else:
        say(f"nothing has changed since {last.version} was published; `ai-figures build --force` builds it anew")
    return not changed


def _begins_anew(arguments: argparse.Namespace, job: str, changed: list[str] | None) -> bool:
    """Whether nothing of the runs before is of use: it is asked for, or the tools are others. Which rows, models and
    expectations are others is found out where they are used."""
    from orchestration.driver.freshness import TOOLS

    if job not in (FULL_REFRESH, RELOAD_REPORT):
        return False
    return arguments.force or FULL_REFRESH in (arguments.job or []) or changed is None or not TOOLS.isdisjoint(changed)


def _tell_again(settings: Settings) -> int:
    """What the build told that stands; 0, as a critical check would have left no record of it."""
    from orchestration.driver import freshness

    last = freshness.last_build(settings)
    if last and last.told:
        print(f"\n{last.told}", file=sys.stderr)
    return 0


def _reach_readers(settings: Settings) -> str | None:
    """Ask for the version in object storage, if readers are there: what is wrong is told now, not after a build."""
    if settings.remote is not None:
        from orchestration.store.object_store import open_remote
        from orchestration.store.published import PublicationError

        try:
            remote = open_remote(settings)
            assert remote is not None
            latest = remote.latest()
            return latest.version if latest else None
        except PublicationError as error:
            raise SettingsError(str(error)) from None
    return None


def _to_look_at(found: "list[alerts.Item]") -> str:
    from orchestration.quality import alerts

    return f"To be looked at: {len(found)}\n{alerts.report(found)}" if found else ""


def _critical(found: "list[alerts.Item]") -> list[str]:
    return [item.name for item in found if item.severity == "critical"]


def _tell(found: "list[alerts.Item]") -> int:
    """Print what is to be looked at, of any severity, after a build that succeeded; 1 when a critical check fails."""
    if found:
        print(f"\n{_to_look_at(found)}", file=sys.stderr)
    critical = _critical(found)
    if critical:
        print(f"\nCritical checks fail: {'; '.join(critical)}", file=sys.stderr)
    return 1 if critical else 0


def _usual_jobs(settings: Settings, execution: Execution, reload: bool) -> list[str]:
    """The refresh extracts what is not extracted yet itself; only more than one process is worth a job before it."""
    from orchestration.inbox.documents import waiting

    jobs = [RELOAD_REPORT if reload else FULL_REFRESH]
    return [EXTRACT_INBOX, *jobs] if execution.executor != "in_process" and waiting(settings) else jobs


# whether a run succeeded, what it has to tell, its id, the version that it published
Ran: TypeAlias = "tuple[bool, list[alerts.Item], str, str | None]"


def _run_extraction(settings: Settings, instance: Any, tags: dict[str, str]) -> Ran:
    """Run `extract_inbox` by the executor of the settings; workers build the job from its function."""
    import dagster as dg

    from orchestration.defs.extraction_job import extract_inbox_job
    from orchestration.inbox import documents
    from orchestration.quality import alerts

    with dg.execute_job(
        dg.reconstructable(extract_inbox_job), instance=instance, run_config=_QUIET, tags=tags, raise_on_error=False
    ) as result:
        succeeded = result.success
        items: list[alerts.Item] = []
        if succeeded:
            counts = result.output_for_node("total")
            print(
                "          {documents} documents: {rows_in} rows in, {rows_loaded} loaded, {rows_quarantined} "
                "quarantined".format_map(counts)
            )
        else:
            items = alerts.failure_items(result.all_events, "ai-figures build --job extract_inbox")
            _print_failures(items)
            left = [path.name for path in documents.waiting(settings)]
            if left:
                print(
                    f"\nThe other documents are extracted and kept; run again for: {', '.join(left)}", file=sys.stderr
                )
    return succeeded, items, result.run_id, None


def _run_job(
    job: Any, instance: Any, say: Callable[[str], None], tags: dict[str, str], sources: Sequence[str] = ()
) -> Ran:
    """Run one job in this process, telling each step; failures and what stopped it go to standard error."""
    import dagster as dg

    from orchestration.defs.raw_assets import load_config
    from orchestration.quality import alerts

    @dg.success_hook
    def progress(context: dg.HookContext) -> None:
        say(f"done: {context.op.name.replace('__', '/')}")

    result = job.with_hooks({progress}).execute_in_process(
        instance=instance,
        raise_on_error=False,
        tags=tags,
        run_config=_QUIET | (load_config(list(sources)) if sources else {}),
    )
    failures = alerts.failure_items(result.all_events, f"ai-figures build --job {job.name}")
    checks = alerts.check_items(result.get_asset_check_evaluations())
    if not result.success:
        _print_failures(failures)
        print(f"\n{alerts.report(checks)}", file=sys.stderr)
    return result.success, failures + checks, result.run_id, _published_version(result)


def _published_version(result: Any) -> str | None:
    from orchestration.defs.publication_assets import PUBLISHED

    for event in result.all_events:
        if event.is_step_materialization and event.asset_key == PUBLISHED:
            return str(event.materialization.metadata["version"].value)
    return None


def _print_failures(failures: "Iterable[alerts.Item]") -> None:
    for failure in failures:
        print(f"\n{failure.name}: {failure.text}", file=sys.stderr)
