"""`raw/decisions.jsonl`: what people decided, append-only, one JSON object a line; undo is a line of its own."""

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = "decisions.jsonl"


class JournalError(ValueError):
    """The file cannot be read; names file, line and remedy."""


class StaleError(ValueError):
    """The item was decided elsewhere since the page was shown."""


@dataclass(frozen=True, slots=True)
class Item:
    """What is decided on: `figure:<document>#<key>`, and the hash of what was shown."""

    name: str
    hash: str


def read(raw: Path) -> list[dict[str, Any]]:
    """All lines, oldest first. A last line without its line end was never finished (a kill) and does not count."""
    path = raw / FILE
    text = path.read_bytes().decode("utf-8", "replace") if path.exists() else ""
    entries = []
    for number, line in enumerate(text[: text.rfind("\n") + 1].split("\n"), 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            if not isinstance(entry, dict) or not all(isinstance(entry.get(n), str) for n in ("item", "hash", "what")):
                raise ValueError("`item`, `hash` or `what` is missing")
        except ValueError as error:
            raise JournalError(f"{FILE}:{number}: {error}; mend the line or take it from git") from error
        entries.append(entry)
    return entries


def standing(entries: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The decision that holds for each item; an undo takes away the last one that stands."""
    stacks: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        stack = stacks.setdefault(entry["item"], [])
        if entry["what"] != "undo":
            stack.append(entry)
        elif stack:
            stack.pop()
    return {name: stack[-1] for name, stack in stacks.items() if stack}


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
