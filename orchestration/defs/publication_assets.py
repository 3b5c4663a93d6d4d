"""The published database and what is made from it."""

import dagster as dg

from orchestration.defs.metadata import preview
from orchestration.defs.resources import ENGINEERS, POOL, Warehouse

PUBLISHED = dg.AssetKey(["published", "warehouse"])


def published_warehouse(public_models: list[dg.AssetKey]) -> dg.AssetsDefinition:
    """The file that everybody opens; its upstream are all public tables, so that a failed blocking check stops it."""

    @dg.asset(
        key=PUBLISHED,
        deps=public_models,
        group_name="published",
        kinds={"duckdb", "parquet"},
        owners=ENGINEERS,
        description="warehouse/ai_figures.duckdb: all public tables in one read-only file, replaced atomically, with "
        "Parquet copies and a datapackage.json beside it.",
        pool=POOL,
    )
    def warehouse_file(warehouse: Warehouse) -> dg.MaterializeResult:
        from orchestration.driver import pipeline

        settings = warehouse.settings()
        published = pipeline.publish(settings)
        return dg.MaterializeResult(
            metadata={
                "file": dg.MetadataValue.path(str(published.file)),
                "readers find it at": settings.remote or str(published.file),
                "version": published.version,
                "messages": dg.MetadataValue.md("\n".join(f"- {text}" for text in published.messages) or "none"),
                "bytes": published.bytes,
                "tables": len(published.rows),
                "dagster/row_count": published.rows["core.figures"],
                "rows by table": dg.MetadataValue.md(
                    "\n".join(
                        [
                            "| table | rows |",
                            "|---|---|",
                            *(f"| {t} | {n} |" for t, n in sorted(published.rows.items())),
                        ]
                    )
                ),
                "open findings": preview(
                    settings.published_file,
                    "select finding_id, explanation_code, explanation from reconciliation.findings "
                    "where decision = 'open' and severity = 'error' order by 1 limit 20",
                ),
            }
        )

    return warehouse_file
