"""Printed figures with a known value, for the property tests and the fuzzing."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from random import Random

# magnitude words and the power of ten each stands for
MAGNITUDES: dict[str, int] = {
    "": 0, "千": 3, "万": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8, "十亿": 9, "百亿": 10, "千亿": 11, "万亿": 12,
    " thousand ": 3, " million ": 6, "mn": 6, " billion ": 9, "bn": 9, " trillion ": 12, "tn": 12,
}  # fmt: skip
UNITS = ("元", "美元", "家", "台", "%", "倍", "个百分点", "users", "亿元"[1:], "kWh", "吨")
CURRENCIES = ("", "US$", "$", "RMB ", "人民币", "HK$", "€", "￥")
# words before and behind the number that mean the same
BEFORE = {
    "over": ("超", "超过", "逾", "over ", "more than ", ">"),
    "at_least": ("至少", "不低于", "at least ", "≥"),
    "under": ("不足", "低于", "不到", "under ", "less than ", "<"),
    "at_most": ("不超过", "至多", "up to ", "at most ", "≤"),
    "about": ("约", "大约", "about ", "around ", "~"),
    "nearly": ("近", "接近", "nearly ", "almost "),
}
BEHIND = {"at_least": ("以上",), "at_most": ("以内", "以下"), "about": ("左右", "上下")}

FULL_WIDTH = str.maketrans("0123456789.,%", "０１２３４５６７８９．，％")


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed text and the number it was made from: ``number`` in units of its last digit ``ulp``."""

    text: str
    number: Decimal
    ulp: Decimal
    qualifier: str


def digits(whole: int, decimals: str, *, grouped: bool) -> str:
    """A number as printed, with or without thousands separators."""
    text = f"{whole:,}" if grouped else str(whole)
    return f"{text}.{decimals}" if decimals else text


def write(
    whole: int, decimals: str, magnitude: str, unit: str, currency: str, qualifier: str,
    *, negative: bool, grouped: bool, wide: bool, behind: bool, choose: Callable[[tuple[str, ...]], str],
) -> Printed:  # fmt: skip
    """Put a printed figure together. A leading currency goes with no unit but 元."""
    by = Decimal(10) ** MAGNITUDES[magnitude]
    number = Decimal(f"{whole}.{decimals}" if decimals else whole)
    ulp = Decimal(1).scaleb(-len(decimals)) * by
    text = digits(whole, decimals, grouped=grouped)
    if wide:
        text = text.translate(FULL_WIDTH)
    text = ("-" if negative else "") + currency + text + magnitude + (unit if not currency else "")
    if qualifier:
        text = text + choose(BEHIND[qualifier]) if behind and qualifier in BEHIND else choose(BEFORE[qualifier]) + text
    return Printed(text, (-number if negative else number) * by, ulp, qualifier)


def random_printed(random: Random) -> Printed:
    """One printed figure, drawn with ``random``: faster than Hypothesis by an order, for a million of them."""
    decimals = "".join(random.choice("0123456789") for _ in range(random.choice((0, 0, 1, 2, 3))))
    return write(
        random.choice((random.randrange(10), random.randrange(1000), random.randrange(10**7))),
        decimals,
        random.choice(tuple(MAGNITUDES)),
        random.choice(UNITS),
        random.choice(CURRENCIES),
        random.choice(("", "", *BEFORE)),
        negative=random.random() < 0.1,
        grouped=random.random() < 0.5,
        wide=random.random() < 0.2,
        behind=random.random() < 0.5,
        choose=random.choice,
    )


# pieces that real figures are made of, and what breaks parsers: for texts that need not mean anything
PIECES = (
    *[
        "0",
        "1",
        "23",
        "4.5",
        "1,234",
        "５",
        "2024",
        "10",
        ".",
        ",",
        "-",
        "–",
        "~",
        "至",
        "到",
        "to",
        "and",
        "%",
        "％",
        "万",
        "亿",
        "万亿",
        "千",
        "百",
        "十",
        "元",
        "美元",
        "US$",
        "$",
        "人民币",
        "RMB",
        "(",
        ")",
        "（",
        "）",
    ],
    *[
        "约",
        "近",
        "超",
        "over",
        "nearly",
        "以上",
        "左右",
        "余",
        "多",
        "零",
        "〇",
        "一",
        "两",
        "三",
        "五",
        "点",
        "半",
        "分之",
        "/",
        "成",
        "倍",
        "百分之",
        "数",
        "几",
        "上",
        "第",
        "bn",
        "B",
        "M",
        "k",
        "x",
    ],
    *[
        "EFLOPS",
        "GW",
        "家",
        "个",
        "百分点",
        "^",
        "e",
        "E",
        "次方",
        "的",
        "×",
        "*",
        "**",
        "²",
        "¹",
        "₂",
        "½",
        "①",
        "翻倍",
        "一半",
        "between",
        "介于",
        "之间",
        "+",
        "负",
        "minus",
        "/Mtoken",
        "年",
    ],
    *["Q1", "H1", "FY", "年底", "月", "日", "T+", "İ", "ß", "ﬁ", "ﷺ", "٣", "∞", "nan", "inf"],
    *("up to", "per million tokens", " ", "\n", "\t", "\x00", "\u200b", "\ud800"),
)


def random_garbage(random: Random) -> str:
    """Pieces of figures in any order."""
    return "".join(random.choice(PIECES) for _ in range(random.randint(1, 9)))
