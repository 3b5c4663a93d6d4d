"""Word documents: paragraphs and tables in their order."""

# expressions stay on one line

import zipfile
from collections.abc import Iterator
from pathlib import Path

from orchestration.extraction.model import ExtractionError, Grid, Line


def word(path: Path) -> Iterator[Line | Grid]:
    import docx
    from docx.opc.exceptions import OpcError
    from docx.table import Table
    from docx.text.paragraph import Paragraph
    from lxml.etree import LxmlError

    refuse_bomb(path)
    try:
        document = docx.Document(str(path))
        published = document.core_properties
        del published  # its dates say when the file was saved, not when the report appeared
        blocks = document.iter_inner_content()
        number = 0
        for block in blocks:
            if isinstance(block, Paragraph):
                number += 1
                style = (block.style.name or "").lower() if block.style is not None else ""
                kind = (
                    "heading"
                    if style.startswith(("heading", "title", "标题"))
                    else "caption"
                    if "caption" in style
                    else "item"
                    if "list" in style
                    else ""
                )
                text = block.text.replace("\t", " ")
                for part in text.split("\n"):
                    yield Line(part, number, None, kind, joined=True)
            elif isinstance(block, Table):
                rows, numbers = [], []
                for row in block.rows:
                    number += 1
                    cells = [" ".join(cell.text.split()) for cell in row.cells]
                    rows.append(cells)
                    numbers.append(number)
                if rows:
                    yield Grid(rows, numbers)
    except (
        OpcError,
        LxmlError,
        KeyError,
        ValueError,
        zipfile.BadZipFile,
        NotImplementedError,
        AttributeError,
        IndexError,
    ) as error:
        raise ExtractionError(
            f"{path}: no readable Word document ({str(error)[:120]}); save it again as .docx"
        ) from error


def refuse_bomb(path: Path) -> None:
    """A zip that unpacks to more than a gigabyte, or that is encrypted, is not opened."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise ExtractionError(
            f"{path}: broken or encrypted ({str(error)[:80]}); remove the password or save it again"
        ) from error
    if sum(info.file_size for info in infos) > 1 << 30:
        raise ExtractionError(f"{path}: unpacks to more than 1 GB; split it")
    if any(info.flag_bits & 1 for info in infos):
        raise ExtractionError(f"{path}: encrypted; remove the password")
