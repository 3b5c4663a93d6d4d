"""kill -9 of `ai-figures build` itself, with Dagster's storage between the kills: what a user meets."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from orchestration.settings import PROJECT
from orchestration.store.verification import verify
from tests.faults.support import Record, leftovers, runs_in, version_and_figures

pytestmark = pytest.mark.slow


def _command(tmp_path: Path) -> "subprocess.Popen[str]":
    environment = {
        "AI_FIGURES_STATE": str(tmp_path / "state"),
        "AI_FIGURES_PUBLISHED": str(tmp_path / "warehouse"),
        "DAGSTER_HOME": str(tmp_path / "dagster"),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "orchestration.cli", "build", "--job", "full_refresh"],
        cwd=PROJECT, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    )  # fmt: skip


def test_the_command_after_killed_ones_succeeds(tmp_path: Path, record_property: Record) -> None:
    """One whole run, six killed ones, one whole run: nothing is deleted by hand and nothing hangs."""
    published = tmp_path / "warehouse" / "ai_figures.duckdb"
    began = time.monotonic()
    first = _command(tmp_path)
    told, _ = first.communicate(timeout=600)
    seconds = time.monotonic() - began
    assert first.returncode == 0, told
    chance = random.Random(6)
    runs = runs_in(published, "quality.check_results")
    unfinished = 0
    for number in range(6):
        process = _command(tmp_path)
        time.sleep((number + chance.random()) / 6 * seconds)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        told, _ = process.communicate()
        unfinished += process.returncode == -signal.SIGKILL
        _, announced, counted = version_and_figures(published)
        assert announced == counted
        assert [problem for problem in verify(published) if "the Parquet copies are of" not in problem] == []
    last = _command(tmp_path)
    told, _ = last.communicate(timeout=600)
    assert last.returncode == 0, told
    assert verify(published) == []
    assert leftovers(published.parent) == []
    assert runs < runs_in(published, "quality.check_results")
    record_property("tried", f"6 kills of `ai-figures build`, {unfinished} before its end")
