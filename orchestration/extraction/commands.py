"""Command line of the extraction: `extract`, `review`, `promote`."""

# expressions stay on one line
# ruff: noqa: E501

import argparse
import csv
import json
import math
import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from orchestration.extraction.frame import Told

COLUMNS = (
    "file", "line", "page", "printed", "value", "value_low", "value_high", "unit", "counted", "indicator", "entity",
    "segment", "basis", "geography", "period", "period_start", "period_end", "status", "statistic", "qualifier",
    "direction", "confidence", "confidence_period", "confidence_geography", "confidence_status",
    "confidence_statistic", "withheld",
)  # fmt: skip


def add_parsers(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Register `extract`, `review` and `promote`; each sets ``run`` to a callable that returns the exit code."""
    extract = subparsers.add_parser("extract", help="print the figures of documents, one row a figure")
    extract.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="documents, or folders of documents")
    extract.add_argument("--format", choices=("csv", "json"), default="csv", help="default: csv")
    extract.add_argument("--withheld", action="store_true", help="also the rows that are not to be trusted, with why")
    extract.add_argument("--text", action="store_true", help="add the sentence or table row of every figure")
    extract.add_argument(
        "--show-frames", action="store_true", help="print what governs document and sections to stderr"
    )
    add_frame_options(extract)
    extract.set_defaults(run=_extract)
    review = subparsers.add_parser("review", help="list the extracted figures of a document beside their text; decide")
    review.add_argument("path", type=Path, help="a document")
    review.add_argument("--accept", nargs="*", metavar="KEY", default=[], help="keys to accept; `all` for every figure")
    review.add_argument("--reject", nargs="*", metavar="KEY", default=[], help="keys to reject")
    review.add_argument("--min-confidence", type=float, default=0.0, help="list only figures at least this sure (0-1)")
    review.add_argument("--open", action="store_true", help="list only figures without a decision")
    review.set_defaults(run=_review)
    promote = subparsers.add_parser("promote", help="write accepted figures of a document into raw/<source_id>/")
    promote.add_argument("path", type=Path, help="a document that was reviewed")
    promote.add_argument(
        "--keys", nargs="*", metavar="KEY", default=[], help="promote these instead of the accepted ones"
    )
    promote.add_argument(
        "--min-confidence", type=float, help="promote all that are at least this sure and not rejected"
    )
    promote.add_argument("--source-id", help="default: the registered source of this file, else its name")
    promote.set_defaults(run=_promote)


def add_frame_options(parser: argparse.ArgumentParser) -> None:
    """The options that tell the frame of the documents; `none` tells that a document has none."""
    from orchestration.extraction.frame import KINDS

    group = parser.add_argument_group("frame of the documents", "what holds where a sentence names nothing of its own; `none`: the document has none. <document>.frame.yml tells the same per document")  # fmt: skip
    group.add_argument("--period", metavar="P", default="", help="main period: 2024, 2024Q3, FY2025, none")
    group.add_argument("--place", metavar="G", default="", help="main place: CHN, CN-ZJ, WLD, none")
    group.add_argument("--fiscal-year-end", metavar="MM-DD", default="", help="last day of the issuer's fiscal year")
    group.add_argument("--kind", metavar="K", default="", help=", ".join(KINDS))
    group.add_argument("--published", metavar="DAY", default="", help="day of publication, YYYY-MM-DD")


def told_frame(arguments: argparse.Namespace) -> "Told":
    """The frame that the options tell. Raises ``ExtractionError``."""
    from orchestration.extraction.frame import Told

    return Told(arguments.period, arguments.place, arguments.fiscal_year_end, arguments.kind, arguments.published)


# --- extract ----------------------------------------------------------------------------------------------------------


def _extract(arguments: argparse.Namespace) -> int:
    from orchestration.extraction.isolation import DocumentReader
    from orchestration.extraction.model import ExtractionError
    from orchestration.extraction.proposals import read_figures
    from orchestration.settings import load_model

    columns = (*COLUMNS, "text") if arguments.text else COLUMNS
    columns = (*columns, "proposed") if load_model() is not None else columns
    failed = False
    try:
        told = told_frame(arguments)
    except ExtractionError as error:
        print(f"ai-figures extract: {error}", file=sys.stderr)
        return 2

    def rows() -> Iterator[dict[str, Any]]:
        nonlocal failed
        paths, problems = _documents(arguments.paths)
        for problem in problems:
            failed = True
            print(f"ai-figures extract: {problem}", file=sys.stderr)
        with DocumentReader() as reader:
            for path in paths:
                with _progress(path) as advance:
                    try:
                        show = partial(_show_frame, path) if arguments.show_frames else None
                        for figure in read_figures(reader, path, progress=advance, told=told, show=show):
                            if figure.withheld and not arguments.withheld:
                                continue
                            yield _row(figure, str(path), columns)
                    except ExtractionError as error:
                        failed = True
                        print(f"ai-figures extract: {error}", file=sys.stderr)

    try:
        (_write_json if arguments.format == "json" else _write_csv)(rows(), columns, sys.stdout)
        sys.stdout.flush()
    except BrokenPipeError:
        # the reader (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return 1 if failed else 0


def _show_frame(path: Path, line: str) -> None:
    print(f"{path}: {line}", file=sys.stderr)


def _documents(paths: Iterable[Path]) -> tuple[list[Path], list[str]]:
    """Files as named; of a folder all documents of known types, in order of their names."""
    from orchestration.extraction.read import KINDS
    from orchestration.loading.files import leads_out

    found: list[Path] = []
    problems = []
    for path in paths:
        if path.is_dir():
            inside = sorted(
                p
                for p in path.rglob("*")
                if p.is_file() and p.suffix and p.suffix.lower() in KINDS and not p.name.startswith((".", "~$"))
            )
            links = [p for p in inside if leads_out(p, path)]
            problems += [f"{p}: a link that leads out of {path}; name its target to have it read" for p in links]
            inside = [p for p in inside if p not in links]
            if not inside and not links:
                problems.append(
                    f"{path}: the folder holds no document; known types are {', '.join(sorted(s for s in KINDS if s))}"
                )
            found += inside
        else:
            found.append(path)
    return found, problems


def _row(figure: Any, file: str, columns: tuple[str, ...]) -> dict[str, Any]:
    return {name: file if name == "file" else _plain(_cell(figure, name)) for name in columns}


def _cell(figure: Any, name: str) -> Any:
    if name.startswith("confidence_"):
        return figure.confidences.get(name.removeprefix("confidence_"))
    return getattr(figure, name)


def _plain(value: Any) -> Any:
    """None for what is unknown or unbounded, ISO text for dates, whole numbers without a decimal point."""
    if value is None or value == "":
        return None
    if isinstance(value, float):
        if math.isinf(value) or math.isnan(value):
            return None
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    return value if isinstance(value, int | str) else value.isoformat()


def _write_csv(rows: Iterator[dict[str, Any]], columns: tuple[str, ...], out: IO[str]) -> None:
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: csv_cell(value) for name, value in row.items()})


# what a spreadsheet takes for the beginning of a formula; the full-width forms too, where the language has them
_FORMULA = tuple("=+-@＝＋－＠\t\r\n")
# -3.5%, +12bps, -$5million, -12亿元: a signed number with letters behind it calls nothing and refers to nothing
_SIGNED = re.compile(r"[+\-＋－][$€£¥￥]?\d[\d,.]*(?:[^\W\d_]*[%％‰]?|[eE][+-]?\d+)")


def csv_cell(value: Any) -> Any:
    """A cell that no spreadsheet computes: text that would be a formula gets an apostrophe in front.

    So does text that begins with an apostrophe, so that whoever takes the first one off a cell has the text again.
    """
    if not isinstance(value, str) or not value.startswith(("'", *_FORMULA)) or _SIGNED.fullmatch(value):
        return value
    return "'" + value


def _write_json(rows: Iterator[dict[str, Any]], columns: tuple[str, ...], out: IO[str]) -> None:
    del columns
    out.write("[")
    for number, row in enumerate(rows):
        out.write(",\n " if number else "\n ")
        json.dump(row, out, ensure_ascii=False)
    out.write("\n]\n")


def _progress(path: Path) -> AbstractContextManager[Any]:
    """A bar on a terminal for documents that take more than a moment; elsewhere nothing."""
    try:
        size = path.stat().st_size
    except OSError:
        return nullcontext()
    if not sys.stderr.isatty() or size < 200_000:
        return nullcontext()
    from contextlib import contextmanager

    from tqdm import tqdm

    @contextmanager
    def bar() -> Iterator[Any]:
        # characters, not bytes: Chinese text has three bytes a character, so the bar may end early
        with tqdm(total=size, desc=path.name[:30], unit="B", unit_scale=True, leave=False, delay=1) as shown:
            yield shown.update

    return bar()


# --- review and promote -----------------------------------------------------------------------------------------------


def _review(arguments: argparse.Namespace) -> int:
    from orchestration.extraction.isolation import read_document
    from orchestration.extraction.model import ExtractionError
    from orchestration.extraction.promotion import figure_key, load_decisions, save_decisions

    try:
        figures = read_document(arguments.path)
        decisions = load_decisions(arguments.path)
        keys = {figure_key(figure) for figure in figures}
        trusted = {figure_key(figure) for figure in figures if not figure.withheld}
        accept = trusted - decisions.reject if "all" in arguments.accept else set(arguments.accept)
        for wanted in (accept, set(arguments.reject)):
            unknown = sorted(wanted - keys)
            if unknown:
                raise ExtractionError(
                    f"{arguments.path}: no figure {', '.join(unknown[:5])}; run review without keys to see them"
                )
    except ExtractionError as error:
        print(f"ai-figures review: {error}", file=sys.stderr)
        return 1
    if accept or arguments.reject:
        decisions.decide(accept, accept=True)
        decisions.decide(set(arguments.reject), accept=False)
        path = save_decisions(arguments.path, decisions)
        print(
            f"{len(decisions.accept)} accepted, {len(decisions.reject)} rejected, {len(keys - decisions.accept - decisions.reject)} open: {path}"
        )
        return 0
    for figure in figures:
        key = figure_key(figure)
        mark = "+" if key in decisions.accept else "-" if key in decisions.reject else " "
        if figure.confidence < arguments.min_confidence or (arguments.open and mark != " "):
            continue
        place = f"page {figure.page}, line {figure.line}" if figure.page else f"line {figure.line}"
        counted = f" {figure.counted}" if figure.counted else ""
        print(
            f"{mark} {key}  {figure.printed} = {figure.qualifier + ' ' if figure.qualifier else ''}{figure.value:.6g} {figure.unit}{counted}  ({figure.confidence:.2f})"
        )
        print(
            f"      {figure.indicator or '?'} | {figure.entity or '-'} | {figure.geography or '?'} | {figure.period or '?'} | "
            f"{figure.status} {figure.statistic}"
        )
        if figure.withheld:
            print(f"      withheld: {figure.withheld}")
        print(f"      {place}: {_around(figure.text, figure.printed)}")
    return 0


def _around(text: str, printed: str, width: int = 150) -> str:
    """The part of a sentence that holds the figure."""
    text = " ".join(text.split())
    if len(text) <= width:
        return text
    at = max(0, text.find(printed[:6]))
    start = max(0, min(at - width // 2, len(text) - width))
    return ("…" if start else "") + text[start : start + width] + ("…" if start + width < len(text) else "")


def _promote(arguments: argparse.Namespace) -> int:
    from orchestration.desk.added import of_people
    from orchestration.extraction.isolation import read_document
    from orchestration.extraction.model import ExtractionError
    from orchestration.extraction.promotion import figure_key, load_decisions, promote
    from orchestration.extraction.raw_rows import source_id_of, source_of
    from orchestration.loading import load_reference, load_source, load_sources
    from orchestration.loading.journal import FILE as JOURNAL
    from orchestration.loading.problems import RawError
    from orchestration.settings import load_settings

    raw = load_settings().raw
    try:
        reference, sources = load_reference(raw), load_sources(raw)
        figures = read_document(arguments.path)
        decisions = load_decisions(arguments.path)
        # without a journal nobody was at the desk, and the text of the document need not be read again
        edits = of_people(raw, arguments.path, figures, reference) if (raw / JOURNAL).exists() else {}
        figures = [edits.get(figure_key(figure), figure) for figure in figures]
        figures += [figure for figure in edits.values() if figure.added]
        decisions.accept |= edits.keys()
        wanted = set(arguments.keys) or decisions.accept
        if arguments.min_confidence is not None:
            sure = {figure_key(f) for f in figures if f.confidence >= arguments.min_confidence}
            wanted = (sure | decisions.accept) - decisions.reject
        if not wanted:
            raise ExtractionError(
                f"{arguments.path}: nothing is accepted yet; use `ai-figures review --accept KEY…` or --min-confidence"
            )
        source = sources.get(arguments.source_id) if arguments.source_id else source_of(arguments.path, sources)
        source_id = arguments.source_id or (source.source_id if source else source_id_of(arguments.path))
        done = promote(raw, arguments.path, figures, wanted, source or sources.get(source_id), source_id, reference)
        load = load_source(raw, load_sources(raw)[source_id], reference)
    except (ExtractionError, RawError) as error:
        print(f"ai-figures promote: {error}", file=sys.stderr)
        return 1
    print(f"{done.written} rows written, {done.present} stood there already: {done.path}")
    mine = [problem for problem in load.problems if problem.file.endswith("figures/extracted.csv")]
    for problem in mine:
        print(problem, file=sys.stderr)
    return 1 if mine else 0
