"""Where a figure stands: its lines in the source text, the printed words marked, and its row in `raw/`."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from orchestration.desk.places import spans

_AROUND = 2


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line as shown: ``before``, ``marked`` and ``after`` together are the line; ``marked`` may be empty."""

    number: int
    before: str
    marked: str
    after: str
    current: bool


def around(folder: Path | None, file: str | None, line: int | None, printed: str) -> list[TextLine]:
    """The line with its neighbours; nothing where the text is not on this machine.

    Only what equals the printed text is marked (white space and asterisks aside, a wrap over a line end included):
    a similar place is none.
    """
    path = folder / file if folder and file else None
    if path is None or line is None or not path.is_file():
        return []
    lines = _lines(path, path.stat().st_mtime_ns)
    if not 1 <= line <= len(lines):
        return []
    shown = range(max(1, line - _AROUND), min(len(lines), line + _AROUND) + 1)
    text = "\n".join(lines[n - 1] for n in shown)
    first = sum(len(lines[n - 1]) + 1 for n in shown if n < line)
    start, end = next(spans(text, printed, first, first + len(lines[line - 1])), (0, 0))
    found, at = [], 0
    for number in shown:
        words = lines[number - 1]
        low, high = (min(max(edge - at, 0), len(words)) for edge in (start, end))
        found.append(TextLine(number, words[:low], words[low:high], words[high:], number == line))
        at += len(words) + 1
    return found


@lru_cache(maxsize=32)
def _lines(path: Path, _: int) -> list[str]:
    return path.read_text(encoding="utf-8", errors="replace").split("\n")


def raw_place(raw: Path, figure_id: str) -> str:
    """`raw/<source>/…csv:12`, the row that a figure comes from; the source's folder where no row has its key."""
    source_id, _, key = figure_id.partition("/")
    key = key.split(":")[0]
    for path in sorted((raw / source_id).rglob("*.csv")):
        for number, row in enumerate(path.read_text(encoding="utf-8", errors="replace").split("\n"), 1):
            if row.startswith(f"{key},"):
                return f"raw/{path.relative_to(raw)}:{number}"
    table = raw / source_id / "tables" / f"{key.split('.')[0]}.csv"
    return f"raw/{table.relative_to(raw)}" if table.is_file() else f"raw/{source_id}/"
