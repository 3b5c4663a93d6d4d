"""The expectations of `expectations/*.yml` as asset checks. What is checked, and how, is in `orchestration.quality`."""

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from orchestration.defs.publication_assets import PUBLISHED
from orchestration.defs.resources import POOL, Warehouse
from orchestration.defs.site_assets import SITE
from orchestration.quality.history import CheckResult
from orchestration.quality.suites import Expectation, SuiteError, load_suites
from orchestration.settings import Settings, load_settings

PREVIEWED_ROWS = 20
# its rows are told one by one (orchestration/quality/alerts.py)
FINDING_DRIFT = "reconciliation.finding_drift"


def asset_of(expectation: Expectation, known: set[dg.AssetKey]) -> dg.AssetKey:
    """The asset that a check is shown at: its table, else the published file."""
    key = dg.AssetKey(expectation.table.split("."))
    if expectation.where == "pages":
        return SITE
    return key if key in known and expectation.where != "published" else PUBLISHED


def quality_checks(known: set[dg.AssetKey]) -> list[dg.AssetChecksDefinition]:
    """What can be checked before publication (a failed blocking check stops it), the published file, its pages."""
    expectations = [item for suite in load_suites(load_settings().expectations).values() for item in suite]
    steps: dict[str, list[Expectation]] = {"expectations": [], "published_expectations": [], "pages_expectations": []}
    for item in expectations:
        asset = asset_of(item, known)
        step = {PUBLISHED: "published_expectations", SITE: "pages_expectations"}.get(asset, "expectations")
        steps[step].append(item)
    found = [_checks(name, items, known) for name, items in steps.items()]
    return [definition for definition in found if definition is not None]


def _checks(name: str, items: Sequence[Expectation], known: set[dg.AssetKey]) -> dg.AssetChecksDefinition | None:
    if not items:
        return None
    by_key = {(asset_of(item, known), item.name): item for item in items}
    if len(by_key) < len(items):
        first = next(item for item in items if by_key[asset_of(item, known), item.name] is not item)
        second = by_key[asset_of(first, known), first.name]
        raise SuiteError(
            second.file,
            second.line,
            f"the name {second.name!r} stands at {first.place}, too, and both are shown at one asset",
            "Rename one; Dagster tells checks apart by asset and name",
        )

    @dg.multi_asset_check(
        name=name,
        specs=[
            dg.AssetCheckSpec(
                check,
                asset=asset,
                description=item.description,
                blocking=item.blocking and asset not in (PUBLISHED, SITE),
                metadata={"suite": item.suite, "defined at": item.place, "severity": item.severity},
            )
            for (asset, check), item in by_key.items()
        ],
        can_subset=True,
        pool=POOL,
    )
    def check(context: dg.AssetCheckExecutionContext, warehouse: Warehouse) -> Iterator[dg.AssetCheckResult]:
        from orchestration.driver import pipeline

        settings = warehouse.settings()
        selected = {(key.asset_key, key.name) for key in context.selected_asset_check_keys}
        wanted = {(item.suite, item.name) for key, item in by_key.items() if key in selected}
        published = name != "expectations" or _checks_published(context)
        database = settings.published_file if published else settings.build_file
        run = pipeline.check_published if published else pipeline.check
        for result in run(settings, wanted, run_id=context.run.run_id):
            asset = next(a for (a, c), i in by_key.items() if (i.suite, c) == (result.suite, result.expectation))
            facts = {
                "owners": dg.MetadataValue.json(list(context.job_def.asset_layer.asset_graph.get(asset).owners)),
                "defined at": by_key[asset, result.expectation].place,
            }
            yield _to_dagster(settings, database, asset, result, facts)

    return check


def _checks_published(context: dg.AssetCheckExecutionContext) -> bool:
    """Whether this run checks the published file: the daily job says so, and so does a run of checks alone."""
    run = context.run
    if run.tags.get("ai_figures/database") == "published":
        return True
    return bool(run.asset_check_selection) and not run.asset_selection


def _to_dagster(
    settings: Settings, database: Any, asset: dg.AssetKey, result: CheckResult, facts: dict[str, Any]
) -> dg.AssetCheckResult:
    from orchestration.defs.metadata import markdown
    from orchestration.quality import checks

    metadata: dict[str, Any] = {
        "unexpected rows": result.unexpected_count,
        "table": result.table_name,
        "result": result.message or ("holds" if result.success else "does not hold"),
        "ran": result.ran,
        "severity": result.severity,
        **facts,
    }
    if result.remedy:
        metadata["remedy"] = result.remedy
    if result.element_count is not None:
        metadata["rows checked"] = result.element_count
    if not result.success and result.unexpected_count:
        rows = checks.failing_rows(settings, database, result, limit=PREVIEWED_ROWS)
        metadata["first failing rows"] = dg.MetadataValue.json(list(result.sample[:PREVIEWED_ROWS]))
        if result.table_name == FINDING_DRIFT:
            metadata["drifted findings"] = dg.MetadataValue.json(rows)
        if rows:
            metadata["failing rows"] = markdown(rows)
            if result.unexpected_count > len(rows):
                metadata["failing rows shown"] = f"{len(rows)} of {result.unexpected_count}"
    return dg.AssetCheckResult(
        passed=result.success,
        asset_key=asset,
        check_name=result.expectation,
        severity=dg.AssetCheckSeverity.ERROR if result.severity == "critical" else dg.AssetCheckSeverity.WARN,
        description=result.description,
        metadata=metadata,
    )
