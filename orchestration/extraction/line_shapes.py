"""What a single line looks like: a row of numbers, a title, a bullet, the start of a unit."""

import re

from orchestration.extraction.line_kinds import CELL, NOTE, TITLE, YEAR_CELL
from orchestration.extraction.model import Line

NUMBERED = re.compile(
    r"^\s*(?:第[一二三四五六七八九十\d]{1,3}[章节部篇]|\d{1,2}(?:\.\d{1,2}){1,3}\s+\S|\d{1,2}[、.．]\s?[^\d\s]|[一二三四五六七八九十]{1,3}[、.．]\s?\S|[(（][一二三四五六七八九十\d]{1,3}[)）]\s?\S|[①-⑳]|0\d\s+\S)"
)

BULLET = re.compile(r"^\s*(?:[•·■◼●▪◆▶►✓➢○◦※]|[-*+–—]\s|[①-⑳])")

ZH = re.compile(r"[\u4e00-\u9fff]")


def cells_of(text: str) -> list[str]:
    """The cells of a row of a text table: parts between white space; label words are joined to one cell."""
    return text.split()


# a Chinese text with a clause's mark between words is a sentence, however many numbers stand in it
_CLAUSES = re.compile(r"[^\d\s，。；]{2}[，。；]\s?[^\d\s，。；]{2}|[，。；]\s*$")

# behind the first number of a row no comma follows a word: 80 GB, 18.5 days, 12 hours is a list of a sentence
_LISTED = re.compile(r"\d.*?[A-Za-z)], \d")


def is_row(text: str) -> bool:
    """Whether a line is a row of numbers (with or without a label): most of its parts are cells of a table."""
    parts = text.split()
    if len(parts) < 3 or len(text) > 2_000 or (_CLAUSES.search(text) and ZH.search(text)):
        return False
    if _LISTED.search(text):
        return False
    numbers = sum(1 for part in parts if CELL.match(part) or YEAR_CELL.match(part))
    tail = 0
    for part in reversed(parts):
        if not (CELL.match(part) or YEAR_CELL.match(part)):
            break
        tail += 1
    return (numbers >= 3 and numbers >= 0.5 * len(parts)) or (tail >= 3 and tail >= 0.3 * len(parts))


def is_title(text: str) -> bool:
    return bool(TITLE.match(text)) and len(text) < 300


def width_of(text: str) -> int:
    return len(text) + len(ZH.findall(text))


def kind_of_line(line: Line) -> str:
    if line.style == "turned":
        return "turned"
    if line.style == "heading":
        return "heading"
    if line.style == "caption" or is_title(line.text):
        return "title"
    if line.style == "note" or NOTE.match(line.text):
        return "note"
    return "row" if is_row(line.text) else kind_of_lines([line])


def kind_of_lines(lines: list[Line]) -> str:
    text = lines[0].text.strip()
    if is_title(text):
        return "title"
    if NOTE.match(text):
        return "note"
    if len(lines) == 1 and len(text) < 60 and not re.search(r"[。；;，,！？]|\.\s*$", text) and not BULLET.match(text):
        words = len(text.split())
        if NUMBERED.match(text) or (not ZH.search(text) and words <= 10) or (ZH.search(text) and len(text) <= 36):
            return "heading"
    return "paragraph"
