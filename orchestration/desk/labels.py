"""What a code of the registries is called, and the sentences of the build with names of bases and sources in them."""

from typing import Any

from orchestration.loading.reference import Reference
from orchestration.site.words import (
    BASIS,
    STATISTIC,
    STATUS,
    Label,
    Registry,
    label,
    said_interval,
    source_name,
    spoken,
)

_TABLES = ("indicators", "segments", "geographies", "entities")


def read(reference: Reference | None, sources: dict[str, dict[str, Any]]) -> Registry:
    """The labels of the registries, and the names of the sources of the build; without registries a code stays one."""
    found: dict[str, dict[str, Label]] = {}
    for name in _TABLES if reference else ():
        assert reference is not None
        columns, records = reference.tables[name]
        rows = (dict(zip(columns, record, strict=True)) for record in records)
        found[name] = {
            (code := next(iter(row.values()))): label(row.get("label_en") or code, row.get("label_zh") or "")
            for row in rows
        }
    blank = {"publisher": "", "published_label": ""}
    return Registry(bases=BASIS, sources={key: source_name(blank | row) for key, row in sources.items()}, **found)


def told(registry: Registry, language: str, row: dict[str, Any]) -> str:
    """The explanation of a finding or comparison in the language of the page."""
    english = str(row.get("explanation") or "")
    if language != "zh":
        return registry.named(english, "en")
    return registry.named(registry.chinese(str(row.get("explanation_zh") or english)), "zh")


def label_of(registry: Registry, language: str, field: str, code: str) -> str:
    """What a code of a field is called; empty where it is called as it is written."""
    names = {
        "indicator": registry.indicator, "segment": registry.segment, "geography": registry.geography,
        "entity": registry.entity, "basis": registry.basis,
        "status": lambda c: spoken(c, STATUS), "statistic": lambda c: spoken(c, STATISTIC),
    }  # fmt: skip
    name = names[field](code).text(language) if field in names and code else ""
    return "" if name == code else name


def source_of(registry: Registry, language: str, source_id: str) -> str:
    return registry.source(source_id).text(language)


def range_of(_: Registry, language: str, figure: dict[str, Any]) -> str:
    """What a printed number can mean, with its unit."""
    return said_interval(figure["value_low"], figure["value_high"], figure["unit"]).text(language)


__all__ = ["read", "label_of", "range_of", "source_of", "told"]  # noqa: RUF022 (the first reads, the others speak)
