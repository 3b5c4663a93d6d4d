"""Command line of the raw files: what of them cannot be loaded."""

import argparse
import sys
from pathlib import Path
from typing import Any

from orchestration.settings import load_settings


def add_parsers(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Register `check`."""
    check = subparsers.add_parser("check", help="read raw/ (or one source) and list what cannot be loaded")
    check.add_argument("paths", nargs="*", type=Path, help="raw/<source_id> folders; default: all")
    check.set_defaults(run=_check)


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
