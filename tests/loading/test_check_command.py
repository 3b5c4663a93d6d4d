"""`ai-figures check`: what a person runs after editing raw/."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration import cli
from orchestration.loading import load_sources
from tests.conftest import PROJECT
from tests.loading.rawfolder import SOURCE, SOURCES, RawFolder

TEXT = {3: "360.6亿元 20%", 5: "300.5亿元", 7: "3-4万家", 20: "beta 2", 21: "300 TFLOPS  600 TFLOPS", 22: "300W",
        23: "400W", 24: "1 TFLOPS/W 1.5 TFLOPS/W", 90: "500家"}  # fmt: skip


@pytest.fixture
def checked(raw: RawFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RawFolder:
    """The valid folder as the project's `raw/`, with its source text beside it."""
    monkeypatch.setenv("AI_FIGURES_RAW", str(raw.path))
    monkeypatch.setenv("AI_FIGURES_SOURCES", str(tmp_path / "texts"))
    (tmp_path / "texts").mkdir()
    lines = "\n".join(TEXT.get(number, "") for number in range(1, 101))
    (tmp_path / "texts" / "sample.txt").write_text(lines, encoding="utf-8")
    raw.write("/sources.yml", SOURCES.replace("''", hashlib.sha256(lines.encode()).hexdigest()))
    raw.write("/decisions.yml", "[]\n")
    return raw


