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
        if (
            number.symbol is None
            and not number.magnitude
            and last is not None
            and last.symbol is not None
            and last.symbol.dimension in ("score", "multiple", "ratio")
            and not last.reading
            and "." in number.digits
            and words()["compared_score"].fullmatch(text[last.end : number.start])
        ):
            number.symbol, number.sure = last.symbol, 0.7
        if number.symbol is not None or number.inherited:
            continue
        before = text[max(0, number.start - 70) : number.start]
        for qualifier in (number.qualifier,):
            if qualifier:
                before = re.sub(r"[^\d。；，,]{0,10}$", lambda m: m[0], before)
        if words()["never_bare"].search(before) or words()["contact"].search(before):
            continue
        after = text[number.end : number.end + 1]
        if after.isascii() and after.isalpha():
            continue
        bare = not number.magnitude
        if bare and (words()["efficiency_subject"].search(before)):
            if 1 <= bare_number(number.digits) < 4:
                number.symbol = lexicon.units.get("ratio")
                number.sure = 0.9
            continue
        if bare and words()["sample_size"].search(before):
            number.symbol, number.counted = lexicon.units.get("count"), "respondent"
            continue
        labelled = _unit_of_label(before, lexicon)
        if labelled is not None:
            number.symbol, number.sure = labelled, 0.8
            number.counted = labelled.counted if labelled.dimension == "count" else ""
            continue
        if bare and words()["factor_subject"].search(before):
            number.symbol = lexicon.units.get("倍")
            continue
        if bare and words()["score_subject"].search(before):
            number.symbol = lexicon.units.get("score")
            number.sure = 0.8
            continue
        if bare and words()["multiple_subject"].search(before):
            number.symbol = lexicon.units.get("multiple")
            continue
        subject = words()["count_subject_zh"].search(before) or words()["count_subject_en"].search(before)
        if subject and (not bare or bare_number(number.digits) >= 2):
            number.symbol = lexicon.units.get("count")
            noun = subject["noun"]
            word = noun.split()[-1]
            if word.lower() in ("models", "模型", "大模型") and number.magnitude in ("B", "T"):
                number.symbol = None
                continue  # parameters, or bytes: how large it is, not how many there are
            number.counted = (
                lexicon.nouns.get(noun)
                or lexicon.nouns.get(word)
                or lexicon.nouns.get(word.lower())
                or counted_subjects().get(noun)
                or counted_subjects().get(word.lower(), "item")
            )
            number.sure = 0.8
        elif (
            number.magnitude
            and number.magnitude[0] in "万亿千百十"
            and words()["money_subject"].search(before)
            and "亿" in number.magnitude
        ):
            number.symbol = lexicon.units.get("元")
            number.sure = 0.5
