"""The reconciliation once more, as a pandas program: what the dbt models are measured against.

From the parsed rows (Parquet copies of six tables of a build) to converted figures, comparisons with their sentences,
findings with their explanations, consensus and vintages: the same rows as the models make, for reports as
`benchmarks.generate` writes them. It is written as someone who knows pandas writes it: text columns are categories and
keys are integers, ties are broken by sorting once, joins are merges on one integer, sentences are joined by Arrow, and
what explains a disagreement is searched among the disagreements only.

Left out is what generated reports do not have: decisions, rates that a source states itself, outside references,
`product`, `fold`, `ratio`, `part_exceeds_whole`, shares found by series keys, terms that are constants, and figures of
one series on several bases or dates (refused, see `_cross_source`). Of the explanations, those are left out that need
them: sparsity, mislabelled_basis, gross_net, basis, as_of, and vintage by the day of publication.

    python -m benchmarks.reconcile_pandas --export BUILD_FILE FOLDER     Parquet copies of the raw tables
    python -m benchmarks.reconcile_pandas --input FOLDER --json          seconds per stage, peak memory
    python -m benchmarks.reconcile_pandas --check BUILD_FILE             the same rows as the build has?
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

Array = np.ndarray
Text = pa.LargeStringArray

TABLES = ("figures", "relations", "sources", "ref_units", "ref_indicators", "ref_exchange_rates")
KEYS = ["indicator", "entity", "segment", "geography", "counted", "basis", "period_label", "status", "statistic"]
CATEGORIES = ["source_id", "table_id", "qualifier", "unit_symbol", *KEYS]
NUMBERS = ["number", "number_low", "number_high"]
FIGURE_COLUMNS = [*CATEGORIES, *NUMBERS, "figure_id", "line", "printed", "period_start", "period_end"]
TERMS = ["rule", "role", "covers", "source_id"]
RELATION_COLUMNS = [*TERMS, "relation_id", "position", "figure_id", "figure_id_high", "constant", "years"]
# dbt_project.yml
FIRST_RATE_YEAR = 2015
FX_TOLERANCE = 0.03
OPEN = 1e150
ALONE = ("general_count", "duration", "company_fact")
NOT_ACROSS = (*ALONE, "macro_rate", "cost", "product_price")


@dataclass
class Result:
    """What the program makes, table by table, and how long each stage took."""

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begun


# -- helpers ----------------------------------------------------------------------------------------------------------


def _read(folder: Path, table: str, columns: Sequence[str] | None = None, categories: Sequence[str] = ()) -> Any:
    arrow = pq.read_table(
        folder / f"{table}.parquet", columns=list(columns) if columns else None, read_dictionary=list(categories)
    )
    return arrow.to_pandas(date_as_object=False)


def _arrow(strings: Any) -> Text:
    made = pa.array(strings, type=pa.large_string(), from_pandas=True)
    return made.combine_chunks() if isinstance(made, pa.ChunkedArray) else made


def _take(strings: Text, at: Array) -> Text:
    """Strings at positions; null where the position is -1."""
    return strings.take(pa.array(at, mask=at < 0) if (at < 0).any() else pa.array(at))


def _join(*parts: Any) -> Text:
    """Texts side by side; plain strings stand in every row."""
    return pc.binary_join_element_wise(
        *(pa.scalar(part, pa.large_string()) if isinstance(part, str) else part for part in parts),
        pa.scalar("", pa.large_string()),
    )


def _whole(numbers: Array) -> Text:
    return pa.array(numbers.astype(np.int64)).cast(pa.large_string())


def _by_code(column: pd.Series, values: pd.Series, missing: Any = np.nan) -> Array:
    """For each row of a categorical column what ``values`` has for its category."""
    looked = values.reindex(column.cat.categories).to_numpy()
    return np.append(looked, missing)[column.cat.codes.to_numpy()]


def _key(*columns: Any) -> Array:
    """One integer for the combination of several columns (categorical, or integers from -1 on); null is a value."""
    key: Array = np.zeros(len(columns[0]), dtype=np.int64)
    size = 1
    for column in columns:
        if isinstance(column, pd.Series) and isinstance(column.dtype, pd.CategoricalDtype):
            codes, n = column.cat.codes.to_numpy().astype(np.int64) + 1, len(column.cat.categories) + 1
        else:
            codes = np.asarray(column).astype(np.int64) + 1
            n = int(codes.max(initial=0)) + 1
        if size * n >= 2**62:
            key, seen = pd.factorize(key)
            size = len(seen)
        key = key * n + codes
        size *= n
    return key


def _first(key: Array, among: Array) -> Array:
    """Of the positions ``among``, the first of each key."""
    return among[~pd.Series(key[among]).duplicated().to_numpy()]


def _round_off(x: Array) -> Array:
    """15 significant digits."""
    with np.errstate(divide="ignore", invalid="ignore"):
        power = 14 - np.floor(np.log10(np.abs(x)))
    power = np.where(np.isfinite(power), power, 0.0)
    up, down = 10.0 ** np.clip(power, 0, 300), 10.0 ** np.clip(-power, 0, 300)
    return np.where(np.isfinite(x), np.rint(x * up / down) * down / up, x)


def _overlaps(a_low: Array, a_high: Array, b_low: Array, b_high: Array) -> Array:
    return (a_low <= b_high + 1e-9 * np.maximum(np.abs(a_low), np.abs(b_high))) & (
        b_low <= a_high + 1e-9 * np.maximum(np.abs(b_low), np.abs(a_high))
    )


def _touches(a_low: Array, a_high: Array, b_low: Array, b_high: Array) -> Array:
    return (
        (a_high > a_low)
        & (b_high > b_low)
        & (
            (b_high - a_low <= 1e-9 * np.maximum(np.abs(a_low), np.abs(b_high)))
            | (a_high - b_low <= 1e-9 * np.maximum(np.abs(a_high), np.abs(b_low)))
        )
    )


def _format(pattern: str, x: Array) -> list[str]:
    """There is no vectorised form of %.4g."""
    return list(map(pattern.format, x.tolist()))


def _show(x: Array, units: Array, names: Array) -> Text:
    """Numbers as a person writes them; ``units`` are codes of ``names``."""
    size = np.abs(x)
    kind = np.select(
        [
            np.isnan(x),
            size >= 1e100,
            np.isin(names, ("percent", "pp"))[units],
            np.isin(names, ("times", "ratio", "multiple"))[units],
            *(size >= scale for scale in (1e15, 1e12, 1e9, 1e6)),
        ],
        np.arange(8),
        8,
    )
    out = np.empty(len(x), dtype=object)
    out[kind == 0], out[kind == 1] = "?", "any amount"
    for n, pattern, scale, has_unit in (
        (2, "{:.4g} %", 0.01, False),
        (3, "{:.4g}", 1.0, False),
        (4, "{:.4g} ", 1.0, True),
        (5, "{:.4g} tn ", 1e12, True),
        (6, "{:.4g} bn ", 1e9, True),
        (7, "{:.4g} m ", 1e6, True),
        (8, "{:.5g} ", 1.0, True),
    ):
        at = kind == n
        if at.any():
            written = np.array(_format(pattern, x[at] * 100 if n == 2 else x[at] / scale), dtype=object)
            out[at] = written + names[units[at]] if has_unit else written
    return _arrow(out)


# -- figures ----------------------------------------------------------------------------------------------------------


def _figures(raw: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Converted figures with the numbers and keys that comparisons need.

    Sorted by figure_id: a figure's position orders like its id, and stands for it from here on.
    """
    figures = raw["figures"].sort_values("figure_id", ignore_index=True)
    units = raw["ref_units"].set_index("symbol")
    sources = raw["sources"].set_index("source_id")
    names = pd.Index(pd.unique(units["unit"]))
    factor = _by_code(figures["unit_symbol"], units["factor"].astype(float))
    unit = _by_code(figures["unit_symbol"], pd.Series(names.get_indexer(units["unit"]), units.index), -1).astype(int)
    known = (
        (unit >= 0)
        & figures["indicator"].cat.codes.isin(
            np.flatnonzero(figures["indicator"].cat.categories.isin(raw["ref_indicators"]["indicator"]))
        )
        & figures["source_id"].notna()
    )
    if not known.all():
        figures, factor, unit = figures[known].reset_index(drop=True), factor[known], unit[known]
    figures["unit"] = pd.Categorical.from_codes(unit, names)
    for name in ("", "_low", "_high"):
        figures["value" + name] = _round_off(figures.pop("number" + name).to_numpy() * factor)
    figures["position"] = _by_code(figures["source_id"], sources["position"]).astype(np.int32)
    published = _by_code(figures["source_id"], sources["vintage_on"].dt.year)
    for year, day in (("first_year", "period_start"), ("last_year", "period_end")):
        figures[year] = figures[day].dt.year.fillna(-1).astype(np.int32)
    _convert(figures, raw["ref_exchange_rates"], published, names)
    _compare_keys(figures, names)
    return figures


def _convert(figures: pd.DataFrame, rates: pd.DataFrame, published: Array, names: pd.Index) -> None:
    """USD and CNY value by the rate of the figure's year, or of the report's own year when that is earlier."""
    table = rates.assign(year=rates["year"].astype(int), cny_per_unit=rates["cny_per_unit"].astype(float)).pivot(
        index="currency", columns="year", values="cny_per_unit"
    )
    usd_years = table.loc["USD"].dropna().index
    years = np.arange(min(FIRST_RATE_YEAR, table.columns.min()), max(table.columns) + 1)
    table = table.reindex(columns=years)
    currencies = names.str.split("/").str[0]
    currency = table.index.get_indexer(currencies)[figures["unit"].cat.codes]
    year = figures["last_year"].where(figures["last_year"] >= 0).to_numpy()
    wanted = np.fmin(usd_years.max(), np.fmax(FIRST_RATE_YEAR, np.fmin(year, published))).astype(int) - years[0]
    per_unit = np.where(currency >= 0, table.to_numpy()[currency, wanted], np.nan)
    per_unit[(figures["statistic"] == "rank").to_numpy()] = np.nan
    per_usd = table.loc["USD"].to_numpy()[wanted]
    value = figures["value"].to_numpy()
    is_usd, is_cny = ((currencies == name)[figures["unit"].cat.codes] for name in ("USD", "CNY"))
    figures["value_usd"] = np.where(is_usd, value, _round_off(value * per_unit / per_usd))
    figures["value_cny"] = np.where(is_cny, value, _round_off(value * per_unit))
    figures["fx_rate"] = np.where(np.isnan(per_unit), np.nan, per_usd)
    figures["usd_per_unit"] = per_unit / figures["fx_rate"]
    figures["currency"] = pd.factorize(currencies)[0][figures["unit"].cat.codes]
    figures["is_money"] = is_usd | is_cny | ~np.isnan(per_unit)


def _compare_keys(figures: pd.DataFrame, names: pd.Index) -> None:
    """x with its interval (percentages as fractions), and what makes figures the same thing, as integers."""
    by_hundred = np.where(np.isin(names, ("percent", "pp")), 100.0, 1.0)[figures["unit"].cat.codes]
    figures["x"] = figures["value"] / by_hundred
    figures["x_low"] = np.fmax(-OPEN, figures.pop("value_low")) / by_hundred
    figures["x_high"] = np.fmin(OPEN, figures.pop("value_high")) / by_hundred
    kinds = ["money", "percent", *(name for name in names if name not in ("money", "percent"))]
    kind = pd.Index(kinds).get_indexer(np.where(np.isin(names, ("percent", "pp")), "percent", names))
    figures["unit_kind"] = pd.Categorical.from_codes(
        np.where(figures["is_money"], 0, kind[figures["unit"].cat.codes]), kinds
    )
    series = [figures[name] for name in ("indicator", "entity", "segment", "geography")]
    figures["subject"] = pd.factorize(_key(*series, figures["counted"]))[0]
    figures["subject_key"] = pd.factorize(_key(*series))[0]


