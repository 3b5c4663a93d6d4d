"""What the fields of the raw files may hold: declared once, for the loader and for `ai-figures check`.

A field that is not declared here is free text. What a printed number or a period may be is said by
`orchestration.figures`; what a row may refer to (indicators, entities, …) stands in `raw/reference/`.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from math import inf, isfinite, isnan
from typing import Any

from orchestration.figures import PeriodError, parse_period
from orchestration.loading.files import LINE

STATUSES = ("actual", "estimate", "forecast", "target", "claim")
STATISTICS = ("level", "yoy", "cagr", "share", "ratio", "change", "rank")
# dimensions that compare two quantities: any indicator may be told so
RELATIVE = frozenset({"percent", "ratio", "multiple"})
MARTS = ("market", "hardware", "adoption", "investment", "context")
# a market or product class; what firms use AI for; a group that is counted; a part of another segment; a quantity that
# the indicator leaves open; a survey answer; a test of models; a span of validity
SEGMENT_KINDS = ("market", "use", "population", "subset", "measure", "answer", "benchmark", "window")
# names that are taken: folders and files of raw/, assets and tables of the schema raw, steps of the pipeline
RESERVED = frozenset(
    {
        "candidate_comparisons", "candidate_figures", "candidate_findings", "candidates", "context",
        "corrected_verdicts", "decision_figures", "decisions", "extracted", "figures", "inbox", "inbox_figures",
        "inbox_sources", "issues", "journal", "known_findings", "load", "load_counts", "quarantine", "raw",
        "raw_tables", "reference", "registry", "relations", "reports", "source_rates", "sources", "warehouse",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One field. ``kind``: text | number | whole | day | period | flag | list | mapping.

    Numbers lie in [``low``, ``high``] and are finite unless a limit is infinite. ``table`` names the reference file
    whose keys the field may hold. ``remedy`` says what would be right.
    """

    name: str
    kind: str = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    pattern: str = ""
    low: float = -1e30
    high: float = 1e30
    table: str = ""
    remedy: str = ""
    form: str = "text of the right form"
    several: bool = False  # values separated by a bar


_NAME = r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,119}"

