"""Cells of tables: the many ways in which a table prints one number, and what a number is worth under its scale."""

# expressions stay on one line
# ruff: noqa: E501

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from orchestration.extraction.dates import find_periods
from orchestration.extraction.finding import find_candidates
from orchestration.extraction.heads import BARE, EMPTY, is_period
from orchestration.extraction.model import Candidate
from orchestration.extraction.printed_number import bare_number
from orchestration.extraction.scale import Scale
from orchestration.extraction.scale_choice import CURRENCY_SIGNS, Scope, choose_scale, same_sign
from orchestration.extraction.words import words
from orchestration.extraction.worth import times
from orchestration.figures import FigureError, Units, parse_value
from orchestration.figures.numerals import canonical

SIGN = r"(?:US|HK|NT|S|A|C|R|RMB)?[$¥￥€£₹]"
_SIGN_ALONE = re.compile(rf"^[(（]?\s*(?:{SIGN}|RMB|Rs\.?)$")
_NUMBER_FIRST = re.compile(r"^[(（]?[-–−+]?\d")
_TAIL_ALONE = re.compile(r"^(?:[)）]\s?(?:[%％]|p?pts?\.?|pp|bps)?|[%％]|p?pts?\.?|pp|bps)$", re.I)
# a comma before one or two digits is no group of thousands
_DECIMAL_CELL = re.compile(r"^\(?[-–−]?\d{1,6},\d{1,2}\)?[%％]?$")
_ACCOUNTING = re.compile(
    rf"^[(（]\s?(?P<sign>{SIGN})?\s?(?P<n>\d[\d,]*(?:\.\d+)?)\s?[)）]\s?(?P<unit>[%％]|pts?\.?|pp|bps?|ppts?|x)$", re.I
)
# $ (4,655): the sign of the currency before the brackets of a loss
_SIGNED_LOSS = re.compile(rf"^(?P<sign>{SIGN})\s?[(（]\s?(?P<n>\d[\d,]*(?:\.\d+)?)\s?[)）]$")
# (7.9%): of a change it is a fall, of anything else a remark
_BRACKETED_RATE = re.compile(r"^[(（]\s?(?P<n>\d[\d,]*(?:\.\d+)?)\s?(?P<unit>[%％]|pp|bps)\s?[)）]$")
# accounts in Japanese and Korean print a minus as a triangle
_TRIANGLE = re.compile(r"^[△▲]\s?(?=\d)")
_TRIANGLES = re.compile(r"[ぁ-んァ-ヶ가-힣]")
_POINTS = {"pt": "pp", "pts": "pp", "pt.": "pp", "pts.": "pp", "ppts": "pp", "ppt": "pp"}
_POINTS_CELL = re.compile(r"^(?P<n>[-–−+]?\d[\d,]*(?:\.\d+)?)\s?(?P<unit>p?pts?\.?)$", re.I)
_PP = re.compile(r"^([-+]?\d[\d,]*(?:\.\d+)?)pp$")
# behind the number, in brackets: a footnote, or a word about it
_REMARK = re.compile(r"(?<=[\d%])\s*[(（](?:[a-z]|\d{1,2}|[^\W\d_][^()（）\d]{0,14}|[\u4e00-\u9fff]{1,4}\d{1,4})[)）]$")
_SPAN = re.compile(r"^(?P<low>\d[\d,]*(?:\.\d+)?)\s?(?:[-–—~～至]|\s-\s)\s?(?P<high>\d[\d,]*(?:\.\d+)?)$")
_PAIR = re.compile(rf"^(?P<first>{SIGN}?\d[\d,]*(?:\.\d+)?[%％]?)\s?/\s?(?P<second>{SIGN}?\d[\d,]*(?:\.\d+)?[%％]?)$")
_QUALIFIERS = {
    "<": "under", ">": "over", "≥": "at_least", "≤": "at_most", "~": "about", "约": "about", "超": "over", "近": "nearly",
}  # fmt: skip


