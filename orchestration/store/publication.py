"""Publication: from the build file to the file that readers open, in one atomic step.

Readers never see a half build: a new file is written beside the old one, synced to disk, opened and counted, and only
then renamed over it. A reader that holds the old file keeps the old file. The Parquet copies are a folder a version;
`parquet` is a link that is turned to the new one, and the version before stays for whoever is still reading it.

DuckDB replays a write-ahead log that it finds beside a file, by row number and whoever wrote it. So the logs beside the
published file are put aside before it is read, before the new one is in place and after, the file is published
read-only, and ``verify`` compares what a reader sees with what was recorded and with the Parquet copies.
"""

import hashlib
import json
import logging
import os
import shutil
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import yaml

from orchestration.settings import PROJECT, limit_memory
from orchestration.store.croissant import croissant

PUBLIC_SCHEMAS = (
    "core", "market", "hardware", "adoption", "investment", "reconciliation", "quality", "reference",
    "candidates",
)  # fmt: skip

# of the tables and columns that are published, semantic: a column that goes, or changes its meaning, is a major one
SCHEMA_VERSION = "2.0.0"

_VERSION = "%Y%m%dT%H%M%S.%fZ"
# what DuckDB writes beside a file and replays when it is opened
_LOGS = (".wal", ".wal.checkpoint", ".wal.recovery")
# descriptions of the tables that are made here and not by dbt
_DESCRIPTIONS = PROJECT / "dbt_project" / "models" / "quality" / "_published.yml"
_REMEDY = "run `make warehouse`, it publishes anew"
# how often, half a second apart, a locked history is asked again: another run may be appending to it
_PATIENCE = 60

_logger = logging.getLogger(__name__)


class PublicationError(RuntimeError):
    """The new file is not fit to be published, or the published one cannot be read; the last good one is in place."""


@dataclass(frozen=True, slots=True)
class Publication:
    """What was published: rows by table (``schema.table``), the file, its version, and what a person should know."""

    file: Path
    version: str
    rows: dict[str, int]
    bytes: int
    messages: tuple[str, ...] = ()
    schema_version: str = SCHEMA_VERSION


def publish(build_file: Path, history_file: Path, published_file: Path, after: str | None = None) -> Publication:
    """Copy the public schemas of the build into a new file and put it in place of ``published_file``.

    The new version is greater than that of the published file, and than ``after``.

    The file is written in DuckDB's 1.0 storage format, so that older clients open it, and is read-only (mode 0444), as
    are the Parquet copies. Where ``published_file`` is a link, its target is replaced. Check results that the published
    file holds and the history does not (a lost state folder) are carried over. Write-ahead logs of other sessions are
    put aside. Raises ``PublicationError`` when the build lacks a table or a source, when a copy lost rows, and when the
    disk is full or read-only; then the published file is untouched and the temporary files are removed.
    """
    folder = published_file.parent
    # a link is somebody's choice of another disk, and stays
    place = Path(os.path.realpath(published_file))
    replaced, version = False, ""
    temporary = place.with_name(f".{place.name}.{os.getpid()}.tmp")
    parquet_temporary = folder / f".parquet.{os.getpid()}.tmp"
    try:
        for each in dict.fromkeys([folder, place.parent]):
            _make_folder(each)
            clean_leftovers(each)
        messages = [*_closed_folders(folder, place.parent), *put_logs_aside(published_file)]
        version = next_version(published_file, after)
        messages += _clock_is_behind(version)
        rows = _copy(build_file, history_file, published_file, temporary, version)
        _write_parquet(temporary, parquet_temporary, version)
        parquet = folder / f".parquet.{version}"
        parquet_temporary.replace(parquet)
        temporary.chmod(0o444)
        _sync(temporary)
        # before: a reader of the new file must never meet an old log. After: one may have come in between
        messages += put_logs_aside(published_file)
        temporary.replace(place)
        replaced = True
        messages += put_logs_aside(published_file)
        _sync_folder(place.parent)
        _turn_links(folder, parquet)
        return Publication(published_file, version, rows, place.stat().st_size, tuple(messages))
    except (duckdb.Error, OSError) as error:
        state = "is the new version, its Parquet copies are not" if replaced else "is unchanged"
        # `from None`: the text of the cause is in the message, and the message has the remedy
        raise PublicationError(
            f"publication failed, {published_file} {state}: {error}. Mend the build (see the failed step), free disk "
            f"space or make {folder} writable, then run again; there is nothing to clean up"
        ) from None
    finally:
        for each in dict.fromkeys([folder, place.parent]):
            _remove(each.glob(f".*.{os.getpid()}.tmp*"))
        if not replaced and version:
            _remove([folder / f".parquet.{version}"])


