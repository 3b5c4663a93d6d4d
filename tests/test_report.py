"""What `make bench` writes: a page of what was measured, and ratios, not seconds, in the README."""

from benchmarks import report

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
