"""What could explain a disagreement: every candidate of int_explanations__candidates, and the likeliest of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.reconcile_pandas.arrays import Array, overlaps
from benchmarks.reconcile_pandas.comparisons import Ties
from benchmarks.reconcile_pandas.figures import FX_TOLERANCE, Columns

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


def explain(comparisons: pd.DataFrame, n_sources: Array, figures: Columns, ties: Ties) -> pd.DataFrame:
    """The likeliest candidate for each disagreement, by its position in ``comparisons``."""
    status = figures.frame["status"]
    apart = comparisons["verdict"].isin(("disagree", "strained")) | (
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
        fits &= overlaps(s_low, s_high, q_low ** (1.0 / years) - 1, q_high ** (1.0 / years) - 1)
        at = np.flatnonzero(fits)
        tail = f" periods, {abs(step)} {'more' if step > 0 else 'fewer'} than printed."
        search.add(at, "periods", 20 + abs(step), [f"it fits {int(y)}{tail}" for y in years.to_numpy()[at]])
    over_years = cagr & (n > 1)
    search.where(
        over_years & overlaps(s_low, s_high, q_low - 1, q_high - 1),
        "total_growth",
        24,
        "it is the growth over the whole span, not a yearly rate.",
    )
    search.where(
        over_years & overlaps(s_low, s_high, (q_low - 1) / n, (q_high - 1) / n),
        "simple_average",
        25,
        "it is the total growth divided by the years, not compounded.",
    )
    narrow = growth & (e_high - e_low < 0.5) & (s_high - s_low < 0.5)
    to = overlaps(s_low, s_high, e_low + 1, e_high + 1)
    by = overlaps(s_low, s_high, e_low - 1, e_high - 1)
    for fits, because in (
        (narrow & to, "it is the ratio of the two (increase to), not the increase."),
        (narrow & by & ~to, "it is the increase of one over the other (increase by), not the ratio."),
        (
            growth
            & rows["has_quotient"]
            & (q_high < 1)
            & (s_low > 0)
            & (q_high - q_low < 0.1)
            & overlaps(s_low, s_high, q_low, q_high),
            "it is what is left (decrease to), not the decrease.",
        ),
    ):
        search.where(fits, "increase_by_vs_to", 22, because)
    search.where(
        share
        & (e_low > 0)
        & (s_low > 0)
        & ((s_high / s_low) * (e_high / e_low) < 1.5)
        & overlaps(s_low, s_high, 1 / e_high, 1 / e_low),
        "inverse",
        33,
        "it is the inverse: part and whole, or the two sides of the ratio, are exchanged.",
    )
    search.where(
        share
        & (e_high <= 1)
        & (s_high - s_low < 0.2 * s)
        & (e_high - e_low < 0.2 * e_high)
        & overlaps(s_low, s_high, 1 - e_high, 1 - e_low),
        "complement",
        34,
        "it is the share of the rest.",
    )
    rest = overlaps(s_low, s_high, q_low / (1 + q_low), q_high / (1 + q_high))
    rest |= (q_high < 1) & overlaps(s_low, s_high, q_low / (1 - q_low), q_high / (1 - q_high))
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
        & overlaps(s_low - width, s_high + width, e_low, e_high),
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
        & overlaps(rows["wanted_low"], rows["wanted_high"], q_low * 0.97, q_high * 1.03),
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
            fits = overlaps(a_low, a_high, b_low * factor, b_high * factor)
            fits |= overlaps(a_low * factor, a_high * factor, b_low, b_high)
            search.add(
                at[fits], "scale", rank, f"it fits when one of the two is multiplied by {word}: a slip of the unit."
            )
        fx = rows["fx"].to_numpy()[at]
        low, high = fx * (1 - FX_TOLERANCE), fx * (1 + FX_TOLERANCE)
        fits = overlaps(a_low, a_high, b_low * low, b_high * high) | overlaps(a_low * low, a_high * high, b_low, b_high)
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
        & overlaps(met["s_low"], met["s_high"], met["x_low"], met["x_high"])
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
    fits = overlaps(met["x_low"], met["x_high"], met["wanted_low"], met["wanted_high"])
    lower = met["slot"] == "lower"
    years = np.where(lower, met["other_year"] - met["last_year"], met["last_year"] - met["other_year"])
    power = 1.0 / np.where(years == 0, np.nan, years)
    low = np.where(lower, met["other_low"] / met["x_high"], met["x_low"] / met["other_high"]) ** power - 1
    high = np.where(lower, met["other_high"] / met["x_low"], met["x_high"] / met["other_low"]) ** power - 1
    of_cagr = (years >= 1) & (fits | overlaps(met["s_low"], met["s_high"], low, high))
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
            overlaps(
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
        & overlaps(met["x_low"], met["x_high"], met["wanted_low"], met["wanted_high"])
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
            overlaps(low, high, x_low * factor, x_high * factor) | overlaps(low * factor, high * factor, x_low, x_high)
        )
        found = parts[fits]
        because = [
            f"it fits when its part {n} is multiplied or divided by {word}: a slip of the unit." for n in found["named"]
        ]
        search.add(found["row"].to_numpy(), "scale", rank, because)
    left_out = (low <= 0) & (high >= 0) & (x_low > 0) & (high - low < 0.5 * parts["x"])
    twice = (x_low > 0) & (high - low < 0.2 * parts["x"]) & overlaps(low, high, 2 * x_low, 2 * x_high)
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
        fits &= overlaps(one["s_low"], one["s_high"], other["e_low"], other["e_high"]).to_numpy()
        fits &= overlaps(other["s_low"], other["s_high"], one["e_low"], one["e_high"]).to_numpy()
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
    found = found[overlaps(found["x"] - half, found["x"] + half, found["low"], found["high"])]
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
        fits &= overlaps(other * unit - width / 2, other * unit + width / 2, low, high)
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
        fits &= overlaps(other * unit[at] - width[at] / 2, other * unit[at] + width[at] / 2, low[at], high[at])
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
