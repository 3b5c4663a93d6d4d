"""So many of one amount each, and their total: five depots of 35 MW each, 每年2.4亿元五年共12亿元."""

from collections.abc import Iterator
from dataclasses import dataclass

from orchestration.audit.arithmetic import MULTIPLES, RATES, interval, overlap, tens
from orchestration.audit.model import Comparison, Document, Interval, Spot, Text
from orchestration.audit.spots import counts_fit
from orchestration.audit.words import STOP, numbers, words

EXACT = 2e-3  # how near a power of ten must come
LEAD = 30  # letters before a total


@dataclass(slots=True)
class _Many:
    """A number of things in words or digits, at its place in a text."""

    value: int
    spot: Spot


def product_of_many_comparisons(document: Document) -> Iterator[Comparison]:
    """Every level that the words call the total of so many equal amounts."""
    for text in document.texts:
        manies: list[_Many] | None = None
        for n, stated in enumerate(text.spots):
            if not stated.unit or not stated.scaled or stated.unit in (*RATES, *MULTIPLES) or stated.value <= 0:
                continue
            lead = STOP.split(text.text[text.spots[n - 1].end if n else 0 : stated.start])[-1][-LEAD * 2 :]
            tail = text.text[stated.end : stated.end + 16]
            if not words("in_all_before").search(lead) and not words("in_all_behind").match(tail):
                continue
            single = _each(stated, n, text)
            if single is None:
                continue
            manies = _manies(text) if manies is None else manies
            yield from _judged(stated, single, manies, text)


def _each(stated: Spot, n: int, text: Text) -> Spot | None:
    """The last amount before it that is said of each."""
    for k in range(n - 1, max(-1, n - 4), -1):
        s = text.spots[k]
        if s.unit != stated.unit or not counts_fit(s, stated) or stated.sentence - s.sentence > 1 or s.open:
            continue
        lead = text.text[text.spots[k - 1].end if k else 0 : s.start][-16:]
        if words("one_of_many_behind").match(text.text[s.end : s.end + 14]) or words("one_of_many_before").search(lead):
            return s
    return None


def _manies(text: Text) -> list[_Many]:
    found = []
    for match in words("so_many").finditer(text.text):
        said = match["number"].lower()
        value = int(said) if said.isdigit() else numbers().get(said, 0)
        if value > 1:
            start, end = match.span("number")
            sentence = max((s.sentence for s in text.spots if s.start < end), default=-1)
            line = max((s.line for s in text.spots if s.start < start), default=text.lines[0] if text.lines else 0)
            page = text.spots[0].page if text.spots else None
            spot = Spot(line, page, text.text[start:end], value, value, value, block=text.number, start=start, end=end)
            spot.sentence, spot.scaled = sentence, False
            found.append(_Many(value, spot))
    return found


def _judged(stated: Spot, single: Spot, manies: list[_Many], text: Text) -> Iterator[Comparison]:
    near = [m for m in manies if abs(m.spot.start - single.start) <= 90 or abs(m.spot.start - stated.start) <= 60]
    near = [m for m in near if not m.spot.start <= stated.start < m.spot.end]
    own = [
        m for m in near if not STOP.search(text.text[min(m.spot.start, single.end) : max(m.spot.start, single.start)])
    ]
    near = own or near
    for many in near:
        exact = single.low * many.value, single.high * many.value
        if overlap(interval(stated), exact):
            yield _tie(stated, single, many, exact)
            return
    if len({m.value for m in near}) == 1 and not stated.open:
        many = near[0]
        middle = single.value * many.value
        known = tens(stated, (middle, middle), EXACT)
        if known:
            yield _tie(stated, single, many, (single.low * many.value, single.high * many.value), *known)


def _tie(stated: Spot, single: Spot, many: _Many, exact: Interval, code: str = "", why: str = "") -> Comparison:
    return Comparison(
        "product", "text", stated, [many.spot, single], "disagree" if code else "agree", exact, code, why, 0.8,
        "so_many_of_each", True,
    )  # fmt: skip
