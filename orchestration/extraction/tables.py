"""Tables to figures: cells inherit row, column, unit and scale headers.

A grid of a document (CSV, Excel, HTML, Markdown, Word, a ruled PDF table) and a run of number rows in plain text are
read by the same function. A bare number without a unit anywhere is left out: it may be an axis.
"""

# expressions stay on one line
# ruff: noqa: E501

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from orchestration.extraction.dates import find_periods
from orchestration.extraction.finding import find_candidates
from orchestration.extraction.joining import _CELL, _YEAR_CELL
from orchestration.extraction.lexicon import load_lexicon
from orchestration.extraction.model import Candidate, Grid, Mention
from orchestration.figures import FigureError, Units, parse_value
from orchestration.figures.numerals import canonical
from orchestration.figures.text import plain

_BARE = re.compile(
    r"^(?P<q>[<>≥≤~约超近]?)\s?(?P<open>[(（])?(?P<sign>[-–+−])?(?:[$¥￥€£]\s?)?(?P<n>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<close>[)）])?\s?(?:[*†‡]|\[\d+\]|[a-c](?=$))?$"
)
_EMPTY = re.compile(r"^(?:|[-–—]+|n\.?[am]\.?|N/?A|NM|不适用|无|\.{2,3}|…|/|\*|TBD|nil)$", re.I)
_SKIP_HEADER = re.compile(
    r"^(?:no\.?|#|id|rank(?:ing)?|序号|排名|编号|名次|代码|code|ticker|股票代码|证券代码|symbol|phone|tel|电话|邮编|zip|日期|date|time|时间|version|版本|型号|model|page|页码|year|年份|年度|url|link|isbn|founded|成立(?:时间|年份)?|成立于|备注|notes?)$",
    re.I,
)
_BRACKET = re.compile(r"[（(\[【]\s*([^（）()\[\]【】]{1,40})\s*[)）\]】]")
_UNIT_CELL = re.compile(
    r"(?:(?<!编制)(?<!填报)(?<!发布)单位|(?<![a-z])(?:units?|currency|in))\s*[:：]\s*(?P<unit>[^，。；;)）]{1,30}?)(?=[，。；;)）]|\s+(?:币种|货币|currency)|$)"
    r"|(?:in\s)(?P<in>(?:US\$|USD|RMB|CNY|EUR|HK\$)\s?(?:millions?|billions?|bn|mn|trillions?)|(?:millions?|billions?) of [a-zA-Z ]{3,20}|%)"
    r"|(?P<money>(?:US\$|USD|RMB|CNY|EUR|HK\$|[$€£])\s?(?:millions?|billions?|bn|mn|m|trillions?)\b)(?!\s?\d)",
    re.I,
)
_COUNT_HEADER = re.compile(
    r"^(?:number of |no\. of |# of |total )?(?P<noun>[A-Za-z][A-Za-z \-]{2,40}?)(?: \(?number\)?| count)?$", re.I
)
_COUNT_HEADER_ZH = re.compile(r"(?P<noun>[\u4e00-\u9fff]{1,10}?)(?:总?数量?|家数|个数|台数|件数|人数|总量)$")


