"""Snapshots of a dataset, `raw/<source_id>/snapshots/<day>.<ext>`: kept as they came, read as tables of text.

Nothing depends on the order in which snapshots arrived: the days in their names order them.
"""

import csv
import hashlib
import io
import json
import re
import zipfile
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from orchestration.datasets.long import widened
from orchestration.datasets.spec import Spec
from orchestration.loading.files import leads_out
from orchestration.loading.problems import RawError

FOLDER = "snapshots"
MANIFEST = "manifest.json"
_MAX_BYTES = 512 * 1024 * 1024
_MARKUP = re.compile(rb"^\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|body|\?xml)", re.I)
_MAGIC = {
    b"PK\x03\x04": "a zip archive or a workbook",
    b"\x1f\x8b": "a gzip archive",
    b"PAR1": "a Parquet file",
    b"%PDF": "a PDF",
}
_ENDINGS = {"csv": ".csv", "tsv": ".tsv", "json": ".json", "xlsx": ".xlsx", "parquet": ".parquet"}


@dataclass(frozen=True, slots=True)
class Table:
    """One snapshot: headers, and rows of text with the line (or row) at which each stands."""

    day: date
    file: str
    headers: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def ending(spec: Spec) -> str:
    """The file ending of the dataset's snapshots."""
    return _ENDINGS[spec.format]


def snapshot_files(folder: Path, raw: Path, spec: Spec) -> tuple[dict[date, Path], list[RawError]]:
    """The snapshots by day, in order, and what stands in the folder that is none."""
    found: dict[date, Path] = {}
    wrong: list[RawError] = []
    for path in sorted((folder / FOLDER).glob("*")):
        if path.name == MANIFEST or path.name.startswith(".") or path.suffix == ".md":
            continue
        name = str(path.relative_to(raw))
        if leads_out(path, raw):
            wrong.append(RawError(name, 0, "the file is a link that leads out of raw/", "Put the file in its place"))
            continue
        try:
            day = date.fromisoformat(path.stem)
        except ValueError:
            wrong.append(RawError(name, 0, "the name is no day", f"Name it like 2025-11-30{ending(spec)}"))
            continue
        if path.suffix != ending(spec):
            wrong.append(RawError(name, 0, f"the snapshot is no {spec.format}", f"Its name ends in {ending(spec)}"))
        else:
            found[day] = path
    return dict(sorted(found.items())), wrong


