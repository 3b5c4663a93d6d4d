"""Command line of the Dagster UI: on this machine, or as a server."""

import argparse
import os
import sys
from typing import Any

from orchestration.defs.home import HomeError, prepare_home
from orchestration.settings import (
    load_port,
    load_settings,
    load_ui_hosts,
)

CODE_LOCATIONS = (
    "orchestration.definitions",
    "orchestration.definitions_inbox",
    "orchestration.definitions_datasets",
)


def add_parsers(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Register `dev` and `serve`."""
    dev = subparsers.add_parser("dev", help="the Dagster UI on this machine, with schedules and sensors (`make dev`)")
    dev.add_argument("-m", "--module", action="append", help="a code location; repeatable; default: both of ours")
    dev.add_argument("-p", "--port", type=int, default=3000, help="3000; 0 takes a free one")
    dev.set_defaults(run=_dev)
    serve = subparsers.add_parser(
        "serve", help="the Dagster UI as a server: processes of their own, PostgreSQL (docs/operations.md)"
    )
    serve.add_argument("part", nargs="*", help="database, code, daemon, web; default: all of them")
    serve.set_defaults(run=_serve)


def _dev(arguments: argparse.Namespace) -> int:
    from orchestration.serving.guard import allowed_hosts

    try:
        allowed_hosts(arguments.port, load_ui_hosts())
        prepare_home(load_settings())
    except ValueError as error:
        print(f"AI_FIGURES_UI_HOSTS: {error}", file=sys.stderr)
        return 1
    except HomeError as error:
        print(error, file=sys.stderr)
        return 1
    from orchestration.serving.dev import serve

    return serve(arguments.module or CODE_LOCATIONS, arguments.port)


def _serve(arguments: argparse.Namespace) -> int:
    from orchestration.serving.guard import allowed_hosts
    from orchestration.serving.postgres import PostgresError
    from orchestration.serving.server import PARTS, ServeError, serve

    if unknown := sorted(set(arguments.part) - set(PARTS)):
        print(f"there is no part {unknown[0]!r} of the server; there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    import importlib.util

    if importlib.util.find_spec("dagster_postgres") is None:
        print("dagster-postgres is not installed; run `make serve-env`, or install the extra `serve`", file=sys.stderr)
        return 1
    modules = (os.environ.get("AI_FIGURES_CODE") or " ".join(CODE_LOCATIONS)).split()
    try:
        allowed_hosts(load_port(), load_ui_hosts())
        return serve(load_settings(), modules, load_port(), arguments.part)
    except (HomeError, PostgresError, ServeError, ValueError, OSError) as error:
        print(f"ai-figures serve: {error}", file=sys.stderr)
        return 1
