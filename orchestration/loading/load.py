"""Load one source: prose rows, table cells and relations, with a count that nothing was lost."""

from dataclasses import dataclass, field
from pathlib import Path

from orchestration.loading.files import CsvRow, read_csv, read_yaml
from orchestration.loading.problems import Problem, RawError
from orchestration.loading.reference import Reference, Source
from orchestration.loading.relations import Term, read_checks, read_relations
from orchestration.loading.rows import PROSE_COLUMNS, Place, RawFigure, RowError, read_figure
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


def load_source(raw: Path, source: Source, reference: Reference) -> SourceLoad:
    """Read `raw/<source_id>/`. Never raises for bad rows or files: they are quarantined in ``problems``."""
    load = SourceLoad(source.source_id)
    folder = raw / source.source_id
    keys: set[str] = set()
    for path in sorted(folder.glob("figures/*.csv")):
        _load_prose(path, raw, source, reference, load, keys)
    tables = [table for path in sorted(folder.glob("tables/*.csv")) if (table := _load_table(path, raw, load))]
    for table in tables:
        _load_cells(table, raw, source, reference, load, keys)
    known = {figure.figure_id for figure in load.figures}
    for table in tables:
        _keep_relations(load, *read_checks(table, source.source_id, known))
    for path in sorted(folder.glob("relations/*.yml")):
        name = str(path.relative_to(raw))
        try:
            entries = read_yaml(path, raw)
        except RawError as error:
            _refuse(load, error)
            continue
        _keep_relations(load, *read_relations(entries, source.source_id, name, known))
    _quarantine_double_relations(load)
    return load


def _refuse(load: SourceLoad, error: RawError) -> None:
    load.rows_in += 1
    load.problems.append(error.problem)


def _keep_relations(load: SourceLoad, terms: list[Term], problems: list[Problem], count: int) -> None:
    load.relations.extend(terms)
    load.problems.extend(problems)
    load.rows_in += count
    load.rows_loaded += len({term.relation_id for term in terms})


def _quarantine_double_relations(load: SourceLoad) -> None:
    """Two files may use one relation id: their terms would mix, so the relation is set aside."""
    seen: set[tuple[str, str, int]] = set()
    double: set[str] = set()
    for term in load.relations:
        slot = (term.relation_id, term.role, term.position)
        if slot in seen:
            double.add(term.relation_id)
        seen.add(slot)
    for relation_id in sorted(double):
        terms = [term for term in load.relations if term.relation_id == relation_id]
        copies = max(sum(other == (t.role, t.position) for other in ((o.role, o.position) for o in terms)) for t in terms)
        for _ in range(copies):
            load.rows_loaded -= 1
            load.problems.append(
                Problem(f"{load.source_id}/relations", 0, relation_id, "two relations have this id", "Rename one")
            )
    load.relations = [term for term in load.relations if term.relation_id not in double]


def _row_text(row: CsvRow) -> str:
    return ",".join(row.cells)


def _load_prose(
    path: Path, raw: Path, source: Source, reference: Reference, load: SourceLoad, keys: set[str]
) -> None:
    name = str(path.relative_to(raw))
    try:
        header, rows = read_csv(path, raw)
    except RawError as error:
        _refuse(load, error)
        return
    missing = [column for column in PROSE_COLUMNS if column not in header]
    unknown = [column for column in header if column not in PROSE_COLUMNS]
    load.rows_in += len(rows)
    for row in rows:
        if missing or unknown:
            what = f"missing column {', '.join(missing)}" if missing else f"unknown column {', '.join(unknown)}"
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
        _load_row(fields, place, reference, load, keys, _row_text(row))


def _load_table(path: Path, raw: Path, load: SourceLoad) -> Table | None:
    try:
        table = read_table(path, raw)
    except RawError as error:
        _refuse(load, error)
        return None
    load.rows_in += len(table.problems)
    load.problems.extend(table.problems)
    return table


def _load_cells(
    table: Table, raw: Path, source: Source, reference: Reference, load: SourceLoad, keys: set[str]
) -> None:
    file = str(Path(table.spec_file).with_suffix(".csv"))
    load.rows_in += len(table.cells)
    for cell in table.cells:
        place = Place(
            source.source_id, file, cell.file_line, source.lines, table.table_id, cell.row_key, cell.column_key
        )
        _load_row(cell.fields, place, reference, load, keys, cell.fields["printed"])


def _load_row(
    fields: dict[str, str], place: Place, reference: Reference, load: SourceLoad, keys: set[str], text: str
) -> None:
    key = (fields.get("key") or "").strip()
    try:
        if key and key in keys:
            raise RowError(f"the key {key!r} stands twice in this source", "Give the later row the next letter")
        figures = read_figure(fields, place, reference)
    except RowError as error:
        load.problems.append(Problem(place.file, place.file_line, key, str(error), error.remedy, text))
        return
    keys.add(key)
    load.figures.extend(figures)
    load.rows_loaded += 1
