"""What the desk reads: documents, the published file, proposed ties, the journal."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestration.desk import issues, journal, ties
from orchestration.desk.issues import Board
from orchestration.desk.queue import Shown, queue
from orchestration.desk.ties import Tie
from orchestration.extraction.isolation import read_document


@dataclass(slots=True)
class Desk:
    """What the desk reads, each kept until the file on disk changes; it decides nothing and keeps no state."""

    raw: Path
    published: Path
    documents: dict[str, Path]
    words: dict[str, list[str]]
    _read: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    def shown(self, name: str) -> list[Shown]:
        """The figures of a document, the least sure first."""
        document = self.documents[name]
        figures = self._kept(f"document {name}", [document], lambda: read_document(document))
        return queue(document, figures, journal.read(self.raw))

    def was_read(self, name: str) -> bool:
        """Was the document read since the desk started?"""
        return f"document {name}" in self._read

    def ties(self) -> list[Tie]:
        return self._kept("ties", sorted(self.raw.glob("*/ties_found.csv")), lambda: ties.read_ties(self.raw))

    def board(self) -> Board:
        """The open issues, and the figures of the ties; raises ``NoWarehouseError``."""
        files = [self.published, *sorted(self.raw.glob("*/ties_found.csv"))]

        def read() -> Board:
            return issues.read_board(self.published, [name for tie in self.ties() for name in tie.figure_ids])

        return self._kept("board", files, read)

    def _kept(self, name: str, files: list[Path], read: Callable[[], Any]) -> Any:
        state = [(file, s.st_mtime_ns, s.st_size) for file in files if file.exists() and (s := file.stat())]
        if name not in self._read or self._read[name][0] != state:
            self._read[name] = (state, read())
        return self._read[name][1]
