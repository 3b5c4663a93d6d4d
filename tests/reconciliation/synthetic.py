"""Small raw folders with known slips: what a report would print if somebody made one mistake of a known kind.

Every case has an entity of its own, so that hundreds of them stand in one synthetic source without meeting each other
and a whole table of confusion costs one build. True values are drawn unrounded and rounded only when they are printed,
so that whatever is printed without a slip holds, exactly or through rounding.
"""

import csv
import math
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import yaml

COLUMNS = (
    "key", "line", "exhibit", "printed", "reading", "scale", "qualifier", "unit", "counted", "indicator", "entity",
    "segment", "geography", "basis", "period", "status", "statistic", "note",
)  # fmt: skip
# lines between two cases: explanations look for neighbours a few lines away
CASE_LINES = 100
SEGMENTS = ("ai_software", "genai", "cloud", "ai_core_industry")


@dataclass(slots=True)
class Source:
    """One synthetic report: its prose rows, its relations, the day of its publication."""

    source_id: str
    published_on: str = "2025-06-30"
    rows: list[dict[str, str]] = field(default_factory=list)
    relations: list[dict[str, object]] = field(default_factory=list)
    # rows of the one table of the report: entity, printed level of 2023
    table: list[tuple[str, str]] = field(default_factory=list)

    def write_table(self, folder: Path) -> None:
        """One exhibit of market sizes, a row an entity."""
        folder.mkdir()
        with (folder / "t1.csv").open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle)
            writer.writerow(["line", "name", "size"])
            writer.writerows([str(number), *row] for number, row in enumerate(self.table, 1))
        spec = {
            "table": "t1",
            "defaults": {
                "indicator": "market_size", "geography": "CHN", "period": "2023", "status": "actual",
                "statistic": "level",
            },
            "columns": [{"header": "name", "role": "label"}, {"header": "size", "key": "size"}],
            "rows": [
                {"label": name, "key": f"c{name.split()[1].lstrip('0')}", "entity": name} for name, _ in self.table
            ],
        }  # fmt: skip
        (folder / "t1.yml").write_text(yaml.safe_dump(spec, sort_keys=False))


@dataclass(slots=True)
class Folder:
    """A raw folder in the making: sources and the entities that their rows name."""

    sources: dict[str, Source] = field(default_factory=dict)
    entities: set[str] = field(default_factory=set)

    def source(self, source_id: str, published_on: str = "2025-06-30") -> Source:
        return self.sources.setdefault(source_id, Source(source_id, published_on))

    def write(self, raw: Path, reference: Path) -> None:
        """Write the folder to ``raw``; ``reference`` is the shipped `raw/reference/`, extended by the entities."""
        shutil.copytree(reference, raw / "reference")
        with (raw / "reference" / "entities.csv").open("a", encoding="utf-8", newline="") as handle:
            csv.writer(handle).writerows([name, "organisation", *[""] * 6] for name in sorted(self.entities))
        registry = []
        for source in self.sources.values():
            registry.append(
                {
                    "source_id": source.source_id, "title": source.source_id, "publisher": "test", "language": "en",
                    "kind": "synthetic", "file": f"{source.source_id}.txt", "published_on": source.published_on,
                }
            )  # fmt: skip
            figures = raw / source.source_id / "figures"
            figures.mkdir(parents=True)
            with (figures / "prose.csv").open("w", encoding="utf-8", newline="") as handle:
                writer = csv.DictWriter(handle, COLUMNS, restval="")
                writer.writeheader()
                writer.writerows(source.rows)
            if source.table:
                source.write_table(raw / source.source_id / "tables")
            if source.relations:
                relations = raw / source.source_id / "relations"
                relations.mkdir()
                (relations / "ties.yml").write_text(yaml.safe_dump(source.relations, sort_keys=False))
        (raw / "sources.yml").write_text(yaml.safe_dump(registry, sort_keys=False))
        (raw / "decisions.yml").write_text("[]\n")


