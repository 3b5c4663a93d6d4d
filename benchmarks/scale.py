"""How time, memory and disk grow with the number of figures, and how many of the injected slips are found.

    python -m benchmarks.scale FOLDER [--sizes 10000,1000000,10000000] [--memory 5GB] [--pandas]

Every step runs in a process of its own, so that its peak memory is its own. The tables go to standard output and, as
JSON, to `.state/bench/scale.json`. Made-up reports come from `benchmarks/generate.py`.
"""

import argparse
import json
import math
import os
import re
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.generate import SLIPS, Plan, generate
from benchmarks.report import bench_file
from orchestration.settings import PROJECT, Settings, limit_memory

if TYPE_CHECKING:
    import duckdb

Result = dict[str, Any]
CHANGED_REPORT = "report_000003"
# more digits than most reports print: at least half of the printed texts stand in no other place
DIGITS = (7, 10)
STEPS = ("load", "transform", "check", "publish", "plain", "alone", "changed", "pandas")


def settings_of(folder: Path) -> Settings:
    return Settings(project=PROJECT, raw=folder / "raw", state=folder / "state", published=folder / "published")


def measured_step(step: str, folder: Path) -> dict[str, Any]:
    """Run one step in this process; seconds, and what the step itself has to say."""
    settings = settings_of(folder)
    work = {
        "load": _load,
        "transform": _transform,
        "check": _check,
        "publish": _publish,
        "plain": _plain,
        "alone": _alone,
        "changed": _changed,
    }[step]
    started, cpu = time.monotonic(), _processor_seconds()
    said = work(settings, folder)
    return {
        "seconds": time.monotonic() - started,
        "cpu": _processor_seconds() - cpu,
        "peak_bytes": max(
            resource.getrusage(who).ru_maxrss * 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        ),
        **said,
    }


