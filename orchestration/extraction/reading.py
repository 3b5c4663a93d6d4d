"""Documents to lines and tables. Nothing is fetched from the network, and nothing of a document is executed.

``read`` yields in reading order; text and CSV are streamed, so that memory does not grow with the file.
"""

# expressions stay on one line
# ruff: noqa: E501

import codecs
import contextlib
import csv
import itertools
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from orchestration.extraction.model import ExtractionError, Grid, Line
from orchestration.figures.text import readable

KINDS = {
    ".txt": "text", ".text": "text", ".log": "text", "": "text", ".md": "markdown", ".markdown": "markdown",
    ".html": "html", ".htm": "html", ".xhtml": "html", ".csv": "csv", ".tsv": "csv", ".docx": "word",
    ".pdf": "pdf", ".xlsx": "excel", ".xlsm": "excel", ".xls": "excel", ".xlsb": "excel", ".ods": "excel",
}  # fmt: skip
_SAMPLE = 1 << 18
_LONGEST_LINE = 8_000  # characters; longer lines are cut, so that no step sees an endless one
_ROWS_A_CHUNK = 400
_LARGEST_WHOLE = 256 << 20  # formats that cannot be streamed
_PAGES_OPEN = 100  # of a PDF, between two openings


def read(path: Path) -> Iterator[Line | Grid]:
    """Lines and tables of a document, without invisible characters.

    Raises ``ExtractionError`` for what cannot be read, naming file and remedy.
    """
    for part in _read(path):
        if isinstance(part, Line):
            text = readable(part.text)
            yield part if text is part.text else replace(part, text=text)
        else:
            rows, header = ([[readable(cell) for cell in row] for row in rows] for rows in (part.rows, part.header))
            yield replace(part, rows=rows, header=header, caption=readable(part.caption))


def _read(path: Path) -> Iterator[Line | Grid]:
    if not path.exists():
        raise ExtractionError(f"{path}: the file does not exist; check the path")
    if path.is_dir():
        raise ExtractionError(f"{path}: this is a folder; name the files in it")
    if path.stat().st_size == 0:
        raise ExtractionError(f"{path}: the file is empty; export the document again")
    kind = _kind(path)
    try:
        if kind == "text":
            yield from with_pipe_tables(_text_lines(path))
        elif kind == "markdown":
            yield from _markdown(_text_lines(path))
        elif kind == "csv":
            yield from _csv(path)
        else:
            if path.stat().st_size > _LARGEST_WHOLE:
                raise ExtractionError(f"{path}: larger than 256 MB; split it or export it as text")
            yield from {"html": _html, "word": _word, "pdf": _pdf, "excel": _excel}[kind](path)
    except OSError as error:
        raise ExtractionError(f"{path}: cannot be read ({error.strerror or error}); check its permissions") from error


def _kind(path: Path) -> str:
    with path.open("rb") as handle:
        head = handle.read(8)
    suffix = path.suffix.lower()
    kind = KINDS.get(suffix)
    if kind is None:
        raise ExtractionError(
            f"{path}: files of type {suffix!r} are not read; convert it to one of "
            + ", ".join(sorted(s for s in KINDS if s))
        )
    if head.startswith(b"%PDF"):
        return "pdf"
    if kind in ("text", "markdown", "csv", "html") and (
        head.startswith((b"PK\3\4", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"\x7fELF", b"7z\xbc\xaf", b"Rar!"))
    ):  # fmt: skip
        raise ExtractionError(f"{path}: named {suffix or 'text'} but its content is binary; give it its true ending")
    if kind == "word" and head.startswith(b"\xd0\xcf\x11\xe0"):
        raise ExtractionError(f"{path}: encrypted, or an old .doc; remove the password or save it as .docx")
    return kind


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


def _decoded(path: Path) -> Iterator[str]:
    """Physical lines, each at most ``_LONGEST_LINE`` characters; a part that was cut off does not end in a newline."""
    encoding = detect_encoding(path)
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    rest = ""
    with path.open("rb") as handle:
        while True:
            data = handle.read(1 << 16)
            rest += decoder.decode(data, final=not data)
            # a lone \r may be half of \r\n
            lines = _NEWLINE.split(rest[:-1]) if data and rest.endswith("\r") else _NEWLINE.split(rest)
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


