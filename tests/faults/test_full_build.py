"""kill -9, exhausted memory and half-written files in the middle of a full build; `make faults` does more of each."""

import os
import random
import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration.settings import PROJECT, Settings, SettingsError, stall_seconds
from orchestration.store.verification import verify
from tests.faults.support import Record, digest, kill, leftovers, python, runs_in, small_raw, start, version_and_figures

KILLS = int(os.environ.get("AI_FIGURES_KILLS", "50"))

BUILD = """
    import sys
    from pathlib import Path
    from orchestration.driver import pipeline
    from orchestration.settings import Settings

    print("started", flush=True)
    pipeline.run(Settings(*map(Path, sys.argv[1:5])), say=lambda step: print(step, flush=True))
    print("published", flush=True)
"""

EXPECTATIONS = """
expectations:
  - name: figure_id_not_null
    table: core.figures
    type: expect_column_values_to_not_be_null
    kwargs: {column: figure_id}
    severity: critical
    blocking: true
    description: Every figure has an id.
"""


@dataclass(frozen=True)
class Base:
    """A warehouse built from the first of two versions of the raw figures; ``seconds``: how long that took."""

    settings: Settings
    raws: tuple[Path, Path]
    seconds: float


def _arguments(settings: Settings, raw: Path) -> list[Path]:
    return [settings.project, raw, settings.state, settings.published]


def _build(settings: Settings, raw: Path) -> dict[str, str]:
    """One build that must succeed; returns what the published file then holds."""
    done = python(BUILD, *_arguments(settings, raw), timeout=400)
    assert done.returncode == 0, done.stdout + done.stderr
    assert verify(settings.published_file) == []
    assert leftovers(settings.published) == []
    return digest(settings.published_file)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    folder = tmp_path_factory.mktemp("base")
    project = folder / "project"
    (project / "expectations").mkdir(parents=True)
    (project / "expectations" / "core.yml").write_text(EXPECTATIONS, encoding="utf-8")
    shutil.copytree(PROJECT / "dbt_project", project / "dbt_project", ignore=shutil.ignore_patterns("target", "logs"))
    small_raw(folder / "raw")
    shutil.copytree(folder / "raw", folder / "raw_later")
    # the later version of the raw figures lacks the last figure of one file
    prose = max((folder / "raw_later").glob("*/figures/*.csv"), key=lambda path: path.stat().st_size)
    rows = prose.read_text(encoding="utf-8").splitlines(keepends=True)
    prose.write_text("".join(rows[:-1]), encoding="utf-8")
    settings = Settings(project, folder / "raw", folder / "state", folder / "warehouse")
    began = time.monotonic()
    _build(settings, folder / "raw")
    return Base(settings, (folder / "raw", folder / "raw_later"), time.monotonic() - began)


@pytest.fixture
def copy(base: Base, tmp_path: Path) -> Settings:
    """The base warehouse in a folder of its own."""
    settings = Settings(base.settings.project, base.raws[0], tmp_path / "state", tmp_path / "warehouse")
    shutil.copytree(base.settings.state, settings.state)
    shutil.copytree(base.settings.published, settings.published, symlinks=True)
    return settings


def _whole(settings: Settings, recorded: int) -> dict[str, str]:
    """What the published file holds; it is whole, and every check run that was recorded is in the history."""
    _, announced, counted = version_and_figures(settings.published_file)
    assert announced == counted
    # killed between the file and its Parquet copies, these are whole and of the version before
    assert [problem for problem in verify(settings.published_file) if "the Parquet copies are of" not in problem] == []
    assert len(runs_in(settings.history_file, "check_results")) >= recorded
    return digest(settings.published_file)


