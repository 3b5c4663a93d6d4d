"""Column lineage of the dbt models, read from their compiled SQL with sqlglot and cached by the SQL's hash."""

import hashlib
import json
from pathlib import Path
from typing import Any

from orchestration.settings import Settings
from orchestration.transform.models import manifest_file

Lineage = dict[str, dict[str, list[tuple[str, str]]]]


def column_lineage(settings: Settings) -> Lineage:
    """``{model: {column: [(upstream table, upstream column)]}}`` for models with described columns.

    Upstream tables of the schema `raw` are named ``raw.<table>``. A model that sqlglot cannot read is left out:
    lineage is a help, not a promise.
    """
    manifest = json.loads(manifest_file(settings).read_text(encoding="utf-8"))
    cache_file = settings.state / "dbt" / "column_lineage.json"
    cache = _kept(cache_file)
    fresh: dict[str, Any] = {}
    lineage: Lineage = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] != "model" or not node["columns"]:
            continue
        sql = _compiled(settings, node)
        if not sql:
            continue
        digest = hashlib.sha256(sql.encode()).hexdigest()
        if digest not in cache:
            cache[digest] = _read(sql, list(node["columns"]))
        fresh[digest] = cache[digest]
        lineage[node["name"]] = {c: [(t, n) for t, n in deps] for c, deps in cache[digest].items()}
    if fresh.keys() != cache.keys() or not cache_file.exists():
        temporary = cache_file.with_suffix(".tmp")
        temporary.write_text(json.dumps(fresh), encoding="utf-8")
        temporary.replace(cache_file)
    return lineage


def _kept(cache_file: Path) -> dict[str, Any]:
    """The cache, empty when there is none or it is damaged: it can be computed again."""
    try:
        kept = json.loads(cache_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _compiled(settings: Settings, node: dict[str, Any]) -> str:
    path = settings.state / "dbt" / "compiled" / node["package_name"] / Path(node["original_file_path"])
    return path.read_text(encoding="utf-8") if path.exists() else str(node.get("compiled_code") or "")


def _read(sql: str, columns: list[str]) -> dict[str, list[tuple[str, str]]]:
    """Follow each output column through the CTEs to the tables the query reads."""
    import sqlglot
    from sqlglot.optimizer.scope import traverse_scope

    try:
        tree = sqlglot.parse_one(sql, dialect="duckdb")
        scopes = traverse_scope(tree)
    except Exception:  # sqlglot raises many kinds; see the docstring
        return {}
    return {column: sorted(_sources_of(scopes[-1], column, frozenset())) for column in columns}


def _sources_of(scope: Any, name: str, seen: frozenset[tuple[int, str]]) -> set[tuple[str, str]]:
    """Tables and columns that the output column ``name`` of a scope comes from; ``seen`` are those being followed."""
    if (id(scope), name) in seen:
        return set()
    seen = seen | {(id(scope), name)}
    # sqlglot 28 calls them union_scopes
    branches = getattr(scope, "set_operation_scopes", None) or getattr(scope, "union_scopes", None) or []
    if branches:
        return _sources_of_union(scope, branches, name, seen)
    found: set[tuple[str, str]] = set()
    for column in _columns_of(scope, name):
        candidates = [scope.sources[column.table]] if column.table in scope.sources else list(scope.sources.values())
        for source in candidates:
            if hasattr(source, "sources"):  # a scope of its own, not a table
                found |= _sources_of(source, column.name, seen)
            elif column.table or len(candidates) == 1:
                table = f"raw.{source.name}" if source.db == "raw" else source.name
                found.add((table, column.name))
    return found


def _sources_of_union(
    scope: Any, branches: list[Any], name: str, seen: frozenset[tuple[int, str]]
) -> set[tuple[str, str]]:
    """Branches of a union match by position, under the names of the first."""
    names = scope.expression.named_selects
    found: set[tuple[str, str]] = set()
    for branch in branches:
        own = branch.expression.named_selects
        if name in names and names.index(name) < len(own):
            found |= _sources_of(branch, own[names.index(name)], seen)
    return found


def _columns_of(scope: Any, name: str) -> list[Any]:
    """The columns that the output column ``name`` is made of; itself where it is reached through `select *`."""
    from sqlglot import exp

    selects = scope.expression.selects
    selected = [item for item in selects if item.alias_or_name == name]
    if not selected and any(item.is_star for item in selects):
        return [exp.column(name)]
    return [column for item in selected for column in item.find_all(exp.Column)]
