"""A document is read once, in the guarded process, and a PDF is opened once for the tables of all its pages."""

from importlib import import_module
from pathlib import Path

import pdfplumber
import pypdfium2
import pytest

from orchestration.audit.document import load
from orchestration.audit.engine import compare
from orchestration.extraction.isolation import DocumentReader
from orchestration.extraction.model import Grid, Line
from orchestration.extraction.read import read

# the package names the function of that module
reading = import_module("orchestration.extraction.read.pdf")
DOCUMENTS = Path(__file__).parent.parent / "extraction" / "documents"


@pytest.mark.parametrize("name", ["zh_report.pdf", "en_note.docx", "en_workbook.xlsx"])
def test_lines_and_tables_arrive_as_they_were_read(name: str) -> None:
    elements: list[Line | Grid] = []
    with DocumentReader() as reader:
        figures = list(reader.figures(DOCUMENTS / name, seen=elements.append))
    assert elements == list(read(DOCUMENTS / name))
    assert any(isinstance(each, Grid) for each in elements)
    once, again = load(DOCUMENTS / name, figures, elements), load(DOCUMENTS / name, figures)
    assert repr(once) == repr(again)  # a place equals only itself
    assert repr(compare(once)) == repr(compare(again))


def test_a_pdf_is_opened_once_for_its_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _twelve_pages(tmp_path)
    opened: list[str] = []
    real = pdfplumber.open

    def counted(name: str) -> object:
        opened.append(name)
        return real(name)

    monkeypatch.setattr(pdfplumber, "open", counted)
    whole = list(read(path))
    assert opened == [str(path)]
    assert len([each for each in whole if isinstance(each, Grid)]) >= 2
    monkeypatch.setattr(reading, "_PAGES_OPEN", 1)
    assert list(read(path)) == whole
    assert len(opened) > 2


def test_a_page_that_cannot_be_searched_for_tables_leaves_the_others_theirs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _twelve_pages(tmp_path)
    whole = [each for each in read(path) if isinstance(each, Grid)]
    real, broken = reading._kept, []

    def first_breaks(tables: list[list[list[str | None]]]) -> list[list[list[str]]]:
        if tables and not broken:
            broken.append(1)
            raise KeyError("a font")
        return real(tables)

    monkeypatch.setattr(reading, "_kept", first_breaks)
    found = [each for each in read(path) if isinstance(each, Grid)]
    # the page itself may still give its table by where its columns stand
    assert [e for e in found if e.page != whole[0].page] == [e for e in whole if e.page != whole[0].page]


def _twelve_pages(folder: Path) -> Path:
    source = pypdfium2.PdfDocument(DOCUMENTS / "zh_report.pdf")
    made = pypdfium2.PdfDocument.new()
    while len(made) < 12:
        made.import_pages(source)
    path = folder / "long.pdf"
    made.save(path)
    return path
