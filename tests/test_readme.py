"""Every SQL block of the README gives the table printed under it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration import pipeline
from orchestration.settings import PROJECT, Settings
from tests.sql_blocks import Block, check_block, find_blocks

README = PROJECT / "README.md"
BLOCKS = list(find_blocks(README.read_text(encoding="utf-8").splitlines()))


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    base = tmp_path_factory.mktemp("readme")
    settings = Settings(project=PROJECT, raw=PROJECT / "raw", state=base / "state", published=base / "published")
    pipeline.run(settings, check=False)
    yield settings.published_file


def test_the_readme_asks_at_least_five_questions() -> None:
    assert len(BLOCKS) >= 5
    assert all(block.table for block in BLOCKS)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: f"line-{block.line}")
def test_the_answer_is_what_the_warehouse_says(block: Block, warehouse: Path) -> None:
    message = check_block(README, block, warehouse)
    assert not message, message
