"""The job `extract_inbox`: the waiting documents divided among steps, which an executor of choice runs in parallel.

Steps are fixed when the job is defined: the Dask executor runs no dynamic outputs. What they hand to each other is a
list of names and a few counts; the figures themselves go into `state/extracted/`, where the build reads them.
"""

import os
import socket
from collections import Counter
from collections.abc import Iterator
from typing import Any

import dagster as dg

from orchestration.defs.executors import extraction_executor
from orchestration.defs.inbox_assets import DOCUMENT, DOCUMENTS, document_metadata
from orchestration.defs.resources import Warehouse
from orchestration.settings import Execution, load_execution, load_settings

EXTRACT_INBOX = "extract_inbox"
# no retry policy: the Dask executor honours none, and a document that cannot be read is no failure of its step


def extract_inbox_job() -> dg.JobDefinition:
    """The job from the settings. Every worker calls this: all need the same ``AI_FIGURES_…`` variables."""
    return extraction_job(load_execution(), Warehouse())


def extraction_job(execution: Execution, warehouse: Any) -> dg.JobDefinition:
    """Plan, as many extracting steps as there are shards, and the sum of what they did."""
    numbers = [f"shard_{number:04d}" for number in range(1, execution.shards + 1)]

    @dg.op(
        out={number: dg.Out(list[str]) for number in numbers},
        description="Lists the documents that are not extracted yet and divides them by size.",
    )
    def plan(context: dg.OpExecutionContext, warehouse: Warehouse) -> Iterator[dg.Output[list[str]]]:
        from orchestration.inbox import documents

        settings = warehouse.settings()
        # Dask runs this step again if the worker that holds its result dies
        note = settings.state / "steps" / context.run_id / "waiting.json"
        shards = documents.divided(settings, len(numbers), note)
        names = [name for shard in shards for name in shard]
        context.instance.add_dynamic_partitions(str(DOCUMENTS.name), names)
        context.log.info(f"{len(names)} documents for {len(numbers)} steps")
        for number, shard in zip(numbers, shards, strict=True):
            yield dg.Output(shard, number)

    @dg.op(description="Extracts its share of the documents, one after the other.")
    def extract_shard(context: dg.OpExecutionContext, warehouse: Warehouse, names: list[str]) -> dict[str, int]:
        from orchestration.extraction.isolation import DocumentReader
        from orchestration.inbox import documents

        settings = warehouse.settings()
        counts = Counter(documents=0, rows_in=0, rows_loaded=0, rows_quarantined=0)
        worker = f"{socket.gethostname()}:{os.getpid()}"
        with DocumentReader() as reader:
            for name in names:
                path = settings.raw / "inbox" / name
                # if the worker dies, the last of these lines names the document
                context.log.info(f"reading {name} in process {worker}")
                try:
                    load = documents.extract(settings, path, reader)
                except FileNotFoundError:
                    context.log.warning(
                        f"{name} is no longer in {settings.raw / 'inbox'}; nothing is extracted from it"
                    )
                    continue
                for problem in load.problems:
                    context.log.warning(str(problem))
                context.log_event(
                    dg.AssetMaterialization(
                        DOCUMENT, partition=name, metadata={**document_metadata(path, load), "worker": worker}
                    )
                )
                counts.update(
                    documents=1,
                    rows_in=load.rows_in,
                    rows_loaded=load.rows_loaded,
                    rows_quarantined=len(load.problems),
                )
        return dict(counts)

    # an input a shard, not one list of all: the Dask executor hands on an empty list in place of the collected outputs
    @dg.op(ins={number: dg.In(dict[str, int]) for number in numbers}, description="What all steps did together.")
    def total(context: dg.OpExecutionContext, **shards: dict[str, int]) -> dict[str, int]:
        counts: Counter[str] = Counter()
        for shard in shards.values():
            counts.update(shard)
        context.add_output_metadata(dict(counts))
        return dict(counts)

    @dg.graph(name=EXTRACT_INBOX)
    def extraction() -> None:
        divided = plan()
        shards = divided if len(numbers) > 1 else [divided]  # one output comes without its tuple
        done = {n: extract_shard.alias(f"extract_{n}")(shard) for n, shard in zip(numbers, shards, strict=True)}
        total(**done)

    return extraction.to_job(
        name=EXTRACT_INBOX,
        description="Extracts the documents of raw/inbox/ that are new or changed, in parallel where "
        "AI_FIGURES_EXECUTOR names an executor for it.",
        resource_defs={
            "warehouse": warehouse,
            # beside what the workers share anyway
            "io_manager": dg.FilesystemIOManager(base_dir=str(load_settings().state / "steps")),
        },
        executor_def=extraction_executor(execution),
    )