@dataclass
class Columns:
    """The columns of the figures as plain arrays, so that positions can be looked up without an index."""

    frame: pd.DataFrame
    by_line: Array
    figure_id: Text
    printed: Text
    source_text: Text

    @classmethod
    def of(cls, figures: pd.DataFrame) -> "Columns":
        line = figures["line"].to_numpy()
        return cls(
            figures,
            np.argsort(line, kind="stable"),
            _arrow(figures["figure_id"]),
            _arrow(figures["printed"]),
            _arrow(figures["source_id"].cat.categories),
        )

    def __getitem__(self, name: str) -> Array:
        column = self.frame[name]
        return (column.cat.codes if isinstance(column.dtype, pd.CategoricalDtype) else column).to_numpy()

    def at(self, name: str, positions: Array, missing: Any = np.nan) -> Array:
        taken = self[name][positions]
        return np.where(positions >= 0, taken, missing) if (positions < 0).any() else taken

    def code(self, name: str, value: str) -> int:
        """The code of a category; -9 where no figure has it."""
        found = int(self.frame[name].cat.categories.get_indexer([value])[0])
        return found if found >= 0 else -9

    def one_of(self, name: str, values: Sequence[str]) -> Array:
        return np.isin(self[name], [self.code(name, value) for value in values])

    def fx(self, *positions: Array) -> Array:
        rate = np.full(len(positions[0]), np.nan)
        for at in positions:
            rate = np.where(np.isnan(rate), self.at("fx_rate", at), rate)
        return np.where(np.isnan(rate), 7.0, rate)


# -- stated ties ------------------------------------------------------------------------------------------------------


@dataclass
class Ties:
    """The terms of the stated ties; ``terms.relation`` is a position in ``ids``."""

    ids: Text
    terms: pd.DataFrame
    # all rows, also those of ties that are stated twice: (relation, figure)
    members: pd.DataFrame


def _ties(relations: pd.DataFrame, figures: Columns) -> Ties:
    relation, ids = pd.factorize(relations["relation_id"])
    at = pc.index_in(_arrow(relations["figure_id"]), value_set=figures.figure_id)
    low = at.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    high = low
    if relations["figure_id_high"].notna().any():
        other = pc.index_in(_arrow(relations["figure_id_high"]), value_set=figures.figure_id).fill_null(-1)
        high = np.where(relations["figure_id_high"].notna(), other.to_numpy(zero_copy_only=False), low)
    terms = pd.DataFrame({"relation": relation, "figure": low, "high": high})
    for name in ("rule", "role", "position", "constant", "years", "covers"):
        terms[name] = relations[name].array
    members = terms[["relation", "rule", "figure"]]
    # one tie may be stated twice: the terms' hashes add up to the same
    hashes = pd.util.hash_pandas_object(terms[["figure", "high", "role", "constant"]], index=False).to_numpy()
    whole = pd.util.hash_pandas_object(terms[["rule", "covers", "years"]], index=False).to_numpy()
    signature = pd.Series(hashes ^ (whole * np.uint64(0x9E3779B97F4A7C15))).groupby(relation).sum()
    copies = signature[signature.duplicated(keep=False)]
    if len(copies):
        named = pd.Series(np.asarray(ids)[copies.index], copies.index)
        later = named[named != named.groupby(copies).transform("min")].index
        terms = terms[~terms["relation"].isin(later)].reset_index(drop=True)
    low, high = terms["figure"].to_numpy(), terms["high"].to_numpy()
    constant = terms["constant"].to_numpy(dtype=float)
    is_figure = np.isnan(constant)
    terms["x"] = np.where(is_figure, (figures.at("x", low) + figures.at("x", high)) / 2, constant)
    terms["x_low"] = np.where(is_figure, figures.at("x_low", low), constant)
    terms["x_high"] = np.where(is_figure, figures.at("x_high", high), constant)
    missing = is_figure & ((low < 0) | (high < 0))
    if missing.any():
        terms = terms[~terms["relation"].isin(terms["relation"][missing].unique())].reset_index(drop=True)
    _refuse_mixed(terms, figures)
    return Ties(_arrow(ids), terms, members[members["figure"] >= 0])


def _refuse_mixed(terms: pd.DataFrame, figures: Columns) -> None:
    """Ties in several currencies would have to be converted first; generated ones only pair two currencies."""
    at = terms["figure"].to_numpy()
    money = figures.at("is_money", at, False).astype(bool) & (terms["rule"] != "currency_pair").to_numpy()
    currencies = pd.Series(figures["currency"][at[money]]).groupby(terms["relation"].to_numpy()[money])
    if (currencies.min() != currencies.max()).any():
        raise ValueError("a tie in several currencies: this program reads generated reports only")


# -- comparisons ------------------------------------------------------------------------------------------------------


def _block(rule: str, ids: Text, stated: Array, **columns: Any) -> tuple[Text, pd.DataFrame]:
    """Comparisons of one rule: ids, and all columns that verdicts and sentences need."""
    n = len(stated)
    nothing = np.full(n, np.nan)
    defaults: dict[str, Any] = {
        "upper": np.full(n, -1),
        "lower": np.full(n, -1),
        "relation": np.full(n, -1),
        **dict.fromkeys(("n_years", "q", "q_low", "q_high", "covered"), nothing),
        **{name: np.ones(n, dtype=bool) for name in ("same_basis", "same_period", "same_kind")},
        "is_plain": np.zeros(n, dtype=bool),
        "fx": nothing,
    }
    return ids, pd.DataFrame({"rule": rule, "stated": stated, **defaults, **columns}, copy=False)


def _intervals(figures: Columns, at: Array, name: str) -> dict[str, Array]:
    return {name + end: figures.at("x" + end, at) for end in ("", "_low", "_high")}


def _pairs(figures: Columns, ties: Ties) -> list[tuple[Text, pd.DataFrame]]:
    """growth and cagr as the series give them, and the ties of two inputs that tables state."""
    tied = ties.terms[["rule", "figure"]][(ties.terms["role"] == "stated").to_numpy()]
    series = _series_pairs(figures, tied["figure"].to_numpy()[tied["rule"].isin(("cagr", "growth", "fold")).to_numpy()])
    blocks = []
    is_cagr = figures["statistic"][series["stated"]] == figures.code("statistic", "cagr")
    for rule, chosen in (("cagr", series[is_cagr]), ("growth", series[~is_cagr])):
        ids = _join(f"{rule}:", _take(figures.figure_id, chosen["stated"].to_numpy()), ".series")
        blocks.append(_expected(figures, rule, ids, chosen))
    terms = ties.terms[(ties.terms["rule"] == "share").to_numpy()]
    roles = {
        name: terms.loc[(terms["role"] == role).to_numpy(), ["relation", "figure"]].rename(columns={"figure": name})
        for name, role in (("stated", "stated"), ("upper", "part"), ("lower", "whole"))
    }
    shares = roles["stated"].merge(roles["upper"], on="relation").merge(roles["lower"], on="relation")
    ids = _join("share:", _take(ties.ids, shares["relation"].to_numpy()))
    blocks.append(_expected(figures, "share", ids, shares.assign(n_years=np.nan)))
    return blocks


def _series_pairs(figures: Columns, tied: Array) -> pd.DataFrame:
    """For each growth the two levels of its series, from its own table or the nearest lines."""
    frame = figures.frame
    is_level = (
        (figures["statistic"] == figures.code("statistic", "level"))
        & (figures["unit_kind"] != figures.code("unit_kind", "percent"))
        & frame["period_start"].notna().to_numpy()
    )
    in_place = _key(
        frame["source_id"], frame["subject"], frame["basis"], frame["unit"], frame["period_label"], frame["table_id"]
    )
    levels = _first(in_place, figures.by_line[is_level[figures.by_line]])
    first_year, last_year = figures["first_year"], figures["last_year"]
    levels = levels[first_year[levels] == last_year[levels]]
    is_cagr = figures["statistic"] == figures.code("statistic", "cagr")
    is_growth = figures.one_of("unit", ("percent", "times")) & (
        (is_cagr & (last_year > first_year))
        | ((figures["statistic"] == figures.code("statistic", "yoy")) & (last_year == first_year))
    )
    is_growth[tied] = False
    growths = np.flatnonzero(is_growth)
    base_year = np.where(is_cagr, first_year, last_year - 1)
    start, end = frame["period_start"].dt, frame["period_end"].dt
    in_year = (start.month * 100 + start.day).fillna(-1).to_numpy() * 100 + end.month.fillna(-1).to_numpy()
    family = pd.factorize(_key(frame["source_id"], frame["subject_key"], frame["basis"]))[0]
    line_of_levels = pd.factorize(_key(frame["source_id"], frame["subject"], frame["basis"], frame["unit"], in_year))[0]
    upper = pd.DataFrame({"key": family[levels] * 10_000 + last_year[levels], "upper": levels})
    stated = pd.DataFrame({"key": family[growths] * 10_000 + last_year[growths], "stated": growths})
    found = stated.merge(upper, on="key")
    found["key"] = line_of_levels[found["upper"]] * 10_000 + base_year[found["stated"]]
    lower = pd.DataFrame({"key": line_of_levels[levels] * 10_000 + last_year[levels], "lower": levels})
    found = found.merge(lower, on="key")
    at, over, under = (found[name].to_numpy() for name in ("stated", "upper", "lower"))
    table, line = figures["table_id"], figures["line"].astype(np.int64)
    elsewhere = ~((table[at] >= 0) & (table[over] == table[at]) & (table[under] == table[at]))
    distance = np.abs(line[over] - line[at]) + np.abs(line[under] - line[at])
    chosen = found.iloc[np.lexsort((under, over, distance, elsewhere, at))].drop_duplicates("stated")
    return chosen.assign(n_years=(last_year - base_year)[chosen["stated"]].astype(float))


def _expected(figures: Columns, rule: str, ids: Text, pairs: pd.DataFrame) -> tuple[Text, pd.DataFrame]:
    """What the inputs give, as an interval."""
    at, over, under = (pairs[name].to_numpy() for name in ("stated", "upper", "lower"))
    n = pairs["n_years"].to_numpy(dtype=float)
    s, u, l_ = (_intervals(figures, where, "") for where in (at, over, under))
    with np.errstate(divide="ignore", invalid="ignore"):
        q = u[""] / np.where(l_[""] == 0, np.nan, l_[""])
        ends = [u[a] / l_[b] for a in ("_low", "_high") for b in ("_low", "_high")]
        sound = (l_["_low"] > 0) | (l_["_high"] < 0)
        q_low = np.where(sound, np.minimum.reduce(ends), np.nan)
        q_high = np.where(sound, np.maximum.reduce(ends), np.nan)
        if rule == "cagr":
            e = np.where(q > 0, q, np.nan) ** (1.0 / n) - 1
            e_low, e_high = (np.where(q_low >= 0, end, np.nan) ** (1.0 / n) - 1 for end in (q_low, q_high))
        elif rule == "growth":
            kind, input_kind = figures["unit_kind"][at], figures["unit_kind"][over]
            rates = [figures.code("unit_kind", name) for name in ("percent", "ratio", "times")]
            difference = (figures["unit"][at] == figures.code("unit", "pp")) | (
                (kind == input_kind) & ~np.isin(kind, rates)
            )
            e = np.where(difference, u[""] - l_[""], (u[""] - l_[""]) / np.where(l_[""] == 0, np.nan, np.abs(l_[""])))
            gain, loss = l_["_low"] > 0, l_["_high"] < 0
            e_low = np.select([difference, gain, loss], [u["_low"] - l_["_high"], q_low - 1, 1 - q_high], np.nan)
            e_high = np.select([difference, gain, loss], [u["_high"] - l_["_low"], q_high - 1, 1 - q_low], np.nan)
        else:
            e, e_low, e_high = q, q_low, q_high
        if rule in ("growth", "cagr"):
            is_change = figures["statistic"][at] == figures.code("statistic", "change")
            falls = (s[""] > 0) & (e < 0) & is_change
            e, e_low, e_high = (np.where(falls, -a, b) for a, b in ((e, e), (e_high, e_low), (e_low, e_high)))
    return _block(
        rule,
        ids,
        at,
        upper=over,
        lower=under,
        n_years=n,
        q=q,
        q_low=q_low,
        q_high=q_high,
        fx=figures.fx(over, under) if rule == "share" else figures.fx(over),
        s=s[""],
        s_low=s["_low"],
        s_high=s["_high"],
        e=e,
        e_low=e_low,
        e_high=e_high,
    )


