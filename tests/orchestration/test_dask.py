"""The extraction on a local Dask cluster of two worker processes: the same rows as in one process, also after a kill.

Needs the optional group: `make test-dask`.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from unittest.mock import patch

import dagster as dg
import duckdb
import pytest

from orchestration.defs.extraction_job import EXTRACT_INBOX, extraction_job
from orchestration.defs.resources import Warehouse
from orchestration.inbox import documents
from orchestration.settings import PROJECT, Execution, Settings
from orchestration.store.build import open_build
from tests.orchestration.inbox import UNREADABLE, add_large, fill, kept, settings_with_inbox

pytestmark = pytest.mark.dask
READING = re.compile(r"reading (\S+) in process \S+:(\d+)")


def environment(settings: Settings, **more: str) -> dict[str, str]:
    return {
        **os.environ,
        "AI_FIGURES_RAW": str(settings.raw),
        "AI_FIGURES_STATE": str(settings.state),
        "AI_FIGURES_PUBLISHED": str(settings.published),
        "AI_FIGURES_EXECUTOR": "dask",
        "AI_FIGURES_WORKERS": "2",
        "DAGSTER_HOME": str(settings.state / "dagster"),
        **more,
    }


def start(settings: Settings, **more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "orchestration.cli", "build", "--job", EXTRACT_INBOX],
        cwd=PROJECT,
        env=environment(settings, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def messages(settings: Settings) -> list[str]:
    """What the steps of all runs logged, in the order in which Dagster stored it."""
    home = settings.state / "dagster"
    if not (home / "dagster.yaml").exists():
        return []
    with patch.dict(os.environ, DAGSTER_HOME=str(home)), dg.DagsterInstance.from_config(str(home)) as instance:
        runs = sorted(instance.get_run_records(), key=lambda record: record.storage_id)
        return [entry.message for record in runs for entry in instance.all_logs(record.dagster_run.run_id)]


def reads(settings: Settings) -> list[tuple[str, int]]:
    """Which process began to read which document."""
    found = [READING.search(message) for message in messages(settings)]
    return [(match[1], int(match[2])) for match in found if match]


def wait_for_reader(
    settings: Settings, document: str, process: subprocess.Popen[str], besides: Iterable[int] = ()
) -> int:
    """The process that is reading a document, as soon as there is one (another than those known already)."""
    until = time.monotonic() + 300
    while time.monotonic() < until and process.poll() is None:
        for name, reader in reads(settings):
            if name == document and reader not in besides:
                return reader
        time.sleep(0.2)
    out, err = process.communicate(timeout=60) if process.poll() is not None else ("", "")
    raise AssertionError(f"nobody began to read {document}\n{out}\n{err}")


def in_one_process(settings: Settings, folder: Path) -> tuple[Settings, dict[str, int]]:
    """The same inbox extracted by the in-process executor, with a state of its own."""
    alone = Settings(settings.project, settings.raw, folder / "state", folder / "warehouse")
    warehouse = Warehouse(raw=str(alone.raw), state=str(alone.state), published=str(alone.published))
    with dg.DagsterInstance.ephemeral() as instance:
        result = extraction_job(Execution(), warehouse).execute_in_process(instance=instance)
        return alone, result.output_for_node("total")


def loaded(settings: Settings) -> dict[str, list[tuple[object, ...]]]:
    """All rows of documents in the build, as `make warehouse` puts them there from the kept extractions."""
    with open_build(settings.build_file):
        pass
    documents.load_documents(settings)
    queries = {
        "figures": "select * from raw.inbox_figures order by all",
        "quarantine": "select * from raw.quarantine order by all",
        "counts": "select * exclude (loaded_at) from raw.load_counts order by all",
        "sources": "select * from raw.inbox_sources order by all",
    }
    with duckdb.connect(str(settings.build_file), read_only=True) as connection:
        return {name: connection.execute(sql).fetchall() for name, sql in queries.items()}


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    made = settings_with_inbox(tmp_path)
    fill(made.raw / "inbox")
    yield made


def test_two_workers_give_the_rows_of_one_process(settings: Settings, tmp_path: Path) -> None:
    process = start(settings)
    out, err = process.communicate(timeout=600)
    assert process.returncode == 0, err
    alone, counts = in_one_process(settings, tmp_path / "alone")

    assert kept(settings) == kept(alone)
    assert len(kept(alone)) == counts["documents"] == 15
    assert "{documents} documents: {rows_in} rows in, {rows_loaded} loaded, ".format_map(counts) in out

    rows = loaded(settings)
    assert rows == loaded(alone)
    assert len(rows["figures"]) > 300
    assert {str(row[1]).removeprefix("inbox/") for row in rows["quarantine"]} >= UNREADABLE

    # both workers took part, and neither is the process that was started
    workers = {worker for _, worker in reads(settings)}
    assert len(workers) == 2
    assert process.pid not in workers
    assert sorted(name for name, _ in reads(settings)) == sorted(
        path.name for path in documents.inbox_documents(settings.raw)
    )


def test_a_killed_worker_is_replaced_and_nothing_is_lost(settings: Settings, tmp_path: Path) -> None:
    add_large(settings.raw / "inbox", kilobytes=700)
    process = start(settings)
    killed = wait_for_reader(settings, "large.txt", process)
    os.kill(killed, signal.SIGKILL)
    out, err = process.communicate(timeout=600)
    assert process.returncode == 0, err
    alone, counts = in_one_process(settings, tmp_path / "alone")
    assert kept(settings) == kept(alone)
    assert loaded(settings) == loaded(alone)
    # the counts are those of the steps that ended, with what the killed worker had extracted before
    assert "{documents} documents: {rows_in} rows in, {rows_loaded} loaded, ".format_map(counts) in out
    readers = [worker for name, worker in reads(settings) if name == "large.txt"]
    assert readers[0] == killed
    assert len(readers) == 2
    assert readers[1] != killed


def test_a_document_that_ends_its_workers_is_quarantined_and_the_run_goes_on(settings: Settings) -> None:
    add_large(settings.raw / "inbox", kilobytes=700)
    process = start(settings)
    killed: list[int] = []
    for _ in range(3):
        killed.append(wait_for_reader(settings, "large.txt", process, besides=killed))
        os.kill(killed[-1], signal.SIGKILL)
    _, err = process.communicate(timeout=600)
    assert process.returncode == 0, err
    assert documents.waiting(settings) == []
    load = documents.extract(settings, settings.raw / "inbox" / "large.txt")
    assert (load.rows_in, load.rows_loaded) == (1, 0)
    assert "large.txt: 3 processes ended" in load.problems[0].message
    assert len(kept(settings)) == 16


def test_a_run_without_workers_says_what_is_left_and_the_next_one_goes_on(settings: Settings, tmp_path: Path) -> None:
    add_large(settings.raw / "inbox", kilobytes=700)
    process = start(settings, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0")
    os.kill(wait_for_reader(settings, "large.txt", process), signal.SIGKILL)
    _, err = process.communicate(timeout=600)
    assert process.returncode == 1
    assert "died while running it" in err
    left = {path.name for path in documents.waiting(settings)}
    assert "large.txt" in left
    assert "run again for: " in err
    assert all(name in err for name in left)
    finished = kept(settings)

    again = start(settings)
    _, err = again.communicate(timeout=600)
    assert again.returncode == 0, err
    alone, _ = in_one_process(settings, tmp_path / "alone")
    assert kept(settings) == kept(alone)
    assert finished.items() <= kept(settings).items()  # what was finished was not read again
