"""Command line of the audit."""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

FORMATS = ("text", "json", "csv", "html", "sarif", "junit")


def add_parsers(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Register `audit`; it sets ``run`` to a callable that returns the exit code."""
    from orchestration.extraction.commands import add_frame_options

    audit = subparsers.add_parser("audit", help="recompute what documents say about their own figures")
    audit.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="documents, or folders of documents")
    audit.add_argument("--format", choices=FORMATS, default="text", help="default: text")
    audit.add_argument("--against", choices=("warehouse",), help="also against the published figures")
    audit.add_argument(
        "--summary", type=Path, metavar="FILE", help="counts and what was not checked, as JSON; default: standard error"
    )
    audit.add_argument("--fail-on", choices=("disagree",), help="exit code 2 when anything disagrees")
    add_frame_options(audit)
    audit.set_defaults(run=_audit)


def _audit(arguments: argparse.Namespace) -> int:
    from orchestration.audit.document import load
    from orchestration.audit.engine import compare
    from orchestration.audit.formats import WRITERS, Result, counts, rows
    from orchestration.extraction.commands import _documents, told_frame
    from orchestration.extraction.isolation import DocumentReader
    from orchestration.extraction.model import ExtractionError, Grid, Line

    try:
        told = told_frame(arguments)
    except ExtractionError as error:
        print(f"ai-figures audit: {error}", file=sys.stderr)
        return 1
    paths, problems = _documents(arguments.paths)
    published = None
    if arguments.against:
        from orchestration.audit.against import AgainstError, load_published

        try:
            published = load_published()
        except AgainstError as error:
            print(f"ai-figures audit: {error}", file=sys.stderr)
            return 1
    results: list[Result] = []
    with DocumentReader() as reader:
        for path in paths:
            try:
                elements: list[Line | Grid] = []
                figures = list(reader.figures(path, told=told, seen=elements.append))
                document = load(path, figures, elements)
            except ExtractionError as error:
                problems.append(str(error))
                continue
            comparisons = compare(document)
            if published is not None:
                comparisons += published.comparisons(document)
            results.append(Result(str(path), document, comparisons))
    for problem in problems:
        print(f"ai-figures audit: {problem}", file=sys.stderr)
    try:
        sys.stdout.write(WRITERS[arguments.format](results))
        sys.stdout.flush()
    except BrokenPipeError:  # the reader (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    _summarise([counts(r) for r in results], arguments)
    if problems:
        return 1
    return 2 if arguments.fail_on and any(r["verdict"] == "disagree" for r in rows(results)) else 0


def _summarise(counted: list[dict[str, Any]], arguments: argparse.Namespace) -> None:
    if arguments.summary:
        arguments.summary.write_text(json.dumps(counted, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    elif arguments.format != "text":
        for c in counted:
            verdicts = ", ".join(f"{n} {v}" for v, n in sorted(c["verdicts"].items())) or "no comparison"
            print(
                f"{c['file']}: {verdicts}; {c['figures_in_no_comparison']} of {c['figures']} figures in no comparison",
                file=sys.stderr,
            )