@dataclass(slots=True)
class Case:
    """One statement with its inputs: rows of one entity at neighbouring lines of one source."""

    folder: Folder
    source: Source
    number: int
    rng: random.Random
    letter: int = 0

    @property
    def entity(self) -> str:
        return f"Maker {self.number:05d}"

    def figure(self, printed: str, *, where: Source | None = None, **fields: str) -> str:
        """Print a figure; returns its key. ``fields`` overrides the columns of the row."""
        source = where or self.source
        key = f"c{self.number}-{self.letter}"
        row = {
            "key": key,
            "line": str(self.number * CASE_LINES + self.letter),
            "printed": printed,
            "indicator": "market_size",
            "entity": self.entity,
            "geography": "CHN",
            "period": "2023",
            "status": "actual",
            "statistic": "level",
        } | fields
        self.folder.entities.add(row["entity"])
        source.rows.append(row)
        self.letter += 1
        return key

    def tie(self, rule: str, **roles: object) -> None:
        """State a relation between figures of this case."""
        position = sum(str(entry["id"]).startswith(f"c{self.number}-") for entry in self.source.relations[-3:])
        self.source.relations.append({"id": f"c{self.number}-{position}", "rule": rule, **roles})

    def noise(self, low: float, high: float) -> float:
        return self.rng.uniform(low, high)

    def size(self) -> float:
        """A size in 亿: three to five digits before or behind the decimal point."""
        return math.exp(self.noise(math.log(20), math.log(9000)))


def money(amount: float, *, decimals: int = 2, unit: str = "亿元") -> str:
    return f"{amount:.{decimals}f}{unit}"


def percent(rate: float, *, decimals: int = 2) -> str:
    return f"{rate * 100:.{decimals}f}%"


def growing(case: Case, first_year: int, years: int, *, unit: str = "亿元") -> dict[int, float]:
    """True levels of a series over ``years`` years; growth differs from year to year, as it does."""
    levels = {first_year: case.size()}
    for year in range(first_year + 1, first_year + years):
        levels[year] = levels[year - 1] * (1 + case.noise(0.06, 0.7))
    return levels


def rate_over(levels: dict[int, float], first: int, last: int, periods: float | None = None) -> float:
    """Compound yearly growth from one year to another, over ``periods`` (else the years between)."""
    return float((levels[last] / levels[first]) ** (1 / (periods or last - first)) - 1)


def wrong_digit(case: Case, printed: str) -> str:
    """One digit of the number changed, never its last nor (to zero) its first; or two unequal neighbours exchanged."""
    places = [i for i, c in enumerate(printed) if c.isdigit()][:-1]
    swaps = [
        i for i in places[:-1] if printed[i + 1].isdigit() and printed[i] != printed[i + 1] and printed[i + 1] != "0"
    ]
    if swaps and case.rng.random() < 0.3:
        at = case.rng.choice(swaps)
        return printed[:at] + printed[at + 1] + printed[at] + printed[at + 2 :]
    at = case.rng.choice(places[:3])
    digit = case.rng.choice([d for d in "123456789" if d != printed[at]])
    return printed[:at] + digit + printed[at + 1 :]


# --- cases: each builder prints one statement; `slip` names the mistake made in it, or is empty ---------------------


def cagr_case(case: Case, slip: str) -> None:
    years = case.rng.randint(4, 8)
    first = case.rng.randint(2014, 2017)
    last = first + years - 1
    levels = growing(case, first, years)
    shown = {year: money(level) for year, level in levels.items()}
    rate = rate_over(levels, first, last)
    if slip == "periods":
        rate = rate_over(levels, first, last, years - 1 + case.rng.choice([-1, 1]))
    elif slip == "other_end_year":
        rate = rate_over(levels, first, last - 1)
    elif slip == "other_base_year":
        rate = rate_over(levels, first + 1, last)
    elif slip == "total_growth":
        rate = levels[last] / levels[first] - 1
    elif slip == "simple_average":
        rate = (levels[last] / levels[first] - 1) / (years - 1)
    elif slip == "scale":
        shown[last] = wrong_scale(case, levels[last])
    elif slip == "unexplained":
        rate = rate * case.noise(1.35, 1.9)
    printed = percent(rate, decimals=1 if case.rng.random() < 0.3 else 2)
    if slip == "digit":
        printed = wrong_digit(case, percent(rate))
    for year, text in shown.items():
        case.figure(text, period=str(year))
    case.figure(printed, period=f"{first}-{last}", statistic="cagr")


def wrong_scale(case: Case, amount: float) -> str:
    """An amount in 亿元 with a slip of the magnitude word, the unit or the decimal point."""
    factor = case.rng.choice([10, 100, 1e3, 1e4, 1e4, 1e8])
    if factor == 1e4:
        return money(amount, unit="万元") if case.rng.random() < 0.5 else money(amount, unit="万亿元")
    if factor == 1e8:
        return money(amount, unit="元")
    return money(amount * (factor if case.rng.random() < 0.5 else 1 / factor), decimals=4)