_NEWLINE = re.compile(r"\r\n|\n|\r")


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


def _text_lines(path: Path) -> Iterator[Line]:
    number, page = 1, None
    for piece in _decoded(path):
        if "\f" in piece:
            piece = piece.replace("\f", " ")
        yield Line(piece.rstrip("\n"), number, page)
        if piece.endswith("\n"):
            number += 1


# --- Markdown ---------------------------------------------------------------------------------------------------------

_MD_HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.{1,500}?)\s*#*\s*$")
_MD_RULE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$")
_MD_IMAGE = re.compile(r"!\[([^\]]{0,300})\]\([^)\s]{0,500}[^)]{0,100}\)")
_MD_LINK = re.compile(r"\[([^\]]{1,300})\]\((?:[^()\s]{0,500})(?:\s\"[^\"]{0,200}\")?\)")
_MD_FOOTNOTE = re.compile(r"\[\^[^\]]{1,20}\]:?")
_MD_ITEM = re.compile(r"^\s{0,12}(?:[-*+]|\d{1,3}[.)])\s+")


def _markdown(lines: Iterator[Line]) -> Iterator[Line | Grid]:
    fenced = front = False
    table: list[Line] = []
    for line in lines:
        text = line.text
        stripped = text.strip()
        if line.number == 1 and stripped == "---":
            front = True
            continue
        if front:
            front = stripped not in ("---", "...")
            # front matter may name the date of publication
            if re.match(r"(?:date|published)\b", stripped, re.I):
                yield Line(stripped, line.number, None, "note", joined=True)
            continue
        if stripped.startswith(("```", "~~~")):
            fenced = not fenced
            continue
        if fenced:
            continue
        if stripped.count("|") >= 2 and (stripped.startswith("|") or table):
            table.append(line)
            if len(table) > _ROWS_A_CHUNK:
                yield from _md_table(table)
                table = table[:1]
            continue
        if "|" in stripped and not table and not stripped.startswith("|"):
            # a table without outer bars shows itself in its second line only
            table.append(line)
            continue
        if len(table) == 1 and _MD_RULE.match(stripped) and "|" in table[0].text:
            table.append(line)
            continue
        if table and "|" in stripped and len(table) > 1:
            table.append(line)
            continue
        if table:
            yield from _md_table(table)
            table = []
        yield _md_line(line)
    if table:
        yield from _md_table(table)


def with_pipe_tables(lines: Iterable[Line]) -> Iterator[Line | Grid]:
    """Plain text in which rows between bars over or under a line of dashes are a table, as in Markdown."""
    rows: list[Line] = []
    for line in lines:
        if line.text.strip().startswith("|") and line.text.count("|") >= 3:
            rows.append(line)
            if len(rows) > _ROWS_A_CHUNK:
                yield from _pipe_table(rows)
                rows = rows[:1]
            continue
        if rows:
            yield from _pipe_table(rows)
            rows = []
        yield line
    if rows:
        yield from _pipe_table(rows)


def _pipe_table(rows: list[Line]) -> Iterator[Line | Grid]:
    if len(rows) > 2 and any(_MD_RULE.match(row.text.strip()) for row in rows[:3]):
        yield from _md_table(rows)
    else:
        yield from rows


def _md_line(line: Line) -> Line:
    heading = _MD_HEADING.match(line.text)
    text = _md_text(heading[2] if heading else line.text)
    style = "heading" if heading else "item" if _MD_ITEM.match(text) else ""
    if re.fullmatch(r"\s*(?:[-*_]\s*){3,}", text):
        text = ""
    text = re.sub(r"^\s{0,3}(?:>\s?){1,5}", "", text)
    return Line(text, line.number, line.page, style, joined=bool(heading))


def _md_text(text: str) -> str:
    text = _MD_IMAGE.sub(lambda m: m[1], text)
    text = _MD_LINK.sub(lambda m: m[1], text)
    text = _MD_FOOTNOTE.sub("", text)
    return re.sub(r"(?<!\w)_{1,2}(?=\S)|(?<=\S)_{1,2}(?!\w)|`|~~|</?(?:b|i|em|strong|sup|sub|br)\s?/?>", "", text)


