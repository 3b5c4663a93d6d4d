"""Documents in `raw/inbox/`: extracted once, kept beside the build, loaded as candidates (candidates.py).

An extraction is kept under the document's sha256 in ``state/extracted/`` as JSON, so that a full refresh reads only
documents that are new or changed. A document that cannot be read is one quarantined row. Several processes may extract
at once, each its own documents; on other machines they need ``raw/`` and ``state/extracted/`` on shared storage.
"""

import glob
import hashlib
import heapq
import json
import os
import re
import socket
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from orchestration.extraction.frame import FRAME
from orchestration.extraction.isolation import DocumentReader
from orchestration.extraction.model import ExtractionError
from orchestration.extraction.proposals import read_figures
from orchestration.extraction.raw_rows import InboxFigure, source_id_of, source_of, to_source_load, without_known
from orchestration.loading.files import leads_out
from orchestration.loading.load import SourceLoad, load_source
from orchestration.loading.problems import Problem
from orchestration.loading.provenance import sha256
from orchestration.loading.reference import load_reference
from orchestration.loading.registry import Source, load_sources
from orchestration.loading.rows import RawFigure
from orchestration.settings import Settings, load_model

# raised when the shape of what is kept changes; a new extractor version re-reads every document
_FORMAT = 2
# what stands behind a document's name: sixteen digits of its sha256, the format
_KEPT = re.compile(r"\.[0-9a-f]{16}\.v\d+\.json")
# so many processes may die of a document before it is given up; fewer than Dask's four, so that its run goes on
_MOST_DEATHS = 3
_KEPT_ENDING = f".{'0' * 16}.v{_FORMAT}.json"


def inbox_documents(raw: Path) -> list[Path]:
    """The documents that wait in `raw/inbox/`, sorted by name; hidden files and told frames are nobody's documents.

    Links are among them, whatever they lead to: ``extract`` refuses those that lead out of the inbox.
    """
    inbox = raw / "inbox"
    if not inbox.is_dir():
        return []
    files = (p for p in inbox.iterdir() if p.is_file() or p.is_symlink())
    return sorted(p for p in files if not p.name.startswith(".") and not p.name.endswith(FRAME))


def extract(settings: Settings, path: Path, reader: DocumentReader | None = None) -> SourceLoad:
    """The figures of one document, from the kept extraction if the document is unchanged.

    Never raises for a bad document: the error becomes its one problem. One that ended the processes that read it (a
    library that aborts, no memory) is given up in the same way after some of them. ``reader`` spares many documents the
    start of a reading process each.
    """
    if path.is_symlink() and not _is_ours(path):
        message = "the document is a link that leads out of the inbox, or to nothing"
        problem = Problem(f"inbox/{path.name}", 0, path.name, message, "Put the document itself in its place")
        return SourceLoad(source_id_of(path), problems=[problem], rows_in=1)
    kept = _kept_file(settings, path)
    load = _kept(kept)
    if load is None:
        with _attempt(kept) as deaths:
            if deaths >= _MOST_DEATHS:
                load = _given_up(path, kept, deaths)
            elif reader is not None:
                load = _extract(settings, path, reader)
            else:
                with DocumentReader() as own:
                    load = _extract(settings, path, own)
            _keep(load, kept)
    return _without_reviewed(settings, path, load)


def _is_ours(path: Path) -> bool:
    return path.is_file() and not leads_out(path, path.parent)


@contextmanager
def _attempt(kept: Path) -> Iterator[int]:
    """Note who reads a document while it is read; yields how many processes died of it, as their notes stand."""
    note = kept.with_suffix(".reading")
    note.parent.mkdir(parents=True, exist_ok=True)
    with note.open("a+", encoding="utf-8") as lines:
        lines.seek(0)
        deaths = len(lines.readlines())
        lines.write(f"{socket.gethostname()}:{os.getpid()}\n")
    try:
        yield deaths
    finally:
        note.unlink(missing_ok=True)