def _make_folder(folder: Path) -> None:
    """Make a folder that other accounts can read, whatever the umask; one that exists is left as it is."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)


def _closed_folders(*folders: Path) -> list[str]:
    return [
        _say(f"other accounts cannot read {folder} (mode {mode:04o}); if they should, `chmod a+rx {folder}`")
        for folder in dict.fromkeys(each.resolve() for each in folders)
        if (mode := stat.S_IMODE(folder.stat().st_mode)) & 0o055 != 0o055
    ]


def _clock_is_behind(version: str) -> list[str]:
    now = datetime.now(UTC).strftime(_VERSION)
    if version <= now:
        return []
    return [_say(f"the published version is ahead of the clock ({now}): the new one is {version}; check the clock")]


def _say(message: str) -> str:
    """Tell at once: a publication that fails later returns no messages."""
    _logger.warning(message)
    return message


def foreign_logs(published_file: Path) -> list[Path]:
    """Write-ahead logs beside a published file: of sessions that opened it for writing, and were killed or still are.

    Publication leaves none. DuckDB looks beside the target of a link; older clients beside the link.
    """
    files = dict.fromkeys([published_file, Path(os.path.realpath(published_file))])
    logs = [file.with_name(file.name + ending) for file in files for ending in _LOGS]
    return [log for log in logs if os.path.lexists(log)]


def put_logs_aside(published_file: Path) -> list[str]:
    """Rename the logs of other sessions so that DuckDB does not replay them; one message a log.

    They are kept: somebody's edits may be in them. Raises ``OSError`` where that is not allowed.
    """
    messages = []
    for log in foreign_logs(published_file):
        number = 1
        while os.path.lexists(aside := log.with_name(f"{log.name}.aside{number}")):
            number += 1
        with suppress(FileNotFoundError):  # its session ended just now
            log.rename(aside)
            _sync_folder(log.parent)
            messages.append(
                _say(
                    f"{log} was put aside as {aside.name}: a session that opened the published file for writing left "
                    "it, and every reader would have seen its edits. Open it with read_only=True; edit a copy"
                )
            )
    return messages


def next_version(published_file: Path, after: str | None = None) -> str:
    """A version of now that is greater than the published one, though the clock may have gone back."""
    version = datetime.now(UTC).strftime(_VERSION)
    for last in (_version_of_file(published_file), _version_of_package(published_file.parent), after):
        if last and last >= version:
            version = _after(last)
    return version


def _after(version: str) -> str:
    moment, _, count = version.partition("+")
    try:
        if not count:
            return (datetime.strptime(moment, _VERSION) + timedelta(microseconds=1)).strftime(_VERSION)
    except OverflowError:
        pass  # the end of the year 9999: a clock that was wrong once; versions are counted from there
    return f"{moment}+{int(count or 0) + 1:06d}"


def _version_of_file(published_file: Path) -> str | None:
    if not published_file.exists():
        return None
    try:
        with open_published(published_file) as connection:
            return _known_version(connection.execute("select version from quality.publication").fetchall()[0][0])
    except (PublicationError, duckdb.Error, IndexError):
        return None  # a damaged file is about to be replaced


def _version_of_package(folder: Path) -> str | None:
    try:
        return _known_version(json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _known_version(version: object) -> str | None:
    moment, plus, count = str(version).partition("+")
    try:
        normal = datetime.strptime(moment, _VERSION).strftime(_VERSION) == moment
    except ValueError:
        return None
    return str(version) if normal and (not plus or (len(count) == 6 and count.isdecimal())) else None


@contextmanager
def open_published(published_file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file, read-only and with no access to other files or the network.

    What it holds was printed by others: whatever gets into a query may read this file and nothing else. Raises
    ``PublicationError`` when the file is absent or damaged, and when a write-ahead log beside it would change what is
    read.
    """
    if not published_file.exists():
        raise PublicationError(f"{published_file} does not exist; run `make warehouse`, it builds and publishes it")
    logs = foreign_logs(published_file)
    if logs:
        raise PublicationError(_foreign(logs[0]))
    try:
        connection = connect_read_only(published_file)
    except duckdb.Error as error:
        raise PublicationError(
            f"{published_file} cannot be read ({error}); run `make warehouse`, it builds and publishes a new one"
        ) from None
    try:
        yield connection
    finally:
        connection.close()


