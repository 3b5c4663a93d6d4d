"""Reading `expectations/*.yml`: one file a suite, one entry an expectation. See docs/quality.md for the format.

Nothing here imports Great Expectations (2 s): Dagster and the command line need the names of all checks at once.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from orchestration.loading.files import LINE, read_yaml
from orchestration.loading.problems import RawError

SEVERITIES = ("critical", "warning", "info")
PLACES = ("both", "build", "published", "pages")
UNEXPECTED_ROWS = "unexpected_rows"
PYTHON = "python"


@dataclass(frozen=True, slots=True)
class Kind:
    """An expectation type: the arguments that it must have and those that it may have."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


# The types that our DuckDB dialect was tested with. Regular expressions and `like` do not work on DuckDB in Great
# Expectations: write those as `unexpected_rows`.
KINDS: dict[str, Kind] = {
    "expect_column_values_to_not_be_null": Kind(("column",), ("mostly",)),
    "expect_column_values_to_be_null": Kind(("column",), ("mostly",)),
    "expect_column_values_to_be_unique": Kind(("column",), ("mostly",)),
    "expect_compound_columns_to_be_unique": Kind(("column_list",), ("mostly",)),
    "expect_column_values_to_be_between": Kind(
        ("column",), ("min_value", "max_value", "strict_min", "strict_max", "mostly")
    ),
    "expect_column_values_to_be_in_set": Kind(("column", "value_set"), ("mostly",)),
    "expect_column_values_to_not_be_in_set": Kind(("column", "value_set"), ("mostly",)),
    "expect_column_pair_values_a_to_be_greater_than_b": Kind(("column_A", "column_B"), ("or_equal", "mostly")),
    "expect_column_value_lengths_to_be_between": Kind(("column",), ("min_value", "max_value", "mostly")),
    "expect_column_distinct_values_to_contain_set": Kind(("column", "value_set")),
    "expect_column_min_to_be_between": Kind(("column",), ("min_value", "max_value")),
    "expect_column_max_to_be_between": Kind(("column",), ("min_value", "max_value")),
    "expect_table_row_count_to_be_between": Kind((), ("min_value", "max_value")),
    "expect_table_columns_to_match_set": Kind(("column_set",), ("exact_match",)),
    PYTHON: Kind(("check",)),
    UNEXPECTED_ROWS: Kind(()),
}

_REQUIRED = ("name", "type", "severity", "blocking", "description")
_OPTIONAL = ("table", "tables", "each", "kwargs", "query", "keys", "where", "remedy")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_WORD = re.compile(r"[a-z0-9_]*")
_TABLE = re.compile(r"[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*")


class SuiteError(ValueError):
    """A suite that cannot be used; says file, line and remedy."""

    def __init__(self, file: str, line: int, message: str, remedy: str) -> None:
        super().__init__(f"expectations/{file}:{line}: {message}. {remedy}")


@dataclass(frozen=True, slots=True)
class Expectation:
    """One rule about one table.

    ``name`` is unique in its suite; ``keys`` are the columns that identify a failing row; ``where`` says which file has
    what the rule needs (``build``: the raw tables; ``published``: version and history); ``query`` returns the rows that
    should not exist (type ``unexpected_rows`` only, ``{table}`` and ``{tables}`` already replaced); ``united`` are the
    tables that it reads as one; ``sources`` must all be registered for the rule to make sense.
    """

    suite: str
    name: str
    table: str
    type: str
    severity: str
    blocking: bool
    description: str
    file: str
    line: int
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    query: str | None = None
    keys: tuple[str, ...] = ()
    where: str = "both"
    remedy: str = ""
    sources: tuple[str, ...] = ()
    united: tuple[str, ...] = ()

    @property
    def column(self) -> str | None:
        """The column or columns that the rule is about, if it names any."""
        names = [self.kwargs.get(name) for name in ("column", "column_A", "column_B") if self.kwargs.get(name)]
        names += self.kwargs.get("column_list", [])
        return ", ".join(map(str, names)) or None

    @property
    def place(self) -> str:
        return f"expectations/{self.file}:{self.line}"


def load_suites(folder: Path, names: Sequence[str] | None = None) -> dict[str, list[Expectation]]:
    """Suites by name (the file's stem), in the order of the files; those named only, if names are given.

    Raises ``SuiteError`` for a suite that cannot be read, an unknown name, or a folder without suites.
    """
    files = {path.stem: path for path in sorted(folder.glob("*.yml"))}
    if not files:
        raise SuiteError("", 0, f"no suites in {folder}", "Restore the *.yml files of that folder")
    for name in names or ():
        if name not in files:
            raise SuiteError(f"{name}.yml", 0, "there is no such suite", f"One of {', '.join(files)}")
    return {name: read_suite(path) for name, path in files.items() if not names or name in names}


