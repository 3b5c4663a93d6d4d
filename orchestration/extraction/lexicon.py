"""Words of units, magnitudes and counted things, as expressions. Built once per unit reference."""

# expressions stay on one line
# ruff: noqa: E501

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

from orchestration.extraction.masks import mask_expression
from orchestration.figures import Unit, Units

MAGNITUDE = (
    r"(?:兆(?=[元円圓美日港歐欧韓韩新ぁ-んァ-ヶ]| ?(?:원|달러))|万亿|千亿|百亿|十亿|亿|千万|百万|十万|万(?!物|能|一|科|兴|向|达)|千(?![瓦米克伏字卡])|百(?!分|度|货|姓|川)"
    r"|(?:Mio|Mrd)(?:\.|(?![A-Za-z]))|(?:millions|milliards?) d(?:['’]|e )(?=[A-Za-z])"
    r"|(?:Millionen|Milliarden)(?![a-z])|(?:mil millones|millones|mil milhões|milhões|milioni|miliardi) d[ei] (?=[A-Za-z€])"
    r"|(?:lakh crore|lakhs?|crores?|[Cc]r|trillions?|billions?|millions?|thousand|hundred|trn|tn|bn|mln|mn|Trillion|Billion|Million|Thousand|Bn|Mn|Tn|MM)(?![A-Za-z])"
    r"|(?<=\d)[BMKTk](?![A-Za-z0-9/])(?!\+\+)|(?<=\d) [BMT](?![A-Za-z0-9/.&\-'’])(?= |$|[，。,)])|(?<=\d)[bm](?![A-Za-z0-9²³/]))"
)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Expressions over the unit reference.

    ``unit`` matches a unit symbol after a number; ``symbol_of`` maps what was matched (white space removed) to it.
    ``noun`` matches a counted thing in English after at most three adjectives; ``zh_noun`` in Chinese, anywhere.
    """

    units: Units
    unit: re.Pattern[str]
    symbols: dict[str, Unit]
    noun: re.Pattern[str]
    nouns: dict[str, str]
    zh_noun: re.Pattern[str]
    # what has digits and is no figure
    mask: re.Pattern[str]
    # a currency that ends right before a number, and one that begins there
    currency_before: re.Pattern[str]
    currency_at: re.Pattern[str]


def _flexible(unit: Unit) -> str:
    """The symbol with optional white space where the PDF may have put some, and word boundaries where it is Latin."""
    symbol = unit.symbol
    body = r"[ \t]{0,2}".join(re.escape(part) for part in symbol.split())
    if symbol[-1].isascii() and symbol[-1].isalpha():
        body += r"(?![A-Za-z])"
    if symbol[-1].isdigit() or unicodedata.category(symbol[-1]) == "Sc":
        body += r"(?!\d)"  # a sign of a currency right before a digit is that number's
    return body + unit.not_before


@lru_cache(maxsize=4)
def load_lexicon(units: Units) -> Lexicon:
    """Build the expressions for a unit reference."""
    symbols: dict[str, Unit] = {}
    parts: list[tuple[str, str]] = []
    for printed in units.symbols():
        unit = replace(printed, symbol=unicodedata.normalize("NFKC", printed.symbol))
        symbols["".join(unit.symbol.split())] = unit
        for plain, other in (("m2", "m²"), ("°C", "℃")):
            if unit.symbol.endswith(plain):
                variant = unit.symbol.replace(plain, other)
                symbols[variant] = unit
                parts.append((variant, re.escape(variant)))
        if unit.in_text == "close":  # only directly after a number or a magnitude
            # a letter of time also behind a space, where decimals say that the number measures: 1.8 s
            near = (
                r"(?:(?<=[\d万亿千百])|(?<=\.\d )|(?<=\.\d\d ))" if unit.dimension == "time" else r"(?<=[\d万亿千百])"
            )
            parts.append((unit.symbol, rf"{near}{re.escape(unit.symbol)}{unit.not_before}"))
        elif unit.in_text != "no" and unit.dimension != "rank" and not _english_count(unit):
            parts.append((unit.symbol, _flexible(unit)))
    person = units.get("人")
    if person is not None:  # in the registry both are ranks: 第3名
        symbols["名"] = symbols["位"] = replace(person, symbol="名", counted="")
        parts += [("名", r"名(?!为|称|单|列|义|片)"), ("位", r"(?<=[\d万千百十余多亿])位(?![于列居数次元])")]
    parts.sort(key=lambda part: len(part[0]), reverse=True)
    nouns = units.nouns
    english = sorted((n for n in nouns if n.isascii()), key=len, reverse=True)
    chinese = sorted((n for n in nouns if not n.isascii()), key=len, reverse=True)
    adjective = r"(?!(?:of|in|to|by|for|and|or|from|with|at|on|as|is|are|was|were|has|have|had|than|the|per|a|an|that|which|this|their|its|times|percent|million|billion|years?|months?|days?|hours?|will|would|can|could|may|compared|der|die|das|den|dem|des|und|oder|von|im|am|bei|mit|zu|zur|zum|auf|aus|wie|sind|hat|haben|werden|pro|je|year)\b)[A-Za-z][A-Za-z0-9'’\-/]{0,24}"
    noun = rf"(?: or (?:more|fewer|less))?[ \t]{{1,2}}(?:{adjective},?[ \t]{{1,2}}){{0,3}}?(?P<noun>{'|'.join(map(re.escape, english))})(?![A-Za-z\-])"
    currencies = "|".join(
        # a name behind a magnitude is the unit of the number before: 3亿美元, 5亿
        (r"(?<![亿万元千百\d])" if not c.isascii() and c[0].isalpha() else r"(?<![A-Za-z])" if c[0].isalpha() else "")
        + re.escape(c)
        + (known.not_before if (known := units.get(c)) else "")
        for c in units.leading_currencies
    )
    return Lexicon(
        units,
        re.compile("|".join(expression for _, expression in parts)),
        symbols,
        re.compile(noun),
        nouns,
        re.compile("|".join(map(re.escape, chinese))),
        mask_expression(units.version_names),
        re.compile(rf"(?:{currencies})[ \t]{{0,2}}$"),
        re.compile(rf"(?:{currencies})[ \t]?"),
    )


def _english_count(unit: Unit) -> bool:
    return unit.dimension == "count" and unit.symbol.isascii()
