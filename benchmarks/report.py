"""docs/measurements.md and the ratios in README.md, from what the benchmarks left in `.state/bench/<name>.json`.

Run: `.venv/bin/python -m benchmarks.report`, or `make bench` and `make faults`, which measure first. What was not
measured here stays as it stands, with the machine and date of its own. Seconds stand in docs/measurements.md; the
README quotes ratios, which another machine can repeat.
"""

import json
import os
import platform
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from orchestration.settings import PROJECT, load_settings

PACKAGES = ("dagster", "dbt-core", "dbt-duckdb", "duckdb", "great-expectations", "polars", "pandas")
MEASUREMENTS = PROJECT / "docs" / "measurements.md"
README = PROJECT / "README.md"
_MARKED = re.compile(r"(<!-- measured: .*? -->\n).*?(<!-- /measured -->)", re.DOTALL)


def bench_file(name: str) -> Path:
    """Where the benchmark ``name`` leaves its results."""
    file = load_settings().state / "bench" / f"{name}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    return file


def facts() -> dict[str, str]:
    """Machine, date and versions."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{memory:.0f} GiB",
        "versions": ", ".join(
            [f"Python {platform.python_version()}", *(f"{name} {metadata.version(name)}" for name in _installed())]
        ),
    }


def _installed() -> list[str]:
    """pandas is optional."""
    known = {distribution.metadata["Name"].lower() for distribution in metadata.distributions()}
    return [name for name in PACKAGES if name in known]


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        text = ""
    found = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    return found.group(1).strip() if found else platform.processor() or platform.machine()


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; all columns but the first are numbers."""
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def _refresh(result: dict[str, Any]) -> str:
    from benchmarks.refresh import render

    return render(result)


def _waiting(result: dict[str, Any]) -> str:
    from benchmarks.waiting import render

    return render(result)


def _vintages(result: dict[str, Any]) -> str:
    rows = [[row["what"], f"{row['versions']:,}", f"{row['cpu']:.1f}", f"{row['peak']:.0f}"] for row in result["rows"]]
    return table(["", "versions", "CPU (s)", "peak memory (MB)"], rows)


def _scale(result: dict[str, Any]) -> str:
    from benchmarks.scale import tables

    return f"DuckDB's memory limit: {result['memory']}.\n\n" + tables(result["results"])


def _extraction(result: dict[str, Any]) -> str:
    return table(
        ["tool", "text", "kB/s", "figures found"],
        [
            [row["tool"], row["language"], f"{row['speed']:.2f}", f"{row['found']:.1%}"]
            if "speed" in row
            else [row["tool"], row["language"], "not measured", row["why"]]
            for row in result["rows"]
        ],
    )


def _faults(result: dict[str, Any]) -> str:
    rows = [
        f"| {name.replace('|', chr(92) + '|')} | {row['tried']} | {row['lost']} | {row['date']} |"
        for name, row in sorted(result["rows"].items())
    ]
    return "\n".join(["| test | tried | lost | on |", "|---|---|---|---|", *rows])


# name of the results -> title, what is measured, how to print it
SECTIONS: dict[str, tuple[str, str, Callable[[dict[str, Any]], str]]] = {
    "waiting": (
        "Where people wait",
        "Each as a command from the shell, beside the time of importing dagster, dbt, Great Expectations, DuckDB and "
        "polars, in one run: seconds of the processor, so that other work on the machine does not count. A result that "
        "is wrong ends the measurement. `benchmarks/waiting.py`.",
        _waiting,
    ),
    "refresh": (
        "A full refresh of the shipped data",
        "`make warehouse` after the environment stands and without its pages, beside the same stack wired as its "
        "tutorials show it (`benchmarks/baseline/`: a process a step, dbt as a subprocess, each check a step with a "
        "pandas frame), with the same raw files, models, checks and publication. Cold is a new folder, warm the same "
        "again. `benchmarks/refresh.py`.",
        _refresh,
    ),
    "vintages": (
        "Vintages of a dataset",
        "50 snapshots of 100,000 values (2,000 rows, 50 columns), 1 % of them revised in each; CPU time and memory of "
        "reading their history, each in a process of its own. What is kept is told in [datasets](datasets.md). "
        "`benchmarks/dataset_vintages.py`.",
        _vintages,
    ),
    "scale": (
        "Made-up reports of growing size",
        "Seconds by the clock, seconds of the processor and peak memory of each step, each in a process of its own; "
        "what became of the injected contradictions (hints are no findings). Where the machine does other work, "
        "only ratios of the seconds of the processor say something. `benchmarks/scale.py`.",
        _scale,
    ),
    "extraction": (
        "Extraction from text",
        "One core; beside two libraries that find numbers with units, without their context. "
        "`benchmarks/extraction_speed.py`.",
        _extraction,
    ),
    "faults": (
        "Faults",
        "The long tests of `make faults`; the short ones, and what was found and mended, in [faults](faults.md).",
        _faults,
    ),
}


