"""A seeded share of the figures is read twice: once blind, without what the machine read, and once with it.

Both readings stand in the journal; how often they agree is counted by field.
"""

import csv
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.desk.journal import standing
from orchestration.desk.queue import EDITABLE, Shown, is_open

SHARE = 0.08
FILE = Path("inbox", "labels", "agreement.csv")


def is_drawn(shown: Shown) -> bool:
    """Is the figure of the share? By its name alone, so that every machine and every day draws the same."""
    return int.from_bytes(hashlib.sha256(f"blind {shown.name}".encode()).digest()[:4], "big") < SHARE * 2**32


def item_name(shown: Shown) -> str:
    return "blind:" + shown.name.partition(":")[2]


def waits(shown: Shown, decided: dict[str, dict[str, Any]]) -> bool:
    """Is the figure to be read blind before it is shown with what the machine read?"""
    return is_drawn(shown) and not shown.orphan and item_name(shown) not in decided and is_open(shown)


@dataclass(frozen=True, slots=True)
class Agreement:
    """One field: how many figures were read twice, in how many both readings agree, and the machine with the blind."""

    field: str
    read: int
    agree: int
    machine: int


def agreement(entries: list[dict[str, Any]]) -> list[Agreement]:
    """Blind reading against the decision on the same figure, by field."""
    decided = standing(entries)
    pairs = []
    for name, entry in decided.items():
        final = decided.get("figure:" + name.partition(":")[2])
        blind = entry.get("new")
        if not name.startswith("blind:") or not blind or not final or final["what"] not in ("accept", "edit"):
            continue
        machine = final.get("old") or {}
        pairs.append((blind, machine | (final.get("new") or {}), machine))
    return [
        Agreement(
            field,
            len(pairs),
            sum(same(field, blind.get(field), final.get(field)) for blind, final, _ in pairs),
            sum(same(field, blind.get(field), machine.get(field)) for blind, _, machine in pairs),
        )
        for field in EDITABLE
        if pairs
    ]


def same(field: str, one: Any, other: Any) -> bool:
    """Do two readings of a field agree? Numbers by what they are worth, the rest by its text."""
    if field == "value":
        try:
            return abs(float(one) - float(other)) <= 1e-9 * max(abs(float(one)), abs(float(other)))
        except (TypeError, ValueError):
            return False
    return (one or "") == (other or "")


def publish(raw: Path, entries: list[dict[str, Any]]) -> None:
    """Write the agreement by field into `raw/inbox/labels/agreement.csv`."""
    counted = agreement(entries)
    path = raw / FILE
    if not counted and not path.exists():
        return
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["field", "read_twice", "agree", "machine_agrees_with_blind"])
    rows.writerows([[a.field, a.read, a.agree, a.machine] for a in counted])
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".csv.new")
    temporary.write_text(text.getvalue(), encoding="utf-8")
    temporary.replace(path)