def connect_read_only(database: Path) -> duckdb.DuckDBPyConnection:
    """A connection that reads this one file, and no other file and no network. Raises ``duckdb.Error``.

    For the published file where ``open_published`` does not fit, and for what reads either it or the build.
    """
    connection = duckdb.connect(str(database), read_only=True)
    try:
        limit_memory(connection)
        connection.execute("set enable_external_access = false")
    except BaseException:
        connection.close()
        raise
    return connection


def _foreign(log: Path) -> str:
    return (
        f"{log} is the write-ahead log of a session that opened the published file for writing; readers see its edits. "
        "End that session and run `make warehouse`: it puts the log aside and publishes anew"
    )


def verify(published_file: Path) -> list[str]:
    """What is wrong with the published folder, one sentence a problem; empty when all is whole.

    The file is opened as an analyst does, with the log beside it if there is one, and not through a connection that
    this process holds. The rows of every table and the hash of what they hold are compared with those recorded in
    `quality.publication_tables` and with the Parquet copy; every Parquet copy with its size and SHA-256 in
    `datapackage.json`. All must be of one version, and read-only. What this process has found whole is not read again
    while no file has been replaced, written to or given another mode since.
    """
    problems = [_foreign(log) for log in foreign_logs(published_file)] + _wrong_modes(published_file)
    state = _state_of(published_file)
    if not problems and _whole.get(published_file) == state:
        return []
    problems += _damages(published_file)
    if not problems:
        _whole[published_file] = state
    return problems


# published files that were found whole, as their files stood before they were read
_whole: dict[Path, list[tuple[str, tuple[int, ...]]]] = {}


def _state_of(published_file: Path) -> list[tuple[str, tuple[int, ...]]]:
    """What the system says of the published files; the time of the last change (ctime) cannot be set back."""
    folder = published_file.parent
    found: list[tuple[str, tuple[int, ...]]] = []
    for path in (published_file, folder / "datapackage.json", *sorted((folder / "parquet").glob("*"))):
        with suppress(OSError):
            stat_ = path.stat()
            told = (stat_.st_dev, stat_.st_ino, stat_.st_size, stat_.st_mode, stat_.st_mtime_ns, stat_.st_ctime_ns)
            found.append((str(path), told))
    return found


def _damages(published_file: Path) -> list[str]:
    """What is wrong with what the published files hold."""
    folder = published_file.parent
    problems: list[str] = []
    package: dict[str, Any] = {}
    try:
        package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        for resource in package["resources"]:
            path = folder / resource["path"]
            data = path.read_bytes() if path.is_file() else b""
            if len(data) != resource["file_bytes"] or hashlib.sha256(data).hexdigest() != resource["file_sha256"]:
                found = f"{len(data)} bytes" if path.is_file() else "absent"
                problems.append(
                    f"{path} is damaged ({found}, published with {resource['file_bytes']} bytes); {_REMEDY}"
                )
    except (OSError, ValueError, KeyError, TypeError) as error:
        problems.append(f"{folder / 'datapackage.json'} cannot be read ({error}); {_REMEDY}")
    if not published_file.exists():
        return [*problems, f"{published_file} does not exist; {_REMEDY}"]
    try:
        with duckdb.connect(":memory:") as connection:  # attached: a connection of this process may hold an old version
            limit_memory(connection)
            connection.execute(f"attach {_quote(published_file)} as published (read_only)")
            problems += _differences(connection, folder, package.get("version"), not problems)
    except (duckdb.Error, IndexError) as error:
        told = str(error).partition("\n")[0]  # the rest is a stack trace of DuckDB's own
        problems.append(f"{published_file} cannot be read, or is damaged ({told}); {_REMEDY}")
    return problems


