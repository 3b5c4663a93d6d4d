"""Files and folders that survive what happens meanwhile: readable, synced, without leftovers of killed processes."""

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def make_folder(folder: Path) -> None:
    """Make a folder that other accounts can read, whatever the umask; one that exists is left as it is."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)


def clean_leftovers(folder: Path) -> None:
    """Remove temporary files of publications that were killed (their process is gone)."""
    dead = []
    for leftover in folder.glob(".*.tmp*"):
        process = leftover.name.split(".tmp")[0].rsplit(".", 1)[-1]
        # our own number on a file that we have not begun: a killed process had it before us
        if process.isdigit() and (int(process) == os.getpid() or not Path(f"/proc/{process}").exists()):
            dead.append(leftover)
    remove(dead)


def remove(paths: Iterable[Path]) -> None:
    """Remove files and whole folders, as far as that is allowed."""
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()


def sync(path: Path) -> None:
    """Wait until what a file holds is on the disk."""
    with path.open("rb") as handle:
        os.fsync(handle.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