def _md_table(lines: list[Line]) -> Iterator[Line | Grid]:
    if len(lines) < 2 or not any(_MD_RULE.match(line.text) for line in lines[:3]):
        for line in lines:
            yield _md_line(line)
        return
    rows, numbers = [], []
    for line in lines:
        if _MD_RULE.match(line.text):
            continue
        cells = re.split(r"(?<!\\)\|", line.text.strip().removeprefix("|").removesuffix("|"))
        rows.append([_md_text(cell).replace("\\|", "|").replace("*", "").strip() for cell in cells])
        numbers.append(line.number)
    yield Grid(rows, numbers)


# --- CSV --------------------------------------------------------------------------------------------------------------


def _csv(path: Path) -> Iterator[Line | Grid]:
    pieces = _decoded(path)
    head = list(itertools.islice(pieces, 40))
    delimiter = _delimiter(head, path)
    csv.field_size_limit(1 << 20)
    reader = csv.reader(_short(itertools.chain(head, pieces)), delimiter=delimiter)
    records = _csv_records(reader)
    if delimiter == ";":  # where semicolons part the cells, commas are decimal points
        records = ((number, [_DECIMAL_COMMA.sub(".", cell) for cell in cells]) for number, cells in records)
    yield from _grids(records, None)


_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d{1,2}(?:\s?%)?$)")


def _csv_records(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """First line and cells of every record; a record that cannot be read is passed over."""
    number = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            number = reader.line_num + 1
            continue
        yield number, [cell.strip() for cell in cells[:512]]
        number = reader.line_num + 1


_SENTENCE = re.compile(r"[。；;，！？]|[.!?]\)?$|[,:] |：|^[*#]|^(?:注|备注|说明|notes?\b)", re.I)
_ENUMERATOR = re.compile(r"[(（]?\d{1,2}[.)）、]?|[*•·-]")


def _sentence_of(cells: list[str]) -> str:
    """The text of a row that holds one sentence, alone or behind its number; empty for other rows."""
    filled = [cell for cell in cells if cell]
    if len(filled) == 2 and _ENUMERATOR.fullmatch(filled[0]):
        filled = filled[1:]
    if len(filled) != 1 or len(filled[0]) < 15 or not any(c.isdigit() for c in filled[0]):
        return ""
    return filled[0] if _SENTENCE.search(filled[0]) else ""


def _grids(records: Iterable[tuple[int, list[str]]], page: int | None) -> Iterator[Line | Grid]:
    """Grids of at most ``_ROWS_A_CHUNK`` rows; a blank row before a row of words ends a table that has data.

    A row with a sentence in one cell, behind rows of data or numbered, is running text.
    """
    rows: list[list[str]] = []
    numbers: list[int] = []
    header: list[list[str]] = []
    notes: list[Line] = []
    blank = data = False
    for number, cells in records:
        if not any(cells):
            blank = True
            continue
        said = _sentence_of(cells) if len(cells) > 1 else ""
        if said and (data or said != next(cell for cell in cells if cell)):
            notes.append(Line(said, number, page, joined=True))
            continue
        data = data or sum(1 for cell in cells if _NUMERIC_CELL.match(cell)) >= 1
        if blank and len(rows) >= 3 and not any(_NUMERIC_CELL.match(cell) for cell in cells):
            yield Grid(rows, numbers, page, header)
            rows, numbers, header = [], [], []
        blank = False
        rows.append(cells)
        numbers.append(number)
        if len(rows) >= _ROWS_A_CHUNK:
            yield Grid(rows, numbers, page, header)
            header = header or rows[:4]
            rows, numbers = [], []
            yield from notes
            notes = []
    if rows:
        yield Grid(rows, numbers, page, header)
    yield from notes


_NUMERIC_CELL = re.compile(r"^[(（+\-–]?[$¥€£]?\d[\d,]*(?:\.\d+)?[)）%％]?$")


def _short(pieces: Iterable[str]) -> Iterator[str]:
    for piece in pieces:
        yield piece.replace("\0", "")


def _delimiter(head: list[str], path: Path) -> str:
    if path.suffix.lower() == ".tsv":
        return "\t"
    counts = {mark: sum(line.count(mark) for line in head) for mark in (",", ";", "\t", "|")}
    best = max(counts, key=lambda mark: counts[mark])
    # decimal commas make a semicolon file look like a comma file
    if counts[";"] >= len(head) and counts[";"] >= counts[","] * 0.7:
        return ";"
    return best if counts[best] else ","


# --- HTML -------------------------------------------------------------------------------------------------------------

_HTML_BLOCKS = frozenset(
    [
        "p",
        "div",
        "section",
        "article",
        "header",
        "footer",
        "main",
        "aside",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "blockquote",
        "pre",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "table",
        "caption",
        "figure",
        "figcaption",
        "form",
        "fieldset",
        "hr",
        "br",
        "body",
        "html",
        "tr",
        "td",
        "th",
        "thead",
        "tbody",
        "tfoot",
        "title",
        "summary",
        "details",
        "address",
    ]
)
_HTML_SKIP = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "math",
        "head",
        "nav",
        "iframe",
        "object",
        "embed",
        "select",
        "textarea",
        "button",
    ]
)