def _differences(
    connection: duckdb.DuckDBPyConnection, folder: Path, package_version: object, parquet_is_whole: bool
) -> list[str]:
    """What the attached file ``published`` holds, against what was recorded at publication and the Parquet copies."""
    tables = {f"{schema}.{table}": (schema, table) for schema, table in public_tables(connection, "published")}
    unrecorded = sorted({"quality.publication", "quality.publication_tables"} - tables.keys())
    if unrecorded:
        return [f"{', '.join(unrecorded)} is missing: no record of what was published; {_REMEDY}"]
    version = connection.execute("select version from published.quality.publication").fetchall()[0][0]
    recorded = {
        name: (rows, content)
        for name, rows, content in connection.execute(
            "select table_name, rows, content_hash from published.quality.publication_tables"
        ).fetchall()
    }
    problems = [f"{name} is missing, it was published; {_REMEDY}" for name in sorted(recorded.keys() - tables.keys())]
    same_version = package_version == version
    if package_version and not same_version:
        problems.append(f"the Parquet copies are of {package_version}, the file is of {version}; {_REMEDY}")
    for name, (schema, table) in tables.items():
        columns = _columns(connection, "published", schema, table)
        found = _content(connection, f'published.{schema}."{table}"', columns)
        if name != "quality.publication_tables" and found != recorded.get(name):
            problems.append(_differs(name, found, recorded.get(name), "were published"))
        if parquet_is_whole and same_version:
            path = folder / "parquet" / f"{name}.parquet"
            copied = _content(connection, f"read_parquet({_quote(path)})", columns) if path.is_file() else None
            if copied is None:
                problems.append(f"{name} has no Parquet copy; {_REMEDY}")
            elif found != copied:
                problems.append(_differs(name, found, copied, "are in its Parquet copy"))
    return problems


def _differs(name: str, found: tuple[int, str], other: tuple[int, str] | None, where: str) -> str:
    if other is None:
        return f"{name} is not among the tables that were published; {_REMEDY}"
    if found[0] != other[0]:
        return f"{name}: readers see {found[0]} rows, {other[0]} {where}; {_REMEDY}"
    return f"{name}: readers see other values in its {found[0]} rows than {where}; {_REMEDY}"


def _wrong_modes(published_file: Path) -> list[str]:
    """Files that somebody could write, or that other accounts cannot read."""
    folder = published_file.parent
    problems = []
    for path in (published_file, folder / "datapackage.json", *sorted((folder / "parquet").glob("*.parquet"))):
        mode = stat.S_IMODE(path.stat().st_mode) if path.is_file() else 0o444
        if mode != 0o444:
            problems.append(f"{path} has mode {mode:04o}, it is published with 0444; {_REMEDY}")
    copies = folder / "parquet"
    if copies.is_dir() and stat.S_IMODE(copies.stat().st_mode) & 0o055 != 0o055:
        problems.append(f"other accounts cannot read {copies}; {_REMEDY}")
    return problems


def _columns(connection: duckdb.DuckDBPyConnection, database: str, schema: str, table: str) -> list[tuple[str, str]]:
    """Names and types, in their order."""
    return connection.execute(
        "select column_name, data_type from duckdb_columns() "
        "where database_name = ? and schema_name = ? and table_name = ? order by column_index",
        [database, schema, table],
    ).fetchall()  # type: ignore[return-value]


