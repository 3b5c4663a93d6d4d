"""Pages made from the published file: the site and Great Expectations' Data Docs."""

import dagster as dg

from orchestration.defs.publication_assets import PUBLISHED
from orchestration.defs.resources import ENGINEERS, POOL, STEWARDS, Warehouse

DATA_DOCS = dg.AssetKey(["published", "data_docs"])
SITE = dg.AssetKey(["published", "site"])


@dg.asset(
    key=DATA_DOCS,
    deps=[PUBLISHED],
    group_name="published",
    kinds={"html"},
    owners=STEWARDS,
    description="Great Expectations' Data Docs: every expectation and its last result as pages.",
    pool=POOL,
)
def data_docs(warehouse: Warehouse) -> dg.MaterializeResult:
    from orchestration.quality import checks

    settings = warehouse.settings()
    index = checks.build_data_docs(settings, settings.published_file)
    return dg.MaterializeResult(metadata={"page": dg.MetadataValue.path(str(index))})


@dg.asset(
    key=SITE,
    deps=[PUBLISHED, DATA_DOCS],
    group_name="published",
    kinds={"html", "altair"},
    owners=ENGINEERS,
    description="The static site: charts, explorer, findings board, reports, dictionary. Opens without a network.",
    pool=POOL,
)
def site(warehouse: Warehouse) -> dg.MaterializeResult:
    from orchestration.site import build_site
    from orchestration.transform.models import dbt_documentation

    settings = warehouse.settings()
    report = build_site(
        settings.published_file,
        settings.site,
        docs=settings.project / "docs",
        data_docs=settings.published / "data_docs",
        dbt_docs=dbt_documentation(settings),
    )
    return dg.MaterializeResult(
        metadata={
            "page": dg.MetadataValue.path(str(settings.site / "index.html")),
            "pages": report.pages,
            "bytes": report.bytes,
            "seconds": report.seconds,
        }
    )
