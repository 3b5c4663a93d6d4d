"""Lines glued to the text of one block: what stands between two of them, and where each begins."""

import re

from orchestration.extraction.line_shapes import ZH
from orchestration.extraction.model import Block, Line


def block_of(kind: str, lines: list[Line]) -> Block:
    parts: list[str] = []
    starts: list[int] = []
    numbers: list[int] = []
    size = 0
    for line in lines:
        text = line.text.replace("\t", " ").strip()
        if parts:
            glue = _glue(parts[-1], text)
            if glue == "-":  # a word hyphenated at the line's end
                parts[-1] = parts[-1][:-1]
                size -= 1
            elif glue:
                parts.append(glue)
                size += len(glue)
        starts.append(size)
        numbers.append(line.number)
        for offset, number in line.breaks:
            starts.append(size + offset)
            numbers.append(number)
        parts.append(text)
        size += len(text)
    text = "".join(parts)
    # one mark at the beginning ties a note to the rows that bear it
    if ("*" in text or "†" in text) and not _NOTE_MARK.match(text):
        text, starts = _without_marks(text, starts)
    return Block(kind, text, starts, numbers, lines[0].page)


_NOTE_MARK = re.compile(r"^[*†][^*†]*$")

# a number whose groups of thousands are not complete: the line ends behind the comma
_BROKEN_GROUP = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})*,$")

_GROUP = re.compile(r"\d{3}(?!\d)")

BROKEN_DECIMAL = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})*\.$")


def _glue(before: str, after: str) -> str:
    if not before or not after:
        return ""
    last, first = before[-1], after[0]
    # Chinese sentences and lists have marks of their own (。、，); in other texts "18," and "36." may end a clause
    if ZH.search(before):
        if _BROKEN_GROUP.search(before) and _GROUP.match(after):
            return ""  # 247, | 615.38: the line ends inside a number
        if BROKEN_DECIMAL.search(before) and first.isdigit():
            return ""  # 36. | 48
    if last == "-" and len(before) > 2 and before[-2].isalpha() and before[-2].isascii() and first.islower():
        return "-"
    # between two Chinese characters, or after an opening bracket, nothing; a digit meets its Chinese unit
    if ord(last) > 0x2E80 or ord(first) > 0x2E80:
        return ""
    return " "


def _without_marks(text: str, starts: list[int]) -> tuple[str, list[int]]:
    """Markup asterisks out; offsets follow. A single asterisk between digits (7*24) stays."""
    kept: list[str] = []
    shift: list[int] = []
    removed = 0
    last = 0
    for match in re.finditer(r"\*{2,3}|†|(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])", text):
        kept.append(text[last : match.start()])
        removed += len(match[0])
        shift.append(match.start())
        last = match.end()
    kept.append(text[last:])
    lengths = [m.end() - m.start() for m in re.finditer(r"\*{2,3}|†|(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])", text)]
    moved = []
    for start in starts:
        gone = sum(length for at, length in zip(shift, lengths, strict=True) if at < start)
        moved.append(max(0, start - gone))
    return "".join(kept), moved
