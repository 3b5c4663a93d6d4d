"""Tables as grids of numbers: lines of text tables put together, labels, headings, every numeric cell."""

import re
from collections.abc import Iterable, Iterator, Sequence

from orchestration.audit.model import Spot, Table
from orchestration.audit.spots import first_number, half_of
from orchestration.extraction.cells import writes_commas
from orchestration.extraction.model import Block, Grid
from orchestration.figures.numerals import canonical
from orchestration.figures.text import plain

_MONEY = r"(?:US|RMB|HK|NT|[ACS])?[$€£¥￥]"
_CELL = re.compile(
    rf"^(?P<sign>[(+\-−–▲△]?)\s*(?:{_MONEY}\s*)?(?P<minus>[(\-−]?)(?P<number>\d[\d,]*(?:\.\d+)?)"
    r"(?P<tail>\s*[A-Za-z%％+*x×倍亿万元个家pts./]{0,12})\)?(?P<end>\s*(?:[%％]|pts?|pp|bps)?)\)?[¹²³*†]*(?:\s?[(（][A-Za-z.\u4e00-\u9fff]{1,8}[)）])?$"
)
DATED = re.compile(r"(?:FY ?)?(?:19|20)\d\d ?[AEFP]?年?")
_SPLIT = re.compile(r"\s{2,}|\s*\.(?:\s?\.){3,}\s*|\t")
MERGED = "(lines of a text table)"


def row_of(block: Block) -> list[str] | None:
    """A line of a text table: a label, then at least two numbers set apart by white space or leaders."""
    if len(set(block.lines)) > 1:
        return None
    cells = [c.strip() for c in _SPLIT.split(block.text.strip()) if c.strip(" .")]
    cells = _with_signs(cells)
    numeric = [c for c in cells[1:] if _CELL.match(c) or c in ("-", "—", "–", "$ -")]
    return (
        cells
        if len(numeric) >= 1
        and _SPLIT.search(block.text.strip())
        and len(numeric) == len(cells) - 1
        and not _CELL.match(cells[0])
        else None
    )


def _with_signs(row: Iterable[str]) -> list[str]:
    """A currency sign in a cell of its own belongs to the next one."""
    out: list[str] = []
    sign = ""
    for cell in row:
        if re.fullmatch(_MONEY, cell.strip()):
            sign = cell.strip()
            continue
        out.append(f"{sign} {cell}".strip() if sign else cell)
        sign = ""
    return out


def _without_sign_columns(rows: list[list[str]]) -> list[list[str]]:
    """Without the columns that hold nothing but currency signs under their heading."""
    body = [r for r in rows if _has_numbers([c.strip() for c in r])]
    width = max((len(r) for r in body), default=0)
    bare = {
        c for c in range(1, width) if all(len(r) <= c or re.fullmatch(rf"(?:{_MONEY})?", r[c].strip()) for r in body)
    }
    return [[cell for c, cell in enumerate(r) if c not in bare] for r in rows] if bare else rows


def with_text_tables(elements: Sequence[Block | Grid]) -> Iterator[Block | Grid]:
    """The elements; neighbouring lines of a text table, however they were cut, as one grid more."""
    group: list[tuple[list[str], int]] = []
    parts = 0
    page: int | None = None

    def close() -> Iterator[Grid]:
        if len(group) >= 2 and parts > 1:
            yield Grid([cells for cells, _ in group], [line for _, line in group], page, caption=MERGED)

    for element in elements:
        rows: list[tuple[list[str], int]] = []
        if isinstance(element, Grid):
            signed = [_with_signs(r) for r in _without_sign_columns(element.rows)]
            rows = list(zip(signed, element.numbers, strict=False))
        elif (cells := row_of(element)) is not None:
            rows = [(cells, element.lines[0])]
        if rows and group and (element.page != page or not 0 < rows[0][1] - group[-1][1] <= 2):
            yield from close()
            group, parts = [], 0
        if rows:
            page = element.page
            group += rows
            parts += 1
        elif group and not (
            isinstance(element, Block)
            and element.lines[0] - group[-1][1] <= 2
            and (len(element.text) < 50 or not any(c.isalnum() for c in element.text))
        ):
            yield from close()
            group, parts = [], 0
        if isinstance(element, Grid):
            element.rows = [r for r, _ in rows]
        yield element
    yield from close()


