"""Documents dropped into `raw/inbox/`: one partition a document, a sensor that notices them, and the job."""

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from orchestration.defs.resources import ENGINEERS, AssetJob, Warehouse
from orchestration.settings import load_settings

if TYPE_CHECKING:
    from orchestration.loading.load import SourceLoad

DOCUMENTS = dg.DynamicPartitionsDefinition(name="documents")
DOCUMENT = dg.AssetKey(["inbox", "document"])
# No step of ours: the jobs below report what they extracted. An asset with partitions that can be materialized would
# make "Materialize all" ask which of them.
DOCUMENT_SPEC = dg.AssetSpec(
    DOCUMENT,
    partitions_def=DOCUMENTS,
    group_name="inbox",
    kinds={"pdf", "python"},
    owners=ENGINEERS,
    description="The figures found in one document of raw/inbox/, each with its place and as much context as the text "
    "supports. They enter the schema candidates and nothing else; `ai-figures promote` makes reviewed rows of them.",
)


@dg.op(description="Extracts one document.")
def extract(context: dg.OpExecutionContext, warehouse: Warehouse) -> None:
    from orchestration.inbox import documents

    settings = warehouse.settings()
    path = settings.raw / "inbox" / context.partition_key
    if not (path.is_file() or path.is_symlink()) or path.parent != settings.raw / "inbox":
        raise dg.Failure(
            f"{context.partition_key} is not in {settings.raw / 'inbox'}; put it there or delete the partition"
        )
    load = documents.extract(settings, path)
    for problem in load.problems:
        context.log.warning(str(problem))
    context.log_event(dg.AssetMaterialization(DOCUMENT, partition=path.name, metadata=document_metadata(path, load)))


def document_metadata(path: Path, load: "SourceLoad") -> dict[str, Any]:
    """What the UI shows of an extraction: counts and the first figures."""
    from orchestration.defs.metadata import markdown

    rows = [
        {
            "line": figure.line,
            "printed": figure.printed,
            "indicator": figure.indicator,
            "geography": figure.geography,
            "period": figure.period_label,
            "status": figure.status,
            "statistic": figure.statistic,
        }
        for figure in load.figures[:15]
    ]
    metadata: dict[str, Any] = {
        "dagster/row_count": len(load.figures),
        "source": load.source_id,
        "rows in": load.rows_in,
        "rows loaded": load.rows_loaded,
        "rows quarantined": len(load.problems),
        "dagster/path": str(path),
    }
    if rows:
        metadata["preview"] = markdown(rows)
    return metadata


@dg.graph(name="extract_document")
def extraction_of_one() -> None:
    extract()


def extract_document_job(warehouse: Any) -> dg.JobDefinition:
    """One document: extraction only; the warehouse takes it in with the next refresh, which the sensor asks for."""
    return extraction_of_one.to_job(
        partitions_def=DOCUMENTS,
        description="Extracts one document of raw/inbox/ (a partition).",
        resource_defs={"warehouse": warehouse},
        executor_def=dg.in_process_executor,
    )


def inbox_sensor(extract_job: dg.JobDefinition) -> dg.SensorDefinition:
    """New, changed and removed documents become partitions; one run extracts all that are new or changed."""

    @dg.sensor(
        name="inbox_documents",
        job=extract_job,
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Notices documents in raw/inbox/: adds a partition for each and extracts them.",
    )
    def inbox_documents(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        from orchestration.inbox.documents import inbox_documents as documents

        present = {path.name: path.lstat().st_mtime_ns for path in documents(load_settings().raw)}
        known = set(context.instance.get_dynamic_partitions(str(DOCUMENTS.name)))
        changes: list[Any] = []
        if new := sorted(present.keys() - known):
            changes.append(DOCUMENTS.build_add_request(new))
        if gone := sorted(known - present.keys()):
            changes.append(DOCUMENTS.build_delete_request(gone))
        # the same documents are the same run key, and a key runs once
        key = hashlib.sha256(json.dumps(present, sort_keys=True).encode()).hexdigest()[:16]
        requests = [dg.RunRequest(run_key=key)] if present else []
        return dg.SensorResult(run_requests=requests, dynamic_partitions_requests=changes)

    return inbox_documents


def intake_sensor(refresh_job: AssetJob) -> dg.SensorDefinition:
    """After an extraction the warehouse is rebuilt, so that the new candidates are compared with all that is known."""

    @dg.asset_sensor(
        asset_key=DOCUMENT,
        job=refresh_job,
        name="extracted_documents",
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Rebuilds the warehouse when a document was extracted.",
    )
    def extracted_documents(context: dg.SensorEvaluationContext, event: dg.EventLogEntry) -> dg.RunRequest:
        return dg.RunRequest(run_key=context.cursor)

    return extracted_documents
