"""A killed run leaves Dagster's storage as if it were still under way: the next run must not wait for it for ever."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from orchestration.driver.recovery import BUILD_TAG, is_alive, release_dead_runs, release_killed_runs, sole_run
from orchestration.settings import PROJECT
from orchestration.store.build import BuildError
from tests.faults.support import kill, start

# a run in a process of its own that holds the pool's slot until it is killed
RUN = """
    import os, sys, time
    from pathlib import Path
    os.environ["DAGSTER_HOME"] = sys.argv[1]
    import dagster as dg
    from orchestration.driver.recovery import sole_run

    @dg.asset(pool="warehouse")
    def step():
        print("in the step", flush=True)
        time.sleep(float(sys.argv[3]))

    job = dg.Definitions(assets=[step], jobs=[dg.define_asset_job("job", "*")]).resolve_job_def("job")
    with dg.DagsterInstance.get() as instance, sole_run(instance, Path(sys.argv[2])) as tags:
        result = job.execute_in_process(instance=instance, tags=tags)
    print("succeeded" if result.success else "failed", flush=True)
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "dagster"
    home.mkdir()
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    (home / "dagster.yaml").write_bytes((PROJECT / "dagster.yaml").read_bytes())
    return home


@pytest.fixture
def instance(home: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.from_config(str(home)) as instance:
        yield instance


def test_the_run_after_a_killed_one_does_not_wait_for_its_slot(
    home: Path, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    build_file = tmp_path / "build.duckdb"
    killed = start(RUN, home, build_file, 600)
    assert killed.stdout is not None and killed.stdout.readline() == "in the step\n"
    with pytest.raises(BuildError, match="another build is writing"), sole_run(instance, build_file):
        pass
    kill(killed)
    (run,) = instance.get_runs()
    assert run.status == dg.DagsterRunStatus.STARTED and run.tags[BUILD_TAG] == str(build_file)

    following = start(RUN, home, build_file, 0)
    told, error = following.communicate(timeout=90)
    assert told.endswith("succeeded\n"), told + error
    assert instance.get_run_by_id(run.run_id).status == dg.DagsterRunStatus.FAILURE  # type: ignore[union-attr]


def test_runs_of_other_builds_are_left_alone(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    for tags in ({BUILD_TAG: "elsewhere"}, {}):
        instance.create_run_for_job(
            dg.Definitions(jobs=[dg.define_asset_job("nothing", dg.AssetSelection.all())])
            .resolve_job_def("nothing"),
            tags=tags,
            status=dg.DagsterRunStatus.STARTED,
        )  # fmt: skip
    assert release_dead_runs(instance, tmp_path / "build.duckdb") == []
    assert len(release_dead_runs(instance, Path("elsewhere"))) == 1


# as the UI runs it: nobody holds the build lock around it
UNTAGGED = RUN.replace("sole_run(instance, Path(sys.argv[2])) as tags", "nullcontext() as tags").replace(
    "from pathlib import Path", "from contextlib import nullcontext; from pathlib import Path"
)


def test_a_killed_run_of_the_ui_is_ended_and_a_living_one_is_not(
    home: Path, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    slots = instance.event_log_storage.get_concurrency_run_ids
    process = start(UNTAGGED, home, tmp_path, 600)
    try:
        assert process.stdout is not None and process.stdout.readline() == "in the step\n"
        (run,) = instance.get_runs()
        assert release_killed_runs(instance) == [] and slots() == {run.run_id}
    finally:
        kill(process)
    assert release_killed_runs(instance) == [run.run_id]
    assert slots() == set()
    assert instance.get_run_by_id(run.run_id).status == dg.DagsterRunStatus.FAILURE  # type: ignore[union-attr]
    assert release_killed_runs(instance) == []


def test_the_next_build_ends_killed_runs_of_the_ui(home: Path, instance: dg.DagsterInstance, tmp_path: Path) -> None:
    process = start(UNTAGGED, home, tmp_path, 600)
    assert process.stdout is not None and process.stdout.readline() == "in the step\n"
    kill(process)
    following = start(RUN, home, tmp_path / "build.duckdb", 0)
    told, error = following.communicate(timeout=90)
    assert told.endswith("succeeded\n"), told + error


def test_slots_of_ended_runs_are_freed(home: Path, instance: dg.DagsterInstance, tmp_path: Path) -> None:
    """The code server marks a killed run as failed, but leaves its slot to a daemon that may be gone as well."""
    process = start(UNTAGGED, home, tmp_path, 600)
    assert process.stdout is not None and process.stdout.readline() == "in the step\n"
    kill(process)
    (run,) = instance.get_runs()
    instance.report_run_failed(run)
    assert instance.event_log_storage.get_concurrency_run_ids() == {run.run_id}
    assert release_killed_runs(instance) == []
    assert instance.event_log_storage.get_concurrency_run_ids() == set()


def test_a_number_given_to_a_later_process_is_not_the_run() -> None:
    assert is_alive(os.getpid(), time.time())
    assert not is_alive(os.getpid(), time.time() - 86400 * 365)
    assert not is_alive(2**22 + 1, time.time())