def _content(connection: duckdb.DuckDBPyConnection, relation: str, columns: list[tuple[str, str]]) -> tuple[int, str]:
    """Rows, and a hash of what they hold, whatever their order.

    Of the values as text, each with its length before it; not DuckDB's own ``hash``, which may change between versions.
    Values are cast to the types of the table, as Parquet has fewer.
    """
    texts = []
    for name, kind in columns:
        value = 'cast("{}" as {})'.format(name.replace('"', '""'), kind)
        # as text it depends on the time zone of the session
        text = f"epoch_us({value})::varchar" if kind == "TIMESTAMP WITH TIME ZONE" else f"{value}::varchar"
        texts.append(f"coalesce(length({text}) || ':' || {text}, '-')")
    rows, total = connection.execute(
        f"select count(*), coalesce(sum(md5_number_lower({' || '.join(texts)})), 0) from {relation}"
    ).fetchall()[0]
    return int(rows), str(total)


def clean_leftovers(folder: Path) -> None:
    """Remove temporary files of publications that were killed (their process is gone)."""
    dead = []
    for leftover in folder.glob(".*.tmp*"):
        process = leftover.name.split(".tmp")[0].rsplit(".", 1)[-1]
        # our own number on a file that we have not begun: a killed process had it before us
        if process.isdigit() and (int(process) == os.getpid() or not Path(f"/proc/{process}").exists()):
            dead.append(leftover)
    _remove(dead)


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()


def public_tables(connection: duckdb.DuckDBPyConnection, database: str) -> list[tuple[str, str]]:
    """``(schema, table)`` of every public table of an attached database, sorted."""
    rows = connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = ? "
        "and list_contains(?, schema_name) order by all",
        [database, list(PUBLIC_SCHEMAS)],
    ).fetchall()
    return [(schema, table) for schema, table in rows]


def _copy(build_file: Path, history_file: Path, published_file: Path, target: Path, version: str) -> dict[str, int]:
    rows: dict[str, int] = {}
    with duckdb.connect(":memory:") as connection:
        limit_memory(connection)
        connection.execute(f"set temp_directory = {_quote(build_file.parent / 'spill')}")
        if not build_file.exists():
            raise PublicationError(f"there is no build {build_file}; run `make warehouse`")
        connection.execute(f"attach {_quote(build_file)} as build (read_only)")
        connection.execute(f"attach {_quote(target)} as target (storage_version 'v1.0.0')")
        tables = public_tables(connection, "build")
        missing = {"core.figures", "core.sources", "reconciliation.comparisons"} - {f"{s}.{t}" for s, t in tables}
        if missing:
            raise PublicationError(f"the build has no {', '.join(sorted(missing))}; run the dbt models first")
        _refuse_unloaded(connection)
        connection.execute("begin")  # one transaction, one sync to disk; the same below for a thousand comments
        for schema in PUBLIC_SCHEMAS:
            connection.execute(f"create schema if not exists target.{schema}")
        for schema, table in tables:
            _copy_table(connection, schema, table)
            rows[f"{schema}.{table}"] = _same_count(connection, schema, table)
        connection.execute("commit")
        rows["quality.check_results"] = _copy_history(connection, history_file, published_file)
        _create_views(connection)
        connection.execute(
            "create table target.quality.publication as select ? as version, ? as schema_version, "
            "now() as published_at, (select count(*) from target.core.figures) as figures",
            [version, SCHEMA_VERSION],
        )
        _record_tables(connection)
        connection.execute("begin")
        _comment(connection, [*public_tables(connection, "target"), *_views(connection)])
        connection.execute("commit")
        connection.execute("checkpoint target")
    if any(os.path.lexists(f"{target}{ending}") for ending in _LOGS):
        raise PublicationError(f"{target} is not whole without the log beside it; run again")
    return rows


def _create_views(connection: duckdb.DuckDBPyConnection) -> None:
    """What was known on a day: a view with the validity of every figure, and the table macro that asks it."""
    if "known_until" not in {name for name, _ in _columns(connection, "target", "core", "figures")}:
        return  # of an older build
    current = connection.execute("select current_database()").fetchall()[0][0]
    connection.execute("use target")
    try:
        for statement in _VIEWS:
            connection.execute(statement)
    finally:
        connection.execute(f'use "{current}"')