def read_suite(path: Path) -> list[Expectation]:
    """The expectations of one file. Raises ``SuiteError`` at the first entry that cannot be used."""
    status = path.stat()
    return list(_read_suite(path, status.st_mtime_ns, status.st_size))


@lru_cache(maxsize=64)
def _read_suite(path: Path, changed: int, size: int) -> tuple[Expectation, ...]:
    """Read once while the file stays the same: every failing check asks for its own expectation again."""
    try:
        content = read_yaml(path, path.parent)
    except RawError as error:
        problem = error.problem
        raise SuiteError(problem.file, problem.line, problem.message, problem.remedy) from error
    entries = content.get("expectations") if isinstance(content, dict) else None
    if not isinstance(entries, list) or not entries:
        raise SuiteError(path.name, 1, "the suite has no list `expectations`", "See docs/quality.md for the format")
    sources = content.get("sources", [])
    if not isinstance(sources, list) or not all(isinstance(source, str) for source in sources):
        raise SuiteError(path.name, 1, f"`sources` is {sources!r}", "Write a list of source ids, or leave it out")
    expectations: list[Expectation] = []
    lines: dict[str, int] = {}
    for position, entry in enumerate(entries, start=1):
        if not isinstance(entry, dict):
            raise SuiteError(path.name, 1, f"entry {position} is {entry!r}, no mapping", "Give it name, table and type")
        for expectation in _read_entry(path, entry, tuple(sources)):
            if expectation.name in lines:
                raise SuiteError(
                    path.name,
                    expectation.line,
                    f"the name {expectation.name!r} stands twice (first on line {lines[expectation.name]})",
                    "Rename one; the history tells checks apart by suite and name",
                )
            lines[expectation.name] = expectation.line
            expectations.append(expectation)
    return tuple(expectations)


def _check_fields(fields: dict[str, Any], refuse: Callable[[str, str], SuiteError]) -> None:
    """Raises what ``refuse`` makes of the first thing that is wrong with an entry."""
    unknown = [key for key in fields if key not in _REQUIRED + _OPTIONAL]
    if unknown:
        raise refuse(f"unknown key {', '.join(unknown)}", f"Keys are {', '.join(_REQUIRED + _OPTIONAL)}")
    missing = [key for key in _REQUIRED if fields.get(key) in (None, "")]
    if missing:
        raise refuse(f"no {', '.join(f'`{key}`' for key in missing)}", "Every expectation has them")
    if not isinstance(fields["name"], str) or not _NAME.fullmatch(fields["name"]):
        raise refuse(f"bad name {fields['name']!r}", "Lower-case letters, digits and _, beginning with a letter")
    _check_choice(fields, "severity", SEVERITIES, refuse)
    _check_choice(fields, "where", PLACES, refuse)
    if not isinstance(fields["blocking"], bool):
        raise refuse(f"`blocking` is {fields['blocking']!r}", "Write true or false")
    if fields["blocking"] and fields["severity"] != "critical":
        raise refuse(f"a {fields['severity']} cannot block", "Write severity: critical, or blocking: false")
    _check_type(fields, refuse)


def _check_type(fields: dict[str, Any], refuse: Callable[[str, str], SuiteError]) -> None:
    kind, keys = fields["type"], fields.get("keys") or []
    if kind not in KINDS:
        raise refuse(f"unknown type {kind!r}", f"One of {', '.join(KINDS)}; anything else as unexpected_rows")
    _check_kwargs(kind, fields.get("kwargs") or {}, refuse)
    query = fields.get("query")
    if (kind == UNEXPECTED_ROWS) != (isinstance(query, str) and bool(query.strip())):
        raise refuse("`query` does not go with the type", "type unexpected_rows has a query, the others have none")
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise refuse(f"`keys` is {keys!r}", "Write a list of column names")


