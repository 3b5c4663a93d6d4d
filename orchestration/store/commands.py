"""Command line of the published file: what it holds, and whether readers see what was published."""

import argparse
import shutil
import sys
from pathlib import Path
from typing import Any

from orchestration.settings import (
    load_settings,
)


def add_parsers(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Register `summary`, `verify` and `findings`."""
    summary = subparsers.add_parser("summary", help="what the published warehouse holds")
    summary.set_defaults(run=_print_summary)
    verify = subparsers.add_parser("verify", help="do readers see what was published? lists what is wrong")
    verify.set_defaults(run=_verify)
    findings = subparsers.add_parser("findings", help="list the disagreements, or remember the present set as known")
    findings.add_argument("--accept", action="store_true", help="write raw/known_findings.csv from the published file")
    findings.add_argument("--all", action="store_true", help="also decided and explained ones")
    findings.set_defaults(run=_findings)


_SUMMARY = {
    "figures": "select count(*), count(distinct source_id) from core.figures",
    "marts": "select mart, count(*) from core.figures group by mart order by mart",
    "comparisons": "select count(*), count(case when verdict = 'agree' then 1 end) from reconciliation.comparisons",
    "findings": "select severity, decision, count(*) from reconciliation.findings group by all order by all",
    "quarantine": "select count(*) from quality.quarantine",
    "candidates": "select count(*), count(distinct file), (select count(*) from candidates.findings where "
    "severity = 'hint') from candidates.figures",
}


def _print_summary(_: argparse.Namespace) -> int:
    return print_summary()


def print_summary() -> int:
    """What the published warehouse holds; the exit code."""
    from orchestration.store.published import PublicationError, open_published

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
    from orchestration.store.published import PublicationError
    from orchestration.store.verification import verify

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

    from orchestration.store.published import PublicationError, open_published

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
