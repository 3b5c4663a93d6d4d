"""A pytest plugin (`-p tests.faults.table`): the table of what was tried and what was lost, as `make faults` prints it.

A test tells of itself by ``record_property("tried", …)`` and ``record_property("lost", …)``.
"""

import platform
from datetime import UTC, datetime
from typing import Any

import pytest


def rows(reports: list[Any]) -> list[tuple[str, str, str]]:
    """Test, what was tried, what was lost; of a failed test only that it failed."""
    found = []
    for report in reports:
        properties = dict(report.user_properties)
        if report.when == "call" and (report.failed or "tried" in properties):
            lost = "FAILED" if report.failed else properties.get("lost", "nothing")
            found.append((report.nodeid.rpartition("/")[2], str(properties.get("tried", "")), str(lost)))
    return sorted(found)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    table = rows(reports)
    if not table:
        return
    terminalreporter.section(f"tried and lost, {datetime.now(UTC):%Y-%m-%d}, {platform.machine()}")
    terminalreporter.line("| test | tried | lost |")
    terminalreporter.line("|---|---|---|")
    for name, tried, lost in table:
        terminalreporter.line(f"| {name} | {tried} | {lost} |")