# the HTML parser looks through all open tags at each new one: depth costs its square (20,000: 3 s, 300,000: minutes)
_DEEPEST = 20_000
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)")
# tags that are never closed, or that the next of their kind closes
_UNNESTED = frozenset(
    [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
        "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "colgroup", "option", "optgroup", "html",
        "head", "body",
    ]
)  # fmt: skip


def _deepest(source: str) -> int:
    """How deep tags are nested at most, roughly: misnested ones are taken as they come."""
    if source.count("<") <= _DEEPEST:
        return 0
    depth = deepest = 0
    for match in _TAG.finditer(source):
        if match[2].lower() in _UNNESTED:
            continue
        depth = max(0, depth - 1) if match[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest


def _html(path: Path) -> Iterator[Line | Grid]:
    from selectolax.lexbor import LexborHTMLParser

    encoding = detect_encoding(path)
    data = path.read_bytes()
    if encoding == "gb18030" or encoding.startswith("utf"):
        source = data.decode(encoding, "replace")
    else:
        source = data.decode(encoding, "replace")
    declared = re.search(rb"charset=[\"']?([\w-]{3,20})", data[:2048])
    if declared and encoding not in ("utf-8", "utf-8-sig", "utf-16"):
        with contextlib.suppress(LookupError, UnicodeDecodeError):
            source = data.decode(declared[1].decode("ascii"))
    if _deepest(source) > _DEEPEST:
        raise ExtractionError(f"{path}: tags nested more than {_DEEPEST} deep; export it as text")
    tree = LexborHTMLParser(source)
    places, room = _Places(source), _Room(path)
    yield from _html_head(tree, places)
    body = tree.body
    if body is None:
        return
    collected: list[str] = []
    start = [0]

    def flush(style: str = "") -> Iterator[Line]:
        text, breaks = _paragraph("".join(collected), start[0] or 1)
        collected.clear()
        if text:
            yield Line(text, start[0] or 1, None, style, joined=True, breaks=breaks)
        start[0] = 0

    stack: list[tuple[object, bool, str]] = [(body, False, "")]
    while stack:
        node, leaving, style = stack.pop()
        tag = node.tag  # type: ignore[attr-defined]
        if leaving:
            yield from flush(style)
            continue
        if tag == "-text":
            text = node.text(deep=False) if hasattr(node, "text") else ""
            text = text or (node.text_content or "")  # type: ignore[attr-defined]
            if text.strip() and not start[0]:
                start[0] = places.line(text)
            collected.append(text)
            continue
        if tag in _HTML_SKIP or tag.startswith("-"):
            continue
        if tag == "sup":
            text = node.text()  # type: ignore[attr-defined]
            if re.fullmatch(r"\s*[\[(]?\d{1,3}(?:[,–-]\d{1,3})*[\])]?\s*", text):
                continue  # a footnote mark, not a power
        if tag == "table" and not node.css("table table") and len(node.css("tr")) > 1:  # type: ignore[attr-defined]
            yield from flush()
            places.tag("table")
            yield from _html_table(node, places, room)
            continue
        block = tag in _HTML_BLOCKS
        if block:
            yield from flush()
            kind = (
                "heading"
                if re.fullmatch(r"h[1-6]|title", tag)
                else "caption"
                if "caption" in tag
                else "item"
                if tag == "li"
                else ""
            )
            stack.append((node, True, kind))
        children = list(node.iter(include_text=True))  # type: ignore[attr-defined]
        stack.extend((child, False, "") for child in reversed(children))
    yield from flush()


def _paragraph(source: str, first: int) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text of a paragraph in one line, and where later lines of its source (from ``first``) begin in it."""
    text = ""
    breaks: list[tuple[int, int]] = []
    for number, part in enumerate(source.strip().split("\n"), first):
        words = " ".join(part.split())
        if not words:
            continue
        if text:
            text += " "
            breaks.append((len(text), number))
        text += words
    return text, tuple(breaks)


def _html_head(tree: object, places: "_Places") -> Iterator[Line]:
    for node in tree.css("head title")[:1]:  # type: ignore[attr-defined]
        if node.text().strip():
            yield Line(" ".join(node.text().split()), 1, None, "heading", joined=True)
    for node in tree.css("meta")[:60]:  # type: ignore[attr-defined]
        name = (node.attributes.get("name") or node.attributes.get("property") or "").lower()
        if name in ("date", "dc.date", "article:published_time", "publishdate", "pubdate", "citation_publication_date"):
            yield Line(f"Published: {(node.attributes.get('content') or '')[:10]}", 1, None, "note", joined=True)
    del places


class _Room:
    """How many cells the tables of a document may become: spans repeat cells, and the widest row widens all others."""

    FREE = 20_000  # cells of a document, whatever it holds
    TIMES = 8  # beyond that: this many times the cells that stand in the document

    def __init__(self, path: Path) -> None:
        self._path = path
        self.written = 0  # cells of the document itself
        self.made = 0  # cells of all finished tables

    def check(self, rows: int, width: int) -> None:
        """Refuse the document when a table of this size is too much."""
        if self.made + rows * width > max(self.FREE, self.TIMES * self.written):
            raise ExtractionError(
                f"{self._path}: rowspan and colspan make a table of {rows} rows and {width} columns out of "
                f"{self.written} cells; write the cells out, or export the table as CSV"
            )


def _html_table(node: object, places: "_Places", room: _Room) -> Iterator[Line | Grid]:
    caption = " ".join(c.text() for c in node.css("caption"))  # type: ignore[attr-defined]
    if caption.strip():
        yield Line(" ".join(caption.split()), places.line(caption), None, "caption", joined=True)
    rows: list[list[str]] = []
    numbers: list[int] = []
    carried: dict[int, tuple[int, str]] = {}  # column: rows still to fill, text
    width = 0
    for tr in node.css("tr")[:20_000]:  # type: ignore[attr-defined]
        cells: list[str] = []
        line = places.tag("tr", tr.text(separator=" "))
        for cell in tr.iter():
            if cell.tag not in ("td", "th"):
                continue
            while len(cells) in carried:
                _carry(carried, cells)
            for mark in cell.css("sup"):
                if re.fullmatch(r"\s*[\[(]?(?:\d{1,3}|[a-z*†])[\])]?\s*", mark.text()):
                    mark.decompose()
            text = " ".join(cell.text(separator=" ").split())
            line = line or (places.line(text) if text else 0)
            columns, down = (_span(cell.attributes.get(name)) for name in ("colspan", "rowspan"))
            for _ in range(columns):
                if down > 1:
                    carried[len(cells)] = (down - 1, text)
                cells.append(text)
            room.written += 1
            width = max(width, len(cells))
            room.check(len(rows) + 1, width)
        while len(cells) in carried:
            _carry(carried, cells)
        width = max(width, len(cells))
        room.check(len(rows) + 1, width)
        if any(cells):
            rows.append(cells)
            numbers.append(line or (numbers[-1] if numbers else 1))
    room.made += len(rows) * width
    if rows:
        yield Grid(rows, numbers, caption=" ".join(caption.split()))


def _carry(carried: dict[int, tuple[int, str]], cells: list[str]) -> None:
    left, text = carried.pop(len(cells))
    if left > 1:
        carried[len(cells)] = (left - 1, text)
    cells.append(text)


def _span(value: str | None) -> int:
    return min(int(value), 64) if value and value.isdigit() and int(value) > 0 else 1


class _Places:
    """Line numbers of texts in a source, looked up in reading order within a bounded window (linear in total)."""

    _WINDOW = 20_000

    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._line = 1
        start = source.lower().find("<body")
        if start > 0:
            self._move(start)

    def _move(self, to: int) -> None:
        self._line += self._source.count("\n", self._at, to)
        self._at = to

    def tag(self, name: str, text: str = "") -> int:
        """Move behind the next opening tag of this name before the first word of ``text``; its line, 0 if there is none."""
        words = text.split()
        found = self._source.find(f"<{name}", self._at, self._at + self._WINDOW)
        if found < 0:
            return 0
        after = self._source.find(">", found, found + self._WINDOW)
        end = self._source.find(f"<{name}", found + 1, found + self._WINDOW)
        inside = self._source[found : end if end > 0 else found + self._WINDOW]
        if after < 0 or (words and words[0] not in inside):
            return 0
        self._move(after)
        return self._line

    def line(self, text: str) -> int:
        words = text.split()
        if not words:
            return self._line
        # the first word that the source spells the same way; entities differ
        for word in words[:3]:
            found = self._source.find(word, self._at, self._at + self._WINDOW)
            if found >= 0:
                self._move(found)
                return self._line
        return self._line


# --- Word -------------------------------------------------------------------------------------------------------------


def _word(path: Path) -> Iterator[Line | Grid]:
    import docx
    from docx.opc.exceptions import OpcError
    from docx.table import Table
    from docx.text.paragraph import Paragraph
    from lxml.etree import LxmlError

    _refuse_bomb(path)
    try:
        document = docx.Document(str(path))
        published = document.core_properties
        del published  # its dates say when the file was saved, not when the report appeared
        blocks = document.iter_inner_content()
        number = 0
        for block in blocks:
            if isinstance(block, Paragraph):
                number += 1
                style = (block.style.name or "").lower() if block.style is not None else ""
                kind = (
                    "heading"
                    if style.startswith(("heading", "title", "标题"))
                    else "caption"
                    if "caption" in style
                    else "item"
                    if "list" in style
                    else ""
                )
                text = block.text.replace("\t", " ")
                for part in text.split("\n"):
                    yield Line(part, number, None, kind, joined=True)
            elif isinstance(block, Table):
                rows, numbers = [], []
                for row in block.rows:
                    number += 1
                    cells = [" ".join(cell.text.split()) for cell in row.cells]
                    rows.append(cells)
                    numbers.append(number)
                if rows:
                    yield Grid(rows, numbers)
    except (
        OpcError,
        LxmlError,
        KeyError,
        ValueError,
        zipfile.BadZipFile,
        NotImplementedError,
        AttributeError,
        IndexError,
    ) as error:
        raise ExtractionError(
            f"{path}: no readable Word document ({str(error)[:120]}); save it again as .docx"
        ) from error


def _refuse_bomb(path: Path) -> None:
    """A zip that unpacks to more than a gigabyte, or that is encrypted, is not opened."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise ExtractionError(
            f"{path}: broken or encrypted ({str(error)[:80]}); remove the password or save it again"
        ) from error
    if sum(info.file_size for info in infos) > 1 << 30:
        raise ExtractionError(f"{path}: unpacks to more than 1 GB; split it")
    if any(info.flag_bits & 1 for info in infos):
        raise ExtractionError(f"{path}: encrypted; remove the password")


