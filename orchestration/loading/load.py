"""Load one source: prose rows, table cells and relations, with a count that nothing was lost."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from orchestration.loading.files import CsvRow, read_csv, read_yaml
from orchestration.loading.found import read_found, rejected_ties
from orchestration.loading.problems import Problem, RawError
from orchestration.loading.reference import Reference
from orchestration.loading.registry import Source
from orchestration.loading.relations import Term, read_checks, read_relations
from orchestration.loading.rows import OPTIONAL_COLUMNS, PROSE_COLUMNS, Place, RawFigure, RowError, read_figure
from orchestration.loading.tables import Table, read_table


@dataclass(slots=True)
class SourceLoad:
    """Everything that one source's folder holds.

    ``rows_in`` counts prose rows, figure cells and relations; each is loaded or stands in ``problems``.
    """

    source_id: str
    figures: list[RawFigure] = field(default_factory=list)
    relations: list[Term] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rows_in: int = 0
    rows_loaded: int = 0
    # relation id: the file and line that say it
    places: dict[str, tuple[str, int]] = field(default_factory=dict)


def load_source(raw: Path, source: Source, reference: Reference) -> SourceLoad:
    """Read `raw/<source_id>/`. Never raises for bad rows or files: they are quarantined in ``problems``."""
    load = SourceLoad(source.source_id)
    folder = raw / source.source_id
    if not folder.is_dir():
        _refuse(
            load, RawError(source.source_id, 0, "the source has no folder", "Add it, or delete it from sources.yml")
        )
        return load
    if source.kind == "dataset":
        from orchestration.datasets.load import load_dataset

        load_dataset(raw, source, reference, load)
        return load
    _refuse_strays(folder, raw, load)
    keys: set[str] = set()
    for path in sorted(folder.glob("figures/*.csv")):
        _load_prose(path, raw, source, reference, load, keys)
    tables = [table for path in sorted(folder.glob("tables/*.csv")) if (table := _load_table(path, raw, load))]
    tables = _refuse_double_tables(tables, load)
    for table in tables:
        _load_cells(table, source, reference, load, keys)
    known = {figure.figure_id for figure in load.figures}
    for table in tables:
        _keep_relations(load, *read_checks(table, source.source_id, known, load.places))
    _load_relations(folder, raw, source, load, known)
    if source.left_out:
        _leave_out(load, set(source.left_out))
    return load


def _load_relations(folder: Path, raw: Path, source: Source, load: SourceLoad, known: set[str]) -> None:
    """The relations that people wrote, and those that were found in the text."""
    for path in sorted(folder.glob("relations/*.yml")):
        name = str(path.relative_to(raw))
        try:
            entries = read_yaml(path, raw)
        except RawError as error:
            _refuse(load, error)
            continue
        _keep_relations(load, *read_relations(entries, source.source_id, name, known, load.places))
    found = folder / "ties_found.csv"
    if found.exists():
        try:
            rejected = rejected_ties(raw)
            _keep_relations(load, *read_found(found, raw, source.source_id, known, load.places, rejected))
        except RawError as error:
            _refuse(load, error)


def _leave_out(load: SourceLoad, exhibits: set[str]) -> None:
    """Forget the figures of ``exhibits`` (printed names or ids of tables) and every relation that names one."""
    gone = {figure.figure_id for figure in load.figures if exhibits & {figure.table_id, figure.exhibit}}
    ties = {term.relation_id for term in load.relations if gone & {term.figure_id, term.figure_id_high}}
    load.figures = [figure for figure in load.figures if figure.figure_id not in gone]
    load.relations = [term for term in load.relations if term.relation_id not in ties]
    # a printed range is two figures of one row
    forgotten = len({figure_id.partition(":")[0] for figure_id in gone}) + len(ties)
    load.rows_in -= forgotten
    load.rows_loaded -= forgotten


def _refuse(load: SourceLoad, error: RawError) -> None:
    load.rows_in += 1
    load.problems.append(error.problem)


def _keep_relations(load: SourceLoad, terms: list[Term], problems: list[Problem], count: int) -> None:
    load.relations.extend(terms)
    load.problems.extend(problems)
    load.rows_in += count
    load.rows_loaded += len({term.relation_id for term in terms})


def _refuse_strays(folder: Path, raw: Path, load: SourceLoad) -> None:
    """Files that nobody would read: a wrong ending, a spec without its table."""
    endings = {"figures": {".csv"}, "tables": {".csv", ".yml"}, "relations": {".yml"}}
    for part, allowed in endings.items():
        for path in sorted(folder.glob(f"{part}/*")):
            name = str(path.relative_to(raw))
            if path.name.startswith(".") or path.suffix == ".md":
                continue
            if path.suffix not in allowed:
                remedy = f"Files here end in {' or '.join(sorted(allowed))}"
                _refuse(load, RawError(name, 0, "the file is not read by anything", remedy))
            elif part == "tables" and path.suffix == ".yml" and not path.with_suffix(".csv").exists():
                _refuse(load, RawError(name, 0, f"the spec has no table {path.stem}.csv", "Add it, or delete the spec"))


def _refuse_double_tables(tables: list[Table], load: SourceLoad) -> list[Table]:
    """Two specs with one table id would mix their cells: the later table is set aside as a whole."""
    kept: dict[str, Table] = {}
    for table in tables:
        if table.table_id in kept:
            message = f"the table id {table.table_id!r} is that of {kept[table.table_id].spec_file} too"
            _refuse(load, RawError(table.spec_file, 1, message, "Give this table another id"))
        else:
            kept[table.table_id] = table
    return list(kept.values())


def _row_text(row: CsvRow) -> str:
    return ",".join(row.cells)


def _load_prose(path: Path, raw: Path, source: Source, reference: Reference, load: SourceLoad, keys: set[str]) -> None:
    name = str(path.relative_to(raw))
    try:
        header, rows = read_csv(path, raw)
    except RawError as error:
        _refuse(load, error)
        return
    what = _wrong_header(header)
    load.rows_in += len(rows)
    for row in rows:
        if what:
            load.problems.append(
                Problem(name, row.line, "", what, f"The header is {','.join(PROSE_COLUMNS)}", _row_text(row))
            )
            continue
        if len(row.cells) != len(header):
            load.problems.append(
                Problem(
                    name,
                    row.line,
                    row.cells[0],
                    f"{len(row.cells)} cells, the header has {len(header)}",
                    "Quote cells with commas",
                    _row_text(row),
                )
            )
            continue
        fields = dict(zip(header, row.cells, strict=True))
        place = Place(source.source_id, name, row.line, source.lines)
        _load_row(fields, place, reference, load, keys, row.cells)


def _wrong_header(header: list[str]) -> str:
    """What is wrong with the columns of a prose file; empty when nothing is."""
    missing = [column for column in PROSE_COLUMNS if column not in header]
    unknown = [column for column in header if column not in (*PROSE_COLUMNS, *OPTIONAL_COLUMNS)]
    double = [column for column in (*PROSE_COLUMNS, *OPTIONAL_COLUMNS) if header.count(column) > 1]
    for kind, columns in (("missing column", missing), ("unknown column", unknown), ("repeated column", double)):
        if columns:
            return f"{kind} {', '.join(columns)}"
    return ""


def _load_table(path: Path, raw: Path, load: SourceLoad) -> Table | None:
    try:
        table = read_table(path, raw)
    except RawError as error:
        _refuse(load, error)
        return None
    load.rows_in += len(table.problems)
    load.problems.extend(table.problems)
    return table


def _load_cells(table: Table, source: Source, reference: Reference, load: SourceLoad, keys: set[str]) -> None:
    file = str(Path(table.spec_file).with_suffix(".csv"))
    load.rows_in += len(table.cells)
    for cell in table.cells:
        place = Place(
            source.source_id, file, cell.file_line, source.lines, table.table_id, cell.row_key, cell.column_key
        )
        _load_row(cell.fields, place, reference, load, keys, (cell.fields["printed"],))


def _load_row(
    fields: dict[str, str], place: Place, reference: Reference, load: SourceLoad, keys: set[str], text: Sequence[str]
) -> None:
    key = (fields.get("key") or "").strip()
    try:
        if key and key in keys:
            raise RowError(f"the key {key!r} stands twice in this source", "Give the later row the next letter")
        figures = read_figure(fields, place, reference)
    except RowError as error:
        load.problems.append(Problem(place.file, place.file_line, key, str(error), error.remedy, ",".join(text)))
        return
    keys.add(key)
    load.figures.extend(figures)
    load.rows_loaded += 1
