"""A pytest plugin (`-p tests.faults.table`): the table of what was tried and what was lost, as `make faults` prints it.

A test tells of itself by ``record_property("tried", …)`` and ``record_property("lost", …)``. The rows are kept for
docs/measurements.md as well (`benchmarks/report.py`); a test that is run again replaces its own row.
"""

import json
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from benchmarks.report import bench_file, facts


def rows(reports: list[Any]) -> list[tuple[str, str, str]]:
    """Test, what was tried, what was lost; of a failed test only that it failed."""
    found = []
    for report in reports:
        properties = dict(report.user_properties)
        if report.when == "call" and (report.failed or "tried" in properties):
            lost = "FAILED" if report.failed else properties.get("lost", "nothing")
            found.append((report.nodeid.rpartition("/")[2], str(properties.get("tried", "")), str(lost)))
    return sorted(found)


def keep(table: list[tuple[str, str, str]], file: Path) -> None:
    """Write the rows to ``file``, beside those of tests that were not run now."""
    now = facts()
    kept = json.loads(file.read_text(encoding="utf-8"))["rows"] if file.exists() else {}
    kept |= {name: {"tried": tried, "lost": lost, "date": now["date"]} for name, tried, lost in table}
    file.write_text(json.dumps({"facts": now, "rows": kept}, indent=1, ensure_ascii=False), encoding="utf-8")


def pytest_terminal_summary(terminalreporter: "pytest.TerminalReporter") -> None:
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    table = rows(reports)
    if not table:
        return
    keep(table, bench_file("faults"))
    terminalreporter.section(f"tried and lost, {datetime.now(UTC):%Y-%m-%d}, {platform.machine()}")
    terminalreporter.line("| test | tried | lost |")
    terminalreporter.line("|---|---|---|")
    for name, tried, lost in table:
        terminalreporter.line(f"| {name} | {tried} | {lost} |")
