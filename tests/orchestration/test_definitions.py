"""A lost asset, check, schedule or sensor shows here as a difference."""

import json
from pathlib import Path

from orchestration.definitions import defs

SNAPSHOT = Path(__file__).parent / "definitions.json"


def described() -> dict[str, object]:
    repository = defs.get_repository_def()
    graph = repository.asset_graph
    return {
        "assets": {
            key.to_user_string(): graph.get(key).group_name
            for key in sorted(graph.get_all_asset_keys(), key=lambda key: key.path)
        },
        "checks": sorted(f"{key.asset_key.to_user_string()}: {key.name}" for key in graph.asset_check_keys),
        "jobs": sorted(name for name in repository.job_names if not name.startswith("__")),
        "schedules": {schedule.name: schedule.cron_schedule for schedule in repository.schedule_defs},
        "sensors": sorted(sensor.name for sensor in repository.sensor_defs),
    }


def test_definitions_are_those_of_the_snapshot() -> None:
    """Refresh with `.venv/bin/python -m tests.orchestration.test_definitions` and review the difference."""
    assert described() == json.loads(SNAPSHOT.read_text(encoding="utf-8"))


def test_every_asset_says_what_it_is() -> None:
    graph = defs.get_repository_def().asset_graph
    for key in graph.materializable_asset_keys:
        node = graph.get(key)
        assert node.description, f"{key.to_user_string()} has no description"
        assert node.group_name != "default", f"{key.to_user_string()} is in no group"
        assert node.kinds, f"{key.to_user_string()} has no kind"
        assert node.owners, f"{key.to_user_string()} has no owner"


if __name__ == "__main__":
    SNAPSHOT.write_text(json.dumps(described(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
