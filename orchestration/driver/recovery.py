"""What a killed run leaves in Dagster's storage, and how the next run gets past it.

Belongs here: runs that never ended and the pool slots they hold. A killed build leaves nothing to clean in our own
files (see build.py and publication.py), but Dagster's storage still says that its run is under way and that its step
holds the pool's only slot, and the next run would wait for that slot for ever.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.store.build import build_lock

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
        release_killed_runs(instance)
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
        _end(instance, run, "The process of this run was killed; found by the next run.")
    return [run.run_id for run in dead]


def release_killed_runs(instance: "dg.DagsterInstance") -> list[str]:
    """Mark runs whose process is gone as failed, and free the slots of all runs that have ended; returns their ids.

    For runs that the UI, a schedule or a sensor started: the code server tells of a killed run as long as it lives
    itself, and nobody does once all of `dagster dev` was killed. Every run tells its process number as it starts.
    """
    import dagster as dg

    under_way = instance.get_runs(
        dg.RunsFilter(
            statuses=[dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
        )
    )
    dead = [run for run in under_way if BUILD_TAG not in run.tags and _was_killed(instance, run.run_id)]
    for run in dead:
        _end(instance, run, "The process of this run is gone: it was killed, or this machine was.")
    storage = instance.event_log_storage
    if storage.supports_global_concurrency_limits and (holders := list(storage.get_concurrency_run_ids())):
        for record in instance.get_run_records(dg.RunsFilter(run_ids=holders)):
            if record.dagster_run.is_finished:
                storage.free_concurrency_slots_for_run(record.dagster_run.run_id)
    return [run.run_id for run in dead]


def _end(instance: "dg.DagsterInstance", run: "dg.DagsterRun", message: str) -> None:
    instance.report_run_failed(run, message)
    if instance.event_log_storage.supports_global_concurrency_limits:
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)


def _was_killed(instance: "dg.DagsterInstance", run_id: str) -> bool:
    """Whether the process that a run told of is gone; a run that told of none has not begun."""
    import dagster as dg

    for entry in instance.all_logs(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT):
        metadata = entry.dagster_event.engine_event_data.metadata if entry.dagster_event else {}
        pid = str(metadata["pid"].value) if "pid" in metadata else ""
        if pid.isdigit():
            return not is_alive(int(pid), entry.timestamp)
    return False


def is_alive(pid: int, then: float) -> bool:
    """Whether the process of that number is the one that had it ``then`` (seconds since 1970)."""
    if not Path("/proc/stat").exists():
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True
    try:
        # after the name, which may hold spaces and brackets: state, and as the 20th of the rest the start in ticks
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        boot = next(
            int(line.split()[1])
            for line in Path("/proc/stat").read_text(encoding="utf-8").splitlines()
            if line.startswith("btime ")
        )
    except (OSError, StopIteration):
        return False
    started = boot + int(fields[19]) / os.sysconf("SC_CLK_TCK")
    # the kernel's clocks are whole seconds here; a number given out again belongs to a later process
    return fields[0] != "Z" and started <= then + 5
