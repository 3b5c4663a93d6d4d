"""The models of the last dbt run once more, without dbt: the statements that it ran, where what they read has changed.

dbt decides what a model is and checks its contract; while the project is the same in every byte, so are its statements,
and running them needs no parser, no compiler and no adapter. A table is made anew when its statement reads a table that
holds other rows than when it was last made, and what reads it only when its own rows are others then. Everything is
remembered in the build file, in the transaction that makes the table: a killed run leaves nothing that is wrong.

Not for more than ``LARGEST`` rows: hashing tables costs more there than dbt does.
"""

import hashlib
import time
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

from orchestration.driver import interrupts
from orchestration.settings import Settings, limit_memory
from orchestration.store.published import connect_read_only

# rows of the largest raw table
LARGEST = 1_000_000
_DDL = """
create schema if not exists made;
create or replace table made.project (signature varchar);
create or replace table made.evaluated (signature varchar, suite varchar, name varchar);
create or replace table made.models (
    position integer, unique_id varchar, name varchar, relation varchar, kind varchar, statement varchar,
    depends varchar[], inputs varchar, content varchar
);
"""


@dataclass(frozen=True, slots=True)
class Model:
    """A model as dbt ran it. ``relation`` is ``schema.table``, ``depends`` are relations, models and raw tables."""

    unique_id: str
    name: str
    relation: str
    kind: str
    statement: str
    depends: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """A model of a run again: whether it was made anew, and the seconds that took."""

    unique_id: str
    name: str
    relation: str
    is_new: bool
    seconds: float


def forget(build_file: Path) -> None:
    """The next run is dbt's own, of all models: before one of some of them, or of another project."""
    if build_file.exists():
        with (
            suppress(duckdb.Error),
            _open(build_file) as build,
        ):  # damaged, or open elsewhere: dbt says so
            forget_in(build)


