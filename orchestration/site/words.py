"""English and Chinese words: labels of the registry, and the words of the site itself."""

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from orchestration.figures.shown import interval, interval_zh, quantity, quantity_zh
from orchestration.loading.reference import read_reference_rows
from orchestration.settings import PROJECT

if TYPE_CHECKING:
    from orchestration.site.warehouse import Row, Warehouse

LANGUAGES = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Label:
    """One text in both languages."""

    en: str
    zh: str

    def text(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


def label(en: str, zh: str = "") -> Label:
    return Label(en, zh or en)


def _labels(registry: str, key: str, field: str = "") -> dict[str, Label]:
    """Labels of a registry by its key; of the common terms, those of one field. None where the project has none."""
    if not (PROJECT / "raw" / "reference" / f"{registry}.csv").exists():
        return {}
    return {
        row[key]: label(row["label_en"], row["label_zh"])
        for row in read_reference_rows(PROJECT / "raw" / "reference", registry)
        if not field or row["field"] == field
    }


STATUS, STATISTIC, MART, SEVERITY, VERDICT, DECISION, PREFERENCE = (
    _labels("terms", "code", field)
    for field in ("status", "statistic", "mart", "severity", "verdict", "decision", "preference")
)
BASIS = _labels("bases", "basis")
RULE = _labels("rules", "rule")
QUALIFIER = _labels("qualifiers", "qualifier")
CODE = _labels("explanations", "explanation_code")
SCOPE = {
    "reports": label("two reports", "两份报告之间"),
    "itself": label("one report and itself", "同一报告内部"),
    "outside": label("a report and an outside reference", "报告与外部参照之间"),
}


def spoken(code: str | None, words: dict[str, Label]) -> Label:
    """The label of a code; a code without one reads as itself, with blanks."""
    if not code:
        return label("")
    return words.get(code) or label(code.replace("_", " "))


def said(value: float | None, unit: str | None, counted: str | None = None) -> Label:
    """A value as people say it, in both languages."""
    return label(quantity(value, unit, counted), quantity_zh(value, unit, counted))


def qualified(text: Label, qualifier: str | None) -> Label:
    """A value as it is printed: more than 700 bn CNY, nearly 5×."""
    word = QUALIFIER.get(qualifier or "")
    return label(f"{word.en} {text.en}", f"{word.zh} {text.zh}") if word else text


def said_interval(low: float | None, high: float | None, unit: str | None) -> Label:
    return label(interval(low, high, unit), interval_zh(low, high, unit))


def two_names(text: str | None) -> Label:
    """`Name (名称)` or `名称 (name)`: the one with Chinese characters is the Chinese one."""
    first, _, second = (text or "").partition(" (")
    if not second:
        return label(text or "")
    second = second.removesuffix(")")
    return label(second, first) if re.search(r"[\u4e00-\u9fff]", first) else label(first, second)


# what kinds of report the registry of sources names
KINDS = {
    "market brief": label("market brief", "市场简报"),
    "broker report": label("broker report", "券商研报"),
    "investment blue book": label("investment blue book", "投资蓝皮书"),
    "industry encyclopedia entry": label("industry encyclopedia entry", "行业百科条目"),
    "dataset": label("dataset", "数据集"),
}


@dataclass(slots=True)
class Registry:
    """Labels of the reference tables, by code."""

    indicators: dict[str, Label] = field(default_factory=dict)
    segments: dict[str, Label] = field(default_factory=dict)
    geographies: dict[str, Label] = field(default_factory=dict)
    entities: dict[str, Label] = field(default_factory=dict)
    sources: dict[str, Label] = field(default_factory=dict)
    bases: dict[str, Label] = field(default_factory=dict)

    def indicator(self, code: str | None) -> Label:
        return spoken(code, self.indicators)

    def segment(self, code: str | None) -> Label:
        return spoken(code, self.segments)

    def geography(self, code: str | None) -> Label:
        return spoken(code, self.geographies)

    def entity(self, code: str | None) -> Label:
        return self.entities.get(code or "") or label(code or "")

    def basis(self, text: str | None) -> Label:
        """A basis, part by part, in both languages; a part without a label stands as it is."""
        parts = [self.bases.get(part.strip(), label(part.strip())) for part in (text or "").split(";")]
        return label("; ".join(part.en for part in parts), "；".join(part.zh for part in parts))

    def source(self, code: str | None) -> Label:
        return self.sources.get(code or "") or label(code or "")

    def chinese(self, text: str) -> str:
        """A Chinese sentence of the publication with the parts of its bases in Chinese as well."""
        found = _one_of(tuple(self.bases), "/-").sub(lambda m: self.bases[m[1]].zh, text) if self.bases else text
        return re.sub(r"(?<=[\u4e00-\u9fff]); (?=\S)", "；", found)

    def named(self, text: str, language: str) -> str:
        """A sentence with the names of sources in place of their ids."""
        if not self.sources:
            return text
        return _one_of(tuple(self.sources), "/", ":").sub(lambda found: self.source(found[1]).text(language), text)

    def subject(self, row: "Row") -> Label:
        """What a figure is about, in a few words: entity, segment, geography."""
        parts = [self.entity(row.get("entity")), self.segment(row.get("segment")), self.geography(row.get("geography"))]
        return label(", ".join(part.en for part in parts if part.en), "，".join(part.zh for part in parts if part.zh))


@cache
def _one_of(names: tuple[str, ...], beside: str, before: str = "") -> re.Pattern[str]:
    """The longest of the names, where no word and none of these marks stands beside it. Asked for every sentence."""
    longest_first = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    return re.compile(rf"(?<![\w{beside}{before}])({longest_first})(?![\w{beside}])")


def read_registry(warehouse: "Warehouse") -> Registry:
    """The labels of indicators, segments, geographies and entities, and short names of the sources."""

    def labels(query: str) -> dict[str, Label]:
        return {row["code"]: label(row["en"] or row["code"], row["zh"] or "") for row in warehouse.rows(query)}

    return Registry(
        indicators=labels("select indicator as code, label_en as en, label_zh as zh from reference.indicators"),
        segments=labels("select segment as code, label_en as en, label_zh as zh from reference.segments"),
        geographies=labels("select geography as code, label_en as en, label_zh as zh from reference.geographies"),
        entities=labels("select entity as code, entity as en, label_zh as zh from reference.entities"),
        bases=BASIS,
        sources={source_id: source_name(row) for source_id, row in warehouse.sources.items()},
    )


def source_name(source: "Row") -> Label:
    """Publisher and date: `Morgan Stanley Research (2025-05)`; the title where no publisher is named, never the id.

    The Chinese name of a publisher or title stands in brackets behind the other.
    """
    publisher, date = source["publisher"] or "", str(source.get("published_on") or source["published_label"] or "")
    if not publisher or publisher.startswith("not named"):
        publisher = source["title"] or source["source_id"]
    name, _, chinese = publisher.partition(" (")
    dated = f" ({date})" if date else ""
    return label(name + dated, (chinese.rstrip(")") or name) + dated)
