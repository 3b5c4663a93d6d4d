"""The command ``ai-figures``."""

import argparse
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = argparse.ArgumentParser(prog="ai-figures", description="Figures that reports print, and their warehouse.")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="read raw/ (or one source) and list what cannot be loaded")
    check.add_argument("paths", nargs="*", type=Path, help="raw/<source_id> folders; default: all")
    check.set_defaults(run=_check)
    from orchestration.extraction import commands as extraction

    extraction.add_parsers(commands)
    arguments = parser.parse_args(argv)
    return int(arguments.run(arguments))


def _check(arguments: argparse.Namespace) -> int:
    from orchestration.loading import load_reference, load_source, load_sources
    from orchestration.loading.problems import RawError
    from orchestration.loading.provenance import check_source, sources_folder

    raw = PROJECT / "raw"
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
            print(f"{source_id} is not in raw/sources.yml", file=sys.stderr)
            return 1
        load = load_source(raw, source, reference)
        for problem in load.problems:
            print(problem)
        rows = {(f.key, f.file, f.file_line, f.line, f.printed) for f in load.figures}
        wrong = check_source(folder / source.file, sorted(rows)) if folder else []
        for place in wrong:
            print(place)
        failed += len(load.problems) + len(wrong)
        relations = len({term.relation_id for term in load.relations})
        print(
            f"{source_id}: {load.rows_in} rows in, {load.rows_loaded} loaded, {len(load.problems)} quarantined; "
            f"{len(load.figures)} figures, {relations} relations; "
            + (f"{len(wrong)} not at their line" if folder else "source texts absent, places not checked")
        )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
