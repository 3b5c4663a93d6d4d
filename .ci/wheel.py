"""What the wheel carries besides the package: the data that a clone has beside it (hatch build hook).

In a clone, and in an editable install of it, `orchestration/settings.py` finds these where they stand; so an editable
wheel gets no copies, which would go stale.
"""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_CARRIED = (
    "raw/reference",
    "dbt_project/dbt_project.yml",
    "dbt_project/profiles.yml",
    "dbt_project/macros",
    "dbt_project/models",
    "expectations",
    "dagster.yaml",
    "docs",
)


class CarryData(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "standard":
            build_data["force_include"].update({path: f"orchestration/shipped/{path}" for path in _CARRIED})