def remember(settings: Settings, signature: str, manifest: Mapping[str, Any]) -> None:
    """Keep the statements of a whole run of dbt that has just succeeded, and what its tables hold."""
    with _open(settings.build_file) as build:
        if _is_large(build):
            return
        models = _statements(settings, manifest)
        if models is None:
            return
        known = _Contents(build)
        build.execute("begin")
        build.execute(_DDL)
        rows = []
        for position, model in enumerate(models):
            inputs = known.inputs(model)
            rows.append([position, *_fields(model), inputs, known.keep(model, inputs)])
        build.executemany("insert into made.models values (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        build.execute("insert into made.project values (?)", [signature])
        build.execute("commit")


def run(settings: Settings, signature: str) -> list[Made] | None:
    """Make those tables anew whose inputs have changed; None when dbt has to run: another project, or an error, which
    dbt tells with its model."""
    if not settings.build_file.exists():
        return None
    with suppress(duckdb.Error), _open(settings.build_file) as build:
        models = _remembered(build, signature)
        if not models or _is_large(build):
            return None
        try:
            return _run(build, models)
        except duckdb.Error:
            _roll_back(build)
            forget_in(build)
    return None


def run_in(settings: Settings, signature: str, build_file: Path, wanted: Collection[str]) -> bool:
    """Make the models ``wanted`` (names, or ``schema.table``) and all that they stand on in another file of the same
    name, which holds raw tables only; False when dbt has to."""
    if not settings.build_file.exists():
        return False
    with connect_read_only(settings.build_file) as build:
        models = [model for model, _, _ in _remembered(build, signature)]
    known = {name for model in models for name in (model.name, model.relation)}
    if not models or not known.issuperset(wanted):
        return False
    needed: set[str] = set()
    for model in reversed(models):
        if model.relation in needed or not {model.name, model.relation}.isdisjoint(wanted):
            needed |= {model.relation, *model.depends}
    with _open(build_file) as second:
        try:
            for model in models:
                if model.relation in needed:
                    interrupts.raise_if_stopped()
                    _make(second, model)
        except duckdb.Error:
            return False
    return True


def evaluated(build_file: Path, signature: str) -> set[tuple[str, str]]:
    """Suite and name of the rules that were evaluated in full since dbt made the tables, under that signature."""
    with connect_read_only(build_file) as build:
        if "made.evaluated" not in _relations(build):
            return set()
        query = "select suite, name from made.evaluated where signature = ?"
        return set(build.execute(query, [signature]).fetchall())


def remember_evaluated(build_file: Path, signature: str, rules: Iterable[tuple[str, str]]) -> None:
    """Add rules to them; nothing is kept where the tables that dbt made are not remembered."""
    rows = [[signature, *rule] for rule in rules]
    with _open(build_file) as build:
        if rows and "made.evaluated" in _relations(build):
            build.execute("begin")
            build.execute("delete from made.evaluated where signature <> ?", [signature])
            build.executemany("insert into made.evaluated values (?, ?, ?)", rows)
            build.execute("commit")


def _run(build: duckdb.DuckDBPyConnection, models: list[tuple[Model, str, str]]) -> list[Made]:
    known = _Contents(build)
    standing = _relations(build)
    made = []
    for model, inputs_then, content in models:
        inputs = known.inputs(model)
        if inputs == inputs_then and model.relation in standing:
            known.take(model, content)
            made.append(Made(model.unique_id, model.name, model.relation, False, 0.0))
            continue
        interrupts.raise_if_stopped()
        started = time.monotonic()
        build.execute("begin")
        if model.kind == "table" or model.relation not in standing:
            _make(build, model)
        build.execute(
            "update made.models set inputs = ?, content = ? where unique_id = ?",
            [inputs, known.keep(model, inputs), model.unique_id],
        )
        build.execute("commit")
        made.append(Made(model.unique_id, model.name, model.relation, True, time.monotonic() - started))
    return made


def _make(build: duckdb.DuckDBPyConnection, model: Model) -> None:
    schema, table = model.relation.split(".")
    build.execute(f'create schema if not exists "{schema}"')
    if model.kind == "view":
        build.execute(f'create or replace view "{schema}"."{table}" as (\n{model.statement}\n)')
        return
    build.execute(f'drop table if exists "{schema}"."{table}"')
    build.execute(model.statement)


class _Contents:
    """What each relation holds, as one text: of tables a hash of their rows, of views what they are made from."""

    def __init__(self, build: duckdb.DuckDBPyConnection) -> None:
        self._build = build
        self._known: dict[str, str] = {}

    def inputs(self, model: Model) -> str:
        """What the statement of a model reads, and the statement, as a hash."""
        parts = [model.statement, *(f"{name}={self._of(name)}" for name in model.depends)]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def keep(self, model: Model, inputs: str) -> str:
        """Look at what a model holds now."""
        content = inputs if model.kind == "view" else self._hash(model.relation)
        self.take(model, content)
        return content

    def take(self, model: Model, content: str) -> None:
        self._known[model.relation] = content

    def _of(self, relation: str) -> str:
        if relation not in self._known:
            self._known[relation] = self._hash(relation)
        return self._known[relation]

    def _hash(self, relation: str) -> str:
        schema, table = relation.split(".")
        # the sum, as rows have no order; DuckDB's version is part of the signature of the project
        rows, total = self._build.execute(
            f'select count(*), sum(hash(held)::hugeint) from "{schema}"."{table}" as held'
        ).fetchall()[0]
        return f"{rows} {total}"


def _remembered(build: duckdb.DuckDBPyConnection, signature: str) -> list[tuple[Model, str, str]]:
    """Models with their inputs and contents, in the order of their dependencies; empty when they are of no use."""
    if "made.project" not in _relations(build) or build.execute("from made.project").fetchall() != [(signature,)]:
        return []
    rows = build.execute(
        "select unique_id, name, relation, kind, statement, depends, inputs, content from made.models order by position"
    ).fetchall()
    return [
        (Model(unique_id, name, relation, kind, statement, tuple(depends)), inputs, content)
        for unique_id, name, relation, kind, statement, depends, inputs, content in rows
    ]


def forget_in(build: duckdb.DuckDBPyConnection) -> None:
    """The same over a connection to the build."""
    build.execute("drop schema if exists made cascade")


def _open(build_file: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(build_file))
    limit_memory(connection)
    return connection


def _roll_back(build: duckdb.DuckDBPyConnection) -> None:
    with suppress(duckdb.Error):  # no transaction was begun
        build.execute("rollback")


def _relations(build: duckdb.DuckDBPyConnection) -> set[str]:
    return {
        name
        for (name,) in build.execute(
            "select schema_name || '.' || table_name from duckdb_tables() where database_name = current_database() "
            "union all select schema_name || '.' || view_name from duckdb_views() "
            "where database_name = current_database() and not internal"
        ).fetchall()
    }


def _is_large(build: duckdb.DuckDBPyConnection) -> bool:
    (largest,) = build.execute(
        "select max(estimated_size) from duckdb_tables() where schema_name = 'raw' "
        "and database_name = current_database()"
    ).fetchall()[0]
    return bool(largest and largest > LARGEST)


def _fields(model: Model) -> Iterable[Any]:
    return (model.unique_id, model.name, model.relation, model.kind, model.statement, list(model.depends))


def _statements(settings: Settings, manifest: Mapping[str, Any]) -> list[Model] | None:
    """The models in the order of their dependencies, with the SQL that dbt has just run (of views: compiled); None when
    some of it is not there."""
    nodes = {name: node for name, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    places = {name: f"{node['schema']}.{node['alias']}" for name, node in nodes.items()}
    sources = {name: f"{node['schema']}.{node['identifier']}" for name, node in manifest["sources"].items()}
    depends = {name: node["depends_on"]["nodes"] for name, node in nodes.items()}
    found = []
    for name in TopologicalSorter({each: [d for d in of if d in nodes] for each, of in depends.items()}).static_order():
        node, kind = nodes[name], nodes[name]["config"]["materialized"]
        folder = {"table": "run", "view": "compiled"}.get(kind)
        if folder is None or any(each not in places and each not in sources for each in depends[name]):
            return None
        file = settings.state / "dbt" / folder / node["package_name"] / node["original_file_path"]
        if not file.exists():
            return None
        statement = file.read_text(encoding="utf-8").strip()
        if statement.startswith("drop "):  # of the table before, see the materialization
            statement = statement.partition(";")[2].strip()
        read = sorted(places.get(each) or sources[each] for each in depends[name])
        found.append(Model(name, node["name"], places[name], kind, statement, tuple(read)))
    return found


__all__ = ["Made", "evaluated", "forget", "forget_in", "remember", "remember_evaluated", "run", "run_in"]
