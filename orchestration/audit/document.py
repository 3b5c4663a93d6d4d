"""A document as the audit needs it: running text with its figures in place, and every numeric cell of its tables.

Figures come from the extraction. Cells are read raw as well: a formula over a table needs no unit, and where the
extraction gave a unit to some cells of a column, the others of that column have it too.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from orchestration.audit.model import Document, Spot, Table, Text
from orchestration.audit.words import magnitudes, multiples, words
from orchestration.extraction.joining import join
from orchestration.extraction.model import Block, ExtractedFigure, Grid, Line
from orchestration.extraction.read import read
from orchestration.figures.text import plain, squeeze

_MONEY = r"(?:US|RMB|HK|NT|[ACS])?[$€£¥￥]"
_CELL = re.compile(
    rf"^(?P<sign>[(+\-−–▲△]?)\s*(?:{_MONEY}\s*)?(?P<minus>[(\-−]?)(?P<number>\d[\d,]*(?:\.\d+)?)"
    r"(?P<tail>\s*[A-Za-z%％+*x×倍亿万元个家pts./]{0,12})\)?(?P<end>\s*(?:[%％]|pts?|pp|bps)?)\)?[¹²³*†]*(?:\s?[(（][A-Za-z.\u4e00-\u9fff]{1,8}[)）])?$"
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_DATED = re.compile(r"(?:FY ?)?(?:19|20)\d\d ?[AEFP]?年?")
_FISCAL = re.compile(r"FY ?'?\d\d|Q[1-4]|\d\dA|\d\dE")
_SPLIT = re.compile(r"\s{2,}|\s*\.(?:\s?\.){3,}\s*|\t")
_SENTENCE = re.compile(r"(?<=[。！？!?；;])\s*|(?<=[a-z0-9%)”\"’]\.)\s+(?=[A-Z“\"•(\-])|\s*\n|\s[•·]\s?")
_MERGED = "(lines of a text table)"
_NUMBERS = re.compile(r"\d[\d,]*(?:\.\d+)?")
_LETTER = re.compile(r"[^\W\d_]")


def years_of(figure: ExtractedFigure) -> tuple[int, int] | None:
    if figure.period_start and figure.period_end:
        return figure.period_start.year, figure.period_end.year
    found = [int(y) for y in _YEAR.findall(figure.period)]
    return (found[0], found[-1]) if found else None


def load(path: Path, figures: Sequence[ExtractedFigure], read_already: Iterable[Line | Grid] | None = None) -> Document:
    """Put the figures of a document in place: in its lines and tables as they were read for the extraction, or are read
    now. Raises ``ExtractionError``."""
    elements = list(join(iter(read_already) if read_already is not None else read(path)))
    by_line: dict[tuple[int | None, int], list[ExtractedFigure]] = defaultdict(list)
    for figure in figures:
        by_line[figure.page, figure.line].append(figure)
    document = Document(path.name, [], [])
    arranged = list(_with_text_tables(elements))
    merged = {line for e in arranged if isinstance(e, Grid) and e.caption == _MERGED for line in e.numbers}
    for element in arranged:
        if isinstance(element, Grid) and not (element.caption != _MERGED and set(element.numbers) <= merged):
            table = _table(element, by_line, len(document.tables))
            if table is not None:
                document.tables.append(table)
        if not (isinstance(element, Grid) and element.caption == _MERGED):
            document.texts += _texts(element, by_line, len(document.texts))
    _as_printed(document, path)
    _number_sentences(document)
    _one_yen_or_yuan(document)
    _infer_scales(document)
    placed = sum(len(t.spots) for t in document.texts)
    document.unplaced = max(0, len(figures) - placed - sum(1 for t in document.tables for r in t.cells for c in r if c))
    return document


# --- running text -----------------------------------------------------------------------------------------------------


def _texts(
    element: Block | Grid, by_line: dict[tuple[int | None, int], list[ExtractedFigure]], number: int
) -> Iterator[Text]:
    if isinstance(element, Block):
        if _row_of(element) is not None:
            return
        yield _text(plain(element.text), sorted(set(element.lines)), element.page, by_line, number, element)
        return
    # rows of a grid that are sentences: bullets, notes under a sheet
    for row, line in zip(element.rows, element.numbers, strict=False):
        said = [plain(cell) for cell in row if len(cell) > 30 and len(_LETTER.findall(cell)) > 12]
        if said:
            yield _text(" ".join(said), [line], element.page, by_line, number)
            number += 1


def _text(
    text: str,
    lines: list[int],
    page: int | None,
    by_line: dict,
    number: int,
    block: Block | None = None,  # type: ignore[type-arg]
) -> Text:
    spots: list[Spot] = []
    cursor = 0
    for line in lines:
        for figure in by_line.get((page, line), ()):
            place = _find(text, figure.printed, cursor)
            if place is None:
                continue
            start, end = place
            cursor = end
            spots.append(_spot(figure, number, start, end))
    spots += _bare(text, spots, lines, page, number)
    numerals = _whole_numbers(text, spots, lines, page, number)
    if block is not None:  # what the reading left out has its line from its place
        read = {(f.line, f.printed) for line in lines for f in by_line.get((page, line), ())}
        for s in (*spots, *numerals):
            if (s.line, s.printed) not in read:
                s.line = block.line_at(round(s.start * len(block.text) / max(1, len(text))))
    spots.sort(key=lambda s: s.start)
    pieces, at = [], 0
    for i, spot in enumerate(spots):
        pieces += [text[at : spot.start], f"⟦{i}⟧"]
        at = spot.end
    return Text(text, number, spots, "".join(pieces) + text[at:], lines, numerals)


def _whole_numbers(text: str, spots: list[Spot], lines: list[int], page: int | None, block: int) -> list[Spot]:
    """Whole numbers of two to six digits in running words: counts whose noun stands elsewhere. No dates, no pages."""
    found = []
    for match in _WHOLE.finditer(text):
        start, end = match.span()
        if any(s.start < end and start < s.end for s in spots) or words("no_quantity_before").search(
            text[:start][-16:]
        ):
            continue
        if words("no_quantity_behind").match(text[end : end + 14]):
            continue
        line = max((s.line for s in spots if s.start < start), default=lines[0])
        value = _first_number(match[0])
        found.append(Spot(line, page, match[0], value, value - 0.5, value + 0.5, "", block=block, start=start, end=end,
                          scaled=False))  # fmt: skip
    return found


_NUMERAL = re.compile(
    r"(?<![A-Za-z\d_.,\-–/#:$€£¥])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![A-Za-z\d_/:%\-–]|,\d|\.\d)"
    r"|(?<![A-Za-z\d_.,\-–/#:$€£¥])\d+\.\d+(?![A-Za-z\d_/:%\-–]|[.,]\d)"
    r"|(?<![A-Za-z\d.,\-–/#:$€£¥_(（第])(?!(?:19|20)\d\d(?!\d))\d{2,6}(?=[\u4e00-\u9fff])(?![年月日号条章页届])"
)
_WHOLE = re.compile(
    r"(?<![A-Za-z\d_.,\-–/#:$€£¥])(?!(?:19|20)\d\d(?!\d|,\d))(?:\d{1,3}(?:,\d{3})+|\d{2,6})(?![A-Za-z\d_/:%％\-–.]\d?[\d%]|[A-Za-z\d_/:%％]|,\d)"
)
_RATE = re.compile(
    r"(?<![A-Za-z\d_.,\-–/])(?P<number>\d{1,3}(?:[.,]\d{1,2})?)\s?"
    r"(?P<unit>[%％]|times\b|倍|Prozent\b|per ?cent\b|pct\b|퍼센트)"
)
_AMOUNT = re.compile(
    r"(?P<sign>US\$|\$|€|£|RMB ?|CN¥ ?|EUR ?|USD ?)?(?<![\d.,])(?P<number>\d[\d,]*(?:\.\d+)?)\s?"
    r"(?P<scale>trillion|billion|million|tn|bn|mn?|[BMT]\b|万亿|亿|万)?\s?"
    r"(?P<unit>美元|欧元|元|US dollars|dollars|euros?|yuan)?(?!\s?/)"
)
_CURRENCY = {"US$": "USD", "$": "USD", "€": "EUR", "£": "GBP", "RMB": "CNY", "CN¥": "CNY", "EUR": "EUR", "USD": "USD",
             "美元": "USD", "欧元": "EUR", "元": "CNY", "US dollars": "USD", "dollars": "USD", "euro": "EUR",
             "euros": "EUR", "yuan": "CNY"}  # fmt: skip
_SCALE = {"": 1.0, "trillion": 1e12, "tn": 1e12, "T": 1e12, "billion": 1e9, "bn": 1e9, "B": 1e9, "million": 1e6,
          "mn": 1e6, "m": 1e6, "M": 1e6, "万亿": 1e12, "亿": 1e8, "万": 1e4}  # fmt: skip


def _bare(text: str, spots: list[Spot], lines: list[int], page: int | None, block: int) -> list[Spot]:
    """What the extraction left out and a neighbouring rate may rest on: rates and amounts with their sign or unit,
    words for multiples, and numerals without a unit."""
    found: list[Spot] = []

    def free(start: int, end: int) -> bool:
        return not any(s.start < end and start < s.end for s in (*spots, *found))

    def add(start: int, end: int, value: float, half: float, unit: str, vague: str = "") -> None:
        line = max((s.line for s in spots if s.start < start), default=lines[0])
        spot = Spot(line, page, text[start:end], value, value - half, value + half, unit, open=vague, block=block,
                    start=start, end=end, scaled=bool(unit))  # fmt: skip
        found.append(spot)

    for match in _RATE.finditer(text):
        if free(*match.span()):
            number = match["number"].replace(",", ".")
            add(*match.span(), float(number), _half(number), "times" if match["unit"] in ("times", "倍") else "percent")
    for match in _AMOUNT.finditer(text):
        if (match["sign"] or match["unit"]) and (match["scale"] or match["sign"]) and free(*match.span()):
            if match["sign"] and match["unit"] and match["unit"] not in ("dollars", "US dollars"):
                continue
            factor = _SCALE[match["scale"] or ""]
            currency = _CURRENCY[(match["sign"] or match["unit"]).strip()]
            add(*match.span(), _first_number(match["number"]) * factor, _half(match["number"]) * factor, currency)
    for match in words("multiples").finditer(text):
        if free(*match.span()):
            value = next(v for word, v in multiples().items() if re.fullmatch(word, match[0], re.I))
            add(*match.span(), value, 0.0, "times", "about")
    for match in _NUMERAL.finditer(text):
        if not free(*match.span()):
            continue
        magnitude = re.match(rf"\s?({'|'.join(magnitudes())})(?![a-z])", text[match.end() :])
        factor = magnitudes()[magnitude[1]] if magnitude else 1.0
        value, half = _first_number(match[0]) * factor, _half(match[0]) * factor
        add(*match.span(), value, half, "")
    return found


def _find(text: str, printed: str, after: int) -> tuple[int, int] | None:
    """Where the printed text (white space and ** left out) stands, from ``after`` on."""
    wanted = squeeze(printed)
    if not wanted:
        return None
    match = re.compile(r"[\s*]*".join(re.escape(c) for c in wanted)).search(text, after)
    return match.span() if match else None


_PRINTED_SIGN = re.compile(r"[-−–(（▲△▼]|负|minus", re.I)


def _without_said_sign(figure: ExtractedFigure) -> ExtractedFigure:
    """A fall without the sign that only the words beside it gave: statements are judged by what is printed."""
    if figure.direction != "down" or _PRINTED_SIGN.search(figure.printed):
        return figure
    low, high = -figure.value_high, -figure.value_low
    return replace(figure, value=-figure.value, value_low=low, value_high=high)


def _spot(figure: ExtractedFigure, block: int, start: int, end: int) -> Spot:
    figure = _without_said_sign(figure)
    low, high = figure.value_low, figure.value_high
    half = _half(figure.printed)
    number = _first_number(figure.printed)
    if number and half and len(_NUMBERS.findall(figure.printed)) == 1:  # precision alone: the qualifier is kept apart
        factor = abs(figure.value / number)
        low, high = figure.value - half * factor, figure.value + half * factor
    elif figure.qualifier:
        low = high = figure.value
    return Spot(
        figure.line, figure.page, figure.printed, figure.value, low, high, figure.unit, figure.counted,
        figure.qualifier, years_of(figure), figure.period, figure.statistic, block=block, start=start, end=end,
        status=figure.status, indicator=figure.indicator, entity=figure.entity, segment=figure.segment,
        geography=figure.geography, scaled=bool(figure.unit) and not figure.withheld,
    )  # fmt: skip


def grid_of(figures: Sequence[tuple[str, str, ExtractedFigure]], number: int) -> tuple[Table, list[Spot]]:
    """A table from cells that are known by the names of their row and column; ``number`` is its place among the tables.

    Returns the table and its spots in the order of the figures. Of two figures in one cell the first stands in the
    grid. Values are in the canonical unit, and so are the raw numbers.
    """
    rows = list(dict.fromkeys(row for row, _, _ in figures))
    columns = list(dict.fromkeys(column for _, column, _ in figures))
    table = Table([[None] * len(columns) for _ in rows], rows, columns)
    table.row_names, table.column_names = [[r] for r in rows], [[c] for c in columns]
    spots = []
    for row, column, figure in figures:
        spot = _spot(figure, -1, 0, 0)
        spot.grid, spot.row, spot.column = number, rows.index(row), columns.index(column)
        spot.raw, spot.half = spot.value, (spot.high - spot.low) / 2
        if table.cells[spot.row][spot.column] is None:
            table.cells[spot.row][spot.column] = spot
        spots.append(spot)
    return table, spots


def _first_number(printed: str) -> float:
    match = re.search(r"\d[\d,]*(?:\.\d+)?", printed)
    return float(match[0].replace(",", "")) if match else 0.0


def _half(printed: str) -> float:
    """Half a unit of the last printed digit."""
    match = re.search(r"\d[\d,]*(?:\.(\d+))?", printed)
    return 0.5 * 10.0 ** -len(match[1] or "") if match else 0.0


_WIDE = str.maketrans({"%": "％", "(": "（", ")": "）"} | {c: chr(ord(c) + 0xFEE0) for c in "0123456789."})


def _as_printed(document: Document, path: Path) -> None:
    """Numbers with a decimal comma, which the reading turned into points, as the file prints them."""
    if path.suffix.lower() not in (".txt", ".md", ".csv", ".tsv", ".html", ".htm"):
        return
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return
    for s in (*document.spots, *(c for t in document.tables for row in t.cells for c in row if c)):
        if not 0 < s.line <= len(lines):
            continue
        for wide in (s.printed.replace("%", "％"), s.printed.translate(_WIDE)):
            if s.printed not in lines[s.line - 1] and wide in lines[s.line - 1]:
                s.printed = wide
        if "." not in s.printed:
            continue
        comma = s.printed.replace(".", ",")
        if s.printed not in lines[s.line - 1] and comma in lines[s.line - 1]:
            s.printed = comma


def _one_yen_or_yuan(document: Document) -> None:
    """The sign ¥ is one currency in one document: yen where the document says yen and nowhere yuan."""
    spots = [*document.spots, *(c for t in document.tables for row in t.cells for c in row if c)]
    signed = [s for s in spots if s.unit == "CNY" and re.match(r"[¥￥]", s.printed)]
    said = [s for s in spots if s.unit == "CNY" and not re.match(r"[¥￥]", s.printed)]
    if signed and not said and any(s.unit == "JPY" for s in spots):
        for s in signed:
            s.unit = "JPY"


def _number_sentences(document: Document) -> None:
    number = 0
    for text in document.texts:
        ends = [m.start() for m in _SENTENCE.finditer(text.text)]
        for spot in (*text.spots, *text.numerals):
            spot.sentence = number + sum(1 for e in ends if e <= spot.start)
        number += len(ends) + 1


# --- tables -----------------------------------------------------------------------------------------------------------


def _row_of(block: Block) -> list[str] | None:
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


def _with_text_tables(elements: Sequence[Block | Grid]) -> Iterator[Block | Grid]:
    """The elements; neighbouring lines of a text table, however they were cut, as one grid more."""
    group: list[tuple[list[str], int]] = []
    parts = 0
    page: int | None = None

    def close() -> Iterator[Grid]:
        if len(group) >= 2 and parts > 1:
            yield Grid([cells for cells, _ in group], [line for _, line in group], page, caption=_MERGED)

    for element in elements:
        rows: list[tuple[list[str], int]] = []
        if isinstance(element, Grid):
            signed = [_with_signs(r) for r in _without_sign_columns(element.rows)]
            rows = list(zip(signed, element.numbers, strict=False))
        elif (cells := _row_of(element)) is not None:
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


def _table(grid: Grid, by_line: dict[tuple[int | None, int], list[ExtractedFigure]], number: int) -> Table | None:
    rows = [_split_label([plain(c).strip() for c in row]) for row in [*grid.header, *grid.rows]]
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
    _give_units(table, by_line)
    return table if sum(1 for r in table.cells for c in r if c) >= 2 else None


def _is_period(row: list[str]) -> bool:
    """A row that holds one year and nothing else, once or across the table: what stands below is of that year."""
    said = {cell for cell in row if cell}
    return len(said) == 1 and bool(_DATED.fullmatch(said.pop()))


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
    wanted = _first_number(match[0])
    for column in range(1, width):
        numbers = [_first_number(r[column]) for r in above if len(r) == width and _CELL.match(r[column])]
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
    return bool(numbers) and not all(_DATED.fullmatch(c) for c in numbers)


def _label_columns(rows: list[list[str]], width: int) -> list[int]:
    """Columns without numbers; the first one of plain years or ranks too."""
    labels = []
    for c in range(width):
        filled = [r[c] for r in rows if r[c]]
        numeric = [x for x in filled if _CELL.match(x)]
        if (
            not numeric
            or 2 * len(numeric) < len(filled)
            or (c <= 2 and all(_DATED.fullmatch(x) for x in numeric))
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
    half = _half(match["number"])
    percent = "%" in text or "％" in text
    return Spot(
        line, page, text, raw, raw - half, raw + half, "percent" if percent else "", grid=grid, row=row, column=column,
        raw=raw, half=half, scaled=percent, open="at_least" if "+" in match["tail"] else "",
    )  # fmt: skip


def _give_units(table: Table, by_line: dict[tuple[int | None, int], list[ExtractedFigure]]) -> None:
    """Units and factors from the figures that the extraction read; what it did not read follows its column or table."""
    votes: dict[int, Counter[tuple[str, str, float]]] = defaultdict(Counter)
    read_cells: set[int] = set()
    for cells in table.cells:
        for spot in filter(None, cells):
            for figure in by_line.get((spot.page, spot.line), ()):
                if _first_number(figure.printed) != abs(spot.raw) or not spot.raw:
                    continue
                spot.years = years_of(figure)
                spot.period, spot.status, spot.statistic = figure.period, figure.status, figure.statistic
                spot.indicator, spot.entity, spot.segment = figure.indicator, figure.entity, figure.segment
                spot.geography, spot.counted = figure.geography, figure.counted
                if not figure.unit or figure.withheld:
                    continue
                factor = abs(figure.value / spot.raw)
                _scale(spot, figure.unit, factor)
                spot.open = spot.open or figure.qualifier
                if figure.unit not in ("percent", "pp"):
                    votes[spot.column][figure.unit, figure.counted, factor] += 1
                read_cells.add(id(spot))
                break
    _mend_scales(table)
    for cells in table.cells:
        for spot in filter(None, cells):
            if id(spot) in read_cells or spot.unit:
                continue
            row_votes = Counter(
                (s.unit, s.counted, abs(s.value / s.raw))
                for s in cells
                if s and s.scaled and s.raw and s.unit != "percent"
            )
            # a unit goes down a column; along a row only where the columns are periods
            along = all(_YEAR.search(c) or _FISCAL.search(c) for c in table.columns if c and c != table.columns[0])
            chosen = votes.get(spot.column) or (row_votes if along else None)
            if chosen:
                (unit, counted, factor), n = chosen.most_common(1)[0]
                if 2 * n >= sum(chosen.values()):
                    spot.counted = counted
                    _scale(spot, unit, factor)


def _mend_scales(table: Table) -> None:
    """Some cells of a table in millions, others of the same size in ones: the reading lost the scale of the latter."""
    spots = [s for row in table.cells for s in row if s and s.scaled and s.raw and s.unit not in ("percent", "pp")]
    for unit in {s.unit for s in spots}:
        factors = Counter(abs(s.value / s.raw) for s in spots if s.unit == unit)
        common = [f for f, n in factors.most_common() if f > 1 and n >= 2][:1]
        for s in spots:
            if common and s.unit == unit and s.value == s.raw and abs(s.raw) >= 100:
                _scale(s, unit, common[0])


def _scale(spot: Spot, unit: str, factor: float) -> None:
    spot.unit, spot.scaled = unit, True
    spot.value, spot.low, spot.high = (x * factor for x in (spot.raw, spot.raw - spot.half, spot.raw + spot.half))


_FACTORS = (1.0, 1e3, 1e4, 1e6, 1e8, 1e9, 1e12)


_SCALE_WORDS = (
    (r"\bin thousands\b|(?:\$|€|£|USD|EUR|RMB|CNY) ?(?:k|thousand|'?000)\b|千[美欧]?元", 1e3),
    (r"\bin millions\b|(?:\$|€|£|USD|EUR|RMB|CNY) ?(?:m|mn|mm|million)s?\b|百万[美欧]?元", 1e6),
    (r"\bin billions\b|(?:\$|€|£|USD|EUR|RMB|CNY) ?(?:b|bn|billion)s?\b|十亿[美欧]?元", 1e9),
    (r"\b100 million\b|(?<![万千百十])亿", 1e8),
    (r"(?<!百)万[美欧]?[元个台家人件篇次]", 1e4),
)


def _told_scales(table: Table, document: Document) -> set[float]:
    """Scales that the heading of a table says: its caption, its columns, the lines right above."""
    first = min((s.line for row in table.cells for s in row if s), default=0)
    above = [t.text for t in document.texts if t.lines and 0 < first - t.lines[-1] <= 8 and len(t.text) < 160]
    said = " ".join([table.caption, *table.columns, *above])
    return {factor for words_, factor in _SCALE_WORDS if re.search(words_, said, re.I)}


def _told_currency(table: Table, document: Document) -> str:
    """The one currency that the heading of a table says, or nothing."""
    first = min((s.line for row in table.cells for s in row if s), default=0)
    above = [t.text for t in document.texts if t.lines and 0 < first - t.lines[-1] <= 4 and len(t.text) < 80]
    said = " ".join([table.caption, *table.columns, *above])
    found = {
        code
        for code, pattern in (
            ("USD", r"美元|US\$|\bUSD\b"),
            ("EUR", r"欧元|€|\bEUR\b"),
            ("KRW", r"\bKRW\b"),
            ("CNY", r"(?<![美欧日港韩])[万亿]元|\bRMB\b|\bCNY\b|人民币"),
        )
        if re.search(pattern, said)
    }
    return found.pop() if len(found) == 1 else ""


def _infer_scales(document: Document) -> None:
    """The scale of a table without one, from the figures of the text that stand in it: at least two must meet."""
    levels = [s for s in document.spots if s.unit and s.unit not in ("percent", "pp") and len(s.digits) >= 3]
    for table in document.tables:
        cells = [s for row in table.cells for s in row if s and s.raw and s.unit not in ("percent", "pp")]
        cells = [s for s in cells if not s.scaled or s.value == s.raw]
        votes: Counter[tuple[str, float]] = Counter()
        met: set[int] = set()
        for text in levels:
            for unit, factor in {
                (text.unit, f)
                for s in cells
                if len(s.digits) >= 3 and (s.unit in ("", text.unit) or (s.unit == "count" and not s.scaled))
                for f in _FACTORS
                if text.low <= abs(s.raw) * f <= text.high
            }:
                # five equal digits are hardly chance
                votes[unit, factor] += 2 if len(text.digits.rstrip("0")) >= 5 else 1
            met |= {id(s) for s in cells if text.low <= abs(s.raw) <= text.high}
        # a heading's own word for the scale is one voice more
        for unit_factor in list(votes):
            if unit_factor[1] in _told_scales(table, document):
                votes[unit_factor] += 1
        best = votes.most_common(2)
        if best and best[0][1] >= 2 and (len(best) == 1 or best[1][1] < best[0][1]):
            unit, factor = best[0][0]
        else:
            told = _told_scales(table, document)
            unit, factor = _told_currency(table, document), next(iter(told), 1.0)
            # the heading alone: one scale, one currency, and nothing in the table that has been read otherwise
            if len(told) != 1 or not unit or any(s.scaled and s.value != s.raw for s in cells):
                continue
            cells = [
                s
                for s in cells
                if not s.scaled
                and s.unit in ("", "count")
                and not words("rate").search(table.columns[s.column] + " " + table.rows[s.row])
                and not _DATED.fullmatch(s.printed)
            ]
            if not cells:
                continue
        largest = max(abs(s.raw) for s in cells)
        for s in cells:
            # a price or an amount per share in a table of millions keeps its own unit
            if (s.unit in ("", unit) or (s.unit == "count" and not s.scaled)) and not (
                s.scaled and (id(s) in met or abs(s.raw) * 1000 < largest)
            ):
                _scale(s, unit, factor)