def cut_off(rate: float) -> str:
    """A percentage with one decimal, cut off where rounding would have gone up."""
    tenths = math.floor(rate * 1000)
    return f"{(tenths if rate * 1000 - tenths > 0.65 else tenths - 1) / 10:.1f}%"


def yoy_case(case: Case, slip: str) -> None:
    year = 2023
    levels = growing(case, 2018, 6)
    # a growth of whole per cents shows no slip of its precision
    while abs((levels[year] / levels[year - 1] * 100 + 0.5) % 1 - 0.5) < 0.1:
        levels = growing(case, 2018, 6)
    shown = {y: money(level) for y, level in levels.items()}
    growth = levels[year] / levels[year - 1] - 1
    if slip == "increase_by_vs_to":
        growth += 1
    elif slip == "other_base_year":
        growth = levels[year] / levels[year - 2] - 1
    elif slip == "other_year":
        growth = levels[year - 1] / levels[year - 2] - 1
    elif slip == "scale":
        shown[year] = wrong_scale(case, levels[year])
    elif slip == "revised_inputs":
        growth = levels[year] * case.rng.choice([0.98, 1.02, 1.025, 0.975]) / levels[year - 1] - 1
    elif slip == "unexplained":
        growth = growth * case.noise(1.6, 2.4)
    printed = percent(growth)
    if slip == "rounding_chain":
        # cut off instead of rounded
        printed = cut_off(growth)
    elif slip == "precision":
        printed = f"{round(growth * 100)}.0%"
    elif slip == "digit":
        printed = wrong_digit(case, printed)
    elif slip == "input_digit":
        shown[year] = wrong_digit(case, shown[year])
    for y, text in shown.items():
        case.figure(text, period=str(y))
    case.figure(printed, period=str(year), statistic="yoy")


def fold_case(case: Case, slip: str) -> None:
    base = case.size()
    times = case.noise(2.2, 9.0)
    low = case.figure(money(base), period="2020")
    high = case.figure(money(base * times), period="2023")
    if slip == "increase_by_vs_to":
        times -= 1
    elif slip == "inverse":
        times = 1 / times
    elif slip == "unexplained":
        times *= case.noise(1.3, 1.8)
    stated = case.figure(f"{times:.2f}倍", period="2023", statistic="ratio")
    case.tie("fold", stated=stated, **{"from": low, "to": high})


def share_case(case: Case, slip: str) -> None:
    whole, share = case.size() * 10, case.noise(0.08, 0.42)
    other_whole, other_year = whole * case.noise(1.2, 1.8), whole * case.noise(0.6, 0.85)
    part = whole * share
    shown = money(part)
    stated = share
    if slip == "other_whole":
        stated = part / other_whole
    elif slip == "whole_of_other_year":
        stated = part / other_year
    elif slip == "complement":
        stated = 1 - share
    elif slip == "share_of_rest":
        stated = part / (whole - part)
    elif slip == "scale":
        shown = wrong_scale(case, part)
    elif slip == "unexplained":
        stated = share * case.noise(1.25, 1.7)
    printed = percent(stated)
    if slip == "digit":
        printed = wrong_digit(case, printed)
    part_key = case.figure(shown, segment="genai")
    whole_key = case.figure(money(whole), segment="ai_software")
    case.figure(money(other_whole), segment="ai_core_industry")
    case.figure(money(other_year), segment="ai_software", period="2022")
    stated_key = case.figure(printed, segment="genai", statistic="share")
    case.tie("share", stated=stated_key, part=part_key, whole=whole_key)


def ratio_case(case: Case, slip: str) -> None:
    lower = case.size()
    upper = lower * case.noise(1.3, 40)
    ratio = upper / lower
    if slip == "inverse":
        ratio = lower / upper
    elif slip == "scale":
        ratio *= case.rng.choice([10, 100, 1000])
    elif slip == "unexplained":
        ratio *= case.noise(1.3, 1.8)
    numerator = case.figure(money(upper), indicator="revenue")
    denominator = case.figure(money(lower), indicator="capex")
    printed = f"{ratio:.3g}" if slip == "inverse" else f"{ratio:.2f}"
    if slip == "digit":
        printed = wrong_digit(case, printed)
    stated = case.figure(f"{printed}倍", indicator="revenue", statistic="ratio")
    case.tie("ratio", stated=stated, numerator=numerator, denominator=denominator)


