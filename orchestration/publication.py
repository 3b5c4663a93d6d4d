"""Publication: from the build file to the file that readers open, in one atomic step.

Readers never see a half build: a new file is written beside the old one, synced to disk, opened and counted, and only
then renamed over it. A reader that holds the old file keeps the old file. The Parquet copies are a folder a version;
`parquet` is a link that is turned to the new one, and the version before stays for whoever is still reading it.
"""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from orchestration.settings import limit_memory

PUBLIC_SCHEMAS = (
    "core", "market", "hardware", "adoption", "investment", "reconciliation", "quality", "reference",
    "candidates",
)  # fmt: skip


_VERSION = "%Y%m%dT%H%M%S.%fZ"
# how often, half a second apart, a locked history is asked again: another run may be appending to it
_PATIENCE = 60


class PublicationError(RuntimeError):
    """The new file is not fit to be published, or the published one cannot be read; the last good one is in place."""


@dataclass(frozen=True, slots=True)
class Publication:
    """What was published: rows by table (``schema.table``), the file and its version."""

    file: Path
    version: str
    rows: dict[str, int]
    bytes: int


def publish(build_file: Path, history_file: Path, published_file: Path) -> Publication:
    """Copy the public schemas of the build into a new file and put it in place of ``published_file``.

    The file is written in DuckDB's 1.0 storage format, so that older clients open it. Check results that the published
    file holds and the history does not (a lost state folder) are carried over. Raises ``PublicationError`` when the
    build lacks a table or a source, when a copy lost rows, and when the disk is full or read-only; then the published
    file is untouched and the temporary files are removed.
    """
    folder = published_file.parent
    replaced, version = False, ""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        clean_leftovers(folder)
        version = next_version(published_file)
        temporary = folder / f".{published_file.name}.{os.getpid()}.tmp"
        parquet = folder / f".parquet.{version}"
        rows = _copy(build_file, history_file, published_file, temporary, version)
        _write_parquet(temporary, folder / f".parquet.{os.getpid()}.tmp", version)
        (folder / f".parquet.{os.getpid()}.tmp").replace(parquet)
        _sync(temporary)
        temporary.replace(published_file)
        replaced = True
        _sync_folder(folder)
        _turn_links(folder, parquet)
        return Publication(published_file, version, rows, published_file.stat().st_size)
    except (duckdb.Error, OSError) as error:
        state = "is the new version, its Parquet copies are not" if replaced else "is unchanged"
        # `from None`: the text of the cause is in the message, and the message has the remedy
        raise PublicationError(
            f"publication failed, {published_file} {state}: {error}. Mend the build (see the failed step), free disk "
            f"space or make {folder} writable, then run again; there is nothing to clean up"
        ) from None
    finally:
        _remove(folder.glob(f".*.{os.getpid()}.tmp*"))
        if not replaced and version:
            _remove([folder / f".parquet.{version}"])


def next_version(published_file: Path) -> str:
    """A version of now that is greater than the published one, though the clock may have gone back."""
    version = datetime.now(UTC).strftime(_VERSION)
    for last in (_version_of_file(published_file), _version_of_package(published_file.parent)):
        if last and last >= version:
            later = datetime.strptime(last, _VERSION) + timedelta(microseconds=1)
            version = later.strftime(_VERSION)
    return version


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
    try:
        datetime.strptime(str(version), _VERSION)
    except ValueError:
        return None
    return str(version)


