"""The frame of a document at the desk: its main period and place, confirmed by a person, in `<document>.frame.yml`."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from orchestration.desk.journal import standing
from orchestration.extraction.frame import FRAME, NONE, Told, told_beside

FIELDS = ("period", "place")
_SHOWN = re.compile(r"(period|place) (.+?) \((told|[0-9.]+)\)(?:, |$)")


@dataclass(frozen=True, slots=True)
class Question:
    """The main period or place as it was inferred; ``sure`` is its probability, 0 where nothing was found."""

    name: str
    field: str
    value: str
    sure: float
    hash: str
    decision: dict[str, Any] | None


def inferred(shown: str) -> dict[str, tuple[str, float]]:
    """Period and place of a frame as `Frame.shown` prints it, each with its probability."""
    found = {}
    for field, value, how in _SHOWN.findall(shown.rpartition(": ")[2]):
        found[field] = ("" if value == NONE else value, 1.0 if how == "told" else float(how))
    return found


def questions(document: Path, found: dict[str, tuple[str, float]], entries: list[dict[str, Any]]) -> list[Question]:
    """What is asked about a document, with the answers that stand; what a person wrote into the file is not asked."""
    decided = standing(entries)
    told, asked = told_beside(document), []
    for field in FIELDS:
        name = f"frame:{document.name}#{field}"
        lines = [entry for entry in entries if entry["item"] == name]
        if getattr(told, field) and not lines:
            continue
        # once the answer is written the inferred one is not seen any more: the line of the journal has it
        value, sure = (lines[-1].get("old") or "", 0.0) if getattr(told, field) else found.get(field, ("", 0.0))
        digest = hashlib.sha256(f"{field}={value}".encode()).hexdigest()
        asked.append(Question(name, field, value, sure, digest, decided.get(name)))
    return asked


def waiting(asked: list[Question]) -> list[Question]:
    return [question for question in asked if question.decision is None]


def answer(question: Question, what: str, new: str) -> str:
    """What the frame file will say: the value, or `none` for a document that has none; empty for unsure.

    Raises ``ExtractionError`` for what is no period or no code of a place.
    """
    value = {"accept": question.value or NONE, "reject": NONE, "edit": new.strip() or NONE, "unsure": ""}[what]
    Told(**{question.field: value})
    return value


def write(document: Path, entries: list[dict[str, Any]], asked: list[Question]) -> None:
    """Write the answers into the frame file once all are given; what else stands there stays."""
    path = document.with_name(document.name + FRAME)
    known = {k: v for k, v in told_beside(document).values().items() if v}
    ours = {question.field for question in asked}
    new = {name: value for name, value in known.items() if name not in ours}
    if not waiting(asked):
        new |= {q.field: q.decision["new"] for q in asked if q.decision and q.decision.get("new")}
    if new == known:
        return
    if not new:
        path.unlink(missing_ok=True)
        return
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text(yaml.safe_dump(new, sort_keys=False, allow_unicode=True), encoding="utf-8")
    temporary.replace(path)
