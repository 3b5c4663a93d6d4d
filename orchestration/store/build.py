"""The build file: a DuckDB database that only the pipeline opens. Raw rows go in here, dbt works on them here."""

import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO, TypeVar

import duckdb

from orchestration.settings import limit_memory
from orchestration.store.raw_tables import create_raw

# what DuckDB says of a file whose content is damaged (its exceptions have no class for that)
_DAMAGED = ("corrupt", "not a valid duckdb", "checksum", "could not read enough bytes", "deserializ", "version number")

T = TypeVar("T")
# builds that this process holds the lock of: the file and the thread
_HELD: dict[Path, int] = {}


class BuildError(RuntimeError):
    """The build file cannot be written; the message says why and what to do. The published file is untouched."""


@contextmanager
def build_lock(build_file: Path) -> Iterator[None]:
    """One writer at a time on this machine. Raises ``BuildError`` at once when another build holds the lock.

    The lock is the kernel's and dies with its process, so that a killed build leaves nothing to clean. The thread that
    holds it may take it again: a whole run holds it around steps that take it themselves.
    """
    if _HELD.get(build_file) == threading.get_ident():
        yield
        return
    with _lock_file(build_file) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            raise BuildError(
                f"another build is writing {build_file} (process {handle.read().strip() or 'unknown'}); "
                "wait for it to finish, or set AI_FIGURES_STATE to build elsewhere"
            ) from None
        with suppress(OSError):  # the number only helps the message above; a full disk is reported by what needs it
            handle.truncate(0)
            handle.write(str(os.getpid()))
            handle.flush()
        _HELD[build_file] = threading.get_ident()
        try:
            yield
        finally:
            del _HELD[build_file]


@contextmanager
def _lock_file(build_file: Path) -> Iterator[TextIO]:
    try:
        build_file.parent.mkdir(parents=True, exist_ok=True)
        handle = (build_file.parent / "build.lock").open("a+")
    except OSError as error:
        raise BuildError(
            f"{build_file.parent} cannot be written ({error}); make it writable, or set AI_FIGURES_STATE to build "
            "elsewhere"
        ) from None
    try:
        yield handle
    finally:
        with suppress(OSError):  # the same number again, on a full disk
            handle.close()


def open_build(build_file: Path) -> duckdb.DuckDBPyConnection:
    """Open (or create) the build file with its raw tables.

    A damaged file is put aside and a new one begun: everything in it can be rebuilt from `raw/`. Raises ``BuildError``
    when the file cannot be opened for another reason (another process, a full disk, missing permissions).
    """
    try:
        build_file.parent.mkdir(parents=True, exist_ok=True)
        connection = _connect(build_file)
    except OSError as error:
        raise BuildError(f"{build_file.parent} cannot be written ({error}); make it writable, then run again") from None
    try:
        limit_memory(connection)
        create_raw(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _connect(build_file: Path) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(build_file))
    except duckdb.Error as error:
        if not is_damage(error):
            raise BuildError(_refusal(build_file, error)) from None
    put_aside(build_file)
    return duckdb.connect(str(build_file))


def _refusal(build_file: Path, error: duckdb.Error) -> str:
    if "could not set lock" in str(error).lower():
        return f"{build_file} is open in another process; close it and run again ({error})"
    return f"{build_file} cannot be opened ({error}); free disk space or make the folder writable, then run again"


def is_damage(error: duckdb.Error | str) -> bool:
    """Whether DuckDB complains of the content of its file, not of the disk, the lock or the query."""
    text = str(error).lower()
    return any(words in text for words in _DAMAGED)


def put_aside(build_file: Path) -> Path:
    """Move a damaged file out of the way, with its log; returns where it is. An older one put aside is replaced."""
    broken = build_file.with_suffix(".broken")
    with suppress(FileNotFoundError):
        build_file.replace(broken)
    Path(f"{build_file}.wal").unlink(missing_ok=True)
    return broken


def with_build(build_file: Path, work: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
    """Do ``work`` on the build; when its blocks turn out to be damaged, do it once more on a new file.

    Raises ``BuildError`` for a full or read-only disk and for memory that does not suffice.
    """
    for attempt in (1, 2):
        try:
            with open_build(build_file) as connection:
                return work(connection)
        except duckdb.Error as error:
            if attempt == 1 and is_damage(error):
                put_aside(build_file)
                continue
            raise BuildError(
                f"{build_file} could not be written: {error}. Free disk space or memory, then run again; "
                "the published file is unchanged"
            ) from None
    raise AssertionError("unreachable")