@dataclass(slots=True)
class CellFigure:
    """A figure of a cell: the candidate, its line, and the words of its axes as one text for the context.

    ``text`` ends where the cell would stand, ``periods`` are those of the axes (cell, column, row, caption in turn).
    """

    candidate: Candidate
    line: int
    text: str
    at: int  # where the figure stands in ``text``
    column: str
    row: str
    periods: list[tuple[Mention, float]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Scale:
    """A unit that stands in a header: what ``parse_value`` takes as ``scale``, and what is counted."""

    text: str = ""
    counted: str = ""
    money: bool = False
    bare: bool = False  # a magnitude without a unit: million


def read_grid(grid: Grid, units: Units, caption: str = "", lead: str = "") -> Iterator[CellFigure]:
    """All figures of a grid. ``caption`` is the exhibit title, ``lead`` the heading or unit line above."""
    rows = [[plain(cell).strip() for cell in row] for row in grid.rows]
    width = max((len(row) for row in rows), default=0)
    rows = [row + [""] * (width - len(row)) for row in rows]
    lines = list(grid.numbers)
    head_rows = [[plain(cell).strip() for cell in row] + [""] * (width - len(row)) for row in grid.header]
    if head_rows:
        rows, lines = head_rows + rows, [0] * len(head_rows) + lines
    titles, rows, lines = _titles(rows, lines)
    caption = " ".join([caption, *titles]).strip()
    if not rows:
        return
    depth = _header_depth(rows)
    header = _merge_header(rows[:depth], width)
    labels = _label_columns(rows[depth:], header, width)
    if len(labels) == width:
        labels = {0}
    years = [m for text in header for m in find_periods(_spelled_year(text)) if m.label and m.first is not None]
    # a single wide row under a header of metrics is fine; a grid without any text is an axis or a matrix
    overall = _scale_in(caption, units) or _scale_in(plain(lead), units)
    column_scales = [_scale_in(text, units, header=True) for text in header]
    unit_column = next(
        (i for i, text in enumerate(header) if re.fullmatch(r"(?:单位|unit|units|计量单位)", text.strip(), re.I)), None
    )
    corner = _corner_scale(header[0], units) if header and labels and 0 in labels else None
    group = ""
    body = list(zip(rows[depth:], lines[depth:], strict=True))
    for position, (row, line) in enumerate(body):
        if not line:
            continue
        if _new_header(row, body[position + 1][0] if position + 1 < len(body) else None, labels):
            header = list(row)
            column_scales = [_scale_in(text, units, header=True) for text in header]
            continue
        names = [
            i
            for i in sorted(labels)
            if row[i]
            and i != unit_column
            and (i == min(labels) or (len(row[i]) <= 24 and (not re.search(r"\d", row[i]) or _is_period(row[i]))))
        ]
        label = " ".join(row[i] for i in names)
        if not any(row[i] for i in range(width) if i not in labels):
            group = label  # a row that only names the rows below it
            continue
        row_scale = _scale_in(row[unit_column], units, header=True, whole=True) if unit_column is not None else None
        row_scale = (
            row_scale
            or _scale_in(label, units, header=True)
            or (_scale_in(group, units, header=True) if group else None)
        )
        for column in range(width):
            cell = row[column]
            if column == unit_column or _EMPTY.match(cell) or not re.search(r"[\d一二两三四五六七八九十百半]", cell):
                continue
            if column in labels and (_is_period(cell) or not _has_quantity(cell, units)):
                continue
            if _SKIP_HEADER.match(header[column].strip()) and _BARE.match(cell):
                continue
            scales = (column_scales[column], row_scale, overall, corner)
            row_text = f"{group} {' '.join(row[i] for i in names if i != column)}".strip()
            for figure in _cell(cell, line, header[column], row_text, caption, scales, units):
                if not figure.periods and len(years) >= 2 and re.search(r"CAGR|复合|年均", header[column], re.I):
                    figure.periods = [(_span_of(years), 0.7)]
                yield figure


def _corner_scale(text: str, units: Units) -> Scale | None:
    """The unit in the top left cell: 人民币百万元 AI 需求, US$ million."""
    found = _scale_in(text, units, header=True)
    for word in () if found else text.split():
        found = _as_scale(word, units)
        if found is not None and found.money and not found.bare:
            return found
    return found if found is not None and not found.counted else None


def _span_of(years: list[Mention]) -> Mention:
    """From the first to the last year that the header names."""
    first, last = min(years, key=lambda m: m.first or date.max), max(years, key=lambda m: m.last or date.min)
    label = f"{first.label[:4]}-{last.label[:4]}"
    return Mention(first.start, last.end, label, first.first, last.last, last.forecast)


def _new_header(row: list[str], following: list[str] | None, labels: set[int]) -> bool:
    """A second header inside a table: at least two words or periods over a row of numbers, one of them a period or unit."""
    cells = [cell for at, cell in enumerate(row) if cell and at not in labels]
    if following is None or len(cells) < 2 or not _is_header_row(row) or _is_header_row(following):
        return False
    return any(
        _is_period(cell) or any(m.label for m in find_periods(cell)) or _BRACKET.search(cell) for cell in cells
    ) and not any(re.search(r"[。；，]", cell) for cell in cells)


_UNIT_LINE = re.compile(r"(?:货币|计量|金额)?单位[:：]|(?:units?|currency) ?:", re.I)


def _titles(rows: list[list[str]], lines: list[int]) -> tuple[list[str], list[list[str]], list[int]]:
    """Rows at the top that hold one text only are the table's title and its unit line."""
    titles = []
    at = 0
    while at < len(rows) - 1 and at < 6:
        filled = {cell for cell in rows[at] if cell}
        if (
            at < 3
            and 1 < len(filled) <= 3
            and not any(_numeric(cell) for cell in filled)
            and any(_UNIT_LINE.match(cell) for cell in filled)
        ):
            # the unit stands beside the name of who made the table
            titles.append("；".join(cell for cell in rows[at] if cell))
            at += 1
            continue
        if len(filled) != 1 or _BARE.match(next(iter(filled))) or len(rows[at]) < 2:
            break
        if sum(1 for cell in rows[at] if cell) > 1 and len(rows[at]) == 2:
            break
        titles.append(next(iter(filled)))
        at += 1
    return titles, rows[at:], lines[at:]


@lru_cache(maxsize=4096)  # a header cell is asked about many times
def _is_period(text: str) -> bool:
    compact = "".join(text.split())
    if _YEAR_CELL.match(compact) and re.search(r"\d{4}|[QH]\d|\dQ|\dH|FY|\d\d[EeF]$", compact):
        return True
    mentions = [m for m in find_periods(text) if m.label]
    return bool(mentions) and len(text) - sum(m.end - m.start for m in mentions) <= 3


def _is_header_row(row: list[str]) -> bool:
    filled = [cell for cell in row if not _EMPTY.match(cell)]
    if not filled:
        return True
    bare = [_without_periods(cell) for cell in filled]
    return not any(re.search(r"\d", cell) and (_numeric(cell) or _QUANTITY.search(cell)) for cell in bare)


def _without_periods(cell: str) -> str:
    for mention in reversed(find_periods(cell)):
        cell = cell[: mention.start] + cell[mention.end :]
    return "" if _is_period(cell) else cell.strip()


_QUANTITY = re.compile(
    r"\d\s?(?:[%％万亿千百个家台元种款倍人项件]|(?:GB|TB|W|kW|MW|GW|nm|TFLOPS|TOPS|PFLOPS|EFLOPS)(?:/[sW])?(?![A-Za-z])|billion|million|percent)"
)


def _numeric(cell: str) -> bool:
    compact = "".join(cell.split())
    return bool(
        _CELL.match(compact)
        or _BARE.match(compact)
        or re.match(
            r"^[约超近~<>≥≤]?[$¥€£]?(?:US\$|RMB|HK\$)?[-+]?\d[\d,.]*\s?[-–~]?\s?[\d,.]*(?:[%％]|[a-zA-Z/$]{1,10}|[\u4e00-\u9fff]{1,6})?$",
            compact,
        )
    )


def _header_depth(rows: list[list[str]]) -> int:
    depth = 0
    while depth < min(4, len(rows) - 1) and _is_header_row(rows[depth]):
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
        _is_period(cell) or _BRACKET.search(cell) or re.fullmatch(r"[%％]|单位.*|unit.*", cell, re.I) for cell in named
    )


