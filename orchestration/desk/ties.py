"""The queue of proposed ties: rows of `raw/*/ties_found.csv`, those that disagree first, then the least sure."""

import csv
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.loading.found import SAID, entry_of, item_of


@dataclass(frozen=True, slots=True)
class Tie:
    """A proposed tie; ``name`` is its item in the journal, ``row`` what `ties_found.csv` says of it."""

    name: str
    hash: str
    row: dict[str, str]

    @property
    def comparison_id(self) -> str:
        """The comparison of the build that rests on this tie alone; empty for a row that the loader refuses."""
        try:
            entry, relation_id = entry_of(self.row, self.row["stated"].partition("/")[0])
        except ValueError:
            return ""
        return f"{entry['rule']}:{relation_id}"

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
                if all(row.get(name) is not None for name in SAID):
                    yield Tie(*item_of(row), dict(row))


def _place(tie: Tie) -> tuple[bool, float, str]:
    try:
        sure = float(tie.row.get("confidence") or 0)
    except ValueError:
        sure = 0.0
    return tie.row["verdict"] != "disagree", sure, tie.name


def is_open(tie: Tie, decision: dict[str, Any] | None) -> bool:
    return decision is None or decision["what"] == "unsure" or decision["hash"] != tie.hash


def waiting(ties: list[Tie], decided: dict[str, dict[str, Any]], used: Collection[str] | None = None) -> list[Tie]:
    """What a person still has to look at; unsure ones last.

    ``used`` are the comparisons that the build has of ties: what a person, or equal keys, tie in any case is not asked.
    """
    open_ = [tie for tie in ties if is_open(tie, decided.get(tie.name))]
    if used is not None:
        open_ = [tie for tie in open_ if tie.comparison_id in used]
    return sorted(open_, key=lambda tie: (decided.get(tie.name) or {}).get("hash") == tie.hash)
