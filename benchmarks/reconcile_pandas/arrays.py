"""What every part uses: keys as integers, intervals, texts joined by Arrow."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

Array: TypeAlias = np.ndarray
Text: TypeAlias = pa.LargeStringArray


def read_table(folder: Path, table: str, columns: Sequence[str] | None = None, categories: Sequence[str] = ()) -> Any:
    arrow = pq.read_table(
        folder / f"{table}.parquet", columns=list(columns) if columns else None, read_dictionary=list(categories)
    )
    return arrow.to_pandas(date_as_object=False)


def arrow(strings: Any) -> Text:
    made = pa.array(strings, type=pa.large_string(), from_pandas=True)
    return made.combine_chunks() if isinstance(made, pa.ChunkedArray) else made


def take(strings: Text, at: Array) -> Text:
    """Strings at positions; null where the position is -1."""
    return strings.take(pa.array(at, mask=at < 0) if (at < 0).any() else pa.array(at))


def join(*parts: Any) -> Text:
    """Texts side by side; plain strings stand in every row."""
    return pc.binary_join_element_wise(
        *(pa.scalar(part, pa.large_string()) if isinstance(part, str) else part for part in parts),
        pa.scalar("", pa.large_string()),
    )


def whole_numbers(numbers: Array) -> Text:
    return pa.array(numbers.astype(np.int64)).cast(pa.large_string())


def by_code(column: pd.Series, values: pd.Series, missing: Any = np.nan) -> Array:
    """For each row of a categorical column what ``values`` has for its category."""
    looked = values.reindex(column.cat.categories).to_numpy()
    return np.append(looked, missing)[column.cat.codes.to_numpy()]


def key_of(*columns: Any) -> Array:
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


def first_of_each(key: Array, among: Array) -> Array:
    """Of the positions ``among``, the first of each key."""
    return among[~pd.Series(key[among]).duplicated().to_numpy()]


def round_off(x: Array) -> Array:
    """15 significant digits."""
    with np.errstate(divide="ignore", invalid="ignore"):
        power = 14 - np.floor(np.log10(np.abs(x)))
    power = np.where(np.isfinite(power), power, 0.0)
    up, down = 10.0 ** np.clip(power, 0, 300), 10.0 ** np.clip(-power, 0, 300)
    return np.where(np.isfinite(x), np.rint(x * up / down) * down / up, x)


def overlaps(a_low: Any, a_high: Any, b_low: Any, b_high: Any) -> Any:
    return (a_low <= b_high + 1e-9 * np.maximum(np.abs(a_low), np.abs(b_high))) & (
        b_low <= a_high + 1e-9 * np.maximum(np.abs(b_low), np.abs(a_high))
    )


def touches(a_low: Any, a_high: Any, b_low: Any, b_high: Any) -> Any:
    return (
        (a_high > a_low)
        & (b_high > b_low)
        & (np.minimum(b_high - a_low, a_high - b_low) <= 1e-3 * np.minimum(a_high - a_low, b_high - b_low))
        & (
            (b_high - a_low <= 1e-9 * np.maximum(np.abs(a_low), np.abs(b_high)))
            | (a_high - b_low <= 1e-9 * np.maximum(np.abs(a_high), np.abs(b_low)))
        )
    )


def _format(pattern: str, x: Array) -> list[str]:
    """There is no vectorised form of %.4g."""
    return list(map(pattern.format, x.tolist()))


def show(x: Array, units: Array, names: Array) -> Text:
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
    return arrow(out)
