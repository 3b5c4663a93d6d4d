"""Whether anything has changed since the last build: what a build reads, and what it left, as hashes in one file.

Belongs here: what decides that a build would give what is published already. Inputs count by content, as a checkout
changes times; what was published and its pages count by what the file system says of each file, the time of its last
change included, which nobody sets back. Wherever one of the two cannot be said for certain, the build is made.

Nothing here imports Dagster, dbt or Great Expectations: the answer takes less than that.
"""

import hashlib
import json
import os
import platform
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.loading.provenance import sources_folder
from orchestration.settings import Settings
from orchestration.store.write_ahead_logs import foreign_logs

# beside the published file: whoever publishes from elsewhere into the same folder makes it wrong, and is noticed
RECORD = ".built.json"
_FORMAT = 1
_CODE = Path(__file__).parent.parent
# addresses with passwords, which no figure depends on: only that they are set counts
_SECRET = {
    "AI_FIGURES_ALERTS", "AI_FIGURES_ALERT_EMAIL", "AI_FIGURES_ALERT_WEBHOOK", "AI_FIGURES_MODEL_KEY",
    "AI_FIGURES_POSTGRES", "AI_FIGURES_SMTP",
}  # fmt: skip
# of the kinds of inputs, those that decide what becomes of all others
TOOLS = {"code", "installed packages", "settings"}
_MADE = {"__pycache__", "target", "logs", "dbt_packages"}


@dataclass(frozen=True, slots=True)
class Built:
    """The last complete build: version, what it told (the text of `To be looked at`, how many things), its inputs."""

    version: str
    told: str
    inputs: dict[str, str]
    outputs: str


def inputs(settings: Settings) -> dict[str, str]:
    """What a build reads, one hash (the data version) for each kind. To be taken before anything is read."""
    texts = sources_folder(settings.raw)
    folders = {
        "raw figures, vocabulary and decisions": [settings.raw],
        "code": [_CODE],
        "models": [settings.dbt_project],
        "expectations": [settings.expectations],
        "documentation": [settings.docs],
        "source texts": [texts] if texts else [],
    }
    found = {name: _hash(_contents(each)) for name, each in folders.items()}
    return found | {"installed packages": _hash(_packages()), "settings": _hash(_environment())}


def last_build(settings: Settings) -> Built | None:
    """What was recorded of it; None where nothing was, or another version of this code wrote it."""
    try:
        found = json.loads((settings.published / RECORD).read_text(encoding="utf-8"))
        if found.pop("format") != _FORMAT:
            return None
        return Built(**found)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def changes(settings: Settings, read: dict[str, str], last: Built) -> list[str]:
    """What is no longer as the last build read or left it; empty when building again would give the same."""
    changed = [name for name, value in read.items() if last.inputs.get(name) != value]
    if foreign_logs(settings.published_file) or _outputs(settings) != last.outputs:
        changed.append("the published files or their pages")
    return changed


def remember(settings: Settings, read: dict[str, str], version: str, told: str) -> None:
    """Record a build that ended well, of the inputs ``read``; nothing is where another one published meanwhile.

    A record that cannot be written is none: the next build is made.
    """
    outputs = _outputs(settings)
    if foreign_logs(settings.published_file) or _published_version(settings) != version:
        return
    record = {"format": _FORMAT, "version": version, "told": told, "inputs": read, "outputs": outputs}
    place = settings.published / RECORD
    temporary = place.with_name(f"{RECORD}.{os.getpid()}.tmp")
    with suppress(OSError):
        temporary.write_text(json.dumps(record, ensure_ascii=False, indent=1), encoding="utf-8")
        temporary.chmod(0o444)
        temporary.replace(place)


def forget(settings: Settings) -> None:
    """The next build is made, whatever has changed: a check that must hold failed."""
    with suppress(OSError):
        (settings.published / RECORD).unlink(missing_ok=True)


def _published_version(settings: Settings) -> Any:
    with suppress(OSError, ValueError, KeyError, TypeError):
        return json.loads((settings.published / "datapackage.json").read_text(encoding="utf-8"))["version"]
    return None


def _hash(parts: Iterable[str]) -> str:
    total = hashlib.sha256()
    for part in parts:
        total.update(part.encode(errors="surrogateescape") + b"\0")
    return total.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    """All files below a folder, in order, links followed; what Python and dbt make themselves is left out."""
    seen = set()
    for name, folders, files in os.walk(folder, followlinks=True):
        if (real := os.path.realpath(name)) in seen:  # a link to a folder above it
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(set(folders) - _MADE)
        yield from (Path(name, file) for file in sorted(files) if not file.endswith(".pyc"))


def _contents(folders: Iterable[Path]) -> Iterator[str]:
    for folder in folders:
        for path in _files(folder):
            yield os.path.relpath(path, folder)
            try:
                yield hashlib.sha256(path.read_bytes()).hexdigest()
            except OSError as error:  # a link to nothing, or no permission: loading says what is wrong with it
                yield type(error).__name__


def _packages() -> Iterator[str]:
    """Python, and every installed distribution with its version, as the names of their folders tell it."""
    yield from (sys.version, platform.machine())
    for place in dict.fromkeys(sys.path):
        if Path(place).name in ("site-packages", "dist-packages"):
            with suppress(OSError):
                yield from sorted(
                    each.name for each in Path(place).iterdir() if each.suffix in (".dist-info", ".egg-info")
                )


def _environment() -> Iterator[str]:
    for name in sorted(os.environ):
        if name.startswith("AI_FIGURES_"):
            yield name if name in _SECRET else f"{name}={os.environ[name]}"


def _outputs(settings: Settings) -> str:
    """What the file system says of the published folder and the site: names, sizes, modes, times of change."""
    return _hash(
        line for folder in (settings.published, settings.site) for line in [str(folder.exists()), *_listing(folder)]
    )


def _listing(folder: Path) -> Iterator[str]:
    for name, folders, files in os.walk(folder):  # the version that `parquet` links to stands in the folder itself
        folders.sort()
        yield f"{os.path.relpath(name, folder)} {Path(name).stat().st_mode}"
        for file in sorted([*files, *(each for each in folders if Path(name, each).is_symlink())]):
            path = Path(name, file)
            if file.startswith(RECORD):
                continue
            try:
                facts = [path.lstat(), path.stat()]
            except OSError as error:
                yield f"{file} {type(error).__name__}"
                continue
            yield file + "".join(
                f" {each.st_ino} {each.st_mode} {each.st_size} {each.st_mtime_ns} {each.st_ctime_ns}" for each in facts
            )


__all__ = ["TOOLS", "Built", "changes", "forget", "inputs", "last_build", "remember"]
