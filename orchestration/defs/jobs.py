"""Jobs and the daily schedule: what is run together, and when."""

from typing import Any

import dagster as dg

from orchestration.defs.raw_assets import source_key
from orchestration.defs.resources import CHANGED
from orchestration.loading.reference import Source

# Dagster does not export the type that define_asset_job returns
AssetJob = Any

FULL_REFRESH = "full_refresh"
QUALITY_CHECKS = "quality_checks"
SITE = "site"
PAGES = dg.AssetSelection.assets(["published", "data_docs"], ["published", "site"])
# a run with this tag checks the published file, not the build
CHECK_PUBLISHED = {"ai_figures/database": "published"}


def full_refresh_job() -> AssetJob:
    """Raw, models, checks, publication. The pages are built from the published file by a job of their own."""
    return dg.define_asset_job(
        FULL_REFRESH,
        selection=dg.AssetSelection.all() - dg.AssetSelection.groups("inbox") - PAGES,
        description="Reads raw/, builds and checks all tables, publishes.",
        executor_def=dg.in_process_executor,
    )


def site_job() -> AssetJob:
    return dg.define_asset_job(
        SITE,
        selection=PAGES,
        description="Builds the site and the Data Docs from the published database.",
        executor_def=dg.in_process_executor,
    )


def source_job(source: Source) -> AssetJob:
    """One report re-loaded alone, with everything that depends on it."""
    selection = dg.AssetSelection.assets(dg.AssetKey(["raw", "registry"]), source_key(source.source_id))
    return dg.define_asset_job(
        f"reload_{source.source_id}",
        selection=(selection | dg.AssetSelection.assets(source_key(source.source_id)).downstream()) - PAGES,
        description=f"Re-loads “{source.title}” and rebuilds what depends on it.",
        tags={CHANGED: source.source_id},
        executor_def=dg.in_process_executor,
    )


def quality_checks_job() -> AssetJob:
    """All checks, against the published database; builds nothing."""
    return dg.define_asset_job(
        QUALITY_CHECKS,
        selection=dg.AssetSelection.all_asset_checks(),
        description="Runs every check against the published database and adds the results to quality.check_results.",
        tags=CHECK_PUBLISHED,
        executor_def=dg.in_process_executor,
    )


def daily_quality_schedule(job: AssetJob) -> dg.ScheduleDefinition:
    return dg.ScheduleDefinition(
        name="daily_quality_checks",
        job=job,
        cron_schedule="0 6 * * *",
        execution_timezone="UTC",
        description="Every day at 06:00 UTC: do the published figures still pass, has the set of findings drifted?",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
