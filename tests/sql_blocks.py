"""SQL in Markdown, with its results: run every block, compare the table printed under it, or write it anew.

A block is a fence that opens with ```` ```sql ````; the Markdown table right after it (blank lines in between) is its
result. ```` ```sql ignore ```` is never run. Refresh a document after the data changed::

    .venv/bin/python -m tests.sql_blocks docs/questions.md --write

Without ``--write`` the command prints the differences and exits with 1 when there are any. The database is the
published one; ``--database PATH`` names another. A session setting or view that a block creates is not seen by the
next: each runs on a connection of its own, read-only.
"""

import argparse
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
FENCE = re.compile(r"^```(\S*)[ \t]*(.*)$")
# A longer result is cut here and says so: a document is read, a table of thousands of rows is queried.
MAX_ROWS = 80
SIGNIFICANT_DIGITS = 6


class QueryError(RuntimeError):
    """A block fails, so the document was not written."""


@dataclass(frozen=True, slots=True)
class Block:
    """One ```` ```sql ```` block: its text, where it starts (1-based line), the table under it (empty when missing).

    ``table_start`` and ``table_end`` are 0-based line indices, end exclusive; both stand after the fence if there is
    no table.
    """

    line: int
    sql: str
    table: tuple[str, ...]
    table_start: int
    table_end: int


@dataclass(slots=True)
class BlockResult:
    """What one block gave: the rendered table, or the error that DuckDB raised."""

    block: Block
    table: tuple[str, ...] = ()
    error: str = ""


def find_blocks(lines: Sequence[str]) -> Iterator[Block]:
    """Every ```` ```sql ```` block of a Markdown document, in order. Raises ``ValueError`` at a fence left open."""
    index = 0
    while index < len(lines):
        fence = FENCE.match(lines[index])
        index += 1
        if not fence:
            continue
        start = index
        while index < len(lines) and lines[index].rstrip() != "```":
            index += 1
        if index == len(lines):
            raise ValueError(f"line {start}: the fence is never closed; end the block with ``` on a line of its own")
        body, index = lines[start:index], index + 1
        if fence.group(1) == "sql" and "ignore" not in fence.group(2).split():
            table_start, table_end = _table_after(lines, index)
            yield Block(start, "\n".join(body), tuple(lines[table_start:table_end]), table_start, table_end)


def _table_after(lines: Sequence[str], index: int) -> tuple[int, int]:
    start = index
    while start < len(lines) and not lines[start].strip():
        start += 1
    end = start
    while end < len(lines) and lines[end].startswith("|"):
        end += 1
    return (start, end) if end > start else (index, index)


def render(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> tuple[str, ...]:
    """A result as the lines of a Markdown table: numbers to six digits, lists with commas, null as nothing."""
    shown = rows[:MAX_ROWS]
    lines = [_row(columns), _row(["---:" if _numeric(shown, i) else "---" for i in range(len(columns))])]
    lines += [_row([cell(value) for value in row]) for row in shown]
    if len(rows) > MAX_ROWS:
        lines.append(_row([f"… {len(rows)} rows in all", *[""] * (len(columns) - 1)]))
    return tuple(lines)


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _numeric(rows: Sequence[Sequence[Any]], index: int) -> bool:
    values = [row[index] for row in rows if row[index] is not None]
    return bool(values) and all(isinstance(v, int | float | Decimal) and not isinstance(v, bool) for v in values)


def cell(value: Any) -> str:
    """One value as it stands in a table. Floats are cut to six digits, so that the last bits of a sum do not show."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float | Decimal):
        return _number(float(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return ", ".join(cell(item) for item in value)
    return " ".join(str(value).split()).replace("|", "\\|")


def _number(value: float) -> str:
    text = f"{value:.{SIGNIFICANT_DIGITS}g}"
    if "e" in text and 1e-6 < abs(value) < 1e7:
        text = f"{Decimal(text):f}"
    return "0" if text == "-0" else text


def run_block(block: Block, database: Path, config: dict[str, Any] | None = None) -> BlockResult:
    """Run one block on a database, read-only, with DuckDB's own settings unless ``config`` gives others."""
    import duckdb

    from orchestration.store.published import open_published

    result = BlockResult(block)
    try:
        with open_published(database) as connection:
            for name, value in (config or {}).items():
                connection.execute(f"set {name} = {value}")
            relation = connection.execute(block.sql)
            columns = [column[0] for column in relation.description or ()]
            result.table = render(columns, relation.fetchall())
    except duckdb.Error as error:
        result.error = str(error).strip()
    return result


def check(document: Path, database: Path) -> list[str]:
    """Differences between the tables of a document and what its blocks return now; empty when all is well.

    Each message names the file, the line of the block, the first row that differs, and the command that refreshes it.
    """
    blocks = find_blocks(document.read_text(encoding="utf-8").splitlines())
    return [message for block in blocks if (message := check_block(document, block, database))]


def check_block(document: Path, block: Block, database: Path) -> str:
    """What is wrong with one block of a document; empty when its table is what it returns."""
    result, place = run_block(block, database), f"{_short(document)}:{block.line}"
    if result.error:
        return f"{place}: the query fails: {result.error}"
    if result.table != block.table:
        command = f".venv/bin/python -m tests.sql_blocks {_short(document)} --write"
        return f"{place}: {_difference(block.table, result.table)}. If the new result is right, run `{command}`"
    return ""


def _difference(printed: Sequence[str], found: Sequence[str]) -> str:
    if not printed:
        return "no result table stands under the block"
    for number, (old, new) in enumerate(zip(printed, found, strict=False), start=1):
        if old != new:
            return f"row {number} of the table is\n  {old}\nbut the query gives\n  {new}\n"
    return f"the table has {len(printed)} rows, the query gives {len(found)}"


def _short(document: Path) -> Path:
    path = document.resolve()
    return path.relative_to(PROJECT) if path.is_relative_to(PROJECT) else document


def write(document: Path, database: Path) -> int:
    """Put the results of now under every block; returns how many tables changed. Raises ``QueryError``."""
    lines = document.read_text(encoding="utf-8").splitlines()
    changed = 0
    for block in reversed(list(find_blocks(lines))):
        result = run_block(block, database)
        if result.error:
            place = f"{_short(document)}:{block.line}"
            raise QueryError(f"{place}: the query fails: {result.error}\nNothing was written: correct the query first")
        if result.table == block.table:
            continue
        new = list(result.table)
        if not block.table:
            new = ["", *new]
        lines[block.table_start : block.table_end] = new
        changed += 1
    if changed:
        document.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return changed


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Check or refresh the results under the SQL blocks of a document.")
    parser.add_argument("documents", nargs="+", type=Path)
    parser.add_argument("--write", action="store_true", help="put the results of now into the documents")
    parser.add_argument("--database", type=Path, help="a DuckDB file; the published one unless given")
    options = parser.parse_args(arguments)
    database = options.database or _published()
    if not database.exists():
        print(f"{database} does not exist: run `make warehouse` first, or name a file with --database", file=sys.stderr)
        return 2
    problems = 0
    for document in options.documents:
        if options.write:
            try:
                print(f"{document}: {write(document, database)} tables changed")
            except QueryError as error:
                print(error, file=sys.stderr)
                problems += 1
        else:
            messages = check(document, database)
            problems += len(messages)
            print("\n".join(messages) or f"{document}: every result holds")
    return 1 if problems else 0


def _published() -> Path:
    from orchestration.settings import load_settings

    return load_settings().published_file


if __name__ == "__main__":
    sys.exit(main())
