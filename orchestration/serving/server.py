"""The server profile: web server, daemon and code servers as processes of their own, against PostgreSQL.

Belongs here: which processes there are, and that those that end are started again. What they are is in the other
modules of this folder and in Dagster. `ai-figures serve` runs all of them; a service manager may run each alone
(`ai-figures serve daemon`), and restarts them itself.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

import yaml

from orchestration.defs.home import POSTGRES, POSTGRES_FILE, HomeError, prepare_home
from orchestration.serving import postgres
from orchestration.serving.ending import end_all, hear_no_more
from orchestration.settings import Settings

# the database is ours, and not among them where AI_FIGURES_POSTGRES names another one
PARTS = ("database", "code", "daemon", "web")
_DATABASE = "PostgreSQL"
_CODE = "code server of"
# a part that ends this often within this time will not come back by being started again
_RESTARTS, _WITHIN_SECONDS = 6, 120
# of a socket's address on Linux
_LONGEST_SOCKET = 107


class ServeError(RuntimeError):
    """The server cannot be started; the message says why and what to do."""


def serve(settings: Settings, modules: Sequence[str], port: int, wanted: Sequence[str] = ()) -> int:
    """Run the ``wanted`` parts (all) until SIGINT or SIGTERM (0), or until one of them cannot be kept up (1).

    SIGHUP loads the code anew; runs that are under way end with the code that they began with. Raises ``ServeError``,
    ``HomeError`` and ``PostgresError``.
    """
    os.environ["DAGSTER_HOME"] = str(Path(os.environ.get("DAGSTER_HOME") or settings.state / "server").resolve())
    home = Path(os.environ["DAGSTER_HOME"])
    home.mkdir(parents=True, exist_ok=True)
    named = bool(os.environ.get(POSTGRES))
    wanted = wanted or PARTS[named:]
    if named and "database" in wanted:
        raise ServeError(f"{POSTGRES} names a database; unset it to have one of our own")
    keeper = Keeper()
    _asked.clear()
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, _stop)
    try:
        with ExitStack() as held:
            for part in wanted:
                held.enter_context(_sole(home, part))
            held.callback(keeper.end)
            _start(settings, home, modules, port, wanted, named, keeper, held)
            while keeper.look():
                time.sleep(0.5)
            return 1
    except (KeyboardInterrupt, Exception):
        if not _asked:
            raise
        # in the middle of an import the signal comes out as an error of that import
        print("ended", flush=True)
        return 0


def _start(
    settings: Settings,
    home: Path,
    modules: Sequence[str],
    port: int,
    wanted: Sequence[str],
    named: bool,
    keeper: "Keeper",
    held: ExitStack,
) -> None:
    """Start the ``wanted`` parts; ``named`` says whether the settings name a database."""
    if "database" in wanted:
        held.enter_context(_own_database(settings, home, keeper))
    elif not named and not (home / POSTGRES_FILE).exists():
        raise ServeError(f"there is no database: start `ai-figures serve database`, or set {POSTGRES}")
    prepare_home(settings)
    workspace = _write_workspace(home, modules)
    if "code" in wanted:
        for module in modules:
            keeper.start(f"{_CODE} {module}", _code_server(home, module))
        _wait_for_code(home, modules, keeper)
        signal.signal(signal.SIGHUP, lambda *_: _reload(home, modules))
    if "daemon" in wanted:
        keeper.start("daemon", [*_python("dagster._daemon", "run"), "--workspace", str(workspace)])
    if "web" in wanted:
        web = [*_python("orchestration.serving.webserver", "--port", str(port)), "--workspace", str(workspace)]
        keeper.start("web server", web)


_asked: list[int] = []  # the signals that asked for the end


def _stop(number: int, _: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)  # once: what follows is the orderly end
    _asked.append(number)
    raise KeyboardInterrupt


class Keeper:
    """Starts processes, starts those again that end by themselves, and ends all of them, the last one first."""

    def __init__(self) -> None:
        self._commands: dict[str, list[str]] = {}
        self._running: dict[str, subprocess.Popen[Any]] = {}
        self._ends: dict[str, list[float]] = {}

    def start(self, name: str, command: list[str]) -> None:
        self._commands[name] = command
        stop = "INT" if name == _DATABASE else "TERM"
        # they end with us, also when we are killed
        tied = ["setpriv", f"--pdeathsig={stop}"] if shutil.which("setpriv") else []
        # a change of the account takes the tie away unless one call does both
        command = [*tied, *(command[1:] if tied and command[0] == "setpriv" else command)]
        # of a session of its own: a Ctrl-C comes from us and once; from a folder that every account may enter
        cwd = "/" if name == _DATABASE else None
        self._running[name] = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, cwd=cwd)

    def look(self) -> bool:
        """Start again what ended; False when something ends again and again."""
        for name, process in list(self._running.items()):
            if process.poll() is None:
                continue
            now = time.monotonic()
            ends = self._ends[name] = [end for end in self._ends.get(name, []) if now - end < _WITHIN_SECONDS] + [now]
            if len(ends) >= _RESTARTS:
                print(
                    f"the {name} ended {len(ends)} times in {_WITHIN_SECONDS} s; the rest is ended too", file=sys.stderr
                )
                return False
            print(f"the {name} ended with {process.returncode} and is started again", file=sys.stderr, flush=True)
            time.sleep(min(len(ends), 5))
            self.start(name, self._commands[name])
        return True

    def end(self) -> None:
        hear_no_more()
        # first those that ask the code servers: a daemon in the middle of a tick would find them gone and complain; the
        # database last: all others write to it as they end
        groups: tuple[list[subprocess.Popen[Any]], ...] = ([], [], [])
        for name, process in self._running.items():
            groups[2 if name == _DATABASE else 1 if name.startswith(_CODE) else 0].append(process)
        for processes, how in zip(groups, (signal.SIGTERM, signal.SIGTERM, signal.SIGINT), strict=True):
            end_all(processes, how)


@contextmanager
def _sole(home: Path, part: str) -> Iterator[None]:
    """One process a part and home; the lock is the kernel's and dies with us."""
    with (home / f"serve-{part}.lock").open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            raise ServeError(
                f"{home} is being served already (process {handle.read().strip() or 'unknown'}); end that one, or set "
                "DAGSTER_HOME to another folder"
            ) from None
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield


