"""The job `extract_inbox` in one process, how documents are divided, and what the settings refuse."""

import os
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import dagster as dg
import pytest

from orchestration.defs.executors import extraction_executor
from orchestration.defs.extraction_job import extraction_job
from orchestration.defs.resources import Warehouse
from orchestration.inbox import documents
from orchestration.settings import PROJECT, Execution, Settings, SettingsError, load_execution
from tests.orchestration.inbox import UNREADABLE, fill, kept, settings_with_inbox


def extract_all(settings: Settings, instance: dg.DagsterInstance) -> dict[str, int]:
    warehouse = Warehouse(raw=str(settings.raw), state=str(settings.state), published=str(settings.published))
    # the steps of a cluster, one after the other in this process
    job = extraction_job(Execution(workers=3), warehouse)
    result = job.execute_in_process(instance=instance)
    counts: dict[str, int] = result.output_for_node("total")
    return counts


def test_every_document_is_extracted_or_quarantined_and_only_once(tmp_path: Path) -> None:
    settings = settings_with_inbox(tmp_path)
    fill(settings.raw / "inbox")
    with dg.DagsterInstance.ephemeral() as instance:
        counts = extract_all(settings, instance)
        names = {path.name for path in documents.inbox_documents(settings.raw)}
        assert set(instance.get_dynamic_partitions("documents")) == names
        assert counts["documents"] == len(names) == 15
        assert counts["rows_in"] == counts["rows_loaded"] + counts["rows_quarantined"] > 300
        assert counts["rows_quarantined"] >= len(UNREADABLE)
        materialized = instance.get_materialized_partitions(dg.AssetKey(["inbox", "document"]))
        assert materialized == names
        assert documents.waiting(settings) == []
        assert extract_all(settings, instance)["documents"] == 0
        (settings.raw / "inbox" / "chinese.txt").write_text("2024年，市场规模为12亿元。\n", encoding="utf-8")
        assert extract_all(settings, instance)["documents"] == 1


def test_an_extraction_is_not_removed_by_a_document_with_a_similar_name(tmp_path: Path) -> None:
    settings = settings_with_inbox(tmp_path)
    inbox = settings.raw / "inbox"
    for name in ("note.txt", "note.txt.md"):
        (inbox / name).write_text("Revenue was $5.2 billion in 2024.\n", encoding="utf-8")
    documents.extract(settings, inbox / "note.txt.md")
    documents.extract(settings, inbox / "note.txt")
    (inbox / "note.txt").write_text("Revenue was $5.3 billion in 2024.\n", encoding="utf-8")
    documents.extract(settings, inbox / "note.txt")
    assert sorted(name.rsplit(".", 3)[0] for name in kept(settings)) == ["note.txt", "note.txt.md"]


