"""A first spec for a dataset, from its file and the vocabulary; a person confirms it."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from orchestration.datasets.snapshots import Table, read_table
from orchestration.datasets.spec import FORMATS, Spec, unit_of_header
from orchestration.loading.problems import RawError
from orchestration.loading.reference import Reference

_FORMATS = {".csv": "csv", ".tsv": "tsv", ".json": "json", ".xlsx": "xlsx", ".parquet": "parquet"}


def draft_spec(path: Path, reference: Reference, origin: str = "") -> str:
    """The text of a `dataset.yml` for a file. Raises ``RawError`` when it is no table."""
    form = _FORMATS.get(path.suffix.lower(), "")
    if form not in FORMATS:
        raise RawError(path.name, 0, f"{path.suffix or 'no ending'} is no format", f"One of {', '.join(_FORMATS)}")
    spec = Spec("dataset.yml", form, "", "", "by hand", (), {}, (), {}, {}, "", {})
    table = read_table(path, path.parent, spec, datetime.now(UTC).date())
    key = _key(table)
    lines = [
        "# A draft: look at every line, delete what is not wanted, fill in what stands as TODO.",
        f"format: {form}",
        f"origin: {_quoted(origin or str(path))}",
        "citation: TODO how the dataset wants to be cited",
        "publish: by hand",
        f"key: {{column: {_quoted(table.headers[key])}}}",
        "# entities: {kind: chip}  # when the rows name things that raw/reference/entities.csv has not",
        "columns:",
    ]
    left: list[str] = []
    for index, header in enumerate(table.headers):
        if index == key or not header:
            continue
        numbers = _numbers(table, index)
        if not numbers:
            left.append(f"  {_quoted(header)}: text")
            continue
        lines.append(_column(header, numbers, spec, reference))
    return "\n".join([*lines, *(["left_out:", *left] if left else []), ""])


def _key(table: Table) -> int:
    """The first column of text whose cells are all there and all different."""
    for index in range(len(table.headers)):
        cells = [cells[index] for _, cells in table.rows]
        if all(cells) and len(set(cells)) == len(cells) and not _numbers(table, index):
            return index
    return 0


def _numbers(table: Table, index: int) -> list[Decimal]:
    """The numbers of a column; empty when most of its cells are none."""
    filled = [cells[index] for _, cells in table.rows if cells[index]]
    found = []
    for text in filled:
        try:
            number = Decimal(text.replace(",", "").rstrip("%"))
        except InvalidOperation:
            continue
        if number.is_finite():
            found.append(number)
    return found if filled and len(found) * 10 >= len(filled) * 7 else []


def _column(header: str, numbers: Sequence[Decimal], spec: Spec, reference: Reference) -> str:
    unit = unit_of_header(header, spec, reference)
    known = reference.units.get(unit) if unit else None
    words = set(re.findall(r"[a-z]{3,}", header.lower()))
    best, most = "", 0
    for name, record in reference.indicators.items():
        if known is not None and record["dimension"] not in (known.dimension, "any"):
            continue
        own = set(re.findall(r"[a-z]{3,}", f"{name} {record['label_en']} {record['aliases']}".lower()))
        if len(own & words) > most:
            best, most = name, len(own & words)
    if known is None and most < 2:
        best = ""  # one common word says nothing: blank rather than guessed
    key = re.sub(r"[^a-z0-9]+", "_", re.sub(r"\(.*?\)", "", header).lower()).strip("_")[:30] or "column"
    key = key if key[0].isalpha() else f"c_{key}"
    sizes = sorted(abs(number) for number in numbers if number)
    limits = f", range: [{float(sizes[0]) / 10:.3g}, {float(sizes[-1]) * 10:.3g}]" if sizes else ""
    told = "unit: header" if unit else "unit: TODO"
    return f"  - {{column: {_quoted(header)}, key: {key}, indicator: {best or 'TODO'}, {told}{limits}}}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
