"""What has digits and is no figure: names, versions, references, codes, addresses, ranks, ordinals.

The expressions are data (``data/masks.yml``), each with texts in which it is found and texts in which it is not.
"""

# expressions stay on one line
# ruff: noqa: E501

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from orchestration.extraction.words import words

# a number after a name is its version unless a magnitude or a unit follows
_NOT_QUANTITY = rf"(?![\d,]*\d)(?!\.\d)(?!{words()['quantity_behind'].pattern})"
_ZH_NUM = "零〇一二两三四五六七八九十百千万"
_ROWS = Path(__file__).parent / "data" / "masks.yml"


@lru_cache(maxsize=1)
def rows() -> tuple[dict[str, Any], ...]:
    """The rows of ``data/masks.yml``: ``pattern``, whole, and its examples."""
    loaded = yaml.safe_load(_ROWS.read_text(encoding="utf-8"))
    return tuple(
        row | {"pattern": row["pattern"].replace("{number}", _ZH_NUM).replace("{no_quantity}", _NOT_QUANTITY)}
        for row in loaded
    )


# letters glued to digits: GPT-4o, H100, i7-13700, MI300X, A100/H100, Qwen2.5-72B, COVID-19, FP16
_TOKEN = (
    r"(?<![A-Za-z0-9_.])(?!(?:US\$|HK\$|NT\$|USD|RMB|Rmb|CNY|HKD|EUR|JPY|GBP|KRW|INR|TWD|SGD|AUD|CAD|CHF|FY|[HQ][1-4](?![A-Za-z\d])|NT|US|HK|approx|ca|c\.)\s?\$?\d)"
    r"[A-Za-z][A-Za-z]{0,24}(?:[-‑‐]|(?<=[A-Z]{2})/)?(?:[A-Za-z]{1,12}-)?\d[A-Za-z0-9_]{0,24}(?:[.\-‑/][A-Za-z0-9_]{1,24}){0,6}(?:\+)?"
)
_LEADING_LETTER = r"(?<![A-Za-z0-9_.,$¥￥€£])\d{1,4}(?:[.]\d)?[A-Z](?:[a-z]?\d|[A-Z]?-[A-Za-z0-9]|\d[A-Za-z0-9]{0,8})[A-Za-z0-9]{0,12}"


def _names(names: Sequence[str]) -> str:
    """Names that a version or model number follows; matched before digits, case as written."""
    latin = "|".join(re.escape(w) for w in sorted((w for w in names if w.isascii()), key=len, reverse=True))
    other = "|".join(re.escape(w) for w in sorted((w for w in names if not w.isascii()), key=len, reverse=True))
    # Llama 3.1 405B, Claude 3.5 Sonnet, Figure 12, 图 3-2, 文心一言4.0
    return (
        rf"(?<![A-Za-z])(?=[A-Za-z][A-Za-z&+./ \-‑‐]{{0,26}}\d)(?:{latin})s?[\s\-‑‐.]{{0,2}}[vV]?\d{{1,6}}(?:[.\-–]\d{{1,4}}){{0,3}}{_NOT_QUANTITY}[A-Za-z]{{0,4}}(?![A-Za-z])"
        rf"(?:[\s-]\d{{1,4}}(?:\.\d)?[BM](?![A-Za-z]))?"
        rf"|(?:{other})\s?[-V]?\d{{1,6}}(?:[.\-–:：]\d{{1,4}}){{0,3}}{_NOT_QUANTITY}(?:[A-Z](?![A-Za-z]))?(?!\s?[年月家个名])"
    )


def mask_expression(names: Sequence[str]) -> re.Pattern[str]:
    """What has digits and is no figure, in one expression; ``names`` are those that a version number follows."""
    forms = (row["pattern"] for row in rows())
    return re.compile("|".join(f"(?:{form})" for form in (*forms, _names(names), _TOKEN, _LEADING_LETTER)))


# numbers at the start of a paragraph that only number it
_NUMBERING = re.compile(
    r"^[\s>#*•·■◼●▪\-–—]{0,8}(?:"
    r"\d{1,2}(?:\.\d{1,2}){0,4}[、)）](?!\d)"
    r"|\d{1,2}\.(?=\s|[^\d\s])(?!\s?\d+[%.])"
    r"|\d{1,2}(?:\.\d{1,2}){1,4}\.?\s+(?=[^\d\s%万亿千百元美个倍家款人台(（+])(?!(?:billion|million|trillion|percent|bn|mn|times|x|GW|MW|TWh|PFLOPS|EFLOPS|TOPS|kWh|points?|pp)\b)"
    r"|0\d\s*(?=[\u4e00-\u9fffA-Z])"
    r"|[(（]\s?\d{1,2}\s?[)）]|[①-⑳⑴-⒇]|[(（][" + _ZH_NUM + r"]{1,3}[)）]|[" + _ZH_NUM + r"]{1,3}[、.．](?!\d)"
    r")"
)
_INLINE_NUMBERING = re.compile(
    r"(?<=[：:；;。，,、\s])(?:[(（]\s?\d{1,2}\s?[)）](?!\s?[%亿万])|\d{1,2}[)）、](?=[^\d\s]))"
)


def find_masks(text: str, expression: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Spans of ``text`` whose digits are no figures."""
    match = _NUMBERING.match(text)
    if match:
        yield match.span()
    for found in _INLINE_NUMBERING.finditer(text):
        yield found.span()
    for found in expression.finditer(text):
        yield found.span()
