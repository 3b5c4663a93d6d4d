"""A full refresh of the shipped data: ours, the stack wired as its tutorials show it, and plain SQL, in one run.

Run: `.venv/bin/python -m benchmarks.refresh` (idle machine; the baseline alone takes 40 minutes). `--checks N` lets the
baseline run N of the checks, spread evenly, and adds what the others would take at the same rate (`--cold-checks N`: in
its cold run alone); `--skip-baseline` measures the rest. Everything is written to a temporary folder. Prints tables,
and writes `.state/bench/refresh.json`, from which report.py writes docs/measurements.md.

Both run the same raw files, dbt models, checks and publication, no site. Cold is a new folder (no history, no dbt
cache), warm is the same again; the files of the environment are in the operating system's cache in both. At the end
every public table of both is compared, row by row.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.report import bench_file, facts, table
from orchestration.quality.suites import load_suites
from orchestration.store.catalog import public_tables

PROJECT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
# made by the run itself: versions, times, run ids
NOT_COMPARED = {"quality.publication", "quality.publication_tables", "quality.check_results"}
BASELINE_YAML = "telemetry: {enabled: false}\n"


class Workspace:
    """A folder of its own: nothing of the project's state is read or written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = folder / "state"
        self.build = self.state / "build" / "ai_figures_build.duckdb"
        self.published = folder / "published"
        self.home = folder / "dagster"
        self.home.mkdir(parents=True)
        self.build.parent.mkdir(parents=True)
        self.environment = os.environ | {
            "AI_FIGURES_STATE": str(self.state),
            "AI_FIGURES_PUBLISHED": str(self.published),
            "DAGSTER_HOME": str(self.home),
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        }

    def run(self, *command: str | Path, **environment: str) -> tuple[float, str]:
        """Seconds and standard output; a command that fails ends the benchmark with its last words."""
        started = time.monotonic()
        done = subprocess.run(
            [str(part) for part in command],
            cwd=PROJECT,
            env=self.environment | environment,
            text=True,
            capture_output=True,
            check=False,
        )
        seconds = time.monotonic() - started
        if done.returncode:
            sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout[-3000:]}\n{done.stderr[-6000:]}")
        return seconds, done.stdout + done.stderr


def ours(space: Workspace) -> dict[str, Any]:
    """`ai-figures build --job full_refresh`, with the stopwatch's parts."""
    out = space.folder / "parts.json"
    wall, _ = space.run(sys.executable, "-m", "benchmarks.stopwatch", out)
    parts = json.loads(out.read_text(encoding="utf-8"))
    # the interpreter's start and end, which the stopwatch cannot see
    return {"wall": wall, "parts": parts["seconds"] | {"interpreter": wall - sum(parts["seconds"].values())}}


def floor(space: Workspace, target: Path, checks: bool) -> dict[str, Any]:
    space.build.unlink(missing_ok=True)
    wall, output = space.run(
        sys.executable, "-m", "benchmarks.floor", target, space.build, *(["--checks"] if checks else [])
    )
    return {"wall": wall, "parts": json.loads(output.strip().splitlines()[-1])}


