"""A total that the text tells long before its parts: a headline or a summary, and the list of a later paragraph."""

from collections import defaultdict
from collections.abc import Iterator

from orchestration.audit.arithmetic import MULTIPLES, RATES, chance, expected, interval, overlap
from orchestration.audit.model import Comparison, Document, Spot, Text
from orchestration.audit.spots import counts_fit

LUCK = 0.08
FEWEST, MOST = 3, 8  # parts
SHORT, FIGURES = 90, 4  # letters and figures of an item of a list


def far_total_comparisons(document: Document) -> Iterator[Comparison]:
    """Every level of another sentence that a whole run of like figures adds up to; what holds beyond chance only."""
    totals: dict[str, list[Spot]] = defaultdict(list)
    for s in document.spots:
        if s.unit and s.unit not in (*RATES, *MULTIPLES) and s.scaled and not s.open and len(s.digits) >= 3:
            totals[s.unit].append(s)
    for tried, parts in (*_runs(document), *_items(document)):
        low, high = expected("sum", [interval(p) for p in parts])
        chosen = {id(p) for p in parts}
        larger = [
            t for t in totals[parts[0].unit]
            if t.value > max(p.value for p in parts) and id(t) not in chosen and counts_fit(t, parts[0])
        ]  # fmt: skip
        held = [t for t in larger if overlap(interval(t), (low, high))]
        sentences = {p.sentence for p in parts}
        for total in held[:1]:
            if total.sentence not in sentences and chance(total, (low, high), 2.0) * max(1, len(larger)) * tried < LUCK:
                yield Comparison(
                    "sum", "text", total, parts, "agree", (low, high), confidence=0.7, operator="far_total",
                )  # fmt: skip


def _level(s: Spot) -> bool:
    return bool(s.unit) and s.unit not in (*RATES, *MULTIPLES) and s.scaled and s.value > 0 and not s.open


def _runs(document: Document) -> Iterator[tuple[int, list[Spot]]]:
    """The like levels of one or two sentences, three of them at least."""
    for text in document.texts:
        by: dict[tuple[str, int], list[Spot]] = defaultdict(list)
        for s in text.spots:
            if _level(s) and s.statistic == "level":
                by[s.unit, s.sentence].append(s)
        for (unit, sentence), own in by.items():
            behind = by.get((unit, sentence + 1), [])
            for run in {len(r): r for r in (own, own + behind)}.values():
                if FEWEST <= len(run) <= MOST:
                    yield 1, run
        yield from _following(text)


def _following(text: Text) -> Iterator[tuple[int, list[Spot]]]:
    """Like levels each of which is followed by a rate of its own, as the parts of a whole often are."""
    found: list[Spot] = []
    for n, s in enumerate(text.spots[:-1]):
        if _level(s) and text.spots[n + 1].unit == "percent" and (not found or found[0].unit == s.unit):
            found.append(s)
    yield from _windows(found)


def _windows(run: list[Spot]) -> Iterator[tuple[int, list[Spot]]]:
    """Neighbours in a run, the longest first, each with how many had been tried."""
    tried = 0
    for size in range(min(MOST, len(run)), FEWEST - 1, -1):
        for i in range(len(run) - size + 1):
            tried += 1
            yield tried, run[i : i + size]


def _items(document: Document) -> Iterator[tuple[int, list[Spot]]]:
    """The first levels of the short paragraphs that follow each other."""
    run: list[Spot] = []
    for text in [*document.texts, None]:
        item = text.spots if text is not None and len(text.text) <= SHORT and len(text.spots) <= FIGURES else []
        first = next((s for s in item if _level(s)), None)
        if first is not None and (not run or run[0].unit == first.unit):
            run.append(first)
            continue
        yield from _windows(run)
        run = [first] if first is not None else []
