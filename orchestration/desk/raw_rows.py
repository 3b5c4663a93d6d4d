"""The row of `raw/` that a published figure comes from, edited in its place after the loader took it."""

import csv
import fcntl
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

from orchestration.desk.evidence import raw_place
from orchestration.desk.words import SpokenError
from orchestration.loading.reference import Reference
from orchestration.loading.rows import PROSE_COLUMNS, Place, RowError, read_figure


class RowChangedError(SpokenError):
    """The row cannot be written; says why."""


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A row of a file of figures; ``columns`` is empty where a table or a dataset holds the figure instead."""

    file: str
    line: int
    columns: dict[str, str]
    hash: str


def find(raw: Path, figure_id: str) -> FoundRow | None:
    """The row of a figure; None for an id that names no source's folder."""
    source_id = figure_id.partition("/")[0]
    if not source_id or "." in source_id or not (raw / source_id).is_dir():
        return None
    file, _, number = raw_place(raw, figure_id).removeprefix("raw/").partition(":")
    path = raw / file
    if not number or not path.is_file():
        return FoundRow(file, 0, {}, "")
    lines = path.read_text(encoding="utf-8").split("\n")
    header, row = (next(csv.reader([text])) for text in (lines[0], lines[int(number) - 1]))
    if not set(header) <= {*PROSE_COLUMNS, "figure_role"} or len(row) != len(header):
        return FoundRow(file, int(number), {}, "")  # cells of a table, or a row over several lines
    return FoundRow(file, int(number), dict(zip(header, row, strict=True)), _digest(lines[int(number) - 1]))


def edit(raw: Path, figure_id: str, new: dict[str, str], seen: str, reference: Reference) -> FoundRow:
    """Write the row with the new cells if it is still ``seen`` and the loader takes it; the key stays.

    Raises ``RowChangedError``.
    """
    found = find(raw, figure_id)
    if found is None or not found.columns:
        raise RowChangedError("error.changed")
    cells = found.columns | {k: v.strip() for k, v in new.items() if k in found.columns and k != "key"}
    try:
        read_figure(cells, Place(figure_id.partition("/")[0], found.file, found.line), reference)
    except RowError as error:
        raise RowChangedError("error.loader", message=f"{error}; {error.remedy}") from None
    path = raw / found.file
    with path.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        lines = path.read_text(encoding="utf-8").split("\n")
        if _digest(lines[found.line - 1]) != seen:
            raise RowChangedError("error.changed")
        line = io.StringIO(newline="")
        csv.writer(line, lineterminator="").writerow(cells.values())
        lines[found.line - 1] = line.getvalue()
        temporary = path.with_name(f".{path.name}.new")
        temporary.write_text("\n".join(lines), encoding="utf-8")
        temporary.replace(path)
    return FoundRow(found.file, found.line, cells, _digest(line.getvalue()))


def _digest(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()
