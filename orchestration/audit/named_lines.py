"""Which lines of tables a text names letter by letter: by their labels, or the model's name in one."""

import re
from collections.abc import Sequence
from functools import lru_cache

from orchestration.audit.indexes import names_of_tables
from orchestration.audit.model import Table
from orchestration.audit.words import words

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_TAIL = re.compile(r"[（(].*?[)）]|[*†‡¹²³]+$")


class NamedTables:
    """The tables of a document of which a text names a row or a column, or a total."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self._tables = tables
        self._names = names_of_tables(tables, _keys, columns=True)
        self._totals = [i for i, t in enumerate(tables) if any(words("total").search(label) for label in t.rows)]
        self._sums = {i for i, t in enumerate(tables) if any(t.total_row(r) for r in range(len(t.rows)))}

    def of(self, said: str) -> list[Table]:
        """Those of which ``said``, in small letters, has the name of a line."""
        return [self._tables[i] for i in self._names.within(said)]

    def within(self, said: str) -> list[int]:
        """The numbers of those tables."""
        return self._names.within(said)

    def or_with_sums(self, said: str) -> list[Table]:
        """The same, and those that have a total, by name or by arithmetic."""
        return [self._tables[i] for i in sorted({*self._names.within(said), *self._sums})]

    def with_totals(self, said: str) -> list[Table]:
        """The same, and where it speaks of a total those that have one."""
        numbers = self._names.within(said)
        if self._totals and words("total").search(said):
            numbers = sorted({*numbers, *self._totals})
        return [self._tables[i] for i in numbers]


def _keys(label: str) -> tuple[str, ...]:
    return (*_name(label), *_name(without_year(label)))


# every clause of a document asks for the labels of every table
@lru_cache(maxsize=4096)
def years_of(label: str) -> tuple[str, ...]:
    return tuple(_YEAR.findall(label))


@lru_cache(maxsize=4096)
def without_year(label: str) -> str:
    return _YEAR.sub("", label).strip("年 -/")


@lru_cache(maxsize=4096)
def _name(label: str) -> tuple[str, str]:
    """The label without what stands in brackets, and the model's name in it (H100, 910B) if there is one."""
    name = _TAIL.sub("", label).strip(" .:：*•-,，").lower()
    if len(name) < 2 or not any(c.isalpha() for c in name) or _YEAR.fullmatch(name):
        return "", ""
    model = re.match(r"(?=\S*\d)(?=\S*[a-z])[a-z0-9.\-]{3,}", name) if name.isascii() else None
    return name, model[0] if model else ""


@lru_cache(maxsize=65536)
def named(label: str, said: str) -> int:
    """How many letters of the label the clause has: the whole label, or a model's name that stands for it."""
    name, model = _name(label)
    if model and model in said and re.search(rf"(?<!\w){re.escape(model)}(?!\w)", said):
        return len(model)
    if not name or name not in said:
        return 0
    return len(name) if not name.isascii() or re.search(rf"(?<!\w){re.escape(name)}(?!\w)", said) else 0