SOURCE = (
    Field(
        "source_id",
        required=True,
        pattern=r"[A-Za-z0-9_]{1,60}",
        remedy="Use letters, digits and _ only",
        form="identifier",
    ),
    Field("title", required=True),
    Field("publisher", required=True),
    Field("published_on", "day", remedy="Write a day like 2025-05-13, or null"),
    Field("published_label", "period", remedy="Write what the text supports, like 2025 or 2025-05"),
    Field("language", required=True, pattern=r"[a-z]{1,3}(-[A-Za-z]{2,4})?", remedy="Write a code like zh or en"),
    Field("kind", required=True),
    Field("file", pattern=r"[^/\\\x00-\x1f]{1,200}", remedy="Write the bare file name", form="file name"),
    Field("sha256", pattern=r"[0-9a-f]{64}", remedy="Write the 64 hexadecimal digits that `sha256sum <file>` prints"),
    Field("lines", "whole", low=1, high=10_000_000, remedy="Write the number of lines of the source text"),
    Field("reports_rate", "list", remedy="Write `- {currency: USD, cny: 7.2, note: …}`"),
    Field("licence"),
    Field("restricted", "list", remedy="Write the exhibits that must not be passed on, like [t158, 展品 20]"),
    Field("notes"),
)
RATE = (
    Field("currency", required=True, pattern="[A-Z]{3}", remedy="Write the ISO code, like USD", form="currency"),
    Field("cny", "number", required=True, low=1e-6, high=100, remedy="Write how many CNY one unit costs, like 7.2"),
    Field("note"),
)
RELATION = (
    Field("id", pattern=_NAME, remedy="Use letters, digits and . _ -"),
    Field("rule", required=True),
    Field("covers", remedy="Write all, part, or the share that the parts make up, like 0.9"),
    Field("years", "number", low=0.01, high=200, remedy="Write the number of years between the two levels"),
    Field("note"),
    Field("along", choices=("rows", "columns")),
)
CONSTANT = Field("constant", "number", remedy="Write a plain number, like =12")
COUNTED = Field("counted", pattern=r"[A-Za-z][A-Za-z0-9 _/\-]*", remedy="Write what is counted, in singular English")
# what an entry of a table spec may hold besides the columns of the prose format
CELL = (
    Field("role", choices=("label", "text", "line")),
    Field("key", pattern=_NAME, remedy="Use letters, digits and . _ -"),
    COUNTED,
    Field("skip", "flag", remedy="Write true or false"),
    *(Field(name) for name in ("header", "label", "row", "column", "why")),
)
SPEC = (
    Field("table", required=True, pattern=_NAME, remedy="Start the spec with `table: <id>`"),
    *(Field(name) for name in ("exhibit", "title", "note")),
    Field("defaults", "mapping", remedy="Write `defaults: {status: …}`"),
    *(
        Field(name, "list", remedy=f"Write `{name}:` and one `- {{…}}` a line")
        for name in ("columns", "rows", "cells", "checks")
    ),
)
# the columns of raw/reference/ that hold more than free text
REFERENCE: dict[str, tuple[Field, ...]] = {
    "indicators": (
        Field("indicator", pattern=r"[a-z][a-z0-9_]*", remedy="Use small letters, digits and _"),
        Field("dimension", required=True),
        Field("mart", required=True, choices=MARTS),
        Field("mart_table", pattern=r"[a-z][a-z0-9_]*", remedy="Name a table of the mart, or leave it empty"),
        Field("label_en", required=True),
        Field("part_of", table="indicators"),
        Field("flow", choices=("yes",)),
    ),
    "segments": (
        Field("segment", pattern=r"[a-z][a-z0-9_]*", remedy="Use small letters, digits and _"),
        Field("label_en", required=True),
        Field("kind", required=True, choices=SEGMENT_KINDS),
        Field("parent", table="segments", several=True),
    ),
    "entities": (
        Field("entity", pattern=r"(?=.*[^\W\d_])[^{}\[\]\x00-\x1f]+", remedy="Write the English name"),
        Field("kind", required=True, pattern=r"[a-z][a-z_ ]*", remedy="Write a kind such as company, chip"),
        Field("country", table="geographies"),
        Field("parent", table="entities"),
        Field("maker", table="entities"),
        Field("fiscal_year_end", pattern=r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", remedy="Write MM-DD, like 06-30"),
    ),
    "geographies": (
        Field("geography", pattern=r"[A-Z]{2,3}(-[A-Z0-9]{1,4}){0,2}|[A-Z][A-Za-z0-9_\-]*", remedy="Write an ISO code"),
        Field("label_en", required=True),
        Field("kind", required=True, choices=("country", "group", "subdivision", "city")),
        Field("parent", table="geographies"),
    ),
    "counted_nouns": (COUNTED,),
    "marts": (
        Field("mart_table", pattern=r"[a-z][a-z0-9_]*", remedy="Use small letters, digits and _"),
        Field("mart", required=True, choices=tuple(mart for mart in MARTS if mart != "context")),
        Field("grain", required=True, pattern=r"[a-z][a-z ]*", remedy="Say what one row is, such as statement"),
        Field("description", required=True),
    ),
    "rules": (
        Field("rule", pattern=r"[a-z][a-z_]*", remedy="Use small letters and _"),
        Field("label_en", required=True),
        Field("meaning", required=True),
    ),
    "explanations": (
        Field("explanation_code", pattern=r"[a-z][a-z_]*", remedy="Use small letters and _"),
        Field("label_en", required=True),
        Field("severity", required=True, choices=("by size", "warn", "info")),
        Field("meaning", required=True),
    ),
    "terms": (
        Field("field", required=True, pattern=r"[a-z][a-z_]*", remedy="Name the column that holds the code"),
        Field("code", required=True, pattern=r"[a-z][a-z_]*", remedy="Use small letters and _"),
        Field("label_en", required=True),
    ),
    "units": (
        Field("unit", required=True),
        Field("factor", "number", required=True, low=1e-30, remedy="Write it like 1000, 0.25 or 1e15"),
        Field("dimension", required=True, pattern=r"[a-z][a-z_]*", remedy="Write a dimension such as money or count"),
        COUNTED,
    ),
    "qualifiers": (
        Field("low_factor", "number", required=True, low=-inf, high=1, remedy="Write -inf, or a number up to 1"),
        Field("high_factor", "number", required=True, low=1, high=inf, remedy="Write inf, or a number from 1"),
    ),
    "exchange_rates": (
        Field("currency", pattern="[A-Z]{3}", remedy="Write the ISO code, like USD", form="currency"),
        Field("year", "whole", required=True, low=1949, high=2100, remedy="Write a year like 2024"),
        Field(
            "cny_per_unit",
            "number",
            required=True,
            low=1e-6,
            high=100,
            remedy="Write how many CNY one unit costs, like 7.1217",
        ),
        Field(
            "usd_per_unit",
            "number",
            low=1e-6,
            high=10,
            remedy="Write how many USD one unit costs, like 0.1404",
        ),
        Field("citation", required=True, remedy="Say who publishes the rate, and where"),
    ),
    "reference_values": (
        Field("indicator", required=True, table="indicators"),
        Field("entity", table="entities"),
        Field("segment", table="segments"),
        Field("geography", table="geographies"),
        Field("period", "period", remedy="Write it like 2024, or leave it empty"),
        Field("value", "number", required=True, remedy="Write it like 300, 0.25 or 3.12e14"),
        Field("unit", required=True),
        Field("tolerance", "number", low=0, high=1, remedy="Write the relative deviation that is allowed, like 0.01"),
        Field("citation", required=True, remedy="Name the document and page, or the address, that prints the value"),
    ),
}
KNOWN_FINDING = (
    Field("finding_id", required=True, pattern=r"[a-z_]+:.+", remedy="Write a finding_id like cagr:<source_id>/<id>"),
    Field("explanation_code", required=True, pattern="[a-z_]+", remedy="Write a code of docs/explanations.md"),
)
# the qualifiers that say nothing about one side; all others widen a number by half at most
OPEN_ABOVE, OPEN_BELOW = ("over", "at_least"), ("under", "at_most")
WIDEST = (0.5, 1.5)
# no quantity of the world is larger; beyond, products of figures leave the numbers that a database holds
LARGEST = 1e45


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with one field, and what would be right."""

    message: str
    remedy: str

    @staticmethod
    def together(found: "list[Wrong]") -> tuple[str, str]:
        """Message and remedy of one row: all that is wrong with it."""
        remedies = dict.fromkeys(wrong.remedy.rstrip(".") for wrong in found if wrong.remedy)
        return "; ".join(wrong.message for wrong in found), ". ".join(remedies)


def wrong_fields(
    record: Mapping[str, Any], fields: Iterable[Field], allowed: Collection[str] | None = None
) -> list[Wrong]:
    """All that is wrong with a record: missing and unknown fields, types, ranges, vocabularies.

    ``allowed`` are all the names that it may have; None where the names were checked before (a CSV header).
    """
    found = []
    if allowed is not None:
        found += [unknown("field", name, allowed) for name in record if name != LINE and name not in allowed]
    for field in fields:
        wrong = wrong_value(field, record.get(field.name))
        if wrong:
            found.append(wrong)
    return found


def unknown(what: str, word: object, allowed: Collection[str]) -> Wrong:
    """A word outside its vocabulary, with the nearest right one as the remedy."""
    near = get_close_matches(str(word), list(allowed), 1)
    names = sorted(allowed)
    some = f"One of {', '.join(names)}" if len(names) <= 40 else f"One of {', '.join(names[:5])}, …"
    return Wrong(f"unknown {what} {_short(word)}", f"Write {near[0]}" if near else some)


def wrong_value(field: Field, value: Any) -> Wrong | None:
    """What is wrong with one value of a field; None when nothing is."""
    if value is None or value == "" or (isinstance(value, str) and not value.strip()):
        return Wrong(f"the entry has no `{field.name}`", field.remedy or "Fill it in") if field.required else None
    what = f"`{field.name}` is {_short(value)}"
    remedy = field.remedy or (f"One of {', '.join(field.choices)}" if field.choices else "")
    if field.kind in ("list", "mapping", "flag"):
        expected = {"list": list, "mapping": dict, "flag": bool}[field.kind]
        return None if isinstance(value, expected) else Wrong(f"`{field.name}` is no {field.kind}", remedy)
    if isinstance(value, bool):
        return Wrong(f"{what}, no text", "Put it in quotes")
    if not isinstance(value, str):
        return Wrong(f"{what}, no text", remedy or "Write one value")
    reason = _REASONS[field.kind](field, value.strip())
    if reason is None:
        return None
    if reason == "unknown":
        return unknown(field.name, value, field.choices)
    return Wrong(what + reason, remedy)


def _text(field: Field, text: str) -> str | None:
    if field.choices and text not in field.choices:
        return "unknown"
    if field.pattern and not re.fullmatch(field.pattern, text):
        return f", no {field.form}"
    return None


def number(text: str) -> float | None:
    """A number as a database reads it: Python takes 1_000 and full-width digits as well; None for anything else."""
    try:
        return float(text) if text.isascii() and "_" not in text else None
    except ValueError:
        return None


def _number(field: Field, text: str) -> str | None:
    value = number(text)
    if value is None or isnan(value) or not (isfinite(value) or value in (field.low, field.high)):
        return ", no number"
    if not field.low <= value <= field.high:
        return f", outside {field.low:g} to {field.high:g}"
    return None


def _whole(field: Field, text: str) -> str | None:
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        return ", no whole number"
    return _number(field, text)


def _day(_: Field, text: str) -> str | None:
    try:
        day = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.A) else None
    except ValueError:
        day = None
    return None if day and 1949 <= day.year <= 2100 else ", no day"


def _period(_: Field, text: str) -> str | None:
    try:
        parse_period(text)
    except PeriodError as error:
        return f", no period ({error})"
    return None


_REASONS = {"text": _text, "number": _number, "whole": _whole, "day": _day, "period": _period}


def _short(value: object) -> str:
    text = repr(value) if isinstance(value, str) else f"a {type(value).__name__}"
    return text if len(text) <= 80 else f"{text[:77]}…'"
