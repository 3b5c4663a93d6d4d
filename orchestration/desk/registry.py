"""A new entity, segment or indicator as a row of `raw/reference/`, checked by the loader before it is written."""

import csv
import fcntl
import hashlib
import io
import shutil
import tempfile
from pathlib import Path

from orchestration.desk.words import SpokenError
from orchestration.loading.reference import read_reference
from orchestration.loading.reference_rows import REFERENCE_COLUMNS

# the registry of each field that may get a new row
REGISTRIES = {"entity": "entities", "segment": "segments", "indicator": "indicators"}


class RowRefusedError(SpokenError):
    """The row cannot be written; says why."""


def columns(field: str) -> tuple[str, ...]:
    """What a person fills in for a new row, the key first."""
    return REFERENCE_COLUMNS[REGISTRIES[field]]


def digest(raw: Path, field: str) -> str:
    """Of the file that the row goes to, as the page shows it."""
    return hashlib.sha256((raw / "reference" / f"{REGISTRIES[field]}.csv").read_bytes()).hexdigest()


def propose(raw: Path, field: str, row: dict[str, str], seen: str) -> Path:
    """Append a row to its registry if the file is still ``seen`` and the loader takes the row.

    Raises ``RowRefusedError``.
    """
    path = raw / "reference" / f"{REGISTRIES[field]}.csv"
    with path.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        old = path.read_bytes()
        if hashlib.sha256(old).hexdigest() != seen:
            raise RowRefusedError("error.registry_changed", file=f"raw/reference/{path.name}")
        text = old.decode("utf-8")
        header = next(csv.reader([text.split("\n")[0]]))
        line = io.StringIO(newline="")
        csv.writer(line, lineterminator="\n").writerow([row.get(name, "").strip() for name in header])
        new = text + ("" if not text or text.endswith("\n") else "\n") + line.getvalue()
        _check(raw, path, new)
        temporary = path.with_name(f".{path.name}.new")
        temporary.write_text(new, encoding="utf-8")
        temporary.replace(path)
    return path


def _check(raw: Path, path: Path, new: str) -> None:
    """Read the registries with the new file, as the loader does; what is wrong with the row is refused."""
    with tempfile.TemporaryDirectory() as folder:
        copied = Path(folder) / "raw"
        shutil.copytree(raw / "reference", copied / "reference")
        before = {(p.file, p.line, p.message) for p in read_reference(copied).problems}
        (copied / "reference" / path.name).write_text(new, encoding="utf-8")
        read = read_reference(copied)
        wrong = [p for p in (*read.unreadable, *read.problems) if (p.file, p.line, p.message) not in before]
    if wrong:
        raise RowRefusedError("error.loader", message=f"{wrong[0].message}. {wrong[0].remedy}")
