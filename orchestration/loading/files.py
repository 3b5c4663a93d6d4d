"""Reading CSV and YAML of `raw/` with line numbers and messages that name the place."""

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from orchestration.loading.problems import RawError

LINE = "__line__"
_SURROGATE = re.compile("[\ud800-\udfff]")


class _Loader(yaml.SafeLoader):
    """SafeLoader (no Python tags) that puts the line of every mapping into it and keeps dates and numbers as text.

    Numbers are text because what is printed counts: 1.50 is not 1.5, and 012 is not ten.
    """


class _FastLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The same by libyaml, several times faster. It recurses on the C stack: only for text that is not nested deep."""


# raw files nest four deep
_DEPTH = 50
_BRACKETS = 500
_INDENTED = re.compile(r"^[-?: \t]{100}", re.MULTILINE)


def _mapping(loader: Any, node: yaml.MappingNode) -> dict[str, Any]:
    loader.flatten_mapping(node)
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str):
            raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} is no text", key_node.start_mark)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} stands twice", key_node.start_mark)
        seen.add(key)
    mapping = dict(loader.construct_pairs(node, deep=True))
    mapping[LINE] = node.start_mark.line + 1
    return mapping


def _scalar(loader: Any, node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise yaml.constructor.ConstructorError(None, None, f"the tag {node.tag} needs one value", node.start_mark)
    text = str(loader.construct_scalar(node))
    if _SURROGATE.search(text):
        # "\\ud800" is valid YAML and no text: no database takes it
        raise yaml.constructor.ConstructorError(None, None, "half a character (\\ud800-\\udfff)", node.start_mark)
    return text


for _class in (_Loader, _FastLoader):
    _class.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
    for _kind in ("str", "timestamp", "int", "float"):
        _class.add_constructor(f"tag:yaml.org,2002:{_kind}", _scalar)


def _is_deep(text: str) -> bool:
    # no deeper than there are brackets and indented places: most files need no second look
    if text.count("[") + text.count("{") < _BRACKETS and not _INDENTED.search(text):
        return False
    depth = 0
    for event in yaml.parse(text, Loader=_FastLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEPTH:
            return True
    return False


def _parse(text: str) -> Any:
    try:
        if not _is_deep(text):
            return yaml.load(text, Loader=_FastLoader)  # a SafeLoader subclass
    except (yaml.YAMLError, ValueError, TypeError, KeyError):
        pass  # the loader in Python says better what is wrong, and where
    return yaml.load(text, Loader=_Loader)  # a SafeLoader subclass


def leads_out(path: Path, folder: Path) -> bool:
    """Whether a path inside ``folder`` is, or passes through, a link to somewhere outside of it.

    Who may put a file into the folder may not make us read, and quote, the files that only we may read.
    """
    try:
        return not path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # links in a circle
        return True


def read_text(path: Path, raw: Path) -> str:
    """UTF-8 text of a raw file; ``RawError`` when it is absent, and with the byte's line when it is not UTF-8.

    A link that leads out of ``raw`` is refused.
    """
    name = str(path.relative_to(raw))
    if leads_out(path, raw):
        raise RawError(name, 0, "the file is a link that leads out of raw/", "Put the file itself in its place")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RawError(
            name, 0, f"the file cannot be read ({error.strerror})", "Restore it or its permissions"
        ) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise RawError(name, line, "the file is not UTF-8", "Save it as UTF-8") from error


def read_yaml(path: Path, raw: Path) -> Any:
    """A YAML file whose mappings carry their line under ``LINE``; ``RawError`` when it cannot be read."""
    name = str(path.relative_to(raw))
    text = read_text(path, raw)
    try:
        return _parse(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise RawError(name, line, f"broken YAML: {error.problem or error}", "Mend the syntax on that line") from error
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise RawError(name, line, f"broken YAML: {error.reason}", "Delete that character") from error
    except (yaml.YAMLError, RecursionError, ValueError, TypeError, KeyError) as error:
        # PyYAML lets some constructors' own errors through, e.g. `!!bool perhaps`
        raise RawError(name, 1, f"broken YAML: {str(error)[:200]}", "Mend the syntax") from error


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One record: its first line in the file, and its cells."""

    line: int
    cells: list[str]


def read_csv(path: Path, raw: Path) -> tuple[list[str], list[CsvRow]]:
    """Header and records of a CSV file; blank lines are passed over. ``RawError`` when there is no header."""
    name = str(path.relative_to(raw))
    reader = csv.reader(io.StringIO(read_text(path, raw), newline=""), strict=True)
    rows: list[CsvRow] = []
    header: list[str] | None = None
    last = 0
    try:
        for cells in reader:
            first, last = last + 1, reader.line_num
            if not "".join(cells).strip():
                continue
            if header is None:
                header = [cell.strip() for cell in cells]
            else:
                rows.append(CsvRow(first, cells))
    except csv.Error as error:
        # the row that cannot be read starts behind the last good one; an open quote swallows the rest of the file
        raise RawError(
            name, last + 1, f"broken CSV: {error}", "Close the quotes of the row that starts there"
        ) from error
    if header is None:
        raise RawError(name, 1, "the file is empty", "Write the header row, or delete the file")
    return header, rows
