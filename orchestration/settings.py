"""Where things are: one place for paths, each with an environment variable to move it."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Settings:
    """Paths of one warehouse.

    ``raw`` is read only; ``state`` holds what survives between runs and is nobody's business (the build file, check
    history, Dagster's own storage); ``published`` is the folder that readers open.
    """

    project: Path
    raw: Path
    state: Path
    published: Path

    @property
    def build_file(self) -> Path:
        """The DuckDB file that the pipeline writes; never opened by readers."""
        return self.state / "build" / "ai_figures_build.duckdb"

    @property
    def history_file(self) -> Path:
        """Append-only history of check runs; survives rebuilds."""
        return self.state / "history" / "check_results.duckdb"

    @property
    def published_file(self) -> Path:
        return self.published / "ai_figures.duckdb"

    @property
    def site(self) -> Path:
        """The static site; moves with the published folder in tests."""
        return self.published.parent / "site"

    @property
    def dbt_project(self) -> Path:
        return self.project / "dbt_project"

    @property
    def expectations(self) -> Path:
        return self.project / "expectations"


def duckdb_config() -> dict[str, Any]:
    """How much memory DuckDB may take before it spills to disk: ``AI_FIGURES_MEMORY`` (``5GB``), else its own default.

    `dbt_project/profiles.yml` says the same: connections of one process to one file must agree.
    """
    return {"memory_limit": os.environ.get("AI_FIGURES_MEMORY") or "80%"}


def load_settings() -> Settings:
    """Settings from the environment: ``AI_FIGURES_RAW``, ``AI_FIGURES_STATE``, ``AI_FIGURES_PUBLISHED``."""

    def path(name: str, default: Path) -> Path:
        return Path(os.environ.get(name) or default).resolve()

    return Settings(
        project=PROJECT,
        raw=path("AI_FIGURES_RAW", PROJECT / "raw"),
        state=path("AI_FIGURES_STATE", PROJECT / ".state"),
        published=path("AI_FIGURES_PUBLISHED", PROJECT / "warehouse"),
    )
