"""One quantity printed twice: in two units or currencies side by side, with another period further on, by name and unit
price; and a price times a quantity."""

import re
from collections import defaultdict
from collections.abc import Iterator

from orchestration.audit.arithmetic import RATES, chance, interval, judge, overlap
from orchestration.audit.model import Comparison, Document, Spot, Table, Text
from orchestration.audit.named_lines import named
from orchestration.audit.spots import NUMBER
from orchestration.audit.told_rates import at_told_rate, rate_of_year, told_rate
from orchestration.audit.words import STOP, folded, words

# how far a rate of the day may lie from the year's average
SPREAD = 0.12
# no rate of the last years lies so far from the year's
OFF = 1.25
_GLOSS = re.compile(
    r"^\s*(?:[（(,，]|即|折合|约合|合|相当于|or\b|i\.e\.|that is|equivalent)\s*"
    r"(?:即|折合|约合|合|约|約|人民币|相当于|or|i\.e\.,?|about|around|some|roughly|approximately|equivalent to|equal to"
    r"|\s|[≈~,，])*$"
)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")


def currency_comparisons(document: Document) -> Iterator[Comparison]:
    """Two amounts in two currencies, one of which glosses the other, at the rate that the document tells, else that
    of the year. What was taken for the document's rate is none where more amounts than one break it and fewer hold."""
    found = list(_glosses(document))
    broken = [c for c in found if c.operator == "told_rate" and c.verdict == "disagree"]
    held = sum(c.operator == "told_rate" and c.verdict == "agree" for c in found)
    is_rate = len(broken) < 2 or held >= len(broken)
    yield from (c for c in found if is_rate or not any(c is b for b in broken))


def _glosses(document: Document) -> Iterator[Comparison]:
    years = [s.years[1] for s in document.spots if s.years]
    usual = max(set(years), key=years.count) if years else 2024
    for text in document.texts:
        for first, second in zip(text.spots, text.spots[1:], strict=False):
            if not (_money(first) and _money(second)) or first.unit == second.unit:
                continue
            if any(len(NUMBER.findall(s.printed)) > 1 for s in (first, second)):
                continue  # one amount beside a range may gloss either end
            between = text.text[first.end : second.start]
            if not _GLOSS.match(between) and not words("worth").match(between):
                continue
            if told := told_rate(document, first.unit, second.unit):
                yield at_told_rate(first, second, *told)
                continue
            year = (first.years or second.years or (usual, usual))[1]
            a, b = rate_of_year(first.unit, year), rate_of_year(second.unit, year)
            if not a or not b:
                continue
            middle = first.value * a / b
            exact = (middle * (1 - SPREAD), middle * (1 + SPREAD))
            low, high = interval(second)
            about = 0.05 * second.value if first.open or second.open else 0.0
            ratio = second.value / middle
            if overlap((low - about, high + about), exact):
                verdict, code, why = "agree", "", ""
            else:
                power = next((p for p in (1, 2, 3, 4, 8) for k in (p, -p) if abs(ratio / 10.0**k - 1) < SPREAD), 0)
                if power:
                    code, why = "scale", f"at the rate of {year} it is off by a factor of 10^{power}"
                elif max(ratio, 1 / ratio) > OFF and not (first.open and second.open):
                    code, why = "currency", f"at the rate of {year} one is {ratio:.2f} times the other"
                else:
                    continue
                verdict = "disagree"
            yield Comparison(
                "currency_pair", "text", second, [first], verdict, exact, code, why, 0.85, "currency_gloss", True
            )


def _money(s: Spot) -> bool:
    return bool(re.fullmatch(r"[A-Z]{3}", s.unit)) and s.value > 0


def gloss_comparisons(document: Document) -> Iterator[Comparison]:
    """One amount in two prints side by side: 102 TWh, that is 102 billion kWh."""
    for text in document.texts:
        for first, second in zip(text.spots, text.spots[1:], strict=False):
            if not first.unit or first.unit != second.unit or first.unit in RATES or first.value <= 0:
                continue
            between = text.text[first.end : second.start]
            if len(between) > 12 or not _GLOSS.match(between) or first.printed == second.printed:
                continue
            if overlap(interval(first), interval(second)):
                yield Comparison(
                    "repeat", "text", second, [first], "agree", interval(first), confidence=0.85, operator="gloss",
                    bound=True,
                )  # fmt: skip


