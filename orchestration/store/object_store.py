"""Publication to object storage (``AI_FIGURES_PUBLISHED=s3://bucket/prefix``): whole versions, and one pointer.

    <prefix>/versions/<version>/    ai_figures.duckdb, parquet/, datapackage.json and, written last, manifest.json
    <prefix>/latest.json            the pointer: the version that readers take

A version is written once and never changed. The pointer is moved by a conditional write (If-None-Match, If-Match) and
only forward, so that of two publishers one is told that it lost. A reader that takes the version from the pointer first
and its files after sees one version, whole, and has a day for it. Credentials, region and endpoint come from the
variables that every client of S3 reads (``AWS_ACCESS_KEY_ID`` and so on).
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from orchestration.settings import Settings, SettingsError
from orchestration.store.publication import Publication
from orchestration.store.published import PublicationError

if TYPE_CHECKING:
    from obstore.store import S3Store

POINTER = "latest.json"
MANIFEST = "manifest.json"
CLAIM = "claim"
# a version that was replaced is kept as long at the least: somebody may be reading it
READING_TIME = timedelta(days=1)
_CHUNK = 1 << 20
_MOVES = 5
# one of these sets says who we are; without any the client would go on to ask the network for the role of the machine
_CREDENTIALS = (
    ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
    ("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"),
    ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",),
    ("AWS_CONTAINER_CREDENTIALS_FULL_URI",),
    ("AWS_METADATA_ENDPOINT",),
)


@dataclass(frozen=True, slots=True)
class Pointer:
    """What readers see: the version, the SHA-256 of its manifest, and the tag of the pointer for the next move."""

    version: str
    manifest_sha256: str
    tag: str


@dataclass(frozen=True, slots=True)
class Remote:
    """The object store of a warehouse; ``url`` as in the setting. Every method raises ``PublicationError``."""

    url: str
    store: "S3Store"

    def latest(self) -> Pointer | None:
        """The pointer; None before the first publication."""
        import obstore

        with self._told():
            try:
                found = obstore.get(self.store, POINTER)
            except FileNotFoundError as error:
                if "NoSuchBucket" in str(error):
                    raise
                return None
            said, tag = bytes(found.bytes()), found.meta["e_tag"]
        try:
            pointer = json.loads(said)
            return Pointer(str(pointer["version"]), str(pointer["manifest_sha256"]), str(tag))
        except (ValueError, KeyError, TypeError):
            raise PublicationError(
                f"{self.url}/{POINTER} is no pointer of ours; if nothing else lives there, remove it and publish again"
            ) from None

    def publish(self, published: Publication, keep: int) -> list[str]:
        """Write the version of the local folder, move the pointer to it, remove old versions; what to tell a person.

        Readers see the version before until the pointer is moved, whatever fails.
        """
        folder = f"versions/{published.version}"
        self._claim(folder)
        manifest = self._upload(folder, published)
        self._move(published, manifest)
        try:
            return self._remove_old(published.version, keep)
        except PublicationError as error:
            return [f"old versions could not be removed: {error}"]

    def fetch(self, target: Path) -> str | None:
        """Copy the newest database into the absent ``target``: its version, or None when there is none."""
        import obstore

        pointer = self.latest()
        if pointer is None:
            return None
        name = "ai_figures.duckdb"
        wanted = self.manifest(pointer)[name]["sha256"]
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
        total = hashlib.sha256()
        try:
            with self._told(), temporary.open("wb") as handle:
                for chunk in obstore.get(self.store, f"versions/{pointer.version}/{name}").stream(
                    min_chunk_size=_CHUNK
                ):
                    handle.write(chunk)
                    total.update(chunk)
            if total.hexdigest() != wanted:
                raise PublicationError(f"{self.url}/versions/{pointer.version}/{name} is not what was published there")
            temporary.chmod(0o444)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
        return pointer.version

    def manifest(self, pointer: Pointer) -> dict[str, dict[str, Any]]:
        """Bytes and SHA-256 of each file of a version."""
        import obstore

        path = f"versions/{pointer.version}/{MANIFEST}"
        with self._told():
            said = bytes(obstore.get(self.store, path).bytes())
        if hashlib.sha256(said).hexdigest() != pointer.manifest_sha256:
            raise PublicationError(f"{self.url}/{path} is not what was published there; publish again")
        return dict(json.loads(said)["files"])

    def verify(self) -> list[str]:
        """What is wrong with the version that readers take, one sentence a problem. Reads all of it."""
        import obstore

        pointer = self.latest()
        if pointer is None:
            return [f"{self.url} has no {POINTER}; nothing was published there"]
        problems = []
        for name, facts in self.manifest(pointer).items():
            total = hashlib.sha256()
            try:
                with self._told():
                    found = obstore.get(self.store, f"versions/{pointer.version}/{name}")
                    for chunk in found.stream(min_chunk_size=_CHUNK):
                        total.update(chunk)
            except PublicationError as error:
                problems.append(str(error))
                continue
            if total.hexdigest() != facts["sha256"]:
                problems.append(f"{self.url}/versions/{pointer.version}/{name} is not what was published there")
        return problems

    def _claim(self, folder: str) -> None:
        """Make the version ours, and see that the store honours conditions: one that ignores them would let two
        publishers overwrite each other in silence."""
        import obstore
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        path, content = f"{folder}/{CLAIM}", f"process {os.getpid()}\n".encode()
        with self._told():
            try:
                obstore.put(self.store, path, content, mode="create")
            except AlreadyExistsError:
                raise PublicationError(
                    f"{self.url}/{folder} was written by another publisher at the same moment; run again"
                ) from None
            for mode in ("create", {"e_tag": '"00000000000000000000000000000000"'}):
                try:
                    obstore.put(self.store, path, content, mode=mode)  # type: ignore[arg-type]
                except (AlreadyExistsError, PreconditionError):
                    continue
                raise PublicationError(
                    f"the store of {self.url} ignores conditional writes (If-None-Match, If-Match), without which two "
                    "publishers overwrite each other; use a version of it that honours them"
                )

    def _upload(self, folder: str, published: Publication) -> str:
        """All files, then the manifest that names them; returns its SHA-256."""
        import obstore

        local = published.file.parent
        # of the version, not through the links: those may be turned meanwhile
        copies = local / f".parquet.{published.version}"
        files = {f"parquet/{path.name}": path for path in sorted(copies.glob("*.parquet"))}
        files |= {"datapackage.json": copies / "datapackage.json", published.file.name: published.file}
        facts = {}
        with self._told():
            for name, path in files.items():
                facts[name] = {"bytes": path.stat().st_size, "sha256": _sha256(path)}
                obstore.put(self.store, f"{folder}/{name}", path)
            content = json.dumps({"version": published.version, "files": facts}, indent=1).encode()
            obstore.put(self.store, f"{folder}/{MANIFEST}", content, mode="create")
        return hashlib.sha256(content).hexdigest()

    def _move(self, published: Publication, manifest_sha256: str) -> None:
        import obstore
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        content = json.dumps(
            {
                "version": published.version,
                "schema_version": published.schema_version,
                "path": f"versions/{published.version}",
                "manifest_sha256": manifest_sha256,
            },
            indent=1,
        ).encode()
        for _ in range(_MOVES):
            before = self.latest()
            if before and before.version >= published.version:
                raise PublicationError(
                    f"another publisher has put {before.version} at {self.url}, which is newer than our "
                    f"{published.version}: readers see that one. Let one machine publish, or run again"
                )
            try:
                with self._told():
                    obstore.put(
                        self.store,
                        POINTER,
                        content,
                        mode={"e_tag": before.tag} if before else "create",
                        attributes={"Cache-Control": "no-cache", "Content-Type": "application/json"},
                    )
                return
            except (AlreadyExistsError, PreconditionError):
                continue  # somebody moved it since we looked
        raise PublicationError(f"{self.url}/{POINTER} was moved by others {_MOVES} times in a row; run again")

    def _remove_old(self, current: str, keep: int) -> list[str]:
        """Remove versions before the ``keep`` newest that were replaced more than a day ago, and half ones as old.

        The manifest goes first: what has none is no version.
        """
        import obstore

        with self._told():
            written: dict[str, datetime] = {}  # when the last file of a version was written
            paths: dict[str, list[str]] = {}
            for batch in obstore.list(self.store, "versions"):
                for entry in batch:
                    version = entry["path"].split("/")[1]
                    paths.setdefault(version, []).append(entry["path"])
                    written[version] = max(written.get(version, entry["last_modified"]), entry["last_modified"])
            now = written[current]  # by the clock of the store
            whole = sorted(v for v, listed in paths.items() if f"versions/{v}/{MANIFEST}" in listed and v <= current)
            half = [v for v in paths if v not in whole and now - written[v] > READING_TIME and v < current]
            replaced = dict(pairwise(whole))  # by which version
            old = [v for v in whole[:-keep] if v in replaced and now - written[replaced[v]] > READING_TIME]
            for version in [*old, *half]:
                listed = sorted(paths[version], key=lambda path: not path.endswith(f"/{MANIFEST}"))
                obstore.delete(self.store, listed[0])
                if listed[1:]:
                    obstore.delete(self.store, listed[1:])
        return [f"removed versions before the {keep} newest: {', '.join(old)}"] if old else []

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What the store says, in one sentence with a remedy; a condition that does not hold is the caller's."""
        from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError

        try:
            yield
        except (AlreadyExistsError, PreconditionError):
            raise
        except (BaseError, OSError) as error:
            raise PublicationError(self._sentence(error)) from None

    def _sentence(self, error: Exception) -> str:
        from obstore.exceptions import PermissionDeniedError, UnauthenticatedError

        said = " ".join(str(error).split("\n\nDebug source")[0].split())[:400]
        if "NoSuchBucket" in said:
            return f"{self.url}: the bucket does not exist; make it, or correct AI_FIGURES_PUBLISHED"
        if isinstance(error, (PermissionDeniedError, UnauthenticatedError)):
            return (
                f"{self.url}: the store refuses these credentials ({said}); publishing needs s3:ListBucket, "
                "s3:GetObject, s3:PutObject and s3:DeleteObject"
            )
        if isinstance(error, FileNotFoundError):
            return f"{self.url}: {said}; publish again"
        return f"{self.url} does not answer as an object store ({said}); look at AWS_ENDPOINT_URL and AWS_REGION"