def _merge_header(rows: list[list[str]], width: int) -> list[str]:
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


def _label_columns(rows: list[list[str]], header: list[str], width: int) -> set[int]:
    """Columns of names: those in which most filled cells are no numbers; a first column of years as well."""
    labels: set[int] = set()
    for column in range(width):
        cells = [row[column] for row in rows if not _EMPTY.match(row[column])]
        if not cells:
            continue
        periods = sum(1 for cell in cells if _is_period(cell))
        numbers = sum(1 for cell in cells if _numeric(cell) and not _is_period(cell))
        if (
            (periods > 0.6 * len(cells) and not re.search(r"数量|number|count|revenue|收入|规模", header[column], re.I))
            or (numbers < 0.5 * len(cells) and not any(_starts_quantity(cell) for cell in cells[:50]))
            or (column == 0 and numbers < 0.5 * len(cells))
        ):
            labels.add(column)
    return labels


def _starts_quantity(cell: str) -> bool:
    return bool(re.match(r"^(?:约|超|近|over |about |>|<|~|≥|≤|US\$|\$|¥|€|RMB)?\s?\d", cell)) and len(cell) < 24


def _has_quantity(cell: str, units: Units) -> bool:
    return bool(find_candidates(cell, units, find_periods(cell)))


def _scale_in(text: str, units: Units, *, header: bool = False, whole: bool = False) -> Scale | None:
    """The unit that a header names: in brackets, after a comma or a stroke, after 单位, or as the whole text."""
    if not text:
        return None
    marked = _UNIT_CELL.search(text)
    options = [marked["unit"] or marked["in"] or marked["money"]] if marked else []
    weak: set[str] = set()
    options += [match[1] for match in reversed(list(_BRACKET.finditer(text)))]
    if header:
        if re.search(r"[,，/|]", text):
            options.append(re.split(r"[,，|]|(?<!\w)/|/(?=[\u4e00-\u9fff%])", text)[-1])
            options.append(text.rsplit("/", 1)[-1])
        options.append(text)
        words = text.split()
        if len(words) > 1:
            options += [" ".join(words[-2:]), words[-1]]
        weak = {text, *([" ".join(words[-2:]), words[-1]] if len(words) > 1 else [])}
        tail = re.search(
            r"(?:[百千万亿]+(?:美元|港元|欧元|人民币|元|台|辆|人|家|个|件|片|千瓦时?|吨)|%|美元|EFLOPS|PFLOPS|TFLOPS|GW|MW|TWh|GWh)$",
            text,
        )
        if tail:
            options.append(tail[0])
    else:
        # the last word of a title, behind a comma: Demand of data centres, TWh
        tail_of_title = re.split(r"[,，]", _BRACKET.sub("", text))
        if len(tail_of_title) > 1:
            options.append(tail_of_title[-1])
    if whole:
        options = [text]
    for option in options:
        scale = _as_scale(option, units)
        # a label that merely is a counted thing (United States, AI companies) is no unit
        if scale is not None and not (
            option in weak
            and scale.counted
            and not whole
            and not re.match(r"^(?:[百千万亿]|million|thousand|billion)", option, re.I)
        ):
            return scale
    if header and re.search(r"[%％]", text):
        return Scale("%")
    return None


