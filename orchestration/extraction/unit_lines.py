"""Unit lines of prices: 单位：元/卡时 is about the table under it, also with a paragraph between them."""

import re

from orchestration.extraction.heads import UNIT_LINE
from orchestration.extraction.scales import scale_in
from orchestration.extraction.words import words
from orchestration.figures import Units
from orchestration.figures.text import plain

_REACH = 2  # blocks behind the line, tables among them
_LONGEST = 300
# money for one of something; the amounts of a report stand among counts, for which their unit line does not speak
_EACH = re.compile(r"(?:元|[$€£¥]|\b[A-Z]{3})\s?(?:/|per\b)")


class UnitLines:
    """The last unit line of a document that no table has stood under."""

    def __init__(self, units: Units) -> None:
        self._units = units
        self._line = ""
        self._left = 0
        self.default = ""  # the unit line that says what it is not about, and so is about all other tables

    def note(self, text: str) -> None:
        """Read one block of text."""
        self._left -= 1
        said = UNIT_LINE.search(text) if len(text) <= _LONGEST else None
        if said is not None and words()["states_default"].search(text, said.start()):
            self.default = text[said.start() :]
        if said is not None and _EACH.search(text, said.start()) and scale_in(text[said.start() :], self._units):
            self._line, self._left = text[said.start() :], _REACH

    def over(self, lead: str, caption: str) -> str:
        """The line above a table: its own; the unit line within reach where it and the caption have no unit."""
        line, reached = self._line, self._left > 0
        self._line = ""
        known = any(scale_in(plain(text), self._units) is not None for text in (lead, caption))
        return line if line and reached and not known else lead
