"""A PostgreSQL of our own for `make serve` on one machine, from the programs of the system's package.

Belongs here: making and running that cluster. A deployment that has a database names it in ``AI_FIGURES_POSTGRES``, and
nothing here is used. PostgreSQL refuses to run as root; then it runs as the user `postgres` of the package.
"""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

USER = "ai_figures"
_ACCOUNT = "postgres"
_PATIENCE_SECONDS = 60


class PostgresError(RuntimeError):
    """There is no PostgreSQL to run, or it cannot run here; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """``data`` is the data directory, ``port`` a port of the loopback address, ``password`` that of the owner ``USER``
    of the database ``USER``."""

    data: Path
    port: int
    password: str

    @property
    def url(self) -> str:
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{USER}"

    def command(self) -> list[str]:
        """The server in the foreground, listening on the loopback address only."""
        return [
            *as_account(), str(find_programs() / "postgres"), "-D", str(self.data), "-p", str(self.port),
            "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "log_min_messages=fatal",
        ]  # fmt: skip

    def wait(self, meanwhile: Callable[[], object]) -> None:
        """Until it takes connections, and its database is there. Raises ``PostgresError``."""
        import psycopg2

        until = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                # no `with connection`: that is a transaction, in which no database can be made
                with closing(_connect(self)) as connection:
                    connection.autocommit = True
                    cursor = connection.cursor()
                    cursor.execute("select 1 from pg_database where datname = %s", (USER,))
                    if not cursor.fetchall():
                        cursor.execute(f"create database {USER}")
                return
            except psycopg2.OperationalError as error:
                if time.monotonic() > until:
                    raise PostgresError(f"PostgreSQL in {self.data} does not answer: {error}") from None
                meanwhile()
                time.sleep(0.2)


def _connect(cluster: Cluster) -> Any:
    import psycopg2

    return psycopg2.connect(
        host="127.0.0.1", port=cluster.port, user=USER, password=cluster.password, dbname="postgres", connect_timeout=5
    )


def find_programs() -> Path:
    """The folder of `initdb` and `postgres`: Debian keeps it off the path. Raises ``PostgresError``."""
    versions = Path("/usr/lib/postgresql")
    found = [folder for folder in versions.glob("*/bin") if (folder / "initdb").exists()]
    if found:
        return max(found, key=lambda folder: int(folder.parent.name.split(".")[0]))
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    raise PostgresError(
        "there is no PostgreSQL on this machine: `apt-get install postgresql`, or name a database in "
        "AI_FIGURES_POSTGRES (docs/operations.md)"
    )


def as_account() -> list[str]:
    """What to put before a command for the account that PostgreSQL runs as; nothing unless we are root."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={_ACCOUNT}", f"--regid={_ACCOUNT}", "--clear-groups"]


def make_cluster(folder: Path) -> Cluster:
    """The cluster in ``folder``, made on the first call, on a port that is free now. Raises ``PostgresError``."""
    programs, data, secret = find_programs(), folder / "data", folder / "password"
    folder.mkdir(parents=True, exist_ok=True)
    if not secret.exists():
        with os.fdopen(os.open(secret, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as handle:
            handle.write(secrets.token_urlsafe(24))
    password = secret.read_text(encoding="utf-8")
    if not (data / "PG_VERSION").exists():
        _initialize(programs, data, password)
    return Cluster(data, _free_port(), password)


def _initialize(programs: Path, data: Path, password: str) -> None:
    shutil.rmtree(data, ignore_errors=True)  # of an `initdb` that was killed
    data.mkdir(mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(data, _ACCOUNT, _ACCOUNT)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as handle:
        handle.write(password)
        handle.flush()
        if os.geteuid() == 0:
            shutil.chown(handle.name, _ACCOUNT, _ACCOUNT)
        made = subprocess.run(
            [*as_account(), str(programs / "initdb"), "-D", str(data), "-U", USER, "--pwfile", handle.name,
             "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"],
            capture_output=True, text=True, cwd="/",
        )  # fmt: skip
    if made.returncode:
        shutil.rmtree(data, ignore_errors=True)
        raise PostgresError(
            f"PostgreSQL cannot keep its data in {data} ({made.stderr.strip().splitlines()[-1]}); the account that it "
            f"runs as ({_ACCOUNT if os.geteuid() == 0 else 'yours'}) must be able to enter all folders above"
        )


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


__all__ = ["USER", "Cluster", "PostgresError", "as_account", "find_programs", "make_cluster"]
