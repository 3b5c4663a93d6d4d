"""Dagster's home: its configuration, and its SQLite files before anything opens them.

Belongs here: what must be right before an instance is opened. Runs, events and ticks are of use to people, and nothing
is rebuilt from them (the history of checks is a file of our own): a damaged file is put aside, and Dagster begins anew.
"""

import fcntl
import hashlib
import os
import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import dagster as dg

from orchestration.settings import PROJECT, Settings

# of the copies before this line was written: sha256 of dagster.yaml as shipped
_BARE_COPIES = frozenset(
    {
        "00058b1da02bda087328bdd4384da34df4d30ef73f70af7407ddc2ff04a69d07",
        "04f04c6a38370a0ad7a39672637576a975417b908c7d6fa5e60acbe2d5a8be55",
        "0a9846e2c1935f4ff6b7f9c348d03cb313536b917bbb717d1995cc543bb2af43",
        "4477aa253a3e93466dea1b0a442716b10a79a9f03a85e8b8b407996304d6b7a6",
        "808b9961492e3e43338224eb603ee27884324e734b082cd42f27df78a8f12aa1",
    }
)
_MARK = re.compile(r"# Written by ai-figures [^\n]*\(sha256 ([0-9a-f]{64})\)[^\n]*\n")
# the address of the PostgreSQL that keeps runs, events and schedules; the configuration names the variable only, as
# the address has a password
POSTGRES = "AI_FIGURES_POSTGRES"
# in the home, while a server with a PostgreSQL of its own runs: that address, for commands beside it
POSTGRES_FILE = "postgres.url"
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class HomeError(RuntimeError):
    """Dagster's home cannot be used; the message says why and what to do."""


def prepare_home(settings: Settings) -> Path:
    """Make ``DAGSTER_HOME`` ready (default ``.state/dagster``): configuration and sound storage; state in it survives.

    A configuration that somebody else wrote, changed or linked is left as it is. Ours keeps the state in PostgreSQL
    where ``AI_FIGURES_POSTGRES`` is set, else in SQLite; damaged SQLite files are renamed to ``*.damaged``. What a
    person should know is told on standard error. Raises ``HomeError``.
    """
    home = Path(os.environ.get("DAGSTER_HOME") or settings.state / "dagster").resolve()
    os.environ["DAGSTER_HOME"] = str(home)
    try:
        _find_postgres(home)
        home.mkdir(parents=True, exist_ok=True)
        with _lock(home):
            ours = _write_configuration(home)
            whole = not os.environ.get(POSTGRES) and _mend_storage(home)
            if not (ours and whole):
                _try_configuration(home)
    except OSError as error:
        raise HomeError(f"{home} cannot be written ({error}); make it writable, or set DAGSTER_HOME") from None
    return home


def keep_connections(instance: "dg.DagsterInstance") -> None:
    """Let storage in PostgreSQL keep its connections, as in Dagster's web server: it opens seven for a check's event,
    and more than half of the time of writing one is that."""
    if os.environ.get(POSTGRES):
        instance.optimize_for_webserver(statement_timeout=60_000, pool_recycle=3600, max_overflow=20)


def _find_postgres(home: Path) -> None:
    """The address in the environment, else that of a server which runs in this home; with the driver that
    dagster-postgres brings, as SQLAlchemy's own choice is another one."""
    address = os.environ.get(POSTGRES)
    if not address and (home / POSTGRES_FILE).is_file():
        address = (home / POSTGRES_FILE).read_text(encoding="utf-8").strip()
    if address:
        os.environ[POSTGRES] = re.sub(r"^postgres(ql)?://", "postgresql+psycopg2://", address)