def _sums(figures: Columns, ties: Ties) -> tuple[Text, pd.DataFrame]:
    """A stated sum beside what its parts add up to."""
    terms = ties.terms[(ties.terms["rule"] == "sum").to_numpy()]
    role = terms["role"]
    stated = terms[(role == "stated").to_numpy()].set_index("relation")
    sign = np.select([role == "part", role == "minus"], [1.0, -1.0], 0.0)
    used = sign != 0
    sign, inputs = sign[used], terms[used]
    summed = pd.DataFrame(
        {
            "e": inputs["x"] * sign,
            "e_low": np.where(sign > 0, inputs["x_low"], -inputs["x_high"]),
            "e_high": np.where(sign > 0, inputs["x_high"], -inputs["x_low"]),
        }
    )
    e = summed.groupby(inputs["relation"]).sum().reindex(stated.index)
    rate = figures.at("fx_rate", terms["figure"].to_numpy())
    fx = pd.Series(np.where(np.isnan(rate), 7.0, rate)).groupby(terms["relation"].to_numpy()).max()
    covers = stated["covers"].reset_index(drop=True)
    share = pd.to_numeric(covers, errors="coerce").fillna(1.0).to_numpy(dtype=float)
    relation = stated.index.to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        covered = e["e"].to_numpy() / np.where(stated["x"] == 0, np.nan, stated["x"])
    return _block(
        "sum",
        _join("sum:", _take(ties.ids, relation)),
        stated["figure"].to_numpy(),
        relation=relation,
        fx=fx.reindex(relation).to_numpy(),
        s=stated["x"].to_numpy(),
        s_low=stated["x_low"].to_numpy(),
        s_high=stated["x_high"].to_numpy(),
        e=_round_off(e["e"].to_numpy()),
        e_low=_round_off(e["e_low"].to_numpy()),
        e_high=np.where((covers == "part").to_numpy(), OPEN, _round_off(e["e_high"].to_numpy() / share)),
        covered=_round_off(covered),
    )


def _currency_pairs(figures: Columns, ties: Ties) -> tuple[Text, pd.DataFrame]:
    """Two amounts said to be the same: the rate that they imply beside the rate of the year."""
    terms = ties.terms[(ties.terms["rule"] == "currency_pair").to_numpy()]
    cny, usd = (terms[(terms["role"] == role).to_numpy()] for role in ("cny", "usd"))
    pairs = cny.merge(usd, on="relation", suffixes=("", "_usd"))
    ids = _take(ties.ids, pairs["relation"].to_numpy())
    ends = _key(
        np.minimum(pairs["figure"], pairs["figure_usd"]).to_numpy(),
        np.maximum(pairs["figure"], pairs["figure_usd"]).to_numpy(),
    )
    if pd.Series(ends).duplicated().any():
        order = np.argsort(ids.to_numpy(zero_copy_only=False))
        pairs = pairs.iloc[np.sort(_first(ends, order))]
        ids = _take(ties.ids, pairs["relation"].to_numpy())
    position = pairs["position"].to_numpy()
    suffix = np.where(position > 1, np.char.add(".", position.astype(str)), "") if (position > 1).any() else None
    at, over = pairs["figure"].to_numpy(), pairs["figure_usd"].to_numpy()
    fx = figures.fx(at, over)
    with np.errstate(divide="ignore", invalid="ignore"):
        s, s_low, s_high = (
            pairs[a].to_numpy() / np.where(pairs[b + "_usd"] == 0, np.nan, pairs[b + "_usd"])
            for a, b in (("x", "x"), ("x_low", "x_high"), ("x_high", "x_low"))
        )
    return _block(
        "currency_pair",
        _join("currency_pair:", ids, "" if suffix is None else _arrow(suffix)),
        at,
        upper=over,
        fx=fx,
        s=s,
        s_low=s_low,
        s_high=s_high,
        e=fx,
        e_low=fx * (1 - FX_TOLERANCE),
        e_high=fx * (1 + FX_TOLERANCE),
    )


def _in_rate(figures: Columns, at: Array, other: Array) -> tuple[Array, Array, Array]:
    """The other figure's interval in the currency of the first, widened by how far rates may be apart."""
    x, x_low, x_high = (figures["x" + end][other] for end in ("", "_low", "_high"))
    apart = figures["currency"][at] != figures["currency"][other]
    rate = np.where(apart, figures["usd_per_unit"][other] / figures["usd_per_unit"][at], 1.0)
    width = np.where(apart, FX_TOLERANCE, 0.0)
    return x * rate, x_low * rate * (1 - width), x_high * rate * (1 + width)


def _tied(members: pd.DataFrame, one: Array, other: Array) -> Array:
    """Whether a stated relation holds both figures."""
    n = int(max(members["figure"].max(), one.max(initial=0), other.max(initial=0))) + 1 if len(members) else 1
    held = pd.DataFrame({"figure": one, "other": other, "pair": np.arange(len(one))}).merge(
        members[["relation", "figure"]], on="figure"
    )
    both = (held["relation"] * n + held["other"]).isin(members["relation"] * n + members["figure"])
    tied = np.zeros(len(one), dtype=bool)
    tied[held["pair"][both]] = True
    return tied


def _prints_again(figures: Columns, ties: Ties) -> list[tuple[Text, pd.DataFrame]]:
    """repeat and text_vs_table: figures of one source with the same keys, each against the one printed first."""
    frame = figures.frame
    ends = figures.frame["figure_id"].str.endswith((":low", ":high")).to_numpy(dtype=bool)
    usable = (
        (figures["period_label"] >= 0)
        & (figures["statistic"] != figures.code("statistic", "rank"))
        & ~figures.one_of("indicator", ALONE)
        & ~ends
    )
    keys = ("source_id", "subject", "basis", "period_label", "statistic", "unit_kind", "status")
    key = _key(*(frame[name] for name in keys))
    among = figures.by_line[usable[figures.by_line]]
    group, _ = pd.factorize(key[among])
    again = pd.Series(group).duplicated().to_numpy()
    first_of = np.zeros(int(group.max(initial=-1)) + 1, dtype=np.int64)
    first_of[group[~again]] = among[~again]
    at, other = among[again], first_of[group[again]]
    free = ~_tied(ties.members, at, other)
    at, other = at[free], other[free]
    elsewhere = figures["table_id"][at] != figures["table_id"][other]
    blocks = []
    for rule, of_rule in (("text_vs_table", elsewhere), ("repeat", ~elsewhere)):
        one, first = at[of_rule], other[of_rule]
        e, e_low, e_high = _in_rate(figures, one, first)
        blocks.append(
            _block(
                rule,
                _join(f"{rule}:", _take(figures.figure_id, one), ".series"),
                one,
                upper=first,
                fx=figures.fx(one),
                is_plain=(figures["qualifier"][one] < 0) & (figures["qualifier"][first] < 0),
                **_intervals(figures, one, "s"),
                e=e,
                e_low=e_low,
                e_high=e_high,
            )
        )
    return blocks


def _cross_source(figures: Columns, ties: Ties) -> tuple[Text, pd.DataFrame]:
    """One series in two reports: each figure against the latest earlier report that prints it."""
    frame = figures.frame
    usable = (
        (figures["last_year"] >= 0)
        & (figures["statistic"] != figures.code("statistic", "rank"))
        & ~figures.one_of("indicator", NOT_ACROSS)
        & ~frame["figure_id"].str.endswith(":high").to_numpy(dtype=bool)
    )
    # codes begin at -1 for null, years at -1: one integer for the series in one year
    years = (figures["first_year"].astype(np.int64) + 1) * 10_000 + figures["last_year"] + 1
    in_year, _ = pd.factorize(_key(frame["subject"], frame["statistic"], frame["unit_kind"], pd.factorize(years)[0]))
    same = _key(in_year, frame["basis"], frame["period_label"])
    among = figures.by_line[usable[figures.by_line]]
    represented = _first(_key(same if same.max() < 2**40 else pd.factorize(same)[0], frame["source_id"]), among)
    series_years, labels = pd.Series(in_year[represented]), pd.Series(same[represented])
    if (labels.groupby(series_years).min() != labels.groupby(series_years).max()).any():
        raise ValueError("one series and year on several bases or dates: this program reads generated reports only")
    order = represented[np.lexsort((figures["position"][represented], same[represented]))]
    meets = np.flatnonzero(same[order][1:] == same[order][:-1])
    at, other = order[meets + 1], order[meets]
    members = ties.members[ties.members["rule"].isin(("repeat", "text_vs_table")).to_numpy()]
    if len(members):
        free = ~_tied(members, at, other)
        at, other = at[free], other[free]
    e, e_low, e_high = _in_rate(figures, at, other)
    expected = figures.one_of("status", ("forecast", "target"))
    return _block(
        "cross_source",
        _join("cross_source:", _take(figures.figure_id, at), "~", _take(figures.figure_id, other)),
        at,
        upper=other,
        fx=figures.fx(at),
        same_kind=expected[at] == expected[other],
        is_plain=(figures["qualifier"][at] < 0) & (figures["qualifier"][other] < 0),
        **_intervals(figures, at, "s"),
        e=e,
        e_low=e_low,
        e_high=e_high,
    )


def _bounds(figures: Columns) -> tuple[Text, pd.DataFrame]:
    """A share of a whole is at most 100 %, a count is not negative."""
    share = figures["statistic"] == figures.code("statistic", "share")
    share &= figures.one_of("unit", ("percent", "ratio"))
    at = np.flatnonzero(share | (figures["unit"] == figures.code("unit", "count")))
    limit = share[at]
    return _block(
        "bounds",
        _join("bounds:", _take(figures.figure_id, at), ".series"),
        at,
        fx=figures.fx(at),
        **_intervals(figures, at, "s"),
        e=np.where(limit, 1.0, np.nan),
        e_low=np.zeros(len(at)),
        e_high=np.where(limit, 1.0, OPEN),
    )


def _verdicts(comparisons: pd.DataFrame) -> None:
    s, s_low, s_high, e_low, e_high = (
        comparisons[name].to_numpy() for name in ("s", "s_low", "s_high", "e_low", "e_high")
    )
    unknown = np.isnan(s) | np.isnan(s_low) | np.isnan(e_low) | np.isnan(e_high)
    meet = _overlaps(s_low, s_high, e_low, e_high)
    meet &= ~(comparisons["is_plain"].to_numpy() & _touches(s_low, s_high, e_low, e_high))
    alike = (comparisons["same_basis"] & comparisons["same_period"] & comparisons["same_kind"]).to_numpy()
    codes = np.select([unknown, meet, ~alike], [2, 0, 2], 1)
    comparisons["verdict"] = pd.Categorical.from_codes(codes, ["agree", "disagree", "not_comparable"])
    comparisons["gap"] = np.select(
        [s_low > e_high, s_high < e_low, ~np.isnan(s_low) & ~np.isnan(e_low)],
        [
            (s_low - e_high) / np.maximum(np.abs(e_high), 1e-12),
            (s_high - e_low) / np.maximum(np.abs(e_low), 1e-12),
            0.0,
        ],
        np.nan,
    )


# -- explanations -----------------------------------------------------------------------------------------------------

