"""What people read of an audit: figures as they are written, results in natural numbers, each cause once."""

import json
import math
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from orchestration import cli
from orchestration.audit.formats import SURE, Result, alarms, as_text
from orchestration.audit.model import Comparison, Document, Spot
from orchestration.audit.told import number
from orchestration.audit.words import DATA, precision

# text, what the sentence says, what stands below it
TOLD = [
    (
        "Ticket sales rose from $164 million in 2021 to $279 million in 2022, growth of 170%.\n",
        "170% (line 1) does not follow: from $164 million to $279 million it is 69.3 to 70.9 %.",
        "> Ticket sales rose from $164 million in 2021 to $279 million in 2022, growth of 170%.",
    ),
    (
        "旅游收入由2018年的63.5亿元增长到2024年的410亿元，复合年增长率为30.5%。\n",
        "from 63.5亿元 to 410亿元 it is 36.4 to 36.5 % a year over 6 years.",
        "> 旅游收入由2018年的63.5亿元增长到2024年的410亿元，复合年增长率为30.5%。",
    ),
    (
        "存款2,840亿元，国债3,790亿元，两者合计6,360亿元。\n",
        "6,360亿元 (line 1) does not follow: 2,840亿元 + 3,790亿元 is 6,630亿元.",
        "> 存款2,840亿元，国债3,790亿元，两者合计6,360亿元。",
    ),
]


@pytest.mark.parametrize(("text", "sentence", "quote"), TOLD, ids=["growth", "cagr", "sum"])
def test_both_places_and_what_follows_are_told_as_written(
    text: str, sentence: str, quote: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = tmp_path / "a.txt"
    document.write_text(text, encoding="utf-8")
    assert cli.main(["audit", str(document)]) == 0
    out = capsys.readouterr().out
    assert "a.txt: 1 statement does not follow, " in out
    assert sentence in out and quote in out
    assert "e+" not in out


def test_a_cell_is_told_with_its_row_and_column(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = tmp_path / "a.md"
    document.write_text(
        "| Region | 2023 | 2024 |\n|---|---|---|\n| North | 120 | 151 |\n| South | 87 | 96 |\n| West | 45 | 62 |\n"
        "| Total | 252 | 319 |\n",
        encoding="utf-8",
    )
    cli.main(["audit", str(document)])
    out = capsys.readouterr().out
    assert "319 (line 6) does not follow: 151 (line 3) + 96 (line 4) + 62 (line 5) is 309." in out
    assert "> Total | 2024" in out


def test_one_cause_is_told_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A ratio that does not fit its row is one thing to look at, whichever of the three is taken for the statement."""
    document = tmp_path / "a.md"
    document.write_text(
        "| Item | V5 | V6 | V6 to V5 |\n|---|---|---|---|\n| Disk (TB) | 14 | 42 | 3.0x |\n"
        "| Clock (GHz) | 1.3 | 2.6 | 2.0x |\n| Ports (GB/s) | 350 | 700 | 2.0x |\n"
        "| Cache (MB) | 4.7 | 9.4 | 1.0x |\n| Power (W) | 60 | 84 | 1.4x |\n",
        encoding="utf-8",
    )
    cli.main(["audit", str(document)])
    assert capsys.readouterr().out.count("does not follow:") == 1


@given(st.floats(1e-6, 1e18), st.sampled_from([3, 4]))
def test_numbers_have_no_exponent_and_keep_their_first_digits(value: float, digits: int) -> None:
    told = number(value, digits)
    assert "e" not in told
    assert math.isclose(float(told.replace(",", "")), value, rel_tol=0.51 * 10.0 ** (1 - digits))
    assert number(-value, digits) == f"−{told}"


def test_every_template_has_its_words() -> None:
    said = yaml.safe_load((DATA / "sentences.yml").read_text(encoding="utf-8"))
    for template in said["rules"].values():
        assert template.format(first="1", last="2", all="1, 2", result="3", periods="2")


def _told(operator: str, code: str, line: int) -> Comparison:
    spots = [Spot(line, None, str(n), n, n - 0.5, n + 0.5, block=0) for n in (10 + line, 20 + line, 30 + line)]
    told = Comparison("sum", "text", spots[0], spots[1:], "disagree", (49.0, 51.0), code, "why", operator=operator)
    told.confidence = precision("text", operator, code)
    return told


def test_what_is_less_often_right_stands_behind_under_a_heading() -> None:
    document = Document("a.txt", [], [])
    seldom, often = _told("likely_pair", "unexplained", 1), _told("likely_pair", "increase_by_vs_to", 2)
    assert seldom.confidence < SURE < often.confidence < 1
    result = Result("a.txt", document, [seldom, often])
    assert alarms(result) == [often, seldom]
    lines = as_text([result]).splitlines()
    heading = next(i for i, line in enumerate(lines) if "less sure" in line)
    assert "(increase_by_vs_to)" in lines[heading - 1] and "(unexplained)" in lines[heading + 1]


def test_what_was_never_measured_is_as_sure_as_all_together() -> None:
    told = yaml.safe_load((DATA / "precision.yml").read_text(encoding="utf-8"))
    assert all(0 <= right <= n for right, n in told.values())
    everything = sum(right for right, _ in told.values()) / sum(n for _, n in told.values())
    assert precision("text", "an engine", "of tomorrow") == pytest.approx(everything)


def test_what_an_engine_was_seldom_right_about_is_a_candidate_and_no_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    document = tmp_path / "a.txt"
    document.write_text(TOLD[0][0], encoding="utf-8")

    def verdicts() -> dict[str, str]:
        cli.main(["audit", "--format", "json", str(document)])
        return {row["stated_printed"]: row["verdict"] for row in json.loads(capsys.readouterr().out)}

    assert verdicts()["170%"] == "disagree"
    monkeypatch.setattr("orchestration.audit.engine.precision", lambda *_: 0.3)
    assert verdicts()["170%"] == "undetermined"


def test_another_print_of_an_input_is_as_sure_as_what_it_repeats(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A candidate has no other print that would be an error."""
    document = tmp_path / "a.md"
    document.write_text(
        "Orders came to $412 million.\n\n"
        "The year before they were $268 million. Orders of $412 million are a rise of 34.9 %.\n",
        encoding="utf-8",
    )

    def told() -> list[tuple[str, float]]:
        cli.main(["audit", "--format", "json", str(document)])
        rows = json.loads(capsys.readouterr().out)
        return [(row["verdict"], row["confidence"]) for row in rows if row["verdict"] in ("disagree", "strained")]

    found = told()
    assert len(found) > 1 and len(set(found)) == 1
    monkeypatch.setattr("orchestration.audit.engine.precision", lambda *_: 0.3)
    assert told() == []
