"""What a publication takes over from the one before: hashes and Parquet copies of tables that hold the same rows."""

import hashlib
import json
import os
import shutil
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from orchestration.store.catalog import columns_by_table


def same_tables(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, str]]:
    """Tables of the attached database ``target`` that hold what those of ``previous`` hold (names, types, rows in any
    order), by ``schema.table``, with rows and hash as they were recorded then. Raises ``duckdb.Error`` where the
    previous file cannot be read."""
    recorded = {
        name: (rows, content)
        for name, rows, content in connection.execute(
            "select table_name, rows, content_hash from previous.quality.publication_tables"
        ).fetchall()
    }
    now, then = (columns_by_table(connection, name) for name in ("target", "previous"))
    found = {}
    for (schema, table), columns in now.items():
        name = f"{schema}.{table}"
        if name in recorded and [each[:2] for each in then.get((schema, table), [])] == [each[:2] for each in columns]:
            held = [_held(connection, f'{database}.{schema}."{table}"') for database in ("target", "previous")]
            if held[0] == held[1] and held[0][0] == recorded[name][0]:
                found[name] = recorded[name]
    return found


def _held(connection: duckdb.DuckDBPyConnection, relation: str) -> tuple[int, Any]:
    """Rows, and a sum over them: for two tables in one process, as another version of DuckDB may hash otherwise."""
    query = f"select count(*), sum(hash(held)::hugeint) from {relation} as held"
    return connection.execute(query).fetchall()[0]  # type: ignore[return-value]


class Copies:
    """The Parquet copies that stand in the published folder, of tables that hold the same rows still."""

    def __init__(self, published: Path, version: str | None, same: Collection[str]) -> None:
        """``version`` is that of the published file which the tables were compared with."""
        self._folder = published
        self._resources: dict[str, dict[str, Any]] = {}
        try:
            package = json.loads((published / "datapackage.json").read_text(encoding="utf-8"))
            if package["version"] == version and package["writer"] == writer():
                self._resources = {each["name"]: each for each in package["resources"] if each["name"] in same}
        except (OSError, ValueError, KeyError, TypeError):  # none was published, or somebody has edited it
            return

    def take(self, name: str, columns: list[tuple[str, str, str | None]], path: Path) -> dict[str, Any] | None:
        """Put the copy of a table at ``path`` and return what the package says of it; None where it has to be made:
        there is none, it is damaged, or its columns are described in other words."""
        resource = self._resources.get(name)
        if resource is None:
            return None
        fields = [(field["name"], field.get("description")) for field in resource["schema"]["fields"]]
        if fields != [(column, comment or None) for column, _, comment in columns]:
            return None
        place = self._folder / resource["path"]
        try:
            if hashlib.sha256(place.read_bytes()).hexdigest() != resource["file_sha256"]:
                return None
            try:
                os.link(place.resolve(), path)
            except OSError:  # a file system without links
                shutil.copyfile(place, path)
                path.chmod(0o444)
        except OSError:
            return None
        return dict(resource)


@cache
def writer() -> str:
    """What writes Parquet copies and their description, as a hash: what another one wrote is not taken over."""
    code = (Path(__file__).with_name(name).read_bytes() for name in ("data_package.py", "unchanged.py"))
    return hashlib.sha256(b"\0".join([*code, duckdb.__version__.encode()])).hexdigest()[:16]


__all__ = ["Copies", "same_tables", "writer"]