SLIPS = (
    (1e1, "ten", 30),
    (1e2, "a hundred", 29),
    (1e3, "a thousand", 28),
    (1e4, "ten thousand (万)", 27),
    (1e6, "a million", 28),
    (1e8, "a hundred million (亿)", 27),
)
EQUALS = ("repeat", "text_vs_table", "cross_source")
NEAR = 50


@dataclass
class Search:
    """The disagreements with what is known of their figures, and the candidates found so far."""

    rows: pd.DataFrame
    figures: Columns
    ties: Ties
    confirmed: Array
    printed: Array
    candidates: list[pd.DataFrame] = field(default_factory=list)

    def add(self, row: Any, code: Any, rank: Any, because: Any) -> None:
        """``row``: positions in ``rows``; the others are one value or one a row."""
        if len(row):
            self.candidates.append(pd.DataFrame({"row": row, "code": code, "rank": rank, "because": because}))

    def where(self, mask: Any, code: str, rank: int, because: str) -> None:
        self.add(np.flatnonzero(mask), code, rank, because)

    def in_words(self, name: str, positions: Array, missing: str) -> list[str]:
        """A category's words for figures."""
        words = np.append(self.figures.frame[name].cat.categories.to_numpy(dtype=object), missing)
        return list(words[self.figures[name][positions]])


def _explanations(comparisons: pd.DataFrame, n_sources: Array, figures: Columns, ties: Ties) -> pd.DataFrame:
    """The likeliest candidate for each disagreement, by its position in ``comparisons``."""
    status = figures.frame["status"]
    apart = (comparisons["verdict"] == "disagree") | (
        (comparisons["verdict"] == "not_comparable") & ~comparisons["same_kind"]
    )
    rows = comparisons[apart.to_numpy()].copy()
    rows["comparison"] = np.flatnonzero(apart)
    rows["n_sources"] = n_sources[rows["comparison"]]
    rows = rows.reset_index(drop=True)
    for slot in ("stated", "upper", "lower"):
        at = rows[slot].to_numpy()
        for name in ("subject", "period_label", "last_year", "unit", "source_id", "line", "table_id", "basis"):
            rows[f"{slot}_{name}"] = figures.at(name, at, -1)
        for name in ("x", "x_low", "x_high"):
            rows[f"{slot}_{name}"] = figures.at(name, at)
    search = Search(
        rows, figures, ties, _confirmed(comparisons, figures, ties), np.asarray(figures.frame["printed"].array)
    )
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        _wanted(search)
        _simple(search)
        _slips_of_unit(search)
        wanted = _wanted_inputs(search)
        _other_prints(search)
        _other_levels(search, wanted)
        parts = _wanted_parts(search)
        _copied(search)
        _swapped(search)
        _digits(search, wanted, parts)
    differs = np.flatnonzero(~rows["same_kind"])
    one, other = (search.figures.at("status", rows[slot].to_numpy(), -1)[differs] for slot in ("stated", "upper"))
    words = status.cat.categories
    search.add(
        differs, "vintage", 10, [f"one is {words[a]}, the other {words[b]}." for a, b in zip(one, other, strict=True)]
    )
    return _likeliest(search)


def _confirmed(comparisons: pd.DataFrame, figures: Columns, ties: Ties) -> Array:
    """Figures that another statement of their own report confirms."""
    holds = (comparisons["verdict"] == "agree") & ~comparisons["rule"].isin(("bounds", "cross_source"))
    confirmed = np.zeros(len(figures.frame) + 1, dtype=bool)  # the last one is position -1
    for slot in ("stated", "upper", "lower"):
        confirmed[comparisons.loc[holds, slot]] = True
    sums = ties.terms["relation"].isin(comparisons.loc[holds & (comparisons["rule"] == "sum"), "relation"])
    confirmed[ties.terms.loc[sums & (ties.terms["rule"] == "sum"), "figure"]] = True
    confirmed[-1] = False
    return confirmed


def _wanted(search: Search) -> None:
    """The quotient that the printed statement asks for."""
    rows, figures = search.rows, search.figures
    rule = rows["rule"]
    change = figures.at("statistic", rows["stated"].to_numpy(), -1) == figures.code("statistic", "change")
    falls = rule.isin(("growth", "cagr")) & change & (rows["s"] > 0) & (rows["q"] < 1)
    plain_rates = [figures.code("unit", name) for name in ("percent", "times", "ratio")]
    difference = (rule == "growth") & (
        (rows["stated_unit"] == figures.code("unit", "pp"))
        | ((rows["stated_unit"] == rows["upper_unit"]) & ~rows["stated_unit"].isin(plain_rates))
    )
    rows["has_quotient"] = rule.isin(("growth", "cagr", "share")) & (rows["q_low"] > 0) & ~difference
    n = rows["n_years"]
    for name, up, down in (("wanted_low", "s_low", "s_high"), ("wanted_high", "s_high", "s_low")):
        rows[name] = np.select(
            [
                ~rows["has_quotient"],
                (rule == "growth") & falls,
                rule == "growth",
                (rule == "cagr") & falls,
                rule == "cagr",
            ],
            [
                np.nan,
                1 - rows[down],
                1 + rows[up],
                np.maximum(1 - rows[down], 0.001) ** n,
                np.maximum(1 + rows[up], 0.001) ** n,
            ],
            rows[up],
        )
    money = figures.at("is_money", rows["upper"].to_numpy(), False).astype(bool)
    rows["replaceable"] = (
        (rows["upper_x_low"] > 0)
        & (rows["lower_x_low"] > 0)
        & (rows["upper_x_high"] < 1e100)
        & (rows["lower_x_high"] < 1e100)
        & ~(money & (rows["upper_unit"] != rows["lower_unit"]))
    )


def _simple(search: Search) -> None:
    """Candidates that need nothing but the comparison itself."""
    rows = search.rows
    rule, n, gap = rows["rule"], rows["n_years"], rows["gap"].abs()
    s, s_low, s_high, e_low, e_high = (rows[name] for name in ("s", "s_low", "s_high", "e_low", "e_high"))
    q_low, q_high = rows["q_low"], rows["q_high"]
    cagr, growth, share = rule == "cagr", rule == "growth", rule == "share"
    for step in (1, -1, 2, -2, 3, -3):
        years = n + step
        fits = cagr & (q_low > 0) & (years >= 2)
        fits &= _overlaps(s_low, s_high, q_low ** (1.0 / years) - 1, q_high ** (1.0 / years) - 1)
        at = np.flatnonzero(fits)
        tail = f" periods, {abs(step)} {'more' if step > 0 else 'fewer'} than printed."
        search.add(at, "periods", 20 + abs(step), [f"it fits {int(y)}{tail}" for y in years.to_numpy()[at]])
    over_years = cagr & (n > 1)
    search.where(
        over_years & _overlaps(s_low, s_high, q_low - 1, q_high - 1),
        "total_growth",
        24,
        "it is the growth over the whole span, not a yearly rate.",
    )
    search.where(
        over_years & _overlaps(s_low, s_high, (q_low - 1) / n, (q_high - 1) / n),
        "simple_average",
        25,
        "it is the total growth divided by the years, not compounded.",
    )
    narrow = growth & (e_high - e_low < 0.5) & (s_high - s_low < 0.5)
    to = _overlaps(s_low, s_high, e_low + 1, e_high + 1)
    by = _overlaps(s_low, s_high, e_low - 1, e_high - 1)
    for fits, because in (
        (narrow & to, "it is the ratio of the two (increase to), not the increase."),
        (narrow & by & ~to, "it is the increase of one over the other (increase by), not the ratio."),
        (
            growth
            & rows["has_quotient"]
            & (q_high < 1)
            & (s_low > 0)
            & (q_high - q_low < 0.1)
            & _overlaps(s_low, s_high, q_low, q_high),
            "it is what is left (decrease to), not the decrease.",
        ),
    ):
        search.where(fits, "increase_by_vs_to", 22, because)
    search.where(
        share
        & (e_low > 0)
        & (s_low > 0)
        & ((s_high / s_low) * (e_high / e_low) < 1.5)
        & _overlaps(s_low, s_high, 1 / e_high, 1 / e_low),
        "inverse",
        33,
        "it is the inverse: part and whole, or the two sides of the ratio, are exchanged.",
    )
    search.where(
        share
        & (e_high <= 1)
        & (s_high - s_low < 0.2 * s)
        & (e_high - e_low < 0.2 * e_high)
        & _overlaps(s_low, s_high, 1 - e_high, 1 - e_low),
        "complement",
        34,
        "it is the share of the rest.",
    )
    rest = _overlaps(s_low, s_high, q_low / (1 + q_low), q_high / (1 + q_high))
    rest |= (q_high < 1) & _overlaps(s_low, s_high, q_low / (1 - q_low), q_high / (1 - q_high))
    search.where(
        share & (q_low > 0) & (s_high - s_low < 0.2 * s) & (q_high - q_low < 0.2 * q_high) & rest,
        "share_of_rest",
        35,
        "it is the part over the whole that includes (or leaves out) the part itself.",
    )
    width = s_high - s_low
    search.where(
        rule.isin(("cagr", "growth", "share"))
        & (width > 0)
        & (width < 0.02 * s.abs())
        & _overlaps(s_low - width, s_high + width, e_low, e_high),
        "rounding_chain",
        44,
        "one unit of the last printed digit apart: cut off instead of rounded, or computed from rounded inputs.",
    )
    close = rule != "bounds"
    search.where(
        close & (gap < 0.005),
        "rounding_chain",
        50,
        "less than half a percent apart: probably computed from unrounded or revised inputs.",
    )
    search.where(
        close & (gap >= 0.005) & (gap < 0.05),
        "near",
        60,
        "less than 5 % apart: probably inputs of another edition or definition.",
    )
    search.where(
        rule.isin(("growth", "cagr"))
        & rows["has_quotient"]
        & _overlaps(rows["wanted_low"], rows["wanted_high"], q_low * 0.97, q_high * 1.03),
        "revised_inputs",
        61,
        "it fits when one of the two levels differs by less than 3 %: probably inputs of another edition.",
    )
    search.where(rows["n_sources"] > 1, "scope", 70, "two reports: probably another definition of what is counted.")


def _slips_of_unit(search: Search) -> None:
    """Powers of ten and the exchange rate between what is stated and what is expected, or between the levels."""
    rows, figures = search.rows, search.figures
    of_levels = (rows["rule"].isin(("cagr", "growth")) & rows["has_quotient"]).to_numpy()
    sides = [
        (np.flatnonzero(rows["rule"] != "bounds"), ("s_low", "s_high", "e_low", "e_high")),
        # the decimal point of the rate itself
        (np.flatnonzero(of_levels), ("s_low", "s_high", "e_low", "e_high")),
    ]
    names = figures.frame["unit"].cat.categories
    in_money = np.append(names.str.startswith(("USD", "CNY")), False)
    for whole, (at, columns) in zip((True, False), sides, strict=True):
        a_low, a_high, b_low, b_high = (rows[name].to_numpy()[at] for name in columns)
        if whole:
            q = ("wanted_low", "wanted_high", "q_low", "q_high")
            a_low, a_high, b_low, b_high = (
                np.where(of_levels[at], rows[name].to_numpy()[at], side)
                for name, side in zip(q, (a_low, a_high, b_low, b_high), strict=True)
            )
        width = (a_high / a_low) * (b_high / b_low)
        usable = (a_low > 0) & (b_low > 0) & (a_high < 1e100) & (b_high < 1e100) & (width < 3)
        at, a_low, a_high, b_low, b_high, width = (z[usable] for z in (at, a_low, a_high, b_low, b_high, width))
        for factor, word, rank in SLIPS:
            fits = _overlaps(a_low, a_high, b_low * factor, b_high * factor)
            fits |= _overlaps(a_low * factor, a_high * factor, b_low, b_high)
            search.add(
                at[fits], "scale", rank, f"it fits when one of the two is multiplied by {word}: a slip of the unit."
            )
        fx = rows["fx"].to_numpy()[at]
        low, high = fx * (1 - FX_TOLERANCE), fx * (1 + FX_TOLERANCE)
        fits = _overlaps(a_low, a_high, b_low * low, b_high * high) | _overlaps(
            a_low * low, a_high * high, b_low, b_high
        )
        fits &= width < 1.2
        fits &= np.logical_or.reduce(
            [in_money[rows[f"{slot}_unit"].to_numpy()[at]] for slot in ("stated", "upper", "lower")]
        )
        search.add(
            at[fits],
            "currency",
            26,
            [
                f"it fits at {rate:.4g} CNY per USD: an amount in one currency labelled as the other."
                for rate in fx[fits]
            ],
        )


