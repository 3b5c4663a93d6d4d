"""Does every printed value of `raw/` stand at its cited line? Needs the source texts, which are not ours to ship."""

import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.figures.values import squeeze

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
        return f"raw/{self.file}:{self.file_line}: {self.figure_id}: {self.printed!r} is not at line {self.line}; {where}"


def sources_folder(raw: Path) -> Path | None:
    """The folder of source texts: ``AI_FIGURES_SOURCES``, else ``../shared/sources`` beside the project; None if absent."""
    configured = os.environ.get("AI_FIGURES_SOURCES")
    folder = Path(configured) if configured else raw.parent.parent / "shared" / "sources"
    return folder if folder.is_dir() else None


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class SourceText:
    """The lines of a source text, squeezed once (no white space, NFKC, no markup asterisks)."""

    def __init__(self, path: Path) -> None:
        self.lines = [squeeze(line) for line in path.read_text(encoding="utf-8").split("\n")]

    def at(self, line: int) -> str:
        """The text that starts at ``line``, with the next non-blank lines joined; empty when out of range."""
        if not 1 <= line <= len(self.lines):
            return ""
        kept = [self.lines[line - 1]]
        for text in self.lines[line : line + 12]:
            if text:
                kept.append(text)
            if len(kept) > _JOINED_LINES:
                break
        return "".join(kept)

    def stands_at(self, printed: str, line: int) -> bool:
        """Whether ``printed`` starts on ``line`` (and possibly wraps)."""
        own = len(self.lines[line - 1]) if 1 <= line <= len(self.lines) else 0
        return 0 <= self.at(line).find(printed) < max(own, 1)

    def find(self, printed: str) -> tuple[int, ...]:
        return tuple(n for n in range(1, len(self.lines) + 1) if self.lines[n - 1] and self.stands_at(printed, n))[:5]


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
