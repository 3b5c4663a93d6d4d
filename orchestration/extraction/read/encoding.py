"""The text of a file in whatever encoding it has, line by line."""

# expressions stay on one line
# ruff: noqa: E501

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from orchestration.extraction.model import ExtractionError, Line

_SAMPLE = 1 << 18
_LONGEST_LINE = 8_000  # characters; longer lines are cut, so that no step sees an endless one


def detect_encoding(path: Path) -> str:
    """UTF-8, UTF-16, GB18030 or what charset-normalizer finds. Raises ``ExtractionError`` for binary content."""
    with path.open("rb") as handle:
        sample = handle.read(_SAMPLE)
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if sample.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)) and len(sample) % 4 == 0:
        return "utf-32"
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in sample[:4096]:
        for encoding in ("utf-16-le", "utf-16-be"):
            text = sample[: len(sample) // 2 * 2].decode(encoding, "replace")
            if _readable(text) > 0.8:
                return encoding
        raise ExtractionError(f"{path}: the content is binary, not text; give the file its true ending")
    for encoding in ("utf-8", "gb18030"):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(sample)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8" or _readable(text) > 0.9:
            return _checked(path, text, encoding)
    # UTF-16 without a byte-order mark and without one Latin letter has no zero bytes
    for encoding in ("utf-16-le", "utf-16-be"):
        text = sample[: len(sample) // 2 * 2].decode(encoding, "replace")
        if _readable(text) > 0.97 and len(text) > 20:
            return encoding
    from charset_normalizer import from_bytes

    best = from_bytes(sample[: 1 << 15]).best()
    if best is None:
        if sample.decode("utf-8", "replace").count("\ufffd") < len(sample) / 50:
            return "utf-8"
        raise ExtractionError(f"{path}: no known text encoding; save it as UTF-8")
    return _checked(path, str(best), best.encoding)


def _checked(path: Path, text: str, encoding: str) -> str:
    control = sum(1 for c in text[:4096] if ord(c) < 32 and c not in "\t\n\r\f\v\x1b\x08\x1a\x07")
    if control > max(8, len(text[:4096]) // 20):
        raise ExtractionError(f"{path}: the content is binary, not text; give the file its true ending")
    return encoding


def _readable(text: str) -> float:
    """Share of characters that one expects in a Chinese or English text."""
    sample = text[:4096]
    good = sum(
        1
        for c in sample
        if "\u4e00" <= c <= "\u9fff" or " " <= c <= "~" or c in "\n\r\t\f" or "\u3000" <= c <= "\u303f" or "\uff00" <= c <= "\uffef"
        or "\u2010" <= c <= "\u2027" or c in "·×°±£€¥\ufeff"
    )  # fmt: skip
    return good / max(len(sample), 1)


def decoded(path: Path) -> Iterator[str]:
    """Physical lines, each at most ``_LONGEST_LINE`` characters; a part that was cut off does not end in a newline."""
    encoding = detect_encoding(path)
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    rest = ""
    with path.open("rb") as handle:
        while True:
            data = handle.read(1 << 16)
            rest += decoder.decode(data, final=not data)
            # a lone \r may be half of \r\n
            lines = NEWLINE.split(rest[:-1]) if data and rest.endswith("\r") else NEWLINE.split(rest)
            tail = lines.pop() + ("\r" if data and rest.endswith("\r") else "")
            for line in lines:
                yield from _pieces(line, closed=True)
            while len(tail) > _LONGEST_LINE:
                cut = _cut(tail)
                yield tail[:cut]
                tail = tail[cut:]
            rest = tail
            if not data:
                if rest:
                    yield from _pieces(rest, closed=True)
                return


NEWLINE = re.compile(r"\r\n|\n|\r")


def _pieces(line: str, *, closed: bool) -> Iterator[str]:
    while len(line) > _LONGEST_LINE:
        cut = _cut(line)
        yield line[:cut]
        line = line[cut:]
    yield line + ("\n" if closed else "")


def _cut(text: str) -> int:
    """Where to cut an endless line: after a sentence, else after a space, else anywhere."""
    for mark in ("。", ". ", "；", "，", " "):
        at = text.rfind(mark, _LONGEST_LINE // 2, _LONGEST_LINE)
        if at > 0:
            return at + len(mark)
    return _LONGEST_LINE


def text_lines(path: Path) -> Iterator[Line]:
    number, page = 1, None
    for piece in decoded(path):
        if "\f" in piece:
            piece = piece.replace("\f", " ")
        yield Line(piece.rstrip("\n"), number, page)
        if piece.endswith("\n"):
            number += 1
