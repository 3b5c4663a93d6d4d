"""A dataset in the warehouse, without any report: what stands now, what stood on each day, and what was revised."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.driver import pipeline
from orchestration.settings import PROJECT, Settings
from tests.conftest import begun_from
from tests.datasets.made import make


@pytest.fixture(scope="module")
def published(shipped_build: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("dataset")
    make(base / "raw")
    _report(base / "raw")
    settings = Settings(project=PROJECT, raw=base / "raw", state=base / "state", published=base / "warehouse")
    pipeline.run(begun_from(shipped_build, settings))
    return settings.published_file


# what a report prints of chips that the dataset has
REPORT = """\
key,line,exhibit,printed,reading,scale,qualifier,unit,counted,indicator,entity,segment,geography,basis,period,status,statistic,note
1a,1,,1800TFLOPS,,,,,,chip_performance,Oxbow 2,,,FP16,,actual,level,
1b,1,,900TFLOPS,,,,,,chip_performance,Oxbow 2,,,FP16; dense,,actual,level,
2a,2,,80GB,,,,,,memory_capacity,Oxbow 2,,,,,actual,level,
3a,3,,24GB,,,,,,memory_capacity,Kestrel,,,24GB variant,,actual,level,
4a,4,,22%,,,,,,chip_relative_performance,Heron B,,,FP16; vs Oxbow 2,,actual,ratio,
4b,4,,40%,,,,,,chip_relative_performance,Heron B,,,vs Oxbow 2,,actual,ratio,
4c,4,,3倍,,,,,,chip_relative_performance,Kestrel,,,FP16; vs Heron B,,actual,ratio,
5a,5,,150W,,,,,,power_draw,Heron B,,,,,actual,level,
"""


def _report(raw: Path) -> None:
    entry = (
        "- {source_id: report, title: R, publisher: P, published_on: 2025-12-01, language: en, kind: report, "
        f"file: r.txt, sha256: '{'0' * 64}', lines: 5}}\n"
    )
    with (raw / "sources.yml").open("a", encoding="utf-8") as registry:
        registry.write(entry)
    (raw / "report" / "figures").mkdir(parents=True)
    (raw / "report" / "figures" / "prose.csv").write_text(REPORT, encoding="utf-8")


def ask(published: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(published), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_the_mart_holds_what_stands_now(published: Path) -> None:
    query = (
        "select chip, memory_bytes, power_watts, memory_bytes_per_second from hardware.chip_spec "
        "where source_id = 'chips' order by chip"
    )
    assert ask(published, query) == [
        ("Heron A", 16e9, 225.0, 8.2e11),
        ("Heron B", 32e9, 200.0, 1.2e12),
        ("Kestrel", 64e9, 350.0, 2e12),
        ("Oxbow 1", 40e9, 300.0, 1.5e12),
        ("Oxbow 2", 80e9, 700.0, 3e12),
        ("Plover", 96e9, 500.0, 4e12),
    ]


def test_one_row_a_fact_on_each_day(published: Path) -> None:
    def power(day: str) -> dict[str, float]:
        query = (
            f"select entity, value from core.figures_as_of('{day}') "
            "where source_id = 'chips' and indicator = 'power_draw'"
        )
        rows = ask(published, query)
        assert len(rows) == len(dict(rows))
        return dict(rows)

    assert power("2025-09-30") == {}
    assert power("2025-10-01")["Heron A"] == 140 and "Wren" in power("2025-10-31")
    assert "Heron A" not in power("2025-12-31")
    assert power("2026-01-01")["Heron A"] == 225 and "Wren" not in power("2026-01-01")


def test_the_view_works_under_another_name(published: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{published}' as other (read_only)")
        query = "select count(*) from other.core.figure_versions where figure = 'chips/heron-a.tdp'"
        assert connection.execute(query).fetchall() == [(2,)]


def test_revisions_are_named_and_count_against_nobody(published: Path) -> None:
    query = "select figure, change, explanation_code from reconciliation.revisions order by figure, changed_on"
    assert ask(published, query) == [
        ("chips/heron-a.bandwidth", "revised", "scale"),
        ("chips/heron-a.tdp", "withdrawn", "withdrawn"),
        ("chips/heron-a.tdp", "returned", "vintage"),
        *((f"chips/wren.{key}", "withdrawn", "withdrawn") for key in ("bandwidth", "fp16", "memory", "tdp")),
    ]
    query = "select distinct verdict from reconciliation.comparisons where rule = 'revision' order by all"
    assert ask(published, query) == [("not_comparable",)]
    query = (
        "select figure_ids, stated, expected, explanation from reconciliation.comparisons "
        "where comparison_id = 'revision:chips/heron-a.bandwidth@2026-01-01'"
    )
    ((figures, stated, expected, explanation),) = ask(published, query)
    assert figures == ["chips/heron-a.bandwidth@2026-01-01", "chips/heron-a.bandwidth@2025-10-01"]
    assert (stated, expected) == (8.2e11, 9.8e12)
    assert explanation == (
        "Printed 8.2e11 in the vintage of 2026-01-01, 9.8e12 since that of 2025-10-01; "
        "a slip of scale, or one that was mended."
    )
    query = "select count(*) from reconciliation.comparisons where rule = 'revision'"
    assert ask(published, query) == ask(published, "select count(*) from reconciliation.revisions")
    query = "select comparisons, disagreeing from reconciliation.source_scorecard where source_id = 'chips'"
    assert ask(published, query) == [(0, 0)]


def test_chips_of_a_report_meet_the_dataset_with_a_reason(published: Path) -> None:
    query = (
        "select split_part(c.figure_ids[1], '/', 2), c.verdict, f.explanation_code, c.explanation "
        "from reconciliation.comparisons as c left join reconciliation.findings as f using (comparison_id) "
        "where c.rule = 'reference' and list_contains(c.source_ids, 'report') order by 1"
    )
    found = {figure: (verdict, code) for figure, verdict, code, _ in ask(published, query)}
    assert found == {
        "1a": ("disagree", "sparsity"),
        "1b": ("agree", None),
        "2a": ("agree", None),
        "3a": ("not_comparable", "basis"),
        "4a": ("agree", None),
        "4b": ("not_comparable", "basis"),
        "4c": ("disagree", "basis"),
        "5a": ("disagree", "unexplained"),
    }
    told = {figure: explanation for figure, _, _, explanation in ask(published, query)}
    assert "the basis differs: 24GB variant against none stated" in told["3a"]
    assert "an outside source has 22.22 % (Chips, Made up, vintage of 2025-10-01)" in told["4b"]
    assert "the basis differs: no precision named against FP16; dense" in told["4b"]
