"""A document's figures against the published ones of equal keys: indicator, entity or segment, place, period, unit.

Only a recognisable slip is a disagreement. Any other difference may be one of definition or scope and is shown as
`undetermined`, with the range that is published.
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from orchestration.audit.arithmetic import interval, overlap, wrong_digit
from orchestration.audit.model import Comparison, Document, Interval, Spot
from orchestration.audit.spots import NUMBER

Key = tuple[str, str, str, str, str, str]

_QUERY = """
    select indicator, coalesce(entity, ''), coalesce(segment, ''), coalesce(geography, ''), unit, statistic,
        period_label, source_id, line, printed, value, value_low, value_high
    from core.figures
    where indicator is not null and period_label is not null and unit is not null and value is not null
        and coalesce(entity, segment) is not null and preference <> 'deprecated'
    order by figure_id
"""


class AgainstError(RuntimeError):
    """The published file cannot be read: the message says what to do."""


class Published:
    """Published figures by key; each key holds (period, spot, source)."""

    def __init__(self, rows: list[tuple[object, ...]]) -> None:
        self._by_key: dict[Key, list[tuple[str, Spot, str]]] = defaultdict(list)
        for indicator, entity, segment, place, unit, statistic, period, source, line, printed, value, low, high in rows:
            spot = Spot(
                int(str(line or 0)), None, str(printed), float(str(value)), _bound(low), _bound(high, upper=True),
                str(unit), period=str(period),
            )  # fmt: skip
            key = (str(indicator), str(entity), str(segment), str(place), str(unit), str(statistic))
            self._by_key[key].append((str(period), spot, str(source)))

    def comparisons(self, document: Document) -> list[Comparison]:
        """One comparison for every figure of the document whose keys are published."""
        cells = [s for t in document.tables for row in t.cells for s in row if s]
        return [c for spot in [*document.spots, *cells] for c in self._meet(spot)]

    def _meet(self, spot: Spot) -> Iterator[Comparison]:
        if not (spot.indicator and (spot.entity or spot.segment) and spot.period and spot.scaled):
            return
        known = self._by_key.get(
            (spot.indicator, spot.entity, spot.segment, spot.geography, spot.unit, spot.statistic), []
        )
        same = [(s, source) for period, s, source in known if period == spot.period]
        if not same:
            return
        holds = [(s, source) for s, source in same if overlap(interval(spot), _range(s))]
        published, source = (holds or same)[0]
        code, said = ("", "") if holds else _slip(spot, published, [s for p, s, _ in known if p != spot.period])
        verdict = "agree" if holds else "disagree" if code else "undetermined"
        where = f"published: {published.printed} ({source}, line {published.line})"
        yield Comparison(
            "cross_source", "cluster", spot, [published], verdict, _range(published), code,
            f"{said}; {where}" if said else where, 0.6, "published", True,
        )  # fmt: skip


def _slip(spot: Spot, published: Spot, other_years: list[Spot]) -> tuple[str, str]:
    if spot.open or published.open or len(NUMBER.findall(spot.printed)) != 1:
        return "", ""
    bare = spot.digits.rstrip("0")
    if len(bare) >= 2 and bare == published.digits.rstrip("0") and published.value:
        ratio = spot.value / published.value
        for power in (1, 2, 3, 4, 6, 8):
            if any(abs(ratio / 10.0 ** (sign * power) - 1) < 1e-6 for sign in (1, -1)):
                return "scale", f"equal digits, and a factor of 10^{power}"
    if len(bare) >= 3 and any(overlap(interval(spot), _range(s)) for s in other_years):
        return "other_year", "it is the published value of another period"
    if len(spot.digits) >= 4 and wrong_digit(spot, _range(published)):
        return "digit", "one digit differs, or two neighbours are exchanged"
    return "", ""


def _range(spot: Spot) -> Interval:
    return spot.low, spot.high


def _bound(value: object, upper: bool = False) -> float:
    if value is None:
        return float("inf") if upper else float("-inf")
    return float(str(value))


def load_published(file: Path | None = None) -> Published:
    """Read the published file. Raises ``AgainstError`` when there is none or it cannot be read."""
    import duckdb

    from orchestration.settings import load_settings
    from orchestration.store.published import PublicationError, open_published

    path = file or load_settings().published_file
    if not path.exists():
        raise AgainstError(f"{path}: no published warehouse; build it with `make warehouse`, or leave --against out")
    try:
        with open_published(path) as connection:
            return Published(connection.execute(_QUERY).fetchall())
    except (duckdb.Error, PublicationError) as error:
        raise AgainstError(f"{path}: the published figures cannot be read ({error}); build again") from None
