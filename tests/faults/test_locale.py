"""The command line under the POSIX locale with Python's UTF-8 mode off: what it prints is UTF-8 all the same."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration.settings import PROJECT
from tests.faults.support import settings_in
from tests.site.tiny import write_tiny

POSIX = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONIOENCODING": ""}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A warehouse in a folder with a Chinese name."""
    base = tmp_path / "数据"
    settings = settings_in(base)
    settings.published.mkdir(parents=True)
    write_tiny(settings.published_file)
    with duckdb.connect(str(settings.published_file)) as connection:
        connection.execute("create table quality.quarantine (source_id varchar)")
        connection.execute("create schema candidates")
        connection.execute("create table candidates.figures (file varchar)")
        connection.execute("create table candidates.findings (severity varchar)")
        connection.execute("update reconciliation.findings set explanation = '5.7亿美元'")
    return base


def _run(folder: Path, *arguments: object, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    settings = settings_in(folder)
    return subprocess.run(
        [sys.executable, "-m", "orchestration.cli", *map(str, arguments)],
        cwd=PROJECT, capture_output=True, timeout=120,
        env={**os.environ, "AI_FIGURES_PUBLISHED": str(settings.published), "AI_FIGURES_STATE": str(settings.state),
             **POSIX, **environment},
    )  # fmt: skip


@pytest.mark.parametrize("environment", [{}, {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "1"}])
@pytest.mark.parametrize(
    "command", [("build", "--help"), ("findings", "--all"), ("summary",), ("check", "leadleo_2024")]
)
def test_commands_print_utf_8(folder: Path, command: tuple[str, ...], environment: dict[str, str]) -> None:
    done = _run(folder, *command, **environment)
    assert done.returncode == 0, done.stderr
    told = (done.stdout + done.stderr).decode("utf-8")
    assert "UnicodeEncodeError" not in told and "\\u" not in told and "\\x" not in told
    if command[0] == "findings":
        assert "5.7亿美元" in told
    if command == ("summary",):
        assert "数据/warehouse/ai_figures.duckdb" in told


def test_check_prints_what_it_cannot_read(folder: Path, tmp_path: Path) -> None:
    """The message quotes the row, which is Chinese."""
    raw = tmp_path / "raw"
    shutil.copytree(PROJECT / "raw", raw, ignore=shutil.ignore_patterns("inbox"))
    figures = next((raw / "leadleo_2024" / "figures").glob("*.csv"))
    lines = figures.read_text(encoding="utf-8").splitlines()
    figures.write_text(
        "\n".join([*lines, lines[1].replace(lines[1].split(",")[2], "若干亿元")]) + "\n", encoding="utf-8"
    )
    done = _run(folder, "check", "leadleo_2024", AI_FIGURES_RAW=str(raw))
    assert done.returncode == 1
    assert "UnicodeEncodeError" not in done.stderr.decode("utf-8")
    assert "若干亿元" in done.stdout.decode("utf-8")


@pytest.mark.parametrize("form", ["csv", "json"])
def test_extract_prints_utf_8(folder: Path, form: str) -> None:
    document = folder / "报告.txt"
    document.write_text("2024年，AI芯片市场规模为5.7亿美元。\n", encoding="utf-8")
    done = _run(folder, "extract", "--format", form, document)
    assert done.returncode == 0, done.stderr
    told = done.stdout.decode("utf-8")
    assert "5.7亿美元" in told and "报告.txt" in told
    if form == "json":
        assert json.loads(told)[0]["printed"] == "5.7亿美元"


def test_the_summary_names_the_site_beside_the_published_folder(folder: Path) -> None:
    site = settings_in(folder).site / "index.html"
    site.parent.mkdir()
    site.touch()
    told = _run(folder, "summary").stdout.decode("utf-8")
    assert f"Site        {site}" in told
