"""What dbt and the suites need of each mart, written from its row in `raw/reference/marts.csv`.

``python -m tests.mart_files`` writes it (`make marts`); tests/test_dbt.py compares. A mart whose grain is not
`statement` has a model and a schema file of its own.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import PROJECT

MODELS = PROJECT / "dbt_project" / "models"
SCHEMA = MODELS / "marts" / "_statements.yml"
# what stands above it in the schema file is written by hand: the columns
_BELOW = "\nmodels:\n"
# the list of these tables, in the suites that ask one thing of all of them
_LIST = re.compile(r"(?<=\nstatements: &statements )\[[^\]]*\]")
SUITES = tuple(PROJECT / "expectations" / f"{name}.yml" for name in ("marts", "shipped"))


def marts() -> list[dict[str, str]]:
    """The rows of `marts.csv` whose grain is a statement."""
    with (PROJECT / "raw" / "reference" / "marts.csv").open(encoding="utf-8", newline="") as handle:
        return [row for row in csv.DictReader(handle) if row["grain"] == "statement"]


def rendered() -> Iterator[tuple[Path, str]]:
    """Files and what should stand in them."""
    rows = marts()
    for row in rows:
        model = f"-- {row['description']}\n{{{{ statements_of('{row['mart_table']}') }}}}\n"
        yield MODELS / "marts" / row["mart"] / f"{row['mart_table']}.sql", model
    columns = SCHEMA.read_text(encoding="utf-8").partition(_BELOW)[0]
    entries = [
        f'  - name: {row["mart_table"]}\n    description: "{row["description"]}"\n    columns: *columns\n'
        for row in rows
    ]
    yield SCHEMA, columns + _BELOW + "".join(entries)
    names = ",\n  ".join(f"{row['mart']}.{row['mart_table']}" for row in rows)
    for suite in SUITES:
        yield suite, _LIST.sub(f"[\n  {names},\n]", suite.read_text(encoding="utf-8"))


def strangers() -> set[Path]:
    """Models of marts that no row of `marts.csv` declares."""
    with (PROJECT / "raw" / "reference" / "marts.csv").open(encoding="utf-8", newline="") as handle:
        declared = {MODELS / "marts" / row["mart"] / f"{row['mart_table']}.sql" for row in csv.DictReader(handle)}
    return set((MODELS / "marts").rglob("*.sql")) - declared


if __name__ == "__main__":
    for path in strangers():
        path.unlink()
    for path, text in rendered():
        path.write_text(text, encoding="utf-8")
