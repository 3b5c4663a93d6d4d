"""Notes under a table: the unit that they give it, and the money of the rows that they name."""

import re
from collections import deque
from collections.abc import Iterable, Iterator

from orchestration.extraction.heads import UNIT_LINE
from orchestration.extraction.line_kinds import NOTE
from orchestration.extraction.model import Block, Candidate, Grid
from orchestration.extraction.scale import Scale, as_scale
from orchestration.extraction.scale_choice import same_sign
from orchestration.extraction.words import words
from orchestration.figures import Units
from orchestration.figures.text import plain

_MOST_NOTES = 3  # blocks under a table that may be its notes
_LONGEST = 400
_MARKED = re.compile(r"^\s*(?P<mark>[*†‡]{1,3}|[(（\[]?[\da-z][)）\]]|[①-⑨])\s*")
_MARK_BEHIND = re.compile(r"(?P<mark>[*†‡]{1,3}|[(（\[][\da-z][)）\]]|[①-⑨])\s*$")


def with_notes(blocks: Iterable[Block | Grid]) -> Iterator[tuple[Block | Grid, tuple[str, ...]]]:
    """Every block with, for a table, the notes right under it. Looks a few blocks ahead at a table only."""
    iterator = iter(blocks)
    waiting: deque[Block | Grid] = deque()
    while waiting or (following := next(iterator, None)) is not None:
        block = waiting.popleft() if waiting else following
        assert block is not None
        if isinstance(block, Grid):
            while len(waiting) < _MOST_NOTES and (more := next(iterator, None)) is not None:
                waiting.append(more)
        yield block, _notes(waiting) if isinstance(block, Grid) else ()


def _notes(blocks: Iterable[Block | Grid]) -> tuple[str, ...]:
    notes = []
    for block in blocks:
        if not isinstance(block, Block) or block.kind in ("heading", "title", "row") or len(block.text) > _LONGEST:
            break
        if not is_note(block.text):
            break
        notes.append(block.text.strip())
    return tuple(notes)


def is_note(text: str) -> bool:
    """Whether a text under a table says something about it."""
    read = plain(text)
    return bool(
        NOTE.match(read) or UNIT_LINE.match(read) or _MARKED.match(text.strip()) or words()["note_money"].search(read)
    )


def settle_money(candidate: Candidate, row: str, column: str, notes: tuple[str, ...], units: Units) -> None:
    """Give an amount the money that a note names for its row, or withhold it where note and labels name two.

    A note is about the rows that bear its mark or that it names; about all rows where it has no mark and names none.
    """
    if len(candidate.unit) != 3 or not candidate.unit.isupper():
        return
    for note in notes:
        money = _money_of(note, units)
        if money and money != candidate.unit and _is_about(note, row, column):
            if _open(candidate, money):
                candidate.unit = money
            else:
                candidate.withheld = candidate.withheld or "a note under the table names another currency"
            return


def _money_of(note: str, units: Units) -> str:
    match = words()["note_money"].search(plain(note))
    if match is None:
        return ""
    name = match["zh"] or match["en"] or ""
    for word in (name, name.lower(), *(" ".join(name.split()[:n]) for n in (3, 2, 1))):
        unit = units.get(word)
        if unit is not None and unit.dimension == "money":
            return unit.unit
    return ""


def _is_about(note: str, row: str, column: str) -> bool:
    mark = _MARKED.match(note)
    if mark is not None and not NOTE.match(note):
        behind = [_MARK_BEHIND.search(label) for label in (row, column)]
        return any(found is not None and found["mark"] == mark["mark"] for found in behind)
    return True


def unit_noted(label: str, notes: Iterable[str], units: Units) -> Scale | None:
    """The unit that a note with the mark of a label gives: Outturn [a] ... [a] £ thousand."""
    behind = _MARK_BEHIND.search(label)
    for note in notes if behind else ():
        mark = _MARKED.match(note)
        if mark is not None and behind is not None and mark["mark"] == behind["mark"]:
            return as_scale(plain(note[mark.end() :]).strip(" .。"), units)
    return None


def _open(candidate: Candidate, money: str) -> bool:
    """Whether the printed unit leaves open which money it is: a sign or a word that several currencies share."""
    if candidate.symbol in ("$", "¥", "￥"):
        return same_sign(candidate.unit, money)
    return candidate.symbol == "元" and money in ("HKD", "TWD", "JPY", "CNY")
