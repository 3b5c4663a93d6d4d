"""Heads of tables: which rows and columns name the others, and which of their cells are periods or numbers."""

# expressions stay on one line
# ruff: noqa: E501

import re
from functools import lru_cache

from orchestration.extraction.date_forms import awaits_date
from orchestration.extraction.dates import find_periods
from orchestration.extraction.line_kinds import CELL, YEAR_CELL
from orchestration.extraction.words import words

BRACKET = re.compile(r"[（(\[【]\s*([^（）()\[\]【】]{1,120})\s*[)）\]】]")
BARE = re.compile(
    r"^(?P<q>[<>≥≤~约超近]?)\s?(?P<open>[(（])?(?P<sign>[-–+−])?(?:[$¥￥€£]\s?)?(?P<n>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<close>[)）])?(?P<plus>\+)?\s?(?:[*†‡]|\[\d+\]|[a-c](?=$))?$"
)
EMPTY = re.compile(r"^(?:|[-–—]+|n\.?[am]\.?|N/?A|NM|不适用|无|\.{2,3}|…|/|\*|TBD|nil)$", re.I)


def new_header(row: list[str], following: list[str] | None, labels: set[int]) -> bool:
    """A second header inside a table: at least two words or periods over a row of numbers, one of them a period or unit."""
    cells = [cell for at, cell in enumerate(row) if cell and at not in labels]
    if following is None or len(cells) < 2 or not is_header_row(row) or is_header_row(following):
        return False
    return any(
        is_period(cell) or any(m.label for m in find_periods(cell)) or BRACKET.search(cell) for cell in cells
    ) and not any(re.search(r"[。；，]", cell) for cell in cells)


UNIT_LINE = re.compile(r"(?:货币|计量|金额)?单位[:：]|단위 ?:|(?:units?|currency) ?:", re.I)


def titles_of(rows: list[list[str]], lines: list[int]) -> tuple[list[str], list[list[str]], list[int]]:
    """Rows at the top that hold one text only are the table's title and its unit line."""
    titles = []
    at = 0
    while at < len(rows) - 1 and at < 6:
        filled = {cell for cell in rows[at] if cell}
        if (
            at < 3
            and 1 < len(filled) <= 3
            and not any(numeric(cell) for cell in filled)
            and any(UNIT_LINE.match(cell) for cell in filled)
        ):
            # the unit stands beside the name of who made the table
            titles.append("；".join(cell for cell in rows[at] if cell))
            at += 1
            continue
        if len(filled) != 1 or BARE.match(next(iter(filled))) or len(rows[at]) < 2:
            break
        if sum(1 for cell in rows[at] if cell) > 1 and len(rows[at]) == 2:
            break
        if awaits_date(next(iter(filled))) and len(rows[at]) > 2:
            break
        titles.append(next(iter(filled)))
        at += 1
    return titles, rows[at:], lines[at:]


_MONTHS_OF_YEAR = re.compile(r"^(?:[369]|12|[1-9])M(?:FY)?'?(?:(?:19|20)\d\d|\d\d)$")  # 9M FY25: its first nine months


@lru_cache(maxsize=4096)  # a header cell is asked about many times
def is_period(text: str) -> bool:
    compact = "".join(text.split())
    if _MONTHS_OF_YEAR.match(compact):
        return True
    if YEAR_CELL.match(compact) and re.search(r"\d{4}|[QH]\d|\dQ|\dH|FY|\d\d[EeF]$", compact):
        return True
    mentions = [m for m in find_periods(text) if m.label]
    return bool(mentions) and len(text) - sum(m.end - m.start for m in mentions) <= 3


def is_header_row(row: list[str]) -> bool:
    filled = [cell for cell in row if not EMPTY.match(cell)]
    if not filled:
        return True
    bare = [without_periods(cell) for cell in filled]
    return not any(re.search(r"\d", cell) and (numeric(cell) or _QUANTITY.search(cell)) for cell in bare)


def without_periods(cell: str) -> str:
    if is_period(cell):
        return ""
    for mention in reversed(find_periods(cell)):
        cell = cell[: mention.start] + cell[mention.end :]
    return "" if is_period(cell) else re.sub(r"\s*\b(?:mid|early|late|end)[- ]?$", "", cell.strip(), flags=re.I)


_QUANTITY = re.compile(
    r"\d\s?(?:[%％万亿千百个家台元种款倍人项件]|(?:GB|TB|W|kW|MW|GW|nm|TFLOPS|TOPS|PFLOPS|EFLOPS)(?:/[sW])?(?![A-Za-z])|billion|million|percent)"
)


# (12.5) pts, (10)%, 115.85 (avg), $ (1,200)
_ACCOUNTED = re.compile(
    r"^(?:US|HK|NT|[ACS])?[$¥€£₹]?[(（]?[-–−+]?[$¥€£₹]?\d[\d,.]*\+?[)）]?(?:[%％]|pts?\.?|pp|bps|x)?(?:[(（][^()（）]{1,16}[)）])?$",
    re.I,
)