def join_signs(rows: list[list[str]]) -> None:
    """Give signs of currencies, closing brackets and percent signs that have a column of their own to their numbers.

    A column that holds anything else below its first sign names units; it stays.
    """
    for column in range(len(rows[0]) if rows else 0):
        cells = [row[column] for row in rows]
        if column + 1 < len(rows[0]) and _only(cells, _SIGN_ALONE):
            for row in rows:
                if _SIGN_ALONE.match(row[column]) and _NUMBER_FIRST.match(row[column + 1]):
                    row[column], row[column + 1] = "", row[column].strip() + row[column + 1]
        elif column and _only(cells, _TAIL_ALONE):
            for row in rows:
                if _TAIL_ALONE.match(row[column]) and _NUMBER_FIRST.match(row[column - 1].lstrip("$¥€£(（")):
                    row[column - 1], row[column] = row[column - 1] + row[column], ""


def _only(cells: list[str], wanted: re.Pattern[str]) -> bool:
    """Whether a column holds such cells, and from the first of them on nothing else."""
    first = next((at for at, cell in enumerate(cells) if wanted.match(cell)), None)
    return first is not None and all(EMPTY.match(cell) or wanted.match(cell) for cell in cells[first:])


def sign_of(cell: str) -> str:
    """The sign of a currency on a cell that holds nothing else beside its number."""
    match = re.match(rf"^[(（]?\s?[-–−]?(?P<sign>{SIGN})\s?[(（]?[-–−]?\d[\d,]*(?:\.\d+)?\s?[)）]?$", cell)
    return match["sign"] if match else ""


def signs_of_column(cells: list[str]) -> tuple[range, str]:
    """The rows in which a column is money, and its sign: where its first number has the sign of a currency.

    The sign holds as far as the last row that prints it; where the first is the only one, for the whole column. None
    where the column prints two signs.
    """
    first = next((at for at, cell in enumerate(cells) if BARE.match("".join(cell.split()))), len(cells))
    signed = [at for at, cell in enumerate(cells) if sign_of(cell)]
    if not signed or signed[0] != first or len({sign_of(cells[at]) for at in signed}) != 1:
        return range(0), ""
    return range(first, signed[-1] if len(signed) > 1 else len(cells)), sign_of(cells[first])


_COMMA_CELL = re.compile(r"[-–−]?\d{1,3}(?:\.\d{3})*,\d{1,2} ?%?$")
_POINT_CELL = re.compile(r"[-–−]?\d[\d,]*\.(?:\d{1,2}|\d{4,}) ?%?$")


def writes_commas(rows: Iterable[list[str]]) -> bool:
    """Whether a table writes decimals with a comma: two cells at least do, none with a point."""
    cells = [cell for row in rows for cell in row]
    return sum(1 for c in cells if _COMMA_CELL.match(c)) >= 2 and not any(_POINT_CELL.match(c) for c in cells)


def normal(cell: str, commas: bool = False) -> str:
    """The cell in the one form that is read: brackets as a minus, decimal points, no remark behind the number.

    ``commas`` says that the document or the table writes decimals with a comma, so that points group: 1.050 is 1,050.
    """
    text = canonical(cell, commas).strip()
    if _DECIMAL_CELL.match(text):
        text = text.replace(",", ".")
    text = _REMARK.sub("", text)
    text = re.sub(rf"^([(（]?{SIGN})\s+(?=\d)", r"\1", text)
    text = _SIGNED_LOSS.sub(r"-\g<sign>\g<n>", text)
    bracketed = _ACCOUNTING.match(text)
    if bracketed:
        unit = bracketed["unit"].lower()
        return f"-{bracketed['sign'] or ''}{bracketed['n']}{_POINTS.get(unit, unit)}"
    points = _POINTS_CELL.match(text)
    return f"{points['n']}{_POINTS.get(points['unit'].lower(), 'pp')}" if points else text


def has_quantity(cell: str, units: Units) -> bool:
    """Whether a cell among labels holds a figure all the same."""
    return bool(find_candidates(cell, units, find_periods(cell)))


def read_cell(
    cell: str, column: str, row: str, scope: Scope, units: Units, commas: bool = False
) -> Iterator[tuple[Candidate, str]]:
    """The figures of a cell, whatever convention its numbers follow, and the text in which they stand (may be empty)."""
    text = normal(cell, commas)
    if words()["change_label"].search(row) or words()["change_label"].search(column):
        text = _BRACKETED_RATE.sub(r"-\g<n>\g<unit>", text)
    if text.endswith("pct") and not f"{row}{column}".isascii():
        text = f"{text[:-3].strip()}pp"  # the usage of Chinese brokers: +0.9pct
    text = _TRIANGLE.sub("-", text) if _TRIANGLES.search(f"{cell} {row} {column}") else text
    for candidate, where in _read(text, column, row, scope, units):
        if text != cell:
            whole = len(text) <= candidate.end - candidate.start + 1
            printed = cell if whole else cell[candidate.start : candidate.end] or candidate.printed
            candidate.printed = "".join(printed.replace("*", "").split())
        yield candidate, where