def _wanted_inputs(search: Search) -> pd.DataFrame:
    """What each input would have to be for the statement to hold."""
    rows = search.rows
    usable = rows["has_quotient"] & rows["replaceable"] & (rows["wanted_low"] > 0) & (rows["wanted_high"] < 1e100)
    at = rows[usable.to_numpy()]
    share = at["rule"] == "share"
    both = []
    for slot, other, role, role_of_share in (
        ("lower", "upper", "base", "whole"),
        ("upper", "lower", "end level", "part"),
    ):
        if slot == "lower":
            low, high = at["upper_x_low"] / at["wanted_high"], at["upper_x_high"] / at["wanted_low"]
        else:
            low, high = at["wanted_low"] * at["lower_x_low"], at["wanted_high"] * at["lower_x_high"]
        both.append(
            pd.DataFrame(
                {
                    "row": at.index,
                    "rule": at["rule"],
                    "slot": slot,
                    "role": np.where(share, role_of_share, role),
                    "s_low": at["s_low"],
                    "s_high": at["s_high"],
                    "figure": at[slot],
                    "stated": at["stated"],
                    "upper": at["upper"],
                    "lower": at["lower"],
                    "source_id": at[f"{slot}_source_id"],
                    "subject": at[f"{slot}_subject"],
                    "unit": at[f"{slot}_unit"],
                    "wanted_period": at[f"{slot}_period_label"],
                    "input_year": at[f"{slot}_last_year"],
                    "wanted_table": at[f"{slot}_table_id"],
                    "wanted_line": at[f"{slot}_line"],
                    "other_year": at[f"{other}_last_year"],
                    "other_low": at[f"{other}_x_low"],
                    "other_high": at[f"{other}_x_high"],
                    "wanted_low": low,
                    "wanted_high": high,
                }
            )
        )
    return pd.concat(both, ignore_index=True)


def _prints(search: Search, mask: Array, keys: Sequence[str]) -> pd.DataFrame:
    """Distinct prints among some figures: the first id, line and printed text of each."""
    figures = search.figures
    at = np.flatnonzero(mask)
    taken = pd.DataFrame({name: figures[name][at] for name in keys} | {"figure": at, "line": figures["line"][at]})
    grouped = taken.groupby(list(keys), sort=False, dropna=False)
    taken["group"] = grouped.ngroup()
    first = taken.groupby("group").agg(figure=("figure", "min"), line=("line", "min"))
    # copies of a print may be written differently: the first of them in the order of text
    printed = pd.Series(search.printed[at], dtype=object)
    alone = ~taken["group"].duplicated(keep=False).to_numpy()
    text = np.empty(len(first), dtype=object)
    text[taken["group"][alone]] = printed[alone]
    if not alone.all():
        least = printed[~alone].groupby(taken["group"].to_numpy()[~alone]).min()
        text[least.index] = least
    out = taken.drop_duplicates("group")[[*keys, "group"]].set_index("group").sort_index()
    return out.assign(figure=first["figure"], line=first["line"], printed=text).reset_index(drop=True)


def _of_series(search: Search, source: pd.Series, subject: pd.Series) -> Array:
    """Figures of the sources and subjects asked for."""
    figures = search.figures
    n = int(figures["subject"].max()) + 2
    wanted = pd.unique(source.to_numpy().astype(np.int64) * n + subject.to_numpy())
    return pd.Series(figures["source_id"].astype(np.int64) * n + figures["subject"]).isin(wanted).to_numpy()


def _other_prints(search: Search) -> None:
    """The value printed for one year is that of another."""
    rows, figures = search.rows, search.figures
    asked = rows[
        rows["rule"].isin(EQUALS)
        & rows["same_kind"]
        & (rows["stated_period_label"] == rows["upper_period_label"])
        & (rows["s_high"] - rows["s_low"] < 0.03 * rows["s"].abs())
    ]
    asked = asked[["upper_source_id", "upper_subject", "upper_unit", "upper_basis", "s_low", "s_high"]].assign(
        row=asked.index,
        statistic=figures.at("statistic", asked["stated"].to_numpy(), -1),
        upper_period=asked["upper_period_label"],
        upper_year=asked["upper_last_year"],
    )
    asked.columns = [
        name.removeprefix("upper_") if "period" not in name and "year" not in name else name for name in asked
    ]
    if not len(asked):
        return
    keys = ("source_id", "subject", "unit", "basis", "statistic", "period_label", "last_year", "x_low", "x_high")
    prints = _prints(search, _of_series(search, asked["source_id"], asked["subject"]), keys)
    met = asked.merge(prints, on=["source_id", "subject", "unit", "basis", "statistic"])
    met = met[
        (met["period_label"] != met["upper_period"])
        & (met["period_label"] >= 0)
        & ((met["last_year"] - met["upper_year"]).abs() <= 10)
        & _overlaps(met["s_low"], met["s_high"], met["x_low"], met["x_high"])
    ]
    periods = search.in_words("period_label", met["figure"].to_numpy(), "no period")
    because = [
        f"it is the value that line {line} prints for {period}."
        for line, period in zip(met["line"], periods, strict=True)
    ]
    search.add(met["row"].to_numpy(), "other_year", 23, because)


def _other_levels(search: Search, wanted: pd.DataFrame) -> None:
    """Another level in place of an input: of the same series, of both inputs' other year, or another whole."""
    figures = search.figures
    if not len(wanted):
        return
    levels_only = (figures["statistic"] == figures.code("statistic", "level")) & (figures["x_low"] > 0)
    levels_only &= figures["x_high"] < 1e100
    keys = ("source_id", "subject", "unit", "period_label", "last_year", "table_id", "x_low", "x_high")
    levels = _prints(search, levels_only & _of_series(search, wanted["source_id"], wanted["subject"]), keys)
    met = wanted.merge(levels, on=["source_id", "subject", "unit"], suffixes=("", "_level"))
    level = met["figure_level"]
    met = met[(level != met["stated"]) & (level != met["upper"]) & (level != met["lower"])]
    met = met[(met["last_year"] < 0) | (met["input_year"] < 0) | ((met["last_year"] - met["input_year"]).abs() <= 10)]
    fits = _overlaps(met["x_low"], met["x_high"], met["wanted_low"], met["wanted_high"])
    lower = met["slot"] == "lower"
    years = np.where(lower, met["other_year"] - met["last_year"], met["last_year"] - met["other_year"])
    power = 1.0 / np.where(years == 0, np.nan, years)
    low = np.where(lower, met["other_low"] / met["x_high"], met["x_low"] / met["other_high"]) ** power - 1
    high = np.where(lower, met["other_high"] / met["x_low"], met["x_high"] / met["other_low"]) ** power - 1
    of_cagr = (years >= 1) & (fits | _overlaps(met["s_low"], met["s_high"], low, high))
    met = met[np.where(met["rule"] == "cagr", of_cagr, fits)]
    same = met["period_label"] == met["wanted_period"]
    lower, share = met["slot"] == "lower", met["rule"] == "share"
    code = np.select(
        [same & (met["table_id"] != met["wanted_table"]), same, share, lower],
        ["text_vs_table", "other_print", "whole_of_other_year", "other_base_year"],
        "other_end_year",
    )
    search.add(
        met["row"].to_numpy(),
        code,
        np.select([same, lower], [16, 23], 24),
        [
            f"it fits {printed} (line {line}, {period}) in place of the printed {role}."
            for printed, line, period, role in zip(
                met["printed"],
                met["line"],
                search.in_words("period_label", met["figure_level"].to_numpy(), "no period"),
                met["role"],
                strict=True,
            )
        ],
    )
    _statement_of_other_year(search, levels)
    _other_whole(search, wanted, levels_only)


def _statement_of_other_year(search: Search, levels: pd.DataFrame) -> None:
    rows = search.rows
    keys = ["source_id", "subject", "unit", "last_year"]
    levels = levels[levels["last_year"] >= 0]
    years = levels.groupby([*keys, "period_label"], sort=False, as_index=False).agg(
        x_low=("x_low", "min"), x_high=("x_high", "max"), figure=("figure", "first")
    )
    years = years[years["x_high"] < 1.05 * years["x_low"]]
    years["words"] = search.in_words("period_label", years["figure"].to_numpy(), "")
    asked = rows[
        rows["has_quotient"]
        & rows["replaceable"]
        & rows["rule"].isin(("growth", "share"))
        & (rows["s_high"] - rows["s_low"] < 0.05 * rows["s"].abs())
    ]
    inputs = {f"{name}_{slot}": asked[f"{slot}_{name}"] for slot in ("upper", "lower") for name in keys}
    asked = asked[["wanted_low", "wanted_high"]].assign(row=asked.index, **inputs)
    for step in (-2, -1, 1, 2):
        met = asked.assign(**{f"last_year_{slot}": asked[f"last_year_{slot}"] + step for slot in ("upper", "lower")})
        for slot in ("upper", "lower"):
            met = met.merge(years.add_suffix(f"_{slot}"), on=[f"{name}_{slot}" for name in keys])
        met = met[met["words_upper"].str.len() == met["words_lower"].str.len()]
        met = met[
            _overlaps(
                met["wanted_low"],
                met["wanted_high"],
                met["x_low_upper"] / met["x_high_lower"],
                met["x_high_upper"] / met["x_low_lower"],
            )
        ]
        because = [
            f"it is what the figures of {upper}{'' if upper == lower else f' and {lower}'} give."
            for upper, lower in zip(met["words_upper"], met["words_lower"], strict=True)
        ]
        search.add(met["row"].to_numpy(), "other_year", 25, because)


def _other_whole(search: Search, wanted: pd.DataFrame, levels_only: Array) -> None:
    figures = search.figures
    wanted = wanted[
        (wanted["slot"] == "lower")
        & (wanted["rule"] == "share")
        & (wanted["wanted_low"] > 0)
        & (wanted["wanted_high"] < 1.1 * wanted["wanted_low"])
    ]
    if not len(wanted):
        return
    body = ("indicator", "entity", "segment", "geography")
    of_sources = np.isin(figures["source_id"], wanted["source_id"].unique())
    keys = ("source_id", "subject", *body, "unit", "period_label", "last_year", "table_id", "x_low", "x_high")
    levels = _prints(search, levels_only & of_sources, keys)
    levels["bucket"] = np.floor(np.log((levels["x_low"] + levels["x_high"]) / 2) / 0.1).astype(int)
    at = wanted["figure"].to_numpy()
    asked = wanted[["row", "stated", "upper", "source_id", "unit", "wanted_low", "wanted_high"]].assign(
        indicator=figures["indicator"][at],
        own_subject=wanted["subject"],
        wanted_period=wanted["wanted_period"],
        wanted_line=wanted["wanted_line"],
        **{f"own_{name}": figures[name][at] for name in body[1:]},
    )
    bucket = np.floor(np.log(wanted["wanted_low"].to_numpy()) / 0.1).astype(int)
    asked = pd.concat([asked.assign(bucket=bucket + step) for step in (0, 1, 2)], ignore_index=True)
    met = asked.merge(levels, on=["source_id", "indicator", "unit", "bucket"])
    same = {name: met[name] == met[f"own_{name}"] for name in body[1:]}
    met = met[
        (met["subject"] != met["own_subject"])
        & (met["figure"] != met["upper"])
        & (met["figure"] != met["stated"])
        & (same["entity"].astype(int) + same["segment"] + same["geography"] >= 2)
        & (same["entity"] | ((met["wanted_line"] - met["line"]).abs() <= NEAR))
        & _overlaps(met["x_low"], met["x_high"], met["wanted_low"], met["wanted_high"])
    ]
    because = [
        f"it fits {printed} (line {line}, {period}) in place of the printed whole."
        for printed, line, period in zip(
            met["printed"],
            met["line"],
            search.in_words("period_label", met["figure"].to_numpy(), "no period"),
            strict=True,
        )
    ]
    rank = np.where((met["period_label"] == met["wanted_period"]) & (met["period_label"] >= 0), 36, 38)
    search.add(met["row"].to_numpy(), "other_whole", rank, because)


