"""kill -9 of runs that the UI started, and of the whole of `make dev`: the next run succeeds by itself."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch

import dagster as dg
import pytest

from orchestration.settings import PROJECT
from orchestration.store.verification import verify
from tests.faults.support import Record

pytestmark = pytest.mark.slow

_LAUNCH = """
mutation Launch($parameters: ExecutionParams!) {
  launchRun(executionParams: $parameters) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
  }
}
"""


class Dev:
    """`ai-figures dev` with a home, a state and a published folder of its own."""

    def __init__(self, base: Path) -> None:
        self.home = base / "dagster"
        self.home.mkdir()
        (self.home / "dagster.yaml").write_bytes((PROJECT / "dagster.yaml").read_bytes())
        self.published = base / "warehouse"
        self._log = base / "dev.log"
        self._environment = os.environ | {
            "DAGSTER_HOME": str(self.home),
            "AI_FIGURES_STATE": str(base / "state"),
            "AI_FIGURES_PUBLISHED": str(self.published),
        }
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def start(self, answers: bool = True) -> None:
        with self._log.open("a", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "orchestration.cli", "dev", "-m", "orchestration.definitions",
                 "-m", "orchestration.definitions_inbox", "-p", str(self.port)],
                cwd=PROJECT, env=self._environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        if answers:
            wait(lambda: self._answers("{ version }"), self.told)

    def launch(self, job: str, **headers: str) -> str:
        """The id of the run; empty when the server refuses the request."""
        selector = {
            "repositoryLocationName": "orchestration.definitions", "repositoryName": "__repository__", "jobName": job,
        }  # fmt: skip
        parameters = {"selector": selector, "runConfigData": {}, "mode": "default"}
        if headers:
            found = self._answers(_LAUNCH, {"parameters": parameters}, **headers)
            return str(found["launchRun"]["run"]["runId"]) if found else ""
        answer = wait(lambda: self._answers(_LAUNCH, {"parameters": parameters}), self.told)["launchRun"]
        assert answer["__typename"] == "LaunchRunSuccess", answer
        return str(answer["run"]["runId"])

    def _answers(self, query: str, variables: dict[str, Any] | None = None, **headers: str) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/graphql",
            json.dumps({"query": query, "variables": variables or {}}).encode(),
            {"Content-Type": "application/json"} | headers,
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return json.load(response)["data"]
        except OSError:
            return None

    def log(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def told(self) -> str:
        return self.log()[-3000:]

    def processes(self) -> dict[int, str]:
        """The UI, the daemon, the code server and all runs: number and command."""
        mark, found = f"DAGSTER_HOME={self.home}\0".encode(), {}
        for entry in Path("/proc").iterdir():
            with suppress(OSError):
                if entry.name.isdigit() and mark in (entry / "environ").read_bytes():
                    found[int(entry.name)] = (entry / "cmdline").read_text(encoding="utf-8").replace("\0", " ")
        return found

    def kill(self) -> None:
        """kill -9 of all of them."""
        for _ in range(3):  # a process may have started another one meanwhile
            for process in self.processes():
                with suppress(OSError):
                    os.kill(process, signal.SIGKILL)
            time.sleep(0.5)


def wait(for_what: Callable[[], Any], told: Callable[[], str], seconds: float = 600) -> Any:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := for_what():
            return found
        time.sleep(0.5)
    raise AssertionError(f"nothing came of it in {seconds:g} s:\n{told()}")


@pytest.fixture
def dev(tmp_path: Path) -> Iterator[Dev]:
    started = Dev(tmp_path)
    try:
        yield started
    finally:
        started.kill()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda stop: stop.name)
def test_a_stop_ends_all_of_it(dev: Dev, stop: signal.Signals) -> None:
    """Schedules and sensors run, the port is closed to other machines, another page launches nothing; 0 at the end."""
    dev.start()
    with socket.socket() as other, pytest.raises(OSError):
        other.connect(("127.0.0.2", dev.port))
    assert dev.launch("quality_checks", Origin="http://evil.example.com") == ""
    assert dev.launch("quality_checks", Origin=f"http://127.0.0.1:{dev.port}")
    wait(lambda: "SensorDaemon" in dev.log(), dev.told)
    assert f"The Dagster UI is at http://127.0.0.1:{dev.port}" in dev.log()
    dev.process.send_signal(stop)
    assert dev.process.wait(120) == 0
    wait(lambda: not dev.processes(), lambda: str(dev.processes()))
    assert "Traceback" not in dev.log()


@pytest.mark.parametrize("part", ["serving.webserver", "_daemon"])
def test_a_part_that_dies_ends_all_of_it(dev: Dev, part: str) -> None:
    dev.start()
    (number,) = wait(lambda: [number for number, command in dev.processes().items() if part in command], dev.told)
    os.kill(number, signal.SIGKILL)
    assert dev.process.wait(120) == 1
    assert "ended with -9" in dev.log()
    wait(lambda: not dev.processes(), lambda: str(dev.processes()))


def test_a_port_in_use_is_told(dev: Dev) -> None:
    with socket.create_server(("127.0.0.1", dev.port)):
        dev.start(answers=False)
        assert dev.process.wait(300) == 1
    assert f"port {dev.port} of this machine cannot be used" in dev.log()


def _process(instance: dg.DagsterInstance, run_id: str) -> int:
    for entry in instance.all_logs(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT):
        metadata = entry.dagster_event.engine_event_data.metadata if entry.dagster_event else {}
        if "pid" in metadata:
            return int(str(metadata["pid"].value))
    raise AssertionError("the run told of no process")


def test_runs_of_the_ui_that_are_killed(dev: Dev, record_property: Record) -> None:
    """A run alone, then the whole of `dagster dev` with its run: the run after both succeeds, nothing is cleaned."""
    with patch.dict(os.environ, DAGSTER_HOME=str(dev.home)), dg.DagsterInstance.from_config(str(dev.home)) as instance:
        slots = instance.event_log_storage.get_concurrency_run_ids

        def status(run_id: str) -> dg.DagsterRunStatus:
            run = instance.get_run_by_id(run_id)
            assert run is not None
            return run.status

        dev.start()
        alone = dev.launch("full_refresh")
        wait(lambda: alone in slots(), dev.told)
        os.kill(_process(instance, alone), signal.SIGKILL)

        together = dev.launch("full_refresh")
        began = time.monotonic()
        wait(lambda: together in slots(), dev.told)
        assert status(alone) == dg.DagsterRunStatus.FAILURE
        one = time.monotonic() - began
        dev.kill()
        assert status(together) == dg.DagsterRunStatus.STARTED

        dev.start()
        last = dev.launch("full_refresh")
        began = time.monotonic()
        wait(lambda: last in slots(), dev.told)
        assert status(together) == dg.DagsterRunStatus.FAILURE
        all_of_it = time.monotonic() - began
        wait(lambda: instance.get_run_by_id(last).is_finished, dev.told)  # type: ignore[union-attr]
        assert status(last) == dg.DagsterRunStatus.SUCCESS
        assert verify(dev.published / "ai_figures.duckdb") == []
    record_property("tried", "a run of the UI killed, then `dagster dev` with its run")
    record_property("lost", f"nothing: the next run has the slot after {one:.0f} s, {all_of_it:.0f} s")