def _given_up(path: Path, kept: Path, deaths: int) -> SourceLoad:
    message = f"{path.name}: {deaths} processes ended while they read it (killed, aborted, or out of memory)"
    remedy = f"Replace or remove the document; to try again delete {kept.parent.name}/{kept.name} in the state folder"
    problem = Problem(f"inbox/{path.name}", 0, path.name, message, remedy)
    return SourceLoad(source_id_of(path), problems=[problem], rows_in=1)


def waiting(settings: Settings) -> list[Path]:
    """The documents of the inbox whose extraction is not kept yet: new, changed, or kept by an older version."""
    found = []
    for path in inbox_documents(settings.raw):
        with suppress(FileNotFoundError):  # taken away since the folder was listed
            if _is_ours(path) and _kept(_kept_file(settings, path)) is None:
                found.append(path)
    return found


def shards(paths: Iterable[Path], count: int) -> list[list[Path]]:
    """Divide documents among ``count`` steps of about equal size in bytes: the largest first, to the lightest."""
    divided: list[list[Path]] = [[] for _ in range(count)]
    load = [(0, 0, at) for at in range(count)]
    for size, path in sorted(((path.stat().st_size, path) for path in paths), key=lambda item: (-item[0], item[1])):
        taken, documents, at = heapq.heappop(load)
        divided[at].append(path)
        heapq.heappush(load, (taken + size, documents + 1, at))
    return divided


def divided(settings: Settings, count: int, note: Path) -> list[list[str]]:
    """The names of the waiting documents, divided among ``count`` steps, and noted in ``note``.

    Where the note stands already it is what counts: a step that is taken up again after its worker died gives the same
    as before, although some of its documents are finished by now.
    """
    if not note.exists():
        names = [[path.name for path in shard] for shard in shards(waiting(settings), count)]
        _write(json.dumps(names, ensure_ascii=False), note)
    return [list(map(str, names)) for names in json.loads(note.read_text(encoding="utf-8"))]


def _write(text: str, file: Path) -> None:
    """Write a file whole or not at all, also where two processes do it at once."""
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f".{uuid.uuid4().hex}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)


def _kept_file(settings: Settings, path: Path) -> Path:
    """Where an extraction is kept: under the content of the document, the told frame and the model that is asked."""
    digest = sha256(path)
    told = path.with_name(path.name + FRAME)
    if told.is_file():
        digest = hashlib.sha256(f"{digest} {sha256(told)}".encode()).hexdigest()
    if (model := load_model()) is not None:
        digest = hashlib.sha256(f"{digest} {model.url} {model.name}".encode()).hexdigest()
    return settings.state / "extracted" / f"{path.name}.{digest[:16]}.v{_FORMAT}.json"


def _keep(load: SourceLoad, file: Path) -> None:
    """Write an extraction whole or not at all, and remove those of earlier versions of the document.

    Two processes may do this for one document at once: a worker that was taken for dead, and the one in its place.
    """
    _write(json.dumps(_to_json(load), ensure_ascii=False), file)
    name = file.name[: -len(_KEPT_ENDING)]
    for old in file.parent.glob(f"{glob.escape(name)}.*.json"):
        if old != file and _KEPT.fullmatch(old.name[len(name) :]):
            old.unlink(missing_ok=True)


