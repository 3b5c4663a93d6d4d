"""Whether readers see what was published: the file against its own record and against the Parquet copies."""

import hashlib
import json
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb

from orchestration.settings import limit_memory
from orchestration.store.catalog import columns_of, content_of, public_tables, quoted_path
from orchestration.store.write_ahead_logs import foreign_logs, what_a_log_means

_REMEDY = "run `make warehouse`, it publishes anew"


def verify(published_file: Path) -> list[str]:
    """What is wrong with the published folder, one sentence a problem; empty when all is whole.

    The file is opened as an analyst does, with the log beside it if there is one, and not through a connection that
    this process holds. The rows of every table and the hash of what they hold are compared with those recorded in
    `quality.publication_tables` and with the Parquet copy; every Parquet copy with its size and SHA-256 in
    `datapackage.json`. All must be of one version, and read-only. What this process has found whole is not read again
    while no file has been replaced, written to or given another mode since.
    """
    problems = [what_a_log_means(log) for log in foreign_logs(published_file)] + _wrong_modes(published_file)
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
            connection.execute(f"attach {quoted_path(published_file)} as published (read_only)")
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
        columns = columns_of(connection, "published", schema, table)
        found = content_of(connection, f'published.{schema}."{table}"', columns)
        if name != "quality.publication_tables" and found != recorded.get(name):
            problems.append(_differs(name, found, recorded.get(name), "were published"))
        if parquet_is_whole and same_version:
            path = folder / "parquet" / f"{name}.parquet"
            copied = content_of(connection, f"read_parquet({quoted_path(path)})", columns) if path.is_file() else None
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