def measurements(results: dict[str, dict[str, Any]], dates: dict[str, str], before: str = "") -> str:
    """The whole page; a section without results stays as it was ``before``."""
    parts = [
        "# Measurements\n\nWritten by `make bench` and `make faults` (`benchmarks/report.py`). Seconds belong to the "
        "machine, ratios less so.",
    ]
    stood = {section.split("\n", 1)[0]: section.strip() for section in before.split("\n## ")[1:]}
    for name, (title, about, render) in SECTIONS.items():
        if name in results:
            machine = results[name].get("facts") or facts() | {"date": dates[name]}
            where = (
                f"{machine['date']}, {machine['processor']}, {machine['cores']} cores, {machine['memory']}; "
                f"{machine['versions']}."
            )
            parts.append(f"## {title}\n\n{about}\n\n{where}\n\n{render(results[name])}")
        elif title in stood:
            parts.append(f"## {stood[title]}")
    return "\n\n".join(parts) + "\n"


def ratios(results: dict[str, dict[str, Any]]) -> str:
    """What the README says: ratios only."""
    lines = []
    if "waiting" in results:
        from benchmarks.waiting import ratios as waited

        lines.append(waited(results["waiting"]))
    if "baseline" in (refresh := results.get("refresh", {})):
        from benchmarks.refresh import median

        shares = {
            label: median(refresh["baseline"][label]) / median(refresh["ours"][label]) for label in ("cold", "warm")
        }
        plain = median(refresh["ours"]["warm"]) / median(refresh["floor"]["models and checks"])
        part = {
            label: f"{label}: {run['checks']} of its {run['all_checks']} checks were run, the others reckoned from them"
            for label, (run,) in refresh["baseline"].items()
            if run["checks"] < run["all_checks"]
        }
        reckoned = f" ({'; '.join(part.values())})" if part else ""
        lines.append(
            f"- A full refresh takes 1/{shares['warm']:.0f} (cold: 1/{shares['cold']:.0f}) of the time of the same "
            f"stack wired as its tutorials show it{reckoned}, and {plain:.1f} times that of the same SQL in one plain "
            "script."
        )
    if "scale" in results:
        sizes = results["scale"]["results"]
        if transformed := [size for size in sizes if "plain" in size]:
            size = transformed[-1]
            found = size["found"]
            lines.append(
                f"- At {size['figures']:,} figures the models take {_over(size, 'transform', 'plain'):.2f} times the "
                f"plain SQL; {found['recall']:.2%} of the injected contradictions are found, {found['precision']:.2%} "
                "of the findings are injected ones."
            )
        if reloaded := [size for size in sizes if "changed" in size]:
            size = reloaded[-1]
            changed = size["changed"]["load_seconds"] + size["changed"]["transform_seconds"]
            whole = size["load"]["seconds"] + size["transform"]["seconds"]
            lines.append(
                f"- After one of {size['reports']:,} reports changed, load and models take {changed / whole:.3f} of a "
                f"whole run ({size['figures']:,} figures)."
            )
        if beside := [size for size in sizes if "alone" in size]:
            size = beside[-1]
            lines.append(
                f"- At {size['figures']:,} figures the SQL of the reconciliation alone takes "
                f"{_over(size, 'alone', 'pandas'):.1f} times as long as a pandas program that makes the same tables, "
                "both in memory."
            )
    return "\n".join(lines)


def _over(result: dict[str, Any], one: str, other: str) -> float:
    """By seconds of the processor where both were measured: other work on the machine does not count in them."""
    what = "cpu" if "cpu" in result[one] and "cpu" in result[other] else "seconds"
    return float(result[one][what] / result[other][what])


def main() -> None:
    files = {name: bench_file(name) for name in SECTIONS}
    results = {name: json.loads(file.read_text(encoding="utf-8")) for name, file in files.items() if file.exists()}
    dates = {name: datetime.fromtimestamp(files[name].stat().st_mtime, UTC).date().isoformat() for name in results}
    page = measurements(results, dates, MEASUREMENTS.read_text(encoding="utf-8") if MEASUREMENTS.exists() else "")
    MEASUREMENTS.write_text(page, encoding="utf-8")
    if said := ratios(results):
        text = README.read_text(encoding="utf-8")
        README.write_text(_MARKED.sub(lambda match: f"{match[1]}{said}\n{match[2]}", text), encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
