"""The command ``ai-figures``; each subcommand is declared where it is implemented."""

import argparse
import io
import os
import sys


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    if argv is None:
        _speak_utf8()
    from orchestration import commands
    from orchestration.audit import commands as audit
    from orchestration.datasets import commands as datasets
    from orchestration.extraction import commands as extraction
    from orchestration.ties import commands as ties

    parser = argparse.ArgumentParser(prog="ai-figures", description="Figures that reports print, and their warehouse.")
    subparsers = parser.add_subparsers(dest="command", required=True)
    audit.add_parsers(subparsers)
    extraction.add_parsers(subparsers)
    ties.add_parsers(subparsers)
    commands.add_parsers(subparsers)
    datasets.add_parsers(subparsers)
    arguments = parser.parse_args(argv)
    return int(arguments.run(arguments))


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
