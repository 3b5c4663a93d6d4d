"""The inbox in Dagster, a code location of its own: documents as partitions, and the jobs that extract them."""

from collections.abc import Mapping

import dagster as dg


def build_defs(resource_overrides: Mapping[str, object] | None = None) -> dg.Definitions:
    """Put the definitions together. Tests swap resources by ``resource_overrides``."""
    from orchestration.defs.extraction_job import extraction_job
    from orchestration.defs.inbox_assets import DOCUMENT_SPEC, extract_document_job, inbox_sensor
    from orchestration.defs.resources import Warehouse
    from orchestration.settings import load_execution

    warehouse = (resource_overrides or {}).get("warehouse", Warehouse())
    extract_inbox = extraction_job(load_execution(), warehouse)
    return dg.Definitions(
        assets=[DOCUMENT_SPEC],
        jobs=[extract_inbox, extract_document_job(warehouse)],
        sensors=[inbox_sensor(extract_inbox)],
    )


def load_defs() -> dg.Definitions:
    """``build_defs``; raises ``DefinitionsError``, which the UI shows at the code location."""
    from orchestration.defs.errors import readable

    with readable():
        return build_defs()


defs = load_defs()
