"""Checks that SQL cannot do: they read files beside the database. Named in suites with ``type: python``."""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.settings import Settings

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found: one text a failure, how many things it looked at, and a sentence."""

    failing: tuple[str, ...]
    looked_at: int
    message: str
    ran: bool = True


PythonCheck = Callable[[Settings, "duckdb.DuckDBPyConnection", Path], Found]


# a dataset has snapshots in place of a text
_WITH_TEXT = "from core.sources where source_file is not null order by 1"


def printed_values(settings: Settings, connection: "duckdb.DuckDBPyConnection", database: Path) -> Found:
    """Every printed value stands at its cited line of the source text."""
    from orchestration.loading.provenance import check_source, sources_folder

    folder = sources_folder(settings.raw)
    if folder is None:
        return Found((), 0, "Did not run: source texts absent (set AI_FIGURES_SOURCES to their folder).", ran=False)
    wrong: list[str] = []
    absent: list[str] = []
    looked_at = 0
    for source_id, file in connection.execute(f"select source_id, source_file {_WITH_TEXT}").fetchall():
        if not (folder / file).exists():
            absent.append(source_id)
            continue
        # the two ends of a range are printed once
        figures = connection.execute(
            "select distinct regexp_replace(figure_id, ':(low|high)$', ''), 0, line, printed from core.figures "
            "where source_id = ? order by all",
            [source_id],
        ).fetchall()
        looked_at += len(figures)
        rows = [(figure_id, "", zero, line, printed) for figure_id, zero, line, printed in figures]
        for place in check_source(folder / file, rows):
            stands = f"stands at line {', '.join(map(str, place.found_at))}" if place.found_at else "stands nowhere"
            wrong.append(f"{place.figure_id}: {place.printed!r} is not at line {place.line}, it {stands}")
    if not looked_at:
        return Found((), 0, f"Did not run: source texts absent ({', '.join(absent)}).", ran=False)
    without = f"; source texts absent: {', '.join(absent)}" if absent else ""
    return Found(tuple(wrong), looked_at, f"{len(wrong)} of {looked_at} printed values misplaced{without}.")


def source_texts(settings: Settings, connection: "duckdb.DuckDBPyConnection", database: Path) -> Found:
    """The source texts are the registered ones, byte for byte."""
    from orchestration.loading.provenance import sha256, sources_folder

    folder = sources_folder(settings.raw)
    if folder is None:
        return Found((), 0, "Did not run: source texts absent (set AI_FIGURES_SOURCES to their folder).", ran=False)
    rows = connection.execute(f"select source_id, source_file, sha256 {_WITH_TEXT}").fetchall()
    present = [(source_id, file, expected) for source_id, file, expected in rows if (folder / file).exists()]
    wrong = tuple(
        f"{source_id}: {file} has sha256 {found}, registered is {expected}"
        for source_id, file, expected in present
        if (found := sha256(folder / file)) != expected
    )
    if not present:
        return Found((), 0, "Did not run: source texts absent.", ran=False)
    return Found(wrong, len(present), f"{len(present)} of {len(rows)} texts present, {len(wrong)} differ.")


def datapackage(settings: Settings, connection: "duckdb.DuckDBPyConnection", database: Path) -> Found:
    """``datapackage.json`` beside the published file names every public table with the right sha256 and version."""
    from orchestration.store.catalog import public_tables

    package_file = database.parent / "datapackage.json"
    if not package_file.exists():
        return Found((f"{package_file.name} is missing",), 0, "There is no datapackage.json; publish again.")
    package = json.loads(package_file.read_text(encoding="utf-8"))
    resources = {resource["name"]: resource for resource in package["resources"]}
    name = connection.execute("select current_database()").fetchall()[0][0]
    tables = {f"{schema}.{table}" for schema, table in public_tables(connection, name)}
    wrong = [f"{table}: not in datapackage.json" for table in sorted(tables - resources.keys())]
    wrong += [f"{table}: in datapackage.json, not in the database" for table in sorted(resources.keys() - tables)]
    for table, resource in sorted(resources.items()):
        path = database.parent / resource["path"]
        if not path.exists():
            wrong.append(f"{table}: {resource['path']} is missing")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != resource["file_sha256"]:
            wrong.append(f"{table}: sha256 of {resource['path']} differs")
        elif not resource["schema"]["fields"]:
            wrong.append(f"{table}: no fields described")
    versions = [row[0] for row in connection.execute("select version from quality.publication").fetchall()]
    if versions != [package["version"]]:
        wrong.append(f"version {package['version']} in datapackage.json, {', '.join(versions)} in the database")
    return Found(tuple(wrong), len(tables), f"{len(tables)} tables, {len(wrong)} differences.")


def published_file(settings: Settings, connection: "duckdb.DuckDBPyConnection", database: Path) -> Found:
    """A reader of the published file and of its Parquet copies sees what was published, and nobody can write there."""
    from orchestration.store.verification import verify

    problems = verify(database)
    rows = connection.execute("select coalesce(sum(estimated_size), 0) from duckdb_tables()").fetchall()[0][0]
    return Found(tuple(problems), int(rows), "; ".join(problems[:3]) or "The published files are whole.")


def pages(settings: Settings, connection: "duckdb.DuckDBPyConnection", database: Path) -> Found:
    """Site and Data Docs stand there and are of the version that is published."""
    version = str(connection.execute("select version from quality.publication").fetchall()[0][0])
    wrong = []
    for name, folder in (("site", settings.site), ("Data Docs", database.parent / "data_docs")):
        page = folder / "index.html"
        found = _VERSION.search(page.read_text(encoding="utf-8")) if page.exists() else None
        if found is None:
            wrong.append(f"{name}: {page} is missing" if not page.exists() else f"{name}: {page} names no version")
        elif unescape(found[1]) != version:
            wrong.append(f"{name}: of version {unescape(found[1]) or 'none'}, published is {version}")
    return Found(tuple(wrong), 2, "; ".join(wrong) or f"Both are of version {version}.")


_VERSION = re.compile(r'name="ai-figures-version" content="([^"]*)"')

PYTHON_CHECKS: dict[str, PythonCheck] = {
    "printed_values": printed_values,
    "source_texts": source_texts,
    "datapackage": datapackage,
    "published_file": published_file,
    "pages": pages,
}
