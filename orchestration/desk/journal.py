"""Writing `raw/decisions.jsonl`: compare and set, one line a decision; undo is a line of its own."""

import fcntl
import json
import os
from pathlib import Path
from typing import Any

from orchestration.loading.files import LINE
from orchestration.loading.journal import FILE, read_journal, standing

__all__ = ["FILE", "StaleError", "append", "read", "standing"]


class StaleError(ValueError):
    """The item was decided elsewhere since the page was shown."""


def read(raw: Path) -> list[dict[str, Any]]:
    """The lines that can be read, oldest first; `ai-figures check` names the others."""
    return [{name: value for name, value in entry.items() if name != LINE} for entry in read_journal(raw)[0]]


def append(raw: Path, entry: dict[str, Any], seen: str | None) -> None:
    """Write one line if the decision on its item is still ``seen`` (None: undecided), else ``StaleError``."""
    with (raw / FILE).open("ab+") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)  # two tabs, two people: one after the other
        now = standing(read(raw)).get(entry["item"])
        if (now["what"] if now else None) != seen:
            raise StaleError(f"{entry['item']} is {now['what'] if now else 'open'} by now, not {seen or 'open'}")
        size = handle.seek(0, os.SEEK_END)
        if size:
            handle.seek(size - 1)
            if handle.read(1) != b"\n":
                handle.truncate(_finished(raw))
        handle.write(json.dumps(entry, ensure_ascii=False, sort_keys=True).encode() + b"\n")
        handle.flush()
        os.fsync(handle.fileno())


def _finished(raw: Path) -> int:
    return (raw / FILE).read_bytes().rfind(b"\n") + 1
