"""What a model of the user's choice proposes for a document, as far as it passes the gate; off by default.

An OpenAI-compatible address (``AI_FIGURES_MODEL_URL``) may propose values for blank fields, and numbers that were left
out. Whatever it answers is somebody's claim: words must stand at their place, the parsers of `orchestration.figures`
read them, the vocabulary knows the codes. Nothing that was read is changed, and proposed numbers come out withheld.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from orchestration.extraction.dates import find_periods
from orchestration.extraction.frame import Told, told_beside
from orchestration.extraction.gazetteer import load_gazetteer
from orchestration.extraction.indicator import fits_dimension, is_placeless
from orchestration.extraction.isolation import DocumentReader
from orchestration.extraction.model import ExtractedFigure
from orchestration.extraction.model_address import address_of, proposals, rules
from orchestration.extraction.proposed_numbers import Place, SentText, proposed_numbers
from orchestration.figures import PeriodError, fiscal_days, is_fiscal, load_units, parse_period
from orchestration.figures.numerals import simplified
from orchestration.loading.fields import STATISTICS, STATUSES
from orchestration.loading.reference import read_reference_rows
from orchestration.settings import load_model


def read_figures(
    reader: DocumentReader,
    path: Path,
    reference_dir: Path | None = None,
    progress: Callable[[int], None] | None = None,
    told: Told | None = None,
    show: Callable[[str], None] | None = None,
) -> Iterator[ExtractedFigure]:
    """What ``reader.figures`` gives; with an address in the settings also what its model proposes, numbers last.

    Raises ``ExtractionError`` for a document that cannot be read, ``SettingsError`` for settings that cannot be used.
    """
    model = load_model()
    if model is None:
        yield from reader.figures(path, reference_dir, progress, told, show)
        return
    text = SentText()
    figures = list(reader.figures(path, reference_dir, progress, told, show, text.take))
    if reference_dir is None:
        from orchestration.extraction.pipeline import default_reference_dir

        reference_dir = default_reference_dir()
    gate = _Gate(text, figures, reference_dir, (told or Told()).over(told_beside(path)))
    answers = address_of(model).answers(gate.requests())
    gate.judge(answers)
    yield from gate.figures
    yield from proposed_numbers(answers, text, gate.figures, load_units(reference_dir))


# --- the document -----------------------------------------------------------------------------------------------------


class _Gate:
    """Everything proposed for one document passes here, or is nothing."""

    def __init__(self, text: SentText, figures: list[ExtractedFigure], reference_dir: Path, told: Told) -> None:
        self.figures = figures
        self._text = text
        self._gazetteer = load_gazetteer(reference_dir)
        told_fields = {"period": told.period, "geography": told.place}
        self._year_end = told.fiscal_year_end
        self._open = [name for name in rules()["fields"] if not told_fields.get(name)]
        self._codes: dict[str, tuple[str, ...]] = {
            "indicator": tuple(self._gazetteer.dimensions),
            "entity": tuple(self._gazetteer.entity_kinds),
            "geography": tuple(row["geography"] for row in read_reference_rows(reference_dir, "geographies")),
            "status": STATUSES,
            "statistic": STATISTICS,
        }

    def requests(self) -> Iterator[dict[str, Any]]:
        """The document in pieces, each with the figures that stand in it."""
        pieces: list[list[tuple[Place, str]]] = [[]]
        room = most = rules()["limits"]["characters"]
        for place, text in self._text.texts():
            if len(text) > room:
                pieces.append([])
                room = most
            room -= len(text)
            pieces[-1].append((place, text))
        for piece in filter(None, pieces[: rules()["limits"]["requests"]]):
            places = {place for place, _ in piece}
            yield {
                "lines": [{"page": page, "line": line, "text": text} for (page, line), text in piece],
                "figures": [
                    {"key": f.key, "page": f.page, "line": f.line, "printed": f.printed, "blank": self._blank(f)}
                    for f in self.figures
                    if not f.withheld and (f.page, f.line) in places
                ],
                "codes": self._codes,
            }

    def _blank(self, figure: ExtractedFigure) -> list[str]:
        return [name for name in self._open if not getattr(figure, name)]

    def judge(self, answers: list[dict[str, Any]]) -> None:
        """Take over what passes; values that contradict each other are none, repeats count once."""
        offered: dict[tuple[str, str], dict[str, str]] = {}
        figures: dict[Any, list[ExtractedFigure]] = {}
        for figure in self.figures:
            figures.setdefault(figure.key, []).append(figure)
        for answer in answers:
            for proposal in proposals(answer, "fields"):
                for figure in figures.get(proposal.get("key"), []):
                    if value := self._value(figure, proposal):
                        offered.setdefault((figure.key, proposal["field"]), {})[value] = proposal["words"]
        # in the order of the rules: what an indicator is decides whether it has a place
        for (key, name), values in sorted(offered.items(), key=lambda item: rules()["fields"].index(item[0][1])):
            for figure in figures[key] if len(values) == 1 else ():
                self._fill(figure, name, *next(iter(values.items())))

    def _value(self, figure: ExtractedFigure, proposal: dict[str, Any]) -> str:
        """The value of a proposal for a blank field; empty when it does not pass."""
        name, value, words = (proposal.get(n) for n in ("field", "value", "words"))
        stands = self._text.says(proposal.get("page"), proposal.get("line"), words)
        if not stands or figure.withheld or name not in self._blank(figure) or not isinstance(value, str):
            return ""
        assert isinstance(words, str)
        if name == "period":
            return _period(value, words, self._text.at(proposal.get("page"), proposal.get("line")))
        if value not in self._codes[name]:
            return ""
        read = {hit.value for hit in self._gazetteer.find(words) if hit.kind == name}
        if read and value not in read:
            return ""  # the vocabulary knows these words, as something else
        if name == "indicator":
            fits = fits_dimension(self._gazetteer, self._gazetteer.dimensions[value], figure, figure.statistic)
            return value if fits else ""
        return value

    def _fill(self, figure: ExtractedFigure, name: str, value: str, words: str) -> None:
        if name == "geography" and is_placeless(self._gazetteer, figure.indicator):
            return
        setattr(figure, name, value)
        figure.confidences[name] = rules()["confidence"]
        figure.evidence[name] = words
        figure.proposed = "|".join(filter(None, (figure.proposed, name)))
        if name == "period":
            period = parse_period(value)
            figure.period_start, figure.period_end = period.start, period.end
            if is_fiscal(value):
                # whose calendar it is, only a person can tell here
                year_end = "" if self._year_end == "none" else self._year_end
                figure.period_start, figure.period_end = fiscal_days(value, year_end)


def _period(value: str, words: str, lines: list[str]) -> str:
    """The label of a period, when these words of a line say just this one."""
    try:
        label = parse_period(value).label
    except PeriodError:
        return ""
    for line in map(simplified, lines):
        mentions = find_periods(line)
        for place in re.finditer(re.escape(simplified(words)), line):
            if {m.label for m in mentions if m.start < place.end() and place.start() < m.end} == {label}:
                return label
    return ""


__all__ = ["read_figures"]
