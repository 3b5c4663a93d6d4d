"""The text of a document as the desk shows it: by page and line, as the extraction numbers them.

Text and Markdown are shown as they stand. The other formats are read as the extraction reads them, in a
process of its own with a limit on memory and time, because a document is somebody else's data.
"""

import json
import resource
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from orchestration.extraction.isolation import MEMORY
from orchestration.extraction.model import ExtractionError, Line
from orchestration.extraction.read import read
from orchestration.extraction.read.encoding import detect_encoding
from orchestration.settings import PROJECT

# what is read as the extraction reads it; a comma of a CSV file parts cells, a tag of HTML is no text
_READ = {".csv", ".tsv", ".html", ".htm", ".xhtml", ".pdf", ".docx", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}
PATIENCE = 120.0  # seconds


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One line; ``page`` is None where the format has none."""

    page: int | None
    number: int
    text: str


def document_lines(document: Path) -> list[DocumentLine]:
    """All lines in reading order. Raises ``ExtractionError`` where the document cannot be read."""
    stat = document.stat()
    return _lines(document, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=16)
def _lines(document: Path, *_: int) -> list[DocumentLine]:
    if document.suffix.lower() not in _READ:
        text = document.read_text(encoding=detect_encoding(document), errors="replace")
        return [DocumentLine(None, number, line) for number, line in enumerate(text.split("\n"), 1)]
    command = [sys.executable, "-m", "orchestration.desk.text", str(document.resolve())]
    try:
        told = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=True, cwd=PROJECT, preexec_fn=limit)
    except (subprocess.SubprocessError, OSError) as error:
        raise ExtractionError(f"{document.name}: its text cannot be shown; export it as text") from error
    lines = [DocumentLine(*json.loads(line)) for line in told.stdout.decode("utf-8").splitlines()]
    if document.suffix.lower() == ".pdf":  # the tables of a page are read before the text around them
        lines.sort(key=lambda line: (line.page or 0, line.number))
    return lines


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _broken(line: Line) -> list[tuple[int, str]]:
    """A paragraph of several lines, by line."""
    ends = [*(at for at, _ in line.breaks), len(line.text)]
    begins = [(0, line.number), *line.breaks]
    return [(number, line.text[at:end].strip()) for (at, number), end in zip(begins, ends, strict=True)]


def _print(document: Path) -> None:
    for part in read(document):
        if isinstance(part, Line):
            shown = _broken(part)
        else:
            shown = [(number, " | ".join(row)) for number, row in zip(part.numbers, part.rows, strict=False)]
        for number, text in shown:
            print(json.dumps([part.page, number, text.replace("\n", " ")]))


if __name__ == "__main__":
    _print(Path(sys.argv[1]))
