"""What a plan gives to all its years: of the span in its title."""

from orchestration.extraction.context_rules import context_rules
from orchestration.extraction.dates import find_periods
from orchestration.extraction.mention_spans import is_span
from orchestration.extraction.model import Candidate, Mention
from orchestration.extraction.relative_periods import Now
from orchestration.extraction.scene import Scene
from orchestration.extraction.words import count_of
from orchestration.figures.numerals import simplified

_GROWTH = ("cagr", "yoy", "change", "ratio")


def span_of_plan(scene: Scene, candidate: Candidate, statistic: str) -> Mention | None:
    """The years of a plan, for an amount said to run over just as many (五年投入60亿元), or over all of it.

    None where the sentence names a period of its own before the figure, and for growth.
    """
    frame = scene.around.frame
    if frame.kind.value != "plan" or statistic in _GROWTH:
        return None
    if any(m.label and m.end <= candidate.start for m in scene.mentions):
        return None
    said = list(context_rules()["whole_plan"].pattern.finditer(scene.text, scene.start, candidate.start))
    if not said:
        return None
    title = find_periods(simplified(frame.name), Now(None, republic=frame.republic))
    spans = [m for m in title if is_span(m) and m.first is not None and m.last is not None]
    if not spans or spans[0].first is None or spans[0].last is None:
        return None
    years = spans[0].last.year - spans[0].first.year + 1
    number = next((group for group in said[-1].groups() if group), "")
    return spans[0] if not number or count_of(number) == years else None
