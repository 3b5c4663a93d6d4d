"""Ties that a sentence itself binds: operators with slots, from `data/operators.yml`."""

import re
from collections.abc import Iterator
from functools import lru_cache

from orchestration.audit.arithmetic import RATES, apart, exchanged, judge, slip
from orchestration.audit.model import Comparison, Interval, Spot, Text
from orchestration.audit.words import STOP, numbers, operators, words

_GAP = r"[^⟦⟧。；;!?！？]{0,60}?"
_YEAR = re.compile(r"(?<![\d.])(?:FY ?'?)?((?:19|20)\d\d)(?!\d)")
_SHORT = re.compile(r"FY ?'?(\d\d)(?!\d)")
_SPAN = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*(?:[-–—~至到]|to)\s*((?:19|20)?\d\d)(?!\d)")


@lru_cache(maxsize=64)
def _pattern(source: str) -> re.Pattern[str]:
    filled = re.sub(r"\{W:(\w+)\}", lambda m: f"(?:{words(m[1]).pattern})", source)
    for slot in "SAB":
        filled = filled.replace(f"{{{slot}}}", rf"⟦(?P<{slot}>\d+)⟧")
    joint = r"(?:[^⟦⟧。；;.]{0,40})"
    filled = filled.replace("{L}", rf"(?P<L>⟦\d+⟧(?:{joint}⟦\d+⟧)+)")
    return re.compile(filled.replace("{gap}", _GAP), re.I)


def bindings(text: Text) -> Iterator[tuple[str, str, Spot, list[Spot], str]]:
    """(operator, rule, stated, inputs, matched words) of every operator that fits the text."""
    if len(text.spots) < 2:
        return
    for sentence in re.split(r"(?<=[。；;!?！？])|(?<=[a-z⟧)]\.)\s", text.marked):
        if sentence.count("⟦") < 2:
            continue
        for operator in operators():
            for match in _pattern(operator["pattern"]).finditer(sentence):
                groups = match.groupdict()
                stated = text.spots[int(groups["S"])]
                if groups.get("L"):
                    inputs = [text.spots[int(n)] for n in re.findall(r"⟦(\d+)⟧", groups["L"])]
                else:
                    inputs = [text.spots[int(groups[slot])] for slot in "AB" if groups.get(slot)]
                if operator["rule"] == "cagr" and all(s.years for s in inputs):
                    inputs.sort(key=lambda s: s.years or (0, 0))  # "to B by 2032, from A in 2025"
                if fits(operator["rule"], stated, inputs):
                    yield operator["name"], operator["rule"], stated, inputs, sentence


def fits(rule: str, stated: Spot, inputs: list[Spot]) -> bool:
    """Whether the kinds of the figures are those that the rule needs."""
    if rule == "difference" and stated.unit == "pp":
        return all(s.unit in ("percent", "pp", "score", "") for s in inputs)
    rates = [s.unit in (*RATES, "times", "ratio", "multiple") for s in inputs]
    units = {(s.unit, s.counted if s.unit == "count" else "") for s in inputs if s.unit}
    if len({u for u, _ in units}) > 1 or len({c for _, c in units if c}) > 1:
        return False
    if rule == "sum":
        return stated.unit == inputs[0].unit and (stated.unit not in RATES or len(inputs) > 1) and bool(stated.unit)
    if rule == "order":
        kinds = {s.statistic for s in (stated, inputs[0]) if s.statistic}
        return bool(stated.unit) and stated.unit == inputs[0].unit and len(kinds) <= 1
    if rule == "difference":
        return stated.unit in ("", inputs[0].unit) and not {s.unit for s in inputs} & {*RATES}
    if rule in ("share", "growth", "cagr"):
        return stated.unit == "percent" and not any(rates)
    return not any(rates)


def span(first: Spot, last: Spot, words_around: str) -> list[int]:
    """Numbers of years that the text supports, the best bound first."""
    found = []
    if first.years and last.years and first.years[0] == first.years[1] and last.years[0] == last.years[1]:
        own = last.years[1] - first.years[0]
        if own > 0 and all(
            re.search(rf"{y}|FY ?'?{y % 100:02d}", words_around) for y in (first.years[0], last.years[0])
        ):
            return [own]  # the levels' own years, and the text says them
        found.append(own)
    years = sorted(
        {int(y) for y in _YEAR.findall(words_around)} | {2000 + int(y) for y in _SHORT.findall(words_around)}
    )
    found += [int(b) % 100 - int(a) % 100 for a, b in _SPAN.findall(words_around) if int(b) % 100 > int(a) % 100]
    if len(years) >= 2:
        found.append(years[-1] - years[0])
    if len(years) == 3:
        found += [years[1] - years[0], years[2] - years[1]]
    return [n for n in dict.fromkeys(found) if 1 <= n <= 40]


