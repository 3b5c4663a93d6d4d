"""Units, qualifiers, counted nouns and version names, read from ``raw/reference/``."""

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from orchestration.figures.text import SIGN
from orchestration.figures.text import squeeze as _squeeze


@dataclass(frozen=True, slots=True)
class Unit:
    """One printed unit symbol.

    ``unit`` is the canonical unit, ``factor`` what one symbol is worth in it (1 EFLOPS = 1e18 FLOPS),
    ``counted`` what a counting word counts by itself (家公司: company), else empty.
    """

    symbol: str
    unit: str
    factor: float
    dimension: str
    counted: str
    # in running text: empty (anywhere), close (only directly after a number), no (only in table heads and raw rows)
    in_text: str = ""
    # expression of what must not follow the symbol in running text (or, looking back, not stand before it), so that it
    # is no part of another word
    not_before: str = ""

    @property
    def leads(self) -> bool:
        """Whether the symbol may stand before its number: a code (NOK), a sign (R$), a Chinese name (人民币), no word
        and no counting form (元)."""
        symbol = self.symbol
        return self.dimension == "money" and (
            bool(re.fullmatch(r"[A-Z][A-Za-z]{1,2}\.?", symbol))
            or any(unicodedata.category(c) == "Sc" for c in symbol)
            or (len(symbol) > 1 and not symbol.isascii() and symbol[0] not in "元块" and symbol[-1] != "计")
        )


@dataclass(frozen=True, slots=True)
class Qualifier:
    """A qualifier and the factors by which it widens the printed number to [low, high]."""

    qualifier: str
    low_factor: float
    high_factor: float
    words: tuple[str, ...]


class Units:
    """Look-up of printed units: exact symbol, or the longest symbol that starts a text. White space is ignored."""

    def __init__(
        self,
        units: list[Unit],
        qualifiers: list[Qualifier],
        nouns: dict[str, str] | None = None,
        version_names: tuple[str, ...] = (),
    ) -> None:
        # words of counted things and what they count; names whose number is a version
        self.nouns = nouns or {}
        self.version_names = version_names
        self.dimensions = {unit.unit: unit.dimension for unit in units}
        self._by_symbol: dict[str, Unit] = {}
        for unit in units:
            # of two spellings that NFKC makes one (% and ％) the first row of the file stands for both
            self._by_symbol.setdefault(_squeeze(unit.symbol), unit)
        self._longest = max(map(len, self._by_symbol), default=0)
        self.qualifiers = {q.qualifier: q for q in qualifiers}
        # longest word first, so that "no more than" is not read as "more than"
        self.qualifier_words = sorted(
            ((_squeeze(word).lower(), q.qualifier) for q in qualifiers for word in q.words),
            key=lambda pair: (-len(pair[0]), pair[0]),
        )

    def get(self, symbol: str) -> Unit | None:
        """The unit that is written exactly like this, or None."""
        return self._by_symbol.get(_squeeze(symbol))

    def longest_prefix(self, text: str) -> Unit | None:
        """The longest unit symbol that ``text`` (without white space) starts with, or None."""
        for length in range(min(self._longest, len(text)), 0, -1):
            unit = self._by_symbol.get(text[:length])
            if unit is not None:
                return unit
        return None

    @cached_property
    def quotients(self) -> dict[tuple[str, str], tuple[Unit, float]]:
        """Canonical units that are one unit over another, by the canonical units of both, with what the printed
        denominator is worth: (USD, Wh) is USD/kWh, of a denominator of 1000 Wh."""
        found: dict[tuple[str, str], tuple[Unit, float]] = {}
        for name, unit in self._by_symbol.items():
            above, stroke, below = name.partition("/")
            under = self.get(below) if stroke and unit.unit == name and unit.factor == 1 else None
            if under is not None and under.dimension not in ("time", "count"):
                found[above, under.unit] = unit, under.factor
        return found

    @cached_property
    def leading_currencies(self) -> tuple[str, ...]:
        """Symbols of money that may stand before a number, the longest first."""
        return tuple(sorted((u.symbol for u in self._by_symbol.values() if u.leads), key=lambda s: (-len(s), s)))

    @cached_property
    def words_hold_digits(self) -> bool:
        """Whether a word that is taken off a printed text could be part of its number."""
        words = (*(word for word, _ in self.qualifier_words), *self.leading_currencies)
        return any(character.isdigit() for word in words for character in word)

    def symbols(self) -> list[Unit]:
        return list(self._by_symbol.values())


def _float(text: str) -> float:
    return float(text)


@lru_cache(maxsize=4)
def load_units(reference_dir: Path) -> Units:
    """Read the vocabulary of printed quantities.

    Raises ``FileNotFoundError`` or ``KeyError`` naming the column when a file is absent or has lost one.
    """
    with (reference_dir / "units.csv").open(encoding="utf-8", newline="") as handle:
        units = [
            Unit(
                row["symbol"],
                row["unit"],
                _float(row["factor"]),
                row["dimension"],
                row["counted"],
                row.get("in_text", ""),
                row.get("not_before", ""),
            )
            for row in csv.DictReader(handle)
        ]
    with (reference_dir / "qualifiers.csv").open(encoding="utf-8", newline="") as handle:
        qualifiers = [
            Qualifier(
                row["qualifier"],
                _float(row["low_factor"]),
                _float(row["high_factor"]),
                tuple(word for word in row["words"].split("|") if word),
            )
            for row in csv.DictReader(handle)
        ]
    with (reference_dir / "counted_nouns.csv").open(encoding="utf-8", newline="") as handle:
        nouns = {word: row["counted"] for row in csv.DictReader(handle) for word in row["words"].split("|")}
    with (reference_dir / "version_names.csv").open(encoding="utf-8", newline="") as handle:
        names = tuple(row["name"] for row in csv.DictReader(handle))
    return Units(units, qualifiers, nouns, names)


def leading_currency(text: str, units: Units) -> tuple[str, str]:
    """A currency before the number (also behind a sign or an opening bracket: -$5, ($5)) and the text without it."""
    sign = SIGN.match(text)
    bare = text[sign.end() :] if sign else text
    for symbol in units.leading_currencies:
        if bare.startswith(symbol) and len(bare) > len(symbol):
            return symbol, ("-" if sign and sign[0] != "+" else "") + bare[len(symbol) :]
        if text.startswith(f"({symbol}"):
            return symbol, "(" + text[len(symbol) + 1 :]
    return "", text
