"""What a reader sees of a text: invisible characters, spaces, full-width forms and minus signs made one.

One normalisation for `raw/` and for documents. ``readable`` takes out what nobody sees, ``squeeze`` also makes one
spelling of what looks alike (for look-ups), ``plain`` does that one to one, so that offsets into a text stay true.
"""

import re
import unicodedata

# format and control characters that are no white space, grapheme joiner, Hangul and Khmer fillers, variation selectors,
# remains of byte-order marks
_RANGES = (
    (0, 8), (0xE, 0x1B), (0x7F, 0x84), (0x86, 0x9F), (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160),
    (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164),
    (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF9, 0xFFFB), (0xFFFE, 0xFFFF), (0x13430, 0x1345F),
    (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
)  # fmt: skip
INVISIBLE = frozenset(chr(code) for first, last in _RANGES for code in range(first, last + 1))
_DELETE = dict.fromkeys(map(ord, INVISIBLE))
_MINUS = {"−": "-", "﹣": "-", "－": "-", "‐": "-", "‑": "-", "⁻": "-"}
_MINUS_SIGNS = str.maketrans(_MINUS)
_CURRENCY_OR_DIGIT = r"(?:US\$|[$¥￥€£])?\.?\d"
# a dash between numbers is a range; before a number, with nothing that could be its other end, it is the sign
_DASH_AS_SIGN = re.compile(rf"(?:(?<=[(（:：])|^|(?<![\d%％元亿万年]\s)(?<=\s))[–‒](?={_CURRENCY_OR_DIGIT})")
# squared units (㎡, ㎾) and compatibility ideographs: one character for what is otherwise written with others
_COMPATIBLE = re.compile(r"[\u3371-\u33df\uf900-\ufaff\U0002f800-\U0002fa1f]+")

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SPACES = (0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)
_PLAIN = _FULL_WIDTH | dict.fromkeys(_SPACES, 0x20) | {ord(sign): 0x2D for sign in _MINUS}
# the Chinese comma, semicolon, exclamation and question mark end clauses
for _mark in "，；！？":
    del _PLAIN[ord(_mark)]
_FULL_WIDTH_COMMA = re.compile(r"(?<=\d)，(?=\d{3}(?!\d))")
_NARROW = r"[\u00a0\u2006-\u200a\u202f\u205f]"
_SPACED_GROUPS = re.compile(rf"(?<![\d.,])\d{{1,3}}(?:({_NARROW})\d{{3}})(?:\1\d{{3}})*(?!\d|{_NARROW}\d)")
# a narrow space between digits that are no thousands: part of the number or not, nobody can say
_TORN = re.compile(r"(?<=\d)[\u2006-\u200a\u202f\u205f](?=\d)")
# stands where a number is torn: no number is read on either side
TEAR = "\ufffd"
# the sign of a number, as a symbol or a word
SIGN = re.compile(r"^(?:[-+]|负|minus)", re.I)


def _seen(text: str) -> str:
    return text if INVISIBLE.isdisjoint(text) else text.translate(_DELETE)


def readable(text: str) -> str:
    """``text`` without characters that nobody sees: zero-width, soft hyphens, byte-order marks, writing directions.

    Squared units and compatibility ideographs become what they stand for. White space and line breaks stay.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _seen(text)
    return _COMPATIBLE.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)


def squeeze(text: str) -> str:
    """NFKC (full-width digits, letters and punctuation become plain), no white space, no markup asterisks, one minus.

    Nothing that is invisible is left.
    """
    text = "".join(text.split())
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFKC", _seen(text))
        # a wide form may be made with a space of its own (¨ is a space and a mark)
        text = "".join(text.split()).translate(_MINUS_SIGNS)
    return text.replace("*", "")


def leading_sign(text: str) -> str:
    """A squeezed text whose first character is an en dash before a number: the dash is its minus sign."""
    return "-" + text[1:] if text[:1] in ("–", "‒") and re.match(_CURRENCY_OR_DIGIT, text[1:]) else text


def plain(text: str) -> str:
    """Full-width digits, letters, punctuation, spaces and minus signs as ASCII, one to one; clauses' marks stay.

    Narrow spaces that part thousands become commas; a number that one tears elsewhere gets ``TEAR`` there.
    """
    if text.isascii():
        return text
    if "，" in text:
        text = _FULL_WIDTH_COMMA.sub(",", text)
    text = _SPACED_GROUPS.sub(lambda match: match[0].replace(match[1], ","), text)
    text = _TORN.sub(TEAR, text)
    return _DASH_AS_SIGN.sub("-", text).translate(_PLAIN)
