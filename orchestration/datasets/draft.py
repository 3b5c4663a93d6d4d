"""A first spec for a dataset, from its file and the vocabulary; a person confirms it.

What the file does not show is left blank, or stands as a comment: nothing is guessed that would be loaded unseen.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from orchestration.datasets.snapshots import Table, read_table
from orchestration.datasets.spec import FORMATS, Spec, measure_of, unit_of_header
from orchestration.loading.problems import RawError
from orchestration.loading.reference import Reference

_FORMATS = {".csv": "csv", ".tsv": "tsv", ".json": "json", ".xlsx": "xlsx", ".parquet": "parquet"}
_DAY = re.compile(r"\d{4}(-\d\d){0,2}([T ]\d\d:\d\d.*)?")
_YEAR = re.compile(r"(?:1[89]|20)\d\d(?:\.0)?")
_FLAGS = frozenset({"true", "false", "yes", "no", "y", "n", "checked", "x", "0", "1"})
# names of rows are short, and nearly all differ (two rows of one name are told by `check`)
_FEW_WORDS = 8
_UNNAMED = "TODO a number, no indicator of raw/reference/indicators.csv is named like it"
_REMARK = re.compile(r"\s+(?:notes?|remarks?|comments?)$")
_LONGEST_NAME, _DISTINCT, _DISTINCT_IF_CALLED = 80, 0.95, 0.7


def draft_spec(path: Path, reference: Reference, origin: str = "") -> str:
    """The text of a `dataset.yml` for a file. Raises ``RawError`` when it is no table."""
    form = _FORMATS.get(path.suffix.lower(), "")
    if form not in FORMATS:
        raise RawError(path.name, 0, f"{path.suffix or 'no ending'} is no format", f"One of {', '.join(_FORMATS)}")
    encoding = _encoding(path) if form in ("csv", "tsv", "json") else "utf-8"
    spec = Spec("dataset.yml", form, "", "", "by hand", (), {}, (), {}, {}, "", {}, encoding)
    table = read_table(path, path.parent, spec, datetime.now(UTC).date())
    key = _key(table, reference)
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
        *_certainty(table, key),
        "columns:",
    ]
    left: list[tuple[str, str]] = []
    remarks: set[str] = set()
    used: dict[str, set[str]] = {"key": set(), "indicator": set()}
    for index, header in enumerate(table.headers):
        if index == key or not header:
            continue
        numbers = _numbers(table, index)
        wanted = _column(header, table, numbers, spec, reference, used)
        if numbers and wanted:
            lines.append(wanted)
            remarks.update(_remark(header, table))
        else:
            why = _why(table, index, bool(numbers))
            near = _near(header, reference) if why == _UNNAMED else ""
            left.append((header, why + near))
    left = [(header, why) for header, why in left if header not in remarks]
    if lines[-1] == "columns:":
        lines.append("  # TODO: no column measures an indicator that is known; - {column: …, key: …, indicator: …}")
    told = [f"  {_quoted(header)}: {_quoted(why)}" for header, why in left]
    return "\n".join([*lines, *(["left_out:", *told] if told else []), ""])


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


def _filled(table: Table, index: int) -> list[str]:
    return [cells[index] for _, cells in table.rows if cells[index]]


def _is_name(cells: Sequence[str]) -> bool:
    return (
        max(map(len, cells)) <= _LONGEST_NAME
        and not any(cell.startswith(("http://", "https://")) for cell in cells[:50])
        and not all(_DAY.fullmatch(cell) for cell in cells)
    )


def _key(table: Table, reference: Reference) -> int:
    """The column of short texts that names rows: one that is called so, else the first of nearly all different ones."""
    columns, records = reference.tables["entities"]
    called = {record[columns.index("kind")] for record in records} | {"name"}
    names = [index for index in range(len(table.headers)) if _distinct(table, index) >= _DISTINCT_IF_CALLED]
    for index in names:
        if called & set(re.findall(r"[a-z]+", table.headers[index].lower())):
            return index
    return next((index for index in names if _distinct(table, index) >= _DISTINCT), 0)


def _distinct(table: Table, index: int) -> float:
    """How many of the rows a column of names tells apart, as a share; 0 for one that holds no names."""
    cells = _filled(table, index)
    if not cells or not _is_name(cells) or _numbers(table, index):
        return 0.0
    return len(set(cells)) / len(table.rows)


def _doubled(table: Table, key: int) -> list[str]:
    cells = [cells[key] for _, cells in table.rows]
    double = sorted({cell for cell in cells if cells.count(cell) > 1}) if len(set(cells)) < len(cells) else []
    if not double:
        return []
    names = ", ".join(_quoted(name) for name in double[:3])
    told = [f"# TODO: {len(double)} names stand several times or are empty ({names}): such rows are left out"]
    seconds = [header for index, header in enumerate(table.headers) if index != key and _tells_apart(table, key, index)]
    if seconds:
        first = _quoted(table.headers[key])
        told += [
            f"# {', '.join(map(_quoted, seconds[:4]))} would tell them apart, if it never changes:",
            f"# key: [{{column: {first}}}, {{column: {_quoted(seconds[0])}}}] and entity: {{column: {first}}}",
        ]
    return told


def _tells_apart(table: Table, key: int, index: int) -> bool:
    """Whether a short text, filled everywhere, makes every name of a row different."""
    cells = [cells[index] for _, cells in table.rows]
    pairs = {(row[key], row[index]) for _, row in table.rows}
    return len(pairs) == len(table.rows) and all(cells) and max(map(len, cells)) <= _LONGEST_NAME


def _entities(table: Table, key: int, reference: Reference) -> list[str]:
    columns, records = reference.tables["entities"]
    kinds = {record[columns.index("kind")] for record in records}
    words = re.findall(r"[a-z]+", table.headers[key].lower())
    kind = next((word for word in words if word in kinds), "TODO")
    names = list(dict.fromkeys(_filled(table, key)))
    known = sum(cell.lower() in reference.names for cell in names)
    country = _most_known(table, key, reference.places, lambda text: [each.strip() for each in text.split(",")])
    maker = _most_known(table, key, reference.names, lambda text: [text])
    about = ""
    if country:
        strange = {
            part.strip()
            for cell in _filled(table, table.headers.index(country))
            for part in cell.split(",")
            if part.strip() and part.strip().lower() not in reference.places
        }
        translated = ", ".join(f'{_quoted(name)}: ""' for name in sorted(strange)[:20])
        about += f", country: {{column: {_quoted(country)}{f', words: {{{translated}}}' if translated else ''}}}"
    if maker:
        about += f", maker: {{column: {_quoted(maker)}}}"
    return [
        f"# {known} of {len(names)} names stand in raw/reference/entities.csv; this makes entities of the others:",
        f"# entities: {{kind: {kind}{about}}}",
        *_other_names(table.headers[key], names, reference),
    ]


def _most_known(table: Table, key: int, known: Mapping[str, str], parts: Callable[[str], Sequence[str]]) -> str:
    """The column most of whose cells are names that are known; empty when no column has a half of them."""
    best, most = "", 0.5
    for index, header in enumerate(table.headers):
        cells = _filled(table, index) if index != key and not _numbers(table, index) else []
        share = sum(any(part.lower() in known for part in parts(cell)) for cell in cells) / max(len(cells), 1)
        if share > most and len(cells) * 2 > len(table.rows):
            best, most = header, share
    return best


def _other_names(header: str, names: Sequence[str], reference: Reference) -> list[str]:
    """Names that are spelled nearly like a registered one, or without its maker: a person says whether they are it."""
    columns, records = reference.tables["entities"]
    at = {name: columns.index(name) for name in ("entity", "maker", "aliases")}
    spelled: dict[str, set[str]] = {}
    for record in records:
        entity, maker = record[at["entity"]], record[at["maker"]]
        short = entity.removeprefix(f"{maker} ") if maker else entity
        for word in (entity, short, *record[at["aliases"]].split("|")):
            spelled.setdefault(_letters(word), set()).add(entity)
    found = {
        name: spelled[_letters(name)]
        for name in names
        if name.lower() not in reference.names and len(spelled.get(_letters(name), ())) == 1
    }
    if not found:
        return []
    words = ", ".join(f"{_quoted(name)}: {_quoted(next(iter(entities)))}" for name, entities in found.items())
    return [
        "# spelled nearly like registered names; this says that they are the same things (else they are others):",
        f"# entity: {{column: {_quoted(header)}, words: {{{words}}}}}",
    ]


def _letters(name: str) -> str:
    return re.sub(r"[^\w.]|_", "", name.lower())


def _periods(table: Table, key: int) -> list[str]:
    found = []
    for index, header in enumerate(table.headers):
        cells = _filled(table, index)
        if index != key and cells and sum(bool(_DAY.fullmatch(cell)) for cell in cells) * 10 >= len(cells) * 9:
            found.append(f"# period: {{column: {_quoted(header)}}}")
    told = [
        "# TODO: the period that the values are of, when a column tells it. They then meet figures of it only:",
        "# right for what changes from year to year, wrong for what a thing has once and for all",
    ]
    return [*told, *found] if found else []


def _certainty(table: Table, key: int) -> list[str]:
    """A column of a few words that says how sure the values are: which words mean what, a person says."""
    for index, header in enumerate(table.headers):
        words = sorted(set(_filled(table, index)))
        if index != key and re.search(r"confiden|certain", header, re.I) and 1 < len(words) <= _FEW_WORDS:
            told = ", ".join(f"{_quoted(word)}: estimate" for word in words)
            return [
                "# TODO: `actual` for the words that mean what was printed by the maker, when the column tells it:",
                f"# status: {{column: {_quoted(header)}, words: {{{told}}}, default: estimate}}",
            ]
    return []


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
        return _UNNAMED
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
    if not symbol and any(text.endswith("%") for text in _filled(table, table.headers.index(header))):
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
    basis = f", basis: {_quoted(_bare(header))}" if indicator in used["indicator"] else ""
    used["key"].add(key)
    used["indicator"].add(indicator)
    scale = 100 if "factor: 100" in told else 1
    # nothing can be less than no paper; a price of next to nothing would be a slip
    limits = _limits([number * scale for number in numbers], "counted:" in told)
    note = "".join(f", note: {{column: {_quoted(each)}}}" for each in _remark(header, table))
    what = f"indicator: {indicator or 'TODO'}{basis}, {told}{limits}{note}"
    return f"  - {{column: {_quoted(header)}, key: {key}, {what}}}{remark}"


def _limits(numbers: Sequence[Decimal], counted: bool) -> str:
    """A range of ten times around what is there; from zero where there are zeros, and for what is counted."""
    least, most = min(numbers), max(numbers)
    if counted and least >= 0:
        least = Decimal(0)
    low = float(least) / 10 if least > 0 else float(least) * 10
    high = float(most) * 10 if most > 0 else float(most) / 10
    return f", range: [{low:.3g}, {high:.3g}]" if low < high else ""


def _quoted(text: str) -> str:
    return '"' + " ".join(text.replace("\\", "\\\\").replace('"', '\\"').split()) + '"'
