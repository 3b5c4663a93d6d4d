"""The findings that a person has seen (`raw/known_findings.csv`): others are new, those missing have vanished."""

from pathlib import Path

from orchestration.loading.fields import KNOWN_FINDING, Wrong, wrong_fields
from orchestration.loading.files import read_csv
from orchestration.loading.problems import Problem, RawError

FILE = "known_findings.csv"
COLUMNS = [field.name for field in KNOWN_FINDING]


def read_known_findings(raw: Path) -> tuple[list[tuple[str, str]], list[Problem]]:
    """Finding id and explanation code of each row; broken rows, or a broken file, are problems. No file: none known."""
    path = raw / FILE
    if not path.exists():
        return [], []
    try:
        header, rows = read_csv(path, raw)
        if header != COLUMNS:
            raise RawError(FILE, 1, f"the header is {','.join(header)[:80]}", f"Write {','.join(COLUMNS)}")
    except RawError as error:
        return [], [error.problem]
    known: dict[str, str] = {}
    problems = []
    for row in rows:
        cells = [cell.strip() for cell in row.cells]
        found = wrong_fields(dict(zip(COLUMNS, cells, strict=False)), KNOWN_FINDING)
        if len(cells) != len(COLUMNS):
            found = [Wrong(f"{len(cells)} cells, the header has {len(COLUMNS)}", "Write finding_id,explanation_code")]
        elif cells[0] in known:
            found.append(Wrong(f"{cells[0]!r} stands twice", "Delete one of the two rows"))
        if found:
            message, remedy = Wrong.together(found)
            problems.append(Problem(FILE, row.line, cells[0], message, remedy, ",".join(row.cells)))
        else:
            known[cells[0]] = cells[1]
    return list(known.items()), problems
