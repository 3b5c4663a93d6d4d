"""Tables to figures: cells inherit row, column, unit and scale headers.

A grid of a document (CSV, Excel, HTML, Markdown, Word, a ruled PDF table) and a run of number rows in plain text are
read by the same function. A bare number without a unit anywhere is left out: it may be an axis.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from orchestration.extraction.axis_periods import periods_of_cell
from orchestration.extraction.caption_units import caption_units, unit_of_title, unit_said_below
from orchestration.extraction.cell_doubts import settle_unit
from orchestration.extraction.cells import (
    MAGNIFIED,
    has_quantity,
    join_signs,
    normal,
    read_cell,
    sign_of,
    signs_of_column,
    writes_commas,
)
from orchestration.extraction.dates import find_periods
from orchestration.extraction.gate import doubt_within
from orchestration.extraction.heads import (
    BARE,
    EMPTY,
    header_depth,
    is_class,
    is_period,
    label_columns,
    merge_header,
    new_header,
    spelled_year,
    titles_of,
    without_letters,
    without_periods,
)
from orchestration.extraction.lexicon import load_lexicon
from orchestration.extraction.model import Candidate, Grid, Mention
from orchestration.extraction.notes import is_note, settle_money, unit_noted
from orchestration.extraction.scale import Scale, spelled_name
from orchestration.extraction.scale_choice import CURRENCY_SIGNS, Scope
from orchestration.extraction.scales import corner_scale, noun_of, scale_in
from orchestration.extraction.table_unit import TableEvidence
from orchestration.extraction.words import words
from orchestration.figures import Units
from orchestration.figures.text import plain

_SKIP_HEADER = re.compile(
    r"^(?:no\.?|#|id|rank(?:ing)?|序号|排名|编号|名次|代码|code|ticker|股票代码|证券代码|symbol|phone|tel|电话|邮编|zip|日期|date|time|时间|version|版本|型号|model|page|页码|year|年份|年度|url|link|isbn|founded|成立(?:时间|年份)?|成立于|备注|附注|附註|注释|notes?|refs?\.?|footnotes?)$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class DocumentUnits:
    """The sign of the only currency of a document, and its unit line that holds where nothing else is noted."""

    money: str = ""
    default: str = ""


@dataclass(slots=True)
class CellFigure:
    """A figure of a cell: the candidate, its line, and the words of its axes as one text for the context.

    ``text`` ends where the cell would stand, ``periods`` are those of the axes (cell, column, row, caption in turn).
    """

    candidate: Candidate
    line: int
    text: str
    at: int  # where the figure stands in ``text``
    column: str
    row: str
    periods: list[tuple[Mention, float]] = field(default_factory=list)


_NO_UNITS = DocumentUnits()


def read_grid(
    grid: Grid,
    units: Units,
    caption: str = "",
    lead: str = "",
    below: tuple[str, ...] = (),
    spent: tuple[str, ...] = (),
    commas: bool = False,
    document: DocumentUnits = _NO_UNITS,
) -> Iterator[CellFigure]:
    """All figures of a grid. ``caption`` is the exhibit title, ``lead`` the line above, ``below`` the notes under it.

    ``spent`` are those of these texts that stood over an earlier table: they give this one a unit only if it goes on
    without a head of its own. ``commas`` says that the document writes decimals with a comma,
    ``document`` what it says of all its tables.
    """
    rows = _filled(grid.rows)
    width = max((len(row) for row in rows), default=0)
    head_rows = _filled(grid.header, width)
    lines = [0] * len(head_rows) + list(grid.numbers)
    titles, rows, lines = titles_of(head_rows + rows, lines)
    join_signs(rows)
    if not rows:
        return
    below = (*below, *_notes_within(rows, lines))
    depth = header_depth(rows)
    spent = spent if depth or titles else ()
    unit_text = " ".join(["" if caption in spent else caption, *titles]).strip()
    caption, lead = " ".join([caption, *titles]).strip(), "" if lead in spent else lead
    table = _Table(units, (caption, unit_text), lead, below, rows[:depth], rows[depth:])
    table.commas = commas or writes_commas(rows)
    table.take_from(document)
    # when a thing was launched or founded is no period of its other figures
    named = [row for row in rows[:depth] if not _is_date_of_thing(row[0])]
    table.enter(merge_header(named, width))
    yield from table.figures(lines[depth:])
    hole = table.hole()
    if hole is not None:
        yield hole


def _says_what(head: str) -> bool:
    """Whether a further column of names says what the numbers of its rows are, and not more about whose they are."""
    return not head.strip() or words()["head_of_measures"].search(head.strip()) is not None


def _is_date_of_thing(label: str) -> bool:
    return words()["date_of_thing"].search(label.strip()) is not None


def _notes_within(rows: list[list[str]], lines: list[int]) -> list[str]:
    """Take the notes off the end of a table: rows with one text, marked as a note."""
    notes: list[str] = []
    while len(rows) > 1 and rows[-1][0] and not any(rows[-1][1:]) and is_note(rows[-1][0]):
        notes.append(rows.pop()[0])
        lines.pop()
    return notes


def _filled(rows: list[list[str]], width: int = 0) -> list[list[str]]:
    """Cells without markup, every row as wide as the widest."""
    cells = [[plain(cell).strip() for cell in row] for row in rows]
    width = max([width, *(len(row) for row in cells)])
    return [row + [""] * (width - len(row)) for row in cells]


class _Table:
    """The body of a table under its head, and the units of its columns."""

    def __init__(
        self,
        units: Units,
        captions: tuple[str, str],
        lead: str,
        below: tuple[str, ...],
        head: list[list[str]],
        body: list[list[str]],
    ) -> None:
        self._units = units
        self._caption, caption = captions  # what the table is called, and the part of it that gives units
        self._below = below
        self.commas = False  # decimals are written with a comma
        self._holes = 0
        self._hole: CellFigure | None = None
        self._body = body
        labels = " | ".join(cell for row in (*head, *body) for cell in row if not BARE.match(cell))
        self._said = caption_units(caption, lead, labels, units)
        self._around = (
            self._said.whole,
            next(filter(None, (unit_said_below(note, units) for note in below)), None),
        )
        self._around = (unit_of_title(caption, self._around[0], body, units) or self._around[0], self._around[1])
        self._of_marks = self._around[0] is not None and self._around[0].text == "score"  # 代码 is a test
        self._signs = [signs_of_column([row[column] for row in body]) for column in range(len(body[0]) if body else 0)]
        self._width = len(self._signs)
        self._signed = [sum(1 for row in body if sign_of(row[column])) for column in range(self._width)]

    def take_from(self, document: DocumentUnits) -> None:
        """Take the unit that the document gives all tables, or the money of its amounts, where labels name money."""
        whole, below = self._around
        if sum(words()["names_money"].search(row[0]) is not None for row in self._body) < _NAMED:
            return
        if whole is None and below is None and document.default:
            self._around = (scale_in(document.default, self._units), None)
        elif whole is not None and whole.bare and document.money and below is None:
            self._around = (whole, Scale(document.money, money=True))

    def enter(self, header: list[str]) -> None:
        """Read the cells that follow under another head."""
        first = not hasattr(self, "_header")
        self._header = without_letters(header) or [""] * self._width
        if first:
            self._labels = label_columns(self._body, header, self._width)
            if len(self._labels) == self._width:
                self._labels = {0}
            self._years = [
                m for text in header for m in find_periods(spelled_year(text)) if m.label and m.first is not None
            ]
            units = [i for i, text in enumerate(header) if words()["unit_head"].fullmatch(text.strip())]
            self._unit_column = units[0] if units else None
            corner = corner_scale(header[0], self._units) if header and 0 in self._labels else None
            self._table = (corner, *self._around)
        self._columns = [
            unit_noted(text, self._below, self._units) or self._labelled_scale(spelled_name(text))
            for text in self._header
        ]
        last = next((s for key, s in self._said.named.items() if words()["last_column"].search(key)), None)
        self._columns[-1] = self._columns[-1] or last
        own = (
            self._columns,
            [self._row_scale(row, self._names(row), "") if any(row) else None for row in self._body],
        )
        body = [[normal(cell, self.commas) for cell in row] for row in self._body]
        self._evidence = TableEvidence(body, self._header, self._labels, own, self._units, rates=self._said.rates)
        for column in set(range(self._width)) - self._labels:
            if self._columns[column] is None and self._evidence.is_rate(column):
                self._columns[column] = Scale("%")

    def _labelled_scale(self, label: str) -> Scale | None:
        """The unit of a label: its own, else what the caption says of it by name."""
        own = scale_in(label, self._units, header=True) if label else None
        if own is None and any(char.isdigit() for char in label):
            # Live power, MW 30 Jun 2025
            own = scale_in(without_periods(label), self._units, header=True)
        return own if own is not None and not own.bare else self._said.of(label) or own

    def figures(self, lines: list[int]) -> Iterator[CellFigure]:
        group = ""
        for at, (row, line) in enumerate(zip(self._body, lines, strict=True)):
            if not line:
                continue
            if _is_date_of_thing(row[0]) and all(is_period(cell) for cell in row[1:] if not EMPTY.match(cell)):
                continue
            if new_header(row, self._body[at + 1] if at + 1 < len(self._body) else None, self._labels):
                self.enter(list(row))
                continue
            others = any(row[i] for i in range(self._width) if i not in self._labels)
            if not others and not any(has_quantity(row[i], self._units) for i in self._labels):
                group = " ".join(row[i] for i in self._names(row))  # a row that only names the rows below it
                continue
            yield from self._row(at, row, line, group)

    def _names(self, row: list[str]) -> list[int]:
        """The columns of a row that name it."""
        return [
            i
            for i in sorted(self._labels)
            if row[i]
            and i != self._unit_column
            and not (is_period(row[i]) and _is_date_of_thing(self._header[i]))
            and (i == min(self._labels) or (len(row[i]) <= 24 and (not re.search(r"\d", row[i]) or is_period(row[i]))))
        ]

    def _row_scale(self, row: list[str], names: list[int], group: str) -> Scale | None:
        if self._unit_column is not None:
            found = scale_in(row[self._unit_column], self._units, header=True, whole=True)
            if found is not None:
                return self._million_of(found, row, names)
            if re.search(r"[^\W\d_]|[%=]", row[self._unit_column]) and not self._counts(row, names):
                return Scale()  # a unit that was not read: whatever the table says is not it
        for text in (*(row[i] for i in names), " ".join(row[i] for i in names), group):
            found = None if text in ("x", "X") else self._labelled_scale(text)  # a lone x says that there is none
            if found is not None:
                return found
        return None

    def _million_of(self, scale: Scale, row: list[str], names: list[int]) -> Scale:
        """A unit of a unit column; its m is the million of a thing that is counted, else nobody knows of what."""
        if scale.text != "m":
            return scale
        nouns = [noun for i in names if (noun := noun_of(row[i], load_lexicon(self._units)))]
        return Scale("millioncount", nouns[0]) if nouns else Scale()

    def _counts(self, row: list[str], names: list[int]) -> bool:
        """Whether the unit of a row says that things are counted, which its label names."""
        return bool(names) and words()["number_as_unit"].fullmatch(row[self._unit_column or 0].strip()) is not None

    def _row(self, at: int, row: list[str], line: int, group: str) -> Iterator[CellFigure]:
        names = self._names(row)
        said_by = [i for i in names if i == min(names) or _says_what(self._header[i])]
        row_scale = self._row_scale(row, said_by, group)
        for column in range(self._width):
            cell, head = row[column], self._header[column]
            if column == self._unit_column or EMPTY.match(cell) or not _ANY_NUMBER.search(cell):
                continue
            if column in self._labels and (is_period(cell) or is_class(cell) or not has_quantity(cell, self._units)):
                continue
            if _SKIP_HEADER.match(head.strip()) and BARE.match(cell) and not self._of_marks:
                continue
            money, sign = self._signs[column]
            scope = Scope(self._columns[column], row_scale, sign if at in money else "", self._table)
            if column in self._labels:
                scope = Scope()  # an amount in a name (customers above $5,000) is whole, whatever its table is in
            label = f"{group} {' '.join(row[i] for i in names if i != column)}".strip()
            said = f"{group} {' '.join(row[i] for i in said_by if i != column)}".strip()
            figures = list(read_cell(cell, head, said, scope, self._units, self.commas))
            if not figures and (BARE.match(cell) or MAGNIFIED.match(cell)) and not is_period(cell):
                self._left_out(cell, line, head, label)
            for candidate, where in figures:
                candidate.withheld = candidate.withheld or (doubt_within(candidate, where) if where else "")
                settle_money(candidate, " ".join(row[i] for i in names), head, self._below, self._units)
                self._settle_unsigned(candidate, column)
                if not where:
                    # a column of units says that of the quantity, not of what has its own in its head
                    beside = self._unit_column is not None and self._columns[column] is not None
                    scope = replace(scope, row=None) if beside else scope
                    settle_unit(candidate, (said, head), scope, self._evidence, (at, column), self._units)
                yield self._figure(candidate, where, line, head, label)

    def _settle_unsigned(self, candidate: Candidate, column: int) -> None:
        """Withhold money that only the table gives a column without a sign, where other columns print theirs."""
        other = max((n for i, n in enumerate(self._signed) if i != column), default=0)
        money = self._units.dimensions.get(candidate.unit) == "money"
        if candidate.symbol in CURRENCY_SIGNS and candidate.symbol in candidate.printed:
            return  # $2.10/hr
        if money and other > 1 and not self._signed[column] and self._columns[column] is None:
            candidate.withheld = (
                candidate.withheld or "other columns print the sign of a currency, this one prints none"
            )

    def _left_out(self, cell: str, line: int, column: str, row: str) -> None:
        """Count a number without a unit; the first of them stands for all in what is withheld."""
        self._holes += 1
        if self._hole is None:
            number = float(re.sub(r"[^\d.]", "", cell) or 0)
            candidate = Candidate(0, len(cell), "".join(cell.split()), number, number, number, "", "", "")
            self._hole = self._figure(candidate, "", line, column, row)

    def hole(self) -> CellFigure | None:
        """What says, withheld, that numbers of this table were left out."""
        if self._hole is not None and self._holes > 1:
            self._hole.candidate.withheld = (
                f"{self._holes} numbers of this table were left out: no unit was found for them"
            )
            return self._hole
        return None

    def _figure(self, candidate: Candidate, where: str, line: int, column: str, row: str) -> CellFigure:
        text = f"{self._caption}；{row} {column}："
        rate = candidate.unit in ("percent", "pp")
        periods = periods_of_cell(where, (column, row, self._caption), self._header, self._years, rate=rate)
        start = candidate.start if where else 0
        return CellFigure(candidate, line, text + where, len(text) + start, column, row, periods)


_NAMED = 2  # rows that name a measure of money make a table of amounts
_ANY_NUMBER = re.compile(r"[\d一二两三四五六七八九十百半]")
