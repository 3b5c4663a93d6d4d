"""One run of the whole Dagster job on the shipped raw figures, in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from orchestration.settings import PROJECT, Settings


@pytest.fixture(scope="session")
def run_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    base = tmp_path_factory.mktemp("run")
    return Settings(project=PROJECT, raw=PROJECT / "raw", state=base / "state", published=base / "warehouse")


@pytest.fixture(scope="session")
def full_refresh(run_settings: Settings) -> Iterator[dg.ExecuteInProcessResult]:
    """The result of the job `full_refresh`; its files are under ``run_settings``."""
    from orchestration.definitions import build_defs
    from orchestration.defs.resources import Warehouse

    warehouse = Warehouse(
        raw=str(run_settings.raw), state=str(run_settings.state), published=str(run_settings.published)
    )
    defs = build_defs({"warehouse": warehouse})
    with dg.DagsterInstance.ephemeral() as instance:
        result = defs.resolve_job_def("full_refresh").execute_in_process(instance=instance, raise_on_error=False)
        failures = [str(e.event_specific_data) for e in result.all_events if e.is_step_failure]
        assert result.success, "\n".join(failures)[:4000]
        yield result


@pytest.fixture(scope="session")
def published(full_refresh: dg.ExecuteInProcessResult, run_settings: Settings) -> Path:
    return run_settings.published_file
