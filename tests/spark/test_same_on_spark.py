"""The models give the same rows on Apache Spark as on DuckDB (`make test-spark`)."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from orchestration.driver import pipeline
from orchestration.settings import PROJECT, Settings
from orchestration.store.catalog import PUBLIC_SCHEMAS
from tests.reconciliation import synthetic
from tests.spark.compare import differences, spark_tables, tables

pytestmark = pytest.mark.spark

# written by the checks, not by dbt
NOT_BY_DBT = {"quality": {"check_results"}}
# the models in between are compared as well: where a public table differs, they show where it began
SCHEMAS = (*PUBLIC_SCHEMAS, "intermediate")


@dataclass(frozen=True, slots=True)
class Both:
    """One raw folder, built on both engines."""

    build: duckdb.DuckDBPyConnection
    warehouse: Path


def built_on_both(raw: Path, base: Path) -> Settings:
    settings = Settings(project=PROJECT, raw=raw, state=base / "state", published=base / "warehouse")
    pipeline.load(settings)
    pipeline.transform(settings)
    # as a user runs it: a process of its own
    environment = os.environ | {"AI_FIGURES_STATE": str(settings.state), "AI_FIGURES_RAW": str(raw)}
    run = subprocess.run(
        [sys.executable, "-m", "orchestration.transform.spark"],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr[-4000:]
    return settings


@pytest.fixture(scope="module", params=["shipped", "slips"])
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """The shipped figures; and synthetic reports with every kind of slip, for explanations that those do not need."""
    base = tmp_path_factory.mktemp(request.param)
    raw = PROJECT / "raw"
    if request.param == "slips":
        raw = base / "raw"
        folder = synthetic.Folder()
        synthetic.with_slips(folder, 3, 20261121)
        synthetic.without_slips(folder, 3, 20261121)
        folder.write(raw, PROJECT / "raw" / "reference")
    settings = built_on_both(raw, base)
    with duckdb.connect(str(settings.build_file), read_only=True) as build:
        yield Both(build, settings.spark / "warehouse")


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_table_has_the_same_rows(both: Both, schema: str) -> None:
    names = [name for name in tables(both.build, schema) if name not in NOT_BY_DBT.get(schema, ())]
    assert names and spark_tables(both.warehouse, schema) == names
    found = {name: differences(both.build, both.warehouse, schema, name)[:5] for name in names}
    assert {name: texts for name, texts in found.items() if texts} == {}
