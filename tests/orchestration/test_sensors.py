"""The sensor notices changed raw files, and only those."""

import shutil
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.definitions import defs
from orchestration.defs.sensors import fingerprints
from orchestration.settings import PROJECT


def copy_of_raw(tmp_path: Path) -> Path:
    raw = tmp_path / "raw"
    shutil.copytree(PROJECT / "raw", raw)
    return raw


def test_one_changed_source_changes_one_fingerprint(tmp_path: Path) -> None:
    raw = copy_of_raw(tmp_path)
    before = fingerprints(raw)
    path = raw / "bse_genai_2025" / "figures" / "prose.csv"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    after = fingerprints(raw)
    assert {name for name in after if after[name] != before[name]} == {"bse_genai_2025"}


def test_reference_data_concerns_everything(tmp_path: Path) -> None:
    raw = copy_of_raw(tmp_path)
    before = fingerprints(raw)
    path = raw / "reference" / "units.csv"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    after = fingerprints(raw)
    assert {name for name in after if after[name] != before[name]} == {"registry"}


def test_a_new_folder_is_noticed(tmp_path: Path) -> None:
    raw = copy_of_raw(tmp_path)
    before = fingerprints(raw)
    (raw / "new_report").mkdir()
    assert set(fingerprints(raw)) - set(before) == {"new_report"}


def look(raw: Path, cursor: str | None) -> Any:
    repository = defs.get_repository_def()
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(instance=instance, cursor=cursor, repository_def=repository)
        return repository.get_sensor_def("changed_raw_files").evaluate_tick(context)


def test_the_sensor_asks_to_read_what_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = copy_of_raw(tmp_path)
    monkeypatch.setenv("AI_FIGURES_RAW", str(raw))
    cursor = look(raw, None).cursor
    assert not look(raw, cursor).run_requests

    def edited(name: str) -> Any:
        path = raw / name
        path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        (request,) = look(raw, cursor).run_requests
        return request.run_config["ops"]["load"]["config"]["sources"]

    assert edited("huatai_2025/figures/prose.csv") == ["huatai_2025"]
    assert edited("bse_genai_2025/figures/prose.csv") == ["bse_genai_2025", "huatai_2025"]
    assert edited("reference/units.csv") == []  # all of them


def test_the_sensor_reads_the_registry_as_it_is_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has to reload the definitions for a report that was registered since; a broken registry is no silence."""
    raw = copy_of_raw(tmp_path)
    monkeypatch.setenv("AI_FIGURES_RAW", str(raw))
    cursor = look(raw, None).cursor
    (raw / "new_report").mkdir()
    assert "new_report is not registered" in look(raw, cursor).skip_message
    registry = raw / "sources.yml"
    text = registry.read_text(encoding="utf-8")
    entry = text[text.index("- source_id:") :].split("\n- source_id:")[0].splitlines()
    registry.write_text(text + "\n" + "\n".join(["- source_id: new_report", *entry[1:]]) + "\n", encoding="utf-8")
    assert len(look(raw, cursor).run_requests) == 1
    registry.write_text("- {", encoding="utf-8")
    with pytest.raises(Exception, match=r"raw/sources\.yml:1: broken YAML"):  # a failed tick, which is seen
        look(raw, cursor)
