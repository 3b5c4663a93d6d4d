"""All stages in a row, each timed."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarks.reconcile_pandas.arrays import read_table
from benchmarks.reconcile_pandas.comparisons import (
    add_verdicts,
    cross_source,
    currency_pairs,
    pairs,
    prints_again,
    stated_ties,
    sums,
)
from benchmarks.reconcile_pandas.explanations import explain
from benchmarks.reconcile_pandas.figures import (
    CATEGORIES,
    FIGURE_COLUMNS,
    RELATION_COLUMNS,
    TABLES,
    TERMS,
    Columns,
    convert,
)
from benchmarks.reconcile_pandas.tables import (
    comparisons_table,
    consensus_table,
    findings_table,
    members_of,
    sentences_of,
    vintages_table,
)


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


def reconcile(folder: Path) -> Result:
    """Read the Parquet files of a folder and reconcile their figures."""
    result = Result()
    with result.stage("read"):
        raw = {
            "figures": read_table(folder, "figures", FIGURE_COLUMNS, CATEGORIES),
            "relations": read_table(folder, "relations", RELATION_COLUMNS, TERMS),
            **{table: read_table(folder, table) for table in TABLES[2:]},
        }
    with result.stage("convert"):
        frame = convert(raw)
        figures = Columns.of(frame)
        del raw["figures"]
    with result.stage("ties"):
        ties = stated_ties(raw["relations"], figures)
    blocks = []
    with result.stage("growth, cagr, share"):
        blocks += pairs(figures, ties)
    with result.stage("sum, currency_pair"):
        blocks += [sums(figures, ties), currency_pairs(figures, ties)]
    with result.stage("repeat, text_vs_table"):
        blocks += prints_again(figures, ties)
    with result.stage("cross_source"):
        blocks.append(cross_source(figures, ties))
    with result.stage("verdicts"):
        ids = pa.concat_arrays([text for text, _ in blocks])
        rows = pd.concat([block for _, block in blocks if len(block)], ignore_index=True)
        del blocks
        add_verdicts(rows)
        members = members_of(rows, figures, ties)
    with result.stage("explanations"):
        explanations = explain(rows, members.n_sources, figures, ties)
    with result.stage("sentences"):
        because = np.full(len(rows), ": cannot be compared, an end is open or zero.", dtype=object)
        because[explanations.index] = "; " + explanations["because"].to_numpy(dtype=object)
        sentences = sentences_of(rows, because, figures)
        comparisons = comparisons_table(ids, rows, members, sentences)
        result.tables["comparisons"] = comparisons
        result.tables["findings"] = findings_table(comparisons, explanations)
    with result.stage("consensus"):
        result.tables["consensus"] = consensus_table(figures)
    with result.stage("vintages"):
        result.tables["vintages"] = vintages_table(figures, raw["sources"])
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