# --- Excel ------------------------------------------------------------------------------------------------------------


def _excel(path: Path) -> Iterator[Line | Grid]:
    import python_calamine

    if path.suffix.lower() in (".xlsx", ".xlsm", ".xlsb", ".ods"):
        with path.open("rb") as handle:
            if handle.read(4) == b"\xd0\xcf\x11\xe0":
                raise ExtractionError(f"{path}: encrypted; remove the password")
        _refuse_bomb(path)
    try:
        workbook = python_calamine.CalamineWorkbook.from_path(str(path))
        names = list(workbook.sheet_names)
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise ExtractionError(
            f"{path}: no readable workbook ({str(error)[:120]}); remove a password or save it again"
        ) from error
    formats = _percent_cells(path)
    for page, name in enumerate(names, 1):
        try:
            sheet = workbook.get_sheet_by_name(name)
            raw = sheet.to_python(skip_empty_area=False)
        except BaseException as error:
            if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
                raise
            raise ExtractionError(f"{path}: the sheet {name!r} cannot be read ({str(error)[:120]})") from error
        if not re.fullmatch(r"(?i)(?:sheet|工作表)\s*\d*", name):
            yield Line(name, 1, page, "heading", joined=True)
        percent = formats.get(page, set())
        records = (
            (number, [_cell(value, (number, column) in percent) for column, value in enumerate(cells[:512], 1)])
            for number, cells in enumerate(raw, 1)
        )
        yield from _grids(records, page)


