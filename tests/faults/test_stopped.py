"""Ctrl-C and SIGTERM of `ai-figures build`: the exit code says so, nothing is published, the next run succeeds."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from orchestration.settings import Settings
from orchestration.store.verification import verify
from tests.faults.support import Record, leftovers, version_and_figures
from tests.orchestration.tiny_project import make_project

# the command as it is installed, on the project of the test; every model takes a moment
COMMAND = """
    import sys
    from pathlib import Path
    import orchestration.site
    # its few tables are no site
    orchestration.site.build_site = lambda *_, **__: orchestration.site.SiteReport(Path("."), 0, 0, 0, 0.0, 0)
    from orchestration.cli import main
    sys.exit(main(["build", "--job", "full_refresh"]))
"""
SLOW_MODEL = "\nunion all by name select max(i)::varchar as printed from range(150000000) as r(i) where hash(i) = 1\n"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Published once; one model then takes some seconds, so that signals meet it."""
    settings = make_project(tmp_path_factory.mktemp("stopped"))
    done = start(settings)
    told, _ = done.communicate(timeout=300)
    assert done.returncode == 0, told
    return settings


def start(settings: Settings) -> "subprocess.Popen[str]":
    program = "\n".join(line[4:] for line in COMMAND.splitlines())
    environment = {
        "AI_FIGURES_PROJECT": str(settings.project),
        "AI_FIGURES_RAW": str(settings.raw),
        "AI_FIGURES_STATE": str(settings.state),
        "AI_FIGURES_PUBLISHED": str(settings.published),
        "DAGSTER_HOME": str(settings.state / "dagster"),
    }
    return subprocess.Popen(
        [sys.executable, "-u", "-c", program],
        env=os.environ | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip


def read_until(process: "subprocess.Popen[str]", words: str) -> str:
    assert process.stdout is not None
    told = ""
    for line in process.stdout:
        told += line
        if words in line:
            return told
    raise AssertionError(told)


def build(settings: Settings) -> None:
    process = start(settings)
    told, _ = process.communicate(timeout=300)
    assert process.returncode == 0, told
    assert verify(settings.published_file) == []
    assert leftovers(settings.published) == []


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("after", ["running full_refresh", "done: load"])
def test_a_stop_publishes_nothing(settings: Settings, after: str, sent: signal.Signals) -> None:
    """In the first step, and in the middle of a model of dbt, whose runner returns an interrupt as a result."""
    before = version_and_figures(settings.published_file)
    model = settings.dbt_project / "models" / "core" / "figures.sql"
    text = model.read_text(encoding="utf-8")
    model.write_text(text + SLOW_MODEL, encoding="utf-8")
    try:
        process = start(settings)
        told = read_until(process, after)
        time.sleep(1)
        process.send_signal(sent)
        rest, _ = process.communicate(timeout=120)
    finally:
        model.write_text(text, encoding="utf-8")
    assert process.returncode == 128 + sent, told + rest
    assert f"stopped by {sent.name}: nothing was published" in rest
    assert "Traceback" not in rest
    assert version_and_figures(settings.published_file) == before
    if (after, sent) == ("done: load", signal.SIGTERM):
        build(settings)


def test_an_impatient_second_signal_ends_the_process_at_once(settings: Settings) -> None:
    before = version_and_figures(settings.published_file)
    process = start(settings)
    read_until(process, "running")
    for _ in range(2):
        process.send_signal(signal.SIGINT)
        time.sleep(0.05)
    process.communicate(timeout=60)
    assert process.returncode in (130, -signal.SIGINT)  # it may have ended by the first one before the second came
    assert version_and_figures(settings.published_file) == before


@pytest.mark.slow
def test_signals_at_random_moments(settings: Settings, record_property: Record) -> None:
    """Twenty of both kinds over the whole of a run; what was published is whole, whenever the signal came."""
    began = time.monotonic()
    build(settings)
    seconds = time.monotonic() - began
    chance = random.Random(20)
    stopped = published = 0
    for number in range(20):
        before = version_and_figures(settings.published_file)
        sent = (signal.SIGINT, signal.SIGTERM)[number % 2]
        process = start(settings)
        time.sleep((number + chance.random()) / 20 * seconds)
        process.send_signal(sent)
        told, _ = process.communicate(timeout=120)
        after = version_and_figures(settings.published_file)
        # before the command has begun to listen Python ends by the signal itself
        assert process.returncode in (128 + sent, -sent, 0, 1), told
        if process.returncode == 0 or "finished" in told:  # as Python itself was ending
            assert "finished" in told
        elif process.returncode == 1:
            assert "running" not in told, told  # Python itself was starting
        else:
            stopped += 1
            assert (after != before) == ("had been published by then" in told), told
        published += after != before
        assert after[1] == after[2]
        assert [problem for problem in verify(settings.published_file) if "the Parquet copies are" not in problem] == []
    build(settings)
    record_property("tried", f"20 signals, {stopped} stopped a run, {published} came when all was published")
