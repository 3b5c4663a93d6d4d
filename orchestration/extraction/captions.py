"""Which caption and which line above give a table its unit: those right over it, and none that an earlier table had."""

from collections.abc import Sequence

from orchestration.extraction.model import Grid


class Captions:
    """The captions of one document, in its order."""

    def __init__(self) -> None:
        self._captioned = self._led = ""  # caption and line above that the last table had
        self._over: tuple[str, str] | None = None
        self._ended: tuple[int | None, int] = (None, 0)  # page and line of its last row
        self._right_behind = False  # nothing has stood behind the last table yet
        self._of_table_above = False  # the last title stands right behind a table
        self._left = False  # ... and text behind that title

    def note(self, kind: str) -> None:
        """A block of text of a kind; a title right behind a table is that table's, once text stands behind it."""
        if kind in ("title", "heading"):
            self._of_table_above, self._left = self._right_behind and kind == "title", False
        elif kind == "paragraph":
            self._left = True
        self._right_behind = False
        self._led = ""

    def of_table(self, grid: Grid, caption: str, lead: str, page: int | None) -> tuple[str, str, Sequence[str]]:
        """Caption and line above of a table, and which of them are spent: they give its cells no unit."""
        spent: tuple[str, ...] = ()
        if not grid.caption and (caption == self._captioned or (self._of_table_above and self._left)):
            spent = (caption,)
        spent += (lead,) if lead == self._led else ()
        if grid.goes_on and self._over is not None:
            caption, lead = self._over
            spent = ()
        self._over = caption, lead
        if page == self._ended[0] and grid.numbers and 0 < grid.numbers[0] - self._ended[1] <= 1:
            spent = ()  # its lines touch those of the table before: one table in two parts
        self._captioned, self._led, self._ended = caption, lead, (page, grid.numbers[-1] if grid.numbers else 0)
        self._right_behind = True
        return caption, lead, spent