def _cell(value: object, percent: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float):
        if percent:
            return f"{round(value * 100, 10):g}%" if abs(value) < 1e6 else f"{value}"
        if value == int(value) and abs(value) < 1e18:
            return str(int(value))
        return repr(round(value, 12)) if "e" not in repr(value) else f"{value:.12f}".rstrip("0").rstrip(".")
    return " ".join(str(value).split())


def _percent_cells(path: Path) -> dict[int, set[tuple[int, int]]]:
    """Cells that the workbook shows as percent, by sheet: calamine gives 0.36 without its format 0 %."""
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        return {}
    from lxml import etree

    found: dict[int, set[tuple[int, int]]] = {}
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "xl/styles.xml" not in names:
                return {}
            parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
            styles = etree.fromstring(archive.read("xl/styles.xml"), parser)
            custom = {node.get("numFmtId"): node.get("formatCode") or "" for node in styles.iter(f"{space}numFmt")}
            cells = styles.find(f"{space}cellXfs")
            wanted = {
                str(index)
                for index, node in enumerate(cells if cells is not None else [])
                if node.get("numFmtId") in ("9", "10") or "%" in custom.get(node.get("numFmtId"), "")
            }
            if not wanted:
                return {}
            for page, name in enumerate(_sheet_parts(archive, parser), 1):
                if name not in names:
                    continue
                with archive.open(name) as handle:
                    places: set[tuple[int, int]] = set()
                    for _, node in etree.iterparse(handle, tag=f"{space}c", resolve_entities=False, no_network=True):
                        if node.get("s") in wanted:
                            match = re.fullmatch(r"([A-Z]{1,3})(\d{1,7})", node.get("r") or "")
                            if match:
                                places.add((int(match[2]), _column(match[1])))
                        node.clear()
                    found[page] = places
    except (etree.LxmlError, zipfile.BadZipFile, KeyError, ValueError, OSError, NotImplementedError):
        return {}
    return found


