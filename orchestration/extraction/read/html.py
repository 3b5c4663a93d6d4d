"""HTML: paragraphs and tables with spans, each with its line of the source."""

# expressions stay on one line
# ruff: noqa: E501

import contextlib
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from orchestration.extraction.heads import is_period, numeric
from orchestration.extraction.model import ExtractionError, Grid, Line
from orchestration.extraction.read.encoding import detect_encoding

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
# white space of the source; the narrow spaces of typesetters group the digits of a number, and stay
_SPACES = re.compile(r"[^\S\u00a0\u2009\u202f]+")
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


def html(path: Path) -> Iterator[Line | Grid]:
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
        if tag == "table" and not _holds_tables(node) and len(node.css("tr")) > 1:  # type: ignore[attr-defined]
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


def tables_of(source: str, first: int) -> Iterator[Line | Grid]:
    """The tables of a piece of HTML that begins in line ``first`` of its document; nested ones one by one."""
    from selectolax.lexbor import LexborHTMLParser

    if _deepest(source) > _DEEPEST:
        return
    places, room = _Places(source), _Room(Path("table"))
    for node in LexborHTMLParser(source).css("table"):
        if _holds_tables(node):
            continue
        places.tag("table")
        for part in _html_table(node, places, room):
            if isinstance(part, Grid):
                yield replace(part, numbers=[number + first - 1 for number in part.numbers])
            else:
                yield replace(part, number=part.number + first - 1)


def _holds_tables(node: object) -> bool:
    """Whether a table holds other tables, for whose layout it stands."""
    return any(other.mem_id != node.mem_id for other in node.css("table"))  # type: ignore[attr-defined]


def _paragraph(source: str, first: int) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text of a paragraph in one line, and where later lines of its source (from ``first``) begin in it."""
    text = ""
    breaks: list[tuple[int, int]] = []
    for number, part in enumerate(source.strip().split("\n"), first):
        words = _SPACES.sub(" ", part).strip()
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
            # a number over several columns or rows is one figure; words and periods name each of them
            again = "" if numeric(text) and not is_period(text) else text
            for at in range(columns):
                if down > 1:
                    carried[len(cells)] = (down - 1, again)
                cells.append(again if at else text)
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
