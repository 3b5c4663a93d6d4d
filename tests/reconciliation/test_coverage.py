"""A mistyped label cannot pass silently: a sum that misses a part is refused, fails, or says how little it covers."""

from pathlib import Path

import pytest
import yaml

from orchestration.loading import SourceLoad, load_reference, load_source, load_sources
from orchestration.settings import PROJECT
from tests.reconciliation.synthetic import Folder, Source

TABLE = (("Maker 00001", "60.0亿元"), ("Maker 00002", "40.0亿元"), ("Maker 00003", "100.0亿元"))


def load_with(raw: Path, check: dict[str, object], relations: list[dict[str, object]]) -> SourceLoad:
    """One table of three rows with one check, and relations to its cells."""
    folder = Folder()
    source: Source = folder.source("report")
    source.table.extend(TABLE)
    source.relations.extend(relations)
    folder.entities.update(name for name, _ in TABLE)
    folder.write(raw, PROJECT / "raw" / "reference")
    spec = raw / "report" / "tables" / "t1.yml"
    spec.write_text(yaml.safe_dump(yaml.safe_load(spec.read_text()) | {"checks": [check]}, sort_keys=False))
    return load_source(raw, load_sources(raw)["report"], load_reference(raw))


RIGHT: dict[str, object] = {"rule": "sum", "stated": "c3", "parts": ["c1", "c2"], "along": "columns"}


def test_a_check_of_printed_rows_loads(tmp_path: Path) -> None:
    load = load_with(tmp_path / "raw", RIGHT, [])
    assert load.problems == []
    assert [(term.role, term.figure_id) for term in load.relations] == [
        ("stated", "report/t1.c3.size"),
        ("part", "report/t1.c1.size"),
        ("part", "report/t1.c2.size"),
    ]


@pytest.mark.parametrize("parts", [["c1", "c4"], ["c1", "c2x"], ["c1", "C2"]])
def test_a_mistyped_row_of_a_check_is_refused(tmp_path: Path, parts: list[str]) -> None:
    load = load_with(tmp_path / "raw", RIGHT | {"parts": parts}, [])
    assert load.relations == []
    assert [problem.file for problem in load.problems] == ["report/tables/t1.yml"]
    assert parts[1] in load.problems[0].message


def test_a_mistyped_figure_of_a_relation_is_refused(tmp_path: Path) -> None:
    relation = {"id": "total", "rule": "sum", "stated": "t1.c3.size", "parts": ["t1.c1.size", "t1.c2.sise"]}
    load = load_with(tmp_path / "raw", RIGHT, [relation])
    assert [problem.key for problem in load.problems] == ["total"]
    assert "t1.c2.sise" in load.problems[0].message