def sum_case(case: Case, slip: str) -> None:
    parts = [case.size() for _ in range(case.rng.randint(3, 5))]
    total = sum(parts)
    shown = [money(part) for part in parts]
    at = case.rng.randrange(len(parts))
    if slip == "part_left_out":
        total -= parts[at]
    elif slip == "counted_twice":
        total += parts[at]
    elif slip == "scale":
        shown[at] = wrong_scale(case, parts[at])
    elif slip == "unexplained":
        total *= case.noise(1.1, 1.3)
    printed = money(total)
    if slip == "digit":
        printed = wrong_digit(case, printed)
    elif slip == "input_digit":
        shown[at] = wrong_digit(case, shown[at])
    keys = [case.figure(text, segment=SEGMENTS[i % 4], basis=f"part {i}") for i, text in enumerate(shown)]
    stated = case.figure(printed, segment="ai")
    case.tie("sum", stated=stated, parts=keys, covers="all")


def product_case(case: Case, slip: str) -> None:
    users, price = case.noise(200, 9000), case.noise(20, 900)
    revenue = users * price / 10000  # 万 users at 元 each, in 亿元
    factor = 1.0
    if slip == "scale":
        factor = case.rng.choice([10, 100, 1000, 0.1])
    elif slip == "unexplained":
        factor = case.noise(1.3, 1.8)
    printed = money(revenue * factor, decimals=3)
    if slip == "digit":
        printed = wrong_digit(case, printed)
    if slip == "copied":
        printed = money(case.size() * 1000, decimals=3)
        case.figure(printed, indicator="profit")
    count = case.figure(f"{users:.2f}万", indicator="user_count", counted="user")
    each = case.figure(f"{price:.2f}元", indicator="product_price")
    stated = case.figure(printed, indicator="revenue")
    case.tie("product", stated=stated, factors=[count, each])


def repeat_case(case: Case, slip: str) -> None:
    level = case.size()
    again = case.size() if slip == "unexplained" else level
    printed = money(again)
    if slip == "digit":
        printed = wrong_digit(case, printed)
    elif slip == "scale":
        printed = wrong_scale(case, again)
    elif slip == "currency":
        printed = money(again, unit="亿美元")
    elif slip == "other_year":
        other = level * case.noise(0.5, 0.9)
        case.figure(money(other), period="2022")
        printed = money(other)
    elif slip == "near":
        printed = money(level * case.rng.choice([0.97, 1.021, 1.034]))
    case.figure(money(level))
    case.figure(printed)


def sparsity_case(case: Case, slip: str) -> None:
    dense = case.noise(100, 990)
    case.figure(f"{dense:.1f}TFLOPS", indicator="chip_performance", geography="", basis="FP16", period="2023")
    again = dense * (2 if slip == "sparsity" else 1)
    case.figure(f"{again:.1f}TFLOPS", indicator="chip_performance", geography="", basis="FP16", period="2023")


def basis_case(case: Case, slip: str) -> None:
    half = case.noise(100, 990)
    single = half * case.noise(0.06, 0.4)
    shared = {"indicator": "chip_performance", "geography": ""}
    case.figure(f"{half:.1f}TFLOPS", basis="FP16", **shared)
    case.figure(f"{single:.1f}TFLOPS", basis="FP32", **shared)
    again = half if slip == "mislabelled_basis" else single
    case.figure(f"{again:.1f}TFLOPS", basis="FP32", **shared)


def gross_net_case(case: Case, slip: str) -> None:
    net = case.size()
    gross = net * case.noise(1.3, 2.0) if slip == "gross_net" else net
    one = case.figure(money(net), indicator="ai_profit", basis="net")
    other = case.figure(money(gross), indicator="ai_profit", basis="gross")
    case.tie("repeat", figures=[one, other])


def swapped_case(case: Case, slip: str) -> None:
    one, other = case.noise(0.3, 0.6), case.noise(0.05, 0.25)
    shown = [percent(other), percent(one)] if slip == "swapped" else [percent(one), percent(other)]
    for segment, share, again in zip(("genai", "cloud"), (one, other), shown, strict=True):
        base = case.size()
        part = case.figure(money(base * share), segment=segment)
        whole = case.figure(money(base), segment=f"ai_{'software' if segment == 'genai' else 'core_industry'}")
        stated = case.figure(again, segment=segment, statistic="share", line=str(case.number * CASE_LINES + 50))
        case.tie("share", stated=stated, part=part, whole=whole)


