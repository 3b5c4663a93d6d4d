"""Frames: told, inferred, shown; what they govern and what they leave blank."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

from orchestration.cli import main
from orchestration.extraction.dates import find_periods
from orchestration.extraction.frame import Told, rules, told_beside
from orchestration.extraction.isolation import DocumentReader
from orchestration.extraction.model import ExtractionError
from orchestration.extraction.pipeline import extract_text, iter_figures
from orchestration.extraction.relative_periods import Now

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
        ("Three Months Ended Oct. 26, 2025", "2025-08/2025-10"),
        ("NINE MONTHS ENDED SEPTEMBER 28, 2025", "2025-01/2025-09"),
        ("Thirteen Weeks Ended July 3, 2025", "2025-04/2025-06"),
        ("39 weeks ended 1 November 2025", "2025-02/2025-10"),
        ("Fiscal Year Ended January 26, 2025", "FY2025"),
        ("Year Ended January 3, 2025", "2024"),
        ("9M FY25", "FY2025Q1-FY2025Q3"),
        ("6M FY2025", "FY2025H1"),
        ("H1 FY25", "FY2025H1"),
        ("9M 2025", "2025Q1/2025Q3"),
        ("9M25", "2025Q1/2025Q3"),
        ("YTD September 2025", "2025-01/2025-09"),
        ("截至2025年9月30日止九个月", "2025-01/2025-09"),
        ("截至2025年3月31日止年度", "2024-04/2025-03"),
        ("2026年3月期第2四半期", "FY2026Q2"),
        ("2025年3月期", "FY2025"),
        ("2025年12月期", "2025"),
        ("2025年4〜6月期", "2025-04/2025-06"),
        ("2025년 3분기", "2025Q3"),
        ("2025년 상반기", "2025H1"),
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


@pytest.mark.parametrize(
    ("rule", "text", "is_edition"),
    [
        (rule["word"], text, name == "edition")
        for rule in rules()["edition"]
        for name in ("edition", "described")
        for text in rule[name]
    ],
)
def test_the_year_of_an_edition_is_told_from_the_year_described(rule: str, text: str, is_edition: bool) -> None:
    found = re.search(rule, text.replace("«", "").replace("»", ""), re.I)
    assert (found is not None) == is_edition


@pytest.mark.parametrize(
    ("text", "now", "labels"),
    [
        ("from the $3 million of the quarter before", Now(main="FY2026Q3"), ["FY2026Q2"]),
        ("For the first quarter we expect", Now(main="FY2025Q4"), ["FY2026Q1"]),
        ("In the first quarter we expect", Now(date(2026, 2, 12)), ["2026Q1"]),
        ("In the fourth quarter", Now(date(2026, 2, 12)), ["2025Q4"]),
        ("revenue for the full fiscal year", Now(main="FY2026Q3"), ["FY2026"]),
        ("sold in February, a tender in May, in December", Now(date(2026, 3, 17)), ["2026-02", "2026-05", "2025-12"]),
        ("去年资本开支767亿元，上一年为239亿元", Now(date(2025, 4, 24)), ["2024", "2023"]),
        # "this year" needs the day of publication, unless the document reports on its main period
        ("AI spending this year", Now(main="2024"), [""]),
        ("AI spending this year", Now(main="2024", reported=True), ["2024"]),
        ("AI spending this year", Now(date(2025, 3, 1), "2024"), ["2025"]),
        ("FQ3'25 and H1 FY25/26", Now(), ["FY2025Q3", "FY2026H1"]),
        ("T+1 depreciation", Now(), ["T+1"]),
    ],
)
def test_relative_periods_count_from_what_the_document_is_about(text: str, now: Now, labels: list[str]) -> None:
    assert [m.label for m in find_periods(text, now)] == labels


@pytest.mark.parametrize(
    ("text", "period"),
    [
        (
            "绿色算力发展白皮书（2025）\n\n2024年全国用电2,100亿千瓦时。\n\n2024年新增机架12万架。\n\n占比为45%。",
            "2024",
        ),
        ("Semi Notes, 12-14 May 2025\n\nThe firm raised $40 million.", "2025-05"),
        ("FORM 10-K of the registrant\n\nFor the fiscal year ended June 30, 2025\n\nWe employ 4,100 people.", "FY2025"),
    ],
)
def test_what_a_document_is_about_is_not_when_it_appeared(text: str, period: str) -> None:
    assert extract_text(text)[-1].period == period


def test_what_a_company_or_a_product_is_has_no_place_unless_its_sentence_names_one() -> None:
    text = (
        "# AI in Japan, 2024\n\nThe market grew to $12 billion. Operating profit was $3 million and its market cap"
        " $2 billion.\n"
    )
    assert [f.geography for f in extract_text(text)] == ["JPN", "", ""]
    assert extract_text("Berlin-based Halden has a market cap of $3 billion.")[0].geography == ""


def test_a_reader_that_has_seen_enough_ends_the_reading(tmp_path: Path) -> None:
    """`extract --show-frames 2>&1 | head -1` waited for ever for a process that was alive."""
    path = tmp_path / "note.txt"
    path.write_text("# Results 2024\n\nRevenue was $12 million in 2024.\n", encoding="utf-8")

    def closed(line: str) -> None:
        raise BrokenPipeError

    with DocumentReader() as reader, pytest.raises(BrokenPipeError):
        list(reader.figures(path, show=closed))
