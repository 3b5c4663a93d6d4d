"""The way of a document: read, join, find, describe; and the way of its figures into the warehouse."""

# expressions stay on one line
# ruff: noqa: E501

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.extraction.document_pass import DocumentPass
from orchestration.extraction.frame import Told, told_beside
from orchestration.extraction.gazetteer import load_gazetteer
from orchestration.extraction.joining import join
from orchestration.extraction.model import ExtractedFigure, Grid, Line
from orchestration.extraction.read import read, with_pipe_tables
from orchestration.extraction.scene import Surroundings
from orchestration.figures import load_units
from orchestration.figures.text import readable

if TYPE_CHECKING:
    from orchestration.loading.load import SourceLoad
    from orchestration.loading.reference import Reference


def default_reference_dir() -> Path:
    from orchestration.settings import load_settings

    return load_settings().raw / "reference"


def iter_figures(path: Path, reference_dir: Path | None = None, published: date | None = None,
                 progress: Callable[[int], None] | None = None, told: Told | None = None,
                 show: Callable[[str], None] | None = None,
                 seen: Callable[[Line | Grid], None] | None = None) -> Iterator[ExtractedFigure]:  # fmt: skip
    """Figures of a document, in reading order, while it is read.

    ``progress`` is called with the number of characters read since the last call. ``told`` is the frame that a person
    told (before what stands in the sidecar ``<document>.frame.yml``); ``show`` is called with every frame as one line,
    ``seen`` with every line and table as it is read. Raises ``ExtractionError`` when the document cannot be read.
    """
    directory = reference_dir or default_reference_dir()
    told = (told or Told()).over(told_beside(path))
    around = Surroundings(published=told.day or published)
    run = DocumentPass(path.name, load_units(directory), load_gazetteer(directory), around, told, show)
    yield from run.figures(join(_counted(_seen(read(path), seen), progress)))


def extract_document(path: Path, reference_dir: Path | None = None) -> list[ExtractedFigure]:
    """All figures of a document. Raises ``ExtractionError`` when it cannot be read."""
    return list(iter_figures(path, reference_dir))


def extract_text(
    text: str, reference_dir: Path | None = None, published: date | None = None, told: Told | None = None
) -> list[ExtractedFigure]:
    """Figures of a text in memory; lines count from 1."""
    directory = reference_dir or default_reference_dir()
    told = told or Told()
    around = Surroundings(published=told.day or published)
    run = DocumentPass("text", load_units(directory), load_gazetteer(directory), around, told)
    lines = (Line(readable(line), n) for n, line in enumerate(text.split("\n"), 1))
    return list(run.figures(join(with_pipe_tables(lines))))


def _seen(elements: Iterator[Line | Grid], seen: Callable[[Line | Grid], None] | None) -> Iterator[Line | Grid]:
    for element in elements:
        if seen is not None:
            seen(element)
        yield element


def _counted(elements: Iterator[Line | Grid], progress: Callable[[int], None] | None) -> Iterator[Line | Grid]:
    for element in elements:
        if progress is not None:
            progress(
                len(element.text) if isinstance(element, Line) else sum(len(c) for row in element.rows for c in row)
            )
        yield element


def extracted_raw_figures(
    path: Path, source_id: str, reference: "Reference", known: "SourceLoad | None" = None
) -> "SourceLoad":
    """Extracted rows of a document in the shape of ``loading``, with review ``extracted``.

    ``known`` are the reviewed figures of the same document (same source file): an extracted figure with the same line and
    value is one of them and left out. Figures that the loader would refuse stand in ``problems``.
    """
    from orchestration.extraction.raw_rows import to_source_load

    return to_source_load(extract_document(path, reference.directory), path, source_id, reference, known)
