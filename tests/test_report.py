"""What `make bench` writes: a page of what was measured, and ratios, not seconds, in the README."""

import json
from pathlib import Path

from benchmarks import report
from tests.faults.table import keep

RUN = {"wall": 10.0, "parts": {"dbt": 4.0, "imports": 6.0}}
SLOW = {
    "wall": 300.0, "measured": 60.0, "checks": 10, "all_checks": 50, "seconds_per_check": 6.0, "inside_a_check": 0.5,
}  # fmt: skip
REFRESH = {
    "facts": {"date": "2026-01-02", "processor": "Some CPU", "cores": "2", "memory": "8 GiB", "versions": "duckdb 2"},
    "ours": {"cold": [RUN | {"wall": 20.0}], "warm": [RUN, RUN, RUN | {"wall": 99.0}]},
    "floor": {"models": [RUN | {"wall": 4.0}], "models and checks": [RUN | {"wall": 5.0}]},
    "baseline": {"cold": [SLOW], "warm": [SLOW]},
    "different": [],
}


def test_the_page_has_machine_seconds_and_how_they_were_reckoned() -> None:
    page = report.measurements({"refresh": REFRESH}, {})
    assert "2026-01-02, Some CPU, 2 cores, 8 GiB" in page
    assert "| warm | 10.0 | 300 | 0.033 (1/30) |" in page
    assert "10 of 50 checks were run" in page
    assert "Every public table is equal" in page
    assert "| dbt | 4.00 | 40 |" in page


def test_a_difference_is_not_passed_over() -> None:
    page = report.measurements({"refresh": REFRESH | {"different": ["core.figures (2 rows)"]}}, {})
    assert "Published tables that DIFFER: core.figures (2 rows)." in page


def test_the_readme_gets_ratios_only() -> None:
    said = report.ratios({"refresh": REFRESH})
    assert "1/30 (cold: 1/15)" in said
    assert "2.0 times" in said
    text, count = report._MARKED.subn(lambda m: f"{m[1]}{said}\n{m[2]}", report.README.read_text(encoding="utf-8"))
    assert count == 1
    assert said in text


def test_without_a_baseline_nothing_is_claimed() -> None:
    alone = {key: value for key, value in REFRESH.items() if key not in ("baseline", "different")}
    assert report.ratios({"refresh": alone}) == ""
    assert "not measured" in report.measurements({"refresh": alone}, {})


def test_what_was_not_measured_here_stays() -> None:
    before = report.measurements({"refresh": REFRESH}, {})
    rows = {"test_x.py::test_kills": {"tried": "50 kills", "lost": "nothing", "date": "2026-01-03"}}
    after = report.measurements({"faults": {"facts": REFRESH["facts"], "rows": rows}}, {}, before)
    assert before.rstrip() in after
    assert "| test_x.py::test_kills | 50 kills | nothing | 2026-01-03 |" in after
    assert report.measurements({}, {}, after) == after


def test_a_fault_test_that_is_run_again_replaces_its_own_row(tmp_path: Path) -> None:
    file = tmp_path / "faults.json"
    keep([("a", "3 kills", "nothing"), ("b", "", "FAILED")], file)
    keep([("b", "4 kills", "nothing")], file)
    kept = json.loads(file.read_text(encoding="utf-8"))["rows"]
    assert [(name, row["tried"], row["lost"]) for name, row in kept.items()] == [
        ("a", "3 kills", "nothing"),
        ("b", "4 kills", "nothing"),
    ]
