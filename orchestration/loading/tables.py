"""Printed tables: from the printed shape and its spec to one raw row a cell."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestration.figures.text import squeeze
from orchestration.loading.fields import CELL, SPEC, Field, Wrong, wrong_fields
from orchestration.loading.files import LINE, CsvRow, read_csv, read_yaml
from orchestration.loading.problems import Problem, RawError
from orchestration.loading.rows import OPTIONAL_COLUMNS, PROSE_COLUMNS

_AT_LINE = re.compile(r"\s*@(\d+)$")
_FIELDS = frozenset((*PROSE_COLUMNS, *OPTIONAL_COLUMNS))
_DIGIT = re.compile(r"\d")


@dataclass(slots=True)
class Cell:
    """One figure of a printed table, as a row of the prose format, with its place."""

    fields: dict[str, str]
    file_line: int
    row_key: str
    column_key: str


@dataclass(slots=True)
class Table:
    """An unpivoted table: its cells, what was set aside, and the keys its checks are expanded over."""

    table_id: str
    cells: list[Cell] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    row_keys: list[str] = field(default_factory=list)
    column_keys: list[str] = field(default_factory=list)
    checks: list[dict[str, Any]] = field(default_factory=list)
    spec_file: str = ""


def read_table(path: Path, raw: Path) -> Table:
    """Unpivot ``tables/<id>.csv`` by ``<id>.yml``.

    Raises ``RawError`` when one of the two cannot be read at all; problems of single cells are collected.
    """
    name = str(path.relative_to(raw))
    spec_path = path.with_suffix(".yml")
    if not spec_path.exists():
        raise RawError(name, 0, f"the table has no spec {spec_path.name}", "Write it (docs/raw-format.md)")
    spec = read_yaml(spec_path, raw)
    spec_name = str(spec_path.relative_to(raw))
    _check_spec(spec, spec_name)
    header, rows = read_csv(path, raw)
    if header[0] != "line":
        raise RawError(name, 1, f"the first column is {header[0]!r}", "The first column of a table is `line`")
    table = Table(str(spec["table"]), checks=spec.get("checks") or [], spec_file=spec_name)
    columns = _columns(header, spec, table)
    keys = (str(column["key"]) for column in columns if column.get("key") and not _is_text(column))
    table.column_keys = list(dict.fromkeys(keys))
    label_at = next((i for i, column in enumerate(columns) if column.get("role") == "label" and i), 1)
    reader = _Reader(table, name, header, columns, label_at, spec, _wanted_cells(spec))
    for row in rows:
        reader.read(row)
    for number, entry in enumerate(spec.get("rows") or []):
        if number not in reader.used_rows and entry.get("label") != "*":
            what = repr(entry["label"]) if "label" in entry else f"of line {entry.get('line')}"
            message = f"the table has no row {what}"
            table.problems.append(
                Problem(
                    spec_name, entry[LINE], table.table_id, message, "Correct `label` or `line`, or delete the entry"
                )
            )
    for (row_key, column_key), entries in reader.wanted.items():
        if (row_key, column_key) not in reader.used:
            line = entries[0][LINE]
            where = f"row {row_key!r}, column {column_key!r}"
            table.problems.append(
                Problem(spec_name, line, table.table_id, f"there is no cell at {where}", "Correct the entry of `cells`")
            )
    return table


def _check_spec(spec: Any, name: str) -> None:
    """``RawError`` when a spec has another shape, or fields and values that mean nothing."""
    if not isinstance(spec, dict) or not spec.get("table"):
        raise RawError(name, 1, "the spec has no `table`", "Start it with `table: <id>`")
    _refuse(name, spec[LINE], wrong_fields(spec, SPEC, [field.name for field in SPEC]))
    for part in ("columns", "rows", "cells", "checks"):
        for entry in spec.get(part) or []:
            if not isinstance(entry, dict):
                raise RawError(name, spec[LINE], f"`{part}`: {str(entry)[:60]!r} is no mapping", "Write `- {key: …}`")
    named = {field.name for field in CELL}
    cells = (*CELL, *(Field(column) for column in (*PROSE_COLUMNS, *OPTIONAL_COLUMNS) if column not in named))
    names = [field.name for field in cells]
    parts = [
        spec.get("defaults") or {},
        *(entry for part in ("columns", "rows", "cells") for entry in spec.get(part) or []),
    ]
    for entry in parts:
        _refuse(name, entry.get(LINE, spec[LINE]), wrong_fields(entry, cells, names))


def _refuse(name: str, line: int, found: list[Wrong]) -> None:
    if found:
        raise RawError(name, line, *Wrong.together(found))


def _columns(header: list[str], spec: dict[str, Any], table: Table) -> list[dict[str, Any]]:
    by_header = {str(entry.get("header", "")).strip(): entry for entry in spec.get("columns") or []}
    for text, entry in by_header.items():
        if text not in header[1:]:
            message = f"the table has no column {text!r}"
            remedy = f"Its columns: {', '.join(header[1:])}"
            table.problems.append(Problem(table.spec_file, entry[LINE], table.table_id, message, remedy))
    return [{"role": "line"}, *(by_header.get(text, {}) for text in header[1:])]


def _wanted_cells(spec: dict[str, Any]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    wanted: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for entry in spec.get("cells") or []:
        wanted.setdefault((str(entry.get("row")), str(entry.get("column"))), []).append(entry)
    return wanted


def _is_text(entry: dict[str, Any]) -> bool:
    return entry.get("role") in ("label", "text", "line")


def _find_row(label: str, cited: str, spec: dict[str, Any], number: int, used: set[int]) -> dict[str, Any] | None:
    """The spec's entry for a row of the table; its position is added to ``used``."""
    star = None
    for position, entry in enumerate(spec.get("rows") or []):
        if "line" in entry and "label" not in entry:
            fits = str(entry["line"]) == cited
        else:
            fits = str(entry.get("label", "")).strip() == label and str(entry.get("line", cited)) == cited
        if fits:
            used.add(position)
            return dict(entry)
        if entry.get("label") == "*":
            star = entry
    if star is None:
        return None
    return {**star, "key": f"{star.get('key', 'r')}{number}"}


