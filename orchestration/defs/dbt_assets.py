"""The dbt models as assets, built by one dbt invocation in this process. The SQL is in `dbt_project/models/`."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, dbt_assets

from orchestration.defs.metadata import preview_all
from orchestration.defs.raw_assets import REGISTRY, TABLES
from orchestration.defs.resources import ENGINEERS, POOL, STEWARDS, Warehouse
from orchestration.settings import load_settings
from orchestration.store.published import connect_read_only
from orchestration.transform.models import TransformError, ensure_manifest, head_comment

LAYERS = ("staging", "intermediate")


class Translator(DagsterDbtTranslator):
    """Asset keys are schema and table, groups are schemas: the names that an analyst knows."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        if dbt_resource_props["resource_type"] == "model":
            return dg.AssetKey([dbt_resource_props["config"]["schema"], dbt_resource_props["alias"]])
        if dbt_resource_props["resource_type"] == "source":
            # tables that the registry fills belong to one asset
            name = dbt_resource_props["name"]
            if name.startswith("candidate_"):
                name = "inbox_figures"
            return dg.AssetKey(["raw", name]) if name in TABLES else REGISTRY
        return super().get_asset_key(dbt_resource_props)

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        return str(dbt_resource_props["config"].get("schema") or "raw")

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        return STEWARDS if dbt_resource_props["config"].get("schema") in ("reconciliation", "quality") else ENGINEERS

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        text = str(dbt_resource_props.get("description") or "")
        if text:
            return text
        # staging and intermediate models say what they do in the comment at their head
        return head_comment(str(dbt_resource_props.get("raw_code") or ""))


TRANSLATOR = Translator(
    settings=DagsterDbtTranslatorSettings(enable_asset_checks=False, enable_duplicate_source_asset_keys=True)
)


def model_assets() -> dg.AssetsDefinition:
    """All models. A subset may be selected in the UI; the public tables get counts, previews and column lineage."""
    settings = load_settings()
    manifest = ensure_manifest(settings)
    # by the name of the model: two schemas may each have a table `figures`
    keys = {
        node["name"]: TRANSLATOR.get_asset_key(node)
        for node in json.loads(manifest.read_text(encoding="utf-8"))["nodes"].values()
        if node["resource_type"] == "model"
    }

    @dbt_assets(
        manifest=manifest,
        name="models",
        dagster_dbt_translator=TRANSLATOR,
        pool=POOL,
    )
    def models(context: dg.AssetExecutionContext, warehouse: Warehouse) -> Iterator[dg.MaterializeResult]:
        from orchestration.driver import pipeline
        from orchestration.transform.lineage import column_lineage

        settings = warehouse.settings()
        wanted = set(context.selected_asset_keys)
        select = [] if not context.is_subset else [name for name, key in keys.items() if key in wanted]
        try:
            result = pipeline.transform(settings, select)
        except TransformError as error:
            raise dg.Failure(description=str(error)) from error
        lineage = column_lineage(settings)
        facts = _facts(settings.build_file)
        shown = [key for key in wanted if key.path[0] not in LAYERS and key in facts.rows]
        previews = preview_all(
            settings.build_file, {key: f'select * from {key.path[0]}."{key.path[1]}" limit 5' for key in shown}
        )
        made = {keys.get(node.name) for node in result.nodes}
        if missing := [key.to_user_string() for key in wanted if key not in made]:
            # without a result Dagster would skip what depends on them and call the run a success
            raise dg.Failure(f"dbt made no {', '.join(sorted(missing)[:5])}; run again")
        for node in result.nodes:
            key = keys.get(node.name)
            if node.resource_type != "model" or key is None or key not in wanted:
                continue
            metadata: dict[str, Any] = {"seconds": node.seconds}
            if key in previews:
                metadata["dagster/row_count"] = facts.rows[key]
                metadata["preview"] = previews[key]
            if node.name in lineage:
                metadata["dagster/column_lineage"] = dg.TableColumnLineage(
                    {
                        column: [
                            dg.TableColumnDep(asset_key=upstream, column_name=name)
                            for table, name in sources
                            if (upstream := keys.get(table) or facts.raw_key(table)) is not None
                        ]
                        for column, sources in lineage[node.name].items()
                    }
                )
            yield dg.MaterializeResult(asset_key=key, metadata=metadata)

    return models.with_attributes()


class _Facts:
    """Tables of the build by name, and their row counts."""

    def __init__(self, tables: list[tuple[str, str, int]]) -> None:
        self._raw = {name: dg.AssetKey(["raw", name]) for schema, name, _ in tables if schema == "raw"}
        self.rows = {dg.AssetKey([schema, name]): count for schema, name, count in tables}

    def raw_key(self, name: str) -> dg.AssetKey | None:
        return self._raw.get(name.removeprefix("raw."))


def _facts(build_file: Any) -> _Facts:
    with connect_read_only(build_file) as connection:
        rows = connection.execute(
            "select schema_name, table_name, estimated_size from duckdb_tables() where not internal "
            "union all select schema_name, view_name, 0 from duckdb_views() where not internal"
        ).fetchall()
    return _Facts([(schema, name, int(count)) for schema, name, count in rows])
