"""Command line; see the package."""

import argparse
import json
import resource
import sys
import tempfile
from pathlib import Path

import pandas as pd

import benchmarks.reconcile_pandas as package
from benchmarks.reconcile_pandas.check import differences, is_same
from benchmarks.reconcile_pandas.run import export, reconcile


def peak_bytes() -> int:
    """The most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description=package.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
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
    cpu = resource.getrusage(resource.RUSAGE_SELF)
    apart = {name: result.seconds.pop(name) for name in ("read", "write") if name in result.seconds}
    timing = {
        "figures": len(result.tables["figures"]),
        "rows": {name: len(table) for name, table in result.tables.items()},
        "read_seconds": round(apart["read"], 3),
        "write_seconds": round(apart["write"], 3) if "write" in apart else None,
        "seconds": round(sum(result.seconds.values()), 3),
        # of the whole process, the start of the interpreter and reading included
        "cpu_seconds": round(cpu.ru_utime + cpu.ru_stime, 3),
        "stages": {name: round(seconds, 3) for name, seconds in result.seconds.items()},
        "peak_bytes": peak_bytes(),
        "pandas": pd.__version__,
    }
    if options.json:
        print(json.dumps(timing))
        return
    for name, seconds in (("read", apart["read"]), *result.seconds.items()):
        print(f"{name:30} {seconds:8.2f} s")
    print(f"{timing['figures']} figures in {timing['seconds']} s, peak {peak_bytes() / 2**30:.2f} GiB")


if __name__ == "__main__":
    main()
