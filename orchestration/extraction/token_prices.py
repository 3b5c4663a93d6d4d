"""Prices per token: a document says once that its prices are per million tokens, and prints bare amounts below.

An amount that is such a price by its table takes the unit. One that may be such a price and does not say so is
withheld: three dollars are another thing than three dollars per million tokens.
"""

import re
from collections.abc import Sequence

from orchestration.extraction.model import Candidate
from orchestration.extraction.words import words
from orchestration.extraction.worth import times
from orchestration.figures import Units
from orchestration.figures.text import squeeze

_UNSAID = "a price that may be per token, and its table does not say so"
# no million tokens cost a thousand of these
_NO_PRICE, _STRONG = 1000, ("USD", "EUR", "GBP", "CNY")
_REACH = 3  # blocks behind the words, the tables among them that they may be about
_PLAIN = re.compile(r"[^\d]{0,6}\d[\d,]*(?:\.\d+)?\s?(?:[美港欧日]?元|yuan|dollars?|cents?|[A-Z]{3})?")
_MAGNITUDE = re.compile(r"[百千万亿萬億兆]|thousand|million|billion|trillion|[bmt]n|[kmb]$", re.I)
_TIMES = re.compile(r"\s?[×*]\s?\d")
_SENTENCE = re.compile(r"[。！？；;]|\.\s")


def _of_counted_tokens(others: Sequence[Candidate], first: int, last: int) -> bool:
    """Whether a clause counts tokens: its amounts are those of so many, not of a million."""
    return any(o.unit == "count" and o.counted == "token" and first <= o.start < last for o in others)


