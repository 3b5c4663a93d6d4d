"""`ai-figures build --job full_refresh` with a stopwatch in its parts.

Run by refresh.py: `python -m benchmarks.stopwatch OUT.json`. Time is exclusive: what a part calls is counted where it
is named, once. What is named nowhere is Dagster's: planning, executing, its metadata.
"""

import functools
import importlib
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

STARTED = time.monotonic()
DEFINITIONS = "definitions (the asset graph; dbt parse where there is no manifest)"
DAGSTER = "Dagster: planning and running the steps"
# part -> functions as module:qualified name
PARTS = {
    "reading raw/ into the build": [
        "orchestration.loading.load:load_source",
        "orchestration.store.build:with_build",
        "orchestration.inbox.documents:load_documents",
    ],
    "dbt": ["orchestration.transform.models:invoke_dbt"],
    "descriptions and column lineage": [
        "orchestration.transform.models:describe_tables",
        "orchestration.transform.lineage:column_lineage",
        "orchestration.defs.metadata:preview_all",
    ],
    "checks (Great Expectations)": ["orchestration.quality.checks:run_checks"],
    "history of checks": ["orchestration.quality.history:append", "orchestration.driver.pipeline:mend_history"],
    "publication": ["orchestration.store.publication:publish"],
    "Dagster: event log and run storage": [
        "dagster._core.storage.event_log.sqlite.sqlite_event_log:SqliteEventLogStorage.store_event",
        "dagster._core.storage.event_log.base:EventLogStorage.store_event_batch",
        "dagster._core.instance.methods.event_methods:EventMethods.handle_new_event",
        "dagster._core.instance.methods.run_methods:RunMethods.create_run_for_job",
        "dagster._core.instance:DagsterInstance.get",
    ],
}
IMPORTS = "imports"


class Stopwatch:
    """Seconds, and seconds of the processor, by part; the part called last gets the time until it returns."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.cpu: dict[str, float] = defaultdict(float)
        self._stack = [IMPORTS]
        self._since = STARTED
        self._cpu_since = 0.0

    def enter(self, part: str) -> None:
        self._take()
        self._stack.append(part)

    def leave(self) -> None:
        self._take()
        self._stack.pop()

    def switch(self, part: str) -> None:
        """From now on, what no part claims belongs to ``part``."""
        self._take()
        self._stack[0] = part

    def _take(self) -> None:
        now, cpu = time.monotonic(), time.process_time()
        self.seconds[self._stack[-1]] += now - self._since
        self.cpu[self._stack[-1]] += cpu - self._cpu_since
        self._since, self._cpu_since = now, cpu

    def watch(self, part: str, place: str) -> None:
        """Count the calls of a function to ``part``; a function that is gone is an error, not a silent zero."""
        module, _, qualified = place.partition(":")
        owner: Any = importlib.import_module(module)
        *path, name = qualified.split(".")
        for step in path:
            owner = getattr(owner, step)
        raw = vars(owner)[name]
        function = raw.__func__ if isinstance(raw, staticmethod | classmethod) else raw
        wrapped: Any = self._timed(part, function)
        setattr(owner, name, type(raw)(wrapped) if isinstance(raw, staticmethod | classmethod) else wrapped)
        for other in list(sys.modules.values()):  # `from module import function`, done before
            if getattr(other, "__name__", "").startswith("orchestration") and getattr(other, name, None) is raw:
                setattr(other, name, wrapped)

    def _timed(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def timed(*arguments: Any, **named: Any) -> Any:
            self.enter(part)
            try:
                return function(*arguments, **named)
            finally:
                self.leave()

        return timed


def main(out: Path) -> int:
    from orchestration.driver.commands import tune_collector

    watch = Stopwatch()
    tune_collector()
    # what the run needs anyway, so that the time of importing is not counted to the part that happens to come first
    for module in ("dagster", "dagster_dbt", "dbt.cli.main", "dbt.adapters.duckdb", "great_expectations", "polars"):
        importlib.import_module(module)
    for part, places in PARTS.items():
        for place in places:
            watch.watch(part, place)
    watch.enter(DEFINITIONS)
    importlib.import_module("orchestration.definitions")
    watch.leave()
    watch.switch(DAGSTER)
    from orchestration.cli import main as command

    code = command(["build", "--job", "full_refresh"])
    watch.switch(DAGSTER)
    out.write_text(json.dumps({"seconds": dict(watch.seconds), "cpu": dict(watch.cpu)}), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
