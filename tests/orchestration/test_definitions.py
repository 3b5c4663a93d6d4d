"""A lost asset, job, schedule or sensor shows here as a difference; checks are those of the suites, all of them."""

import json
from pathlib import Path

import dagster as dg
import pytest

from orchestration.definitions import defs
from orchestration.definitions_datasets import defs as datasets
from orchestration.definitions_inbox import defs as inbox
from orchestration.quality.suites import load_suites
from orchestration.settings import PROJECT

SNAPSHOT = Path(__file__).parent / "definitions.json"


def described() -> dict[str, object]:
    return {"warehouse": _described(defs), "inbox": _described(inbox), "datasets": _described(datasets)}


def _described(definitions: dg.Definitions) -> dict[str, object]:
    repository = definitions.get_repository_def()
    graph = repository.asset_graph
    return {
        "assets": {
            key.to_user_string(): graph.get(key).group_name
            for key in sorted(graph.get_all_asset_keys(), key=lambda key: key.path)
        },
        "jobs": sorted(name for name in repository.job_names if not name.startswith("__")),
        "schedules": {schedule.name: schedule.cron_schedule for schedule in repository.schedule_defs},
        "sensors": sorted(sensor.name for sensor in repository.sensor_defs),
    }


def test_definitions_are_those_of_the_snapshot() -> None:
    """Refresh with `.venv/bin/python -m tests.orchestration.test_definitions` and review the difference."""
    assert described() == json.loads(SNAPSHOT.read_text(encoding="utf-8"))


def test_every_expectation_is_a_check_and_nothing_else_is() -> None:
    """No snapshot: a new entry of a suite is a check, and nothing has to be written down beside it."""
    entries = [item.name for suite in load_suites(PROJECT / "expectations").values() for item in suite]
    graph = defs.get_repository_def().asset_graph
    assert sorted(key.name for key in graph.asset_check_keys) == sorted(entries)


def test_every_asset_says_what_it_is() -> None:
    graph = defs.get_repository_def().asset_graph
    for key in graph.materializable_asset_keys:
        node = graph.get(key)
        assert node.description, f"{key.to_user_string()} has no description"
        assert node.group_name != "default", f"{key.to_user_string()} is in no group"
        assert node.kinds, f"{key.to_user_string()} has no kind"
        assert node.owners, f"{key.to_user_string()} has no owner"


@pytest.mark.parametrize("registry", ["- {", "", None])
def test_definitions_do_not_depend_on_what_stands_in_raw(
    registry: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The UI must start to show what is wrong; and no report, or a thousand, changes no asset and no job."""
    from orchestration.definitions import build_defs

    if registry is not None:
        (tmp_path / "sources.yml").write_text(registry, encoding="utf-8")
    monkeypatch.setenv("AI_FIGURES_RAW", str(tmp_path))
    assert _described(build_defs()) == _described(defs)


def test_everything_is_materialized_by_one_click() -> None:
    """The UI asks nothing where no selected asset has partitions and no step needs a configuration.

    It offers what is executable in all code locations together; those must then share one.
    """
    graphs = [definitions.get_repository_def().asset_graph for definitions in (defs, inbox)]
    executable = [[key for key in graph.get_all_asset_keys() if graph.get(key).is_executable] for graph in graphs]
    assert executable[1] == []
    assert all(graphs[0].get(key).partitions_def is None for key in executable[0])
    job = defs.resolve_implicit_global_asset_job_def()
    assert not [name for name, field in job.run_config_schema.config_type.fields.items() if field.is_required]


def test_the_inbox_has_its_downstream_edge() -> None:
    graph = defs.get_repository_def().asset_graph
    document = dg.AssetKey(["inbox", "document"])
    assert dg.AssetKey(["raw", "figures"]) in graph.get(document).child_keys


if __name__ == "__main__":
    SNAPSHOT.write_text(json.dumps(described(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
