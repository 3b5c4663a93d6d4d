"""Converted figures with the numbers and keys that comparisons need."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.reconcile_pandas.arrays import Array, Text, arrow, by_code, key_of, round_off

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


def convert(raw: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Converted figures with the numbers and keys that comparisons need.

    Sorted by figure_id: a figure's position orders like its id, and stands for it from here on.
    """
    figures = raw["figures"].sort_values("figure_id", ignore_index=True)
    units = raw["ref_units"].set_index("symbol")
    sources = raw["sources"].set_index("source_id")
    names = pd.Index(pd.unique(units["unit"]))
    factor = by_code(figures["unit_symbol"], units["factor"].astype(float))
    unit = by_code(figures["unit_symbol"], pd.Series(names.get_indexer(units["unit"]), units.index), -1).astype(int)
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
        figures["value" + name] = round_off(figures.pop("number" + name).to_numpy() * factor)
    figures["position"] = by_code(figures["source_id"], sources["position"]).astype(np.int32)
    published = by_code(figures["source_id"], sources["vintage_on"].dt.year)
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
    figures["value_usd"] = np.where(is_usd, value, round_off(value * per_unit / per_usd))
    figures["value_cny"] = np.where(is_cny, value, round_off(value * per_unit))
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
    figures["subject"] = pd.factorize(key_of(*series, figures["counted"]))[0]
    figures["subject_key"] = pd.factorize(key_of(*series))[0]


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
            arrow(figures["figure_id"]),
            arrow(figures["printed"]),
            arrow(figures["source_id"].cat.categories),
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