def test_a_sound_source(checked: RawFolder, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check"]) == 0
    assert capsys.readouterr().out == (
        "sample_2025: 16 rows in, 16 loaded, 0 quarantined; 12 figures, 5 relations; 0 not at their line\n"
    )


def test_a_bad_row_is_listed_with_its_place(checked: RawFolder, capsys: pytest.CaptureFixture[str]) -> None:
    checked.change("90a", printed="500间")
    assert cli.main(["check", str(checked.source)]) == 1
    first, second, last = capsys.readouterr().out.splitlines()
    assert first.startswith("raw/sample_2025/figures/b.csv:2: 90a: unknown unit '间'")
    assert second.startswith("raw/sample_2025/relations/ties.yml:2: companies: there is no figure '90a'")
    assert last.startswith("sample_2025: 16 rows in, 14 loaded, 2 quarantined; ")


def test_a_figure_cited_at_the_wrong_line(checked: RawFolder, capsys: pytest.CaptureFixture[str]) -> None:
    checked.change("90a", line="89")
    assert cli.main(["check", SOURCE]) == 1
    assert "'500家' is not at line 89; it stands at line 90" in capsys.readouterr().out


def test_without_the_source_texts(
    checked: RawFolder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AI_FIGURES_SOURCES", str(checked.path / "nowhere"))
    assert cli.main(["check"]) == 0
    assert "source texts absent, places not checked" in capsys.readouterr().out


def test_unknown_source_and_broken_registry(checked: RawFolder, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", "raw/elsewhere"]) == 1
    assert "'elsewhere' is not registered" in capsys.readouterr().err
    checked.write("/sources.yml", "- {source_id: x\n")
    assert cli.main(["check"]) == 1
    assert "raw/sources.yml:2: (no key): broken YAML" in capsys.readouterr().out


ALL_AT_ONCE = {
    "raw/sources.yml:14: (no key): the entry has no `source_id`": ("/sources.yml", "- {title: x}\n"),
    "raw/sources.yml:15: Figures: 'Figures' is a reserved name": (
        "/sources.yml", "- {source_id: Figures, title: x, publisher: x, language: en, kind: x, file: y}\n"),
    "raw/sources.yml:16: late: the source names the file 'z' and no `sha256`. Write what `sha256sum z` prints": (
        "/sources.yml", "- {source_id: late, title: x, publisher: x, language: en, kind: x, file: z}\n"),
    "raw/late:0: (no key): the source has no folder": None,
    "raw/reference/units.csv:19: 间: `factor` is '0', outside": ("/reference/units.csv", "间,count,0,count,company,\n"),
    "raw/reference/exchange_rates.csv:3: USD|2023: `cny_per_unit` is '-7', outside": (
        "/reference/exchange_rates.csv", "USD,2023,-7,1,A bank\n"),
    "raw/reference/reference_values.csv:3: y: the entry has no `citation`": (
        "/reference/reference_values.csv", "y,power_draw,Chip A,,,,,3,W,,,\n"),
    "raw/known_findings.csv:2: nothing: `finding_id` is 'nothing'": (
        "/known_findings.csv", "finding_id,explanation_code\nnothing,unexplained\n"),
    "raw/stray:0: (no key): the folder stray is registered nowhere": ("/stray/notes.txt", "x"),
    "raw/sample_2025/figures/c.csv:1: (no key): the file is empty": ("figures/c.csv", "\n"),
    "raw/sample_2025/relations/ties.yml:4: other: there is no figure 'late/3a'": (
        "relations/ties.yml", "- {id: other, rule: repeat, figures: [3a, late/3a]}\n"),
    "raw/sample_2025/relations/ties.yml:5: slip: `covers` is 'everything'. Write all, part": (
        "relations/ties.yml", "- {id: slip, rule: sum, stated: 3a, parts: [5a], covers: everything}\n"),
    "raw/decisions.yml:1: ": (
        "/decisions.yml", "- {finding: 'cagr:x', decision: acepted, reason: r, expect: {code: c}}\n"),
}  # fmt: skip


def test_one_pass_tells_everything(checked: RawFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """Registry, reference, known findings, folders, rows, ties and decisions: no broken part hides another."""
    checked.write("/decisions.yml", "")
    for change in ALL_AT_ONCE.values():
        if change:
            name, text = change
            path = checked.path / name[1:] if name.startswith("/") else checked.source / name
            checked.write(name, (path.read_text(encoding="utf-8") if path.exists() else "") + text)
    assert cli.main(["check"]) == 1
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("raw/")]
    assert [start for start in ALL_AT_ONCE if not any(line.startswith(start) for line in lines)] == []
    assert len(lines) == len(ALL_AT_ONCE), lines


@pytest.mark.parametrize("name", ["/sources.yml", "/reference/units.csv", "/decisions.yml", "/known_findings.csv"])
def test_a_file_that_cannot_be_read_hides_no_other(
    checked: RawFolder, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for broken in ("/reference/segments.csv", name):
        checked.write(broken, b"\xff\xfe\xff")
    assert cli.main(["check"]) == 1
    told = capsys.readouterr().out
    assert f"raw{name}:1: " in told and "raw/reference/segments.csv:1: " in told


def test_a_source_text_that_has_changed(checked: RawFolder, capsys: pytest.CaptureFixture[str]) -> None:
    checked.write("/sources.yml", SOURCES.replace("''", "0" * 64))
    assert cli.main(["check"]) == 1
    assert "sources.yml:2: sample_2025: `sha256` is not that of sample.txt" in capsys.readouterr().out


def test_a_figure_cited_by_a_decision_is_looked_up(checked: RawFolder, capsys: pytest.CaptureFixture[str]) -> None:
    entry = (
        "- {{finding: 'growth:sample_2025/growth', decision: accepted, reason: r, expect: {{code: c}}, prefer: {}}}\n"
    )
    checked.write("/decisions.yml", entry.format("sample_2025/7a"))
    assert cli.main(["check"]) == 0  # a range without its ends
    checked.write("/decisions.yml", entry.format("sample_2025/7b"))
    assert cli.main(["check"]) == 1
    assert "raw/decisions.yml:1: " in capsys.readouterr().out


def test_the_installed_command_reads_one_shipped_source() -> None:
    """From another folder than the project's, as a separate process."""
    source_id = next(iter(load_sources(PROJECT / "raw")))
    command = [sys.executable, "-m", "orchestration.cli", "check", source_id]
    done = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith(f"{source_id}: ")
    assert " 0 quarantined; " in done.stdout
