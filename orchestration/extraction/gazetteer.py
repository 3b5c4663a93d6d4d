"""Names in running text: geographies, entities and indicators, from the registries of `raw/reference/`.

All names are looked up in one pass (Aho-Corasick); Latin names need word boundaries.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from orchestration.figures import load_units
from orchestration.figures.numerals import simplified
from orchestration.loading.reference import aliases_of, read_reference_rows

INDICATOR_WORDS = "indicator_words.yml"  # beside the registries; a reference folder need not have it
_PATENT = re.compile(r" (?:\d{4}/\d{6,7}|\d{1,2},\d{3},\d{3}(?= [AB]\d))")
_STATE = frozenset("家有内产外资")
_LISTED = re.compile(r"[和、与]| and ")


@dataclass(frozen=True, slots=True)
class Hit:
    """A name in a text. ``kind`` is geography, entity, indicator or segment; ``value`` its key in the registry."""

    start: int
    end: int
    kind: str
    value: str
    word: str


class Gazetteer:
    """Finds registry names.

    ``dimensions`` gives the dimension of every indicator, ``unit_dimensions`` of every canonical unit,
    ``tables`` the table of its mart, ``default_indicators`` the indicator of a unit or counted noun that no words name.
    """

    def __init__(self, exact: dict[str, list[tuple[str, str]]], folded: dict[str, list[tuple[str, str]]],
                 dimensions: dict[str, str], kinds: dict[str, str], unit_dimensions: dict[str, str],
                 default_indicators: dict[str, str], parents: dict[str, str],
                 fiscal: dict[str, tuple[str, str]], tables: dict[str, str]) -> None:  # fmt: skip
        self._exact = _automaton(exact)
        self._folded = _automaton(folded)
        self.dimensions = dimensions
        self.entity_kinds = kinds
        self.unit_dimensions = unit_dimensions
        self.default_indicators = default_indicators
        self._parents = parents
        self._fiscal = fiscal
        self.tables = tables

    def fiscal_year_end(self, *entities: str) -> str:
        """Last day (MM-DD) of the fiscal year of the first of these entities, or of its owner, that has one."""
        for entity in entities:
            for _ in range(4):  # a product of a subsidiary; and a loop ends
                own, owner = self._fiscal.get(entity, ("", ""))
                if own:
                    return own
                entity = owner
        return ""

    def contains(self, whole: str, part: str) -> bool:
        """Whether one place of the registry lies in another; no place contains itself."""
        seen = {part}
        while (part := self._parents.get(part, "")) and part not in seen:
            if part == whole:
                return True
            seen.add(part)
        return False

    def whole(self, parts: set[str]) -> str:
        """The country that these places are all parts of; "" where there is none."""
        parents = {self._parents.get(part, "") for part in parts}
        return parents.pop() if len(parents) == 1 and len(parts) > 1 and not parents & {"WLD", ""} else ""

    def find(self, text: str) -> list[Hit]:
        """All names, longest first where they overlap within a kind, in order of their place."""
        hits = [*_search(self._exact, text, text), *_search(self._folded, text.lower(), text)]
        if (simple := simplified(text)) != text:  # names in Traditional characters; evidence stays as printed
            known = {(hit.start, hit.end, hit.kind) for hit in hits}
            more = (*_search(self._exact, simple, text), *_search(self._folded, simple.lower(), text))
            hits += [hit for hit in more if (hit.start, hit.end, hit.kind) not in known]
        hits.sort(key=lambda hit: (hit.start, -hit.end))
        kept: list[Hit] = []
        last: dict[str, Hit] = {}
        for hit in hits:
            before = last.get(hit.kind)
            if before is not None and hit.start < before.end and (hit.start, hit.end) != (before.start, before.end):
                continue
            last[hit.kind] = hit
            kept.append(hit)
        return [_domestic(hit, text) for hit in kept if hit.word not in _DOMESTIC_ELSEWHERE]


# at home, in Simplified characters: China; beside kana: Japan; in Traditional ones nobody can say where
_DOMESTIC = frozenset(("国内", "全国"))
_DOMESTIC_ELSEWHERE = frozenset(("國內", "全國"))
_KANA = re.compile("[ぁ-んァ-ヶ]")


def _domestic(hit: Hit, text: str) -> Hit:
    return replace(hit, value="JPN") if hit.word in _DOMESTIC and _KANA.search(text) else hit


def _automaton(words: dict[str, list[tuple[str, str]]]) -> Any:
    import ahocorasick

    automaton = ahocorasick.Automaton()
    for word, meanings in words.items():
        automaton.add_word(word, (word, meanings))
    if words:
        automaton.make_automaton()
    return automaton


def _search(automaton: Any, text: str, original: str) -> Iterable[Hit]:
    if not len(automaton) or len(text) != len(original):
        return
    size = len(text)
    for end, (word, meanings) in automaton.iter(text):
        start = end - len(word) + 1
        if word[0].isascii() and word[0].isalnum() and start and _latin(text[start - 1]):
            continue
        if word[-1].isascii() and word[-1].isalnum() and end + 1 < size and _latin(text[end + 1]):
            continue
        if text[end + 1 : end + 2] == "$" or _PATENT.match(text, end + 1):
            continue  # US$ is a currency, US 2024/0123456 a patent
        if word == "中国" and text[max(0, start - 1) : start] == "其" and text[end + 1 : end + 2] in _STATE:
            continue  # 其中国家级: of them, of the state
        for kind, value in meanings:
            yield Hit(start, end + 1, kind, value, original[start : end + 1])


def _latin(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character == "_")


def _indicator_words(reference_dir: Path) -> list[tuple[str, list[str]]]:
    path = reference_dir / INDICATOR_WORDS
    rows = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else []
    return [(row["indicator"], [str(word) for word in row["words"]]) for row in rows]


@lru_cache(maxsize=4)
def load_gazetteer(reference_dir: Path) -> Gazetteer:
    """Build the gazetteer of a reference folder."""
    exact: dict[str, list[tuple[str, str]]] = {}
    folded: dict[str, list[tuple[str, str]]] = {}

    def add(table: dict[str, list[tuple[str, str]]], word: str, kind: str, value: str) -> None:
        word = word.strip()
        if len(word) < 2:
            return
        meanings = table.setdefault(word, [])
        if (kind, value) not in meanings:
            meanings.append((kind, value))

    parents: dict[str, str] = {}
    for row in read_reference_rows(reference_dir, "geographies"):
        parents[row["geography"]] = row.get("parent", "")
        for word in (row["label_en"], row["label_zh"], *aliases_of(row)):
            # "China and the United States" are two places, which a list may tell apart
            if not _LISTED.search(word):
                add(exact, word, "geography", row["geography"])
    kinds: dict[str, str] = {}
    fiscal: dict[str, tuple[str, str]] = {}
    for row in read_reference_rows(reference_dir, "entities"):
        kinds[row["entity"]] = row["kind"]
        fiscal[row["entity"]] = (row["fiscal_year_end"], row["maker"] or row["parent"])
        for word in (row["entity"], row["label_zh"], *aliases_of(row)):
            if not word.isdigit():
                add(exact, word, "entity", row["entity"])
    dimensions: dict[str, str] = {}
    tables: dict[str, str] = {}
    defaults: dict[str, str] = {}
    for row in read_reference_rows(reference_dir, "indicators"):
        dimensions[row["indicator"]] = row["dimension"]
        tables[row["indicator"]] = row["mart_table"]
        defaults.update({what: row["indicator"] for what in row["default_for"].split("|") if what})
        for word in (row["label_en"], row["label_zh"], *aliases_of(row)):
            add(folded, word.lower(), "indicator", row["indicator"])
    for indicator, words in _indicator_words(reference_dir):
        for word in words if indicator in dimensions else ():
            add(folded, word.lower(), "indicator", indicator)
    for row in read_reference_rows(reference_dir, "segments"):
        for word in (row["label_en"], row["label_zh"], *aliases_of(row)):
            if len(word) >= 3 or not word.isascii():
                add(folded, word.lower(), "segment", row["segment"])
    units = load_units(reference_dir).dimensions
    return Gazetteer(exact, folded, dimensions, kinds, units, defaults, parents, fiscal, tables)