def conflict_comparisons(document: Document) -> Iterator[Comparison]:
    """One value of the same thing with two years: an exact print of four digits or more, the words before it alike."""
    levels = [
        (s, t)
        for t in document.texts
        for s in t.spots
        if s.unit and s.unit not in RATES and not s.open and s.scaled and len(s.digits.rstrip("0")) >= 4
    ]
    prints: dict[tuple[str, str, float], list[tuple[Spot, Text]]] = defaultdict(list)
    for later, text in levels:
        before = prints[later.unit, later.digits, later.value]
        own = _years(later, text) if before else set()
        before.append((later, text))
        for first, other in before[:-1]:
            years = _years(first, other)
            if len(own) != 1 or len(years) != 1 or own == years:
                continue
            if _alike(_words_before(later, text), _words_before(first, other)):
                yield Comparison(
                    "field_conflict", "text", later, [first], "disagree", interval(first), "field_conflict",
                    f"one value of one thing, for {next(iter(years))} there and for {next(iter(own))} here", 0.75,
                    "same_value_other_year", True,
                )  # fmt: skip
                break


def _years(spot: Spot, text: Text) -> set[str]:
    lead = STOP.split(text.text[: spot.start])
    own = lead[-1]
    if not _YEAR.search(own) and len(lead) > 1:
        own = lead[-2]
    return set(_YEAR.findall(own))


def _words_before(spot: Spot, text: Text) -> str:
    lead = re.split(r"[。；;!?！？，,、）)]|\.\s", text.text[: spot.start])[-1][-30:]
    return re.sub(r"[\d\s年月日]", "", lead).lower()


def _alike(a: str, b: str) -> bool:
    """Whether the words share a name: four pairs of letters, or one of characters, and half of the shorter."""
    pairs_a = {a[i : i + 2] for i in range(len(a) - 1)}
    pairs_b = {b[i : i + 2] for i in range(len(b) - 1)}
    common = len(pairs_a & pairs_b)
    return common >= (1 if not a.isascii() else 4) and 2 * common >= min(len(pairs_a), len(pairs_b))


# --- a price times a quantity -----------------------------------------------------------------------------------------

_PER = {"kWh": ("Wh", 1e-3), "MWh": ("Wh", 1e-6), "Wh": ("Wh", 1.0), "W": ("W", 1.0), "kW": ("W", 1e-3),
        "MW": ("W", 1e-6), "GB": ("B", 1e-9), "Mtoken": ("count", 1e-6)}  # fmt: skip


def product_comparisons(document: Document) -> Iterator[Comparison]:
    """An amount as a price (or a rate per unit) times a quantity of that unit, all within a paragraph or a table."""
    spots = [s for s in document.spots if s.value and s.scaled]
    cells = [s for t in document.tables for row in t.cells for s in row if s and s.value and s.scaled]
    rates = [s for s in (*spots, *cells) if "/" in s.unit and s.unit.partition("/")[2] in _PER]
    for rate in rates[:80]:
        numerator, _, denominator = rate.unit.partition("/")
        base, factor = _PER[denominator]
        pool = [s for s in (*spots, *cells) if _near(s, rate)]
        amounts = [s for s in pool if s.unit == numerator]
        quantities = [s for s in pool if s.unit == base]
        tried = 0.0
        for amount in sorted(amounts, key=lambda s: _gap(s, rate))[:8]:
            for quantity in sorted(quantities, key=lambda s: _gap(s, rate))[:8]:
                scaled = Spot(
                    quantity.line, quantity.page, quantity.printed, quantity.value * factor, quantity.low * factor,
                    quantity.high * factor, open=quantity.open,
                )  # fmt: skip
                verdict, exact = judge("product", amount, [rate, scaled])
                tried += 1
                if verdict == "agree" and chance(amount, exact, 4.0) * tried < 0.25:
                    yield Comparison(
                        "product", "text" if rate.grid < 0 else "table", amount, [rate, quantity], "agree", exact,
                        confidence=0.85, operator="price_times_quantity",
                    )  # fmt: skip
                    break


