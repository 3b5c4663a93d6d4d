"""Figures that a sentence gives to ranks: the next one is not larger; what leads a column is its largest."""

import re
from collections.abc import Iterator
from itertools import pairwise

from orchestration.audit.arithmetic import RATES
from orchestration.audit.model import Comparison, Document, Spot, Table, Text
from orchestration.audit.words import STOP, folded, ordinals, words

BEFORE, BEHIND = 16, 7  # letters about a rank that say that it is one
LEAD = 40  # letters before a figure that say that it is the largest
_CLAUSE = re.compile(r"[，,；;、]")
REACH = 30  # letters between a rank and its figure


def rank_comparisons(document: Document) -> Iterator[Comparison]:
    """Every order that the text says with ranks."""
    for text in document.texts:
        yield from _listed(text)
        yield from _followed(text)
        for n, stated in enumerate(text.spots):
            yield from _leading(stated, n, text, document)


def _listed(text: Text) -> Iterator[Comparison]:
    """Neighbouring ranks of one sentence, each with the figure of one kind right behind it.

    The first of the two is said to be a rank (comes second at, 第二名): a first and a second campus are in no order.
    """
    ranked: list[tuple[int, Spot, bool]] = []
    for match in words("rank").finditer(text.text):
        behind = next((s for s in text.spots if s.start >= match.end()), None)
        if behind is None or behind.start - match.end() > REACH:
            continue
        between = text.text[match.end() : behind.start]
        if not STOP.search(between) and not words("rank").search(between):
            said = words("rank_said").search(text.text[max(0, match.start() - BEFORE) : match.end() + BEHIND])
            ranked.append((ordinals()[match[0].lower()], behind, said is not None))
    for (first, larger, said_rank), (second, smaller, _) in pairwise(ranked):
        if (
            not said_rank
            or second != first + 1
            or larger.sentence != smaller.sentence
            or not _comparable(larger, smaller)
        ):
            continue
        holds = smaller.low <= larger.high
        yield Comparison(
            "order", "text", larger, [smaller], "agree" if holds else "disagree", (smaller.low, float("inf")),
            "" if holds else "swapped", "" if holds else "the one that is told as next is larger", 0.8,
            "ranks_of_a_sentence", True,
        )  # fmt: skip


def _followed(text: Text) -> Iterator[Comparison]:
    """A figure said to be the largest, and the one of its kind that is said to follow it."""
    for n, larger in enumerate(text.spots[:-1]):
        smaller = text.spots[n + 1]
        if larger.sentence != smaller.sentence or not _comparable(larger, smaller):
            continue
        lead = STOP.split(text.text[text.spots[n - 1].end if n else 0 : larger.start])[-1]
        between = text.text[larger.end : smaller.start]
        end = text.spots[n + 2].start if n + 2 < len(text.spots) else len(text.text)
        behind = STOP.split(text.text[smaller.end : end])[0]
        next_said = words("followed").search(between) or words("follows").search(behind)
        first_said = words("largest_said").search(f"{lead[-LEAD:]} ⟦⟧ {_CLAUSE.split(between)[0]}")
        if next_said and first_said and not words("smallest_said").search(lead + between + behind):
            holds = smaller.low <= larger.high
            yield Comparison(
                "order", "text", larger, [smaller], "agree" if holds else "disagree", (smaller.low, float("inf")),
                "" if holds else "swapped", "" if holds else "the one that is told to follow is larger", 0.8,
                "largest_and_next", True,
            )  # fmt: skip


def _leading(stated: Spot, n: int, text: Text, document: Document) -> Iterator[Comparison]:
    """A figure said to be in first place, that stands in a column with a larger one."""
    end = text.spots[n + 1].start if n + 1 < len(text.spots) else len(text.text)
    behind = STOP.split(text.text[stated.end : end])[0]
    if not words("first_place").search(behind[:60]) or stated.open or not stated.value:
        return
    for table in document.tables:
        for row, cells in enumerate(table.cells):
            for cell in cells:
                if cell and _names(table.rows[row], text, stated) and cell.printed.strip() in stated.printed:
                    yield from _against_column(stated, cell, table)
                    return


def _against_column(stated: Spot, cell: Spot, table: Table) -> Iterator[Comparison]:
    column = [
        (r, s) for r, row in enumerate(table.cells) if (s := row[cell.column]) and not table.total_row(r) and s.raw
    ]
    largest = max((s for _, s in column), key=lambda s: s.raw)
    if len(column) < 3 or len({s.unit for _, s in column if s.unit}) > 1:
        return
    holds = largest.raw <= cell.raw
    other = max((s for _, s in column if s is not cell), key=lambda s: s.raw)
    yield Comparison(
        "order", "table", stated, [other], "agree" if holds else "disagree", (other.low, float("inf")),
        "" if holds else "swapped", "" if holds else "another one of its column is larger", 0.8,
        "first_of_a_column", True,
    )  # fmt: skip


def _names(label: str, text: Text, stated: Spot) -> bool:
    """Whether the sentence so far names the row."""
    said = folded(STOP.split(text.text[: stated.start])[-1])
    name = re.sub(r"[（(].*?[)）]", "", label).strip(" .:：*•-").lower()
    return len(name) >= 2 and name in said


def _comparable(a: Spot, b: Spot) -> bool:
    growth = ("yoy", "cagr", "change")
    same = a.unit == b.unit != "" and (a.statistic in growth) == (b.statistic in growth)
    counted = not a.counted or not b.counted or a.counted == b.counted
    return same and counted and not a.open and not b.open and (a.unit in RATES or (a.scaled and b.scaled))
