"""Does every printed value of `raw/` stand at its cited line? Needs the source texts, which are not ours to ship."""

import hashlib
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice
from pathlib import Path

from orchestration.figures.text import squeeze

# a figure may wrap: the cited line and this many non-blank lines after it are joined
_JOINED_LINES = 4


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A printed value that does not stand where it is cited; ``found_at`` are lines where it does stand."""

    figure_id: str
    file: str
    file_line: int
    line: int
    printed: str
    found_at: tuple[int, ...]

    def __str__(self) -> str:
        where = f"it stands at line {', '.join(map(str, self.found_at))}" if self.found_at else "it stands nowhere"
        return (
            f"raw/{self.file}:{self.file_line}: {self.figure_id}: {self.printed!r} is not at line {self.line}; {where}"
        )


def sources_folder(raw: Path) -> Path | None:
    """The folder of source texts: ``AI_FIGURES_SOURCES``, else ``../shared/sources`` beside the project, or None."""
    configured = os.environ.get("AI_FIGURES_SOURCES")
    folder = Path(configured) if configured else raw.parent.parent / "shared" / "sources"
    return folder if folder.is_dir() else None


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class SourceText:
    """The words of each line of a source text, squeezed once (NFKC, no markup asterisks)."""

    def __init__(self, path: Path) -> None:
        lines = path.read_text(encoding="utf-8").split("\n")
        self.words = [[word for word in map(squeeze, line.split()) if word] for line in lines]

    def at(self, line: int) -> list[list[str]]:
        """The words of ``line`` and of the next non-blank lines; empty when out of range."""
        if not 1 <= line <= len(self.words):
            return []
        following = (words for words in self.words[line : line + 12] if words)
        return [self.words[line - 1], *islice(following, _JOINED_LINES)]

    def stands_at(self, printed: str, line: int) -> bool:
        """Whether ``printed`` (squeezed) starts on ``line`` as a number of its own, and possibly wraps."""
        lines = self.at(line)
        if not lines or not printed:
            return False
        words = [word for words in lines for word in words]
        text, own = "".join(words), sum(map(len, lines[0]))
        gaps = set(accumulate(map(len, words), initial=0))
        start = text.find(printed)
        while 0 <= start < own:
            if _whole(text, start, start + len(printed), gaps):
                return True
            start = text.find(printed, start + 1)
        return False

    def find(self, printed: str) -> tuple[int, ...]:
        lines = (number for number in range(1, len(self.words) + 1) if self.stands_at(printed, number))
        return tuple(islice(lines, 5))


def _whole(text: str, start: int, end: int, gaps: set[int]) -> bool:
    """Whether the match is not the middle of a longer number: 5% does not stand in 15% or 1.5%.

    ``gaps`` are the positions where white space stood: the cells of a printed table have nothing else between them.
    """
    before, after = text[max(start - 2, 0) : start], text[end : end + 2]
    if start not in gaps and text[start].isdigit() and re.search(r"\d\.?$", before):
        return False
    return end in gaps or not (text[end - 1].isdigit() and re.match(r"\d|\.\d", after))


def misplaced(text: SourceText, figures: Iterable[tuple[str, str, int, int, str]]) -> list[Misplaced]:
    """Check ``(figure_id, file, file_line, line, printed)`` rows against a source text."""
    wrong = []
    for figure_id, file, file_line, line, printed in figures:
        needle = squeeze(printed)
        if not text.stands_at(needle, line):
            wrong.append(Misplaced(figure_id, file, file_line, line, printed, text.find(needle)))
    return wrong


def check_source(path: Path, figures: Sequence[tuple[str, str, int, int, str]]) -> list[Misplaced]:
    return misplaced(SourceText(path), figures)