def _near(s: Spot, rate: Spot) -> bool:
    if s.grid >= 0 and s.grid == rate.grid:
        return s.column == rate.column or s.row == rate.row
    return s.grid < 0 and rate.grid < 0 and abs(s.block - rate.block) <= 1


def _gap(s: Spot, rate: Spot) -> float:
    return abs(s.block - rate.block) * 1000 + abs(s.start - rate.start) + abs(s.row - rate.row) * 10


def table_product_comparisons(document: Document) -> Iterator[Comparison]:
    """An amount in the text as a count of its sentence times a cell, or a rate per unit as one cell over another of its
    column: those first whose row or column the sentence names."""
    cells = [(s, t) for t in document.tables for row in t.cells for s in row if s and s.value and s.scaled and s.unit]
    if not cells:
        return
    for text in document.texts:
        for stated in text.spots:
            if not stated.unit or stated.unit in RATES or not stated.value or not stated.scaled:
                continue
            said = folded(text.text[max(0, stated.start - 90) : stated.end + 40])
            if "/" in stated.unit and stated.unit.partition("/")[2] in _PER:
                yield from _cell_over_cell(stated, said, cells)
            elif stated.unit != "count":
                counts = [s for s in text.spots if s.unit == "count" and abs(s.sentence - stated.sentence) <= 1]
                numerals = [s for s in text.numerals if s.sentence == stated.sentence]
                counts += sorted(numerals, key=lambda s: abs(s.start - stated.start))[:2]
                yield from _count_times_cell(stated, counts, said, cells)


def _named_first(cells: list[tuple[Spot, Table]], said: str) -> list[tuple[int, Spot, Table]]:
    ranked = []
    for s, table in cells:
        names = [*table.row_names[s.row], *table.column_names[s.column]]
        ranked.append((0 if any(named(n, said) for n in names) else 1, s, table))
    ranked.sort(key=lambda x: x[0])
    return ranked


def _count_times_cell(
    stated: Spot, counts: list[Spot], said: str, cells: list[tuple[Spot, Table]]
) -> Iterator[Comparison]:
    tried = 0.0
    like = [(s, t) for s, t in cells if s.unit == stated.unit and abs(s.value) < abs(stated.value)]
    for rank, cell, _ in _named_first(like, said)[:30]:
        for count in counts[:4]:
            verdict, exact = judge("product", stated, [count, cell])
            tried += 0.5 if rank == 0 else 1
            luck = chance(stated, exact, 4.0) * (1 + tried)
            if verdict == "agree" and count.value > 1 and luck < (0.3 if rank == 0 else 0.12):
                yield Comparison(
                    "product", "table", stated, [count, cell], "agree", exact, confidence=round(0.9 - luck, 3),
                    operator="count_times_cell",
                )  # fmt: skip
                return


def _cell_over_cell(stated: Spot, said: str, cells: list[tuple[Spot, Table]]) -> Iterator[Comparison]:
    numerator, _, denominator = stated.unit.partition("/")
    base, factor = _PER[denominator]
    tried = 0.0
    for rank, top, table in _named_first([(s, t) for s, t in cells if s.unit == numerator], said)[:30]:
        for row in table.cells:
            bottom = row[top.column]
            if bottom is None or bottom.unit != base or not bottom.value:
                continue
            low, high = sorted((top.low / (bottom.high * factor), top.high / (bottom.low * factor)))
            exact = (low, high)
            tried += 0.5 if rank == 0 else 1
            if overlap(interval(stated), exact) and chance(stated, exact) * (1 + tried) < 0.2:
                yield Comparison(
                    "ratio", "table", stated, [top, bottom], "agree", exact, confidence=0.85, operator="cell_over_cell"
                )
                return
