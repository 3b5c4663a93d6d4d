"""Assets of `raw/`: registry, reports, and the raw tables that dbt reads. One step loads them; it is in the driver."""

from collections.abc import Iterator

import dagster as dg
from pydantic import Field

from orchestration.defs.inbox_assets import DOCUMENT
from orchestration.defs.metadata import preview, row_count, table, table_schema
from orchestration.defs.resources import ENGINEERS, POOL, STEWARDS, Warehouse

REGISTRY = dg.AssetKey(["raw", "registry"])
REPORTS = dg.AssetKey(["raw", "reports"])
LOAD = "load"
TABLES = {
    "figures": "Printed figures of all sources, parsed, in the printed unit.",
    "relations": "Arithmetic ties between figures, one row a term.",
    "inbox_figures": "Figures of the documents of raw/inbox/, which nobody has confirmed; they reach the schema "
    "candidates and nothing else.",
    "quarantine": "Raw rows that could not be read, with file, line and remedy.",
    "load_counts": "Rows in, loaded and quarantined by source: nothing is lost.",
}
_REPORTS = """
    select
        sources.source_id as report, title, counts.rows_in, counts.rows_loaded, counts.rows_quarantined,
        counts.figures, counts.relations, counts.loaded_at::varchar as loaded_at,
        case
            when counts.source_id is null then 'not loaded'
            when counts.rows_quarantined > 0 then 'rows in quarantine'
            when counts.figures = 0 then 'no figures'
            else 'loaded'
        end as state
    from raw.sources as sources left join raw.load_counts as counts using (source_id)
    order by position
"""


class Reports(dg.Config):
    """Which reports are read again: source ids of `raw/sources.yml`; all of them when none is named."""

    sources: list[str] = Field(default=[])


def load_config(source_ids: list[str]) -> dict[str, object]:
    """Run configuration that reads only those reports again."""
    return {"ops": {LOAD: {"config": {"sources": source_ids}}}}


@dg.multi_asset(
    name=LOAD,
    specs=[
        dg.AssetSpec(
            REGISTRY,
            group_name="raw",
            kinds={"yaml", "csv", "duckdb"},
            owners=STEWARDS,
            description="The registry of sources, the reference data (indicators, units, geographies, entities, rates) "
            "and the steward's decisions, as read from raw/.",
        ),
        dg.AssetSpec(
            REPORTS,
            deps=[REGISTRY],
            group_name="raw",
            kinds={"csv", "python", "polars"},
            owners=ENGINEERS,
            description="The reports of raw/sources.yml, each read from its folder raw/<source_id>/. The table "
            "`reports` in the metadata says what became of the rows of each. To read one "
            "report again: the job `reload_report`.",
        ),
        *(
            dg.AssetSpec(
                ["raw", name],
                deps=[REGISTRY, REPORTS, DOCUMENT],
                group_name="raw",
                kinds={"duckdb"},
                owners=ENGINEERS,
                description=description,
            )
            for name, description in TABLES.items()
        ),
    ],
    pool=POOL,
)
def load(context: dg.AssetExecutionContext, config: Reports, warehouse: Warehouse) -> Iterator[dg.MaterializeResult]:
    """Read raw/ (or the reports of the configuration) into the build."""
    from orchestration.driver import pipeline

    settings = warehouse.settings()
    loads = pipeline.load(settings, config.sources)
    for problem in (problem for loaded in loads for problem in loaded.problems):
        context.log.warning(str(problem))
    build = settings.build_file
    registered = row_count(build, "raw.sources")
    yield dg.MaterializeResult(
        asset_key=REGISTRY,
        metadata={
            "sources": registered,
            "dagster/row_count": registered,
            "preview": preview(build, "select * from raw.sources order by position limit 20"),
        },
    )
    yield dg.MaterializeResult(
        asset_key=REPORTS,
        metadata={
            "read": ", ".join(loaded.source_id for loaded in loads[:20]) + (", …" if len(loads) > 20 else ""),
            "rows in": sum(loaded.rows_in for loaded in loads),
            "rows loaded": sum(loaded.rows_loaded for loaded in loads),
            "rows quarantined": sum(len(loaded.problems) for loaded in loads),
            "reports": table(build, _REPORTS),
        },
    )
    for name in TABLES:
        yield dg.MaterializeResult(
            asset_key=dg.AssetKey(["raw", name]),
            metadata={
                "dagster/row_count": row_count(build, f"raw.{name}"),
                "dagster/column_schema": table_schema(build, "raw", name),
                "preview": preview(build, f"select * from raw.{name} limit 8"),
            },
        )
