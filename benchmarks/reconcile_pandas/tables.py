"""The tables that people read: comparisons with their sentences, findings, consensus, vintages."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.reconcile_pandas.arrays import (
    Array,
    Text,
    arrow,
    by_code,
    first_of_each,
    join,
    key_of,
    show,
    take,
    whole_numbers,
)
from benchmarks.reconcile_pandas.comparisons import Ties
from benchmarks.reconcile_pandas.figures import Columns


@dataclass
class Members:
    """The figures of each comparison, the stated one first, and its sources."""

    figure_ids: pa.Array
    source_ids: pa.Array
    n_sources: Array


def members_of(comparisons: pd.DataFrame, figures: Columns, ties: Ties) -> Members:
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
        pa.LargeListArray.from_arrays(pa.array(starts), take(figures.figure_id, figure)),
        pa.LargeListArray.from_arrays(pa.array(offsets), take(figures.source_text, by_name[listed])),
        counts,
    )


def sentences_of(comparisons: pd.DataFrame, because: Array, figures: Columns) -> Text:
    """One sentence a comparison; the blocks of the rules follow each other."""
    names = np.append(
        figures.frame["unit"].cat.categories.to_numpy(dtype=object), ["percent", "times", "CNY per USD", "CNY"]
    )
    percent, times, per_usd, cny = range(len(names) - 4, len(names))
    lines = whole_numbers(figures["line"])
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
        shown = show(np.where(np.isnan(e), block["e_high"], e), unit, names)
        printed = [take(figures.printed, slot) for slot in (at, over, under)]
        parts: list[Any] = ["Printed ", printed[0], " (line ", take(lines, at), "), "]
        if name == "cagr":
            years = whole_numbers(block["n_years"].to_numpy())
            parts += [printed[1], " over ", printed[2], " in ", years, " periods gives "]
        elif name == "growth":
            parts += [printed[1], " after ", printed[2], " gives "]
        elif name == "share":
            parts += [printed[1], " of ", printed[2], " gives "]
        elif name == "sum":
            parts += ["its parts add up to "]
        elif name == "currency_pair":
            implied = show(block["s"].to_numpy(), np.full(len(unit), cny), names)
            parts += ["beside ", printed[1], " implies ", implied, " per USD, the rate of the year is "]
        elif name == "bounds":
            counts = np.isnan(e)
            parts.append(pc.if_else(pa.array(counts), *arrow(["a count is at least ", "the limit is "])))
            shown = pc.if_else(pa.array(counts), pa.scalar("0", pa.large_string()), shown)
        else:
            source = take(figures.source_text, figures["source_id"][over].astype(np.int64))
            parts += ["the other place (", source, ", line ", take(lines, over), ") prints ", printed[1], ", that is "]
        parts.append(shown)
        if name == "sum":
            covered = show(block["covered"].to_numpy(), np.full(len(unit), percent), names)
            parts += [", parts that cover ", covered, " of it"]
        tail = np.select(
            [verdict[start:end] == 0, verdict[start:end] == 3],
            [": holds within the printed precision.", ": open on both sides, nothing could contradict it."],
            because[start:end],
        )
        sentences.append(join(*parts, arrow(tail)))
    return pa.concat_arrays(sentences)


def comparisons_table(ids: Text, rows: pd.DataFrame, members: Members, sentences: Text) -> pd.DataFrame:
    def open_end(name: str) -> Array:
        x = rows[name].to_numpy()
        return np.where(x >= 1e50, np.inf, np.where(x <= -1e50, -np.inf, x))

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


def findings_table(comparisons: pd.DataFrame, explanations: pd.DataFrame) -> pd.DataFrame:
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
    combination, _ = pd.factorize(key_of(*of))
    first = np.flatnonzero(~pd.Series(combination).duplicated().to_numpy())
    at = positions[first]
    words: list[Any] = []
    for name in ("indicator", "entity", "segment", "geography", "counted", "basis", "statistic"):
        categories = arrow([*frame[name].cat.categories, ""])
        codes = figures[name][at].astype(np.int64)
        words += [categories.take(pa.array(np.where(codes < 0, len(categories) - 1, codes))), "|"]
    if last is not None and last_names is not None:
        words += [arrow(last_names).take(pa.array(last[first])), "|"]
    return join(*words[:-1]).take(pa.array(combination))


def consensus_table(figures: Columns) -> pd.DataFrame:
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
        key_of(*(figures[name][at] for name in ("subject", "basis", "period_label", "statistic")), unit)
    )
    n = len(groups)
    grouped = pd.DataFrame({"value": value, "low": low, "high": high}).groupby(group, sort=True)
    values = grouped["value"].agg(["min", "median", "max"])
    widest_low, least_high = grouped["low"].max().to_numpy(), grouped["high"].min().to_numpy()
    source = figures["source_id"][at]
    sources = np.bincount(group[~pd.Series(key_of(group, source)).duplicated().to_numpy()], minlength=n)
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
            "median": np.where(sources >= 3, values["median"].to_numpy(), np.nan),
            "high": values["max"].to_numpy(),
            "preferred_figure_id": pd.array(take(figures.figure_id, chosen), dtype="string[pyarrow]"),
        },
        copy=False,
    )


def vintages_table(figures: Columns, sources: pd.DataFrame) -> pd.DataFrame:
    """Editions of each series and period in the order of their reports."""
    frame = figures.frame
    series, _ = pd.factorize(key_of(*(frame[name] for name in ("subject", "basis", "period_label", "statistic"))))
    among = figures.by_line[(figures["period_label"] >= 0)[figures.by_line]]
    at = first_of_each(key_of(series, frame["source_id"]), among)
    vintage = by_code(frame["source_id"], sources.set_index("source_id")["vintage_on"], np.datetime64("NaT"))[at]
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
            "figure_id": pd.array(take(figures.figure_id, at), dtype="string[pyarrow]"),
            "source_id": taken["source_id"].array,
            "series": pd.array(_series_text(figures, at, None, None), dtype="string[pyarrow]"),
            **{name: taken[name].array for name in ("indicator", "period_label", "status", "value", "unit")},
            "known_from": vintage,
            "known_until": until,
            "edition": edition,
        },
        copy=False,
    )