def _sheet_parts(archive: zipfile.ZipFile, parser: object) -> list[str]:
    """The parts of the sheets in the order of the workbook."""
    from lxml import etree

    relations = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), parser)
    targets = {node.get("Id"): node.get("Target") or "" for node in relations}
    book = etree.fromstring(archive.read("xl/workbook.xml"), parser)
    key = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    parts = []
    for node in book.iter("{http://schemas.openxmlformats.org/spreadsheetml/2006/main}sheet"):
        target = targets.get(node.get(key), "").lstrip("/")
        parts.append(target if target.startswith("xl/") else f"xl/{target}")
    return parts


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


# --- PDF --------------------------------------------------------------------------------------------------------------


def _pdf(path: Path) -> Iterator[Line | Grid]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(str(path))
    except pypdfium2.PdfiumError as error:
        reason = str(error).lower()
        if "password" in reason or "security" in reason:
            raise ExtractionError(f"{path}: encrypted; save a copy without password") from error
        raise ExtractionError(f"{path}: broken PDF ({str(error)[:80]}); export it again") from error
    try:
        with contextlib.closing(_PageTables(path)) as tables:
            yield from _pdf_pages(path, document, tables)
    except pypdfium2.PdfiumError as error:
        raise ExtractionError(f"{path}: broken PDF ({str(error)[:80]}); export it again") from error
    finally:
        document.close()


