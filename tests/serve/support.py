"""A server of `ai-figures serve` in a folder of its own, with its PostgreSQL: start, ask, kill."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from orchestration.settings import PROJECT

_LAUNCH = """
mutation Launch($parameters: ExecutionParams!) {
  launchRun(executionParams: $parameters) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
  }
}
"""
_STATUS = "query Status($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"


class Server:
    """In a folder that the account of PostgreSQL may enter, as pytest's own may not."""

    def __init__(self, code: str, *, python_path: str = "", settings: Mapping[str, str] | None = None) -> None:
        self.base = Path(tempfile.mkdtemp(prefix="serve-"))
        self.base.chmod(0o755)
        self.state = self.base / "state"
        self.home = self.state / "server"
        self.settings_file = self.base / "serve.env"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        variables = {
            "AI_FIGURES_STATE": str(self.state),
            "AI_FIGURES_PUBLISHED": str(self.base / "warehouse"),
            "AI_FIGURES_RAW": str(self.base / "raw"),
            "AI_FIGURES_UI_PORT": str(self.port),
            "AI_FIGURES_CODE": code,
            **(settings or {}),
        }
        lines = "".join(f"{name}={value}\n" for name, value in variables.items())
        self.settings_file.write_text(f"# of a test\n{lines}", encoding="utf-8")
        self._log = self.base / "serve.log"
        known = {name: text for name, text in os.environ.items() if not name.startswith(("AI_FIGURES_", "DAGSTER_"))}
        self.environment = known | {
            "AI_FIGURES_SETTINGS": str(self.settings_file),
            "PYTHONPATH": python_path,
            "SERVED_FOR_TEST": str(self.base),
        }

    def start(self, *parts: str) -> None:
        with self._log.open("a", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "orchestration.cli", "serve", *parts],
                cwd=PROJECT, env=self.environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def wait_until_well(self) -> None:
        wait(lambda: self.process.poll() is not None or (self.health() or {}).get("ok"), self.told)
        assert self.process.poll() is None, self.told()

    def health(self) -> dict[str, Any] | None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=20) as response:
                return dict(json.load(response))
        except urllib.error.HTTPError as error:
            return dict(json.load(error))
        except OSError:
            return None

    def ask(self, query: str, **variables: Any) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/graphql",
            json.dumps({"query": query, "variables": variables}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            answer = json.load(response)
        assert not answer.get("errors"), answer
        return answer["data"]

    def launch(self, location: str, job: str, without_group: str = "") -> str:
        """The id of a run of a job, or of its assets outside a group."""
        selector: dict[str, Any] = {
            "repositoryLocationName": location, "repositoryName": "__repository__", "jobName": job,
        }  # fmt: skip
        if without_group:
            nodes = self.ask("{ assetNodes { assetKey { path } groupName isMaterializable jobNames } }")["assetNodes"]
            selector["assetSelection"] = [
                node["assetKey"]
                for node in nodes
                if job in node["jobNames"] and node["isMaterializable"] and node["groupName"] != without_group
            ]
        parameters = {"selector": selector, "runConfigData": {}, "mode": "default"}
        answer = self.ask(_LAUNCH, parameters=parameters)["launchRun"]
        assert answer["__typename"] == "LaunchRunSuccess", answer
        return str(answer["run"]["runId"])

    def status(self, run_id: str) -> str:
        return str(self.ask(_STATUS, id=run_id)["runOrError"].get("status"))

    def run(self, location: str, job: str) -> str:
        """Launch a job and wait for its end; its status."""
        return self.ended(self.launch(location, job))

    def ended(self, run_id: str) -> str:
        return str(wait(lambda: (s := self.status(run_id)) in ("SUCCESS", "FAILURE", "CANCELED") and s, self.told))

    def told(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")[-4000:]

    def processes(self, command: str = "") -> list[int]:
        """Those of this server whose command holds that text."""
        mark, found = f"SERVED_FOR_TEST={self.base}\0".encode(), []
        for entry in Path("/proc").iterdir():
            with suppress(OSError):
                if entry.name.isdigit() and mark in (entry / "environ").read_bytes():
                    words = (entry / "cmdline").read_text(encoding="utf-8").replace("\0", " ")
                    if command in words and words:
                        found.append(int(entry.name))
        return found

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(90)

    def remove(self) -> None:
        for _ in range(3):
            for process in self.processes():
                with suppress(OSError):
                    os.kill(process, signal.SIGKILL)
            time.sleep(0.3)
        shutil.rmtree(self.base, ignore_errors=True)


def wait(for_what: Callable[[], Any], told: Callable[[], str], seconds: float = 120) -> Any:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := for_what():
            return found
        time.sleep(0.3)
    raise AssertionError(f"nothing came of it in {seconds:g} s:\n{told()}")
