"""The figures around one of the text, and pairs of them, with their distance."""

from collections import defaultdict
from itertools import combinations, islice

from orchestration.audit.arithmetic import MULTIPLES, RATES
from orchestration.audit.indexes import Names
from orchestration.audit.model import Document, Spot, Text
from orchestration.audit.words import folded

TRIES = 400
ROWS = 60  # of tables, those that the text names first
NEAREST = 24  # levels that are tried
WHOLE = 5  # paragraphs on either side that are no farther than the other end of a long one


class NearFigures:
    """The levels of a document's text and the rows of its tables."""

    def __init__(self, document: Document) -> None:
        self._levels = [s for t in document.texts for s in t.spots if s.unit not in RATES and s.value]
        self._tables = document.tables
        self._blocks: dict[int, list[int]] = defaultdict(list)
        for n, s in enumerate(self._levels):
            self._blocks[s.block].append(n)
        self._with_unit = [n for n, s in enumerate(self._levels) if s.unit]
        # a document's first levels are what its shares are of
        self.salient = {id(s) for s in self._levels[:3]}
        rows = [
            (label, [s for s in row if s and s.value])
            for table in document.tables
            for label, row in zip(table.rows, table.cells, strict=True)
        ]
        self._rows = [row for _, row in rows]
        self._names = Names((key, n) for n, (label, _) in enumerate(rows) for key in _keys(label.lower()))
        # pairs of a row's cells, with the distance of their columns
        self._row_pairs: dict[int, list[tuple[float, Spot, Spot]]] = {}

    def near(self, stated: Spot) -> list[tuple[float, Spot]]:
        """The nearest levels of the text with their distance."""
        found = []
        for n in self._around(stated.block):
            spot = self._levels[n]
            if spot is stated or (not spot.unit and abs(spot.block - stated.block) > 1):
                continue
            if spot.block == stated.block:
                gap = abs(spot.sentence - stated.sentence)
                cost = min(gap, 3) + min(abs(spot.start - stated.start), 200) / 400
            else:
                cost = 2.5 + min(abs(spot.block - stated.block), 10) / 5
                if id(spot) in self.salient:
                    cost = min(cost, 1.6)
            found.append((cost, spot))
        found.sort(key=lambda x: x[0])
        return found[:NEAREST]

    def _around(self, block: int) -> list[int]:
        """The numbers of the levels among which the nearest ones are, in their order: of the paragraphs around, as many
        as are needed, and the document's first."""
        found = set(range(min(3, len(self._levels))))
        with_unit = 0
        for apart in range(10):
            for b in {block - apart, block + apart}:
                for n in self._blocks.get(b, ()):
                    found.add(n)
                    with_unit += bool(self._levels[n].unit)
            if apart >= WHOLE and with_unit > NEAREST:
                return sorted(found)
        # those farther away are equally far, in the order of the document
        return sorted(found | set(islice((n for n in self._with_unit if n not in found), NEAREST + 1)))

    def named_rows(self, text: Text) -> list[int]:
        """The numbers of the rows that a text names."""
        return self._names.within(folded(text.text))

    def row(self, n: int) -> list[Spot]:
        """The cells of a row that have a value, by its number."""
        return self._rows[n]

    def _pairs_of_row(self, n: int) -> list[tuple[float, Spot, Spot]]:
        if n not in self._row_pairs:  # every rate asks
            levels = [s for s in self._rows[n] if s.unit not in RATES]
            self._row_pairs[n] = [
                (abs(a.column - b.column) / 10, a, b)
                for a, b in combinations(levels, 2)
                if abs(a.column - b.column) <= 6
            ]
        return self._row_pairs[n]

    def pairs(self, stated: Spot, text: Text) -> list[tuple[float, Spot, Spot]]:
        """Pairs of levels around a rate, the nearest first: of the text, of rows of tables, of both."""
        near = self.near(stated)
        pairs = [
            (c1 + c2, a, b)
            for (c1, a), (c2, b) in combinations(near, 2)
            if same_unit(a, b) and a.block >= 0 and b.block >= 0
        ]
        named = self.named_rows(text)[:ROWS]
        told = set(named)
        others = islice((n for n in range(len(self._rows)) if n not in told), ROWS - len(named))
        for n, known in (*((n, True) for n in named), *((n, False) for n in others)):
            row, cost = self._rows[n], 1.0 if known else 5.0
            pairs += [(cost + apart, a, b) for apart, a, b in self._pairs_of_row(n)]
            if known:
                for a in row[:6]:
                    if a.unit in RATES:
                        continue
                    for b in self._column(a):
                        if b.unit not in RATES:
                            pairs.append((1.5 + (0 if b.row >= 0 and self.is_total(b) else 1), a, b))
            # one from the sentence, one from the row
            for c, a in near[:6]:
                if c < 1.5:
                    for b in row[:6]:
                        if b.scaled and b.unit == a.unit:
                            pairs.append((cost + c + 0.5, a, b))
        pairs.sort(key=lambda x: x[0])
        return pairs[:TRIES]

    def _column(self, cell: Spot) -> list[Spot]:
        table = self._tables[cell.grid]
        return [s for r in table.cells if (s := r[cell.column]) and s is not cell and s.value]

    def is_total(self, cell: Spot) -> bool:
        """Whether a cell stands in a total's row."""
        return self._tables[cell.grid].total_row(cell.row)


def same_unit(a: Spot, b: Spot) -> bool:
    """Whether two figures are of one unit, and of one thing where both say which."""
    if not a.unit or not b.unit:  # a numeral without a unit goes with its neighbour
        return a.block == b.block and a.block >= 0 and (a.unit or b.unit) not in MULTIPLES
    return a.unit == b.unit and (not a.counted or not b.counted or a.counted == b.counted)


def label_in(label: str, said: str) -> bool:
    """Whether the text names the row: its label, or the first two words of it."""
    return any(key in said for key in _keys(label))


def _keys(label: str) -> list[str]:
    label = label.strip(" .:：*•-")
    if len(label) < 2 or not any(c.isalpha() for c in label):
        return []
    return [label, " ".join(label.split()[:2])] if len(label) > 12 and len(label.split()) > 1 else [label]
