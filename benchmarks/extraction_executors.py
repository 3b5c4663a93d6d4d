"""The job `extract_inbox` by executor, over the same documents in one run: in process, multiprocess, Dask.

Run: `make dask`, then `.venv/bin/python benchmarks/extraction_executors.py [--documents N] [--kilobytes K]
[--workers W]`. The documents are made here, their sizes from a tenth to twice K. Each executor runs as
`ai-figures build --job extract_inbox` with a state of its own, once with an empty inbox (what starting costs) and once
with all documents; what it keeps is compared byte by byte with what the first executor kept. Ratios are to the first
executor: of wall time, of wall time without the start, of processor time (of all its processes; it says more than wall
time where the machine has other work).
"""

import argparse
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from benchmarks.extraction_speed import made_text  # noqa: E402

EXECUTORS = ("in_process", "multiprocess", "dask")


def make_documents(inbox: Path, count: int, kilobytes: int) -> int:
    """Texts in both languages; returns their size in bytes."""
    rng = random.Random(7)
    texts = {language: made_text(language, 2 * kilobytes)[0] for language in ("zh", "en")}
    for number in range(count):
        language = rng.choice(("zh", "en"))
        size = int(kilobytes * 1000 * rng.choice((0.1, 0.5, 1.0, 1.5, 2.0)))
        text = texts[language].encode()[:size].decode("utf-8", "ignore")
        (inbox / f"document_{number:05d}.txt").write_text(text, encoding="utf-8")
    return sum(path.stat().st_size for path in inbox.iterdir())


def run(executor: str, workers: int, raw: Path, state: Path) -> tuple[float, float]:
    """Wall and processor seconds of one run of the job. Raises ``RuntimeError`` with what it said when it fails."""
    environment = {
        **os.environ,
        "AI_FIGURES_EXECUTOR": executor,
        "AI_FIGURES_WORKERS": str(workers),
        "AI_FIGURES_RAW": str(raw),
        "AI_FIGURES_STATE": str(state),
        "AI_FIGURES_PUBLISHED": str(state / "warehouse"),
        "DAGSTER_HOME": str(state / "dagster"),
    }
    environment.pop("AI_FIGURES_EXECUTOR_CONFIG", None)
    command = [sys.executable, "-m", "orchestration.cli", "build", "--job", "extract_inbox"]
    start, before = time.perf_counter(), processor_seconds()
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    seconds, processor = time.perf_counter() - start, processor_seconds() - before
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return seconds, processor


def processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def kept(state: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (state / "extracted").glob("*.json")}


def main() -> int:
    """Print one row an executor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=40)
    parser.add_argument("--kilobytes", type=int, default=100, help="mean size of a document, about")
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "raw"
        shutil.copytree(PROJECT / "raw", raw, ignore=shutil.ignore_patterns("inbox"))
        (raw / "inbox").mkdir()
        states = {executor: Path(folder) / executor for executor in EXECUTORS}
        # the first start of each prepares its Dagster storage and dbt manifest; the second is what starting costs
        starts = {}
        for executor in EXECUTORS:
            try:
                run(executor, arguments.workers, raw, states[executor])
                starts[executor], _ = run(executor, arguments.workers, raw, states[executor])
            except RuntimeError as error:
                print(f"{executor}: not measured: {error}")
        size = make_documents(raw / "inbox", arguments.documents, arguments.kilobytes)
        print(
            f"{arguments.documents} documents, {size // 1000} kB, {arguments.workers} workers, {os.cpu_count()} cores"
        )
        print(f"{'':14}{'seconds':^27}{'ratio':^27}")
        columns = ("start", "all", "CPU", "all", "less start", "CPU", "same rows")
        print(f"{'executor':14}" + "".join(f"{name:>{max(9, len(name) + 2)}}" for name in columns))
        first: tuple[float, float, float, dict[str, bytes]] | None = None
        for executor, start in starts.items():
            wall, cpu = run(executor, arguments.workers, raw, states[executor])
            result = kept(states[executor])
            first = first or (wall, wall - start, cpu, result)
            print(
                f"{executor:14}{start:9.1f}{wall:9.1f}{cpu:9.1f}{wall / first[0]:9.2f}{(wall - start) / first[1]:12.2f}"
                f"{cpu / first[2]:9.2f}{'yes' if result == first[3] else 'NO':>11}",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
