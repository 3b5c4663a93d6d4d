"""Where a figure stands in a text: only what equals the printed text is its place, a similar one is none."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from orchestration.desk.text import DocumentLine
from orchestration.extraction.model import ExtractedFigure
from orchestration.extraction.promotion import figure_key
from orchestration.figures.text import plain

_BETWEEN = r"(?:\s|\*\*)*"
# within a number at most one blank or one line end: what stands further apart are two cells of a table
_WITHIN = r"(?:\*\*)?(?:[^\S\n]?|[^\S\n]*\n[^\S\n]*)(?:\*\*)?"
_NUMERIC = frozenset("0123456789.,")

Span = tuple[int, int]
Words = tuple[int | None, int, str]  # page, line and what is printed there


@lru_cache(maxsize=4096)
def _pattern(printed: str) -> re.Pattern[str]:
    signs = [sign for sign in printed.replace("**", "") if not sign.isspace()]
    parts = [re.escape(sign) for sign in signs[:1]]
    for before, sign in pairwise(signs):
        parts += [_WITHIN if before in _NUMERIC and sign in _NUMERIC else _BETWEEN, re.escape(sign)]
    # no part of a longer number: 36 is not 136, 1,036 or 36.5
    return re.compile(rf"(?<![0-9])(?<![0-9][.,]){''.join(parts)}(?![0-9]|[.,][0-9])")


def spans(text: str, printed: str, first: int, last: int) -> Iterator[Span]:
    """Where the printed text begins within [first, last) of the text: begin and end, white space and `**` aside."""
    if not printed.strip():
        return
    for match in _pattern(printed).finditer(text, first):
        if match.start() >= last:
            return
        yield match.span()


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a line; ``keys`` are the figures that it prints, parted by blanks (none: running text)."""

    text: str
    keys: str = ""


@dataclass(frozen=True)
class Anchored:
    """The figures of a document at their places; ``spans`` are offsets in ``text``, the lines joined by line ends.

    A figure has several spans where its line prints the same words more often than there are figures of them: each of
    them equals the printed text, and which one it is nobody can tell. One without a span is an orphan.
    """

    lines: list[DocumentLine]
    text: str
    starts: list[int]
    spans: dict[str, tuple[Span, ...]]
    searched: str  # the text with full-width signs folded, every sign in its place

    def places(self, page: int | None, number: int, printed: str) -> list[Span]:
        """Where a line prints these words; they may wrap into the next line of the page."""
        found: list[Span] = []
        for index in self._numbered.get((page, number), []):
            following = index + 1 < len(self.lines) and self.lines[index + 1].page == page
            end = self.starts[index] + len(self.lines[index].text)
            close = self.starts[index + 1] + len(self.lines[index + 1].text) if following else end
            here = spans(self.searched[:close], printed, self.starts[index], end + 1)
            found += [span for span in here if span not in found]
        return found

    @cached_property
    def _numbered(self) -> dict[tuple[int | None, int], list[int]]:
        numbered: dict[tuple[int | None, int], list[int]] = {}
        for index, line in enumerate(self.lines):
            numbered.setdefault((line.page, line.number), []).append(index)
        return numbered

    def parts(self) -> list[tuple[DocumentLine, list[Part]]]:
        """Every line in its pieces, each figure marked."""
        marks: dict[Span, list[str]] = {}
        for key, found in self.spans.items():
            for span in found:
                marks.setdefault(span, []).append(key)
        ordered = _apart(marks)
        shown, at = [], 0
        for line, start in zip(self.lines, self.starts, strict=True):
            end, pieces, here = start + len(line.text), [], start
            while at < len(ordered) and ordered[at][0][1] <= start:
                at += 1
            for (low, high), keys in ordered[at:]:
                if low >= end:
                    break
                low, high = max(low, start), min(high, end)
                pieces += [Part(self.text[here:low])] if low > here else []
                pieces.append(Part(self.text[low:high], " ".join(keys)))
                here = high
            shown.append((line, [*pieces, Part(self.text[here:end])] if here < end or not pieces else pieces))
        return shown


def _apart(marks: dict[Span, list[str]]) -> list[tuple[Span, list[str]]]:
    """The marks in order; one that overlaps the mark before it is shown within that one."""
    ordered: list[tuple[Span, list[str]]] = []
    for span, keys in sorted(marks.items(), key=lambda mark: (mark[0][0], -mark[0][1])):
        if ordered and span[0] < ordered[-1][0][1]:
            (low, high), before = ordered[-1]
            ordered[-1] = ((low, max(high, span[1])), before + keys)
        else:
            ordered.append((span, keys))
    return ordered


def _folded(text: str) -> str:
    """Full-width signs as the extraction prints them, where every sign stays in its place."""
    folded = plain(text)
    return folded if len(folded) == len(text) else text


def _outside(places: list[Span], wanted: int, all_of_line: list[Span]) -> list[Span]:
    """The places that are no part of what another figure of the line prints (`5.0` of `5.0 × 10^26`), if enough are."""
    if len(places) <= wanted:
        return places
    alone = [p for p in places if not any(o[0] <= p[0] and p[1] <= o[1] and o != p for o in all_of_line)]
    return alone if len(alone) >= wanted else places


def anchor(lines: list[DocumentLine], figures: Iterable[ExtractedFigure]) -> Anchored:
    """Every figure at its line, the printed text may wrap into the next one of its page."""
    starts, size = [], 0
    for line in lines:
        starts.append(size)
        size += len(line.text) + 1
    text = "\n".join(line.text for line in lines)
    searched = "\n".join(_folded(line.text) for line in lines)
    found: dict[str, tuple[Span, ...]] = {}
    anchored = Anchored(lines, text, starts, found, searched)
    alike: dict[Words, dict[str, list[str]]] = {}
    unordered = set()
    for figure in figures:
        printed = "".join(figure.printed.split())
        place = (figure.page, figure.line, printed)
        # both ends of a range are printed by the same words
        alike.setdefault(place, {}).setdefault(figure.key, []).append(figure_key(figure))
        if figure.added:
            unordered.add(place)  # it comes after all others, wherever in the line it stands
    printing = {place: anchored.places(*place) for place in alike}
    beside: dict[tuple[int | None, int], list[Span]] = {}
    for place, places in printing.items():
        beside.setdefault(place[:2], []).extend(places)
    for place, ranges in alike.items():
        places = _outside(printing[place], len(ranges), beside[place[:2]])
        in_order = len(places) == len(ranges) and (len(ranges) == 1 or place not in unordered)
        for order, keys in enumerate(ranges.values()):
            for key in keys:
                found[key] = (places[order],) if in_order else tuple(places)
    return anchored