_UNITS_IN = re.compile(r"^(?:units?|figures|numbers|volumes?|counts?) in (?P<m>thousand|million|billion)s?$", re.I)
_SCALE_WORDS = ((r"\bin\b|\bof\b|\bthe\b|单位[:：]?|\byoy\b|\by/y\b|同比|\bconstant\b|\bcurrent\b|\bprices\b|\bcagr\b|\bshare\b|[:：]", " "), (r"\bmillions\b", "million"), (r"\bbillions\b", "billion"),
                (r"\btrillions\b", "trillion"), (r"\bthousands\b|'000|\b000s\b|\b000\b", "thousand"), (r"\bmm\b", "million"), (r"\bU\.S\.", "US"))  # fmt: skip
_EXCEPTED = re.compile(r"[,，;；]?\s*\b(?:except|excluding|unless|other than)\b|[,，;；]\s*(?:除|另有)", re.I)
_SIGN_FIRST = re.compile(
    r"^(?P<sign>US\$|\$|€|£|¥|RMB|USD|CNY|EUR)\s?(?P<magnitude>trillion|billion|million|thousand)$", re.I
)
_MAGNITUDE_ONLY = re.compile(
    r"^(?:万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千|trillion|billion|million|thousand|bn|mn|tn|trn|mln|m|k|b)$", re.I
)
_NOT_SCALE = re.compile(r"^(?:\d+|[a-z]|e|f|a|no|number|item|unit|units|年|月|日|度|名|位|个百|[A-Z])$")


