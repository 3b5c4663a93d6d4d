"""The registry of `raw/`: its sources (`sources.yml`). Broken entries are set aside, the rest is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestration.loading.fields import (
    RATE,
    RESERVED,
    SOURCE,
    Wrong,
    number,
    unknown,
    wrong_fields,
)
from orchestration.loading.files import LINE, read_yaml
from orchestration.loading.problems import Problem, RawError
from orchestration.loading.reference import Reference
from orchestration.loading.reference_rows import RATES_APART
from orchestration.settings import leaves_out_restricted


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of `raw/sources.yml`."""

    source_id: str
    title: str
    publisher: str
    published_on: str | None
    published_label: str | None
    language: str
    kind: str
    file: str
    sha256: str
    lines: int | None
    licence: str
    notes: str
    rates: tuple[tuple[str, float, str], ...] = ()
    # exhibits, or ids of tables, that this build leaves out (settings.leaves_out_restricted)
    left_out: tuple[str, ...] = ()
    # of the entry in sources.yml
    line: int = field(default=0, compare=False)


class Registry(dict[str, Source]):
    """The sources that can be loaded, by id, in the order of `raw/sources.yml`; broken entries are ``problems``."""

    def __init__(self) -> None:
        super().__init__()
        self.problems: list[Problem] = []

    def __missing__(self, source_id: str) -> Source:
        for problem in self.problems:
            if problem.key == source_id:
                raise RawError(problem.file, problem.line, problem.message, problem.remedy)
        near = unknown("source", source_id, self)
        raise RawError("sources.yml", 0, f"{source_id!r} is not registered", near.remedy or "Add it")


def load_sources(raw: Path) -> Registry:
    """Read `raw/sources.yml`. A broken entry is set aside with its source, the others stay.

    Raises ``RawError`` when the file cannot be read as a list.
    """
    entries = read_yaml(raw / "sources.yml", raw)
    if not isinstance(entries, list):
        raise RawError("sources.yml", 1, "the registry is not a list", "Write one `- source_id: …` entry a report")
    sources = Registry()
    seen: set[str] = set()
    for entry in entries:
        if not isinstance(entry, dict):
            message = f"{str(entry)[:60]!r} is not a mapping"
            sources.problems.append(Problem("sources.yml", 1, "", message, "Write `- source_id: …`"))
            continue
        source_id = entry.get("source_id")
        found = _wrong_source(entry, seen)
        if isinstance(source_id, str):
            seen.add(source_id.lower())
        if found:
            key = source_id if isinstance(source_id, str) else ""
            text = ", ".join(f"{name}: {str(value)[:80]}" for name, value in entry.items() if name != LINE)
            sources.problems.append(Problem("sources.yml", entry[LINE], key, *Wrong.together(found), text[:2000]))
        else:
            sources[str(source_id)] = _source(entry)
    return sources


def _wrong_source(entry: dict[str, Any], seen: set[str]) -> list[Wrong]:
    found = wrong_fields(entry, SOURCE, [field.name for field in SOURCE])
    if entry.get("kind") != "dataset" and not entry.get("file"):
        found.append(Wrong("the entry has no `file`", "Write the bare file name"))
    source_id = str(entry.get("source_id") or "")
    if source_id.lower() in RESERVED or source_id.lower().startswith("ref_"):
        found.append(Wrong(f"{source_id!r} is a reserved name", "Choose another source_id"))
    elif source_id and source_id.lower() in seen:
        # folders and tables of some systems do not know large letters from small ones
        found.append(Wrong(f"{source_id!r} stands twice", "Rename one"))
    rates = entry.get("reports_rate")
    for rate in rates if isinstance(rates, list) else []:
        if isinstance(rate, dict):
            found += wrong_fields(rate, RATE, [field.name for field in RATE])
        else:
            found.append(Wrong(f"the rate {str(rate)[:60]!r} is no mapping", "Write `- {currency: USD, cny: 7.2}`"))
    currencies = [rate.get("currency") for rate in rates if isinstance(rate, dict)] if isinstance(rates, list) else []
    if len({str(currency) for currency in currencies}) < len(currencies):
        found.append(Wrong("`reports_rate` names a currency twice", "Keep the rate that the report uses"))
    return found


def _source(entry: dict[str, Any]) -> Source:
    def text(name: str) -> str:
        return str(entry.get(name) or "").strip()

    return Source(
        source_id=text("source_id"),
        title=text("title"),
        publisher=text("publisher"),
        published_on=text("published_on") or None,
        published_label=text("published_label") or None,
        language=text("language"),
        kind=text("kind"),
        file=text("file"),
        sha256=text("sha256"),
        lines=int(text("lines")) if text("lines") else None,
        licence=text("licence"),
        notes=text("notes"),
        rates=tuple(
            (str(rate["currency"]).strip(), float(rate["cny"]), str(rate.get("note") or ""))
            for rate in entry.get("reports_rate") or []
        ),
        left_out=tuple(str(name) for name in entry.get("restricted") or []) if leaves_out_restricted() else (),
        line=entry[LINE],
    )


def report_rates(
    sources: Mapping[str, Source], reference: Reference
) -> tuple[list[tuple[str, str, float, str]], list[Problem]]:
    """Rates that reports state (source, currency, CNY for one unit, note), and those far from all reference rates."""
    columns, records = reference.tables["exchange_rates"]
    usual: dict[str, list[float]] = {}
    for record in records:
        row = dict(zip(columns, record, strict=True))
        value = number(row["cny_per_unit"])
        if value:
            usual.setdefault(row["currency"], []).append(value)
    kept, problems = [], []
    for source in sources.values():
        for currency, cny, note in source.rates:
            known = usual.get(currency, [cny])
            low, high = min(known), max(known)
            if low / RATES_APART <= cny <= high * RATES_APART:
                kept.append((source.source_id, currency, cny, note))
                continue
            message = f"`reports_rate`: {cny:g} CNY for one {currency} is far from the {low:g} to {high:g} of the years"
            remedy = "Correct `cny`, or the row of raw/reference/exchange_rates.csv"
            problems.append(Problem("sources.yml", source.line, source.source_id, message, remedy, f"{currency} {cny}"))
    return kept, problems
