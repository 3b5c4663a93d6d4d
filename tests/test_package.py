"""Outside a clone: what `pip install` gives, what a command says that it lacks, and a project laid out by `init`."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration import cli, settings
from orchestration.new_project import lay_out
from tests.conftest import PROJECT

TEXT = "2024年市场规模为200亿元，同比增长27.6%，上年为170亿元。\n"
HEAVY = {"altair", "dagster", "dbt", "duckdb", "great_expectations", "polars", "sqlalchemy"}
ANYWHERE = {"audit", "extract", "init", "new-source", "review"}


def _outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package, as far as settings can tell: its data hold no registry, and we stand in no project."""
    shipped = tmp_path / "shipped"
    shutil.copytree(PROJECT / "raw" / "reference", shipped / "raw" / "reference")
    monkeypatch.setattr(settings, "PROJECT", shipped)
    for name in ("PROJECT", "RAW", "STATE", "PUBLISHED"):
        monkeypatch.delenv(f"AI_FIGURES_{name}", raising=False)
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_the_commands_for_documents_start_without_the_warehouse(tmp_path: Path) -> None:
    document = tmp_path / "note.txt"
    document.write_text(TEXT, encoding="utf-8")
    code = (
        "import json, sys; from orchestration.cli import main; codes = [main(a) for a in json.loads(sys.argv[1])]; "
        "print(json.dumps([codes, sorted({name.partition('.')[0] for name in sys.modules})]))"
    )
    calls = [["audit", str(document)], ["extract", str(document)], ["check"]]
    done = subprocess.run(
        [sys.executable, "-c", code, json.dumps(calls)], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    codes, modules = json.loads(done.stdout.splitlines()[-1])
    assert codes == [0, 0, 0]
    assert HEAVY.isdisjoint(modules)


def test_every_command_says_whether_it_needs_a_project() -> None:
    assert set(cli.commands()) == cli.OF_A_PROJECT | ANYWHERE
    assert set(cli.OF_THE_EXTRA) <= cli.OF_A_PROJECT


@pytest.mark.parametrize("command", [["check"], ["build"], ["summary"], ["promote", "note.txt"]], ids=lambda c: c[0])
def test_without_a_project_a_command_offers_to_lay_one_out(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _outside(tmp_path, monkeypatch)
    assert cli.main(command) == 1
    said = capsys.readouterr().err
    assert str(folder) in said and "ai-figures init DIR" in said
    assert list(folder.iterdir()) == []


def test_a_name_of_no_project_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AI_FIGURES_PROJECT", str(tmp_path))
    assert cli.main(["check"]) == 1
    assert f"AI_FIGURES_PROJECT names {tmp_path}" in capsys.readouterr().err


def test_without_the_extra_a_command_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(cli.OF_THE_EXTRA, "build", "no_such_module")
    assert cli.main(["build"]) == 1
    assert "the extra `warehouse` brings; pip install 'ai-figures[warehouse]" in capsys.readouterr().err


def test_the_project_around_the_working_folder_is_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PROJECT", "RAW", "STATE", "PUBLISHED"):
        monkeypatch.delenv(f"AI_FIGURES_{name}", raising=False)
    mine, other = tmp_path / "mine", tmp_path / "other"
    for folder in (mine, other):
        lay_out(folder)
    monkeypatch.chdir(mine / "raw" / "inbox")
    found = settings.load_settings()
    assert (found.raw, found.state, found.published) == (mine / "raw", mine / ".state", mine / "warehouse")
    assert found.expectations == PROJECT / "expectations"  # it has no models of its own
    (mine / "dbt_project").mkdir()
    assert settings.load_settings().expectations == mine / "expectations"
    monkeypatch.setenv("AI_FIGURES_PROJECT", str(other))
    assert settings.load_settings().raw == other / "raw"
    monkeypatch.delenv("AI_FIGURES_PROJECT")
    monkeypatch.chdir(tmp_path)
    assert settings.load_settings().raw == PROJECT / "raw"  # a clone works on itself


def test_a_new_project_is_sound_and_writes_over_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _outside(tmp_path, monkeypatch) / "mine"
    monkeypatch.setattr("orchestration.new_project.PROJECT", PROJECT)
    assert cli.main(["init", str(folder)]) == 0
    assert (folder / "raw" / "inbox").is_dir() and (folder / "README.md").is_file()
    monkeypatch.chdir(folder)
    assert cli.main(["check"]) == 0
    (folder / "README.md").write_text("mine", encoding="utf-8")
    capsys.readouterr()
    assert cli.main(["init", str(folder)]) == 1
    assert "is not empty" in capsys.readouterr().err
    assert (folder / "README.md").read_text(encoding="utf-8") == "mine"


# -- the wheel itself ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _run(_uv(), "build", "--quiet", "--wheel", "--out-dir", folder, PROJECT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def base(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command, installed with the base dependencies alone."""
    return _install(tmp_path_factory.mktemp("base"), f"ai-figures @ {wheel.as_uri()}")


@pytest.fixture(scope="module")
def whole(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command, installed with the extra `warehouse` and nothing that development adds."""
    return _install(tmp_path_factory.mktemp("whole"), f"ai-figures[warehouse] @ {wheel.as_uri()}")


@pytest.mark.package
def test_the_base_package_reads_documents_and_lays_out_projects(base: Path, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text(TEXT, encoding="utf-8")
    rows = _run(base, "extract", "note.txt", cwd=tmp_path).stdout.splitlines()
    assert len(rows) == 4  # a head, and the figures in the order of the text
    assert "200亿元,20000000000" in rows[1] and "170亿元,17000000000" in rows[3]
    audited = _run(base, "audit", "note.txt", cwd=tmp_path).stdout
    assert "27.6%" in audited
    assert "ai-figures init DIR" in _run(base, "check", cwd=tmp_path, code=1).stderr
    _run(base, "init", "mine", cwd=tmp_path)
    _run(base, "check", cwd=tmp_path / "mine")
    assert "[warehouse] @ file://" in _run(base, "build", cwd=tmp_path / "mine", code=1).stderr
    assert not (tmp_path / "mine" / ".state").exists()


@pytest.mark.package
def test_an_empty_project_and_one_of_two_documents_are_published(whole: Path, tmp_path: Path) -> None:
    _run(whole, "init", "mine", cwd=tmp_path)
    mine = tmp_path / "mine"
    package = next(whole.parent.parent.glob("lib/*/site-packages/orchestration"))
    before = _files(package)
    empty = _run(whole, "build", cwd=mine).stdout
    assert "what is published is the reference data" in empty
    (mine / "raw" / "inbox" / "note.txt").write_text(TEXT, encoding="utf-8")
    shutil.copy(PROJECT / "tests" / "extraction" / "documents" / "en_note.docx", mine / "raw" / "inbox")
    _run(whole, "build", cwd=mine)
    with duckdb.connect(str(mine / "warehouse" / "ai_figures.duckdb"), read_only=True) as connection:
        found = dict(connection.execute("select file, count(*) from candidates.figures group by 1").fetchall())
        assert connection.execute("select count(*) from core.figures").fetchone() == (0,)
        assert connection.execute("select count(*) > 50 from reference.units").fetchone() == (True,)
    assert len(found) == 2 and all(found.values())
    assert "170亿元" in _run(whole, "extract", "raw/inbox/note.txt", cwd=mine).stdout
    _run(whole, "verify", cwd=mine)
    assert (mine / "site" / "index.html").is_file()
    assert _files(package) == before  # what is installed is not written to


def _files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.suffix != ".pyc" and path.name != "__pycache__"}


def _uv() -> Path:
    uv = Path(sys.executable).with_name("uv")
    if not uv.exists():
        pytest.skip("needs the uv of `make env`")
    return uv


def _install(folder: Path, requirement: str) -> Path:
    """A fresh environment with the requirement in the locked versions; returns its `ai-figures`."""
    _run(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    pins = (line.split(" ")[0] for line in (PROJECT / "requirements.lock").read_text(encoding="utf-8").splitlines())
    (folder / "pins.txt").write_text("\n".join(pin for pin in pins if "==" in pin), encoding="utf-8")
    python = folder / "venv" / "bin" / "python"
    install = (_uv(), "pip", "install", "--quiet", "--compile-bytecode", "--python", python)
    _run(*install, "--constraints", folder / "pins.txt", requirement, cwd=folder)
    return folder / "venv" / "bin" / "ai-figures"


def _run(*command: object, cwd: Path, code: int = 0) -> "subprocess.CompletedProcess[str]":
    """Run without what this test process knows of the clone; fails with both outputs."""
    own = ("AI_FIGURES_", "PYTHON", "DAGSTER_", "VIRTUAL_ENV")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done
