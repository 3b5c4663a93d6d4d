"""Writing `raw/decisions.jsonl`: compare and set, one line a decision; undo is a line of its own."""

import fcntl
import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from orchestration.desk.words import SpokenError
from orchestration.loading.files import LINE
from orchestration.loading.journal import FILE, read_journal, standing

__all__ = ["FILE", "StaleError", "append", "append_all", "read", "standing"]


class StaleError(SpokenError):
    """The item was decided elsewhere since the page was shown."""


def read(raw: Path) -> list[dict[str, Any]]:
    """The lines that can be read, oldest first; `ai-figures check` names the others. Not to be changed."""
    path = raw / FILE
    if not path.exists():
        return []
    stat = path.stat()
    return _read(raw, stat.st_ino, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=2)
def _read(raw: Path, *_: int) -> list[dict[str, Any]]:
    return [{name: value for name, value in entry.items() if name != LINE} for entry in read_journal(raw)[0]]


def append(raw: Path, entry: dict[str, Any], seen: str | None) -> None:
    """Write one line if the decision on its item is still ``seen`` (None: undecided), else ``StaleError``."""
    append_all(raw, [(entry, seen)])


def append_all(raw: Path, entries: list[tuple[dict[str, Any], str | None]]) -> None:
    """The same for several lines: all of them, or none where one item was decided elsewhere."""
    with (raw / FILE).open("ab+") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)  # two tabs, two people: one after the other
        stands = standing(read(raw))
        for entry, seen in entries:
            now = stands.get(entry["item"])
            if (now["what"] if now else None) != seen:
                what = now["what"] if now else "open"
                raise StaleError("error.stale", item=entry["item"], now=what, seen=seen or "open")
        size = handle.seek(0, os.SEEK_END)
        if size:
            handle.seek(size - 1)
            if handle.read(1) != b"\n":
                handle.truncate(_finished(raw))
        lines = [json.dumps(entry, ensure_ascii=False, sort_keys=True).encode() + b"\n" for entry, _ in entries]
        handle.write(b"".join(lines))
        handle.flush()
        os.fsync(handle.fileno())


def _finished(raw: Path) -> int:
    return (raw / FILE).read_bytes().rfind(b"\n") + 1
