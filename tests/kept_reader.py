"""The guarded process that reads documents, kept from one command of a test to the next: starting it costs most of it.

What it reads does not depend on what it read before: it reads document after document for one command as well
(orchestration/extraction/isolation.py). One that was asked for another vocabulary than the shipped one, or under other
settings, is never taken over. That the process ends with its command is held by tests/faults/test_security.py, where
none is kept.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from orchestration.extraction.isolation import DocumentReader
from orchestration.settings import PROJECT

SHIPPED = PROJECT / "raw" / "reference"
# where a vocabulary of one's own is looked for
ELSEWHERE = ("AI_FIGURES_RAW", "AI_FIGURES_PROJECT")


class _Kept:
    """The last process whose command has ended, and what it was started under."""

    def __init__(self) -> None:
        self.under: Any = None
        self.reader: DocumentReader | None = None

    def close(self) -> None:
        if self.reader is not None:
            self.reader.close()
        self.reader = None

    def take(self, under: Any) -> DocumentReader | None:
        reader, self.reader = self.reader, None
        if reader is not None and (
            self.under != under or reader._process is None or reader._process.poll() is not None
        ):
            reader.close()
            return None
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
def kept_reader() -> Iterator[None]:
    """While it lasts, a reader begins with the process that the one before has left, if that was one like it."""
    kept = _Kept()
    figures, started, end = DocumentReader.figures, DocumentReader._started, DocumentReader.__exit__
    begun: dict[int, Any] = {}  # processes that may be kept, by their id

    def asked(self: DocumentReader, path: Path, reference_dir: Path | None = None, *more: Any, **named: Any) -> Any:
        is_shipped = reference_dir in (None, SHIPPED)
        if not is_shipped:
            kept.close()
        try:
            yield from figures(self, path, reference_dir, *more, **named)
        finally:
            if not is_shipped:
                begun.pop(self.process_id or 0, None)

    def start(self: DocumentReader) -> Any:
        if self._connection is None:
            under = _under(self)
            if (before := kept.take(under)) is not None:
                self._process, self._connection = before._process, before._connection
            connection = started(self)
            if not any(os.environ.get(name) for name in ELSEWHERE):
                begun[self.process_id or 0] = under
            return connection
        return started(self)

    def leave(self: DocumentReader, *error: object) -> None:
        under = begun.pop(self.process_id or 0, None)
        if under is not None and self._process is not None and self._process.poll() is None:
            kept.put(under, self)
        end(self, *error)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DocumentReader, "figures", asked)
        patch.setattr(DocumentReader, "_started", start)
        patch.setattr(DocumentReader, "__exit__", leave)
        yield
    kept.close()