def years_told(stated: Spot, text: Text) -> int:
    """The one number of years that the sentence of a rate, else the one before it, says; 0 where none or two."""
    ends = [0, *(m.end() for m in STOP.finditer(text.text, 0, stated.start))]
    stop = STOP.search(text.text, stated.end)
    pieces = [text.text[ends[-1] : stop.start() if stop else len(text.text)]]
    pieces += [text.text[ends[-2] : ends[-1]]] if len(ends) > 1 else []
    for piece in pieces:
        said = {next(g for g in m.groups() if g).lower() for m in words("years_told").finditer(piece)}
        told = {int(n) if n.isdigit() else numbers().get(n, 0) for n in said} - {0}
        if told:
            return told.pop() if len(told) == 1 else 0
    return 0


def text_comparisons(text: Text) -> Iterator[Comparison]:
    """Every bound tie, judged. Without a recognisable slip one is told only where the form leaves no doubt."""
    for name, rule, stated, inputs, sentence in bindings(text):
        start = min(s.start for s in [stated, *inputs])
        around = text.text[max(0, start - 80) : max(s.end for s in [stated, *inputs]) + 60]
        del sentence
        spans = [float(n) for n in _spans(stated, inputs, around, text)] if rule == "cagr" else [1.0]
        said = signed(rule, stated, inputs[-1].value - inputs[0].value)
        results = [(n, *judge(rule, said, inputs, n)) for n in spans]
        if not results:
            continue
        n, verdict, exact = next((r for r in results if r[1] != "disagree"), results[0])
        code, why = "", ""
        if verdict in ("disagree", "strained"):
            certain = len(results) == 1 or years_said(inputs, around)
            if not certain or any(s.vague for s in (stated, *inputs)):
                continue  # two spans: neither is certain; a vague figure proves nothing
            n, verdict, exact = results[0]
            reason = slip(rule, said, inputs, n)
            if reason is None and rule in ("growth", "share") and exchanged(said, exact):
                reason = "digit", "its two digits are exchanged"
            if rule == "order":
                reason = "swapped", "the other one is larger"
            if reason is None and not (
                years_said(inputs, around) if rule == "cagr" else _certain(name, rule, stated, said, inputs, exact)
            ):
                continue
            code, why = reason or ("unexplained", "all of it stands in the sentence, and no known slip fits")
        if rule == "difference":
            rule = "sum"
        yield Comparison(rule, "text", stated, inputs, verdict, exact, code, why, 0.85, name, True, n)


def _spans(stated: Spot, inputs: list[Spot], around: str, text: Text) -> list[int]:
    """Years that a compound rate may be over: what the sentence says, else what the years around allow; nobody calls a
    rate over one year compound where more fit."""
    found = span(inputs[0], inputs[-1], around)
    told = years_told(stated, text)
    if told in found or (told and set(found) <= {1}):
        return [told]
    return [n for n in found if n > 1] or found


def lead_of(stated: Spot, text: Text) -> str:
    """The words right before a figure, back to the one before it."""
    before = max((s.end for s in text.spots if s.end <= stated.start), default=0)
    return text.text[before : stated.start][-20:]


def direction_of(stated: Spot, n: int, text: Text) -> int:
    """1 for a rise, -1 for a fall by the words beside a rate, 0 where they say neither or both."""
    start = text.spots[n - 1].end if n else 0
    beside = (
        text.text[start : stated.start][-25:]
        + " "
        + stated.printed
        + re.split(r"[，,。；;]", text.text[stated.end :][:14])[0]
    )
    rise, fall = bool(words("rise").search(beside)), bool(words("fall").search(beside))
    return int(rise) - int(fall)


def _certain(name: str, rule: str, stated: Spot, said: Spot, inputs: list[Spot], exact: Interval) -> bool:
    """Whether the form of the sentence leaves no doubt: a rate with its own sign, and two levels of a known unit; or
    what the operator calls certain."""
    if any(o["name"] == name and o.get("certain") for o in operators()):
        return apart(said, exact) and exact[0] > 0
    if rule not in ("growth", "share") or not words("rate_sign").search(stated.printed) or not apart(said, exact):
        return False
    return all(s.scaled and s.unit for s in inputs) and (rule == "growth" or inputs[0].value < inputs[1].value)


def years_said(inputs: list[Spot], around: str) -> bool:
    """Whether the words around name the years that the levels have."""
    years = [s.years for s in inputs]
    return all(y is not None and y[0] == y[1] and str(y[0]) in around for y in years) and years[0] != years[-1]


def prose(stated: Spot, text: Text) -> bool:
    """Whether the words around are a sentence, not a row of numbers: two letters for five digits."""
    around = text.text[max(0, stated.start - 60) : stated.end + 60]
    return sum(c.isalpha() for c in around) >= 0.4 * sum(c.isdigit() for c in around)


def turned(stated: Spot) -> Spot:
    """The same print as a fall."""
    fall = Spot(stated.line, stated.page, stated.printed, -stated.value, -stated.high, -stated.low, stated.unit)
    fall.open = stated.open
    return fall


def signed(rule: str, stated: Spot, change: float) -> Spot:
    """A fall is printed without its sign: the stated rate takes the sign of the change."""
    return turned(stated) if rule in ("growth", "cagr") and stated.value > 0 > change else stated
