"""A first spec for a dataset, from its file and the vocabulary; a person confirms it.

What the file does not show is left blank, or stands as a comment: nothing is guessed that would be loaded unseen.
"""

import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from orchestration.datasets.draft_cells import DAY, FLAGS, filled, numbers_of, quoted
from orchestration.datasets.draft_long import long_draft
from orchestration.datasets.draft_rows import certainty, doubled, entities, key_of, periods
from orchestration.datasets.snapshots import Table, read_table
from orchestration.datasets.spec import FORMATS, Spec, measure_of, unit_of_header
from orchestration.figures import FigureError, parse_value
from orchestration.loading.problems import RawError
from orchestration.loading.reference import Reference

_FORMATS = {".csv": "csv", ".tsv": "tsv", ".json": "json", ".xlsx": "xlsx", ".parquet": "parquet"}
_UNNAMED = "TODO a number, no indicator of raw/reference/indicators.csv is named like it"
_REMARK = re.compile(r"\s+(?:notes?|remarks?|comments?)$")


def draft_spec(path: Path, reference: Reference, origin: str = "") -> str:
    """The text of a `dataset.yml` for a file. Raises ``RawError`` when it is no table."""
    form = _FORMATS.get(path.suffix.lower(), "")
    if form not in FORMATS:
        raise RawError(path.name, 0, f"{path.suffix or 'no ending'} is no format", f"One of {', '.join(_FORMATS)}")
    encoding = _encoding(path) if form in ("csv", "tsv", "json") else "utf-8"
    spec = Spec("dataset.yml", form, "", "", "by hand", (), {}, (), {}, {}, "", {}, encoding)
    table = read_table(path, path.parent, spec, _today())
    long = long_draft(table, spec, reference)
    if long is None:
        key = key_of(table, reference)
        named = {table.headers[key]}
        of_rows = [
            f"key: {{column: {quoted(table.headers[key])}}}",
            *doubled(table, key),
            *entities(table, key, reference),
            *periods(table, key),
            *certainty(table, key),
        ]
    else:
        table, of_rows, named = read_table(path, path.parent, long.spec, _today()), list(long.lines), set(long.named)
        # `Flag: Exports` stands beside `Exports`
        named |= {f"{column}: {header}" for column in long.beside for header in table.headers}
    lines = [
        "# A draft: look at every line, delete what is not wanted, fill in what stands as TODO.",
        f"format: {form}",
        *([f"encoding: {encoding}  # a guess: look at letters with accents"] if encoding != "utf-8" else []),
        f"origin: {quoted(origin or str(path))}",
        "citation: TODO how the dataset wants to be cited",
        "publish: by hand",
        *of_rows,
        "columns:",
    ]
    left: list[tuple[str, str]] = []
    remarks: set[str] = set()
    used: dict[str, set[str]] = {"key": set(), "indicator": set()}
    for index, header in enumerate(table.headers):
        if header in named or not header:
            continue
        numbers = numbers_of(table, index)
        wanted = _column(header, table, numbers, spec, reference, used)
        if numbers and wanted:
            lines.append(wanted)
            remarks.update(_remark(header, table))
        else:
            why = _why(table, index, bool(numbers), reference)
            near = _near(header, reference) if why == _UNNAMED else ""
            left.append((header, why + near))
    left = [(header, why) for header, why in left if header not in remarks]
    if lines[-1] == "columns:":
        lines.append("  # TODO: no column measures an indicator that is known; - {column: …, key: …, indicator: …}")
    told = [f"  {quoted(header)}: {quoted(why)}" for header, why in left]
    return "\n".join([*lines, *(["left_out:", *told] if told else []), ""])


def _today() -> date:
    return datetime.now(UTC).date()


def _remark(header: str, table: Table) -> list[str]:
    """The column of remarks beside a column of numbers: `Parameters notes` beside `Parameters`."""
    bare = _bare(header)
    return [each for each in table.headers if _REMARK.sub("", each.strip().lower()) == bare and each != header][:1]


def _near(header: str, reference: Reference) -> str:
    """Indicators that share words with a header, those with rare words first: one of them may be meant."""
    words = set(re.findall(r"[a-z]{3,}", header.lower()))
    of = {
        name: words & set(re.findall(r"[a-z]{3,}", f"{name} {record['label_en']} {record['aliases']}".lower()))
        for name, record in reference.indicators.items()
    }
    often = Counter(word for shared in of.values() for word in shared)
    weight = {name: sum(1 / often[word] for word in shared) for name, shared in of.items() if shared}
    best = sorted(weight, key=lambda name: (-weight[name], name))[:3]
    return f"; perhaps {', '.join(best)}?" if best else ""


def _encoding(path: Path) -> str:
    data = path.read_bytes()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _hold_numbers(cells: Sequence[str], reference: Reference) -> bool:
    """Whether most cells, of the first hundred, print a number with a unit or a sign: `$12.50`, `7 GB`, `~30`."""
    some = cells[:100]
    found = 0
    for cell in some:
        with suppress(FigureError, ValueError):
            found += bool(cell[:40] == cell and parse_value(cell, reference.units))
    return found * 10 >= len(some) * 7


def _why(table: Table, index: int, number: bool, reference: Reference) -> str:
    """Why a column is left out, as far as its cells show it."""
    cells = filled(table, index)
    if not cells:
        return "empty"
    if {cell.lower() for cell in cells} <= FLAGS:
        return "a flag"
    if all(DAY.fullmatch(cell) for cell in cells):
        return "dates"
    if number:
        return _UNNAMED
    if all(cell.startswith(("http://", "https://")) for cell in cells):
        return "addresses"
    if _hold_numbers(cells, reference):
        return "TODO numbers with signs or words beside them: only plain ones are read"
    if max(map(len, cells)) > 120 or any("\n" in cell for cell in cells):
        return "running text"
    return "words"


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
    table: Table,
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
    if not symbol and any(text.endswith("%") for text in filled(table, table.headers.index(header))):
        symbol, told = "%", 'unit: "%"'
    measure = measure_of(symbol, reference)
    unit = measure[0] if measure else None
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
    basis = f", basis: {quoted(_bare(header))}" if indicator in used["indicator"] else ""
    used["key"].add(key)
    used["indicator"].add(indicator)
    scale = 100 if "factor: 100" in told else 1
    # nothing can be less than no paper; a price of next to nothing would be a slip
    limits = _limits([number * scale for number in numbers], "counted:" in told)
    note = "".join(f", note: {{column: {quoted(each)}}}" for each in _remark(header, table))
    what = f"indicator: {indicator or 'TODO'}{basis}, {told}{limits}{note}"
    return f"  - {{column: {quoted(header)}, key: {key}, {what}}}{remark}"


def _limits(numbers: Sequence[Decimal], counted: bool) -> str:
    """A range of ten times around what is there; from zero where there are zeros, and for what is counted."""
    least, most = min(numbers), max(numbers)
    if counted and least >= 0:
        least = Decimal(0)
    low = float(least) / 10 if least > 0 else float(least) * 10
    high = float(most) * 10 if most > 0 else float(most) / 10
    return f", range: [{low:.3g}, {high:.3g}]" if low < high else ""
