"""Warehouses to break: small builds made without dbt, child processes to kill, disks that are full or read-only."""

import os
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import duckdb

from orchestration.quality.history import CheckResult
from orchestration.settings import PROJECT, Settings

# the fixture ``record_property``: what a test tried and what was lost, for the table of `make faults`
Record = Callable[[str, object], None]

# not of the data: when it was loaded, checked, published
_NOT_COMPARED = ("quality.publication", "quality.publication_tables", "quality.check_results")


def settings_in(base: Path, raw: Path = PROJECT / "raw", project: Path = PROJECT) -> Settings:
    return Settings(project=project, raw=raw, state=base / "state", published=base / "warehouse")


def small_raw(raw: Path, kept: tuple[str, ...] = ("bse_genai_2025", "zero2ipo_2025")) -> Path:
    """Some shipped reports at ``raw``, and nothing decided: two where more figures make no difference."""
    for name in ("reference", *kept):
        shutil.copytree(PROJECT / "raw" / name, raw / name)
    entries = (PROJECT / "raw" / "sources.yml").read_text(encoding="utf-8").split("\n- source_id: ")
    (raw / "sources.yml").write_text(
        "".join(f"- source_id: {entry}\n" for entry in entries if entry.startswith(kept)), encoding="utf-8"
    )
    (raw / "decisions.yml").write_text("[]\n", encoding="utf-8")
    (raw / "inbox").mkdir()
    return raw


def small_build(build_file: Path, figures: int, padding: int = 40) -> None:
    """The least that can be published: ``figures`` rows, each with ``padding`` characters that do not compress."""
    build_file.parent.mkdir(parents=True, exist_ok=True)
    build_file.unlink(missing_ok=True)
    with duckdb.connect(str(build_file)) as connection:
        connection.execute("create schema core")
        connection.execute("create schema reconciliation")
        connection.execute(
            "create table core.figures as select 's/' || i as figure_id, 's' as source_id, i::double as value, "
            f"left(repeat(md5(i::varchar) || md5((i + 1)::varchar), {padding} // 64 + 1), {padding}) as printed "
            f"from range({figures}) as t(i)"
        )
        connection.execute("comment on table core.figures is 'Figures; it''s a test.'")
        connection.execute(
            "create table core.sources as select 's' as source_id, 'A report' as title, 'Somebody' as publisher, "
            "'s.txt' as source_file, 'none' as licence"
        )
        connection.execute("create table reconciliation.comparisons as select 'c' as comparison_id")


def check_result(name: str = "a_rule") -> CheckResult:
    return CheckResult("core", name, "core.figures", None, True, "warning", 0, 1, (), "A rule.")


def runs_in(file: Path, table: str) -> set[str]:
    """The run ids of a history file (``check_results``) or a published file (``quality.check_results``)."""
    with duckdb.connect(str(file), read_only=True) as connection:
        return {run for (run,) in connection.execute(f"select distinct run_id from {table}").fetchall()}


def version_and_figures(published_file: Path) -> tuple[str, int, int]:
    """Version, the number of figures that it announces, and the number that are there."""
    with duckdb.connect(str(published_file), read_only=True) as connection:
        return connection.execute(
            "select version, figures, (select count(*) from core.figures) from quality.publication"
        ).fetchall()[0]  # type: ignore[return-value]


def digest(published_file: Path) -> dict[str, str]:
    """A digest of the rows of every public table, so that two versions can be told apart and a mixture is neither."""
    with duckdb.connect(str(published_file), read_only=True) as connection:
        tables = connection.execute("select schema_name, table_name from duckdb_tables() order by all").fetchall()
        found = {}
        for schema, table in tables:
            if f"{schema}.{table}" in _NOT_COMPARED:
                continue
            columns = [
                f'"{name}"'
                for (name,) in connection.execute(
                    "select column_name from duckdb_columns() where schema_name = ? and table_name = ? "
                    "and column_name <> 'loaded_at' order by column_index",
                    [schema, table],
                ).fetchall()
            ]
            row = connection.execute(
                f'select count(*), sum(hash({", ".join(columns)})::hugeint) from {schema}."{table}"'
            ).fetchall()[0]
            found[f"{schema}.{table}"] = str(row)
        return found


def leftovers(published: Path) -> list[str]:
    """What stands in a published folder and should not: temporary files, Parquet folders beyond the last two."""
    names = sorted(path.name for path in published.iterdir())
    folders = [name for name in names if name.startswith(".parquet.") and "Z" in name]
    return [name for name in names if ".tmp" in name] + folders[:-2]


def python(
    program: str, *arguments: object, namespace: bool = False, timeout: float = 120, **environment: str
) -> "subprocess.CompletedProcess[str]":
    """Run a Python program in a child process; with ``namespace`` in a mount namespace of its own."""
    command = [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)]
    if namespace:
        command = ["unshare", "--mount", *command]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=timeout, cwd=PROJECT, env={**os.environ, **environment}
    )


def start(program: str, *arguments: object, **environment: str) -> "subprocess.Popen[str]":
    """Start a Python program in a process group of its own; it tells its progress by lines on standard output."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=PROJECT, env={**os.environ, **environment},
        start_new_session=True,
    )  # fmt: skip


def kill(process: "subprocess.Popen[str]") -> str:
    """kill -9 of the process and its children; returns what it had told so far."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    told, _ = process.communicate()
    return told


def can_mount() -> bool:
    """Whether we may mount a small file system (root with the capability): else full disks are imitated by limits."""
    if os.name != "posix" or os.geteuid() != 0 or not shutil.which("unshare"):
        return False
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode == 0
