"""CPU time and memory of a dataset's history: 50 vintages of 100,000 values (2,000 rows, 50 columns), 1 % of them
revised each time, then one more, and one that comes late.

.venv/bin/python -m benchmarks.dataset_vintages [vintages] [rows] [columns]
"""

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.report import bench_file, facts
from orchestration.datasets.spec import read_spec
from orchestration.datasets.vintages import read_history
from orchestration.loading import load_reference
from orchestration.settings import PROJECT

_SPEC = "format: csv\ncitation: made up\nkey: {column: Name}\nentities: {kind: chip}\ncolumns:\n"


def main(vintages: int = 50, rows: int = 2000, columns: int = 50) -> None:
    draw = random.Random(1)
    names = [f"Column {n} (W)" for n in range(columns)]
    values = [[draw.randint(100, 999) for _ in names] for _ in range(rows)]
    with tempfile.TemporaryDirectory() as base:
        raw = Path(base) / "raw"
        snapshots = raw / "made" / "snapshots"
        snapshots.mkdir(parents=True)
        entries = [
            f"  - {{column: {name}, key: c{n}, indicator: power_draw, unit: header, basis: c{n}}}\n"
            for n, name in enumerate(names)
        ]
        (raw / "made" / "dataset.yml").write_text(_SPEC + "".join(entries), encoding="utf-8")

        found: list[dict[str, Any]] = []
        late: tuple[Path, str] | None = None
        for n in range(vintages + 2):
            lines = [",".join(["Name", *names])]
            lines += [f"Row {i}," + ",".join(map(str, row)) for i, row in enumerate(values)]
            path, text = snapshots / f"{date(2020, 1, 1) + timedelta(days=n)}.csv", "\n".join(lines) + "\n"
            for _ in range(rows * columns // 100):
                values[draw.randrange(rows)][draw.randrange(columns)] = draw.randint(100, 999)
            if n == vintages // 2:
                late = path, text
                continue
            if n == vintages + 1:
                found = [told(raw, "nothing kept"), told(raw, "the same again")]
            path.write_text(text, encoding="utf-8")
        found.append(told(raw, "one more vintage"))
        assert late is not None
        late[0].write_text(late[1], encoding="utf-8")
        found.append(told(raw, "one more, of a day in the middle"))
    bench_file("vintages").write_text(json.dumps({"facts": facts(), "rows": found}, indent=1), encoding="utf-8")


def told(raw: Path, what: str) -> dict[str, Any]:
    """What reading the history takes in a process of its own: seconds of CPU, megabytes at most."""
    environment = os.environ | {"AI_FIGURES_RAW": str(raw), "AI_FIGURES_STATE": str(raw.parent / "state")}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.dataset_vintages", "--read", str(raw)],
        env=environment, cwd=PROJECT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    found = json.loads(done.stdout)
    print(f"{what}: {found['versions']} versions, {found['cpu']:.1f} s of CPU, {found['peak']:.0f} MB at most")
    return {"what": what, **found}


def read(raw: Path) -> None:
    reference = load_reference(PROJECT / "raw")
    spec = read_spec(raw / "made", raw, reference)
    before = _cpu()
    history = read_history(raw / "made", raw, spec, reference)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"versions": len(history.versions), "cpu": _cpu() - before, "peak": peak}))


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    if sys.argv[1:2] == ["--read"]:
        read(Path(sys.argv[2]))
    else:
        main(*map(int, sys.argv[1:]))
