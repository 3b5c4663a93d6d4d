"""The head of a document: what its frame is inferred from, as texts, and the lines above its first sentence."""

from collections.abc import Iterable

from orchestration.extraction.model import Block, Grid

TITLE_LENGTH = 160  # characters; a longer first block is text, and so is one that ends in a full stop

STOPS = (".", "。", "!", "！", ";", "；")

_HEAD_BLOCKS, _HEAD_CHARACTERS = 400, 40_000
_SHEET_NAME = 31  # characters that the name of a sheet can have
_NAME = 40  # a shorter line of the head may end in a point and be a name all the same: ACME, INC.


def head_lines(blocks: list[Block | Grid], texts: list[str]) -> list[str]:
    """The short lines that a document begins with: title, subtitle, who wrote it when."""
    lines: list[str] = []
    for block, text in zip(blocks[:3], texts, strict=False):
        if not isinstance(block, Block) or len(text) > TITLE_LENGTH:
            break
        if text.rstrip().endswith(STOPS) and len(text) > _NAME:
            break
        lines.append(text)
    return lines


def texts_of(block: Block | Grid) -> str:
    if isinstance(block, Block):
        return block.text
    # heads and row names; numbers of cells may look like years
    rows = [*block.rows[:2], *([row[0]] for row in block.rows[2:40] if row)]
    return "\n".join([block.caption, *(" | ".join(row) for row in rows)])


def under_sheet_name(name: str, table: str) -> list[str]:
    """The name of a sheet behind the title of its table, where the table has one: a first row with one text."""
    first, _, rest = table.lstrip("\n").partition("\n")
    titled = len(name) <= _SHEET_NAME and first.strip(" |") and "|" not in first.strip(" |")
    return [first.strip(" |"), f"{name}\n{rest}"] if titled else [name, table]


def head_of(blocks: "Iterable[Block | Grid]") -> list[Block | Grid]:
    """The part of a document that its frame is inferred from: a bounded number of blocks and characters."""
    head: list[Block | Grid] = []
    size = 0
    for block in blocks:
        head.append(block)
        size += len(block.text) if isinstance(block, Block) else sum(len(c) for row in block.rows for c in row)
        if len(head) >= _HEAD_BLOCKS or size >= _HEAD_CHARACTERS:
            break
    return head
