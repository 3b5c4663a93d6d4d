"""What makes up one whole: shares of one list or column, a part that is no more than its whole."""

import re
from collections.abc import Iterator
from itertools import pairwise

from orchestration.audit.arithmetic import MULTIPLES, RATES, wrong_digit
from orchestration.audit.model import Comparison, Document, Spot
from orchestration.audit.words import words

_OF_WHICH = re.compile(r"^\s*[，,（(]\s*(?:其中|of which|including)[^⟦，,。；;]{0,14}$", re.I)


def part_comparisons(document: Document) -> Iterator[Comparison]:
    """A whole, "of which" and its part right behind, in one unit: the part is no more than the whole."""
    for text in document.texts:
        for whole, part in pairwise(text.spots):
            if not whole.unit or whole.unit != part.unit or whole.unit in (*RATES, *MULTIPLES):
                continue
            if whole.open or part.open or not (whole.scaled and part.scaled) or whole.value <= 0:
                continue
            if whole.unit == "count" and whole.counted != part.counted:
                continue
            if not _OF_WHICH.match(text.text[whole.end : part.start]):
                continue
            exceeds = part.low > whole.high
            yield Comparison(
                "part_exceeds_whole", "text", part, [whole], "disagree" if exceeds else "agree", (0.0, whole.high),
                "swapped" if exceeds else "", "the part is larger than its whole" if exceeds else "",
                0.8, "of_which", True,
            )  # fmt: skip


_REST = re.compile(r"其余|余下|其他|其它|剩余|\bthe (?:rest|remainder|others?)\b|\bremaining\b|\bothers\b", re.I)


def whole_comparisons(document: Document) -> Iterator[Comparison]:
    """Shares listed in one sentence that make up one whole; told where they do, or where one of them is the rest."""
    for text in document.texts:
        by_sentence: dict[int, list[Spot]] = {}
        for s in text.spots:
            if s.unit == "percent" and s.value > 0 and s.statistic not in ("yoy", "cagr", "change"):
                by_sentence.setdefault(s.sentence, []).append(s)
        for shares in by_sentence.values():
            if not 2 <= len(shares) <= 8 or any(b.start - a.end > 45 for a, b in pairwise(shares)):
                continue
            total = sum(s.value for s in shares)
            slack = sum(s.high - s.low for s in shares) / 2
            said = text.text[max(0, shares[0].start - 40) : shares[-1].end + 20]
            if abs(total - 100) <= slack + 1e-9 and (len(shares) > 2 or _REST.search(said)):
                yield Comparison(
                    "bounds", "text", shares[0], shares[1:], "agree", (100 - total + shares[0].value,) * 2,
                    confidence=0.85, operator="shares_of_one_whole", bound=True,
                )  # fmt: skip
            elif (
                len(shares) > 2
                and _REST.search(said)
                and total > 100 + slack
                and not any(s.open or not s.scaled for s in shares)
            ):
                for s in shares:
                    wanted = (s.low - (total - 100), s.high - (total - 100))
                    if wrong_digit(s, wanted):
                        yield Comparison(
                            "bounds", "text", s, [x for x in shares if x is not s], "disagree", wanted, "digit",
                            f"the shares of one whole add up to {total:g} %", 0.75, "shares_of_one_whole", True,
                        )  # fmt: skip
                        break


def answer_comparisons(document: Document) -> Iterator[Comparison]:
    """A column of shares of answers of which everybody has given one: they add up to 100 %."""
    for table in document.tables:
        for column in range(len(table.columns)):
            shares = [s for r, row in enumerate(table.cells) if (s := row[column]) and not table.total_row(r)]
            if len(shares) < 3 or any(s.unit != "percent" or s.open or s.raw <= 0 for s in shares):
                continue
            first = min(s.line for s in shares)
            above = [t.text for t in document.texts if t.lines and 0 < first - t.lines[-1] <= 4]
            if not words("one_answer").search(" ".join([table.caption, *above])):
                continue
            total, slack = sum(s.raw for s in shares), sum(s.half for s in shares)
            wanted = (100 - total + shares[-1].raw,) * 2
            holds = abs(total - 100) <= slack
            yield Comparison(
                "bounds", "table", shares[-1], shares[:-1], "agree" if holds else "disagree", wanted,
                "" if holds else "bounds", "" if holds else f"of one answer each, the shares add up to {total:g} %",
                0.8, "one_answer_each", True,
            )  # fmt: skip
