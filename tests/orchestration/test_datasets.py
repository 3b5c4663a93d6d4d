"""Datasets in Dagster: vintages as partitions, all of them and one again, and the draft with its check."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from orchestration.definitions_datasets import build_defs
from orchestration.defs.dataset_assets import DATASETS, DRAFT, VINTAGE, VINTAGES
from orchestration.defs.resources import Warehouse
from tests.datasets.made import DAYS, THIRD, make

KEYS = [f"chips@{day}" for day in DAYS]


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as instance:
        yield instance


@pytest.fixture
def definitions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dg.Definitions:
    make(tmp_path / "raw")
    monkeypatch.setenv("AI_FIGURES_RAW", str(tmp_path / "raw"))
    monkeypatch.setenv("AI_FIGURES_STATE", str(tmp_path / "state"))
    return build_defs({"warehouse": Warehouse(raw=str(tmp_path / "raw"), state=str(tmp_path / "state"))})


def run(definitions: dg.Definitions, instance: dg.DagsterInstance, job: str, key: str) -> dg.ExecuteInProcessResult:
    job_def = definitions.get_repository_def().get_job(job)
    return job_def.execute_in_process(instance=instance, partition_key=key, raise_on_error=False)


def test_all_vintages_then_one_again(definitions: dg.Definitions, instance: dg.DagsterInstance) -> None:
    repository = definitions.get_repository_def()
    sensor = repository.get_sensor_def("dataset_snapshots")
    with dg.build_sensor_context(instance=instance, repository_def=repository) as context:
        tick = sensor(context)
    assert isinstance(tick, dg.SensorResult)
    requests = tick.run_requests or []
    assert [request.partition_key for request in requests] == KEYS
    for change in tick.dynamic_partitions_requests or []:
        instance.add_dynamic_partitions(change.partitions_def_name, list(change.partition_keys))
    for request in requests:
        assert run(definitions, instance, "reload_vintage", str(request.partition_key)).success
    assert instance.get_materialized_partitions(VINTAGE) == set(KEYS)
    assert run(definitions, instance, "reload_vintage", KEYS[2]).success
    event = instance.get_latest_materialization_event(VINTAGE)
    assert event is not None and event.asset_materialization is not None
    metadata = event.asset_materialization.metadata
    assert event.asset_materialization.partition == KEYS[2]
    assert (metadata["row new"].value, metadata["row gone"].value, metadata["value revised"].value) == (1, 1, 1)
    assert "heron-a.bandwidth 9800000000000 -> 820000000000" in str(metadata["changes"].value)
    with dg.build_sensor_context(instance=instance, repository_def=repository) as context:
        again = sensor(context)
    assert isinstance(again, dg.SensorResult) and not again.run_requests


def test_a_snapshot_that_is_not_there_is_told(definitions: dg.Definitions, instance: dg.DagsterInstance) -> None:
    instance.add_dynamic_partitions(str(VINTAGES.name), ["chips@2020-01-01"])
    result = run(definitions, instance, "reload_vintage", "chips@2020-01-01")
    assert not result.success and "no snapshot of 2020-01-01" in str(result.all_events)


@pytest.mark.parametrize(("change", "passed"), [(("225", "230"), True), (("225", "two"), False)])
def test_a_draft_is_shown_as_a_check(
    change: tuple[str, str], passed: bool, definitions: dg.Definitions, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    (tmp_path / "new.csv").write_text(THIRD.replace(*change))
    spec = tmp_path / "raw" / "chips" / "dataset.yml"
    spec.write_text(spec.read_text().replace("https://chips.example/chips.csv", str(tmp_path / "new.csv")))
    instance.add_dynamic_partitions(str(DATASETS.name), ["chips"])
    result = run(definitions, instance, "fetch_dataset", "chips")
    assert result.success
    (check,) = result.get_asset_check_evaluations()
    assert (check.asset_key, check.check_name, check.passed) == (DRAFT, "draft_is_clean", passed)
    shown = str(check.metadata["changes"].value) + str(check.metadata.get("problems", ""))
    assert ("heron-a.tdp 225 -> 230" if passed else "'two' is no number") in shown
    # nothing is published that nobody confirmed
    assert len(list((tmp_path / "raw" / "chips" / "snapshots").iterdir())) == len(DAYS)


def test_the_schedule_asks_nobody_until_it_is_switched_on(
    definitions: dg.Definitions, instance: dg.DagsterInstance
) -> None:
    repository = definitions.get_repository_def()
    schedule = repository.get_schedule_def("fetch_datasets")
    assert schedule.default_status == dg.DefaultScheduleStatus.STOPPED
    with dg.build_schedule_context(instance=instance, repository_def=repository) as context:
        requests = schedule.evaluate_tick(context).run_requests or []
    assert [request.partition_key for request in requests] == ["chips"]
