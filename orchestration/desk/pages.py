"""A page of a PDF as it is printed, with a box where the text under it equals the printed value, and nowhere else.

The page is drawn in a process of its own with a limit on memory and time, because a document is somebody else's data.
"""

import base64
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from orchestration.desk.places import spans
from orchestration.desk.queue import Document
from orchestration.desk.text import PATIENCE, limit
from orchestration.extraction.model import ExtractionError
from orchestration.extraction.promotion import figure_key
from orchestration.figures.text import plain
from orchestration.settings import PROJECT

_SCALE = 1.6  # pixels for a point
_LARGEST = 3000  # pixels of a side
_GAP = re.compile(r"[\s|]+")

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Page:
    """``boxes``: by key of a figure, left, top, width and height as parts of the page."""

    png: bytes
    boxes: dict[str, list[Box]]


def shown(document: Document, number: int) -> Page:
    """A page with the boxes of its figures. Raises ``ExtractionError`` where it cannot be drawn."""
    wanted = tuple(
        (key, figure.printed, _line_text(document, key))
        for figure in document.figures
        if figure.page == number and document.anchored.spans.get(key := figure_key(figure))
    )
    stat = document.path.stat()
    return _page(document.path, number, wanted, stat.st_mtime_ns, stat.st_size)


def _line_text(document: Document, key: str) -> str:
    """The line of a figure as it was read."""
    (low, _), *_ = document.anchored.spans[key]
    starts = document.anchored.starts
    index = max(i for i, start in enumerate(starts) if start <= low)
    return document.anchored.lines[index].text


@lru_cache(maxsize=32)
def _page(path: Path, number: int, wanted: tuple[tuple[str, str, str], ...], *_: int) -> Page:
    if path.suffix.lower() != ".pdf":
        raise ExtractionError(f"{path.name}: only a PDF has pages to show")
    command = [sys.executable, "-m", "orchestration.desk.pages", str(path.resolve()), str(number)]
    try:
        told = subprocess.run(
            command, input=json.dumps(wanted).encode(), capture_output=True, timeout=PATIENCE, check=True,
            cwd=PROJECT, preexec_fn=limit,
        )  # fmt: skip
        answer = json.loads(told.stdout)
    except (subprocess.SubprocessError, OSError, ValueError) as error:
        raise ExtractionError(f"{path.name}: page {number} cannot be drawn") from error
    return Page(base64.b64decode(answer["png"]), answer["boxes"])


# --- in the guarded process -------------------------------------------------------------------------------------------


def boxes(text: str, wanted: list[tuple[str, str, str]]) -> dict[str, list[tuple[int, int]]]:
    """By key, where in the text of a page its printed words stand, if that is one place of its line.

    The line is looked for as a whole, white space and the bars between cells aside; one that the page does not hold, or
    holds twice, has no place, and neither have words that the line prints twice.
    """
    searched = plain(text)
    searched = searched if len(searched) == len(text) else text
    found: dict[str, list[tuple[int, int]]] = {}
    for key, printed, line in wanted:
        pieces = [re.escape(piece) for piece in _GAP.split(line) if piece]
        if not pieces:
            continue
        lines = list(re.compile(r"\s*".join(pieces)).finditer(text))
        if len(lines) != 1:
            continue
        low, high = lines[0].span()
        inside = list(spans(searched, printed, low, high))
        if len(inside) == 1:
            found[key] = inside
    return found


def _draw(path: Path, number: int, wanted: list[tuple[str, str, str]]) -> dict[str, Any]:
    import io

    import pypdfium2

    page = pypdfium2.PdfDocument(str(path))[number - 1]
    width, height = page.get_size()
    scale = min(_SCALE, _LARGEST / max(width, height))
    picture = io.BytesIO()
    page.render(scale=scale).to_pil().save(picture, "PNG")
    textpage = page.get_textpage()
    text = textpage.get_text_range()
    drawn: dict[str, list[Box]] = {}
    for key, [(low, high)] in boxes(text, wanted).items():
        found = []
        for index in range(textpage.count_rects(low, high - low)):
            left, bottom, right, top = textpage.get_rect(index)
            found.append((left / width, 1 - top / height, (right - left) / width, (top - bottom) / height))
        if _squeezed(_under(textpage, low, high)) == _squeezed(text[low:high]):
            drawn[key] = found
    return {"png": base64.b64encode(picture.getvalue()).decode(), "boxes": drawn}


def _under(textpage: Any, low: int, high: int) -> str:
    """The text that the page holds under the rectangles of a range of characters."""
    count = textpage.count_rects(low, high - low)
    return "".join(textpage.get_text_bounded(*textpage.get_rect(index)) for index in range(count))


def _squeezed(text: str) -> str:
    return "".join(text.split())


if __name__ == "__main__":
    print(json.dumps(_draw(Path(sys.argv[1]), int(sys.argv[2]), json.load(sys.stdin))))
