"""Where people wait: a build, an audit, each as the shell sees it, beside the time of importing the stack, in one run.

Run: `.venv/bin/python -m benchmarks.waiting` (three minutes on an idle machine). Seconds are the processor's, of the
whole process: other work on the machine does not count. Everything is written to a temporary folder. Prints a table,
and writes `.state/bench/waiting.json`, from which report.py writes docs/measurements.md.

What was measured counts only when it gave the right answer: nothing changed must say so and publish nothing, an edited
cell must stand in the file that a reader opens, and a build made anew must publish the same tables.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.refresh import BIN, PROJECT, Workspace, different_tables, say
from benchmarks.report import bench_file, facts, table

IMPORTS = "import dagster, dagster_dbt, dbt.cli.main, dbt.adapters.duckdb, duckdb, great_expectations, polars"
EDITED = ("bse_genai_2025", "360.6亿美元", "360.7亿美元")
PUBLISHED = "done: published/warehouse"
PDF = PROJECT / "tests" / "extraction" / "documents" / "zh_report.pdf"
PAGES, TEXT = 30, 100_000
PRODUCTS = ("Pumps", "Valves", "Filters", "Meters", "Service")
# what is measured -> what it should be at most: a multiple of the imports (x), or seconds (s)
LIMITS = {
    "nothing changed": "1 x", "one cell edited, until published": "1.6 x",
    "a build made anew, until published": "2.5 x",
    "audit of 100 kB of text": "2 s", "audit of 100 kB of small tables": "5 s", "audit of a PDF of 30 pages": "10 s",
}  # fmt: skip


class WrongResultError(RuntimeError):
    """What was measured did not do what it should: its time says nothing."""


def require_nothing(output: str, before: str, after: str) -> None:
    """A build of what is published already says so and publishes nothing."""
    if "nothing has changed since" not in output or before != after:
        raise WrongResultError(f"nothing was edited, {before} became {after}: {output[:500]}")


def require_edit(published_file: Path, source: str, old: str, new: str) -> None:
    """A reader who opens the file now finds the new print and not the old one."""
    with duckdb.connect(str(published_file), read_only=True) as connection:
        found = dict(
            connection.execute(
                "select printed, count(*) from core.figures where source_id = ? and printed in (?, ?) group by 1",
                [source, old, new],
            ).fetchall()
        )
    if old in found or new not in found:
        raise WrongResultError(f"{old} was edited into {new}, a reader finds {found}")


def require_same(one: Path, other: Path) -> None:
    """Two builds of the same inputs publish the same tables."""
    if different := different_tables(one, other):
        raise WrongResultError(f"two builds of the same inputs differ in {', '.join(different)}")


def require_rows(output: str, verdicts: set[str]) -> None:
    """An audit found what the document holds."""
    found = {row["verdict"] for row in json.loads(output[: output.rindex("]") + 1])}
    if not verdicts <= found:
        raise WrongResultError(f"the audit found {sorted(found)} of {sorted(verdicts)}")


def version(published_file: Path) -> str:
    with duckdb.connect(str(published_file), read_only=True) as connection:
        return str(connection.execute("select version from quality.publication").fetchall()[0][0])


def measure(repeat: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="waiting-") as name:
        folder = Path(name)
        space = Workspace(folder / "build")
        shutil.copytree(PROJECT / "raw", folder / "raw", ignore=shutil.ignore_patterns("inbox"))
        space.environment |= {"AI_FIGURES_RAW": str(folder / "raw"), "AI_FIGURES_SOURCES": "/nonexistent"}
        file = space.published / "ai_figures.duckdb"
        seconds: dict[str, list[float]] = {}

        def keep(name: str, value: float) -> None:
            seconds.setdefault(name, []).append(value)
            say(f"{name}: {value:.1f} s")

        space.run(BIN / "ai-figures", "build")
        for _ in range(repeat):
            keep("imports", run(space, sys.executable, "-c", IMPORTS)[0])
            _nothing(space, file, keep)
            _edit(space, file, folder / "raw", keep)
            _anew(space, file, folder, keep)
            _audits(space, folder, keep)
        return {"facts": facts(), "repeat": repeat, "seconds": seconds}


Keep = Callable[[str, float], None]


def run(space: Workspace, *command: str | Path) -> tuple[float, float | None, str]:
    """Seconds of the processor until the command ended, and until it said that it had published; what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    published, lines = None, []
    with tempfile.TemporaryFile("w+") as errors:
        with subprocess.Popen(
            [str(part) for part in command],
            cwd=PROJECT,
            env=space.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=errors,
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                lines.append(line)
                if PUBLISHED in line:
                    published = _used(process.pid)
        errors.seek(0)
        output = "".join(lines) + errors.read()
    if process.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{output[-6000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, published, output


def _used(pid: int) -> float:
    """Seconds of the processor that a process has used so far; user and system are the 12th and 13th after its name."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _nothing(space: Workspace, file: Path, keep: Keep) -> None:
    before = version(file)
    seconds, _, output = run(space, BIN / "ai-figures", "build")
    require_nothing(output, before, version(file))
    keep("nothing changed", seconds)


def _edit(space: Workspace, file: Path, raw: Path, keep: Keep) -> None:
    """One cell there, and back again."""
    source, old, new = EDITED
    for before, after in ((old, new), (new, old)):
        for path in (raw / source / "figures").glob("*.csv"):
            path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
        seconds, published, output = run(space, BIN / "ai-figures", "build")
        require_edit(file, source, before, after)
        keep("one cell edited, until published", require_published(published, output))
        keep("one cell edited, until its pages stand", seconds)


def require_published(seconds: float | None, output: str) -> float:
    """The build said when it had published."""
    if seconds is None:
        raise WrongResultError(f"nothing was published: {output[:500]}")
    return seconds


def _anew(space: Workspace, file: Path, folder: Path, keep: Keep) -> None:
    before = folder / "before.duckdb"
    before.unlink(missing_ok=True)
    shutil.copy(file, before)
    seconds, published, output = run(space, BIN / "ai-figures", "build", "--force")
    require_same(before, file)
    keep("a build made anew, until published", require_published(published, output))
    keep("a build made anew, pages included", seconds)


def _audits(space: Workspace, folder: Path, keep: Keep) -> None:
    text, tables, pdf = folder / "text.txt", folder / "tables.md", folder / "pages.pdf"
    _write_text(text)
    _write_tables(tables)
    _write_pdf(pdf)
    for name, path, verdicts in (
        ("audit of 100 kB of text", text, {"agree", "disagree"}),
        ("audit of 100 kB of small tables", tables, {"agree", "disagree"}),
        ("audit of a PDF of 30 pages", pdf, {"agree"}),
    ):
        seconds, _, output = run(
            space, BIN / "ai-figures", "audit", path, "--format", "json", "--summary", folder / "counts"
        )
        require_rows(output, verdicts)
        keep(name, seconds)


def _write_text(path: Path) -> None:
    """Paragraphs of a growth that holds and one that does not, with other numbers in each."""
    parts: list[str] = []
    size = 0
    for number in range(1, 10_000):
        base, grown = 100 + number, round((100 + number) * 1.25, 1)
        told = 25 if number % 10 else 52
        parts.append(
            f"Sales of plant {number} were ${grown} million in 2024, up {told}% from ${base} million in 2023. "
            f"It employed {300 + number:,} people in both years, as its owners had planned.\n"
        )
        size += len(parts[-1])
        if size > TEXT:
            break
    path.write_text("\n".join(parts), encoding="utf-8")


def _write_tables(path: Path) -> None:
    """Sites with a table each, of which one total in ten is wrong, and a sentence that names two of its rows."""
    parts: list[str] = []
    for number in range(1, 10_000):
        parts.append(_site(number))
        if sum(map(len, parts)) > TEXT:
            break
    path.write_text("\n".join(parts), encoding="utf-8")


def _site(number: int) -> str:
    rows = [
        (f"{name} {number}", 100 + 7 * number + 31 * i, 140 + 9 * number + 37 * i) for i, name in enumerate(PRODUCTS)
    ]
    first, last = sum(r[1] for r in rows), sum(r[2] for r in rows)
    told = last if number % 10 else last + 20
    lines = [f"| {name} | {a:,} | {b:,} | {100 * (b / a - 1):.1f}% |" for name, a, b in rows]
    (pumps, before, now), (valves, _, sold) = rows[:2]
    return (
        f"## Site {number}\n\n| USD million | 2023 | 2024 | Growth |\n|---|---:|---:|---:|\n"
        + "\n".join(lines)
        + f"\n| Total | {first:,} | {told:,} | {100 * (last / first - 1):.1f}% |\n\n"
        f"{pumps} brought ${now:,} million in 2024, up {100 * (now / before - 1):.1f}% on the year, "
        f"and {100 * sold / last:.1f}% of the total came from {valves}.\n"
    )


def _write_pdf(path: Path) -> None:
    import pypdfium2

    source, made = pypdfium2.PdfDocument(PDF), pypdfium2.PdfDocument.new()
    while len(made) < PAGES:
        made.import_pages(source, list(range(min(len(source), PAGES - len(made)))))
    made.save(path)


def render(result: dict[str, Any]) -> str:
    """The table, in Markdown."""
    medians = {name: statistics.median(values) for name, values in result["seconds"].items()}
    rows = [
        [name, f"{value:.1f}", f"{value / medians['imports']:.2f}", LIMITS.get(name, "")]
        for name, value in medians.items()
    ]
    return table(["", "s of the processor", "of the imports", "aim, at most"], rows)


def ratios(result: dict[str, Any]) -> str:
    """What the README says of it."""
    medians = {name: statistics.median(values) for name, values in result["seconds"].items()}
    nothing, cell, anew = (
        medians[name] / medians["imports"]
        for name in ("nothing changed", "one cell edited, until published", "a build made anew, until published")
    )
    return (
        f"- Of the processor's time of importing dagster, dbt and Great Expectations: {nothing:.2f} to find that "
        f"nothing has changed, {cell:.1f} until an edited cell is published, {anew:.1f} until a build made anew is."
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=3, help="the median counts")
    result = measure(parser.parse_args().repeat)
    bench_file("waiting").write_text(json.dumps(result, indent=1), encoding="utf-8")
    print(render(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
