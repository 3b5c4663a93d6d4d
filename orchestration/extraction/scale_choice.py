"""Which of the scales around a cell is the cell's: its column's, its row's, its table's."""

# expressions stay on one line
# ruff: noqa: E501

import re
from dataclasses import dataclass

from orchestration.extraction.lexicon import load_lexicon
from orchestration.extraction.scale import Scale
from orchestration.extraction.scales import noun_of
from orchestration.extraction.words import words
from orchestration.figures import Units, parse_value

CURRENCY_SIGNS = ("$", "US$", "¥", "￥", "€", "£", "HK$", "NT$", "₹")


@dataclass(frozen=True, slots=True)
class Scope:
    """The units that govern a cell, nearest first. ``signed`` is the currency sign that the column prints on other rows."""

    column: Scale | None = None
    row: Scale | None = None
    signed: str = ""
    table: tuple[Scale | None, ...] = ()  # caption, lines above, notes below, corner

    @property
    def near(self) -> tuple[Scale | None, ...]:
        """What the labels of the cell themselves say."""
        return self.column, self.row

    @property
    def money(self) -> Scale | None:
        """The nearest scale that an amount of money has."""
        return next((s for s in (*self.near, *self.table) if s is not None and (s.bare or s.money)), None)


def choose_scale(column: str, row: str, scope: Scope, units: Units) -> Scale | None:
    """The unit of a cell without one of its own; none where the labels leave it open."""
    axes = f"{row} {column}"
    far = [scale for scale in scope.table if scale is not None]
    bare = next((s for s in (*scope.near, *far) if s is not None and s.bare), None)
    money = next((s for s in (*scope.near, *far) if s is not None and s.money), None)
    own = next((s for s in scope.near if s is not None and not s.bare), None)
    if own is not None and own.text in CURRENCY_SIGNS and not words()["per_unit"].search(axes):
        # a sign of a currency beside a label says which money, the table says how much of it
        if bare is not None:
            return Scale(bare.text + own.text, money=True)
        return next((scale for scale in far if scale.money), own)
    if (
        own is not None
        and own is scope.row
        and not own.money
        and own.text != "%"
        and words()["money_column"].search(column)
    ):
        # the unit of the row is that of its quantity; what is paid for it has the money of the table or none
        return money
    if own is not None and own is scope.row and own.text != "%":
        # what is said of the quantity of a row is not in its unit: its growth, on how many it was asked
        if names_rate(column):
            return Scale("%")
        if own.money and words()["counted"].search(column.strip()):
            return Scale("count", noun_of(column, load_lexicon(units)) or "item")
    if own is not None:
        return own
    if re.search(r"(?<![A-Za-z])PUE(?![A-Za-z])", axes):
        return Scale("ratio")
    counts = next((s for s in far if s.text.endswith("count") and s.text != "count"), None)
    by_label = _by_label(column, row, money, scope.signed, units)
    if by_label is not None and by_label.text == "count" and counts is not None:
        return Scale(counts.text, by_label.counted)  # 用户数 under 万户
    if by_label is not None:
        return by_label if by_label.text else None
    if scope.signed:
        return None if _not_money(row, column) else _signed(scope.signed, bare, money)
    lexicon = load_lexicon(units)
    noun = noun_of(column, lexicon) or noun_of(row, lexicon)
    if bare is not None and noun:
        if bare not in scope.near and (money is not None or words()["staff"].search(axes)):
            return None  # nobody employs millions: what the table says is about its amounts
        return Scale(bare.text + "count", noun)
    things = next((label for label in (row, column) if words()["people"].search(label)), "") if money else ""
    if things and any(s is not None and s.bare for s in scope.near):
        # its own label says how many of them: shares (millions)
        return Scale(next(s for s in scope.near if s is not None and s.bare).text + "count", "item")
    if bare is not None and money is not None and not _not_money(row, column):
        return Scale(bare.text + parse_value("1", units, scale=money.text)[0].symbol, money=True)
    full = next((s for s in far if not s.bare), None)
    if full is not None and full.money and _not_money(row, column):
        return Scale("count", noun) if noun else None
    if full is not None and full.text.endswith("count") and words()["money_column"].search(axes):
        return None  # shipments and what was paid for them
    if full is not None:
        return full
    if words()["score_axes"].search(axes):
        return Scale("score")
    return Scale("count", noun) if noun else None


def names_rate(label: str) -> bool:
    """Whether a label ends in the name of a rate, a share or a growth, which are percentages."""
    return words()["rate_label"].search(label.strip()) is not None


def _not_money(*labels: str) -> bool:
    """Whether a label is of the rows that stand among amounts of money without being one."""
    kinds = ("not_money", "not_money_zh", "people", "people_zh", "things_moved")
    return any(words()[name].search(text.strip()) for name in kinds for text in labels)


def _signed(sign: str, bare: Scale | None, money: Scale | None) -> Scale:
    if bare is not None:
        return Scale(bare.text + sign, money=True)
    return money or Scale(sign, money=True)


def _by_label(column: str, row: str, money: Scale | None, signed: str, units: Units) -> Scale | None:
    """The unit that the kind of row or column has by itself; a scale without text where it has none to be known."""
    axes = f"{row} {column}"
    if words()["per_share"].search(axes):
        # the money of one share has the currency of the table and never its magnitude
        symbol = signed or (parse_value("1", units, scale=money.text)[0].symbol if money else "")
        return Scale(symbol, money=True)
    if words()["multiple"].search(axes):
        return Scale("multiple")
    lexicon = load_lexicon(units)
    for text in (column.strip(), row.strip()):
        if words()["rate_label"].search(text):
            return Scale("%")
        noun = noun_of(text, lexicon) if text.endswith(("数", "數")) else ""
        if noun or words()["counted"].search(text):
            return Scale("count", noun or noun_of(text, lexicon) or "item")
    return None


_FAMILIES = ({"USD", "HKD", "TWD", "SGD", "AUD", "CAD", "NZD"}, {"CNY", "JPY"})


def same_sign(one: str, other: str) -> bool:
    """Whether two currencies are written with the same sign."""
    return any(one in family and other in family for family in _FAMILIES)
