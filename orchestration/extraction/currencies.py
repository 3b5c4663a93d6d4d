"""Whose money a sign is that several countries have: 元 in Traditional characters, cents, a bare $."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from orchestration.extraction.model import Block, Candidate, Grid
from orchestration.extraction.words import words
from orchestration.figures.numerals import simplified

_NAMED = re.compile("新[台臺][币幣]|台[币幣]|港[元币幣]|人民[币幣]|RMB")
_TAIWAN = re.compile("新?[台臺][币幣]")
_YUAN = re.compile("人民[币幣]|RMB|CNY", re.I)
_HONG_KONG = re.compile("港[元币幣]|HK\\$", re.I)
_COUNTED_IN = re.compile(
    "(?:以|按|用|折合)(?:美[元金]|日[元圓圆]|[歐欧]元|人民[幣币]|港[元幣币])"
)  # 若以美元計算,營收為268.8億元
_IN_YUAN = re.compile("(?:以|按|用)人民[幣币](?:計|计|列示|計價|计价)|人民[幣币](?:為|为)?$")
# the money of all amounts of a document
_STATED = re.compile(
    "(?:金[額额]|[數数]字|款[項项])(?:均|皆|全部)?(?:以|按)港[元幣币](?:為|为)?(?:列示|計|计|呈列|單位|单位|列值|表示)"
)
_BARE = re.compile("(?<![币幣台臺港美日欧歐新韩韓澳])元$")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_CENTS = ("cents", "cents per kWh", "cents per kilowatt-hour", "cents/kWh")
_DOLLARS = re.compile(r"(?<![A-Za-z])(?:US ?)?\$ ?\d")
_OTHER_CENTS = re.compile(
    r"[A-Z]\$ ?\d(?<!US\$\d)|[€]|\b(?:euros?|EUR|AUD|CAD|NZD|SGD|HKD|rand|ZAR|Australian|Canadian|Singapore)\b"
)
# dollars of other countries, and the bare sign as a gloss of them, which is the US dollar
_OTHER_DOLLAR = re.compile(r"(?<![A-Za-z])(?:CA?|AU?|NZ|SG?)\$ ?\d")
_GLOSSED = re.compile(
    r"(?<![A-Za-z])(?:CA?|AU?|NZ|SG?)\$[^()\n]{1,30}\((?:about |around |roughly |some )?\$ ?\d|US ?\$|\bUSD\b"
)
_SENTENCE = 40
# a bare sign in the unit that a table gives: million$, $m, dollars
_SIGN_OF_SCALE = re.compile(r"(?<![A-Z])\$|(?<!US )(?<!American )\bdollars$|(?:thousand|million|billion)dollars")
_FEW, _ENOUGH = 2, 40
_LEAST = 0.08  # of the characters have another form in Simplified ones: Traditional text has a quarter


@dataclass(frozen=True, slots=True)
class HeadMoney:
    """What the head of a document says of its currency: the names in it, and whether its characters are Traditional."""

    named: str = ""
    traditional: bool = False
    stated: bool = False  # it says that its amounts are in HKD
    dollars: bool = False  # its money is the US dollar, and no other that has cents
    other_dollar: bool = False  # it prints the dollar of another country, and never says that one is of the US
    yuan: bool = False  # it says that its amounts are in yuan unless it names another money
    simplified: bool = False  # they are Simplified, in which single Traditional ones are names (昇腾)


def named_currency(text: str) -> str:
    """The names of currencies in a text whose unit is written 元 as well."""
    return " ".join(sorted(set(_NAMED.findall(text))))


def text_of(block: Block | Grid, *, sentences: bool = False) -> str:
    """The text of a block, the cells of a table a line each, of ``sentences`` only those long enough to be one."""
    if isinstance(block, Block):
        return block.text
    least = _SENTENCE if sentences else 0
    return "\n".join(cell for row in (*block.header, *block.rows) for cell in row if len(cell) >= least)


def money_of_head(head: Sequence[Block | Grid]) -> HeadMoney:
    """From the blocks that the frame of a document is inferred from."""
    text = "\n".join(text_of(block) for block in head)
    han = _HAN.findall(text)
    changed = sum(a != b for a, b in zip(text, simplified(text), strict=False))
    traditional = bool(han) and changed >= _LEAST * len(han) and len(_KANA.findall(text)) < 0.05 * len(han)
    plain = len(han) >= _ENOUGH and changed < _LEAST * len(han) / 2
    dollars = _DOLLARS.search(text) is not None and _OTHER_CENTS.search(text) is None
    other = _OTHER_DOLLAR.search(text) is not None and _GLOSSED.search(text) is None
    return HeadMoney(
        named_currency(text),
        traditional,
        _STATED.search(text) is not None,
        dollars,
        other,
        words()["stated_yuan"].search(text) is not None,
        plain,
    )


_AMOUNTS = {
    "$": re.compile(r"(?<![A-Za-z])(?:US ?)?\$ ?\d"),
    "€": re.compile(r"€ ?\d|\d €"),
    "£": re.compile(r"£ ?\d"),
}


def only_money(head: Sequence[Block | Grid]) -> str:
    """The sign of the one currency whose amounts the head of a document prints; empty where it prints others, too."""
    text = "\n".join(text_of(block) for block in head)
    found = [sign for sign, pattern in _AMOUNTS.items() if pattern.search(text)]
    others = words()["other_money"].search(re.sub(r"\beuros?\b", "", text) if found == ["€"] else text)
    return found[0] if len(found) == 1 and others is None else ""


def settle_currency(candidate: Candidate, text: str, earlier: str, head: HeadMoney) -> None:
    """Give an amount the currency that the document's words give its sign, or withhold it.

    Cents are those of the US dollar where the document has no other money; a bare $ is withheld where it prints the
    dollar of another country and never says that one is of the US. A bare 元 is the Taiwan dollar in Traditional
    characters where the document names that one and neither the yuan nor the HKD; where it names none of them, nobody
    can say whose it is, and the amount is withheld.

    ``earlier`` holds the currencies that the document has named before (``named_currency``).
    """
    if candidate.symbol in _CENTS and not candidate.withheld and not head.dollars:
        candidate.withheld = "cents of a currency that the text does not name"
    of_sign = re.match(r"[-−(]?\$", candidate.printed) or _SIGN_OF_SCALE.search(candidate.scale)
    if head.other_dollar and candidate.unit.startswith("USD") and of_sign:
        candidate.withheld = candidate.withheld or "a bare $ where the text prints the dollar of another country"
    if candidate.unit != "CNY" or not (_BARE.search(candidate.printed) or _BARE.search(candidate.scale)):
        return
    changed = sum(a != b for a, b in zip(text, simplified(text), strict=False))
    if not head.traditional and changed < (_FEW if head.simplified else 1):
        return
    named = f"{text} {earlier} {head.named}"
    sentence = re.split("[。！？\n]", text[: candidate.start])[-1]
    yuan, dollar = _YUAN.search(named) is not None, _HONG_KONG.search(named) is not None
    clause = re.split("[，,；;。！？\n]", text[: candidate.start])[-1]
    if head.stated and not _TAIWAN.search(named):
        # 金額以港元列示: the document says whose its amounts are; a clause that counts in another money says so
        if _IN_YUAN.search(clause):
            return
        if not _COUNTED_IN.search(sentence):
            candidate.unit, candidate.symbol = "HKD", "港元"
            return
    if _TAIWAN.search(named):
        # beside another currency the gate withholds it
        if not yuan and not dollar and not _COUNTED_IN.search(sentence):
            candidate.unit, candidate.symbol = "TWD", "台幣"
    elif dollar or not yuan:
        why = (
            "元 in Traditional characters may be the HKD"
            if dollar
            else "元 in Traditional characters, of no named country"
        )
        candidate.withheld = candidate.withheld or why