@contextmanager
def _own_database(settings: Settings, home: Path, keeper: Keeper) -> Iterator[None]:
    """Our own PostgreSQL, whose address stands in the home while it runs, for `ai-figures build` beside the server."""
    cluster = postgres.make_cluster(settings.state / "postgres")
    keeper.start(_DATABASE, cluster.command())
    cluster.wait(keeper.look)  # one that was killed with its server may still be about to end
    os.environ[POSTGRES] = cluster.url
    address = home / POSTGRES_FILE
    address.touch(mode=0o600)
    address.write_text(cluster.url, encoding="utf-8")
    try:
        yield
    finally:
        address.unlink(missing_ok=True)


def _python(*arguments: str) -> list[str]:
    return [sys.executable, "-m", *arguments]


def _socket(home: Path, module: str) -> Path:
    place = home / f"{module}.sock"
    if len(os.fsencode(place)) > _LONGEST_SOCKET:
        raise ServeError(f"{place} is too long for the address of a socket; set DAGSTER_HOME to a shorter folder")
    return place


def _code_server(home: Path, module: str) -> list[str]:
    return [
        *_python("dagster", "code-server", "start"), "--socket", str(_socket(home, module)), "--module-name", module,
        "--location-name", module, "--use-python-environment-entry-point", "--log-level", "warning",
    ]  # fmt: skip


def _write_workspace(home: Path, modules: Sequence[str]) -> Path:
    file = home / "workspace.yaml"
    servers = [{"grpc_server": {"socket": str(_socket(home, module)), "location_name": module}} for module in modules]
    file.write_text(yaml.safe_dump({"load_from": servers}), encoding="utf-8")
    return file


def _clients(home: Path, modules: Sequence[str]) -> Mapping[str, Any]:
    from dagster._grpc.client import DagsterGrpcClient

    return {module: DagsterGrpcClient(socket=str(_socket(home, module))) for module in modules}


def _wait_for_code(home: Path, modules: Sequence[str], keeper: Keeper) -> None:
    """Until all code servers answer, whether or not their code loads: the UI shows why it does not."""
    for client in _clients(home, modules).values():
        while True:
            with suppress(Exception):
                client.ping("ready")
                break
            if not keeper.look():
                raise ServeError("the code servers do not start; what they said stands above")
            time.sleep(0.5)


def _reload(home: Path, modules: Sequence[str]) -> None:
    """Each code server loads its code in a new process; the old one stays until its runs have ended."""
    for module, client in _clients(home, modules).items():
        try:
            client.reload_code(timeout=120)
            print(f"{module} is loaded anew", flush=True)
        except Exception as error:  # a server that is being started again loads the new code by itself
            print(f"{module} could not be loaded anew: {str(error).splitlines()[0]}", file=sys.stderr, flush=True)


__all__ = ["PARTS", "HomeError", "Keeper", "ServeError", "serve"]
