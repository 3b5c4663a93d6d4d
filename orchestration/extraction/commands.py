"""Command line of the extraction."""

import argparse
from typing import Any


def add_parsers(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Register `extract`, `promote` and `review`."""
