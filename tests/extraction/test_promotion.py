"""From a document to reviewed rows: dedupe, review, promote, and the loader reads what was promoted."""

import shutil
from pathlib import Path

import pytest

from orchestration.cli import main
from orchestration.extraction import extract_document, extracted_raw_figures
from orchestration.extraction.promotion import figure_key
from orchestration.extraction.raw_rows import without_known
from orchestration.loading import load_reference, load_source, load_sources

DOCUMENTS = Path(__file__).parent / "documents"
PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def raw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A raw folder with the real registries, one document in its inbox and no source."""
    folder = tmp_path / "raw"
    shutil.copytree(PROJECT / "raw" / "reference", folder / "reference")
    (folder / "sources.yml").write_text("[]\n", encoding="utf-8")
    (folder / "inbox").mkdir()
    for name in ("zh_report.pdf", "en_note.docx"):
        shutil.copy(DOCUMENTS / name, folder / "inbox" / name)
    monkeypatch.setenv("AI_FIGURES_RAW", str(folder))
    return folder


def test_every_extracted_figure_fits_the_loader(raw: Path) -> None:
    reference = load_reference(raw)
    for name, count in (("zh_report.pdf", 21), ("en_note.docx", 15)):
        load = extracted_raw_figures(raw / "inbox" / name, "new_source", reference)
        assert not load.problems
        assert len(load.figures) == count
        assert {figure.review for figure in load.figures} == {"extracted"}
        assert len({figure.figure_id for figure in load.figures}) == count
        assert all(figure.figure_id.startswith("new_source/x") for figure in load.figures)


def test_promotion_round_trip(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("zh_report.pdf", "en_note.docx"):
        document = raw / "inbox" / name
        figures = extract_document(document)
        keys = [figure_key(figure) for figure in figures]
        assert main(["review", str(document), "--accept", "all"]) == 0
        assert main(["review", str(document), "--reject", keys[-1]]) == 0
        assert main(["promote", str(document)]) == 0, capsys.readouterr().err
        reference = load_reference(raw)
        source = load_sources(raw)[name.split(".")[0]]
        load = load_source(raw, source, reference)
        assert not load.problems
        expected = sorted((f.line, f.value, f.unit) for f in figures[:-1])
        got = []
        for figure in load.figures:
            unit = reference.units.get(figure.unit_symbol)
            assert unit is not None
            got.append((figure.line, pytest.approx(figure.number * unit.factor), unit.unit))
        assert sorted(got, key=lambda item: (item[0], item[1].expected, item[2])) == expected
        # promoting again writes nothing, and what is reviewed is not extracted a second time
        assert main(["promote", str(document)]) == 0
        assert "0 rows written" in capsys.readouterr().out
        again = extracted_raw_figures(document, source.source_id, reference, load)
        assert len(again.figures) == 1
        kept = without_known(extracted_raw_figures(document, source.source_id, reference), load, reference)
        assert [figure.figure_id for figure in kept.figures] == [figure.figure_id for figure in again.figures]


def test_promoting_without_a_decision_says_what_to_do(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["promote", str(raw / "inbox" / "en_note.docx")]) == 1
    assert "review --accept" in capsys.readouterr().err
    assert not (raw / "en_note").exists()
