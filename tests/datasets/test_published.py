"""A dataset in the warehouse, without any report: what stands now, what stood on each day, and what was revised."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration import pipeline
from orchestration.settings import PROJECT, Settings
from tests.datasets.made import make


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("dataset")
    make(base / "raw")
    settings = Settings(project=PROJECT, raw=base / "raw", state=base / "state", published=base / "warehouse")
    pipeline.run(settings)
    return settings.published_file


def ask(published: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(published), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_the_mart_holds_what_stands_now(published: Path) -> None:
    query = "select chip, memory_bytes, power_watts, memory_bytes_per_second from hardware.chip_spec order by chip"
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
        query = f"select entity, value from core.figures_as_of('{day}') where indicator = 'power_draw'"
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
        ("chips/heron-a.tdp", "withdrawn", "vintage"),
        ("chips/heron-a.tdp", "returned", "vintage"),
        *((f"chips/wren.{key}", "withdrawn", "vintage") for key in ("bandwidth", "fp16", "memory", "tdp")),
    ]
    assert ask(published, "select count(*) from reconciliation.findings") == [(0,)]
