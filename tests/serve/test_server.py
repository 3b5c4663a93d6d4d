"""`make serve`: parts that are killed come back, code is replaced under runs, state is backed up and restored."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import yaml

from orchestration.settings import PROJECT
from tests.serve.support import Server, wait

for module in ("dagster_postgres", "obstore", "moto.server"):
    pytest.importorskip(module)
if not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
    pytest.skip("needs PostgreSQL (apt-get install postgresql)", allow_module_level=True)

from tests.serve.s3 import BUCKET, serve_s3  # noqa: E402 - needs moto

pytestmark = pytest.mark.serve

WAREHOUSE = "orchestration.definitions"
VERSIONED = "versioned_code"
_CODE = """
import time
from pathlib import Path
import dagster as dg

VERSION = {version}

@dg.asset(code_version=str(VERSION))
def answer():
    folder = Path({folder!r})
    if VERSION == 1 and (folder / "slow").exists():
        (folder / "begun").touch()
        while not (folder / "go").exists():
            time.sleep(0.2)
    with (folder / "versions").open("a") as handle:
        handle.write(f"{{VERSION}} ")

defs = dg.Definitions([answer], jobs=[dg.define_asset_job("make_answer")])
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("code")
    write_code(made, 1)
    return made


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    with serve_s3() as s3:
        published = {"AI_FIGURES_PUBLISHED": f"s3://{BUCKET}/warehouse", **s3.environment}
        started = Server(f"{WAREHOUSE} {VERSIONED}", python_path=str(folder), settings=published)
        one_report(started.base / "raw")
        try:
            started.start()
            started.wait_until_well()
            yield started
        finally:
            started.remove()


def one_report(raw: Path) -> None:
    """The raw folder of the project with its smallest report only: what is tried here are processes."""
    name = "bse_genai_2025"
    for folder in ("reference", name):
        shutil.copytree(PROJECT / "raw" / folder, raw / folder)
    entries = yaml.safe_load((PROJECT / "raw" / "sources.yml").read_text(encoding="utf-8"))
    (raw / "sources.yml").write_text(
        yaml.safe_dump([entry for entry in entries if entry["source_id"] == name], allow_unicode=True), encoding="utf-8"
    )


def write_code(folder: Path, version: int) -> None:
    (folder / f"{VERSIONED}.py").write_text(_CODE.format(version=version, folder=str(folder)), encoding="utf-8")


def test_a_run_after_the_daemon_was_killed(server: Server) -> None:
    """Kill the daemon under a build: the build ends well, the daemon comes back, and the next run succeeds."""
    before = server.health()
    assert before and before["published"] is None
    build = server.launch(WAREHOUSE, "full_refresh", without_group="pages")
    wait(lambda: server.status(build) == "STARTED", server.told)
    (daemon,) = server.processes("dagster._daemon")
    os.kill(daemon, signal.SIGKILL)
    after = server.launch(VERSIONED, "make_answer")  # waits for the daemon and for the build
    (other,) = wait(lambda: [new for new in server.processes("dagster._daemon") if new != daemon], server.told)
    assert other != daemon and server.process.poll() is None
    assert "the daemon ended with -9 and is started again" in server.told()

    assert server.ended(build) == "SUCCESS", server.told()
    assert "s3://figures/warehouse and its Parquet copies are whole" in shell(server, "ai-figures verify")
    assert server.ended(after) == "SUCCESS", server.told()
    health = server.health()
    assert health and health["ok"] and health["published"]["figures"] == 38
    assert health["runs"] == {"queued": 0, "under_way": 0, "last_ended": "SUCCESS"}


def test_code_is_replaced_under_a_run(server: Server, folder: Path) -> None:
    """Two versions one after the other; the run that is under way ends with the code that it began with."""
    (folder / "slow").touch()
    slow = server.launch(VERSIONED, "make_answer")
    wait(lambda: (folder / "begun").exists(), server.told)
    write_code(folder, 2)
    shutil.rmtree(folder / "__pycache__", ignore_errors=True)
    server.process.send_signal(signal.SIGHUP)
    wait(lambda: f"{VERSIONED} is loaded anew" in server.told(), server.told)
    assert server.status(slow) == "STARTED"
    (folder / "go").touch()
    wait(lambda: server.status(slow) == "SUCCESS", server.told)
    wait(lambda: server.run(VERSIONED, "make_answer") == "SUCCESS", server.told)
    assert (folder / "versions").read_text(encoding="utf-8").split() == ["1", "1", "2"]


def test_code_that_does_not_load_is_told(server: Server, folder: Path) -> None:
    code = (folder / f"{VERSIONED}.py").read_text(encoding="utf-8")
    (folder / f"{VERSIONED}.py").write_text("raise RuntimeError('half an upgrade')", encoding="utf-8")
    try:
        server.process.send_signal(signal.SIGHUP)
        found = wait(lambda: (h := server.health()) and not h["ok"] and h["problems"], server.told)
        assert any(f"the code of {VERSIONED} is not loaded" in problem for problem in found), found
        assert server.health()["code"][WAREHOUSE] == "loaded"  # type: ignore[index]
    finally:
        (folder / f"{VERSIONED}.py").write_text(code, encoding="utf-8")
        server.process.send_signal(signal.SIGHUP)
    server.wait_until_well()


def test_a_second_server_is_refused(server: Server) -> None:
    refused = subprocess.run(
        [sys.executable, "-m", "orchestration.cli", "serve"],
        cwd=PROJECT, env=server.environment, capture_output=True, text=True,
    )  # fmt: skip
    assert refused.returncode == 1
    assert f"is being served already (process {server.process.pid})" in refused.stderr


def commands(heading: str) -> str:
    """The commands under a heading of the page for operators, which are what is tested."""
    page = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
    found = re.search(rf"^## {heading}$.*?^```sh\n(.*?)^```", page, re.M | re.S)
    assert found, heading
    return found[1]


def shell(server: Server, script: str) -> str:
    environment = server.environment | {
        "AI_FIGURES_STATE": str(server.state),
        "BACKUP": str(server.base / "backup"),
        "PATH": f"{PROJECT / '.venv' / 'bin'}:{os.environ['PATH']}",
    }
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=PROJECT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr + server.told()
    return done.stdout


def known(server: Server) -> tuple[int, int]:
    """Runs that the server knows, and runs of checks in the history."""
    runs = len(server.ask("{ runsOrError { ... on Runs { results { runId } } } }")["runsOrError"]["results"])
    with duckdb.connect(str(server.state / "history" / "check_results.duckdb"), read_only=True) as history:
        return runs, history.execute("select count(distinct run_id) from check_results").fetchall()[0][0]


def test_backup_and_restore(server: Server) -> None:
    """The commands of the page: a machine that has nothing but them and raw/ knows all runs and all checks again.

    The server is killed before, not ended: its parts end by themselves, the database whole.
    """
    before = known(server)
    assert before[0] >= 4 and before[1] >= 1  # the runs of the tests before
    shell(server, commands("Backup"))
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    wait(lambda: not server.processes(), server.told)
    shutil.rmtree(server.state)

    shell(server, commands("Restore"))
    wait(lambda: not server.processes(), server.told)
    server.start()
    server.wait_until_well()
    assert known(server) == before


def test_it_ends_in_order(server: Server) -> None:
    told = len(server.told())  # before, a database was killed under the parts that use it
    assert server.stop() == 0, server.told()
    wait(lambda: not server.processes(), server.told)
    assert not (server.home / "postgres.url").exists()
    assert "Traceback" not in server.told()[told:]
