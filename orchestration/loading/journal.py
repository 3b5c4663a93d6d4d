"""`raw/decisions.jsonl`: what people decided at the desk, append-only, one JSON object a line (docs/desk.md).

Belongs here: what the lines say and which of them stand. Who writes them is `orchestration.desk.journal`; what
follows for a finding is `orchestration.loading.decisions`.
"""

import json
from pathlib import Path
from typing import Any

from orchestration.loading.files import LINE
from orchestration.loading.problems import Problem

FILE = "decisions.jsonl"
_TEXTS = ("item", "hash", "what")
_REMEDY = "Mend the line, or take it from git"


def read_journal(raw: Path) -> tuple[list[dict[str, Any]], list[Problem]]:
    """The lines, oldest first, each with its number under ``LINE``, and a problem for each that says nothing.

    A last line without its line end was never finished (the desk was killed) and does not count.
    """
    path = raw / FILE
    try:
        text = path.read_bytes().decode("utf-8", "replace") if path.exists() else ""
    except OSError as error:
        return [], [Problem(FILE, 0, "", f"the file cannot be read: {error.strerror}", "Make it readable")]
    entries, problems = [], []
    for number, line in enumerate(text[: text.rfind("\n") + 1].split("\n"), 1):
        if not line.strip():
            continue
        try:
            entries.append(_entry(line) | {LINE: number})
        except (ValueError, RecursionError) as error:
            problems.append(Problem(FILE, number, "", f"the line is no decision: {error}", _REMEDY, line[:2000]))
    return entries, problems


def _entry(line: str) -> dict[str, Any]:
    entry = json.loads(line)
    if not isinstance(entry, dict):
        raise ValueError("it is no JSON object")
    missing = [name for name in _TEXTS if not isinstance(entry.get(name), str)]
    if missing:
        raise ValueError(f"`{'`, `'.join(missing)}` is missing")
    return entry


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
