"""A first spec for a dataset, from its file and the vocabulary; a person confirms it.

What the file does not show is left blank, or stands as a comment: nothing is guessed that would be loaded unseen.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from orchestration.datasets.snapshots import Table, read_table
from orchestration.datasets.spec import FORMATS, Spec, unit_of_header
from orchestration.loading.problems import RawError
from orchestration.loading.reference import Reference

_FORMATS = {".csv": "csv", ".tsv": "tsv", ".json": "json", ".xlsx": "xlsx", ".parquet": "parquet"}
_DAY = re.compile(r"\d{4}(-\d\d){0,2}([T ]\d\d:\d\d.*)?")
_YEAR = re.compile(r"(?:1[89]|20)\d\d(?:\.0)?")
_FLAGS = frozenset({"true", "false", "yes", "no", "y", "n", "checked", "x", "0", "1"})
# names of rows are short, and nearly all differ (two rows of one name are told by `check`)
_LONGEST_NAME, _DISTINCT = 80, 0.95


def draft_spec(path: Path, reference: Reference, origin: str = "") -> str:
    """The text of a `dataset.yml` for a file. Raises ``RawError`` when it is no table."""
    form = _FORMATS.get(path.suffix.lower(), "")
    if form not in FORMATS:
        raise RawError(path.name, 0, f"{path.suffix or 'no ending'} is no format", f"One of {', '.join(_FORMATS)}")
    encoding = _encoding(path) if form in ("csv", "tsv", "json") else "utf-8"
    spec = Spec("dataset.yml", form, "", "", "by hand", (), {}, (), {}, {}, "", {}, encoding)
    table = read_table(path, path.parent, spec, datetime.now(UTC).date())
    key = _key(table)
    lines = [
        "# A draft: look at every line, delete what is not wanted, fill in what stands as TODO.",
        f"format: {form}",
        *([f"encoding: {encoding}  # a guess: look at letters with accents"] if encoding != "utf-8" else []),
        f"origin: {_quoted(origin or str(path))}",
        "citation: TODO how the dataset wants to be cited",
        "publish: by hand",
        f"key: {{column: {_quoted(table.headers[key])}}}",
        *_doubled(table, key),
        *_entities(table, key, reference),
        *_periods(table, key),
        "columns:",
    ]
    left: list[str] = []
    used: dict[str, set[str]] = {"key": set(), "indicator": set()}
    for index, header in enumerate(table.headers):
        if index == key or not header:
            continue
        numbers = _numbers(table, index)
        wanted = _column(header, [cells[index] for _, cells in table.rows], numbers, spec, reference, used)
        if numbers and wanted:
            lines.append(wanted)
        else:
            left.append(f"  {_quoted(header)}: {_quoted(_why(table, index, bool(numbers)))}")
    if lines[-1] == "columns:":
        lines.append("  # TODO: no column measures an indicator that is known; - {column: …, key: …, indicator: …}")
    return "\n".join([*lines, *(["left_out:", *left] if left else []), ""])


def _encoding(path: Path) -> str:
    data = path.read_bytes()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _filled(table: Table, index: int) -> list[str]:
    return [cells[index] for _, cells in table.rows if cells[index]]


def _is_name(cells: Sequence[str]) -> bool:
    return (
        max(map(len, cells)) <= _LONGEST_NAME
        and not any(cell.startswith(("http://", "https://")) for cell in cells[:50])
        and not all(_DAY.fullmatch(cell) for cell in cells)
    )


def _key(table: Table) -> int:
    """The first column of short texts that are nearly all there and all different."""
    for index in range(len(table.headers)):
        cells = _filled(table, index)
        enough = len(set(cells)) >= _DISTINCT * len(table.rows)
        if cells and enough and _is_name(cells) and not _numbers(table, index):
            return index
    return 0


def _doubled(table: Table, key: int) -> list[str]:
    cells = [cells[key] for _, cells in table.rows]
    double = sorted({cell for cell in cells if cells.count(cell) > 1}) if len(set(cells)) < len(cells) else []
    if not double:
        return []
    names = ", ".join(_quoted(name) for name in double[:3])
    return [
        f"# TODO: {len(double)} names stand several times or are empty ({names}): such rows are left out; a list of",
        "# two columns as `key` tells them apart",
    ]


def _entities(table: Table, key: int, reference: Reference) -> list[str]:
    columns, records = reference.tables["entities"]
    kinds = {record[columns.index("kind")] for record in records}
    words = re.findall(r"[a-z]+", table.headers[key].lower())
    kind = next((word for word in words if word in kinds), "TODO")
    known = sum(cell.lower() in reference.names for cell in _filled(table, key))
    about = [
        f", {name}: {{column: {_quoted(header)}}}"
        for name, pattern in (("country", r"\bcountry\b"), ("maker", r"\b(?:manufacturer|maker|vendor|developer)\b"))
        for header in [next((each for each in table.headers if re.search(pattern, each, re.I)), "")]
        if header
    ]
    told = (
        f"# {known} of {len(table.rows)} names stand in raw/reference/entities.csv; this makes entities of the others:"
    )
    return [told, f"# entities: {{kind: {kind}{''.join(about)}}}"]


def _periods(table: Table, key: int) -> list[str]:
    found = []
    for index, header in enumerate(table.headers):
        cells = _filled(table, index)
        if index != key and cells and sum(bool(_DAY.fullmatch(cell)) for cell in cells) * 10 >= len(cells) * 9:
            found.append(f"# period: {{column: {_quoted(header)}}}")
    return ["# TODO: the period that the values are of, when a column tells it:", *found] if found else []


def _why(table: Table, index: int, number: bool) -> str:
    """Why a column is left out, as far as its cells show it."""
    cells = _filled(table, index)
    if not cells:
        return "empty"
    if {cell.lower() for cell in cells} <= _FLAGS:
        return "a flag"
    if all(_DAY.fullmatch(cell) for cell in cells):
        return "dates"
    if number:
        return "TODO a number, no indicator of raw/reference/indicators.csv is named like it"
    if all(cell.startswith(("http://", "https://")) for cell in cells):
        return "addresses"
    if max(map(len, cells)) > 120 or any("\n" in cell for cell in cells):
        return "running text"
    return "words"


def _numbers(table: Table, index: int) -> list[Decimal]:
    """The numbers of a column; empty when most of its cells are none, or when they are flags or years."""
    filled = _filled(table, index)
    if not filled or {cell.lower() for cell in filled} <= _FLAGS or all(_YEAR.fullmatch(cell) for cell in filled):
        return []
    found = []
    for text in filled:
        try:
            number = Decimal(text.replace(",", "").rstrip("%"))
        except InvalidOperation:
            continue
        if number.is_finite():
            found.append(number)
    return found if len(found) * 10 >= len(filled) * 7 else []


def _bare(header: str) -> str:
    return " ".join(re.sub(r"\([^()]*\)|\[[^\[\]]*\]", "", header).lower().split())


def _indicator(header: str, dimension: str, reference: Reference) -> str:
    """The indicator that a header names: by its whole name, or by most words among those of its dimension."""
    bare = _bare(header)
    words = set(re.findall(r"[a-z]{3,}", bare))
    best, most = "", 0
    for name, record in reference.indicators.items():
        own = {name, record["label_en"].lower(), *(each.strip().lower() for each in record["aliases"].split("|"))}
        fits = dimension in (record["dimension"], "") or record["dimension"] == "any"
        if bare in own and fits:
            return name
        common = len(words & set(re.findall(r"[a-z]{3,}", " ".join(own))))
        # without a unit a common word says nothing: blank rather than guessed
        if dimension and record["dimension"] == dimension and common > most:
            best, most = name, common
    return best


def _counted(header: str, reference: Reference) -> str:
    """The noun of counted_nouns.csv that a header consists of."""
    _, records = reference.tables["counted_nouns"]
    bare = header.strip().lower()
    return next((row[0] for row in records if bare in (row[0], *row[1].lower().split("|"))), "")


def _column(
    header: str,
    texts: Sequence[str],
    numbers: Sequence[Decimal],
    spec: Spec,
    reference: Reference,
    used: dict[str, set[str]],
) -> str:
    """The entry of a column of numbers; empty when no indicator is named like it."""
    if not numbers:
        return ""
    symbol, _ = unit_of_header(header, spec, reference)
    told, remark = "unit: header", ""
    if not symbol and any(text.endswith("%") for text in texts):
        symbol, told = "%", 'unit: "%"'
    unit = reference.units.get(symbol) if symbol else None
    indicator = _indicator(header, unit.dimension if unit else "", reference)
    if not indicator and unit is None:
        return ""
    if unit is None:
        dimension = reference.indicators[indicator]["dimension"]
        counted = _counted(header, reference)
        told = "unit: TODO"
        if dimension == "count" and counted:
            told = f'unit: "", counted: {counted}'
        elif dimension == "percent" and all(0 <= number <= 1 for number in numbers):
            told, remark = 'unit: "%", factor: 100', "  # TODO: fractions, as it seems"
    key = re.sub(r"[^a-z0-9]+", "_", re.sub(r"\(.*?\)", "", header).lower()).strip("_")[:30].strip("_") or "column"
    key = key if key[0].isalpha() else f"c_{key}"
    while key in used["key"]:
        key = f"{key[:36]}_x"
    # columns of one indicator must be told apart: by what their headers say
    basis = f", basis: {_quoted(_bare(header))}" if indicator in used["indicator"] else ""
    used["key"].add(key)
    used["indicator"].add(indicator)
    scale = 100 if "factor: 100" in told else 1
    limits = _limits([number * scale for number in numbers])
    what = f"indicator: {indicator or 'TODO'}{basis}, {told}{limits}"
    return f"  - {{column: {_quoted(header)}, key: {key}, {what}}}{remark}"


def _limits(numbers: Sequence[Decimal]) -> str:
    """A range of ten times around what is there; with zero where there are zeros."""
    least, most = min(numbers), max(numbers)
    low = float(least) / 10 if least > 0 else float(least) * 10
    high = float(most) * 10 if most > 0 else float(most) / 10
    return f", range: [{low:.3g}, {high:.3g}]" if low < high else ""


def _quoted(text: str) -> str:
    return '"' + " ".join(text.replace("\\", "\\\\").replace('"', '\\"').split()) + '"'
