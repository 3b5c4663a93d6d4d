"""One pass over the blocks of a document: what each says about those behind it, and the figures in it."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from itertools import chain

from orchestration.extraction.captions import Captions
from orchestration.extraction.cell_facts import cell_facts
from orchestration.extraction.context import describe
from orchestration.extraction.currencies import (
    HeadMoney,
    money_of_head,
    named_currency,
    only_money,
    settle_currency,
    text_of,
)
from orchestration.extraction.dates import find_periods, publication_date
from orchestration.extraction.document_head import head_of
from orchestration.extraction.era_years import in_common_years
from orchestration.extraction.figures_of_document import FigureMaker
from orchestration.extraction.finding import find_candidates
from orchestration.extraction.frame import Frame, Told
from orchestration.extraction.frame_place import is_dateline, section_frame
from orchestration.extraction.frames import described, infer, undated
from orchestration.extraction.gate import (
    announces_scale,
    bare_count,
    doubt_in_cell,
    doubt_in_text,
    settle_yen,
    unscaled_money,
    yen_or_yuan,
)
from orchestration.extraction.gazetteer import Gazetteer, Hit
from orchestration.extraction.line_kinds import TITLE
from orchestration.extraction.model import Block, Candidate, ExtractedFigure, Grid
from orchestration.extraction.notes import with_notes
from orchestration.extraction.scene import Surroundings
from orchestration.extraction.table_topics import TableTopics
from orchestration.extraction.tables import CellFigure, DocumentUnits, read_grid
from orchestration.extraction.text_rows import is_ladder, text_grid
from orchestration.extraction.token_prices import TokenPrices
from orchestration.extraction.unit_lines import UnitLines
from orchestration.figures import Units
from orchestration.figures.numerals import simplified, writes_decimal_commas
from orchestration.figures.text import plain

_CONTENTS = re.compile(
    r"(?:\.{4,}|…{2,}|·{4,}|(?:\. ){4,})\s*\d{1,4}\s*$|^\s*(?:目录|目\s录|contents|table of contents)\s*$", re.I
)
_AXIS_LABEL = re.compile(r"^\s*[-–(]?[$¥€£]?\d[\d,]{0,14}(?:\.\d{1,4})?[)%％]{0,2}\s*$")
_DIGIT = re.compile(
    r"[0-9０-９一二两三四五六七八九十百千万亿半番]|half|fold|doubl|tripl|trebl|dozen|quarter|quad|quint|third|fifth|sixth|eighth|tenth"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)\b",
    re.I,
)
_REMEMBERED = 1500  # characters of a paragraph whose places are remembered


class DocumentPass:
    """One pass over one document."""

    def __init__(self, file: str, units: Units, gazetteer: Gazetteer, around: Surroundings, told: Told,
                 show: Callable[[str], None] | None = None) -> None:  # fmt: skip
        self._maker = FigureMaker(file, gazetteer, around)
        self._units = units
        self._gazetteer = gazetteer
        self._around = around
        self._told = told
        self._show = show
        self._published_unsure = not told.published
        self._blocks = 0
        self._rows, self._axis = list[Block](), list[Block]()
        self._lead = ""
        self._tokens = TokenPrices(units)
        self._unit_lines = UnitLines(units)
        self._captions = Captions()

    def figures(self, blocks: Iterator[Block | Grid]) -> Iterator[ExtractedFigure]:
        head = head_of(blocks)
        dateline, said = self._dateline(head)
        self._around.frame = infer(head, self._gazetteer, self._told, dateline, said)
        self._around.published = self._around.published or dateline
        told_none = self._told.published == "none"
        if self._around.published is None and self._around.frame.published.evidence == "title" and not told_none:
            self._around.published = date.fromisoformat(self._around.frame.published.value)
        self._head_money = money_of_head(head)
        self._only_money = only_money(head)
        self._commas = writes_decimal_commas("\n".join(text_of(b, sentences=True) for b in head))
        self._reveal(self._around.frame)
        for block in self._noted(chain(head, blocks)):
            if isinstance(block, Block) and _AXIS_LABEL.match(block.text):
                self._axis.append(block)
                continue
            if self._axis:
                yield from self._axis_labels()
            if isinstance(block, Block) and block.kind == "row":
                self._rows.append(block)
                if len(self._rows) >= 200:
                    yield from self._number_rows()
                continue
            if self._rows:
                yield from self._number_rows()
            if isinstance(block, Block) and block.kind == "turned":
                yield from self._turned(block)
                continue
            found = self._grid(block, block.page) if isinstance(block, Grid) else self._block(block)
            yield from found
        if self._axis:
            yield from self._axis_labels()
        if self._rows:
            yield from self._number_rows()

    def _noted(self, blocks: Iterator[Block | Grid]) -> Iterator[Block | Grid]:
        """The blocks; when a table comes, ``_below`` holds the notes under it."""
        for table, below in with_notes(blocks):
            self._below = below
            yield table

    def _dateline(self, head: list[Block | Grid]) -> tuple[date | None, bool]:
        """The day of publication, where the head of the document has it, and whether it is said to be one."""
        if self._told.published:
            return self._told.day, True
        unsure = self._around.published
        for number, block in enumerate(head[:40], 1):
            if isinstance(block, Block) and any(c.isdigit() for c in block.text[:120]):
                found = publication_date(plain(block.text), position=number)
                if found is not None and found[1]:
                    return found
                unsure = unsure or (found[0] if found else None)
        return unsure, False

    def _reveal(self, frame: Frame) -> None:
        if self._show is not None:
            self._show(frame.shown())

    def _axis_labels(self) -> Iterator[ExtractedFigure]:
        """Lines that hold nothing but a number: three or more with equal steps are the axis of a chart."""
        blocks, self._axis = self._axis, []
        if len(blocks) >= 3 and (
            is_ladder([b.text for b in blocks])
            or is_ladder([b.text for b in blocks[:3]])
            or is_ladder([b.text for b in blocks[-3:]])
        ):
            return
        for block in blocks:
            yield from self._block(block)

    # --- running text -------------------------------------------------------------------------------------------------

    def _block(self, block: Block) -> Iterator[ExtractedFigure]:
        self._blocks += 1
        around = self._around
        text = plain(block.text)
        dated = False
        if (
            self._blocks <= 40
            and (around.published is None or self._published_unsure)
            and any(c.isdigit() for c in text[:120])
        ):
            dated = self._date(text)
        if _CONTENTS.search(text) and len(text) < 200:
            return
        self._captions.note(block.kind)
        self._scaled = self._scaled or announces_scale(text)
        self._currencies = named_currency(f"{self._currencies} {text}")
        self._note_yen(text)
        self._tokens.note(text)
        self._unit_lines.note(text)
        if block.kind in ("heading", "title") and not dated:
            self._enter(block, text)
        if not _DIGIT.search(text):
            self._lead = text if len(text) < 200 else ""
            if block.kind == "paragraph":
                self._remember(text)
            return
        simple = simplified(text)
        mentions = find_periods(simple, around.now())
        candidates = find_candidates(text, self._units, mentions, self._commas)
        hits = None
        if candidates:
            hits = self._gazetteer.find(text)
            facts = describe(simple, candidates, mentions, hits, self._gazetteer, around)
            for candidate, found in zip(candidates, facts, strict=True):
                settle_yen(candidate, self._yen, around.frame.place.value)
                settle_currency(candidate, text, self._currencies, self._head_money)
                self._tokens.settle_text(candidate, text, candidates)
                candidate.withheld = candidate.withheld or doubt_in_text(
                    candidate, text, self._currencies, yuan=self._head_money.yuan
                )
                if self._scaled and not candidate.withheld and text.count("|") >= 2:
                    candidate.withheld = unscaled_money(candidate, text.split("|")[0], "")
                line = block.line_at(candidate.start)
                yield self._maker.figure(
                    candidate, found, line, block.page, text[found.sentence[0] : found.sentence[1]].strip()
                )
        elif dated and len(text) < 80:
            return  # the dateline governs nothing
        elif block.kind == "paragraph" and any(m.label for m in mentions):
            named = [m for m in mentions if m.label]
            # the first block is the title, whatever it looks like
            around.last_periods = described(named, simple) if self._blocks == 1 and len(text) <= 160 else named
        if block.kind == "paragraph":
            self._remember(text, hits if len(text) <= _REMEMBERED else None)
        self._lead = text if len(text) < 200 else ""
        # the lines of the head, title and imprint, begin no sentence
        head = self._blocks <= 3 and len(text) <= 160
        around.unfinished = block.kind == "paragraph" and not head and text[-1:] not in "。！？.!?；;"

    def _turned(self, block: Block) -> Iterator[ExtractedFigure]:
        """Say, withheld, that slanted text was left out: stamps and watermarks are no part of the report."""
        numbers = re.findall(r"\d[\d,]*(?:\.\d+)?", block.text)
        if numbers:
            value = float(numbers[0].replace(",", ""))
            hole = Candidate(0, len(numbers[0]), numbers[0], value, value, value, "", "", "")
            hole.withheld = f"{len(numbers)} numbers of text that stands aslant on the page were left out"
            yield self._cell_figure(CellFigure(hole, block.lines[0], block.text, 0, "", block.text), block.page)

    def _note_yen(self, text: str) -> None:
        if self._yen != "both":
            named = yen_or_yuan(text)
            self._yen = "both" if self._yen and named and named != self._yen else self._yen or named

    def _date(self, text: str) -> bool:
        """Take the publication date from a line that states it; whether it did."""
        found = publication_date(text, position=self._blocks)
        if found is None:
            return False
        day, said = found
        if said or self._around.published is None:
            self._around.published = day
        if said:
            self._published_unsure = False
        return True

    def _enter(self, block: Block, text: str) -> None:
        around = self._around
        periods = [m for m in find_periods(simplified(text), around.now()) if m.label]
        hits = [] if is_dateline(text, self._gazetteer) else self._gazetteer.find(text)
        if block.kind == "title" or TITLE.match(text):
            around.title_periods, around.title_hits, around.title_text = periods, hits, text
            match = TITLE.match(text)
            around.exhibit = match[0].strip(" :：.、|｜-–—\t") if match else around.exhibit
        else:
            around.heading_text = text
            if not around.document_title or self._blocks <= 3:
                periods = described(periods, simplified(text))
            # a heading without a period does not end the period of its chapter's heading at once
            around.heading_periods = periods
            around.heading_hits = hits
            around.title_periods, around.title_hits, around.title_text = [], [], ""
            around.last_periods = []
            if not around.document_title:
                around.document_title = text
        if self._blocks <= 3 and not around.document_hits:
            around.document_hits = hits
        if self._show is not None:
            self._reveal(section_frame(block, text, periods, hits))

    def _remember(self, text: str, hits: list[Hit] | None = None) -> None:
        """Keep the places that a paragraph names; ``hits`` are those of its text where they were looked up before."""
        if hits is None:
            hits = self._gazetteer.find(text[:_REMEMBERED])
        places = [hit for hit in hits if hit.kind == "geography"]
        if places:
            self._around.last_hits = places
            for hit in places:
                if hit.value and hit.value != "WLD":
                    self._around.places[hit.value] = self._around.places.get(hit.value, 0) + 1
            if not self._around.document_hits and self._blocks <= 6:
                self._around.document_hits = places

    # --- tables -------------------------------------------------------------------------------------------------------

    def _number_rows(self) -> Iterator[ExtractedFigure]:
        rows = [(plain(block.text), block.lines[0]) for block in self._rows]
        page = self._rows[0].page
        self._rows = []
        for grid in text_grid(rows):
            yield from self._grid(
                grid,
                page,
                printed_header=any(not cell[:1].isspace() and find_periods(cell) for cell in grid.rows[0][1:]),
            )

    _commas = False  # the document writes decimals with a comma
    _below: tuple[str, ...] = ()
    _currencies = ""
    _head_money = HeadMoney()
    _only_money = ""  # the sign of the one currency of the document
    _yen = ""  # which of the currencies written ¥ the document has named: JPY, CNY, both
    _scaled = False  # the document says that amounts of its tables stand in thousands, millions or billions

    def _grid(self, grid: Grid, page: int | None, printed_header: bool = True) -> Iterator[ExtractedFigure]:
        around, lead = self._around, self._lead
        grid = in_common_years(grid) if around.frame.republic else grid
        self._tokens.begin_table(grid.caption or around.title_text)
        self._scaled = self._scaled or any(
            announces_scale(cell) for row in [*grid.header, *grid.rows[:3]] for cell in row
        )
        if not printed_header and not re.search(r"单位|unit", around.title_text + self._lead, re.I):
            # rows of a page without their header: only what names its own unit is a figure
            # ... and what it is about stands in the row itself or nowhere
            titles = around.heading_hits, around.title_hits
            around.heading_hits, around.title_hits = [], []
            yield from self._cells(list(read_grid(grid, self._units, "", "", self._below)), page, "")
            around.heading_hits, around.title_hits = titles
            return
        caption = grid.caption or around.title_text or around.heading_text
        if caption == around.document_title:
            caption = undated(caption)
        # the unit of a heading or of the line above is that of the table under it, not of another one further down
        caption = plain(caption)
        self._lead = self._unit_lines.over(self._lead, caption)
        caption, self._lead, spent = self._captions.of_table(grid, caption, self._lead, page)
        document = DocumentUnits(self._only_money, self._unit_lines.default)
        found = read_grid(grid, self._units, caption, self._lead, self._below, tuple(spent), self._commas, document)
        yield from self._cells(list(found), page, lead)

    def _cells(self, cells: list[CellFigure], page: int | None, lead: str) -> Iterator[ExtractedFigure]:
        topics = TableTopics(cells, lead, self._gazetteer)
        bare = Counter(cell.line for cell in cells if bare_count(cell.candidate, cell.column))
        for cell in cells:
            if bare[cell.line] > 1 and bare_count(cell.candidate, cell.column) and not cell.candidate.withheld:
                cell.candidate.withheld = "its columns have no labels, and the label of its row may name a group"
            yield self._cell_figure(cell, page, topics)

    def _cell_figure(self, cell: CellFigure, page: int | None, topics: TableTopics | None = None) -> ExtractedFigure:
        text = f"{cell.row} | {cell.column} | {cell.candidate.printed}"
        candidate = cell.candidate
        settle_yen(candidate, self._yen, self._around.frame.place.value)
        settle_currency(candidate, text, self._currencies, self._head_money)
        self._tokens.settle_cell(candidate, cell.row, cell.column)
        candidate.withheld = candidate.withheld or doubt_in_cell(candidate, cell.row, cell.column, self._units)
        if self._scaled and not candidate.withheld:
            candidate.withheld = unscaled_money(candidate, cell.row, cell.column, cell.text)
        if candidate.symbol and not candidate.withheld:
            names = [h.word for h in self._gazetteer.find(cell.row) if h.kind == "entity"]
            if any(len(name) > len(candidate.symbol) and name.endswith(candidate.symbol) for name in names):
                candidate.withheld = "its unit was read from the end of a name"
        facts = cell_facts(cell, self._around, self._gazetteer)
        if topics is not None:
            topics.settle(cell, facts)
        return self._maker.figure(cell.candidate, facts, cell.line, page, text, table=True)
