"""Expected damage of an error: the chance that a figure is wrong, times what hangs on it."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import duckdb
import yaml

from orchestration.extraction.model import ExtractedFigure
from orchestration.store.published import PublicationError, open_published

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

_FIELDS = ("value", "period", "geography", "status", "statistic")
_CANDIDATES = """
    select
        file, split_part(figure_id, '/', 2), withheld, confidence, confidence_period, confidence_geography,
        confidence_status, confidence_statistic
    from candidates.figures
"""


@lru_cache(maxsize=1)
def _chances() -> dict[str, list[tuple[float, float]]]:
    loaded = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {field: [(float(least), float(chance)) for least, chance in steps] for field, steps in loaded.items()}


def chance(figure: ExtractedFigure) -> float:
    """Chance that value, unit or a field of the figure is wrong, as it was counted on labelled documents."""
    return _chance(dict.fromkeys(_chances(), 0.0) | figure.confidences | {"value": figure.confidence})


def _chance(confidences: dict[str, float]) -> float:
    """Of the fields that have a confidence here."""
    right = 1.0
    for field, steps in _chances().items():
        if field not in confidences:
            continue
        sure = confidences.get(field) or 0.0
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


@dataclass(frozen=True, slots=True)
class Weight:
    """What the last build found in a document: figures, how many of them are likely wrong in value, unit, period,
    place, status or statistic, and the expected damage."""

    figures: int
    wrong: float
    damage: float


def read_weights(published: Path, hangs: dict[str, dict[str, int]]) -> dict[str, Weight]:
    """By document, what waits in it, as the last build read it; nothing where that cannot be read."""
    if not published.is_file():
        return {}
    found: dict[str, Weight] = {}
    try:
        with open_published(published) as warehouse:
            rows = warehouse.execute(_CANDIDATES).fetchall()
    except (duckdb.Error, PublicationError):
        return {}
    for file, key, withheld, *sure in rows:
        wrong = _chance(dict(zip(_FIELDS, sure, strict=True)))
        weight = wrong * (1 + hangs.get(file, {}).get(key, 0)) * (0.5 if withheld else 1.0)
        before = found.get(file, Weight(0, 0.0, 0.0))
        found[file] = Weight(before.figures + 1, before.wrong + wrong, before.damage + weight)
    return found