def _as_scale(option: str, units: Units) -> Scale | None:
    # what is excepted (per share, percentages) has a unit of its own in its row or none
    text = _EXCEPTED.split(option.strip())[0]
    if not text or len(text) > 40:
        return None
    counts = _UNITS_IN.match(text.strip())
    if counts:
        return (
            Scale(counts["m"].lower() + "count", "unit")
            if text[:1] in "uUvVcC"
            else Scale(counts["m"].lower(), bare=True)
        )
    for expression, plain_word in _SCALE_WORDS:
        text = re.sub(expression, plain_word, text, flags=re.I)
    text = " ".join(text.split()).strip(" ,，;；.")
    if not text or re.match(r"^\d{4}", text) or _NOT_SCALE.match(text):
        return None
    if _MAGNITUDE_ONLY.match(text):
        word = {"m": "million", "k": "thousand", "b": "billion"}.get(
            text.lower(), text.lower() if text.isascii() else text
        )
        return Scale(word, bare=True)
    lexicon = load_lexicon(units)
    turned = _SIGN_FIRST.match(text)
    if turned:
        text = f"{turned['magnitude']} {turned['sign']}"
    # billion US dollars, million units, bn RMB, 万台, US$bn
    match = re.match(
        r"^(?P<m>trillion|billion|million|thousand|bn|mn|tn|[BMKk](?= [a-z])|[百千万亿十]{1,2})?\s?(?P<rest>.*)$",
        text,
        re.I,
    )
    rest = match["rest"].strip() if match else text
    magnitude = (match["m"] or "") if match else ""
    if (
        magnitude
        and rest
        and rest.lower() in ("usd", "us$", "$", "rmb", "cny", "eur", "hkd", "hk$", "yuan", "元", "美元")
    ):
        return Scale(f"{magnitude.lower()}{_symbol(rest, units)}", money=True)
    unit = lexicon.symbols.get("".join(rest.split()))
    noun = lexicon.nouns.get(rest) or lexicon.nouns.get(rest.lower())
    if unit is not None and (
        unit.symbol not in ("第", "位", "名", "点", "分", "月", "日", "级", "号", "代", "A", "V") or magnitude
    ):
        if unit.dimension == "count":
            return Scale(magnitude.lower() + "count", unit.counted or _counted_of(unit.symbol), False)
        return Scale(magnitude.lower() + unit.symbol, money=unit.dimension == "money")
    if noun and (magnitude or rest.lower() not in ("model", "service", "application", "product", "市场", "market")):
        return Scale(magnitude.lower() + "count", noun)
    try:
        values = parse_value("1", units, scale=text)
    except FigureError:
        return None
    symbol = units.get(values[0].symbol)
    if symbol is None or symbol.dimension == "rank":
        return None
    if symbol.dimension == "count":
        return (
            Scale(text, symbol.counted or "item")
            if symbol.symbol in ("家", "人", "台", "辆", "件", "款", "个", "万台", "片") or magnitude
            else None
        )
    return Scale(text, money=symbol.dimension == "money")


def _symbol(word: str, units: Units) -> str:
    unit = units.get(word) or units.get(word.upper())
    return unit.symbol if unit is not None else word


def _counted_of(symbol: str) -> str:
    return {"家": "company", "人": "person", "名": "person", "辆": "vehicle", "台": "unit", "件": "item"}.get(
        symbol, "item"
    )


# a comma before one or two digits is no group of thousands
_DECIMAL_CELL = re.compile(r"^\(?[-–−]?\d{1,6},\d{1,2}\)?[%％]?$")


def _cell(
    cell: str, line: int, column: str, row: str, caption: str, scales: tuple[Scale | None, ...], units: Units
) -> Iterator[CellFigure]:
    """The figures of a cell, whatever convention its numbers follow."""
    text = canonical(cell)
    if _DECIMAL_CELL.match(text.strip()):
        text = text.replace(",", ".")
    for figure in _read_cell(text, line, column, row, caption, scales, units):
        if text != cell:
            figure.candidate.printed = "".join(
                cell[figure.candidate.start : figure.candidate.end].replace("*", "").split()
            )
        yield figure


