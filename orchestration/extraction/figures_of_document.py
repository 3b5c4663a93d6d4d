"""From a candidate and its context to the figure that is handed over."""

import re
from dataclasses import replace
from datetime import date

from orchestration.extraction.confidence import probability
from orchestration.extraction.fiscal import fiscal_label, is_year_pair, year_end_of_quarter, year_of_pair
from orchestration.extraction.gazetteer import Gazetteer
from orchestration.extraction.model import Candidate, ExtractedFigure, Field
from orchestration.extraction.scene import Facts, Surroundings
from orchestration.figures import fiscal_days, is_fiscal

_OF_ISSUERS = ("filing", "release")
_YEAR = re.compile(r"(?:19|20)\d\d")


class FigureMaker:
    """Figures of one document: gives them their keys and the days of their periods."""

    def __init__(self, file: str, gazetteer: Gazetteer, around: Surroundings) -> None:
        self._file = file
        self._gazetteer = gazetteer
        self._around = around
        self._keys: dict[int, int] = {}
        self._year_end = ""  # of the issuer, as the first three months of a document about a fiscal quarter tell it

    def _in_calendar(self, facts: Facts, table: bool) -> tuple[Field, date | None, date | None]:
        """The period of a figure in the issuer's fiscal calendar, where that is known, with its days."""
        frame, period = self._around.frame, facts.period
        if frame.by_first_year:
            # other names than ours for the same years: neither the days nor the names of spans can be reckoned
            return period, *((None, None) if is_fiscal(period.value) else (facts.first, facts.last))
        year_end = frame.fiscal_year_end.value or self._gazetteer.fiscal_year_end(
            facts.entity.value, frame.issuer.value
        )
        if not year_end and is_fiscal(frame.period.value):
            # the document is about a fiscal quarter, and these are its three months
            self._year_end = self._year_end or year_end_of_quarter(period.value, frame.period.value)
            year_end = self._year_end
        of_issuer = frame.fiscal_year_end.value and is_fiscal(frame.period.value)
        if table and of_issuer and frame.kind.value in _OF_ISSUERS and _YEAR.fullmatch(period.value):
            # the columns 2026 and 2025 of a report on a fiscal year are fiscal years
            period = replace(period, value=f"FY{period.value}")
        elif frame.fiscal_year_end.value and is_year_pair(period.value):
            # by the document's own words alone: of an issuer that is merely known, two years may be of the calendar
            period = replace(period, value=year_of_pair(period.value, year_end))
        elif is_fiscal(frame.period.value) or is_fiscal(period.value):
            period = replace(period, value=fiscal_label(period.value, year_end))
        if not is_fiscal(period.value):
            return period, facts.first, facts.last
        # the days hang on the issuer's calendar; where nobody knows it, the label says what is known
        return period, *fiscal_days(period.value, year_end)

    def figure(
        self, candidate: Candidate, facts: Facts, line: int, page: int | None, text: str, table: bool = False
    ) -> ExtractedFigure:
        """A figure of a line with its key; ``text`` is what it was read from."""
        self._keys[line] = self._keys.get(line, 0) + (0 if candidate.range_end == "high" else 1)
        fields = {
            "indicator": facts.indicator, "entity": facts.entity, "geography": facts.geography, "period": facts.period,
            "status": facts.status, "statistic": facts.statistic,
        }  # fmt: skip
        place = f"{page}-" if page is not None else ""
        facts.period, first, last = self._in_calendar(facts, table)
        figure = ExtractedFigure(
            file=self._file,
            line=line,
            page=page,
            printed=candidate.printed,
            value=candidate.number,
            value_low=candidate.low,
            value_high=candidate.high,
            unit=candidate.unit,
            counted=candidate.counted,
            indicator=facts.indicator.value,
            entity=facts.entity.value,
            geography=facts.geography.value,
            period=facts.period.value,
            period_start=first,
            period_end=last,
            status=facts.status.value,
            statistic=facts.statistic.value,
            qualifier=candidate.qualifier,
            confidence=0.0,
            direction=_direction(candidate.number, facts.statistic.value),
            segment=facts.segment.value,
            exhibit=self._around.exhibit if self._around.title_text else "",
            reading=candidate.reading,
            scale=candidate.scale,
            symbol=candidate.symbol,
            range_end=candidate.range_end,
            withheld=candidate.withheld,
            text=text[:400],
            key=f"x{place}{line}-{self._keys[line]}",
            confidences={name: round(f.confidence, 3) for name, f in fields.items()},
            evidence={name: f.evidence for name, f in fields.items() if f.evidence},
        )
        dimension = self._gazetteer.unit_dimensions.get(figure.unit, "")
        figure.confidence = round(probability(figure, candidate.sure, table, dimension), 3)
        return figure


def _direction(number: float, statistic: str) -> str:
    if statistic not in ("yoy", "cagr", "change") or not number:
        return ""
    return "down" if number < 0 else "up"
