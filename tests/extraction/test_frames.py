"""Frames: told, inferred, shown; what they govern and what they leave blank."""

import json
from pathlib import Path

import pytest

from orchestration.cli import main
from orchestration.extraction.dates import find_periods
from orchestration.extraction.frames import Told, told_beside
from orchestration.extraction.isolation import DocumentReader
from orchestration.extraction.model import ExtractionError
from orchestration.extraction.pipeline import extract_text, iter_figures

PLAIN = "The cluster has 4,000 chips.\n"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Third Quarter Fiscal 2026 Results", "FY2026Q3"),
        ("in the fourth quarter of fiscal 2025", "FY2025Q4"),
        ("FY25 Q4", "FY2025Q4"),
        ("2026财年第三季度", "FY2026Q3"),
        ("nine months ended September 30, 2025", "2025-01/2025-09"),
        ("three months ended 31 March 2025", "2025-01/2025-03"),
        ("year ended June 30, 2025", "2024-07/2025-06"),
        ("year ended December 31, 2024", "2024"),
    ],
)
def test_fiscal_and_interim_periods(text: str, label: str) -> None:
    assert [m.label for m in find_periods(text)] == [label]


def test_a_told_frame_fills_what_the_text_leaves_open() -> None:
    (figure,) = extract_text(PLAIN, told=Told(period="2024Q3", place="CHN"))
    assert (figure.period, figure.geography) == ("2024Q3", "CHN")


def test_a_told_frame_never_replaces_a_mention_in_the_sentence() -> None:
    (figure,) = extract_text("In 2023 Japan had 4,000 chips.\n", told=Told(period="2025", place="CHN"))
    assert (figure.period, figure.geography) == ("2023", "JPN")


def test_none_tells_that_a_document_has_none() -> None:
    text = "AI chips in Japan, 2024\n\nThe cluster has 4,000 chips.\n"
    (inferred,) = extract_text(text)
    assert (inferred.period, inferred.geography) == ("2024", "JPN")
    (told,) = extract_text(text, told=Told(period="none", place="none"))
    assert (told.period, told.geography) == ("", "")


def test_one_sentence_does_not_govern_the_document() -> None:
    figures = extract_text("Brazil had 3,000 chips in 2021.\n\n" + PLAIN)
    assert [(f.period, f.geography) for f in figures][1] == ("", "")


def test_sidecar_and_options_in_the_guarded_process(tmp_path: Path) -> None:
    document = tmp_path / "a.txt"
    document.write_text(PLAIN)
    (tmp_path / "a.txt.frame.yml").write_text("period: 2022\nplace: DEU\n")
    shown: list[str] = []
    with DocumentReader() as reader:
        (figure,) = reader.figures(document, told=Told(place="FRA"), show=shown.append)
    assert (figure.period, figure.geography) == ("2022", "FRA")
    assert "period 2022 (told)" in shown[0]


@pytest.mark.parametrize("text", ["period: soon", "colour: red", "- 1", "place: [", "published: 2024-13-01"])
def test_a_wrong_sidecar_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    document = tmp_path / "a.txt"
    document.write_text(PLAIN)
    (tmp_path / "a.txt.frame.yml").write_text(text)
    with pytest.raises(ExtractionError, match=r"a\.txt\.frame\.yml"):
        list(iter_figures(document))
    with pytest.raises(ExtractionError):
        told_beside(document)


def test_the_command_takes_and_shows_frames(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = tmp_path / "a.txt"
    document.write_text(PLAIN)
    assert main(["extract", str(document), "--format", "json", "--period", "FY2025Q4", "--show-frames"]) == 0
    out = capsys.readouterr()
    assert json.loads(out.out)[0]["period"] == "FY2025Q4"
    assert "period FY2025Q4 (told)" in out.err
    assert main(["extract", str(document), "--period", "soon"]) == 2
    assert "soon" in capsys.readouterr().err


def test_the_goals_of_a_plan_are_targets() -> None:
    text = "某省人工智能行动方案（2025—2027年）\n\n发布日期：2025年1月10日\n\n预计2027年产业规模达到300亿元。\n"
    assert [f.status for f in extract_text(text) if f.unit == "CNY"] == ["target"]
