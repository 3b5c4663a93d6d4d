"""Command line of the desk."""

import argparse
import sys
from pathlib import Path
from typing import Any

from orchestration.settings import load_settings


def add_parsers(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Register `desk`."""
    desk = subparsers.add_parser(
        "desk", help="the page where a person decides about figures, ties and contradictions (docs/desk.md)"
    )
    desk.add_argument("path", type=Path, nargs="?", help="a document; without it, the three queues")
    desk.add_argument("-p", "--port", type=int, default=3001, help="3001; 0 takes a free one")
    desk.set_defaults(run=_desk)


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
