"""Resources: where the warehouse is."""

from typing import Any

import dagster as dg

from orchestration.defs.home import keep_connections
from orchestration.settings import Settings, load_settings


class Warehouse(dg.ConfigurableResource):
    """The paths of the warehouse, from the environment unless a test overrides them."""

    raw: str = ""
    state: str = ""
    published: str = ""

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        if context.instance is not None:
            keep_connections(context.instance)

    def settings(self) -> Settings:
        from pathlib import Path

        base = load_settings()
        return Settings(
            project=base.project,
            raw=Path(self.raw) if self.raw else base.raw,
            state=Path(self.state) if self.state else base.state,
            published=Path(self.published) if self.published else base.published,
            remote=None if self.published else base.remote,
        )


# Steps that touch the build file; the instance limits the pool to one at a time.
POOL = "warehouse"
# the tag of runs that re-load some reports: their names, or `registry` when the shared files changed
CHANGED = "ai_figures/changed"
# Dagster does not export the type that define_asset_job returns
AssetJob = Any
ENGINEERS = ["team:data-engineering"]
STEWARDS = ["team:data-stewards"]
