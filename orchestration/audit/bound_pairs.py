"""Ties over the pairs that the binder proposes: what fits is a tie, what does not is told where one pair is all but
certain and no other fits."""

from collections.abc import Iterator

from orchestration.audit.arithmetic import MULTIPLES, apart, chance, exchanged, expected, interval, judge, overlap, slip
from orchestration.audit.binder import Binder, Candidate, marked, rule_of
from orchestration.audit.bound_multiples import risen
from orchestration.audit.model import Comparison, Document, Interval, Spot, Text, significant
from orchestration.audit.text_operators import lead_of, prose, signed
from orchestration.audit.words import words

LIKELY = 0.5  # a pair is meant: a rate that does not follow from it is told
POSSIBLE = 0.02  # a pair that fits silences the alarm
BEYOND = 2.0  # how much likelier than chance a pair that fits must be
TRIED = 40  # the likeliest pairs that a slip is looked for over
FAINT = 0.003  # a pair that an exact slip may rest on
OUTRANKED = 5.0  # a pair that a known slip explains goes before one that fits and is so much less likely
POINTS = 0.05  # the same for a difference of two percentages that is told as a rise in per cent
SLIP = 4.0  # how much likelier than chance the pair must be that a known slip makes hold
TURNED = 0.25  # the same, where its two digits exchanged make it hold
REACH = 4  # figures on either side among which another rate may be over a pair
EXCHANGES = 3  # prints of three digits with two neighbours exchanged
POWERS = 6  # of ten that are tried
MEANT = 0.6  # how likely the pair must be that is told without a known slip: below it two of nine were right
FAR = 1.25  # times; a third is said of 27 to 42 %
NARROW = (
    "periods",
    "total_growth",
    "simple_average",
    "increase_by_vs_to",
    "share_of_rest",
    "complement",
    "inverse",
    "scale",
)


def bound_pair_comparisons(document: Document) -> Iterator[Comparison]:
    """Every rate and multiple of the text over the levels around it."""
    binder = Binder(document)
    for text in document.texts:
        for n, stated in enumerate(text.spots):
            rule = rule_of(stated, n, text)
            beside = [s for s in text.spots[max(0, n - REACH) : n + REACH + 1] if s.unit in ("percent", *MULTIPLES)]
            if not stated.value or not stated.scaled or not prose(stated, text):
                continue
            if rule:
                found = _judged(stated, binder.candidates(stated, n, text, rule), beside, cued(stated, n, text, rule))
                margin = words("ratio_said").search(lead_of(stated, text))
                # a margin is a share of levels that its words seldom name: what holds is a tie, what does not no slip
                yield from (c for c in found if c.verdict == "agree" or not margin)
            elif stated.unit in MULTIPLES and words("grew_by").search(lead_of(stated, text)):
                yield from _judged(stated, binder.candidates(stated, n, text, "ratio"), beside, True, 1.0)
            shifted = _shifted(stated, n, text)
            if (rule == "growth" or shifted) and sum(s.unit == "percent" for s in text.spots) > 2:
                pairs = binder.candidates(stated, n, text, "difference")
                yield from _points_as_percent(stated, pairs, rule == "growth", shifted)


def _shifted(stated: Spot, n: int, text: Text) -> bool:
    """Whether the words right at a percentage say that it is by how much something moved or lies apart."""
    behind = text.text[stated.end : text.spots[n + 1].start if n + 1 < len(text.spots) else stated.end + 14][:14]
    said = marked(stated, lead_of(stated, text), behind)
    return stated.unit == "percent" and any(words(name).search(said) for name in ("growth_said", "shift_said"))


def cued(stated: Spot, n: int, text: Text, rule: str) -> bool:
    """Whether the words right at the rate say what kind of statement it is."""
    behind = text.text[stated.end : text.spots[n + 1].start if n + 1 < len(text.spots) else stated.end + 14][:14]
    return rule in ("share", "growth") and bool(
        words(f"{rule}_said").search(marked(stated, lead_of(stated, text), behind))
    )


def _is_of_another(stated: Spot, pair: Candidate, beside: list[Spot]) -> bool:
    """Whether another rate of the text is what the pair gives by the same rule: no two rates are over one pair."""
    rates = [s for s in beside if s is not stated and (s.unit == "percent") == (pair.rule != "ratio")]
    return any(
        judge(pair.rule, signed(pair.rule, s, pair.rise), pair.inputs, pair.periods)[0] == "agree" for s in rates
    )


