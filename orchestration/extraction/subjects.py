"""Numbers whose unit is named by the subject before them."""

import re

from orchestration.extraction.lexicon import Lexicon
from orchestration.extraction.printed_number import PrintedNumber, bare_number
from orchestration.extraction.words import counted_subjects, words
from orchestration.figures import Unit

# 基本每股收益(元/股):-1.09 — the label ends with its unit in brackets
_LABELLED = re.compile(r"[（(](?:单位[:：])?(?P<unit>[^（()）\d]{1,10})[)）][ \t]?[:：为][ \t]?$")


def _unit_of_label(before: str, lexicon: Lexicon) -> Unit | None:
    label = _LABELLED.search(before)
    if label is None:
        return None
    printed = "".join(label["unit"].split()).replace("／", "/")
    money, _, share = printed.partition("/")
    unit = lexicon.units.get(money if share in ("股", "share") else printed)
    return unit if unit is not None and (not share or unit.symbol == money or "/" in unit.symbol) else None


def take_subjects(text: str, numbers: list[PrintedNumber], lexicon: Lexicon) -> None:
    """Numbers whose unit stands before them: 用户数达到3.5亿, companies rose to 4,500, PUE 1.25."""
    for index, number in enumerate(numbers):
        last = numbers[index - 1] if index else None
        if number.symbol is None and last is not None and _is_compared(text, number, last):
            number.symbol, number.sure = last.symbol, 0.7
        if number.symbol is not None or number.inherited:
            continue
        before = text[max(0, number.start - 70) : number.start]
        if words()["never_bare"].search(before) or words()["contact"].search(before):
            continue
        after = text[number.end : number.end + 1]
        if after.isascii() and after.isalpha():
            continue
        if _take_measure(before, number, lexicon):
            continue
        subject = words()["count_subject_zh"].search(before) or words()["count_subject_en"].search(before)
        if subject and (number.magnitude or bare_number(number.digits) >= 2):
            _take_count(subject["noun"], number, lexicon)
        elif _is_large_money(before, number.magnitude):
            number.symbol, number.sure = lexicon.units.get("元"), 0.5


def _is_compared(text: str, number: PrintedNumber, last: PrintedNumber) -> bool:
    """Whether a number with decimals is compared with the mark or the ratio before it, so that it is one too."""
    return (
        not number.magnitude
        and last.symbol is not None
        and last.symbol.dimension in ("score", "multiple", "ratio")
        and not last.reading
        and "." in number.digits
        and words()["compared_score"].fullmatch(text[last.end : number.start]) is not None
    )


# what a bare number is, by the words before it: the unit, and how sure; in this order, behind the unit of a label
_MEASURES = (("factor_subject", "倍", None), ("score_subject", "score", 0.8), ("multiple_subject", "multiple", None))


def _take_measure(before: str, number: PrintedNumber, lexicon: Lexicon) -> bool:
    """A ratio, a sample, the unit of a label, a factor, a mark, a multiple; whether the words before are of one."""
    bare = not number.magnitude
    if bare and words()["efficiency_subject"].search(before):
        if 1 <= bare_number(number.digits) < 4:
            number.symbol, number.sure = lexicon.units.get("ratio"), 0.9
        return True
    if bare and words()["sample_size"].search(before):
        number.symbol, number.counted = lexicon.units.get("count"), "respondent"
        return True
    labelled = _unit_of_label(before, lexicon)
    if labelled is not None:
        number.symbol, number.sure = labelled, 0.8
        number.counted = labelled.counted if labelled.dimension == "count" else ""
        return True
    for name, unit, sure in _MEASURES if bare else ():
        if words()[name].search(before):
            number.symbol, number.sure = lexicon.units.get(unit), sure or number.sure
            return True
    return False


def _take_count(noun: str, number: PrintedNumber, lexicon: Lexicon) -> None:
    """So many of what ``noun`` says; nothing for parameters or bytes, which say how large a model is."""
    word = noun.split()[-1]
    if word.lower() in ("models", "模型", "大模型") and number.magnitude in ("B", "T"):
        return
    number.symbol, number.sure = lexicon.units.get("count"), 0.8
    number.counted = (
        lexicon.nouns.get(noun)
        or lexicon.nouns.get(word)
        or lexicon.nouns.get(word.lower())
        or counted_subjects().get(noun)
        or counted_subjects().get(word.lower(), "item")
    )


def _is_large_money(before: str, magnitude: str) -> bool:
    is_large = magnitude[:1] in tuple("万亿千百十") and "亿" in magnitude
    return is_large and words()["money_subject"].search(before) is not None
