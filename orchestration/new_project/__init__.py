"""A new project: what ``ai-figures init`` writes into an empty folder, from the files beside this one."""

import argparse
import shutil
import sys
from pathlib import Path
from typing import Any

from orchestration.settings import PROJECT, REGISTRY

_FILES = Path(__file__).parent
_PLACES = {
    "README.md": "README.md",
    "gitignore": ".gitignore",
    "sources.yml": str(REGISTRY),
    "decisions.yml": "raw/decisions.yml",
}


def add_parsers(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Register `init`."""
    init = subparsers.add_parser("init", help="lay out a project of your own in a new folder")
    init.add_argument("folder", metavar="DIR", type=Path, help="is made; one that is there has to be empty")
    init.set_defaults(run=_init)


def lay_out(folder: Path) -> None:
    """Write an empty project: registry, vocabulary, inbox, README. Raises ``OSError``; writes over nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(path.name != ".git" for path in folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty; name a new folder")
    for name, place in _PLACES.items():
        target = folder / place
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(_FILES / name, target)
    shutil.copytree(PROJECT / "raw" / "reference", folder / "raw" / "reference", copy_function=shutil.copyfile)
    (folder / "raw" / "inbox").mkdir()
    (folder / "raw" / "inbox" / ".gitkeep").touch()


def _init(arguments: argparse.Namespace) -> int:
    try:
        lay_out(arguments.folder)
    except OSError as error:
        print(f"ai-figures init: {error}", file=sys.stderr)
        return 1
    print(
        f"{arguments.folder} is a project. Put documents into {arguments.folder / 'raw' / 'inbox'}, then\n"
        f"  cd {arguments.folder} && ai-figures build\n"
        "README.md there says the rest."
    )
    return 0


__all__ = ["add_parsers", "lay_out"]