def _read(cell: str, column: str, row: str, scope: Scope, units: Units) -> Iterator[tuple[Candidate, str]]:
    points = _PP.match(cell)
    if points is not None:
        bare = BARE.match(points[1])
        one = _bare_candidate(cell, bare, Scale("pp"), units) if bare else None
        if one is not None:
            yield one, ""
        return
    bare = BARE.match("".join(cell.split()))
    found = [] if bare and not re.search(r"[$¥￥€£₹]", cell) else _found_in(cell, units)
    if found:
        for candidate in found:
            number = candidate.number
            candidate = _of_table(candidate, column, row, scope, units)
            if candidate.number != number and len(cell) - (candidate.end - candidate.start) > _SENTENCE:
                candidate.withheld = candidate.withheld or _IN_SENTENCE
            yield candidate, cell
        return
    span = _SPAN.match(cell.strip())
    pair = _PAIR.match(cell.strip()) if "/" in f"{row}{column}" else None
    if pair is not None:
        # two figures parted as their label parts their names: Price in / out | 0.28 / 1.12
        for name in ("first", "second"):
            for candidate, where in _read(pair[name], column, row, scope, units):
                yield replace(candidate, start=pair.start(name), end=pair.end(name)), where
        return
    scale = choose_scale(column, row, scope, units) if bare or span else None
    power = _POWER_CELL.match(cell.strip())
    if power is not None:
        scale = choose_scale(column, row, scope, units)
        one = _bare_candidate(cell, power, scale, units)
    elif bare is not None:
        one = _bare_candidate(cell, bare, scale, units)
    elif span is not None and scale is not None and _is_range(span, scope):
        yield from ((end, "") for end in _ends(cell, span, scale, units))
        return
    else:
        one = _with_magnitude(cell, column, row, scope, units)
    if one is not None:
        yield one, ""


_SENTENCE = 40  # letters around an amount in a cell
_IN_SENTENCE = "an amount in a sentence of a cell, which may be in full or in the magnitude of its table"

# a number and its unit are all of a cell: 4.9 TB/s is no heading that is numbered 4.9
_QUANTITY_CELL = re.compile(r"^\d[\d,.]* [A-Za-zµ°/%]{1,12}$")


def _found_in(cell: str, units: Units) -> list[Candidate]:
    whole = cell.strip().replace(" ", "") if _QUANTITY_CELL.match(cell.strip()) else cell
    return find_candidates(cell, units, find_periods(cell)) or (
        find_candidates(whole, units, []) if whole != cell else []
    )


# 3.1e23, in the parts that a bare number has
_POWER_CELL = re.compile(r"^(?P<q>)(?P<open>)(?P<sign>)(?P<n>\d(?:\.\d{1,4})?[eE]\+?\d{1,2})(?P<close>)(?P<plus>)$")


def _of_table(candidate: Candidate, column: str, row: str, scope: Scope, units: Units) -> Candidate:
    """An amount with the sign of a currency, in the magnitude of its table: the sign says which money, never how much."""
    own = _HEADED.search(column)
    if own is not None and re.fullmatch(r"[A-Z]{3}\s?\d[\d,]*(?:\.\d+)?", candidate.printed):
        return _headed(candidate, own[1], units)
    scale = scope.money
    if scale is None or candidate.symbol not in CURRENCY_SIGNS:
        return candidate
    if re.search(r"[a-zA-Z万亿]", re.sub(SIGN, "", candidate.printed)):
        return candidate
    if words()["per_unit"].search(f"{row} {column}") and scale not in scope.near:
        return candidate
    try:
        value = parse_value("1", units, scale=scale.text)[0]
    except FigureError:
        return candidate
    named = units.get(value.symbol)
    if scale.money and named is not None and candidate.symbol in ("$", "¥", "￥") and scale.text not in CURRENCY_SIGNS:
        candidate.unit = named.unit if same_sign(candidate.unit, named.unit) else candidate.unit
    candidate.number = times(candidate.number, value.number)
    candidate.low, candidate.high = times(candidate.low, value.number), times(candidate.high, value.number)
    candidate.scale = scale.text
    return candidate