def currency_pair_case(case: Case, slip: str) -> None:
    dollars = case.size()
    yuan = dollars * case.noise(7.0, 7.15)
    if slip == "currency":
        yuan = dollars
    elif slip == "scale":
        yuan *= case.rng.choice([0.1, 0.01, 10, 100])
    elif slip == "unexplained":
        yuan *= case.noise(0.3, 0.7)
    usd = case.figure(money(dollars, unit="亿美元"), indicator="funding_amount")
    cny = case.figure(money(yuan), indicator="capex")
    case.tie("currency_pair", usd=usd, cny=cny)


def two_reports_case(case: Case, slip: str) -> None:
    """The same series in two reports; the later one differs in the way that ``slip`` names."""
    later = case.folder.source(f"{case.source.source_id}_later", "2025-12-31")
    count = round(case.noise(900, 60000))
    first = {"indicator": "company_count", "counted": "company", "segment": "ai", "period": "2024-12"}
    second = dict(first)
    again = count
    if slip == "as_of":
        first["period"], again = "2024Q1", round(count * case.noise(1.05, 1.3))
    elif slip == "vintage":
        first["status"], again = "forecast", round(count * case.noise(0.7, 0.9))
    elif slip == "basis":
        second["basis"], again = "disclosed deals", round(count * case.noise(0.3, 0.7))
    elif slip == "scope":
        again = round(count * case.noise(1.6, 2.9))
    elif slip == "revised":
        again = round(count * case.rng.choice([0.93, 1.03, 1.06]))
    case.figure(f"{count}家", **first)
    case.figure(f"{again}家", where=later, **second)


def subset_case(case: Case, slip: str) -> None:
    whole = case.size()
    part = whole * case.noise(0.1, 0.9)
    shown = money(part, unit="万亿元") if slip == "scale" else money(whole * 1.4 if slip == "unexplained" else part)
    part_key = case.figure(shown, segment="genai")
    whole_key = case.figure(money(whole), segment="ai")
    case.tie("part_exceeds_whole", part=part_key, whole=whole_key)


def other_print_case(case: Case, slip: str) -> None:
    """A growth that follows from a second print of a level (there is a relation, so nothing else is looked for)."""
    base, level = case.size(), case.size()
    other = level * case.noise(1.1, 1.4) if slip else level
    first = case.figure(money(base), period="2022")
    used = case.figure(money(level))
    if slip == "text_vs_table":
        case.source.table.append((case.entity, money(other)))
    else:
        case.figure(money(other))
    stated = case.figure(percent(other / base - 1), statistic="yoy")
    case.tie("growth", stated=stated, **{"from": first, "to": used})


Builder = Callable[[Case, str], None]

