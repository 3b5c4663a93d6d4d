"""The command ``ai-figures``; each subcommand is declared where it is implemented."""

import argparse
import sys


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    from orchestration import commands
    from orchestration.extraction import commands as extraction

    parser = argparse.ArgumentParser(prog="ai-figures", description="Figures that reports print, and their warehouse.")
    subparsers = parser.add_subparsers(dest="command", required=True)
    extraction.add_parsers(subparsers)
    commands.add_parsers(subparsers)
    arguments = parser.parse_args(argv)
    return int(arguments.run(arguments))


if __name__ == "__main__":
    sys.exit(main())
