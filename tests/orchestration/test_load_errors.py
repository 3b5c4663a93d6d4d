"""Broken files and settings under the definitions: told with file, line and remedy, and gone once they are mended."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.defs.errors import DefinitionsError
from orchestration.defs.sensors import raw_files_sensor
from orchestration.loading.problems import RawError
from orchestration.settings import PROJECT, Settings


@pytest.fixture
def raw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(PROJECT / "raw", tmp_path / "raw")
    monkeypatch.setenv("AI_FIGURES_RAW", str(tmp_path / "raw"))
    return tmp_path / "raw"


@pytest.fixture(scope="module")
def project_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the files beside the code that definitions are made from; dbt parses it as a whole only once."""
    base: Path = tmp_path_factory.mktemp("copied") / "project"
    shutil.copytree(PROJECT / "dbt_project", base / "dbt_project", ignore=shutil.ignore_patterns("target", "logs"))
    shutil.copytree(PROJECT / "expectations", base / "expectations")
    return base


@pytest.fixture
def copied(project_copy: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The copy, to be spoiled; its suites are whole again afterwards."""
    base = project_copy
    settings = Settings(base, PROJECT / "raw", base.parent / "state", base.parent / "warehouse")
    for module in ("checks", "dbt_assets"):
        monkeypatch.setattr(f"orchestration.defs.{module}.load_settings", lambda: settings)
    yield base
    shutil.copytree(PROJECT / "expectations", base / "expectations", dirs_exist_ok=True)


def _load() -> dg.Definitions:
    from orchestration.definitions import load_defs

    return load_defs()


@pytest.mark.parametrize(
    ("file", "bad", "said"),
    [
        ("expectations/core.yml", "\n  - {name: x\n", r"expectations/core\.yml:\d+: .*"),
        ("expectations/core.yml", "\n  - name: x\n", r"expectations/core\.yml:\d+: x: no `type`.*Every expectation"),
        ("dbt_project/models/reconciliation/finding_drift.sql", "\n{% if %}\n",
         r"models/reconciliation/finding_drift\.sql\)[\s\S]*line \d+"),
        ("dbt_project/models/reconciliation/_reconciliation.yml", "\n  - {\n",
         r"reconciliation/_reconciliation\.yml[\s\S]*line \d+"),
    ],
)  # fmt: skip
def test_a_broken_file_is_told_and_forgotten_once_mended(copied: Path, file: str, bad: str, said: str) -> None:
    good = (copied / file).read_text(encoding="utf-8")
    (copied / file).write_text(good + bad, encoding="utf-8")
    with pytest.raises(DefinitionsError, match=said + r"[\s\S]*mended; then reload the code location"):
        _load()
    (copied / file).write_text(good, encoding="utf-8")
    assert len(_load().get_repository_def().asset_graph.asset_check_keys) > 100


def test_two_checks_that_one_asset_cannot_tell_apart_are_named(copied: Path) -> None:
    entry = (
        "  - {name: same, table: core.figures, type: expect_column_values_to_not_be_null, kwargs: {column: value},\n"
        "     severity: info, blocking: false, description: A value.}\n"
    )
    for suite in ("core", "marts"):
        path = copied / "expectations" / f"{suite}.yml"
        path.write_text(path.read_text(encoding="utf-8").rstrip() + "\n\n" + entry, encoding="utf-8")
    with pytest.raises(DefinitionsError, match=r"expectations/marts\.yml:\d+: .*expectations/core\.yml:\d+, too"):
        _load()


@pytest.mark.parametrize(
    ("name", "value"),
    [("AI_FIGURES_ALERTS_SEVERITY", "loud"),
     ("AI_FIGURES_ALERT_WEBHOOK", "http://x"), ("AI_FIGURES_SMTP", "x:25")],
)  # fmt: skip
def test_a_setting_that_cannot_be_used_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(DefinitionsError, match=f"{name} is .*[\\s\\S]*then restart `make dev`"):
        _load()


@pytest.mark.parametrize(("name", "value"), [("AI_FIGURES_EXECUTOR", "nope"), ("AI_FIGURES_WORKERS", "-1")])
def test_a_setting_of_the_extraction_is_named_where_it_is_used(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration.definitions_inbox import load_defs

    monkeypatch.setenv(name, value)
    with pytest.raises(DefinitionsError, match=f"{name} is .*[\\s\\S]*then restart `make dev`"):
        load_defs()


def test_a_broken_registry_is_never_silent(raw: Path) -> None:
    """Told where it is first read: at the load of the definitions, or in the run."""
    from orchestration.definitions import build_defs
    from orchestration.defs.resources import Warehouse

    (raw / "sources.yml").write_text("- {\n", encoding="utf-8")
    with pytest.raises(Exception, match=r"raw/sources\.yml:\d: broken YAML.*Mend the syntax"):
        warehouse = Warehouse(raw=str(raw), state=str(raw.parent / "s"), published=str(raw.parent / "w"))
        job = build_defs({"warehouse": warehouse}).resolve_job_def("full_refresh")
        job.execute_in_process(instance=dg.DagsterInstance.ephemeral())


def test_the_command_names_file_line_and_remedy_without_a_traceback(
    raw: Path, tmp_path: Path, shipped_build: Settings
) -> None:
    shutil.copytree(shipped_build.state / "dbt", tmp_path / "state" / "dbt")  # parsed: not what is tried here
    (raw / "sources.yml").write_text("- {\n", encoding="utf-8")
    environment = {"AI_FIGURES_STATE": str(tmp_path / "state"), "DAGSTER_HOME": str(tmp_path / "dagster"),
                   "AI_FIGURES_PUBLISHED": str(tmp_path / "warehouse")}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.cli", "build"],
        cwd=PROJECT, env={**os.environ, **environment}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1
    assert "raw/sources.yml:2: broken YAML" in done.stderr and "Mend the syntax" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_ui_shows_the_error_at_the_code_location(tmp_path: Path) -> None:
    """Loaded by a code server of its own, as `dagster dev` does."""
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "dagster", "definitions", "validate", "-m", "orchestration.definitions"],
        cwd=PROJECT, env={**os.environ, "DAGSTER_HOME": str(tmp_path), "AI_FIGURES_ALERTS_SEVERITY": "loud"},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1
    assert "DefinitionsError: AI_FIGURES_ALERTS_SEVERITY is 'loud'" in done.stdout + done.stderr


# --- the sensor of raw files ------------------------------------------------------------------------------------------


@dg.job
def refresh() -> None:
    pass


def _tick(cursor: str | None) -> Any:
    with dg.DagsterInstance.ephemeral() as instance:
        return raw_files_sensor(refresh).evaluate_tick(dg.build_sensor_context(instance=instance, cursor=cursor))


def test_a_broken_registry_fails_the_tick_until_it_is_mended(raw: Path) -> None:
    cursor = _tick(None).cursor
    good = (raw / "sources.yml").read_text(encoding="utf-8")
    (raw / "sources.yml").write_text("- {\n", encoding="utf-8")
    for _ in range(2):  # the cursor stays: it is told at every tick, and nothing is taken for built
        with pytest.raises(RawError, match=r"raw/sources\.yml:2: broken YAML.*Mend the syntax"):
            _tick(cursor)
    (raw / "sources.yml").write_text(good, encoding="utf-8")
    result = _tick(cursor)
    assert len(result.run_requests) == 1 and result.cursor != cursor
    assert _tick(result.cursor).run_requests == []


def test_a_report_registered_after_the_start_needs_no_reload(raw: Path) -> None:
    cursor = _tick(None).cursor
    shutil.copytree(raw / "leadleo_2024", raw / "new_report")
    result = _tick(cursor)
    assert (
        result.run_requests == [] and "new_report is not registered: add it to raw/sources.yml" in result.skip_message
    )
    registry = raw / "sources.yml"
    text = registry.read_text(encoding="utf-8")
    start = text.index("- source_id: leadleo_2024")
    end = text.find("\n- source_id:", start)
    entry = text[start : end if end > 0 else None].replace("leadleo_2024", "new_report")
    registry.write_text(f"{text.rstrip()}\n\n{entry.rstrip()}\n", encoding="utf-8")
    (request,) = _tick(cursor).run_requests
    assert "new_report" in request.tags["ai_figures/changed"]


def test_a_report_that_is_removed_is_a_refresh(raw: Path) -> None:
    cursor = _tick(None).cursor
    shutil.rmtree(raw / "leadleo_2024")
    registry = raw / "sources.yml"
    text = registry.read_text(encoding="utf-8")
    start = text.index("- source_id: leadleo_2024")
    end = text.find("\n- source_id:", start)
    registry.write_text(text[:start] + (text[end + 1 :] if end > 0 else ""), encoding="utf-8")
    (request,) = _tick(cursor).run_requests
    assert request.asset_selection is None
