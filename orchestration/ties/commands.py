"""Command line of the ties."""

import argparse
import csv
import io
import sys
from collections import Counter
from pathlib import Path
from typing import Any


def add_parsers(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Register `ties`; it sets ``run`` to a callable that returns the exit code."""
    ties = subparsers.add_parser("ties", help="find the ties of registered sources in their texts (ties_found.csv)")
    ties.add_argument("sources", nargs="*", metavar="SOURCE_ID", help="default: every registered source")
    ties.add_argument("--dry-run", action="store_true", help="report only, write nothing")
    ties.set_defaults(run=_ties)


def _ties(arguments: argparse.Namespace) -> int:
    from orchestration.extraction.model import ExtractionError
    from orchestration.loading.load import load_source
    from orchestration.loading.problems import RawError
    from orchestration.loading.provenance import sha256, sources_folder
    from orchestration.loading.reference import load_reference
    from orchestration.loading.registry import load_sources
    from orchestration.settings import load_settings
    from orchestration.ties.found import find_ties, returned

    raw = load_settings().raw
    folder = sources_folder(raw)
    if folder is None:
        print("ai-figures ties: no source texts; set AI_FIGURES_SOURCES to their folder", file=sys.stderr)
        return 1
    try:
        reference = load_reference(raw)
        registered = load_sources(raw)
    except RawError as error:
        print(f"ai-figures ties: {error}", file=sys.stderr)
        return 1
    unknown = [s for s in arguments.sources if s not in registered]
    if unknown:
        print(
            f"ai-figures ties: {unknown[0]!r} is not registered in {raw / 'sources.yml'}; "
            f"registered are {', '.join(registered)}",
            file=sys.stderr,
        )
        return 1
    failed = False
    for source_id in arguments.sources or registered:
        source = registered[source_id]
        text = folder / source.file
        if not source.file or not text.is_file():
            print(f"ai-figures ties: {source_id}: {text} is absent; put the text there, or leave the source out",
                  file=sys.stderr)  # fmt: skip
            failed = failed or bool(arguments.sources)
            continue
        digest = sha256(text)
        if source.sha256 and digest != source.sha256:
            print(f"ai-figures ties: {source_id}: {text} is another text than sources.yml names (sha256 {digest})",
                  file=sys.stderr)  # fmt: skip
            failed = True
            continue
        loaded = load_source(raw, source, reference)
        try:
            found = find_ties(text, loaded, reference)
        except ExtractionError as error:
            print(f"ai-figures ties: {source_id}: {error}", file=sys.stderr)
            failed = True
            continue
        if not arguments.dry_run:
            write(raw / source_id / "ties_found.csv", found, digest)
        back = returned(loaded.relations, found)
        verdicts = Counter(t.verdict for t in found)
        print(
            f"{source_id}: {len(found)} ties ({verdicts['agree']} hold, {verdicts['disagree']} fail); "
            f"{sum(hit for _, hit in back.values())} of {len(back)} hand-written relations within the source come back"
        )
        rules = Counter(rule for rule, _ in back.values())
        hits = Counter(rule for rule, hit in back.values() if hit)
        for rule in sorted(rules):
            print(f"  {rule}: {hits[rule]} of {rules[rule]}")
    return 1 if failed else 0


def write(path: Path, found: list[Any], digest: str) -> None:
    """Write the file anew, whole or not at all. ``digest`` is the sha256 of the text that the ties were found in."""
    from orchestration.ties.found import COLUMNS

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for t in found:
        writer.writerow(
            (t.rule, t.stated, "|".join(t.inputs), t.origin, t.operator, "yes" if t.bound else "no",
             f"{t.periods:g}" if t.rule == "cagr" else "", t.verdict, t.code, t.confidence, digest)
        )  # fmt: skip
    part = path.with_name(path.name + ".part")
    part.write_text(out.getvalue(), encoding="utf-8")
    part.replace(path)
