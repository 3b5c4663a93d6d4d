"""All Dagster definitions: `dagster dev -m orchestration.definitions`.

Reading order: raw assets, dbt models, checks, publication, site, then the jobs, the schedule and the sensors.
"""

from collections.abc import Mapping

import dagster as dg


def build_defs(resource_overrides: Mapping[str, object] | None = None) -> dg.Definitions:
    """Put the definitions together. Tests swap resources by ``resource_overrides``."""
    from orchestration.defs.alert_sensors import alert_sensors
    from orchestration.defs.checks import quality_checks
    from orchestration.defs.dbt_assets import LAYERS, model_assets
    from orchestration.defs.extraction_job import extraction_job
    from orchestration.defs.inbox_assets import document, extract_document_job, inbox_sensor, intake_sensor
    from orchestration.defs.jobs import (
        daily_quality_schedule,
        full_refresh_job,
        quality_checks_job,
        site_job,
        source_job,
    )
    from orchestration.defs.publication_assets import published_warehouse
    from orchestration.defs.raw_assets import collected_assets, registered_sources, registry, source_asset
    from orchestration.defs.resources import Warehouse
    from orchestration.defs.sensors import killed_runs_sensor, raw_files_sensor
    from orchestration.defs.site_assets import data_docs, site
    from orchestration.settings import load_execution

    resources: dict[str, object] = {"warehouse": Warehouse(), **(resource_overrides or {})}
    sources = registered_sources()
    models = model_assets()
    public = sorted(key for key in models.keys if key.path[0] not in LAYERS)
    full_refresh = full_refresh_job()
    quality = quality_checks_job()
    extract_document = extract_document_job()
    extract_inbox = extraction_job(load_execution(), resources["warehouse"])
    return dg.Definitions(
        assets=[
            registry,
            *(source_asset(source) for source in sources),
            collected_assets(sources),
            models,
            published_warehouse(public),
            data_docs,
            site,
            document,
        ],
        asset_checks=quality_checks(set(models.keys)),
        jobs=[
            full_refresh,
            *(source_job(source) for source in sources),
            quality,
            extract_inbox,
            extract_document,
            site_job(),
        ],
        schedules=[daily_quality_schedule(quality)],
        sensors=[
            raw_files_sensor(full_refresh),
            inbox_sensor(extract_inbox),
            intake_sensor(full_refresh),
            *alert_sensors(),
            killed_runs_sensor(),
        ],
        resources=resources,
        # one process: a step that starts a process of its own costs seconds here and gains nothing
        executor=dg.in_process_executor,
    )


def load_defs() -> dg.Definitions:
    """``build_defs``; raises ``DefinitionsError``, which the UI shows at the code location."""
    from orchestration.defs.errors import readable

    with readable():
        return build_defs()


defs = load_defs()
