"""The dbt models on Apache Spark: `make spark`, explained in docs/scaling-spark.md.

The loader writes the raw rows into the DuckDB build file as always. Here they go to Parquet, one file a table, where
any engine can read them; dbt names them as tables of Spark's catalog and runs the same models with the target `spark`.
"""

import json
import os
import shutil
import sys
from pathlib import Path

from orchestration.settings import Settings, load_settings
from orchestration.transform.models import TransformError, TransformResult, invoke_dbt


class SparkError(RuntimeError):
    """Spark cannot run here, or there is nothing to run on; the message says what to do."""


def export_raw(settings: Settings, folder: Path) -> list[Path]:
    """The raw tables of the build as Parquet files in ``folder``, which is emptied first."""
    import duckdb

    if not settings.build_file.exists():
        raise SparkError(f"{settings.build_file} does not exist; run `make warehouse` first, it loads the raw figures")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    files = []
    with duckdb.connect(str(settings.build_file), read_only=True) as build:
        tables = build.execute("select table_name from duckdb_tables() where schema_name = 'raw' order by 1").fetchall()
        for (table,) in tables:
            files.append(folder / f"{table}.parquet")
            build.execute(f"copy raw.\"{table}\" to '{files[-1]}' (format parquet)")
    return files


def run_on_spark(settings: Settings) -> TransformResult:
    """Export the raw tables and build all models in a new warehouse below ``settings.spark``.

    Raises ``SparkError`` when Spark is not installed, ``TransformError`` when a model fails.
    """
    require_spark()
    # tables and catalog are made anew: Spark refuses a folder that its catalog does not know
    for name in ("warehouse", "metastore"):
        shutil.rmtree(settings.spark / name, ignore_errors=True)
    folder = settings.spark / "raw"
    export_raw(settings, folder)
    # the driver listens for its executors, which are in the same process unless a master says otherwise
    if not os.environ.get("AI_FIGURES_SPARK_MASTER"):
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    for arguments in (["run-operation", "register_raw", "--args", json.dumps({"folder": str(folder)})], ["run"]):
        result = invoke_dbt(settings, arguments, engine="spark")
        if not result.success:
            raise TransformError(
                f"dbt {arguments[0]} failed on Spark: "
                + "; ".join(f"{node.name}: {node.message.strip()}" for node in result.failed())[:4000]
            )
    return result


def require_spark() -> None:
    """Raises ``SparkError`` when the packages or Java are missing."""
    try:
        import dbt.adapters.spark  # noqa: F401
        import pyspark  # noqa: F401
    except ImportError as error:
        raise SparkError(f"{error.name} is not installed; `make spark` installs the optional group spark") from None
    home = os.environ.get("JAVA_HOME")
    if not (shutil.which("java") or (home and (Path(home) / "bin" / "java").exists())):
        raise SparkError("Spark needs Java 17 or newer; apt-get install openjdk-17-jre-headless, or set JAVA_HOME")


def main() -> int:
    settings = load_settings()
    try:
        result = run_on_spark(settings)
    except (SparkError, TransformError) as error:
        print(error, file=sys.stderr)
        return 1
    seconds = sum(node.seconds for node in result.nodes)
    print(
        f"{len(result.nodes)} models on Spark, {seconds:.0f} s in all threads; tables: {settings.spark / 'warehouse'}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