def baseline(space: Workspace, checks: int) -> dict[str, Any]:
    """`dbt parse`, then the job with Dagster's default executor."""
    project = space.folder / "dbt_project"
    if not project.exists():
        shutil.copytree(PROJECT / "dbt_project", project, ignore=shutil.ignore_patterns("target", "logs"))
        (space.home / "dagster.yaml").write_text(BASELINE_YAML, encoding="utf-8")
    environment = {
        "BASELINE_DBT_PROJECT": str(project),
        "BASELINE_CHECKS": str(checks),
        "AI_FIGURES_BUILD": str(space.build),
        "DBT_PROFILES_DIR": str(project),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    parse, _ = space.run(BIN / "dbt", "--quiet", "parse", "--project-dir", project, **environment)
    job, log = space.run(
        BIN / "dagster", "job", "execute", "-m", "benchmarks.baseline.definitions", "-j", "full_refresh", **environment
    )
    events = _check_events(space)
    every = sum(len(suite) for suite in load_suites(PROJECT / "expectations").values())
    evaluated = len(events["seconds"])
    if evaluated != (checks or every):
        sys.exit(f"the baseline evaluated {evaluated} checks of {checks or every}:\n{log[-4000:]}")
    per_check = events["phase"] / evaluated
    return {
        "wall": parse + job + per_check * (every - evaluated),
        "measured": parse + job,
        "checks": evaluated,
        "all_checks": every,
        "seconds_per_check": per_check,
        "inside_a_check": statistics.median(events["seconds"]),
        "failed": events["failed"],
    }


def _check_events(space: Workspace) -> dict[str, Any]:
    """From Dagster's log: the time from the first check's start to the last one's end, and what is inside a step."""
    import dagster as dg

    os.environ["DAGSTER_HOME"] = str(space.home)
    with dg.DagsterInstance.get() as instance:
        run = instance.get_runs(limit=1)[0]
        logs = instance.all_logs(run.run_id)
    starts: dict[str, float] = {}
    ends: dict[str, float] = {}
    checks: set[str] = set()
    failed: list[str] = []
    for entry in logs:
        event = entry.dagster_event
        if event is None or event.step_key is None:
            continue
        if event.event_type_value == "STEP_WORKER_STARTING":
            starts[event.step_key] = entry.timestamp
        if event.event_type_value == "STEP_SUCCESS":
            ends[event.step_key] = entry.timestamp
        if event.event_type_value == "ASSET_CHECK_EVALUATION":
            checks.add(event.step_key)
            if not event.asset_check_evaluation_data.passed:
                failed.append(event.asset_check_evaluation_data.check_name)
    inside = [
        event.dagster_event.step_success_data.duration_ms / 1000
        for event in logs
        if event.dagster_event and event.dagster_event.is_step_success and event.dagster_event.step_key in checks
    ]
    first, last = min(starts[key] for key in checks), max(ends[key] for key in checks)
    return {"phase": last - first, "seconds": inside, "failed": sorted(failed)}


def different_tables(one: Path, other: Path) -> list[str]:
    """Public tables that differ between two published files; times are left out, numbers compare to ten digits."""
    with duckdb.connect() as connection:
        for name, file in (("one", one), ("other", other)):
            connection.execute(f"attach '{file}' as {name} (read_only)")
        tables = {name: public_tables(connection, name) for name in ("one", "other")}
        wrong = [".".join(key) for key in set(tables["one"]) ^ set(tables["other"])]
        for schema, name in tables["one"]:
            if f"{schema}.{name}" in NOT_COMPARED or f"{schema}.{name}" in wrong:
                continue
            columns = connection.execute(
                "select column_name, data_type from duckdb_columns() "
                "where database_name = 'one' and schema_name = ? and table_name = ? order by column_index",
                [schema, name],
            ).fetchall()
            listed = ", ".join(
                f"printf('%.9e', \"{column}\")" if kind == "DOUBLE" else f'"{column}"'
                for column, kind in columns
                if not kind.startswith("TIMESTAMP")
            )
            query = 'select {listed} from {database}.{schema}."{name}"'
            rows = [query.format(listed=listed, database=d, schema=schema, name=name) for d in ("one", "other")]
            count = connection.execute(
                f"select count(*) from (({rows[0]} except all {rows[1]}) union all ({rows[1]} except all {rows[0]}))"
            ).fetchall()[0][0]
            if count:
                wrong.append(f"{schema}.{name} ({count} rows)")
    return sorted(wrong)


def measure(repeat: int, checks: dict[str, int], skip_baseline: bool) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="refresh-") as name:
        folder = Path(name)
        result: dict[str, Any] = {"facts": facts(), "repeat": repeat}
        spaces = [Workspace(folder / f"ours{number}") for number in range(repeat)]
        result["ours"] = {"cold": [ours(space) for space in spaces], "warm": []}
        for space in spaces:
            result["ours"]["warm"].append(ours(space))
            say(
                f"ours: cold {result['ours']['cold'][0]['wall']:.1f} s, warm {result['ours']['warm'][-1]['wall']:.1f} s"
            )
        target = spaces[0].state / "dbt"
        plain = Workspace(folder / "floor")
        result["floor"] = {
            label: [floor(plain, target, with_checks) for _ in range(repeat)]
            for label, with_checks in (("models", False), ("models and checks", True))
        }
        say(f"plain SQL: {result['floor']['models and checks'][0]['wall']:.1f} s")
        if not skip_baseline:
            space = Workspace(folder / "baseline")
            result["baseline"] = {}
            for label in ("cold", "warm"):
                result["baseline"][label] = [baseline(space, checks[label])]
                say(f"baseline: {label} {result['baseline'][label][0]['wall']:.0f} s")
            result["different"] = different_tables(
                spaces[0].published / "ai_figures.duckdb", space.published / "ai_figures.duckdb"
            )
        return result


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def median(runs: Sequence[dict[str, Any]]) -> float:
    return statistics.median(run["wall"] for run in runs)


