"""Markdown, and tables between bars in plain text."""

# expressions stay on one line

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from orchestration.extraction.model import Grid, Line
from orchestration.extraction.read.html import tables_of

_ROWS_A_CHUNK = 400

_MD_HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.{1,500}?)\s*#*\s*$")
_MD_RULE = re.compile(r"^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_EMPHASIS = re.compile(r"\*{1,3}(?=\S)([^*]{1,200}?)(?<=\S)\*{1,3}")
_MD_IMAGE = re.compile(r"!\[([^\]]{0,300})\]\([^)\s]{0,500}[^)]{0,100}\)")
_MD_LINK = re.compile(r"\[([^\]]{1,300})\]\((?:[^()\s]{0,500})(?:\s\"[^\"]{0,200}\")?\)")
_MD_FOOTNOTE = re.compile(r"\[\^[^\]]{1,20}\]:?")
# tags of HTML, which Markdown may hold: <img width="60%">; one that is open at the end of its line, and its end
_TAG = re.compile(r"</?[A-Za-z][\w-]{0,20}(?:\s[^<>]{0,2000})?/?>")
_TAG_OPENS = re.compile(r"<[A-Za-z][\w-]{0,20}(?:\s+[\w-]+=[^<>]{0,2000})?\s*$")
_TABLE_BEGINS, _TABLE_ENDS = re.compile(r"\s*<table\b", re.I), re.compile(r"</table\s*>\s*$", re.I)
_CELL_TAG = re.compile(r"<t[dhr]\b", re.I)  # the tags of a row part its cells
_INLINE_TAG = re.compile(r"</?(?:b|i|em|strong|sup|sub|br|span|a)\b")
_MD_ITEM = re.compile(r"^\s{0,12}(?:[-*+]|\d{1,3}[.)])\s+")


def _without_tags(lines: Iterable[Line | Grid]) -> Iterator[Line | Grid]:
    """Lines without tags of HTML, whose widths and colours are no figures, also where a tag goes over several lines."""
    opened = False  # within a tag
    for line in lines:
        if isinstance(line, Grid):
            yield line
            continue
        text = line.text
        if (
            opened and text.strip() and not text.lstrip().startswith(("```", "~~~"))
        ):  # no tag goes on over an empty line
            _, ended, text = text.partition(">")
            opened = not ended
        else:
            opened = False
        if "<" in text and not _CELL_TAG.search(text):
            text = _TAG.sub(lambda m: "" if _INLINE_TAG.match(m[0]) else " ", text)
            unfinished = _TAG_OPENS.search(text)
            if unfinished:
                opened, text = True, text[: unfinished.start()]
        yield line if text == line.text else replace(line, text=text)


def _html_tables(lines: Iterable[Line]) -> Iterator[Line | Grid]:
    """Lines, and the tables of HTML among them as grids; one that does not end within the limit stays as lines."""
    held: list[Line] = []
    fenced = False
    for line in lines:
        fenced ^= line.text.lstrip().startswith(("```", "~~~"))
        if not held and (fenced or not _TABLE_BEGINS.match(line.text)):
            yield line
            continue
        held.append(line)
        if _TABLE_ENDS.search(line.text):
            yield from tables_of("\n".join(row.text for row in held), held[0].number)
            held = []
        elif len(held) > _ROWS_A_CHUNK:
            yield from held
            held = []
    yield from held


def markdown(source: Iterator[Line]) -> Iterator[Line | Grid]:
    fenced = front = False
    table: list[Line] = []
    for line in _without_tags(_html_tables(source)):
        if isinstance(line, Grid):
            if table:
                yield from _md_table(table)
                table = []
            yield line
            continue
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
                table = _with_rule(table)
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
                rows = _with_rule(rows)
            continue
        if rows:
            yield from _pipe_table(rows)
            rows = []
        yield line
    if rows:
        yield from _pipe_table(rows)


def _with_rule(rows: list[Line]) -> list[Line]:
    """The head of a long table, to stand over its next part as well."""
    rule = next((at for at, row in enumerate(rows[:3]) if _MD_RULE.match(row.text.strip())), 0)
    return rows[: rule + 1]


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


def _md_cell(cell: str) -> str:
    """The text of a cell without emphasis; one asterisk alone is the mark of a note and stays."""
    return _EMPHASIS.sub(r"\1", _md_text(cell).replace("\\|", "|")).replace("**", "").strip()


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
        rows.append(
            [_EMPHASIS.sub(r"\1", _md_text(cell).replace("\\|", "|")).replace("**", "").strip() for cell in cells]
        )
        numbers.append(line.number)
    if len(rows) > 2 and numbers[1] - numbers[0] > _ROWS_A_CHUNK // 2:
        yield Grid(rows[1:], numbers[1:], header=rows[:1])  # a later part of a long table
    else:
        yield Grid(rows, numbers)
