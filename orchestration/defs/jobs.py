"""Jobs and the daily schedule: what is run together, and when."""

import dagster as dg

from orchestration.defs.raw_assets import load_config
from orchestration.defs.resources import AssetJob
from orchestration.defs.site_assets import DATA_DOCS, SITE

FULL_REFRESH = "full_refresh"
RELOAD_REPORT = "reload_report"
QUALITY_CHECKS = "quality_checks"
SITE_JOB = "site"
PAGES = dg.AssetSelection.assets(DATA_DOCS, SITE)
# a run with this tag checks the published file, not the build
CHECK_PUBLISHED = {"ai_figures/database": "published"}


def full_refresh_job() -> AssetJob:
    """Raw, models, checks, publication, pages: whatever publishes shows what it published."""
    return dg.define_asset_job(
        FULL_REFRESH,
        selection=dg.AssetSelection.all(),
        description="Reads raw/, builds and checks all tables, publishes, builds the pages.",
        executor_def=dg.in_process_executor,
    )


def site_job() -> AssetJob:
    return dg.define_asset_job(
        SITE_JOB,
        selection=PAGES | dg.AssetSelection.checks_for_assets(DATA_DOCS, SITE),
        description="Builds the site and the Data Docs from the published database.",
        executor_def=dg.in_process_executor,
    )


def reload_report_job() -> AssetJob:
    """Some reports read again, then all that a full refresh does."""
    return dg.define_asset_job(
        RELOAD_REPORT,
        selection=dg.AssetSelection.all(),
        config=load_config([]),
        description="Reads the reports named in `ops.load.config.sources` again (and those whose files changed), "
        "rebuilds and checks all tables, publishes, builds the pages.",
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