def _wanted_parts(search: Search) -> pd.DataFrame:
    """What one part of a sum would have to be, and the slips that make it so."""
    rows = search.rows
    sums = rows[(rows["rule"] == "sum") & (rows["e_high"] < 1e100)]
    sums = sums[(sums["s_low"].abs() < 1e100) & (sums["s_high"].abs() < 1e100)]
    terms = search.ties.terms
    terms = terms[(terms["role"].isin(("part", "minus")) & (terms["rule"] == "sum")).to_numpy()]
    parts = (
        sums[["relation", "s_low", "s_high", "e_low", "e_high"]]
        .assign(row=sums.index)
        .merge(terms[["relation", "role", "figure", "x", "x_low", "x_high"]], on="relation")
    )
    part = parts["role"] == "part"
    parts["wanted_low"] = np.where(
        part,
        parts["s_low"] - (parts["e_high"] - parts["x_high"]),
        parts["e_low"] + parts["x_high"] - parts["s_high"],
    )
    parts["wanted_high"] = np.where(
        part,
        parts["s_high"] - (parts["e_low"] - parts["x_low"]),
        parts["e_high"] + parts["x_low"] - parts["s_low"],
    )
    low, high, x_low, x_high = (parts[name] for name in ("wanted_low", "wanted_high", "x_low", "x_high"))
    at = parts["figure"].to_numpy()
    named = [
        f"{printed} (line {line})" for printed, line in zip(search.printed[at], search.figures["line"][at], strict=True)
    ]
    parts["named"] = pd.Series(named, dtype=object)
    usable = (x_low > 0) & (low > 0) & ((x_high / x_low) * (high / low) < 2)
    for factor, word, rank in SLIPS:
        fits = usable & (
            _overlaps(low, high, x_low * factor, x_high * factor)
            | _overlaps(low * factor, high * factor, x_low, x_high)
        )
        found = parts[fits]
        because = [
            f"it fits when its part {n} is multiplied or divided by {word}: a slip of the unit." for n in found["named"]
        ]
        search.add(found["row"].to_numpy(), "scale", rank, because)
    left_out = (low <= 0) & (high >= 0) & (x_low > 0) & (high - low < 0.5 * parts["x"])
    twice = (x_low > 0) & (high - low < 0.2 * parts["x"]) & _overlaps(low, high, 2 * x_low, 2 * x_high)
    for fits, code, rank, before, after in (
        (left_out, "part_left_out", 26, "it fits without the part ", "."),
        (twice, "counted_twice", 27, "it fits when the part ", " is counted twice."),
    ):
        found = parts[fits]
        search.add(found["row"].to_numpy(), code, rank, [f"{before}{name}{after}" for name in found["named"]])
    return parts


def _digits_of(printed: pd.Series) -> pd.Series:
    return printed.str.replace("[^0-9.]", "", regex=True)


def _copied(search: Search) -> None:
    """The same digits stand nearby for another thing."""
    rows, figures = search.rows, search.figures
    asked = rows[rows["rule"].isin(("cagr", "growth", "share", "sum")) & (rows["stated"] >= 0)]
    if not len(asked):
        return
    asked = pd.DataFrame(
        {
            "row": asked.index,
            "source_id": asked["stated_source_id"],
            "printed": search.printed[asked["stated"]],
            "period_label": asked["stated_period_label"],
            "own_subject": asked["stated_subject"],
            "own_table": asked["stated_table_id"],
            "own_line": asked["stated_line"],
            "own_indicator": figures["indicator"][asked["stated"]],
        }
    )
    asked = asked[asked["period_label"] >= 0]
    at = np.flatnonzero(
        np.isin(figures["source_id"], asked["source_id"].unique())
        & figures.frame["printed"].isin(asked["printed"].unique()).to_numpy()
    )
    names = ("source_id", "period_label", "subject", "indicator", "table_id")
    texts = pd.DataFrame({name: figures[name][at] for name in names} | {"line": figures["line"][at]})
    texts["printed"] = search.printed[at]
    texts = texts.groupby([*names, "printed"], sort=False, as_index=False)["line"].min()
    met = asked.merge(texts, on=["source_id", "printed", "period_label"])
    met = met[met["subject"] != met["own_subject"]]
    if not len(met):
        return
    n_digits = _digits_of(met["printed"]).str.replace(".", "", regex=False).str.lstrip("0").str.len()
    same_table = (met["own_table"] == met["table_id"]) & (met["table_id"] >= 0)
    fits = (n_digits >= 4) & (same_table | ((met["own_line"] - met["line"]).abs() <= NEAR))
    fits |= (n_digits == 3) & same_table & (met["own_indicator"] != met["indicator"])
    first = met[fits].groupby("row")["line"].min()
    because = [f"the same digits stand in line {line} for another thing: copied." for line in first]
    search.add(first.index.to_numpy(), "copied", 29, because)


def _swapped(search: Search) -> None:
    """Two statements next to each other that are both wrong, and right when exchanged."""
    rows, figures = search.rows, search.figures
    asked = rows[
        rows["same_kind"]
        & ~rows["rule"].isin(("bounds", "cross_source"))
        & (rows["stated"] >= 0)
        & (rows["e_high"] - rows["e_low"] < 0.1 * rows["e_high"].abs())
    ]
    asked = asked[
        ["rule", "stated", "stated_source_id", "stated_unit", "stated_line", "s_low", "s_high", "e_low", "e_high"]
    ]
    asked = asked.assign(row=asked.index, indicator=figures["indicator"][asked["stated"]])
    group = ["stated_source_id", "indicator", "rule", "stated_unit"]
    asked = asked.sort_values([*group, "stated_line", "stated"], ignore_index=True)
    key = asked.groupby(group, sort=False).ngroup()
    for step in (1, 2):
        one, other = asked.iloc[:-step].reset_index(drop=True), asked.iloc[step:].reset_index(drop=True)
        fits = key.to_numpy()[:-step] == key.to_numpy()[step:]
        fits &= (other["stated_line"] - one["stated_line"] <= 3).to_numpy()
        fits &= _overlaps(one["s_low"], one["s_high"], other["e_low"], other["e_high"]).to_numpy()
        fits &= _overlaps(other["s_low"], other["s_high"], one["e_low"], one["e_high"]).to_numpy()
        for a, b in ((one[fits], other[fits]), (other[fits], one[fits])):
            printed = search.printed[b["stated"]]
            because = [
                f"it fits {text} (line {line}), and that one this: the two are exchanged."
                for text, line in zip(printed, b["stated_line"], strict=True)
            ]
            search.add(a["row"].to_numpy(), "swapped", 18, because)


def _digits(search: Search, wanted: pd.DataFrame, parts: pd.DataFrame) -> None:
    """One digit mistaken, two neighbours exchanged, or more zeros printed than the number has."""
    rows, figures = search.rows, search.figures

    def numbers(row: Any, figure: Any, x: Any, width: Any, low: Any, high: Any, rank: int) -> pd.DataFrame:
        columns = {"row": row, "figure": figure, "x": x, "width": width, "low": low, "high": high}
        return pd.DataFrame({name: np.asarray(values) for name, values in columns.items()} | {"rank": rank})

    own = rows[~rows["rule"].isin(("bounds", "currency_pair")) & (rows["stated"] >= 0)]
    equal = rows[rows["rule"].isin(EQUALS)]
    inputs = wanted["figure"].to_numpy()
    input_width = figures["x_high"][inputs] - figures["x_low"][inputs]
    all_numbers = pd.concat(
        [
            numbers(own.index, own["stated"], own["s"], own["s_high"] - own["s_low"], own["e_low"], own["e_high"], 31),
            numbers(
                equal.index,
                equal["upper"],
                equal["e"],
                equal["e_high"] - equal["e_low"],
                equal["s_low"],
                equal["s_high"],
                31,
            ),
            numbers(
                wanted["row"],
                inputs,
                figures["x"][inputs],
                input_width,
                wanted["wanted_low"],
                wanted["wanted_high"],
                32,
            ),
            numbers(
                parts["row"],
                parts["figure"],
                parts["x"],
                parts["x_high"] - parts["x_low"],
                parts["wanted_low"],
                parts["wanted_high"],
                32,
            ),
        ],
        ignore_index=True,
    )
    free = (all_numbers["rank"] != 32) | ~search.confirmed[all_numbers["figure"]]
    free &= (all_numbers["x"] != 0) & (all_numbers["width"] < 1e100)
    all_numbers = all_numbers[free.to_numpy()].reset_index(drop=True)
    if not len(all_numbers):
        return
    distinct, inverse = np.unique(all_numbers["figure"], return_inverse=True)
    printed = pd.Series(search.printed[distinct], dtype="str")
    digits = _digits_of(printed)
    readable = ~printed.str.contains("[-/至]", regex=True)
    all_numbers["digits"] = digits.to_numpy(dtype=object)[inverse]
    all_numbers = all_numbers[readable.to_numpy(dtype=bool)[inverse]].reset_index(drop=True)
    _precision(search, all_numbers)
    _misprints(search, all_numbers)


def _precision(search: Search, numbers: pd.DataFrame) -> None:
    digits = numbers["digits"].astype("str")
    has_point = digits.str.contains(".", regex=False)
    decimals = digits.str.split(".", n=2).str[1].fillna("")
    tail = decimals.where(has_point, digits)
    zeros = tail.str.len() - tail.str.rstrip("0").str.len()
    coarse = (zeros > 0) & (digits.str.replace(".", "", regex=False).str.len() - zeros >= 2)
    found = numbers[coarse].assign(zeros=zeros[coarse])
    half = 10.0 ** found["zeros"] * found["width"] / 2
    found = found[_overlaps(found["x"] - half, found["x"] + half, found["low"], found["high"])]
    at = found["figure"].to_numpy()
    because = [
        f"it fits when {printed} (line {line}) is rounded to fewer digits than it shows."
        for printed, line in zip(search.printed[at], search.figures["line"][at], strict=True)
    ]
    search.add(found["row"].to_numpy(), "precision", 30, because)


