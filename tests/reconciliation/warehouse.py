"""A whole warehouse out of any raw folder, in a folder of its own, and what it says."""

from pathlib import Path
from typing import Any

import duckdb

from orchestration.driver import pipeline
from orchestration.settings import PROJECT, Settings
from tests.conftest import begun_from


def build(raw: Path, base: Path, begun: Settings | None = None) -> Settings:
    """Load, transform and publish ``raw`` below ``base``, over the build of ``begun`` where one is given; every row
    must load."""
    settings = Settings(project=PROJECT, raw=raw, state=base / "state", published=base / "warehouse")
    if begun:
        begun_from(begun, settings)
    summary = pipeline.run(settings, check=False)
    problems = [problem for load in summary.loads for problem in load.problems]
    assert not problems, problems[:5]
    return settings


def rows(settings: Settings, query: str) -> list[dict[str, Any]]:
    """Rows of the published file as mappings."""
    with duckdb.connect(str(settings.published_file), read_only=True) as connection:
        result = connection.execute(query)
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