def changed_since(folder: Path, raw: Path, files: dict[date, Path]) -> list[RawError]:
    """Snapshots that are not what the manifest says they were when they were fetched."""
    path = folder / FOLDER / MANIFEST
    if not path.is_file():
        return []
    name = str(path.relative_to(raw))
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        known = {day: str(entry["sha256"]) for day, entry in entries.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return [
            RawError(name, 1, "the manifest cannot be read", "Delete it: the next `ai-figures fetch` writes it anew")
        ]
    wrong = []
    for day, file in files.items():
        if str(day) in known and known[str(day)] != sha256(file):
            remedy = "Restore the file as it was fetched; a snapshot is never edited"
            wrong.append(RawError(str(file.relative_to(raw)), 0, "the snapshot is not what was fetched", remedy))
    return wrong


def sha256(path: Path) -> str:
    """The sum of a file's bytes."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def read_table(path: Path, raw: Path, spec: Spec, day: date) -> Table:
    """A snapshot as text. Raises ``RawError`` for what is no table of this format, or not all of one."""
    try:
        name = str(path.relative_to(raw))
    except ValueError:
        name = path.name
    if path.stat().st_size > _MAX_BYTES:
        remedy = "Cut it to the rows and columns that are wanted"
        raise RawError(name, 0, f"{path.stat().st_size / 1e6:.0f} MB are more than a snapshot may have", remedy)
    with path.open("rb") as handle:
        start = handle.read(512)
    if not start.strip():
        raise RawError(name, 1, "the snapshot is empty", "Fetch it again")
    if spec.format in ("csv", "tsv", "json") and _MARKUP.match(start):
        raise RawError(
            name, 1, "the snapshot is a web page, no table", "Correct `origin`: it names a page, or an error"
        )
    kind = next((kind for mark, kind in _MAGIC.items() if start.startswith(mark)), "")
    if kind and spec.format in ("csv", "tsv", "json"):
        remedy = "Unpack it, or correct `format` in the spec (xlsx, parquet)"
        raise RawError(name, 1, f"the snapshot is {kind}, no {spec.format}", remedy)
    readers = {"csv": _delimited, "tsv": _delimited, "json": _json, "xlsx": _excel, "parquet": _parquet}
    headers, rows = readers[spec.format](path, name, spec)
    headers = _told_apart(headers, name, spec)
    if spec.long is not None:
        headers, rows = widened(name, headers, rows, spec.key, spec.long)
    if not rows:
        raise RawError(name, 1, "the snapshot has no rows", "Fetch it again")
    return Table(day, name, tuple(headers), tuple(rows))


def _told_apart(headers: list[str], name: str, spec: Spec) -> list[str]:
    """Headers that stand several times get a number: `Notes`, `Notes [2]`. Raises for one that the spec reads."""
    wanted = spec.wanted_headers()
    seen: Counter[str] = Counter()
    found = []
    for header in headers:
        seen[header] += 1
        numbered = f"{header} [{seen[header]}]"
        if seen[header] > 1 and header in wanted and numbered not in wanted:
            remedy = f"Fetch it again; if both are meant, the spec reads the second as {numbered!r}"
            raise RawError(name, 1, f"the header {header!r} stands twice", remedy)
        found.append(numbered if header and seen[header] > 1 else header)
    return found


_Rows = tuple[list[str], list[tuple[int, tuple[str, ...]]]]
# a cell may hold a whole abstract; beyond this a quote is missing
_MAX_CELL = 1 << 24
_MAX_CELLS = 50_000_000


def _delimited(path: Path, name: str, spec: Spec) -> _Rows:
    try:
        text = path.read_bytes().decode(_encoding(spec))
    except (UnicodeDecodeError, LookupError) as error:
        raise RawError(name, 1, f"not {spec.encoding}: {error}", "Write its `encoding` into the spec") from None
    csv.field_size_limit(_MAX_CELL)
    comma = "\t" if spec.format == "tsv" else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=comma, strict=True)
    headers: list[str] = []
    rows: list[tuple[int, tuple[str, ...]]] = []
    begun = 1
    try:
        for cells in reader:
            line, begun = begun, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if not headers:
                headers = [cell.strip() for cell in cells]
                other = next((mark for mark in ";\t,|" if mark != comma and headers[0].count(mark) > 1), "")
                if len(headers) == 1 and other:
                    remedy = "Write `format: tsv` for tabs, `format: csv` for commas; save others with commas"
                    raise RawError(name, line, f"the cells are separated by {other!r}, not by {comma!r}", remedy)
                continue
            if len(cells) != len(headers):
                message = f"{len(cells)} cells, the header has {len(headers)}: cut off, or a quote is missing"
                raise RawError(name, line, message, "Fetch it again")
            rows.append((line, tuple(cell.strip() for cell in cells)))
    except csv.Error as error:
        raise RawError(name, begun, f"broken {spec.format}: {error}", "Fetch it again") from None
    return headers, rows


def _encoding(spec: Spec) -> str:
    # with or without a byte order mark
    return "utf-8-sig" if spec.encoding.lower() in ("utf-8", "utf8") else spec.encoding


def _json(path: Path, name: str, spec: Spec) -> _Rows:
    try:
        records = json.loads(path.read_bytes().decode(_encoding(spec)), parse_float=str, parse_int=str)
    except LookupError as error:
        raise RawError(name, 1, str(error), "Correct `encoding` in the spec") from None
    except (ValueError, RecursionError) as error:
        raise RawError(name, 1, f"broken json: {error}", "Fetch it again") from None
    if isinstance(records, dict):
        lists = [value for value in records.values() if isinstance(value, list)]
        records = lists[0] if len(lists) == 1 else records
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise RawError(name, 1, "no list of records", "Correct `origin`: it must give a list of objects")
    headers = list(dict.fromkeys(str(key) for record in records for key in record))
    return headers, [
        (number, tuple(_text(record.get(header)) for header in headers)) for number, record in enumerate(records, 1)
    ]


def _excel(path: Path, name: str, spec: Spec) -> _Rows:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with zipfile.ZipFile(path) as packed:
            unpacked = sum(each.file_size for each in packed.infolist())
        if unpacked > 4 * _MAX_BYTES:
            remedy = "Cut it to the rows and columns that are wanted"
            raise RawError(name, 1, f"unpacked, the workbook is {unpacked / 1e6:.0f} MB", remedy)
        book = CalamineWorkbook.from_path(str(path))
        sheet = spec.sheet or book.sheet_names[0]
        lines = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except (CalamineError, IndexError, OSError, zipfile.BadZipFile) as error:
        raise RawError(name, 1, f"no readable workbook: {error}", "Fetch it again, or correct `sheet`") from None
    filled = [(number, line) for number, line in enumerate(lines, 1) if any(_text(cell) for cell in line)]
    if not filled:
        return [], []
    return [_text(cell) for cell in filled[0][1]], [
        (number, tuple(_text(cell) for cell in line)) for number, line in filled[1:]
    ]


def _parquet(path: Path, name: str, spec: Spec) -> _Rows:
    import polars as pl

    try:
        lazy = pl.scan_parquet(path)
        rows, columns = int(lazy.select(pl.len()).collect().item()), len(lazy.collect_schema())
        if rows * columns > _MAX_CELLS:
            remedy = "Cut it to the rows and columns that are wanted"
            raise RawError(name, 1, f"{rows} rows of {columns} columns are more than a snapshot may have", remedy)
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise RawError(name, 1, f"no readable Parquet file: {str(error)[:200]}", "Fetch it again") from None
    return frame.columns, [(number, tuple(_text(cell) for cell in row)) for number, row in enumerate(frame.rows(), 1)]


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, list):
        return ", ".join(_text(each) for each in cell)
    if isinstance(cell, datetime) and cell.time() == time():
        return str(cell.date())  # a workbook keeps days as midnights
    return str(cell).strip()
