"""Time and memory of a dataset's history: 50 vintages of 100,000 values (2,000 rows, 50 columns), 1 % of them revised.

.venv/bin/python benchmarks/dataset_vintages.py [vintages] [rows] [columns]
"""

import random
import resource
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from orchestration.datasets.spec import read_spec
from orchestration.datasets.vintages import read_history
from orchestration.loading import load_reference
from orchestration.settings import PROJECT


def main(vintages: int = 50, rows: int = 2000, columns: int = 50) -> None:
    draw = random.Random(1)
    names = [f"Column {n} (W)" for n in range(columns)]
    values = [[draw.randint(100, 999) for _ in names] for _ in range(rows)]
    reference = load_reference(PROJECT / "raw")
    with tempfile.TemporaryDirectory() as base:
        raw = Path(base)
        folder = raw / "made"
        (folder / "snapshots").mkdir(parents=True)
        entries = [
            f"  - {{column: {name}, key: c{n}, indicator: power_draw, unit: header, basis: c{n}}}\n"
            for n, name in enumerate(names)
        ]
        spec_text = "format: csv\ncitation: made up\nkey: {column: Name}\nentities: {kind: chip}\ncolumns:\n"
        (folder / "dataset.yml").write_text(spec_text + "".join(entries), encoding="utf-8")
        for n in range(vintages):
            lines = [",".join(["Name", *names])]
            lines += [f"Row {i}," + ",".join(map(str, row)) for i, row in enumerate(values)]
            day = date(2020, 1, 1) + timedelta(days=n)
            (folder / "snapshots" / f"{day}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
            for _ in range(rows * columns // 100):
                values[draw.randrange(rows)][draw.randrange(columns)] = draw.randint(100, 999)
        spec = read_spec(folder, raw, reference)
        began = time.perf_counter()
        history = read_history(folder, raw, spec, reference)
        seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{vintages} vintages of {rows * columns} values: {len(history.versions)} versions, ", end="")
    print(f"{seconds:.1f} s, {seconds / vintages:.2f} s a vintage, {peak:.0f} MB at most")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