def _read_entry(path: Path, entry: dict[Any, Any], sources: tuple[str, ...]) -> list[Expectation]:
    line = int(entry[LINE])

    def refuse(message: str, remedy: str) -> SuiteError:
        label = f"{entry['name']}: " if isinstance(entry.get("name"), str) else ""
        return SuiteError(path.name, line, label + message, remedy)

    fields = {str(key): _plain(value) for key, value in entry.items() if key != LINE}
    _check_fields(fields, refuse)
    kind, query = fields["type"], fields.get("query")
    kwargs, keys = fields.get("kwargs") or {}, fields.get("keys") or []
    tables, united = _tables(fields, refuse)
    places = [
        (
            table,
            word,
            "".join(f"_{part.replace('.', '_')}" for part in (table if len(tables) > 1 else "", word) if part),
        )
        for table in tables
        for word in _each(fields, refuse)
    ]

    def fill(text: Any, table: str, word: str) -> str:
        return str(text or "").replace("{table}", table).replace("{tables}", _union(united)).replace("{each}", word)

    return [
        Expectation(
            suite=path.stem,
            name=fields["name"] + suffix,
            table=table,
            type=kind,
            severity=fields["severity"],
            blocking=fields["blocking"],
            description=" ".join(fill(fields["description"], table, word).split()),
            file=path.name,
            line=line,
            kwargs=kwargs,
            query=fill(query, table, word).strip().rstrip(";") if query else None,
            keys=tuple(keys),
            where=fields.get("where") or "both",
            remedy=" ".join(fill(fields.get("remedy"), table, word).split()),
            sources=sources,
            united=united,
        )
        for table, word, suffix in places
    ]


def _each(fields: dict[str, Any], refuse: Any) -> list[str]:
    words = fields.get("each", [""])
    if not isinstance(words, list) or not words or not all(isinstance(word, str) for word in words):
        raise refuse(f"`each` is {words!r}", "Write a list of words; {each} in query and description stands for them")
    if len(set(words)) != len(words) or not all(_WORD.fullmatch(word) for word in words):
        raise refuse(f"`each` is {words!r}", "Name each word once, with lower-case letters, digits and _")
    return words


def _tables(fields: dict[str, Any], refuse: Any) -> tuple[list[str], tuple[str, ...]]:
    """The tables that get a check each; and those whose rows one check reads together."""
    if "table" not in fields and "tables" not in fields:
        raise refuse("needs `table` or `tables`", "Write one table, e.g. table: core.figures, or a list `tables`")
    tables = fields.get("tables", [])
    if not isinstance(tables, list) or ("tables" in fields and not tables):
        raise refuse(f"`tables` is {tables!r}", "Write a list of tables")
    for table in [*tables, *([fields["table"]] if "table" in fields else [])]:
        if not isinstance(table, str) or not _TABLE.fullmatch(table):
            raise refuse(f"bad table {table!r}", "Write schema.table, e.g. core.figures")
    if len(set(tables)) != len(tables):
        raise refuse("a table stands twice in `tables`", "Name each table once")
    together = "{tables}" in str(fields.get("query"))
    if together != ("table" in fields and "tables" in fields):
        raise refuse(
            "{tables} in the query does not go with `table` and `tables`",
            "With both, {tables} stands for the rows of all of these, {table} for the one that the check is shown at",
        )
    return ([fields["table"]], tuple(tables)) if together else (tables or [fields["table"]], ())


def _union(tables: Sequence[str]) -> str:
    """The rows of several tables, with `table_name`; columns that one lacks are null."""
    each = (f"select '{table}' as table_name, * from {table}" for table in tables)
    return "(" + " union all by name ".join(each) + ")"


def _check_choice(fields: dict[str, Any], key: str, choices: Sequence[str], refuse: Any) -> None:
    if key in fields and fields[key] not in choices:
        raise refuse(f"`{key}` is {fields[key]!r}", f"One of {', '.join(choices)}")


def _check_kwargs(kind: str, kwargs: Any, refuse: Any) -> None:
    if not isinstance(kwargs, dict):
        raise refuse(f"`kwargs` is {kwargs!r}", "Write a mapping, e.g. {column: figure_id}")
    rule = KINDS[kind]
    missing = [name for name in rule.required if name not in kwargs]
    unknown = [name for name in kwargs if name not in rule.required + rule.optional]
    if missing or unknown:
        found = f"no argument {', '.join(missing)}" if missing else f"unknown argument {', '.join(unknown)}"
        raise refuse(f"{kind} has {found}", f"Its arguments: {', '.join(rule.required + rule.optional) or 'none'}")
    if "_between" in kind and kwargs.get("min_value") is None and kwargs.get("max_value") is None:
        raise refuse(f"{kind} has no limit", "Give min_value, max_value or both; without one the check always passes")
    for name in ("value_set", "column_list", "column_set"):
        if name in kwargs and (not isinstance(kwargs[name], list) or not kwargs[name]):
            raise refuse(f"`{name}` is {kwargs[name]!r}", "Write a list with at least one entry")


def _plain(value: Any) -> Any:
    """The value without the line numbers that the reader puts into mappings."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items() if key != LINE}
    return [_plain(item) for item in value] if isinstance(value, list) else value
