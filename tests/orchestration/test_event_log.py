"""Dagster's event log with its files kept open: the same events at the same place, whole after a kill."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage

from orchestration.defs.event_log import KeptOpenEventLogStorage
from orchestration.settings import PROJECT

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dg.asset
def figures() -> None: ...


@dg.asset_check(asset=figures)
def holds() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=False, severity=dg.AssetCheckSeverity.WARN)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copyfile(PROJECT / "dagster.yaml", tmp_path / "dagster.yaml")
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    return tmp_path


def run(instance: dg.DagsterInstance) -> str:
    result = dg.materialize([figures, holds], instance=instance, run_config=QUIET)
    assert result.success
    return result.run_id


def events(storage: SqliteEventLogStorage, run_id: str) -> list[str]:
    return [str(e.dagster_event.event_type_value) for e in storage.get_logs_for_run(run_id) if e.dagster_event]


def test_shipped_configuration_uses_it(home: Path) -> None:
    with dg.DagsterInstance.get() as instance:
        assert isinstance(instance.event_log_storage, KeptOpenEventLogStorage)


def test_dagsters_own_storage_reads_the_same_events(home: Path) -> None:
    with dg.DagsterInstance.get() as instance:
        run_ids = [run(instance) for _ in range(12)]  # more than are kept open
        kept = {run_id: events(instance.event_log_storage, run_id) for run_id in run_ids}
        check = instance.event_log_storage.get_asset_check_execution_history(
            dg.AssetCheckKey(figures.key, "holds"), limit=20
        )
        assert len(check) == 12
    (home / "dagster.yaml").unlink()
    with dg.DagsterInstance.get() as instance:
        storage = instance.event_log_storage
        assert not isinstance(storage, KeptOpenEventLogStorage)
        assert {run_id: events(storage, run_id) for run_id in run_ids} == kept
        assert "ASSET_CHECK_EVALUATION" in kept[run_ids[0]]
        latest = instance.get_latest_materialization_event(figures.key)
        assert latest is not None and latest.run_id == run_ids[-1]


KILLED = """
import os, signal
import dagster as dg
from tests.orchestration.test_event_log import run
instance = dg.DagsterInstance.get()
print(run(instance), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_process_loses_no_event(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED], cwd=PROJECT, env=dict(os.environ), capture_output=True, text=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    run_id = done.stdout.strip()
    with dg.DagsterInstance.get() as instance:
        assert events(instance.event_log_storage, run_id)[-1] == "PIPELINE_SUCCESS"
        run(instance)
    for file in (home / "history" / "runs").glob("*.db"):
        with sqlite3.connect(file) as connection:
            assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
