"""Assets of `raw/`: the registry, one asset a source, and the collected raw tables. No transformation lives here."""

from collections.abc import Iterator

import dagster as dg

from orchestration.defs.metadata import preview, table_schema
from orchestration.defs.resources import ENGINEERS, POOL, STEWARDS, Warehouse
from orchestration.loading.problems import RawError
from orchestration.loading.reference import Source, load_sources
from orchestration.settings import load_settings

REGISTRY = dg.AssetKey(["raw", "registry"])
COLLECTED = ("figures", "relations", "quarantine", "load_counts", "inbox_figures")


def source_key(source_id: str) -> dg.AssetKey:
    return dg.AssetKey(["raw", source_id])


@dg.asset(
    key=REGISTRY,
    group_name="raw",
    kinds={"yaml", "csv", "duckdb"},
    owners=STEWARDS,
    description="The registry of sources, the reference data (indicators, units, geographies, entities, rates) and "
    " the steward's decisions, as read from raw/.",
    pool=POOL,
)
def registry(warehouse: Warehouse) -> dg.MaterializeResult:
    from orchestration import pipeline
    from orchestration.build import build_lock

    settings = warehouse.settings()
    with build_lock(settings.build_file):
        source_ids = pipeline.load_registry(settings)
    return dg.MaterializeResult(
        metadata={
            "sources": len(source_ids),
            "dagster/row_count": len(source_ids),
            "preview": preview(settings.build_file, "select * from raw.sources order by position"),
        }
    )


def source_asset(source: Source) -> dg.AssetsDefinition:
    """The asset of one source: its folder read, parsed and put into the build; can be re-loaded alone."""

    @dg.asset(
        key=source_key(source.source_id),
        deps=[REGISTRY],
        group_name="raw",
        kinds={"csv", "python", "polars"},
        owners=ENGINEERS,
        description=f"Figures printed in “{source.title}” ({source.publisher}), read from raw/{source.source_id}/.",
        metadata={"source text": source.file, "language": source.language},
        retry_policy=dg.RetryPolicy(max_retries=2, delay=2),  # another process may hold the build file for a moment
        pool=POOL,
    )
    def load(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
        from orchestration import pipeline
        from orchestration.build import build_lock

        settings = warehouse.settings()
        with build_lock(settings.build_file):
            loaded = pipeline.load_one(settings, source.source_id)
        for problem in loaded.problems:
            context.log.warning(str(problem))
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": len(loaded.figures),
                "rows in": loaded.rows_in,
                "rows loaded": loaded.rows_loaded,
                "rows quarantined": len(loaded.problems),
                "relations": len({term.relation_id for term in loaded.relations}),
                "dagster/column_schema": table_schema(settings.build_file, "raw", "figures"),
                "preview": preview(
                    settings.build_file,
                    "select figure_id, line, printed, number, unit_symbol, indicator, segment, geography, "
                    "period_label, status, statistic from raw.figures "
                    f"where source_id = '{source.source_id}' order by line limit 10",
                ),
            }
        )

    return load


def collected_assets(sources: list[Source]) -> dg.AssetsDefinition:
    """The raw tables that all sources together fill; dbt reads them."""
    about = {
        "figures": "Printed figures of all sources, parsed, in the printed unit.",
        "relations": "Arithmetic ties between figures, one row a term.",
        "quarantine": "Raw rows that could not be read, with file, line and remedy.",
        "inbox_figures": "Figures found in the documents of raw/inbox/, which nobody has confirmed; they reach the "
        "schema candidates and nothing else.",
        "load_counts": "Rows in, loaded and quarantined by source: nothing is lost.",
    }

    @dg.multi_asset(
        name="raw_tables",
        specs=[
            dg.AssetSpec(
                ["raw", table],
                deps=[REGISTRY, *(source_key(source.source_id) for source in sources)],
                group_name="raw",
                kinds={"duckdb"},
                owners=ENGINEERS,
                description=about[table],
            )
            for table in COLLECTED
        ],
        pool=POOL,
    )
    def raw_tables(warehouse: Warehouse) -> Iterator[dg.MaterializeResult]:
        from orchestration.build import build_lock
        from orchestration.defs.metadata import row_count
        from orchestration.documents import load_documents

        settings = warehouse.settings()
        with build_lock(settings.build_file):
            load_documents(settings)
        build = settings.build_file
        for table in COLLECTED:
            yield dg.MaterializeResult(
                asset_key=dg.AssetKey(["raw", table]),
                metadata={
                    "dagster/row_count": row_count(build, f"raw.{table}"),
                    "dagster/column_schema": table_schema(build, "raw", table),
                    "preview": preview(build, f"select * from raw.{table} limit 8"),
                },
            )

    return raw_tables


def registered_sources() -> list[Source]:
    """Sources of the registry; none when it cannot be read, so that the UI still starts and shows the failing asset."""
    try:
        return list(load_sources(load_settings().raw).values())
    except (RawError, OSError):
        return []
