"""English and Chinese words: labels of the registry, and the words of the site itself."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

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


STATUS = {
    "actual": label("actual", "实际"),
    "estimate": label("estimate", "估计"),
    "forecast": label("forecast", "预测"),
    "target": label("target", "目标"),
    "claim": label("claim", "宣称"),
}
STATISTIC = {
    "level": label("level", "水平"),
    "yoy": label("yearly growth", "同比"),
    "cagr": label("compound growth", "复合增长率"),
    "share": label("share", "占比"),
    "ratio": label("ratio", "比值"),
    "change": label("change", "变化"),
    "rank": label("rank", "排名"),
}
MART = {
    "market": label("Market", "市场"),
    "hardware": label("Hardware", "硬件与算力"),
    "adoption": label("Adoption", "应用与普及"),
    "investment": label("Investment", "投资"),
    "context": label("Context", "背景"),
}
RULE = {
    "cagr": label("Compound growth rate", "复合增长率"),
    "growth": label("Growth against levels", "增速与水平值"),
    "fold": label("Grew n-fold", "增长倍数"),
    "share": label("Share of a whole", "占比"),
    "sum": label("Sum of parts", "分项之和"),
    "product": label("Multiplication chain", "连乘关系"),
    "ratio": label("Ratio of two figures", "比值"),
    "currency_pair": label("One amount in two currencies", "两种货币"),
    "repeat": label("Printed twice", "重复陈述"),
    "text_vs_table": label("Text against table", "正文与表格"),
    "part_exceeds_whole": label("Part exceeds whole", "部分大于整体"),
    "cross_source": label("Two sources", "跨来源"),
    "reference": label("Outside reference", "外部参照"),
    "bounds": label("Possible range", "取值范围"),
}
SEVERITY = {"error": label("error", "错误"), "warn": label("warning", "警告"), "info": label("note", "提示")}
VERDICT = {
    "agree": label("holds", "成立"),
    "disagree": label("disagrees", "矛盾"),
    "not_comparable": label("not comparable", "不可比"),
}
DECISION = {
    "open": label("open", "待定"),
    "accepted": label("accepted", "已接受"),
    "corrected": label("corrected", "已更正"),
    "not_comparable": label("not comparable", "不可比"),
}
PREFERENCE = {
    "preferred": label("preferred", "首选"),
    "normal": label("normal", "一般"),
    "deprecated": label("deprecated", "弃用"),
}
QUALIFIER = {
    "over": label("more than", "超"),
    "at_least": label("at least", "至少"),
    "under": label("less than", "不足"),
    "at_most": label("at most", "不超过"),
    "about": label("about", "约"),
    "nearly": label("nearly", "近"),
}
CODE = {
    "unexplained": label("unexplained", "未解释"),
    "periods": label("another number of periods", "期数不同"),
    "other_base_year": label("another base year", "基年不同"),
    "other_end_year": label("another end year", "末年不同"),
    "other_year": label("the value of another year", "另一年的数值"),
    "total_growth": label("growth over the whole span", "整段增幅"),
    "simple_average": label("simple average of growth", "简单平均增速"),
    "increase_by_vs_to": label("increase by or to", "增加与增至"),
    "scale": label("slip of scale", "数量级差错"),
    "currency": label("another currency", "币种标错"),
    "sparsity": label("dense or sparse", "稠密与稀疏"),
    "basis": label("another basis", "口径不同"),
    "mislabelled_basis": label("mislabelled basis", "口径误标"),
    "gross_net": label("gross or net", "总额与净额"),
    "other_print": label("another print of it", "另一处写法"),
    "text_vs_table": label("text or table", "正文与表格"),
    "other_whole": label("share of another whole", "另一整体的占比"),
    "whole_of_other_year": label("whole of another year", "另一年的整体"),
    "complement": label("share of the rest", "其余部分的占比"),
    "inverse": label("the inverse", "倒数"),
    "share_of_rest": label("part over the rest", "占其余部分"),
    "part_left_out": label("a part left out", "漏计一项"),
    "counted_twice": label("a part counted twice", "重复计一项"),
    "swapped": label("two exchanged", "两数互换"),
    "digit": label("one digit", "一位数字之差"),
    "precision": label("more digits than known", "精度过高"),
    "rounding_chain": label("rounding along the way", "逐步舍入"),
    "as_of": label("another date", "时点不同"),
    "vintage": label("another edition", "版本不同"),
    "near": label("near miss", "相近"),
    "revised_inputs": label("revised inputs", "数据修订"),
    "scope": label("another scope", "范围不同"),
}


def spoken(code: str | None, words: dict[str, Label]) -> Label:
    """The label of a code; a code without one reads as itself, with blanks."""
    if not code:
        return label("")
    return words.get(code) or label(code.replace("_", " "))


@dataclass(slots=True)
class Registry:
    """Labels of the reference tables, by code."""

    indicators: dict[str, Label] = field(default_factory=dict)
    segments: dict[str, Label] = field(default_factory=dict)
    geographies: dict[str, Label] = field(default_factory=dict)
    entities: dict[str, Label] = field(default_factory=dict)
    sources: dict[str, Label] = field(default_factory=dict)

    def indicator(self, code: str | None) -> Label:
        return spoken(code, self.indicators)

    def segment(self, code: str | None) -> Label:
        return spoken(code, self.segments)

    def geography(self, code: str | None) -> Label:
        return spoken(code, self.geographies)

    def entity(self, code: str | None) -> Label:
        return self.entities.get(code or "") or label(code or "")

    def source(self, code: str | None) -> Label:
        return self.sources.get(code or "") or label(code or "")

    def subject(self, row: "Row") -> Label:
        """What a figure is about, in a few words: entity, segment, geography."""
        parts = [self.entity(row.get("entity")), self.segment(row.get("segment")), self.geography(row.get("geography"))]
        return label(", ".join(part.en for part in parts if part.en), "，".join(part.zh for part in parts if part.zh))


def read_registry(warehouse: "Warehouse") -> Registry:
    """The labels of indicators, segments, geographies and entities, and short names of the sources."""

    def labels(query: str) -> dict[str, Label]:
        return {row["code"]: label(row["en"] or row["code"], row["zh"] or "") for row in warehouse.rows(query)}

    return Registry(
        indicators=labels("select indicator as code, label_en as en, label_zh as zh from reference.indicators"),
        segments=labels("select segment as code, label_en as en, label_zh as zh from reference.segments"),
        geographies=labels("select geography as code, label_en as en, label_zh as zh from reference.geographies"),
        entities=labels("select entity as code, entity as en, label_zh as zh from reference.entities"),
        sources={source_id: source_name(row) for source_id, row in warehouse.sources.items()},
    )


def source_name(source: "Row") -> Label:
    """Publisher and date: `Morgan Stanley Research (2025-05)`. A publisher's Chinese name stands in brackets."""
    publisher, date = source["publisher"] or "", str(source.get("published_on") or source["published_label"] or "")
    if not publisher or publisher.startswith("not named"):
        return label(source["source_id"])
    name, _, chinese = publisher.partition(" (")
    dated = f" ({date})" if date else ""
    return label(name + dated, (chinese.rstrip(")") or name) + dated)
