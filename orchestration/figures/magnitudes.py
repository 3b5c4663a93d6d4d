"""Magnitude words and letters behind a number (亿, bn, K), and what each is worth."""

from decimal import Decimal

# Longest first. Single Latin letters count as a magnitude only at the end of the text (7B, 128K) or before a word.
MAGNITUDES: dict[str, Decimal] = {
    "万亿": Decimal(10) ** 12,
    "千亿": Decimal(10) ** 11,
    "百亿": Decimal(10) ** 10,
    "十亿": Decimal(10) ** 9,
    "亿": Decimal(10) ** 8,
    "千万": Decimal(10) ** 7,
    "百万": Decimal(10) ** 6,
    "十万": Decimal(10) ** 5,
    "万": Decimal(10) ** 4,
    "千": Decimal(10) ** 3,
    "百": Decimal(10) ** 2,
    "兆": Decimal(10) ** 12,  # of money; as a prefix of units it is a million, and stands in their symbols
    "lakh crore": Decimal(10) ** 12,
    "lakhcrore": Decimal(10) ** 12,
    "crores": Decimal(10) ** 7,
    "crore": Decimal(10) ** 7,
    "cr": Decimal(10) ** 7,
    "lakhs": Decimal(10) ** 5,
    "lakh": Decimal(10) ** 5,
    "trillion": Decimal(10) ** 12,
    "billion": Decimal(10) ** 9,
    "million": Decimal(10) ** 6,
    "thousand": Decimal(10) ** 3,
    "hundred": Decimal(10) ** 2,
    "trn": Decimal(10) ** 12,
    "tn": Decimal(10) ** 12,
    "bn": Decimal(10) ** 9,
    "mln": Decimal(10) ** 6,
    "mn": Decimal(10) ** 6,
    "tr": Decimal(10) ** 12,
}
LETTERS = {"B": Decimal(10) ** 9, "M": Decimal(10) ** 6, "K": Decimal(10) ** 3, "k": Decimal(10) ** 3}
LETTERS |= {"T": Decimal(10) ** 12, "b": Decimal(10) ** 9, "m": Decimal(10) ** 6}
_BY_LENGTH = sorted(MAGNITUDES, key=len, reverse=True)


def order_of(text: str) -> Decimal:
    """十万 as 10^5: the product of its characters."""
    order = Decimal(1)
    for character in text:
        order *= MAGNITUDES.get(character, Decimal(10))
    return order


def leading_magnitude(text: str) -> tuple[Decimal | None, str]:
    """What the magnitude word at the start of ``text`` is worth (None without one), and the text behind it."""
    lowered = text.lower()
    total: Decimal | None = None
    for word in _BY_LENGTH:
        if lowered.startswith(word):
            total, text = MAGNITUDES[word], text[len(word) :]
            return total, text
    if text[:1] in LETTERS and not text[1:2].isalpha():
        return LETTERS[text[0]], text[1:]
    return None, text
