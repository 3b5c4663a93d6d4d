"""Documents to lines and tables. Nothing is fetched from the network, and nothing of a document is executed.

``read`` yields in reading order; text and CSV are streamed, so that memory does not grow with the file.
"""

# expressions stay on one line
# ruff: noqa: E501

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from orchestration.extraction.model import ExtractionError, Grid, Line
from orchestration.extraction.read.encoding import text_lines
from orchestration.extraction.read.excel import excel
from orchestration.extraction.read.html import html
from orchestration.extraction.read.markdown import markdown, with_pipe_tables
from orchestration.extraction.read.pdf import pdf
from orchestration.extraction.read.separated import separated
from orchestration.extraction.read.word import word
from orchestration.figures.text import readable

__all__ = ["KINDS", "read", "with_pipe_tables"]

KINDS = {
    ".txt": "text", ".text": "text", ".log": "text", "": "text", ".md": "markdown", ".markdown": "markdown",
    ".html": "html", ".htm": "html", ".xhtml": "html", ".csv": "csv", ".tsv": "csv", ".docx": "word",
    ".pdf": "pdf", ".xlsx": "excel", ".xlsm": "excel", ".xls": "excel", ".xlsb": "excel", ".ods": "excel",
}  # fmt: skip
_LARGEST_WHOLE = 256 << 20  # formats that cannot be streamed


def read(path: Path) -> Iterator[Line | Grid]:
    """Lines and tables of a document, without invisible characters.

    Raises ``ExtractionError`` for what cannot be read, naming file and remedy.
    """
    for part in _read(path):
        if isinstance(part, Line):
            text = readable(part.text)
            yield part if text is part.text else replace(part, text=text)
        else:
            rows, header = ([[readable(cell) for cell in row] for row in rows] for rows in (part.rows, part.header))
            yield replace(part, rows=rows, header=header, caption=readable(part.caption))


def _read(path: Path) -> Iterator[Line | Grid]:
    if not path.exists():
        raise ExtractionError(f"{path}: the file does not exist; check the path")
    if path.is_dir():
        raise ExtractionError(f"{path}: this is a folder; name the files in it")
    if path.stat().st_size == 0:
        raise ExtractionError(f"{path}: the file is empty; export the document again")
    kind = _kind(path)
    try:
        if kind == "text":
            yield from with_pipe_tables(text_lines(path))
        elif kind == "markdown":
            yield from markdown(text_lines(path))
        elif kind == "csv":
            yield from separated(path)
        else:
            if path.stat().st_size > _LARGEST_WHOLE:
                raise ExtractionError(f"{path}: larger than 256 MB; split it or export it as text")
            yield from {"html": html, "word": word, "pdf": pdf, "excel": excel}[kind](path)
    except OSError as error:
        raise ExtractionError(f"{path}: cannot be read ({error.strerror or error}); check its permissions") from error


def _kind(path: Path) -> str:
    with path.open("rb") as handle:
        head = handle.read(8)
    suffix = path.suffix.lower()
    kind = KINDS.get(suffix)
    if kind is None:
        raise ExtractionError(
            f"{path}: files of type {suffix!r} are not read; convert it to one of "
            + ", ".join(sorted(s for s in KINDS if s))
        )
    if head.startswith(b"%PDF"):
        return "pdf"
    if kind in ("text", "markdown", "csv", "html") and (
        head.startswith((b"PK\3\4", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"\x7fELF", b"7z\xbc\xaf", b"Rar!"))
    ):  # fmt: skip
        raise ExtractionError(f"{path}: named {suffix or 'text'} but its content is binary; give it its true ending")
    if kind == "word" and head.startswith(b"\xd0\xcf\x11\xe0"):
        raise ExtractionError(f"{path}: encrypted, or an old .doc; remove the password or save it as .docx")
    return kind
