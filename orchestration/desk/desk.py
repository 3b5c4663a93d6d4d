"""What the desk reads: documents, the published file, proposed ties, the registries, the journal."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock
from typing import Any

from orchestration.desk import added, damage, drafts, frames, issues, journal, labels, ties
from orchestration.desk.drafts import Draft
from orchestration.desk.issues import Board
from orchestration.desk.queue import Document, Shown, load, queue
from orchestration.desk.ties import Tie
from orchestration.extraction.frame import FRAME
from orchestration.extraction.isolation import DocumentReader
from orchestration.extraction.promotion import figure_key
from orchestration.inbox.documents import inbox_documents
from orchestration.loading import load_reference
from orchestration.loading.files import leads_out
from orchestration.loading.problems import RawError
from orchestration.loading.reference import Reference
from orchestration.site.words import Registry


@dataclass(slots=True)
class Desk:
    """What the desk reads, each kept until the file on disk changes; it decides nothing and keeps no state.

    ``more`` are documents outside `raw/inbox/`.
    """

    raw: Path
    published: Path
    more: list[Path] = field(default_factory=list)
    _read: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    _reader: DocumentReader = field(default_factory=DocumentReader)
    _lock: RLock = field(default_factory=RLock)

    @property
    def documents(self) -> dict[str, Path]:
        """The documents by name, as the inbox holds them now."""
        inbox = (path for path in inbox_documents(self.raw) if not leads_out(path, path.parent))
        return {path.name: path for path in (*inbox, *self.more) if path.is_file()}

    def document(self, name: str) -> Document:
        """Raises ``KeyError`` for an unknown one, ``ExtractionError`` for one that cannot be read."""
        path = self.documents[name]
        told = path.with_name(path.name + FRAME)

        def read() -> Document:
            lines: list[str] = []
            # the frame as it would be without what was told, for the question about it
            figures = list(self._reader.figures(path, self.reference().directory, show=lines.append))
            self._read[f"frame {name}"] = (None, frames.inferred(lines[0]) if lines else {})
            return load(path, figures)

        with self._lock:
            document: Document = self._kept(f"document {name}", [path, told], read)
            decided = journal.standing(journal.read(self.raw))
            if not (facts := added.facts(path, decided)):
                return document
            state = [path, told, self.raw / "reference" / "units.csv"]
            return self._kept(  # type: ignore[no-any-return]
                f"added {name}", state, lambda: added.with_added(document, decided, self.reference()), facts
            )

    def questions(self, name: str) -> list[frames.Question]:
        """What is asked about the frame of a document."""
        self.document(name)
        return frames.questions(self.documents[name], self._read[f"frame {name}"][1], journal.read(self.raw))

    def shown(self, name: str) -> list[Shown]:
        """The figures of a document, those first whose error would do most damage."""
        document = self.document(name)
        files = [document.path, document.path.with_name(document.path.name + FRAME), self.published]

        def weigh() -> dict[str, float]:
            hangs = self.hangs().get(name, {})
            return {figure_key(figure): damage.expected(figure, hangs) for figure in document.figures}

        facts = [figure_key(figure) for figure in document.figures if figure.added]
        return queue(document, journal.read(self.raw), self._kept(f"damage {name}", files, weigh, facts))

    def hangs(self) -> dict[str, dict[str, int]]:
        """By document and key of a figure, how many comparisons of the last build hang on it."""
        return self._kept("hangs", [self.published], lambda: damage.read_hangs(self.published))  # type: ignore[no-any-return]

    def weights(self) -> dict[str, damage.Weight]:
        """By document, what waits in it, as the last build read it."""
        return self._kept("weights", [self.published], lambda: damage.read_weights(self.published, self.hangs()))  # type: ignore[no-any-return]

    def was_read(self, name: str) -> bool:
        """Was the document read since the desk started?"""
        return f"document {name}" in self._read

    def reference(self) -> Reference:
        """The registries. Raises ``RawError``."""
        files = sorted((self.raw / "reference").glob("*.csv"))
        return self._kept("reference", files, lambda: load_reference(self.raw))  # type: ignore[no-any-return]

    def labels(self) -> Registry:
        """What codes and sources are called. A registry that cannot be read keeps nobody from deciding."""
        files = [self.published, *sorted((self.raw / "reference").glob("*.csv"))]

        def read() -> Registry:
            try:
                reference = self.reference()
            except RawError:
                reference = None
            return labels.read(reference, self._sources())

        return self._kept("labels", files, read)  # type: ignore[no-any-return]

    def _sources(self) -> dict[str, dict[str, Any]]:
        """The sources of the build; without a build no source has a name."""
        try:
            return self.board().sources
        except issues.NoWarehouseError:
            return {}

    def ties(self) -> list[Tie]:
        return self._kept("ties", sorted(self.raw.glob("*/ties_found.csv")), lambda: ties.read_ties(self.raw))  # type: ignore[no-any-return]

    def drafts(self) -> list[Draft]:
        """The drafts of datasets. Raises ``RawError``."""
        files = [
            *drafts.draft_files(self.raw),
            self.raw / "sources.yml",
            *sorted((self.raw / "reference").glob("*.csv")),
        ]
        return self._kept("drafts", files, lambda: drafts.read_drafts(self.raw))  # type: ignore[no-any-return]

    def board(self) -> Board:
        """The open issues, and the figures of the ties; raises ``NoWarehouseError``."""
        files = [self.published, *sorted(self.raw.glob("*/ties_found.csv"))]

        def read() -> Board:
            return issues.read_board(self.published, [name for tie in self.ties() for name in tie.figure_ids])

        return self._kept("board", files, read)  # type: ignore[no-any-return]

    def _kept(self, name: str, files: list[Path], read: Callable[[], Any], facts: Any = None) -> Any:
        state = [facts, *((file, s.st_mtime_ns, s.st_size) for file in files if file.exists() and (s := file.stat()))]
        with self._lock:
            if name not in self._read or self._read[name][0] != state:
                self._read[name] = (state, read())
            return self._read[name][1]
