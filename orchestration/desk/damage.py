"""Expected damage of an error: the chance that a figure is wrong, times what hangs on it."""

from functools import lru_cache
from pathlib import Path

import duckdb
import yaml

from orchestration.extraction.model import ExtractedFigure
from orchestration.store.publication import PublicationError, open_published

_FILE = Path(__file__).parent / "chances.yml"
_COMPARISONS = """
    with uses as (
        select unnest(figure_ids) as figure_id
        from candidates.comparisons
    )
    select figures.file, split_part(figures.figure_id, '/', 2) as figure_key, count(*) as comparisons
    from candidates.figures as figures
    inner join uses on figures.figure_id = uses.figure_id
    group by all
"""


@lru_cache(maxsize=1)
def _chances() -> dict[str, list[tuple[float, float]]]:
    loaded = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {field: [(float(least), float(chance)) for least, chance in steps] for field, steps in loaded.items()}


def chance(figure: ExtractedFigure) -> float:
    """Chance that value, unit or a field of the figure is wrong, as it was counted on labelled documents."""
    right = 1.0
    for field, steps in _chances().items():
        sure = figure.confidence if field == "value" else figure.confidences.get(field, 0.0)
        right *= 1 - next((wrong for least, wrong in steps if sure >= least), steps[-1][1])
    return 1 - right


def expected(figure: ExtractedFigure, hangs: dict[str, int]) -> float:
    """Chance of an error times what hangs on the figure: its own row of a mart, and the comparisons it is part of."""
    key = figure.key + (f":{figure.range_end}" if figure.range_end else "")
    return chance(figure) * (1 + hangs.get(key, 0)) * (0.5 if figure.withheld else 1.0)


def read_hangs(published: Path) -> dict[str, dict[str, int]]:
    """By document and key, the comparisons of the last build; nothing where it cannot be read or knows no document."""
    if not published.is_file():
        return {}
    found: dict[str, dict[str, int]] = {}
    try:
        with open_published(published) as warehouse:
            for file, key, count in warehouse.execute(_COMPARISONS).fetchall():
                found.setdefault(file, {})[key] = count
    except (duckdb.Error, PublicationError):
        return {}
    return found