def _judged(
    stated: Spot, candidates: list[Candidate], beside: list[Spot], sure_rule: bool, more: float = 0.0
) -> Iterator[Comparison]:
    """``sure_rule`` says that the rule is not in doubt, ``more`` what the multiple is less than that of the levels:
    grown by three times is four times."""
    if not candidates:
        return
    printed, stated = stated, risen(stated, more)
    both_ways = {(id(c.inputs[0]), id(c.inputs[1])) for c in candidates}
    alarm, sure = None, 0.0
    for c in candidates[:TRIED]:
        found = _broken(stated, c, sure_rule, more)
        # the change over the later value is the change the other way round: told where the order is known
        turned = (id(c.inputs[1]), id(c.inputs[0])) in both_ways
        if not found or (found.code == "inverse" and turned):
            continue
        if found.code == "unexplained" and _is_of_another(stated, c, beside):
            continue
        if alarm is None or (alarm.code == "unexplained" and found.code in NARROW):
            alarm, sure = found, c.chance
        if alarm.code != "unexplained":
            break
    for c in candidates:
        if c.chance < 0.002:
            break
        verdict, exact = judge(c.rule, signed(c.rule, stated, c.rise), c.inputs, c.periods)
        if verdict != "agree":
            continue
        if alarm and alarm.code in NARROW and c.chance * OUTRANKED < sure:
            break
        if c.chance >= POSSIBLE:
            alarm = None
        if c.chance > BEYOND * chance(stated, exact) or c.chance >= LIKELY:
            yield Comparison(
                c.rule, _origin(c.inputs), printed, c.inputs, "agree", exact,
                confidence=round(0.6 + 0.35 * c.chance, 3), operator="likely_pair", bound=c.chance > 0.5,
                periods=c.periods,
            )  # fmt: skip
            return
    if alarm:
        alarm.stated = printed
        yield alarm


_OPEN = ("over", "at_least", "under", "at_most")


def _broken(stated: Spot, best: Candidate, sure_rule: bool = False, more: float = 0.0) -> Comparison | None:
    """The alarm that a pair gives, if its arithmetic does not hold however its qualifiers are read."""
    if best.chance < FAINT or any(spot.open in _OPEN for spot in best.inputs):
        return None  # from 250 upwards: it says where a group begins
    said = signed(best.rule, stated, best.rise)
    verdict, exact = judge(best.rule, said, best.inputs, best.periods)
    if verdict != "disagree" or not apart(said, exact):
        return None
    if not sure_rule and _by_another_rule(stated, best):
        return None
    found = slip(best.rule, said, best.inputs, best.periods) or (
        _slip_of_its_kind(said, best, exact, more) if sure_rule else None
    )
    if found and found[0] == "increase_by_vs_to" and best.rule == "growth" and best.rise < 0 and abs(said.value) < 100:
        found = None  # "fell by" for "fell to" is rare, a chance pair is not
    if found and not sure_rule and not any(c.isdigit() for c in stated.printed):
        return None  # a fraction in words fits one of a few slips by chance
    told = not any(s.open or s.grid >= 0 for s in best.inputs)
    if found is None and best.chance >= TURNED and exchanged(said, exact) and told:
        found = "digit", "its two digits are exchanged"
    if best.chance < LIKELY and (
        found is None
        or not (_narrow(found[0], stated, exact) or exchanged(said, exact))
        or best.chance < SLIP * _luck(found[0], stated, best, exact)
    ):
        return None
    spoken = len(stated.digits) < 2 or "/" in stated.printed
    if found is None and ((spoken and not _far(stated, exact)) or not _meant(best)):
        return None  # one digit or a fraction is a way of speaking, as long as it is about right
    if found is None and best.chance < MEANT:
        return None
    code, why = found or ("unexplained", "the sentence is built over these two, and no other pair around fits")
    return Comparison(
        best.rule, _origin(best.inputs), stated, best.inputs, "disagree", exact, code, why,
        round(0.4 + 0.5 * best.chance, 3),
        "likely_pair", True, best.periods,
    )  # fmt: skip


