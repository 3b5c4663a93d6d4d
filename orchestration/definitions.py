"""The warehouse in Dagster: `dagster dev -m orchestration.definitions -m orchestration.definitions_inbox`.

Reading order: raw assets, dbt models, checks, publication, site, then the jobs, the schedule and the sensors. The inbox
is a code location of its own (definitions_inbox.py): a document more or less, or a broken extractor, is nothing that
the warehouse waits for. So are datasets (definitions_datasets.py). Nothing here depends on what stands in `raw/`.
"""

from collections.abc import Mapping

import dagster as dg


def build_defs(resource_overrides: Mapping[str, object] | None = None) -> dg.Definitions:
    """Put the definitions together. Tests swap resources by ``resource_overrides``."""
    from orchestration.defs.alert_sensors import alert_sensors
    from orchestration.defs.checks import quality_checks
    from orchestration.defs.dbt_assets import LAYERS, model_assets
    from orchestration.defs.inbox_assets import DOCUMENT_SPEC, intake_sensor
    from orchestration.defs.jobs import (
        daily_quality_schedule,
        full_refresh_job,
        quality_checks_job,
        reload_report_job,
        site_job,
    )
    from orchestration.defs.publication_assets import published_warehouse
    from orchestration.defs.raw_assets import load
    from orchestration.defs.resources import Warehouse
    from orchestration.defs.sensors import killed_runs_sensor, raw_files_sensor
    from orchestration.defs.site_assets import data_docs, site

    models = model_assets()
    public = sorted(key for key in models.keys if key.path[0] not in LAYERS)
    full_refresh, reload_report, quality = full_refresh_job(), reload_report_job(), quality_checks_job()
    return dg.Definitions(
        # the inbox stands here as what the raw tables depend on
        assets=[DOCUMENT_SPEC, load, models, published_warehouse(public), data_docs, site],
        asset_checks=quality_checks(set(models.keys)),
        jobs=[full_refresh, reload_report, quality, site_job()],
        schedules=[daily_quality_schedule(quality)],
        sensors=[
            raw_files_sensor(reload_report),
            intake_sensor(full_refresh),
            *alert_sensors(),
            killed_runs_sensor(),
        ],
        resources={"warehouse": Warehouse(), **(resource_overrides or {})},
        # one process: a step that starts a process of its own costs seconds here and gains nothing
        executor=dg.in_process_executor,
    )


def load_defs() -> dg.Definitions:
    """``build_defs``; raises ``DefinitionsError``, which the UI shows at the code location."""
    from orchestration.defs.errors import readable

    with readable():
        return build_defs()


defs = load_defs()
