"""The queue of proposed ties: rows of `raw/*/ties_found.csv`, those that disagree first, then the least sure."""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SAID = ("rule", "stated", "inputs", "origin", "operator", "bound", "periods", "verdict", "explanation_code")


@dataclass(frozen=True, slots=True)
class Tie:
    """A proposed tie; ``name`` is its item in the journal, ``row`` what `ties_found.csv` says of it."""

    name: str
    hash: str
    row: dict[str, str]

    @property
    def figure_ids(self) -> list[str]:
        return [self.row["stated"], *filter(None, self.row["inputs"].split("|"))]


def read_ties(raw: Path) -> list[Tie]:
    """All proposed ties in the order in which a person looks at them."""
    return sorted(_read(raw), key=_place)


def _read(raw: Path) -> Iterator[Tie]:
    for path in sorted(raw.glob("*/ties_found.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                if all(row.get(name) is not None for name in _SAID):
                    name = f"tie:{row['rule']}:{row['stated']}<{row['inputs']}"
                    said = repr([row[column] for column in _SAID])
                    yield Tie(name, hashlib.sha256(said.encode()).hexdigest(), dict(row))


def _place(tie: Tie) -> tuple[bool, float, str]:
    try:
        sure = float(tie.row.get("confidence") or 0)
    except ValueError:
        sure = 0.0
    return tie.row["verdict"] != "disagree", sure, tie.name


def is_open(tie: Tie, decision: dict[str, Any] | None) -> bool:
    return decision is None or decision["what"] == "unsure" or decision["hash"] != tie.hash


def waiting(ties: list[Tie], decided: dict[str, dict[str, Any]]) -> list[Tie]:
    """What a person still has to look at; unsure ones last."""
    open_ = [tie for tie in ties if is_open(tie, decided.get(tie.name))]
    return sorted(open_, key=lambda tie: (decided.get(tie.name) or {}).get("hash") == tie.hash)