@dataclass(frozen=True, slots=True)
class _Reader:
    """What is known of a table while its rows are read; ``used`` and ``used_rows`` fill with what they meet."""

    table: Table
    name: str
    header: list[str]
    columns: list[dict[str, Any]]
    label_at: int
    spec: dict[str, Any]
    wanted: dict[tuple[str, str], list[dict[str, Any]]]
    used: set[tuple[str, str]] = field(default_factory=set)
    used_rows: set[int] = field(default_factory=set)

    def read(self, row: CsvRow) -> None:
        """Add the cells of a row to the table, and what is wrong with it."""
        cited = row.cells[0].strip()
        label = _AT_LINE.sub("", row.cells[self.label_at].strip()) if self.label_at < len(row.cells) else ""
        entry = _find_row(label, cited, self.spec, row.line, self.used_rows)
        row_key = str((entry or {}).get("key", ""))
        is_text = entry is not None and _is_text(entry)
        if row_key and not is_text and row_key not in self.table.row_keys:
            self.table.row_keys.append(row_key)
        if len(row.cells) != len(self.header):
            message = f"{len(row.cells)} cells, the header has {len(self.header)}"
            self._problem(row, self.table.table_id, message, "Quote cells with commas", ",".join(row.cells))
            return
        if is_text and not any(key[0] == (entry or {}).get("key") for key in self.wanted):
            return
        for index, text in enumerate(row.cells):
            column = self.columns[index]
            exceptions = self._exceptions(row_key, str(column.get("key", "")))
            if index == 0 or (not exceptions and (is_text or _is_text(column))):
                continue
            at = _AT_LINE.search(text)
            cell_text = _AT_LINE.sub("", text).strip()
            if exceptions or _DIGIT.search(cell_text):
                place = _Place(row, label, at[1] if at else cited, self.header[index])
                self._read_cell(place, entry, column, cell_text, exceptions)

    def _exceptions(self, row_key: str, column_key: str) -> list[dict[str, Any]]:
        found = self.wanted.get((row_key, column_key), []) if row_key and column_key else []
        if found:
            self.used.add((row_key, column_key))
        return found

    def _read_cell(
        self,
        place: "_Place",
        entry: dict[str, Any] | None,
        column: dict[str, Any],
        cell_text: str,
        exceptions: list[dict[str, Any]],
    ) -> None:
        row_key, column_key = str((entry or {}).get("key", "")), str(column.get("key", ""))
        cell_key = f"{self.table.table_id}.{row_key}.{column_key}"
        if entry is None or not row_key:
            message = f"the spec has no row {place.label!r}"
            self._problem(place.row, cell_key, message, 'Add it to `rows` (or `label: "*"`)', cell_text)
            return
        if not column_key:
            message = f"the spec has no column {place.header!r}"
            self._problem(place.row, cell_key, message, "Add it to `columns`", cell_text)
            return
        merged = {**(self.spec.get("defaults") or {}), **entry, **column}
        for exception in exceptions or [{}]:
            if exception.get("skip"):
                continue
            fields = {**merged, **exception}
            part = str(exception.get("printed", "")) if "printed" in exception else cell_text
            if part != cell_text and squeeze(part) not in squeeze(cell_text):
                message = f"{part!r} does not stand in the cell {cell_text!r}"
                self._problem(place.row, cell_key, message, "Correct `printed`", cell_text)
                continue
            suffix = f".{exception['key']}" if exception.get("key") else ""
            raw_row = {key: _text(value) for key, value in fields.items() if key in _FIELDS}
            raw_row |= {"key": cell_key + suffix, "line": _text(exception.get("line", place.line)), "printed": part}
            raw_row.setdefault("exhibit", _text(self.spec.get("exhibit", "")))
            self.table.cells.append(Cell(raw_row, place.row.line, row_key, column_key))

    def _problem(self, row: CsvRow, key: str, message: str, remedy: str, text: str) -> None:
        self.table.problems.append(Problem(self.name, row.line, key, message, remedy, text))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a cell stands: its row, the row's label, the cited line of the source, the column's header."""

    row: CsvRow
    label: str
    line: str
    header: str


def _text(value: Any) -> str:
    return "" if value is None else str(value)
