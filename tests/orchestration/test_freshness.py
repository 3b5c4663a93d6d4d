"""What decides that nothing has changed: every input and every published file counts, and the doubt builds."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

import orchestration.definitions
from orchestration import cli
from orchestration.definitions import build_defs
from orchestration.driver import commands, freshness, pipeline
from orchestration.quality import checks
from orchestration.quality.history import CheckResult
from orchestration.settings import Settings
from tests.orchestration.tiny_project import make_project, work_in

VERSION = "20260101T000000.000000Z"


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Files in the places of a project, and the record of a build that made what is published of them."""
    files = {
        "raw/reference/units.csv": "unit\nUSD\n",
        "raw/report/figures/prose.csv": "key,printed\n1,5.7\n",
        "project/dbt_project/models/a.sql": "select 1",
        "project/expectations/core.yml": "expectations: []\n",
        "project/docs/index.md": "# Index\n",
        "code/loading/load.py": "pass\n",
        "texts/report.txt": "5.7",
        "site/index.html": "<html>",
        "warehouse/ai_figures.duckdb": "no database",
        f"warehouse/.parquet.{VERSION}/core.figures.parquet": "PAR1",
        f"warehouse/.parquet.{VERSION}/datapackage.json": json.dumps({"version": VERSION}),
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    warehouse = tmp_path / "warehouse"
    (warehouse / "parquet").symlink_to(f".parquet.{VERSION}")
    (warehouse / "datapackage.json").symlink_to("parquet/datapackage.json")
    monkeypatch.setattr(freshness, "_CODE", tmp_path / "code")
    monkeypatch.setenv("AI_FIGURES_SOURCES", str(tmp_path / "texts"))
    settings = Settings(tmp_path / "project", tmp_path / "raw", tmp_path / "state", warehouse)
    freshness.remember(settings, freshness.inputs(settings), VERSION, "told")
    assert changes(settings) == []
    return settings


def changes(settings: Settings) -> list[str]:
    last = freshness.last_build(settings)
    assert last is not None
    return freshness.changes(settings, freshness.inputs(settings), last)


OUTPUTS = "the published files or their pages"
RAW = "raw figures, vocabulary and decisions"
EDITS: list[tuple[str, str]] = [
    ("raw/report/figures/prose.csv", RAW),
    ("raw/reference/units.csv", RAW),
    ("raw/inbox/new.txt", RAW),
    ("project/dbt_project/models/a.sql", "models"),
    ("project/expectations/core.yml", "expectations"),
    ("project/docs/index.md", "documentation"),
    ("code/loading/load.py", "code"),
    ("texts/report.txt", "source texts"),
    ("warehouse/ai_figures.duckdb", OUTPUTS),
    (f"warehouse/.parquet.{VERSION}/core.figures.parquet", OUTPUTS),
    ("site/index.html", OUTPUTS),
    ("site/stray.html", OUTPUTS),
]


@pytest.mark.parametrize(("path", "kind"), EDITS)
def test_an_edit_of_anything_read_or_published_is_seen(built: Settings, tmp_path: Path, path: str, kind: str) -> None:
    """Of the same length and with its old times, as a careful editor or a restored backup leaves it."""
    file = tmp_path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    text = file.read_text(encoding="utf-8") if file.exists() else "new"
    times = (file.stat().st_atime_ns, file.stat().st_mtime_ns) if file.exists() else None
    file.write_text(text[:-1] + "#", encoding="utf-8")
    if times:
        os.utime(file, ns=times)
    assert changes(built) == [kind]


@pytest.mark.parametrize("path", [path for path, _ in EDITS if "new" not in path and "stray" not in path])
def test_what_is_missing_is_seen(built: Settings, tmp_path: Path, path: str) -> None:
    (tmp_path / path).unlink()
    assert changes(built) == [dict(EDITS)[path]]


def _log(settings: Settings) -> None:
    settings.published_file.with_name("ai_figures.duckdb.wal").write_bytes(b"edits of a session")


def _writable(settings: Settings) -> None:
    settings.published_file.chmod(0o600)


def _no_site(settings: Settings) -> None:
    (settings.site / "index.html").unlink()
    settings.site.rmdir()


def _other_version(settings: Settings) -> None:
    (settings.published / "parquet").unlink()
    (settings.published / "parquet").symlink_to(".")


@pytest.mark.parametrize("damage", [_log, _writable, _no_site, _other_version])
def test_damage_to_what_was_published_is_seen(built: Settings, damage: Callable[[Settings], None]) -> None:
    damage(built)
    assert changes(built) == [OUTPUTS]


def test_times_of_inputs_do_not_count(built: Settings, tmp_path: Path) -> None:
    """A checkout writes every file anew."""
    for path in (tmp_path / "raw").rglob("*.csv"):
        os.utime(path, (1, 1))
    (tmp_path / "code" / "__pycache__").mkdir()
    (tmp_path / "code" / "__pycache__" / "load.pyc").write_bytes(b"compiled")
    assert changes(built) == []


def test_settings_count_and_secrets_are_not_hashed(built: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AI_FIGURES_MEMORY", "5GB")
    assert changes(built) == ["settings"]
    monkeypatch.setenv("AI_FIGURES_ALERTS", "mailto://user:one@host")
    before = freshness.inputs(built)
    monkeypatch.setenv("AI_FIGURES_ALERTS", "mailto://user:two@host")
    assert freshness.inputs(built) == before
    monkeypatch.setenv("AI_FIGURES_MODEL_KEY", "one")
    before = freshness.inputs(built)
    monkeypatch.setenv("AI_FIGURES_MODEL_KEY", "two")
    assert freshness.inputs(built) == before


def test_a_version_that_somebody_else_published_is_not_recorded(built: Settings) -> None:
    freshness.forget(built)
    freshness.remember(built, freshness.inputs(built), "20260101T000000.000001Z", "")
    assert freshness.last_build(built) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 0}', '{"format": 1, "version": "v"}'])
def test_half_a_record_is_none(built: Settings, text: str) -> None:
    record = built.published / freshness.RECORD
    record.unlink()
    record.write_text(text, encoding="utf-8")
    assert freshness.last_build(built) is None


@pytest.mark.parametrize("severity", ["critical", "warning"])
def test_a_critical_check_that_fails_later_is_no_reason_to_stop(
    built: Settings, monkeypatch: pytest.MonkeyPatch, severity: str
) -> None:
    monkeypatch.setattr(checks, "record", lambda *_, **__: None)
    result = CheckResult("core", "id_is_unique", "core.figures", None, False, severity, 1, 2, (), "Ids are unique.")
    pipeline._recorded(built, [result], "run")
    assert (freshness.last_build(built) is None) == (severity == "critical")


def test_readers_elsewhere_must_find_the_same_version(built: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    remote = replace(built, remote="s3://bucket/prefix")
    read = freshness.inputs(built)
    assert commands._is_fresh(remote, commands._changes(remote, read, VERSION), print)
    assert not commands._is_fresh(remote, commands._changes(remote, read, None), print)
    assert "what readers find at s3://bucket/prefix" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "changed", "anew"),
    [
        ([], ["raw figures, vocabulary and decisions"], False),
        ([], ["models", "expectations", "documentation"], False),
        ([], ["the published files or their pages"], False),
        ([], ["raw figures, vocabulary and decisions", "code"], True),
        ([], ["installed packages"], True),
        ([], ["settings"], True),
        ([], None, True),
        (["--force"], [], True),
        (["--job", "full_refresh"], [], True),
        (["--source", "one"], ["raw figures, vocabulary and decisions"], False),
    ],
)
def test_what_the_runs_before_made_is_used_unless_the_tools_are_others(
    given: list[str], changed: list[str] | None, anew: bool
) -> None:
    """Other rows, models and suites are found out where they are used."""
    arguments = cli._parser()[0].parse_args(["build", *given])
    job = commands.RELOAD_REPORT if arguments.source else commands.FULL_REFRESH
    assert commands._begins_anew(arguments, job, changed) is anew
    assert not commands._begins_anew(arguments, "site", changed)


