"""Command line of the warehouse: build it, check it, list its findings."""

import argparse
import gc
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from orchestration.settings import PROJECT, Execution, Settings, SettingsError, load_execution, load_settings


def add_parsers(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Register `check`, `build`, `quality`, `summary` and `findings`."""
    check = subparsers.add_parser("check", help="read raw/ (or one source) and list what cannot be loaded")
    check.add_argument("paths", nargs="*", type=Path, help="raw/<source_id> folders; default: all")
    check.set_defaults(run=_check)
    build = subparsers.add_parser("build", help="run the whole pipeline and publish (what `make warehouse` does)")
    build.add_argument(
        "--job",
        action="append",
        help="full_refresh and site (default), extract_inbox, reload_<source_id>, quality_checks; repeatable",
    )
    build.set_defaults(run=_build)
    summary = subparsers.add_parser("summary", help="what the published warehouse holds")
    summary.set_defaults(run=_summary)
    findings = subparsers.add_parser("findings", help="list the disagreements, or remember the present set as known")
    findings.add_argument("--accept", action="store_true", help="write raw/known_findings.csv from the published file")
    findings.add_argument("--all", action="store_true", help="also decided and explained ones")
    findings.set_defaults(run=_findings)


def prepare_home(settings: Settings) -> Path:
    """Dagster's home with the shipped configuration; state in it survives restarts."""
    home = Path(os.environ.get("DAGSTER_HOME") or settings.state / "dagster").resolve()
    home.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(PROJECT / "dagster.yaml", home / "dagster.yaml")
    os.environ["DAGSTER_HOME"] = str(home)
    return home


def _check(arguments: argparse.Namespace) -> int:
    from orchestration.loading import load_reference, load_source, load_sources
    from orchestration.loading.problems import RawError
    from orchestration.loading.provenance import check_source, sources_folder

    raw = load_settings().raw
    try:
        reference, sources = load_reference(raw), load_sources(raw)
    except RawError as error:
        print(error, file=sys.stderr)
        return 1
    wanted = [path.resolve().name for path in arguments.paths] or list(sources)
    folder = sources_folder(raw)
    failed = 0
    for source_id in wanted:
        source = sources.get(source_id)
        if source is None:
            print(f"{source_id} is not in raw/sources.yml; registered are {', '.join(sources)}", file=sys.stderr)
            return 1
        load = load_source(raw, source, reference)
        for problem in load.problems:
            print(problem)
        rows = {(f.key, f.file, f.file_line, f.line, f.printed) for f in load.figures}
        text = folder / source.file if folder and (folder / source.file).exists() else None
        wrong = check_source(text, sorted(rows)) if text else []
        for place in wrong:
            print(place)
        failed += len(load.problems) + len(wrong)
        relations = len({term.relation_id for term in load.relations})
        print(
            f"{source_id}: {load.rows_in} rows in, {load.rows_loaded} loaded, {len(load.problems)} quarantined; "
            f"{len(load.figures)} figures, {relations} relations; "
            + (f"{len(wrong)} not at their line" if text else "source texts absent, places not checked")
        )
    return 1 if failed else 0


def tune_collector() -> None:
    """Let the garbage collector walk through four thousand modules less often: the process ends after one run."""
    gc.set_threshold(50_000, 20, 100)


def _build(arguments: argparse.Namespace) -> int:
    started = time.monotonic()
    tune_collector()
    settings = load_settings()
    prepare_home(settings)
    import dagster as dg

    from orchestration.build import BuildError
    from orchestration.recovery import sole_run

    try:
        from orchestration.definitions import defs

        usual_jobs = _usual_jobs(settings, load_execution())
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1

    def say(text: str) -> None:
        print(f"{time.monotonic() - started:6.1f} s  {text}", flush=True)

    with dg.DagsterInstance.get() as instance:
        for name in arguments.job or usual_jobs:
            try:
                job = defs.resolve_job_def(name)
            except dg.DagsterInvariantViolationError:
                print(f"there is no job {name!r}; see `ai-figures build --help`", file=sys.stderr)
                return 2
            say(f"running {name}")
            try:
                with sole_run(instance, settings.build_file) as tags:
                    if name == "extract_inbox":
                        succeeded = _run_extraction(settings, instance, tags)
                    else:
                        succeeded = _run_job(job, instance, say, tags)
            except BuildError as error:
                print(f"\n{error}", file=sys.stderr)
                return 1
            if not succeeded and name == "extract_inbox":
                return 1
            if not succeeded:
                print(f"\nNothing was published; the last good file stays: {settings.published_file}", file=sys.stderr)
                return 1
    say("finished")
    return 0 if arguments.job == ["extract_inbox"] else _summary(arguments)


def _usual_jobs(settings: Settings, execution: Execution) -> list[str]:
    """The refresh extracts what is not extracted yet itself; only more than one process is worth a job before it."""
    from orchestration.documents import waiting

    jobs = ["full_refresh", "site"]
    return ["extract_inbox", *jobs] if execution.executor != "in_process" and waiting(settings) else jobs


def _run_extraction(settings: Settings, instance: Any, tags: dict[str, str]) -> bool:
    """Run `extract_inbox` by the executor of the settings; workers build the job from its function."""
    import dagster as dg

    from orchestration import documents
    from orchestration.defs.extraction_job import extract_inbox_job

    with dg.execute_job(
        dg.reconstructable(extract_inbox_job), instance=instance, run_config=_QUIET, tags=tags, raise_on_error=False
    ) as result:
        succeeded = result.success
        if succeeded:
            counts = result.output_for_node("total")
            print(
                "          {documents} documents: {rows_in} rows in, {rows_loaded} loaded, {rows_quarantined} "
                "quarantined".format_map(counts)
            )
        else:
            _print_failures(result.all_events)
            left = [path.name for path in documents.waiting(settings)]
            if left:
                print(
                    f"\nThe other documents are extracted and kept; run again for: {', '.join(left)}", file=sys.stderr
                )
    return succeeded


def _run_job(job: Any, instance: Any, say: Callable[[str], None], tags: dict[str, str]) -> bool:
    """Run one job in this process, telling each step; failures and failing checks go to standard error."""
    import dagster as dg

    @dg.success_hook
    def progress(context: dg.HookContext) -> None:
        say(f"done: {context.op.name.replace('__', '/')}")

    result = job.with_hooks({progress}).execute_in_process(
        instance=instance,
        raise_on_error=False,
        tags=tags,
        run_config=_QUIET,
    )
    failed = [check for check in result.get_asset_check_evaluations() if not check.passed]
    if result.success:
        for check in failed:
            print(f"          {check.severity.value.lower()}: {check.check_name}: {check.metadata['result'].value}")
        return True
    _print_failures(result.all_events)
    for check in failed:
        if check.severity == dg.AssetCheckSeverity.ERROR:
            rows = check.metadata.get("failing rows")
            print(
                f"\n{check.asset_key.to_user_string()}: {check.check_name}: {check.description}\n"
                + (str(rows.value) if rows else ""),
                file=sys.stderr,
            )
    return False


def _print_failures(events: Iterable[Any]) -> None:
    """The innermost error of each failed step; of the run, if it is no step that failed."""
    failed = [event for event in events if event.is_step_failure or event.is_job_failure]
    for event in [event for event in failed if event.is_step_failure] or failed:
        error: Any = event.event_specific_data
        while getattr(error, "error", None) is not None:
            error = error.error
        while getattr(error, "cause", None) is not None:
            error = error.cause
        name = (event.step_key or event.job_name or "").replace("__", "/")
        print(f"\n{name} failed: {str(getattr(error, 'message', None) or event.message).strip()}", file=sys.stderr)


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
    from orchestration.publication import PublicationError, open_published

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
        ("Site", settings.project / "site" / "index.html"),
        ("Data Docs", settings.published / "data_docs" / "index.html"),
    ):
        if path.exists():
            print(f"{name:<11} {_short(path)}")
    print(
        "\nNext: `make dev` opens the Dagster UI at http://127.0.0.1:3000; "
        "`.venv/bin/ai-figures findings` lists what disagrees."
    )
    return 0


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _findings(arguments: argparse.Namespace) -> int:
    import csv

    from orchestration.publication import PublicationError, open_published

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