def _kept(file: Path) -> SourceLoad | None:
    """A kept extraction; None when there is none, or a damaged one, which is then made again."""
    try:
        return _from_json(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _without_reviewed(settings: Settings, path: Path, load: SourceLoad) -> SourceLoad:
    """Leave out what the reviewed rows of the same document hold by now; promotion must not double a figure."""
    reference, sources = load_reference(settings.raw), load_sources(settings.raw)
    registered = source_of(path, sources) or sources.get(load.source_id)
    if registered is None:
        return load
    return without_known(load, load_source(settings.raw, registered, reference), reference)


def _extract(settings: Settings, path: Path, reader: DocumentReader) -> SourceLoad:
    reference, sources = load_reference(settings.raw), load_sources(settings.raw)
    registered = source_of(path, sources)
    source_id = registered.source_id if registered else source_id_of(path)
    try:
        figures = list(read_figures(reader, path, reference.directory))
        return to_source_load(figures, path, source_id, reference)
    except ExtractionError as error:
        problem = Problem(f"inbox/{path.name}", 0, path.name, str(error), "Replace or remove the document")
        return SourceLoad(source_id, problems=[problem], rows_in=1)


def document_source(path: Path, source_id: str) -> Source:
    """The registry entry of a document that is no registered source."""
    return Source(
        source_id=source_id,
        title=path.stem,
        publisher="not stated",
        published_on=None,
        published_label=None,
        language="und",
        kind="document",
        file=path.name,
        sha256=sha256(path) if _is_ours(path) else "",
        lines=None,
        licence="not redistributed; figures only",
        notes="extracted from raw/inbox/, not reviewed",
    )


def load_documents(settings: Settings) -> list[SourceLoad]:
    """Extract what waits in the inbox and put it into the build as candidates; those of documents that are gone go.

    The registered sources must be in the build already: the candidates are compared with them, in a build of their own.
    """
    from orchestration.inbox import candidates
    from orchestration.store.build import open_build
    from orchestration.store.inbox_rows import write_documents

    registered = load_sources(settings.raw)
    loads: list[SourceLoad] = []
    new_sources: list[Source] = []
    first: dict[str, Path] = {}
    with DocumentReader() as reader:
        for path in inbox_documents(settings.raw):
            load = _extract_or_refuse(settings, path, reader)
            if load is None:
                continue
            other = first.setdefault(load.source_id, path)
            if other != path:
                # their figures would have the same ids
                message = f"{path.name}: its source id {load.source_id!r} is that of inbox/{other.name}"
                problem = Problem(
                    f"inbox/{path.name}", 0, path.name, message, "Remove or rename one of the two documents"
                )
                loads.append(SourceLoad(path.name, problems=[problem], rows_in=1))
                continue
            loads.append(load)
            # a document without figures is no source: every source must have some
            if load.source_id not in registered and load.figures:
                new_sources.append(document_source(path, load.source_id))
    with open_build(settings.build_file) as connection:
        write_documents(connection, loads, new_sources, position=len(registered))
    candidates.refresh(settings)
    return loads


def _extract_or_refuse(settings: Settings, path: Path, reader: DocumentReader) -> SourceLoad | None:
    """``extract``, where a file that the system does not give is one problem as well; None for one that is gone."""
    shown = path.name.encode("utf-8", "backslashreplace").decode()
    try:
        if shown != path.name:
            raise OSError("its name is not UTF-8")
        return extract(settings, path, reader)
    except FileNotFoundError:
        return None
    except OSError as error:
        problem = Problem(f"inbox/{shown}", 0, shown, f"{shown} cannot be read: {error}", "Replace or rename the file")
        return SourceLoad(shown, problems=[problem], rows_in=1)


def _to_json(load: SourceLoad) -> dict[str, Any]:
    def plain(row: dict[str, Any]) -> dict[str, Any]:
        return {k: v.isoformat() if isinstance(v, date) else v for k, v in row.items()}

    return {
        "source_id": load.source_id,
        "rows_in": load.rows_in,
        "rows_loaded": load.rows_loaded,
        "figures": [plain(asdict(figure)) for figure in load.figures],
        "problems": [asdict(problem) for problem in load.problems],
    }


def _from_json(data: dict[str, Any]) -> SourceLoad:
    figures: list[RawFigure] = []
    for row in data["figures"]:
        for name in ("period_start", "period_end"):
            row[name] = date.fromisoformat(row[name]) if row[name] else None
        figures.append(InboxFigure(**row))
    return SourceLoad(
        data["source_id"],
        figures=figures,
        problems=[Problem(**problem) for problem in data["problems"]],
        rows_in=data["rows_in"],
        rows_loaded=data["rows_loaded"],
    )
