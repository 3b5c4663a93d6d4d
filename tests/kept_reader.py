"""The guarded process that reads documents, kept from one command of a test to the next: starting it costs most of it.

What it reads does not depend on what it read before: it reads document after document for one command as well
(orchestration/extraction/isolation.py). One that was started under other settings, or that knows the vocabulary that is
asked for from an earlier command, which may have been edited since, is never taken over. That the process ends with its
command is held by tests/faults/test_security.py, where none is kept.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakSet

import pytest

from orchestration.extraction.isolation import DocumentReader
from orchestration.settings import PROJECT

# nobody edits it
SHIPPED = PROJECT / "raw" / "reference"
# where a vocabulary of one's own is looked for
ELSEWHERE = ("AI_FIGURES_RAW", "AI_FIGURES_PROJECT")


class _Kept:
    """The last process that nobody needs any more, what it was started under, and the vocabularies that it has read."""

    def __init__(self) -> None:
        self.under: Any = None
        self.reader: DocumentReader | None = None
        self.seen: dict[int, set[Path | None]] = {}

    def close(self) -> None:
        if self.reader is not None:
            self.reader.close()
        self.reader = None

    def take(self, under: Any, vocabulary: Path | None) -> DocumentReader | None:
        reader = self.reader
        if reader is None or reader._process is None:
            return None
        is_known = vocabulary in self.seen[reader._process.pid] and vocabulary not in (None, SHIPPED)
        if is_known or self.under != under or reader._process.poll() is not None:
            self.close()
            return None
        self.reader = None
        return reader

    def put(self, under: Any, ended: DocumentReader) -> None:
        self.close()
        self.under, self.reader = under, DocumentReader(ended._memory, ended._patience)
        self.reader._process, self.reader._connection = ended._process, ended._connection
        ended._process = ended._connection = None


def _under(reader: DocumentReader) -> Any:
    settings = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    return reader._memory, reader._patience, Path.cwd(), settings


@contextmanager
def kept_reader() -> Iterator[Callable[[], None]]:
    """While it lasts, a reader begins with the process that the one before has left, if that was one like it.

    Gives what to call when a test has ended: then its readers that no context ends (a desk's) leave theirs.
    """
    kept = _Kept()
    figures, started, end = DocumentReader.figures, DocumentReader._started, DocumentReader.__exit__
    begun: dict[int, Any] = {}  # what the processes that may be kept were started under
    living: WeakSet[DocumentReader] = WeakSet()
    wanted: list[Path | None] = [None]

    def asked(self: DocumentReader, path: Path, reference_dir: Path | None = None, *more: Any, **named: Any) -> Any:
        wanted[0] = reference_dir
        yield from figures(self, path, reference_dir, *more, **named)

    def start(self: DocumentReader) -> Any:
        if self._connection is None:
            under = _under(self)
            if (before := kept.take(under, wanted[0])) is not None:
                self._process, self._connection = before._process, before._connection
            connection = started(self)
            living.add(self)
            if not any(os.environ.get(name) for name in ELSEWHERE):
                begun[self.process_id or 0] = under
        else:
            connection = self._connection
        kept.seen.setdefault(self.process_id or 0, set()).add(wanted[0])
        return connection

    def leave(self: DocumentReader, *error: object) -> None:
        living.discard(self)
        under = begun.pop(self.process_id or 0, None)
        if under is not None and self._process is not None and self._process.poll() is None:
            kept.put(under, self)
        end(self, *error)

    def ended() -> None:
        for reader in list(living):
            leave(reader)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DocumentReader, "figures", asked)
        patch.setattr(DocumentReader, "_started", start)
        patch.setattr(DocumentReader, "__exit__", leave)
        yield ended
    ended()
    kept.close()
