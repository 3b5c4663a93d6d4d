"""Datasets in Dagster, a code location of its own: vintages and drafts as partitions. The warehouse waits for none."""

from collections.abc import Mapping

import dagster as dg


def build_defs(resource_overrides: Mapping[str, object] | None = None) -> dg.Definitions:
    """Put the definitions together. Tests swap resources by ``resource_overrides``."""
    from orchestration.defs.dataset_assets import (
        draft,
        fetch_job,
        fetch_schedule,
        reload_job,
        snapshots_sensor,
        vintage,
    )
    from orchestration.defs.resources import Warehouse

    fetch, reload = fetch_job(), reload_job()
    return dg.Definitions(
        assets=[vintage, draft],
        jobs=[fetch, reload],
        schedules=[fetch_schedule(fetch)],
        sensors=[snapshots_sensor(reload)],
        resources={"warehouse": Warehouse(), **(resource_overrides or {})},
        executor=dg.in_process_executor,
    )


def load_defs() -> dg.Definitions:
    """``build_defs``; raises ``DefinitionsError``, which the UI shows at the code location."""
    from orchestration.defs.errors import readable

    with readable():
        return build_defs()


defs = load_defs()
