"""Command line of the audit."""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

FORMATS = ("text", "json", "csv", "html", "sarif", "junit")


def add_parsers(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Register `audit`; it sets ``run`` to a callable that returns the exit code."""
    audit = subparsers.add_parser("audit", help="recompute what documents say about their own figures")
    audit.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="documents, or folders of documents")
    audit.add_argument("--format", choices=FORMATS, default="text", help="default: text")
    audit.add_argument("--against", choices=("warehouse",), help="also against the published figures")
    audit.add_argument("--summary", type=Path, metavar="FILE", help="write what is not a comparison here, not to standard error")
    audit.add_argument("--fail-on", choices=("disagree",), help="exit code 2 when anything disagrees")
    for name, said in (("period", "period of the document"), ("place", "place of the document"),
                       ("fiscal-year-end", "MM-DD"), ("kind", "kind of the document"),
                       ("published", "day of publication")):  # fmt: skip
        audit.add_argument(f"--{name}", help=f"{said}; `none` for none")
    audit.set_defaults(run=_audit)


def _audit(arguments: argparse.Namespace) -> int:
    from orchestration.audit.document import load
    from orchestration.audit.engine import compare
    from orchestration.extraction.commands import _documents
    from orchestration.extraction.isolation import DocumentReader
    from orchestration.extraction.model import ExtractionError

    paths, problems = _documents(arguments.paths)
    results = []
    with DocumentReader() as reader:
        for path in paths:
            try:
                figures = list(reader.figures(path))
                document = load(path, figures)
                results.append((str(path), document, compare(document)))
            except ExtractionError as error:
                problems.append(str(error))
    for problem in problems:
        print(f"ai-figures audit: {problem}", file=sys.stderr)
    rows = [row(file, c) for file, _, comparisons in results for c in comparisons]
    json.dump(rows, sys.stdout, ensure_ascii=False, indent=1)
    print()
    counts = Counter(c.verdict for _, _, comparisons in results for c in comparisons)
    print(dict(counts), file=sys.stderr)
    if problems:
        return 1
    return 2 if arguments.fail_on and any(r["verdict"] == "disagree" for r in rows) else 0


def row(file: str, c: Any) -> dict[str, Any]:
    """A comparison as the contract names its fields."""
    return {
        "file": file,
        "rule": {"difference": "sum", "rate_of": "product"}.get(c.rule, c.rule),
        "origin": c.origin,
        "stated_line": c.stated.line,
        "stated_printed": c.stated.printed,
        "input_lines": [s.line for s in c.inputs],
        "input_printed": [s.printed for s in c.inputs],
        "verdict": c.verdict,
        "explanation_code": c.code or None,
        "explanation": c.explanation or None,
        "confidence": round(c.confidence, 3),
    }
