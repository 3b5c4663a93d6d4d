"""Jobs and the daily schedule: what is run together, and when."""

import dagster as dg

from orchestration.defs.raw_assets import load_config
from orchestration.defs.resources import AssetJob

FULL_REFRESH = "full_refresh"
RELOAD_REPORT = "reload_report"
QUALITY_CHECKS = "quality_checks"
SITE = "site"
PAGES = dg.AssetSelection.assets(["published", "data_docs"], ["published", "site"])
# a run with this tag checks the published file, not the build
CHECK_PUBLISHED = {"ai_figures/database": "published"}


# everything but the pages, which are built from the published file by a job of their own
WAREHOUSE = dg.AssetSelection.all() - PAGES


def full_refresh_job() -> AssetJob:
    """Raw, models, checks, publication."""
    return dg.define_asset_job(
        FULL_REFRESH,
        selection=WAREHOUSE,
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


def reload_report_job() -> AssetJob:
    """Some reports read again, then all models, checks and the publication: what a full refresh gives."""
    return dg.define_asset_job(
        RELOAD_REPORT,
        selection=WAREHOUSE,
        config=load_config([]),
        description="Reads the reports named in `ops.load.config.sources` again (and those whose files changed), "
        "rebuilds and checks all tables, publishes.",
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
