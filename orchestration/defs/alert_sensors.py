"""Sensors that tell what a run found, once for each run: orchestration/quality/alerts.py says what, and to whom.

They follow the ends of runs of all code locations (the cursor is Dagster's): a failing check is told once a
run, not once a tick, and after a restart what ended meanwhile is told. `ai-figures build` tells of its own runs itself.
"""

from typing import Any

import dagster as dg

from orchestration.driver.recovery import BUILD_TAG
from orchestration.settings import load_alerts


def alert_sensors() -> list[dg.SensorDefinition]:
    """One for runs that failed, one for runs that succeeded with failing checks. Raises ``SettingsError``."""
    load_alerts()  # a setting that cannot be used is told when the definitions are loaded

    @dg.run_failure_sensor(
        name="run_failure_alert",
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=30,
        monitor_all_code_locations=True,  # the inbox is one of its own
        description="Tells of failed runs and their failing checks: in the log and to AI_FIGURES_ALERTS.",
    )
    def run_failure_alert(context: dg.RunFailureSensorContext) -> None:
        _tell(context)

    @dg.run_status_sensor(
        run_status=dg.DagsterRunStatus.SUCCESS,
        name="failing_checks_alert",
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=30,
        monitor_all_code_locations=True,
        description="Tells of failing checks and new findings of runs that succeeded: in the log and to "
        "AI_FIGURES_ALERTS.",
    )
    def failing_checks_alert(context: dg.RunStatusSensorContext) -> None:
        _tell(context)

    return [run_failure_alert, failing_checks_alert]


def _tell(context: Any) -> None:
    from orchestration.quality import alerts

    run = context.dagster_run
    if BUILD_TAG in run.tags:
        return  # `ai-figures build` has told of it
    events = [
        entry.dagster_event
        for entry in context.instance.all_logs(
            run.run_id,
            of_type={
                dg.DagsterEventType.STEP_FAILURE,
                dg.DagsterEventType.RUN_FAILURE,
                dg.DagsterEventType.ASSET_CHECK_EVALUATION,
            },
        )
        if entry.dagster_event is not None
    ]
    evaluations = [
        event.event_specific_data for event in events if event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION
    ]
    items = alerts.failure_items(events, f"run {run.run_id} in the Dagster UI") + alerts.check_items(evaluations)
    if items:
        log = context.log.error if run.status == dg.DagsterRunStatus.FAILURE else context.log.warning
        log(f"{run.job_name}: {len(items)} to look at\n{alerts.report(items)}")
        alerts.announce(run.job_name, run.run_id, items, context.log.error)