def numeric(cell: str) -> bool:
    compact = "".join(cell.split())
    return bool(
        CELL.match(compact)
        or _ACCOUNTED.match(compact)
        or BARE.match(compact)
        or re.match(
            r"^[约超近~<>≥≤]?[$¥€£]?(?:US\$|RMB|HK\$)?[-+]?\d[\d,.]*\s?[-–~]?\s?[\d,.]*(?:[%％]|[a-zA-Z/$]{1,10}|[\u4e00-\u9fff]{1,6})?$",
            compact,
        )
    )


def _names_more(row: list[str], following: list[str]) -> bool:
    """Whether a row with a number or two among its words (A100 80GB) stands over a row of numbers."""
    filled = [cell for cell in row if not EMPTY.match(cell)]
    quantities = [cell for cell in filled if not is_header_row([cell])]
    below = [cell for cell in following[1:] if not EMPTY.match(cell)]
    return (
        len(filled) >= 3
        and not any(BARE.match(cell) for cell in quantities)
        and len(quantities) <= len(filled) / 3
        and sum(1 for cell in below if numeric(cell)) >= 0.5 * len(below) > 0
    )


def header_depth(rows: list[list[str]]) -> int:
    depth = 0
    while depth < min(4, len(rows) - 1) and (is_header_row(rows[depth]) or _names_more(rows[depth], rows[depth + 1])):
        if depth and not _goes_on(rows[depth - 1], rows[depth]):
            break  # a row of words under the header is data
        depth += 1
    return depth


def _goes_on(above: list[str], row: list[str]) -> bool:
    """Whether a row of words belongs to the header above it: that one has gaps or repeats, or this one holds periods or units."""
    filled = [cell for cell in above[1:] if cell]
    spans = len(filled) < len(above) - 1 or len(set(filled)) < len(filled)
    named = [cell for cell in row[1:] if cell]
    return (spans and row[0] in ("", above[0])) or any(
        is_period(cell) or BRACKET.search(cell) or re.fullmatch(r"[%％]|单位.*|unit.*", cell, re.I) for cell in named
    )


def merge_header(rows: list[list[str]], width: int) -> list[str]:
    merged = []
    for column in range(width):
        parts: list[str] = []
        for at, row in enumerate(rows):
            text = row[column]
            if not text and at < len(rows) - 1 and column:
                # a heading over several columns stands in the first of them
                text = next((row[c] for c in range(column - 1, 0, -1) if row[c]), "") if rows[-1][column] else ""
            if text and text not in parts:
                parts.append(text)
        merged.append(" ".join(parts))
    return merged


_LETTERED = re.compile(r"\s*[（(](?P<letter>[A-Z])(?:\s?[-–−+/]\s?[A-Z])?[)）]\s*$")


def without_letters(header: list[str]) -> list[str]:
    """Heads without the letters in brackets that name columns, where they begin with A and B: 2025 (A), 2026 (B), (B-A)."""
    letters = sorted({m["letter"] for text in header if (m := _LETTERED.search(text))})
    named = len(letters) >= 2 and letters == [chr(ord("A") + at) for at in range(len(letters))]
    return [_LETTERED.sub("", text) for text in header] if named else header


def label_columns(rows: list[list[str]], header: list[str], width: int) -> set[int]:
    """Columns of names: those in which most filled cells are no numbers; a first column of years as well."""
    labels: set[int] = set()
    for column in range(width):
        cells = [row[column] for row in rows if not EMPTY.match(row[column])]
        if not cells:
            continue
        periods = sum(1 for cell in cells if is_period(cell))
        numbers = sum(1 for cell in cells if numeric(cell) and not is_period(cell))
        if (
            (periods > 0.6 * len(cells) and not re.search(r"数量|number|count|revenue|收入|规模", header[column], re.I))
            or (numbers < 0.5 * len(cells) and not any(_starts_quantity(cell) for cell in cells[:50]))
            or (column == 0 and numbers < 0.5 * len(cells))
        ):
            labels.add(column)
    first = [row[0] for row in rows if row and not EMPTY.match(row[0])]
    # classes name the rows only where nothing else does: a column of ranges beside names holds figures
    return labels or ({0} if width > 1 and sum(map(is_class, first)) > 0.5 * len(first) else set())


def is_class(cell: str) -> bool:
    """Whether a label is nothing but a range or a bound, so that it names the class of its row: 10-49 staff, 3000元以上."""
    return words()["class_label"].match(cell.strip()) is not None


def _starts_quantity(cell: str) -> bool:
    return bool(re.match(r"^(?:约|超|近|over |about |>|<|~|≥|≤|US\$|\$|¥|€|RMB)?\s?\d", cell)) and len(cell) < 24


def spelled_year(text: str) -> str:
    """2024e, FY24, '24, 24E in a header."""
    compact = text.strip()
    match = re.fullmatch(r"'?(\d\d)\s?([EeFA])?", compact)
    return f"20{match[1]}{match[2] or ''}" if match else text