def _misprints(search: Search, numbers: pd.DataFrame) -> None:
    digits = numbers["digits"].astype("str")
    n_digits = digits.str.replace(".", "", regex=False).str.lstrip("0").str.len()
    number = pd.to_numeric(digits, errors="coerce")
    usable = (n_digits >= np.where(numbers["rank"] == 32, 4, 3)) & (n_digits <= 7) & (number > 0)
    numbers, number = numbers[usable].reset_index(drop=True), number[usable].to_numpy()
    if not len(numbers):
        return
    text = numbers["digits"].to_numpy(dtype="S")
    signs = text.view(np.uint8).reshape(len(text), -1)
    length = np.char.str_len(text)
    point = np.char.find(text, b".")
    n_whole = np.where(point < 0, length, point)
    x, low, high, width = (numbers[name].to_numpy() for name in ("x", "low", "high", "width"))
    unit = x / number
    found: list[tuple[Array, Array]] = []
    for place in range(min(9, signs.shape[1])):
        is_digit = (signs[:, place] >= 48) & (signs[:, place] <= 57)
        digit = signs[:, place].astype(int) - 48
        value = 10.0 ** np.where(place < n_whole, n_whole - place - 1, n_whole - place)
        step = ((low + high) / 2 - x) / (unit * value)
        cipher = digit + np.sign(step) * np.floor(np.abs(step) + 0.5)
        other = number + (cipher - digit) * value
        fits = is_digit & (np.abs(low) < 1e100) & (np.abs(high) < 1e100)
        fits &= (cipher >= 0) & (cipher <= 9) & (cipher != digit)
        fits &= high - low + width < value / 5.0 * np.abs(unit)
        fits &= _overlaps(other * unit - width / 2, other * unit + width / 2, low, high)
        at = np.flatnonzero(fits)
        changed = signs[at].copy()
        changed[:, place] = cipher[at] + 48
        found.append((at, changed))
        if place + 1 == signs.shape[1]:
            break
        at = np.flatnonzero((place + 1 < length) & (signs[:, place] != signs[:, place + 1]))
        changed = signs[at].copy()
        changed[:, [place, place + 1]] = changed[:, [place + 1, place]]
        other = np.ascontiguousarray(changed).view(text.dtype).ravel().astype(float)
        reach = np.abs(other - number[at]) / 1.5 * np.abs(unit[at])
        fits = high[at] - low[at] + width[at] < reach
        fits &= _overlaps(other * unit[at] - width[at] / 2, other * unit[at] + width[at] / 2, low[at], high[at])
        found.append((at[fits], changed[fits]))
    at = np.concatenate([a for a, _ in found])
    variants = np.ascontiguousarray(np.concatenate([b for _, b in found])).view(text.dtype).ravel()
    kept = ~np.char.startswith(variants, b"0") | np.char.startswith(variants, b"0.")
    at, variants = at[kept], variants[kept]
    lines = search.figures["line"][numbers["figure"].to_numpy()[at]]
    because = [
        f"it fits {variant.decode()} in place of the printed {printed} (line {line}): one digit is wrong."
        for variant, printed, line in zip(variants, numbers["digits"].to_numpy()[at], lines, strict=True)
    ]
    search.add(numbers["row"].to_numpy()[at], "digit", numbers["rank"].to_numpy()[at], because)


def _likeliest(search: Search) -> pd.DataFrame:
    rows = search.rows
    n = rows["n_years"]
    unexplained = np.full(len(rows), "no candidate fits.", dtype=object)
    for at in np.flatnonzero(rows["rule"] == "cagr"):
        years = n.iat[at]
        unexplained[at] = f"it fits no number of periods from {int(max(1, years - 3))} to {int(years + 3)}."
    best = pd.DataFrame({"code": "unexplained", "because": unexplained}, index=rows.index)
    if search.candidates:
        all_found = pd.concat(search.candidates, ignore_index=True)
        least = all_found.groupby("row")["rank"].transform("min")
        ranked = all_found[all_found["rank"] == least].sort_values(["row", "code", "because"]).drop_duplicates("row")
        ranked = ranked.set_index("row")
        best.loc[ranked.index, "code"] = ranked["code"]
        best.loc[ranked.index, "because"] = ranked["because"]
    return best.set_index(rows["comparison"])


# -- what people read -------------------------------------------------------------------------------------------------


@dataclass
class Members:
    """The figures of each comparison, the stated one first, and its sources."""

    figure_ids: pa.Array
    source_ids: pa.Array
    n_sources: Array


def _members(comparisons: pd.DataFrame, figures: Columns, ties: Ties) -> Members:
    n = len(comparisons)
    slots = comparisons[["stated", "upper", "lower"]].to_numpy()
    present = slots >= 0
    present[:, 1] &= slots[:, 1] != slots[:, 0]
    present[:, 2] &= (slots[:, 2] != slots[:, 0]) & (slots[:, 2] != slots[:, 1])
    comparison = np.repeat(np.arange(n), 3)[present.ravel()]
    figure = slots.ravel()[present.ravel()]
    sums = np.flatnonzero(comparisons["relation"] >= 0)
    of_sums = pd.DataFrame({"relation": comparisons["relation"].to_numpy()[sums], "comparison": sums}).merge(
        ties.members[["relation", "figure"]].drop_duplicates(), on="relation"
    )
    of_sums = of_sums[of_sums["figure"].to_numpy() != slots[of_sums["comparison"], 0]]
    of_sums = of_sums.sort_values(["comparison", "figure"])
    comparison = np.concatenate([comparison, of_sums["comparison"]])
    order = np.argsort(comparison, kind="stable")
    comparison, figure = comparison[order], np.concatenate([figure, of_sums["figure"]])[order]
    starts = np.searchsorted(comparison, np.arange(n + 1))
    names = figures.source_text.to_numpy(zero_copy_only=False)
    by_name = np.argsort(names, kind="stable")
    place = np.empty(len(names), dtype=np.int64)
    place[by_name] = np.arange(len(names))
    source = place[figures["source_id"][figure]]
    low, high = np.minimum.reduceat(source, starts[:-1]), np.maximum.reduceat(source, starts[:-1])
    # most comparisons stay within one report; of the others the distinct sources are listed
    several = np.flatnonzero(low != high)
    across = np.isin(comparison, several)
    pairs = (
        np.unique(np.column_stack([comparison[across], source[across]]), axis=0) if across.any() else np.empty((0, 2))
    )
    counts = np.ones(n, dtype=np.int64)
    if len(several):
        counts[several] = np.bincount(pairs[:, 0], minlength=n)[several]
    listed = np.repeat(low, counts)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    if len(several):
        listed[np.isin(np.repeat(np.arange(n), counts), several)] = pairs[:, 1]
    return Members(
        pa.LargeListArray.from_arrays(pa.array(starts), _take(figures.figure_id, figure)),
        pa.LargeListArray.from_arrays(pa.array(offsets), _take(figures.source_text, by_name[listed])),
        counts,
    )


def _sentences(comparisons: pd.DataFrame, because: Array, figures: Columns) -> Text:
    """One sentence a comparison; the blocks of the rules follow each other."""
    names = np.append(
        figures.frame["unit"].cat.categories.to_numpy(dtype=object), ["percent", "times", "CNY per USD", "CNY"]
    )
    percent, times, per_usd, cny = range(len(names) - 4, len(names))
    lines = _whole(figures["line"])
    rule = comparisons["rule"]
    verdict = comparisons["verdict"].cat.codes.to_numpy()
    sentences = []
    starts = [0, *(np.flatnonzero(rule.to_numpy()[1:] != rule.to_numpy()[:-1]) + 1).tolist(), len(rule)]
    for start, end in pairwise(starts):
        if start == end:
            continue
        block, name = comparisons.iloc[start:end], str(rule.iat[start])
        at, over, under = (block[slot].to_numpy() for slot in ("stated", "upper", "lower"))
        unit = figures["unit"][at].astype(int)
        if name in ("growth", "cagr", "share"):
            unit = np.where(unit == figures.code("unit", "times"), times, percent)
        elif name == "bounds":
            unit = np.where(unit == figures.code("unit", "count"), unit, percent)
        elif name == "currency_pair":
            unit = np.full(len(unit), per_usd)
        e = block["e"].to_numpy()
        shown = _show(np.where(np.isnan(e), block["e_high"], e), unit, names)
        printed = [_take(figures.printed, slot) for slot in (at, over, under)]
        parts: list[Any] = ["Printed ", printed[0], " (line ", _take(lines, at), "), "]
        if name == "cagr":
            parts += [printed[1], " over ", printed[2], " in ", _whole(block["n_years"].to_numpy()), " periods gives "]
        elif name == "growth":
            parts += [printed[1], " after ", printed[2], " gives "]
        elif name == "share":
            parts += [printed[1], " of ", printed[2], " gives "]
        elif name == "sum":
            parts += ["its parts add up to "]
        elif name == "currency_pair":
            implied = _show(block["s"].to_numpy(), np.full(len(unit), cny), names)
            parts += ["beside ", printed[1], " implies ", implied, " per USD, the rate of the year is "]
        elif name == "bounds":
            counts = np.isnan(e)
            parts += [_arrow(np.where(counts, "a count is at least ", "the limit is "))]
            shown = pc.if_else(pa.array(counts), pa.scalar("0", pa.large_string()), shown)
        else:
            source = _take(figures.source_text, figures["source_id"][over].astype(np.int64))
            parts += ["the other place (", source, ", line ", _take(lines, over), ") prints ", printed[1], ", that is "]
        parts.append(shown)
        if name == "sum":
            covered = _show(block["covered"].to_numpy(), np.full(len(unit), percent), names)
            parts += [", parts that cover ", covered, " of it"]
        tail = np.where(verdict[start:end] == 0, ": holds within the printed precision.", because[start:end])
        sentences.append(_join(*parts, _arrow(tail)))
    return pa.concat_arrays(sentences)


def _comparisons(ids: Text, rows: pd.DataFrame, members: Members, sentences: Text) -> pd.DataFrame:
    def open_end(name: str) -> Array:
        x = rows[name].to_numpy()
        return np.where(x >= 1e100, np.inf, np.where(x <= -1e100, -np.inf, x))

    lists = pd.ArrowDtype(pa.large_list(pa.large_string()))
    return pd.DataFrame(
        {
            "comparison_id": pd.array(ids, dtype="string[pyarrow]"),
            "rule": rows["rule"].astype("category"),
            "scope": pd.Categorical.from_codes(
                (members.n_sources > 1).astype(int), ["within_source", "across_sources"]
            ),
            "source_ids": pd.Series(members.source_ids, dtype=lists),
            "figure_ids": pd.Series(members.figure_ids, dtype=lists),
            "stated": rows["s"].to_numpy(),
            "stated_low": open_end("s_low"),
            "stated_high": open_end("s_high"),
            "expected": rows["e"].to_numpy(),
            "expected_low": open_end("e_low"),
            "expected_high": open_end("e_high"),
            "gap": rows["gap"].to_numpy(),
            "verdict": rows["verdict"].array,
            "explanation": pd.array(sentences, dtype="string[pyarrow]"),
        },
        copy=False,
    )


def _findings(comparisons: pd.DataFrame, explanations: pd.DataFrame) -> pd.DataFrame:
    found = comparisons.iloc[explanations.index]
    code = explanations["code"].to_numpy()
    severity = np.select(
        [
            (found["verdict"] == "not_comparable").to_numpy(),
            np.isin(code, ("rounding_chain", "basis")),
            np.isin(code, ("scope", "near", "gross_net", "as_of")) | (found["gap"].abs() < 0.1).to_numpy(),
        ],
        ["info", "info", "warn"],
        "error",
    )
    return pd.DataFrame(
        {
            "finding_id": found["comparison_id"].array,
            "comparison_id": found["comparison_id"].array,
            "rule": found["rule"].array,
            "severity": severity,
            "explanation_code": code,
            "explanation": found["explanation"].array,
            "decision": "open",
            "reason": None,
        }
    )


def _series_text(figures: Columns, positions: Array, last: Array | None, last_names: pd.Index | None) -> Text:
    """subject|basis|statistic(|unit): joined once for each combination that occurs."""
    frame = figures.frame
    of = [figures[name][positions] for name in ("subject", "basis", "statistic")] + ([] if last is None else [last])
    combination, _ = pd.factorize(_key(*of))
    first = np.flatnonzero(~pd.Series(combination).duplicated().to_numpy())
    at = positions[first]
    words: list[Any] = []
    for name in ("indicator", "entity", "segment", "geography", "counted", "basis", "statistic"):
        categories = _arrow([*frame[name].cat.categories, ""])
        codes = figures[name][at].astype(np.int64)
        words += [categories.take(pa.array(np.where(codes < 0, len(categories) - 1, codes))), "|"]
    if last is not None and last_names is not None:
        words += [_arrow(last_names).take(pa.array(last[first])), "|"]
    return _join(*words[:-1]).take(pa.array(combination))