def _kill_at_random(base: Base, settings: Settings, kills: int, *, recover: bool) -> dict[str, int]:
    """Kill builds of alternating versions, one in each part of a run; returns how many died in which step.

    Every published file that was seen must be one of the two versions. With ``recover`` a build follows each kill, else
    the kills fall on top of each other; at last a build must succeed.
    """
    chance = random.Random(kills)
    recorded = len(runs_in(settings.history_file, "check_results"))
    versions = [digest(settings.published_file)]
    seen: list[dict[str, str]] = []
    steps: dict[str, int] = {}
    seconds = base.seconds
    for number in range(kills):
        raw = base.raws[(number + 1) % 2]
        process = start(BUILD, *_arguments(settings, raw))
        time.sleep((number + chance.random()) / kills * seconds)
        told = kill(process).split("\n")
        # the step after the checks was announced: their results were recorded before
        recorded += "publishing" in told
        step = ([line for line in told if line] or ["importing"])[-1]
        steps[step] = steps.get(step, 0) + 1
        seen.append(_whole(settings, recorded))
        if recover:
            began = time.monotonic()
            seen.append(_build(settings, raw))
            # a busier machine takes longer: the kills would all fall into the first steps
            seconds = time.monotonic() - began
            recorded += 1
    if not recover:
        # a killed dbt leaves half of its files
        for name in ("manifest.json", "partial_parse.msgpack"):
            cache = settings.state / "dbt" / name
            cache.write_bytes(cache.read_bytes()[: cache.stat().st_size // 2])
    versions.append(_build(settings, base.raws[1]))
    assert versions[0] != versions[1]
    assert all(state in versions for state in seen)
    runs = runs_in(settings.history_file, "check_results")
    assert len(runs) > recorded
    assert runs_in(settings.published_file, "quality.check_results") == runs
    return steps


def test_kill_9_at_3_random_moments(base: Base, copy: Settings, record_property: Record) -> None:
    """Three kills on top of each other and half-written caches of dbt; the next run succeeds without cleaning."""
    steps = _kill_at_random(base, copy, 3, recover=False)
    record_property("tried", f"3 kills on top of each other: {_counts(steps)}")


@pytest.mark.slow
def test_kill_9_at_many_random_moments(base: Base, copy: Settings, record_property: Record) -> None:
    """Each kill is followed by a run that succeeds; the moments cover the whole run."""
    steps = _kill_at_random(base, copy, KILLS, recover=True)
    record_property("tried", f"{KILLS} kills, a build after each: {_counts(steps)}")
    record_property("lost", "nothing: no version, no check run")
    assert len(steps) >= 3


def _counts(steps: dict[str, int]) -> str:
    return ", ".join(f"{count} {step.split(' (')[0]}" for step, count in steps.items())


def test_a_model_without_enough_memory(base: Base, copy: Settings, tmp_path: Path) -> None:
    """The message names the model and the memory; the last good version is served."""
    before = version_and_figures(copy.published_file)
    project = tmp_path / "project"
    shutil.copytree(base.settings.project, project)
    profile = project / "dbt_project" / "profiles.yml"
    text = profile.read_text(encoding="utf-8")
    profile.write_text(
        re.sub(r"( +)memory_limit: .*\n", r"\1memory_limit: 6MB\n\1max_temp_directory_size: 0KB\n", text),
        encoding="utf-8",
    )
    done = python(BUILD, project, *_arguments(copy, base.raws[1])[1:], timeout=400)
    assert done.returncode == 1, done.stdout
    # which model meets the limit first is a matter of scheduling
    assert "TransformError: dbt failed in " in done.stderr and "Out of Memory Error" in done.stderr, done.stderr
    assert version_and_figures(copy.published_file) == before
    _whole(copy, 1)


def test_a_silent_dbt_is_ended_with_its_stacks() -> None:
    """As after a thread that died for want of memory: who waits for it would wait for ever."""
    waiting = """
        import threading, time
        from orchestration.transform.models import _ended_when_stalled

        with _ended_when_stalled(1.5) as alive:
            for _ in range(2):
                time.sleep(1)
                alive()
            print("alive", flush=True)
            threading.Event().wait()
    """
    done = python(waiting, timeout=60)
    assert (done.returncode, done.stdout) == (1, "alive\n"), done.stderr
    assert "Timeout (0:00:01" in done.stderr and "in wait" in done.stderr


@pytest.mark.parametrize("text", ["none", "0", "-5", "1.5", "12345678"])
def test_the_longest_silence_is_a_number_of_seconds(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AI_FIGURES_STALL", text)
    with pytest.raises(SettingsError, match="a number of seconds"):
        stall_seconds()
    monkeypatch.setenv("AI_FIGURES_STALL", "")
    assert stall_seconds() == 7200


STARVED = """
    import resource, sys
    from pathlib import Path
    from orchestration.driver import pipeline
    from orchestration.settings import Settings

    def say(step: str) -> None:
        print(step, flush=True)
        if step.startswith(sys.argv[5]):
            pages = int(Path("/proc/self/statm").read_text().split()[0])
            limit = pages * resource.getpagesize() + int(sys.argv[6])
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    pipeline.run(Settings(*map(Path, sys.argv[1:5])), say=say)
"""


@pytest.mark.slow
@pytest.mark.parametrize("step", ["reading", "transforming", "checking", "publishing"])
@pytest.mark.parametrize("spare", [1 << 20, 16 << 20, 64 << 20])
def test_out_of_memory_anywhere(base: Base, copy: Settings, step: str, spare: int, record_property: Record) -> None:
    """The process gets no more memory from some step on, and may end as it likes: what is published stays whole."""
    done = python(STARVED, *_arguments(copy, base.raws[0]), step, spare, timeout=400, AI_FIGURES_STALL="90")
    _whole(copy, 1)
    _build(copy, base.raws[1])
    record_property("tried", f"no more memory from {step} on but {spare >> 20} MB: exit code {done.returncode}")
