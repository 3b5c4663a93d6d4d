"""A database of a few rows and a folder of suites, to be checked and spoiled by the tests."""

import textwrap
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.quality import checks
from orchestration.quality.history import CheckResult
from orchestration.settings import Settings

TABLES = """
create schema core;
create schema other;
create table core.items (
    id varchar, kind varchar, part varchar, low double, high double, day date, tags varchar[], "order" integer
);
insert into core.items values
    ('a', 'x', 'p', 1, 2, '2024-01-01', ['u'], 1),
    ('b', 'y', 'p', 2, 2, '2024-06-01', ['u', 'v'], 2),
    ('c', 'x', 'q', -1, 5, null, [], 3),
    ('d', null, 'q', null, 7, '2025-01-01', null, 4);
create table other.kinds as select unnest(['x', 'y']) as kind;
"""


@dataclass(frozen=True, slots=True)
class Tiny:
    """One database with its suites; ``run`` checks it."""

    settings: Settings
    database: Path

    def sql(self, statement: str) -> None:
        with duckdb.connect(str(self.database)) as connection:
            connection.execute(statement)

    def suite(self, text: str, name: str = "tiny") -> Path:
        """Write a suite; ``text`` is the list of its expectations."""
        path = self.settings.expectations / f"{name}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("expectations:\n" + textwrap.indent(textwrap.dedent(text), "  "), encoding="utf-8")
        return path

    def run(self, suites: list[str] | None = None) -> dict[str, CheckResult]:
        return {result.name: result for result in checks.run_checks(self.settings, self.database, suites)}


def make_tiny(base: Path) -> Tiny:
    settings = Settings(project=base, raw=base / "raw", state=base / "state", published=base / "warehouse")
    tiny = Tiny(settings, base / "tiny.duckdb")
    tiny.sql(TABLES)
    return tiny


def entry(name: str, kind: str, **fields: object) -> str:
    """One expectation in YAML's flow style."""
    lines = {
        "name": name, "table": "core.items", "type": kind, "severity": "critical", "blocking": True,
        "description": f"The rule {name}.", "keys": ["id"], **fields,
    }  # fmt: skip
    return "- " + "\n  ".join(f"{key}: {_yaml(value)}" for key, value in lines.items()) + "\n"


def _yaml(value: object) -> str:
    import json

    return json.dumps(value, ensure_ascii=False)