def _consensus(figures: Columns) -> pd.DataFrame:
    """Range, median and preferred figure of each series and period."""
    frame = figures.frame
    at = np.flatnonzero((figures["period_label"] >= 0) & (figures["statistic"] != figures.code("statistic", "rank")))
    names = frame["unit"].cat.categories
    usd = int(names.get_indexer(["USD"])[0])
    money = figures["is_money"][at] & (figures["statistic"][at] == figures.code("statistic", "level"))
    unit = np.where(money, usd, figures["unit"][at]).astype(np.int64)
    rate = figures["usd_per_unit"][at]
    value = np.where(money, figures["x"][at] * rate, figures["value"][at])
    low, high = (np.where(money, figures[name][at] * rate, figures[name][at]) for name in ("x_low", "x_high"))
    group, groups = pd.factorize(
        _key(*(figures[name][at] for name in ("subject", "basis", "period_label", "statistic")), unit)
    )
    n = len(groups)
    grouped = pd.DataFrame({"value": value, "low": low, "high": high}).groupby(group, sort=True)
    values = grouped["value"].agg(["min", "median", "max"])
    widest_low, least_high = grouped["low"].max().to_numpy(), grouped["high"].min().to_numpy()
    source = figures["source_id"][at]
    sources = np.bincount(group[~pd.Series(_key(group, source)).duplicated().to_numpy()], minlength=n)
    order = np.lexsort((at, figures["line"][at], high - low))
    chosen = np.full(n, -1)
    best = order[~pd.Series(group[order]).duplicated().to_numpy()]
    chosen[group[best]] = at[best]
    chosen[widest_low > least_high + 1e-9 * np.abs(least_high)] = -1
    first = np.flatnonzero(~pd.Series(group).duplicated().to_numpy())
    label = frame.iloc[at[first]]
    return pd.DataFrame(
        {
            "series": pd.array(_series_text(figures, at[first], unit[first], names), dtype="string[pyarrow]"),
            **{name: label[name].array for name in ("indicator", "entity", "segment", "geography", "basis")},
            **{name: label[name].array for name in ("statistic", "period_label")},
            **{name: label[name].array for name in ("period_start", "period_end")},
            "unit": pd.Categorical.from_codes(unit[first], names),
            "n_sources": sources,
            "n_figures": np.bincount(group, minlength=n),
            "low": values["min"].to_numpy(),
            "median": values["median"].to_numpy(),
            "high": values["max"].to_numpy(),
            "preferred_figure_id": pd.array(_take(figures.figure_id, chosen), dtype="string[pyarrow]"),
        },
        copy=False,
    )


def _vintages(figures: Columns, sources: pd.DataFrame) -> pd.DataFrame:
    """Editions of each series and period in the order of their reports."""
    frame = figures.frame
    series, _ = pd.factorize(_key(*(frame[name] for name in ("subject", "basis", "period_label", "statistic"))))
    among = figures.by_line[(figures["period_label"] >= 0)[figures.by_line]]
    at = _first(_key(series, frame["source_id"]), among)
    vintage = _by_code(frame["source_id"], sources.set_index("source_id")["vintage_on"], np.datetime64("NaT"))[at]
    order = np.lexsort((figures["position"][at], vintage, series[at]))
    at, vintage = at[order], vintage[order]
    group = series[at]
    last = np.append(group[1:] != group[:-1], True)
    until = np.append(vintage[1:], np.datetime64("NaT"))
    until[last] = np.datetime64("NaT")
    starts = np.flatnonzero(np.append(True, group[1:] != group[:-1]))
    edition = np.arange(len(at)) - np.repeat(starts, np.diff(np.append(starts, len(at)))) + 1
    taken = frame[["source_id", "indicator", "period_label", "status", "value", "unit"]].take(at)
    return pd.DataFrame(
        {
            "figure_id": pd.array(_take(figures.figure_id, at), dtype="string[pyarrow]"),
            "source_id": taken["source_id"].array,
            "series": pd.array(_series_text(figures, at, None, None), dtype="string[pyarrow]"),
            **{name: taken[name].array for name in ("indicator", "period_label", "status", "value", "unit")},
            "known_from": vintage,
            "known_until": until,
            "edition": edition,
        },
        copy=False,
    )


# -- the whole --------------------------------------------------------------------------------------------------------


def reconcile(folder: Path) -> Result:
    """Read the Parquet files of a folder and reconcile their figures."""
    result = Result()
    with result.stage("read"):
        raw = {
            "figures": _read(folder, "figures", FIGURE_COLUMNS, CATEGORIES),
            "relations": _read(folder, "relations", RELATION_COLUMNS, TERMS),
            **{table: _read(folder, table) for table in TABLES[2:]},
        }
    with result.stage("convert"):
        frame = _figures(raw)
        figures = Columns.of(frame)
        del raw["figures"]
    with result.stage("ties"):
        ties = _ties(raw["relations"], figures)
    blocks = []
    with result.stage("growth, cagr, share"):
        blocks += _pairs(figures, ties)
    with result.stage("sum, currency_pair, bounds"):
        blocks += [_sums(figures, ties), _currency_pairs(figures, ties), _bounds(figures)]
    with result.stage("repeat, text_vs_table"):
        blocks += _prints_again(figures, ties)
    with result.stage("cross_source"):
        blocks.append(_cross_source(figures, ties))
    with result.stage("verdicts"):
        ids = pa.concat_arrays([text for text, _ in blocks])
        rows = pd.concat([block for _, block in blocks if len(block)], ignore_index=True)
        del blocks
        _verdicts(rows)
        members = _members(rows, figures, ties)
    with result.stage("explanations"):
        explanations = _explanations(rows, members.n_sources, figures, ties)
    with result.stage("sentences"):
        because = np.full(len(rows), ": cannot be compared, an end is open or zero.", dtype=object)
        because[explanations.index] = "; " + explanations["because"].to_numpy(dtype=object)
        sentences = _sentences(rows, because, figures)
        comparisons = _comparisons(ids, rows, members, sentences)
        result.tables["comparisons"] = comparisons
        result.tables["findings"] = _findings(comparisons, explanations)
    with result.stage("consensus"):
        result.tables["consensus"] = _consensus(figures)
    with result.stage("vintages"):
        result.tables["vintages"] = _vintages(figures, raw["sources"])
    result.tables["figures"] = frame[["figure_id", "value", "unit", "value_usd", "value_cny", "fx_rate"]]
    return result


def export(build_file: Path, folder: Path) -> None:
    """Parquet copies of the raw tables that the program reads."""
    import duckdb

    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(build_file), read_only=True) as build:
        for table in ("decision_figures", "source_rates"):
            if build.execute(f"select 1 from raw.{table} limit 1").fetchall():
                raise ValueError(f"raw.{table} has rows: this program reads generated reports only")
        for table in TABLES:
            place = str(folder / f"{table}.parquet").replace("'", "''")
            build.execute(f"copy raw.{table} to '{place}' (format parquet)")


# table of the result: its table in the build, and its key
COMPARED = {
    "figures": ("core.figures", ["figure_id"]),
    "comparisons": ("reconciliation.comparisons", ["comparison_id"]),
    "findings": ("reconciliation.findings", ["finding_id"]),
    "consensus": ("reconciliation.consensus", ["series", "period_label"]),
    "vintages": ("reconciliation.vintages", ["figure_id"]),
}


def differences(result: Result, build_file: Path, examples: int = 3) -> dict[str, Any]:
    """Table by table: rows on each side, rows that only one side has, and columns that differ, with examples.

    Numbers may differ by 1e-9 of their size; everything else has to be the same.
    """
    import duckdb

    report: dict[str, Any] = {}
    with duckdb.connect(str(build_file), read_only=True) as build:
        for name, (table, key) in COMPARED.items():
            ours = result.tables[name]
            columns = ", ".join(f'"{column}"' for column in ours)
            theirs = build.execute(f"select {columns} from {table}").df()
            report[name] = _differences(ours, theirs, key, examples)
    return report


def _comparable(values: pd.Series) -> pd.Series:
    """Numbers as floats, days as days, everything else as text or None."""
    if isinstance(values.dtype, pd.ArrowDtype) or values.dtype == object:
        values = values.astype(object)
        return values.map(lambda v: "|".join(v) if isinstance(v, (list, tuple, np.ndarray)) else v).astype("str")
    if pd.api.types.is_numeric_dtype(values):
        return values.astype(float)
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.astype("datetime64[s]")
    return values.astype("str")


def _differences(ours: pd.DataFrame, theirs: pd.DataFrame, key: list[str], examples: int) -> dict[str, Any]:
    ours, theirs = (frame.apply(_comparable) for frame in (ours, theirs))
    both = ours.merge(theirs, on=key, how="outer", suffixes=("", " of the build"), indicator="side")
    counts = both["side"].value_counts()
    report: dict[str, Any] = {
        "rows": len(ours),
        "rows of the build": len(theirs),
        "only here": int(counts["left_only"]),
        "only in the build": int(counts["right_only"]),
        "columns": {},
    }
    met = both[both["side"] == "both"]
    for column in ours:
        if column in key:
            continue
        a, b = met[column], met[f"{column} of the build"]
        if pd.api.types.is_float_dtype(a):
            same = np.isclose(a, b, rtol=1e-9, atol=1e-12, equal_nan=True)
        else:
            same = ((a == b) | (a.isna() & b.isna())).to_numpy(dtype=bool)
        if not same.all():
            shown = met.loc[~same, [*key, column, f"{column} of the build"]].head(examples)
            report["columns"][column] = {
                "differ": int((~same).sum()),
                "examples": shown.astype("str").to_dict("records"),
            }
    return report


def is_same(report: dict[str, Any]) -> bool:
    return all(
        not table["only here"] and not table["only in the build"] and not table["columns"] for table in report.values()
    )


def peak_bytes() -> int:
    """The most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--input", type=Path, metavar="FOLDER", help="reconcile the Parquet files of a folder")
    what.add_argument("--export", type=Path, nargs=2, metavar=("BUILD_FILE", "FOLDER"))
    what.add_argument("--check", type=Path, metavar="BUILD_FILE", help="compare with what the models made")
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="write the tables as Parquet (timed apart)")
    parser.add_argument("--json", action="store_true", help="print the timing as JSON")
    options = parser.parse_args()
    if options.export:
        export(*options.export)
        return
    if options.check:
        with tempfile.TemporaryDirectory() as folder:
            export(options.check, Path(folder))
            report = differences(reconcile(Path(folder)), options.check)
        print(json.dumps(report, indent=2, ensure_ascii=False))
        sys.exit(0 if is_same(report) else 1)
    result = reconcile(options.input)
    if options.output:
        with result.stage("write"):
            options.output.mkdir(parents=True, exist_ok=True)
            for name, table in result.tables.items():
                table.to_parquet(options.output / f"{name}.parquet", index=False)
    apart = {name: result.seconds.pop(name) for name in ("read", "write") if name in result.seconds}
    timing = {
        "figures": len(result.tables["figures"]),
        "rows": {name: len(table) for name, table in result.tables.items()},
        "read_seconds": round(apart["read"], 3),
        "write_seconds": round(apart["write"], 3) if "write" in apart else None,
        "reconcile_seconds": round(sum(result.seconds.values()), 3),
        "stages": {name: round(seconds, 3) for name, seconds in result.seconds.items()},
        "peak_bytes": peak_bytes(),
        "pandas": pd.__version__,
    }
    if options.json:
        print(json.dumps(timing))
        return
    for name, seconds in (("read", apart["read"]), *result.seconds.items()):
        print(f"{name:30} {seconds:8.2f} s")
    print(f"{timing['figures']} figures in {timing['reconcile_seconds']} s, peak {peak_bytes() / 2**30:.2f} GiB")


if __name__ == "__main__":
    main()
