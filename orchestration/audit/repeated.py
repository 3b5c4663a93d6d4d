"""One quantity in two places of the text, told otherwise."""

from collections import defaultdict
from collections.abc import Iterator

from orchestration.audit.arithmetic import RATES, bare, interval, same, wrong_digit
from orchestration.audit.model import Comparison, Document, Spot
from orchestration.audit.naming import context
from orchestration.audit.words import words

NEAR = 40  # letters
OWN = 0.6  # how near a word must stand to name a figure


def repeated_comparisons(document: Document) -> Iterator[Comparison]:
    """One quantity in two places of the text: equal digits at another power of ten, or two digits exchanged."""
    told: dict[tuple[str, str, str], list[tuple[Spot, frozenset[str]]]] = defaultdict(list)
    for text in document.texts:
        for n, later in enumerate(text.spots):
            digits = bare(later)
            if not later.unit or later.unit in RATES or later.open or not later.scaled or len(digits) < 2:
                continue
            own = frozenset(t for t, w in context(text, n).weights.items() if w >= OWN)
            key = later.unit, later.counted, "".join(sorted(digits))
            for first, words_of_first in reversed(told[key][-50:]):
                if first.block == later.block or (first.years and later.years and first.years != later.years):
                    continue
                found = _told_otherwise(first, later, len(own & words_of_first), document)
                if found:
                    yield found
                    break
            told[key].append((later, own))


def _scaled_alike(first: Spot, later: Spot, ratio: float, document: Document) -> bool:
    """Whether a figure beside the one is as much more beside the other: 100 are 60, and a million 600,000."""
    beside = []
    for spot in (first, later):
        text = document.texts[spot.block]
        beside.append([s for s in (*text.spots, *text.numerals) if s is not spot and abs(s.start - spot.start) < NEAR])
    return any(a.value and abs(b.value / (a.value * ratio) - 1) < 1e-6 for a in beside[0] for b in beside[1])


def _told_otherwise(first: Spot, later: Spot, common: int, document: Document) -> Comparison | None:
    """The slip between two prints of one quantity, if their words are alike enough for their digits."""
    alike = first.indicator == later.indicator and (len(bare(later)) >= 3 or common >= 2)
    if same(first, later) or not (alike or common >= 2) or words("per").search(later.printed + first.printed):
        return None
    ratio = later.value / first.value
    if bare(first) == bare(later):
        power = next((p for p in (1, 3, 4, 8) if any(abs(ratio / 10.0 ** (s * p) - 1) < 1e-6 for s in (1, -1))), 0)
        tenth = any(s.block == later.block and s.unit == "percent" and s.value == 10 for s in document.spots)
        if power == 1 and (len(bare(later)) < 3 or common < 3 or tenth):
            power = 0  # a tenth is many things
        code, why = "scale", f"equal digits, and a factor of 10^{power} between the two places"
    else:
        power = int(wrong_digit(later, interval(first)) and common >= 2 and not _both_told(first, later, document))
        code, why = "digit", "two digits are exchanged between the two places"
    if not power or (code == "scale" and _scaled_alike(first, later, ratio, document)):
        return None
    return Comparison(
        "repeat", "cluster", later, [first], "disagree", interval(first), code, why, 0.7, "repeat_scale", True
    )


def _both_told(first: Spot, later: Spot, document: Document) -> bool:
    """Whether one paragraph tells both: then they are two things."""
    blocks = [
        {s.block for s in document.spots if s.unit == x.unit and same(s, x)} for x in (first, later)
    ]  # fmt: skip
    return bool(blocks[0] & blocks[1])