@contextmanager
def _lock(home: Path) -> Iterator[None]:
    """One process at a time looks at the storage, and creates it: a file that is being made looks like a half one."""
    with (home / ".prepare.lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _write_configuration(home: Path) -> bool:
    """Write our configuration; returns whether it stands there, and not somebody else's."""
    target, wanted = home / "dagster.yaml", _configuration()
    if os.path.lexists(target):  # a link is somebody's, though what it leads to is ours, or is not there just now
        found = b"" if target.is_symlink() else target.read_bytes()
        if target.is_symlink() or not _is_ours(found):
            _tell(f"{target} is not as ai-figures wrote it and is left as it is; remove it to get the shipped one")
            return False
        if found == wanted:
            return True
        _refuse_to_leave_postgres(target, found)
        if os.environ.get(POSTGRES) and POSTGRES.encode() not in found and (home / "history").is_dir():
            _tell(f"runs are kept in PostgreSQL from now on; those before stay in {home / 'history'}")
    new = target.with_suffix(f".{os.getpid()}.tmp")
    new.write_bytes(wanted)
    new.replace(target)
    return True


def _configuration() -> bytes:
    """Our mark and the shipped ``dagster.yaml``, or the same with PostgreSQL in place of the SQLite files."""
    text = (PROJECT / "dagster.yaml").read_text(encoding="utf-8")
    if os.environ.get(POSTGRES):
        import yaml

        settings = yaml.safe_load(text)
        del settings["event_log_storage"]
        settings["storage"] = {"postgres": {"postgres_url": {"env": POSTGRES}}}
        text = yaml.safe_dump(settings, sort_keys=False)
    return (
        f"# Written by ai-figures from its dagster.yaml (sha256 {_sha256(text.encode())}); yours once changed.\n{text}"
    ).encode()


def _refuse_to_leave_postgres(target: Path, found: bytes) -> None:
    """Going back to SQLite would hide all runs of the server; nobody asks for that by a variable that is not set."""
    if POSTGRES.encode() in found and not os.environ.get(POSTGRES):
        raise HomeError(
            f"{target} keeps runs in PostgreSQL, and {POSTGRES} is not set; start the server (`make serve`), name its "
            "settings in AI_FIGURES_SETTINGS (docs/operations.md), or set DAGSTER_HOME to another folder"
        )


def _is_ours(content: bytes) -> bool:
    """Whether a configuration is a copy of a shipped one, of this version or an earlier one, to the last character."""
    mark = _MARK.match(content.decode("utf-8", errors="replace"))
    if mark is None:
        return not content.strip() or _sha256(content) in _BARE_COPIES
    return _sha256(content.split(b"\n", 1)[1]) == mark[1]


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _mend_storage(home: Path) -> bool:
    """Put damaged files aside and migrate older ones; returns whether all of them are there."""
    from dagster._core.storage.event_log.schema import SqlEventLogStorageMetadata
    from dagster._core.storage.runs.schema import RunStorageSqlMetadata
    from dagster._core.storage.schedules.schema import ScheduleStorageSqlMetadata

    runs = home / "history" / "runs"
    kinds = {
        home / "history" / "runs.db": ("runs", RunStorageSqlMetadata),
        runs / "index.db": ("event_log", SqlEventLogStorageMetadata),
        home / "schedules" / "schedules.db": ("schedules", ScheduleStorageSqlMetadata),
    }
    for file, (kind, schema) in kinds.items():
        if not file.exists():
            _put_aside_logs(file)
        elif (found := damage(file)) or (found := _half_made(file, kind, schema)):
            _put_aside(file, found)
    for file in runs.glob("*.db"):  # one a run: only its head is read, there may be thousands
        if file not in kinds and (found := damage(file, thorough=False)):
            _put_aside(file, found)
    return all(file.exists() for file in kinds)


def damage(file: Path, thorough: bool = True) -> str | None:
    """What SQLite finds damaged in a file; None when it is sound, or in use, or cannot be opened for another reason."""
    try:
        with closing(sqlite3.connect(file, timeout=30)) as connection:
            connection.execute("select count(*) from sqlite_master").fetchall()
            if thorough:
                found = [row[0] for row in connection.execute("pragma quick_check(1)").fetchall()]
                return None if found == ["ok"] else found[0]
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0)
        return str(error) if code & 0xFF in _DAMAGED or code == sqlite3.SQLITE_IOERR_SHORT_READ else None
    return None


def _half_made(file: Path, kind: str, schema: Any) -> str | None:
    """What the tables of a file lack that Dagster asks for, after Dagster's own migration was tried."""
    missing = _missing(file, schema)
    if missing and _has_tables(file):
        try:
            _migrate(file, kind)
            missing = _missing(file, schema)
        except Exception as error:  # whatever a migration meets in half-made tables
            return f"half-migrated: {missing} is missing, {str(error).splitlines()[0]}"
    return f"half-migrated: {missing} is missing" if missing and _has_tables(file) else None


def _has_tables(file: Path) -> bool:
    """An empty file is a new one for Dagster."""
    with closing(sqlite3.connect(file, timeout=30)) as connection:
        return bool(connection.execute("select count(*) from sqlite_master").fetchone()[0])


def _missing(file: Path, schema: Any) -> str | None:
    with closing(sqlite3.connect(file, timeout=30)) as connection:
        for table in schema.sorted_tables:
            columns = {row[1] for row in connection.execute(f'pragma table_info("{table.name}")')}
            for column in table.columns:
                if column.name not in columns:
                    return f"{table.name}.{column.name}"
        if not connection.execute("pragma table_info(alembic_version)").fetchall():
            return "alembic_version"
        return None if connection.execute("select * from alembic_version").fetchall() else "the revision"


def _migrate(file: Path, kind: str) -> None:
    import importlib

    from dagster._core.storage.sql import get_alembic_config, run_alembic_upgrade
    from sqlalchemy import create_engine

    package = importlib.import_module(f"dagster._core.storage.{kind}.sqlite")
    engine = create_engine(f"sqlite:///{file}")
    try:
        with engine.begin() as connection:
            run_alembic_upgrade(get_alembic_config(str(package.__file__)), connection, run_id=file.stem)
    finally:
        engine.dispose()


def _try_configuration(home: Path) -> None:
    """Open the instance once: its configuration may be foreign, and new storage is made here, under the lock."""
    import dagster as dg

    try:
        with dg.DagsterInstance.from_config(str(home)) as instance:
            _ = instance.run_storage, instance.event_log_storage, instance.schedule_storage
    except Exception as error:  # whatever a foreign configuration and its storage raise
        found = " ".join(str(error).split())[:300]
        raise HomeError(
            f"Dagster cannot be started with {home / 'dagster.yaml'} ({type(error).__name__}: {found}); mend that "
            "file, remove it to get the shipped one, or set DAGSTER_HOME to another folder"
        ) from None


def _put_aside(file: Path, found: str) -> None:
    broken = file.with_name(f"{file.name}.damaged")
    file.replace(broken)
    _put_aside_logs(file)
    _tell(f"{file} is damaged ({found}) and is put aside as {broken.name}; Dagster begins a new one")


def _put_aside_logs(file: Path) -> None:
    """A log that stays behind would be replayed into the new file."""
    for ending in ("-wal", "-shm", "-journal"):
        log = Path(f"{file}{ending}")
        if log.exists():
            log.replace(file.with_name(f"{file.name}.damaged{ending}"))


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


__all__ = ["POSTGRES", "POSTGRES_FILE", "HomeError", "damage", "keep_connections", "prepare_home"]
