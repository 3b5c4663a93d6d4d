"""Does a printed value stand at its cited line? On a text of our own, and on the real ones where they are present."""

import hashlib
from pathlib import Path

import pytest

from orchestration.loading import load_reference, load_source, load_sources
from orchestration.loading.provenance import SourceText, check_source, misplaced, sha256, sources_folder

TEXT = """\
A market of 36.5 bn in 2024.
It grew by **15** % and
then by 1.5%, that is 1,2
34 companies.

约占３成，共５０
亿元。
Table   10  200  3000   40%
"""


@pytest.fixture
def text(tmp_path: Path) -> SourceText:
    path = tmp_path / "sample.txt"
    path.write_text(TEXT, encoding="utf-8")
    return SourceText(path)


@pytest.mark.parametrize(
    ("printed", "line"),
    [
        ("36.5bn", 1),
        ("2024", 1),
        ("15%", 2),  # markup inside the number
        ("1.5%", 3),
        ("1,234companies", 3),  # wraps
        ("3成", 6),  # full-width
        ("50亿元", 6),  # wraps
        ("10", 8),
        ("200", 8),  # cells with nothing but white space between them
        ("3000", 8),
        ("40%", 8),
    ],
)
def test_stands_at_its_line(text: SourceText, printed: str, line: int) -> None:
    assert text.stands_at(printed, line)
    assert line in text.find(printed)


@pytest.mark.parametrize(
    ("printed", "line", "why"),
    [
        ("36.5bn", 2, "on the line before"),
        ("15%", 1, "on the next line: a figure is cited where it starts"),
        ("5%", 2, "the end of 15%"),
        ("5%", 3, "the end of 1.5%"),
        ("6.5bn", 1, "the end of 36.5"),
        ("36", 1, "the start of 36.5"),
        ("20", 1, "the start of 2024"),
        ("300", 8, "the start of 3000"),
        ("3成", 5, "a blank line"),
        ("10", 0, "no such line"),
        ("10", 99, "no such line"),
        ("", 1, "nothing"),
    ],
)
def test_does_not_stand_there(text: SourceText, printed: str, line: int, why: str) -> None:
    assert not text.stands_at(printed, line), why


def test_misplaced_figure_says_where_it_stands(text: SourceText) -> None:
    rows = [("s/1a", "s/figures/a.csv", 2, 1, "36.5 bn"), ("s/2a", "s/figures/a.csv", 3, 1, "1.5%")]
    rows += [("s/3a", "s/figures/a.csv", 4, 1, "77%")]
    assert [str(place) for place in misplaced(text, rows)] == [
        "raw/s/figures/a.csv:3: s/2a: '1.5%' is not at line 1; it stands at line 3",
        "raw/s/figures/a.csv:4: s/3a: '77%' is not at line 1; it stands nowhere",
    ]


def test_folder_of_the_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AI_FIGURES_SOURCES", raising=False)
    raw = tmp_path / "project" / "raw"
    assert sources_folder(raw) is None
    beside = tmp_path / "shared" / "sources"
    beside.mkdir(parents=True)
    assert sources_folder(raw) == beside
    monkeypatch.setenv("AI_FIGURES_SOURCES", str(tmp_path / "nowhere"))
    assert sources_folder(raw) is None
    monkeypatch.setenv("AI_FIGURES_SOURCES", str(tmp_path))
    assert sources_folder(raw) == tmp_path


def test_sha256_of_a_text(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(b"x")
    assert sha256(path) == hashlib.sha256(b"x").hexdigest()


def texts(project: Path) -> Path:
    folder = sources_folder(project / "raw")
    if folder is None:
        pytest.skip("the source texts are not present (AI_FIGURES_SOURCES, or ../shared/sources): places not checked")
    return folder


def test_every_shipped_figure_stands_at_its_line(project: Path) -> None:
    raw, folder = project / "raw", texts(project)
    reference = load_reference(raw)
    wrong = []
    for source in load_sources(raw).values():
        if not (folder / source.file).exists():  # a source of which nobody has the text
            continue
        figures = load_source(raw, source, reference).figures
        rows = sorted({(f.figure_id, f.file, f.file_line, f.line, f.printed) for f in figures})
        wrong += check_source(folder / source.file, rows)
    assert [str(place) for place in wrong] == []


def test_shipped_texts_are_the_registered_ones(project: Path) -> None:
    raw, folder = project / "raw", texts(project)
    for source in load_sources(raw).values():
        path = folder / source.file
        if not path.exists():
            continue
        if source.sha256:
            assert sha256(path) == source.sha256, f"{source.source_id}: another text than the one that was read"
        if source.lines:
            assert len(path.read_text(encoding="utf-8").splitlines()) == pytest.approx(source.lines, abs=1)
