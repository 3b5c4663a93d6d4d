"""One dbt invocation in this process: parsing once and no second interpreter saves most of dbt's start-up time."""

import faulthandler
import json
import math
import os
import sys
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.driver import interrupts
from orchestration.settings import Settings, stall_seconds
from orchestration.store.build import is_damage, put_aside
from orchestration.transform import again, parsed

if TYPE_CHECKING:
    import duckdb


class TransformError(RuntimeError):
    """dbt failed; the message names the models or tests and what they said."""


class DamagedBuild(TransformError):
    """The build file was damaged and is put aside: the raw figures have to be loaded again."""


@dataclass(slots=True)
class NodeResult:
    """What happened to one dbt node."""

    unique_id: str
    name: str
    resource_type: str
    status: str
    message: str
    failures: int
    seconds: float


@dataclass(slots=True)
class TransformResult:
    """One dbt invocation: its nodes and whether all of them succeeded."""

    success: bool
    nodes: list[NodeResult] = field(default_factory=list)

    def failed(self) -> list[NodeResult]:
        return [node for node in self.nodes if node.status in ("error", "fail", "runtime error")]


@contextmanager
def _environment(build_file: Path, spark: Path) -> Any:
    """The profile reads from the environment where the build file and Spark's folder are."""
    wanted = {
        "AI_FIGURES_BUILD": str(build_file),
        "AI_FIGURES_SPARK": str(spark),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


# what happened is in the result that dbt returns; its loggers format every event several times
_SILENT = ("--log-level", "none", "--log-level-file", "none", "--no-use-colors")


@contextmanager
def _released() -> Iterator[None]:
    """Close the build when dbt is done: the profile keeps it open, since opening it for every model costs seconds."""
    try:
        yield
    finally:
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager

        with suppress(Exception):  # dbt did not get as far as to open it
            DuckDBConnectionManager.env().close()
        DuckDBConnectionManager.close_all_connections()


@contextmanager
def _ended_when_stalled(seconds: float) -> Iterator[Callable[[object], None]]:
    """Give a function to call at every sign of life; ``seconds`` without one print all stacks and end the process.

    When memory is exhausted a new thread can die before it says that it runs; whoever starts it then waits for ever,
    and Python has no other way out. The published file is not in danger: the end of a process at any moment is tested.
    """
    last = -math.inf

    def alive(_: object = None) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last > 1:  # each call starts a thread
            last = now
            faulthandler.dump_traceback_later(seconds, exit=True, file=sys.__stderr__ or sys.stderr)

    alive()
    try:
        yield alive
    finally:
        faulthandler.cancel_dump_traceback_later()


def invoke_dbt(
    settings: Settings, arguments: Sequence[str], build_file: Path | None = None, *, engine: str = "duckdb"
) -> TransformResult:
    """Run ``dbt <arguments>`` in process on the build file, or on ``build_file``; or on Spark (spark.py).

    Raises ``TransformError`` when dbt could not start (a broken project); failed nodes are in the result.
    """
    from dbt.cli.main import dbtRunner

    file = build_file or settings.build_file
    source = parsed.source(settings, engine, file)  # before dbt reads it
    known = parsed.last(source) if arguments[0] != "parse" else None
    target = settings.state / "dbt" if engine == "duckdb" else settings.state / engine / "dbt"
    target.mkdir(parents=True, exist_ok=True)
    with (
        _environment(file, settings.spark),
        _released(),
        _ended_when_stalled(stall_seconds()) as alive,
    ):
        # a copy, since a run compiles its nodes in place
        outcome = dbtRunner(manifest=known.manifest.deepcopy() if known else None, callbacks=[alive]).invoke(
            [
                *_SILENT,
                *arguments,
                "--target",
                engine,
                "--project-dir",
                str(settings.dbt_project),
                "--profiles-dir",
                str(settings.dbt_project),
                "--target-path",
                str(target),
                "--log-path",
                str(target / "logs"),
            ]
        )
    interrupts.raise_if_stopped()
    if outcome.exception is not None and not isinstance(outcome.exception, Exception):
        raise outcome.exception  # an interrupt, which dbt returns as if it were an error
    if outcome.exception is not None:
        if engine == "duckdb" and build_file is None:
            _raise_for_damage(settings, str(outcome.exception))
        raise TransformError(f"dbt {arguments[0]} could not run: {outcome.exception}") from outcome.exception
    if arguments[0] == "parse" and outcome.success and engine == "duckdb":
        parsed.remember(settings, source, outcome.result, manifest_file(settings).read_bytes())
    result = TransformResult(bool(outcome.success))
    for item in getattr(outcome.result, "results", None) or []:
        node = getattr(item, "node", None)
        if node is None:  # an operation
            continue
        result.nodes.append(
            NodeResult(
                node.unique_id,
                node.name,
                str(node.resource_type),
                str(item.status.value if hasattr(item.status, "value") else item.status),
                str(item.message or ""),
                int(item.failures or 0),
                float(item.execution_time or 0.0),
            )
        )
    return result


def transform(settings: Settings, select: Sequence[str] = ()) -> TransformResult:
    """Build the models (``dbt run``; contracts are checked there). Raises ``TransformError`` when a model fails.

    Where the project is that of the last whole run, only what reads changed tables is made anew (again.py).

    dbt's data tests and unit tests run in `make test`; what must hold of the data of every run is checked by the
    expectations, once.
    """
    made = again.run(settings, project_signature(settings)) if not select else None
    if made is not None:
        describe_tables(settings, {each.relation for each in made if each.is_new})
        return TransformResult(True, [_node(each) for each in made])
    result = run_models(settings, ["--select", *select] if select else [])
    describe_tables(settings)
    if not select:
        again.remember(settings, project_signature(settings), json.loads(manifest_file(settings).read_bytes()))
    return result


def _node(made: again.Made) -> NodeResult:
    message = "" if made.is_new else "unchanged: what it reads holds the same rows"
    return NodeResult(made.unique_id, made.name, "model", "success", message, 0, made.seconds)


def project_signature(settings: Settings) -> str:
    """Of the bytes of the project, of what dbt made of it, and of the tools that run it."""
    manifest = ensure_manifest(settings)
    return parsed.signature(settings, parsed.source(settings, "duckdb", settings.build_file), manifest.read_bytes())


def run_models(settings: Settings, arguments: Sequence[str], build_file: Path | None = None) -> TransformResult:
    """``dbt run <arguments>``; raises ``TransformError`` when a model fails."""
    manifest = ensure_manifest(settings)
    if build_file is None:
        again.forget(settings.build_file)
    source = parsed.source(settings, "duckdb", settings.build_file)
    if parsed.last(source) is None and not parsed.recall(settings, source, manifest.read_bytes()):
        # parsed once for all runs: dbt's own partial parsing begins anew for every path of a build
        _parse(settings, manifest)
    # the manifest is written when the project is parsed; a run would write it twice more
    result = invoke_dbt(settings, ["run", "--no-write-json", *arguments], build_file)
    if not result.success:
        lines = "; ".join(f"{node.name}: {node.message.strip()}" for node in result.failed())
        if build_file is None:
            _raise_for_damage(settings, lines)
        raise TransformError("dbt failed in " + lines[:4000])
    return result


def _raise_for_damage(settings: Settings, message: str) -> None:
    if is_damage(message):
        put_aside(settings.build_file)
        raise DamagedBuild(
            f"{settings.build_file} was damaged and is put aside; run everything again (`make warehouse`), it is "
            f"built anew from raw/ ({message[:500]})"
        )


def describe_tables(settings: Settings, only: Collection[str] | None = None) -> None:
    """Put the descriptions of the public models into the build as table and column comments; tables whose model is gone
    (an earlier version of the project built them into the same file) are dropped.

    With ``only`` (``schema.table``) the others have theirs. One transaction over one connection: dbt's own
    `persist_docs` runs a statement a column in each model.
    """
    import duckdb

    manifest = json.loads(manifest_file(settings).read_text(encoding="utf-8"))
    with duckdb.connect(str(settings.build_file)) as connection:
        found = connection.execute("select schema_name, table_name, column_name from duckdb_columns()").fetchall()
        existing = set(found)
        tables = {(schema, table) for schema, table, _ in existing}
        connection.execute("begin")
        _drop_left_over(connection, manifest)
        for node in manifest["nodes"].values():
            schema, table = node.get("schema"), node.get("alias")
            if node["resource_type"] != "model" or not node["columns"] or (schema, table) not in tables:
                continue
            if only is not None and f"{schema}.{table}" not in only:
                continue
            text = node.get("description") or head_comment(node.get("raw_code") or "")
            if text:
                connection.execute(f'comment on table {schema}."{table}" is {_literal(text)}')
            for column, facts in node["columns"].items():
                if facts.get("description") and (schema, table, column) in existing:
                    connection.execute(
                        f'comment on column {schema}."{table}"."{column}" is {_literal(facts["description"])}'
                    )
        connection.execute("commit")


def _drop_left_over(connection: "duckdb.DuckDBPyConnection", manifest: dict[str, Any]) -> None:
    models = {(n["schema"], n["alias"]) for n in manifest["nodes"].values() if n["resource_type"] == "model"}
    # checks and publication write to `quality` as well
    schemas = {schema for schema, _ in models} - {"quality"}
    for kind in ("table", "view"):
        found = connection.execute(
            f"select schema_name, {kind}_name from duckdb_{kind}s() where not internal"
        ).fetchall()
        for schema, name in found:
            if schema in schemas and (schema, name) not in models:
                connection.execute(f'drop {kind} {schema}."{name}"')


def head_comment(sql: str) -> str:
    """The comment at the head of a model, as one line."""
    lines = []
    for line in sql.splitlines():
        if not line.startswith("--"):
            break
        lines.append(line.removeprefix("--").strip())
    return " ".join(lines)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def dbt_documentation(settings: Settings) -> Path | None:
    """dbt's documentation as one page that needs no server; None (and no page) when dbt cannot write it.

    It is about the project, not about the figures: the page stands while the manifest is older.
    """
    page = settings.state / "dbt" / "static_index.html"
    if page.exists() and page.stat().st_mtime > ensure_manifest(settings).stat().st_mtime:
        return page
    result = invoke_dbt(settings, ["docs", "generate", "--static", "--no-compile"])
    return page if result.success and page.exists() else None


def manifest_file(settings: Settings) -> Path:
    return settings.state / "dbt" / "manifest.json"


def _is_json(path: Path) -> bool:
    """dbt does not write its files atomically: a killed run leaves half a manifest."""
    try:
        json.loads(path.read_bytes())
    except ValueError:
        return False
    return True


def ensure_manifest(settings: Settings) -> Path:
    """The dbt manifest, parsed anew when a file of the project is newer."""
    manifest = manifest_file(settings)
    newest = max(
        (
            path.stat().st_mtime
            for folder in ("models", "macros")
            for path in (settings.dbt_project / folder).rglob("*")
            if path.suffix in (".sql", ".yml", ".md")
        ),
        default=0.0,
    )
    newest = max(newest, (settings.dbt_project / "dbt_project.yml").stat().st_mtime)
    if not manifest.exists() or manifest.stat().st_mtime < newest or not _is_json(manifest):
        known = parsed.last(parsed.source(settings, "duckdb", settings.build_file))
        if known is not None:
            manifest.parent.mkdir(parents=True, exist_ok=True)
            new = manifest.with_suffix(f".{os.getpid()}.tmp")
            new.write_bytes(known.json)
            new.replace(manifest)
            return manifest
        _parse(settings, manifest)
    return manifest


def _parse(settings: Settings, manifest: Path) -> None:
    result = invoke_dbt(settings, ["parse"])
    if not result.success or not manifest.exists():
        raise TransformError("dbt could not parse the project; run .venv/bin/dbt parse in dbt_project/ to see why")
