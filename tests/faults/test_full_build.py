"""kill -9, exhausted memory and half-written files in the middle of a full build; `make faults` does more of each."""

import os
import random
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration.publication import verify
from orchestration.settings import PROJECT, Settings
from tests.faults.support import digest, kill, leftovers, python, runs_in, start, version_and_figures

KILLS = int(os.environ.get("AI_FIGURES_KILLS", "50"))

BUILD = """
    import sys
    from pathlib import Path
    from orchestration import pipeline
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
    """A warehouse that was built from both versions of the raw figures, and what each looks like when published."""

    settings: Settings
    raws: tuple[Path, Path]
    digests: tuple[dict[str, str], dict[str, str]]
    seconds: float


def _arguments(settings: Settings, raw: Path) -> list[Path]:
    return [settings.project, raw, settings.state, settings.published]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    folder = tmp_path_factory.mktemp("base")
    project = folder / "project"
    (project / "expectations").mkdir(parents=True)
    (project / "expectations" / "core.yml").write_text(EXPECTATIONS, encoding="utf-8")
    (project / "dbt_project").symlink_to(PROJECT / "dbt_project")
    shutil.copytree(PROJECT / "raw", folder / "raw", ignore=shutil.ignore_patterns("inbox"))
    shutil.copytree(folder / "raw", folder / "raw_later")
    # the later version of the raw figures lacks the last figure of one file
    prose = max((folder / "raw_later").glob("*/figures/*.csv"), key=lambda path: path.stat().st_size)
    rows = prose.read_text(encoding="utf-8").splitlines(keepends=True)
    prose.write_text("".join(rows[:-1]), encoding="utf-8")
    settings = Settings(project, folder / "raw", folder / "state", folder / "warehouse")
    digests, seconds = [], 0.0
    for raw in (folder / "raw", folder / "raw_later"):
        began = time.monotonic()
        done = python(BUILD, *_arguments(settings, raw), timeout=400)
        seconds = time.monotonic() - began
        assert done.returncode == 0, done.stdout + done.stderr
        digests.append(digest(settings.published_file))
    assert digests[0] != digests[1]
    return Base(settings, (folder / "raw", folder / "raw_later"), (digests[0], digests[1]), seconds)


@pytest.fixture
def copy(base: Base, tmp_path: Path) -> Settings:
    """The base warehouse in a folder of its own."""
    settings = Settings(base.settings.project, base.raws[0], tmp_path / "state", tmp_path / "warehouse")
    shutil.copytree(base.settings.state, settings.state)
    shutil.copytree(base.settings.published, settings.published, symlinks=True)
    return settings


def _assert_whole(base: Base, settings: Settings, recorded: int) -> None:
    """The published file is one of the two versions, and every check run that was recorded is in the history."""
    _, announced, counted = version_and_figures(settings.published_file)
    assert announced == counted
    assert digest(settings.published_file) in base.digests
    # killed between the file and its Parquet copies, these are whole and of the version before
    assert [problem for problem in verify(settings.published_file) if "the Parquet copies are of" not in problem] == []
    assert len(runs_in(settings.history_file, "check_results")) >= recorded


def _kill_at_random(base: Base, settings: Settings, kills: int, *, recover: bool) -> dict[str, int]:
    """Kill ``kills`` builds, each somewhere else; returns how many died in which step."""
    chance = random.Random(kills)
    recorded = len(runs_in(settings.history_file, "check_results"))
    steps: dict[str, int] = {}
    for number in range(kills):
        # one moment in each part of the run, in random order would say no more: each build begins anew
        moment = (number + chance.random()) / kills * base.seconds
        process = start(BUILD, *_arguments(settings, base.raws[number % 2]))
        time.sleep(moment)
        told = kill(process).split("\n")
        # the step that follows the checks was announced: their results were recorded before
        recorded += "publishing" in told
        step = ([line for line in told if line] or ["importing"])[-1]
        steps[step] = steps.get(step, 0) + 1
        _assert_whole(base, settings, recorded)
        if recover:
            done = python(BUILD, *_arguments(settings, base.raws[number % 2]), timeout=400)
            assert done.returncode == 0, done.stdout + done.stderr
            recorded += 1
            assert digest(settings.published_file) == base.digests[number % 2]
            assert verify(settings.published_file) == []
            assert leftovers(settings.published) == []
    return steps


def _build_again(base: Base, settings: Settings, which: int) -> None:
    recorded = len(runs_in(settings.history_file, "check_results"))
    done = python(BUILD, *_arguments(settings, base.raws[which]), timeout=400)
    assert done.returncode == 0, done.stdout + done.stderr
    assert digest(settings.published_file) == base.digests[which]
    assert verify(settings.published_file) == []
    assert leftovers(settings.published) == []
    assert len(runs_in(settings.history_file, "check_results")) == recorded + 1
    assert runs_in(settings.published_file, "quality.check_results") == runs_in(settings.history_file, "check_results")


def test_kill_9_at_5_random_moments(base: Base, copy: Settings) -> None:
    """Five kills on top of each other, then half-written caches of dbt, then one run that succeeds without cleaning."""
    _kill_at_random(base, copy, 5, recover=False)
    for name in ("manifest.json", "partial_parse.msgpack", "run_results.json"):
        cache = copy.state / "dbt" / name
        cache.write_bytes(cache.read_bytes()[: cache.stat().st_size // 2])
    _build_again(base, copy, 1)


@pytest.mark.slow
def test_kill_9_at_many_random_moments(base: Base, copy: Settings, record_property: pytest.FixtureRequest) -> None:
    """Each kill is followed by a run that succeeds; the moments cover the whole run."""
    steps = _kill_at_random(base, copy, KILLS, recover=True)
    print(f"\n{KILLS} kills, by step: {steps}")
    assert len(steps) >= 3


STARVED = """
    import resource, sys
    from pathlib import Path
    from orchestration import pipeline
    from orchestration.settings import Settings

    def say(step: str) -> None:
        print(step, flush=True)
        if step.startswith(sys.argv[5]):
            pages = int(Path("/proc/self/statm").read_text().split()[0])
            limit = pages * resource.getpagesize() + int(sys.argv[6])
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    pipeline.run(Settings(*map(Path, sys.argv[1:5])), say=say)
"""


@pytest.mark.parametrize(("step", "spare"), [("transforming", 40 << 20), ("publishing", 4 << 20)])
def test_out_of_memory_in_a_step(base: Base, copy: Settings, step: str, spare: int) -> None:
    """The process may end as it likes: what is published stays."""
    before = version_and_figures(copy.published_file)
    done = python(STARVED, *_arguments(copy, base.raws[0]), step, spare, timeout=400)
    assert done.returncode != 0, done.stdout
    assert done.returncode < 0 or "memory" in done.stderr.lower() or "alloc" in done.stderr.lower(), done.stderr
    assert version_and_figures(copy.published_file) == before
    _assert_whole(base, copy, 0)


@pytest.mark.slow
@pytest.mark.parametrize("step", ["reading", "transforming", "checking", "publishing"])
@pytest.mark.parametrize("spare", [1 << 20, 16 << 20, 64 << 20])
def test_out_of_memory_anywhere(base: Base, copy: Settings, step: str, spare: int) -> None:
    python(STARVED, *_arguments(copy, base.raws[0]), step, spare, timeout=400)
    _assert_whole(base, copy, 0)
    _build_again(base, copy, 1)