# (builder, the rule that must find it, the slip injected, explanation codes that name it)
KINDS: tuple[tuple[Builder, str, str, tuple[str, ...]], ...] = (
    (cagr_case, "cagr", "periods", ("periods",)),
    (cagr_case, "cagr", "other_end_year", ("other_end_year",)),
    (cagr_case, "cagr", "other_base_year", ("other_base_year",)),
    (cagr_case, "cagr", "total_growth", ("total_growth",)),
    (cagr_case, "cagr", "simple_average", ("simple_average",)),
    (cagr_case, "cagr", "scale", ("scale",)),
    (cagr_case, "cagr", "digit", ("digit",)),
    (cagr_case, "cagr", "unexplained", ("unexplained",)),
    (yoy_case, "growth", "increase_by_vs_to", ("increase_by_vs_to",)),
    (yoy_case, "growth", "other_base_year", ("other_base_year",)),
    (yoy_case, "growth", "other_year", ("other_year",)),
    (yoy_case, "growth", "scale", ("scale",)),
    (yoy_case, "growth", "revised_inputs", ("revised_inputs", "near")),
    (yoy_case, "growth", "rounding_chain", ("rounding_chain",)),
    (yoy_case, "growth", "precision", ("precision", "rounding_chain")),
    (yoy_case, "growth", "digit", ("digit",)),
    (yoy_case, "growth", "input_digit", ("digit",)),
    (yoy_case, "growth", "unexplained", ("unexplained",)),
    (fold_case, "fold", "increase_by_vs_to", ("increase_by_vs_to",)),
    (fold_case, "fold", "inverse", ("inverse",)),
    (fold_case, "fold", "unexplained", ("unexplained",)),
    (share_case, "share", "other_whole", ("other_whole",)),
    (share_case, "share", "whole_of_other_year", ("whole_of_other_year",)),
    (share_case, "share", "complement", ("complement",)),
    (share_case, "share", "share_of_rest", ("share_of_rest",)),
    (share_case, "share", "scale", ("scale",)),
    (share_case, "share", "digit", ("digit",)),
    (share_case, "share", "unexplained", ("unexplained",)),
    (swapped_case, "share", "swapped", ("swapped",)),
    (ratio_case, "ratio", "inverse", ("inverse",)),
    (ratio_case, "ratio", "scale", ("scale",)),
    (ratio_case, "ratio", "digit", ("digit",)),
    (ratio_case, "ratio", "unexplained", ("unexplained",)),
    (sum_case, "sum", "part_left_out", ("part_left_out",)),
    (sum_case, "sum", "counted_twice", ("counted_twice",)),
    (sum_case, "sum", "scale", ("scale",)),
    (sum_case, "sum", "digit", ("digit",)),
    (sum_case, "sum", "input_digit", ("digit",)),
    (sum_case, "sum", "unexplained", ("unexplained",)),
    (product_case, "product", "scale", ("scale",)),
    (product_case, "product", "digit", ("digit",)),
    (product_case, "product", "copied", ("copied",)),
    (product_case, "product", "unexplained", ("unexplained",)),
    (repeat_case, "repeat", "digit", ("digit",)),
    (repeat_case, "repeat", "scale", ("scale",)),
    (repeat_case, "repeat", "currency", ("currency",)),
    (repeat_case, "repeat", "other_year", ("other_year",)),
    (repeat_case, "repeat", "near", ("near",)),
    (repeat_case, "repeat", "unexplained", ("unexplained",)),
    (sparsity_case, "repeat", "sparsity", ("sparsity",)),
    (basis_case, "repeat", "mislabelled_basis", ("mislabelled_basis",)),
    (gross_net_case, "repeat", "gross_net", ("gross_net",)),
    (other_print_case, "growth", "other_print", ("other_print",)),
    (other_print_case, "growth", "text_vs_table", ("text_vs_table",)),
    (currency_pair_case, "currency_pair", "currency", ("currency",)),
    (currency_pair_case, "currency_pair", "scale", ("scale",)),
    (currency_pair_case, "currency_pair", "unexplained", ("unexplained",)),
    (two_reports_case, "cross_source", "as_of", ("as_of",)),
    (two_reports_case, "cross_source", "vintage", ("vintage",)),
    (two_reports_case, "cross_source", "basis", ("basis",)),
    (two_reports_case, "cross_source", "scope", ("scope",)),
    (two_reports_case, "cross_source", "revised", ("vintage",)),
    (subset_case, "part_exceeds_whole", "scale", ("scale",)),
    (subset_case, "part_exceeds_whole", "unexplained", ("unexplained",)),
)
BUILDERS: tuple[Builder, ...] = tuple(dict.fromkeys(builder for builder, *_ in KINDS))


@dataclass(frozen=True, slots=True)
class Injected:
    """What was done to one case and what must be said about it."""

    number: int
    rule: str
    slip: str
    codes: tuple[str, ...]


def with_slips(folder: Folder, draws: int, seed: int) -> list[Injected]:
    """Add ``draws`` cases of every kind of slip, in one synthetic report (and its later edition)."""
    injected: list[Injected] = []
    source = folder.source("slips")
    folder.source("slips_later", "2025-12-31")
    for builder, rule, slip, codes in KINDS:
        for draw in range(draws):
            number = len(injected) + 1
            builder(Case(folder, source, number, random.Random(f"{seed}/{rule}/{slip}/{draw}")), slip)
            injected.append(Injected(number, rule, slip, codes))
    return injected


def without_slips(folder: Folder, draws: int, seed: int) -> None:
    """Add ``draws`` cases of every builder, all of which hold."""
    source = folder.source("clean")
    folder.source("clean_later", "2025-12-31")
    for position, builder in enumerate(BUILDERS):
        for draw in range(draws):
            # entities of their own, so that no clean case meets one with a slip
            number = 50_000 + position * draws + draw
            builder(Case(folder, source, number, random.Random(f"{seed}/{builder.__name__}/{draw}")), "")
