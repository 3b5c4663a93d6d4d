"""A newcomer's wiring of Dagster, dbt, Great Expectations and DuckDB, after the official tutorials.

- Dagster's default executor: every step is a process of its own, as many at a time as there are cores.
- One asset a raw source. DuckDB has one writer, hence the tutorial's connection that tries again while another process
  writes.
- `DbtCliResource`: dbt is a subprocess; the project is prepared (`dbt parse`) once a run, outside of this module. In
  `dagster dev`, `prepare_if_dev` below would parse in every one of the processes; that is not counted here.
- `dbt run`, not `dbt build`: the unit tests of the models are no part of our run either.
- Great Expectations imported at the top, one asset check a rule, each with a frame of its own from pandas.

What pandas frames cannot say (a rule over several tables, as SQL) is a frame of the rows that break the rule, selected
by DuckDB, which Great Expectations expects to be empty. Three rules read files; they call the project's functions.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import great_expectations as gx
import pandas as pd
from dagster._utils.backoff import backoff
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtCliResource, DbtProject, dbt_assets

from orchestration.loading import load_reference, load_source, load_sources
from orchestration.loading.registry import Source
from orchestration.quality.python_checks import PYTHON_CHECKS
from orchestration.quality.suites import PYTHON, UNEXPECTED_ROWS, Expectation, load_suites
from orchestration.settings import load_settings
from orchestration.store import publication
from orchestration.store.build import open_build
from orchestration.store.registry_rows import write_registry
from orchestration.store.source_rows import write_source

SETTINGS = load_settings()
DATABASE = os.environ.setdefault("AI_FIGURES_BUILD", str(SETTINGS.build_file))
# for a measurement of some checks only; 0: all of them
CHECKS = int(os.environ.get("BASELINE_CHECKS", "0"))

PROJECT = DbtProject(project_dir=Path(os.environ["BASELINE_DBT_PROJECT"]))
PROJECT.prepare_if_dev()

REGISTRY = dg.AssetKey(["raw", "registry"])
PUBLISHED = dg.AssetKey(["published", "warehouse"])


def patiently(connect: Any, **arguments: Any) -> Any:
    """As in Dagster's tutorial: try again while another process holds the file."""
    return backoff(fn=connect, retry_on=(RuntimeError, duckdb.IOException), kwargs=arguments, max_retries=10)


@dg.asset(key=REGISTRY)
def registry() -> None:
    reference, sources = load_reference(SETTINGS.raw), load_sources(SETTINGS.raw)
    with patiently(open_build, build_file=SETTINGS.build_file) as connection:
        write_registry(connection, sources, reference, SETTINGS.raw)


def source_asset(source: Source) -> dg.AssetsDefinition:
    @dg.asset(key=dg.AssetKey(["raw", source.source_id]), deps=[REGISTRY])
    def load() -> dg.MaterializeResult:
        loaded = load_source(SETTINGS.raw, source, load_reference(SETTINGS.raw))
        with patiently(open_build, build_file=SETTINGS.build_file) as connection:
            write_source(connection, loaded)
        return dg.MaterializeResult(metadata={"dagster/row_count": len(loaded.figures)})

    return load


SOURCES = [source_asset(source) for source in load_sources(SETTINGS.raw).values()]


class Translator(DagsterDbtTranslator):
    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        if dbt_resource_props["resource_type"] == "model":
            return dg.AssetKey([dbt_resource_props["config"]["schema"], dbt_resource_props["name"]])
        return REGISTRY

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None) -> dg.AssetSpec:
        """A model that reads raw rows waits for all sources: they fill the same tables."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        if REGISTRY in {dep.asset_key for dep in spec.deps}:
            return spec.replace_attributes(deps=[*spec.deps, *(asset.key for asset in SOURCES)])
        return spec


@dbt_assets(
    manifest=PROJECT.manifest_path,
    dagster_dbt_translator=Translator(
        settings=DagsterDbtTranslatorSettings(enable_asset_checks=False, enable_duplicate_source_asset_keys=True)
    ),
)
def models(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
    yield from dbt.cli(["run"], context=context).stream()


@dg.asset(key=PUBLISHED, deps=[key for key in models.keys if key.path[0] not in ("staging", "intermediate")])
def published_warehouse() -> None:
    publication.publish(SETTINGS.build_file, SETTINGS.history_file, SETTINGS.published_file)


def asset_check(item: Expectation) -> dg.AssetChecksDefinition:
    """One rule, one step, one frame, one validation."""
    key = dg.AssetKey(item.table.split("."))
    # what compares the raw rows with the models belongs to no model; it runs at the end, on the build
    published = item.where == "published" or key not in models.keys
    database = SETTINGS.published_file if item.where == "published" else SETTINGS.build_file

    @dg.asset_check(
        asset=PUBLISHED if published else key,
        name=f"{item.suite}__{item.name}",
        description=item.description,
        blocking=item.blocking and not published,
    )
    def check() -> dg.AssetCheckResult:
        with patiently(duckdb.connect, database=str(database), read_only=True) as connection:
            if item.type == PYTHON:
                found = PYTHON_CHECKS[item.kwargs["check"]](SETTINGS, connection, database)
                return dg.AssetCheckResult(passed=not found.failing, metadata={"result": found.message})
            query = item.query if item.type == UNEXPECTED_ROWS else f"select * from {item.table}"
            frame: pd.DataFrame = connection.execute(str(query)).df()
        batch = (
            gx.get_context(mode="ephemeral")
            .data_sources.add_pandas("pandas")
            .add_dataframe_asset(item.table)
            .add_batch_definition_whole_dataframe("whole")
            .get_batch({"dataframe": frame})
        )
        result = batch.validate(expectation(item))
        return dg.AssetCheckResult(
            passed=bool(result.success),
            severity=dg.AssetCheckSeverity.ERROR if item.severity == "critical" else dg.AssetCheckSeverity.WARN,
            metadata={"result": str(result.result)[:2000]},
        )

    return check


def expectation(item: Expectation) -> Any:
    if item.type == UNEXPECTED_ROWS:
        return gx.expectations.ExpectTableRowCountToEqual(value=0)
    name = "".join(part.capitalize() for part in item.type.split("_"))
    return getattr(gx.expectations, name)(**item.kwargs)


def spread(items: list[Expectation], count: int) -> list[Expectation]:
    """``count`` of the checks at even distances, so that the kinds of rules keep their shares; 0 stands for all."""
    return items if not 0 < count < len(items) else [items[len(items) * i // count] for i in range(count)]


EXPECTATIONS = [item for suite in load_suites(SETTINGS.expectations).values() for item in suite]

defs = dg.Definitions(
    assets=[registry, *SOURCES, models, published_warehouse],
    asset_checks=[asset_check(item) for item in spread(EXPECTATIONS, CHECKS)],
    jobs=[dg.define_asset_job("full_refresh", selection="*")],
    resources={"dbt": DbtCliResource(project_dir=PROJECT)},
)