def _read_cell(
    cell: str, line: int, column: str, row: str, caption: str, scales: tuple[Scale | None, ...], units: Units
) -> Iterator[CellFigure]:
    text = f"{caption}；{row} {column}："
    periods = _axis_periods(column, row, caption)
    bare = _BARE.match("".join(cell.split()))
    found = [] if bare and not re.search(r"[$¥￥€£]", cell) else find_candidates(cell, units, find_periods(cell))
    if bare is not None and not found:
        candidate = _bare_candidate(cell, bare, column, row, scales, units)
        if candidate is not None:
            yield CellFigure(candidate, line, text, len(text), column, row, periods)
        return
    own = [(m, 0.95) for m in find_periods(cell) if m.label]
    if not found:
        candidate = _with_magnitude(cell, column, row, scales, units)
        if candidate is not None:
            yield CellFigure(candidate, line, text, len(text), column, row, periods)
        return
    for candidate in found:
        # a sign of a currency in the cell says which money, never how much of it
        scale = next((s for s in scales if s is not None and (s.bare or s.money)), None)
        if (
            scale is not None
            and candidate.symbol in _CURRENCY_SIGNS
            and not re.search(r"[a-zA-Z万亿]", candidate.printed.replace("US$", ""))
            and not _PER_UNIT.search(f"{row} {column}")
        ):
            candidate = _rescaled(candidate, scale, units)
        yield CellFigure(candidate, line, text + cell, len(text) + candidate.start, column, row, own or periods)


_CURRENCY_SIGNS = ("$", "US$", "¥", "￥", "€", "£", "HK$", "NT$", "₹")
_PER_UNIT = re.compile(r"\bper (?!cent)|/\s?(?:share|unit|token|chip|hour)|每股|每单位|单价|\bEPS\b", re.I)

_NUMBER_AND_MAGNITUDE = re.compile(
    r"^[\d,]{1,16}(?:\.\d+)?\s?(?:[BMKTk]|bn|mn|万亿|[百千]?[万亿]|million|billion|trillion)$"
)


def _with_magnitude(
    cell: str, column: str, row: str, scales: tuple[Scale | None, ...], units: Units
) -> Candidate | None:
    """405B under Parameters, 1.2亿 under 用户数: the cell has its magnitude, the header names the thing."""
    if not _NUMBER_AND_MAGNITUDE.match(cell.strip()):
        return None
    scale = _choose_scale(column, row, scales, units)
    if scale is None or scale.bare:
        return None
    symbol = parse_value("1", units, scale=scale.text)[0].symbol
    unit = units.get(symbol)
    if unit is None or unit.dimension not in ("count", "money"):
        return None
    try:
        value = parse_value(cell, units)[0]
    except FigureError:
        return None
    counted = (scale.counted or unit.counted or "item") if unit.dimension == "count" else ""
    return Candidate(0, len(cell), "".join(cell.split()), value.number, value.low, value.high, unit.unit, counted, value.qualifier,
                     unit.symbol, scale=unit.symbol, sure=0.75)  # fmt: skip


def _rescaled(candidate: Candidate, scale: Scale, units: Units) -> Candidate:
    try:
        factor = parse_value("1", units, scale=scale.text)[0].number
    except FigureError:
        return candidate
    candidate.number *= factor
    candidate.low *= factor
    candidate.high *= factor
    candidate.scale = scale.text
    return candidate


def _axis_periods(column: str, row: str, caption: str) -> list[tuple[Mention, float]]:
    found: list[tuple[Mention, float]] = []
    for text, sure in ((column, 0.95), (row, 0.9), (caption, 0.6)):
        mentions = [m for m in find_periods(_spelled_year(text)) if m.label]
        if mentions and (text != caption or len({m.label for m in mentions}) == 1):
            found.append((mentions[-1] if text == column else mentions[0], sure))
    return found


def _spelled_year(text: str) -> str:
    """2024e, FY24, '24, 24E in a header."""
    compact = text.strip()
    match = re.fullmatch(r"'?(\d\d)\s?([EeFA])?", compact)
    return f"20{match[1]}{match[2] or ''}" if match else text


