"""How well words name a line of a table: the label need not stand in the sentence letter by letter.

A label is what tells its line from the other lines of the table: a word that all labels share weighs little. The words
about a figure weigh by how near they stand: its own clause, its sentence, the sentences before.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from orchestration.audit.model import Spot, Table, Text
from orchestration.audit.words import STOP, folded, words

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
# an H100 is no first half of a year
_SHORT_YEAR = re.compile(r"(?:FY|CY|\bQ[1-4] ?'?|\bH[12](?= |')|[1-4]Q|[12]H) ?'?(\d\d)(?!\d)")
_LATIN = re.compile(r"[a-z][a-z0-9&+.\-]*[a-z0-9+]|[a-z]|\d+[a-z][a-z0-9]*")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_CLAUSE = re.compile(r"[，,；;。、:：（(）)！？!?]|\.\s|\s[–—-]\s")
# clause, words behind, since the figure before, what the paragraph begins with, sentence, heading, sentences before
NEARNESS = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4)
TOPIC, HEADING = 40, 80  # letters at most


@lru_cache(maxsize=16384)
def tokens(said: str) -> frozenset[str]:
    """Words without their plural, pairs of characters where words are not set apart; no words of grammar, no years."""
    found: set[str] = set()
    low = folded(said)
    for word in _LATIN.findall(low):
        if not words("function_words").fullmatch(word):
            found.add(word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word)
    for run in _WIDE.findall(low):
        found |= {run[i : i + 2] for i in range(len(run) - 1)} or {run}
    return frozenset(found)


@lru_cache(maxsize=16384)
def years_in(said: str) -> tuple[int, ...]:
    """The years that the words say, in order, each once; FY25 is 2025."""
    found = [(m.start(), int(m[1])) for m in _YEAR.finditer(said)]
    found += [(m.start(), 2000 + int(m[1])) for m in _SHORT_YEAR.finditer(said)]
    return tuple(dict.fromkeys(y for _, y in sorted(found)))


@lru_cache(maxsize=4096)
def label_of(label: str) -> str:
    """The name of a row without what stands in brackets; empty for totals and for labels without a word."""
    name = re.sub(r"[（(].*?[)）]", "", label).strip(" .:：*•-").lower()
    return name if len(name) >= 2 and any(c.isalpha() for c in name) and not words("total").search(name) else ""


@dataclass(slots=True)
class Context:
    """The words about a figure with their nearness (0 to 1), and the years said of it, the nearest first."""

    weights: dict[str, float]
    years: tuple[int, ...]
    own_years: tuple[int, ...]
    behind: frozenset[str]  # words right behind it


def headings(texts: Sequence[Text]) -> list[str]:
    """For each text the short one without figures that stands before it, as long as no other does."""
    found, last = [], ""
    for text in texts:
        found.append(last)
        if not text.spots and len(text.text) <= HEADING:
            last = text.text
    return found


def context(text: Text, n: int, heading: str = "") -> Context:
    """The context of figure ``n`` of a text under its ``heading``."""
    stated = text.spots[n]
    whole = text.text
    start = max((m.end() for m in STOP.finditer(whole, 0, stated.start)), default=0)
    behind = STOP.search(whole, stated.end)
    end = behind.start() if behind else len(whole)
    before = max(start, text.spots[n - 1].end if n else 0)
    after = min(end, text.spots[n + 1].start if n + 1 < len(text.spots) else end)
    lead = whole[before : stated.start]
    cuts = [m.end() for m in _CLAUSE.finditer(lead) if tokens(lead[m.end() :])]
    clause = lead[cuts[-1] if cuts else 0 :]
    tail = _CLAUSE.split(whole[stated.end : after])[0]
    topic = _CLAUSE.split(whole[: min(TOPIC, text.spots[0].start)].lstrip("（( "))[0]
    parts = (clause, tail, lead, topic, whole[start:end], heading, whole[max(0, start - 240) : start])
    weights: dict[str, float] = {}
    for part, weight in zip(parts, NEARNESS, strict=True):
        for token in tokens(part):
            weights.setdefault(token, weight)
    years = [*reversed(years_in(clause)), *reversed(years_in(whole[start : stated.start])), *years_in(whole[start:end])]
    return Context(
        weights,
        tuple(dict.fromkeys(years)),
        years_in(clause) or years_in(whole[start : stated.start])[-1:],
        tokens(tail),
    )


def sentence_of(stated: Spot, text: Text) -> str:
    """The sentence of a figure, as names are compared."""
    start = max((m.end() for m in STOP.finditer(text.text[: stated.start])), default=0)
    behind = STOP.search(text.text, stated.end)
    return folded(text.text[start : behind.start() if behind else len(text.text)])


def listed_year(text: Text, n: int, start: int, end: int) -> int | None:
    """The year of a figure in a sentence that lists years and, in their order, as many figures of one unit."""
    said = words("respectively").search(text.text, start, end)
    if not said:
        return None
    stated = text.spots[n]
    like = [
        s for s in text.spots if start <= s.start < end and s.unit == stated.unit and s.statistic == stated.statistic
    ]
    years = years_in(text.text[start : like[0].start])
    behind = [s for s in like if s.start >= like[0].start][: len(years)]
    if len(years) < 2 or len(behind) != len(years) or not any(s is stated for s in behind):
        return None
    gaps = [text.text[a.end : b.start] for a, b in pairwise(behind)]
    return years[behind.index(stated)] if all(len(g) <= 12 for g in gaps) else None


@dataclass(slots=True)
class Axis:
    """The labels of one side of a table: tokens with the weight that they tell lines apart by, and years."""

    labels: list[dict[str, float]]
    years: list[int | None]
    totals: list[bool]

    @property
    def dated(self) -> bool:
        return len({y for y in self.years if y}) > 1

    def fit(self, line: int, about: Context) -> float:
        """How much of the label the words have, 0 to 1; a label without words has none."""
        label = self.labels[line]
        whole = sum(label.values())
        return sum(w * about.weights.get(t, 0.0) for t, w in label.items()) / whole if whole else 0.0


def axis(labels: Sequence[str], parts: Sequence[Sequence[str]], totals: list[bool]) -> Axis:
    """From labels as printed and the parts that they are made of, and which of them are totals."""
    bags = [tokens(re.sub(r"[（(].*?[)）]", "", label) or label) for label in labels]
    frequency = Counter(t for bag in bags for t in bag)
    years = []
    for label, names in zip(labels, parts, strict=True):
        said = {y for part in (label, *names) for y in years_in(part)}
        years.append(said.pop() if len(said) == 1 else None)
    return Axis([{t: 1 / frequency[t] ** 0.5 for t in bag} for bag in bags], years, totals)


class Lines:
    """Both sides of every table of a document."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self.rows = [axis(t.rows, t.row_names, [t.total_row(r) for r in range(len(t.rows))]) for t in tables]
        self.columns = [
            axis(t.columns, t.column_names, [t.total_column(c) for c in range(len(t.columns))]) for t in tables
        ]
        # table, across, line of the labels that have a word
        self._places: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
        for across, sides in enumerate((self.rows, self.columns)):
            for grid, side in enumerate(sides):
                for line, label in enumerate(side.labels):
                    for token in label:
                        self._places[token].append((grid, across, line))

    def said(self, about: Context) -> list[tuple[dict[int, float], dict[int, float]]]:
        """For every table how much of the labels of its rows and of its columns the words have, where they have any."""
        found: list[tuple[dict[int, float], dict[int, float]]] = [({}, {}) for _ in self.rows]
        for place in {place for t in about.weights for place in self._places.get(t, ())}:
            grid, across, line = place
            found[grid][across][line] = (self.columns if across else self.rows)[grid].fit(line, about)
        return found

    def year(self, cell: Spot) -> int | None:
        """The year that the cell's column, else its row says."""
        return self.columns[cell.grid].years[cell.column] or self.rows[cell.grid].years[cell.row]
