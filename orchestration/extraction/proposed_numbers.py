"""Numbers that a model proposes: printed at their place, read by our parser, with nothing unread beside them.

They are withheld for a person to look at, never trusted, and never change a row that extraction has read itself.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from orchestration.extraction.dates import find_periods
from orchestration.extraction.finding import find_candidates
from orchestration.extraction.gate import announces_scale, doubt_in_text, unscaled_money
from orchestration.extraction.lexicon import load_lexicon
from orchestration.extraction.masks import find_masks
from orchestration.extraction.model import Candidate, ExtractedFigure, Grid, Line
from orchestration.extraction.model_address import proposals, rules
from orchestration.extraction.worth import times
from orchestration.figures import FigureError, ParsedValue, Units, parse_value
from orchestration.figures.numerals import canonical, simplified, writes_decimal_commas
from orchestration.figures.text import plain

Place = tuple[int | None, int]  # page, line
_Span = tuple[int, int]
# a line with its numbers in one spelling; where periods and names stand, and numbers that are read
_Reading = tuple[str, list[_Span], list[_Span]]

# what joins a number to its neighbour: digits, letters, signs, currencies, ratios
_BEFORE = re.compile(r"(?:[A-Za-z0-9_.,:/^%]|[+\-–—(（$€£¥￥₹#~]\s?)$")
_BEHIND = re.compile(r"[A-Za-z0-9_^%‰]|[.,:]\d|\s?[/\-–—~×^]")
_PROPOSED = "value|unit"
_LONGER = 24  # characters beside a number in which its magnitude or unit may go on
_MOST_PLACES = 5  # of one number in a line


@dataclass(slots=True)
class SentText:
    """The lines of a document as they are sent, as many as the limits allow."""

    lines: dict[Place, list[str]] = field(default_factory=dict)
    left: int = field(default_factory=lambda: rules()["limits"]["characters"] * rules()["limits"]["requests"])

    def take(self, element: Line | Grid) -> None:
        if isinstance(element, Grid):
            for number, row in zip(element.numbers, element.rows, strict=False):
                self._add((element.page, number), " | ".join(row))
            return
        starts = [(0, element.number), *element.breaks]
        for (start, number), (end, _) in zip(starts, [*starts[1:], (len(element.text), 0)], strict=True):
            self._add((element.page, number), element.text[start:end])

    def _add(self, place: Place, text: str) -> None:
        if text.strip() and len(text) <= min(self.left, rules()["limits"]["characters"]):
            self.left -= len(text)
            self.lines.setdefault(place, []).append(plain(text))

    def texts(self) -> Iterator[tuple[Place, str]]:
        return ((place, text) for place, texts in self.lines.items() for text in texts)

    def at(self, page: Any, line: Any) -> list[str]:
        return self.lines.get((page, line), [])

    def says(self, page: Any, line: Any, words: Any) -> bool:
        """Whether these words, and no part of longer ones, stand at this place."""
        if not isinstance(words, str) or not words.strip():
            return False
        edged = rf"(?<![A-Za-z0-9]){re.escape(words)}(?![A-Za-z0-9])"
        return any(re.search(edged, text) for text in self.at(page, line))


def proposed_numbers(
    answers: list[dict[str, Any]], text: SentText, figures: list[ExtractedFigure], units: Units
) -> list[ExtractedFigure]:
    """The numbers that pass, withheld; one that is proposed again, or read already, is none."""
    numbers = _Numbers(text, figures, units)
    for answer in answers:
        for proposal in proposals(answer, "figures"):
            numbers.propose(proposal)
    return numbers.passed


class _Numbers:
    def __init__(self, text: SentText, figures: list[ExtractedFigure], units: Units) -> None:
        self.passed: list[ExtractedFigure] = []
        self._text = text
        self._file = figures[0].file if figures else ""
        self._at: dict[Any, list[ExtractedFigure]] = {}
        for figure in figures:
            self._at.setdefault((figure.page, figure.line), []).append(figure)
        self._units = units
        self._commas = writes_decimal_commas("\n".join(line for _, line in text.texts()))
        self._scaled = any(announces_scale(line) for _, line in text.texts())
        self._readings: dict[str, _Reading] = {}

    def propose(self, proposal: dict[str, Any]) -> None:
        """Take a number over when each of its places in the line passes: else it is open which one is meant."""
        page, line, printed = (proposal.get(n) for n in ("page", "line", "printed"))
        scale = proposal.get("unit") or ""
        if not isinstance(printed, str) or not any(c.isdigit() for c in printed) or not isinstance(scale, str):
            return
        if scale and not self._scale_stands(proposal, printed, scale):
            return
        for text in self._text.at(page, line):
            starts = [match.start() for match in re.finditer(re.escape(printed), text)]
            if not 0 < len(starts) <= _MOST_PLACES:
                continue
            found = [self._candidate(text, start, printed, scale) for start in starts]
            first = found[0]
            if first is None or None in found or proposal.get("value") not in (None, first.number):
                return
            same = [f for f in self._at.setdefault((page, line), []) if f.printed == first.printed]
            known = any((f.value, f.unit) == (first.number, first.unit) for f in same)
            if not known and sum(not f.withheld for f in same) < len(starts):
                self._take(first, page, line, text)
            return

    def _scale_stands(self, proposal: dict[str, Any], printed: str, scale: str) -> bool:
        """Whether the unit stands at its place, and is no part of a longer one that says something else."""
        page, line = proposal.get("unit_page"), proposal.get("unit_line")
        if not self._text.says(page, line, scale):
            return False
        value = self._parsed(printed, scale)
        for text in self._text.at(page, line):
            for match in list(re.finditer(re.escape(scale), text))[:_MOST_PLACES]:
                first, last = match.span()
                longer = [text[first : last + more] for more in range(1, _LONGER)]
                longer += [text[max(0, first - more) : last] for more in range(1, _LONGER)]
                readings = [self._parsed(printed, more) for more in longer]
                if any(r is not None and not _alike(r, value) for r in readings):
                    return False
        return True

    def _candidate(self, text: str, start: int, printed: str, scale: str) -> Candidate | None:
        """What the parser reads there; None when it reads nothing, or when anything beside it stands unread."""
        end = start + len(printed)
        as_read, masks, read = self._reading(text)
        value = self._parsed(as_read[start:end], scale)
        unit = self._units.get(value.symbol) if value and value.symbol else None
        if value is None or unit is None or _BEFORE.search(text[:start]) or _BEHIND.match(text, end):
            return None
        if scale and text[end:].lstrip()[:1].isalpha():
            return None  # what stands behind it may be its unit
        others = masks + [span for span in read if span != (start, end)]
        if any(first < end and start < last for first, last in others):
            return None  # a date, a name, or a part of a number that is read otherwise
        longer = [as_read[start : end + more] for more in range(1, _LONGER)]
        longer += [as_read[max(0, start - more) : end] for more in range(1, _LONGER)]
        readings = [self._parsed(more, scale) for more in longer]
        if any(r is not None and not _alike(r, value) for r in readings):
            return None
        found = Candidate(
            start, end, _squeezed(printed), times(value.number, unit.factor), times(value.low, unit.factor),
            times(value.high, unit.factor), unit.unit, unit.counted if unit.dimension == "count" else "",
            value.qualifier, unit.symbol, scale=scale,
        )  # fmt: skip
        doubt = doubt_in_text(found, text) or (unscaled_money(found, text, "") if self._scaled else "")
        return None if doubt else found

    def _reading(self, text: str) -> _Reading:
        if text not in self._readings:
            mentions = find_periods(simplified(text))
            masks = [(m.start, m.end) for m in mentions] + list(find_masks(text, load_lexicon(self._units).mask))
            read = [(c.start, c.end) for c in find_candidates(text, self._units, mentions, self._commas)]
            self._readings[text] = canonical(text, self._commas), masks, read
        return self._readings[text]

    def _parsed(self, printed: str, scale: str) -> ParsedValue | None:
        try:
            values = parse_value(printed, self._units, scale=scale)
        except FigureError:
            return None
        return values[0] if len(values) == 1 else None

    def _take(self, found: Candidate, page: Any, line: Any, text: str) -> None:
        here = self._at[(page, line)]
        number = 1 + sum(1 for figure in here if figure.proposed == _PROPOSED)
        place = f"{page}-" if page is not None else ""
        figure = ExtractedFigure(
            file=self._file, line=line, page=page, printed=found.printed, value=found.number, value_low=found.low,
            value_high=found.high, unit=found.unit, counted=found.counted, indicator="", entity="", geography="",
            period="", period_start=None, period_end=None, status="", statistic="", qualifier=found.qualifier,
            confidence=rules()["confidence"], scale=found.scale, symbol=found.symbol, withheld=rules()["withheld"],
            text=text[:400], key=f"x{place}{line}-m{number}", proposed=_PROPOSED,
        )  # fmt: skip
        here.append(figure)
        self.passed.append(figure)


def _alike(one: ParsedValue, other: ParsedValue | None) -> bool:
    return other is not None and (one.number, one.symbol) == (other.number, other.symbol)


def _squeezed(text: str) -> str:
    return "".join(text.replace("*", "").split())


__all__ = ["Place", "SentText", "proposed_numbers"]