class TokenPrices:
    """What one document has said so far about prices per token."""

    def __init__(self, units: Units) -> None:
        self._units = units
        self._said = False
        self._left = 0  # blocks that the words about a table still reach
        self._right_above = False  # the table that is being read stands right under them
        self._near = False  # it stands within their reach
        self._thousand = False
        self._printed: set[str] = set()
        self._known: set[tuple[str, float]] = set()  # prices per million tokens that tables print, as they print them
        self._amounts: set[tuple[str, float]] = set()  # currency and number of the prices that are known

    def note(self, text: str) -> None:
        """Read one block of the document."""
        self._left = max(0, self._left - 1)
        match = words()["per_tokens"].search(text)
        if match is None:
            return
        self._said = True
        self._thousand = bool(words()["thousand_tokens"].search(match[0]))
        # behind an amount of its own it is that amount's unit
        clause = _SENTENCE.split(text[: match.start()])[-1]
        if not words()["amount_of_money"].search(clause):
            self._left = _REACH

    def begin_table(self, caption: str) -> None:
        """A table begins under what was read."""
        named = words()["per_tokens"].search(caption) is not None
        self._said = self._said or named
        self._right_above, self._near = named or self._left == _REACH, named or self._left > 0
        self._left = max(0, self._left - 1)

    def settle_cell(self, candidate: Candidate, row: str, column: str) -> None:
        """Give a cell of money its unit, or withhold it, by what was said about the table.

        The unit is certain right under the words, and within their reach where the labels name what is priced.
        """
        labels = f"{row} {column}"
        if candidate.unit.endswith("/Mtoken") and not candidate.withheld:
            self._said = True  # the unit of its table; what is said of it below may leave it out
            self._amounts.add((candidate.unit.split("/")[0], candidate.number))
            return
        if not self._is_bare(candidate) or words()["other_price"].search(labels):
            return
        by_words = words()["token_kinds"].search(labels) is not None
        stated = words()["per_tokens"].search(labels)
        if stated is not None:
            self._take(candidate, thousand=bool(words()["thousand_tokens"].search(stated[0])))
            return
        if not self._near and not (self._said and by_words):
            return
        if self._right_above or (self._near and by_words):
            self._take(candidate, thousand=self._thousand)
        else:
            candidate.withheld = candidate.withheld or _UNSAID

    def _take(self, candidate: Candidate, *, thousand: bool) -> None:
        """Give an amount the unit that was said: a price of a million tokens, or a thousand times one of a thousand."""
        unit = self._units.get(f"{candidate.unit}/Mtoken")
        self._said = True
        if unit is not None and not thousand:
            self._known.add((candidate.unit, candidate.number))
        if unit is None:
            candidate.withheld = candidate.withheld or _UNSAID
            return
        if thousand:
            candidate.number, candidate.low, candidate.high = (
                times(value, 1000.0) for value in (candidate.number, candidate.low, candidate.high)
            )
        candidate.unit = candidate.symbol = unit.symbol
        self._printed.add(squeeze(candidate.printed))

    def settle_text(self, candidate: Candidate, text: str, others: Sequence[Candidate]) -> None:
        """Withhold an amount of the text that may be a price per token."""
        if candidate.unit.endswith("/Mtoken"):
            self._said = True
            self._printed.add(squeeze(candidate.printed).split("/")[0])
            return
        if candidate.unit == "count":
            unit = words()["per_tokens"].search(text, max(0, candidate.start - 8))
            if unit is not None and unit.start() <= candidate.start < unit.end():
                candidate.withheld = candidate.withheld or "part of the unit of a price"
        if not self._is_bare(candidate) or not (self._said or any(o.unit.endswith("/Mtoken") for o in others)):
            return
        if candidate.number >= _NO_PRICE and candidate.unit in _STRONG:
            return
        first = max((m.end() for m in _SENTENCE.finditer(text, 0, candidate.start)), default=0)
        ending = _SENTENCE.search(text, candidate.end)
        last = ending.start() if ending else len(text)
        if (candidate.unit, candidate.number) in self._known and words()["token_kinds"].search(text, first, last):
            # a price of the list above, of what the list gives it for
            self._take(candidate, thousand=False)
            return
        if (
            self._beside(candidate, text, others, first, last)
            or squeeze(candidate.printed) in self._printed
            or (candidate.unit, candidate.number) in self._amounts
            or self._multiplied(candidate, text)
            or self._of_clause(candidate, text, others, first, last)
        ):
            candidate.withheld = candidate.withheld or "a price that may be per token, and does not say so"

    @staticmethod
    def _beside(candidate: Candidate, text: str, others: Sequence[Candidate], first: int, last: int) -> bool:
        """Whether its sentence has a price per token, or a word for input or output right beside it."""
        around = text[max(first, candidate.start - 12) : candidate.start], text[candidate.end : candidate.end + 12]
        per_token = any(o.unit == f"{candidate.unit}/Mtoken" and first <= o.start < last for o in others)
        return per_token or words()["token_kind_beside"].search("\u25a1".join(around)) is not None

    @staticmethod
    def _multiplied(candidate: Candidate, text: str) -> bool:
        """Whether a number follows by which the amount is multiplied, so that it is the price of one of them."""
        return _TIMES.match(text, candidate.end) is not None

    @staticmethod
    def _of_clause(candidate: Candidate, text: str, others: Sequence[Candidate], first: int, last: int) -> bool:
        """Whether its sentence speaks of input or output, or one before it has a price per token; not where it counts
        the tokens or names another kind of price."""
        if _of_counted_tokens(others, first, last) or words()["other_price"].search(text, first, last):
            return False
        earlier = any(o.unit == f"{candidate.unit}/Mtoken" and o.start < first for o in others)
        named = any(words()[name].search(text, first, last) for name in ("token_kinds", "priced_model", "sold_at"))
        return earlier or named

    def _is_bare(self, candidate: Candidate) -> bool:
        """Whether it is an amount of money without a magnitude."""
        return (
            not candidate.withheld
            and self._units.dimensions.get(candidate.unit) == "money"
            and _PLAIN.fullmatch(candidate.printed) is not None
            and not _MAGNITUDE.search(candidate.scale)
        )
