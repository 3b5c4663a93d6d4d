"""The Dagster UI with its daemon and its code servers: what ``ai-figures dev`` starts and ends.

Belongs here: processes. The same ones as those of ``dagster dev``, but for the web server, which is the guarded one.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from dagster import DagsterInstance
from dagster._cli.proxy_server_manager import ProxyServerManager
from dagster._cli.workspace.cli_target import WorkspaceOpts, workspace_opts_to_load_target

from orchestration.serving.ending import end_all, hear_no_more


def serve(modules: Sequence[str], port: int) -> int:
    """Run until Ctrl-C, SIGTERM or the end of the terminal (0), or until one of the processes ends by itself (1)."""
    for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(stop, signal.default_int_handler)
    os.environ["DAGSTER_IS_DEV_CLI"] = "1"
    try:
        with DagsterInstance.get() as instance, _workspace(instance, modules) as workspace:
            return _run(
                {
                    "web server": ["orchestration.serving.webserver", "--port", str(port)],
                    "daemon": ["dagster._daemon", "run"],
                },
                ["--workspace", str(workspace)],
            )
    except KeyboardInterrupt:
        print("ended", flush=True)
        return 0


@contextmanager
def _workspace(instance: DagsterInstance, modules: Sequence[str]) -> Iterator[Path]:
    """Start the code servers, which listen on sockets of this user; yields the file that tells where they are."""
    target = workspace_opts_to_load_target(WorkspaceOpts(module_name=tuple(modules)))
    with (
        ProxyServerManager(instance, target, code_server_log_level="warning") as servers,
        tempfile.TemporaryDirectory() as folder,
    ):
        file = Path(folder) / "workspace.yaml"
        file.write_text(yaml.safe_dump({"load_from": list(servers.get_code_server_specs())}), encoding="utf-8")
        yield file


def _run(modules: dict[str, list[str]], arguments: list[str]) -> int:
    processes: dict[str, subprocess.Popen[Any]] = {}
    try:
        for name, module in modules.items():
            # of a session of its own: a Ctrl-C comes from us and once
            processes[name] = subprocess.Popen(
                [sys.executable, "-m", *module, *arguments], stdin=subprocess.DEVNULL, start_new_session=True
            )
        while True:
            for name, process in processes.items():
                if process.poll() is not None:
                    print(f"the {name} ended with {process.returncode}; the rest is ended too", file=sys.stderr)
                    return 1
            time.sleep(0.5)
    finally:
        hear_no_more()
        end_all(processes.values())


__all__ = ["serve"]
