"""Fetch a dataset's file: a draft beside the snapshots, which a person (or the spec) publishes.

A draft is what came, byte for byte. It becomes a snapshot only when it can be read, and changes something.
"""

import hashlib
import json
import shutil
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import IO, Any
from urllib.parse import urlsplit

from orchestration.datasets.difference import Difference, difference
from orchestration.datasets.snapshots import FOLDER, MANIFEST, ending, read_table, sha256, snapshot_files
from orchestration.datasets.spec import SPEC_FILE, Spec, read_spec
from orchestration.loading.files import leads_out
from orchestration.loading.journal import read_journal, standing
from orchestration.loading.problems import RawError
from orchestration.loading.reference import Reference, load_reference
from orchestration.loading.registry import load_sources

DRAFT = "draft"
_TIMEOUT = 30.0
_LIMIT = 512 * 1024 * 1024
_ATTEMPTS = 3
_PAUSE = 1.0
# the whole fetch may take so many times as long as one wait
_PATIENCE = 20


class FetchError(RuntimeError):
    """The file could not be had, or is none; the message says what to do. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A draft on disk, or None where the address says that nothing changed."""

    draft: Path | None
    origin: str
    note: str


class _SameHost(urllib.request.HTTPRedirectHandler):
    """Follows a redirect on one host only: another host is another publisher."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        before, after = urlsplit(req.full_url), urlsplit(newurl)
        if (before.hostname, before.port) != (after.hostname, after.port) or after.scheme not in ("http", "https"):
            raise FetchError(
                f"{req.full_url} leads to another host, {after.netloc}; look at it, then write it as `origin`"
            )
        if (before.scheme, after.scheme) == ("https", "http"):
            raise FetchError(f"{req.full_url} leads from https to http; look at it, then write it as `origin`")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def fetch(folder: Path, raw: Path, spec: Spec, *, timeout: float = _TIMEOUT, limit: int = _LIMIT) -> Fetched:
    """Get `origin` into a draft. Conditional: what the last fetch was told is asked again.

    Raises ``FetchError`` when it cannot be had or is no table.
    """
    if not spec.origin:
        raise FetchError(f"{spec.file} has no `origin`; write the address or the path of the dataset's file")
    target = folder / DRAFT / f"{datetime.now(UTC).date()}{ending(spec)}"
    target.parent.mkdir(parents=True, exist_ok=True)
    state = folder / DRAFT / "state.json"
    # beside the draft that may be there: an answer that is no table must not take its place
    incoming = target.with_name(f"incoming{target.suffix}")
    headers: dict[str, str] | None = {}
    try:
        if urlsplit(spec.origin).scheme in ("http", "https"):
            headers = _get_within(spec.origin, incoming, _validators(folder, spec), timeout, limit)
        else:
            _copy(raw.parent / spec.origin, incoming, spec, limit)
        if headers is None:
            return Fetched(None, spec.origin, "the address says that nothing has changed since the last fetch")
        read_table(incoming, raw, spec, datetime.now(UTC).date())
    except RawError as error:
        raise FetchError(f"{spec.origin}: {error.problem.message}. {error.problem.remedy}") from None
    else:
        incoming.replace(target)
    finally:
        incoming.unlink(missing_ok=True)
    # only now: a damaged answer must not be called unchanged the next time
    state.write_text(json.dumps({"origin": spec.origin, "sha256": sha256(target), **headers}), encoding="utf-8")
    return Fetched(target, spec.origin, "")


def _validators(folder: Path, spec: Spec) -> dict[str, str]:
    """What the last answer said of itself, if it is still here as a draft or a snapshot, or changed nothing.

    A draft that a person has thrown away is fetched again.
    """
    known = _state(folder / DRAFT / "state.json")
    if known.get("origin") != spec.origin:
        return {}
    kept = [*(folder / DRAFT).glob(f"*{ending(spec)}"), *(folder / FOLDER).glob(f"*{ending(spec)}")]
    is_here = known.get("changes") == "nothing" or known.get("sha256") in {sha256(path) for path in kept}
    return known if is_here else {}


def _copy(place: Path, target: Path, spec: Spec, limit: int) -> None:
    if not place.is_file():
        raise FetchError(f"{place} does not exist; correct `origin` in {spec.file}")
    if place.stat().st_size > limit:
        raise FetchError(f"{place} is larger than {limit / 1e6:.0f} MB; {_CUT}")
    shutil.copyfile(place, target)


_CUT = "cut it to the rows and columns that are wanted"


def _state(path: Path) -> dict[str, str]:
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _get_within(url: str, target: Path, known: dict[str, str], timeout: float, limit: int) -> dict[str, str] | None:
    """``_get`` that ends in time: a server that sends a byte now and then keeps every single wait short."""
    answers: Queue[dict[str, str] | Exception | None] = Queue()

    def work() -> None:
        try:
            answers.put(_get(url, target, known, timeout, limit))
        except Exception as error:  # told where it is waited for
            answers.put(error)

    Thread(target=work, daemon=True).start()
    try:
        answer = answers.get(timeout=_PATIENCE * timeout)
    except Empty:
        raise FetchError(f"{url} is too slow; try later, or fetch it by hand") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _get(url: str, target: Path, known: dict[str, str], timeout: float, limit: int) -> dict[str, str] | None:
    """The file at an address into ``target``; returns its validators, None for `not modified`."""
    asked = {"User-Agent": "ai-figures", "Accept-Encoding": "identity"}
    for header, name in (("If-None-Match", "etag"), ("If-Modified-Since", "last_modified")):
        if known.get(name):
            asked[header] = known[name]
    opener = urllib.request.build_opener(_SameHost)
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with opener.open(urllib.request.Request(url, headers=asked), timeout=timeout) as answer:
                _write(answer, target, url, limit, time.monotonic() + _PATIENCE * timeout)
                told = {"etag": answer.headers.get("ETag"), "last_modified": answer.headers.get("Last-Modified")}
                return {name: value for name, value in told.items() if value}
        except urllib.error.HTTPError as error:
            if error.code == 304:
                return None
            if error.code < 500 or attempt == _ATTEMPTS:
                raise FetchError(f"{url} answers {error.code} {error.reason}; correct `origin`, or try later") from None
        except (urllib.error.URLError, HTTPException, TimeoutError, OSError) as error:
            if attempt == _ATTEMPTS:
                raise FetchError(f"{url} cannot be had ({error}); try later, or fetch it by hand") from None
        finally:
            for leftover in target.parent.glob("*.part"):
                leftover.unlink(missing_ok=True)
        time.sleep(_PAUSE * attempt)
    raise AssertionError("unreachable")


def _write(answer: Any, target: Path, url: str, limit: int, until: float) -> None:
    expected = answer.headers.get("Content-Length")
    part = target.with_suffix(target.suffix + ".part")
    size = 0
    too_large = f"{url} is larger than {limit / 1e6:.0f} MB; {_CUT}, and keep that as a file of your own as `origin`"
    if expected and expected.isdigit() and int(expected) > limit:
        raise FetchError(too_large)
    if encoding := answer.headers.get("Content-Encoding", "").replace("identity", ""):
        raise FetchError(f"{url} sends its file packed ({encoding[:40]}), unasked; fetch it by hand and unpack it")
    with part.open("wb") as out:
        # one piece at a time, however small: the clock is looked at between them
        while chunk := answer.read1(1 << 16):
            size += len(chunk)
            if size > limit:
                raise FetchError(too_large)
            if time.monotonic() > until:
                raise FetchError(f"{url} is too slow; fetch it by hand")
            out.write(chunk)
    if expected and expected.isdigit() and size != int(expected):
        raise OSError(f"cut off after {size} of {expected} bytes")
    part.replace(target)


@dataclass(frozen=True, slots=True)
class Dataset:
    """A registered dataset, opened: its folder, its spec and the reference."""

    raw: Path
    folder: Path
    spec: Spec
    reference: Reference


def dataset_ids(raw: Path) -> list[str]:
    """The datasets of `raw/sources.yml`."""
    return sorted(name for name, source in load_sources(raw).items() if source.kind == "dataset")


def open_dataset(raw: Path, source_id: str) -> Dataset:
    """Raises ``LookupError`` when it is not registered, ``RawError`` when its spec is wrong."""
    source = load_sources(raw).get(source_id)
    if source is None or source.kind != "dataset":
        raise LookupError(f"{source_id} is no dataset of raw/sources.yml; register it with `kind: dataset`")
    reference = load_reference(raw)
    return Dataset(raw, raw / source_id, read_spec(raw / source_id, raw, reference), reference)


@dataclass(frozen=True, slots=True)
class Draft:
    """What waits for a person: a file with what it changes; neither where there is nothing, which ``note`` says."""

    path: Path | None
    difference: Difference | None
    note: str


def draft_of(opened: Dataset, *, offline: bool = False) -> Draft:
    """Fetch the draft (or find the one that is there) and compare it. A draft that changes nothing is removed.

    Raises ``FetchError`` and ``RawError``.
    """
    fetched = None if offline else fetch(opened.folder, opened.raw, opened.spec)
    # one that waits still waits when the address has nothing newer
    path = newest_draft(opened.folder, opened.raw)
    if path is None:
        return Draft(None, None, fetched.note if fetched else "there is no draft")
    found = compare_draft(opened, path)
    if not found.changes and not found.problems:
        path.unlink()
        state = opened.folder / DRAFT / "state.json"
        state.write_text(json.dumps({**_state(state), "changes": "nothing"}), encoding="utf-8")
        return Draft(None, None, "nothing has changed: this is no new vintage")
    return Draft(path, found, "")


def newest_draft(folder: Path, raw: Path) -> Path | None:
    """The draft that waits in a dataset's folder: the file of the last day that is none but a day's."""
    found: dict[date, Path] = {}
    for path in (folder / DRAFT).glob("*"):
        with suppress(ValueError):
            found[date.fromisoformat(path.stem)] = path
    inside = {day: path for day, path in found.items() if not leads_out(path, raw)}
    return inside[max(inside)] if inside else None


def compare_draft(opened: Dataset, path: Path) -> Difference:
    """What a draft changes against the snapshots. Raises ``RawError`` when it is no table."""
    files, _ = snapshot_files(opened.folder, opened.raw, opened.spec)
    day = date.fromisoformat(path.stem)
    # a second fetch on one day is compared with what the first one gave
    day += timedelta(days=day in files)
    return difference(opened.raw, opened.spec, opened.reference, files, day, path)


def draft_hash(opened: Dataset, path: Path) -> str:
    """The sum of what a person sees of a draft: the file, the spec that reads it, the snapshots before it."""
    files, _ = snapshot_files(opened.folder, opened.raw, opened.spec)
    read = [sha256(path), sha256(opened.folder / SPEC_FILE), *(f"{day} {sha256(each)}" for day, each in files.items())]
    return hashlib.sha256("\n".join(read).encode()).hexdigest()


def _is_held(opened: Dataset, path: Path) -> bool:
    """Did a person say at the desk that this draft, as it is now, waits?"""
    decision = standing(read_journal(opened.raw)[0]).get(f"draft:{opened.folder.name}@{path.stem}")
    return decision is not None and decision["what"] == "hold" and decision["hash"] == draft_hash(opened, path)


def publish_when_clean(opened: Dataset, draft: Draft) -> Path | None:
    """Publish a draft that nothing speaks against and nobody holds, where the spec says so.

    Raises ``FetchError`` as below.
    """
    if draft.path is None or draft.difference is None or draft.difference.problems:
        return None
    if opened.spec.publish != "when clean" or _is_held(opened, draft.path):
        return None
    return publish_draft(opened.folder, opened.raw, opened.spec, draft.path, opened.spec.origin)


def publish_draft(folder: Path, raw: Path, spec: Spec, draft: Path, origin: str) -> Path:
    """Make a draft a snapshot and write it into the manifest. Raises ``FetchError`` when that day has another one."""
    target = folder / FOLDER / draft.name
    target.parent.mkdir(parents=True, exist_ok=True)
    data = draft.read_bytes()
    if target.exists() and target.read_bytes() != data:
        raise FetchError(f"{target} exists and differs; a snapshot is never replaced: fetch again tomorrow")
    draft.replace(target)
    manifest = folder / FOLDER / MANIFEST
    entries = _state(manifest)
    table = read_table(target, raw, spec, date.fromisoformat(target.stem))
    rows = hashlib.sha256("\n".join("\x1f".join(cells) for _, cells in sorted(table.rows, key=lambda r: r[1])).encode())
    entry: Any = {
        "sha256": hashlib.sha256(data).hexdigest(),
        "rows_sha256": rows.hexdigest(),
        "bytes": len(data),
        "origin": origin,
        "fetched_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    entries[target.stem] = entry
    beside = manifest.with_suffix(".tmp")
    beside.write_text(json.dumps(dict(sorted(entries.items())), indent=1) + "\n", encoding="utf-8")
    beside.replace(manifest)
    return target


__all__ = [
    "DRAFT", "FOLDER", "Dataset", "Difference", "Draft", "FetchError", "Fetched", "compare_draft", "dataset_ids",
    "difference", "draft_hash", "draft_of", "fetch", "newest_draft", "open_dataset", "publish_draft",
    "publish_when_clean", "snapshot_files",
]  # fmt: skip
