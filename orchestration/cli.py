"""The command ``ai-figures``; each subcommand is declared where it is implemented."""

import argparse
import atexit
import importlib.metadata
import importlib.util
import io
import json
import logging
import os
import sys
from typing import Any, NoReturn

# Commands that work on a project (raw/sources.yml), and those that need a module of the extra `warehouse`. The others
# read documents anywhere with the base package.
OF_A_PROJECT = frozenset(
    {"build", "check", "desk", "dev", "diff", "fetch", "findings", "promote", "serve", "summary", "ties", "verify"}
)
OF_THE_EXTRA = {
    "build": "dagster",
    "desk": "starlette",
    "dev": "dagster",
    "findings": "duckdb",
    "serve": "dagster",
    "summary": "duckdb",
    "verify": "duckdb",
}


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    if argv is None:
        _speak_utf8()
    from orchestration.settings import SettingsError, read_settings_file

    parser, _ = _parser()
    arguments = parser.parse_args(argv)
    try:
        read_settings_file()
        _require(arguments.command)
        code = int(arguments.run(arguments))
        if argv is None and arguments.command == "build":
            _leave_at_once(code)
        return code
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if not missing or missing == __name__.partition(".")[0]:
            raise
        print(f"ai-figures {arguments.command}: {_how_to_get(missing)}", file=sys.stderr)
    except SettingsError as error:
        print(f"ai-figures {arguments.command}: {error}", file=sys.stderr)
    return 1


def _leave_at_once(code: int) -> NoReturn:
    """End the process without taking four thousand modules down one by one, which takes more than a second. What
    libraries have left for the end, temporary folders for one, is done."""
    atexit._run_exitfuncs()
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def commands() -> dict[str, str]:
    """What each command does, by its name."""
    _, subparsers = _parser()
    return {action.dest: str(action.help) for action in subparsers._choices_actions}


def _parser() -> "tuple[argparse.ArgumentParser, argparse._SubParsersAction[Any]]":
    from orchestration import new_project
    from orchestration.audit import commands as audit
    from orchestration.datasets import commands as datasets
    from orchestration.desk import commands as desk
    from orchestration.driver import commands as driver
    from orchestration.extraction import commands as extraction
    from orchestration.loading import commands as loading
    from orchestration.serving import commands as serving
    from orchestration.store import commands as store
    from orchestration.ties import commands as ties

    parser = argparse.ArgumentParser(prog="ai-figures", description="Figures that reports print, and their warehouse.")
    subparsers = parser.add_subparsers(dest="command", required=True)
    for each in (audit, extraction, ties, loading, driver, serving, desk, store, datasets, new_project):
        each.add_parsers(subparsers)
    return parser, subparsers


def _require(command: str) -> None:
    """Raises before anything is done when the command lacks a project or the extra that it needs."""
    from orchestration.settings import require_project

    if command in OF_A_PROJECT:
        require_project()
    module = OF_THE_EXTRA.get(command)
    if module and importlib.util.find_spec(module) is None:
        raise ModuleNotFoundError(name=module)


def _how_to_get(module: str) -> str:
    return f"needs {module}, which the extra `warehouse` brings; pip install '{_requirement('warehouse')}'"


def _requirement(extra: str) -> str:
    """What to tell pip to get an extra, from where this package was installed: no index need know its name."""
    try:
        origin = json.loads(importlib.metadata.distribution("ai-figures").read_text("direct_url.json") or "{}")
    except (importlib.metadata.PackageNotFoundError, ValueError):
        origin = {}
    return f"ai-figures[{extra}] @ {origin['url']}" if origin.get("url") else f"ai-figures[{extra}]"


def _speak_utf8() -> None:
    """Output, names of files and child processes in UTF-8, whatever the locale: what is printed is Chinese as often.

    The names of files and DuckDB need Python's UTF-8 mode, which can be had only at the start of the interpreter.
    """
    if os.name == "posix" and sys.getfilesystemencoding() != "utf-8":
        sys.stdout.flush()
        os.environ["PYTHONUTF8"] = "1"
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # replaces this process
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(
                encoding="utf-8", errors="backslashreplace" if stream is sys.stderr else "surrogateescape"
            )


if __name__ == "__main__":
    sys.exit(main())
