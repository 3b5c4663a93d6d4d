"""Command line of the warehouse: build it, check it, list its findings."""

import argparse
import gc
import os
import shutil
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
    load_port,
    load_settings,
    load_ui_hosts,
)

if TYPE_CHECKING:
    from orchestration.quality import alerts


def add_parsers(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Register `check`, `build`, `dev`, `serve`, `desk`, `summary`, `verify` and `findings`."""
    check = subparsers.add_parser("check", help="read raw/ (or one source) and list what cannot be loaded")
    check.add_argument("paths", nargs="*", type=Path, help="raw/<source_id> folders; default: all")
    check.set_defaults(run=_check)
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
    dev = subparsers.add_parser("dev", help="the Dagster UI on this machine, with schedules and sensors (`make dev`)")
    dev.add_argument("-m", "--module", action="append", help="a code location; repeatable; default: both of ours")
    dev.add_argument("-p", "--port", type=int, default=3000, help="3000; 0 takes a free one")
    dev.set_defaults(run=_dev)
    serve = subparsers.add_parser(
        "serve", help="the Dagster UI as a server: processes of their own, PostgreSQL (docs/operations.md)"
    )
    serve.add_argument("part", nargs="*", help="database, code, daemon, web; default: all of them")
    serve.set_defaults(run=_serve)
    desk = subparsers.add_parser(
        "desk", help="the page where a person decides about figures, ties and contradictions (docs/desk.md)"
    )
    desk.add_argument("path", type=Path, nargs="?", help="a document; without it, the three queues")
    desk.add_argument("-p", "--port", type=int, default=3001, help="3001; 0 takes a free one")
    desk.set_defaults(run=_desk)
    summary = subparsers.add_parser("summary", help="what the published warehouse holds")
    summary.set_defaults(run=_summary)
    verify = subparsers.add_parser("verify", help="do readers see what was published? lists what is wrong")
    verify.set_defaults(run=_verify)
    findings = subparsers.add_parser("findings", help="list the disagreements, or remember the present set as known")
    findings.add_argument("--accept", action="store_true", help="write raw/known_findings.csv from the published file")
    findings.add_argument("--all", action="store_true", help="also decided and explained ones")
    findings.set_defaults(run=_findings)


def _check(arguments: argparse.Namespace) -> int:
    from orchestration.loading.check import check_raw
    from orchestration.loading.problems import RawError

    raw = load_settings().raw
    wrong = 0
    try:
        for checked in check_raw(raw, [path.resolve().name for path in arguments.paths]):
            for line in checked.wrong:
                print(line)
            if checked.summary:
                print(checked.summary)
            wrong += len(checked.wrong)
    except RawError as error:  # a source that was asked for is not registered
        print(error, file=sys.stderr)
        return 1
    if wrong:
        print(f"\n{wrong} {'place' if wrong == 1 else 'places'} of raw/ to mend", file=sys.stderr)
    return 1 if wrong else 0


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
        if not (arguments.force or arguments.job or arguments.source) and _is_fresh(settings, read, readers_find, say):
            return _summary(arguments) or _tell_again(settings)
        prepare_home(settings)
    except HomeError as error:
        print(error, file=sys.stderr)
        return 1
    import dagster as dg

    from orchestration.defs.errors import DefinitionsError
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
    code = 0 if arguments.job == [EXTRACT_INBOX] else _summary(arguments)
    return _tell(found) or code


def _is_fresh(settings: Settings, read: dict[str, str], readers_find: str | None, say: Callable[[str], None]) -> bool:
    """Whether a build would give what readers have already; says so, or what has changed since the last one."""
    from orchestration.driver import freshness

    last = freshness.last_build(settings)
    if last is None:
        return False
    changed = freshness.changes(settings, read, last)
    if settings.remote and readers_find != last.version:
        changed.append(f"what readers find at {settings.remote}")
    if changed:
        say(f"changed since {last.version} was published: {'; '.join(changed)}")
    else:
        say(f"nothing has changed since {last.version} was published; `ai-figures build --force` builds it anew")
    return not changed


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
        from orchestration.store.publication import PublicationError

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


def _desk(arguments: argparse.Namespace) -> int:
    from urllib.parse import quote

    from orchestration.desk.app import serve
    from orchestration.desk.desk import Desk
    from orchestration.extraction.isolation import read_document
    from orchestration.extraction.model import ExtractionError
    from orchestration.loading import load_reference
    from orchestration.loading.problems import RawError

    settings = load_settings()
    more = [arguments.path] if arguments.path else []
    try:
        for document in more:
            read_document(document)
        load_reference(settings.raw)
        path = f"/figures/{quote(arguments.path.name)}" if arguments.path else "/"
        return serve(Desk(settings.raw, settings.published_file, more), arguments.port, path)
    except (ExtractionError, RawError, OSError, OverflowError) as error:
        print(f"ai-figures desk: {error}", file=sys.stderr)
        return 1


def _dev(arguments: argparse.Namespace) -> int:
    from orchestration.serving.guard import allowed_hosts

    try:
        allowed_hosts(arguments.port, load_ui_hosts())
        prepare_home(load_settings())
    except ValueError as error:
        print(f"AI_FIGURES_UI_HOSTS: {error}", file=sys.stderr)
        return 1
    except HomeError as error:
        print(error, file=sys.stderr)
        return 1
    from orchestration.serving.dev import serve

    return serve(arguments.module or CODE_LOCATIONS, arguments.port)


def _serve(arguments: argparse.Namespace) -> int:
    from orchestration.serving.guard import allowed_hosts
    from orchestration.serving.postgres import PostgresError
    from orchestration.serving.server import PARTS, ServeError, serve

    if unknown := sorted(set(arguments.part) - set(PARTS)):
        print(f"there is no part {unknown[0]!r} of the server; there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    import importlib.util

    if importlib.util.find_spec("dagster_postgres") is None:
        print("dagster-postgres is not installed; run `make serve-env`, or install the extra `serve`", file=sys.stderr)
        return 1
    modules = (os.environ.get("AI_FIGURES_CODE") or " ".join(CODE_LOCATIONS)).split()
    try:
        allowed_hosts(load_port(), load_ui_hosts())
        return serve(load_settings(), modules, load_port(), arguments.part)
    except (HomeError, PostgresError, ServeError, ValueError, OSError) as error:
        print(f"ai-figures serve: {error}", file=sys.stderr)
        return 1


def _usual_jobs(settings: Settings, execution: Execution, reload: bool) -> list[str]:
    """The refresh extracts what is not extracted yet itself; only more than one process is worth a job before it."""
    from orchestration.inbox.documents import waiting

    jobs = [RELOAD_REPORT if reload else "full_refresh"]
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


CODE_LOCATIONS = (
    "orchestration.definitions",
    "orchestration.definitions_inbox",
    "orchestration.definitions_datasets",
)
EXTRACT_INBOX = "extract_inbox"
RELOAD_REPORT = "reload_report"
# progress is told by the hook; the full event log is in the UI
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
_SUMMARY = {
    "figures": "select count(*), count(distinct source_id) from core.figures",
    "marts": "select mart, count(*) from core.figures group by mart order by mart",
    "comparisons": "select count(*), count(case when verdict = 'agree' then 1 end) from reconciliation.comparisons",
    "findings": "select severity, decision, count(*) from reconciliation.findings group by all order by all",
    "quarantine": "select count(*) from quality.quarantine",
    "candidates": "select count(*), count(distinct file), (select count(*) from candidates.findings where "
    "severity = 'hint') from candidates.figures",
}


def _summary(_: argparse.Namespace) -> int:
    from orchestration.store.publication import PublicationError, open_published

    settings = load_settings()
    try:
        with open_published(settings.published_file) as connection:
            rows = {name: connection.execute(sql).fetchall() for name, sql in _SUMMARY.items()}
    except PublicationError as error:
        print(error, file=sys.stderr)
        return 1
    figures, sources = rows["figures"][0]
    compared, agreeing = rows["comparisons"][0]
    opened = sum(n for severity, decision, n in rows["findings"] if decision == "open" and severity != "info")
    errors = sum(n for severity, decision, n in rows["findings"] if decision == "open" and severity == "error")
    total = sum(n for _, _, n in rows["findings"])
    found, documents, hints = rows["candidates"][0]
    print(
        f"\n{figures} figures of {sources} reports: "
        + (
            ", ".join(f"{mart} {count}" for mart, count in rows["marts"])
            or "none has figures in raw/ (sources.yml); what is published is the reference data"
        )
        + (
            f"\n{found} candidates of {documents} documents in raw/inbox/, nobody has reviewed them; {hints} hints "
            "(candidates.findings)"
            if found
            else ""
        )
        + f"\n{compared} comparisons, {agreeing} hold; {total} findings, {opened} open ({errors} of them errors)"
        + f"\n{rows['quarantine'][0][0]} raw rows in quarantine"
        + f"\n\nWarehouse   {_short(settings.published_file)}"
        + f"\nParquet     {_short(settings.published / 'parquet')}"
    )
    for name, path in (
        ("Site", settings.site / "index.html"),
        ("Data Docs", settings.published / "data_docs" / "index.html"),
    ):
        if path.exists():
            print(f"{name:<11} {_short(path)}")
    command = "ai-figures" if shutil.which("ai-figures") else sys.argv[0]  # a clone's stands in its environment
    print(
        f"\nNext: `{command} dev` opens the Dagster UI at http://127.0.0.1:3000; "
        f"`{command} findings` lists what disagrees."
    )
    return 0


def _verify(_: argparse.Namespace) -> int:
    from orchestration.store.object_store import open_remote
    from orchestration.store.publication import PublicationError, verify

    settings = load_settings()
    try:
        remote = open_remote(settings)
        problems = verify(settings.published_file) + (remote.verify() if remote else [])
    except PublicationError as error:
        problems = [str(error)]
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        place = settings.remote or _short(settings.published_file)
        print(f"{place} and its Parquet copies are whole: readers see what was published")
    return 1 if problems else 0


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _findings(arguments: argparse.Namespace) -> int:
    import csv

    from orchestration.store.publication import PublicationError, open_published

    settings = load_settings()
    try:
        with open_published(settings.published_file) as connection:
            rows = connection.execute(
                "select finding_id, severity, explanation_code, decision, explanation "
                "from reconciliation.findings order by 1"
            ).fetchall()
    except PublicationError as error:
        print(error, file=sys.stderr)
        return 1
    if arguments.accept:
        path = settings.raw / "known_findings.csv"
        with path.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle, lineterminator="\n")
            writer.writerow(["finding_id", "explanation_code"])
            writer.writerows((row[0], row[2]) for row in rows)
        print(f"{len(rows)} findings written to {_short(path)}; look at the difference before you commit it")
        return 0
    for finding_id, severity, code, decision, text in rows:
        if arguments.all or (decision == "open" and severity != "info"):
            print(f"{severity:<5} {decision:<14} {code:<18} {finding_id}\n      {text}")
    return 0
