"""`ai-figures check`: what a person runs after editing raw/."""

import subprocess
import sys
from pathlib import Path

import pytest

from orchestration import cli
from orchestration.loading import load_sources
from tests.conftest import PROJECT
from tests.loading.rawfolder import SOURCE, RawFolder

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
    assert "elsewhere is not in raw/sources.yml" in capsys.readouterr().err
    checked.write("/sources.yml", "- {source_id: x\n")
    assert cli.main(["check"]) == 1
    assert "raw/sources.yml:2: broken YAML" in capsys.readouterr().err


def test_the_installed_command_reads_one_shipped_source() -> None:
    """From another folder than the project's, as a separate process."""
    source_id = next(iter(load_sources(PROJECT / "raw")))
    command = [sys.executable, "-m", "orchestration.cli", "check", source_id]
    done = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith(f"{source_id}: ")
    assert " 0 quarantined; " in done.stdout
