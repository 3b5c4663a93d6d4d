"""What a killed run leaves in Dagster's storage, and how the next run gets past it.

Belongs here: runs that never ended and the pool slots they hold. A killed build leaves nothing to clean in our own
files (see build.py and publication.py), but Dagster's storage still says that its run is under way and that its step
holds the pool's only slot, and the next run would wait for that slot for ever.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.build import build_lock

if TYPE_CHECKING:
    import dagster as dg

# a run with this tag holds the lock of that build file from its beginning to its end
BUILD_TAG = "ai_figures/build"


@contextmanager
def sole_run(instance: "dg.DagsterInstance", build_file: Path) -> Iterator[dict[str, str]]:
    """Hold the build for a whole run and end the runs that were killed; yields the tags that the run must carry.

    Raises ``BuildError`` at once when another build is under way.
    """
    with build_lock(build_file):
        release_dead_runs(instance, build_file)
        yield {BUILD_TAG: str(build_file)}


def release_dead_runs(instance: "dg.DagsterInstance", build_file: Path) -> list[str]:
    """Mark killed runs of this build as failed and free their pool slots; returns their ids.

    The caller holds the build lock. The kernel gives that lock up when its process dies, so that whatever run still
    counts as under way with the tag of this build is dead, whichever process, container or boot it was in.
    """
    import dagster as dg

    dead = instance.get_runs(
        dg.RunsFilter(
            tags={BUILD_TAG: str(build_file)},
            statuses=[
                dg.DagsterRunStatus.NOT_STARTED,
                dg.DagsterRunStatus.STARTING,
                dg.DagsterRunStatus.STARTED,
                dg.DagsterRunStatus.CANCELING,
            ],
        )
    )
    for run in dead:
        instance.report_run_failed(run, "The process of this run was killed; found by the next run.")
        if instance.event_log_storage.supports_global_concurrency_limits:
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
    return [run.run_id for run in dead]
