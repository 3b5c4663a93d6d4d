"""Datasets in Dagster: one partition a vintage (a snapshot on a day), one a draft, and the schedule that fetches."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
from pydantic import Field

from orchestration.defs.resources import ENGINEERS, STEWARDS, AssetJob, Warehouse
from orchestration.settings import load_settings

if TYPE_CHECKING:
    from orchestration.datasets.fetch import Difference

VINTAGES = dg.DynamicPartitionsDefinition(name="dataset_vintages")
DATASETS = dg.DynamicPartitionsDefinition(name="datasets")
VINTAGE = dg.AssetKey(["datasets", "vintage"])
DRAFT = dg.AssetKey(["datasets", "draft"])
FETCH_DATASET = "fetch_dataset"
RELOAD_VINTAGE = "reload_vintage"
_SHOWN = 40


def vintage_key(source_id: str, day: date) -> str:
    """The partition of a snapshot: `chips@2025-10-30`."""
    return f"{source_id}@{day}"


def snapshots_of(raw: Path) -> dict[str, Path]:
    """All snapshots below `raw/` by partition, whether or not they can be read."""
    found = {}
    for path in sorted(raw.glob("*/snapshots/*")):
        try:
            found[vintage_key(path.parent.parent.name, date.fromisoformat(path.stem))] = path
        except ValueError:
            continue
    return found


@dg.asset(
    key=VINTAGE,
    partitions_def=VINTAGES,
    group_name="datasets",
    kinds={"python"},
    owners=ENGINEERS,
    description="One snapshot of a dataset against those before it: what it adds, revises and withdraws. The figures "
    "themselves are loaded with the reports, from all snapshots together, so that a late one takes its place.",
)
def vintage(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult[Any]:
    from orchestration.datasets.fetch import difference, open_dataset, snapshot_files
    from orchestration.loading.problems import RawError

    source_id, _, day = context.partition_key.partition("@")
    try:
        opened = open_dataset(warehouse.settings().raw, source_id)
        files, _ = snapshot_files(opened.folder, opened.raw, opened.spec)
        path = files.get(date.fromisoformat(day))
        if path is None:
            raise dg.Failure(f"{source_id} has no snapshot of {day}; put it there, or delete the partition")
        found = difference(opened.raw, opened.spec, opened.reference, files, date.fromisoformat(day), path)
    except (LookupError, RawError) as error:
        raise dg.Failure(str(error)) from None
    for problem in found.problems:
        context.log.warning(problem)
    return dg.MaterializeResult(metadata={**_metadata(found), "dagster/path": str(path)})


class Fetch(dg.Config):
    """Whether the address is asked, or only the draft that is there is looked at."""

    offline: bool = Field(default=False)


@dg.asset(
    key=DRAFT,
    partitions_def=DATASETS,
    group_name="datasets",
    kinds={"python"},
    owners=STEWARDS,
    check_specs=[
        dg.AssetCheckSpec(
            "draft_is_clean",
            asset=DRAFT,
            description="What was fetched can be read, and no cell that is new or changed had to be refused. What it "
            "changes stands in the metadata; `ai-figures fetch <source_id> --offline --publish` makes it a snapshot.",
        )
    ],
    description="What the address of a dataset gives today, and nobody has confirmed. It enters no table.",
)
# a bare result: Dagster takes any other annotation for a tuple of outputs
def draft(context: dg.AssetExecutionContext, config: Fetch, warehouse: Warehouse) -> dg.MaterializeResult:  # type: ignore[type-arg]
    from orchestration.datasets.fetch import FetchError, draft_of, open_dataset, publish_when_clean
    from orchestration.loading.problems import RawError

    try:
        opened = open_dataset(warehouse.settings().raw, context.partition_key)
        waiting = draft_of(opened, offline=config.offline)
        published = publish_when_clean(opened, waiting)
    except (LookupError, FetchError, RawError) as error:
        raise dg.Failure(str(error)) from None
    if waiting.difference is None:
        result = dg.AssetCheckResult(check_name="draft_is_clean", passed=True, metadata={"draft": waiting.note})
        return dg.MaterializeResult(metadata={"draft": waiting.note}, check_results=[result])
    told = f"published as {published.name}, as the spec says" if published else str(waiting.path)
    metadata = {**_metadata(waiting.difference), "draft": told}
    result = dg.AssetCheckResult(
        check_name="draft_is_clean",
        passed=not waiting.difference.problems,
        severity=dg.AssetCheckSeverity.WARN,
        metadata=metadata,
    )
    return dg.MaterializeResult(metadata=metadata, check_results=[result])


def _metadata(found: "Difference") -> dict[str, Any]:
    """Counts by kind of change, and the first lines as a list."""
    kinds: dict[str, int] = {}
    for line in found.lines:
        kind = line.partition(":")[0]
        kinds[kind] = kinds.get(kind, 0) + 1
    more = len(found.lines) - _SHOWN
    shown = [f"- {line}" for line in found.lines[:_SHOWN]] + ([f"- and {more} more"] if more > 0 else [])
    metadata: dict[str, Any] = {kind: count for kind, count in sorted(kinds.items()) if kind != "first snapshot"}
    metadata |= {"changes": dg.MetadataValue.md("\n".join(shown) or "none"), "refused": len(found.problems)}
    if found.problems:
        metadata["problems"] = dg.MetadataValue.md("\n".join(f"- {each}" for each in found.problems[:_SHOWN]))
    if found.known:
        metadata["as before"] = dg.MetadataValue.md("\n".join(f"- {each}" for each in found.known[:_SHOWN]))
    return metadata


def fetch_job() -> AssetJob:
    return dg.define_asset_job(
        FETCH_DATASET,
        selection=dg.AssetSelection.assets(DRAFT),
        description="Fetches one dataset (a partition) into a draft and says what it would change.",
    )


def reload_job() -> AssetJob:
    return dg.define_asset_job(
        RELOAD_VINTAGE,
        selection=dg.AssetSelection.assets(VINTAGE),
        description="Reads one vintage of a dataset (a partition) again; all of them as a backfill.",
    )


def fetch_schedule(job: AssetJob) -> dg.ScheduleDefinition:
    """Off until somebody switches it on: it asks other people's servers."""

    @dg.schedule(
        name="fetch_datasets",
        job=job,
        cron_schedule="0 5 * * 1",
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description="Every Monday at 05:00 UTC: has a dataset changed at its address? Drafts only; off by default.",
    )
    def fetch_datasets(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest]:
        from orchestration.datasets.fetch import dataset_ids

        names = dataset_ids(load_settings().raw)
        context.instance.add_dynamic_partitions(str(DATASETS.name), names)
        return [dg.RunRequest(partition_key=name) for name in names]

    return fetch_datasets


def snapshots_sensor(job: AssetJob) -> dg.SensorDefinition:
    """Snapshots become partitions, datasets too; a snapshot that is new is read once."""

    @dg.sensor(
        name="dataset_snapshots",
        job=job,
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Notices snapshots of datasets in raw/: a partition for each, and a run for what is new.",
    )
    def dataset_snapshots(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        from orchestration.datasets.fetch import dataset_ids

        raw = load_settings().raw
        changes: list[Any] = []
        new: list[str] = []
        for partitions, wanted in ((VINTAGES, sorted(snapshots_of(raw))), (DATASETS, dataset_ids(raw))):
            known = set(context.instance.get_dynamic_partitions(str(partitions.name)))
            added = [name for name in wanted if name not in known]
            if added:
                changes.append(partitions.build_add_request(added))
            if gone := sorted(known - set(wanted)):
                changes.append(partitions.build_delete_request(gone))
            new = added if partitions is VINTAGES else new
        requests = [dg.RunRequest(run_key=name, partition_key=name) for name in new]
        return dg.SensorResult(run_requests=requests, dynamic_partitions_requests=changes)

    return dataset_snapshots
