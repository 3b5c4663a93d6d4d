"""The floor under a refresh: the same SQL in one plain DuckDB script.

Run by refresh.py: `python -m benchmarks.floor DBT_TARGET BUILD [--checks]`. The raw files are read with the project's
functions, the models are the SQL that dbt compiled, in the order of their dependencies, every check is a query that
counts the rows that break it. No Dagster, no dbt, no Great Expectations, no contracts, no publication.
"""

import argparse
import json
import sys
import time
from graphlib import TopologicalSorter
from pathlib import Path

STARTED = time.monotonic()

from orchestration.loading import load_reference, load_source, load_sources  # noqa: E402
from orchestration.quality.failing import failing_rows_query  # noqa: E402
from orchestration.quality.python_checks import PYTHON_CHECKS  # noqa: E402
from orchestration.quality.suites import PYTHON, load_suites  # noqa: E402
from orchestration.settings import load_settings  # noqa: E402
from orchestration.store.build import open_build  # noqa: E402
from orchestration.store.registry_rows import write_registry  # noqa: E402
from orchestration.store.source_rows import write_source  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("target", type=Path, help="dbt's target folder: manifest.json and compiled/")
    parser.add_argument("build", type=Path, help="the file to write; named as the SQL names its database")
    parser.add_argument("--checks", action="store_true")
    arguments = parser.parse_args()
    settings = load_settings()
    seconds = {"imports": time.monotonic() - STARTED}

    started = time.monotonic()
    reference, sources = load_reference(settings.raw), load_sources(settings.raw)
    with open_build(arguments.build) as connection:
        write_registry(connection, sources, reference, settings.raw)
        for source in sources.values():
            write_source(connection, load_source(settings.raw, source, reference))
        seconds["reading raw/"] = time.monotonic() - started

        started = time.monotonic()
        nodes = json.loads((arguments.target / "manifest.json").read_text(encoding="utf-8"))["nodes"]
        models = {name: node for name, node in nodes.items() if node["resource_type"] == "model"}
        depends = {name: [i for i in node["depends_on"]["nodes"] if i in models] for name, node in models.items()}
        for name in TopologicalSorter(depends).static_order():
            node = models[name]
            file = arguments.target / "compiled" / node["package_name"] / node["original_file_path"]
            connection.execute(f'create schema if not exists "{node["schema"]}"')
            connection.execute(
                f'create or replace {node["config"]["materialized"]} "{node["schema"]}"."{node["name"]}" as '
                + file.read_text(encoding="utf-8")
            )
        seconds["models"] = time.monotonic() - started

        if arguments.checks:
            started = time.monotonic()
            count = 0
            for suite in load_suites(settings.expectations).values():
                for item in suite:
                    if item.where == "published":
                        continue
                    if item.type == PYTHON:
                        PYTHON_CHECKS[item.kwargs["check"]](settings, connection, arguments.build)
                    else:
                        query = failing_rows_query(item) or f"select * from {item.table}"
                        connection.execute(f"select count(*) from ({query}\n)").fetchall()
                    count += 1
            seconds[f"checks ({count})"] = time.monotonic() - started
    print(json.dumps(seconds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
