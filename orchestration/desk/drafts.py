"""The queue of drafts: files of datasets that were fetched and nobody has published, with what each would change."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from orchestration.datasets.fetch import (
    DRAFT,
    FOLDER,
    Dataset,
    compare_draft,
    dataset_ids,
    draft_hash,
    newest_draft,
    open_dataset,
)
from orchestration.datasets.spec import SPEC_FILE
from orchestration.loading.problems import RawError

# so many changes of one kind are shown; the command lists all
_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it is shown; ``name`` is its item in the journal. ``opened`` is None where it cannot be published.

    ``changes``: by kind of change, how many there are and the first of them; ``problems`` speak against it,
    ``known`` stood so in the snapshot before.
    """

    name: str
    hash: str
    source_id: str
    day: date
    path: Path
    opened: Dataset | None
    changes: dict[str, tuple[int, list[str]]]
    problems: list[str]
    refused: str = ""
    known: tuple[str, ...] = ()


def draft_files(raw: Path) -> list[Path]:
    """All that a draft's page depends on: drafts, specs, snapshots."""
    return sorted({*raw.glob(f"*/{DRAFT}/*"), *raw.glob(f"*/{SPEC_FILE}"), *raw.glob(f"*/{FOLDER}/*")})


def is_draft(path: Path) -> bool:
    """Whether a file of those is a draft: one below `draft/` that is named by a day."""
    try:
        date.fromisoformat(path.stem)
    except ValueError:
        return False
    return path.parent.name == DRAFT


def read_drafts(raw: Path) -> list[Draft]:
    """The draft of each registered dataset that has one; one that cannot be read says why. Raises ``RawError``."""
    return [draft for name in dataset_ids(raw) if (draft := _read(raw, name)) is not None]


def _read(raw: Path, source_id: str) -> Draft | None:
    path = newest_draft(raw / source_id, raw)
    if path is None:
        return None
    day = date.fromisoformat(path.stem)
    name = f"draft:{source_id}@{day}"
    try:
        opened = open_dataset(raw, source_id)
        found = compare_draft(opened, path)
    except RawError as error:
        said = str(error.problem)
        shown = hashlib.sha256(said.encode()).hexdigest()
        return Draft(name, shown, source_id, day, path, None, {}, [], said)
    changes, problems = _by_kind(found.lines), list(found.problems)
    total = draft_hash(opened, path)
    return Draft(name, total, source_id, day, path, opened, changes, problems, known=found.known)


def _by_kind(lines: Iterable[str]) -> dict[str, tuple[int, list[str]]]:
    kinds: dict[str, list[str]] = {}
    for line in lines:
        kind, _, what = line.partition(": ")
        kinds.setdefault(kind, []).append(what)
    return {kind: (len(found), found[:_SHOWN]) for kind, found in kinds.items()}


def is_held(draft: Draft, decision: dict[str, Any] | None) -> bool:
    """Did a person hold it, as it is shown now?"""
    return decision is not None and decision["what"] == "hold" and decision["hash"] == draft.hash


def waiting(drafts: list[Draft], decided: dict[str, dict[str, Any]]) -> list[Draft]:
    """What a person still has to look at; held ones last."""
    return sorted(drafts, key=lambda draft: is_held(draft, decided.get(draft.name)))
