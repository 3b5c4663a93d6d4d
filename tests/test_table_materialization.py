"""Tables are replaced in one transaction: a model that fails leaves the table that was there."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
import yaml

from orchestration.settings import PROJECT, Settings
from orchestration.transform import models as models_module
from orchestration.transform import parsed
from orchestration.transform.models import NodeResult, invoke_dbt, run_models


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A dbt project of its own with our macros, our profile and one model."""
    dbt_project = tmp_path / "dbt_project"
    shutil.copytree(PROJECT / "dbt_project" / "macros", dbt_project / "macros")
    shutil.copyfile(PROJECT / "dbt_project" / "profiles.yml", dbt_project / "profiles.yml")
    shipped = yaml.safe_load((PROJECT / "dbt_project" / "dbt_project.yml").read_text(encoding="utf-8"))
    project = {key: value for key, value in shipped.items() if key != "models"}
    (dbt_project / "dbt_project.yml").write_text(yaml.safe_dump(project), encoding="utf-8")
    (dbt_project / "models").mkdir()
    (tmp_path / "state" / "build").mkdir(parents=True)
    return Settings(tmp_path, tmp_path / "raw", tmp_path / "state", tmp_path / "published")


def build(settings: Settings, sql: str, materialized: str = "table") -> NodeResult:
    config = f"{{{{ config(materialized='{materialized}') }}}}\n"
    (settings.dbt_project / "models" / "one.sql").write_text(config + sql, encoding="utf-8")
    (node,) = invoke_dbt(settings, ["run"]).nodes
    return node


def content(settings: Settings) -> list[tuple[int]]:
    # not possible while dbt holds the file with a connection of another kind
    with duckdb.connect(str(settings.build_file), read_only=True) as connection:
        return connection.execute("from one").fetchall()


def test_a_table_is_replaced(settings: Settings) -> None:
    assert build(settings, "select 1 as i").status == "success"
    assert build(settings, "select 2 as j").status == "success"
    assert content(settings) == [(2,)]


def test_a_failing_model_leaves_the_old_table(settings: Settings) -> None:
    build(settings, "select 1 as i")
    node = build(settings, "select error('broken row') as i")
    assert node.status == "error"
    assert "broken row" in node.message
    assert content(settings) == [(1,)]


def test_a_view_becomes_a_table_and_back(settings: Settings) -> None:
    for materialized, value in (("view", 1), ("table", 2), ("view", 3), ("table", 4)):
        assert build(settings, f"select {value} as i", materialized).status == "success"
        assert content(settings) == [(value,)]


def test_a_project_that_was_parsed_before_is_run_elsewhere_and_after_a_change(settings: Settings) -> None:
    """Parsed once a process: with a disabled model too, and never as it was before somebody changed a file."""
    models = settings.dbt_project / "models"
    (models / "off.sql").write_text("{{ config(enabled=false) }} select 1 as x", encoding="utf-8")
    for place, number in (("a", 1), ("b", 1), ("c", 2)):
        (models / "one.sql").write_text(f"{{{{ config(materialized='table') }}}} select {number} as x", "utf-8")
        mine = replace(settings, state=settings.state / place)
        mine.build_file.parent.mkdir(parents=True)
        for _ in range(2):
            assert run_models(mine, []).success
        assert content(mine) == [(number,)]


def test_another_process_takes_what_was_parsed_only_of_the_same_bytes(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the times of the files say; and what is damaged counts as not there."""
    model = settings.dbt_project / "models" / "one.sql"
    parses: list[object] = []
    parse = models_module._parse
    monkeypatch.setattr(models_module, "_parse", lambda *given: (parses.append(given), parse(*given)))

    def in_a_new_process(number: int) -> int:
        monkeypatch.setattr(parsed, "_last", None)
        text = f"{{{{ config(materialized='table') }}}} select {number} as x"
        if not model.exists() or model.read_text("utf-8") != text:
            model.write_text(text, encoding="utf-8")
            os.utime(model, ns=(10**18, 10**18))
        parses.clear()
        assert run_models(settings, []).success
        assert content(settings) == [(number,)]
        return len(parses)

    assert in_a_new_process(1) == 1
    assert in_a_new_process(1) == 0
    assert in_a_new_process(2) == 1
    assert in_a_new_process(2) == 0
    (kept,) = (settings.state / "dbt" / "parsed").iterdir()
    kept.write_bytes(kept.read_bytes()[:-100])
    assert in_a_new_process(2) == 1
    assert in_a_new_process(2) == 0
    monkeypatch.setattr(parsed, "_tools", lambda: ["dbt-core 99"])
    assert in_a_new_process(2) == 1