# a column of amounts in several currencies, each with its code: Own currency bn | CAD 2.40
_HEADED = re.compile(r"(?:^|[\s(（,])(thousands?|millions?|billions?|trillions?|mn|bn|tn|[百千]?[万亿])[)）]?$", re.I)


def _headed(candidate: Candidate, word: str, units: Units) -> Candidate:
    """An amount with the code of its currency in the magnitude that its column says."""
    text = word.lower().rstrip("s") + candidate.unit
    try:
        value = parse_value("1", units, scale=text)[0]
    except FigureError:
        candidate.withheld = candidate.withheld or "the column says a magnitude that was not read"
        return candidate
    candidate.number = times(candidate.number, value.number)
    candidate.low, candidate.high = times(candidate.low, value.number), times(candidate.high, value.number)
    candidate.scale = text
    return candidate


MAGNIFIED = re.compile(r"^[\d,]{1,16}(?:\.\d+)?\s?(?:[BMKTkm]|bn|mn|万亿|[百千]?[万亿]|million|billion|trillion)$")


# what a cell may count in thousands and millions of its head's unit; 5 m under a length may be five metres
_OF_UNITS = ("count", "money", "time", "mass", "volume", "energy", "power")


def _with_magnitude(cell: str, column: str, row: str, scope: Scope, units: Units) -> Candidate | None:
    """405B under Parameters, 1.2亿 under 用户数: the cell has its magnitude, the header names the thing."""
    if not MAGNIFIED.match(cell.strip()):
        return None
    scale = choose_scale(column, row, scope, units)
    if scope.near == (None, None) and any(words()["context_window"].search(label.strip()) for label in (column, row)):
        scale = Scale("count", "token")  # whatever the table says of its prices
    if scale is None or scale.bare:
        return None
    symbol = parse_value("1", units, scale=scale.text)[0].symbol
    unit = units.get(symbol)
    if unit is None or unit.dimension not in _OF_UNITS:
        return None
    try:
        value = parse_value(cell, units)[0]
    except FigureError:
        return None
    counted = (scale.counted or unit.counted or "item") if unit.dimension == "count" else ""
    number, low, high = (times(n, unit.factor) for n in (value.number, value.low, value.high))
    return Candidate(0, len(cell), "".join(cell.split()), number, low, high, unit.unit, counted, value.qualifier,
                     unit.symbol, scale=unit.symbol, sure=0.75)  # fmt: skip


def _is_range(span: re.Match[str], scope: Scope) -> bool:
    """Whether two numbers are the ends of a range: those with a hyphen only where their labels give the unit, so that
    they are no name or date, and they rise."""
    if "-" not in span[0] or " - " in span[0]:
        return True
    low, high = (bare_number(span[name]) for name in ("low", "high"))
    return any(scale is not None for scale in scope.near) and low < high and not is_period(span[0])


def _ends(cell: str, span: re.Match[str], scale: Scale, units: Units) -> Iterator[Candidate]:
    """Both ends of a printed range."""
    for name in ("low", "high"):
        match = BARE.match(span[name])
        candidate = _bare_candidate(span[name], match, scale, units) if match else None
        if candidate is not None:
            candidate.printed, candidate.range_end, candidate.end = "".join(cell.split()), name, len(cell)
            yield candidate


def _bare_candidate(cell: str, bare: re.Match[str], scale: Scale | None, units: Units) -> Candidate | None:
    if scale is None or not scale.text:
        return None
    sign = "-" if (bare["open"] and bare["close"]) or bare["sign"] in ("-", "–", "−") else ""
    qualifier = "at_least" if bare["plus"] else _QUALIFIERS.get(bare["q"], "")
    number = f"{sign}{bare['n']}"
    try:
        value = parse_value(number, units, scale=scale.text, qualifier=qualifier)[0]
    except FigureError:
        return None
    unit = units.get(value.symbol)
    if unit is None:
        return None
    counted = (scale.counted or unit.counted or "item") if unit.dimension == "count" else ""
    return Candidate(
        0, len(cell), "".join(cell.replace("*", "").split()), times(value.number, unit.factor), times(value.low, unit.factor),
        times(value.high, unit.factor), unit.unit, counted, value.qualifier, unit.symbol,
        reading=number if sign == "-" and bare["open"] else "", scale=scale.text, sure=0.85,
    )  # fmt: skip
