"""The units that a caption or the line above a table gives: one for all of it, and others for things that it names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from orchestration.extraction.heads import UNIT_LINE
from orchestration.extraction.lexicon import load_lexicon
from orchestration.extraction.scale import Scale, as_scale
from orchestration.extraction.scales import keyed_scales, noun_of, scale_in
from orchestration.extraction.words import words
from orchestration.figures import Units
from orchestration.figures.text import plain

_CLAUSE = re.compile(r"(?:(?!\band\b)[^（）()；;，,:：])+")
# vacancy in % of berths
_SAID_IN = re.compile(
    r"^\s*(?P<key>[A-Za-z][A-Za-z &'/-]{1,40}?)(?: (?:is|are|given|shown|stated|expressed))* in (?P<unit>\S.{0,59})$"
)
# what stands behind a unit may say more about the thing: US$ per month for boats of a certain length
_MORE = re.compile(r"\s(?:for|at|as of|by|on|during|across)\s.*$")


@dataclass(frozen=True, slots=True)
class CaptionUnits:
    """``whole`` is the unit of every cell that nothing nearer governs, ``named`` those of things by their name."""

    whole: Scale | None = None
    named: dict[str, Scale] = field(default_factory=dict)
    rates: bool = False  # it gives a unit of rates beside that of all cells, and says not to which

    def of(self, label: str) -> Scale | None:
        """The unit of a label that names one of the things; that of the longest name where it holds several."""
        keys = [key for key in self.named if _names(label, key)]
        return self.named[max(keys, key=len)] if keys else None


def caption_units(caption: str, lead: str, labels: str, units: Units) -> CaptionUnits:
    """The units that a caption and the line above a table give; ``labels`` are the words of its head and its rows.

    A unit of a named thing is none of the table, except where it is the only one and no label names the thing: then
    the whole table is of it.
    """
    named: dict[str, Scale] = {}
    whole: Scale | None = None
    for text in (caption, plain(lead)):
        here, found = _units_of(text, labels, units)
        named, whole = {**here, **named}, whole or found
    return CaptionUnits(whole, named, any(_BESIDE_RATES.search(text) for text in (caption, plain(lead))))


def _units_of(text: str, labels: str, units: Units) -> tuple[dict[str, Scale], Scale | None]:
    if _two_units(text, units):
        return {}, None
    keyed: dict[str, Scale] = {}
    spoken: dict[str, Scale] = {}
    rest = text
    for key, scale, start, end in sorted(keyed_scales(text, units), key=lambda part: -part[2]):
        keyed[key] = scale
        if not words()["unit_of_all"].search(key):
            rest = f"{rest[:start]} {rest[end:]}"
    for key, scale, clause in _spoken(rest, units):
        if not words()["unit_of_all"].search(key):
            spoken[key] = scale
            rest = rest.replace(clause, " ")
    left = scale_in(rest, units) or _default(rest, units) or _of_all(text, units)
    distinct = {scale.text for scale in (*keyed.values(), *spoken.values(), left) if scale is not None}
    if len(distinct) > 1:
        return {**spoken, **keyed}, left
    bracketed = {key: scale for key, scale in spoken.items() if f"({key} in " in text.lower()}
    if any(_names(labels, key) for key in (*keyed, *bracketed)):
        return {**bracketed, **keyed}, left
    return keyed, scale_in(text, units) or left


def _default(text: str, units: Units) -> Scale | None:
    """The unit of a clause that says what it is not about: % unless stated."""
    for clause in re.split(r"[;；()（）。]|\. ", text):
        if words()["states_default"].search(clause):
            scale = as_scale(clause.strip(), units)
            if scale is not None and not scale.counted:
                return scale
    return None


def _of_all(text: str, units: Units) -> Scale | None:
    """The unit that a clause gives to all amounts or figures: figures in £000."""
    found = (scale for key, scale, _ in _spoken(text, units) if words()["unit_of_all"].search(key))
    return next(found, None)


# (亿元；%), (US$ million; %)
_BESIDE_RATES = re.compile(r"[^\d\s(（]\s?[；;、，,/]\s?[^；;、，,/()（）\d]{0,12}[%％]\s*(?:[)）]|$)")

_TWO = re.compile(
    r"(?:(?:单位|單位|units?)[:：]|[（(])\s*(?P<first>[^，,、；;（()）:：]{1,16}?)\s*"
    r"(?:[，,、；;和]|/(?=[百千万亿])| and )"
    r"\s*(?P<second>[^，,、；;（()）。:：]{1,16})",
    re.I,
)


def _two_units(text: str, units: Units) -> bool:
    """Whether a text gives two units and says of neither what it is for; beside % or x the other is all's."""
    match = _TWO.search(text)
    if match is None or as_scale(text[match.start("first") : match.end("second")].strip(), units) is not None:
        return False  # none, or one unit over another: 元/百万tokens
    found = [as_scale(match[name].strip(), units) for name in ("first", "second")]
    texts = {scale.text for scale in found if scale is not None}
    rates = any(scale is not None and (scale.bare or _is_rate(scale, units)) for scale in found)
    return len(texts) == 2 and not rates


def _is_rate(scale: Scale, units: Units) -> bool:
    """Whether a unit is one of rates and multiples, which labels name by themselves."""
    unit = units.get(scale.text)
    return unit is not None and unit.dimension in ("percent", "ratio")


def _spoken(text: str, units: Units) -> Iterator[tuple[str, Scale, str]]:
    """The things whose unit is said in words: vacancy in % of berths, shore power in MW."""
    for clause in _CLAUSE.findall(text):
        said = _SAID_IN.match(clause)
        if said is not None:
            unit = said["unit"].strip()
            scale = as_scale(unit, units) or as_scale(_MORE.sub("", unit), units)
            if scale is not None and scale.text != "count":
                yield said["key"].strip().lower(), scale, clause


def _names(label: str, key: str) -> bool:
    """Whether a label holds a name, as whole words where it is written in letters."""
    if not key.isascii():
        return key in label.lower()
    return re.search(rf"(?<![a-z]){re.escape(key)}(?:e?s)?(?![a-z])", label.lower()) is not None


_MARK = re.compile(r"^(?:\d{1,2}\.\d{1,2}|100(?:\.0{1,2})?)$")


def unit_of_title(caption: str, said: Scale | None, body: list[list[str]], units: Units) -> Scale | None:
    """The unit that the kind of table has which a title names: people in thousands, marks of a test."""
    if said is not None and said.bare and words()["counts_title"].search(caption):
        return Scale(said.text + "count", noun_of(words()["counts_title"].search(caption)[0], load_lexicon(units)))  # type: ignore[index]
    marks = said is None and words()["score_title"].search(caption) is not None and _with_mean(body)
    return Scale("score") if marks else None


def _with_mean(body: list[list[str]]) -> bool:
    """Whether a table holds numbers to a hundred whose last column is the mean of the others: one unit for all."""
    rows = [row[1:] for row in body if any(row[1:])]
    if len(rows) < 2 or any(len(row) < 3 or not all(_MARK.match(cell) for cell in row) for row in rows):
        return False
    numbers = [[float(cell) for cell in row] for row in rows]
    return all(abs(sum(row[:-1]) / len(row[:-1]) - row[-1]) <= _ROUNDED for row in numbers)


_ROUNDED = 0.1


def unit_said_below(note: str, units: Units) -> Scale | None:
    """The unit of a note that states one: Unit: %."""
    text = plain(note)
    stated = UNIT_LINE.search(text)
    return scale_in(text[stated.start() :], units) if stated else None