# -- the command itself, on a project of five models -------------------------------------------------------------------


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    settings = make_project(tmp_path_factory.mktemp("fresh"))
    with pytest.MonkeyPatch.context() as patch:
        work_in(settings, patch)
        patch.setattr(orchestration.definitions, "defs", build_defs())
        assert cli.main(["build"]) == 0
        yield settings


def version(settings: Settings) -> str:
    with duckdb.connect(str(settings.published_file), read_only=True) as connection:
        return str(connection.execute("select version from quality.publication").fetchall()[0][0])


def test_nothing_changed_ends_without_importing_the_stack(project: Settings) -> None:
    before = version(project)
    code = (
        "import sys\nfrom orchestration.cli import main\ncode = main(['build'])\n"
        "sys.exit(code or ' '.join({'dagster', 'dbt', 'great_expectations', 'polars'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"nothing has changed since {before}" in done.stdout and "figures of 1 reports" in done.stdout
    assert version(project) == before


def test_an_edited_cell_is_published_and_a_forced_build_is_made(
    project: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    before = version(project)
    prose = next((project.raw / "sample_2025" / "figures").glob("*.csv"))
    text = prose.read_text(encoding="utf-8")
    prose.write_text(text + "\n", encoding="utf-8")
    assert cli.main(["build"]) == 0
    assert f"changed since {before} was published: {RAW}" in capsys.readouterr().out
    edited = version(project)
    assert edited > before
    assert cli.main(["build"]) == 0
    assert version(project) == edited
    assert cli.main(["build", "--force"]) == 0
    assert version(project) > edited
