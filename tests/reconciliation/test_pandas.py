"""The pandas program that speed is measured against makes the same rows as the models: else it measures nothing."""

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pandas")
pytest.importorskip("pyarrow")

from benchmarks.generate import Plan, generate
from benchmarks.reconcile_pandas.check import differences, is_same
from benchmarks.reconcile_pandas.run import Result, export, reconcile
from orchestration.driver import pipeline
from orchestration.settings import PROJECT, Settings
from orchestration.transform import models as transform
from tests.conftest import begun_from


@pytest.fixture(scope="module")
def build_file(shipped_build: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made-up reports, loaded and transformed."""
    base = tmp_path_factory.mktemp("pandas")
    settings = Settings(project=PROJECT, raw=base / "raw", state=base / "state", published=base / "warehouse")
    begun_from(shipped_build, settings)
    generate(settings.raw, Plan(3000, seed=3))
    pipeline.load(settings)
    transform.transform(settings)
    return settings.build_file


@pytest.fixture(scope="module")
def result(build_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Result:
    folder = tmp_path_factory.mktemp("parquet")
    export(build_file, folder)
    return reconcile(folder)


def test_same_rows_as_the_models(result: Result, build_file: Path) -> None:
    report: dict[str, Any] = differences(result, build_file)
    assert all(table["rows"] for table in report.values())
    assert is_same(report), report


def test_a_difference_is_seen(result: Result, build_file: Path) -> None:
    tables = {name: table.copy() for name, table in result.tables.items()}
    value = tables["figures"]["value_cny"].first_valid_index()
    tables["figures"].loc[value, "value_cny"] *= 1 + 1e-6
    tables["comparisons"].loc[0, "expected_high"] *= 1 + 1e-6
    tables["comparisons"].loc[1, "gap"] = 1e6
    tables["findings"].loc[0, "explanation_code"] = "another"
    tables["consensus"] = tables["consensus"].iloc[1:]
    tables["vintages"].loc[0, "known_until"] = tables["vintages"].loc[0, "known_from"].replace(year=1999)
    report = differences(Result(tables), build_file)
    assert {name: list(table["columns"]) for name, table in report.items()} == {
        "figures": ["value_cny"],
        "comparisons": ["expected_high", "gap"],
        "findings": ["explanation_code"],
        "consensus": [],
        "vintages": ["known_until"],
    }
    assert report["consensus"]["only in the build"] == 1
