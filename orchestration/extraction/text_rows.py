"""Runs of printed number rows in plain text: each row a label and the cells behind it."""

import itertools
import re

from orchestration.extraction.heads import is_period, spelled_year
from orchestration.extraction.line_kinds import CELL, YEAR_CELL
from orchestration.extraction.model import Grid


def split_row(text: str) -> list[tuple[str, list[str]]]:
    """Logical rows of a printed row: a label and the cells after it; a new label after cells starts another row."""
    rows: list[tuple[str, list[str]]] = []
    label: list[str] = []
    cells: list[str] = []
    for part in text.split():
        if CELL.match(part) or YEAR_CELL.match(part):
            if part in ("-", "–", "—") and not cells:
                label.append(part)
            else:
                cells.append(part)
        else:
            if len(cells) == 1 and re.match(r"\d{1,4}$", cells[0]):
                label.append(cells.pop())  # 前 6 名, 2024 年: the number belongs to the label
            if cells:
                rows.append((" ".join(label), cells))
                label, cells = [], []
            label.append(part)
    if cells or label:
        rows.append((" ".join(label), cells))
    return rows


def is_ladder(cells: list[str]) -> bool:
    """An axis: at least three numbers with equal steps."""
    numbers = []
    for cell in cells:
        match = re.match(r"^[-–(]?[$¥€£]?([\d,]+(?:\.\d+)?)[)%％]*$", cell)
        if match is None:
            return False
        numbers.append(float(match[1].replace(",", "")) * (-1 if cell[0] in "-–(" else 1))
    if len(numbers) < 3:
        return False
    steps = [b - a for a, b in itertools.pairwise(numbers)]
    return all(abs(step - steps[0]) <= 1e-6 * max(1.0, abs(steps[0])) for step in steps)


def text_grid(rows: list[tuple[str, int]]) -> list[Grid]:
    """Grids of a run of printed rows ``(text, line)``: each header of years starts a grid. Rows align at the right."""
    grids: list[Grid] = []
    header: list[str] = []
    corner = ""
    body: list[list[str]] = []
    lines: list[int] = []

    def close() -> None:
        nonlocal body, lines
        if header and body:
            width = len(header) + 1
            aligned = [[row[0], *([""] * max(0, width - len(row))), *row[1:]][:width] for row in body]
            grids.append(Grid([[corner, *header], *aligned], [lines[0] - 1, *lines]))
        elif body:
            width = max(map(len, body))
            grids.append(Grid([row + [""] * (width - len(row)) for row in body], lines, header=[]))
        body, lines = [], []

    for text, line in rows:
        for label, cells in split_row(text):
            if len(cells) >= 2 and all(YEAR_CELL.match(cell) and is_period(spelled_year(cell)) for cell in cells):
                close()
                header, corner = cells, label
                continue
            if not label and (is_ladder(cells) or not header):
                continue
            if not cells:
                continue
            if header and len(cells) > len(header):
                cells = cells[-len(header) :]
            body.append([label, *cells])
            lines.append(line)
    close()
    return grids
