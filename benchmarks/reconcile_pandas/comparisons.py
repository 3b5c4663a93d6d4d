"""The stated ties, and the comparisons of each rule with their verdicts."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from benchmarks.reconcile_pandas.arrays import (
    Array,
    Text,
    arrow,
    first_of_each,
    join,
    key_of,
    overlaps,
    round_off,
    take,
    touches,
)
from benchmarks.reconcile_pandas.figures import ALONE, FX_TOLERANCE, NOT_ACROSS, OPEN, Columns


@dataclass
class Ties:
    """The terms of the stated ties; ``terms.relation`` is a position in ``ids``."""

    ids: Text
    terms: pd.DataFrame
    # all rows, also those of ties that are stated twice: (relation, figure)
    members: pd.DataFrame


def stated_ties(relations: pd.DataFrame, figures: Columns) -> Ties:
    relation, ids = pd.factorize(relations["relation_id"])
    at = pc.index_in(arrow(relations["figure_id"]), value_set=figures.figure_id)
    low = at.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    high = low
    if relations["figure_id_high"].notna().any():
        other = pc.index_in(arrow(relations["figure_id_high"]), value_set=figures.figure_id).fill_null(-1)
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
    return Ties(arrow(ids), terms, members[members["figure"] >= 0])


def _refuse_mixed(terms: pd.DataFrame, figures: Columns) -> None:
    """Ties in several currencies would have to be converted first; generated ones only pair two currencies."""
    at = terms["figure"].to_numpy()
    money = figures.at("is_money", at, False).astype(bool) & (terms["rule"] != "currency_pair").to_numpy()
    currencies = pd.Series(figures["currency"][at[money]]).groupby(terms["relation"].to_numpy()[money])
    if (currencies.min() != currencies.max()).any():
        raise ValueError("a tie in several currencies: this program reads generated reports only")


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


def pairs(figures: Columns, ties: Ties) -> list[tuple[Text, pd.DataFrame]]:
    """growth and cagr as the series give them, and the ties of two inputs that tables state."""
    tied = ties.terms[["rule", "figure"]][(ties.terms["role"] == "stated").to_numpy()]
    series = _series_pairs(figures, tied["figure"].to_numpy()[tied["rule"].isin(("cagr", "growth", "fold")).to_numpy()])
    blocks = []
    is_cagr = figures["statistic"][series["stated"]] == figures.code("statistic", "cagr")
    for rule, chosen in (("cagr", series[is_cagr]), ("growth", series[~is_cagr])):
        ids = join(f"{rule}:", take(figures.figure_id, chosen["stated"].to_numpy()), ".series")
        blocks.append(_expected(figures, rule, ids, chosen))
    terms = ties.terms[(ties.terms["rule"] == "share").to_numpy()]
    roles = {
        name: terms.loc[(terms["role"] == role).to_numpy(), ["relation", "figure"]].rename(columns={"figure": name})
        for name, role in (("stated", "stated"), ("upper", "part"), ("lower", "whole"))
    }
    shares = roles["stated"].merge(roles["upper"], on="relation").merge(roles["lower"], on="relation")
    ids = join("share:", take(ties.ids, shares["relation"].to_numpy()))
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
    in_place = key_of(
        frame["source_id"], frame["subject"], frame["basis"], frame["unit"], frame["period_label"], frame["table_id"]
    )
    levels = first_of_each(in_place, figures.by_line[is_level[figures.by_line]])
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
    family = pd.factorize(key_of(frame["source_id"], frame["subject_key"], frame["basis"]))[0]
    same_unit = (frame["source_id"], frame["subject"], frame["basis"], frame["unit"])
    line_of_levels = pd.factorize(key_of(*same_unit, in_year))[0]
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


def sums(figures: Columns, ties: Ties) -> tuple[Text, pd.DataFrame]:
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
        join("sum:", take(ties.ids, relation)),
        stated["figure"].to_numpy(),
        relation=relation,
        fx=fx.reindex(relation).to_numpy(),
        s=stated["x"].to_numpy(),
        s_low=stated["x_low"].to_numpy(),
        s_high=stated["x_high"].to_numpy(),
        e=round_off(e["e"].to_numpy()),
        e_low=round_off(e["e_low"].to_numpy()),
        e_high=np.where((covers == "part").to_numpy(), OPEN, round_off(e["e_high"].to_numpy() / share)),
        covered=round_off(covered),
    )


def currency_pairs(figures: Columns, ties: Ties) -> tuple[Text, pd.DataFrame]:
    """Two amounts said to be the same: the rate that they imply beside the rate of the year."""
    terms = ties.terms[(ties.terms["rule"] == "currency_pair").to_numpy()]
    cny, usd = (terms[(terms["role"] == role).to_numpy()] for role in ("cny", "usd"))
    pairs = cny.merge(usd, on="relation", suffixes=("", "_usd"))
    ids = take(ties.ids, pairs["relation"].to_numpy())
    ends = key_of(
        np.minimum(pairs["figure"], pairs["figure_usd"]).to_numpy(),
        np.maximum(pairs["figure"], pairs["figure_usd"]).to_numpy(),
    )
    if pd.Series(ends).duplicated().any():
        order = np.argsort(ids.to_numpy(zero_copy_only=False))
        pairs = pairs.iloc[np.sort(first_of_each(ends, order))]
        ids = take(ties.ids, pairs["relation"].to_numpy())
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
        join("currency_pair:", ids, "" if suffix is None else arrow(suffix.astype(object))),
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


def prints_again(figures: Columns, ties: Ties) -> list[tuple[Text, pd.DataFrame]]:
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
    key = key_of(*(frame[name] for name in keys))
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
                join(f"{rule}:", take(figures.figure_id, one), ".series"),
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


def cross_source(figures: Columns, ties: Ties) -> tuple[Text, pd.DataFrame]:
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
    in_year, _ = pd.factorize(key_of(frame["subject"], frame["statistic"], frame["unit_kind"], pd.factorize(years)[0]))
    same = key_of(in_year, frame["basis"], frame["period_label"])
    among = figures.by_line[usable[figures.by_line]]
    represented = first_of_each(key_of(same, frame["source_id"]), among)
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
        join("cross_source:", take(figures.figure_id, at), "~", take(figures.figure_id, other)),
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


def add_verdicts(comparisons: pd.DataFrame) -> None:
    s, s_low, s_high, e_low, e_high = (
        comparisons[name].to_numpy() for name in ("s", "s_low", "s_high", "e_low", "e_high")
    )
    unknown = np.isnan(s) | np.isnan(s_low) | np.isnan(e_low) | np.isnan(e_high)
    meet = overlaps(s_low, s_high, e_low, e_high)
    meet &= ~(comparisons["is_plain"].to_numpy() & touches(s_low, s_high, e_low, e_high))
    alike = (comparisons["same_basis"] & comparisons["same_period"] & comparisons["same_kind"]).to_numpy()
    names = ["agree", "disagree", "not_comparable", "undetermined", "strained"]
    free, strained = _open_ends(comparisons, alike)
    codes = np.select([unknown, meet & free, meet & strained, meet, ~alike], [2, 3, 4, 0, 2], 1)
    comparisons["verdict"] = pd.Categorical.from_codes(codes, names)
    comparisons["gap"] = np.select(
        [s_low > e_high, s_high < e_low, ~np.isnan(s_low) & ~np.isnan(e_low)],
        [
            (s_low - e_high) / np.maximum(np.abs(e_high), 1e-12),
            (s_high - e_low) / np.maximum(np.abs(e_low), 1e-12),
            0.0,
        ],
        np.nan,
    )


def _open_ends(comparisons: pd.DataFrame, alike: Array) -> tuple[Array, Array]:
    """What nothing could contradict, and what holds only because one end is open though the numbers lie far apart."""
    s, s_low, s_high, e, e_low, e_high = (
        comparisons[name].to_numpy() for name in ("s", "s_low", "s_high", "e", "e_low", "e_high")
    )
    up, also_up, down, also_down = s_high >= 1e100, e_high >= 1e100, s_low <= -1e100, e_low <= -1e100
    under = (s_low <= 0) & (s > 0) & (s_high <= s)
    also_under = (e_low <= 0) & (e > 0) & (e_high <= e)
    free = (up & also_up) | (down & also_down) | (under & also_under) | ((s_low <= 1e-100) & up) | (also_down & also_up)
    rule = comparisons["rule"]
    bounding = rule.isin(("part_exceeds_whole", "bounds", "reference")).to_numpy()
    bounding = bounding | ((rule == "sum").to_numpy() & also_up)
    band = (under & also_up) | (also_under & up)
    apart = np.abs(s - e)
    far = (apart > 0.25 * np.maximum(np.abs(s), np.abs(e))) & (apart > 0.02)
    strained = ~bounding & alike & (up | also_up | down | also_down | under) & ~band & far
    return free, strained