def _processor_seconds() -> float:
    """Of this process and of those that it has started and waited for."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _load(settings: Settings, folder: Path) -> dict[str, Any]:
    from orchestration.driver import pipeline

    loads = pipeline.load(settings)
    return {
        "rows_in": sum(load.rows_in for load in loads),
        "rows_loaded": sum(load.rows_loaded for load in loads),
        "rows_quarantined": sum(len(load.problems) for load in loads),
    }


def _transform(settings: Settings, folder: Path) -> dict[str, Any]:
    from orchestration.transform import models as transform

    result = transform.transform(settings)
    slowest = sorted(result.nodes, key=lambda node: -node.seconds)[:8]
    return {"models": {node.name: round(node.seconds, 2) for node in slowest}}


def _check(settings: Settings, folder: Path) -> dict[str, Any]:
    from orchestration.quality import checks

    results = checks.run_checks(settings, settings.build_file)
    checks.record(settings, results)
    return {"checks": len(results), "failed": sorted(r.expectation for r in results if not r.success)}


def _publish(settings: Settings, folder: Path) -> dict[str, Any]:
    from orchestration.driver import pipeline

    pipeline.publish(settings)
    return {
        "published_bytes": settings.published_file.stat().st_size,
        "parquet_bytes": sum(path.stat().st_size for path in settings.published.rglob("*.parquet")),
    }


def _run_compiled(connection: "duckdb.DuckDBPyConnection", settings: Settings, names: Sequence[str] = ()) -> list[str]:
    """Run the compiled SQL of the models, or of ``names`` and what they need; returns schema and name in that order."""
    manifest = json.loads((settings.state / "dbt" / "manifest.json").read_text(encoding="utf-8"))
    models = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    done: dict[str, str] = {}

    def run(key: str) -> None:
        if key in done or key not in models:
            return
        node = models[key]
        for needed in node["depends_on"]["nodes"]:
            run(needed)
        done[key] = f'{node["schema"]}."{node["name"]}"'
        compiled = settings.state / "dbt" / "compiled" / "ai_figures" / node["original_file_path"]
        connection.execute(f"create schema if not exists {node['schema']}")
        kind, sql = node["config"]["materialized"], compiled.read_text(encoding="utf-8")
        connection.execute(f"create {kind} {done[key]} as {sql}")

    for key, node in models.items():
        if not names or node["name"] in names:
            run(key)
    return list(done.values())


def _plain(settings: Settings, folder: Path) -> dict[str, Any]:
    """The compiled SQL of the models, one statement after the other, without dbt."""
    import duckdb

    # the same catalogue name: the compiled SQL names it
    with duckdb.connect(str(folder / "plain" / settings.build_file.name)) as connection:
        limit_memory(connection)
        connection.execute("set threads = 2")
        _run_compiled(connection, settings)
        rows = connection.execute("select count(*) from reconciliation.comparisons").fetchone()
    return {"comparisons": rows[0] if rows else 0}


# what benchmarks/reconcile_pandas makes
_RECONCILED = ("comparisons", "findings", "consensus", "vintages", "figures")


def _alone(settings: Settings, folder: Path) -> dict[str, Any]:
    """The SQL that makes what the pandas program makes, in memory; from files to Parquet files, as that does."""
    import duckdb

    with duckdb.connect() as connection:
        limit_memory(connection)
        connection.execute("set threads = 2")
        # the compiled SQL names the catalogue
        connection.execute(f"attach ':memory:' as {settings.build_file.stem}")
        connection.execute(f"use {settings.build_file.stem}")
        started, cpu = time.monotonic(), _processor_seconds()
        _copy_raw(connection, settings.build_file)
        made = _run_compiled(connection, settings, _RECONCILED)
        for table in made:
            name = table.partition(".")[2].strip('"')
            if name in _RECONCILED:
                connection.execute(f"copy {table} to '{folder}/alone_{name}.parquet'")
        spent = {"seconds": time.monotonic() - started, "cpu": _processor_seconds() - cpu}
    for file in folder.glob("alone_*.parquet"):
        file.unlink()
    return spent


def _prepare_plain(folder: Path) -> None:
    import duckdb

    settings = settings_of(folder)
    shutil.rmtree(folder / "plain", ignore_errors=True)
    (folder / "plain").mkdir()
    with duckdb.connect(str(folder / "plain" / settings.build_file.name)) as connection:
        _copy_raw(connection, settings.build_file)


def _copy_raw(connection: "duckdb.DuckDBPyConnection", build_file: Path) -> None:
    connection.execute(f"attach '{build_file}' as build (read_only)")
    connection.execute("create schema raw")
    tables = connection.execute(
        "select table_name from duckdb_tables() where database_name = 'build' and schema_name = 'raw'"
    ).fetchall()
    for (table,) in tables:
        connection.execute(f"create table raw.{table} as from build.raw.{table}")
    connection.execute("detach build")


def _changed(settings: Settings, folder: Path) -> dict[str, Any]:
    """One report gets other digits in three figures; read it again and run the models."""
    from orchestration.driver import pipeline

    prose = settings.raw / CHANGED_REPORT / "figures" / "prose.csv"
    lines = prose.read_text(encoding="utf-8").splitlines(keepends=True)
    for number in (1, 20, 40):
        lines[number] = re.sub(r"([1-9])(?=\D*,,,,,,)", lambda m: str(int(m[1]) % 9 + 1), lines[number], count=1)
    prose.write_text("".join(lines), encoding="utf-8")
    started = time.monotonic()
    pipeline.load(settings, [CHANGED_REPORT])
    loaded = time.monotonic()
    pipeline.transform(settings)
    return {"load_seconds": loaded - started, "transform_seconds": time.monotonic() - loaded}


def found(folder: Path) -> dict[str, Any]:
    """Precision and recall of the findings against the injected slips."""
    import duckdb

    settings = settings_of(folder)
    slips = folder / "raw_slips.csv"
    with duckdb.connect(str(settings.build_file), read_only=True) as connection:
        connection.execute(f"create temp table slips as select * from read_csv('{slips}')")
        connection.execute(
            "create temp table named as select finding_id, explanation_code, unnest(c.figure_ids) as figure_id "
            "from reconciliation.findings inner join reconciliation.comparisons as c using (comparison_id) "
            "where severity <> 'hint'"
        )
        comparisons = connection.execute("select count(*) from reconciliation.comparisons").fetchall()[0][0]
        (distinct,) = connection.execute("select count(distinct printed) / count(*) from raw.figures").fetchall()[0]
        findings, right = connection.execute(
            "select count(*), count(*) filter (hit) from (select finding_id, "
            "bool_or(figure_id in (select figure_id from slips)) as hit from named group by 1)"
        ).fetchall()[0]
        kinds = connection.execute(
            "select kind, any_value(code), count(*), count(*) filter (caught), count(*) filter (coded) from ("
            "select slip, any_value(kind) as kind, any_value(code) as code, count(finding_id) > 0 as caught, "
            "coalesce(bool_or(explanation_code = code), false) as coded from slips left join named using (figure_id) "
            "group by slip) group by kind order by kind"
        ).fetchall()
    return {
        "distinct": distinct,
        "comparisons": comparisons,
        "findings": findings,
        "precision": right / findings if findings else None,
        "recall": sum(kind[3] for kind in kinds) / sum(kind[2] for kind in kinds),
        "kinds": [dict(zip(("kind", "code", "slips", "caught", "reason"), kind, strict=True)) for kind in kinds],
    }


def in_a_process(step: str, folder: Path, memory: str) -> dict[str, Any]:
    """One step as a process of its own."""
    command = [sys.executable, "-m", "benchmarks.scale", str(folder), "--step", step]
    environment = os.environ | {"AI_FIGURES_MEMORY": memory}
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{step} failed at {folder.name}: {done.stderr[-2000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def pandas_steps(folder: Path) -> dict[str, Any]:
    """The same reconciliation in pandas, from Parquet files to Parquet files; its start is not counted."""
    parquet, output = folder / "parquet_raw", folder / "parquet_made"
    base = [sys.executable, "-m", "benchmarks.reconcile_pandas"]
    build = str(settings_of(folder).build_file)
    subprocess.run([*base, "--export", build, str(parquet)], cwd=PROJECT, check=True, capture_output=True)
    done = subprocess.run(
        [*base, "--input", str(parquet), "--output", str(output), "--json"],
        cwd=PROJECT,
        check=True,
        capture_output=True,
        text=True,
    )
    shutil.rmtree(parquet)
    shutil.rmtree(output)
    said = dict(json.loads(done.stdout.splitlines()[-1]))
    seconds = said["read_seconds"] + said["seconds"] + said["write_seconds"]
    return said | {"seconds": seconds, "cpu": said["cpu_seconds"]}


def folder_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def measure(
    base: Path, size: int, memory: str, with_pandas: bool, keep: bool, save: Callable[[Result], None]
) -> Result:
    """All steps at one size; ``save`` gets the result after each, so that a run cut short leaves what it has."""

    def tell(name: str, said: dict[str, Any]) -> dict[str, Any]:
        print(f"{size:>10,} {name:10} {json.dumps(said)[:300]}", file=sys.stderr, flush=True)
        return said

    folder = base / f"figures_{size}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    started = time.monotonic()
    plan = Plan(size, digits=DIGITS)
    generate(folder / "raw", plan)
    result: dict[str, Any] = {"figures": size, "reports": plan.reports}
    tell("generate", {"seconds": time.monotonic() - started})
    for step in ("load", "transform"):
        result[step] = tell(step, in_a_process(step, folder, memory))
    result["found"] = tell("found", found(folder))
    result["raw_bytes"] = folder_bytes(folder / "raw")
    result["build_bytes"] = settings_of(folder).build_file.stat().st_size
    save(result)
    _prepare_plain(folder)
    result["plain"] = tell("plain", in_a_process("plain", folder, memory))
    shutil.rmtree(folder / "plain")
    save(result)
    if with_pandas:
        result["pandas"] = tell("pandas", pandas_steps(folder))
        result["alone"] = tell("alone", in_a_process("alone", folder, memory))
    for step in ("check", "publish"):
        result[step] = tell(step, in_a_process(step, folder, memory))
        save(result)
    shutil.rmtree(folder / "published")
    result["changed"] = tell("changed", in_a_process("changed", folder, memory))
    save(result)
    if not keep:
        shutil.rmtree(folder)
    return result


def exponent(small: Result, large: Result, seconds: Callable[[Result], float]) -> float:
    """Growth between two sizes: time is proportional to figures to this power."""
    return math.log(seconds(large) / seconds(small)) / math.log(large["figures"] / small["figures"])


def _seconds(value: float) -> str:
    return f"{value:.0f} s" if value >= 10 else f"{value:.1f} s"


def _size(value: float) -> str:
    return f"{value / 1e9:.2f} GB" if value >= 1e8 else f"{value / 1e6:.0f} MB"


def _step(name: str) -> Callable[[Result], str]:
    def said(r: Result) -> str:
        if name not in r:
            return "not run"
        step = r[name]
        return f"{_seconds(step['seconds'])}, {_seconds(step['cpu'])}, {_size(step['peak_bytes'])}"

    return said


def _time(*names: str) -> Callable[[Result], float]:
    return lambda r: sum(float(r[name]["seconds"]) for name in names)


def _changed_time(r: Result) -> float:
    return float(r["changed"]["load_seconds"] + r["changed"]["transform_seconds"])


def _over(one: str, other: str, what: str = "seconds") -> Callable[[Result], str]:
    return lambda r: f"{r[one][what] / r[other][what]:.2f}" if one in r and other in r else ""


ROWS: list[tuple[str, Callable[[Result], str]]] = [
    ("load (parse, check, write)", _step("load")),
    ("transform and reconcile (dbt)", _step("transform")),
    ("checks (Great Expectations)", _step("check")),
    ("publish (file and Parquet)", _step("publish")),
    ("the same SQL without dbt", _step("plain")),
    ("the reconciliation alone, in memory: SQL", _step("alone")),
    ("the reconciliation alone, in memory: pandas", _step("pandas")),
    ("dbt / plain SQL", _over("transform", "plain")),
    ("pandas / SQL, the reconciliation alone", _over("pandas", "alone")),
    ("pandas / SQL, the same, seconds of the processor", _over("pandas", "alone", "cpu")),
    ("rows loaded in a second of one processor", lambda r: f"{r['load']['rows_loaded'] / r['load']['cpu']:,.0f}"),
    ("printed texts that are distinct", lambda r: f"{r['found']['distinct']:.0%}"),
    ("pandas / dbt, which makes everything", _over("pandas", "transform")),
    ("one report changed: load, models",
     lambda r: f"{_seconds(r['changed']['load_seconds'])}, {_seconds(r['changed']['transform_seconds'])}"),
    ("one report changed / everything", lambda r: f"{_changed_time(r) / _time('load', 'transform')(r):.3f}"),
    ("raw files", lambda r: _size(r["raw_bytes"])),
    ("build file", lambda r: _size(r["build_bytes"])),
    ("published file, Parquet",
     lambda r: f"{_size(r['publish']['published_bytes'])}, {_size(r['publish']['parquet_bytes'])}"),
    ("comparisons, findings", lambda r: f"{r['found']['comparisons']:,}, {r['found']['findings']:,}"),
    ("precision, recall", lambda r: f"{r['found']['precision']:.4f}, {r['found']['recall']:.4f}"),
]  # fmt: skip

GROWTH: list[tuple[str, Callable[[Result], float]]] = [
    ("load", _time("load")),
    ("transform", _time("transform")),
    ("checks", _time("check")),
    ("all three", _time("load", "transform", "check")),
    ("plain SQL", _time("plain")),
    ("one report changed", _changed_time),
]


def _shown(cell: Callable[[Result], str], result: Result) -> str:
    try:
        return cell(result)
    except KeyError:
        return "not run"


def _power(small: Result, large: Result, seconds: Callable[[Result], float]) -> str:
    return _shown(lambda r: f"{exponent(small, r, seconds):.2f}", large)


def tables(results: list[Result]) -> str:
    """Markdown of all measurements: time and peak memory a step."""

    def row(cells: list[str]) -> str:
        return "| " + " | ".join(cells) + " |"

    lines = [row(["", *(f"{r['figures']:,} figures" for r in results)]), row(["---"] * (1 + len(results)))]
    lines += [row([name, *(_shown(cell, r) for r in results)]) for name, cell in ROWS]
    for small, large in pairwise(results):
        powers = ", ".join(f"{name} {_power(small, large, get)}" for name, get in GROWTH)
        lines += ["", f"Growth exponent from {small['figures']:,} to {large['figures']:,} figures: {powers}."]
    head = [f"{r['figures']:,}: slips, caught, right reason" for r in results]
    lines += ["", row(["slip", "reason expected", *head]), row(["---"] * (2 + len(results)))]
    for kind, code in SLIPS.items():
        cells = []
        for result in results:
            found = next((k for k in result["found"]["kinds"] if k["kind"] == kind), None)
            reason = f", {found['reason']}" if found and code else ""
            cells.append(f"{found['slips']}, {found['caught']}{reason}" if found else "none")
        lines.append(row([kind, code or "any", *cells]))
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=lambda text: Path(text).resolve())  # dbt changes the working folder
    parser.add_argument("--sizes", default="10000,1000000,10000000")
    parser.add_argument("--memory", default="5GB", help="DuckDB's limit; the whole process stays below 8 GiB")
    parser.add_argument("--pandas", type=int, default=1_000_000, help="the largest size for pandas; 0: never")
    parser.add_argument("--keep", action="store_true", help="leave the folders")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        print(json.dumps(measured_step(options.step, options.folder)))
        return
    target = bench_file("scale")
    sizes = sorted(int(text) for text in options.sizes.split(","))
    results: list[Result] = []

    def save(result: Result) -> None:
        told = {"memory": options.memory, "results": [*results, result]}
        target.write_text(json.dumps(told, indent=1), encoding="utf-8")

    for size in sizes:
        results.append(measure(options.folder, size, options.memory, size <= options.pandas, options.keep, save))
    print(tables(results))


if __name__ == "__main__":
    main()
