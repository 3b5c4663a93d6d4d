"""`make env` interrupted, and twice at once: the environment is the old one or a complete new one."""

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from orchestration.settings import PROJECT
from tests.faults.support import Record

SCRIPT = PROJECT / ".ci" / "environment.py"
UV = PROJECT / ".venv" / "bin" / "uv"
pytestmark = pytest.mark.skipif(not UV.exists(), reason="needs the uv of `make env`")

_BACKEND = """
import zipfile
def build_editable(folder, config_settings=None, metadata_directory=None):
    with zipfile.ZipFile(f"{folder}/some_project-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("some_project.pth", "")
        info = "some_project-1.0.dist-info"
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\\nName: some-project\\nVersion: 1.0\\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{info}/entry_points.txt", "[console_scripts]\\nsome-command = tiny:main\\n")
        wheel.writestr(f"{info}/RECORD", "")
    return "some_project-1.0-py3-none-any.whl"
"""


def _wheel(folder: Path, name: str, version: str, files: dict[str, bytes]) -> Path:
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        for file, content in files.items():
            entry = zipfile.ZipInfo(file)
            entry.external_attr = 0o100755 << 16  # installers keep the bit of a program
            wheel.writestr(entry, content)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of our own: the real uv, and two versions of a tiny package."""
    folder = tmp_path_factory.mktemp("wheels")
    _wheel(folder, "uv", "0.9.0", {"uv-0.9.0.data/scripts/uv": UV.read_bytes()})
    for version in ("1.0", "2.0"):
        _wheel(folder, "tiny", version, {"tiny.py": f"def main():\n    print('{version}')\n".encode()})
    return folder


@pytest.fixture
def project(tmp_path: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with an environment to make, without a network."""
    for name, value in {
        "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), "PIP_CONFIG_FILE": os.devnull,
        "UV_NO_INDEX": "1", "UV_FIND_LINKS": str(wheels), "UV_OFFLINE": "1", "UV_NO_CONFIG": "1",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    project = tmp_path / "a project"
    project.mkdir()
    (project / "backend.py").write_text(_BACKEND, encoding="utf-8")
    (project / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "some-project"\nversion = "1.0"\n',
        encoding="utf-8",
    )
    lock(project, wheels, "1.0")
    return project


def lock(project: Path, wheels: Path, version: str) -> None:
    digest = hashlib.sha256((wheels / f"tiny-{version}-py3-none-any.whl").read_bytes()).hexdigest()
    (project / "requirements.lock").write_text(f"tiny=={version} --hash=sha256:{digest}\n", encoding="utf-8")
    (project / "requirements-dev.lock").write_text("# nothing besides\n", encoding="utf-8")


def begin(project: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), "--project", str(project)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def make(project: Path) -> str:
    process = begin(project)
    told, wrong = process.communicate(timeout=600)
    assert process.returncode == 0, wrong
    return told


def version(project: Path) -> str:
    """What the installed command says, started as a person starts it; and that pip works."""
    command = project / ".venv" / "bin"
    subprocess.run([command / "pip", "--version"], check=True, capture_output=True)
    return subprocess.run([command / "some-command"], check=True, capture_output=True, text=True).stdout.strip()


def nothing_left(project: Path) -> bool:
    return sorted(path.name for path in project.glob(".venv*")) == [".venv", ".venv.lock"]


def test_twice_at_once_then_again_then_another_lock(project: Path, wheels: Path, record_property: Record) -> None:
    both = [begin(project), begin(project)]
    told = [process.communicate(timeout=600) for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    assert sum("Installing" in out for out, _ in told) == 1
    assert version(project) == "1.0" and nothing_left(project)
    bin_folder = project / ".venv" / "bin"
    assert not [path for path in bin_folder.iterdir() if path.is_file() and b".venv.new" in path.read_bytes()]
    assert make(project) == ""
    lock(project, wheels, "2.0")
    assert "Installing" in make(project)
    assert version(project) == "2.0" and nothing_left(project)
    record_property("tried", "two `make env` at once from nothing")
    record_property("lost", "nothing: one installs, the other waits")


@pytest.mark.slow
def test_a_failed_install_leaves_the_environment(project: Path) -> None:
    make(project)
    sound = (project / "requirements.lock").read_text(encoding="utf-8")
    (project / "requirements.lock").write_text("tiny==3.0 --hash=sha256:" + "0" * 64, encoding="utf-8")
    failed = begin(project)
    assert "What was there before is unchanged" in failed.communicate(timeout=600)[1]
    assert failed.returncode == 1
    assert version(project) == "1.0"
    (project / "requirements.lock").write_text(sound, encoding="utf-8")
    assert make(project) == ""


def test_half_an_environment_is_replaced(project: Path) -> None:
    """As an interrupted install used to leave it: a Python without pip."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", project / ".venv"], check=True)
    make(project)
    assert version(project) == "1.0" and nothing_left(project)


@pytest.mark.slow
def test_a_stop_between_the_two_renames(project: Path) -> None:
    make(project)
    (project / ".venv").rename(project / ".venv.new")
    assert make(project) == ""
    assert version(project) == "1.0" and nothing_left(project)


@pytest.mark.slow
@pytest.mark.parametrize("how", ["the script", "its group", "interrupt"])
def test_killed_at_random_moments(project: Path, wheels: Path, how: str, record_property: Record) -> None:
    """kill -9 of the script, of all of it, and Ctrl-C: what was there works, and the next make needs no help."""
    make(project)
    began = time.monotonic()
    lock(project, wheels, "2.0")
    make(project)
    whole = time.monotonic() - began
    chance, was, kills = random.Random(how), "2.0", 6
    for _ in range(kills):
        now = "1.0" if was == "2.0" else "2.0"
        lock(project, wheels, now)
        process = begin(project)
        time.sleep(chance.random() * whole)
        if how == "the script":
            process.kill()
        elif process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL if how == "its group" else signal.SIGINT)
        process.wait(600)
        if (project / ".venv").exists():
            assert version(project) in (was, now)
        make(project)
        assert version(project) == now and nothing_left(project)
        was = now
    record_property("tried", f"`make env` stopped {kills} times at random moments ({how})")
    record_property("lost", "nothing: the old environment, or the new one")


@pytest.mark.slow
def test_make_env_takes_it(project: Path) -> None:
    """The Makefile's target runs the script of its own folder."""
    shutil.copy(PROJECT / "Makefile", project)
    (project / ".ci").mkdir()
    shutil.copy(SCRIPT, project / ".ci")
    subprocess.run(["make", "env", f"PYTHON={sys.executable}"], cwd=project, check=True, capture_output=True)
    assert version(project) == "1.0"