def _bare_candidate(
    cell: str, bare: re.Match[str], column: str, row: str, scales: tuple[Scale | None, ...], units: Units
) -> Candidate | None:
    scale = _choose_scale(column, row, scales, units)
    if scale is None:
        return None
    sign = "-" if (bare["open"] and bare["close"]) or bare["sign"] in ("-", "–", "−") else ""
    qualifier = {
        "<": "under",
        ">": "over",
        "≥": "at_least",
        "≤": "at_most",
        "~": "about",
        "约": "about",
        "超": "over",
        "近": "nearly",
    }.get(bare["q"], "")
    number = f"{sign}{bare['n']}"
    try:
        value = parse_value(number, units, scale=scale.text, qualifier=qualifier)[0]
    except FigureError:
        return None
    unit = units.get(value.symbol)
    if unit is None:
        return None
    from orchestration.extraction.finding import _times

    counted = (scale.counted or unit.counted or "item") if unit.dimension == "count" else ""
    return Candidate(
        0, len(cell), "".join(cell.replace("*", "").split()), _times(value.number, unit.factor), _times(value.low, unit.factor),
        _times(value.high, unit.factor), unit.unit, counted, value.qualifier, unit.symbol,
        reading=number if sign == "-" and bare["open"] else "", scale=scale.text, sure=0.85,
    )  # fmt: skip


_PERCENT_LABEL = re.compile(
    r"(?:增速|增长率|同比|占比|比例|份额|渗透率|毛利率|净利率|利润率|CAGR|growth(?: rate)?|share|margin|yoy|penetration|percent(?:age)?)\s*$",
    re.I,
)


def _choose_scale(column: str, row: str, scales: tuple[Scale | None, ...], units: Units) -> Scale | None:
    full = [scale for scale in scales if scale is not None and not scale.bare]
    bare = next((scale for scale in scales if scale is not None and scale.bare), None)
    own = [scale for scale in scales[:2] if scale is not None and not scale.bare]
    if own and own[0].text in _CURRENCY_SIGNS and not _PER_UNIT.search(f"{row} {column}"):
        # a sign of a currency beside a label says which money, the table says how much of it
        if bare is not None:
            return Scale(bare.text + own[0].text, money=True)
        return next((scale for scale in scales[2:] if scale is not None and scale.money), own[0])
    if own:
        return own[0]
    lexicon = load_lexicon(units)
    if bare is not None:
        money = next((scale for scale in full if scale.money), None)
        noun = _noun_of(column, lexicon) or _noun_of(row, lexicon)
        if noun:
            return Scale(bare.text + "count", noun)
        if money is not None:
            symbol = parse_value("1", units, scale=money.text)[0].symbol
            return Scale(bare.text + symbol, money=True)
    for text in (column, row):
        # a row of growth rates or of counts does not take the money unit of the table
        if _PERCENT_LABEL.search(text.strip()):
            return Scale("%")
        if re.match(r"(?:number of|no\. of|# of)\b", text.strip(), re.I) or _COUNT_HEADER_ZH.search(text.strip()):
            noun = _noun_of(text, lexicon)
            return Scale("count", noun or "item")
    if full:
        return full[0]
    if re.search(r"(?<![A-Za-z])PUE(?![A-Za-z])", f"{column} {row}"):
        return Scale("ratio")
    if re.search(
        r"得分|评分|分数|\bscores?\b|\bElo\b|MMLU|HumanEval|GSM8K|GPQA|benchmark|index\b|指数", f"{column} {row}", re.I
    ):
        return Scale("score")
    if re.search(r"P/E|P/B|EV/EBITDA|市盈率|市净率", f"{column} {row}"):
        return Scale("multiple")
    for text in (column, row):
        noun = _noun_of(text, lexicon)
        if noun:
            return Scale("count", noun)
    return None


