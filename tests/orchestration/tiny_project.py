"""The least project that loads, transforms, checks and publishes: five small models, two checks, one report."""

from pathlib import Path

import pytest

from orchestration.settings import PROJECT, Settings
from orchestration.site import SiteReport
from tests.loading.rawfolder import make_raw

_DBT = """
name: ai_figures
version: "1.0.0"
config-version: 2
profile: ai_figures
model-paths: ["models"]
macro-paths: ["macros"]
flags: {send_anonymous_usage_stats: false, use_colors: false}
models:
  ai_figures:
    +materialized: table
    staging: {+schema: staging, +materialized: view}
    core: {+schema: core}
    reconciliation: {+schema: reconciliation}
    quality: {+schema: quality}
"""
_MODELS = {
    "staging/stg_figures": "select *, 'market' as mart from {{ source('raw', 'figures') }}",
    "core/figures": "select * from {{ ref('stg_figures') }}",
    "core/sources": "select *, source_file as licence_file from {{ source('raw', 'sources') }}",
    "reconciliation/comparisons": "select relation_id as comparison_id, 'agree' as verdict "
    "from {{ source('raw', 'relations') }} group by all",
    "reconciliation/findings": "select comparison_id as finding_id, 'info' as severity, 'none' as explanation_code, "
    "'open' as decision, '' as explanation from {{ ref('comparisons') }} where false",
    "candidates/candidate_figures": "{{ config(alias='figures', schema='candidates') }} "
    "select source_id as file from {{ source('raw', 'sources') }} where false",
    "candidates/candidate_findings": "{{ config(alias='findings', schema='candidates') }} "
    "select source_id as severity from {{ source('raw', 'sources') }} where false",
    "quality/quarantine": "select * from {{ source('raw', 'quarantine') }}",
}
_EXPECTATIONS = """
expectations:
  - {name: figure_id_not_null, table: core.figures, type: expect_column_values_to_not_be_null,
     kwargs: {column: figure_id}, severity: critical, blocking: true, description: Every figure has an id.}
  - {name: printed_not_null, table: core.figures, type: expect_column_values_to_not_be_null,
     kwargs: {column: printed}, severity: critical, blocking: true, description: Every figure is printed.}
"""


def make_project(base: Path) -> Settings:
    """Write the project and its raw folder below ``base``."""
    project = base / "project"
    files = {"dbt_project/dbt_project.yml": _DBT, "expectations/core.yml": _EXPECTATIONS}
    files |= {f"dbt_project/models/{name}.sql": sql + "\n" for name, sql in _MODELS.items()}
    files["dbt_project/models/sources.yml"] = (
        "version: 2\nsources:\n  - {name: raw, schema: raw, tables: [{name: figures}, {name: sources}, "
        "{name: relations}, {name: quarantine}]}\n"
    )
    for name in ("profiles.yml", "macros/generate_schema_name.sql"):
        files[f"dbt_project/{name}"] = (PROJECT / "dbt_project" / name).read_text(encoding="utf-8")
    contract = PROJECT / "dbt_project" / "models" / "candidates" / "_candidates.yml"
    files["dbt_project/models/candidates/_candidates.yml"] = contract.read_text(encoding="utf-8")
    files["dagster.yaml"] = (PROJECT / "dagster.yaml").read_text(encoding="utf-8")
    for name, text in files.items():
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    make_raw(base / "raw").write("/decisions.yml", "[]\n")
    return Settings(project, base / "raw", base / "state", base / "warehouse")


def work_in(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the command line and the definitions of this process those of the project."""
    monkeypatch.setenv("AI_FIGURES_PROJECT", str(settings.project))
    # its few tables are no site; the pages of the whole project have tests of their own
    monkeypatch.setattr(
        "orchestration.site.build_site", lambda *_, **__: SiteReport(settings.site, 0, 0, 0, 0.0, 0), raising=True
    )
    monkeypatch.setenv("AI_FIGURES_RAW", str(settings.raw))
    monkeypatch.setenv("AI_FIGURES_STATE", str(settings.state))
    monkeypatch.setenv("AI_FIGURES_PUBLISHED", str(settings.published))
    monkeypatch.setenv("DAGSTER_HOME", str(settings.state / "dagster"))
