"""The static site: charts, the figure explorer, the findings board, reports and the data dictionary.

Belongs here: everything that turns the published file into HTML. Does not belong here: arithmetic on figures (dbt
models do that) and the Dagster asset around ``build_site`` (assets live with the other definitions).
"""

from orchestration.site.build import SiteReport, build_site
from orchestration.site.warehouse import SiteError

__all__ = ["SiteError", "SiteReport", "build_site"]