def _pdf_pages(path: Path, document: object, tables: "_PageTables") -> Iterator[Line | Grid]:
    pages = len(document)  # type: ignore[arg-type]
    if not pages:
        raise ExtractionError(f"{path}: the PDF has no pages; export it again")
    characters = 0
    for index in range(pages):
        page = document[index]  # type: ignore[index]
        textpage = page.get_textpage()
        text = textpage.get_text_bounded() or ""
        text = readable(text)  # \ufffe is the hyphenation mark of pdfium; tables are found by these lines
        characters += len(text.strip())
        lines = _NEWLINE.split(text)
        grids = tables.of(index) if _has_rules(page) and _DIGITS.search(text) else []
        textpage.close()
        page.close()
        yield from _around_tables(lines, grids, index + 1)
        if index >= 9 and not characters:
            break
    if characters < 8:
        raise ExtractionError(
            f"{path}: {pages} pages without text, probably scanned; run OCR on it first, this program reads text only"
        )


_DIGITS = re.compile(r"\d")


def _has_rules(page: object) -> bool:
    """Whether a page draws enough lines for a table; looking for tables is thirty times slower than text."""
    from pypdfium2 import raw

    count = 0
    for position, _ in enumerate(page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=2)):  # type: ignore[attr-defined]
        count = position + 1
        if count >= 4:
            return True
    return False


class _PageTables:
    """The tables of one PDF, page by page. It is opened once for many pages, as most of the time goes into the fonts
    that they share, and anew after some, as what was read of it is kept."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open: Any = None
        self._pages = 0

    def of(self, index: int) -> list[list[list[str]]]:
        try:
            if self._pages % _PAGES_OPEN == 0:
                self.close()
                self._open = _open_for_tables(self._path)
            self._pages += 1
            page = self._open.pages[index]
            try:
                return [] if len(page.edges) > 4000 else _kept(page.extract_tables())
            finally:
                page.close()
        except Exception:  # pdfminer raises anything on odd files; the text of the page is there all the same
            self._pages = 0  # whatever state that left, the next page does not see it
            return []

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None


def _open_for_tables(path: Path) -> Any:
    import logging

    import pdfplumber

    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    return pdfplumber.open(str(path))


def _kept(tables: list[list[list[str | None]]]) -> list[list[list[str]]]:
    kept = []
    for table in tables:
        rows = [[" ".join((cell or "").split()) for cell in row] for row in table]
        rows = [row for row in rows if any(row)]
        if len(rows) >= 2 and max(map(len, rows)) >= 2:
            kept.append(rows)
    return kept


def _around_tables(lines: list[str], tables: list[list[list[str]]], page: int) -> Iterator[Line | Grid]:
    """Lines of a page with its tables in their place; lines that a table repeats are left out."""
    squeezed = ["".join(line.split()) for line in lines]
    taken: set[int] = set()
    placed: dict[int, list[Grid]] = {}
    for rows in tables:
        numbers, used = _row_lines(rows, squeezed, taken)
        if not used:
            continue
        taken |= used
        placed.setdefault(min(used), []).append(Grid(rows, numbers, page))
    for at, text in enumerate(lines):
        if at in placed:
            yield from placed[at]
        if at not in taken:
            yield Line(text, at + 1, page)


def _row_lines(rows: list[list[str]], squeezed: list[str], taken: set[int]) -> tuple[list[int], set[int]]:
    """The page line of each row, and all lines that the table covers."""
    numbers: list[int] = []
    used: set[int] = set()
    cursor = 0
    for row in rows:
        cells = ["".join(cell.split()) for cell in row if cell]
        if not cells:
            numbers.append(numbers[-1] if numbers else 1)
            continue
        whole = "".join(cells)
        best = -1
        for at in range(cursor, len(squeezed)):
            if at in taken or not squeezed[at]:
                continue
            if squeezed[at] == whole or (
                len(squeezed[at]) > 1
                and (squeezed[at] in whole or any(c and c in squeezed[at] for c in cells[:2] if len(c) > 1))
            ):
                best = at
                break
        if best < 0:
            numbers.append(numbers[-1] if numbers else 1)
            continue
        numbers.append(best + 1)
        at, left = best, len(whole)
        while at < len(squeezed) and left > 0 and (not squeezed[at] or at == best or squeezed[at] in whole):
            if squeezed[at]:
                used.add(at)
                left -= len(squeezed[at])
            at += 1
        cursor = at
    return numbers, used