def open_remote(settings: Settings, environment: Mapping[str, str] = os.environ) -> Remote | None:
    """The object store that the settings name; None when they name a folder.

    Raises ``SettingsError`` when the client is not installed, and without credentials.
    """
    if settings.remote is None:
        return None
    try:
        from obstore.store import S3Store
    except ModuleNotFoundError:
        raise SettingsError(
            f"AI_FIGURES_PUBLISHED is {settings.remote}, and obstore is not installed; run `make serve-env`, or "
            "install the extra `serve`"
        ) from None
    if not any(all(environment.get(name) for name in names) for names in _CREDENTIALS):
        raise SettingsError(
            f"AI_FIGURES_PUBLISHED is {settings.remote}, and there are no credentials for it: set AWS_ACCESS_KEY_ID "
            "and AWS_SECRET_ACCESS_KEY, or AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN, or AWS_METADATA_ENDPOINT "
            "where the machine has a role (docs/operations.md)"
        )
    place = urlsplit(settings.remote)
    endpoint = environment.get("AWS_ENDPOINT_URL") or ""
    store = S3Store(
        place.netloc,
        prefix=place.path.strip("/") or None,
        region=environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or "us-east-1",
        client_options={"allow_http": endpoint.startswith("http://")},
        retry_config={"max_retries": 4, "retry_timeout": timedelta(minutes=2)},
    )
    return Remote(settings.remote, store)


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


__all__ = ["MANIFEST", "POINTER", "Pointer", "Remote", "open_remote"]
