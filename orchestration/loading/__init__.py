"""From `raw/` to rows: reads what the files say, parses each figure, sets aside what cannot be read.

Belongs here: file formats of `raw/` (docs/raw-format.md), the quarantine, the unpivoting of printed tables.
Does not belong here: what a printed text means (`orchestration.figures`), arithmetic between figures (dbt).
"""

from orchestration.loading.load import SourceLoad, load_source
from orchestration.loading.reference import Reference, load_reference
from orchestration.loading.registry import Source, load_sources

__all__ = ["Reference", "Source", "SourceLoad", "load_reference", "load_source", "load_sources"]
