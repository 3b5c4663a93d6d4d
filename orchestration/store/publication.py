"""Publication: from the build file to the file that readers open, in one atomic step.

Readers never see a half build: a new file is written beside the old one, synced to disk, opened and counted, and only
then renamed over it. A reader that holds the old file keeps the old file. The Parquet copies are a folder a version;
`parquet` is a link that is turned to the new one, and the version before stays for whoever is still reading it.

Write-ahead logs beside the published file are put aside before it is read, before the new one is in place and after,
and the file is published read-only.
"""

import logging
import os
import stat
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.store.data_package import write_package
from orchestration.store.disk import clean_leftovers, make_folder, remove, sync, sync_folder
from orchestration.store.public_copy import copy_public
from orchestration.store.published import PublicationError
from orchestration.store.versions import SCHEMA_VERSION, clock_is_behind, next_version
from orchestration.store.write_ahead_logs import put_logs_aside

_logger = logging.getLogger(__name__)


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
            make_folder(each)
            clean_leftovers(each)
        messages = [*_closed_folders(folder, place.parent), *put_logs_aside(published_file)]
        version = next_version(published_file, after)
        messages += [_say(told) for told in clock_is_behind(version)]
        rows, copies = copy_public(build_file, history_file, published_file, temporary, version)
        write_package(temporary, parquet_temporary, version, copies)
        parquet = folder / f".parquet.{version}"
        parquet_temporary.replace(parquet)
        temporary.chmod(0o444)
        sync(temporary)
        # before: a reader of the new file must never meet an old log. After: one may have come in between
        messages += put_logs_aside(published_file)
        temporary.replace(place)
        replaced = True
        messages += put_logs_aside(published_file)
        sync_folder(place.parent)
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
            remove(each.glob(f".*.{os.getpid()}.tmp*"))
        if not replaced and version:
            remove([folder / f".parquet.{version}"])


def _closed_folders(*folders: Path) -> list[str]:
    return [
        _say(f"other accounts cannot read {folder} (mode {mode:04o}); if they should, `chmod a+rx {folder}`")
        for folder in dict.fromkeys(each.resolve() for each in folders)
        if (mode := stat.S_IMODE(folder.stat().st_mode)) & 0o055 != 0o055
    ]


def _say(message: str) -> str:
    """Tell at once: a publication that fails later returns no messages."""
    _logger.warning(message)
    return message


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
    sync_folder(folder)
    remove(path for path in folder.glob(".parquet.*Z*") if path.resolve() not in (parquet.resolve(), before))