def _noun_of(text: str, lexicon: object) -> str:
    """The counted thing that a header names: Number of AI companies, Patents, 企业数量."""
    bare = _BRACKET.sub("", text).strip().removeprefix("#").strip()
    if not bare or re.search(r"\b(?:United|Member) States\b", bare):
        return ""
    bare = _without_periods(bare).strip(" ,，、:：") or bare
    match = _COUNT_HEADER.match(bare)
    nouns = lexicon.nouns  # type: ignore[attr-defined]
    if match:
        words = match["noun"].split()
        for size in (2, 1):
            key = " ".join(words[-size:])
            for form in (key, key.lower()):
                if form in nouns and (
                    form.endswith("s")
                    or form in ("people", "staff", "headcount")
                    or bare.lower().startswith(("number", "no.", "#"))
                ):
                    return str(nouns[form] or "")
        for word in words:
            if word.lower() in (
                "patents",
                "papers",
                "companies",
                "users",
                "employees",
                "models",
                "downloads",
                "shipments",
                "firms",
            ):
                return str(nouns[word.lower()])
    chinese = list(lexicon.zh_noun.finditer(bare))  # type: ignore[attr-defined]
    if chinese and re.search(r"(?:数|数量|总数|家数|量|总量)$", bare):
        return str(nouns[chinese[-1][0]])
    if chinese and chinese[-1].end() == len(bare) and chinese[-1].start() == 0:
        return str(nouns[bare])
    return ""


# --- rows of numbers in plain text ------------------------------------------------------------------------------------


def split_row(text: str) -> list[tuple[str, list[str]]]:
    """Logical rows of a printed row: a label and the cells after it; a new label after cells starts another row."""
    rows: list[tuple[str, list[str]]] = []
    label: list[str] = []
    cells: list[str] = []
    for part in text.split():
        if _CELL.match(part) or _YEAR_CELL.match(part):
            if part in ("-", "–", "—") and not cells:
                label.append(part)
            else:
                cells.append(part)
        else:
            if len(cells) == 1 and re.match(r"\d{1,4}$", cells[0]):
                label.append(cells.pop())  # 前 6 名, 2024 年: the number belongs to the label
            if cells:
                rows.append((" ".join(label), cells))
                label, cells = [], []
            label.append(part)
    if cells or label:
        rows.append((" ".join(label), cells))
    return rows


def is_ladder(cells: list[str]) -> bool:
    """An axis: at least three numbers with equal steps."""
    numbers = []
    for cell in cells:
        match = re.match(r"^[-–(]?[$¥€£]?([\d,]+(?:\.\d+)?)[)%％]*$", cell)
        if match is None:
            return False
        numbers.append(float(match[1].replace(",", "")) * (-1 if cell[0] in "-–(" else 1))
    if len(numbers) < 3:
        return False
    steps = [b - a for a, b in itertools.pairwise(numbers)]
    return all(abs(step - steps[0]) <= 1e-6 * max(1.0, abs(steps[0])) for step in steps)


def text_grid(rows: list[tuple[str, int]]) -> list[Grid]:
    """Grids of a run of printed rows ``(text, line)``: each header of years starts a grid. Rows align at the right."""
    grids: list[Grid] = []
    header: list[str] = []
    corner = ""
    body: list[list[str]] = []
    lines: list[int] = []

    def close() -> None:
        nonlocal body, lines
        if header and body:
            width = len(header) + 1
            aligned = [[row[0], *([""] * max(0, width - len(row))), *row[1:]][:width] for row in body]
            grids.append(Grid([[corner, *header], *aligned], [lines[0] - 1, *lines]))
        elif body:
            width = max(map(len, body))
            grids.append(Grid([row + [""] * (width - len(row)) for row in body], lines, header=[]))
        body, lines = [], []

    for text, line in rows:
        for label, cells in split_row(text):
            if len(cells) >= 2 and all(_YEAR_CELL.match(cell) and _is_period(_spelled_year(cell)) for cell in cells):
                close()
                header, corner = cells, label
                continue
            if not label and (is_ladder(cells) or not header):
                continue
            if not cells:
                continue
            if header and len(cells) > len(header):
                cells = cells[-len(header) :]
            body.append([label, *cells])
            lines.append(line)
    close()
    return grids