@contextmanager
def open_published(published_file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file, read-only and with no access to other files or the network.

    What it holds was printed by others: whatever gets into a query may read this file and nothing else. Raises
    ``PublicationError`` when the file is absent or damaged.
    """
    if not published_file.exists():
        raise PublicationError(f"{published_file} does not exist; run `make warehouse`, it builds and publishes it")
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


def verify(published_file: Path) -> list[str]:
    """What is wrong with the published folder, one sentence a problem; empty when all is whole.

    Every row of the file is read (DuckDB checks the checksum of each block), every Parquet copy is compared with its
    size and SHA-256 in `datapackage.json`, and both must be of one version.
    """
    folder = published_file.parent
    remedy = "run `make warehouse`, it publishes anew"
    version, problems = None, []
    try:
        with open_published(published_file) as connection:
            database = connection.execute("select current_database()").fetchall()[0][0]
            for schema, table in public_tables(connection, database):
                connection.execute(f'select bit_xor(hash(t)) from {schema}."{table}" as t').fetchall()
            version = connection.execute("select version from quality.publication").fetchall()[0][0]
    except PublicationError as error:
        problems.append(str(error))
    except (duckdb.Error, IndexError) as error:
        problems.append(f"{published_file} is damaged ({error}); {remedy}")
    try:
        package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        for resource in package["resources"]:
            path = folder / resource["path"]
            data = path.read_bytes() if path.is_file() else b""
            if len(data) != resource["bytes"] or f"sha256:{hashlib.sha256(data).hexdigest()}" != resource["hash"]:
                found = f"{len(data)} bytes" if path.is_file() else "absent"
                problems.append(f"{path} is damaged ({found}, published with {resource['bytes']} bytes); {remedy}")
        if version and package["version"] != version:
            problems.append(f"the Parquet copies are of {package['version']}, the file is of {version}; {remedy}")
    except (OSError, ValueError, KeyError, TypeError) as error:
        problems.append(f"{folder / 'datapackage.json'} cannot be read ({error}); {remedy}")
    return problems


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
        connection.execute(
            "create table target.quality.publication as select ? as version, now() as published_at, "
            "(select count(*) from target.core.figures) as figures",
            [version],
        )
        connection.execute("begin")
        _comment(connection, target_tables=[(s, t) for s, t in public_tables(connection, "target")])
        connection.execute("commit")
        connection.execute("checkpoint target")
    return rows


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


def _write_parquet(database: Path, folder: Path, version: str) -> None:
    """Parquet copies of all public tables and a Frictionless ``datapackage.json`` beside them."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    resources: list[dict[str, Any]] = []
    with duckdb.connect(str(database), read_only=True) as connection:
        limit_memory(connection)
        name = database.name
        database_name = connection.execute("select current_database()").fetchall()[0][0]
        del name
        for schema, table in public_tables(connection, database_name):
            path = folder / f"{schema}.{table}.parquet"
            connection.execute(f'copy {schema}."{table}" to {_quote(path)} (format parquet, compression zstd)')
            _sync(path)
            resources.append(_resource(connection, database_name, schema, table, path))
        sources = connection.execute("select title, publisher, source_file, licence from core.sources").fetchall()
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "ai-figures",
        "title": "AI Figures: the numbers that reports print about the AI industry",
        "version": version,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "licenses": [{"name": "CC-BY-4.0", "title": "The compilation; the reports themselves are not included"}],
        "sources": [
            {"title": f"{title} ({publisher})", "path": file, "licence": licence}
            for title, publisher, file, licence in sources
        ],
        "resources": resources,
    }
    (folder / "datapackage.json").write_text(json.dumps(package, ensure_ascii=False, indent=1), encoding="utf-8")
    _sync(folder / "datapackage.json")
    _sync_folder(folder)


_FRICTIONLESS = {
    "VARCHAR": "string", "DOUBLE": "number", "INTEGER": "integer", "BIGINT": "integer", "DATE": "date",
    "TIMESTAMP": "datetime", "TIMESTAMP WITH TIME ZONE": "datetime", "BOOLEAN": "boolean", "VARCHAR[]": "array",
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
        if comment:
            field["description"] = comment
        unit = {"value_usd": "USD", "value_cny": "CNY", "fx_rate": "CNY per USD"}.get(column)
        if unit:
            field["unit"] = unit
        elif column in ("value", "value_low", "value_high"):
            field["unit"] = "see column unit"
        fields.append(field)
    data = path.read_bytes()
    return {
        "name": f"{schema}.{table}",
        "path": f"parquet/{path.name}",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "schema": {"fields": fields},
    }


def _turn_links(folder: Path, parquet: Path) -> None:
    """Point `parquet` and `datapackage.json` to the new copies; folders older than the one before are removed."""
    place = folder / "parquet"
    before = place.resolve() if place.is_symlink() else None
    if place.is_dir() and not place.is_symlink():
        # published by an older version of this code, as a plain folder
        place.replace(folder / f".parquet.old.{os.getpid()}.tmp")
    for link, target in ((place, parquet.name), (folder / "datapackage.json", "parquet/datapackage.json")):
        temporary = folder / f".{link.name}.{os.getpid()}.tmp"
        temporary.symlink_to(target)
        temporary.replace(link)
    _sync_folder(folder)
    _remove(path for path in folder.glob(".parquet.*Z") if path.resolve() not in (parquet.resolve(), before))


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