def table_of(grid: Grid, number: int, commas: bool = False) -> Table | None:
    """The grid as the table of that number among the tables, its cells without units; None for less than two numbers.

    ``commas`` says that the document writes decimals with a comma.
    """
    commas = commas or writes_commas(grid.rows)
    rows = [_split_label([canonical(plain(c), commas).strip() for c in row]) for row in [*grid.header, *grid.rows]]
    lines = [0] * len(grid.header) + list(grid.numbers)
    width = max((len(r) for r in rows), default=0)
    if width < 2 or len(rows) < 2:
        return None
    rows = [_total_in_place(r, width, rows[:i]) or _aligned(r, width) for i, r in enumerate(rows)]
    depth = 0
    while depth < min(4, len(rows) - 1) and not _has_numbers(rows[depth]):
        depth += 1
    labels = _label_columns(rows[depth:], width)
    # neighbouring header cells hold one heading only once
    columns = [" ".join(dict.fromkeys(rows[h][c] for h in range(depth) if rows[h][c])) for c in range(width)]
    table = Table([], [], columns, grid.caption)
    table.column_names = [[rows[h][c] for h in range(depth) if rows[h][c]] for c in range(width)]
    for r in range(depth, len(rows)):
        table.rows.append(" ".join(rows[r][c] for c in labels if rows[r][c]))
        table.row_names.append([rows[r][c] for c in labels if rows[r][c]])
        table.cells.append(
            [
                None
                if c in labels or _is_period(rows[r])
                else _cell(rows[r][c], lines[r], grid.page, number, r - depth, c)
                for c in range(width)
            ]
        )
    return table if sum(1 for r in table.cells for c in r if c) >= 2 else None


def _is_period(row: list[str]) -> bool:
    """A row that holds one year and nothing else, once or across the table: what stands below is of that year."""
    said = {cell for cell in row if cell}
    return len(said) == 1 and bool(DATED.fullmatch(said.pop()))


def _split_label(row: list[str]) -> list[str]:
    """A label that holds its first number behind leaders or wide space."""
    if not row or _CELL.match(row[0]):
        return row
    parts = [p for p in re.split(r"\s*\.(?:\s?\.){3,}\s*|\s{2,}", row[0]) if p]
    if len(parts) >= 2 and all(_CELL.match(p) for p in parts[1:]):
        return [*parts, *[c for c in row[1:] if c]]
    return row


def _total_in_place(row: list[str], width: int, above: list[list[str]]) -> list[str] | None:
    """A row of a label and one number: in the column whose numbers above add up to it."""
    if len(row) != 2 or width <= 2 or not (match := _CELL.match(row[1])) or _CELL.match(row[0]):
        return None
    wanted = first_number(match[0])
    for column in range(1, width):
        numbers = [first_number(r[column]) for r in above if len(r) == width and _CELL.match(r[column])]
        if len(numbers) >= 2 and abs(sum(numbers) - wanted) <= 1e-6 * abs(wanted) + 1e-9:
            return [row[0], *[""] * (column - 1), row[1], *[""] * (width - column - 1)]
    return None


def _aligned(row: list[str], width: int) -> list[str]:
    """Short rows of text tables stand to the right: the label first, numbers at the end."""
    missing = width - len(row)
    if missing <= 0:
        return row
    if row and row[0] and not _CELL.match(row[0]):
        return [row[0], *[""] * missing, *row[1:]]
    return [*[""] * missing, *row]


def _has_numbers(row: list[str]) -> bool:
    numbers = [c for c in row[1:] if _CELL.match(c)]
    return bool(numbers) and not all(DATED.fullmatch(c) for c in numbers)


def _label_columns(rows: list[list[str]], width: int) -> list[int]:
    """Columns without numbers; the first one of plain years or ranks too."""
    labels = []
    for c in range(width):
        filled = [r[c] for r in rows if r[c]]
        numeric = [x for x in filled if _CELL.match(x)]
        if (
            not numeric
            or 2 * len(numeric) < len(filled)
            or (c <= 2 and all(DATED.fullmatch(x) for x in numeric))
            or (c == 0 and numeric == [str(i) for i in range(1, len(numeric) + 1)])
        ):
            labels.append(c)
    return labels


def _cell(text: str, line: int, page: int | None, grid: int, row: int, column: int) -> Spot | None:
    match = _CELL.match(text)
    if match is None or not line:
        return None
    number = float(match["number"].replace(",", ""))
    negative = match["sign"] in ("(", "-", "−", "–", "▲", "△") or match["minus"] in ("-", "−", "(")
    raw = -number if negative and number else number
    half = half_of(match["number"])
    percent = "%" in text or "％" in text
    return Spot(
        line, page, text, raw, raw - half, raw + half, "percent" if percent else "", grid=grid, row=row, column=column,
        raw=raw, half=half, scaled=percent, open="at_least" if "+" in match["tail"] else "",
    )  # fmt: skip