def test_two_workers_may_extract_one_document_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that was taken for dead and the one in its place both have written when both put it in place."""
    settings = settings_with_inbox(tmp_path)
    document = settings.raw / "inbox" / "note.txt"
    document.write_text("Revenue was $5.2 billion in 2024.\n", encoding="utf-8")
    both = threading.Barrier(2, timeout=30)
    replace = Path.replace

    def meet(path: Path, target: Path) -> Path:
        both.wait()
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", meet)
    errors: list[BaseException] = []

    def work() -> None:
        try:
            documents.extract(settings, document)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(list((settings.state / "extracted").iterdir())) == 1
    assert len(documents.extract(settings, document).figures) == 1


def test_a_document_that_ends_every_process_is_quarantined(tmp_path: Path) -> None:
    settings = settings_with_inbox(tmp_path)
    document = settings.raw / "inbox" / "fatal.txt"
    document.write_text("Revenue was $5.2 billion in 2024.\n", encoding="utf-8")
    program = textwrap.dedent(f"""
        import os
        from pathlib import Path
        from orchestration.inbox import documents
        from orchestration.settings import load_settings
        documents._extract = lambda settings, path, reader: os.kill(os.getpid(), 9)
        documents.extract(load_settings(), Path({str(document)!r}))
    """)
    environment = {**os.environ, "AI_FIGURES_RAW": str(settings.raw), "AI_FIGURES_STATE": str(settings.state)}
    for _ in range(3):
        died = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, env=environment, check=False)
        assert died.returncode == -9
        assert documents.waiting(settings) == [document]
    load = documents.extract(settings, document)
    assert (load.rows_in, load.rows_loaded, len(load.problems)) == (1, 0, 1)
    assert "fatal.txt: 3 processes ended" in load.problems[0].message
    # the remedy: delete what is kept
    (settings.state / load.problems[0].remedy.split("delete ")[1].removesuffix(" in the state folder")).unlink()
    assert len(documents.extract(settings, document).figures) == 1


def test_a_process_killed_once_does_no_harm_to_its_document(tmp_path: Path) -> None:
    settings = settings_with_inbox(tmp_path)
    document = settings.raw / "inbox" / "note.txt"
    document.write_text("Revenue was $5.2 billion in 2024.\n", encoding="utf-8")
    with pytest.raises(ZeroDivisionError), documents._attempt(documents._kept_file(settings, document)) as deaths:
        assert deaths == 0
        _ = 1 / 0
    with documents._attempt(documents._kept_file(settings, document)) as deaths:
        assert deaths == 0  # an error that Python could handle is no death
        assert len(documents.extract(settings, document).figures) == 1


def test_documents_are_divided_by_size_and_none_is_lost(tmp_path: Path) -> None:
    for number, size in enumerate((900, 10, 20, 500, 400, 0, 30)):
        (tmp_path / f"{number}.txt").write_bytes(b"x" * size)
    divided = documents.shards(tmp_path.iterdir(), 2)
    assert sorted(path.name for shard in divided for path in shard) == [f"{n}.txt" for n in range(7)]
    sizes = [sum(path.stat().st_size for path in shard) for shard in divided]
    assert max(sizes) - min(sizes) <= 60
    assert documents.shards([], 3) == [[], [], []]


def test_a_plan_that_is_made_again_is_the_plan_as_it_was(tmp_path: Path) -> None:
    """A worker that dies takes the plan with it; documents that are finished by then still count."""
    settings = settings_with_inbox(tmp_path)
    inbox = settings.raw / "inbox"
    for name in ("a.txt", "b.txt", "c.txt"):
        (inbox / name).write_text("2024年市场规模为360.6亿元", encoding="utf-8")
    note = settings.state / "steps" / "run" / "waiting.json"
    plan = documents.divided(settings, 2, note)
    assert sorted(name for names in plan for name in names) == ["a.txt", "b.txt", "c.txt"]
    documents.extract(settings, inbox / "a.txt")
    (inbox / "b.txt").unlink()
    assert documents.divided(settings, 2, note) == plan
    assert documents.divided(settings, 2, note.with_name("other.json")) == [["c.txt"], []]


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("EXECUTOR", "WORKERS", "EXECUTOR_CONFIG"):
        monkeypatch.delenv(f"AI_FIGURES_{name}", raising=False)
    assert load_execution() == Execution("in_process", 2, None)
    assert extraction_executor(load_execution()) is dg.in_process_executor
    monkeypatch.setenv("AI_FIGURES_EXECUTOR", "multiprocess")
    monkeypatch.setenv("AI_FIGURES_WORKERS", "5")
    assert load_execution() == Execution("multiprocess", 5, None)
    assert extraction_executor(load_execution()).name == "multiprocess"
    # any executor that is installed, with a file of its configuration
    config = tmp_path / "executor.yml"
    config.write_text("max_concurrent: 3\n", encoding="utf-8")
    monkeypatch.setenv("AI_FIGURES_EXECUTOR", "dagster:multiprocess_executor")
    monkeypatch.setenv("AI_FIGURES_EXECUTOR_CONFIG", str(config))
    assert extraction_executor(load_execution()).name == "multiprocess"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("AI_FIGURES_EXECUTOR", "spark", "in_process, multiprocess, dask"),
        ("AI_FIGURES_EXECUTOR", "not_installed:executor", "install not-installed"),
        ("AI_FIGURES_EXECUTOR", "dagster:asset", "not a Dagster executor"),
        ("AI_FIGURES_WORKERS", "none", "a number of workers"),
        ("AI_FIGURES_WORKERS", "0", "a number of workers"),
        ("AI_FIGURES_EXECUTOR_CONFIG", "missing.yml", "is no file"),
    ],
)
def test_a_wrong_setting_is_named_with_its_remedy(
    name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=said) as caught:
        extraction_executor(load_execution())
    assert name in str(caught.value)


def test_without_the_optional_group_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "dagster_dask", None)  # as if it were not installed
    with pytest.raises(SettingsError, match="make dask"):
        extraction_executor(Execution("dask"))


def test_a_configuration_that_is_no_mapping_is_refused(tmp_path: Path) -> None:
    config = tmp_path / "executor.yml"
    for text in ("- 1\n", "a: [\n"):
        config.write_text(text, encoding="utf-8")
        with pytest.raises(SettingsError, match=r"executor\.yml"):
            extraction_executor(Execution("multiprocess", 2, config))


def test_the_sensor_asks_for_one_run_for_all_documents(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from orchestration.defs.inbox_assets import inbox_sensor

    settings = settings_with_inbox(tmp_path)
    monkeypatch.setenv("AI_FIGURES_RAW", str(settings.raw))
    sensor = inbox_sensor(extraction_job(Execution(), Warehouse()))

    def look(instance: dg.DagsterInstance) -> tuple[list[str | None], dict[str, int]]:
        outcome = sensor.evaluate_tick(dg.build_sensor_context(instance=instance))
        requests = outcome.dynamic_partitions_requests or []
        changes = {type(request).__name__: len(request.partition_keys) for request in requests}
        return [request.run_key for request in outcome.run_requests or []], changes

    with dg.DagsterInstance.ephemeral() as instance:
        assert look(instance) == ([], {})
        fill(settings.raw / "inbox")
        first, changes = look(instance)
        assert len(first) == 1
        assert changes == {"AddDynamicPartitionsRequest": 15}
        assert look(instance)[0] == first  # Dagster runs a key once
        instance.add_dynamic_partitions("documents", ["film.mp4", "gone.txt"])
        (settings.raw / "inbox" / "chinese.txt").write_text("2024年，市场规模为12亿元。\n", encoding="utf-8")
        second, changes = look(instance)
        assert len(second) == 1
        assert second != first
        assert changes["DeleteDynamicPartitionsRequest"] == 1
