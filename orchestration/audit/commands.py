"""Command line of the audit."""

import argparse
import inspect
import json
import os
import sys
from pathlib import Path
from typing import Any

FRAME = {"period": "P", "place": "G", "fiscal_year_end": "MM-DD", "kind": "K", "published": "DAY"}
FORMATS = ("text", "json", "csv", "html", "sarif", "junit")


def add_parsers(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Register `audit`; it sets ``run`` to a callable that returns the exit code."""
    audit = subparsers.add_parser("audit", help="recompute what documents say about their own figures")
    audit.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="documents, or folders of documents")
    audit.add_argument("--format", choices=FORMATS, default="text", help="default: text")
    audit.add_argument("--against", choices=("warehouse",), help="also against the published figures")
    audit.add_argument(
        "--summary", type=Path, metavar="FILE", help="counts and what was not checked, as JSON; default: standard error"
    )
    audit.add_argument("--fail-on", choices=("disagree",), help="exit code 2 when anything disagrees")
    for name, shown in FRAME.items():
        audit.add_argument(f"--{name.replace('_', '-')}", metavar=shown, default="", help="frame, as in `extract`")
    audit.set_defaults(run=_audit)


def _audit(arguments: argparse.Namespace) -> int:
    from orchestration.audit.document import load
    from orchestration.audit.engine import compare
    from orchestration.audit.formats import WRITERS, Result, counts, rows
    from orchestration.extraction.commands import _documents
    from orchestration.extraction.isolation import DocumentReader
    from orchestration.extraction.model import ExtractionError

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
                document = load(path, list(reader.figures(path, **_told(arguments, reader.figures))))
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


def _told(arguments: argparse.Namespace, figures: Any) -> dict[str, Any]:
    """The frame that the options tell, where the extraction takes one."""
    from orchestration.extraction import commands

    if not any(getattr(arguments, name) for name in FRAME):
        return {}
    if not hasattr(commands, "told_frame") or "told" not in inspect.signature(figures).parameters:
        print("ai-figures audit: the extraction takes no frame yet; the frame options are left out", file=sys.stderr)
        return {}
    return {"told": commands.told_frame(arguments)}


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