def _slip_of_its_kind(said: Spot, pair: Candidate, exact: Interval, more: float) -> tuple[str, str] | None:
    """What the levels give by another kind of statement, where the words leave no doubt of which kind this one is."""
    low, high = interval(said)
    if more and overlap((low - more, high - more), exact):
        return "increase_by_vs_to", "it grew to that multiple, not by it"
    if pair.rule == "share" and overlap((low, high), (100 - exact[1], 100 - exact[0])):
        return "complement", "it is the share of the rest"
    if pair.rule == "growth" and 0 < pair.rise < pair.inputs[0].value:
        former = expected("share", [interval(s) for s in pair.inputs])
        if overlap((low, high), former):
            return "inverse", "it is the former value over the later, not the rise"
    return None


def _far(stated: Spot, exact: Interval) -> bool:
    """Whether what follows is farther from what is said than anybody rounds: a third for 44 %."""
    return stated.value > 0 and not (stated.value / FAR < exact[1] and exact[0] < stated.value * FAR)


def _by_another_rule(stated: Spot, pair: Candidate) -> bool:
    """Whether the pair gives what is printed as growth, as a share or as the change over the later value: then the kind
    of statement was misread."""
    if pair.rule not in ("share", "growth") or stated.unit != "percent":
        return False
    small, large = sorted(pair.inputs, key=lambda s: s.value)
    others = (
        [("share", [small, large])]
        if pair.rule == "growth"
        else [("growth", [small, large]), ("growth", [large, small])]
    )
    low, high = interval(stated)
    given = [expected(rule, [interval(s) for s in inputs]) for rule, inputs in others]
    return any(overlap((low, high), ends) or overlap((-high, -low), ends) for ends in given)


def _narrow(code: str, stated: Spot, exact: Interval) -> bool:
    """Whether few prints are that slip: two neighbours exchanged are, any other digit is not."""
    if code != "digit":
        return code in NARROW
    middle = abs(exact[0] + exact[1]) / 2
    digits = significant(stated.printed)
    printed = f"{middle:.{len(stated.printed.partition('.')[2].rstrip('%％ '))}f}"
    return len(digits) > 2 and sorted(significant(printed)) == sorted(digits)


def _luck(code: str, stated: Spot, pair: Candidate, exact: Interval) -> float:
    """How often a random pair would give what is printed by that slip: by the width of what the slip gives."""
    if code == "digit":
        return EXCHANGES * chance(stated, exact)
    if code == "scale":
        return POWERS * chance(stated, exact)
    if code == "total_growth":
        return chance(stated, expected("growth", [interval(s) for s in pair.inputs]))
    if code == "increase_by_vs_to" and pair.rule == "growth":
        return chance(stated, (exact[0] + 100, exact[1] + 100))
    return chance(stated, exact)


def _meant(pair: Candidate) -> bool:
    """Whether the words bind the pair, not nearness alone: the base has no rate of its own, and growth has a former
    level (by its words, by its year, in the row of a table)."""
    said = pair.features
    if said.get("base own rate"):
        return False
    former = ("base former", "from to", "one year on", "more years on", "one row", "subject former")
    return pair.rule != "growth" or any(said.get(name) for name in former)


def _points_as_percent(stated: Spot, candidates: list[Candidate], grew: bool, shifted: bool) -> Iterator[Comparison]:
    """A rise in per cent that is the difference of two percentages: those are points. ``grew`` says that it is read as
    growth, ``shifted`` that the words right at it say how far something moved."""
    for c in candidates[:1]:
        high, low = c.inputs
        exact = expected("growth", [interval(low), interval(high)])
        verdict = judge("difference", stated, c.inputs)[0]
        vague = stated.open or high.open or low.open  # about 2 to about 10 leaves room for any difference
        beside = {high.sentence, low.sentence} == {stated.sentence}
        least = FAINT if beside else POINTS
        if not grew or {high.statistic, low.statistic} & {"yoy", "cagr"}:
            least = LIKELY if shifted else 1.0  # two rates of growth are mostly of two things
        if c.chance < least or vague or verdict != "agree" or overlap(interval(stated), exact):
            continue
        yield Comparison(
            "growth", _origin(c.inputs), stated, [low, high], "disagree", exact,
            "unit_basis", "it is the difference of two percentages, in points", round(0.4 + 0.5 * c.chance, 3),
            "points_as_percent", True,
        )  # fmt: skip
        return


def _origin(inputs: list[Spot]) -> str:
    return "text" if max(s.grid for s in inputs) < 0 else "table"
