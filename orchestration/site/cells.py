"""Cells of tables as files of text hold them."""

import json
from datetime import date, datetime
from typing import Any


def plain(value: Any) -> Any:
    """A cell that JSON and CSV can hold; a list is a cell of JSON, so that every program reads it alike."""
    if isinstance(value, float) and not -1e308 <= value <= 1e308:
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value if isinstance(value, str | int | float | bool | None) else str(value)