def render(result: dict[str, Any]) -> str:
    """The tables, in Markdown."""
    compared = result.get("baseline")
    rows = []
    for label in ("cold", "warm"):
        own = median(result["ours"][label])
        other = median(compared[label]) if compared else None
        rows.append(
            [
                label,
                f"{own:.1f}",
                f"{other:.0f}" if other else "not measured",
                f"{own / other:.3f} (1/{other / own:.0f})" if other else "",
            ]
        )
    text = [table(["", "ours (s)", "baseline (s)", "ours / baseline"], rows)]
    if compared:
        text.append(_about_baseline(compared, result["different"]))
    warm = median(result["ours"]["warm"])
    text.append(
        table(
            ["the floor: the same SQL in one DuckDB script", "s", "ours (warm) / floor"],
            [[label, f"{median(runs):.1f}", f"{warm / median(runs):.1f}"] for label, runs in result["floor"].items()],
        )
    )
    names = sorted({name for run in result["ours"]["warm"] for name in run["parts"]})
    parts = {name: statistics.median(run["parts"].get(name, 0.0) for run in result["ours"]["warm"]) for name in names}
    text.append(
        table(
            ["where our seconds go (warm)", "s", "%"],
            [
                [name, f"{seconds:.2f}", f"{100 * seconds / sum(parts.values()):.0f}"]
                for name, seconds in sorted(parts.items(), key=lambda item: -item[1])
            ],
        )
    )
    return "\n\n".join(text)


def _about_baseline(compared: dict[str, Any], different: Sequence[str]) -> str:
    measured = [
        f"Baseline, {label}: all {run['checks']} checks were run."
        if run["checks"] == run["all_checks"]
        else f"Baseline, {label}: {run['checks']} of {run['all_checks']} checks were run ({run['measured']:.0f} s in "
        f"all); the others are reckoned at the same {run['seconds_per_check']:.1f} s each."
        for label, (run,) in compared.items()
    ]
    run = compared["warm"][0]
    return (
        f"{' '.join(measured)} A check takes {run['seconds_per_check']:.1f} s of the run and is "
        f"{run['inside_a_check']:.2f} s of work; the rest is its process. "
        + (
            "Every public table is equal in both published files."
            if not different
            else f"Published tables that DIFFER: {', '.join(different)}."
        )
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checks", type=int, default=0, help="checks that the baseline runs; 0 (default): all")
    parser.add_argument("--cold-checks", type=int, help="the same for its cold run alone")
    parser.add_argument("--repeat", type=int, default=3, help="runs of ours and of plain SQL; the median counts")
    parser.add_argument("--skip-baseline", action="store_true")
    arguments = parser.parse_args()
    cold = arguments.checks if arguments.cold_checks is None else arguments.cold_checks
    result = measure(arguments.repeat, {"cold": cold, "warm": arguments.checks}, arguments.skip_baseline)
    bench_file("refresh").write_text(json.dumps(result, indent=1), encoding="utf-8")
    print(render(result))
    return 1 if result.get("different") else 0


if __name__ == "__main__":
    sys.exit(main())
