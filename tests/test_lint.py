"""What `make test` runs beside the tests: each can fail the whole, and no changed model goes without lint."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from orchestration.settings import PROJECT


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"ci_{name}", PROJECT / ".ci" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("command", "beside", "code"), [(0, (0, 0), 0), (5, (0, 0), 5), (0, (3, 0), 1), (0, (0, 1), 1)]
)
def test_each_can_fail_and_says_why(
    command: int, beside: tuple[int, int], code: int, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    def ending(with_code: int, word: str) -> list[str]:
        return [sys.executable, "-c", f"print('{word}'); raise SystemExit({with_code})"]

    jobs = tuple(tuple(ending(number, f"job{place}")) for place, number in enumerate(beside))
    assert script("beside").main(ending(command, "tests"), jobs) == code
    assert capfdbinary.readouterr().out.split() == [b"tests", b"job0", b"job1"]


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A project of two models."""
    for name in ("models/one.sql", "models/two.sql", "macros/a.sql", "sqlfluff_stubs/__init__.py"):
        path = tmp_path / "dbt_project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("select 1\n", encoding="utf-8")
    (tmp_path / ".sqlfluff").write_text("[sqlfluff]\n", encoding="utf-8")
    return tmp_path


def linted(models: Path, monkeypatch: pytest.MonkeyPatch, code: int = 0) -> list[str]:
    """The models that one run hands to a sqlfluff that ends with ``code``."""
    module, handed = script("lint_models"), []

    def run(command: list[Any], **_: object) -> SimpleNamespace:
        handed.extend(Path(part).stem for part in command if str(part).endswith(".sql"))
        return SimpleNamespace(returncode=code)

    monkeypatch.setattr(subprocess, "run", run)
    assert module.main(models) == (code if handed else 0)
    return handed


def test_a_clean_model_is_linted_again_when_it_or_what_it_is_rendered_with_changes(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert linted(models, monkeypatch) == ["one", "two"]
    assert linted(models, monkeypatch) == []
    with (models / "dbt_project" / "models" / "two.sql").open("a") as handle:
        handle.write("-- more\n")
    assert linted(models, monkeypatch) == ["two"]
    for name in ("dbt_project/macros/a.sql", "dbt_project/sqlfluff_stubs/__init__.py", ".sqlfluff"):
        with (models / name).open("a") as handle:
            handle.write("# more\n")
        assert linted(models, monkeypatch) == ["one", "two"]
        assert linted(models, monkeypatch) == []
    (models / "dbt_project" / "models" / ".sqlfluff").write_text("[sqlfluff]\n")
    assert linted(models, monkeypatch) == ["one", "two"]


def test_what_was_not_clean_is_linted_until_it_is(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        assert linted(models, monkeypatch, code=1) == ["one", "two"]
    assert linted(models, monkeypatch) == ["one", "two"]
    (models / ".sqlfluff_cache.json").write_text('{"dbt_project/mo')  # a writer was killed
    assert linted(models, monkeypatch) == ["one", "two"]
