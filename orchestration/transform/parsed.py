"""The dbt project as it was parsed last, in this process or by one before it: parsing takes a second of every run."""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from orchestration.settings import Settings
from orchestration.store.kept import Kept

Source = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Parsed:
    """The project as dbt parsed it, what that was made from, and what dbt has written of it."""

    source: Source
    manifest: Any
    json: bytes


_last: Parsed | None = None


def source(settings: Settings, engine: str, file: Path) -> Source:
    """What a parsed project depends on: its files, and the name of the database. Where that stands is no matter, though
    dbt's own partial parsing begins anew for every path."""
    stats = ((str(path), path.stat()) for path in _files(settings))
    return (engine, file.stem, *sorted((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats))


def _files(settings: Settings) -> list[Path]:
    files = [settings.dbt_project / name for name in ("dbt_project.yml", "profiles.yml")]
    for folder in ("models", "macros", "tests"):
        files += (settings.dbt_project / folder).rglob("*")
    return [path for path in files if path.is_file()]


def last(made_from: Source) -> Parsed | None:
    """What this process has of that source."""
    return _last if _last is not None and _last.source == made_from else None


def remember(settings: Settings, made_from: Source, manifest: Any, json: bytes) -> None:
    """Keep what dbt has parsed, for this process and for the next ones."""
    global _last
    from dbt.parser.manifest import extended_mashumaro_encoder

    # a run has no use for these: models that are switched off, which dbt cannot copy, and what partial parsing compares
    manifest.disabled.clear()
    manifest.files = {}
    _last = Parsed(made_from, manifest, json)
    kept = _kept(settings)
    kept.put_bytes(signature(settings, made_from, json), manifest.to_msgpack(extended_mashumaro_encoder))
    kept.forget_the_rest()


def recall(settings: Settings, made_from: Source, json: bytes) -> bool:
    """Take what another process has parsed, if it is the same project in every byte, parsed by the same dbt.

    ``json`` is the manifest that stands there: that of another project is no use.
    """
    global _last
    data = _kept(settings).get_bytes(signature(settings, made_from, json))
    if data is None:
        return False
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    try:
        manifest = Manifest.from_msgpack(data, decoder=extended_mashumuro_decoder)  # type: ignore[attr-defined]
    except Exception:  # dbt's own classes have changed: whatever that raises, the project is parsed
        return False
    _last = Parsed(made_from, manifest, json)
    return True


def _kept(settings: Settings) -> Kept:
    return Kept(settings.state / "dbt" / "parsed")


def signature(settings: Settings, made_from: Source, json: bytes) -> str:
    """Of the bytes of the project, not of the times of its files: a copy of another version may have kept those."""
    total = hashlib.sha256(repr((made_from[:2], _tools())).encode())
    for path in sorted(_files(settings)):
        data = path.read_bytes()
        total.update(f"\0{path}\0{len(data)}\0".encode(errors="surrogateescape") + data)
    return hashlib.sha256(total.digest() + json).hexdigest()


@cache
def _tools() -> list[str]:
    return [
        f"{name} {version(name)}"
        for name in ("dbt-core", "dbt-adapters", "dbt-common", "dbt-duckdb", "duckdb", "mashumaro")
    ]
