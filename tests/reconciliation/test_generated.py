"""Made-up reports: every injected slip is found, nothing else is, and the benchmarks measure what they say."""

from pathlib import Path

import pytest

from benchmarks import scale
from benchmarks.generate import FIGURES_A_BLOCK, SLIPS, Plan, generate
from orchestration.driver import pipeline
from orchestration.settings import Settings
from orchestration.store.build import open_build
from orchestration.transform import models as transform
from tests.conftest import begun_from


@pytest.fixture(scope="module")
def folder(shipped_build: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("generated")
    generate(folder / "raw", Plan(12_000, seed=3))
    settings = begun_from(shipped_build, scale.settings_of(folder))
    loads = pipeline.load(settings)
    assert sum(load.rows_in for load in loads) == sum(load.rows_loaded for load in loads)
    transform.transform(settings)
    return folder


def test_every_slip_is_found_and_nothing_else(folder: Path) -> None:
    found = scale.found(folder)
    assert {kind["kind"] for kind in found["kinds"]} == set(SLIPS)
    assert found["precision"] == 1
    assert found["recall"] == 1
    for kind in found["kinds"]:
        if kind["code"]:
            assert kind["reason"] >= 0.8 * kind["slips"], kind


def test_the_plan_has_the_size_that_was_asked_for(folder: Path) -> None:
    with open_build(scale.settings_of(folder).build_file) as build:
        (figures,) = build.execute("select count(*) from raw.figures").fetchall()[0]
    assert figures == 12_000
    assert figures % FIGURES_A_BLOCK == 0


def test_generating_twice_gives_the_same_files(folder: Path, tmp_path: Path) -> None:
    generate(tmp_path / "raw", Plan(12_000, seed=3))
    for path in sorted((tmp_path / "raw").rglob("*")):
        if path.is_file():
            assert path.read_bytes() == (folder / "raw" / path.relative_to(tmp_path / "raw")).read_bytes(), path


def test_memory_of_the_build_can_be_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AI_FIGURES_MEMORY", "512MiB")
    with open_build(tmp_path / "build.duckdb") as build:
        assert build.execute("select current_setting('memory_limit')").fetchall() == [("512.0 MiB",)]
