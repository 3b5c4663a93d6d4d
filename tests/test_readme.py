"""Every SQL block of the README gives the table printed under it."""

import itertools
import re
from pathlib import Path

import pytest

from orchestration import cli
from orchestration.settings import PROJECT, Settings
from tests.sql_blocks import Block, check_block, find_blocks

README = PROJECT / "README.md"
BLOCKS = list(find_blocks(README.read_text(encoding="utf-8").splitlines()))


@pytest.fixture(scope="module")
def warehouse(shipped_build: Settings) -> Path:
    return shipped_build.published_file


def test_the_readme_asks_at_least_five_questions() -> None:
    assert len(BLOCKS) >= 5
    assert all(block.table for block in BLOCKS)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: f"line-{block.line}")
def test_the_answer_is_what_the_warehouse_says(block: Block, warehouse: Path) -> None:
    message = check_block(README, block, warehouse)
    assert not message, message


def test_the_example_of_the_audit_is_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    blocks = re.findall(r"^```text\n(.*?)^```", README.read_text(encoding="utf-8"), re.S | re.M)
    text, said = next((t, s) for t, s in itertools.pairwise(blocks) if s.startswith("brief.txt:"))
    monkeypatch.chdir(tmp_path)
    Path("brief.txt").write_text(text, encoding="utf-8")
    assert cli.main(["audit", "brief.txt"]) == 0
    assert capsys.readouterr().out == said


def test_every_setting_is_described_and_none_is_made_up() -> None:
    """docs/settings.md and the code name the same environment variables."""
    places = ["orchestration", "tests", "expectations", "dbt_project/profiles.yml", "dagster.yaml"]
    files = [
        file for place in places for file in ([PROJECT / place] if "." in place else (PROJECT / place).rglob("*.py"))
    ]
    named = re.compile(r"AI_FIGURES_[A-Z]+(?:_[A-Z]+)*")
    used = {name for file in files for name in named.findall(file.read_text(encoding="utf-8"))}
    assert set(named.findall((PROJECT / "docs" / "settings.md").read_text(encoding="utf-8"))) == used
