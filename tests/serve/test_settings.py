"""The one file of settings, and what `ai-figures serve` refuses before it starts anything."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from orchestration import cli
from orchestration.settings import SETTINGS_FILE, SettingsError, load_port, read_settings_file


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("AI_FIGURES_STATE", "AI_FIGURES_UI_HOSTS", "AI_FIGURES_UI_PORT", "AI_FIGURES_MEMORY"):
        monkeypatch.setenv(name, "")  # so that it is as before after the test
        monkeypatch.delenv(name)
    monkeypatch.setenv(SETTINGS_FILE, str(tmp_path / "serve.env"))
    return tmp_path / "serve.env"


def test_the_file_is_read_as_systemd_reads_it(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AI_FIGURES_MEMORY", "1GB")
    file.write_text(
        "# a comment\n\nAI_FIGURES_STATE=/srv/a b\nAI_FIGURES_UI_HOSTS=\"box.lan, box\"\nAI_FIGURES_MEMORY='5GB'\n",
        encoding="utf-8",
    )
    read_settings_file()
    assert os.environ["AI_FIGURES_STATE"] == "/srv/a b"
    assert os.environ["AI_FIGURES_UI_HOSTS"] == "box.lan, box"
    assert os.environ["AI_FIGURES_MEMORY"] == "1GB"  # set already


@pytest.mark.parametrize("line", ["export AI_FIGURES_STATE=secret", "AI_FIGURES_STATE = secret", "secret"])
def test_a_line_that_is_none_is_named_and_not_told(file: Path, line: str) -> None:
    file.write_text(f"# first\n{line}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=rf"{file}:2 is no setting") as error:
        read_settings_file()
    assert "secret" not in str(error.value)


def test_a_file_that_is_not_there_ends_every_command(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["summary"]) == 1
    assert f"AI_FIGURES_SETTINGS names {file}, which cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["80x", "-1", "65536", "1e3"])
def test_a_port_is_a_port(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("AI_FIGURES_UI_PORT", port)
    with pytest.raises(SettingsError, match="AI_FIGURES_UI_PORT"):
        load_port()


def test_an_unknown_part_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["serve", "dameon"]) == 2
    assert "there are database, code, daemon, web" in capsys.readouterr().err


def test_a_server_ends_first_what_asks_the_code_servers(tmp_path: Path) -> None:
    """A daemon in the middle of a tick would find them gone, and fill the log with tracebacks."""
    from orchestration.serving.server import Keeper

    said = tmp_path / "said"
    program = (
        "import pathlib, signal, sys, time\n"
        "def end(*_):\n"
        "    time.sleep(float(sys.argv[2]))\n"
        "    with open(sys.argv[3], 'a') as file: print(sys.argv[1], file=file)\n"
        "    sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "pathlib.Path(sys.argv[3] + sys.argv[1]).touch()\n"
        "while True: time.sleep(0.05)\n"
    )
    keeper = Keeper()
    parts = {"code server of a": ("code", "0"), "daemon": ("daemon", "0.5"), "web server": ("web", "0.2")}
    for name, arguments in parts.items():
        keeper.start(name, [sys.executable, "-c", program, *arguments, str(said)])
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        until = time.monotonic() + 60
        while not all(Path(f"{said}{short}").exists() for short, _ in parts.values()) and time.monotonic() < until:
            time.sleep(0.05)
    finally:
        keeper.end()
        for number, handler in handlers.items():
            signal.signal(number, handler)
    assert said.read_text(encoding="utf-8").split() == ["web", "daemon", "code"]


def test_a_stop_in_the_middle_of_an_import_is_an_orderly_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from orchestration.serving import server
    from orchestration.settings import load_settings

    def prepared(_: object) -> None:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(5)
        except KeyboardInterrupt as stop:  # Python turns it into an error of what it was building
            raise RuntimeError("in an import") from stop

    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    monkeypatch.setenv(server.POSTGRES, "postgresql://nowhere")
    monkeypatch.setattr(server, "prepare_home", prepared)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        assert server.serve(load_settings(), [], 0, ["web"]) == 0
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