_VIEWS = (
    """
    create view core.figure_versions as
    select split_part(figure_id, '@', 1) as figure, known_from as valid_from, known_until as valid_until, *
    from core.figures
    """,
    """
    comment on view core.figure_versions is 'Every figure with the first day on which it was known (valid_from) and the
    first day on which it no longer was (valid_until, null while it stands); figure names the fact, its versions share
    it. core.figures_as_of(day) asks this view.'
    """,
    """
    create macro core.figures_as_of(day) as table
    select * exclude (figure, valid_from, valid_until)
    from core.figure_versions
    where valid_from <= cast(day as date) and (valid_until is null or cast(day as date) < valid_until)
    """,
)


def _views(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return connection.execute(
        "select schema_name, view_name from duckdb_views() where database_name = 'target' and not internal"
    ).fetchall()  # type: ignore[return-value]


def _record_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """What every table holds, as it is published: the guarantee that ``verify`` gives rests on it."""
    contents = [
        (f"{schema}.{table}", *_content(
            connection, f'target.{schema}."{table}"', _columns(connection, "target", schema, table)
        ))
        for schema, table in public_tables(connection, "target")
    ]  # fmt: skip
    connection.execute(
        "create table target.quality.publication_tables (table_name varchar, rows bigint, content_hash varchar)"
    )
    connection.executemany("insert into target.quality.publication_tables values (?, ?, ?)", contents)


def _refuse_unloaded(connection: duckdb.DuckDBPyConnection) -> None:
    """A registered source that was never loaded into this build would vanish from the published file unseen."""
    tables = connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
    if ("raw.sources",) not in tables or ("raw.load_counts",) not in tables:
        return
    unloaded = connection.execute(
        "select source_id from build.raw.sources "
        "where source_id not in (select source_id from build.raw.load_counts) order by 1"
    ).fetchall()
    if unloaded:
        names = ", ".join(source_id for (source_id,) in unloaded)
        raise PublicationError(f"the build lacks {names}, which raw/sources.yml registers; run `make warehouse`")


def _copy_table(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> None:
    connection.execute(f'create table target.{schema}."{table}" as select * from build.{schema}."{table}"')


def _same_count(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> int:
    counts = [
        connection.execute(f'select count(*) from {database}.{schema}."{table}"').fetchall()[0][0]
        for database in ("build", "target")
    ]
    if counts[0] != counts[1]:
        raise PublicationError(f"{schema}.{table}: {counts[0]} rows in the build, {counts[1]} in the copy")
    return int(counts[0])


def _copy_history(connection: duckdb.DuckDBPyConnection, history_file: Path, published_file: Path) -> int:
    from orchestration.quality.history import CHECK_RESULTS_DDL

    connection.execute(CHECK_RESULTS_DDL.format(table="target.quality.check_results"))
    # by name: a history of an older version lacks the columns that came later
    insert = "insert into target.quality.check_results by name select * from {source} as r"
    if history_file.exists():
        _attach_patiently(connection, history_file, "history")
        connection.execute(insert.format(source="history.main.check_results"))
    if published_file.exists():
        # the published file may be damaged: it gives what it can, and is replaced
        with suppress(duckdb.Error):
            connection.execute(f"attach {_quote(published_file)} as previous (read_only)")
            connection.execute(
                insert.format(source="previous.quality.check_results")
                + " where r.run_id not in (select run_id from target.quality.check_results)"
            )
    return int(connection.execute("select count(*) from target.quality.check_results").fetchall()[0][0])


def _attach_patiently(connection: duckdb.DuckDBPyConnection, file: Path, name: str) -> None:
    for attempt in range(_PATIENCE):
        try:
            connection.execute(f"attach {_quote(file)} as {name} (read_only)")
            return
        except duckdb.IOException as error:
            if "could not set lock" not in str(error).lower() or attempt == _PATIENCE - 1:
                raise
            time.sleep(0.5)


def _comment(connection: duckdb.DuckDBPyConnection, target_tables: list[tuple[str, str]]) -> None:
    """Table and column comments of the build (written by dbt from the model descriptions) into the published file."""
    kept = set(target_tables)
    for schema, table, comment in connection.execute(
        "select schema_name, table_name, comment from duckdb_tables() "
        "where database_name = 'build' and comment is not null"
    ).fetchall():
        if (schema, table) in kept:
            connection.execute(f'comment on table target.{schema}."{table}" is {_text(comment)}')
    for schema, table, column, comment in connection.execute(
        "select schema_name, table_name, column_name, comment from duckdb_columns() "
        "where database_name = 'build' and comment is not null"
    ).fetchall():
        if (schema, table) in kept:
            connection.execute(f'comment on column target.{schema}."{table}"."{column}" is {_text(comment)}')
    for table, description in _described():
        connection.execute(f"comment on {table} is {_text(description)}")


def _described() -> Iterator[tuple[str, str]]:
    """``table target.quality.x`` or ``column target.quality.x.y``, and its description in dbt's file."""
    if not _DESCRIPTIONS.is_file():  # installed without the dbt project
        return
    (source,) = yaml.safe_load(_DESCRIPTIONS.read_text(encoding="utf-8"))["sources"]
    for table in source["tables"]:
        name = f"target.{source['schema']}.{table['name']}"
        yield f"table {name}", table["description"]
        for column in table["columns"]:
            yield f"column {name}.{column['name']}", column["description"]


def _write_parquet(database: Path, folder: Path, version: str) -> None:
    """Parquet copies of all public tables, a Frictionless ``datapackage.json`` and a Croissant document beside them."""
    shutil.rmtree(folder, ignore_errors=True)
    _make_folder(folder)
    resources: list[dict[str, Any]] = []
    with duckdb.connect(str(database), read_only=True) as connection:
        limit_memory(connection)
        database_name = connection.execute("select current_database()").fetchall()[0][0]
        for schema, table in public_tables(connection, database_name):
            path = folder / f"{schema}.{table}.parquet"
            connection.execute(f'copy {schema}."{table}" to {_quote(path)} (format parquet, compression zstd)')
            path.chmod(0o444)
            _sync(path)
            resources.append(_resource(connection, database_name, schema, table, path))
        found = connection.execute("select * from core.sources")
        names = [column[0] for column in found.description or ()]
        sources = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        for resource in resources:
            resource["rights"] = _rights(connection, resource, {row["source_id"]: row.get("rights") for row in sources})
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "ai-figures",
        "title": "AI Figures: the numbers that reports print about the AI industry",
        "version": version,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        # nothing is granted that is not ours: what may be done with printed figures is for their sources to say
        "rights": _RIGHTS,
        "sources": [
            {
                "title": f"{row['title']} ({row['publisher']})",
                "source_id": row["source_id"],
                "rights": row.get("rights"),
            }
            for row in sources
        ],
        "resources": resources,
    }
    for name, document in (("datapackage.json", package), ("croissant.json", croissant(package))):
        (folder / name).write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
        (folder / name).chmod(0o444)
        _sync(folder / name)
    _sync_folder(folder)


_RIGHTS = (
    "This package grants no licence. The figures were printed by the sources named here, whose rights stand with each "
    "of them and, by source, with each table; the reports themselves are not included."
)


def _rights(
    connection: duckdb.DuckDBPyConnection, resource: dict[str, Any], known: dict[str, str | None]
) -> list[dict[str, str | None]]:
    """The sources that a table has rows of, with the rights of each; empty for tables without a source."""
    fields = {field["name"] for field in resource["schema"]["fields"]}
    column = "source_id" if "source_id" in fields else "unnest(source_ids)" if "source_ids" in fields else None
    if column is None:
        return []
    schema, table = resource["name"].split(".", 1)
    found = connection.execute(f'select distinct {column} as s from {schema}."{table}" order by s').fetchall()
    return [{"source_id": source, "rights": known.get(source) or "not stated"} for (source,) in found if source]


def _has_nulls(connection: duckdb.DuckDBPyConnection, schema: str, table: str, column: str) -> bool:
    query = f'select count(*) > count("{column}") from {schema}."{table}"'
    return bool(connection.execute(query).fetchall()[0][0])


# the columns that name a row, where a table has all of them: the first that does
_KEYS = (
    ("finding_id",), ("comparison_id",), ("issue_id",), ("chip", "source_id"), ("figure_id",), ("table_name",),
)  # fmt: skip
_OWN_KEYS = {
    "core.sources": ("source_id",),
    "quality.publication": ("version",),
    "reconciliation.source_scorecard": ("source_id",),
    "reconciliation.consensus": ("series", "period_label"),
    "reconciliation.operator_precision": ("rule", "origin", "is_proposed"),
    "reference.exchange_rates": ("currency", "year"),
}


def _key(connection: duckdb.DuckDBPyConnection, schema: str, table: str, columns: list[str]) -> list[str]:
    """The columns of the primary key: those of ``_KEYS`` that are unique in the table; empty when there are none."""
    wanted = [_OWN_KEYS[f"{schema}.{table}"]] if f"{schema}.{table}" in _OWN_KEYS else [*_KEYS, (columns[0],)]
    for key in wanted:
        if set(key) <= set(columns):
            names = ", ".join(f'"{name}"' for name in key)
            filled = " and ".join(f'"{name}" is not null' for name in key)
            rows, distinct = connection.execute(
                f'select count(*), count(distinct ({names})) filter (where {filled}) from {schema}."{table}"'
            ).fetchall()[0]
            if rows == distinct:
                return list(key)
    return []


_FRICTIONLESS = {
    "VARCHAR": "string", "DOUBLE": "number", "INTEGER": "integer", "BIGINT": "integer", "DATE": "date",
    "TIMESTAMP": "datetime", "TIMESTAMP WITH TIME ZONE": "datetime", "BOOLEAN": "boolean",
}  # fmt: skip


def _resource(
    connection: duckdb.DuckDBPyConnection, database: str, schema: str, table: str, path: Path
) -> dict[str, Any]:
    columns = connection.execute(
        "select column_name, data_type, comment from duckdb_columns() "
        "where database_name = ? and schema_name = ? and table_name = ? order by column_index",
        [database, schema, table],
    ).fetchall()
    fields = []
    for column, kind, comment in columns:
        field = {"name": column, "type": _FRICTIONLESS.get(kind, "any")}
        if field["type"] == "integer" and _has_nulls(connection, schema, table, column):
            field["type"] = "number"  # readers of Parquet give 3.0 where other rows have nothing
        if comment:
            field["description"] = comment
        unit = {"value_usd": "USD", "value_cny": "CNY", "fx_rate": "CNY per USD"}.get(column)
        if unit:
            field["unit"] = unit
        elif column in ("value", "value_low", "value_high"):
            field["unit"] = "see column unit"
        fields.append(field)
    data = path.read_bytes()
    described: dict[str, Any] = {"fields": fields}
    if key := _key(connection, schema, table, [column for column, _, _ in columns]):
        described["primaryKey"] = key
    return {
        "name": f"{schema}.{table}",
        "path": f"parquet/{path.name}",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        # of the file: `bytes` and `hash` of the standard are of what a reader of the format has read
        "file_bytes": len(data),
        "file_sha256": hashlib.sha256(data).hexdigest(),
        "schema": described,
    }


def _turn_links(folder: Path, parquet: Path) -> None:
    """Point `parquet` and the two documents to the new copies; folders older than the one before are removed."""
    place = folder / "parquet"
    before = place.resolve() if place.is_symlink() else None
    if place.is_dir() and not place.is_symlink():
        # published by an older version of this code, as a plain folder
        place.replace(folder / f".parquet.old.{os.getpid()}.tmp")
    documents = [(folder / name, f"parquet/{name}") for name in ("datapackage.json", "croissant.json")]
    for link, target in ((place, parquet.name), *documents):
        temporary = folder / f".{link.name}.{os.getpid()}.tmp"
        temporary.symlink_to(target)
        temporary.replace(link)
    _sync_folder(folder)
    _remove(path for path in folder.glob(".parquet.*Z*") if path.resolve() not in (parquet.resolve(), before))


def _sync(path: Path) -> None:
    with path.open("rb") as handle:
        os.fsync(handle.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _quote(path: Path) -> str:
    return _text(str(path))


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
