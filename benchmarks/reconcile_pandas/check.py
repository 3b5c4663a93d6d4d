"""Does a build hold the same rows?"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.reconcile_pandas.run import Result

# table of the result: its table in the build, and its key
COMPARED = {
    "figures": ("core.figures", ["figure_id"]),
    "comparisons": ("reconciliation.comparisons", ["comparison_id"]),
    "findings": ("reconciliation.findings", ["finding_id"]),
    "consensus": ("reconciliation.consensus", ["series", "period_label"]),
    "vintages": ("reconciliation.vintages", ["figure_id"]),
}
# what the models propose by themselves came after the rules that this program was frozen with
PROPOSED = "select comparison_id from reconciliation.comparisons where origin in ('cluster', 'hierarchy')"
# both write a sentence a comparison, each in words of its own: the models also in Chinese, with the names of things
OWN_WORDS = ("explanation",)


def differences(result: Result, build_file: Path, examples: int = 3) -> dict[str, Any]:
    """Table by table: rows on each side, rows that only one side has, and columns that differ, with examples.

    Numbers may differ by 1e-9 of their size; everything but the words of sentences has to be the same.
    """
    import duckdb

    report: dict[str, Any] = {}
    with duckdb.connect(str(build_file), read_only=True) as build:
        for name, (table, key) in COMPARED.items():
            ours = result.tables[name].drop(columns=[c for c in OWN_WORDS if c in result.tables[name]])
            columns = ", ".join(f'"{column}"' for column in ours)
            wanted = f"where comparison_id not in ({PROPOSED})" if "comparison_id" in ours else ""
            theirs = build.execute(f"select {columns} from {table} {wanted}").df()
            report[name] = _differences(ours, theirs, key, examples)
    return report


def _comparable(values: pd.Series) -> pd.Series:
    """Numbers as floats, days as days, everything else as text."""
    if pd.api.types.is_numeric_dtype(values):
        return values.astype(float)
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.astype("datetime64[s]")
    known, texts = values.notna(), values.astype(object)
    if isinstance(values.dtype, pd.ArrowDtype) or values.dtype == object:
        texts = texts.map(lambda v: "|".join(v) if isinstance(v, (list, tuple, np.ndarray)) else v)
    return texts.astype(str).where(known, "null")


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
