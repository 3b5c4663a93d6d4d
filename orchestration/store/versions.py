"""The version of what is published: a moment, and always greater than the one before; and the version of its schema."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from orchestration.store.published import PublicationError, open_published

# of the tables and columns that are published, semantic: a column that goes, or changes its meaning, is a major one
SCHEMA_VERSION = "2.0.0"

_FORMAT = "%Y%m%dT%H%M%S.%fZ"


def next_version(published_file: Path, after: str | None = None) -> str:
    """A version of now that is greater than the published one, though the clock may have gone back."""
    version = datetime.now(UTC).strftime(_FORMAT)
    for last in (_version_of_file(published_file), _version_of_package(published_file.parent), after):
        if last and last >= version:
            version = _after(last)
    return version


def clock_is_behind(version: str) -> list[str]:
    """A message where ``version`` is ahead of the clock; else none."""
    now = datetime.now(UTC).strftime(_FORMAT)
    if version <= now:
        return []
    return [f"the published version is ahead of the clock ({now}): the new one is {version}; check the clock"]


def _after(version: str) -> str:
    moment, _, count = version.partition("+")
    try:
        if not count:
            return (datetime.strptime(moment, _FORMAT) + timedelta(microseconds=1)).strftime(_FORMAT)
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
        normal = datetime.strptime(moment, _FORMAT).strftime(_FORMAT) == moment
    except ValueError:
        return None
    return str(version) if normal and (not plus or (len(count) == 6 and count.isdecimal())) else None
